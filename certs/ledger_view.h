// LedgerView: what proved facts say about one certificate, as records.
//
// The facts come from a stranger's file: each is checked under the state root before it is read, and a record that does
// not read is an error, never the end of the process.
//
// Thread: any; plain values. Errors: bad_proof (a fact does not hold), unknown (facts are missing; the text says how
// many), unsupported (a record of a version that this program does not know), conflict (issue transaction and record
// differ).
#pragma once

#include "certs/bundle.h"
#include "contracts/governance.h"

namespace kanhe::certs {

struct LedgerView {
  // One of them, or neither.
  std::optional<contracts::certificate::Certificate> certificate;  // issued alone
  std::optional<contracts::certificate::Batch> batch;              // that the bundle's place names
  std::optional<contracts::certificate::BatchKey> batch_key;       // with `batch`
  std::optional<contracts::certificate::Member> member;            // with `batch`: its own standing has changed
  bool lies_in_batch = false;                                      // the serial begins with some batch's prefix
  std::optional<DepartmentId> owner;                               // whose credit code the identifier names
  std::optional<contracts::certificate::CertificateType> type;
  std::optional<contracts::certificate::Grant> grant;              // of the issuing department
  std::optional<contracts::governance::Department> department;     // the issuing one
  std::optional<Timestamp> compromised_ms;                         // its issuing key was in other hands from then on
  std::optional<contracts::certificate::TypeSchema> schema;            // of its day; absent: the type had none

  bool holds() const { return certificate || batch; }
  // Requires, for the following: holds().
  const DepartmentId& issuer() const { return certificate ? certificate->department : batch->department; }
  Timestamp issued_ms() const { return certificate ? certificate->issued_ms : batch->issued_ms; }
  const PublicKey& issued_by() const { return certificate ? certificate->issued_by : batch->issued_by; }
  std::uint16_t schema_edition() const { return certificate ? certificate->schema : batch->schema; }
  contracts::certificate::Standing standing() const;
  // The record behind standing(): the certificate's or member's own, or its batch's.
  contracts::certificate::StandingRecord standing_record() const;
};

// Whether every fact holds under the root. Errors: bad_proof.
Result<void> check_facts(std::span<const StateFact> facts, const StateRoot& root);

// Requires: check_facts() accepted the facts. Errors: unknown, unsupported.
Result<LedgerView> read_ledger_view(std::span<const StateFact> facts, const CertificateId& id,
                                    const std::optional<BatchPlace>& place);

// The record of a department, where a fact holds one that reads.
std::optional<contracts::governance::Department> find_department(std::span<const StateFact> facts,
                                                                 const DepartmentId& id);

// A department as it is known to a verifier; the names are empty when only the short name is.
struct NamedDepartment {
  DepartmentId id;
  PlainText<96> name_zh;
  PlainText<96> name_en;
};
BOOST_DESCRIBE_STRUCT(NamedDepartment, (), (id, name_zh, name_en))

// By its record, or else by the genesis.
NamedDepartment named_department(const Genesis& genesis, std::span<const StateFact> facts, const DepartmentId& id);

// Whose key signed a stamp. Neither of both: nobody's that this ledger knows.
struct StampSignerView {
  std::optional<contracts::governance::Officer> officer;     // or a machine
  std::optional<contracts::governance::PartyKey> party_key;
  std::optional<Timestamp> compromised_ms;                   // it was in other hands from then on
};
// Requires: check_facts() accepted the facts. Errors: unknown, unsupported.
Result<StampSignerView> read_stamp_signer(std::span<const StateFact> facts, const PublicKey& key);

// Whether the recorded transaction is the one that issued it: it succeeded, at the record's time, with the event.
// Requires: check_recorded() accepted it; view.holds(). Errors: conflict.
Result<void> check_issue(const LedgerView& view, const CertificateId& id, const RecordedTransaction& issued);

// What the register says of the unit whose title a certificate is, or should be.
struct TitleView {
  std::optional<UnitNumber> unit;                        // absent: the facts and the document name none
  std::optional<contracts::property::Unit> record;       // absent: the register has no such unit
  bool held = false;                                     // a live application holds the unit
  std::map<contracts::property::LimitKind, std::size_t> limits;  // open ones, of each kind that there is
};
// `unit_text` is the document's own unit number, empty when it shows none: the facts must then hold a unit whose title
// the certificate is. Requires: check_facts() accepted the facts. Errors: unknown, unsupported, malformed (the text).
Result<TitleView> read_title_view(std::span<const StateFact> facts, const CertificateId& id,
                                  std::string_view unit_text);

}  // namespace kanhe::certs
