// load DIR: measures the network that testnet/up started in DIR, with real transactions through the endpoints of all
// nodes, and prints what it found.
//
// First it prepares: it enrols officers of its own, and founds what the work rests on. Then it signs, then the clock
// runs. What it knows as recorded with success is written to --ids-out, so that a test can look for each of them.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <thread>

#include "ledger/json.h"
#include "node/clock.h"
#include "testnet/load_session.h"

namespace kanhe::testnet {
namespace {

struct Options {
  std::string directory = "build/testnet";
  std::string kinds = "certificate";
  std::uint32_t rate = 0;
  std::size_t clients = 64;
  std::uint32_t seconds = 20;
  std::uint32_t warm_up_s = 5;
  std::uint32_t drain_s = 20;
  std::size_t senders = 1'000;
  std::size_t ahead = 0;
  std::size_t connections = 16;
  std::string ids_path;
  bool receipts = false;
  bool json = false;
};

constexpr std::size_t closed_transactions_per_second = 2'500;  // signed ahead, unless --ahead says otherwise
constexpr std::size_t other_staff_min = 4;
constexpr Duration clock_margin_ms{10'000};  // by which clocks may differ

void say(const std::string& line) { std::cerr << "load: " << line << std::endl; }

std::size_t jobs_wanted(const Options& options, const std::vector<std::size_t>& sample) {
  if (options.ahead > 0) return options.ahead;
  const std::size_t seconds = options.seconds + options.warm_up_s;
  if (options.rate > 0) return options.rate * seconds + 1;
  std::size_t calls = 0;
  for (const std::size_t kind : sample) calls += load_kinds()[kind].calls;
  return closed_transactions_per_second * seconds * sample.size() / calls + options.clients;
}

LoadPlan plan_of(const Options& options, std::size_t nodes) {
  LoadPlan plan;
  plan.mode = options.rate > 0 ? LoopMode::open : LoopMode::closed;
  plan.rate = options.rate;
  plan.clients = options.clients;
  plan.warm_up_ms = Duration(options.warm_up_s * 1'000);
  plan.duration_ms = Duration(options.seconds * 1'000);
  plan.drain_ms = Duration(options.drain_s * 1'000);
  plan.nodes = nodes;
  return plan;
}

std::string machine_text() {
  std::ifstream cpus("/proc/cpuinfo");
  std::string model = "unknown processor";
  for (std::string line; std::getline(cpus, line);) {
    if (!line.starts_with("model name")) continue;
    model = line.substr(line.find(':') + 2);
    break;
  }
  return std::to_string(std::thread::hardware_concurrency()) + " x " + model + "; client and nodes share it";
}

std::uint64_t own_cpu_ms() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  const auto ms = [](const timeval& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000 + static_cast<std::uint64_t>(time.tv_usec) / 1'000;
  };
  return ms(use.ru_utime) + ms(use.ru_stime);
}

// Carries out jobs that prepare the network. Errors: refused (by a rule or a node), unavailable (not done in time).
Result<void> prepare(LoadSession& session, const std::vector<Job>& jobs, std::size_t clients, std::size_t nodes) {
  LoadPlan plan;
  plan.clients = clients;
  plan.duration_ms = Duration(120'000);
  plan.nodes = nodes;
  LoadRun run(jobs, plan, node::read_clocks().monotonic);
  session.carry_out(run);
  std::string trouble;
  for (const auto& [status, text] : session.troubles()) trouble += "\n  " + std::to_string(status) + ": " + text;
  const RunCounters& counters = run.counters();
  if (counters.refused + counters.rejected > 0) {
    return fail(ErrorCode::refused, counters.refused + counters.rejected, " of ", jobs.size(),
                " transactions that prepare the network were refused", trouble);
  }
  if (run.under_way() > 0) return fail(ErrorCode::unavailable, "the network does not record transactions", trouble);
  return {};
}

Result<void> prepare_network(LoadSession& session, const LoadWork& work, std::size_t nodes) {
  say("founding register, certificate type and service");
  TRY(prepare(session, work.founding_jobs(), 1, nodes));
  const std::vector<Job> enrolments = work.enrolment_jobs();
  say("enrolling " + std::to_string(enrolments.size()) + " officers");
  return prepare(session, enrolments, 256, nodes);
}

template <std::size_t Max>
PlainText<Max> plain_text(const std::string& text) {
  const auto plain = PlainText<Max>::from(text);
  return plain ? *plain : PlainText<Max>();
}

LoadReport report_of(const Options& options, const std::string& command, const LoadRun& run,
                     const LoadSession& session) {
  LoadReport report;
  report.command = plain_text<4096>(command);
  report.machine = plain_text<512>(machine_text());
  const std::string loop = options.rate > 0
                               ? "open, " + std::to_string(options.rate) + " jobs begun in a second"
                               : "closed, " + std::to_string(options.clients) + " clients";
  report.loop = plain_text<256>(loop);
  report.warm_up_ms = options.warm_up_s * 1'000;
  const Instant end = std::min(run.ran_out().value_or(run.counting_until()), run.counting_until());
  const bool any = end > run.counting_from();
  add_figures(report, run, any ? (end - run.counting_from()) / ns_per_ms : 0);
  for (NodeReport& node : session.node_reports()) report.nodes.push_back(std::move(node));
  return report;
}

Result<void> measure(const Options& options, const std::string& command) {
  const LoadNetwork network = TRY(read_load_network(options.directory));
  std::vector<LoadNode> nodes = TRY(read_load_nodes(options.directory));
  const std::size_t count = nodes.size();
  const std::vector<std::size_t> sample = TRY(spread_kinds(options.kinds, 1'000));
  const std::uint64_t window_ms = network.genesis.parameters.validity_window_ms.value();
  const std::uint64_t needed_ms = (options.seconds + options.warm_up_s + options.drain_s) * 1'000ull + 60'000;
  if (needed_ms > window_ms) {
    return fail(ErrorCode::out_of_range, "transactions are valid for ", window_ms / 1'000, " s, this needs ",
                needed_ms / 1'000);
  }
  const Learning learning = options.receipts ? Learning::from_receipts : Learning::from_events;
  const auto session = TRY(LoadSession::open(std::move(nodes), options.connections, learning, options.ids_path));
  const Staff staff = TRY(make_staff(std::max(options.senders, registry_staff_min),
                                     std::max(options.senders / 10, other_staff_min)));
  const LoadWork work(network, staff, TRY(random_bytes<Hash256>()),
                      node::wall_now(), Duration(window_ms - clock_margin_ms.value()));
  TRY(prepare_network(*session, work, count));

  const std::size_t jobs_count = jobs_wanted(options, sample);
  say("signing " + std::to_string(jobs_count) + " jobs");
  const std::vector<Job> jobs = work.make_all(TRY(spread_kinds(options.kinds, jobs_count)));
  say("measuring for " + std::to_string(options.warm_up_s) + " + " + std::to_string(options.seconds) + " s");
  const std::uint64_t cpu_before = own_cpu_ms();
  LoadRun run(jobs, plan_of(options, count), node::read_clocks().monotonic);
  session->carry_out(run);
  LoadReport report = report_of(options, command, run, *session);
  report.client_cpu_ms = static_cast<std::uint32_t>(own_cpu_ms() - cpu_before);
  for (const auto& [status, text] : session->troubles()) say("a node answered " + std::to_string(status) + ": " + text);
  std::cout << (options.json ? to_json(report, JsonLayout::indented) + "\n" : report_text(report));
  return {};
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("DIR", options.directory, "directory of the network")->capture_default_str();
  std::string kinds;
  for (const LoadKind& kind : load_kinds()) kinds += "\n" + std::string(kind.name) + ": " + std::string(kind.text);
  app.add_option("--kinds", options.kinds, "work, for example certificate=6,import=3,sale=1;" + kinds)
      ->capture_default_str();
  app.add_option("--rate", options.rate, "open loop: jobs begun in a second (else a closed loop)")
      ->check(CLI::Range(1u, 100'000u));
  app.add_option("--clients", options.clients, "closed loop: jobs under way")->check(CLI::Range(1, 100'000));
  app.add_option("--seconds", options.seconds, "counted time")->check(CLI::Range(1u, 3'600u));
  app.add_option("--warm-up", options.warm_up_s, "seconds before it")->check(CLI::Range(0u, 600u));
  app.add_option("--drain", options.drain_s, "seconds after it, for what is under way")->check(CLI::Range(0u, 600u));
  app.add_option("--senders", options.senders, "officers of the registry who sign")->check(CLI::Range(1, 100'000));
  app.add_option("--ahead", options.ahead, "jobs signed ahead")->check(CLI::Range(1, 2'000'000));
  app.add_option("--connections", options.connections, "to each node")->check(CLI::Range(2, 1'000));
  app.add_option("--ids-out", options.ids_path,
                 "file for the ids of what is recorded with success, a line \"id height\" for each");
  app.add_flag("--receipts", options.receipts,
               "each submission waits for its receipt (else the events of one node are followed)");
  app.add_flag("--json", options.json, "print the report as JSON");
  app.footer("Example:\n  load build/testnet --kinds certificate=6,import=3,sale=1 --rate 500 --seconds 60");
}

}  // namespace
}  // namespace kanhe::testnet

int main(int argc, char** argv) {
  kanhe::testnet::Options options;
  CLI::App app("load: measures a network on this machine with real transactions");
  kanhe::testnet::add_options(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  std::string command;
  for (int i = 0; i < argc; ++i) command += (i > 0 ? " " : "") + std::string(argv[i]);
  const auto measured = kanhe::testnet::measure(options, command);
  if (measured) return 0;
  std::cerr << "load: " << measured.error().text << "\n";
  return 1;
}
