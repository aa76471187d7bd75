// Quorums, by brute force over all sets of small n; the epoch's configuration and what it may not be.
#include "ledger/validators.h"

#include <bit>
#include <boost/test/unit_test.hpp>

#include "tests/support/builders.h"

namespace {

using namespace kanhe;
using namespace kanhe::support;

constexpr std::size_t brute_force_max = 13;

// The least number of members that two sets of `size` out of n have in common.
std::size_t least_intersection(std::size_t n, std::size_t size) {
  std::size_t least = n;
  const unsigned first = (1u << size) - 1;  // By symmetry one of the two sets may be fixed.
  for (unsigned second = 0; second < 1u << n; ++second) {
    if (static_cast<std::size_t>(std::popcount(second)) != size) continue;
    least = std::min(least, static_cast<std::size_t>(std::popcount(first & second)));
  }
  return least;
}

std::string error_of(const EpochConfig& config) {
  const auto checked = check_epoch_config(builders_scheme, config);
  return checked ? std::string("accepted") : std::string(error_name(checked.error().code));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(validators_tests)

BOOST_AUTO_TEST_CASE(two_quorums_share_more_than_the_faulty) {
  for (std::size_t n = 1; n <= brute_force_max; ++n) {
    BOOST_TEST(least_intersection(n, quorum(n)) > faulty_max(n), "n = " << n);
  }
}

BOOST_AUTO_TEST_CASE(one_vote_less_would_be_too_few) {
  for (std::size_t n = 1; n <= brute_force_max; ++n) {
    BOOST_TEST(least_intersection(n, quorum(n) - 1) <= faulty_max(n), "n = " << n);
  }
}

BOOST_AUTO_TEST_CASE(the_honest_alone_are_a_quorum) {
  for (std::size_t n = 1; n <= validators_max; ++n) {
    BOOST_TEST(n - faulty_max(n) >= quorum(n), "n = " << n);
    BOOST_TEST(3 * faulty_max(n) < n);
    BOOST_TEST(3 * (faulty_max(n) + 1) >= n);
  }
}

BOOST_AUTO_TEST_CASE(quorums_of_known_sizes) {
  const std::size_t expected[] = {0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 8, 8, 9};
  for (std::size_t n = 1; n < std::size(expected); ++n) BOOST_TEST(quorum(n) == expected[n], "n = " << n);
  BOOST_TEST(quorum(6) != 2 * faulty_max(6) + 1);
  BOOST_TEST(quorum(9) != 2 * faulty_max(9) + 1);
  BOOST_TEST(quorum(100) == 67u);
}

BOOST_AUTO_TEST_CASE(the_primary_goes_round_and_starts_with_the_epoch) {
  EpochConfig config = four_validators();
  for (std::uint64_t view = 0; view < 9; ++view) BOOST_TEST(config.primary(View(view)).value() == view % 4);
  config.epoch = Epoch(3);
  BOOST_TEST(config.primary(View(0)).value() == 3u);
  BOOST_TEST(config.primary(View(1)).value() == 0u);
  config.epoch = Epoch(Epoch::max);
  BOOST_TEST(config.primary(View(View::max)).value() < 4u);
}

BOOST_AUTO_TEST_CASE(an_index_is_a_place_in_the_order_of_departments) {
  const EpochConfig config = four_validators();
  for (std::uint16_t i = 0; i < config.n(); ++i) {
    BOOST_TEST((config.index_of(config.validators[i].department) == ValidatorIndex(i)));
  }
  BOOST_TEST(!config.index_of(config.observers[0].department).has_value());
}

BOOST_AUTO_TEST_CASE(a_good_configuration_is_accepted) { BOOST_TEST(error_of(four_validators()) == "accepted"); }

BOOST_AUTO_TEST_CASE(without_validators_nothing_runs) {
  EpochConfig config = four_validators();
  config.validators.clear();
  BOOST_TEST(error_of(config) == "out_of_range");
}

BOOST_AUTO_TEST_CASE(a_key_under_two_departments_is_refused) {
  EpochConfig config = four_validators();
  config.validators[2].consensus_key = config.validators[0].consensus_key;
  BOOST_TEST(error_of(config) == "duplicate");
  config = four_validators();
  config.observers[0].consensus_key = config.validators[0].consensus_key;
  BOOST_TEST(error_of(config) == "duplicate");
  config = four_validators();
  config.validators[3].transport_key = config.observers[0].transport_key;
  BOOST_TEST(error_of(config) == "duplicate");
}

BOOST_AUTO_TEST_CASE(a_department_that_validates_and_observes_is_refused) {
  EpochConfig config = four_validators();
  config.observers[0].department = config.validators[0].department;
  BOOST_TEST(error_of(config) == "duplicate");
}

BOOST_AUTO_TEST_CASE(a_key_that_is_no_point_is_refused) {
  EpochConfig config = four_validators();
  config.validators[1].consensus_key = PublicKey{};
  BOOST_TEST(error_of(config) == "malformed");
}

BOOST_AUTO_TEST_CASE(parameters_must_fit_each_other) {
  EpochConfig config = four_validators();
  config.parameters.timeout_max_ms = config.parameters.timeout_ms;
  BOOST_TEST(error_of(config) == "accepted");
  ++config.parameters.timeout_ms;
  BOOST_TEST(error_of(config) == "out_of_range");
  config = four_validators();
  config.parameters.clock_tolerance_ms = Number<ClockToleranceTag>(60'000);
  config.parameters.validity_window_ms = Number<ValidityWindowTag>(60'000);
  BOOST_TEST(error_of(config) == "out_of_range");
}

BOOST_AUTO_TEST_CASE(the_hash_covers_every_part) {
  const EpochHash original = epoch_hash_of(four_validators());
  const auto changed = [](auto change) {
    EpochConfig config = four_validators();
    change(config);
    return epoch_hash_of(config);
  };
  BOOST_TEST((changed([](EpochConfig&) {}) == original));
  BOOST_TEST((changed([](EpochConfig& c) { ++c.epoch; }) != original));
  BOOST_TEST((changed([](EpochConfig& c) { c.chain_id.array()[0] ^= 1; }) != original));
  BOOST_TEST((changed([](EpochConfig& c) { ++c.parameters.window; }) != original));
  BOOST_TEST((changed([](EpochConfig& c) { c.validators.pop_back(); }) != original));
  BOOST_TEST((changed([](EpochConfig& c) { c.observers.clear(); }) != original));
  BOOST_TEST((changed([](EpochConfig& c) { c.validators[1].previous_transport_key.reset(); }) != original));
}

BOOST_AUTO_TEST_SUITE_END()
