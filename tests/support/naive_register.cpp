#include "tests/support/naive_register.h"

#include <algorithm>

namespace kanhe::contracts::property {
namespace {

constexpr std::uint64_t day = 86'400'000;

template <class T>
const T* as(const Burden& burden) {
  return std::get_if<T>(&burden);
}

bool among(const std::vector<PartyId>& parties, const PartyId& who) {
  return std::count(parties.begin(), parties.end(), who) > 0;
}

const NaiveRegister::Stake* stake_of(const std::vector<NaiveRegister::Stake>& stakes, const PartyId& who) {
  for (const auto& stake : stakes) {
    if (stake.who == who) return &stake;
  }
  return nullptr;
}

std::vector<NaiveRegister::Stake> stakes_of(const Holders& holders) {
  std::vector<NaiveRegister::Stake> stakes;
  for (const Holder& holder : holders) {
    std::uint64_t twelfths = 0;
    if (holder.share) twelfths = 12ull * holder.share->numerator.value() / holder.share->denominator.value();
    stakes.push_back({holder.party, twelfths});
  }
  return stakes;
}

// Everything about a filing that the rules ask, spelled out.
struct Facts {
  std::vector<PartyId> applicants;
  std::vector<PartyId> agreeing;
  std::vector<PartyId> getting;
  bool transfer = false;
  bool own_will = false;  // a transfer that the holders want
  bool disposal = false;
  bool mortgage = false;
};

bool has_statement(const Filing& filing, int rule, const PartyId& who) {
  for (const Statement& one : filing.statements) {
    if (one.rule == rule && one.party == who) return true;
  }
  return false;
}

Facts facts_of(const Filing& filing, const Act& act, const NaiveRegister::House& house) {
  Facts facts;
  for (const PartyId& who : filing.applicants) facts.applicants.push_back(who);
  facts.agreeing = facts.applicants;
  for (const Consent& one : filing.consents) facts.agreeing.push_back(one.party);
  if (const auto* transfer = std::get_if<TransferRight>(&act)) {
    facts.transfer = true;
    facts.own_will = transfer->cause != Cause::inheritance && transfer->cause != Cause::judgment;
    facts.disposal = facts.own_will;
    for (const auto& after : stakes_of(transfer->holders)) {
      const auto* before = stake_of(house.stakes, after.who);
      const bool same_or_less = before != nullptr && before->twelfths > 0 && after.twelfths > 0 &&
                                after.twelfths <= before->twelfths;
      if (!same_or_less) facts.getting.push_back(after.who);
    }
  } else if (const auto* entry = std::get_if<EnterLimit>(&act)) {
    facts.mortgage = as<Mortgage>(entry->burden) != nullptr;
    if (const auto* one = as<Mortgage>(entry->burden)) facts.getting = {one->mortgagee};
    if (const auto* one = as<Residence>(entry->burden)) facts.getting = {one->resident};
    if (const auto* one = as<AdvanceNotice>(entry->burden)) facts.getting = {one->claimant};
    facts.disposal = !facts.getting.empty();
  }
  return facts;
}

// One filing, as the naive register looks at it.
struct Judge {
  using Stake = NaiveRegister::Stake;
  using Burdened = NaiveRegister::Burdened;
  const NaiveRegister& reg;
  const Filing& filing;
  const Act& act;
  std::uint64_t now;
  std::set<int>& told;
  const std::string unit = unit_of(act).str();
  const NaiveRegister::House& house = reg.houses.at(unit);
  const Facts facts = facts_of(filing, act, house);
  const std::vector<Burdened> standing = reg.burdens.contains(unit) ? reg.burdens.at(unit) : std::vector<Burdened>{};
  const TransferRight* const transfer = std::get_if<TransferRight>(&act);
  const EnterLimit* const entry = std::get_if<EnterLimit>(&act);
  const EndLimit* const end = std::get_if<EndLimit>(&act);
  const RenewSeizure* const renewal = std::get_if<RenewSeizure>(&act);
  const SwapRanks* const swap = std::get_if<SwapRanks>(&act);
  const bool shares = house.stakes.front().twelfths > 0;
  const bool part = transfer != nullptr && std::ranges::any_of(house.stakes, [this](const Stake& stake) {
    return is_holder(transfer->holders, stake.who);
  });
  Complaints found = {};

