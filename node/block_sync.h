// Block sync: gets what this node lacks from those who have it. Lists and bodies of proposals in flight, and runs of
// finalized blocks.
//
// A proposal is *ready* when its list and every verified body are here. Then it is judged: a fresh one must not repeat
// an id of the proposals below it or of a recorded transaction, nor hold one that is expired at its time, nor be too
// large. That needs the proposals below, so a proposal whose parent is not ready waits for it; one that a NewView
// implies is not judged.
//
// Blocks come in runs, lowest first, under one seal; a long one in several answers, and it is written where the lowest
// seal is that one of them came with. A peer stays the one that is asked while its answers are large: one that hands
// out block after block, each just in time, must not decide how fast this node gets on. The chain of digests from the
// own tip to the sealed one covers every body, so signatures of synced transactions are not checked again. Blocks are
// executed as they come and written when executing the last has led to the header that the seal names.
//
// Requests are repeated, each time to another peer, until what is wanted is here or no longer wanted: after T / 8 at
// first, and after each round of all peers twice as late, at most after 4 T. A peer that answers something wrong is
// counted and passed over; blocks of somebody who was not asked are not looked at. How others are answered:
// node/block_server.h.
//
// Up to a header that the operator vouches for, a run also proves that it is of that header's history: the keys of an
// ended epoch prove nothing any more (node/trusted_history.h).
//
// Who speaks of a later epoch is asked once for the blocks that lead there: what it says cannot be checked before. Each
// run proves itself under the present epoch, whose last block has a seal of its own.
//
// Owner: the driver. Thread: one. Units: Instants in ns.
// Limits: wanted proposals at most two a height of the window, of a fresh one no more bytes than a block may have; a
// run below one seal, executed but not yet written, of 4 W blocks; answers as in node/wire.h.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <unordered_set>

#include "node/executor.h"
#include "node/peer_directory.h"
#include "node/peers.h"
#include "node/trusted_history.h"

namespace kanhe::node {

class BlockSync {
 public:
  // Commits a pending block with all that the driver adds to it.
  using Commit = std::function<void(const ProposalDigest&, std::optional<CommitSeal>)>;
  // Makes a seal durable before the blocks that it covers are written one by one.
  using KeepSeal = std::function<void(const CommitSeal&)>;

  struct Parts {
    const consensus::Scheme& scheme;  // of the present epoch
    const PeerDirectory& directory;
    Store& store;
    Executor& executor;
    Pool& pool;
    Transport& transport;
    Commit commit;
    KeepSeal keep_seal;
    TrustedHistory trusted = TrustedHistory();
  };
  explicit BlockSync(Parts parts);

  // ---- What this node lacks
  void want(const consensus::Fetch& fetch, Instant now);
  void catch_up(const CommitSeal& seal, Instant now);
  // The peer is in a later epoch.
  void ask_for_end_of_epoch(PeerId peer, Instant now);
  // A proposal whose bodies are all in the pool or the store: the own batch, or one from before a restart.
  // Requires: they are.
  const BodiesOfProposal& ready_bodies(const std::shared_ptr<const Proposal>& proposal);
  // The ids of the proposals from the durable tip up to this one; absent while one of them is not ready.
  std::optional<IdTables> prefix_ids(const ProposalDigest& digest) const;
  // Those of one proposal; null while it is not ready.
  std::shared_ptr<const IdTable> ids_of(const ProposalDigest& digest) const;

  void on_proposal(PeerId from, ProposalAnswer answer, Instant now);
  // Verified bodies arrived, by whatever way.
  void on_bodies(const std::vector<SharedBody>& bodies);
  // The same, of a peer that was asked: if some are still missing, the next is asked for them at once.
  void on_bodies_answer(const std::vector<SharedBody>& bodies, Instant now);
  void on_blocks(PeerId from, BlocksAnswer answer, Instant now);
  void on_committed(Height height);
  void tick(Instant now);
  std::optional<Instant> deadline() const;
  // What consensus has to be told, before it hears of anything else: blocks that were written may have taken away what
  // its votes and proposals rest on.
  std::vector<consensus::Input> take_inputs();

