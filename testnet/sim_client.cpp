#include "testnet/sim_client.h"

#include "contracts/certificate.h"
#include "contracts/governance.h"
#include "ledger/codec.h"
#include "testnet/sim_signatures.h"

namespace kanhe::testnet {
namespace {

using namespace contracts;

constexpr std::array credit_codes{"11100000MB03271699", "11100000000013338W"};
constexpr std::uint64_t far_ms = 86'400'000;

}  // namespace

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
  const governance::EnrolOfficerArguments arguments{public_key_of(genesis_.suite.signature, sim_key(name)),
                                                    sim_person(name), {Role::issuer}};
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
  sign_transaction(genesis_.suite.signature, sim_key(sender), transaction);
  sent_.push_back({make_body(std::move(transaction)), true, std::string(sender)});
  return sent_.size() - 1;
}

SimClient::Token SimClient::make_good(Timestamp now) {
  const std::uint64_t lifetime = genesis_.parameters.validity_window_ms.value();
  // Below the limit by what a node's clock may be behind.
  return add(random_.chance(500) ? enrol() : issue(), sim_administrator(0), now + (lifetime - 20'000));
}

// Somebody's device may draw its nonces, and sign one transaction in two ways; ours derives them from what is signed.
SimClient::Token SimClient::sign_again(Token token) {
  const Sent first = sent_.at(token);
  Transaction transaction = first.body.transaction;
  transaction.signature =
      sign_with_another_nonce(sim_key(first.sender), Hash256(first.body.id), transaction.signature);
  sent_.push_back({make_body(std::move(transaction)), true, first.sender});
  return sent_.size() - 1;
}

SimClient::Token SimClient::make(Timestamp now) {
  if (genesis_.suite.signature == SignatureScheme::ecdsa_secp256k1 && !sent_.empty() && random_.chance(100)) {
    const Token token = random_.below(sent_.size());
    if (sent_[token].admissible) return sign_again(token);
  }
  const std::uint64_t window = genesis_.parameters.validity_window_ms.value();
  const std::uint64_t lifetime = random_.chance(100) ? random_.between(1'000, 20'000) : window - 20'000;
  const std::string sender =
      random_.chance(300) ? "officer " + std::to_string(random_.below(12))
                          : sim_administrator(static_cast<Identity>(random_.below(2)));
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
  sign_transaction(genesis_.suite.signature, sim_key(sender), broken);
  if (fault == 3) broken.signature.array()[random_.below(64)] ^= 1;
  made = {make_body(std::move(broken)), false, sender};
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
