// certificate: types of certificates, who issues them, the certificates and their standing.
//
// A type is defined by one department, which alone grants other departments the right to issue it. A certificate is
// issued alone, or in a batch that is one root over many documents and owns a serial prefix; an identifier is used
// once, whichever way. What the identifier says (type, issuer, serial, edition) is stored nowhere else.
//
// Standing: a certificate is issued, may be suspended and resume, may be transferred out to another network until that
// is cancelled, may be superseded by its next edition, and may end in one of six ways that the law tells apart.
// Terminal standings never change. Expiry is not a standing: it follows from valid_until_ms and a clock, and is told of
// once, thirty days before and when it comes (certificate_expiry.h). A batch has a standing of its own beside those of
// its members: the more final one holds.
//
// A certificate keeps which key issued it and the edition of its type's schema then (certificate_schema.h), because it
// is judged by when it was recorded: an officer who left since, or another schema, changes nothing; a key that was in
// other hands by then does (governance's report_compromise).
//
// Personal data: none. The holder is a commitment, the content a root over salted fields.
//
// Tables: 0x0301 types, 0x0302 grants, 0x0303 certificates, 0x0304 batches, 0x0305 batch prefixes, 0x0306 members,
// 0x0307 schemas. Due handlers: 0x0301 expiry.
// Thread: one. Errors: certificate::Code, below.
#pragma once

#include "contracts/identifiers.h"
#include "contracts/module.h"

namespace kanhe::contracts::certificate {

enum class Code : std::uint16_t {
  unknown_type = 300,             // field
  type_exists = 301,              // subject: the department that defined it
  type_of_other_department = 302,  // the type begins with the credit code of another department: subject
  department_without_code = 303,  // the department has no unified social credit code, so its identifiers have no issuer
  name_missing = 304,             // field
  grant_exists = 305,             // subject: the department
  unknown_grant = 306,            // subject: the department
  not_granted = 307,              // the department may not issue the type; subject: the department that grants it
  grant_periods_full = 308,       // limit: how often a grant can be withdrawn and given again
  id_used = 310,                  // subject: the certificate
  prefix_taken = 311,             // subject: the batch or certificate that uses the prefix
  issuer_not_own = 312,           // the identifier names another issuer than the sender's department
  edition_without_predecessor = 313,  // value: the edition; editions above 1 supersede the one before
  edition_not_next = 314,         // limit: the edition that is next, value: the identifier's
  dates_reversed = 315,           // field; limit: valid_from_ms, value: valid_until_ms
  commitment_missing = 316,       // field; all zero
  batch_empty = 317,              // field
  prefix_malformed = 318,         // field; not 0-9A-Z
  file_repeated = 319,            // field; one digest stands for two files
  unknown_certificate = 320,      // field
  transition_not_allowed = 321,   // limit: the standing held, value: the standing wanted
  supersedes_other_type = 322,    // field; subject: the certificate to be superseded
  already_replaced = 323,         // subject: the certificate that replaced it
  effective_in_future = 324,      // field; limit: block time, value: effective_ms
  suspended_by_other = 325,       // only who suspended it lifts it; subject: that department
  legal_basis_missing = 326,      // field
  document_number_missing = 327,  // field
  unknown_batch = 328,            // field
  destination_missing = 329,      // field
  origin_missing = 330,           // field; who takes in a certificate says from where, and on what that rests
  schema_path_repeated = 331,     // field; value: position in the list, from 1
  schema_empty = 332,             // field
  schema_editions_full = 333,     // limit
};
BOOST_DESCRIBE_ENUM(Code, unknown_type, type_exists, type_of_other_department, department_without_code, name_missing,
                    grant_exists, unknown_grant, not_granted, grant_periods_full, id_used, prefix_taken, issuer_not_own,
                    edition_without_predecessor, edition_not_next, dates_reversed, commitment_missing, batch_empty,
                    prefix_malformed, file_repeated, unknown_certificate, transition_not_allowed, supersedes_other_type,
                    already_replaced, effective_in_future, suspended_by_other, legal_basis_missing,
                    document_number_missing, unknown_batch, destination_missing, origin_missing, schema_path_repeated,
                    schema_empty, schema_editions_full)

// ---------------------------------------------------------------------------------------------------------------------
// Types

struct TypeCodeTag {
  static constexpr std::size_t bytes_min = 21;
  static constexpr std::size_t bytes_max = 21;
  static constexpr Label label{"TypeCode", "证照类型代码", "certificate type: definer's credit code and 3 characters"};
  static Result<void> check(std::string_view text) { return check_visible_ascii(text); }
};
using TypeCode = Text<TypeCodeTag>;

struct SerialPrefixTag {
  static constexpr std::size_t bytes_min = 1;
  static constexpr std::size_t bytes_max = serial_bytes_max - 1;
  static constexpr Label label{"SerialPrefix", "流水号前缀", "beginning of the serials of a batch, 0-9A-Z"};
  static Result<void> check(std::string_view text) { return check_visible_ascii(text); }
};
using SerialPrefix = Text<SerialPrefixTag>;

// Serial or prefix as a key: its characters, then zeros, so that a prefix is a range of keys.
struct PaddedSerialTag {
  static constexpr std::size_t size = serial_bytes_max;
  static constexpr Label label{"PaddedSerial", "流水号", "serial, filled up with zero bytes"};
};
using PaddedSerial = FixedBytes<PaddedSerialTag>;

struct HolderCommitmentKind {
  static constexpr Label label{"HolderCommitment", "持证人承诺值", "salted commitment to the holder"};
};
using HolderCommitment = FixedBytes<DigestTag<HolderCommitmentKind>>;

struct ContentRootKind {
  static constexpr Label label{"ContentRoot", "文档根哈希", "root of the document's salted fields"};
};
using ContentRoot = FixedBytes<DigestTag<ContentRootKind>>;

struct MediaTypeTag {
  static constexpr std::size_t bytes_min = 3;
  static constexpr std::size_t bytes_max = 64;
  static constexpr Label label{"MediaType", "媒体类型", "media type, for example application/pdf"};
  static Result<void> check(std::string_view text) { return check_visible_ascii(text); }
};
using MediaType = Text<MediaTypeTag>;

enum class DigestAlgorithm : std::uint8_t { sha256 = 1, sm3 = 2 };
BOOST_DESCRIBE_ENUM(DigestAlgorithm, sha256, sm3)

struct FileDigest {
  MediaType media_type;
  DigestAlgorithm algorithm = DigestAlgorithm::sha256;
  Hash256 digest;
  friend bool operator==(const FileDigest&, const FileDigest&) = default;
};
BOOST_DESCRIBE_STRUCT(FileDigest, (), (media_type, algorithm, digest))

inline constexpr std::size_t files_max = 8;

// Issuing department's reason, numbered by the department's own list.
struct ReasonCodeTag : CounterTag<std::uint16_t> {
  static constexpr Label label{"ReasonCode", "原因代码", "reason, by the deciding department's list"};
};
using ReasonCode = Number<ReasonCodeTag>;

struct DocumentNumberTag {
  static constexpr std::size_t bytes_min = 0;
  static constexpr std::size_t bytes_max = 64;
  static constexpr Label label{"DocumentNumber", "文书号", "number of the deciding document"};
};
using DocumentNumber = Text<DocumentNumberTag>;

// Numbers stand in state and are never used again.
enum class Standing : std::uint8_t {
  issued = 1,              // 有效
  suspended = 2,           // 暂扣
  superseded = 3,          // 换发后的旧版
  rescinded = 4,           // 撤销
  withdrawn = 5,           // 撤回
  revoked_as_penalty = 6,  // 吊销
  deregistered = 7,        // 注销
  lost_declared_void = 8,  // 遗失作废
  annulled = 9,            // 法院/复议撤销
  transferred_out = 10,    // 办理转出
};
BOOST_DESCRIBE_ENUM(Standing, issued, suspended, superseded, rescinded, withdrawn, revoked_as_penalty, deregistered,
                    lost_declared_void, annulled, transferred_out)

// How a certificate is ended by a decision. The numbers are those of Standing.
enum class Revocation : std::uint8_t {
  rescinded = 4,
  withdrawn = 5,
  revoked_as_penalty = 6,
  deregistered = 7,
  lost_declared_void = 8,
  annulled = 9,
};
BOOST_DESCRIBE_ENUM(Revocation, rescinded, withdrawn, revoked_as_penalty, deregistered, lost_declared_void, annulled)

constexpr bool is_terminal(Standing standing) {
  return standing >= Standing::superseded && standing != Standing::transferred_out;
}
// Whether a certificate may pass from one standing to the other.
bool is_transition_allowed(Standing from, Standing to);
// Which of two standings holds where both apply: a revocation is never hidden by a suspension.
Standing more_final(Standing a, Standing b);

// ---------------------------------------------------------------------------------------------------------------------
// Records

struct CertificateType {
  FormatVersion<1> version;
  PlainText<96> name_zh;
  PlainText<96> name_en;
  DepartmentId defined_by;
  Timestamp defined_ms;
  std::uint16_t schema = 0;  // the newest edition of its schema; 0: there is none
};
BOOST_DESCRIBE_STRUCT(CertificateType, (), (version, name_zh, name_en, defined_by, defined_ms, schema))

struct GrantKey {
  TypeCode type;
  DepartmentId department;
};
BOOST_DESCRIBE_STRUCT(GrantKey, (), (type, department))

// From this moment on, and before that one.
struct GrantPeriod {
  Timestamp since_ms;
  std::optional<Timestamp> until_ms;
};
BOOST_DESCRIBE_STRUCT(GrantPeriod, (), (since_ms, until_ms))

inline constexpr std::size_t grant_periods_max = 32;

// When a department may issue the type: all periods are kept, because a certificate is judged by when it was issued.
// The defining department has a grant from the start.
struct Grant {
  FormatVersion<1> version;
  List<GrantPeriod, grant_periods_max> periods;  // in order; only the last may be open
};
BOOST_DESCRIBE_STRUCT(Grant, (), (version, periods))

bool is_granted_at(const Grant& grant, Timestamp time);

// What stands behind a change of standing.
struct Decision {
  ReasonCode reason;
  PlainText<128> legal_basis;   // law and article
  DepartmentId decided_by;
  DocumentNumber document_number;
  Timestamp effective_ms;       // may lie before it is recorded, never after
  friend bool operator==(const Decision&, const Decision&) = default;
};
BOOST_DESCRIBE_STRUCT(Decision, (), (reason, legal_basis, decided_by, document_number, effective_ms))

struct StandingChange {
  Decision decision;
  DepartmentId recorded_by;
  Timestamp recorded_ms;
  friend bool operator==(const StandingChange&, const StandingChange&) = default;
};
BOOST_DESCRIBE_STRUCT(StandingChange, (), (decision, recorded_by, recorded_ms))

// Where a certificate, a member of a batch or a batch stands.
struct StandingRecord {
  Standing standing = Standing::issued;
  std::optional<StandingChange> change;         // the latest decision; absent: none yet, or superseded without one
  std::optional<CertificateId> replaced_by;     // the edition or re-issue that took its place
  std::optional<PlainText<96>> transferred_to;  // since it was transferred out: the network or place
  friend bool operator==(const StandingRecord&, const StandingRecord&) = default;
};
BOOST_DESCRIBE_STRUCT(StandingRecord, (), (standing, change, replaced_by, transferred_to))

// Where a certificate came from that was transferred in.
struct TransferOrigin {
  PlainText<96> network;  // or place
  CertificateId id;       // there
  Hash256 evidence;       // digest of what shows it, for example of its bundle
  friend bool operator==(const TransferOrigin&, const TransferOrigin&) = default;
};
BOOST_DESCRIBE_STRUCT(TransferOrigin, (), (network, id, evidence))

struct CertificateKey {
  TypeCode type;
  Uscc issuer;
  PaddedSerial serial;
  std::uint16_t edition = 0;
  friend bool operator==(const CertificateKey&, const CertificateKey&) = default;
};
BOOST_DESCRIBE_STRUCT(CertificateKey, (), (type, issuer, serial, edition))

struct Certificate {
  FormatVersion<1> version;
  DepartmentId department;  // that issued it
  HolderCommitment holder;
  ContentRoot content_root;
  List<FileDigest, files_max> files;
  Timestamp issued_ms;  // block time
  std::optional<Timestamp> valid_from_ms;
  std::optional<Timestamp> valid_until_ms;  // the first moment at which it no longer holds; absent: long-term
  std::optional<CertificateId> supersedes;
  std::optional<ApplicationId> application;
  StandingRecord standing;
  PublicKey issued_by;       // the officer's key
  std::uint16_t schema = 0;  // the edition of the type's schema then; 0: there was none
  std::optional<TransferOrigin> transferred_from;
};
BOOST_DESCRIBE_STRUCT(Certificate, (),
                      (version, department, holder, content_root, files, issued_ms, valid_from_ms, valid_until_ms,
                       supersedes, application, standing, issued_by, schema, transferred_from))

struct BatchKey {
  TypeCode type;
  Uscc issuer;
  PaddedSerial prefix;
};
BOOST_DESCRIBE_STRUCT(BatchKey, (), (type, issuer, prefix))

struct Batch {
  FormatVersion<1> version;
  DepartmentId department;
  LogRoot root;  // RFC 6962; what a leaf is stands in certs/
  Count count;
  Timestamp issued_ms;
  StandingRecord standing;
  PublicKey issued_by;
  std::uint16_t schema = 0;
};
BOOST_DESCRIBE_STRUCT(Batch, (), (version, department, root, count, issued_ms, standing, issued_by, schema))

struct IssuerOfType {
  TypeCode type;
  Uscc issuer;
};
BOOST_DESCRIBE_STRUCT(IssuerOfType, (), (type, issuer))

// Which lengths the prefixes of an issuer's batches have: bit n for length n. So a new identifier is compared with the
// few prefixes that can be in its way.
struct BatchPrefixes {
  FormatVersion<1> version;
  std::uint64_t lengths = 0;
};
BOOST_DESCRIBE_STRUCT(BatchPrefixes, (), (version, lengths))

// A member of a batch whose own standing has changed. Absent: it stands as its batch does.
struct Member {
  FormatVersion<1> version;
  StandingRecord standing;
};
BOOST_DESCRIBE_STRUCT(Member, (), (version, standing))

inline constexpr Table<TypeCode, CertificateType> types{0x0301, "types"};
inline constexpr Table<GrantKey, Grant> grants{0x0302, "grants"};
inline constexpr Table<CertificateKey, Certificate> certificates{0x0303, "certificates"};
inline constexpr Table<BatchKey, Batch> batches{0x0304, "batches"};
inline constexpr Table<IssuerOfType, BatchPrefixes> batch_prefixes{0x0305, "batch_prefixes"};
inline constexpr Table<CertificateKey, Member> members{0x0306, "members"};

enum class HoldingKind : std::uint8_t { single, member };

// A certificate that was issued, alone or (as far as the ledger knows) in a batch.
struct Holding {
  HoldingKind kind = HoldingKind::single;
  CertificateKey key;
  DepartmentId department;  // that issued it
  StandingRecord own;
  std::optional<StandingRecord> batch;  // member

  // What holds: the more final of its own standing and its batch's.
  Standing standing() const { return batch ? more_final(own.standing, batch->standing) : own.standing; }
};
// Whether an identifier in the prefix of a batch is a member only the batch's root tells; it is found here all the
// same.
std::optional<Holding> find_holding(const StateReader& state, const CertificateId& id);

// The key of an identifier that breaks no rule and names its issuer by credit code; nothing for any other.
std::optional<CertificateKey> certificate_key_of(const CertificateId& id);
PaddedSerial padded(std::string_view serial);
// The subject of a batch's events: a certificate id that ends in the prefix and an asterisk.
CertificateSubject batch_subject(const BatchKey& key);
// The batch whose prefix the serial of `key` begins with, if there is one.
std::optional<BatchKey> batch_of(const StateReader& state, const CertificateKey& key);

// ---------------------------------------------------------------------------------------------------------------------
// Methods

struct DefineTypeArguments {
  TypeCode type;
  PlainText<96> name_zh;
  PlainText<96> name_en;
};
BOOST_DESCRIBE_STRUCT(DefineTypeArguments, (), (type, name_zh, name_en))

struct GrantTypeArguments {
  TypeCode type;
  DepartmentId department;
};
BOOST_DESCRIBE_STRUCT(GrantTypeArguments, (), (type, department))

struct WithdrawGrantArguments {
  TypeCode type;
  DepartmentId department;
};
BOOST_DESCRIBE_STRUCT(WithdrawGrantArguments, (), (type, department))

struct IssueArguments {
  CertificateId id;  // issuer: the credit code of the issuing department; edition 001, or the next of `supersedes`
  HolderCommitment holder;
  ContentRoot content_root;
  List<FileDigest, files_max> files;
  std::optional<Timestamp> valid_from_ms;
  std::optional<Timestamp> valid_until_ms;
  std::optional<CertificateId> supersedes;  // issued, then it is superseded now; or declared lost, then it is replaced
  std::optional<ApplicationId> application;
  std::optional<TransferOrigin> transferred_from;
};
BOOST_DESCRIBE_STRUCT(IssueArguments, (),
                      (id, holder, content_root, files, valid_from_ms, valid_until_ms, supersedes, application,
                       transferred_from))

// Members have edition 001 and a serial that begins with the prefix.
struct IssueBatchArguments {
  TypeCode type;
  SerialPrefix prefix;
  LogRoot root;
  Count count;
};
BOOST_DESCRIBE_STRUCT(IssueBatchArguments, (), (type, prefix, root, count))

struct SuspendArguments {
  CertificateId id;
  Decision decision;
};
BOOST_DESCRIBE_STRUCT(SuspendArguments, (), (id, decision))

struct ResumeArguments {
  CertificateId id;
  Decision decision;
};
BOOST_DESCRIBE_STRUCT(ResumeArguments, (), (id, decision))

struct RevokeArguments {
  CertificateId id;
  Revocation kind = Revocation::rescinded;
  Decision decision;
};
BOOST_DESCRIBE_STRUCT(RevokeArguments, (), (id, kind, decision))

// To another network or place, which issues one of its own; by the issuing department, as the end is.
struct TransferOutArguments {
  CertificateId id;
  PlainText<96> destination;
  Decision decision;
};
BOOST_DESCRIBE_STRUCT(TransferOutArguments, (), (id, destination, decision))

// The destination has not taken it in.
struct CancelTransferArguments {
  CertificateId id;
  Decision decision;
};
BOOST_DESCRIBE_STRUCT(CancelTransferArguments, (), (id, decision))

// A batch is named by type, issuer and prefix.
struct SuspendBatchArguments {
  TypeCode type;
  Uscc issuer;
  SerialPrefix prefix;
  Decision decision;
};
BOOST_DESCRIBE_STRUCT(SuspendBatchArguments, (), (type, issuer, prefix, decision))

struct ResumeBatchArguments {
  TypeCode type;
  Uscc issuer;
  SerialPrefix prefix;
  Decision decision;
};
BOOST_DESCRIBE_STRUCT(ResumeBatchArguments, (), (type, issuer, prefix, decision))

struct RevokeBatchArguments {
  TypeCode type;
  Uscc issuer;
  SerialPrefix prefix;
  Revocation kind = Revocation::rescinded;
  Decision decision;
};
BOOST_DESCRIBE_STRUCT(RevokeBatchArguments, (), (type, issuer, prefix, kind, decision))

// For the service module: issues in the name of `department`, which needs a grant for the type, without asking for the
// sender's role. Everything else is as in the method `issue`; findings go to the context, with `field` where it is not
// 0: the position of what holds the certificate in the calling method's arguments. Requires: `department` exists.
void issue_for(Context& context, const DepartmentId& department, const IssueArguments& arguments,
               std::uint16_t field = 0);

// The edition or re-issue that took a certificate's place, or the place of that, and so on.
inline constexpr std::size_t editions_followed_max = 1'000;
CertificateId newest_edition(const StateReader& state, CertificateId id);

// For the property module: a title that a later entry has overtaken, or the proof of a limit that has ended, in its
// newest edition, is deregistered in the name of the department that issued it. Nothing happens to one that has ended
// otherwise, or that the ledger does not know. `document`: that the entry rests on; may be empty.
void deregister(Context& context, const CertificateId& id, const PlainText<64>& document);

// ---------------------------------------------------------------------------------------------------------------------
// Events. What the subject says is not repeated.

struct TypeDefined {
  static constexpr std::string_view event_name = "certificate.type_defined";
  TypeCode type;
};
BOOST_DESCRIBE_STRUCT(TypeDefined, (), (type))

struct TypeGranted {
  static constexpr std::string_view event_name = "certificate.type_granted";
  TypeCode type;
};
BOOST_DESCRIBE_STRUCT(TypeGranted, (), (type))

struct GrantWithdrawn {
  static constexpr std::string_view event_name = "certificate.grant_withdrawn";
  TypeCode type;
};
BOOST_DESCRIBE_STRUCT(GrantWithdrawn, (), (type))

struct Issued {
  static constexpr std::string_view event_name = "certificate.issued";
  DepartmentId department;
};
BOOST_DESCRIBE_STRUCT(Issued, (), (department))

struct BatchIssued {
  static constexpr std::string_view event_name = "certificate.batch_issued";
  DepartmentId department;
  LogRoot root;
  Count count;
};
BOOST_DESCRIBE_STRUCT(BatchIssued, (), (department, root, count))

// A later edition or a re-issue took its place; `standing` is what the old one has now.
struct Replaced {
  static constexpr std::string_view event_name = "certificate.replaced";
  CertificateId replaced_by;
  Standing standing = Standing::superseded;
};
BOOST_DESCRIBE_STRUCT(Replaced, (), (replaced_by, standing))

struct StandingChanged {
  static constexpr std::string_view event_name = "certificate.standing_changed";
  Standing before = Standing::issued;
  Standing after = Standing::issued;
  DepartmentId recorded_by;
  Decision decision;
  std::optional<PlainText<96>> transferred_to;
};
BOOST_DESCRIBE_STRUCT(StandingChanged, (), (before, after, recorded_by, decision, transferred_to))

const Module& module();

}  // namespace kanhe::contracts::certificate
