// Course: what is left of a seed when everything that a failure does not need has been taken away; as a file, it is
// a failure to be kept, sent and replayed.
//
// A seed draws its faults one after the other, and they have numbers. A course says which of them happen, which kinds
// of trouble never do, and how long the first phase is. Nothing else changes, so it is replayed as exactly as a seed.
//
// Thread: one. Errors: io, malformed (the file), with its name.
#pragma once

#include <functional>
#include <string>

#include "ledger/result.h"
#include "testnet/simulator.h"

namespace kanhe::testnet {

inline constexpr std::uint32_t course_faults_max = 4'096;  // no seed that was seen draws as many before it fails

// Answers the verdict of a run; of one in another process, where a CHECK may fail that is to be minimised.
using RunCourse = std::function<Verdict(const SimulationSettings&)>;
// Told after each run: how many there were, and what is left.
using TellProgress = std::function<void(std::size_t runs, const SimulationSettings&)>;

// Takes away what the verdict does not need: kinds of trouble, then time, then faults (delta debugging: Zeller &
// Hildebrandt, "Simplifying and isolating failure-inducing input", TSE 2002), then time again. Answers the smallest
// that still ends in the same verdict. Requires: run(settings) is that verdict, and not good.
SimulationSettings minimise(const SimulationSettings& settings, Verdict verdict, const RunCourse& run,
                            const TellProgress& tell);

std::string course_text(const SimulationSettings& settings, Verdict verdict);
Result<SimulationSettings> read_course(const std::string& text);

}  // namespace kanhe::testnet
