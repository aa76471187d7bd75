// Block waits: readers who wait for the next durable block, without a thread of their own.
//
// Owner: the node. Thread: any. Callbacks run on the thread that brings the block or ends the wait, and must only pass
// the work on. Limits: waits_max. Errors: busy.
#pragma once

#include <functional>
#include <map>
#include <mutex>

#include "ledger/result.h"
#include "ledger/types.h"

namespace kanhe::node {

class BlockWaits {
 public:
  static constexpr std::size_t waits_max_default = 20'000;
  using Resume = std::function<void()>;

  explicit BlockWaits(std::size_t waits_max = waits_max_default) : waits_max_(waits_max) {}

  // `resume` is called once: when a block above `above` is durable, or by end_waits() at `until`. When on_block() has
  // told of such a block before, it is called at once. Errors: busy, and `resume` is not called.
  Result<void> wait_above(Height above, Instant until, Resume resume);

  void on_block(Height height);
  // Ends the waits whose time is over. Returns how many are left.
  std::size_t end_waits(Instant now);

 private:
  struct Wait {
    Height above;
    Resume resume;
  };

  const std::size_t waits_max_;
  std::mutex mutex_;  // guards everything below
  Height newest_;     // that on_block() told of
  std::multimap<Instant, Wait> waits_;
};

}  // namespace kanhe::node
