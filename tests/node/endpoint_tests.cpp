// The endpoint, asked over real TLS by clients that behave and by clients that do not: limits, time-outs, garbage,
// clients that leave, answers that come late, and a stop with connections open. Handlers here are small stand-ins; the
// routes have tests of their own.
#include "node/endpoint.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <future>
#include <stdexcept>
#include <thread>

#include "node/clock.h"
#include "node/endpoint_identity.h"
#include "node/http_connection.h"
#include "node/private_file.h"
#include "node/transport_identity.h"
#include "tests/support/temporary_directory.h"

namespace {

using namespace kanhe;
using namespace kanhe::node;
namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace test = boost::unit_test;
using ErrorOf = boost::system::error_code;
using Tcp = asio::ip::tcp;

struct Answer {
  unsigned status = 0;  // 0: the connection ended without one
  std::string body;
  std::string connection;
  std::string retry_after;
};

std::string get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: node\r\n\r\n"; }

std::string post(const std::string& target, const std::string& body) {
  return "POST " + target + " HTTP/1.1\r\nHost: node\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

// A client over TLS, whose calls wait for the other side.
class Client {
 public:
  explicit Client(std::uint16_t port, ErrorOf* failed = nullptr, int tls_version = 0) {
    context_.set_verify_mode(asio::ssl::verify_none);
    if (tls_version != 0) SSL_CTX_set_max_proto_version(context_.native_handle(), tls_version);
    if (tls_version != 0) SSL_CTX_set_min_proto_version(context_.native_handle(), tls_version);
    stream_.emplace(io_, context_);
    stream_->next_layer().connect(Tcp::endpoint(asio::ip::address_v4::loopback(), port));
    ErrorOf error;
    stream_->handshake(asio::ssl::stream_base::client, error);
    if (failed != nullptr) {
      *failed = error;
    } else {
      if (error) throw std::runtime_error(error.message());  // Boost.Test is for one thread, clients are in several.
    }
  }

  // Whether everything could be handed to the system.
  bool send(std::string_view bytes) {
    ErrorOf error;
    asio::write(*stream_, asio::buffer(bytes), error);
    return !error;
  }
  enum class Body : bool { follows, left_out };
  Answer read(Body body = Body::follows) {
    http::response_parser<http::string_body> parser;
    parser.body_limit(std::uint64_t{1} << 30);
    parser.skip(body == Body::left_out);
    ErrorOf error;
    http::read(*stream_, buffer_, parser, error);
    if (error) return {};
    const auto& message = parser.get();
    return {message.result_int(), message.body(), std::string(message[http::field::connection]),
            std::string(message[http::field::retry_after])};
  }
  Answer ask(const std::string& request) {
    send(request);
    return read();
  }
  // Whether the other side ends the connection and sends nothing before.
  bool ends() {
    char byte = 0;
    ErrorOf error;
    return asio::read(*stream_, asio::buffer(&byte, 1), error) == 0 && error;
  }
  void leave() {
    ErrorOf ignored;
    stream_->next_layer().close(ignored);
  }
  void leave_half() {
    ErrorOf ignored;
    stream_->next_layer().shutdown(Tcp::socket::shutdown_send, ignored);
  }

 private:
  asio::io_context io_;
  asio::ssl::context context_{asio::ssl::context::tls_client};
  std::optional<asio::ssl::stream<Tcp::socket>> stream_;
  boost::beast::flat_buffer buffer_;
};

// An endpoint on a free port, whose handler says what it was asked. Paths: /later is answered by the test,
// /never is dropped, /fails throws, /twice is answered twice, /large is answered at length.
struct Server {
  explicit Server(EndpointConfig changed = {}) : config(std::move(changed)) {
    const auto identity = make_transport_identity(DepartmentId::from("registry").value(), wall_now()).value();
    config.listen.host = "127.0.0.1";
    config.certificate = directory.path() + "/t.crt";
    config.key = directory.path() + "/t.key";
    save_transport_identity(identity, config.key, config.certificate).value();
    LogOptions options;
    options.path = directory.path() + "/log";
    options.level = LogLevel::error;
    log = Log::open(options).value();
    EndpointWork work;
    work.handle = [this](HttpRequest request, Respond respond) { handle(std::move(request), std::move(respond)); };
    auto opened = Endpoint::open(config, std::move(work), *log);
    if (!opened) BOOST_FAIL(opened.error().text);
    endpoint = std::move(opened).value();
    endpoint->start();
  }

  void handle(HttpRequest request, Respond respond) {
    if (request.path == "/never") return;
    if (request.path == "/fails") throw std::runtime_error("a handler that fails");
    if (request.path == "/later") return waiting.set_value(std::move(respond));
    HttpResponse response;
    response.body = request.path + "|" + std::to_string(request.body.size()) + "|" + request.content_type + "|" +
                    request.kanhe_query.value_or("-") + "|" + request.remote;
    if (request.path == "/large") response.body = std::string(32 * 1024 * 1024, 'x');
    respond(response);
    if (request.path == "/twice") respond(error_response(Error{ErrorCode::io, "the second answer"}));
  }

  std::uint16_t port() const { return endpoint->port(); }
  // Waits until the counters are as they must become; false after 20 s.
  bool eventually(const std::function<bool(const EndpointCounters&)>& is_so) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!is_so(endpoint->counters())) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }
  bool reaches(std::uint64_t EndpointCounters::*counter, std::uint64_t value) {
    return eventually([&](const EndpointCounters& counters) { return counters.*counter >= value; });
  }
  bool has_open(std::size_t connections) {
    return eventually([&](const EndpointCounters& counters) { return counters.open == connections; });
  }

