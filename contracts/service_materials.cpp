#include "contracts/service_materials.h"

#include "contracts/calendar.h"
#include "contracts/civil_days.h"
#include "contracts/method.h"
#include "contracts/service_checks.h"
#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::service;

template Bytes encode(const NotifyArguments&);
template Bytes encode(const SupplementArguments&);
template Result<Notified> decode(ByteView);
template Result<Accepted> decode(ByteView);
template Result<Supplemented> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::service {
namespace {

bool contains(const MaterialCodes& codes, const MaterialCode& code) {
  return std::ranges::find(codes, code) != codes.end();
}

// Each is asked for, has a file, and is there once.
void check_given(Context& context, const Definition& definition, const Materials& materials, std::uint16_t field) {
  for (std::size_t i = 0; i < materials.size(); ++i) {
    if (!asks_for(definition, materials[i].code)) {
      context.refuse(Code::material_unknown, {.field = field, .value = i + 1});
    }
    if (materials[i].file.digest.is_zero()) {
      context.refuse(Code::evidence_missing, {.field = field, .value = i + 1});
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (materials[i].code != materials[j].code) continue;
      context.refuse(Code::material_repeated, {.field = field, .value = i + 1});
    }
  }
}

// Whether the item's source holds it of everyone who files.
bool is_held(const Context& context, const sharing::ItemCode& item, const property::Applicants& applicants) {
  const auto is_held_of = [&](const PartyId& party) {
    const auto held = sharing::held_items.get(context.state(), {item, party});
    return held && (!held->valid_until_ms || *held->valid_until_ms > context.now());
  };
  return !applicants.empty() && std::ranges::all_of(applicants, is_held_of);
}

// The last day that may be promised: within the time limits of the service.
std::uint32_t last_deferral_day(const Context& context, const Definition& definition) {
  std::uint32_t days = 0;
  for (const Stage& stage : definition.stages) days += stage.time_limit_days;
  if (days == 0) days = deferral_days_default;
  const std::uint32_t working_days = std::min(days, working_days_max);
  const Timestamp end = end_of_working_days(context.state(), context.now(), working_days);
  return day_of(Timestamp(end.value() - 1));
}

// Each service of a package has a list of its own: a place in it says nothing until the service is named.
std::optional<Subject> part_subject(const Case& one, const FiledFields& fields) {
  return fields.of_package ? std::optional<Subject>(ApplicationSubject{one.id}) : std::nullopt;
}

void check_deferral(Context& context, const Case& one, const std::optional<Deferral>& deferral,
                    const FiledFields& fields) {
  const std::uint16_t field = fields.deferral;
  if (one.application.deferred.empty()) {
    if (deferral && !fields.of_package) context.refuse(CaseCode::deferral_not_needed, {.field = field});
    return;
  }
  const auto subject = part_subject(one, fields);
  if (!deferral) return context.refuse(CaseCode::deferral_missing, {.field = field, .subject = subject});
  const std::uint32_t last = last_deferral_day(context, one.service.definition);
  const std::uint32_t day = day_of(deferral->until);
  if (day < day_of(context.now()) || day > last) {
    context.refuse(CaseCode::deferral_day, {.field = field, .limit = last, .value = day, .subject = subject});
  }
  if (deferral->evidence.is_zero()) context.refuse(Code::evidence_missing, {.field = field});
}

void wait_for_acceptance(Context& context, Case& one) {
  const Timestamp end = end_of_working_days(context.state(), context.now(), acceptance_days);
  one.application.due = context.at(end, silent_acceptance_number, OfApplication{one.id});
}

void end_deferral(Context& context, Application& application) {
  if (application.deferral) context.cancel(*application.deferral);
  application.deferral.reset();
}

}  // namespace

void take_materials(Context& context, Case& one, const FileArguments& arguments, const FiledFields& fields) {
  const Definition& definition = one.service.definition;
  check_given(context, definition, arguments.materials, fields.materials);
  one.application.materials = arguments.materials;
  for (std::size_t i = 0; i < definition.materials.size(); ++i) {
    const MaterialRule& rule = definition.materials[i];
    if (std::ranges::find(arguments.materials, rule.code, &Material::code) != arguments.materials.end()) continue;
    const bool is_there = (rule.item && is_held(context, *rule.item, arguments.applicants)) ||
                          (rule.certificate && is_shown(context, one.application, *rule.certificate));
    if (is_there) {
      one.application.satisfied.push_back(rule.code);
    } else if (rule.deferrable) {
      one.application.deferred.push_back(rule.code);
    } else {
      context.refuse(Code::material_missing,
                     {.field = fields.materials, .value = i + 1, .subject = part_subject(one, fields)});
    }
  }
  check_deferral(context, one, arguments.deferral, fields);
  if (context.refused() || !arguments.deferral || one.application.deferred.empty()) return;
  const std::uint32_t days = day_of(arguments.deferral->until) - day_of(context.now());
  one.application.deferral =
      context.at(end_of_days(context.now(), days), deferral_over_number, OfApplication{one.id});
}

void begin_times(Context& context, Case& one) { wait_for_acceptance(context, one); }

void end_times(Context& context, Case& one) { end_deferral(context, one.application); }

void require_materials(Context& context, const Case& one, std::uint16_t field) {
  const auto& rules = one.service.definition.materials;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (!contains(one.application.deferred, rules[i].code)) continue;
    context.refuse(CaseCode::material_outstanding, {.field = field, .value = i + 1});
  }
}

