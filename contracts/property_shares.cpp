#include "contracts/property_shares.h"

#include <algorithm>
#include <numeric>

namespace kanhe::contracts::property {

std::optional<std::uint64_t> least_common_multiple(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t part = a / std::gcd(a, b);
  if (part > common_denominator_max / b) return std::nullopt;
  return part * b;
}

std::optional<ShareSum> sum_of_shares(const Holders& holders) {
  ShareSum sum;
  for (const Holder& holder : holders) {
    const auto common = least_common_multiple(sum.denominator, holder.share->denominator.value());
    if (!common) return std::nullopt;
    sum.denominator = *common;
  }
  constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
  for (const Holder& holder : holders) {
    const std::uint64_t scale = sum.denominator / holder.share->denominator.value();
    const std::uint64_t numerator = holder.share->numerator.value();
    const std::uint64_t added = scale > largest / numerator ? largest : scale * numerator;
    sum.numerator = added > largest - sum.numerator ? largest : sum.numerator + added;
  }
  return sum;
}

bool is_holder(const Holders& holders, const PartyId& party) {
  return std::ranges::find(holders, party, &Holder::party) != holders.end();
}

std::optional<Share> share_of(const Holders& holders, const PartyId& party) {
  const auto found = std::ranges::find(holders, party, &Holder::party);
  return found == holders.end() ? std::nullopt : found->share;
}

// Terms have 32 bits, so that the products fit.
bool is_less(const Share& a, const Share& b) {
  return std::uint64_t{a.numerator.value()} * b.denominator.value() <
         std::uint64_t{b.numerator.value()} * a.denominator.value();
}

bool are_same(const Holders& a, const Holders& b) {
  const auto stands_in_b = [&](const Holder& holder) {
    if (!is_holder(b, holder.party)) return false;
    const auto share = share_of(b, holder.party);
    if (!share || !holder.share) return !share && !holder.share;
    return !is_less(*share, *holder.share) && !is_less(*holder.share, *share);
  };
  return a.size() == b.size() && std::ranges::all_of(a, stands_in_b);
}

bool gains(const Holders& before, const Holder& after) {
  if (!is_holder(before, after.party)) return true;
  const auto share = share_of(before, after.party);
  if (!share) return true;
  return !after.share || is_less(*share, *after.share);
}

bool contains(const Parties& parties, const PartyId& party) {
  return std::ranges::find(parties, party) != parties.end();
}

Parties parties_of(const Holders& holders) {
  Parties parties;
  for (const Holder& holder : holders) parties.push_back(holder.party);
  return parties;
}

}  // namespace kanhe::contracts::property
