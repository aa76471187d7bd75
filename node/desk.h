// Desk: a node's side of its endpoint. Owns the server, the routes and those who wait at them, and stands between their
// threads and the driver's.
//
// What clients submit gathers here, and the driver's thread is woken once for all that came meanwhile. What the driver
// tells goes the other way. Reports (status, metrics, health) are made by the driver's thread each second and handed
// out as they are until the next.
//
// Files are no matter of the driver's: their frames go straight to the endpoint's threads. Of a peer that sends them
// faster than they are used up, what is beyond file_frames_max is dropped, as a network may lose it anyway.
//
// Owner: the node. Thread: the driver's, unless a function says otherwise. Errors: open() as Endpoint::open(),
// QueryLog::open(), ReadRegister::open(), ActIndex::open(), read_vault_key() and Vault::open().
#pragma once

#include <atomic>

#include "node/act_index.h"
#include "node/block_waits.h"
#include "node/endpoint.h"
#include "node/file_exchange.h"
#include "node/query_log.h"
#include "node/read_register.h"
#include "node/routes.h"
#include "node/vault.h"

namespace kanhe::node {

inline constexpr std::size_t file_frames_max = 256;  // that wait for a thread

struct DeskReport {
  std::string status_json;
  std::string metrics_text;
  Result<void> health;  // or why clients should go to another node
};

// What the desk asks of the node; lifetime: longer than the desk's. Thread: any.
struct DeskLinks {
  std::function<void()> wake;  // submissions gathered: the driver's thread then takes them
  // As in FileExchangeLinks.
  std::function<std::optional<PeerId>(const DepartmentId&)> connected;
  std::function<DepartmentId(PeerId)> department;
  std::function<void(PeerId, FrameKind, Bytes)> send;
};

class Desk {
 public:
  // In the data directory it keeps query.log, reads/, acts/ and vault/. Lifetime: store and log outlive the desk.
  // Requires: config.endpoint.
  static Result<std::unique_ptr<Desk>> open(const NodeConfig& config, const Genesis& genesis, const Store& store,
                                            Log& log, DeskLinks links);
  ~Desk();

  void start();
  // After it no client is served and `wake` is not called.
  void stop();

  // Thread: any.
  std::vector<Submission> take_submissions() { return queue_.take(); }
  EndpointCounters counters() const { return endpoint_->counters(); }
  std::uint16_t port() const { return endpoint_->port(); }

  // Of a peer, about files. Thread: any.
  void on_file_frame(PeerId from, Frame frame);
  void on_submitted(std::uint64_t token, const TransactionId& id, Result<void> answer);
  void on_block(Height height);
  void on_recorded(const std::vector<TransactionId>& ids);
  void on_expired(const TransactionId& id);
  void report(DeskReport report);

 private:
  Desk(const NodeConfig& config, DeskLinks links, Log& log);
  RouteSources sources(const Genesis& genesis, const Store& store);
  FileExchangeLinks exchange_links();
  std::shared_ptr<const DeskReport> newest_report() const;
  void log_query(const QueryLine& line);

  const DepartmentId department_;
  const DeskLinks links_;
  Log& log_;
  SubmissionQueue queue_;
  Submissions submissions_;
  BlockWaits block_waits_;
  std::unique_ptr<QueryLog> query_log_;
  std::unique_ptr<ReadRegister> reads_;
  std::unique_ptr<ActIndex> acts_;
  std::unique_ptr<Vault> vault_;  // null: this node keeps no files
  std::unique_ptr<Routes> routes_;
  FileExchange exchange_;
  std::atomic<std::size_t> file_frames_{0};
  std::unique_ptr<Endpoint> endpoint_;  // destroyed first: its threads use everything above
  mutable std::mutex mutex_;            // guards what follows
  std::shared_ptr<const DeskReport> report_;
};

}  // namespace kanhe::node
