// Beast's time limits work for asynchronous operations only. So each step is started that way, and the io_context run
// until it has ended: one thread, one operation at a time.
#include "cli/http_client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <charconv>

namespace kanhe::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Stream = beast::ssl_stream<beast::tcp_stream>;
using ErrorCodeOfAsio = boost::system::error_code;

constexpr std::size_t host_bytes_max = 253;

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && 1 <= port && port <= 65'535;
}

}  // namespace

Result<NodeAddress> read_node_address(std::string_view text) {
  const std::string given(text);
  const auto wrong = [&] {
    return fail(ErrorCode::malformed, "\"", given, "\" is no node: write https://host:port, for example ",
                "https://127.0.0.1:8001");
  };
  constexpr std::string_view scheme = "https://";
  if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
  if (text.ends_with('/')) text.remove_suffix(1);
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || !is_port(text.substr(colon + 1))) return wrong();
  std::string_view host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host.size() > host_bytes_max || host.find_first_of("/@?#[] \t\r\n") != std::string_view::npos) return wrong();
  return NodeAddress{std::string(host), std::string(text.substr(colon + 1))};
}

struct HttpClient::Connection {
  NodeAddress address;
  std::string ca_file;
  asio::io_context io;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  bool tls_ready = false;
  bool timed_out = false;
  std::unique_ptr<Stream> stream;
  beast::flat_buffer buffer;

  std::string name() const {
    const bool is_ipv6 = address.host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + address.host + "]" : address.host) + ":" + address.port;
  }

  Error broken(std::string_view doing, const ErrorCodeOfAsio& error) {
    if (error == beast::error::timeout) {
      timed_out = true;
      return fail(ErrorCode::unavailable, name(), ": no answer in time while ", doing);
    }
    if (error == http::error::body_limit || error == http::error::header_limit) {
      return fail(ErrorCode::malformed, name(), ": the answer is longer than ", answer_bytes_max, " bytes");
    }
    return fail(ErrorCode::unavailable, name(), ": ", doing, ": ", error.message());
  }

  // Runs what was started, to its end.
  void run() {
    io.restart();
    io.run();
  }

  Result<void> prepare_tls() {
    if (tls_ready) return {};
    ErrorCodeOfAsio error;
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
    if (ca_file.empty()) {
      tls.set_verify_mode(asio::ssl::verify_none, error);
    } else {
      tls.set_verify_mode(asio::ssl::verify_peer, error);
      tls.load_verify_file(ca_file, error);
      if (error) return fail(ErrorCode::io, "--node-ca ", ca_file, ": ", error.message());
      tls.set_verify_callback(asio::ssl::host_name_verification(address.host), error);
    }
    if (error) return fail(ErrorCode::io, "TLS: ", error.message());
    tls_ready = true;
    return {};
  }

  Result<void> open() {
    TRY(prepare_tls());
    stream = std::make_unique<Stream>(io, tls);
    buffer.clear();
    ErrorCodeOfAsio error;
    asio::ip::make_address(address.host, error);
    // An address is no name (RFC 6066 section 3).
    if (error) {
      std::string host = address.host;
      SSL_ctrl(stream->native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data());
      error.clear();
    }
    asio::ip::tcp::resolver resolver(io);
    const auto endpoints = resolver.resolve(address.host, address.port, error);
    if (error) return broken("looking up the name", error);
    beast::get_lowest_layer(*stream).expires_after(std::chrono::seconds(connect_timeout_s));
    beast::get_lowest_layer(*stream).async_connect(endpoints,
                                                   [&](const ErrorCodeOfAsio& e, const auto&) { error = e; });
    run();
    if (error) return broken("connecting", error);
    beast::get_lowest_layer(*stream).socket().set_option(asio::ip::tcp::no_delay(true), error);
    stream->async_handshake(asio::ssl::stream_base::client, [&](const ErrorCodeOfAsio& e) { error = e; });
    run();
    if (error) return broken("opening TLS", error);
    return {};
  }

  http::request<http::span_body<const Byte>> request_of(const HttpCall& call) const {
    http::request<http::span_body<const Byte>> request(call.post ? http::verb::post : http::verb::get, call.target, 11);
    request.set(http::field::host, name());
    request.set(http::field::user_agent, "kanhe");
    request.set(http::field::accept, "application/json, text/plain, application/octet-stream");
    if (call.post) request.set(http::field::content_type, call.content_type);
    if (!call.kanhe_query.empty()) request.set("Kanhe-Query", call.kanhe_query);
    request.body() = boost::span<const Byte>(call.body.data(), call.body.size());
    request.prepare_payload();
    request.keep_alive(true);
    return request;
  }

  Result<HttpAnswer> exchange(const HttpCall& call) {
    const auto request = request_of(call);
    http::response_parser<http::string_body> parser;
    parser.body_limit(answer_bytes_max);
    ErrorCodeOfAsio error;
    beast::get_lowest_layer(*stream).expires_after(std::chrono::seconds(call.timeout_s));
    http::async_write(*stream, request, [&](const ErrorCodeOfAsio& e, std::size_t) { error = e; });
    run();
    if (error) return broken("asking", error);
    http::async_read(*stream, buffer, parser, [&](const ErrorCodeOfAsio& e, std::size_t) { error = e; });
    run();
    if (error) return broken("waiting for the answer", error);
    beast::get_lowest_layer(*stream).expires_never();
    auto& message = parser.get();
    HttpAnswer answer{message.result_int(), std::string(message[http::field::content_type]), std::move(message.body()),
                      std::nullopt};
    const auto retry = message[http::field::retry_after];
    unsigned seconds = 0;
    if (std::from_chars(retry.data(), retry.data() + retry.size(), seconds).ec == std::errc()) {
      answer.retry_after_s = seconds;
    }
    if (!message.keep_alive()) stream.reset();
    return answer;
  }
};

HttpClient::HttpClient(NodeAddress address, std::string ca_file) : connection_(std::make_unique<Connection>()) {
  connection_->address = std::move(address);
  connection_->ca_file = std::move(ca_file);
}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

const NodeAddress& HttpClient::address() const { return connection_->address; }

Result<HttpAnswer> HttpClient::send(const HttpCall& call) {
  try {
    const bool reused = connection_->stream != nullptr;
    if (!reused) TRY(connection_->open());
    auto answer = connection_->exchange(call);
    if (!answer) connection_->stream.reset();
    // Between two requests a node may close what it kept open.
    if (answer || !reused || connection_->timed_out) return answer;
    TRY(connection_->open());
    answer = connection_->exchange(call);
    if (!answer) connection_->stream.reset();
    return answer;
  } catch (const std::exception& error) {
    connection_->stream.reset();
    return fail(ErrorCode::unavailable, connection_->name(), ": ", error.what());
  }
}

}  // namespace kanhe::cli
