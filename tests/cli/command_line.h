// A command line run in this process, with its output caught, and files of its own.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "cli/app.h"
#include "tests/support/temporary_directory.h"

namespace kanhe::cli {

struct Ran {
  int code = 0;
  std::string out;
  std::string err;
};

inline Ran run_words(std::vector<std::string> words) {
  words.insert(words.begin(), "kanhe");
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  std::ostringstream out;
  std::ostringstream err;
  const int code = run(static_cast<int>(argv.size()), argv.data(), out, err);
  return {code, out.str(), err.str()};
}

inline bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

struct Files {
  Files() {
    for (const char* name : {"KANHE_NODE", "KANHE_GENESIS", "KANHE_KEY", "KANHE_NODE_CA"}) ::unsetenv(name);
  }
  std::string path(const std::string& name) const { return directory.path() + "/" + name; }
  std::string write(const std::string& name, const std::string& text, unsigned mode = 0644) const {
    std::ofstream(path(name), std::ios::binary) << text;
    std::filesystem::permissions(path(name), std::filesystem::perms(mode));
    return path(name);
  }
  std::string read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool exists(const std::string& name) const { return std::filesystem::exists(path(name)); }

  TemporaryDirectory directory;
};

}  // namespace kanhe::cli
