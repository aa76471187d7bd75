// treasury: what a bill says, and that it is paid once, exactly, by the right office.
#include "contracts/treasury.h"

#include <boost/test/unit_test.hpp>

#include "tests/contracts/counter.h"

namespace kanhe::contracts::treasury {
namespace {

using service::Counter;
using service::events_of;
using service::finding_of;
using service::HostCode;
using service::house;
using service::other_house;
using service::party;

BillLine line(ChargeKind kind, std::string_view department, std::uint64_t amount) {
  return {kind, ContractNetwork::department(department), Charge(amount)};
}

BOOST_AUTO_TEST_SUITE(treasury_tests)

BOOST_AUTO_TEST_CASE(the_bill_is_the_fee_and_what_the_tax_office_assessed) {
  Counter counter;
  counter.sell_until_billed();
  const Bill bill = counter.bill();
  const BillLines expected{line(ChargeKind::registration_fee, "registry", 8'000),
                           line(ChargeKind::deed_tax, "tax-office", 3'000'000)};
  BOOST_TEST((bill.lines == expected));
  BOOST_TEST((bill.total == Fen(3'008'000)));
  BOOST_TEST((bill.state == BillState::open));
  BOOST_TEST(bill.treasury.str() == "treasury");
}

BOOST_AUTO_TEST_CASE(the_fee_follows_the_usage_of_the_unit) {
  using enum property::Usage;
  for (const auto& [usage, fee] : {std::pair{residential, 8'000u}, {ancillary, 8'000u}, {non_residential, 55'000u}}) {
    Counter counter;
    const auto number = service::text<UnitNumber>("440304003008GB00012F00220047");
    auto first = Counter::first(number, {{party("seller"), {}}});
    first.usage = usage;
    BOOST_REQUIRE(succeeded(counter.register_first(first)));
    counter.sell_until_billed(Counter::sale(number));
    BOOST_TEST(counter.bill().lines.at(0).amount.value() == fee, enum_name(usage));
  }
}

BOOST_AUTO_TEST_CASE(sums_of_charges_stay_within_fen_at_their_largest) {
  BillLines lines;
  while (!lines.full()) lines.push_back(line(ChargeKind::deed_tax, "tax-office", Charge::max));
  BOOST_TEST(total_of(lines).in_range());
  BOOST_TEST(total_of(lines).value() == bill_lines_max * Charge::max);
  Counter counter;
  counter.file(Counter::sale());
  counter.accept();
  counter.housing();
  BOOST_TEST(succeeded(counter.tax("tess", Charge::max)));
  BOOST_TEST(succeeded(counter.registry()));
  BOOST_TEST((counter.bill().total == Fen(Charge::max + 8'000)));
}

BOOST_AUTO_TEST_CASE(exactly_the_total_is_paid) {
  Counter counter;
  counter.sell_until_billed();
  for (const std::uint64_t amount : {0u, 8'000u, 3'007'999u, 3'008'001u}) {
    const Receipt receipt = counter.pay("P-1", amount);
    BOOST_REQUIRE(refused_for(receipt, Code::amount_differs));
    BOOST_TEST(findings_of(receipt)[0].limit == 3'008'000u);
    BOOST_TEST(findings_of(receipt)[0].value == amount);
  }
  const Receipt paid = counter.pay();
  BOOST_REQUIRE(succeeded(paid));
  BOOST_TEST(paid.events.at(0).name.str() == "treasury.paid");
  BOOST_TEST((counter.bill().state == BillState::settled));
  BOOST_TEST((counter.bill().settled_ms == counter.now()));
}

BOOST_AUTO_TEST_CASE(a_bill_is_paid_once) {
  Counter counter;
  counter.sell_until_billed();
  const auto once = counter.call("theo", "treasury", "pay",
                                 PayArguments{counter.id, service::text<PaymentReference>("P-1"), Fen(3'008'000)});
  const auto twice = counter.call("theo", "treasury", "pay",
                                  PayArguments{counter.id, service::text<PaymentReference>("P-2"), Fen(3'008'000)});
  const auto receipts = counter.execute({once, twice});
  BOOST_TEST(succeeded(receipts[1]));
  BOOST_TEST(refused_for(receipts[2], Code::bill_not_open));
  BOOST_TEST(refused_for(counter.pay(), Code::bill_not_open, Code::reference_used));
}

BOOST_AUTO_TEST_CASE(a_payment_reference_is_used_once_across_applications) {
  Counter counter;
  counter.sell_until_billed();
  const ApplicationId first = counter.id;
  BOOST_TEST(succeeded(counter.pay("P-1")));
  counter.sell_until_billed(Counter::sale(other_house));
  const Receipt receipt = counter.pay("P-1");
  BOOST_REQUIRE(refused_for(receipt, Code::reference_used));
  BOOST_TEST((findings_of(receipt)[0].subject == Subject(ApplicationSubject{first})));
  BOOST_TEST((counter.bill().state == BillState::open));
  BOOST_TEST(succeeded(counter.pay("P-2")));
}

BOOST_AUTO_TEST_CASE(only_the_treasury_of_the_bill_records_payments) {
  Counter counter;
  counter.enrol("ted", "tax-office", {Role::treasury_officer});
  counter.sell_until_billed();
  BOOST_TEST(refused_for(counter.pay("P-1", 3'008'000, "ted"), HostCode::wrong_department));
  BOOST_TEST(refused_for(counter.pay("P-1", 3'008'000, "tess"), HostCode::role_needed));
  BOOST_TEST(refused_for(counter.pay("P-1", 3'008'000, "buyer"), HostCode::role_needed));
  counter.id = ApplicationId();
  BOOST_TEST(refused_for(counter.pay(), Code::unknown_bill));
}

BOOST_AUTO_TEST_CASE(nobody_with_a_part_in_the_application_records_its_payment) {
  for (const auto* name : {"seller", "buyer", "clara", "carl", "hugo", "tess", "rita"}) {
    Counter counter;
    counter.run(ContractNetwork::administrator("treasury"), "governance", "enrol_officer",
                governance::EnrolOfficerArguments{ContractNetwork::key("second key"), party(name),
                                                  {Role::treasury_officer}});
    counter.sell_until_billed();
    BOOST_TEST(refused_for(counter.pay("P-1", 3'008'000, "second key"), Code::own_case), name);
  }
}

// An application without a fee and exempt from tax, billed.
void sell_for_nothing(Counter& counter) {
  auto free = Counter::sale_definition();
  free.code = service::text<service::ServiceCode>("free-sale");
  free.definition.fee_residential = Charge(0);
  BOOST_REQUIRE(succeeded(counter.define(free)));
  auto sale = Counter::sale();
  sale.service = free.code;
  counter.file(sale);
  counter.accept();
  counter.housing();
  counter.tax("tess", 0);
  BOOST_REQUIRE(succeeded(counter.registry()));
}

BOOST_AUTO_TEST_CASE(a_bill_of_nothing_is_settled_at_once) {
  Counter counter;
  sell_for_nothing(counter);
  BOOST_TEST((counter.bill().state == BillState::settled));
  BOOST_TEST(refused_for(counter.pay("P-1", 0), Code::bill_not_open));
  BOOST_TEST(succeeded(counter.register_title()));
}

BOOST_AUTO_TEST_CASE(nothing_is_refunded_where_nothing_was_paid) {
  Counter counter;
  sell_for_nothing(counter);
  BOOST_TEST(succeeded(counter.withdraw()));
  BOOST_TEST((counter.bill().state == BillState::cancelled));
  BOOST_TEST(refused_for(counter.refund(), Code::no_refund_due));
}

BOOST_AUTO_TEST_CASE(the_reference_of_a_refund_is_used_up_too) {
  Counter counter;
  counter.sell_until_billed();
  counter.pay("P-1");
  counter.withdraw();
  BOOST_TEST(succeeded(counter.refund("R-1")));
  counter.sell_until_billed();
  BOOST_TEST(refused_for(counter.pay("R-1"), Code::reference_used));
  BOOST_TEST(succeeded(counter.pay("P-2")));
}

BOOST_AUTO_TEST_CASE(what_was_paid_is_refunded_when_the_application_is_withdrawn) {
  Counter counter;
  counter.sell_until_billed();
  BOOST_TEST(refused_for(counter.refund(), Code::no_refund_due));
  counter.pay();
  BOOST_TEST(refused_for(counter.refund(), Code::no_refund_due));
  BOOST_TEST(succeeded(counter.withdraw("buyer")));
  BOOST_TEST((counter.bill().state == BillState::refund_due));
  BOOST_TEST(refused_for(counter.refund("P-1"), Code::reference_used));
  BOOST_TEST(refused_for(counter.refund("R-1", "tess"), HostCode::role_needed));
  BOOST_TEST(succeeded(counter.refund()));
  BOOST_TEST((counter.bill().state == BillState::refunded));
  BOOST_TEST(refused_for(counter.refund("R-2"), Code::no_refund_due));
  BOOST_TEST(has_code(counter.pay("P-2"), Code::bill_not_open));
}

BOOST_AUTO_TEST_CASE(an_unpaid_bill_is_cancelled_when_the_application_is_withdrawn) {
  Counter counter;
  counter.sell_until_billed();
  const Receipt receipt = counter.withdraw("seller");
  BOOST_TEST(succeeded(receipt));
  BOOST_TEST((events_of(receipt) == std::vector<std::string>{"treasury.bill_dropped", "service.closed"}));
  BOOST_TEST((counter.bill().state == BillState::cancelled));
  BOOST_TEST(refused_for(counter.pay(), Code::bill_not_open));
  BOOST_TEST(refused_for(counter.refund(), Code::no_refund_due));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::treasury
