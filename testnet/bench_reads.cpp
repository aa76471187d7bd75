// bench_reads DIR TARGETS: asks the nodes of the network in DIR for what the lines of the file TARGETS name (paths),
// again and again, over HTTPS connections that are kept alive, and prints how many answers a second came.
//
// A connection has a thread that asks, waits for the answer and asks the next; they are spread over the nodes. That is
// what pgbench does with its clients, so that both can be compared. Whatever is not answered with 200 counts as failed.
// The TLS certificates are not checked.
#include <CLI/CLI.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <fstream>
#include <iostream>
#include <thread>

#include "ledger/json.h"
#include "node/clock.h"
#include "testnet/load_session.h"

namespace kanhe::testnet {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Stream = beast::ssl_stream<asio::ip::tcp::socket>;

constexpr unsigned http_ok = 200;

struct Options {
  std::string directory;
  std::string targets;
  std::size_t connections = 16;
  std::uint32_t seconds = 5;
  std::uint32_t warm_up_ms = 500;
};

struct ReadsReport {
  std::uint32_t answers_per_second = 0;
  std::uint32_t answers = 0;
  std::uint32_t failed = 0;
  std::uint32_t bytes_each = 0;  // of a body, on average
  LatencyReport latency;
};
BOOST_DESCRIBE_STRUCT(ReadsReport, (), (answers_per_second, answers, failed, bytes_each, latency))

// One connection's part.
struct Part {
  std::vector<std::uint32_t> latency_us;
  std::uint64_t bytes = 0;
  std::uint32_t failed = 0;
};

Instant now() { return node::read_clocks().monotonic; }

class Reader {
 public:
  Reader(const node::Address& endpoint, std::span<const std::string> targets, std::size_t first)
      : endpoint_(endpoint), targets_(targets), next_(first), stream_(context_, tls_) {
    tls_.set_verify_mode(asio::ssl::verify_none);
  }

  // Asks until `end`; counts what is answered from `from` on.
  Part run(Instant from, Instant end) {
    try {
      connect();
      while (now() < end) ask(from);
    } catch (const std::exception& error) {
      std::cerr << "bench_reads: " << node::to_string(endpoint_) << ": " << error.what() << "\n";
      ++part_.failed;
    }
    return std::move(part_);
  }

 private:
  void connect() {
    asio::ip::tcp::resolver resolver(context_);
    asio::connect(stream_.next_layer(), resolver.resolve(endpoint_.host, std::to_string(endpoint_.port)));
    stream_.next_layer().set_option(asio::ip::tcp::no_delay(true));
    stream_.handshake(asio::ssl::stream_base::client);
  }

  void ask(Instant from) {
    const std::string request = "GET " + targets_[next_ % targets_.size()] + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    ++next_;
    const Instant start = now();
    asio::write(stream_, asio::buffer(request));
    http::response<http::string_body> answer;
    http::read(stream_, buffer_, answer);
    const Instant answered = now();
    if (start < from) return;
    if (answer.result_int() != http_ok) ++part_.failed;
    part_.bytes += answer.body().size();
    part_.latency_us.push_back(static_cast<std::uint32_t>((answered - start) / 1'000));
  }

  const node::Address endpoint_;
  const std::span<const std::string> targets_;
  std::size_t next_;
  asio::io_context context_{1};
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  Stream stream_;
  beast::flat_buffer buffer_;
  Part part_;
};

Result<std::vector<std::string>> read_targets(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> targets;
  for (std::string line; std::getline(file, line);) targets.push_back(line);
  if (targets.empty()) return fail(ErrorCode::unknown, path, ": names nothing to read");
  return targets;
}

Result<ReadsReport> measure(const Options& options) {
  const std::vector<std::string> targets = TRY(read_targets(options.targets));
  const std::vector<LoadNode> nodes = TRY(read_load_nodes(options.directory));
  const Instant from = now() + Duration(options.warm_up_ms);
  const Instant end = from + Duration(options.seconds * 1'000);
  std::vector<Part> parts(options.connections);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    threads.emplace_back([&, i] {
      Reader reader(nodes[i % nodes.size()].endpoint, targets, i * targets.size() / options.connections);
      parts[i] = reader.run(from, end);
    });
  }
  for (std::thread& thread : threads) thread.join();
  ReadsReport report;
  std::vector<std::uint32_t> latency_us;
  std::uint64_t bytes = 0;
  for (const Part& part : parts) {
    latency_us.insert(latency_us.end(), part.latency_us.begin(), part.latency_us.end());
    bytes += part.bytes;
    report.failed += part.failed;
  }
  report.answers = static_cast<std::uint32_t>(latency_us.size());
  report.answers_per_second = report.answers / options.seconds;
  report.bytes_each = latency_us.empty() ? 0 : static_cast<std::uint32_t>(bytes / latency_us.size());
  report.latency = latency_of(latency_us);
  return report;
}

}  // namespace
}  // namespace kanhe::testnet

int main(int argc, char** argv) {
  kanhe::testnet::Options options;
  CLI::App app("bench_reads: how many questions a second the nodes of a network on this machine answer");
  app.add_option("DIR", options.directory, "directory of the network")->required();
  app.add_option("TARGETS", options.targets, "file of paths, one a line")->required();
  app.add_option("--connections", options.connections, "to all nodes together")->check(CLI::Range(1, 1'000));
  app.add_option("--seconds", options.seconds, "counted time")->check(CLI::Range(1u, 3'600u));
  app.add_option("--warm-up-ms", options.warm_up_ms, "before it")->check(CLI::Range(0u, 60'000u));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const auto report = kanhe::testnet::measure(options);
  if (report) {
    std::cout << to_json(*report, kanhe::JsonLayout::indented) << "\n";
    return report->answers > 0 && report->failed == 0 ? 0 : 1;
  }
  std::cerr << "bench_reads: " << report.error().text << "\n";
  return 1;
}
