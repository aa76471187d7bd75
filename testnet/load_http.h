// Load HTTP: many requests at once to the endpoints of several nodes, over TLS connections that are kept alive, and
// timers; all on one event loop in the thread that calls run().
//
// Each endpoint has so many connections, each with one request on its way; more requests wait in a queue. An endpoint
// that cannot be reached answers its queue with `no_status` at once, and is tried again after down_ms. The endpoints'
// TLS certificates are not checked: this program measures, it believes nothing that matters.
//
// Thread: the one that calls run(); all functions are called there, or before. Limits: request_timeout_s.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ledger/bytes.h"
#include "node/config.h"

namespace kanhe::testnet {

inline constexpr unsigned request_timeout_s = 10;
inline constexpr unsigned down_ms = 250;
inline constexpr unsigned no_status = 0;  // no answer came

struct LoadRequest {
  std::string target;            // path and query
  const Bytes* body = nullptr;   // null: GET; else POST of canonical bytes. Lifetime: until it is answered.
};

struct LoadAnswer {
  unsigned status = no_status;
  std::string body;              // with no_status: why
};

class LoadHttp {
 public:
  using Answered = std::function<void(LoadAnswer)>;

  LoadHttp(const std::vector<node::Address>& endpoints, std::size_t connections_each);
  ~LoadHttp();

  void send(std::size_t endpoint, LoadRequest request, Answered answered);
  // Calls `action` once, after so long.
  void after(Duration delay, std::function<void()> action);
  // Runs until stop() is called. Can be run again.
  void run();
  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace kanhe::testnet
