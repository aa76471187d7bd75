#include "contracts/service.h"

#include "contracts/calendar.h"
#include "contracts/method.h"
#include "contracts/service_definition.h"
#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::service;

template Bytes encode(const Application&);
template Result<Application> decode(ByteView);
template Bytes encode_key(const ServiceCode&);

template Bytes encode(const FileArguments&);
template Bytes encode(const AcceptArguments&);
template Bytes encode(const SupplementArguments&);
template Bytes encode(const ReviewArguments&);
template Bytes encode(const WithdrawArguments&);
template Bytes encode(const RegisterArguments&);
template Result<Filed> decode(ByteView);
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

// An application that a method is about, with its service.
struct Case {
  ApplicationId id;
  Application application;
  Service service;
};

// Adds the finding when there is no such application.
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

bool is_party(const Application& application, const PartyId& person) {
  return property::contains(application.sellers, person) || property::is_holder(application.buyers, person);
}

// Also whose share is sold with that of others.
void check_not_party(Context& context, const Application& application) {
  const PartyId& person = context.sender().person;
  const auto unit = property::find_unit(context.state(), application.unit);
  const bool holds_it = unit && property::is_holder(unit->holders, person);
  if (holds_it || is_party(application, person)) context.refuse(Code::own_case);
}

// Whether the sender's person may decide in this case; adds findings for every part that the person has had in it.
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

std::vector<Subject> subjects_of(const Case& one) {
  return {ApplicationSubject{one.id}, UnitSubject{one.application.unit}};
}

std::vector<PartyId> parties_of(const Application& application) {
  std::vector<PartyId> parties(application.sellers.begin(), application.sellers.end());
  for (const property::Holder& buyer : application.buyers) parties.push_back(buyer.party);
  return parties;
}

bool is_reviewed(const Application& application, const StepCode& step) {
  return std::ranges::find(application.reviews, step, &Review::step) != application.reviews.end();
}

void store(Context& context, const Case& one) { applications.put(context.state(), one.id, one.application); }

// ---------------------------------------------------------------------------------------------------------------------
// Filing

void check_materials(Context& context, const Definition& definition, const Materials& materials) {
  const std::uint16_t field = field_number<FileArguments>("materials");
  for (std::size_t i = 0; i < definition.materials.size(); ++i) {
    if (std::ranges::find(materials, definition.materials[i], &Material::code) != materials.end()) continue;
    context.refuse(Code::material_missing, {.field = field, .value = i + 1});
  }
  for (std::size_t i = 0; i < materials.size(); ++i) {
    if (std::ranges::find(definition.materials, materials[i].code) == definition.materials.end()) {
      context.refuse(Code::material_unknown, {.field = field, .value = i + 1});
    }
    if (materials[i].file.digest.is_zero()) context.refuse(Code::evidence_missing, {.field = field, .value = i + 1});
    for (std::size_t j = 0; j < i; ++j) {
      if (materials[i].code != materials[j].code) continue;
      context.refuse(Code::material_repeated, {.field = field, .value = i + 1});
    }
  }
}

void check_sellers(Context& context, const property::Parties& sellers, std::uint16_t field) {
  if (sellers.empty()) context.refuse(property::Code::sellers_missing, {.rule = 2, .field = field});
  for (std::size_t i = 0; i < sellers.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (sellers[i] != sellers[j]) continue;
      context.refuse(property::Code::seller_repeated, {.field = field, .value = i + 1});
    }
  }
}

// The sellers and who gains by it file together. Where two thirds of the shares sell for all, the right passes from
// those too who take no part.
property::Filing filing_of(const StateReader& state, const Application& application) {
  property::TransferRight transfer;
  transfer.unit = application.unit;
  transfer.holders = application.buyers;
  transfer.from = application.sellers;
  const auto unit = property::find_unit(state, application.unit);
  const property::Holders before = unit ? unit->holders : property::Holders{};
  for (const property::Holder& holder : before) {
    if (is_party(application, holder.party) || transfer.from.full()) continue;
    transfer.from.push_back(holder.party);
  }
  property::Filing filing;
  for (const PartyId& seller : application.sellers) filing.applicants.push_back(seller);
  for (const property::Holder& buyer : application.buyers) {
    if (property::contains(application.sellers, buyer.party)) continue;
    if (property::gains(before, buyer)) filing.applicants.push_back(buyer.party);
  }
  filing.acts.push_back(std::move(transfer));
  filing.consents = application.consents;
  filing.statements = application.statements;
  return filing;
}

property::ToldRules check_transfer(Context& context, const Case& one, const property::FilingFields& fields) {
  const property::Filing filing = filing_of(context.state(), one.application);
  property::ToldRules told;
  property::check_act(context, filing, filing.acts.front(), one.id, fields, told);
  return told;
}

