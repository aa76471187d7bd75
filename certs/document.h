// Document: the certificate as its holder has it, a list of salted, typed fields, files bound by their digests, and a
// commitment to the holder.
//
// Each field is hidden behind a *commitment* over its path, a salt of 128 random bits, and its typed value, so that a
// guess cannot be tried out and the number 5 is not the text "5". The commitments are the leaves of a tree whose root,
// the *content root*, is all that the ledger knows of the fields. Disclosing a document is leaving openings out: the
// commitments stay, so the root is the same, the number of hidden fields is known, and nothing can be added or moved.
// What is not hidden by anyone: id, dates and file digests, which stand on the ledger anyway.
//
// Text is stored exactly as it was given: no Unicode normalisation, no change of line ends or spaces. Two spellings of
// one word are two values.
//
// Some paths mean the same in every document: certificate.name, certificate.number, holder.name, unit.number.
//
// Salted commitments are linkable: who gets two copies of one document sees that they are the same. Where that matters,
// a purpose gets a certificate of its own (certs/batch.h makes many cheap).
//
// Thread: any; plain values. Limits: fields_max fields, files_max files. Errors: malformed, out_of_range, not_canonical
// (paths out of order), duplicate, bad_proof. Format: docs/formats.md section 18.
#pragma once

#include <functional>
#include <span>

#include "certs/party.h"
#include "contracts/certificate_schema.h"

