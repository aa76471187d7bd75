// A node of one validator behind a real TLS endpoint, for the tests of clients: the routes, pool and blocks of
// tests/node/routed_node.h. What waits is put into a block at once. Answers can be bent on their way out.
#pragma once

#include <functional>
#include <mutex>

#include "cli/client.h"
#include "node/endpoint.h"
#include "node/private_file.h"
#include "node/transport_identity.h"
#include "tests/node/routed_node.h"
#include "tests/support/temporary_directory.h"

namespace kanhe::cli {

class RoutedServer {
 public:
  RoutedServer() : node_(node::service::Counter::make_genesis()) {
    const auto identity = node::make_transport_identity(DepartmentId::from("registry").value(), wall_now()).value();
    node::EndpointConfig config;
    config.listen.host = "127.0.0.1";
    config.certificate = path("t.crt");
    config.key = path("t.key");
    node::save_transport_identity(identity, config.key, config.certificate).value();
    node::LogOptions options;
    options.path = path("log");
    options.level = node::LogLevel::error;
    log_ = node::Log::open(options).value();
    node::EndpointWork work;
    work.handle = [this](node::HttpRequest request, node::Respond respond) { respond(answer(std::move(request))); };
    endpoint_ = node::Endpoint::open(config, std::move(work), *log_).value();
    endpoint_->start();
    BOOST_REQUIRE(node::write_new_file(path("genesis.json"), to_json(genesis()), node::FileAccess::open).has_value());
  }
  ~RoutedServer() { endpoint_->stop(); }

  // A key in the clear of someone of the story.
  std::string plain_key(const std::string& name) {
    const std::string file = path("key of " + name);
    (void)node::write_secret_key(file, ContractNetwork::secret(name));
    return file;
  }
  std::string path(const std::string& name) const { return directory_.path() + "/" + name; }
  std::string address() const { return "https://127.0.0.1:" + std::to_string(endpoint_->port()); }
  const Genesis& genesis() const { return node_.ledger.genesis(); }
  node::SoldHouseNode& node() { return node_; }

  Client client(const std::string& officer = "clara") {
    Client made(HttpClient(read_node_address(address()).value(), ""), certs::Trust::from(genesis()).value());
    made.sign_queries({ContractNetwork::secret(officer), PurposeCode::from("test").value()});
    return made;
  }

  // Changes a good answer's text before it leaves. Set it between requests only.
  std::function<void(std::string&)> bend;
  // Answered instead of the next requests, from the back; an empty one is the node's own answer.
  std::vector<std::optional<node::HttpResponse>> instead;
  std::size_t requests = 0;

 private:
  node::HttpResponse answer(node::HttpRequest request) {
    const std::lock_guard lock(mutex_);
    ++requests;
    if (!instead.empty()) {
      auto response = std::move(instead.back());
      instead.pop_back();
      if (response) return *std::move(response);
    }
    node_.wall = wall_now();
    const auto heard = node_.send(std::move(request));
    if (heard->times == 0) node_.make_block();
    if (heard->times == 0) return node::error_response(Error{ErrorCode::unavailable, "no answer"});
    if (bend && heard->response.status < 300) bend(heard->response.body);
    return heard->response;
  }

  TemporaryDirectory directory_;
  node::SoldHouseNode node_;
  std::mutex mutex_;
  std::unique_ptr<node::Log> log_;
  std::unique_ptr<node::Endpoint> endpoint_;
};

}  // namespace kanhe::cli
