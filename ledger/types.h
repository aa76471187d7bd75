// Strong types: numbers, texts, byte strings and lists that carry their own limits.
//
// A Number<Tag> is an unsigned integer with a range and a meaning; a Height is not a View. A Text<Tag> is valid UTF-8
// without control characters, of bounded length and, where its Tag says so, of a certain form. Blob<Max>, List<T, Max>
// and SortedList<T, Max> are bounded. The limits are part of the format: encode() CHECKs them, decode() and JSON refuse
// what exceeds them (docs/formats.md).
//
// Thread: any. Units: times are milliseconds, UTC since 1970 for a Timestamp; nanoseconds of an arbitrary, monotonic
// origin for an Instant.
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/bytes.h"
#include "ledger/label.h"
#include "ledger/result.h"

namespace kanhe {

// ---------------------------------------------------------------------------------------------------------------------
// Numbers

// Tag::Rep is the unsigned integer that is stored; Tag::min and Tag::max bound what may cross a boundary. Construction
// does not check: arithmetic on accepted values cannot overflow, because every 64-bit max leaves 2^15 times headroom.
template <class Tag>
class Number {
 public:
  using Rep = typename Tag::Rep;
  static constexpr Label label = Tag::label;
  static constexpr Rep min = Tag::min;
  static constexpr Rep max = Tag::max;
  static_assert(std::unsigned_integral<Rep> && min <= max);
  static_assert(sizeof(Rep) < 8 || max <= std::numeric_limits<Rep>::max() >> 1);

  constexpr Number() : value_(min) {}
  constexpr explicit Number(Rep value) : value_(value) {}

  // Errors: out_of_range.
  static Result<Number> from(std::uint64_t value) {
    if (value < min || value > max) {
      return fail(ErrorCode::out_of_range, label.name, ": ", value, ", must be between ", min, " and ", max);
    }
    return Number(static_cast<Rep>(value));
  }

  constexpr Rep value() const { return value_; }
  constexpr bool in_range() const { return min <= value_ && value_ <= max; }

  constexpr Number& operator++() {
    ++value_;
    return *this;
  }
  friend constexpr Number operator+(Number a, Rep b) { return Number(static_cast<Rep>(a.value_ + b)); }
  friend constexpr Number operator-(Number a, Rep b) { return Number(static_cast<Rep>(a.value_ - b)); }
  friend constexpr Rep operator-(Number a, Number b) { return static_cast<Rep>(a.value_ - b.value_); }
  friend constexpr auto operator<=>(Number, Number) = default;
  friend constexpr bool operator==(Number, Number) = default;
  friend std::string to_string(Number number) { return std::to_string(number.value_); }

 private:
  Rep value_;
};

inline constexpr std::uint64_t counter_max = (std::uint64_t{1} << 48) - 1;

template <class Integer>
struct CounterTag {
  using Rep = Integer;
  static constexpr Rep min = 0;
  static constexpr Rep max = sizeof(Rep) == 8 ? static_cast<Rep>(counter_max) : std::numeric_limits<Rep>::max();
};

struct HeightTag : CounterTag<std::uint64_t> {
  static constexpr Label label{"Height", "区块高度", "block height"};
};
struct ViewTag : CounterTag<std::uint64_t> {
  static constexpr Label label{"View", "视图", "view"};
};
struct EpochTag : CounterTag<std::uint64_t> {
  static constexpr Label label{"Epoch", "纪元", "epoch"};
};
struct TimestampTag : CounterTag<std::uint64_t> {
  static constexpr Label label{"Timestamp", "时间", "time since 1970-01-01 UTC", "ms"};
};
struct DurationTag : CounterTag<std::uint32_t> {
  static constexpr Label label{"Duration", "时长", "duration", "ms"};
};
struct CountTag : CounterTag<std::uint32_t> {
  static constexpr Label label{"Count", "数量", "count"};
};
struct TotalTag : CounterTag<std::uint64_t> {
  static constexpr Label label{"Total", "总数", "total"};
};
struct FenTag : CounterTag<std::uint64_t> {
  static constexpr Label label{"Fen", "金额(分)", "amount of money", "fen"};
};
struct ValidatorIndexTag {
  using Rep = std::uint16_t;
  static constexpr Rep min = 0;
  static constexpr Rep max = 99;
  static constexpr Label label{"ValidatorIndex", "节点序号", "index of a validator in its epoch's set"};
};

using Height = Number<HeightTag>;
using View = Number<ViewTag>;
using Epoch = Number<EpochTag>;
using Timestamp = Number<TimestampTag>;  // ms since 1970-01-01 UTC
using Duration = Number<DurationTag>;    // ms
using Count = Number<CountTag>;
using Total = Number<TotalTag>;
using Fen = Number<FenTag>;  // 1/100 yuan
using ValidatorIndex = Number<ValidatorIndexTag>;

inline constexpr Timestamp operator+(Timestamp time, Duration duration) {
  return time + std::uint64_t{duration.value()};
}

// A point on the local, monotonic clock; never crosses a boundary, except in a recorded replay of the consensus core.
struct InstantTag : CounterTag<std::uint64_t> {
  static constexpr Label label{"Instant", "时刻", "point on a node's monotonic clock", "ns"};
  static constexpr Rep max = std::numeric_limits<Rep>::max() >> 1;
};
using Instant = Number<InstantTag>;

inline constexpr std::uint64_t ns_per_ms = 1'000'000;
inline constexpr Instant operator+(Instant instant, Duration duration) {
  return instant + std::uint64_t{duration.value()} * ns_per_ms;
}

// The first field of a record that stands alone: u16, one value only. A record of another version does not decode.
template <std::uint16_t version>
struct FormatVersion {
  static constexpr std::uint16_t value = version;
  friend constexpr auto operator<=>(FormatVersion, FormatVersion) = default;
};

// ---------------------------------------------------------------------------------------------------------------------
// Texts and byte strings

// Whether text is UTF-8 (shortest form, no surrogates) and free of control characters (U+0000–001F, U+007F–009F) and of
// invisible direction marks (U+200E, 200F, 202A–202E, 2066–2069), which make a text read as what it is not.
bool is_plain_text(std::string_view text);

// Tag::bytes_min, Tag::bytes_max bound the length in bytes; Tag::check, where present, refuses other forms.
template <class Tag>
class Text {
 public:
  static constexpr Label label = Tag::label;
  static constexpr std::size_t bytes_min = Tag::bytes_min;
  static constexpr std::size_t bytes_max = Tag::bytes_max;

