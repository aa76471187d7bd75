#include "contracts/property_rules.h"

#include <algorithm>

#include "contracts/civil_days.h"

namespace kanhe::contracts::property {
namespace {

constexpr std::uint32_t correction_days = 3;
bool share_a_holder(const Holders& one, const Holders& other) {
  return std::ranges::any_of(one, [&](const Holder& holder) { return is_holder(other, holder.party); });
}

const NumberedLimit* find_note(const Matter& matter, NoteKind kind) {
  for (const NumberedLimit& limit : matter.limits) {
    const Note* const note = limit.as<Note>();
    if (note != nullptr && note->kind == kind) return &limit;
  }
  return nullptr;
}

void refuse_for_note(const Matter& matter, std::uint8_t rule, const NumberedLimit& note) {
  const std::uint64_t number = note.number.value();
  matter.context.refuse(FilingCode::note_bars, {.rule = rule, .field = matter.fields.act, .value = number});
}

bool is_transfer_or_mortgage(const Matter& matter) {
  return is_voluntary_transfer(matter) || matter.enters<Mortgage>() != nullptr;
}

bool has_shares(const Holders& holders) { return !holders.empty() && holders[0].share.has_value(); }

// Whether those who agree hold two thirds of the shares.
bool two_thirds_agree(const Matter& matter) {
  Holders agreeing;
  for (const Holder& holder : matter.unit.holders) {
    if (matter.agrees(holder.party)) agreeing.push_back(holder);
  }
  if (agreeing.empty()) return false;
  const auto sum = sum_of_shares(agreeing);
  return sum && 3 * sum->numerator >= 2 * sum->denominator;
}

// Whether some who hold it now hold of it afterwards: a part of the right passes, not the whole.
bool is_of_a_part(const Matter& matter, const TransferRight& transfer) {
  return std::ranges::any_of(matter.unit.holders,
                             [&](const Holder& holder) { return is_holder(transfer.holders, holder.party); });
}

}  // namespace

void require_statements(const Matter& matter, std::uint8_t rule, LimitNumber because) {
  for (const PartyId& party : acquirers(matter)) {
    if (matter.has_stated(rule, party)) continue;
    matter.context.refuse(FilingCode::statement_missing, {.rule = rule,
                                                    .field = matter.fields.statements,
                                                    .value = because.value(),
                                                    .subject = PartySubject{party}});
  }
}

const NumberedLimit* Matter::find(LimitNumber limit) const {
  const auto found = std::ranges::find(limits, limit, &NumberedLimit::number);
  return found == limits.end() ? nullptr : &*found;
}

// A guardian who is entered by this very filing speaks for nobody yet.
const Guardianship* Matter::guardianship_of(const PartyId& party) const {
  for (const NumberedLimit& limit : limits) {
    const auto* guardianship = limit.as<Guardianship>();
    const bool is_new = limit.limit.recorded_ms >= context.now();
    if (guardianship != nullptr && guardianship->ward == party && !is_new) return guardianship;
  }
  return nullptr;
}

bool Matter::applies(const PartyId& party) const {
  const auto files = [&](const PartyId& one) {
    return std::ranges::find(filing.applicants, one) != filing.applicants.end();
  };
  const Guardianship* const guardianship = guardianship_of(party);
  return files(guardianship == nullptr ? party : guardianship->guardian);
}

bool Matter::agrees(const PartyId& party) const {
  const Guardianship* const guardianship = guardianship_of(party);
  const PartyId& who = guardianship == nullptr ? party : guardianship->guardian;
  return applies(party) || std::ranges::find(filing.consents, who, &Consent::party) != filing.consents.end();
}

bool Matter::has_stated(std::uint8_t rule, const PartyId& party) const {
  return std::ranges::any_of(filing.statements, [&](const Statement& statement) {
    return statement.rule == rule && statement.party == party;
  });
}

void Matter::tell(std::uint8_t rule) const {
  const auto place = std::ranges::lower_bound(told, rule);
  if (place == told.end() || *place != rule) told.insert(place, rule);
}

bool is_voluntary_transfer(const Matter& matter) {
  const auto* transfer = matter.as<TransferRight>();
  return transfer != nullptr && is_voluntary(transfer->cause);
}

bool is_own_change(const Matter& matter) {
  const auto* cancellation = matter.as<CancelUnit>();
  return matter.as<ChangeUnit>() != nullptr || matter.as<SplitUnit>() != nullptr ||
         matter.as<MergeUnits>() != nullptr ||
         (cancellation != nullptr && !is_of_authority(cancellation->reason));
}

bool corrects_holders(const Matter& matter) {
  const auto* correction = matter.as<CorrectUnit>();
  return correction != nullptr && correction->basis != CorrectionBasis::decision && !correction->holders.empty();
}

bool corrects_right(const Matter& matter) {
  const auto* correction = matter.as<CorrectUnit>();
  if (correction == nullptr || correction->basis == CorrectionBasis::decision) return false;
  const auto& until = matter.unit.until_ms;
  return correction->right || (correction->until_ms && (!until || *correction->until_ms < *until));
}

bool unmakes_unit(const Matter& matter) {
  const auto* cancellation = matter.as<CancelUnit>();
  return matter.as<SplitUnit>() != nullptr || matter.as<MergeUnits>() != nullptr ||
         (cancellation != nullptr && cancellation->reason == CloseReason::abandoned);
}

bool is_disposal(const Matter& matter) {
  return is_voluntary_transfer(matter) || matter.enters<Mortgage>() != nullptr ||
         matter.enters<Residence>() != nullptr || matter.enters<Easement>() != nullptr ||
         matter.enters<AdvanceNotice>() != nullptr;
}

std::vector<PartyId> acquirers(const Matter& matter) {
  std::vector<PartyId> parties;
  if (const auto* transfer = matter.as<TransferRight>()) {
    for (const Holder& holder : transfer->holders) {
      if (gains(matter.unit.holders, holder)) parties.push_back(holder.party);
    }
  } else if (corrects_holders(matter)) {
    for (const Holder& holder : matter.as<CorrectUnit>()->holders) {
      if (gains(matter.unit.holders, holder)) parties.push_back(holder.party);
    }
  } else if (const auto* easement = matter.enters<Easement>()) {
    const auto dominant = units.get(matter.context.state(), easement->dominant);
    for (const Holder& holder : dominant ? dominant->holders : Holders{}) parties.push_back(holder.party);
  } else if (is_disposal(matter)) {
    if (const auto party = party_of(std::get<EnterLimit>(matter.act).burden)) parties.push_back(*party);
  }
  return parties;
}

// ---------------------------------------------------------------------------------------------------------------------
// Who files

void r02_applicant(const Matter& matter) {
  const auto refuse = [&](std::uint16_t field, const PartyId& party) {
    matter.context.refuse(Code::seller_not_holder, {.rule = 2, .field = field, .subject = PartySubject{party}});
  };
  const auto* transfer = matter.as<TransferRight>();
  if (transfer != nullptr) {
    if (transfer->from.empty()) matter.context.refuse(Code::sellers_missing, {.rule = 2, .field = matter.fields.from});
    for (const PartyId& party : transfer->from) {
      if (!is_holder(matter.unit.holders, party)) refuse(matter.fields.from, party);
    }
  }
  const auto* registration = matter.as<RegisterUnit>();
  if (!is_disposal(matter) && !is_own_change(matter) && registration == nullptr) return;
  const Holders& holders = registration == nullptr ? matter.unit.holders : registration->holders;
  const auto gets = acquirers(matter);
  const auto is_guardian = [&](const PartyId& party) {
    return std::ranges::any_of(matter.limits, [&](const NumberedLimit& limit) {
      const auto* guardianship = limit.as<Guardianship>();
      return guardianship != nullptr && guardianship->guardian == party;
    });
  };
  bool any = false;
  for (const PartyId& party : matter.filing.applicants) {
    const bool holds_it = is_holder(holders, party) || is_guardian(party);
    any |= holds_it;
    // Of a combined filing, who is of another act.
    const bool is_named = (transfer != nullptr && contains(transfer->from, party)) || matter.filing.acts.size() > 1;
    if (holds_it || is_named || std::ranges::find(gets, party) != gets.end()) continue;
    refuse(matter.fields.applicants, party);
  }
  if (!any && transfer == nullptr) {
    matter.context.refuse(FilingCode::no_holder_applies, {.rule = 2, .field = matter.fields.applicants});
  }
}

void r03_joint_filing(const Matter& matter) {
  const auto* transfer = matter.as<TransferRight>();
  const bool is_inherited = transfer != nullptr && transfer->cause == Cause::inheritance;
  if (!is_disposal(matter) && !is_inherited && !corrects_holders(matter)) return;
  for (const PartyId& party : acquirers(matter)) {
    if (matter.applies(party)) continue;
    matter.context.refuse(FilingCode::other_side_missing,
                          {.rule = 3, .field = matter.fields.applicants, .subject = PartySubject{party}});
  }
}

namespace {

// Who has to agree, of the holders.
enum class Agreement : std::uint8_t { none, by_shares, all, losing };

Agreement agreement_for(const Matter& matter) {
  if (is_disposal(matter) || matter.as<SwapRanks>() != nullptr || matter.as<SplitUnit>() != nullptr ||
      matter.as<MergeUnits>() != nullptr) {
    return Agreement::by_shares;
  }
  if (const auto* change = matter.as<ChangeUnit>()) {
    if (!change->holders.empty()) return Agreement::all;
    return change->usage ? Agreement::by_shares : Agreement::none;
  }
  if (const auto* cancellation = matter.as<CancelUnit>()) {
    return cancellation->reason == CloseReason::abandoned ? Agreement::all : Agreement::none;
  }
  const auto* correction = matter.as<CorrectUnit>();
  if (correction != nullptr && correction->basis == CorrectionBasis::consent) {
    const bool of_unit = correction->usage || correction->right || correction->until_ms || correction->survey;
    return of_unit ? Agreement::all : Agreement::losing;
  }
  return matter.as<TransferRight>() != nullptr ? Agreement::losing : Agreement::none;
}

// Whether a holder has afterwards what it has now, or more: its share, or a place among as many joint holders.
bool keeps(const Holders& before, const Holders& after, const Holder& holder) {
  const auto share = share_of(after, holder.party);
  if (holder.share && share) return !is_less(*share, *holder.share);
  const bool is_joint = !holder.share && !has_shares(after) && after.size() <= before.size();
  return (is_joint && is_holder(after, holder.party)) || are_same(before, after);
}

bool keeps(const Matter& matter, const Holder& holder) {
  const auto* transfer = matter.as<TransferRight>();
  if (transfer != nullptr && contains(transfer->from, holder.party)) return true;
  const Holders& after = transfer != nullptr ? transfer->holders : matter.as<CorrectUnit>()->holders;
  return keeps(matter.unit.holders, after, holder);
}

}  // namespace

// The whole of what is held by shares passes by two thirds of them; where only a part does, everybody agrees who has
// less of it afterwards.
void r04_co_owners(const Matter& matter) {
  const Agreement needed = agreement_for(matter);
  if (needed == Agreement::none) return;
  const auto* transfer = matter.as<TransferRight>();
  const bool by_shares = needed == Agreement::by_shares && has_shares(matter.unit.holders);
  const bool of_a_part = by_shares && transfer != nullptr && is_of_a_part(matter, *transfer);
  if (by_shares && !of_a_part && two_thirds_agree(matter)) return;
  for (const Holder& holder : matter.unit.holders) {
    if (matter.agrees(holder.party)) continue;
    if (of_a_part) {
      const auto after = share_of(transfer->holders, holder.party);
      if (after && !is_less(*after, *holder.share)) continue;
    }
    if (needed == Agreement::losing && keeps(matter, holder)) continue;
    matter.context.refuse(Code::holder_not_selling,
                          {.rule = 4, .field = matter.fields.from, .subject = PartySubject{holder.party}});
  }
}

void r05_priority_of_co_owners(const Matter& matter) {
  const auto* transfer = matter.as<TransferRight>();
  if (transfer == nullptr || transfer->cause != Cause::sale || !has_shares(matter.unit.holders)) return;
  if (!is_of_a_part(matter, *transfer)) return;
  const bool to_outsider = std::ranges::any_of(
      transfer->holders, [&](const Holder& holder) { return !is_holder(matter.unit.holders, holder.party); });
  if (!to_outsider) return;
  for (const Holder& holder : matter.unit.holders) {
    if (contains(transfer->from, holder.party) || matter.agrees(holder.party)) continue;
    if (matter.has_stated(5, holder.party)) continue;
    matter.context.refuse(FilingCode::statement_missing,
                          {.rule = 5, .field = matter.fields.statements, .subject = PartySubject{holder.party}});
  }
}

void r06_form_of_co_ownership(const Matter& matter) {
  const auto* transfer = matter.as<TransferRight>();
  if (transfer != nullptr && transfer->holders.size() > 1 && !has_shares(transfer->holders)) matter.tell(6);
}

// ---------------------------------------------------------------------------------------------------------------------
// House and land

// Whoever has a house has the land under it by the same right (RightKind); so land alone is what has to be looked at.
void r22_house_and_land(const Matter& matter) {
  if ((!is_transfer_or_mortgage(matter) && !unmakes_unit(matter)) || !is_land(matter.number)) return;
  const StateReader& state = matter.context.state();
  const auto* transfer = matter.as<TransferRight>();
  const auto* mortgage = matter.enters<Mortgage>();
  // To the same ones.
  const auto goes_along = [&](const Act& act) {
    const auto* moved = std::get_if<TransferRight>(&act);
    if (transfer != nullptr) return moved != nullptr && are_same(moved->holders, transfer->holders);
    const auto* entry = std::get_if<EnterLimit>(&act);
    const auto* other = entry == nullptr ? nullptr : std::get_if<Mortgage>(&entry->burden);
    return mortgage != nullptr && other != nullptr && other->mortgagee == mortgage->mortgagee;
  };
  const auto is_included = [&](const UnitNumber& unit) {
    return std::ranges::any_of(matter.filing.acts,
                               [&](const Act& act) { return unit_of(act) == unit && goes_along(act); });
  };
  const auto check = [&](const UnitNumber& unit) {
    const auto other = units.get(state, unit);
    if (!other || !share_a_holder(other->holders, matter.unit.holders) || is_included(unit)) return true;
    matter.context.refuse(FilingCode::house_without_land,
                          {.rule = 22, .field = matter.fields.unit, .subject = UnitSubject{unit}});
    return true;
  };
  if (for_each_fixture(state, matter.number, check)) return;
  matter.context.refuse(FilingCode::too_many_fixtures,
                        {.rule = 22, .field = matter.fields.unit, .limit = fixtures_looked_at_max});
}

void r23_mortgageable(const Matter& matter) {
  if (matter.enters<Mortgage>() == nullptr) return;
  const RightKind right = matter.unit.right;
  if (right == RightKind::homestead || right == RightKind::homestead_and_house) {
    matter.context.refuse(FilingCode::not_mortgageable,
                          {.rule = 23, .field = matter.fields.unit, .value = static_cast<std::uint64_t>(right)});
  }
  for (const NoteKind kind : {NoteKind::public_facility, NoteKind::dispute}) {
    if (const auto* note = find_note(matter, kind)) refuse_for_note(matter, 23, *note);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// What the registry has noted, and the order of applications

namespace {

// Another usage is not a way out of a term that is over; a longer term is.
bool changes_usage(const Matter& matter) {
  const auto* change = matter.as<ChangeUnit>();
  const auto* correction = matter.as<CorrectUnit>();
  return (change != nullptr && change->usage && !change->until_ms) ||
         (correction != nullptr && correction->basis != CorrectionBasis::decision && correction->usage);
}

}  // namespace

void r30_dispute(const Matter& matter) {
  const bool disposes = is_disposal(matter) || unmakes_unit(matter);
  const bool changes = changes_usage(matter);
  const auto* note = find_note(matter, NoteKind::dispute);
  const bool is_change = changes && matter.as<ChangeUnit>() != nullptr;
  if (note != nullptr && (disposes || is_change)) refuse_for_note(matter, 30, *note);
  const Timestamp now = matter.context.now();
  const auto& until = matter.unit.until_ms;
  if (!until || now < *until) return;
  if (!changes && (!disposes || matter.unit.usage == Usage::residential)) return;
  matter.context.refuse(UnitCode::right_expired,
                        {.rule = 30, .field = matter.fields.unit, .limit = until->value(), .value = now.value()});
}

void r32_correction(const Matter& matter) {
  if (!is_disposal(matter) && !is_own_change(matter)) return;
  if (const auto* note = find_note(matter, NoteKind::correction_pending)) refuse_for_note(matter, 32, *note);
}

void r33_entered_before_disposal(const Matter& matter) {
  const auto* transfer = matter.as<TransferRight>();
  if (transfer == nullptr || !is_voluntary(transfer->cause)) return;
  const auto acquires_later = [&](const PartyId& party) {
    return std::ranges::any_of(matter.filing.acts, [&](const Act& act) {
      const auto* other = std::get_if<TransferRight>(&act);
      return other != nullptr && other->unit == transfer->unit && !is_voluntary(other->cause) &&
             is_holder(other->holders, party);
    });
  };
  for (const PartyId& party : transfer->from) {
    if (is_holder(matter.unit.holders, party) || !acquires_later(party)) continue;
    matter.context.refuse(UnitCode::entry_needed_first,
                          {.rule = 33, .field = matter.fields.from, .subject = PartySubject{party}});
  }
}

// Not from one filing with the guardian's own entry, and not to the guardian.
void r34_ward(const Matter& matter) {
  if (!is_disposal(matter) && !is_own_change(matter) && !corrects_holders(matter)) return;
  const auto gets = acquirers(matter);
  for_each<Guardianship>(matter, [&](const NumberedLimit& limit, const Guardianship& guardianship) {
    // What leaves the ward its share is another's matter.
    const auto* transfer = matter.as<TransferRight>();
    const auto ward = std::ranges::find(matter.unit.holders, guardianship.ward, &Holder::party);
    if (transfer != nullptr && ward != matter.unit.holders.end() &&
        !contains(transfer->from, guardianship.ward) && keeps(matter.unit.holders, transfer->holders, *ward)) {
      return;
    }
    const bool is_entered = limit.limit.recorded_ms < matter.context.now();
    const bool is_gaining = std::ranges::find(gets, guardianship.guardian) != gets.end();
    const bool is_stated = matter.has_stated(34, guardianship.guardian);
    if (is_entered && !is_gaining && is_stated && matter.agrees(guardianship.ward)) return;
    matter.context.refuse(UnitCode::guardian_missing, {.rule = 34,
                                                         .field = matter.fields.statements,
                                                         .value = limit.number.value(),
                                                         .subject = PartySubject{guardianship.ward}});
  });
}

void r35_expropriation(const Matter& matter) {
  if (!is_disposal(matter)) return;
  if (const auto* note = find_note(matter, NoteKind::expropriation)) require_statements(matter, 35, note->number);
}

void r36_subsidised_housing(const Matter& matter) {
  const auto* note = find_note(matter, NoteKind::subsidised_housing);
  if (note == nullptr || matter.enters<Mortgage>() == nullptr) return;
  if (std::ranges::any_of(matter.filing.statements, [](const Statement& one) { return one.rule == 36; })) return;
  matter.context.refuse(FilingCode::statement_missing,
                        {.rule = 36, .field = matter.fields.statements, .value = note->number.value()});
}

void r37_altered_structure(const Matter& matter) {
  if (!is_transfer_or_mortgage(matter)) return;
  if (const auto* note = find_note(matter, NoteKind::altered_structure)) refuse_for_note(matter, 37, *note);
}

void r39_held(const Matter& matter) {
  if (!is_disposal(matter) && !is_own_change(matter) && matter.as<SwapRanks>() == nullptr) return;
  const auto hold = holds.get(matter.context.state(), matter.number);
  if (!hold || hold->application == matter.application) return;
  matter.context.refuse(Code::unit_held, {.rule = 39,
                                          .field = matter.fields.unit,
                                          .subject = ApplicationSubject{hold->application}});
}

void r40_correction_by_decision(const Matter& matter) {
  const auto* correction = matter.as<CorrectUnit>();
  if (correction == nullptr || correction->basis != CorrectionBasis::decision || !correction->delivered_ms) return;
  const Timestamp delivered = *correction->delivered_ms;
  const auto check = [&](Timestamp recorded) {
    if (recorded <= delivered) return;
    matter.context.refuse(UnitCode::entry_intervened, {.rule = 40,
                                                         .field = matter.fields.act,
                                                         .limit = delivered.value(),
                                                         .value = recorded.value()});
  };
  check(matter.unit.holders_ms);
  for (const NumberedLimit& limit : matter.limits) {
    const LimitKind kind = kind_of(limit.limit.burden);
    if (kind != LimitKind::objection && kind != LimitKind::note && kind != LimitKind::guardianship) {
      check(limit.limit.recorded_ms);
    }
  }
  if (matter.context.now() >= end_of_days(delivered, correction_days)) matter.tell(40);
}

std::span<const DecidingRule> deciding_rules() {
  static constexpr DecidingRule rules[] = {
      {2, r02_applicant},         {3, r03_joint_filing},     {4, r04_co_owners},
      {5, r05_priority_of_co_owners}, {6, r06_form_of_co_ownership}, {7, r07_seized},
      {8, r08_term_of_seizure},   {10, r10_debtor_holds},    {11, r11_order_of_delivery},
      {13, r13_advance_notice},   {15, r15_place_of_notice}, {17, r17_objection},
      {18, r18_mortgage_follows}, {19, r19_ban_on_transfer}, {20, r20_no_registered_ban},
      {21, r21_ranks},            {22, r22_house_and_land},  {23, r23_mortgageable},
      {24, r24_maximum_amount},   {25, r25_residence},       {26, r26_residence_follows},
      {30, r30_dispute},          {32, r32_correction},      {33, r33_entered_before_disposal},
      {34, r34_ward},             {35, r35_expropriation},   {36, r36_subsidised_housing},
      {37, r37_altered_structure}, {39, r39_held},           {40, r40_correction_by_decision},
  };
  return rules;
}

}  // namespace kanhe::contracts::property
