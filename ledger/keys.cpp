#include "ledger/keys.h"

#include <openssl/crypto.h>
#include <secp256k1.h>
#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace kanhe {
namespace {

struct ContextDeleter {
  void operator()(secp256k1_context* context) const { secp256k1_context_destroy(context); }
};

// The library calls back on impossible arguments only; ours are checked before.
void on_illegal_argument(const char*, void*) { CHECK(false); }

// One context a thread for signing, blinded against side channels; verifying needs none of it.
const secp256k1_context* signing_context() {
  thread_local const std::unique_ptr<secp256k1_context, ContextDeleter> context = [] {
    std::unique_ptr<secp256k1_context, ContextDeleter> made(secp256k1_context_create(SECP256K1_CONTEXT_SIGN));
    CHECK(made != nullptr);
    secp256k1_context_set_illegal_callback(made.get(), on_illegal_argument, nullptr);
    std::array<Byte, 32> seed;
    CHECK(fill_random(seed).has_value());
    CHECK(secp256k1_context_randomize(made.get(), seed.data()) == 1);
    OPENSSL_cleanse(seed.data(), seed.size());
    return made;
  }();
  return context.get();
}

bool parse_point(const PublicKey& key, secp256k1_pubkey& point) {
  const Byte form = key.array()[0];
  if (form != 0x02 && form != 0x03) return false;
  return secp256k1_ec_pubkey_parse(secp256k1_context_static, &point, key.array().data(), key.size) == 1;
}

// The points of keys that signed before, in this thread: who signs once mostly signs again, and finding the point of a
// compressed key is a seventh of the cost of a check. Each key has one place, and the newest one there has it.
const secp256k1_pubkey* point_of(const PublicKey& key) {
  struct Entry {
    PublicKey key;  // all zero, which is no key: the place is free
    secp256k1_pubkey point;
  };
  constexpr std::size_t places = 1'024;
  thread_local std::vector<Entry> entries(places);
  Entry& entry = entries[(key.array()[1] << 8 | key.array()[2]) % places];
  if (entry.key == key && key.array()[0] != 0) return &entry.point;
  entry.key = PublicKey();
  if (!parse_point(key, entry.point)) return nullptr;
  entry.key = key;
  return &entry.point;
}

// The keyed-hash scheme: the "secret" only makes keys differ; a signature is H(key ‖ digest), twice under two counters.
Signature keyed_hash(const PublicKey& key, const Hash256& digest) {
  Signature signature;
  for (Byte half = 0; half < 2; ++half) {
    const Hash256 hash =
        Hasher(Tag::simulated_key).update(key).update(digest).update(ByteView(&half, 1)).finish();
    std::copy(hash.array().begin(), hash.array().end(), signature.array().begin() + 32 * half);
  }
  return signature;
}

}  // namespace

Result<SecretKey> SecretKey::from(ByteView bytes) {
  if (bytes.size() != size) return fail(ErrorCode::malformed, "secret key: ", bytes.size(), " bytes, must be ", size);
  if (secp256k1_ec_seckey_verify(secp256k1_context_static, bytes.data()) != 1) {
    return fail(ErrorCode::out_of_range, "secret key: zero, or not below the order of the curve");
  }
  SecretKey key;
  std::copy(bytes.begin(), bytes.end(), key.bytes_.begin());
  return key;
}

Result<SecretKey> SecretKey::generate() {
  std::array<Byte, size> bytes;
  for (;;) {
    TRY(fill_random(bytes));
    auto key = from(bytes);
    if (key) {
      OPENSSL_cleanse(bytes.data(), bytes.size());
      return key;
    }
  }
}

SecretKey::SecretKey(SecretKey&& other) noexcept : bytes_(other.bytes_) {
  OPENSSL_cleanse(other.bytes_.data(), other.bytes_.size());
}

SecretKey& SecretKey::operator=(SecretKey&& other) noexcept {
  if (this == &other) return *this;
  bytes_ = other.bytes_;
  OPENSSL_cleanse(other.bytes_.data(), other.bytes_.size());
  return *this;
}

SecretKey::~SecretKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

PublicKey public_key_of(SignatureScheme scheme, const SecretKey& key) {
  PublicKey public_key;
  if (scheme == SignatureScheme::keyed_hash) {
    const Hash256 hash = tagged_hash(Tag::simulated_key, key.view());
    public_key.array()[0] = 0x02;
    std::copy(hash.array().begin(), hash.array().end(), public_key.array().begin() + 1);
    return public_key;
  }
  secp256k1_pubkey point;
  CHECK(secp256k1_ec_pubkey_create(signing_context(), &point, key.view().data()) == 1);
  std::size_t length = public_key.size;
  secp256k1_ec_pubkey_serialize(secp256k1_context_static, public_key.array().data(), &length, &point,
                                SECP256K1_EC_COMPRESSED);
  CHECK(length == public_key.size);
  return public_key;
}

bool is_valid(SignatureScheme scheme, const PublicKey& key) {
  if (scheme == SignatureScheme::keyed_hash) return key.array()[0] == 0x02;
  secp256k1_pubkey point;
  return parse_point(key, point);
}

Signature sign(SignatureScheme scheme, const SecretKey& key, const Hash256& digest) {
  if (scheme == SignatureScheme::keyed_hash) return keyed_hash(public_key_of(scheme, key), digest);
  secp256k1_ecdsa_signature parsed;
  CHECK(secp256k1_ecdsa_sign(signing_context(), &parsed, digest.array().data(), key.view().data(),
                             secp256k1_nonce_function_rfc6979, nullptr) == 1);
  Signature signature;
  secp256k1_ecdsa_signature_serialize_compact(secp256k1_context_static, signature.array().data(), &parsed);
  return signature;
}

bool verify(SignatureScheme scheme, const PublicKey& key, const Hash256& digest, const Signature& signature) {
  if (scheme == SignatureScheme::keyed_hash) return signature == keyed_hash(key, digest);
  const secp256k1_pubkey* const point = point_of(key);
  if (point == nullptr) return false;
  secp256k1_ecdsa_signature parsed;
  if (secp256k1_ecdsa_signature_parse_compact(secp256k1_context_static, &parsed, signature.array().data()) != 1) {
    return false;
  }
  // Accepts low s only; the input is never normalised, or one signature would have two encodings.
  return secp256k1_ecdsa_verify(secp256k1_context_static, &parsed, digest.array().data(), point) == 1;
}

Result<void> fill_random(std::span<Byte> bytes) {
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t count = getrandom(bytes.data() + filled, bytes.size() - filled, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return fail(ErrorCode::io, "random numbers: ", std::strerror(errno));
    filled += static_cast<std::size_t>(count);
  }
  return {};
}

}  // namespace kanhe
