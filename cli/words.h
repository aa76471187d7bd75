// Words: what people call the fields, values and alternatives of records, in Chinese and in English.
//
// One dictionary for everything that is shown or asked for: records, receipts, histories, prompts, help. A description
// by names (BOOST_DESCRIBE) says what a program needs; which word a counter uses for it stands here and nowhere else.
// The English word is the name itself with spaces, unless the dictionary has a better one: "acts", "valid until".
// A record may have a word of its own for a field: "EndLimit.number" goes before "number".
//
// Thread: any; constant tables. Errors: none; what is not in the dictionary is shown by its name.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/app.h"
#include "ledger/schema.h"

namespace kanhe::cli {

struct Word {
  std::string_view name;
  std::string_view zh;
  std::string_view en{};  // empty: the name with spaces
};
// Each sorted by name.
std::span<const Word> field_words();
std::span<const Word> value_words();  // "Phase.filed" before "filed"

// A word in both languages; in Chinese empty where the dictionary has none.
struct Words {
  std::string zh;
  std::string en;
};
// A field of a record, by the record's name in code and its own.
Words find_field_words(std::string_view record, std::string_view field);
// An enumerator of a type, or an alternative of a variant (`type` empty).
Words find_value_words(std::string_view type, std::string_view name);

// In the language of the command: "不动产单元 · unit".
std::string field_label(const Globals& globals, const Schema& record, std::string_view field);
// Of an enumerator.
std::string value_label(const Globals& globals, std::string_view type, std::string_view name);
template <EnumType E>
std::string value_label(const Globals& globals, E value) {
  return value_label(globals, type_name<E>(), enum_name(value));
}
// Of an alternative of a variant: the kind of an act, a limit, an action.
std::string alternative_label(const Globals& globals, std::string_view name);

}  // namespace kanhe::cli
