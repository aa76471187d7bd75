// Verified signatures: what was good once is found again, and nothing else ever is.
#include "node/verified_signatures.h"

#include <boost/test/unit_test.hpp>
#include <thread>

#include "ledger/hash.h"
#include "tests/node/one_node.h"

using namespace kanhe;
using node::VerifiedSignatures;

namespace {

constexpr SignatureScheme ecdsa = SignatureScheme::ecdsa_secp256k1;

struct Signed {
  PublicKey key;
  Hash256 digest;
  Signature signature;
};

Signed signed_by(const SecretKey& key, Byte number) {
  const Hash256 digest = sha256(ByteView(&number, 1));
  return {public_key_of(ecdsa, key), digest, sign(ecdsa, key, digest)};
}

SecretKey key_number(Byte number) { return SecretKey::from(Bytes(32, number)).value(); }

bool verify(VerifiedSignatures& verified, const Signed& what) {
  return verified.verify(ecdsa, what.key, what.digest, what.signature);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(verified_signatures_tests)

BOOST_AUTO_TEST_CASE(what_was_good_is_found_again_and_every_other_triple_is_checked) {
  VerifiedSignatures verified;
  const Signed good = signed_by(key_number(1), 1);
  BOOST_TEST(verify(verified, good));
  BOOST_TEST(verified.hits() == 0u);
  BOOST_TEST(verify(verified, good));
  BOOST_TEST(verified.hits() == 1u);

  Signed other_key = good;
  other_key.key = public_key_of(ecdsa, key_number(2));
  BOOST_TEST(!verify(verified, other_key));
  for (std::size_t bit = 0; bit < 8 * Hash256::size; bit += 7) {
    Signed other_digest = good;
    other_digest.digest.array()[bit / 8] ^= static_cast<Byte>(1 << bit % 8);
    BOOST_TEST(!verify(verified, other_digest));
  }
  for (std::size_t bit = 0; bit < 8 * Signature::size; bit += 7) {
    Signed other_signature = good;
    other_signature.signature.array()[bit / 8] ^= static_cast<Byte>(1 << bit % 8);
    BOOST_TEST(!verify(verified, other_signature));
  }
  BOOST_TEST(verified.hits() == 1u);
}

BOOST_AUTO_TEST_CASE(a_bad_signature_is_bad_as_often_as_it_comes) {
  VerifiedSignatures verified;
  Signed bad = signed_by(key_number(1), 1);
  bad.digest.array()[0] ^= 1;
  for (int i = 0; i < 3; ++i) BOOST_TEST(!verify(verified, bad));
  BOOST_TEST(verified.hits() == 0u);
}

BOOST_AUTO_TEST_CASE(the_oldest_are_forgotten_and_checked_again) {
  VerifiedSignatures verified(4);
  std::vector<Signed> all;
  for (Byte i = 0; i < 12; ++i) all.push_back(signed_by(key_number(3), i));
  for (const Signed& one : all) BOOST_TEST(verify(verified, one));
  BOOST_TEST(verified.hits() == 0u);
  // Two generations of four: the first four are gone.
  for (std::size_t i = 4; i < 12; ++i) BOOST_TEST(verify(verified, all[i]));
  BOOST_TEST(verified.hits() == 8u);
  BOOST_TEST(verify(verified, all[0]));
  BOOST_TEST(verified.hits() == 8u);
}

BOOST_AUTO_TEST_CASE(several_threads_ask_at_once) {
  VerifiedSignatures verified(16);
  std::vector<Signed> all;
  for (Byte i = 0; i < 40; ++i) all.push_back(signed_by(key_number(4), i));
  std::atomic<std::size_t> wrong = 0;
  const auto ask = [&](std::size_t begin) {
    for (std::size_t i = 0; i < 400; ++i) {
      const Signed& good = all[(begin + i) % all.size()];
      Signed bad = good;
      bad.digest.array()[1] ^= 4;
      if (!verify(verified, good) || verify(verified, bad)) ++wrong;
    }
  };
  std::thread first([&] { ask(0); }), second([&] { ask(7); });
  first.join();
  second.join();
  BOOST_TEST(wrong == 0u);
}

// A vote costs its signature when it arrives, and a lookup in each proof, ViewChange and NewView that quotes it.
BOOST_AUTO_TEST_CASE(a_new_view_of_known_votes_costs_its_own_signature) {
  const Genesis genesis = node::test_genesis();
  const auto verified = std::make_shared<VerifiedSignatures>();
  consensus::Scheme scheme = node::test_scheme(genesis);
  scheme.is_good = node::check_with(verified, scheme.signature);
  const auto signed_vote = [&scheme](consensus::Message message, std::uint16_t signer) {
    consensus::sign_message(scheme, testnet::sim_validator_key(signer), message);
    return message;
  };
  const auto hits_of = [&](const consensus::Message& message) {
    const std::uint64_t before = verified->hits();
    BOOST_TEST(verify(scheme, message).has_value());
    return verified->hits() - before;
  };
  const Proposal proposal = *node::a_proposal(genesis, Height(1), genesis_digest(scheme.config.chain_id), {});
  consensus::PreparedProof proof{proposal.header, View(0), {}};
  for (std::uint16_t i = 0; i < 3; ++i) {
    const auto vote = signed_vote(
        consensus::Prepare{statement_of(scheme.config.chain_id, proof), ValidatorIndex(i), {}}, i);
    BOOST_TEST(hits_of(vote) == 0u);
    proof.prepares.push_back({ValidatorIndex(i), std::get<consensus::Prepare>(vote).signature});
  }
  consensus::NewView new_view;
  new_view.chain_id = scheme.config.chain_id;
  new_view.view = View(1);
  new_view.signer = ValidatorIndex(1);
  for (std::uint16_t i = 0; i < 3; ++i) {
    consensus::ViewChange change;
    change.chain_id = scheme.config.chain_id;
    change.new_view = View(1);
    change.proofs.push_back(proof);
    change.signer = ValidatorIndex(i);
    const auto vote = signed_vote(change, i);
    BOOST_TEST(hits_of(vote) == 3u);
    new_view.view_changes.push_back(std::get<consensus::ViewChange>(vote));
  }
  BOOST_TEST(hits_of(signed_vote(new_view, 1)) == 3 * (3u + 1u));
}

BOOST_AUTO_TEST_SUITE_END()
