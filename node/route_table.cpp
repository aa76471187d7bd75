#include "node/route_table.h"

#include <charconv>

#include "contracts/sharing.h"

namespace kanhe::node {
namespace {

Result<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) return fail(ErrorCode::out_of_range, text, " is beyond 64 bits");
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return fail(ErrorCode::malformed, "\"", text, "\" is not a decimal number");
  }
  return number;
}

std::string names_of(const Schema& schema) {
  std::string names;
  const auto add = [&names](std::string_view name) { names += (names.empty() ? "" : ", ") + std::string(name); };
  for (const SchemaEnumerator& enumerator : schema.enumerators) add(enumerator.name);
  for (const SchemaField& field : schema.fields) add(field.name);
  return names;
}

// Fills a value of a simple type from text, as it stands in a URL.
Result<void> read_value(const Schema& schema, void* value, std::string_view text) {
  switch (schema.kind) {
    case Kind::number: {
      const std::uint64_t number = TRY(read_number(text));
      if (number < schema.min || number > schema.max) {
        return fail(ErrorCode::out_of_range, number, ", must be between ", schema.min, " and ", schema.max);
      }
      schema.set_number(value, number);
      return {};
    }
    case Kind::enumeration:
      for (const SchemaEnumerator& enumerator : schema.enumerators) {
        if (enumerator.name != text) continue;
        schema.set_number(value, enumerator.value);
        return {};
      }
      return fail(ErrorCode::malformed, "\"", text, "\" is none of ", names_of(schema));
    case Kind::bytes:
    case Kind::blob: return schema.assign(value, TRY(from_hex(text)));
    case Kind::text: return schema.assign(value, as_bytes(text));
    default: break;
  }
  return fail(ErrorCode::unsupported, "a ", schema.label.name, " cannot stand in a URL");
}

constexpr Parameter known_epoch{"known_epoch", &schema_of<Epoch>, Need::optional, "0"};
constexpr Parameter wait_ms{"wait_ms", &schema_of<Wait>, Need::optional, "0"};

std::vector<Route> public_routes() {
  using namespace certs;
  const auto get = HttpMethod::get;
  const auto open = Face::open;
  return {
      {RouteId::front_page, get, "/", open, "此节点提供的接口", "what is here, in words", {}, {}, nullptr, "text/plain"},
      {RouteId::openapi, get, "/openapi.json", open, "接口说明 (OpenAPI)", "this description"},
      {RouteId::health, get, "/v1/health", open, "节点是否正常", "whether the node is well: 200 or 503", {}, {},
       &schema_of<HealthAnswer>},
      {RouteId::status, get, "/v1/status", open, "节点状态", "what the node is doing, and what it waits for"},
      {RouteId::metrics, get, "/v1/metrics", open, "运行指标", "counters, as Prometheus reads them", {}, {}, nullptr,
       "text/plain"},
      {RouteId::genesis, get, "/v1/genesis", open, "创世文件", "the genesis; verifiers get theirs from elsewhere", {},
       {}, &schema_of<Genesis>},
      {RouteId::head, get, "/v1/head", open, "最新区块头及签章", "the newest header with its seal", {}, {known_epoch},
       &schema_of<HeadAnswer>},
      {RouteId::checkpoint, get, "/v1/checkpoint", open, "最新检查点 (C2SP)", "the newest seal as a C2SP signed note",
       {}, {}, nullptr, "text/plain"},
      {RouteId::consistency, get, "/v1/consistency", open, "历史一致性证明",
       "that an older history is the beginning of a newer one", {},
       {{"old", &schema_of<Total>, Need::required}, {"new", &schema_of<Total>, Need::optional, "all headers"}},
       &schema_of<ConsistencyAnswer>},
      {RouteId::headers, get, "/v1/headers", open, "区块头列表", "headers in their order", {},
       {{"from", &schema_of<Height>, Need::optional, "0"}, {"count", &schema_of<HeadersLimit>, Need::optional, "100"}},
       &schema_of<HeadersAnswer>},
      {RouteId::block, get, "/v1/blocks/{height}", open, "区块", "a block: header, seal, list of body hashes",
       {{"height", &schema_of<Height>, Need::required}}, {known_epoch}, &schema_of<BlockAnswer>},
      {RouteId::submit, HttpMethod::post, "/v1/transactions", open, "提交交易",
       "submits a transaction; the same one again is answered with what became of it", {}, {wait_ms},
       &schema_of<TransactionAnswer>},
      {RouteId::transaction, get, "/v1/transactions/{id}", open, "交易回执及证明", "what became of a transaction",
       {{"id", &schema_of<TransactionId>, Need::required}}, {wait_ms}, &schema_of<TransactionAnswer>},
      {RouteId::certificate, get, "/v1/certificates/{id}", open, "电子证照状态及证明",
       "a certificate's standing with all proofs; for officers a title's unit too",
       {{"id", &schema_of<CertificateId>, Need::required}},
       {known_epoch, {"stamp", &schema_of<StampInHex>, Need::optional, "the records of no stamp's key"}},
       &schema_of<CertificateAnswer>},
  };
}

