#include <boost/test/unit_test.hpp>

#include "consensus/synchroniser.h"

using namespace kanhe;
using namespace kanhe::consensus;

namespace {

EpochConfig config_of(std::size_t n) {
  EpochConfig config;
  config.validators.resize(n);
  config.parameters.timeout_ms = Number<TimeoutTag>(1'000);
  config.parameters.timeout_max_ms = Number<TimeoutTag>(5'000);
  config.parameters.window = Number<WindowTag>(8);
  return config;
}

constexpr Instant start{1'000 * ns_per_ms};
constexpr ValidatorIndex self{0};

Synchroniser synchroniser(std::size_t n) { return {config_of(n), self, View(0), View(0)}; }
Instant at(std::uint64_t ms) { return start + ms * ns_per_ms; }
ValidatorIndex peer(std::uint16_t index) { return ValidatorIndex(index); }

struct Row {
  const char* name;
  std::size_t n;
  std::vector<std::uint64_t> targets;  // of validators 1, 2, …
  std::uint64_t followed;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(synchroniser_tests)

BOOST_AUTO_TEST_CASE(follows_the_f_plus_first_highest_target_of_the_others) {
  const std::vector<Row> rows = {
      {"one alone moves nobody", 4, {1'000'000}, 0},
      {"two: the lower one", 4, {1'000'000, 3}, 3},
      {"three: the second", 4, {5, 9, 7}, 7},
      {"a low one of a liar does not hold back", 4, {7, 7, 1}, 7},
      {"six validators, still f = 1", 6, {2, 4}, 2},
      {"seven validators, two liars move nobody", 7, {9, 9}, 0},
      {"seven validators, the third highest", 7, {9, 9, 4, 2}, 4},
      {"one validator tolerates none: it has no others", 1, {}, 0},
      {"three validators tolerate none: the highest", 3, {6}, 6},
  };
  for (const Row& row : rows) {
    Synchroniser tested = synchroniser(row.n);
    for (std::size_t i = 0; i < row.targets.size(); ++i) {
      tested.on_peer_target(start, peer(static_cast<std::uint16_t>(i + 1)), View(row.targets[i]));
    }
    BOOST_TEST(tested.target().value() == row.followed, row.name);
  }
}

// Found by fuzzing: two liars of four led an honest replica to a view that no message can carry.
BOOST_AUTO_TEST_CASE(the_last_view_is_not_exceeded) {
  Synchroniser tested = synchroniser(4);
  tested.on_peer_target(start, peer(1), View(View::max));
  tested.on_peer_target(start, peer(2), View(View::max));
  BOOST_REQUIRE(tested.target() == View(View::max));
  for (int i = 0; i < 3; ++i) {
    BOOST_REQUIRE(tested.deadline().has_value());
    const Instant end = *tested.deadline();
    tested.tick(end);
    BOOST_TEST((tested.target() == View(View::max)));
    BOOST_TEST((tested.deadline() > end));
  }
  tested.on_entered(at(100'000), View(View::max), 0);
  tested.complain(at(100'000));
  BOOST_TEST((tested.target() == View(View::max)));
}

BOOST_AUTO_TEST_CASE(a_lower_target_of_a_peer_is_ignored) {
  Synchroniser tested = synchroniser(4);
  tested.on_peer_target(start, peer(1), View(5));
  tested.on_peer_target(start, peer(1), View(2));
  tested.on_peer_target(start, peer(2), View(5));
  BOOST_TEST(tested.target().value() == 5u);
}

BOOST_AUTO_TEST_CASE(its_own_target_heard_back_is_not_a_peers) {
  Synchroniser tested = synchroniser(4);
  tested.complain(start);
  tested.on_peer_target(start, self, View(1));
  BOOST_TEST(tested.supporters() == 1u);
}

BOOST_AUTO_TEST_CASE(without_a_quorum_no_timer_runs) {
  Synchroniser tested = synchroniser(4);
  tested.complain(start);
  tested.on_peer_target(start, peer(1), View(1));
  BOOST_TEST(!tested.deadline().has_value());
  tested.tick(at(1'000'000));
  BOOST_TEST(tested.target().value() == 1u);
  tested.on_peer_target(at(1'000'000), peer(2), View(1));
  BOOST_TEST((tested.deadline() == at(1'001'000)));
}

BOOST_AUTO_TEST_CASE(when_the_timer_ends_the_target_rises_by_one) {
  Synchroniser tested = synchroniser(4);
  for (const std::uint16_t i : {1, 2, 3}) tested.on_peer_target(start, peer(i), View(1));
  tested.tick(at(999));
  BOOST_TEST(tested.target().value() == 1u);
  tested.tick(at(1'000));
  BOOST_TEST(tested.target().value() == 2u);
  BOOST_TEST(!tested.deadline().has_value(), "alone at view 2");
}

BOOST_AUTO_TEST_CASE(the_time_out_doubles_once_per_f_plus_1_failed_views_up_to_its_cap) {
  Synchroniser tested = synchroniser(4);
  std::vector<std::uint32_t> timeouts;
  for (std::uint64_t view = 1; view <= 200; ++view) {
    for (const std::uint16_t i : {1, 2, 3}) tested.on_peer_target(start, peer(i), View(view));
    timeouts.push_back(tested.timeout().value());
  }
  const std::vector<std::uint32_t> first(timeouts.begin(), timeouts.begin() + 7);
  BOOST_TEST(first == (std::vector<std::uint32_t>{1'000, 2'000, 2'000, 4'000, 4'000, 5'000, 5'000}));
  BOOST_TEST(timeouts.back() == 5'000u);
}

BOOST_AUTO_TEST_CASE(the_time_out_halves_only_on_leaving_a_view_that_did_its_work) {
  Synchroniser tested = synchroniser(4);
  for (std::uint64_t view = 1; view <= 4; ++view) {
    for (const std::uint16_t i : {1, 2, 3}) tested.on_peer_target(start, peer(i), View(view));
  }
  BOOST_TEST(tested.timeout().value() == 4'000u);
  tested.on_entered(start, View(4), 7);
  BOOST_TEST(tested.timeout().value() == 4'000u);
  tested.on_entered(start, View(5), 8);
  BOOST_TEST(tested.timeout().value() == 2'000u);
  tested.on_entered(start, View(6), 8);
  tested.on_entered(start, View(7), 8);
  BOOST_TEST(tested.timeout().value() == 1'000u);
}

BOOST_AUTO_TEST_CASE(entering_a_view_stops_the_timer_and_the_target_never_falls) {
  Synchroniser tested = synchroniser(4);
  for (const std::uint16_t i : {1, 2, 3}) tested.on_peer_target(start, peer(i), View(1));
  tested.on_entered(start, View(1), 0);
  BOOST_TEST(!tested.deadline().has_value());
  BOOST_TEST(!tested.changing_view());
  tested.complain(start);
  BOOST_TEST(tested.target().value() == 2u);
  BOOST_TEST(tested.view().value() == 1u);
}

BOOST_AUTO_TEST_CASE(an_observer_follows_and_is_not_counted) {
  Synchroniser tested(config_of(4), std::nullopt, View(0), View(0));
  tested.on_peer_target(start, peer(0), View(2));
  tested.on_peer_target(start, peer(1), View(2));
  BOOST_TEST(tested.target().value() == 2u);
  BOOST_TEST(tested.supporters() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
