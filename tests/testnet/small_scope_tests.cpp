#include "testnet/small_scope.h"

#include <boost/test/unit_test.hpp>

namespace kanhe::testnet {
namespace {

BOOST_AUTO_TEST_SUITE(small_scope_tests)

std::string of(const ScopeReport& report) { return text_of(report); }

// The whole space of one height and two views, with a liar that leads neither.
BOOST_AUTO_TEST_CASE(one_height_and_two_views_are_closed) {
  ScopeSettings settings;
  settings.liar = 2;
  settings.depth = 100;
  settings.heal_every = 1'000;
  const ScopeReport report = explore(settings);
  BOOST_TEST(report.violation.empty(), of(report));
  BOOST_TEST(report.closed);
  BOOST_TEST(report.final_in.contains(View(0)));
  BOOST_TEST(report.final_in.contains(View(1)));
  BOOST_TEST(report.states > 100'000u);
  BOOST_TEST(report.healed == report.states / 1'000);
}

BOOST_AUTO_TEST_CASE(power_and_slow_disks_fork_nothing) {
  ScopeSettings settings;
  settings.slots = 2;
  settings.crashes = 1;
  settings.slow_disk = true;
  settings.depth = 5;
  settings.heal_every = 500;
  for (settings.liar = 0; settings.liar < scope_validators; ++settings.liar) {
    const ScopeReport report = explore(settings);
    BOOST_TEST(report.violation.empty(), of(report));
    BOOST_TEST(report.healed > 0u);
  }
}

BOOST_AUTO_TEST_CASE(votes_one_by_one_lead_nowhere_else) {
  ScopeSettings settings;
  settings.single_votes = true;
  settings.depth = 6;
  const ScopeReport report = explore(settings);
  BOOST_TEST(report.violation.empty(), of(report));
  BOOST_TEST(report.states > 1'000u);
}

// The oracle can fail: of four, two liars are beyond what any such protocol endures.
BOOST_AUTO_TEST_CASE(two_liars_fork) {
  ScopeSettings settings;
  settings.liars = 2;
  settings.depth = 6;
  const ScopeReport report = explore(settings);
  BOOST_TEST(report.violation.starts_with("a fork at height 1"), of(report));
  BOOST_TEST(report.course.size() == 6u);
  BOOST_TEST(report.course.front().find("receives pre_prepare") != std::string::npos);
}

// Without a quorum of honest ones nothing is ever final, and that is seen.
BOOST_AUTO_TEST_CASE(who_cannot_finish_is_found) {
  ScopeSettings settings;
  settings.liars = 2;
  settings.liar = 2;
  settings.depth = 1;
  settings.heal_every = 1;
  const ScopeReport report = explore(settings);
  BOOST_TEST(report.violation == "the honest replicas alone never finish", of(report));
}

BOOST_AUTO_TEST_CASE(a_run_repeats_itself) {
  ScopeSettings settings;
  settings.depth = 7;
  BOOST_TEST(json_of(explore(settings)) == json_of(explore(settings)));
}

BOOST_AUTO_TEST_CASE(it_stops_at_its_limit) {
  ScopeSettings settings;
  settings.states_max = 1'000;
  const ScopeReport report = explore(settings);
  BOOST_TEST(report.states == 1'000u);
  BOOST_TEST(!report.closed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::testnet
