// make_network DIR: writes everything that a network on this machine needs to start.
//
//   DIR/genesis.json                    one validator for each department
//   DIR/<department>/config.toml        for kanhed --config
//   DIR/<department>/consensus.key, transport.key, transport.crt, endpoint.key, endpoint.crt
//   DIR/officers/<department>-administrator.key
//   DIR/pepper.key                      the pepper that the departments share (certs/party.h)
//
// Node i listens for peers at port base + i, and for clients 1000 above. Each department has a credit code, so that it
// can issue certificates. An endpoint's certificate is made out for --host and for this machine. Nothing that exists is
// overwritten. The secret keys of administrators, and the pepper, stand in plain files here (mode 0600): good for a
// network that is thrown away, and for no other. The genesis knows no other officers; the administrators enrol them.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "certs/party.h"
#include "ledger/files.h"
#include "ledger/json.h"
#include "node/clock.h"
#include "node/config.h"
#include "node/endpoint_identity.h"
#include "node/private_file.h"
#include "node/transport_identity.h"
#include "node/vault.h"

namespace kanhe::testnet {
namespace {

using node::FileAccess;

struct Options {
  std::string directory;
  std::vector<std::string> departments{"registry", "tax", "housing", "treasury"};
  std::string name = "test.example";
  std::string host = "127.0.0.1";
  std::uint16_t base_port = 7'001;
  std::optional<std::uint16_t> endpoint_base_port;  // absent: base_port + endpoint_port_distance
  std::uint32_t heartbeat_ms = 60'000;
  std::uint32_t timeout_ms = 1'000;
};

struct Names {
  std::string_view id;
  std::string_view zh;
  std::string_view en;
};
constexpr Names known_names[] = {{"registry", "不动产登记中心", "Real Estate Registry"},
                                 {"tax", "税务局", "Tax Bureau"},
                                 {"housing", "住房和城乡建设局", "Housing Bureau"},
                                 {"treasury", "财政局", "Treasury"}};

constexpr std::size_t endpoint_port_distance = 1'000;

std::size_t endpoint_base_of(const Options& options) {
  return options.endpoint_base_port ? *options.endpoint_base_port : options.base_port + endpoint_port_distance;
}

constexpr SignatureScheme scheme = SignatureScheme::ecdsa_secp256k1;

// The credit code of the department with this number: an organ of Shenzhen (11, 440300) in the form of GB 32100-2015,
// with an invented body code. Only one check character makes a good code.
Result<Uscc> make_uscc(std::size_t number) {
  const std::string digits = std::to_string(number);
  const std::string body = "11440300MB2D" + std::string(5 - std::min<std::size_t>(digits.size(), 5), '0') + digits;
  for (const char check : std::string_view("0123456789ABCDEFGHJKLMNPQRTUWXY")) {
    if (auto code = Uscc::from(body + check)) return code;
  }
  return fail(ErrorCode::out_of_range, "departments: no credit code for number ", number);
}

Result<GenesisDepartment> make_department(const Options& options, const DepartmentId& id, std::size_t number) {
  GenesisDepartment department;
  department.id = id;
  department.uscc = TRY(make_uscc(number));
  department.name_zh = TRY(PlainText<96>::from(id.str()));
  department.name_en = department.name_zh;
  for (const Names& names : known_names) {
    if (names.id != id.str()) continue;
    department.name_zh = TRY(PlainText<96>::from(names.zh));
    department.name_en = TRY(PlainText<96>::from(names.en));
  }
  const SecretKey administrator = TRY(SecretKey::generate());
  TRY(node::write_secret_key(options.directory + "/officers/" + id.str() + "-administrator.key", administrator));
  department.administrator = public_key_of(scheme, administrator);
  department.administrator_person = TRY(random_bytes<PartyId>());
  return department;
}

Result<Validator> make_validator(const Options& options, const DepartmentId& id, Timestamp now) {
  const std::string directory = options.directory + "/" + id.str();
  TRY(system_files().create_directory(directory));
  const SecretKey key = TRY(SecretKey::generate());
  TRY(node::write_secret_key(directory + "/consensus.key", key));
  const node::TransportIdentity identity = TRY(node::make_transport_identity(id, now));
  TRY(node::save_transport_identity(identity, directory + "/transport.key", directory + "/transport.crt"));
  const auto endpoint = TRY(node::make_endpoint_identity(id, std::array{options.host}, now));
  TRY(node::save_endpoint_identity(endpoint, directory + "/endpoint.key", directory + "/endpoint.crt"));
  TRY(node::write_vault_key(directory + "/vault.key"));
  return Validator{id, public_key_of(scheme, key), identity.key, std::nullopt};
}

std::string config_text(const Options& options, std::size_t self) {
  const auto at = [&](std::size_t port) {
    return "\"" + node::to_string({options.host, static_cast<std::uint16_t>(port)}) + "\"\n";
  };
  const auto address = [&](std::size_t i) { return at(options.base_port + i); };
  std::ostringstream text;
  text << "department = \"" << options.departments[self] << "\"\n"
       << "data_dir = \"data\"\n"
       << "genesis = \"../genesis.json\"\n"
       << "consensus_key = \"consensus.key\"\n"
       << "transport_key = \"transport.key\"\n"
       << "transport_certificate = \"transport.crt\"\n\n"
       << "[network]\nlisten = " << address(self) << "\n[peers]\n";
  for (std::size_t i = 0; i < options.departments.size(); ++i) {
    if (i != self) text << options.departments[i] << " = " << address(i);
  }
  text << "\n[endpoint]\nlisten = " << at(endpoint_base_of(options) + self)
       << "certificate = \"endpoint.crt\"\nkey = \"endpoint.key\"\n\n[vault]\nkey = \"vault.key\"\n";
  return text.str();
}

Result<Genesis> make_genesis(const Options& options, Timestamp now) {
  Genesis genesis;
  genesis.name = TRY(NetworkName::from(options.name));
  genesis.created_ms = now;
  genesis.demo = true;
  genesis.open_reads = true;
  genesis.import_open = true;
  genesis.parameters.heartbeat_ms = TRY(decltype(genesis.parameters.heartbeat_ms)::from(options.heartbeat_ms));
  genesis.parameters.timeout_ms = TRY(decltype(genesis.parameters.timeout_ms)::from(options.timeout_ms));
  for (const std::string& name : options.departments) {
    const DepartmentId id = TRY(DepartmentId::from(name));
    genesis.departments.push_back(TRY(make_department(options, id, genesis.departments.size() + 1)));
    genesis.validators.push_back(TRY(make_validator(options, id, now)));
  }
  std::ranges::sort(genesis.departments, std::less<>());
  std::ranges::sort(genesis.validators, std::less<>());
  TRY(check_genesis(genesis));
  return genesis;
}

// Every node needs two ports of its own.
Result<void> check_ports(const Options& options) {
  const std::size_t nodes = options.departments.size();
  const std::size_t peers = options.base_port;
  const std::size_t endpoints = endpoint_base_of(options);
  const auto check = [nodes](std::string_view option, std::size_t base) -> Result<void> {
    if (base > 0 && base + nodes <= 65'536) return {};
    return fail(ErrorCode::out_of_range, option, ": ", base, " leaves no ports for all nodes");
  };
  TRY(check("--base-port", peers));
  TRY(check("--endpoint-base-port", endpoints));
  if (std::min(peers, endpoints) + nodes <= std::max(peers, endpoints)) return {};
  return fail(ErrorCode::conflict, "--endpoint-base-port: ", endpoints, ": endpoints would have the ports of nodes");
}

// As read by kanhe --pepper: who has it can tell whose a party id is, by trying.
Result<void> write_pepper(const std::string& path) {
  std::array<Byte, certs::pepper_bytes_min> secret{};
  TRY(fill_random(secret));
  return node::write_new_file(path, to_hex(secret) + "\n", FileAccess::secret);
}

Result<void> make_network(const Options& options) {
  TRY(check_ports(options));
  TRY(system_files().create_directory(options.directory + "/officers"));
  TRY(write_pepper(options.directory + "/pepper.key"));
  const Genesis genesis = TRY(make_genesis(options, node::wall_now()));
  for (std::size_t i = 0; i < options.departments.size(); ++i) {
    const std::string path = options.directory + "/" + options.departments[i] + "/config.toml";
    TRY(node::write_new_file(path, config_text(options, i), FileAccess::open));
  }
  return node::write_new_file(options.directory + "/genesis.json", to_json(genesis, JsonLayout::indented) + "\n",
                              FileAccess::open);
}

}  // namespace
}  // namespace kanhe::testnet

int main(int argc, char** argv) {
  kanhe::testnet::Options options;
  CLI::App app("make_network: keys, genesis and configurations for a network on this machine");
  app.add_option("DIR", options.directory, "directory to write into")->required();
  app.add_option("--departments", options.departments, "names, separated by commas")->delimiter(',');
  app.add_option("--name", options.name, "name of the network");
  app.add_option("--host", options.host, "address that nodes listen at");
  app.add_option("--base-port", options.base_port, "port of the first node; the others follow");
  app.add_option("--endpoint-base-port", options.endpoint_base_port,
                 "port of the first endpoint; default: 1000 above --base-port");
  app.add_option("--heartbeat-ms", options.heartbeat_ms, "idle time after which an empty block is made");
  app.add_option("--timeout-ms", options.timeout_ms, "view change time-out");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const auto made = kanhe::testnet::make_network(options);
  if (made) return 0;
  std::cerr << "make_network: " << made.error().text << "\n";
  return 1;
}
