// What a node answers, checked as a reader checks it who trusts nothing but the genesis (certs/proofs.h): a house is
// sold on a ledger of sealed blocks, and every kind of question is asked about it.
#include "node/queries.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/contracts/counter.h"
#include "tests/node/sealed_ledger.h"

namespace kanhe::node {
namespace {

namespace service = contracts::service;
namespace property = contracts::property;
namespace treasury = contracts::treasury;
namespace certificate = contracts::certificate;
using service::Counter;

// The house is sold, registered, and its title issued.
struct SoldHouse {
  SoldHouse() : ledger(Counter::make_genesis()) {
    counter.sell_until_billed();
    counter.pay();
    BOOST_REQUIRE(succeeded(counter.register_title()));
    ledger.replay(counter);
    held = queries.hold().value();
  }
  Counter counter;
  SealedLedger ledger;
  Queries queries{[this] { return ledger.store().newest(); }};
  Queries::Held held;
  const Epoch known{0};

  void check(const certs::HeadAnswer& head) {
    BOOST_TEST(certs::check_sealed_header(ledger.trust(), head.newest).has_value());
    BOOST_TEST(head.newest.header.height.value() == counter.height().value());
  }
  void check(const certs::HeadAnswer& head, const certs::StateFacts& facts) {
    check(head);
    for (const certs::StateFact& fact : facts) {
      BOOST_TEST(certs::check_fact(fact, head.newest.header.state_root).has_value());
    }
  }
  void check(const certs::RecordedTransaction& recorded) {
    const auto checked = certs::check_recorded(ledger.trust(), recorded);
    BOOST_TEST(checked.has_value(), (checked ? "" : checked.error().text));
  }
  const std::vector<Receipt>& receipts(Height height) { return counter.receipts().at(height.value()); }
};

bool has_value(const certs::StateFacts& facts, const Bytes& key) {
  const certs::StateFact* const fact = certs::find_fact(facts, key);
  BOOST_REQUIRE(fact != nullptr);
  return fact->value.has_value();
}

BOOST_FIXTURE_TEST_SUITE(queries_tests, SoldHouse)

BOOST_AUTO_TEST_CASE(every_header_is_proved_by_its_own_or_a_covering_seal) {
  std::size_t covered = 0;
  for (Height height(0); height <= counter.height(); ++height) {
    const certs::BlockAnswer answer = queries.block(*held, height, known).value();
    BOOST_TEST(certs::check_sealed_header(ledger.trust(), answer.sealed).has_value());
    BOOST_TEST((answer.sealed.header.height == height));
    BOOST_TEST(answer.proposal.has_value() == (height > Height(0)));
    if (answer.proposal) {
      BOOST_TEST((digest_of(answer.proposal->header) == answer.sealed.header.proposal_digest));
      BOOST_TEST(check_body_list(*answer.proposal).has_value());
    }
    if (answer.sealed.seal.checkpoint.height > height) ++covered;
  }
  BOOST_TEST(covered > 3u);
  check(queries.head(*held, known).value());
}

BOOST_AUTO_TEST_CASE(a_block_above_the_tip_is_unknown) {
  BOOST_TEST((queries.block(*held, counter.height() + 1, known).error().code == ErrorCode::unknown));
  BOOST_TEST((queries.headers(*held, counter.height() + 1, 1).error().code == ErrorCode::unknown));
}

BOOST_AUTO_TEST_CASE(headers_come_in_order_up_to_the_count_or_the_tip) {
  const auto some = queries.headers(*held, Height(2), 5).value();
  BOOST_REQUIRE(some.headers.size() == 5u);
  for (std::size_t i = 1; i < some.headers.size(); ++i) {
    BOOST_TEST((some.headers[i].parent == hash_of(some.headers[i - 1])));
  }
  BOOST_TEST(queries.headers(*held, counter.height(), 5).value().headers.size() == 1u);
}

BOOST_AUTO_TEST_CASE(every_older_history_is_the_beginning_of_every_newer_one) {
  std::vector<LogRoot> roots{empty_log_root()};
  LogFrontier frontier;
  for (Height height(0); height <= counter.height(); ++height) {
    frontier.append(log_leaf_hash(hash_of(ledger.store().header(height).value())));
    roots.push_back(frontier.root());
  }
  const std::uint64_t size = counter.height().value() + 1;
  for (std::uint64_t to = 0; to <= size; to += 5) {
    for (std::uint64_t from = 0; from <= to; ++from) {
      const auto answer = queries.consistency(*held, from, to).value();
      BOOST_TEST(check_log_consistency(from, to, answer.path, roots[from], roots[to]).has_value());
    }
  }
  BOOST_TEST((queries.consistency(*held, 0, size + 1).error().code == ErrorCode::out_of_range));
  BOOST_TEST((queries.consistency(*held, 2, 1).error().code == ErrorCode::out_of_range));
}

BOOST_AUTO_TEST_CASE(every_transaction_is_proved_with_its_receipt) {
  std::size_t count = 0;
  for (Height height(1); height <= counter.height(); ++height) {
    for (std::uint32_t leaf = 1; leaf < receipts(height).size(); ++leaf) {
      const Receipt& receipt = receipts(height)[leaf];
      const auto answer = queries.recorded(*held, receipt.transaction_id).value();
      BOOST_REQUIRE(answer.has_value());
      check(*answer);
      BOOST_TEST((answer->receipt == receipt));
      const TransactionBody body = read_body(queries.body(*held, receipt.transaction_id).value()).value();
      BOOST_TEST((body.id == receipt.transaction_id && body.body_hash == answer->body_hash));
      ++count;
    }
  }
  BOOST_TEST(count > 15u);
  const TransactionId nobodys(sha256(as_bytes("nobody's")));
  BOOST_TEST(!queries.recorded(*held, nobodys).value().has_value());
  BOOST_TEST((queries.body(*held, nobodys).error().code == ErrorCode::unknown));
}

BOOST_AUTO_TEST_CASE(a_block_of_many_transactions_has_a_proof_for_each) {
  std::vector<TransactionBody> calls;
  for (int i = 0; i < 37; ++i) {
    const std::string name = "officer " + std::to_string(i);
    calls.push_back(counter.call(ContractNetwork::administrator("registry"), "governance", "enrol_officer",
                                 contracts::governance::EnrolOfficerArguments{ContractNetwork::key(name),
                                                                              ContractNetwork::person(name),
                                                                              {contracts::Role::window_clerk}}));
  }
  BodiesOfProposal bodies;
  for (const TransactionBody& call : calls) bodies.push_back(std::make_shared<const TransactionBody>(call));
  ledger.add(bodies, counter.now());
  held = queries.hold().value();
  for (const TransactionBody& call : calls) check(queries.recorded(*held, call.id).value().value());
}

BOOST_AUTO_TEST_CASE(a_title_is_proved_with_all_that_its_verification_needs) {
  const CertificateId id = service::title_id("1");
  const auto answer = queries.certificate(*held, id, RegisterFacts::included, known).value();
  check(answer.head, answer.facts);
  const auto key = certificate::certificate_key_of(id).value();
  const auto registry = ContractNetwork::department("registry");
  BOOST_TEST(has_value(answer.facts, certificate::certificates.key_of(key)));
  BOOST_TEST(!has_value(answer.facts, certificate::batch_prefixes.key_of({key.type, key.issuer})));
  BOOST_TEST(!has_value(answer.facts, certificate::members.key_of(key)));
  BOOST_TEST(has_value(answer.facts, certificate::types.key_of(key.type)));
  BOOST_TEST(has_value(answer.facts, certificate::grants.key_of({key.type, registry})));
  BOOST_TEST(has_value(answer.facts, contracts::governance::departments.key_of(registry)));
  BOOST_TEST(has_value(answer.facts, property::units.key_of(service::house)));
  BOOST_TEST(!has_value(answer.facts, property::holds.key_of(service::house)));
  BOOST_TEST(!has_value(answer.facts, property::limit_lists.key_of(service::house)));
  BOOST_REQUIRE(answer.issued.has_value());
  check(*answer.issued);
  BOOST_TEST((answer.issued->receipt == receipts(counter.height()).at(1)));
}

// The unit names its holders: who may not read units does not read them by way of a certificate.
BOOST_AUTO_TEST_CASE(without_the_register_a_title_shows_no_unit) {
  const auto answer = queries.certificate(*held, service::title_id("1"), RegisterFacts::left_out, known).value();
  check(answer.head, answer.facts);
  BOOST_TEST(certs::find_fact(answer.facts, property::units.key_of(service::house)) == nullptr);
  BOOST_TEST(certs::find_fact(answer.facts, property::holds.key_of(service::house)) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_certificate_that_was_never_issued_is_proved_absent) {
  const CertificateId id = service::title_id("999");
  const auto answer = queries.certificate(*held, id, RegisterFacts::included, known).value();
  check(answer.head, answer.facts);
  const auto key = certificate::certificate_key_of(id).value();
  BOOST_TEST(!has_value(answer.facts, certificate::certificates.key_of(key)));
  BOOST_TEST(!answer.issued.has_value());
}

BOOST_AUTO_TEST_CASE(a_member_of_a_batch_is_proved_by_its_batch) {
  const auto type = certificate::TypeCode::from(service::title_type).value();
  const auto prefix = certificate::SerialPrefix::from("B7").value();
  const auto made = std::make_shared<const TransactionBody>(
      counter.call("ina", "certificate", "issue_batch",
                   certificate::IssueBatchArguments{type, prefix, LogRoot(sha256(as_bytes("batch"))), Count(9)}));
  const auto enrolled = std::make_shared<const TransactionBody>(
      counter.call(ContractNetwork::administrator("registry"), "governance", "enrol_officer",
                   contracts::governance::EnrolOfficerArguments{ContractNetwork::key("ina"),
                                                                ContractNetwork::person("ina"),
                                                                {contracts::Role::issuer}}));
  ledger.add({enrolled, made}, counter.now());
  held = queries.hold().value();
  const CertificateId id = service::title_id("B700001");
  const auto answer = queries.certificate(*held, id, RegisterFacts::left_out, known).value();
  for (const certs::StateFact& fact : answer.facts) {
    BOOST_TEST(certs::check_fact(fact, answer.head.newest.header.state_root).has_value());
  }
  const auto key = certificate::certificate_key_of(id).value();
  BOOST_TEST(!has_value(answer.facts, certificate::certificates.key_of(key)));
  BOOST_TEST(has_value(answer.facts, certificate::batches.key_of({type, key.issuer, certificate::padded("B7")})));
  check(answer.issued.value());
  BOOST_TEST((answer.issued->receipt.transaction_id == made->id));
}

BOOST_AUTO_TEST_CASE(an_identifier_that_breaks_a_rule_is_refused_with_the_rule) {
  const auto refused = [&](const std::string& id) {
    return queries.certificate(*held, CertificateId::from(id).value(), RegisterFacts::included, known).error();
  };
  std::string wrong = service::title_id("1").str();
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  BOOST_TEST((refused(wrong).code == ErrorCode::malformed));
  BOOST_TEST(refused(wrong).text.find("certificate_id_check") != std::string::npos);
  BOOST_TEST((refused("x").code == ErrorCode::malformed));
}

BOOST_AUTO_TEST_CASE(a_unit_is_proved_with_its_hold_and_trace) {
  const auto answer = queries.unit(*held, service::house, known).value();
  check(answer.head, answer.facts);
  BOOST_REQUIRE(answer.unit.has_value());
  BOOST_TEST((answer.unit->title == std::optional(service::title_id("1"))));
  BOOST_TEST(equal(answer.facts.at(0).value->view(), encode(*answer.unit)));
  const auto none = queries.unit(*held, UnitNumber::from("440304003008GB00012F00229999").value(), known).value();
  check(none.head, none.facts);
  BOOST_TEST(!none.unit.has_value());
  BOOST_TEST(!none.facts.at(0).value.has_value());
}

BOOST_AUTO_TEST_CASE(an_application_shows_its_bill_and_its_whole_timeline) {
  const auto answer = queries.application(*held, counter.id, known).value();
  check(answer.head, answer.facts);
  BOOST_TEST((answer.application.value().phase == service::Phase::registered));
  BOOST_TEST((answer.bill.value().state == treasury::BillState::settled));
  const Subject subject = ApplicationSubject{counter.id};
  const certs::StateFact* const trace =
      certs::find_fact(answer.facts, contracts::traces.key_of(contracts::trace_key_of(subject)));
  BOOST_REQUIRE(trace != nullptr);
  BOOST_TEST(certs::check_trace(subject, answer.events, *trace).has_value());
  BOOST_TEST(answer.events.size() > 6u);
  const auto none = queries.application(*held, ApplicationId(sha256(as_bytes("none"))), known).value();
  check(none.head, none.facts);
  BOOST_TEST(!none.application.has_value());
}

BOOST_AUTO_TEST_CASE(a_trace_in_parts_is_the_whole_trace) {
  const Subject subject = DepartmentSubject{ContractNetwork::department("registry")};
  const auto whole = queries.trace(*held, subject, 0, certs::trace_events_max, known).value();
  BOOST_TEST(certs::check_fact(whole.trace, whole.head.newest.header.state_root).has_value());
  BOOST_TEST(certs::check_trace(subject, whole.events, whole.trace).has_value());
  BOOST_TEST(whole.events.size() > 8u);
  std::vector<certs::TracedEvent> parts;
  for (;;) {
    const auto part = queries.trace(*held, subject, parts.size(), 3, known).value();
    BOOST_TEST(part.from == parts.size());
    if (part.events.empty()) break;
    parts.insert(parts.end(), part.events.begin(), part.events.end());
  }
  BOOST_TEST(certs::check_trace(subject, parts, whole.trace).has_value());
  parts.erase(parts.begin() + 4);
  BOOST_TEST(!certs::check_trace(subject, parts, whole.trace).has_value());
}

BOOST_AUTO_TEST_CASE(facts_come_in_the_order_of_the_keys) {
  const std::vector<Bytes> keys{property::units.key_of(service::other_house), Bytes{9, 9, 9},
                                property::units.key_of(service::house)};
  const auto answer = queries.facts(*held, keys, known).value();
  check(answer.head, answer.facts);
  BOOST_REQUIRE(answer.facts.size() == keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) BOOST_TEST(equal(answer.facts[i].key.view(), keys[i]));
  BOOST_TEST(!answer.facts[1].value.has_value());
}

// Whatever the pieces are: together they are all events, each once.
BOOST_DATA_TEST_CASE(events_from_a_cursor_in_pieces_are_all_events, boost::unit_test::data::make({1u, 2u, 7u, 1024u}),
                     count) {
  std::vector<Event> expected;
  for (const auto& block : counter.receipts()) {
    for (const Receipt& receipt : block) expected.insert(expected.end(), receipt.events.begin(), receipt.events.end());
  }
  std::vector<Event> seen;
  EventPosition cursor;
  EventPosition last;
  while (cursor.height <= counter.height()) {
    const certs::EventsAnswer answer = queries.events(*held, cursor, count);
    BOOST_TEST(answer.events.size() <= count);
    BOOST_REQUIRE((answer.next > cursor));
    for (const certs::TracedEvent& traced : answer.events) {
      BOOST_TEST((seen.empty() || last < traced.position));
      BOOST_TEST((traced.position < answer.next && traced.position >= cursor));
      last = traced.position;
      seen.push_back(traced.event);
    }
    cursor = answer.next;
  }
  BOOST_TEST((seen == expected));
  BOOST_TEST((cursor == EventPosition{counter.height() + 1, 0, 0}));
}

BOOST_AUTO_TEST_CASE(a_cursor_beyond_the_tip_waits_there) {
  const EventPosition ahead{counter.height() + 40, 3, 2};
  const certs::EventsAnswer answer = queries.events(*held, ahead, 10);
  BOOST_TEST(answer.events.empty());
  BOOST_TEST((answer.next == ahead));
}

BOOST_AUTO_TEST_CASE(a_tip_without_a_seal_leaves_the_answer_to_the_sealed_block_below) {
  const Height sealed = counter.height();
  ledger.add({}, counter.now(), Sealing::none);
  BOOST_TEST((queries.hold().value()->tip()->height == sealed));
  BOOST_TEST((queries.newest()->tip()->height == sealed + 1));
  BOOST_TEST(certs::check_sealed_header(ledger.trust(), queries.head(*queries.hold().value(), known).value().newest)
                 .has_value());
  ledger.add({}, counter.now(), Sealing::own);
  BOOST_TEST((queries.hold().value()->tip()->height == sealed + 2));
}

BOOST_AUTO_TEST_CASE(before_the_first_seal_nothing_is_answered) {
  SealedLedger fresh(Counter::make_genesis());
  Queries asked{[&fresh] { return fresh.store().newest(); }};
  BOOST_TEST((asked.hold().error().code == ErrorCode::unavailable));
  fresh.add({}, counter.now(), Sealing::none);
  BOOST_TEST((asked.hold().error().code == ErrorCode::unavailable));
  fresh.add({}, counter.now(), Sealing::own);
  BOOST_TEST(asked.hold().has_value());
  Queries nothing{[] { return nullptr; }};
  BOOST_TEST((nothing.hold().error().code == ErrorCode::unavailable));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::node
