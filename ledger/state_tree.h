// State tree: a compact sparse Merkle tree over the whole state, kept in pages.
//
// Binary, keyed by the 256 bits of a StatePosition, most significant bit first. The hash of a subtree is
//   empty        32 zero bytes
//   one leaf     H(Tag::state_leaf, position ‖ value hash), at whatever depth: a subtree with one leaf *is* that leaf
//   otherwise    H(Tag::state_node, left ‖ right)
// so the root depends only on what is in the state, never on how it came there.
//
// A proof is the list of siblings from the position's subtree up to the root, where that subtree is the uppermost on
// the way to the position that holds at most one leaf. Presence: the leaf is the record's. Absence: the subtree is
// empty, or is a leaf of another position with the same first bits. A position has exactly one proof under a root.
//
// Storage. Subtrees are numbered like a heap: the whole tree is 1, the halves of subtree i are 2i and 2i + 1. Leaves
// lie in *pages*: with P pages these are the subtrees P .. 2P − 1, one per prefix of D or D + 1 bits where 2^D <= P <
// 2^(D+1). P follows from the number of leaves alone, the least number (at least 1) that leaves no more than
// page_leaves_mean leaves a page on average. When P grows by one, page P splits in two; when it shrinks by one, the
// pages 2P − 2 and 2P − 1 become page P − 1: one at a time, so that growth never stops the house. The hashes of pages
// and above them stay in memory (66 bytes a page). A change costs one page read (leaves that lie side by side), one
// leaf and one page hash written, the hashes on the way up within the page, and one hash a level above it. A page that
// splits or merges moves no leaf. Pages are a local matter: no proof shows them.
//
// Thread: one thread at a time. Lifetime: a TreeVersion's base outlives it. Errors: see each function; a page that does
// not read back is damage (the store stops the process).
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "ledger/state_page.h"

namespace kanhe {

inline constexpr std::uint64_t page_leaves_mean = 12;

// Proof for one position under one root.
//
// Canonical form, all of it checked: at most 256 siblings; siblings[0] is not the empty subtree (else the proof would
// begin further up); `other` only in a proof of absence, never of the position itself, always with the same first
// siblings.size() bits.
struct StateProof {
  FormatVersion<1> version;
  // From the subtree next to the position's own up to the child of the root: siblings[i] is at depth count − i.
  List<Hash256, 256> siblings;
  // Absence only: the leaf that stands where the position's would. Not set: the place is empty.
  std::optional<StateLeaf> other;

  friend bool operator==(const StateProof&, const StateProof&) = default;
};
BOOST_DESCRIBE_STRUCT(StateProof, (), (version, siblings, other))

// Whether the proof shows that the position holds this value (or, without a value, nothing). Errors: bad_proof.
// Requires: nothing; position, value and proof may come from anyone. The root is one that the caller trusts.
Result<void> check_state_proof(const StatePosition& position, const std::optional<StateValueHash>& value,
                               const StateProof& proof, const StateRoot& root);

// The number of pages of a tree of so many leaves.
std::uint64_t page_count_of(std::uint64_t leaf_count);

// Subtree hashes in the order of their ids. Built once, in that order; looked up by bisection.
class SubtreeTable {
 public:
  using Entry = std::pair<PageId, SubtreeHash>;
  using const_iterator = std::vector<Entry>::const_iterator;

  SubtreeTable() = default;
  // Requires: strictly ascending ids.
  explicit SubtreeTable(std::vector<Entry> entries);

  const_iterator begin() const { return entries_.begin(); }
  const_iterator end() const { return entries_.end(); }
  std::size_t size() const { return entries_.size(); }
  const_iterator find(PageId id) const;
  bool contains(PageId id) const { return find(id) != end(); }
  // Requires: contains(id).
  const SubtreeHash& at(PageId id) const;

 private:
  std::vector<Entry> entries_;
};

// One change of the state. Without a value the leaf goes.
struct StateChange {
  StatePosition position;
  std::optional<StateValueHash> value;
};

// A state of the tree: the durable one, or one above it. What a version does not have it asks its base for.
class TreeView {
 public:
  virtual ~TreeView() = default;
  virtual std::uint64_t leaf_count() const = 0;
  // Requires: page_count() <= id < 2 page_count().
  virtual HashedPage page(PageId id) const = 0;
  // Of a page or of any subtree above pages. Requires: 1 <= id < 2 page_count().
  virtual SubtreeHash subtree(PageId id) const = 0;

  StateRoot root() const { return StateRoot(subtree(1).hash); }
  std::uint64_t page_count() const;
  // The page that a position lies in.
  PageId page_of(const StatePosition& position) const;
  // Proof of what stands, or does not stand, at the position in this version. Complexity: one page.
  StateProof prove(const StatePosition& position) const;
  // The value there, if any. Complexity: one page.
  std::optional<StateValueHash> find(const StatePosition& position) const;
};

// The tree after one block, above the tree of its parent. Holds only what changed.
class TreeVersion : public TreeView {
 public:
  // Applies the changes, in any order; those that change nothing (the same value, a removal of nothing) leave no trace.
  // Requires: at most one change a position. Complexity: per change, one page of the base and the hashes above it, each
  // subtree hashed once however many changes lie below it; and one page for each page more or less.
  TreeVersion(const TreeView& base, std::vector<StateChange> changes);

