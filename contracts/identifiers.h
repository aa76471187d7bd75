// Identifiers: which rule of its standard a certificate id, resident id, unit number or certificate number breaks.
//
// ledger/identifiers.h reads anything of the outer form; here stand the rules. Each function answers with codes,
// because the answer goes into a receipt. What is a warning on a foreign identifier is an error on our own, so all
// breaches are listed and the caller weighs them.
//
// Sources: GB/T 36904-2018 with ISO/IEC 7064 MOD 37,36 (GB/T 17710-2008); GB 11643-1999 with MOD 11-2; GB/T
// 37346-2019. Which second letter of a parcel may follow which first is as far as public explanations say:
// unconfirmed, kept as data.
// Thread: any; pure functions. Complexity: linear in the text.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contracts/codes.h"
#include "ledger/genesis.h"
#include "ledger/identifiers.h"

namespace kanhe::contracts {

// A short code that somebody chose, for Text<SlugTag<Kind>>: what check_slug() takes, at most 32 characters.
template <class Kind>
struct SlugTag : Kind {
  static constexpr std::size_t bytes_min = 1;
  static constexpr std::size_t bytes_max = 32;
  static Result<void> check(std::string_view text) { return check_slug(text); }
};

struct Breach {
  IdentifierCode code;
  char right = 0;  // the check character that would be right
  friend bool operator==(const Breach&, const Breach&) = default;
};

// ISO/IEC 7064 MOD 37,36. Requires: only 0-9A-Z.
char check_character_37_36(std::string_view text);
// ISO/IEC 7064 MOD 11-2 of 17 digits: 0-9 or X. Requires: only digits.
char check_character_11_2(std::string_view digits);

// Whether every character is 0-9 or A-Z.
bool is_upper_alphanumeric(std::string_view text);
// Whether the first two digits of a region code are those of a province-level region.
bool is_region(std::string_view six_digits);

inline constexpr std::string_view certificate_root = "1.2.156.3005.2";
inline constexpr std::size_t serial_bytes_max = 32;
inline constexpr std::uint16_t edition_max = 999;

// root . type (21) . issuer (18) . serial (1–32) . edition (3) . check (1)
struct CertificateIdParts {
  std::string type;
  std::string issuer;
  std::string serial;
  std::uint16_t edition = 0;
  friend bool operator==(const CertificateIdParts&, const CertificateIdParts&) = default;
};

struct CertificateIdReading {
  std::optional<CertificateIdParts> parts;  // absent when the text does not have the form at all
  std::vector<Breach> breaches;             // empty: a good identifier
};
// An issuer may be six digits of a region instead of a unified social credit code: such are in use.
CertificateIdReading read_certificate_id(std::string_view text);
// The identifier with its check character. Requires: parts that break no rule.
CertificateId make_certificate_id(const CertificateIdParts& parts);

std::optional<Breach> check_resident_id(std::string_view text);

// region (6) ‖ cadastral area (3) ‖ sub-area (3) ‖ parcel kind (2) ‖ parcel (5) ‖ fixture kind (1) ‖ fixture (8)
std::optional<Breach> check_unit_number(std::string_view text);
// The first 19 characters: what stands on one parcel shares them. Requires: check_unit_number() found nothing.
inline std::string_view parcel_of(std::string_view unit_number) { return unit_number.substr(0, 19); }

enum class CertificateNumberKind : std::uint8_t { title = 1, proof = 2 };

// 粤(2025)深圳市不动产权第0000123号: brackets and digits in half width, no spaces, mark of cancellation taken off.
struct CertificateNumber {
  std::string text;
  CertificateNumberKind kind = CertificateNumberKind::title;
  bool marked_cancelled = false;  // it carried (销)
  friend bool operator==(const CertificateNumber&, const CertificateNumber&) = default;
};
// Nothing when the text is no certificate number (IdentifierCode::certificate_number_form).
std::optional<CertificateNumber> normalise_certificate_number(std::string_view text);

}  // namespace kanhe::contracts
