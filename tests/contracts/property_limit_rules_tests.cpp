// The rules of the register about advance notices, objections, mortgages, residence and notes, each decided both ways
// and said by its number.
#include "contracts/property_rules.h"

#include <set>

#include "contracts/civil_days.h"
#include "tests/contracts/registrar.h"

namespace kanhe::contracts::property {
namespace {

const std::string seller = "seller";
const std::string buyer = "buyer";

BOOST_AUTO_TEST_SUITE(property_limit_rules_tests)

// ---------------------------------------------------------------------------------------------------------------------
// Advance notices and objections

BOOST_AUTO_TEST_CASE(r13_while_an_advance_notice_stands_its_holder_consents_to_every_disposal) {
  Registrar desk;
  desk.put(Registrar::notice("claimant"));
  std::vector<Filing> disposals{desk.sale_filing(), desk.disposal(Registrar::mortgage()),
                                desk.disposal(Registrar::residence()), desk.disposal(Registrar::notice("another"))};
  for (Filing& one : disposals) {
    BOOST_TEST(desk.judge(one).broke(13));
    one.consents.push_back(consent_of("claimant"));
    BOOST_TEST(!desk.judge(one).broke(13));
  }
  // What was announced itself.
  BOOST_TEST(!desk.judge(desk.filing(desk.transfer(Registrar::alone("claimant")), {"seller", "claimant"})).broke(13));
  for (const Cause cause : {Cause::inheritance, Cause::judgment}) {
    BOOST_TEST(!desk.judge(desk.filing(desk.transfer(Registrar::alone("buyer"), {seller}, cause))).broke(13));
  }
}

BOOST_AUTO_TEST_CASE(r14_an_advance_notice_lapses_ninety_days_after_it_could_be_carried_out) {
  Registrar desk;
  const std::uint32_t number = desk.put(Registrar::notice("claimant"));
  desk.pass(400 * day_ms);
  BOOST_TEST(desk.is_open(number), "nothing could be applied for");
  BOOST_REQUIRE(succeeded(desk.enter(NoticePossible{house, LimitNumber(number), some_document})));
  const Timestamp end = end_of_days(desk.now(), advance_notice_days);
  desk.wait(end - desk.now() - 1);
  BOOST_TEST(desk.judge(desk.sale_filing()).broke(13));
  desk.wait(1);
  BOOST_TEST(!desk.judge(desk.sale_filing()).broke(13));
  desk.execute({});
  BOOST_TEST(!desk.is_open(number));
}

BOOST_AUTO_TEST_CASE(r14_what_was_applied_for_in_time_does_not_lapse) {
  for (const bool registered : {true, false}) {
    Registrar desk;
    AdvanceNotice notice = Registrar::notice("buyer");
    notice.possible_ms = desk.now();
    const std::uint32_t number = desk.put(notice);
    desk.wait(80 * day_ms);
    desk.sell_until_billed();
    desk.pass(20 * day_ms);
    BOOST_TEST(desk.is_open(number));
    if (registered) {
      BOOST_REQUIRE(succeeded(desk.pay()));
      BOOST_REQUIRE(succeeded(desk.register_title()));
    } else {
      BOOST_REQUIRE(succeeded(desk.withdraw()));
      desk.pass(1);
    }
    BOOST_TEST(!desk.is_open(number), "carried out, or lapsed with the application");
  }
}

BOOST_AUTO_TEST_CASE(r15_a_mortgage_takes_the_place_of_its_advance_notice) {
  Registrar desk;
  const std::uint32_t first = desk.put(Registrar::notice("bank", AdvanceNoticeKind::presale_mortgage));
  const std::uint32_t second = desk.put(Registrar::mortgage("other bank"));
  const auto carried_out = [&](std::string_view bank, std::uint32_t notice) {
    Filing one = desk.disposal(Registrar::mortgage(bank));
    std::get<EnterLimit>(one.acts[0]).in_place_of = LimitNumber(notice);
    return one;
  };
  BOOST_TEST(desk.judge(carried_out("other bank", first)).broke(15), "another's notice");
  BOOST_TEST(desk.judge(carried_out("bank", second)).broke(15), "no notice");
  BOOST_TEST(desk.judge(carried_out("bank", 99)).broke(15));
  BOOST_REQUIRE(succeeded(desk.enter(carried_out("bank", first))));
  BOOST_TEST(!desk.is_open(first));
  const std::uint32_t third = second + 1;
  BOOST_TEST((desk.burden<Mortgage>(third).rank < desk.burden<Mortgage>(second).rank));
  BOOST_TEST(desk.judge(carried_out("bank", first)).broke(15), "it is carried out");
}

BOOST_AUTO_TEST_CASE(r16_an_objection_lapses_after_fifteen_days_without_a_lawsuit) {
  for (const bool sued : {true, false}) {
    Registrar desk;
    const std::uint32_t number = desk.put(Registrar::objection());
    const Timestamp end = end_of_days(desk.now(), objection_days);
    if (sued) BOOST_REQUIRE(succeeded(desk.enter(ShowLawsuit{house, LimitNumber(number), some_document})));
    desk.wait(end - desk.now() - 1);
    BOOST_TEST(desk.judge(desk.sale_filing()).broke(17));
    desk.wait(1);
    BOOST_TEST(desk.judge(desk.sale_filing()).broke(17) == sued);
    desk.execute({});
    BOOST_TEST(desk.is_open(number) == sued);
    desk.pass(1'000 * day_ms);
    BOOST_TEST(desk.is_open(number) == sued);
  }
}

// What the rule says, what has to be there, and who has to declare.
struct Asked {
  std::uint8_t rule;
  Burden burden;
};

BOOST_AUTO_TEST_CASE(r17_r18_r26_r35_who_acquires_declares_to_know_what_stands_there) {
  const Asked asked[] = {{17, Registrar::objection()},
                         {18, Registrar::mortgage()},
                         {26, Registrar::residence()},
                         {35, Registrar::note(NoteKind::expropriation)}};
  for (const Asked& one : asked) {
    Registrar desk;
    Filing sale = desk.sale_filing();
    BOOST_TEST(!desk.judge(sale).broke(one.rule));
    const std::uint32_t number = desk.put(one.burden);
    const auto judged = desk.judge(sale);
    BOOST_REQUIRE(judged.findings.size() == 1u);
    BOOST_TEST(judged.findings[0].rule == one.rule);
    BOOST_TEST(judged.findings[0].value == number);
    BOOST_TEST((judged.findings[0].subject == Subject(PartySubject{party(buyer)})));
    sale.statements.push_back(statement_of(one.rule, "seller"));
    BOOST_TEST(desk.judge(sale).broke(one.rule), "the seller's does not count");
    sale.statements.push_back(statement_of(one.rule, "buyer"));
    BOOST_TEST(desk.judge(sale).findings.empty());
  }
}

// Where nobody has seen the article, the departments say what counts, for as long as they like.
BOOST_AUTO_TEST_CASE(r17_r34_r35_are_off_while_a_motion_says_so_and_no_rule_of_the_law_ever_is) {
  const Asked asked[] = {{17, Registrar::objection()},
                         {34, Registrar::guardianship()},
                         {35, Registrar::note(NoteKind::expropriation)}};
  for (const Asked& one : asked) {
    Registrar desk;
    if (one.rule == 34) {
      BOOST_REQUIRE(succeeded(desk.enter(desk.filing(desk.entry(one.burden), {"parent"}))));
    } else {
      desk.put(one.burden);
    }
    desk.pass(1);
    const Filing sale = desk.sale_filing();
    BOOST_REQUIRE(desk.judge(sale).broke(one.rule));
    desk.carry(membership::SetRules{{one.rule}});
    desk.execute({});
    BOOST_TEST((governance::settings(desk.state()).rules_version == RulesVersion(2)));
    BOOST_TEST(!desk.judge(sale).broke(one.rule));
    desk.carry(membership::SetRules{});
    desk.execute({});
    BOOST_TEST(desk.judge(sale).broke(one.rule));
    // What was in force stays known.
    BOOST_TEST((governance::rules_off(desk.state(), RulesVersion(2)) == governance::RulesOff{one.rule}));
    BOOST_TEST(governance::rules_off(desk.state(), RulesVersion(1)).empty());
    BOOST_TEST(governance::rules_off(desk.state(), RulesVersion(3)).empty());
  }
}

BOOST_AUTO_TEST_CASE(r19_r20_a_ban_on_transfer_counts_when_it_is_registered) {
  for (const bool bans : {true, false}) {
    Registrar desk;
    desk.put(Registrar::mortgage("bank", bans));
    Filing sale = desk.sale_filing();
    sale.statements.push_back(statement_of(18, "buyer"));
    const auto judged = desk.judge(sale);
    BOOST_TEST(judged.broke(19) == bans);
    BOOST_TEST((judged.told == (bans ? ToldRules{} : ToldRules{20})));
    sale.consents.push_back(consent_of("bank"));
    BOOST_TEST(!desk.judge(sale).broke(19));
  }
}

BOOST_AUTO_TEST_CASE(r21_mortgages_rank_as_they_were_entered_and_change_places_when_all_between_agree) {
  Registrar desk;
  for (const auto* bank : {"one", "two", "three", "four"}) desk.put(Registrar::mortgage(bank));
  Filing swap = desk.filing(SwapRanks{house, LimitNumber(1), LimitNumber(3)}, {"one", "three"});
  BOOST_TEST(desk.judge(swap).broke(21), "two lies between");
  BOOST_TEST(desk.judge(swap).broke(4), "the holder is asked too");
  swap.applicants.push_back(party("seller"));
  swap.consents.push_back(consent_of("two"));
  BOOST_TEST(desk.judge(swap).findings.empty(), "four is not touched");
  BOOST_REQUIRE(succeeded(desk.enter(swap)));
  BOOST_TEST((desk.burden<Mortgage>(1).rank == LimitNumber(3)));
  BOOST_TEST((desk.burden<Mortgage>(2).rank == LimitNumber(2)));
  BOOST_TEST((desk.burden<Mortgage>(3).rank == LimitNumber(1)));
}

BOOST_AUTO_TEST_CASE(r21_a_mortgage_that_is_announced_keeps_its_place) {
  Registrar desk;
  desk.put(Registrar::mortgage("one"));
  const std::uint32_t notice = desk.put(Registrar::notice("bank", AdvanceNoticeKind::other_mortgage));
  const std::uint32_t last = desk.put(Registrar::mortgage("three"));
  Filing swap = desk.filing(SwapRanks{house, LimitNumber(1), LimitNumber(last)}, {"one", "three", "seller"});
  BOOST_TEST(desk.judge(swap).broke(21));
  swap.consents.push_back(consent_of("bank"));
  BOOST_REQUIRE(succeeded(desk.enter(swap)));
  Filing carried_out = desk.disposal(Registrar::mortgage("bank"));
  std::get<EnterLimit>(carried_out.acts[0]).in_place_of = LimitNumber(notice);
  BOOST_REQUIRE(succeeded(desk.enter(carried_out)));
  BOOST_TEST((desk.burden<Mortgage>(last).rank == LimitNumber(1)));
  BOOST_TEST((desk.burden<Mortgage>(last + 1).rank == LimitNumber(notice)));
  BOOST_TEST((desk.burden<Mortgage>(1).rank == LimitNumber(last)));
}

BOOST_AUTO_TEST_CASE(r22_land_does_not_leave_without_the_houses_of_the_same_holder) {
  for (const auto* holder : {"seller", "developer"}) {
    Registrar desk;
    auto first = Counter::first(land, Registrar::alone(holder));
    first.right = RightKind::state_land_use;
    BOOST_REQUIRE(succeeded(desk.register_first(first)));
    Filing one = desk.disposal(Registrar::mortgage(), land, holder);
    const bool has_houses = holder == seller;
    BOOST_TEST(desk.judge(one).broke(22) == has_houses);
    // With both of them.
    for (const UnitNumber& unit : {house, other_house}) one.acts.push_back(desk.entry(Registrar::mortgage(), unit));
    if (has_houses) BOOST_TEST(desk.judge(one).findings.empty());
    // Not to somebody else.
    std::get<Mortgage>(std::get<EnterLimit>(one.acts[2]).burden).mortgagee = party("friend");
    BOOST_TEST(desk.judge(one).broke(22) == has_houses);
  }
}

BOOST_AUTO_TEST_CASE(r22_a_parcel_with_too_many_units_is_not_looked_through) {
  Registrar desk;
  auto first = Counter::first(land, Registrar::alone("developer"));
  first.right = RightKind::state_land_use;
  BOOST_REQUIRE(succeeded(desk.register_first(first)));
  const auto put_flat = [&](std::size_t number) {
    const std::string digits = std::to_string(10'000'000 + number);
    units.put(desk.state(), text<UnitNumber>("440304003008GB00013F" + digits), desk.unit());
    units.put(desk.state(), text<UnitNumber>("440304003008GB00012F" + digits), desk.unit());
  };
  for (std::size_t i = 0; i + 3 < fixtures_looked_at_max; ++i) put_flat(i);
  const Filing one = desk.disposal(Registrar::mortgage(), land, "developer");
  BOOST_TEST(!desk.judge(one).broke(22));
  put_flat(5'000);
  BOOST_TEST(desk.judge(one).broke(22));
}

BOOST_AUTO_TEST_CASE(r23_homesteads_public_facilities_and_what_is_disputed_are_not_mortgaged) {
  const UnitNumber home = text<UnitNumber>("440304003008JC00012F00220047");
  Registrar desk;
  auto first = Counter::first(home, Registrar::alone("seller"));
  first.right = RightKind::homestead_and_house;
  BOOST_REQUIRE(succeeded(desk.register_first(first)));
  BOOST_TEST(desk.judge(desk.disposal(Registrar::mortgage(), home)).broke(23));
  BOOST_TEST(!desk.judge(desk.disposal(Registrar::mortgage())).broke(23));
  desk.put(Registrar::note(NoteKind::public_facility));
  BOOST_TEST(desk.judge(desk.disposal(Registrar::mortgage())).broke(23));
  desk.put(Registrar::note(NoteKind::dispute), other_house);
  BOOST_TEST(desk.judge(desk.disposal(Registrar::mortgage(), other_house)).broke(23));
}

BOOST_AUTO_TEST_CASE(r24_a_maximum_mortgage_has_a_period_and_is_fixed_by_its_end_or_a_seizure) {
  Mortgage maximum = Registrar::mortgage();
  maximum.kind = MortgageKind::maximum_amount;
  for (const bool seized : {true, false}) {
    Registrar desk;
    BOOST_TEST(desk.judge(desk.disposal(maximum)).broke(24));
    maximum.until_ms = desk.now() + 100 * day_ms;
    BOOST_TEST(!desk.judge(desk.disposal(maximum)).broke(24));
    const std::uint32_t number = desk.put(maximum);
    maximum.until_ms.reset();
    desk.pass(100 * day_ms - 1);
    BOOST_TEST(!desk.burden<Mortgage>(number).is_fixed);
    if (seized) {
      desk.put(Registrar::seizure());
    } else {
      desk.pass(1);
    }
    BOOST_TEST(desk.burden<Mortgage>(number).is_fixed);
    desk.pass(1'000 * day_ms);
    BOOST_TEST(desk.is_open(number));
  }
}

BOOST_AUTO_TEST_CASE(r25_a_right_of_residence_is_in_a_dwelling_and_ends_with_its_term_or_its_holder) {
  const UnitNumber shop = text<UnitNumber>("440304003008GB00012F00220047");
  Registrar desk;
  auto first = Counter::first(shop, Registrar::alone("seller"));
  first.usage = Usage::non_residential;
  BOOST_REQUIRE(succeeded(desk.register_first(first)));
  BOOST_TEST(desk.judge(desk.disposal(Registrar::residence(), shop)).broke(25));
  BOOST_TEST(!desk.judge(desk.disposal(Registrar::residence())).broke(25));
  Residence for_a_year = Registrar::residence("tenant");
  for_a_year.until_ms = desk.now() + 365 * day_ms;
  const std::uint32_t with_term = desk.put(for_a_year);
  const std::uint32_t for_life = desk.put(Registrar::residence());
  desk.pass(365 * day_ms - 1);
  BOOST_TEST(desk.is_open(with_term));
  desk.pass(1);
  BOOST_TEST(!desk.is_open(with_term));
  BOOST_TEST(desk.is_open(for_life));
  BOOST_TEST(succeeded(desk.enter(Registrar::ending(for_life, EndReason::died))));
}

// ---------------------------------------------------------------------------------------------------------------------
// Notes, and the order of applications

BOOST_AUTO_TEST_CASE(r30_r32_r37_what_the_registry_has_noted_stands_against_it_until_it_is_cleared) {
  const std::pair<std::uint16_t, NoteKind> notes[] = {
      {30, NoteKind::dispute}, {32, NoteKind::correction_pending}, {37, NoteKind::altered_structure}};
  for (const auto& [rule, kind] : notes) {
    Registrar desk;
    BOOST_TEST(!desk.judge(desk.sale_filing()).broke(rule));
    const std::uint32_t number = desk.put(Registrar::note(kind));
    BOOST_TEST(desk.judge(desk.sale_filing()).broke(rule));
    BOOST_TEST(desk.judge(desk.disposal(Registrar::mortgage())).broke(rule));
    BOOST_TEST(desk.judge(desk.disposal(Registrar::residence())).broke(rule) == (rule != 37));
    BOOST_REQUIRE(succeeded(desk.enter(Registrar::ending(number, EndReason::decided))));
    BOOST_TEST(desk.judge(desk.sale_filing()).findings.empty());
  }
}

BOOST_AUTO_TEST_CASE(r36_subsidised_housing_is_mortgaged_with_the_departments_consent) {
  Registrar desk;
  Filing one = desk.disposal(Registrar::mortgage());
  desk.put(Registrar::note(NoteKind::subsidised_housing));
  BOOST_TEST(desk.judge(one).broke(36));
  BOOST_TEST(!desk.judge(desk.sale_filing()).broke(36));
  one.statements.push_back(statement_of(36, "housing bureau"));
  BOOST_TEST(!desk.judge(one).broke(36));
}

BOOST_AUTO_TEST_CASE(r39_an_application_keeps_others_away_but_no_authority) {
  Registrar desk;
  const std::uint32_t number = desk.put(Registrar::residence());
  Counter::Sale sale = Counter::sale();
  sale.statements.push_back(statement_of(26, "buyer"));
  BOOST_REQUIRE(succeeded(desk.file(sale)));
  BOOST_TEST(!desk.judge(desk.filing(Registrar::ending(number, EndReason::released), {"resident"})).broke(39));
  for (const Filing& one : {desk.sale_filing(), desk.disposal(Registrar::mortgage())}) {
    BOOST_TEST(desk.judge(one).broke(39));
    BOOST_TEST(!desk.judge(one, desk.id).broke(39), "its own");
  }
  for (const Burden& burden : std::initializer_list<Burden>{Registrar::seizure(), Registrar::objection(),
                                                            Registrar::note(NoteKind::dispute)}) {
    BOOST_TEST(!desk.judge(desk.filing(desk.entry(burden))).broke(39), name_of(kind_of(burden)).en);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::property
