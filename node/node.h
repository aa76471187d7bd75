// Node: owns everything that one kanhed consists of, and wires it.
//
// Threads:
//   driver    the one that calls run(): Driver, StatusReporter, timers, signals; the only writer of the store
//   network   sockets and TLS (node/network.h)
//   checkers  limits.checker_threads of them (node/checker_pool.h)
//   endpoint  endpoint.threads of them, if there is an endpoint (node/desk.h)
// Frames go network → driver → checkers → driver; frames to send go driver → network; submissions go endpoint → driver
// → checkers → driver → endpoint. Each hand-over is a post to the other's executor; what travels is owned by one thread
// at a time. The log, the network's counters and what the endpoint waits for have locks.
//
// Start: configuration, genesis and keys are read and compared before anything is opened; then the store, then the
// ports; threads; connections. Stop, in run(): the endpoint's threads end, then the network's, then the checkers; then
// the driver and the store are destroyed. Nothing has to be written at the end: what was said is durable already, so a
// kill is as good.
//
// Files in data_dir: store/, kanhed.log, query.log (node/query_log.h), reads/ (node/read_register.h), status.json
// (node/status.h) and metrics.prom (node/metrics.h), each second. Errors: create() answers with the file and the
// reason; after that only a failed disk ends the process (exit code 74).
#pragma once

#include <memory>

#include "node/config.h"

namespace kanhe::node {

class Node {
 public:
  // Errors: those of reading the files; conflict (they do not fit each other, or the store is of another network); busy
  // (another process has the data directory); io (port, disk); unsupported (a genesis for simulation only).
  static Result<std::unique_ptr<Node>> create(const NodeConfig& config, Log& log);
  ~Node();

  // Runs until SIGTERM, SIGINT or stop(). Once.
  void run();
  // Thread: any.
  void stop();

 private:
  struct Parts;
  explicit Node(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace kanhe::node
