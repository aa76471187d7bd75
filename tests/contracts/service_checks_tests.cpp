// service checks: when an application is approved by nobody but the ledger, and certificates that are shown.
#include "contracts/service_checks.h"

#include <boost/test/unit_test.hpp>

#include "ledger/codec.h"
#include "tests/contracts/citizens.h"

namespace kanhe::contracts::service {
namespace {

constexpr std::uint64_t day = 86'400'000;

struct School : Citizens {
  School() { must(define("education", school())); }
  bool is_instant(const FileArguments& arguments) {
    must(file(arguments));
    const Application one = application();
    BOOST_TEST(one.instant.has_value() == (one.phase == Phase::billed));
    return one.instant.has_value();
  }
};

BOOST_AUTO_TEST_SUITE(service_checks_tests)

BOOST_AUTO_TEST_CASE(who_lives_there_has_a_place_at_once_and_the_school_learns_no_address) {
  School school;
  const auto yes = school.ask("parent");
  const Receipt filed = school.file(School::enrolment({yes}));
  BOOST_REQUIRE_MESSAGE(succeeded(filed), codes_of(filed));
  BOOST_TEST(events_of(filed) == std::vector<std::string>({"service.filed", "treasury.billed",
                                                           "service.approved_instantly"}),
             boost::test_tools::per_element());
  const Application one = school.application();
  BOOST_TEST((one.phase == Phase::billed));
  BOOST_TEST(!one.accepted_by.has_value());
  BOOST_TEST(one.reviews.empty());
  BOOST_REQUIRE(one.instant.has_value());
  BOOST_TEST((one.instant->approved_ms == school.now()));
  BOOST_REQUIRE_EQUAL(one.instant->inputs.size(), 1u);
  BOOST_TEST((std::get<AnswerInput>(one.instant->inputs[0]).question == yes));
  const auto told = decode<ApprovedInstantly>(filed.events[2].data.view());
  BOOST_REQUIRE(told.has_value());
  BOOST_TEST(told->inputs.size() == 1u);
  BOOST_TEST(has_subject(filed.events[2], PartySubject{party("child")}));
  BOOST_TEST(has_subject(filed.events[2], DepartmentSubject{School::department("education")}));

  BOOST_TEST(refused_for(school.review("education", school.id, "education"), Code::wrong_phase));
  const Receipt issued = school.issue("education", school.id);
  BOOST_REQUIRE_MESSAGE(succeeded(issued), codes_of(issued));
  BOOST_TEST((school.application().phase == Phase::registered));
  const auto proof = certificate::certificates.get(
      school.state(), certificate::certificate_key_of(School::certificate_of("education")).value());
  BOOST_REQUIRE(proof.has_value());
  BOOST_TEST(!proof->application.has_value());  // which would be asked for a title
  BOOST_TEST(has_subject(issued.events[issued.events.size() - 1],
                         CertificateSubject{School::certificate_of("education")}));
}

BOOST_AUTO_TEST_CASE(where_a_check_does_not_hold_people_decide) {
  School school;
  BOOST_TEST(!school.is_instant(School::enrolment()));
  BOOST_TEST(!school.is_instant(School::enrolment({school.ask("parent", false)})));
  BOOST_TEST((school.application().phase == Phase::filed));
  School::must(school.accept("education", school.id));
  School::must(school.review("education", school.id, "education"));
  School::must(school.issue("education", school.id));
}

BOOST_AUTO_TEST_CASE(an_answer_counts_if_the_owner_asked_it_of_the_place_about_who_files_lately) {
  School school;
  const auto elsewhere = school.ask("parent", true, "440305");
  const auto by_other = school.ask("parent", true, "440304", "labour");
  const auto of_other = school.ask("neighbour");
  for (const auto& answer : {elsewhere, by_other, of_other}) {
    const Receipt receipt = school.file(School::enrolment({answer}));
    BOOST_REQUIRE(refused_for(receipt, CaseCode::answer_not_asked));
    BOOST_TEST(findings_of(receipt)[0].value == 1u);
  }
  const sharing::QuestionId nowhere{digest("nowhere")};
  BOOST_TEST(refused_for(school.file(School::enrolment({nowhere})), CaseCode::answer_not_asked));
  const auto yes = school.ask("child");
  school.wait(30 * day - 1);  // the block in which it was answered counts
  BOOST_TEST(school.is_instant(School::enrolment({school.ask("parent", false), yes})));
  school.wait(2);
  BOOST_TEST(!school.is_instant(School::enrolment({yes})));
}

BOOST_AUTO_TEST_CASE(the_newest_answer_counts) {
  School school;
  const auto yes = school.ask("parent");
  school.ask("parent", false);
  BOOST_TEST(!school.is_instant(School::enrolment({yes})));
  BOOST_TEST(school.is_instant(School::enrolment({school.ask("parent")})));
}

BOOST_AUTO_TEST_CASE(nobody_is_approved_on_their_own_word_and_who_gave_it_decides_nothing_else) {
  School school;
  FileArguments own = School::enrolment({school.ask("parent")});
  own.applicants.push_back(ContractNetwork::person("reviewer of police"));
  BOOST_TEST(!school.is_instant(own));
  BOOST_TEST(school.is_instant(School::enrolment({school.ask("parent")})));
  const auto& others = school.application().others;
  BOOST_TEST((std::ranges::find(others, ContractNetwork::person("reviewer of police")) != others.end()));
}

BOOST_AUTO_TEST_CASE(what_is_still_to_come_is_waited_for_by_people) {
  School school;
  FileArguments later = School::enrolment({school.ask("parent")});
  later.materials.pop_back();
  later.deferral = Deferral{date_of(day_of(school.now())), digest("promise")};
  BOOST_TEST(!school.is_instant(later));
}

BOOST_AUTO_TEST_CASE(an_item_is_held_of_everyone_or_of_anyone) {
  for (const Scope scope : {Scope::everyone, Scope::anyone}) {
    Citizens citizens;
    DefineArguments arguments = Citizens::school();
    arguments.definition.checks = {ItemCheck{text<sharing::ItemCode>("household-register"), scope}};
    Citizens::must(citizens.define("education", arguments));
    const auto record = [&](std::string_view who, std::optional<Timestamp> until) {
      Citizens::must(citizens.run("reviewer of police", "sharing", "record_item",
                                  sharing::RecordItemArguments{text<sharing::ItemCode>("household-register"),
                                                               party(who), digest("extract"), until}));
    };
    const auto is_instant = [&] {
      Citizens::must(citizens.file(Citizens::enrolment()));
      return citizens.application().instant.has_value();
    };
    BOOST_TEST(!is_instant());
    record("parent", citizens.now() + 1'000);
    BOOST_TEST(is_instant() == (scope == Scope::anyone));
    record("child", std::nullopt);
    BOOST_TEST(is_instant());
    BOOST_TEST(citizens.application().instant->inputs.size() == (scope == Scope::everyone ? 2u : 1u));
    citizens.wait(1'000);  // the parent's is over
    BOOST_TEST(is_instant() == (scope == Scope::anyone));
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Certificates that are shown

struct Showing : Citizens {
  Showing() {
    DefineArguments arguments = school();
    arguments.definition.checks = {CertificateCheck{type_of("market")}};
    arguments.definition.materials[1].certificate = type_of("police");
    must(define("education", arguments));
    must(run(administrator("police"), "governance", "enrol_officer",
             governance::EnrolOfficerArguments{key("issuer of police"), person("issuer of police"), {Role::issuer}}));
  }
  CertificateId give(std::string_view of, const std::string& serial, std::optional<Timestamp> from = {},
                     std::optional<Timestamp> until = {}) {
    certificate::IssueArguments arguments;
    arguments.id = certificate_of(of, serial);
    arguments.holder = certificate::HolderCommitment(digest("holder"));
    arguments.content_root = certificate::ContentRoot(digest("content"));
    arguments.valid_from_ms = from;
    arguments.valid_until_ms = until;
    must(run("issuer of " + std::string(of), "certificate", "issue", arguments));
    return arguments.id;
  }
  static FileArguments with(std::vector<CertificateId> shown, bool brings_identity = true) {
    FileArguments arguments = enrolment();
    for (const CertificateId& one : shown) arguments.shown.push_back(one);
    if (brings_identity) return arguments;
    Materials rest;
    for (const Material& one : arguments.materials) {
      if (one.code.view() != "identity") rest.push_back(one);
    }
    arguments.materials = rest;
    return arguments;
  }
};

BOOST_AUTO_TEST_CASE(a_certificate_stands_in_for_a_material_and_is_not_asked_for) {
  Showing counter;
  const CertificateId card = counter.give("police", "1");
  BOOST_TEST(refused_for(counter.file(Showing::with({}, false)), Code::material_missing));
  const Receipt filed = counter.file(Showing::with({card}, false));
  BOOST_REQUIRE_MESSAGE(succeeded(filed), codes_of(filed));
  BOOST_REQUIRE_EQUAL(counter.application().satisfied.size(), 1u);
  BOOST_TEST(counter.application().satisfied[0].view() == "identity");
  BOOST_TEST((counter.application().shown[0] == card));
  BOOST_TEST(!counter.application().instant.has_value());  // the check asks for another
}

BOOST_AUTO_TEST_CASE(a_certificate_that_does_not_hold_today_is_named) {
  Showing counter;
  const CertificateId early = counter.give("market", "1", counter.now() + day, counter.now() + 3 * day);
  const auto refusal = [&](const CertificateId& shown) {
    const Receipt receipt = counter.file(Showing::with({shown}));
    BOOST_REQUIRE_MESSAGE(refused_for(receipt, CaseCode::certificate_not_good), codes_of(receipt));
    BOOST_TEST((findings_of(receipt)[0].subject == Subject(CertificateSubject{shown})));
  };
  refusal(early);
  refusal(Showing::certificate_of("market", "7"));
  counter.wait(day);
  BOOST_TEST(succeeded(counter.file(Showing::with({early}))));
  BOOST_TEST(counter.application().instant.has_value());
  counter.wait(2 * day - 1);
  BOOST_TEST(succeeded(counter.file(Showing::with({early}))));
  counter.wait(1);
  refusal(early);
}

BOOST_AUTO_TEST_CASE(it_has_to_hold_when_the_application_is_registered_too) {
  Showing counter;
  const CertificateId licence = counter.give("market", "1");
  Showing::must(counter.file(Showing::with({licence})));
  const certificate::Decision decision{certificate::ReasonCode(1), text<PlainText<128>>("行政许可法 69"),
                                       Showing::department("market"),
                                       text<certificate::DocumentNumber>("(2025)7"), counter.now()};
  Showing::must(counter.run("issuer of market", "certificate", "suspend",
                            certificate::SuspendArguments{licence, decision}));
  BOOST_TEST(refused_for(counter.issue("education", counter.id), CaseCode::certificate_not_good));
}

BOOST_AUTO_TEST_CASE(what_a_stolen_key_issued_is_shown_in_vain_and_what_is_renewed_holds) {
  Showing counter;
  const CertificateId renewed = counter.give("market", "1");
  Showing::must(counter.file(Showing::with({renewed})));
  certificate::IssueArguments next;
  next.id = make_certificate_id({Showing::type_of("market").str(), Showing::code_of("market").str(), "1", 2});
  next.holder = certificate::HolderCommitment(digest("holder"));
  next.content_root = certificate::ContentRoot(digest("content"));
  next.supersedes = renewed;
  Showing::must(counter.run("issuer of market", "certificate", "issue", next));
  Showing::must(counter.issue("education", counter.id));
  const CertificateId stolen = counter.give("market", "2");
  Showing::must(counter.run(Showing::administrator("market"), "governance", "report_compromise",
                            governance::ReportCompromiseArguments{Showing::key("issuer of market"), counter.now(),
                                                                  text<PlainText<96>>("stolen")}));
  BOOST_TEST(refused_for(counter.file(Showing::with({stolen})), CaseCode::certificate_not_good));
}

BOOST_AUTO_TEST_CASE(what_nobody_asks_for_is_not_shown) {
  Showing counter;
  const CertificateId licence = counter.give("market", "1");
  BOOST_TEST(refused_for(counter.file(Showing::with({Showing::certificate_of("labour")})),
                         CaseCode::certificate_not_asked));
  BOOST_TEST(refused_for(counter.file(Showing::with({licence, licence})), CaseCode::certificate_not_asked));
}

BOOST_AUTO_TEST_CASE(a_definition_checks_what_there_is_and_never_beside_an_assessment) {
  Citizens citizens;
  DefineArguments arguments = Citizens::school();
  arguments.definition.checks = {ItemCheck{text<sharing::ItemCode>("nothing"), Scope::anyone},
                                 AnswerCheck{text<sharing::PredicateCode>("nothing"), Scope::anyone, {},
                                             text<PurposeCode>("nothing"), 0},
                                 CertificateCheck{text<certificate::TypeCode>(title_type)}};
  const Receipt receipt = citizens.define("education", arguments);
  BOOST_REQUIRE(refused_for(receipt, CaseCode::check_unknown, CaseCode::check_unknown, CaseCode::check_unknown));
  BOOST_TEST(findings_of(receipt)[2].value == 3u);
  Counter counter;
  DefineArguments sale = Counter::sale_definition();
  sale.code = text<ServiceCode>("checked-sale");
  sale.definition.checks = {CertificateCheck{text<certificate::TypeCode>(title_type)}};
  BOOST_TEST(refused_for(counter.define(sale), CaseCode::check_with_assessment));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::service
