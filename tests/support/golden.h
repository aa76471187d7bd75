// Golden files: text that a test makes and compares byte for byte with what stands in tests/vectors, for
// implementations in other languages and for builds to come.
//
// A difference is a change of format: it needs a new format version, or it forks every network. With KANHE_REWRITE=1
// the file is written anew, and its diff is the review.
//
// Thread: one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger/bytes.h"

namespace kanhe::support {

// A JSON text in quotes.
std::string in_quotes(std::string_view text);

// An object, one member a line.
class Entry {
 public:
  Entry& add(std::string_view name, const std::string& json);
  Entry& add_text(std::string_view name, std::string_view text) { return add(name, in_quotes(text)); }
  Entry& add_bytes(std::string_view name, ByteView bytes) { return add(name, in_quotes(to_hex(bytes))); }
  std::string take() const { return text_ + "}"; }

 private:
  std::string text_;
};

// A member of the outermost object: a name and a list of entries.
std::string section(std::string_view name, const std::vector<std::string>& entries);

// What is wrong with a golden file, with the first place that differs; empty when it is what was made. Writes it first
// when KANHE_REWRITE is set.
std::string golden_difference(const std::string& path, const std::string& made);

}  // namespace kanhe::support
