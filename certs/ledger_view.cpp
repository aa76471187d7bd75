#include "certs/ledger_view.h"

#include "ledger/codec.h"

namespace kanhe::certs {

using namespace contracts::certificate;
namespace governance = contracts::governance;
namespace property = contracts::property;

namespace {

template <class Record>
Result<std::optional<Record>> read(const StateFact& fact) {
  if (!fact.value) return std::optional<Record>{};
  auto record = decode<Record>(*fact.value);
  if (!record) return fail(ErrorCode::unsupported, record.error().text);
  return std::optional<Record>(std::move(record).value());
}

template <class Key, class Record>
Result<std::optional<Record>> read(std::span<const StateFact> facts, const Table<Key, Record>& table, const Key& key) {
  const StateFact* const fact = find_fact(facts, table.key_of(key));
  if (fact == nullptr) return fail(ErrorCode::unknown, "1");
  return read<Record>(*fact);
}

// How many of the keys that the evidence must have are not there.
std::size_t missing_count(std::span<const StateFact> facts, const std::vector<Bytes>& keys) {
  return static_cast<std::size_t>(
      std::ranges::count_if(keys, [&](const Bytes& key) { return find_fact(facts, key) == nullptr; }));
}

// Whether there is a batch whose prefix the serial begins with.
Result<bool> lies_in_batch(std::span<const StateFact> facts, const CertificateKey& key) {
  const auto prefixes = TRY(read(facts, batch_prefixes, IssuerOfType{key.type, key.issuer}));
  for (const BatchKey& candidate : candidate_batches(key, prefixes.value_or(BatchPrefixes{}))) {
    if (TRY(read(facts, batches, candidate))) return true;
  }
  return false;
}

Result<void> read_batch(std::span<const StateFact> facts, const CertificateKey& key, const BatchPlace& place,
                        LedgerView& view) {
  const BatchKey batch_key{key.type, key.issuer, padded(place.prefix.view())};
  const StateFact* const fact = find_fact(facts, batches.key_of(batch_key));
  // The prefix lengths are proved, so a batch that is not among the keys does not exist.
  if (fact == nullptr) return {};
  view.batch = TRY(read<Batch>(*fact));
  if (!view.batch) return {};
  view.batch_key = batch_key;
  view.member = TRY(read(facts, members, key));
  return {};
}

}  // namespace

// ---------------------------------------------------------------------------------------------------------------------
// The certificate

Standing LedgerView::standing() const {
  if (certificate) return certificate->standing.standing;
  const Standing own = member ? member->standing.standing : Standing::issued;
  return more_final(own, batch->standing.standing);
}

StandingRecord LedgerView::standing_record() const {
  if (certificate) return certificate->standing;
  const StandingRecord own = member ? member->standing : StandingRecord{};
  const bool says_more = own.standing != Standing::issued || own.change;
  return own.standing == standing() && says_more ? own : batch->standing;
}

Result<void> check_facts(std::span<const StateFact> facts, const StateRoot& root) {
  for (const StateFact& fact : facts) TRY(check_fact(fact, root));
  return {};
}

Result<LedgerView> read_ledger_view(std::span<const StateFact> facts, const CertificateId& id,
                                    const std::optional<BatchPlace>& place) {
  const auto key = certificate_key_of(id);
  if (!key) return LedgerView{};
  const FactReader reader(facts);
  if (const std::size_t missing = missing_count(facts, evidence_keys(reader, id)); missing > 0) {
    return fail(ErrorCode::unknown, missing);
  }
  LedgerView view;
  view.certificate = TRY(read(facts, certificates, *key));
  if (!view.certificate && place) TRY(read_batch(facts, *key, *place, view));
  view.lies_in_batch = TRY(lies_in_batch(facts, *key));
  if (const auto owner = TRY(read(facts, governance::credit_codes, key->issuer))) view.owner = owner->department;
  view.type = TRY(read(facts, types, key->type));
  if (!view.holds()) return view;
  view.grant = TRY(read(facts, grants, GrantKey{key->type, view.issuer()}));
  view.department = TRY(read(facts, governance::departments, view.issuer()));
  const auto compromised = TRY(read(facts, governance::compromised_keys, view.issued_by()));
  if (compromised) view.compromised_ms = compromised->since_ms;
  if (view.schema_edition() != 0) view.schema = TRY(read(facts, schemas, SchemaKey{key->type, view.schema_edition()}));
  return view;
}

std::optional<governance::Department> find_department(std::span<const StateFact> facts, const DepartmentId& id) {
  auto record = read(facts, governance::departments, id);
  return record ? std::move(record).value() : std::nullopt;
}

NamedDepartment named_department(const Genesis& genesis, std::span<const StateFact> facts, const DepartmentId& id) {
  if (const auto record = find_department(facts, id)) return {id, record->name_zh, record->name_en};
  for (const GenesisDepartment& department : genesis.departments) {
    if (department.id == id) return {id, department.name_zh, department.name_en};
  }
  return {id, {}, {}};
}

Result<StampSignerView> read_stamp_signer(std::span<const StateFact> facts, const PublicKey& key) {
  const FactReader reader(facts);
  if (const std::size_t missing = missing_count(facts, stamp_signer_keys(reader, key)); missing > 0) {
    return fail(ErrorCode::unknown, missing);
  }
  StampSignerView view;
  view.officer = TRY(read(facts, governance::officers, key));
  view.party_key = TRY(read(facts, governance::party_keys, key));
  const auto compromised = TRY(read(facts, governance::compromised_keys, key));
  if (compromised) view.compromised_ms = compromised->since_ms;
  return view;
}

// ---------------------------------------------------------------------------------------------------------------------
// The transaction that issued it

namespace {

bool is_issue(const Event& event, const LedgerView& view, const CertificateId& id) {
  const auto names = [&](const CertificateSubject& subject) {
    return std::ranges::binary_search(event.subjects, Subject(subject));
  };
  if (view.certificate) {
    if (event.name.view() != Issued::event_name || !names({id})) return false;
    const auto data = decode<Issued>(event.data);
    return data && data->department == view.certificate->department;
  }
  if (event.name.view() != BatchIssued::event_name || !names(batch_subject(*view.batch_key))) return false;
  const auto data = decode<BatchIssued>(event.data);
  return data && data->department == view.batch->department && data->root == view.batch->root &&
         data->count == view.batch->count;
}

}  // namespace

Result<void> check_issue(const LedgerView& view, const CertificateId& id, const RecordedTransaction& issued) {
  if (!succeeded(issued.receipt)) return fail(ErrorCode::conflict, "it was refused");
  if (issued.block.sealed.header.timestamp_ms != view.issued_ms()) {
    return fail(ErrorCode::conflict, "it was recorded at another time than the certificate");
  }
  const auto found = std::ranges::any_of(
      issued.receipt.events, [&](const Event& event) { return is_issue(event, view, id); });
  if (!found) return fail(ErrorCode::conflict, "none of its events issues this certificate");
  return {};
}

// ---------------------------------------------------------------------------------------------------------------------
// The register

namespace {

// The unit number behind a state key of the units' table, if it is one: u32 length, then the text.
std::optional<UnitNumber> unit_of_key(ByteView key) {
  const Bytes begin = state_key(property::units.id, {});
  constexpr std::size_t length_bytes = 4;
  if (key.size() <= begin.size() + length_bytes || !equal(key.first(begin.size()), begin)) return std::nullopt;
  auto number = UnitNumber::from(as_text(key.subspan(begin.size() + length_bytes)));
  if (!number || !equal(property::units.key_of(*number), key)) return std::nullopt;
  return std::move(number).value();
}

// The unit whose title the facts show the certificate to be.
std::optional<UnitNumber> unit_with_title(std::span<const StateFact> facts, const CertificateId& id) {
  for (const StateFact& fact : facts) {
    auto number = unit_of_key(fact.key);
    if (!number || !fact.value) continue;
    const auto unit = decode<property::Unit>(*fact.value);
    if (unit && unit->title == id) return number;
  }
  return std::nullopt;
}

}  // namespace

Result<TitleView> read_title_view(std::span<const StateFact> facts, const CertificateId& id,
                                  std::string_view unit_text) {
  TitleView view;
  view.unit = unit_with_title(facts, id);
  if (!unit_text.empty()) view.unit = TRY(UnitNumber::from(unit_text));
  if (!view.unit) return view;
  view.record = TRY(read(facts, property::units, *view.unit));
  view.held = TRY(read(facts, property::holds, *view.unit)).has_value();
  if (const auto list = TRY(read(facts, property::limit_lists, *view.unit))) {
    for (const property::OpenLimit& open : list->open) ++view.limits[open.kind];
  }
  return view;
}

}  // namespace kanhe::certs
