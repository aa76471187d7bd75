// Schedule and Random: virtual time and chance of a simulated network. Everything that happens in it is an action at an
// instant; actions of one instant run in the order in which they were planned. Nothing else orders anything, so a seed
// is one course of events.
//
// Owner: the simulator. Thread: one. Units: ns of virtual time.
#pragma once

#include <functional>
#include <map>
#include <random>
#include <utility>

#include "ledger/types.h"

namespace kanhe::testnet {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t next() { return engine_(); }
  // Uniform over low … high, both included. Requires: low <= high.
  std::uint64_t between(std::uint64_t low, std::uint64_t high) { return low + engine_() % (high - low + 1); }
  // Uniform below `count`. Requires: count > 0.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }
  bool chance(std::uint64_t permille) { return engine_() % 1000 < permille; }
  template <class List>
  const auto& pick(const List& list) {
    return list[below(list.size())];
  }

 private:
  std::mt19937_64 engine_;
};

class Schedule {
 public:
  using Action = std::function<void()>;

  Instant now() const { return now_; }
  void at(Instant instant, Action action) {
    actions_.emplace(std::pair(std::max(instant, now_), ++planned_), std::move(action));
  }
  void after(std::uint64_t ns, Action action) { at(now_ + ns, std::move(action)); }

  // Runs the next action, unless it lies after `until`: then time goes on to `until`, and the answer is false.
  bool run_next(Instant until) {
    if (actions_.empty() || actions_.begin()->first.first > until) {
      now_ = std::max(now_, until);
      return false;
    }
    auto next = actions_.extract(actions_.begin());
    now_ = next.key().first;
    next.mapped()();
    return true;
  }

 private:
  Instant now_{1'000'000'000};  // later than any length of time that is taken from an instant
  std::uint64_t planned_ = 0;
  std::map<std::pair<Instant, std::uint64_t>, Action> actions_;
};

}  // namespace kanhe::testnet
