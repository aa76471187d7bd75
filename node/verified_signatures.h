// Verified signatures: a memory of those that were found good a moment ago.
//
// A vote is checked when it arrives, and again inside every prepared proof, seal, ViewChange and NewView that quotes it
// [4.4]. What is asked for a second time is answered from memory, so that a change of view costs a lookup for each
// quoted vote instead of a signature check. Only good signatures are remembered, under a hash of key, digest and
// signature together: nothing that was not verified as it stands can be found here.
//
// Owner: shared by all that check for one replica. Thread: any, several at once. Limit: two generations of entries_max
// hashes of 32 bytes; when the newer one is full it becomes the older one, which is forgotten.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_set>

#include "ledger/checkpoint.h"

namespace kanhe::node {

// Some windows of votes at 100 validators.
inline constexpr std::size_t verified_signatures_max = 32'768;

class VerifiedSignatures {
 public:
  explicit VerifiedSignatures(std::size_t entries_max = verified_signatures_max) : entries_max_(entries_max) {}

  // Whether the signature is good. Cost: one hash if it was verified lately, one signature check and a hash if not.
  bool verify(SignatureScheme scheme, const PublicKey& key, const Hash256& digest, const Signature& signature);

  // How many were answered from memory.
  std::uint64_t hits() const;

 private:
  using Generation = std::unordered_set<Hash256, LastBytesHash>;

  bool knows(const Hash256& entry);
  void remember(const Hash256& entry);

  const std::size_t entries_max_;
  mutable std::mutex mutex_;  // guards everything below
  Generation newer_;
  Generation older_;
  std::uint64_t hits_ = 0;
};

// For consensus::Scheme::is_good. Lifetime: keeps the memory.
SignatureCheck check_with(std::shared_ptr<VerifiedSignatures> verified, SignatureScheme scheme);

}  // namespace kanhe::node
