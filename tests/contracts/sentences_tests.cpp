// Sentences: no code without one, and a refusal for want of a role says what is needed and who gives it.
#include "contracts/sentences.h"

#include <boost/test/unit_test.hpp>

#include "contracts/certificate.h"
#include "contracts/governance.h"
#include "contracts/sharing.h"
#include "contracts/supervision.h"

namespace kanhe::contracts {
namespace {

template <CodeEnum C>
void check_all(std::uint16_t first, std::uint16_t last) {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<C>>([&](auto described) {
    const auto code = static_cast<std::uint16_t>(described.value);
    BOOST_TEST_CONTEXT(described.name) {
      BOOST_TEST((first <= code && code <= last));
      const Sentence* const found = find_sentence(code);
      BOOST_REQUIRE(found != nullptr);
      BOOST_TEST(found->name == described.name);
      BOOST_TEST((!found->zh.empty() && !found->en.empty()));
    }
  });
}

BOOST_AUTO_TEST_SUITE(sentences_tests)

BOOST_AUTO_TEST_CASE(every_code_has_its_sentence_and_lies_in_its_range) {
  check_all<Code>(1, 99);
  check_all<IdentifierCode>(100, 199);
  check_all<governance::Code>(200, 299);
  check_all<certificate::Code>(300, 399);
  check_all<property::Code>(400, 599);
  check_all<service::Code>(600, 699);
  check_all<service::CaseCode>(600, 699);
  check_all<treasury::Code>(700, 799);
  check_all<sharing::Code>(900, 949);
  check_all<supervision::Code>(950, 999);
}

BOOST_AUTO_TEST_CASE(a_missing_role_is_explained_with_what_is_held_and_who_grants_it) {
  Finding finding;
  finding.code = static_cast<std::uint16_t>(Code::role_needed);
  finding.limit = RoleSet{Role::issuer}.bits();
  finding.value = RoleSet{Role::window_clerk, Role::reviewer}.bits();
  const Explanation text = explain(finding);
  BOOST_TEST(text.name == "role_needed");
  BOOST_TEST(text.en.find("needs issuer, holds window clerk, reviewer") != std::string::npos, text.en);
  BOOST_TEST(text.en.find("administrator can grant it") != std::string::npos);
  BOOST_TEST(text.zh.find("需要 签发，现有 窗口受理、审核") != std::string::npos, text.zh);
  finding.limit = RoleSet{Role::administrator}.bits();
  BOOST_TEST(explain(finding).en.find("motion") != std::string::npos);
  finding.limit = RoleSet{Role::applicant}.bits();
  finding.value = 0;
  BOOST_TEST(explain(finding).en.find("holds none; a window clerk") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(rule_subject_field_limit_and_value_are_said) {
  Finding finding;
  finding.code = static_cast<std::uint16_t>(certificate::Code::edition_not_next);
  finding.rule = 7;
  finding.field = 1;
  finding.limit = 2;
  finding.value = 5;
  finding.subject = UnitSubject{UnitNumber::from("340121261006GB00014F00220045").value()};
  const Explanation text = explain(finding);
  BOOST_TEST(text.en ==
             "R07 this is not the next edition (unit 340121261006GB00014F00220045); field 1 of the arguments; "
             "limit 2; value 5");
  BOOST_TEST(text.zh.starts_with("R07 版本号不是下一个版本"));
}

BOOST_AUTO_TEST_CASE(a_broken_rule_says_where_it_stands_and_what_helps) {
  Finding finding;
  finding.code = static_cast<std::uint16_t>(property::Code::unit_held);
  BOOST_TEST(explain(finding).law_en.empty());
  finding.rule = 7;
  BOOST_TEST(explain(finding).law_en == "Civil Code, art. 399 (5); Shanghai Provisions, art. 16 (5)");
  BOOST_TEST(explain(finding).help_zh == "向查封机关申请解除查封");
  finding.rule = 17;
  BOOST_TEST(explain(finding).law_zh.ends_with("（未经确认）"));
  BOOST_TEST(explain(finding).law_en.ends_with("(unconfirmed)"));
  finding.rule = 99;
  BOOST_TEST(explain(finding).zh.starts_with("R99 "));
  BOOST_TEST(explain(finding).law_zh.empty());
}

BOOST_AUTO_TEST_CASE(an_unknown_code_is_still_explained) {
  Finding finding;
  finding.code = 9'999;
  BOOST_TEST(explain(finding).name == "code_9999");
  BOOST_TEST(!explain(finding).zh.empty());
}

BOOST_AUTO_TEST_CASE(subjects_are_named_by_kind_and_id) {
  BOOST_TEST(describe(PartySubject{}) == "party " + std::string(64, '0'));
  BOOST_TEST(describe(DepartmentSubject{DepartmentId::from("registry").value()}) == "department registry");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::contracts
