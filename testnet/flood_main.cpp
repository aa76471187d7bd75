// flood DIR: sends the network in DIR what it must refuse, as fast as it is answered, and counts the answers.
//
//   wrong-signature   transactions that are good but for their signature, each another one
//   repeated          one good transaction, again and again
//   garbage           bytes that are no transaction
#include <CLI/CLI.hpp>
#include <iostream>

#include "ledger/codec.h"
#include "ledger/json.h"
#include "node/clock.h"
#include "testnet/load_session.h"

namespace kanhe::testnet {
namespace {

struct Options {
  std::string directory = "build/testnet";
  std::string kind = "wrong-signature";
  std::size_t clients = 32;
  std::uint32_t seconds = 60;
};

constexpr std::size_t statuses_max = 32;
constexpr std::size_t certificate_kind = 0;

struct StatusCount {
  std::uint32_t status = 0;  // 0: no answer
  std::uint32_t count = 0;
};
BOOST_DESCRIBE_STRUCT(StatusCount, (), (status, count))

struct FloodReport {
  std::uint32_t seconds = 0;
  std::uint32_t per_second = 0;
  List<StatusCount, statuses_max> answers;
};
BOOST_DESCRIBE_STRUCT(FloodReport, (), (seconds, per_second, answers))

class Flood {
 public:
  Flood(const Options& options, const std::vector<node::Address>& endpoints, Transaction transaction)
      : options_(options),
        endpoints_(endpoints.size()),
        transaction_(std::move(transaction)),
        bodies_(options.clients),
        http_(endpoints, std::max<std::size_t>(1, options.clients / endpoints.size())) {}

  FloodReport run() {
    http_.after(Duration(options_.seconds * 1'000), [this] { http_.stop(); });
    for (std::size_t client = 0; client < bodies_.size(); ++client) send(client);
    http_.run();
    FloodReport report{options_.seconds, number_ / options_.seconds, {}};
    for (const auto& [status, count] : answers_) report.answers.push_back({status, count});
    return report;
  }

 private:
  void send(std::size_t client) {
    bodies_[client] = next_body();
    http_.send(client % endpoints_, {"/v1/transactions", &bodies_[client]}, [this, client](const LoadAnswer& answer) {
      if (answers_.size() < statuses_max || answers_.contains(answer.status)) ++answers_[answer.status];
      send(client);
    });
  }

  // The nonce is a part of what is signed, and makes another transaction of it.
  Bytes next_body() {
    const std::uint32_t number = ++number_;
    if (options_.kind == "garbage") return Bytes(200 + number % 2'000, static_cast<std::uint8_t>(number));
    if (options_.kind == "wrong-signature") {
      // Never the nonce that was signed, of which one in 256 begins with the digit 1.
      if (number == 1) transaction_.nonce.array().back() ^= 1;
      const std::string digits = std::to_string(number);
      std::ranges::copy(as_bytes(digits), transaction_.nonce.array().begin());
    }
    return encode(transaction_);
  }

  const Options& options_;
  std::size_t endpoints_;
  Transaction transaction_;
  std::vector<Bytes> bodies_;
  std::uint32_t number_ = 0;
  std::map<unsigned, std::uint32_t> answers_;
  LoadHttp http_;
};

Result<void> flood(const Options& options) {
  const LoadNetwork network = TRY(read_load_network(options.directory));
  std::vector<node::Address> endpoints;
  for (const LoadNode& node : TRY(read_load_nodes(options.directory))) endpoints.push_back(node.endpoint);
  const Staff staff = TRY(make_staff(registry_staff_min, 1));
  const LoadWork work(network, staff, TRY(random_bytes<Hash256>()), node::wall_now(), Duration(500'000));
  const Job job = work.make(certificate_kind, 0);
  Flood run(options, endpoints, TRY(decode<Transaction>(job.calls.front().bytes)));
  std::cout << to_json(run.run(), JsonLayout::indented) << "\n";
  return {};
}

}  // namespace
}  // namespace kanhe::testnet

int main(int argc, char** argv) {
  kanhe::testnet::Options options;
  CLI::App app("flood: sends a network what it must refuse");
  app.add_option("DIR", options.directory, "directory of the network")->capture_default_str();
  app.add_option("--kind", options.kind, "what is sent")
      ->check(CLI::IsMember({"wrong-signature", "repeated", "garbage"}))
      ->capture_default_str();
  app.add_option("--clients", options.clients, "requests under way")->check(CLI::Range(1, 10'000));
  app.add_option("--seconds", options.seconds, "how long")->check(CLI::Range(1u, 3'600u));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const auto done = kanhe::testnet::flood(options);
  if (done) return 0;
  std::cerr << "flood: " << done.error().text << "\n";
  return 1;
}
