#include "node/http.h"

#include <algorithm>

#include "certs/answers.h"
#include "ledger/json.h"

namespace kanhe::node {
namespace {

constexpr unsigned busy_retry_after_s = 1;

unsigned status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::malformed:
    case ErrorCode::out_of_range:
    case ErrorCode::not_canonical:
    case ErrorCode::bad_signature:
    case ErrorCode::unsupported: return 400;
    case ErrorCode::not_authorised: return 401;
    case ErrorCode::unknown: return 404;
    case ErrorCode::duplicate:
    case ErrorCode::conflict: return 409;
    case ErrorCode::busy:
    case ErrorCode::unavailable: return 503;
    default: return 500;
  }
}

// A text for people, which may quote what a client sent: made to fit the record.
template <class Text>
Text plain(std::string text, std::size_t bytes_max) {
  if (text.size() > bytes_max) text.resize(bytes_max);
  if (const auto whole = Text::from(text)) return *whole;
  for (char& c : text) {
    const bool visible = c >= ' ' && c < 0x7f;
    if (!visible) c = c == '\n' ? ' ' : '?';
  }
  const auto replaced = Text::from(text);
  return replaced ? *replaced : Text();
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Test: http_tests/a_bad_target_is_refused_with_a_reason
Result<std::string> percent_decoded(std::string_view part, std::string_view name) {
  std::string decoded;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] != '%') {
      decoded += part[i];
      continue;
    }
    const int high = i + 2 < part.size() ? hex_digit(part[i + 1]) : -1;
    const int low = i + 2 < part.size() ? hex_digit(part[i + 2]) : -1;
    if (high < 0 || low < 0) return fail(ErrorCode::malformed, name, ": % without two hexadecimal digits");
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  for (const char c : decoded) {
    if ((c >= 0 && c < ' ') || c == 0x7f) return fail(ErrorCode::malformed, name, ": holds a control character");
  }
  return decoded;
}

Result<std::map<std::string, std::string>> read_query(std::string_view text) {
  std::map<std::string, std::string> query;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    std::string name = TRY(percent_decoded(pair.substr(0, equals), "query"));
    if (name.empty()) return fail(ErrorCode::malformed, "query: a parameter without a name");
    std::string value = TRY(percent_decoded(pair.substr(std::min(pair.size(), equals + 1)), "query"));
    const auto [entry, added] = query.emplace(std::move(name), std::move(value));
    if (!added) return fail(ErrorCode::duplicate, "query: ", entry->first, " is given twice");
  }
  return query;
}

}  // namespace

HttpResponse error_response(const Error& error) {
  HttpResponse response = error_response(status_of(error.code), error);
  if (error.code == ErrorCode::busy) response.retry_after_s = busy_retry_after_s;
  return response;
}

HttpResponse error_response(unsigned status, const Error& error) {
  certs::ErrorAnswer answer;
  answer.code = plain<decltype(answer.code)>(std::string(error_name(error.code)), 64);
  answer.message = plain<decltype(answer.message)>(error.text, 4'096);
  HttpResponse response;
  response.status = status;
  response.body = to_json(answer) + "\n";
  return response;
}

Result<void> read_target(std::string_view target, HttpRequest& request) {
  if (target.size() > request_target_bytes_max) {
    return fail(ErrorCode::out_of_range, "target: ", target.size(), " bytes, at most ", request_target_bytes_max);
  }
  if (!target.starts_with('/')) return fail(ErrorCode::malformed, "target: must begin with a slash");
  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, mark);
  request.path = TRY(percent_decoded(path, "path"));
  if (std::ranges::count(request.path, '/') != std::ranges::count(path, '/')) {
    return fail(ErrorCode::malformed, "path: holds an encoded slash");
  }
  request.query = TRY(read_query(target.substr(std::min(target.size(), mark + 1))));
  request.target = target;
  return {};
}

std::string media_type(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  while (type.ends_with(' ') || type.ends_with('\t')) type.pop_back();
  for (char& c : type) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return type;
}

std::string_view status_words(unsigned status) {
  switch (status) {
    case 200: return "OK";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "";
  }
}

}  // namespace kanhe::node
