#include "testnet/simulation_course.h"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace kanhe;
using namespace kanhe::testnet;

namespace {

// A failure that needs some faults, some kinds of trouble, and so much time.
struct Failure {
  std::set<std::uint32_t> faults;
  std::set<std::string> kinds;
  std::uint64_t safety_ms = 0;

  Verdict run(const SimulationSettings& settings) const {
    const Course& course = settings.course;
    if (course.faults && !std::ranges::includes(*course.faults, faults)) return Verdict::good;
    if (std::ranges::any_of(kinds, [&](const std::string& kind) { return course.without.contains(kind); })) {
      return Verdict::liveness;  // another failure is not this one
    }
    if (course.safety_ms && *course.safety_ms < safety_ms) return Verdict::good;
    return Verdict::correctness;
  }

  SimulationSettings minimised() const {
    const SimulationSettings settings{1, 4, Span::usual, false, {}};
    return minimise(settings, Verdict::correctness, [this](const auto& smaller) { return run(smaller); },
                    [](std::size_t, const SimulationSettings&) {});
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(simulation_course_tests)

BOOST_AUTO_TEST_CASE(what_a_failure_needs_is_all_that_stays) {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    Failure failure;
    for (std::size_t i = random() % 6; i > 0; --i) failure.faults.insert(1 + random() % 900);
    for (const std::string_view kind : course_kinds) {
      if (random() % 3 == 0) failure.kinds.emplace(kind);
    }
    failure.safety_ms = random() % 8'000;
    const SimulationSettings settings = failure.minimised();
    BOOST_TEST((failure.run(settings) == Verdict::correctness));
    BOOST_TEST((settings.course.faults == failure.faults));
    BOOST_TEST(settings.course.without.size() + failure.kinds.size() == course_kinds.size());
    BOOST_TEST(settings.course.safety_ms.value_or(8'192) <= failure.safety_ms + failure.safety_ms / 8 + 2);
  }
}

BOOST_AUTO_TEST_CASE(a_course_comes_back_from_its_file) {
  SimulationSettings settings{12'345'678'901'234, 7, Span::counted, true, {}};
  settings.course.faults = {3, 9};
  settings.course.without = {"loss", "liar"};
  settings.course.safety_ms = 1'234;
  for (int round = 0; round < 2; ++round) {
    const auto read = read_course(course_text(settings, Verdict::liveness));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->seed == settings.seed);
    BOOST_TEST(read->validators == settings.validators);
    BOOST_TEST((read->span == settings.span));
    BOOST_TEST(read->real_signatures == settings.real_signatures);
    BOOST_TEST((read->course.faults == settings.course.faults));
    BOOST_TEST((read->course.without == settings.course.without));
    BOOST_TEST((read->course.safety_ms == settings.course.safety_ms));
    settings.course = {};
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_course_is_refused_with_its_field) {
  const std::string good = course_text({1, 4, Span::usual, false, {}}, Verdict::crash);
  const auto refusal = [&good](const std::string& from, const std::string& to) {
    std::string text = good;
    const std::size_t at = text.find(from);
    BOOST_REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    const auto read = read_course(text);
    BOOST_REQUIRE(!read.has_value());
    return read.error().text;
  };
  BOOST_TEST(refusal("\"validators\": 4", "\"validators\": 21").find("validators: 21") != std::string::npos);
  BOOST_TEST(refusal("\"without\": []", "\"without\": [\"rain\"]").find("rain") != std::string::npos);
  BOOST_TEST(refusal("\"usual\"", "\"endless\"").find("span: no span \"endless\"") != std::string::npos);
  BOOST_TEST(!read_course("{}").has_value());
}

BOOST_AUTO_TEST_CASE(a_course_is_replayed_exactly_and_without_faults_none_happens) {
  SimulationSettings settings{5, 4, Span::usual, false, {}};
  const SimulationReport whole = simulate(settings);
  settings.course.without = {"loss", "repeat", "liar", "motions"};
  settings.course.faults.emplace();
  settings.course.safety_ms = 2'000;
  const SimulationReport first = simulate(settings);
  BOOST_TEST(first.fired.empty());
  BOOST_TEST(first.event_hash == simulate(settings).event_hash);
  BOOST_TEST(first.event_hash != whole.event_hash);
}

BOOST_AUTO_TEST_SUITE_END()
