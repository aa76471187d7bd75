#include "node/trusted_history.h"

#include <algorithm>

namespace kanhe::node {

TrustedHistory::TrustedHistory(std::optional<Header> last) : last_(std::move(last)) {
  if (last_) hash_ = hash_of(*last_);
}

std::optional<Height> TrustedHistory::proof_for(Height height) const {
  return covers(height) ? std::optional(last_->height) : std::nullopt;
}

// The signatures bind nothing here, so that everything in the checkpoint has to follow from the trusted header.
Result<void> TrustedHistory::check(Height first, const Checkpoint& sealed,
                                   const std::optional<HistoryProof>& proof) const {
  if (!covers(first)) return {};
  const std::uint64_t height = sealed.height.value();
  const std::uint64_t trusted = last_->height.value();
  if (height > trusted) {
    return fail(ErrorCode::bad_proof, "blocks: one run from ", to_string(first), " beyond the epoch's end at ",
                trusted);
  }
  if (!proof) return fail(ErrorCode::bad_proof, "blocks: no proof under height ", trusted);
  const HeaderHash hash = hash_of(proof->header);
  if (sealed.header_hash != hash || sealed.proposal_digest != proof->header.proposal_digest ||
      sealed.height != proof->header.height || sealed.epoch != proof->header.epoch) {
    return fail(ErrorCode::bad_proof, "blocks: the seal and the proof name different headers");
  }
  TRY(check_log_inclusion(log_leaf_hash(hash.view()), height, height + 1, proof->inclusion, sealed.log_root));
  if (height < trusted) {
    return check_log_consistency(height + 1, trusted, proof->consistency, sealed.log_root, last_->history_root);
  }
  if (hash != hash_) return fail(ErrorCode::bad_proof, "blocks: height ", trusted, " has another header");
  return check_log_consistency(trusted, trusted + 1, proof->consistency, last_->history_root, sealed.log_root);
}

Result<void> TrustedHistory::check_store(const Store& store) const {
  if (!last_ || !store.tip() || store.tip()->height < last_->height) return {};
  const HeaderHash here = hash_of(store.header(last_->height).value());
  if (here == hash_) return {};
  return fail(ErrorCode::conflict, "the header of height ", to_string(last_->height), " is ", hash_.hex(),
              ", in the data it is ", here.hex(), ": one of the two is of another history");
}

Result<HistoryProof> prove_history(const Store& store, Height sealed, Height under) {
  if (sealed > under) {
    return fail(ErrorCode::out_of_range, "proof: height ", to_string(sealed), " lies above ", to_string(under));
  }
  auto header = store.header(sealed);
  if (!header || !store.header(under)) {
    return fail(ErrorCode::unknown, "proof: height ", to_string(under), " is not here");
  }
  const auto read = [&store](LogNode node) { return store.history_node(node); };
  const std::uint64_t size = sealed.value() + 1;
  const std::uint64_t trusted = under.value();
  return HistoryProof{*std::move(header), TRY(log_inclusion_path(size - 1, size, read)),
                      TRY(log_consistency_path(std::min(size, trusted), std::max(size, trusted), read))};
}

}  // namespace kanhe::node
