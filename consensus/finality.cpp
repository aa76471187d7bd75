// Finality: a valid seal, in whatever message and view, makes its height final and everything below it on its chain,
// once that chain is executed here with the header that the seal names. Who lacks a part of the chain fetches blocks.
//
// A finalized block is PBFT's stable checkpoint [4.3]: votes below it are not needed any more. They go when the block
// is durable, not before: a crash in between must find them.
#include "consensus/replica.h"

namespace kanhe::consensus {

void Replica::on(const Sealed& message) { learn(message.seal); }

void Replica::learn(const CommitSeal& seal) {
  const Height height = seal.checkpoint.height;
  if (height <= finalized_.height || (seal_ahead_ && height <= seal_ahead_->checkpoint.height)) return;
  seal_ahead_ = seal;
  seal_ahead_at_ = now_.monotonic;
  follow_seal();
  if (seal_ahead_ && known_chain_to(seal_ahead_->checkpoint).empty()) ask_for_blocks();
}

// The blocks above the last finalized one that lead to a checkpoint, lowest first. Empty when a proposal of the chain
// is not known here, or when it does not lead to the last finalized block.
std::vector<Tip> Replica::known_chain_to(const Checkpoint& top) const {
  std::vector<Tip> chain;
  ProposalDigest digest = top.proposal_digest;
  for (Height height = top.height; height > finalized_.height; height = height - 1) {
    const auto slot = slots_.find(height);
    if (slot == slots_.end()) return {};
    const auto proposal = slot->second.find(digest);
    if (proposal == nullptr) return {};
    Tip tip{height, digest, {}, proposal->header.timestamp_ms};
    const auto execution = executions_.find(digest);
    if (execution != executions_.end()) tip.header_hash = execution->second.second.header_hash;
    chain.insert(chain.begin(), tip);
    digest = proposal->header.parent;
  }
  if (digest != finalized_.digest) return {};
  return chain;
}

bool Replica::is_executed(const std::vector<Tip>& chain) const {
  return std::ranges::all_of(chain, [this](const Tip& tip) { return executions_.contains(tip.digest); });
}

// Finalizes the chain below the highest known seal, once all of it is executed (adopt_sealed_chain() sees to that).
void Replica::follow_seal() {
  if (!seal_ahead_) return;
  const std::vector<Tip> chain = known_chain_to(seal_ahead_->checkpoint);
  if (chain.empty() || !is_executed(chain)) return;
  if (chain.back().header_hash != seal_ahead_->checkpoint.header_hash) {
    // Test: normal_case_tests/a_seal_over_another_result_silences_this_replica
    return silence(Silence::diverged, chain.back().height);
  }
  finalize(chain);
}

void Replica::finalize(const std::vector<Tip>& chain) {
  // Blocks are written one by one, the last with the seal: until then the seal must not be lost, for the proofs below
  // go.
  if (chain.size() > 1) output_.records.push_back(Sealed{*seal_ahead_});
  for (const Tip& tip : chain) {
    Finalize block{tip.height, tip.digest, tip.header_hash, std::nullopt};
    if (tip.height == chain.back().height) block.seal = seal_ahead_;
    output_.finalize.push_back(std::move(block));
    const auto proposal = slots_.at(tip.height).find(tip.digest);
    pace_.on_finalized(now_.monotonic, proposal->header.count.value());
    undurable_.emplace(tip.height, tip);
  }
  finalized_ = chain.back();
  finalized_in_view_ += chain.size();
  seal_ = std::move(seal_ahead_);
  seal_ahead_.reset();
  note_progress();
}

void Replica::note_progress() {
  progress_at_ = now_.monotonic;
  if (!seal_ahead_) arriving_at_.reset();
  finish_starting();
}

// The window counts from here. Proofs and votes go only now.
void Replica::on(const Durable& input) {
  const auto found = undurable_.find(input.height);
  if (found == undurable_.end()) return count(Ignored::stale);
  durable_ = found->second;
  note_epoch_end(input.epoch_end);
  forget_up_to(input.height);
}

// Decided by the block at E − W at the earliest, and nothing is voted on further than W above the durable block: so
// nobody has voted above E by then, and nobody will. What liars sent above it goes.
void Replica::note_epoch_end(std::optional<Height> epoch_end) {
  if (!epoch_end || config_.epoch_end) return;
  CHECK(*epoch_end >= durable_.height);
  config_.epoch_end = epoch_end;
  slots_.erase(slots_.upper_bound(*epoch_end), slots_.end());
}

void Replica::on(const CaughtUp& input) {
  CHECK(input.seal.checkpoint.height == input.height);
  if (input.height < finalized_.height || input.height <= durable_.height) return count(Ignored::stale);
  const bool was_far_behind = input.height > finalized_.height + epoch().parameters.window.value();
  durable_ = Tip{input.height, input.digest, input.header_hash, input.timestamp_ms};
  if (input.height > finalized_.height) {
    finalized_in_view_ += input.height - finalized_.height;
    seal_ = input.seal;
  }
  finalized_ = durable_;
  if (seal_ahead_ && seal_ahead_->checkpoint.height <= input.height) seal_ahead_.reset();
  note_epoch_end(input.epoch_end);
  note_progress();
  // Nothing can be said of the others' pace from afar. But who is near watches on: else a primary that hands out its
  // blocks in this way would not be watched at all.
  if (was_far_behind) {
    pace_.begin_period(now_.monotonic);
  } else {
    pace_.on_finalized(now_.monotonic, input.transactions);
  }
  forget_up_to(input.height);
  drop_output_up_to(input.height);
  follow_seal();
}

// Takes back what was not handed over yet, of heights that are durable already: their bodies may be gone.
void Replica::drop_output_up_to(Height height) {
  std::erase_if(output_.votes, [height](const Vote& vote) {
    if (const auto* commit = std::get_if<Commit>(&vote.message)) return commit->checkpoint.height <= height;
    return vote.proposal && vote.proposal->header.height <= height;
  });
  const auto is_past = [height](const auto& duty) { return duty.height <= height; };
  std::erase_if(output_.execute, is_past);
  std::erase_if(output_.fetch, is_past);
  std::erase_if(output_.finalize, is_past);
}

void Replica::forget_up_to(Height height) {
  slots_.erase(slots_.begin(), slots_.upper_bound(height));
  undurable_.erase(undurable_.begin(), undurable_.upper_bound(height));
  std::erase_if(executions_, [height](const auto& entry) { return entry.second.first <= height; });
  own_prepares_.erase(own_prepares_.begin(), own_prepares_.upper_bound(height));
  own_commits_.erase(own_commits_.begin(), own_commits_.upper_bound(height));
}

void Replica::ask_for_blocks() {
  output_.catch_up = CatchUp{*seal_ahead_};
  seal_ahead_at_ = now_.monotonic;
}

// Signs nothing more until a later epoch: durable, so that a restart does not forget it.
void Replica::silence(Silence reason, Height height) {
  if (silence_) return;
  silence_ = reason;
  output_.records.push_back(Silenced{{}, epoch().epoch, reason});
  output_.votes.clear();
  const auto kind = reason == Silence::diverged ? AlarmKind::diverged : AlarmKind::lost_votes;
  output_.alarms.push_back({kind, height, std::nullopt});
}

}  // namespace kanhe::consensus
