// Batch file: all documents of a batch with their salts, in one file, from which each bundle is handed out.
//
// An issuer's result: what the ledger cannot give back. It is written once, in large pieces, and durable before the
// root is sent (cli/cert_batch.h); a batch of a million is one file and one sync. Who needs the bundle of one
// certificate asks the file for it: the index leads to the document, the leaves to its path. Nothing is believed: a
// bundle leaves the file only when its document is at its place under the root, and check_whole() looks at all of them.
//
// Layout: batch_file_mark; an entry for each document, u32 length and canonical BatchEntry; the leaf hashes, 32 bytes
// each; the offsets of the entries, u64 each; the slots of the index (certs/batch_index.h), u32 each; the canonical
// BatchFileTail; its length, u32. All integers little-endian. A file without its tail was not finished.
//
// Thread: any; a BatchFile is immutable. Lifetime: it reads the bytes that it was given. Limits: batch_count_max
// documents. Errors: malformed, those of decode(); bad_proof (a document that the root does not hold); unknown (no such
// certificate). Format: docs/formats.md section 18.
#pragma once

#include "certs/bundle.h"

namespace kanhe::certs {

inline constexpr std::string_view batch_file_mark = "kanhe batch 1\n";
inline constexpr std::size_t batch_source_bytes_max = 4'096;

// Which of the issuer's rows or files a document was made from: "rows.jsonl:12".
using BatchSourceName = PlainText<batch_source_bytes_max>;

// A document without what follows from the rest: its commitments.
struct BatchEntry {
  BatchSourceName source;
  CertificateId id;
  contracts::certificate::HolderCommitment holder;
  HolderOpening holder_opening;
  List<FieldOpening, fields_max> fields;
  List<contracts::certificate::FileDigest, contracts::certificate::files_max> files;
  std::optional<Timestamp> valid_from_ms;
  std::optional<Timestamp> valid_until_ms;
};
BOOST_DESCRIBE_STRUCT(BatchEntry, (),
                      (source, id, holder, holder_opening, fields, files, valid_from_ms, valid_until_ms))

// Requires: the document hides nothing.
BatchEntry batch_entry_of(BatchSourceName source, const Document& document);
Document document_of(const BatchEntry& entry);

struct BatchFileTail {
  FormatVersion<1> version;
  ChainId chain_id;
  contracts::certificate::TypeCode type;
  contracts::certificate::SerialPrefix prefix;
  LogRoot root;
  Count count;
  Total entries_bytes;
};
BOOST_DESCRIBE_STRUCT(BatchFileTail, (), (version, chain_id, type, prefix, root, count, entries_bytes))

class BatchFile {
 public:
  // Looks at the tail and the sizes only. Errors: malformed, those of decode().
  static Result<BatchFile> from(ByteView file);

  const BatchFileTail& tail() const { return tail_; }
  std::uint32_t count() const { return tail_.count.value(); }

  // Requires: index < count(). Errors: malformed, those of decode().
  Result<BatchEntry> entry(std::uint32_t index) const;
  // The place of a certificate. Errors: unknown.
  Result<std::uint32_t> find(const CertificateId& id) const;
  // The tree over the stored leaves. Errors: bad_proof, when its root is not that of the tail.
  Result<BatchTree> tree() const;
  // Without evidence. Requires: index < count(); the file's own tree. Errors: as entry(); bad_proof.
  Result<Bundle> bundle(std::uint32_t index, const BatchTree& tree) const;
  // Whether the file holds what the root does: `seen`, where given, hears the number of each document that does.
  Result<void> check_whole(const std::function<void(std::uint32_t)>& seen = {}) const;

 private:
  BatchFile(ByteView file, BatchFileTail tail);
  ByteView entry_bytes(std::uint32_t index) const;  // empty where the offset leads nowhere

  BatchFileTail tail_;
  ByteView file_;
  ByteView leaves_;
  ByteView offsets_;
  ByteView slots_;
};

}  // namespace kanhe::certs
