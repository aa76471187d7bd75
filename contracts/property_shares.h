// Shares: who holds a right, and whether their shares make a whole. Exact: fractions, never decimals.
//
// A right is held by one party alone, by several jointly (共同共有, nobody has a share), or by several by shares
// (按份共有, everybody has one and they sum to 1). Which of the three follows from the list itself.
//
// Fractions stay as the document says them: 2/6 is not made 1/3. They are added over their least common denominator,
// which has a limit, so that nothing overflows.
//
// Source: Civil Code 297–299; ISO 19152 (LA_RRR share as a fraction).
// Thread: any; pure functions. Complexity: quadratic in the holders, of whom there are at most holders_max.
#pragma once

#include <optional>

#include "ledger/identifiers.h"
#include "ledger/schema.h"

namespace kanhe::contracts::property {

struct ShareTermTag {
  using Rep = std::uint32_t;
  static constexpr Rep min = 1;
  static constexpr Rep max = 1'000'000'000;
  static constexpr Label label{"ShareTerm", "份额分子或分母", "numerator or denominator of a share"};
};
using ShareTerm = Number<ShareTermTag>;

struct Share {
  ShareTerm numerator;
  ShareTerm denominator;
  friend bool operator==(const Share&, const Share&) = default;
};
BOOST_DESCRIBE_STRUCT(Share, (), (numerator, denominator))

struct Holder {
  PartyId party;
  std::optional<Share> share;  // all holders have one, or none has
  friend bool operator==(const Holder&, const Holder&) = default;
};
BOOST_DESCRIBE_STRUCT(Holder, (), (party, share))

inline constexpr std::size_t holders_max = 32;
using Holders = List<Holder, holders_max>;    // in the order of the document
using Parties = List<PartyId, holders_max>;

// The least common denominator of a right's shares is at most this.
inline constexpr std::uint64_t common_denominator_max = 1'000'000'000'000'000;

// Requires: a and b are not 0. Nothing when it is above common_denominator_max.
std::optional<std::uint64_t> least_common_multiple(std::uint64_t a, std::uint64_t b);

// What shares come to: numerator over the least common denominator, not reduced.
struct ShareSum {
  std::uint64_t numerator = 0;
  std::uint64_t denominator = 1;
  bool is_whole() const { return numerator == denominator; }
  friend bool operator==(const ShareSum&, const ShareSum&) = default;
};
// Requires: every holder has a share. Nothing when the common denominator is above its limit. A sum that exceeds a
// u64 counts as the largest one (it cannot be a whole anyway).
std::optional<ShareSum> sum_of_shares(const Holders& holders);

bool is_holder(const Holders& holders, const PartyId& party);
// The holder's share; absent: it has none of its own, or is no holder.
std::optional<Share> share_of(const Holders& holders, const PartyId& party);
bool is_less(const Share& a, const Share& b);
// Whether the same hold the same, in whatever order and however the fractions are written.
bool are_same(const Holders& a, const Holders& b);
// Whether `after` holds more than before, or otherwise: it held nothing, less, or jointly with others.
bool gains(const Holders& before, const Holder& after);
bool contains(const Parties& parties, const PartyId& party);
Parties parties_of(const Holders& holders);

}  // namespace kanhe::contracts::property
