// The route table on its own: what matches a path, cursors and subjects as text, and that no two routes claim one URL.
#include "node/route_table.h"

#include <boost/test/unit_test.hpp>
#include <set>

namespace kanhe::node {
namespace {

BOOST_AUTO_TEST_SUITE(route_table_tests)

BOOST_AUTO_TEST_CASE(no_two_routes_claim_one_method_and_pattern) {
  std::set<std::pair<HttpMethod, std::string_view>> seen;
  std::set<RouteId> ids;
  for (const Route& route : routes()) {
    BOOST_TEST(seen.emplace(route.method, route.pattern).second, route.pattern);
    ids.insert(route.id);
    BOOST_TEST((!route.zh.empty() && !route.en.empty()), route.pattern);
  }
  BOOST_TEST(ids.size() == routes().size());
}

BOOST_AUTO_TEST_CASE(a_path_gives_its_parameters_by_name) {
  const RouteMatch match = find_route(HttpMethod::get, "/v1/traces/unit/440304003008GB00012F00220045").value();
  BOOST_TEST((match.route->id == RouteId::trace));
  BOOST_TEST(match.path.at("kind") == "unit");
  BOOST_TEST(match.path.at("id") == "440304003008GB00012F00220045");
  BOOST_TEST((find_route(HttpMethod::get, "/").value().route->id == RouteId::front_page));
  BOOST_TEST((find_route(HttpMethod::head, "/v1/transactions/aa/body").value().route->id == RouteId::body));
}

BOOST_AUTO_TEST_CASE(no_path_matches_but_segment_by_segment) {
  for (const std::string_view path :
       {"", "v1/head", "//", "/v1/head/", "/v1/heads", "/V1/head", "/v1/blocks", "/v1/blocks/1/2"}) {
    BOOST_TEST((find_route(HttpMethod::get, path).error().code == ErrorCode::unknown), path);
  }
}

BOOST_AUTO_TEST_CASE(a_cursor_is_three_numbers_within_their_limits) {
  BOOST_TEST((read_cursor("7.1.4294967295").value() == EventPosition{Height(7), 1, 4'294'967'295}));
  for (const std::string_view bad : {"", "7", "7.1", "7.1.", ".1.1", "7.1.1.1", "7.1.x", "7.-1.1", "7. 1.1", "7.1.1 ",
                                     "7.1.4294967296", "281474976710656.0.0", "99999999999999999999.0.0"}) {
    BOOST_TEST(!read_cursor(bad).has_value(), bad);
  }
}

BOOST_AUTO_TEST_CASE(a_subject_is_read_by_the_name_of_its_kind) {
  const PartyId party(sha256(as_bytes("somebody")));
  BOOST_TEST((read_subject("party", party.hex()).value() == Subject(PartySubject{party})));
  BOOST_TEST((read_subject("department", "tax-office").value() ==
              Subject(DepartmentSubject{DepartmentId::from("tax-office").value()})));
  BOOST_TEST((read_subject("unit", "x").value() == Subject(UnitSubject{UnitNumber::from("x").value()})));
  BOOST_TEST(!read_subject("party", party.hex().substr(2)).has_value());
  BOOST_TEST(!read_subject("department", "Tax Office").has_value());
  BOOST_TEST(!read_subject("unit", "").has_value());
  BOOST_TEST((read_subject("nobody", "x").error().code == ErrorCode::malformed));
}

BOOST_AUTO_TEST_CASE(a_parameter_is_read_at_its_limits_and_refused_beyond) {
  const RouteMatch match = find_route(HttpMethod::post, "/v1/transactions").value();
  const auto wait = [&](const std::string& text) {
    return Arguments::read(match, {{"wait_ms", text}}).value().get<Wait>("wait_ms");
  };
  BOOST_TEST((wait("0").value() == Wait(0) && wait("30000").value() == Wait(30'000)));
  for (const auto* bad : {"30001", "", "-1", "+1", "1e3", "0x10", " 1", "1 ", "18446744073709551617"}) {
    const auto refused = wait(bad);
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST(refused.error().text.starts_with("wait_ms: "));
  }
  BOOST_TEST((Arguments::read(match, {{"wait", "1"}}).error().code == ErrorCode::malformed));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::node
