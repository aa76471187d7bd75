// The idea: a block's changes are sorted by position, so that all of one page stand together; each page is merged with
// its changes once. Then the number of leaves is known and with it the number of pages, and pages split or merge until
// it fits. At last the changed pages are hashed, and level by level the subtrees above them, each once; the sibling of
// a changed subtree is changed too, or is asked from the base.
//
// The numbers of pages and parents fall into order by themselves: pages at depth D + 1 have the highest
// ids; their parents are below P, the pages at depth D at or above it.
#include "ledger/state_tree.h"

#include <algorithm>
#include <bit>
#include <span>
#include <utility>

#include "ledger/codec_impl.h"

namespace kanhe {

template Bytes encode(const StateProof&);
template Result<StateProof> decode(ByteView);

namespace {

constexpr std::size_t position_bits = 8 * StatePosition::size;

using SubtreeKind = SubtreeHash::Kind;
using Level = std::vector<SubtreeTable::Entry>;

PageId page_of_position(const StatePosition& position, std::uint64_t page_count) {
  const std::size_t depth = depth_of(page_count);
  const PageId id = subtree_of(position, depth);
  return id >= page_count ? id : 2 * id + (bit_of(position, depth) ? 1 : 0);
}

Page::const_iterator lower_bound(const Page& page, const StatePosition& position) {
  return std::ranges::lower_bound(page, position, {}, &StateLeaf::position);
}

std::optional<StateValueHash> value_at(const Page& page, const StatePosition& position) {
  const auto leaf = lower_bound(page, position);
  if (leaf == page.end() || leaf->position != position) return std::nullopt;
  return leaf->value;
}

// A page with its changes, both ascending by position.
Page merged(const Page& page, std::span<const StateChange> changes) {
  Page result;
  result.reserve(page.size() + changes.size());
  auto leaf = page.begin();
  for (const StateChange& change : changes) {
    while (leaf != page.end() && leaf->position < change.position) result.push_back(*leaf++);
    if (leaf != page.end() && leaf->position == change.position) ++leaf;
    if (change.value) result.push_back({change.position, *change.value});
  }
  result.insert(result.end(), leaf, page.end());
  return result;
}

// The pages of a version while it is made.
class PageEdit {
 public:
  explicit PageEdit(const TreeView& base)
      : base_(base), leaf_count_(base.leaf_count()), page_count_(base.page_count()) {}

  // Requires: changes strictly ascending by position.
  void apply(std::span<const StateChange> changes) {
    while (!changes.empty()) {
      const PageId id = page_of_position(changes.front().position, page_count_);
      const auto other_page = [&](const StateChange& change) {
        return page_of_position(change.position, page_count_) != id;
      };
      const auto here = static_cast<std::size_t>(std::ranges::find_if(changes, other_page) - changes.begin());
      apply_to_page(id, changes.first(here));
      changes = changes.subspan(here);
    }
  }

  // Splits or merges pages until their number is the one that the number of leaves asks for.
  void fit_page_count() {
    const std::uint64_t wanted = page_count_of(leaf_count_);
    while (page_count_ < wanted) split_next_page();
    while (page_count_ > wanted) merge_last_pages();
  }

  std::uint64_t leaf_count() const { return leaf_count_; }
  // Those that changed something, ascending by position.
  std::vector<StateChange> take_changed_leaves() { return std::move(changed_leaves_); }

  // The hashes of the changed pages and of all subtrees above them.
  SubtreeTable hash() {
    std::vector<Level> levels;
    const PageId deepest = std::bit_ceil(page_count_ + 1);
    levels.push_back(hash_pages(deepest, 2 * page_count_));
    levels.push_back(hash_parents(levels.back()));
    const Level shallow = hash_pages(page_count_, std::min(deepest, 2 * page_count_));
    levels.back().insert(levels.back().end(), shallow.begin(), shallow.end());
    while (!levels.back().empty() && levels.back().front().first != 1) levels.push_back(hash_parents(levels.back()));

    Level all;
    while (!levels.empty()) {
      all.insert(all.end(), levels.back().begin(), levels.back().end());
      levels.pop_back();
    }
    return SubtreeTable(std::move(all));
  }

  // What differs from the base's stored pages.
  // Requires: they were hashed.
  std::map<PageId, std::optional<HashedPage>> take_pages() {
    std::map<PageId, std::optional<HashedPage>> pages;
    for (auto& [id, page] : pages_) {
      if (!page.hashed.leaves().empty()) {
        pages.emplace_hint(pages.end(), id, std::move(page.hashed));
      } else if (is_stored_in_base(id)) {
        pages.emplace_hint(pages.end(), id, std::nullopt);
      }
    }
    pages_.clear();
    return pages;
  }

 private:
  struct Edited {
    Page leaves;
    HashedPage former;  // of the same id; empty where there was none, or is none to learn from
    HashedPage hashed;
  };

  void apply_to_page(PageId id, std::span<const StateChange> changes) {
    HashedPage former = base_.page(id);
    const Page& before = former.leaves();
    const std::size_t first = changed_leaves_.size();
    std::ranges::copy_if(changes, std::back_inserter(changed_leaves_),
                         [&](const StateChange& change) { return change.value != value_at(before, change.position); });
    if (changed_leaves_.size() == first) return;
    Page after = merged(before, std::span(changed_leaves_).subspan(first));
    leaf_count_ = leaf_count_ - before.size() + after.size();
    pages_.insert_or_assign(id, Edited{std::move(after), former, {}});
  }

  void split_next_page() {
    const PageId id = page_count_;
    const Page page = take(id);
    const std::size_t left = left_count(page, depth_of(id));
    const auto cut = page.begin() + static_cast<std::ptrdiff_t>(left);
    pages_.insert_or_assign(2 * id, Edited{Page(page.begin(), cut), {}, {}});
    pages_.insert_or_assign(2 * id + 1, Edited{Page(cut, page.end()), {}, {}});
    ++page_count_;
  }

  void merge_last_pages() {
    const PageId id = page_count_ - 1;
    Page page = take(2 * id);
    const Page right = take(2 * id + 1);
    page.insert(page.end(), right.begin(), right.end());
    pages_.insert_or_assign(id, Edited{std::move(page), {}, {}});
    --page_count_;
  }

  // The page, which is none from now on: an entry without leaves outside the present page numbers.
  Page take(PageId id) {
    const auto [place, is_new] = pages_.try_emplace(id);
    if (is_new) return base_.page(id).leaves();
    return std::exchange(place->second, {}).leaves;
  }

  bool is_stored_in_base(PageId id) const {
    const std::uint64_t count = base_.page_count();
    return id >= count && id < 2 * count && base_.subtree(id).kind != SubtreeKind::empty;
  }

  // Of the changed pages with first <= id < end.
  Level hash_pages(PageId first, PageId end) {
    Level level;
    for (auto page = pages_.lower_bound(first); page != pages_.end() && page->first < end; ++page) {
      Edited& edited = page->second;
      edited.hashed = HashedPage(std::move(edited.leaves), depth_of(page->first), edited.former);
      level.emplace_back(page->first, edited.hashed.hash());
    }
    return level;
  }

  Level hash_parents(const Level& level) const {
    Level parents;
    parents.reserve(level.size());
    for (auto child = level.begin(); child != level.end(); ++child) {
      const auto& [id, hash] = *child;
      const bool is_right = (id & 1) != 0;
      if (!is_right && child + 1 != level.end() && (child + 1)->first == id + 1) {
        parents.emplace_back(id / 2, join_subtrees(hash, (child + 1)->second));
        ++child;
      } else {
        const SubtreeHash sibling = base_.subtree(id ^ 1);
        parents.emplace_back(id / 2, is_right ? join_subtrees(sibling, hash) : join_subtrees(hash, sibling));
      }
    }
    return parents;
  }

