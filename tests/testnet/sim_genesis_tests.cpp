// The genesis of a simulated network: good for every size, its identities told apart.
#include "testnet/sim_genesis.h"

#include <boost/test/unit_test.hpp>
#include <set>

namespace kanhe::testnet {
namespace {

BOOST_AUTO_TEST_SUITE(sim_genesis_tests)

BOOST_AUTO_TEST_CASE(a_genesis_of_any_size_is_good) {
  for (const std::size_t validators : {1u, 4u, 7u, 10u, 20u}) {
    for (const std::size_t others : {0u, 1u, 3u}) {
      const Genesis genesis =
          make_sim_genesis({.validators = validators, .observers = others, .candidates = others});
      BOOST_TEST(check_genesis(genesis).has_value());
      BOOST_TEST(genesis.validators.size() == validators);
      BOOST_TEST(genesis.observers.size() == others);
      BOOST_TEST(genesis.departments.size() == validators + 2 * others);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_identity_is_found_by_its_department_and_has_keys_of_its_own) {
  std::set<PublicKey> keys;
  for (Identity identity = 0; identity < 30; ++identity) {
    BOOST_TEST(sim_identity(sim_department(identity)) == identity);
    for (const SecretKey& key : sim_validator_keys(identity)) {
      BOOST_TEST(keys.insert(public_key_of(SignatureScheme::keyed_hash, key)).second);
    }
  }
  BOOST_TEST(keys.size() == 30 * sim_generations);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::testnet
