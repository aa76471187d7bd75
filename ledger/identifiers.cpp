#include "ledger/identifiers.h"

namespace kanhe {

Result<void> check_slug(std::string_view text) {
  bool after_hyphen = true;
  for (const char c : text) {
    const bool plain = ('a' <= c && c <= 'z') || ('0' <= c && c <= '9');
    if (!plain && (c != '-' || after_hyphen)) {
      return fail(ErrorCode::malformed, "\"", text, "\" is not made of a-z, 0-9 and single hyphens between them");
    }
    after_hyphen = c == '-';
  }
  if (after_hyphen) return fail(ErrorCode::malformed, "\"", text, "\" is empty or ends in a hyphen");
  return {};
}

Result<void> check_visible_ascii(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c > '~')
      return fail(ErrorCode::malformed, "\"", text, "\" holds more than visible ASCII characters");
  }
  return {};
}

}  // namespace kanhe
