// Civil days: a period begins on the day after and ends at midnight in China.
#include "contracts/civil_days.h"

#include <boost/test/unit_test.hpp>

namespace kanhe::contracts {
namespace {

constexpr std::uint64_t hour = 3'600'000;
constexpr std::uint64_t day = 24 * hour;
// 2025-06-02 00:00 in China: 2025-06-01 16:00 UTC.
constexpr std::uint64_t midnight = 1'748'793'600'000;

BOOST_AUTO_TEST_SUITE(civil_days_tests)

BOOST_AUTO_TEST_CASE(a_period_does_not_count_its_first_day_and_ends_at_midnight_of_its_last) {
  // From any moment of June 2, fifteen days end when June 17 does.
  for (const std::uint64_t since : {std::uint64_t{0}, hour, 16 * hour, day - 1}) {
    BOOST_TEST(end_of_days(Timestamp(midnight + since), 15).value() == midnight + 16 * day);
  }
  BOOST_TEST(end_of_days(Timestamp(midnight + day), 15).value() == midnight + 17 * day);
  BOOST_TEST(end_of_days(Timestamp(midnight), 0).value() == midnight + day);
}

BOOST_AUTO_TEST_CASE(it_grows_with_both_and_stays_in_range) {
  Timestamp last(0);
  for (std::uint64_t ms = 0; ms < 3 * day; ms += hour / 2) {
    const Timestamp end = end_of_days(Timestamp(ms), 3);
    BOOST_TEST((end >= last));
    BOOST_TEST(end.value() - ms > 3 * day);
    BOOST_TEST(end.value() - ms <= 4 * day);
    last = end;
  }
  BOOST_TEST((end_of_days(Timestamp(Timestamp::max), 1'096) == Timestamp(Timestamp::max)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts
