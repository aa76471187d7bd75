// A model of the state tree for its tests: the definition as a naive recursion, a durable tree over pages in memory,
// and positions that are hostile to it.
//
// Thread: one. Errors: a page that was not written ends the test case.
#pragma once

#include <bit>
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <span>

#include "ledger/state_tree.h"

namespace kanhe::state_model {

using Random = std::mt19937_64;
using Model = std::map<StatePosition, StateValueHash>;
using SubtreeKind = SubtreeHash::Kind;

// ---------------------------------------------------------------------------------------------------------------------
// The reference

inline bool bit_at(const StatePosition& position, std::size_t depth) {
  return (position.array()[depth / 8] & (0x80 >> (depth % 8))) != 0;
}

inline StatePosition with_flipped_bit(StatePosition position, std::size_t depth) {
  position.array()[depth / 8] ^= static_cast<Byte>(0x80 >> (depth % 8));
  return position;
}

inline std::vector<StateLeaf> leaves_of(const Model& model) {
  std::vector<StateLeaf> leaves;
  for (const auto& [position, value] : model) leaves.push_back({position, value});
  return leaves;
}

// The definition, word for word, at whatever depth.
inline SubtreeHash reference(std::span<const StateLeaf> leaves, std::size_t depth) {
  if (leaves.empty()) return {SubtreeKind::empty, Hash256{}};
  if (leaves.size() == 1) {
    Bytes bytes = to_bytes(leaves[0].position);
    append(bytes, leaves[0].value);
    return {SubtreeKind::leaf, tagged_hash(Tag::state_leaf, bytes)};
  }
  std::size_t left = 0;
  while (left < leaves.size() && !bit_at(leaves[left].position, depth)) ++left;
  Bytes bytes = to_bytes(reference(leaves.first(left), depth + 1).hash);
  append(bytes, reference(leaves.subspan(left), depth + 1).hash);
  return {SubtreeKind::inner, tagged_hash(Tag::state_node, bytes)};
}

inline StateRoot reference_root(const Model& model) { return StateRoot(reference(leaves_of(model), 0).hash); }

// ---------------------------------------------------------------------------------------------------------------------
// A durable tree over leaves and page hashes in memory

class MemoryPages : public PageSource {
 public:
  HashedPage read_page(PageId id, const SubtreeHash& expected) const override {
    ++reads;
    BOOST_REQUIRE(stored.contains(id));
    HashedPage page(leaves_below(id), depth_of(id));
    BOOST_REQUIRE((page.hash() == expected));
    return page;
  }
  void write(const TreeVersion& version) {
    for (const StateChange& leaf : version.changed_leaves()) {
      if (leaf.value) {
        leaves.insert_or_assign(leaf.position, *leaf.value);
      } else {
        BOOST_REQUIRE(leaves.erase(leaf.position) == 1);
      }
    }
    for (const auto& [id, page] : version.changed_pages()) {
      if (page) {
        BOOST_REQUIRE(!page->leaves().empty());
        stored.insert_or_assign(id, page->hash());
      } else {
        BOOST_REQUIRE(stored.erase(id) == 1);
      }
    }
  }
  std::vector<std::pair<PageId, SubtreeHash>> hashes() const {
    for (const auto& [id, hash] : stored) BOOST_REQUIRE((hash_leaves(leaves_below(id), depth_of(id)) == hash));
    return {stored.begin(), stored.end()};
  }

  std::map<StatePosition, StateValueHash> leaves;
  std::map<PageId, SubtreeHash> stored;
  mutable std::size_t reads = 0;

 private:
  Page leaves_below(PageId id) const {
    Page page;
    for (auto leaf = leaves.lower_bound(first_position_of(id));
         leaf != leaves.end() && subtree_of(leaf->first, depth_of(id)) == id; ++leaf) {
      page.push_back({leaf->first, leaf->second});
    }
    return page;
  }
};

struct Durable {
  // Few pages are cached, so that each often loses its place to another.
  explicit Durable(std::size_t cached_pages = 3) : tree(pages, 0, {}, cached_pages) {}
  MemoryPages pages;
  StateTree tree;

  void commit(const TreeVersion& version) {
    pages.write(version);
    tree.commit(version);
  }
  void apply(std::vector<StateChange> changes) { commit(TreeVersion(tree, std::move(changes))); }
};

inline std::vector<StateLeaf> leaves_below(const std::vector<StateLeaf>& leaves, PageId id) {
  const std::size_t depth = static_cast<std::size_t>(std::bit_width(id)) - 1;
  std::vector<StateLeaf> below;
  for (const StateLeaf& leaf : leaves) {
    PageId ancestor = 1;
    for (std::size_t i = 0; i < depth; ++i) ancestor = 2 * ancestor + (bit_at(leaf.position, i) ? 1 : 0);
    if (ancestor == id) below.push_back(leaf);
  }
  return below;
}

// ---------------------------------------------------------------------------------------------------------------------
// Positions

enum class Spread { uniform, crowded, deep };

// Crowded: all share 30 bits and differ early after them. Deep: they share 200 or more bits, some all but the last.
inline StatePosition random_position(Random& random, Spread spread) {
  StatePosition position;
  for (Byte& byte : position.array()) byte = static_cast<Byte>(random());
  if (spread == Spread::crowded) {
    std::fill_n(position.array().begin(), 4, Byte{0xa5});
    position.array()[3] ^= static_cast<Byte>(random() & 3);
  } else if (spread == Spread::deep) {
    std::fill_n(position.array().begin(), 31, Byte{0x5a});
    position.array()[25 + random() % 7] ^= static_cast<Byte>(random());
  }
  return position;
}

inline StateValueHash random_value(Random& random) {
  StateValueHash value;
  for (Byte& byte : value.array()) byte = static_cast<Byte>(random());
  return value;
}

inline Model random_model(Random& random, std::size_t size, Spread spread) {
  Model model;
  while (model.size() < size) model.emplace(random_position(random, spread), random_value(random));
  return model;
}

inline std::vector<StateChange> insertions(const Model& model) {
  std::vector<StateChange> changes;
  for (const auto& [position, value] : model) changes.push_back({position, value});
  return changes;
}

inline StatePosition some_position(Random& random, const Model& model) {
  auto place = model.lower_bound(random_position(random, Spread::uniform));
  if (place == model.end()) place = model.begin();
  return place->first;
}

}  // namespace kanhe::state_model
