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

bool contains(const Parties& parties, const PartyId& party) {
  return std::ranges::find(parties, party) != parties.end();
}

Parties parties_of(const Holders& holders) {
  Parties parties;
  for (const Holder& holder : holders) parties.push_back(holder.party);
  return parties;
}

}  // namespace kanhe::contracts::property