  TemporaryDirectory directory;
  EndpointConfig config;
  std::unique_ptr<Log> log;
  std::promise<Respond> waiting;
  std::unique_ptr<Endpoint> endpoint;
};

EndpointConfig impatient() {
  EndpointConfig config;
  config.handshake_timeout = Duration(100);
  config.header_timeout = Duration(100);
  config.body_timeout = Duration(100);
  config.idle_timeout = Duration(100);
  config.write_timeout = Duration(100);
  return config;
}

struct BadRequest {
  std::string bytes;
  unsigned status;
  std::string code;
  friend std::ostream& operator<<(std::ostream& out, const BadRequest& bad) { return out << bad.bytes.substr(0, 60); }
};

std::string header_of(std::size_t bytes) {
  const std::string begin = "GET / HTTP/1.1\r\nHost: node\r\nFiller: ";
  return begin + std::string(bytes - begin.size() - 4, 'x') + "\r\n\r\n";
}

const std::vector<BadRequest> bad_requests{
    {"\x01\x02\x03\r\n\r\n", 400, "malformed"},
    {"GET\r\n\r\n", 400, "malformed"},
    {"GET / HTTP/1.1\r\nHost node\r\n\r\n", 400, "malformed"},
    {"GET / HTTP/1.1\r\n\r\n", 400, "malformed"},
    {"GET / HTTP/2.0\r\nHost: node\r\n\r\n", 505, "unsupported"},
    {"GET node HTTP/1.1\r\nHost: node\r\n\r\n", 400, "malformed"},
    {get("/a?b=1&b=2"), 400, "duplicate"},
    {get("/a%2fb"), 400, "malformed"},
    {get("/a%0ab"), 400, "malformed"},
    {get("/" + std::string(request_target_bytes_max, 'a')), 414, "out_of_range"},
    {header_of(request_header_bytes_max + 1), 431, "out_of_range"},
    {"GET / HTTP/1.1\r\nHost: " + std::string(100'000, 'x'), 431, "out_of_range"},
    {post("/", std::string(request_body_bytes_max + 1, 'b')), 413, "out_of_range"},
    {"POST / HTTP/1.1\r\nHost: node\r\nContent-Length: 18446744073709551615\r\n\r\n", 413, "out_of_range"},
    {"POST / HTTP/1.1\r\nHost: node\r\nContent-Length: -1\r\n\r\n", 400, "malformed"},
    {"POST / HTTP/1.1\r\nHost: node\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400, "malformed"},
    {"POST / HTTP/1.1\r\nHost: node\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
     "malformed"},
    {"POST / HTTP/1.1\r\nHost: node\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "malformed"},
    {"POST / HTTP/1.1\r\nHost: node\r\nTransfer-Encoding: xchunked\r\n\r\n" + get("/"), 501, "unsupported"},
    {"POST / HTTP/1.1\r\nHost: node\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, "unsupported"},
    {"POST / HTTP/1.1\r\nHost: node\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n", 400, "malformed"},
    {"GET / HTTP/1.1\r\nHost: node\r\nTransfer-Encoding: identity\r\n\r\n", 501, "unsupported"},
    {"POST / HTTP/1.1\r\nHost: node\r\nTransfer-Encoding: chunked\r\n\r\n41000\r\n" + std::string(0x41000, 'c') +
         "\r\n0\r\n\r\n",
     413, "out_of_range"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(endpoint_tests, *test::timeout(120))

BOOST_AUTO_TEST_CASE(a_hundred_requests_are_answered_on_one_connection) {
  Server server;
  Client client(server.port());
  for (int i = 0; i < 100; ++i) {
    const std::string path = "/number/" + std::to_string(i);
    const Answer answer = client.ask(get(path + "?x=y"));
    BOOST_TEST(answer.status == 200u);
    BOOST_TEST(answer.body == path + "|0||-|127.0.0.1");
    BOOST_TEST(answer.connection == "keep-alive");
  }
  const EndpointCounters counters = server.endpoint->counters();
  BOOST_TEST(counters.accepted == 1u);
  BOOST_TEST(counters.open == 1u);
  BOOST_TEST(counters.requests == 100u);
  BOOST_TEST(counters.answers_well == 100u);
}

BOOST_AUTO_TEST_CASE(requests_sent_ahead_are_answered_in_their_order) {
  Server server;
  Client client(server.port());
  client.send(get("/a") + post("/b", "12345") + get("/c"));
  BOOST_TEST(client.read().body.substr(0, 3) == "/a|");
  BOOST_TEST(client.read().body.substr(0, 4) == "/b|5");
  BOOST_TEST(client.read().body.substr(0, 3) == "/c|");
}

BOOST_AUTO_TEST_CASE(the_handler_sees_type_query_and_body) {
  Server server;
  Client client(server.port());
  const Answer answer = client.ask(
      "POST /x HTTP/1.1\r\nHost: node\r\nContent-Type: Application/JSON; charset=utf-8\r\nKanhe-Query: abc\r\n"
      "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  BOOST_TEST(answer.body == "/x|5|application/json|abc|127.0.0.1");
}

BOOST_AUTO_TEST_CASE(requests_at_their_limits_are_taken) {
  Server server;
  Client client(server.port());
  BOOST_TEST(client.ask(header_of(request_header_bytes_max)).status == 200u);
  BOOST_TEST(client.ask(get("/" + std::string(request_target_bytes_max - 1, 'a'))).status == 200u);
  const Answer answer = client.ask(post("/", std::string(request_body_bytes_max, 'b')));
  BOOST_TEST(answer.body == "/|262144||-|127.0.0.1");
}

BOOST_DATA_TEST_CASE(a_bad_request_is_answered_with_a_reason_and_ended, test::data::make(bad_requests), bad) {
  Server server;
  Client client(server.port());
  const Answer answer = client.ask(bad.bytes);
  BOOST_TEST(answer.status == bad.status);
  BOOST_TEST(answer.body.starts_with("{\"code\":\"" + bad.code + "\",\"message\":\""), answer.body);
  BOOST_TEST(answer.connection == "close");
  BOOST_TEST(client.ends());
  const EndpointCounters counters = server.endpoint->counters();
  BOOST_TEST(counters.requests == 0u);
  BOOST_TEST(counters.requests_bad == 1u);
  // The next client is served.
  BOOST_TEST(Client(server.port()).ask(get("/")).status == 200u);
}

BOOST_AUTO_TEST_CASE(head_has_no_body_and_old_clients_are_let_go) {
  Server server;
  Client client(server.port());
  client.send("HEAD /a HTTP/1.1\r\nHost: node\r\n\r\n");
  BOOST_TEST(client.read(Client::Body::left_out).status == 200u);
  BOOST_TEST(client.ask(get("/b")).body.starts_with("/b|"));
  const Answer closing = client.ask("GET /c HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n");
  BOOST_TEST(closing.connection == "close");
  BOOST_TEST(client.ends());
  Client old(server.port());
  BOOST_TEST(old.ask("GET /d HTTP/1.0\r\n\r\n").connection == "close");
  BOOST_TEST(old.ends());
}

BOOST_AUTO_TEST_CASE(who_asks_whether_to_go_on_is_told_to) {
  Server server;
  Client client(server.port());
  client.send("POST /a HTTP/1.1\r\nHost: node\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  BOOST_TEST(client.read(Client::Body::left_out).status == 100u);
  BOOST_TEST(client.ask("ab").body.starts_with("/a|2|"));
}

BOOST_AUTO_TEST_CASE(tls_1_2_is_spoken_but_nothing_older) {
  Server server;
  ErrorOf failed;
  Client good(server.port(), &failed, TLS1_2_VERSION);
  BOOST_TEST(!failed);
  BOOST_TEST(good.ask(get("/")).status == 200u);
  Client old(server.port(), &failed, TLS1_1_VERSION);
  BOOST_TEST(!!failed);
  BOOST_TEST(server.reaches(&EndpointCounters::handshakes_failed, 1));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_tls_end_the_connection) {
  Server server;
  asio::io_context io;
  Tcp::socket socket(io);
  socket.connect(Tcp::endpoint(asio::ip::address_v4::loopback(), server.port()));
  asio::write(socket, asio::buffer(get("/")));
  std::string read;
  ErrorOf error;
  asio::read(socket, asio::dynamic_buffer(read), error);
  BOOST_TEST(!!error);
  BOOST_TEST(read.find("HTTP") == std::string::npos);
  BOOST_TEST(server.reaches(&EndpointCounters::handshakes_failed, 1));
}

BOOST_AUTO_TEST_CASE(a_client_that_dawdles_is_let_go_in_every_phase) {
  Server server(impatient());
  asio::io_context io;
  Tcp::socket silent(io);
  silent.connect(Tcp::endpoint(asio::ip::address_v4::loopback(), server.port()));
  char byte = 0;
  ErrorOf error;
  BOOST_TEST(asio::read(silent, asio::buffer(&byte, 1), error) == 0u);
  BOOST_TEST(server.reaches(&EndpointCounters::timed_out, 1));

  Client header(server.port());
  header.send("GET / HT");
  BOOST_TEST(header.read().status == 408u);
  BOOST_TEST(header.ends());
  BOOST_TEST(server.reaches(&EndpointCounters::timed_out, 2));

  Client body(server.port());
  body.send("POST / HTTP/1.1\r\nHost: node\r\nContent-Length: 10\r\n\r\nabc");
  BOOST_TEST(body.read().status == 408u);
  BOOST_TEST(body.ends());
  BOOST_TEST(server.reaches(&EndpointCounters::timed_out, 3));

  Client reader(server.port());
  reader.send(get("/large"));
  BOOST_TEST(server.reaches(&EndpointCounters::timed_out, 4));
  BOOST_TEST(reader.read().status == 0u);

  // Between requests it is no fault.
  Client idle(server.port());
  BOOST_TEST(idle.ask(get("/")).status == 200u);
  BOOST_TEST(idle.ends());
  BOOST_TEST(server.endpoint->counters().timed_out == 4u);
}

BOOST_AUTO_TEST_CASE(a_large_answer_reaches_who_reads_it) {
  Server server(impatient());
  BOOST_TEST(Client(server.port()).ask(get("/large")).body.size() == 32u * 1024 * 1024);
}

BOOST_AUTO_TEST_CASE(an_address_gets_its_share_of_connections) {
  EndpointConfig config;
  config.connections_per_address = 2;
  Server server(config);
  Client first(server.port());
  Client second(server.port());
  ErrorOf failed;
  Client third(server.port(), &failed);
  BOOST_TEST(!!failed);
  BOOST_TEST(server.reaches(&EndpointCounters::refused, 1));
  BOOST_TEST(first.ask(get("/")).status == 200u);
  BOOST_TEST(second.ask("GET / HTTP/1.0\r\n\r\n").status == 200u);
  BOOST_TEST(second.ends());
  second.leave();
  BOOST_TEST(server.has_open(1));
  BOOST_TEST(Client(server.port()).ask(get("/")).status == 200u);
}

BOOST_AUTO_TEST_CASE(an_idle_connection_makes_room_but_a_busy_one_does_not) {
  EndpointConfig config;
  config.connections = 2;
  Server server(config);
  Client waits(server.port());
  waits.send(get("/later"));
  const Respond respond = server.waiting.get_future().get();
  Client idle(server.port());
  BOOST_TEST(idle.ask(get("/")).status == 200u);
  Client newer(server.port());
  BOOST_TEST(newer.ask(get("/")).status == 200u);
  BOOST_TEST(idle.ends());
  BOOST_TEST(server.endpoint->counters().evicted == 1u);
  respond({});
  BOOST_TEST(waits.read().status == 200u);
}

BOOST_AUTO_TEST_CASE(requests_beyond_the_rate_are_told_to_come_again) {
  EndpointConfig config;
  config.requests_per_second = 3;
  Server server(config);
  Client client(server.port());
  std::size_t limited = 0;
  for (int i = 0; i < 20; ++i) {
    const Answer answer = client.ask(get("/"));
    limited += answer.status == 429;
    if (answer.status == 429) BOOST_TEST(answer.retry_after == "1");
  }
  BOOST_TEST(limited > 0u);
  BOOST_TEST(server.endpoint->counters().requests_limited == limited);
  BOOST_TEST(server.endpoint->counters().requests == 20 - limited);
}

BOOST_AUTO_TEST_CASE(an_answer_may_come_later_from_another_thread) {
  Server server;
  Client client(server.port());
  client.send(get("/later") + get("/next"));
  const Respond respond = server.waiting.get_future().get();
  std::thread([&respond] {
    HttpResponse response;
    response.status = 202;
    response.body = "late";
    respond(response);
  }).join();
  const Answer answer = client.read();
  BOOST_TEST(answer.status == 202u);
  BOOST_TEST(answer.body == "late");
  BOOST_TEST(client.read().body.starts_with("/next|"));
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_is_noticed_while_its_answer_is_made) {
  Server server;
  for (const bool whole : {true, false}) {
    server.waiting = {};
    Client client(server.port());
    client.send(get("/later"));
    const Respond respond = server.waiting.get_future().get();
    whole ? client.leave() : client.leave_half();
    BOOST_TEST(server.reaches(&EndpointCounters::clients_left, whole ? 1 : 2));
    respond({});
    BOOST_TEST(server.has_open(0));
  }
  BOOST_TEST(Client(server.port()).ask(get("/")).status == 200u);
  BOOST_TEST(server.endpoint->counters().answers_well == 1u);
}

BOOST_AUTO_TEST_CASE(a_handler_that_forgets_fails_or_repeats_itself_does_no_harm) {
  Server server;
  Client client(server.port());
  BOOST_TEST(client.ask(get("/never")).status == 500u);
  BOOST_TEST(client.ask(get("/fails")).status == 500u);
  BOOST_TEST(client.ask(get("/twice")).status == 200u);
  BOOST_TEST(client.ask(get("/after")).body.starts_with("/after|"));
}

BOOST_AUTO_TEST_CASE(stopping_answers_who_waits_and_ends_the_others) {
  EndpointConfig config;
  config.threads = 3;
  Server server(config);
  Client idle(server.port());
  BOOST_TEST(idle.ask(get("/")).status == 200u);
  Client half(server.port());
  half.send("GET / HT");
  Client waits(server.port());
  waits.send(get("/later"));
  Respond respond = server.waiting.get_future().get();
  server.endpoint->stop();
  BOOST_TEST(idle.ends());
  BOOST_TEST(half.ends());
  const Answer answer = waits.read();
  BOOST_TEST(answer.status == 503u);
  BOOST_TEST(answer.connection == "close");
  respond({});
  server.endpoint->post([] { BOOST_ERROR("work after the stop"); });
  BOOST_TEST(server.endpoint->counters().open == 0u);
  server.endpoint.reset();
  respond({});
}

BOOST_AUTO_TEST_CASE(many_clients_are_served_by_several_threads) {
  EndpointConfig config;
  config.threads = 3;
  Server server(config);
  std::vector<std::future<std::size_t>> clients;
  for (int i = 0; i < 6; ++i) {
    clients.push_back(std::async(std::launch::async, [&server] {
      std::size_t good = 0;
      for (int round = 0; round < 3; ++round) {
        Client client(server.port());
        for (int request = 0; request < 20; ++request) good += client.ask(post("/", "body")).status == 200;
      }
      return good;
    }));
  }
  for (auto& client : clients) BOOST_TEST(client.get() == 60u);
  BOOST_TEST(server.endpoint->counters().requests == 360u);
}

BOOST_AUTO_TEST_CASE(posted_work_runs_on_the_endpoints_threads) {
  Server server;
  std::promise<std::thread::id> ran;
  server.endpoint->post([&ran] { ran.set_value(std::this_thread::get_id()); });
  BOOST_TEST((ran.get_future().get() != std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(of_a_certificate_that_expires_within_30_days_the_log_warns) {
  for (const std::uint32_t days : {29u, 31u}) {
    const TemporaryDirectory directory;
    EndpointConfig config;
    config.listen.host = "127.0.0.1";
    config.certificate = directory.path() + "/e.crt";
    config.key = directory.path() + "/e.key";
    const auto made = make_endpoint_identity(DepartmentId::from("registry").value(), {}, wall_now(), days).value();
    save_endpoint_identity(made, config.key, config.certificate).value();
    LogOptions options;
    options.path = directory.path() + "/log";
    const auto log = Log::open(options).value();
    BOOST_REQUIRE(Endpoint::open(config, {}, *log).has_value());
    log->flush();
    const std::string words = read_small_file(options.path, FileAccess::open).value();
    const bool warned = words.find("certificate_expires file=" + config.certificate) != std::string::npos;
    BOOST_TEST(warned == (days < 30), words);
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_certificate_or_key_is_named) {
  Server server;
  const auto refusal = [&server](const EndpointConfig& config) {
    const auto opened = Endpoint::open(config, {}, *server.log);
    BOOST_REQUIRE(!opened);
    return opened.error();
  };
  EndpointConfig config = server.config;
  config.certificate = "/nowhere/a.crt";
  BOOST_TEST((refusal(config).code == ErrorCode::unknown));
  config.certificate = server.config.key;
  BOOST_TEST((refusal(config).code != ErrorCode::busy));
  const auto other = make_transport_identity(DepartmentId::from("tax").value(), wall_now()).value();
  const std::string path = server.directory.path();
  save_transport_identity(other, path + "/o.key", path + "/o.crt").value();
  config.certificate = path + "/o.crt";
  BOOST_TEST((refusal(config).code == ErrorCode::conflict), refusal(config).text);
  write_new_file(path + "/open.key", other.key_pem, FileAccess::open).value();
  config.key = path + "/open.key";
  BOOST_TEST((refusal(config).code == ErrorCode::not_authorised));
  write_new_file(path + "/bad.key", "no key", FileAccess::secret).value();
  config.key = path + "/bad.key";
  BOOST_TEST((refusal(config).code == ErrorCode::malformed));
  config = server.config;
  config.listen.port = server.port();
  BOOST_TEST((refusal(config).code == ErrorCode::busy));
}

BOOST_AUTO_TEST_SUITE_END()
