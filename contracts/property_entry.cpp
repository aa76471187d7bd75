#include "contracts/property_entry.h"

#include <algorithm>

#include "contracts/civil_days.h"
#include "contracts/governance.h"
#include "contracts/property_units.h"
#include "contracts/rules.h"
#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::property;

template Bytes encode(const Filing&);

}  // namespace kanhe

namespace kanhe::contracts::property {

// ---------------------------------------------------------------------------------------------------------------------
// Form: what is wrong whatever the law says

void check_filing_form(Context& context, const Filing& filing, const FilingFields& fields) {
  for (std::size_t i = 0; i < filing.applicants.size(); ++i) {
    const PartyId& party = filing.applicants[i];
    if (party.is_zero()) context.refuse(FilingCode::party_missing, {.field = fields.applicants, .value = i + 1});
    for (std::size_t j = 0; j < i; ++j) {
      if (filing.applicants[j] != party) continue;
      context.refuse(FilingCode::applicant_repeated, {.field = fields.applicants, .value = i + 1});
    }
  }
  for (const Consent& consent : filing.consents) {
    if (consent.party.is_zero()) context.refuse(FilingCode::party_missing, {.field = fields.consents});
    if (consent.evidence.is_zero()) context.refuse(Code::evidence_missing, {.field = fields.consents});
  }
  for (const Statement& statement : filing.statements) {
    if (statement.party.is_zero()) context.refuse(FilingCode::party_missing, {.field = fields.statements});
    if (statement.evidence.is_zero()) context.refuse(Code::evidence_missing, {.field = fields.statements});
    const Rule* const rule = find_rule(statement.rule);
    // A guardian's (R34), and the consent of the housing department (R36), are shown in the same way.
    const bool is_shown = statement.rule == 34 || statement.rule == 36;
    if (rule != nullptr && (rule->level == RuleLevel::statement || is_shown)) continue;
    context.refuse(FilingCode::unknown_statement, {.field = fields.statements, .value = statement.rule});
  }
}

namespace {

struct Form {
  const Matter& matter;

  template <CodeEnum C>
  void refuse(C code, Details details = {}) const {
    details.field = matter.fields.act;
    matter.context.refuse(code, details);
  }
  void require_party(const PartyId& party) const {
    if (party.is_zero()) refuse(FilingCode::party_missing);
  }
  void require_document(const PlainText<64>& document) const {
    if (document.view().empty()) refuse(FilingCode::document_missing);
  }
  void require_future(const std::optional<Timestamp>& end) const {
    const Timestamp now = matter.context.now();
    if (end && *end <= now) refuse(FilingCode::end_in_past, {.limit = now.value(), .value = end->value()});
  }
  void require_past(const std::optional<Timestamp>& time) const {
    const Timestamp now = matter.context.now();
    if (time && *time > now) refuse(Code::effective_in_future, {.limit = now.value(), .value = time->value()});
  }
  void require_unset(bool is_set) const {
    if (is_set) refuse(FilingCode::set_by_register);
  }
  void require_delivery(const std::optional<Timestamp>& delivered) const {
    const Timestamp now = matter.context.now();
    if (!delivered) return refuse(FilingCode::delivery_missing);
    if (*delivered <= now) return;
    refuse(FilingCode::delivery_in_future, {.limit = now.value(), .value = delivered->value()});
  }
  template <class T>
  const NumberedLimit* require_limit(LimitNumber number) const {
    const NumberedLimit* const limit = matter.find(number);
    if (limit == nullptr) {
      refuse(FilingCode::unknown_limit, {.value = number.value()});
    } else if (limit->as<T>() == nullptr) {
      refuse(FilingCode::limit_of_other_kind, {.value = number.value()});
    } else {
      return limit;
    }
    return nullptr;
  }

