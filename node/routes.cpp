// A request goes: find the route, read its parameters, ask who asks (departmental face), answer. What waits for
// something leaves its thread, and goes on in RouteSources::run when it is told.
#include "node/routes.h"

#include "contracts/governance.h"
#include "ledger/codec.h"
#include "ledger/json.h"
#include "node/file_routes.h"
#include "node/openapi.h"
#include "node/queries.h"
#include "node/query_auth.h"
#include "node/route_table.h"
#include "node/transaction_routes.h"

namespace kanhe::node {
namespace {

template <class T>
HttpResponse json_response(const T& record) {
  HttpResponse response;
  response.body = to_json(record) + "\n";
  return response;
}

HttpResponse plain_response(std::string content_type, std::string body) {
  HttpResponse response;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  return response;
}

template <class T>
Result<HttpResponse> as_json(Result<T> answer) {
  return json_response(TRY(std::move(answer)));
}

std::string front_page() {
  std::string text = "Kanhe 勘合. Questions and transactions for this node; /openapi.json describes all records.\n\n";
  static constexpr std::pair<Face, std::string_view> faces[] = {
      {Face::open, "For everyone 公开\n"},
      {Face::departmental, "\nFor officers, with the header Kanhe-Query 部门\n"},
      {Face::personal, "\nFor whom it is about, with the header Kanhe-Query 本人\n"},
      {Face::entitled, "\nFor whom a matter entitles, with the header Kanhe-Query 有权办理者\n"}};
  for (const auto& [face, title] : faces) {
    text += title;
    for (const Route& route : routes()) {
      if (route.face != face) continue;
      std::string line = "  " + std::string(route.method == HttpMethod::post ? "POST " : "GET  ");
      line += route.pattern;
      char mark = '?';
      for (const Parameter& parameter : route.query) {
        line += mark + std::string(parameter.name) + "=";
        mark = '&';
      }
      text += line + std::string(line.size() < 64 ? 64 - line.size() : 1, ' ');
      text += std::string(route.zh) + " · " + std::string(route.en) + "\n";
    }
  }
  return text;
}

// The state keys of a list "hex,hex".
Result<std::vector<Bytes>> read_state_keys(const StateKeys& list) {
  std::vector<Bytes> keys;
  std::string_view rest = list.view();
  for (;;) {
    const std::string_view item = rest.substr(0, rest.find(','));
    auto key = from_hex(item);
    if (!key) return std::move(key).error().in("key");
    if (key->empty() || key->size() > certs::state_key_bytes_max) {
      return fail(ErrorCode::out_of_range, "key: ", key->size(), " bytes, must be between 1 and ",
                  certs::state_key_bytes_max);
    }
    keys.push_back(*std::move(key));
    if (keys.size() > state_keys_max) {
      return fail(ErrorCode::out_of_range, "key: more than ", state_keys_max, " state keys");
    }
    if (item.size() == rest.size()) return keys;
    rest.remove_prefix(item.size() + 1);
  }
}

}  // namespace

struct Routes::Parts : std::enable_shared_from_this<Routes::Parts> {
  explicit Parts(RouteSources given)
      : shared_sources(std::make_shared<const RouteSources>(std::move(given))),
        shared_queries(std::make_shared<Queries>(sources.newest)),
        auth(sources.genesis.suite.signature, chain_id_of(sources.genesis)),
        transactions(shared_sources, shared_queries),
        files(shared_sources),
        origin(origin_of(sources.genesis)),
        genesis_json(to_json(sources.genesis, JsonLayout::indented) + "\n"),
        openapi(openapi_json(sources.genesis)) {}

  struct Call {
    HttpRequest request;
    const Route* route;
    Arguments arguments;
    RegisterFacts register_facts = RegisterFacts::left_out;
    Respond respond;
    std::shared_ptr<Concerned> concerned = std::make_shared<Concerned>();  // whom the answer is about
    std::optional<QueryLine> asker = std::nullopt;                         // of a signed question
  };

