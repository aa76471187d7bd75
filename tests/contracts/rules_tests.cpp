// The table of rules R01 to R40, and docs/rules.md, which is made of it: each rule with its level and its law, the
// files that decide it and the tests that are named after it, as they are found in the tree.
//
// With KANHE_REWRITE=1 the page is written anew, and the diff is the review.
#include "contracts/rules.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "contracts/property_rules.h"
#include "tests/support/golden.h"

namespace kanhe::contracts {
namespace {

namespace fs = std::filesystem;

const fs::path root = KANHE_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// The files in which a rule's number stands, in this form.
using FilesOfRules = std::map<std::uint16_t, std::set<std::string>>;
FilesOfRules files_with(const fs::path& folder, const std::string& form) {
  FilesOfRules files;
  const std::regex number(form);
  for (const auto& entry : fs::directory_iterator(root / folder)) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string name = (folder / entry.path().filename()).string();
    const std::string text = read(entry.path());
    for (std::sregex_iterator at(text.begin(), text.end(), number), end; at != end; ++at) {
      files[static_cast<std::uint16_t>(std::stoul((*at)[1]))].insert("`" + name + "`");
    }
  }
  return files;
}

// The test cases whose names begin with the rule's number, or with several: r17_r18_who_acquires_declares …
FilesOfRules tests_named() {
  FilesOfRules tests;
  const std::regex cases(R"(_TEST_CASE\(((?:r\d\d_)+\w+))");
  const std::regex number(R"(r(\d\d)_)");
  for (const auto& entry : fs::directory_iterator(root / "tests/contracts")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = read(entry.path());
    for (std::sregex_iterator at(text.begin(), text.end(), cases), end; at != end; ++at) {
      const std::string name = (*at)[1];
      std::size_t behind = 0;
      while (std::regex_match(name.substr(behind, 4), number)) {
        const auto rule = static_cast<std::uint16_t>(std::stoul(name.substr(behind + 1, 2)));
        tests[rule].insert("`" + entry.path().stem().string() + "/" + name + "`");
        behind += 4;
      }
    }
  }
  return tests;
}

std::string joined(const FilesOfRules& files, std::uint16_t number) {
  const auto found = files.find(number);
  if (found == files.end()) return "–";
  std::string text;
  for (const std::string& name : found->second) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string page() {
  const FilesOfRules deciding = files_with("contracts", R"((?:\.rule = |void r0?|// R0?)(\d+))");
  const FilesOfRules tests = tests_named();
  std::ostringstream text;
  text << "# Rules of registration\n\n"
          "What the law asks before something is entered in the register, and what it lets happen by itself; made from "
          "`contracts/rules.h`.\nA refusal names the rule and lists all that were broken. A rule marked * is "
          "unconfirmed: its article, reach or number was not seen in\nthe law itself; the departments switch it off by "
          "a motion (`set_rules`) where they hold it for none. Where no file decides\na rule, no entry that it speaks "
          "of can be made yet.\n\n"
          "| rule | level | what it says | where it stands | what helps | decided in | shown by |\n"
          "| --- | --- | --- | --- | --- | --- | --- |\n";
  std::size_t decided = 0;
  for (const Rule& rule : rules()) {
    decided += deciding.contains(rule.number) ? 1u : 0u;
    text << "| " << rule_name(rule.number) << (rule.unconfirmed ? "*" : "") << " | " << name_of(rule.level).zh << " · "
         << name_of(rule.level).en << " | " << rule.zh << "<br>" << rule.en << " | " << rule.law_zh << "<br>"
         << rule.law_en << " | " << (rule.help_zh.empty() ? "–" : std::string(rule.help_zh) + "<br>")
         << rule.help_en << " | " << joined(deciding, rule.number) << " | "
         << joined(tests, rule.number) << " |\n";
  }
  text << "\n" << decided << " of " << rules().size() << " are decided, in part at least.\n";
  return text.str();
}

BOOST_AUTO_TEST_SUITE(rules_tests)

BOOST_AUTO_TEST_CASE(each_of_the_forty_has_its_number_its_texts_and_its_law) {
  BOOST_REQUIRE(rules().size() == 40u);
  std::set<std::string_view> texts;
  for (std::size_t i = 0; i < rules().size(); ++i) {
    const Rule& rule = rules()[i];
    BOOST_TEST_CONTEXT(rule_name(rule.number)) {
      BOOST_TEST(rule.number == i + 1);
      for (const std::string_view text : {rule.zh, rule.en}) {
        BOOST_TEST(!text.empty());
        BOOST_TEST(texts.insert(text).second);
      }
      BOOST_TEST((!rule.law_zh.empty() && !rule.law_en.empty()));
      BOOST_TEST(rule.help_zh.empty() == rule.help_en.empty());
      // Who must make a statement is told which.
      if (rule.level == RuleLevel::statement) BOOST_TEST(!rule.help_zh.empty());
    }
    BOOST_TEST(find_rule(rule.number) == &rule);
  }
  BOOST_TEST(find_rule(0) == nullptr);
  BOOST_TEST(find_rule(41) == nullptr);
  BOOST_TEST(rule_name(7) == "R07");
  BOOST_TEST(rule_name(40) == "R40");
}

BOOST_AUTO_TEST_CASE(what_decides_a_rule_names_one_that_there_is) {
  for (const auto& [number, files] : files_with("contracts", R"(\.rule = (\d+))")) {
    BOOST_TEST(find_rule(number) != nullptr, *files.begin());
  }
}

BOOST_AUTO_TEST_CASE(whoever_is_refused_by_a_rule_is_told_what_helps) {
  for (const auto& [number, files] : files_with("contracts", R"(\.rule = (\d+))")) {
    const Rule* const rule = find_rule(number);
    BOOST_TEST((rule != nullptr && !rule->help_zh.empty() && !rule->help_en.empty()), rule_name(number));
  }
}

BOOST_AUTO_TEST_CASE(every_rule_of_the_register_has_a_test_that_is_named_after_it) {
  const FilesOfRules tests = tests_named();
  for (const property::DecidingRule& rule : property::deciding_rules()) {
    BOOST_TEST(tests.contains(rule.number), rule_name(rule.number));
  }
}

BOOST_AUTO_TEST_CASE(the_page_of_rules_is_as_the_table_and_the_tree_are) {
  const std::string difference = support::golden_difference((root / "docs" / "rules.md").string(), page());
  BOOST_TEST(difference.empty(), difference);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts
