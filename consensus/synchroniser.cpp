#include "consensus/synchroniser.h"

#include <algorithm>
#include <vector>

namespace kanhe::consensus {

Synchroniser::Synchroniser(const EpochConfig& config, std::optional<ValidatorIndex> self, View view, View target)
    : f_(config.f()),
      q_(config.q()),
      timeout_min_(config.parameters.timeout_ms.value()),
      timeout_max_(config.parameters.timeout_max_ms.value()),
      window_(config.parameters.window.value()),
      self_(self),
      view_(view),
      target_(std::max(view, target)),
      timeout_(timeout_min_) {}

void Synchroniser::on_peer_target(Instant now, ValidatorIndex peer, View target) {
  if (self_ == peer) return;
  View& known = peers_[peer];
  if (target <= known) return;
  known = target;
  follow(now);
}

void Synchroniser::complain(Instant now) {
  CHECK(!changing_view());
  raise_by_one(now);
}

void Synchroniser::on_entered(Instant now, View view, std::uint64_t finalized) {
  CHECK(view > view_ || (view == view_ && changing_view()));
  if (finalized >= window_) {
    failed_views_ = 0;
    timeout_ = std::max(timeout_min_, Duration(timeout_.value() / 2));
  }
  view_ = view;
  target_ = std::max(target_, view);
  timer_.reset();
  follow(now);
}

void Synchroniser::tick(Instant now) {
  if (!timer_ || now < *timer_) return;
  timer_ = now + timeout_;
  raise_by_one(now);
}

// Only more than f liars lead to the last view that can be written. Nothing lies above it, and nobody's process ends.
// Test: synchroniser_tests/the_last_view_is_not_exceeded
void Synchroniser::raise_by_one(Instant now) {
  if (target_ < View(View::max)) raise(now, target_ + 1);
}

std::size_t Synchroniser::supporters() const {
  const auto supports = [this](const auto& peer) { return peer.second >= target_; };
  const auto peers = std::count_if(peers_.begin(), peers_.end(), supports);
  return static_cast<std::size_t>(peers) + (self_ ? 1 : 0);
}

// The view that is left without having done its work counts as failed; the time-out grows once per f+1 of them.
void Synchroniser::raise(Instant now, View target) {
  CHECK(target > target_);
  target_ = target;
  timer_.reset();
  if (++failed_views_ % (f_ + 1) == 0) {
    timeout_ = std::min(timeout_max_, Duration(timeout_.value() * 2));
  }
  follow(now);
}

// Takes over the (f+1)-th highest target of the others, and starts the timer once q are there.
void Synchroniser::follow(Instant now) {
  std::vector<View> targets;
  for (const auto& [peer, target] : peers_) targets.push_back(target);
  if (targets.size() > f_) {
    std::nth_element(targets.begin(), targets.begin() + static_cast<std::ptrdiff_t>(f_), targets.end(),
                     std::greater<>());
    const View wanted = targets[f_];
    if (wanted > target_) return raise(now, wanted);
  }
  if (changing_view() && !timer_ && supporters() >= q_) timer_ = now + timeout_;
}

}  // namespace kanhe::consensus
