// The file with the departments' pepper (certs/party.h), one line of hexadecimal digits, and the parties it makes.
//
// Thread: one. Limits: pepper_bytes_min. Errors: not_authorised (others can read the file), malformed, out_of_range,
// unknown (a kind of identity); a text never shows the pepper or an identity number.
#pragma once

#include <string>

#include "certs/party.h"

namespace kanhe::cli {

Result<certs::Pepper> read_pepper(const std::string& path, std::uint16_t version);

// The kind that a name means: "resident_id", "other" … Errors: unknown; the text lists the names.
Result<certs::IdentityKind> read_identity_kind(std::string_view name);

// The identity of a text KIND:NUMBER. Errors: malformed, unknown, those of make_identity().
Result<certs::Identity> read_identity(std::string_view text);

}  // namespace kanhe::cli
