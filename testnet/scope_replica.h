// ScopeBook and ScopeReplica: what the exhaustive run (testnet/small_scope.h) is made of.
//
// The book holds every message and proposal that came up anywhere, each once, under a number. A ScopeReplica is one
// honest replica with the driver, disk and pool that belong to it, as a value that can be copied: the production
// Replica, around it a driver that answers at once whatever the replica asks of its own machine, in the documented
// order. So only what others decide is left open: which messages arrive, when patience ends, when the power goes, and
// when a final block is on disk.
//
// Signatures are keyed hashes. Executing a proposal leads to a result that is a function of its digest. Bodies are
// always at hand: fetching is not what is explored here.
//
// Owner: SmallScope. Thread: one. Errors: a broken promise of the replica is a Violation (testnet/checkers.h).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "consensus/replica.h"

namespace kanhe::testnet {

using MessageNumber = std::uint32_t;

struct ScopeSettings {
  std::size_t liars = 1;     // of the four; more than one is beyond what PBFT promises
  std::size_t liar = 0;      // the first of them: validator i is the primary of views i, i + 4, …
  std::uint64_t views = 2;   // 0 … views − 1 are entered
  std::uint64_t slots = 1;   // heights that are proposed; also the window
  std::uint64_t crashes = 0; // of each honest replica
  bool slow_disk = false;    // that a final block is written is an event of its own
  bool single_votes = false; // votes arrive one by one; else all that are there of one kind at once
  std::size_t depth = 12;    // events
  std::uint64_t states_max = 20'000'000;  // then it stops, and says so
  std::uint64_t heal_every = 0;  // from each so-manieth state the honest must finish on their own; 0: from none
};

inline constexpr std::size_t scope_validators = 4;

class ScopeBook {
 public:
  explicit ScopeBook(const ScopeSettings& settings);

  const ScopeSettings& settings() const { return settings_; }
  const consensus::Scheme& scheme() const { return config_.scheme; }
  const consensus::Config& config() const { return config_; }
  const consensus::Tip& genesis() const { return genesis_; }
  bool is_liar(std::size_t index) const;
  std::vector<std::size_t> honest() const;

  // Signs for anyone.
  consensus::Message sign(ValidatorIndex signer, consensus::Message message) const;
  // Requires: it verifies; a liar's does too, for the choice is the lie and not the form.
  MessageNumber number_of(const consensus::Message& message);
  const consensus::Message& message(MessageNumber number) const { return verified_.at(number).message(); }
  const consensus::Verified& verified(MessageNumber number) const { return verified_.at(number); }
  std::size_t messages() const { return verified_.size(); }

  // The k-th proposal that a liar makes at a height above a parent.
  std::shared_ptr<const Proposal> liars_proposal(Height height, const ProposalDigest& parent, std::size_t k);
  void learn(const Proposal& proposal);
  // Requires: it came up.
  std::shared_ptr<const Proposal> proposal(const ProposalDigest& digest) const;
  // What an honest primary proposes.
  static BodyHash body_of(View view, Height height, std::size_t variant);

 private:
  ScopeSettings settings_;
  consensus::Config config_;
  consensus::Tip genesis_;
  std::vector<SecretKey> keys_;
  std::vector<consensus::Verified> verified_;
  std::map<Hash256, MessageNumber> numbers_;
  std::map<ProposalDigest, std::shared_ptr<const Proposal>> proposals_;
};

// What executing a proposal leads to, and the checkpoint that signs it.
Checkpoint scope_checkpoint(Epoch epoch, View view, Height height, const ProposalDigest& digest);

class ScopeReplica {
 public:
  ScopeReplica(ScopeBook& book, std::size_t index);

  // -- Events
  void receive(MessageNumber message);
  // Its patience ends, and the timer of its view change, if one runs.
  void lose_patience();
  void crash();
  // The lowest final block that is not on disk is written.
  void write_block();

  // -- What is known of it
  std::size_t index() const { return index_; }
  const consensus::Replica& replica() const { return replica_; }
  const std::vector<MessageNumber>& sent() const { return sent_; }  // ascending
  const std::map<Height, ProposalDigest>& final_blocks() const { return final_; }
  bool has_unwritten_blocks() const { return !unwritten_.empty(); }
  std::uint64_t crashes() const { return crashes_; }
  // Equal for two that will behave alike whatever happens. Left out are clocks and counters: patience may end at any
  // moment here, so how much of it is left makes no difference.
  Hash256 fingerprint() const;

 private:
  consensus::Replica started() const;
  void step(consensus::Input input);
  void tell_pool();
  void carry_out(consensus::Output output);
  void persist(const consensus::Record& record);
  void persist_vote(const consensus::Vote& vote, const consensus::Message& message);
  void check_vote(const consensus::Message& message);
  void finalize(const consensus::Finalize& block);
  void write(const consensus::Finalize& block);
  void decide(Height height, const ProposalDigest& digest);
  void catch_up(const CommitSeal& seal);
  consensus::Now now() const;

  ScopeBook* book_;
  std::size_t index_;
  std::uint64_t crashes_ = 0;
  Instant now_;
  std::map<Bytes, Bytes> records_;  // the disk
  consensus::Tip tip_;
  std::optional<CommitSeal> tip_seal_;
  std::vector<consensus::Finalize> unwritten_;
  std::vector<MessageNumber> sent_;
  std::map<Height, ProposalDigest> final_;
  std::map<std::tuple<bool, View, Height>, ProposalDigest> signed_;  // is it a Commit
  std::optional<View> sworn_;                                       // the highest own ViewChange
  std::map<ValidatorIndex, MessageNumber> view_changes_;            // the highest heard, since the start
  consensus::Replica replica_;
};

}  // namespace kanhe::testnet
