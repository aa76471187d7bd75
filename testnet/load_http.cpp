// One coroutine for each connection takes a request from its endpoint's queue, connects where it must, and answers. It
// ends only with the event loop.
#include "testnet/load_http.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <deque>

namespace kanhe::testnet {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::use_awaitable;
using Stream = beast::ssl_stream<beast::tcp_stream>;
using Request = http::request<http::string_body>;

constexpr std::uint64_t answer_bytes_max = 64 * 1024 * 1024;

}  // namespace

struct LoadHttp::Parts {
  struct Waiting {
    LoadRequest request;
    Answered answered;
  };
  struct Endpoint {
    node::Address address;
    std::deque<Waiting> queue;
    std::deque<asio::steady_timer*> idle;  // connections that wait for a request
    std::chrono::steady_clock::time_point down_until{};
    std::string trouble;
  };

  Parts() { tls.set_verify_mode(asio::ssl::verify_none); }

  asio::awaitable<void> serve(Endpoint& endpoint);
  asio::awaitable<std::unique_ptr<Stream>> connect(const Endpoint& endpoint);
  asio::awaitable<LoadAnswer> exchange(const Endpoint& endpoint, std::unique_ptr<Stream>& stream,
                                       const LoadRequest& request);
  asio::awaitable<LoadAnswer> ask(Endpoint& endpoint, std::unique_ptr<Stream>& stream, const LoadRequest& request);

  asio::io_context context{1};
  asio::ssl::context tls{asio::ssl::context::tls_client};
  std::deque<Endpoint> endpoints;
};

asio::awaitable<std::unique_ptr<Stream>> LoadHttp::Parts::connect(const Endpoint& endpoint) {
  auto stream = std::make_unique<Stream>(context, tls);
  beast::tcp_stream& tcp = beast::get_lowest_layer(*stream);
  asio::ip::tcp::resolver resolver(context);
  tcp.expires_after(std::chrono::seconds(request_timeout_s));
  const auto addresses =
      co_await resolver.async_resolve(endpoint.address.host, std::to_string(endpoint.address.port), use_awaitable);
  co_await tcp.async_connect(addresses, use_awaitable);
  tcp.socket().set_option(asio::ip::tcp::no_delay(true));
  co_await stream->async_handshake(asio::ssl::stream_base::client, use_awaitable);
  co_return stream;
}

asio::awaitable<LoadAnswer> LoadHttp::Parts::exchange(const Endpoint& endpoint, std::unique_ptr<Stream>& stream,
                                                      const LoadRequest& request) {
  if (!stream) stream = co_await connect(endpoint);
  Request message{request.body != nullptr ? http::verb::post : http::verb::get, request.target, 11};
  message.set(http::field::host, node::to_string(endpoint.address));
  message.keep_alive(true);
  if (request.body != nullptr) {
    message.set(http::field::content_type, "application/octet-stream");
    message.body().assign(request.body->begin(), request.body->end());
  }
  message.prepare_payload();
  beast::get_lowest_layer(*stream).expires_after(std::chrono::seconds(request_timeout_s));
  co_await http::async_write(*stream, message, use_awaitable);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(answer_bytes_max);
  co_await http::async_read(*stream, buffer, parser, use_awaitable);
  LoadAnswer answer{parser.get().result_int(), std::move(parser.get().body())};
  if (!parser.get().keep_alive()) stream.reset();
  co_return answer;
}

// A connection that was kept may have ended of age: then the request goes over a new one. That a new one fails says
// that the endpoint is down. Asking twice does no harm, since the ledger takes an id once.
asio::awaitable<LoadAnswer> LoadHttp::Parts::ask(Endpoint& endpoint, std::unique_ptr<Stream>& stream,
                                                 const LoadRequest& request) {
  for (;;) {
    const bool is_kept = stream != nullptr;
    if (!is_kept && std::chrono::steady_clock::now() < endpoint.down_until) {
      co_return LoadAnswer{no_status, endpoint.trouble};
    }
    try {
      co_return co_await exchange(endpoint, stream, request);
    } catch (const std::exception& error) {
      endpoint.trouble = node::to_string(endpoint.address) + ": " + error.what();
    }
    stream.reset();
    if (is_kept) continue;
    endpoint.down_until = std::chrono::steady_clock::now() + std::chrono::milliseconds(down_ms);
    co_return LoadAnswer{no_status, endpoint.trouble};
  }
}

asio::awaitable<void> LoadHttp::Parts::serve(Endpoint& endpoint) {
  asio::steady_timer woken(context);
  std::unique_ptr<Stream> stream;
  for (;;) {
    while (endpoint.queue.empty()) {
      woken.expires_at(std::chrono::steady_clock::time_point::max());
      endpoint.idle.push_back(&woken);
      boost::system::error_code ignored;
      co_await woken.async_wait(asio::redirect_error(use_awaitable, ignored));
    }
    Waiting next = std::move(endpoint.queue.front());
    endpoint.queue.pop_front();
    LoadAnswer answer = co_await ask(endpoint, stream, next.request);
    next.answered(std::move(answer));
  }
}

LoadHttp::LoadHttp(const std::vector<node::Address>& endpoints, std::size_t connections_each)
    : parts_(std::make_unique<Parts>()) {
  for (const node::Address& address : endpoints) {
    Parts::Endpoint& endpoint = parts_->endpoints.emplace_back();
    endpoint.address = address;
    for (std::size_t i = 0; i < connections_each; ++i) {
      asio::co_spawn(parts_->context, parts_->serve(endpoint), asio::detached);
    }
  }
}

LoadHttp::~LoadHttp() = default;

void LoadHttp::send(std::size_t endpoint, LoadRequest request, Answered answered) {
  Parts::Endpoint& target = parts_->endpoints.at(endpoint);
  target.queue.push_back({std::move(request), std::move(answered)});
  if (target.idle.empty()) return;
  target.idle.front()->cancel();
  target.idle.pop_front();
}

void LoadHttp::after(Duration delay, std::function<void()> action) {
  auto timer = std::make_shared<asio::steady_timer>(parts_->context, std::chrono::milliseconds(delay.value()));
  timer->async_wait([timer, action = std::move(action)](const boost::system::error_code& error) {
    if (!error) action();
  });
}

void LoadHttp::run() {
  parts_->context.restart();
  parts_->context.run();
}

void LoadHttp::stop() { parts_->context.stop(); }

}  // namespace kanhe::testnet
