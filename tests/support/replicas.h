// Replicas: a network of consensus::Replica objects in one thread, with a virtual clock, a disk that forgets what was
// not synced, and a fake execution. The tests of consensus/ drive it by hand, by scenario files or by a random
// schedule.
//
// Each node has a small driver that carries out an Output in the documented order: start executing and fetching; write
// the records and the signed votes together; send; step the own votes back in; write final blocks. Every message is
// encoded, and decoded and verified by its receiver. A transaction is a name: "t1" and "t1'" are two signatures of one
// id.
//
// What is checked all the time, else a Fault is thrown:
//   agreement  no two honest nodes finalize different blocks at one height, ever, restarts included
//   signing    no honest node signs two votes of one view, height and phase, nor a vote below its own ViewChange
//   blame      no honest node finds its votes lost that has not lost its disk
//   duties     what is executed rests on its parent; an own Prepare has its list and bodies; check_invariants() holds
// What is not checked here: progress (a test asks for it), timing, the cost of anything.
//
// Thread: one. Units: milliseconds of virtual time.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <string>

#include "consensus/replica.h"

namespace kanhe::consensus::tests {

// A broken promise of the protocol or of the harness; the text says which.
struct Fault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Where a node loses its power while it carries out an Output.
enum class CrashPoint : std::uint8_t { before_sync, before_send, before_own_votes, before_blocks, between_blocks };

struct StoredBlock {
  Proposal proposal;
  HeaderHash header_hash;
  LogRoot log_root;
  std::optional<CommitSeal> seal;  // its own; absent: a later one covers it
};

struct Disk {
  std::map<Bytes, Bytes> records;  // by record_key()
  std::map<Height, StoredBlock> blocks;
  std::set<BodyHash> bodies;
};

struct Node {
  ValidatorIndex index;
  bool up = true;
  bool honest = true;  // its signatures are checked and its blocks compared
  std::unique_ptr<Replica> replica;
  Disk disk;
  std::uint64_t session = 0;
  std::int64_t skew_ms = 0;  // of the wall clock
  bool diverges = false;     // execution gives another result here
  bool lost_disk = false;
  bool hold_execution = false;
  bool hold_blocks = false;
  std::optional<CrashPoint> crash_at;  // at the next Output that holds something to sync

  // Lost by a crash:
  std::set<BodyHash> bodies;
  std::map<ProposalDigest, std::shared_ptr<const Proposal>> proposals;
  std::set<ProposalDigest> executed;
  std::map<BodyHash, Instant> pool;
  std::deque<Input> answers;
  std::map<ProposalDigest, Fetch> fetches;
  std::optional<CatchUp> catch_up;
  std::optional<WantBatch> want_batch;
  std::vector<Execute> held_executions;
  std::vector<Finalize> held_blocks;
  std::optional<std::tuple<std::size_t, std::optional<Instant>, std::optional<Instant>>> pool_told;
};

struct Envelope {
  Instant due;
  std::uint64_t number;
  ValidatorIndex from;
  ValidatorIndex to;
  Bytes bytes;
  bool held = false;
};

class Replicas {
 public:
  explicit Replicas(std::size_t n, Parameters parameters = {});

  // -- The network's members and clock
  std::size_t n() const { return nodes_.size(); }
  Node& node(std::size_t index) { return nodes_.at(index); }
  Replica& replica(std::size_t index) { return *nodes_.at(index).replica; }
  const Scheme& scheme() const { return config_.scheme; }
  const Config& config() const { return config_; }
  Config& config() { return config_; }
  Instant now() const { return now_; }
  Timestamp wall(const Node& node) const;
  const SecretKey& key(std::size_t index) const { return keys_.at(index); }

  // -- What the world does
  void submit(const std::string& transaction, const std::vector<std::size_t>& to);
  void crash(std::size_t index);
  void restart(std::size_t index);
  void lose_disk(std::size_t index);
  // The node is run by the test from now on.
  void make_liar(std::size_t index);
  // A node's link in one direction; heal() mends all.
  void cut(std::size_t from, std::size_t to) { cut_.insert({from, to}); }
  void heal() { cut_.clear(); }
  void release_execution(std::size_t index);
  void release_blocks(std::size_t index);
  // Decides what becomes of a message: each element is a copy that is delivered, with its delay; absent: held.
  using Post = std::function<std::vector<std::pair<std::optional<std::uint64_t>, Message>>(
      std::size_t from, std::size_t to, const Message&)>;
  Post post;
  // The last height of the epoch, decided by the block W below it.
  std::optional<Height> epoch_end;
  // Called before an expired transaction is judged: names that are refused as not fresh.
  std::set<std::string> expired;

