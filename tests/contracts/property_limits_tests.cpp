// Limits: numbers, queues, ends by time, whoever acts or nobody does.
#include "contracts/property_limits.h"

#include "contracts/civil_days.h"
#include "contracts/trace.h"
#include "tests/contracts/registrar.h"

namespace kanhe::contracts::property {
namespace {

BOOST_AUTO_TEST_SUITE(property_limits_tests)

BOOST_AUTO_TEST_CASE(numbers_go_up_within_a_unit_and_are_never_used_again) {
  Registrar desk;
  BOOST_TEST(desk.put(Registrar::mortgage("one")) == 1u);
  BOOST_TEST(desk.put(Registrar::mortgage("two")) == 2u);
  BOOST_TEST(desk.put(Registrar::mortgage("one"), other_house) == 1u);
  BOOST_REQUIRE(succeeded(desk.enter(Registrar::ending(2, EndReason::released), {"two"})));
  BOOST_TEST(desk.put(Registrar::mortgage("three")) == 3u);
  std::vector<std::uint32_t> open;
  for (const NumberedLimit& limit : desk.open()) open.push_back(limit.number.value());
  BOOST_TEST((open == std::vector<std::uint32_t>{1, 3}));
}

BOOST_AUTO_TEST_CASE(more_than_two_hundred_and_fifty_five_stand_in_their_order) {
  Registrar desk;
  for (std::uint32_t number = 1; number <= 300; ++number) {
    BOOST_REQUIRE(desk.put(Registrar::objection()) == number);
    if (number > 3) BOOST_REQUIRE(succeeded(desk.enter(Registrar::ending(number - 3, EndReason::decided))));
  }
  std::vector<std::uint32_t> open;
  for (const NumberedLimit& limit : desk.open()) open.push_back(limit.number.value());
  BOOST_TEST((open == std::vector<std::uint32_t>{298, 299, 300}));
}

// A queue of a few hundred random steps against a list that is sorted anew each time.
BOOST_AUTO_TEST_CASE(seizures_take_effect_as_a_sorted_list_says) {
  struct Known {
    std::uint32_t number;
    Timestamp counts_from;
    std::uint16_t days;
    std::optional<Timestamp> until;
  };
  Registrar desk;
  desk.wait(10 * day_ms);
  std::vector<Known> known;
  std::uint64_t random = 12'345;
  const auto draw = [&random](std::uint64_t below) {
    random = random * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    return (random >> 33) % below;
  };
  // From `since` on the first of the sorted list is active, where it was not.
  const auto wake = [&](Timestamp since) {
    if (known.empty()) return;
    std::ranges::sort(known, {}, [](const Known& one) { return std::pair(one.counts_from, one.number); });
    if (!known.front().until) known.front().until = end_of_days(since, known.front().days);
    for (std::size_t i = 1; i < known.size(); ++i) known[i].until.reset();
  };
  const auto advance = [&] {
    while (!known.empty() && known.front().until && *known.front().until <= desk.now()) {
      const Timestamp end = *known.front().until;
      known.erase(known.begin());
      wake(end);
    }
  };
  std::uint32_t last = 0;
  for (int step = 0; step < 400; ++step) {
    const std::uint64_t kind = draw(4);
    if (kind < 2 && known.size() < 20) {
      const auto days = static_cast<std::uint16_t>(1 + draw(5));
      EnterLimit act = desk.entry(Registrar::seizure("seller", days));
      act.delivered_ms = Timestamp(desk.now().value() - draw(5 * day_ms));
      BOOST_REQUIRE(succeeded(desk.enter(act)));
      const Timestamp earliest(desk.now().value() - delivery_backdating_days * day_ms);
      known.push_back({++last, std::max(*act.delivered_ms, earliest), days, {}});
      wake(desk.now());
    } else if (kind == 2 && !known.empty()) {
      const std::size_t which = draw(known.size());
      BOOST_REQUIRE(succeeded(desk.enter(Registrar::ending(known[which].number, EndReason::decided))));
      known.erase(known.begin() + static_cast<std::ptrdiff_t>(which));
      wake(desk.now());
    } else {
      desk.pass(draw(3 * day_ms));
    }
    advance();
    std::map<std::uint32_t, std::optional<Timestamp>> expected;
    std::map<std::uint32_t, std::optional<Timestamp>> found;
    for (const Known& one : known) expected.emplace(one.number, one.until);
    for (const NumberedLimit& limit : desk.open()) found.emplace(limit.number.value(), limit.as<Seizure>()->until_ms);
    BOOST_REQUIRE((found == expected));
  }
  BOOST_TEST(last > 100u);
}

// A whole queue, each for some days, over long before anybody looks.
BOOST_AUTO_TEST_CASE(a_queue_that_is_over_is_over_at_once) {
  Registrar desk;
  for (int i = 0; i < 20; ++i) desk.put(Registrar::seizure("seller", 2));
  desk.pass(20 * 3 * day_ms);
  BOOST_TEST(desk.open().empty());
}

BOOST_AUTO_TEST_CASE(what_stands_and_ends_is_in_the_traces_of_everybody_whom_it_concerns) {
  Registrar desk;
  const auto events = [&](const Subject& subject) { return trace_of(desk.state(), subject).event_count.value(); };
  const std::uint64_t before = events(PartySubject{party("seller")});
  const std::uint32_t number = desk.put(Registrar::mortgage());
  BOOST_TEST(events(PartySubject{party("bank")}) == 1u);
  BOOST_TEST(events(PartySubject{party("seller")}) == before + 1);
  BOOST_REQUIRE(succeeded(desk.enter(Registrar::ending(number, EndReason::released), {"bank"})));
  BOOST_TEST(events(PartySubject{party("bank")}) == 2u);
  BOOST_TEST(events(PartySubject{party("seller")}) == before + 2);
}

BOOST_AUTO_TEST_CASE(an_end_by_time_is_an_event_although_nobody_acts) {
  Registrar desk;
  desk.put(Registrar::objection());
  desk.wait(17 * day_ms);
  const auto receipts = desk.execute({});
  const auto names = service::events_of(receipts.front());
  BOOST_TEST(std::ranges::count(names, LimitEnded::event_name) == 1);
  BOOST_TEST(desk.open().empty());
}

BOOST_AUTO_TEST_CASE(a_seizure_that_is_renewed_goes_on_from_its_end) {
  Registrar desk;
  desk.put(Registrar::seizure("seller", 10));
  desk.put(Registrar::seizure("seller", 10));
  const Timestamp end = desk.burden<Seizure>(1).until_ms.value();
  for (const std::uint32_t number : {1, 2}) {
    BOOST_REQUIRE(succeeded(desk.enter(RenewSeizure{house, LimitNumber(number), SeizureDays(20), some_document})));
  }
  BOOST_TEST((desk.burden<Seizure>(1).until_ms == end + 20 * day_ms));
  BOOST_TEST(!desk.burden<Seizure>(2).until_ms.has_value());
  desk.pass(end - desk.now());
  BOOST_TEST(desk.is_open(1));
  desk.pass(20 * day_ms);
  BOOST_TEST(!desk.is_open(1));
  BOOST_TEST((desk.burden<Seizure>(2).until_ms == end + 41 * day_ms), "twenty days of waiting, then its own");
}

// However much has ended meanwhile: what one transaction cannot tell, the next one does, and nothing is decided before.
BOOST_AUTO_TEST_CASE(what_time_ends_all_at_once_ends_in_several_transactions) {
  Registrar desk;
  Residence residence = Registrar::residence();
  residence.until_ms = desk.now() + day_ms;
  for (std::size_t i = 0; i + 1 < limits_of_parties_max; ++i) {
    residence.resident = party("resident " + std::to_string(i));
    desk.put(residence);
  }
  desk.wait(day_ms);
  // In the block itself the due entries come first; without them it is said that there is more.
  const auto judged = desk.judge(desk.disposal(Registrar::mortgage()));
  const auto is_settling = [](const Finding& finding) {
    return finding.code == static_cast<std::uint16_t>(UnitCode::still_settling);
  };
  BOOST_TEST(std::ranges::any_of(judged.findings, is_settling));
  std::size_t before = desk.open().size();
  BOOST_TEST(before + 1 == limits_of_parties_max);
  for (int block = 0; block < 8 && !desk.open().empty(); ++block) {
    desk.pass(1);
    BOOST_TEST(desk.open().size() < before);
    before = desk.open().size();
  }
  BOOST_TEST(desk.open().empty());
  BOOST_TEST(succeeded(desk.enter(desk.disposal(Registrar::mortgage()))));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::property
