// Error words: texts of errors in Chinese.
//
// An Error has one text, in English, because most of its readers are programs and logs. What a counter meets (a node
// that does not answer, a key that does not open, a wrong form, a refusal of the vault) has a row here, by the text as
// the code makes it, with {} in the place of each value. A command that has Chinese of its own (CommandError::zh) needs
// none.
//
// Thread: any; constant tables. Errors: none; a text without a row is shown in English after the kind of the error.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace kanhe::cli {

struct ErrorWords {
  std::string_view en;  // "{}: cannot be read"
  std::string_view zh;  // {1} is the first value; {1+} the same, in Chinese if it has a row itself
};
std::span<const ErrorWords> error_words();

// Empty where no row fits. What stands before a colon ("--key officer.key: …") is kept, if the rest has a row.
std::string find_error_zh(std::string_view text);

}  // namespace kanhe::cli
