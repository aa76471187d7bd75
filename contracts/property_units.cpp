#include "contracts/property_units.h"

#include <algorithm>

#include "contracts/certificate.h"

namespace kanhe::contracts::property {
namespace {

constexpr std::size_t area_chars = 12;
constexpr std::size_t parcel_kind_chars = 2;
constexpr std::size_t parcel_chars = 19;
constexpr std::size_t merged_min = 2;

template <CodeEnum C>
void refuse(const Matter& matter, C code, Details details = {}) {
  details.field = matter.fields.act;
  matter.context.refuse(code, details);
}

// Buildings of one parcel; parcels of one area and of one kind, so that state land stays state land.
bool are_beside(const UnitNumber& one, const UnitNumber& other) {
  if (is_land(one) != is_land(other)) return false;
  const std::size_t common = is_land(one) ? area_chars + parcel_kind_chars : parcel_chars;
  return one.view().substr(0, common) == other.view().substr(0, common);
}

void require_new(const Matter& matter, const UnitNumber& number) {
  if (!units.contains(matter.context.state(), number)) return;
  refuse(matter, Code::unit_exists, {.rule = 1, .subject = UnitSubject{number}});
}

void require_beside(const Matter& matter, const UnitNumber& number, const UnitNumber& other) {
  if (!are_beside(number, other)) refuse(matter, UnitCode::units_apart, {.subject = UnitSubject{number}});
}

void require_future(const Matter& matter, const std::optional<Timestamp>& end) {
  const Timestamp now = matter.context.now();
  if (end && *end <= now) refuse(matter, FilingCode::end_in_past, {.limit = now.value(), .value = end->value()});
}

void require_document(const Matter& matter, const PlainText<64>& document) {
  if (document.view().empty()) refuse(matter, FilingCode::document_missing);
}

// Whoever has a limit is asked, but for authorities and those who object.
void require_holders_of_limits(const Matter& matter) {
  const auto ask = [&](const NumberedLimit& limit, const PartyId& party) {
    if (matter.agrees(party)) return;
    const std::uint16_t rule = limit.as<AdvanceNotice>() != nullptr ? 13 : 0;
    matter.context.refuse(UnitCode::limit_holder_missing, {.rule = rule,
                                                           .field = matter.fields.consents,
                                                           .value = limit.number.value(),
                                                           .subject = PartySubject{party}});
  };
  for (const NumberedLimit& limit : matter.limits) {
    const bool is_of_party = limit.as<Mortgage>() != nullptr || limit.as<AdvanceNotice>() != nullptr ||
                             limit.as<Residence>() != nullptr;
    if (is_of_party) ask(limit, *party_of(limit.limit.burden));
    const auto* easement = limit.as<Easement>();
    if (easement == nullptr || matter.as<CancelUnit>() == nullptr) continue;
    const auto dominant = units.get(matter.context.state(), easement->dominant);
    if (!dominant || dominant->state != UnitState::open) {
      refuse(matter, UnitCode::limit_in_the_way, {.value = limit.number.value()});
      continue;
    }
    for (const Holder& holder : dominant->holders) ask(limit, holder.party);
  }
}

// A suspension of the title is not escaped by another entry.
void require_title_in_order(const Matter& matter) {
  if (!is_title_suspended(matter.context.state(), matter.unit)) return;
  refuse(matter, UnitCode::title_suspended, {.subject = CertificateSubject{*matter.unit.title}});
}

template <class List, class Number>
void require_once(const Matter& matter, const List& list, Number number_of) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (number_of(list[i]) != number_of(list[j])) continue;
      refuse(matter, UnitCode::unit_repeated, {.subject = UnitSubject{number_of(list[i])}});
    }
  }
}

// The same holders, jointly instead of by equal shares, or the reverse: nobody gains by it.
bool differ_in_form_alone(const Holders& before, const Holders& after) {
  const bool same_parties =
      before.size() == after.size() &&
      std::ranges::all_of(after, [&](const Holder& holder) { return is_holder(before, holder.party); });
  const auto have_shares = [](const Holders& holders) { return !holders.empty() && holders[0].share.has_value(); };
  const auto are_equal = [](const Holders& holders) {
    return std::ranges::all_of(holders, [&](const Holder& holder) {
      return !holder.share || std::uint64_t{holder.share->numerator.value()} * holders.size() ==
                                  holder.share->denominator.value();
    });
  };
  return same_parties && have_shares(before) != have_shares(after) && are_equal(before) && are_equal(after);
}

}  // namespace

