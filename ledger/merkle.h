// Merkle logs: RFC 6962 hash trees with proofs that an entry is in, and that one log is the beginning of another.
//
// Leaf hash = SHA-256(0x00 ‖ data), node hash = SHA-256(0x01 ‖ left ‖ right); a tree of n > 1 leaves splits at the
// largest power of two below n; the empty tree's root is SHA-256 of nothing. No leaf is ever doubled, so two different
// lists of leaves never share a root, and an inner node never passes for a leaf.
//
// LogFrontier is the right edge of a growing tree: the roots of its complete subtrees, largest first, which is all that
// appending needs (at most 48 hashes). Proofs need inner nodes; log_inclusion_path() and log_consistency_path() compute
// them from a function that reads them, so that a block's tree (all leaves in memory) and the history tree (nodes in
// the store) use the same code.
//
// Source: RFC 6962 section 2.1; verification as in RFC 9162 section 2.1.3.2 and 2.1.4.2.
// Thread: any; plain values. Units: indexes and sizes count leaves.
#pragma once

#include <functional>
#include <vector>

#include "ledger/digests.h"
#include "ledger/hash.h"
#include "ledger/schema.h"
#include "ledger/types.h"

namespace kanhe {

// Paths are no longer than this in trees of at most 2^48 leaves.
inline constexpr std::size_t log_path_max = 48;
// A consistency proof may hold one more: the older root's own node.
using LogPath = List<Hash256, log_path_max + 1>;

Hash256 log_leaf_hash(ByteView data);
Hash256 log_node_hash(const Hash256& left, const Hash256& right);
// The root of a tree without leaves.
LogRoot empty_log_root();

// A complete subtree: the node at `level` (0 = leaves) that covers leaves [index << level, (index + 1) << level).
struct LogNode {
  std::uint8_t level = 0;
  std::uint64_t index = 0;
  friend auto operator<=>(const LogNode&, const LogNode&) = default;
};

class LogFrontier {
 public:
  LogFrontier() = default;
  // Rebuilds the edge of a log of `size` leaves. Requires: one hash per set bit of `size`, largest subtree first.
  LogFrontier(std::uint64_t size, std::vector<Hash256> edge);

  // Adds a leaf. `completed`, when given, hears of every complete subtree that the leaf finishes, the leaf itself
  // first.
  void append(const Hash256& leaf, const std::function<void(LogNode, const Hash256&)>& completed = {});

  std::uint64_t size() const { return size_; }
  LogRoot root() const;
  const std::vector<Hash256>& edge() const { return edge_; }

  friend bool operator==(const LogFrontier&, const LogFrontier&) = default;

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash256> edge_;
};

LogRoot log_root(const std::vector<Hash256>& leaves);

// Answers the hash of a complete subtree. It is asked only for nodes that lie wholly within the log.
using LogNodeReader = std::function<Result<Hash256>(LogNode)>;

// The siblings from leaf `index` up to the root of the first `size` leaves. Requires: index < size.
// Errors: those of `read`.
Result<LogPath> log_inclusion_path(std::uint64_t index, std::uint64_t size, const LogNodeReader& read);
// The nodes that lead from the root of `old_size` leaves to that of `new_size`. Requires: old_size <= new_size.
// Empty when the sizes are equal or old_size is 0. Errors: those of `read`.
Result<LogPath> log_consistency_path(std::uint64_t old_size, std::uint64_t new_size, const LogNodeReader& read);

// Reads nodes from leaves in memory. Lifetime: `leaves` must outlive the function. Complexity: linear in the subtree.
LogNodeReader read_from(const std::vector<Hash256>& leaves);

// Proves that `leaf` is at `index` of the log of `size` leaves with this root. A path has exactly one right length.
// Errors: bad_proof, out_of_range (index).
Result<void> check_log_inclusion(const Hash256& leaf, std::uint64_t index, std::uint64_t size, const LogPath& path,
                                 const LogRoot& root);
// Proves that the log with old_root is the beginning of the one with new_root. Errors: bad_proof, out_of_range.
Result<void> check_log_consistency(std::uint64_t old_size, std::uint64_t new_size, const LogPath& path,
                                   const LogRoot& old_root, const LogRoot& new_root);

}  // namespace kanhe
