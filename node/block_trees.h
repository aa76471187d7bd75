// Block trees: the transaction and receipt trees of recent blocks, every node of them, so that many clients who ask for
// their receipts of one block cost one reading of the block and a few look-ups each.
//
// Thread: any, several at once. Limits: trees of leaves_max leaves in all are kept, the last used ones. Cost of a block
// that is not kept: its receipts are read and hashed once.
#pragma once

#include <list>
#include <memory>
#include <mutex>

#include "certs/proofs.h"
#include "ledger/store.h"

namespace kanhe::node {

// All complete subtrees of a Merkle log.
class LogLevels {
 public:
  explicit LogLevels(std::vector<Hash256> leaves);
  std::size_t size() const { return levels_.front().size(); }
  // Requires: index < size().
  LogPath path(std::uint64_t index) const;

 private:
  std::vector<std::vector<Hash256>> levels_;  // leaves first
};

struct BlockTrees {
  certs::ProvenBlock block;
  BodyList bodies;
  LogLevels transactions;
  LogLevels receipts;
};

// A header of this store with a seal that covers it. Errors: unknown (above the tip), unavailable (nothing at or above
// it has a seal yet).
Result<certs::SealedHeader> seal_header(const StoreReader& reader, Height height);

class BlockTreeCache {
 public:
  explicit BlockTreeCache(std::size_t leaves_max = 200'000) : leaves_max_(leaves_max) {}

  // Errors: as seal_header(); out_of_range for height 0, which has no transactions.
  Result<std::shared_ptr<const BlockTrees>> get(const StoreReader& reader, Height height);

 private:
  const std::size_t leaves_max_;
  std::mutex mutex_;  // guards everything below
  std::list<std::shared_ptr<const BlockTrees>> kept_;  // the last used first
  std::size_t leaves_ = 0;
};

}  // namespace kanhe::node