  std::uint64_t leaf_count() const override { return leaf_count_; }
  HashedPage page(PageId id) const override;
  SubtreeHash subtree(PageId id) const override;

  // The changes that changed something, ascending by position: what the store has to write.
  const std::vector<StateChange>& changed_leaves() const { return leaves_; }
  // The pages that are new or different, and those that the base has and that are empty or no page now (nullopt): whose
  // hashes the store has to write. No page here is without leaves.
  const std::map<PageId, std::optional<HashedPage>>& changed_pages() const { return pages_; }
  // The hashes of all pages that changed and exist, and of all subtrees above them. A page that became empty is among
  // them, one that split or merged is not, but its halves or the merged page are.
  const SubtreeTable& changed_subtrees() const { return subtrees_; }

 private:
  friend class StateTree;
  const TreeView* base_;
  std::uint64_t leaf_count_;
  std::vector<StateChange> leaves_;
  std::map<PageId, std::optional<HashedPage>> pages_;
  SubtreeTable subtrees_;
};

// Reads pages from where they are kept. Stops the process on damage; never answers for a page that was not written.
class PageSource {
 public:
  virtual ~PageSource() = default;
  // Requires: the page is not empty, and `expected` is its hash: to be compared with, where pages may be damaged.
  virtual HashedPage read_page(PageId id, const SubtreeHash& expected) const = 0;
};

// The hashes of all subtrees of one state of the tree, by PageId, in chunks that states share: taking a snapshot copies
// some pointers, and a change afterwards copies the chunks that it touches. A snapshot is never changed, so any thread
// may read it while the writer goes on.
class SubtreeArray {
 public:
  explicit SubtreeArray(std::uint64_t size) { resize(size); }

  std::uint64_t size() const { return size_; }
  // Requires: id < size().
  SubtreeHash at(PageId id) const;
  void put(PageId id, const SubtreeHash& subtree);
  // What is new is empty, or what was cut off earlier.
  void resize(std::uint64_t size);
  // A copy that later changes here leave alone. The copy itself is for reading only.
  SubtreeArray snapshot();

 private:
  static constexpr std::size_t chunk_entries = 64;
  static constexpr std::size_t branch_chunks = 512;
  // Who made it: it may be changed in place as long as no snapshot was taken since.
  using Generation = std::uint64_t;
  struct Chunk {
    Generation generation = 0;
    std::array<Hash256, chunk_entries> hashes{};
    std::array<SubtreeHash::Kind, chunk_entries> kinds{};
  };
  struct Branch {
    Generation generation = 0;
    std::array<std::shared_ptr<Chunk>, branch_chunks> chunks{};
  };

  Generation generation_ = 0;
  std::uint64_t size_ = 0;
  std::vector<std::shared_ptr<Branch>> branches_;
};

// The tree after one block, held still. Thread: any, several at once, if the source allows it.
class StateTreeSnapshot {
 public:
  StateTreeSnapshot(std::uint64_t leaf_count, SubtreeArray subtrees)
      : leaf_count_(leaf_count), subtrees_(std::move(subtrees)) {}

  StateRoot root() const;
  // Requires: `source` has the pages of the same block. Complexity: one page.
  StateProof prove(const PageSource& source, const StatePosition& position) const;

 private:
  class View;
  std::uint64_t leaf_count_;
  SubtreeArray subtrees_;
};

// The durable tree: pages in a source, everything above them in memory.
class StateTree : public TreeView {
 public:
  // `page_hashes` are the subtree hashes of all pages, in any order; pages that are not listed are empty. Up to
  // `cached_pages` pages that were read or written lately are kept (some 1.2 KB each).
  // Complexity: one hash a page. Lifetime: `source` outlives the tree.
  StateTree(const PageSource& source, std::uint64_t leaf_count,
            const std::vector<std::pair<PageId, SubtreeHash>>& page_hashes, std::size_t cached_pages = 0);

  std::uint64_t leaf_count() const override { return leaf_count_; }
  HashedPage page(PageId id) const override;
  SubtreeHash subtree(PageId id) const override;

  // Makes the version the durable one. Requires: its base is this tree, and its pages are durable in the source.
  // Versions that were built on it afterwards must be rebased.
  void commit(const TreeVersion& version);
  static void rebase(TreeVersion& version, const TreeView& base) { version.base_ = &base; }

  // The tree as it is now. Complexity: one pointer for every 32,768 subtrees.
  StateTreeSnapshot snapshot() { return {leaf_count_, subtrees_.snapshot()}; }

 private:
  // Every page has one place, and the last one there has it.
  struct CachedPage {
    PageId id = 0;  // 0: the place is free
    HashedPage page;
  };
  CachedPage& cache_place(PageId id) const { return cache_[id % cache_.size()]; }

  const PageSource& source_;
  std::uint64_t leaf_count_;
  SubtreeArray subtrees_;
  mutable std::vector<CachedPage> cache_;
};

}  // namespace kanhe
