// Sealing: what comes out is what went in, for its key, nonce and cover alone; test case 14 and 16 of the GCM paper.
#include "ledger/sealing.h"

#include <boost/test/unit_test.hpp>

namespace kanhe {
namespace {

SealingKey key_of(Byte first) {
  SealingKey key;
  key.bytes()[0] = first;
  return key;
}
const std::array<Byte, seal_nonce_bytes> nonce{1, 2, 3};
const Bytes covered{7, 7, 7};

Bytes sealed(const SealingKey& key, const Bytes& plain) {
  Bytes bytes(plain.size() + seal_tag_bytes);
  BOOST_REQUIRE(seal(key, nonce, covered, plain, bytes).has_value());
  return bytes;
}
bool opens(const SealingKey& key, SealNonce with, ByteView cover, const Bytes& bytes) {
  Bytes plain(bytes.size() - seal_tag_bytes);
  const auto opened = unseal(key, with, cover, bytes, plain);
  BOOST_TEST((opened || opened.error().code == ErrorCode::not_authorised));
  return opened.has_value();
}

BOOST_AUTO_TEST_SUITE(sealing_tests)

BOOST_AUTO_TEST_CASE(what_is_sealed_opens_at_every_length) {
  for (const std::size_t size : {0, 1, 15, 16, 17, 100, 4'096, 131'072}) {
    Bytes plain(size);
    for (std::size_t i = 0; i < size; ++i) plain[i] = static_cast<Byte>(i * 7);
    const Bytes bytes = sealed(key_of(1), plain);
    Bytes back(size);
    BOOST_REQUIRE(unseal(key_of(1), nonce, covered, bytes, back).has_value());
    BOOST_TEST((back == plain));
    if (size >= 16) BOOST_TEST(!equal(ByteView(bytes).first(size), plain));
  }
}

BOOST_AUTO_TEST_CASE(one_bit_that_is_not_as_it_was_and_it_does_not_open) {
  const Bytes bytes = sealed(key_of(1), {1, 2, 3, 4, 5});
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes other = bytes;
    other[bit / 8] ^= static_cast<Byte>(1U << bit % 8);
    BOOST_TEST(!opens(key_of(1), nonce, covered, other));
  }
  auto other_nonce = nonce;
  ++other_nonce[11];
  BOOST_TEST(!opens(key_of(1), other_nonce, covered, bytes));
  BOOST_TEST(!opens(key_of(2), nonce, covered, bytes));
  BOOST_TEST(!opens(key_of(1), nonce, {}, bytes));
  BOOST_TEST(!opens(key_of(1), nonce, Bytes{7, 7, 8}, bytes));
  BOOST_TEST(opens(key_of(1), nonce, covered, bytes));
}

// The Galois/Counter Mode of Operation (McGrew, Viega), appendix B.
BOOST_AUTO_TEST_CASE(the_published_vectors) {
  const std::array<Byte, seal_nonce_bytes> zeros{};
  Bytes bytes(16 + seal_tag_bytes);
  BOOST_REQUIRE(seal(SealingKey(), zeros, {}, Bytes(16), bytes).has_value());
  BOOST_TEST(to_hex(bytes) == "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
  const auto hex = [](std::string_view text) { return from_hex(text).value(); };
  const auto key = SealingKey::from(hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  const Bytes iv = hex("cafebabefacedbaddecaf888");
  const Bytes plain = hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449"
                          "a6b525b16aedf5aa0de657ba637b39");
  Bytes out(plain.size() + seal_tag_bytes);
  BOOST_REQUIRE(seal(*key, SealNonce(ByteView(iv)), hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"), plain, out)
                    .has_value());
  BOOST_TEST(to_hex(out) ==
             "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e63"
             "93ba7a0abcc9f662" "76fc6ece0f4e1768cddf8853bb2d551b");
}

BOOST_AUTO_TEST_CASE(a_key_has_one_length_and_leaves_nothing_where_it_was_moved_from) {
  BOOST_TEST((SealingKey::from(Bytes(31)).error().code == ErrorCode::malformed));
  BOOST_TEST((SealingKey::from(Bytes(33)).error().code == ErrorCode::malformed));
  SealingKey from = key_of(9);
  const SealingKey to = std::move(from);
  BOOST_TEST(to.view()[0] == 9);
  BOOST_TEST(from.view()[0] == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe
