// kanhe node: what a node says of itself, and whether it is well.
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <thread>

#include "cli/client.h"
#include "cli/node_status.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/text_table.h"
#include "ledger/store_check.h"

namespace kanhe::cli {
namespace {

constexpr unsigned watch_pause_ms = 1'000;

struct NodeOptions {
  bool watch = false;
  std::string directory;       // of a node that is down
  bool no_signatures = false;
};

// A question without proofs needs no genesis.
std::string ask(HttpClient& http, const std::string& target) {
  HttpCall call;
  call.target = target;
  HttpAnswer answer = or_fail(http.send(call));
  if (answer.status >= 400) {
    throw CommandError{ExitCode::could_not_check,
                       "the node answers " + target + " with status " + std::to_string(answer.status),
                       "节点对 " + target + " 的答复状态为 " + std::to_string(answer.status)};
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
  text += head ? "\n  " + sentence(globals, "最新区块，已核验", "newest block, proved") + ": " +
                     to_string(head->newest.header.height) + ", " + time_text(head->newest.header.timestamp_ms) + "\n"
               : "\n  " + sentence(globals, "没有最新区块", "no newest block") + ": " + head.error().text + "\n";
  show_result(globals, health, text);
  if (head) warn_if_old(globals, client.genesis(), head->newest.header);
  if (!health.ok || !head) globals.exit_code = ExitCode::could_not_check;
}

std::string report_text(const Globals& globals, const StoreCheckReport& report) {
  std::string text;
  if (report.tip) {
    TextTable table({Align::left, Align::right});
    table.add({sentence(globals, "高度", "height"), to_string(*report.tip)});
    table.add({sentence(globals, "区块", "blocks"), grouped(report.blocks.value())});
    table.add({sentence(globals, "提交印证", "seals"), grouped(report.seals.value())});
    table.add({sentence(globals, "交易", "transactions"), grouped(report.transactions.value())});
    table.add({sentence(globals, "回执", "receipts"), grouped(report.receipts.value())});
    table.add({sentence(globals, "事件", "events"), grouped(report.events.value())});
    table.add({sentence(globals, "状态记录", "records of the state"), grouped(report.records.value())});
    text += table.text();
  }
  for (const StoreFinding& finding : report.findings) {
    text += "  ✗ " + (finding.height ? sentence(globals, "区块", "block") + " " + to_string(*finding.height) + ": "
                              : std::string()) +
            finding.what.str() + "\n";
  }
  if (report.findings.empty() && report.complete) {
    return sentence(globals, "数据完好", "the data are whole") + "\n" + text;
  }
  if (report.findings.empty()) return sentence(globals, "没有区块", "there is no block yet") + "\n" + text;
  return sentence(globals, "数据已损坏", "the data are damaged") + "\n" + text +
         (report.complete ? "" : "  " + sentence(globals, "未能全部检查", "not everything could be looked at") + "\n");
}

// Where the store lies: below a node's data directory, or the directory itself.
std::string store_below(const std::string& directory) {
  for (const std::string_view place : {"", "/store", "/data/store"}) {
    const std::string path = directory + std::string(place);
    if (system_files().exists(path + "/db")) return path;
  }
  throw CommandError{ExitCode::could_not_check, directory + ": there is no store in it", directory + "：其中没有节点数据"};
}

// Nobody may write meanwhile; where no node ever ran, there is nothing to lock.
std::unique_ptr<DirectoryLock> lock_of(const std::string& store_path) {
  const std::string directory = parent_directory(store_path);
  if (!system_files().exists(directory + "/LOCK")) return nullptr;
  return or_fail(system_files().lock_directory(directory));
}

void check_directory(Globals& globals, const NodeOptions& options) {
  const certs::Trust trust = trust_of(globals);
  StoreCheckOptions check;
  check.path = store_below(options.directory);
  check.signatures = !options.no_signatures;
  const auto lock = lock_of(check.path);
  std::optional<Progress> progress;
  std::string shown;
  check.progress = [&](std::string_view what, std::uint64_t done, std::uint64_t of) {
    if (what != shown) {
      progress.reset();
      progress.emplace(globals, sentence(globals, "核查", "checking") + " " + std::string(what), of);
      shown = what;
    }
    progress->show(done);
  };
  const StoreCheckReport report = or_fail(check_store(system_files(), trust.genesis(), check));
  progress.reset();
  show_result(globals, report, report_text(globals, report));
  if (!report.findings.empty()) globals.exit_code = ExitCode::not_authentic;
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
  CLI::App* const check = noun->add_subcommand(
      "check", "健康检查 · whether a node is well; or, with DIR, whether the data of one that is down are whole");
  check->add_option("DIR", options->directory, "data directory of a node that is down; nothing in it is changed");
  check->add_flag("--no-signatures", options->no_signatures, "with DIR: leave out the signatures of transactions");
  check->footer(
      "Examples:\n  kanhe node check\n  kanhe node check /var/lib/kanhe/data --genesis genesis.json\n\n"
      "Exit codes: 0 well, or whole · 3 the data are damaged; each place is named · 5 not well, or not checked\n");
  check->callback([&globals, options] {
    options->directory.empty() ? check_node(globals) : check_directory(globals, *options);
  });
}

}  // namespace kanhe::cli
