// Checker pool: worker threads that check signatures. What only verify() can make is made here, off the driver's
// thread.
//
// Jobs of one peer are worked on side by side and answered in their order. Peers take turns by what their jobs cost, in
// signatures (deficit round robin: Shreedhar & Varghese, SIGCOMM 1995): a flood by one of them delays each other by a
// quantum, whether it floods with many votes or with a few NewViews of thousands. A peer's jobs are bounded, from
// submit() until the answer is used up: what exceeds the limit is dropped, as the network may drop it, and counted; but
// the only job of a peer is always taken. The node's own jobs (clients' submissions) are not bounded here, because each
// has somebody who waits for its answer; who takes submissions in limits them.
//
// Owner: the node. Thread: submit() by any; `deliver` is called by the workers, never twice at once, and must only pass
// the answer on. Threads: as many as asked for, from construction to destruction; jobs that wait then are dropped.
#pragma once

#include <atomic>
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
  std::size_t peer_bytes_max = 32 * 1024 * 1024;
};

struct CheckerCounters {
  std::uint64_t done = 0;
  std::uint64_t dropped = 0;
  std::size_t waiting = 0;  // now, of all peers
};

class CheckerPool : public Checker {
 public:
  // Let go of by whoever has used the answer up; until then it counts against its peer's limits. Thread: any; it may
  // outlive the pool.
  using Held = std::shared_ptr<const void>;
  using Deliver = std::function<void(Checked, Held)>;

  CheckerPool(consensus::Scheme scheme, PeerId self, CheckerLimits limits, Deliver deliver);
  ~CheckerPool() override;
  CheckerPool(const CheckerPool&) = delete;
  CheckerPool& operator=(const CheckerPool&) = delete;

  void submit(Job job) override;
  void enter(const consensus::Scheme& scheme) override;
  CheckerCounters counters() const;

 private:
  // A job on its way; its place in the line is kept until its answer is there and all before it were delivered.
  struct Entry {
    std::optional<Job> job;        // absent: a worker has it
    std::optional<Checked> answer;
    std::size_t cost = 0;  // signatures
    Held held;
  };
  // What a peer has here or on its way to the one who uses it.
  struct Load {
    std::atomic<std::size_t> jobs = 0;
    std::atomic<std::size_t> bytes = 0;
  };
  struct Line {
    std::deque<std::shared_ptr<Entry>> entries;
    std::size_t started = 0;  // of the entries, from the front
    std::size_t credit = 0;   // signatures that it may still have checked in its turn
    std::shared_ptr<Load> load = std::make_shared<Load>();
  };

  void work();
  std::shared_ptr<Entry> take(PeerId& peer);
  void deliver_finished(Line& line);

  const PeerId self_;
  const CheckerLimits limits_;
  const Deliver deliver_;
  mutable std::mutex mutex_;  // guards everything below
  std::shared_ptr<const consensus::Scheme> scheme_;
  std::condition_variable work_there_;
  std::map<PeerId, Line> lines_;
  std::deque<PeerId> turns_;  // each peer with jobs that were not started, once
  CheckerCounters counters_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace kanhe::node
