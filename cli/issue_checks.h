// Issue checks: what is looked at before a certificate or a batch is issued, and what the ledger says of it.
//
// Thread: one. Errors: CommandError, where a function does not answer a Result.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "certs/document.h"
#include "cli/client.h"
#include "contracts/certificate.h"

namespace kanhe::cli {

// The newest schema of the certificate's type, which the node proves; nothing where it has none.
std::optional<contracts::certificate::TypeSchema> newest_schema(Client& client, const CertificateId& id);
// Errors: malformed, which names every field that is not as the schema has it.
Result<void> check_schema(const certs::Document& document, const contracts::certificate::TypeSchema& schema);

// The content of a batch's member, read as cli/cert_content.h says. Errors: those; unsupported, where it supersedes
// something, rests on an application or was transferred in.
Result<certs::DocumentContent> read_member_content(std::string_view text, const std::string& path);
// Ends the command unless some documents of the contents are good and none is faulty. Requires: the faults were told.
void demand_good(const std::string& contents, std::size_t good, std::size_t faulty);

// Whether the ledger has the batch of this member already. Ends the command where it has another batch of the prefix.
bool is_batch_recorded(Client& client, const CertificateId& member,
                       const contracts::certificate::IssueBatchArguments& arguments);

}  // namespace kanhe::cli