  // ---- Burdens
  void operator()(const Mortgage& mortgage) const {
    require_party(mortgage.mortgagee);
    if (mortgage.amount == Fen(0)) refuse(FilingCode::amount_missing);
    require_future(mortgage.until_ms);
    require_unset(mortgage.is_fixed || mortgage.rank.has_value());
  }
  void operator()(const Seizure& seizure) const {
    const auto& entry = std::get<EnterLimit>(matter.act);
    require_party(seizure.debtor);
    if (seizure.authority.view().empty()) refuse(FilingCode::document_missing);
    require_document(entry.document);
    require_delivery(entry.delivered_ms);
    require_unset(seizure.active_ms || seizure.until_ms);
  }
  void operator()(const AdvanceNotice& notice) const {
    require_party(notice.claimant);
    require_past(notice.possible_ms);
  }
  void operator()(const Objection& objection) const {
    require_party(objection.objector);
    if (!matter.applies(objection.objector)) {
      refuse(FilingCode::applicant_missing, {.subject = PartySubject{objection.objector}});
    }
    require_unset(objection.sued_ms.has_value());
  }
  void operator()(const Residence& residence) const {
    require_party(residence.resident);
    require_future(residence.until_ms);
  }
  void operator()(const Easement& easement) const {
    require_future(easement.until_ms);
    const auto dominant = units.get(matter.context.state(), easement.dominant);
    if (easement.dominant != matter.number && dominant && dominant->state == UnitState::open) return;
    refuse(FilingCode::dominant_unknown, {.subject = UnitSubject{easement.dominant}});
  }
  void operator()(const Note&) const { require_document(std::get<EnterLimit>(matter.act).document); }
  void operator()(const Guardianship& one) const {
    require_party(one.guardian);
    require_future(one.until_ms);
    require_document(std::get<EnterLimit>(matter.act).document);
    if (!is_holder(matter.unit.holders, one.ward) || one.ward == one.guardian) {
      refuse(UnitCode::ward_not_holder, {.subject = PartySubject{one.ward}});
    }
    if (matter.applies(one.guardian)) return;
    refuse(FilingCode::applicant_missing, {.subject = PartySubject{one.guardian}});
  }

