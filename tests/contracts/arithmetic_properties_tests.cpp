// Shares, money and calendars by properties: whatever the numbers, within their limits.
#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <numeric>
#include <set>

#include "contracts/calendar.h"
#include "contracts/property_shares.h"
#include "contracts/tariff.h"
#include "ledger/state.h"

namespace kanhe::contracts {
namespace {

using property::Holder;
using property::Holders;
using property::Share;
using property::ShareTerm;

// What is found is shown by the library, with the least example of it.
template <class Property>
void holds(const std::string& words, Property property) {
  BOOST_TEST(rc::check(words, property));
}

PartyId some_party(std::uint32_t number) {
  Hash256 bytes;
  for (std::size_t i = 0; i < 4; ++i) bytes.array()[i] = static_cast<Byte>((number + 1) >> (8 * i));
  return PartyId(bytes);
}

// A whole in pieces of given sizes, each fraction widened by a factor of its own.
Holders whole_of(const std::vector<std::uint32_t>& sizes, const std::vector<std::uint32_t>& factors) {
  const std::uint32_t all = std::accumulate(sizes.begin(), sizes.end(), 0u);
  Holders holders;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    holders.push_back({some_party(static_cast<std::uint32_t>(i)),
                       Share{ShareTerm(sizes[i] * factors[i]), ShareTerm(all * factors[i])}});
  }
  return holders;
}

rc::Gen<Holders> wholes() {
  return rc::gen::exec([] {
    const auto count = *rc::gen::inRange<std::size_t>(1, property::holders_max + 1);
    const auto sizes = *rc::gen::container<std::vector<std::uint32_t>>(count, rc::gen::inRange(1u, 1'000u));
    const auto factors = *rc::gen::container<std::vector<std::uint32_t>>(count, rc::gen::inRange(1u, 100u));
    return whole_of(sizes, factors);
  });
}

BOOST_AUTO_TEST_SUITE(arithmetic_properties_tests)

// ---------------------------------------------------------------------------------------------------------------------
// Shares

BOOST_AUTO_TEST_CASE(pieces_of_a_whole_make_it_in_any_order_and_not_without_one_of_them) {
  holds("a whole is whole, reversed too, and gains or loses by each holder", [] {
    Holders holders = *wholes();
    const auto sum = property::sum_of_shares(holders);
    // Different factors may need a denominator above the limit: then there is no sum, and nothing passes for whole.
    RC_PRE(sum.has_value());
    RC_ASSERT(sum->is_whole());
    Holders reversed;
    for (std::size_t i = holders.size(); i-- > 0;) reversed.push_back(holders[i]);
    RC_ASSERT(property::sum_of_shares(reversed) == sum);
    RC_ASSERT(property::are_same(holders, reversed));
    const auto left_out = *rc::gen::inRange<std::size_t>(0, holders.size());
    Holders rest;
    for (std::size_t i = 0; i < holders.size(); ++i) {
      if (i != left_out) rest.push_back(holders[i]);
    }
    if (!rest.empty()) RC_ASSERT(!property::sum_of_shares(rest)->is_whole());
    RC_ASSERT(rest.empty() || !property::are_same(holders, rest));
  });
}

BOOST_AUTO_TEST_CASE(who_holds_more_gains_and_who_holds_the_same_does_not) {
  holds("gains() is more than before, by exact comparison", [] {
    const auto term = rc::gen::inRange(1u, 1'000'000'000u);
    const Share before{ShareTerm(*term), ShareTerm(*term)};
    const Share after{ShareTerm(*term), ShareTerm(*term)};
    const bool is_more = static_cast<unsigned __int128>(before.numerator.value()) * after.denominator.value() <
                         static_cast<unsigned __int128>(after.numerator.value()) * before.denominator.value();
    RC_ASSERT(property::is_less(before, after) == is_more);
    RC_ASSERT(!(property::is_less(before, after) && property::is_less(after, before)));
    const Holders held{{some_party(1), before}};
    RC_ASSERT(property::gains(held, {some_party(1), after}) == is_more);
    RC_ASSERT(property::gains(held, {some_party(2), after}));
  });
}

// ---------------------------------------------------------------------------------------------------------------------
// Money

BOOST_AUTO_TEST_CASE(a_tax_is_the_nearest_fen_and_grows_with_base_and_rate) {
  using namespace treasury;
  holds("tax_of() is base × rate / 10,000, half a fen up", [] {
    const TaxBase base(*rc::gen::inRange<std::uint64_t>(TaxBase::min, TaxBase::max));
    const TaxRate rate(static_cast<TaxRate::Rep>(*rc::gen::inRange<std::uint64_t>(TaxRate::min, TaxRate::max)));
    const auto exact = static_cast<unsigned __int128>(base.value()) * rate.value();
    const auto tax = static_cast<unsigned __int128>(tax_of(base, rate).value());
    RC_ASSERT(2 * 10'000 * tax <= 2 * exact + 10'000);
    RC_ASSERT(2 * exact + 10'000 < 2 * 10'000 * (tax + 1));
    if (base.value() < TaxBase::max) RC_ASSERT(tax_of(TaxBase(base.value() + 1), rate) >= tax_of(base, rate));
  });
  holds("two halves are the whole, or a fen more", [] {
    const Charge whole(*rc::gen::inRange<std::uint64_t>(Charge::min, Charge::max));
    const std::uint64_t twice = 2 * half_of(whole).value();
    RC_ASSERT(twice == whole.value() || twice == whole.value() + 1 || twice + 1 == whole.value());
  });
}

// ---------------------------------------------------------------------------------------------------------------------
// Calendars

// A calendar with days off and worked weekends, drawn for two years.
void draw_calendar(Overlay& state, std::uint32_t first_day) {
  for (const std::uint32_t start : {first_day, first_day + 366}) {
    YearCalendar calendar;
    const Year year = year_of(start);
    std::set<std::uint32_t> shifted;
    for (const std::uint32_t offset : *rc::gen::container<std::vector<std::uint32_t>>(8, rc::gen::inRange(0u, 360u))) {
      if (year_of(start + offset) == year) shifted.insert(start + offset);
    }
    for (const std::uint32_t day : shifted) {
      if (is_weekend(day)) {
        calendar.worked.push_back(date_of(day));
      } else {
        calendar.off.push_back(date_of(day));
      }
    }
    calendars.put(state, year, calendar);
  }
}

BOOST_AUTO_TEST_CASE(a_period_holds_its_working_days_and_what_is_left_of_it_runs_to_its_end) {
  holds("end_of_working_days() and working_days_until() agree, by counting", [] {
    EmptyState empty;
    Overlay state(empty);
    constexpr std::uint64_t day_ms = 86'400'000;
    const std::uint32_t day = *rc::gen::inRange(19'000u, 25'000u);
    draw_calendar(state, day);
    const Timestamp from(std::uint64_t{day} * day_ms + *rc::gen::inRange<std::uint64_t>(0, day_ms));
    const std::uint32_t days = *rc::gen::inRange(1u, 100u);
    const Timestamp end = end_of_working_days(state, from, days);
    RC_ASSERT(end > from);
    std::uint32_t counted = 0;
    const std::uint32_t last = day_of(Timestamp(end.value() - 1));
    for (std::uint32_t at = day_of(from) + 1; at <= last; ++at) counted += is_working_day(state, at) ? 1 : 0;
    RC_ASSERT(counted == days);
    RC_ASSERT(is_working_day(state, last));
    RC_ASSERT(working_days_until(state, from, end) == days);
    RC_ASSERT(end_of_working_days(state, from, days + 1) > end);
    // Stopped and let run again at once, nothing is gained or lost.
    RC_ASSERT(end_of_working_days(state, from, working_days_until(state, from, end)) == end);
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts
