// Findings in words: every row of the table is of a code that there is; each rule that refuses names its law and what
// helps; numbers are what they are, in both languages; and whatever numbers a receipt holds, they are shown.
#include <boost/test/unit_test.hpp>

#include "cli/call.h"
#include "cli/findings.h"
#include "contracts/host.h"
#include "contracts/rules.h"
#include "contracts/sentences.h"
#include "contracts/service.h"
#include "contracts/service_shipped.h"

namespace {

using namespace kanhe;
using namespace kanhe::cli;
namespace service = contracts::service;
namespace treasury = contracts::treasury;
namespace property = contracts::property;

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string said(Language language, const Finding& finding, const Call* call = nullptr,
                 const ServiceNames& names = {}) {
  Globals globals;
  globals.language = language;
  Refused refused;
  refused.findings.push_back(finding);
  return findings_text(globals, refused, call, names);
}

template <class C>
Finding finding(C code, contracts::Details details = {}) {
  return {static_cast<std::uint16_t>(code), details.rule, details.field, details.limit, details.value, details.subject};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(findings_tests)

BOOST_AUTO_TEST_CASE(every_row_is_of_a_code_that_there_is_and_of_each_one) {
  std::uint16_t before = 0;
  for (const CodeWords& row : code_words()) {
    BOOST_TEST(row.code > before);
    BOOST_TEST(contracts::find_sentence(row.code) != nullptr, row.code);
    BOOST_TEST(row.help_zh.empty() == row.help_en.empty(), row.code);
    before = row.code;
  }
}

BOOST_AUTO_TEST_CASE(each_rule_names_its_law_and_what_helps) {
  for (const contracts::Rule& rule : contracts::rules()) {
    const Finding broken = finding(property::FilingCode::note_bars, {.rule = rule.number});
    for (const Language language : {Language::zh, Language::en}) {
      const std::string text = said(language, broken);
      const bool zh = language == Language::zh;
      BOOST_TEST(holds(text, contracts::rule_name(rule.number)), text);
      BOOST_TEST(holds(text, (zh ? "依据：" : "by ") + std::string(zh ? rule.law_zh : rule.law_en)), text);
      if (!rule.help_zh.empty()) {
        BOOST_TEST(holds(text, (zh ? "办法：" : "do: ") + std::string(zh ? rule.help_zh : rule.help_en)), text);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(numbers_are_shown_as_what_they_are) {
  struct Row {
    Finding finding;
    std::string zh;
    std::string en;
  };
  const Row rows[] = {
      {finding(treasury::Code::unpaid, {.rule = 27, .value = 3'000'000}), "实际 30,000.00 元", "value 30,000.00 yuan"},
      {finding(service::Code::wrong_phase, {.limit = 2, .value = 3}), "；应为 审核中；现为 已出缴款单",
       "; must be: in review; is: billed"},
      {finding(service::Code::material_missing, {.value = 2}), "；第 2 项", "; number 2 of them"},
      {finding(property::FilingCode::unit_seized, {.rule = 7, .value = 3}), "；第 3 号限制", "; limit number 3"},
      {finding(property::FilingCode::seizure_too_long, {.rule = 8, .limit = 1'096, .value = 2'000}),
       "限值 1096 天；实际 2000 天", "limit 1096 days; value 2000 days"},
      {finding(property::FilingCode::end_in_past, {.limit = 1'750'000'000'000, .value = 1'700'000'000'000}),
       "限值 2025-06-15T23:06:40+08:00", "value 2023-11-15T06:13:20+08:00"},
      {finding(treasury::Code::day_in_future, {.limit = 20'000, .value = 20'001}), "限值 2024-10-04；实际 2024-10-05",
       "limit 2024-10-04"},
      {finding(treasury::Code::rate_differs, {.limit = 100, .value = 150}), "限值 1.00 %；实际 1.50 %", "value 1.50 %"},
      {finding(property::UnitCode::unit_closed, {.value = 2}), "；现为 ", "; is: "},
  };
  for (const Row& row : rows) {
    BOOST_TEST(holds(said(Language::zh, row.finding), row.zh), said(Language::zh, row.finding));
    BOOST_TEST(holds(said(Language::en, row.finding), row.en), said(Language::en, row.finding));
  }
}

BOOST_AUTO_TEST_CASE(a_code_has_help_where_no_rule_has) {
  const Finding open = finding(service::Code::step_not_open, {.limit = 1, .value = 2});
  BOOST_TEST(holds(said(Language::zh, open), "办法：等前一审核阶段通过：kanhe application show APPLICATION"));
  BOOST_TEST(holds(said(Language::en, open), "do: wait until the stage before has approved"));
  BOOST_TEST(holds(said(Language::both, open), "[step_not_open]"));
}

BOOST_AUTO_TEST_CASE(the_command_that_helps_is_ready_to_be_called) {
  Call call;
  call.module = contracts::find_module("service");
  call.method = contracts::find_method("service", "accept");
  call.arguments = call.method->argument_record.make();
  auto& arguments = *static_cast<service::AcceptArguments*>(call.arguments.get());
  arguments.application = ApplicationId::from_hex(std::string(64, 'b')).value();
  const Finding wrong = finding(service::Code::wrong_phase, {.limit = 1, .value = 2});
  BOOST_TEST(holds(said(Language::en, wrong, &call), "kanhe application show " + std::string(64, 'b')));
  BOOST_TEST(holds(said(Language::zh, wrong), "kanhe application show APPLICATION"));
}

BOOST_AUTO_TEST_CASE(the_field_is_named_where_the_call_is_known) {
  Call call;
  call.module = contracts::find_module("service");
  call.method = contracts::find_method("service", "review");
  call.arguments = call.method->argument_record.make();
  const Finding missing = finding(service::Code::reason_missing, {.field = 4});
  const std::string text = said(Language::zh, missing, &call);
  BOOST_TEST(text.starts_with("  ✗ 不同意的原因代码（0：无） (--reason): 没有填写不予通过的原因  [reason_missing]\n"), text);
  BOOST_TEST(!holds(text, "参数第"), text);
  BOOST_TEST(holds(said(Language::zh, missing), "参数第 4 项"));
  BOOST_TEST(holds(said(Language::zh, finding(service::Code::reason_missing, {.field = 400}), &call), "参数第 400 项"));
}

BOOST_AUTO_TEST_CASE(subjects_and_roles_are_named_in_the_language_of_the_command) {
  const UnitNumber unit = UnitNumber::from("440304003008GB00012F00220045").value();
  const Finding held = finding(property::Code::unit_held, {.rule = 39, .subject = UnitSubject{unit}});
  BOOST_TEST(holds(said(Language::zh, held), "（不动产单元 440304003008GB00012F00220045）"));
  BOOST_TEST(holds(said(Language::en, held), "(unit 440304003008GB00012F00220045)"));
  const Finding role = finding(contracts::Code::role_needed,
                               {.limit = contracts::RoleSet{contracts::Role::window_clerk}.bits(), .value = 0});
  BOOST_TEST(holds(said(Language::zh, role), "需要 窗口受理，现有 无"), said(Language::zh, role));
}

// The numbers of a list on the ledger, with the list at hand.
BOOST_AUTO_TEST_CASE(a_material_is_named_by_its_code_and_title_and_how_it_can_be_brought) {
  const auto type = contracts::certificate::TypeCode::from("11440300MB2D00001W022").value();
  const DepartmentId department = DepartmentId::from("registry").value();
  ServiceNames names;
  names.service.emplace();
  names.service->definition = service::house_sale({department, department, department, department}, type).definition;
  auto& rule = names.service->definition.materials[2];
  const Finding missing = finding(service::Code::material_missing, {.value = 3});
  const std::string zh = said(Language::zh, missing, nullptr, names);
  BOOST_TEST(holds(zh, "缺少材料：买卖合同 (sale-contract)  [material_missing]"), zh);
  BOOST_TEST(holds(zh, "办法：提交该材料 (--materials)\n"), zh);
  rule.deferrable = true;
  rule.certificate = type;
  const std::string en = said(Language::en, missing, nullptr, names);
  BOOST_TEST(holds(en, "a material is missing: contract of sale (sale-contract)"), en);
  BOOST_TEST(holds(en, "promise a day for it (--deferral), or show a certificate of the type " + type.str()), en);
  const Finding outstanding = finding(service::CaseCode::material_outstanding, {.value = 1});
  BOOST_TEST(holds(said(Language::zh, outstanding, nullptr, names), "：申请书 (application-form)"));
  // A place that the list does not have stays a number.
  const Finding beyond = finding(service::Code::material_missing, {.value = 4});
  BOOST_TEST(holds(said(Language::en, beyond, nullptr, names), "; number 4 of them"));
}

BOOST_AUTO_TEST_CASE(of_a_package_the_service_is_named_and_each_place_is_of_its_list) {
  const auto type = contracts::certificate::TypeCode::from("11440300MB2D00001W022").value();
  const DepartmentId department = DepartmentId::from("registry").value();
  ServiceNames names;
  for (const service::OwnedService& one :
       service::business_services({department, department, department, department, department},
                                  {type, type, type, type, std::nullopt})) {
    NamedService named{one.arguments.code, {}};
    named.service.definition = one.arguments.definition;
    names.parts.emplace(ApplicationId(sha256(as_bytes(one.arguments.code.view()))), named);
  }
  const ApplicationSubject seal{ApplicationId(sha256(as_bytes("seal-filing")))};
  const Finding missing = finding(service::Code::material_missing, {.value = 2, .subject = seal});
  const std::string text = said(Language::both, missing, nullptr, names);
  BOOST_TEST(holds(text, "印章刻制备案 · filing of the seal (seal-filing): "), text);
  BOOST_TEST(holds(text, "身份证明 (identity)"), text);
  BOOST_TEST(!holds(text, seal.id.hex()), text);
  const Finding later = finding(service::CaseCode::deferral_missing, {.subject = seal});
  BOOST_TEST(holds(said(Language::en, later, nullptr, names), "filing of the seal (seal-filing): "));
  // An application that is no part of it is shown as it is.
  BOOST_TEST(holds(said(Language::en, missing), seal.id.hex()));
}

BOOST_AUTO_TEST_CASE(a_material_that_was_given_is_named_by_the_call) {
  Call call;
  call.module = contracts::find_module("service");
  call.method = contracts::find_method("service", "file");
  call.arguments = call.method->argument_record.make();
  auto& arguments = *static_cast<service::FileArguments*>(call.arguments.get());
  arguments.materials = {{service::MaterialCode::from("identity").value(), {}},
                         {service::MaterialCode::from("poem").value(), {}}};
  const Finding unknown = finding(service::Code::material_unknown, {.field = 5, .value = 2});
  BOOST_TEST(holds(said(Language::zh, unknown, &call), "该事项不要求这种材料：poem"), said(Language::zh, unknown, &call));
  BOOST_TEST(holds(said(Language::en, unknown, &call), "kanhe application show-service CODE"));
  call.method = contracts::find_method("service", "notify");
  call.arguments = call.method->argument_record.make();
  static_cast<service::NotifyArguments*>(call.arguments.get())->missing = {
      service::MaterialCode::from("identity").value(), service::MaterialCode::from("survey").value()};
  const Finding held = finding(service::CaseCode::material_not_missing, {.field = 2, .value = 2});
  BOOST_TEST(holds(said(Language::en, held, &call), ": survey"), said(Language::en, held, &call));
}

BOOST_AUTO_TEST_CASE(no_number_of_a_receipt_breaks_anything) {
  for (const CodeWords& row : code_words()) {
    for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{99}, std::uint64_t{1'000'000},
                                       ~std::uint64_t{0}}) {
      const std::string text = said(Language::both, Finding{row.code, 0, 0, number, number, std::nullopt});
      BOOST_TEST(holds(text, "✗"), row.code);
      // What helps stands on lines of its own.
      BOOST_TEST(holds(text.substr(0, text.find('\n')), "；") == (number != 0), text);
    }
  }
  BOOST_TEST(holds(said(Language::en, Finding{9'999, 0, 0, 5, 6, std::nullopt}), "limit 5; value 6"));
}

BOOST_AUTO_TEST_SUITE_END()
