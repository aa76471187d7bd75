// Issuing certificates: the document first, on disk, then the ledger, then the evidence.
//
// The bundle file is written before anything is sent, because its salts cannot be made again: a certificate on the
// ledger whose document is lost is worth nothing. A refused one leaves no file. Where the outcome stays unknown the
// file is kept, and `cert bundle refresh` completes it or shows that the ledger knows no such certificate.
//
// Thread: one. Errors: CommandError.
#pragma once

#include "cli/app.h"

namespace kanhe::cli {

// issue, register (the last step of an application, with the same care for the file), issue-batch, bundle refresh.
void add_cert_issue_commands(CLI::App& noun, Globals& globals);

}  // namespace kanhe::cli
