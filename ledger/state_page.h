// State page: the leaves of one page of the state tree (ledger/state_tree.h), and the hashes of the subtree that they
// form.
//
// A page's hash is the hash of a tree of its own: some 29 hashes for 12 leaves. A block mostly changes one leaf of a
// page, which changes only what lies on the way from there to the page's root. So the hashes of the larger subtrees of
// a page are kept beside it in memory, as long as the page is at hand, and hashing a changed page takes over what did
// not change. On disk there are only the leaves, one by one in the order of their positions, and each page's hash.
//
// Thread: any; values that do not change. Errors: see each function.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "ledger/digests.h"
#include "ledger/hash.h"
#include "ledger/schema.h"
#include "ledger/types.h"

namespace kanhe {

struct StateLeaf {
  StatePosition position;
  StateValueHash value;
  friend auto operator<=>(const StateLeaf&, const StateLeaf&) = default;
};
BOOST_DESCRIBE_STRUCT(StateLeaf, (), (position, value))

Hash256 state_leaf_hash(const StateLeaf& leaf);
Hash256 state_node_hash(const Hash256& left, const Hash256& right);

// A subtree, page or not, of a prefix of `depth` bits: 2^depth + the bits as a number. The whole tree is 1.
using PageId = std::uint64_t;

std::size_t depth_of(PageId id);
// The subtree at this depth that a position lies in. Requires: depth < 64.
PageId subtree_of(const StatePosition& position, std::size_t depth);
// The lowest position in the subtree.
StatePosition first_position_of(PageId id);

// The leaves of a page, ascending.
using Page = std::vector<StateLeaf>;
using Leaves = std::span<const StateLeaf>;

// The subtree of a page, or above one: its hash, and what it consists of.
struct SubtreeHash {
  enum class Kind : std::uint8_t { empty, leaf, inner } kind = Kind::empty;
  Hash256 hash;
  friend bool operator==(const SubtreeHash&, const SubtreeHash&) = default;
};

bool bit_of(const StatePosition& position, std::size_t depth);
// How many of the leaves have a 0 at this depth. Requires: ascending leaves that share the bits before it.
std::size_t left_count(Leaves leaves, std::size_t depth);
// Of the subtree with these halves.
SubtreeHash join_subtrees(const SubtreeHash& left, const SubtreeHash& right);

// A page with the hashes of its larger subtrees. Memory: some 1.2 KB for 12 leaves; copies share it.
class HashedPage {
 public:
  // Empty.
  HashedPage();
  // Requires: the leaves share the first `depth` bits. `former` is what the page was before, at the same depth: of the
  // subtrees that are the same, the hashes are taken over.
  HashedPage(Page leaves, std::size_t depth, const HashedPage& former = HashedPage());

  // Lifetime: the page's and its copies'.
  const Page& leaves() const { return content_->leaves; }
  const SubtreeHash& hash() const { return content_->hash; }

 private:
  friend SubtreeHash hash_leaves(Leaves leaves, std::size_t depth);
  // Of smaller subtrees no hash is kept: they are half of all, and hashing one anew takes three hashes.
  static constexpr std::size_t kept_leaves_min = 3;
  // The subtrees that are kept, each followed by those of its left half, then those of its right half.
  struct Node {
    Hash256 hash;
    std::uint32_t count = 1;  // of this subtree and the kept ones below it
  };
  using Nodes = std::vector<Node>;
  struct Content {
    Page leaves;
    SubtreeHash hash;
    Nodes nodes;
  };
  // A subtree of the former page.
  struct Former {
    Leaves leaves;
    const Node* node = nullptr;  // unset: its hash is not kept
  };

  static Former half_of(const Former& former, std::size_t depth, bool is_right);
  static SubtreeHash add(Nodes& nodes, Leaves leaves, std::size_t depth, const Former& former);
  std::shared_ptr<const Content> content_;
};

// The hash of the subtree that they form. Requires: ascending leaves that share the first `depth` bits.
SubtreeHash hash_leaves(Leaves leaves, std::size_t depth);

}  // namespace kanhe
