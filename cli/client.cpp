#include "cli/client.h"

#include <chrono>
#include <fstream>

#include "cli/key_file.h"
#include "cli/output.h"
#include "cli/values.h"
#include "ledger/codec.h"

namespace kanhe::cli {
namespace {

using namespace certs;

constexpr unsigned answer_timeout_s = 15;  // beyond what was asked to wait
constexpr std::uint64_t clock_slack_ms = 60'000;

// A node may say that it cannot or will not answer, and that a question is wrong. That a certificate is not authentic,
// or that a rule refuses something, is believed only with its proof: a node's word must not become such an exit code.
// Test: client_tests/a_node_cannot_say_that_something_is_not_authentic_or_refused
ErrorCode code_of(std::string_view name) {
  for (const ErrorCode code :
       {ErrorCode::malformed, ErrorCode::out_of_range, ErrorCode::not_canonical, ErrorCode::unsupported,
        ErrorCode::duplicate, ErrorCode::not_authorised, ErrorCode::unknown, ErrorCode::busy}) {
    if (error_name(code) == name) return code;
  }
  return name == error_name(ErrorCode::bad_signature) ? ErrorCode::malformed : ErrorCode::unavailable;
}

// What the node says of a question that it did not answer.
Error node_error(const HttpAnswer& answer) {
  const auto read = from_json<ErrorAnswer>(answer.body);
  if (!read) return fail(ErrorCode::unavailable, "node: answered with status ", answer.status, " and no reason");
  Error error = fail(code_of(read->code.view()), "node: ", read->message.view());
  if (answer.retry_after_s) error.text += " (try again in " + std::to_string(*answer.retry_after_s) + " s)";
  return error;
}

Error other_question(std::string_view what) {
  return fail(ErrorCode::conflict, "the node's answer is about another ", what, " than was asked for");
}

std::string subject_path(const Subject& subject) {
  return std::visit(
      []<class S>(const S& alternative) {
        std::string id;
        if constexpr (BytesType<decltype(alternative.id)>) {
          id = alternative.id.hex();
        } else if constexpr (std::same_as<S, MotionSubject>) {
          id = to_string(alternative.id);
        } else {
          id = alternative.id.str();
        }
        return std::string(S::variant_tag.name) + "/" + url_encode(id);
      },
      subject);
}

// Whether a record that an answer shows is the one that its fact proves.
template <class Record>
Result<void> check_shown(const StateFacts& facts, const Bytes& key, const std::optional<Record>& shown,
                         std::string_view what) {
  const StateFact* const fact = find_fact(facts, key);
  if (fact == nullptr) return fail(ErrorCode::bad_proof, "the node did not prove the ", what);
  const bool same = fact->value ? shown && equal(encode(*shown), fact->value->view()) : !shown;
  if (!same) return fail(ErrorCode::bad_proof, "the ", what, " that the node shows is not the one that it proves");
  return {};
}

// Whether the limits that are shown are all that are open, and each as its fact proves.
Result<void> check_limits(const UnitAnswer& answer) {
  namespace property = contracts::property;
  const StateFact* const fact = find_fact(answer.facts, property::limit_lists.key_of(answer.number));
  if (fact == nullptr) return fail(ErrorCode::bad_proof, "the node did not prove which limits are open");
  property::LimitList list;
  if (fact->value) list = TRY(decode<property::LimitList>(fact->value->view()));
  const auto same = [](const property::OpenLimit& open, const UnitLimit& shown) { return open.number == shown.number; };
  if (!std::ranges::equal(list.open, answer.limits, same)) {
    return fail(ErrorCode::bad_proof, "the limits that the node shows are not those that it proves");
  }
  for (const UnitLimit& shown : answer.limits) {
    TRY(check_shown(answer.facts, property::limits.key_of({answer.number, shown.number}), std::optional(shown.limit),
                    "limit"));
  }
  return {};
}

std::string read_file(const std::string& path, std::string_view option) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  char buffer[65'536];
  while (file && text.size() <= json_bytes_max) {
    file.read(buffer, sizeof buffer);
    text.append(buffer, static_cast<std::size_t>(file.gcount()));
  }
  if (!file.eof()) {
    fail(kanhe::fail(ErrorCode::io, option, " ", path, ": cannot be read, or is longer than ", json_bytes_max,
                     " bytes"));
  }
  return text;
}

}  // namespace

Timestamp wall_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return Timestamp(static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count()));
}

