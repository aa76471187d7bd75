// The journey of transactions through four whole nodes: the production driver, executor, pool, block sync, consensus,
// contracts and store, on simulated disks, in virtual time, over a network that carries real frames.
#include <boost/test/unit_test.hpp>
#include <deque>
#include <memory>

#include "ledger/codec.h"
#include "node/driver.h"
#include "tests/support/contract_network.h"
#include "testnet/sim_disk.h"

namespace kanhe::node {
namespace {

constexpr std::size_t n = 4;
constexpr std::array<std::string_view, n> departments = {"housing", "registry", "tax-office", "treasury"};

Genesis four_departments() {
  Genesis genesis = ContractNetwork::genesis_of(departments);
  genesis.parameters.heartbeat_ms = Number<HeartbeatTag>(3'600'000);
  return genesis;
}

struct Envelope {
  std::uint16_t from;
  std::uint16_t to;
  Bytes frame;
};

class Cluster {
 public:
  Cluster() : genesis_(four_departments()), calls_(genesis_) {
    for (std::uint16_t i = 0; i < n; ++i) nodes_.push_back(std::make_unique<Node>(*this, i));
    for (std::uint16_t i = 0; i < n; ++i) start(i);
    settle(2'000);
  }

  void start(std::uint16_t i) { nodes_[i]->start(); }
  // The process dies and the power goes: what was not synced may be lost.
  void crash(std::uint16_t i, std::uint64_t seed) {
    nodes_[i]->driver.reset();
    nodes_[i]->store.reset();
    nodes_[i]->disk->crash(seed);
  }

  TransactionBody enrolment(std::string_view officer) {
    contracts::Roles roles;
    roles.push_back(contracts::Role::reviewer);
    Transaction transaction = calls_
                                  .call(ContractNetwork::administrator("registry"), "governance", "enrol_officer",
                                        contracts::governance::EnrolOfficerArguments{
                                            ContractNetwork::key(officer), ContractNetwork::person(officer), roles})
                                  .transaction;
    transaction.valid_until_ms = wall_ + std::uint64_t{60'000};
    sign_transaction(ContractNetwork::scheme,
                     ContractNetwork::secret(ContractNetwork::administrator("registry")), transaction);
    return make_body(std::move(transaction));
  }

  void submit(std::uint16_t i, const TransactionBody& body) {
    nodes_[i]->driver->submit(body.bytes, 1, now());
    run();
  }

  // Lets virtual time pass, delivering everything on the way.
  void settle(std::uint64_t ms) {
    const Instant end = monotonic_ + Duration(static_cast<std::uint32_t>(ms));
    while (monotonic_ < end) {
      run();
      Instant next = end;
      for (const auto& node : nodes_) {
        if (node->driver) next = std::min(next, std::max(node->driver->deadline(), monotonic_ + ns_per_ms));
      }
      wall_ = wall_ + (next - monotonic_) / ns_per_ms;
      monotonic_ = next;
      for (const auto& node : nodes_) {
        if (node->driver) node->driver->tick(now());
      }
    }
    run();
  }

  Store& store(std::uint16_t i) { return *nodes_[i]->store; }
  Driver& driver(std::uint16_t i) { return *nodes_[i]->driver; }
  const Genesis& genesis() const { return genesis_; }
  consensus::Now now() const { return {monotonic_, wall_}; }

  // Every node that runs is at one height, with one header.
  void check_equal() {
    std::optional<HeaderHash> hash;
    for (const auto& node : nodes_) {
      if (!node->driver) continue;
      node->driver->replica().check_invariants();
      if (!hash) hash = node->store->tip()->header_hash;
      BOOST_TEST((node->store->tip()->header_hash == *hash));
    }
  }

 private:
  struct Node : Transport, Checker {
    Node(Cluster& owner, std::uint16_t index) : cluster(owner), self(index), disk(std::make_unique<SimDisk>()) {}

    void start() {
      StoreOptions options;
      options.path = "/node";
      options.segment_bytes = 1 << 20;
      options.write_buffer_bytes = 64 << 10;
      auto opened = Store::open(*disk, options, chain_id_of(cluster.genesis_));
      BOOST_REQUIRE(opened.has_value());
      store = std::move(opened).value();
      DriverConfig config;
      config.genesis = cluster.genesis_;
      config.keys.push_back(ContractNetwork::secret(departments[self]));
      config.session = ++cluster.sessions_;
      directory = std::make_unique<PeerDirectory>(first_epoch_of(cluster.genesis_),
                                                  cluster.genesis_.validators[self].department);
      driver = std::make_unique<Driver>(std::move(config), *directory, *store, *this, *this, DriverEvents{},
                                        cluster.now());
    }
    void send(PeerId to, FrameKind kind, Bytes payload) override {
      cluster.wire_.push_back({self, to.value(), encode_frame(kind, payload)});
    }
    void broadcast(FrameKind kind, Bytes payload) override {
      for (const PeerId peer : connected()) send(peer, kind, payload);
    }
    std::vector<PeerId> connected() const override {
      std::vector<PeerId> peers;
      for (std::uint16_t i = 0; i < n; ++i) {
        if (i != self && cluster.nodes_[i]->driver) peers.push_back(PeerId(i));
      }
      return peers;
    }
    void submit(Job job) override { jobs.push_back(std::move(job)); }
    void enter(const consensus::Scheme&) override {}

    Cluster& cluster;
    std::uint16_t self;
    std::unique_ptr<SimDisk> disk;
    std::unique_ptr<Store> store;
    std::unique_ptr<PeerDirectory> directory;
    std::unique_ptr<Driver> driver;
    std::deque<Job> jobs;
  };

  // Delivers frames and checks signatures until nothing moves.
  void run() {
    for (bool moved = true; moved;) {
      moved = false;
      for (const auto& node : nodes_) {
        while (node->driver && !node->jobs.empty()) {
          Job job = std::move(node->jobs.front());
          node->jobs.pop_front();
          node->driver->on_checked(check(node->driver->scheme(), std::move(job)), now());
          moved = true;
        }
        if (node->driver) node->driver->run(now());
        moved = moved || !node->jobs.empty();
      }
      if (wire_.empty()) continue;
      const Envelope envelope = std::move(wire_.front());
      wire_.pop_front();
      moved = true;
      Node& target = *nodes_[envelope.to];
      if (!target.driver) continue;
      FrameReader reader;
      BOOST_REQUIRE(reader.feed(envelope.frame).has_value());
      while (auto frame = reader.next()) target.driver->on_frame(PeerId(envelope.from), std::move(*frame), now());
    }
  }

  Genesis genesis_;
  ContractNetwork calls_;
  std::deque<Envelope> wire_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::uint64_t sessions_ = 0;
  Instant monotonic_{1'000 * ns_per_ms};
  Timestamp wall_{1'750'000'001'000};
};

// Where and how a transaction was recorded on every running node; the receipt must have succeeded.
void check_recorded(Cluster& cluster, const TransactionBody& body, std::initializer_list<std::uint16_t> nodes) {
  std::optional<TransactionPosition> position;
  for (const std::uint16_t i : nodes) {
    const auto found = cluster.store(i).find_transaction(body.id);
    BOOST_REQUIRE(found.has_value());
    if (!position) position = found;
    BOOST_TEST((*found == *position));
    const auto receipt = cluster.store(i).receipt(found->height, found->index + 1);
    BOOST_REQUIRE(receipt.has_value());
    BOOST_TEST(succeeded(*receipt));
    BOOST_TEST((receipt->transaction_id == body.id));
    const auto seal = cluster.store(i).covering_seal(found->height);
    BOOST_REQUIRE(seal.has_value());
    const consensus::Scheme& scheme = cluster.driver(i).scheme();
    BOOST_TEST(check_seal(scheme.signature, scheme.origin, scheme.config, *seal).has_value());
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(journey_tests)

BOOST_AUTO_TEST_CASE(a_transaction_given_to_any_node_is_recorded_by_all_under_one_seal) {
  Cluster cluster;
  for (std::uint16_t i = 0; i < n; ++i) {
    const TransactionBody body = cluster.enrolment("officer " + std::to_string(i));
    cluster.submit(i, body);
    cluster.settle(100);
    check_recorded(cluster, body, {0, 1, 2, 3});
  }
  cluster.check_equal();
}

BOOST_AUTO_TEST_CASE(many_transactions_at_once_are_each_recorded_once) {
  Cluster cluster;
  std::vector<TransactionBody> bodies;
  for (int i = 0; i < 200; ++i) {
    bodies.push_back(cluster.enrolment("officer " + std::to_string(i)));
    cluster.submit(static_cast<std::uint16_t>(i % n), bodies.back());
    cluster.submit(static_cast<std::uint16_t>((i + 1) % n), bodies.back());
  }
  cluster.settle(1'000);
  for (const TransactionBody& body : bodies) check_recorded(cluster, body, {0, 1, 2, 3});
  BOOST_TEST(cluster.driver(0).pool().count() == 0U);
  BOOST_TEST(cluster.driver(0).counters().transactions_final == bodies.size());
  cluster.check_equal();
}

BOOST_AUTO_TEST_CASE(three_nodes_go_on_without_the_primary_and_it_catches_up_afterwards) {
  Cluster cluster;
  cluster.crash(0, 1);
  std::vector<TransactionBody> bodies;
  for (int i = 0; i < 20; ++i) {
    bodies.push_back(cluster.enrolment("officer " + std::to_string(i)));
    cluster.submit(1, bodies.back());
    cluster.settle(i == 0 ? 6'000 : 50);
  }
  for (const TransactionBody& body : bodies) check_recorded(cluster, body, {1, 2, 3});
  BOOST_TEST((cluster.driver(1).replica().view() > View(0)));
  cluster.start(0);
  cluster.settle(3'000);
  for (const TransactionBody& body : bodies) check_recorded(cluster, body, {0, 1, 2, 3});
  cluster.check_equal();
}

BOOST_AUTO_TEST_CASE(nothing_final_is_lost_when_the_power_of_all_goes_at_once) {
  Cluster cluster;
  std::vector<TransactionBody> bodies;
  for (std::uint64_t round = 0; round < 5; ++round) {
    for (int i = 0; i < 10; ++i) {
      const TransactionBody body = cluster.enrolment(std::to_string(round) + " officer " + std::to_string(i));
      cluster.submit(static_cast<std::uint16_t>(i % n), body);
      if (cluster.store(0).find_transaction(body.id)) bodies.push_back(body);
    }
    for (std::uint16_t i = 0; i < n; ++i) cluster.crash(i, round * n + i + 1);
    for (std::uint16_t i = 0; i < n; ++i) cluster.start(i);
    cluster.settle(3'000);
    for (const TransactionBody& body : bodies) check_recorded(cluster, body, {0, 1, 2, 3});
    cluster.check_equal();
  }
  BOOST_TEST(bodies.size() > 10U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::node
