// Hexadecimal and base64 text: known answers, round trips, and everything that is not the one form.
#include "ledger/bytes.h"

#include <boost/test/unit_test.hpp>

#include "ledger/digests.h"

namespace {

using namespace kanhe;

Bytes counting(std::size_t size) {
  Bytes bytes;
  for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<Byte>(37 * i + 11 * size));
  return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bytes_tests)

BOOST_AUTO_TEST_CASE(every_byte_survives_hexadecimal_text) {
  for (unsigned value = 0; value < 256; ++value) {
    const Bytes bytes{static_cast<Byte>(value)};
    BOOST_TEST(from_hex(to_hex(bytes)).value() == bytes);
  }
  BOOST_TEST(to_hex(Bytes{0x00, 0x9a, 0xbc, 0xff}) == "009abcff");
}

BOOST_AUTO_TEST_CASE(hexadecimal_text_has_one_form) {
  for (const std::string_view refused : {"0", "0A", "0g", " 0", "0x", "00 ", "é"}) {
    BOOST_TEST(!from_hex(refused), refused);
  }
  BOOST_TEST(!from_hex(std::string_view("0\0", 2)));
}

BOOST_AUTO_TEST_CASE(the_wrong_digit_of_hexadecimal_text_is_named) {
  for (std::size_t at = 0; at < 6; ++at) {
    std::string text = "00aaff";
    text[at] = 'x';
    const auto refused = from_hex(text);
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().text.starts_with("character " + std::to_string(at) + " "), refused.error().text);
  }
}

BOOST_AUTO_TEST_CASE(base64_gives_the_answers_of_rfc_4648) {
  const std::pair<std::string_view, std::string_view> answers[] = {
      {"", ""},         {"f", "Zg=="},        {"fo", "Zm8="},        {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [plain, text] : answers) {
    BOOST_TEST(to_base64(as_bytes(plain)) == text);
    BOOST_TEST(as_text(from_base64(text).value()) == plain);
  }
  BOOST_TEST(to_base64(Bytes{0xfb, 0xff}) == "+/8=");
}

BOOST_AUTO_TEST_CASE(base64_round_trips_at_every_length) {
  for (std::size_t size = 0; size < 80; ++size) {
    BOOST_TEST(from_base64(to_base64(counting(size))).value() == counting(size));
  }
}

BOOST_AUTO_TEST_CASE(base64_has_one_form) {
  for (const std::string_view refused : {"Z", "Zg", "Zg=", "Zg===", "====", "Z===", "Zg==Zg==", "Zm8=Zg==", "=Zg=",
                                         "Zh==", "Zm9=", "Zm-v", "Zm_v", "Zm 9", "Zm9v\n", "Zg==\n\n\n\n"}) {
    BOOST_TEST(!from_base64(refused), refused);
  }
  BOOST_TEST(error_name(from_base64("Zh==").error().code) == "not_canonical");
}

BOOST_AUTO_TEST_CASE(fixed_bytes_have_exactly_their_size) {
  BOOST_TEST(Hash256::from(Bytes(32)).has_value());
  BOOST_TEST(!Hash256::from(Bytes(31)));
  BOOST_TEST(!Hash256::from(Bytes(33)));
  BOOST_TEST(HeaderHash::from({}).error().text == "HeaderHash: 0 bytes, must be 32");
  BOOST_TEST(Hash256::from_hex(std::string(64, 'a'))->hex() == std::string(64, 'a'));
  BOOST_TEST(!Hash256::from_hex(std::string(64, 'A')));
}

BOOST_AUTO_TEST_CASE(fixed_bytes_of_different_meaning_do_not_mix) {
  static_assert(!std::is_convertible_v<HeaderHash, ProposalDigest>);
  static_assert(std::is_constructible_v<HeaderHash, ProposalDigest>);
  static_assert(!std::is_convertible_v<Hash256, ChainId>);
  BOOST_TEST(Hash256().is_zero());
  Hash256 last;
  last.array().back() = 1;
  BOOST_TEST(!last.is_zero());
  BOOST_TEST((Hash256() < last));
}

// Signed characters would put 0x80 before 0x7f, and one table of the state in another order than LevelDB's.
BOOST_AUTO_TEST_CASE(byte_strings_are_ordered_by_unsigned_bytes_and_a_beginning_comes_first) {
  const std::vector<Bytes> ascending{{},     {0x00},       {0x00, 0x00}, {0x00, 0xff}, {0x7f},
                                     {0x7f, 0x00}, {0x80}, {0xff},       {0xff, 0xff}};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t k = 0; k < ascending.size(); ++k) {
      BOOST_TEST(BytesLess()(ascending[i], ascending[k]) == (i < k));
      BOOST_TEST(BytesEqual()(ascending[i], ascending[k]) == (i == k));
      if (i == k) BOOST_TEST(BytesHash()(ascending[i]) == BytesHash()(Bytes(ascending[k])));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
