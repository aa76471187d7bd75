// What the ledger says of services, by a node.
#include "cli/service_reader.h"

#include <boost/test/unit_test.hpp>

#include "tests/cli/routed_server.h"

namespace {

using namespace kanhe;
using namespace kanhe::cli;
namespace service = contracts::service;
namespace sharing = contracts::sharing;

template <class T>
T code(std::string_view text) {
  return T::from(text).value();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(service_reader_tests, RoutedServer)

BOOST_AUTO_TEST_CASE(a_service_is_read_as_it_was_defined) {
  Client asked = client();
  NodeServiceReader reader(asked);
  const auto found = reader.service(code<service::ServiceCode>("house-sale"));
  BOOST_REQUIRE_MESSAGE(found, (found ? "" : found.error().text));
  BOOST_REQUIRE(found->has_value());
  BOOST_TEST((*found)->owner.view() == "registry");
  BOOST_TEST((*found)->definition.materials[2].name_en.view() == "contract of sale");
}

BOOST_AUTO_TEST_CASE(what_there_is_not_is_absent_and_no_error) {
  Client asked = client();
  NodeServiceReader reader(asked);
  BOOST_TEST(!reader.service(code<service::ServiceCode>("nothing")).value().has_value());
  BOOST_TEST(!reader.package(code<service::PackageCode>("nothing")).value().has_value());
  BOOST_TEST(!reader.application(ApplicationId()).value().has_value());
  service::Package package;
  package.services.push_back(code<service::ServiceCode>("nothing"));
  BOOST_TEST((services_of(reader, package).error().code == ErrorCode::unknown));
}

BOOST_AUTO_TEST_CASE(an_application_comes_with_its_service) {
  Client asked = client();
  NodeServiceReader reader(asked);
  const auto sold = reader.application(node().counter.id);
  BOOST_REQUIRE_MESSAGE(sold, (sold ? "" : sold.error().text));
  BOOST_REQUIRE(sold->has_value());
  BOOST_TEST((*sold)->application.service.view() == "house-sale");
  BOOST_TEST((*sold)->service.definition.name_en.view() == "sale of a house");
}

// However many file, 16 keys are asked for at once.
BOOST_AUTO_TEST_CASE(an_item_is_held_if_it_is_held_of_everyone) {
  Client asked = client();
  NodeServiceReader reader(asked);
  const std::vector<PartyId> parties(40, ContractNetwork::person("clara"));
  BOOST_TEST(!reader.is_held(code<sharing::ItemCode>("identity"), parties).value());
  BOOST_TEST(!reader.is_held(code<sharing::ItemCode>("identity"), {}).value());
}

BOOST_AUTO_TEST_CASE(a_node_that_does_not_answer_is_an_error) {
  Client asked = client();
  NodeServiceReader reader(asked);
  instead.push_back(node::error_response(Error{ErrorCode::unavailable, "not now"}));
  BOOST_TEST((reader.service(code<service::ServiceCode>("house-sale")).error().code == ErrorCode::unavailable));
}

BOOST_AUTO_TEST_SUITE_END()