  const TreeView& base_;
  std::uint64_t leaf_count_;
  std::uint64_t page_count_;
  std::vector<StateChange> changed_leaves_;
  std::map<PageId, Edited> pages_;
};

// Collects a proof from the root downwards.
class ProofWalk {
 public:
  ProofWalk(const TreeView& tree, const StatePosition& position) : tree_(tree), position_(position) {}

  StateProof run() {
    const std::uint64_t page_count = tree_.page_count();
    PageId id = 1;
    while (id < page_count && tree_.subtree(id).kind == SubtreeKind::inner) {
      id = 2 * id + (bit_of(position_, depth_of(id)) ? 1 : 0);
      proof_.siblings.push_back(tree_.subtree(id ^ 1).hash);
    }
    if (tree_.subtree(id).kind != SubtreeKind::empty) {
      const HashedPage page = tree_.page(page_with_leaves(id));
      walk_page(page.leaves(), depth_of(id));
    }
    std::ranges::reverse(proof_.siblings);
    return std::move(proof_);
  }

 private:
  // The page below this subtree that is not empty. Requires: there is one, and a single one or a page itself.
  PageId page_with_leaves(PageId id) const {
    while (id < tree_.page_count()) {
      id = 2 * id;
      if (tree_.subtree(id).kind == SubtreeKind::empty) ++id;
    }
    return id;
  }

  void walk_page(Leaves leaves, std::size_t depth) {
    for (; leaves.size() > 1; ++depth) {
      const std::size_t left = left_count(leaves, depth);
      const Leaves halves[] = {leaves.first(left), leaves.subspan(left)};
      const std::size_t own = bit_of(position_, depth) ? 1 : 0;
      proof_.siblings.push_back(hash_leaves(halves[1 - own], depth + 1).hash);
      leaves = halves[own];
    }
    if (!leaves.empty() && leaves.front().position != position_) proof_.other = leaves.front();
  }

