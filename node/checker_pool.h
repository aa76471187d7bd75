// Checker pool: worker threads that check signatures. What only verify() can make is made here, off the driver's
// thread.
//
// Jobs of one peer are worked on side by side and answered in their order; peers take turns, so a flood by one of them
// delays the others by one job each. A peer's jobs that wait are bounded: what exceeds the limit is dropped, as the
// network may drop it, and counted. The node's own jobs (clients' submissions) are not bounded here, because each has
// somebody who waits for its answer; who takes submissions in limits them.
//
// Owner: the node. Thread: submit() by any; `deliver` is called by the workers, never twice at once, and must only pass
// the answer on. Threads: as many as asked for, from construction to destruction; jobs that wait then are dropped.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "node/peers.h"

namespace kanhe::node {

struct CheckerLimits {
  std::size_t threads = 2;
  std::size_t peer_jobs_max = 20'000;
  std::size_t peer_bytes_max = 128 * 1024 * 1024;
};

struct CheckerCounters {
  std::uint64_t done = 0;
  std::uint64_t dropped = 0;
  std::size_t waiting = 0;  // now, of all peers
};

class CheckerPool : public Checker {
 public:
  using Deliver = std::function<void(Checked)>;

  CheckerPool(consensus::Scheme scheme, PeerId self, CheckerLimits limits, Deliver deliver);
  ~CheckerPool() override;
  CheckerPool(const CheckerPool&) = delete;
  CheckerPool& operator=(const CheckerPool&) = delete;

  void submit(Job job) override;
  CheckerCounters counters() const;

 private:
  // A job on its way; its place in the line is kept until its answer is there and all before it were delivered.
  struct Entry {
    std::optional<Job> job;        // absent: a worker has it
    std::optional<Checked> answer;
    std::size_t bytes = 0;
  };
  struct Line {
    std::deque<std::shared_ptr<Entry>> entries;
    std::size_t started = 0;  // of the entries, from the front
    std::size_t bytes = 0;
  };

  void work();
  std::shared_ptr<Entry> take(PeerId& peer);
  void deliver_finished(Line& line);

  const consensus::Scheme scheme_;
  const PeerId self_;
  const CheckerLimits limits_;
  const Deliver deliver_;
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable work_there_;
  std::map<PeerId, Line> lines_;
  std::deque<PeerId> turns_;  // each peer with jobs that were not started, once
  CheckerCounters counters_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace kanhe::node
