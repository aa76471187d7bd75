// Keys and signatures. The only unit that names a signature algorithm.
//
// The scheme is a network's choice and stands in its genesis (Suite). ecdsa_secp256k1: ECDSA over secp256k1, nonces by
// RFC 6979, signatures as 64 bytes r ‖ s with low s only, keys as 33 compressed bytes only. keyed_hash is for simulated
// networks: a hash that anyone can compute, so it protects nothing; kanhed refuses a genesis that names it.
//
// Sources: SEC 1 and SEC 2 (curve, compressed points), RFC 6979, BIP 146 (low s), libsecp256k1's own headers.
// Thread: any. Errors: verify() answers false for everything that is not a good signature; nothing here aborts on
// input.
#pragma once

#include "ledger/bytes.h"
#include "ledger/hash.h"
#include "ledger/schema.h"

namespace kanhe {

enum class SignatureScheme : std::uint8_t { ecdsa_secp256k1 = 1, keyed_hash = 255 };
BOOST_DESCRIBE_ENUM(SignatureScheme, ecdsa_secp256k1, keyed_hash)

enum class HashScheme : std::uint8_t { sha256 = 1 };
BOOST_DESCRIBE_ENUM(HashScheme, sha256)

struct Suite {
  SignatureScheme signature = SignatureScheme::ecdsa_secp256k1;
  HashScheme hash = HashScheme::sha256;
  friend auto operator<=>(const Suite&, const Suite&) = default;
};
BOOST_DESCRIBE_STRUCT(Suite, (), (signature, hash))

struct PublicKeyTag {
  static constexpr std::size_t size = 33;
  static constexpr Label label{"PublicKey", "公钥", "public key"};
};
struct SignatureTag {
  static constexpr std::size_t size = 64;
  static constexpr Label label{"Signature", "签名", "signature"};
};
using PublicKey = FixedBytes<PublicKeyTag>;
using Signature = FixedBytes<SignatureTag>;

// A secret key of 32 bytes. Move-only; wiped when it is destroyed or moved from; never printed, never encoded.
class SecretKey {
 public:
  static constexpr std::size_t size = 32;

  // Errors: malformed (length), out_of_range (zero or not below the curve's order).
  static Result<SecretKey> from(ByteView bytes);
  // A new key from the operating system's random numbers. Errors: io.
  static Result<SecretKey> generate();

  SecretKey(SecretKey&& other) noexcept;
  SecretKey& operator=(SecretKey&& other) noexcept;
  SecretKey(const SecretKey&) = delete;
  SecretKey& operator=(const SecretKey&) = delete;
  ~SecretKey();

  // The bytes, for writing an encrypted key file. Lifetime: the key's.
  ByteView view() const { return bytes_; }

 private:
  SecretKey() = default;
  std::array<Byte, size> bytes_{};
};

// The public key that belongs to a secret key.
PublicKey public_key_of(SignatureScheme scheme, const SecretKey& key);

// Whether the bytes are a key of the scheme: a compressed point on the curve. Check keys where they are registered.
bool is_valid(SignatureScheme scheme, const PublicKey& key);

// Signs a tagged hash. Deterministic: the same key and digest give the same signature.
Signature sign(SignatureScheme scheme, const SecretKey& key, const Hash256& digest);

// Whether the signature is the scheme's own encoding (low s, …) and fits the key and the digest.
// Cost: about 50 µs for ecdsa_secp256k1; belongs on worker threads.
bool verify(SignatureScheme scheme, const PublicKey& key, const Hash256& digest, const Signature& signature);

// Fills a buffer with the operating system's random numbers. Errors: io.
Result<void> fill_random(std::span<Byte> bytes);

// A random value of a fixed-size type: salts, nonces, test keys.
template <class Fixed>
Result<Fixed> random_bytes() {
  Fixed value;
  TRY(fill_random(value.array()));
  return value;
}

}  // namespace kanhe
