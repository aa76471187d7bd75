// Verdict: which result of which check leads to which verdict, each check with each result, and the graver of two.
#include "certs/verdict.h"

#include <boost/test/unit_test.hpp>

#include "tests/certs/verified.h"

namespace kanhe::certs {
namespace {

// All checks pass; nothing else is in it.
Report passed() {
  Report report;
  for (unsigned i = 1; i <= check_count; ++i) {
    report.checks.push_back({{}, static_cast<CheckName>(i), {}, {}, CheckResult::pass, true, {}, {}});
  }
  return report;
}

Report with(CheckName name, CheckResult result, bool needed = true) {
  Report report = passed();
  Check& check = report.checks[static_cast<std::size_t>(name) - 1];
  check.result = result;
  check.needed = needed;
  return report;
}

bool is_of_authenticity(CheckName name) { return name <= CheckName::issuer || name == CheckName::stamp; }

}  // namespace

BOOST_AUTO_TEST_SUITE(verdict_tests)

BOOST_AUTO_TEST_CASE(each_check_has_its_own_consequence) {
  BOOST_TEST((verdict_of(passed()) == Verdict::VALID));
  for (unsigned i = 1; i <= check_count; ++i) {
    const auto name = static_cast<CheckName>(i);
    BOOST_TEST((verdict_of(with(name, CheckResult::fail)) ==
                (is_of_authenticity(name) ? Verdict::NOT_AUTHENTIC : Verdict::NOT_VALID)), i);
    BOOST_TEST((verdict_of(with(name, CheckResult::warn)) == Verdict::VALID_WITH_WARNINGS), i);
    BOOST_TEST((verdict_of(with(name, CheckResult::not_checked)) ==
                (name == CheckName::land_register ? Verdict::VALID_WITH_WARNINGS : Verdict::CANNOT_CHECK)), i);
    BOOST_TEST((verdict_of(with(name, CheckResult::not_checked, false)) == Verdict::VALID), i);
  }
}

BOOST_AUTO_TEST_CASE(of_two_the_first_verdict_counts) {
  const auto both = [](CheckName first, CheckResult one, CheckName second, CheckResult other) {
    Report report = with(first, one);
    report.checks[static_cast<std::size_t>(second) - 1].result = other;
    return verdict_of(report);
  };
  using enum CheckResult;
  BOOST_TEST((both(CheckName::stamp, fail, CheckName::use, fail) == Verdict::NOT_AUTHENTIC));
  BOOST_TEST((both(CheckName::use, fail, CheckName::stamp, not_checked) == Verdict::NOT_VALID));
  BOOST_TEST((both(CheckName::checkpoint, not_checked, CheckName::stamp, warn) == Verdict::CANNOT_CHECK));
  BOOST_TEST((both(CheckName::land_register, not_checked, CheckName::use, not_checked) == Verdict::CANNOT_CHECK));
}

BOOST_AUTO_TEST_CASE(a_verdict_says_as_of_when) {
  Report report = passed();
  report.as_of = AsOf{Height(7), Timestamp(0)};
  for (unsigned i = 1; i <= 3; ++i) {
    conclude(report, static_cast<Verdict>(i));
    BOOST_TEST((report.verdict == static_cast<Verdict>(i)));
    BOOST_TEST(report.zh.str().find("高度 7") != std::string::npos);
    BOOST_TEST(report.en.str().find("1970-01-01") != std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace kanhe::certs
