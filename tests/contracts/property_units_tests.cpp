// property units: first registration, change, correction, cancellation, split and merger, and the rules about them.
#include "contracts/property_units.h"

#include <boost/test/unit_test.hpp>

#include "tests/contracts/unit_desk.h"

namespace kanhe::contracts::property {
namespace {

using Desk = UnitDesk;

BOOST_AUTO_TEST_SUITE(property_units_tests)

// ---------------------------------------------------------------------------------------------------------------------
// First registration

BOOST_AUTO_TEST_CASE(a_unit_is_registered_for_the_first_time_with_what_is_known_of_it) {
  Desk desk;
  RegisterUnit act = desk.first();
  act.usage = Usage::non_residential;
  act.until_ms = desk.now() + 1'000 * day_ms;
  act.survey = service::digest("survey");
  act.effective_ms = Timestamp(2'000);
  const Receipt receipt = desk.enter(act, {"owner"});
  BOOST_REQUIRE_MESSAGE(succeeded(receipt), codes_of(receipt));
  const Unit unit = desk.unit(part_1);
  BOOST_TEST((unit.state == UnitState::open));
  BOOST_TEST((unit.entry == EntryKind::first_registration));
  BOOST_TEST((unit.usage == Usage::non_residential));
  BOOST_TEST((unit.until_ms == act.until_ms));
  BOOST_TEST((unit.survey == act.survey));
  BOOST_TEST((unit.effective_ms == Timestamp(2'000)));
  BOOST_TEST((unit.recorded_ms == desk.now()));
  BOOST_TEST(has_subject(receipt, PartySubject{party("owner")}));
}

BOOST_AUTO_TEST_CASE(house_and_mortgage_are_entered_by_one_filing_or_neither) {
  Desk desk;
  Filing filing = desk.filing(desk.first(), {"owner", "bank"});
  filing.acts.push_back(desk.entry(Registrar::mortgage(), part_1));
  const Receipt receipt = desk.enter(filing);
  BOOST_REQUIRE_MESSAGE(succeeded(receipt), codes_of(receipt));
  BOOST_TEST(desk.open(part_1).size() == 1u);

  Filing other = desk.filing(desk.first(part_2), {"owner"});
  other.acts.push_back(desk.entry(Registrar::mortgage(), part_2));
  BOOST_TEST(refused_for(desk.enter(other), FilingCode::other_side_missing));
  BOOST_TEST(!find_unit(desk.state(), part_2).has_value());
}

BOOST_AUTO_TEST_CASE(r01_a_number_is_registered_once_and_never_again) {
  Desk desk;
  const Receipt taken = desk.enter(desk.first(house), {"owner"});
  BOOST_REQUIRE(refused_for(taken, Code::unit_exists));
  BOOST_TEST(finding_of(taken, Code::unit_exists).rule == 1u);
  BOOST_REQUIRE(succeeded(desk.enter(desk.cancellation(), {"seller"})));
  BOOST_TEST(refused_for(desk.enter(desk.first(house), {"owner"}), Code::unit_exists));
}

BOOST_AUTO_TEST_CASE(who_will_hold_it_applies_for_its_first_registration) {
  Desk desk;
  BOOST_TEST(refused_for(desk.enter(desk.first()), FilingCode::no_holder_applies));
  BOOST_TEST(refused_for(desk.enter(desk.first(), {"stranger"}), Code::seller_not_holder,
                         FilingCode::no_holder_applies));
  BOOST_TEST(succeeded(desk.enter(desk.first(), {"owner"})));
}

// ---------------------------------------------------------------------------------------------------------------------
// R01: what is closed stays closed

BOOST_AUTO_TEST_CASE(r01_nothing_is_entered_on_a_unit_that_is_closed) {
  for (const UnitState state : {UnitState::cancelled, UnitState::split, UnitState::merged}) {
    Desk desk;
    const Receipt closed = state == UnitState::cancelled ? desk.enter(desk.cancellation(), {"seller"})
                           : state == UnitState::split   ? desk.enter(desk.split(), {"seller"})
                                                         : desk.enter(desk.merger(), {"seller"});
    BOOST_REQUIRE_MESSAGE(succeeded(closed), codes_of(closed));
    BOOST_TEST((desk.unit().state == state));
    BOOST_TEST(desk.unit().holders.empty());
    const Filing attempts[] = {desk.sale_filing(),
                               desk.disposal(Registrar::mortgage()),
                               desk.filing(desk.entry(Registrar::seizure())),
                               desk.filing(desk.change(), {"seller"}),
                               desk.filing(desk.correction()),
                               desk.filing(desk.cancellation(), {"seller"}),
                               desk.filing(desk.split(), {"seller"}),
                               desk.filing(desk.merger(), {"seller"})};
    for (const Filing& attempt : attempts) {
      const auto judged = desk.judge(attempt);
      BOOST_TEST(judged.broke(1));
    }
    const Receipt receipt = desk.enter(desk.change(), {"seller"});
    BOOST_REQUIRE(refused_for(receipt, UnitCode::unit_closed));
    BOOST_TEST(finding_of(receipt, UnitCode::unit_closed).value == static_cast<std::uint64_t>(state));
    BOOST_TEST(has_code(desk.import("row 9", house, Registrar::alone("a"), 2'000), Code::unit_moved_on));
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Change

BOOST_AUTO_TEST_CASE(facts_of_a_unit_change_and_what_is_not_named_stays) {
  Desk desk;
  desk.set_until(desk.now() + day_ms);
  const Unit before = desk.unit();
  ChangeUnit act = desk.change();
  act.until_ms = desk.now() + 2 * day_ms;
  BOOST_REQUIRE(succeeded(desk.enter(act, {"seller"})));
  const Unit unit = desk.unit();
  BOOST_TEST((unit.survey == act.survey));
  BOOST_TEST((unit.until_ms == act.until_ms));
  BOOST_TEST((unit.usage == before.usage));
  BOOST_TEST((unit.holders == before.holders));
  BOOST_TEST((unit.entry == EntryKind::change));
}

// Whoever looks at the certificate alone, away from the register, sees that it is over.
BOOST_AUTO_TEST_CASE(a_title_certificate_that_an_entry_has_overtaken_is_deregistered) {
  const auto standing_after = [](auto act_of) {
    Desk desk;
    desk.sell_until_billed();
    BOOST_REQUIRE(succeeded(desk.pay()));
    BOOST_REQUIRE(succeeded(desk.register_title()));
    const CertificateId title = desk.unit().title.value();
    const Receipt receipt = desk.enter(act_of(desk), {"buyer"});
    BOOST_REQUIRE_MESSAGE(succeeded(receipt), codes_of(receipt));
    return certificate::find_holding(desk.state(), title).value().standing();
  };
  using certificate::Standing;
  BOOST_TEST((standing_after([](Desk& desk) -> Act { return desk.change(); }) == Standing::deregistered));
  BOOST_TEST((standing_after([](Desk& desk) -> Act { return desk.correction(); }) == Standing::deregistered));
  BOOST_TEST((standing_after([](Desk& desk) -> Act { return desk.cancellation(); }) == Standing::deregistered));
  BOOST_TEST((standing_after([](Desk& desk) -> Act { return desk.split(); }) == Standing::deregistered));
  BOOST_TEST((standing_after([](Desk& desk) -> Act {
                return desk.entry(Registrar::note(NoteKind::expropriation));
              }) == Standing::issued));
}

BOOST_AUTO_TEST_CASE(a_change_says_what_changes_and_comes_from_a_holder) {
  Desk desk;
  ChangeUnit empty;
  empty.unit = house;
  BOOST_TEST(refused_for(desk.enter(empty, {"seller"}), UnitCode::nothing_changed));
  BOOST_TEST(refused_for(desk.enter(desk.change()), FilingCode::no_holder_applies));
  BOOST_TEST(refused_for(desk.enter(desk.change(), {"stranger"}), Code::seller_not_holder,
                         FilingCode::no_holder_applies));
}

BOOST_AUTO_TEST_CASE(a_change_prolongs_a_term_and_does_nothing_else_to_it) {
  Desk desk;
  ChangeUnit act = desk.change();
  act.until_ms = desk.now() + day_ms;
  BOOST_TEST(refused_for(desk.enter(act, {"seller"}), UnitCode::term_not_longer));
  desk.set_until(desk.now() + 2 * day_ms);
  BOOST_TEST(refused_for(desk.enter(act, {"seller"}), UnitCode::term_not_longer));
  act.until_ms = desk.unit().until_ms;
  BOOST_TEST(refused_for(desk.enter(act, {"seller"}), UnitCode::term_not_longer));
  act.until_ms = *act.until_ms + 1;
  BOOST_TEST(succeeded(desk.enter(act, {"seller"})));
  CorrectUnit correction = desk.correction();
  correction.until_ms = desk.now();
  BOOST_TEST(has_code(desk.enter(correction), FilingCode::end_in_past));
}

BOOST_AUTO_TEST_CASE(r04_usage_changes_by_two_thirds_and_the_form_of_co_ownership_by_all) {
  Desk desk;
  desk.set_holders({{party("seller"), share(2, 3)}, {party("spouse"), share(1, 3)}});
  ChangeUnit usage = desk.change();
  usage.usage = Usage::ancillary;
  BOOST_TEST(!desk.judge(desk.filing(usage, {"seller"})).broke(4));
  BOOST_TEST(desk.judge(desk.filing(usage, {"spouse"})).broke(4));
  BOOST_TEST(!desk.judge(desk.filing(desk.change(), {"spouse"})).broke(4));
  ChangeUnit form = desk.change();
  form.holders = Desk::jointly();
  // Of unequal shares somebody would gain.
  BOOST_TEST(refused_for(desk.enter(form, {"seller", "spouse"}), UnitCode::shares_would_change));
  desk.set_holders(Desk::halves());
  BOOST_TEST(desk.judge(desk.filing(form, {"seller"})).broke(4));
  BOOST_REQUIRE(succeeded(desk.enter(form, {"seller", "spouse"})));
  BOOST_TEST((desk.unit().holders == Desk::jointly()));
}

BOOST_AUTO_TEST_CASE(who_holds_it_or_how_much_is_no_change_but_a_transfer) {
  Desk desk;
  desk.set_holders(Desk::halves());
  const Holders others[] = {{{party("seller"), share(1, 3)}, {party("spouse"), share(2, 3)}},
                            {{party("seller"), share(1, 2)}, {party("other"), share(1, 2)}},
                            {{party("seller"), {}}, {party("other"), {}}},
                            Registrar::alone("seller")};
  for (const Holders& holders : others) {
    ChangeUnit act = desk.change();
    act.holders = holders;
    BOOST_TEST(refused_for(desk.enter(act, {"seller", "spouse"}), UnitCode::shares_would_change));
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Cancellation

BOOST_AUTO_TEST_CASE(a_cancelled_unit_has_neither_holder_nor_limits_and_all_are_told) {
  Desk desk;
  desk.put(Registrar::mortgage());
  desk.put(Registrar::seizure());
  desk.put(Registrar::residence());
  const Receipt receipt = desk.enter(desk.cancellation(), {"seller"});
  BOOST_REQUIRE_MESSAGE(succeeded(receipt), codes_of(receipt));
  BOOST_TEST(desk.open().empty());
  BOOST_TEST(!desk.is_open(1));
  for (const char* name : {"seller", "bank", "resident"}) BOOST_TEST(has_subject(receipt, PartySubject{party(name)}));
  // Nothing of it falls due any more.
  desk.pass(4 * 366 * day_ms);
  BOOST_TEST((limit_lists.get(desk.state(), house).value().last == LimitNumber(3)));
}

BOOST_AUTO_TEST_CASE(what_is_given_up_is_given_up_by_all_and_not_from_those_who_have_a_part_in_it) {
  Desk desk;
  desk.set_holders(Desk::jointly());
  const CancelUnit act = desk.cancellation(CloseReason::abandoned);
  BOOST_TEST(desk.judge(desk.filing(act, {"seller"})).broke(4));
  Filing filing = desk.filing(act, {"seller", "spouse"});
  BOOST_TEST(desk.judge(filing).findings.empty());
  const Burden burdens[] = {Registrar::mortgage(), Registrar::notice(), Registrar::residence()};
  for (const Burden& burden : burdens) {
    Desk other;
    other.put(burden);
    Filing one = other.filing(act, {"seller"});
    const Receipt refused = other.enter(one);
    BOOST_TEST(refused_for(refused, UnitCode::limit_holder_missing));
    one.consents.push_back({*party_of(burden), service::digest("consent")});
    BOOST_TEST(succeeded(other.enter(one)));
  }
}

BOOST_AUTO_TEST_CASE(r07_what_is_seized_is_not_given_up_split_merged_or_held_otherwise_but_may_be_destroyed) {
  Desk desk;
  desk.put(Registrar::seizure());
  ChangeUnit form = desk.change();
  form.holders = {{party("seller"), share(1, 1)}};
  const Act acts[] = {desk.cancellation(CloseReason::abandoned), desk.split(), desk.merger(), form};
  for (const Act& act : acts) BOOST_TEST(desk.judge(desk.filing(act, {"seller"})).broke(7));
  const Act others[] = {desk.cancellation(), desk.cancellation(CloseReason::expropriated), desk.change(),
                        desk.correction()};
  for (const Act& act : others) BOOST_TEST(!desk.judge(desk.filing(act, {"seller"})).broke(7));
}

BOOST_AUTO_TEST_CASE(a_right_is_cancelled_as_expired_when_its_term_is_over_but_not_that_of_a_dwelling) {
  Desk desk;
  const CancelUnit act = desk.cancellation(CloseReason::expired);
  BOOST_TEST(refused_for(desk.enter(act), UnitCode::term_not_over));
  const Timestamp until = desk.now() + day_ms;
  desk.set_until(until, Usage::non_residential);
  desk.pass(day_ms - 1);
  BOOST_TEST(!desk.judge(desk.filing(act)).findings.empty());
  desk.pass(1);
  desk.set_until(until, Usage::residential);
  BOOST_TEST(refused_for(desk.enter(act), UnitCode::term_not_over));
  desk.set_until(until, Usage::non_residential);
  // Nor does it become a dwelling's now.
  ChangeUnit dwelling = desk.change();
  dwelling.usage = Usage::residential;
  BOOST_TEST(desk.judge(desk.filing(dwelling, {"seller"})).broke(30));
  // And a dwelling's does not become another's, so that it can be cancelled.
  desk.set_until(until, Usage::residential);
  dwelling.usage = Usage::non_residential;
  BOOST_TEST(desk.judge(desk.filing(dwelling, {"seller"})).broke(30));
  desk.set_until(until, Usage::non_residential);
  BOOST_TEST(succeeded(desk.enter(act)));
}

BOOST_AUTO_TEST_CASE(an_application_is_stopped_when_its_unit_is_no_more) {
  Desk desk;
  BOOST_REQUIRE(succeeded(desk.file(Counter::sale())));
  const ApplicationId application = holds.get(desk.state(), house).value().application;
  BOOST_TEST(refused_for(desk.enter(desk.cancellation(), {"seller"}), Code::unit_held));
  BOOST_REQUIRE(succeeded(desk.enter(desk.cancellation(CloseReason::expropriated))));
  desk.pass(1'000);
  BOOST_TEST((service::applications.get(desk.state(), application).value().phase == service::Phase::stopped));
  BOOST_TEST(!holds.contains(desk.state(), house));
}

// ---------------------------------------------------------------------------------------------------------------------
// Split and merger

BOOST_AUTO_TEST_CASE(each_part_has_the_holders_and_the_limits_of_the_whole) {
  Desk desk;
  desk.set_holders(Desk::halves());
  Filing mortgage = desk.disposal(Registrar::mortgage());
  mortgage.consents = {consent_of("spouse")};
  BOOST_REQUIRE(succeeded(desk.enter(mortgage)));
  desk.put(Registrar::note(NoteKind::subsidised_housing));
  Filing filing = desk.filing(desk.split(), {"seller", "spouse"});
  BOOST_TEST(refused_for(desk.enter(filing), UnitCode::limit_holder_missing));
  filing.consents = {consent_of("bank")};
  const Receipt receipt = desk.enter(filing);
  BOOST_REQUIRE_MESSAGE(succeeded(receipt), codes_of(receipt));
  BOOST_TEST(entries(receipt) == 2u);
  const Unit whole = desk.unit();
  BOOST_TEST((whole.kin == UnitNumbers{part_1, part_2}));
  for (const UnitNumber& number : {part_1, part_2}) {
    const Unit part = desk.unit(number);
    BOOST_TEST((part.holders == Desk::halves()));
    BOOST_TEST((part.entry == EntryKind::split));
    BOOST_TEST((part.kin == UnitNumbers{house}));
    BOOST_REQUIRE(desk.open(number).size() == 2u);
    BOOST_TEST((desk.burden<Mortgage>(1, number).rank == LimitNumber(1)));
  }
  BOOST_TEST((desk.unit(part_1).survey == service::digest("one")));
  // A mortgage that comes later stands behind, on each.
  Filing second = desk.disposal(Registrar::mortgage("other bank"), part_1);
  second.consents = {consent_of("spouse")};
  second.statements = {statement_of(36, "housing authority")};
  BOOST_REQUIRE(succeeded(desk.enter(second)));
  BOOST_TEST((desk.burden<Mortgage>(3, part_1).rank == LimitNumber(3)));
}

BOOST_AUTO_TEST_CASE(what_time_ends_ends_on_each_part) {
  Desk desk;
  Residence residence = Registrar::residence();
  residence.until_ms = desk.now() + day_ms;
  desk.put(residence);
  Filing filing = desk.filing(desk.split(), {"seller"});
  filing.consents = {consent_of("resident")};
  BOOST_REQUIRE(succeeded(desk.enter(filing)));
  desk.pass(residence.until_ms->value() - 1 - desk.now().value());
  BOOST_TEST((desk.open(part_1).size() == 1u && desk.open(part_2).size() == 1u));
  desk.pass(1);
  BOOST_TEST((desk.open(part_1).empty() && desk.open(part_2).empty()));
}

BOOST_AUTO_TEST_CASE(parts_are_new_units_of_the_same_parcel) {
  Desk desk;
  const auto attempt = [&](UnitParts parts) {
    SplitUnit act = desk.split();
    act.parts = std::move(parts);
    return desk.enter(act, {"seller"});
  };
  BOOST_TEST(refused_for(attempt({}), UnitCode::parts_missing));
  BOOST_TEST(refused_for(attempt({{part_1, {}}}), UnitCode::parts_missing));
  BOOST_TEST(refused_for(attempt({{part_1, {}}, {part_1, {}}}), UnitCode::unit_repeated));
  BOOST_TEST(refused_for(attempt({{part_1, {}}, {other_house, {}}}), Code::unit_exists));
  BOOST_TEST(refused_for(attempt({{part_1, {}}, {house, {}}}), Code::unit_exists));
  BOOST_TEST(refused_for(attempt({{part_1, {}}, {elsewhere, {}}}), UnitCode::units_apart));
  BOOST_TEST(has_code(attempt({{part_1, {}}, {land, {}}}), UnitCode::units_apart));
  BOOST_TEST(refused_for(attempt({{part_1, {}}, {text<UnitNumber>("440304003008GB00012F0023000X"), {}}}),
                         IdentifierCode::unit_number_fixture));
  BOOST_TEST((desk.unit().state == UnitState::open));
}

BOOST_AUTO_TEST_CASE(r22_land_under_a_house_of_the_same_holder_is_not_split_merged_or_given_up) {
  Desk desk;
  RegisterUnit parcel = desk.first(land, "seller");
  parcel.right = RightKind::state_land_use;
  BOOST_REQUIRE(succeeded(desk.enter(parcel, {"seller"})));
  SplitUnit split;
  split.unit = land;
  split.parts = {{text<UnitNumber>("440304003008GB00091W00000000"), {}},
                 {text<UnitNumber>("440304003008GB00092W00000000"), {}}};
  CancelUnit abandoned{land, CloseReason::abandoned, some_document};
  BOOST_TEST(refused_for(desk.enter(CancelUnit{land, CloseReason::destroyed, some_document}, {"seller"}),
                         FilingCode::reason_not_allowed));
  for (const Act& act : {Act(split), Act(abandoned)}) {
    BOOST_TEST(desk.judge(desk.filing(act, {"seller"})).broke(22));
  }
  split.parts[0].unit = text<UnitNumber>("440304003008JB00091W00000000");
  BOOST_TEST(has_code(desk.enter(split, {"seller"}), UnitCode::units_apart));
}

BOOST_AUTO_TEST_CASE(a_split_does_not_enter_more_limits_than_one_entry_can_tell) {
  Desk desk;
  for (int i = 0; i < 17; ++i) desk.put(Registrar::note(NoteKind::expropriation));
  const Receipt receipt = desk.enter(desk.split(), {"seller"});
  BOOST_REQUIRE(refused_for(receipt, UnitCode::limits_too_many));
  BOOST_TEST(finding_of(receipt, UnitCode::limits_too_many).limit == limits_copied_max);
  BOOST_TEST(finding_of(receipt, UnitCode::limits_too_many).value == 34u);
  BOOST_REQUIRE(succeeded(desk.enter(Registrar::ending(1, EndReason::decided))));
  BOOST_TEST(succeeded(desk.enter(desk.split(), {"seller"})));
}

BOOST_AUTO_TEST_CASE(units_of_the_same_holders_become_one) {
  Desk desk;
  const Receipt receipt = desk.enter(desk.merger(), {"seller"});
  BOOST_REQUIRE_MESSAGE(succeeded(receipt), codes_of(receipt));
  const Unit merged = desk.unit(part_1);
  BOOST_TEST((merged.kin == UnitNumbers{house, other_house}));
  BOOST_TEST((merged.holders == Registrar::alone("seller")));
  for (const UnitNumber& number : {house, other_house}) {
    BOOST_TEST((desk.unit(number).state == UnitState::merged));
    BOOST_TEST((desk.unit(number).kin == UnitNumbers{part_1}));
  }
}

BOOST_AUTO_TEST_CASE(units_that_differ_or_have_limits_are_not_merged) {
  const auto attempt = [](auto prepare) {
    Desk desk;
    MergeUnits act = desk.merger();
    prepare(desk, act);
    return desk.enter(act, {"seller"});
  };
  BOOST_TEST(refused_for(attempt([](Desk&, MergeUnits& act) { act.from = {house}; }), UnitCode::parts_missing));
  BOOST_TEST(has_code(attempt([](Desk&, MergeUnits& act) { act.from = {}; }), UnitCode::parts_missing));
  BOOST_TEST(refused_for(attempt([](Desk&, MergeUnits& act) { act.from = {house, house}; }),
                         UnitCode::unit_repeated));
  BOOST_TEST(refused_for(attempt([](Desk&, MergeUnits& act) { act.from = {house, part_2}; }), Code::unknown_unit));
  BOOST_TEST(refused_for(attempt([](Desk&, MergeUnits& act) { act.unit = other_house; }), Code::unit_exists));
  BOOST_TEST(has_code(attempt([](Desk&, MergeUnits& act) { act.unit = elsewhere; }), UnitCode::units_apart));
  BOOST_TEST(has_code(attempt([](Desk& desk, MergeUnits&) { desk.set_holders(Desk::jointly(), other_house); }),
                      UnitCode::units_differ));
  const Receipt burdened = attempt([](Desk& desk, MergeUnits&) { desk.put(Registrar::mortgage(), other_house); });
  BOOST_REQUIRE(refused_for(burdened, UnitCode::limit_in_the_way));
  BOOST_TEST((finding_of(burdened, UnitCode::limit_in_the_way).subject == Subject(UnitSubject{other_house})));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::property