void file(Context& context, const FileArguments& arguments) {
  using A = FileArguments;
  const std::uint16_t unit_field = field_number<A>("unit");
  const auto service = services.get(context.state(), arguments.service);
  if (!service) return context.refuse(Code::unknown_service, {.field = field_number<A>("service")});
  const ApplicationId id = application_of(context.transaction_id());
  if (applications.contains(context.state(), id)) context.refuse(Code::application_exists);
  context.require_role_in(service->owner, {Role::window_clerk});
  check_materials(context, service->definition, arguments.materials);
  if (arguments.price == Fen(0)) context.refuse(Code::price_missing, {.field = field_number<A>("price")});
  if (!property::check_unit_number(context, arguments.unit, unit_field)) return;
  property::require_keeper(context, arguments.unit, service->owner, unit_field);
  check_sellers(context, arguments.sellers, field_number<A>("sellers"));
  Case one{id, {}, *service};
  one.application.service = arguments.service;
  one.application.unit = arguments.unit;
  one.application.sellers = arguments.sellers;
  one.application.buyers = arguments.buyers;
  one.application.price = arguments.price;
  one.application.materials = arguments.materials;
  one.application.consents = arguments.consents;
  one.application.statements = arguments.statements;
  check_transfer(context, one,
                 {.applicants = field_number<A>("sellers"),
                  .unit = unit_field,
                  .from = field_number<A>("sellers"),
                  .holders = field_number<A>("buyers"),
                  .act = field_number<A>("buyers"),
                  .consents = field_number<A>("consents"),
                  .statements = field_number<A>("statements")});
  if (context.refused()) return;

  one.application.filed_by = context.sender().person;
  one.application.filed_ms = context.now();
  store(context, one);
  property::hold_unit(context, arguments.unit, id);

  std::vector<Subject> subjects = subjects_of(one);
  const std::vector<PartyId> left = property::add_parties(subjects, parties_of(one.application));
  context.emit(Filed{arguments.service, arguments.price, arguments.materials}, std::move(subjects));
  property::emit_affected(context, arguments.unit, left);
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

// Ends the application; its unit is free again.
void close(Context& context, Case& one, Phase phase, const std::optional<CertificateId>& certificate) {
  end_stage(context, one);
  one.application.phase = phase;
  one.application.closed_ms = context.now();
  store(context, one);
  property::release_unit(context, one.application.unit);
  std::vector<Subject> subjects = subjects_of(one);
  if (certificate) subjects.push_back(CertificateSubject{*certificate});
  context.emit(Closed{phase, certificate}, std::move(subjects));
}

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
  std::vector<Subject> subjects{ApplicationSubject{limit.application}, UnitSubject{application->unit}};
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

void check_verdict(Context& context, const ReviewArguments& arguments, StepKind kind) {
  using A = ReviewArguments;
  const bool approves = arguments.verdict == Verdict::approve;
  const bool assesses = approves && kind == StepKind::assessment;
  if (!approves && arguments.reason.value() == 0) {
    context.refuse(Code::reason_missing, {.field = field_number<A>("reason")});
  }
  if (arguments.evidence.is_zero()) context.refuse(Code::evidence_missing, {.field = field_number<A>("evidence")});
  if (assesses && !arguments.assessed) {
    context.refuse(Code::assessment_needed, {.field = field_number<A>("assessed")});
  } else if (!assesses && arguments.assessed) {
    context.refuse(Code::assessment_not_asked, {.field = field_number<A>("assessed")});
  }
}

// Whoever has had a part in the application.
treasury::Involved involved_in(const Application& application) {
  treasury::Involved involved;
  for (const PartyId& party : parties_of(application)) involved.push_back(party);
  involved.push_back(application.filed_by);
  if (application.accepted_by) involved.push_back(*application.accepted_by);
  for (const Review& review : application.reviews) involved.push_back(review.reviewer);
  return involved;
}
static_assert(2 * property::holders_max + 2 + reviews_max <= treasury::involved_max);
static_assert(reviews_max + 1 <= treasury::bill_lines_max);

// The fee of the service and what was assessed, each with the department that set it.
void bill(Context& context, Case& one) {
  const Definition& definition = one.service.definition;
  const auto unit = property::find_unit(context.state(), one.application.unit);
  if (!unit) return context.refuse(property::Code::unknown_unit, {.rule = 1});
  const bool reduced = unit->usage != property::Usage::non_residential;
  treasury::BillLines lines{{treasury::ChargeKind::registration_fee, one.service.owner,
                             reduced ? definition.fee_residential : definition.fee_other}};
  for (const Review& review : one.application.reviews) {
    const auto position = find_step(definition, review.step);
    if (!review.assessed || !position) continue;
    const Step& step = definition.stages[position->stage].steps[position->step];
    lines.push_back({treasury::ChargeKind::deed_tax, step.department, *review.assessed});
  }
  treasury::make_bill(context, one.id, definition.treasury, lines, involved_in(one.application));
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
  if (step != nullptr) check_verdict(context, arguments, step->kind);
  if (context.refused()) return;

  one->application.reviews.push_back({arguments.step, context.sender().person, arguments.verdict, arguments.reason,
                                      arguments.evidence, arguments.assessed, context.now()});
  std::vector<Subject> subjects = subjects_of(*one);
  subjects.push_back(DepartmentSubject{step->department});
  context.emit(Reviewed{arguments.step, arguments.verdict, arguments.reason, arguments.evidence, arguments.assessed},
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

// ---------------------------------------------------------------------------------------------------------------------
// Registering

using Issue = certificate::IssueArguments;
static_assert(field_number<RegisterArguments>("id") == field_number<Issue>("id"));
static_assert(field_number<RegisterArguments>("holder") == field_number<Issue>("holder"));
static_assert(field_number<RegisterArguments>("content_root") == field_number<Issue>("content_root"));
static_assert(field_number<RegisterArguments>("files") == field_number<Issue>("files"));
static_assert(field_number<RegisterArguments>("valid_from_ms") == field_number<Issue>("valid_from_ms"));
static_assert(field_number<RegisterArguments>("valid_until_ms") == field_number<Issue>("valid_until_ms"));
static_assert(field_number<RegisterArguments>("supersedes") == field_number<Issue>("supersedes"));
static_assert(field_number<RegisterArguments>("application") == field_number<Issue>("application"));

// The title certificate that a new one must supersede: the one in force, also when it is suspended (then it stands in
// the way) or lost (then it is replaced). Nothing when there is none, or when a decision has ended it.
std::optional<CertificateId> title_in_force(const StateReader& state, const UnitNumber& number) {
  const auto unit = property::find_unit(state, number);
  if (!unit || !unit->title) return std::nullopt;
  const auto holding = certificate::find_holding(state, *unit->title);
  if (!holding || holding->own.replaced_by) return std::nullopt;
  const certificate::Standing standing = holding->standing();
  if (is_terminal(standing) && standing != certificate::Standing::lost_declared_void) return std::nullopt;
  return unit->title;
}

void check_title(Context& context, const RegisterArguments& arguments, const Case& one) {
  using A = RegisterArguments;
  const auto key = certificate::certificate_key_of(arguments.id);
  if (key && key->type != one.service.definition.certificate_type) {
    context.refuse(Code::certificate_of_other_type, {.field = field_number<A>("id")});
  }
  const auto title = title_in_force(context.state(), one.application.unit);
  if (title == arguments.supersedes) return;
  std::optional<Subject> subject;
  if (title) subject = CertificateSubject{*title};
  context.refuse(Code::title_not_superseded, {.field = field_number<A>("supersedes"), .subject = subject});
}

// Everything that can be refused is looked at before anything changes; issue_for() is the last of it, because it issues
// when nothing was found.
void register_title(Context& context, const RegisterArguments& arguments) {
  auto one = require_case(context, arguments.application, field_number<RegisterArguments>("application"));
  if (!one) return;
  context.require_role_in(one->service.owner, {Role::registrar});
  check_impartial(context, one->application);
  if (!require_phase(context, one->application, Phase::billed)) return;
  treasury::require_settled(context, one->id);
  const property::ToldRules told = check_transfer(context, *one, {});
  check_title(context, arguments, *one);
  certificate::issue_for(context, one->service.owner,
                         {arguments.id, arguments.holder, arguments.content_root, arguments.files,
                          arguments.valid_from_ms, arguments.valid_until_ms, arguments.supersedes, one->id});
  if (context.refused()) return;

  const property::Filing filing = filing_of(context.state(), one->application);
  property::record_act(context, filing.acts.front(), {one->id, arguments.id}, told);
  close(context, *one, Phase::registered, arguments.id);
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
      sentence(Code::assessment_needed, "没有填写核定税额", "the assessed amount is missing"),
      sentence(Code::assessment_not_asked, "此处不应填写核定税额", "no amount is assessed here"),
      sentence(Code::not_a_party, "只有当事人可以撤回申请", "only a party can withdraw the application"),
      sentence(Code::certificate_of_other_type, "证照类型不是该事项签发的类型", "the service issues another type of certificate"),
      sentence(Code::title_not_superseded, "应当注明被替换的现行权属证书",
               "the certificate must supersede the one in force, and only that"),
      sentence(Code::time_limit_too_long, "办理时限过长", "the time limit is too long"),
      sentence(Code::supplements_full, "同意或声明的数量已达上限",
               "the application has as many consents or statements as it can have"),
  };
}

}  // namespace

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
      method<&register_title>("register", "登簿发证", "record the title and issue its certificate", {Role::registrar}),
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
