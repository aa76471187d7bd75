// The property: in every row a column begins where it begins in all others (or ends there, if it is flush right),
// counted as a terminal counts. Then what is left out: empty columns, spaces at the end of lines, tables without rows.
#include <boost/test/unit_test.hpp>
#include <random>
#include <sstream>

#include "cli/display_width.h"
#include "cli/text_table.h"

namespace {

using namespace kanhe::cli;

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// No spaces inside, and a mark that no other column of the row has, so that it is found again.
std::string random_cell(std::mt19937_64& random, std::size_t column) {
  static const std::string_view parts[] = {"a", "7", "税", "登记", "，", "é", "e\u0301", "…", "𠀀", "ﾊ"};
  std::string text = "<" + std::string(1, static_cast<char>('A' + column));
  for (std::size_t count = random() % 9; count > 0; --count) text += parts[random() % std::size(parts)];
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(text_table_tests)

BOOST_AUTO_TEST_CASE(every_row_has_its_columns_where_all_others_have_them) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    const std::size_t columns = 1 + random() % 6;
    std::vector<Align> aligns;
    for (std::size_t i = 0; i < columns; ++i) aligns.push_back(random() % 2 == 0 ? Align::left : Align::right);
    const std::size_t indent = random() % 5;
    TextTable table(aligns, indent);
    std::vector<std::vector<std::string>> rows(1 + random() % 8);
    for (auto& row : rows) {
      for (std::size_t i = 0; i < columns; ++i) row.push_back(random_cell(random, i));
      table.add(row);
    }
    const std::vector<std::string> lines = lines_of(table.text());
    BOOST_REQUIRE(lines.size() == rows.size());
    std::vector<std::size_t> edges;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      BOOST_TEST(lines[r].starts_with(std::string(indent, ' ')));
      std::size_t from = 0;
      for (std::size_t i = 0; i < columns; ++i) {
        const std::size_t place = lines[r].find(rows[r][i], from);
        BOOST_REQUIRE(place != std::string::npos);
        from = place + rows[r][i].size();
        const std::size_t edge = display_width(lines[r].substr(0, aligns[i] == Align::left ? place : from));
        if (r == 0) edges.push_back(edge);
        BOOST_TEST(edge == edges[i], lines[r]);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(chinese_and_english_stand_below_each_other) {
  TextTable table({Align::right, Align::left, Align::left});
  table.name_columns({"", "部门", "status"});
  table.add({"1", "税务局", "等待"});
  table.add_line("kanhe bill show 5f");
  table.add({"12", "tax", "done"});
  BOOST_TEST(table.text() ==
             "      部门    status\n"
             "   1  税务局  等待\n"
             "    kanhe bill show 5f\n"
             "  12  tax     done\n");
}

BOOST_AUTO_TEST_CASE(an_empty_column_takes_no_place_and_no_line_ends_with_spaces) {
  TextTable table({Align::left, Align::left, Align::left}, 0);
  table.name_columns({"a", "never", "c"});
  table.add({"登簿", "", "x"});
  table.add({"1"});
  BOOST_TEST(table.text() == "a     c\n登簿  x\n1\n");
}

BOOST_AUTO_TEST_CASE(without_rows_there_is_nothing) {
  TextTable table({Align::left});
  table.name_columns({"a"});
  BOOST_TEST(table.empty());
  BOOST_TEST(table.text() == "");
}

BOOST_AUTO_TEST_CASE(names_and_values_stand_below_each_other) {
  NamedValues values;
  values.add("高度", "7");
  values.add("state root", "5f…");
  BOOST_TEST(values.text() == "  高度:        7\n  state root:  5f…\n");
}

BOOST_AUTO_TEST_SUITE_END()
