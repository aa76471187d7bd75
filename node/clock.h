// Clock: the only place where the node reads what time it is. Everything below takes it as an argument.
//
// The monotonic clock is std::chrono::steady_clock, whose points Asio's timers wait for; the wall clock is UTC and may
// jump, so it is used for the time of blocks and for validity only.
//
// Thread: any. Units: Instants in ns, Timestamps in ms.
#pragma once

#include <chrono>

#include "consensus/replica.h"

namespace kanhe::node {

inline Instant instant_of(std::chrono::steady_clock::time_point time) {
  const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
  return Instant(static_cast<std::uint64_t>(ns));
}

inline std::chrono::steady_clock::time_point time_point_of(Instant instant) {
  return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(instant.value()));
}

inline Timestamp wall_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return Timestamp(static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count()));
}

inline consensus::Now read_clocks() { return {instant_of(std::chrono::steady_clock::now()), wall_now()}; }

}  // namespace kanhe::node
