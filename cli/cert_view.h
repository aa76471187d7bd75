// Certificates for people: the checks of a verification with its verdict and what to do next, and what stands in a
// file.
//
// A check is one line: ✓ holds, ! holds and there is something to know, ✗ does not hold, – was not checked. The sign
// never stands alone, and no line is left out. Chinese first, English beside it.
//
// Thread: one. Errors: none.
#pragma once

#include "certs/verifier.h"
#include "cli/app.h"

namespace kanhe::cli {

enum class Strictness : std::uint8_t { lenient, strict };  // strict: warnings count as not valid

ExitCode exit_code_of(const certs::Report& report, Strictness strictness);
// Of two, the one that whoever looks at many files must know about: not authentic before not valid, before malformed,
// before could not check.
ExitCode graver(ExitCode a, ExitCode b);

std::string_view sign_of(certs::CheckResult result);

// All of it: what was verified, fifteen checks, the verdict, as of when, the next step.
std::string report_text(const Globals& globals, const certs::Report& report, const certs::Bundle* bundle,
                        const std::string& file);
// One line for one of many files.
std::string report_line(const Globals& globals, const certs::Report& report, const std::string& file);
// What to do next; for each verdict and cause there is something.
std::string next_step(const Globals& globals, const certs::Report& report, const std::string& file);

// What a bundle says of itself. Nothing in it was verified.
std::string bundle_text(const Globals& globals, const certs::Bundle& bundle);

}  // namespace kanhe::cli