  // ---- Acts
  template <class T>
    requires requires(const Matter& one, const T& act) { check_form(one, act); }
  void operator()(const T& act) const {
    check_form(matter, act);
  }
  void operator()(const TransferRight& transfer) const {
    check_holders(matter.context, transfer.holders, matter.fields.holders);
    if (are_same(transfer.holders, matter.unit.holders)) {
      matter.context.refuse(Code::holders_unchanged, {.field = matter.fields.holders});
    }
    for (std::size_t i = 0; i < transfer.from.size(); ++i) {
      const auto first = std::ranges::find(transfer.from, transfer.from[i]);
      if (std::cmp_equal(first - transfer.from.begin(), i)) continue;
      matter.context.refuse(Code::seller_repeated, {.field = matter.fields.from, .value = i + 1});
    }
    if (transfer.cause == Cause::judgment) require_delivery(transfer.delivered_ms);
  }
  void operator()(const EnterLimit& entry) const {
    // What an authority wants finds room, however much else there is.
    const LimitKind kind = kind_of(entry.burden);
    const bool of_authority = kind == LimitKind::seizure || kind == LimitKind::note;
    const std::size_t most = of_authority ? limits_max : limits_of_parties_max;
    if (matter.limits.size() >= most) refuse(FilingCode::limits_full, {.limit = most});
    require_past(entry.effective_ms);
    require_unset(entry.delivered_ms && !std::holds_alternative<Seizure>(entry.burden));
    std::visit(*this, entry.burden);
  }
  // What a debtor has by an advance notice, and is seized, is not the debtor's to give up.
  void check_not_pre_seized(const Burden& burden) const {
    const auto* notice = std::get_if<AdvanceNotice>(&burden);
    for (const NumberedLimit& limit : matter.limits) {
      const auto* seizure = limit.as<Seizure>();
      if (notice == nullptr || seizure == nullptr || seizure->kind != SeizureKind::pre_seizure) continue;
      if (seizure->debtor != notice->claimant) continue;
      refuse(FilingCode::unit_seized, {.rule = 7, .value = limit.number.value()});
    }
  }
  void operator()(const EndLimit& end) const;
  void operator()(const RenewSeizure& renewal) const {
    require_limit<Seizure>(renewal.number);
    require_document(renewal.document);
  }
  void operator()(const ShowLawsuit& lawsuit) const {
    require_limit<Objection>(lawsuit.number);
    require_document(lawsuit.document);
  }
  void operator()(const NoticePossible& possible) const {
    require_limit<AdvanceNotice>(possible.number);
    require_document(possible.document);
  }
  void operator()(const SwapRanks& swap) const {
    require_limit<Mortgage>(swap.one);
    require_limit<Mortgage>(swap.other);
    if (swap.one == swap.other) refuse(FilingCode::unknown_limit, {.value = swap.other.value()});
  }
};

// Whether a limit of this kind may end so by somebody's act. Time and conversion are nobody's.
bool may_end(const Burden& burden, EndReason reason) {
  switch (reason) {
    case EndReason::released:
      return !std::holds_alternative<Seizure>(burden) && !std::holds_alternative<Note>(burden) &&
             !std::holds_alternative<Guardianship>(burden);
    case EndReason::decided: return true;
    case EndReason::died: return std::holds_alternative<Residence>(burden);
    case EndReason::expired:
    case EndReason::converted: return false;
  }
  return false;
}

// Whoever holds a limit gives it up; an easement is held by the holders of the other unit.
void Form::operator()(const EndLimit& end) const {
  const NumberedLimit* const limit = matter.find(end.number);
  if (limit == nullptr) return refuse(FilingCode::unknown_limit, {.value = end.number.value()});
  const Burden& burden = limit->limit.burden;
  if (!may_end(burden, end.reason)) {
    return refuse(FilingCode::reason_not_allowed, {.value = static_cast<std::uint64_t>(end.reason)});
  }
  if (end.reason != EndReason::released) return require_document(end.document);
  check_not_pre_seized(burden);
  std::vector<PartyId> parties;
  if (const auto party = party_of(burden)) parties.push_back(*party);
  if (const auto* easement = std::get_if<Easement>(&burden)) {
    const auto dominant = units.get(matter.context.state(), easement->dominant);
    for (const Holder& holder : dominant ? dominant->holders : Holders{}) parties.push_back(holder.party);
    // What has taken its place has the easement still, and its holders are not known here.
    if (parties.empty()) refuse(FilingCode::reason_not_allowed, {.value = static_cast<std::uint64_t>(end.reason)});
  }
  for (const PartyId& party : parties) {
    if (!matter.agrees(party)) refuse(FilingCode::holder_missing_to_end, {.subject = PartySubject{party}});
  }
}

}  // namespace

const UnitNumber& unit_of(const Act& act) {
  return std::visit([](const auto& one) -> const UnitNumber& { return one.unit; }, act);
}

namespace {

void judge(const Matter& matter) {
  std::visit(Form{matter}, matter.act);
  const governance::RulesOff off = governance::rules_off(matter.context.state(), matter.context.rules_version());
  for (const DecidingRule& rule : deciding_rules()) {
    if (std::ranges::find(off, rule.number) == off.end()) rule.decide(matter);
  }
}

}  // namespace

// A merger is judged for each unit that it finds; a first registration finds none.
void check_act(Context& context, const Filing& filing, const Act& act, const ApplicationId& application,
               const FilingFields& fields, ToldRules& told) {
  const std::vector<UnitNumber> found = units_found_by(act);
  for (const UnitNumber& number : found) {
    const auto unit = units.get(context.state(), number);
    const Subject subject = UnitSubject{number};
    if (!unit) {
      context.refuse(Code::unknown_unit, {.rule = 1, .field = fields.unit, .subject = subject});
      continue;
    }
    if (unit->state != UnitState::open) {
      const auto state = static_cast<std::uint64_t>(unit->state);
      context.refuse(UnitCode::unit_closed, {.rule = 1, .field = fields.unit, .value = state, .subject = subject});
      continue;
    }
    if (!settle(context, number)) {
      context.refuse(UnitCode::still_settling, {.field = fields.unit, .subject = subject});
      continue;
    }
    judge({context, filing, act, application, fields, number, *unit, limits_of(context.state(), number), told});
  }
  if (found.empty()) judge({context, filing, act, application, fields, unit_of(act), {}, {}, told});
}

// ---------------------------------------------------------------------------------------------------------------------
// Recording

namespace {

struct Recorder {
  Context& context;
  const EntryBasis& basis;

