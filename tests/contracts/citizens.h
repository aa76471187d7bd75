// Citizens: a network of departments that enter nothing in a register: education, market, police, tax-office, labour,
// treasury. Each has a clerk, a reviewer and a registrar ("clerk of market"), and a certificate type of its own.
#pragma once

#include "contracts/service_shipped.h"
#include "tests/contracts/counter.h"

namespace kanhe::contracts::service {

struct Citizens : ContractNetwork {
  static constexpr std::array<std::string_view, 6> names{"education", "labour",     "market",
                                                         "police",    "tax-office", "treasury"};

  Citizens() : ContractNetwork(make_genesis()) {
    for (const std::string_view name : names) {
      const std::string own(name);
      must(enrol("clerk of " + own, name, {Role::window_clerk}));
      must(enrol("reviewer of " + own, name, {Role::reviewer}));
      must(enrol("registrar of " + own, name, {Role::registrar}));
      must(run(administrator(name), "certificate", "define_type",
               certificate::DefineTypeArguments{type_of(name), text<PlainText<96>>(name), text<PlainText<96>>(name)}));
    }
    must(enrol("issuer of market", "market", {Role::issuer}));
    declare("police", "household-register");
    must(run(administrator("police"), "sharing", "define_predicate",
             sharing::DefinePredicateArguments{text<sharing::PredicateCode>(resides_predicate),
                                               text<sharing::ItemCode>("household-register"),
                                               text<PlainText<96>>("住所"), text<PlainText<96>>("resides")}));
  }

  // A credit code for each, with its check character.
  static Uscc code_of(std::string_view name) {
    const auto at = std::ranges::find(names, name) - names.begin();
    const std::string base = "11440300MB2D000" + std::string(1, static_cast<char>('1' + at)) + "0";
    for (const char last : std::string_view("0123456789ABCDEFGHJKLMNPQRTUWXY")) {
      if (const auto code = Uscc::from(base + last)) return *code;
    }
    BOOST_FAIL("no check character fits");
    return {};
  }
  static certificate::TypeCode type_of(std::string_view name) {
    return text<certificate::TypeCode>(code_of(name).str() + "031");
  }
  static CertificateId certificate_of(std::string_view name, const std::string& serial = "1") {
    return make_certificate_id({type_of(name).str(), code_of(name).str(), serial, 1});
  }
  static Genesis make_genesis() {
    Genesis genesis = ContractNetwork::make_genesis();
    genesis.departments.clear();
    for (const std::string_view name : names) {
      GenesisDepartment entry;
      entry.id = department(name);
      entry.name_zh = entry.name_en = text<PlainText<96>>(name);
      entry.uscc = code_of(name);
      entry.administrator = key(administrator(name));
      entry.administrator_person = person(administrator(name));
      genesis.departments.push_back(entry);
    }
    genesis.validators[0].department = department("police");
    return genesis;
  }
  static void must(const Receipt& receipt) { BOOST_REQUIRE_MESSAGE(succeeded(receipt), codes_of(receipt)); }

  void declare(std::string_view source, std::string_view item) {
    must(run(administrator(source), "sharing", "declare_item",
             sharing::DeclareItemArguments{text<sharing::ItemCode>(item), text<PlainText<96>>("户籍"),
                                           text<PlainText<96>>("household register")}));
  }
  Receipt define(std::string_view owner, const DefineArguments& arguments) {
    return run(administrator(owner), "service", "define", arguments);
  }

  // -------------------------------------------------------------------------------------------------------------------
  // The school

