#include "contracts/service_definition.h"

#include "contracts/governance.h"
#include "contracts/method.h"
#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::service;

template Bytes encode(const Service&);
template Result<Service> decode(ByteView);
template Bytes encode(const DefineArguments&);
template Result<ServiceDefined> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::service {

namespace {

constexpr std::uint16_t definition_field = field_number<DefineArguments>("definition");

void check_step(Context& context, const Definition& definition, const StepPosition& position) {
  const Step& step = definition.stages[position.stage].steps[position.step];
  governance::require_department(context, step.department, definition_field);
  if (!step_roles.contains(step.role)) {
    context.refuse(Code::step_role_not_allowed, {.field = definition_field,
                                                 .limit = step_roles.bits(),
                                                 .value = static_cast<std::uint64_t>(step.role)});
  }
  if (step.kind == StepKind::assessment && step.role != Role::tax_officer) {
    context.refuse(Code::assessor_not_tax, {.field = definition_field, .value = position.stage + 1});
  }
  const auto first = find_step(definition, step.code);
  if (first->stage != position.stage || first->step != position.step) {
    context.refuse(Code::step_repeated, {.field = definition_field, .value = position.stage + 1});
  }
}

// `number` of the stage, from 1.
void check_needed(Context& context, const Stage& stage, std::size_t number) {
  if (stage.needed > stage.steps.size()) {
    context.refuse(CaseCode::needed_too_many,
                   {.field = definition_field, .limit = stage.steps.size(), .value = stage.needed});
  }
  const bool assesses = std::ranges::find(stage.steps, StepKind::assessment, &Step::kind) != stage.steps.end();
  if (assesses && stage.needed != 0 && stage.needed < stage.steps.size()) {
    context.refuse(CaseCode::assessment_optional, {.rule = 27, .field = definition_field, .value = number});
  }
}

void check_stages(Context& context, const Definition& definition) {
  bool assessed = false;
  if (definition.stages.empty()) context.refuse(Code::stages_missing, {.field = definition_field});
  for (std::size_t stage = 0; stage < definition.stages.size(); ++stage) {
    const auto& steps = definition.stages[stage].steps;
    if (definition.stages[stage].time_limit_days > working_days_max) {
      context.refuse(Code::time_limit_too_long,
                     {.field = definition_field, .limit = working_days_max, .value = stage + 1});
    }
    if (steps.empty()) context.refuse(Code::steps_missing, {.field = definition_field, .value = stage + 1});
    check_needed(context, definition.stages[stage], stage + 1);
    for (std::size_t step = 0; step < steps.size(); ++step) {
      check_step(context, definition, {stage, step});
      if (steps[step].kind != StepKind::assessment) continue;
      if (assessed) context.refuse(Code::assessment_repeated, {.field = definition_field, .value = stage + 1});
      assessed = true;
    }
  }
  const bool transfers = std::ranges::find(definition.acts, ActKind::transfer) != definition.acts.end();
  if (transfers && !assessed) context.refuse(Code::assessment_missing, {.rule = 27, .field = definition_field});
  if (!transfers && assessed) context.refuse(Code::assessment_without_transfer, {.field = definition_field});
  if (assessed && !definition.deed_tax_tariff) {
    context.refuse(treasury::Code::unknown_tariff, {.rule = 27, .field = definition_field});
  }
}

void check_tariffs(Context& context, const Definition& definition) {
  if (definition.fee_tariff) {
    treasury::require_tariff<treasury::FeeTable>(context, *definition.fee_tariff, definition_field);
  }
  if (!definition.deed_tax_tariff) return;
  treasury::require_tariff<treasury::DeedTaxTable>(context, *definition.deed_tax_tariff, definition_field);
  // The office that assesses has put the tariff, and nobody else.
  const auto head = treasury::tariff_heads.get(context.state(), *definition.deed_tax_tariff);
  if (!head) return;
  for (const Stage& stage : definition.stages) {
    for (const Step& one : stage.steps) {
      if (one.kind != StepKind::assessment || one.department == head->owner) continue;
      context.refuse(treasury::Code::tariff_of_other_department,
                     {.rule = 27, .field = definition_field, .subject = DepartmentSubject{head->owner}});
    }
  }
}

template <class List>
void check_once(Context& context, const List& list) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (list[i] != list[j]) continue;
      context.refuse(Code::acts_repeated, {.field = definition_field, .value = static_cast<std::uint64_t>(list[i])});
    }
  }
}

