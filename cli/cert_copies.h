// Copies of a bundle: one that shows fewer fields, and one with a stamp that says for whom and what for it is.
//
// A stamp is checked against the ledger before its file is written: what a verifier would not take is not handed out.
//
// Thread: one. Errors: CommandError.
#pragma once

#include <string>

#include "certs/bundle.h"
#include "cli/app.h"

namespace kanhe::cli {

// The bundle of a file. Nothing in it was verified.
certs::Bundle bundle_of(const std::string& path);

// disclose, stamp.
void add_cert_copy_commands(CLI::App& noun, Globals& globals);

}  // namespace kanhe::cli