  const TreeView& tree_;
  const StatePosition& position_;
  StateProof proof_;
};

bool share_bits(const StatePosition& a, const StatePosition& b, std::size_t count) {
  const std::size_t whole = count / 8;
  if (!equal(a.view().first(whole), b.view().first(whole))) return false;
  for (std::size_t depth = 8 * whole; depth < count; ++depth) {
    if (bit_of(a, depth) != bit_of(b, depth)) return false;
  }
  return true;
}

// The hash of what the proof says stands in the position's subtree.
Result<Hash256> claimed_subtree(const StatePosition& position, const std::optional<StateValueHash>& value,
                                const StateProof& proof) {
  if (value) {
    if (proof.other) return fail(ErrorCode::bad_proof, "proof of presence, but with another leaf");
    return state_leaf_hash({position, *value});
  }
  if (!proof.other) return Hash256{};
  if (proof.other->position == position) {
    return fail(ErrorCode::bad_proof, "proof of absence, but its leaf is the position itself");
  }
  if (!share_bits(proof.other->position, position, proof.siblings.size())) {
    return fail(ErrorCode::bad_proof, "proof of absence, but its leaf does not share the first ",
                proof.siblings.size(), " bits");
  }
  return state_leaf_hash(*proof.other);
}

}  // namespace

Result<void> check_state_proof(const StatePosition& position, const std::optional<StateValueHash>& value,
                               const StateProof& proof, const StateRoot& root) {
  const std::size_t count = proof.siblings.size();
  if (count > position_bits) return fail(ErrorCode::bad_proof, count, " siblings, must be at most ", position_bits);
  Hash256 hash = TRY(claimed_subtree(position, value, proof));
  if (count > 0 && proof.siblings.front().is_zero()) {
    return fail(ErrorCode::bad_proof, "the first sibling is empty");
  }
  for (std::size_t i = 0; i < count; ++i) {
    const Hash256& sibling = proof.siblings[i];
    hash = bit_of(position, count - i - 1) ? state_node_hash(sibling, hash) : state_node_hash(hash, sibling);
  }
  if (StateRoot(hash) != root) return fail(ErrorCode::bad_proof, "the siblings lead to another state root");
  return {};
}

std::uint64_t page_count_of(std::uint64_t leaf_count) {
  return std::max<std::uint64_t>(1, leaf_count / page_leaves_mean + (leaf_count % page_leaves_mean != 0 ? 1 : 0));
}

SubtreeTable::SubtreeTable(std::vector<Entry> entries) : entries_(std::move(entries)) {
  for (std::size_t i = 1; i < entries_.size(); ++i) CHECK(entries_[i - 1].first < entries_[i].first);
}

SubtreeTable::const_iterator SubtreeTable::find(PageId id) const {
  const auto place = std::ranges::lower_bound(entries_, id, {}, &Entry::first);
  return place != entries_.end() && place->first == id ? place : entries_.end();
}

const SubtreeHash& SubtreeTable::at(PageId id) const {
  const auto place = find(id);
  CHECK(place != entries_.end());
  return place->second;
}

std::uint64_t TreeView::page_count() const { return page_count_of(leaf_count()); }

PageId TreeView::page_of(const StatePosition& position) const { return page_of_position(position, page_count()); }

StateProof TreeView::prove(const StatePosition& position) const { return ProofWalk(*this, position).run(); }

std::optional<StateValueHash> TreeView::find(const StatePosition& position) const {
  return value_at(page(page_of(position)).leaves(), position);
}

TreeVersion::TreeVersion(const TreeView& base, std::vector<StateChange> changes) : base_(&base) {
  std::ranges::sort(changes, {}, &StateChange::position);
  CHECK(std::ranges::adjacent_find(changes, {}, &StateChange::position) == changes.end());
  PageEdit edit(base);
  edit.apply(changes);
  edit.fit_page_count();
  leaf_count_ = edit.leaf_count();
  subtrees_ = edit.hash();
  pages_ = edit.take_pages();
  leaves_ = edit.take_changed_leaves();
}

HashedPage TreeVersion::page(PageId id) const {
  CHECK(id >= page_count());
  CHECK(id < 2 * page_count());
  const auto changed = subtrees_.find(id);
  if (changed == subtrees_.end()) return base_->page(id);
  if (changed->second.kind == SubtreeKind::empty) return {};
  return *pages_.at(id);
}

SubtreeHash TreeVersion::subtree(PageId id) const {
  CHECK(id >= 1);
  CHECK(id < 2 * page_count());
  const auto changed = subtrees_.find(id);
  return changed == subtrees_.end() ? base_->subtree(id) : changed->second;
}

// ---------------------------------------------------------------------------------------------------------------------
// Hashes in shared chunks

SubtreeHash SubtreeArray::at(PageId id) const {
  CHECK(id < size_);
  const std::uint64_t chunk = id / chunk_entries;
  const Chunk& found = *branches_[chunk / branch_chunks]->chunks[chunk % branch_chunks];
  return {found.kinds[id % chunk_entries], found.hashes[id % chunk_entries]};
}

void SubtreeArray::put(PageId id, const SubtreeHash& subtree) {
  CHECK(id < size_);
  const std::uint64_t number = id / chunk_entries;
  std::shared_ptr<Branch>& branch = branches_[number / branch_chunks];
  if (branch->generation != generation_) {
    branch = std::make_shared<Branch>(*branch);
    branch->generation = generation_;
  }
  std::shared_ptr<Chunk>& chunk = branch->chunks[number % branch_chunks];
  if (chunk->generation != generation_) {
    chunk = std::make_shared<Chunk>(*chunk);
    chunk->generation = generation_;
  }
  chunk->hashes[id % chunk_entries] = subtree.hash;
  chunk->kinds[id % chunk_entries] = subtree.kind;
}

void SubtreeArray::resize(std::uint64_t size) {
  const std::uint64_t chunks_before = (size_ + chunk_entries - 1) / chunk_entries;
  const std::uint64_t chunks = (size + chunk_entries - 1) / chunk_entries;
  size_ = size;
  for (std::uint64_t number = chunks_before; number < chunks; ++number) {
    if (number / branch_chunks == branches_.size()) {
      branches_.push_back(std::make_shared<Branch>());
      branches_.back()->generation = generation_;
    }
    std::shared_ptr<Branch>& branch = branches_[number / branch_chunks];
    if (branch->generation != generation_) {
      branch = std::make_shared<Branch>(*branch);
      branch->generation = generation_;
    }
    std::shared_ptr<Chunk>& chunk = branch->chunks[number % branch_chunks];
    if (chunk) continue;
    chunk = std::make_shared<Chunk>();
    chunk->generation = generation_;
  }
}

SubtreeArray SubtreeArray::snapshot() {
  SubtreeArray copy = *this;
  ++generation_;
  return copy;
}

// The snapshot as a tree, together with its pages.
class StateTreeSnapshot::View : public TreeView {
 public:
  View(const StateTreeSnapshot& snapshot, const PageSource& source) : snapshot_(snapshot), source_(source) {}

