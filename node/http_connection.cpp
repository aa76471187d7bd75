#include "node/http_connection.h"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/vector_body.hpp>
#include <boost/beast/version.hpp>

#include <atomic>

namespace kanhe::node {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using ErrorOf = boost::system::error_code;

constexpr std::size_t read_bytes = 4 * 1024;
constexpr std::size_t write_bytes = 64 * 1024;
constexpr std::size_t buffer_bytes_max = 2 * request_header_bytes_max;
constexpr std::size_t slowest_reader_bytes_per_s = 16 * 1024;
constexpr Duration ending_timeout{2'000};
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr unsigned request_timeout_status = 408;

// Header fields come from this program; only the body may quote others.
std::string serialized(const HttpResponse& response, bool keep_alive, bool head_only) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " " + std::string(status_words(response.status));
  text += "\r\nContent-Type: " + response.content_type;
  text += "\r\nContent-Length: " + std::to_string(response.body.size());
  text += "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff";
  if (response.retry_after_s) text += "\r\nRetry-After: " + std::to_string(*response.retry_after_s);
  if (!response.allow.empty()) text += "\r\nAllow: " + response.allow;
  text += keep_alive ? "\r\nConnection: keep-alive\r\n\r\n" : "\r\nConnection: close\r\n\r\n";
  if (!head_only) text += response.body;
  return text;
}

HttpMethod method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get: return HttpMethod::get;
    case http::verb::head: return HttpMethod::head;
    case http::verb::post: return HttpMethod::post;
    default: return HttpMethod::other;
  }
}

bool is_form_error(const ErrorOf& error) {
  return error.category() == make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

}  // namespace

// ---------------------------------------------------------------------------------------------------------------------

void WorkGate::post(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (context_ != nullptr) asio::post(*context_, std::move(work));
}

void WorkGate::close() {
  const std::lock_guard lock(mutex_);
  context_ = nullptr;
}

struct HttpConnection::Reading {
  using Parser = http::request_parser<http::vector_body<Byte>>;
  beast::flat_buffer buffer{buffer_bytes_max};
  std::optional<Parser> parser;
};

// One request that was handed on: brings the first answer to the connection's thread.
class HttpConnection::Exchange {
 public:
  Exchange(const SharedHttpConnection& connection, std::uint64_t number)
      : connection_(connection), gate_(connection->gate_), number_(number) {}
  ~Exchange() {
    if (!answered_) answer(error_response(Error{ErrorCode::io, "the request was not answered"}));
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  void answer(HttpResponse response) {
    if (answered_.exchange(true)) return;
    gate_->post([connection = connection_, number = number_, answer = std::move(response)] {
      if (const SharedHttpConnection here = connection.lock()) here->answer(number, answer);
    });
  }

 private:
  const std::weak_ptr<HttpConnection> connection_;
  const std::shared_ptr<WorkGate> gate_;
  const std::uint64_t number_;
  std::atomic<bool> answered_{false};
};

// ---------------------------------------------------------------------------------------------------------------------

HttpConnection::HttpConnection(Tcp::socket socket, asio::ssl::context& tls, HttpConnectionOwner& owner,
                               std::shared_ptr<WorkGate> gate, HttpTimeouts timeouts, std::string client,
                               std::string remote)
    : stream_(std::move(socket), tls),
      owner_(owner),
      gate_(std::move(gate)),
      timeouts_(timeouts),
      client_(std::move(client)),
      remote_(std::move(remote)),
      reading_(std::make_unique<Reading>()) {}

HttpConnection::~HttpConnection() = default;

void HttpConnection::start() {
  ErrorOf ignored;
  stream_.next_layer().set_option(Tcp::no_delay(true), ignored);
  enter(Phase::handshake, timeouts_.handshake);
  stream_.async_handshake(asio::ssl::stream_base::server, [self = shared_from_this()](ErrorOf error) {
    if (self->phase_ != Phase::handshake) return;
    if (!error) return self->next_request();
    self->owner_.on_event(HttpEvent::handshake_failed);
    self->close();
  });
}

void HttpConnection::enter(Phase phase, Duration limit) {
  phase_ = phase;
  entered_ = Clock::now();
  deadline_ = entered_ + std::chrono::milliseconds(limit.value());
}

std::optional<HttpConnection::Clock::time_point> HttpConnection::idle_since() const {
  if (phase_ != Phase::idle) return std::nullopt;
  return entered_;
}

void HttpConnection::check_deadline(Clock::time_point now) {
  if (phase_ == Phase::closed || now < deadline_) return;
  if (phase_ == Phase::idle || phase_ == Phase::ending) return close();
  owner_.on_event(HttpEvent::timed_out);
  switch (phase_) {
    case Phase::header:
    case Phase::body:
      return refuse(request_timeout_status, Error{ErrorCode::unavailable, "request: took too long to come"},
                    Unread::some);
    case Phase::answering:
      keep_alive_ = false;
      return write(error_response(Error{ErrorCode::unavailable, "the answer takes too long, ask again later"}));
    default: return close();
  }
}

void HttpConnection::stop() {
  stopping_ = true;
  if (phase_ == Phase::writing) return;
  if (phase_ != Phase::answering) return close();
  write(error_response(Error{ErrorCode::unavailable, "this node stops"}));
}

void HttpConnection::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  ErrorOf ignored;
  stream_.next_layer().close(ignored);
  owner_.on_closed(shared_from_this());
}

