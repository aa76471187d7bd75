// Sealing: bytes that nobody can read, alter or move elsewhere without the key. AES-256 in Galois/Counter Mode.
//
// What is sealed is as long as what goes in, with a tag of 16 bytes behind it. `covered` is not hidden, but opening
// fails where it differs: it says what the bytes are and where they belong. A nonce must never come twice under one
// key; a random one is safe for the first 2^32 times.
//
// Thread: any. Source: NIST SP 800-38D (8.3 for the limit). Errors: not_authorised, when it does not open: another key,
// another nonce, or one bit that is not as it was, which cannot be told apart; io, when memory is short.
#pragma once

#include <array>
#include <span>

#include "ledger/bytes.h"
#include "ledger/result.h"

namespace kanhe {

inline constexpr std::size_t seal_tag_bytes = 16;
inline constexpr std::size_t seal_nonce_bytes = 12;
using SealNonce = std::span<const Byte, seal_nonce_bytes>;

// 32 bytes. Move-only; wiped when it is destroyed or moved from.
class SealingKey {
 public:
  static constexpr std::size_t size = 32;

  // Zeros, to be filled through bytes().
  SealingKey() = default;
  // Errors: malformed (length).
  static Result<SealingKey> from(ByteView bytes);
  SealingKey(SealingKey&& other) noexcept;
  SealingKey& operator=(SealingKey&& other) noexcept;
  SealingKey(const SealingKey&) = delete;
  SealingKey& operator=(const SealingKey&) = delete;
  ~SealingKey();

  ByteView view() const { return bytes_; }
  std::span<Byte, size> bytes() { return bytes_; }

 private:
  std::array<Byte, size> bytes_{};
};

// Fills `sealed`. Requires: it has the size of `plain` and seal_tag_bytes more.
Result<void> seal(const SealingKey& key, SealNonce nonce, ByteView covered, ByteView plain, std::span<Byte> sealed);
// Fills `plain`; after an error what is in it is of no use. Requires: `sealed` has its size and seal_tag_bytes more.
Result<void> unseal(const SealingKey& key, SealNonce nonce, ByteView covered, ByteView sealed, std::span<Byte> plain);

}  // namespace kanhe
