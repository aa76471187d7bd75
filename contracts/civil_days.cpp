#include "contracts/civil_days.h"

#include <algorithm>

namespace kanhe::contracts {
namespace {

constexpr std::uint64_t hour_ms = 3'600'000;
constexpr std::uint64_t day_ms = 24 * hour_ms;
constexpr std::uint64_t china_ms = 8 * hour_ms;  // ahead of UTC

}  // namespace

Timestamp end_of_days(Timestamp from, std::uint32_t days) {
  const std::uint64_t day = (from.value() + china_ms) / day_ms;
  const std::uint64_t end = (day + 1 + days) * day_ms - china_ms;
  return Timestamp(std::min(end, std::uint64_t{Timestamp::max}));
}

}  // namespace kanhe::contracts