  // A list that is here: of a ready proposal, or of one that this node once prepared; else null.
  std::shared_ptr<const Proposal> find_proposal(Height height, const ProposalDigest& digest) const;
  // Whether a block was executed here as part of a run that is not complete yet.
  bool is_in_run(const ProposalDigest& digest) const;
  // Forgets proposals that nobody knows any more.
  using IsKnown = std::function<bool(Height, const ProposalDigest&)>;
  void keep_only(const IsKnown& is_known);

  // The scheme is the next epoch's: nothing that is under way is of it.
  void enter_epoch();

  std::uint64_t bad_answers() const { return bad_answers_; }
  // Of answers; one that had to be given up counts again.
  std::uint64_t blocks_executed() const { return blocks_executed_; }
  bool catching_up() const { return target_.has_value(); }
  // Set when executing synced blocks led to another header than their seal names, or when a run that is proved to be of
  // the trusted history does not continue what is here.
  bool diverged() const { return diverged_; }

 private:
  struct Ready {
    std::shared_ptr<const Proposal> proposal;
    BodiesOfProposal bodies;
    std::shared_ptr<const IdTable> ids;
  };
  struct Wanted {
    Height height;
    std::shared_ptr<const Proposal> proposal;
    consensus::SignerSet holders;
    bool implied = false;
    Instant next_try;
    std::size_t tries = 0;
    std::size_t bytes = 0;  // of bodies that came because this proposal needs them
    std::unordered_set<BodyHash, LastBytesHash> missing = {};  // of the proposal's bodies, once its list is here
  };

  struct RunBlock {
    Height height;
    ProposalDigest digest;
  };

  void complete(const ProposalDigest& digest, Instant now);
  void request(const ProposalDigest& digest, Wanted& wanted, Instant now);
  void judge_waiting();
  consensus::Freshness judge(const Ready& ready, const IdTables& prefix) const;
  std::vector<BodyHash> missing_bodies(const Proposal& proposal) const;
  SharedBody find_body(const BodyHash& hash) const;
  void add_ready(const ProposalDigest& digest, std::shared_ptr<const Proposal> proposal);
  std::optional<PeerId> pick_peer(std::size_t tries, const consensus::SignerSet& holders) const;
  void request_blocks(Instant now);
  RunBlock run_top() const;
  bool drop_known(BlocksAnswer& answer) const;
  bool is_large(const BlocksAnswer& answer) const;
  Result<std::vector<BodiesOfProposal>> check_run(const BlocksAnswer& answer) const;
  void apply(const BlocksAnswer& answer, std::vector<BodiesOfProposal> bodies);
  void write_run(const consensus::Executed& last, Timestamp time, CommitSeal seal);
  void diverge(Height height);

  // After so many requests without a good answer.
  Duration retry_after(std::size_t tries) const;

  Parts parts_;
  std::map<ProposalDigest, Wanted> wanted_;
  std::map<ProposalDigest, Ready> ready_;
  std::map<ProposalDigest, bool> unjudged_;  // ready, but not yet told to consensus; true: implied
  std::optional<CommitSeal> target_;
  std::map<PeerId, Instant> ahead_asked_at_;  // peers in a later epoch
  std::vector<RunBlock> run_;            // above the tip, executed, below a seal, not written yet
  std::optional<CommitSeal> run_seal_;   // that one
  std::set<PeerId> blocks_asked_;        // whose answers are awaited
  Instant blocks_next_try_;
  std::size_t blocks_tries_ = 0;       // names the peer
  std::size_t blocks_unanswered_ = 0;  // requests since the last good answer
  std::vector<consensus::Input> inputs_;
  std::uint64_t bad_answers_ = 0;
  std::uint64_t blocks_executed_ = 0;
  bool diverged_ = false;
};

}  // namespace kanhe::node
