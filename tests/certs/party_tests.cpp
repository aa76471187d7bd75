// Party: one person has one identity and one party id however the number is typed, other kinds, numbers, peppers and
// versions have others, and the bytes are frozen.
#include "certs/party.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "ledger/hash.h"

namespace kanhe::certs {
namespace {

Pepper pepper(std::uint16_t version = 1, Byte fill = 7) { return {version, Bytes(pepper_bytes_min, fill)}; }

Identity identity(IdentityKind kind, std::string_view typed) { return make_identity(kind, typed).value(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(party_tests)

BOOST_AUTO_TEST_CASE(spaces_around_and_small_letters_do_not_make_another_person) {
  const Identity usual = identity(IdentityKind::resident_id, "11010519491231002X");
  for (const auto* typed : {"11010519491231002x", " 11010519491231002X", "\t11010519491231002x \n"}) {
    BOOST_TEST((identity(IdentityKind::resident_id, typed) == usual));
  }
  BOOST_TEST(identity(IdentityKind::passport, " chn-e12345678").number.str() == "CHN-E12345678");
}

BOOST_AUTO_TEST_CASE(a_wrong_check_character_is_refused_and_the_number_is_not_repeated) {
  for (const auto kind : {IdentityKind::resident_id, IdentityKind::social_credit_code}) {
    for (const auto* typed : {"110105194912310021", "11100000MB03271698", "", "x"}) {
      const auto made = make_identity(kind, typed);
      BOOST_TEST(!made.has_value());
      if (std::string_view(typed).size() > 1) BOOST_TEST(made.error().text.find(typed) == std::string::npos);
    }
  }
  BOOST_TEST(make_identity(IdentityKind::social_credit_code, "11100000mb03271699").has_value());
  BOOST_TEST(!make_identity(IdentityKind::passport, std::string(65, 'A')).has_value());
  BOOST_TEST(make_identity(IdentityKind::passport, std::string(64, 'A')).has_value());
}

// A pseudonym of the national network identity is nobody's to normalise.
BOOST_AUTO_TEST_CASE(a_network_number_is_left_as_it_is) {
  BOOST_TEST(identity(IdentityKind::network_number, "aBc1").number.str() == "aBc1");
}

BOOST_AUTO_TEST_CASE(kind_number_pepper_and_version_each_make_another_party_id) {
  std::set<PartyId> ids;
  for (const auto kind : {IdentityKind::passport, IdentityKind::network_number, IdentityKind::other}) {
    for (const auto* number : {"A1", "A2"}) {
      for (const std::uint16_t version : {1, 2, 257}) {
        for (const Byte fill : {7, 8}) ids.insert(party_id_of(pepper(version, fill), identity(kind, number)));
      }
    }
  }
  BOOST_TEST(ids.size() == 3u * 2 * 3 * 2);
}

BOOST_AUTO_TEST_CASE(the_party_id_is_an_hmac_over_version_kind_and_number) {
  Bytes message{0x02, 0x01, 1};
  append(message, as_bytes("11010519491231002X"));
  BOOST_TEST((party_id_of(pepper(0x0102), identity(IdentityKind::resident_id, "11010519491231002X")) ==
              PartyId(hmac_sha256(Bytes(32, 7), message))));
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace kanhe::certs
