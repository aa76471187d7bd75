// Words of events: every event of the catalogue has some, and none has words that does not exist.
#include "cli/event_words.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "contracts/host.h"

namespace kanhe::cli {

BOOST_AUTO_TEST_SUITE(event_words_tests)

BOOST_AUTO_TEST_CASE(every_event_has_words_and_words_are_of_events) {
  std::set<std::string> known;
  for (const EventWords& words : event_words()) {
    BOOST_TEST((!words.zh.empty() && !words.en.empty()), words.event);
    BOOST_TEST((contracts::find_event(words.event) != nullptr), words.event);
    BOOST_TEST(known.insert(std::string(words.event)).second, words.event);
  }
  for (const contracts::Module* module : contracts::modules()) {
    for (const contracts::EventKind& event : module->events) {
      BOOST_TEST(known.contains(std::string(event.name)), event.name);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_phrase_is_in_the_language_of_the_command) {
  Globals globals;
  BOOST_TEST(event_phrase(globals, "service.filed") == "收件 · filed");
  globals.language = Language::zh;
  BOOST_TEST(event_phrase(globals, "service.filed") == "收件");
  globals.language = Language::en;
  BOOST_TEST(event_phrase(globals, "service.filed") == "filed");
  BOOST_TEST(event_phrase(globals, "service.unheard_of") == "service.unheard_of");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::cli
