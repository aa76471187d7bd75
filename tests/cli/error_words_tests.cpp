// Errors in Chinese: rows are found by the texts that the code makes; values keep their places; a row hides no other.
#include "cli/error_words.h"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <set>

#include "cli/key_file.h"
#include "cli/local_file.h"
#include "cli/output.h"
#include "cli/values.h"
#include "contracts/service.h"
#include "ledger/types.h"

namespace {

using namespace kanhe;
using namespace kanhe::cli;

bool is_chinese(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0xe4; });
}

// A text of the pattern.
std::string example_of(std::string_view pattern) {
  std::string text(pattern);
  int number = 0;
  for (std::size_t place = 0; (place = text.find("{}", place)) != std::string::npos;) {
    text.replace(place, 2, "v" + std::to_string(++number));
  }
  return text;
}

template <class T>
std::string said(Result<T> result) {
  BOOST_REQUIRE(!result.has_value());
  return find_error_zh(result.error().text);
}
template <class T>
std::string said_of_value(std::string_view text) {
  T value{};
  return said(set_value(schema_of<T>(), &value, text));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(error_words_tests)

BOOST_AUTO_TEST_CASE(every_row_is_found_by_its_own_text_and_keeps_its_values) {
  std::set<std::string_view> known;
  for (const ErrorWords& row : error_words()) {
    BOOST_TEST(known.insert(row.en).second, row.en);
    const std::string zh = find_error_zh(example_of(row.en));
    BOOST_TEST(is_chinese(zh), row.en);
    BOOST_TEST(zh.find('{') == std::string::npos, zh);
    // What the Chinese says of values stands in its own row, not in one above it.
    for (int number = 1; number <= 3; ++number) {
      const std::string place = "{" + std::to_string(number);
      if (row.zh.find(place) == std::string_view::npos) continue;
      BOOST_TEST(zh.find("v" + std::to_string(number)) != std::string::npos, row.en << "\n  " << zh);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_value_may_have_words_of_its_own_and_what_stands_before_is_kept) {
  BOOST_TEST(find_error_zh("127.0.0.1:9: connecting: Connection refused") ==
             "连接不上节点 127.0.0.1:9：连接被拒绝。请检查 --node，或换一个部门的节点");
  BOOST_TEST(find_error_zh("--genesis g.json: there is no such file") == "--genesis g.json：没有这个文件");
  BOOST_TEST(find_error_zh("APPLICATION: \"xyz\" must be 64 hexadecimal digits in lower case") ==
             "APPLICATION：“xyz” 应为 64 位小写十六进制数字");
  BOOST_TEST(find_error_zh("a.pdf: cannot be read: No such file or directory") == "a.pdf：无法读取：没有这个文件");
  BOOST_TEST(find_error_zh("--on: CivilDate: 7 bytes, must be between 10 and 10") ==
             "--on：不是日期，应写作 2025-10-01");
  BOOST_TEST(find_error_zh("something else: entirely").empty());
  BOOST_TEST(find_error_zh("").empty());
}

BOOST_AUTO_TEST_CASE(what_the_code_says_has_a_row) {
  BOOST_TEST(is_chinese(said(read_local_file("/nonexistent/x", 10))));
  BOOST_TEST(is_chinese(said(read_key_file("/nonexistent/x"))));
  BOOST_TEST(is_chinese(said(read_money("12"))));
  BOOST_TEST(is_chinese(said(read_time("yesterday"))));
  BOOST_TEST(is_chinese(said(read_duration("five"))));
  BOOST_TEST(is_chinese(said_of_value<ApplicationId>("xyz")));
  BOOST_TEST(is_chinese(said_of_value<Hash256>("xyz")));
  BOOST_TEST(is_chinese(said_of_value<Hash256>("sha256:/nonexistent/x")));
  BOOST_TEST(is_chinese(said_of_value<contracts::service::Verdict>("perhaps")));
  BOOST_TEST(is_chinese(said_of_value<contracts::service::ServiceCode>("House Sale")));
  BOOST_TEST(is_chinese(said_of_value<contracts::CivilDate>("tomorrow")));
}

BOOST_AUTO_TEST_SUITE_END()
