#include "node/node.h"

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <filesystem>
#include <thread>
#include <unistd.h>

#include "certs/proofs.h"
#include "ledger/json.h"
#include "node/clock.h"
#include "node/desk.h"
#include "node/metrics.h"
#include "node/private_file.h"
#include "node/verified_signatures.h"

namespace kanhe::node {
namespace {

namespace asio = boost::asio;
using ErrorOf = boost::system::error_code;

constexpr std::chrono::seconds report_period{1};
constexpr std::uint64_t certificate_warning_ms = 30ull * 24 * 3'600'000;
constexpr int storage_exit_code = 74;

// What the files say.
struct Identity {
  Genesis genesis;
  std::optional<Header> trusted;     // the last header of the file of epochs
  std::optional<EpochConfig> later;  // the epoch that it hands over to, the newest that the file proves
  std::vector<SecretKey> keys;
  TransportIdentity transport;
};

Result<Genesis> load_genesis(const std::string& path) {
  auto genesis = from_json<Genesis>(TRY(read_small_file(path, FileAccess::open)));
  if (!genesis) return std::move(genesis).error().in(path);
  if (const auto checked = check_genesis(*genesis); !checked) return Error(checked.error()).in(path);
  if (genesis->suite.signature == SignatureScheme::keyed_hash) {
    return fail(ErrorCode::unsupported, path, ": suite.signature keyed_hash protects nothing; it is for simulation");
  }
  return genesis;
}

// The newest change that a file of epoch changes proves from the genesis on; absent where no epoch has ended.
Result<std::optional<certs::EpochChange>> load_epochs(const std::string& path, const Genesis& genesis) {
  auto changes = from_json<certs::EpochChanges>(TRY(read_small_file(path, FileAccess::open)));
  if (!changes) return std::move(changes).error().in(path);
  certs::Trust trust = TRY(certs::Trust::from(genesis));
  if (const auto added = trust.add(*changes); !added) return Error(added.error()).in(path);
  return changes->empty() ? std::nullopt : std::optional(changes->back());
}

Result<Identity> load_identity(const NodeConfig& config) {
  Genesis genesis = TRY(load_genesis(config.genesis));
  std::optional<certs::EpochChange> change;
  if (config.epochs) change = TRY(load_epochs(*config.epochs, genesis));
  std::vector<SecretKey> keys;
  keys.push_back(TRY(read_secret_key(config.consensus_key)));
  if (config.next_consensus_key) keys.push_back(TRY(read_secret_key(*config.next_consensus_key)));
  TransportIdentity transport = TRY(load_transport_identity(config.transport_key, config.transport_certificate));
  Identity identity{std::move(genesis), {}, {}, std::move(keys), std::move(transport)};
  if (change) {
    identity.trusted = change->last.header;
    identity.later = std::move(change->next);
  }
  return identity;
}

const Validator* find_member(const EpochConfig& epoch, const DepartmentId& department) {
  for (const auto* members : {&epoch.validators, &epoch.observers}) {
    const auto found = std::ranges::find(*members, department, &Validator::department);
    if (found != members->end()) return &*found;
  }
  return nullptr;
}

// Keys that do not belong to the department would be found out only by others, one by one. A department that no known
// epoch lists may be about to join.
Result<void> check_identity(const NodeConfig& config, const Identity& identity, const EpochConfig& known) {
  const EpochConfig& newest = identity.later && identity.later->epoch > known.epoch ? *identity.later : known;
  const Validator* const member = find_member(newest, config.department);
  if (member == nullptr) return {};
  const std::string epoch = "epoch " + to_string(newest.epoch);
  const auto is_named = [&](const SecretKey& key) {
    return public_key_of(identity.genesis.suite.signature, key) == member->consensus_key;
  };
  if (std::ranges::none_of(identity.keys, is_named)) {
    return fail(ErrorCode::conflict, config.consensus_key, ": is not the key that ", epoch, " names for ",
                config.department.str());
  }
  const auto& previous = member->previous_transport_key;
  const bool is_previous = previous && previous->key == identity.transport.key && wall_now() < previous->until_ms;
  if (identity.transport.key != member->transport_key && !is_previous) {
    return fail(ErrorCode::conflict, config.transport_key, ": is not the key that ", epoch, " names for ",
                config.department.str());
  }
  return {};
}

// What decides the next block.
EpochConfig newest_epoch_of(const Store& store, const Genesis& genesis) {
  const auto tip = store.tip();
  if (!tip) return first_epoch_of(genesis);
  const Epoch epoch = store.header(tip->height).value().epoch;
  if (auto next = store.epoch_config(epoch + 1)) return *std::move(next);
  return store.epoch_config(epoch).value();
}

Result<std::unique_ptr<Store>> open_store(const NodeConfig& config, const Genesis& genesis, Log& log) {
  StoreOptions options;
  options.path = config.data_dir + "/store";
  options.on_failure = [&log](std::string_view what) {
    log.error("storage_failed", {{"reason", std::string(what)}});
    log.flush();
    ::_exit(storage_exit_code);
  };
  return Store::open(system_files(), options, chain_id_of(genesis));
}

Result<std::uint64_t> new_session() {
  for (;;) {
    std::array<Byte, 8> bytes{};
    TRY(fill_random(bytes));
    std::uint64_t session = 0;
    for (const Byte byte : bytes) session = session << 8 | byte;
    if (session != 0) return session;
  }
}

}  // namespace

// In the order of construction; destroyed the other way round.
struct Node::Parts {
  Parts(NodeConfig node_config, Identity who, Log& node_log)
      : config(std::move(node_config)),
        identity(std::move(who)),
        log(node_log),
        directory(first_epoch_of(identity.genesis), config.department),
        reporter(identity.genesis, directory, read_clocks()) {}

