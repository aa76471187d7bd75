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
  if (assessed && !definition.checks.empty()) {
    context.refuse(CaseCode::check_with_assessment, {.rule = 27, .field = definition_field});
  }
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
  // Without acts there is nothing of which a cause, a limit or a proof could be.
  const bool of_acts = !definition.causes.empty() || !definition.limits.empty() || definition.proof_type;
  if (definition.acts.empty() && of_acts) {
    context.refuse(property::FilingCode::acts_missing, {.field = definition_field});
  }
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
    if (rule.name_zh.empty() || rule.name_en.empty()) {
      context.refuse(Code::name_missing, {.field = definition_field, .value = i + 1});
    }
    if (is_forbidden(rule.code)) {
      context.refuse(Code::material_forbidden, {.rule = 38, .field = definition_field, .value = i + 1});
    }
    if (rule.certificate && !certificate::types.contains(context.state(), *rule.certificate)) {
      context.refuse(certificate::Code::unknown_type, {.field = definition_field});
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

bool is_known(const StateReader& state, const PreCheck& check) {
  if (const auto* const of = std::get_if<ItemCheck>(&check)) return sharing::items.contains(state, of->item);
  if (const auto* const of = std::get_if<AnswerCheck>(&check)) {
    return sharing::predicates.contains(state, of->predicate);
  }
  return certificate::types.contains(state, std::get<CertificateCheck>(check).certificate_type);
}

void check_checks(Context& context, const Definition& definition) {
  for (std::size_t i = 0; i < definition.checks.size(); ++i) {
    if (is_known(context.state(), definition.checks[i])) continue;
    context.refuse(CaseCode::check_unknown, {.field = definition_field, .value = i + 1});
  }
}

void check_windows(Context& context, const Definition& definition) {
  const auto& windows = definition.windows;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    governance::require_department(context, windows[i], definition_field);
    const auto here = windows.begin() + static_cast<std::ptrdiff_t>(i);
    const bool repeated = std::find(windows.begin(), here, windows[i]) != here;
    if (!repeated && windows[i] != context.sender().department) continue;
    context.refuse(CaseCode::window_repeated, {.field = definition_field, .value = i + 1});
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
  check_checks(context, definition);
  check_stages(context, definition);
  check_windows(context, definition);
  check_tariffs(context, definition);
  governance::require_approved(context, "service", "define", encode(arguments));
  if (context.refused()) return;

  const DepartmentId& owner = context.sender().department;
  services.put(context.state(), arguments.code, {{}, owner, context.now(), definition});
  context.emit(ServiceDefined{arguments.code}, {DepartmentSubject{owner}});
}

}  // namespace kanhe::contracts::service
