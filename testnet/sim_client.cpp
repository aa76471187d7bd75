#include "testnet/sim_client.h"

#include "contracts/certificate.h"
#include "contracts/governance.h"
#include "ledger/codec.h"

namespace kanhe::testnet {
namespace {

using namespace contracts;

constexpr std::array credit_codes{"11100000MB03271699", "11100000000013338W"};
constexpr std::uint64_t far_ms = 86'400'000;

SecretKey secret(std::string_view name) {
  return SecretKey::from(tagged_hash(Tag::simulated_key, as_bytes(name)).view()).value();
}
PartyId person(std::string_view name) { return PartyId(tagged_hash(Tag::party, as_bytes(name))); }

std::string department_name(std::size_t index) {
  return "department-" + std::string(index < 10 ? "0" : "") + std::to_string(index);
}
std::string administrator_name(std::size_t index) { return "administrator " + std::to_string(index); }
std::string validator_name(std::size_t index) { return "validator " + std::to_string(index); }

}  // namespace

Timestamp sim_created() { return Timestamp(1'750'000'000'000); }
SecretKey sim_validator_key(std::size_t index) { return secret(validator_name(index)); }

Genesis make_sim_genesis(const GenesisOptions& options) {
  Genesis genesis;
  genesis.name = NetworkName::from("sim.example").value();
  genesis.created_ms = sim_created();
  genesis.suite.signature = options.scheme;
  genesis.demo = true;
  genesis.parameters = options.parameters;
  for (std::size_t i = 0; i < options.validators + options.observers; ++i) {
    GenesisDepartment department;
    department.id = DepartmentId::from(department_name(i)).value();
    department.name_zh = PlainText<96>::from(department_name(i)).value();
    department.name_en = department.name_zh;
    if (i < credit_codes.size()) department.uscc = Uscc::from(credit_codes[i]).value();
    department.administrator = public_key_of(options.scheme, secret(administrator_name(i)));
    department.administrator_person = person(administrator_name(i));
    Validator member;
    member.department = department.id;
    member.consensus_key = public_key_of(options.scheme, sim_validator_key(i));
    member.transport_key = TransportKey(sha256(as_bytes(validator_name(i))));
    (i < options.validators ? genesis.validators : genesis.observers).push_back(member);
    genesis.departments.push_back(std::move(department));
  }
  const auto checked = check_genesis(genesis);
  CHECK(checked.has_value());
  return genesis;
}

// ---------------------------------------------------------------------------------------------------------------------

Transaction SimClient::call(std::string_view module, std::string_view method, Bytes arguments) const {
  Transaction transaction;
  transaction.chain_id = chain_id_;
  transaction.module = ModuleName::from(module).value();
  transaction.method = MethodName::from(method).value();
  transaction.arguments = Blob<arguments_bytes_max>::from(std::move(arguments)).value();
  return transaction;
}

// Few names, so that keys are enrolled again (refused), and certificates are issued by officers and by strangers.
Transaction SimClient::enrol() {
  const std::string name = "officer " + std::to_string(random_.below(12));
  const governance::EnrolOfficerArguments arguments{public_key_of(genesis_.suite.signature, secret(name)),
                                                    person(name), {Role::issuer}};
  return call("governance", "enrol_officer", encode(arguments));
}

Transaction SimClient::define_type() {
  const std::string type = std::string(credit_codes[0]) + "02" + std::to_string(random_.below(4));
  const certificate::DefineTypeArguments arguments{certificate::TypeCode::from(type).value(),
                                                   PlainText<96>::from("证书").value(),
                                                   PlainText<96>::from("certificate").value()};
  return call("certificate", "define_type", encode(arguments));
}

Transaction SimClient::issue() {
  certificate::IssueArguments arguments;
  const std::string type = std::string(credit_codes[0]) + "02" + std::to_string(random_.below(4));
  const std::string serial = std::to_string(random_.chance(100) ? serial_ : ++serial_);
  arguments.id = make_certificate_id({type, credit_codes[0], serial, 1});
  arguments.holder = certificate::HolderCommitment(sha256(as_bytes("holder " + serial)));
  arguments.content_root = certificate::ContentRoot(sha256(as_bytes("content " + serial)));
  return call("certificate", "issue", encode(arguments));
}

Transaction SimClient::unknown_method() {
  return random_.chance(500) ? call("nonsense", "nothing", Bytes(random_.below(100)))
                             : call("certificate", "issue", Bytes(random_.below(200), Byte{7}));
}

SimClient::Token SimClient::add(Transaction transaction, std::string_view sender, Timestamp valid_until) {
  transaction.valid_until_ms = valid_until;
  for (Byte& byte : transaction.nonce.array()) byte = static_cast<Byte>(random_.next());
  sign_transaction(genesis_.suite.signature, secret(sender), transaction);
  sent_.push_back({make_body(std::move(transaction)), true});
  return sent_.size() - 1;
}

SimClient::Token SimClient::make_good(Timestamp now) {
  const std::uint64_t lifetime = genesis_.parameters.validity_window_ms.value();
  // Below the limit by what a node's clock may be behind.
  return add(random_.chance(500) ? enrol() : issue(), administrator_name(0), now + (lifetime - 20'000));
}

SimClient::Token SimClient::make(Timestamp now) {
  const std::uint64_t window = genesis_.parameters.validity_window_ms.value();
  const std::uint64_t lifetime = random_.chance(100) ? random_.between(1'000, 20'000) : window - 20'000;
  const std::string sender =
      random_.chance(300) ? "officer " + std::to_string(random_.below(12)) : administrator_name(random_.below(2));
  const std::uint64_t kind = random_.below(100);
  const Token token = kind < 40   ? add(enrol(), sender, now + lifetime)
                      : kind < 60 ? add(define_type(), sender, now + lifetime)
                      : kind < 85 ? add(issue(), sender, now + lifetime)
                                  : add(unknown_method(), sender, now + lifetime);
  Sent& made = sent_[token];
  if (!random_.chance(80)) return token;
  Transaction broken = made.body.transaction;
  const std::uint64_t fault = random_.below(4);
  if (fault == 0) broken.valid_until_ms = now - far_ms;
  if (fault == 1) broken.valid_until_ms = now + (window + far_ms);
  if (fault == 2) broken.chain_id = ChainId(sha256(as_bytes("another chain")));
  sign_transaction(genesis_.suite.signature, secret(sender), broken);
  if (fault == 3) broken.signature.array()[random_.below(64)] ^= 1;
  made = {make_body(std::move(broken)), false};
  return token;
}

// ---------------------------------------------------------------------------------------------------------------------

void SimClient::on_answer(Token token, const Result<void>& answer) {
  if (answer && !sent_.at(token).admissible) {
    throw Violation{Verdict::correctness, "O4: a node let in what it had to refuse"};
  }
}

std::vector<SimClient::Token> SimClient::pending(Timestamp until) const {
  std::vector<Token> tokens;
  for (Token token = 0; token < sent_.size(); ++token) {
    const Sent& made = sent_[token];
    if (made.admissible && made.body.transaction.valid_until_ms > until && !is_final(token)) tokens.push_back(token);
  }
  return tokens;
}

void SimClient::check() const {
  for (Token token = 0; token < sent_.size(); ++token) {
    const Sent& made = sent_[token];
    if (!made.admissible && is_final(token)) {
      throw Violation{Verdict::correctness, "O4: what had to be refused was recorded: " + made.body.id.hex()};
    }
  }
}

std::size_t SimClient::final_count() const {
  std::size_t count = 0;
  for (Token token = 0; token < sent_.size(); ++token) count += is_final(token) ? 1 : 0;
  return count;
}

}  // namespace kanhe::testnet
