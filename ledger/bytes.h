// Byte strings: views, owned bytes, fixed-size strong types, hexadecimal text.
//
// A FixedBytes<Tag> is a value of exactly Tag::size bytes that cannot be mixed up with another of the same size: a
// HeaderHash is not a ProposalDigest although both are 32 bytes. Conversion is possible, but has to be written.
//
// Thread: any. Lifetime: a ByteView never owns; it is valid as long as what it was made from.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/check.h"
#include "ledger/label.h"
#include "ledger/result.h"

namespace kanhe {

using Byte = std::uint8_t;
using Bytes = std::vector<Byte>;
using ByteView = std::span<const Byte>;

// The bytes of a text, without copying.
inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const Byte*>(text.data()), text.size()};
}
// The text over bytes, without copying and without looking at them.
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(ByteView view) { return {view.begin(), view.end()}; }
inline void append(Bytes& target, ByteView source) { target.insert(target.end(), source.begin(), source.end()); }
inline bool equal(ByteView a, ByteView b) { return std::ranges::equal(a, b); }

// The order of byte strings, and hashing of any of them, for tables that are looked into without copying the key.
struct BytesLess {
  using is_transparent = void;
  bool operator()(ByteView a, ByteView b) const { return as_text(a) < as_text(b); }
};
struct BytesHash {
  using is_transparent = void;
  std::size_t operator()(ByteView bytes) const { return std::hash<std::string_view>()(as_text(bytes)); }
};
struct BytesEqual {
  using is_transparent = void;
  bool operator()(ByteView a, ByteView b) const { return equal(a, b); }
};

// Lower-case hexadecimal, two digits a byte.
std::string to_hex(ByteView bytes);
// The bytes of lower-case hexadecimal text. Errors: malformed, when a character is not 0-9a-f or the length is odd.
Result<Bytes> from_hex(std::string_view text);

// Base64 (RFC 4648 section 4, with padding), as C2SP notes use it.
std::string to_base64(ByteView bytes);
// Errors: malformed or not_canonical (wrong padding, non-zero spare bits).
Result<Bytes> from_base64(std::string_view text);

template <class Tag>
class FixedBytes {
 public:
  static constexpr std::size_t size = Tag::size;
  static constexpr Label label = Tag::label;

  constexpr FixedBytes() = default;
  constexpr explicit FixedBytes(const std::array<Byte, size>& bytes) : bytes_(bytes) {}
  // The same bytes under another meaning.
  template <class Other>
    requires(Other::size == size && !std::is_same_v<Other, Tag>)
  constexpr explicit FixedBytes(const FixedBytes<Other>& other) : bytes_(other.array()) {}

  // Errors: malformed, when the length is not `size`.
  static Result<FixedBytes> from(ByteView bytes) {
    if (bytes.size() != size) {
      return fail(ErrorCode::malformed, label.name, ": ", bytes.size(), " bytes, must be ", size);
    }
    FixedBytes value;
    std::copy(bytes.begin(), bytes.end(), value.bytes_.begin());
    return value;
  }
  static Result<FixedBytes> from_hex(std::string_view text) { return from(TRY(kanhe::from_hex(text))); }

  ByteView view() const { return bytes_; }
  operator ByteView() const { return bytes_; }
  const std::array<Byte, size>& array() const { return bytes_; }
  std::array<Byte, size>& array() { return bytes_; }
  std::string hex() const { return to_hex(bytes_); }
  bool is_zero() const {
    return std::all_of(bytes_.begin(), bytes_.end(), [](Byte byte) { return byte == 0; });
  }

  friend constexpr auto operator<=>(const FixedBytes&, const FixedBytes&) = default;
  friend constexpr bool operator==(const FixedBytes&, const FixedBytes&) = default;

 private:
  std::array<Byte, size> bytes_{};
};

// Hashing for lookup tables that hold only uniformly distributed bytes (hashes, nonces). Never for consensus results.
struct LastBytesHash {
  template <class Tag>
  std::size_t operator()(const FixedBytes<Tag>& value) const {
    static_assert(FixedBytes<Tag>::size >= sizeof(std::size_t));
    std::size_t hash;
    std::memcpy(&hash, value.array().data() + (FixedBytes<Tag>::size - sizeof hash), sizeof hash);
    return hash;
  }
};

struct Hash256Tag {
  static constexpr std::size_t size = 32;
  static constexpr Label label{"Hash256", "哈希值", "256-bit hash"};
};
using Hash256 = FixedBytes<Hash256Tag>;

}  // namespace kanhe
