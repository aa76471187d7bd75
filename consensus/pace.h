// Pace: whether the present primary does about as much as an honest one would.
//
// A primary that stays just inside the waiting time that a complaint needs could hold everyone to the least rate R, far
// below what the network can do. So each replica watches periods of 2 T. In a period the primary was *too slow* when
// one of these holds:
//   idle     during more than half of it some transaction waited longer than T / 8 that stood in no proposal known
//            here, although the window had room. An honest primary proposes at once. If more than f of the last n views
//            were idle, it is the network, and this says nothing.
//   behind   during more than half of it some transaction waited like that, with room or without, and less than half of
//            the best rate of the last n views became final (transactions per second over a period), and half of the
//            best is more than R. If it is the work that became slower, the fast views are forgotten after n others.
//
// That is one replica's view of things and only ever leads to a complaint; after a few views there is quiet again.
//
// Not covered: a primary that halves the rate, or lets everything wait for T / 4 again and again; and one that fills
// the window with small blocks in a network that has not done better since its replicas were started.
//
// Source: Clement, Wong, Alvisi, Dahlin, Marchetti, "Making Byzantine Fault Tolerant Systems Tolerate Byzantine Faults"
// (Aardvark), NSDI 2009, section 5.2: a primary has to keep up with what was seen in the last n views. Unlike there,
// the demand does not rise by itself, so that a network at rest keeps its primary.
// Owner: Replica. Thread: the replica's. Units: Instants in ns, time-outs in ms, rates in transactions per second.
#pragma once

#include <deque>
#include <optional>

#include "ledger/validators.h"

namespace kanhe::consensus {

class Pace {
 public:
  explicit Pace(const EpochConfig& config)
      : n_(config.n()), f_(config.f()), minimal_rate_(config.parameters.minimal_rate.value()) {}

  // A view begins, with the time-out T in force there.
  void on_entered(Instant now, Duration timeout);
  // Blocks became final here. Not: a run that was fetched from far behind.
  void on_finalized(Instant now, std::uint64_t transactions);
  // How it stands from now on: since when the first transaction waits that stands in no proposal, and whether another
  // could be proposed. To be told at T / 2 at the latest, also when nothing changed; if it comes later, this process
  // stood still, and the period begins anew.
  void on_waiting(Instant now, std::optional<Instant> unproposed, bool window_has_room);
  // This replica itself was behind: this period says nothing.
  void begin_period(Instant now);

  // When the period ends, and judge() is to be asked.
  Instant due() const { return began_ + 2 * timeout_ns(); }
  // Ends the period, where it is over, and begins the next. Answers whether the primary was too slow in it.
  bool judge(Instant now);

  // The rate that is owed while something waits; nothing where nothing was seen yet, or R is more.
  std::optional<std::uint64_t> owed() const;

 private:
  struct View {
    std::uint64_t best_rate = 0;
    bool idle = false;  // in some period
  };

  std::uint64_t timeout_ns() const { return timeout_.value() * ns_per_ms; }
  void pass(Instant now);

  std::size_t n_;
  std::size_t f_;
  std::uint64_t minimal_rate_;
  Duration timeout_;
  std::deque<View> views_{View{}};  // the last n, the present one at the end
  Instant began_;
  Instant passed_;                  // up to where the following count
  std::uint64_t waited_ns_ = 0;     // of this period, while something waited too long
  std::uint64_t idle_ns_ = 0;       // the same, while the window had room
  std::uint64_t transactions_ = 0;  // of this period
  std::optional<Instant> unproposed_;
  bool window_has_room_ = false;
};

}  // namespace kanhe::consensus