Client::Client(HttpClient http, Trust trust) : http_(std::move(http)), trust_(std::move(trust)) {}

Result<HttpAnswer> Client::send(Face face, HttpCall call) {
  if (face == Face::departmental && signer_) {
    QueryCredential credential;
    credential.purpose = signer_->purpose;
    credential.valid_until_ms = wall_now() + Duration(query_validity_max.value() / 2);
    credential.nonce = TRY(random_bytes<Nonce>());
    const QueryRequest request{trust_.chain_id(), call.post ? "POST" : "GET", call.target, call.body};
    call.kanhe_query = TRY(sign_query(trust_.scheme(), signer_->key, request, credential));
  }
  return http_.send(call);
}

Result<std::string> Client::ask(Face face, HttpCall call) {
  HttpAnswer answer = TRY(send(face, std::move(call)));
  if (answer.status >= 400) return node_error(answer);
  if (answer.status < 200 || answer.status >= 300) {
    return fail(ErrorCode::unavailable, "node: answered with status ", answer.status);
  }
  return std::move(answer.body);
}

template <class Answer>
Result<Answer> Client::get(Face face, const std::string& target, unsigned wait_ms) {
  HttpCall call;
  call.target = target;
  call.timeout_s = answer_timeout_s + wait_ms / 1'000;
  const std::string text = TRY(ask(face, call));
  auto answer = from_json<Answer>(text);
  if (!answer) return std::move(answer).error().in("the node's answer to " + target);
  return answer;
}

// ---------------------------------------------------------------------------------------------------------------------
// Checks

Result<void> Client::check_head(const HeadAnswer& head) {
  TRY(trust_.add(head.epochs));
  TRY(check_sealed_header(trust_, head.newest));
  const Header& header = head.newest.header;
  if (newest_ && header.height < newest_->height) {
    return fail(ErrorCode::conflict, "the node answers for height ", header.height.value(), ", but showed ",
                newest_->height.value(), " before");
  }
  newest_ = header;
  return {};
}

Result<void> Client::check_facts(const HeadAnswer& head, const StateFacts& facts) {
  TRY(check_head(head));
  for (const StateFact& fact : facts) TRY(check_fact(fact, head.newest.header.state_root));
  return {};
}

Result<TransactionAnswer> Client::check_transaction(TransactionAnswer answer, const TransactionId& id) {
  if (answer.transaction_id != id) return other_question("transaction");
  if ((answer.state == TransactionState::recorded) != answer.recorded.has_value()) {
    return fail(ErrorCode::bad_proof, "the node says recorded without a proof, or the other way round");
  }
  if (!answer.recorded) return answer;
  if (answer.recorded->receipt.transaction_id != id) return other_question("transaction");
  auto checked = check_recorded(trust_, *answer.recorded);
  if (!checked && checked.error().code == ErrorCode::unknown) {
    // The departments of a later epoch signed: learn who they are.
    TRY(head());
    checked = check_recorded(trust_, *answer.recorded);
  }
  if (!checked) return std::move(checked).error();
  return answer;
}

// ---------------------------------------------------------------------------------------------------------------------
// Questions

Result<HeadAnswer> Client::head() {
  auto answer = TRY(get<HeadAnswer>(Face::open, "/v1/head"));
  TRY(check_head(answer));
  return answer;
}

