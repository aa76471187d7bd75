#include "consensus/replica.h"

#include <algorithm>

namespace kanhe::consensus {
namespace {

constexpr std::uint64_t far_ahead_ms = 3'600'000;

}  // namespace

Replica::Replica(const Config& config, Remembered remembered, Now now)
    : config_(config),
      synchroniser_(config.scheme.config, config.self, View(0), View(0)),
      now_(now),
      durable_(remembered.tip),
      finalized_(remembered.tip),
      seal_(std::move(remembered.seal)),
      entered_at_(now.monotonic),
      progress_at_(now.monotonic),
      pace_(config.scheme.config),
      status_at_(now.monotonic) {
  CHECK(durable_.height >= config_.first_floor.height);
  if (seal_) CHECK(seal_->checkpoint.height == durable_.height);
  if (config_.self) CHECK(config_.self->value() < epoch().n());
  entered_.epoch = epoch().epoch;
  entered_.floor = config_.first_floor.height;
  entered_.floor_digest = config_.first_floor.digest;
  pace_.on_entered(now.monotonic, synchroniser_.timeout());
  starting_ = config_.self && epoch().q() > 1 && config_.session != 0;
  restore(remembered.records);
  advance();
}

void Replica::step(Now now, Input input) {
  CHECK(now.monotonic >= now_.monotonic);
  now_ = now;
  const View before = target();
  std::visit([this]<class T>(const T& inner) {
    if constexpr (std::same_as<T, Tick>) {
      tick();
    } else if constexpr (std::same_as<T, Received>) {
      dispatch(inner.message);
    } else if constexpr (std::same_as<T, PoolChanged>) {
      pool_ = inner;
    } else if constexpr (std::same_as<T, BlocksArriving>) {
      if (seal_ahead_ && !arriving_at_) arriving_at_ = now_.monotonic;
    } else {
      on(inner);
    }
  }, input);
  consider_target(before);
  advance();
  pace_.on_waiting(now.monotonic, pool_.unproposed, window_has_room());
}

void Replica::dispatch(const Verified& verified) {
  std::visit([this, &verified]<class T>(const T& message) {
    if constexpr (std::same_as<T, ViewChange> || std::same_as<T, NewView>) {
      on(verified, message);
    } else {
      on(message);
    }
  }, verified.message());
}

Output Replica::take_output() {
  Output output = std::move(output_);
  output_ = Output{};
  return output;
}

// The earliest of everything that waits for time: Status, the view timer, a complaint (and the forwarding before it), a
// proposal whose time has not come, a heartbeat that is due.
Instant Replica::deadline() const {
  Instant deadline = status_at_;
  if (const auto timer = synchroniser_.deadline()) deadline = std::min(deadline, *timer);
  if (const auto due = complaint_due()) deadline = std::min(deadline, *due);
  if (pool_.oldest) deadline = std::min(deadline, forward_due());
  // A primary may name any time at all: what lies an hour ahead is looked at again then.
  // Test: replica_tests/no_proposal_makes_the_deadline_pass_at_once
  const auto at_wall = [this](Timestamp time) {
    const std::uint64_t ahead_ms = time <= now_.wall ? 0 : time - now_.wall;
    return now_.monotonic + std::min(ahead_ms, far_ahead_ms) * ns_per_ms;
  };
  for (const auto& [height, slot] : slots_) {
    if (!slot.candidate || !slot.candidate->header || slot.own_prepare) continue;
    const Timestamp time = slot.candidate->header->timestamp_ms;
    if (time > now_.wall) deadline = std::min(deadline, at_wall(time));
  }
  if (is_primary() && may_vote() && !batch_wanted_) {
    const Timestamp beat = finalized_.timestamp_ms + std::uint64_t{epoch().parameters.heartbeat_ms.value()};
    if (beat > now_.wall) deadline = std::min(deadline, at_wall(beat));
  }
  return deadline;
}

Height Replica::window_end() const {
  const Height end = durable_.height + epoch().parameters.window.value();
  return config_.epoch_end ? std::min(end, *config_.epoch_end) : end;
}

bool Replica::window_has_room() const {
  const auto last = slots_.find(window_end());
  return last == slots_.end() || !last->second.candidate;
}

Height Replica::vote_end() const {
  const Height end = window_end() + epoch().parameters.window.value();
  return config_.epoch_end ? std::min(end, *config_.epoch_end) : end;
}

// The slot that a vote belongs to. Who still votes on what is final here is told so.
Slot* Replica::slot_for_vote(Height height, std::optional<ValidatorIndex> signer) {
  const bool late = height <= finalized_.height && signer && signer != config_.self;
  if (late && seal_ && answer_due(*signer, Answer::seal)) send(*signer, Sealed{*seal_});
  if (height <= durable_.height || height > vote_end()) {
    count(height <= durable_.height ? Ignored::stale : Ignored::outside_window);
    return nullptr;
  }
  return &slots_.try_emplace(height, height).first->second;
}

void Replica::send(std::optional<ValidatorIndex> to, Message message) {
  output_.messages.push_back({to, std::move(message), Send::Sign::as_it_is});
}

void Replica::send_signed(std::optional<ValidatorIndex> to, Message message) {
  output_.messages.push_back({to, std::move(message), Send::Sign::by_driver});
}

}  // namespace kanhe::consensus
