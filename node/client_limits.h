// Client limits: how many connections the endpoint has, how many of them come from one address, and how many requests
// an address may make.
//
// Requests are counted by a token bucket for each address: it holds what one second gives, so a client may send that
// many at once, and then requests_per_second of them. An address that is gone is forgotten as soon as its bucket is
// full again, so that coming back is no way to a full one.
//
// Thread: any; one mutex. Time is an argument. Limits: at most one entry for each connection, and for each address that
// left within the last second.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "ledger/types.h"

namespace kanhe::node {

enum class Admission : std::uint8_t { admitted, all_are_taken, address_has_its_share };

class ClientLimits {
 public:
  // requests_per_second 0: as many as they like.
  ClientLimits(std::size_t connections_max, std::size_t connections_per_address, std::uint32_t requests_per_second);

  // A connection of this address comes; each that was admitted leaves once.
  Admission enter(const std::string& address, Instant now);
  void leave(const std::string& address, Instant now);
  // Whether the address may make a request now; counts it if so. Requires: it has a connection.
  bool take_request(const std::string& address, Instant now);

  std::size_t connections() const;
  // Entries that are kept, for tests.
  std::size_t addresses() const;

 private:
  struct Client {
    std::size_t connections = 0;
    std::uint64_t tokens = 0;  // billionths of a request
    Instant filled_at;
  };

  void fill(Client& client, Instant now) const;
  void forget_the_gone(Instant now);

  const std::size_t connections_max_;
  const std::size_t connections_per_address_;
  const std::uint64_t requests_per_second_;
  mutable std::mutex mutex_;  // guards everything below
  std::size_t connections_ = 0;
  std::map<std::string, Client> clients_;
  Instant forgot_at_;
};

}  // namespace kanhe::node
