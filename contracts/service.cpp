#include "contracts/service.h"

#include "contracts/method.h"
#include "contracts/rules.h"
#include "contracts/service_case.h"
#include "contracts/service_definition.h"
#include "contracts/service_duties.h"
#include "contracts/service_filing.h"
#include "contracts/service_materials.h"
#include "contracts/service_package.h"
#include "contracts/service_progress.h"
#include "contracts/service_registration.h"
#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::service;

template Bytes encode(const Application&);
template Result<Application> decode(ByteView);
template Bytes encode_key(const ServiceCode&);

template Bytes encode(const AcceptArguments&);
template Bytes encode(const ReviewArguments&);
template Bytes encode(const WithdrawArguments&);
template Result<Reviewed> decode(ByteView);
template Result<Closed> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::service {

void require_own_window(Context& context, const Case& one) {
  const DepartmentId& own = context.sender().department;
  const bool is_there = one.application.filed_in == own;
  context.require_role_in(is_there ? own : one.service.owner, {Role::window_clerk});
}

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

// Who acts for a party is one too.
void check_not_party(Context& context, const Application& application) {
  const PartyId& person = context.sender().person;
  if (application.agent != person && !property::has_part(context.state(), filing_of(application), person)) return;
  context.refuse(Code::own_case);
}

void check_impartial(Context& context, const Application& application) {
  enum Act : std::uint64_t { filed = 1, accepted = 2, reviewed = 3, otherwise = 4 };
  const PartyId& person = context.sender().person;
  check_not_party(context, application);
  if (application.filed_by == person) context.refuse(Code::acted_before, {.value = filed});
  if (application.accepted_by == person) context.refuse(Code::acted_before, {.value = accepted});
  if (std::ranges::find(application.reviews, person, &Review::reviewer) != application.reviews.end()) {
    context.refuse(Code::acted_before, {.value = reviewed});
  }
  if (std::ranges::find(application.others, person) != application.others.end()) {
    context.refuse(Code::acted_before, {.value = otherwise});
  }
}

std::vector<Subject> all_subjects_of(const Case& one) {
  std::vector<Subject> subjects{ApplicationSubject{one.id}};
  for (const UnitNumber& number : property::units_of(one.application.acts)) subjects.push_back(UnitSubject{number});
  return subjects;
}

Subject lead_subject_of(const Application& application) {
  if (!application.acts.empty()) return UnitSubject{property::unit_of(application.acts[0])};
  return PartySubject{application.applicants.at(0)};
}

std::vector<Subject> subjects_of(const Case& one) {
  return {ApplicationSubject{one.id}, lead_subject_of(one.application)};
}

void require_window(Context& context, const Service& service) {
  const auto& windows = service.definition.windows;
  const DepartmentId& own = context.sender().department;
  const bool is_named = std::ranges::find(windows, own) != windows.end();
  context.require_role_in(is_named ? own : service.owner, {Role::window_clerk});
}

void store(Context& context, Case& one) {
  update_duties(context, one);
  applications.put(context.state(), one.id, one.application);
}

void note_part(Context& context, Case& one) {
  const PartyId& person = context.sender().person;
  auto& others = one.application.others;
  treasury::add_handler(context, one.id, person);
  if (std::ranges::find(others, person) != others.end()) return;
  if (others.full()) return context.refuse(CaseCode::others_full, {.limit = others_max});
  others.push_back(person);
}

void begin_review(Context& context, Case& one, Acceptance acceptance) {
  const bool by_silence = acceptance == Acceptance::by_silence;
  Application& application = one.application;
  application.phase = Phase::in_review;
  if (!by_silence) application.accepted_by = context.sender().person;
  // Silence accepts as of the day on which all was there: nobody gains time by it.
  const bool was_supplemented = application.notice && application.notice->supplemented_ms;
  const Timestamp there = was_supplemented ? *application.notice->supplemented_ms : application.filed_ms;
  application.accepted_ms = by_silence ? there : context.now();
  open_stage(context, one, *application.accepted_ms);
  store(context, one);
  std::vector<Subject> subjects = subjects_of(one);
  subjects.push_back(DepartmentSubject{one.service.owner});
  context.emit(Accepted{one.service.owner, by_silence}, std::move(subjects));
}

namespace {

bool is_party(const Application& application, const PartyId& person) {
  const auto parties = parties_of(application);
  return std::ranges::find(parties, person) != parties.end();
}

}  // namespace

// That each certificate is of it, its own event says.
void close(Context& context, Case& one, Phase phase, const List<CertificateId, outputs_max>& certificates) {
  end_stage(context, one);
  end_times(context, one);
  one.application.phase = phase;
  one.application.closed_ms = context.now();
  store(context, one);
  for (const UnitNumber& unit : property::units_of(one.application.acts)) {
    property::release_unit(context, unit, one.id);
  }
  std::vector<Subject> subjects = all_subjects_of(one);
  if (one.application.acts.empty()) subjects.push_back(lead_subject_of(one.application));
  for (const CertificateId& certificate : certificates) {
    if (subjects.size() < subjects_max) subjects.push_back(CertificateSubject{certificate});
  }
  context.emit(Closed{phase, certificates}, std::move(subjects));
  if (one.application.package) note_closed(context, *one.application.package, phase);
}

namespace {

void accept(Context& context, const AcceptArguments& arguments) {
  auto one = require_case(context, arguments.application, field_number<AcceptArguments>("application"));
  if (!one) return;
  context.require_role_in(one->service.owner, {Role::window_clerk});
  require_phase(context, one->application, Phase::filed);
  check_not_party(context, one->application);
  if (context.refused()) return;

  end_stage(context, *one);
  begin_review(context, *one, Acceptance::by_clerk);
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
    treasury::check_assessment(context, *one.service.definition.deed_tax_tariff, assessment, assessments_field,
                               property::unit_of(acts[assessment.act - 1u]));
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
  advance(context, *one);
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
    require_own_window(context, *one);
  } else if (!is_party(one->application, context.sender().person)) {
    context.refuse(Code::not_a_party);
  }
  if (is_closed(one->application.phase)) {
    context.refuse(Code::wrong_phase, {.value = static_cast<std::uint64_t>(one->application.phase)});
  }
  if (context.refused()) return;

  if (context.sender().kind != SenderKind::party) note_part(context, *one);
  treasury::drop_bill(context, one->id);
  close(context, *one, Phase::withdrawn, {});
}

// Those who review, and whoever accepts.
constexpr RoleSet clock_roles{Role::window_clerk, Role::reviewer, Role::tax_officer, Role::housing_officer};

std::vector<Sentence> make_case_sentences() {
  return {
      sentence(CaseCode::material_outstanding, "承诺补交的材料尚未提交", "a material that was promised has not come"),
      sentence(CaseCode::deferral_missing, "缺少的材料没有补交承诺", "for what is left out there is no promise of a day"),
      sentence(CaseCode::deferral_not_needed, "材料齐全，无需补交承诺", "nothing is left out that may come later"),
      sentence(CaseCode::deferral_day, "承诺补交的日期不在办理时限之内",
               "the promised day is not within the time limits of the service"),
      sentence(CaseCode::material_not_asked, "没有要求补交这份材料", "this material was not asked for again"),
      sentence(CaseCode::noticed_before, "补正材料只能一次性告知", "what is missing has been said: that is done once"),
      sentence(CaseCode::nothing_missing, "没有填写需要补正的材料", "the notice names nothing that is missing"),
      sentence(CaseCode::clock_stopped, "办理时限已中止", "the clock has been stopped"),
      sentence(CaseCode::clock_runs, "办理时限没有中止", "the clock has not been stopped"),
      sentence(CaseCode::no_time_limit, "该阶段没有时限，或时限已过", "the stage has no time limit, or it is over"),
      sentence(CaseCode::needed_too_many, "需要通过的环节多于该阶段的环节", "more steps are needed than the stage has"),
      sentence(CaseCode::assessment_optional, "契税核定环节不能省略", "a step that assesses the deed tax is always needed"),
      sentence(CaseCode::material_not_missing, "该材料已由来源部门提供或已承诺补交，不得再要求",
               "the material is held by its source, or promised for later"),
      sentence(CaseCode::clock_day, "中止计时的截止日期不在允许范围内", "the clock may not stand still to that day"),
      sentence(CaseCode::clock_stops_full, "该阶段中止计时的次数已达上限",
               "the clock of a stage is stopped only so many times"),
      sentence(CaseCode::others_full, "经办本案的人数已达上限", "as many people have dealt with it as may"),
      sentence(CaseCode::item_source_unknown, "没有这个数据项", "there is no such data item"),
      sentence(CaseCode::check_unknown, "自动核验所用的数据项、核验事项或证照类型不存在",
               "a check names no item, predicate or type that there is"),
      sentence(CaseCode::check_with_assessment, "核定契税的事项不能自动审批",
               "where deed tax is assessed a person decides, no check"),
      sentence(CaseCode::certificate_not_good, "出示的证照不在账本上，或今日无效",
               "a certificate that is shown is not on the ledger, or does not hold today"),
      sentence(CaseCode::certificate_not_asked, "该事项不用这种证照，或重复出示",
               "the service asks for no such certificate, or it is shown twice"),
      sentence(CaseCode::answer_not_asked, "该事项不用这项核验结果，或核验的不是申请人",
               "no check of the service asks for this answer, or it is not about who files"),
      sentence(CaseCode::applicants_missing, "没有填写申请人", "nobody files"),
      sentence(CaseCode::applicants_too_many, "申请人过多", "too many people file together"),
      sentence(CaseCode::window_repeated, "窗口部门重复，或就是本部门", "a window is named twice, or is the owner"),
      sentence(CaseCode::package_exists, "该套餐编码已使用", "this package code is in use"),
      sentence(CaseCode::unknown_package, "没有这个套餐", "there is no such package"),
      sentence(CaseCode::services_too_few, "套餐至少要有两个事项", "a package has two services at least"),
      sentence(CaseCode::service_repeated, "套餐中事项重复", "a service stands in the package twice"),
      sentence(CaseCode::service_with_acts, "办理登记的事项不能放入套餐",
               "a service that enters something in a register is filed alone"),
      sentence(CaseCode::window_not_named, "该事项没有授权牵头部门的窗口收件",
               "the service names no window of the leading department"),
  };
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
      method<&notify>("notify", "一次性告知补正", "say once what is missing", {Role::window_clerk}),
      method<&supplement>("supplement", "补充材料、同意和声明", "add materials, consents and statements to an application",
                          {Role::window_clerk}),
      method<&stop_clock>("stop_clock", "中止计时", "stop the clock of the open stage", clock_roles),
      method<&resume_clock>("resume_clock", "恢复计时", "let the clock run again", clock_roles),
      method<&define_package>("define_package", "发布套餐", "define a package of services", {Role::administrator}),
      method<&file_package>("file_package", "套餐收件", "file a package", {Role::window_clerk}),
      method<&withdraw>("withdraw", "撤回申请", "withdraw an application", {Role::window_clerk, Role::applicant}),
      method<&register_application>("register", "登簿发证", "enter an application's acts and issue its certificates",
                                    {Role::registrar}),
  };
  static constexpr EventKind events[] = {
      event_kind<ServiceDefined>(), event_kind<Filed>(),    event_kind<Notified>(),     event_kind<Supplemented>(),
      event_kind<Accepted>(),       event_kind<Reviewed>(), event_kind<ClockStopped>(), event_kind<ClockResumed>(),
      event_kind<StageOverdue>(),   event_kind<Closed>(),   event_kind<ApprovedInstantly>(),
      event_kind<PackageDefined>(), event_kind<PackageFiled>(), event_kind<PackageClosed>(),
  };
  static constexpr DueHandler due_handlers[] = {
      due_handler<&note_overdue>(stage_overdue_number, "stage_overdue"),
      due_handler<&stop>(property::application_stopped_number, "application_stopped"),
      due_handler<&take_up>(treasury::bill_settled_number, "bill_settled"),
      due_handler<&lapse>(deferral_over_number, "deferral_over"),
      due_handler<&accept_by_silence>(silent_acceptance_number, "silent_acceptance"),
      due_handler<&end_clock_stop>(clock_over_number, "clock_stop_over"),
      due_handler<&lapse_unsupplemented>(supplement_overdue_number, "supplement_overdue"),
  };
  static const std::vector<Sentence> sentences = [] {
    std::vector<Sentence> all = make_sentences();
    for (const Sentence& one : make_case_sentences()) all.push_back(one);
    return all;
  }();
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
