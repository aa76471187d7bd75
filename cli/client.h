// Client: questions to a node, answered only after the answer's proofs were checked against the genesis.
//
// Every answer that stands under a header is checked in full: the epochs that lead from the genesis to it, the header's
// seal, and each fact under its state root. What a function returns is proved, unless its comment says that it is the
// node's word. A node can still answer with an old header: `newest()` tells how far the client has seen, an answer
// behind it is refused, and a command can warn of its age (warn_if_old()).
//
// Departmental reads are signed with the officer's key (ledger/query.h) where one was given; a network with open_reads
// answers without.
//
// Thread: one. Errors: unavailable, busy and unknown as the node says (its words follow "node:"); bad_proof and others
// of certs/proofs.h when a proof does not hold; conflict when an answer is about another network or another question.
#pragma once

#include <optional>

#include "certs/answers.h"
#include "certs/file_parts.h"
#include "certs/stamp.h"
#include "cli/app.h"
#include "cli/http_client.h"
#include "ledger/json.h"
#include "ledger/query.h"

namespace kanhe::cli {

// Signs departmental reads.
struct QuerySigner {
  SecretKey key;
  PurposeCode purpose;  // the node logs it
};

class Client {
 public:
  Client(HttpClient http, certs::Trust trust);
  void sign_queries(QuerySigner signer) { signer_ = std::move(signer); }

  const Genesis& genesis() const { return trust_.genesis(); }
  const certs::Trust& trust() const { return trust_; }

  // Proved.
  Result<certs::HeadAnswer> head();
  // Height 0 has no proposal; a block that has one comes with it, and it is the header's.
  Result<certs::BlockAnswer> block(Height height);
  // For who shows a stamp, with the records of its key.
  Result<certs::CertificateAnswer> certificate(const CertificateId& id, const std::optional<certs::Stamp>& stamp = {});
  Result<certs::UnitAnswer> unit(const UnitNumber& number);
  Result<certs::ApplicationAnswer> application(const ApplicationId& id);
  // Which applications wait for a department, each proved, after one of them; with the proved number of all.
  Result<certs::DutiesAnswer> duties_page(const DepartmentId& department, const std::optional<ApplicationId>& after);
  // Part of a trace: the record that counts the events is proved, the events only once all of them are there
  // (certs::check_trace()).
  Result<certs::TraceAnswer> trace(const Subject& subject, std::uint64_t from, std::uint64_t count);
  // All of it, proved complete.
  Result<certs::TraceAnswer> whole_trace(const Subject& subject);
  // Facts of these state keys, at most 16, in their order.
  Result<certs::FactsAnswer> facts(const std::vector<Bytes>& state_keys);

  // The newest checkpoint as a C2SP signed note, its signatures a quorum's.
  Result<std::string> checkpoint_text();

  // A transaction on its way. `recorded` is proved, together with the id; every other state is the node's word. Waits
  // up to wait_ms for the receipt (at most 30000).
  Result<certs::TransactionAnswer> submit(const TransactionBody& body, unsigned wait_ms);
  Result<certs::TransactionAnswer> transaction(const TransactionId& id, unsigned wait_ms);
  // Read, its id compared. Departmental.
  Result<TransactionBody> body(const TransactionId& id);

  // The node's word: from its own clock and memory. Who read about a party there; signed by the party, or a supervisor.
  Result<certs::ReadsAnswer> reads(const PartyId& party, std::uint64_t from);
  // The same of what a person signed; signed by the person, or a supervisor.
  Result<certs::ActsAnswer> acts(const PartyId& person, std::uint64_t from);
  Result<certs::HealthAnswer> health();
  Result<std::string> status_json();
  Result<std::string> metrics_text();
  Result<certs::EventsAnswer> events(const EventPosition& cursor, std::uint64_t count, unsigned wait_ms);

  // Files: the node's word until the whole is compared with its digest (cli/file_transfer.h). Always signed. `matter`
  // is the query that names what entitles: "application=…", "certificate=…&consent=…".
  Result<certs::FileAnswer> put_file_part(const Hash256& digest, certs::FilePart part, ByteView bytes);
  Result<Bytes> file_part(const Hash256& digest, certs::FilePart part, const std::string& matter);

  // The newest header that any answer proved; nothing before the first.
  const std::optional<Header>& newest() const { return newest_; }

  // Of the whole answer: the epochs are learnt, then its header is checked. For answers that are composed elsewhere.
  Result<void> check_head(const certs::HeadAnswer& head);
  Result<void> check_facts(const certs::HeadAnswer& head, const certs::StateFacts& facts);

 private:
  enum class Face : std::uint8_t { open, departmental };
  // The body of a good answer; else the node's error.
  Result<HttpAnswer> send(Face face, HttpCall call);
  // The body of a good answer.
  Result<std::string> ask(Face face, HttpCall call);
  template <class Answer>
  Result<Answer> get(Face face, const std::string& target, unsigned wait_ms = 0);
  Result<certs::TransactionAnswer> check_transaction(certs::TransactionAnswer answer, const TransactionId& id);

  HttpClient http_;
  certs::Trust trust_;
  std::optional<QuerySigner> signer_;
  std::optional<Header> newest_;
};

// From the options; ends the command where they are missing or wrong, and says which.
certs::Trust trust_of(const Globals& globals);
Client client_of(const Globals& globals);
// Also signs departmental reads, if the network asks for it; then a key is needed.
Client departmental_client_of(const Globals& globals);
// Signs in any case.
Client signing_client_of(const Globals& globals);
// The key of --key, with its passphrase, which is asked for once in a command; or of --plain-key, which only networks
// for practice take (Genesis::demo).
SecretKey secret_key_of(const Globals& globals, const Genesis& genesis);
HttpClient http_client_of(const Globals& globals);

// Says so when the newest header is older than the network's heartbeat explains: the node may be cut off.
void warn_if_old(const Globals& globals, const Genesis& genesis, const Header& newest);

// ms since 1970, by this machine's clock.
Timestamp wall_now();

// A text as part of a path or query: everything but A-Z a-z 0-9 - . _ ~ as %XX.
std::string url_encode(std::string_view text);

}  // namespace kanhe::cli
