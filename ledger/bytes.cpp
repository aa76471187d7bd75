#include "ledger/bytes.h"

namespace kanhe {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The value of a digit, or -1.
int digit_value(std::string_view digits, char c) {
  const auto position = digits.find(c);
  return position == std::string_view::npos ? -1 : static_cast<int>(position);
}

}  // namespace

std::string to_hex(ByteView bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const Byte byte : bytes) {
    text.push_back(hex_digits[byte >> 4]);
    text.push_back(hex_digits[byte & 15]);
  }
  return text;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return fail(ErrorCode::malformed, "hexadecimal text of odd length ", text.size());
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit_value(hex_digits, text[i]);
    const int low = digit_value(hex_digits, text[i + 1]);
    if (high < 0 || low < 0) {
      return fail(ErrorCode::malformed, "character ", high < 0 ? i : i + 1,
                  " is not one of 0-9a-f (hexadecimal text is lower case)");
    }
    bytes.push_back(static_cast<Byte>(high << 4 | low));
  }
  return bytes;
}

std::string to_base64(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16;
    if (count > 1) group |= static_cast<std::uint32_t>(bytes[i + 1]) << 8;
    if (count > 2) group |= bytes[i + 2];
    for (std::size_t k = 0; k < 4; ++k) {
      text.push_back(k <= count ? base64_digits[group >> (18 - 6 * k) & 63] : '=');
    }
  }
  return text;
}

Result<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) {
    return fail(ErrorCode::malformed, "base64 text of length ", text.size(), ", must be a multiple of 4");
  }
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const bool last = i + 4 == text.size();
    std::size_t padding = 0;
    while (last && padding < 2 && text[i + 3 - padding] == '=') ++padding;
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const int value = k < 4 - padding ? digit_value(base64_digits, text[i + k]) : 0;
      if (value < 0) return fail(ErrorCode::malformed, "character ", i + k, " is not base64");
      group = group << 6 | static_cast<std::uint32_t>(value);
    }
    const std::uint32_t spare_bits = padding == 0 ? 0 : group & (padding == 1 ? 0xffu : 0xffffu);
    if (spare_bits != 0) return fail(ErrorCode::not_canonical, "base64 text ends in non-zero spare bits");
    for (std::size_t k = 0; k < 3 - padding; ++k) bytes.push_back(static_cast<Byte>(group >> (16 - 8 * k)));
  }
  return bytes;
}

}  // namespace kanhe
