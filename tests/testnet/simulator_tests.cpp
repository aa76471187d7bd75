// The simulator: a seed is one course of events, and a report says how to repeat it.
#include <boost/test/unit_test.hpp>
#include <set>
#include <sstream>

#include "testnet/simulator.h"

namespace kanhe::testnet {
namespace {

// What a person types: the words of the line behind "simulate".
SimulationSettings settings_of(const std::string& line) {
  std::istringstream words(line);
  std::string command, seed_option, validators_option;
  SimulationSettings settings;
  words >> command >> seed_option >> settings.seed >> validators_option >> settings.validators;
  BOOST_TEST(command == "simulate");
  BOOST_TEST(seed_option == "--seed");
  BOOST_TEST(validators_option == "--validators");
  BOOST_TEST(!words.fail());
  return settings;
}

SimulationReport failed_report() {
  SimulationReport report;
  report.settings = {81'234, 7};
  report.verdict = Verdict::liveness;
  report.text = "O5: a \"quoted\"\ntext";
  return report;
}

BOOST_AUTO_TEST_SUITE(simulator_tests)

BOOST_AUTO_TEST_CASE(one_seed_is_one_course_of_events) {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const SimulationReport first = simulate({seed, 4});
    const SimulationReport second = simulate({seed, 4});
    BOOST_TEST((first.verdict == Verdict::good), text_line(first));
    BOOST_TEST(first.event_hash == second.event_hash, "seed " << seed);
    BOOST_TEST(first.events == second.events);
    BOOST_TEST((first.height == second.height));
    BOOST_TEST(json_line(first) == json_line(second));
    hashes.insert(first.event_hash);
  }
  BOOST_TEST(hashes.size() == 4U);
}

BOOST_AUTO_TEST_CASE(the_number_of_validators_is_a_part_of_the_course) {
  const SimulationReport four = simulate({7, 4});
  const SimulationReport seven = simulate({7, 7});
  BOOST_TEST((seven.verdict == Verdict::good), text_line(seven));
  BOOST_TEST(four.event_hash != seven.event_hash);
}

BOOST_AUTO_TEST_CASE(something_happens_in_a_simulation) {
  const SimulationReport report = simulate({3, 4});
  BOOST_TEST((report.height > Height(0)));
  BOOST_TEST(report.recorded > 0U);
  BOOST_TEST(report.seals_checked > 0U);
  BOOST_TEST(report.events > 1'000U);
}

// The line that is printed leads to the very same course.
BOOST_AUTO_TEST_CASE(the_line_of_a_report_repeats_it) {
  const SimulationReport report = simulate({12, 4});
  const SimulationReport again = simulate(settings_of(repeat_line(report.settings)));
  BOOST_TEST(again.event_hash == report.event_hash);
}

BOOST_AUTO_TEST_CASE(a_failure_is_told_with_the_line_that_repeats_it) {
  const SimulationReport report = failed_report();
  const std::string text = text_line(report);
  const std::string mark = "repeat with: ";
  const std::size_t at = text.find(mark);
  BOOST_REQUIRE(at != std::string::npos);
  const SimulationSettings settings = settings_of(text.substr(at + mark.size()));
  BOOST_TEST(settings.seed == 81'234U);
  BOOST_TEST(settings.validators == 7U);
  BOOST_TEST(text.find("O5: a") != std::string::npos);
  BOOST_TEST(text_line(SimulationReport{}).find(mark) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_report_in_json_stays_one_line_whatever_its_text) {
  const std::string json = json_line(failed_report());
  BOOST_TEST(json.find('\n') == std::string::npos);
  BOOST_TEST(json.find("\"text\":\"O5: a \\\"quoted\\\" text\"") != std::string::npos, json);
  BOOST_TEST(json.find("\"repeat\":\"simulate --seed 81234 --validators 7\"") != std::string::npos, json);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::testnet
