// Route table: every URL of the endpoint with its parameters, limits and answer. Dispatch, the checks of parameters,
// the front page and openapi.json all read this one list.
//
// A parameter has a type of its own, whose label and limits are those of the description: nothing is checked against
// numbers that stand elsewhere. A parameter whose type is a variant takes the name of one of its alternatives.
//
// Thread: any; immutable.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "certs/answers.h"
#include "certs/file_parts.h"
#include "certs/stamp.h"
#include "node/http.h"

namespace kanhe::node {

// ---------------------------------------------------------------------------------------------------------------------
// Types of parameters

struct WaitTag : LimitTag<std::uint32_t, 0, 30'000> {
  static constexpr Label label{"Wait", "等待时长", "how long the answer may wait for what is not there yet", "ms"};
};
struct ReadsLimitTag : LimitTag<std::uint32_t, 1, certs::reads_max> {
  static constexpr Label label{"ReadsLimit", "查询记录数上限", "most reads in the answer", "reads"};
};
struct ActsLimitTag : LimitTag<std::uint32_t, 1, certs::acts_max> {
  static constexpr Label label{"ActsLimit", "签署记录数上限", "most acts in the answer", "acts"};
};
struct DutiesLimitTag : LimitTag<std::uint32_t, 1, certs::duties_max> {
  static constexpr Label label{"DutiesLimit", "待办数上限", "most duties in the answer", "duties"};
};
struct EventsLimitTag : LimitTag<std::uint32_t, 1, certs::trace_events_max> {
  static constexpr Label label{"EventsLimit", "事件数上限", "most events in the answer", "events"};
};
struct HeadersLimitTag : LimitTag<std::uint32_t, 1, certs::headers_max> {
  static constexpr Label label{"HeadersLimit", "区块头数上限", "most headers in the answer", "headers"};
};
using Wait = Number<WaitTag>;
using EventsLimit = Number<EventsLimitTag>;
using DutiesLimit = Number<DutiesLimitTag>;
using ReadsLimit = Number<ReadsLimitTag>;
using ActsLimit = Number<ActsLimitTag>;
using HeadersLimit = Number<HeadersLimitTag>;

// Errors: malformed, unless the text is height, receipt and event as decimal numbers joined by dots.
Result<EventPosition> read_cursor(std::string_view text);

struct EventCursorTag {
  static constexpr std::size_t bytes_min = 5;
  static constexpr std::size_t bytes_max = 64;
  static constexpr Label label{"EventCursor", "事件游标", "place among all events: height.receipt.event"};
  static Result<void> check(std::string_view text);
};
using EventCursor = Text<EventCursorTag>;

inline constexpr std::size_t state_keys_max = 16;
struct StateKeysTag {
  static constexpr std::size_t bytes_min = 4;
  static constexpr std::size_t bytes_max = 4'096;
  static constexpr Label label{"StateKeys", "状态键列表", "up to 16 state keys in hexadecimal, joined by commas"};
};
using StateKeys = Text<StateKeysTag>;

struct StampInHexTag {
  static constexpr std::size_t bytes_min = 2;
  static constexpr std::size_t bytes_max = 2 * certs::stamp_bytes_max;
  static constexpr Label label{"StampInHex", "加注", "a stamp for the certificate: canonical, in hexadecimal"};
};
using StampInHex = Text<StampInHexTag>;

enum class BodyForm : std::uint8_t { canonical = 1, json = 2 };
BOOST_DESCRIBE_ENUM(BodyForm, canonical, json)

// ---------------------------------------------------------------------------------------------------------------------
// The table

enum class RouteId : std::uint8_t {
  front_page, openapi, health, status, metrics, genesis, head, checkpoint, consistency, headers, block, submit,
  transaction, certificate, body, unit, application, duties, trace, state, events, reads, acts,
  file_part, put_file_part
};
BOOST_DESCRIBE_ENUM(RouteId, front_page, openapi, health, status, metrics, genesis, head, checkpoint, consistency,
                    headers, block, submit, transaction, certificate, body, unit, application, duties, trace, state,
                    events, reads, acts, file_part, put_file_part)

// Who is answered: everyone; officers only; or whom it is about (unless the network's open_reads is on).
// Personal: the person that it is about, with a key of their own, and supervisors. Entitled: officers and parties whom
// a matter entitles, also where open_reads is on.
enum class Face : std::uint8_t { open, departmental, personal, entitled };
enum class Need : std::uint8_t { required, optional };

struct Parameter {
  std::string_view name;
  const Schema& (*schema)();
  Need need = Need::optional;
  std::string_view standard{};  // what counts when it is left out; for people
};

struct Route {
  RouteId id;
  HttpMethod method;  // a GET route answers HEAD too
  std::string_view pattern;  // segments in braces are parameters, in the order of `path`
  Face face;
  std::string_view zh;
  std::string_view en;
  std::vector<Parameter> path{};
  std::vector<Parameter> query{};
  const Schema& (*answer)() = nullptr;  // null: not a record; `content_type` says what
  std::string_view content_type = "application/json";
};

std::span<const Route> routes();

struct RouteMatch {
  const Route* route;
  std::map<std::string, std::string> path;  // parameters by name
};

// The route of a request. Errors: unknown (no route has the path), unsupported (none of them takes the method: the
// allowed ones are in allowed_methods()).
Result<RouteMatch> find_route(HttpMethod method, std::string_view path);
// The methods of the routes with this path, "GET, HEAD"; empty for an unknown path.
std::string allowed_methods(std::string_view path);

// The parameters of one request, each checked against its type when it is asked for.
class Arguments {
 public:
  // Errors: unknown (a query parameter that the route does not have), malformed (a required one is missing).
  static Result<Arguments> read(const RouteMatch& match, const std::map<std::string, std::string>& query);

  // The value of a parameter that is there. Errors: malformed, out_of_range, unknown; the text begins with its name.
  template <class T>
  Result<T> get(std::string_view name) const {
    T value;
    TRY(read_into(schema_of<T>(), &value, name));
    return value;
  }
  template <class T>
  Result<T> get_or(std::string_view name, T standard) const {
    if (!contains(name)) return standard;
    return get<T>(name);
  }
  bool contains(std::string_view name) const { return values_.contains(std::string(name)); }
  // Requires: contains(name).
  const std::string& text(std::string_view name) const { return values_.at(std::string(name)); }

 private:
  Result<void> read_into(const Schema& schema, void* value, std::string_view name) const;
  std::map<std::string, std::string> values_;
};

// A subject from its kind's name and its id as text. Errors: unknown (kind), malformed, out_of_range.
Result<Subject> read_subject(std::string_view kind, std::string_view id);

}  // namespace kanhe::node
