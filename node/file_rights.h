// File rights: who may read a file whose digest stands on the ledger, and at whose node it lies. One matter entitles at
// a time: an application, or a certificate.
//
// Of an application, the files are its materials, the consents and statements with it, and what its reviews rest on.
// While it is open, the departments of its flow read them: the owner of the service, the window where it was filed,
// each department that has a step. Afterwards the owner and the window do. Its applicants read them at any time, by
// their own keys.
//
// Of a certificate, the files are those that it was issued with. The department that issued it reads them; another one
// does with a consent (contracts/sharing.h) of its holder that holds, is for this department, this certificate and the
// purpose of the question, and of which a use is recorded: the holder sees that use on the ledger, before anything was
// read. A certificate does not name its holder; its application does: the holders of the unit whose title it is, or who
// applied, where it is no title. One that came of no application is opened by no consent.
//
// Thread: any; pure functions of a state. Units: ms of the answering node's clock. Errors: unknown (no such
// application, certificate or consent; the matter does not name the file), not_authorised (the text says what is
// missing).
// Source: Personal Information Protection Law 6, 13, 45 (purpose, consent, access to one's own).
#pragma once

#include <variant>
#include <vector>

#include "contracts/service.h"
#include "contracts/sharing.h"
#include "node/query_auth.h"

namespace kanhe::node {

struct CertificateMatter {
  CertificateId id;
  std::optional<contracts::sharing::ConsentId> consent;
};
using FileMatter = std::variant<ApplicationId, CertificateMatter>;

// The departments at whose nodes the file may lie, the likeliest first. `asker` is a question that was found good
// (QueryAuth); one without a department is a party's.
Result<std::vector<DepartmentId>> require_file_right(const StateReader& state, const QueryLine& asker,
                                                     const Hash256& digest, const FileMatter& matter);

}  // namespace kanhe::node
