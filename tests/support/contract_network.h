// ContractNetwork: the contracts of a small network, in memory: a genesis, and blocks that are executed as they are
// called.
//
// Three departments: "registry" and "tax-office" with credit codes, "archive" without one. Keys and persons are made
// from names: key("ann") is always the same key. The scheme is keyed_hash, because signatures do not matter here.
//
// Every receipt is kept, so that a test can compute from them what the state must hold.
#pragma once

#include <map>
#include <span>
#include <string>

#include "contracts/governance.h"
#include "contracts/host.h"

namespace kanhe {

class ContractNetwork {
 public:
  static constexpr SignatureScheme scheme = SignatureScheme::keyed_hash;
  static constexpr std::string_view registry_code = "11100000MB03271699";
  static constexpr std::string_view tax_code = "11100000000013338W";

  explicit ContractNetwork(Genesis genesis = make_genesis())
      : genesis_(std::move(genesis)), chain_id_(chain_id_of(genesis_)), state_(empty_) {
    now_ = genesis_.created_ms;
    receipts_.push_back(contracts::execute_genesis(state_, genesis_).receipts);
  }

  static SecretKey secret(std::string_view name) {
    return SecretKey::from(tagged_hash(Tag::simulated_key, as_bytes(name)).view()).value();
  }
  static PublicKey key(std::string_view name) { return public_key_of(scheme, secret(name)); }
  static PartyId person(std::string_view name) { return PartyId(tagged_hash(Tag::party, as_bytes(name))); }
  static DepartmentId department(std::string_view name) { return DepartmentId::from(name).value(); }
  // The key that administers a department.
  static std::string administrator(std::string_view department) { return "admin of " + std::string(department); }

  // A genesis whose members are these departments, each with a validator; without credit codes.
  static Genesis genesis_of(std::span<const std::string_view> departments) {
    Genesis genesis = make_genesis();
    genesis.validators.clear();
    genesis.departments.clear();
    for (const std::string_view name : departments) {
      Validator validator;
      validator.department = department(name);
      validator.consensus_key = key(name);
      validator.transport_key = TransportKey(sha256(as_bytes(name)));
      genesis.validators.push_back(validator);
      GenesisDepartment member;
      member.id = validator.department;
      member.administrator = key(administrator(name));
      member.administrator_person = person(administrator(name));
      genesis.departments.push_back(member);
    }
    return genesis;
  }

  static Genesis make_genesis() {
    Genesis genesis;
    genesis.name = NetworkName::from("test.example").value();
    genesis.created_ms = Timestamp(1'750'000'000'000);
    genesis.suite.signature = scheme;
    genesis.demo = true;
    const auto add = [&](std::string_view id, std::optional<std::string_view> code) {
      GenesisDepartment entry;
      entry.id = department(id);
      entry.name_zh = PlainText<96>::from(id).value();
      entry.name_en = PlainText<96>::from(id).value();
      if (code) entry.uscc = Uscc::from(*code).value();
      entry.administrator = key(administrator(id));
      entry.administrator_person = person(administrator(id));
      genesis.departments.push_back(entry);
    };
    Validator validator;
    validator.department = department("registry");
    validator.consensus_key = key("validator of registry");
    validator.transport_key = TransportKey(sha256(as_bytes("registry")));
    genesis.validators.push_back(validator);
    add("archive", std::nullopt);
    add("registry", registry_code);
    add("tax-office", tax_code);
    return genesis;
  }

  // A signed call with a new nonce, valid for a minute.
  template <class Arguments>
  TransactionBody call(std::string_view sender, std::string_view module, std::string_view method,
                       const Arguments& arguments) {
    return raw_call(sender, module, method, encode(arguments));
  }
  TransactionBody raw_call(std::string_view sender, std::string_view module, std::string_view method, Bytes arguments) {
    Transaction transaction;
    transaction.chain_id = chain_id_;
    transaction.module = ModuleName::from(module).value();
    transaction.method = MethodName::from(method).value();
    transaction.arguments = Blob<arguments_bytes_max>::from(std::move(arguments)).value();
    transaction.valid_until_ms = now_ + Duration(60'000);
    const std::uint64_t count = ++nonces_;
    for (std::size_t i = 0; i < sizeof count; ++i) transaction.nonce.array()[i] = static_cast<Byte>(count >> (8 * i));
    sign_transaction(scheme, secret(sender), transaction);
    return make_body(std::move(transaction));
  }

  contracts::BlockInput block_of(std::span<const TransactionBody* const> transactions) const {
    return {chain_id_, genesis_.suite, height_ + 1, now_, transactions};
  }
  // Executes a block; answers its receipts, the system receipt first.
  std::vector<Receipt> execute(const std::vector<TransactionBody>& bodies) {
    std::vector<const TransactionBody*> pointers;
    for (const TransactionBody& body : bodies) pointers.push_back(&body);
    contracts::BlockOutput output = contracts::execute_block(state_, block_of(pointers));
    ++height_;
    blocks_.push_back({now_, bodies});
    receipts_.push_back(output.receipts);
    return output.receipts;
  }
  // A block with one call; answers the call's receipt.
  template <class Arguments>
  Receipt run(std::string_view sender, std::string_view module, std::string_view method, const Arguments& arguments) {
    return execute({call(sender, module, method, arguments)}).at(1);
  }

  // Time passes for the blocks to come.
  void wait(std::uint64_t ms) { now_ = now_ + ms; }
  Timestamp now() const { return now_; }
  Height height() const { return height_; }
  Overlay& state() { return state_; }
  const Genesis& genesis() const { return genesis_; }
  const ChainId& chain_id() const { return chain_id_; }
  // By height, block 0 first.
  const std::vector<std::vector<Receipt>>& receipts() const { return receipts_; }
  // What was executed, from height 1 on: for a test that makes a chain of it.
  struct Executed {
    Timestamp time;
    std::vector<TransactionBody> bodies;
  };
  const std::vector<Executed>& blocks() const { return blocks_; }

  // Enrols an officer by the department's administrator.
  Receipt enrol(std::string_view name, std::string_view department_name, contracts::Roles roles) {
    return run(administrator(department_name), "governance", "enrol_officer",
               contracts::governance::EnrolOfficerArguments{key(name), person(name), std::move(roles)});
  }

 private:
  Genesis genesis_;
  ChainId chain_id_;
  EmptyState empty_;
  Overlay state_;
  Height height_;
  Timestamp now_;
  std::uint64_t nonces_ = 0;
  std::vector<std::vector<Receipt>> receipts_;
  std::vector<Executed> blocks_;
};

// The findings of a refused receipt; none of a succeeded one.
inline std::vector<Finding> findings_of(const Receipt& receipt) {
  const auto* const refused = std::get_if<Refused>(&receipt.outcome);
  if (refused == nullptr) return {};
  return {refused->findings.begin(), refused->findings.end()};
}

template <contracts::CodeEnum C>
bool has_code(const Receipt& receipt, C code) {
  for (const Finding& finding : findings_of(receipt)) {
    if (finding.code == static_cast<std::uint16_t>(code)) return true;
  }
  return false;
}

// Whether the receipt was refused for exactly these codes, in any order.
template <contracts::CodeEnum... C>
bool refused_for(const Receipt& receipt, C... codes) {
  return findings_of(receipt).size() == sizeof...(codes) && (has_code(receipt, codes) && ...);
}

}  // namespace kanhe