  Result<void> open();
  Result<void> open_network();
  Result<void> open_desk();
  void take_submissions();
  void start_driver(std::uint64_t session);
  DriverEvents driver_events();
  std::string role_in(const EpochConfig& epoch) const;
  NetworkConfig network_config() const;
  void wait_for_signals();
  void run_driver_soon();
  void wait_for_deadline();
  void wait_for_report();
  void report();
  void stop();
  void run();

  NodeConfig config;
  Identity identity;
  Log& log;
  PeerDirectory directory;
  StatusReporter reporter;
  asio::io_context network_context{1};
  asio::io_context driver_context{1};
  asio::signal_set signals{driver_context};
  asio::steady_timer deadline{driver_context};
  asio::steady_timer report_timer{driver_context};
  std::unique_ptr<Store> store;
  std::unique_ptr<Tls> tls;
  std::unique_ptr<Network> network;
  std::shared_ptr<VerifiedSignatures> verified = std::make_shared<VerifiedSignatures>();
  std::unique_ptr<CheckerPool> checker;
  std::unique_ptr<Desk> desk;  // null without an endpoint
  std::unique_ptr<Driver> driver;
  bool run_is_posted = false;
  bool stopping = false;
};

// ---------------------------------------------------------------------------------------------------------------------
// Starting

Result<void> Node::Parts::open() {
  // First, so that a signal during a long start is a clean stop too.
  signals.add(SIGTERM);
  signals.add(SIGINT);
  signals.add(SIGUSR1);
  wait_for_signals();
  store = TRY(open_store(config, identity.genesis, log));
  const EpochConfig known = newest_epoch_of(*store, identity.genesis);
  TRY(check_identity(config, identity, known));
  // Data from before the file of epochs was given may be of another history.
  const TrustedHistory trusted(identity.trusted);
  if (const auto checked = trusted.check_store(*store); !checked) return Error(checked.error()).in(*config.epochs);
  directory.enter(known);
  if (identity.later) directory.expect(*identity.later);
  if (identity.trusted) {
    log.info("history_trusted", {{"height", to_string(identity.trusted->height)},
                                 {"header", hash_of(*identity.trusted).hex()}});
  }
  const std::uint64_t session = TRY(new_session());
  TRY(open_network());
  TRY(open_desk());
  CheckerLimits limits;
  limits.threads = config.limits.checker_threads;
  const consensus::Scheme scheme{identity.genesis.suite.signature, origin_of(identity.genesis), known,
                                 check_with(verified, identity.genesis.suite.signature)};
  const auto deliver = [this](Checked checked, CheckerPool::Held held) {
    asio::post(driver_context, [this, answer = std::move(checked), held = std::move(held)]() mutable {
      driver->on_checked(std::move(answer), read_clocks());
      run_driver_soon();
    });
  };
  checker = std::make_unique<CheckerPool>(scheme, directory.self(), limits, deliver);
  start_driver(session);
  return {};
}

NetworkConfig Node::Parts::network_config() const {
  NetworkConfig network_config;
  network_config.self = directory.self();
  network_config.hello = {{}, chain_id_of(identity.genesis), config.department};
  network_config.listen = config.listen;
  network_config.dial = config.peers;
  network_config.peer.handshake_timeout = std::chrono::milliseconds(config.limits.handshake_timeout.value());
  network_config.peer.send_queue_bytes = config.limits.send_queue_bytes;
  network_config.unauthenticated_max = config.limits.unauthenticated_connections;
  return network_config;
}

Result<void> Node::Parts::open_network() {
  tls = TRY(Tls::make(identity.transport, directory));
  NetworkEvents events;
  events.on_frame = [this](PeerId from, Frame frame) {
    const bool about_files = frame.kind == FrameKind::fetch_file_part || frame.kind == FrameKind::file_part_answer;
    if (about_files && desk) return desk->on_file_frame(from, std::move(frame));
    driver->on_frame(from, std::move(frame), read_clocks());
    run_driver_soon();
  };
  network = TRY(Network::open(network_config(), network_context, driver_context.get_executor(), *tls, directory, log,
                              std::move(events)));
  return {};
}

Result<void> Node::Parts::open_desk() {
  if (!config.endpoint) return {};
  DeskLinks links;
  links.wake = [this] { asio::post(driver_context, [this] { take_submissions(); }); };
  links.connected = [this](const DepartmentId& department) {
    auto peer = directory.find(department);
    const std::vector<PeerId> reached = network->connected();
    return peer && std::ranges::find(reached, *peer) != reached.end() ? peer : std::nullopt;
  };
  links.department = [this](PeerId peer) { return directory.department(peer); };
  links.send = [this](PeerId to, FrameKind kind, Bytes payload) { network->send(to, kind, std::move(payload)); };
  desk = TRY(Desk::open(config, identity.genesis, *store, log, std::move(links)));
  return {};
}

void Node::Parts::take_submissions() {
  const consensus::Now now = read_clocks();
  for (const Submission& submission : desk->take_submissions()) {
    driver->submit(submission.transaction, submission.token, now);
  }
  run_driver_soon();
}

DriverEvents Node::Parts::driver_events() {
  DriverEvents events;
  events.on_alarm = [this](const consensus::Alarm& alarm) {
    static constexpr const char* names[] = {"conflicting_votes", "odd_result", "diverged", "lost_votes",
                                            "invalid_proposal"};
    const std::string accused =
        alarm.accused ? directory.department(directory.peer_of(*alarm.accused)).str() : std::string("nobody");
    log.error("alarm", {{"kind", names[static_cast<std::size_t>(alarm.kind)]},
                        {"height", to_string(alarm.height)},
                        {"accused", accused}});
  };
  events.on_block = [this](Height height) {
    log.debug("block", {{"height", to_string(height)}});
    if (desk) desk->on_block(height);
  };
  events.on_epoch = [this](const EpochConfig& epoch) {
    log.info("epoch_begun", {{"epoch", to_string(epoch.epoch)},
                             {"validators", std::to_string(epoch.n())},
                             {"role", role_in(epoch)}});
    network->update_members();
  };
  if (!desk) return events;
  events.on_recorded = [this](Height, const std::vector<TransactionId>& ids) { desk->on_recorded(ids); };
  events.on_expired = [this](const TransactionId& id) { desk->on_expired(id); };
  events.on_submitted = [this](std::uint64_t token, const TransactionId& id, Result<void> answer) {
    desk->on_submitted(token, id, std::move(answer));
  };
  return events;
}

std::string Node::Parts::role_in(const EpochConfig& epoch) const {
  if (epoch.index_of(config.department)) return "validator";
  return find_member(epoch, config.department) != nullptr ? "observer" : "none";
}

void Node::Parts::start_driver(std::uint64_t session) {
  DriverConfig driver_config;
  driver_config.genesis = identity.genesis;
  driver_config.keys = std::move(identity.keys);
  driver_config.session = session;
  driver_config.pool = config.limits.pool;
  driver_config.trusted = identity.trusted;
  driver_config.is_good = check_with(verified, identity.genesis.suite.signature);
  driver = std::make_unique<Driver>(std::move(driver_config), directory, *store, *network, *checker, driver_events(),
                                    read_clocks());
}

// ---------------------------------------------------------------------------------------------------------------------
// Running

void Node::Parts::wait_for_signals() {
  signals.async_wait([this](ErrorOf error, int signal) {
    if (error) return;
    if (signal == SIGUSR1) {
      report();
      return wait_for_signals();
    }
    log.info("stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
    stop();
  });
}

// Behind everything that waits for the driver's thread now: all of it is handed in first.
void Node::Parts::run_driver_soon() {
  if (std::exchange(run_is_posted, true)) return;
  asio::post(driver_context, [this] {
    run_is_posted = false;
    driver->run(read_clocks());
    wait_for_deadline();
  });
}

// Each event moves the driver's deadline; setting the timer anew cancels the wait before.
void Node::Parts::wait_for_deadline() {
  if (stopping) return;
  const auto due = time_point_of(driver->deadline());
  if (deadline.expiry() == due) return;
  deadline.expires_at(due);
  deadline.async_wait([this](ErrorOf cancelled) {
    if (cancelled || stopping) return;
    driver->tick(read_clocks());
    driver->run(read_clocks());
    deadline.expires_at(asio::steady_timer::time_point{});
    wait_for_deadline();
  });
}

void Node::Parts::wait_for_report() {
  report_timer.expires_after(report_period);
  report_timer.async_wait([this](ErrorOf cancelled) {
    if (cancelled || stopping) return;
    report();
    wait_for_report();
  });
}

void Node::Parts::report() {
  const NodeStatus status = reporter.report(*driver, *store, network->peers(), read_clocks());
  const MetricsInput metrics{status,
                             driver->counters(),
                             driver->replica().counters(),
                             driver->sync().bad_answers(),
                             store->counters(),
                             network->counters(),
                             checker->counters(),
                             desk ? std::optional(desk->counters()) : std::nullopt,
                             verified->hits(),
                             driver->server().answers(),
                             driver->server().dropped()};
  const std::string status_json = to_json(status, JsonLayout::indented) + "\n";
  const std::string metrics_page = metrics_text(metrics);
  const auto write = [this](const char* name, const std::string& text) {
    const Result<void> written = replace_file(config.data_dir + "/" + name, text);
    if (!written) log.warning("report_not_written", {{"reason", written.error().text}});
  };
  write("status.json", status_json);
  write("metrics.prom", metrics_page);
  if (desk) desk->report({status_json, metrics_page, health_of(status)});
}

void Node::Parts::stop() {
  if (stopping) return;
  stopping = true;
  network->stop();
  driver_context.stop();
}

void Node::Parts::run() {
  const std::uint64_t expires = identity.transport.valid_until_ms.value();
  if (expires < wall_now().value() + certificate_warning_ms) {
    log.warning("certificate_expires", {{"file", config.transport_certificate},
                                        {"until_ms", std::to_string(expires)}});
  }
  log.info("started", {{"department", config.department.str()},
                       {"chain_id", chain_id_of(identity.genesis).hex()},
                       {"listen", to_string(config.listen)},
                       {"endpoint", config.endpoint ? to_string(config.endpoint->listen) : "none"},
                       {"height", to_string(driver->replica().durable_tip().height)}});
  network->start();
  if (desk) desk->start();
  std::thread network_thread([this] { network_context.run(); });
  report();
  wait_for_report();
  wait_for_deadline();
  driver_context.run();
  if (desk) desk->stop();
  network_thread.join();
  checker.reset();
  log.info("stopped", {{"height", to_string(driver->replica().durable_tip().height)}});
}

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Node::~Node() = default;

Result<std::unique_ptr<Node>> Node::create(const NodeConfig& config, Log& log) {
  auto parts = std::make_unique<Parts>(config, TRY(load_identity(config)), log);
  TRY(parts->open());
  return std::unique_ptr<Node>(new Node(std::move(parts)));
}

void Node::run() { parts_->run(); }

void Node::stop() {
  asio::post(parts_->driver_context, [this] { parts_->stop(); });
}

}  // namespace kanhe::node
