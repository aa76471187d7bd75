#include "cli/pepper.h"

#include <openssl/crypto.h>

#include "cli/key_file.h"
#include "cli/values.h"

namespace kanhe::cli {

Result<certs::Pepper> read_pepper(const std::string& path, std::uint16_t version) {
  std::string text = TRY(read_secret_file(path));
  if (text.ends_with('\n')) text.pop_back();
  auto secret = from_hex(text);
  OPENSSL_cleanse(text.data(), text.size());
  if (!secret.has_value() || secret->size() < certs::pepper_bytes_min) {
    return fail(ErrorCode::malformed, path, ": must be one line of at least ", 2 * certs::pepper_bytes_min,
                " hexadecimal digits");
  }
  return certs::Pepper{version, std::move(secret).value()};
}

Result<certs::IdentityKind> read_identity_kind(std::string_view name) {
  std::string names;
  for (const SchemaEnumerator& kind : schema_of<certs::IdentityKind>().enumerators) {
    if (kind.name == name) return static_cast<certs::IdentityKind>(kind.value);
    names += (names.empty() ? "" : ", ") + std::string(kind.name);
  }
  return fail(ErrorCode::unknown, "\"", name, "\" is no kind of identity; these are: ", names);
}

Result<certs::Identity> read_identity(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return fail(ErrorCode::malformed, "an identity is written KIND:NUMBER, for example resident_id:11010519491231002X");
  }
  return certs::make_identity(TRY(read_identity_kind(text.substr(0, colon))), text.substr(colon + 1));
}

}  // namespace kanhe::cli