  // -- Time and delivery
  // Delivers what is due, without moving the clock, until nothing is left.
  void settle();
  // Moves the clock, delivering and ticking on the way.
  void run_for(std::uint64_t ms);
  void release_mail();
  std::deque<Envelope>& mail() { return mail_; }
  void deliver(std::size_t from, std::size_t to, const Bytes& bytes);

  // -- For liars and for looking
  // `change` lies in the header before it gets its name.
  std::shared_ptr<const Proposal> propose(Height height, const ProposalDigest& parent,
                                          const std::vector<std::string>& transactions, Timestamp time,
                                          const std::function<void(ProposalHeader&)>& change = nullptr);
  std::shared_ptr<const Proposal> find(const std::string& name) const;
  Message signed_by(std::size_t index, Message message) const;
  Message pre_prepare(std::size_t signer, View view, const Proposal& proposal) const;
  Message prepare(std::size_t signer, View view, const Proposal& proposal) const;
  Message commit(std::size_t signer, View view, const Proposal& proposal, const std::string& result = "") const;
  Message view_change(std::size_t signer, View new_view, std::optional<CommitSeal> seal,
                      std::vector<PreparedProof> proofs) const;
  Message new_view(std::size_t signer, View view, const std::vector<ViewChange>& view_changes) const;
  // Signs nothing: what was sent by whom, from all messages of honest nodes and liars.
  std::optional<PreparedProof> collected_proof(const ProposalDigest& digest, View view) const;
  std::optional<CommitSeal> collected_seal(const ProposalDigest& digest, View view) const;
  std::optional<ViewChange> collected_view_change(std::size_t signer, View new_view) const;
  // Puts a message into the mail as if `from` had sent it.
  void say(std::size_t from, const std::vector<std::size_t>& to, const Message& message);

  std::string name(const ProposalDigest& digest) const;
  std::string describe(const Message& message) const;
  Checkpoint checkpoint(View view, const Proposal& proposal, const std::string& result = "") const;
  // What happened since it was last taken, a line each. Status messages are left out.
  std::vector<std::string> take_log();
  const std::map<Height, HeaderHash>& decided() const { return decided_; }
  // Whether a transaction is in a durable block of the node.
  bool has(std::size_t index, const std::string& transaction) const;
  std::uint64_t messages_sent() const { return number_; }

 private:
  void start(Node& node);
  void pump(Node& node);
  void step(Node& node, Input input);
  void carry_out(Node& node, Output output);
  bool crashes(Node& node, CrashPoint point);
  void persist(Node& node, const Output& output, const std::vector<Message>& votes);
  void send(Node& node, const Output& output, const std::vector<Message>& votes);
  void finish(Node& node, Output& output);
  void write_block(Node& node, const Finalize& block);
  std::optional<Height> end_known_at(Height height) const;
  void forget_records(Node& node, Height height);
  void execute(Node& node, const Execute& request);
  bool answer_something(Node& node);
  bool answer_fetch(Node& node);
  bool answer_catch_up(Node& node);
  bool answer_batch(Node& node);
  bool tell_pool(Node& node);
  bool reachable(std::size_t from, std::size_t to) const;
  std::shared_ptr<const Proposal> proposal_at(const Node& node, const ProposalDigest& digest) const;
  bool has_bodies(const Node& node, const Proposal& proposal) const;
  // The ids in the chain up to a digest; absent when a part of it is not known here.
  std::optional<std::set<std::string>> ids_up_to(const Node& node, const ProposalDigest& digest) const;
  void check_vote(const Node& node, const Message& message);
  void decide(const Node& node, Height height, const HeaderHash& header_hash);
  void collect(const Message& message);
  void enqueue(std::size_t from, std::size_t to, const Message& message);
  void log(const std::string& line) { log_.push_back(line); }
  void learn_name(const Proposal& proposal);

  Config config_;
  Tip genesis_;
  std::vector<SecretKey> keys_;
  std::vector<Node> nodes_;
  Instant now_;
  std::uint64_t number_ = 0;
  std::uint64_t sessions_ = 0;
  std::deque<Envelope> mail_;
  std::set<std::pair<std::size_t, std::size_t>> cut_;
  std::vector<std::string> log_;

  std::map<BodyHash, std::string> transactions_;
  std::map<ProposalDigest, std::string> names_;
  std::map<std::string, std::shared_ptr<const Proposal>> proposals_;
  std::map<Height, HeaderHash> decided_;
  std::map<std::string, Bytes> signed_;  // "signer phase view height" -> what
  std::map<std::size_t, View> sworn_;    // the highest own ViewChange
  std::map<std::pair<ProposalDigest, View>, std::map<ValidatorIndex, Signature>> prepares_;
  std::map<Checkpoint, std::map<ValidatorIndex, Signature>> commits_;
  std::map<std::pair<std::size_t, View>, ViewChange> view_changes_;
};

BodyHash body_named(const std::string& transaction);
std::string joined(const SignerSet& signers);

}  // namespace kanhe::consensus::tests
