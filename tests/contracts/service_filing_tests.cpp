// service filing: who files what for which units, and whom that keeps away.
#include "contracts/service_filing.h"

#include <boost/test/unit_test.hpp>

#include "tests/contracts/services.h"

namespace kanhe::contracts::service {
namespace {

using property::Registrar;

BOOST_AUTO_TEST_SUITE(service_filing_tests)

BOOST_AUTO_TEST_CASE(who_sells_is_who_holds_all_of_them_and_nobody_else) {
  Counter counter;
  const UnitNumber unit = text<UnitNumber>("440304003008GB00012F00220047");
  const property::Holders couple{{party("seller"), {}}, {party("wife"), {}}};
  BOOST_REQUIRE(succeeded(counter.register_first(Counter::first(unit, couple))));
  Counter::Sale sale = Counter::sale(unit);
  const Receipt alone = counter.file(sale);
  BOOST_REQUIRE(refused_for(alone, PropertyCode::holder_not_selling));
  BOOST_TEST(findings_of(alone)[0].rule == 4u);
  BOOST_TEST((findings_of(alone)[0].subject == Subject(PartySubject{party("wife")})));
  sale.sellers = {party("seller"), party("thief")};
  BOOST_TEST(refused_for(counter.file(sale), PropertyCode::holder_not_selling, PropertyCode::seller_not_holder));
  sale.sellers = {party("seller"), party("wife"), party("seller")};
  BOOST_TEST(refused_for(counter.file(sale), PropertyCode::seller_repeated,
                         property::FilingCode::applicant_repeated));
  sale.sellers = {};
  BOOST_TEST(refused_for(counter.file(sale), PropertyCode::holder_not_selling, PropertyCode::holder_not_selling));
  FileArguments nobody = counter.filing_of(Counter::sale(unit));
  std::get<property::TransferRight>(nobody.acts[0]).from.clear();
  BOOST_TEST(has_code(counter.file(nobody), PropertyCode::sellers_missing));
  sale.sellers = {party("wife"), party("seller")};
  sale.buyers = couple;
  BOOST_TEST(refused_for(counter.file(sale), PropertyCode::holders_unchanged));
  sale.buyers = {{party("seller"), share(1, 3)}, {party("wife"), share(2, 3)}};
  BOOST_TEST(succeeded(counter.file(sale)));
}

BOOST_AUTO_TEST_CASE(units_that_are_unknown_or_of_another_register_are_refused) {
  Counter counter;
  const Receipt unknown = counter.file(Counter::sale(text<UnitNumber>("440304003008GB00012F00220099")));
  BOOST_REQUIRE(refused_for(unknown, PropertyCode::unknown_unit));
  BOOST_TEST(findings_of(unknown)[0].rule == 1u);
  const Counter::Sale elsewhere = Counter::sale(text<UnitNumber>("440305003008GB00012F00220099"));
  BOOST_TEST(refused_for(counter.file(elsewhere), PropertyCode::register_unknown));
  counter.found("440305", ContractNetwork::administrator("tax-office"));
  BOOST_TEST(refused_for(counter.file(elsewhere), HostCode::wrong_department));
}

BOOST_AUTO_TEST_CASE(of_two_sales_of_a_unit_in_one_block_the_first_is_filed_whichever_it_is) {
  for (const bool swapped : {false, true}) {
    Counter counter;
    Counter::Sale other = Counter::sale();
    other.buyers = {{party("stranger"), {}}};
    auto first = counter.call("clara", "service", "file", counter.filing_of(Counter::sale()));
    auto second = counter.call("carl", "service", "file", counter.filing_of(other));
    if (swapped) std::swap(first, second);
    const auto receipts = counter.execute({first, second});
    BOOST_TEST(succeeded(receipts[1]));
    BOOST_REQUIRE(refused_for(receipts[2], PropertyCode::unit_held));
    const Finding finding = findings_of(receipts[2])[0];
    BOOST_TEST(finding.rule == 39u);
    BOOST_TEST((finding.subject == Subject(ApplicationSubject{application_of(first.id)})));
    BOOST_TEST(!applications.contains(counter.state(), application_of(second.id)));
  }
}

BOOST_AUTO_TEST_CASE(r39_whatever_is_filed_waits_for_the_application_before) {
  Services desk;
  desk.put(Registrar::mortgage());
  Counter::Sale sale = Counter::sale();
  sale.statements = {property::statement_of(18, "buyer")};
  Services::must(desk.file(sale));
  const ApplicationId first = desk.id;
  const auto inheritance = desk.transfer(Registrar::alone("heir"), {"seller"}, property::Cause::inheritance);
  const Receipt second = desk.file(desk.filing("inheritance", {inheritance}, {"heir"}));
  BOOST_REQUIRE(refused_for(second, PropertyCode::unit_held));
  BOOST_TEST(finding_of(second, PropertyCode::unit_held).rule == 39u);
  BOOST_TEST((finding_of(second, PropertyCode::unit_held).subject == Subject(ApplicationSubject{first})));

  // That a limit ends does not wait, and does not take the unit from the sale.
  const auto end = Registrar::ending(1, property::EndReason::released);
  Services::must(desk.file(desk.filing("mortgage-release", {end}, {"bank"})));
  BOOST_TEST((property::holds.get(desk.state(), house).value().application == first));
  Services::must(desk.withdraw());
  BOOST_TEST((property::holds.get(desk.state(), house).value().application == first));
  desk.put(Registrar::seizure());
  desk.pass(1'000);
  BOOST_TEST((applications.get(desk.state(), first).value().phase == Phase::stopped));
  BOOST_TEST(!desk.is_held());
}

BOOST_AUTO_TEST_CASE(a_number_is_filed_for_its_first_registration_once) {
  Services desk;
  Services::must(desk.file(desk.filing("new-building", {desk.building()}, {"developer"})));
  BOOST_TEST(refused_for(desk.file(desk.filing("new-building", {desk.building()}, {"developer"})),
                         PropertyCode::unit_held));
  Services::must(desk.withdraw());
  BOOST_TEST(succeeded(desk.file(desk.filing("new-building", {desk.building()}, {"developer"}))));
}

BOOST_AUTO_TEST_CASE(what_an_authority_decides_is_not_applied_for_and_a_unit_is_sold_once) {
  Services desk;
  desk.put(Registrar::mortgage());
  const auto decided = Registrar::ending(1, property::EndReason::decided);
  BOOST_TEST(refused_for(desk.file(desk.filing("mortgage-release", {decided}, {"bank"})), Code::act_not_offered));
  const auto first = desk.transfer(Registrar::alone("buyer"));
  const auto second = desk.transfer(Registrar::alone("third"), {"buyer"});
  BOOST_TEST(has_code(desk.file(desk.filing("house-sale", {first, second}, {"seller", "buyer", "third"}, 1)),
                      Code::sold_twice));
}

BOOST_AUTO_TEST_CASE(whoever_has_a_part_in_it_neither_files_nor_decides) {
  Services desk;
  property::Mortgage own = Registrar::mortgage();
  own.mortgagee = ContractNetwork::person("rita");
  desk.put(own);
  const auto end = Registrar::ending(1, property::EndReason::released);
  FileArguments filing = desk.filing("mortgage-release", {end}, {"seller"});
  filing.consents = {{ContractNetwork::person("rita"), digest("consent")}};
  Services::must(desk.file(filing));
  Services::must(desk.accept());
  BOOST_TEST(refused_for(desk.registry("rita"), Code::own_case));
  FileArguments by_clerk = desk.filing("house-sale", {desk.transfer(Registrar::alone("buyer"))}, {"seller"}, 1);
  by_clerk.acts = {};
  property::TransferRight to_clerk = desk.transfer({{ContractNetwork::person("clara"), {}}}, {"seller"},
                                                   property::Cause::sale, other_house);
  by_clerk.acts.push_back(to_clerk);
  by_clerk.applicants = {party("seller"), ContractNetwork::person("clara")};
  BOOST_TEST(refused_for(desk.file(by_clerk), Code::own_case));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::service
