// HttpClient: requests to one node's endpoint over TLS, kept alive from one to the next.
//
// What comes back is taken for what an unknown machine says. So TLS here keeps others from reading along, and the
// answer is believed for its proofs (cli/client.h). With `ca_file` the endpoint's certificate must lead to one in that
// file and be made out for the host.
//
// Thread: one. Limits: connect_timeout_s, HttpRequest::timeout_s, answer_bytes_max. Errors: unavailable (no connection,
// no answer in time, TLS), malformed (no HTTP, too long), out_of_range (the address).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/bytes.h"
#include "ledger/result.h"

namespace kanhe::cli {

inline constexpr unsigned connect_timeout_s = 10;
inline constexpr std::size_t answer_bytes_max = 16 * 1024 * 1024;

// https://host:port, or host:port.
struct NodeAddress {
  std::string host;
  std::string port;
};
// Errors: malformed; the text shows the form.
Result<NodeAddress> read_node_address(std::string_view text);

struct HttpCall {
  bool post = false;         // else GET
  std::string target;        // path and query, encoded
  std::string content_type;  // with post
  ByteView body{};
  std::string kanhe_query;  // the header Kanhe-Query; empty: none
  unsigned timeout_s = 30;
};

struct HttpAnswer {
  unsigned status = 0;
  std::string content_type;
  std::string body;
  std::optional<unsigned> retry_after_s;
};

class HttpClient {
 public:
  HttpClient(NodeAddress address, std::string ca_file);
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  // One request, and its answer whatever its status. A connection that the node closed meanwhile is opened anew, once.
  Result<HttpAnswer> send(const HttpCall& call);
  const NodeAddress& address() const;

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace kanhe::cli
