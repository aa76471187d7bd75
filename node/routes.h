// Routes: from a URL to a question or a submission, and to the answer as JSON. The list of routes is one table
// (node/route_table.h); the dispatch, the allowed methods and GET /openapi.json are made from it.
//
// Four faces. Public: whatever proves itself or concerns nobody. Departmental: bodies, units, applications, parties,
// events, state; a request carries Kanhe-Query (node/query_auth.h), unless the network's open_reads is on. Personal:
// what is about one party. Entitled: files, for whom a matter entitles; always signed (node/file_routes.h).
//
//   public         GET  /                                   what is here, in words
//                  GET  /v1/health  /v1/status  /v1/metrics  /openapi.json
//                  GET  /v1/genesis                         genesis.json, the node's copy
//                  GET  /v1/head                            HeadAnswer
//                  GET  /v1/checkpoint                      C2SP signed note of the newest seal, text/plain
//                  GET  /v1/consistency?old=&new=           ConsistencyAnswer
//                  GET  /v1/headers?from=&count=            HeadersAnswer
//                  GET  /v1/blocks/{height}                 BlockAnswer
//                  POST /v1/transactions?wait_ms=           canonical bytes (application/octet-stream) or JSON; answers
//                                                           TransactionAnswer: 202 received, else 200
//                  GET  /v1/transactions/{id}?wait_ms=      TransactionAnswer
//                  GET  /v1/certificates/{id}               CertificateAnswer; who may read units gets, for a title,
//                                                           the facts of its unit as well
//   departmental   GET  /v1/transactions/{id}/body          canonical bytes; with ?form=json the Transaction
//                  GET  /v1/units/{number}                  UnitAnswer
//                  GET  /v1/applications/{id}               ApplicationAnswer
//                  GET  /v1/departments/{id}/duties?after=&count=   DutiesAnswer
//                  GET  /v1/traces/{kind}/{id}?from=&count= TraceAnswer; kind is a Subject's name
//                  GET  /v1/state?key=hex                   FactsAnswer; `key` up to 16 state keys, joined by commas
//                  GET  /v1/events?cursor=h.r.e&count=&wait_ms=   EventsAnswer
//   entitled       POST /v1/files/{digest}/parts/{part}     FileAnswer: takes a part of a file, from the own officers
//                  GET  /v1/files/{digest}/parts/{part}?application=|certificate=&consent=   the part
//   personal       GET  /v1/parties/{id}/reads?from=&count= ReadsAnswer: for the party, by its own key, and supervisors
//                  GET  /v1/parties/{id}/acts?from=&count=  ActsAnswer: for the person, by any key of theirs, the same
//
// HEAD is answered like GET; whoever writes the response leaves its body out. Where an answer proves the epochs since
// the genesis, known_epoch= leaves out those that the caller has proved before.
//
// Nothing here blocks a thread: who waits is resumed by Submissions or BlockWaits, and goes on in RouteSources::run.
//
// Thread: any, several at once. Limits: wait_ms <= 30000; count <= trace_events_max or headers_max.
// Errors: error_response(); a wrong parameter is named with its limit and value.
#pragma once

#include <memory>

#include "ledger/genesis.h"
#include "ledger/store.h"
#include "node/block_waits.h"
#include "node/http.h"
#include "node/query_auth.h"
#include "node/submissions.h"

namespace kanhe::node {

class Vault;

// What the routes ask of the node. All may be called from any thread.
struct RouteSources {
  Genesis genesis;
  Submissions* submissions = nullptr;                        // outlives the routes
  BlockWaits* block_waits = nullptr;                         // outlives the routes; null: nobody waits for events
  std::function<std::shared_ptr<const ProvingReader>()> newest;  // the newest durable block, held still
  // Runs the work soon, on one of the endpoint's threads: who waited goes on there. Unset: at once, by the caller.
  std::function<void(std::function<void()> work)> run;
  std::function<std::string()> status_json;                  // of a second ago at most
  std::function<std::string()> metrics_text;
  std::function<Result<void>()> health;
  std::function<Timestamp()> wall_clock;
  std::function<Instant()> monotonic_clock;
  std::function<void(const QueryLine& line)> log_query;      // each departmental read that was answered
  std::function<Result<std::vector<certs::PartyRead>>(const PartyId& party, std::uint64_t from, std::size_t count)>
      reads_of;                                              // who read about a party
  std::function<Result<certs::ActsAnswer>(const StoreReader& held, const PartyId& person, std::uint64_t from,
                                          std::size_t count)>
      acts_of;                                               // what a person signed
  DepartmentId department{};                                 // whose node it is
  Vault* vault = nullptr;                                    // outlives the routes; null: this node keeps no files
  // Asks the departments' nodes for what the request asks. Unset: nobody is asked.
  std::function<void(std::vector<DepartmentId> departments, const HttpRequest& request, Respond respond)> pass_on;
  std::function<void(const std::string& reason)> on_damaged_file;  // of the vault
};

// Lifetime: whoever waits is answered or dropped before what the sources reach (the store above all) goes.
class Routes {
 public:
  explicit Routes(RouteSources sources);
  ~Routes();
  void handle(HttpRequest request, Respond respond);

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace kanhe::node
