// ReplicaWorld: what surrounds the one replica of a replica program (replica_program.h): its driver and disk, and three
// peers that sign whatever they are told to.
//
// Owner: one run of a program. Thread: one. Units: ms of virtual time. Errors: a broken promise is a CHECK.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "consensus/replica.h"

namespace kanhe::fuzz {

using SharedProposal = std::shared_ptr<const Proposal>;

struct WorldSettings {
  std::uint16_t self = 0;
  std::uint16_t window = 8;
  bool observer = false;
  std::optional<Height> epoch_end;
};

class ReplicaWorld {
 public:
  explicit ReplicaWorld(const WorldSettings& settings);

  // -- Time, power and the driver's answers
  void step(consensus::Input input);
  // The next `steps` inputs share one Output, as a busy driver lets them.
  void hold_output(std::size_t steps) { held_ = steps; }
  void pass(std::uint64_t ms);
  void tick();
  // A few Ticks move the deadline, else a driver would be busy for nothing.
  void check_deadline();
  // The power goes and comes back; what was not written is lost.
  void restart();
  // Answers one thing that the replica asked for, the oldest or the newest of its kind; false when there is none.
  enum class Asked : std::uint8_t { own_vote, execution, bodies, batch, block, blocks };
  enum class Order : std::uint8_t { oldest, newest };
  bool answer(Asked asked, Order order);
  // Block sync brings blocks up to a seal, asked for or not.
  void offer_blocks(const CommitSeal& seal);
  // Answers everything, until nothing is left.
  void settle();

  // -- Peers
  // Signs, keeps and delivers. What names the replica itself as its signer is dropped: nobody else has its key.
  void say(consensus::Message message);
  void deliver(const consensus::Message& message);
  consensus::Prepare prepare(std::uint16_t signer, View view, const Proposal& proposal) const;
  consensus::Commit commit(std::uint16_t signer, View view, const Proposal& proposal, std::uint8_t result) const;
  // Signed by the peers of the mask.
  consensus::PreparedProof proof(std::uint8_t mask, View view, const Proposal& proposal) const;
  consensus::ViewChange signed_view_change(consensus::ViewChange message) const;
  CommitSeal seal(std::uint8_t mask, View view, const Proposal& proposal, std::uint8_t result) const;

  // -- What is known
  const consensus::Replica& replica() const { return *replica_; }
  const consensus::Scheme& scheme() const { return config_.scheme; }
  ValidatorIndex self() const { return self_; }
  std::uint64_t session() const { return config_.session; }
  Timestamp wall() const { return now_.wall; }
  Instant monotonic() const { return now_.monotonic; }
  bool was_asked_to_execute(const ProposalDigest& digest) const { return asked_.contains(digest); }
  // A new proposal above a block. Its bodies are new ones.
  SharedProposal propose(Height height, const ProposalDigest& parent, Timestamp time, std::size_t bodies);
  // The newest first. Absent when none was made.
  SharedProposal proposal(std::size_t age) const;
  SharedProposal proposal_of(const ProposalDigest& digest) const;
  const std::deque<consensus::Message>& said() const { return said_; }
  const std::deque<consensus::Message>& own() const { return own_; }
  static HeaderHash result_of(const ProposalDigest& digest, std::uint8_t result);

 private:
  void start(consensus::Remembered remembered);
  void carry_out(consensus::Output output);
  void persist(const consensus::Record& record);
  void persist_vote(const consensus::Vote& vote, const consensus::Message& signed_message);
  void forget(Height height);
  void check_vote(const consensus::Message& message);
  void check_sent(const consensus::Send& sent) const;
  void check_finalize(const consensus::Output& output);
  void remember(SharedProposal proposal);
  void write_block(const consensus::Finalize& block);

  consensus::Config config_;
  ValidatorIndex self_;
  std::unique_ptr<consensus::Replica> replica_;
  consensus::Now now_;
  std::size_t held_ = 0;
  std::uint64_t bodies_made_ = 0;

  // The disk
  std::map<Bytes, consensus::Record> records_;
  consensus::Tip tip_;
  std::optional<CommitSeal> tip_seal_;

  // What the replica waits for; lost with the power.
  std::deque<consensus::Message> own_votes_;
  std::deque<consensus::Execute> executions_;
  std::deque<consensus::Fetch> fetches_;
  std::optional<consensus::WantBatch> want_batch_;
  std::deque<consensus::Finalize> blocks_;
  std::optional<CommitSeal> catch_up_;
  std::set<ProposalDigest> executed_;
  std::set<ProposalDigest> asked_;  // to be executed, since the start
  Height finalized_;

  std::deque<std::pair<ProposalDigest, SharedProposal>> proposals_;  // the newest first
  std::deque<consensus::Message> said_;                              // by peers
  std::deque<consensus::Message> own_;                               // votes of the replica, signed
  std::map<std::tuple<std::string, View, Height>, Bytes> signed_;
  std::optional<View> sworn_;  // the highest own ViewChange
};

}  // namespace kanhe::fuzz
