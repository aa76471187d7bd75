// kanhed: the daemon of one department. Runs in the foreground, logs to stderr, stops on SIGTERM or SIGINT.
//
// Exit codes: 0 stopped, or --check found the configuration good · 2 wrong command line ·
// 74 the disk failed or holds damage · 75 not now: data directory or port is in use · 78 configuration, genesis or keys
// are wrong. A broken invariant aborts (SIGABRT).
#include <CLI/CLI.hpp>
#include <iostream>

#include "ledger/files.h"
#include "node/node.h"

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
  app.add_option("--config", path, "configuration file (TOML)")->required();
  app.add_flag("--check", check, "only check the configuration file");
  app.footer(
      "Example:\n  kanhed --config /etc/kanhe/config.toml\n\n"
      "Signals:\n  SIGTERM, SIGINT  stop\n  SIGUSR1          write status.json now\n\n"
      "Exit codes:\n  0   stopped, or the configuration is good\n  2   wrong command line\n"
      "  74  the disk failed or holds damage\n  75  data directory or port in use\n"
      "  78  configuration, genesis or keys are wrong");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? stopped : usage;
  }
  const auto config = read_config(path);
  if (!config) return refuse(config.error());
  if (check) return stopped;
  const auto done = run(*config);
  return done ? stopped : refuse(done.error());
}
