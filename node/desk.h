// Desk: a node's side of its endpoint. Owns the server, the routes and those who wait at them, and stands between their
// threads and the driver's.
//
// What clients submit gathers here, and the driver's thread is woken once for all that came meanwhile. What the driver
// tells goes the other way. Reports (status, metrics, health) are made by the driver's thread each second and handed
// out as they are until the next.
//
// Owner: the node. Thread: the driver's, unless a function says otherwise. Errors: open() as Endpoint::open() and
// QueryLog::open() and ReadRegister::open().
#pragma once

#include "node/block_waits.h"
#include "node/endpoint.h"
#include "node/query_log.h"
#include "node/read_register.h"
#include "node/routes.h"

namespace kanhe::node {

struct DeskReport {
  std::string status_json;
  std::string metrics_text;
  Result<void> health;  // or why clients should go to another node
};

class Desk {
 public:
  // In `data_dir` it keeps query.log and reads/. `wake` is called by any thread when submissions gathered: the driver's
  // thread then takes them. Lifetime: store, log and what `wake` uses outlive the desk.
  static Result<std::unique_ptr<Desk>> open(const EndpointConfig& config, const std::string& data_dir,
                                            const Genesis& genesis, const Store& store, Log& log,
                                            std::function<void()> wake);
  ~Desk();

  void start();
  // After it no client is served and `wake` is not called.
  void stop();

  // Thread: any.
  std::vector<Submission> take_submissions() { return queue_.take(); }
  EndpointCounters counters() const { return endpoint_->counters(); }
  std::uint16_t port() const { return endpoint_->port(); }

  void on_submitted(std::uint64_t token, const TransactionId& id, Result<void> answer);
  void on_block(Height height);
  void on_recorded(const std::vector<TransactionId>& ids);
  void on_expired(const TransactionId& id);
  void report(DeskReport report);

 private:
  Desk(std::function<void()> wake, Log& log);
  RouteSources sources(const Genesis& genesis, const Store& store);
  std::shared_ptr<const DeskReport> newest_report() const;
  void log_query(const QueryLine& line);

  const std::function<void()> wake_;
  Log& log_;
  SubmissionQueue queue_;
  Submissions submissions_;
  BlockWaits block_waits_;
  std::unique_ptr<QueryLog> query_log_;
  std::unique_ptr<ReadRegister> reads_;
  std::unique_ptr<Routes> routes_;
  std::unique_ptr<Endpoint> endpoint_;  // destroyed first: its threads use everything above
  mutable std::mutex mutex_;            // guards what follows
  std::shared_ptr<const DeskReport> report_;
};

}  // namespace kanhe::node
