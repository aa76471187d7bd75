// Load work: transactions for measuring a network, made and signed before the clock runs.
//
// A *job* is what one client does: a chain of calls, each sent when the one before it is recorded. Most kinds of work
// are one call; a house sale is eight, by officers of four departments. As an application's id follows from the call
// that files it, a whole chain is signed ahead.
//
// Nothing here is ever repeated: keys, serials and unit numbers are new for each run, so that one network can be
// measured again and again. Every job succeeds on a network that prepared it (founding_jobs, then enrolment_jobs).
//
// Thread: LoadWork is immutable; make() may run in several threads. Limits: job numbers below jobs_max.
// Errors: unknown or malformed where the network's directory lacks what is needed; the text names the file or field.
#pragma once

#include <map>
#include <span>

#include "contracts/certificate.h"
#include "contracts/property.h"
#include "contracts/service.h"
#include "contracts/service_shipped.h"
#include "ledger/genesis.h"

namespace kanhe::testnet {

inline constexpr std::uint64_t jobs_max = 10'000'000;

// A call with its names, as it travels.
struct SignedCall {
  TransactionId id;
  BodyHash body_hash;
  Bytes bytes;
};

// Whether a refusal counts against the run: who prepares a network again finds things there already.
enum class Expectation : std::uint8_t { succeeds, any_outcome };

inline constexpr std::size_t no_kind = static_cast<std::size_t>(-1);  // of jobs that prepare the network

struct Job {
  std::size_t kind = no_kind;  // index into load_kinds()
  Expectation expectation = Expectation::succeeds;
  std::vector<SignedCall> calls;
};

// What the load program holds of the network it measures.
struct LoadNetwork {
  Genesis genesis;
  ChainId chain_id;
  contracts::service::ServiceDepartments departments;  // who does what
  Uscc registry_code;
  std::map<DepartmentId, SecretKey> administrators;
};

// Reads genesis.json and the administrators' keys that make_network wrote. The network must have the departments
// registry, tax, housing and treasury, and the registry a credit code.
Result<LoadNetwork> read_load_network(const std::string& directory);

// Officers with keys and persons of their own. Those of the registry hold all of its roles.
struct Staff {
  std::vector<SecretKey> registry;
  std::vector<SecretKey> housing;
  std::vector<SecretKey> tax;
  std::vector<SecretKey> treasury;
};
inline constexpr std::size_t registry_staff_min = 5;  // nobody acts twice on one application
Result<Staff> make_staff(std::size_t registry, std::size_t others_each);

class LoadWork {
 public:
  // `run` keeps the names of different runs apart; the calls are valid for so long, and their money comes in today: a
  // sale that is billed after midnight is refused. Lifetime: network and staff outlive it.
  LoadWork(const LoadNetwork& network, const Staff& staff, const Hash256& run, Timestamp now, Duration valid_for);

  // Requires: kind < load_kinds().size(), number < jobs_max, registry staff of at least registry_staff_min.
  Job make(std::size_t kind, std::uint64_t number) const;
  // Jobs number first, first + 1, …; signed by as many threads as the machine has processors.
  std::vector<Job> make_all(std::span<const std::size_t> kinds) const;

  // What every kind rests on: the certificate type and the region's register, then the service. Run one after the
  // other; any outcome is good.
  std::vector<Job> founding_jobs() const;
  // One call for each officer of the staff, by the administrators.
  std::vector<Job> enrolment_jobs() const;

  // For the kinds.
  template <class Arguments>
  SignedCall call(const SecretKey& key, std::string_view module, std::string_view method,
                  const Arguments& arguments) const {
    return sign(key, module, method, encode(arguments));
  }
  const SecretKey& registrar(std::uint64_t number) const { return staff_.registry[number % staff_.registry.size()]; }
  const Staff& staff() const { return staff_; }
  const contracts::service::DefineArguments& sale() const { return sale_; }
  const contracts::CivilDate& today() const { return today_; }
  const DepartmentId& sale_owner() const { return network_.departments.registry; }
  CertificateId certificate_id(std::uint64_t number) const;
  UnitNumber unit(std::uint64_t number) const;
  // A value that only this run and number have.
  Hash256 digest(std::string_view what, std::uint64_t number) const;

 private:
  SignedCall sign(const SecretKey& key, std::string_view module, std::string_view method, Bytes arguments) const;
  Job enrolment(const DepartmentId& department, const SecretKey& officer, contracts::Roles roles,
                std::uint64_t number) const;

  const LoadNetwork& network_;
  const Staff& staff_;
  Hash256 run_;
  Timestamp valid_until_;
  contracts::CivilDate today_;
  contracts::service::DefineArguments sale_;
};

struct LoadKind {
  std::string_view name;
  std::string_view text;  // one line for people
  std::size_t calls;      // of one job
  std::vector<SignedCall> (*make)(const LoadWork& work, std::uint64_t number);
};
std::span<const LoadKind> load_kinds();

// The kinds of `count` jobs: "certificate" or "certificate=6,import=3,sale=1", spread evenly by their weights.
// Errors: unknown (a kind), malformed.
Result<std::vector<std::size_t>> spread_kinds(std::string_view weights, std::size_t count);

}  // namespace kanhe::testnet