  void complain(std::uint16_t rule, const char* code) { found.emplace(rule, code); }
  void everybody_states(int rule) {
    for (const PartyId& who : facts.getting) {
      if (!has_statement(filing, rule, who)) complain(static_cast<std::uint16_t>(rule), "statement_missing");
    }
  }
  bool noted(NoteKind kind) const {
    return std::ranges::any_of(standing, [kind](const Burdened& one) {
      const auto* note = as<Note>(one.burden);
      return note != nullptr && note->kind == kind;
    });
  }

  void look_at_form() {
    if (transfer != nullptr) {
      const auto sorted = [](std::vector<Stake> stakes) {
        std::ranges::sort(stakes, {}, &Stake::who);
        return stakes;
      };
      if (sorted(stakes_of(transfer->holders)) == sorted(house.stakes)) complain(0, "holders_unchanged");
    }
    if (entry != nullptr) {
      const bool of_authority = as<Seizure>(entry->burden) != nullptr || as<Note>(entry->burden) != nullptr;
      if (standing.size() >= (of_authority ? 64u : 32u)) complain(0, "limits_full");
      const auto* objection = as<Objection>(entry->burden);
      if (objection != nullptr && !among(facts.applicants, objection->objector)) complain(0, "applicant_missing");
    }
    const auto check_delivery = [&](const std::optional<Timestamp>& delivered) {
      if (!delivered) return complain(0, "delivery_missing");
      if (delivered->value() > now) return complain(0, "delivery_in_future");
    };
    if (transfer != nullptr && transfer->cause == Cause::judgment) check_delivery(transfer->delivered_ms);
    if (entry != nullptr && as<Seizure>(entry->burden) != nullptr) check_delivery(entry->delivered_ms);
  }

  void look_at_end() {
    if (end != nullptr) {
      const Burdened* const limit = reg.find(unit, end->number);
      if (limit == nullptr) {
        complain(0, "unknown_limit");
      } else {
        const bool of_authority = as<Seizure>(limit->burden) != nullptr || as<Note>(limit->burden) != nullptr;
        const bool is_allowed = end->reason == EndReason::decided ||
                                (end->reason == EndReason::released && !of_authority) ||
                                (end->reason == EndReason::died && as<Residence>(limit->burden) != nullptr);
        if (!is_allowed) complain(0, "reason_not_allowed");
        if (is_allowed && end->reason == EndReason::released) {
          PartyId who;
          if (const auto* one = as<Mortgage>(limit->burden)) who = one->mortgagee;
          if (const auto* one = as<AdvanceNotice>(limit->burden)) {
            who = one->claimant;
            for (const Burdened& other : standing) {
              const auto* seizure = as<Seizure>(other.burden);
              const bool of_claimant = seizure != nullptr && seizure->kind == SeizureKind::pre_seizure &&
                                       seizure->debtor == who;
              if (of_claimant) complain(7, "unit_seized");
            }
          }
          if (const auto* one = as<Objection>(limit->burden)) who = one->objector;
          if (const auto* one = as<Residence>(limit->burden)) who = one->resident;
          if (!among(facts.agreeing, who)) complain(0, "holder_missing_to_end");
        }
      }
    }
  }

  void look_at_number() {
    const auto needs = [&]<class T>(LimitNumber number, const T*) {
      const Burdened* const limit = reg.find(unit, number);
      if (limit == nullptr) return complain(0, "unknown_limit");
      if (as<T>(limit->burden) == nullptr) complain(0, "limit_of_other_kind");
    };
    if (renewal != nullptr) needs(renewal->number, static_cast<const Seizure*>(nullptr));
    if (const auto* one = std::get_if<ShowLawsuit>(&act)) needs(one->number, static_cast<const Objection*>(nullptr));
    if (const auto* one = std::get_if<NoticePossible>(&act)) {
      needs(one->number, static_cast<const AdvanceNotice*>(nullptr));
    }
    if (swap != nullptr) {
      needs(swap->one, static_cast<const Mortgage*>(nullptr));
      needs(swap->other, static_cast<const Mortgage*>(nullptr));
      if (swap->one == swap->other) complain(0, "unknown_limit");
    }
  }

  void look_at_owners() {
    if (transfer != nullptr) {
      for (const PartyId& who : transfer->from) {
        if (stake_of(house.stakes, who) == nullptr) complain(2, "seller_not_holder");
      }
    }
    if (facts.disposal || swap != nullptr) {
      std::uint64_t agreed = 0;
      for (const Stake& stake : house.stakes) agreed += among(facts.agreeing, stake.who) ? stake.twelfths : 0;
      const bool enough = shares && !part && agreed >= 8;
      for (const Stake& stake : house.stakes) {
        if (enough || among(facts.agreeing, stake.who)) continue;
        if (shares && part) {
          const auto after = stakes_of(transfer->holders);
          const Stake* const kept = stake_of(after, stake.who);
          if (kept != nullptr && kept->twelfths >= stake.twelfths) continue;
        }
        complain(4, "holder_not_selling");
      }
    }
  }

