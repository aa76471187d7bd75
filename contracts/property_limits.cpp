#include "contracts/property_limits.h"

#include <algorithm>

#include "contracts/certificate.h"
#include "contracts/civil_days.h"
#include "contracts/property.h"
#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::property;

template Bytes encode(const Limit&);
template Result<Limit> decode(ByteView);
template Bytes encode(const LimitList&);
template Result<LimitList> decode(ByteView);
template Bytes encode_key(const LimitKey&);
template Result<LimitEntered> decode(ByteView);
template Result<LimitChanged> decode(ByteView);
template Result<LimitEnded> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::property {
namespace {

constexpr std::uint64_t day_ms = 24ull * 3'600'000;

// When a seizure counts as delivered, and its number.
std::pair<std::uint64_t, LimitNumber> place_of(const NumberedLimit& one) {
  const std::uint64_t recorded = one.limit.recorded_ms.value();
  const std::uint64_t earliest = recorded - std::min(recorded, delivery_backdating_days * day_ms);
  return {std::max(one.limit.delivered_ms.value_or(one.limit.recorded_ms).value(), earliest), one.number};
}

void schedule(Context& context, const UnitNumber& unit, Limit& limit) {
  if (limit.due) context.cancel(*limit.due);
  limit.due.reset();
  std::optional<Timestamp> due = ends_at(limit);
  if (const auto* mortgage = std::get_if<Mortgage>(&limit.burden)) {
    if (mortgage->kind == MortgageKind::maximum_amount && !mortgage->is_fixed) due = mortgage->until_ms;
  }
  if (due) limit.due = context.at(*due, limit_due_number, LimitDue{unit});
}

template <class E>
void emit_limit(Context& context, const E& event, const UnitNumber& unit, const Burden& burden) {
  std::vector<Subject> subjects{UnitSubject{unit}};
  if (const auto party = party_of(burden)) subjects.push_back(PartySubject{*party});
  if (const auto* easement = std::get_if<Easement>(&burden)) subjects.push_back(UnitSubject{easement->dominant});
  const auto* guardianship = std::get_if<Guardianship>(&burden);
  if (guardianship != nullptr) subjects.push_back(PartySubject{guardianship->guardian});
  context.emit(event, std::move(subjects));
}

// R09: the one that was delivered first is active, from `since` on where it was not.
void activate_first(Context& context, const UnitNumber& unit, Timestamp since) {
  std::vector<NumberedLimit> seizures;
  for (NumberedLimit& limit : limits_of(context.state(), unit)) {
    if (limit.as<Seizure>() != nullptr) seizures.push_back(std::move(limit));
  }
  if (seizures.empty()) return;
  const LimitNumber first = std::ranges::min_element(seizures, {}, place_of)->number;
  for (NumberedLimit& limit : seizures) {
    auto& seizure = std::get<Seizure>(limit.limit.burden);
    const bool is_first = limit.number == first;
    if (is_first == seizure.active_ms.has_value()) continue;
    seizure.active_ms.reset();
    seizure.until_ms.reset();
    if (is_first) {
      seizure.active_ms = since;
      seizure.until_ms = end_of_days(since, seizure.days.value());
    }
    change_limit(context, unit, std::move(limit));
  }
}

// R24: a seizure that is known fixes what a maximum mortgage secures, as the end of its period does.
bool is_to_be_fixed(const Context& context, const NumberedLimit& limit, bool seized) {
  const auto* mortgage = limit.as<Mortgage>();
  if (mortgage == nullptr || mortgage->kind != MortgageKind::maximum_amount || mortgage->is_fixed) return false;
  return seized || (mortgage->until_ms && *mortgage->until_ms <= context.now());
}

// Answers how many were fixed; at most so many.
std::size_t fix_maximum_mortgages(Context& context, const UnitNumber& unit, bool seized, std::size_t most) {
  std::size_t fixed = 0;
  for (NumberedLimit& limit : limits_of(context.state(), unit)) {
    if (fixed == most || !is_to_be_fixed(context, limit, seized)) continue;
    std::get<Mortgage>(limit.limit.burden).is_fixed = true;
    change_limit(context, unit, std::move(limit));
    ++fixed;
  }
  return fixed;
}

}  // namespace

LimitKind kind_of(const Burden& burden) {
  return std::visit([]<class T>(const T&) { return static_cast<LimitKind>(T::variant_tag.number); }, burden);
}

bool has_proof(const Burden& burden) {
  const LimitKind kind = kind_of(burden);
  return kind != LimitKind::seizure && kind != LimitKind::note && kind != LimitKind::guardianship;
}

LimitKindName name_of(LimitKind kind) {
  switch (kind) {
    case LimitKind::mortgage: return {"抵押", "mortgage"};
    case LimitKind::seizure: return {"查封", "seizure"};
    case LimitKind::advance_notice: return {"预告", "advance notice"};
    case LimitKind::objection: return {"异议", "objection"};
    case LimitKind::residence: return {"居住权", "right of residence"};
    case LimitKind::easement: return {"地役权", "easement"};
    case LimitKind::note: return {"记载", "note"};
    case LimitKind::guardianship: return {"监护", "guardianship"};
  }
  return {};
}

std::vector<NumberedLimit> limits_of(const StateReader& state, const UnitNumber& unit) {
  std::vector<NumberedLimit> open;
  const auto list = limit_lists.get(state, unit);
  if (!list) return open;
  for (const auto& [number, kind] : list->open) {
    auto limit = limits.get(state, {unit, number});
    if (limit) open.push_back({number, *std::move(limit)});
  }
  return open;
}

std::optional<PartyId> party_of(const Burden& burden) {
  struct Of {
    std::optional<PartyId> operator()(const Mortgage& one) const { return one.mortgagee; }
    std::optional<PartyId> operator()(const Seizure& one) const { return one.debtor; }
    std::optional<PartyId> operator()(const AdvanceNotice& one) const { return one.claimant; }
    std::optional<PartyId> operator()(const Objection& one) const { return one.objector; }
    std::optional<PartyId> operator()(const Residence& one) const { return one.resident; }
    std::optional<PartyId> operator()(const Easement&) const { return std::nullopt; }
    std::optional<PartyId> operator()(const Note&) const { return std::nullopt; }
    std::optional<PartyId> operator()(const Guardianship& one) const { return one.ward; }
  };
  return std::visit(Of{}, burden);
}

std::optional<Timestamp> ends_at(const Limit& limit) {
  struct End {
    const Limit& limit;
    std::optional<Timestamp> operator()(const Mortgage&) const { return std::nullopt; }
    // R08
    std::optional<Timestamp> operator()(const Seizure& one) const { return one.until_ms; }
    // R14
    std::optional<Timestamp> operator()(const AdvanceNotice& one) const {
      if (!one.possible_ms) return std::nullopt;
      return end_of_days(*one.possible_ms, advance_notice_days);
    }
    // R16
    std::optional<Timestamp> operator()(const Objection& one) const {
      if (one.sued_ms) return std::nullopt;
      return end_of_days(limit.recorded_ms, objection_days);
    }
    std::optional<Timestamp> operator()(const Residence& one) const { return one.until_ms; }
    std::optional<Timestamp> operator()(const Easement& one) const { return one.until_ms; }
    std::optional<Timestamp> operator()(const Note&) const { return std::nullopt; }
    std::optional<Timestamp> operator()(const Guardianship& one) const { return one.until_ms; }
  };
  return std::visit(End{limit}, limit.burden);
}

const NumberedLimit* active_seizure(const std::vector<NumberedLimit>& open) {
  for (const NumberedLimit& limit : open) {
    const auto* seizure = limit.as<Seizure>();
    if (seizure != nullptr && seizure->active_ms) return &limit;
  }
  return nullptr;
}

LimitNumber add_limit(Context& context, const UnitNumber& unit, Limit limit) {
  LimitList list = limit_lists.get(context.state(), unit).value_or(LimitList{});
  const LimitNumber number = list.last + 1;
  if (list.open.full()) {
    context.refuse(FilingCode::limits_full, {.limit = limits_max});
    return number;
  }
  list.last = number;
  list.open.push_back({number, kind_of(limit.burden)});
  limit_lists.put(context.state(), unit, list);
  if (auto* mortgage = std::get_if<Mortgage>(&limit.burden); mortgage != nullptr && !mortgage->rank) {
    mortgage->rank = number;
  }
  const bool is_seizure = std::holds_alternative<Seizure>(limit.burden);
  schedule(context, unit, limit);
  limits.put(context.state(), {unit, number}, limit);
  emit_limit(context, LimitEntered{number, limit}, unit, limit.burden);
  if (!is_seizure) return number;
  activate_first(context, unit, context.now());
  fix_maximum_mortgages(context, unit, true, limits_max);
  return number;
}

void copy_limits(Context& context, const std::vector<NumberedLimit>& open, const UnitNumber& to) {
  if (open.empty()) return;
  LimitList list;
  for (const NumberedLimit& limit : open) {
    list.last = std::max(list.last, limit.number);
    list.open.push_back({limit.number, kind_of(limit.limit.burden)});
    Limit copy = limit.limit;
    copy.due.reset();
    copy.proof.reset();
    schedule(context, to, copy);
    limits.put(context.state(), {to, limit.number}, copy);
    emit_limit(context, LimitEntered{limit.number, copy}, to, copy.burden);
  }
  limit_lists.put(context.state(), to, list);
}

std::vector<PartyId> drop_limits(Context& context, const UnitNumber& unit) {
  std::vector<PartyId> parties;
  auto list = limit_lists.get(context.state(), unit);
  if (!list) return parties;
  for (const NumberedLimit& limit : limits_of(context.state(), unit)) {
    if (const auto party = party_of(limit.limit.burden)) parties.push_back(*party);
    if (limit.limit.due) context.cancel(*limit.limit.due);
    if (limit.limit.proof) certificate::deregister(context, *limit.limit.proof, limit.limit.document);
    limits.erase(context.state(), {unit, limit.number});
  }
  list->open = {};
  limit_lists.put(context.state(), unit, *list);
  return parties;
}

void change_limit(Context& context, const UnitNumber& unit, NumberedLimit changed) {
  schedule(context, unit, changed.limit);
  limits.put(context.state(), {unit, changed.number}, changed.limit);
  emit_limit(context, LimitChanged{changed.number, changed.limit}, unit, changed.limit.burden);
}

namespace {

void end_limit_at(Context& context, const UnitNumber& unit, LimitNumber number, EndReason reason, Timestamp at,
                  const PlainText<64>& document) {
  const LimitKey key{unit, number};
  const auto limit = limits.get(context.state(), key);
  if (!limit) return;
  if (limit->due) context.cancel(*limit->due);
  if (limit->proof) certificate::deregister(context, *limit->proof, document);
  limits.erase(context.state(), key);
  LimitList list = limit_lists.get(context.state(), unit).value_or(LimitList{});
  std::erase_if(list.open, [number](const OpenLimit& open) { return open.number == number; });
  limit_lists.put(context.state(), unit, list);
  emit_limit(context, LimitEnded{number, reason, limit->burden}, unit, limit->burden);
  if (std::holds_alternative<Seizure>(limit->burden)) activate_first(context, unit, at);
}

// The open limit that time has ended first.
std::optional<std::pair<Timestamp, LimitNumber>> first_over(const Context& context, const UnitNumber& unit) {
  const bool is_applied_for = holds.contains(context.state(), unit);
  std::optional<std::pair<Timestamp, LimitNumber>> first;
  for (const NumberedLimit& limit : limits_of(context.state(), unit)) {
    const auto end = ends_at(limit.limit);
    if (!end || *end > context.now() || (is_applied_for && limit.as<AdvanceNotice>() != nullptr)) continue;
    const std::pair over(*end, limit.number);
    if (!first || over < *first) first = over;
  }
  return first;
}

}  // namespace

void end_limit(Context& context, const UnitNumber& unit, LimitNumber number, EndReason reason,
               const PlainText<64>& document) {
  end_limit_at(context, unit, number, reason, context.now(), document);
}

bool has_ended_limits(const Context& context, const UnitNumber& unit) {
  if (first_over(context, unit)) return true;
  const auto open = limits_of(context.state(), unit);
  return std::ranges::any_of(open, [&](const NumberedLimit& limit) { return is_to_be_fixed(context, limit, false); });
}

// One after the other: the seizure that follows may be over as well. Each step ends or fixes one.
bool settle(Context& context, const UnitNumber& unit) {
  std::size_t left = settled_at_once_max;
  while (const auto over = first_over(context, unit)) {
    if (left-- == 0) return false;
    end_limit_at(context, unit, over->second, EndReason::expired, over->first, {});
  }
  fix_maximum_mortgages(context, unit, false, left);
  return !has_ended_limits(context, unit);
}

// What is left has its turn as soon as there is room.
void note_limit_due(Context& context, const LimitDue& due) {
  if (!settle(context, due.unit)) context.at(context.now(), limit_due_number, due);
}

}  // namespace kanhe::contracts::property
