// membership: every action, what stands against it, and that nothing comes of it that could not run.
#include "tests/contracts/assembly.h"

namespace kanhe::contracts::membership {
namespace {

using motion::Assembly;
using motion::State;

DepartmentId department(std::string_view name) { return Assembly::department(name); }
PublicKey key(std::string_view name) { return Assembly::key(name); }
TransportKey transport(std::string_view name) { return TransportKey(sha256(as_bytes(name))); }
ParameterChange parameter(std::string_view name, std::uint64_t value) {
  return {PlainText<40>::from(name).value(), value};
}

BOOST_AUTO_TEST_SUITE(membership_tests)

BOOST_AUTO_TEST_CASE(an_observer_comes_with_keys_of_its_own) {
  Assembly assembly;
  const auto put = [&](std::string_view name, const PublicKey& consensus, const TransportKey& tls) {
    return assembly.put("a", AddObserver{department(name), consensus, tls});
  };
  PublicKey nonsense;
  nonsense.array().fill(7);
  BOOST_TEST(refused_for(put("x", key("n"), transport("n")), contracts::Code::unknown_department));
  BOOST_TEST(refused_for(put("b", key("n"), transport("n")), Code::member_already));
  BOOST_TEST(refused_for(put("e", key("b"), transport("n")), Code::key_taken));
  BOOST_TEST(refused_for(put("e", key("n"), transport("b")), Code::key_taken));
  BOOST_TEST(refused_for(put("e", key(Assembly::administrator("e")), transport("n")), Code::key_taken));
  BOOST_TEST(refused_for(put("e", nonsense, transport("n")), Code::key_malformed));
  BOOST_TEST(succeeded(put("e", key("n"), transport("n"))));
}

BOOST_AUTO_TEST_CASE(a_members_key_is_registered_for_nobody_else_afterwards) {
  Assembly assembly;
  assembly.let_e_observe();
  const Receipt enrolled = assembly.run(
      Assembly::administrator("a"), "governance", "enrol_officer",
      governance::EnrolOfficerArguments{key("node of e"), Assembly::person("n"), {Role::registrar}});
  BOOST_TEST(refused_for(enrolled, governance::Code::key_in_use));
  const Receipt node_role = assembly.enrol("n", "a", {Role::node});
  BOOST_TEST(refused_for(node_role, governance::Code::role_not_grantable));
}

// M-04
BOOST_AUTO_TEST_CASE(four_validators_stay_four) {
  Assembly assembly;
  for (const Action& action : {Action(RemoveMember{department("a")}), Action(MakeObserver{department("b")})}) {
    const Receipt receipt = assembly.put("a", action);
    BOOST_REQUIRE(refused_for(receipt, Code::too_few_validators));
    BOOST_TEST(findings_of(receipt)[0].limit == 4u);
    BOOST_TEST(findings_of(receipt)[0].value == 3u);
  }
  BOOST_TEST(refused_for(assembly.put("a", RemoveMember{department("e")}), Code::unknown_member));
}

BOOST_AUTO_TEST_CASE(a_validator_becomes_an_observer_and_leaves) {
  Assembly assembly;
  assembly.let_e_observe();
  BOOST_TEST(refused_for(assembly.put("a", MakeObserver{department("e")}), Code::not_a_validator));
  BOOST_TEST(refused_for(assembly.put("a", AddValidator{department("a")}), Code::not_an_observer));
  const MotionNumber admission = assembly.put_good(AddValidator{department("e")});
  assembly.confirm("node of e", admission, assembly.height());
  for (const std::string_view name : {"a", "b", "c"}) assembly.cast(name, admission);
  assembly.settle();
  BOOST_REQUIRE(assembly.is_validator("e"));
  const MotionNumber step_down = assembly.carry(MakeObserver{department("a")});
  assembly.cast("d", step_down);
  assembly.settle();
  BOOST_TEST(!assembly.is_validator("a"));
  BOOST_TEST(assembly.is_observer("a"));
  const MotionNumber removal = assembly.put_good(RemoveMember{department("a")}, "b");
  for (const std::string_view name : {"b", "c", "d"}) BOOST_TEST(succeeded(assembly.cast(name, removal)));
  assembly.settle();
  BOOST_TEST(!assembly.is_observer("a"));
  BOOST_TEST(assembly.epoch().n() == 4u);
}

BOOST_AUTO_TEST_CASE(keys_are_replaced_at_once_for_all) {
  Assembly assembly;
  BOOST_TEST(refused_for(assembly.put("a", ReplaceConsensusKey{department("a"), key("b")}), Code::key_taken));
  BOOST_TEST(refused_for(assembly.put("a", ReplaceConsensusKey{department("e"), key("n")}), Code::unknown_member));
  assembly.carry(ReplaceConsensusKey{department("a"), key("new key of a")});
  assembly.settle();
  BOOST_TEST((assembly.epoch().validators[0].consensus_key == key("new key of a")));

  const Timestamp until = assembly.now() + std::uint64_t{3'600'000};
  const Timestamp too_long = assembly.now() + (transport_overlap_max_ms + 1);
  const Receipt refused = assembly.put("a", ReplaceTransportKey{department("a"), transport("n"), too_long});
  BOOST_REQUIRE(refused_for(refused, Code::overlap_too_long));
  assembly.carry(ReplaceTransportKey{department("a"), transport("n"), until});
  assembly.settle();
  const Validator changed = assembly.epoch().validators[0];
  BOOST_TEST((changed.transport_key == transport("n")));
  BOOST_TEST((changed.previous_transport_key == PreviousTransportKey{transport("a"), until}));
  // The previous key still opens a connection: it is nobody else's.
  BOOST_TEST(refused_for(assembly.put("a", AddObserver{department("e"), key("m"), transport("a")}), Code::key_taken));
}

BOOST_AUTO_TEST_CASE(a_validator_is_readmitted_by_a_new_epoch_alone) {
  Assembly assembly;
  EpochConfig expected = assembly.epoch();
  ++expected.epoch;
  BOOST_TEST(refused_for(assembly.put("a", ReadmitValidator{department("e")}), Code::unknown_member));
  assembly.carry(ReadmitValidator{department("d")});
  assembly.settle();
  BOOST_TEST((assembly.epoch() == expected));
}

BOOST_AUTO_TEST_CASE(parameters_change_by_name_within_their_ranges) {
  Assembly assembly;
  const auto put = [&](SortedList<ParameterChange, parameter_changes_max> changes) {
    return assembly.put("a", ChangeParameters{std::move(changes)});
  };
  BOOST_TEST(refused_for(put({}), Code::nothing_changes));
  const Receipt unknown = put({parameter("wind", 4)});
  BOOST_REQUIRE(has_code(unknown, Code::unknown_parameter));
  BOOST_TEST(findings_of(unknown)[0].value == 1u);
  const Receipt high = put({parameter("window", 65)});
  BOOST_REQUIRE(has_code(high, Code::parameter_out_of_range));
  BOOST_TEST(findings_of(high)[0].limit == 64u);
  BOOST_TEST(findings_of(high)[0].value == 65u);
  BOOST_TEST(has_code(put({parameter("window", 0)}), Code::parameter_out_of_range));
  BOOST_TEST(refused_for(put({parameter("timeout_ms", 40'000)}), Code::parameters_misfit));
  assembly.carry(ChangeParameters{{parameter("timeout_max_ms", 50'000), parameter("timeout_ms", 40'000)}});
  assembly.settle();
  BOOST_TEST(assembly.epoch().parameters.timeout_ms.value() == 40'000u);
  BOOST_TEST(assembly.epoch().parameters.timeout_max_ms.value() == 50'000u);
}

// Every parameter that there is can be set to both ends of its range, or contradicts another one.
BOOST_AUTO_TEST_CASE(every_parameter_is_known_by_name) {
  Assembly assembly;
  boost::mp11::mp_for_each<MembersOf<Parameters>>([&](auto described) {
    using Parameter = std::remove_cvref_t<decltype(std::declval<Parameters>().*described.pointer)>;
    for (const std::uint64_t value : {std::uint64_t{Parameter::min}, std::uint64_t{Parameter::max}}) {
      const Receipt receipt = assembly.put("a", ChangeParameters{{parameter(described.name, value)}});
      BOOST_TEST(!has_code(receipt, Code::unknown_parameter), described.name);
      BOOST_TEST(!has_code(receipt, Code::parameter_out_of_range), described.name);
    }
  });
}

BOOST_AUTO_TEST_CASE(a_department_joins_and_enrols_officers) {
  Assembly assembly;
  GenesisDepartment added;
  added.id = department("f");
  added.name_zh = PlainText<96>::from("法院").value();
  added.name_en = PlainText<96>::from("court").value();
  added.uscc = Uscc::from(Assembly::registry_code).value();
  added.administrator = key(Assembly::administrator("f"));
  added.administrator_person = Assembly::person("head of f");
  const MotionNumber number = assembly.carry(AddDepartment{added});
  BOOST_TEST((assembly.state_of(number) == State::done));
  BOOST_TEST(succeeded(assembly.enrol("fay", "f", {Role::registrar})));
  BOOST_TEST(has_code(assembly.put("a", AddDepartment{added}), Code::department_known));
  BOOST_TEST(has_code(assembly.put("a", AddDepartment{added}), Code::credit_code_taken));
  BOOST_TEST(has_code(assembly.put("a", AddDepartment{added}), Code::key_taken));
}

// Two motions for the same department: what the first one did stands against the second.
BOOST_AUTO_TEST_CASE(what_is_done_at_once_is_judged_when_it_is_carried) {
  Assembly assembly;
  GenesisDepartment added;
  added.id = department("f");
  added.administrator = key("one");
  added.administrator_person = Assembly::person("one");
  const MotionNumber first = assembly.put_good(AddDepartment{added});
  const MotionNumber second = assembly.put_good(AddDepartment{added});
  for (const MotionNumber number : {first, second}) {
    for (const std::string_view name : {"a", "b", "c"}) BOOST_TEST(succeeded(assembly.cast(name, number)));
  }
  BOOST_TEST((assembly.state_of(first) == State::done));
  BOOST_TEST((assembly.state_of(second) == State::failed));
  BOOST_TEST(assembly.motion(second).failed_for == static_cast<std::uint16_t>(Code::department_known));
}

BOOST_AUTO_TEST_CASE(a_lost_administrator_is_replaced_and_its_key_dismissed) {
  Assembly assembly;
  BOOST_REQUIRE(succeeded(assembly.enrol("eve", "e", {Role::registrar})));
  const Action action = ReplaceAdministrator{department("e"), key("new head"), Assembly::person("eve")};
  assembly.carry(action);
  BOOST_TEST(refused_for(assembly.enrol("x", "e", {Role::registrar}), contracts::Code::dismissed_sender));
  const auto enrol = [&](std::string_view name, Roles roles) {
    return assembly.run("new head", "governance", "enrol_officer",
                        governance::EnrolOfficerArguments{key(name), Assembly::person(name), std::move(roles)});
  };
  BOOST_TEST(succeeded(enrol("y", {Role::registrar})));
  // The person administers the department now: the roles of reviewing that it was enrolled for are held no more.
  const auto sender = governance::resolve_sender(assembly.state(), key("eve"));
  BOOST_TEST(!sender.roles.intersects(reviewing_roles));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::membership
