// The catalogue of modules: names, texts and numbers are complete and used once.
#include <boost/test/unit_test.hpp>
#include <set>

#include "contracts/host.h"

namespace kanhe::contracts {
namespace {

BOOST_AUTO_TEST_SUITE(modules_tests)

BOOST_AUTO_TEST_CASE(the_catalogue_names_each_thing_once_and_in_both_languages) {
  std::set<std::string_view> events;
  std::set<std::uint16_t> codes;
  for (const Module* module : modules()) {
    BOOST_TEST(is_module_known(module->name));
    BOOST_TEST(ModuleName::from(module->name).has_value());
    BOOST_TEST((!module->zh.empty() && !module->en.empty()));
    std::set<std::string_view> names;
    for (const Method& method : module->methods) {
      BOOST_TEST(names.insert(method.name).second, method.name);
      BOOST_TEST(MethodName::from(method.name).has_value());
      BOOST_TEST((!method.zh.empty() && !method.en.empty()), method.name);
      BOOST_TEST((method.arguments().kind == Kind::record));
      BOOST_TEST(find_method(module->name, method.name) == &method);
    }
    for (const EventKind& event : module->events) {
      BOOST_TEST(events.insert(event.name).second, event.name);
      BOOST_TEST(EventName::from(event.name).has_value());
      BOOST_TEST(event.name.starts_with(std::string(module->name) + "."), event.name);
    }
    for (const Sentence& entry : module->sentences) BOOST_TEST(codes.insert(entry.code).second, entry.name);
  }
  BOOST_TEST(!is_module_known("weather"));
  BOOST_TEST(find_event(DueDropped::event_name) != nullptr);
}

BOOST_AUTO_TEST_CASE(due_handlers_have_one_number_each) {
  std::set<DueHandlerNumber> numbers;
  for (const Module* module : modules()) {
    for (const DueHandler& handler : module->due_handlers) {
      BOOST_TEST(numbers.insert(handler.number).second, handler.name);
      BOOST_TEST(find_due_handler(handler.number) == &handler);
    }
  }
  BOOST_TEST(find_due_handler(0xffff) == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts
