// treasury: what a bill says, what is paid, relieved and given back, and that no fen of it is lost or made.
#include "contracts/treasury.h"

#include <boost/test/unit_test.hpp>

#include "tests/contracts/counter.h"

namespace kanhe::contracts::treasury {
namespace {

using service::Counter;
using service::events_of;
using service::finding_of;
using service::HostCode;
using service::other_house;
using service::party;

BillLine line(ChargeKind kind, std::string_view department, std::uint64_t amount) {
  return {kind, ContractNetwork::department(department), Charge(amount), {}};
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
  for (const auto* one : {"seller", "buyer"}) {
    BOOST_TEST((std::ranges::find(bill.parties, party(one)) != bill.parties.end()), one);
  }
  for (const auto* one : {"clara", "carl", "hugo", "tess", "rita"}) {
    BOOST_TEST((std::ranges::find(bill.handlers, party(one)) != bill.handlers.end()), one);
  }
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

BOOST_AUTO_TEST_CASE(half_a_fee_is_taken_where_the_service_says_so_and_the_tariff_of_the_day) {
  Counter counter;
  auto half = Counter::sale_definition();
  half.code = service::text<service::ServiceCode>("half");
  half.definition.fee_share = service::FeeShare::half;
  BOOST_REQUIRE(succeeded(counter.define(half)));
  const SetTariffArguments dearer{service::text<TariffCode>(registration_fee_code),
                                  {{date_of(day_of(counter.now()) + 5), {}, FeeTable{Charge(9'001), Charge(60'000)}}}};
  BOOST_REQUIRE(succeeded(counter.run(service::registry_admin, "treasury", "set_tariff", dearer)));
  auto sale = Counter::sale();
  sale.service = half.code;
  counter.sell_until_billed(sale);
  BOOST_TEST((counter.bill().lines[0].amount == Charge(4'000)));
  counter.wait(6 * 24 * 3'600'000ull);
  sale.unit = other_house;
  counter.sell_until_billed(sale);
  BOOST_TEST((counter.bill().lines[0].amount == Charge(4'501)));
}

BOOST_AUTO_TEST_CASE(sums_of_charges_stay_within_fen_at_their_largest) {
  BillLines lines;
  while (!lines.full()) lines.push_back(line(ChargeKind::deed_tax, "tax-office", Charge::max));
  BOOST_TEST(total_of(lines).in_range());
  BOOST_TEST(total_of(lines).value() == bill_lines_max * Charge::max);
  Bill bill;
  while (!bill.payments.full()) bill.payments.push_back({{}, {}, Charge(Charge::max), {}});
  BOOST_TEST(paid_of(bill).in_range());
  Counter counter;
  counter.file(Counter::sale());
  counter.accept();
  counter.housing();
  const std::uint64_t largest = TaxBase::max / 100;
  BOOST_TEST(succeeded(counter.tax("tess", largest)));
  BOOST_TEST(succeeded(counter.registry()));
  BOOST_TEST((counter.bill().total == Fen(largest + 8'000)));
}

BOOST_AUTO_TEST_CASE(a_bill_is_settled_when_all_of_it_is_paid) {
  Counter counter;
  counter.sell_until_billed();
  const Receipt nothing = counter.pay("P-0", 0);
  BOOST_TEST(refused_for(nothing, Code::amount_missing));
  BOOST_TEST(succeeded(counter.pay("P-1", 8'000)));
  BOOST_TEST((counter.bill().state == BillState::open));
  BOOST_TEST((due_of(counter.bill()) == Fen(3'000'000)));
  const Receipt early = counter.register_title();
  BOOST_REQUIRE(refused_for(early, Code::unpaid));
  BOOST_TEST(findings_of(early)[0].rule == 27u);
  BOOST_TEST(findings_of(early)[0].value == 3'000'000u);
  BOOST_TEST(succeeded(counter.pay("P-2", 2'999'999)));
  BOOST_TEST(findings_of(counter.register_title())[0].value == 1u);
  BOOST_TEST(!counter.bill().settled_ms.has_value());
  const Receipt last = counter.pay("P-3", 1);
  BOOST_REQUIRE(succeeded(last));
  BOOST_TEST((decode<Paid>(last.events.at(0).data).value().state == BillState::settled));
  BOOST_TEST((counter.bill().settled_ms == counter.now()));
  BOOST_TEST((due_back_of(counter.bill()) == Fen(0)));
  BOOST_TEST(succeeded(counter.register_title()));
}

BOOST_AUTO_TEST_CASE(what_came_in_too_much_goes_back_and_no_more) {
  Counter counter;
  counter.sell_until_billed();
  counter.pay("P-1");
  BOOST_TEST(succeeded(counter.pay("P-2", 500)));
  BOOST_TEST((counter.bill().state == BillState::settled));
  BOOST_TEST((due_back_of(counter.bill()) == Fen(500)));
  RefundArguments refund = counter.repayment("R-1");
  refund.amount = Charge(501);
  const auto run = [&] { return counter.run("theo", "treasury", "refund", refund); };
  const Receipt much = run();
  BOOST_REQUIRE(refused_for(much, Code::refund_too_high));
  BOOST_TEST(findings_of(much)[0].limit == 500u);
  refund.payment = service::text<PaymentReference>("P-9");
  BOOST_TEST(refused_for(run(), Code::unknown_payment));
  refund.payment = service::text<PaymentReference>("P-2");
  refund.amount = Charge(200);
  BOOST_TEST(succeeded(run()));
  refund.reference = service::text<PaymentReference>("R-2");
  refund.amount = Charge(301);
  BOOST_TEST(findings_of(run())[0].limit == 300u);
  refund.amount = Charge(300);
  BOOST_TEST(succeeded(run()));
  BOOST_TEST(has_code(run(), Code::no_refund_due));
  BOOST_TEST((counter.bill().state == BillState::settled));
  BOOST_TEST(succeeded(counter.register_title()));
}

BOOST_AUTO_TEST_CASE(money_comes_in_by_a_party_from_the_day_of_the_bill_on) {
  Counter counter;
  counter.sell_until_billed();
  PayArguments payment = counter.payment();
  const auto run = [&] { return counter.run("theo", "treasury", "pay", payment); };
  const std::uint32_t today = day_of(counter.now());
  payment.payer = party("stranger");
  payment.received = date_of(today - 1);
  const Receipt wrong = run();
  BOOST_REQUIRE(refused_for(wrong, Code::payer_not_a_party, Code::paid_before_bill));
  BOOST_TEST(finding_of(wrong, Code::paid_before_bill).limit == today);
  payment.payer = party("buyer");
  payment.received = date_of(today + 1);
  BOOST_TEST(refused_for(run(), Code::day_in_future));
  payment.received = date_of(today);
  counter.wait(3 * 24 * 3'600'000ull);
  BOOST_TEST(succeeded(run()));
}

BOOST_AUTO_TEST_CASE(a_bill_has_room_for_so_many_payments) {
  Counter counter;
  counter.sell_until_billed();
  for (std::size_t i = 0; i + 1 < payments_max; ++i) {
    BOOST_REQUIRE(succeeded(counter.pay("P-" + std::to_string(i), 1)));
  }
  const Receipt small = counter.pay("P-last", 1);
  BOOST_REQUIRE(refused_for(small, Code::payment_too_small));
  BOOST_TEST(findings_of(small)[0].limit == due_of(counter.bill()).value());
  BOOST_TEST(succeeded(counter.pay("P-last", due_of(counter.bill()).value())));
  BOOST_TEST(refused_for(counter.pay("P-more", 1), Code::payments_full));
  BOOST_TEST(succeeded(counter.register_title()));
}

// Fen by fen, until places are needed for what is left.
BOOST_AUTO_TEST_CASE(what_is_still_to_come_in_can_be_given_back_too) {
  Counter counter;
  counter.sell_until_billed();
  counter.pay("P-0", 3'108'000);
  std::size_t refunds = 0;
  const auto give_back = [&](std::string_view payment, std::uint64_t amount) {
    return counter.run("theo", "treasury", "refund",
                       RefundArguments{counter.id, service::text<PaymentReference>("R-" + std::to_string(refunds++)),
                                       service::text<PaymentReference>(payment), Charge(amount)});
  };
  while (succeeded(give_back("P-0", 1))) BOOST_REQUIRE(refunds <= refunds_max);
  BOOST_REQUIRE(succeeded(counter.pay("P-1", 500)));
  BOOST_TEST(succeeded(give_back("P-1", 500)));
  counter.withdraw();
  BOOST_TEST(succeeded(give_back("P-0", left_of(counter.bill(), counter.bill().payments[0]))));
  BOOST_TEST((counter.bill().state == BillState::refunded));
}

BOOST_AUTO_TEST_CASE(every_payment_can_be_given_back_whatever_was_given_back_before) {
  Counter counter;
  counter.sell_until_billed();
  for (std::size_t i = 0; i + 1 < payments_max; ++i) counter.pay("P-" + std::to_string(i), 1'000);
  counter.withdraw();
  std::size_t refunds = 0;
  const auto give_back = [&](std::string_view payment, std::uint64_t amount) {
    return counter.run("theo", "treasury", "refund",
                       RefundArguments{counter.id, service::text<PaymentReference>("R-" + std::to_string(refunds++)),
                                       service::text<PaymentReference>(payment), Charge(amount)});
  };
  while (succeeded(give_back("P-0", 1))) BOOST_REQUIRE(refunds <= refunds_max);
  const Receipt refused = give_back("P-0", 1);
  BOOST_REQUIRE(refused_for(refused, Code::refund_in_parts));
  BOOST_TEST(succeeded(give_back("P-0", findings_of(refused)[0].limit)));
  for (std::size_t i = 1; i + 1 < payments_max; ++i) {
    BOOST_REQUIRE(succeeded(give_back("P-" + std::to_string(i), 1'000)));
  }
  BOOST_TEST((counter.bill().state == BillState::refunded));
}

// ---------------------------------------------------------------------------------------------------------------------
// Relief

RelieveArguments relief(const Counter& counter, std::uint8_t number, std::uint64_t amount) {
  return {counter.id,       number,
          Charge(amount),   service::text<ExemptionCode>("small-enterprise"),
          service::text<PlainText<96>>("财税〔2019〕45号"), service::digest("application for relief")};
}

struct Relief : Counter {
  Relief() {
    enrol("ruth", "registry", {Role::reviewer});
    enrol("tom", "tax-office", {Role::tax_officer});
    sell_until_billed();
  }
  Receipt relieve(const RelieveArguments& arguments, const std::string& sender) {
    return run(sender, "treasury", "relieve", arguments);
  }
};

BOOST_AUTO_TEST_CASE(the_department_of_a_line_takes_something_off_it) {
  Relief counter;
  BOOST_TEST(refused_for(counter.relieve(relief(counter, 1, 8'000), "tom"), HostCode::wrong_department));
  BOOST_TEST(refused_for(counter.relieve(relief(counter, 1, 8'000), "theo"), HostCode::role_needed));
  BOOST_TEST(refused_for(counter.relieve(relief(counter, 1, 8'000), "rita"), Code::own_case));
  const Receipt done = counter.relieve(relief(counter, 1, 8'000), "ruth");
  BOOST_REQUIRE(succeeded(done));
  BOOST_TEST((decode<Relieved>(done.events.at(0).data).value().state == BillState::open));
  BOOST_TEST((due_of(counter.bill()) == Fen(3'000'000)));
  BOOST_TEST(succeeded(counter.relieve(relief(counter, 2, 1'000'000), "tom")));
  BOOST_TEST(succeeded(counter.pay("P-1", 2'000'000)));
  BOOST_TEST((counter.bill().state == BillState::settled));
  BOOST_TEST(succeeded(counter.register_title()));
}

BOOST_AUTO_TEST_CASE(a_relief_within_its_line_and_higher_than_before_with_its_ground) {
  Relief counter;
  BOOST_TEST(finding_of(counter.relieve(relief(counter, 1, 8'001), "ruth"), Code::relief_too_high).limit == 8'000u);
  BOOST_TEST(refused_for(counter.relieve(relief(counter, 0, 1), "ruth"), Code::unknown_line));
  BOOST_TEST(finding_of(counter.relieve(relief(counter, 3, 1), "ruth"), Code::unknown_line).limit == 2u);
  BOOST_TEST(refused_for(counter.relieve(relief(counter, 1, 0), "ruth"), Code::relief_not_higher));
  BOOST_REQUIRE(succeeded(counter.relieve(relief(counter, 1, 500), "ruth")));
  BOOST_TEST(refused_for(counter.relieve(relief(counter, 1, 500), "ruth"), Code::relief_not_higher));
  RelieveArguments bare = relief(counter, 1, 600);
  bare.document = {};
  BOOST_TEST(refused_for(counter.relieve(bare, "ruth"), Code::ground_missing));
  bare = relief(counter, 1, 600);
  bare.evidence = Hash256();
  BOOST_TEST(refused_for(counter.relieve(bare, "ruth"), Code::ground_missing));
  bare.document = {};
  BOOST_TEST(findings_of(counter.relieve(bare, "ruth")).size() == 2u);
}

// Two keys of one person: whoever relieved a line, registered or supplemented does not pay back.
BOOST_AUTO_TEST_CASE(who_dealt_with_a_case_later_moves_no_money_of_it_either) {
  for (const auto* name : {"ruth", "reg", "clara"}) {
    Relief counter;
    counter.run(ContractNetwork::administrator("treasury"), "governance", "enrol_officer",
                governance::EnrolOfficerArguments{ContractNetwork::key("second key"), party(name),
                                                  {Role::treasury_officer}});
    counter.pay();
    BOOST_REQUIRE(succeeded(counter.register_title()));
    BOOST_REQUIRE(succeeded(counter.relieve(relief(counter, 1, 8'000), "ruth")));
    BOOST_TEST(refused_for(counter.run("second key", "treasury", "refund", counter.repayment()), Code::own_case), name);
    BOOST_TEST(succeeded(counter.refund()));
  }
}

BOOST_AUTO_TEST_CASE(who_agrees_after_the_bill_was_made_may_pay_it) {
  Counter counter;
  counter.sell_until_billed();
  service::SupplementArguments more;
  more.application = counter.id;
  more.consents = {{party("stranger"), service::digest("consent")}};
  BOOST_REQUIRE(succeeded(counter.run("clara", "service", "supplement", more)));
  PayArguments payment = counter.payment();
  payment.payer = party("stranger");
  BOOST_TEST(succeeded(counter.run("theo", "treasury", "pay", payment)));
}

BOOST_AUTO_TEST_CASE(what_is_relieved_after_it_was_paid_goes_back_also_after_the_entry) {
  Relief counter;
  counter.pay();
  BOOST_REQUIRE(succeeded(counter.register_title()));
  BOOST_REQUIRE(succeeded(counter.relieve(relief(counter, 2, 1'000'000), "tom")));
  BOOST_TEST((counter.bill().state == BillState::settled));
  BOOST_TEST((due_back_of(counter.bill()) == Fen(1'000'000)));
  BOOST_TEST(succeeded(counter.refund()));
  BOOST_TEST((due_back_of(counter.bill()) == Fen(0)));
}

BOOST_AUTO_TEST_CASE(a_relief_of_all_settles_the_bill_and_none_is_given_when_it_fell_away) {
  Relief counter;
  counter.relieve(relief(counter, 1, 8'000), "ruth");
  BOOST_REQUIRE(succeeded(counter.relieve(relief(counter, 2, 3'000'000), "tom")));
  BOOST_TEST((counter.bill().state == BillState::settled));
  BOOST_REQUIRE(succeeded(counter.withdraw()));
  BOOST_TEST((counter.bill().state == BillState::cancelled));
  Relief dropped;
  dropped.withdraw();
  BOOST_TEST(refused_for(dropped.relieve(relief(dropped, 1, 1), "ruth"), Code::bill_dropped));
}

// ---------------------------------------------------------------------------------------------------------------------
// References, offices, endings

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
  free.definition.fee_tariff.reset();
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
  BOOST_TEST(refused_for(counter.pay("P-1", 0), Code::amount_missing));
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
  counter.pay("P-1", 8'000);
  counter.pay("P-2", 3'000'000);
  BOOST_TEST(refused_for(counter.refund(), Code::no_refund_due));
  const Receipt receipt = counter.withdraw("buyer");
  BOOST_TEST(succeeded(receipt));
  BOOST_TEST((decode<BillDropped>(receipt.events.at(0).data).value().paid == Fen(3'008'000)));
  BOOST_TEST((counter.bill().state == BillState::refund_due));
  RefundArguments refund = counter.repayment("P-1");
  refund.amount = Charge(3'000'000);
  const auto run = [&](const std::string& sender = "theo") {
    return counter.run(sender, "treasury", "refund", refund);
  };
  BOOST_TEST(refused_for(run(), Code::reference_used));
  refund.reference = service::text<PaymentReference>("R-1");
  BOOST_TEST(refused_for(run("tess"), HostCode::role_needed));
  refund.amount = Charge(3'000'001);
  BOOST_TEST(refused_for(run(), Code::refund_too_high));
  refund.amount = Charge(3'000'000);
  BOOST_TEST(succeeded(run()));
  BOOST_TEST((counter.bill().state == BillState::refund_due));
  refund = {counter.id, service::text<PaymentReference>("R-2"), service::text<PaymentReference>("P-1"), Charge(8'000)};
  BOOST_TEST(succeeded(run()));
  BOOST_TEST((counter.bill().state == BillState::refunded));
  BOOST_TEST(has_code(counter.refund("R-3"), Code::no_refund_due));
}

BOOST_AUTO_TEST_CASE(an_unpaid_bill_is_cancelled_when_the_application_is_withdrawn) {
  Counter counter;
  counter.sell_until_billed();
  const Receipt receipt = counter.withdraw("seller");
  BOOST_TEST(succeeded(receipt));
  BOOST_TEST((events_of(receipt) == std::vector<std::string>{"treasury.bill_dropped", "service.closed"}));
  BOOST_TEST((counter.bill().state == BillState::cancelled));
  BOOST_TEST((due_of(counter.bill()) == Fen(0)));
  BOOST_TEST(refused_for(counter.refund(), Code::no_refund_due));
}

// The bank does not know that the parties have withdrawn.
BOOST_AUTO_TEST_CASE(money_that_comes_in_after_the_end_is_not_lost) {
  Counter counter;
  counter.sell_until_billed();
  counter.withdraw("seller");
  BOOST_TEST(succeeded(counter.pay()));
  BOOST_TEST((counter.bill().state == BillState::refund_due));
  BOOST_TEST(succeeded(counter.refund("R-1")));
  BOOST_TEST((counter.bill().state == BillState::refunded));
  BOOST_TEST(succeeded(counter.pay("P-2", 5)));
  BOOST_TEST((counter.bill().state == BillState::refund_due));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::treasury