  template <class T>
  void operator()(const T& act) const {
    record(context, act, basis);
  }
  void operator()(const EnterLimit& entry) const {
    Limit limit;
    limit.burden = entry.burden;
    limit.document = entry.document;
    limit.effective_ms = entry.effective_ms.value_or(context.now());
    limit.recorded_ms = context.now();
    limit.delivered_ms = entry.delivered_ms;
    limit.proof = basis.proof;
    // R15: from the advance notice on.
    if (auto* mortgage = std::get_if<Mortgage>(&limit.burden); mortgage != nullptr && entry.in_place_of) {
      mortgage->rank = *entry.in_place_of;
    }
    add_limit(context, entry.unit, std::move(limit));
    if (entry.in_place_of) end_limit(context, entry.unit, *entry.in_place_of, EndReason::converted);
    const auto* seizure = std::get_if<Seizure>(&entry.burden);
    if (seizure != nullptr && seizure->kind == SeizureKind::seizure) stop_application(context, entry.unit);
  }
  void operator()(const EndLimit& end) const { end_limit(context, end.unit, end.number, end.reason, end.document); }
  void operator()(const RenewSeizure& renewal) const {
    change<Seizure>(renewal.unit, renewal.number, [&](Limit& limit, Seizure& seizure) {
      seizure.days = renewal.days;
      if (seizure.until_ms) seizure.until_ms = end_of_days(*seizure.until_ms - 1, renewal.days.value());
      limit.document = renewal.document;
    });
  }
  void operator()(const ShowLawsuit& lawsuit) const {
    change<Objection>(lawsuit.unit, lawsuit.number, [&](Limit&, Objection& one) { one.sued_ms = context.now(); });
  }
  void operator()(const NoticePossible& possible) const {
    change<AdvanceNotice>(possible.unit, possible.number, [&](Limit&, AdvanceNotice& notice) {
      if (!notice.possible_ms) notice.possible_ms = context.now();
    });
  }
  void operator()(const SwapRanks& swap) const {
    const auto one = limits.get(context.state(), {swap.unit, swap.one});
    const auto other = limits.get(context.state(), {swap.unit, swap.other});
    if (!one || !other) return;
    const auto* first = std::get_if<Mortgage>(&one->burden);
    const auto* second = std::get_if<Mortgage>(&other->burden);
    if (first == nullptr || second == nullptr) return;
    change<Mortgage>(swap.unit, swap.one, [&](Limit&, Mortgage& mortgage) { mortgage.rank = second->rank; });
    change<Mortgage>(swap.unit, swap.other, [&](Limit&, Mortgage& mortgage) { mortgage.rank = first->rank; });
  }

