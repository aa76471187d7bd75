// The rules of the register about who files and about seizures, each decided both ways and said by its number. Those
// about other limits: property_limit_rules_tests.cpp.
#include "contracts/property_rules.h"

#include <set>

#include "contracts/civil_days.h"
#include "tests/contracts/registrar.h"

namespace kanhe::contracts::property {
namespace {

const std::string seller = "seller";
const std::string buyer = "buyer";

BOOST_AUTO_TEST_SUITE(property_rules_tests)

BOOST_AUTO_TEST_CASE(they_stand_in_the_order_of_their_numbers_each_once) {
  std::uint8_t last = 0;
  for (const DecidingRule& rule : deciding_rules()) {
    BOOST_TEST(rule.number > last);
    last = rule.number;
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Who files

BOOST_AUTO_TEST_CASE(r01_the_unit_is_in_the_register) {
  Registrar desk;
  BOOST_TEST(!desk.judge(desk.sale_filing()).broke(1));
  BOOST_TEST(desk.judge(desk.filing(desk.entry(Registrar::mortgage(), land))).broke(1));
}

BOOST_AUTO_TEST_CASE(r02_who_disposes_holds_and_who_files_is_of_the_matter) {
  Registrar desk;
  BOOST_TEST(desk.judge(desk.sale_filing()).findings.empty());
  BOOST_TEST(desk.judge(desk.filing(desk.transfer(Registrar::alone("buyer"), {"stranger"}), {"stranger", "buyer"}))
                 .broke(2));
  BOOST_TEST(desk.judge(desk.filing(desk.transfer(Registrar::alone("buyer")), {"seller", "buyer", "stranger"}))
                 .broke(2));
  BOOST_TEST(desk.judge(desk.filing(desk.transfer(Registrar::alone("buyer"), {}), {"seller", "buyer"})).broke(2));
  // A mortgage that the bank alone files.
  BOOST_TEST(desk.judge(desk.filing(desk.entry(Registrar::mortgage()), {"bank"})).broke(2));
  BOOST_TEST(desk.judge(desk.disposal(Registrar::mortgage())).findings.empty());
  // An heir's and a court's transfer need no holder to file.
  for (const Cause cause : {Cause::inheritance, Cause::judgment}) {
    BOOST_TEST(!desk.judge(desk.filing(desk.transfer(Registrar::alone("buyer"), {seller}, cause), {"buyer"})).broke(2));
  }
}

BOOST_AUTO_TEST_CASE(r03_both_sides_file_unless_one_may_alone) {
  Registrar desk;
  BOOST_TEST(desk.judge(desk.filing(desk.transfer(Registrar::alone("buyer")), {"seller"})).broke(3));
  for (const Burden& burden : std::initializer_list<Burden>{Registrar::mortgage(), Registrar::notice(),
                                                            Registrar::residence()}) {
    BOOST_TEST(desk.judge(desk.filing(desk.entry(burden), {"seller"})).broke(3), name_of(kind_of(burden)).en);
    BOOST_TEST(!desk.judge(desk.disposal(burden)).broke(3), name_of(kind_of(burden)).en);
  }
  // An easement is for the holders of the other unit.
  Unit other = desk.unit(other_house);
  other.holders = Registrar::alone("neighbour");
  units.put(desk.state(), other_house, other);
  BOOST_TEST(desk.judge(desk.filing(desk.entry(Registrar::easement()), {"seller"})).broke(3));
  BOOST_TEST(desk.judge(desk.filing(desk.entry(Registrar::easement()), {"seller", "neighbour"})).findings.empty());
  // Objections and notices of authorities have one side.
  BOOST_TEST(!desk.judge(desk.filing(desk.entry(Registrar::objection()), {"objector"})).broke(3));
  BOOST_TEST(!desk.judge(desk.filing(desk.entry(Registrar::seizure()))).broke(3));
  // Heirs file, and the dead do not; by judgment nobody has to.
  const auto inheritance = desk.transfer(Registrar::alone("heir"), {seller}, Cause::inheritance);
  BOOST_TEST(desk.judge(desk.filing(inheritance)).broke(3));
  BOOST_TEST(!desk.judge(desk.filing(inheritance, {"heir"})).broke(3));
  BOOST_TEST(!desk.judge(desk.filing(desk.transfer(Registrar::alone("buyer"), {seller}, Cause::judgment))).broke(3));
}

struct Shared : Registrar {
  explicit Shared(const Holders& holders) {
    BOOST_REQUIRE(succeeded(register_first(first(unit_number, holders))));
  }
  const UnitNumber unit_number = text<UnitNumber>("440304003008GB00012F00220047");
  bool refused_by(std::uint16_t rule, const Holders& after, const std::vector<std::string>& from,
                  const std::vector<std::string>& applicants, const std::vector<Consent>& consents = {},
                  const std::vector<Statement>& statements = {}) {
    Filing one = filing(transfer(after, from, Cause::sale, unit_number), applicants);
    for (const Consent& consent : consents) one.consents.push_back(consent);
    for (const Statement& statement : statements) one.statements.push_back(statement);
    return judge(one).broke(rule);
  }
};

Holders thirds() {
  return {{party("a"), share(1, 3)}, {party("b"), share(2, 6)}, {party("c"), share(3, 9)}};
}

BOOST_AUTO_TEST_CASE(r04_two_thirds_of_the_shares_dispose_or_all_who_hold_jointly) {
  Shared desk(thirds());
  const std::vector<std::string> all{"a", "b", "c"};
  BOOST_TEST(!desk.refused_by(4, Registrar::alone("x"), all, {"a", "b", "c", "x"}));
  BOOST_TEST(!desk.refused_by(4, Registrar::alone("x"), all, {"a", "b", "x"}), "exactly two thirds");
  BOOST_TEST(!desk.refused_by(4, Registrar::alone("x"), all, {"a", "x"}, {consent_of("c")}), "who consents counts");
  BOOST_TEST(desk.refused_by(4, Registrar::alone("x"), all, {"a", "x"}), "one third");
  // Half and half: none of them has two thirds.
  Shared halves({{party("a"), share(1, 2)}, {party("b"), share(1, 2)}});
  BOOST_TEST(halves.refused_by(4, Registrar::alone("x"), {"a", "b"}, {"a", "x"}));
  // One unit below two thirds.
  Shared fine({{party("a"), share(666'666'666, 1'000'000'000)}, {party("b"), share(333'333'334, 1'000'000'000)}});
  BOOST_TEST(fine.refused_by(4, Registrar::alone("x"), {"a", "b"}, {"a", "x"}));
  Shared enough({{party("a"), share(666'666'667, 1'000'000'000)}, {party("b"), share(333'333'333, 1'000'000'000)}});
  BOOST_TEST(!enough.refused_by(4, Registrar::alone("x"), {"a", "b"}, {"a", "x"}));
  Shared joint({{party("a"), {}}, {party("b"), {}}});
  BOOST_TEST(joint.refused_by(4, Registrar::alone("x"), {"a", "b"}, {"a", "x"}));
  BOOST_TEST(joint.refused_by(4, {{party("x"), {}}, {party("b"), {}}}, {"a"}, {"a", "x"}));
  BOOST_TEST(!joint.refused_by(4, Registrar::alone("x"), {"a", "b"}, {"a", "x"}, {consent_of("b")}));
  // Mortgages are disposals too.
  BOOST_TEST(joint.judge(joint.disposal(Registrar::mortgage(), joint.unit_number, "a")).broke(4));
}

BOOST_AUTO_TEST_CASE(r04_who_takes_no_part_loses_nothing) {
  Shared desk(thirds());
  const auto after = [](Share b, Share c) {
    return Holders{{party("x"), share(1, 3)}, {party("b"), b}, {party("c"), c}};
  };
  BOOST_TEST(!desk.refused_by(4, after(share(1, 3), share(1, 3)), {"a"}, {"a", "x"}));
  BOOST_TEST(desk.refused_by(4, after(share(1, 6), share(3, 6)), {"a"}, {"a", "x", "c"}));
  BOOST_TEST(desk.refused_by(4, {{party("x"), share(2, 3)}, {party("b"), share(1, 3)}}, {"a"}, {"a", "x"}));
}

// Disposing of the whole is one thing, taking somebody's share another.
BOOST_AUTO_TEST_CASE(r04_two_thirds_do_not_take_the_rest) {
  Shared desk({{party("a"), share(2, 3)}, {party("b"), share(1, 3)}});
  BOOST_TEST(!desk.refused_by(4, Registrar::alone("x"), {"a", "b"}, {"a", "x"}));
  BOOST_TEST(desk.refused_by(4, Registrar::alone("a"), {"a", "b"}, {"a"}));
  BOOST_TEST(desk.refused_by(4, {{party("a"), share(2, 3)}, {party("x"), share(1, 3)}}, {"a", "b"}, {"a", "x"}));
  // The same by the service.
  Counter::Sale sale = Counter::sale(desk.unit_number);
  sale.sellers = {party("a")};
  sale.buyers = {{party("a"), share(2, 3)}, {party("x"), share(1, 3)}};
  BOOST_TEST(has_code(desk.file(sale), Code::holder_not_selling));
}

BOOST_AUTO_TEST_CASE(r05_other_co_owners_were_told_of_the_sale_of_a_share_to_an_outsider) {
  Shared desk(thirds());
  const Holders outsider{{party("x"), share(1, 3)}, {party("b"), share(1, 3)}, {party("c"), share(1, 3)}};
  const Holders among{{party("b"), share(2, 3)}, {party("c"), share(1, 3)}};
  BOOST_TEST(desk.refused_by(5, outsider, {"a"}, {"a", "x"}));
  BOOST_TEST(desk.refused_by(5, outsider, {"a"}, {"a", "x"}, {consent_of("b")}), "c was not told");
  BOOST_TEST(!desk.refused_by(5, outsider, {"a"}, {"a", "x"}, {consent_of("b")}, {statement_of(5, "c")}));
  BOOST_TEST(!desk.refused_by(5, among, {"a"}, {"a", "b"}));
  BOOST_TEST(!desk.refused_by(5, Registrar::alone("x"), {"a", "b", "c"}, {"a", "b", "c", "x"}), "the whole");
  Filing inherited = desk.filing(desk.transfer(outsider, {"a"}, Cause::inheritance, desk.unit_number), {"x"});
  BOOST_TEST(!desk.judge(inherited).broke(5));
}

BOOST_AUTO_TEST_CASE(r06_is_told_where_several_acquire_and_no_share_is_said) {
  Registrar desk;
  const auto told = [&](const Holders& holders) {
    return desk.judge(desk.filing(desk.transfer(holders), {"seller", "b", "c"})).told;
  };
  BOOST_TEST((told({{party("b"), {}}, {party("c"), {}}}) == ToldRules{6}));
  BOOST_TEST(told({{party("b"), share(1, 2)}, {party("c"), share(1, 2)}}).empty());
  BOOST_TEST(told(Registrar::alone("b")).empty());
}

// ---------------------------------------------------------------------------------------------------------------------
// Seizures

BOOST_AUTO_TEST_CASE(r07_what_is_seized_is_neither_transferred_nor_mortgaged) {
  Registrar desk;
  BOOST_TEST(!desk.judge(desk.sale_filing()).broke(7));
  const std::uint32_t number = desk.put(Registrar::seizure());
  for (const Filing& one : {desk.sale_filing(), desk.disposal(Registrar::mortgage())}) {
    const auto judged = desk.judge(one);
    BOOST_TEST(judged.broke(7));
    BOOST_TEST(judged.broke(12) == false);
    BOOST_TEST(judged.findings.front().value == number);
  }
  BOOST_TEST(desk.judge(desk.filed(Registrar::objection())).findings.empty());
  BOOST_REQUIRE(succeeded(desk.enter(Registrar::ending(number, EndReason::decided))));
  BOOST_TEST(!desk.judge(desk.sale_filing()).broke(7));
}

BOOST_AUTO_TEST_CASE(r08_a_seizure_lasts_three_years_at_most_and_ends_by_itself) {
  Registrar desk;
  const auto too_long = [&](std::uint16_t days) {
    return desk.judge(desk.filing(desk.entry(Registrar::seizure("seller", days)))).broke(8);
  };
  BOOST_TEST(!too_long(1));
  BOOST_TEST(!too_long(seizure_days_max));
  BOOST_TEST(too_long(seizure_days_max + 1));
  const std::uint32_t number = desk.put(Registrar::seizure("seller", 10));
  BOOST_TEST(desk.judge(desk.filing(RenewSeizure{house, LimitNumber(number), SeizureDays(seizure_days_max + 1),
                                                 some_document})).broke(8));
  // Before, at and after its end: one and the same, whether or not the queue of what is due has run.
  const Timestamp end = desk.burden<Seizure>(number).until_ms.value();
  desk.wait(end - desk.now() - 1);
  BOOST_TEST(desk.judge(desk.sale_filing()).broke(7));
  desk.wait(1);
  BOOST_TEST(!desk.judge(desk.sale_filing()).broke(7));
  BOOST_TEST(desk.is_open(number));
  desk.execute({});
  BOOST_TEST(!desk.is_open(number));
  desk.wait(1);
  BOOST_TEST(!desk.judge(desk.sale_filing()).broke(7));
}

BOOST_AUTO_TEST_CASE(r09_of_several_seizures_the_one_delivered_first_is_active_and_the_next_follows) {
  Registrar desk;
  desk.wait(day_ms);
  const auto entered = [&](std::uint64_t before_ms) {
    EnterLimit act = desk.entry(Registrar::seizure());
    act.delivered_ms = Timestamp(desk.now().value() - before_ms);
    BOOST_REQUIRE(succeeded(desk.enter(act)));
  };
  entered(1'000);
  entered(3'000);
  entered(2'000);
  const auto active = [&] {
    std::vector<std::uint32_t> numbers;
    for (const NumberedLimit& limit : desk.open()) {
      if (limit.as<Seizure>()->active_ms) numbers.push_back(limit.number.value());
    }
    return numbers;
  };
  // Whichever was entered first.
  BOOST_TEST((active() == std::vector<std::uint32_t>{2}));
  BOOST_TEST(!desk.burden<Seizure>(1).until_ms.has_value());
  BOOST_REQUIRE(succeeded(desk.enter(Registrar::ending(2, EndReason::decided))));
  BOOST_TEST((active() == std::vector<std::uint32_t>{3}), "delivered before the first");
  BOOST_TEST((desk.burden<Seizure>(3).active_ms == desk.now()));
  // By time, too: from the end of the one before, although nobody acts for long.
  const Timestamp end = desk.burden<Seizure>(3).until_ms.value();
  desk.pass(400 * day_ms);
  BOOST_TEST((active() == std::vector<std::uint32_t>{1}));
  BOOST_TEST((desk.burden<Seizure>(1).active_ms == end));
  desk.pass(400 * day_ms);
  BOOST_TEST(desk.open().empty());
}

BOOST_AUTO_TEST_CASE(r09_what_is_entered_late_displaces_nothing_old) {
  Registrar desk;
  desk.wait(100 * day_ms);
  EnterLimit late = desk.entry(Registrar::seizure());
  late.delivered_ms = Timestamp(desk.now().value() - 50 * day_ms);
  desk.put(Registrar::seizure());
  desk.pass(10 * day_ms);
  BOOST_REQUIRE(succeeded(desk.enter(late)));
  BOOST_TEST(desk.burden<Seizure>(1).active_ms.has_value());
  BOOST_TEST(!desk.burden<Seizure>(2).active_ms.has_value());
  BOOST_TEST((limits.get(desk.state(), {house, LimitNumber(2)})->delivered_ms == late.delivered_ms), "as it was");
}

BOOST_AUTO_TEST_CASE(r10_a_seizure_takes_what_the_debtor_still_holds) {
  Registrar desk;
  BOOST_TEST(!desk.judge(desk.filing(desk.entry(Registrar::seizure("seller")))).broke(10));
  BOOST_TEST(desk.judge(desk.filing(desk.entry(Registrar::seizure("buyer")))).broke(10));
  // What somebody has bought, and has an advance notice of, is seized beforehand.
  Seizure before = Registrar::seizure("claimant");
  before.kind = SeizureKind::pre_seizure;
  BOOST_TEST(desk.judge(desk.filing(desk.entry(before))).broke(10));
  desk.put(Registrar::notice("claimant"));
  BOOST_TEST(!desk.judge(desk.filing(desk.entry(before))).broke(10));
  BOOST_TEST(desk.judge(desk.filing(desk.entry(Registrar::seizure("claimant")))).broke(10));
}

BOOST_AUTO_TEST_CASE(r10_a_notice_that_was_in_time_and_is_entered_too_late_is_told_apart) {
  Registrar desk;
  desk.sell_until_billed();
  BOOST_REQUIRE(succeeded(desk.pay()));
  EnterLimit act = desk.entry(Registrar::seizure());
  desk.wait(3'600'000);
  BOOST_REQUIRE(succeeded(desk.register_title()));
  BOOST_TEST(refused_for(desk.enter(act), FilingCode::transferred_meanwhile, FilingCode::debtor_not_holder));
  act.delivered_ms = desk.now();
  BOOST_TEST(refused_for(desk.enter(act), FilingCode::debtor_not_holder));
}

BOOST_AUTO_TEST_CASE(r07_what_was_seized_beforehand_becomes_the_debtors_and_stays_seized) {
  Registrar desk;
  const std::uint32_t notice = desk.put(Registrar::notice("buyer"));
  Seizure before = Registrar::seizure("buyer");
  before.kind = SeizureKind::pre_seizure;
  Counter::Sale sale = Counter::sale();
  desk.sell_until_billed(sale);
  BOOST_REQUIRE(succeeded(desk.pay()));
  const std::uint32_t number = desk.put(before);
  desk.execute({});
  BOOST_TEST(desk.is_held(), "the debtor's own purchase goes on");
  BOOST_TEST(refused_for(desk.enter(Registrar::ending(notice, EndReason::released), {"buyer"}),
                         FilingCode::unit_seized), "it is not the debtor's to give up");
  BOOST_TEST(desk.judge(desk.filing(desk.transfer(Registrar::alone("stranger")), {"seller", "stranger"})).broke(7));
  BOOST_REQUIRE(succeeded(desk.register_title()));
  BOOST_TEST(!desk.is_open(notice));
  BOOST_TEST((desk.burden<Seizure>(number).kind == SeizureKind::seizure));
  BOOST_TEST(desk.judge(desk.filing(desk.transfer(Registrar::alone("x"), {"buyer"}), {"buyer", "x"})).broke(7));
}

// A seizure and the registration of a sale in the same block, in both orders.
BOOST_AUTO_TEST_CASE(r10_in_one_block_the_order_decides) {
  for (const bool seizure_first : {true, false}) {
    Registrar desk;
    desk.sell_until_billed();
    BOOST_REQUIRE(succeeded(desk.pay()));
    const auto seize = desk.call("reg", "property", "enter", desk.filing(desk.entry(Registrar::seizure())));
    const auto sell = desk.call("reg", "service", "register", desk.registration());
    const auto receipts = desk.execute(seizure_first ? std::vector{seize, sell} : std::vector{sell, seize});
    const Receipt& first = receipts.at(1);
    const Receipt& second = receipts.at(2);
    BOOST_TEST(succeeded(first), service::codes_of(first));
    BOOST_REQUIRE(!succeeded(second));
    BOOST_TEST(service::codes_of(second) == (seizure_first ? "unit_seized" : "debtor_not_holder"));
    desk.execute({});
    // What was stopped is over, its unit free, what was paid can be paid back.
    BOOST_TEST((desk.application().phase == (seizure_first ? service::Phase::stopped : service::Phase::registered)));
    BOOST_TEST(!desk.is_held());
    BOOST_TEST((desk.unit().holders == Registrar::alone(seizure_first ? "seller" : "buyer")));
    if (seizure_first) BOOST_TEST(succeeded(desk.refund()));
  }
}

BOOST_AUTO_TEST_CASE(r11_of_a_courts_transfer_and_a_seizure_the_one_delivered_first_goes_first) {
  Registrar desk;
  desk.wait(day_ms);
  const Timestamp delivered = desk.now();
  desk.put(Registrar::seizure());
  const auto broken = [&](std::uint64_t ms) {
    TransferRight act = desk.transfer(Registrar::alone("buyer"), {seller}, Cause::judgment);
    act.delivered_ms = Timestamp(ms);
    return desk.judge(desk.filing(act, {"buyer"})).broke(11);
  };
  BOOST_TEST(!broken(delivered.value() - 1));
  BOOST_TEST(broken(delivered.value()));
  BOOST_TEST(broken(delivered.value() + 1));
}

BOOST_AUTO_TEST_CASE(r12_a_seizure_of_the_house_covers_the_land_and_the_reverse_where_the_holder_is_the_same) {
  for (const bool same_holder : {true, false}) {
    Registrar desk;
    auto first = Counter::first(land, Registrar::alone(same_holder ? "seller" : "developer"));
    first.right = RightKind::state_land_use;
    BOOST_REQUIRE(succeeded(desk.register_first(first)));
    const auto of_land = desk.disposal(Registrar::mortgage(), land, same_holder ? "seller" : "developer");
    BOOST_TEST(!desk.judge(of_land).broke(12));
    const std::uint32_t of_house = desk.put(Registrar::seizure());
    BOOST_TEST(desk.judge(of_land).broke(12) == same_holder);
    BOOST_REQUIRE(succeeded(desk.enter(Registrar::ending(of_house, EndReason::decided))));
    desk.put(Registrar::seizure(same_holder ? "seller" : "developer"), land);
    BOOST_TEST(desk.judge(desk.sale_filing()).broke(12) == same_holder);
    BOOST_TEST(!desk.judge(desk.sale_filing()).broke(7));
  }
}

// ---------------------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_refusal_names_every_rule_that_was_broken) {
  Registrar desk;
  desk.put(Registrar::mortgage("bank", true));
  desk.put(Registrar::residence());
  desk.put(Registrar::notice());
  desk.put(Registrar::seizure());
  desk.put(Registrar::objection());
  for (const NoteKind kind : {NoteKind::dispute, NoteKind::correction_pending, NoteKind::expropriation,
                              NoteKind::altered_structure}) {
    desk.put(Registrar::note(kind));
  }
  const Receipt receipt = desk.file(Counter::sale());
  std::set<std::uint16_t> broken;
  for (const Finding& finding : findings_of(receipt)) broken.insert(finding.rule);
  BOOST_TEST((broken == std::set<std::uint16_t>{7, 13, 17, 18, 19, 26, 30, 32, 35, 37}));
}

BOOST_AUTO_TEST_CASE(r30_a_right_beyond_its_term_is_not_disposed_of_but_that_of_a_dwelling_goes_on) {
  for (const Usage usage : {Usage::residential, Usage::non_residential}) {
    Registrar desk;
    Unit record = desk.unit();
    record.usage = usage;
    record.until_ms = desk.now() + day_ms;
    units.put(desk.state(), house, record);
    const auto breaks = [&] { return desk.judge(desk.sale_filing()).broke(30); };
    const bool may = usage == Usage::residential;
    desk.pass(day_ms - 1);
    BOOST_TEST(!breaks());
    desk.pass(1);
    BOOST_TEST(breaks() == !may);
    desk.pass(1);
    BOOST_TEST(breaks() == !may);
    const auto judged = desk.judge(desk.disposal(Registrar::mortgage()));
    BOOST_TEST(judged.broke(30) == !may);
  }
}

BOOST_AUTO_TEST_CASE(r33_who_inherits_is_entered_before_selling_if_by_one_filing) {
  Registrar desk;
  const TransferRight inheritance = desk.transfer(Registrar::alone("heir"), {"seller"}, Cause::inheritance);
  const TransferRight sale = desk.transfer(Registrar::alone("buyer"), {"heir"});
  Filing filing = desk.filing(inheritance, {"heir", "buyer"});
  filing.acts.push_back(sale);
  BOOST_TEST(desk.judge(filing).findings.empty());
  Filing reversed = desk.filing(sale, {"heir", "buyer"});
  reversed.acts.push_back(inheritance);
  BOOST_TEST(desk.judge(reversed).broke(33));
  // Who has nothing to come is no holder, and no heir either.
  const auto alone = desk.judge(desk.filing(sale, {"heir", "buyer"}));
  BOOST_TEST((alone.broke(2) && !alone.broke(33)));
}

BOOST_AUTO_TEST_CASE(r34_of_what_a_ward_holds_the_guardian_disposes_and_declares_why) {
  Registrar desk;
  Filing entry = desk.filing(desk.entry(Registrar::guardianship()), {"parent"});
  BOOST_REQUIRE(succeeded(desk.enter(entry)));
  desk.pass(1);
  BOOST_TEST(desk.judge(desk.sale_filing()).broke(34));
  Filing by_guardian = desk.filing(desk.transfer(Registrar::alone("buyer")), {"parent", "buyer"});
  BOOST_TEST(desk.judge(by_guardian).broke(34));
  by_guardian.statements = {statement_of(34, "parent")};
  BOOST_TEST(desk.judge(by_guardian).findings.empty());
  // The ward's own word does not do, nor a stranger's.
  Filing by_ward = desk.sale_filing();
  by_ward.statements = {statement_of(34, "seller")};
  BOOST_TEST(desk.judge(by_ward).broke(34));
  by_ward.statements = {statement_of(34, "parent")};
  BOOST_TEST(desk.judge(by_ward).broke(34));
  Filing mortgage = desk.filing(desk.entry(Registrar::mortgage()), {"parent", "bank"});
  BOOST_TEST(desk.judge(mortgage).broke(34));
  mortgage.statements = {statement_of(34, "parent")};
  BOOST_TEST(succeeded(desk.enter(mortgage)));
  // Not to the guardian.
  Filing to_guardian = desk.filing(desk.transfer(Registrar::alone("parent")), {"parent"});
  to_guardian.statements = {statement_of(34, "parent"), statement_of(18, "parent")};
  BOOST_TEST(desk.judge(to_guardian).broke(34));
}

BOOST_AUTO_TEST_CASE(r34_who_is_made_a_guardian_by_a_filing_disposes_of_nothing_in_it) {
  Registrar desk;
  Filing filing = desk.filing(desk.entry(Registrar::guardianship()), {"parent", "bank"});
  filing.acts.push_back(desk.entry(Registrar::mortgage()));
  filing.statements = {statement_of(34, "parent")};
  const Receipt receipt = desk.enter(filing);
  BOOST_REQUIRE(!succeeded(receipt));
  BOOST_TEST(has_code(receipt, UnitCode::guardian_missing));
}

BOOST_AUTO_TEST_CASE(r04_nobody_loses_by_an_inheritance_who_is_not_named) {
  Registrar desk;
  Unit record = desk.unit();
  record.holders = {{party("dead"), share(1, 2)}, {party("spouse"), share(1, 2)}};
  units.put(desk.state(), house, record);
  const auto attempt = [&](Holders holders) {
    return desk.judge(desk.filing(desk.transfer(std::move(holders), {"dead"}, Cause::inheritance), {"heir"})).broke(4);
  };
  BOOST_TEST(attempt(Registrar::alone("heir")));
  BOOST_TEST(attempt({{party("heir"), share(3, 4)}, {party("spouse"), share(1, 4)}}));
  BOOST_TEST(!attempt({{party("heir"), share(1, 2)}, {party("spouse"), share(1, 2)}}));
  record.holders = {{party("dead"), {}}, {party("spouse"), {}}};
  units.put(desk.state(), house, record);
  BOOST_TEST(!attempt({{party("heir"), {}}, {party("spouse"), {}}}));
  BOOST_TEST(attempt({{party("heir"), {}}, {party("second heir"), {}}, {party("spouse"), {}}}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::property
