// motion: who decides, when something is decided, and when it takes effect.
#include "contracts/rules.h"
#include "tests/contracts/assembly.h"

namespace kanhe::contracts::motion {
namespace {

membership::ChangeParameters set_window(std::uint64_t value) {
  return {{{PlainText<40>::from("window").value(), value}}};
}

BOOST_AUTO_TEST_SUITE(motion_tests)

BOOST_AUTO_TEST_CASE(more_than_two_thirds_of_the_validators_departments_carry_a_motion) {
  Assembly assembly;
  const MotionNumber number = assembly.put_good(membership::ChangeSettings{true, {}, {}});
  BOOST_TEST((number == MotionNumber(1)));
  BOOST_TEST(succeeded(assembly.cast("b", number)));
  BOOST_TEST(succeeded(assembly.cast("c", number)));
  BOOST_TEST((assembly.state_of(number) == State::open));
  BOOST_TEST(!governance::settings(assembly.state()).open_reads);
  const Receipt last = assembly.cast("d", number);
  BOOST_REQUIRE(succeeded(last));
  BOOST_TEST((assembly.state_of(number) == State::done));
  BOOST_TEST(governance::settings(assembly.state()).open_reads);
  BOOST_TEST(last.events.at(1).name.str() == "governance.settings_changed");
  BOOST_TEST(last.events.at(2).name.str() == "motion.state_changed");
}

BOOST_AUTO_TEST_CASE(a_call_is_approved_once_and_for_a_department_that_there_is) {
  Assembly assembly;
  const auto approval = [](std::string_view department) {
    return membership::ApproveCall{ContractNetwork::department(department), sha256(as_bytes("a call"))};
  };
  const auto is_approved = [&](std::string_view department) {
    const membership::ApproveCall one = approval(department);
    return governance::approved_calls.contains(assembly.state(), {one.department, one.call});
  };
  BOOST_TEST(refused_for(assembly.put("a", approval("nowhere")), HostCode::unknown_department));
  const MotionNumber number = assembly.put_good(approval("e"));
  for (const std::string_view voter : {"a", "b"}) BOOST_TEST(succeeded(assembly.cast(voter, number)));
  BOOST_TEST(!is_approved("e"));
  const Receipt last = assembly.cast("c", number);
  BOOST_REQUIRE(succeeded(last));
  BOOST_TEST(last.events.at(1).name.str() == "governance.call_approved");
  BOOST_TEST(is_approved("e"));
  BOOST_TEST(!is_approved("a"));
  BOOST_TEST(refused_for(assembly.put("a", approval("e")), MemberCode::nothing_changes));
  BOOST_TEST(succeeded(assembly.put("a", approval("b"))));
}

BOOST_AUTO_TEST_CASE(only_rules_that_nobody_saw_in_the_law_are_switched_off) {
  Assembly assembly;
  BOOST_TEST(refused_for(assembly.put("a", membership::SetRules{}), MemberCode::nothing_changes));
  const Receipt wrong = assembly.put("a", membership::SetRules{{7, 17}});
  BOOST_REQUIRE(refused_for(wrong, MemberCode::rule_confirmed));
  BOOST_TEST(findings_of(wrong)[0].value == 7u);
  for (std::uint8_t number = 0; number <= 41; ++number) {
    const Rule* const rule = find_rule(number);
    const bool listed = std::ranges::find(governance::unconfirmed_rules, number) != governance::unconfirmed_rules.end();
    BOOST_TEST(listed == (rule != nullptr && rule->unconfirmed), static_cast<unsigned>(number));
  }
  const MotionNumber number = assembly.put_good(membership::SetRules{{17, 35}});
  for (const auto* voter : {"a", "b"}) BOOST_TEST(succeeded(assembly.cast(voter, number)));
  BOOST_TEST((governance::settings(assembly.state()).rules_version == RulesVersion(1)));
  const Receipt last = assembly.cast("c", number);
  BOOST_REQUIRE(succeeded(last));
  BOOST_TEST(last.events.at(1).name.str() == "governance.rules_changed");
  BOOST_TEST((governance::settings(assembly.state()).rules_version == RulesVersion(2)));
  BOOST_TEST((governance::rules_off(assembly.state(), RulesVersion(2)) == governance::RulesOff{17, 35}));
  BOOST_TEST(refused_for(assembly.put("a", membership::SetRules{{17, 35}}), MemberCode::nothing_changes));
  BOOST_TEST(succeeded(assembly.put("a", membership::SetRules{{17}})));
}

BOOST_AUTO_TEST_CASE(a_motion_that_cannot_be_carried_any_more_is_rejected) {
  Assembly assembly;
  const MotionNumber number = assembly.put_good(membership::ChangeSettings{true, {}, {}});
  BOOST_TEST(succeeded(assembly.cast("a", number, Choice::against)));
  BOOST_TEST((assembly.state_of(number) == State::open));
  BOOST_TEST(succeeded(assembly.cast("b", number, Choice::against)));
  BOOST_TEST((assembly.state_of(number) == State::rejected));
  const Receipt late = assembly.cast("c", number);
  BOOST_REQUIRE(refused_for(late, Code::motion_closed));
  BOOST_TEST(findings_of(late)[0].value == static_cast<std::uint64_t>(State::rejected));
}

BOOST_AUTO_TEST_CASE(a_ballot_may_be_changed_but_counts_once) {
  Assembly assembly;
  const MotionNumber number = assembly.put_good(membership::ChangeSettings{true, {}, {}});
  BOOST_TEST(succeeded(assembly.cast("a", number, Choice::against)));
  BOOST_TEST(refused_for(assembly.cast("a", number, Choice::against), Code::ballot_repeated));
  BOOST_TEST(succeeded(assembly.cast("a", number)));
  BOOST_TEST(refused_for(assembly.cast("a", number), Code::ballot_repeated));
  BOOST_TEST(assembly.motion(number).ballots.size() == 1u);
  BOOST_TEST(succeeded(assembly.cast("b", number)));
  BOOST_TEST((assembly.state_of(number) == State::open));
}

BOOST_AUTO_TEST_CASE(the_days_of_a_year_are_set_by_a_motion_and_replaced_by_the_next) {
  const auto date = [](std::string_view text) { return CivilDate::from(text).value(); };
  Assembly assembly;
  membership::SetCalendar action;
  action.year = Year(2026);
  action.off = {date("2026-01-01"), date("2026-02-16")};
  action.worked = {date("2026-02-14")};
  const auto carry = [&](const membership::SetCalendar& calendar) {
    const MotionNumber number = assembly.put_good(calendar);
    for (const auto* voter : {"a", "b", "c"}) assembly.cast(voter, number);
    BOOST_TEST((assembly.state_of(number) == State::done));
  };
  carry(action);
  BOOST_TEST(!is_working_day(assembly.state(), day_of(date("2026-01-01"))));
  BOOST_TEST(is_working_day(assembly.state(), day_of(date("2026-02-14"))));
  BOOST_TEST(refused_for(assembly.put("a", action), membership::Code::nothing_changes));
  action.off.erase(action.off.begin());
  carry(action);
  BOOST_TEST(is_working_day(assembly.state(), day_of(date("2026-01-01"))));

  action.off = {date("2026-02-14")};
  BOOST_TEST(refused_for(assembly.put("a", action), membership::Code::not_a_weekday));
  action.off = {date("2025-02-17")};
  BOOST_TEST(refused_for(assembly.put("a", action), membership::Code::date_of_other_year));
  action.off = {};
  action.worked = {date("2026-02-16")};
  BOOST_TEST(refused_for(assembly.put("a", action), membership::Code::not_a_weekend));
}

BOOST_AUTO_TEST_CASE(who_runs_no_validator_neither_puts_nor_decides) {
  Assembly assembly;
  BOOST_TEST(refused_for(assembly.put("e", membership::ChangeSettings{true, {}, {}}), Code::not_a_member));
  const MotionNumber number = assembly.put_good(membership::ChangeSettings{true, {}, {}});
  BOOST_TEST(refused_for(assembly.cast("e", number), Code::not_a_member));
  BOOST_REQUIRE(succeeded(assembly.enrol("ann", "a", {Role::registrar})));
  BOOST_TEST(refused_for(assembly.run("ann", "motion", "cast", CastArguments{number, Choice::in_favour}),
                         HostCode::role_needed));
  BOOST_TEST(refused_for(assembly.cast("a", MotionNumber(7)), Code::unknown_motion));
}

BOOST_AUTO_TEST_CASE(a_motion_lapses_at_its_time_and_is_withdrawn_only_by_who_put_it) {
  Assembly assembly;
  const MotionNumber number = assembly.put_good(membership::ChangeSettings{true, {}, {}});
  const MotionNumber other = assembly.put_good(membership::ChangeSettings{true, {}, {}});
  BOOST_TEST(refused_for(assembly.withdraw("b", other), Code::not_proposer));
  BOOST_TEST(succeeded(assembly.withdraw("a", other)));
  assembly.wait(599'999);
  assembly.execute({});
  BOOST_TEST((assembly.state_of(number) == State::open));
  assembly.wait(1);
  assembly.execute({});
  BOOST_TEST((assembly.state_of(number) == State::lapsed));
  BOOST_TEST((assembly.state_of(other) == State::withdrawn));
}

BOOST_AUTO_TEST_CASE(a_motion_is_open_for_a_minute_at_least_and_for_ninety_days_at_most) {
  Assembly assembly;
  const auto put_until = [&](std::uint64_t ms) {
    PutArguments arguments = assembly.motion_of(membership::ChangeSettings{true, {}, {}});
    arguments.closes_ms = assembly.now() + ms;
    return assembly.run(Assembly::administrator("a"), "motion", "put", arguments);
  };
  const Receipt early = put_until(open_min_ms - 1);
  BOOST_REQUIRE(refused_for(early, Code::closing_time));
  BOOST_TEST(findings_of(early)[0].limit == assembly.now().value() + open_min_ms);
  BOOST_TEST(refused_for(put_until(open_max_ms + 1), Code::closing_time));
  BOOST_TEST(succeeded(put_until(open_min_ms)));
  BOOST_TEST(succeeded(put_until(open_max_ms)));
}

// E = h + W, decided at the end of block h: nothing that is under way by then lies above it.
BOOST_AUTO_TEST_CASE(the_epoch_ends_a_window_after_the_block_that_decides_it) {
  Assembly assembly;
  const EpochConfig before = assembly.epoch();
  const MotionNumber number = assembly.carry(set_window(5));
  const Height decided = assembly.height();
  BOOST_TEST((epoch_end(assembly.state()) == decided + window));
  BOOST_TEST((assembly.state_of(number) == State::waiting));
  const auto& receipts = assembly.receipts().back();
  BOOST_TEST(receipts.at(0).events.back().name.str() == "motion.epoch_ending");
  for (std::uint16_t i = 1; i < window; ++i) {
    BOOST_TEST(!assembly.beat().next_epoch);
    BOOST_TEST((assembly.epoch() == before));
  }
  const BlockOutput last = execute_block(assembly.state(), assembly.block_of({}));
  BOOST_REQUIRE(last.next_epoch.has_value());
  BOOST_TEST((last.next_epoch->epoch == Epoch(1)));
  BOOST_TEST(last.next_epoch->parameters.window.value() == 5u);
  BOOST_TEST((assembly.epoch() == *last.next_epoch));
  BOOST_TEST(!epoch_end(assembly.state()));
  BOOST_TEST((assembly.state_of(number) == State::done));
  BOOST_TEST((last.next_epoch->validators == before.validators));
}

BOOST_AUTO_TEST_CASE(a_second_change_waits_for_the_next_epoch_and_is_judged_anew) {
  Assembly assembly;
  const MotionNumber first = assembly.put_good(set_window(5));
  const MotionNumber same = assembly.put_good(set_window(5));
  const MotionNumber third = assembly.put_good(set_window(7));
  std::vector<TransactionBody> ballots;
  for (const MotionNumber number : {first, same, third}) {
    for (const std::string_view department : {"a", "b", "c"}) {
      ballots.push_back(assembly.call(Assembly::administrator(department), "motion", "cast",
                                      CastArguments{number, Choice::in_favour}));
    }
  }
  assembly.execute(ballots);
  BOOST_TEST((epoch_end(assembly.state()) == assembly.height() + window));
  assembly.pass(window);
  BOOST_TEST((assembly.state_of(first) == State::done));
  BOOST_TEST((assembly.epoch().epoch == Epoch(1)));
  BOOST_TEST((assembly.state_of(same) == State::waiting));
  assembly.pass(1);
  BOOST_TEST((assembly.state_of(same) == State::failed));
  BOOST_TEST(assembly.motion(same).failed_for == static_cast<std::uint16_t>(MemberCode::nothing_changes));
  BOOST_TEST((epoch_end(assembly.state()) == assembly.height() + 5u));
  assembly.pass(5);
  BOOST_TEST((assembly.state_of(third) == State::done));
  BOOST_TEST(assembly.epoch().parameters.window.value() == 7u);
  BOOST_TEST((assembly.epoch().epoch == Epoch(2)));
}

BOOST_AUTO_TEST_CASE(an_observer_becomes_a_validator_only_after_its_node_has_confirmed) {
  Assembly assembly;
  assembly.let_e_observe();
  const MotionNumber number = assembly.put_good(membership::AddValidator{Assembly::department("e")});
  const Height put_at = assembly.height();
  for (const std::string_view department : {"a", "b", "c", "d"}) {
    BOOST_TEST(succeeded(assembly.cast(department, number)));
  }
  BOOST_TEST((assembly.state_of(number) == State::open));
  BOOST_TEST(refused_for(assembly.confirm("node of e", number, put_at - 1), Code::height_too_low));
  BOOST_TEST(refused_for(assembly.confirm("a", number, put_at), Code::not_own_motion));
  BOOST_TEST(refused_for(assembly.confirm(Assembly::administrator("e"), number, put_at), HostCode::role_needed));
  BOOST_TEST(succeeded(assembly.confirm("node of e", number, put_at)));
  BOOST_TEST((assembly.state_of(number) == State::waiting));
  BOOST_TEST(has_code(assembly.confirm("node of e", number, put_at), Code::motion_closed));
  assembly.settle();
  BOOST_TEST(assembly.is_validator("e"));
  BOOST_TEST(!assembly.is_observer("e"));
  BOOST_TEST(assembly.epoch().n() == 5u);
}

// A node vouches for the key that it has, not for one that it gets later.
BOOST_AUTO_TEST_CASE(a_confirmation_is_void_when_the_nodes_key_is_replaced_before_it_counts) {
  const Action admit = membership::AddValidator{Assembly::department("e")};
  const Action replace = membership::ReplaceConsensusKey{Assembly::department("e"), Assembly::key("other node of e")};
  for (const bool carried : {false, true}) {
    Assembly assembly;
    assembly.let_e_observe();
    // Both are decided in one epoch, the key first.
    const MotionNumber replacement = assembly.put_good(replace);
    const MotionNumber admission = assembly.put_good(admit);
    BOOST_TEST(succeeded(assembly.confirm("node of e", admission, assembly.height())));
    for (const std::string_view name : {"a", "b", "c"}) BOOST_TEST(succeeded(assembly.cast(name, replacement)));
    if (carried) {
      for (const std::string_view name : {"a", "b", "c"}) BOOST_TEST(succeeded(assembly.cast(name, admission)));
    }
    assembly.settle();
    BOOST_TEST((assembly.state_of(replacement) == State::done));
    BOOST_TEST(!assembly.is_validator("e"));
    BOOST_TEST((assembly.state_of(admission) == (carried ? State::failed : State::open)));
    if (carried) {
      BOOST_TEST(assembly.motion(admission).failed_for == static_cast<std::uint16_t>(Code::confirmation_void));
      continue;
    }
    for (const std::string_view name : {"a", "b", "c"}) BOOST_TEST(succeeded(assembly.cast(name, admission)));
    BOOST_TEST((assembly.state_of(admission) == State::open));
    BOOST_TEST(succeeded(assembly.confirm("other node of e", admission, assembly.height())));
    assembly.settle();
    BOOST_TEST(assembly.is_validator("e"));
  }
}

BOOST_AUTO_TEST_CASE(one_motion_at_a_time_is_open_about_an_observer) {
  Assembly assembly;
  assembly.let_e_observe();
  const Action action = membership::AddValidator{Assembly::department("e")};
  const MotionNumber number = assembly.put_good(action);
  const Receipt second = assembly.put("b", action);
  BOOST_REQUIRE(refused_for(second, Code::admission_open));
  BOOST_TEST(findings_of(second)[0].value == number.value());
  BOOST_TEST(succeeded(assembly.withdraw("a", number)));
  BOOST_TEST(succeeded(assembly.put("b", action)));
  const MotionNumber other = assembly.put_good(membership::ChangeSettings{true, {}, {}});
  BOOST_TEST(refused_for(assembly.confirm("node of e", other, assembly.height()), Code::confirmation_unwanted));
}

// M-03: who left has no voice, also with a ballot cast before.
BOOST_AUTO_TEST_CASE(the_ballot_of_a_department_that_left_counts_no_more) {
  Assembly assembly;
  assembly.let_e_observe();
  const MotionNumber admission = assembly.put_good(membership::AddValidator{Assembly::department("e")});
  BOOST_TEST(succeeded(assembly.confirm("node of e", admission, assembly.height())));
  for (const std::string_view department : {"a", "b", "c"}) assembly.cast(department, admission);
  assembly.settle();
  BOOST_REQUIRE(assembly.is_validator("e"));
  const MotionNumber open = assembly.put_good(membership::ChangeSettings{true, {}, {}});
  BOOST_TEST(succeeded(assembly.cast("e", open)));
  BOOST_TEST(succeeded(assembly.cast("d", open)));
  const MotionNumber removal = assembly.put_good(membership::RemoveMember{Assembly::department("e")});
  for (const std::string_view name : {"a", "b", "c", "d"}) BOOST_TEST(succeeded(assembly.cast(name, removal)));
  assembly.settle();
  BOOST_REQUIRE(!assembly.is_validator("e"));
  BOOST_TEST(refused_for(assembly.cast("e", open, Choice::against), Code::not_a_member));
  BOOST_TEST(succeeded(assembly.cast("c", open)));
  BOOST_TEST((assembly.state_of(open) == State::open));
  BOOST_TEST(succeeded(assembly.cast("b", open)));
  BOOST_TEST((assembly.state_of(open) == State::done));
}

BOOST_AUTO_TEST_CASE(a_motion_has_a_history_of_its_own) {
  Assembly assembly;
  const MotionNumber number = assembly.carry(set_window(5));
  assembly.settle();
  std::vector<std::string> names;
  for (const auto& receipts : assembly.receipts()) {
    for (const Receipt& receipt : receipts) {
      for (const Event& event : receipt.events) {
        if (std::ranges::find(event.subjects, Subject(MotionSubject{number})) == event.subjects.end()) continue;
        names.push_back(event.name.str());
      }
    }
  }
  // What a block does at its end stands in its system receipt, which is its first.
  const std::vector<std::string> expected{"motion.put",          "motion.ballot_cast", "motion.ballot_cast",
                                          "motion.epoch_ending", "motion.ballot_cast", "motion.state_changed",
                                          "motion.state_changed", "motion.epoch_ended"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::motion
