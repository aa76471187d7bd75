// Result, TRY and the names of errors.
#include "ledger/result.h"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <set>

namespace {

using namespace kanhe;

Result<int> half(int number) {
  if (number % 2 != 0) return fail(ErrorCode::out_of_range, "number ", number, " is odd");
  return number / 2;
}

Result<int> quarter(int number) {
  const int halved = TRY(half(number));
  return half(halved);
}

Result<void> must_be_even(int number) {
  TRY(half(number));
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(result_tests)

BOOST_AUTO_TEST_CASE(try_passes_values_on_and_returns_errors) {
  BOOST_TEST(quarter(8).value() == 2);
  BOOST_TEST(quarter(7).error().text == "number 7 is odd");
  BOOST_TEST(quarter(6).error().text == "number 3 is odd");
  BOOST_TEST(must_be_even(2).has_value());
  BOOST_TEST(!must_be_even(1).has_value());
}

BOOST_AUTO_TEST_CASE(a_result_holds_values_that_only_move) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  const std::unique_ptr<int> taken = std::move(result).value();
  BOOST_TEST(*taken == 5);
}

BOOST_AUTO_TEST_CASE(an_error_is_seen_from_further_out) {
  const Error inner{ErrorCode::unknown, "height 7"};
  const Error outer = Error(inner).in("header");
  BOOST_TEST(outer.text == "header: height 7");
  BOOST_TEST((outer.code == ErrorCode::unknown));
}

BOOST_AUTO_TEST_CASE(every_code_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  constexpr auto last = static_cast<int>(ErrorCode::corrupt);
  for (int code = 0; code <= last; ++code) names.insert(error_name(static_cast<ErrorCode>(code)));
  BOOST_TEST(names.size() == static_cast<std::size_t>(last) + 1);
  BOOST_TEST(!names.contains(""));
}

BOOST_AUTO_TEST_SUITE_END()
