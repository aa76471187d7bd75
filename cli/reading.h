// What commands read: words of the command line as values, and proved facts as records.
//
// Thread: one. Errors: those of a command end it (CommandError): a word that is no such value is wrong usage, and the
// text names the option; a proved fact that does not decode is a malformed answer.
#pragma once

#include "certs/answers.h"
#include "cli/app.h"
#include "cli/values.h"

namespace kanhe::cli {

// `option` is what the error names: "--base", "APPLICATION".
template <class T>
T read_word(std::string_view option, std::string_view text) {
  T value;
  const auto set = set_value(schema_of<T>(), &value, text);
  if (!set) fail_as(ExitCode::usage, option, set.error());
  return value;
}

// Absent where the fact says that there is none.
template <class Record>
std::optional<Record> record_of(const certs::StateFact& fact) {
  if (!fact.value) return std::nullopt;
  return or_fail(decode<Record>(fact.value->view()));
}

}  // namespace kanhe::cli
