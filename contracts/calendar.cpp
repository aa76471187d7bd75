#include "contracts/calendar.h"

#include <algorithm>
#include <array>
#include <optional>

#include "contracts/civil_days.h"
#include "ledger/codec_impl.h"

namespace kanhe {

template Bytes encode(const contracts::YearCalendar&);
template Result<contracts::YearCalendar> decode(ByteView);
template Bytes encode_key(const contracts::Year&);

}  // namespace kanhe

namespace kanhe::contracts {
namespace {

constexpr std::uint64_t day_ms = 24ull * 3'600'000;
constexpr std::uint64_t china_ms = 8ull * 3'600'000;  // ahead of UTC

std::optional<std::uint32_t> number_in(std::string_view digits) {
  std::uint32_t number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return number;
}

constexpr std::uint32_t months = 12;
constexpr std::array<std::uint32_t, months> days_of_months = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

bool is_leap(std::uint32_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
std::uint32_t days_of_month(std::uint32_t year, std::uint32_t month) {
  return days_of_months[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}
// From the beginning of 1970 to that of the year.
std::uint32_t days_before(std::uint32_t year) {
  const auto leap_years_to = [](std::uint32_t last) { return last / 4 - last / 100 + last / 400; };
  return 365 * (year - YearTag::min) + leap_years_to(year - 1) - leap_years_to(YearTag::min - 1u);
}

// In the Gregorian calendar.
struct Date {
  std::uint32_t year;
  std::uint32_t month;
  std::uint32_t day;
};

std::optional<Date> read_date(std::string_view text) {
  if (text.size() != CivilDateTag::bytes_max || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = number_in(text.substr(0, 4));
  const auto month = number_in(text.substr(5, 2));
  const auto day = number_in(text.substr(8, 2));
  if (!year || !month || !day || *year < YearTag::min || *month < 1 || *month > months) return std::nullopt;
  if (*day < 1 || *day > days_of_month(*year, *month)) return std::nullopt;
  return Date{*year, *month, *day};
}

Date date_at(std::uint32_t day) {
  std::uint32_t year = YearTag::min + day / 366;
  while (days_before(year + 1) <= day) ++year;
  std::uint32_t left = day - days_before(year);
  std::uint32_t month = 1;
  for (; left >= days_of_month(year, month); ++month) left -= days_of_month(year, month);
  return {year, month, left + 1};
}

std::string with_digits(std::uint32_t number, std::size_t digits) {
  std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

bool is_worked(const std::optional<YearCalendar>& calendar, std::uint32_t day) {
  if (!calendar) return !is_weekend(day);
  const CivilDate date = date_of(day);
  return is_weekend(day) ? std::ranges::binary_search(calendar->worked, date)
                         : !std::ranges::binary_search(calendar->off, date);
}

}  // namespace

Result<void> CivilDateTag::check(std::string_view text) {
  if (read_date(text)) return {};
  return fail(ErrorCode::malformed, "must be a day as in 2025-10-01");
}

std::uint32_t day_of(const CivilDate& date) {
  const auto read = read_date(date.view());
  CHECK(read.has_value());
  std::uint32_t day = days_before(read->year) + read->day - 1;
  for (std::uint32_t month = 1; month < read->month; ++month) day += days_of_month(read->year, month);
  return day;
}

std::uint32_t day_of(Timestamp time) { return static_cast<std::uint32_t>((time.value() + china_ms) / day_ms); }

CivilDate date_of(std::uint32_t day) {
  const Date date = date_at(day);
  const std::string text =
      with_digits(date.year, 4) + "-" + with_digits(date.month, 2) + "-" + with_digits(date.day, 2);
  return CivilDate::from(text).value();
}

Year year_of(std::uint32_t day) { return Year(static_cast<YearTag::Rep>(date_at(day).year)); }

// The first day, of 1970, was a Thursday.
bool is_weekend(std::uint32_t day) {
  constexpr std::uint32_t thursday = 3;  // from Monday, 0
  constexpr std::uint32_t saturday = 5;
  return (day + thursday) % 7 >= saturday;
}

bool is_working_day(const StateReader& state, std::uint32_t day) {
  return is_worked(calendars.get(state, year_of(day)), day);
}

// The shifts of a year are fewer than its working days, so that the loop comes to an end.
Timestamp end_of_working_days(const StateReader& state, Timestamp from, std::uint32_t days) {
  CHECK(days <= working_days_max);
  const std::uint32_t first = day_of(from);
  std::uint32_t day = first;
  Year year = year_of(day);
  auto calendar = calendars.get(state, year);
  for (std::uint32_t left = days; left > 0;) {
    ++day;
    if (year_of(day) != year) {
      year = year_of(day);
      calendar = calendars.get(state, year);
    }
    if (is_worked(calendar, day)) --left;
  }
  return end_of_days(from, day - first);
}

std::uint16_t working_days_until(const StateReader& state, Timestamp from, Timestamp end) {
  if (end <= from) return 0;
  const std::uint32_t last = day_of(Timestamp(end.value() - 1));
  std::uint16_t count = 0;
  std::uint32_t day = day_of(from);
  Year year = year_of(day);
  auto calendar = calendars.get(state, year);
  for (++day; day <= last; ++day) {
    if (year_of(day) != year) {
      year = year_of(day);
      calendar = calendars.get(state, year);
    }
    if (is_worked(calendar, day)) ++count;
  }
  return count;
}

}  // namespace kanhe::contracts
