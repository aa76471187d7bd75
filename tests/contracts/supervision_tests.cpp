// supervision: who rates what, how often, and what a bad rating leads to.
#include "contracts/supervision.h"

#include <boost/test/unit_test.hpp>

#include "tests/contracts/counter.h"

namespace kanhe::contracts::supervision {
namespace {

using service::Counter;
using service::digest;
using service::has_subject;
using service::HostCode;
using service::party;
using service::text;

constexpr std::uint64_t day_ms = 24 * 3'600'000ull;

// A sale that is registered; carol and sue may respond for the registry.
struct Matter : Counter {
  Matter() {
    enrol("carol", "registry", {Role::window_clerk});
    enrol("sue", "registry", {Role::supervisor});
    sell_until_billed();
    BOOST_REQUIRE(succeeded(pay()));
    BOOST_REQUIRE(succeeded(register_title()));
  }
  Receipt rate(std::uint8_t stars, const std::string& sender = "buyer") {
    return run(sender, "supervision", "rate", RateArguments{id, Stars(stars), text<PlainText<256>>("说得清楚")});
  }
  RespondArguments words() const { return {id, text<PlainText<256>>("已致歉"), digest("note of the call")}; }
  Receipt call_back(const std::string& sender = "sue") { return run(sender, "supervision", "call_back", words()); }
  Receipt mend(const std::string& sender = "sue") { return run(sender, "supervision", "mend", words()); }
  // Levels of the tasks that a block after so long notes as overdue.
  std::vector<std::pair<Task, std::uint8_t>> overdue_after(std::uint64_t ms) {
    wait(ms);
    std::vector<std::pair<Task, std::uint8_t>> noted;
    const Receipt receipt = execute({})[0];
    for (const Event& event : receipt.events) {
      if (event.name.view() != TaskOverdue::event_name) continue;
      const TaskOverdue one = decode<TaskOverdue>(event.data).value();
      BOOST_TEST(has_subject(event, DepartmentSubject{department("registry")}));
      noted.emplace_back(one.task, one.level);
    }
    return noted;
  }
  std::uint64_t count(std::uint8_t stars, bool again = false) {
    const StarCounts counts = star_counts_of(state(), department("registry"));
    return (again ? counts.again : counts.first)[stars - 1u].value();
  }
};

BOOST_AUTO_TEST_SUITE(supervision_tests)

BOOST_AUTO_TEST_CASE(a_closed_matter_is_rated_once_by_an_applicant) {
  Matter matter;
  BOOST_TEST(refused_for(matter.rate(5, "stranger"), Code::not_an_applicant));
  BOOST_TEST(refused_for(matter.rate(5, "clara"), HostCode::role_needed));
  const Receipt rated = matter.rate(5);
  BOOST_REQUIRE(succeeded(rated));
  BOOST_TEST(has_subject(rated.events.at(0), DepartmentSubject{Counter::department("registry")}));
  const Receipt second = matter.rate(1, "seller");
  BOOST_REQUIRE(refused_for(second, Code::rated_before));
  BOOST_TEST((findings_of(second)[0].subject == Subject(PartySubject{party("buyer")})));
  BOOST_TEST(matter.count(5) == 1u);
  BOOST_TEST(matter.count(1) == 0u);
  BOOST_TEST(refused_for(matter.call_back(), Code::no_task));
  BOOST_TEST(refused_for(matter.mend(), Code::no_task));
  BOOST_TEST(matter.overdue_after(100 * day_ms).empty());
  matter.id = ApplicationId();
  BOOST_TEST(refused_for(matter.rate(5), Code::unknown_application));
  BOOST_TEST(refused_for(matter.mend(), Code::unknown_rating));
}

BOOST_AUTO_TEST_CASE(a_matter_is_rated_when_it_is_closed_however_it_ended) {
  Matter matter;
  BOOST_REQUIRE(succeeded(matter.file(Counter::sale(service::other_house))));
  BOOST_TEST(refused_for(matter.rate(4), Code::matter_open));
  BOOST_REQUIRE(succeeded(matter.withdraw()));
  BOOST_TEST(succeeded(matter.rate(4)));
  BOOST_TEST(matter.count(4) == 1u);
}

BOOST_AUTO_TEST_CASE(a_bad_rating_is_called_back_mended_and_rated_again) {
  Matter matter;
  BOOST_REQUIRE(succeeded(matter.rate(2)));
  BOOST_TEST(refused_for(matter.rate(5), Code::not_mended));
  BOOST_TEST(refused_for(matter.mend(), Code::not_called));
  BOOST_TEST(refused_for(matter.call_back("clara"), Code::own_case));
  BOOST_TEST(refused_for(matter.call_back("rita"), Code::own_case));
  matter.run(service::registry_admin, "governance", "enrol_officer",
             governance::EnrolOfficerArguments{
                 ContractNetwork::key("reg's other key"), party("reg"), {Role::reviewer}});
  BOOST_TEST(refused_for(matter.call_back("reg's other key"), Code::own_case));
  BOOST_TEST(refused_for(matter.call_back("tess"), HostCode::role_needed));
  BOOST_REQUIRE(succeeded(matter.call_back("carol")));
  BOOST_TEST(refused_for(matter.call_back(), Code::called_before));
  BOOST_REQUIRE(succeeded(matter.mend()));
  BOOST_TEST(refused_for(matter.mend(), Code::mended_before));
  BOOST_REQUIRE(succeeded(matter.rate(5, "seller")));
  BOOST_TEST(refused_for(matter.rate(5), Code::rated_before));
  BOOST_TEST(matter.count(2) == 1u);
  BOOST_TEST(matter.count(5) == 0u);
  BOOST_TEST(matter.count(5, true) == 1u);
  BOOST_TEST(matter.overdue_after(100 * day_ms).empty());
}

BOOST_AUTO_TEST_CASE(a_response_says_what_was_done_and_keeps_its_evidence) {
  Matter matter;
  matter.rate(1);
  RespondArguments bare = matter.words();
  bare.words = {};
  bare.evidence = Hash256();
  BOOST_TEST(refused_for(matter.run("sue", "supervision", "call_back", bare), Code::words_missing,
                         Code::evidence_missing));
}

BOOST_AUTO_TEST_CASE(what_is_late_is_noted_once_and_once_more) {
  using Noted = std::vector<std::pair<Task, std::uint8_t>>;
  Matter matter;
  matter.rate(1);
  const std::uint64_t rated = matter.now().value();
  const std::uint64_t mending =
      end_of_working_days(matter.state(), Timestamp(rated), mend_days).value();
  const auto until = [&](std::uint16_t days) {
    return end_of_working_days(matter.state(), matter.now(), days) - matter.now();
  };
  const std::uint64_t first = until(call_days);
  BOOST_TEST(matter.overdue_after(first - 1).empty());
  BOOST_TEST((matter.overdue_after(1) == Noted{{Task::call, 1}}));
  BOOST_TEST((matter.overdue_after(until(call_days)) == Noted{{Task::call, 2}}));
  // Nobody called; that it is not mended is noted all the same.
  BOOST_TEST(matter.overdue_after(mending - 1 - matter.now().value()).empty());
  BOOST_TEST((matter.overdue_after(1) == Noted{{Task::mend, 1}}));
  BOOST_TEST((matter.overdue_after(until(mend_days)) == Noted{{Task::mend, 2}}));
  BOOST_TEST(matter.overdue_after(100 * day_ms).empty());
  BOOST_REQUIRE(succeeded(matter.call_back()));
  BOOST_REQUIRE(succeeded(matter.mend()));
  BOOST_TEST(matter.overdue_after(100 * day_ms).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::supervision
