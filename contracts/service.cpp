#include "contracts/service.h"

#include "contracts/calendar.h"
#include "contracts/method.h"
#include "contracts/rules.h"
#include "contracts/service_case.h"
#include "contracts/service_definition.h"
#include "contracts/service_filing.h"
#include "contracts/service_registration.h"
#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::service;

template Bytes encode(const Application&);
template Result<Application> decode(ByteView);
template Bytes encode_key(const ServiceCode&);

template Bytes encode(const AcceptArguments&);
template Bytes encode(const SupplementArguments&);
template Bytes encode(const ReviewArguments&);
template Bytes encode(const WithdrawArguments&);
template Result<Accepted> decode(ByteView);
template Result<Reviewed> decode(ByteView);
template Result<StageOverdue> decode(ByteView);
template Result<Closed> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::service {

namespace {

constexpr DueHandlerNumber stage_overdue_number = 0x0501;

// The data of the due entry of a stage's time limit.
struct StageLimit {
  ApplicationId application;
  std::uint8_t stage = 0;  // from 0
};
BOOST_DESCRIBE_STRUCT(StageLimit, (), (application, stage))

}  // namespace

std::optional<Case> require_case(Context& context, const ApplicationId& id, std::uint16_t field) {
  auto application = applications.get(context.state(), id);
  if (!application) {
    context.refuse(Code::unknown_application, {.field = field});
    return std::nullopt;
  }
  auto service = services.get(context.state(), application->service);
  if (!service) {
    context.refuse(Code::unknown_service);
    return std::nullopt;
  }
  return Case{id, std::move(*application), std::move(*service)};
}

bool require_phase(Context& context, const Application& application, Phase needed) {
  if (application.phase == needed) return true;
  context.refuse(Code::wrong_phase, {.limit = static_cast<std::uint64_t>(needed),
                                     .value = static_cast<std::uint64_t>(application.phase)});
  return false;
}

std::vector<PartyId> parties_of(const Application& application) {
  std::vector<PartyId> parties(application.applicants.begin(), application.applicants.end());
  for (const PartyId& party : property::parties_of(application.acts)) {
    if (std::ranges::find(parties, party) == parties.end()) parties.push_back(party);
  }
  return parties;
}

void check_not_party(Context& context, const Application& application) {
  if (!property::has_part(context.state(), filing_of(application), context.sender().person)) return;
  context.refuse(Code::own_case);
}

void check_impartial(Context& context, const Application& application) {
  enum Act : std::uint64_t { filed = 1, accepted = 2, reviewed = 3 };
  const PartyId& person = context.sender().person;
  check_not_party(context, application);
  if (application.filed_by == person) context.refuse(Code::acted_before, {.value = filed});
  if (application.accepted_by == person) context.refuse(Code::acted_before, {.value = accepted});
  if (std::ranges::find(application.reviews, person, &Review::reviewer) != application.reviews.end()) {
    context.refuse(Code::acted_before, {.value = reviewed});
  }
}

std::vector<Subject> all_subjects_of(const Case& one) {
  std::vector<Subject> subjects{ApplicationSubject{one.id}};
  for (const UnitNumber& number : property::units_of(one.application.acts)) subjects.push_back(UnitSubject{number});
  return subjects;
}

void store(Context& context, const Case& one) { applications.put(context.state(), one.id, one.application); }

namespace {

bool is_party(const Application& application, const PartyId& person) {
  const auto parties = parties_of(application);
  return std::ranges::find(parties, person) != parties.end();
}

// The application, and its first unit: for what happens on the way.
std::vector<Subject> subjects_of(const Case& one) {
  return {ApplicationSubject{one.id}, UnitSubject{property::unit_of(one.application.acts[0])}};
}

bool is_reviewed(const Application& application, const StepCode& step) {
  return std::ranges::find(application.reviews, step, &Review::step) != application.reviews.end();
}

// ---------------------------------------------------------------------------------------------------------------------
// Stages

// Sets the time limit of the open stage.
void open_stage(Context& context, Case& one) {
  const std::uint16_t days = one.service.definition.stages[one.application.stage].time_limit_days;
  one.application.due.reset();
  if (days == 0) return;
  const Timestamp end = end_of_working_days(context.state(), context.now(), days);
  one.application.due = context.at(end, stage_overdue_number, StageLimit{one.id, one.application.stage});
}

void end_stage(Context& context, Case& one) {
  if (one.application.due) context.cancel(*one.application.due);
  one.application.due.reset();
}

}  // namespace

// That each certificate is of it, its own event says.
void close(Context& context, Case& one, Phase phase, const List<CertificateId, outputs_max>& certificates) {
  end_stage(context, one);
  one.application.phase = phase;
  one.application.closed_ms = context.now();
  store(context, one);
  for (const UnitNumber& unit : property::units_of(one.application.acts)) {
    property::release_unit(context, unit, one.id);
  }
  std::vector<Subject> subjects = all_subjects_of(one);
  for (const CertificateId& certificate : certificates) {
    if (subjects.size() < subjects_max) subjects.push_back(CertificateSubject{certificate});
  }
  context.emit(Closed{phase, certificates}, std::move(subjects));
}

namespace {

void accept(Context& context, const AcceptArguments& arguments) {
  auto one = require_case(context, arguments.application, field_number<AcceptArguments>("application"));
  if (!one) return;
  context.require_role_in(one->service.owner, {Role::window_clerk});
  require_phase(context, one->application, Phase::filed);
  check_not_party(context, one->application);
  if (context.refused()) return;

  one->application.phase = Phase::in_review;
  one->application.accepted_by = context.sender().person;
  one->application.accepted_ms = context.now();
  open_stage(context, *one);
  store(context, *one);
  std::vector<Subject> subjects = subjects_of(*one);
  subjects.push_back(DepartmentSubject{one->service.owner});
  context.emit(Accepted{one->service.owner}, std::move(subjects));
}

// The departments that have not reviewed in the open stage are waited for. An application that went on by itself has
// cancelled its entry, so the stage is the same.
void note_overdue(Context& context, const StageLimit& limit) {
  const auto application = applications.get(context.state(), limit.application);
  if (!application || application->phase != Phase::in_review || application->stage != limit.stage) return;
  const auto service = services.get(context.state(), application->service);
  if (!service) return;
  std::vector<Subject> subjects{ApplicationSubject{limit.application},
                                UnitSubject{property::unit_of(application->acts[0])}};
  for (const Step& step : service->definition.stages[limit.stage].steps) {
    if (!is_reviewed(*application, step.code)) subjects.push_back(DepartmentSubject{step.department});
  }
  context.emit(StageOverdue{static_cast<std::uint8_t>(limit.stage + 1)}, std::move(subjects));
}

// ---------------------------------------------------------------------------------------------------------------------
// Reviews

// The step, if it is the sender's and its turn has come; adds findings.
const Step* require_step(Context& context, const Case& one, const StepCode& code) {
  const std::uint16_t field = field_number<ReviewArguments>("step");
  const auto position = find_step(one.service.definition, code);
  if (!position) {
    context.refuse(Code::unknown_step, {.field = field});
    return nullptr;
  }
  const Step& step = one.service.definition.stages[position->stage].steps[position->step];
  context.require_role_in(step.department, {step.role});
  if (is_reviewed(one.application, code)) {
    context.refuse(Code::step_done, {.field = field});
  } else if (one.application.phase == Phase::in_review && position->stage != one.application.stage) {
    context.refuse(Code::step_not_open,
                   {.field = field, .limit = one.application.stage + 1u, .value = position->stage + 1});
  }
  return &step;
}

constexpr std::uint16_t assessments_field = field_number<ReviewArguments>("assessments");

// R27: each transfer is assessed once, by what the tariff allows.
void check_assessments(Context& context, const Case& one, const Assessments& assessments) {
  const property::Acts& acts = one.application.acts;
  std::vector<std::uint8_t> missing;
  for (std::size_t i = 0; i < acts.size(); ++i) {
    if (kind_of(acts[i]) == ActKind::transfer) missing.push_back(static_cast<std::uint8_t>(i + 1));
  }
  for (const treasury::Assessment& assessment : assessments) {
    if (std::erase(missing, assessment.act) == 0) {
      context.refuse(Code::assessment_not_asked, {.field = assessments_field, .value = assessment.act});
      continue;
    }
    treasury::check_assessment(context, *one.service.definition.deed_tax_tariff, assessment, assessments_field);
  }
  for (const std::uint8_t act : missing) {
    context.refuse(Code::assessment_needed, {.rule = 27, .field = assessments_field, .value = act});
  }
}

void check_verdict(Context& context, const Case& one, const ReviewArguments& arguments, StepKind kind) {
  using A = ReviewArguments;
  const bool approves = arguments.verdict == Verdict::approve;
  const bool assesses = approves && kind == StepKind::assessment;
  if (!approves && arguments.reason.value() == 0 && arguments.rules.empty()) {
    context.refuse(Code::reason_missing, {.field = field_number<A>("reason")});
  }
  // R31: whether survey, materials and property are one is what the reviewer finds, and the ledger keeps.
  if (approves && !arguments.rules.empty()) context.refuse(Code::rules_not_asked, {.field = field_number<A>("rules")});
  for (const std::uint8_t rule : arguments.rules) {
    if (find_rule(rule) != nullptr) continue;
    context.refuse(Code::unknown_rule, {.field = field_number<A>("rules"), .value = rule});
  }
  if (arguments.evidence.is_zero()) context.refuse(Code::evidence_missing, {.field = field_number<A>("evidence")});
  if (assesses) check_assessments(context, one, arguments.assessments);
  if (!assesses && !arguments.assessments.empty()) {
    context.refuse(Code::assessment_not_asked, {.field = assessments_field, .value = arguments.assessments[0].act});
  }
}

// What the bill is made for: whoever has had a part in the application stands there.
treasury::BillDraft draft_of(const Case& one) {
  const Application& application = one.application;
  treasury::BillDraft draft;
  draft.treasury = one.service.definition.treasury;
  for (const PartyId& party : parties_of(application)) draft.parties.push_back(party);
  for (const property::Consent& consent : application.consents) draft.parties.push_back(consent.party);
  draft.handlers.push_back(application.filed_by);
  if (application.accepted_by) draft.handlers.push_back(*application.accepted_by);
  for (const Review& review : application.reviews) draft.handlers.push_back(review.reviewer);
  return draft;
}
constexpr std::size_t parties_of_acts_max = property::filing_acts_max * (2 * property::holders_max + 2);
static_assert(3 * property::holders_max + parties_of_acts_max <= treasury::parties_max);
static_assert(2 + reviews_max <= treasury::handlers_max);
static_assert(property::filing_acts_max + application_units_max <= treasury::bill_lines_max);

// What a unit is used for when the first `count` acts are entered.
property::Usage usage_after(const StateReader& state, const property::Acts& acts, std::size_t count,
                            const UnitNumber& number) {
  for (std::size_t i = count; i-- > 0;) {
    const property::Act& act = acts[i];
    const auto* split = std::get_if<property::SplitUnit>(&act);
    const auto is_part = [&](const property::UnitPart& part) { return part.unit == number; };
    if (split != nullptr && std::ranges::any_of(split->parts, is_part)) {
      return usage_after(state, acts, i, split->unit);
    }
    if (property::unit_of(act) != number) continue;
    if (const auto* entry = std::get_if<property::RegisterUnit>(&act)) return entry->usage;
    const auto* merger = std::get_if<property::MergeUnits>(&act);
    if (merger != nullptr && !merger->from.empty()) return usage_after(state, acts, i, merger->from[0]);
    const auto* change = std::get_if<property::ChangeUnit>(&act);
    if (change != nullptr && change->usage) return *change->usage;
    const auto* correction = std::get_if<property::CorrectUnit>(&act);
    if (correction != nullptr && correction->usage) return *correction->usage;
  }
  const auto unit = property::find_unit(state, number);
  return unit ? unit->usage : property::Usage::non_residential;
}

// A unit whose title is another, or on which something else is entered, has one fee.
std::vector<UnitNumber> billed_units_of(const property::Acts& acts) {
  std::vector<UnitNumber> billed = property::titled_units_of(acts);
  for (const property::Act& act : acts) {
    const UnitNumber& unit = property::unit_of(act);
    const bool closes = std::holds_alternative<property::SplitUnit>(act);
    if (!closes && std::ranges::find(billed, unit) == billed.end()) billed.push_back(unit);
  }
  return billed;
}

// By the tariff of the day on which the application was filed; before its first version nothing is taken.
treasury::Charge fee_of(const StateReader& state, const Case& one, const UnitNumber& number) {
  const Definition& definition = one.service.definition;
  if (!definition.fee_tariff) return treasury::Charge(0);
  const auto in_force = treasury::tariff_on(state, *definition.fee_tariff, day_of(one.application.filed_ms));
  if (!in_force) return treasury::Charge(0);
  const auto& fees = std::get<treasury::FeeTable>(in_force->tariff.table);
  const property::Acts& acts = one.application.acts;
  const bool residential = usage_after(state, acts, acts.size(), number) != property::Usage::non_residential;
  const treasury::Charge fee = residential ? fees.residential : fees.other;
  return definition.fee_share == FeeShare::half ? treasury::half_of(fee) : fee;
}

// The fee for each unit and what was assessed, each with the department that set it. A fee of nothing has no line.
void bill(Context& context, Case& one) {
  const Definition& definition = one.service.definition;
  treasury::BillDraft draft = draft_of(one);
  for (const UnitNumber& number : billed_units_of(one.application.acts)) {
    const treasury::Charge fee = fee_of(context.state(), one, number);
    if (fee == treasury::Charge(0)) continue;
    draft.lines.push_back({treasury::ChargeKind::registration_fee, one.service.owner, fee, {}});
  }
  for (const Review& review : one.application.reviews) {
    const auto position = find_step(definition, review.step);
    if (!position) continue;
    const DepartmentId& department = definition.stages[position->stage].steps[position->step].department;
    for (const treasury::Assessment& assessment : review.assessments) {
      draft.lines.push_back({treasury::ChargeKind::deed_tax, department, assessment.amount, {}});
    }
  }
  treasury::make_bill(context, one.id, draft);
  one.application.phase = Phase::billed;
}

// What follows from an approval: nothing yet, the next stage, or the bill.
void advance(Context& context, Case& one) {
  const auto& stages = one.service.definition.stages;
  const auto& steps = stages[one.application.stage].steps;
  const bool complete =
      std::ranges::all_of(steps, [&](const Step& step) { return is_reviewed(one.application, step.code); });
  if (!complete) return;
  end_stage(context, one);
  if (one.application.stage + 1u < stages.size()) {
    ++one.application.stage;
    open_stage(context, one);
  } else {
    bill(context, one);
  }
}

void review(Context& context, const ReviewArguments& arguments) {
  auto one = require_case(context, arguments.application, field_number<ReviewArguments>("application"));
  if (!one) return;
  require_phase(context, one->application, Phase::in_review);
  check_impartial(context, one->application);
  const Step* const step = require_step(context, *one, arguments.step);
  if (step != nullptr) check_verdict(context, *one, arguments, step->kind);
  if (context.refused()) return;

  one->application.reviews.push_back({arguments.step, context.sender().person, arguments.verdict, arguments.reason,
                                      arguments.rules, arguments.evidence, arguments.assessments, context.now()});
  std::vector<Subject> subjects = subjects_of(*one);
  subjects.push_back(DepartmentSubject{step->department});
  context.emit(Reviewed{arguments.step, arguments.verdict, arguments.reason, arguments.rules, arguments.evidence,
                        arguments.assessments},
               std::move(subjects));
  if (arguments.verdict == Verdict::refuse) return close(context, *one, Phase::refused, {});
  advance(context, *one);
  store(context, *one);
}

void supplement(Context& context, const SupplementArguments& arguments) {
  using A = SupplementArguments;
  auto one = require_case(context, arguments.application, field_number<A>("application"));
  if (!one) return;
  context.require_role_in(one->service.owner, {Role::window_clerk});
  check_not_party(context, one->application);
  if (is_closed(one->application.phase)) {
    context.refuse(Code::wrong_phase, {.value = static_cast<std::uint64_t>(one->application.phase)});
  }
  const auto add = [&](auto& to, const auto& more, std::uint16_t field) {
    for (const auto& added : more) {
      if (added.party.is_zero()) context.refuse(property::FilingCode::party_missing, {.field = field});
      if (added.evidence.is_zero()) context.refuse(Code::evidence_missing, {.field = field});
      if (to.full()) return context.refuse(Code::supplements_full, {.field = field, .limit = to.count_max});
      to.push_back(added);
    }
  };
  add(one->application.consents, arguments.consents, field_number<A>("consents"));
  add(one->application.statements, arguments.statements, field_number<A>("statements"));
  if (context.refused()) return;

  store(context, *one);
  context.emit(Supplemented{arguments.consents, arguments.statements}, subjects_of(*one));
}

// R10: an authority's notice came before the entry. What was paid can be paid back (R28).
void stop(Context& context, const property::ApplicationStopped& notice) {
  const auto application = applications.get(context.state(), notice.application);
  if (!application || is_closed(application->phase)) return;
  const auto service = services.get(context.state(), application->service);
  if (!service) return;
  Case one{notice.application, *application, *service};
  treasury::drop_bill(context, one.id);
  close(context, one, Phase::stopped, {});
}

void withdraw(Context& context, const WithdrawArguments& arguments) {
  auto one = require_case(context, arguments.application, field_number<WithdrawArguments>("application"));
  if (!one) return;
  if (context.sender().kind != SenderKind::party) {
    context.require_role_in(one->service.owner, {Role::window_clerk});
  } else if (!is_party(one->application, context.sender().person)) {
    context.refuse(Code::not_a_party);
  }
  if (is_closed(one->application.phase)) {
    context.refuse(Code::wrong_phase, {.value = static_cast<std::uint64_t>(one->application.phase)});
  }
  if (context.refused()) return;

  treasury::drop_bill(context, one->id);
  close(context, *one, Phase::withdrawn, {});
}

std::vector<Sentence> make_sentences() {
  return {
      sentence(Code::unknown_service, "没有这个办理事项", "there is no such service"),
      sentence(Code::service_exists, "该事项编码已使用", "this service code is in use"),
      sentence(Code::name_missing, "没有填写名称", "the name is missing"),
      sentence(Code::stages_missing, "事项没有审核阶段", "the service has no stage of review"),
      sentence(Code::steps_missing, "审核阶段没有环节", "a stage has no step"),
      sentence(Code::step_repeated, "审核环节编码重复", "a step's code is used twice"),
      sentence(Code::step_role_not_allowed, "该角色不能承担审核环节", "a step cannot be reviewed in this role"),
      sentence(Code::assessment_missing, "转移登记事项缺少契税核定环节", "a transfer needs a step that assesses the deed tax"),
      sentence(Code::material_repeated, "同一材料提交了两次", "a material is given twice"),
      sentence(Code::material_missing, "缺少材料", "a material is missing"),
      sentence(Code::material_unknown, "该事项不要求这种材料", "the service does not ask for this material"),
      sentence(Code::price_missing, "没有填写成交价格", "the price is missing"),
      sentence(Code::application_exists, "该申请已受理过", "this application has been filed before"),
      sentence(Code::unknown_application, "没有这个申请", "there is no such application"),
      sentence(Code::wrong_phase, "申请不在此步骤所需的阶段", "the application is not in the phase for this step"),
      sentence(Code::unknown_step, "该事项没有这个审核环节", "the service has no such step"),
      sentence(Code::step_not_open, "该审核环节所在阶段未开启", "the stage of this step is not open"),
      sentence(Code::step_done, "该环节已审核", "this step has been reviewed"),
      sentence(Code::own_case, "经办人是本案当事人，应当回避", "the officer is a party of this application"),
      sentence(Code::acted_before, "同一人已在本案其他环节经办，应当回避",
               "the same person has acted on this application before"),
      sentence(Code::reason_missing, "没有填写不予通过的原因", "a refusal needs a reason"),
      sentence(Code::evidence_missing, "没有填写依据材料的摘要", "the digest of the evidence is missing"),
      sentence(Code::assessment_needed, "有转移没有核定契税", "a transfer is not assessed"),
      sentence(Code::assessment_not_asked, "此处不应核定契税，或已核定",
               "no deed tax is assessed here, or it has been assessed"),
      sentence(Code::assessment_repeated, "契税核定只能有一个环节", "only one step assesses the deed tax"),
      sentence(Code::not_a_party, "只有当事人可以撤回申请", "only a party can withdraw the application"),
      sentence(Code::certificate_of_other_type, "证照类型不是该事项签发的类型", "the service issues another type of certificate"),
      sentence(Code::title_not_superseded, "应当注明被替换的现行权属证书",
               "the certificate must supersede the one in force, and only that"),
      sentence(Code::time_limit_too_long, "办理时限过长", "the time limit is too long"),
      sentence(Code::act_not_offered, "该事项不办理这种登记", "the service takes no such act"),
      sentence(Code::cause_not_offered, "该事项不办理这种原因的转移或这种限制",
               "the service takes no transfer for this cause, or no such limit"),
      sentence(Code::acts_repeated, "同一登记类型填写了两次", "a kind of act, or a cause, is named twice"),
      sentence(Code::units_too_many, "一件申请涉及的单元过多", "there are too many units in one application"),
      sentence(Code::certificate_missing, "缺少应当签发的证书或证明", "a certificate that has to be issued is missing"),
      sentence(Code::certificate_not_expected, "不应签发这份证书或证明", "this certificate is not to be issued"),
      sentence(Code::material_forbidden, "登记机构不得要求提交评估报告", "the registry asks for no appraisal"),
      sentence(Code::unknown_rule, "没有这个编号的规则", "there is no rule of this number"),
      sentence(Code::rules_not_asked, "通过审核时不填写被违反的规则", "an approval finds no rule broken"),
      sentence(Code::sold_twice, "同一单元在一件申请中只能转让一次", "a unit is sold once in one application"),
      sentence(Code::certificates_too_many, "一件申请签发的证书过多", "one application has too many certificates"),
      sentence(Code::assessor_not_tax, "契税由税务人员核定", "deed tax is assessed by a tax officer"),
      sentence(Code::assessment_without_transfer, "没有转移登记的事项不核定契税",
               "a service without transfers assesses no deed tax"),
      sentence(Code::supplements_full, "同意或声明的数量已达上限",
               "the application has as many consents or statements as it can have"),
  };
}

}  // namespace

ActKind kind_of(const property::Act& act) {
  return std::visit([]<class T>(const T&) { return static_cast<ActKind>(T::variant_tag.number); }, act);
}

property::Filing filing_of(const Application& application) {
  property::Filing filing;
  filing.applicants = application.applicants;
  filing.acts = application.acts;
  filing.consents = application.consents;
  filing.statements = application.statements;
  return filing;
}

std::optional<StepPosition> find_step(const Definition& definition, const StepCode& code) {
  for (std::size_t stage = 0; stage < definition.stages.size(); ++stage) {
    for (std::size_t step = 0; step < definition.stages[stage].steps.size(); ++step) {
      if (definition.stages[stage].steps[step].code == code) return StepPosition{stage, step};
    }
  }
  return std::nullopt;
}

const Module& module() {
  static constexpr Method methods[] = {
      method<&define>("define", "发布办理事项", "define a service", {Role::administrator}),
      method<&file>("file", "收件", "file an application", {Role::window_clerk}),
      method<&accept>("accept", "受理", "accept an application", {Role::window_clerk}),
      method<&review>("review", "审核", "review a step of an application", step_roles),
      method<&supplement>("supplement", "补充同意和声明", "add consents and statements to an application",
                          {Role::window_clerk}),
      method<&withdraw>("withdraw", "撤回申请", "withdraw an application", {Role::window_clerk, Role::applicant}),
      method<&register_application>("register", "登簿发证", "enter an application's acts and issue its certificates",
                                    {Role::registrar}),
  };
  static constexpr EventKind events[] = {
      event_kind<ServiceDefined>(), event_kind<Filed>(),        event_kind<Accepted>(),
      event_kind<Supplemented>(),
      event_kind<Reviewed>(),       event_kind<StageOverdue>(), event_kind<Closed>(),
  };
  static constexpr DueHandler due_handlers[] = {
      due_handler<&note_overdue>(stage_overdue_number, "stage_overdue"),
      due_handler<&stop>(property::application_stopped_number, "application_stopped"),
  };
  static const std::vector<Sentence> sentences = make_sentences();
  static const Module module{.name = "service",
                             .zh = "办理事项与申请",
                             .en = "services and applications",
                             .methods = methods,
                             .events = events,
                             .due_handlers = due_handlers,
                             .sentences = sentences};
  return module;
}

}  // namespace kanhe::contracts::service
