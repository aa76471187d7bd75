// The course of a case: who is waited for after each event.
#include "cli/case_timeline.h"

#include <boost/test/unit_test.hpp>

#include "cli/output.h"
#include "tests/contracts/counter.h"

namespace kanhe::cli {
namespace {

namespace service = contracts::service;
using service::Counter;

// The events of the counter's application, as a trace has them; a minute lies between one and the next.
certs::TracedEvents events_of_case(const Counter& counter) {
  certs::TracedEvents events;
  std::uint64_t height = 0;
  for (const auto& receipts : counter.receipts()) {
    for (const Receipt& receipt : receipts) {
      for (const Event& event : receipt.events) {
        if (!service::has_subject(event, ApplicationSubject{counter.id})) continue;
        certs::TracedEvent traced;
        traced.event = event;
        traced.position.height = Height(height);
        traced.time_ms = Timestamp(1'750'000'000'000 + 60'000 * events.size());
        events.push_back(std::move(traced));
      }
    }
    ++height;
  }
  return events;
}

std::string names(const std::vector<DepartmentId>& departments) {
  std::string text;
  for (const DepartmentId& department : departments) text += (text.empty() ? "" : " ") + department.str();
  return text;
}

std::vector<std::string> course(Counter& counter) {
  const auto definition = service::services.get(counter.state(), counter.application().service);
  std::vector<std::string> all;
  for (const auto& departments : waited_for(events_of_case(counter), definition)) all.push_back(names(departments));
  return all;
}

using Names = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(case_timeline_tests)

BOOST_AUTO_TEST_CASE(a_sale_waits_for_one_department_after_the_other) {
  Counter counter;
  counter.sell_until_billed();
  BOOST_REQUIRE(succeeded(counter.pay("P-1", 8'000)));
  BOOST_REQUIRE(succeeded(counter.pay("P-2", 3'000'000)));
  BOOST_REQUIRE(succeeded(counter.register_title()));
  // filed, accepted, housing, tax, registry, billed, paid in part, paid, then what is entered and issued, closed
  const Names all = course(counter);
  const Names first(all.begin(), all.begin() + 8);
  BOOST_TEST((first == Names{"registry", "housing tax-office", "tax-office", "registry", "", "treasury", "treasury",
                             "registry"}));
  BOOST_TEST(all.back() == "");
}

BOOST_AUTO_TEST_CASE(no_department_is_waited_for_while_something_is_missing_or_the_clock_stands_still) {
  Counter counter;
  counter.file(Counter::sale());
  service::NotifyArguments notice;
  notice.application = counter.id;
  notice.missing = {service::text<service::MaterialCode>("identity")};
  BOOST_REQUIRE(succeeded(counter.run("clara", "service", "notify", notice)));
  service::SupplementArguments more;
  more.application = counter.id;
  more.materials = {Counter::paper("identity")};
  BOOST_REQUIRE(succeeded(counter.run("clara", "service", "supplement", more)));
  counter.accept();
  const service::StopClockArguments stop{counter.id, service::ClockReason::inquiry, counter.today(),
                                         service::digest("letter")};
  BOOST_REQUIRE(succeeded(counter.run("tess", "service", "stop_clock", stop)));
  BOOST_REQUIRE(
      succeeded(counter.run("tess", "service", "resume_clock", service::ResumeClockArguments{counter.id})));
  BOOST_TEST((course(counter) == Names{"registry", "", "registry", "housing tax-office", "", "housing tax-office"}));
}

BOOST_AUTO_TEST_CASE(a_case_that_is_withdrawn_waits_for_nobody) {
  Counter counter;
  counter.file(Counter::sale());
  counter.withdraw();
  BOOST_TEST((course(counter) == Names{"registry", ""}));
}

BOOST_AUTO_TEST_CASE(the_timeline_says_how_long_and_for_whom) {
  Counter counter;
  counter.sell_until_billed();
  const auto definition = service::services.get(counter.state(), counter.application().service);
  Globals globals;
  globals.language = Language::en;
  const std::string text = case_timeline(globals, events_of_case(counter), definition);
  for (const std::string part : {"filed", "↓ 1 min  waited for: registry", "waited for: housing, tax-office",
                                 "accepted", "[treasury.billed @"}) {
    BOOST_TEST((text.find(part) != std::string::npos), part << " is missing in:\n" << text);
  }
  BOOST_TEST((case_timeline(globals, events_of_case(counter), std::nullopt).find("waited") == std::string::npos));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::cli
