#include "ledger/state_page.h"

#include <algorithm>
#include <bit>

#include "ledger/codec_impl.h"

namespace kanhe {

template Bytes encode(const StateLeaf&);
template Result<StateLeaf> decode(ByteView);

namespace {

constexpr std::size_t position_bits = 8 * StatePosition::size;

using SubtreeKind = SubtreeHash::Kind;

}  // namespace

Hash256 state_leaf_hash(const StateLeaf& leaf) { return tagged_hash(Tag::state_leaf, leaf.position, leaf.value); }

std::size_t depth_of(PageId id) { return static_cast<std::size_t>(std::bit_width(id)) - 1; }

PageId subtree_of(const StatePosition& position, std::size_t depth) {
  CHECK(depth < 64);
  PageId id = 1;
  std::size_t bits = depth;
  for (std::size_t i = 0; bits > 0; ++i) {
    const std::size_t taken = std::min<std::size_t>(bits, 8);
    id = id << taken | static_cast<PageId>(position.array()[i] >> (8 - taken));
    bits -= taken;
  }
  return id;
}

StatePosition first_position_of(PageId id) {
  const std::size_t depth = depth_of(id);
  StatePosition position;
  for (std::size_t bit = 0; bit < depth; ++bit) {
    const auto value = static_cast<Byte>(id >> (depth - bit - 1) & 1);
    position.array()[bit / 8] = static_cast<Byte>(position.array()[bit / 8] | value << (7 - bit % 8));
  }
  return position;
}

bool bit_of(const StatePosition& position, std::size_t depth) {
  return (position.array()[depth / 8] >> (7 - depth % 8) & 1) != 0;
}

std::size_t left_count(Leaves leaves, std::size_t depth) {
  const auto right = std::ranges::partition_point(
      leaves, [depth](const StateLeaf& leaf) { return !bit_of(leaf.position, depth); });
  return static_cast<std::size_t>(right - leaves.begin());
}

Hash256 state_node_hash(const Hash256& left, const Hash256& right) { return tagged_hash(Tag::state_node, left, right); }

SubtreeHash join_subtrees(const SubtreeHash& left, const SubtreeHash& right) {
  if (left.kind == SubtreeKind::empty && right.kind != SubtreeKind::inner) return right;
  if (right.kind == SubtreeKind::empty && left.kind != SubtreeKind::inner) return left;
  return {SubtreeKind::inner, state_node_hash(left.hash, right.hash)};
}

HashedPage::HashedPage() {
  static const auto nothing = std::make_shared<const Content>();
  content_ = nothing;
}

HashedPage::HashedPage(Page leaves, std::size_t depth, const HashedPage& former) {
  auto content = std::make_shared<Content>();
  content->leaves = std::move(leaves);
  Nodes nodes;
  nodes.reserve(content->leaves.size());
  const Nodes& known = former.content_->nodes;
  content->hash = add(nodes, content->leaves, depth, {former.leaves(), known.empty() ? nullptr : known.data()});
  content->nodes = Nodes(nodes.begin(), nodes.end());  // no larger than it is
  content_ = std::move(content);
}

// Requires: former.node is set.
HashedPage::Former HashedPage::half_of(const Former& former, std::size_t depth, bool is_right) {
  const std::size_t count = left_count(former.leaves, depth);
  const Leaves left = former.leaves.first(count);
  const Node* const below = former.node + 1;
  const auto with_node = [](Leaves leaves, const Node* node) {
    return Former{leaves, leaves.size() >= kept_leaves_min ? node : nullptr};
  };
  if (!is_right) return with_node(left, below);
  return with_node(former.leaves.subspan(count), left.size() >= kept_leaves_min ? below + below->count : below);
}

SubtreeHash HashedPage::add(Nodes& nodes, Leaves leaves, std::size_t depth, const Former& former) {
  if (leaves.empty()) return {};
  if (leaves.size() == 1) return {SubtreeKind::leaf, state_leaf_hash(leaves.front())};
  if (former.node != nullptr && std::ranges::equal(leaves, former.leaves)) {
    nodes.insert(nodes.end(), former.node, former.node + former.node->count);
    return {SubtreeKind::inner, former.node->hash};
  }
  CHECK(depth < position_bits);
  const bool is_kept = leaves.size() >= kept_leaves_min;
  const std::size_t place = nodes.size();
  if (is_kept) nodes.emplace_back();
  Former former_left;
  Former former_right;
  if (former.node != nullptr) {
    former_left = half_of(former, depth, /*is_right=*/false);
    former_right = half_of(former, depth, /*is_right=*/true);
  }
  const std::size_t count = left_count(leaves, depth);
  const SubtreeHash left = add(nodes, leaves.first(count), depth + 1, former_left);
  const SubtreeHash right = add(nodes, leaves.subspan(count), depth + 1, former_right);
  const SubtreeHash joined = join_subtrees(left, right);
  if (is_kept) nodes[place] = {joined.hash, static_cast<std::uint32_t>(nodes.size() - place)};
  return joined;
}

SubtreeHash hash_leaves(Leaves leaves, std::size_t depth) {
  HashedPage::Nodes nodes;
  return HashedPage::add(nodes, leaves, depth, {});
}

}  // namespace kanhe
