// CHECK: what must hold if we made no mistake.
//
// A CHECK states a fact about our own code. It is always on, in every build, and it ends the process, because a
// department that goes on with broken memory can sign something false. What comes from outside (a peer, a client,
// a file, a transaction) never meets a CHECK: it meets a Result (ledger/result.h).
//
// Thread: any. Units: one condition per CHECK; write `if (a) CHECK(b);` for an implication.
#pragma once

namespace kanhe {

// Prints the failed condition with its place on stderr and aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace kanhe

#define CHECK(condition)                                           \
  (static_cast<bool>(condition) ? static_cast<void>(0)             \
                                : ::kanhe::check_failed(#condition, __FILE__, __LINE__))