void HttpConnection::client_left() {
  close();
  owner_.on_event(HttpEvent::client_left);
}

// ---------------------------------------------------------------------------------------------------------------------
// Requests

void HttpConnection::next_request() {
  if (stopping_) return close();
  enter(Phase::idle, timeouts_.idle);
  if (reading_->buffer.size() > 0) return read_header();
  if (!watching_) watch();
}

// Waits for bytes without knowing yet whose they are: of the next request, or the news that the client left.
void HttpConnection::watch() {
  watching_ = true;
  stream_.async_read_some(reading_->buffer.prepare(read_bytes),
                          [self = shared_from_this()](ErrorOf error, std::size_t count) {
                            self->watching_ = false;
                            self->on_bytes(error, count);
                          });
}

void HttpConnection::on_bytes(const ErrorOf& error, std::size_t count) {
  if (phase_ == Phase::closed) return;
  if (phase_ == Phase::ending) return error ? close() : void();
  if (error) {
    return phase_ == Phase::idle ? close() : client_left();
  }
  reading_->buffer.commit(count);
  if (phase_ == Phase::idle) read_header();
}

void HttpConnection::read_header() {
  enter(Phase::header, timeouts_.header);
  reading_->parser.emplace();
  reading_->parser->header_limit(request_header_bytes_max);
  reading_->parser->body_limit(request_body_bytes_max);
  http::async_read_header(
      stream_, reading_->buffer, *reading_->parser,
      [self = shared_from_this()](ErrorOf error, std::size_t bytes) { self->on_header(error, bytes); });
}

// Beast's own limit keeps the buffer small, but lets a header pass that came whole and is a little too long.
void HttpConnection::on_header(const ErrorOf& error, std::size_t bytes) {
  if (phase_ != Phase::header) return;
  if (error) return on_bad_message(error);
  if (bytes > request_header_bytes_max) return on_bad_message(http::error::header_limit);
  const auto& message = reading_->parser->get();
  if (message.target().size() > request_target_bytes_max) {
    return refuse(414, fail(ErrorCode::out_of_range, "target: ", message.target().size(), " bytes, at most ",
                            request_target_bytes_max), Unread::some);
  }
  if (message.version() >= 11 && message.find(http::field::host) == message.end()) {
    return refuse(400, fail(ErrorCode::malformed, "header: HTTP/1.1 without Host"), Unread::some);
  }
  // Where a body of an unknown coding ends cannot be told: what follows must not be taken for the next request (RFC
  // 9112 section 6.3). Beast lets it pass as a request without a body.
  const auto codings = message.equal_range(http::field::transfer_encoding);
  for (auto coding = codings.first; coding != codings.second; ++coding) {
    if (coding == codings.first && beast::iequals(coding->value(), "chunked")) continue;
    return refuse(501, fail(ErrorCode::unsupported, "header: Transfer-Encoding must be chunked"), Unread::some);
  }
  if (reading_->parser->is_done()) return on_message({});
  enter(Phase::body, timeouts_.body);
  if (!beast::iequals(message[http::field::expect], "100-continue")) return read_body();
  asio::async_write(stream_, asio::buffer(go_on), [self = shared_from_this()](ErrorOf failed, std::size_t) {
    if (self->phase_ != Phase::body) return;
    if (failed) return self->close();
    self->read_body();
  });
}

void HttpConnection::read_body() {
  http::async_read(stream_, reading_->buffer, *reading_->parser,
                   [self = shared_from_this()](ErrorOf error, std::size_t) { self->on_message(error); });
}

