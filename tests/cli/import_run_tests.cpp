// An import enters every row once and in the order of its unit's dates, whatever the network does meanwhile: it is
// busy, loses answers, forgets transactions, lets them lapse, mixes their order, or the import is broken off and begun
// again. The ledger is the real contracts in memory, behind a link that misbehaves by a seed.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

#include "cli/import_run.h"
#include "contracts/host.h"
#include "tests/cli/import_tables.h"
#include "tests/support/contract_network.h"

namespace kanhe::cli {
namespace {

using certs::TransactionAnswer;
using certs::TransactionState;
using contracts::Role;
namespace property = contracts::property;
using PropertyCode = property::Code;

struct Ledger : ContractNetwork {
  Ledger() : ContractNetwork(open_genesis()) {
    enrol("ida", "registry", {Role::importer});
    run(administrator("registry"), "property", "found_register",
        property::FoundRegisterArguments{property::Region::from("110101").value()});
  }
  static Genesis open_genesis() {
    Genesis genesis = make_genesis();
    genesis.import_open = true;
    return genesis;
  }
};

// How often, out of 100, something goes wrong.
struct Troubles {
  unsigned busy = 0;
  unsigned lost_answer = 0;    // the transaction arrives, the answer does not
  unsigned lost_question = 0;  // neither arrives
  unsigned forgotten = 0;      // the pool loses a transaction
  unsigned lapsed = 0;         // time passes until what waits has expired
  unsigned interrupted = 0;
};

class TroubledLink : public ImportLink {
 public:
  TroubledLink(Ledger& ledger, const Troubles& troubles, unsigned seed)
      : ledger_(ledger), troubles_(troubles), random_(seed) {}

  Result<std::vector<std::optional<UnitNumber>>> imported(std::span<const PlannedRow* const> rows) override {
    BOOST_TEST(rows.size() <= rows_asked_max);
    if (happens(troubles_.lost_question)) return fail(ErrorCode::unavailable, "lost");
    std::vector<std::optional<UnitNumber>> units;
    for (const PlannedRow* row : rows) {
      const auto known =
          property::imported_rows.get(ledger_.state(), {ledger_.department("registry"), row->arguments.row});
      units.push_back(known ? std::optional(known->unit) : std::nullopt);
    }
    return units;
  }
  Result<TransactionBody> sign(const PlannedRow& row) override {
    ++signed_;
    return ledger_.call(sender, "property", "import_entry", row.arguments);
  }
  Result<TransactionAnswer> submit(const TransactionBody& body) override {
    if (happens(troubles_.busy)) return fail(ErrorCode::busy, "full");
    if (happens(troubles_.lost_question)) return fail(ErrorCode::unavailable, "lost");
    if (ledger_.now() >= body.transaction.valid_until_ms) return fail(ErrorCode::out_of_range, "expired");
    valid_until_.emplace(body.id, body.transaction.valid_until_ms);
    pool_.push_back(body);
    in_flight_most_ = std::max(in_flight_most_, pool_.size());
    if (happens(troubles_.lost_answer)) return fail(ErrorCode::unavailable, "lost");
    return TransactionAnswer{body.id, TransactionState::received, {}};
  }
  Result<TransactionAnswer> wait_for(const TransactionId& id, unsigned) override {
    if (happens(troubles_.lost_question)) return fail(ErrorCode::unavailable, "lost");
    trouble_the_pool();
    make_block();
    if (const auto known = receipts_.find(id); known != receipts_.end()) {
      TransactionAnswer answer{id, TransactionState::recorded, certs::RecordedTransaction{}};
      answer.recorded->receipt = known->second;
      return answer;
    }
    const auto until = valid_until_.find(id);
    if (until != valid_until_.end() && ledger_.now() >= until->second) {
      return TransactionAnswer{id, TransactionState::expired, {}};
    }
    const bool waits = std::ranges::any_of(pool_, [&](const auto& body) { return body.id == id; });
    return TransactionAnswer{id, waits ? TransactionState::received : TransactionState::unknown, {}};
  }
  void pause(unsigned ms) override {
    BOOST_TEST(ms <= pause_ms_max);
    ++pauses_;
  }
  bool interrupted() const override { return interrupted_; }

