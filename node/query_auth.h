// Query auth: who may ask the departmental face. A request carries the header Kanhe-Query (ledger/query.h), signed by
// the key of an officer or a machine that the state has enrolled and not dismissed.
//
// A query is answered once: what was answered is remembered until its valid_until_ms, which lies a minute ahead at
// most. The memory is bounded, in all and per key, so that one officer's program cannot keep the others out. It is
// filled only after key and signature were found good. A restart forgets it, so a query that someone took from the wire
// could be asked again in the rest of its minute: what that shows is what its first answer showed.
//
// A party's own key is good for what is about that party alone (who read about it); its line has no department.
//
// Who presents a parameter of the network instead of a signature (open_reads) is not asked here.
//
// Thread: any, several at once. Units: ms since 1970, UTC. Errors: malformed, not_canonical, unsupported (the header
// does not read); not_authorised (missing, expired, too far ahead, no officer, bad signature, answered before); busy.
#pragma once

#include <map>
#include <mutex>
#include <set>

#include "ledger/query.h"
#include "ledger/state.h"
#include "node/concerned.h"
#include "node/http.h"

namespace kanhe::node {

struct QueryAuthLimits {
  std::size_t remembered_max = 200'000;
  std::size_t remembered_per_key_max = 10'000;
};

// One line of the log: who asked what, what for, and which HTTP status it got.
struct QueryLine {
  Timestamp time_ms;  // of the node's clock
  DepartmentId department;
  PublicKey key;
  PartyId person;     // of a machine: who answers for it
  PurposeCode purpose;
  PlainText<8> method;
  QueryTarget target;
  PlainText<64> remote;
  std::uint16_t status = 0;  // set when it is answered
  PlainText<96> what;        // the same: the route, and the unit, application or certificate that it is about
  Concerned concerned;       // the same
};
BOOST_DESCRIBE_STRUCT(QueryLine, (),
                      (time_ms, department, key, person, purpose, method, target, remote, status, what, concerned))

// Whose key may sign a query.
enum class Signer : std::uint8_t { officer, officer_or_party };

// "GET" and so on; empty for methods that no route has.
std::string_view method_name(HttpMethod method);

class QueryAuth {
 public:
  QueryAuth(SignatureScheme scheme, const ChainId& chain_id, QueryAuthLimits limits = {})
      : scheme_(scheme), chain_id_(chain_id), limits_(limits) {}

  // Whether the request may be answered; remembers it. `state` is that of the newest block. Cost: one signature check
  // for an officer's key, none for others.
  Result<QueryLine> check(const HttpRequest& request, const StateReader& state, Timestamp now,
                          Signer signer = Signer::officer);

  std::size_t remembered() const;

 private:
  using Answered = std::pair<PublicKey, Nonce>;

  Result<void> remember(const QueryCredential& credential, Timestamp now);
  void forget(Timestamp now);

  const SignatureScheme scheme_;
  const ChainId chain_id_;
  const QueryAuthLimits limits_;
  mutable std::mutex mutex_;  // guards everything below
  std::set<Answered> answered_;
  std::multimap<Timestamp, Answered> by_end_;  // by valid_until_ms
  std::map<PublicKey, std::size_t> per_key_;
};

}  // namespace kanhe::node
