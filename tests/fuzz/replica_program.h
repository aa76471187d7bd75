// Replica programs: bytes that drive one consensus::Replica of four through anything a driver and three peers can do.
//
// A program is a settings byte, then instructions of a byte and its parameters. Peers sign with their own keys what the
// program tells them, also contradictions: there is no limit of f here. Messages come in any order, again, and altered
// one byte at a time; the driver's answers come late, out of order, stale or contradicting; time jumps; the power goes.
// Only what the contract of Replica asks of its driver is kept: a vote is on disk before it counts, answers echo a
// request's tags, a CaughtUp carries a seal that verifies.
//
// What is checked, whatever the three others do, else a CHECK ends the process:
//   survival    no input ends the process, and check_invariants() holds after each
//   signing     one Prepare and one Commit per (view, height), one ViewChange and one NewView per view, nothing in a
//               view below an own ViewChange, restarts included
//   memory      a replica that remembers all its votes never finds that it lost some
//   messages    what it sends decodes and verifies
//   duties      a Tick moves the deadline; an Execute rests on an executed parent or the tip; Finalize leaves no gap,
//               and the last of a run has a seal
// Not checked here: agreement (three liars can fork one honest replica) and progress; the simulator does both.
//
// Thread: one. Deterministic: the same bytes are the same course. Limits: instructions_max.
#pragma once

#include <vector>

#include "ledger/types.h"

namespace kanhe::fuzz {

inline constexpr std::size_t instructions_max = 100;

// How far a program led.
struct ProgramEnd {
  std::size_t instructions = 0;
  Height durable;
  View view;
  std::size_t votes = 0;  // of the replica, the newest of them
};
ProgramEnd run_replica_program(ByteView program);

// A few programs that lead far: rounds, changes of the view, restarts, a sealed chain, an own primary, an observer.
std::vector<Bytes> replica_programs();

}  // namespace kanhe::fuzz
