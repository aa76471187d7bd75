#include "certs/batch_file.h"

#include "certs/batch_index.h"
#include "ledger/codec_impl.h"

namespace kanhe {

template Bytes encode(const certs::BatchEntry&);
template Result<certs::BatchEntry> decode(ByteView);
template Bytes encode(const certs::BatchFileTail&);
template Result<certs::BatchFileTail> decode(ByteView);

}  // namespace kanhe

namespace kanhe::certs {
namespace {

constexpr std::size_t length_bytes = 4;
constexpr std::size_t offset_bytes = 8;
constexpr std::size_t slot_bytes = 4;

std::uint64_t number_at(ByteView bytes, std::size_t at, std::size_t width) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < width; ++i) number |= std::uint64_t{bytes[at + i]} << (8 * i);
  return number;
}

Error malformed(std::string_view what) { return fail(ErrorCode::malformed, "batch file: ", what); }

}  // namespace

BatchEntry batch_entry_of(BatchSourceName source, const Document& document) {
  CHECK(document.holder_opening.has_value());
  BatchEntry entry{std::move(source), document.id,    document.holder,        *document.holder_opening,
                   {},                document.files, document.valid_from_ms, document.valid_until_ms};
  for (const DocumentField& field : document.fields) {
    CHECK(field.opening.has_value());
    entry.fields.push_back(*field.opening);
  }
  return entry;
}

Document document_of(const BatchEntry& entry) {
  Document document{{}, entry.id,    entry.holder,        entry.holder_opening,
                    {}, entry.files, entry.valid_from_ms, entry.valid_until_ms};
  for (const FieldOpening& opening : entry.fields) document.fields.push_back({commitment_of(opening), opening});
  return document;
}

Result<BatchFile> BatchFile::from(ByteView file) {
  if (!as_text(file).starts_with(batch_file_mark)) return malformed("does not begin as one");
  const std::size_t room = file.size() - batch_file_mark.size();
  const std::size_t tail_bytes = room < length_bytes ? 0 : number_at(file, file.size() - length_bytes, length_bytes);
  if (room < length_bytes || tail_bytes > room - length_bytes) return malformed("was not finished");
  auto tail = TRY(decode<BatchFileTail>(file.subspan(file.size() - length_bytes - tail_bytes, tail_bytes)));
  const std::size_t count = tail.count.value();
  if (count == 0 || count > batch_count_max) return malformed("its tail names a wrong number of documents");
  const std::size_t tables = count * (Hash256::size + offset_bytes) + batch_slots_of(count) * slot_bytes;
  if (room != tail.entries_bytes.value() + tables + tail_bytes + length_bytes) {
    return malformed("has another length than its tail says");
  }
  return BatchFile(file, std::move(tail));
}

// Requires: the sizes are right.
BatchFile::BatchFile(ByteView file, BatchFileTail tail) : tail_(std::move(tail)) {
  file_ = file.first(batch_file_mark.size() + tail_.entries_bytes.value());
  const ByteView tables = file.subspan(file_.size());
  leaves_ = tables.first(count() * Hash256::size);
  offsets_ = tables.subspan(leaves_.size(), count() * offset_bytes);
  slots_ = tables.subspan(leaves_.size() + offsets_.size(), batch_slots_of(count()) * slot_bytes);
}

ByteView BatchFile::entry_bytes(std::uint32_t index) const {
  CHECK(index < count());
  const std::uint64_t offset = number_at(offsets_, index * offset_bytes, offset_bytes);
  if (offset > file_.size() || file_.size() - offset < length_bytes) return {};
  const std::uint64_t length = number_at(file_, offset, length_bytes);
  if (length > file_.size() - offset - length_bytes) return {};
  return file_.subspan(offset + length_bytes, length);
}

Result<BatchEntry> BatchFile::entry(std::uint32_t index) const {
  auto entry = decode<BatchEntry>(entry_bytes(index));
  if (!entry.has_value()) return malformed("document " + std::to_string(index) + ": " + entry.error().text);
  return entry;
}

Result<std::uint32_t> BatchFile::find(const CertificateId& id) const {
  const auto unknown = [&] { return fail(ErrorCode::unknown, "batch file: holds no certificate ", id.str()); };
  const auto key = contracts::certificate::certificate_key_of(id);
  if (!key) return unknown();
  const std::string_view padded = as_text(key->serial.view());
  const std::size_t slots = slots_.size() / slot_bytes;
  std::size_t at = first_batch_slot(padded.substr(0, padded.find('\0')), slots);
  for (std::size_t tried = 0; tried < slots; ++tried, at = (at + 1) % slots) {
    const std::uint64_t place = number_at(slots_, at * slot_bytes, slot_bytes);
    if (place == 0 || place > count()) break;
    const auto index = static_cast<std::uint32_t>(place - 1);
    const auto found = entry(index);
    if (found.has_value() && found->id == id) return index;
  }
  return unknown();
}

Result<BatchTree> BatchFile::tree() const {
  std::vector<Hash256> leaves(count());
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const ByteView leaf = leaves_.subspan(i * Hash256::size, Hash256::size);
    std::copy(leaf.begin(), leaf.end(), leaves[i].array().begin());
  }
  BatchTree tree = TRY(BatchTree::from(leaves));
  if (tree.root() != tail_.root) return fail(ErrorCode::bad_proof, "batch file: its leaves are not those of its root");
  return tree;
}

Result<Bundle> BatchFile::bundle(std::uint32_t index, const BatchTree& tree) const {
  Document document = document_of(TRY(entry(index)));
  TRY(check_document_form(document));
  BatchPlace place{tail_.prefix, index, tail_.count, tree.path(index)};
  TRY(check_place(document, place, tail_.root));
  return Bundle{{}, tail_.chain_id, std::move(document), std::move(place), {}};
}

Result<void> BatchFile::check_whole(const std::function<void(std::uint32_t)>& seen) const {
  TRY(tree());
  for (std::uint32_t i = 0; i < count(); ++i) {
    const Document document = document_of(TRY(entry(i)));
    TRY(check_document_form(document));
    const Hash256 leaf = batch_leaf_hash(batch_leaf_of(document));
    if (!std::ranges::equal(leaf.view(), leaves_.subspan(i * Hash256::size, Hash256::size))) {
      return fail(ErrorCode::bad_proof, "batch file: document ", i, " is not the one of its root");
    }
    if (seen) seen(i + 1);
  }
  return {};
}

}  // namespace kanhe::certs
