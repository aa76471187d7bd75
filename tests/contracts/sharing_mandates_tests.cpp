// sharing mandates: who may act for whom, for what, until when, and that an agent decides nothing.
#include "contracts/sharing_mandates.h"

#include <boost/test/unit_test.hpp>

#include "ledger/codec.h"
#include "tests/contracts/citizens.h"

namespace kanhe::contracts::sharing {
namespace {

using service::Citizens;
using service::codes_of;
using service::digest;
using service::events_of;
using service::has_subject;
using service::party;
using service::text;

constexpr std::uint64_t day = 86'400'000;

struct Agency : Citizens {
  Agency() {
    must(define("education", school()));
    for (const auto* name : {"parent", "agent"}) {
      must(run("clerk of education", "governance", "register_party_key",
               governance::RegisterPartyKeyArguments{key(name), party(name)}));
    }
    must(enrol("second clerk", "education", {Role::window_clerk}));
  }
  GiveMandateArguments mandate(std::string_view principal = "parent") const {
    GiveMandateArguments arguments;
    arguments.principal = party(principal);
    arguments.agent = party("agent");
    arguments.services = {text<MandateScope>("school-enrolment")};
    arguments.until_ms = now() + 30 * day;
    return arguments;
  }
  Receipt give(const GiveMandateArguments& arguments, const std::string& sender = "parent") {
    const Receipt receipt = run(sender, "sharing", "give_mandate", arguments);
    if (succeeded(receipt)) mandate_id = mandate_of(receipt.transaction_id);
    return receipt;
  }
  service::FileArguments by_agent() const {
    service::FileArguments arguments = enrolment();
    arguments.mandates.push_back(mandate_id);
    return arguments;
  }
  Mandate given() { return mandates.get(state(), mandate_id).value(); }

  MandateId mandate_id;
};

BOOST_AUTO_TEST_SUITE(sharing_mandates_tests)

BOOST_AUTO_TEST_CASE(an_agent_files_and_stands_in_the_history_of_both) {
  Agency agency;
  Agency::must(agency.give(agency.mandate()));
  const Receipt filed = agency.file(agency.by_agent());
  BOOST_REQUIRE_MESSAGE(succeeded(filed), codes_of(filed));
  BOOST_TEST(events_of(filed) == std::vector<std::string>({"service.filed", "sharing.mandate_used"}),
             boost::test_tools::per_element());
  for (const auto* name : {"parent", "agent"}) BOOST_TEST(has_subject(filed.events[1], PartySubject{party(name)}));
  BOOST_TEST(has_subject(filed.events[0], PartySubject{party("agent")}));
  BOOST_TEST((agency.application().agent == party("agent")));
  BOOST_TEST(agency.given().uses == 1u);
}

BOOST_AUTO_TEST_CASE(a_mandate_is_the_principals_own_or_given_before_a_clerk_who_does_not_use_it) {
  Agency agency;
  BOOST_TEST(refused_for(agency.give(agency.mandate(), "agent"), Code::consent_of_other));
  BOOST_TEST(refused_for(agency.give(agency.mandate(), "clerk of education"), Code::evidence_missing));
  GiveMandateArguments seen = agency.mandate();
  seen.evidence = digest("signed form");
  Agency::must(agency.give(seen, "clerk of education"));
  BOOST_TEST(refused_for(agency.file(agency.by_agent()), Code::own_consent));
  BOOST_TEST(succeeded(agency.file(agency.by_agent(), "second clerk")));
  seen.agent = ContractNetwork::person("clerk of education");
  BOOST_TEST(refused_for(agency.give(seen, "clerk of education"), Code::own_consent));
  GiveMandateArguments bad = agency.mandate();
  bad.agent = bad.principal;
  bad.until_ms = agency.now();
  BOOST_TEST(refused_for(agency.give(bad), Code::agent_is_principal, Code::until_too_early));
}

BOOST_AUTO_TEST_CASE(it_is_for_its_services_its_principal_and_its_time) {
  Agency agency;
  GiveMandateArguments other = agency.mandate();
  other.services = {text<MandateScope>("house-sale")};
  Agency::must(agency.give(other));
  BOOST_TEST(refused_for(agency.file(agency.by_agent()), Code::mandate_not_for));
  other.services = {};  // any
  Agency::must(agency.give(other));
  service::FileArguments without = agency.by_agent();
  without.applicants = {party("child")};
  BOOST_TEST(refused_for(agency.file(without), Code::mandate_of_other));
  agency.wait(30 * day - 1);
  BOOST_TEST(succeeded(agency.file(agency.by_agent())));
  agency.wait(1);
  BOOST_TEST(refused_for(agency.file(agency.by_agent()), Code::mandate_over));
  service::FileArguments nowhere = Agency::enrolment();
  nowhere.mandates.push_back(MandateId(digest("nothing")));
  BOOST_TEST(refused_for(agency.file(nowhere), Code::unknown_mandate));
}

BOOST_AUTO_TEST_CASE(it_is_taken_back_by_the_principal_alone_and_once) {
  Agency agency;
  Agency::must(agency.give(agency.mandate()));
  const WithdrawMandateArguments arguments{agency.mandate_id, std::nullopt};
  const auto withdraw = [&](const std::string& sender) {
    return agency.run(sender, "sharing", "withdraw_mandate", arguments);
  };
  BOOST_TEST(refused_for(withdraw("agent"), Code::consent_of_other));
  BOOST_TEST(succeeded(withdraw("parent")));
  BOOST_TEST(refused_for(withdraw("parent"), Code::mandate_withdrawn));
  BOOST_TEST(refused_for(agency.file(agency.by_agent()), Code::mandate_withdrawn));
}

BOOST_AUTO_TEST_CASE(one_agent_files_and_decides_nothing) {
  Agency agency;
  Agency::must(agency.give(agency.mandate()));
  const MandateId first = agency.mandate_id;
  GiveMandateArguments of_reviewer = agency.mandate();
  of_reviewer.agent = ContractNetwork::person("reviewer of education");
  Agency::must(agency.give(of_reviewer));
  service::FileArguments both = agency.by_agent();
  both.mandates.push_back(first);
  BOOST_TEST(refused_for(agency.file(both), Code::agents_differ));
  both.mandates = {first, first};
  BOOST_TEST(refused_for(agency.file(both), Code::mandate_repeated));
  Agency::must(agency.file(agency.by_agent()));
  Agency::must(agency.accept("education", agency.id));
  BOOST_TEST(has_code(agency.review("education", agency.id, "education"), service::Code::own_case));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::sharing