Result<BlockAnswer> Client::block(Height height) {
  auto answer = TRY(get<BlockAnswer>(Face::open, "/v1/blocks/" + to_string(height)));
  if (answer.sealed.header.height != height) return other_question("height");
  TRY(trust_.add(answer.epochs));
  TRY(check_sealed_header(trust_, answer.sealed));
  if (height == Height(0)) return answer;
  if (!answer.proposal) return fail(ErrorCode::bad_proof, "the node left out the proposal of the block");
  TRY(check_block(trust_, {answer.sealed, answer.proposal->header}));
  TRY(check_body_list(*answer.proposal));
  return answer;
}

Result<CertificateAnswer> Client::certificate(const CertificateId& id, const std::optional<Stamp>& stamp) {
  const std::string shown = stamp ? "?stamp=" + to_hex(encode(*stamp)) : "";
  auto answer = TRY(get<CertificateAnswer>(Face::open, "/v1/certificates/" + url_encode(id.view()) + shown));
  if (answer.id != id) return other_question("certificate");
  TRY(check_facts(answer.head, answer.facts));
  if (answer.issued) TRY(check_recorded(trust_, *answer.issued));
  return answer;
}

Result<UnitAnswer> Client::unit(const UnitNumber& number) {
  auto answer = TRY(get<UnitAnswer>(Face::departmental, "/v1/units/" + url_encode(number.view())));
  if (answer.number != number) return other_question("unit");
  TRY(check_facts(answer.head, answer.facts));
  TRY(check_shown(answer.facts, contracts::property::units.key_of(number), answer.unit, "unit"));
  TRY(check_limits(answer));
  return answer;
}

Result<ApplicationAnswer> Client::application(const ApplicationId& id) {
  auto answer = TRY(get<ApplicationAnswer>(Face::departmental, "/v1/applications/" + id.hex()));
  if (answer.id != id) return other_question("application");
  TRY(check_facts(answer.head, answer.facts));
  TRY(check_shown(answer.facts, contracts::service::applications.key_of(id), answer.application, "application"));
  TRY(check_shown(answer.facts, contracts::treasury::bills.key_of(id), answer.bill, "bill"));
  return answer;
}

Result<DutiesAnswer> Client::duties_page(const DepartmentId& department, const std::optional<ApplicationId>& after) {
  namespace service = contracts::service;
  const std::string target = "/v1/departments/" + url_encode(department.view()) + "/duties" +
                             (after ? "?after=" + after->hex() : "");
  auto answer = TRY(get<DutiesAnswer>(Face::departmental, target));
  if (answer.department != department) return other_question("department");
  TRY(check_facts(answer.head, answer.facts));
  const StateFact* const count = find_fact(answer.facts, service::duty_counts.key_of(department));
  if (count == nullptr) return fail(ErrorCode::bad_proof, "the node did not prove how many duties there are");
  std::optional<ApplicationId> last = after;
  for (const service::NumberedDuty& one : answer.duties) {
    if (last && !(*last < one.application)) return fail(ErrorCode::bad_proof, "duties: not in the order of their ids");
    last = one.application;
    TRY(check_shown(answer.facts, service::duties.key_of({department, one.application}), std::optional(one.duty),
                    "duty"));
  }
  return answer;
}

Result<ReadsAnswer> Client::reads(const PartyId& party, std::uint64_t from) {
  auto answer = TRY(get<ReadsAnswer>(Face::departmental,
                                     "/v1/parties/" + party.hex() + "/reads?from=" + std::to_string(from)));
  if (answer.party != party) return other_question("party");
  std::uint64_t least = from;
  for (const PartyRead& read : answer.reads) {
    if (read.number < least) return fail(ErrorCode::conflict, "reads: the node's numbers do not ascend");
    least = read.number + 1;
  }
  return answer;
}

Result<ActsAnswer> Client::acts(const PartyId& person, std::uint64_t from) {
  auto answer = TRY(get<ActsAnswer>(Face::departmental,
                                    "/v1/parties/" + person.hex() + "/acts?from=" + std::to_string(from)));
  if (answer.person != person) return other_question("person");
  std::uint64_t least = from;
  for (const SignedAct& act : answer.acts) {
    if (act.number < least) return fail(ErrorCode::conflict, "acts: the node's numbers do not ascend");
    least = act.number + 1;
  }
  return answer;
}

