// SimNode: one running node of a simulated network. Inside is the production node::Driver with everything that belongs
// to it, on a production Store; around it are a simulated disk, a clock of its own, links, and a checker of signatures
// that answers later.
//
// A node is up, down, or paused (up, but nothing reaches it until the pause ends). When its disk loses power in the
// middle of a write, it is down from then on; the simulator is told and starts it again.
//
// A liar's node may change what it sends (sim_liar.h), and is blind for its own votes coming back, so that running one
// identity twice does not silence it.
//
// Owner: the simulator. Thread: one. Units: ns of virtual time, ms of wall-clock time.
#pragma once

#include "node/driver.h"
#include "testnet/checkers.h"
#include "testnet/sim_attacker.h"
#include "testnet/sim_client.h"
#include "testnet/sim_disk.h"
#include "testnet/sim_network.h"

namespace kanhe::testnet {

// What all nodes of a network share.
struct SimWorld {
  Schedule& schedule;
  Random& random;
  SimNetwork& network;
  Checkers& checkers;
  SimClient& client;
  const Genesis& genesis;
  std::size_t ends = 0;
  std::uint64_t commit_loss_permille = 0;
  std::uint64_t check_us_max = 2'000;  // until a checked job is answered
  // Up to which height this end knows what happened, whether it has the blocks or was told of their last one.
  std::function<Height(End)> height_known_to;
  // Which ends `from` reaches under this identity.
  std::function<std::vector<End>(End from, Identity to)> ends_of;
  std::function<void(End)> on_power_lost;
  std::uint64_t event_hash = 0;

  void trace(std::uint64_t value) { event_hash = (event_hash ^ value) * 0x100000001b3 + (event_hash >> 29); }
};

class SimNode : public node::Transport, public node::Checker {
 public:
  struct Settings {
    End end = 0;
    Identity identity = 0;
    bool liar = false;
    std::uint64_t lie_permille = 0;
    bool attacks = false;  // with a SimAttacker beside its driver
    bool only_rubbish = false;  // is all the blocks that it gives then
    node::PoolLimits pool;
  };
  SimNode(SimWorld& world, const Settings& settings);
  ~SimNode() override;

  // Opens the store and starts the driver. The first time, and with another disk, whoever starts it tells it of the
  // newest end of an epoch. Requires: it is down.
  void start();
  // The power goes: what was not synced is lost or torn.
  void crash();
  // The power goes at the k-th operation of the disk from now.
  void lose_power_at(std::uint64_t k);
  void pause_until(Instant instant) { paused_until_ = instant; }
  void set_skew(std::int64_t ms) { skew_ms_ = ms; }
  // Until then whatever is done takes so long, as it does where each sync takes so long.
  void slow_disk_until(Instant instant, std::uint64_t ns) {
    slow_until_ = instant;
    slow_ns_ = ns;
  }
  // Keeps a copy of the disk. Requires: it is down.
  void back_up() { backup_ = disk_->copy(); }
  // Its disk is the one that was kept, or an empty one. Requires: it is down.
  void put_back();

  bool is_up() const { return driver_ != nullptr; }
  // Requires: it is up.
  const node::Driver& driver() const { return *driver_; }
  const Store& store() const { return *store_; }
  Timestamp wall() const;
  std::uint64_t starts() const { return starts_; }
  // The header that it was told of.
  const std::optional<Header>& trusted() const { return trusted_; }
  std::string habits() const { return attacker_ ? attacker_->habits() : std::string(); }
  std::uint64_t ticks() const { return ticks_; }

  // Frames of who is no member of this node's epoch do not arrive: there is no connection.
  void receive(End from, Identity from_identity, const std::shared_ptr<const Bytes>& frame);
  void submit(const Bytes& bytes, SimClient::Token token);

  void send(node::PeerId to, node::FrameKind kind, Bytes payload) override;
  void broadcast(node::FrameKind kind, Bytes payload) override;
  std::vector<node::PeerId> connected() const override;
  void submit(node::Job job) override;
  void enter(const consensus::Scheme& scheme) override;

 private:
  struct Stream {
    node::FrameReader reader;
    Bytes waiting;  // arrived in part: the rest of the stream
    bool rest_planned = false;
  };

  consensus::Now now() const;
  template <class Use>
  void hand_in(std::uint64_t kind, Use use);
  template <class Use>
  void enter(std::uint64_t kind, Use use);
  // Runs `action` on the node as it is now, later when it is paused, never when it went down in between.
  void plan(Instant at, std::function<void()> action);
  void plan_tick();
  void feed(End from, Identity from_identity, std::size_t count);
  bool is_own_vote(const node::Frame& frame) const;
  void send_to(node::PeerId to, node::FrameKind kind, const Bytes& payload);
  std::optional<SecretKey> voting_key() const;
  void attack(End from, const node::Frame& frame);
  void send_bytes(End to, node::FrameKind kind, const Bytes& payload);
  void note_sent(node::FrameKind kind, const Bytes& payload);
  void go_down();
  node::DriverEvents events();

  SimWorld& world_;
  Settings settings_;
  std::optional<SimAttacker> attacker_;
  std::unique_ptr<SimDisk> disk_;
  std::unique_ptr<SimDisk> backup_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<node::PeerDirectory> directory_;
  std::unique_ptr<node::Driver> driver_;
  std::optional<Header> trusted_;
  std::uint64_t generation_ = 0;
  std::uint64_t starts_ = 0;
  std::uint64_t ticks_ = 0;
  std::uint64_t monotonic_offset_ = 0;
  std::int64_t skew_ms_ = 0;
  bool power_armed_ = false;
  bool run_planned_ = false;
  bool clock_told_ = false;  // and not worked on yet
  Instant paused_until_;
  Instant slow_until_;
  std::uint64_t slow_ns_ = 0;
  std::optional<Instant> tick_at_;
  std::map<End, Stream> streams_;
  std::map<node::PeerId, Instant> checked_at_;
};

}  // namespace kanhe::testnet
