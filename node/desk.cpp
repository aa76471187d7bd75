#include "node/desk.h"

#include "ledger/json.h"
#include "node/clock.h"

namespace kanhe::node {

Desk::Desk(const NodeConfig& config, DeskLinks links, Log& log)
    : department_(config.department),
      links_(std::move(links)),
      log_(log),
      submissions_({},
                   [this](Bytes transaction, std::uint64_t token) {
                     if (queue_.push(std::move(transaction), token)) links_.wake();
                   }),
      exchange_(exchange_links()),
      report_(std::make_shared<const DeskReport>(
          DeskReport{"{}\n", "", fail(ErrorCode::unavailable, "this node starts")})) {}

Desk::~Desk() { stop(); }

Result<std::unique_ptr<Desk>> Desk::open(const NodeConfig& config, const Genesis& genesis, const Store& store,
                                         Log& log, DeskLinks links) {
  std::unique_ptr<Desk> desk(new Desk(config, std::move(links), log));
  desk->query_log_ = TRY(QueryLog::open(config.data_dir + "/query.log"));
  desk->reads_ = TRY(ReadRegister::open(config.data_dir + "/reads"));
  desk->acts_ = TRY(ActIndex::open(config.data_dir + "/acts"));
  if (config.vault) {
    SealingKey key = TRY(read_vault_key(config.vault->key));
    desk->vault_ = TRY(Vault::open({config.data_dir + "/vault", config.vault->free_bytes_min}, std::move(key)));
  }
  desk->routes_ = std::make_unique<Routes>(desk->sources(genesis, store));
  EndpointWork work;
  work.handle = [&routes = *desk->routes_](HttpRequest request, Respond respond) {
    routes.handle(std::move(request), std::move(respond));
  };
  work.tick = [&here = *desk] {
    const Instant now = read_clocks().monotonic;
    here.submissions_.end_waits(now);
    here.block_waits_.end_waits(now);
    here.exchange_.end_waits(now);
  };
  desk->endpoint_ = TRY(Endpoint::open(*config.endpoint, std::move(work), log));
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
  sources.acts_of = [this](const StoreReader& held, const PartyId& person, std::uint64_t from, std::size_t count) {
    return acts_->acts_of(held, person, from, count);
  };
  sources.department = department_;
  sources.vault = vault_.get();
  sources.pass_on = [this](std::vector<DepartmentId> departments, const HttpRequest& request, Respond respond) {
    exchange_.ask(std::move(departments), request, std::move(respond));
  };
  sources.on_damaged_file = [this](const std::string& reason) { log_.error("file_damaged", {{"reason", reason}}); };
  return sources;
}

FileExchangeLinks Desk::exchange_links() {
  FileExchangeLinks links;
  links.connected = links_.connected;
  links.department = links_.department;
  links.send = links_.send;
  links.handle = [this](HttpRequest request, Respond respond) {
    routes_->handle(std::move(request), std::move(respond));
  };
  links.clock = [] { return read_clocks().monotonic; };
  return links;
}

void Desk::on_file_frame(PeerId from, Frame frame) {
  if (file_frames_.fetch_add(1) >= file_frames_max) {
    --file_frames_;
    return;
  }
  endpoint_->post([this, from, frame = std::move(frame)] {
    --file_frames_;
    exchange_.on_frame(from, frame);
  });
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
