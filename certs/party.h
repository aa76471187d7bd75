// Party: from a person's or a body's identity number to what may stand on the ledger, and to what a document commits
// to.
//
// On the ledger a party is a *party id*: HMAC-SHA256 under the pepper that the departments share outside the ledger.
// Identity numbers have so little entropy (some 10^11 resident ids) that a plain hash would tell them to anyone; the
// pepper does not. In a document the holder is a salted commitment, which the holder's own file opens
// (certs/document.h).
//
// An identity is *normalised* before either: white space around it is taken off, letters become capitals, and a number
// with a check character must have the right one. So one person has one party id whoever types the number.
//
// Thread: any; plain values. Errors: malformed (a form or a check character), out_of_range (a length).
// Source: GB 11643-1999 (resident id), GB 32100-2015 (unified social credit code). Format: docs/formats.md section 18.
#pragma once

#include <string_view>

#include "ledger/identifiers.h"
#include "ledger/schema.h"

namespace kanhe::certs {

// Numbers stand in hashes and are never used again for another kind.
enum class IdentityKind : std::uint8_t {
  resident_id = 1,         // 公民身份号码
  social_credit_code = 2,  // 统一社会信用代码
  passport = 3,            // 护照, any country: country code and number as printed
  network_number = 4,      // 网号: an opaque pseudonym of the national network identity
  other = 99,
};
BOOST_DESCRIBE_ENUM(IdentityKind, resident_id, social_credit_code, passport, network_number, other)

struct IdentityNumberTag {
  static constexpr std::size_t bytes_min = 1;
  static constexpr std::size_t bytes_max = 64;
  static constexpr Label label{"IdentityNumber", "证件号码", "number of an identity document"};
  static Result<void> check(std::string_view text) { return check_visible_ascii(text); }
};
using IdentityNumber = Text<IdentityNumberTag>;

struct Identity {
  IdentityKind kind = IdentityKind::resident_id;
  IdentityNumber number;  // normalised
  friend bool operator==(const Identity&, const Identity&) = default;
};
BOOST_DESCRIBE_STRUCT(Identity, (), (kind, number))

// The identity that a typed number means. Errors: as above; the text does not repeat the number.
Result<Identity> make_identity(IdentityKind kind, std::string_view typed);

// The secret that the departments share, and which of them it is: rotation is a motion.
struct Pepper {
  std::uint16_t version = 1;
  Bytes secret;  // at least pepper_bytes_min
};
inline constexpr std::size_t pepper_bytes_min = 32;

// Requires: the pepper has at least pepper_bytes_min bytes; a normalised identity.
PartyId party_id_of(const Pepper& pepper, const Identity& identity);

}  // namespace kanhe::certs
