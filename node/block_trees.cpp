#include "node/block_trees.h"

#include "ledger/codec.h"

namespace kanhe::node {
namespace {

std::size_t leaves_of(const BlockTrees& trees) { return trees.transactions.size() + trees.receipts.size(); }

Result<std::shared_ptr<const BlockTrees>> read_trees(const StoreReader& reader, Height height) {
  if (height == Height(0)) return fail(ErrorCode::out_of_range, "height: 0, must be at least 1");
  certs::SealedHeader sealed = TRY(seal_header(reader, height));
  auto proposal = reader.proposal(height);
  CHECK(proposal.has_value());
  std::vector<Hash256> transactions;
  for (const BodyHash& body : proposal->bodies) transactions.push_back(log_leaf_hash(body));
  std::vector<Hash256> receipts;
  for (const Receipt& receipt : reader.receipts(height)) receipts.push_back(log_leaf_hash(encode(receipt)));
  return std::make_shared<const BlockTrees>(BlockTrees{{std::move(sealed), proposal->header},
                                                       std::move(proposal->bodies), LogLevels(std::move(transactions)),
                                                       LogLevels(std::move(receipts))});
}

}  // namespace

LogLevels::LogLevels(std::vector<Hash256> leaves) {
  levels_.push_back(std::move(leaves));
  while (levels_.back().size() > 1) {
    const std::vector<Hash256>& below = levels_.back();
    std::vector<Hash256> level;
    for (std::size_t i = 0; i + 1 < below.size(); i += 2) level.push_back(log_node_hash(below[i], below[i + 1]));
    levels_.push_back(std::move(level));
  }
}

LogPath LogLevels::path(std::uint64_t index) const {
  return log_inclusion_path(index, size(), [this](LogNode node) -> Result<Hash256> {
           return levels_.at(node.level).at(node.index);
         }).value();
}

Result<certs::SealedHeader> seal_header(const StoreReader& reader, Height height) {
  auto header = reader.header(height);
  if (!header) {
    const auto tip = reader.tip();
    return fail(ErrorCode::unknown, "block ", height.value(), " is not here; the newest is ",
                tip ? tip->height.value() : 0);
  }
  auto seal = reader.covering_seal(height);
  if (!seal) return fail(ErrorCode::unavailable, "block ", height.value(), " has no seal yet; retry after a second");
  const std::uint64_t size = seal->checkpoint.height.value() + 1;
  LogPath path = TRY(log_inclusion_path(height.value(), size,
                                        [&reader](LogNode node) { return reader.history_node(node); }));
  return certs::SealedHeader{*std::move(header), *std::move(seal), std::move(path)};
}

Result<std::shared_ptr<const BlockTrees>> BlockTreeCache::get(const StoreReader& reader, Height height) {
  const auto is_it = [height](const auto& trees) { return trees->block.sealed.header.height == height; };
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find_if(kept_, is_it);
    if (found != kept_.end()) {
      kept_.splice(kept_.begin(), kept_, found);
      return kept_.front();
    }
  }
  auto trees = TRY(read_trees(reader, height));
  const std::lock_guard lock(mutex_);
  if (std::ranges::find_if(kept_, is_it) != kept_.end()) return trees;
  leaves_ += leaves_of(*trees);
  kept_.push_front(trees);
  while (leaves_ > leaves_max_ && kept_.size() > 1) {
    leaves_ -= leaves_of(*kept_.back());
    kept_.pop_back();
  }
  return trees;
}

}  // namespace kanhe::node