bool is_about_unit(const Act& act) {
  return std::visit([]<class T>(const T&) { return T::variant_tag.number >= RegisterUnit::variant_tag.number; }, act);
}

std::vector<UnitNumber> units_found_by(const Act& act) {
  if (std::holds_alternative<RegisterUnit>(act)) return {};
  if (const auto* merger = std::get_if<MergeUnits>(&act)) return {merger->from.begin(), merger->from.end()};
  return {unit_of(act)};
}

// ---------------------------------------------------------------------------------------------------------------------
// Form

namespace {

bool is_noted_before(const Matter& matter) {
  return std::ranges::any_of(matter.limits, [&](const NumberedLimit& limit) {
    const auto* note = limit.as<Note>();
    return note != nullptr && note->kind == NoteKind::correction_pending &&
           limit.limit.recorded_ms < matter.context.now();
  });
}

}  // namespace

void check_form(const Matter& matter, const RegisterUnit& act) {
  require_new(matter, act.unit);
  check_holders(matter.context, act.holders, matter.fields.holders);
  check_right(matter.context, act.unit, act.right, matter.fields.act);
  require_future(matter, act.until_ms);
  const Timestamp now = matter.context.now();
  if (!act.effective_ms || *act.effective_ms <= now) return;
  refuse(matter, Code::effective_in_future, {.limit = now.value(), .value = act.effective_ms->value()});
}

void check_form(const Matter& matter, const ChangeUnit& act) {
  if (!act.usage && !act.until_ms && !act.survey && act.holders.empty()) {
    refuse(matter, UnitCode::nothing_changed);
  }
  const auto& until = matter.unit.until_ms;
  if (act.until_ms && (!until || *act.until_ms <= *until)) {
    refuse(matter, UnitCode::term_not_longer, {.limit = until ? until->value() : 0, .value = act.until_ms->value()});
  }
  require_future(matter, act.until_ms);
  require_title_in_order(matter);
  if (act.holders.empty()) return;
  check_holders(matter.context, act.holders, matter.fields.holders);
  if (differ_in_form_alone(matter.unit.holders, act.holders)) return;
  matter.context.refuse(UnitCode::shares_would_change, {.field = matter.fields.holders});
}

void check_form(const Matter& matter, const CorrectUnit& act) {
  const bool is_empty = !act.usage && !act.right && !act.until_ms && !act.survey && act.holders.empty();
  const bool is_same = !act.usage && !act.right && !act.until_ms && !act.survey && !act.holders.empty() &&
                       are_same(act.holders, matter.unit.holders);
  if (is_empty || is_same) refuse(matter, UnitCode::nothing_changed);
  require_future(matter, act.until_ms);
  // R32: who would lose by the evidence hears of it before, by the note that a correction is under way.
  const bool takes = corrects_holders(matter) || corrects_right(matter);
  if (act.basis == CorrectionBasis::evidence && takes && !is_noted_before(matter)) {
    refuse(matter, UnitCode::correction_not_noted, {.rule = 32});
  }
  if (corrects_right(matter)) require_holders_of_limits(matter);
  if (act.basis != CorrectionBasis::decision) require_title_in_order(matter);
  if (act.right) check_right(matter.context, act.unit, *act.right, matter.fields.act);
  if (!act.holders.empty()) check_holders(matter.context, act.holders, matter.fields.holders);
  if (act.basis != CorrectionBasis::consent) require_document(matter, act.document);
  const Timestamp now = matter.context.now();
  if (act.basis == CorrectionBasis::decision && !act.delivered_ms) refuse(matter, FilingCode::delivery_missing);
  if (act.basis != CorrectionBasis::decision && act.delivered_ms) refuse(matter, FilingCode::set_by_register);
  if (!act.delivered_ms || *act.delivered_ms <= now) return;
  refuse(matter, FilingCode::delivery_in_future, {.limit = now.value(), .value = act.delivered_ms->value()});
}

