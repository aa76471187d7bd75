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
  const auto first = find_step(definition, step.code);
  if (first->stage != position.stage || first->step != position.step) {
    context.refuse(Code::step_repeated, {.field = definition_field, .value = position.stage + 1});
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
    for (std::size_t step = 0; step < steps.size(); ++step) {
      check_step(context, definition, {stage, step});
      if (steps[step].kind == StepKind::assessment) assessed = true;
    }
  }
  if (!assessed) context.refuse(Code::assessment_missing, {.rule = 27, .field = definition_field});
}

void check_materials(Context& context, const Definition& definition) {
  for (std::size_t i = 0; i < definition.materials.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (definition.materials[i] != definition.materials[j]) continue;
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
  check_materials(context, definition);
  check_stages(context, definition);
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


}  // namespace

DefineArguments house_sale(const ServiceDepartments& departments, const certificate::TypeCode& certificate_type) {
  DefineArguments arguments;
  arguments.code = text<ServiceCode>("house-sale");
  Definition& sale = arguments.definition;
  sale.name_zh = text<PlainText<96>>("存量房买卖转移登记");
  sale.name_en = text<PlainText<96>>("sale of a house");
  sale.effect = Effect::transfer;
  sale.certificate_type = certificate_type;
  sale.treasury = departments.treasury;
  sale.fee_residential = treasury::Charge(8'000);
  sale.fee_other = treasury::Charge(55'000);
  sale.materials = {text<MaterialCode>("application-form"), text<MaterialCode>("identity"),
                    text<MaterialCode>("sale-contract")};
  Stage parallel;
  parallel.steps = {step("housing", "合同备案核验", "contract on file", departments.housing, Role::housing_officer,
                         StepKind::opinion),
                    step("tax", "契税核定", "deed tax assessed", departments.tax, Role::tax_officer,
                         StepKind::assessment)};
  parallel.time_limit_days = 3;
  Stage registry;
  registry.steps = {step("registry", "登记审核", "registry review", departments.registry, Role::reviewer,
                         StepKind::opinion)};
  registry.time_limit_days = 2;
  sale.stages = {parallel, registry};
  return arguments;
}

}  // namespace kanhe::contracts::service
