#include "cli/findings.h"

#include <algorithm>
#include <vector>

#include "cli/call.h"
#include "cli/output.h"
#include "cli/tariffs.h"
#include "cli/values.h"
#include "cli/words.h"
#include "contracts/civil_days.h"
#include "contracts/governance.h"
#include "contracts/motion.h"
#include "contracts/sentences.h"
#include "contracts/service_codes.h"
#include "contracts/sharing_mandates.h"
#include "contracts/supervision.h"

namespace kanhe::cli {
namespace {

namespace certificate = contracts::certificate;
namespace property = contracts::property;
namespace service = contracts::service;
namespace treasury = contracts::treasury;
namespace sharing = contracts::sharing;

template <contracts::CodeEnum C>
constexpr CodeWords row(C code, NumberKind numbers, std::string_view zh = {}, std::string_view en = {}) {
  return {static_cast<std::uint16_t>(code), numbers, zh, en};
}

constexpr std::string_view other_officer_zh = "换一名与本案无关的工作人员办理";
constexpr std::string_view other_officer_en = "let another officer do it who has no part in the case";
constexpr std::string_view look_zh = "查看办到哪一步：kanhe application show APPLICATION";
constexpr std::string_view look_en = "see how far it is: kanhe application show APPLICATION";
constexpr std::string_view evidence_zh = "写明依据材料：--evidence sha256:文件";
constexpr std::string_view evidence_en = "name the paper: --evidence sha256:FILE";

constexpr CodeWords all_words[] = {
    row(contracts::Code::expired, NumberKind::time, "重新办理一次", "call again"),
    row(contracts::Code::valid_too_far, NumberKind::time, "缩短 --valid-for", "shorten --valid-for"),
    row(contracts::Code::dismissed_sender, NumberKind::time, "换用在用的密钥，或请管理员登记新公钥",
        "use a key that serves, or have a new one enrolled by the administrator"),
    row(contracts::Code::wrong_department, NumberKind::number, "请该部门办理", "let that department do it"),
    row(contracts::governance::Code::officer_dismissed, NumberKind::time),
    row(contracts::governance::Code::party_key_released, NumberKind::time),
    row(contracts::governance::Code::compromise_too_late, NumberKind::time),
    row(contracts::governance::Code::compromise_too_early, NumberKind::time),
    row(certificate::Code::unknown_type, NumberKind::number, "先定义证照类型：kanhe cert define-type",
        "define the type first: kanhe cert define-type"),
    row(certificate::Code::id_used, NumberKind::number, "换用新的流水号", "take another serial"),
    row(certificate::Code::edition_without_predecessor, NumberKind::number, "在证照内容中写明 supersedes",
        "name the one before in the content: supersedes"),
    row(certificate::Code::dates_reversed, NumberKind::time),
    row(certificate::Code::transition_not_allowed, NumberKind::standing, "查看证照状态：kanhe cert status ID",
        "see its standing: kanhe cert status ID"),
    row(certificate::Code::effective_in_future, NumberKind::time),
    row(property::Code::register_unknown, NumberKind::number, "请管理员设立登记簿：kanhe property found-register",
        "have the administrator found one: kanhe property found-register"),
    row(property::Code::seller_repeated, NumberKind::position),
    row(property::Code::holder_is_nobody, NumberKind::position),
    row(property::Code::holder_repeated, NumberKind::position),
    row(property::Code::effective_in_future, NumberKind::time),
    row(property::Code::not_in_date_order, NumberKind::time),
    row(property::Code::import_closed, NumberKind::number, "须由动议打开：change_settings 的 import_open",
        "a motion opens it: change_settings, import_open"),
    row(property::Code::own_case, NumberKind::number, other_officer_zh, other_officer_en),
    row(property::Code::evidence_missing, NumberKind::number, evidence_zh, evidence_en),
    row(property::FilingCode::unit_seized, NumberKind::limit),
    row(property::FilingCode::statement_missing, NumberKind::limit),
    row(property::FilingCode::consent_missing, NumberKind::limit),
    row(property::FilingCode::seizure_too_long, NumberKind::days),
    row(property::FilingCode::seizure_delivered_first, NumberKind::time),
    row(property::FilingCode::no_such_notice, NumberKind::limit),
    row(property::FilingCode::note_bars, NumberKind::limit),
    row(property::FilingCode::not_mortgageable, NumberKind::right),
    row(property::FilingCode::no_dwelling, NumberKind::usage),
    row(property::FilingCode::unknown_limit, NumberKind::limit, "核对编号：kanhe property show UNIT",
        "compare the number: kanhe property show UNIT"),
    row(property::FilingCode::limit_of_other_kind, NumberKind::limit, "核对编号：kanhe property show UNIT",
        "compare the number: kanhe property show UNIT"),
    row(property::FilingCode::reason_not_allowed, NumberKind::end_reason),
    row(property::FilingCode::delivery_in_future, NumberKind::time),
    row(property::FilingCode::not_without_service, NumberKind::number, "请按办理事项申请：kanhe application sell 等",
        "file it as a service: kanhe application sell and its likes"),
    row(property::FilingCode::applicant_repeated, NumberKind::position),
    row(property::FilingCode::end_in_past, NumberKind::time),
    row(property::FilingCode::holder_missing_to_end, NumberKind::number,
        "由其一并申请 (--applicants)，或提交其同意 (--consents)",
        "have them apply as well (--applicants), or bring their consent (--consents)"),
    row(property::FilingCode::transferred_meanwhile, NumberKind::time),
    row(property::UnitCode::unit_closed, NumberKind::unit_state),
    row(property::UnitCode::right_expired, NumberKind::time),
    row(property::UnitCode::limit_holder_missing, NumberKind::limit),
    row(property::UnitCode::limit_in_the_way, NumberKind::limit),
    row(property::UnitCode::entry_intervened, NumberKind::time),
    row(property::UnitCode::term_not_over, NumberKind::time),
    row(property::UnitCode::term_not_longer, NumberKind::time),
    row(service::Code::unknown_service, NumberKind::number, "请主管部门发布：kanhe application define-service",
        "have its owner define it: kanhe application define-service"),
    row(service::Code::service_exists, NumberKind::number, "换用新的编码", "take another code"),
    row(service::Code::steps_missing, NumberKind::position),
    row(service::Code::step_repeated, NumberKind::position),
    row(service::Code::material_repeated, NumberKind::given_material),
    row(service::Code::material_missing, NumberKind::asked_material,
        "补齐材料 (--materials)；可容缺的，写明补交日期 (--deferral)",
        "bring it (--materials), or promise a day for what may come later (--deferral)"),
    row(service::Code::material_unknown, NumberKind::given_material,
        "去掉该材料，可查看事项：kanhe application show-service CODE",
        "leave it out; what is asked for: kanhe application show-service CODE"),
    row(service::Code::unknown_application, NumberKind::number, "核对申请编号：kanhe application list DEPARTMENT",
        "compare its id: kanhe application list DEPARTMENT"),
    row(service::Code::wrong_phase, NumberKind::phase, look_zh, look_en),
    row(service::Code::unknown_step, NumberKind::number, look_zh, look_en),
    row(service::Code::step_not_open, NumberKind::position, "等前一审核阶段通过：kanhe application show APPLICATION",
        "wait until the stage before has approved: kanhe application show APPLICATION"),
    row(service::Code::step_done, NumberKind::number, look_zh, look_en),
    row(service::Code::own_case, NumberKind::number, other_officer_zh, other_officer_en),
    row(service::Code::acted_before, NumberKind::number, other_officer_zh, other_officer_en),
    row(service::Code::reason_missing, NumberKind::number, "写明原因代码 (--reason) 或违反的规则 (--rules)",
        "give a reason (--reason) or the rules that are broken (--rules)"),
    row(service::Code::evidence_missing, NumberKind::number, evidence_zh, evidence_en),
    row(service::Code::assessment_needed, NumberKind::position, "用 kanhe application assess 核定契税",
        "assess the deed tax: kanhe application assess"),
    row(service::Code::assessment_not_asked, NumberKind::position),
    row(service::Code::title_not_superseded, NumberKind::number,
        "在证照内容中写明 supersedes；现行证书见 kanhe property show UNIT",
        "name it in the content, supersedes: kanhe property show UNIT says which it is"),
    row(service::Code::act_not_offered, NumberKind::position),
    row(service::Code::cause_not_offered, NumberKind::position),
    row(service::Code::certificate_missing, NumberKind::position, "一并签发：kanhe cert register 内容文件 …",
        "issue it together: kanhe cert register CONTENT …"),
    row(service::Code::certificate_not_expected, NumberKind::position),
    row(service::Code::material_forbidden, NumberKind::position),
    row(service::CaseCode::material_outstanding, NumberKind::asked_material,
        "补交：kanhe application supplement APPLICATION",
        "bring it: kanhe application supplement APPLICATION"),
    row(service::CaseCode::deferral_missing, NumberKind::number, "写明 --deferral.until 和 --deferral.evidence",
        "give --deferral.until and --deferral.evidence"),
    row(service::CaseCode::deferral_day, NumberKind::day),
    row(service::CaseCode::material_not_asked, NumberKind::given_material),
    row(service::CaseCode::noticed_before, NumberKind::time),
    row(service::CaseCode::clock_stopped, NumberKind::time, "恢复计时：kanhe application resume-clock APPLICATION",
        "let it run: kanhe application resume-clock APPLICATION"),
    row(service::CaseCode::item_source_unknown, NumberKind::position),
    row(service::CaseCode::material_not_missing, NumberKind::given_material),
    row(service::CaseCode::clock_day, NumberKind::day),
    row(service::CaseCode::check_unknown, NumberKind::position),
    row(service::CaseCode::certificate_not_good, NumberKind::number, "查看证照状态：kanhe cert status ID",
        "see its standing: kanhe cert status ID"),
    row(service::CaseCode::certificate_not_asked, NumberKind::position),
    row(service::CaseCode::answer_not_asked, NumberKind::position),
    row(service::CaseCode::window_repeated, NumberKind::position),
    row(service::CaseCode::service_repeated, NumberKind::position),
    row(service::CaseCode::service_with_acts, NumberKind::position),
    row(service::CaseCode::window_not_named, NumberKind::position),
    row(treasury::Code::unknown_bill, NumberKind::number, look_zh, look_en),
    row(treasury::Code::reference_used, NumberKind::number, "核对流水号", "compare the reference"),
    row(treasury::Code::unpaid, NumberKind::money, "缴款：kanhe bill show APPLICATION",
        "pay it: kanhe bill show APPLICATION"),
    row(treasury::Code::own_case, NumberKind::number, other_officer_zh, other_officer_en),
    row(treasury::Code::no_refund_due, NumberKind::bill_state, "查看缴款单：kanhe bill show APPLICATION",
        "see the bill: kanhe bill show APPLICATION"),
    row(treasury::Code::tariff_too_early, NumberKind::day),
    row(treasury::Code::exemption_repeated, NumberKind::position),
    row(treasury::Code::day_in_future, NumberKind::day),
    row(treasury::Code::rate_differs, NumberKind::rate, "用 kanhe application assess，由标准计算",
        "let the tariff compute it: kanhe application assess"),
    row(treasury::Code::amount_differs, NumberKind::money, "用 kanhe application assess，由标准计算",
        "let the tariff compute it: kanhe application assess"),
    row(treasury::Code::unknown_exemption, NumberKind::number, "查看免征事由：kanhe tariff show deed-tax",
        "see the grounds: kanhe tariff show deed-tax"),
    row(treasury::Code::payer_not_a_party, NumberKind::number,
        "当事人见：kanhe application show APPLICATION", "who its parties are: kanhe application show APPLICATION"),
    row(treasury::Code::paid_before_bill, NumberKind::day),
    row(treasury::Code::unknown_payment, NumberKind::number, "查看收款：kanhe bill show APPLICATION",
        "see the payments: kanhe bill show APPLICATION"),
    row(treasury::Code::refund_too_high, NumberKind::money),
    row(treasury::Code::relief_too_high, NumberKind::money),
    row(treasury::Code::relief_not_higher, NumberKind::money),
    row(treasury::Code::bill_dropped, NumberKind::bill_state),
    row(treasury::Code::tariff_too_far, NumberKind::day),
    row(treasury::Code::versions_out_of_order, NumberKind::position),
    row(treasury::Code::refund_in_parts, NumberKind::money),
    row(treasury::Code::payment_too_small, NumberKind::money),
    row(contracts::motion::Code::unknown_motion, NumberKind::number, "kanhe motion list", "kanhe motion list"),
    row(contracts::motion::Code::motion_closed, NumberKind::motion_state),
    row(contracts::motion::Code::closing_time, NumberKind::time),
    row(contracts::membership::Code::overlap_too_long, NumberKind::time),
    row(contracts::membership::Code::not_a_weekday, NumberKind::position),
    row(contracts::membership::Code::not_a_weekend, NumberKind::position),
    row(sharing::Code::until_too_early, NumberKind::time),
    row(sharing::Code::unknown_consent, NumberKind::number, "查看授权：kanhe consent list PARTY",
        "see the consents: kanhe consent list PARTY"),
    row(sharing::Code::consent_ended, NumberKind::consent_state),
    row(sharing::Code::consent_expired, NumberKind::time, "请当事人重新授权：kanhe consent give",
        "have the party give another: kanhe consent give"),
    row(sharing::Code::consent_used_up, NumberKind::number, "请当事人重新授权：kanhe consent give",
        "have the party give another: kanhe consent give"),
    row(sharing::Code::basis_missing, NumberKind::number, "写明授权 (--consent) 或法律依据 (--basis)",
        "name a consent (--consent) or the law (--basis)"),
    row(sharing::Code::question_answered, NumberKind::time),
    row(sharing::Code::evidence_missing, NumberKind::number, evidence_zh, evidence_en),
    row(sharing::Code::own_case, NumberKind::number, other_officer_zh, other_officer_en),
    row(sharing::Code::unknown_mandate, NumberKind::position),
    row(sharing::Code::mandate_over, NumberKind::time, "请委托人重新委托：kanhe mandate give",
        "have the principal give another: kanhe mandate give"),
    row(sharing::Code::mandate_of_other, NumberKind::position),
    row(sharing::Code::mandate_not_for, NumberKind::position),
    row(sharing::Code::agents_differ, NumberKind::position),
    row(sharing::Code::mandate_repeated, NumberKind::position),
    row(contracts::supervision::Code::matter_open, NumberKind::phase),
    row(contracts::supervision::Code::called_before, NumberKind::time),
    row(contracts::supervision::Code::not_called, NumberKind::number, "先回访：kanhe rating call-back APPLICATION",
        "call back first: kanhe rating call-back APPLICATION"),
    row(contracts::supervision::Code::mended_before, NumberKind::time),
    row(contracts::supervision::Code::own_case, NumberKind::number, other_officer_zh, other_officer_en),
};

CodeWords words_of(std::uint16_t code) {
  const auto* const place = std::ranges::lower_bound(all_words, code, {}, &CodeWords::code);
  return place == std::end(all_words) || place->code != code ? CodeWords{code} : *place;
}

// An enumerator in words; its number where there is none of it.
template <EnumType E>
Words enumerator_words(std::uint64_t value) {
  if (!is_enumerator<E>(value)) return {std::to_string(value), std::to_string(value)};
  return find_value_words(type_name<E>(), enum_name(static_cast<E>(value)));
}

Words same(std::string text) { return {text, text}; }

Words number_words(const Globals& globals, NumberKind kind, std::uint64_t value) {
  const std::string digits = std::to_string(value);
  switch (kind) {
    case NumberKind::number:
      break;
    case NumberKind::position:
    case NumberKind::asked_material:
    case NumberKind::given_material:
      return {"第 " + digits + " 项", "number " + digits + " of them"};
    case NumberKind::limit:
      return {"第 " + digits + " 号限制", "limit number " + digits};
    case NumberKind::time:
      return same(write_time(value));
    case NumberKind::day: {
      // A day beyond the calendar's stays a number.
      constexpr std::uint64_t days_max = 2'932'896;  // 9999-12-31
      return same(value > days_max ? digits : contracts::date_of(static_cast<std::uint32_t>(value)).str());
    }
    case NumberKind::days:
      return {digits + " 天", digits + " days"};
    case NumberKind::money:
      return same(money_text(globals, Fen(std::min<std::uint64_t>(value, Fen::max))));
    case NumberKind::rate:
      return same(rate_text(treasury::TaxRate(
          static_cast<treasury::TaxRate::Rep>(std::min<std::uint64_t>(value, treasury::TaxRate::max)))));
    case NumberKind::phase:
      return enumerator_words<service::Phase>(value);
    case NumberKind::bill_state:
      return enumerator_words<treasury::BillState>(value);
    case NumberKind::motion_state:
      return enumerator_words<contracts::motion::State>(value);
    case NumberKind::unit_state:
      return enumerator_words<property::UnitState>(value);
    case NumberKind::consent_state:
      return enumerator_words<sharing::ConsentState>(value);
    case NumberKind::standing:
      return enumerator_words<certificate::Standing>(value);
    case NumberKind::right:
      return enumerator_words<property::RightKind>(value);
    case NumberKind::usage:
      return enumerator_words<property::Usage>(value);
    case NumberKind::end_reason:
      return enumerator_words<property::EndReason>(value);
  }
  return same(digits);
}

// What a limit and a value are called: states are wanted and there are others; a place speaks for itself.
struct NumberNames {
  Words limit;
  Words value;
};
NumberNames names_of(NumberKind kind) {
  switch (kind) {
    case NumberKind::number:
    case NumberKind::time:
    case NumberKind::day:
    case NumberKind::days:
    case NumberKind::money:
    case NumberKind::rate:
      return {{"限值 ", "limit "}, {"实际 ", "value "}};
    case NumberKind::position:
    case NumberKind::asked_material:
    case NumberKind::given_material:
    case NumberKind::limit:
      return {{"应为 ", "must be "}, {}};
    default:
      return {{"应为 ", "must be: "}, {"现为 ", "is: "}};
  }
}

// "；限值 30 天；实际 40 天"
Words numbers_text(const Globals& globals, const Finding& finding, NumberKind kind) {
  Words text;
  const NumberNames names = names_of(kind);
  const auto add = [&](std::uint64_t value, const Words& name) {
    if (value == 0) return;
    const Words words = number_words(globals, kind, value);
    text.zh += "；" + name.zh + words.zh;
    text.en += "; " + name.en + words.en;
  };
  add(finding.limit, names.limit);
  add(finding.value, names.value);
  return text;
}

// "单元 · unit (--unit): " for the field that a finding counts, where the method is known.
std::string field_text(const Globals& globals, const Call* call, std::uint16_t field) {
  if (call == nullptr || field == 0) return {};
  const Schema& schema = call->method->arguments();
  if (field > schema.fields.size()) return {};
  const std::string_view name = schema.fields[field - 1].name;
  return field_label(globals, schema, name) + " (--" + std::string(name) + "): ";
}

// The command that helps, with what the call is about in the place of APPLICATION, UNIT, PARTY or ID.
std::string filled_in(std::string help, const std::vector<FieldOption>& options) {
  struct Place {
    std::string_view word;
    std::string_view field;
  };
  constexpr Place places[] = {
      {"APPLICATION", "application"}, {"UNIT", "unit"}, {"UNIT", "acts.1.unit"}, {"PARTY", "party"}, {"ID", "id"},
      {"CODE", "service"}};
  for (const Place& place : places) {
    const auto option = std::ranges::find(options, place.field, &FieldOption::path);
    const std::size_t at = help.find(" " + std::string(place.word));
    if (option == options.end() || option->value.empty()) continue;
    if (at != std::string::npos) help.replace(at + 1, place.word.size(), option->value);
  }
  return help;
}

// Roles are bits, which the sentence itself reads.
bool has_plain_numbers(const Finding& finding) {
  return finding.code != static_cast<std::uint16_t>(contracts::Code::role_needed);
}

// Of a package the service that the finding is about; null where it is about none of them.
const NamedService* part_of(const Finding& finding, const ServiceNames& names) {
  const auto* const subject = finding.subject ? std::get_if<ApplicationSubject>(&*finding.subject) : nullptr;
  if (subject == nullptr) return nullptr;
  const auto part = names.parts.find(subject->id);
  return part == names.parts.end() ? nullptr : &part->second;
}

// "印章刻制备案 · filing of the seal (seal-filing): "
std::string part_text(const Globals& globals, const NamedService* part) {
  if (part == nullptr) return {};
  const service::Definition& definition = part->service.definition;
  return sentence(globals, definition.name_zh.view(), definition.name_en.view()) + " (" + part->code.str() + "): ";
}

// The rule at the place in the service's list; null where the service is not known, or has no such place.
const service::MaterialRule* rule_of(const Finding& finding, const ServiceNames& names) {
  const NamedService* const part = part_of(finding, names);
  const service::Service* const of = part != nullptr ? &part->service : names.service ? &*names.service : nullptr;
  if (of == nullptr || finding.value == 0 || finding.value > of->definition.materials.size()) return nullptr;
  return &of->definition.materials[finding.value - 1];
}

// The code of a material at the place in the call's own list: "materials.2.code", or the second of "missing".
std::string given_code(const Finding& finding, const Call* call) {
  if (call == nullptr || finding.value == 0) return {};
  const Schema& schema = call->method->arguments();
  if (finding.field == 0 || finding.field > schema.fields.size()) return {};
  const std::string field(schema.fields[finding.field - 1].name);
  std::uint64_t place = 0;
  for (const FieldOption& option : options_of(schema, call->arguments.get())) {
    if (option.path == field + "." + std::to_string(finding.value) + ".code") return option.value;
    if (option.path == field && ++place == finding.value) return option.value;
  }
  return {};
}

// What a place in a list of materials stands for, and how the material can come to be there; the plain place where that
// is not known.
struct MaterialWords {
  Words name;
  Words help;
};
MaterialWords material_words(const Finding& finding, NumberKind kind, const Call* call, const ServiceNames& names) {
  if (kind == NumberKind::given_material) {
    const std::string code = given_code(finding, call);
    if (code.empty()) return {};
    return {{"：" + code, ": " + code}, {}};
  }
  const service::MaterialRule* const rule = kind == NumberKind::asked_material ? rule_of(finding, names) : nullptr;
  if (rule == nullptr) return {};
  const std::string code = " (" + rule->code.str() + ")";
  MaterialWords words{{"：" + rule->name_zh.str() + code, ": " + rule->name_en.str() + code}, {}};
  if (finding.code != static_cast<std::uint16_t>(service::Code::material_missing)) return words;
  words.help = {"提交该材料 (--materials)", "bring it (--materials)"};
  if (rule->deferrable) {
    words.help.zh += "；或承诺补交日期 (--deferral)";
    words.help.en += ", or promise a day for it (--deferral)";
  }
  if (rule->certificate) {
    words.help.zh += "；或出示证照 (--shown)，类型 " + rule->certificate->str();
    words.help.en += ", or show a certificate of the type " + rule->certificate->str() + " (--shown)";
  }
  return words;
}

std::string finding_text(const Globals& globals, const Finding& finding, const Call* call, const ServiceNames& names) {
  CodeWords words = words_of(finding.code);
  const NamedService* const part = part_of(finding, names);
  const std::string field = field_text(globals, call, finding.field) + part_text(globals, part);
  Finding plain = finding;
  if (!field.empty()) plain.field = 0;  // it is named before the sentence
  if (part != nullptr) plain.subject.reset();
  const MaterialWords material = material_words(finding, words.numbers, call, names);
  Words numbers = material.name;
  if (has_plain_numbers(finding)) {
    if (numbers.en.empty()) numbers = numbers_text(globals, finding, words.numbers);
    plain.limit = plain.value = 0;
  }
  if (!material.help.en.empty()) {
    words.help_zh = material.help.zh;
    words.help_en = material.help.en;
  }
  const contracts::Explanation why = contracts::explain(plain);
  std::string text =
      "  ✗ " + field + sentence(globals, why.zh + numbers.zh, why.en + numbers.en) + "  [" + why.name + "]\n";
  const auto add = [&](std::string_view name_zh, std::string_view name_en, const std::string& zh,
                       const std::string& en) {
    if (zh.empty()) return;
    text += "      " + sentence(globals, std::string(name_zh) + zh, std::string(name_en) + en) + "\n";
  };
  add("依据：", "by ", why.law_zh, why.law_en);
  add("办法：", "do: ", why.help_zh, why.help_en);
  std::vector<FieldOption> options;
  if (call != nullptr && !words.help_zh.empty()) {
    options = options_of(call->method->arguments(), call->arguments.get());
  }
  add("办法：", "do: ", filled_in(std::string(words.help_zh), options), filled_in(std::string(words.help_en), options));
  return text;
}

}  // namespace

std::span<const CodeWords> code_words() { return all_words; }

ServiceNames read_service_names(ServiceReader& reader, const Call& call, const TransactionId& id,
                                const Refused& refused) {
  ServiceNames names;
  const auto is_about_service = [](const Finding& finding) {
    const bool of_part = finding.subject && std::holds_alternative<ApplicationSubject>(*finding.subject);
    return of_part || words_of(finding.code).numbers == NumberKind::asked_material;
  };
  if (call.module->name != "service" || std::ranges::none_of(refused.findings, is_about_service)) return names;
  const Schema& schema = call.method->arguments();
  const auto options = options_of(schema, call.arguments.get());
  const auto value = [&](std::string_view path) {
    const auto option = std::ranges::find(options, path, &FieldOption::path);
    return option == options.end() ? std::string() : option->value;
  };
  if (const auto code = service::PackageCode::from(value("package"))) {
    const auto package = reader.package(*code);
    if (!package || !*package) return names;
    const auto services = services_of(reader, **package);
    for (std::size_t i = 0; services && i < services->size(); ++i) {
      names.parts.emplace(service::application_of(service::application_of(id), i), (*services)[i]);
    }
  } else if (const auto one = service::ServiceCode::from(value("service"))) {
    if (auto found = reader.service(*one)) names.service = std::move(*found);
  } else if (const auto application = ApplicationId::from_hex(value("application"))) {
    if (auto found = reader.application(*application); found && *found) names.service = std::move((*found)->service);
  }
  return names;
}

std::string findings_text(const Globals& globals, const Refused& refused, const Call* call, const ServiceNames& names) {
  std::string text;
  for (const Finding& finding : refused.findings) text += finding_text(globals, finding, call, names);
  return text;
}

}  // namespace kanhe::cli
