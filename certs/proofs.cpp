// Every check goes from what is believed to what is claimed: genesis, epochs, seal, history root, header, roots,
// leaves. A link that does not fit ends the check with its own text.
#include "certs/proofs.h"

#include "ledger/codec.h"

namespace kanhe::certs {

namespace {

Error bad_proof(const std::string& text) { return fail(ErrorCode::bad_proof, text); }

std::string at(Height height) { return " at height " + to_string(height); }

// What makes the checked text longer by the link it belongs to.
Error within(const std::string& link, const Error& error) { return fail(error.code, link, ": ", error.text); }

Result<void> check_leaf(const std::string& link, const Hash256& leaf, std::uint64_t index, std::uint64_t size,
                        const LogPath& path, const LogRoot& root) {
  const auto checked = check_log_inclusion(leaf, index, size, path, root);
  if (!checked) return within(link, checked.error());
  return {};
}

}  // namespace

// ---------------------------------------------------------------------------------------------------------------------
// Trust

Trust::Trust(Genesis genesis)
    : genesis_(std::move(genesis)), chain_id_(chain_id_of(genesis_)), origin_(origin_of(genesis_)) {
  epochs_.push_back(first_epoch_of(genesis_));
}

Result<Trust> Trust::from(Genesis genesis) {
  TRY(check_genesis(genesis));
  return Trust(std::move(genesis));
}

const EpochConfig* Trust::epoch(Epoch epoch) const {
  return epoch.value() < epochs_.size() ? &epochs_[epoch.value()] : nullptr;
}

std::optional<Height> Trust::last_height(Epoch epoch) const {
  if (epoch.value() >= last_heights_.size()) return std::nullopt;
  return last_heights_[epoch.value()];
}

Epoch Trust::newest_epoch() const { return epochs_.back().epoch; }

// Whether the block is the last of a known epoch and hands over to the configuration.
Result<void> Trust::check_change(const EpochChange& change) const {
  const Header& header = change.last.header;
  const EpochConfig* const config = epoch(header.epoch);
  if (config == nullptr) {
    return fail(ErrorCode::unknown, "epoch change", at(header.height), ": epoch ", to_string(header.epoch),
                " was not proved");
  }
  if (change.last.seal.checkpoint.height != header.height || change.last.seal.checkpoint.epoch != header.epoch) {
    return bad_proof("epoch change" + at(header.height) + ": the last block of an epoch has a seal of its own");
  }
  TRY(check_sealed_header(*this, change.last));
  if (header.validators_hash != epoch_hash_of(*config)) {
    return bad_proof("epoch change" + at(header.height) + ": the block names other validators than its epoch has");
  }
  if (header.next_validators_hash != epoch_hash_of(change.next)) {
    return bad_proof("epoch change" + at(header.height) + ": the block hands over to another configuration");
  }
  if (change.next.chain_id != chain_id_) {
    return fail(ErrorCode::conflict, "epoch change", at(header.height), ": the configuration is of another network");
  }
  if (change.next.epoch != header.epoch + 1) {
    return bad_proof("epoch change" + at(header.height) + ": the configuration is not that of the next epoch");
  }
  return check_epoch_config(scheme(), change.next);
}

Result<void> Trust::add(const EpochChange& change) {
  TRY(check_change(change));
  const Epoch ended = change.last.header.epoch;
  if (ended == newest_epoch()) {
    epochs_.push_back(change.next);
    last_heights_.push_back(change.last.header.height);
    return {};
  }
  if (*last_height(ended) != change.last.header.height || *epoch(ended + 1) != change.next) {
    return fail(ErrorCode::conflict, "epoch change: epoch ", to_string(ended), " has two successors");
  }
  return {};
}

Result<void> Trust::add(std::span<const EpochChange> changes) {
  for (const EpochChange& change : changes) TRY(add(change));
  return {};
}

// ---------------------------------------------------------------------------------------------------------------------
// Headers and blocks

namespace {

// What header and checkpoint say of one and the same block.
Result<void> compare_own(const Header& header, const HeaderHash& hash, const Checkpoint& checkpoint) {
  if (checkpoint.header_hash != hash) return bad_proof("seal: seals another header" + at(header.height));
  if (checkpoint.epoch != header.epoch) return bad_proof("seal: of another epoch than the header" + at(header.height));
  if (checkpoint.proposal_digest != header.proposal_digest) {
    return bad_proof("seal: names another proposal" + at(header.height));
  }
  return {};
}

// Whether the epoch that signed was still in office, and the header's own configuration is the known one.
Result<void> check_epochs(const Trust& trust, const Header& header, const Checkpoint& checkpoint) {
  const auto last = trust.last_height(checkpoint.epoch);
  if (last && checkpoint.height > *last) {
    return bad_proof("seal" + at(checkpoint.height) + ": epoch " + to_string(checkpoint.epoch) + " ended" + at(*last));
  }
  if (header.epoch > checkpoint.epoch) {
    return bad_proof("header" + at(header.height) + ": of a later epoch than its seal");
  }
  const EpochConfig* const own = trust.epoch(header.epoch);
  if (own != nullptr && header.validators_hash != epoch_hash_of(*own)) {
    return bad_proof("header" + at(header.height) + ": names other validators than its epoch has");
  }
  return {};
}

}  // namespace

Result<void> check_sealed_header(const Trust& trust, const SealedHeader& sealed) {
  const Header& header = sealed.header;
  const Checkpoint& checkpoint = sealed.seal.checkpoint;
  if (header.chain_id != trust.chain_id()) {
    return fail(ErrorCode::conflict, "header", at(header.height), ": of another network");
  }
  const EpochConfig* const config = trust.epoch(checkpoint.epoch);
  if (config == nullptr) {
    return fail(ErrorCode::unknown, "seal", at(checkpoint.height), ": epoch ", to_string(checkpoint.epoch),
                " was not proved");
  }
  TRY(check_seal(trust.scheme(), trust.origin(), *config, sealed.seal));
  TRY(check_epochs(trust, header, checkpoint));
  if (header.height > checkpoint.height) {
    return bad_proof("header" + at(header.height) + ": lies above its seal" + at(checkpoint.height));
  }
  const HeaderHash hash = hash_of(header);
  if (header.height == checkpoint.height) TRY(compare_own(header, hash, checkpoint));
  return check_leaf("header" + at(header.height) + " in the history", log_leaf_hash(hash), header.height.value(),
                    checkpoint.height.value() + 1, sealed.history, checkpoint.log_root);
}

Result<void> check_block(const Trust& trust, const ProvenBlock& block) {
  const Header& header = block.sealed.header;
  const ProposalHeader& proposal = block.proposal;
  TRY(check_sealed_header(trust, block.sealed));
  if (header.height == Height(0)) return bad_proof("block at height 0: it has no proposal");
  if (digest_of(proposal) != header.proposal_digest) {
    return bad_proof("proposal" + at(header.height) + ": its digest is not the one that the header names");
  }
  const bool fits = proposal.chain_id == header.chain_id && proposal.epoch == header.epoch &&
                    proposal.height == header.height && proposal.timestamp_ms == header.timestamp_ms &&
                    proposal.body_root == header.transaction_root;
  if (!fits) return bad_proof("proposal" + at(header.height) + ": does not agree with the header");
  return {};
}

Result<void> check_recorded(const Trust& trust, const RecordedTransaction& recorded) {
  TRY(check_block(trust, recorded.block));
  const Header& header = recorded.block.sealed.header;
  const std::uint64_t count = recorded.block.proposal.count.value();
  if (recorded.receipt.transaction_id.is_zero()) {
    return bad_proof("receipt" + at(header.height) + ": belongs to no transaction");
  }
  TRY(check_leaf("transaction" + at(header.height), log_leaf_hash(recorded.body_hash), recorded.index, count,
                 recorded.transaction_path, header.transaction_root));
  return check_leaf("receipt" + at(header.height), log_leaf_hash(encode(recorded.receipt)),
                    std::uint64_t{recorded.index} + 1, count + 1, recorded.receipt_path, header.receipt_root);
}

// ---------------------------------------------------------------------------------------------------------------------
// State and traces

Result<void> check_fact(const StateFact& fact, const StateRoot& root) {
  std::optional<StateValueHash> value;
  if (fact.value) value = state_value_hash(*fact.value);
  const auto checked = check_state_proof(state_position(fact.key), value, fact.proof, root);
  if (!checked) return within("record under key " + to_hex(fact.key), checked.error());
  return {};
}

const StateFact* find_fact(std::span<const StateFact> facts, ByteView state_key) {
  const auto found = std::ranges::find_if(facts, [&](const StateFact& fact) { return equal(fact.key, state_key); });
  return found == facts.end() ? nullptr : &*found;
}

Result<void> check_trace(const Subject& subject, std::span<const TracedEvent> events, const StateFact& fact) {
  if (!equal(fact.key, contracts::traces.key_of(contracts::trace_key_of(subject)))) {
    return bad_proof("trace: the record is that of another subject");
  }
  contracts::Trace trace;
  if (fact.value) trace = TRY(decode<contracts::Trace>(*fact.value));
  if (events.size() != trace.event_count.value()) {
    return bad_proof("trace: " + std::to_string(events.size()) + " events, the state counts " +
                     to_string(trace.event_count));
  }
  TraceHead head;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i > 0 && events[i].position <= events[i - 1].position) {
      return bad_proof("trace: event " + std::to_string(i) + " does not stand above the one before it");
    }
    if (!std::ranges::binary_search(events[i].event.subjects, subject)) {
      return bad_proof("trace: event " + std::to_string(i) + " does not name the subject");
    }
    head = extend_trace(head, events[i].position, events[i].event);
  }
  if (head != trace.head) return bad_proof("trace: the events do not lead to the head that the state holds");
  return {};
}

}  // namespace kanhe::certs
