// Driver: the only caller of consensus::Replica. It turns frames, bodies and time into Inputs, and carries Outputs out.
//
// What comes in (frames, answers of the checker, submissions, time) is only noted; run() then steps all of it and
// carries out what came of it. So who has a queue hands in everything that waits, and then runs once: many votes share
// one sync, and many submissions one job of the checker.
//
// carry_out() shows the order on which everything rests: execute and fetch; sign the votes and write them, with the
// bodies of own Prepares and the records, in one synced batch; only then send; then step the own votes back in; then
// finalize. No message leaves before the record that it rests on is on disk.
//
// The driver signs, the core holds no key. It takes time, transport, checker and store as arguments: the daemon gives
// it sockets, worker threads and a disk, the simulator virtual ones.
//
// When the last block of an epoch is durable, the next epoch begins: with its validators and parameters, a new Replica,
// and nothing of what was under way. Whether and with which key this node votes follows from the epoch. In one that is
// known to have ended it does not vote and hears no votes: it gets blocks.
//
// Owner: the node. Thread: one; every function below is called from it. Units: Instants in ns, Timestamps in ms.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "node/admission.h"
#include "node/block_server.h"
#include "node/block_sync.h"
#include "node/executor.h"
#include "node/peers.h"
#include "node/pool.h"

namespace kanhe::node {

// What a node tells those who watch it. All are called from the driver's thread.
struct DriverEvents {
  std::function<void(const consensus::Alarm&)> on_alarm;
  std::function<void(Height)> on_block;                      // durable
  // What a durable block records, in its order; after on_block of its height.
  std::function<void(Height, const std::vector<TransactionId>&)> on_recorded;
  std::function<void(const TransactionId&)> on_expired;      // a block's time has passed it: nothing records it now
  // Answers a client's submission: received, or why not. "Received" is never final.
  std::function<void(std::uint64_t token, const TransactionId&, Result<void>)> on_submitted;
  std::function<void(const consensus::Message&)> on_signed;  // an own message, before it leaves
  std::function<void(const EpochConfig&)> on_epoch;          // another epoch has begun
};

struct DriverConfig {
  Genesis genesis;
  std::vector<SecretKey> keys;   // the present and the next one; none: an observer
  std::uint64_t session = 0;     // a random number, new at each start, not 0
  PoolLimits pool;
  SignatureCheck is_good = nullptr;  // consensus::Scheme::is_good, the checker's too
  // The header that ended an epoch, got as safely as the genesis: no block up to it is believed for its seal alone.
  std::optional<Header> trusted = std::nullopt;
};

// Counted since the start.
struct DriverCounters {
  std::uint64_t frames_bad = 0;       // did not decode, or of a kind that makes no sense here
  std::uint64_t messages_refused = 0; // did not verify
  std::uint64_t messages_of_other_epochs = 0;
  std::uint64_t bodies_refused = 0;   // bad signature
  std::uint64_t messages_sent = 0;
  std::uint64_t transactions_final = 0;
  std::uint64_t outputs = 0;          // carried out
};

class Driver {
 public:
  // Lifetime: directory, store, transport and checker outlive the driver. Requires: the store is of the genesis's
  // chain.
  Driver(DriverConfig config, PeerDirectory& directory, Store& store, Transport& transport, Checker& checker,
         DriverEvents events, consensus::Now now);
  ~Driver();

  // Each is to be followed by run(), at the latest when nothing more waits to be handed in. A Status and a VoteReport
  // count only when they come from who signed them: what one said before a restart must not be said again by others.
  void on_frame(PeerId from, Frame frame, consensus::Now now);
  void on_checked(Checked checked, consensus::Now now);
  // A client's transaction, in canonical bytes. The answer comes by on_submitted with the token.
  void submit(ByteView bytes, std::uint64_t token, consensus::Now now);
  void tick(consensus::Now now);
  void run(consensus::Now now);
  // tick() and run() no later than this.
  Instant deadline() const;

  const consensus::Replica& replica() const { return *replica_; }
  const Pool& pool() const { return pool_; }
  const Executor& executor() const { return executor_; }
  const BlockSync& sync() const { return sync_; }
  const BlockServer& server() const { return server_; }
  const DriverCounters& counters() const { return counters_; }
  const consensus::Scheme& scheme() const { return scheme_; }
  // Whether this node votes in the present epoch.
  bool is_validator() const { return key_ != nullptr; }
  // Whether the epoch names it as a validator under a key that it does not have.
  bool lacks_key() const { return lacks_key_; }

 private:
  consensus::Remembered remembered();
  void begin_epoch();
  bool epoch_has_ended() const;
  void choose_key();
  void confirm_admission();
  bool is_hearsay(PeerId from, const consensus::Message& message) const;
  void step(consensus::Input input);
  void run();
  void carry_out(consensus::Output output);
  void start_work(consensus::Output& output);
  void consider_batch();
  bool is_worth_a_block() const;
  void answer_batch(const consensus::WantBatch& wanted);
  void persist(consensus::Output& output);
  void keep_seal(const CommitSeal& seal);
  void add_vote(VoteBatch& batch, consensus::Vote& vote);
  void add_record(VoteBatch& batch, const consensus::Record& record);
  void send(consensus::Output& output);
  void send(std::optional<ValidatorIndex> to, const consensus::Message& message);
  void count_own_votes(consensus::Output& output);
  void finalize(const consensus::Finalize& block);
  void commit(const ProposalDigest& digest, std::optional<CommitSeal> seal);
  void forward_waiting();
  void pass_on();
  std::vector<ProposalDigest> candidates() const;
  Duration pass_on_after() const;
  void forget_strays();
  void tell_pool();
  void tell_under_way();
  void on_payload(PeerId from, Frame frame);
  void on_gossip(PeerId from, BodyPurpose purpose, std::vector<TransactionBody> bodies);
  void on_checked(CheckedMessage checked);
  void on_checked(CheckedBodies checked);
  Result<void> admit(const SharedBody& body, BodyPurpose purpose, PeerId from);
  void answer(std::uint64_t token, const TransactionId& id, Result<void> answer) const;
  void flush_submissions();
  void flush_gossip();

  Genesis genesis_;
  TrustedHistory trusted_;
  consensus::Scheme scheme_;
  PeerDirectory& directory_;
  std::vector<SecretKey> keys_;
  const SecretKey* key_ = nullptr;  // of keys_; null: this node does not vote
  bool lacks_key_ = false;
  std::uint64_t session_;
  Store& store_;
  Transport& transport_;
  Checker& checker_;
  DriverEvents events_;
  consensus::Now now_;
  Executor executor_;
  Pool pool_;
  BlockSync sync_;
  BlockServer server_;
  Admission admission_;
  std::unique_ptr<consensus::Replica> replica_;
  std::vector<consensus::Input> inputs_;
  BodiesJob submissions_;                             // read, to be checked
  std::vector<SharedBody> gossip_;                    // admitted from clients, to be sent to all
  std::map<Bytes, Height> vote_keys_;                 // records in the store that end with their height
  std::map<Height, std::set<BodyHash>> vote_bodies_;  // bodies that came with votes
  std::vector<ProposalDigest> told_under_way_;        // what the pool was told of
  std::optional<consensus::WantBatch> wanted_batch_;  // not answered yet
  Instant batch_due_;                                 // it is answered no later, whatever the pool holds
  bool pool_changed_ = false;
  bool misses_some_ = false;                          // the pool told of one that stands in no proposal
  Instant pass_on_at_;                                // not before
  View swept_view_;                                   // the one in which strays were forgotten last
  DriverCounters counters_;
};

}  // namespace kanhe::node
