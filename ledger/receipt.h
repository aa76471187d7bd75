// Receipt: what a transaction did, in codes.
//
// A receipt is part of consensus, so it holds no sentence in any language: a better wording would fork the chain.
// Readers make Chinese and English from the codes (contracts/codes.h names them). A refused transaction has a receipt
// too; it lists every finding, not the first, and changes nothing else.
//
// The receipt tree of a block has one leaf more than the transaction tree: leaf 0 is the *system receipt*, with the
// events of the due entries that the block ran before its transactions; leaf i + 1 belongs to transaction i.
//
// Thread: any; plain values. Limits: each list and each event's data have theirs, below; how many bytes of events one
// transaction may emit is the contract host's to count.
#pragma once

#include <optional>

#include "ledger/identifiers.h"
#include "ledger/schema.h"
#include "ledger/transaction.h"

namespace kanhe {

inline constexpr std::size_t event_bytes_max = 16'384;
inline constexpr std::size_t events_max = 4'096;
inline constexpr std::size_t subjects_max = 8;
inline constexpr std::size_t findings_max = 64;
inline constexpr std::size_t return_bytes_max = 4'096;

// What an event is about. The histories of subjects are kept and proved one by one (design: Trace).
struct CertificateSubject {
  static constexpr VariantTag variant_tag{1, "certificate"};
  CertificateId id;
  friend auto operator<=>(const CertificateSubject&, const CertificateSubject&) = default;
};
BOOST_DESCRIBE_STRUCT(CertificateSubject, (), (id))

struct UnitSubject {
  static constexpr VariantTag variant_tag{2, "unit"};
  UnitNumber id;
  friend auto operator<=>(const UnitSubject&, const UnitSubject&) = default;
};
BOOST_DESCRIBE_STRUCT(UnitSubject, (), (id))

struct ApplicationSubject {
  static constexpr VariantTag variant_tag{3, "application"};
  ApplicationId id;
  friend auto operator<=>(const ApplicationSubject&, const ApplicationSubject&) = default;
};
BOOST_DESCRIBE_STRUCT(ApplicationSubject, (), (id))

struct PartySubject {
  static constexpr VariantTag variant_tag{4, "party"};
  PartyId id;
  friend auto operator<=>(const PartySubject&, const PartySubject&) = default;
};
BOOST_DESCRIBE_STRUCT(PartySubject, (), (id))

struct DepartmentSubject {
  static constexpr VariantTag variant_tag{5, "department"};
  DepartmentId id;
  friend auto operator<=>(const DepartmentSubject&, const DepartmentSubject&) = default;
};
BOOST_DESCRIBE_STRUCT(DepartmentSubject, (), (id))

struct MotionSubject {
  static constexpr VariantTag variant_tag{6, "motion"};
  MotionNumber id;
  friend auto operator<=>(const MotionSubject&, const MotionSubject&) = default;
};
BOOST_DESCRIBE_STRUCT(MotionSubject, (), (id))

using Subject = std::variant<CertificateSubject, UnitSubject, ApplicationSubject, PartySubject, DepartmentSubject,
                             MotionSubject>;

// Errors: malformed, unless the text is two identifiers joined by a dot, for example "certificate.issued".
Result<void> check_event_name(std::string_view text);

struct EventNameTag {
  static constexpr std::size_t bytes_min = 3;
  static constexpr std::size_t bytes_max = 65;
  static constexpr Label label{"EventName", "事件名称", "module and name of an event"};
  static Result<void> check(std::string_view text) { return check_event_name(text); }
};
using EventName = Text<EventNameTag>;

struct Event {
  EventName name;
  SortedList<Subject, subjects_max> subjects;
  Blob<event_bytes_max> data;  // canonical encoding of the event's own record

  friend bool operator==(const Event&, const Event&) = default;
};
BOOST_DESCRIBE_STRUCT(Event, (), (name, subjects, data))

// One reason of a refusal. Zero means "does not apply" in every number.
struct Finding {
  std::uint16_t code = 0;   // contracts/codes.h
  std::uint16_t rule = 0;   // a registration rule: 7 is R07
  std::uint16_t field = 0;  // position of a field in the method's argument record, from 1
  std::uint64_t limit = 0;
  std::uint64_t value = 0;
  std::optional<Subject> subject;  // what stands in the way

  friend bool operator==(const Finding&, const Finding&) = default;
};
BOOST_DESCRIBE_STRUCT(Finding, (), (code, rule, field, limit, value, subject))

struct Succeeded {
  static constexpr VariantTag variant_tag{1, "succeeded"};
  friend auto operator<=>(const Succeeded&, const Succeeded&) = default;
};
BOOST_DESCRIBE_STRUCT(Succeeded, (), ())

struct Refused {
  static constexpr VariantTag variant_tag{2, "refused"};
  List<Finding, findings_max> findings;  // never empty
  friend bool operator==(const Refused&, const Refused&) = default;
};
BOOST_DESCRIBE_STRUCT(Refused, (), (findings))

using Outcome = std::variant<Succeeded, Refused>;

struct Receipt {
  FormatVersion<1> version;
  TransactionId transaction_id;  // all zero in a system receipt
  Outcome outcome;
  List<Event, events_max> events;  // empty when refused
  Blob<return_bytes_max> return_value;

  friend bool operator==(const Receipt&, const Receipt&) = default;
};
BOOST_DESCRIBE_STRUCT(Receipt, (), (version, transaction_id, outcome, events, return_value))

inline bool succeeded(const Receipt& receipt) { return std::holds_alternative<Succeeded>(receipt.outcome); }

// Where an event stands in the ledger: block, leaf of its receipt tree, position within that receipt.
struct EventPosition {
  Height height;
  std::uint32_t receipt = 0;
  std::uint32_t event = 0;
  friend auto operator<=>(const EventPosition&, const EventPosition&) = default;
};
BOOST_DESCRIBE_STRUCT(EventPosition, (), (height, receipt, event))

// A receipt with its canonical bytes, so that they are made once. Requires: bytes are encode(receipt).
struct EncodedReceipt {
  Receipt receipt;
  Bytes bytes;
};

// One step of a subject's history: head(n) = tagged hash (Tag::trace) of the canonical TraceLink. The head before the
// first event is all zero. State keeps, per subject, how many events there are and the newest head, so that a history
// handed out with the proof of that record can be checked to be complete.
struct TraceLink {
  FormatVersion<1> version;
  TraceHead previous;
  EventPosition position;
  Hash256 event_hash;  // SHA-256 of the canonical Event
};
BOOST_DESCRIBE_STRUCT(TraceLink, (), (version, previous, position, event_hash))

TraceHead head_after(const TraceLink& link);
TraceHead extend_trace(const TraceHead& head, const EventPosition& position, const Event& event);

}  // namespace kanhe
