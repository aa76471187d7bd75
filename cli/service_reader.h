// Service reader: what the ledger says of services: for who asks a person for what one needs, shows a definition, or
// says what a refusal is about. A definition never changes, so that what was read once holds for good.
//
// Thread: one. Errors: those of Client, handed on: who asks may well do without. Everything is proved.
#pragma once

#include <functional>
#include <optional>
#include <span>

#include "cli/client.h"
#include "contracts/service_package.h"

namespace kanhe::cli {

struct NamedService {
  contracts::service::ServiceCode code;
  contracts::service::Service service;
};

// An application, and the service that it is of.
struct ServedApplication {
  contracts::service::Application application;
  contracts::service::Service service;
};

class ServiceReader {
 public:
  virtual ~ServiceReader() = default;
  // Absent: the ledger has none.
  virtual Result<std::optional<contracts::service::Service>> service(const contracts::service::ServiceCode& code) = 0;
  virtual Result<std::optional<contracts::service::Package>> package(const contracts::service::PackageCode& code) = 0;
  virtual Result<std::optional<ServedApplication>> application(const ApplicationId& id) = 0;
  // Whether the item's source holds it of every one of the parties, now.
  virtual Result<bool> is_held(const contracts::sharing::ItemCode& item, std::span<const PartyId> parties) = 0;
};

// By a node. Lifetime: the client outlives it.
class NodeServiceReader : public ServiceReader {
 public:
  explicit NodeServiceReader(Client& client) : client_(client) {}
  Result<std::optional<contracts::service::Service>> service(const contracts::service::ServiceCode& code) override;
  Result<std::optional<contracts::service::Package>> package(const contracts::service::PackageCode& code) override;
  Result<std::optional<ServedApplication>> application(const ApplicationId& id) override;
  Result<bool> is_held(const contracts::sharing::ItemCode& item, std::span<const PartyId> parties) override;

 private:
  Client& client_;
};

// The services of a package, in its order.
Result<std::vector<NamedService>> services_of(ServiceReader& reader, const contracts::service::Package& package);

}  // namespace kanhe::cli
