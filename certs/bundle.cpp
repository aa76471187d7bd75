#include "certs/bundle.h"

#include "contracts/governance.h"
#include "ledger/json.h"

namespace kanhe::certs {

using namespace contracts::certificate;
namespace governance = contracts::governance;
namespace property = contracts::property;
namespace service = contracts::service;

// ---------------------------------------------------------------------------------------------------------------------
// The file

Result<Bundle> read_bundle(std::string_view json) {
  if (json.size() > bundle_bytes_max) {
    return fail(ErrorCode::out_of_range, "bundle: ", json.size(), " bytes, must be at most ", bundle_bytes_max);
  }
  return from_json<Bundle>(json);
}

std::string write_bundle(const Bundle& bundle) { return to_json(bundle, JsonLayout::indented) + "\n"; }

Result<void> refresh(Bundle& bundle, CertificateAnswer answer) {
  if (answer.id != bundle.document.id) {
    return fail(ErrorCode::conflict, "refresh: the answer is about ", answer.id.str(), ", the bundle about ",
                bundle.document.id.str());
  }
  if (answer.head.newest.header.chain_id != bundle.chain_id) {
    return fail(ErrorCode::conflict, "refresh: the answer is of another network than the bundle");
  }
  bundle.evidence = Evidence{std::move(answer.head), std::move(answer.facts), std::move(answer.issued)};
  return {};
}

Result<Bundle> disclose(const Bundle& bundle, std::span<const FieldPath> paths, HolderDisclosure holder) {
  if (bundle.stamp) {
    return fail(ErrorCode::conflict, "disclose: this is a stamped copy; ask who gave it for one with fewer fields");
  }
  Bundle copy = bundle;
  copy.document = TRY(disclose(bundle.document, paths, holder));
  return copy;
}

Result<Bundle> stamped_copy(const Bundle& bundle, SignatureScheme scheme, const SecretKey& key, StampTerms terms) {
  if (bundle.stamp) {
    return fail(ErrorCode::conflict, "stamp: this is a stamped copy already; ask who gave it for another");
  }
  Bundle copy = bundle;
  copy.stamp = TRY(sign_stamp(scheme, key, bundle.chain_id, bundle.document, std::move(terms)));
  return copy;
}

// ---------------------------------------------------------------------------------------------------------------------
// What evidence consists of

namespace {

// A record, or nothing where there is none or none that reads: facts come from outside.
template <class Key, class Record>
std::optional<Record> read(const StateReader& state, const Table<Key, Record>& table, const Key& key) {
  const auto bytes = state.get(table.key_of(key));
  if (!bytes) return std::nullopt;
  auto record = decode<Record>(*bytes);
  if (!record) return std::nullopt;
  return std::move(record).value();
}

// Keys in the order in which they were first named.
class KeyList {
 public:
  void add(Bytes key) {
    if (std::ranges::find(keys_, key) == keys_.end()) keys_.push_back(std::move(key));
  }
  std::vector<Bytes> take() { return std::move(keys_); }

