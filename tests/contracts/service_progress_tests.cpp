// Stages: as many approvals as they need, time limits that are noted twice, and clocks that stand still.
#include "contracts/service_progress.h"

#include <boost/test/unit_test.hpp>

#include "contracts/calendar.h"
#include "contracts/civil_days.h"
#include "tests/contracts/counter.h"

namespace kanhe::contracts::service {
namespace {

constexpr std::uint64_t day_ms = 24 * 3'600'000ull;

struct Review3 : Counter {
  // One stage of three opinions, of which two are needed, after the stage with the tax office.
  explicit Review3(std::uint8_t needed = 2) {
    DefineArguments arguments = sale_definition();
    arguments.code = text<ServiceCode>("voted-sale");
    Stage& second = arguments.definition.stages[1];
    const Step usual = second.steps[0];
    second.steps = {};
    for (const auto* code : {"first", "second", "third"}) {
      Step step = usual;
      step.code = text<StepCode>(code);
      second.steps.push_back(step);
    }
    second.needed = needed;
    BOOST_REQUIRE(succeeded(define(arguments)));
    for (const auto* name : {"r1", "r2", "r3"}) enrol(name, "registry", {Role::reviewer});
    Sale one = sale();
    one.service = arguments.code;
    BOOST_REQUIRE(succeeded(file(one)));
    BOOST_REQUIRE(succeeded(accept()));
    BOOST_REQUIRE(succeeded(housing()));
    BOOST_REQUIRE(succeeded(tax()));
  }
  Receipt approve(const std::string& who, std::string_view step) { return review(who, verdict(step)); }
  Receipt refuse(const std::string& who, std::string_view step) { return review(who, refusal(step)); }
};

struct Timed : Counter {
  Timed() {
    BOOST_REQUIRE(succeeded(file(sale())));
    BOOST_REQUIRE(succeeded(accept()));
  }
  Receipt stop(const std::string& sender = "rita", std::uint32_t days = 100) {
    return run(sender, "service", "stop_clock",
               StopClockArguments{id, ClockReason::public_notice, date_of(day_of(now()) + days), digest("notice")});
  }
  Receipt resume(const std::string& sender = "rita") {
    return run(sender, "service", "resume_clock", ResumeClockArguments{id});
  }
  std::vector<StageOverdue> after(std::uint64_t ms) {
    wait(ms);
    const Receipt receipt = execute({})[0];
    std::vector<StageOverdue> noted;
    for (const Event& event : receipt.events) {
      if (event.name.view() != StageOverdue::event_name) continue;
      noted.push_back(decode<StageOverdue>(event.data).value());
      newest = event;
    }
    return noted;
  }
  std::uint64_t until(std::uint16_t working_days) {
    return end_of_working_days(state(), now(), working_days).value() - now().value();
  }
  Event newest;
};

BOOST_AUTO_TEST_SUITE(service_progress_tests)

BOOST_AUTO_TEST_CASE(a_stage_ends_with_as_many_approvals_as_it_needs) {
  Review3 counter;
  BOOST_REQUIRE(succeeded(counter.approve("r1", "first")));
  BOOST_TEST((counter.application().phase == Phase::in_review));
  BOOST_REQUIRE(succeeded(counter.refuse("r2", "second")));
  BOOST_TEST((counter.application().phase == Phase::in_review));
  BOOST_REQUIRE(succeeded(counter.approve("r3", "third")));
  BOOST_TEST((counter.application().phase == Phase::billed));
}

BOOST_AUTO_TEST_CASE(an_application_is_refused_when_its_approvals_can_no_longer_come_together) {
  Review3 counter;
  BOOST_REQUIRE(succeeded(counter.refuse("r1", "third")));
  BOOST_TEST((counter.application().phase == Phase::in_review));
  BOOST_REQUIRE(succeeded(counter.refuse("r2", "first")));
  BOOST_TEST((counter.application().phase == Phase::refused));
  BOOST_TEST(!counter.is_held());
  Review3 all(0);
  BOOST_REQUIRE(succeeded(all.refuse("r1", "first")));
  BOOST_TEST((all.application().phase == Phase::refused));
}

BOOST_AUTO_TEST_CASE(a_stage_needs_no_more_than_it_has_and_always_the_tax_office) {
  Counter counter;
  DefineArguments arguments = Counter::sale_definition();
  arguments.code = text<ServiceCode>("x");
  arguments.definition.stages[1].needed = 2;
  const Receipt receipt = counter.define(arguments);
  BOOST_REQUIRE(refused_for(receipt, CaseCode::needed_too_many));
  BOOST_TEST(findings_of(receipt)[0].limit == 1u);
  arguments.definition.stages[1].needed = 1;
  arguments.definition.stages[0].needed = 1;
  BOOST_TEST(refused_for(counter.define(arguments), CaseCode::assessment_optional));
  arguments.definition.stages[0].needed = 2;
  BOOST_TEST(succeeded(counter.define(arguments)));
}

// Housing has approved, the tax office is waited for; the first stage takes three working days.
BOOST_AUTO_TEST_CASE(what_is_late_is_noted_for_who_is_waited_for_and_then_for_the_owner) {
  Timed counter;
  BOOST_REQUIRE(succeeded(counter.housing()));
  BOOST_TEST(counter.after(counter.until(3) - 1).empty());
  const auto first = counter.after(1);
  BOOST_REQUIRE(first.size() == 1u);
  BOOST_TEST((first[0].level == 1 && first[0].stage == 1));
  BOOST_TEST((first[0].steps == List<StepCode, stage_steps_max>{text<StepCode>("tax")}));
  BOOST_TEST(has_subject(counter.newest, DepartmentSubject{Counter::department("tax-office")}));
  BOOST_TEST(!has_subject(counter.newest, DepartmentSubject{Counter::department("registry")}));
  const auto second = counter.after(counter.until(3));
  BOOST_REQUIRE(second.size() == 1u);
  BOOST_TEST(second[0].level == 2u);
  BOOST_TEST(has_subject(counter.newest, DepartmentSubject{Counter::department("registry")}));
  BOOST_TEST(has_subject(counter.newest, DepartmentSubject{Counter::department("tax-office")}));
  BOOST_TEST(counter.after(100 * day_ms).empty());
  BOOST_TEST(counter.application().overdue == 2u);
  BOOST_REQUIRE(succeeded(counter.tax()));
  BOOST_TEST(counter.application().overdue == 0u);
  BOOST_TEST(counter.application().due.has_value());
}

BOOST_AUTO_TEST_CASE(a_stopped_clock_stands_still_and_what_was_left_runs_on) {
  Timed counter;
  BOOST_REQUIRE(counter.after(counter.until(1)).empty());  // a working day has passed
  const Receipt stopped = counter.stop();
  BOOST_REQUIRE(succeeded(stopped));
  BOOST_TEST((decode<ClockStopped>(stopped.events.at(0).data).value().days_left == 1u));
  BOOST_TEST(refused_for(counter.stop(), CaseCode::clock_stopped));
  BOOST_TEST(counter.after(60 * day_ms).empty());
  BOOST_TEST(counter.application().clock.has_value());
  BOOST_REQUIRE(succeeded(counter.resume("clara")));
  BOOST_TEST(refused_for(counter.resume(), CaseCode::clock_runs));
  BOOST_TEST(counter.after(counter.until(1) - 1).empty());
  BOOST_TEST(counter.after(1).size() == 1u);
  BOOST_TEST(refused_for(counter.stop(), CaseCode::no_time_limit));
}

BOOST_AUTO_TEST_CASE(the_clock_is_the_owners_and_of_who_is_waited_for) {
  Timed counter;
  counter.enrol("wendy", "treasury", {Role::window_clerk});
  BOOST_TEST(refused_for(counter.stop("wendy"), HostCode::wrong_department));
  BOOST_TEST(refused_for(counter.stop("theo"), HostCode::role_needed));
  BOOST_REQUIRE(succeeded(counter.stop("tess")));
  BOOST_TEST((counter.application().clock->by == Counter::department("tax-office")));
  BOOST_REQUIRE(succeeded(counter.resume("hugo")));
  // Housing has done its part, and holds up nobody any more.
  BOOST_REQUIRE(succeeded(counter.housing()));
  BOOST_TEST(refused_for(counter.stop("hugo"), HostCode::wrong_department, HostCode::role_needed));
  BOOST_REQUIRE(succeeded(counter.tax()));
}

BOOST_AUTO_TEST_CASE(a_clock_runs_again_by_itself_after_its_day_and_stands_still_three_times) {
  Timed counter;
  const std::uint32_t today = day_of(counter.now());
  const Receipt far = counter.stop("rita", clock_stop_days_max + 1);
  BOOST_REQUIRE(refused_for(far, CaseCode::clock_day));
  BOOST_TEST(findings_of(far)[0].limit == today + clock_stop_days_max);
  BOOST_REQUIRE(succeeded(counter.stop("rita", 2)));
  const Timestamp over = end_of_days(counter.now(), 2);
  BOOST_TEST(counter.after(over - counter.now() - 1).empty());
  BOOST_TEST(counter.application().clock.has_value());
  counter.after(1);
  BOOST_TEST(!counter.application().clock.has_value());
  BOOST_REQUIRE(counter.application().due.has_value());
  BOOST_TEST((counter.application().due->due == end_of_working_days(counter.state(), counter.now(), 3)));
  for (int i = 0; i < 2; ++i) {
    BOOST_REQUIRE(succeeded(counter.stop()));
    BOOST_REQUIRE(succeeded(counter.resume()));
  }
  BOOST_TEST(refused_for(counter.stop(), CaseCode::clock_stops_full));
}

// A worked weekend is declared while the clock runs: what is left is no more than the whole.
BOOST_AUTO_TEST_CASE(a_calendar_that_is_replaced_makes_no_rest_longer_than_the_time_limit) {
  Counter counter;
  DefineArguments slow = Counter::sale_definition();
  slow.code = text<ServiceCode>("slow-sale");
  slow.definition.stages[0].time_limit_days = working_days_max;
  BOOST_REQUIRE(succeeded(counter.define(slow)));
  auto sale = Counter::sale();
  sale.service = slow.code;
  BOOST_REQUIRE(succeeded(counter.file(sale)));
  BOOST_REQUIRE(succeeded(counter.accept()));
  YearCalendar calendar;
  for (std::uint32_t day = day_of(counter.now()) + 1; calendar.worked.size() < days_worked_max; ++day) {
    if (is_weekend(day)) calendar.worked.push_back(date_of(day));
  }
  calendars.put(counter.state(), Year(2025), calendar);
  const StopClockArguments stop{counter.id, ClockReason::field_check, counter.today(), digest("note")};
  BOOST_REQUIRE(succeeded(counter.run("rita", "service", "stop_clock", stop)));
  BOOST_TEST(counter.application().clock->days_left == working_days_max);
  BOOST_TEST(succeeded(counter.run("rita", "service", "resume_clock", ResumeClockArguments{counter.id})));
}

BOOST_AUTO_TEST_CASE(whoever_stopped_a_clock_moves_no_money_of_the_case) {
  Timed counter;
  counter.run(ContractNetwork::administrator("treasury"), "governance", "enrol_officer",
              governance::EnrolOfficerArguments{ContractNetwork::key("second key"), party("carl"),
                                                {Role::treasury_officer}});
  counter.enrol("wil", "registry", {Role::window_clerk});
  BOOST_REQUIRE(succeeded(counter.stop("wil")));
  counter.run(ContractNetwork::administrator("treasury"), "governance", "enrol_officer",
              governance::EnrolOfficerArguments{ContractNetwork::key("wil's key"), party("wil"),
                                                {Role::treasury_officer}});
  BOOST_REQUIRE(succeeded(counter.housing()));
  BOOST_REQUIRE(succeeded(counter.tax()));
  BOOST_REQUIRE(succeeded(counter.registry()));
  BOOST_TEST(refused_for(counter.pay("P-1", 3'008'000, "wil's key"), TreasuryCode::own_case));
  BOOST_TEST(succeeded(counter.pay()));
}

BOOST_AUTO_TEST_CASE(reviews_go_on_while_the_clock_stands_still_and_the_next_stage_has_its_own) {
  Timed counter;
  BOOST_REQUIRE(succeeded(counter.stop()));
  BOOST_REQUIRE(succeeded(counter.housing()));
  BOOST_REQUIRE(succeeded(counter.tax()));
  BOOST_TEST(!counter.application().clock.has_value());
  BOOST_TEST(counter.application().due.has_value());
  BOOST_REQUIRE(succeeded(counter.stop()));
  BOOST_REQUIRE(succeeded(counter.registry()));
  BOOST_TEST(!counter.application().clock.has_value());
  BOOST_TEST(refused_for(counter.stop(), Code::wrong_phase));
  BOOST_TEST(counter.after(100 * day_ms).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::service
