// OpenSSL's low-level SHA-256 is used on purpose, although OpenSSL 3 calls it deprecated: its state is a plain value,
// so midstates are copied without an allocation, and short messages cost a third of what EVP's one-shot calls cost.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "ledger/hash.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <cstring>

namespace kanhe {
namespace {

constexpr std::array<std::string_view, tag_count> tag_texts = {
    "kanhe/genesis/v1",     "kanhe/transaction/v1", "kanhe/body/v1",          "kanhe/header/v1",
    "kanhe/proposal/v1",    "kanhe/validators/v1",  "kanhe/checkpoint/v1",    "kanhe/prepare/v1",
    "kanhe/view-change/v1", "kanhe/new-view/v1",    "kanhe/status/v1",        "kanhe/vote-report/v1",
    "kanhe/state-key/v1",   "kanhe/state-value/v1", "kanhe/state-leaf/v1",    "kanhe/state-node/v1",
    "kanhe/trace/v1",       "kanhe/field/v1",       "kanhe/document-leaf/v1", "kanhe/document-node/v1",
    "kanhe/party/v1",       "kanhe/query/v1",       "kanhe/package-item/v1",  "kanhe/call/v1",
    "kanhe/stamp/v1",       "kanhe/simulated-key/v1",
};

SHA256_CTX start_with(std::string_view tag) {
  const Hash256 tag_hash = sha256(as_bytes(tag));
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, tag_hash.array().data(), tag_hash.size);
  SHA256_Update(&context, tag_hash.array().data(), tag_hash.size);
  return context;
}

std::array<SHA256_CTX, tag_count> make_midstates() {
  std::array<SHA256_CTX, tag_count> midstates;
  for (std::size_t i = 0; i < tag_count; ++i) midstates[i] = start_with(tag_texts[i]);
  return midstates;
}

const SHA256_CTX& midstate(Tag tag) {
  static const auto midstates = make_midstates();
  return midstates[static_cast<std::size_t>(tag)];
}

}  // namespace

std::string_view tag_text(Tag tag) { return tag_texts[static_cast<std::size_t>(tag)]; }

Hasher::Hasher() {
  static_assert(sizeof(SHA256_CTX) <= sizeof(state_));
  SHA256_Init(reinterpret_cast<SHA256_CTX*>(state_.data()));
}

Hasher::Hasher(Tag tag) { std::memcpy(state_.data(), &midstate(tag), sizeof(SHA256_CTX)); }

Hasher& Hasher::update(ByteView bytes) {
  SHA256_Update(reinterpret_cast<SHA256_CTX*>(state_.data()), bytes.data(), bytes.size());
  return *this;
}

Hash256 Hasher::finish() {
  Hash256 hash;
  SHA256_Final(hash.array().data(), reinterpret_cast<SHA256_CTX*>(state_.data()));
  return hash;
}

Hash256 sha256(ByteView bytes) { return Hasher().update(bytes).finish(); }
Hash256 tagged_hash(Tag tag, ByteView bytes) { return Hasher(tag).update(bytes).finish(); }
Hash256 tagged_hash(Tag tag, ByteView first, ByteView second) {
  return Hasher(tag).update(first).update(second).finish();
}

Hash256 hmac_sha256(ByteView key, ByteView bytes) {
  constexpr std::size_t block_bytes = 64;
  std::array<Byte, block_bytes> block{};
  if (key.size() > block_bytes) {
    const Hash256 hashed = sha256(key);
    std::copy(hashed.array().begin(), hashed.array().end(), block.begin());
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  std::array<Byte, block_bytes> inner = block;
  std::array<Byte, block_bytes> outer = block;
  for (Byte& byte : inner) byte ^= 0x36;
  for (Byte& byte : outer) byte ^= 0x5c;
  const Hash256 inner_hash = Hasher().update(inner).update(bytes).finish();
  const Hash256 hash = Hasher().update(outer).update(inner_hash).finish();
  OPENSSL_cleanse(block.data(), block.size());
  OPENSSL_cleanse(inner.data(), inner.size());
  OPENSSL_cleanse(outer.data(), outer.size());
  return hash;
}

}  // namespace kanhe
