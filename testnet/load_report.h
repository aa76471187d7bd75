// Load report: what a measurement found, as one record, and as text for people.
//
// Thread: any. Units: in the names; "per_transaction" figures are over all transactions that the network made durable
// in the counted time, by its own counters. A node that restarted meanwhile has none.
#pragma once

#include <map>

#include "testnet/load_run.h"

namespace kanhe::testnet {

struct LatencyReport {
  std::uint32_t p50_us = 0;
  std::uint32_t p90_us = 0;
  std::uint32_t p99_us = 0;
  std::uint32_t max_us = 0;
};
BOOST_DESCRIBE_STRUCT(LatencyReport, (), (p50_us, p90_us, p99_us, max_us))

struct KindReport {
  PlainText<32> kind;
  std::uint32_t jobs_done = 0;
  std::uint32_t transactions = 0;
  LatencyReport latency;
};
BOOST_DESCRIBE_STRUCT(KindReport, (), (kind, jobs_done, transactions, latency))

struct NodeReport {
  PlainText<64> node;
  std::optional<std::uint32_t> cpu_ms;                             // user and system
  std::optional<std::uint32_t> transactions_final;
  std::optional<std::uint32_t> syncs_per_thousand_transactions;
  std::optional<std::uint32_t> disk_bytes_per_transaction;         // batches of the database and bodies
  std::optional<std::uint32_t> network_bytes_per_transaction;      // sent to other members
};
BOOST_DESCRIBE_STRUCT(NodeReport, (),
                      (node, cpu_ms, transactions_final, syncs_per_thousand_transactions, disk_bytes_per_transaction,
                       network_bytes_per_transaction))

struct LoadReport {
  PlainText<4096> command;
  PlainText<512> machine;
  PlainText<256> loop;             // "open, 1000 jobs a second", "closed, 64 clients"
  std::uint32_t counted_ms = 0;
  std::uint32_t warm_up_ms = 0;
  std::uint32_t finalized = 0;     // transactions recorded with success, known to the client in the counted time
  std::uint32_t finalized_per_second = 0;
  LatencyReport latency;           // from when a transaction was due to when it was known to be final
  List<KindReport, 16> kinds;
  List<NodeReport, 128> nodes;
  std::uint32_t client_cpu_ms = 0;
  // Of the whole run.
  std::uint32_t acknowledged = 0;
  std::uint32_t submissions = 0;
  std::uint32_t resent = 0;
  std::uint32_t busy = 0;
  std::uint32_t no_answer = 0;
  std::uint32_t refused = 0;
  std::uint32_t rejected = 0;
  std::uint32_t unfinished = 0;    // jobs
  std::optional<std::uint32_t> longest_gap_ms;  // between two blocks with its transactions; absent: fewer than two
};
BOOST_DESCRIBE_STRUCT(LoadReport, (),
                      (command, machine, loop, counted_ms, warm_up_ms, finalized, finalized_per_second, latency, kinds,
                       nodes, client_cpu_ms, acknowledged, submissions, resent, busy, no_answer, refused, rejected,
                       unfinished, longest_gap_ms))

std::string report_text(const LoadReport& report);

// Sorts the values. All zero when there are none.
LatencyReport latency_of(std::vector<std::uint32_t>& values_us);

// What one node used, at one moment.
struct NodeUse {
  std::optional<std::uint64_t> cpu_ms;
  std::map<std::string, std::uint64_t> metrics;  // by name, without labels; empty: not read
};
NodeReport node_report(std::string_view node, const NodeUse& before, const NodeUse& after);

// The samples without labels of a text in Prometheus's format.
std::map<std::string, std::uint64_t> read_metrics(std::string_view text);
// User and system time of a process, from the text of its /proc/PID/stat. Errors: malformed.
Result<std::uint64_t> cpu_ms_of(std::string_view stat, long ticks_per_second);

// Fills what follows from the run.
void add_figures(LoadReport& report, const LoadRun& run, std::uint64_t counted_ms);

}  // namespace kanhe::testnet
