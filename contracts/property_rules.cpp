#include "contracts/property_rules.h"

#include <algorithm>

namespace kanhe::contracts::property {
namespace {

constexpr std::size_t parcel_chars = 19;
constexpr std::string_view no_fixture = "W00000000";
bool is_land(const UnitNumber& number) { return number.view()[parcel_chars] == 'W'; }

UnitNumber land_of(const UnitNumber& number) {
  return UnitNumber::from(std::string(number.view().substr(0, parcel_chars)) + std::string(no_fixture)).value();
}

bool share_a_holder(const Holders& one, const Holders& other) {
  return std::ranges::any_of(one, [&](const Holder& holder) { return is_holder(other, holder.party); });
}

// Asks for a statement of everybody who gets something.
void require_statements(const Matter& matter, std::uint8_t rule, LimitNumber because) {
  for (const PartyId& party : acquirers(matter)) {
    if (matter.has_stated(rule, party)) continue;
    matter.context.refuse(FilingCode::statement_missing, {.rule = rule,
                                                    .field = matter.fields.statements,
                                                    .value = because.value(),
                                                    .subject = PartySubject{party}});
  }
}

template <class T, class Use>
void for_each(const Matter& matter, Use use) {
  for (const NumberedLimit& limit : matter.limits) {
    if (const T* const burden = limit.as<T>()) use(limit, *burden);
  }
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

const NumberedLimit* Matter::find(LimitNumber limit) const {
  const auto found = std::ranges::find(limits, limit, &NumberedLimit::number);
  return found == limits.end() ? nullptr : &*found;
}

bool Matter::applies(const PartyId& party) const {
  return std::ranges::find(filing.applicants, party) != filing.applicants.end();
}

bool Matter::agrees(const PartyId& party) const {
  return applies(party) || std::ranges::find(filing.consents, party, &Consent::party) != filing.consents.end();
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
  if (!is_disposal(matter)) return;
  const auto gets = acquirers(matter);
  bool any = false;
  for (const PartyId& party : matter.filing.applicants) {
    const bool holds_it = is_holder(matter.unit.holders, party);
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
  if (!is_disposal(matter)) return;
  for (const PartyId& party : acquirers(matter)) {
    if (matter.applies(party)) continue;
    matter.context.refuse(FilingCode::other_side_missing,
                          {.rule = 3, .field = matter.fields.applicants, .subject = PartySubject{party}});
  }
}

// The whole of what is held by shares passes by two thirds of them; where only a part does, everybody agrees who has
// less of it afterwards.
void r04_co_owners(const Matter& matter) {
  if (!is_disposal(matter) && matter.as<SwapRanks>() == nullptr) return;
  const auto* transfer = matter.as<TransferRight>();
  const bool by_shares = has_shares(matter.unit.holders);
  const bool of_a_part = by_shares && transfer != nullptr && is_of_a_part(matter, *transfer);
  if (by_shares && !of_a_part && two_thirds_agree(matter)) return;
  for (const Holder& holder : matter.unit.holders) {
    if (matter.agrees(holder.party)) continue;
    if (of_a_part) {
      const auto after = share_of(transfer->holders, holder.party);
      if (after && !is_less(*after, *holder.share)) continue;
    }
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
// Seizures

namespace {

struct Seized {
  UnitNumber unit;
  NumberedLimit seizure;
};

std::optional<Seized> seizure_of(const StateReader& state, const UnitNumber& unit) {
  const auto list = limit_lists.get(state, unit);
  if (!list || std::ranges::find(list->open, LimitKind::seizure, &OpenLimit::kind) == list->open.end()) return {};
  const auto open = limits_of(state, unit);
  const NumberedLimit* const active = active_seizure(open);
  return active == nullptr ? std::nullopt : std::optional(Seized{unit, *active});
}

// R12: of what stands on the parcel, or of the parcel itself, where a debtor is a holder here.
std::optional<Seized> seizure_beside(const Matter& matter) {
  const StateReader& state = matter.context.state();
  const auto covers = [&](const std::optional<Seized>& seized) {
    return seized && is_holder(matter.unit.holders, seized->seizure.as<Seizure>()->debtor);
  };
  if (!is_land(matter.number)) {
    auto seized = seizure_of(state, land_of(matter.number));
    return covers(seized) ? seized : std::nullopt;
  }
  std::optional<Seized> found;
  for_each_fixture(state, matter.number, [&](const UnitNumber& fixture) {
    auto seized = seizure_of(state, fixture);
    if (covers(seized)) found = std::move(seized);
    return !found.has_value();
  });
  return found;
}

std::optional<Seized> seizure_for(const Matter& matter) {
  if (const NumberedLimit* const own = active_seizure(matter.limits)) return Seized{matter.number, *own};
  return seizure_beside(matter);
}

}  // namespace

void r07_seized(const Matter& matter) {
  const auto* transfer = matter.as<TransferRight>();
  const bool is_judgment = transfer != nullptr && transfer->cause == Cause::judgment;
  if (is_judgment || (transfer == nullptr && matter.enters<Mortgage>() == nullptr)) return;
  const auto seized = seizure_for(matter);
  if (!seized) return;
  // What was seized beforehand becomes the debtor's, and stays seized.
  const Seizure& seizure = *seized->seizure.as<Seizure>();
  if (transfer != nullptr && seizure.kind == SeizureKind::pre_seizure && is_holder(transfer->holders, seizure.debtor)) {
    return;
  }
  Details details{.rule = 7,
                  .field = matter.fields.unit,
                  .value = seized->seizure.number.value(),
                  .subject = UnitSubject{seized->unit}};
  if (seized->unit != matter.number) details.rule = 12;
  matter.context.refuse(FilingCode::unit_seized, details);
}

void r08_term_of_seizure(const Matter& matter) {
  const auto* seizure = matter.enters<Seizure>();
  const auto* renewal = matter.as<RenewSeizure>();
  if (seizure == nullptr && renewal == nullptr) return;
  const SeizureDays days = seizure != nullptr ? seizure->days : renewal->days;
  if (days.value() <= seizure_days_max) return;
  matter.context.refuse(FilingCode::seizure_too_long, {.rule = 8,
                                                 .field = matter.fields.act,
                                                 .limit = seizure_days_max,
                                                 .value = days.value()});
}

void r10_debtor_holds(const Matter& matter) {
  const auto* seizure = matter.enters<Seizure>();
  if (seizure == nullptr) return;
  bool is_debtors = seizure->kind == SeizureKind::seizure && is_holder(matter.unit.holders, seizure->debtor);
  for_each<AdvanceNotice>(matter, [&](const NumberedLimit&, const AdvanceNotice& notice) {
    is_debtors |= seizure->kind == SeizureKind::pre_seizure && !is_of_mortgage(notice.kind) &&
             notice.claimant == seizure->debtor;
  });
  if (is_debtors) return;
  // Delivered in time and entered too late: the register has to be corrected, by whoever decides that.
  const auto& delivered = std::get<EnterLimit>(matter.act).delivered_ms;
  if (delivered && *delivered < matter.unit.recorded_ms) {
    matter.context.refuse(FilingCode::transferred_meanwhile, {.rule = 10,
                                                              .field = matter.fields.act,
                                                              .limit = matter.unit.recorded_ms.value(),
                                                              .value = delivered->value()});
  }
  matter.context.refuse(FilingCode::debtor_not_holder,
                        {.rule = 10, .field = matter.fields.act, .subject = PartySubject{seizure->debtor}});
}

void r11_order_of_delivery(const Matter& matter) {
  const auto* transfer = matter.as<TransferRight>();
  if (transfer == nullptr || transfer->cause != Cause::judgment || !transfer->delivered_ms) return;
  const auto seized = seizure_for(matter);
  if (!seized || !seized->seizure.limit.delivered_ms) return;
  const Timestamp first = *seized->seizure.limit.delivered_ms;
  if (*transfer->delivered_ms < first) return;
  matter.context.refuse(FilingCode::seizure_delivered_first, {.rule = 11,
                                                        .field = matter.fields.act,
                                                        .limit = first.value(),
                                                        .value = transfer->delivered_ms->value(),
                                                        .subject = UnitSubject{seized->unit}});
}

// ---------------------------------------------------------------------------------------------------------------------
// Advance notices and objections

void r13_advance_notice(const Matter& matter) {
  if (!is_disposal(matter)) return;
  const auto gets = acquirers(matter);
  for_each<AdvanceNotice>(matter, [&](const NumberedLimit& limit, const AdvanceNotice& notice) {
    if (matter.agrees(notice.claimant) || std::ranges::find(gets, notice.claimant) != gets.end()) return;
    matter.context.refuse(FilingCode::consent_missing, {.rule = 13,
                                                  .field = matter.fields.consents,
                                                  .value = limit.number.value(),
                                                  .subject = PartySubject{notice.claimant}});
  });
}

void r15_place_of_notice(const Matter& matter) {
  const auto* entry = matter.as<EnterLimit>();
  if (entry == nullptr || !entry->in_place_of) return;
  const auto* mortgage = std::get_if<Mortgage>(&entry->burden);
  const NumberedLimit* const limit = matter.find(*entry->in_place_of);
  const auto* notice = limit == nullptr ? nullptr : limit->as<AdvanceNotice>();
  const bool fits = mortgage != nullptr && notice != nullptr && is_of_mortgage(notice->kind) &&
                    notice->claimant == mortgage->mortgagee;
  if (fits) return;
  matter.context.refuse(FilingCode::no_such_notice,
                        {.rule = 15, .field = matter.fields.act, .value = entry->in_place_of->value()});
}

void r17_objection(const Matter& matter) {
  if (!is_disposal(matter)) return;
  for_each<Objection>(matter, [&](const NumberedLimit& limit, const Objection&) {
    require_statements(matter, 17, limit.number);
  });
}

// ---------------------------------------------------------------------------------------------------------------------
// Mortgages and residence

void r18_mortgage_follows(const Matter& matter) {
  if (!is_voluntary_transfer(matter)) return;
  for_each<Mortgage>(matter, [&](const NumberedLimit& limit, const Mortgage&) {
    require_statements(matter, 18, limit.number);
  });
}

void r19_ban_on_transfer(const Matter& matter) {
  if (!is_voluntary_transfer(matter)) return;
  for_each<Mortgage>(matter, [&](const NumberedLimit& limit, const Mortgage& mortgage) {
    if (!mortgage.bans_transfer || matter.agrees(mortgage.mortgagee)) return;
    matter.context.refuse(FilingCode::consent_missing, {.rule = 19,
                                                  .field = matter.fields.consents,
                                                  .value = limit.number.value(),
                                                  .subject = PartySubject{mortgage.mortgagee}});
  });
}

void r20_no_registered_ban(const Matter& matter) {
  if (!is_voluntary_transfer(matter)) return;
  for_each<Mortgage>(matter, [&](const NumberedLimit&, const Mortgage& mortgage) {
    if (!mortgage.bans_transfer) matter.tell(20);
  });
}

// Everybody from the one place to the other agrees, and who has an advance notice of a mortgage there: whoever lies
// between may come to stand behind more than before. That the holders agree is asked by R04.
void r21_ranks(const Matter& matter) {
  const auto* swap = matter.as<SwapRanks>();
  if (swap == nullptr) return;
  const auto rank_of = [&](LimitNumber number) {
    const NumberedLimit* const limit = matter.find(number);
    const Mortgage* const mortgage = limit == nullptr ? nullptr : limit->as<Mortgage>();
    return mortgage == nullptr ? std::nullopt : mortgage->rank;
  };
  const auto [first, last] = std::minmax({rank_of(swap->one), rank_of(swap->other)});
  const auto ask = [&, low = first, high = last](const NumberedLimit& limit, std::optional<LimitNumber> rank,
                                                 const PartyId& party) {
    if (rank < low || high < rank || matter.agrees(party)) return;
    matter.context.refuse(FilingCode::consent_missing, {.rule = 21,
                                                        .field = matter.fields.consents,
                                                        .value = limit.number.value(),
                                                        .subject = PartySubject{party}});
  };
  for_each<Mortgage>(matter, [&](const NumberedLimit& limit, const Mortgage& mortgage) {
    ask(limit, mortgage.rank, mortgage.mortgagee);
  });
  for_each<AdvanceNotice>(matter, [&](const NumberedLimit& limit, const AdvanceNotice& notice) {
    if (is_of_mortgage(notice.kind)) ask(limit, limit.number, notice.claimant);
  });
}

// Whoever has a house has the land under it by the same right (RightKind); so land alone is what has to be looked at.
void r22_house_and_land(const Matter& matter) {
  if (!is_transfer_or_mortgage(matter) || !is_land(matter.number)) return;
  const StateReader& state = matter.context.state();
  const auto* transfer = matter.as<TransferRight>();
  const auto* mortgage = matter.enters<Mortgage>();
  // To the same ones.
  const auto goes_along = [&](const Act& act) {
    const auto* moved = std::get_if<TransferRight>(&act);
    if (transfer != nullptr) return moved != nullptr && are_same(moved->holders, transfer->holders);
    const auto* entry = std::get_if<EnterLimit>(&act);
    const auto* other = entry == nullptr ? nullptr : std::get_if<Mortgage>(&entry->burden);
    return other != nullptr && other->mortgagee == mortgage->mortgagee;
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

void r24_maximum_amount(const Matter& matter) {
  const auto* mortgage = matter.enters<Mortgage>();
  if (mortgage == nullptr || mortgage->kind != MortgageKind::maximum_amount || mortgage->until_ms) return;
  matter.context.refuse(FilingCode::period_missing, {.rule = 24, .field = matter.fields.act});
}

void r25_residence(const Matter& matter) {
  if (matter.enters<Residence>() == nullptr || matter.unit.usage == Usage::residential) return;
  matter.context.refuse(FilingCode::no_dwelling, {.rule = 25,
                                            .field = matter.fields.unit,
                                            .value = static_cast<std::uint64_t>(matter.unit.usage)});
}

void r26_residence_follows(const Matter& matter) {
  if (!is_voluntary_transfer(matter)) return;
  for_each<Residence>(matter, [&](const NumberedLimit& limit, const Residence&) {
    require_statements(matter, 26, limit.number);
  });
}

// ---------------------------------------------------------------------------------------------------------------------
// What the registry has noted, and the order of applications

void r30_dispute(const Matter& matter) {
  if (!is_disposal(matter)) return;
  if (const auto* note = find_note(matter, NoteKind::dispute)) refuse_for_note(matter, 30, *note);
}

void r32_correction(const Matter& matter) {
  if (!is_disposal(matter)) return;
  if (const auto* note = find_note(matter, NoteKind::correction_pending)) refuse_for_note(matter, 32, *note);
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
  if (!is_disposal(matter) && matter.as<SwapRanks>() == nullptr) return;
  const auto hold = holds.get(matter.context.state(), matter.number);
  if (!hold || hold->application == matter.application) return;
  matter.context.refuse(Code::unit_held, {.rule = 39,
                                          .field = matter.fields.unit,
                                          .subject = ApplicationSubject{hold->application}});
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
      {30, r30_dispute},          {32, r32_correction},      {35, r35_expropriation},
      {36, r36_subsidised_housing}, {37, r37_altered_structure}, {39, r39_held},
  };
  return rules;
}

}  // namespace kanhe::contracts::property
