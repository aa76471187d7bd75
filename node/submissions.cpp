#include "node/submissions.h"

#include <utility>

namespace kanhe::node {

Submissions::Submissions(SubmissionLimits limits, HandOver hand_over)
    : limits_(limits), hand_over_(std::move(hand_over)) {}

void Submissions::submit(Bytes transaction, Admitted admitted) {
  std::uint64_t token = 0;
  {
    const std::lock_guard lock(mutex_);
    if (submitted_.size() < limits_.submissions_max) {
      token = ++numbers_;
      submitted_.emplace(token, std::move(admitted));
    }
  }
  if (token != 0) return hand_over_(std::move(transaction), token);
  admitted(fail(ErrorCode::busy, "submissions: ", limits_.submissions_max, " wait for their check, try again later"));
}

void Submissions::on_submitted(std::uint64_t token, const TransactionId& id, Result<void> answer) {
  Admitted admitted;
  {
    const std::lock_guard lock(mutex_);
    const auto found = submitted_.find(token);
    if (found == submitted_.end()) return;
    admitted = std::move(found->second);
    submitted_.erase(found);
  }
  if (answer) {
    admitted(id);
  } else {
    admitted(std::move(answer).error());
  }
}

Result<std::uint64_t> Submissions::wait_for(const TransactionId& id, Instant until, Known known) {
  const std::lock_guard lock(mutex_);
  if (waiters_.size() >= limits_.waiters_max) {
    return fail(ErrorCode::busy, "waiting: ", limits_.waiters_max, " wait for receipts, ask again later");
  }
  const std::uint64_t number = ++numbers_;
  waiters_.emplace(number, Waiter{id, until, std::move(known)});
  by_id_.emplace(id, number);
  by_end_.emplace(until, number);
  return number;
}

void Submissions::stop_waiting(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto found = waiters_.find(number);
  if (found != waiters_.end()) static_cast<void>(take(found));
}

std::size_t Submissions::end_waits(Instant now) {
  std::vector<Known> over;
  std::size_t left = 0;
  {
    const std::lock_guard lock(mutex_);
    while (!by_end_.empty() && by_end_.begin()->first <= now) {
      over.push_back(take(waiters_.find(by_end_.begin()->second)));
    }
    left = waiters_.size();
  }
  for (const Known& known : over) known(ReceiptState::wait_over);
  return left;
}

void Submissions::on_recorded(const std::vector<TransactionId>& ids) { tell(ids, ReceiptState::recorded); }

void Submissions::on_expired(const TransactionId& id) { tell({&id, 1}, ReceiptState::expired); }

std::size_t Submissions::submitted() const {
  const std::lock_guard lock(mutex_);
  return submitted_.size();
}

std::size_t Submissions::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiters_.size();
}

// Callbacks are called without the lock: they may come back with the next question.
void Submissions::tell(std::span<const TransactionId> ids, ReceiptState state) {
  std::vector<Known> reached;
  {
    const std::lock_guard lock(mutex_);
    if (waiters_.empty()) return;
    for (const TransactionId& id : ids) {
      for (auto found = by_id_.find(id); found != by_id_.end(); found = by_id_.find(id)) {
        reached.push_back(take(waiters_.find(found->second)));
      }
    }
  }
  for (const Known& known : reached) known(state);
}

// Removes a waiter from all indexes. Requires: the mutex is held.
Submissions::Known Submissions::take(std::map<std::uint64_t, Waiter>::iterator waiter) {
  CHECK(waiter != waiters_.end());
  const auto remove = [&waiter](auto& index, const auto& key) {
    const auto [first, last] = index.equal_range(key);
    for (auto entry = first; entry != last; ++entry) {
      if (entry->second != waiter->first) continue;
      index.erase(entry);
      return;
    }
    CHECK(!"a waiter stands in every index");
  };
  remove(by_id_, waiter->second.id);
  remove(by_end_, waiter->second.until);
  Known known = std::move(waiter->second.known);
  waiters_.erase(waiter);
  return known;
}

// ---------------------------------------------------------------------------------------------------------------------

bool SubmissionQueue::push(Bytes transaction, std::uint64_t token) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back({std::move(transaction), token});
  return waiting_.size() == 1;
}

std::vector<Submission> SubmissionQueue::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, {});
}

}  // namespace kanhe::node
