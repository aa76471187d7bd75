#include "node/node.h"

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <filesystem>
#include <thread>
#include <unistd.h>

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

// What the files say, compared with each other.
struct Identity {
  Genesis genesis;
  PeerId self;
  std::optional<SecretKey> key;  // absent: an observer
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

Result<void> check_members(const NodeConfig& config, const PeerDirectory& directory, PeerId self) {
  for (const auto& [department, address] : config.peers) {
    if (!directory.find(department)) {
      return fail(ErrorCode::unknown, "peers.", department.str(), ": is not a member of the network");
    }
  }
  for (std::size_t i = 0; i < directory.size(); ++i) {
    const PeerId peer(static_cast<std::uint16_t>(i));
    if (peer != self && !config.peers.contains(directory.department(peer))) {
      return fail(ErrorCode::unknown, "peers.", directory.department(peer).str(), ": is missing");
    }
  }
  return {};
}

// Keys that do not belong to the department would be found out only by others, one by one.
Result<Identity> load_identity(const NodeConfig& config) {
  Genesis genesis = TRY(load_genesis(config.genesis));
  const EpochConfig epoch = first_epoch_of(genesis);
  const PeerDirectory directory(epoch);
  const auto self = directory.find(config.department);
  if (!self) {
    return fail(ErrorCode::unknown, "department: ", config.department.str(), " runs no node in ", config.genesis);
  }
  if (const auto members = check_members(config, directory, *self); !members) return members.error();
  SecretKey key = TRY(read_secret_key(config.consensus_key));
  TransportIdentity transport = TRY(load_transport_identity(config.transport_key, config.transport_certificate));
  const bool validator = directory.is_validator(*self);
  const Validator& member = validator ? epoch.validators[self->value()] : epoch.observers[self->value() - epoch.n()];
  if (public_key_of(genesis.suite.signature, key) != member.consensus_key) {
    return fail(ErrorCode::conflict, config.consensus_key, ": is not the key that the genesis names for ",
                config.department.str());
  }
  if (directory.find(transport.key, wall_now()) != self) {
    return fail(ErrorCode::conflict, config.transport_key, ": is not the key that the genesis names for ",
                config.department.str());
  }
  std::optional<SecretKey> voting_key;
  if (validator) voting_key = std::move(key);
  return Identity{std::move(genesis), *self, std::move(voting_key), std::move(transport)};
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

// Whether clients are served well here: what they submit gets into blocks, and these reach them.
Result<void> health_of(const NodeStatus& status) {
  if (status.silence) {
    const bool diverged = *status.silence == consensus::Silence::diverged;
    return fail(ErrorCode::unavailable, diverged ? "its results differ from the others', it votes no more"
                                                 : "it lost votes that it had cast, it votes no more");
  }
  if (status.validators_connected < status.validators_needed) {
    return fail(ErrorCode::unavailable, "connected to ", status.validators_connected.value(), " validators, ",
                status.validators_needed.value(), " are needed");
  }
  return {};
}

}  // namespace

// In the order of construction; destroyed the other way round.
struct Node::Parts {
  Parts(NodeConfig node_config, Identity who, Log& node_log)
      : config(std::move(node_config)),
        identity(std::move(who)),
        log(node_log),
        directory(first_epoch_of(identity.genesis)),
        reporter(identity.genesis, directory, identity.self, read_clocks()) {}

  Result<void> open();
  Result<void> open_network();
  Result<void> open_desk();
  void take_submissions();
  void start_driver(std::uint64_t session);
  DriverEvents driver_events();
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
  const std::uint64_t session = TRY(new_session());
  TRY(open_network());
  TRY(open_desk());
  CheckerLimits limits;
  limits.threads = config.limits.checker_threads;
  const consensus::Scheme scheme{identity.genesis.suite.signature, origin_of(identity.genesis),
                                 first_epoch_of(identity.genesis),
                                 check_with(verified, identity.genesis.suite.signature)};
  const auto deliver = [this](Checked checked, CheckerPool::Held held) {
    asio::post(driver_context, [this, answer = std::move(checked), held = std::move(held)]() mutable {
      driver->on_checked(std::move(answer), read_clocks());
      run_driver_soon();
    });
  };
  checker = std::make_unique<CheckerPool>(scheme, identity.self, limits, deliver);
  start_driver(session);
  return {};
}

NetworkConfig Node::Parts::network_config() const {
  NetworkConfig network_config;
  network_config.self = identity.self;
  network_config.hello = {{}, chain_id_of(identity.genesis), config.department};
  network_config.listen = config.listen;
  for (const auto& [department, address] : config.peers) {
    network_config.dial.emplace(directory.find(department).value(), address);
  }
  network_config.peer.handshake_timeout = std::chrono::milliseconds(config.limits.handshake_timeout.value());
  network_config.peer.send_queue_bytes = config.limits.send_queue_bytes;
  network_config.unauthenticated_max = config.limits.unauthenticated_connections;
  return network_config;
}

Result<void> Node::Parts::open_network() {
  tls = TRY(Tls::make(identity.transport, directory));
  NetworkEvents events;
  events.on_frame = [this](PeerId from, Frame frame) {
    driver->on_frame(from, std::move(frame), read_clocks());
    run_driver_soon();
  };
  network = TRY(Network::open(network_config(), network_context, driver_context.get_executor(), *tls, directory, log,
                              std::move(events)));
  return {};
}

Result<void> Node::Parts::open_desk() {
  if (!config.endpoint) return {};
  desk = TRY(Desk::open(*config.endpoint, config.data_dir + "/query.log", identity.genesis, *store, log,
                        [this] { asio::post(driver_context, [this] { take_submissions(); }); }));
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
        alarm.accused ? directory.department(PeerId(alarm.accused->value())).str() : std::string("nobody");
    log.error("alarm", {{"kind", names[static_cast<std::size_t>(alarm.kind)]},
                        {"height", to_string(alarm.height)},
                        {"accused", accused}});
  };
  events.on_block = [this](Height height) {
    log.debug("block", {{"height", to_string(height)}});
    if (desk) desk->on_block(height);
  };
  if (!desk) return events;
  events.on_recorded = [this](Height, const std::vector<TransactionId>& ids) { desk->on_recorded(ids); };
  events.on_expired = [this](const TransactionId& id) { desk->on_expired(id); };
  events.on_submitted = [this](std::uint64_t token, const TransactionId& id, Result<void> answer) {
    desk->on_submitted(token, id, std::move(answer));
  };
  return events;
}

void Node::Parts::start_driver(std::uint64_t session) {
  DriverConfig driver_config;
  driver_config.genesis = identity.genesis;
  driver_config.self = identity.self;
  driver_config.key = std::move(identity.key);
  driver_config.session = session;
  driver_config.pool = config.limits.pool;
  driver_config.is_good = check_with(verified, identity.genesis.suite.signature);
  driver = std::make_unique<Driver>(std::move(driver_config), *store, *network, *checker, driver_events(),
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
                             driver->server().replaced()};
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