Result<TraceAnswer> Client::trace(const Subject& subject, std::uint64_t from, std::uint64_t count) {
  const std::string target = "/v1/traces/" + subject_path(subject) + "?from=" + std::to_string(from) +
                             "&count=" + std::to_string(std::min<std::uint64_t>(count, trace_events_max));
  auto answer = TRY(get<TraceAnswer>(Face::departmental, target));
  if (answer.subject != subject || answer.from != from) return other_question("history");
  TRY(check_head(answer.head));
  TRY(check_fact(answer.trace, answer.head.newest.header.state_root));
  if (!equal(answer.trace.key.view(), contracts::traces.key_of(contracts::trace_key_of(subject))))
    return other_question("history");
  return answer;
}

Result<FactsAnswer> Client::facts(const std::vector<Bytes>& state_keys) {
  std::string target = "/v1/state?key=";
  for (std::size_t i = 0; i < state_keys.size(); ++i) target += (i == 0 ? "" : ",") + to_hex(state_keys[i]);
  auto answer = TRY(get<FactsAnswer>(Face::departmental, target));
  bool same = answer.facts.size() == state_keys.size();
  for (std::size_t i = 0; same && i < state_keys.size(); ++i) same = equal(answer.facts[i].key.view(), state_keys[i]);
  if (!same) return other_question("part of the state");
  TRY(check_facts(answer.head, answer.facts));
  return answer;
}

Result<TransactionAnswer> Client::submit(const TransactionBody& body, unsigned wait_ms) {
  HttpCall call;
  call.post = true;
  call.target = "/v1/transactions?wait_ms=" + std::to_string(wait_ms);
  call.content_type = "application/octet-stream";
  call.body = body.bytes;
  call.timeout_s = answer_timeout_s + wait_ms / 1'000;
  const auto text = ask(Face::open, call);
  // Sent twice, because the first answer was lost: where it is, is what the caller wants to know.
  const bool known = !text && text.error().code == ErrorCode::duplicate;
  if (known) return transaction(body.id, wait_ms);
  if (!text) return text.error();
  return check_transaction(TRY(from_json<TransactionAnswer>(*text)), body.id);
}

Result<TransactionAnswer> Client::transaction(const TransactionId& id, unsigned wait_ms) {
  const std::string target = "/v1/transactions/" + id.hex() + "?wait_ms=" + std::to_string(wait_ms);
  return check_transaction(TRY(get<TransactionAnswer>(Face::open, target, wait_ms)), id);
}

Result<TransactionBody> Client::body(const TransactionId& id) {
  HttpCall call;
  call.target = "/v1/transactions/" + id.hex() + "/body";
  const std::string bytes = TRY(ask(Face::departmental, call));
  TransactionBody body = TRY(read_body(as_bytes(bytes)));
  if (body.id != id) return other_question("transaction");
  if (!verify_signature(trust_.scheme(), body)) {
    return fail(ErrorCode::bad_signature, "the transaction's signature is not its sender's");
  }
  return body;
}

// A node that is not well says so with 503 and the same answer.
namespace {

std::string part_target(const Hash256& digest, certs::FilePart part) {
  return "/v1/files/" + digest.hex() + "/parts/" + to_string(part);
}

}  // namespace

Result<certs::FileAnswer> Client::put_file_part(const Hash256& digest, certs::FilePart part, ByteView bytes) {
  HttpCall call;
  call.post = true;
  call.target = part_target(digest, part);
  call.content_type = "application/octet-stream";
  call.body = bytes;
  auto answer = from_json<certs::FileAnswer>(TRY(ask(Face::departmental, call)));
  if (!answer) return std::move(answer).error().in("the node's answer to " + call.target);
  if (answer->digest != digest) return fail(ErrorCode::conflict, "the node answers for another file");
  return answer;
}

