// Cluster: production drivers with stores on simulated disks, in one thread, whose frames arrive at once and in order;
// for tests of what only several nodes can do. Faults at random are the simulator's (testnet/).
#pragma once

#include <boost/test/unit_test.hpp>
#include <deque>

#include "contracts/motion.h"
#include "ledger/codec.h"
#include "node/driver.h"
#include "testnet/sim_disk.h"
#include "testnet/sim_genesis.h"

namespace kanhe::node {

using testnet::Identity;
namespace membership = contracts::membership;
namespace motion = contracts::motion;

class Cluster {
 public:
  explicit Cluster(const testnet::GenesisOptions& options) : genesis_(testnet::make_sim_genesis(options)) {
    wall_ = testnet::sim_created() + std::uint64_t{60'000};
    for (Identity i = 0; i < options.validators + options.observers + options.candidates; ++i) {
      nodes_.push_back(std::make_unique<Node>(*this, i));
    }
    for (Identity i = 0; i < options.validators + options.observers; ++i) start(i);
    settle(2'000);
  }

  static Parameters quick_parameters() {
    Parameters parameters;
    parameters.window = Number<WindowTag>(3);
    parameters.timeout_ms = Number<TimeoutTag>(400);
    parameters.heartbeat_ms = Number<HeartbeatTag>(3'600'000);
    return parameters;
  }

  void start(Identity i) { nodes_[i]->start(); }
  // The power goes, and what was not synced with it.
  void crash(Identity i) { nodes_[i]->crash(); }
  void wipe(Identity i) {
    nodes_[i]->crash();
    nodes_[i]->disk = std::make_unique<SimDisk>();
  }
  // Of a node that is put down for good.
  std::unique_ptr<SimDisk> take_disk(Identity i) {
    nodes_[i]->crash();
    return std::move(nodes_[i]->disk);
  }
  void put_disk(Identity i, std::unique_ptr<SimDisk> disk) { nodes_[i]->disk = std::move(disk); }
  // What whoever starts the node tells it of the newest end of an epoch.
  void trust(Identity i, const std::optional<Header>& last) { nodes_[i]->trusted = last; }
  // That header, as this node has it.
  Header epoch_end(Identity i) {
    const Epoch last(epoch(i).value() - 1);
    Height height = this->height(i);
    while (store(i).header(height).value().epoch != last) height = Height(height.value() - 1);
    return store(i).header(height).value();
  }
  void give_keys(Identity i, std::size_t count) { nodes_[i]->keys = count; }
  bool is_up(Identity i) const { return nodes_[i]->driver != nullptr; }
  Driver& driver(Identity i) { return *nodes_[i]->driver; }
  Store& store(Identity i) { return *nodes_[i]->store; }
  const Genesis& genesis() const { return genesis_; }
  Height height(Identity i) { return driver(i).executor().tip().height; }
  Epoch epoch(Identity i) { return driver(i).scheme().config.epoch; }
  consensus::Now now() const { return {monotonic_, wall_}; }
  // Of all messages that nodes signed.
  std::size_t signed_by(Identity i) const { return nodes_[i]->signed_count; }
  // The highest block of an epoch that anybody has signed a vote for.
  Height voted_up_to(Epoch epoch) { return voted_up_to_[epoch]; }

  // Everything that is under way arrives, is checked and answered.
  void run() {
    run_until([] { return false; });
  }
  // The same, until `holds`: asked after each frame and each work of a node. The answer is whether it held.
  template <class Holds>
  bool run_until(Holds holds) {
    for (bool worked = true; worked;) {
      worked = false;
      while (!wire_.empty()) {
        const Sent sent = std::move(wire_.front());
        wire_.pop_front();
        nodes_[sent.to]->receive(sent.from, sent.frame);
        worked = true;
        if (holds()) return true;
      }
      for (const auto& node : nodes_) {
        worked |= node->work();
        if (holds()) return true;
      }
    }
    return false;
  }
  // Of all nodes, and with it whatever is under way; then they start again.
  void cut_power() {
    wire_.clear();
    for (const auto& node : nodes_) {
      if (!node->driver) continue;
      node->crash();
      node->start();
    }
  }
  void settle(std::uint32_t ms) {
    const Instant end = monotonic_ + Duration(ms);
    run();
    while (monotonic_ < end) {
      Instant next = end;
      for (const auto& node : nodes_) {
        if (node->driver) next = std::min(next, std::max(node->driver->deadline(), monotonic_ + ns_per_ms));
      }
      wall_ = wall_ + (next - monotonic_) / ns_per_ms;
      monotonic_ = next;
      for (const auto& node : nodes_) node->tick();
      run();
    }
  }

  // By an administrator, at a node; nothing of the outcome is looked at.
  template <class Arguments>
  void call(Identity at, std::string_view sender, std::string_view method, const Arguments& arguments) {
    Transaction transaction;
    transaction.chain_id = chain_id_of(genesis_);
    transaction.module = ModuleName::from("motion").value();
    transaction.method = MethodName::from(method).value();
    transaction.arguments = Blob<arguments_bytes_max>::from(encode(arguments)).value();
    transaction.valid_until_ms = wall_ + std::uint64_t{300'000};
    ++nonces_;
    for (std::size_t i = 0; i < 8; ++i) transaction.nonce.array()[i] = static_cast<Byte>(nonces_ >> (8 * i));
    sign_transaction(genesis_.suite.signature, testnet::sim_key(sender), transaction);
    driver(at).submit(make_body(std::move(transaction)).bytes, 1, now());
    driver(at).run(now());
  }
  // Puts a motion at a node, and has every validator's department cast its ballot there; lets it take effect.
  MotionNumber carry(Identity at, const membership::Action& action) {
    const EpochConfig epoch = driver(at).scheme().config;
    const auto any = testnet::sim_administrator(testnet::sim_identity(epoch.validators[0].department));
    call(at, any, "put", motion::PutArguments{action, PlainText<256>::from("test").value(), wall_ + Duration(600'000)});
    settle(500);
    const MotionNumber number = motion::motion_counter.get(store(at), contracts::Only{}).value().last;
    for (const Validator& member : epoch.validators) {
      call(at, testnet::sim_administrator(testnet::sim_identity(member.department)), "cast",
           motion::CastArguments{number, motion::Choice::in_favour});
    }
    settle(3'000);
    return number;
  }
  motion::State state_of(Identity at, MotionNumber number) {
    return motion::motions.get(store(at), number).value().state;
  }
  static membership::Action observe(Identity i, std::size_t generation = 0) {
    const auto key = public_key_of(SignatureScheme::keyed_hash, testnet::sim_validator_key(i, generation));
    return membership::AddObserver{testnet::sim_department(i), key, testnet::sim_transport_key(i)};
  }
  // Every node that runs and is named is at one height, with one header, in one epoch.
  void check_equal(const std::vector<Identity>& named) {
    for (const Identity i : named) {
      BOOST_REQUIRE(is_up(i));
      driver(i).replica().check_invariants();
      const HeaderHash expected = driver(named[0]).executor().tip().header_hash;
      BOOST_TEST((driver(i).executor().tip().header_hash == expected), "node " << i);
      BOOST_TEST((epoch(i) == epoch(named[0])), "node " << i);
    }
  }

 private:
  struct Sent {
    Identity from;
    Identity to;
    Frame frame;
  };

  struct Node : Transport, Checker {
    Node(Cluster& owner, Identity who)
        : cluster(owner), identity(who), disk(std::make_unique<SimDisk>()) {}

    void start() {
      StoreOptions options;
      options.path = "store";
      options.segment_bytes = 1 << 20;
      options.write_buffer_bytes = 1 << 20;
      options.block_cache_bytes = 64 << 10;
      auto opened = Store::open(*disk, options, chain_id_of(cluster.genesis_));
      BOOST_REQUIRE(opened.has_value());
      store = std::move(opened).value();
      directory = std::make_unique<PeerDirectory>(first_epoch_of(cluster.genesis_), testnet::sim_department(identity));
      if (cluster.newest_) directory->expect(*cluster.newest_);
      DriverConfig config;
      config.genesis = cluster.genesis_;
      for (std::size_t i = 0; i < keys; ++i) config.keys.push_back(testnet::sim_validator_key(identity, i));
      config.session = ++cluster.sessions_;
      config.trusted = trusted;
      DriverEvents events;
      events.on_signed = [this](const consensus::Message& message) {
        ++signed_count;
        cluster.note_vote(message);
      };
      events.on_epoch = [this](const EpochConfig& epoch) { cluster.newest_ = epoch; };
      driver = std::make_unique<Driver>(std::move(config), *directory, *store, *this, *this, std::move(events),
                                        cluster.now());
    }
    void crash() {
      driver.reset();
      directory.reset();
      store.reset();
      jobs.clear();
      disk->crash(++cluster.sessions_);
    }
    void receive(Identity from, const Frame& frame) {
      if (!driver) return;
      const auto peer = directory->find(testnet::sim_department(from));
      if (!peer) return;
      driver->on_frame(*peer, frame, cluster.now());
      driver->run(cluster.now());
    }
    bool work() {
      if (!driver || jobs.empty()) return false;
      while (!jobs.empty()) {
        Job job = std::move(jobs.front());
        jobs.pop_front();
        driver->on_checked(check(driver->scheme(), std::move(job)), cluster.now());
        driver->run(cluster.now());
      }
      return true;
    }
    void tick() {
      if (!driver) return;
      driver->tick(cluster.now());
      driver->run(cluster.now());
    }

    void send(PeerId to, FrameKind kind, Bytes payload) override {
      if (!directory->is_member(to)) return;
      cluster.wire_.push_back({identity, testnet::sim_identity(directory->department(to)), {kind, std::move(payload)}});
    }
    void broadcast(FrameKind kind, Bytes payload) override {
      for (const PeerId peer : connected()) send(peer, kind, payload);
    }
    std::vector<PeerId> connected() const override {
      std::vector<PeerId> peers;
      for (std::uint16_t place = 0; place < directory->size(); ++place) {
        const PeerId peer(place);
        if (peer == directory->self() || !directory->is_member(peer)) continue;
        if (cluster.is_up(testnet::sim_identity(directory->department(peer)))) peers.push_back(peer);
      }
      return peers;
    }
    void submit(Job job) override { jobs.push_back(std::move(job)); }
    void enter(const consensus::Scheme&) override {}

    Cluster& cluster;
    Identity identity;
    std::size_t keys = testnet::sim_generations;
    std::size_t signed_count = 0;
    std::optional<Header> trusted;
    std::unique_ptr<SimDisk> disk;
    std::unique_ptr<Store> store;
    std::unique_ptr<PeerDirectory> directory;
    std::unique_ptr<Driver> driver;
    std::deque<Job> jobs;
  };

  void note_vote(const consensus::Message& message) {
    const auto voted = [this](Epoch epoch, Height height) {
      voted_up_to_[epoch] = std::max(voted_up_to_[epoch], height);
    };
    std::visit([&voted]<class T>(const T& vote) {
      if constexpr (std::same_as<T, consensus::PrePrepare>) {
        voted(vote.prepare.statement.epoch, vote.prepare.statement.height);
      }
      if constexpr (std::same_as<T, consensus::Prepare>) voted(vote.statement.epoch, vote.statement.height);
      if constexpr (std::same_as<T, consensus::Commit>) voted(vote.checkpoint.epoch, vote.checkpoint.height);
    }, message);
  }

  Genesis genesis_;
  Timestamp wall_;
  Instant monotonic_{1'000'000'000};
  std::uint64_t sessions_ = 0;
  std::uint64_t nonces_ = 0;
  std::optional<EpochConfig> newest_;
  std::map<Epoch, Height> voted_up_to_;
  std::deque<Sent> wire_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace kanhe::node
