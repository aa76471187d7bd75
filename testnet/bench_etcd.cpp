// bench_etcd ENDPOINTS: puts values of 256 bytes into an etcd cluster, each under a key of its own, as many at once as
// there are clients, and prints how many a second were acknowledged.
//
// Debian has no load generator for etcd but `etcdctl check perf`, whose rates are fixed. etcd speaks gRPC, which is
// HTTP/2 with frames that are short to write by hand: so this program costs next to no processor time, and what is
// measured is etcd. A thread serves one connection; its clients are streams of it. A put is done when its answer's data
// have come; an answer without data is an error.
//
// Sources: RFC 9113 (frames, flow control), RFC 7541 appendix A (names by number), gRPC over HTTP/2 (length-prefixed
// messages), etcd's rpc.proto (PutRequest: key = 1, value = 2).
#include <CLI/CLI.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <iostream>
#include <thread>
#include <unordered_map>

#include "ledger/json.h"
#include "node/clock.h"
#include "node/config.h"
#include "testnet/load_report.h"

namespace kanhe::testnet {
namespace {

namespace asio = boost::asio;

constexpr std::size_t value_bytes = 256;
constexpr std::size_t frame_header_bytes = 9;
constexpr std::uint32_t window_bytes_start = 65'535;
constexpr std::uint32_t window_bytes_max = 0x7fff'ffff;
constexpr Byte end_stream = 0x1;
constexpr Byte acknowledged = 0x1;
constexpr Byte end_headers = 0x4;

enum class Frame : Byte { data = 0, headers = 1, reset = 3, settings = 4, ping = 6, go_away = 7, window_update = 8 };

struct Options {
  std::vector<std::string> endpoints;
  std::size_t clients = 256;
  std::size_t connections = 16;
  std::uint32_t seconds = 5;
  std::uint32_t warm_up_ms = 1'000;
  std::string prefix = "k";
};

struct PutsReport {
  std::uint32_t puts_per_second = 0;
  std::uint32_t puts = 0;
  std::uint32_t failed = 0;
  LatencyReport latency;
};
BOOST_DESCRIBE_STRUCT(PutsReport, (), (puts_per_second, puts, failed, latency))

Instant now() { return node::read_clocks().monotonic; }

// Big-endian, as the network's numbers are.
void append_number(Bytes& out, std::uint32_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<Byte>(value >> shift));
}

std::uint32_t number_at(const Bytes& in, std::size_t at, std::size_t bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | in[at + i];
  return value;
}

void append_frame(Bytes& out, Frame type, Byte flags, std::uint32_t stream, ByteView payload) {
  append_number(out, static_cast<std::uint32_t>(payload.size()), 3);
  out.push_back(static_cast<Byte>(type));
  out.push_back(flags);
  append_number(out, stream, 4);
  append(out, payload);
}

void append_text(Bytes& out, std::string_view text) {
  out.push_back(static_cast<Byte>(text.size()));
  append(out, as_bytes(text));
}

// POST and http stand in the table of RFC 7541 as wholes, the other names by their numbers there; nothing is indexed.
Bytes header_block() {
  Bytes block{0x83, 0x86, 0x04};
  append_text(block, "/etcdserverpb.KV/Put");
  block.push_back(0x01);
  append_text(block, "etcd");
  append(block, Bytes{0x0f, 0x10});
  append_text(block, "application/grpc");
  block.push_back(0x00);
  append_text(block, "te");
  append_text(block, "trailers");
  return block;
}

// A field of a message of at most 2^14 - 1 bytes: its number, its length in groups of seven bits, its bytes.
void append_field(Bytes& message, Byte number, ByteView value) {
  message.push_back(static_cast<Byte>(number << 3 | 2));
  if (value.size() < 128) {
    message.push_back(static_cast<Byte>(value.size()));
  } else {
    message.push_back(static_cast<Byte>(value.size() | 0x80));
    message.push_back(static_cast<Byte>(value.size() >> 7));
  }
  append(message, value);
}

Bytes put_request(std::string_view key) {
  static const Bytes value(value_bytes, Byte{'v'});
  Bytes message;
  append_field(message, 1, as_bytes(key));
  append_field(message, 2, value);
  Bytes framed{0};  // not compressed
  append_number(framed, static_cast<std::uint32_t>(message.size()), 4);
  append(framed, message);
  return framed;
}

class Connection {
 public:
  Connection(const node::Address& endpoint, std::string prefix, std::size_t clients, Instant from, Instant end)
      : endpoint_(endpoint), prefix_(std::move(prefix)), idle_(clients), from_(from), end_(end), socket_(context_) {}

  void run() {
    try {
      connect();
      while (now() < end_) {
        begin_puts();
        asio::write(socket_, asio::buffer(out_));
        out_.clear();
        read_frames();
      }
    } catch (const std::exception& error) {
      std::cerr << "bench_etcd: " << node::to_string(endpoint_) << ": " << error.what() << "\n";
      ++failed_;
    }
  }

  const std::vector<std::uint32_t>& latency_us() const { return latency_us_; }
  std::uint32_t failed() const { return failed_; }

