// Calendar: dates, weekends, the shifts of a year, and periods of working days.
#include "contracts/calendar.h"

#include <boost/test/unit_test.hpp>

namespace kanhe::contracts {
namespace {

constexpr std::uint64_t day_ms = 24ull * 3'600'000;
constexpr std::uint64_t china_ms = 8ull * 3'600'000;

CivilDate date(std::string_view text) { return CivilDate::from(text).value(); }
// A moment of that day in China.
Timestamp at(std::string_view text, std::uint64_t ms = 0) {
  return Timestamp(day_of(date(text)) * day_ms - china_ms + ms);
}

// The shifts that the State Council made for 2025.
struct Year2025 {
  Year2025() : state(empty) {
    YearCalendar calendar;
    for (const auto* off : {"2025-01-01", "2025-01-28", "2025-01-29", "2025-01-30", "2025-01-31", "2025-02-03",
                            "2025-02-04", "2025-04-04", "2025-05-01", "2025-05-02", "2025-05-05", "2025-06-02",
                            "2025-10-01", "2025-10-02", "2025-10-03", "2025-10-06", "2025-10-07", "2025-10-08"}) {
      calendar.off.push_back(date(off));
    }
    for (const auto* worked : {"2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"}) {
      calendar.worked.push_back(date(worked));
    }
    calendars.put(state, Year(2025), calendar);
  }
  EmptyState empty;
  Overlay state;
};

BOOST_AUTO_TEST_SUITE(calendar_tests)

BOOST_AUTO_TEST_CASE(a_date_is_a_day_that_there_is) {
  for (const auto* good : {"1970-01-01", "2024-02-29", "2000-02-29", "9999-12-31"}) {
    BOOST_TEST(CivilDate::from(good).has_value(), good);
  }
  for (const auto* bad : {"2025-02-29", "1900-02-29", "2025-13-01", "2025-00-10", "2025-04-31", "2025-1-01", "20250101",
                          "2025/01/01", "1969-12-31", "", "2025-01-0x", "+025-01-01"}) {
    BOOST_TEST(!CivilDate::from(bad).has_value(), bad);
  }
}

BOOST_AUTO_TEST_CASE(days_and_dates_lead_to_each_other) {
  for (std::uint32_t day = 0; day < 150 * 366; day += 13) {
    BOOST_TEST(day_of(date_of(day)) == day);
    BOOST_TEST((day_of(Timestamp(day * day_ms + 1)) == day));
  }
  BOOST_TEST(date_of(day_of(date("2024-02-28")) + 1).str() == "2024-02-29");
  BOOST_TEST((year_of(day_of(date("2025-12-31"))) == Year(2025)));
  // Midnight in China is four in the afternoon in Greenwich.
  const Timestamp midnight(1'748'793'600'000);
  BOOST_TEST(date_of(day_of(midnight)).str() == "2025-06-02");
  BOOST_TEST(date_of(day_of(Timestamp(midnight.value() - 1))).str() == "2025-06-01");
}

BOOST_AUTO_TEST_CASE(weekends_are_off_and_shifts_are_as_the_year_says) {
  const Year2025 year;
  const auto works = [&](std::string_view text) { return is_working_day(year.state, day_of(date(text))); };
  BOOST_TEST(works("2025-09-26"));    // Friday
  BOOST_TEST(!works("2025-09-27"));   // Saturday
  BOOST_TEST(works("2025-09-28"));    // Sunday, worked
  BOOST_TEST(!works("2025-10-01"));   // National Day
  BOOST_TEST(works("2025-10-09"));
  BOOST_TEST(works("2025-10-11"));    // Saturday, worked
  BOOST_TEST(!works("2025-10-12"));
  // Of a year without a record.
  BOOST_TEST(works("2026-10-01"));
  BOOST_TEST(!works("2026-10-03"));
}

BOOST_AUTO_TEST_CASE(a_period_of_working_days_ends_at_midnight_of_the_last) {
  const Year2025 year;
  const auto end = [&](std::string_view from, std::uint32_t days) {
    return end_of_working_days(year.state, at(from, 10 * 3'600'000), days);
  };
  BOOST_TEST((end("2025-06-03", 1) == at("2025-06-05")));
  BOOST_TEST((end("2025-06-06", 1) == at("2025-06-10")), "from Friday over the weekend");
  BOOST_TEST((end("2025-06-07", 1) == at("2025-06-10")), "from Saturday");
  // 30 September; 1 to 8 October are off, the 9th, 10th, 11th are worked.
  BOOST_TEST((end("2025-09-29", 1) == at("2025-10-01")));
  BOOST_TEST((end("2025-09-30", 3) == at("2025-10-12")));
  BOOST_TEST((end("2025-09-30", 4) == at("2025-10-14")));
  BOOST_TEST((end("2025-12-31", 2) == at("2026-01-03")), "into a year without a record");
  BOOST_TEST((end("2025-06-03", 0) == at("2025-06-04")));
}

// Counted day by day.
BOOST_AUTO_TEST_CASE(a_period_holds_as_many_working_days_as_it_says) {
  const Year2025 year;
  std::uint32_t seed = 7;
  for (int i = 0; i < 300; ++i) {
    seed = seed * 1'664'525u + 1'013'904'223u;
    const Timestamp from = at("2024-11-01", (seed >> 8) % (500 * day_ms));
    const std::uint32_t days = seed % (working_days_max + 1);
    const Timestamp end = end_of_working_days(year.state, from, days);
    std::uint32_t counted = 0;
    for (std::uint32_t day = day_of(from) + 1; day < day_of(end); ++day) counted += is_working_day(year.state, day);
    BOOST_TEST(counted == days);
    BOOST_TEST((end.value() + china_ms) % day_ms == 0u);
    if (days > 0) BOOST_TEST(is_working_day(year.state, day_of(end) - 1));
  }
}

// What is left of a period ends when the period does, from whatever moment within it.
BOOST_AUTO_TEST_CASE(working_days_that_are_left_end_with_the_period) {
  const Year2025 year;
  for (const auto* from : {"2025-01-24", "2025-04-03", "2025-09-26", "2025-12-29"}) {
    for (const std::uint32_t days : {1u, 2u, 5u, 30u, 250u}) {
      const Timestamp end = end_of_working_days(year.state, at(from, 10 * 3'600'000), days);
      for (std::uint64_t passed = 0; at(from, 10 * 3'600'000 + passed) < end; passed += 7 * 3'600'000) {
        const Timestamp now = at(from, 10 * 3'600'000 + passed);
        const std::uint16_t left = working_days_until(year.state, now, end);
        BOOST_TEST(left <= days);
        const Timestamp ends = end_of_working_days(year.state, now, left);
        // On the last day none is left, and it still ends at midnight.
        BOOST_TEST((ends == end || (left == 0 && ends <= end)));
      }
      BOOST_TEST(working_days_until(year.state, end, end) == 0u);
      BOOST_TEST(working_days_until(year.state, end, at(from)) == 0u);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts
