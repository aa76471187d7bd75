// The invariants of docs/consensus.md, one block each. They hold after every step; the simulator and the tests ask
// after each.
#include "consensus/replica.h"

namespace kanhe::consensus {

void Replica::check_invariants() const {
  // I1: what is final has no gap, and what is durable is final.
  CHECK(durable_.height <= finalized_.height);
  CHECK(undurable_.size() == finalized_.height - durable_.height);
  for (const auto& [height, tip] : undurable_) CHECK(height > durable_.height && tip.height == height);

  // I2: the window. Slots lie above the last durable block, at most 2 W, and not above the epoch's end; own votes in W.
  for (const auto& [height, slot] : slots_) {
    CHECK(height > durable_.height);
    CHECK(height <= vote_end());
    CHECK(slot.height() == height);
    if (slot.own_prepare) CHECK(height <= window_end());
    if (slot.own_commit) CHECK(height <= window_end());
  }

  // I3: a view is entered before it is left, and the target never lies below the view.
  CHECK(entered_.view == view());
  CHECK(target() >= view());

  // I4: between floor and implied top only what the NewView implies, and nothing at or below the floor.
  for (const auto& [height, slot] : slots_) {
    if (!slot.own_prepare) continue;
    CHECK(height > entered_.floor);
    if (height > implied_top()) continue;
    const ImpliedProposal& implied = entered_.implied[height - entered_.floor - 1];
    CHECK(*slot.own_prepare == kanhe::digest_of(implied.header));
  }

  // I5: an own Commit rests on proofs of its view, handed out for the disk, for every height below it.
  for (const auto& [height, slot] : slots_) {
    if (!slot.own_commit || slot.own_commit->view != view()) continue;
    for (Height below = durable_.height + 1; below <= height; ++below) {
      const auto found = slots_.find(below);
      CHECK(found != slots_.end());
      CHECK(found->second.proof.has_value());
      CHECK(found->second.proof->view == view());
      CHECK(found->second.proof_persisted);
    }
  }

  // I6: no vote of a lower view waits to be handed over once a ViewChange is made.
  for (const Vote& vote : output_.votes) {
    if (const auto* proposed = std::get_if<PrePrepare>(&vote.message))
      CHECK(proposed->prepare.statement.view >= target());
    if (const auto* prepare = std::get_if<Prepare>(&vote.message)) CHECK(prepare->statement.view >= target());
    if (const auto* commit = std::get_if<Commit>(&vote.message)) CHECK(commit->checkpoint.view >= target());
  }

  // I7: who must stay silent or waits for answers has no vote to hand over.
  if (silence_ || starting_) CHECK(output_.votes.empty());

  // I8: time is watched. While transactions wait and this replica may complain, there is a moment to do it.
  const bool done = config_.epoch_end && finalized_.height >= *config_.epoch_end;
  if (pool_.oldest && may_vote() && !done) CHECK(complaint_due().has_value());
}

}  // namespace kanhe::consensus
