// RowTemplate fills in columns and their slices by character, never cuts a value short unnoticed, and refuses every
// form that is not one; DateFormat reads each day of two centuries as the calendar has it, and no day that it has not.
#include <boost/test/unit_test.hpp>
#include <chrono>

#include "cli/row_template.h"

namespace kanhe::cli {
namespace {

using Names = std::vector<std::string>;
const Names names{"p", "date", "owner_name"};

std::string filled(std::string_view text, std::vector<std::string> values, std::size_t nth = 1) {
  const auto made = RowTemplate::from(text, names);
  BOOST_REQUIRE(made.has_value());
  const auto result = made->fill(values, nth);
  return result.has_value() ? *result : "fault: " + result.error().text;
}

bool is_refused(std::string_view text, ErrorCode code) {
  const auto made = RowTemplate::from(text, names);
  return !made.has_value() && made.error().code == code;
}

constexpr std::uint64_t day_ms = 86'400'000;

}  // namespace

BOOST_AUTO_TEST_SUITE(row_template_tests)

BOOST_AUTO_TEST_CASE(fills_columns_slices_and_the_number_of_the_entry) {
  BOOST_TEST(filled("110101{p1..3}{p4..6}GB0{p7..10}F00010001", {"1525079056", "", ""}) ==
             "110101152507GB09056F00010001");
  BOOST_TEST(filled("KC-{p}-{nth}", {"1", "", ""}, 12) == "KC-1-12");
  BOOST_TEST(filled("{{{p}}}", {"1", "", ""}) == "{1}");
  BOOST_TEST(filled("", {"1", "", ""}) == "");
}

BOOST_AUTO_TEST_CASE(slices_count_characters_not_bytes) {
  BOOST_TEST(filled("{owner_name1..1}", {"", "", "张三丰"}) == "张");
  BOOST_TEST(filled("{owner_name2..3}", {"", "", "张三丰"}) == "三丰");
}

BOOST_AUTO_TEST_CASE(slices_put_side_by_side_give_the_whole_value) {
  const std::string value = "a证1bß23";
  const std::size_t length = characters_of(value);
  BOOST_TEST(length == 7u);
  for (std::size_t cut = 1; cut < length; ++cut) {
    const std::string text = "{p1.." + std::to_string(cut) + "}{p" + std::to_string(cut + 1) + "..7}";
    BOOST_TEST(filled(text, {value, "", ""}) == value);
  }
}

BOOST_AUTO_TEST_CASE(a_slice_beyond_the_end_is_a_fault_of_the_row) {
  BOOST_TEST(filled("{p7..10}", {"123456789", "", ""}) ==
             "fault: \"123456789\" has 9 characters, character 10 is asked for");
  BOOST_TEST(filled("{p1..1}", {"", "", ""}).starts_with("fault: "));
}

BOOST_AUTO_TEST_CASE(a_form_that_is_none_is_refused) {
  for (const auto* text :
       {"{p", "p}", "{", "}", "{p1}", "{p0..2}", "{p3..2}", "{p1..}", "{p..3}", "{p1..x}", "{p q}"}) {
    BOOST_TEST(is_refused(text, ErrorCode::malformed), text);
  }
  for (const auto* text : {"{q}", "{}", "{P}", "{nth1..2}"}) {
    BOOST_TEST(is_refused(text, ErrorCode::unknown), text);
  }
  BOOST_TEST(!is_refused(std::string(template_bytes_max, 'x'), ErrorCode::out_of_range));
  BOOST_TEST(is_refused(std::string(template_bytes_max + 1, 'x'), ErrorCode::out_of_range));
}

BOOST_AUTO_TEST_CASE(says_which_columns_it_takes) {
  const auto made = RowTemplate::from("{date}{p1..3}{p}{p4..5}{nth}", names);
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST((made->columns() == std::vector<std::size_t>{1, 0}));
  BOOST_TEST((made->sliced_columns() == std::vector<std::size_t>{0}));
  BOOST_TEST(made->uses_nth());
}

BOOST_AUTO_TEST_CASE(reads_every_day_of_the_calendar_and_no_other) {
  using namespace std::chrono;
  const auto format = DateFormat::from("YYYY-MM-DD");
  BOOST_REQUIRE(format.has_value());
  std::uint64_t days = 0;
  for (int y = 1970; y < 2170; ++y) {
    for (unsigned m = 0; m <= 13; ++m) {
      for (unsigned d = 0; d <= 32; ++d) {
        char text[48];
        std::snprintf(text, sizeof text, "%04d-%02u-%02u", y, m, d);
        const bool exists = year_month_day(year(y), month(m), day(d)).ok();
        const auto read = format->read(text, 0);
        BOOST_REQUIRE_MESSAGE(read.has_value() == exists, text);
        if (exists) BOOST_REQUIRE_MESSAGE(read->value() == days++ * day_ms, text);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(reads_times_of_day_where_the_clocks_are_ahead) {
  const auto format = DateFormat::from("DD.MM.YYYY hh:mm:ss");
  BOOST_REQUIRE(format.has_value());
  BOOST_TEST(format->read("02.01.1970 08:00:01", 480)->value() == day_ms + 1'000);
  BOOST_TEST(format->read("01.01.1970 00:00:00", -480)->value() == 480u * 60'000);
  BOOST_TEST((format->read("01.01.1970 07:59:59", 480).error().code == ErrorCode::out_of_range));
  BOOST_TEST((format->read("01.01.1970 24:00:00", 0).error().code == ErrorCode::out_of_range));
  BOOST_TEST(DateFormat::from("YYYY年MM月DD日")->read("1970年01月02日", 0)->value() == day_ms);
}

BOOST_AUTO_TEST_CASE(a_text_of_another_form_is_no_date) {
  const auto format = DateFormat::from("YYYY-MM-DD");
  for (const auto* text : {"", "2014-5-2", "2014/05/02", "2014-05-02 ", "2014-05-0x", "+014-05-02"}) {
    const auto read = format->read(text, 0);
    BOOST_TEST((!read.has_value() && read.error().code == ErrorCode::malformed), text);
  }
}

BOOST_AUTO_TEST_CASE(a_date_format_names_day_month_and_year_once) {
  for (const auto* pattern :
       {"", "YYYY-MM", "YYYY-MM-DD-DD", "YYYYY-MM-DD", "YY-MM-DD", "YYYY-MM-DD mm:mm", "YYYY-MM-DDs"}) {
    BOOST_TEST(!DateFormat::from(pattern).has_value(), pattern);
  }
}

BOOST_AUTO_TEST_CASE(reads_offsets) {
  BOOST_TEST(read_utc_offset("+08:00").value() == 480);
  BOOST_TEST(read_utc_offset("-03:30").value() == -210);
  BOOST_TEST(read_utc_offset("+18:00").value() == 1'080);
  for (const auto* text : {"", "08:00", "+8:00", "+08:60", "+18:01", "+08-00", "+0800"}) {
    BOOST_TEST(!read_utc_offset(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::cli