namespace kanhe::certs {

inline constexpr std::size_t fields_max = 256;
inline constexpr std::size_t field_text_bytes_max = 4'096;

// Errors: malformed, unless the text is a decimal integer in its one form: no plus, no leading zero, no minus zero.
Result<void> check_integer(std::string_view text);
// Errors: malformed, unless the text is a day of the Gregorian calendar as YYYY-MM-DD.
Result<void> check_date(std::string_view text);

using contracts::certificate::FieldPath;

struct FieldSaltTag {
  static constexpr std::size_t size = 16;
  static constexpr Label label{"FieldSalt", "盐值", "random bytes that hide a field"};
};
using FieldSalt = FixedBytes<FieldSaltTag>;

struct FieldCommitmentKind {
  static constexpr Label label{"FieldCommitment", "字段承诺值", "salted commitment to a field"};
};
using FieldCommitment = FixedBytes<DigestTag<FieldCommitmentKind>>;

// ---------------------------------------------------------------------------------------------------------------------
// Values. A variant's number is the type tag within the commitment and is never used again; a schema names kinds by it.

struct TextValue {
  static constexpr VariantTag variant_tag{1, "text"};
  PlainText<field_text_bytes_max> value;
  friend bool operator==(const TextValue&, const TextValue&) = default;
};
BOOST_DESCRIBE_STRUCT(TextValue, (), (value))

struct IntegerTextTag {
  static constexpr std::size_t bytes_min = 1;
  static constexpr std::size_t bytes_max = 40;
  static constexpr Label label{"IntegerText", "整数", "decimal integer"};
  static Result<void> check(std::string_view text) { return check_integer(text); }
};
// A decimal integer of any sign, as text, because readers hold numbers as doubles.
struct IntegerValue {
  static constexpr VariantTag variant_tag{2, "integer"};
  Text<IntegerTextTag> value;
  friend bool operator==(const IntegerValue&, const IntegerValue&) = default;
};
BOOST_DESCRIBE_STRUCT(IntegerValue, (), (value))

struct DateTextTag {
  static constexpr std::size_t bytes_min = 10;
  static constexpr std::size_t bytes_max = 10;
  static constexpr Label label{"DateText", "日期", "day, YYYY-MM-DD"};
  static Result<void> check(std::string_view text) { return check_date(text); }
};
struct DateValue {
  static constexpr VariantTag variant_tag{3, "date"};
  Text<DateTextTag> value;
  friend bool operator==(const DateValue&, const DateValue&) = default;
};
BOOST_DESCRIBE_STRUCT(DateValue, (), (value))

struct MoneyValue {
  static constexpr VariantTag variant_tag{4, "money"};
  Fen value;
  friend bool operator==(const MoneyValue&, const MoneyValue&) = default;
};
BOOST_DESCRIBE_STRUCT(MoneyValue, (), (value))

struct BooleanValue {
  static constexpr VariantTag variant_tag{5, "boolean"};
  bool value = false;
  friend bool operator==(const BooleanValue&, const BooleanValue&) = default;
};
BOOST_DESCRIBE_STRUCT(BooleanValue, (), (value))

// Of something outside the document: a photograph, a plan.
struct DigestValue {
  static constexpr VariantTag variant_tag{6, "digest"};
  contracts::certificate::FileDigest value;
  friend bool operator==(const DigestValue&, const DigestValue&) = default;
};
BOOST_DESCRIBE_STRUCT(DigestValue, (), (value))

using FieldValue = std::variant<TextValue, IntegerValue, DateValue, MoneyValue, BooleanValue, DigestValue>;

// The value for people: the text itself, "12.34" yuan, "true", the digest as hex.
std::string display_text(const FieldValue& value);

// ---------------------------------------------------------------------------------------------------------------------
// Fields

// What opens a commitment.
struct FieldOpening {
  FieldPath path;
  FieldSalt salt;
  FieldValue value;
  friend bool operator==(const FieldOpening&, const FieldOpening&) = default;
};
BOOST_DESCRIBE_STRUCT(FieldOpening, (), (path, salt, value))

struct DocumentField {
  FieldCommitment commitment;
  std::optional<FieldOpening> opening;  // absent: hidden by the holder
  friend bool operator==(const DocumentField&, const DocumentField&) = default;
};
BOOST_DESCRIBE_STRUCT(DocumentField, (), (commitment, opening))

// What opens the commitment to the holder. The number itself is not in it: who is asked for it types it.
struct HolderOpening {
  IdentityKind kind = IdentityKind::resident_id;
  FieldSalt salt;
  friend bool operator==(const HolderOpening&, const HolderOpening&) = default;
};
BOOST_DESCRIBE_STRUCT(HolderOpening, (), (kind, salt))

struct Document {
  FormatVersion<1> version;
  CertificateId id;
  contracts::certificate::HolderCommitment holder;
  std::optional<HolderOpening> holder_opening;  // absent: nobody can check the holder with this copy
  List<DocumentField, fields_max> fields;       // in the order of their paths
  List<contracts::certificate::FileDigest, contracts::certificate::files_max> files;
  std::optional<Timestamp> valid_from_ms;
  std::optional<Timestamp> valid_until_ms;  // the first moment at which it no longer holds; absent: long-term
  friend bool operator==(const Document&, const Document&) = default;
};
BOOST_DESCRIBE_STRUCT(Document, (),
                      (version, id, holder, holder_opening, fields, files, valid_from_ms, valid_until_ms))

inline constexpr std::string_view name_path = "certificate.name";      // 证照名称
inline constexpr std::string_view number_path = "certificate.number";  // 证书编号
inline constexpr std::string_view holder_name_path = "holder.name";    // 持证人
inline constexpr std::string_view unit_number_path = "unit.number";    // 不动产单元号

FieldCommitment commitment_of(const FieldOpening& opening);
contracts::certificate::HolderCommitment holder_commitment_of(const FieldSalt& salt, const Identity& holder);
// Over all commitments, shown or hidden. Requires: at least one field.
contracts::certificate::ContentRoot content_root_of(const Document& document);

// The opening of the shown field with this path, or null.
const FieldOpening* find_field(const Document& document, std::string_view path);
// The text of the shown field with this path; empty when it is hidden, missing or no text.
std::string_view text_of(const Document& document, std::string_view path);
std::size_t shown_count(const Document& document);
std::size_t hidden_count(const Document& document);

// Whether the document has the form: at least one field, shown paths strictly ascending, dates in order, no digest
// twice. What the commitments hide is not looked at. Errors: as above.
Result<void> check_document_form(const Document& document);
// Whether every shown field opens its commitment. Errors: bad_proof, which names the path.
Result<void> check_openings(const Document& document);
// What of the shown fields is not as the schema says: a field that it does not have, or of another kind; and where
// nothing is hidden, a required field that is not there. Empty when all is well.
struct SchemaDifference {
  FieldPath path;
  bool missing = false;  // else: not in the schema, or of another kind
};
std::vector<SchemaDifference> differences_from(const Document& document,
                                               const contracts::certificate::TypeSchema& schema);
// Whether the identity is that of the holder. Errors: unknown (this copy holds no opening), bad_proof.
Result<void> check_holder(const Document& document, const Identity& identity);

// ---------------------------------------------------------------------------------------------------------------------
// Making and disclosing

struct NewField {
  FieldPath path;
  FieldValue value;
};
BOOST_DESCRIBE_STRUCT(NewField, (), (path, value))

// What an issuer fills in.
struct DocumentContent {
  CertificateId id;
  Identity holder;
  List<NewField, fields_max> fields;  // any order
  List<contracts::certificate::FileDigest, contracts::certificate::files_max> files;
  std::optional<Timestamp> valid_from_ms;
  std::optional<Timestamp> valid_until_ms;
};
BOOST_DESCRIBE_STRUCT(DocumentContent, (), (id, holder, fields, files, valid_from_ms, valid_until_ms))

// Fills the span with random bytes; never fails. An argument, so that tests repeat themselves.
using RandomBytes = std::function<void(std::span<Byte>)>;
// The operating system's. A process without them cannot go on (CHECK).
void fill_from_system(std::span<Byte> target);

// A document with new salts. Errors: as above; duplicate (a path).
Result<Document> make_document(const DocumentContent& content, const RandomBytes& random = fill_from_system);

// A copy in which only these fields, and the holder if wanted, stay open. Errors: unknown (no shown field has a path).
enum class HolderDisclosure : std::uint8_t { keep, drop };
Result<Document> disclose(const Document& document, std::span<const FieldPath> paths, HolderDisclosure holder);

// What the ledger is told. `supersedes` and `application` are the caller's to set.
contracts::certificate::IssueArguments issue_arguments_of(const Document& document);

// The digest of a file as documents name it. Requires: sha256.
contracts::certificate::FileDigest digest_of_file(const contracts::certificate::MediaType& media_type, ByteView file);
// Which of the document's files this is. Errors: bad_proof (none of them), unsupported (it may be one whose digest is
// of an algorithm that this program does not have).
Result<contracts::certificate::FileDigest> check_file(const Document& document, ByteView file);

}  // namespace kanhe::certs
