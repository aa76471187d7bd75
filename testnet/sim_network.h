// SimNetwork: links between running nodes that delay, lose, repeat, reorder and hold back frames, and that can be cut
// in one direction or both.
//
// It carries whole encoded frames and knows nothing of what is in them. An *end* is one running node; two ends may have
// one identity (a liar that runs twice). What was sent before a cut still arrives.
//
// What it does not do: change bytes (TLS would notice), run out of memory, limit a link's rate.
//
// Owner: the simulator. Thread: one. Units: µs of virtual time, chances in permille.
#pragma once

#include <memory>
#include <set>
#include <vector>

#include "testnet/sim_schedule.h"

namespace kanhe::testnet {

using End = std::size_t;

struct LinkOptions {
  std::uint64_t delay_min_us = 100;
  std::uint64_t delay_spread_us = 2'000;  // uniform, above the minimum
  std::uint64_t slow_permille = 0;        // ten times as late as drawn: reordering
  std::uint64_t loss_permille = 0;
  std::uint64_t repeat_permille = 0;
};

class SimNetwork {
 public:
  using Deliver = std::function<void(End from, End to, const std::shared_ptr<const Bytes>& frame)>;

  SimNetwork(Schedule& schedule, Random& random, std::size_t ends, LinkOptions options, Deliver deliver);

  void send(End from, End to, const std::shared_ptr<const Bytes>& frame);

  std::uint64_t sent() const { return sent_; }
  std::uint64_t lost() const { return lost_; }  // by chance
  std::uint64_t repeated() const { return repeated_; }

  // A draw of the seed: one end cut off, two groups, or single links; in both directions or in one.
  void partition();
  void cut(End from, End to) { cuts_.insert({from, to}); }
  void heal_all() { cuts_.clear(); }
  bool is_cut(End from, End to) const { return cuts_.contains({from, to}); }
  // Nothing of this link arrives before `until`.
  void clog(End from, End to, Instant until);

  // From now on the links among these ends are whole: nothing is lost, cut, clogged or very late.
  void keep_whole(const std::set<End>& core);

 private:
  bool is_kept(End from, End to) const { return core_.contains(from) && core_.contains(to); }
  std::uint64_t draw_delay_ns(const LinkOptions& options);

  Schedule& schedule_;
  Random& random_;
  std::size_t ends_;
  LinkOptions options_;
  Deliver deliver_;
  std::uint64_t sent_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t repeated_ = 0;
  std::set<std::pair<End, End>> cuts_;
  std::map<std::pair<End, End>, Instant> clogged_until_;
  std::set<End> core_;
};

}  // namespace kanhe::testnet