  std::uint64_t leaf_count() const override { return snapshot_.leaf_count_; }
  HashedPage page(PageId id) const override {
    const SubtreeHash expected = subtree(id);
    return expected.kind == SubtreeKind::empty ? HashedPage() : source_.read_page(id, expected);
  }
  SubtreeHash subtree(PageId id) const override { return snapshot_.subtrees_.at(id); }

 private:
  const StateTreeSnapshot& snapshot_;
  const PageSource& source_;
};

StateRoot StateTreeSnapshot::root() const { return StateRoot(subtrees_.at(1).hash); }

StateProof StateTreeSnapshot::prove(const PageSource& source, const StatePosition& position) const {
  return View(*this, source).prove(position);
}

// ---------------------------------------------------------------------------------------------------------------------
// The durable tree

StateTree::StateTree(const PageSource& source, std::uint64_t leaf_count,
                     const std::vector<std::pair<PageId, SubtreeHash>>& page_hashes, std::size_t cached_pages)
    : source_(source), leaf_count_(leaf_count), subtrees_(2 * page_count_of(leaf_count)), cache_(cached_pages) {
  const std::uint64_t page_count = page_count_of(leaf_count);
  for (const auto& [id, subtree] : page_hashes) {
    CHECK(id >= page_count);
    CHECK(id < 2 * page_count);
    subtrees_.put(id, subtree);
  }
  for (PageId id = page_count - 1; id >= 1; --id) {
    subtrees_.put(id, join_subtrees(this->subtree(2 * id), this->subtree(2 * id + 1)));
  }
}

HashedPage StateTree::page(PageId id) const {
  CHECK(id >= page_count());
  CHECK(id < 2 * page_count());
  const SubtreeHash expected = subtrees_.at(id);
  if (expected.kind == SubtreeKind::empty) return {};
  if (cache_.empty()) return source_.read_page(id, expected);
  CachedPage& place = cache_place(id);
  if (place.id != id) place = {id, source_.read_page(id, expected)};
  return place.page;
}

SubtreeHash StateTree::subtree(PageId id) const {
  CHECK(id >= 1);
  return subtrees_.at(id);
}

void StateTree::commit(const TreeVersion& version) {
  CHECK(version.base_ == this);
  leaf_count_ = version.leaf_count_;
  // New subtrees all stand in the version; of a tree that shrinks the last ones go.
  subtrees_.resize(2 * page_count());
  for (const auto& [id, subtree] : version.subtrees_) subtrees_.put(id, subtree);
  if (cache_.empty()) return;
  for (const auto& [id, page] : version.pages_) {
    CachedPage& place = cache_place(id);
    if (page) {
      place = {id, *page};
    } else if (place.id == id) {
      place = {};
    }
  }
}

}  // namespace kanhe
