#include "testnet/load_session.h"

#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <sstream>

#include "node/clock.h"

namespace kanhe::testnet {
namespace {

constexpr Duration tick_ms{2};
constexpr Duration follow_again_ms{50};
constexpr Duration ending_ms{500};  // for what look() asked
constexpr unsigned http_ok = 200;
constexpr unsigned http_accepted = 202;
constexpr unsigned http_conflict = 409;
constexpr unsigned http_too_many = 429;
constexpr unsigned http_busy = 503;

volatile std::sig_atomic_t end_wanted = 0;
extern "C" void on_end_wanted(int) { end_wanted = 1; }

Instant instant_now() { return node::read_clocks().monotonic; }

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// A number may have been given to another program since the file was written.
std::optional<int> read_pid(const std::string& path) {
  std::ifstream file(path);
  int pid = 0;
  if (!(file >> pid)) return {};
  return read_text("/proc/" + std::to_string(pid) + "/comm") == "kanhed\n" ? std::optional(pid) : std::nullopt;
}

std::optional<std::uint64_t> cpu_ms_of_pid(std::optional<int> pid) {
  if (!pid) return {};
  const auto used = cpu_ms_of(read_text("/proc/" + std::to_string(*pid) + "/stat"), sysconf(_SC_CLK_TCK));
  return used ? std::optional(*used) : std::nullopt;
}

SubmissionAnswer meaning_of(unsigned status) {
  if (status == http_ok || status == http_accepted || status == http_conflict) return SubmissionAnswer::admitted;
  if (status == http_busy || status == http_too_many) return SubmissionAnswer::busy;
  return status == no_status || status >= 500 ? SubmissionAnswer::no_answer : SubmissionAnswer::rejected;
}

// A node waits less long for a receipt than LoadPlan's patience lasts.
std::string submission_target(Learning learning) {
  return learning == Learning::from_receipts ? "/v1/transactions?wait_ms=4000" : "/v1/transactions";
}

}  // namespace

Result<std::vector<LoadNode>> read_load_nodes(const std::string& directory) {
  std::vector<LoadNode> nodes;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const std::string config_path = entry.path() / "config.toml";
    if (!std::filesystem::exists(config_path)) continue;
    const node::NodeConfig config = TRY(node::read_config(config_path));
    if (!config.endpoint) return fail(ErrorCode::unknown, config_path, ": the node has no [endpoint]");
    nodes.push_back({config.department.str(), config.endpoint->listen, read_pid(entry.path() / "kanhed.pid")});
  }
  if (nodes.empty()) return fail(ErrorCode::unknown, directory, ": no network there; testnet/up starts one");
  std::ranges::sort(nodes, {}, &LoadNode::name);
  return nodes;
}

LoadSession::LoadSession(std::vector<LoadNode> nodes, std::size_t connections_each, Learning learning)
    : nodes_(std::move(nodes)), learning_(learning), http_([this] {
        std::vector<node::Address> endpoints;
        for (const LoadNode& node : nodes_) endpoints.push_back(node.endpoint);
        return endpoints;
      }(), connections_each) {}

Result<std::unique_ptr<LoadSession>> LoadSession::open(std::vector<LoadNode> nodes, std::size_t connections_each,
                                                       Learning learning, const std::string& ids_path) {
  std::unique_ptr<LoadSession> session(new LoadSession(std::move(nodes), connections_each, learning));
  if (ids_path.empty()) return session;
  session->ids_.open(ids_path);
  if (!session->ids_) return fail(ErrorCode::io, ids_path, ": cannot be written");
  return session;
}

void LoadSession::carry_out(LoadRun& run) {
  run_ = &run;
  ++round_;
  std::signal(SIGINT, on_end_wanted);
  std::signal(SIGTERM, on_end_wanted);
  looking_ = Looking::not_yet;
  before_.assign(nodes_.size(), {});
  after_.assign(nodes_.size(), {});
  if (learning_ == Learning::from_events) follow();
  tick();
  http_.run();
  run_ = nullptr;
}