std::vector<Route> departmental_routes() {
  using namespace certs;
  const auto get = HttpMethod::get;
  const auto officers = Face::departmental;
  return {
      {RouteId::body, get, "/v1/transactions/{id}/body", officers, "交易全文", "a recorded transaction as it was signed",
       {{"id", &schema_of<TransactionId>, Need::required}},
       {{"form", &schema_of<BodyForm>, Need::optional, "canonical"}}, &schema_of<Transaction>,
       "application/octet-stream"},
      {RouteId::unit, get, "/v1/units/{number}", officers, "不动产单元", "a property unit: holders, hold, trace",
       {{"number", &schema_of<UnitNumber>, Need::required}}, {known_epoch}, &schema_of<UnitAnswer>},
      {RouteId::application, get, "/v1/applications/{id}", officers, "申请", "an application with its bill and timeline",
       {{"id", &schema_of<ApplicationId>, Need::required}}, {known_epoch}, &schema_of<ApplicationAnswer>},
      {RouteId::duties, get, "/v1/departments/{id}/duties", officers, "部门待办",
       "which applications wait for a department, provably complete",
       {{"id", &schema_of<DepartmentId>, Need::required}},
       {{"after", &schema_of<ApplicationId>, Need::optional, "the first"},
        {"count", &schema_of<DutiesLimit>, Need::optional, "200"}, known_epoch}, &schema_of<DutiesAnswer>},
      {RouteId::trace, get, "/v1/traces/{kind}/{id}", officers, "主体追溯", "the history of a subject, provably complete",
       {{"kind", &schema_of<Subject>, Need::required}, {"id", &schema_of<PlainText<128>>, Need::required}},
       {{"from", &schema_of<Total>, Need::optional, "0"}, {"count", &schema_of<EventsLimit>, Need::optional, "1024"},
        known_epoch}, &schema_of<TraceAnswer>},
      {RouteId::state, get, "/v1/state", officers, "状态记录及证明", "records of the state by their keys, with proofs", {},
       {{"key", &schema_of<StateKeys>, Need::required}, known_epoch}, &schema_of<FactsAnswer>},
      {RouteId::events, get, "/v1/events", officers, "事件流", "events of all blocks from a cursor on", {},
       {{"cursor", &schema_of<EventCursor>, Need::optional, "0.0.0"},
        {"count", &schema_of<EventsLimit>, Need::optional, "100"}, wait_ms}, &schema_of<EventsAnswer>},
      {RouteId::reads, get, "/v1/parties/{id}/reads", Face::personal, "谁查询过我",
       "who read about a party at this node; for the party itself, with its own key, and supervisors",
       {{"id", &schema_of<PartyId>, Need::required}},
       {{"from", &schema_of<Total>, Need::optional, "1"}, {"count", &schema_of<ReadsLimit>, Need::optional, "100"}},
       &schema_of<ReadsAnswer>},
      {RouteId::acts, get, "/v1/parties/{id}/acts", Face::personal, "谁签署过什么",
       "which transactions a person signed, as an officer or a party; for the person, and supervisors",
       {{"id", &schema_of<PartyId>, Need::required}},
       {{"from", &schema_of<Total>, Need::optional, "1"}, {"count", &schema_of<ActsLimit>, Need::optional, "100"}},
       &schema_of<ActsAnswer>},
  };
}

std::vector<Route> file_routes() {
  const std::vector<Parameter> path{{"digest", &schema_of<Hash256>, Need::required},
                                    {"part", &schema_of<certs::FilePart>, Need::required}};
  return {
      {RouteId::file_part, HttpMethod::get, "/v1/files/{digest}/parts/{part}", Face::entitled, "读取材料分片",
       "a part of a file, for whom an application or a certificate entitles; from whichever department has it", path,
       {{"application", &schema_of<ApplicationId>}, {"certificate", &schema_of<CertificateId>},
        {"consent", &schema_of<contracts::sharing::ConsentId>}}, nullptr, "application/octet-stream"},
      {RouteId::put_file_part, HttpMethod::post, "/v1/files/{digest}/parts/{part}", Face::entitled, "存入材料分片",
       "takes a part of a file, from an officer of this node's department", path, {},
       &schema_of<certs::FileAnswer>},
  };
}

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    segments.push_back(path.substr(0, path.find('/')));
    path.remove_prefix(segments.back().size());
  }
  return segments;
}

