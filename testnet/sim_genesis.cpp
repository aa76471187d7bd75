#include "testnet/sim_genesis.h"

#include <charconv>

namespace kanhe::testnet {
namespace {

constexpr std::array credit_codes{"11100000MB03271699", "11100000000013338W"};
constexpr std::string_view department_prefix = "department-";

std::string validator_name(Identity identity, std::size_t generation) {
  const std::string name = "validator " + std::to_string(identity);
  return generation == 0 ? name : name + " key " + std::to_string(generation);
}

}  // namespace

Timestamp sim_created() { return Timestamp(1'750'000'000'000); }

SecretKey sim_key(std::string_view name) {
  return SecretKey::from(tagged_hash(Tag::simulated_key, as_bytes(name)).view()).value();
}
PartyId sim_person(std::string_view name) { return PartyId(tagged_hash(Tag::party, as_bytes(name))); }

DepartmentId sim_department(Identity identity) {
  const auto make = [](std::size_t at) {
    return DepartmentId::from(std::string(department_prefix) + (at < 10 ? "0" : "") + std::to_string(at)).value();
  };
  // Asked for with each message.
  static const auto first = [&make] {
    std::vector<DepartmentId> departments;
    for (std::size_t at = 0; at < 32; ++at) departments.push_back(make(at));
    return departments;
  }();
  return identity < first.size() ? first[identity] : make(identity);
}

Identity sim_identity(const DepartmentId& department) {
  const std::string_view digits = department.view().substr(department_prefix.size());
  Identity identity = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), identity);
  CHECK(error == std::errc() && end == digits.data() + digits.size());
  return identity;
}

std::string sim_administrator(Identity identity) { return "administrator " + std::to_string(identity); }

SecretKey sim_validator_key(Identity identity, std::size_t generation) {
  return sim_key(validator_name(identity, generation));
}

std::vector<SecretKey> sim_validator_keys(Identity identity) {
  std::vector<SecretKey> keys;
  for (std::size_t i = 0; i < sim_generations; ++i) keys.push_back(sim_validator_key(identity, i));
  return keys;
}

TransportKey sim_transport_key(Identity identity) {
  return TransportKey(sha256(as_bytes(validator_name(identity, 0))));
}

Genesis make_sim_genesis(const GenesisOptions& options) {
  Genesis genesis;
  genesis.name = NetworkName::from("sim.example").value();
  genesis.created_ms = sim_created();
  genesis.suite.signature = options.scheme;
  genesis.demo = true;
  genesis.parameters = options.parameters;
  const std::size_t members = options.validators + options.observers;
  for (Identity identity = 0; identity < members + options.candidates; ++identity) {
    GenesisDepartment department;
    department.id = sim_department(identity);
    department.name_zh = PlainText<96>::from(department.id.str()).value();
    department.name_en = department.name_zh;
    if (identity < credit_codes.size()) department.uscc = Uscc::from(credit_codes[identity]).value();
    department.administrator = public_key_of(options.scheme, sim_key(sim_administrator(identity)));
    department.administrator_person = sim_person(sim_administrator(identity));
    genesis.departments.push_back(department);
    if (identity >= members) continue;
    const Validator member{department.id, public_key_of(options.scheme, sim_validator_key(identity)),
                           sim_transport_key(identity), std::nullopt};
    (identity < options.validators ? genesis.validators : genesis.observers).push_back(member);
  }
  const auto checked = check_genesis(genesis);
  CHECK(checked.has_value());
  return genesis;
}

}  // namespace kanhe::testnet