  Text() = default;

  // Errors: out_of_range (length), malformed (not plain text, or not of the form).
  static Result<Text> from(std::string_view text) {
    if (text.size() < bytes_min || text.size() > bytes_max) {
      return fail(ErrorCode::out_of_range, label.name, ": ", text.size(), " bytes, must be between ", bytes_min,
                  " and ", bytes_max);
    }
    if (!is_plain_text(text)) {
      return fail(ErrorCode::malformed, label.name, ": not UTF-8, or with control or direction characters");
    }
    if constexpr (requires { Tag::check(text); }) TRY(Tag::check(text));
    Text value;
    value.text_ = text;
    return value;
  }

  const std::string& str() const { return text_; }
  std::string_view view() const { return text_; }
  bool empty() const { return text_.empty(); }

  friend auto operator<=>(const Text&, const Text&) = default;
  friend bool operator==(const Text&, const Text&) = default;

 private:
  std::string text_;
};

// Any plain text of at most Max bytes.
template <std::size_t Max>
struct PlainTextTag {
  static constexpr std::size_t bytes_min = 0;
  static constexpr std::size_t bytes_max = Max;
  static constexpr Label label{"PlainText", "文本", "text", "bytes"};
};
template <std::size_t Max>
using PlainText = Text<PlainTextTag<Max>>;

// Bytes of at most Max.
template <std::size_t Max>
class Blob {
 public:
  static constexpr std::size_t bytes_max = Max;

  Blob() = default;
  // Errors: out_of_range.
  static Result<Blob> from(Bytes bytes) {
    if (bytes.size() > Max) return fail(ErrorCode::out_of_range, bytes.size(), " bytes, must be at most ", Max);
    Blob value;
    value.bytes_ = std::move(bytes);
    return value;
  }

  const Bytes& bytes() const { return bytes_; }
  operator ByteView() const { return bytes_; }
  ByteView view() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }

  friend auto operator<=>(const Blob&, const Blob&) = default;
  friend bool operator==(const Blob&, const Blob&) = default;

 private:
  Bytes bytes_;
};

// ---------------------------------------------------------------------------------------------------------------------
// Lists

// A vector of at most Max elements. encode() CHECKs the maximum, so code that fills a list from outside asks full().
template <class T, std::size_t Max>
struct List : std::vector<T> {
  using std::vector<T>::vector;
  static constexpr std::size_t count_max = Max;
  bool full() const { return this->size() >= Max; }
};

// A list whose elements are strictly ascending: a set, or a map when T orders by its key.
template <class T, std::size_t Max>
struct SortedList : std::vector<T> {
  using std::vector<T>::vector;
  static constexpr std::size_t count_max = Max;
  bool full() const { return this->size() >= Max; }
  bool is_sorted() const {
    for (std::size_t i = 1; i < this->size(); ++i) {
      if (!((*this)[i - 1] < (*this)[i])) return false;
    }
    return true;
  }
};

// The u8 on the wire and the "type" in JSON of one alternative of a std::variant, given as a static member
// `variant_tag` of the alternative. A number is never used for anything else again.
struct VariantTag {
  std::uint8_t number;
  std::string_view name;
};

}  // namespace kanhe
