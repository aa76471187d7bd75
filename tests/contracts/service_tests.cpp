// service: every step in every phase, every refusal, who may not decide, and what registering changes or leaves alone.
#include "contracts/service.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "contracts/trace.h"
#include "tests/contracts/counter.h"

namespace kanhe::contracts::service {
namespace {

// ---------------------------------------------------------------------------------------------------------------------
// Phases and steps

// Brings the counter's application into a state, by officers who are not those of the steps below.
struct Situation {
  std::string_view name;
  void (*reach)(Counter&);
  // What each step comes to, in the order of `steps`; the names of its codes.
  std::array<std::string_view, 8> outcomes;
};

struct CounterStep {
  std::string_view name;
  Receipt (*take)(Counter&);
};

const CounterStep steps[] = {
    {"accept", [](Counter& c) { return c.accept("carol"); }},
    {"housing", [](Counter& c) { return c.housing("hal"); }},
    {"tax", [](Counter& c) { return c.tax("tom"); }},
    {"registry", [](Counter& c) { return c.registry("rob"); }},
    {"pay", [](Counter& c) { return c.pay("P-9"); }},
    {"refund", [](Counter& c) { return c.refund("R-9"); }},
    {"withdraw", [](Counter& c) { return c.withdraw("buyer"); }},
    {"register", [](Counter& c) { return c.register_title(c.registration("9")); }},
};

void until_accepted(Counter& c) {
  c.file(Counter::sale());
  c.accept();
}
void until_paid(Counter& c) {
  c.sell_until_billed();
  c.pay();
  c.execute({});  // where the service hears that the bill is settled
}

constexpr std::string_view both = "step_done wrong_phase";
const Situation situations[] = {
    {"filed",
     [](Counter& c) { c.file(Counter::sale()); },
     {"ok", "wrong_phase", "wrong_phase", "wrong_phase", "unknown_bill", "unknown_bill", "ok", "wrong_phase"}},
    {"accepted",
     until_accepted,
     {"wrong_phase", "ok", "ok", "step_not_open", "unknown_bill", "unknown_bill", "ok", "wrong_phase"}},
    {"tax is done",
     [](Counter& c) { until_accepted(c), c.tax(); },
     {"wrong_phase", "ok", "step_done", "step_not_open", "unknown_bill", "unknown_bill", "ok", "wrong_phase"}},
    {"housing is done",
     [](Counter& c) { until_accepted(c), c.housing(); },
     {"wrong_phase", "step_done", "ok", "step_not_open", "unknown_bill", "unknown_bill", "ok", "wrong_phase"}},
    {"the second stage is open",
     [](Counter& c) { until_accepted(c), c.tax(), c.housing(); },
     {"wrong_phase", "step_done", "step_done", "ok", "unknown_bill", "unknown_bill", "ok", "wrong_phase"}},
    {"billed",
     [](Counter& c) { c.sell_until_billed(); },
     {"wrong_phase", both, both, both, "ok", "no_refund_due", "ok", "unpaid unpaid"}},
    {"paid", until_paid, {"wrong_phase", both, both, both, "ok", "no_refund_due", "ok", "ok"}},
    {"registered",
     [](Counter& c) { until_paid(c), c.register_title(); },
     {"wrong_phase", both, both, both, "ok", "no_refund_due", "wrong_phase", "acted_before wrong_phase"}},
    {"refused by the tax office",
     [](Counter& c) { until_accepted(c), c.review("tess", c.refusal("tax")); },
     {"wrong_phase", "wrong_phase", both, "wrong_phase", "unknown_bill", "unknown_bill", "wrong_phase", "wrong_phase"}},
    {"withdrawn at once",
     [](Counter& c) { c.file(Counter::sale()), c.withdraw(); },
     {"wrong_phase", "wrong_phase", "wrong_phase", "wrong_phase", "unknown_bill", "unknown_bill", "wrong_phase",
      "wrong_phase"}},
    {"withdrawn when billed",
     [](Counter& c) { c.sell_until_billed(), c.withdraw(); },
     {"wrong_phase", both, both, both, "ok", "no_refund_due", "wrong_phase", "wrong_phase"}},
    {"withdrawn when paid",
     [](Counter& c) { until_paid(c), c.withdraw(); },
     {"wrong_phase", both, both, both, "ok", "ok", "wrong_phase", "wrong_phase"}},
    {"never filed",
     [](Counter&) {},
     {"unknown_application", "unknown_application", "unknown_application", "unknown_application", "unknown_bill",
      "unknown_bill", "unknown_application", "unknown_application"}},
};

// ---------------------------------------------------------------------------------------------------------------------
// Who decides

struct Decision {
  std::string_view step;
  std::string_view department;
  Role role;
  // Brings an application of seller and buyer to where the step is due, dealt with by the usual officers.
  void (*reach)(Counter&);
  Receipt (*take)(Counter&, const std::string& sender);
  // Those of the usual people who may not take it, besides the parties.
  std::set<std::string> barred;
};

const Decision decisions[] = {
    {"accept", "registry", Role::window_clerk, [](Counter& c) { c.file(Counter::sale()); },
     [](Counter& c, const std::string& s) { return c.accept(s); }, {}},
    {"housing", "housing", Role::housing_officer, [](Counter& c) { until_accepted(c), c.tax(); },
     [](Counter& c, const std::string& s) { return c.housing(s); }, {"clara", "carl", "tess"}},
    {"tax", "tax-office", Role::tax_officer, [](Counter& c) { until_accepted(c), c.housing(); },
     [](Counter& c, const std::string& s) { return c.tax(s); }, {"clara", "carl", "hugo"}},
    {"registry", "registry", Role::reviewer, [](Counter& c) { until_accepted(c), c.tax(), c.housing(); },
     [](Counter& c, const std::string& s) { return c.registry(s); }, {"clara", "carl", "hugo", "tess"}},
    {"register", "registry", Role::registrar, until_paid,
     [](Counter& c, const std::string& s) { return c.register_title(c.registration(), s); },
     {"clara", "carl", "hugo", "tess", "rita"}},
};

BOOST_AUTO_TEST_SUITE(service_tests)

BOOST_AUTO_TEST_CASE(every_step_in_every_phase_does_what_the_table_says_or_changes_nothing) {
  for (const Situation& situation : situations) {
    for (std::size_t i = 0; i < std::size(steps); ++i) {
      Counter counter;
      counter.enrol("carol", "registry", {Role::window_clerk});
      counter.enrol("rob", "registry", {Role::reviewer});
      counter.enrol("hal", "housing", {Role::housing_officer});
      counter.enrol("tom", "tax-office", {Role::tax_officer});
      situation.reach(counter);
      const auto before = counter.state().changes();
      const Receipt receipt = steps[i].take(counter);
      BOOST_TEST(codes_of(receipt) == situation.outcomes[i], situation.name << " / " << steps[i].name << ": "
                                                                           << codes_of(receipt));
      BOOST_TEST((counter.state().changes() != before) == succeeded(receipt));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_phase_names_the_one_needed_and_the_one_held) {
  Counter counter;
  counter.file(Counter::sale());
  const Finding finding = finding_of(counter.housing(), Code::wrong_phase);
  BOOST_TEST(finding.limit == static_cast<std::uint64_t>(Phase::in_review));
  BOOST_TEST(finding.value == static_cast<std::uint64_t>(Phase::filed));
}

BOOST_AUTO_TEST_CASE(nobody_decides_twice_or_in_a_case_of_their_own_under_whatever_key_and_role) {
  for (const Decision& decision : decisions) {
    for (const std::string person : {"seller", "buyer", "clara", "carl", "hugo", "tess", "rita", "stranger"}) {
      Counter counter;
      decision.reach(counter);
      BOOST_REQUIRE(succeeded(counter.run(
          ContractNetwork::administrator(decision.department), "governance", "enrol_officer",
          governance::EnrolOfficerArguments{ContractNetwork::key("second key"), party(person), {decision.role}})));
      const auto before = counter.state().changes();
      const Receipt receipt = decision.take(counter, "second key");
      const bool of_party = person == "seller" || person == "buyer";
      const std::string_view expected =
          of_party ? "own_case" : decision.barred.contains(person) ? "acted_before" : "ok";
      BOOST_TEST(codes_of(receipt) == expected, decision.step << " by " << person << ": " << codes_of(receipt));
      BOOST_TEST((counter.state().changes() == before) == !succeeded(receipt));
    }
  }
}

BOOST_AUTO_TEST_CASE(one_key_with_all_roles_still_is_one_person) {
  Counter counter;
  counter.enrol("al", "registry", {Role::window_clerk, Role::reviewer, Role::registrar});
  counter.file(Counter::sale(), "al");
  BOOST_TEST(succeeded(counter.accept("al")));
  counter.housing();
  counter.tax();
  BOOST_TEST(refused_for(counter.registry("al"), Code::acted_before, Code::acted_before));
  BOOST_TEST(succeeded(counter.registry()));
  counter.pay();
  BOOST_TEST(refused_for(counter.register_title(counter.registration(), "al"), Code::acted_before,
                         Code::acted_before));
}

BOOST_AUTO_TEST_CASE(a_step_is_for_its_department_and_its_role) {
  Counter counter;
  counter.enrol("xi", "tax-office", {Role::housing_officer});
  counter.enrol("yu", "housing", {Role::reviewer});
  until_accepted(counter);
  BOOST_TEST(refused_for(counter.housing("xi"), HostCode::wrong_department));
  BOOST_TEST(refused_for(counter.housing("yu"), HostCode::role_needed));
  BOOST_TEST(refused_for(counter.housing("tess"), HostCode::role_needed, HostCode::wrong_department));
  BOOST_TEST(refused_for(counter.housing("reg"), HostCode::role_needed));
  BOOST_TEST(refused_for(counter.housing("buyer"), HostCode::role_needed));
  BOOST_TEST(refused_for(counter.housing("nobody"), HostCode::unknown_sender));
  BOOST_TEST(refused_for(counter.review("hugo", counter.verdict("police")), Code::unknown_step));
  counter.enrol("zoe", "housing", {Role::window_clerk, Role::registrar});
  BOOST_TEST(refused_for(counter.withdraw("zoe"), HostCode::wrong_department));
  BOOST_TEST(refused_for(counter.file(Counter::sale(other_house), "zoe"), HostCode::wrong_department));
  counter.file(Counter::sale(other_house));
  BOOST_TEST(refused_for(counter.accept("zoe"), HostCode::wrong_department));
}

// ---------------------------------------------------------------------------------------------------------------------
// Filing

BOOST_AUTO_TEST_CASE(filing_holds_the_unit_and_is_about_unit_application_and_parties) {
  Counter counter;
  const Receipt receipt = counter.file(Counter::sale());
  BOOST_REQUIRE(succeeded(receipt));
  const Event& event = receipt.events.at(0);
  for (const Subject& subject : {Subject(UnitSubject{house}), Subject(ApplicationSubject{counter.id}),
                                 Subject(PartySubject{party("seller")}), Subject(PartySubject{party("buyer")})}) {
    BOOST_TEST(has_subject(event, subject));
  }
  BOOST_TEST((property::holds.get(counter.state(), house)->application == counter.id));
  BOOST_TEST(decode<Filed>(event.data)->materials.size() == 3u);
}

BOOST_AUTO_TEST_CASE(materials_are_told_all_at_once) {
  Counter counter;
  Counter::Sale sale = Counter::sale();
  sale.materials[0].code = text<MaterialCode>("poem");
  sale.materials[1].code = sale.materials[2].code;
  sale.materials[2].file.digest = Hash256();
  sale.price = Fen(0);
  const Receipt receipt = counter.file(sale);
  BOOST_TEST(refused_for(receipt, Code::material_missing, Code::material_missing, Code::material_unknown,
                         Code::material_repeated, Code::evidence_missing, Code::price_missing));
  sale = Counter::sale();
  sale.materials.clear();
  BOOST_TEST(refused_for(counter.file(sale), Code::material_missing, Code::material_missing, Code::material_missing));
  sale.service = text<ServiceCode>("moon-sale");
  BOOST_TEST(refused_for(counter.file(sale), Code::unknown_service));
}

BOOST_AUTO_TEST_CASE(a_closed_application_lets_its_unit_go) {
  void (*const ends[])(Counter&) = {
      [](Counter& c) { c.file(Counter::sale()), c.withdraw(); },
      [](Counter& c) { until_accepted(c), c.review("hugo", c.refusal("housing")); },
      [](Counter& c) { c.sell_until_billed(), c.withdraw("seller"); },
  };
  for (const auto end : ends) {
    Counter counter;
    end(counter);
    BOOST_TEST(!counter.is_held());
    BOOST_TEST((counter.application().closed_ms == counter.now()));
    BOOST_TEST(succeeded(counter.file(Counter::sale())));
  }
}

BOOST_AUTO_TEST_CASE(a_filing_that_is_executed_again_is_refused_even_after_it_was_closed) {
  Counter counter;
  const auto body = counter.call("clara", "service", "file", counter.filing_of(Counter::sale()));
  BOOST_TEST(succeeded(counter.execute({body})[1]));
  counter.id = application_of(body.id);
  counter.withdraw();
  BOOST_TEST(refused_for(counter.execute({body})[1], Code::application_exists));
}

// ---------------------------------------------------------------------------------------------------------------------
// Reviews, withdrawal, time limits

BOOST_AUTO_TEST_CASE(a_review_has_evidence_a_refusal_a_reason_and_an_assessment_an_amount) {
  Counter counter;
  until_accepted(counter);
  ReviewArguments review = counter.refusal("tax");
  review.reason = certificate::ReasonCode(0);
  review.evidence = Hash256();
  review.assessments = counter.assessments(treasury::Charge(1));
  BOOST_TEST(refused_for(counter.review("tess", review), Code::reason_missing, Code::evidence_missing,
                         Code::assessment_not_asked));
  const Receipt without = counter.review("tess", counter.verdict("tax"));
  BOOST_TEST(refused_for(without, Code::assessment_needed));
  BOOST_TEST(findings_of(without)[0].rule == 27u);
  BOOST_TEST(findings_of(without)[0].value == 1u);
  ReviewArguments twice = counter.verdict("tax", treasury::Charge(0));
  twice.assessments.push_back(twice.assessments[0]);
  BOOST_TEST(refused_for(counter.review("tess", twice), Code::assessment_not_asked));
  twice.assessments[1].act = 2;
  BOOST_TEST(refused_for(counter.review("tess", twice), Code::assessment_not_asked));
  BOOST_TEST(refused_for(counter.review("hugo", counter.verdict("housing", treasury::Charge(0))),
                         Code::assessment_not_asked));
  BOOST_TEST(succeeded(counter.review("tess", counter.verdict("tax", treasury::Charge(0)))));
}

BOOST_AUTO_TEST_CASE(a_refusal_in_either_stage_closes_the_application) {
  Counter counter;
  until_accepted(counter);
  counter.tax();
  counter.housing();
  const Receipt receipt = counter.review("rita", counter.refusal("registry"));
  BOOST_TEST((events_of(receipt) == std::vector<std::string>{"service.reviewed", "service.closed"}));
  BOOST_TEST((counter.application().phase == Phase::refused));
  BOOST_TEST(counter.application().reviews.back().reason.value() == 7u);
}

BOOST_AUTO_TEST_CASE(parties_withdraw_their_own_applications_only) {
  Counter counter;
  counter.file(Counter::sale());
  BOOST_TEST(refused_for(counter.withdraw("stranger"), Code::not_a_party));
  BOOST_TEST(refused_for(counter.withdraw("rita"), HostCode::role_needed));
  BOOST_TEST(succeeded(counter.withdraw("seller")));
  BOOST_TEST((counter.application().phase == Phase::withdrawn));
}

// Lets time pass and answers the overdue events of the next block.
std::vector<Event> overdue_after(Counter& counter, std::uint64_t days) {
  counter.wait(days * 24 * 60 * 60 * 1'000);
  const Receipt receipt = counter.execute({})[0];
  std::vector<Event> events;
  for (const Event& event : receipt.events) {
    if (event.name.view() == StageOverdue::event_name) events.push_back(event);
  }
  return events;
}
Subject of_department(std::string_view id) { return DepartmentSubject{ContractNetwork::department(id)}; }

BOOST_AUTO_TEST_CASE(a_stage_that_is_overdue_is_noted_once_with_those_who_are_waited_for) {
  Counter counter;
  until_accepted(counter);
  counter.tax();
  // From Sunday night three working days: until the end of Wednesday.
  BOOST_TEST(overdue_after(counter, 3).empty());
  const auto events = overdue_after(counter, 1);
  BOOST_REQUIRE(events.size() == 1u);
  BOOST_TEST(has_subject(events[0], ApplicationSubject{counter.id}));
  BOOST_TEST(has_subject(events[0], of_department("housing")));
  BOOST_TEST(!has_subject(events[0], of_department("tax-office")));
  BOOST_TEST(decode<StageOverdue>(events[0].data)->stage == 1u);
  BOOST_TEST(overdue_after(counter, 1).empty());
  BOOST_TEST(succeeded(counter.housing()));
  const auto second = overdue_after(counter, 5);
  BOOST_REQUIRE(second.size() == 1u);
  BOOST_TEST(decode<StageOverdue>(second[0].data)->stage == 2u);
  BOOST_TEST(has_subject(second[0], of_department("registry")));
}

BOOST_AUTO_TEST_CASE(days_that_are_off_do_not_count) {
  Counter counter;
  YearCalendar calendar;
  calendar.off = {text<CivilDate>("2025-06-16"), text<CivilDate>("2025-06-17")};
  calendars.put(counter.state(), Year(2025), calendar);
  until_accepted(counter);
  // Wednesday, Thursday, Friday.
  BOOST_TEST(overdue_after(counter, 5).empty());
  BOOST_TEST(overdue_after(counter, 1).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_stage_that_ended_in_time_is_never_overdue) {
  void (*const ends[])(Counter&) = {
      [](Counter& c) { until_accepted(c), c.withdraw(); },
      [](Counter& c) { until_accepted(c), c.review("tess", c.refusal("tax")); },
      [](Counter& c) { c.sell_until_billed(); },
  };
  for (const auto end : ends) {
    Counter counter;
    end(counter);
    BOOST_TEST(overdue_after(counter, 30).empty());
    BOOST_TEST(!first_due(counter.state(), Timestamp(Timestamp::max)).has_value());
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Registering

BOOST_AUTO_TEST_CASE(title_application_and_certificate_change_in_one_transaction) {
  Counter counter;
  until_paid(counter);
  const Receipt receipt = counter.register_title();
  BOOST_REQUIRE(succeeded(receipt));
  BOOST_TEST((events_of(receipt) ==
              std::vector<std::string>{"certificate.issued", "property.transferred", "service.closed"}));
  BOOST_TEST((counter.unit().holders == property::Holders{{party("buyer"), {}}}));
  BOOST_TEST((counter.unit().title == title_id("1")));
  BOOST_TEST((counter.unit().application == counter.id));
  BOOST_TEST((counter.application().phase == Phase::registered));
  BOOST_TEST(!counter.is_held());
  const auto certificate = certificate::certificates.get(counter.state(),
                                                         certificate::certificate_key_of(title_id("1")).value());
  BOOST_REQUIRE(certificate.has_value());
  BOOST_TEST((certificate->application == counter.id));
  BOOST_TEST(certificate->department.str() == "registry");
}

BOOST_AUTO_TEST_CASE(a_certificate_that_cannot_be_issued_leaves_title_and_application_alone) {
  Counter counter;
  until_paid(counter);
  const auto before = counter.state().changes();
  RegisterArguments bad = counter.registration();
  bad.certificates[0].holder = certificate::HolderCommitment();
  BOOST_TEST(refused_for(counter.register_title(bad), certificate::Code::commitment_missing));
  bad = counter.registration();
  bad.certificates[0].id = text<CertificateId>("nonsense");
  BOOST_TEST(refused_for(counter.register_title(bad), IdentifierCode::certificate_id_form));
  bad = counter.registration();
  bad.certificates[0].id = title_id("1", std::string(ContractNetwork::registry_code) + "099");
  BOOST_TEST(refused_for(counter.register_title(bad), Code::certificate_of_other_type,
                         certificate::Code::unknown_type));
  bad = counter.registration("1", title_id("0"));
  BOOST_TEST(refused_for(counter.register_title(bad), Code::title_not_superseded,
                         certificate::Code::unknown_certificate));
  BOOST_TEST((counter.state().changes() == before));
  BOOST_TEST(succeeded(counter.register_title()));
}

BOOST_AUTO_TEST_CASE(registering_unpaid_names_the_tax_and_the_fee_with_their_rules) {
  Counter counter;
  counter.sell_until_billed();
  const Receipt receipt = counter.register_title();
  BOOST_REQUIRE(refused_for(receipt, TreasuryCode::unpaid, TreasuryCode::unpaid));
  BOOST_TEST(findings_of(receipt)[0].rule == 29u);
  BOOST_TEST(findings_of(receipt)[0].value == 8'000u);
  BOOST_TEST(findings_of(receipt)[1].rule == 27u);
  BOOST_TEST(findings_of(receipt)[1].value == 3'000'000u);
}

// The house is sold to the buyer with certificate 1; then the buyer sells it on, until it is paid.
void sell_twice(Counter& counter) {
  until_paid(counter);
  BOOST_REQUIRE(succeeded(counter.register_title()));
  Counter::Sale sale = Counter::sale();
  sale.sellers = {party("buyer")};
  sale.buyers = {{party("stranger"), {}}};
  counter.sell_until_billed(sale);
  BOOST_REQUIRE(succeeded(counter.pay("P-2")));
}

certificate::Decision decision(const Counter& counter) {
  return {certificate::ReasonCode(4), text<PlainText<128>>("law"), ContractNetwork::department("registry"),
          text<certificate::DocumentNumber>("No. 1"), counter.now()};
}

BOOST_AUTO_TEST_CASE(the_next_title_supersedes_the_one_in_force) {
  Counter counter;
  sell_twice(counter);
  const Receipt missing = counter.register_title(counter.registration("2"));
  BOOST_REQUIRE(refused_for(missing, Code::title_not_superseded));
  BOOST_TEST((findings_of(missing)[0].subject == Subject(CertificateSubject{title_id("1")})));
  BOOST_TEST(succeeded(counter.register_title(counter.registration("2", title_id("1")))));
  BOOST_TEST((certificate::find_holding(counter.state(), title_id("1"))->standing() ==
              certificate::Standing::superseded));
  BOOST_TEST((counter.unit().title == title_id("2")));
}

BOOST_AUTO_TEST_CASE(a_suspended_title_stands_in_the_way_and_an_ended_one_does_not) {
  Counter counter;
  counter.enrol("ivy", "registry", {Role::issuer});
  sell_twice(counter);
  counter.run("ivy", "certificate", "suspend", certificate::SuspendArguments{title_id("1"), decision(counter)});
  BOOST_TEST(refused_for(counter.register_title(counter.registration("2", title_id("1"))),
                         certificate::Code::transition_not_allowed));
  counter.run("ivy", "certificate", "revoke",
              certificate::RevokeArguments{title_id("1"), certificate::Revocation::annulled, decision(counter)});
  BOOST_TEST(has_code(counter.register_title(counter.registration("2", title_id("1"))), Code::title_not_superseded));
  BOOST_TEST(succeeded(counter.register_title(counter.registration("2"))));
}

BOOST_AUTO_TEST_CASE(a_lost_title_is_replaced_by_the_next_one) {
  Counter counter;
  counter.enrol("ivy", "registry", {Role::issuer});
  sell_twice(counter);
  counter.run("ivy", "certificate", "revoke",
              certificate::RevokeArguments{title_id("1"), certificate::Revocation::lost_declared_void,
                                           decision(counter)});
  BOOST_TEST(has_code(counter.register_title(counter.registration("2")), Code::title_not_superseded));
  BOOST_TEST(succeeded(counter.register_title(counter.registration("2", title_id("1")))));
}

BOOST_AUTO_TEST_CASE(the_rules_of_a_transfer_are_looked_at_again_when_it_is_registered) {
  // No method changes a held unit; should one ever do, the register still does not follow a stale application.
  Counter counter;
  until_paid(counter);
  property::Unit unit = counter.unit();
  unit.holders = {{party("stranger"), {}}};
  property::units.put(counter.state(), house, unit);
  BOOST_TEST(refused_for(counter.register_title(), PropertyCode::seller_not_holder,
                         PropertyCode::holder_not_selling));
  property::holds.put(counter.state(), house, {{}, ApplicationId(digest("another"))});
  BOOST_TEST(has_code(counter.register_title(), PropertyCode::unit_held));
}

BOOST_AUTO_TEST_CASE(only_the_owner_s_registrars_register) {
  Counter counter;
  counter.enrol("zoe", "housing", {Role::registrar});
  until_paid(counter);
  BOOST_TEST(refused_for(counter.register_title(counter.registration(), "zoe"), HostCode::wrong_department));
  BOOST_TEST(refused_for(counter.register_title(counter.registration(), "rita"), HostCode::role_needed));
}

BOOST_AUTO_TEST_CASE(every_party_of_a_large_sale_has_filing_and_transfer_in_its_trace) {
  Counter counter;
  Counter::Sale sale = Counter::sale();
  sale.buyers.clear();
  for (std::size_t i = 0; i < property::holders_max; ++i) {
    sale.buyers.push_back({party("child " + std::to_string(i)), share(1, property::holders_max)});
  }
  counter.sell_until_billed(sale);
  counter.pay();
  BOOST_REQUIRE(succeeded(counter.register_title()));
  for (const property::Holder& buyer : sale.buyers) {
    BOOST_TEST(trace_of(counter.state(), PartySubject{buyer.party}).event_count.value() == 2u);
  }
}

BOOST_AUTO_TEST_CASE(r31_what_a_reviewer_finds_broken_is_recorded_with_its_rule) {
  Counter counter;
  until_accepted(counter);
  ReviewArguments approval = counter.verdict("housing");
  approval.rules.push_back(31);
  BOOST_TEST(refused_for(counter.review("hugo", approval), Code::rules_not_asked));
  ReviewArguments refusal = counter.refusal("housing");
  refusal.reason = certificate::ReasonCode(0);
  BOOST_TEST(refused_for(counter.review("hugo", refusal), Code::reason_missing));
  refusal.rules.push_back(41);
  BOOST_TEST(refused_for(counter.review("hugo", refusal), Code::unknown_rule));
  refusal.rules = {};
  refusal.rules.push_back(31);
  const Receipt receipt = counter.review("hugo", refusal);
  BOOST_REQUIRE(succeeded(receipt));
  BOOST_TEST((counter.application().phase == Phase::refused));
  BOOST_TEST((counter.application().reviews[0].rules == refusal.rules));
  BOOST_TEST((decode<Reviewed>(receipt.events.at(0).data).value().rules == refusal.rules));
}

// Until both are paid the acts are not entered, so that neither certificate is issued.
BOOST_AUTO_TEST_CASE(r27_r28_r29_tax_and_fee_come_first_and_the_tax_comes_back) {
  Counter counter;
  counter.sell_until_billed();
  const Receipt unpaid = counter.register_title();
  BOOST_TEST((findings_of(unpaid)[0].rule == 29u && findings_of(unpaid)[1].rule == 27u));
  BOOST_REQUIRE(succeeded(counter.pay()));
  BOOST_REQUIRE(succeeded(counter.withdraw()));
  BOOST_TEST((counter.bill().state == treasury::BillState::refund_due));
  BOOST_TEST(succeeded(counter.refund()));

  Counter paid;
  until_paid(paid);
  BOOST_TEST(succeeded(paid.register_title()));
  BOOST_TEST(!succeeded(paid.refund()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::service
