// Whom an answer is about, by its facts and events.
#include "node/concerned.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "contracts/sharing_mandates.h"
#include "ledger/codec.h"
#include "tests/contracts/registrar.h"

namespace kanhe::node {
namespace {

namespace property = contracts::property;
namespace service = contracts::service;
namespace sharing = contracts::sharing;
using service::party;
using FactValue = decltype(certs::StateFact::value)::value_type;

struct Desk : property::Registrar {
  template <class Key, class Record>
  certs::StateFact fact(const Table<Key, Record>& table, const Key& key) {
    certs::StateFact made;
    made.key = decltype(certs::StateFact::key)::from(table.key_of(key)).value();
    if (const auto bytes = state().get(table.key_of(key))) made.value = FactValue::from(*bytes).value();
    return made;
  }
};

std::set<PartyId> concerned_by(std::vector<certs::StateFact> facts, const StateReader& state = EmptyState()) {
  Concerned concerned;
  add_concerned(concerned, state, facts);
  return {concerned.begin(), concerned.end()};
}

BOOST_AUTO_TEST_SUITE(concerned_tests)

BOOST_AUTO_TEST_CASE(a_unit_is_about_its_holders_and_an_application_about_both_sides) {
  Desk desk;
  BOOST_REQUIRE(succeeded(desk.file(service::Counter::sale())));
  BOOST_TEST((concerned_by({desk.fact(property::units, service::house)}) == std::set{party("seller")}));
  BOOST_TEST((concerned_by({desk.fact(service::applications, desk.id)}) ==
              std::set{party("seller"), party("buyer")}));
  // What is said of a unit without its holders concerns them all the same.
  BOOST_TEST((concerned_by({desk.fact(property::holds, service::house)}, desk.state()) == std::set{party("seller")}));
  BOOST_TEST((concerned_by({desk.fact(property::limit_lists, service::house)}, desk.state()) ==
              std::set{party("seller")}));
}

BOOST_AUTO_TEST_CASE(asking_whether_something_is_held_of_somebody_is_about_them_also_when_it_is_not) {
  Desk desk;
  const sharing::HeldItemKey key{service::text<sharing::ItemCode>("household-register"), party("seller")};
  BOOST_TEST((concerned_by({desk.fact(sharing::held_items, key)}) == std::set{party("seller")}));
}

BOOST_AUTO_TEST_CASE(a_history_is_about_the_parties_that_it_names_each_once) {
  certs::TracedEvent event;
  event.event.subjects = {UnitSubject{service::house}, PartySubject{party("seller")}};
  Concerned concerned;
  add_concerned(concerned, std::vector{event, event});
  BOOST_REQUIRE_EQUAL(concerned.size(), 1u);
  BOOST_TEST((concerned[0] == party("seller")));
}

BOOST_AUTO_TEST_CASE(a_subject_is_about_whoever_has_a_part_in_it_today) {
  Desk desk;
  BOOST_REQUIRE(succeeded(desk.file(service::Counter::sale())));
  const auto of = [&](const Subject& subject) {
    Concerned concerned;
    add_concerned(concerned, desk.state(), subject);
    return std::set<PartyId>{concerned.begin(), concerned.end()};
  };
  BOOST_TEST((of(PartySubject{party("buyer")}) == std::set{party("buyer")}));
  BOOST_TEST((of(UnitSubject{service::house}) == std::set{party("seller")}));
  BOOST_TEST((of(ApplicationSubject{desk.id}) == std::set{party("seller"), party("buyer")}));
  BOOST_TEST(of(DepartmentSubject{Desk::department("registry")}).empty());
}

BOOST_AUTO_TEST_CASE(what_does_not_read_and_who_is_too_many_break_nothing) {
  certs::StateFact broken;
  broken.key = decltype(certs::StateFact::key)::from(property::units.key_of(service::house)).value();
  broken.value = FactValue::from(Bytes(3)).value();
  BOOST_TEST(concerned_by({broken}).empty());
  Concerned concerned;
  std::vector<certs::TracedEvent> events;
  for (std::size_t i = 0; i < concerned_max + 10; ++i) {
    events.emplace_back();
    events.back().event.subjects = {PartySubject{party("p" + std::to_string(i))}};
  }
  add_concerned(concerned, events);
  BOOST_TEST(concerned.full());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::node
