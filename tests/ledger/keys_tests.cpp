// Keys and signatures: published answers, and every other encoding of a key or a signature refused.
//
// With KANHE_WYCHEPROOF naming Project Wycheproof's ecdsa_secp256k1_sha256_p1363_test.json, its vectors run too.
#include "ledger/keys.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>

#include "tests/support/builders.h"

namespace {

using namespace kanhe;
using namespace kanhe::support;

constexpr SignatureScheme ecdsa = SignatureScheme::ecdsa_secp256k1;
constexpr SignatureScheme simulated = SignatureScheme::keyed_hash;

constexpr std::string_view order_hex = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
constexpr std::string_view half_order_hex = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";

Hash256 number(std::string_view hex) { return Hash256::from_hex(hex).value(); }

// a − b, both big-endian. Requires: a >= b.
Hash256 minus(const Hash256& a, const Hash256& b) {
  Hash256 difference;
  int borrow = 0;
  for (std::size_t i = 32; i-- > 0;) {
    const int digit = a.array()[i] - b.array()[i] - borrow;
    borrow = digit < 0 ? 1 : 0;
    difference.array()[i] = static_cast<Byte>(digit + 256 * borrow);
  }
  return difference;
}

Signature join(const Hash256& r, const Hash256& s) {
  Bytes bytes = to_bytes(r);
  append(bytes, s);
  return Signature::from(bytes).value();
}
Hash256 r_of(const Signature& signature) { return Hash256::from(signature.view().first(32)).value(); }
Hash256 s_of(const Signature& signature) { return Hash256::from(signature.view().subspan(32)).value(); }

PublicKey key_of_hex(std::string_view hex) { return PublicKey::from_hex(hex).value(); }

struct SigningCase {
  std::string_view key;
  std::string_view message;
  std::string_view signature;
};

// The value of the next "name": "…" in the text at or after `position`, which moves behind it.
std::optional<std::string> next_value(const std::string& text, std::string_view name, std::size_t& position) {
  const std::string mark = "\"" + std::string(name) + "\": \"";
  const std::size_t found = text.find(mark, position);
  if (found == std::string::npos) return std::nullopt;
  const std::size_t begin = found + mark.size();
  position = text.find('"', begin);
  return text.substr(begin, position - begin);
}

// The compressed form of a point that is given as 04 ‖ x ‖ y.
PublicKey compressed(std::string_view uncompressed_hex) {
  const Bytes point = from_hex(uncompressed_hex).value();
  Bytes key(point.begin(), point.begin() + 33);
  key[0] = point.back() % 2 == 0 ? 0x02 : 0x03;
  return PublicKey::from(key).value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(keys_tests)

BOOST_AUTO_TEST_CASE(public_keys_are_the_published_multiples_of_the_generator) {
  BOOST_TEST(public_key(1).hex() == "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
  BOOST_TEST(public_key(2).hex() == "02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5");
  BOOST_TEST(public_key(3).hex() == "02f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9");
  const SecretKey last = SecretKey::from(minus(number(order_hex), number(std::string(63, '0') + "1"))).value();
  BOOST_TEST(public_key_of(ecdsa, last).hex() == "0379be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
}

BOOST_AUTO_TEST_CASE(secret_keys_lie_below_the_order) {
  BOOST_TEST(!SecretKey::from(Bytes(32)));
  BOOST_TEST(!SecretKey::from(number(order_hex)));
  BOOST_TEST(!SecretKey::from(Bytes(32, 0xff)));
  BOOST_TEST(error_name(SecretKey::from(Bytes(32)).error().code) == "out_of_range");
  BOOST_TEST(!SecretKey::from(Bytes(31, 1)));
  BOOST_TEST(!SecretKey::from(Bytes(33, 1)));
}

BOOST_AUTO_TEST_CASE(a_secret_key_is_wiped_when_it_is_moved_from) {
  SecretKey first = secret_key(7);
  const SecretKey second = std::move(first);
  BOOST_TEST(std::ranges::all_of(first.view(), [](Byte byte) { return byte == 0; }));
  BOOST_TEST(second.view().back() == 7);
}

BOOST_AUTO_TEST_CASE(generated_keys_differ_and_sign) {
  const SecretKey first = SecretKey::generate().value();
  const SecretKey second = SecretKey::generate().value();
  BOOST_TEST(!equal(first.view(), second.view()));
  const Hash256 digest = sha256({});
  BOOST_TEST(verify(ecdsa, public_key_of(ecdsa, first), digest, sign(ecdsa, first, digest)));
}

BOOST_AUTO_TEST_CASE(signatures_are_the_published_ones_of_rfc_6979) {
  const SigningCase cases[] = {
      {"0000000000000000000000000000000000000000000000000000000000000001", "Satoshi Nakamoto",
       "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
       "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5"},
      {"0000000000000000000000000000000000000000000000000000000000000001",
       "All those moments will be lost in time, like tears in rain. Time to die...",
       "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b"
       "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21"},
      {"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", "Satoshi Nakamoto",
       "fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d0"
       "6b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5"},
      {"f8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181", "Alan Turing",
       "7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c"
       "58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea"},
  };
  for (const SigningCase& known : cases) {
    const SecretKey key = SecretKey::from(from_hex(known.key).value()).value();
    const Hash256 digest = sha256(as_bytes(known.message));
    BOOST_TEST(sign(ecdsa, key, digest).hex() == known.signature);
    BOOST_TEST(sign(ecdsa, key, digest).hex() == known.signature, "again");
    BOOST_TEST(verify(ecdsa, public_key_of(ecdsa, key), digest, sign(ecdsa, key, digest)));
  }
}

BOOST_AUTO_TEST_CASE(what_is_signed_has_low_s_and_its_mirror_is_refused) {
  for (Byte i = 0; i < 50; ++i) {
    const SecretKey key = secret_key(static_cast<std::uint8_t>(i + 1));
    const Hash256 digest = sha256(ByteView(&i, 1));
    const Signature signature = sign(ecdsa, key, digest);
    BOOST_TEST((s_of(signature) <= number(half_order_hex)));
    const Signature mirrored = join(r_of(signature), minus(number(order_hex), s_of(signature)));
    BOOST_TEST(verify(ecdsa, public_key_of(ecdsa, key), digest, signature));
    BOOST_TEST(!verify(ecdsa, public_key_of(ecdsa, key), digest, mirrored));
  }
}

BOOST_AUTO_TEST_CASE(r_and_s_of_zero_or_beyond_the_order_are_refused) {
  const Hash256 digest = sha256({});
  const Signature good = sign(ecdsa, secret_key(1), digest);
  for (const Hash256& bad : {Hash256{}, number(order_hex), number(std::string(64, 'f'))}) {
    BOOST_TEST(!verify(ecdsa, public_key(1), digest, join(bad, s_of(good))));
    BOOST_TEST(!verify(ecdsa, public_key(1), digest, join(r_of(good), bad)));
    BOOST_TEST(!verify(ecdsa, public_key(1), digest, join(bad, bad)));
  }
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_spoils_a_signature) {
  const Hash256 digest = sha256({});
  const Signature good = sign(ecdsa, secret_key(1), digest);
  for (std::size_t bit = 0; bit < 8 * Signature::size; ++bit) {
    Signature altered = good;
    altered.array()[bit / 8] ^= static_cast<Byte>(1u << bit % 8);
    BOOST_TEST(!verify(ecdsa, public_key(1), digest, altered), "bit " << bit);
  }
  BOOST_TEST(!verify(ecdsa, public_key(2), digest, good));
  BOOST_TEST(!verify(ecdsa, public_key(1), sha256(as_bytes("x")), good));
}

BOOST_AUTO_TEST_CASE(signatures_of_another_length_or_in_der_do_not_exist) {
  for (const std::size_t size : {0, 63, 65, 70, 71, 72}) BOOST_TEST(!Signature::from(Bytes(size, 0x30)));
}

BOOST_AUTO_TEST_CASE(only_compressed_points_on_the_curve_are_keys) {
  const std::string x = public_key(1).hex().substr(2);
  BOOST_TEST(is_valid(ecdsa, key_of_hex("02" + x)));
  BOOST_TEST(is_valid(ecdsa, key_of_hex("03" + x)));
  for (const std::string_view form : {"00", "01", "04", "05", "06", "07", "08", "82", "ff"}) {
    BOOST_TEST(!is_valid(ecdsa, key_of_hex(std::string(form) + x)), form);
  }
  BOOST_TEST(!is_valid(ecdsa, PublicKey{}), "infinity");
  BOOST_TEST(!is_valid(ecdsa, key_of_hex("02" + std::string(64, '0'))), "x = 0 has no point");
  BOOST_TEST(!is_valid(ecdsa, key_of_hex("02" + std::string(63, '0') + "5")), "x = 5 has no point");
  BOOST_TEST(!is_valid(ecdsa, key_of_hex("02" + std::string(64, 'f'))), "x beyond the field");
  BOOST_TEST(!is_valid(ecdsa, key_of_hex("02fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f")),
             "x = the field's prime");
}

BOOST_AUTO_TEST_CASE(uncompressed_and_hybrid_keys_do_not_fit) {
  for (const Byte form : {0x04, 0x06, 0x07}) {
    Bytes bytes(65, 0x01);
    bytes[0] = form;
    BOOST_TEST(!PublicKey::from(bytes));
  }
  BOOST_TEST(!PublicKey::from(Bytes(32, 0x02)));
}

BOOST_AUTO_TEST_CASE(a_bad_key_verifies_nothing) {
  const Hash256 digest = sha256({});
  const Signature good = sign(ecdsa, secret_key(1), digest);
  PublicKey hybrid = public_key(1);
  for (unsigned form = 0; form < 256; ++form) {
    if (form == 0x02) continue;
    hybrid.array()[0] = static_cast<Byte>(form);
    BOOST_TEST(!verify(ecdsa, hybrid, digest, good), "form " << form);
  }
}

// More keys than a thread remembers the points of, each used again after all the others.
BOOST_AUTO_TEST_CASE(many_keys_in_turn_verify_their_own_signatures_and_no_others) {
  constexpr std::size_t count = 1'500;
  const Hash256 digest = number(half_order_hex);
  std::vector<PublicKey> keys;
  std::vector<Signature> signatures;
  for (std::size_t i = 0; i < count; ++i) {
    const SecretKey secret = SecretKey::from(sha256(as_bytes("key " + std::to_string(i))).view()).value();
    keys.push_back(public_key_of(ecdsa, secret));
    signatures.push_back(sign(ecdsa, secret, digest));
  }
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < count; ++i) {
      BOOST_REQUIRE(verify(ecdsa, keys[i], digest, signatures[i]));
      BOOST_REQUIRE(!verify(ecdsa, keys[i], digest, signatures[(i + 1) % count]));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_simulated_scheme_tells_keys_and_digests_apart) {
  const Hash256 digest = sha256({});
  const PublicKey key = public_key_of(simulated, secret_key(1));
  const Signature signature = sign(simulated, secret_key(1), digest);
  BOOST_TEST(is_valid(simulated, key));
  BOOST_TEST(verify(simulated, key, digest, signature));
  BOOST_TEST(!verify(simulated, public_key_of(simulated, secret_key(2)), digest, signature));
  BOOST_TEST(!verify(simulated, key, sha256(as_bytes("x")), signature));
  BOOST_TEST(!verify(ecdsa, public_key(1), digest, signature));
  BOOST_TEST(!equal(signature.view().first(32), signature.view().subspan(32)));
}

BOOST_AUTO_TEST_CASE(wycheproof_agrees_but_for_high_s) {
  const char* const path = std::getenv("KANHE_WYCHEPROOF");
  if (path == nullptr) {
    BOOST_TEST_MESSAGE("SKIPPED: KANHE_WYCHEPROOF does not name the vectors");
    std::fputs("keys_tests: SKIPPED Wycheproof's vectors, because KANHE_WYCHEPROOF does not name them\n", stderr);
    return;
  }
  std::ifstream file(path);
  BOOST_REQUIRE_MESSAGE(file.good(), path);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  std::size_t tests = 0;
  std::size_t position = 0;
  while (const auto point = next_value(text, "uncompressed", position)) {
    const PublicKey key = compressed(*point);
    const std::size_t group_end = std::min(text.find("\"uncompressed\"", position), text.size());
    for (std::size_t next = position; true; ++tests) {
      const auto message = next_value(text, "msg", next);
      if (!message || next > group_end) break;
      const auto signature_hex = next_value(text, "sig", next).value();
      const auto result = next_value(text, "result", next).value();
      const auto signature = Signature::from(from_hex(signature_hex).value());
      const bool low = signature && s_of(*signature) <= number(half_order_hex);
      const bool accepted = signature && verify(ecdsa, key, sha256(from_hex(*message).value()), *signature);
      BOOST_TEST(accepted == (result == "valid" && low), "message " << *message << ", signature " << signature_hex);
    }
  }
  BOOST_TEST(tests > 200u);
}

BOOST_AUTO_TEST_SUITE_END()
