#include "node/endpoint.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509err.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <atomic>
#include <set>
#include <thread>

#include "node/client_limits.h"
#include "node/clock.h"
#include "node/http_connection.h"
#include "node/listen.h"
#include "node/private_file.h"

namespace kanhe::node {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using Tcp = asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using ErrorOf = boost::system::error_code;

constexpr std::chrono::milliseconds tick_period{100};
constexpr std::chrono::milliseconds accept_pause{100};
constexpr std::chrono::seconds stop_grace{1};
constexpr std::size_t ipv6_network_bytes = 8;
constexpr std::uint64_t certificate_warning_s = 30ull * 24 * 3'600;

// For TLS 1.2; those of 1.3 are all good.
constexpr const char* ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

// Where a client's limits are counted: an IPv6 client has a whole /64 to choose addresses from.
std::string limited_address(const asio::ip::address& address) {
  if (address.is_v4()) return address.to_string();
  const asio::ip::address_v6 v6 = address.to_v6();
  if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_string();
  asio::ip::address_v6::bytes_type bytes = v6.to_bytes();
  std::fill(bytes.begin() + ipv6_network_bytes, bytes.end(), 0);
  return asio::ip::address_v6(bytes).to_string() + "/64";
}

// Clients would find out on the day itself.
void warn_before_it_expires(const EndpointConfig& config, ssl::context& context, Log& log) {
  const X509* const certificate = SSL_CTX_get0_certificate(context.native_handle());
  auto soon = static_cast<std::time_t>(wall_now().value() / 1'000 + certificate_warning_s);
  if (certificate == nullptr || X509_cmp_time(X509_get0_notAfter(certificate), &soon) >= 0) return;
  log.warning("certificate_expires", {{"file", config.certificate}});
}

Result<void> use_identity(const EndpointConfig& config, ssl::context& context) {
  const std::string certificate = TRY(read_small_file(config.certificate, FileAccess::open));
  const std::string key = TRY(read_small_file(config.key, FileAccess::secret));
  ErrorOf error;
  context.use_certificate_chain(asio::buffer(certificate), error);
  if (error) return fail(ErrorCode::malformed, config.certificate, ": ", error.message());
  context.use_private_key(asio::buffer(key), ssl::context::pem, error);
  // What OpenSSL left in its queue would be taken for an error of a connection.
  ERR_clear_error();
  if (error && ERR_GET_REASON(static_cast<unsigned long>(error.value())) == X509_R_KEY_VALUES_MISMATCH) {
    return fail(ErrorCode::conflict, config.key, ": is not the key of ", config.certificate);
  }
  if (error) return fail(ErrorCode::malformed, config.key, ": ", error.message());
  return {};
}

Result<void> prepare_tls(const EndpointConfig& config, ssl::context& context) {
  SSL_CTX* native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(native, ciphers);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  // Sessions are resumed from tickets that clients keep, so that the server remembers none.
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  return use_identity(config, context);
}

HttpTimeouts timeouts_of(const EndpointConfig& config) {
  HttpTimeouts timeouts;
  timeouts.handshake = config.handshake_timeout;
  timeouts.header = config.header_timeout;
  timeouts.body = config.body_timeout;
  timeouts.idle = config.idle_timeout;
  timeouts.write = config.write_timeout;
  return timeouts;
}

Instant monotonic_now() { return instant_of(Clock::now()); }

}  // namespace

// A thread of the endpoint, with its share of the connections.
class Endpoint::Lane : private HttpConnectionOwner {
 public:
  explicit Lane(Parts& parts)
      : gate_(std::make_shared<WorkGate>(context)), parts_(parts), busy_(context.get_executor()), timer_(context) {}

  void start();
  void stop();
  void join();
  void post(std::function<void()> work);
  void welcome(Tcp::socket socket);

  asio::io_context context{1};

 private:
  void tick();
  bool evict();
  void run_guarded(const std::function<void()>& work);

  void on_request(HttpRequest request, Respond respond) override;
  bool allows_request(const std::string& client) override;
  void on_event(HttpEvent event) override;
  void on_closed(const SharedHttpConnection& connection) override;

