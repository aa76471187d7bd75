// Money, reviewers and definitions against a naive clerk: the rules that no entry decides by itself (R27, R28, R29,
// R31, R38), in random cases, each both ways. property_model_tests.cpp has the others.
//
// KANHE_CASES says how many; KANHE_SEED which.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>

#include "contracts/service_definition.h"
#include "tests/contracts/counter.h"

namespace kanhe::contracts::service {
namespace {

constexpr std::uint64_t fee = 8'000;
constexpr std::uint64_t full_tax = 3'000'000;

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Decided {
  std::uint64_t kept = 0;
  std::uint64_t broken = 0;
};

// What a clerk keeps in a drawer: every payment, and what of it was given back.
struct Drawer {
  struct Slip {
    std::string reference;
    std::uint64_t amount = 0;
    std::uint64_t back = 0;
  };
  std::vector<Slip> slips;

  std::uint64_t held() const {
    std::uint64_t sum = 0;
    for (const Slip& slip : slips) sum += slip.amount - slip.back;
    return sum;
  }
};

struct Model {
  explicit Model(std::uint64_t seed) : random(seed) {}
  std::uint64_t below(std::uint64_t n) { return random() % n; }
  void note(std::uint16_t rule, bool broken) { ++(broken ? rules[rule].broken : rules[rule].kept); }

  std::uint64_t some_amount(std::uint64_t tax) {
    const std::uint64_t amounts[] = {fee, tax, fee + tax, fee - 1, tax / 2 + 1, 1 + below(4'000'000)};
    return std::max<std::uint64_t>(1, amounts[below(6)]);
  }
  // Rules of all findings of a refusal; nothing for a success.
  static std::set<std::uint16_t> rules_of(const Receipt& receipt) {
    std::set<std::uint16_t> found;
    if (succeeded(receipt)) return found;
    for (const Finding& finding : findings_of(receipt)) found.insert(finding.rule);
    return found;
  }

  // The fee is covered first, then the tax; what is above both, or paid for nothing, comes back.
  void pay_and_register() {
    Counter counter;
    BOOST_REQUIRE(succeeded(counter.file(Counter::sale())));
    BOOST_REQUIRE(succeeded(counter.accept()));
    BOOST_REQUIRE(succeeded(counter.housing()));
    const std::uint64_t tax = below(5) == 0 ? 0 : full_tax;
    BOOST_REQUIRE(succeeded(counter.tax("tess", tax)));
    BOOST_REQUIRE(succeeded(counter.registry()));
    Drawer drawer;
    for (std::uint64_t left = below(4); left > 0; --left) {
      const std::string reference = "P-" + std::to_string(drawer.slips.size() + 1);
      drawer.slips.push_back({reference, some_amount(tax)});
      BOOST_REQUIRE(succeeded(counter.pay(reference, drawer.slips.back().amount)));
    }
    std::set<std::uint16_t> expected;
    if (drawer.held() < fee) expected.insert(29);
    if (drawer.held() < fee + tax) expected.insert(27);
    if (tax == 0) expected.erase(27);
    const Receipt receipt = counter.register_title();
    BOOST_REQUIRE((rules_of(receipt) == expected));
    note(29, expected.contains(29));
    if (tax > 0) note(27, expected.contains(27));
    if (!expected.empty()) BOOST_REQUIRE(succeeded(counter.withdraw()));
    give_back(counter, drawer, expected.empty() ? drawer.held() - fee - tax : drawer.held());
  }
  // Slip by slip from the newest, until nothing is due; then once more.
  void give_back(Counter& counter, Drawer& drawer, std::uint64_t due) {
    std::size_t number = 0;
    const auto try_to = [&](const Drawer::Slip& slip, std::uint64_t amount) {
      const treasury::RefundArguments arguments{counter.id,
                                                text<treasury::PaymentReference>("R-" + std::to_string(++number)),
                                                text<treasury::PaymentReference>(slip.reference),
                                                treasury::Charge(amount)};
      return counter.run("theo", "treasury", "refund", arguments);
    };
    for (auto slip = drawer.slips.rbegin(); slip != drawer.slips.rend() && due > 0; ++slip) {
      const std::uint64_t amount = std::min(due, slip->amount);
      BOOST_REQUIRE(succeeded(try_to(*slip, amount)));
      note(28, false);
      slip->back += amount;
      due -= amount;
    }
    const Drawer::Slip none{"P-1"};
    const Receipt once_more = try_to(drawer.slips.empty() ? none : drawer.slips.front(), 1);
    BOOST_REQUIRE(rules_of(once_more).contains(28));
    note(28, true);
  }

