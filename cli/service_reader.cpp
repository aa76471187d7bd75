#include "cli/service_reader.h"

#include "ledger/codec.h"

namespace kanhe::cli {

namespace service = contracts::service;
namespace sharing = contracts::sharing;

namespace {

constexpr std::size_t facts_at_once = 16;

template <class Record>
Result<std::optional<Record>> read_one(Client& client, const Bytes& key) {
  const certs::FactsAnswer answer = TRY(client.facts({key}));
  if (!answer.facts[0].value) return std::optional<Record>();
  return std::optional<Record>(TRY(decode<Record>(answer.facts[0].value->view())));
}

}  // namespace

Result<std::optional<service::Service>> NodeServiceReader::service(const service::ServiceCode& code) {
  return read_one<service::Service>(client_, service::services.key_of(code));
}

Result<std::optional<service::Package>> NodeServiceReader::package(const service::PackageCode& code) {
  return read_one<service::Package>(client_, service::packages.key_of(code));
}

Result<std::optional<ServedApplication>> NodeServiceReader::application(const ApplicationId& id) {
  const certs::ApplicationAnswer answer = TRY(client_.application(id));
  if (!answer.application) return std::optional<ServedApplication>();
  auto of = TRY(service(answer.application->service));
  if (!of) return std::optional<ServedApplication>();
  return std::optional<ServedApplication>({*answer.application, std::move(*of)});
}

Result<bool> NodeServiceReader::is_held(const sharing::ItemCode& item, std::span<const PartyId> parties) {
  const Timestamp now = wall_now();
  for (std::size_t begin = 0; begin < parties.size(); begin += facts_at_once) {
    std::vector<Bytes> keys;
    for (const PartyId& party : parties.subspan(begin, std::min(facts_at_once, parties.size() - begin))) {
      keys.push_back(sharing::held_items.key_of({item, party}));
    }
    const certs::FactsAnswer answer = TRY(client_.facts(keys));
    for (const certs::StateFact& fact : answer.facts) {
      if (!fact.value) return false;
      const auto held = TRY(decode<sharing::HeldItem>(fact.value->view()));
      if (held.valid_until_ms && *held.valid_until_ms <= now) return false;
    }
  }
  return !parties.empty();
}

Result<std::vector<NamedService>> services_of(ServiceReader& reader, const service::Package& package) {
  std::vector<NamedService> all;
  for (const service::ServiceCode& code : package.services) {
    auto one = TRY(reader.service(code));
    if (!one) return fail(ErrorCode::unknown, "there is no service ", code.view());
    all.push_back({code, std::move(*one)});
  }
  return all;
}

}  // namespace kanhe::cli
