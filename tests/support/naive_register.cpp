#include "tests/support/naive_register.h"

#include "tests/support/naive_facts.h"

namespace kanhe::contracts::property {

using namespace naive;

namespace {

constexpr std::uint64_t day = 86'400'000;

}  // namespace

std::uint64_t NaiveRegister::midnight_after(std::uint64_t from, std::uint64_t days) {
  std::uint64_t midnight = from - from % day + 16 * 3'600'000;  // 24:00 in China is 16:00 in Greenwich
  if (midnight <= from) midnight += day;
  return midnight + days * day;
}

const NaiveRegister::Burdened* NaiveRegister::find(const std::string& unit, LimitNumber number) const {
  const auto of_unit = burdens.find(unit);
  if (of_unit == burdens.end()) return nullptr;
  for (const Burdened& one : of_unit->second) {
    if (one.number == number.value()) return &one;
  }
  return nullptr;
}

const NaiveRegister::Burdened* NaiveRegister::seized(const std::string& unit) const {
  const auto of_unit = burdens.find(unit);
  if (of_unit == burdens.end()) return nullptr;
  for (const Burdened& one : of_unit->second) {
    if (as<Seizure>(one.burden) != nullptr && one.active_since) return &one;
  }
  return nullptr;
}

std::optional<std::string> NaiveRegister::seized_beside(const std::string& unit) const {
  const House& house = houses.at(unit);
  std::vector<std::string> beside = house.houses;
  if (house.land) beside.push_back(*house.land);
  for (const std::string& other : beside) {
    const Burdened* const seizure = seized(other);
    if (seizure != nullptr && stake_of(house.stakes, as<Seizure>(seizure->burden)->debtor) != nullptr) return other;
  }
  return std::nullopt;
}

void NaiveRegister::count_end(const Burdened& one, bool lapsed) {
  const auto* notice = as<AdvanceNotice>(one.burden);
  const std::uint16_t rule = notice != nullptr ? 14 : as<Objection>(one.burden) != nullptr ? 16 : 0;
  if (rule == 0) return;
  ++(lapsed ? decided[rule].came : decided[rule].did_not);
}

void NaiveRegister::wake_seizures(const std::string& unit, std::uint64_t since) {
  const auto counts_from = [](const Burdened& one) { return std::max(one.delivered, one.recorded - 3 * day); };
  Burdened* first = nullptr;
  for (Burdened& one : burdens[unit]) {
    if (as<Seizure>(one.burden) == nullptr) continue;
    if (first == nullptr || counts_from(one) < counts_from(*first)) first = &one;
  }
  if (first == nullptr || first->active_since) return;
  for (Burdened& one : burdens[unit]) {
    one.active_since.reset();
    one.active_until.reset();
  }
  if (first->recorded < since) ++decided[9].came;  // it waited
  first->active_since = since;
  first->active_until = midnight_after(since, as<Seizure>(first->burden)->days.value());
}

void NaiveRegister::pass(std::uint64_t now) {
  for (auto& [unit, of_unit] : burdens) {
    const auto end_of = [](const Burdened& one) -> std::optional<std::uint64_t> {
      if (const auto* objection = as<Objection>(one.burden)) {
        return objection->sued_ms ? std::nullopt : std::optional(midnight_after(one.recorded, 15));
      }
      if (const auto* notice = as<AdvanceNotice>(one.burden)) {
        return notice->possible_ms ? std::optional(midnight_after(notice->possible_ms->value(), 90)) : std::nullopt;
      }
      if (const auto* guardianship = as<Guardianship>(one.burden)) {
        return guardianship->until_ms ? std::optional(guardianship->until_ms->value()) : std::nullopt;
      }
      if (const auto* residence = as<Residence>(one.burden)) {
        return residence->until_ms ? std::optional(residence->until_ms->value()) : std::nullopt;
      }
      return one.active_until;
    };
    for (bool ended = true; ended;) {
      ended = false;
      for (std::size_t i = 0; i < of_unit.size() && !ended; ++i) {
        const auto end = end_of(of_unit[i]);
        if (!end || *end > now) continue;
        // Somebody applied in time.
        if (as<AdvanceNotice>(of_unit[i].burden) != nullptr && houses.at(unit).held) continue;
        const bool was_seizure = as<Seizure>(of_unit[i].burden) != nullptr;
        count_end(of_unit[i], /*lapsed=*/true);
        of_unit.erase(of_unit.begin() + static_cast<std::ptrdiff_t>(i));
        if (was_seizure) wake_seizures(unit, *end);
        ended = true;
      }
    }
    for (Burdened& one : of_unit) {
      const auto* mortgage = as<Mortgage>(one.burden);
      if (mortgage != nullptr && mortgage->kind == MortgageKind::maximum_amount && mortgage->until_ms->value() <= now) {
        one.fixed = true;
      }
    }
  }
}

void NaiveRegister::apply_entry(const Act& act, std::uint64_t now) {
  const std::string unit = unit_of(act).str();
  std::vector<Burdened>& standing = burdens[unit];
  House& house = houses.at(unit);
  const auto drop_wards = [&] {
    std::erase_if(standing, [&](const Burdened& one) {
      const auto* guardianship = as<Guardianship>(one.burden);
      return guardianship != nullptr && stake_of(house.stakes, guardianship->ward) == nullptr;
    });
  };
  const auto enter_facts = [&](const auto& facts) {
    if (facts.usage) house.dwelling = *facts.usage == Usage::residential;
    if (facts.until_ms) house.until = facts.until_ms->value();
    if (facts.holders.empty()) return;
    const auto sorted = [](std::vector<Stake> stakes) {
      std::ranges::sort(stakes, {}, &Stake::who);
      return stakes;
    };
    const bool same = sorted(stakes_of(facts.holders)) == sorted(house.stakes);
    house.stakes = stakes_of(facts.holders);
    if (!same) house.recorded = now;
  };
  if (const auto* facts = std::get_if<ChangeUnit>(&act)) enter_facts(*facts);
  if (const auto* facts = std::get_if<CorrectUnit>(&act)) {
    enter_facts(*facts);
    drop_wards();
    std::erase_if(standing, [](const Burdened& one) {
      const auto* note = as<Note>(one.burden);
      return note != nullptr && note->kind == NoteKind::correction_pending;
    });
  }
  if (const auto* transfer = std::get_if<TransferRight>(&act)) {
    Filing nobody;
    const std::vector<PartyId> gaining = facts_of(nobody, act, house).getting;
    house.stakes = stakes_of(transfer->holders);
    house.recorded = now;
    drop_wards();
    std::erase_if(standing, [&](const Burdened& one) {
      const auto* notice = as<AdvanceNotice>(one.burden);
      const bool of_purchase = notice != nullptr && (notice->kind == AdvanceNoticeKind::presale_purchase ||
                                                     notice->kind == AdvanceNoticeKind::other_purchase);
      return of_purchase && among(gaining, notice->claimant);
    });
    for (Burdened& one : standing) {
      auto* seizure = std::get_if<Seizure>(&one.burden);
      const bool is_holders = seizure != nullptr && stake_of(house.stakes, seizure->debtor) != nullptr;
      if (is_holders) seizure->kind = SeizureKind::seizure;
    }
  }
}

void NaiveRegister::apply(const Act& act, std::uint64_t now) {
  const std::string unit = unit_of(act).str();
  std::vector<Burdened>& standing = burdens[unit];
  const auto change = [&](LimitNumber number, auto use) {
    for (Burdened& one : standing) {
      if (one.number == number.value()) use(one);
    }
  };
  const auto remove = [&](LimitNumber number) {
    if (const Burdened* const one = find(unit, number)) count_end(*one, /*lapsed=*/false);
    std::erase_if(standing, [number](const Burdened& one) { return one.number == number.value(); });
    wake_seizures(unit, now);
  };
  apply_entry(act, now);
  if (const auto* entry = std::get_if<EnterLimit>(&act)) {
    Burdened one;
    one.number = ++numbers[unit];
    one.burden = entry->burden;
    one.recorded = now;
    one.delivered = entry->delivered_ms ? entry->delivered_ms->value() : 0;
    if (as<Mortgage>(one.burden) != nullptr) one.rank = entry->in_place_of ? entry->in_place_of->value() : one.number;
    standing.push_back(one);
    if (entry->in_place_of) remove(*entry->in_place_of);
    if (as<Seizure>(one.burden) != nullptr) {
      wake_seizures(unit, now);
      if (!standing.back().active_since) ++decided[9].did_not;
      for (Burdened& other : standing) {
        const auto* mortgage = as<Mortgage>(other.burden);
        if (mortgage != nullptr && mortgage->kind == MortgageKind::maximum_amount) other.fixed = true;
      }
    }
  } else if (const auto* end = std::get_if<EndLimit>(&act)) {
    remove(end->number);
  } else if (const auto* renewal = std::get_if<RenewSeizure>(&act)) {
    change(renewal->number, [&](Burdened& one) {
      std::get<Seizure>(one.burden).days = renewal->days;
      if (one.active_until) *one.active_until += renewal->days.value() * day;
    });
  } else if (const auto* lawsuit = std::get_if<ShowLawsuit>(&act)) {
    change(lawsuit->number, [&](Burdened& one) { std::get<Objection>(one.burden).sued_ms = Timestamp(now); });
  } else if (const auto* possible = std::get_if<NoticePossible>(&act)) {
    change(possible->number, [&](Burdened& one) {
      auto& notice = std::get<AdvanceNotice>(one.burden);
      if (!notice.possible_ms) notice.possible_ms = Timestamp(now);
    });
  } else if (const auto* swap = std::get_if<SwapRanks>(&act)) {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    change(swap->one, [&](Burdened& one) { first = one.rank; });
    change(swap->other, [&](Burdened& one) { second = one.rank; });
    change(swap->one, [&](Burdened& one) { one.rank = second; });
    change(swap->other, [&](Burdened& one) { one.rank = first; });
  }
}

}  // namespace kanhe::contracts::property
