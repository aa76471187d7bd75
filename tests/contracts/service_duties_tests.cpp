// service duties: who is waited for, since when; that nobody is when it is the applicants' turn.
#include "contracts/service_duties.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "tests/contracts/services.h"

namespace kanhe::contracts::service {
namespace {

struct Waiting : Services {
  std::optional<Duty> duty(std::string_view name) { return duties.get(state(), {department(name), id}); }
  std::uint64_t open(std::string_view name) {
    const auto count = duty_counts.get(state(), department(name));
    return count ? count->open.value() : 0;
  }
  // The departments that have a duty of the application, joined.
  std::string waited_for() {
    std::string names;
    for (const auto* name : {"housing", "registry", "tax-office", "treasury"}) {
      if (duty(name)) names += (names.empty() ? "" : " ") + std::string(name);
    }
    return names;
  }
  // A block without a call: time acts.
  void pass() { execute({}); }
};

BOOST_AUTO_TEST_SUITE(service_duties_tests)

BOOST_AUTO_TEST_CASE(an_application_goes_from_duty_to_duty) {
  Waiting desk;
  const Timestamp filed = desk.now();
  BOOST_REQUIRE(succeeded(desk.file(Counter::sale())));
  BOOST_TEST(desk.waited_for() == "registry");
  BOOST_TEST((desk.duty("registry")->kind == DutyKind::accept));
  BOOST_TEST((desk.duty("registry")->since_ms == filed));
  BOOST_TEST((desk.duty("registry")->due_ms == desk.application().due->due));
  desk.wait(1'000);
  BOOST_REQUIRE(succeeded(desk.accept()));
  BOOST_TEST(desk.waited_for() == "housing tax-office");
  BOOST_TEST((desk.duty("tax-office")->kind == DutyKind::review));
  BOOST_REQUIRE_EQUAL(desk.duty("tax-office")->steps.size(), 1u);
  BOOST_TEST(desk.duty("tax-office")->steps[0].view() == "tax");
  const Timestamp accepted = desk.now();
  desk.wait(1'000);
  BOOST_REQUIRE(succeeded(desk.housing()));
  BOOST_TEST(desk.waited_for() == "tax-office");
  BOOST_TEST((desk.duty("tax-office")->since_ms == accepted));  // it waits since then, whoever else was done
  BOOST_REQUIRE(succeeded(desk.tax()));
  BOOST_TEST(desk.waited_for() == "registry");
  BOOST_REQUIRE(succeeded(desk.registry()));
  BOOST_TEST(desk.waited_for() == "treasury");
  BOOST_TEST((desk.duty("treasury")->kind == DutyKind::collect));
  BOOST_REQUIRE(succeeded(desk.pay("P-1", 1'000)));
  desk.pass();
  BOOST_TEST(desk.waited_for() == "treasury");
  BOOST_REQUIRE(succeeded(desk.pay("P-2", 3'007'000)));
  desk.pass();
  BOOST_TEST(desk.waited_for() == "registry");
  BOOST_TEST((desk.duty("registry")->kind == DutyKind::registration));
  BOOST_REQUIRE(succeeded(desk.register_title()));
  BOOST_TEST(desk.waited_for().empty());
  for (const auto* name : {"housing", "registry", "tax-office", "treasury"}) BOOST_TEST(desk.open(name) == 0u);
}

// A stage is a duty of its own, also where the same department is asked again.
BOOST_AUTO_TEST_CASE(the_next_stage_is_waited_for_since_it_began) {
  Waiting desk;
  DefineArguments twice = Services::shipped()[2];  // the mortgage, reviewed by the registry alone
  twice.code = text<ServiceCode>("twice");
  Stage second = twice.definition.stages[0];
  second.steps[0].code = text<StepCode>("again");
  twice.definition.stages.push_back(second);
  Services::must(desk.define(twice));
  FileArguments filed = desk.filing("mortgage", {desk.mortgage_of("bank")}, {"seller", "bank"});
  filed.service = twice.code;
  Services::must(desk.file(filed));
  Services::must(desk.accept());
  desk.wait(5'000);
  Services::must(desk.registry());
  BOOST_TEST((desk.duty("registry")->since_ms == desk.now()));
  BOOST_TEST(desk.duty("registry")->steps[0].view() == "again");
}

BOOST_AUTO_TEST_CASE(while_the_applicants_are_asked_nobody_else_is_waited_for) {
  Waiting desk;
  BOOST_REQUIRE(succeeded(desk.file(Counter::sale())));
  BOOST_REQUIRE(succeeded(desk.run(
      "clara", "service", "notify", NotifyArguments{desk.id, {text<MaterialCode>("identity")}, {}})));
  BOOST_TEST(desk.waited_for().empty());
  SupplementArguments more;
  more.application = desk.id;
  more.materials.push_back(Counter::paper("identity"));
  BOOST_REQUIRE(succeeded(desk.run("clara", "service", "supplement", more)));
  BOOST_TEST(desk.waited_for() == "registry");
  BOOST_REQUIRE(succeeded(desk.withdraw()));
  BOOST_TEST(desk.waited_for().empty());
}

BOOST_AUTO_TEST_CASE(what_is_overdue_says_so_and_a_stopped_clock_has_no_end) {
  Waiting desk;
  BOOST_REQUIRE(succeeded(desk.file(Counter::sale())));
  BOOST_REQUIRE(succeeded(desk.accept()));
  const Timestamp due = desk.application().due->due;
  BOOST_TEST((desk.duty("housing")->due_ms == due));
  BOOST_REQUIRE(succeeded(desk.run(
      "hugo", "service", "stop_clock",
      StopClockArguments{desk.id, ClockReason::field_check, desk.today(), digest("visit")})));
  BOOST_TEST(!desk.duty("housing")->due_ms.has_value());
  BOOST_REQUIRE(succeeded(desk.run("hugo", "service", "resume_clock", ResumeClockArguments{desk.id})));
  desk.wait(due - desk.now());
  desk.pass();
  BOOST_TEST(desk.duty("housing")->overdue == 1u);
  BOOST_TEST(desk.duty("tax-office")->overdue == 1u);
}

BOOST_AUTO_TEST_CASE(duties_are_listed_page_by_page_and_counted) {
  Waiting desk;
  std::set<ApplicationId> filed;
  for (const UnitNumber& unit : {house, other_house}) {
    BOOST_REQUIRE(succeeded(desk.file(Counter::sale(unit))));
    filed.insert(desk.id);
  }
  const DepartmentId registry = Waiting::department("registry");
  BOOST_TEST(desk.open("registry") == 2u);
  const auto first = duties_of(desk.state(), registry, {}, 1);
  BOOST_REQUIRE_EQUAL(first.size(), 1u);
  const auto second = duties_of(desk.state(), registry, first[0].application, 5);
  BOOST_REQUIRE_EQUAL(second.size(), 1u);
  BOOST_TEST((std::set{first[0].application, second[0].application} == filed));
  BOOST_TEST(duties_of(desk.state(), registry, second[0].application, 5).empty());
  BOOST_TEST(duties_of(desk.state(), Waiting::department("treasury"), {}, 5).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::service