void LoadSession::tick() {
  const Instant now = instant_now();
  if (end_wanted != 0) run_->end_early(now);
  if (looking_ == Looking::not_yet && now >= run_->counting_from()) {
    looking_ = Looking::counting;
    look(before_);
  }
  if (looking_ == Looking::counting && (now >= run_->counting_until() || run_->is_over(now))) {
    looking_ = Looking::done;
    look(after_);
  }
  pump();
  if (run_->is_over(now) && looking_ != Looking::ending) {
    looking_ = Looking::ending;
    http_.after(ending_ms, in_this_round([this] { http_.stop(); }));
  }
  http_.after(tick_ms, in_this_round([this] { tick(); }));
}

void LoadSession::pump() {
  // What is sent before the follower has a place to begin at could be recorded below it.
  if (learning_ == Learning::from_events && !follower_.has_begun()) return;
  run_->tick(instant_now());
  for (const Submission& submission : run_->take_submissions()) {
    http_.send(submission.node, {submission_target(learning_), submission.body},
               in_this_round([this, attempt = submission.attempt](const LoadAnswer& answer) {
                 on_submitted(attempt, answer);
               }));
  }
  for (const Acknowledged& one : run_->take_acknowledged()) {
    if (ids_.is_open()) ids_ << one.id.hex() << " " << to_string(one.height) << "\n";
  }
  ids_.flush();
}

void LoadSession::on_submitted(const Attempt& attempt, const LoadAnswer& answer) {
  const SubmissionAnswer meaning = meaning_of(answer.status);
  if (meaning != SubmissionAnswer::admitted) note(answer);
  run_->on_answer(attempt, meaning, instant_now());
  if (learning_ == Learning::from_receipts && answer.status == http_ok) on_receipt(answer);
}

void LoadSession::on_receipt(const LoadAnswer& answer) {
  const auto block = read_receipt(answer.body);
  if (!block) note({answer.status, block.error().text});
  if (!block || !*block) return;
  run_->on_block(**block, instant_now());
  pump();
}

void LoadSession::follow() {
  http_.send(followed_, {follower_.target(), nullptr},
             in_this_round([this](const LoadAnswer& answer) { on_followed(answer); }));
}

void LoadSession::on_followed(const LoadAnswer& answer) {
  const std::string asked = follower_.target();
  bool useful = answer.status == http_ok;
  if (!useful) note(answer);
  if (useful) {
    const auto read = follower_.on_answer(answer.body);
    if (!read) note({answer.status, asked + ": " + read.error().text});
    useful = read.has_value();
  }
  const Instant now = instant_now();
  for (const RecordedBlock& block : follower_.take_blocks()) run_->on_block(block, now);
  pump();
  if (useful && follower_.target() == asked && run_->under_way() > 0) useful = false;
  if (useful) {
    follow();
    return;
  }
  followed_ = (followed_ + 1) % nodes_.size();
  http_.after(follow_again_ms, in_this_round([this] { follow(); }));
}

void LoadSession::look(std::vector<NodeUse>& uses) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    uses[i].cpu_ms = cpu_ms_of_pid(nodes_[i].pid);
    http_.send(i, {"/v1/metrics", nullptr}, in_this_round([&use = uses[i]](const LoadAnswer& answer) {
                 if (answer.status == http_ok) use.metrics = read_metrics(answer.body);
               }));
  }
}

void LoadSession::note(const LoadAnswer& answer) {
  troubles_.try_emplace(answer.status, answer.body.substr(0, 400));
}

std::vector<NodeReport> LoadSession::node_reports() const {
  std::vector<NodeReport> reports;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    reports.push_back(node_report(nodes_[i].name, before_[i], after_[i]));
  }
  return reports;
}

}  // namespace kanhe::testnet
