// The OpenAPI description: every route is in it, every reference leads to a component, and the records of real answers
// have exactly the fields that it names.
#include "node/openapi.h"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <set>

#include "contracts/host.h"
#include "node/route_table.h"
#include "tests/support/contract_network.h"

namespace kanhe::node {
namespace {

namespace json = boost::json;

struct Described {
  const json::value document = json::parse(openapi_json(ContractNetwork::make_genesis()));
  const json::object& paths = document.at("paths").as_object();
  const json::object& schemas = document.at("components").at("schemas").as_object();
};

// Calls `use` for every object anywhere in the value.
template <class Use>
void each_object(const json::value& value, const Use& use) {
  if (const auto* object = value.if_object()) {
    use(*object);
    for (const auto& member : *object) each_object(member.value(), use);
  } else if (const auto* array = value.if_array()) {
    for (const json::value& element : *array) each_object(element, use);
  }
}

BOOST_FIXTURE_TEST_SUITE(openapi_tests, Described)

BOOST_AUTO_TEST_CASE(every_route_is_described_with_its_parameters) {
  std::size_t operations = 0;
  for (const auto& path : paths) operations += path.value().as_object().size();
  BOOST_TEST(operations == routes().size());
  std::set<std::string> ids;
  for (const Route& route : routes()) {
    const json::value& operation =
        paths.at(route.pattern).at(route.method == HttpMethod::post ? "post" : "get");
    ids.emplace(operation.at("operationId").as_string());
    const std::size_t expected = route.path.size() + route.query.size();
    const auto* parameters = operation.as_object().if_contains("parameters");
    BOOST_TEST((parameters == nullptr ? 0 : parameters->as_array().size()) == expected, route.pattern);
    BOOST_TEST(operation.as_object().contains("security") ==
               (route.face != Face::open || route.id == RouteId::certificate));
    BOOST_TEST(operation.at("responses").as_object().contains("200"));
  }
  BOOST_TEST(ids.size() == routes().size());
}

BOOST_AUTO_TEST_CASE(the_parameters_in_a_pattern_are_those_of_its_path) {
  for (const Route& route : routes()) {
    std::string pattern(route.pattern);
    for (const Parameter& parameter : route.path) {
      const std::string braced = "{" + std::string(parameter.name) + "}";
      BOOST_TEST(pattern.find(braced) != std::string::npos, route.pattern);
      pattern.erase(pattern.find(braced), braced.size());
    }
    BOOST_TEST(pattern.find('{') == std::string::npos, route.pattern);
  }
}

BOOST_AUTO_TEST_CASE(every_reference_resolves) {
  constexpr std::string_view prefix = "#/components/schemas/";
  std::size_t references = 0;
  each_object(document, [&](const json::object& object) {
    const auto* reference = object.if_contains("$ref");
    if (reference == nullptr) return;
    const std::string_view target = reference->as_string();
    BOOST_REQUIRE(target.starts_with(prefix));
    BOOST_TEST(schemas.contains(target.substr(prefix.size())), target);
    ++references;
  });
  BOOST_TEST(references > 100u);
}

BOOST_AUTO_TEST_CASE(every_component_says_what_it_is) {
  for (const auto& schema : schemas) {
    const json::object& body = schema.value().as_object();
    BOOST_TEST((body.contains("properties") || body.contains("oneOf")), schema.key());
  }
}

BOOST_AUTO_TEST_CASE(a_record_has_the_fields_of_its_description) {
  const json::object& header = schemas.at("Header").at("properties").as_object();
  std::size_t fields = 0;
  for (const SchemaField& field : schema_of<Header>().fields) {
    BOOST_TEST(header.contains(field.name));
    ++fields;
  }
  BOOST_TEST(header.size() == fields);
  const json::object& receipt = schemas.at("TransactionAnswer").as_object();
  BOOST_TEST(receipt.at("required").as_array().size() == 2u);
}

BOOST_AUTO_TEST_CASE(the_labels_are_there_in_both_languages) {
  const std::string_view text = schemas.at("Header").at("properties").at("height").at("description").as_string();
  BOOST_TEST(text.find("区块高度") != std::string_view::npos);
  BOOST_TEST(text.find("block height") != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(every_method_and_event_of_the_contracts_is_described) {
  for (const contracts::Module* module : contracts::modules()) {
    for (const contracts::Method& method : module->methods) {
      BOOST_TEST(schemas.contains("method." + std::string(module->name) + "." + std::string(method.name)));
    }
    for (const contracts::EventKind& event : module->events) {
      BOOST_TEST(schemas.contains("event." + std::string(event.name)));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::node
