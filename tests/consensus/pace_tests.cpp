#include "consensus/pace.h"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace kanhe;
using namespace kanhe::consensus;

namespace {

constexpr Duration timeout{1'000};
constexpr std::uint64_t period_ms = 2'000;
constexpr std::uint64_t minimal_rate = 100;
constexpr std::size_t n = 4;
constexpr std::size_t f = 1;

Instant at(std::uint64_t ms) { return Instant(ms * ns_per_ms); }

EpochConfig config_of_four() {
  EpochConfig config;
  config.validators.resize(n);
  config.parameters.minimal_rate = Number<MinimalRateTag>(minimal_rate);
  return config;
}

// A network in which time passes a hundredth of a second at a time.
struct Network {
  Pace pace{config_of_four()};
  std::uint64_t now_ms = 1'000;
  bool room = false;

  Network() { enter(); }

  void enter() { pace.on_entered(at(now_ms), timeout); }

  // The oldest that nobody proposed has waited so long; zero: there is none.
  void tell(std::uint64_t waited_ms) {
    const auto unproposed = waited_ms == 0 ? std::nullopt : std::optional(at(now_ms - waited_ms));
    pace.on_waiting(at(now_ms), unproposed, room);
  }

  // For so many periods: so many transactions a second become final, while the oldest waits so long. Answers in how
  // many of them the primary was too slow.
  std::size_t run(std::size_t periods, std::uint64_t rate, std::uint64_t waits_ms) {
    std::size_t slow = 0;
    for (std::uint64_t end = now_ms + periods * period_ms; now_ms < end;) {
      now_ms += 10;
      pace.on_finalized(at(now_ms), rate / 100);
      tell(waits_ms);
      if (pace.judge(at(now_ms))) ++slow;
    }
    return slow;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(pace_tests)

BOOST_AUTO_TEST_CASE(nothing_is_owed_before_anything_was_seen) {
  Network network;
  BOOST_CHECK_EQUAL(network.run(5, 0, 900), 0);
  BOOST_CHECK(!network.pace.owed());
}

BOOST_AUTO_TEST_CASE(half_of_the_best_is_owed_while_something_waits) {
  Network network;
  network.run(1, 2'000, 0);
  BOOST_CHECK_EQUAL(network.pace.owed().value_or(0), 1'000);
  BOOST_CHECK_EQUAL(network.run(3, 1'100, 900), 0);
  BOOST_CHECK_EQUAL(network.run(3, 900, 900), 3);
}

BOOST_AUTO_TEST_CASE(an_idle_network_owes_nothing) {
  Network network;
  network.run(3, 2'000, 0);
  BOOST_CHECK_EQUAL(network.run(50, 0, 0), 0);
  BOOST_CHECK_EQUAL(network.run(50, 100, 0), 0);
}

// It takes a moment until what arrives is proposed.
BOOST_AUTO_TEST_CASE(what_waits_less_than_an_eighth_of_the_timeout_does_not_count) {
  Network network;
  network.run(3, 2'000, 0);
  BOOST_CHECK_EQUAL(network.run(10, 100, 120), 0);
  BOOST_CHECK_GT(network.run(10, 100, 140), 0);
}

BOOST_AUTO_TEST_CASE(a_wait_of_less_than_half_of_the_period_does_not_count) {
  Network network;
  network.room = true;
  network.run(3, 2'000, 0);
  for (int i = 0; i < 20; ++i) {
    // The transaction that waits is proposed each time after 400 ms, and for 450 ms there is none.
    for (std::uint64_t waited = 10; waited <= 400; waited += 10) {
      network.now_ms += 10;
      network.tell(waited);
      BOOST_REQUIRE(!network.pace.judge(at(network.now_ms)));
    }
    network.tell(0);
    network.now_ms += 450;
    network.pace.on_finalized(at(network.now_ms), 10);
    BOOST_REQUIRE(!network.pace.judge(at(network.now_ms)));
  }
}

BOOST_AUTO_TEST_CASE(a_slow_primary_is_found_within_two_periods_whenever_it_begins) {
  for (std::uint64_t begins_ms = 0; begins_ms < period_ms; begins_ms += 170) {
    Network network;
    network.run(2, 2'000, 0);
    const std::uint64_t end = network.now_ms + begins_ms;
    while (network.now_ms < end) {
      network.now_ms += 10;
      network.pace.on_finalized(at(network.now_ms), 20);
      network.pace.judge(at(network.now_ms));
    }
    BOOST_TEST_CONTEXT("begins " << begins_ms << " ms into a period") {
      BOOST_CHECK_GE(network.run(2, 300, 500), 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(who_leaves_the_window_empty_while_something_waits_is_too_slow_also_where_nothing_was_seen_before) {
  Network network;
  network.room = true;
  BOOST_CHECK_EQUAL(network.run(1, minimal_rate, 900), 1);
  network.room = false;
  BOOST_CHECK_EQUAL(network.run(10, minimal_rate, 900), 0);
}

BOOST_AUTO_TEST_CASE(when_more_than_f_views_were_idle_it_is_the_network) {
  Network network;
  network.room = true;
  std::size_t changes = 0;
  for (int i = 0; i < 100; ++i) {
    if (network.run(1, minimal_rate, 900) == 0) continue;
    ++changes;
    network.enter();
  }
  BOOST_CHECK_EQUAL(changes, f);
}

BOOST_AUTO_TEST_CASE(when_the_work_became_slower_there_is_quiet_after_n_views) {
  Network network;
  network.run(5, 2'000, 0);
  std::size_t changes = 0;
  for (int i = 0; i < 100; ++i) {
    if (network.run(1, 300, 900) == 0) continue;
    ++changes;
    network.enter();
  }
  BOOST_CHECK_EQUAL(changes, n);
  BOOST_CHECK_EQUAL(network.pace.owed().value_or(0), 150);
}

BOOST_AUTO_TEST_CASE(one_slow_primary_among_fast_ones_is_too_slow_each_time) {
  for (const bool room : {false, true}) {
    Network network;
    for (std::size_t i = 0; i < 3 * n; ++i) {
      const bool slow = i % n == 1;
      network.room = slow && room;
      BOOST_CHECK_EQUAL(network.run(1, slow ? 300 : 2'000, 900), slow ? 1 : 0);
      network.enter();
    }
  }
}

BOOST_AUTO_TEST_CASE(below_twice_the_least_rate_only_that_rate_counts) {
  Network network;
  network.run(5, 2 * minimal_rate, 0);
  BOOST_CHECK_EQUAL(network.run(5, 0, 900), 0);
  network.run(1, 3 * minimal_rate, 0);
  BOOST_CHECK_EQUAL(network.run(1, minimal_rate, 900), 1);
}

BOOST_AUTO_TEST_CASE(a_period_in_which_the_process_stood_still_says_nothing) {
  Network network;
  network.room = true;
  network.run(5, 2'000, 0);
  for (const std::uint64_t stood_ms : {501u, 1'000u, 1'990u, 60'000u}) {
    network.tell(10);
    network.now_ms += stood_ms;
    BOOST_CHECK(!network.pace.judge(at(network.now_ms)));
    BOOST_CHECK_EQUAL(network.run(1, 2'000, 100), 0);
  }
}

BOOST_AUTO_TEST_CASE(a_period_that_was_begun_anew_counts_from_there) {
  Network network;
  network.room = true;
  network.run(5, 2'000, 0);
  for (int i = 0; i < 20; ++i) {
    for (int step = 0; step < 100; ++step) {
      network.now_ms += 10;
      network.tell(900);
      BOOST_REQUIRE(!network.pace.judge(at(network.now_ms)));
    }
    network.pace.begin_period(at(network.now_ms));
  }
}

// Whatever waits, and however long the process stood still in between: a primary that is as fast as ever, and leaves no
// room in the window while something waits, is never too slow.
BOOST_AUTO_TEST_CASE(who_is_as_fast_as_ever_is_never_too_slow) {
  std::mt19937 random(7);
  for (int run = 0; run < 200; ++run) {
    Network network;
    const std::uint64_t rate = 100 * (1 + random() % 50);
    for (int i = 0; i < 50; ++i) {
      const std::uint64_t waits_ms = random() % 1'000;
      network.room = waits_ms <= 115;
      BOOST_REQUIRE_EQUAL(network.run(1, rate, waits_ms), 0);
      if (random() % 5 == 0) network.enter();
      if (random() % 5 == 0) network.now_ms += 501 + random() % 100'000;
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
