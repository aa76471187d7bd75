#include "testnet/load_work.h"

#include <charconv>
#include <thread>

#include "contracts/governance.h"
#include "ledger/codec.h"
#include "ledger/json.h"
#include "node/private_file.h"

namespace kanhe::testnet {
namespace {

using namespace contracts;
constexpr std::string_view region = "440304";
constexpr std::string_view department_names[] = {"registry", "housing", "tax", "treasury"};
constexpr std::uint64_t price_fen = 300'000'000;
constexpr std::uint64_t tax_fen = 3'000'000;  // of an only home below 140 m², by the shipped tariff
constexpr std::uint64_t fee_fen = 8'000;

template <class T>
T text(std::string_view value) {
  return T::from(value).value();
}

std::string type_text(const LoadNetwork& network) { return network.registry_code.str() + "022"; }

Result<std::vector<SecretKey>> make_keys(std::size_t count) {
  std::vector<SecretKey> keys;
  for (std::size_t i = 0; i < count; ++i) keys.push_back(TRY(SecretKey::generate()));
  return keys;
}

std::vector<SignedCall> make_certificate(const LoadWork& work, std::uint64_t number) {
  certificate::IssueArguments arguments;
  arguments.id = work.certificate_id(number);
  arguments.holder = certificate::HolderCommitment(work.digest("holder", number));
  arguments.content_root = certificate::ContentRoot(work.digest("content", number));
  return {work.call(work.registrar(number), "certificate", "issue", arguments)};
}

// Its standing changes twice: suspended, and lifted again.
std::vector<SignedCall> make_standing(const LoadWork& work, std::uint64_t number) {
  std::vector<SignedCall> calls = make_certificate(work, number);
  certificate::Decision decision;
  decision.legal_basis = text<PlainText<128>>("Administrative Licensing Law 69");
  decision.decided_by = work.sale_owner();
  decision.document_number = text<certificate::DocumentNumber>("2025-1");
  decision.effective_ms = Timestamp(1'000);
  const CertificateId id = work.certificate_id(number);
  const SecretKey& key = work.registrar(number);
  calls.push_back(work.call(key, "certificate", "suspend", certificate::SuspendArguments{id, decision}));
  calls.push_back(work.call(key, "certificate", "resume", certificate::ResumeArguments{id, decision}));
  return calls;
}

SignedCall import_unit(const LoadWork& work, std::uint64_t number) {
  property::ImportEntryArguments arguments;
  arguments.row = text<property::RowKey>(work.digest("row", number).hex());
  arguments.unit = work.unit(number);
  arguments.holders = {{PartyId(work.digest("seller", number)), {}}};
  arguments.effective_ms = Timestamp(1'000);
  return work.call(work.registrar(number), "property", "import_entry", arguments);
}

std::vector<SignedCall> make_import(const LoadWork& work, std::uint64_t number) { return {import_unit(work, number)}; }

service::FileArguments filing(const LoadWork& work, std::uint64_t number) {
  service::FileArguments arguments;
  arguments.service = text<service::ServiceCode>("house-sale");
  property::TransferRight transfer;
  transfer.unit = work.unit(number);
  transfer.from = {PartyId(work.digest("seller", number))};
  transfer.holders = {{PartyId(work.digest("buyer", number)), {}}};
  arguments.applicants = {transfer.from[0], transfer.holders[0].party};
  arguments.acts.push_back(std::move(transfer));
  arguments.price = Fen(price_fen);
  for (const service::MaterialRule& rule : work.sale().definition.materials) {
    arguments.materials.push_back({rule.code,
                                   {text<certificate::MediaType>("application/pdf"),
                                    certificate::DigestAlgorithm::sha256, work.digest(rule.code.str(), number)}});
  }
  return arguments;
}

service::ReviewArguments review(const ApplicationId& id, std::string_view step) {
  service::ReviewArguments arguments;
  arguments.application = id;
  arguments.step = text<service::StepCode>(step);
  arguments.evidence = sha256(id.view());
  return arguments;
}

service::ReviewArguments assessment(const LoadWork& work, const ApplicationId& id) {
  service::ReviewArguments arguments = review(id, "tax");
  arguments.assessments.push_back({1, treasury::TariffVersion(2), work.today(), treasury::TaxBase(price_fen),
                                   treasury::Home::only, treasury::Area(8'900), treasury::TaxRate(100),
                                   treasury::Charge(tax_fen), {}});
  return arguments;
}

// Import, file, accept, housing, tax, registry, pay, register: nobody acts twice.
std::vector<SignedCall> make_sale(const LoadWork& work, std::uint64_t number) {
  const Staff& staff = work.staff();
  const auto of = [&](const std::vector<SecretKey>& keys) -> const SecretKey& { return keys[number % keys.size()]; };
  std::vector<SignedCall> calls;
  calls.push_back(import_unit(work, number));
  calls.push_back(work.call(work.registrar(number + 1), "service", "file", filing(work, number)));
  const ApplicationId id = service::application_of(calls.back().id);
  calls.push_back(work.call(work.registrar(number + 2), "service", "accept", service::AcceptArguments{id}));
  calls.push_back(work.call(of(staff.housing), "service", "review", review(id, "housing")));
  calls.push_back(work.call(of(staff.tax), "service", "review", assessment(work, id)));
  calls.push_back(work.call(work.registrar(number + 3), "service", "review", review(id, "registry")));
  const auto reference = text<treasury::PaymentReference>(work.digest("payment", number).hex());
  const PartyId buyer(work.digest("buyer", number));
  calls.push_back(work.call(
      of(staff.treasury), "treasury", "pay",
      treasury::PayArguments{id, reference, buyer, treasury::Charge(tax_fen + fee_fen), work.today()}));
  service::Output title;
  title.unit = work.unit(number);
  title.id = work.certificate_id(number);
  title.holder = certificate::HolderCommitment(work.digest("holder", number));
  title.content_root = certificate::ContentRoot(work.digest("content", number));
  calls.push_back(work.call(work.registrar(number + 4), "service", "register",
                            service::RegisterArguments{id, {std::move(title)}}));
  return calls;
}

constexpr LoadKind kinds[] = {
    {"certificate", "one certificate issued", 1, make_certificate},
    {"import", "one row of a register imported", 1, make_import},
    {"standing", "a certificate issued, suspended and resumed", 3, make_standing},
    {"sale", "a house imported, sold and registered: eight transactions, four departments", 8, make_sale},
};

}  // namespace

std::span<const LoadKind> load_kinds() { return kinds; }

Result<LoadNetwork> read_load_network(const std::string& directory) {
  LoadNetwork network;
  const std::string genesis_path = directory + "/genesis.json";
  const std::string genesis_text = TRY(node::read_small_file(genesis_path, node::FileAccess::open));
  auto genesis = from_json<Genesis>(genesis_text);
  if (!genesis) return std::move(genesis).error().in(genesis_path);
  network.genesis = std::move(genesis).value();
  network.chain_id = chain_id_of(network.genesis);
  std::vector<DepartmentId> ids;
  for (const std::string_view name : department_names) {
    ids.push_back(TRY(DepartmentId::from(name)));
    const auto& known = network.genesis.departments;
    const auto found = std::ranges::find(known, ids.back(), &GenesisDepartment::id);
    if (found == known.end()) return fail(ErrorCode::unknown, genesis_path, ": no department ", name);
    if (name == "registry" && !found->uscc) {
      return fail(ErrorCode::unknown, genesis_path, ": the registry has no credit code, so it can issue nothing");
    }
    if (name == "registry") network.registry_code = *found->uscc;
    const std::string key_path = directory + "/officers/" + std::string(name) + "-administrator.key";
    network.administrators.emplace(ids.back(), TRY(node::read_secret_key(key_path)));
  }
  network.departments = {ids[0], ids[1], ids[2], ids[3]};
  return network;
}

Result<Staff> make_staff(std::size_t registry, std::size_t others_each) {
  Staff staff;
  staff.registry = TRY(make_keys(registry));
  staff.housing = TRY(make_keys(others_each));
  staff.tax = TRY(make_keys(others_each));
  staff.treasury = TRY(make_keys(others_each));
  return staff;
}

// ---------------------------------------------------------------------------------------------------------------------

LoadWork::LoadWork(const LoadNetwork& network, const Staff& staff, const Hash256& run, Timestamp now,
                   Duration valid_for)
    : network_(network), staff_(staff), run_(run), valid_until_(now + valid_for), today_(date_of(day_of(now))),
      sale_(service::house_sale(network.departments, text<certificate::TypeCode>(type_text(network)))) {}

Job LoadWork::make(std::size_t kind, std::uint64_t number) const {
  CHECK(number < jobs_max);
  return {kind, Expectation::succeeds, load_kinds()[kind].make(*this, number)};
}

std::vector<Job> LoadWork::make_all(std::span<const std::size_t> kinds_of_jobs) const {
  std::vector<Job> jobs(kinds_of_jobs.size());
  const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::thread> workers;
  for (std::size_t worker = 0; worker < threads; ++worker) {
    workers.emplace_back([&, worker] {
      for (std::size_t i = worker; i < jobs.size(); i += threads) jobs[i] = make(kinds_of_jobs[i], i);
    });
  }
  for (std::thread& worker : workers) worker.join();
  return jobs;
}

std::vector<Job> LoadWork::founding_jobs() const {
  const SecretKey& administrator = network_.administrators.at(network_.departments.registry);
  const certificate::DefineTypeArguments type{text<certificate::TypeCode>(type_text(network_)),
                                              text<PlainText<96>>("不动产权证书"),
                                              text<PlainText<96>>("certificate of real estate title")};
  const property::FoundRegisterArguments founding{text<property::Region>(region)};
  std::vector<Job> jobs;
  const auto add = [&](SignedCall call) {
    jobs.push_back({no_kind, Expectation::any_outcome, {}});
    jobs.back().calls.push_back(std::move(call));
  };
  add(call(administrator, "certificate", "define_type", type));
  add(call(administrator, "property", "found_register", founding));
  const SecretKey& tax_administrator = network_.administrators.at(network_.departments.tax);
  const auto tariffs = treasury::shipped_tariffs();
  add(call(administrator, "treasury", "set_tariff", tariffs.at(0)));
  add(call(tax_administrator, "treasury", "set_tariff", tariffs.at(1)));
  add(call(administrator, "service", "define", sale_));
  return jobs;
}

std::vector<Job> LoadWork::enrolment_jobs() const {
  std::vector<Job> jobs;
  const auto enrol_all = [&](const DepartmentId& department, const std::vector<SecretKey>& officers,
                             const Roles& roles) {
    for (const SecretKey& officer : officers) jobs.push_back(enrolment(department, officer, roles, jobs.size()));
  };
  enrol_all(network_.departments.registry, staff_.registry,
            {Role::window_clerk, Role::reviewer, Role::registrar, Role::issuer, Role::importer});
  enrol_all(network_.departments.housing, staff_.housing, {Role::housing_officer});
  enrol_all(network_.departments.tax, staff_.tax, {Role::tax_officer});
  enrol_all(network_.departments.treasury, staff_.treasury, {Role::treasury_officer});
  return jobs;
}

Job LoadWork::enrolment(const DepartmentId& department, const SecretKey& officer, Roles roles,
                        std::uint64_t number) const {
  const governance::EnrolOfficerArguments arguments{public_key_of(network_.genesis.suite.signature, officer),
                                                    PartyId(digest("officer", number)), std::move(roles)};
  Job job{no_kind, Expectation::succeeds, {}};
  job.calls.push_back(call(network_.administrators.at(department), "governance", "enrol_officer", arguments));
  return job;
}

CertificateId LoadWork::certificate_id(std::uint64_t number) const {
  std::string serial = run_.hex().substr(0, 16) + "N" + std::to_string(number);
  std::ranges::transform(serial, serial.begin(), [](char c) { return 'a' <= c && c <= 'f' ? c - 'a' + 'A' : c; });
  return make_certificate_id({type_text(network_), network_.registry_code.str(), serial, 1});
}

// Parcel (5 digits) and house (8 digits): the first six digits say the run, the last seven the job.
UnitNumber LoadWork::unit(std::uint64_t number) const {
  std::uint64_t run = 0;
  for (std::size_t i = 0; i < 4; ++i) run = run << 8 | run_.array()[i];
  const std::string digits = std::to_string(10'000'000'000'000 + run % 1'000'000 * jobs_max + number).substr(1);
  return text<UnitNumber>(std::string(region) + "003008GB" + digits.substr(0, 5) + "F" + digits.substr(5));
}

Hash256 LoadWork::digest(std::string_view what, std::uint64_t number) const {
  Bytes input = to_bytes(run_.view());
  append(input, as_bytes(what));
  append(input, as_bytes(std::to_string(number)));
  return sha256(input);
}

SignedCall LoadWork::sign(const SecretKey& key, std::string_view module, std::string_view method,
                          Bytes arguments) const {
  Transaction transaction;
  transaction.chain_id = network_.chain_id;
  transaction.module = text<ModuleName>(module);
  transaction.method = text<MethodName>(method);
  // The same arguments by the same sender never come twice in a run, so their digest makes the id unique.
  const Hash256 digest = tagged_hash(Tag::simulated_key, run_.view(), arguments);
  std::copy_n(digest.array().begin(), Nonce::size, transaction.nonce.array().begin());
  transaction.arguments = Blob<arguments_bytes_max>::from(std::move(arguments)).value();
  transaction.valid_until_ms = valid_until_;
  sign_transaction(network_.genesis.suite.signature, key, transaction);
  TransactionBody body = make_body(std::move(transaction));
  return {body.id, body.body_hash, std::move(body.bytes)};
}

// ---------------------------------------------------------------------------------------------------------------------

namespace {

struct Weight {
  std::size_t kind = 0;
  std::uint64_t weight = 1;
};

Result<Weight> read_weight(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const auto found = std::ranges::find(kinds, name, &LoadKind::name);
  if (found == std::end(kinds)) return fail(ErrorCode::unknown, "no kind of work: ", name);
  Weight weight{static_cast<std::size_t>(found - std::begin(kinds))};
  if (equals == std::string_view::npos) return weight;
  const std::string_view digits = text.substr(equals + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), weight.weight);
  if (error != std::errc() || end != digits.data() + digits.size() || weight.weight == 0 || weight.weight > 1'000) {
    return fail(ErrorCode::malformed, name, ": a weight is a number from 1 to 1000, not ", digits);
  }
  return weight;
}

}  // namespace

Result<std::vector<std::size_t>> spread_kinds(std::string_view weights, std::size_t count) {
  std::vector<Weight> wanted;
  for (std::size_t start = 0; start <= weights.size();) {
    const std::size_t end = std::min(weights.find(',', start), weights.size());
    wanted.push_back(TRY(read_weight(weights.substr(start, end - start))));
    start = end + 1;
  }
  // Each kind in turn gets the job for which it is furthest behind its share.
  std::vector<std::uint64_t> given(wanted.size(), 0);
  std::vector<std::size_t> spread;
  while (spread.size() < count) {
    std::size_t next = 0;
    for (std::size_t i = 1; i < wanted.size(); ++i) {
      if ((given[i] + 1) * wanted[next].weight < (given[next] + 1) * wanted[i].weight) next = i;
    }
    ++given[next];
    spread.push_back(wanted[next].kind);
  }
  return spread;
}

}  // namespace kanhe::testnet