  void handle(HttpRequest request, Respond respond);
  Result<void> authorise(Call& call);
  Result<void> check_own(const Call& call, const QueryLine& line, const StateReader& state);
  static Result<void> check_passed_on(const Call& call, const QueryLine& line);
  static PlainText<96> what_of(const Call& call);
  void start(Call call);
  Result<HttpResponse> answer(const Call& call);
  Result<HttpResponse> answer_of_node(const Call& call);
  Result<HttpResponse> answer_of_blocks(const Call& call, const ProvingReader& held);
  Result<HttpResponse> answer_of_state(const Call& call, const ProvingReader& held);
  Result<HttpResponse> certificate(const Call& call, const ProvingReader& held, Epoch known);
  Result<std::optional<PublicKey>> stamp_key_of(const Call& call, const CertificateId& id) const;
  template <class Answer>
  Result<HttpResponse> noted(const Call& call, const ProvingReader& held, Result<Answer> answer);
  Result<HttpResponse> reads(const Call& call);
  Result<HttpResponse> acts(const Call& call, const ProvingReader& held);
  void note_transaction(const Call& call, const ProvingReader& held, const TransactionId& id);
  Result<HttpResponse> checkpoint(const ProvingReader& held);
  Result<HttpResponse> body(const Call& call, const ProvingReader& held);
  void events(std::shared_ptr<const Call> call, EventPosition cursor, Instant until);
  void file(Call call);

