// A row's entry is written at the end of the piece and hashed where it stands: its openings lie there exactly as they
// are hashed.
#include "certs/batch_writer.h"

#include <algorithm>
#include <cstring>

#include "certs/content_tree.h"
#include "contracts/identifiers.h"
#include "ledger/codec.h"

namespace kanhe::certs {
namespace {

using contracts::certificate::BatchKey;
using contracts::certificate::FieldKind;

constexpr std::string_view edition_part = ".001.";
constexpr std::string_view holder_path = "holder";

// ISO 7064 MOD 37,36, continued character by character: see contracts/identifiers.cpp.
// Requires: 0-9 and A-Z.
std::size_t next_product(std::size_t product, std::string_view text) {
  for (const char c : text) {
    const auto value = static_cast<std::size_t>(c <= '9' ? c - '0' : c - 'A' + 10);
    product = (product + value) % 36;
    if (product == 0) product = 36;
    product = product * 2 % 37;
  }
  return product;
}

char check_character_of(std::size_t product) {
  const std::size_t value = (37 - product) % 36;
  return static_cast<char>(value < 10 ? '0' + value : 'A' + (value - 10));
}

// Writes canonical bytes into memory that is there already.
class Pen {
 public:
  explicit Pen(Byte* at) : at_(at) {}