 private:
  void connect() {
    asio::ip::tcp::resolver resolver(context_);
    asio::connect(socket_, resolver.resolve(endpoint_.host, std::to_string(endpoint_.port)));
    socket_.set_option(asio::ip::tcp::no_delay(true));
    append(out_, as_bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    append_frame(out_, Frame::settings, 0, 0, {});
    // All the answers of a run fit into the largest window, so that none has to be opened again.
    Bytes window;
    append_number(window, window_bytes_max - window_bytes_start, 4);
    append_frame(out_, Frame::window_update, 0, 0, window);
  }

  void begin_puts() {
    for (; idle_ > 0; --idle_) {
      const Bytes request = put_request(prefix_ + std::to_string(next_stream_));
      if (request.size() > send_window_) return;
      send_window_ -= static_cast<std::uint32_t>(request.size());
      append_frame(out_, Frame::headers, end_headers, next_stream_, headers_);
      append_frame(out_, Frame::data, end_stream, next_stream_, request);
      begun_.emplace(next_stream_, now());
      next_stream_ += 2;
    }
  }

  void read_frames() {
    const std::size_t before = in_.size();
    in_.resize(before + window_bytes_start);
    in_.resize(before + socket_.read_some(asio::buffer(in_.data() + before, window_bytes_start)));
    std::size_t at = 0;
    while (in_.size() - at >= frame_header_bytes) {
      const std::size_t payload = number_at(in_, at, 3);
      if (in_.size() - at < frame_header_bytes + payload) break;
      on_frame(static_cast<Frame>(in_[at + 3]), in_[at + 4], number_at(in_, at + 5, 4),
               ByteView(in_).subspan(at + frame_header_bytes, payload), at);
      at += frame_header_bytes + payload;
    }
    in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(at));
  }

  void on_frame(Frame type, Byte flags, std::uint32_t stream, ByteView payload, std::size_t at) {
    switch (type) {
      case Frame::data: on_answer(stream); return;
      case Frame::headers:
        // The trailers of an answer whose data have come find nothing any more.
        if ((flags & end_stream) != 0) on_failure(stream);
        return;
      case Frame::reset: on_failure(stream); return;
      case Frame::settings:
        if ((flags & acknowledged) == 0) append_frame(out_, Frame::settings, acknowledged, 0, {});
        return;
      case Frame::ping:
        if ((flags & acknowledged) == 0) append_frame(out_, Frame::ping, acknowledged, 0, payload);
        return;
      case Frame::go_away: throw std::runtime_error("the server ended the connection");
      case Frame::window_update:
        if (stream == 0) send_window_ += number_at(in_, at + frame_header_bytes, 4);
        return;
    }
  }

  void on_answer(std::uint32_t stream) {
    const auto found = begun_.find(stream);
    if (found == begun_.end()) return;
    if (const Instant answered = now(); from_ <= answered && answered < end_) {
      latency_us_.push_back(static_cast<std::uint32_t>((answered - found->second) / 1'000));
    }
    begun_.erase(found);
    ++idle_;
  }

  void on_failure(std::uint32_t stream) {
    if (begun_.erase(stream) == 0) return;
    ++failed_;
    ++idle_;
  }

  const node::Address endpoint_;
  const std::string prefix_;
  std::size_t idle_;  // clients that have nothing under way
  const Instant from_;
  const Instant end_;
  asio::io_context context_{1};
  asio::ip::tcp::socket socket_;
  const Bytes headers_ = header_block();
  std::uint32_t send_window_ = window_bytes_start;
  std::uint32_t next_stream_ = 1;
  std::unordered_map<std::uint32_t, Instant> begun_;
  Bytes in_;
  Bytes out_;
  std::vector<std::uint32_t> latency_us_;  // of each put that was acknowledged in the counted time
  std::uint32_t failed_ = 0;
};

Result<PutsReport> measure(const Options& options) {
  std::vector<node::Address> endpoints;
  for (const std::string& text : options.endpoints) endpoints.push_back(TRY(node::read_address(text)));
  const Instant from = now() + Duration(options.warm_up_ms);
  const Instant end = from + Duration(options.seconds * 1'000);
  const std::size_t count = std::min(options.connections, options.clients);
  std::deque<Connection> connections;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t clients = options.clients / count + (i < options.clients % count ? 1 : 0);
    connections.emplace_back(endpoints[i % endpoints.size()], options.prefix + "/" + std::to_string(i) + "/", clients,
                             from, end);
    threads.emplace_back([&connection = connections.back()] { connection.run(); });
  }
  for (std::thread& thread : threads) thread.join();
  PutsReport report;
  std::vector<std::uint32_t> latency_us;
  for (const Connection& connection : connections) {
    latency_us.insert(latency_us.end(), connection.latency_us().begin(), connection.latency_us().end());
    report.failed += connection.failed();
  }
  report.puts = static_cast<std::uint32_t>(latency_us.size());
  report.puts_per_second = report.puts / options.seconds;
  report.latency = latency_of(latency_us);
  return report;
}

}  // namespace
}  // namespace kanhe::testnet

int main(int argc, char** argv) {
  kanhe::testnet::Options options;
  CLI::App app("bench_etcd: how many values a second an etcd cluster takes");
  app.add_option("ENDPOINTS", options.endpoints, "host:port of members")->required();
  app.add_option("--clients", options.clients, "puts under way")->check(CLI::Range(1, 100'000));
  app.add_option("--connections", options.connections, "that they share")->check(CLI::Range(1, 1'000));
  app.add_option("--seconds", options.seconds, "counted time")->check(CLI::Range(1u, 3'600u));
  app.add_option("--warm-up-ms", options.warm_up_ms, "before it")->check(CLI::Range(0u, 60'000u));
  app.add_option("--prefix", options.prefix, "of the keys, so that runs do not overwrite each other's");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const auto report = kanhe::testnet::measure(options);
  if (report) {
    std::cout << to_json(*report, kanhe::JsonLayout::indented) << "\n";
    return report->puts > 0 && report->failed == 0 ? 0 : 1;
  }
  std::cerr << "bench_etcd: " << report.error().text << "\n";
  return 1;
}
