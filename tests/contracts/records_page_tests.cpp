// docs/records.md: the tables of state, the records in them, the arguments and results of methods, the data of events
// and the codes of findings, made from the descriptions in the code, so that the page cannot fall behind it.
//
// With KANHE_REWRITE=1 the page is written anew, and the diff is the review: a changed line of an existing record is a
// change of format.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "contracts/certificate_schema.h"
#include "contracts/due.h"
#include "contracts/governance.h"
#include "contracts/motion.h"
#include "contracts/host.h"
#include "contracts/property.h"
#include "contracts/sentences.h"
#include "contracts/service_duties.h"
#include "contracts/service_package.h"
#include "contracts/sharing_mandates.h"
#include "contracts/supervision.h"
#include "contracts/trace.h"
#include "contracts/treasury.h"
#include "tests/support/golden.h"

namespace kanhe::contracts {
namespace {

const std::string page_path = std::string(KANHE_SOURCE_DIR) + "/docs/records.md";

struct StateTable {
  TableId id;
  std::string_view name;
  const Schema* key;
  const Schema* record;
};

template <class Key, class Record>
StateTable row(const Table<Key, Record>& table) {
  return {table.id, table.name, &schema_of<Key>(), &schema_of<Record>()};
}

std::vector<StateTable> state_tables() {
  return {row(traces),
          row(due_entries),
          row(due_queue),
          row(governance::settings_table),
          row(governance::epoch_table),
          row(governance::departments),
          row(governance::officers),
          row(governance::party_keys),
          row(governance::credit_codes),
          row(governance::compromised_keys),
          row(governance::approved_calls),
          row(governance::rule_sets),
          row(calendars),
          row(certificate::types),
          row(certificate::grants),
          row(certificate::certificates),
          row(certificate::batches),
          row(certificate::batch_prefixes),
          row(certificate::members),
          row(certificate::schemas),
          row(property::registers),
          row(property::units),
          row(property::holds),
          row(property::imported_rows),
          row(property::limits),
          row(property::limit_lists),
          row(service::services),
          row(service::applications),
          row(service::packages),
          row(service::package_cases),
          row(service::duties),
          row(service::duty_counts),
          row(treasury::bills),
          row(treasury::references),
          row(treasury::tariffs),
          row(treasury::tariff_heads),
          row(sharing::items),
          row(sharing::held_items),
          row(sharing::predicates),
          row(sharing::consents),
          row(sharing::questions),
          row(sharing::mandates),
          row(sharing::newest_answers),
          row(supervision::ratings),
          row(supervision::star_counts),
          row(motion::motions),
          row(motion::motion_counter),
          row(motion::admissions),
          row(motion::waiting_motions),
          row(motion::epoch_end_table)};
}

bool is_subject(const Schema& schema) { return &schema == &schema_of<Subject>(); }

// A type as it stands behind a field's name.
std::string type_text(const Schema& schema) {
  switch (schema.kind) {
    case Kind::list:
      return (schema.sorted ? "sorted<" : "list<") + type_text(*schema.element) + "> ≤" + std::to_string(schema.max);
    case Kind::optional:
      return type_text(*schema.element) + "?";
    case Kind::blob:
      return "blob ≤" + std::to_string(schema.max);
    case Kind::version:
      return "version " + std::to_string(schema.max);
    case Kind::boolean:
      return "bool";
    case Kind::text:
      return std::string(schema.label.name) +
             (schema.label.name == "PlainText" ? "≤" + std::to_string(schema.max) : "");
    case Kind::variant:
      return is_subject(schema) ? "Subject" : "variant";
    default:
      return std::string(schema.label.name);
  }
}

std::string fields_text(const Schema& schema) {
  std::string text;
  for (const SchemaField& field : schema.fields) {
    text += (text.empty() ? "`" : ", `") + std::string(field.name) + "` " + type_text(*field.schema);
  }
  return text.empty() ? "–" : text;
}

// Everything with a name of its own that a schema leads to, each under its name. Two things of one name would make the
// page ambiguous.
class Glossary {
 public:
  void add(const Schema& schema) {
    if (schema.element != nullptr) add(*schema.element);
    if (schema.kind == Kind::list || schema.kind == Kind::optional || schema.kind == Kind::blob) return;
    if (schema.kind == Kind::boolean || schema.kind == Kind::version || is_subject(schema)) return;
    if (schema.label.name == "PlainText") return;
    const bool fresh = known_.insert(&schema).second;
    if (!fresh) return;
    for (const SchemaField& field : schema.fields) add(*field.schema);
    if (schema.kind != Kind::record && schema.kind != Kind::enumeration && schema.label.en.empty()) return;
    const auto [entry, added] = entries_[schema.kind].emplace(std::string(schema.label.name), &schema);
    BOOST_TEST(added, "two types are called " << schema.label.name);
  }
  // Without the record itself: of arguments and events, whose fields stand with their method or name.
  void add_fields(const Schema& schema) {
    for (const SchemaField& field : schema.fields) add(*field.schema);
  }
  const std::map<std::string, const Schema*>& of(Kind kind) { return entries_[kind]; }

