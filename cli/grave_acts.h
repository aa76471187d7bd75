// Grave acts: what whoever does it cannot take back once it is recorded. At a terminal they are confirmed by typing
// what they are done to; --yes goes without. Where nobody can be asked (a script, --json, --no-input) nothing is.
//
// One table of methods, by what they do, not by the commands that lead to them: `kanhe call`, --arguments FILE and a
// command for one thing of many ask the same. Where only some calls of a method are grave, the table names the field
// that makes them so.
//
// Thread: one. Errors: CommandError(interrupted) when it is not confirmed: nothing was signed or sent.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/prompts.h"

namespace kanhe::cli {

struct GraveAct {
  std::string_view module;
  std::string_view method;
  std::string_view field{};    // grave where this field has the value; N is any element of a list; empty: always
  std::string_view value{};
  std::string_view subject;    // the field that is typed again; N is the same element
  std::string_view zh;         // why it is grave
  std::string_view en;
};
std::span<const GraveAct> grave_acts();

// Of one call.
struct GraveFinding {
  const GraveAct* act = nullptr;
  std::string subject;  // the value of its subject
};
std::vector<GraveFinding> find_grave_acts(std::string_view module, std::string_view method, const Schema& schema,
                                          const void* arguments);

// What has to be typed for a subject: a short one as it is; of a long one the last four characters, of a certificate's
// id those of its serial.
std::string to_repeat(std::string_view subject);

// Asks for each; three attempts.
void confirm_with(const Globals& globals, Dialogue& dialogue, std::span<const GraveFinding> findings);
// The same at the terminal, if a person can be asked and has not said --yes.
void confirm_grave_acts(const Globals& globals, std::string_view module, std::string_view method, const Schema& schema,
                        const void* arguments);

}  // namespace kanhe::cli
