// Submissions: clients' transactions on their way between the endpoint's threads and the driver, and those who wait for
// a receipt.
//
// The number of submissions that wait for the driver's answer is bounded, because checking signatures is what a flood
// would exhaust: beyond submissions_max the answer is `busy` at once. Someone who waits for the receipt hears when the
// transaction is recorded, when it left the pool unrecorded, or when the wait is over; never "final" before the block
// is durable.
//
// Owner: the node. Thread: submit(), wait_for(), stop_waiting() and end_waits() by any thread; on_…() by the driver's
// thread. Callbacks run without a lock, on the thread that brings the answer, and must only pass it on: on the driver's
// thread everything else waits for them.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <span>

#include "consensus/replica.h"
#include "ledger/transaction.h"

namespace kanhe::node {

struct SubmissionLimits {
  std::size_t submissions_max = 10'000;  // that the driver has not answered
  std::size_t waiters_max = 50'000;      // for receipts
};

enum class ReceiptState : std::uint8_t { recorded, expired, wait_over };

class Submissions {
 public:
  // Hands canonical bytes with a token to the driver's thread (which calls Driver::submit with them).
  using HandOver = std::function<void(Bytes, std::uint64_t token)>;
  using Admitted = std::function<void(Result<TransactionId>)>;
  using Known = std::function<void(ReceiptState)>;

  Submissions(SubmissionLimits limits, HandOver hand_over);

  // Errors, in the callback: busy; those of Driver::submit and Pool::admit.
  void submit(Bytes transaction, Admitted admitted);
  // `known` is called once: when the id is recorded or expired, or by end_waits(). Who starts to wait looks at the
  // store afterwards, since the block may have come just before. Returns a number for stop_waiting(), or busy.
  Result<std::uint64_t> wait_for(const TransactionId& id, Instant until, Known known);
  void stop_waiting(std::uint64_t number);
  // Ends the waits whose time is over. Returns how many are left.
  std::size_t end_waits(Instant now);

  void on_submitted(std::uint64_t token, const TransactionId& id, Result<void> answer);
  void on_recorded(const std::vector<TransactionId>& ids);
  void on_expired(const TransactionId& id);

  std::size_t submitted() const;  // that the driver has not answered
  std::size_t waiting() const;    // for receipts

 private:
  struct Waiter {
    TransactionId id;
    Instant until;
    Known known;
  };

  void tell(std::span<const TransactionId> ids, ReceiptState state);
  Known take(std::map<std::uint64_t, Waiter>::iterator waiter);

  const SubmissionLimits limits_;
  const HandOver hand_over_;
  mutable std::mutex mutex_;  // guards everything below
  std::uint64_t numbers_ = 0;
  std::map<std::uint64_t, Admitted> submitted_;  // by token
  std::map<std::uint64_t, Waiter> waiters_;      // by number
  std::multimap<TransactionId, std::uint64_t> by_id_;
  std::multimap<Instant, std::uint64_t> by_end_;
};

struct Submission {
  Bytes transaction;  // canonical bytes
  std::uint64_t token = 0;
};

// Submissions on their way to the driver's thread. However many come while it is busy, it is woken once and takes all.
//
// Thread: any. Limits: those of Submissions, whose HandOver fills it.
class SubmissionQueue {
 public:
  // True when the queue was empty: the caller wakes the one who takes.
  bool push(Bytes transaction, std::uint64_t token);
  // Everything, in the order of its coming.
  std::vector<Submission> take();

 private:
  std::mutex mutex_;  // guards everything below
  std::vector<Submission> waiting_;
};

}  // namespace kanhe::node
