// sharing: one source for each item, consents that are counted and taken back, questions answered yes or no.
#include "contracts/sharing.h"

#include <boost/test/unit_test.hpp>

#include "tests/contracts/counter.h"

namespace kanhe::contracts::sharing {
namespace {

using service::Counter;
using service::digest;
using service::events_of;
using service::finding_of;
using service::has_subject;
using service::HostCode;
using service::party;
using service::registry_admin;
using service::text;

constexpr std::uint64_t day_ms = 24 * 3'600'000ull;
const std::string tax_admin = ContractNetwork::administrator("tax-office");
const PurposeCode enrolment = text<PurposeCode>("school-enrolment");
const ItemCode title_item = text<ItemCode>("real-estate-title");
const PredicateCode resides = text<PredicateCode>("resides-in-district");

// The registry is the source of titles and answers who resides where; the tax office asks.
struct Sharing : Counter {
  Sharing() {
    BOOST_REQUIRE(succeeded(declare(title_item)));
    BOOST_REQUIRE(succeeded(run(registry_admin, "sharing", "define_predicate",
                                DefinePredicateArguments{resides, title_item, name("住所"), name("resides")})));
  }
  static PlainText<96> name(std::string_view words) { return text<PlainText<96>>(words); }
  Receipt declare(const ItemCode& item, const std::string& sender = registry_admin) {
    return run(sender, "sharing", "declare_item", DeclareItemArguments{item, name("不动产权"), name("title")});
  }
  GiveConsentArguments consent(Uses uses = Uses(2)) const {
    GiveConsentArguments arguments;
    arguments.party = party("seller");
    arguments.grantee = GranteeDepartment{department("tax-office")};
    arguments.usable = UseOfPredicate{resides};
    arguments.purpose_code = enrolment;
    arguments.until_ms = now() + 30 * day_ms;
    arguments.uses_max = uses;
    return arguments;
  }
  Receipt give(const GiveConsentArguments& arguments, const std::string& sender = "seller") {
    const Receipt receipt = run(sender, "sharing", "give_consent", arguments);
    if (succeeded(receipt)) consent_id = consent_of(receipt.transaction_id);
    return receipt;
  }
  AskArguments question() const {
    AskArguments arguments;
    arguments.predicate = resides;
    arguments.party = party("seller");
    arguments.argument = name("440304 2024-09-01");
    arguments.purpose_code = enrolment;
    arguments.consent = consent_id;
    return arguments;
  }
  Receipt ask(const AskArguments& arguments, const std::string& sender = "tess") {
    const Receipt receipt = run(sender, "sharing", "ask", arguments);
    if (succeeded(receipt)) question_id = question_of(receipt.transaction_id);
    return receipt;
  }
  Receipt answer(bool holds, const std::string& sender = "rita") {
    return run(sender, "sharing", "answer", AnswerArguments{question_id, holds, digest("register extract")});
  }
  Receipt withdraw(const std::string& sender = "seller", std::optional<Hash256> evidence = {}) {
    return run(sender, "sharing", "withdraw_consent", WithdrawConsentArguments{consent_id, evidence});
  }
  ConsentToUse given() { return consents.get(state(), consent_id).value(); }

