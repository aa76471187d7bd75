// kanhed: the daemon of one department. Runs in the foreground, logs to stderr, stops on SIGTERM or SIGINT.
// `kanhed new-keys` makes the keys that a node needs, and prints the motion by which the departments let it in.
//
// Exit codes: 0 stopped, or --check found the configuration good · 2 wrong command line ·
// 74 the disk failed or holds damage · 75 not now: data directory or port is in use · 78 configuration, genesis or keys
// are wrong. A broken invariant aborts (SIGABRT).
#include <CLI/CLI.hpp>
#include <iostream>

#include "contracts/membership.h"
#include "ledger/files.h"
#include "ledger/json.h"
#include "node/clock.h"
#include "node/endpoint_identity.h"
#include "node/node.h"
#include "node/private_file.h"
#include "node/transport_identity.h"
#include "node/vault.h"

namespace kanhe::node {
namespace {

enum ExitCode : int { stopped = 0, usage = 2, storage = 74, not_now = 75, configuration = 78 };

ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::busy: return not_now;
    case ErrorCode::io:
    case ErrorCode::corrupt: return storage;
    default: return configuration;
  }
}

int refuse(const Error& error) {
  std::cerr << "kanhed: " << error.text << "\n";
  return exit_code_of(error.code);
}

// Nothing that exists is overwritten.
Result<contracts::membership::Action> make_keys(const std::string& directory, const std::string& name,
                                                const std::string& host) {
  const DepartmentId department = TRY(DepartmentId::from(name));
  TRY(system_files().create_directory(directory));
  const SecretKey key = TRY(SecretKey::generate());
  TRY(write_secret_key(directory + "/consensus.key", key));
  const TransportIdentity transport = TRY(make_transport_identity(department, wall_now()));
  TRY(save_transport_identity(transport, directory + "/transport.key", directory + "/transport.crt"));
  const auto endpoint = TRY(make_endpoint_identity(department, std::array{host}, wall_now()));
  TRY(save_endpoint_identity(endpoint, directory + "/endpoint.key", directory + "/endpoint.crt"));
  TRY(write_vault_key(directory + "/vault.key"));
  const PublicKey public_key = public_key_of(SignatureScheme::ecdsa_secp256k1, key);
  return contracts::membership::Action(contracts::membership::AddObserver{department, public_key, transport.key});
}

Result<void> run(const NodeConfig& config) {
  TRY(system_files().create_directory(config.data_dir));
  const auto lock = TRY(system_files().lock_directory(config.data_dir));
  const std::unique_ptr<Log> log = TRY(Log::open(config.log));
  auto node = Node::create(config, *log);
  if (!node) {
    log->error("not_started", {{"reason", node.error().text}});
    return std::move(node).error();
  }
  (*node)->run();
  return {};
}

}  // namespace
}  // namespace kanhe::node

int main(int argc, char** argv) {
  using namespace kanhe::node;
  CLI::App app("kanhed: the Kanhe node of one department");
  std::string path;
  bool check = false;
  CLI::Option* const config_option = app.add_option("--config", path, "configuration file (TOML)");
  app.add_flag("--check", check, "only check the configuration file");
  std::string directory;
  std::string department;
  std::string host = "localhost";
  CLI::App* const keys = app.add_subcommand("new-keys", "make the keys of a new node, and print the motion for it");
  keys->add_option("DIR", directory, "directory to write into")->required();
  keys->add_option("--department", department, "whose node it is")->required();
  keys->add_option("--host", host, "name or address of the endpoint's certificate")->capture_default_str();
  app.footer(
      "Examples:\n  kanhed --config /etc/kanhe/config.toml\n"
      "  kanhed new-keys /etc/kanhe --department court > action.json\n"
      "  kanhe motion put --action \"$(cat action.json)\" --reason \"the court joins\" --closes_ms 2027-01-31\n\n"
      "Signals:\n  SIGTERM, SIGINT  stop\n  SIGUSR1          write status.json now\n\n"
      "Exit codes:\n  0   stopped, or the configuration is good\n  2   wrong command line\n"
      "  74  the disk failed or holds damage\n  75  data directory or port in use\n"
      "  78  configuration, genesis or keys are wrong");
  try {
    app.parse(argc, argv);
    if (!*keys && config_option->empty()) throw CLI::RequiredError("--config");
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? stopped : usage;
  }
  if (*keys) {
    const auto action = make_keys(directory, department, host);
    if (!action) return refuse(action.error());
    std::cout << kanhe::to_json(*action, kanhe::JsonLayout::indented) << "\n";
    return stopped;
  }
  const auto config = read_config(path);
  if (!config) return refuse(config.error());
  if (check) return stopped;
  const auto done = run(*config);
  return done ? stopped : refuse(done.error());
}
