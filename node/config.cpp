#include "node/config.h"

#include <charconv>
#include <filesystem>
#include <set>

#include "ledger/toml_impl.h"
#include "node/private_file.h"

namespace kanhe::node {
namespace {

constexpr std::uint64_t kibibyte = 1'024;
constexpr std::uint64_t mebibyte = 1'024 * kibibyte;
constexpr std::uint64_t gibibyte = 1'024 * mebibyte;
constexpr std::uint64_t tebibyte = 1'024 * gibibyte;

// Collects every fault of a file, each as "path:line: key: what is wrong".
class Faults {
 public:
  explicit Faults(std::string path) : path_(std::move(path)) {}

  void add(std::uint32_t line, const std::string& key, const std::string& what) {
    if (!text_.empty()) text_ += "\n";
    text_ += path_ + ":" + std::to_string(line) + ": " + key + ": " + what;
  }
  bool empty() const { return text_.empty(); }
  Error error() const { return Error{ErrorCode::malformed, text_}; }

 private:
  std::string path_;
  std::string text_;
};

struct Range {
  std::uint64_t min;
  std::uint64_t max;
};

// One table, whose keys are taken one by one; what was not taken at the end is unknown.
class Section {
 public:
  // `table` is null where the section is absent.
  Section(const toml::table* table, std::string name, Faults& faults)
      : table_(table), prefix_(name.empty() ? "" : name + "."), faults_(faults) {}

  const toml::node* take(const std::string& key) {
    taken_.insert(key);
    return table_ == nullptr ? nullptr : table_->get(key);
  }

  // A required key, which `read` makes a value of.
  template <class Read>
  void require(const std::string& key, Read read) {
    const toml::node* node = take(key);
    if (node == nullptr) return faults_.add(line(), prefix_ + key, "is missing");
    text(key, *node, read);
  }

  template <class Read>
  void text(const std::string& key, const toml::node& node, Read read) {
    const auto* value = node.as_string();
    if (value == nullptr) return faults_.add(line_of(node), prefix_ + key, "must be a text in quotes");
    const Result<void> used = read(value->get());
    if (!used) faults_.add(line_of(node), prefix_ + key, used.error().text);
  }

  template <class Number>
  void number(const std::string& key, Range range, Number& target) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto* value = node->as_integer();
    if (value == nullptr) return faults_.add(line_of(*node), prefix_ + key, "must be a whole number");
    const std::int64_t given = value->get();
    if (given < 0 || static_cast<std::uint64_t>(given) < range.min || static_cast<std::uint64_t>(given) > range.max) {
      return faults_.add(line_of(*node), prefix_ + key,
                         std::to_string(given) + ", must be between " + std::to_string(range.min) + " and " +
                             std::to_string(range.max));
    }
    target = static_cast<Number>(given);
  }

  void time(const std::string& key, Range range_ms, Duration& target) {
    std::uint32_t ms = target.value();
    number(key, range_ms, ms);
    target = Duration(ms);
  }

  // A table in this one, which may be absent.
  Section section(const std::string& key) {
    const toml::node* node = take(key);
    if (node != nullptr && !node->is_table()) faults_.add(line_of(*node), prefix_ + key, "must be a table");
    return {node == nullptr ? nullptr : node->as_table(), prefix_ + key, faults_};
  }
  bool present() const { return table_ != nullptr; }

  // Calls visit(key, node) for every key.
  template <class Visit>
  void each(Visit visit) {
    if (table_ == nullptr) return;
    for (const auto& [key, node] : *table_) {
      taken_.insert(std::string(key.str()));
      visit(std::string(key.str()), node);
    }
  }

  void refuse_others() {
    if (table_ == nullptr) return;
    for (const auto& [key, node] : *table_) {
      if (taken_.contains(std::string(key.str()))) continue;
      faults_.add(key.source().begin.line, prefix_ + std::string(key.str()), "is not a key of this configuration");
    }
  }

  // Of the whole table.
  void add_fault(const std::string& what) {
    faults_.add(line(), prefix_.substr(0, prefix_.size() - 1), what);
  }
  void add_fault(const toml::node& node, const std::string& key, const std::string& what) {
    faults_.add(line_of(node), prefix_ + key, what);
  }

 private:
  static std::uint32_t line_of(const toml::node& node) { return node.source().begin.line; }
  std::uint32_t line() const { return table_ == nullptr ? 1 : std::max(1u, line_of(*table_)); }

