#include "contracts/service_progress.h"

#include "contracts/calendar.h"
#include "contracts/civil_days.h"
#include "contracts/method.h"
#include "contracts/service_checks.h"
#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::service;

template Bytes encode(const StopClockArguments&);
template Bytes encode(const ResumeClockArguments&);
template Result<ClockStopped> decode(ByteView);
template Result<ClockResumed> decode(ByteView);
template Result<StageOverdue> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::service {

bool is_reviewed(const Application& application, const StepCode& step) {
  return std::ranges::find(application.reviews, step, &Review::step) != application.reviews.end();
}

namespace {

const Stage& open_stage_of(const Case& one) { return one.service.definition.stages[one.application.stage]; }

// How many of the open stage's steps have to approve.
std::size_t needed_of(const Stage& stage) { return stage.needed == 0 ? stage.steps.size() : stage.needed; }

std::size_t verdicts_of(const Application& application, const Stage& stage, Verdict verdict) {
  const auto has_it = [&](const Step& step) {
    return std::ranges::any_of(application.reviews, [&](const Review& review) {
      return review.step == step.code && review.verdict == verdict;
    });
  };
  return static_cast<std::size_t>(std::ranges::count_if(stage.steps, has_it));
}

void run_clock(Context& context, Case& one, Timestamp from, std::uint16_t days) {
  const Timestamp end = end_of_working_days(context.state(), from, days);
  one.application.due = context.at(end, stage_overdue_number, StageLimit{one.id, one.application.stage, 1});
}

}  // namespace

void open_stage(Context& context, Case& one, Timestamp from) {
  one.application.due.reset();
  one.application.clock.reset();
  one.application.overdue = 0;
  one.application.clock_stops = 0;
  const std::uint16_t days = open_stage_of(one).time_limit_days;
  if (days > 0) run_clock(context, one, from, days);
}

void end_stage(Context& context, Case& one) {
  if (one.application.due) context.cancel(*one.application.due);
  if (one.application.clock) context.cancel(one.application.clock->over);
  one.application.due.reset();
  one.application.clock.reset();
}

// An application that went on by itself has cancelled its entry, so the stage is the same.
void note_overdue(Context& context, const StageLimit& limit) {
  auto application = applications.get(context.state(), limit.application);
  if (!application || application->phase != Phase::in_review || application->stage != limit.stage) return;
  auto service = services.get(context.state(), application->service);
  if (!service) return;
  Case one{limit.application, std::move(*application), std::move(*service)};
  const Stage& stage = open_stage_of(one);
  // An event has room for six departments beside the application and one more subject.
  std::vector<Subject> subjects{ApplicationSubject{one.id}};
  if (limit.level == 1) subjects.push_back(lead_subject_of(one.application));
  if (limit.level > 1) subjects.push_back(DepartmentSubject{one.service.owner});
  static_assert(stage_steps_max + 2 <= subjects_max);
  List<StepCode, stage_steps_max> waited_for;
  for (const Step& step : stage.steps) {
    if (is_reviewed(one.application, step.code)) continue;
    waited_for.push_back(step.code);
    subjects.push_back(DepartmentSubject{step.department});
  }
  one.application.due.reset();
  one.application.overdue = limit.level;
  if (limit.level == 1) {
    const Timestamp end = end_of_working_days(context.state(), context.now(), stage.time_limit_days);
    one.application.due = context.at(end, stage_overdue_number, StageLimit{one.id, limit.stage, 2});
  }
  store(context, one);
  context.emit(StageOverdue{static_cast<std::uint8_t>(limit.stage + 1), waited_for, limit.level}, std::move(subjects));
}

// ---------------------------------------------------------------------------------------------------------------------
// The bill

namespace {

// What the bill is made for: whoever has had a part in the application stands there.
treasury::BillDraft draft_of(const StateReader& state, const Case& one) {
  const Application& application = one.application;
  treasury::BillDraft draft;
  draft.treasury = one.service.definition.treasury;
  for (const PartyId& person : property::persons_concerned(state, filing_of(application))) {
    const bool is_there = std::ranges::find(draft.parties, person) != draft.parties.end();
    if (!is_there && !draft.parties.full()) draft.parties.push_back(person);
  }
  // An agent is a party of the case: who acts for somebody may pay for them, and handles no money of it.
  if (application.agent && !draft.parties.full()) draft.parties.push_back(*application.agent);
  for (const PartyId& person : application.others) draft.handlers.push_back(person);
  for (const PartyId& person : application.stoppers) draft.handlers.push_back(person);
  draft.handlers.push_back(application.filed_by);
  if (application.accepted_by) draft.handlers.push_back(*application.accepted_by);
  for (const Review& review : application.reviews) draft.handlers.push_back(review.reviewer);
  return draft;
}
static_assert(2 + reviews_max + others_max + stoppers_max <= treasury::handlers_max);
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
treasury::Charge fee_of(const StateReader& state, const Case& one, const treasury::FeeTable& fees,
                        const UnitNumber& number) {
  const property::Acts& acts = one.application.acts;
  const bool residential = usage_after(state, acts, acts.size(), number) != property::Usage::non_residential;
  const treasury::Charge fee = residential ? fees.residential : fees.other;
  return one.service.definition.fee_share == FeeShare::half ? treasury::half_of(fee) : fee;
}

// A fee of nothing has no line.
void add_fees(const StateReader& state, const Case& one, treasury::BillLines& lines) {
  const auto& code = one.service.definition.fee_tariff;
  if (!code) return;
  const auto in_force = treasury::tariff_on(state, *code, day_of(one.application.filed_ms));
  if (!in_force) return;
  const auto head = treasury::tariff_heads.get(state, *code);
  const auto& fees = std::get<treasury::FeeTable>(in_force->tariff.table);
  if (one.application.acts.empty() && fees.other != treasury::Charge(0)) {
    const bool half = one.service.definition.fee_share == FeeShare::half;
    const treasury::Charge fee = half ? treasury::half_of(fees.other) : fees.other;
    lines.push_back({treasury::ChargeKind::registration_fee, head->owner, fee, {}});
  }
  for (const UnitNumber& number : billed_units_of(one.application.acts)) {
    const treasury::Charge fee = fee_of(state, one, fees, number);
    if (fee != treasury::Charge(0)) lines.push_back({treasury::ChargeKind::registration_fee, head->owner, fee, {}});
  }
}

// The fee for each unit and what was assessed, each with the department that set it.
void bill(Context& context, Case& one) {
  const Definition& definition = one.service.definition;
  treasury::BillDraft draft = draft_of(context.state(), one);
  add_fees(context.state(), one, draft.lines);
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

}  // namespace

void approve_instantly(Context& context, Case& one) {
  one.application.accepted_ms = context.now();
  for (const PartyId& person : deciders_of(context.state(), *one.application.instant)) {
    auto& others = one.application.others;
    const bool is_known = std::ranges::find(others, person) != others.end();
    if (!is_known && !others.full()) others.push_back(person);
  }
  bill(context, one);
  store(context, one);
  std::vector<Subject> subjects = subjects_of(one);
  subjects.push_back(DepartmentSubject{one.service.owner});
  context.emit(ApprovedInstantly{one.application.instant->rules_version, one.application.instant->inputs},
               std::move(subjects));
}

void advance(Context& context, Case& one) {
  const auto& stages = one.service.definition.stages;
  const Stage& stage = open_stage_of(one);
  const std::size_t refusals = verdicts_of(one.application, stage, Verdict::refuse);
  if (stage.steps.size() - refusals < needed_of(stage)) return close(context, one, Phase::refused, {});
  if (verdicts_of(one.application, stage, Verdict::approve) >= needed_of(stage)) {
    end_stage(context, one);
    if (one.application.stage + 1u < stages.size()) {
      ++one.application.stage;
      open_stage(context, one, context.now());
    } else {
      bill(context, one);
    }
  }
  store(context, one);
}

// ---------------------------------------------------------------------------------------------------------------------
// The clock

namespace {

// The case whose clock the sender may stop and let run; adds findings.
std::optional<Case> require_clock(Context& context, const ApplicationId& id, std::uint16_t field) {
  auto one = require_case(context, id, field);
  if (!one) return std::nullopt;
  check_not_party(context, one->application);
  if (!require_phase(context, one->application, Phase::in_review)) return std::nullopt;
  const DepartmentId& department = context.sender().department;
  const auto is_waited_for = [&](const Step& step) {
    return step.department == department && !is_reviewed(one->application, step.code);
  };
  if (!std::ranges::any_of(open_stage_of(*one).steps, is_waited_for)) {
    context.require_role_in(one->service.owner, {Role::window_clerk, Role::reviewer});
  }
  return one;
}

void check_stop(Context& context, const Application& application, const StopClockArguments& arguments) {
  using A = StopClockArguments;
  if (arguments.evidence.is_zero()) context.refuse(Code::evidence_missing, {.field = field_number<A>("evidence")});
  const std::uint32_t today = day_of(context.now());
  const std::uint32_t until = day_of(arguments.until);
  if (until < today || until > today + clock_stop_days_max) {
    context.refuse(CaseCode::clock_day,
                   {.field = field_number<A>("until"), .limit = today + clock_stop_days_max, .value = until});
  }
  if (application.clock) {
    context.refuse(CaseCode::clock_stopped, {.value = application.clock->since_ms.value()});
  } else if (!application.due || application.overdue > 0) {
    context.refuse(CaseCode::no_time_limit);
  }
  if (application.clock_stops >= clock_stops_max) {
    context.refuse(CaseCode::clock_stops_full, {.limit = clock_stops_max});
  }
}

// They answer for the delay, and may still review.
void note_stopper(Context& context, Case& one) {
  const PartyId& person = context.sender().person;
  auto& stoppers = one.application.stoppers;
  if (std::ranges::find(stoppers, person) != stoppers.end()) return;
  CHECK(!stoppers.full());  // two for each stop
  stoppers.push_back(person);
}

// What was left runs on.
void let_run(Context& context, Case& one) {
  const std::uint16_t left = one.application.clock->days_left;
  one.application.clock.reset();
  run_clock(context, one, context.now(), left);
  store(context, one);
  context.emit(ClockResumed{left}, subjects_of(one));
}

}  // namespace

void stop_clock(Context& context, const StopClockArguments& arguments) {
  auto one = require_clock(context, arguments.application, field_number<StopClockArguments>("application"));
  if (!one) return;
  Application& application = one->application;
  check_stop(context, application, arguments);
  if (context.refused()) return;

  // A calendar that was replaced meanwhile makes the rest no longer than the whole.
  const std::uint16_t left = std::min(working_days_until(context.state(), context.now(), application.due->due),
                                      open_stage_of(*one).time_limit_days);
  context.cancel(*application.due);
  application.due.reset();
  const std::uint32_t days = day_of(arguments.until) - day_of(context.now());
  const DueKey over = context.at(end_of_days(context.now(), days), clock_over_number, OfApplication{one->id});
  application.clock = StoppedClock{arguments.reason, context.sender().department, context.now(), left, over};
  ++application.clock_stops;
  note_stopper(context, *one);
  store(context, *one);
  std::vector<Subject> subjects = subjects_of(*one);
  subjects.push_back(DepartmentSubject{context.sender().department});
  context.emit(ClockStopped{arguments.reason, arguments.until, left, arguments.evidence}, std::move(subjects));
}

void resume_clock(Context& context, const ResumeClockArguments& arguments) {
  auto one = require_clock(context, arguments.application, field_number<ResumeClockArguments>("application"));
  if (!one) return;
  if (!one->application.clock) context.refuse(CaseCode::clock_runs);
  if (context.refused()) return;

  context.cancel(one->application.clock->over);
  note_stopper(context, *one);
  let_run(context, *one);
}

void end_clock_stop(Context& context, const OfApplication& of) {
  auto application = applications.get(context.state(), of.application);
  if (!application || application->phase != Phase::in_review || !application->clock) return;
  auto service = services.get(context.state(), application->service);
  if (!service) return;
  Case one{of.application, std::move(*application), std::move(*service)};
  let_run(context, one);
}

}  // namespace kanhe::contracts::service
