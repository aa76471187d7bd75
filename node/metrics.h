// Metrics: what a node counts, in Prometheus's text format (version 0.0.4).
//
// Counters are monotonic since the start and end in _total; the rest are gauges. No label takes a value from outside,
// so the number of series is fixed by the code and the members of the network.
//
// Thread: any; a pure function of what it is given. Units: bytes, heights; a unit stands in the metric's name.
#pragma once

#include <string>

#include "node/checker_pool.h"
#include "node/endpoint.h"
#include "node/status.h"

namespace kanhe::node {

struct MetricsInput {
  const NodeStatus& status;
  const DriverCounters& driver;
  const std::array<std::uint64_t, consensus::ignored_count>& ignored;  // messages that consensus did not use
  std::uint64_t bad_answers = 0;                                       // of peers, to block sync
  StoreCounters store;
  NetworkCounters network;
  CheckerCounters checker;
  std::optional<EndpointCounters> endpoint;  // absent: the node has none
  std::uint64_t signatures_known = 0;        // answered from memory
  std::uint64_t served = 0;                  // answers to what peers lacked
  std::uint64_t requests_dropped = 0;        // of a peer that asked again before its turn, or for too much
};

std::string metrics_text(const MetricsInput& input);

}  // namespace kanhe::node