Result<Bytes> Client::file_part(const Hash256& digest, certs::FilePart part, const std::string& matter) {
  HttpCall call;
  call.target = part_target(digest, part) + "?" + matter;
  const std::string body = TRY(ask(Face::departmental, std::move(call)));
  if (body.size() > certs::file_part_bytes) {
    return fail(ErrorCode::malformed, "the node's part has ", body.size(), " bytes, at most ", certs::file_part_bytes);
  }
  return to_bytes(as_bytes(body));
}

Result<HealthAnswer> Client::health() {
  HttpCall call;
  call.target = "/v1/health";
  const HttpAnswer answer = TRY(send(Face::open, call));
  auto health = from_json<HealthAnswer>(answer.body);
  const bool fits = health && answer.status == (health->ok ? 200u : 503u);
  if (!fits) return node_error(answer);
  return health;
}

Result<EventsAnswer> Client::events(const EventPosition& cursor, std::uint64_t count, unsigned wait_ms) {
  return get<EventsAnswer>(Face::departmental,
                           "/v1/events?cursor=" + to_string(cursor.height) + "." + std::to_string(cursor.receipt) +
                               "." + std::to_string(cursor.event) + "&count=" + std::to_string(count) +
                               "&wait_ms=" + std::to_string(wait_ms),
                           wait_ms);
}

namespace {

HttpCall get_call(std::string target) {
  HttpCall call;
  call.target = std::move(target);
  call.timeout_s = answer_timeout_s;
  return call;
}

}  // namespace

Result<std::string> Client::status_json() { return ask(Face::open, get_call("/v1/status")); }
Result<std::string> Client::metrics_text() { return ask(Face::open, get_call("/v1/metrics")); }

Result<std::string> Client::checkpoint_text() {
  TRY(head());
  const std::string note = TRY(ask(Face::open, get_call("/v1/checkpoint")));
  // Who may sign depends on the epoch, which the note names inside; the head just taught the newest one.
  const EpochConfig* const config = trust_.epoch(trust_.newest_epoch());
  CHECK(config != nullptr);
  const CommitSeal seal = TRY(read_signed_note(trust_.scheme(), trust_.origin(), *config, note));
  TRY(check_seal(trust_.scheme(), trust_.origin(), *config, seal));
  return note;
}

Result<TraceAnswer> Client::whole_trace(const Subject& subject) {
  TraceAnswer whole = TRY(trace(subject, 0, trace_events_max));
  if (!whole.trace.value) {
    TRY(check_trace(subject, whole.events, whole.trace));
    return whole;
  }
  const auto record = TRY(decode<contracts::Trace>(whole.trace.value->view()));
  if (record.event_count > Total(trace_events_max)) {
    return fail(ErrorCode::out_of_range, "the history has ", record.event_count.value(), " events; at most ",
                trace_events_max, " are shown at once");
  }
  TRY(check_trace(subject, whole.events, whole.trace));
  return whole;
}

// ---------------------------------------------------------------------------------------------------------------------
// From the options

Trust trust_of(const Globals& globals) {
  if (globals.genesis.empty()) {
    throw CommandError{ExitCode::usage,
                       "--genesis is missing: the genesis.json of the network, from a department that "
                       "you trust (or KANHE_GENESIS, or genesis in kanhe.toml)",
                       "缺少 --genesis：网络的创世文件 genesis.json，请向可信的部门索取（也可用 KANHE_GENESIS，或写入 "
                       "kanhe.toml）"};
  }
  auto genesis = from_json<Genesis>(read_file(globals.genesis, "--genesis"));
  if (!genesis) fail_as(ExitCode::malformed_input, "--genesis " + globals.genesis, genesis.error());
  return or_fail(Trust::from(std::move(*genesis)));
}

