#include "node/desk.h"

#include "ledger/json.h"
#include "node/clock.h"

namespace kanhe::node {

Desk::Desk(std::function<void()> wake, Log& log)
    : wake_(std::move(wake)),
      log_(log),
      submissions_({},
                   [this](Bytes transaction, std::uint64_t token) {
                     if (queue_.push(std::move(transaction), token)) wake_();
                   }),
      report_(std::make_shared<const DeskReport>(
          DeskReport{"{}\n", "", fail(ErrorCode::unavailable, "this node starts")})) {}

Desk::~Desk() { stop(); }

Result<std::unique_ptr<Desk>> Desk::open(const EndpointConfig& config, const std::string& data_dir,
                                         const Genesis& genesis, const Store& store, Log& log,
                                         std::function<void()> wake) {
  std::unique_ptr<Desk> desk(new Desk(std::move(wake), log));
  desk->query_log_ = TRY(QueryLog::open(data_dir + "/query.log"));
  desk->reads_ = TRY(ReadRegister::open(data_dir + "/reads"));
  desk->routes_ = std::make_unique<Routes>(desk->sources(genesis, store));
  EndpointWork work;
  work.handle = [&routes = *desk->routes_](HttpRequest request, Respond respond) {
    routes.handle(std::move(request), std::move(respond));
  };
  work.tick = [&here = *desk] {
    const Instant now = read_clocks().monotonic;
    here.submissions_.end_waits(now);
    here.block_waits_.end_waits(now);
  };
  desk->endpoint_ = TRY(Endpoint::open(config, std::move(work), log));
  return desk;
}

RouteSources Desk::sources(const Genesis& genesis, const Store& store) {
  RouteSources sources;
  sources.genesis = genesis;
  sources.submissions = &submissions_;
  sources.block_waits = &block_waits_;
  sources.newest = [&store] { return store.newest(); };
  sources.run = [this](std::function<void()> work) { endpoint_->post(std::move(work)); };
  sources.status_json = [this] { return newest_report()->status_json; };
  sources.metrics_text = [this] { return newest_report()->metrics_text; };
  sources.health = [this] { return newest_report()->health; };
  sources.wall_clock = [] { return wall_now(); };
  sources.monotonic_clock = [] { return read_clocks().monotonic; };
  sources.log_query = [this](const QueryLine& line) { log_query(line); };
  sources.reads_of = [this](const PartyId& party, std::uint64_t from, std::size_t count) {
    return reads_->reads_of(party, from, count);
  };
  return sources;
}

void Desk::start() { endpoint_->start(); }

void Desk::stop() {
  if (endpoint_ != nullptr) endpoint_->stop();
}

void Desk::on_submitted(std::uint64_t token, const TransactionId& id, Result<void> answer) {
  submissions_.on_submitted(token, id, std::move(answer));
}

void Desk::on_block(Height height) { block_waits_.on_block(height); }

void Desk::on_recorded(const std::vector<TransactionId>& ids) { submissions_.on_recorded(ids); }

void Desk::on_expired(const TransactionId& id) { submissions_.on_expired(id); }

void Desk::report(DeskReport report) {
  auto shared = std::make_shared<const DeskReport>(std::move(report));
  const std::lock_guard lock(mutex_);
  report_ = std::move(shared);
}

std::shared_ptr<const DeskReport> Desk::newest_report() const {
  const std::lock_guard lock(mutex_);
  return report_;
}

void Desk::log_query(const QueryLine& line) {
  const std::string text = to_json(line);
  // The one is for the department, the other for those whom it is about: neither waits for the other.
  for (const Result<void>& written : {query_log_->append(wall_now(), text), reads_->append(line)}) {
    if (!written) log_.error("query_not_logged", {{"reason", written.error().text}, {"query", text}});
  }
}

}  // namespace kanhe::node
