// Changing the view [4.4].
//
// A replica that aims higher hands out a ViewChange: the highest seal that it knows, and above its last finalized
// height, per height, the PreparedProof of the highest view. From that moment nothing of a lower view is signed, not
// even in the same batch. The new primary bundles q of them; everyone computes from the bundle what the new view must
// keep (implied_by()), so there is nothing in a NewView that a lying primary could choose but which q it took.
#include "consensus/replica.h"

namespace kanhe::consensus {

void Replica::on(const Verified& verified, const ViewChange& message) {
  const Verified::Entries& entries = verified.entries().at(0);
  const ValidatorIndex signer = message.signer;
  if (signer == config_.self) {
    if (!view_change_made_ || message.new_view > *view_change_made_) {
      return silence(Silence::lost_votes, finalized_.height);
    }
    if (!own_view_change_ || own_view_change_->new_view < message.new_view) own_view_change_ = message;
  }
  if (entries.seal) learn(*message.seal);
  if (message.new_view <= view()) {
    // The sender is behind: what led here helps it.
    if (new_view_ && signer != config_.self && answer_due(signer, Answer::new_view)) send(signer, *new_view_);
    return count(Ignored::other_view);
  }
  const auto known = view_changes_.find(signer);
  if (known != view_changes_.end() && known->second.new_view >= message.new_view) return count(Ignored::repeated);
  view_changes_.insert_or_assign(signer, message);
  synchroniser_.on_peer_target(now_.monotonic, signer, message.new_view);
}

// Called after anything that may have raised the target.
void Replica::consider_target(View before) {
  if (target() > before) {
    drop_votes_below(target());
    batch_wanted_.reset();
    for (auto& [height, slot] : slots_) slot.keep_near(view(), target());
  }
  hand_out_view_change();
  try_new_view();
}

// The newest ViewChange of this replica is for its target, once it may sign.
void Replica::hand_out_view_change() {
  if (!config_.self || starting_ || silence_ || !synchroniser_.changing_view()) return;
  if (view_change_made_ && *view_change_made_ >= target()) return;
  view_change_made_ = target();
  ViewChange message;
  message.chain_id = epoch().chain_id;
  message.epoch = epoch().epoch;
  message.new_view = target();
  message.seal = seal_ahead_ ? seal_ahead_ : seal_;
  const Height shown = message.seal ? message.seal->checkpoint.height : finalized_.height;
  message.signer = *config_.self;
  for (const auto& [height, slot] : slots_) {
    if (height > shown && slot.proof) message.proofs.push_back(*slot.proof);
  }
  output_.votes.push_back({std::move(message), nullptr});
}

// The primary of the target view waits for q ViewChanges for exactly this view, its own among them.
void Replica::try_new_view() {
  if (!config_.self || starting_ || silence_ || !synchroniser_.changing_view()) return;
  if (epoch().primary(target()) != *config_.self || new_view_made_ == target()) return;
  NewView message;
  message.chain_id = epoch().chain_id;
  message.epoch = epoch().epoch;
  message.view = target();
  message.signer = *config_.self;
  const auto own = view_changes_.find(*config_.self);
  if (own == view_changes_.end() || own->second.new_view != target()) return;
  for (const auto& [signer, view_change] : view_changes_) {
    if (view_change.new_view != target()) continue;
    const bool room = message.view_changes.size() + 1 < epoch().q() || signer >= *config_.self ||
                      std::ranges::any_of(message.view_changes, [this](const ViewChange& taken) {
                        return taken.signer == *config_.self;
                      });
    if (room && message.view_changes.size() < epoch().q()) message.view_changes.push_back(view_change);
  }
  if (message.view_changes.size() < epoch().q()) return;
  new_view_made_ = target();
  output_.votes.push_back({std::move(message), nullptr});
}

// A view is entered by its NewView only, and never one below the own target: a ViewChange promised not to vote there.
void Replica::on(const Verified& verified, const NewView& message) {
  // Of a view that is passed an own NewView may be forgotten: the one that led here took its place on disk.
  // Test: recovery_tests/an_old_own_new_view_is_no_lost_vote
  if (message.view <= view()) return count(Ignored::repeated);
  const bool own = message.signer == config_.self;
  if (own && (!new_view_made_ || *new_view_made_ < message.view)) {
    return silence(Silence::lost_votes, finalized_.height);
  }
  const Implication implication =
      implied_by(config_.scheme, config_.first_floor, message, verified.entries());
  if (implication.seal) learn(*implication.seal);
  if (message.view < target()) return count(Ignored::other_view);
  new_view_ = message;
  enter(implication.entered);
}

// EnteredView and NewView are durable with, or before, the first vote in the view.
void Replica::enter(const EnteredView& entered) {
  drop_votes_below(entered.view);
  entered_ = entered;
  output_.records.push_back(entered);
  output_.records.push_back(*new_view_);
  synchroniser_.on_entered(now_.monotonic, entered.view, finalized_in_view_);
  finalized_in_view_ = 0;
  entered_at_ = progress_at_ = now_.monotonic;
  pace_.on_entered(now_.monotonic, synchroniser_.timeout());
  forward_again_at_ = now_.monotonic;
  arriving_at_.reset();
  batch_wanted_.reset();
  for (auto& [height, slot] : slots_) slot.enter_view(entered.view);
  forget_stray_executions();
  std::erase_if(view_changes_, [&entered](const auto& entry) { return entry.second.new_view <= entered.view; });
}

// Of what was executed in earlier views, only what may still become final is kept, from below: what stood on something
// that goes has to be executed anew. So many failed views cost no memory, here and in whoever executes.
void Replica::forget_stray_executions() {
  const auto may_become_final = [this](Height height, const ProposalDigest& digest) {
    const auto final_here = undurable_.find(height);
    if (final_here != undurable_.end()) return final_here->second.digest == digest;
    const auto slot = slots_.find(height);
    return slot != slots_.end() && slot->second.find(digest) != nullptr;
  };
  std::set<std::pair<Height, ProposalDigest>> by_height;
  for (const auto& [digest, result] : executions_) by_height.emplace(result.first, digest);
  for (const auto& [height, digest] : by_height) {
    const ProposalDigest& parent = executions_.at(digest).second.parent;
    const bool stands = parent == durable_.digest || executions_.contains(parent);
    if (!stands || !may_become_final(height, digest)) executions_.erase(digest);
  }
}

// Takes back votes that were not handed over yet.
void Replica::drop_votes_below(View view) {
  std::erase_if(output_.votes, [view](const Vote& vote) {
    if (const auto* message = std::get_if<PrePrepare>(&vote.message)) return message->prepare.statement.view < view;
    if (const auto* message = std::get_if<Prepare>(&vote.message)) return message->statement.view < view;
    if (const auto* message = std::get_if<Commit>(&vote.message)) return message->checkpoint.view < view;
    if (const auto* message = std::get_if<NewView>(&vote.message)) return message->view < view;
    if (const auto* message = std::get_if<ViewChange>(&vote.message)) return message->new_view < view;
    return false;
  });
}

}  // namespace kanhe::consensus
