#include "certs/batch.h"

#include <bit>

#include "contracts/identifiers.h"
#include "ledger/codec_impl.h"

namespace kanhe {

template Bytes encode(const certs::BatchLeaf&);
template Result<certs::BatchLeaf> decode(ByteView);

}  // namespace kanhe

namespace kanhe::certs {

BatchLeaf batch_leaf_of(const Document& document) {
  return {{},
          document.id,
          document.holder,
          content_root_of(document),
          document.files,
          document.valid_from_ms,
          document.valid_until_ms};
}

Hash256 batch_leaf_hash(const BatchLeaf& leaf) { return log_leaf_hash(encode(leaf)); }

Result<BatchTree> BatchTree::from(const std::vector<Hash256>& leaves) {
  if (leaves.empty() || leaves.size() > batch_count_max) {
    return fail(ErrorCode::out_of_range, "batch: ", leaves.size(), " documents, must be between 1 and ",
                batch_count_max);
  }
  return BatchTree(leaves);
}

// Complete subtrees finish in the order of their indexes, so each level is a list that grows at its end.
BatchTree::BatchTree(const std::vector<Hash256>& leaves)
    : levels_(static_cast<std::size_t>(std::bit_width(leaves.size()))) {
  LogFrontier frontier;
  for (const Hash256& leaf : leaves) {
    frontier.append(leaf, [this](LogNode node, const Hash256& hash) {
      CHECK(levels_[node.level].size() == node.index);
      levels_[node.level].push_back(hash);
    });
  }
  root_ = frontier.root();
}

LogPath BatchTree::path(std::uint32_t index) const {
  CHECK(index < levels_.front().size());
  const auto read = [this](LogNode node) -> Result<Hash256> { return levels_.at(node.level).at(node.index); };
  return log_inclusion_path(index, levels_.front().size(), read).value();
}

Result<void> check_member(const contracts::certificate::BatchKey& batch, const CertificateId& id) {
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorCode::malformed, "batch member ", id.str(), ": ", why);
  };
  const auto reading = contracts::read_certificate_id(id.view());
  if (!reading.breaches.empty()) return refuse("the identifier breaks a rule of its standard");
  const std::string_view padded = as_text(batch.prefix.view());
  const std::string_view prefix = padded.substr(0, padded.find('\0'));
  if (reading.parts->type != batch.type.view()) return refuse("is of another type than the batch");
  if (reading.parts->issuer != batch.issuer.view()) return refuse("is of another issuer than the batch");
  if (reading.parts->edition != 1) return refuse("must be of edition 001");
  if (reading.parts->serial.size() <= prefix.size() || !reading.parts->serial.starts_with(prefix)) {
    return refuse("its serial must begin with the batch's prefix and be longer");
  }
  return {};
}

Result<void> check_place(const Document& document, const BatchPlace& place, const LogRoot& root) {
  return check_log_inclusion(batch_leaf_hash(batch_leaf_of(document)), place.index, place.count.value(), place.path,
                             root);
}

contracts::certificate::IssueBatchArguments issue_batch_arguments_of(
    const contracts::certificate::TypeCode& type, const contracts::certificate::SerialPrefix& prefix,
    const BatchTree& tree) {
  return {type, prefix, tree.root(), tree.count()};
}

}  // namespace kanhe::certs