  const std::shared_ptr<WorkGate> gate_;
  Parts& parts_;
  asio::executor_work_guard<asio::io_context::executor_type> busy_;
  asio::steady_timer timer_;
  std::set<SharedHttpConnection> connections_;
  std::optional<Clock::time_point> stops_at_;
  std::thread thread_;
};

struct Endpoint::Parts {
  Parts(const EndpointConfig& endpoint_config, EndpointWork endpoint_work, Log& node_log)
      : config(endpoint_config),
        work(std::move(endpoint_work)),
        log(node_log),
        clients(config.connections, config.connections_per_address, config.requests_per_second) {
    for (std::size_t i = 0; i < config.threads; ++i) lanes.push_back(std::make_unique<Lane>(*this));
    acceptor.emplace(lanes.front()->context);
    accept_again.emplace(lanes.front()->context);
  }

  void accept();

  const EndpointConfig config;
  const EndpointWork work;
  Log& log;
  ssl::context tls{ssl::context::tls_server};
  ClientLimits clients;
  std::array<std::atomic<std::uint64_t>, http_events> events{};
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> evicted{0};
  std::atomic<std::size_t> turn{0};
  std::vector<std::unique_ptr<Lane>> lanes;  // destroyed before what connections use
  std::optional<Tcp::acceptor> acceptor;     // of the first lane
  std::optional<asio::steady_timer> accept_again;
  std::size_t next_lane = 0;
  std::uint16_t port = 0;
  bool started = false;
  bool stopped = false;
};

// ---------------------------------------------------------------------------------------------------------------------
// Lanes

void Endpoint::Lane::start() {
  asio::post(context, [this] { tick(); });
  thread_ = std::thread([this] { context.run(); });
}

void Endpoint::Lane::stop() {
  gate_->post([this] {
    stops_at_ = Clock::now() + stop_grace;
    for (const SharedHttpConnection& connection : std::set(connections_)) connection->stop();
    timer_.cancel();
    tick();
  });
}

// The thread ends when the last connection is closed and nothing is left to do.
void Endpoint::Lane::join() {
  thread_.join();
  gate_->close();
}

void Endpoint::Lane::post(std::function<void()> work) {
  gate_->post([this, work = std::move(work)] { run_guarded(work); });
}

void Endpoint::Lane::tick() {
  const Clock::time_point now = Clock::now();
  const bool grace_over = stops_at_ && now >= *stops_at_;
  for (const SharedHttpConnection& connection : std::set(connections_)) {
    if (grace_over) {
      connection->close();
    } else {
      connection->check_deadline(now);
    }
  }
  if (stops_at_ && connections_.empty()) return busy_.reset();
  if (!stops_at_ && this == parts_.lanes.front().get() && parts_.work.tick) run_guarded(parts_.work.tick);
  timer_.expires_after(tick_period);
  timer_.async_wait([this](ErrorOf cancelled) {
    if (!cancelled) tick();
  });
}

void Endpoint::Lane::welcome(Tcp::socket socket) {
  ErrorOf error;
  const Tcp::endpoint remote = socket.remote_endpoint(error);
  if (error || stops_at_) return;
  const std::string client = limited_address(remote.address());
  Admission admission = parts_.clients.enter(client, monotonic_now());
  if (admission == Admission::all_are_taken && evict()) admission = parts_.clients.enter(client, monotonic_now());
  if (admission != Admission::admitted) {
    ++parts_.refused;
    const bool share = admission == Admission::address_has_its_share;
    return parts_.log.warning("client_refused", {{"address", remote.address().to_string()},
                                                 {"reason", share ? "it has its share" : "all are taken"}});
  }
  HttpConnectionOwner& owner = *this;
  const auto connection =
      std::make_shared<HttpConnection>(std::move(socket), parts_.tls, owner, gate_, timeouts_of(parts_.config), client,
                                       remote.address().to_string());
  connections_.insert(connection);
  connection->start();
}

// Closes the connection that has been idle for longest. False when none is idle.
bool Endpoint::Lane::evict() {
  SharedHttpConnection victim;
  for (const SharedHttpConnection& connection : connections_) {
    const auto since = connection->idle_since();
    if (since && (victim == nullptr || *since < *victim->idle_since())) victim = connection;
  }
  if (victim == nullptr) return false;
  ++parts_.evicted;
  victim->close();
  return true;
}

// A department goes on voting, whatever a client made a route stumble over.
void Endpoint::Lane::run_guarded(const std::function<void()>& work) {
  try {
    work();
  } catch (const std::exception& exception) {
    parts_.log.error("endpoint_failed", {{"reason", exception.what()}});
  }
}

void Endpoint::Lane::on_request(HttpRequest request, Respond respond) {
  run_guarded([&] { parts_.work.handle(std::move(request), std::move(respond)); });
}

bool Endpoint::Lane::allows_request(const std::string& client) {
  return parts_.clients.take_request(client, monotonic_now());
}

void Endpoint::Lane::on_event(HttpEvent event) { ++parts_.events[static_cast<std::size_t>(event)]; }

void Endpoint::Lane::on_closed(const SharedHttpConnection& connection) {
  parts_.clients.leave(connection->client(), monotonic_now());
  connections_.erase(connection);
}

// ---------------------------------------------------------------------------------------------------------------------

void Endpoint::Parts::accept() {
  Lane& lane = *lanes[next_lane++ % lanes.size()];
  acceptor->async_accept(lane.context, [this, &lane](ErrorOf error, Tcp::socket socket) {
    if (error == asio::error::operation_aborted || !acceptor->is_open()) return;
    if (!error) {
      ++accepted;
      const auto shared = std::make_shared<Tcp::socket>(std::move(socket));
      asio::post(lane.context, [&lane, shared] { lane.welcome(std::move(*shared)); });
      return accept();
    }
    // No file descriptors left, or the like: it passes, but not at once.
    log.warning("endpoint_accept_failed", {{"reason", error.message()}});
    accept_again->expires_after(accept_pause);
    accept_again->async_wait([this](ErrorOf cancelled) {
      if (!cancelled) accept();
    });
  });
}

Endpoint::Endpoint(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Endpoint::~Endpoint() { stop(); }

Result<std::unique_ptr<Endpoint>> Endpoint::open(const EndpointConfig& config, EndpointWork work, Log& log) {
  auto parts = std::make_unique<Parts>(config, std::move(work), log);
  TRY(prepare_tls(config, parts->tls));
  warn_before_it_expires(config, parts->tls, log);
  parts->port = TRY(listen_at(*parts->acceptor, config.listen));
  return std::unique_ptr<Endpoint>(new Endpoint(std::move(parts)));
}

void Endpoint::start() {
  CHECK(!parts_->started);
  parts_->started = true;
  parts_->accept();
  for (const auto& lane : parts_->lanes) lane->start();
}

void Endpoint::stop() {
  if (!parts_->started || parts_->stopped) return;
  parts_->stopped = true;
  asio::post(parts_->lanes.front()->context, [parts = parts_.get()] {
    ErrorOf ignored;
    parts->acceptor->close(ignored);
    parts->accept_again->cancel();
  });
  for (const auto& lane : parts_->lanes) lane->stop();
  for (const auto& lane : parts_->lanes) lane->join();
}

void Endpoint::post(std::function<void()> work) {
  parts_->lanes[parts_->turn++ % parts_->lanes.size()]->post(std::move(work));
}

std::uint16_t Endpoint::port() const { return parts_->port; }

EndpointCounters Endpoint::counters() const {
  const auto count = [this](HttpEvent event) { return parts_->events[static_cast<std::size_t>(event)].load(); };
  EndpointCounters counters;
  counters.accepted = parts_->accepted;
  counters.refused = parts_->refused;
  counters.evicted = parts_->evicted;
  counters.handshakes_failed = count(HttpEvent::handshake_failed);
  counters.timed_out = count(HttpEvent::timed_out);
  counters.clients_left = count(HttpEvent::client_left);
  counters.requests = count(HttpEvent::request);
  counters.requests_bad = count(HttpEvent::bad_request);
  counters.requests_limited = count(HttpEvent::limited);
  counters.answers_well = count(HttpEvent::answered_well);
  counters.answers_4xx = count(HttpEvent::answered_4xx);
  counters.answers_5xx = count(HttpEvent::answered_5xx);
  counters.open = parts_->clients.connections();
  return counters;
}

}  // namespace kanhe::node
