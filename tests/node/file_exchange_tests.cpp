// The exchange with nodes that have a file, have none, say nothing, answer for others, or send what nobody asked for.
// Time and answers come when the test says so.
#include "node/file_exchange.h"

#include <boost/test/unit_test.hpp>

#include "ledger/codec.h"
#include "ledger/json.h"
#include "tests/support/contract_network.h"

namespace kanhe::node {
namespace {

const std::vector<std::string> names{"registry", "housing", "tax-office", "treasury"};

std::vector<DepartmentId> departments(std::initializer_list<std::string_view> list) {
  std::vector<DepartmentId> found;
  for (const std::string_view name : list) found.push_back(ContractNetwork::department(name));
  return found;
}

struct Sent {
  PeerId to;
  FrameKind kind;
  Bytes payload;
};

struct ExchangeFixture {
  ExchangeFixture() {
    FileExchangeLinks links;
    links.connected = [this](const DepartmentId& department) -> std::optional<PeerId> {
      if (std::ranges::find(cut, department.str()) != cut.end()) return std::nullopt;
      return peer(department.str());
    };
    links.department = [](PeerId id) { return ContractNetwork::department(names.at(id.value())); };
    links.send = [this](PeerId to, FrameKind kind, Bytes payload) { sent.push_back({to, kind, std::move(payload)}); };
    links.handle = [this](HttpRequest request, Respond respond) {
      handled.push_back(std::move(request));
      waiting.push_back(std::move(respond));
    };
    links.clock = [this] { return now; };
    exchange = std::make_unique<FileExchange>(std::move(links));
  }

  static PeerId peer(std::string_view name) {
    return PeerId(static_cast<std::uint16_t>(std::ranges::find(names, name) - names.begin()));
  }
  static HttpRequest request() {
    HttpRequest made;
    made.target = "/v1/files/00/parts/0?application=11";
    made.kanhe_query = "credential";
    return made;
  }
  void ask(std::initializer_list<std::string_view> whom) {
    const auto respond = [this](HttpResponse response) { heard.push_back(std::move(response)); };
    exchange->ask(departments(whom), request(), respond);
  }
  FetchFilePart question(std::size_t number) const { return decode<FetchFilePart>(sent.at(number).payload).value(); }
  void answer(PeerId from, std::uint64_t number, std::uint16_t status, std::string_view body) {
    FilePartAnswer record;
    record.number = number;
    record.status = status;
    record.body = decltype(record.body)::from(to_bytes(as_bytes(body))).value();
    exchange->on_frame(from, {FrameKind::file_part_answer, encode(record)});
  }
  void pass(std::uint64_t ms) {
    now = now + Duration(static_cast<std::uint32_t>(ms));
    exchange->end_waits(now);
  }

