// Schemas of certificate types: who sets them, and which edition a certificate names.
#include "contracts/certificate_schema.h"

#include <boost/test/unit_test.hpp>

#include "ledger/codec.h"
#include "tests/contracts/office.h"

namespace kanhe::contracts::certificate {
namespace {

FieldRule rule(std::string_view path, FieldKind kind = FieldKind::text) {
  return {text<FieldPath>(path), kind, true, DataClass::open};
}

struct SchemaOffice : Office {
  Receipt set(std::vector<FieldRule> rules, const std::string& sender = registry_admin, const TypeCode& type = title) {
    SetSchemaArguments arguments;
    arguments.type = type;
    for (const FieldRule& one : rules) arguments.fields.push_back(one);
    return run(sender, "certificate", "set_schema", arguments);
  }
};

BOOST_AUTO_TEST_SUITE(certificate_schema_tests)

BOOST_AUTO_TEST_CASE(a_certificate_names_the_edition_of_its_day) {
  SchemaOffice office;
  office.issue(certificate_id("1"));
  const Receipt first = office.set({rule("certificate.number"), rule("sold.price", FieldKind::money)});
  BOOST_REQUIRE(succeeded(first));
  BOOST_TEST((decode<SchemaSet>(first.events.at(0).data)->edition == 1u));
  office.issue(certificate_id("2"));
  office.wait(1'000);
  BOOST_REQUIRE(succeeded(office.set({rule("certificate.number")})));
  office.issue(certificate_id("3"));
  office.issue_batch("ann", "B");
  const auto edition = [&](const char* serial) {
    return certificates.get(office.state(), certificate_key_of(certificate_id(serial)).value())->schema;
  };
  BOOST_TEST(edition("1") == 0u);
  BOOST_TEST(edition("2") == 1u);
  BOOST_TEST(edition("3") == 2u);
  BOOST_TEST(batches.get(office.state(), {title, text<Uscc>(registry_code), padded("B")})->schema == 2u);
  BOOST_TEST(schemas.get(office.state(), {title, 1})->fields.size() == 2u);  // an edition never changes
  BOOST_TEST((schemas.get(office.state(), {title, 2})->since_ms == office.now()));
  BOOST_TEST(schema_edition_of(office.state(), title) == 2u);
}

BOOST_AUTO_TEST_CASE(only_who_defined_the_type_sets_its_schema_and_each_path_stands_once) {
  SchemaOffice office;
  BOOST_TEST(refused_for(office.set({rule("a")}, ContractNetwork::administrator("tax-office")),
                         HostCode::wrong_department));
  BOOST_TEST(refused_for(office.set({rule("a")}, "ann"), HostCode::role_needed));
  BOOST_TEST(refused_for(office.set({}), Code::schema_empty));
  const Receipt twice = office.set({rule("a"), rule("b"), rule("a", FieldKind::date)});
  BOOST_REQUIRE(refused_for(twice, Code::schema_path_repeated));
  BOOST_TEST(findings_of(twice)[0].value == 3u);
  BOOST_TEST(refused_for(office.set({rule("a")}, registry_admin, text<TypeCode>(registry_code + "099")),
                         Code::unknown_type));
  BOOST_TEST(!FieldPath::from("a..b").has_value());
  BOOST_TEST(!FieldPath::from("A").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::certificate
