// The course of a limit as a table: each kind, in every state that it can be in, and every act that names a limit,
// allowed or refused. What is refused changes nothing; what is allowed changes this limit, and ends no other.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "contracts/property_limits.h"
#include "tests/contracts/registrar.h"

namespace kanhe::contracts::property {
namespace {

constexpr std::uint32_t other = 1;  // a mortgage that is there before, of "other bank"
constexpr std::uint32_t absent = 9;
const UnitNumber neighbouring = text<UnitNumber>("440304003008GB00012F00220047");

struct Desk : Registrar {
  std::uint32_t number = 0;  // the limit that is asked about
  std::string holder;        // whose it is

  Desk() {
    BOOST_REQUIRE_EQUAL(put(mortgage("other bank")), other);
    BOOST_REQUIRE(succeeded(import("row 3", neighbouring, alone("neighbour"))));
  }
  void bring(const Burden& burden, std::string whose) {
    number = put(burden);
    holder = std::move(whose);
  }
  void bring_with(const Burden& burden, std::vector<std::string> applicants, std::string whose) {
    must(enter(filing(entry(burden), std::move(applicants))));
    number = limit_lists.get(state(), house).value().last.value();
    holder = std::move(whose);
  }
  void bring_notice(AdvanceNoticeKind kind) { bring(notice("claimant", kind), "claimant"); }
  void pre_seize() {
    Seizure one = seizure("claimant");
    one.kind = SeizureKind::pre_seizure;
    BOOST_REQUIRE(succeeded(enter(filed(one))));
  }
  void must(const Receipt& receipt) { BOOST_REQUIRE_MESSAGE(succeeded(receipt), service::codes_of(receipt)); }
  LimitNumber asked() const { return LimitNumber(number); }
};

struct State {
  std::string_view name;
  std::function<void(Desk&)> bring;
};
const State states[] = {
    {"mortgage", [](Desk& desk) { desk.bring(Desk::mortgage("bank"), "bank"); }},
    {"mortgage that bans transfer", [](Desk& desk) { desk.bring(Desk::mortgage("bank", true), "bank"); }},
    {"mortgage of a maximum amount, fixed by a seizure",
     [](Desk& desk) {
       Mortgage one = Desk::mortgage("bank");
       one.kind = MortgageKind::maximum_amount;
       one.until_ms = desk.now() + 300 * day_ms;
       desk.bring(one, "bank");
       desk.put(Desk::seizure());
       BOOST_REQUIRE(desk.burden<Mortgage>(desk.number).is_fixed);
     }},
    {"seizure, active", [](Desk& desk) { desk.bring(Desk::seizure(), ""); }},
    {"seizure that queues",
     [](Desk& desk) {
       desk.put(Desk::seizure());
       desk.bring(Desk::seizure(), "");
       BOOST_REQUIRE(!desk.burden<Seizure>(desk.number).active_ms);
     }},
    {"pre-seizure",
     [](Desk& desk) {
       desk.bring_notice(AdvanceNoticeKind::presale_purchase);
       desk.pre_seize();
       ++desk.number;
       desk.holder.clear();
     }},
    {"notice of a purchase", [](Desk& desk) { desk.bring_notice(AdvanceNoticeKind::other_purchase); }},
    {"notice of a purchase, pre-seized",
     [](Desk& desk) {
       desk.bring_notice(AdvanceNoticeKind::presale_purchase);
       desk.pre_seize();
     }},
    {"notice of a purchase that is possible now",
     [](Desk& desk) {
       desk.bring_notice(AdvanceNoticeKind::other_purchase);
       desk.must(desk.enter(NoticePossible{house, desk.asked(), some_document}));
     }},
    {"notice of a mortgage", [](Desk& desk) { desk.bring_notice(AdvanceNoticeKind::other_mortgage); }},
    {"objection", [](Desk& desk) { desk.bring(Desk::objection(), "objector"); }},
    {"objection, sued",
     [](Desk& desk) {
       desk.bring(Desk::objection(), "objector");
       desk.must(desk.enter(ShowLawsuit{house, desk.asked(), some_document}));
     }},
    {"residence", [](Desk& desk) { desk.bring(Desk::residence(), "resident"); }},
    {"easement",
     [](Desk& desk) { desk.bring_with(Desk::easement(neighbouring), {"seller", "neighbour"}, "neighbour"); }},
    {"note", [](Desk& desk) { desk.bring(Desk::note(NoteKind::dispute), ""); }},
    {"guardianship", [](Desk& desk) { desk.bring_with(Desk::guardianship(), {"parent"}, "parent"); }},
    {"ended",
     [](Desk& desk) {
       desk.bring(Desk::mortgage("bank"), "bank");
       desk.must(desk.enter(Desk::ending(desk.number, EndReason::released), {"bank"}));
     }},
    {"never there", [](Desk& desk) { desk.number = absent; }},
};

struct Action {
  std::string_view name;
  std::function<Receipt(Desk&)> take;
};
// Whoever it belongs to applies, where it is somebody's.
Filing by_holder(Desk& desk, const Act& act) {
  Filing one = desk.filing(act);
  if (!desk.holder.empty()) one.applicants.push_back(party(desk.holder));
  return one;
}
Receipt end(Desk& desk, EndReason reason) {
  return desk.enter(by_holder(desk, Desk::ending(desk.number, reason)));
}
const Action actions[] = {
    {"released by whose it is", [](Desk& desk) { return end(desk, EndReason::released); }},
    {"released by the unit's holder",
     [](Desk& desk) { return desk.enter(Desk::ending(desk.number, EndReason::released), {"seller"}); }},
    {"ended by decision", [](Desk& desk) { return desk.enter(Desk::ending(desk.number, EndReason::decided)); }},
    {"ended by a decision without a document",
     [](Desk& desk) {
       EndLimit act = Desk::ending(desk.number, EndReason::decided);
       act.document = {};
       return desk.enter(act);
     }},
    {"said to have expired", [](Desk& desk) { return end(desk, EndReason::expired); }},
    {"ended by a death", [](Desk& desk) { return end(desk, EndReason::died); }},
    {"said to be converted", [](Desk& desk) { return end(desk, EndReason::converted); }},
    {"renewed",
     [](Desk& desk) { return desk.enter(RenewSeizure{house, desk.asked(), SeizureDays(365), some_document}); }},
    {"a lawsuit is shown",
     [](Desk& desk) { return desk.enter(by_holder(desk, ShowLawsuit{house, desk.asked(), some_document})); }},
    {"possible now",
     [](Desk& desk) { return desk.enter(by_holder(desk, NoticePossible{house, desk.asked(), some_document})); }},
    {"changes its rank",
     [](Desk& desk) {
       Filing one = by_holder(desk, SwapRanks{house, LimitNumber(other), desk.asked()});
       for (const std::string_view name : {"seller", "other bank"}) one.applicants.push_back(party(name));
       return desk.enter(one);
     }},
    {"a mortgage takes its place",
     [](Desk& desk) {
       EnterLimit act = desk.entry(Desk::mortgage("claimant"));
       act.in_place_of = desk.asked();
       Filing one = desk.filing(act, {"seller", "claimant"});
       for (const std::string_view name : {"bank", "resident", "objector"}) one.consents.push_back(consent_of(name));
       for (const std::string_view name : {"seller", "claimant"}) one.statements.push_back(statement_of(17, name));
       return desk.enter(one);
     }},
};

// x: allowed. The columns are the actions.
constexpr std::string_view table[] = {
    "x.x.......x.",  // mortgage
    "x.x.......x.",  // mortgage that bans transfer
    "x.x.......x.",  // mortgage of a maximum amount, fixed by a seizure
    "..x....x....",  // seizure, active
    "..x....x....",  // seizure that queues
    "..x....x....",  // pre-seizure
    "x.x......x..",  // notice of a purchase
    "..x......x..",  // notice of a purchase, pre-seized
    "x.x......x..",  // notice of a purchase that is possible now
    "x.x......x.x",  // notice of a mortgage
    "x.x.....x...",  // objection
    "x.x.....x...",  // objection, sued
    "x.x..x......",  // residence
    "x.x.........",  // easement
    "..x.........",  // note
    "..x.........",  // guardianship
    "............",  // ended
    "............",  // never there
};

BOOST_AUTO_TEST_SUITE(property_limit_edges_tests)

BOOST_AUTO_TEST_CASE(every_act_on_every_limit_is_allowed_or_refused_as_the_table_says) {
  static_assert(std::size(table) == std::size(states));
  for (std::size_t i = 0; i < std::size(states); ++i) {
    BOOST_REQUIRE_EQUAL(table[i].size(), std::size(actions));
    for (std::size_t j = 0; j < std::size(actions); ++j) {
      BOOST_TEST_CONTEXT(states[i].name << ": " << actions[j].name) {
        Desk desk;
        states[i].bring(desk);
        std::vector<std::uint32_t> others;
        for (const NumberedLimit& limit : desk.open()) {
          if (limit.number.value() != desk.number) others.push_back(limit.number.value());
        }
        const auto before = desk.state().changes();
        const Receipt receipt = actions[j].take(desk);
        BOOST_TEST(succeeded(receipt) == (table[i][j] == 'x'), service::codes_of(receipt));
        BOOST_TEST((desk.state().changes() != before) == succeeded(receipt));
        for (const std::uint32_t number : others) BOOST_TEST(desk.is_open(number));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::property
