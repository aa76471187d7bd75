// The dictionary against all that can be shown or asked for: each field, value and alternative of the catalogue has its
// word in Chinese, and no word is there for nothing.
#include <boost/test/unit_test.hpp>
#include <set>

#include "cli/words.h"
#include "contracts/governance.h"
#include "contracts/host.h"
#include "contracts/motion.h"
#include "contracts/service_duties.h"
#include "contracts/sharing_mandates.h"
#include "contracts/supervision.h"

namespace {

using namespace kanhe;
using namespace kanhe::cli;

// Every description that is reached from where the command line shows or asks for one.
class Reached {
 public:
  Reached() {
    namespace governance = contracts::governance;
    namespace sharing = contracts::sharing;
    for (const contracts::Module* module : contracts::modules()) {
      for (const contracts::Method& method : module->methods) {
        add(method.arguments());
        if (method.result() != nullptr) add(*method.result());
      }
      for (const contracts::EventKind& event : module->events) add(event.data());
    }
    for (const Schema* schema :
         {&schema_of<governance::Officer>(), &schema_of<governance::PartyKey>(), &schema_of<sharing::HeldItem>(),
          &schema_of<sharing::Mandate>(), &schema_of<sharing::Question>(), &schema_of<sharing::ConsentToUse>(),
          &schema_of<contracts::supervision::Rating>(), &schema_of<contracts::certificate::StandingChange>(),
          &schema_of<contracts::treasury::BillState>(), &schema_of<contracts::property::UnitState>(),
          &schema_of<contracts::service::Phase>(), &schema_of<contracts::motion::State>(),
          &schema_of<contracts::service::DutyKind>(), &schema_of<Subject>()}) {
      add(*schema);
    }
  }
  const std::set<const Schema*>& all() const { return all_; }

 private:
  void add(const Schema& schema) {
    if (!all_.insert(&schema).second) return;
    if (schema.element != nullptr) add(*schema.element);
    for (const SchemaField& field : schema.fields) add(*field.schema);
  }

  std::set<const Schema*> all_;
};

template <class Use>
void for_each_field(const Reached& reached, Use use) {
  for (const Schema* schema : reached.all()) {
    if (schema->kind != Kind::record) continue;
    for (const SchemaField& field : schema->fields) {
      if (field.schema->kind != Kind::version) use(schema->label.name, field.name);
    }
  }
}

template <class Use>
void for_each_value(const Reached& reached, Use use) {
  for (const Schema* schema : reached.all()) {
    for (const SchemaEnumerator& one : schema->enumerators) use(schema->label.name, one.name);
    if (schema->kind != Kind::variant) continue;
    for (const SchemaField& alternative : schema->fields) use(std::string_view(), alternative.name);
  }
}

std::string joined(std::string_view owner, std::string_view name) {
  return std::string(owner) + "." + std::string(name);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(words_tests)

BOOST_AUTO_TEST_CASE(both_tables_are_sorted_and_name_nothing_twice) {
  for (const auto words : {field_words(), value_words()}) {
    for (std::size_t i = 1; i < words.size(); ++i) BOOST_TEST((words[i - 1].name < words[i].name), words[i].name);
    for (const Word& word : words) BOOST_TEST(!word.zh.empty(), word.name);
  }
}

BOOST_AUTO_TEST_CASE(every_field_of_the_catalogue_has_a_word) {
  const Reached reached;
  for_each_field(reached, [](std::string_view record, std::string_view field) {
    BOOST_TEST(!find_field_words(record, field).zh.empty(), joined(record, field));
  });
}

BOOST_AUTO_TEST_CASE(every_value_and_alternative_of_the_catalogue_has_a_word) {
  const Reached reached;
  for_each_value(reached, [](std::string_view type, std::string_view name) {
    BOOST_TEST(!find_value_words(type, name).zh.empty(), joined(type, name));
  });
}

BOOST_AUTO_TEST_CASE(no_word_is_there_for_nothing) {
  const Reached reached;
  std::set<std::string> met;
  const auto meet = [&](std::span<const Word> words, std::string_view owner, std::string_view name) {
    const bool has_own = std::ranges::binary_search(words, std::string_view(joined(owner, name)), {}, &Word::name);
    met.insert(has_own ? joined(owner, name) : std::string(name));
  };
  for_each_field(reached, [&](auto record, auto field) { meet(field_words(), record, field); });
  for (const Word& word : field_words()) BOOST_TEST(met.contains(std::string(word.name)), word.name);
  met.clear();
  for_each_value(reached, [&](auto type, auto name) { meet(value_words(), type, name); });
  for (const Word& word : value_words()) BOOST_TEST(met.contains(std::string(word.name)), word.name);
}

BOOST_AUTO_TEST_CASE(labels_are_in_the_language_of_the_command) {
  Globals globals;
  const Schema& officer = schema_of<contracts::governance::Officer>();
  const auto labels = [&](Language language) {
    globals.language = language;
    return field_label(globals, officer, "dismissed_ms") + "|" +
           value_label(globals, contracts::service::Phase::in_review) + "|" +
           alternative_label(globals, "cancel_unit") + "|" + field_label(globals, officer, "nobody_knows_ms");
  };
  BOOST_TEST(labels(Language::zh) == "停用时间|审核中|注销登记|nobody knows");
  BOOST_TEST(labels(Language::en) == "dismissed at|in review|cancel a unit|nobody knows");
  BOOST_TEST(labels(Language::both) ==
             "停用时间 · dismissed at|审核中 · in review|注销登记 · cancel a unit|nobody knows");
}

BOOST_AUTO_TEST_CASE(a_record_may_have_a_word_of_its_own) {
  BOOST_TEST(find_field_words("EndLimit", "number").zh == "限制编号");
  BOOST_TEST(find_field_words("Anything", "reason").zh == "原因");
  BOOST_TEST(find_field_words("Decision", "reason").zh == "决定原因代码");
  BOOST_TEST(find_value_words("Home", "other").zh == "其他");
  BOOST_TEST(find_value_words("Phase", "filed").zh == "已收件");
}

BOOST_AUTO_TEST_SUITE_END()
