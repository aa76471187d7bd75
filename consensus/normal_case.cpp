// The normal case [4.2]: a primary proposes, replicas prepare, execute meanwhile, and commit to the result.
//
// Every handler only adds what it was told to a slot; advance() alone decides what may now be said, walking the window
// from below, because what may be said of a height depends on the one under it.
#include "consensus/replica.h"

namespace kanhe::consensus {

// A proposal of a primary. Only one of a near view is remembered, and of each view only the first: a liar is the
// primary of infinitely many far ones, and may propose as often as it likes. A list that is longer than any block may
// be is not remembered either, so that nobody fetches what it names.
void Replica::on(const PrePrepare& message) {
  const PrepareStatement& statement = message.prepare.statement;
  Slot* slot = slot_for_vote(statement.height, message.prepare.signer);
  if (slot == nullptr) return;
  if (!is_near(statement.view) || statement.height <= entered_.floor) return count(Ignored::other_view);
  const bool first = !slot->prepared_by(message.prepare.signer, statement.view).has_value();
  on(message.prepare);
  if (slot->prepared_by(message.prepare.signer, statement.view) != statement.digest) return;
  if (message.proposal.header.count.value() > epoch().parameters.block_transactions_max.value()) {
    if (first) output_.alarms.push_back({AlarmKind::invalid_proposal, statement.height, message.prepare.signer});
    return;
  }
  // Test: slot_tests/keeps_few_proposals
  if (slot->find(statement.digest) == nullptr) slot->remember(std::make_shared<const Proposal>(message.proposal));
}

void Replica::on(const Prepare& message) {
  const PrepareStatement& statement = message.statement;
  if (message.signer == config_.self && !remembers(message)) {
    if (statement.height <= finalized_.height) return count(Ignored::stale);
    return silence(Silence::lost_votes, statement.height);
  }
  Slot* slot = slot_for_vote(statement.height, message.signer);
  if (slot == nullptr) return;
  if (!is_near(statement.view)) return count(Ignored::other_view);
  switch (slot->add(message)) {
    case Counted::added: break;
    case Counted::repeated: return count(Ignored::repeated);
    case Counted::conflicting:
      output_.alarms.push_back({AlarmKind::conflicting_votes, statement.height, message.signer});
      return count(Ignored::conflicting);
  }
}

// Commits still count towards a seal after their view was left.
void Replica::on(const Commit& message) {
  const Checkpoint& checkpoint = message.checkpoint;
  if (message.signer == config_.self && !remembers(message)) {
    if (checkpoint.height <= finalized_.height) return count(Ignored::stale);
    return silence(Silence::lost_votes, checkpoint.height);
  }
  Slot* slot = slot_for_vote(checkpoint.height, message.signer);
  if (slot == nullptr) return;
  if (!is_near(checkpoint.view) && checkpoint.view + 1 != view()) return count(Ignored::other_view);
  switch (slot->add(message)) {
    case Counted::added: break;
    case Counted::repeated: return count(Ignored::repeated);
    case Counted::conflicting:
      output_.alarms.push_back({AlarmKind::conflicting_votes, checkpoint.height, message.signer});
      return count(Ignored::conflicting);
  }
  if (const auto seal = slot->seal(epoch().q())) learn(*seal);
}

// The views whose votes are kept: the present one, the next, and the one that this replica aims at.
bool Replica::is_near(View other) const { return other == view() || other == view() + 1 || other == target(); }

void Replica::on(const BodiesReady& input) {
  CHECK(input.proposal != nullptr);
  const Height height = input.proposal->header.height;
  const auto found = slots_.find(height);
  if (found == slots_.end()) return count(Ignored::stale);
  Slot& slot = found->second;
  slot.remember(input.proposal);
  if (!slot.candidate || slot.candidate->digest != input.digest) return count(Ignored::stale);
  slot.candidate->proposal = input.proposal;
  slot.candidate->header = input.proposal->header;
  slot.candidate->bodies = input.freshness;
  if (input.freshness == Freshness::refused && !slot.candidate->implied) {
    output_.alarms.push_back({AlarmKind::invalid_proposal, height, primary()});
  }
}

void Replica::on(const Executed& input) {
  if (input.height <= durable_.height) return count(Ignored::stale);
  executions_.insert_or_assign(input.digest,
                               std::pair(input.height, Execution{input.parent, input.header_hash, input.log_root}));
  follow_seal();
}

// ---------------------------------------------------------------------------------------------------------------------

void Replica::advance() {
  adopt_sealed_chain();
  for (Height height = durable_.height + 1; height <= vote_end(); ++height) {
    const bool implied = height > entered_.floor && height <= implied_top() && height <= window_end();
    if (implied) slots_.try_emplace(height, height);
    const auto found = slots_.find(height);
    if (found != slots_.end()) advance(found->second);
  }
  propose();
}

// What is known to be final is fetched and executed, whatever the view thinks of it: its holders may be all who have
// it.
// Test: finality_tests/a_sealed_block_below_the_floor_is_executed_from_its_bodies
void Replica::adopt_sealed_chain() {
  if (!seal_ahead_ || seal_ahead_->checkpoint.height > vote_end()) return;
  SignerSet holders;
  for (const SealSignature& commit : seal_ahead_->signatures) holders.insert(commit.signer);
  ProposalDigest digest = seal_ahead_->checkpoint.proposal_digest;
  for (Height height = seal_ahead_->checkpoint.height; height > finalized_.height; height = height - 1) {
    Slot& slot = slots_.try_emplace(height, height).first->second;
    slot.adopt(digest, holders).sealed = true;
    const auto proposal = slot.find(digest);
    if (proposal == nullptr) return;
    digest = proposal->header.parent;
  }
}

void Replica::advance(Slot& slot) {
  choose_candidate(slot);
  if (!slot.candidate) return;
  request(slot);
  if (may_prepare(slot)) prepare(slot);
  collect_proof(slot);
  execute(slot);
  judge_results(slot);
  if (may_commit(slot)) commit(slot);
}

// In this order: what its NewView implies, what a quorum prepared in this view, what its primary proposed.
void Replica::choose_candidate(Slot& slot) {
  if (synchroniser_.changing_view() || slot.height() <= entered_.floor || slot.height() > window_end()) return;
  if (slot.candidate && slot.candidate->sealed) return;
  if (slot.height() <= implied_top()) {
    const ImpliedProposal& implied = entered_.implied[slot.height() - entered_.floor - 1];
    Candidate& candidate = slot.adopt(kanhe::digest_of(implied.header), implied.holders);
    candidate.implied = true;
    candidate.header = implied.header;
    return;
  }
  std::optional<ProposalDigest> digest = slot.prepared(view(), epoch().q());
  if (!digest && slot.candidate) digest = slot.candidate->digest;
  if (!digest) {
    const auto votes = slot.prepares().find(view());
    if (votes == slot.prepares().end()) return;
    const auto proposed = votes->second.find(primary());
    if (proposed == votes->second.end() || slot.find(proposed->second.statement.digest) == nullptr) return;
    digest = proposed->second.statement.digest;
  }
  // Test: normal_case_tests/follows_the_quorum_when_the_primary_showed_something_else
  slot.adopt(*digest, slot.prepare_signers(view(), *digest));
}

// Asks the driver for list and bodies, again when more peers are known to have them. It answers at once when they are
// here, and goes on asking those peers until then.
void Replica::request(Slot& slot) {
  Candidate& candidate = *slot.candidate;
  if (candidate.bodies || candidate.fetch_sent) return;
  candidate.fetch_sent = true;
  output_.fetch.push_back({slot.height(), candidate.digest, candidate.proposal, candidate.holders, candidate.implied});
}

// Before Prepare(h): in its view, the parent known and the same, list and every body here (they go to disk with the
// vote).
bool Replica::may_prepare(const Slot& slot) const {
  if (!may_vote() || slot.own_prepare || slot.height() <= finalized_.height) return false;
  if (slot.height() <= entered_.floor || slot.height() > window_end()) return false;
  const Candidate& candidate = *slot.candidate;
  if (candidate.sealed || !candidate.bodies || !candidate.header) return false;
  const auto parent = parent_of(slot.height());
  if (!parent || candidate.header->parent != *parent) return false;
  return candidate.implied || is_fresh_enough(slot);
}

// What only a fresh proposal must fulfil. What a NewView implies is prepared without clock and expiry, or a slow view
// change would halt the network for good.
// Test: view_change_tests/implied_proposal_is_prepared_however_old_it_is
bool Replica::is_fresh_enough(const Slot& slot) const {
  const ProposalHeader& header = *slot.candidate->header;
  if (slot.candidate->bodies != Freshness::acceptable) return false;
  if (finalized_.height < entered_.floor || !is_accepted(slot.height() - 1)) return false;
  const auto earliest = parent_time(slot.height());
  if (!earliest || header.timestamp_ms < *earliest) return false;
  if (header.timestamp_ms > now_.wall) return false;
  if (header.timestamp_ms + epoch().parameters.clock_tolerance_ms.value() < now_.wall) return false;
  if (header.count.value() > epoch().parameters.block_transactions_max.value()) return false;
  if (header.count.value() > 0) return true;
  const bool ends_epoch = config_.epoch_end.has_value();
  const bool idle_long_enough = header.timestamp_ms >= *earliest + epoch().parameters.heartbeat_ms.value();
  return slot.height() == finalized_.height + 1 && (ends_epoch || idle_long_enough);
}

// Whether a fresh proposal may stand on what is known of a height: final, prepared by a quorum, or prepared by oneself.
bool Replica::is_accepted(Height height) const {
  if (height <= finalized_.height) return true;
  const auto slot = slots_.find(height);
  if (slot == slots_.end() || !slot->second.candidate) return false;
  const ProposalDigest& digest = slot->second.candidate->digest;
  return slot->second.own_prepare == digest || slot->second.prepared(view(), epoch().q()) == digest;
}

void Replica::prepare(Slot& slot) {
  const auto former = own_prepares_.find(slot.height());
  if (former != own_prepares_.end()) CHECK(former->second.view < view());
  const Candidate& candidate = *slot.candidate;
  slot.own_prepare = candidate.digest;
  const PrepareStatement statement{{}, epoch().chain_id, epoch().epoch, view(), slot.height(), candidate.digest};
  const Prepare vote{statement, *config_.self, {}};
  own_prepares_.insert_or_assign(slot.height(), statement);
  if (is_primary() && !candidate.implied) {
    output_.votes.push_back({PrePrepare{vote, *candidate.proposal}, candidate.proposal});
  } else {
    output_.votes.push_back({vote, candidate.proposal});
  }
}

// q Prepares of one digest in this view, whatever this replica prepared itself.
void Replica::collect_proof(Slot& slot) {
  if (synchroniser_.changing_view() || (slot.proof && slot.proof->view == view())) return;
  const auto digest = slot.prepared(view(), epoch().q());
  if (!digest || slot.candidate->digest != *digest || !slot.candidate->header) return;
  slot.proof = PreparedProof{*slot.candidate->header, view(), slot.prepares(view(), *digest)};
  output_.records.push_back(*slot.proof);
  slot.proof_persisted = true;
}

void Replica::execute(Slot& slot) {
  Candidate& candidate = *slot.candidate;
  if (!candidate.bodies || candidate.execute_sent) return;
  const ProposalDigest& parent = candidate.header->parent;
  const bool on_final = slot.height() == finalized_.height + 1 && parent == finalized_.digest;
  if (!on_final && !executions_.contains(parent)) return;
  candidate.execute_sent = true;
  if (executions_.contains(candidate.digest)) return;
  output_.execute.push_back({slot.height(), parent, candidate.digest, candidate.proposal});
}

// The prefix rule: every slot from the last durable block up to this one is prepared in this view, executed, and its
// proof on disk at the latest with this vote. The last *durable* one, because a block that is final only in memory may
// be forgotten by a crash, and then nothing would show what this vote rested on.
// Test: normal_case_tests/commit_waits_for_every_slot_below
bool Replica::may_commit(const Slot& slot) const {
  if (!may_vote() || slot.own_commit || slot.height() <= finalized_.height) return false;
  if (slot.height() > window_end()) return false;
  for (Height height = durable_.height + 1; height <= slot.height(); ++height) {
    const auto below = slots_.find(height);
    if (below == slots_.end() || !below->second.candidate || !below->second.proof) return false;
    const PreparedProof& proof = *below->second.proof;
    if (proof.view != view() || !below->second.proof_persisted) return false;
    if (digest_of(proof) != below->second.candidate->digest) return false;
    if (!executions_.contains(below->second.candidate->digest)) return false;
  }
  return true;
}

void Replica::commit(Slot& slot) {
  const auto former = own_commits_.find(slot.height());
  if (former != own_commits_.end()) CHECK(former->second.view < view());
  const ProposalDigest& digest = slot.candidate->digest;
  const Execution& result = executions_.at(digest).second;
  slot.own_commit =
      Checkpoint{{}, epoch().epoch, view(), slot.height(), digest, result.header_hash, result.log_root};
  own_commits_.insert_or_assign(slot.height(), *slot.own_commit);
  output_.votes.push_back({Commit{*slot.own_commit, *config_.self, {}}, nullptr});
}

// Diverging results. f+1 others cannot all lie; up to f odd ones are evidence against their signers and nothing more,
// or one liar could stop anyone.
// Test: normal_case_tests/one_odd_commit_is_evidence_and_stops_nobody
void Replica::judge_results(Slot& slot) {
  if (!config_.self || silence_) return;
  const auto result = executions_.find(slot.candidate->digest);
  if (result == executions_.end()) return;
  const Execution& own = result->second.second;
  const Checkpoint expected{{},         epoch().epoch,   view(), slot.height(), slot.candidate->digest,
                            own.header_hash, own.log_root};
  if (slot.dissent(view(), expected, *config_.self).size() > epoch().f()) {
    return silence(Silence::diverged, slot.height());
  }
  for (const ValidatorIndex signer : slot.odd_results(view(), expected, *config_.self)) {
    if (slot.accused.contains(signer)) continue;
    slot.accused.insert(signer);
    output_.alarms.push_back({AlarmKind::odd_result, slot.height(), signer});
  }
}

// ---------------------------------------------------------------------------------------------------------------------

// Proposes at once when the window has room and the pool is not empty. No block interval, no empty blocks but a
// heartbeat.
void Replica::propose() {
  if (!may_vote() || !is_primary() || batch_wanted_ || finalized_.height < entered_.floor) return;
  Height next = std::max(finalized_.height, implied_top()) + 1;
  for (auto slot = slots_.find(next); slot != slots_.end() && slot->second.candidate; slot = slots_.find(next)) ++next;
  if (next > window_end()) return;
  if (pool_.count == 0 && !(heartbeat_due() && next == finalized_.height + 1)) return;
  const auto parent = parent_of(next);
  if (!parent || !parent_time(next)) return;
  batch_wanted_ = WantBatch{view(), next, *parent};
  output_.want_batch = batch_wanted_;
}

void Replica::on(const Batch& input) {
  if (!batch_wanted_ || !(*batch_wanted_ == WantBatch{input.view, input.height, input.parent})) {
    return count(Ignored::stale);
  }
  batch_wanted_.reset();
  if (input.bodies.empty()) pool_.count = 0;
  if (input.bodies.empty() && !(heartbeat_due() && input.height == finalized_.height + 1)) return;
  if (!may_vote() || !is_primary() || input.view != view() || parent_of(input.height) != input.parent) {
    return count(Ignored::stale);
  }
  Slot* slot = slot_for_vote(input.height, std::nullopt);
  if (slot == nullptr || slot->candidate) return count(Ignored::stale);
  auto proposal = std::make_shared<Proposal>();
  ProposalHeader& header = proposal->header;
  header.chain_id = epoch().chain_id;
  header.epoch = epoch().epoch;
  header.height = input.height;
  header.parent = input.parent;
  header.timestamp_ms = std::max(*parent_time(input.height), now_.wall);
  header.body_root = body_root_of(input.bodies);
  header.count = Count(static_cast<std::uint32_t>(input.bodies.size()));
  proposal->bodies = input.bodies;
  slot->remember(proposal);
  SignerSet holders;
  holders.insert(*config_.self);
  Candidate& candidate = slot->adopt(kanhe::digest_of(header), holders);
  candidate.bodies = Freshness::acceptable;
  candidate.fetch_sent = true;
}

bool Replica::heartbeat_due() const {
  if (config_.epoch_end) return true;
  return now_.wall >= finalized_.timestamp_ms + std::uint64_t{epoch().parameters.heartbeat_ms.value()};
}

// The digest at height − 1 that a proposal must build on: final here, or the floor; else what is prepared here in this
// view; else the PrePrepare accepted in it. The last two are the candidate.
std::optional<ProposalDigest> Replica::parent_of(Height height) const {
  const Height below = height - 1;
  if (below == finalized_.height) return finalized_.digest;
  if (below < finalized_.height || below < entered_.floor) return std::nullopt;
  if (below == entered_.floor) return entered_.floor_digest;
  const auto slot = slots_.find(below);
  if (slot == slots_.end() || !slot->second.candidate) return std::nullopt;
  return slot->second.candidate->digest;
}

std::optional<Timestamp> Replica::parent_time(Height height) const {
  const Height below = height - 1;
  if (below == finalized_.height) return finalized_.timestamp_ms;
  const auto slot = slots_.find(below);
  if (slot == slots_.end() || !slot->second.candidate || !slot->second.candidate->header) return std::nullopt;
  return slot->second.candidate->header->timestamp_ms;
}

}  // namespace kanhe::consensus
