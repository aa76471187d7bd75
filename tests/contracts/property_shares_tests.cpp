// Shares: exact fractions, against a model with one common denominator.
#include "contracts/property_shares.h"

#include <boost/test/unit_test.hpp>
#include <numeric>
#include <random>

#include "ledger/hash.h"

namespace kanhe::contracts::property {
namespace {

PartyId party(std::uint64_t number) { return PartyId(sha256(as_bytes("party " + std::to_string(number)))); }

Holders by_shares(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& shares) {
  Holders holders;
  for (const auto& [numerator, denominator] : shares) {
    holders.push_back({party(holders.size()), Share{ShareTerm(numerator), ShareTerm(denominator)}});
  }
  return holders;
}

bool is_whole(const Holders& holders) {
  const auto sum = sum_of_shares(holders);
  return sum && sum->is_whole();
}

// Parts of a whole of `denominator` pieces, each written down reduced or blown up by a random factor.
Holders random_whole(std::mt19937_64& random, std::size_t count, std::uint32_t denominator) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> shares;
  std::uint32_t left = denominator;
  for (std::size_t i = 0; i < count; ++i) {
    const auto still_to_come = static_cast<std::uint32_t>(count - i - 1);
    const std::uint32_t part =
        still_to_come == 0 ? left : 1 + static_cast<std::uint32_t>(random() % (left - still_to_come));
    left -= part;
    const std::uint32_t divisor = random() % 2 == 0 ? std::gcd(part, denominator) : 1;
    const std::uint32_t factor = 1 + static_cast<std::uint32_t>(random() % 3);
    shares.push_back({part / divisor * factor, denominator / divisor * factor});
  }
  return by_shares(shares);
}

BOOST_AUTO_TEST_SUITE(property_shares_tests)

BOOST_AUTO_TEST_CASE(parts_of_a_whole_are_a_whole_however_they_are_written_and_ordered) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 2'000; ++round) {
    const std::size_t count = 1 + random() % holders_max;
    const auto denominator = static_cast<std::uint32_t>(count + random() % 100'000);
    Holders holders = random_whole(random, count, denominator);
    BOOST_REQUIRE(is_whole(holders));
    std::ranges::shuffle(holders, random);
    BOOST_REQUIRE(is_whole(holders));
  }
}

BOOST_AUTO_TEST_CASE(a_whole_with_one_numerator_changed_by_one_is_none) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 2'000; ++round) {
    const std::size_t count = 1 + random() % holders_max;
    Holders holders = random_whole(random, count, static_cast<std::uint32_t>(count + random() % 100'000));
    Share& changed = *holders[random() % count].share;
    changed.numerator = changed.numerator + 1u;
    BOOST_REQUIRE(!is_whole(holders));
  }
}

BOOST_AUTO_TEST_CASE(a_whole_with_a_holder_left_out_or_doubled_is_none) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 1'000; ++round) {
    const std::size_t count = 2 + random() % (holders_max - 2);
    const Holders whole = random_whole(random, count, static_cast<std::uint32_t>(count + random() % 1'000));
    Holders fewer = whole;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(random() % count));
    BOOST_REQUIRE(!is_whole(fewer));
    Holders more = whole;
    more.push_back(whole[random() % count]);
    BOOST_REQUIRE(!is_whole(more));
  }
}

BOOST_AUTO_TEST_CASE(the_sum_is_over_the_least_common_denominator) {
  BOOST_TEST((sum_of_shares(by_shares({{1, 2}, {1, 3}, {1, 6}})) == ShareSum{6, 6}));
  BOOST_TEST((sum_of_shares(by_shares({{1, 4}, {1, 6}})) == ShareSum{5, 12}));
  BOOST_TEST((sum_of_shares(by_shares({{2, 4}, {2, 4}})) == ShareSum{4, 4}));
  BOOST_TEST((sum_of_shares({}) == ShareSum{0, 1}));
}

