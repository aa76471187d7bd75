// Csv reads what csv_line() writes, whatever the fields hold, and refuses every text that RFC 4180 does not describe,
// with the line and the column of the fault. Tables here are made at random from the characters that matter, or stand
// in the test.
#include <boost/test/unit_test.hpp>
#include <random>

#include "cli/csv.h"
#include "ledger/types.h"

namespace kanhe::cli {
namespace {

using Fields = std::vector<std::string>;

std::string error_of(std::string_view text) {
  const auto table = read_csv(text);
  BOOST_REQUIRE(!table.has_value());
  return table.error().text;
}

Fields only_row(std::string_view text) {
  const auto table = read_csv(text);
  BOOST_REQUIRE(table.has_value());
  BOOST_REQUIRE(table->rows.size() == 1u);
  return table->rows[0].fields;
}

// Out of few characters, so that quotes, commas and line breaks stand side by side often.
class Tables {
 public:
  explicit Tables(unsigned seed) : random_(seed) {}
  std::size_t number(std::size_t below) { return random_() % below; }
  std::string field() {
    static constexpr std::string_view pieces[] = {"a", ",", "\"", "\n", "\r\n", "证", "\"\"", " ", ""};
    std::string text;
    for (std::size_t i = number(6); i > 0; --i) text += pieces[number(std::size(pieces))];
    return text;
  }
  std::string soup() {
    static constexpr std::string_view pieces[] = {"a", ",", "\"", "\n", "\r", "\r\n", "证", "\x80", "\xEF\xBB\xBF"};
    std::string text;
    for (std::size_t i = number(12); i > 0; --i) text += pieces[number(std::size(pieces))];
    return text;
  }

 private:
  std::mt19937 random_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(csv_tests)

BOOST_AUTO_TEST_CASE(reads_what_it_writes) {
  for (unsigned seed = 1; seed <= 2'000; ++seed) {
    Tables tables(seed);
    const std::size_t width = 1 + tables.number(4);
    Fields columns;
    for (std::size_t i = 0; i < width; ++i) columns.push_back("c" + std::to_string(i));
    std::string text = csv_line(columns);
    std::vector<Fields> rows;
    for (std::size_t i = tables.number(5); i > 0; --i) {
      Fields row;
      for (std::size_t j = 0; j < width; ++j) row.push_back(tables.field());
      text += csv_line(row);
      rows.push_back(row);
    }
    const auto table = read_csv(text);
    BOOST_REQUIRE_MESSAGE(table.has_value(), "seed " << seed);
    BOOST_REQUIRE(table->rows.size() == rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) BOOST_TEST((table->rows[i].fields == rows[i]), "seed " << seed);
  }
}

BOOST_AUTO_TEST_CASE(whatever_is_accepted_is_written_back_to_the_same_table) {
  std::size_t accepted = 0;
  for (unsigned seed = 1; seed <= 20'000; ++seed) {
    const auto table = read_csv(Tables(seed).soup());
    if (!table.has_value()) continue;
    ++accepted;
    std::string text = csv_line(table->columns);
    for (const CsvRow& row : table->rows) text += csv_line(row.fields);
    const auto again = read_csv(text);
    BOOST_REQUIRE_MESSAGE(again.has_value(), "seed " << seed);
    BOOST_TEST((again->columns == table->columns));
    BOOST_REQUIRE(again->rows.size() == table->rows.size());
    for (std::size_t i = 0; i < again->rows.size(); ++i) {
      BOOST_TEST((again->rows[i].fields == table->rows[i].fields), "seed " << seed);
    }
  }
  BOOST_TEST(accepted > 100u);
}

BOOST_AUTO_TEST_CASE(a_quoted_field_holds_commas_line_breaks_and_quotes) {
  BOOST_TEST((only_row("a,b\n\"x,\"\"y\"\"\r\nz\",\"\"\n") == Fields{"x,\"y\"\r\nz", ""}));
  BOOST_TEST((only_row("a,b\r\n1,") == Fields{"1", ""}));
}

BOOST_AUTO_TEST_CASE(the_line_of_a_row_counts_quoted_line_breaks_and_empty_lines) {
  const auto table = read_csv(
      "\xEF\xBB\xBF"
      "a\n\"1\n2\n3\"\n\n4\n");
  BOOST_REQUIRE(table.has_value());
  BOOST_TEST((table->columns == Fields{"a"}));
  BOOST_REQUIRE(table->rows.size() == 2u);
  BOOST_TEST(table->rows[0].line == 2u);
  BOOST_TEST(table->rows[1].line == 6u);
}

BOOST_AUTO_TEST_CASE(every_departure_from_the_form_is_refused_with_its_place) {
  BOOST_TEST(error_of("") == "line 1: must hold the names of the columns");
  BOOST_TEST(error_of("a,,b\n") == "line 1: a column has no name");
  BOOST_TEST(error_of("a,b,a\n") == "line 1: two columns are named \"a\"");
  BOOST_TEST(error_of("a,b\n1,2\"\n").starts_with("line 2, column 4: a quote inside a field"));
  BOOST_TEST(error_of("a,b\n1,\"2\"3\n").starts_with("line 2, column 6: after a closing quote"));
  BOOST_TEST(error_of("a,b\n1,\"2\n3\n").starts_with("line 2: a quoted field that begins here does not end"));
  BOOST_TEST(error_of("a,b\n1\r,2\n").starts_with("line 2, column 2: a carriage return"));
  BOOST_TEST(error_of("a\n1\n\xD6\xD0\n").starts_with("line 3: not UTF-8"));
}

BOOST_AUTO_TEST_CASE(a_row_of_another_width_is_kept_for_its_reader_to_report) {
  const auto table = read_csv("a,b\n1\n1,2,3\n");
  BOOST_REQUIRE(table.has_value());
  BOOST_TEST(table->rows[0].fields.size() == 1u);
  BOOST_TEST(table->rows[1].fields.size() == 3u);
}

BOOST_AUTO_TEST_CASE(fields_and_columns_have_their_limits) {
  const std::string longest(csv_field_bytes_max, 'x');
  BOOST_TEST(only_row("a\n" + longest + "\n")[0].size() == csv_field_bytes_max);
  BOOST_TEST(only_row("a\n\"" + longest + "\"\n")[0].size() == csv_field_bytes_max);
  BOOST_TEST(error_of("a\n" + longest + "x\n").find("must be at most 65536") != std::string::npos);
  BOOST_TEST(error_of("a\n\"" + longest + "x\"\n").find("must be at most 65536") != std::string::npos);
  std::string names = "c0";
  for (std::size_t i = 1; i < csv_columns_max; ++i) names += ",c" + std::to_string(i);
  BOOST_TEST(read_csv(names).has_value());
  BOOST_TEST(error_of(names + ",one_more").find("more than 1024 fields") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(columns_are_found_by_name) {
  const auto table = read_csv("parcel,sold_on\n");
  BOOST_REQUIRE(table.has_value());
  BOOST_TEST(table->column("sold_on").value() == 1u);
  BOOST_TEST(!table->column("Sold_on").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::cli
