// Batch row: one record of an issuer's rows, read without a copy where it is written in the usual form.
//
//     {"document": {"id": "1.2.156…", "holder": {"kind": "resident_id", "number": "110…"},
//       "fields": [{"path": "holder.name", "value": {"type": "text", "value": "张三"}}, …],
//       "files": [], "valid_from_ms": "1748880000000", "valid_until_ms": "…"}}
//
// Usual: one line, the names in this order, the fields in any, values of the kinds text, integer and date, no file, no
// backslash in a string. White space may stand wherever JSON has it. Whatever else a CertificateContent may be (and
// whatever is wrong) is not for this reader: it answers no, and the complete one decides (ledger/json.h). So this one
// may know less, and has no error texts; but what it accepts the other accepts too, and means the same.
//
// Thread: one for each BatchRow, whose memory is used again. Limits: those of the texts. Errors: none.
// Source: RFC 8259. Format: docs/formats.md sections 2 and 18.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "certs/party.h"
#include "contracts/certificate_schema.h"

namespace kanhe::certs {

struct BatchRowField {
  std::string_view path;  // not checked: a batch file takes those that it has seen in a document
  contracts::certificate::FieldKind kind = contracts::certificate::FieldKind::text;
  std::string_view text;
};

// Lifetime: the views are of the line that was read.
struct BatchRow {
  std::string_view id;  // not checked
  IdentityKind kind = IdentityKind::resident_id;
  std::string_view number;
  std::vector<BatchRowField> fields;  // in the order of their paths
  std::optional<Timestamp> valid_from_ms;
  std::optional<Timestamp> valid_until_ms;
};

// Whether the line is a record in the usual form. If not, `row` holds nothing of use.
bool read_batch_row(std::string_view line, BatchRow& row);

}  // namespace kanhe::certs
