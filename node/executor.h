// Executor: runs proposals on overlays, and writes final blocks. The only one who commits to the store.
//
// A pending block is a proposal executed above its parent, itself pending or durable; it is known by its digest, which
// names the whole chain below it, so a view change that swaps a predecessor simply leads to other pending blocks.
// Finality commits the chosen one; what was built on others is dropped with them.
//
// Execution itself is contracts::execute_block(): total and deterministic. From its changes come the roots of the
// header.
//
// Owner: the driver. Thread: one. Limits: W pending heights, and the branches of the views since keep_only().
// Errors: what disagrees with a seal is answered as diverged; a failed write ends the process (ledger/store.h).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>

#include "consensus/replica.h"
#include "ledger/genesis.h"
#include "ledger/store.h"
#include "node/pool.h"

namespace kanhe::node {

// The bodies of a proposal, in its order.
using BodiesOfProposal = std::vector<SharedBody>;

class Executor {
 public:
  // Writes height 0 into an empty store. Requires: check_genesis() accepts the genesis, the store is of its chain.
  Executor(Store& store, const Genesis& genesis);
  ~Executor();

  // The newest durable block, as consensus wants it.
  consensus::Tip tip() const { return tip_; }
  // Of the next block: after the last block of an epoch it is the next one's.
  const EpochConfig& epoch() const { return epoch_; }
  // The last block of the epoch before, or block 0.
  const consensus::FirstFloor& first_floor() const { return first_floor_; }
  // The last height of the epoch, where the blocks up to the durable tip decide it.
  std::optional<Height> epoch_end() const { return epoch_end_; }
  // Whether a pending block is the last of its epoch. Requires: it was executed.
  bool ends_epoch(const ProposalDigest& digest) const;

  // Whether the parent is there to build on.
  bool knows(const ProposalDigest& digest) const;
  // Executes a proposal above its parent; again for the same digest costs nothing. Requires: knows(parent), and the
  // bodies are those of the list.
  consensus::Executed execute(const Proposal& proposal, const ProposalDigest& digest, BodiesOfProposal bodies);

  // Writes a pending block as the next one. `votes` and `dropped` go in the same batch. Requires: it was executed above
  // the durable tip. Returns the ids that it recorded.
  std::vector<TransactionId> commit(const ProposalDigest& digest, std::optional<CommitSeal> seal, VoteChanges votes,
                                    std::vector<BodyHash> dropped);
  // Forgets a pending block and those above it: what block sync tried and did not find to be true.
  void drop(const ProposalDigest& digest);
  // Forgets pending blocks that nobody knows any more, and those above them.
  void keep_only(const std::function<bool(const ProposalDigest&)>& is_known);

  // The ids of all transactions in pending blocks from the durable tip up to this one; nothing for the tip itself.
  // Requires: knows(digest).
  std::set<TransactionId> pending_ids(const ProposalDigest& digest) const;
  bool is_recorded(const TransactionId& id) const { return store_.find_transaction(id).has_value(); }
  // Whether a key is an officer's, a machine's or a party's after the durable tip.
  bool is_known(const PublicKey& key) const;
  const Proposal* pending_proposal(const ProposalDigest& digest) const;

 private:
  struct Pending;
  class Base;

  const Pending* find(const ProposalDigest& digest) const;
  Header header_of(const Pending& pending) const;
  void drop_losers(Height height);

  Store& store_;
  Genesis genesis_;
  EpochConfig epoch_;
  EpochHash epoch_hash_;
  consensus::FirstFloor first_floor_;
  std::optional<Height> epoch_end_;
  consensus::Tip tip_;
  std::map<ProposalDigest, std::unique_ptr<Pending>> pending_;
};

}  // namespace kanhe::node
