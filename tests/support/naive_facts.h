// What the naive register asks about a filing, spelled out; for its own files alone.
#pragma once

#include <algorithm>

#include "tests/support/naive_register.h"

namespace kanhe::contracts::property::naive {

template <class T>
const T* as(const Burden& burden) {
  return std::get_if<T>(&burden);
}

inline bool among(const std::vector<PartyId>& parties, const PartyId& who) {
  return std::count(parties.begin(), parties.end(), who) > 0;
}

inline const NaiveRegister::Stake* stake_of(const std::vector<NaiveRegister::Stake>& stakes, const PartyId& who) {
  for (const auto& stake : stakes) {
    if (stake.who == who) return &stake;
  }
  return nullptr;
}

inline std::vector<NaiveRegister::Stake> stakes_of(const Holders& holders) {
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

inline bool has_statement(const Filing& filing, int rule, const PartyId& who) {
  for (const Statement& one : filing.statements) {
    if (one.rule == rule && one.party == who) return true;
  }
  return false;
}

inline Facts facts_of(const Filing& filing, const Act& act, const NaiveRegister::House& house) {
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
  } else if (const auto* correction = std::get_if<CorrectUnit>(&act)) {
    for (const auto& after : stakes_of(correction->holders)) {
      const auto* before = stake_of(house.stakes, after.who);
      const bool same_or_less = before != nullptr && before->twelfths > 0 && after.twelfths > 0 &&
                                after.twelfths <= before->twelfths;
      const bool decided = correction->basis == CorrectionBasis::decision;
      if (!same_or_less && !decided) facts.getting.push_back(after.who);
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

}  // namespace kanhe::contracts::property::naive
