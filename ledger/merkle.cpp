// The idea: a tree of n leaves is cut again and again at the largest power of two below its size, so everything left of
// a cut is a complete subtree and only the right edge is not. A complete subtree never changes again and can be stored
// under (level, index); an incomplete one is hashed together from complete ones when it is needed, at most one a level.
//
// Paths are made from the root downwards (there the cuts are known) and reversed; verification climbs from the leaf,
// where the bits of the index and of the last index say on which side a sibling stands.
#include "ledger/merkle.h"

#include <bit>

namespace kanhe {
namespace {

constexpr std::uint64_t log_size_max = std::uint64_t{1} << log_path_max;

bool is_odd(std::uint64_t number) { return (number & 1) != 0; }

// Where a tree of this size is cut. Requires: size > 1.
std::uint64_t left_size(std::uint64_t size) { return std::bit_floor(size - 1); }

// Leaves [begin, begin + size) of a log.
struct LeafRange {
  std::uint64_t begin;
  std::uint64_t size;

  LeafRange left() const { return {begin, left_size(size)}; }
  LeafRange right() const { return {begin + left_size(size), size - left_size(size)}; }
};

// The hash of a range that the cuts of a log lead to, so that it begins at a multiple of its size rounded up.
Result<Hash256> hash_range(LeafRange range, const LogNodeReader& read) {
  if (std::has_single_bit(range.size)) {
    const auto level = static_cast<std::uint8_t>(std::countr_zero(range.size));
    CHECK(range.begin % range.size == 0);
    return read(LogNode{level, range.begin >> level});
  }
  const Hash256 left = TRY(hash_range(range.left(), read));
  const Hash256 right = TRY(hash_range(range.right(), read));
  return log_node_hash(left, right);
}

void reverse(LogPath& path) { std::ranges::reverse(path); }

// Climbs from a node towards the root of a tree, and knows at each step on which side the next sibling stands.
class Climb {
 public:
  // `index` and `last` are the own index and that of the last node on the same level.
  Climb(std::uint64_t index, std::uint64_t last) : index_(index), last_(last) {}

  bool at_root() const { return last_ == 0; }
  // Whether the next sibling is on the left. Where a node at the right edge has none, its ancestors move up with it.
  bool sibling_is_left() const { return is_odd(index_) || index_ == last_; }
  void rise() {
    if (sibling_is_left()) {
      while (!is_odd(index_) && index_ != 0) rise_one_level();
    }
    rise_one_level();
  }
  // Up to the first ancestor that is a left child.
  void rise_while_right_child() {
    while (is_odd(index_)) rise_one_level();
  }

 private:
  void rise_one_level() {
    index_ >>= 1;
    last_ >>= 1;
  }

