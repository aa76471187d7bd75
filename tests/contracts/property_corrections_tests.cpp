// Corrections of the register, guardians, and who may enter what: the rules that keep them from being something else.
#include <boost/test/unit_test.hpp>

#include "contracts/civil_days.h"
#include "tests/contracts/unit_desk.h"

namespace kanhe::contracts::property {
namespace {

using Desk = UnitDesk;

BOOST_AUTO_TEST_SUITE(property_corrections_tests)

BOOST_AUTO_TEST_CASE(a_correction_rests_on_consent_evidence_or_a_decision) {
  for (const CorrectionBasis basis :
       {CorrectionBasis::consent, CorrectionBasis::evidence, CorrectionBasis::decision}) {
    Desk desk;
    const bool by_consent = basis == CorrectionBasis::consent;
    if (by_consent) {
      const Receipt alone = desk.enter(desk.correction(basis), {"stranger"});
      BOOST_TEST(refused_for(alone, Code::holder_not_selling));
      BOOST_TEST(finding_of(alone, Code::holder_not_selling).rule == 4u);
    } else {
      CorrectUnit without = desk.correction(basis);
      without.document = {};
      BOOST_TEST(refused_for(desk.enter(without), FilingCode::document_missing));
    }
    const Receipt receipt = desk.enter(desk.correction(basis), by_consent ? std::vector<std::string>{"seller"}
                                                                           : std::vector<std::string>{});
    BOOST_REQUIRE_MESSAGE(succeeded(receipt), codes_of(receipt));
    BOOST_TEST((desk.unit().usage == Usage::ancillary));
    BOOST_TEST((desk.unit().entry == EntryKind::correction));
  }
}

BOOST_AUTO_TEST_CASE(a_correction_by_consent_asks_those_from_whom_it_takes) {
  Desk desk;
  desk.set_holders(Desk::halves());
  CorrectUnit act = desk.correction(CorrectionBasis::consent);
  act.usage.reset();
  act.holders = {{party("seller"), share(1, 2)}, {party("other"), share(1, 2)}};
  BOOST_TEST(desk.judge(desk.filing(act, {"other"})).broke(4));
  Filing agreed = desk.filing(act, {"other"});
  agreed.consents = {consent_of("spouse")};
  const Receipt receipt = desk.enter(agreed);
  BOOST_REQUIRE_MESSAGE(succeeded(receipt), codes_of(receipt));
  BOOST_TEST((desk.unit().holders == act.holders));
  for (const char* name : {"seller", "spouse", "other"}) BOOST_TEST(has_subject(receipt, PartySubject{party(name)}));
}

BOOST_AUTO_TEST_CASE(r32_a_correction_under_way_pauses_disposals_and_changes_and_its_entry_ends_that) {
  Desk desk;
  desk.put(Registrar::note(NoteKind::correction_pending));
  BOOST_TEST(desk.judge(desk.sale_filing()).broke(32));
  BOOST_TEST(desk.judge(desk.filing(desk.change(), {"seller"})).broke(32));
  BOOST_TEST(!desk.judge(desk.filing(desk.correction())).broke(32));
  BOOST_REQUIRE(succeeded(desk.enter(desk.correction())));
  BOOST_TEST(desk.open().empty());
  BOOST_TEST(!desk.judge(desk.sale_filing()).broke(32));
}

BOOST_AUTO_TEST_CASE(r40_a_decision_corrects_what_stands_as_when_it_was_delivered) {
  const auto attempt = [](auto between) {
    Desk desk;
    desk.pass(1'000);
    CorrectUnit act = desk.correction(CorrectionBasis::decision);
    desk.pass(1'000);
    between(desk);
    return desk.judge(desk.filing(act)).broke(40);
  };
  BOOST_TEST(!attempt([](Desk&) {}));
  BOOST_TEST(attempt([](Desk& desk) { desk.put(Registrar::mortgage()); }));
  BOOST_TEST(!attempt([](Desk& desk) { desk.put(Registrar::objection()); }));
  BOOST_TEST(attempt([](Desk& desk) { desk.put(Registrar::notice()); }));
  BOOST_TEST(attempt([](Desk& desk) { desk.put(Registrar::seizure()); }));
  BOOST_TEST(attempt([](Desk& desk) {
    CorrectUnit other = desk.correction(CorrectionBasis::decision);
    other.holders = Registrar::alone("other");
    BOOST_REQUIRE(succeeded(desk.enter(other)));
  }));
  // What does not touch the holders is nothing in between.
  BOOST_TEST(!attempt([](Desk& desk) { BOOST_REQUIRE(succeeded(desk.enter(desk.change(), {"seller"}))); }));
}

BOOST_AUTO_TEST_CASE(a_correction_is_no_way_around_what_stops_a_disposal) {
  const auto rules_broken = [](const Burden& burden) {
    Desk desk;
    desk.put(burden);
    desk.pass(1);
    CorrectUnit act = desk.correction(CorrectionBasis::consent);
    act.usage.reset();
    act.holders = Registrar::alone("friend");
    std::vector<std::uint16_t> rules;
    for (const Finding& finding : desk.judge(desk.filing(act, {"seller", "friend"})).findings) {
      rules.push_back(finding.rule);
    }
    return rules;
  };
  using Rules = std::vector<std::uint16_t>;
  BOOST_TEST((rules_broken(Registrar::seizure()) == Rules{7}));
  BOOST_TEST((rules_broken(Registrar::notice()) == Rules{13}));
  BOOST_TEST((rules_broken(Registrar::mortgage("bank", true)) == Rules{19}));
  BOOST_TEST((rules_broken(Registrar::mortgage()) == Rules{}));

  Desk desk;
  CorrectUnit act = desk.correction();
  act.usage.reset();
  act.holders = Registrar::alone("friend");
  const Receipt unnoted = desk.enter(act);
  BOOST_TEST(refused_for(unnoted, UnitCode::correction_not_noted, FilingCode::other_side_missing));
  desk.put(Registrar::note(NoteKind::correction_pending));
  desk.pass(1);
  BOOST_TEST(succeeded(desk.enter(act, {"friend"})));
}

BOOST_AUTO_TEST_CASE(a_term_is_not_corrected_away_from_those_who_rely_on_it) {
  Desk desk;
  desk.set_until(desk.now() + 100 * day_ms, Usage::non_residential);
  desk.put(Registrar::mortgage());
  desk.pass(1);
  CorrectUnit act = desk.correction(CorrectionBasis::consent);
  act.usage.reset();
  act.until_ms = desk.now() + 10;
  Filing filing = desk.filing(act, {"seller"});
  BOOST_TEST(refused_for(desk.enter(filing), UnitCode::limit_holder_missing));
  filing.consents = {consent_of("bank")};
  BOOST_TEST(desk.judge(filing).findings.empty());
  act.basis = CorrectionBasis::evidence;
  filing.acts[0] = act;
  BOOST_TEST(refused_for(desk.enter(filing), UnitCode::correction_not_noted));
  // Longer is nobody's loss.
  act.until_ms = desk.now() + 200 * day_ms;
  filing.acts[0] = act;
  BOOST_TEST(succeeded(desk.enter(filing)));
}

BOOST_AUTO_TEST_CASE(nobody_joins_a_holder_by_correction_without_that_holder) {
  Desk desk;
  CorrectUnit act = desk.correction(CorrectionBasis::consent);
  act.usage.reset();
  act.holders = {{party("seller"), {}}, {party("other"), {}}};
  BOOST_TEST(desk.judge(desk.filing(act, {"other"})).broke(4));
  act.holders = Registrar::alone("seller");
  act.right = RightKind::other;
  BOOST_TEST(desk.judge(desk.filing(act, {"other"})).broke(4));
  act.right.reset();
  BOOST_TEST(refused_for(desk.enter(act, {"seller"}), UnitCode::nothing_changed));
}

BOOST_AUTO_TEST_CASE(r40_a_correction_by_decision_is_late_after_three_days) {
  Desk desk;
  const CorrectUnit act = desk.correction(CorrectionBasis::decision);
  const Timestamp late = end_of_days(*act.delivered_ms, 3);
  const auto is_told = [&] {
    const auto judged = desk.judge(desk.filing(act));
    BOOST_TEST(judged.findings.empty());
    return std::ranges::count(judged.told, 40) > 0;
  };
  desk.pass(late.value() - 1 - desk.now().value());
  BOOST_TEST(!is_told());
  desk.pass(1);
  BOOST_TEST(is_told());
  desk.pass(1);
  BOOST_TEST(is_told());
}

// ---------------------------------------------------------------------------------------------------------------------
// Guardians, and who enters it

BOOST_AUTO_TEST_CASE(r34_a_guardianship_ends_when_the_ward_is_of_age_or_holds_nothing_any_more) {
  Desk desk;
  Guardianship minor = Registrar::guardianship();
  minor.until_ms = desk.now() + day_ms;
  BOOST_REQUIRE(succeeded(desk.enter(desk.entry(minor), {"parent"})));
  desk.pass(minor.until_ms->value() - 1 - desk.now().value());
  BOOST_TEST(desk.judge(desk.sale_filing()).broke(34));
  desk.pass(1);
  BOOST_TEST(!desk.judge(desk.sale_filing()).broke(34));
  BOOST_TEST(desk.open().empty());

  BOOST_REQUIRE(succeeded(desk.enter(desk.entry(Registrar::guardianship()), {"parent"})));
  CorrectUnit act = desk.correction(CorrectionBasis::decision);
  act.holders = Registrar::alone("true owner");
  BOOST_REQUIRE(succeeded(desk.enter(act)));
  BOOST_TEST(desk.open().empty());
}

BOOST_AUTO_TEST_CASE(a_guardianship_is_of_a_holder_and_entered_by_the_guardian_for_good_reason) {
  Desk desk;
  const auto attempt = [&](const Guardianship& burden, std::vector<std::string> applicants) {
    return desk.enter(desk.entry(burden), std::move(applicants));
  };
  BOOST_TEST(refused_for(attempt(Registrar::guardianship("stranger"), {"parent"}), UnitCode::ward_not_holder));
  BOOST_TEST(refused_for(attempt(Registrar::guardianship("seller", "seller"), {"seller"}),
                         UnitCode::ward_not_holder));
  BOOST_TEST(refused_for(attempt(Registrar::guardianship(), {"seller"}), FilingCode::applicant_missing));
  BOOST_REQUIRE(succeeded(attempt(Registrar::guardianship(), {"parent"})));
  BOOST_TEST(refused_for(desk.enter(Registrar::ending(1, EndReason::released), {"parent"}),
                         FilingCode::reason_not_allowed));
  BOOST_TEST(succeeded(desk.enter(Registrar::ending(1, EndReason::decided))));
}

BOOST_AUTO_TEST_CASE(whoever_enters_it_has_no_part_in_it) {
  Desk desk;
  const std::string reg = "reg";
  RegisterUnit own = desk.first();
  own.holders = {{ContractNetwork::person(reg), {}}};
  Filing filing = desk.filing(own);
  filing.applicants = {ContractNetwork::person(reg)};
  BOOST_TEST(refused_for(desk.enter(filing), Code::own_case));
  Guardianship guardian = Registrar::guardianship();
  guardian.guardian = ContractNetwork::person(reg);
  BOOST_TEST(has_code(desk.enter(desk.entry(guardian)), Code::own_case));
  desk.set_holders({{ContractNetwork::person(reg), {}}}, other_house);
  BOOST_TEST(has_code(desk.enter(desk.merger(), {"seller"}), Code::own_case));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::property
