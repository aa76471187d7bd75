// service, property and treasury together: a random walk through applications, in which the register stays consistent,
// and arguments of every kind for every method.
#include <boost/test/unit_test.hpp>
#include <map>

#include "contracts/service_duties.h"
#include "tests/contracts/counter.h"
#include "tests/support/argument_maker.h"

namespace kanhe::contracts::service {
namespace {

template <class Key, class Record>
std::vector<Record> all_of(const StateReader& state, const Table<Key, Record>& table) {
  std::vector<Record> records;
  const Bytes prefix = state_key(table.id, {});
  for (auto entry = state.next(prefix, prefix); entry;) {
    records.push_back(table.read(entry->value));
    Bytes from = entry->key;
    from.push_back(0);
    entry = state.next(from, prefix);
  }
  return records;
}

std::map<ApplicationId, Application> by_id(const StateReader& state) {
  std::map<ApplicationId, Application> all;
  const Bytes prefix = state_key(applications.id, {});
  for (auto entry = state.next(prefix, prefix); entry;) {
    all.emplace(ApplicationId::from(ByteView(entry->key).subspan(prefix.size())).value(),
                applications.read(entry->value));
    Bytes from = entry->key;
    from.push_back(0);
    entry = state.next(from, prefix);
  }
  return all;
}

// What holds in every state: holds and live applications are the same set, titles follow registrations, and every
// right is whole.
// No fen is lost or made, and a bill owes or is owed, never both.
void check_money(const treasury::Bill& bill) {
  std::uint64_t asked = 0;
  for (const treasury::BillLine& line : bill.lines) {
    BOOST_REQUIRE(line.relief <= line.amount);
    asked += line.amount.value() - line.relief.value();
  }
  std::uint64_t left = 0;
  for (const treasury::Payment& payment : bill.payments) {
    BOOST_REQUIRE(treasury::left_of(bill, payment) <= payment.amount.value());
    left += treasury::left_of(bill, payment);
  }
  const std::uint64_t due = treasury::due_of(bill).value();
  const std::uint64_t back = treasury::due_back_of(bill).value();
  BOOST_REQUIRE(left == treasury::paid_of(bill) - treasury::refunded_of(bill));
  BOOST_REQUIRE((due == 0 || back == 0));
  const bool goes_on = bill.state == treasury::BillState::open || bill.state == treasury::BillState::settled;
  if (goes_on) {
    BOOST_REQUIRE(left + due == asked + back);
    BOOST_REQUIRE((bill.state == treasury::BillState::settled) == (due == 0));
  } else {
    BOOST_REQUIRE(back == left);
    BOOST_REQUIRE((bill.state == treasury::BillState::refund_due) == (left > 0));
  }
}

// Duties are what applications say they wait for, and are counted; what waits for nobody waits for those who file.
void check_duties(Counter& counter) {
  std::map<DepartmentId, std::uint64_t> counts;
  std::size_t all = 0;
  for (const auto& [id, application] : by_id(counter.state())) {
    for (const DepartmentId& department : application.waits_for) {
      const auto duty = duties.get(counter.state(), {department, id});
      BOOST_REQUIRE(duty.has_value());
      BOOST_REQUIRE(duty->since_ms <= counter.now());
      ++counts[department];
      ++all;
    }
    const bool is_noticed = application.notice && !application.notice->supplemented_ms;
    const bool waits_for_parties = application.phase == Phase::filed ? is_noticed : !application.deferred.empty();
    BOOST_REQUIRE((application.waits_for.empty() == (is_closed(application.phase) || waits_for_parties)));
  }
  BOOST_REQUIRE(all_of(counter.state(), duties).size() == all);
  for (const auto* name : {"registry", "housing", "tax-office", "treasury"}) {
    const DepartmentId department = ContractNetwork::department(name);
    const auto count = duty_counts.get(counter.state(), department);
    BOOST_REQUIRE((count ? count->open.value() : 0) == counts[department]);
    BOOST_REQUIRE(duties_of(counter.state(), department, {}, 1'000).size() == counts[department]);
  }
}

void check_state(Counter& counter) {
  check_duties(counter);
  std::map<UnitNumber, std::size_t> live;
  std::size_t registered = 0;
  for (const Application& application : all_of(counter.state(), applications)) {
    if (!is_closed(application.phase)) ++live[property::unit_of(application.acts[0])];
    if (application.phase == Phase::registered) ++registered;
    const bool is_timed = application.phase == Phase::filed ||
                          (application.phase == Phase::in_review && !application.clock && application.overdue < 2);
    BOOST_REQUIRE(application.due.has_value() == is_timed);
  }
  for (const treasury::Bill& bill : all_of(counter.state(), treasury::bills)) check_money(bill);
  std::size_t held = 0;
  for (const auto& [unit, count] : live) BOOST_REQUIRE(count == 1u);
  for (const property::Hold& hold : all_of(counter.state(), property::holds)) {
    ++held;
    BOOST_REQUIRE(!is_closed(applications.get(counter.state(), hold.application)->phase));
  }
  BOOST_REQUIRE(held == live.size());
  BOOST_REQUIRE(all_of(counter.state(), certificate::certificates).size() == registered);
  for (const property::Unit& unit : all_of(counter.state(), property::units)) {
    BOOST_REQUIRE(!unit.holders.empty());
    if (unit.holders[0].share) BOOST_REQUIRE(property::sum_of_shares(unit.holders)->is_whole());
  }
}

// Calls that make sense in some state, by people who may be the wrong ones.
struct Walk {
  Counter counter;
  ArgumentMaker maker;
  std::vector<ApplicationId> ids;
  std::uint64_t serial = 0;

  explicit Walk(std::uint64_t seed) : maker(seed) {}

  std::string anyone(const std::string& usual) {
    static const std::string all[] = {"clara", "carl", "rita", "reg", "hugo", "tess", "theo", "buyer", "nobody"};
    return maker.below(4) == 0 ? all[maker.below(std::size(all))] : usual;
  }
  UnitNumber any_unit() { return maker.below(2) == 0 ? house : other_house; }

  Receipt file() {
    Counter::Sale sale = Counter::sale(any_unit());
    sale.sellers = property::parties_of(counter.unit(sale.unit).holders);
    const auto pieces = static_cast<std::uint32_t>(1 + maker.below(3));
    sale.buyers.clear();
    for (std::uint32_t i = 0; i < pieces; ++i) {
      const PartyId buyer = party("p" + std::to_string(maker.below(6)));
      sale.buyers.push_back({buyer, maker.below(4) == 0 ? std::nullopt : std::optional(share(1, pieces))});
    }
    const Receipt receipt = counter.file(sale, anyone("clara"));
    if (succeeded(receipt)) ids.push_back(counter.id);
    return receipt;
  }
  // Part of a payment, or something taken off a line.
  Receipt give_back(const std::string& number) {
    if (maker.below(3) == 0) {
      const treasury::RelieveArguments relief{
          counter.id, static_cast<std::uint8_t>(maker.below(4)), treasury::Charge(maker.below(9'000)),
          text<treasury::ExemptionCode>("hardship"), text<PlainText<96>>("document"), digest("evidence")};
      return counter.run(anyone("rita"), "treasury", "relieve", relief);
    }
    treasury::RefundArguments refund = counter.repayment("R-" + number);
    if (maker.below(2) == 0) refund.amount = treasury::Charge(1 + maker.below(refund.amount.value()));
    return counter.run(anyone("theo"), "treasury", "refund", refund);
  }
  Receipt step() {
    if (ids.empty() || maker.below(8) == 0) return file();
    counter.id = ids[ids.size() - 1 - maker.below(std::min<std::size_t>(ids.size(), 3))];
    const std::string number = std::to_string(++serial);
    switch (maker.below(9)) {
      case 0: return counter.accept(anyone("carl"));
      case 1: return counter.housing(anyone("hugo"));
      case 2: return counter.tax(anyone("tess"), maker.below(2) * 3'000'000);
      case 3: return counter.registry(anyone("rita"));
      case 4: {
        const auto bill = treasury::bills.get(counter.state(), counter.id);
        const std::uint64_t due = bill ? treasury::due_of(*bill).value() : 1;
        const std::uint64_t amount = maker.below(3) == 0 ? maker.below(due + 1'000) : due;
        return counter.pay(maker.below(4) == 0 ? "P-1" : "P-" + number, amount, anyone("theo"));
      }
      case 5: return maker.below(6) == 0 ? counter.withdraw(anyone("clara")) : give_back(number);
      case 6: return maker.below(6) == 0 ? counter.review("tess", counter.refusal("tax")) : counter.tax();
      default: {
        const auto title = counter.unit(property::unit_of(counter.application().acts[0])).title;
        return counter.register_title(counter.registration(number, title), anyone("reg"));
      }
    }
  }
};

// Brings an application into each phase.
void (*const phases[])(Counter&) = {
    [](Counter&) {},
    [](Counter& c) { c.file(Counter::sale()); },
    [](Counter& c) { c.file(Counter::sale()), c.accept(); },
    [](Counter& c) { c.file(Counter::sale()), c.accept(), c.housing(), c.tax(); },
    [](Counter& c) { c.sell_until_billed(); },
    [](Counter& c) { c.sell_until_billed(), c.pay(); },
    [](Counter& c) { c.sell_until_billed(), c.pay(), c.withdraw(); },
    [](Counter& c) { c.sell_until_billed(), c.pay(), c.register_title(); },
};

void teach(ArgumentMaker& maker, const Counter& counter) {
  for (const auto* name : {"seller", "buyer", "hugo", "rita"}) maker.know("PartyId", party(name).view());
  for (const auto* id : {"registry", "housing", "tax-office", "treasury"}) maker.know("DepartmentId", id);
  for (const auto* code : {"application-form", "identity", "sale-contract"}) maker.know("MaterialCode", code);
  for (const auto* code : {"housing", "tax", "registry"}) maker.know("StepCode", code);
  for (const UnitNumber& unit : {house, other_house}) maker.know("UnitNumber", unit.view());
  for (const auto* serial : {"1", "2"}) maker.know("CertificateId", title_id(serial).view());
  maker.know("UnitNumber", "440304003008GB00012W00000000");
  maker.know("ServiceCode", "house-sale");
  maker.know("TypeCode", title_type);
  maker.know("Region", "440304");
  maker.know("ApplicationId", counter.id.view());
}

BOOST_AUTO_TEST_SUITE(service_walk_tests)

BOOST_AUTO_TEST_CASE(whatever_is_called_in_whatever_order_the_register_stays_consistent) {
  std::map<std::string, std::size_t> seen;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Walk walk(seed);
    for (int i = 0; i < 400; ++i) {
      walk.counter.wait(walk.maker.below(20'000'000));
      const bool alone = walk.maker.below(2) == 0;  // whatever fell due has acted before the step
      if (alone) walk.counter.execute({});
      const auto before = walk.counter.state().changes();
      const Receipt receipt = walk.step();
      for (const std::string& name : events_of(receipt)) ++seen[name];
      for (const Event& event : walk.counter.receipts().back()[0].events) ++seen[event.name.str()];
      const bool time_acted = !walk.counter.receipts().back()[0].events.empty();
      if (!succeeded(receipt) && alone && !time_acted) BOOST_REQUIRE((walk.counter.state().changes() == before));
      check_state(walk.counter);
    }
  }
  // The walk must get everywhere.
  for (const auto* name : {"service.filed", "service.accepted", "service.reviewed", "service.stage_overdue",
                           "service.closed", "treasury.billed", "treasury.paid", "treasury.bill_dropped",
                           "treasury.refunded", "property.transferred", "certificate.issued", "certificate.replaced"}) {
    BOOST_TEST(seen[name] > 0u, name);
  }
}

BOOST_AUTO_TEST_CASE(every_method_gets_through_random_and_damaged_arguments_in_every_phase) {
  const Module* const of_interest[] = {&property::module(), &module(), &treasury::module()};
  std::uint64_t seed = 0;
  const std::string senders[] = {"clara", "reg", "rita", "ida", "hugo", "tess", "theo", "buyer", registry_admin};
  for (const auto reach : phases) {
    Counter counter;
    reach(counter);
    ArgumentMaker maker(++seed);
    teach(maker, counter);
    std::vector<TransactionBody> bodies;
    for (const Module* module : of_interest) {
      for (const Method& method : module->methods) {
        for (const std::string& sender : senders) {
          for (int i = 0; i < 6; ++i) {
            Bytes arguments = maker.make(method.arguments());
            if (i == 0 && !arguments.empty()) arguments[maker.below(arguments.size())] ^= Byte{1};
            if (i == 1) arguments.resize(maker.below(arguments.size() + 1));
            bodies.push_back(counter.raw_call(sender, module->name, method.name, arguments));
          }
        }
      }
    }
    std::size_t reached = 0;
    for (const Receipt& receipt : counter.execute(bodies)) {
      BOOST_REQUIRE(decode<Receipt>(encode(receipt)).has_value());
      for (const Finding& finding : findings_of(receipt)) BOOST_REQUIRE(find_sentence(finding.code) != nullptr);
      if (!has_code(receipt, HostCode::malformed_arguments) && !has_code(receipt, HostCode::role_needed)) ++reached;
    }
    BOOST_TEST(reached > 40u);
    check_state(counter);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::service