void check_form(const Matter& matter, const CancelUnit& act) {
  if (act.reason != CloseReason::abandoned) require_document(matter, act.document);
  // Land is not destroyed.
  if (act.reason == CloseReason::destroyed && is_land(act.unit)) {
    refuse(matter, FilingCode::reason_not_allowed, {.value = static_cast<std::uint64_t>(act.reason)});
  }
  if (act.reason == CloseReason::abandoned) {
    require_holders_of_limits(matter);
    require_title_in_order(matter);
  }
  const Timestamp now = matter.context.now();
  const auto& until = matter.unit.until_ms;
  // That of a dwelling goes on by itself (Civil Code 359).
  const bool is_over = until && *until <= now && matter.unit.usage != Usage::residential;
  if (act.reason != CloseReason::expired || is_over) return;
  refuse(matter, UnitCode::term_not_over, {.limit = now.value(), .value = until ? until->value() : 0});
}

void check_form(const Matter& matter, const SplitUnit& act) {
  const auto number_of = [](const UnitPart& part) { return part.unit; };
  if (act.parts.size() < merged_min) {
    refuse(matter, UnitCode::parts_missing, {.limit = merged_min, .value = act.parts.size()});
  }
  require_once(matter, act.parts, number_of);
  for (const UnitPart& part : act.parts) {
    if (!check_unit_number(matter.context, part.unit, matter.fields.act)) continue;
    require_new(matter, part.unit);
    require_beside(matter, part.unit, act.unit);
    check_right(matter.context, part.unit, matter.unit.right, matter.fields.act);
  }
  require_holders_of_limits(matter);
  require_title_in_order(matter);
  const std::size_t copied = act.parts.size() * matter.limits.size();
  if (copied <= limits_copied_max) return;
  refuse(matter, UnitCode::limits_too_many, {.limit = limits_copied_max, .value = copied});
}