  void look_at_who_files() {
    if (facts.disposal) {
      bool holder_files = false;
      for (const PartyId& who : facts.applicants) {
        const bool holds_it = stake_of(house.stakes, who) != nullptr;
        holder_files = holder_files || holds_it;
        const bool gives = transfer != nullptr && contains(transfer->from, who);
        if (!holds_it && !gives && !among(facts.getting, who)) complain(2, "seller_not_holder");
      }
      if (!holder_files && transfer == nullptr) complain(2, "no_holder_applies");
      for (const PartyId& who : facts.getting) {
        if (!among(facts.applicants, who)) complain(3, "other_side_missing");
      }
      if (shares && part && transfer->cause == Cause::sale) {
        bool outsider = false;
        for (const Holder& holder : transfer->holders) outsider |= stake_of(house.stakes, holder.party) == nullptr;
        for (const Stake& stake : house.stakes) {
          if (!outsider || contains(transfer->from, stake.who) || among(facts.agreeing, stake.who)) continue;
          if (!has_statement(filing, 5, stake.who)) complain(5, "statement_missing");
        }
      }
    }
    if (transfer != nullptr && transfer->holders.size() > 1 && !transfer->holders[0].share) told.insert(6);
  }

  void look_at_seizures() {
    const bool wanted = (transfer != nullptr && transfer->cause != Cause::judgment) || facts.mortgage;
    const bool own_seizure = reg.seized(unit) != nullptr;
    const auto beside = reg.seized_beside(unit);
    const Burdened* const in_force = own_seizure ? reg.seized(unit) : beside ? reg.seized(*beside) : nullptr;
    const auto* which = in_force == nullptr ? nullptr : as<Seizure>(in_force->burden);
    const bool comes_true = which != nullptr && which->kind == SeizureKind::pre_seizure && transfer != nullptr &&
                            is_holder(transfer->holders, which->debtor);
    if (wanted && which != nullptr && !comes_true) complain(own_seizure ? 7 : 12, "unit_seized");
    if (entry != nullptr) {
      if (const auto* seizure = as<Seizure>(entry->burden)) {
        if (seizure->days.value() > 1'096) complain(8, "seizure_too_long");
        bool theirs = seizure->kind == SeizureKind::seizure && stake_of(house.stakes, seizure->debtor) != nullptr;
        for (const Burdened& one : standing) {
          const auto* notice = as<AdvanceNotice>(one.burden);
          if (notice == nullptr || seizure->kind != SeizureKind::pre_seizure) continue;
          const bool of_purchase = notice->kind == AdvanceNoticeKind::presale_purchase ||
                                   notice->kind == AdvanceNoticeKind::other_purchase;
          theirs = theirs || (of_purchase && notice->claimant == seizure->debtor);
        }
        if (!theirs) complain(10, "debtor_not_holder");
        const bool in_time = entry->delivered_ms && entry->delivered_ms->value() < house.recorded;
        if (!theirs && in_time) complain(10, "transferred_meanwhile");
      }
    }
    if (renewal != nullptr && renewal->days.value() > 1'096) complain(8, "seizure_too_long");
    if (transfer != nullptr && transfer->cause == Cause::judgment && transfer->delivered_ms) {
      if (in_force != nullptr && transfer->delivered_ms->value() >= in_force->delivered) {
        complain(11, "seizure_delivered_first");
      }
    }
  }

  void look_at_limits() {
    for (const Burdened& one : standing) {
      if (const auto* notice = as<AdvanceNotice>(one.burden); notice != nullptr && facts.disposal) {
        if (!among(facts.agreeing, notice->claimant) && !among(facts.getting, notice->claimant)) {
          complain(13, "consent_missing");
        }
      }
      if (as<Objection>(one.burden) != nullptr && facts.disposal) everybody_states(17);
      if (as<Residence>(one.burden) != nullptr && facts.own_will) everybody_states(26);
      if (const auto* mortgage = as<Mortgage>(one.burden); mortgage != nullptr && facts.own_will) {
        everybody_states(18);
        if (!mortgage->bans_transfer) told.insert(20);
        if (mortgage->bans_transfer && !among(facts.agreeing, mortgage->mortgagee)) complain(19, "consent_missing");
      }
    }
    if (entry != nullptr && entry->in_place_of) {
      const Burdened* const limit = reg.find(unit, *entry->in_place_of);
      const auto* notice = limit == nullptr ? nullptr : as<AdvanceNotice>(limit->burden);
      const auto* mortgage = as<Mortgage>(entry->burden);
      const bool fits = notice != nullptr && mortgage != nullptr && notice->claimant == mortgage->mortgagee &&
                        (notice->kind == AdvanceNoticeKind::presale_mortgage ||
                         notice->kind == AdvanceNoticeKind::other_mortgage);
      if (!fits) complain(15, "no_such_notice");
    }
  }

  void look_at_ranks() {
    if (swap != nullptr) {
      const auto rank = [&](LimitNumber number) -> std::uint64_t {
        const Burdened* const limit = reg.find(unit, number);
        return limit == nullptr || as<Mortgage>(limit->burden) == nullptr ? 0 : limit->rank;
      };
      const std::uint64_t low = std::min(rank(swap->one), rank(swap->other));
      const std::uint64_t high = std::max(rank(swap->one), rank(swap->other));
      for (const Burdened& one : standing) {
        const auto* mortgage = as<Mortgage>(one.burden);
        if (mortgage == nullptr || one.rank < low || one.rank > high) continue;
        if (!among(facts.agreeing, mortgage->mortgagee)) complain(21, "consent_missing");
      }
      for (const Burdened& one : standing) {
        const auto* notice = as<AdvanceNotice>(one.burden);
        if (notice == nullptr || one.number < low || one.number > high) continue;
        const bool of_mortgage = notice->kind == AdvanceNoticeKind::presale_mortgage ||
                                 notice->kind == AdvanceNoticeKind::other_mortgage;
        if (of_mortgage && !among(facts.agreeing, notice->claimant)) complain(21, "consent_missing");
      }
    }
  }

  void look_at_notes() {
    if (facts.own_will || facts.mortgage) {
      for (const std::string& other : house.houses) {
        bool shared = false;
        for (const Stake& stake : reg.houses.at(other).stakes) shared |= stake_of(house.stakes, stake.who) != nullptr;
        if (shared) complain(22, "house_without_land");
      }
      if (noted(NoteKind::altered_structure)) complain(37, "note_bars");
    }
    if (facts.mortgage) {
      const auto& mortgage = std::get<Mortgage>(entry->burden);
      if (house.homestead) complain(23, "not_mortgageable");
      if (noted(NoteKind::public_facility) || noted(NoteKind::dispute)) complain(23, "note_bars");
      if (mortgage.kind == MortgageKind::maximum_amount && !mortgage.until_ms) complain(24, "period_missing");
      bool shown = false;
      for (const Statement& one : filing.statements) shown |= one.rule == 36;
      if (noted(NoteKind::subsidised_housing) && !shown) complain(36, "statement_missing");
    }
    if (entry != nullptr && as<Residence>(entry->burden) != nullptr && !house.dwelling) complain(25, "no_dwelling");
    if (facts.disposal) {
      if (noted(NoteKind::dispute)) complain(30, "note_bars");
      if (noted(NoteKind::correction_pending)) complain(32, "note_bars");
      if (noted(NoteKind::expropriation)) everybody_states(35);
    }
  }
};

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
        const bool was_seizure = as<Seizure>(of_unit[i].burden) != nullptr;
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

Complaints NaiveRegister::complaints(const Filing& filing, const Act& act, std::uint64_t now,
                                     std::set<int>& told) const {
  Judge judge{*this, filing, act, now, told};
  judge.look_at_form();
  judge.look_at_end();
  judge.look_at_number();
  judge.look_at_owners();
  judge.look_at_who_files();
  judge.look_at_seizures();
  judge.look_at_limits();
  judge.look_at_ranks();
  judge.look_at_notes();
  return judge.found;
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
    std::erase_if(standing, [number](const Burdened& one) { return one.number == number.value(); });
    wake_seizures(unit, now);
  };
  if (const auto* transfer = std::get_if<TransferRight>(&act)) {
    House& house = houses.at(unit);
    Filing nobody;
    const std::vector<PartyId> gaining = facts_of(nobody, act, house).getting;
    house.stakes = stakes_of(transfer->holders);
    house.recorded = now;
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
  } else if (const auto* entry = std::get_if<EnterLimit>(&act)) {
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