namespace {

// The open application that an entry is about.
std::optional<Case> find_open(Context& context, const ApplicationId& id) {
  auto application = applications.get(context.state(), id);
  if (!application || is_closed(application->phase)) return std::nullopt;
  auto service = services.get(context.state(), application->service);
  if (!service) return std::nullopt;
  return Case{id, std::move(*application), std::move(*service)};
}

void end_for_want_of_materials(Context& context, Case& one) {
  treasury::drop_bill(context, one.id);
  close(context, one, Phase::lapsed, {});
}

}  // namespace

void lapse(Context& context, const OfApplication& of) {
  auto one = find_open(context, of.application);
  if (one && !one->application.deferred.empty()) end_for_want_of_materials(context, *one);
}

void lapse_unsupplemented(Context& context, const OfApplication& of) {
  auto one = find_open(context, of.application);
  if (one && one->application.phase == Phase::filed) end_for_want_of_materials(context, *one);
}

void accept_by_silence(Context& context, const OfApplication& of) {
  auto one = find_open(context, of.application);
  if (!one || one->application.phase != Phase::filed) return;
  one->application.due.reset();
  begin_review(context, *one, Acceptance::by_silence);
}

// ---------------------------------------------------------------------------------------------------------------------
// The notice, and what comes afterwards

void notify(Context& context, const NotifyArguments& arguments) {
  using A = NotifyArguments;
  auto one = require_case(context, arguments.application, field_number<A>("application"));
  if (!one) return;
  context.require_role_in(one->service.owner, {Role::window_clerk});
  check_not_party(context, one->application);
  require_phase(context, one->application, Phase::filed);
  if (one->application.notice) {
    context.refuse(CaseCode::noticed_before, {.value = one->application.notice->at_ms.value()});
  }
  const std::uint16_t field = field_number<A>("missing");
  if (arguments.missing.empty()) context.refuse(CaseCode::nothing_missing, {.field = field});
  for (std::size_t i = 0; i < arguments.missing.size(); ++i) {
    const MaterialCode& code = arguments.missing[i];
    if (!asks_for(one->service.definition, code)) {
      context.refuse(Code::material_unknown, {.field = field, .value = i + 1});
    }
    // What a source holds, and what may come later, is not asked for.
    if (contains(one->application.satisfied, code) || contains(one->application.deferred, code)) {
      context.refuse(CaseCode::material_not_missing, {.field = field, .value = i + 1});
    }
    const auto before = arguments.missing.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(arguments.missing.begin(), before, code) != before) {
      context.refuse(Code::material_repeated, {.field = field, .value = i + 1});
    }
  }
  if (context.refused()) return;

  if (one->application.due) context.cancel(*one->application.due);
  const Timestamp end = end_of_working_days(context.state(), context.now(), supplement_days);
  one->application.due = context.at(end, supplement_overdue_number, OfApplication{one->id});
  one->application.notice =
      Notice{context.sender().person, context.now(), arguments.missing, arguments.words, {}, std::nullopt};
  note_part(context, *one);
  store(context, *one);
  std::vector<Subject> subjects = subjects_of(*one);
  subjects.push_back(DepartmentSubject{one->service.owner});
  context.emit(Notified{arguments.missing, arguments.words}, std::move(subjects));
}

