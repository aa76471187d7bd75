#include "testnet/bench_founding.h"

#include "node/clock.h"

namespace kanhe::testnet {

namespace {

constexpr SignatureScheme scheme = SignatureScheme::ecdsa_secp256k1;
constexpr std::string_view department_names[] = {"housing", "registry", "tax", "treasury"};

SecretKey new_key() { return SecretKey::generate().value(); }

}  // namespace

Founding found() {
  Founding founding;
  Genesis& genesis = founding.network.genesis;
  genesis.name = NetworkName::from("bench.example").value();
  genesis.created_ms = node::wall_now();
  genesis.demo = true;
  genesis.open_reads = true;
  genesis.import_open = true;
  for (const std::string_view name : department_names) {
    GenesisDepartment department;
    department.id = DepartmentId::from(name).value();
    department.name_zh = PlainText<96>::from(name).value();
    department.name_en = department.name_zh;
    SecretKey administrator = new_key();
    department.administrator = public_key_of(scheme, administrator);
    department.administrator_person = random_bytes<PartyId>().value();
    if (name == "registry") department.uscc = Uscc::from("11100000MB03271699").value();
    founding.network.administrators.emplace(department.id, std::move(administrator));
    Validator validator;
    validator.department = department.id;
    founding.validators.push_back(new_key());
    validator.consensus_key = public_key_of(scheme, founding.validators.back());
    validator.transport_key = random_bytes<TransportKey>().value();
    genesis.departments.push_back(std::move(department));
    genesis.validators.push_back(std::move(validator));
  }
  CHECK(check_genesis(genesis).has_value());
  founding.network.chain_id = chain_id_of(genesis);
  founding.network.registry_code = *genesis.departments[1].uscc;
  const auto department = [](std::string_view name) { return DepartmentId::from(name).value(); };
  founding.network.departments = {department("registry"), department("housing"), department("tax"),
                                  department("treasury")};
  return founding;
}

}  // namespace kanhe::testnet
