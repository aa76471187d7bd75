#include "ledger/types.h"

namespace kanhe {
namespace {

// Reads one code point and moves `position` past it; -1 when the bytes are not the shortest UTF-8 form of a scalar
// value.
std::int32_t next_code_point(std::string_view text, std::size_t& position) {
  const auto byte = [&text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(position);
  if (first < 0x80) {
    ++position;
    return first;
  }
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || position + length > text.size()) return -1;
  std::int32_t code_point = first & (0xff >> (length + 1));
  for (std::size_t k = 1; k < length; ++k) {
    const std::uint8_t next = byte(position + k);
    if ((next & 0xc0) != 0x80) return -1;
    code_point = code_point << 6 | (next & 0x3f);
  }
  constexpr std::int32_t shortest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  if (code_point < shortest[length] || code_point > 0x10ffff || surrogate) return -1;
  position += length;
  return code_point;
}

bool is_hidden(std::int32_t code_point) {
  const auto between = [code_point](std::int32_t low, std::int32_t high) {
    return low <= code_point && code_point <= high;
  };
  return between(0, 0x1f) || between(0x7f, 0x9f) || between(0x200e, 0x200f) || between(0x202a, 0x202e) ||
         between(0x2066, 0x2069);
}

}  // namespace

bool is_plain_text(std::string_view text) {
  std::size_t position = 0;
  while (position < text.size()) {
    if (text[position] >= ' ' && text[position] <= '~') {
      ++position;
      continue;
    }
    const std::int32_t code_point = next_code_point(text, position);
    if (code_point < 0 || is_hidden(code_point)) return false;
  }
  return true;
}

}  // namespace kanhe