  const toml::table* table_;
  std::string prefix_;
  Faults& faults_;
  std::set<std::string> taken_;
};

// Stores what T::from(text) makes.
template <class T>
auto into(T& target) {
  return [&target](const std::string& text) -> Result<void> {
    target = TRY(T::from(text));
    return {};
  };
}

auto into(Address& target) {
  return [&target](const std::string& text) -> Result<void> {
    target = TRY(read_address(text));
    return {};
  };
}

auto into_path(std::string& target, const std::filesystem::path& directory) {
  return [&target, directory](const std::string& text) -> Result<void> {
    if (text.empty()) return fail(ErrorCode::malformed, "is empty, must be a path");
    target = (directory / text).string();
    return {};
  };
}

void read_paths(Section& top, const std::filesystem::path& directory, NodeConfig& config) {
  top.require("data_dir", into_path(config.data_dir, directory));
  top.require("genesis", into_path(config.genesis, directory));
  top.require("consensus_key", into_path(config.consensus_key, directory));
  if (const toml::node* key = top.take("next_consensus_key")) {
    top.text("next_consensus_key", *key, into_path(config.next_consensus_key.emplace(), directory));
  }
  if (const toml::node* epochs = top.take("epochs")) {
    top.text("epochs", *epochs, into_path(config.epochs.emplace(), directory));
  }
  top.require("transport_key", into_path(config.transport_key, directory));
  top.require("transport_certificate", into_path(config.transport_certificate, directory));
}

void read_network(Section& top, NodeConfig& config) {
  Section network = top.section("network");
  network.require("listen", into(config.listen));
  network.refuse_others();
  Section peers = top.section("peers");
  peers.each([&](const std::string& key, const toml::node& node) {
    const auto department = DepartmentId::from(key);
    if (!department) return peers.add_fault(node, key, department.error().text);
    if (*department == config.department) return peers.add_fault(node, key, "is this node itself");
    peers.text(key, node, into(config.peers[*department]));
  });
}

void read_endpoint(Section& top, const std::filesystem::path& directory, NodeConfig& config) {
  Section section = top.section("endpoint");
  if (!section.present()) return;
  EndpointConfig& endpoint = config.endpoint.emplace();
  section.require("listen", into(endpoint.listen));
  const toml::node* certificate = section.take("certificate");
  const toml::node* key = section.take("key");
  endpoint.certificate = config.transport_certificate;
  endpoint.key = config.transport_key;
  if (certificate != nullptr || key != nullptr) {
    section.require("certificate", into_path(endpoint.certificate, directory));
    section.require("key", into_path(endpoint.key, directory));
  }
  section.number("threads", {1, 64}, endpoint.threads);
  section.number("connections", {1, 100'000}, endpoint.connections);
  section.number("connections_per_address", {1, 100'000}, endpoint.connections_per_address);
  section.number("requests_per_second", {0, 1'000'000}, endpoint.requests_per_second);
  section.time("handshake_timeout_ms", {100, 60'000}, endpoint.handshake_timeout);
  section.time("header_timeout_ms", {100, 60'000}, endpoint.header_timeout);
  section.time("body_timeout_ms", {100, 600'000}, endpoint.body_timeout);
  section.time("idle_timeout_ms", {100, 3'600'000}, endpoint.idle_timeout);
  section.time("write_timeout_ms", {100, 600'000}, endpoint.write_timeout);
  section.refuse_others();
}

void read_vault(Section& top, const std::filesystem::path& directory, NodeConfig& config) {
  Section section = top.section("vault");
  if (!section.present()) return;
  VaultConfig& vault = config.vault.emplace();
  section.require("key", into_path(vault.key, directory));
  section.number("free_bytes_min", {0, tebibyte}, vault.free_bytes_min);
  if (!config.endpoint) section.add_fault("needs [endpoint], by which files come and go");
  section.refuse_others();
}

void read_limits(Section& top, NodeLimits& limits) {
  Section section = top.section("limits");
  section.number("checker_threads", {1, 64}, limits.checker_threads);
  section.number("send_queue_bytes", {mebibyte, gibibyte}, limits.send_queue_bytes);
  section.number("unauthenticated_connections", {4, 4'096}, limits.unauthenticated_connections);
  section.time("handshake_timeout_ms", {100, 60'000}, limits.handshake_timeout);
  section.number("pool_transactions", {1, 1'000'000}, limits.pool.count_max);
  section.number("pool_bytes", {mebibyte, gibibyte}, limits.pool.bytes_max);
  section.number("pool_sender_transactions", {1, 1'000'000}, limits.pool.sender_count_max);
  section.refuse_others();
}

void read_log(Section& top, LogOptions& log) {
  Section section = top.section("log");
  if (const toml::node* level = section.take("level")) {
    section.text("level", *level, [&log](const std::string& text) -> Result<void> {
      log.level = TRY(read_log_level(text));
      return {};
    });
  }
  section.number("file_bytes", {64 * kibibyte, gibibyte}, log.file_bytes);
  section.number("files", {1, 100}, log.files);
  section.refuse_others();
}

}  // namespace

Result<Address> read_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return fail(ErrorCode::malformed, "\"", text, "\" must be host:port");
  }
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty() || (!bracketed && host.find_first_of(":[] \t/") != std::string_view::npos)) {
    return fail(ErrorCode::malformed, "\"", text, "\" must be host:port, an IPv6 address in brackets");
  }
  const std::string_view digits = text.substr(colon + 1);
  std::uint32_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port < 1 || port > 65'535) {
    return fail(ErrorCode::out_of_range, "port \"", digits, "\" must be between 1 and 65535");
  }
  return Address{std::string(host), static_cast<std::uint16_t>(port)};
}

std::string to_string(const Address& address) {
  const bool bracketed = address.host.find(':') != std::string::npos;
  return (bracketed ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

Result<NodeConfig> parse_config(std::string_view toml, const std::string& path) {
  const toml::parse_result parsed = toml::parse(toml, path);
  Faults faults(path);
  if (!parsed) {
    faults.add(parsed.error().source().begin.line, "TOML", std::string(parsed.error().description()));
    return faults.error();
  }
  NodeConfig config;
  Section top(&parsed.table(), "", faults);
  top.require("department", into(config.department));
  read_paths(top, std::filesystem::path(path).parent_path(), config);
  read_network(top, config);
  read_endpoint(top, std::filesystem::path(path).parent_path(), config);
  read_vault(top, std::filesystem::path(path).parent_path(), config);
  read_limits(top, config.limits);
  read_log(top, config.log);
  top.refuse_others();
  if (!faults.empty()) return faults.error();
  config.log.path = config.data_dir + "/kanhed.log";
  return config;
}

Result<NodeConfig> read_config(const std::string& path) {
  return parse_config(TRY(read_small_file(path, FileAccess::open)), path);
}

}  // namespace kanhe::node
