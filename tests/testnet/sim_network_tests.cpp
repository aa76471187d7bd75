// The simulated links: they delay, lose, repeat and reorder as they are told, never more; cuts have a direction and let
// pass what was under way; what is kept whole stays whole.
#include <boost/test/unit_test.hpp>

#include "testnet/sim_network.h"

namespace kanhe::testnet {
namespace {

struct Arrival {
  Instant at;
  End from;
  End to;
  Byte mark;
};

// Four ends whose arrivals are written down.
struct Links {
  explicit Links(const LinkOptions& options, std::uint64_t seed = 1)
      : random(seed), network(schedule, random, 4, options, [this](End from, End to, const auto& frame) {
          arrivals.push_back({schedule.now(), from, to, frame->front()});
        }) {}

  void send(End from, End to, Byte mark = 0) {
    network.send(from, to, std::make_shared<const Bytes>(Bytes{mark, 0xff}));
  }
  void run() { run_until(schedule.now() + 10'000'000'000); }
  void run_until(Instant instant) {
    while (schedule.run_next(instant)) {
    }
  }
  std::size_t arrived(End from, End to) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        arrivals, [&](const Arrival& arrival) { return arrival.from == from && arrival.to == to; }));
  }

  Schedule schedule;
  Random random;
  SimNetwork network;
  std::vector<Arrival> arrivals;
};

constexpr std::uint64_t us = 1'000;  // ns
constexpr LinkOptions calm{.delay_min_us = 200, .delay_spread_us = 300};

BOOST_AUTO_TEST_SUITE(sim_network_tests)

BOOST_AUTO_TEST_CASE(a_frame_arrives_once_within_the_delay) {
  Links links(calm);
  const Instant start = links.schedule.now();
  for (int i = 0; i < 200; ++i) links.send(0, 1);
  links.run();
  BOOST_TEST(links.arrivals.size() == 200U);
  std::set<Instant> instants;
  for (const Arrival& arrival : links.arrivals) {
    BOOST_TEST((arrival.at >= start + 200 * us && arrival.at <= start + 500 * us));
    instants.insert(arrival.at);
  }
  BOOST_TEST(instants.size() > 20U);
}

BOOST_AUTO_TEST_CASE(frames_overtake_each_other) {
  Links links(calm);
  for (Byte i = 0; i < 100; ++i) links.send(0, 1, i);
  links.run();
  BOOST_TEST(!std::ranges::is_sorted(links.arrivals, {}, &Arrival::mark));
}

BOOST_AUTO_TEST_CASE(loss_and_repetition_are_as_likely_as_they_are_told) {
  for (const std::uint64_t permille : {0U, 250U, 1'000U}) {
    Links losing({.delay_min_us = 1, .delay_spread_us = 1, .loss_permille = permille});
    Links repeating({.delay_min_us = 1, .delay_spread_us = 1, .repeat_permille = permille});
    for (int i = 0; i < 1'000; ++i) {
      losing.send(0, 1);
      repeating.send(0, 1);
    }
    losing.run();
    repeating.run();
    const auto near = [permille](std::size_t count) {
      return permille % 1'000 == 0 ? count == permille : count > permille - 80 && count < permille + 80;
    };
    BOOST_TEST(near(1'000 - losing.arrivals.size()), permille << ": lost " << 1'000 - losing.arrivals.size());
    BOOST_TEST(near(repeating.arrivals.size() - 1'000), permille << ": in all " << repeating.arrivals.size());
  }
}

BOOST_AUTO_TEST_CASE(a_slow_frame_takes_ten_times_as_long) {
  Links links({.delay_min_us = 100, .delay_spread_us = 0, .slow_permille = 1'000});
  const Instant start = links.schedule.now();
  links.send(0, 1);
  links.run();
  BOOST_REQUIRE(links.arrivals.size() == 1U);
  BOOST_TEST((links.arrivals[0].at == start + 1'000 * us));
}

BOOST_AUTO_TEST_CASE(a_cut_has_a_direction_and_lets_pass_what_was_under_way) {
  Links links(calm);
  links.send(0, 1);
  links.network.cut(0, 1);
  links.send(0, 1);
  links.send(1, 0);
  links.run();
  BOOST_TEST(links.arrived(0, 1) == 1U);
  BOOST_TEST(links.arrived(1, 0) == 1U);
  links.network.heal_all();
  links.send(0, 1);
  links.run();
  BOOST_TEST(links.arrived(0, 1) == 2U);
}

BOOST_AUTO_TEST_CASE(nothing_passes_a_clogged_link_before_its_time) {
  Links links(calm);
  const Instant until = links.schedule.now() + 50'000 * us;
  links.network.clog(0, 1, until);
  links.send(0, 1);
  links.send(0, 2);
  links.run_until(until - 1);
  BOOST_TEST(links.arrived(0, 1) == 0U);
  BOOST_TEST(links.arrived(0, 2) == 1U);
  links.run();
  BOOST_TEST(links.arrived(0, 1) == 1U);
}

BOOST_AUTO_TEST_CASE(links_that_are_kept_whole_lose_nothing_and_others_go_on_as_before) {
  Links links({.delay_min_us = 10, .delay_spread_us = 10, .slow_permille = 1'000, .loss_permille = 1'000});
  const Instant start = links.schedule.now();
  links.network.cut(0, 1);
  links.network.clog(0, 1, start + 1'000'000 * us);
  links.network.keep_whole({0, 1, 2});
  links.send(0, 1);
  links.send(0, 3);
  links.send(3, 0);
  links.run();
  BOOST_REQUIRE(links.arrivals.size() == 1U);
  BOOST_TEST((links.arrivals[0].at <= start + 20 * us));
}

BOOST_AUTO_TEST_CASE(partitions_cut_one_end_two_groups_or_single_links_in_one_direction_or_both) {
  bool one_way = false;
  bool both_ways = false;
  bool lonely = false;
  std::set<std::size_t> sizes;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Links links(calm, seed);
    links.network.partition();
    std::size_t cuts = 0;
    for (End a = 0; a < 4; ++a) {
      BOOST_TEST(!links.network.is_cut(a, a));
      std::size_t unreached = 0;
      for (End b = 0; b < 4; ++b) {
        if (!links.network.is_cut(a, b)) continue;
        ++cuts;
        ++unreached;
        (links.network.is_cut(b, a) ? both_ways : one_way) = true;
      }
      if (unreached == 3) lonely = true;
    }
    sizes.insert(cuts);
  }
  BOOST_TEST((one_way && both_ways && lonely));
  BOOST_TEST(sizes.size() > 3U);
}

BOOST_AUTO_TEST_CASE(the_same_seed_is_the_same_course) {
  const auto course = [](std::uint64_t seed) {
    Links links({.slow_permille = 100, .loss_permille = 100, .repeat_permille = 100}, seed);
    for (Byte i = 0; i < 200; ++i) links.send(i % 4, (i + 1) % 4, i);
    links.run();
    std::vector<std::pair<std::uint64_t, Byte>> marks;
    for (const Arrival& arrival : links.arrivals) marks.emplace_back(arrival.at.value(), arrival.mark);
    return marks;
  };
  BOOST_TEST((course(5) == course(5)));
  BOOST_TEST((course(5) != course(6)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::testnet
