// Who may ask the departmental face: officers with a query signed for exactly this request, once, in its minute. Each
// refusal is provoked by one change to a query that is answered.
#include "node/query_auth.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/contract_network.h"

namespace kanhe::node {
namespace {

using contracts::Role;

struct Face : ContractNetwork {
  Face() {
    BOOST_REQUIRE(succeeded(enrol("ann", "registry", {Role::window_clerk})));
    BOOST_REQUIRE(succeeded(enrol("robot", "registry", {Role::machine})));
    BOOST_REQUIRE(succeeded(run("ann", "governance", "register_party_key",
                                contracts::governance::RegisterPartyKeyArguments{key("citizen"), person("citizen")})));
  }
  QueryCredential credential() {
    QueryCredential made;
    made.purpose = PurposeCode::from("test").value();
    made.valid_until_ms = now() + Duration(30'000);
    made.nonce.array()[0] = ++nonce;
    return made;
  }
  HttpRequest request(const QueryCredential& made, std::string_view officer = "ann") {
    HttpRequest asked;
    asked.target = "/v1/units/440304003008GB00012F00220045?known_epoch=0";
    asked.remote = "192.0.2.1";
    const QueryRequest signed_part{chain_id(), "GET", asked.target, asked.body};
    asked.kanhe_query = sign_query(scheme, secret(officer), signed_part, made).value();
    return asked;
  }
  HttpRequest request(std::string_view officer = "ann") { return request(credential(), officer); }
  std::optional<ErrorCode> refusal(const HttpRequest& asked) {
    const auto line = auth.check(asked, state(), now());
    if (line) return std::nullopt;
    return line.error().code;
  }
  bool answered(const HttpRequest& asked) { return !refusal(asked); }
  bool unauthorised(const HttpRequest& asked) { return refusal(asked) == ErrorCode::not_authorised; }

  Byte nonce = 0;
  QueryAuth auth{scheme, chain_id(), {.remembered_max = 8, .remembered_per_key_max = 5}};
};

BOOST_FIXTURE_TEST_SUITE(query_auth_tests, Face)

BOOST_AUTO_TEST_CASE(a_partys_key_is_good_where_it_may_be_and_its_line_has_no_department) {
  BOOST_TEST(unauthorised(request("citizen")));
  const QueryLine line = auth.check(request("citizen"), state(), now(), Signer::officer_or_party).value();
  BOOST_TEST((line.person == person("citizen")));
  BOOST_TEST(line.department.empty());
  BOOST_TEST(auth.check(request(), state(), now(), Signer::officer_or_party).has_value());
}

BOOST_AUTO_TEST_CASE(an_officer_is_answered_and_the_line_says_who_asked_what_and_why) {
  const HttpRequest asked = request();
  const QueryLine line = auth.check(asked, state(), now()).value();
  BOOST_TEST((line.key == key("ann")));
  BOOST_TEST((line.person == person("ann")));
  BOOST_TEST(line.department.str() == "registry");
  BOOST_TEST(line.purpose.str() == "test");
  BOOST_TEST(line.target.str() == asked.target);
  BOOST_TEST(line.remote.str() == "192.0.2.1");
}

BOOST_AUTO_TEST_CASE(a_machine_and_an_administrator_are_answered) {
  BOOST_TEST(answered(request("robot")));
  BOOST_TEST(answered(request(administrator("registry"))));
}

BOOST_AUTO_TEST_CASE(without_the_header_nobody_is_answered) {
  HttpRequest asked = request();
  asked.kanhe_query.reset();
  BOOST_TEST(unauthorised(asked));
  for (const std::string header : {"", "x", "AAAA", "====", "ann"}) {
    asked.kanhe_query = header;
    BOOST_TEST(!answered(asked));
  }
}

BOOST_AUTO_TEST_CASE(a_party_or_a_stranger_is_not_answered) {
  BOOST_TEST(unauthorised(request("citizen")));
  BOOST_TEST(unauthorised(request("stranger")));
}

BOOST_AUTO_TEST_CASE(a_dismissed_officer_is_not_answered_from_the_next_block_on) {
  BOOST_TEST(answered(request()));
  BOOST_REQUIRE(succeeded(run(administrator("registry"), "governance", "dismiss_officer",
                              contracts::governance::DismissOfficerArguments{key("ann")})));
  BOOST_TEST(unauthorised(request()));
}

BOOST_AUTO_TEST_CASE(a_query_holds_until_its_time_and_a_minute_ahead_at_most) {
  QueryCredential made = credential();
  made.valid_until_ms = now();
  BOOST_TEST(unauthorised(request(made)));
  made.valid_until_ms = now() + std::uint64_t{1};
  BOOST_TEST(answered(request(made)));
  made = credential();
  made.valid_until_ms = now() + query_validity_max;
  BOOST_TEST(answered(request(made)));
  made = credential();
  made.valid_until_ms = now() + query_validity_max + std::uint64_t{1};
  BOOST_TEST(unauthorised(request(made)));
}

BOOST_AUTO_TEST_CASE(a_query_is_answered_once) {
  const HttpRequest asked = request();
  BOOST_TEST(answered(asked));
  BOOST_TEST(unauthorised(asked));
  wait(29'999);
  BOOST_TEST(unauthorised(asked));
  wait(1);
  BOOST_TEST(unauthorised(asked));
  BOOST_TEST(answered(request()));
  BOOST_TEST(auth.remembered() == 1u);
}

BOOST_AUTO_TEST_CASE(two_officers_may_use_the_same_nonce) {
  const QueryCredential made = credential();
  BOOST_TEST(answered(request(made)));
  BOOST_TEST(answered(request(made, "robot")));
}

BOOST_AUTO_TEST_CASE(another_target_method_or_body_is_not_what_was_signed) {
  HttpRequest asked = request();
  asked.target += "0";
  BOOST_TEST(unauthorised(asked));
  asked = request();
  asked.method = HttpMethod::post;
  BOOST_TEST(unauthorised(asked));
  asked = request();
  asked.method = HttpMethod::other;
  BOOST_TEST(unauthorised(asked));
  asked = request();
  asked.body = {1};
  BOOST_TEST(unauthorised(asked));
}

// Someone who only knows an officer's public key cannot use up the nonces of that officer.
BOOST_AUTO_TEST_CASE(a_forged_query_leaves_nothing_behind) {
  const QueryCredential made = credential();
  const HttpRequest good = request(made);
  QueryCredential forged = read_query(*good.kanhe_query).value();
  HttpRequest other = request(made, "stranger");
  forged.signature = read_query(*other.kanhe_query)->signature;
  other.kanhe_query = to_base64(encode(forged));
  BOOST_TEST(unauthorised(other));
  BOOST_TEST(auth.remembered() == 0u);
  BOOST_TEST(answered(good));
}

BOOST_AUTO_TEST_CASE(one_key_and_all_keys_have_a_limit_for_a_minute) {
  for (int i = 0; i < 5; ++i) BOOST_TEST(answered(request()));
  BOOST_TEST((refusal(request()) == ErrorCode::busy));
  for (int i = 0; i < 3; ++i) BOOST_TEST(answered(request("robot")));
  BOOST_TEST((refusal(request("robot")) == ErrorCode::busy));
  wait(30'000);
  BOOST_TEST(answered(request()));
  BOOST_TEST(auth.remembered() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::node