  ConsentId consent_id;
  QuestionId question_id;
};

BOOST_AUTO_TEST_SUITE(sharing_tests)

BOOST_AUTO_TEST_CASE(an_item_has_one_source_and_nobody_else_records_it) {
  Sharing office;
  const Receipt second = office.declare(title_item, tax_admin);
  BOOST_REQUIRE(refused_for(second, Code::item_taken));
  BOOST_TEST((findings_of(second)[0].subject == Subject(DepartmentSubject{Counter::department("registry")})));
  RecordItemArguments record{title_item, party("seller"), digest("extract"), {}};
  const auto run = [&](const std::string& sender) { return office.run(sender, "sharing", "record_item", record); };
  const Receipt foreign = run("tess");
  BOOST_REQUIRE(refused_for(foreign, Code::not_the_source));
  BOOST_TEST((findings_of(foreign)[0].subject == Subject(DepartmentSubject{Counter::department("registry")})));
  BOOST_REQUIRE(succeeded(run("clara")));
  record.digest = digest("newer extract");
  const Receipt newer = run("rita");
  BOOST_REQUIRE(succeeded(newer));
  BOOST_TEST(has_subject(newer.events.at(0), PartySubject{party("seller")}));
  const HeldItem held = held_items.get(office.state(), {title_item, party("seller")}).value();
  BOOST_TEST((held.edition == Total(2) && held.digest == record.digest));
  record.party = party("rita");
  BOOST_TEST(refused_for(run("rita"), Code::own_case));
  record = {text<ItemCode>("unheard-of"), {}, {}, office.now()};
  BOOST_TEST(refused_for(run("clara"), Code::unknown_item, Code::party_missing, Code::digest_missing,
                         Code::until_too_early));
}

BOOST_AUTO_TEST_CASE(a_predicate_is_defined_by_the_source_of_its_item_once) {
  Sharing office;
  DefinePredicateArguments one{text<PredicateCode>("owns"), title_item, Sharing::name("有房"), Sharing::name("owns")};
  BOOST_TEST(refused_for(office.run(tax_admin, "sharing", "define_predicate", one), Code::not_the_source));
  BOOST_TEST(succeeded(office.run(registry_admin, "sharing", "define_predicate", one)));
  one.name_en = {};
  BOOST_TEST(refused_for(office.run(registry_admin, "sharing", "define_predicate", one), Code::predicate_taken,
                         Code::name_missing));
}

BOOST_AUTO_TEST_CASE(a_consent_is_the_partys_own_or_given_before_a_clerk_who_keeps_the_paper) {
  Sharing office;
  BOOST_TEST(refused_for(office.give(office.consent(), "buyer"), Code::consent_of_other));
  BOOST_TEST(refused_for(office.give(office.consent(), "clara"), Code::evidence_missing));
  GiveConsentArguments seen = office.consent();
  seen.evidence = digest("signed form");
  BOOST_REQUIRE(succeeded(office.give(seen, "clara")));
  BOOST_TEST((office.given().seen_by == party("clara")));
  seen.party = party("clara");
  BOOST_TEST(refused_for(office.give(seen, "clara"), Code::consent_of_other));
  seen.party = party("seller");
  seen.grantee = GranteeParty{party("clara")};
  BOOST_TEST(refused_for(office.give(seen, "clara"), Code::own_consent));
  BOOST_TEST(refused_for(office.give(office.consent(), "rita"), HostCode::role_needed));
  const Receipt own = office.give(office.consent());
  BOOST_REQUIRE(succeeded(own));
  BOOST_TEST(!office.given().seen_by.has_value());
  BOOST_TEST(has_subject(own.events.at(0), PartySubject{party("seller")}));
  BOOST_TEST(has_subject(own.events.at(0), DepartmentSubject{Counter::department("tax-office")}));
}

BOOST_AUTO_TEST_CASE(a_consent_names_what_there_is_and_an_end_to_come) {
  Sharing office;
  GiveConsentArguments wrong = office.consent();
  wrong.until_ms = office.now();
  BOOST_TEST(refused_for(office.give(wrong), Code::until_too_early));
  wrong = office.consent();
  wrong.grantee = GranteeDepartment{Counter::department("nowhere")};
  wrong.usable = UseOfCertificate{service::title_id("9")};
  BOOST_TEST(refused_for(office.give(wrong), HostCode::unknown_department, Code::unknown_certificate));
  wrong.grantee = GranteeParty{};
  wrong.usable = UseOfItem{text<ItemCode>("unheard-of")};
  BOOST_TEST(refused_for(office.give(wrong), Code::party_missing, Code::unknown_item));
  wrong.grantee = GranteeParty{party("buyer")};
  wrong.usable = UseOfPredicate{text<PredicateCode>("unheard-of")};
  BOOST_TEST(refused_for(office.give(wrong), Code::unknown_predicate));
}

BOOST_AUTO_TEST_CASE(a_question_uses_the_consent_and_the_answer_is_yes_or_no) {
  Sharing office;
  BOOST_REQUIRE(succeeded(office.give(office.consent(Uses(1)))));
  const Receipt asked = office.ask(office.question());
  BOOST_REQUIRE(succeeded(asked));
  BOOST_TEST((events_of(asked) == std::vector<std::string>{"sharing.consent_used", "sharing.asked"}));
  BOOST_TEST(office.given().uses == 1u);
  const Receipt again = office.ask(office.question());
  BOOST_REQUIRE(refused_for(again, Code::consent_used_up));
  BOOST_TEST(findings_of(again)[0].limit == 1u);

  BOOST_TEST(refused_for(office.answer(true, "hugo"), Code::not_the_source));
  const Receipt answered = office.answer(true);
  BOOST_REQUIRE(succeeded(answered));
  BOOST_TEST(decode<Answered>(answered.events.at(0).data).value().holds);
  BOOST_TEST((questions.get(office.state(), office.question_id)->answer->answered_by == party("rita")));
  BOOST_TEST(refused_for(office.answer(false), Code::question_answered));
  office.question_id = QuestionId();
  BOOST_TEST(refused_for(office.answer(false), Code::unknown_question));
}

BOOST_AUTO_TEST_CASE(a_consent_serves_its_grantee_its_purpose_and_its_party_only) {
  Sharing office;
  BOOST_REQUIRE(succeeded(office.give(office.consent())));
  BOOST_TEST(refused_for(office.ask(office.question(), "hugo"), Code::consent_for_other));
  AskArguments other = office.question();
  other.purpose_code = text<PurposeCode>("curiosity");
  BOOST_TEST(refused_for(office.ask(other), Code::purpose_differs));
  other = office.question();
  other.party = party("buyer");
  BOOST_TEST(refused_for(office.ask(other), Code::subject_differs));
  other = office.question();
  other.consent = ConsentId();
  BOOST_TEST(refused_for(office.ask(other), Code::unknown_consent));
  BOOST_TEST(office.given().uses == 0u);
  BOOST_TEST(succeeded(office.ask(office.question())));
}

BOOST_AUTO_TEST_CASE(a_consent_that_is_withdrawn_or_over_is_worth_nothing) {
  Sharing office;
  office.give(office.consent());
  BOOST_TEST(refused_for(office.withdraw("buyer"), Code::consent_of_other));
  BOOST_TEST(refused_for(office.withdraw("clara"), Code::evidence_missing));
  BOOST_REQUIRE(succeeded(office.withdraw()));
  BOOST_TEST(refused_for(office.ask(office.question()), Code::consent_ended));
  BOOST_TEST(refused_for(office.withdraw(), Code::consent_ended));
  office.give(office.consent());
  BOOST_TEST(succeeded(office.withdraw("clara", digest("signed form"))));

  office.give(office.consent());
  office.wait(30 * day_ms - 1'000);
  BOOST_TEST(succeeded(office.ask(office.question())));
  office.wait(1'000);
  BOOST_TEST(refused_for(office.ask(office.question()), Code::consent_expired));
}

BOOST_AUTO_TEST_CASE(a_clerk_uses_no_consent_that_they_saw_given) {
  Sharing office;
  GiveConsentArguments seen = office.consent();
  seen.grantee = GranteeDepartment{Counter::department("registry")};
  seen.evidence = digest("signed form");
  BOOST_REQUIRE(succeeded(office.give(seen, "clara")));
  BOOST_TEST(refused_for(office.ask(office.question(), "clara"), Code::own_consent));
  BOOST_TEST(succeeded(office.ask(office.question(), "carl")));
}

BOOST_AUTO_TEST_CASE(without_a_consent_a_question_names_its_law) {
  Sharing office;
  AskArguments arguments = office.question();
  arguments.consent.reset();
  BOOST_TEST(refused_for(office.ask(arguments), Code::basis_missing));
  arguments.basis = Sharing::name("义务教育法 12");
  BOOST_TEST(succeeded(office.ask(arguments)));
  office.give(office.consent());
  arguments.consent = office.consent_id;
  BOOST_TEST(refused_for(office.ask(arguments), Code::basis_not_needed));
}

BOOST_AUTO_TEST_CASE(nobody_answers_what_they_asked_or_about_themselves) {
  Sharing office;
  AskArguments arguments = office.question();
  arguments.consent.reset();
  arguments.basis = Sharing::name("law");
  BOOST_REQUIRE(succeeded(office.ask(arguments, "rita")));
  BOOST_TEST(refused_for(office.answer(true), Code::own_case));
  BOOST_TEST(succeeded(office.answer(true, "reg")));
  arguments.party = party("reg");
  BOOST_REQUIRE(succeeded(office.ask(arguments, "rita")));
  BOOST_TEST(refused_for(office.answer(true, "reg"), Code::own_case));
}

BOOST_AUTO_TEST_CASE(a_certificate_is_used_by_its_grantee_so_many_times) {
  Sharing office;
  office.sell_until_billed();
  office.pay();
  BOOST_REQUIRE(succeeded(office.register_title()));
  GiveConsentArguments arguments = office.consent(Uses(2));
  arguments.party = party("buyer");
  arguments.grantee = GranteeParty{party("stranger")};
  arguments.usable = UseOfCertificate{service::title_id("1")};
  BOOST_REQUIRE(succeeded(office.give(arguments, "buyer")));
  const UseConsentArguments use{office.consent_id, enrolment, arguments.usable};
  const auto run = [&](const std::string& sender) { return office.run(sender, "sharing", "use_consent", use); };
  BOOST_TEST(refused_for(run("tess"), Code::consent_for_other));
  BOOST_TEST(refused_for(run("buyer"), Code::consent_for_other));
  const Receipt first = run("stranger");
  BOOST_REQUIRE(succeeded(first));
  BOOST_TEST(has_subject(first.events.at(0), CertificateSubject{service::title_id("1")}));
  BOOST_TEST(succeeded(run("stranger")));
  BOOST_TEST(refused_for(run("stranger"), Code::consent_used_up));
}

BOOST_AUTO_TEST_CASE(a_predicates_consent_is_not_used_beside_a_question) {
  Sharing office;
  office.give(office.consent());
  const UseConsentArguments use{office.consent_id, enrolment, UseOfPredicate{resides}};
  BOOST_TEST(refused_for(office.run("tess", "sharing", "use_consent", use), Code::subject_differs));
}

// Asked on a Sunday in China: two working days end on Tuesday at midnight, two more on Thursday.
BOOST_AUTO_TEST_CASE(what_is_not_answered_is_noted_once_and_once_more) {
  Sharing office;
  office.give(office.consent());
  BOOST_REQUIRE(succeeded(office.ask(office.question())));
  const auto overdue_after = [&](std::uint64_t ms) {
    office.wait(ms);
    std::vector<std::uint8_t> levels;
    const Receipt receipt = office.execute({})[0];
    for (const Event& event : receipt.events) {
      if (event.name.view() == "sharing.question_overdue") {
        levels.push_back(decode<QuestionOverdue>(event.data).value().level);
        BOOST_TEST(has_subject(event, DepartmentSubject{Counter::department("registry")}));
      }
    }
    return levels;
  };
  const Timestamp end = end_of_working_days(office.state(), office.now(), question_days);
  BOOST_TEST(overdue_after(end - office.now() - 1).empty());
  BOOST_TEST((overdue_after(1) == std::vector<std::uint8_t>{1}));
  BOOST_TEST(overdue_after(1).empty());
  const Timestamp next = end_of_working_days(office.state(), office.now(), question_days);
  BOOST_TEST((overdue_after(next - office.now()) == std::vector<std::uint8_t>{2}));
  BOOST_TEST(overdue_after(100 * day_ms).empty());
  BOOST_TEST(succeeded(office.answer(false)));
}

BOOST_AUTO_TEST_CASE(what_is_answered_in_time_is_never_noted) {
  Sharing office;
  office.give(office.consent());
  office.ask(office.question());
  BOOST_REQUIRE(succeeded(office.answer(true)));
  office.wait(100 * day_ms);
  BOOST_TEST(office.execute({})[0].events.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts::sharing
