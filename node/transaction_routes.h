// Transaction routes: a client's transaction from its POST to its receipt, and questions about it later.
//
// A transaction that is sent again is no mistake: it is answered with what became of it. What this node took in is
// remembered until it can no longer be recorded, so that "received" and "expired" can be told from "unknown"; both are
// the node's word. Only `recorded` is proved, and it is answered only once a block with a seal holds it.
//
// Owner: the routes. Thread: any, several at once. No thread waits: Submissions and BlockWaits call back, and the work
// goes on in RouteSources::run. Limits: taken_in_max ids are remembered. Errors: those of read_body(), from_json(),
// Driver::submit and Pool::admit; unsupported (content type).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "node/queries.h"
#include "node/route_table.h"
#include "node/routes.h"

namespace kanhe::node {

inline constexpr std::size_t taken_in_max = 100'000;

// Does the work on one of the endpoint's threads.
void run_on(const RouteSources& sources, std::function<void()> work);

// What a node took in, by id, until its valid_until_ms is past for a while. Thread: any.
class TakenIn {
 public:
  explicit TakenIn(std::size_t count_max) : count_max_(count_max) {}
  // At the limit the one that lapses first is forgotten.
  void add(const TransactionId& id, Timestamp valid_until);
  std::optional<Timestamp> find(const TransactionId& id) const;

 private:
  const std::size_t count_max_;
  mutable std::mutex mutex_;  // guards everything below
  std::map<TransactionId, Timestamp> ids_;
  std::set<std::pair<Timestamp, TransactionId>> by_end_;
};

class TransactionRoutes {
 public:
  TransactionRoutes(std::shared_ptr<const RouteSources> sources, std::shared_ptr<Queries> queries);
  ~TransactionRoutes();

  void submit(HttpRequest request, Wait wait, Respond respond);
  void find(const TransactionId& id, Wait wait, Respond respond);

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace kanhe::node