void check_offer(Context& context, const Definition& definition) {
  if (definition.acts.empty()) context.refuse(property::FilingCode::acts_missing, {.field = definition_field});
  check_once(context, definition.acts);
  check_once(context, definition.causes);
  check_once(context, definition.limits);
  if (!definition.proof_type || certificate::types.contains(context.state(), *definition.proof_type)) return;
  context.refuse(certificate::Code::unknown_type, {.field = definition_field});
}

// R38. Civil Code 213: no appraisal is asked for.
bool is_forbidden(const MaterialCode& material) {
  constexpr std::array<std::string_view, 3> parts{"appraisal", "valuation", "re-registration"};
  const auto is_in = [&](std::string_view part) { return material.view().find(part) != std::string_view::npos; };
  return std::ranges::any_of(parts, is_in);
}

void check_materials(Context& context, const Definition& definition) {
  for (std::size_t i = 0; i < definition.materials.size(); ++i) {
    const MaterialRule& rule = definition.materials[i];
    if (is_forbidden(rule.code)) {
      context.refuse(Code::material_forbidden, {.rule = 38, .field = definition_field, .value = i + 1});
    }
    if (rule.item && !sharing::items.contains(context.state(), *rule.item)) {
      context.refuse(CaseCode::item_source_unknown, {.field = definition_field, .value = i + 1});
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (rule.code != definition.materials[j].code) continue;
      context.refuse(Code::material_repeated, {.field = definition_field, .value = i + 1});
    }
  }
}

}  // namespace

void define(Context& context, const DefineArguments& arguments) {
  const std::uint16_t code_field = field_number<DefineArguments>("code");
  const Definition& definition = arguments.definition;
  if (const auto known = services.get(context.state(), arguments.code)) {
    context.refuse(Code::service_exists, {.field = code_field, .subject = DepartmentSubject{known->owner}});
  }
  if (definition.name_zh.empty() || definition.name_en.empty()) {
    context.refuse(Code::name_missing, {.field = definition_field});
  }
  if (!certificate::types.contains(context.state(), definition.certificate_type)) {
    context.refuse(certificate::Code::unknown_type, {.field = definition_field});
  }
  governance::require_department(context, definition.treasury, definition_field);
  check_offer(context, definition);
  check_materials(context, definition);
  check_stages(context, definition);
  check_tariffs(context, definition);
  if (context.refused()) return;

  const DepartmentId& owner = context.sender().department;
  services.put(context.state(), arguments.code, {{}, owner, context.now(), definition});
  context.emit(ServiceDefined{arguments.code}, {DepartmentSubject{owner}});
}

