// Calendar: which days are working days, so that a time limit of five working days ends when the counter closes for the
// fifth time.
//
// Monday to Friday are working days, but for what the State Council shifts each year: holidays on weekdays, and
// weekends that are worked. The shifts of a year are one record, put by a motion and replaced by another; a time limit
// that has begun keeps its end. Of a year without a record weekends alone are off.
//
// Days are those of China (UTC+8). A period of n working days from a moment does not count the day of that moment and
// ends at midnight (24:00) of the n-th working day after it.
//
// Tables: 0x0207 calendars. Source: Civil Code 201–203; Administrative Licensing Law 82 (periods are working days).
// Thread: any; pure functions of the state. Errors: none.
#pragma once

#include "ledger/schema.h"
#include "ledger/state.h"

namespace kanhe::contracts {

struct CivilDateTag {
  static constexpr std::size_t bytes_min = 10;
  static constexpr std::size_t bytes_max = 10;
  static constexpr Label label{"CivilDate", "日期", "day, for example 2025-10-01"};
  // Errors: malformed, unless it is a day of the years 1970 to 9999.
  static Result<void> check(std::string_view text);
};
using CivilDate = Text<CivilDateTag>;

struct YearTag {
  using Rep = std::uint16_t;
  static constexpr Rep min = 1970;
  static constexpr Rep max = 9999;
  static constexpr Label label{"Year", "年份", "year"};
};
using Year = Number<YearTag>;

inline constexpr std::size_t days_off_max = 64;
inline constexpr std::size_t days_worked_max = 32;
// No time limit is longer.
inline constexpr std::uint32_t working_days_max = 366;

struct YearCalendar {
  FormatVersion<1> version;
  SortedList<CivilDate, days_off_max> off;        // weekdays that are off
  SortedList<CivilDate, days_worked_max> worked;  // weekends that are worked
};
BOOST_DESCRIBE_STRUCT(YearCalendar, (), (version, off, worked))

inline constexpr Table<Year, YearCalendar> calendars{0x0207, "calendars"};

// A day as a number: days since 1970-01-01, of China's time. Requires: the date is one.
std::uint32_t day_of(const CivilDate& date);
std::uint32_t day_of(Timestamp time);
// Requires: the day is before the year 10000.
CivilDate date_of(std::uint32_t day);
Year year_of(std::uint32_t day);
// Saturday or Sunday.
bool is_weekend(std::uint32_t day);

bool is_working_day(const StateReader& state, std::uint32_t day);
// The first moment that is not in the period. Requires: days ≤ working_days_max. Complexity: one read a year.
Timestamp end_of_working_days(const StateReader& state, Timestamp from, std::uint32_t days);
// How many working days after the day of `from` begin before `end`: so many are left of a period that ends then.
// Requires: the end is at most two years away. Complexity: one read a year.
std::uint16_t working_days_until(const StateReader& state, Timestamp from, Timestamp end);

}  // namespace kanhe::contracts
