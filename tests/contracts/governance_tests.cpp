// governance: who may enrol whom, and every refusal.
#include "contracts/governance.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/contract_network.h"

namespace kanhe::contracts::governance {
namespace {

using HostCode = contracts::Code;

const std::string registry_admin = ContractNetwork::administrator("registry");
const std::string tax_admin = ContractNetwork::administrator("tax-office");

PublicKey key(std::string_view name) { return ContractNetwork::key(name); }
PartyId person(std::string_view name) { return ContractNetwork::person(name); }

Receipt enrol(ContractNetwork& network, const std::string& sender, EnrolOfficerArguments arguments) {
  return network.run(sender, "governance", "enrol_officer", arguments);
}
Receipt change(ContractNetwork& network, const std::string& sender, std::string_view officer, Roles roles) {
  return network.run(sender, "governance", "change_roles", ChangeRolesArguments{key(officer), std::move(roles)});
}
Receipt dismiss(ContractNetwork& network, const std::string& sender, std::string_view officer) {
  return network.run(sender, "governance", "dismiss_officer", DismissOfficerArguments{key(officer)});
}
Receipt register_party(ContractNetwork& network, const std::string& sender, std::string_view name) {
  return network.run(sender, "governance", "register_party_key", RegisterPartyKeyArguments{key(name), person(name)});
}
Receipt release(ContractNetwork& network, const std::string& sender, std::string_view name) {
  return network.run(sender, "governance", "release_party_key", ReleasePartyKeyArguments{key(name)});
}

BOOST_AUTO_TEST_SUITE(governance_tests)

BOOST_AUTO_TEST_CASE(an_enrolled_officer_is_resolved_with_department_roles_and_person) {
  ContractNetwork network;
  BOOST_TEST(succeeded(network.enrol("ann", "registry", {Role::reviewer, Role::registrar})));
  const Sender sender = resolve_sender(network.state(), key("ann"));
  BOOST_TEST((sender.kind == SenderKind::officer));
  BOOST_TEST(sender.department.str() == "registry");
  BOOST_TEST((sender.roles == RoleSet{Role::reviewer, Role::registrar}));
  BOOST_TEST((sender.person == person("ann")));
  BOOST_TEST((officers.get(network.state(), key("ann"))->enrolled_ms == network.now()));
}

BOOST_AUTO_TEST_CASE(every_single_role_is_granted_or_refused_as_it_should_be) {
  for (std::uint8_t number = 1; number <= roles_max; ++number) {
    ContractNetwork network;
    const auto role = static_cast<Role>(number);
    const Receipt receipt = network.enrol("ann", "registry", {role});
    if (role == Role::administrator || role == Role::applicant || role == Role::node) {
      BOOST_TEST(refused_for(receipt, Code::role_not_grantable));
      BOOST_TEST(findings_of(receipt)[0].value == number);
    } else {
      BOOST_TEST(succeeded(receipt), enum_name(role));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_machine_holds_no_other_role) {
  ContractNetwork network;
  BOOST_TEST(refused_for(network.enrol("counter", "registry", {Role::window_clerk, Role::machine}),
                         Code::machine_has_roles));
  BOOST_TEST(succeeded(network.enrol("counter", "registry", {Role::machine})));
  BOOST_TEST((resolve_sender(network.state(), key("counter")).kind == SenderKind::machine));
}

BOOST_AUTO_TEST_CASE(an_administrator_does_not_review_under_another_key) {
  ContractNetwork network;
  for (const Role role : {Role::reviewer, Role::registrar, Role::issuer}) {
    BOOST_TEST(refused_for(enrol(network, registry_admin, {key("second key"), person(registry_admin), {role}}),
                           Code::administrator_reviews), enum_name(role));
  }
  // A counter is no review; but the role cannot be slipped in afterwards either.
  const EnrolOfficerArguments at_the_counter{key("second key"), person(registry_admin), {Role::window_clerk}};
  BOOST_TEST(succeeded(enrol(network, registry_admin, at_the_counter)));
  BOOST_TEST(refused_for(change(network, registry_admin, "second key", {Role::reviewer}), Code::administrator_reviews));
  // In another department the person administers nothing.
  BOOST_TEST(succeeded(enrol(network, tax_admin, {key("third key"), person(registry_admin), {Role::reviewer}})));
}

BOOST_AUTO_TEST_CASE(a_key_is_registered_once_and_never_again) {
  ContractNetwork network;
  network.enrol("ann", "registry", {Role::window_clerk});
  BOOST_TEST(refused_for(network.enrol("ann", "registry", {Role::reviewer}), Code::key_in_use));
  BOOST_TEST(refused_for(network.enrol("ann", "tax-office", {Role::reviewer}), Code::key_in_use));
  BOOST_TEST(refused_for(enrol(network, registry_admin, {key(tax_admin), person("x"), {Role::reviewer}}),
                         Code::key_in_use));
  BOOST_TEST(succeeded(register_party(network, "ann", "buyer")));
  BOOST_TEST(refused_for(network.enrol("buyer", "registry", {Role::reviewer}), Code::key_in_use));
  BOOST_TEST(refused_for(register_party(network, "ann", "buyer"), Code::key_in_use));
  dismiss(network, registry_admin, "ann");
  BOOST_TEST(refused_for(network.enrol("ann", "registry", {Role::reviewer}), Code::key_in_use));
}

BOOST_AUTO_TEST_CASE(keys_persons_and_roles_must_be_there) {
  ContractNetwork network;
  BOOST_TEST(refused_for(enrol(network, registry_admin, {PublicKey(), PartyId(), {}}), Code::key_malformed,
                         Code::person_missing, Code::roles_missing));
}

BOOST_AUTO_TEST_CASE(nobody_administers_another_department) {
  ContractNetwork network;
  network.enrol("ann", "registry", {Role::reviewer});
  BOOST_TEST(refused_for(dismiss(network, tax_admin, "ann"), HostCode::wrong_department));
  BOOST_TEST(refused_for(change(network, tax_admin, "ann", {Role::issuer}), HostCode::wrong_department));
  BOOST_TEST(refused_for(dismiss(network, "ann", "ann"), HostCode::role_needed));
}

BOOST_AUTO_TEST_CASE(roles_change_and_a_change_to_the_same_is_refused) {
  ContractNetwork network;
  network.enrol("ann", "registry", {Role::reviewer});
  BOOST_TEST(refused_for(change(network, registry_admin, "ann", {Role::reviewer}), Code::roles_unchanged));
  BOOST_TEST(refused_for(change(network, registry_admin, "ann", {}), Code::roles_missing));
  BOOST_TEST(refused_for(change(network, registry_admin, "ann", {Role::administrator}), Code::role_not_grantable));
  BOOST_TEST(succeeded(change(network, registry_admin, "ann", {Role::issuer})));
  BOOST_TEST((resolve_sender(network.state(), key("ann")).roles == RoleSet{Role::issuer}));
}

BOOST_AUTO_TEST_CASE(a_compromised_key_is_dismissed_and_the_time_only_moves_back) {
  ContractNetwork network;
  BOOST_REQUIRE(succeeded(network.enrol("ann", "registry", {Role::issuer})));
  network.wait(10'000);
  const Timestamp now = network.now();
  const auto report = [&](Timestamp since, const std::string& sender = registry_admin, std::string_view of = "ann",
                          std::string_view reason = "the card was stolen") {
    return network.run(sender, "governance", "report_compromise",
                       ReportCompromiseArguments{key(of), since, PlainText<96>::from(reason).value()});
  };
  BOOST_TEST(refused_for(report(now + 1), Code::compromise_too_late));
  BOOST_TEST(refused_for(report(now, tax_admin), HostCode::wrong_department));
  BOOST_TEST(refused_for(report(now, "ann"), HostCode::role_needed));
  BOOST_TEST(refused_for(report(now, registry_admin, "nobody"), Code::unknown_officer));
  BOOST_TEST(refused_for(report(now, registry_admin, registry_admin), Code::administrator_stays));
  BOOST_TEST(refused_for(report(now, registry_admin, "ann", ""), Code::reason_missing));
  const Receipt receipt = report(Timestamp(now.value() - 5'000));
  BOOST_REQUIRE(succeeded(receipt));
  BOOST_TEST(receipt.events.size() == 2u);  // dismissed, compromised
  BOOST_TEST((compromised_keys.get(network.state(), key("ann"))->since_ms == Timestamp(now.value() - 5'000)));
  BOOST_TEST((officers.get(network.state(), key("ann"))->dismissed_ms == now));
  BOOST_TEST(is_compromised(network.state(), key("ann"), Timestamp(now.value() - 5'000)));
  BOOST_TEST(!is_compromised(network.state(), key("ann"), Timestamp(now.value() - 5'001)));
  BOOST_TEST(refused_for(report(Timestamp(now.value() - 10'001)), Code::compromise_too_early));
  BOOST_TEST(refused_for(report(Timestamp(now.value() - 4'999)), Code::compromise_too_late));
  const Receipt earlier = report(Timestamp(now.value() - 7'000));
  BOOST_REQUIRE(succeeded(earlier));
  BOOST_TEST(earlier.events.size() == 1u);
  BOOST_TEST((compromised_keys.get(network.state(), key("ann"))->since_ms == Timestamp(now.value() - 7'000)));
}

BOOST_AUTO_TEST_CASE(a_dismissed_officer_is_known_and_can_do_nothing) {
  ContractNetwork network;
  network.enrol("ann", "registry", {Role::window_clerk});
  network.wait(5'000);
  BOOST_TEST(succeeded(dismiss(network, registry_admin, "ann")));
  const Receipt receipt = register_party(network, "ann", "buyer");
  BOOST_TEST(refused_for(receipt, HostCode::dismissed_sender));
  BOOST_TEST(findings_of(receipt)[0].value == network.now().value());
  BOOST_TEST(refused_for(dismiss(network, registry_admin, "ann"), Code::officer_dismissed));
  BOOST_TEST(has_code(change(network, registry_admin, "ann", {Role::reviewer}), Code::officer_dismissed));
}

BOOST_AUTO_TEST_CASE(an_administrator_stays_and_unknown_officers_are_refused) {
  ContractNetwork network;
  BOOST_TEST(refused_for(dismiss(network, registry_admin, registry_admin), Code::administrator_stays));
  BOOST_TEST(has_code(change(network, registry_admin, registry_admin, {Role::importer}), Code::administrator_stays));
  BOOST_TEST(refused_for(dismiss(network, registry_admin, "nobody"), Code::unknown_officer));
}

BOOST_AUTO_TEST_CASE(a_party_acts_with_its_registered_key_until_it_is_released) {
  ContractNetwork network;
  network.enrol("ann", "registry", {Role::window_clerk});
  BOOST_TEST(succeeded(register_party(network, "ann", "buyer")));
  const Sender sender = resolve_sender(network.state(), key("buyer"));
  BOOST_TEST((sender.kind == SenderKind::party));
  BOOST_TEST((sender.person == person("buyer")));
  BOOST_TEST((sender.roles == RoleSet{Role::applicant}));
  BOOST_TEST(succeeded(release(network, "buyer", "buyer")));
  BOOST_TEST(refused_for(release(network, "buyer", "buyer"), HostCode::dismissed_sender));
  BOOST_TEST(refused_for(release(network, "ann", "buyer"), Code::party_key_released));
}

BOOST_AUTO_TEST_CASE(a_party_releases_its_own_keys_only_and_a_clerk_those_of_the_department) {
  ContractNetwork network;
  network.enrol("ann", "registry", {Role::window_clerk});
  network.enrol("eve", "tax-office", {Role::window_clerk});
  register_party(network, "ann", "buyer");
  register_party(network, "ann", "seller");
  BOOST_TEST(refused_for(release(network, "buyer", "seller"), Code::not_own_party_key));
  BOOST_TEST(refused_for(release(network, "eve", "seller"), HostCode::wrong_department));
  BOOST_TEST(refused_for(release(network, "ann", "nobody"), Code::unknown_party_key));
  BOOST_TEST(succeeded(release(network, "ann", "seller")));
  BOOST_TEST(refused_for(network.run("ann", "governance", "register_party_key",
                                     RegisterPartyKeyArguments{PublicKey(), PartyId()}),
                         Code::key_malformed, Code::person_missing));
}

BOOST_AUTO_TEST_CASE(a_credit_code_leads_to_its_department) {
  ContractNetwork network;
  const auto code = Uscc::from(ContractNetwork::registry_code).value();
  BOOST_TEST(department_of(network.state(), code).value().str() == "registry");
  BOOST_TEST(find_department(network.state(), ContractNetwork::department("archive")).has_value());
  BOOST_TEST(!find_department(network.state(), ContractNetwork::department("nowhere")).has_value());
  BOOST_TEST(settings(network.state()).demo);
  BOOST_TEST((settings(network.state()).rules_version == RulesVersion(1)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::governance
