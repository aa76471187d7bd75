// Signatures that only others make: what a verifier takes of them, and what not.
#include "testnet/sim_signatures.h"

#include <boost/test/unit_test.hpp>

#include "testnet/sim_genesis.h"

namespace kanhe::testnet {

BOOST_AUTO_TEST_SUITE(sim_signatures_tests)

BOOST_AUTO_TEST_CASE(another_nonce_makes_a_good_signature_and_the_higher_s_none) {
  constexpr SignatureScheme scheme = SignatureScheme::ecdsa_secp256k1;
  for (int i = 0; i < 50; ++i) {
    const SecretKey key = sim_key("key " + std::to_string(i));
    const Hash256 digest = sha256(as_bytes("digest " + std::to_string(i)));
    const Signature own = sign(scheme, key, digest);
    const Signature other = sign_with_another_nonce(key, digest, own);
    BOOST_TEST((own != other));
    BOOST_TEST(verify(scheme, public_key_of(scheme, key), digest, other));
    const Signature higher = other_form_of(own);
    BOOST_TEST((higher != own && other_form_of(higher) == own));
    BOOST_TEST(!verify(scheme, public_key_of(scheme, key), digest, higher));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::testnet
