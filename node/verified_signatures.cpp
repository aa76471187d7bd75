#include "node/verified_signatures.h"

namespace kanhe::node {
namespace {

// All three have a fixed length, so that their bytes in a row name them.
Hash256 entry_of(const PublicKey& key, const Hash256& digest, const Signature& signature) {
  Bytes bytes;
  bytes.reserve(PublicKey::size + Hash256::size + Signature::size);
  append(bytes, key);
  append(bytes, digest);
  append(bytes, signature);
  return sha256(bytes);
}

}  // namespace

bool VerifiedSignatures::verify(SignatureScheme scheme, const PublicKey& key, const Hash256& digest,
                                const Signature& signature) {
  const Hash256 entry = entry_of(key, digest, signature);
  if (knows(entry)) return true;
  if (!kanhe::verify(scheme, key, digest, signature)) return false;
  remember(entry);
  return true;
}

bool VerifiedSignatures::knows(const Hash256& entry) {
  const std::lock_guard lock(mutex_);
  if (!newer_.contains(entry) && !older_.contains(entry)) return false;
  ++hits_;
  return true;
}

void VerifiedSignatures::remember(const Hash256& entry) {
  const std::lock_guard lock(mutex_);
  if (newer_.size() >= entries_max_) {
    older_ = std::move(newer_);
    newer_ = {};
  }
  newer_.insert(entry);
}

SignatureCheck check_with(std::shared_ptr<VerifiedSignatures> verified, SignatureScheme scheme) {
  return [verified = std::move(verified), scheme](const PublicKey& key, const Hash256& digest,
                                                  const Signature& signature) {
    return verified->verify(scheme, key, digest, signature);
  };
}

std::uint64_t VerifiedSignatures::hits() const {
  const std::lock_guard lock(mutex_);
  return hits_;
}

}  // namespace kanhe::node
