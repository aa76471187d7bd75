#include "node/concerned.h"

#include "contracts/governance.h"
#include "contracts/service_package.h"
#include "contracts/sharing_mandates.h"
#include "ledger/codec.h"

namespace kanhe::node {

namespace {

namespace property = contracts::property;
namespace service = contracts::service;
namespace sharing = contracts::sharing;
namespace treasury = contracts::treasury;

void add(Concerned& concerned, const PartyId& party) {
  const bool known = std::ranges::find(concerned, party) != concerned.end();
  if (!known && !concerned.full()) concerned.push_back(party);
}

void add_of(Concerned& concerned, const property::Unit& unit) {
  for (const property::Holder& holder : unit.holders) add(concerned, holder.party);
}
void add_of(Concerned& concerned, const property::Limit& limit) {
  if (const auto party = property::party_of(limit.burden)) add(concerned, *party);
  const auto* const guardianship = std::get_if<property::Guardianship>(&limit.burden);
  if (guardianship != nullptr) add(concerned, guardianship->guardian);
}
void add_of(Concerned& concerned, const service::PackageCase& one) {
  for (const PartyId& party : one.applicants) add(concerned, party);
}
void add_of(Concerned& concerned, const treasury::Bill& bill) {
  for (const PartyId& party : bill.parties) add(concerned, party);
}
void add_of(Concerned& concerned, const contracts::governance::PartyKey& key) { add(concerned, key.party); }
void add_of(Concerned& concerned, const service::Application& application) {
  for (const PartyId& party : application.applicants) add(concerned, party);
  for (const PartyId& party : property::parties_of(application.acts)) add(concerned, party);
  if (application.agent) add(concerned, *application.agent);
}
void add_of(Concerned& concerned, const sharing::ConsentToUse& consent) { add(concerned, consent.party); }
void add_of(Concerned& concerned, const sharing::Question& question) { add(concerned, question.party); }
void add_of(Concerned& concerned, const sharing::Mandate& mandate) {
  add(concerned, mandate.principal);
  add(concerned, mandate.agent);
}

void add_holders(Concerned& concerned, const StateReader& state, const UnitNumber& number) {
  if (const auto unit = property::units.get(state, number)) add_of(concerned, *unit);
}

bool is_of(TableId table, ByteView key) {
  const Bytes prefix = state_key(table, {});
  return key.size() > prefix.size() && equal(key.first(prefix.size()), prefix);
}

// Whether the fact is of the table; then its record, if it has one that reads, says whom it is about.
template <class Key, class Record>
bool take(Concerned& concerned, const Table<Key, Record>& table, const certs::StateFact& fact) {
  if (!is_of(table.id, fact.key.view())) return false;
  if (fact.value) {
    if (const auto record = decode<Record>(fact.value->view())) add_of(concerned, *record);
  }
  return true;
}

// The key of what is held ends with the party's id: asking whether something is held concerns it already.
bool take_held(Concerned& concerned, const certs::StateFact& fact) {
  if (!is_of(sharing::held_items.id, fact.key.view())) return false;
  const ByteView key = fact.key.view();
  if (key.size() < PartyId::size) return true;
  if (const auto party = PartyId::from(key.last(PartyId::size))) add(concerned, *party);
  return true;
}

// A unit number stands in the key with its length before it, big-endian.
std::optional<UnitNumber> unit_in(ByteView key, TableId table) {
  if (!is_of(table, key)) return std::nullopt;
  const ByteView rest = key.subspan(state_key(table, {}).size());
  constexpr std::size_t length_bytes = 4;
  if (rest.size() < length_bytes) return std::nullopt;
  const std::size_t length = std::size_t{rest[2]} << 8 | rest[3];
  if (rest[0] != 0 || rest[1] != 0 || rest.size() < length_bytes + length) return std::nullopt;
  auto number = UnitNumber::from(as_text(rest.subspan(length_bytes, length)));
  if (!number) return std::nullopt;
  return std::move(number).value();
}

}  // namespace

void add_concerned(Concerned& concerned, const StateReader& state, std::span<const certs::StateFact> facts) {
  for (const certs::StateFact& fact : facts) {
    [[maybe_unused]] const bool known =
        take(concerned, property::units, fact) || take(concerned, property::limits, fact) ||
        take(concerned, service::applications, fact) || take(concerned, service::package_cases, fact) ||
        take(concerned, treasury::bills, fact) || take(concerned, contracts::governance::party_keys, fact) ||
        take(concerned, sharing::consents, fact) || take(concerned, sharing::questions, fact) ||
        take(concerned, sharing::mandates, fact) || take_held(concerned, fact);
    for (const TableId table : {property::holds.id, property::limits.id, property::limit_lists.id}) {
      if (const auto number = unit_in(fact.key.view(), table)) add_holders(concerned, state, *number);
    }
  }
}

void add_concerned(Concerned& concerned, const StateReader& state, const Subject& subject) {
  if (const auto* const party = std::get_if<PartySubject>(&subject)) add(concerned, party->id);
  if (const auto* const unit = std::get_if<UnitSubject>(&subject)) add_holders(concerned, state, unit->id);
  const auto* const of = std::get_if<ApplicationSubject>(&subject);
  if (of == nullptr) return;
  if (const auto application = service::applications.get(state, of->id)) add_of(concerned, *application);
  if (const auto package = service::package_cases.get(state, of->id)) add_of(concerned, *package);
}

void add_concerned(Concerned& concerned, std::span<const certs::TracedEvent> events) {
  for (const certs::TracedEvent& event : events) {
    for (const Subject& subject : event.event.subjects) {
      if (const auto* const party = std::get_if<PartySubject>(&subject)) add(concerned, party->id);
    }
  }
}

}  // namespace kanhe::node
