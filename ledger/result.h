// Result<T>: a value, or the reason why there is none.
//
// For the world's mistakes: input from a peer, a client, a file or a disk. The text of an Error is written for the
// person who reads it and names the field, the limit and the value; no program parses it, and it never enters a
// receipt or anything else that is hashed (receipts carry codes: ledger/receipt.h).
//
// Names follow std::expected, which C++20 lacks. There are no monadic calls: TRY reads better.
//
// Thread: any. Errors: taking the value of a failed Result, or the error of a good one, is our mistake (CHECK).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "ledger/check.h"

namespace kanhe {

// Why something from outside was not accepted. What a code means to a program stands beside it; what it means to a
// person stands in Error::text.
enum class ErrorCode : std::uint8_t {
  malformed,       // the bytes or the text do not have the form
  out_of_range,    // a number, size or time is outside its limits
  not_canonical,   // readable, but not the one encoding that is allowed
  duplicate,       // given twice where once is the rule
  unknown,         // names something that does not exist here
  unsupported,     // well formed, but of a version or algorithm that this program does not speak
  bad_signature,   // a signature does not fit its key and message
  bad_proof,       // a proof does not lead to the root it claims
  conflict,        // contradicts what is already there
  not_authorised,  // the key or role does not allow it
  refused,         // a rule says no
  busy,            // try again later
  unavailable,     // the other side cannot be reached or does not answer
  io,              // the file system refused
  corrupt,         // stored data is damaged
};

// The name of a code as it stands in JSON answers and logs, for example "out_of_range".
std::string_view error_name(ErrorCode code);

struct Error {
  ErrorCode code;
  std::string text;

  // The same error, seen from one level further out: "block.header: height 7 …".
  Error in(std::string_view outer) && {
    return Error{code, std::string(outer) + ": " + std::move(text)};
  }
  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  // Requires: has_value().
  T& value() & {
    CHECK(has_value());
    return std::get<0>(state_);
  }
  const T& value() const& {
    CHECK(has_value());
    return std::get<0>(state_);
  }
  T&& value() && {
    CHECK(has_value());
    return std::get<0>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Requires: !has_value().
  const Error& error() const& {
    CHECK(!has_value());
    return std::get<1>(state_);
  }
  Error&& error() && {
    CHECK(!has_value());
    return std::get<1>(std::move(state_));
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}

  bool has_value() const { return !failed_; }
  explicit operator bool() const { return has_value(); }
  void value() const { CHECK(has_value()); }

  // Requires: !has_value().
  const Error& error() const& {
    CHECK(!has_value());
    return error_;
  }
  Error&& error() && {
    CHECK(!has_value());
    return std::move(error_);
  }

 private:
  Error error_{};
  bool failed_ = false;
};

// Builds an Error in one line: return fail(ErrorCode::unknown, "department ", id, " is not registered").
template <class... Parts>
Error fail(ErrorCode code, const Parts&... parts) {
  Error error{code, {}};
  const auto append = [&error](const auto& part) {
    if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(part)>>) {
      error.text += std::to_string(part);
    } else {
      error.text += part;
    }
  };
  (append(parts), ...);
  return error;
}

}  // namespace kanhe

// The value of a Result, or return its error from the enclosing function: `const Header header = TRY(decode(bytes));`.
// Not usable in coroutines, because it returns.
#define TRY(...)                                              \
  __extension__({                                             \
    auto try_result_ = (__VA_ARGS__);                         \
    if (!try_result_) return std::move(try_result_).error();  \
    std::move(try_result_).value();                           \
  })
