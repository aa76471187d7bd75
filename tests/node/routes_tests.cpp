// The endpoint's URLs, asked as a client asks them: every route's answer, wrong parameters, signed questions, and
// transactions from their POST to a receipt that is proved. Time and blocks come when the test says so.
#include "node/routes.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "certs/ledger_view.h"
#include "node/route_table.h"
#include "tests/node/routed_node.h"

namespace kanhe::node {
namespace {

namespace property = contracts::property;
using certs::TransactionAnswer;
using certs::TransactionState;

const std::string house_path = "/v1/units/" + service::house.str();

// ---------------------------------------------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(routes_tests, SoldHouseNode)

BOOST_AUTO_TEST_CASE(everyone_is_answered_on_the_public_face) {
  const auto head = ask<certs::HeadAnswer>("/v1/head");
  BOOST_TEST(certs::check_sealed_header(ledger.trust(), head.newest).has_value());
  BOOST_TEST((ask<certs::HeadAnswer>("/v1/head?known_epoch=3").newest == head.newest));
  BOOST_TEST((ask<Genesis>("/v1/genesis") == ledger.genesis()));
  BOOST_TEST(ask<certs::HeadersAnswer>("/v1/headers?from=1&count=3").headers.size() == 3u);
  BOOST_TEST(ask<certs::HeadersAnswer>("/v1/headers").headers.size() == counter.height().value() + 1);
  BOOST_TEST(ask<certs::BlockAnswer>("/v1/blocks/2").sealed.header.height.value() == 2u);
  const auto consistency = ask<certs::ConsistencyAnswer>("/v1/consistency?old=3");
  BOOST_TEST(consistency.new_size == counter.height().value() + 1);
  const auto certificate = ask<certs::CertificateAnswer>("/v1/certificates/" + service::title_id("1").str());
  BOOST_TEST(certs::find_fact(certificate.facts, property::units.key_of(service::house)) == nullptr);
  BOOST_TEST(get("/v1/status")->response.body == "{\"waiting\":\"nothing\"}\n");
  BOOST_TEST(get("/v1/metrics")->response.content_type.starts_with("text/plain"));
  BOOST_TEST(log.empty());
}

BOOST_AUTO_TEST_CASE(the_checkpoint_is_a_signed_note_of_the_newest_seal) {
  const auto heard = get("/v1/checkpoint");
  const auto seal = read_signed_note(ContractNetwork::scheme, origin_of(ledger.genesis()),
                                     first_epoch_of(ledger.genesis()), heard->response.body);
  BOOST_REQUIRE(seal.has_value());
  BOOST_TEST((seal->checkpoint.height == counter.height()));
}

BOOST_AUTO_TEST_CASE(the_front_page_lists_every_route) {
  const std::string page = get("/")->response.body;
  for (const Route& route : node::routes()) BOOST_TEST(page.find(route.pattern) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(health_is_200_or_503_with_the_reason) {
  const auto well = ask<certs::HealthAnswer>("/v1/health");
  BOOST_TEST((well.ok && well.height == counter.height() && well.reason.empty()));
  health = fail(ErrorCode::unavailable, "too few peers");
  const auto heard = get("/v1/health");
  BOOST_TEST(heard->response.status == 503u);
  BOOST_TEST((heard->read<certs::HealthAnswer>().reason.str() == "too few peers"));
}

BOOST_AUTO_TEST_CASE(an_unknown_path_is_404_and_says_where_the_list_is) {
  for (const std::string path : {"/v2/head", "/v1", "/v1/head/", "/v1/blocks/", "/v1//head", "/v1/transactions/a/b"}) {
    const auto heard = get(path);
    BOOST_TEST(heard->response.status == 404u, path);
    BOOST_TEST(heard->message().find("GET /") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(another_method_is_405_with_those_that_are_allowed) {
  const auto heard = send(request("/v1/head", HttpMethod::post));
  BOOST_TEST(heard->response.status == 405u);
  BOOST_TEST(heard->response.allow == "GET, HEAD");
  const auto other = send(request("/v1/transactions", HttpMethod::other));
  BOOST_TEST(other->response.status == 405u);
  BOOST_TEST(other->response.allow == "POST");
}

BOOST_AUTO_TEST_CASE(head_is_answered_like_get) {
  const auto heard = send(request("/v1/blocks/2", HttpMethod::head));
  BOOST_TEST(heard->response.status == 200u);
  BOOST_TEST(heard->response.body == get("/v1/blocks/2")->response.body);
}

// ---------------------------------------------------------------------------------------------------------------------
// Wrong parameters

struct WrongTarget {
  std::string_view target;
  std::string_view code;
  std::string_view words;  // part of the message
  friend std::ostream& operator<<(std::ostream& out, const WrongTarget& wrong) { return out << wrong.target; }
};

const WrongTarget wrong_targets[] = {
    {"/v1/head?since=3", "malformed", "since"},
    {"/v1/head?known_epoch=", "malformed", "known_epoch"},
    {"/v1/head?known_epoch=-1", "malformed", "known_epoch"},
    {"/v1/head?known_epoch=281474976710656", "out_of_range", "281474976710655"},
    {"/v1/head?known_epoch=99999999999999999999999", "out_of_range", "known_epoch"},
    {"/v1/blocks/1x", "malformed", "height"},
    {"/v1/blocks/0x1", "malformed", "height"},
    {"/v1/blocks/100000", "unknown", "100000"},
    {"/v1/headers?count=0", "out_of_range", "must be between 1 and 256"},
    {"/v1/headers?count=257", "out_of_range", "257"},
    {"/v1/headers?from=100000", "unknown", "from"},
    {"/v1/consistency", "malformed", "old: missing"},
    {"/v1/consistency?old=5&new=4", "out_of_range", "old: 5"},
    {"/v1/consistency?old=0&new=100000", "out_of_range", "new: 100000"},
    {"/v1/transactions/ab", "malformed", "id"},
    {"/v1/transactions/ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB", "malformed", "id"},
    {"/v1/transactions/abababababababababababababababababababababababababababababababab?wait_ms=30001", "out_of_range",
     "wait_ms: 30001, must be between 0 and 30000"},
    {"/v1/certificates/x", "malformed", "certificate_id_form"},
    {"/v1/certificates/%E8%AF%81", "malformed", "id"},
    {"/v1/certificates/1.2.156.3005.2.x?stamp=0", "out_of_range", "stamp"},
    {"/v1/certificates/1.2.156.3005.2.x?stamp=0g", "malformed", "stamp"},
    {"/v1/certificates/1.2.156.3005.2.x?stamp=01", "malformed", "stamp"},
};

BOOST_DATA_TEST_CASE(a_wrong_parameter_is_named_with_its_limit_and_value, wrong_targets, wrong) {
  const auto heard = get(wrong.target);
  BOOST_TEST(heard->response.status >= 400u);
  BOOST_TEST(heard->code() == wrong.code);
  BOOST_TEST(heard->message().find(wrong.words) != std::string::npos, heard->message());
}

const WrongTarget wrong_departmental_targets[] = {
    {"/v1/units/44030400300", "unknown-or-proved", ""},
    {"/v1/units/440304003008GB00012F002200451", "out_of_range", "must be between 1 and 28"},
    {"/v1/applications/00", "malformed", "id"},
    {"/v1/traces/house/1", "malformed", "certificate, unit, application, party, department"},
    {"/v1/traces/department/Registry", "malformed", "id"},
    {"/v1/traces/party/00", "malformed", "id"},
    {"/v1/traces/department/registry?count=1025", "out_of_range", "1024"},
    {"/v1/traces/department/registry?count=0", "out_of_range", "count"},
    {"/v1/state", "malformed", "key: missing"},
    {"/v1/state?key=0401", "fine", ""},
    {"/v1/state?key=040", "out_of_range", "key"},
    {"/v1/state?key=0401,", "out_of_range", "key"},
    {"/v1/state?key=04G1", "malformed", "key"},
    {"/v1/state?key=01,02,03,04,05,06,07,08,09,10,11,12,13,14,15,16", "fine", ""},
    {"/v1/state?key=01,02,03,04,05,06,07,08,09,10,11,12,13,14,15,16,17", "out_of_range", "16 state keys"},
    {"/v1/events?cursor=1.2", "out_of_range", "cursor"},
    {"/v1/events?cursor=11.22", "malformed", "cursor"},
    {"/v1/events?cursor=1.2.3.4", "malformed", "cursor"},
    {"/v1/events?cursor=1.2.99999999999", "out_of_range", "cursor"},
    {"/v1/events?cursor=-1.0.0", "malformed", "cursor"},
    {"/v1/events?count=1025", "out_of_range", "1024"},
    {"/v1/events?wait_ms=30001", "out_of_range", "30000"},
};

BOOST_DATA_TEST_CASE(a_wrong_parameter_of_an_officer_is_named_too, wrong_departmental_targets, wrong) {
  const auto heard = send(signed_request(wrong.target));
  if (wrong.code == "fine" || wrong.code == "unknown-or-proved") {
    BOOST_TEST(heard->response.status == 200u);
    return;
  }
  BOOST_TEST(heard->response.status == 400u);
  BOOST_TEST(heard->code() == wrong.code);
  BOOST_TEST(heard->message().find(wrong.words) != std::string::npos, heard->message());
}

BOOST_AUTO_TEST_CASE(a_state_key_is_taken_at_its_limit_and_refused_above) {
  const std::string at_limit(2 * certs::state_key_bytes_max, 'a');
  BOOST_TEST(send(signed_request("/v1/state?key=" + at_limit))->response.status == 200u);
  const auto above = send(signed_request("/v1/state?key=" + at_limit + "aa"));
  BOOST_TEST(above->message().find("1025") != std::string::npos);
}

// ---------------------------------------------------------------------------------------------------------------------
// The departmental face

BOOST_AUTO_TEST_CASE(officers_are_answered_on_the_departmental_face_and_logged_with_their_purpose) {
  const auto unit = send(signed_request(house_path))->read<certs::UnitAnswer>();
  BOOST_TEST((unit.unit->title == std::optional(service::title_id("1"))));
  const auto application = send(signed_request("/v1/applications/" + counter.id.hex()));
  BOOST_TEST((application->read<certs::ApplicationAnswer>().bill->state == contracts::treasury::BillState::settled));
  const Subject subject = DepartmentSubject{ContractNetwork::department("registry")};
  const auto trace = send(signed_request("/v1/traces/department/registry"))->read<certs::TraceAnswer>();
  BOOST_TEST(certs::check_trace(subject, trace.events, trace.trace).has_value());
  const TransactionId filed(counter.id);
  const auto body = send(signed_request("/v1/transactions/" + filed.hex() + "/body"));
  BOOST_TEST((read_body(as_bytes(body->response.body)).value().id == filed));
  const auto form = send(signed_request("/v1/transactions/" + filed.hex() + "/body?form=json"));
  BOOST_TEST((id_of(form->read<Transaction>()) == filed));
  BOOST_REQUIRE(log.size() == 5u);
  BOOST_TEST(log[0].find(house_path) != std::string::npos);
  for (const auto* part : {"\"purpose\":\"test\"", "\"department\":\"registry\"", "192.0.2.1", "\"status\":200"}) {
    BOOST_TEST(log[0].find(part) != std::string::npos, log[0]);
  }
}

// The application is done, so nobody is waited for; and that is proved too.
BOOST_AUTO_TEST_CASE(the_duties_of_a_department_come_with_their_number) {
  namespace service = contracts::service;
  const DepartmentId registry = ContractNetwork::department("registry");
  const auto answer = send(signed_request("/v1/departments/registry/duties?count=1"))->read<certs::DutiesAnswer>();
  BOOST_TEST((answer.department == registry));
  BOOST_TEST(answer.duties.empty());
  BOOST_REQUIRE_EQUAL(answer.facts.size(), 1u);
  BOOST_TEST(equal(answer.facts[0].key.view(), service::duty_counts.key_of(registry)));
  BOOST_TEST((decode<service::DutyCount>(answer.facts[0].value->view())->open == Total(0)));
  const auto none = send(signed_request("/v1/departments/registry/duties?count=201"));
  BOOST_TEST(none->response.status == 400u);
}

BOOST_AUTO_TEST_CASE(every_departmental_route_refuses_who_does_not_sign) {
  const std::string id = counter.id.hex();
  const std::string person = ContractNetwork::person("seller").hex();
  std::map<RouteId, std::string> targets{{RouteId::body, "/v1/transactions/" + id + "/body"},
                                         {RouteId::unit, house_path},
                                         {RouteId::application, "/v1/applications/" + id},
                                         {RouteId::duties, "/v1/departments/registry/duties"},
                                         {RouteId::trace, "/v1/traces/application/" + id},
                                         {RouteId::state, "/v1/state?key=0401"},
                                         {RouteId::events, "/v1/events"},
                                         {RouteId::reads, "/v1/parties/" + person + "/reads"},
                                         {RouteId::acts, "/v1/parties/" + person + "/acts"}};
  for (const Route& route : node::routes()) {
    if (route.face == Face::open || route.face == Face::entitled) continue;  // file_routes_tests
    const auto heard = get(targets.at(route.id));
    BOOST_TEST(heard->response.status == 401u, route.pattern);
    BOOST_TEST(heard->code() == "not_authorised");
    const bool personal = route.face == Face::personal;
    const auto signed_by = personal ? "seller" : "clara";
    BOOST_TEST(send(signed_request(targets.at(route.id), signed_by))->response.status == 200u, route.pattern);
    if (personal) BOOST_TEST(send(signed_request(targets.at(route.id)))->response.status == 401u, route.pattern);
  }
  BOOST_TEST(log.size() == targets.size());
}

// ---------------------------------------------------------------------------------------------------------------------
// The personal face

BOOST_AUTO_TEST_CASE(a_party_reads_who_read_about_it_and_of_no_other) {
  const PartyId buyer = ContractNetwork::person("buyer");
  const std::string own = "/v1/parties/" + buyer.hex() + "/reads";
  BOOST_TEST(send(signed_request(own, "buyer"))->read<certs::ReadsAnswer>().reads.empty());
  send(signed_request(house_path));                                              // it holds the house
  send(signed_request("/v1/applications/" + counter.id.hex()));                  // and bought it
  send(signed_request("/v1/traces/unit/" + service::house.str()));               // which stands in its history
  send(signed_request("/v1/units/" + service::other_house.str()));               // of another
  send(signed_request("/v1/departments/registry/duties"));                       // of nobody
  const auto state_key = to_hex(property::units.key_of(service::house));
  send(signed_request("/v1/state?key=" + state_key));                            // by another way
  const auto answer = send(signed_request(own, "buyer"))->read<certs::ReadsAnswer>();
  const TransactionId filed(counter.id);
  send(signed_request("/v1/transactions/" + filed.hex() + "/body"));
  send(signed_request("/v1/traces/party/" + buyer.hex() + "?from=999"));
  BOOST_REQUIRE_EQUAL(answer.reads.size(), 4u);
  BOOST_TEST(send(signed_request(own, "buyer"))->read<certs::ReadsAnswer>().reads.size() == 6u);
  BOOST_TEST(answer.reads[0].what.view() == "unit " + service::house.str());
  BOOST_TEST(answer.reads[0].department->view() == "registry");
  BOOST_TEST(answer.reads[0].purpose.view() == "test");
  BOOST_TEST(answer.reads[1].what.view() == "application " + counter.id.hex());
  BOOST_TEST(answer.reads[3].what.view() == "state");  // of other keys it learns nothing
  const auto page = send(signed_request(own + "?from=" + std::to_string(answer.reads[1].number) + "&count=2", "buyer"));
  BOOST_TEST(page->read<certs::ReadsAnswer>().reads.size() == 2u);
  for (const auto* other : {"seller", "clara", "stranger"}) {
    BOOST_TEST(send(signed_request(own, other))->response.status == 401u, other);
  }
}

BOOST_AUTO_TEST_CASE(a_person_reads_what_they_signed_by_any_key_of_theirs_and_so_does_who_supervises) {
  const auto target = [](std::string_view name) {
    return "/v1/parties/" + ContractNetwork::person(name).hex() + "/acts?count=2";
  };
  const auto answer = send(signed_request(target("clara")))->read<certs::ActsAnswer>();
  BOOST_TEST((answer.complete_to == counter.height() && answer.newest == counter.height()));
  BOOST_REQUIRE_EQUAL(answer.acts.size(), 2u);
  const auto recorded = ask<TransactionAnswer>("/v1/transactions/" + answer.acts[1].transaction_id.hex()).recorded;
  BOOST_REQUIRE(recorded.has_value());
  BOOST_TEST((recorded->index == answer.acts[1].index));
  BOOST_TEST(send(signed_request(target("seller"), "seller"))->response.status == 200u);
  for (const auto* other : {"seller", "carl", "tess"}) {
    BOOST_TEST(send(signed_request(target("clara"), other))->response.status == 401u, other);
  }
}

BOOST_AUTO_TEST_CASE(a_query_of_one_target_does_not_open_another) {
  HttpRequest signed_for_house = signed_request(house_path);
  HttpRequest other = request("/v1/units/" + service::other_house.str());
  other.kanhe_query = signed_for_house.kanhe_query;
  BOOST_TEST(send(other)->response.status == 401u);
  BOOST_TEST(send(signed_for_house)->response.status == 200u);
  BOOST_TEST(send(signed_for_house)->response.status == 401u);
}

BOOST_AUTO_TEST_CASE(open_reads_open_the_departmental_face_to_everyone) {

  Genesis genesis = service::Counter::make_genesis();
  genesis.open_reads = true;
  RoutedNode open(genesis);
  open.ledger.add({}, open.wall);
  open.start();
  BOOST_TEST(open.get(house_path)->response.status == 200u);
  BOOST_TEST(open.get("/v1/events")->response.status == 200u);
  BOOST_TEST(open.log.empty());
}

BOOST_AUTO_TEST_CASE(a_certificate_shows_its_unit_to_officers_only) {
  const std::string target = "/v1/certificates/" + service::title_id("1").str();
  const auto answer = send(signed_request(target))->read<certs::CertificateAnswer>();
  BOOST_TEST(certs::find_fact(answer.facts, property::units.key_of(service::house)) != nullptr);
  BOOST_TEST(send(signed_request(target, "stranger"))->response.status == 401u);
  BOOST_TEST(log.size() == 1u);
}

// Whose key it is, is a pseudonym's business: only a stamp that it signed for this certificate opens its records.
BOOST_AUTO_TEST_CASE(the_records_of_a_stamps_key_are_for_who_has_the_stamp) {
  const CertificateId id = service::title_id("1");
  const std::string plain = "/v1/certificates/" + id.str();
  const ChainId chain_id = chain_id_of(ledger.genesis());
  const auto stamp_of = [&](std::string_view name, const CertificateId& of) {
    certs::Document document;
    document.id = of;
    const certs::StampTerms terms{certs::StampRecipient::from("XX银行").value(),
                                  certs::StampPurpose::from("住房贷款").value(), Timestamp(1), Timestamp(2), {}};
    return certs::sign_stamp(ContractNetwork::scheme, ContractNetwork::secret(name), chain_id, document, terms).value();
  };
  const auto target = [&](const certs::Stamp& stamp) { return plain + "?stamp=" + to_hex(encode(stamp)); };
  const std::size_t without = ask<certs::CertificateAnswer>(plain).facts.size();
  for (const auto& [name, is_officer] : {std::pair{"clara", true}, {"nobody", false}}) {
    const certs::Stamp stamp = stamp_of(name, id);
    const auto answer = ask<certs::CertificateAnswer>(target(stamp));
    const auto* const officer =
        certs::find_fact(answer.facts, contracts::governance::officers.key_of(ContractNetwork::key(name)));
    BOOST_REQUIRE(officer != nullptr);
    BOOST_TEST(officer->value.has_value() == is_officer);
    BOOST_TEST(certs::check_fact(*officer, answer.head.newest.header.state_root).has_value());
    BOOST_TEST(certs::read_stamp_signer(answer.facts, stamp.key).has_value());
    // Her department is the certificate's, and no fact is there twice.
    BOOST_TEST(answer.facts.size() == without + 3);
  }
  certs::Stamp altered = stamp_of("clara", id);
  altered.terms.until_ms = Timestamp(3);
  certs::Stamp of_another_key = stamp_of("clara", id);
  of_another_key.key = ContractNetwork::key("carl");
  for (const certs::Stamp& stamp : {altered, of_another_key, stamp_of("clara", service::title_id("2"))}) {
    const auto heard = get(target(stamp));
    BOOST_TEST(heard->response.status == 400u);
    BOOST_TEST(heard->code() == "bad_signature");
  }
  BOOST_TEST(log.empty());
}

// ---------------------------------------------------------------------------------------------------------------------
// Transactions

BOOST_AUTO_TEST_CASE(a_transaction_is_received_then_recorded_with_its_proof) {
  const TransactionBody body = enrolment("nina");
  const auto received = post(body.bytes);
  BOOST_TEST(received->response.status == 202u);
  BOOST_TEST((received->read<TransactionAnswer>().state == TransactionState::received));
  BOOST_TEST(received->response.body.size() < 160u);
  const std::string target = "/v1/transactions/" + body.id.hex();
  BOOST_TEST(get(target)->response.status == 202u);
  make_block();
  const auto answer = ask<TransactionAnswer>(target);
  BOOST_TEST((answer.state == TransactionState::recorded && answer.transaction_id == body.id));
  BOOST_TEST(certs::check_recorded(ledger.trust(), answer.recorded.value()).has_value());
  BOOST_TEST(succeeded(answer.recorded->receipt));
}

BOOST_AUTO_TEST_CASE(json_is_taken_as_well_as_canonical_bytes) {
  const TransactionBody body = enrolment("nina");
  const std::string text = to_json(body.transaction);
  BOOST_TEST(post(to_bytes(as_bytes(text)), "/v1/transactions", "application/json")->response.status == 202u);
  BOOST_TEST(pool.contains(body.id));
  const auto status_of = [this](const std::string& body_text) {
    return post(to_bytes(as_bytes(body_text)), "/v1/transactions", "application/json")->response.status;
  };
  BOOST_TEST(status_of(text.substr(1)) == 400u);
  BOOST_TEST(status_of("{\"unheard_of\": 1, " + text.substr(1)) == 400u);
  BOOST_TEST(status_of("{\"version\": 1, " + text.substr(1)) == 400u);
  BOOST_TEST(status_of("{}") == 400u);
}

BOOST_AUTO_TEST_CASE(who_waits_hears_of_the_receipt_when_the_block_is_there) {
  const TransactionBody body = enrolment("nina");
  const auto submitted = post(body.bytes, "/v1/transactions?wait_ms=5000");
  const auto asked = get("/v1/transactions/" + body.id.hex() + "?wait_ms=5000");
  BOOST_TEST(submitted->times == 0);
  pass(100);
  BOOST_TEST(submitted->times == 0);
  make_block();
  for (const auto& heard : {submitted, asked}) {
    BOOST_TEST(heard->response.status == 200u);
    BOOST_TEST(certs::check_recorded(ledger.trust(), heard->read<TransactionAnswer>().recorded.value()).has_value());
  }
  pass(30'000);
  BOOST_TEST(submitted->times == 1);
  BOOST_TEST(submissions.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(a_block_that_comes_before_the_wait_begins_is_not_missed) {
  HttpRequest posted = request("/v1/transactions?wait_ms=5000", HttpMethod::post);
  posted.content_type = "application/octet-stream";
  posted.body = enrolment("nina").bytes;
  const auto heard = begin(std::move(posted));
  take_in();
  BOOST_TEST(works.size() == 1u);  // that it was taken in is not heard of yet
  make_block();
  BOOST_TEST(heard->response.status == 200u);
  BOOST_TEST(submissions.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(a_wait_that_is_over_answers_received) {
  const auto heard = post(enrolment("nina").bytes, "/v1/transactions?wait_ms=1000");
  pass(999);
  BOOST_TEST(heard->times == 0);
  pass(1);
  BOOST_TEST(heard->response.status == 202u);
}

BOOST_AUTO_TEST_CASE(a_receipt_waits_for_the_seal_that_proves_it) {
  const TransactionBody body = enrolment("nina");
  const auto heard = post(body.bytes, "/v1/transactions?wait_ms=5000");
  make_block(Sealing::none);
  BOOST_TEST(heard->times == 0);
  const auto later = get("/v1/transactions/" + body.id.hex() + "?wait_ms=5000");
  BOOST_TEST(later->times == 0);
  BOOST_TEST(get("/v1/transactions/" + body.id.hex())->response.status == 202u);
  make_block(Sealing::own);
  for (const auto& answered : {heard, later}) {
    const auto recorded = answered->read<TransactionAnswer>().recorded.value();
    BOOST_TEST(certs::check_recorded(ledger.trust(), recorded).has_value());
    BOOST_TEST((recorded.block.sealed.seal.checkpoint.height > recorded.block.sealed.header.height));
  }
}

BOOST_AUTO_TEST_CASE(a_transaction_that_is_sent_again_is_answered_with_its_receipt) {
  const TransactionBody body = enrolment("nina");
  BOOST_TEST(post(body.bytes)->response.status == 202u);
  BOOST_TEST(post(body.bytes)->response.status == 202u);
  make_block();
  const auto again = post(body.bytes);
  BOOST_TEST(again->response.status == 200u);
  BOOST_TEST((again->read<TransactionAnswer>().recorded->receipt.transaction_id == body.id));
  // Also when it has lapsed meanwhile.
  pass(61'000);
  BOOST_TEST(post(body.bytes)->response.status == 200u);
}

BOOST_AUTO_TEST_CASE(a_refused_transaction_is_recorded_with_its_findings) {
  TransactionBody body = enrolment("nina");
  Transaction transaction = body.transaction;
  sign_transaction(ContractNetwork::scheme, ContractNetwork::secret("nobody"), transaction);
  const auto heard = post(encode(transaction), "/v1/transactions?wait_ms=1000");
  make_block();
  BOOST_TEST(!succeeded(heard->read<TransactionAnswer>().recorded->receipt));
}

BOOST_AUTO_TEST_CASE(a_transaction_that_lapses_unrecorded_is_expired) {
  const TransactionBody body = enrolment("nina");
  const auto waiting = post(body.bytes, "/v1/transactions?wait_ms=30000");
  const std::string target = "/v1/transactions/" + body.id.hex();
  pass(30'000);
  BOOST_TEST((waiting->read<TransactionAnswer>().state == TransactionState::received));
  pass(30'000);
  BOOST_TEST((get(target)->read<TransactionAnswer>().state == TransactionState::received));
  make_block();
  BOOST_TEST((ask<TransactionAnswer>(target).state == TransactionState::expired));
}

BOOST_AUTO_TEST_CASE(who_waits_hears_at_once_that_it_lapsed) {
  TransactionBody body = enrolment("nina");
  post(body.bytes);
  pass(50'000);
  const auto heard = get("/v1/transactions/" + body.id.hex() + "?wait_ms=30000");
  pass(11'000);
  BOOST_TEST((heard->read<TransactionAnswer>().state == TransactionState::expired));
}

BOOST_AUTO_TEST_CASE(an_id_that_nobody_sent_is_unknown) {
  const std::string id(64, 'a');
  BOOST_TEST((ask<TransactionAnswer>("/v1/transactions/" + id).state == TransactionState::unknown));
  const auto heard = get("/v1/transactions/" + id + "?wait_ms=10");
  BOOST_TEST(heard->times == 0);
  pass(10);
  BOOST_TEST((heard->read<TransactionAnswer>().state == TransactionState::unknown));
}

BOOST_AUTO_TEST_CASE(what_no_node_takes_in_is_refused_with_its_reason) {
  const TransactionBody good = enrolment("nina");
  const auto refusal = [&](const Bytes& bytes) {
    const auto heard = post(bytes);
    BOOST_TEST(heard->response.status >= 400u);
    return heard->code();
  };
  Transaction changed = good.transaction;
  changed.signature.array()[5] ^= 1;
  BOOST_TEST(refusal(encode(changed)) == "bad_signature");
  changed = good.transaction;
  changed.valid_until_ms = wall;
  sign_transaction(ContractNetwork::scheme, ContractNetwork::secret("nina"), changed);
  BOOST_TEST(refusal(encode(changed)) == "out_of_range");
  changed = good.transaction;
  changed.chain_id = ChainId();
  sign_transaction(ContractNetwork::scheme, ContractNetwork::secret("nina"), changed);
  BOOST_TEST(refusal(encode(changed)) == "unsupported");
  for (std::size_t size = 0; size < good.bytes.size(); size += 7) {
    refusal(Bytes(good.bytes.begin(), good.bytes.begin() + static_cast<std::ptrdiff_t>(size)));
  }
  BOOST_TEST(post(good.bytes, "/v1/transactions", "text/plain")->code() == "unsupported");
  overloaded = true;
  const auto busy = post(good.bytes);
  BOOST_TEST(busy->response.status == 503u);
  BOOST_TEST(busy->response.retry_after_s.has_value());
}

BOOST_AUTO_TEST_CASE(a_transaction_is_taken_at_the_limit_of_bytes_and_refused_above) {
  TransactionBody body = counter.raw_call("nina", "governance", "enrol_officer", Bytes(arguments_bytes_max));
  BOOST_TEST(body.bytes.size() <= transaction_bytes_max);
  BOOST_TEST(post(body.bytes)->response.status == 202u);
  const std::string text = to_json(body.transaction);
  BOOST_TEST(text.size() <= request_body_bytes_max);
  BOOST_TEST(post(to_bytes(as_bytes(text)), "/v1/transactions", "application/json")->response.status == 202u);
  const auto above = post(Bytes(transaction_bytes_max + 1));
  BOOST_TEST(above->code() == "out_of_range");
  BOOST_TEST(above->message().find("65536") != std::string::npos);
  BOOST_TEST(above->message().find("65535") != std::string::npos);
}

// ---------------------------------------------------------------------------------------------------------------------
// Events

BOOST_AUTO_TEST_CASE(a_reader_of_events_waits_for_the_next_one) {
  const auto everything = send(signed_request("/v1/events?count=1024"))->read<certs::EventsAnswer>();
  const auto at = [](const EventPosition& cursor) {
    return "/v1/events?wait_ms=10000&cursor=" + to_string(cursor.height) + "." + std::to_string(cursor.receipt) + "." +
           std::to_string(cursor.event);
  };
  const auto waiting = send(signed_request(at(everything.next)));
  BOOST_TEST(waiting->times == 0);
  make_block();  // without events
  BOOST_TEST(waiting->times == 0);
  post(enrolment("nina").bytes);
  make_block(Sealing::none);
  BOOST_TEST(waiting->times == 0);
  make_block();
  const auto answer = waiting->read<certs::EventsAnswer>();
  BOOST_REQUIRE(answer.events.size() == 1u);
  BOOST_TEST(answer.events[0].event.name.str() == "governance.officer_enrolled");
  const auto over = send(signed_request(at(answer.next)));
  pass(9'999);
  BOOST_TEST(over->times == 0);
  pass(1);
  BOOST_TEST(over->read<certs::EventsAnswer>().events.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::node
