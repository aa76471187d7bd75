// Client limits: connections in all and of one address, requests a second, and that what is kept of addresses stays
// bounded.
#include "node/client_limits.h"

#include <boost/test/unit_test.hpp>

namespace {

using namespace kanhe;
using namespace kanhe::node;

constexpr std::uint64_t ms = 1'000'000;
constexpr std::uint64_t second = 1'000 * ms;

Instant at(std::uint64_t time) { return Instant(100 * second + time); }

std::size_t requests_taken(ClientLimits& limits, const std::string& address, std::size_t tried, Instant now) {
  std::size_t taken = 0;
  for (std::size_t i = 0; i < tried; ++i) taken += limits.take_request(address, now);
  return taken;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(client_limits_tests)

BOOST_AUTO_TEST_CASE(connections_are_limited_in_all_and_for_each_address) {
  ClientLimits limits(3, 2, 0);
  BOOST_TEST((limits.enter("a", at(0)) == Admission::admitted));
  BOOST_TEST((limits.enter("a", at(0)) == Admission::admitted));
  BOOST_TEST((limits.enter("a", at(0)) == Admission::address_has_its_share));
  BOOST_TEST((limits.enter("b", at(0)) == Admission::admitted));
  BOOST_TEST((limits.enter("c", at(0)) == Admission::all_are_taken));
  BOOST_TEST(limits.connections() == 3u);
  limits.leave("a", at(0));
  BOOST_TEST((limits.enter("c", at(0)) == Admission::admitted));
  BOOST_TEST((limits.enter("a", at(0)) == Admission::all_are_taken));
}

BOOST_AUTO_TEST_CASE(requests_come_at_the_rate_after_a_seconds_worth_at_once) {
  ClientLimits limits(10, 10, 5);
  BOOST_TEST((limits.enter("a", at(0)) == Admission::admitted));
  BOOST_TEST((limits.enter("b", at(0)) == Admission::admitted));
  BOOST_TEST(requests_taken(limits, "a", 10, at(0)) == 5u);
  BOOST_TEST(requests_taken(limits, "a", 10, at(199 * ms)) == 0u);
  BOOST_TEST(requests_taken(limits, "a", 10, at(200 * ms)) == 1u);
  BOOST_TEST(requests_taken(limits, "a", 10, at(800 * ms)) == 3u);
  // However long it was quiet, no more than a second's worth.
  BOOST_TEST(requests_taken(limits, "a", 10, at(3'600 * second)) == 5u);
  // The others have their own.
  BOOST_TEST(requests_taken(limits, "b", 10, at(0)) == 5u);
  // A clock that stands still or goes back gives nothing.
  BOOST_TEST(requests_taken(limits, "a", 10, at(0)) == 0u);
}

BOOST_AUTO_TEST_CASE(without_a_rate_nothing_is_counted) {
  ClientLimits limits(10, 10, 0);
  BOOST_TEST((limits.enter("a", at(0)) == Admission::admitted));
  BOOST_TEST(requests_taken(limits, "a", 10'000, at(0)) == 10'000u);
}

BOOST_AUTO_TEST_CASE(coming_back_is_no_way_to_a_full_bucket) {
  ClientLimits limits(10, 10, 5);
  BOOST_TEST((limits.enter("a", at(0)) == Admission::admitted));
  BOOST_TEST(requests_taken(limits, "a", 5, at(0)) == 5u);
  limits.leave("a", at(0));
  BOOST_TEST((limits.enter("a", at(1)) == Admission::admitted));
  BOOST_TEST(requests_taken(limits, "a", 5, at(1)) == 0u);
}

BOOST_AUTO_TEST_CASE(addresses_that_are_gone_are_forgotten) {
  ClientLimits limits(10, 10, 5);
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    const std::string address = std::to_string(i);
    BOOST_TEST((limits.enter(address, at(i * ms)) == Admission::admitted));
    BOOST_TEST(requests_taken(limits, address, 5, at(i * ms)) == 5u);
    limits.leave(address, at(i * ms));
  }
  BOOST_TEST(limits.addresses() <= 1'000u);
  BOOST_TEST((limits.enter("x", at(10 * second)) == Admission::admitted));
  BOOST_TEST(limits.addresses() == 1u);
  limits.leave("x", at(10 * second));
  BOOST_TEST(limits.addresses() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
