#include "node/block_waits.h"

#include <algorithm>
#include <vector>

namespace kanhe::node {

Result<void> BlockWaits::wait_above(Height above, Instant until, Resume resume) {
  {
    const std::lock_guard lock(mutex_);
    if (newest_ <= above) {
      if (waits_.size() >= waits_max_) {
        return fail(ErrorCode::busy, waits_.size(), " readers wait for the next block; retry after a second");
      }
      waits_.emplace(until, Wait{above, std::move(resume)});
      return {};
    }
  }
  resume();
  return {};
}

// Callbacks run without the lock: they may wait again.
void BlockWaits::on_block(Height height) {
  std::vector<Resume> ready;
  {
    const std::lock_guard lock(mutex_);
    newest_ = std::max(newest_, height);
    for (auto wait = waits_.begin(); wait != waits_.end();) {
      if (wait->second.above < height) {
        ready.push_back(std::move(wait->second.resume));
        wait = waits_.erase(wait);
      } else {
        ++wait;
      }
    }
  }
  for (const Resume& resume : ready) resume();
}

std::size_t BlockWaits::end_waits(Instant now) {
  std::vector<Resume> ready;
  std::size_t left = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto end = waits_.upper_bound(now);
    for (auto wait = waits_.begin(); wait != end; ++wait) ready.push_back(std::move(wait->second.resume));
    waits_.erase(waits_.begin(), end);
    left = waits_.size();
  }
  for (const Resume& resume : ready) resume();
  return left;
}

}  // namespace kanhe::node