 private:
  std::set<const Schema*> known_;
  std::map<Kind, std::map<std::string, const Schema*>> entries_;
};

std::string hexadecimal(TableId id) {
  const Byte bytes[] = {static_cast<Byte>(id >> 8), static_cast<Byte>(id)};
  return "0x" + to_hex(bytes);
}

std::string tables_section(Glossary& glossary) {
  std::string text = "## State tables\n\n| table | name | key | record |\n| --- | --- | --- | --- |\n";
  for (const StateTable& table : state_tables()) {
    const bool is_record = table.key->kind == Kind::record;
    if (is_record) {
      glossary.add_fields(*table.key);
    } else {
      glossary.add(*table.key);
    }
    const std::string key = !is_record                  ? type_text(*table.key)
                            : table.key->fields.empty() ? "nothing"
                                                        : fields_text(*table.key);
    text += "| " + hexadecimal(table.id) + " | " + std::string(table.name) + " | " + key + " | " +
            type_text(*table.record) + " |\n";
    glossary.add(*table.record);
  }
  return text;
}

std::string methods_section(Glossary& glossary) {
  std::string text = "## Methods\n\n| module, method | arguments | return value |\n| --- | --- | --- |\n";
  for (const Module* module : modules()) {
    for (const Method& method : module->methods) {
      const Schema* const result = method.result();
      text += "| `" + std::string(module->name) + "` `" + std::string(method.name) + "` | " +
              fields_text(method.arguments()) + " | " + (result == nullptr ? "–" : fields_text(*result)) + " |\n";
      glossary.add_fields(method.arguments());
      if (result != nullptr) glossary.add_fields(*result);
    }
  }
  return text;
}

std::string events_section(Glossary& glossary) {
  std::string text = "## Events\n\n| name | data |\n| --- | --- |\n";
  const auto add = [&](const EventKind& event) {
    text += "| `" + std::string(event.name) + "` | " + fields_text(event.data()) + " |\n";
    glossary.add_fields(event.data());
  };
  add(*find_event(DueDropped::event_name));
  for (const Module* module : modules()) {
    for (const EventKind& event : module->events) add(event);
  }
  return text;
}

std::string records_section(Glossary& glossary) {
  std::string text = "## Records\n\n| record | fields |\n| --- | --- |\n";
  for (const auto& [name, schema] : glossary.of(Kind::record)) {
    text += "| " + name + " | " + fields_text(*schema) + " |\n";
  }
  text += "\n## Enumerations\n\n| type | width | numbers |\n| --- | --- | --- |\n";
  for (const auto& [name, schema] : glossary.of(Kind::enumeration)) {
    std::string numbers;
    for (const SchemaEnumerator& one : schema->enumerators) {
      numbers += (numbers.empty() ? "" : ", ") + std::to_string(one.value) + " " + std::string(one.name);
    }
    text += "| " + name + " | u" + std::to_string(8 * schema->width) + " | " + numbers + " |\n";
  }
  return text;
}

std::string simple_types_section(Glossary& glossary) {
  std::string text = "## Numbers, texts, byte strings\n\n| type | form | |\n| --- | --- | --- |\n";
  const auto add = [&text](const std::string& name, const Schema& schema, const std::string& form) {
    text += "| " + name + " | " + form + " | " + std::string(schema.label.zh) + " · " + std::string(schema.label.en) +
            (schema.label.unit.empty() ? "" : ", " + std::string(schema.label.unit)) + " |\n";
  };
  for (const auto& [name, schema] : glossary.of(Kind::number)) {
    const std::string range = std::to_string(schema->min) + " – " + std::to_string(schema->max);
    add(name, *schema, "u" + std::to_string(8 * schema->width) + ", " + range);
  }
  for (const auto& [name, schema] : glossary.of(Kind::text)) {
    add(name, *schema, "text " + std::to_string(schema->min) + "–" + std::to_string(schema->max));
  }
  for (const auto& [name, schema] : glossary.of(Kind::bytes)) add(name, *schema, std::to_string(schema->width) + "B");
  return text;
}

// What a refused transaction's receipt says, by number; the numbers of a module are its own hundred.
std::string codes_section() {
  std::string text = "## Finding codes\n\n| code | name | sentence |\n| --- | --- | --- |\n";
  for (std::uint32_t code = 0; code <= std::numeric_limits<std::uint16_t>::max(); ++code) {
    const Sentence* const sentence = find_sentence(static_cast<std::uint16_t>(code));
    if (sentence == nullptr) continue;
    text += "| " + std::to_string(code) + " | `" + std::string(sentence->name) + "` | " + std::string(sentence->zh) +
            " · " + std::string(sentence->en) + " |\n";
  }
  return text;
}

std::string page() {
  Glossary glossary;
  std::string text =
      "# Records of the contracts\n\n"
      "Made from the code by `tests/contracts/records_page_tests.cpp`; `KANHE_REWRITE=1` writes it anew. Notation,\n"
      "encodings and the forms of texts are those of [formats.md](formats.md), sections 1, 5 and 9. A `Subject` is "
      "that\n"
      "of section 6. Fields stand in this order in every encoding.\n\n";
  text += tables_section(glossary) + "\n" + methods_section(glossary) + "\n" + events_section(glossary) + "\n";
  text += records_section(glossary) + "\n" + simple_types_section(glossary) + "\n" + codes_section();
  return text;
}

BOOST_AUTO_TEST_SUITE(records_page_tests)

BOOST_AUTO_TEST_CASE(the_page_is_what_the_code_says) {
  const std::string difference = support::golden_difference(page_path, page());
  BOOST_CHECK_MESSAGE(difference.empty(), difference);
}

// Tables are plain constants that nobody lists for the program, so the list above is compared with the headers.
BOOST_AUTO_TEST_CASE(every_table_of_the_headers_is_on_the_page_once) {
  std::multiset<std::string> declared;
  static const std::regex declaration("inline constexpr Table<[^>]*> \\w+\\{(0x[0-9a-f]{4}), \"(\\w+)\"\\}");
  for (const auto& entry : std::filesystem::directory_iterator(std::string(KANHE_SOURCE_DIR) + "/contracts")) {
    if (entry.path().extension() != ".h") continue;
    std::ifstream file(entry.path());
    const std::string source((std::istreambuf_iterator<char>(file)), {});
    for (std::sregex_iterator at(source.begin(), source.end(), declaration), end; at != end; ++at) {
      declared.insert((*at)[1].str() + " " + (*at)[2].str());
    }
  }
  std::multiset<std::string> listed;
  std::set<TableId> ids;
  for (const StateTable& table : state_tables()) {
    listed.insert(hexadecimal(table.id) + " " + std::string(table.name));
    BOOST_TEST(ids.insert(table.id).second, hexadecimal(table.id) << " is used twice");
  }
  BOOST_TEST(declared == listed, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts
