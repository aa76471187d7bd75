#include "tests/support/naive_facts.h"

namespace kanhe::contracts::property {

using namespace naive;

namespace {

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
  const ChangeUnit* const new_facts = std::get_if<ChangeUnit>(&act);
  const CorrectUnit* const correction = std::get_if<CorrectUnit>(&act);
  // To others, and without a court's word.
  const bool corrects =
      correction != nullptr && correction->basis != CorrectionBasis::decision && !correction->holders.empty();
  const bool shares = house.stakes.front().twelfths > 0;
  const bool part = transfer != nullptr && std::ranges::any_of(house.stakes, [this](const Stake& stake) {
    return is_holder(transfer->holders, stake.who);
  });
  Complaints found = {};

  void complain(std::uint16_t rule, const char* code) { found.emplace(rule, code); }
  // Somebody's guardian speaks for them.
  PartyId voice_of(const PartyId& who) const {
    for (const Burdened& one : standing) {
      const auto* guardianship = as<Guardianship>(one.burden);
      if (guardianship != nullptr && guardianship->ward == who && one.recorded < now) return guardianship->guardian;
    }
    return who;
  }
  bool files(const PartyId& who) const { return among(facts.applicants, voice_of(who)); }
  bool agrees(const PartyId& who) const { return among(facts.agreeing, voice_of(who)); }
  // Whether somebody has as much as before: the share, or a place among as many.
  bool keeps(const Stake& stake, const Holders& holders) const {
    const auto after = stakes_of(holders);
    const Stake* const kept = stake_of(after, stake.who);
    bool same = after.size() == house.stakes.size();
    for (const Stake& one : after) {
      const Stake* const old = stake_of(house.stakes, one.who);
      same = same && old != nullptr && *old == one;
    }
    if (same) return true;
    if (kept == nullptr || (stake.twelfths == 0) != (kept->twelfths == 0)) return false;
    return stake.twelfths > 0 ? kept->twelfths >= stake.twelfths : after.size() <= house.stakes.size();
  }
  bool is_guardian(const PartyId& who) const {
    return std::ranges::any_of(standing, [&](const Burdened& one) {
      const auto* guardianship = as<Guardianship>(one.burden);
      return guardianship != nullptr && guardianship->guardian == who;
    });
  }
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
      if (const auto* one = as<Guardianship>(entry->burden)) {
        if (stake_of(house.stakes, one->ward) == nullptr || one->ward == one->guardian) complain(0, "ward_not_holder");
        if (!files(one->guardian)) complain(0, "applicant_missing");
      }
      if (objection != nullptr && !files(objection->objector)) complain(0, "applicant_missing");
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
                                (end->reason == EndReason::released && !of_authority &&
                                 as<Guardianship>(limit->burden) == nullptr) ||
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
          if (!agrees(who)) complain(0, "holder_missing_to_end");
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
    if (transfer != nullptr && !facts.own_will) {
      for (const Stake& stake : house.stakes) {
        if (contains(transfer->from, stake.who) || agrees(stake.who) || keeps(stake, transfer->holders)) continue;
        complain(4, "holder_not_selling");
      }
    }
    if (facts.disposal || swap != nullptr) {
      std::uint64_t agreed = 0;
      for (const Stake& stake : house.stakes) agreed += agrees(stake.who) ? stake.twelfths : 0;
      const bool enough = shares && !part && agreed >= 8;
      for (const Stake& stake : house.stakes) {
        if (enough || agrees(stake.who)) continue;
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
    if (!facts.disposal && (transfer == nullptr ? corrects : transfer->cause == Cause::inheritance)) {
      for (const PartyId& who : facts.getting) {
        if (!files(who)) complain(3, "other_side_missing");
      }
    }
    if (facts.disposal) {
      bool holder_files = false;
      for (const PartyId& who : facts.applicants) {
        const bool holds_it = stake_of(house.stakes, who) != nullptr || is_guardian(who);
        holder_files = holder_files || holds_it;
        const bool gives = transfer != nullptr && contains(transfer->from, who);
        const bool is_of_other_act = filing.acts.size() > 1;
        if (holds_it || gives || is_of_other_act || among(facts.getting, who)) continue;
        complain(2, "seller_not_holder");
      }
      if (!holder_files && transfer == nullptr) complain(2, "no_holder_applies");
      for (const PartyId& who : facts.getting) {
        if (!files(who)) complain(3, "other_side_missing");
      }
      if (shares && part && transfer->cause == Cause::sale) {
        bool outsider = false;
        for (const Holder& holder : transfer->holders) outsider |= stake_of(house.stakes, holder.party) == nullptr;
        for (const Stake& stake : house.stakes) {
          if (!outsider || contains(transfer->from, stake.who) || agrees(stake.who)) continue;
          if (!has_statement(filing, 5, stake.who)) complain(5, "statement_missing");
        }
      }
    }
    if (transfer != nullptr && transfer->holders.size() > 1 && !transfer->holders[0].share) told.insert(6);
  }

  void look_at_unit() {
    const auto changes_form = [&](const Holders& holders) {
      bool same = holders.size() == house.stakes.size();
      for (const Holder& holder : holders) same = same && stake_of(house.stakes, holder.party) != nullptr;
      bool equal = true;
      for (const auto& one : {stakes_of(holders), house.stakes}) {
        for (const Stake& stake : one) equal = equal && (stake.twelfths == 0 || stake.twelfths * one.size() == 12);
      }
      return same && equal && shares != holders[0].share.has_value();
    };
    if (new_facts != nullptr) {
      const bool holders = !new_facts->holders.empty();
      if (!new_facts->usage && !new_facts->until_ms && !new_facts->survey && !holders) complain(0, "nothing_changed");
      if (new_facts->until_ms && (!house.until || new_facts->until_ms->value() <= *house.until)) {
        complain(0, "term_not_longer");
      }
      if (holders && !changes_form(new_facts->holders)) complain(0, "shares_would_change");
      bool holder_files = false;
      for (const PartyId& who : facts.applicants) {
        const bool holds_it = stake_of(house.stakes, who) != nullptr || is_guardian(who);
        holder_files = holder_files || holds_it;
        if (!holds_it) complain(2, "seller_not_holder");
      }
      if (!holder_files) complain(2, "no_holder_applies");
      std::uint64_t agreed = 0;
      bool all = true;
      for (const Stake& stake : house.stakes) {
        agreed += agrees(stake.who) ? stake.twelfths : 0;
        all = all && agrees(stake.who);
      }
      if (!all && (holders || (new_facts->usage && agreed < 8))) complain(4, "holder_not_selling");
      if (noted(NoteKind::correction_pending)) complain(32, "note_bars");
      if (new_facts->usage && !new_facts->until_ms && noted(NoteKind::dispute)) complain(30, "note_bars");
      const bool over = house.until && *house.until <= now;
      if (new_facts->usage && over && !new_facts->until_ms) complain(30, "right_expired");
    }
    if (correction == nullptr) return;
    const bool decided = correction->basis == CorrectionBasis::decision;
    if (decided && !correction->delivered_ms) complain(0, "delivery_missing");
    if (!decided && correction->delivered_ms) complain(0, "set_by_register");
    if (correction->delivered_ms && correction->delivered_ms->value() > now) complain(0, "delivery_in_future");
    if (!decided && correction->usage && house.until && *house.until <= now) complain(30, "right_expired");
    const bool of_unit = correction->usage || correction->right || correction->until_ms || correction->survey;
    for (const Stake& stake : house.stakes) {
      if (correction->basis != CorrectionBasis::consent || agrees(stake.who)) continue;
      if (of_unit || !keeps(stake, correction->holders)) complain(4, "holder_not_selling");
    }
    if (correction->basis == CorrectionBasis::evidence && corrects) {
      const bool known = std::ranges::any_of(standing, [&](const Burdened& one) {
        const auto* note = as<Note>(one.burden);
        return note != nullptr && note->kind == NoteKind::correction_pending && one.recorded < now;
      });
      if (!known) complain(32, "correction_not_noted");
    }
    if (!decided || !correction->delivered_ms) return;
    bool intervened = house.recorded > correction->delivered_ms->value();
    for (const Burdened& one : standing) {
      const bool counts = as<Objection>(one.burden) == nullptr && as<Note>(one.burden) == nullptr &&
                          as<Guardianship>(one.burden) == nullptr;
      intervened = intervened || (counts && one.recorded > correction->delivered_ms->value());
    }
    if (intervened) complain(40, "entry_intervened");
  }

  void look_at_wards() {
    if (!facts.disposal && new_facts == nullptr && !corrects) return;
    for (const Burdened& one : standing) {
      const auto* guardianship = as<Guardianship>(one.burden);
      if (guardianship == nullptr) continue;
      const Stake* const ward = stake_of(house.stakes, guardianship->ward);
      const bool untouched = transfer != nullptr && ward != nullptr &&
                             !contains(transfer->from, guardianship->ward) && keeps(*ward, transfer->holders);
      if (untouched) continue;
      const bool said = has_statement(filing, 34, guardianship->guardian);
      const bool gains = among(facts.getting, guardianship->guardian);
      if (!said || gains || one.recorded >= now || !agrees(guardianship->ward)) complain(34, "guardian_missing");
    }
  }

  void look_at_seizures() {
    const bool wanted = (transfer != nullptr && transfer->cause != Cause::judgment) || facts.mortgage ||
                        (new_facts != nullptr && !new_facts->holders.empty()) || corrects;
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
      if (const auto* notice = as<AdvanceNotice>(one.burden); notice != nullptr && (facts.disposal || corrects)) {
        if (!agrees(notice->claimant) && !among(facts.getting, notice->claimant)) {
          complain(13, "consent_missing");
        }
      }
      if (as<Objection>(one.burden) != nullptr && facts.disposal) everybody_states(17);
      if (as<Residence>(one.burden) != nullptr && facts.own_will) everybody_states(26);
      if (const auto* mortgage = as<Mortgage>(one.burden); mortgage != nullptr && (facts.own_will || corrects)) {
        if (!corrects) everybody_states(18);
        if (!corrects && !mortgage->bans_transfer) told.insert(20);
        if (mortgage->bans_transfer && !agrees(mortgage->mortgagee)) complain(19, "consent_missing");
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
        if (!agrees(mortgage->mortgagee)) complain(21, "consent_missing");
      }
      for (const Burdened& one : standing) {
        const auto* notice = as<AdvanceNotice>(one.burden);
        if (notice == nullptr || one.number < low || one.number > high) continue;
        const bool of_mortgage = notice->kind == AdvanceNoticeKind::presale_mortgage ||
                                 notice->kind == AdvanceNoticeKind::other_mortgage;
        if (of_mortgage && !agrees(notice->claimant)) complain(21, "consent_missing");
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
      if (house.until && *house.until <= now && !house.dwelling) complain(30, "right_expired");
      if (noted(NoteKind::correction_pending)) complain(32, "note_bars");
      if (noted(NoteKind::expropriation)) everybody_states(35);
    }
  }
  // Who comes first is dealt with first; and who sells what they inherit is entered before, in the same filing or not.
  void look_at_other_filings() {
    if (house.held && (facts.disposal || new_facts != nullptr || swap != nullptr)) complain(39, "unit_held");
    if (transfer == nullptr || !facts.own_will) return;
    for (const Act& other : filing.acts) {
      const auto* later = std::get_if<TransferRight>(&other);
      if (later == nullptr || (later->cause != Cause::inheritance && later->cause != Cause::judgment)) continue;
      for (const PartyId& who : transfer->from) {
        const bool inherits = stake_of(stakes_of(later->holders), who) != nullptr;
        if (inherits && stake_of(house.stakes, who) == nullptr) complain(33, "entry_needed_first");
      }
    }
  }
};

}  // namespace

Complaints NaiveRegister::complaints(const Filing& filing, const Act& act, std::uint64_t now,
                                     std::set<int>& told) const {
  Judge judge{*this, filing, act, now, told};
  judge.look_at_form();
  judge.look_at_end();
  judge.look_at_number();
  judge.look_at_owners();
  judge.look_at_who_files();
  judge.look_at_unit();
  judge.look_at_wards();
  judge.look_at_seizures();
  judge.look_at_limits();
  judge.look_at_ranks();
  judge.look_at_notes();
  judge.look_at_other_filings();
  return judge.found;
}

}  // namespace kanhe::contracts::property
