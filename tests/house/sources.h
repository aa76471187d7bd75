// The project's sources as its tidiness tests read them.
//
// A source is split into two views of equal shape: `code` (comments blank, literals empty) and `comments` (all else
// blank), so that a banned word in a literal or a brace in a comment does not count.
//
// Thread: one. Lifetime: real_tree() lasts as long as the program.
#pragma once

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace kanhe::house {

using Lines = std::vector<std::string>;

struct Views {
  std::string code;
  std::string comments;
};

inline bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// The end of the literal that begins at `start` with a quote; of a raw literal when R stands before it.
inline std::size_t end_of_literal(std::string_view text, std::size_t start) {
  if (text[start] == '"' && start > 0 && text[start - 1] == 'R') {
    const std::size_t open = text.find('(', start);
    if (open == std::string_view::npos) return text.size();
    const std::string closing = ")" + std::string(text.substr(start + 1, open - start - 1)) + "\"";
    const std::size_t end = text.find(closing, open);
    return end == std::string_view::npos ? text.size() : end + closing.size();
  }
  std::size_t i = start + 1;
  while (i < text.size() && text[i] != text[start] && text[i] != '\n') i += text[i] == '\\' ? 2 : 1;
  return std::min(i + 1, text.size());
}

inline Views split(std::string_view text) {
  Views views{std::string(text), std::string(text)};
  const auto blank = [&](std::string& view, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      if (text[i] != '\n') view[i] = ' ';
    }
  };
  std::size_t i = 0;
  while (i < text.size()) {
    std::size_t end = i + 1;
    if (text.substr(i, 2) == "//") {
      end = std::min(text.find('\n', i), text.size());
      blank(views.code, i, end);
    } else if (text.substr(i, 2) == "/*") {
      end = text.find("*/", i + 2);
      end = end == std::string_view::npos ? text.size() : end + 2;
      blank(views.code, i, end);
    } else if (text[i] == '"' || (text[i] == '\'' && (i == 0 || !is_word(text[i - 1])))) {
      end = end_of_literal(text, i);
      blank(views.code, i + 1, end - 1);
      blank(views.comments, i, end);
    } else {
      blank(views.comments, i, end);
    }
    i = end;
  }
  return views;
}

inline Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

struct Include {
  std::string name;
  bool quoted;
};

struct Source {
  std::string path;  // from the root, for example "ledger/block.h"
  Lines text;
  Lines code;
  Lines comments;
  std::vector<Include> includes;

  bool is_header() const { return path.ends_with(".h"); }
  std::string folder() const { return path.substr(0, path.find('/')); }
  std::string unit() const { return path.substr(0, path.rfind('.')); }
  std::string stem() const { return unit().substr(unit().rfind('/') + 1); }
};
using Tree = std::vector<Source>;

inline Source make_source(std::string path, const std::string& text) {
  const Views views = split(text);
  Source source{std::move(path), lines_of(text), lines_of(views.code), lines_of(views.comments), {}};
  for (std::size_t i = 0; i < source.text.size(); ++i) {
    if (!source.code[i].starts_with("#include ")) continue;
    const std::string& line = source.text[i];
    const std::size_t open = line.find_first_of("\"<");
    const std::size_t close = line.find_first_of("\">", open + 1);
    if (open == std::string::npos || close == std::string::npos) continue;
    source.includes.push_back({line.substr(open + 1, close - open - 1), line[open] == '"'});
    source.code[i].clear();
  }
  return source;
}

inline const std::vector<std::string> folders{"ledger", "consensus", "contracts", "certs",
                                              "node",   "cli",       "testnet",   "tests"};

inline const Tree& real_tree() {
  static const Tree tree = [] {
    Tree sources;
    const std::filesystem::path root(KANHE_SOURCE_DIR);
    for (const std::string& folder : folders) {
      if (!std::filesystem::exists(root / folder)) continue;
      for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
        const std::string extension = entry.path().extension();
        if (!entry.is_regular_file() || (extension != ".h" && extension != ".cpp")) continue;
        std::ostringstream text;
        text << std::ifstream(entry.path()).rdbuf();
        sources.push_back(make_source(std::filesystem::relative(entry.path(), root), text.str()));
      }
    }
    std::ranges::sort(sources, {}, &Source::path);
    return sources;
  }();
  return tree;
}

inline bool starts_with_any(std::string_view text, const std::vector<std::string>& beginnings) {
  return std::ranges::any_of(beginnings, [&](const std::string& beginning) { return text.starts_with(beginning); });
}

// Calls `found(word, line number)` for every identifier of the lines.
template <class Found>
void each_word(const Lines& lines, Found found) {
  for (std::size_t number = 0; number < lines.size(); ++number) {
    const std::string& line = lines[number];
    for (std::size_t i = 0; i < line.size();) {
      std::size_t end = i;
      while (end < line.size() && is_word(line[end])) ++end;
      if (end > i) found(line.substr(i, end - i), number + 1);
      i = end + 1;
    }
  }
}

inline std::string at(const Source& source, std::size_t line) {
  return source.path + ":" + std::to_string(line) + ": ";
}

}  // namespace kanhe::house