  std::string sender = "ida";
  std::size_t signed_ = 0;
  std::size_t pauses_ = 0;
  std::size_t in_flight_most_ = 0;

 private:
  bool happens(unsigned percent) { return random_() % 100 < percent; }

  void trouble_the_pool() {
    if (happens(troubles_.interrupted)) interrupted_ = true;
    if (happens(troubles_.forgotten) && !pool_.empty()) pool_.erase(pool_.begin() + random_() % pool_.size());
    if (!happens(troubles_.lapsed)) return;
    ledger_.wait(61'000);
    pool_.clear();
  }
  // Some of what waits, in any order.
  void make_block() {
    std::ranges::shuffle(pool_, random_);
    const std::size_t count = pool_.empty() ? 0 : 1 + random_() % pool_.size();
    std::vector<TransactionBody> bodies;
    for (std::size_t i = 0; i < count; ++i) {
      bodies.push_back(pool_.back());
      pool_.pop_back();
    }
    const auto receipts = ledger_.execute(bodies);
    for (std::size_t i = 0; i < bodies.size(); ++i) receipts_.emplace(bodies[i].id, receipts[i + 1]);
  }

  Ledger& ledger_;
  const Troubles troubles_;
  std::mt19937 random_;
  std::vector<TransactionBody> pool_;
  std::map<TransactionId, Receipt> receipts_;
  std::map<TransactionId, Timestamp> valid_until_;
  bool interrupted_ = false;
};

// 40 units with one to four sales each.
std::string a_table() {
  std::string csv = small_header;
  for (int sale = 4; sale >= 1; --sale) {
    for (int parcel = 0; parcel < 40; ++parcel) {
      if (parcel % 4 + 1 < sale) continue;
      csv += std::to_string(1'000'000'000 + parcel) + ",2014-0" + std::to_string(sale) + "-01,1\n";
    }
  }
  return csv;
}

ImportResult run_import(const ImportPlan& plan, TroubledLink& link, std::size_t window = 16) {
  std::uint64_t last = 0;
  ImportResult result = ImportRun(plan, link, window, [&](std::uint64_t done) {
                          BOOST_TEST(done == last + 1);
                          last = done;
                        }).run();
  BOOST_TEST(last == result.recorded + result.there_already + result.faults.size());
  BOOST_TEST(last + result.open.size() == plan.rows_planned);
  return result;
}

// Every unit is as its last row says, and its history has exactly its rows.
void check_state(Ledger& ledger, const ImportPlan& plan) {
  for (const PlannedUnit& planned : plan.units) {
    const auto unit = property::find_unit(ledger.state(), planned.number);
    BOOST_REQUIRE(unit.has_value());
    const auto& last = planned.rows.back().arguments;
    BOOST_TEST((unit->holders == last.holders));
    BOOST_TEST((unit->effective_ms == last.effective_ms));
    const auto trace = contracts::trace_of(ledger.state(), UnitSubject{planned.number});
    BOOST_TEST(trace.event_count.value() == planned.rows.size());
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(import_run_tests)

BOOST_AUTO_TEST_CASE(every_row_is_entered_once_and_many_are_in_flight) {
  Ledger ledger;
  const ImportPlan plan = plan_of(a_table());
  TroubledLink link(ledger, {}, 1);
  const ImportResult result = run_import(plan, link);
  BOOST_TEST(result.recorded == 100u);
  BOOST_TEST(result.there_already == 0u);
  BOOST_TEST(!result.broken_off.has_value());
  BOOST_TEST(link.signed_ == 100u);
  BOOST_TEST(link.in_flight_most_ > 8u);
  BOOST_TEST(link.in_flight_most_ <= 16u);
  check_state(ledger, plan);
}

BOOST_AUTO_TEST_CASE(an_import_that_is_repeated_changes_nothing_and_sends_nothing) {
  Ledger ledger;
  const ImportPlan plan = plan_of(a_table());
  TroubledLink first(ledger, {}, 1);
  run_import(plan, first);
  TroubledLink second(ledger, {}, 2);
  const ImportResult result = run_import(plan, second);
  BOOST_TEST(result.there_already == 100u);
  BOOST_TEST(second.signed_ == 0u);
  check_state(ledger, plan);
}

BOOST_AUTO_TEST_CASE(whatever_goes_wrong_repeating_the_import_completes_it) {
  const ImportPlan plan = plan_of(a_table());
  std::size_t broken_off = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    Ledger ledger;
    std::mt19937 random(seed);
    ImportResult result;
    for (unsigned attempt = 0; attempt < 50; ++attempt) {
      const Troubles troubles{static_cast<unsigned>(random() % 30), static_cast<unsigned>(random() % 10),
                              static_cast<unsigned>(random() % 10), static_cast<unsigned>(random() % 10),
                              static_cast<unsigned>(random() % 5),  static_cast<unsigned>(random() % 3)};
      TroubledLink link(ledger, troubles, seed * 100 + attempt);
      result = run_import(plan, link);
      BOOST_TEST(result.faults.empty(), "seed " << seed);
      if (result.open.empty()) break;
      ++broken_off;
    }
    BOOST_TEST(result.open.empty(), "seed " << seed);
    check_state(ledger, plan);
  }
  BOOST_TEST(broken_off > 10u);
}

BOOST_AUTO_TEST_CASE(a_refused_row_holds_back_the_later_rows_of_its_unit_only) {
  Ledger ledger;
  const ImportPlan before = plan_of(small_header + "1000000001,2014-05-01,1\n");
  TroubledLink first(ledger, {}, 1);
  BOOST_TEST(run_import(before, first).recorded == 1u);
  // The unit's entry is newer than the first of these.
  const ImportPlan plan =
      plan_of(small_header + "1000000001,2014-04-01,1\n1000000001,2014-06-01,1\n1000000002,2014-04-01,1\n");
  TroubledLink link(ledger, {}, 2);
  const ImportResult result = run_import(plan, link);
  BOOST_TEST(result.recorded == 1u);
  BOOST_REQUIRE(result.faults.size() == 2u);
  BOOST_TEST(result.faults[0].line == 2u);
  BOOST_TEST(result.faults[0].code == "not_in_date_order");
  BOOST_TEST(result.faults[0].field == "effective_ms");
  BOOST_TEST(!result.faults[0].limit.empty());
  BOOST_TEST(result.faults[1].line == 3u);
  BOOST_TEST(result.faults[1].code == "held_back");
}

BOOST_AUTO_TEST_CASE(a_row_key_of_another_unit_is_a_fault_not_a_row_that_is_there) {
  Ledger ledger;
  TroubledLink first(ledger, {}, 1);
  run_import(plan_of(small_header + "1000000001,2014-05-01,1\n"), first);
  const std::string moved = with(small_mapping, "GB0{p7..10}F00010001", "GB0{p7..10}F00010002");
  TroubledLink link(ledger, {}, 2);
  const ImportResult result = run_import(plan_of(small_header + "1000000001,2014-05-01,1\n", moved), link);
  BOOST_TEST(result.there_already == 0u);
  BOOST_REQUIRE(result.faults.size() == 1u);
  BOOST_TEST(result.faults[0].code == "row_repeated");
}

BOOST_AUTO_TEST_CASE(what_every_row_would_meet_ends_the_import_early) {
  Ledger ledger;
  const ImportPlan plan = plan_of(a_table());
  TroubledLink link(ledger, {}, 1);
  link.sender = "mallory";
  const ImportResult result = run_import(plan, link);
  BOOST_REQUIRE(result.broken_off.has_value());
  BOOST_TEST((result.broken_off->code == ErrorCode::refused));
  BOOST_TEST(result.open.size() == 100u);
  BOOST_TEST(link.signed_ <= 2 * 16u);
}

BOOST_AUTO_TEST_CASE(busy_makes_pauses_and_a_dead_node_ends_the_import) {
  Ledger ledger;
  const ImportPlan plan = plan_of(a_table());
  TroubledLink busy(ledger, {.busy = 80}, 1);
  BOOST_TEST(run_import(plan, busy, 1).recorded == 100u);
  BOOST_TEST(busy.pauses_ > 100u);
  Ledger other;
  TroubledLink dead(other, {.lost_question = 100}, 1);
  const ImportResult result = run_import(plan, dead);
  BOOST_REQUIRE(result.broken_off.has_value());
  BOOST_TEST((result.broken_off->code == ErrorCode::unavailable));
  BOOST_TEST(result.open.size() == 100u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::cli