HttpClient http_client_of(const Globals& globals) {
  if (globals.node.empty()) {
    throw CommandError{ExitCode::usage,
                       "--node is missing: https://host:port of a department's endpoint (or "
                       "KANHE_NODE, or node in kanhe.toml)",
                       "缺少 --node：部门节点的地址 https://主机:端口（也可用 KANHE_NODE，或写入 kanhe.toml）"};
  }
  auto address = read_node_address(globals.node);
  if (!address) fail_as(ExitCode::usage, "--node", address.error());
  return HttpClient(std::move(*address), globals.node_ca);
}

Client client_of(const Globals& globals) {
  Trust trust = trust_of(globals);
  return Client(http_client_of(globals), std::move(trust));
}

Client departmental_client_of(const Globals& globals) {
  Client client = client_of(globals);
  // Open at first; a motion may have closed it since, and then there is a key.
  const bool has_key = !globals.key.empty() || !globals.plain_key.empty();
  if (client.genesis().open_reads && !has_key) return client;
  return signing_client_of(globals);
}

Client signing_client_of(const Globals& globals) {
  Client client = client_of(globals);
  auto purpose = PurposeCode::from(globals.purpose);
  if (!purpose) fail_as(ExitCode::usage, "--purpose", purpose.error());
  client.sign_queries({secret_key_of(globals, client.genesis()), *purpose});
  return client;
}

SecretKey secret_key_of(const Globals& globals, const Genesis& genesis) {
  if (!globals.plain_key.empty()) {
    if (!genesis.demo) {
      throw CommandError{ExitCode::not_authorised,
                         "--plain-key: only a network for practice takes a key in the clear; encrypt it",
                         "--plain-key：只有演示网络接受明文密钥，请先加密",
                         "kanhe key import " + globals.plain_key + " -o NEW"};
    }
    return or_fail(read_plain_key(globals.plain_key));
  }
  if (globals.opened_key) return or_fail(SecretKey::from(globals.opened_key->view()));
  if (globals.key.empty()) {
    throw CommandError{ExitCode::usage,
                       "--key is missing: the key file to sign with (or KANHE_KEY, or key in kanhe.toml)",
                       "缺少 --key：签名用的密钥文件（也可用 KANHE_KEY，或写入 kanhe.toml）", "kanhe key new FILE"};
  }
  const KeyFile file = or_fail(read_key_file(globals.key));
  if (file.scheme != genesis.suite.signature) {
    const std::string scheme(enum_name(file.scheme));
    const std::string needed(enum_name(genesis.suite.signature));
    throw CommandError{ExitCode::malformed_input,
                       "--key " + globals.key + ": is of the scheme " + scheme + ", the network uses " + needed,
                       "--key " + globals.key + "：签名算法是 " + scheme + "，本网络使用 " + needed};
  }
  const Passphrase passphrase = or_fail(read_passphrase({globals.passphrase_file, globals.passphrase_fd},
                                                        sentence(globals, "口令", "Passphrase of") + " " + globals.key,
                                                        Confirmation::once));
  globals.opened_key = std::make_shared<const SecretKey>(or_fail(open_key(file, passphrase)));
  return or_fail(SecretKey::from(globals.opened_key->view()));
}

void warn_if_old(const Globals& globals, const Genesis& genesis, const Header& newest) {
  const std::uint64_t now = wall_now().value();
  const std::uint64_t then = newest.timestamp_ms.value();
  const std::uint64_t allowed = 2 * std::uint64_t{genesis.parameters.heartbeat_ms.value()} + clock_slack_ms;
  if (now > then + allowed) {
    const std::string age = duration_text(globals, now - then);
    warn(globals, sentence(globals, "该节点的最新区块已是 " + age + " 之前的，节点可能与其他部门断开",
                           "the newest block that this node shows is " + age +
                               " old; the node may be cut off from the others"));
  } else if (then > now + clock_slack_ms) {
    const std::string ahead = duration_text(globals, then - now);
    warn(globals, sentence(globals, "最新区块比本机时钟快 " + ahead,
                           "the newest block lies " + ahead + " ahead of this machine's clock"));
  }
}

std::string url_encode(std::string_view text) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return encoded;
}

}  // namespace kanhe::cli
