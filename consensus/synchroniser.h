// Synchroniser: which view to aim for, and how long to wait for it.
//
// A replica has a *target* view. It rises by the own complaint, by the timer, or to the (f+1)-th highest target of the
// others: at least one honest replica wants to be there (the smallest would let a liar walk a straggler up, the largest
// would let it jump). Once q replicas, oneself included, aim at the target or higher, a timer T runs; when it ends
// before the view is entered, the target rises by one. Without q no timer runs: alone, a replica waits. A view is
// entered only by its NewView.
//
// T grows twofold once per f+1 failed views (one honest primary had its chance), never above its cap, and halves only
// on leaving a view that finalized at least W blocks.
//
// Sources: Castro & Liskov 4.5.2; Bravo, Chockler, Gotsman, "Making Byzantine Consensus Live", DISC 2020 (a
// synchroniser as an object of its own). Owner: Replica. Thread: the replica's. Units: Instants in ns, time-outs in ms.
#pragma once

#include <map>
#include <optional>

#include "ledger/validators.h"

namespace kanhe::consensus {

class Synchroniser {
 public:
  // `self` is absent for an observer, who aims where others do and has no complaint.
  Synchroniser(const EpochConfig& config, std::optional<ValidatorIndex> self, View view, View target);

  View view() const { return view_; }
  View target() const { return target_; }
  bool changing_view() const { return target_ > view_; }
  Duration timeout() const { return timeout_; }

  // The highest target heard of a peer; lower ones are ignored.
  void on_peer_target(Instant now, ValidatorIndex peer, View target);
  // The own complaint: wants the view after the present target, if there is one. Requires: !changing_view().
  void complain(Instant now);
  // A view was entered by its NewView. `finalized` counts the blocks that the view before it finalized.
  void on_entered(Instant now, View view, std::uint64_t finalized);
  // Raises the target when the timer has ended.
  void tick(Instant now);
  // When the timer ends, if it runs.
  std::optional<Instant> deadline() const { return timer_; }

  // The number of replicas, oneself included, whose target is at least the own one.
  std::size_t supporters() const;

 private:
  void raise(Instant now, View target);
  void raise_by_one(Instant now);
  void follow(Instant now);

  std::size_t f_;
  std::size_t q_;
  Duration timeout_min_;
  Duration timeout_max_;
  std::uint64_t window_;
  std::optional<ValidatorIndex> self_;
  View view_;
  View target_;
  Duration timeout_;
  std::size_t failed_views_ = 0;
  std::map<ValidatorIndex, View> peers_;
  std::optional<Instant> timer_;
};

}  // namespace kanhe::consensus
