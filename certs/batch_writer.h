// Batch writer: from documents or rows to a batch file, its root and its leaves, at one pass and with little memory.
//
// A document that was made in the usual way is added as it is. A row (certs/batch_row.h) is added without one: its
// salts come from a stock of random bytes that is filled in large pieces, and its entry is written where it stays,
// hashed there and forgotten. That path knows no rules of its own. It takes a row only when a document with the same
// paths and kinds was added before, and an identifier that differs from a good one in its serial and check character
// alone; the rest it leaves to the caller, who makes a document of it. So whoever looks at documents before adding them
// (at a schema, say) has looked at the rows too.
//
// The entry of a row is written field by field, a second description of BatchEntry and BatchLeaf: with documents and
// encode() a row costs twice as much.
// Test: batch_writer_tests/a_row_becomes_what_its_document_would
//
// Thread: one. Limits: batch_count_max documents. Memory: 90 bytes a document, and a piece of the file.
// Errors: malformed (no member of the batch), duplicate (an id), out_of_range (too many). What the sink throws passes
// through; the writer is then of no use. Format: docs/formats.md section 18.
#pragma once

#include "certs/batch_file.h"
#include "certs/batch_index.h"
#include "certs/batch_row.h"

namespace kanhe::certs {

inline constexpr std::size_t batch_piece_bytes = 1'024 * 1'024;
inline constexpr std::size_t salt_stock_bytes = 64 * 1'024;
// So many sets of paths and kinds are remembered; rows of others become documents first.
inline constexpr std::size_t batch_forms_max = 16;

// Random bytes, taken from a source in large pieces and given out once each.
class SaltStock {
 public:
  explicit SaltStock(RandomBytes source) : source_(std::move(source)), stock_(salt_stock_bytes), used_(stock_.size()) {}
  // Requires: at most salt_stock_bytes.
  void fill(std::span<Byte> target);

 private:
  const RandomBytes source_;
  Bytes stock_;
  std::size_t used_;
};

class BatchWriter {
 public:
  // Takes the next piece of the file.
  using Sink = std::function<void(ByteView)>;

  BatchWriter(const ChainId& chain_id, const contracts::certificate::TypeCode& type,
              const contracts::certificate::SerialPrefix& prefix, Sink sink, RandomBytes random = fill_from_system);
  BatchWriter(const BatchWriter&) = delete;
  BatchWriter& operator=(const BatchWriter&) = delete;

  // For make_document(): the salts come from the stock.
  SaltStock& salts() { return salts_; }
  std::size_t count() const { return leaves_.size(); }
  // Of the first good document: type, issuer and prefix.
  const std::optional<contracts::certificate::BatchKey>& key() const { return key_; }

  // Whether the identifier may be the next member: the first one decides who the issuer is. Errors: malformed.
  Result<void> check_id(const CertificateId& id) const;
  // Requires: check_document_form() is content, and nothing is hidden. Errors: as above; nothing was added then.
  Result<void> add(std::string_view source, const Document& document);
  // Adds a row, or answers false: a document has to be made of it. Errors: as add().
  Result<bool> add_row(std::string_view source, const BatchRow& row);
  // Writes what is left. Requires: called once, last. Errors: out_of_range (no document).
  Result<BatchTree> finish();

 private:
  struct FieldForm {
    std::string path;
    contracts::certificate::FieldKind kind;
  };
  using Form = std::vector<FieldForm>;

  Result<contracts::certificate::BatchKey> key_with(const CertificateId& id) const;
  void learn_head();
  void learn_form(const Document& document);
  bool is_known_form(const BatchRow& row) const;
  // The serial of an identifier like those before, if it is a good one; else empty.
  std::string_view serial_of(std::string_view id) const;
  Result<void> enter(std::string_view serial, std::string_view id);
  Result<void> check_room(std::string_view source) const;
  void write_row(std::string_view source, const BatchRow& row);
  void pass_on();

  const BatchFileTail tail_;  // what is known before the end
  const Sink sink_;
  SaltStock salts_;
  std::optional<contracts::certificate::BatchKey> key_;
  std::string id_head_;           // what all identifiers begin with, up to the prefix
  std::size_t serial_at_ = 0;     // where the serial begins in it
  std::size_t head_product_ = 0;  // of the check character, after the head
  std::vector<Form> forms_;
  BatchIndex index_;
  std::vector<Hash256> leaves_;
  std::vector<std::uint64_t> offsets_;
  std::vector<Hash256> commitments_;
  Bytes piece_;
  std::uint64_t passed_on_ = 0;
};

}  // namespace kanhe::certs