  Byte* at() const { return at_; }
  Byte* leave(std::size_t bytes) { return std::exchange(at_, at_ + bytes); }
  template <std::unsigned_integral Integer>
  void number(Integer value) {
    for (std::size_t i = 0; i < sizeof value; ++i) at_[i] = static_cast<Byte>(value >> (8 * i));
    at_ += sizeof value;
  }
  void bytes(std::string_view bytes) {
    std::memcpy(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }
  void text(std::string_view text) {
    number(static_cast<std::uint32_t>(text.size()));
    bytes(text);
  }
  void moment(const std::optional<Timestamp>& moment) {
    number(std::uint8_t{moment.has_value()});
    if (moment) number(moment->value());
  }

 private:
  Byte* at_;
};

void put(Byte* at, const Hash256& hash) { std::memcpy(at, hash.array().data(), Hash256::size); }

ByteView between(const Byte* from, const Byte* to) { return {from, static_cast<std::size_t>(to - from)}; }

// At least what the entry of the row takes.
std::size_t room_for(std::string_view source, const BatchRow& row) {
  std::size_t room = 256 + source.size() + row.id.size();
  for (const BatchRowField& field : row.fields) room += 64 + field.path.size() + field.text.size();
  return room;
}

Hash256 holder_commitment(ByteView salt, const BatchRow& row) {
  std::array<Byte, 256> opening;
  Pen pen(opening.data());
  const std::string_view kind = enum_name(row.kind);
  pen.text(holder_path);
  pen.bytes(as_text(salt));
  pen.number(TextValue::variant_tag.number);
  pen.number(static_cast<std::uint32_t>(kind.size() + 1 + row.number.size()));
  pen.bytes(kind);
  pen.bytes(" ");
  pen.bytes(row.number);
  return tagged_hash(Tag::field, between(opening.data(), pen.at()));
}

Hash256 leaf_hash(const BatchRow& row, ByteView holder, const Hash256& content_root) {
  std::array<Byte, 256> leaf;
  Pen pen(leaf.data());
  pen.number(FormatVersion<1>::value);
  pen.text(row.id);
  pen.bytes(as_text(holder));
  pen.bytes(as_text(content_root.view()));
  pen.number(std::uint32_t{0});  // files
  pen.moment(row.valid_from_ms);
  pen.moment(row.valid_until_ms);
  return log_leaf_hash(between(leaf.data(), pen.at()));
}

template <class Integer>
void append_number(Bytes& target, Integer value) {
  std::array<Byte, sizeof value> bytes;
  Pen(bytes.data()).number(value);
  append(target, bytes);
}

}  // namespace

void SaltStock::fill(std::span<Byte> target) {
  CHECK(target.size() <= stock_.size());
  if (stock_.size() - used_ < target.size()) {
    source_(stock_);
    used_ = 0;
  }
  std::memcpy(target.data(), stock_.data() + used_, target.size());
  used_ += target.size();
}

BatchWriter::BatchWriter(const ChainId& chain_id, const contracts::certificate::TypeCode& type,
                         const contracts::certificate::SerialPrefix& prefix, Sink sink, RandomBytes random)
    : tail_{{}, chain_id, type, prefix, {}, {}, {}}, sink_(std::move(sink)), salts_(std::move(random)) {
  append(piece_, as_bytes(batch_file_mark));
}

// ---------------------------------------------------------------------------------------------------------------------
// Documents

Result<BatchKey> BatchWriter::key_with(const CertificateId& id) const {
  if (key_) return *key_;
  const auto parts = contracts::certificate::certificate_key_of(id);
  if (!parts) return fail(ErrorCode::malformed, "id: breaks a rule of certificate identifiers");
  return BatchKey{tail_.type, parts->issuer, contracts::certificate::padded(tail_.prefix.view())};
}

Result<void> BatchWriter::check_id(const CertificateId& id) const {
  const BatchKey key = TRY(key_with(id));
  return check_member(key, id);
}

Result<void> BatchWriter::check_room(std::string_view source) const {
  if (leaves_.size() >= batch_count_max) {
    return fail(ErrorCode::out_of_range, "batch: more than ", batch_count_max, " documents");
  }
  if (source.size() > batch_source_bytes_max || !is_plain_text(source)) {
    return fail(ErrorCode::malformed, "batch: the name of a source is too long or no plain text");
  }
  return {};
}

Result<void> BatchWriter::enter(std::string_view serial, std::string_view id) {
  if (!index_.insert(serial)) return fail(ErrorCode::duplicate, "id: stands twice in the batch: ", id);
  offsets_.push_back(passed_on_ + piece_.size());
  return {};
}

Result<void> BatchWriter::add(std::string_view source, const Document& document) {
  TRY(check_room(source));
  const BatchKey key = TRY(key_with(document.id));
  TRY(check_member(key, document.id));
  TRY(enter(contracts::read_certificate_id(document.id.view()).parts->serial, document.id.view()));
  const Bytes entry = encode(batch_entry_of(TRY(BatchSourceName::from(source)), document));
  append_number(piece_, static_cast<std::uint32_t>(entry.size()));
  append(piece_, entry);
  leaves_.push_back(batch_leaf_hash(batch_leaf_of(document)));
  if (!key_) {
    key_ = key;
    learn_head();
  }
  learn_form(document);
  pass_on();
  return {};
}

void BatchWriter::learn_head() {
  const std::string_view type = key_->type.view();
  const std::string_view issuer = key_->issuer.view();
  for (const std::string_view part : {contracts::certificate_root, type, issuer}) id_head_.append(part).append(".");
  serial_at_ = id_head_.size();
  id_head_.append(tail_.prefix.view());
  head_product_ = next_product(next_product(36, type), issuer);
}

void BatchWriter::learn_form(const Document& document) {
  if (forms_.size() == batch_forms_max || !document.files.empty()) return;
  Form form;
  BatchRow row;
  for (const DocumentField& field : document.fields) {
    if (!field.opening) return;
    const auto kind = static_cast<FieldKind>(
        std::visit([]<class T>(const T&) { return T::variant_tag.number; }, field.opening->value));
    if (kind != FieldKind::text && kind != FieldKind::integer && kind != FieldKind::date) return;
    form.push_back({field.opening->path.str(), kind});
    row.fields.push_back({field.opening->path.view(), kind, {}});
  }
  if (!is_known_form(row)) forms_.push_back(std::move(form));
}

// ---------------------------------------------------------------------------------------------------------------------
// Rows

bool BatchWriter::is_known_form(const BatchRow& row) const {
  const auto is_of = [](const BatchRowField& field, const FieldForm& form) {
    return field.kind == form.kind && field.path == form.path;
  };
  return std::ranges::any_of(forms_, [&](const Form& form) { return std::ranges::equal(row.fields, form, is_of); });
}

std::string_view BatchWriter::serial_of(std::string_view id) const {
  const std::size_t end_bytes = edition_part.size() + 1;
  if (!key_ || !id.starts_with(id_head_) || id.size() <= id_head_.size() + end_bytes) return {};
  const std::string_view serial = id.substr(serial_at_, id.size() - serial_at_ - end_bytes);
  if (serial.size() > contracts::serial_bytes_max || !contracts::is_upper_alphanumeric(serial)) return {};
  if (id.substr(serial_at_ + serial.size(), edition_part.size()) != edition_part) return {};
  const std::size_t product = next_product(next_product(head_product_, serial), "001");
  return id.back() == check_character_of(product) ? serial : std::string_view();
}

Result<bool> BatchWriter::add_row(std::string_view source, const BatchRow& row) {
  const std::string_view serial = serial_of(row.id);
  if (serial.empty() || !is_known_form(row)) return false;
  if (row.valid_from_ms && row.valid_until_ms && *row.valid_from_ms >= *row.valid_until_ms) return false;
  TRY(check_room(source));
  TRY(enter(serial, row.id));
  write_row(source, row);
  pass_on();
  return true;
}

void BatchWriter::write_row(std::string_view source, const BatchRow& row) {
  const std::size_t begin = piece_.size();
  piece_.resize(begin + room_for(source, row));
  Pen pen(piece_.data() + begin);
  Byte* const length = pen.leave(sizeof(std::uint32_t));
  pen.text(source);
  pen.text(row.id);
  Byte* const holder = pen.leave(Hash256::size);
  pen.number(static_cast<std::uint8_t>(row.kind));
  Byte* const holder_salt = pen.leave(FieldSalt::size);
  salts_.fill({holder_salt, FieldSalt::size});
  put(holder, holder_commitment({holder_salt, FieldSalt::size}, row));
  pen.number(static_cast<std::uint32_t>(row.fields.size()));
  commitments_.clear();
  for (const BatchRowField& field : row.fields) {
    const Byte* const opening = pen.at();
    pen.text(field.path);
    salts_.fill({pen.leave(FieldSalt::size), FieldSalt::size});
    pen.number(static_cast<std::uint8_t>(field.kind));
    pen.text(field.text);
    commitments_.push_back(tagged_hash(Tag::field, between(opening, pen.at())));
  }
  pen.number(std::uint32_t{0});  // files
  pen.moment(row.valid_from_ms);
  pen.moment(row.valid_until_ms);
  Pen(length).number(static_cast<std::uint32_t>(pen.at() - length - sizeof(std::uint32_t)));
  leaves_.push_back(leaf_hash(row, {holder, Hash256::size}, content_tree_root(commitments_)));
  piece_.resize(static_cast<std::size_t>(pen.at() - piece_.data()));
}

// ---------------------------------------------------------------------------------------------------------------------
// The file

void BatchWriter::pass_on() {
  if (piece_.size() < batch_piece_bytes) return;
  sink_(piece_);
  passed_on_ += piece_.size();
  piece_.clear();
}

Result<BatchTree> BatchWriter::finish() {
  BatchTree tree = TRY(BatchTree::from(leaves_));
  BatchFileTail tail = tail_;
  tail.root = tree.root();
  tail.count = tree.count();
  tail.entries_bytes = Total(passed_on_ + piece_.size() - batch_file_mark.size());
  for (const Hash256& leaf : leaves_) append(piece_, leaf);
  for (const std::uint64_t offset : offsets_) append_number(piece_, offset);
  for (const std::uint32_t slot : index_.slots()) append_number(piece_, slot);
  const Bytes tail_bytes = encode(tail);
  append(piece_, tail_bytes);
  append_number(piece_, static_cast<std::uint32_t>(tail_bytes.size()));
  sink_(piece_);
  return tree;
}

}  // namespace kanhe::certs
