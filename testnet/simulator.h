// Simulator: a whole network from one number, in one thread, in virtual time. Everything that a department runs is the
// production code (node/driver.h and what it owns, consensus, contracts, the store); sockets, threads, clocks and disks
// are simulated. The same number gives the same course of events.
//
// Each seed first draws what may go wrong and how often, sometimes not at all (swarm testing). Then two phases:
//   safety    everything at once: delay, loss, repetition, reordering, clogged links, partitions in both directions and
//             in one, power cuts of one node or all, in the middle of a write, pauses, clocks that differ and jump;
//             disks that are slow; in part of the seeds motions, by which members, keys and parameters change,
//             observers that begin anew on an empty disk, all power gone while an epoch ends, and one liar: the same
//             identity run twice (Twins), one that tells small lies, one whose disk is put back from an old copy or
//             emptied, or one that knows the protocol (sim_attacker.h).
//   liveness  a quorum without the liar is made whole; the rest stays down, cut off or lying for ever. Everything good
//             that still waits, and one new transaction, must become final in bounded virtual time.
// The checkers (testnet/checkers.h) are asked after every event.
//
// Not simulated: damage of synced data, a full disk.
//
// Owner: the caller. Thread: one simulation per thread. Errors: the report's verdict, which is the exit code of the
// command; a failed CHECK aborts the process, and the handler of report_crashes() says which seed it was.
#pragma once

#include <array>

#include "testnet/checkers.h"

namespace kanhe::testnet {

inline constexpr std::size_t validators_simulated_max = 20;

// What is left of a seed, where a failure does not need all of it (testnet/simulation_course.h).
struct Course {
  std::optional<std::set<std::uint32_t>> faults = {};  // only these happen, of those that the seed draws: their numbers
  std::set<std::string> without = {};                  // of course_kinds: these never happen
  std::optional<std::uint64_t> safety_ms = {};         // length of the first phase, instead of the one that was drawn
};
inline constexpr std::array<std::string_view, 7> course_kinds{"loss",   "repeat",  "slow_links", "commit_loss",
                                                              "motions", "clock_skew", "liar"};

// How long the first phase is, and how crowded.
enum class Span : std::uint8_t {
  usual,    // 3 to 8 s, a fault each 50 to 600 ms
  counted,  // until the seed counts (see below), at most two minutes; each block calls forth the next transactions
  hour,     // an hour: a transaction a second, a fault each ten, as a bad day of a registry may be
};
std::string_view name_of(Span span);
std::optional<Span> span_from(std::string_view name);

struct SimulationSettings {
  std::uint64_t seed = 0;
  std::size_t validators = 4;
  Span span = Span::usual;
  bool real_signatures = false;  // in every seed; else a keyed hash stands for them but in one seed of a hundred
  Course course = {};
};

// A seed counts when it finalized so many blocks with three transactions or more, so many kinds of fault fired, and a
// view changed.
inline constexpr std::size_t counted_blocks_min = 200;
inline constexpr std::size_t counted_kinds_min = 3;

struct SimulationReport {
  SimulationSettings settings;
  Verdict verdict = Verdict::good;
  std::string text;              // what failed
  std::uint64_t event_hash = 0;  // of the whole course of events
  std::uint64_t events = 0;
  Height height;                 // of the highest block
  Epoch epoch;                   // the newest that any node reached
  View view_max;                 // the highest that was voted or aimed for
  std::uint64_t crashes = 0;
  std::size_t transactions = 0;  // made by clients
  std::size_t recorded = 0;      // of them
  std::uint64_t seals_checked = 0;
  std::uint64_t liveness_ms = 0;  // virtual time from healing to the end
  std::uint64_t virtual_ms = 0;
  std::uint64_t messages = 0;    // handed to the network
  std::size_t blocks_with_three = 0;              // transactions, or more
  std::map<std::string, std::uint64_t> fired;     // faults, by kind
  std::string faults;            // what the seed drew, in words

  bool counts() const {
    return blocks_with_three >= counted_blocks_min && fired.size() >= counted_kinds_min && view_max > View(0);
  }
};

// Of many simulations.
struct SimulationTotals {
  std::uint64_t seeds = 0;
  std::uint64_t failed = 0;
  std::uint64_t counted = 0;
  std::uint64_t blocks = 0;
  std::uint64_t messages = 0;
  std::uint64_t virtual_ms = 0;
  std::uint64_t epochs = 0;
  std::map<std::string, std::uint64_t> fired = {};

  void add(const SimulationReport& report);
};
std::string text_of(const SimulationTotals& totals);

SimulationReport simulate(const SimulationSettings& settings);

std::string_view name_of(Verdict verdict);
// The command that repeats a simulation.
std::string repeat_line(const SimulationSettings& settings);
// The report as one line of JSON, or for people.
std::string json_line(const SimulationReport& report);
std::string text_line(const SimulationReport& report);

// From now on an abort prints the line that repeats the running simulation and ends the process with Verdict::crash.
void report_crashes();

}  // namespace kanhe::testnet