 private:
  std::vector<Bytes> keys_;
};

void add_standing(KeyList& keys, const StandingRecord& standing) {
  if (!standing.change) return;
  keys.add(governance::departments.key_of(standing.change->decision.decided_by));
  keys.add(governance::departments.key_of(standing.change->recorded_by));
}

void add_issuer(KeyList& keys, const TypeCode& type, const DepartmentId& department) {
  keys.add(grants.key_of({type, department}));
  keys.add(governance::departments.key_of(department));
}

// Of a certificate or a batch.
template <class Record>
void add_issue(KeyList& keys, const TypeCode& type, const Record& record) {
  add_issuer(keys, type, record.department);
  keys.add(governance::compromised_keys.key_of(record.issued_by));
  if (record.schema != 0) keys.add(schemas.key_of({type, record.schema}));
  add_standing(keys, record.standing);
}

}  // namespace

std::vector<BatchKey> candidate_batches(const CertificateKey& key, const BatchPrefixes& prefixes) {
  const std::string_view padded_serial = as_text(key.serial.view());
  const std::string_view serial = padded_serial.substr(0, padded_serial.find('\0'));
  std::vector<BatchKey> candidates;
  for (std::size_t length = 1; length <= std::min(serial.size(), SerialPrefix::bytes_max); ++length) {
    if ((prefixes.lengths >> length & 1) == 0) continue;
    candidates.push_back({key.type, key.issuer, padded(serial.substr(0, length))});
  }
  return candidates;
}

std::vector<Bytes> evidence_keys(const StateReader& state, const CertificateId& id) {
  const auto key = certificate_key_of(id);
  if (!key) return {};
  KeyList keys;
  keys.add(certificates.key_of(*key));
  keys.add(batch_prefixes.key_of({key->type, key->issuer}));
  keys.add(members.key_of(*key));
  keys.add(types.key_of(key->type));
  // Who is about to issue a certificate asks for it too, and learns what its document has to hold.
  if (const auto type = read(state, types, key->type); type && type->schema != 0) {
    keys.add(schemas.key_of({key->type, type->schema}));
  }
  keys.add(governance::credit_codes.key_of(key->issuer));
  if (const auto owner = read(state, governance::credit_codes, key->issuer)) {
    add_issuer(keys, key->type, owner->department);
  }
  if (const auto certificate = read(state, certificates, *key)) {
    add_issue(keys, key->type, *certificate);
  }
  const auto prefixes = read(state, batch_prefixes, IssuerOfType{key->type, key->issuer});
  for (const BatchKey& candidate : candidate_batches(*key, prefixes.value_or(BatchPrefixes{}))) {
    keys.add(batches.key_of(candidate));
    if (const auto batch = read(state, batches, candidate)) add_issue(keys, key->type, *batch);
  }
  if (const auto member = read(state, members, *key)) add_standing(keys, member->standing);
  return keys.take();
}

std::vector<Bytes> title_keys(const StateReader& state, const CertificateId& id) {
  const auto key = certificate_key_of(id);
  if (!key) return {};
  const auto certificate = read(state, certificates, *key);
  if (!certificate || !certificate->application) return {};
  const auto application = read(state, service::applications, *certificate->application);
  if (!application) return {};
  // Of an application for several units the one whose title it is; of an overtaken one, the first.
  const std::vector<UnitNumber> titled = property::titled_units_of(application->acts);
  if (titled.empty()) return {};
  const auto is_its_title = [&](const UnitNumber& number) {
    const auto record = read(state, property::units, number);
    return record && record->title == id;
  };
  const auto found = std::ranges::find_if(titled, is_its_title);
  const UnitNumber& unit = found == titled.end() ? titled.front() : *found;
  return {property::units.key_of(unit), property::holds.key_of(unit), property::limit_lists.key_of(unit)};
}

std::vector<Bytes> stamp_signer_keys(const StateReader& state, const PublicKey& key) {
  KeyList keys;
  keys.add(governance::officers.key_of(key));
  keys.add(governance::party_keys.key_of(key));
  keys.add(governance::compromised_keys.key_of(key));
  if (const auto officer = read(state, governance::officers, key)) {
    keys.add(governance::departments.key_of(officer->department));
  }
  if (const auto party_key = read(state, governance::party_keys, key)) {
    keys.add(governance::departments.key_of(party_key->registered_by));
  }
  return keys.take();
}

std::optional<Bytes> FactReader::get(ByteView state_key) const {
  const StateFact* const fact = find_fact(facts_, state_key);
  if (fact == nullptr) {
    missing_.push_back(to_bytes(state_key));
    return std::nullopt;
  }
  if (!fact->value) return std::nullopt;
  return fact->value->bytes();
}

std::optional<StateEntry> FactReader::next(ByteView, ByteView) const {
  CHECK(false);
  return std::nullopt;
}

}  // namespace kanhe::certs
