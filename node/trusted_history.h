// Trusted history: what a node was told beforehand of the chain that it has yet to get.
//
// A seal says that a quorum of its epoch signed. Of an epoch that has ended that is worth what its keys are worth now:
// who collects the keys of those who left can sign another history from there on, and a node that begins at the genesis
// has nothing else to judge by. So its operator gives it the header that ended an epoch (with the file of epochs, got
// as safely as the genesis), and up to that height a block counts only when it is of the history that this header
// closes: whoever hands it out proves that with paths to the header's history_root.
//
// Thread: any; a plain value. Source: Deirmentzoglou et al., A Survey on Long-Range Attacks for Proof of Stake
// Protocols (2019), section on checkpoints; RFC 6962 sections 2.1.1 and 2.1.2 for the paths.
#pragma once

#include <optional>

#include "ledger/store.h"
#include "node/wire.h"

namespace kanhe::node {

class TrustedHistory {
 public:
  // Without a header nothing is covered, and a seal is enough.
  explicit TrustedHistory(std::optional<Header> last = std::nullopt);

  // Whether a block of this height has to be proved. So it is in the epochs that the header ended.
  bool covers(Height height) const { return last_ && height <= last_->height; }
  // FetchBlocks::proved_under for blocks from this height on; absent where no proof is needed.
  std::optional<Height> proof_for(Height height) const;
  // Whether a run of blocks from `first` up to what its seal names is of this history. Always so where `first` is not
  // covered. Errors: bad_proof, naming what does not fit.
  Result<void> check(Height first, const Checkpoint& sealed, const std::optional<HistoryProof>& proof) const;

  // Whether the blocks that are here, where they reach so far, are of this history. Errors: conflict.
  Result<void> check_store(const Store& store) const;

  const std::optional<Header>& last() const { return last_; }

 private:
  std::optional<Header> last_;
  HeaderHash hash_;  // of it
};

// What check() wants of the block at `sealed` for who trusts the header at `under`.
// Errors: out_of_range (sealed above under), unknown (one of them is not here).
Result<HistoryProof> prove_history(const Store& store, Height sealed, Height under);

}  // namespace kanhe::node