namespace {

template <class T>
T text(std::string_view value) {
  auto result = T::from(value);
  CHECK(result.has_value());
  return std::move(result).value();
}

Step step(std::string_view code, std::string_view zh, std::string_view en, const DepartmentId& department, Role role,
          StepKind kind) {
  return {text<StepCode>(code), text<PlainText<96>>(zh), text<PlainText<96>>(en), department, role, kind};
}

struct Names {
  std::string_view code;
  std::string_view zh;
  std::string_view en;
};

// With the fee of a registration; nothing is offered yet.
DefineArguments start(const Names& names, const ServiceDepartments& departments,
                      const certificate::TypeCode& certificate_type) {
  DefineArguments arguments;
  arguments.code = text<ServiceCode>(names.code);
  Definition& definition = arguments.definition;
  definition.name_zh = text<PlainText<96>>(names.zh);
  definition.name_en = text<PlainText<96>>(names.en);
  definition.certificate_type = certificate_type;
  definition.treasury = departments.treasury;
  definition.fee_tariff = text<treasury::TariffCode>(treasury::registration_fee_code);
  return arguments;
}

void ask_for(Definition& definition, std::initializer_list<std::string_view> materials) {
  for (const std::string_view one : materials) definition.materials.push_back({text<MaterialCode>(one), false, {}});
}

Stage stage(std::uint16_t days, std::initializer_list<Step> steps) {
  Stage one;
  for (const Step& each : steps) one.steps.push_back(each);
  one.time_limit_days = days;
  return one;
}

Step by_housing(const ServiceDepartments& departments, std::string_view zh, std::string_view en) {
  return step("housing", zh, en, departments.housing, Role::housing_officer, StepKind::opinion);
}
Step by_tax(const ServiceDepartments& departments) {
  return step("tax", "契税核定", "deed tax assessed", departments.tax, Role::tax_officer, StepKind::assessment);
}
Step by_registry(const ServiceDepartments& departments) {
  return step("registry", "登记审核", "registry review", departments.registry, Role::reviewer, StepKind::opinion);
}

DefineArguments inheritance(const ServiceDepartments& departments, const ServiceTypes& types) {
  auto arguments = start({"inheritance", "继承转移登记", "inheritance"}, departments, types.title);
  Definition& definition = arguments.definition;
  definition.acts = {ActKind::transfer};
  definition.causes = {property::Cause::inheritance};
  definition.deed_tax_tariff = text<treasury::TariffCode>(treasury::deed_tax_code);
  ask_for(definition, {"application-form", "identity", "death-proof", "kinship-proof", "agreement-of-heirs"});
  definition.stages = {stage(10, {by_tax(departments)}), stage(20, {by_registry(departments)})};
  return arguments;
}

DefineArguments mortgage(const ServiceDepartments& departments, const ServiceTypes& types) {
  auto arguments = start({"mortgage", "抵押登记", "mortgage"}, departments, types.title);
  Definition& definition = arguments.definition;
  definition.acts = {ActKind::enter_limit};
  definition.limits = {property::LimitKind::mortgage};
  definition.proof_type = types.proof;
  ask_for(definition, {"application-form", "identity", "loan-contract", "mortgage-contract"});
  definition.stages = {stage(5, {by_registry(departments)})};
  return arguments;
}

DefineArguments mortgage_release(const ServiceDepartments& departments, const ServiceTypes& types) {
  auto arguments = start({"mortgage-release", "抵押权注销登记", "release of a mortgage"}, departments, types.title);
  Definition& definition = arguments.definition;
  definition.acts = {ActKind::end_limit};
  definition.limits = {property::LimitKind::mortgage};
  definition.fee_tariff.reset();
  ask_for(definition, {"application-form", "identity", "release-consent"});
  definition.stages = {stage(1, {by_registry(departments)})};
  return arguments;
}

DefineArguments new_building(const ServiceDepartments& departments, const ServiceTypes& types) {
  auto arguments = start({"new-building", "新建房屋首次登记", "first registration of a new building"}, departments,
                         types.title);
  Definition& definition = arguments.definition;
  definition.acts = {ActKind::register_unit};
  ask_for(definition, {"application-form", "identity", "land-right", "planning-permit", "completion-record", "survey"});
  definition.stages = {
      stage(15, {by_housing(departments, "规划与竣工核验", "planning and completion")}),
      stage(5, {by_registry(departments)}),
  };
  return arguments;
}

DefineArguments unit_change(const ServiceDepartments& departments, const ServiceTypes& types) {
  auto arguments = start({"unit-change", "变更登记", "change of a unit"}, departments, types.title);
  Definition& definition = arguments.definition;
  definition.acts = {ActKind::change_unit, ActKind::split_unit, ActKind::merge_units};
  ask_for(definition, {"application-form", "identity", "proof-of-change"});
  definition.stages = {stage(5, {by_registry(departments)})};
  return arguments;
}

DefineArguments sale_with_mortgage(const ServiceDepartments& departments, const ServiceTypes& types) {
  auto arguments = house_sale(departments, types.title);
  arguments.code = text<ServiceCode>("sale-with-mortgage");
  Definition& definition = arguments.definition;
  definition.name_zh = text<PlainText<96>>("带押过户");
  definition.name_en = text<PlainText<96>>("sale with the mortgage in place");
  definition.acts = {ActKind::transfer, ActKind::enter_limit, ActKind::end_limit};
  definition.limits = {property::LimitKind::mortgage};
  definition.proof_type = types.proof;
  ask_for(definition, {"loan-contract", "mortgage-contract", "release-consent"});
  return arguments;
}

}  // namespace

DefineArguments house_sale(const ServiceDepartments& departments, const certificate::TypeCode& certificate_type) {
  auto arguments = start({"house-sale", "存量房买卖转移登记", "sale of a house"}, departments, certificate_type);
  Definition& definition = arguments.definition;
  definition.acts = {ActKind::transfer};
  definition.causes = {property::Cause::sale};
  definition.deed_tax_tariff = text<treasury::TariffCode>(treasury::deed_tax_code);
  ask_for(definition, {"application-form", "identity", "sale-contract"});
  definition.stages = {
      stage(3, {by_housing(departments, "合同备案核验", "contract on file"), by_tax(departments)}),
      stage(2, {by_registry(departments)}),
  };
  return arguments;
}

std::vector<DefineArguments> shipped_services(const ServiceDepartments& departments, const ServiceTypes& types) {
  return {house_sale(departments, types.title),   inheritance(departments, types),
          mortgage(departments, types),           mortgage_release(departments, types),
          new_building(departments, types),       sale_with_mortgage(departments, types),
          unit_change(departments, types)};
}

}  // namespace kanhe::contracts::service
