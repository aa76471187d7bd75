// Answers: what a node's endpoint hands out, as records, so that the endpoint, its OpenAPI description, the command
// line and offline files share one form. What an answer claims about the ledger comes with its proofs (certs/proofs.h);
// what comes without is marked as the node's own word.
//
// Thread: any; plain values. Units: Timestamps in ms of block time, unless the field says otherwise.
#pragma once

#include "certs/proofs.h"
#include "contracts/certificate.h"
#include "contracts/property.h"
#include "contracts/service_duties.h"
#include "contracts/treasury.h"
#include "ledger/query.h"

namespace kanhe::certs {

inline constexpr std::size_t headers_max = 256;
inline constexpr std::size_t explanations_max = findings_max;

// Every answer with an HTTP status of 400 and more.
struct ErrorAnswer {
  PlainText<64> code;       // for programs: the name of an ErrorCode, for example "out_of_range"
  PlainText<4096> message;  // names the field, the limit and the value
};
BOOST_DESCRIBE_STRUCT(ErrorAnswer, (), (code, message))

// Where a transaction is. `received` and `unknown` are the node's word; `recorded` is proved; `expired` follows from a
// block whose time is not below valid_until_ms, while the id is not recorded, and is the node's word as well.
enum class TransactionState : std::uint8_t { received = 1, recorded = 2, expired = 3, unknown = 4 };
BOOST_DESCRIBE_ENUM(TransactionState, received, recorded, expired, unknown)

struct TransactionAnswer {
  TransactionId transaction_id;
  TransactionState state = TransactionState::unknown;
  std::optional<RecordedTransaction> recorded;
};
BOOST_DESCRIBE_STRUCT(TransactionAnswer, (), (transaction_id, state, recorded))

// The newest finalized header, with the epochs that lead to it from the genesis.
struct HeadAnswer {
  SealedHeader newest;
  EpochChanges epochs;
};
BOOST_DESCRIBE_STRUCT(HeadAnswer, (), (newest, epochs))

struct BlockAnswer {
  SealedHeader sealed;
  std::optional<Proposal> proposal;  // absent at height 0
  EpochChanges epochs;
};
BOOST_DESCRIBE_STRUCT(BlockAnswer, (), (sealed, proposal, epochs))

struct HeadersAnswer {
  List<Header, headers_max> headers;  // ascending, without a gap
};
BOOST_DESCRIBE_STRUCT(HeadersAnswer, (), (headers))

// That the history of old_size headers is the beginning of that of new_size.
struct ConsistencyAnswer {
  std::uint64_t old_size = 0;
  std::uint64_t new_size = 0;
  LogPath path;
};
BOOST_DESCRIBE_STRUCT(ConsistencyAnswer, (), (old_size, new_size, path))

// Facts under the newest header. The general form: `facts` are those of the keys that were asked for, in their order.
struct FactsAnswer {
  HeadAnswer head;
  StateFacts facts;
};
BOOST_DESCRIBE_STRUCT(FactsAnswer, (), (head, facts))

// All that a certificate's verification needs from the ledger; with the document it makes a bundle. The facts are those
// of evidence_keys() and then of title_keys() (certs/bundle.h), each present or absent: the certificate, its batch, its
// member record, the type, the issuing department and its grant, the departments that a decision names; for a title
// certificate, the unit whose title it is, and the hold on it. Who shows a stamp (certs/stamp.h) gets those of
// stamp_signer_keys(), too.
struct CertificateAnswer {
  CertificateId id;
  HeadAnswer head;
  StateFacts facts;
  std::optional<RecordedTransaction> issued;  // the transaction that issued it (or its batch)
};
BOOST_DESCRIBE_STRUCT(CertificateAnswer, (), (id, head, facts, issued))

struct UnitLimit {
  contracts::property::LimitNumber number;
  contracts::property::Limit limit;
};
BOOST_DESCRIBE_STRUCT(UnitLimit, (), (number, limit))

// The facts: the unit or its absence, the hold on it, the unit's trace, the list of its limits, and each that is open.
struct UnitAnswer {
  UnitNumber number;
  HeadAnswer head;
  StateFacts facts;
  std::optional<contracts::property::Unit> unit;                       // what the first fact says
  List<UnitLimit, contracts::property::limits_max> limits;             // what the last facts say
};
BOOST_DESCRIBE_STRUCT(UnitAnswer, (), (number, head, facts, unit, limits))

// A part of a subject's history, from the `from`-th event on (the first is 0). The trace's record counts them all.
struct TraceAnswer {
  Subject subject;
  HeadAnswer head;
  StateFact trace;
  std::uint64_t from = 0;
  TracedEvents events;
};
BOOST_DESCRIBE_STRUCT(TraceAnswer, (), (subject, head, trace, from, events))

// The facts: the application or its absence, its service, its bill or the absence of one, its trace. The timeline is in
// `events`; more of it comes by the trace of the application.
struct ApplicationAnswer {
  ApplicationId id;
  HeadAnswer head;
  StateFacts facts;
  std::optional<contracts::service::Application> application;
  std::optional<contracts::treasury::Bill> bill;
  TracedEvents events;
};
BOOST_DESCRIBE_STRUCT(ApplicationAnswer, (), (id, head, facts, application, bill, events))

inline constexpr std::size_t duties_max = 200;  // in one answer

// A department's duties by the ids of their applications, after one of them. The facts: how many there are, then each
// that is here. All are here if they are so many; else more follow after the last one.
struct DutiesAnswer {
  DepartmentId department;
  HeadAnswer head;
  StateFacts facts;
  List<contracts::service::NumberedDuty, duties_max> duties;  // what the facts after the first say
};
BOOST_DESCRIBE_STRUCT(DutiesAnswer, (), (department, head, facts, duties))

inline constexpr std::size_t reads_max = 500;  // in one answer

// Who read something about a party at this node. Of what was asked it says only what concerns this party: the ids of
// other parties, and keys of other records, are not for it.
struct PartyRead {
  std::uint64_t number = 0;
  Timestamp time_ms;  // of the node's clock
  std::optional<DepartmentId> department;  // absent: a party, with its own key
  PurposeCode purpose;
  PlainText<96> what;  // the name of the route, and the unit, application or certificate that was asked for
};
BOOST_DESCRIBE_STRUCT(PartyRead, (), (number, time_ms, department, purpose, what))

// The reads of a party from a number on; what comes afterwards has higher numbers. The node's word.
struct ReadsAnswer {
  PartyId party;
  List<PartyRead, reads_max> reads;
};
BOOST_DESCRIBE_STRUCT(ReadsAnswer, (), (party, reads))

inline constexpr std::size_t acts_max = 500;  // in one answer

// A transaction that a person signed, as an officer, by a machine of theirs, or as a party. It proves itself by its id.
struct SignedAct {
  std::uint64_t number = 0;
  Height height;
  std::uint32_t index = 0;  // within the block
  TransactionId transaction_id;
  Timestamp time_ms;  // of the block
  std::optional<DepartmentId> department;  // of whose officer the key was; absent: a party's
  PlainText<64> method;  // "service.review"
  bool succeeded = false;
};
BOOST_DESCRIBE_STRUCT(SignedAct, (), (number, height, index, transaction_id, time_ms, department, method, succeeded))

// What a person signed, from a number on; all of it up to a height, which is the node's word.
struct ActsAnswer {
  PartyId person;
  List<SignedAct, acts_max> acts;
  Height complete_to;
  Height newest;  // while it is higher, ask again: the node goes on looking with each question
};
BOOST_DESCRIBE_STRUCT(ActsAnswer, (), (person, acts, complete_to, newest))

// Events of all blocks in their order. The cursor is the place after the last event that was looked at; the client
// keeps it and comes back with it. The node's word.
struct EventsAnswer {
  TracedEvents events;
  EventPosition next;
};
BOOST_DESCRIBE_STRUCT(EventsAnswer, (), (events, next))

struct HealthAnswer {
  bool ok = false;
  Height height;
  PlainText<256> reason;  // empty when ok
};
BOOST_DESCRIBE_STRUCT(HealthAnswer, (), (ok, height, reason))

}  // namespace kanhe::certs
