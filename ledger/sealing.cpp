#include "ledger/sealing.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "ledger/check.h"

namespace kanhe {
namespace {

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

int length_of(ByteView bytes) { return static_cast<int>(bytes.size()); }

}  // namespace

Result<SealingKey> SealingKey::from(ByteView bytes) {
  if (bytes.size() != size) return fail(ErrorCode::malformed, bytes.size(), " bytes, a sealing key has ", size);
  SealingKey key;
  std::ranges::copy(bytes, key.bytes_.begin());
  return key;
}

SealingKey::SealingKey(SealingKey&& other) noexcept : bytes_(other.bytes_) {
  OPENSSL_cleanse(other.bytes_.data(), size);
}

SealingKey& SealingKey::operator=(SealingKey&& other) noexcept {
  if (this == &other) return *this;
  bytes_ = other.bytes_;
  OPENSSL_cleanse(other.bytes_.data(), size);
  return *this;
}

SealingKey::~SealingKey() { OPENSSL_cleanse(bytes_.data(), size); }

Result<void> seal(const SealingKey& key, SealNonce nonce, ByteView covered, ByteView plain, std::span<Byte> sealed) {
  CHECK(sealed.size() == plain.size() + seal_tag_bytes);
  Byte* const tag = sealed.data() + plain.size();
  int size = 0;
  const Cipher cipher(EVP_CIPHER_CTX_new());
  const bool good =
      cipher != nullptr &&
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.view().data(), nonce.data()) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, covered.data(), length_of(covered)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), sealed.data(), &size, plain.data(), length_of(plain)) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), tag, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, seal_tag_bytes, tag) == 1;
  if (!good) return fail(ErrorCode::io, "could not be encrypted: out of memory");
  return {};
}

Result<void> unseal(const SealingKey& key, SealNonce nonce, ByteView covered, ByteView sealed, std::span<Byte> plain) {
  CHECK(sealed.size() == plain.size() + seal_tag_bytes);
  const ByteView hidden = sealed.first(plain.size());
  Bytes tag = to_bytes(sealed.subspan(plain.size()));
  std::array<Byte, seal_tag_bytes> rest{};  // GCM has none
  int size = 0;
  const Cipher cipher(EVP_CIPHER_CTX_new());
  if (cipher == nullptr) return fail(ErrorCode::io, "could not be opened: out of memory");
  const bool good =
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.view().data(), nonce.data()) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, covered.data(), length_of(covered)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), plain.data(), &size, hidden.data(), length_of(hidden)) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, seal_tag_bytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), rest.data(), &size) == 1;
  if (!good) return fail(ErrorCode::not_authorised, "does not open: another key, or altered");
  return {};
}

}  // namespace kanhe
