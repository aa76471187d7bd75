// Swarm: what one seed of the simulator may do, drawn from its number before anything happens. Part of the faults never
// happens in a seed, and what never happens also hides nothing (swarm testing: Groce et al., ISSTA 2012).
//
// Thread: any; plain values. Units: chances in permille of the moments at which a fault may happen; ms of virtual time.
#pragma once

#include "testnet/sim_network.h"
#include "testnet/simulator.h"

namespace kanhe::testnet {

enum class Liar : std::uint8_t { none, twins, small_lies, old_disk, attacker };

struct Swarm {
  GenesisOptions genesis;
  LinkOptions links;
  Liar liar = Liar::none;
  std::uint64_t lie_permille = 0;
  bool only_rubbish = false;  // an attacker gives no block that is of use, and answers fast
  std::uint64_t safety_ms = 0;
  std::uint64_t fault_gap_ms = 0;
  std::uint64_t transaction_gap_ms = 0;
  std::uint64_t transactions_a_block = 0;  // that every new block calls forth, beside those that come by the clock
  std::uint64_t primary_pause_at = 0;      // the height at which the primary stands still; 0: never
  std::uint64_t restarts_max = 3;
  std::uint64_t motion_gap_ms = 0;  // 0: none, and the epoch never ends
  bool replaces_keys = false;       // most motions replace one
  std::uint64_t end_cut = 0;        // of all power, at the last block but one of an epoch; before it less often
  std::uint64_t check_us_max = 0;
  std::uint64_t commit_loss = 0;     // of each Commit, to each peer
  std::uint64_t view_partition = 0;  // when a view begins
  std::uint64_t crash = 0, torn_write = 0, power_cut = 0, partition = 0, clog = 0, pause = 0, clock_step = 0;
  std::uint64_t slow_disk = 0, old_disk = 0;
  std::uint64_t new_disk = 0;        // an observer's is empty from then on: it begins again
  std::int64_t skew_ms_max = 0;
  node::PoolLimits pool;
};

Swarm draw_swarm(Random& random, const SimulationSettings& settings);

// What was drawn and may happen, in words.
std::string describe(const Swarm& swarm);

}  // namespace kanhe::testnet
