// Identifiers of what the ledger keeps records about: departments, parties, certificates, units, applications.
//
// Here stand the outer form and the limits only; check digits and code tables are rules of the contract modules, which
// answer with a code instead of refusing to read.
//
// Sources: GB/T 36904-2018 (certificate identifier), GB/T 37346-2019 (property unit number).
// Thread: any; plain values.
#pragma once

#include "ledger/digests.h"
#include "ledger/types.h"

namespace kanhe {

// Errors: malformed, unless the text is a-z, 0-9 and single hyphens inside: it becomes part of key names and host
// names.
Result<void> check_slug(std::string_view text);
// Errors: malformed, unless every character is a printable ASCII character other than space.
Result<void> check_visible_ascii(std::string_view text);

struct DepartmentIdTag {
  static constexpr std::size_t bytes_min = 1;
  static constexpr std::size_t bytes_max = 32;
  static constexpr Label label{"DepartmentId", "部门代号", "short name of a department"};
  static Result<void> check(std::string_view text) { return check_slug(text); }
};
// For example "registry" or "tax-office".
using DepartmentId = Text<DepartmentIdTag>;

struct PartyIdKind {
  static constexpr Label label{"PartyId", "当事人标识", "keyed pseudonym of a person or body"};
};
// HMAC of an identity number under the departments' shared pepper; all zero bytes name nobody.
using PartyId = FixedBytes<DigestTag<PartyIdKind>>;

struct CertificateIdTag {
  static constexpr std::size_t bytes_min = 1;
  static constexpr std::size_t bytes_max = 96;
  static constexpr Label label{"CertificateId", "电子证照标识", "certificate identifier (GB/T 36904)"};
  static Result<void> check(std::string_view text) { return check_visible_ascii(text); }
};
using CertificateId = Text<CertificateIdTag>;

struct UnitNumberTag {
  static constexpr std::size_t bytes_min = 1;
  static constexpr std::size_t bytes_max = 28;
  static constexpr Label label{"UnitNumber", "不动产单元号", "property unit number (GB/T 37346)"};
  static Result<void> check(std::string_view text) { return check_visible_ascii(text); }
};
using UnitNumber = Text<UnitNumberTag>;

struct ApplicationIdKind {
  static constexpr Label label{"ApplicationId", "申请标识", "application id: id of the transaction that filed it"};
};
using ApplicationId = FixedBytes<DigestTag<ApplicationIdKind>>;

struct MotionNumberTag : CounterTag<std::uint64_t> {
  static constexpr Label label{"MotionNumber", "动议编号", "number of a motion, from 1"};
};
using MotionNumber = Number<MotionNumberTag>;

}  // namespace kanhe
