// HTTP connection: one TLS connection to a client of the endpoint, from the handshake to the last byte.
//
// Requests are answered one after the other; what a client sends ahead waits in the buffer. While the answer to a
// request is being made, the connection reads on, so that a client that left is noticed: its answer is dropped when it
// comes. A client that closes only its sending half is taken for one that left.
//
// Whatever is wrong with a request's form is answered with a 4xx and an ErrorAnswer (certs/answers.h), and the
// connection ends. Each phase has a deadline, so that a client who sends or reads one byte a minute holds nothing; an
// answer is read at 16 KiB a second at least, or cut off.
//
// Memory of one connection: header_bytes_max and one body while it is read, the answer while it is written, and what
// TLS needs (about 50 KiB).
//
// Owner: its own pending operations, and the set of its HttpConnectionOwner. Thread: one, that of its socket's
// io_context; a Respond that it handed out may be called from any. Units: times in ms of the configuration.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <chrono>
#include <memory>
#include <mutex>

#include "node/config.h"
#include "node/http.h"
#include "node/tls.h"

namespace kanhe::node {

inline constexpr std::size_t request_header_bytes_max = 8 * 1024;

class HttpConnection;
using SharedHttpConnection = std::shared_ptr<HttpConnection>;

// Takes work to the thread of an io_context, for as long as that runs. Thread: any.
class WorkGate {
 public:
  explicit WorkGate(boost::asio::io_context& context) : context_(&context) {}
  // Dropped when the gate is closed.
  void post(std::function<void()> work);
  // After it, nothing more is posted, and the context may be destroyed.
  void close();

 private:
  std::mutex mutex_;  // guards context_
  boost::asio::io_context* context_;
};

enum class HttpEvent : std::uint8_t {
  handshake_failed,
  request,        // read whole and handed on
  bad_request,    // not well formed, or too large
  limited,        // beyond the address's requests per second
  timed_out,      // in any phase but between requests
  client_left,    // before its answer was written
  answered_well,  // 1xx to 3xx
  answered_4xx,
  answered_5xx,
};
inline constexpr std::size_t http_events = 9;

struct HttpTimeouts {
  Duration handshake;
  Duration header;
  Duration body;
  Duration idle;
  Duration write;            // without progress
  Duration answer{60'000};  // until the handler answers
};

// What a connection asks of its owner, on the connection's thread.
class HttpConnectionOwner {
 public:
  virtual ~HttpConnectionOwner() = default;
  virtual void on_request(HttpRequest request, Respond respond) = 0;
  virtual bool allows_request(const std::string& client) = 0;
  virtual void on_event(HttpEvent event) = 0;
  // Once; nothing more comes from it.
  virtual void on_closed(const SharedHttpConnection& connection) = 0;
};

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  using Tcp = boost::asio::ip::tcp;
  using Clock = std::chrono::steady_clock;

  // `client` is what its limits are counted by, `remote` its address for the log. Lifetime: the TLS context and the
  // owner outlive the connection's operations.
  HttpConnection(Tcp::socket socket, boost::asio::ssl::context& tls, HttpConnectionOwner& owner,
                 std::shared_ptr<WorkGate> gate, HttpTimeouts timeouts, std::string client, std::string remote);
  ~HttpConnection();

  void start();
  // Ends what is beyond its deadline.
  void check_deadline(Clock::time_point now);
  // Ends soon: a request that waits for its answer gets 503, an answer that is being written is written.
  void stop();
  void close();

  const std::string& client() const { return client_; }
  // Since when it waits for a request; absent: it does not.
  std::optional<Clock::time_point> idle_since() const;

 private:
  enum class Phase : std::uint8_t { handshake, idle, header, body, answering, writing, ending, closed };
  enum class Unread : std::uint8_t { none, some };  // of the request that is answered
  struct Reading;
  class Exchange;

  void enter(Phase phase, Duration limit);
  void client_left();
  void next_request();
  void watch();
  void on_bytes(const boost::system::error_code& error, std::size_t count);
  void read_header();
  void on_header(const boost::system::error_code& error, std::size_t bytes);
  void read_body();
  void on_message(const boost::system::error_code& error);
  void on_bad_message(const boost::system::error_code& error);
  void hand_on(HttpRequest request);
  void refuse(unsigned status, const Error& error, Unread unread);
  void answer(std::uint64_t exchange, const HttpResponse& response);
  void write(const HttpResponse& response);
  void on_written(const boost::system::error_code& error);
  void end();
  void drain();

  TlsStream stream_;
  HttpConnectionOwner& owner_;
  const std::shared_ptr<WorkGate> gate_;
  const HttpTimeouts timeouts_;
  const std::string client_;
  const std::string remote_;
  Phase phase_ = Phase::handshake;
  Clock::time_point entered_;
  Clock::time_point deadline_;
  Clock::time_point write_ends_;  // however well it goes on
  std::unique_ptr<Reading> reading_;
  bool watching_ = false;    // a read is under way that belongs to no request yet
  bool head_only_ = false;
  bool keep_alive_ = false;
  bool stopping_ = false;
  Unread unread_ = Unread::none;
  std::uint64_t exchange_ = 0;  // number of the request that is being answered
  std::string out_;
};

}  // namespace kanhe::node