 private:
  template <class T, class Change>
  void change(const UnitNumber& unit, LimitNumber number, Change apply) const {
    auto limit = limits.get(context.state(), {unit, number});
    T* const burden = limit ? std::get_if<T>(&limit->burden) : nullptr;
    if (burden == nullptr) return;
    apply(*limit, *burden);
    change_limit(context, unit, {number, std::move(*limit)});
  }
};

std::vector<PartyId> holders_of(const Context& context, const UnitNumber& number) {
  const auto unit = units.get(context.state(), number);
  std::vector<PartyId> parties;
  for (const Holder& holder : unit ? unit->holders : Holders{}) parties.push_back(holder.party);
  return parties;
}

// Who holds the unit by an act that names them.
const Holders& holders_after(const Act& act) {
  static const Holders nobody;
  return std::visit([]<class T>(const T& one) -> const Holders& {
    if constexpr (requires { one.holders; }) {
      return one.holders;
    } else {
      return nobody;
    }
  }, act);
}

}  // namespace

void record_act(Context& context, const Act& act, const EntryBasis& basis, const ToldRules& told) {
  std::visit(Recorder{context, basis}, act);
  const UnitNumber& unit = unit_of(act);
  if (!told.empty()) context.emit(Told{told}, {UnitSubject{unit}});
  const bool names_parties = is_about_unit(act) || std::holds_alternative<TransferRight>(act);
  if (!names_parties) emit_affected(context, unit, holders_of(context, unit));
}

std::vector<UnitNumber> units_of(const Acts& acts) {
  std::vector<UnitNumber> numbers;
  const auto add = [&](const UnitNumber& number) {
    if (std::ranges::find(numbers, number) == numbers.end()) numbers.push_back(number);
  };
  for (const Act& act : acts) {
    for (const UnitNumber& number : units_found_by(act)) add(number);
    const auto* split = std::get_if<SplitUnit>(&act);
    if (split == nullptr) add(unit_of(act));
    for (const UnitPart& part : split == nullptr ? UnitParts{} : split->parts) add(part.unit);
  }
  return numbers;
}

namespace {

// R39: a disposal, or what changes the unit by its holders' will. Authorities' acts, objections and what ends a limit
// neither wait nor keep others waiting.
bool keeps_others_waiting(const Act& act) {
  if (const auto* entry = std::get_if<EnterLimit>(&act)) {
    const LimitKind kind = kind_of(entry->burden);
    return kind == LimitKind::mortgage || kind == LimitKind::residence || kind == LimitKind::easement ||
           kind == LimitKind::advance_notice;
  }
  if (const auto* cancellation = std::get_if<CancelUnit>(&act)) return !is_of_authority(cancellation->reason);
  return std::holds_alternative<TransferRight>(act) || std::holds_alternative<SwapRanks>(act) ||
         (is_about_unit(act) && !std::holds_alternative<CorrectUnit>(act));
}

}  // namespace

bool is_decided_elsewhere(const Act& act) {
  const auto* end = std::get_if<EndLimit>(&act);
  const auto* correction = std::get_if<CorrectUnit>(&act);
  const auto* cancellation = std::get_if<CancelUnit>(&act);
  const auto* entry = std::get_if<EnterLimit>(&act);
  return (end != nullptr && end->reason == EndReason::decided) ||
         (correction != nullptr && correction->basis == CorrectionBasis::decision) ||
         (cancellation != nullptr && is_of_authority(cancellation->reason)) ||
         (entry != nullptr && (std::holds_alternative<Seizure>(entry->burden) ||
                               std::holds_alternative<Note>(entry->burden)));
}

std::vector<UnitNumber> held_units_of(const Acts& acts) {
  Acts holding;
  for (const Act& act : acts) {
    if (keeps_others_waiting(act)) holding.push_back(act);
  }
  return units_of(holding);
}

std::vector<PartyId> persons_concerned(const StateReader& state, const Filing& filing) {
  std::vector<PartyId> persons(filing.applicants.begin(), filing.applicants.end());
  const auto add_holders = [&](const UnitNumber& number) {
    const auto unit = units.get(state, number);
    if (!unit) return;
    for (const Holder& holder : unit->holders) persons.push_back(holder.party);
  };
  const auto add_of = [&](const Burden& burden) {
    if (const auto party = party_of(burden)) persons.push_back(*party);
    if (const auto* easement = std::get_if<Easement>(&burden)) add_holders(easement->dominant);
    if (const auto* guardianship = std::get_if<Guardianship>(&burden)) persons.push_back(guardianship->guardian);
  };
  for (const Consent& consent : filing.consents) persons.push_back(consent.party);
  for (const PartyId& party : parties_of(filing.acts)) persons.push_back(party);
  for (const Act& act : filing.acts) {
    if (const auto* entry = std::get_if<EnterLimit>(&act)) add_of(entry->burden);
    for (const UnitNumber& number : units_found_by(act)) add_holders(number);
  }
  for (const Act& act : filing.acts) {
    for (const UnitNumber& number : units_found_by(act)) {
      for (const NumberedLimit& limit : limits_of(state, number)) add_of(limit.limit.burden);
    }
  }
  return persons;
}

bool has_part(const StateReader& state, const Filing& filing, const PartyId& person) {
  const std::vector<PartyId> persons = persons_concerned(state, filing);
  return std::ranges::find(persons, person) != persons.end();
}

std::vector<UnitNumber> titled_units_of(const Acts& acts) {
  std::vector<UnitNumber> titled;
  const auto add = [&](const UnitNumber& number) {
    if (std::ranges::find(titled, number) == titled.end()) titled.push_back(number);
  };
  for (const Act& act : acts) {
    const bool is_entry = is_about_unit(act) || std::holds_alternative<TransferRight>(act);
    if (const auto* split = std::get_if<SplitUnit>(&act)) {
      for (const UnitPart& part : split->parts) add(part.unit);
    }
    const bool is_merger = std::holds_alternative<MergeUnits>(act);
    const bool closes = is_merger || std::holds_alternative<SplitUnit>(act) || std::holds_alternative<CancelUnit>(act);
    if (closes) {
      for (const UnitNumber& number : units_found_by(act)) std::erase(titled, number);
    }
    if (is_entry && (is_merger || !closes)) add(unit_of(act));
  }
  return titled;
}

std::vector<PartyId> parties_of(const Acts& acts) {
  std::vector<PartyId> parties;
  const auto add = [&](const PartyId& party) {
    if (std::ranges::find(parties, party) == parties.end()) parties.push_back(party);
  };
  for (const Act& act : acts) {
    for (const Holder& holder : holders_after(act)) add(holder.party);
    const auto* transfer = std::get_if<TransferRight>(&act);
    for (const PartyId& party : transfer == nullptr ? Parties{} : transfer->from) add(party);
    const auto* entry = std::get_if<EnterLimit>(&act);
    if (entry == nullptr) continue;
    if (const auto party = party_of(entry->burden)) add(*party);
    const auto* guardianship = std::get_if<Guardianship>(&entry->burden);
    if (guardianship != nullptr) add(guardianship->guardian);
  }
  return parties;
}

void enter_acts(Context& context, const Filing& filing, const DepartmentId& keeper, const FilingBasis& basis,
                const FilingFields& fields) {
  std::vector<UnitNumber> failed;
  EntryBasis entry{.titles = basis.titles};
  if (!basis.application.is_zero()) entry.application = basis.application;
  for (std::size_t i = 0; i < filing.acts.size(); ++i) {
    const Act& act = filing.acts[i];
    const UnitNumber& unit = unit_of(act);
    // What rests on an act that cannot be entered is not judged.
    if (std::ranges::find(failed, unit) != failed.end()) continue;
    const std::size_t before = context.refusals();
    ToldRules told;
    if (check_unit_number(context, unit, fields.unit) && require_keeper(context, unit, keeper, fields.unit)) {
      check_act(context, filing, act, basis.application, fields, told);
    }
    if (context.refusals() != before) {
      failed.push_back(unit);
      continue;
    }
    const auto proof = basis.proofs.find(i);
    entry.proof = proof == basis.proofs.end() ? std::nullopt : std::optional(proof->second);
    record_act(context, act, entry, told);
  }
}

void enter(Context& context, const Filing& filing) {
  const std::uint16_t acts = field_number<Filing>("acts");
  const FilingFields fields{.applicants = field_number<Filing>("applicants"),
                            .unit = acts,
                            .from = acts,
                            .holders = acts,
                            .act = acts,
                            .consents = field_number<Filing>("consents"),
                            .statements = field_number<Filing>("statements")};
  if (filing.acts.empty()) context.refuse(FilingCode::acts_missing, {.field = acts});
  if (filing.evidence.is_zero()) context.refuse(Code::evidence_missing, {.field = field_number<Filing>("evidence")});
  check_filing_form(context, filing, fields);
  const std::size_t count = units_of(filing.acts).size();
  if (count > filing_units_max) {
    return context.refuse(UnitCode::units_too_many, {.field = acts, .limit = filing_units_max, .value = count});
  }
  // Whoever records has no part in the case.
  if (has_part(context.state(), filing, context.sender().person)) context.refuse(Code::own_case);
  const bool transfers = std::ranges::any_of(
      filing.acts, [](const Act& act) { return std::holds_alternative<TransferRight>(act); });
  if (transfers) context.refuse(FilingCode::not_without_service, {.field = acts});
  enter_acts(context, filing, context.sender().department, {}, fields);
}

}  // namespace kanhe::contracts::property
