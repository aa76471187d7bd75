// Configuration: what one node is told by its own department, in a TOML file. Nothing in it decides what a block holds:
// the parameters of consensus live in state (ledger/validators.h).
//
// Reading refuses the file for every missing, wrong or unknown key, and names all of them at once, each with file, line
// and key. Paths are relative to the file's directory. Defaults stand here and nowhere else.
//
//   department = "registry"                 whose node this is, as in the genesis
//   data_dir = "data"                       made where missing
//   genesis = "../genesis.json"
//   consensus_key = "consensus.key"         mode 0600
//   next_consensus_key = "next.key"         optional, mode 0600; the one that a motion names for a later epoch. The
//                                           node votes with whichever of the two its epoch names
//   epochs = "epochs.json"                  optional: epoch changes from the genesis on (`kanhe network epochs`), so
//                                           that a node that joins, or was away, knows its peers before it has their
//                                           blocks, and believes no other history up to the newest of these changes.
//                                           It is trusted like the genesis, whoever's keys were stolen since
//   transport_key = "transport.key"         mode 0600
//   transport_certificate = "transport.crt"
//   [network]
//   listen = "0.0.0.0:7001"                 where peers reach this node
//   [peers]                                 where this node reaches the others (not what they listen on); who is not
//                                           listed must dial this node
//   tax = "10.0.3.7:7001"
//   [endpoint]                              optional; without it there is none (node/endpoint.h)
//   listen = "127.0.0.1:8001"
//   certificate = "endpoint.crt"            PEM, with the chain; default: transport_certificate
//   key = "endpoint.key"                    PEM, mode 0600; default: transport_key. Both are given, or none
//   threads = 1                             1–64
//   connections = 1000                      1–100000
//   connections_per_address = 200           1–100000; addresses of one IPv6 network (/64) count as one
//   requests_per_second = 0                 of one address; 0–1000000, 0: no limit
//   handshake_timeout_ms = 5000             100–60000
//   header_timeout_ms = 5000                100–60000; from a request's first byte to the end of its header
//   body_timeout_ms = 20000                 100–600000; of a request
//   idle_timeout_ms = 60000                 100–3600000; between two requests
//   write_timeout_ms = 20000                100–600000; while a client reads nothing of its answer
//   [vault]                                 optional, needs [endpoint]; without it this node keeps no files
//   key = "vault.key"                       mode 0600; what data_dir/vault is encrypted with (kanhed new-keys)
//   free_bytes_min = 1073741824             0 – 1 TiB; no file is taken while the disk has less left
//   [limits]                                optional, each with its default
//   checker_threads = 2                     1–64
//   send_queue_bytes = 67108864             per peer; 1 MiB – 1 GiB
//   unauthenticated_connections = 64        4–4096
//   handshake_timeout_ms = 5000             100–60000
//   pool_transactions = 20000               1–1000000
//   pool_bytes = 67108864                   1 MiB – 1 GiB
//   pool_sender_transactions = 2000         1–1000000
//   [log]                                   optional
//   level = "info"                          debug, info, warning, error
//   file_bytes = 16777216                   64 KiB – 1 GiB; then the next file is begun
//   files = 5                               1–100; older ones are deleted
//
// Thread: any; a plain value. Errors: malformed, with one line of text for each fault.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "ledger/identifiers.h"
#include "node/log.h"
#include "node/pool.h"

namespace kanhe::node {

// Host is a name or an address; an IPv6 address stands in brackets where it is written with its port.
struct Address {
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const Address&, const Address&) = default;
};

// "host:port". Errors: malformed, out_of_range (port 0 or above 65535).
Result<Address> read_address(std::string_view text);
std::string to_string(const Address& address);

struct NodeLimits {
  std::size_t checker_threads = 2;
  std::size_t send_queue_bytes = 64 * 1024 * 1024;
  std::size_t unauthenticated_connections = 64;
  Duration handshake_timeout{5'000};
  PoolLimits pool;
};

struct EndpointConfig {
  Address listen;
  std::string certificate;
  std::string key;
  std::size_t threads = 1;
  std::size_t connections = 1'000;
  std::size_t connections_per_address = 200;
  std::uint32_t requests_per_second = 0;
  Duration handshake_timeout{5'000};
  Duration header_timeout{5'000};
  Duration body_timeout{20'000};
  Duration idle_timeout{60'000};
  Duration write_timeout{20'000};
};

struct VaultConfig {
  std::string key;
  std::uint64_t free_bytes_min = 1ULL << 30;
};

struct NodeConfig {
  DepartmentId department;
  std::string data_dir;
  std::string genesis;
  std::string consensus_key;
  std::optional<std::string> next_consensus_key;
  std::optional<std::string> epochs;
  std::string transport_key;
  std::string transport_certificate;
  Address listen;
  std::map<DepartmentId, Address> peers;
  std::optional<EndpointConfig> endpoint;
  std::optional<VaultConfig> vault;
  NodeLimits limits;
  LogOptions log;  // its path is in data_dir
};

// `path` is for the texts of errors and for relative paths.
Result<NodeConfig> parse_config(std::string_view toml, const std::string& path);
// Errors: also unknown and io.
Result<NodeConfig> read_config(const std::string& path);

}  // namespace kanhe::node
