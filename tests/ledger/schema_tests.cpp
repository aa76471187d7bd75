// The Schema that is made from a description: names, order, limits, and its functions on objects.
#include "ledger/schema.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "tests/support/builders.h"

namespace {

using namespace kanhe;
using namespace kanhe::support;

// Visits a schema and everything it is made of, each once.
template <class Visitor>
void walk(const Schema& schema, std::set<const Schema*>& seen, Visitor& visit) {
  if (!seen.insert(&schema).second) return;
  visit(schema);
  if (schema.element != nullptr) walk(*schema.element, seen, visit);
  for (const SchemaField& field : schema.fields) walk(*field.schema, seen, visit);
}

template <class Visitor>
void walk_all_records(Visitor visit) {
  std::set<const Schema*> seen;
  for_each_record([&]<class T>(std::string_view, const T&) { walk(schema_of<T>(), seen, visit); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schema_tests)

BOOST_AUTO_TEST_CASE(fields_keep_their_names_and_order) {
  std::string names;
  for (const SchemaField& field : schema_of<Transaction>().fields) names += std::string(field.name) + " ";
  BOOST_TEST(names == "version chain_id module method arguments valid_until_ms nonce sender signature ");
  BOOST_TEST(schema_of<Transaction>().label.name == "Transaction");
}

BOOST_AUTO_TEST_CASE(a_member_is_reached_through_its_field) {
  Header header = a_header();
  const SchemaField& field = schema_of<Header>().fields[3];
  BOOST_TEST(field.name == "height");
  BOOST_TEST(field.schema->number(field.member(&header)) == 1u);
  field.schema->set_number(field.member(&header), 9);
  BOOST_TEST((header.height == Height(9)));
}

BOOST_AUTO_TEST_CASE(every_schema_has_what_its_kind_promises) {
  std::size_t count = 0;
  walk_all_records([&](const Schema& schema) {
    ++count;
    BOOST_TEST_CONTEXT(schema.label.name) {
      BOOST_TEST(!schema.label.name.empty());
      BOOST_TEST(schema.min <= schema.max + (schema.kind == Kind::bytes || schema.kind == Kind::record ? 1 : 0));
      const bool has_element = schema.kind == Kind::list || schema.kind == Kind::optional;
      BOOST_TEST((schema.element != nullptr) == has_element);
      BOOST_TEST((schema.append != nullptr) == has_element);
      BOOST_TEST((schema.choose != nullptr) == (schema.kind == Kind::variant));
      const bool has_view = schema.kind == Kind::bytes || schema.kind == Kind::blob || schema.kind == Kind::text;
      BOOST_TEST((schema.assign != nullptr) == has_view);
      BOOST_TEST((schema.ascending != nullptr) == schema.sorted);
      BOOST_TEST(schema.enumerators.empty() == (schema.kind != Kind::enumeration));
    }
  });
  BOOST_TEST(count > 50u);
}

BOOST_AUTO_TEST_CASE(json_can_tell_all_fields_and_alternatives_apart) {
  walk_all_records([](const Schema& schema) {
    BOOST_TEST_CONTEXT(schema.label.name) {
      std::set<std::string_view> names;
      std::set<int> numbers;
      for (const SchemaField& field : schema.fields) {
        BOOST_TEST(names.insert(field.name).second, field.name);
        if (schema.kind != Kind::variant) continue;
        BOOST_TEST(numbers.insert(field.number).second, field.name);
        BOOST_TEST((field.schema->kind == Kind::record));
        for (const SchemaField& inner : field.schema->fields) BOOST_TEST(inner.name != "type");
      }
      // Absence has no place but in a field.
      if (schema.kind == Kind::list || schema.kind == Kind::optional) {
        BOOST_TEST((schema.element->kind != Kind::optional));
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(a_variant_is_chosen_and_replaced) {
  Subject subject;
  const Schema& schema = schema_of<Subject>();
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    void* const alternative = schema.choose(&subject, i);
    BOOST_TEST(schema.alternative(&subject) == i);
    BOOST_TEST(schema.chosen(&subject) == alternative);
  }
  BOOST_TEST(std::holds_alternative<MotionSubject>(subject));
}

BOOST_AUTO_TEST_CASE(assigning_goes_through_the_types_own_checks) {
  Validator validator;
  const SchemaField& department = schema_of<Validator>().fields[0];
  BOOST_TEST(department.schema->assign(department.member(&validator), as_bytes("registry")).has_value());
  BOOST_TEST(!department.schema->assign(department.member(&validator), as_bytes("Registry")));
  BOOST_TEST(validator.department.view() == "registry");
}

BOOST_AUTO_TEST_CASE(enumerators_are_known_by_value_and_name) {
  BOOST_TEST(is_enumerator<SignatureScheme>(1));
  BOOST_TEST(is_enumerator<SignatureScheme>(255));
  BOOST_TEST(!is_enumerator<SignatureScheme>(0));
  BOOST_TEST(!is_enumerator<SignatureScheme>(256 + 1));
  BOOST_TEST(enum_name(SignatureScheme::keyed_hash) == "keyed_hash");
}

BOOST_AUTO_TEST_CASE(type_names_stand_without_namespaces) {
  BOOST_TEST(type_name<Genesis>() == "Genesis");
  BOOST_TEST(type_name<SignatureScheme>() == "SignatureScheme");
}

BOOST_AUTO_TEST_SUITE_END()
