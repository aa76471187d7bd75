// HTTP requests and responses as plain values: what the routes work with, so that they know neither sockets nor Beast.
//
// Thread: any; plain values. Limits: request_body_bytes_max, request_target_bytes_max; the endpoint refuses what
// exceeds them before a route sees it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/bytes.h"
#include "ledger/identifiers.h"
#include "ledger/result.h"

namespace kanhe::node {

inline constexpr std::size_t request_body_bytes_max = 256 * 1024;
inline constexpr std::size_t request_target_bytes_max = 4'096;

enum class HttpMethod : std::uint8_t { get, head, post, other };

struct HttpRequest {
  HttpMethod method = HttpMethod::get;
  std::string target;                         // as it came, for signed queries
  std::string path;                           // decoded, without the query
  std::map<std::string, std::string> query;   // decoded; a name given twice is refused by the endpoint
  std::string content_type;                   // lower case, without parameters
  std::optional<std::string> kanhe_query;     // the header Kanhe-Query (node/query_auth.h)
  std::string remote;                         // address of the client, for the log
  std::optional<DepartmentId> passed_on_by;   // whose node asks for its officer (node/file_exchange.h)
  Bytes body;
};

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::optional<unsigned> retry_after_s;
  std::string allow;  // the header Allow: methods, joined by commas; empty: none
};

// The status and ErrorAnswer (certs/answers.h) for an Error: malformed, out_of_range, not_canonical, bad_signature,
// unsupported: 400; not_authorised: 401; unknown: 404; duplicate, conflict: 409; busy: 503 with Retry-After;
// unavailable: 503; else 500.
HttpResponse error_response(const Error& error);
// The same with a status of its own: 413, 414, 431 and the like.
HttpResponse error_response(unsigned status, const Error& error);

// Sets target, path and query of a request. Percent signs are decoded, a plus sign stays one; a decoded slash in the
// path is refused, because it would be taken for a separator. Errors: malformed, duplicate, out_of_range; the text
// names what was read.
Result<void> read_target(std::string_view target, HttpRequest& request);
// The media type of a Content-Type: lower case, without parameters.
std::string media_type(std::string_view content_type);
// The words that belong to a status, for example "Not Found"; empty for one that this program does not use.
std::string_view status_words(unsigned status);

// Answers a request, now or later, exactly once, from any thread. One that is dropped unused answers 500, so that no
// client waits for nothing.
using Respond = std::function<void(HttpResponse)>;
using HttpHandler = std::function<void(HttpRequest, Respond)>;

}  // namespace kanhe::node
