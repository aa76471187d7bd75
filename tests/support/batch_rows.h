// Batch rows: rows and batch files made for the tests of batches, with salts by counting.
#pragma once

#include <string>

#include "certs/batch_writer.h"
#include "tests/support/certificate_chain.h"

namespace kanhe::support {

inline const contracts::certificate::SerialPrefix batch_prefix =
    contracts::certificate::SerialPrefix::from("2025A").value();

// A JSON line in the usual form: a document of the registry's titles.
inline std::string batch_line(const std::string& serial, const std::string& name = "张三") {
  return R"({"document": {"id": ")" + CertificateChain::id(serial).str() +
         R"(", "holder": {"kind": "resident_id", "number": "11010519491231002X"}, "fields": [)"
         R"({"path": "holder.name", "value": {"type": "text", "value": ")" +
         name +
         R"("}}, {"path": "area.rooms", "value": {"type": "integer", "value": "3"}},)"
         R"( {"path": "sold.on", "value": {"type": "date", "value": "2025-05-01"}}], "files": [],)"
         R"( "valid_from_ms": "1748880000000"}})";
}

// The document of a row, as the complete way makes it.
inline certs::Document document_of(const certs::BatchRow& row, const certs::RandomBytes& random) {
  using namespace certs;
  DocumentContent content;
  content.id = CertificateId::from(row.id).value();
  content.holder = {row.kind, IdentityNumber::from(row.number).value()};
  for (const BatchRowField& field : row.fields) {
    FieldValue value;
    if (field.kind == contracts::certificate::FieldKind::text) {
      value = TextValue{PlainText<field_text_bytes_max>::from(field.text).value()};
    } else if (field.kind == contracts::certificate::FieldKind::integer) {
      value = IntegerValue{Text<IntegerTextTag>::from(field.text).value()};
    } else {
      value = DateValue{Text<DateTextTag>::from(field.text).value()};
    }
    content.fields.push_back({FieldPath::from(field.path).value(), std::move(value)});
  }
  content.valid_from_ms = row.valid_from_ms;
  content.valid_until_ms = row.valid_until_ms;
  return make_document(content, random).value();
}

// A writer into memory, whose random bytes are a counter.
struct BatchInMemory {
  explicit BatchInMemory(const ChainId& chain_id = {})
      : writer(chain_id, CertificateChain::title(), batch_prefix,
               [this](ByteView piece) { append(file, piece); },
               [this](std::span<Byte> target) {
                 for (Byte& byte : target) byte = static_cast<Byte>(counted++ * 0x9e37'79b9u >> 16);
               }) {}

  // Adds a line; the first as a document.
  Result<void> add(const std::string& line) {
    certs::BatchRow row;
    CHECK(certs::read_batch_row(line, row));
    const std::string source = "rows.jsonl:" + std::to_string(writer.count() + 1);
    if (TRY(writer.add_row(source, row))) return {};
    return writer.add(source, document_of(row, [this](std::span<Byte> target) { writer.salts().fill(target); }));
  }

  Bytes file;
  std::uint32_t counted = 0;
  certs::BatchWriter writer;
};

}  // namespace kanhe::support
