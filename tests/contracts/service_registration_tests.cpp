// service registration: the services that ship, and filings of several acts: all of them are entered, with their
// certificates, or none.
#include "contracts/service_registration.h"

#include <boost/test/unit_test.hpp>

#include "tests/contracts/services.h"

namespace kanhe::contracts::service {
namespace {

using property::Registrar;

using Desk = Services;

BOOST_AUTO_TEST_SUITE(service_registration_tests)

BOOST_AUTO_TEST_CASE(every_service_that_ships_is_taken_as_it_is) {
  Desk desk;
  BOOST_TEST(Desk::shipped().size() >= 7u);
  for (const DefineArguments& one : Desk::shipped()) {
    const auto known = services.get(desk.state(), one.code);
    BOOST_REQUIRE_MESSAGE(known.has_value(), one.code.view());
    BOOST_TEST((encode(*known).size() > 0));
  }
}

BOOST_AUTO_TEST_CASE(a_mortgage_is_entered_with_its_proof_and_the_proof_ends_with_it) {
  Desk desk;
  desk.carry_on(desk.filing("mortgage", {desk.mortgage_of("bank")}, {"seller", "bank"}));
  BOOST_TEST(refused_for(desk.finish({}), Code::certificate_missing));
  BOOST_TEST(has_code(desk.finish({Counter::title("1")}), Code::certificate_not_expected));
  BOOST_TEST(refused_for(desk.finish({Desk::proof(1, "1"), Desk::proof(1, "2")}), Code::certificate_not_expected));
  Output other = Desk::proof(1, "1");
  other.id = title_id("1");
  BOOST_TEST(refused_for(desk.finish({other}), Code::certificate_of_other_type));
  Desk::must(desk.finish({Desk::proof(1, "1")}));
  BOOST_TEST((desk.application().phase == Phase::registered));
  const CertificateId proof = title_id("1", proof_type);
  BOOST_TEST((property::limits.get(desk.state(), {house, property::LimitNumber(1)}).value().proof == proof));
  BOOST_TEST((desk.standing(proof) == certificate::Standing::issued));

  property::EndLimit end = Registrar::ending(1, property::EndReason::released);
  desk.carry_on(desk.filing("mortgage-release", {end}, {"bank"}));
  Desk::must(desk.finish({}));
  BOOST_TEST(desk.open().empty());
  BOOST_TEST((desk.standing(proof) == certificate::Standing::deregistered));
}

BOOST_AUTO_TEST_CASE(a_service_takes_what_it_is_for_and_nothing_else) {
  Desk desk;
  const property::Act residence = desk.entry(Registrar::residence());
  BOOST_TEST(refused_for(desk.file(desk.filing("mortgage", {residence}, {"seller", "resident"})),
                         Code::cause_not_offered));
  const auto gift = desk.transfer(Registrar::alone("buyer"), {"seller"}, property::Cause::gift);
  BOOST_TEST(refused_for(desk.file(desk.filing("house-sale", {gift}, {"seller", "buyer"})), Code::cause_not_offered));
  BOOST_TEST(refused_for(desk.file(desk.filing("house-sale", {desk.mortgage_of("bank")}, {"seller", "bank"})),
                         Code::act_not_offered));
  BOOST_TEST(refused_for(desk.file(desk.filing("house-sale", {}, {"seller", "buyer"}, 1)),
                         property::FilingCode::acts_missing));
  desk.put(Registrar::residence());
  const auto end = Registrar::ending(1, property::EndReason::released);
  BOOST_TEST(refused_for(desk.file(desk.filing("mortgage-release", {end}, {"resident"})), Code::cause_not_offered));
}

BOOST_AUTO_TEST_CASE(a_new_building_is_registered_with_its_title) {
  Desk desk;
  desk.carry_on(desk.filing("new-building", {desk.building()}, {"developer"}));
  BOOST_TEST(desk.is_held(new_house));
  Desk::must(desk.finish({Counter::title("1", {}, new_house)}));
  const property::Unit unit = desk.unit(new_house);
  BOOST_TEST((unit.title == title_id("1")));
  BOOST_TEST((unit.application == desk.id));
  BOOST_TEST((unit.entry == property::EntryKind::first_registration));
  BOOST_TEST(!desk.is_held(new_house));
}

BOOST_AUTO_TEST_CASE(heirs_apply_alone_and_nothing_is_due) {
  Desk desk;
  const auto act = desk.transfer(Registrar::alone("heir"), {"seller"}, property::Cause::inheritance);
  desk.carry_on(desk.filing("inheritance", {act}, {"heir"}));
  BOOST_TEST(desk.bill().total.value() == 8'000u);
  Desk::must(desk.finish({Counter::title("1")}));
  BOOST_TEST((desk.unit().holders == Registrar::alone("heir")));
}

// 带押过户
BOOST_AUTO_TEST_CASE(a_sale_with_the_mortgage_in_place_is_one_entry_or_none) {
  Desk desk;
  desk.put(Registrar::mortgage("old bank", true));
  const auto sale = desk.transfer(Registrar::alone("buyer"));
  const auto end = Registrar::ending(1, property::EndReason::released);
  FileArguments filing = desk.filing("sale-with-mortgage", {end, sale, desk.mortgage_of("new bank")},
                                     {"seller", "buyer", "old bank", "new bank"}, 300'000'000);
  desk.carry_on(filing, 3'000'000);
  // One certificate too few: the old mortgage stands, the house is the seller's.
  BOOST_TEST(refused_for(desk.finish({Counter::title("1")}), Code::certificate_missing));
  BOOST_TEST(desk.is_open(1));
  BOOST_TEST((desk.unit().holders == Registrar::alone("seller")));

  Desk::must(desk.finish({Counter::title("1"), Desk::proof(3, "2")}));
  BOOST_TEST((desk.unit().holders == Registrar::alone("buyer")));
  BOOST_TEST((desk.unit().title == title_id("1")));
  BOOST_TEST(!desk.is_open(1));
  BOOST_TEST((desk.burden<property::Mortgage>(2).mortgagee == party("new bank")));
  const auto limit = property::limits.get(desk.state(), {house, property::LimitNumber(2)}).value();
  BOOST_TEST((limit.proof == title_id("2", proof_type)));
}

BOOST_AUTO_TEST_CASE(what_each_act_needs_is_asked_on_the_outcome_of_those_before) {
  Desk desk;
  desk.put(Registrar::mortgage("old bank", true));
  const auto sale = desk.transfer(Registrar::alone("buyer"));
  const auto end = Registrar::ending(1, property::EndReason::released);
  const auto attempt = [&](std::vector<property::Act> acts) {
    return desk.file(
        desk.filing("sale-with-mortgage", std::move(acts), {"seller", "buyer", "old bank", "new bank"}, 1));
  };
  // With the mortgage still there the buyer would have to know of it (R18).
  BOOST_TEST(has_code(attempt({sale, end, desk.mortgage_of("new bank")}), property::FilingCode::statement_missing));
  // The new mortgage is the buyer's to give.
  BOOST_TEST(succeeded(attempt({end, sale, desk.mortgage_of("new bank")})));
}

BOOST_AUTO_TEST_CASE(r33_an_inheritance_and_the_sale_of_what_was_inherited_are_one_filing_in_this_order) {
  Desk desk;
  DefineArguments both = Counter::sale_definition();
  both.code = text<ServiceCode>("inherit-and-sell");
  both.definition.causes = {property::Cause::inheritance, property::Cause::sale};
  Desk::must(desk.define(both));
  const auto inheritance = desk.transfer(Registrar::alone("heir"), {"seller"}, property::Cause::inheritance);
  const auto sale = desk.transfer(Registrar::alone("buyer"), {"heir"});
  FileArguments filing = desk.filing("house-sale", {sale, inheritance}, {"heir", "buyer"}, 300'000'000);
  filing.service = both.code;
  const Receipt reversed = desk.file(filing);
  BOOST_TEST(has_code(reversed, property::UnitCode::entry_needed_first), codes_of(reversed));
  BOOST_TEST(finding_of(reversed, property::UnitCode::entry_needed_first).rule == 33u);
  std::swap(filing.acts[0], filing.acts[1]);
  desk.carry_on(filing, 3'000'000);
  Desk::must(desk.finish({Counter::title("1")}));
  BOOST_TEST((desk.unit().holders == Registrar::alone("buyer")));
  BOOST_TEST((desk.unit().title == title_id("1")));
}

BOOST_AUTO_TEST_CASE(all_units_of_an_application_are_held_billed_and_let_go) {
  Desk desk;
  const auto one = desk.transfer(Registrar::alone("buyer"));
  const auto other = desk.transfer(Registrar::alone("buyer"), {"seller"}, property::Cause::sale, other_house);
  desk.carry_on(desk.filing("house-sale", {one, other}, {"seller", "buyer"}, 500'000'000), 2'500'000);
  BOOST_TEST((desk.is_held(house) && desk.is_held(other_house)));
  BOOST_TEST(desk.bill().total.value() == 2 * 8'000u + 5'000'000u);
  BOOST_TEST(refused_for(desk.finish({Counter::title("1")}), Code::certificate_missing));
  Desk::must(desk.finish({Counter::title("1"), Counter::title("2", {}, other_house)}));
  BOOST_TEST((!desk.is_held(house) && !desk.is_held(other_house)));
  BOOST_TEST((desk.unit(other_house).title == title_id("2")));
}

BOOST_AUTO_TEST_CASE(a_seizure_of_one_of_its_units_stops_the_application) {
  Desk desk;
  const auto one = desk.transfer(Registrar::alone("buyer"));
  const auto other = desk.transfer(Registrar::alone("buyer"), {"seller"}, property::Cause::sale, other_house);
  Desk::must(desk.file(desk.filing("house-sale", {one, other}, {"seller", "buyer"}, 500'000'000)));
  desk.put(Registrar::seizure(), other_house);
  desk.pass(1'000);
  BOOST_TEST((desk.application().phase == Phase::stopped));
  BOOST_TEST((!desk.is_held(house) && !desk.is_held(other_house)));
}

BOOST_AUTO_TEST_CASE(an_application_has_as_many_units_as_an_event_can_name) {
  Desk desk;
  property::SplitUnit split;
  split.unit = house;
  for (std::uint32_t i = 0; i < application_units_max; ++i) {
    split.parts.push_back({text<UnitNumber>("440304003008GB00012F0024000" + std::to_string(i)), {}});
  }
  DefineArguments splitting = Desk::shipped()[0];
  splitting.code = text<ServiceCode>("split");
  splitting.definition.acts = {ActKind::split_unit};
  splitting.definition.causes = {};
  splitting.definition.stages = {splitting.definition.stages[1]};
  Desk::must(desk.define(splitting));
  FileArguments filing = desk.filing("house-sale", {split}, {"seller"});
  filing.service = splitting.code;
  const Receipt receipt = desk.file(filing);
  BOOST_REQUIRE(refused_for(receipt, Code::units_too_many));
  BOOST_TEST(finding_of(receipt, Code::units_too_many).limit == application_units_max);
  std::get<property::SplitUnit>(filing.acts[0]).parts.pop_back();
  desk.carry_on(filing);
  List<Output, outputs_max> titles;
  for (std::uint32_t i = 0; i + 1 < application_units_max; ++i) {
    titles.push_back(Counter::title(std::to_string(i + 1), {}, split.parts[i].unit));
  }
  Desk::must(desk.finish(titles));
  for (std::uint32_t i = 0; i + 1 < application_units_max; ++i) {
    BOOST_TEST((desk.unit(split.parts[i].unit).title == title_id(std::to_string(i + 1))));
  }
}

BOOST_AUTO_TEST_CASE(deed_tax_is_assessed_where_rights_pass_and_only_there) {
  Desk desk;
  DefineArguments without = Counter::sale_definition();
  without.code = text<ServiceCode>("without-tax");
  without.definition.stages = {without.definition.stages[1]};
  BOOST_TEST(refused_for(desk.define(without), Code::assessment_missing));
  DefineArguments vain = Counter::sale_definition();
  vain.code = text<ServiceCode>("vain-tax");
  vain.definition.acts = {ActKind::change_unit};
  BOOST_TEST(refused_for(desk.define(vain), Code::assessment_without_transfer));
  vain.definition.acts = {ActKind::transfer, ActKind::transfer};
  BOOST_TEST(refused_for(desk.define(vain), Code::acts_repeated));
  vain.definition.acts = {};
  BOOST_TEST(has_code(desk.define(vain), property::FilingCode::acts_missing));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::service
