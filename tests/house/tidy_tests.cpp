// The house rules that a program can check, checked: layers, bounds of libraries, lengths, names, comments, tests.
//
// Each rule is a function from a tree of sources to findings. It runs over the real tree, and over samples of its own
// that it must refuse or accept: a rule that cannot complain protects nothing. docs/house.md gives the reasons.
#include <algorithm>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/house/sources.h"

namespace {

using namespace kanhe::house;
using Findings = std::vector<std::string>;

constexpr std::size_t columns_max = 120;
constexpr std::size_t file_lines_max = 600;
constexpr std::size_t function_lines_max = 70;
constexpr double comment_percent_min = 40;

// The units of kanhe_store, which alone know LevelDB.
bool is_store_unit(const std::string& unit) {
  static const std::set<std::string> others{"ledger/files", "ledger/segments", "ledger/chain_file",
                                            "ledger/keyed_log", "ledger/unfinalized_bodies", "ledger/witness",
                                            "ledger/read_only_files"};
  return others.contains(unit) || unit.starts_with("ledger/store");
}

// Behind the headers that others include; the tests of the store replace its disk, and a benchmark writes to a database
// of its own.
bool may_name_leveldb(const Source& source) {
  static const std::set<std::string> outer{"ledger/files.h", "ledger/segments.h", "ledger/store.h"};
  static const std::set<std::string> databases{"testnet/sim_disk.cpp", "testnet/bench_limits.cpp"};
  return source.folder() == "tests" || databases.contains(source.path) ||
         (is_store_unit(source.unit()) && !outer.contains(source.path));
}

// ---------------------------------------------------------------------------------------------------------------------
// Rules

const std::map<std::string, std::set<std::string>> allowed_layers{
    {"ledger", {"ledger"}},
    {"consensus", {"consensus", "ledger"}},
    {"contracts", {"contracts", "ledger"}},
    {"certs", {"certs", "contracts", "ledger"}},
    {"node", {"node", "certs", "contracts", "consensus", "ledger"}},
    {"cli", {"cli", "certs", "contracts", "ledger"}},
    {"testnet", {"testnet", "cli", "node", "certs", "contracts", "consensus", "ledger"}},
    {"tests", {folders.begin(), folders.end()}},
};

void layers(const Tree& tree, Findings& findings) {
  for (const Source& source : tree) {
    for (const Include& include : source.includes) {
      const std::string folder = include.name.substr(0, include.name.find('/'));
      const bool ours = std::ranges::find(folders, folder) != folders.end();
      if (include.quoted && !ours)
        findings.push_back(source.path + " includes " + include.name + ", not from the root");
      if (include.quoted && ours && !allowed_layers.at(source.folder()).contains(folder)) {
        findings.push_back(source.path + " includes " + include.name + ", which is not below it");
      }
      const std::string unit = include.name.substr(0, include.name.rfind('.'));
      // The command line looks at a store that is at rest, and knows none that runs.
      const bool at_rest = source.folder() == "cli" && include.name == "ledger/store_check.h";
      const bool reaches_store = at_rest || source.folder() == "node" || source.folder() == "testnet" ||
                                 source.folder() == "tests" || is_store_unit(source.unit());
      if (is_store_unit(unit) && !reaches_store) {
        findings.push_back(source.path + " includes " + include.name + ", but may not know the store");
      }
    }
  }
}

void pure_folders(const Tree& tree, Findings& findings) {
  static const std::vector<std::string> headers{
      "thread",     "mutex",    "shared_mutex", "atomic",     "condition_variable", "future",
      "random",     "chrono",   "filesystem",   "fstream",    "iostream",           "ctime",
      "unordered_", "leveldb",  "openssl",      "boost/asio", "boost/beast",        "boost/unordered",
      "sys/",       "unistd.h", "time.h"};
  static const std::set<std::string> words{
      "float",  "double",  "unordered_map", "unordered_set", "unordered_multimap", "random_device", "mt19937",
      "thread", "jthread", "mutex",         "atomic",        "system_clock",       "steady_clock",  "rand",
      "getenv", "fopen",   "generate",      "fill_random",   "random_bytes",       "volatile",      "thread_local"};
  for (const Source& source : tree) {
    if (source.folder() != "consensus" && source.folder() != "contracts") continue;
    for (const Include& include : source.includes) {
      if (starts_with_any(include.name, headers)) findings.push_back(source.path + " includes <" + include.name + ">");
    }
    each_word(source.code, [&](const std::string& word, std::size_t line) {
      if (words.contains(word)) findings.push_back(at(source, line) + word + " has no place in a pure folder");
    });
  }
}

void library_bounds(const Tree& tree, Findings& findings) {
  const auto complain = [&](const Source& source, const Include& include, std::string_view why) {
    findings.push_back(source.path + " includes " + include.name + ": " + std::string(why));
  };
  for (const Source& source : tree) {
    for (const Include& include : source.includes) {
      if (include.name.starts_with("cereal/types/")) complain(source, include, "the stock types trust their input");
      if (include.name.starts_with("cereal/") && source.path != "ledger/codec_impl.h") {
        complain(source, include, "cereal is for codec_impl.h alone");
      }
      if (include.name == "ledger/codec_impl.h" && source.is_header()) {
        complain(source, include, "an expensive header, for .cpp files");
      }
      if (include.name.starts_with("toml++/") && source.path != "ledger/toml_impl.h") {
        complain(source, include, "toml_impl.h takes out what a file can break");
      }
      if (include.name == "ledger/toml_impl.h" && source.is_header()) {
        complain(source, include, "an expensive header, for .cpp files");
      }
      if (include.name.starts_with("boost/json") &&
          (source.is_header() || (source.folder() == "ledger" && source.path != "ledger/json.cpp"))) {
        complain(source, include, "Boost.JSON stays in json.cpp");
      }
      const bool is_of_signatures =
          source.path == "ledger/keys.cpp" || source.path == "testnet/sim_signatures.cpp";
      if (include.name.starts_with("secp256k1") && !is_of_signatures) {
        complain(source, include, "only ledger/keys.cpp names a signature algorithm");
      }
      if (include.name.starts_with("leveldb/") && !may_name_leveldb(source)) {
        complain(source, include, "LevelDB stays behind the store");
      }
    }
  }
}

void line_lengths(const Tree& tree, Findings& findings) {
  for (const Source& source : tree) {
    for (std::size_t i = 0; i < source.text.size(); ++i) {
      const auto columns = std::ranges::count_if(source.text[i], [](char c) { return (c & 0xc0) != 0x80; });
      if (static_cast<std::size_t>(columns) > columns_max) {
        findings.push_back(at(source, i + 1) + std::to_string(columns) + " columns");
      }
    }
  }
}

void file_lengths(const Tree& tree, Findings& findings) {
  for (const Source& source : tree) {
    if (source.text.size() > file_lines_max) {
      findings.push_back(source.path + ": " + std::to_string(source.text.size()) + " lines");
    }
  }
}

void header_form(const Tree& tree, Findings& findings) {
  for (const Source& source : tree) {
    if (!source.is_header()) continue;
    if (source.text.empty() || !source.text.front().starts_with("// ")) {
      findings.push_back(source.path + " does not begin with a comment");
    }
    if (std::ranges::find(source.text, "#pragma once") == source.text.end()) {
      findings.push_back(source.path + " has no #pragma once");
    }
  }
}

std::size_t letters(const std::string& line) {
  return static_cast<std::size_t>(std::ranges::count_if(line, [](char c) { return c != ' ' && (c & 0xc0) != 0x80; }));
}

// The share of comment in the letters of a header, on average over a folder's headers: a table of numbers needs fewer
// words than a protocol.
void header_comments(const Tree& tree, Findings& findings) {
  for (const std::string folder : {"ledger", "consensus"}) {
    std::size_t headers = 0;
    double shares = 0;
    for (const Source& source : tree) {
      if (!source.is_header() || source.folder() != folder) continue;
      std::size_t commented = 0;
      std::size_t written = 1;
      for (const std::string& line : source.comments) commented += letters(line);
      for (const std::string& line : source.text) written += letters(line);
      shares += 100.0 * static_cast<double>(commented) / static_cast<double>(written);
      ++headers;
    }
    if (headers > 0 && shares < comment_percent_min * static_cast<double>(headers)) {
      findings.push_back(folder + "/: " + std::to_string(shares / static_cast<double>(headers)) + " % is comment");
    }
  }
}

void unfinished_marks(const Tree& tree, Findings& findings) {
  static const std::set<std::string> words{"TODO", "FIXME", "XXX", "HACK"};
  for (const Source& source : tree) {
    for (const Lines* lines : {&source.code, &source.comments}) {
      each_word(*lines, [&](const std::string& word, std::size_t line) {
        if (words.contains(word)) findings.push_back(at(source, line) + word);
      });
    }
  }
}

// The first argument of each use of a macro whose name begins so, in the order of the file.
std::vector<std::string> macro_arguments(const Source& source, const std::vector<std::string>& macros) {
  std::vector<std::string> arguments;
  for (const std::string& line : source.code) {
    if (!starts_with_any(line, macros)) continue;
    const std::size_t open = line.find('(');
    const std::size_t close = line.find_first_of(",)", open);
    if (close != std::string::npos) arguments.push_back(line.substr(open + 1, close - open - 1));
  }
  return arguments;
}

bool is_test_file(const Source& source) { return source.folder() == "tests" && source.stem().ends_with("_tests"); }

void suite_names(const Tree& tree, Findings& findings) {
  for (const Source& source : tree) {
    if (!is_test_file(source)) continue;
    if (macro_arguments(source, {"BOOST_AUTO_TEST_SUITE(", "BOOST_FIXTURE_TEST_SUITE("}) != Lines{source.stem()}) {
      findings.push_back(source.path + " must have one suite, " + source.stem());
    }
  }
}

void test_marks(const Tree& tree, Findings& findings) {
  std::set<std::string> cases;
  for (const Source& source : tree) {
    if (!is_test_file(source)) continue;
    for (const auto& name : macro_arguments(source, {"BOOST_AUTO_TEST_CASE", "BOOST_DATA_TEST_CASE"})) {
      cases.insert(source.stem() + "/" + name);
    }
    for (const std::string& line : source.code) {
      if (!line.starts_with("BOOST_FIXTURE_TEST_CASE(") && !line.starts_with("BOOST_DATA_TEST_CASE_F(")) continue;
      each_word({line}, [&](const std::string& word, std::size_t) { cases.insert(source.stem() + "/" + word); });
    }
  }
  constexpr std::string_view mark = "// Test: ";
  for (const Source& source : tree) {
    for (std::size_t i = 0; i < source.comments.size(); ++i) {
      const std::size_t start = source.comments[i].find(mark);
      if (start == std::string::npos) continue;
      std::string name = source.comments[i].substr(start + mark.size());
      name.erase(std::find_if(name.begin(), name.end(), [](char c) { return !is_word(c) && c != '/'; }), name.end());
      if (!cases.contains(name)) findings.push_back(at(source, i + 1) + "no test " + name);
    }
  }
}

void units_have_tests(const Tree& tree, Findings& findings) {
  static const std::set<std::string> tested{"ledger", "consensus", "contracts", "certs"};
  std::set<std::string> present;
  for (const Source& source : tree) present.insert(source.path);
  for (const Source& source : tree) {
    if (source.is_header() || !tested.contains(source.folder())) continue;
    const std::string folder = is_store_unit(source.unit()) ? "store" : source.folder();
    const std::string wanted = "tests/" + folder + "/" + source.stem() + "_tests.cpp";
    if (!present.contains(wanted)) findings.push_back(source.path + " has no " + wanted);
  }
}

void own_header_first(const Tree& tree, Findings& findings) {
  std::set<std::string> present;
  for (const Source& source : tree) present.insert(source.path);
  for (const Source& source : tree) {
    const std::string header = source.unit() + ".h";
    if (source.is_header() || !present.contains(header)) continue;
    if (source.includes.empty() || source.includes.front().name != header) {
      findings.push_back(source.path + " must include " + header + " first");
    }
  }
}

// Depth first; `path` holds the includes from the start to here.
void visit_includes(const std::map<std::string, const Source*>& sources, const std::string& name,
                    std::vector<std::string>& path, std::set<std::string>& done, Findings& findings) {
  const auto source = sources.find(name);
  if (source == sources.end() || done.contains(name)) return;
  if (std::ranges::find(path, name) != path.end()) {
    findings.push_back(name + " includes itself by way of " + path.back());
    return;
  }
  path.push_back(name);
  for (const Include& include : source->second->includes) visit_includes(sources, include.name, path, done, findings);
  path.pop_back();
  done.insert(name);
}

void include_cycles(const Tree& tree, Findings& findings) {
  std::map<std::string, const Source*> sources;
  for (const Source& source : tree) sources[source.path] = &source;
  std::set<std::string> done;
  std::vector<std::string> path;
  for (const Source& source : tree) visit_includes(sources, source.path, path, done, findings);
}

// Types of one name in one namespace, defined in two files of one program: the linker keeps either, in silence.
void one_definition(const Tree& tree, Findings& findings) {
  std::map<std::string, std::string> seen;  // where the type is defined
  for (const Source& source : tree) {
    const std::string program = source.folder() == "tests" ? source.path.substr(0, source.path.rfind('/')) : "";
    Lines namespaces;
    std::ptrdiff_t depth = 0;
    for (const std::string& line : source.code) {
      const bool begins = (line.starts_with("struct ") || line.starts_with("class ")) && line.ends_with("{");
      if (line.starts_with("namespace ") && line.ends_with("{")) namespaces.push_back(line);
      depth += std::ranges::count(line, '{') - std::ranges::count(line, '}');
      if (depth < std::ssize(namespaces)) namespaces.pop_back();
      if (!begins || std::ranges::find(namespaces, "namespace {") != namespaces.end()) continue;
      std::string name = program;
      for (const std::string& outer : namespaces) name += outer;
      name += line.substr(0, std::min(line.find(" : "), line.find(" {")));
      const auto [first, fresh] = seen.emplace(name, source.path);
      if (!fresh && first->second != source.path) findings.push_back(source.path + " defines again " + line);
    }
  }
}

// A return in the midst of a new-expression leaves what was allocated for it: gcc allocates first.
void no_return_within_new(const Tree& tree, Findings& findings) {
  for (const Source& source : tree) {
    std::string statement;
    for (std::size_t number = 1; number <= source.code.size(); ++number) {
      const std::string& line = source.code[number - 1];
      statement += ' ' + line;
      const std::size_t start = statement.find("new ");
      const bool is_word_there = start != std::string::npos && start > 0 && !is_word(statement[start - 1]);
      if (is_word_there && statement.find("TRY(", start) != std::string::npos) {
        findings.push_back(at(source, number) + "TRY within new: make its value before");
      }
      if (line.empty() || line.ends_with(";") || line.ends_with("{") || line.ends_with("}")) statement.clear();
    }
  }
}

// What an opening brace begins, judged by the code between it and the last ; { or } before it.
enum class Block : std::uint8_t { scope, function, other };

Block block_after(const std::string& before) {
  const std::size_t last = before.find_last_not_of(" \n");
  if (last == std::string::npos) return Block::function;  // after a constructor's list of initialisers
  if (before[last] == '=') return Block::other;
  for (const std::string keyword : {"namespace", "struct", "class", "union", "enum", "extern"}) {
    const std::size_t start = before.rfind(keyword);
    const bool whole = start != std::string::npos && (start == 0 || !is_word(before[start - 1])) &&
                       (start + keyword.size() == before.size() || !is_word(before[start + keyword.size()]));
    if (whole && before.find('(', start) == std::string::npos) return Block::scope;
  }
  return before.find('(') == std::string::npos ? Block::other : Block::function;
}

// Counts a function from its opening brace to its closing one. Functions inside functions (lambdas) count as part.
void function_lengths(const Tree& tree, Findings& findings) {
  for (const Source& source : tree) {
    std::vector<Block> open;
    std::string before;
    std::size_t start = 0;
    bool continued = false;  // a line of a macro that goes on
    for (std::size_t number = 1; number <= source.code.size(); ++number) {
      const std::string& line = source.code[number - 1];
      const bool directive = continued || line.starts_with("#");
      continued = directive && line.ends_with("\\");
      if (directive) continue;
      before += '\n';
      for (const char c : line) {
        before += c;
        if (c != '{' && c != '}' && c != ';') continue;
        before.pop_back();
        const bool at_scope = std::ranges::all_of(open, [](Block block) { return block == Block::scope; });
        if (c == '{') {
          open.push_back(at_scope ? block_after(before) : Block::other);
          if (open.back() == Block::function) start = number;
        } else if (c == '}' && !open.empty()) {
          if (open.back() == Block::function && number - start + 1 > function_lines_max) {
            findings.push_back(at(source, start) + std::to_string(number - start + 1) + " lines in one function");
          }
          open.pop_back();
        }
        before.clear();
      }
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Samples, and the cases

struct File {
  std::string path;
  std::string text;
};

struct Rule {
  std::string name;
  void (*check)(const Tree&, Findings&);
  std::vector<std::vector<File>> refused;   // trees with exactly one fault each
  std::vector<std::vector<File>> accepted;  // near the limit, without one

  friend std::ostream& operator<<(std::ostream& out, const Rule& rule) { return out << rule.name; }
};

std::string repeated(std::size_t count, const std::string& text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

std::string function_of(std::size_t lines) {
  return "namespace a {\nint f(int x) {\n" + repeated(lines - 2, "  ++x;\n") + "}\n}\n";
}

const std::string a_suite = "BOOST_AUTO_TEST_SUITE(x_tests)\nBOOST_AUTO_TEST_CASE(holds) {}\n";

const std::vector<Rule> rules{
    {"layers",
     layers,
     {{{"ledger/a.h", "#include \"consensus/b.h\"\n"}},
      {{"consensus/a.h", "#include \"contracts/b.h\"\n"}},
      {{"contracts/a.cpp", "#include \"certs/b.h\"\n"}},
      {{"cli/a.cpp", "#include \"node/b.h\"\n"}},
      {{"node/a.cpp", "#include \"tests/support/b.h\"\n"}},
      {{"ledger/a.cpp", "#include \"a.h\"\n"}},
      {{"consensus/a.cpp", "#include \"ledger/store.h\"\n"}},
      {{"ledger/block.cpp", "#include \"ledger/segments.h\"\n"}}},
     {{{"consensus/a.cpp", "#include \"ledger/b.h\"\n// #include \"node/b.h\"\n"}},
      {{"ledger/store.cpp", "#include \"ledger/segments.h\"\n"}},
      {{"tests/node/a_tests.cpp", "#include \"testnet/b.h\"\n"}}}},
    {"pure_folders",
     pure_folders,
     {{{"consensus/a.h", "#include <mutex>\n"}},
      {{"contracts/a.cpp", "#include <unordered_map>\n"}},
      {{"consensus/a.cpp", "#include <boost/asio/io_context.hpp>\n"}},
      {{"contracts/a.cpp", "double share(int n);\n"}},
      {{"consensus/a.cpp", "const auto now = std::chrono::steady_clock::now();\n"}}},
     {{{"consensus/a.h", "// A double vote, a float, a <mutex>.\nint doubled(const char* = \"double\");\n"}},
      {{"node/a.h", "#include <mutex>\n"}}}},
    {"library_bounds",
     library_bounds,
     {{{"ledger/a.cpp", "#include <cereal/cereal.hpp>\n"}},
      {{"ledger/codec_impl.h", "#include <cereal/types/vector.hpp>\n"}},
      {{"ledger/a.h", "#include \"ledger/codec_impl.h\"\n"}},
      {{"node/a.cpp", "#include <toml++/toml.h>\n"}},
      {{"node/a.h", "#include \"ledger/toml_impl.h\"\n"}},
      {{"node/a.h", "#include <boost/json.hpp>\n"}},
      {{"ledger/a.cpp", "#include <boost/json/value.hpp>\n"}},
      {{"ledger/a.cpp", "#include <secp256k1.h>\n"}},
      {{"ledger/store.h", "#include <leveldb/db.h>\n"}},
      {{"node/a.cpp", "#include <leveldb/db.h>\n"}}},
     {{{"ledger/codec_impl.h", "#include <cereal/cereal.hpp>\n"}},
      {{"ledger/json.cpp", "#include <boost/json.hpp>\n"}},
      {{"ledger/store.cpp", "#include <leveldb/db.h>\n"}},
      {{"testnet/sim_signatures.cpp", "#include <secp256k1.h>\n"}},
      {{"ledger/store_core.h", "#include <leveldb/db.h>\n"}}}},
    {"line_lengths",
     line_lengths,
     {{{"ledger/a.h", std::string(columns_max + 1, 'x')}}},
     {{{"ledger/a.h", repeated(columns_max, "证")}}}},
    {"file_lengths",
     file_lengths,
     {{{"ledger/a.h", repeated(file_lines_max + 1, "\n")}}},
     {{{"ledger/a.h", repeated(file_lines_max, "\n")}}}},
    {"header_form",
     header_form,
     {{{"ledger/a.h", "#pragma once\n// A.\n"}}, {{"ledger/a.h", "// A.\n"}}, {{"ledger/a.h", "// #pragma once\n"}}},
     {{{"ledger/a.h", "// A.\n#pragma once\n"}}, {{"ledger/a.cpp", "int a;\n"}}}},
    {"header_comments",
     header_comments,
     {{{"ledger/a.h", "// A word.\n" + repeated(20, "int x;\n")}},
      {{"consensus/a.h", "int x = \"// A sentence.\";\n"}}},
     {{{"ledger/a.h", repeated(6, "// 34\n") + repeated(6, "int x;\n")}},
      {{"ledger/a.h", "// Only words.\n"}, {"ledger/b.h", "int x;\n"}}}},
    {"unfinished_marks",
     unfinished_marks,
     {{{"node/a.cpp", "int x;  // TODO: more\n"}},
      {{"node/a.cpp", "/* later\n FIXME */\n"}},
      {{"node/a.h", "int HACK;\n"}}},
     {{{"node/a.cpp", "const char* text = \"TODO\";\nint XXXI;\n"}}}},
    {"suite_names",
     suite_names,
     {{{"tests/ledger/y_tests.cpp", a_suite}}, {{"tests/ledger/x_tests.cpp", "BOOST_AUTO_TEST_CASE(holds) {}\n"}}},
     {{{"tests/ledger/x_tests.cpp", a_suite}}, {{"tests/support/a.cpp", ""}}}},
    {"test_marks",
     test_marks,
     {{{"tests/ledger/x_tests.cpp", a_suite}, {"ledger/x.cpp", "// Test: x_tests/fails\n"}},
      {{"tests/ledger/x_tests.cpp", a_suite}, {"ledger/x.cpp", "// Test: y_tests/holds\n"}}},
     {{{"tests/ledger/x_tests.cpp", a_suite}, {"ledger/x.cpp", "int a;  // Test: x_tests/holds.\n"}}}},
    {"units_have_tests",
     units_have_tests,
     {{{"ledger/x.cpp", ""}},
      {{"ledger/store.cpp", ""}, {"tests/ledger/store_tests.cpp", ""}},
      {{"consensus/x.cpp", ""}, {"tests/ledger/x_tests.cpp", ""}}},
     {{{"ledger/x.cpp", ""}, {"tests/ledger/x_tests.cpp", ""}}, {{"ledger/y.h", ""}}}},
    {"own_header_first",
     own_header_first,
     {{{"ledger/x.h", ""}, {"ledger/x.cpp", "#include <map>\n#include \"ledger/x.h\"\n"}},
      {{"cli/x.h", ""}, {"cli/x.cpp", ""}}},
     {{{"ledger/x.h", ""}, {"ledger/x.cpp", "#include \"ledger/x.h\"\n#include <map>\n"}}, {{"ledger/y.cpp", ""}}}},
    {"include_cycles",
     include_cycles,
     {{{"ledger/a.h", "#include \"ledger/a.h\"\n"}},
      {{"ledger/a.h", "#include \"ledger/b.h\"\n"},
       {"ledger/b.h", "#include \"ledger/c.h\"\n"},
       {"ledger/c.h", "#include \"ledger/a.h\"\n"}}},
     {{{"ledger/a.h", "#include \"ledger/b.h\"\n#include \"ledger/c.h\"\n"},
       {"ledger/b.h", "#include \"ledger/c.h\"\n"},
       {"ledger/c.h", ""}}}},
    {"one_definition",
     one_definition,
     {{{"cli/a.cpp", "namespace a {\nstruct S {\n};\n}\n"}, {"cli/b.cpp", "namespace a {\nstruct S {\n};\n}\n"}},
      {{"cli/a.cpp", "namespace a {\nnamespace {\nvoid f() {\n}\n}\nstruct S {\n};\n}\n"},
       {"node/b.h", "namespace a {\nstruct S : T {\n};\n}\n"}}},
     {{{"cli/a.cpp", "namespace a {\nstruct S {\n};\n}\n"},
       {"cli/b.cpp", "namespace a {\nnamespace {\nvoid f() {\n}\nstruct S {\n};\n}\n}\n"},
       {"cli/c.cpp", "namespace b {\nstruct S {\n};\nstruct a::S;\n}\n"},
       {"tests/cli/d.cpp", "namespace a {\nstruct S {\n};\n}\n"}}}},
    {"no_return_within_new",
     no_return_within_new,
     {{{"node/a.cpp", "return P(new A(TRY(f())));\n"}},
      {{"node/a.cpp", "return P(\n    new A(1,\n          TRY(f())));\n"}}},
     {{{"node/a.cpp", "auto b = TRY(f());\nreturn P(new A(b));\nreturn TRY(g());\n"}},
      {{"node/a.cpp", "P p(new A);\nrenew (TRY(f()));\n"}}}},
    {"function_lengths",
     function_lengths,
     {{{"ledger/a.cpp", function_of(function_lines_max + 1)}},
      {{"ledger/a.cpp", "A::A() : b_{1} {\n" + repeated(function_lines_max, "f();\n") + "}\n"}},
      {{"ledger/a.h",
        "struct A {\n  template <class T>\n  void f() {\n" + repeated(function_lines_max, "g();\n") + "  }\n};\n"}}},
     {{{"ledger/a.cpp", function_of(function_lines_max)}},
      {{"ledger/a.cpp", "const int table[] = {\n" + repeated(function_lines_max, "1,\n") + "};\n"}},
      {{"ledger/a.h",
        "M(A, (), (a))\nstruct A {\n" + repeated(function_lines_max, "int f() { return '{'; }\n") + "};\n"}},
      {{"ledger/a.h",
        "#define M(x) \\\n  if (x) {\nint f();\n" + repeated(function_lines_max, "// {\n") + "int g();\n"}}}},
};

Findings findings_of(const Rule& rule, const std::vector<File>& files) {
  Tree tree;
  for (const File& file : files) tree.push_back(make_source(file.path, file.text));
  Findings findings;
  rule.check(tree, findings);
  return findings;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tidy_tests)

BOOST_AUTO_TEST_CASE(the_tree_is_found) {
  BOOST_TEST(std::ranges::count(real_tree(), "ledger/codec_impl.h", &Source::path) == 1);
  BOOST_TEST(std::ranges::count(real_tree(), "tests/house/tidy_tests.cpp", &Source::path) == 1);
}

BOOST_DATA_TEST_CASE(the_tree_keeps_the_rule, boost::unit_test::data::make(rules), rule) {
  Findings findings;
  rule.check(real_tree(), findings);
  for (const std::string& finding : findings) BOOST_ERROR(finding);
}

BOOST_DATA_TEST_CASE(the_rule_refuses_each_fault, boost::unit_test::data::make(rules), rule) {
  BOOST_TEST(!rule.refused.empty());
  for (const std::vector<File>& files : rule.refused) {
    BOOST_TEST(findings_of(rule, files).size() == 1, files.back().path << ":\n" << files.back().text);
  }
}

BOOST_DATA_TEST_CASE(the_rule_accepts_what_is_at_the_limit, boost::unit_test::data::make(rules), rule) {
  BOOST_TEST(!rule.accepted.empty());
  for (const std::vector<File>& files : rule.accepted) {
    for (const std::string& finding : findings_of(rule, files)) BOOST_ERROR(finding);
  }
}

BOOST_AUTO_TEST_SUITE_END()