  Instant now{1'000'000'000};
  std::vector<std::string> cut;
  std::vector<Sent> sent;
  std::vector<HttpRequest> handled;
  std::vector<Respond> waiting;
  std::vector<HttpResponse> heard;
  std::unique_ptr<FileExchange> exchange;
};

BOOST_FIXTURE_TEST_SUITE(file_exchange_tests, ExchangeFixture)

BOOST_AUTO_TEST_CASE(the_first_department_is_asked_with_the_officers_own_words) {
  ask({"housing", "registry"});
  BOOST_REQUIRE(sent.size() == 1u);
  BOOST_TEST((sent[0].to == peer("housing") && sent[0].kind == FrameKind::fetch_file_part));
  BOOST_TEST((question(0).target.view() == request().target && question(0).credential.view() == "credential"));
  answer(peer("housing"), question(0).number, 200, "bytes");
  BOOST_REQUIRE(heard.size() == 1u);
  BOOST_TEST((heard[0].status == 200 && heard[0].body == "bytes"));
  BOOST_TEST(heard[0].content_type == "application/octet-stream");
  // Said twice, it is heard once.
  answer(peer("housing"), question(0).number, 200, "bytes");
  BOOST_TEST(heard.size() == 1u);
}

BOOST_AUTO_TEST_CASE(who_has_no_such_file_or_says_nothing_is_passed_over) {
  ask({"housing", "tax-office", "registry"});
  answer(peer("housing"), question(0).number, 404, "{}");
  BOOST_REQUIRE(sent.size() == 2u);
  pass(answer_timeout.value() - 1);
  BOOST_TEST(sent.size() == 2u);
  pass(1);
  BOOST_REQUIRE(sent.size() == 3u);
  BOOST_TEST((sent[2].to == peer("registry")));
  // Too late: the question has gone on.
  answer(peer("tax-office"), question(1).number, 200, "late");
  BOOST_TEST(heard.empty());
  answer(peer("registry"), question(2).number, 200, "bytes");
  BOOST_REQUIRE(heard.size() == 1u);
  BOOST_TEST(heard[0].body == "bytes");
}

BOOST_AUTO_TEST_CASE(a_refusal_is_the_answer) {
  ask({"housing", "registry"});
  answer(peer("housing"), question(0).number, 401, "{\"code\":\"not_authorised\"}");
  BOOST_REQUIRE(heard.size() == 1u);
  BOOST_TEST((heard[0].status == 401 && heard[0].content_type == "application/json"));
}

BOOST_AUTO_TEST_CASE(nobody_has_it_is_told_from_somebody_could_not_be_asked) {
  ask({"housing"});
  answer(peer("housing"), question(0).number, 404, "{}");
  BOOST_TEST((heard.at(0).status == 404));
  cut = {"registry"};
  ask({"housing", "registry"});
  answer(peer("housing"), question(1).number, 404, "{}");
  BOOST_TEST((heard.at(1).status == 503));
  BOOST_TEST(heard[1].body.find("registry") != std::string::npos);
  ask({"tax-office"});
  pass(answer_timeout.value());
  BOOST_TEST((heard.at(2).status == 503));
  BOOST_TEST(heard[2].body.find("tax-office") != std::string::npos);
  // What no endpoint says is no answer.
  ask({"tax-office"});
  answer(peer("tax-office"), question(3).number, 299, "x");
  BOOST_TEST((heard.at(3).status == 503));
}

BOOST_AUTO_TEST_CASE(only_whom_was_asked_answers) {
  ask({"housing"});
  answer(peer("tax-office"), question(0).number, 200, "forged");
  answer(peer("housing"), question(0).number + 1, 200, "another");
  exchange->on_frame(peer("housing"), {FrameKind::file_part_answer, {1, 2, 3}});
  BOOST_TEST(heard.empty());
  answer(peer("housing"), question(0).number, 200, "bytes");
  BOOST_REQUIRE(heard.size() == 1u);
  BOOST_TEST(heard[0].body == "bytes");
}

BOOST_AUTO_TEST_CASE(more_than_a_node_asks_at_once_are_told_so) {
  for (std::size_t i = 0; i < asked_max; ++i) ask({"housing"});
  BOOST_TEST(heard.empty());
  ask({"housing"});
  BOOST_REQUIRE(heard.size() == 1u);
  BOOST_TEST((heard[0].status == 503 && heard[0].retry_after_s.has_value()));
  answer(peer("housing"), question(0).number, 200, "bytes");
  ask({"housing"});
  BOOST_TEST(heard.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_peers_question_is_handled_as_the_endpoints_and_says_whose_node_passes_it_on) {
  FetchFilePart asked;
  asked.number = 77;
  asked.target = QueryTarget::from("/v1/files/ab/parts/3?application=cd").value();
  asked.credential = decltype(asked.credential)::from("signed").value();
  exchange->on_frame(peer("tax-office"), {FrameKind::fetch_file_part, encode(asked)});
  BOOST_REQUIRE(handled.size() == 1u);
  BOOST_TEST((handled[0].method == HttpMethod::get && handled[0].path == "/v1/files/ab/parts/3"));
  BOOST_TEST((handled[0].kanhe_query == "signed" && handled[0].target == asked.target.view()));
  BOOST_TEST((handled[0].passed_on_by == ContractNetwork::department("tax-office")));
  HttpResponse response;
  response.body = "part";
  waiting[0](response);
  BOOST_REQUIRE(sent.size() == 1u);
  BOOST_TEST((sent[0].to == peer("tax-office")));
  const auto told = decode<FilePartAnswer>(sent[0].payload).value();
  BOOST_TEST((told.number == 77 && told.status == 200 && as_text(told.body.view()) == "part"));
}

BOOST_AUTO_TEST_CASE(what_does_not_read_is_dropped_and_so_is_more_than_is_answered_at_once) {
  exchange->on_frame(peer("tax-office"), {FrameKind::fetch_file_part, {9}});
  exchange->on_frame(peer("tax-office"), {FrameKind::gossip, {}});
  FetchFilePart asked;
  asked.target = QueryTarget::from("no-path").value();
  asked.credential = decltype(asked.credential)::from("signed").value();
  exchange->on_frame(peer("tax-office"), {FrameKind::fetch_file_part, encode(asked)});
  BOOST_TEST(handled.empty());
  asked.target = QueryTarget::from("/v1/files/ab/parts/0").value();
  const auto again = [&] { exchange->on_frame(peer("tax-office"), {FrameKind::fetch_file_part, encode(asked)}); };
  for (std::size_t i = 0; i <= answering_max; ++i) again();
  BOOST_TEST(handled.size() == answering_max);
  // One that was answered, or dropped, makes room.
  waiting.front()(HttpResponse());
  waiting.erase(waiting.begin(), waiting.begin() + 2);
  again();
  again();
  again();
  BOOST_TEST(handled.size() == answering_max + 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::node
