// Endpoint: the HTTPS server of a node. It owns the port, the certificate, connections and their limits; what is asked
// and answered is its handler's (node/routes.h).
//
// TLS 1.3, and 1.2 with forward secrecy and authenticated ciphers only, because citizens' and banks' programs come
// here. Clients show no certificate: who asks for more than the public face signs the request (node/query_auth.h).
// Without a certificate of its own (node/endpoint_identity.h makes one) the endpoint shows the node's transport
// certificate; it is of Ed25519, which browsers do not take, while curl and Python do, and is made out for no name. The
// log warns of a certificate that expires within 30 days.
//
// A connection beyond `connections` takes the place of the one that has been idle for longest; when none is idle, and
// above connections_per_address, it is closed at once. Requests beyond requests_per_second are answered 429.
//
// Threads: as many as configured, each with an io_context and its share of the connections; the handler is called on
// them. Nothing of the endpoint runs on another thread, and nothing it does can stop the process.
// Limits: EndpointConfig, request_header_bytes_max, request_target_bytes_max, request_body_bytes_max.
// Errors: open() answers busy (the port), io, malformed (certificate or key), conflict (they do not belong together),
// and as read_small_file().
#pragma once

#include <functional>
#include <memory>

#include "node/config.h"
#include "node/http.h"
#include "node/log.h"

namespace kanhe::node {

// Since the start, but for `open`.
struct EndpointCounters {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;            // connections beyond the limits
  std::uint64_t evicted = 0;            // idle ones that made room
  std::uint64_t handshakes_failed = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t clients_left = 0;       // before their answer was written
  std::uint64_t requests = 0;           // handed to the handler
  std::uint64_t requests_bad = 0;       // not well formed, or too large
  std::uint64_t requests_limited = 0;   // answered 429
  std::uint64_t answers_well = 0;       // 1xx to 3xx
  std::uint64_t answers_4xx = 0;
  std::uint64_t answers_5xx = 0;
  std::size_t open = 0;                 // connections, now
};

struct EndpointWork {
  HttpHandler handle;
  std::function<void()> tick;  // called ten times a second, on one of the endpoint's threads; may be unset
};

class Endpoint {
 public:
  // Reads certificate and key and takes the port (0: any free one), but accepts nothing before start(). Lifetime: the
  // log, and what `work` uses, outlive the endpoint.
  static Result<std::unique_ptr<Endpoint>> open(const EndpointConfig& config, EndpointWork work, Log& log);
  ~Endpoint();

  // Once.
  void start();
  // Refuses new connections, answers 503 to who waits, lets answers be written for a second at most, and ends the
  // threads. After it nothing of `work` is called. Thread: one that is not the endpoint's.
  void stop();

  // Runs the work soon on one of the endpoint's threads, taking turns. Dropped after stop(). Thread: any.
  void post(std::function<void()> work);
  std::uint16_t port() const;
  // Thread: any.
  EndpointCounters counters() const;

 private:
  struct Parts;
  class Lane;
  explicit Endpoint(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace kanhe::node
