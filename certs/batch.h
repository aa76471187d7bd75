// Batch: many documents under one RFC 6962 root, so that one transaction issues a million certificates and each still
// proves itself alone.
//
// A leaf is everything that the ledger would otherwise hold of the certificate: id, holder, content root, files, dates.
// The place of a document (index and path) goes into its bundle; the root stands on the ledger under the batch's serial
// prefix, which all its serials begin with. A member is edition 001.
//
// Thread: any; a BatchTree is immutable. Limits: batch_count_max documents. Memory: 64 bytes a document.
// Errors: malformed, out_of_range, duplicate, bad_proof. Format: docs/formats.md section 18.
#pragma once

#include "certs/document.h"
#include "ledger/merkle.h"

namespace kanhe::certs {

inline constexpr std::size_t batch_count_max = 1'048'576;

// What identifies a document within its batch.
struct BatchLeaf {
  FormatVersion<1> version;
  CertificateId id;
  contracts::certificate::HolderCommitment holder;
  contracts::certificate::ContentRoot content_root;
  List<contracts::certificate::FileDigest, contracts::certificate::files_max> files;
  std::optional<Timestamp> valid_from_ms;
  std::optional<Timestamp> valid_until_ms;
};
BOOST_DESCRIBE_STRUCT(BatchLeaf, (), (version, id, holder, content_root, files, valid_from_ms, valid_until_ms))

// Where a document stands in its batch.
struct BatchPlace {
  contracts::certificate::SerialPrefix prefix;
  std::uint32_t index = 0;
  Count count;
  LogPath path;
  friend bool operator==(const BatchPlace&, const BatchPlace&) = default;
};
BOOST_DESCRIBE_STRUCT(BatchPlace, (), (prefix, index, count, path))

BatchLeaf batch_leaf_of(const Document& document);
Hash256 batch_leaf_hash(const BatchLeaf& leaf);

// The tree over a batch's leaves, with every inner node, so that each path costs its own length only.
class BatchTree {
 public:
  // Errors: out_of_range (no document, or too many).
  static Result<BatchTree> from(const std::vector<Hash256>& leaves);

  LogRoot root() const { return root_; }
  Count count() const { return Count(static_cast<std::uint32_t>(levels_.front().size())); }
  // Requires: index < count().
  LogPath path(std::uint32_t index) const;

 private:
  explicit BatchTree(const std::vector<Hash256>& leaves);
  std::vector<std::vector<Hash256>> levels_;  // complete subtrees: levels_[l][i] covers leaves [i << l, (i + 1) << l)
  LogRoot root_;
};

// Whether a document may be a member of the batch of this type, issuer and prefix: a good id of edition 001 with a
// longer serial that begins with the prefix. Errors: malformed; the text names the rule.
Result<void> check_member(const contracts::certificate::BatchKey& batch, const CertificateId& id);

// Whether the document is at its place under the root. Errors: bad_proof, out_of_range.
Result<void> check_place(const Document& document, const BatchPlace& place, const LogRoot& root);

// What the ledger is told.
contracts::certificate::IssueBatchArguments issue_batch_arguments_of(
    const contracts::certificate::TypeCode& type, const contracts::certificate::SerialPrefix& prefix,
    const BatchTree& tree);

}  // namespace kanhe::certs
