// Label: what a strong type is called, in code and in both languages of its users.
//
// A description by names cannot carry a sentence, so the strong types carry it. Forms, the command line's help and the
// OpenAPI schema are made from labels.
//
// Thread: any; all texts are static.
#pragma once

#include <string_view>

namespace kanhe {

struct Label {
  std::string_view name;   // the type's name in code and in docs/formats.md
  std::string_view zh{};   // for people, Chinese
  std::string_view en{};   // for people, English
  std::string_view unit{};  // "ms", "fen", "bytes"; empty where there is none
};

}  // namespace kanhe
