// HMAC-SHA256(pepper, version u16 little-endian ‖ kind u8 ‖ number). The two fixed-width parts stand first, so no two
// identities give the same message.
#include "certs/party.h"

#include <algorithm>

#include "contracts/identifiers.h"
#include "ledger/hash.h"

namespace kanhe::certs {

namespace {

std::string normalised(std::string_view typed) {
  const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!typed.empty() && is_space(typed.front())) typed.remove_prefix(1);
  while (!typed.empty() && is_space(typed.back())) typed.remove_suffix(1);
  std::string text(typed);
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

Result<void> check_number(IdentityKind kind, const std::string& number) {
  if (kind == IdentityKind::resident_id && contracts::check_resident_id(number)) {
    return fail(ErrorCode::malformed, "resident id: its form or its check character is wrong");
  }
  if (kind == IdentityKind::social_credit_code && !check_uscc(number)) {
    return fail(ErrorCode::malformed, "unified social credit code: its form or its check character is wrong");
  }
  return {};
}

}  // namespace

Result<Identity> make_identity(IdentityKind kind, std::string_view typed) {
  // A pseudonym may tell capitals from small letters, so it is left as it is.
  const std::string number = kind == IdentityKind::network_number ? std::string(typed) : normalised(typed);
  TRY(check_number(kind, number));
  return Identity{kind, TRY(IdentityNumber::from(number))};
}

PartyId party_id_of(const Pepper& pepper, const Identity& identity) {
  CHECK(pepper.secret.size() >= pepper_bytes_min);
  Bytes message;
  message.push_back(static_cast<Byte>(pepper.version));
  message.push_back(static_cast<Byte>(pepper.version >> 8));
  message.push_back(static_cast<Byte>(identity.kind));
  append(message, as_bytes(identity.number.view()));
  return PartyId(hmac_sha256(pepper.secret, message));
}

}  // namespace kanhe::certs
