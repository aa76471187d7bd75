// Widths of texts against the C library's, which has its tables from elsewhere; then that widths add up, whatever the
// texts are, and what bytes count that are no text.
#include <boost/test/unit_test.hpp>
#include <clocale>
#include <cwchar>
#include <random>

#include "cli/display_width.h"

namespace {

using namespace kanhe::cli;

std::string utf8(char32_t code) {
  const auto byte = [](char32_t value) { return std::string(1, static_cast<char>(value)); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) return byte(0xc0 | code >> 6U) + byte(0x80 | (code & 0x3fU));
  const std::string end = byte(0x80 | (code >> 6U & 0x3fU)) + byte(0x80 | (code & 0x3fU));
  if (code < 0x10000) return byte(0xe0 | code >> 12U) + end;
  return byte(0xf0 | code >> 18U) + byte(0x80 | (code >> 12U & 0x3fU)) + end;
}

// Where the library differs by intent or by the version of Unicode: signs that stand over digits to come, circled
// numbers and hexagrams, whose width is ambiguous.
bool is_known_to_differ(char32_t code) {
  return (code >= 0x600 && code <= 0x605) || code == 0x6dd || code == 0x70f || code == 0x890 || code == 0x891 ||
         code == 0x8e2 || (code >= 0x3248 && code <= 0x324f) || (code >= 0x4dc0 && code <= 0x4dff) ||
         code == 0x110bd || code == 0x110cd;
}

std::string random_text(std::mt19937_64& random) {
  static const char32_t parts[] = {U'a', U' ', U'9', U'中', U'产', U'，', U'（', U'·', U'…', U'✓', U'é', 0x301, 0x200b,
                                   U'가', 0x1161, U'Ａ', U'ﾊ', 0x20000, 0x1f3e0, 0xfe0f};
  std::string text;
  for (std::size_t count = random() % 12; count > 0; --count) text += utf8(parts[random() % std::size(parts)]);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(display_width_tests)

BOOST_AUTO_TEST_CASE(agrees_with_the_c_library) {
  BOOST_REQUIRE(std::setlocale(LC_CTYPE, "C.UTF-8") != nullptr);
  std::size_t compared = 0;
  for (char32_t code = 0x20; code < 0x11'0000; ++code) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const int expected = ::wcwidth(static_cast<wchar_t>(code));
    if (expected < 0 || is_known_to_differ(code)) continue;
    ++compared;
    if (display_width(utf8(code)) == static_cast<std::size_t>(expected)) continue;
    BOOST_ERROR("U+" << std::hex << static_cast<std::uint32_t>(code) << " has width " << display_width(utf8(code)));
  }
  BOOST_TEST(compared > 200'000u);
}

BOOST_AUTO_TEST_CASE(texts_of_the_register_have_their_widths) {
  BOOST_TEST(display_width("") == 0u);
  BOOST_TEST(display_width("unit 4") == 6u);
  BOOST_TEST(display_width("不动产单元") == 10u);
  BOOST_TEST(display_width("粤(2025)深圳市不动产权第0000123号") == 33u);
  BOOST_TEST(display_width("抵押 · mortgage ✓") == 17u);
  BOOST_TEST(display_width("1,500,000.00 元") == 15u);
  BOOST_TEST(display_width("e\u0301") == 1u);
}

BOOST_AUTO_TEST_CASE(the_width_of_texts_side_by_side_is_the_sum_of_their_widths) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2'000; ++i) {
    const std::string a = random_text(random);
    const std::string b = random_text(random);
    BOOST_TEST(display_width(a + b) == display_width(a) + display_width(b), a << '|' << b);
  }
}

BOOST_AUTO_TEST_CASE(a_byte_of_no_character_is_one_column) {
  for (const char* const text : {"\xff", "\x80", "\xc0", "\xe4\xb8", "\xf5"}) {
    BOOST_TEST(display_width(text) == std::string_view(text).size(), text);
  }
  BOOST_TEST(display_width("\xe4\xb8" "a") == 3u);
}

BOOST_AUTO_TEST_CASE(padding_reaches_the_column_and_cuts_nothing) {
  BOOST_TEST(padded_to("税", 4) == "税  ");
  BOOST_TEST(padded_to("登记", 3) == "登记");
  std::mt19937_64 random(2);
  for (int i = 0; i < 500; ++i) {
    const std::string text = random_text(random);
    const std::size_t columns = random() % 30;
    const std::string padded = padded_to(text, columns);
    BOOST_TEST(padded.starts_with(text));
    BOOST_TEST(display_width(padded) == std::max(columns, display_width(text)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