BOOST_AUTO_TEST_CASE(a_hair_less_than_one_is_not_one) {
  constexpr std::uint32_t most = ShareTerm::max;
  BOOST_TEST(is_whole(by_shares({{most - 1, most}, {1, most}})));
  BOOST_TEST(!is_whole(by_shares({{most - 2, most}, {1, most}})));
  BOOST_TEST(is_whole(by_shares({{333'333'333, 999'999'999}, {2, 3}})));
  BOOST_TEST(!is_whole(by_shares({{333'333'334, most}, {666'666'667, most}})));
}

BOOST_AUTO_TEST_CASE(a_common_denominator_is_accepted_up_to_its_limit) {
  BOOST_TEST(least_common_multiple(common_denominator_max, 1'000).value() == common_denominator_max);
  BOOST_TEST(least_common_multiple(1'000'000, 1'000'000'000).value() == 1'000'000'000u);
  BOOST_TEST(!least_common_multiple(common_denominator_max, 3).has_value());
  BOOST_TEST(!least_common_multiple(common_denominator_max - 1, 999'999'937).has_value());
  // Three primes of which the product is above the limit.
  BOOST_TEST(!sum_of_shares(by_shares({{1, 999'999'937}, {1, 999'999'929}, {1, 2}})).has_value());
}

BOOST_AUTO_TEST_CASE(sums_that_would_overflow_are_no_whole) {
  Holders holders;
  for (std::size_t i = 0; i < holders_max; ++i) {
    holders.push_back({party(i), Share{ShareTerm(ShareTerm::max), ShareTerm(1)}});
  }
  holders[0].share = Share{ShareTerm(1), ShareTerm(ShareTerm::max)};
  holders[1].share = Share{ShareTerm(1), ShareTerm(999'999)};
  BOOST_TEST(!is_whole(holders));
}

BOOST_AUTO_TEST_CASE(parties_are_found_in_holders_and_lists) {
  const Holders holders = by_shares({{1, 2}, {1, 2}});
  BOOST_TEST(is_holder(holders, party(1)));
  BOOST_TEST(!is_holder(holders, party(2)));
  BOOST_TEST((parties_of(holders) == Parties{party(0), party(1)}));
  BOOST_TEST(contains(parties_of(holders), party(0)));
  BOOST_TEST(!contains({}, party(0)));
}

BOOST_AUTO_TEST_CASE(the_same_holders_are_known_in_any_order_and_by_any_fraction) {
  const auto id = [](std::uint8_t number) { return PartyId(sha256(Bytes{number})); };
  const auto with = [&](std::uint8_t number, std::uint32_t numerator, std::uint32_t denominator) {
    return Holder{id(number), Share{ShareTerm(numerator), ShareTerm(denominator)}};
  };
  const Holders halves{with(1, 1, 2), with(2, 1, 2)};
  BOOST_TEST(are_same(halves, {with(2, 3, 6), with(1, 5, 10)}));
  BOOST_TEST(!are_same(halves, {with(1, 1, 3), with(2, 2, 3)}));
  BOOST_TEST(!are_same(halves, {with(1, 1, 2), with(3, 1, 2)}));
  BOOST_TEST(!are_same(halves, {with(1, 1, 2)}));
  const Holders jointly{{id(1), {}}, {id(2), {}}};
  BOOST_TEST(are_same(jointly, {{id(2), {}}, {id(1), {}}}));
  BOOST_TEST(!are_same(jointly, halves));
  BOOST_TEST(!are_same(halves, jointly));
  BOOST_TEST(gains(halves, with(1, 2, 3)));
  BOOST_TEST(!gains(halves, with(1, 2, 4)));
  BOOST_TEST(!gains(halves, with(1, 1, 3)));
  BOOST_TEST(gains(halves, with(3, 1, 3)));
  BOOST_TEST(gains(halves, Holder{id(1), {}}));
  BOOST_TEST(gains(jointly, Holder{id(1), {}}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::property
