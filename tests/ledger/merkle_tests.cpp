// Merkle logs against RFC 6962's own recursion, and proofs against everything that a liar may change in them.
#include "ledger/merkle.h"

#include <bit>
#include <boost/test/unit_test.hpp>
#include <map>
#include <set>
#include <span>

namespace {

using namespace kanhe;

constexpr std::uint64_t sizes_max = 70;

Hash256 leaf_number(std::uint64_t number) {
  return log_leaf_hash(as_bytes("leaf " + std::to_string(number)));
}

const std::vector<Hash256>& all_leaves() {
  static const std::vector<Hash256> leaves = [] {
    std::vector<Hash256> made;
    for (std::uint64_t i = 0; i < sizes_max; ++i) made.push_back(leaf_number(i));
    return made;
  }();
  return leaves;
}

std::vector<Hash256> first_leaves(std::uint64_t size) {
  return {all_leaves().begin(), all_leaves().begin() + static_cast<std::ptrdiff_t>(size)};
}

// MTH of RFC 6962 2.1, word for word.
Hash256 reference_root(std::span<const Hash256> leaves) {
  if (leaves.empty()) return sha256({});
  if (leaves.size() == 1) return leaves.front();
  std::size_t cut = 1;
  while (cut * 2 < leaves.size()) cut *= 2;
  return log_node_hash(reference_root(leaves.first(cut)), reference_root(leaves.subspan(cut)));
}

const LogRoot& root_of_size(std::uint64_t size) {
  static const std::vector<LogRoot> roots = [] {
    std::vector<LogRoot> made;
    for (std::uint64_t i = 0; i <= sizes_max; ++i) made.push_back(LogRoot(reference_root(first_leaves(i))));
    return made;
  }();
  return roots[size];
}

template <class Digest>
Digest with_flipped_bit(Digest hash, std::size_t bit) {
  hash.array()[bit / 8] ^= static_cast<Byte>(1u << (bit % 8));
  return hash;
}

// The nodes that the frontier's callback names while a log of sizes_max leaves grows.
std::map<LogNode, Hash256> completed_nodes(std::uint64_t size) {
  std::map<LogNode, Hash256> nodes;
  LogFrontier frontier;
  for (const Hash256& leaf : first_leaves(size)) {
    frontier.append(leaf, [&](LogNode node, const Hash256& hash) { BOOST_TEST(nodes.emplace(node, hash).second); });
  }
  return nodes;
}

// Reads from such nodes, refuses others, and remembers what was read.
LogNodeReader reader_of(const std::map<LogNode, Hash256>& nodes, std::set<LogNode>& asked) {
  return [&](LogNode node) -> Result<Hash256> {
    asked.insert(node);
    const auto found = nodes.find(node);
    if (found == nodes.end()) return fail(ErrorCode::unknown, "no node ", node.level, "/", node.index);
    return found->second;
  };
}

// Every path that differs from `path` in one place, in length, or in order.
std::vector<LogPath> altered(const LogPath& path) {
  std::vector<LogPath> paths;
  for (std::size_t i = 0; i < path.size(); ++i) {
    for (const std::size_t bit : {0u, 7u, 130u, 255u}) {
      paths.push_back(path);
      paths.back()[i] = with_flipped_bit(path[i], bit);
    }
    paths.push_back(path);
    paths.back().erase(paths.back().begin() + static_cast<std::ptrdiff_t>(i));
    paths.push_back(path);
    paths.back().insert(paths.back().begin() + static_cast<std::ptrdiff_t>(i), path[i]);
    if (i > 0) {
      paths.push_back(path);
      std::swap(paths.back()[i - 1], paths.back()[i]);
    }
  }
  paths.push_back(path);
  paths.back().push_back(Hash256{});
  return paths;
}

BOOST_AUTO_TEST_SUITE(merkle_tests)

BOOST_AUTO_TEST_CASE(known_leaves_have_the_known_roots) {
  const std::vector<std::string_view> data = {"",         "00",           "10",                 "2021",
                                              "3031",     "40414243",     "5051525354555657",
                                              "606162636465666768696a6b6c6d6e6f"};
  const std::vector<std::string_view> roots = {
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  std::vector<Hash256> leaves;
  for (std::size_t size = 0;; ++size) {
    BOOST_TEST(log_root(leaves).hex() == roots[size]);
    if (size == data.size()) break;
    leaves.push_back(log_leaf_hash(from_hex(data[size]).value()));
  }
}

BOOST_AUTO_TEST_CASE(a_frontier_has_the_root_of_the_recursion_at_every_size) {
  LogFrontier frontier;
  for (std::uint64_t size = 0; size <= sizes_max; ++size) {
    BOOST_TEST(frontier.size() == size);
    BOOST_TEST((frontier.root() == root_of_size(size)));
    BOOST_TEST((log_root(first_leaves(size)) == root_of_size(size)));
    BOOST_TEST((LogFrontier(size, frontier.edge()) == frontier));
    if (size < sizes_max) frontier.append(leaf_number(size));
  }
}

BOOST_AUTO_TEST_CASE(a_doubled_last_leaf_makes_another_root) {
  for (std::uint64_t size = 1; size < sizes_max; ++size) {
    auto leaves = first_leaves(size);
    const LogRoot root = log_root(leaves);
    for (int copies = 0; copies < 5; ++copies) {
      leaves.push_back(leaves.back());
      BOOST_TEST((log_root(leaves) != root));
    }
  }
}

BOOST_AUTO_TEST_CASE(an_inner_node_does_not_pass_for_a_leaf) {
  Bytes children = to_bytes(leaf_number(0));
  append(children, leaf_number(1));
  BOOST_TEST((log_leaf_hash(children) != log_node_hash(leaf_number(0), leaf_number(1))));
}

BOOST_AUTO_TEST_CASE(completed_nodes_are_the_complete_subtrees_and_suffice_for_every_path) {
  for (std::uint64_t size = 0; size <= sizes_max; ++size) {
    const auto nodes = completed_nodes(size);
    std::uint64_t count = 0;
    for (std::uint8_t level = 0; size >> level != 0; ++level) {
      for (std::uint64_t index = 0; index < size >> level; ++index, ++count) {
        const std::span<const Hash256> below(all_leaves().data() + (index << level), std::size_t{1} << level);
        BOOST_REQUIRE(nodes.contains({level, index}));
        BOOST_TEST((nodes.at({level, index}) == reference_root(below)));
        BOOST_TEST((read_from(first_leaves(size))({level, index}).value() == reference_root(below)));
      }
    }
    BOOST_TEST(nodes.size() == count);
    // The reader fails on any node that is not there, so a path that has a value asked only for complete subtrees.
    std::set<LogNode> asked;
    for (std::uint64_t index = 0; index < size; ++index) {
      BOOST_TEST(log_inclusion_path(index, size, reader_of(nodes, asked)).has_value());
    }
    for (std::uint64_t old_size = 0; old_size <= size; ++old_size) {
      BOOST_TEST(log_consistency_path(old_size, size, reader_of(nodes, asked)).has_value());
    }
    // Nothing is stored in vain: of all nodes only the root of a complete log is never read.
    const std::size_t unread = size != 0 && std::has_single_bit(size) ? 1 : 0;
    BOOST_TEST(asked.size() == nodes.size() - unread);
  }
}

BOOST_AUTO_TEST_CASE(an_error_of_the_reader_is_the_error_of_the_path) {
  const LogNodeReader broken = [](LogNode) -> Result<Hash256> { return fail(ErrorCode::io, "no disk"); };
  BOOST_TEST((log_inclusion_path(2, 7, broken).error().code == ErrorCode::io));
  BOOST_TEST((log_consistency_path(3, 7, broken).error().code == ErrorCode::io));
}

BOOST_AUTO_TEST_CASE(inclusion_is_proved_at_its_own_index_and_size_only) {
  for (std::uint64_t size = 1; size <= sizes_max; ++size) {
    const auto leaves = first_leaves(size);
    const LogRoot& root = root_of_size(size);
    for (std::uint64_t index = 0; index < size; ++index) {
      const LogPath path = log_inclusion_path(index, size, read_from(leaves)).value();
      for (std::uint64_t claimed = 0; claimed < size; ++claimed) {
        const bool accepted = check_log_inclusion(leaves[index], claimed, size, path, root).has_value();
        BOOST_REQUIRE(accepted == (claimed == index));
      }
      for (std::uint64_t claimed = 0; claimed <= sizes_max; ++claimed) {
        if (claimed == size) continue;
        BOOST_REQUIRE(!check_log_inclusion(leaves[index], index, claimed, path, root_of_size(claimed)).has_value());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(an_altered_inclusion_proof_is_refused) {
  for (std::uint64_t size = 1; size <= sizes_max; ++size) {
    const auto leaves = first_leaves(size);
    const LogRoot& root = root_of_size(size);
    for (std::uint64_t index = 0; index < size; ++index) {
      const LogPath path = log_inclusion_path(index, size, read_from(leaves)).value();
      for (const LogPath& other : altered(path)) {
        BOOST_REQUIRE(!check_log_inclusion(leaves[index], index, size, other, root).has_value());
      }
      for (std::size_t bit = 0; bit < 256; bit += 15) {
        BOOST_REQUIRE(!check_log_inclusion(with_flipped_bit(leaves[index], bit), index, size, path, root).has_value());
        BOOST_REQUIRE(!check_log_inclusion(leaves[index], index, size, path, with_flipped_bit(root, bit)).has_value());
      }
    }
  }
}

// A root does not name its size, so the length of a path is all that ties it to the size that is claimed.
BOOST_AUTO_TEST_CASE(a_path_has_the_length_of_its_index_and_size) {
  for (std::uint64_t size = 1; size <= sizes_max; ++size) {
    for (std::uint64_t index = 0; index < size; ++index) {
      const std::size_t length = log_inclusion_path(index, size, read_from(first_leaves(size))).value().size();
      for (std::size_t claimed = 0; claimed <= LogPath::count_max; ++claimed) {
        if (claimed == length) continue;
        const auto result = check_log_inclusion(leaf_number(index), index, size, LogPath(claimed), root_of_size(size));
        BOOST_REQUIRE(!result.has_value());
        BOOST_REQUIRE(result.error().text.find(claimed < length ? "too short" : "too long") != std::string::npos);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(an_index_or_size_outside_its_range_is_refused) {
  const LogRoot root = root_of_size(1);
  const auto code = [&](std::uint64_t index, std::uint64_t size) {
    return check_log_inclusion(leaf_number(0), index, size, {}, root).error().code;
  };
  BOOST_TEST(check_log_inclusion(leaf_number(0), 0, 1, {}, root).has_value());
  BOOST_TEST((code(0, 0) == ErrorCode::out_of_range));
  BOOST_TEST((code(1, 1) == ErrorCode::out_of_range));
  BOOST_TEST((code(~std::uint64_t{0}, 1) == ErrorCode::out_of_range));
  BOOST_TEST((code(0, std::uint64_t{1} << 48) == ErrorCode::bad_proof));
  BOOST_TEST((code(0, (std::uint64_t{1} << 48) + 1) == ErrorCode::out_of_range));
  BOOST_TEST((code(0, ~std::uint64_t{0}) == ErrorCode::out_of_range));
  BOOST_TEST((check_log_consistency(2, 1, {}, root, root).error().code == ErrorCode::out_of_range));
  BOOST_TEST((check_log_consistency(1, ~std::uint64_t{0}, {}, root, root).error().code == ErrorCode::out_of_range));
}

BOOST_AUTO_TEST_CASE(consistency_is_proved_for_every_pair_of_sizes_and_no_other) {
  for (std::uint64_t new_size = 0; new_size <= sizes_max; ++new_size) {
    const auto leaves = first_leaves(new_size);
    for (std::uint64_t old_size = 0; old_size <= new_size; ++old_size) {
      const LogPath path = log_consistency_path(old_size, new_size, read_from(leaves)).value();
      BOOST_TEST((old_size == 0 || old_size == new_size) == path.empty());
      for (std::uint64_t claimed = 0; claimed <= sizes_max; ++claimed) {
        const bool old_fits = check_log_consistency(claimed, new_size, path, root_of_size(claimed),
                                                    root_of_size(new_size)).has_value();
        BOOST_REQUIRE(old_fits == (claimed == old_size || (path.empty() && (claimed == 0 || claimed == new_size))));
        const bool new_fits = check_log_consistency(old_size, claimed, path, root_of_size(old_size),
                                                    root_of_size(claimed)).has_value();
        BOOST_REQUIRE(new_fits == (claimed == new_size || (path.empty() && (old_size == 0 || claimed == old_size))));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(an_altered_consistency_proof_is_refused) {
  for (std::uint64_t new_size = 0; new_size <= sizes_max; ++new_size) {
    const auto leaves = first_leaves(new_size);
    const LogRoot& new_root = root_of_size(new_size);
    for (std::uint64_t old_size = 0; old_size <= new_size; ++old_size) {
      const LogRoot& old_root = root_of_size(old_size);
      const LogPath path = log_consistency_path(old_size, new_size, read_from(leaves)).value();
      for (const LogPath& other : altered(path)) {
        BOOST_REQUIRE(!check_log_consistency(old_size, new_size, other, old_root, new_root).has_value());
      }
      for (std::size_t bit = 0; bit < 256; bit += 51) {
        const LogRoot old_lie = with_flipped_bit(old_root, bit);
        const LogRoot new_lie = with_flipped_bit(new_root, bit);
        BOOST_REQUIRE(!check_log_consistency(old_size, new_size, path, old_lie, new_root).has_value());
        // Every log begins with the empty one.
        const bool accepted = check_log_consistency(old_size, new_size, path, old_root, new_lie).has_value();
        BOOST_REQUIRE(accepted == (old_size == 0 && new_size != 0));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_log_that_was_rewritten_has_no_consistency_proof) {
  for (std::uint64_t rewritten = 0; rewritten < 20; ++rewritten) {
    auto leaves = first_leaves(33);
    leaves[rewritten] = leaf_number(1000);
    for (std::uint64_t old_size = 1; old_size <= 20; ++old_size) {
      const LogPath path = log_consistency_path(old_size, 33, read_from(leaves)).value();
      const bool accepted = check_log_consistency(old_size, 33, path, root_of_size(old_size), log_root(leaves))
                                .has_value();
      BOOST_REQUIRE(accepted == (rewritten >= old_size));
    }
  }
}

// At the largest size every node is one hash by its level, so that no leaf needs to be there.
BOOST_AUTO_TEST_CASE(paths_at_the_largest_size_fit_their_list) {
  const LogNodeReader by_level = [](LogNode node) -> Result<Hash256> {
    Hash256 hash = leaf_number(0);
    for (std::uint8_t level = 0; level < node.level; ++level) hash = log_node_hash(hash, hash);
    return hash;
  };
  const std::uint64_t size_max = std::uint64_t{1} << log_path_max;
  const auto root_at = [&](std::uint64_t size) {
    std::vector<Hash256> edge;
    for (std::size_t level = log_path_max + 1; level-- > 0;) {
      if ((size >> level & 1) != 0) edge.push_back(by_level({static_cast<std::uint8_t>(level), 0}).value());
    }
    return LogFrontier(size, edge).root();
  };
  for (const std::uint64_t size : {size_max, size_max - 1, size_max / 2 + 1}) {
    for (const std::uint64_t index : {std::uint64_t{0}, size / 2, size - 1}) {
      const LogPath path = log_inclusion_path(index, size, by_level).value();
      BOOST_TEST(path.size() <= log_path_max);
      BOOST_TEST(check_log_inclusion(leaf_number(0), index, size, path, root_at(size)).has_value());
    }
    for (const std::uint64_t old_size : {std::uint64_t{1}, size / 2 - 1, size / 2, size - 1}) {
      const LogPath path = log_consistency_path(old_size, size, by_level).value();
      BOOST_TEST(path.size() <= LogPath::count_max);
      BOOST_TEST(check_log_consistency(old_size, size, path, root_at(old_size), root_at(size)).has_value());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