  std::uint64_t index_;
  std::uint64_t last_;
};

Result<void> check_size(std::uint64_t size) {
  if (size > log_size_max) return fail(ErrorCode::out_of_range, "log of ", size, " leaves, must be at most 2^48");
  return {};
}

Error not_this_root(std::string_view which) { return fail(ErrorCode::bad_proof, "the path leads to another ", which); }

}  // namespace

Hash256 log_leaf_hash(ByteView data) {
  static constexpr Byte leaf_prefix[] = {0x00};
  return Hasher().update(leaf_prefix).update(data).finish();
}

Hash256 log_node_hash(const Hash256& left, const Hash256& right) {
  static constexpr Byte node_prefix[] = {0x01};
  return Hasher().update(node_prefix).update(left).update(right).finish();
}

LogRoot empty_log_root() { return LogRoot(sha256({})); }

LogFrontier::LogFrontier(std::uint64_t size, std::vector<Hash256> edge) : size_(size), edge_(std::move(edge)) {
  CHECK(size_ <= log_size_max);
  CHECK(edge_.size() == static_cast<std::size_t>(std::popcount(size_)));
}

void LogFrontier::append(const Hash256& leaf, const std::function<void(LogNode, const Hash256&)>& completed) {
  CHECK(size_ < log_size_max);
  LogNode node{0, size_};
  Hash256 hash = leaf;
  if (completed) completed(node, hash);
  while (is_odd(node.index)) {
    hash = log_node_hash(edge_.back(), hash);
    edge_.pop_back();
    node = {static_cast<std::uint8_t>(node.level + 1), node.index >> 1};
    if (completed) completed(node, hash);
  }
  edge_.push_back(hash);
  ++size_;
}

LogRoot LogFrontier::root() const {
  if (edge_.empty()) return empty_log_root();
  Hash256 hash = edge_.back();
  for (std::size_t i = edge_.size() - 1; i > 0; --i) hash = log_node_hash(edge_[i - 1], hash);
  return LogRoot(hash);
}

LogRoot log_root(const std::vector<Hash256>& leaves) {
  LogFrontier frontier;
  for (const Hash256& leaf : leaves) frontier.append(leaf);
  return frontier.root();
}

Result<LogPath> log_inclusion_path(std::uint64_t index, std::uint64_t size, const LogNodeReader& read) {
  CHECK(size <= log_size_max);
  CHECK(index < size);
  LogPath path;
  LeafRange range{0, size};
  while (range.size > 1) {
    const bool goes_left = index < range.right().begin;
    path.push_back(TRY(hash_range(goes_left ? range.right() : range.left(), read)));
    range = goes_left ? range.left() : range.right();
  }
  CHECK(path.size() <= log_path_max);
  reverse(path);
  return path;
}

Result<LogPath> log_consistency_path(std::uint64_t old_size, std::uint64_t new_size, const LogNodeReader& read) {
  CHECK(new_size <= log_size_max);
  CHECK(old_size <= new_size);
  LogPath path;
  if (old_size == 0) return path;
  LeafRange range{0, new_size};
  while (range.begin + range.size != old_size) {
    const bool goes_left = old_size <= range.right().begin;
    path.push_back(TRY(hash_range(goes_left ? range.right() : range.left(), read)));
    range = goes_left ? range.left() : range.right();
  }
  // What is left ends where the old log ended. At the left edge it is the whole old log, whose root the verifier has.
  if (range.begin != 0) path.push_back(TRY(hash_range(range, read)));
  CHECK(path.size() <= LogPath::count_max);
  reverse(path);
  return path;
}

LogNodeReader read_from(const std::vector<Hash256>& leaves) {
  return [&leaves](LogNode node) -> Result<Hash256> {
    CHECK(node.level <= log_path_max);
    const std::uint64_t begin = node.index << node.level;
    const std::uint64_t end = (node.index + 1) << node.level;
    CHECK(end <= leaves.size());
    LogFrontier frontier;
    for (std::uint64_t i = begin; i < end; ++i) frontier.append(leaves[i]);
    return frontier.edge().front();
  };
}

Result<void> check_log_inclusion(const Hash256& leaf, std::uint64_t index, std::uint64_t size, const LogPath& path,
                                 const LogRoot& root) {
  TRY(check_size(size));
  if (index >= size) {
    return fail(ErrorCode::out_of_range, "index ", index, ", but the log has ", size, " leaves");
  }
  Climb climb(index, size - 1);
  Hash256 hash = leaf;
  for (const Hash256& sibling : path) {
    if (climb.at_root()) return fail(ErrorCode::bad_proof, "path of ", path.size(), " hashes is too long");
    hash = climb.sibling_is_left() ? log_node_hash(sibling, hash) : log_node_hash(hash, sibling);
    climb.rise();
  }
  if (!climb.at_root()) return fail(ErrorCode::bad_proof, "path of ", path.size(), " hashes is too short");
  if (LogRoot(hash) != root) return not_this_root("root");
  return {};
}

Result<void> check_log_consistency(std::uint64_t old_size, std::uint64_t new_size, const LogPath& path,
                                   const LogRoot& old_root, const LogRoot& new_root) {
  TRY(check_size(new_size));
  if (old_size > new_size) {
    return fail(ErrorCode::out_of_range, "old log of ", old_size, " leaves, new one of ", new_size);
  }
  if (old_size == 0 || old_size == new_size) {
    if (!path.empty()) return fail(ErrorCode::bad_proof, "path of ", path.size(), " hashes is too long");
    if (old_size == 0 && old_root != empty_log_root()) return not_this_root("old root");
    if (old_size == new_size && old_root != new_root) return not_this_root("new root");
    return {};
  }
  Climb climb(old_size - 1, new_size - 1);
  climb.rise_while_right_child();
  auto next = path.begin();
  // A complete old tree is itself the node to start from, and the path leaves it out.
  const bool starts_from_old_root = std::has_single_bit(old_size);
  if (!starts_from_old_root && path.empty()) return fail(ErrorCode::bad_proof, "path of 0 hashes is too short");
  const Hash256 start = starts_from_old_root ? Hash256(old_root) : *next++;
  Hash256 old_hash = start;
  Hash256 new_hash = start;
  for (; next != path.end(); ++next) {
    if (climb.at_root()) return fail(ErrorCode::bad_proof, "path of ", path.size(), " hashes is too long");
    if (climb.sibling_is_left()) {
      old_hash = log_node_hash(*next, old_hash);
      new_hash = log_node_hash(*next, new_hash);
    } else {
      new_hash = log_node_hash(new_hash, *next);
    }
    climb.rise();
  }
  if (!climb.at_root()) return fail(ErrorCode::bad_proof, "path of ", path.size(), " hashes is too short");
  if (LogRoot(old_hash) != old_root) return not_this_root("old root");
  if (LogRoot(new_hash) != new_root) return not_this_root("new root");
  return {};
}

}  // namespace kanhe