  const std::shared_ptr<const RouteSources> shared_sources;
  const RouteSources& sources = *shared_sources;
  const std::shared_ptr<Queries> shared_queries;
  Queries& queries = *shared_queries;
  QueryAuth auth;
  TransactionRoutes transactions;
  FileRoutes files;
  const Origin origin;
  const ChainId chain_id = chain_id_of(sources.genesis);
  const std::string genesis_json;
  const std::string openapi;
};

Routes::Routes(RouteSources sources) : parts_(std::make_shared<Parts>(std::move(sources))) {}
Routes::~Routes() = default;
void Routes::handle(HttpRequest request, Respond respond) { parts_->handle(std::move(request), std::move(respond)); }

void Routes::Parts::handle(HttpRequest request, Respond respond) {
  auto match = find_route(request.method, request.path);
  if (!match) {
    HttpResponse response = error_response(match.error());
    response.allow = allowed_methods(request.path);
    if (!response.allow.empty()) response.status = 405;
    return respond(std::move(response));
  }
  auto arguments = Arguments::read(*match, request.query);
  if (!arguments) return respond(error_response(arguments.error()));
  Call call{std::move(request), match->route, *std::move(arguments), RegisterFacts::left_out, std::move(respond)};
  if (auto authorised = authorise(call); !authorised) return call.respond(error_response(authorised.error()));
  start(std::move(call));
}

// A certificate is public; whoever signs the question may read the register as well, and then must sign it right.
Result<void> Routes::Parts::authorise(Call& call) {
  if (call.request.passed_on_by && call.route->id != RouteId::file_part) {
    return fail(ErrorCode::not_authorised, "only questions for files are passed on");
  }
  const bool register_asked = call.route->id == RouteId::certificate;
  if (call.route->face == Face::open && !register_asked) return {};
  const auto newest = queries.newest();
  if (newest == nullptr) return fail(ErrorCode::unavailable, "the node has no block yet; retry after a second");
  const bool entitled = call.route->face == Face::entitled;
  if (contracts::governance::settings(*newest).open_reads && !entitled) {
    call.register_facts = RegisterFacts::included;
    return {};
  }
  if (register_asked && !call.request.kanhe_query) return {};
  const bool personal = call.route->face == Face::personal;
  QueryLine line = TRY(auth.check(call.request, *newest, sources.wall_clock(),
                                  personal || entitled ? Signer::officer_or_party : Signer::officer));
  if (personal) TRY(check_own(call, line, *newest));
  TRY(check_passed_on(call, line));
  call.asker = line;
  call.register_facts = RegisterFacts::included;
  call.respond = [line = std::move(line), log = sources.log_query, concerned = call.concerned, what = what_of(call),
                  respond = std::move(call.respond)](HttpResponse response) mutable {
    line.status = static_cast<std::uint16_t>(response.status);
    line.what = what;
    line.concerned = *concerned;
    if (log) log(line);
    respond(std::move(response));
  };
  return {};
}

// The route, and what it asks for where that is no party and no list of keys.
PlainText<96> Routes::Parts::what_of(const Call& call) {
  std::string text(enum_name(call.route->id));
  for (const auto* name : {"number", "kind", "id", "digest"}) {
    if (call.route->face == Face::personal || !call.arguments.contains(name)) continue;
    if (std::string_view(name) == "id" && call.arguments.contains("kind") && call.arguments.text("kind") == "party") {
      continue;
    }
    text += " " + call.arguments.text(name);
  }
  const auto what = PlainText<96>::from(text.substr(0, PlainText<96>::bytes_max));
  return what ? *what : PlainText<96>();
}

// What is about a party is for that party, and for who supervises the departments.
Result<void> Routes::Parts::check_own(const Call& call, const QueryLine& line, const StateReader& state) {
  const PartyId party = TRY(call.arguments.get<PartyId>("id"));
  const contracts::Sender sender = contracts::governance::resolve_sender(state, line.key);
  // Who read about a person is no matter of the office that they hold; what they signed there is.
  const bool is_own = sender.person == party &&
                      (sender.kind == contracts::SenderKind::party || call.route->id == RouteId::acts);
  if (is_own) return {};
  // That somebody else looked into it, the party learns as well.
  if (sender.roles.contains(contracts::Role::supervisor)) {
    add_concerned(*call.concerned, state, PartySubject{party});
    return {};
  }
  return fail(ErrorCode::not_authorised, "this is about another person");
}

// A node passes on what its own officers ask, and parties.
Result<void> Routes::Parts::check_passed_on(const Call& call, const QueryLine& line) {
  const auto& by = call.request.passed_on_by;
  if (!by || line.department == DepartmentId() || line.department == *by) return {};
  return fail(ErrorCode::not_authorised, by->str(), " passes on a question of ", line.department.str());
}

void Routes::Parts::start(Call call) {
  const auto failed = [&call](const Error& error) { call.respond(error_response(error)); };
  const RouteId id = call.route->id;
  if (id == RouteId::file_part || id == RouteId::put_file_part) return file(std::move(call));
  if (id == RouteId::submit || id == RouteId::transaction || id == RouteId::events) {
    const auto wait = call.arguments.get_or<Wait>("wait_ms", Wait(0));
    if (!wait) return failed(wait.error());
    const Instant until = sources.monotonic_clock() + Duration(wait->value());
    if (id == RouteId::submit) return transactions.submit(std::move(call.request), *wait, std::move(call.respond));
    if (id == RouteId::transaction) {
      const auto transaction = call.arguments.get<TransactionId>("id");
      if (!transaction) return failed(transaction.error());
      return transactions.find(*transaction, *wait, std::move(call.respond));
    }
    const auto cursor = call.arguments.get_or<EventCursor>("cursor", EventCursor::from("0.0.0").value());
    if (!cursor) return failed(cursor.error());
    const EventPosition from = read_cursor(cursor->view()).value();
    return events(std::make_shared<const Call>(std::move(call)), from, until);
  }
  auto response = answer(call);
  call.respond(response ? *std::move(response) : error_response(response.error()));
}

Result<HttpResponse> Routes::Parts::answer(const Call& call) {
  switch (call.route->id) {
    case RouteId::front_page:
    case RouteId::openapi:
    case RouteId::health:
    case RouteId::status:
    case RouteId::metrics:
    case RouteId::genesis: return answer_of_node(call);
    case RouteId::head:
    case RouteId::checkpoint:
    case RouteId::consistency:
    case RouteId::headers:
    case RouteId::block:
    case RouteId::body: return answer_of_blocks(call, *TRY(queries.hold()));
    default: return answer_of_state(call, *TRY(queries.hold()));
  }
}

Result<HttpResponse> Routes::Parts::answer_of_node(const Call& call) {
  switch (call.route->id) {
    case RouteId::front_page: return plain_response("text/plain; charset=utf-8", front_page());
    case RouteId::openapi: return plain_response("application/json", openapi);
    case RouteId::status: return plain_response("application/json", sources.status_json());
    case RouteId::metrics: return plain_response("text/plain; version=0.0.4; charset=utf-8", sources.metrics_text());
    case RouteId::genesis: return plain_response("application/json", genesis_json);
    default: break;
  }
  certs::HealthAnswer health;
  const Result<void> well = sources.health();
  health.ok = well.has_value();
  if (const auto newest = queries.newest()) health.height = newest->tip()->height;
  if (!well) {
    const auto reason = PlainText<256>::from(well.error().text.substr(0, PlainText<256>::bytes_max));
    if (reason) health.reason = *reason;
  }
  HttpResponse response = json_response(health);
  if (!well) response.status = 503;
  return response;
}

Result<HttpResponse> Routes::Parts::answer_of_blocks(const Call& call, const ProvingReader& held) {
  const Arguments& arguments = call.arguments;
  const Epoch known = TRY(arguments.get_or<Epoch>("known_epoch", Epoch(0)));
  switch (call.route->id) {
    case RouteId::head: return as_json(queries.head(held, known));
    case RouteId::checkpoint: return checkpoint(held);
    case RouteId::consistency: {
      const Total old_size = TRY(arguments.get<Total>("old"));
      const Total new_size = TRY(arguments.get_or<Total>("new", Total(held.tip()->height.value() + 1)));
      return as_json(queries.consistency(held, old_size.value(), new_size.value()));
    }
    case RouteId::headers: {
      const Height from = TRY(arguments.get_or<Height>("from", Height(0)));
      const auto count = TRY(arguments.get_or<HeadersLimit>("count", HeadersLimit(100)));
      return as_json(queries.headers(held, from, count.value()));
    }
    case RouteId::block: return as_json(queries.block(held, TRY(arguments.get<Height>("height")), known));
    default: return body(call, held);
  }
}

Result<HttpResponse> Routes::Parts::checkpoint(const ProvingReader& held) {
  const CommitSeal seal = held.seal(held.tip()->height).value();
  const auto config = held.epoch_config(seal.checkpoint.epoch);
  CHECK(config.has_value());
  return plain_response("text/plain; charset=utf-8",
                        signed_note(sources.genesis.suite.signature, origin, *config, seal));
}

// A transaction is about those whom its events are about, and its units' and cases' parties.
void Routes::Parts::note_transaction(const Call& call, const ProvingReader& held, const TransactionId& id) {
  const auto position = held.find_transaction(id);
  const auto receipt = position ? held.receipt(position->height, position->index + 1) : std::nullopt;
  if (!receipt) return;
  for (const Event& event : receipt->events) {
    for (const Subject& subject : event.subjects) add_concerned(*call.concerned, held, subject);
  }
}

Result<HttpResponse> Routes::Parts::body(const Call& call, const ProvingReader& held) {
  const BodyForm form = TRY(call.arguments.get_or<BodyForm>("form", BodyForm::canonical));
  const TransactionId id = TRY(call.arguments.get<TransactionId>("id"));
  const Bytes bytes = TRY(queries.body(held, id));
  note_transaction(call, held, id);
  if (form == BodyForm::canonical) return plain_response("application/octet-stream", std::string(as_text(bytes)));
  return as_json(decode<Transaction>(bytes));
}

// An answer with facts: whom they are about is noted.
template <class Answer>
Result<HttpResponse> Routes::Parts::noted(const Call& call, const ProvingReader& held, Result<Answer> answer) {
  if (answer) add_concerned(*call.concerned, held, answer->facts);
  return as_json(std::move(answer));
}

// The key of the stamp that was shown. Its records name a person, by a pseudonym: nobody gets them but who has a stamp
// that the key signed for this certificate.
Result<std::optional<PublicKey>> Routes::Parts::stamp_key_of(const Call& call, const CertificateId& id) const {
  if (!call.arguments.contains("stamp")) return std::optional<PublicKey>();
  const StampInHex text = TRY(call.arguments.get<StampInHex>("stamp"));
  const auto bytes = from_hex(text.view());
  if (!bytes) return Error(bytes.error()).in("stamp");
  const auto stamp = decode<certs::Stamp>(*bytes);
  if (!stamp) return Error(stamp.error()).in("stamp");
  TRY(check_stamp_signature(sources.genesis.suite.signature, chain_id, id, *stamp));
  return std::optional(stamp->key);
}

Result<HttpResponse> Routes::Parts::certificate(const Call& call, const ProvingReader& held, Epoch known) {
  const CertificateId id = TRY(call.arguments.get<CertificateId>("id"));
  const std::optional<PublicKey> stamp_key = TRY(stamp_key_of(call, id));
  return noted(call, held, queries.certificate(held, id, call.register_facts, known, stamp_key));
}

Result<HttpResponse> Routes::Parts::answer_of_state(const Call& call, const ProvingReader& held) {
  const Arguments& arguments = call.arguments;
  const Epoch known = TRY(arguments.get_or<Epoch>("known_epoch", Epoch(0)));
  switch (call.route->id) {
    case RouteId::certificate: return certificate(call, held, known);
    case RouteId::unit: return noted(call, held, queries.unit(held, TRY(arguments.get<UnitNumber>("number")), known));
    case RouteId::application:
      return noted(call, held, queries.application(held, TRY(arguments.get<ApplicationId>("id")), known));
    case RouteId::reads: return reads(call);
    case RouteId::acts: return acts(call, held);
    case RouteId::duties: {
      std::optional<ApplicationId> after;
      if (arguments.contains("after")) after = TRY(arguments.get<ApplicationId>("after"));
      const auto count = TRY(arguments.get_or<DutiesLimit>("count", DutiesLimit(DutiesLimit::max)));
      return as_json(queries.duties(held, TRY(arguments.get<DepartmentId>("id")), after, count.value(), known));
    }
    case RouteId::state: {
      const StateKeys list = TRY(arguments.get<StateKeys>("key"));
      const std::vector<Bytes> keys = TRY(read_state_keys(list));
      return noted(call, held, queries.facts(held, keys, known));
    }
    default: break;
  }
  CHECK(call.route->id == RouteId::trace);
  const Subject subject = TRY(read_subject(arguments.text("kind"), arguments.text("id")));
  const Total from = TRY(arguments.get_or<Total>("from", Total(0)));
  const auto count = TRY(arguments.get_or<EventsLimit>("count", EventsLimit(EventsLimit::max)));
  auto answer = queries.trace(held, subject, from.value(), count.value(), known);
  add_concerned(*call.concerned, held, subject);
  if (answer) add_concerned(*call.concerned, answer->events);
  return as_json(std::move(answer));
}

Result<HttpResponse> Routes::Parts::reads(const Call& call) {
  certs::ReadsAnswer answer;
  answer.party = TRY(call.arguments.get<PartyId>("id"));
  const Total from = TRY(call.arguments.get_or<Total>("from", Total(1)));
  const auto count = TRY(call.arguments.get_or<ReadsLimit>("count", ReadsLimit(100)));
  if (!sources.reads_of) return as_json(Result<certs::ReadsAnswer>(std::move(answer)));
  for (certs::PartyRead& read : TRY(sources.reads_of(answer.party, from.value(), count.value()))) {
    answer.reads.push_back(std::move(read));
  }
  return as_json(Result<certs::ReadsAnswer>(std::move(answer)));
}

Result<HttpResponse> Routes::Parts::acts(const Call& call, const ProvingReader& held) {
  if (!sources.acts_of) return fail(ErrorCode::unsupported, "this node keeps no index of acts");
  const PartyId person = TRY(call.arguments.get<PartyId>("id"));
  const Total from = TRY(call.arguments.get_or<Total>("from", Total(1)));
  const auto count = TRY(call.arguments.get_or<ActsLimit>("count", ActsLimit(100)));
  return as_json(sources.acts_of(held, person, from.value(), count.value()));
}

namespace {

// Errors: malformed, unless exactly one matter is named.
Result<FileMatter> read_matter(const Arguments& arguments) {
  const bool of_application = arguments.contains("application");
  if (of_application == arguments.contains("certificate")) {
    return fail(ErrorCode::malformed, "matter: name one that entitles to the file, application= or certificate=");
  }
  if (of_application && arguments.contains("consent")) {
    return fail(ErrorCode::malformed, "consent: belongs to a certificate");
  }
  if (of_application) return FileMatter(TRY(arguments.get<ApplicationId>("application")));
  CertificateMatter matter{TRY(arguments.get<CertificateId>("certificate")), std::nullopt};
  if (arguments.contains("consent")) matter.consent = TRY(arguments.get<contracts::sharing::ConsentId>("consent"));
  return FileMatter(std::move(matter));
}

}  // namespace

void Routes::Parts::file(Call call) {
  CHECK(call.asker.has_value());
  const auto failed = [&call](const Error& error) { call.respond(error_response(error)); };
  const auto digest = call.arguments.get<Hash256>("digest");
  if (!digest) return failed(digest.error());
  const auto part = call.arguments.get<certs::FilePart>("part");
  if (!part) return failed(part.error());
  FileQuestion question{std::move(call.request), *std::move(call.asker), *digest, *part};
  if (call.route->id == RouteId::put_file_part) {
    auto response = files.put(question);
    return call.respond(response ? *std::move(response) : error_response(response.error()));
  }
  const auto matter = read_matter(call.arguments);
  if (!matter) return failed(matter.error());
  const auto held = queries.hold();
  if (!held) return failed(held.error());
  files.read(std::move(question), *matter, **held, call.concerned, std::move(call.respond));
}

// Waits for the next block as long as there is nothing to say.
void Routes::Parts::events(std::shared_ptr<const Call> call, EventPosition cursor, Instant until) {
  const auto held = queries.hold();
  const auto count = call->arguments.get_or<EventsLimit>("count", EventsLimit(100));
  if (!count) return call->respond(error_response(count.error()));
  if (!held) return call->respond(error_response(held.error()));
  const certs::EventsAnswer answer = queries.events(**held, cursor, count->value());
  add_concerned(*call->concerned, answer.events);
  const Height looked_up_to = queries.newest()->tip()->height;
  const bool more_here = answer.next.height <= (*held)->tip()->height;
  if (!answer.events.empty() || more_here || sources.block_waits == nullptr || sources.monotonic_clock() >= until) {
    return call->respond(json_response(answer));
  }
  const auto waits = sources.block_waits->wait_above(
      looked_up_to, until, [self = shared_from_this(), call, next = answer.next, until] {
        run_on(self->sources, [self, call, next, until] { self->events(call, next, until); });
      });
  if (!waits) call->respond(json_response(answer));
}

}  // namespace kanhe::node
