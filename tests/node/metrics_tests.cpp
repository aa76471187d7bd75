// The metrics page is what Prometheus reads: valid by its text format, each series once, every name explained, and no
// series or label that somebody outside could make.
#include <boost/test/unit_test.hpp>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "node/metrics.h"

namespace kanhe::node {
namespace {

// A family as the text shows it, and its series with their values.
struct Family {
  std::string help;
  std::string type;
  std::map<std::string, std::uint64_t> series;  // by labels, braces included
};

// Reads the text strictly (format 0.0.4): HELP and TYPE before the samples, all samples of a family together.
std::map<std::string, Family> parse(const std::string& text) {
  static const std::regex help_line("# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ([^\\n\\\\]+)");
  static const std::regex type_line("# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge)");
  static const std::regex sample_line(
      "([a-zA-Z_:][a-zA-Z0-9_:]*)"
      "(\\{[a-zA-Z_][a-zA-Z0-9_]*=\"[^\"\\\\\\n]*\"(?:,[a-zA-Z_][a-zA-Z0-9_]*=\"[^\"\\\\\\n]*\")*\\})? "
      "([0-9]+)");
  BOOST_TEST((!text.empty() && text.back() == '\n'));
  std::map<std::string, Family> families;
  std::string open;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch parts;
    if (std::regex_match(line, parts, help_line)) {
      open = parts[1];
      BOOST_TEST(families[open].help.empty(), open << " stands twice");
      families[open].help = parts[2];
    } else if (std::regex_match(line, parts, type_line)) {
      BOOST_TEST(parts[1].str() == open, line);
      families[open].type = parts[2];
    } else if (std::regex_match(line, parts, sample_line)) {
      BOOST_TEST(parts[1].str() == open, line);
      const bool fresh = families[open].series.emplace(parts[2], std::stoull(parts[3])).second;
      BOOST_TEST(fresh, "a series twice: " << line);
    } else {
      BOOST_TEST(false, "no line of the format: " << line);
    }
  }
  return families;
}

PeerStatus a_peer(std::string_view department, bool connected) {
  PeerStatus peer;
  peer.department = DepartmentId::from(department).value();
  peer.connected = connected;
  peer.address = PlainText<128>::from("evil\"} 1 #").value();
  peer.trouble = PlainText<256>::from("said \"kanhe_fake 7\" {x=\"y\"}").value();
  return peer;
}

struct Numbers {
  NodeStatus status;
  DriverCounters driver;
  std::array<std::uint64_t, consensus::ignored_count> ignored{1, 2, 3, 4, 5, 6};

  Numbers() {
    status.height = Height(42);
    status.view = View(7);
    status.peers.push_back(a_peer("archive", true));
    status.peers.push_back(a_peer("tax-office", false));
    driver.frames_bad = 9;
    driver.transactions_final = 123;
  }
  std::string text() const {
    MetricsInput input{status, driver, ignored, 3, {}, {}, {}, {}};
    input.store.batches = 17;
    input.network.accepted = 5;
    input.checker.waiting = 2;
    return metrics_text(input);
  }
};

BOOST_AUTO_TEST_SUITE(metrics_tests)

BOOST_AUTO_TEST_CASE(the_page_is_valid_and_explains_every_name) {
  const auto families = parse(Numbers().text());
  BOOST_TEST(families.size() > 20U);
  for (const auto& [name, family] : families) {
    BOOST_TEST(name.starts_with("kanhe_"), name);
    BOOST_TEST(!family.series.empty(), name);
    BOOST_TEST((family.help.ends_with('.') && !std::islower(static_cast<unsigned char>(family.help.front()))), name);
    // Counters end in _total, and nothing else does.
    BOOST_TEST((family.type == "counter") == name.ends_with("_total"), name);
  }
}

BOOST_AUTO_TEST_CASE(each_number_is_where_it_belongs) {
  const auto families = parse(Numbers().text());
  const auto value = [&families](const std::string& name, const std::string& labels = "") {
    const auto family = families.find("kanhe_" + name);
    BOOST_REQUIRE_MESSAGE(family != families.end(), name);
    const auto series = family->second.series.find(labels);
    BOOST_REQUIRE_MESSAGE(series != family->second.series.end(), name << labels);
    return series->second;
  };
  BOOST_TEST(value("height") == 42U);
  BOOST_TEST(value("view") == 7U);
  BOOST_TEST(value("frames_bad_total") == 9U);
  BOOST_TEST(value("transactions_final_total") == 123U);
  BOOST_TEST(value("sync_bad_answers_total") == 3U);
  BOOST_TEST(value("store_batches_total") == 17U);
  BOOST_TEST(value("connections_accepted_total") == 5U);
  BOOST_TEST(value("checker_jobs_waiting") == 2U);
  BOOST_TEST(value("silenced") == 0U);
  BOOST_TEST(value("messages_ignored_total", "{reason=\"other_view\"}") == 1U);
  BOOST_TEST(value("messages_ignored_total", "{reason=\"not_now\"}") == 6U);
  BOOST_TEST(value("peer_connected", "{peer=\"archive\"}") == 1U);
  BOOST_TEST(value("peer_connected", "{peer=\"tax-office\"}") == 0U);
}

// The members of the network and the code fix the series; what peers and clients say changes numbers only.
BOOST_AUTO_TEST_CASE(nobody_outside_makes_a_series) {
  Numbers calm;
  Numbers loud;
  loud.driver.frames_bad = loud.driver.messages_refused = 1'000'000;
  loud.status.silence = consensus::Silence::diverged;
  for (int i = 0; i < 5; ++i) loud.status.slots.push_back({});
  const auto names_of = [](const Numbers& numbers) {
    std::set<std::string> names;
    for (const auto& [name, family] : parse(numbers.text())) {
      for (const auto& [labels, value] : family.series) names.insert(name + labels);
    }
    return names;
  };
  BOOST_TEST(names_of(calm) == names_of(loud), boost::test_tools::per_element());
  BOOST_TEST(loud.text().find("evil") == std::string::npos);
  BOOST_TEST(loud.text().find("fake") == std::string::npos);
  BOOST_TEST(parse(loud.text()).at("kanhe_silenced").series.at("") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::node