// The values of the pattern's parameters, if the path has its form. An empty segment is no value.
std::optional<std::map<std::string, std::string>> match(std::string_view pattern, std::string_view path) {
  const auto wanted = segments_of(pattern);
  const auto given = segments_of(path);
  if (wanted.size() != given.size()) return std::nullopt;
  std::map<std::string, std::string> values;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].starts_with('{')) {
      if (given[i].empty()) return std::nullopt;
      values.emplace(wanted[i].substr(1, wanted[i].size() - 2), given[i]);
    } else if (wanted[i] != given[i]) {
      return std::nullopt;
    }
  }
  return values;
}

bool takes(const Route& route, HttpMethod method) {
  return route.method == method || (route.method == HttpMethod::get && method == HttpMethod::head);
}

}  // namespace

Result<EventPosition> read_cursor(std::string_view text) {
  const std::size_t first = text.find('.');
  const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos) {
    return fail(ErrorCode::malformed, "\"", text, "\" is not height.receipt.event, for example 0.0.0");
  }
  const std::uint64_t height = TRY(read_number(text.substr(0, first)));
  const std::uint64_t receipt = TRY(read_number(text.substr(first + 1, second - first - 1)));
  const std::uint64_t event = TRY(read_number(text.substr(second + 1)));
  return EventPosition{TRY(Height::from(height)), TRY(Count::from(receipt)).value(), TRY(Count::from(event)).value()};
}

Result<void> EventCursorTag::check(std::string_view text) {
  TRY(read_cursor(text));
  return {};
}

std::span<const Route> routes() {
  static const std::vector<Route> all = [] {
    std::vector<Route> table = public_routes();
    for (Route& route : departmental_routes()) table.push_back(std::move(route));
    for (Route& route : file_routes()) table.push_back(std::move(route));
    return table;
  }();
  return all;
}

std::string allowed_methods(std::string_view path) {
  std::string allowed;
  for (const Route& route : routes()) {
    if (!match(route.pattern, path)) continue;
    allowed += (allowed.empty() ? "" : ", ") + std::string(route.method == HttpMethod::get ? "GET, HEAD" : "POST");
  }
  return allowed;
}

Result<RouteMatch> find_route(HttpMethod method, std::string_view path) {
  for (const Route& route : routes()) {
    if (!takes(route, method)) continue;
    if (auto values = match(route.pattern, path)) return RouteMatch{&route, *std::move(values)};
  }
  const std::string allowed = allowed_methods(path);
  if (!allowed.empty()) return fail(ErrorCode::unsupported, "method: ", path, " takes ", allowed);
  return fail(ErrorCode::unknown, "path: nothing is at ", path, "; GET / lists what is here");
}

Result<Arguments> Arguments::read(const RouteMatch& match, const std::map<std::string, std::string>& query) {
  Arguments arguments;
  arguments.values_ = match.path;
  for (const auto& [name, value] : query) {
    if (std::ranges::find(match.route->query, name, &Parameter::name) == match.route->query.end()) {
      std::string known;
      for (const Parameter& parameter : match.route->query) known += " " + std::string(parameter.name);
      return fail(ErrorCode::malformed, name, ": not a parameter of ", match.route->pattern, "; it has",
                  known.empty() ? " none" : known);
    }
    arguments.values_.insert_or_assign(name, value);
  }
  for (const Parameter& parameter : match.route->query) {
    if (parameter.need == Need::required && !arguments.contains(parameter.name)) {
      return fail(ErrorCode::malformed, parameter.name, ": missing; ", parameter.schema().label.en);
    }
  }
  return arguments;
}

Result<void> Arguments::read_into(const Schema& schema, void* value, std::string_view name) const {
  auto read = read_value(schema, value, text(name));
  if (!read) return std::move(read).error().in(name);
  return {};
}

Result<Subject> read_subject(std::string_view kind, std::string_view id) {
  const Schema& schema = schema_of<Subject>();
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    if (schema.fields[i].name != kind) continue;
    Subject subject;
    void* const alternative = schema.choose(&subject, i);
    const SchemaField& field = schema.fields[i].schema->fields.at(0);
    auto read = read_value(*field.schema, field.member(alternative), id);
    if (!read) return std::move(read).error().in("id");
    return subject;
  }
  return fail(ErrorCode::malformed, "kind: \"", kind, "\" is none of ", names_of(schema));
}

}  // namespace kanhe::node