  static DefineArguments school() {
    return school_enrolment({department("education"), department("treasury")}, type_of("education"),
                            text<PlainText<96>>("440304"));
  }
  // Asks whether somebody resides there; the police answers.
  sharing::QuestionId ask(std::string_view about, bool holds = true, std::string_view argument = "440304",
                          std::string_view asked_by = "education") {
    sharing::AskArguments question;
    question.predicate = text<sharing::PredicateCode>(resides_predicate);
    question.party = party(about);
    question.argument = text<PlainText<96>>(argument);
    question.purpose_code = text<PurposeCode>("school-enrolment");
    question.basis = text<PlainText<96>>("义务教育法 12");
    const Receipt asked = run("clerk of " + std::string(asked_by), "sharing", "ask", question);
    must(asked);
    const auto question_id = sharing::question_of(asked.transaction_id);
    must(run("reviewer of police", "sharing", "answer",
             sharing::AnswerArguments{question_id, holds, digest("register")}));
    return question_id;
  }
  static FileArguments enrolment(std::vector<sharing::QuestionId> answers = {}) {
    FileArguments arguments;
    arguments.service = text<ServiceCode>("school-enrolment");
    arguments.applicants = {party("child"), party("parent")};
    for (const auto* code : {"application-form", "identity", "vaccination-record"}) {
      arguments.materials.push_back(Counter::paper(code));
    }
    for (const sharing::QuestionId& answer : answers) arguments.answers.push_back(answer);
    return arguments;
  }
  Receipt file(const FileArguments& arguments, const std::string& sender = "clerk of education") {
    const Receipt receipt = run(sender, "service", "file", arguments);
    if (succeeded(receipt)) id = application_of(receipt.transaction_id);
    return receipt;
  }
  Application application() { return applications.get(state(), id).value(); }
  Application application(const ApplicationId& which) { return applications.get(state(), which).value(); }

  Output output(std::string_view of, const std::string& serial = "1") const {
    Output one;
    one.id = certificate_of(of, serial);
    one.holder = certificate::HolderCommitment(digest("holder"));
    one.content_root = certificate::ContentRoot(digest("content"));
    return one;
  }
  Receipt issue(std::string_view of, const ApplicationId& which, const std::string& serial = "1") {
    return run("registrar of " + std::string(of), "service", "register",
               RegisterArguments{which, {output(of, serial)}});
  }
  Receipt accept(std::string_view by, const ApplicationId& which) {
    return run("clerk of " + std::string(by), "service", "accept", AcceptArguments{which});
  }
  Receipt review(std::string_view by, const ApplicationId& which, std::string_view step = "review",
                 Verdict verdict = Verdict::approve) {
    ReviewArguments arguments;
    arguments.application = which;
    arguments.step = text<StepCode>(step);
    arguments.verdict = verdict;
    if (verdict == Verdict::refuse) arguments.reason = certificate::ReasonCode(7);
    arguments.evidence = digest("opinion");
    return run("reviewer of " + std::string(by), "service", "review", arguments);
  }

  // -------------------------------------------------------------------------------------------------------------------
  // The business

  static std::vector<OwnedService> business() {
    return business_services({department("market"), department("police"), department("tax-office"),
                              department("labour"), department("treasury")},
                             {type_of("market"), type_of("police"), type_of("tax-office"), type_of("labour"),
                              type_of("education")});
  }
  Receipt define_package(const DefinePackageArguments& arguments = business_opening(),
                         std::string_view lead = "market") {
    return run(administrator(lead), "service", "define_package", arguments);
  }
  void define_business() {
    for (const OwnedService& one : business()) must(define(one.owner.view(), one.arguments));
    must(define_package());
  }
  static FilePackageArguments opening() {
    FilePackageArguments arguments;
    arguments.package = business_opening().code;
    arguments.applicants = {party("founder")};
    for (const auto* code : {"application-form", "identity", "articles-of-association", "premises-proof",
                             "seal-specimen", "bank-account", "staff-list"}) {
      arguments.materials.push_back(Counter::paper(code));
    }
    return arguments;
  }
  Receipt file_package(const FilePackageArguments& arguments, const std::string& sender = "clerk of market") {
    const Receipt receipt = run(sender, "service", "file_package", arguments);
    if (succeeded(receipt)) id = application_of(receipt.transaction_id);
    return receipt;
  }
  PackageCase package_case() { return package_cases.get(state(), id).value(); }

  // The application or package that was filed last.
  ApplicationId id;
};

}  // namespace kanhe::contracts::service
