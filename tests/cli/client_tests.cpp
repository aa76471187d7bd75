// The client and whole commands against a real TLS endpoint with real routes: what is true is shown, and an answer that
// was bent in a single digit is never believed. A transaction is called recorded only with its proof.
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <random>
#include <sstream>

#include "certs/ledger_view.h"
#include "cli/call.h"
#include "cli/client.h"
#include "tests/cli/routed_server.h"

namespace {

using namespace kanhe;
using namespace kanhe::cli;
using contracts::service::house;

// Why a result is none, for messages that are made whether or not it is needed.
template <class T>
std::string why(const Result<T>& result) {
  return result ? "" : result.error().text;
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

struct Ran {
  int code;
  std::string out;
  std::string err;
};

struct Fixture : RoutedServer {
  Ran run_as(const std::string& officer, std::vector<std::string> words) {
    const std::vector<std::string> common{
        "kanhe", "--node", address(), "--genesis", path("genesis.json"), "--plain-key", plain_key(officer)};
    words.insert(words.begin(), common.begin(), common.end());
    std::vector<const char*> argv;
    for (const std::string& word : words) argv.push_back(word.c_str());
    std::ostringstream out;
    std::ostringstream err;
    const int code = run(static_cast<int>(argv.size()), argv.data(), out, err);
    return {code, out.str(), err.str()};
  }
  std::vector<std::string> enrolment(const std::string& name) const {
    return {"officer", "enrol",       ContractNetwork::key(name).hex(), "--person", ContractNetwork::person(name).hex(),
            "--roles", "window_clerk"};
  }
  ApplicationId sold() { return node().counter.id; }
};

const std::string admin = ContractNetwork::administrator("registry");

}  // namespace

BOOST_FIXTURE_TEST_SUITE(client_tests, Fixture)

// The clerk's record comes with the certificate to who shows her stamp, and is no more believed than other facts.
BOOST_AUTO_TEST_CASE(a_stamp_brings_its_keys_records) {
  certs::Document document;
  document.id = contracts::service::title_id("1");
  const certs::StampTerms terms{certs::StampRecipient::from("XX银行").value(),
                                certs::StampPurpose::from("住房贷款").value(), Timestamp(1), Timestamp(2), {}};
  const certs::Stamp stamp = certs::sign_stamp(ContractNetwork::scheme, ContractNetwork::secret("clara"),
                                               chain_id_of(genesis()), document, terms)
                                 .value();
  Client asked = client();
  const auto answer = asked.certificate(document.id, stamp);
  BOOST_REQUIRE_MESSAGE(answer, why(answer));
  const auto signer = certs::read_stamp_signer(answer->facts, stamp.key);
  BOOST_REQUIRE_MESSAGE(signer, why(signer));
  BOOST_TEST(signer->officer->department.str() == "registry");
  BOOST_TEST(!certs::read_stamp_signer(asked.certificate(document.id).value().facts, stamp.key).has_value());
  certs::Stamp altered = stamp;
  altered.terms.until_ms = Timestamp(3);
  BOOST_TEST((asked.certificate(document.id, altered).error().code == ErrorCode::malformed));
}

BOOST_AUTO_TEST_CASE(what_is_true_is_shown) {
  Client truth = client();
  const auto head = truth.head();
  BOOST_REQUIRE_MESSAGE(head, why(head));
  BOOST_TEST(head->newest.header.height.value() > 0u);
  const auto unit = truth.unit(house);
  BOOST_REQUIRE_MESSAGE(unit, why(unit));
  BOOST_TEST(unit->unit.has_value());
  const auto application = truth.application(sold());
  BOOST_REQUIRE_MESSAGE(application, why(application));
  BOOST_TEST((application->application->phase == contracts::service::Phase::registered));
  const auto trace = truth.whole_trace(ApplicationSubject{sold()});
  BOOST_REQUIRE_MESSAGE(trace, why(trace));
  BOOST_TEST(trace->events.size() > 5u);
  const auto block = truth.block(Height(3));
  BOOST_REQUIRE_MESSAGE(block, why(block));
  const auto note = truth.checkpoint_text();
  BOOST_REQUIRE_MESSAGE(note, why(note));
  BOOST_TEST((truth.application(ApplicationId()).value().application == std::nullopt));
}

// One hexadecimal digit of an answer is changed at a time: the client must refuse, or show what it showed before (in
// what an answer says beside its proofs, nothing may be believed that differs).
BOOST_AUTO_TEST_CASE(an_answer_with_one_other_digit_is_never_believed) {
  std::mt19937_64 random(5);
  bend = [&](std::string& text) {
    for (int tries = 0; tries < 1'000; ++tries) {
      char& c = text[random() % text.size()];
      if (std::string_view("0123456789abcdef").find(c) == std::string_view::npos) continue;
      c = c == '7' ? '3' : '7';
      return;
    }
  };
  const std::string true_unit = [&] {
    const auto kept = std::exchange(bend, nullptr);
    const std::string text = to_json(client().unit(house).value().unit.value());
    bend = kept;
    return text;
  }();
  int refused = 0;
  for (int i = 0; i < 60; ++i) {
    const auto unit = client().unit(house);
    if (!unit) {
      ++refused;
    } else {
      BOOST_TEST(to_json(unit->unit.value()) == true_unit);
    }
    const auto head = client().head();
    if (!head) ++refused;
  }
  BOOST_TEST(refused > 100);
}

BOOST_AUTO_TEST_CASE(an_answer_about_something_else_is_refused) {
  const std::string other(contracts::service::other_house.str());
  std::string foreign;
  bend = [&](std::string& text) { foreign = text; };
  BOOST_REQUIRE(client().unit(contracts::service::other_house).has_value());
  bend = [&](std::string& text) { text = foreign; };
  const auto unit = client().unit(house);
  BOOST_REQUIRE(!unit);
  BOOST_TEST((unit.error().code == ErrorCode::conflict), unit.error().text);
}

BOOST_AUTO_TEST_CASE(a_node_that_goes_back_is_refused) {
  std::string old;
  bend = [&](std::string& text) { old = text; };
  Client one = client();
  BOOST_REQUIRE(one.head().has_value());
  bend = nullptr;
  BOOST_REQUIRE(run_as(admin, enrolment("nora")).code == 0);  // a new block
  BOOST_REQUIRE(one.head().has_value());
  bend = [&](std::string& text) { text = old; };
  const auto head = one.head();
  BOOST_REQUIRE(!head);
  BOOST_TEST(holds(head.error().text, "before"), head.error().text);
}

BOOST_AUTO_TEST_CASE(departmental_reads_are_signed) {
  Client stranger(HttpClient(read_node_address(address()).value(), ""), certs::Trust::from(genesis()).value());
  const auto unit = stranger.unit(house);
  BOOST_REQUIRE(!unit);
  BOOST_TEST((unit.error().code == ErrorCode::not_authorised));
  BOOST_TEST(node().log.empty());
  BOOST_TEST(client("clara").unit(house).has_value());
  BOOST_TEST(node().log.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_officer_is_enrolled_and_shown) {
  const Ran enrolled = run_as(admin, enrolment("nora"));
  BOOST_TEST(enrolled.code == 0, enrolled.err);
  BOOST_TEST(holds(enrolled.out, "recorded and proved"), enrolled.out);
  BOOST_TEST(holds(enrolled.out, "governance.officer_enrolled"));
  const Ran shown = run_as("nora", {"officer", "show", ContractNetwork::key("nora").hex()});
  BOOST_TEST(shown.code == 0, shown.err);
  BOOST_TEST(holds(shown.out, "窗口受理 · window clerk"), shown.out);
}

BOOST_AUTO_TEST_CASE(a_refusal_lists_every_finding_and_who_can_help) {
  const Ran refused = run_as("clara", enrolment("nora"));
  BOOST_TEST(refused.code == 7);
  for (const std::string part :
       {"refused, nothing was changed", "needs administrator", "holds window clerk", "[role_needed]", "部门管理员"}) {
    BOOST_TEST(holds(refused.out, part), part << " is missing in:\n" << refused.out);
  }
  const Ran in_json = run_as("clara", [&] {
    auto words = enrolment("nora");
    words.push_back("--json");
    return words;
  }());
  BOOST_TEST(in_json.code == 7);
  const auto answer = from_json<certs::TransactionAnswer>(in_json.out);
  BOOST_REQUIRE_MESSAGE(answer, in_json.out);
  BOOST_TEST((answer->state == certs::TransactionState::recorded));
}

BOOST_AUTO_TEST_CASE(a_receipt_without_a_good_proof_is_not_called_recorded) {
  bend = [&](std::string& text) {
    const std::size_t place = text.find("\"siblings\":[\"");
    const std::size_t signature = text.find("\"signature\":\"");
    const std::size_t at = signature != std::string::npos ? signature + 13 : place + 13;
    text[at] = text[at] == 'a' ? 'b' : 'a';
  };
  const Ran ran = run_as(admin, enrolment("nora"));
  BOOST_TEST(ran.code == 3, ran.err);
  BOOST_TEST(!holds(ran.out, "recorded"), ran.out);
}

// Without a proof it may say that it will not answer, or that the question is wrong, and no more.
BOOST_AUTO_TEST_CASE(a_node_cannot_say_that_something_is_not_authentic_or_refused) {
  for (int i = 0; i <= static_cast<int>(ErrorCode::corrupt); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    instead.assign(1, node::error_response(Error{code, "so says the node"}));
    const auto unit = client().unit(house);
    BOOST_TEST_CONTEXT(error_name(code)) {
      BOOST_REQUIRE(!unit);
      BOOST_TEST(holds(unit.error().text, "node: so says the node"));
      const ExitCode exit = exit_code_of(unit.error().code);
      BOOST_TEST((exit == ExitCode::could_not_check || exit == ExitCode::malformed_input ||
                  exit == ExitCode::not_authorised));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_busy_node_is_asked_again_with_the_same_transaction) {
  node::HttpResponse busy = node::error_response(Error{ErrorCode::busy, "the pool is full"});
  instead = {std::nullopt, busy, busy};
  const Ran ran = run_as(admin, enrolment("nora"));
  BOOST_TEST(ran.code == 0, ran.err);
  BOOST_TEST(holds(ran.err, "the pool is full"), ran.err);
}

BOOST_AUTO_TEST_CASE(the_same_file_submitted_twice_is_recorded_once) {
  auto words = enrolment("nora");
  words.insert(words.end(), {"--sign-only", "-o", path("signed.json")});
  BOOST_REQUIRE(run_as(admin, words).code == 0);
  const Ran first = run_as(admin, {"transaction", "submit", path("signed.json")});
  BOOST_TEST(first.code == 0, first.err);
  const Ran second = run_as(admin, {"transaction", "submit", path("signed.json")});
  BOOST_TEST(second.code == 0, second.err);
  BOOST_TEST(first.out == second.out);
}

BOOST_AUTO_TEST_CASE(a_case_shows_its_history_and_what_it_waits_for) {
  const Ran shown = run_as("clara", {"application", "show", sold().hex()});
  BOOST_TEST(shown.code == 0, shown.err);
  for (const std::string part : {"service.filed", "service.reviewed", "treasury.paid", "service.closed", "registered",
                                 "proved complete", "closed, waits for nothing"}) {
    BOOST_TEST(holds(shown.out, part), part << " is missing in:\n" << shown.out);
  }
  const Ran bill = run_as("clara", {"bill", "show", sold().hex()});
  BOOST_TEST(bill.code == 0, bill.err);
  BOOST_TEST(holds(bill.out, "settled"), bill.out);
  BOOST_TEST(run_as("clara", {"application", "show", std::string(64, '1')}).code == 5);
}

BOOST_AUTO_TEST_CASE(an_open_case_names_the_step_and_the_command) {
  // The other house is sold by the command line itself.
  const auto& sale = node().counter.sale();
  std::vector<std::string> words{"application", "file"};
  auto other = sale;
  other.unit = contracts::service::other_house;
  auto arguments = node().counter.filing_of(other);
  for (const FieldOption& option : options_of(schema_of<contracts::service::FileArguments>(), &arguments)) {
    words.insert(words.end(), {"--" + option.path, option.value});
  }
  words.push_back("--json");
  const Ran filed = run_as("clara", words);
  BOOST_REQUIRE_MESSAGE(filed.code == 0, filed.err << filed.out);
  const std::string id = from_json<certs::TransactionAnswer>(filed.out).value().transaction_id.hex();
  BOOST_TEST(holds(run_as("clara", {"application", "show", id}).out, "kanhe application accept " + id));
  BOOST_REQUIRE(run_as("clara", {"application", "accept", id}).code == 0);
  const Ran open = run_as("clara", {"application", "show", id});
  BOOST_TEST(holds(open.out, "kanhe application review " + id), open.out);
  BOOST_TEST(holds(open.out, "kanhe application assess " + id), open.out);

  // The tax office states the facts; rate and amount are the tariff's.
  const auto assess = [&](std::vector<std::string> facts) {
    std::vector<std::string> command{"application", "assess", id, "--evidence", std::string(64, '5')};
    command.insert(command.end(), facts.begin(), facts.end());
    return run_as("tess", command);
  };
  const std::string day = "--contract-day=2025-01-10";
  const Ran vague = assess({day});
  BOOST_TEST(vague.code == 2);
  BOOST_TEST(holds(vague.err, "--base and --home are needed"), vague.err);
  const Ran early = assess({"--contract-day=2021-08-31", "--exempt", "inheritance"});
  BOOST_TEST(early.code == 5);
  BOOST_TEST(holds(early.err, "was in force on 2021-08-31"), early.err);
  const Ran older =
      assess({"--contract-day=2024-11-30", "--base", "100.00", "--home", "only", "--area", "91", "--dry-run"});
  BOOST_TEST(holds(older.err, "1.50 %"), older.err);
  BOOST_TEST(assess({day, "--base", "2850000.00", "--home", "only", "--area", "89,5"}).code == 2);
  const Ran dry = assess({day, "--base", "2850000.00", "--home", "only", "--area", "140.01", "--dry-run"});
  BOOST_TEST(dry.code == 0, dry.err);
  BOOST_TEST(holds(dry.err, "2,850,000.00 元 × 1.50 % = 42,750.00 元"), dry.err);
  const Ran unknown = assess({day, "--exempt", "friendship"});
  BOOST_TEST(unknown.code == 7);
  BOOST_TEST(holds(unknown.out, "unknown_exemption"), unknown.out);
  BOOST_TEST(holds(unknown.out, "--assessments"), unknown.out);
  const Ran done = assess({day, "--base", "2850000.00", "--home", "only", "--area", "89.5"});
  BOOST_TEST(done.code == 0, done.err << done.out);
  BOOST_TEST(assess({day, "--exempt", "inheritance"}).code == 7);
}

BOOST_AUTO_TEST_CASE(a_tariff_is_shown_as_it_holds_on_a_day) {
  const Ran shown = run_as("clara", {"tariff", "show", "deed-tax"});
  BOOST_TEST(shown.code == 0, shown.err);
  for (const std::string part : {"2024-12-01", "1.50 %", "≤ 140.00 m²", "inheritance", "tax-office", "proved, block"}) {
    BOOST_TEST(holds(shown.out, part), part << " is missing in:\n" << shown.out);
  }
  const Ran before = run_as("clara", {"tariff", "show", "deed-tax", "--on", "2021-08-31", "--json"});
  BOOST_TEST(before.code == 0, before.err);
  BOOST_TEST(!holds(before.out, "in_force"), before.out);
  BOOST_TEST(holds(run_as("clara", {"tariff", "show", "registration-fee"}).out, "550.00"));
  BOOST_TEST(run_as("clara", {"tariff", "show", "nothing"}).code == 5);
  BOOST_TEST(run_as("clara", {"tariff", "show", "deed-tax", "--on", "2025-02-30"}).code == 2);
}

BOOST_AUTO_TEST_CASE(a_question_is_asked_by_a_consent_and_answered) {
  const std::string seller = ContractNetwork::person("seller").hex();
  const std::string digest(64, '5');
  const auto good = [&](const std::string& officer, const std::vector<std::string>& words) {
    const Ran ran = run_as(officer, words);
    BOOST_REQUIRE_MESSAGE(ran.code == 0, words[0] << " " << words[1] << ": " << ran.err << ran.out);
    return ran;
  };
  const auto id_of = [](const Ran& ran) {
    return from_json<certs::TransactionAnswer>(ran.out).value().transaction_id.hex();
  };
  good(admin, {"item", "declare", "title", "--name_zh", "产权", "--name_en", "title"});
  good(admin, {"predicate", "define", "owns-home", "--item", "title", "--name_zh", "有房", "--name_en", "owns a home"});
  good("clara", {"item", "record", "title", seller, "--digest", digest});
  const Ran held = good("hugo", {"item", "show", "title", "--party", seller});
  BOOST_TEST(holds(held.out, "registry"), held.out);
  BOOST_TEST(holds(held.out, "need not be asked for again"), held.out);
  BOOST_TEST(run_as("hugo", {"item", "record", "title", seller, "--digest", digest}).code == 7);

  const std::vector<std::string> giving{"consent", "give", seller, "--grantee.type", "department", "--grantee.id",
                                        "housing", "--usable.type", "predicate", "--usable.predicate", "owns-home",
                                        "--purpose_code", "school", "--until_ms", "2099-01-01", "--uses_max", "1",
                                        "--json"};
  BOOST_TEST(run_as("clara", giving).code == 7);
  const std::string consent = id_of(good("seller", giving));
  BOOST_TEST(holds(good("clara", {"consent", "list", seller}).out, "0/1"));
  const std::vector<std::string> asking{"predicate", "ask", "owns-home", seller, "--argument", "440304",
                                        "--purpose_code", "school", "--consent", consent, "--json"};
  const std::string question = id_of(good("hugo", asking));
  BOOST_TEST(run_as("hugo", asking).code == 7);
  good("rita", {"predicate", "answer", question, "true", "--evidence", digest});
  BOOST_TEST(holds(good("hugo", {"predicate", "show", question}).out, "是 · yes"));
  const Ran list = good("clara", {"consent", "list", seller});
  BOOST_TEST(holds(list.out, "used up"), list.out);
  BOOST_TEST(holds(list.out, "1/1"), list.out);
  good("seller", {"consent", "withdraw", consent});
  BOOST_TEST(holds(good("clara", {"consent", "show", consent}).out, "withdrawn"));
}

BOOST_AUTO_TEST_CASE(a_closed_matter_is_rated_and_the_stars_are_counted) {
  const std::string id = sold().hex();
  BOOST_TEST(run_as("clara", {"rating", "show", id}).code == 5);
  const Ran rated = run_as("buyer", {"rating", "give", id, "2", "--words", "等了很久"});
  BOOST_TEST(rated.code == 0, rated.err << rated.out);
  BOOST_TEST(run_as("buyer", {"rating", "give", id, "6", "--words", "好"}).code == 2);
  BOOST_TEST(run_as("buyer", {"rating", "give", id, "5", "--words", "好"}).code == 7);
  const Ran shown = run_as("clara", {"rating", "show", id});
  BOOST_TEST(holds(shown.out, "kanhe rating call-back " + id), shown.out);
  const Ran counts = run_as("clara", {"rating", "department", "registry"});
  BOOST_TEST(holds(counts.out, "mean 2.0"), counts.out);
  BOOST_TEST(holds(counts.out, "2 ★  1  █"), counts.out);
  BOOST_TEST(holds(run_as("clara", {"rating", "department", "housing"}).out, "0 ratings"));
}

BOOST_AUTO_TEST_CASE(network_and_health_are_shown) {
  const Ran network = run_as("clara", {"network", "show"});
  BOOST_TEST(network.code == 0, network.err);
  BOOST_TEST(holds(network.out, "registry (1 个部门中 1 个，至少 1 个 · 1 of 1, 1 needed)"), network.out);
  BOOST_TEST(run_as("clara", {"network", "checkpoint"}).code == 0);
  BOOST_TEST(run_as("clara", {"node", "check"}).code == 0);
  node().health = Error{ErrorCode::unavailable, "too few departments are connected"};
  const Ran unwell = run_as("clara", {"node", "check"});
  BOOST_TEST(unwell.code == 5);
  BOOST_TEST(holds(unwell.out, "the node is not well: too few departments are connected"), unwell.out << unwell.err);
  BOOST_TEST(holds(unwell.out, "newest block, proved: "), unwell.out);
}

BOOST_AUTO_TEST_CASE(the_certificate_of_the_endpoint_is_checked_where_one_is_given) {
  const Ran good = run_as("clara", {"node", "status", "--node-ca", path("t.crt")});
  // The transport certificate is made out for the department, not for 127.0.0.1.
  BOOST_TEST(good.code == 5);
  BOOST_TEST(holds(good.err, "TLS"), good.err);
  BOOST_TEST(run_as("clara", {"node", "status", "--node-ca", "/nowhere.pem"}).code == 5);
}

BOOST_AUTO_TEST_SUITE_END()
