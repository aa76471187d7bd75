#include "contracts/property_rules.h"

#include <algorithm>

namespace kanhe::contracts::property {
namespace {

constexpr std::size_t parcel_chars = 19;
constexpr std::string_view no_fixture = "W00000000";

UnitNumber land_of(const UnitNumber& number) {
  return UnitNumber::from(std::string(number.view().substr(0, parcel_chars)) + std::string(no_fixture)).value();
}

}  // namespace

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

namespace {

// What is seized is not made into something else either: given up, split, merged, held in another form, ended by its
// term, or corrected away.
bool changes_what_is_held(const Matter& matter) {
  const auto* change = matter.as<ChangeUnit>();
  const auto* cancellation = matter.as<CancelUnit>();
  return unmakes_unit(matter) || corrects_holders(matter) || corrects_right(matter) ||
         (change != nullptr && !change->holders.empty()) ||
         (cancellation != nullptr && cancellation->reason == CloseReason::expired);
}

}  // namespace

void r07_seized(const Matter& matter) {
  const auto* transfer = matter.as<TransferRight>();
  const bool passes = transfer != nullptr && transfer->cause != Cause::judgment;
  if (!passes && matter.enters<Mortgage>() == nullptr && !changes_what_is_held(matter)) return;
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
  if (delivered && *delivered < matter.unit.holders_ms) {
    matter.context.refuse(FilingCode::transferred_meanwhile, {.rule = 10,
                                                              .field = matter.fields.act,
                                                              .limit = matter.unit.holders_ms.value(),
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
  if (!is_disposal(matter) && !corrects_holders(matter)) return;
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
  if (!is_voluntary_transfer(matter) && !corrects_holders(matter)) return;
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

}  // namespace kanhe::contracts::property
