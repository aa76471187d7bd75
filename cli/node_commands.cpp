// kanhe node: what a node says of itself, and whether it is well.
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <thread>

#include "cli/client.h"
#include "cli/node_status.h"
#include "cli/output.h"

namespace kanhe::cli {
namespace {

constexpr unsigned watch_pause_ms = 1'000;

struct NodeOptions {
  bool watch = false;
};

// A question without proofs needs no genesis.
std::string ask(HttpClient& http, const std::string& target) {
  HttpCall call;
  call.target = target;
  HttpAnswer answer = or_fail(http.send(call));
  if (answer.status >= 400) {
    throw CommandError{ExitCode::could_not_check,
                       "the node answers " + target + " with status " + std::to_string(answer.status)};
  }
  return std::move(answer.body);
}

void show_status(Globals& globals, const NodeOptions& options) {
  HttpClient http = http_client_of(globals);
  for (std::string before;;) {
    const std::string json = ask(http, "/v1/status");
    const std::string text = or_fail(globals.json ? clean_json(json) : status_text(globals, json));
    if (text != before) *globals.out << text << (text.ends_with('\n') ? "" : "\n") << std::flush;
    if (!options.watch) return;
    before = text;
    std::this_thread::sleep_for(std::chrono::milliseconds(watch_pause_ms));
  }
}

// Well means: it says so itself, and its newest block is proved and young.
void check_node(Globals& globals) {
  Client client = client_of(globals);
  const certs::HealthAnswer health = or_fail(client.health());
  const auto head = client.head();
  std::string text = health.ok ? sentence(globals, "节点正常", "the node is well")
                               : sentence(globals, "节点异常", "the node is not well") + ": " + health.reason.str();
  text += head ? "\n  newest block, proved: " + to_string(head->newest.header.height) + ", " +
                     time_text(head->newest.header.timestamp_ms) + "\n"
               : "\n  no newest block: " + head.error().text + "\n";
  show_result(globals, health, text);
  if (head) warn_if_old(globals, client.genesis(), head->newest.header);
  if (!health.ok || !head) globals.exit_code = ExitCode::could_not_check;
}

}  // namespace

void add_node_commands(CLI::App& app, Globals& globals) {
  CLI::App* const noun = app.add_subcommand("node", "节点 · what a node says of itself");
  noun->require_subcommand(1);
  noun->footer(
      "Examples:\n  kanhe node status --node https://127.0.0.1:8001\n  kanhe node status --watch\n"
      "  kanhe node check && echo well\n");
  const auto options = std::make_shared<NodeOptions>();
  CLI::App* const status =
      noun->add_subcommand("status", "运行状态 · view, primary, open slots, and what it waits for, in words");
  status->add_flag("--watch", options->watch, "again whenever it changes, until interrupted");
  status->footer("Example:\n  kanhe node status --watch\n");
  status->callback([&globals, options] { show_status(globals, *options); });
  CLI::App* const check = noun->add_subcommand("check", "健康检查 · exit code 0 if the node is well, 5 if not");
  check->callback([&globals] { check_node(globals); });
}

}  // namespace kanhe::cli
