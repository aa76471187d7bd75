#include "consensus/pace.h"

#include <algorithm>

namespace kanhe::consensus {

void Pace::on_entered(Instant now, Duration timeout) {
  timeout_ = timeout;
  views_.push_back({});
  if (views_.size() > n_) views_.pop_front();
  begin_period(now);
}

void Pace::begin_period(Instant now) {
  began_ = passed_ = now;
  waited_ns_ = 0;
  idle_ns_ = 0;
  transactions_ = 0;
}

void Pace::on_finalized(Instant now, std::uint64_t transactions) {
  pass(now);
  transactions_ += transactions;
}

void Pace::on_waiting(Instant now, std::optional<Instant> unproposed, bool window_has_room) {
  pass(now);
  unproposed_ = unproposed;
  window_has_room_ = window_has_room;
}

// Adds the time since the last call in which something waited longer than T / 8.
void Pace::pass(Instant now) {
  if (now <= passed_) return;
  if (now.value() - passed_.value() > timeout_ns() / 2) return begin_period(now);
  if (unproposed_) {
    const Instant from = std::max(*unproposed_ + timeout_ns() / 8, passed_);
    const std::uint64_t ns = now > from ? now.value() - from.value() : 0;
    waited_ns_ += ns;
    if (window_has_room_) idle_ns_ += ns;
  }
  passed_ = now;
}

std::optional<std::uint64_t> Pace::owed() const {
  const std::uint64_t half = std::ranges::max_element(views_, {}, &View::best_rate)->best_rate / 2;
  if (half <= minimal_rate_) return std::nullopt;
  return half;
}

bool Pace::judge(Instant now) {
  pass(now);
  if (now < due()) return false;
  const std::uint64_t ns = now.value() - began_.value();
  const std::uint64_t rate = transactions_ * (1000 * ns_per_ms) / ns;
  const auto owed_before = owed();
  const bool behind = waited_ns_ > ns / 2 && owed_before && rate < *owed_before;
  bool idle = idle_ns_ > ns / 2;
  View& view = views_.back();
  view.idle = view.idle || idle;
  view.best_rate = std::max(view.best_rate, rate);
  if (static_cast<std::size_t>(std::ranges::count(views_, true, &View::idle)) > f_) idle = false;
  begin_period(now);
  return idle || behind;
}

}  // namespace kanhe::consensus