void HttpConnection::on_bad_message(const ErrorOf& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return refuse(431, fail(ErrorCode::out_of_range, "header: more than ", request_header_bytes_max, " bytes"),
                  Unread::some);
  }
  if (error == http::error::body_limit) {
    return refuse(413, fail(ErrorCode::out_of_range, "body: more than ", request_body_bytes_max, " bytes"),
                  Unread::some);
  }
  if (error == http::error::bad_version) {
    return refuse(505, fail(ErrorCode::unsupported, "request: must be HTTP/1.1 or HTTP/1.0"), Unread::some);
  }
  if (is_form_error(error)) {
    return refuse(400, fail(ErrorCode::malformed, "request: ", error.message()), Unread::some);
  }
  client_left();
}

void HttpConnection::on_message(const ErrorOf& error) {
  if (phase_ != Phase::header && phase_ != Phase::body) return;
  if (error) return on_bad_message(error);
  auto message = reading_->parser->release();
  reading_->parser.reset();
  keep_alive_ = message.keep_alive();
  head_only_ = message.method() == http::verb::head;
  HttpRequest request;
  request.method = method_of(message.method());
  request.content_type = media_type(std::string_view(message[http::field::content_type]));
  request.remote = remote_;
  if (const auto field = message.find("Kanhe-Query"); field != message.end()) {
    request.kanhe_query = std::string(field->value());
  }
  request.body = std::move(message.body());
  if (const auto read = read_target(std::string_view(message.target()), request); !read) {
    return refuse(400, read.error(), Unread::none);
  }
  hand_on(std::move(request));
}

void HttpConnection::hand_on(HttpRequest request) {
  enter(Phase::answering, timeouts_.answer);
  ++exchange_;
  if (reading_->buffer.size() == 0 && !watching_) watch();
  if (!owner_.allows_request(client_)) {
    owner_.on_event(HttpEvent::limited);
    HttpResponse response = error_response(429, Error{ErrorCode::busy, "too many requests from this address"});
    response.retry_after_s = 1;
    return write(response);
  }
  owner_.on_event(HttpEvent::request);
  const auto exchange = std::make_shared<Exchange>(shared_from_this(), exchange_);
  owner_.on_request(std::move(request),
                    [exchange](HttpResponse response) { exchange->answer(std::move(response)); });
}

// ---------------------------------------------------------------------------------------------------------------------
// Answers

void HttpConnection::refuse(unsigned status, const Error& error, Unread unread) {
  if (status != request_timeout_status) owner_.on_event(HttpEvent::bad_request);
  unread_ = unread;
  keep_alive_ = false;
  head_only_ = false;
  write(error_response(status, error));
}

void HttpConnection::answer(std::uint64_t exchange, const HttpResponse& response) {
  if (phase_ == Phase::answering && exchange == exchange_) write(response);
}

void HttpConnection::write(const HttpResponse& response) {
  owner_.on_event(response.status < 400   ? HttpEvent::answered_well
                  : response.status < 500 ? HttpEvent::answered_4xx
                                          : HttpEvent::answered_5xx);
  keep_alive_ = keep_alive_ && !stopping_;
  out_ = serialized(response, keep_alive_, head_only_);
  const std::size_t seconds = out_.size() / slowest_reader_bytes_per_s;
  enter(Phase::writing, timeouts_.write);
  write_ends_ = deadline_ + std::chrono::seconds(seconds);
  const auto go_on_after = [self = shared_from_this()](ErrorOf error, std::size_t) {
    self->deadline_ = std::min(Clock::now() + std::chrono::milliseconds(self->timeouts_.write.value()),
                               self->write_ends_);
    return error ? std::size_t{0} : write_bytes;
  };
  asio::async_write(stream_, asio::buffer(out_), go_on_after,
                    [self = shared_from_this()](ErrorOf error, std::size_t) { self->on_written(error); });
}

void HttpConnection::on_written(const ErrorOf& error) {
  if (phase_ != Phase::writing) return;
  out_ = std::string();
  if (error) return client_left();
  if (keep_alive_) return next_request();
  end();
}

// A socket that is closed with bytes unread resets the connection, and the client would lose the answer that says what
// was wrong. So what it still sends is read and thrown away for a while.
void HttpConnection::end() {
  enter(Phase::ending, ending_timeout);
  if (unread_ == Unread::none) {
    return stream_.async_shutdown([self = shared_from_this()](ErrorOf) { self->close(); });
  }
  ErrorOf ignored;
  stream_.next_layer().shutdown(Tcp::socket::shutdown_send, ignored);
  out_.resize(read_bytes);
  drain();
}

void HttpConnection::drain() {
  stream_.next_layer().async_read_some(asio::buffer(out_), [self = shared_from_this()](ErrorOf error, std::size_t) {
    if (self->phase_ != Phase::ending) return;
    if (error) return self->close();
    self->drain();
  });
}

}  // namespace kanhe::node