namespace {

// Takes in what was deferred, or what the notice asks for; adds findings for the rest.
void add_materials(Context& context, Application& application, const Materials& materials) {
  const std::uint16_t field = field_number<SupplementArguments>("materials");
  for (std::size_t i = 0; i < materials.size(); ++i) {
    const Material& material = materials[i];
    const bool is_noticed = application.notice && contains(application.notice->missing, material.code) &&
                            !contains(application.notice->come, material.code);
    if (!is_noticed && !contains(application.deferred, material.code)) {
      context.refuse(CaseCode::material_not_asked, {.field = field, .value = i + 1});
    }
    if (material.file.digest.is_zero()) context.refuse(Code::evidence_missing, {.field = field, .value = i + 1});
    if (context.refused()) continue;
    if (is_noticed) application.notice->come.push_back(material.code);
    const auto before = std::ranges::find(application.materials, material.code, &Material::code);
    if (before != application.materials.end()) {
      *before = material;
    } else {
      application.materials.push_back(material);  // there is room: each code of the definition once
    }
    MaterialCodes still;
    for (const MaterialCode& code : application.deferred) {
      if (code != material.code) still.push_back(code);
    }
    application.deferred = still;
  }
}

// All that the notice asks for has come: the time in which the application is accepted begins again.
void look_at_notice(Context& context, Case& one) {
  auto& notice = one.application.notice;
  if (!notice || notice->supplemented_ms) return;
  const auto has_come = [&](const MaterialCode& code) { return contains(notice->come, code); };
  if (!std::ranges::all_of(notice->missing, has_come)) return;
  notice->supplemented_ms = context.now();
  if (one.application.phase != Phase::filed) return;
  if (one.application.due) context.cancel(*one.application.due);
  wait_for_acceptance(context, one);
}

template <class List>
void add_words(Context& context, List& to, const List& more, std::uint16_t field) {
  for (const auto& added : more) {
    if (added.party.is_zero()) context.refuse(property::FilingCode::party_missing, {.field = field});
    if (added.evidence.is_zero()) context.refuse(Code::evidence_missing, {.field = field});
    if (to.full()) return context.refuse(Code::supplements_full, {.field = field, .limit = to.count_max});
    to.push_back(added);
  }
}

}  // namespace

void supplement(Context& context, const SupplementArguments& arguments) {
  using A = SupplementArguments;
  auto one = require_case(context, arguments.application, field_number<A>("application"));
  if (!one) return;
  Application& application = one->application;
  require_own_window(context, *one);
  check_not_party(context, application);
  if (is_closed(application.phase)) {
    context.refuse(Code::wrong_phase, {.value = static_cast<std::uint64_t>(application.phase)});
  }
  add_words(context, application.consents, arguments.consents, field_number<A>("consents"));
  add_words(context, application.statements, arguments.statements, field_number<A>("statements"));
  add_materials(context, application, arguments.materials);
  if (context.refused()) return;

  if (application.deferred.empty()) end_deferral(context, application);
  look_at_notice(context, *one);
  note_part(context, *one);
  for (const property::Consent& consent : arguments.consents) treasury::add_party(context, one->id, consent.party);
  store(context, *one);
  context.emit(Supplemented{arguments.consents, arguments.statements, arguments.materials}, subjects_of(*one));
}

}  // namespace kanhe::contracts::service
