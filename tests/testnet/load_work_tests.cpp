// The work of the load program, executed by the contracts themselves: on a network that was prepared as the program
// does it, every job of every kind succeeds, and no two of them get in each other's way.
#include "testnet/load_work.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "tests/support/contract_network.h"

namespace kanhe::testnet {
namespace {

constexpr SignatureScheme scheme = ContractNetwork::scheme;

LoadNetwork a_network() {
  const std::string_view names[] = {"registry", "housing", "tax", "treasury"};
  LoadNetwork network;
  network.genesis = ContractNetwork::make_genesis();
  network.genesis.import_open = true;
  network.genesis.departments.clear();
  std::vector<DepartmentId> ids;
  for (const std::string_view name : names) {
    GenesisDepartment entry;
    entry.id = ContractNetwork::department(name);
    entry.name_zh = entry.name_en = PlainText<96>::from(name).value();
    entry.administrator = ContractNetwork::key(ContractNetwork::administrator(name));
    entry.administrator_person = ContractNetwork::person(name);
    if (name == "registry") entry.uscc = Uscc::from(ContractNetwork::registry_code).value();
    network.genesis.departments.push_back(entry);
    network.administrators.emplace(entry.id, ContractNetwork::secret(ContractNetwork::administrator(name)));
    ids.push_back(entry.id);
  }
  std::ranges::sort(network.genesis.departments, {}, &GenesisDepartment::id);
  network.departments = {ids[0], ids[1], ids[2], ids[3]};
  network.registry_code = Uscc::from(ContractNetwork::registry_code).value();
  network.chain_id = chain_id_of(network.genesis);
  return network;
}

Staff a_staff() {
  Staff staff;
  const auto add = [](std::vector<SecretKey>& keys, std::string_view name, int count) {
    for (int i = 0; i < count; ++i) keys.push_back(ContractNetwork::secret(std::string(name) + std::to_string(i)));
  };
  add(staff.registry, "registry ", 6);
  add(staff.housing, "housing ", 2);
  add(staff.tax, "tax ", 2);
  add(staff.treasury, "treasury ", 2);
  return staff;
}

struct Prepared {
  LoadNetwork network = a_network();
  Staff staff = a_staff();
  ContractNetwork ledger{network.genesis};

  LoadWork work(std::string_view run) const {
    return LoadWork(network, staff, sha256(as_bytes(run)), ledger.now(), Duration(300'000));
  }
  // Executes one call of each job in a block, then the next of each; answers how many were refused.
  std::size_t refused_of(const std::vector<Job>& jobs) {
    std::size_t refused = 0;
    for (std::size_t call = 0;; ++call) {
      std::vector<TransactionBody> bodies;
      for (const Job& job : jobs) {
        if (call < job.calls.size()) bodies.push_back(read_body(job.calls[call].bytes).value());
      }
      if (bodies.empty()) return refused;
      for (const TransactionBody& body : bodies) BOOST_REQUIRE(verify_signature(scheme, body));
      const auto receipts = ledger.execute(bodies);
      for (std::size_t i = 1; i < receipts.size(); ++i) refused += succeeded(receipts[i]) ? 0 : 1;
    }
  }
  void prepare(const LoadWork& work) {
    refused_of(work.founding_jobs());
    BOOST_REQUIRE(refused_of(work.enrolment_jobs()) == 0u);
  }
};

BOOST_AUTO_TEST_SUITE(load_work_tests)

BOOST_AUTO_TEST_CASE(every_job_of_every_kind_succeeds) {
  Prepared prepared;
  const LoadWork work = prepared.work("run");
  BOOST_TEST(prepared.refused_of(work.founding_jobs()) == 0u);
  BOOST_TEST(prepared.refused_of(work.enrolment_jobs()) == 0u);
  for (std::size_t kind = 0; kind < load_kinds().size(); ++kind) {
    std::vector<Job> jobs;
    for (std::uint64_t number = 0; number < 30; ++number) jobs.push_back(work.make(kind, 100 * kind + number));
    BOOST_TEST(jobs.front().calls.size() == load_kinds()[kind].calls);
    BOOST_TEST(prepared.refused_of(jobs) == 0u, load_kinds()[kind].name);
  }
}

BOOST_AUTO_TEST_CASE(a_network_can_be_measured_again) {
  Prepared prepared;
  const LoadWork first = prepared.work("first");
  prepared.prepare(first);
  const std::vector<std::size_t> kinds{0, 1, 2, 3};
  BOOST_TEST(prepared.refused_of(first.make_all(kinds)) == 0u);

  prepared.staff.registry.clear();
  for (int i = 0; i < 5; ++i) prepared.staff.registry.push_back(SecretKey::generate().value());
  const LoadWork second(prepared.network, prepared.staff, sha256(as_bytes("second")),
                        prepared.ledger.now(), Duration(300'000));
  BOOST_TEST(prepared.refused_of(second.founding_jobs()) == second.founding_jobs().size());
  for (const Job& job : second.founding_jobs()) BOOST_TEST((job.expectation == Expectation::any_outcome));
  prepared.refused_of(second.enrolment_jobs());
  BOOST_TEST(prepared.refused_of(second.make_all(kinds)) == 0u);
}

BOOST_AUTO_TEST_CASE(ids_and_bodies_are_all_different) {
  Prepared prepared;
  const LoadWork work = prepared.work("run");
  const std::vector<std::size_t> kinds{0, 1, 2, 0, 1, 2};
  std::set<TransactionId> ids;
  std::set<BodyHash> hashes;
  std::size_t calls = 0;
  for (const Job& job : work.make_all(kinds)) {
    for (const SignedCall& call : job.calls) {
      ++calls;
      ids.insert(call.id);
      hashes.insert(call.body_hash);
    }
  }
  BOOST_TEST(ids.size() == calls);
  BOOST_TEST(hashes.size() == calls);
}

BOOST_AUTO_TEST_CASE(kinds_are_spread_by_their_weights) {
  const auto spread = spread_kinds("certificate=6,import=3,sale=1", 1'000);
  BOOST_REQUIRE(spread.has_value());
  BOOST_TEST(std::ranges::count(*spread, 0u) == 600);
  BOOST_TEST(std::ranges::count(*spread, 1u) == 300);
  BOOST_TEST(std::ranges::count(*spread, 3u) == 100);
  BOOST_TEST(std::ranges::count(spread->begin(), spread->begin() + 10, 3u) == 1);
  BOOST_TEST(spread_kinds("sale", 3)->size() == 3u);
  for (const auto* wrong : {"", "house", "sale=", "sale=0", "sale=1001", "sale=x", "sale,", "sale=1=2"}) {
    BOOST_TEST(!spread_kinds(wrong, 3).has_value(), wrong);
  }
}

BOOST_AUTO_TEST_CASE(an_incomplete_network_is_named) {
  const auto missing = read_load_network("/nonexistent");
  BOOST_REQUIRE(!missing.has_value());
  BOOST_TEST(missing.error().text.find("/nonexistent/genesis.json") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::testnet
