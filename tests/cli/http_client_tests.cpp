// The HTTP client against a server that keeps it waiting, closes, answers at length, or is none; and the forms of
// addresses.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "cli/client.h"
#include "cli/http_client.h"
#include "node/endpoint.h"
#include "node/endpoint_identity.h"
#include "tests/support/temporary_directory.h"

namespace {

using namespace kanhe;
using namespace kanhe::cli;

// Why a result is none, for messages that are made whether or not it is needed.
template <class T>
std::string why(const Result<T>& result) {
  return result ? "" : result.error().text;
}

struct Server {
  explicit Server(node::EndpointConfig config = {}) {
    const std::string host[] = {"127.0.0.1"};
    const DepartmentId registry = DepartmentId::from("registry").value();
    const auto identity = node::make_endpoint_identity(registry, host, wall_now()).value();
    config.listen.host = host[0];
    config.certificate = certificate();
    config.key = directory.path() + "/t.key";
    node::save_endpoint_identity(identity, config.key, config.certificate).value();
    node::LogOptions options;
    options.path = directory.path() + "/log";
    options.level = node::LogLevel::error;
    log = node::Log::open(options).value();
    node::EndpointWork work;
    work.handle = [this](node::HttpRequest request, node::Respond respond) {
      if (request.path == "/never") return kept.push_back(std::move(respond));
      node::HttpResponse response;
      response.body = request.path == "/large" ? std::string(answer_bytes_max + 1, 'x')
                                               : std::string(as_text(request.body)) + request.kanhe_query.value_or("");
      if (request.path == "/busy") response = node::error_response(Error{ErrorCode::busy, "later"});
      respond(std::move(response));
    };
    endpoint = node::Endpoint::open(config, std::move(work), *log).value();
    endpoint->start();
  }
  ~Server() { endpoint->stop(); }
  HttpClient client(const std::string& ca_file = "", const std::string& host = "127.0.0.1") const {
    return HttpClient({host, std::to_string(endpoint->port())}, ca_file);
  }
  std::string certificate() const { return directory.path() + "/t.crt"; }

  TemporaryDirectory directory;
  std::unique_ptr<node::Log> log;
  std::vector<node::Respond> kept;  // of /never
  std::unique_ptr<node::Endpoint> endpoint;
};

HttpCall get(std::string target) {
  HttpCall call;
  call.target = std::move(target);
  return call;
}

struct Address {
  std::string text;
  std::string host;  // empty: refused
  std::string port;
  friend std::ostream& operator<<(std::ostream& out, const Address& address) { return out << address.text; }
};
const std::vector<Address> addresses{{"https://127.0.0.1:8001", "127.0.0.1", "8001"},
                                     {"registry.example:443/", "registry.example", "443"},
                                     {"https://[::1]:8001", "::1", "8001"},
                                     {"http://a:1", "", ""},
                                     {"https://a", "", ""},
                                     {"https://a:0", "", ""},
                                     {"https://a:65536", "", ""},
                                     {"https://a:1/path", "", ""},
                                     {"https://user@a:1", "", ""},
                                     {"a b:1", "", ""},
                                     {":1", "", ""},
                                     {"", "", ""}};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_client_tests)

BOOST_DATA_TEST_CASE(addresses_have_one_form, boost::unit_test::data::make(addresses), address) {
  const auto read = read_node_address(address.text);
  BOOST_TEST(read.has_value() == !address.host.empty());
  if (!read) return;
  BOOST_TEST(read->host == address.host);
  BOOST_TEST(read->port == address.port);
}

BOOST_AUTO_TEST_CASE(one_connection_serves_many_requests) {
  const Server server;
  HttpClient client = server.client();
  for (int i = 0; i < 20; ++i) {
    const Bytes body(1'000, 'x');
    HttpCall call = get("/echo");
    call.post = true;
    call.content_type = "application/octet-stream";
    call.body = body;
    const auto answer = client.send(call);
    BOOST_REQUIRE_MESSAGE(answer, why(answer));
    BOOST_TEST(answer->status == 200u);
    BOOST_TEST(answer->body.size() == 1'000u);
  }
  BOOST_TEST(server.endpoint->counters().accepted == 1u);
}

BOOST_AUTO_TEST_CASE(with_its_certificate_at_hand_a_node_is_known_by_name_and_by_address) {
  const Server server;
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const auto answer = server.client(server.certificate(), host).send(get("/"));
    BOOST_REQUIRE_MESSAGE(answer, why(answer));
    BOOST_TEST(answer->status == 200u);
  }
}

BOOST_AUTO_TEST_CASE(another_certificate_than_the_one_at_hand_is_refused) {
  const Server server;
  const Server other;
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const auto answer = server.client(other.certificate(), host).send(get("/"));
    BOOST_REQUIRE(!answer);
    BOOST_TEST((answer.error().code == ErrorCode::unavailable));
  }
  const auto nothing = server.client(server.directory.path() + "/nothing").send(get("/"));
  BOOST_REQUIRE(!nothing);
  BOOST_TEST((nothing.error().code == ErrorCode::io));
  BOOST_TEST(server.endpoint->counters().requests == 0u);
}

BOOST_AUTO_TEST_CASE(a_connection_that_was_closed_meanwhile_is_opened_anew) {
  node::EndpointConfig config;
  config.idle_timeout = Duration(1);
  const Server server(config);
  HttpClient client = server.client();
  BOOST_REQUIRE(client.send(get("/")).has_value());
  while (server.endpoint->counters().open > 0) {
  }
  BOOST_TEST(client.send(get("/")).has_value());
  BOOST_TEST(server.endpoint->counters().accepted == 2u);
}

BOOST_AUTO_TEST_CASE(a_server_that_never_answers_is_left) {
  const Server server;
  HttpClient client = server.client();
  HttpCall call = get("/never");
  call.timeout_s = 1;
  const auto answer = client.send(call);
  BOOST_REQUIRE(!answer);
  BOOST_TEST((answer.error().code == ErrorCode::unavailable));
  BOOST_TEST(answer.error().text.find("in time") != std::string::npos, answer.error().text);
}

BOOST_AUTO_TEST_CASE(an_answer_beyond_the_limit_is_refused) {
  const Server server;
  const auto answer = server.client().send(get("/large"));
  BOOST_REQUIRE(!answer);
  BOOST_TEST((answer.error().code == ErrorCode::malformed), answer.error().text);
}

BOOST_AUTO_TEST_CASE(status_retry_after_and_header_are_passed_on) {
  const Server server;
  HttpClient client = server.client();
  const auto busy = client.send(get("/busy"));
  BOOST_REQUIRE(busy.has_value());
  BOOST_TEST(busy->status == 503u);
  BOOST_TEST(busy->retry_after_s.has_value());
  HttpCall call = get("/");
  call.kanhe_query = "signed";
  BOOST_TEST(client.send(call)->body == "signed");
}

BOOST_AUTO_TEST_CASE(no_server_is_unavailable) {
  const auto answer = HttpClient({"127.0.0.1", "1"}, "").send(get("/"));
  BOOST_REQUIRE(!answer);
  BOOST_TEST((answer.error().code == ErrorCode::unavailable));
}

BOOST_AUTO_TEST_SUITE_END()
