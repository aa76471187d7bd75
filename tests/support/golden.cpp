#include "tests/support/golden.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>

namespace kanhe::support {

std::string in_quotes(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped += c == '\n' ? std::string("\\n") : std::string(1, c);
  return "\"" + escaped + "\"";
}

Entry& Entry::add(std::string_view name, const std::string& json) {
  text_ += (text_.empty() ? " {\"" : ",\n  \"") + std::string(name) + "\": " + json;
  return *this;
}

std::string section(std::string_view name, const std::vector<std::string>& entries) {
  std::string text = "\"" + std::string(name) + "\": [\n";
  for (std::size_t i = 0; i < entries.size(); ++i) text += entries[i] + (i + 1 < entries.size() ? ",\n" : "\n");
  return text + "]";
}

std::string golden_difference(const std::string& path, const std::string& made) {
  if (std::getenv("KANHE_REWRITE") != nullptr) {
    std::ofstream(path) << made;
    std::cerr << "wrote " << path << "\n";
  }
  std::ifstream file(path);
  if (!file.good()) return "cannot read " + path;
  const std::string golden((std::istreambuf_iterator<char>(file)), {});
  if (made == golden) return {};
  const auto place = std::ranges::mismatch(made, golden).in1 - made.begin();
  const auto begin = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, place - 80));
  const auto excerpt = [begin](const std::string& text) { return text.substr(std::min(begin, text.size()), 160); };
  return path + " differs at byte " + std::to_string(place) + ": made …" + excerpt(made) + "…, golden …" +
         excerpt(golden) + "…";
}

}  // namespace kanhe::support