// What stands against one of them would stand against all of it from then on: it is ended before.
void check_form(const Matter& matter, const MergeUnits& act) {
  require_new(matter, act.unit);
  require_once(matter, act.from, [](const UnitNumber& number) { return number; });
  if (act.from.size() < merged_min) {
    refuse(matter, UnitCode::parts_missing, {.limit = merged_min, .value = act.from.size()});
  }
  if (act.from.empty()) return;
  require_beside(matter, matter.number, act.unit);
  check_right(matter.context, act.unit, matter.unit.right, matter.fields.act);
  require_title_in_order(matter);
  const auto first = units.get(matter.context.state(), act.from[0]);
  const Unit& unit = matter.unit;
  if (first && (!are_same(first->holders, unit.holders) || first->right != unit.right || first->usage != unit.usage ||
                first->until_ms != unit.until_ms)) {
    refuse(matter, UnitCode::units_differ, {.subject = UnitSubject{matter.number}});
  }
  for (const NumberedLimit& limit : matter.limits) {
    refuse(matter, UnitCode::limit_in_the_way,
           {.value = limit.number.value(), .subject = UnitSubject{matter.number}});
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Recording

namespace {

void put_entry(Context& context, const UnitNumber& number, Unit unit, const Holders& before, EntryKind entry,
               Timestamp effective, const EntryBasis& basis, const PlainText<64>& document = {}) {
  const auto title = basis.title_of(number);
  overtake_title(context, unit, title, document);
  unit.entry = entry;
  unit.effective_ms = effective;
  unit.recorded_ms = context.now();
  if (!are_same(unit.holders, before)) unit.holders_ms = context.now();
  unit.application = basis.application;
  unit.title = title;
  units.put(context.state(), number, unit);
  emit_entry(context,
             Entered{entry, unit.usage, unit.right, unit.holders, unit.until_ms, unit.survey, effective, unit.kin},
             number, basis.application, parties_of_change(unit.holders, before));
}

// Nobody holds it, nothing stands against it.
void close_unit(Context& context, const UnitNumber& number, UnitState state, EntryKind entry,
                std::optional<CloseReason> reason, UnitNumbers kin, const EntryBasis& basis,
                const PlainText<64>& document = {}) {
  auto unit = units.get(context.state(), number);
  if (!unit) return context.refuse(Code::unknown_unit, {.rule = 1});
  overtake_title(context, *unit, {}, document);
  std::vector<PartyId> parties = parties_of_change({}, unit->holders);
  for (const PartyId& party : drop_limits(context, number)) parties.push_back(party);
  unit->state = state;
  unit->holders = {};
  unit->entry = entry;
  unit->effective_ms = unit->recorded_ms = context.now();
  unit->application = basis.application;
  unit->title = {};
  unit->kin = kin;
  units.put(context.state(), number, *unit);
  stop_application(context, number);
  emit_entry(context, UnitClosed{state, reason, std::move(kin)}, number, basis.application, parties);
}

void end_guardianships(Context& context, const UnitNumber& number, const Holders& holders) {
  for (const NumberedLimit& limit : limits_of(context.state(), number)) {
    const auto* guardianship = limit.as<Guardianship>();
    if (guardianship == nullptr || is_holder(holders, guardianship->ward)) continue;
    end_limit(context, number, limit.number, EndReason::released);
  }
}

}  // namespace

void record(Context& context, const RegisterUnit& act, const EntryBasis& basis) {
  Unit unit;
  unit.usage = act.usage;
  unit.right = act.right;
  unit.holders = act.holders;
  unit.until_ms = act.until_ms;
  unit.survey = act.survey;
  put_entry(context, act.unit, std::move(unit), {}, EntryKind::first_registration,
            act.effective_ms.value_or(context.now()), basis);
}

void record(Context& context, const ChangeUnit& act, const EntryBasis& basis) {
  auto unit = units.get(context.state(), act.unit);
  if (!unit) return context.refuse(Code::unknown_unit, {.rule = 1});
  const Holders before = unit->holders;
  if (act.usage) unit->usage = *act.usage;
  if (act.until_ms) unit->until_ms = act.until_ms;
  if (act.survey) unit->survey = act.survey;
  if (!act.holders.empty()) unit->holders = act.holders;
  put_entry(context, act.unit, *std::move(unit), before, EntryKind::change, context.now(), basis);
}

// R32: what waited for the correction goes on.
void record(Context& context, const CorrectUnit& act, const EntryBasis& basis) {
  auto unit = units.get(context.state(), act.unit);
  if (!unit) return context.refuse(Code::unknown_unit, {.rule = 1});
  const Holders before = unit->holders;
  if (act.usage) unit->usage = *act.usage;
  if (act.right) unit->right = *act.right;
  if (act.until_ms) unit->until_ms = act.until_ms;
  if (act.survey) unit->survey = act.survey;
  if (!act.holders.empty()) unit->holders = act.holders;
  const Holders after = unit->holders;
  put_entry(context, act.unit, *std::move(unit), before, EntryKind::correction, context.now(), basis, act.document);
  end_guardianships(context, act.unit, after);
  for (const NumberedLimit& limit : limits_of(context.state(), act.unit)) {
    const auto* note = limit.as<Note>();
    if (note == nullptr || note->kind != NoteKind::correction_pending) continue;
    end_limit(context, act.unit, limit.number, EndReason::released);
  }
}

void record(Context& context, const CancelUnit& act, const EntryBasis& basis) {
  close_unit(context, act.unit, UnitState::cancelled, EntryKind::cancellation, act.reason, {}, basis,
             act.document);
}

void record(Context& context, const SplitUnit& act, const EntryBasis& basis) {
  const auto whole = units.get(context.state(), act.unit);
  if (!whole) return context.refuse(Code::unknown_unit, {.rule = 1});
  const std::vector<NumberedLimit> open = limits_of(context.state(), act.unit);
  UnitNumbers parts;
  for (const UnitPart& part : act.parts) parts.push_back(part.unit);
  close_unit(context, act.unit, UnitState::split, EntryKind::split, {}, parts, basis);
  for (const UnitPart& part : act.parts) {
    Unit unit = *whole;
    unit.survey = part.survey;
    unit.kin = {act.unit};
    unit.title = {};
    put_entry(context, part.unit, std::move(unit), whole->holders, EntryKind::split, context.now(), basis);
    copy_limits(context, open, part.unit);
  }
}

void record(Context& context, const MergeUnits& act, const EntryBasis& basis) {
  const auto first = units.get(context.state(), act.from[0]);
  if (!first) return context.refuse(Code::unknown_unit, {.rule = 1});
  for (const UnitNumber& number : act.from) {
    close_unit(context, number, UnitState::merged, EntryKind::merger, {}, {act.unit}, basis);
  }
  Unit unit = *first;
  unit.survey = act.survey;
  unit.kin = act.from;
  unit.title = {};
  put_entry(context, act.unit, std::move(unit), first->holders, EntryKind::merger, context.now(), basis);
}

}  // namespace kanhe::contracts::property