  // What a reviewer finds is no program's to judge: it ends the application and stands in its record.
  void review() {
    Counter counter;
    BOOST_REQUIRE(succeeded(counter.file(Counter::sale())));
    BOOST_REQUIRE(succeeded(counter.accept()));
    const bool approves = below(2) == 0;
    ReviewArguments arguments = approves ? counter.verdict("housing") : counter.refusal("housing");
    if (!approves) arguments.rules.push_back(31);
    if (!approves && below(2) == 0) arguments.rules.push_back(static_cast<std::uint8_t>(32 + below(9)));
    BOOST_REQUIRE(succeeded(counter.review("hugo", arguments)));
    const Application application = counter.application();
    BOOST_REQUIRE((application.phase == (approves ? Phase::in_review : Phase::refused)));
    BOOST_REQUIRE((application.reviews.at(0).rules == arguments.rules));
    note(31, !approves);
  }

  void define(Counter& counter, std::uint64_t number) {
    static const std::vector<std::pair<std::string, bool>> papers{
        {"identity", false},         {"sale-contract", false},  {"survey", false},
        {"appraisal", true},         {"land-valuation", true},  {"price-list", false},
        {"re-registration", true},   {"registration", false},   {"tax-note", false},
    };
    DefineArguments arguments = Counter::sale_definition();
    arguments.code = text<ServiceCode>("service-" + std::to_string(number));
    const MaterialRule some = arguments.definition.materials.front();
    arguments.definition.materials.clear();
    std::set<std::size_t> chosen;
    for (std::uint64_t left = 1 + below(3); left > 0; --left) chosen.insert(below(papers.size()));
    bool forbidden = false;
    for (const std::size_t one : chosen) {
      MaterialRule rule = some;
      rule.code = text<MaterialCode>(papers[one].first);
      arguments.definition.materials.push_back(rule);
      forbidden |= papers[one].second;
    }
    const std::set<std::uint16_t> expected = forbidden ? std::set<std::uint16_t>{38} : std::set<std::uint16_t>{};
    BOOST_REQUIRE((rules_of(counter.define(arguments)) == expected));
    note(38, forbidden);
  }

  std::mt19937_64 random;
  std::map<std::uint16_t, Decided> rules;
};

BOOST_AUTO_TEST_SUITE(service_model_tests)

BOOST_AUTO_TEST_CASE(money_reviewers_and_definitions_decide_as_a_naive_clerk_does) {
  const std::uint64_t cases = setting("KANHE_CASES", 1'000);
  const std::uint64_t seed = setting("KANHE_SEED", 1);
  Model model(seed);
  Counter administrator;
  for (std::uint64_t number = 0; number < cases; ++number) {
    BOOST_TEST_CONTEXT("KANHE_SEED=" << seed << ", case " << number) {
      model.pay_and_register();
      model.review();
      model.define(administrator, number);
    }
  }
  std::cout << cases << " cases from seed " << seed << "\n  rule  kept  broken\n";
  for (const auto& [rule, count] : model.rules) {
    std::cout << "  R" << rule << "  " << count.kept << "  " << count.broken << "\n";
    BOOST_TEST(count.kept >= cases / 8, "R" << rule << " is kept too seldom");
    BOOST_TEST(count.broken >= cases / 8, "R" << rule << " is broken too seldom");
  }
  BOOST_TEST(model.rules.size() == 5u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::service
