#include "node/peers.h"

#include "tests/node/one_node.h"

namespace kanhe::node {

BOOST_AUTO_TEST_SUITE(peers_tests)

BOOST_AUTO_TEST_CASE(a_good_message_comes_back_verified) {
  const Genesis genesis = test_genesis();
  const consensus::Scheme scheme = test_scheme(genesis);
  consensus::Status status;
  status.chain_id = scheme.config.chain_id;
  status.signer = ValidatorIndex(2);
  consensus::Message message = status;
  consensus::sign_message(scheme, testnet::sim_validator_key(2), message);
  const auto answer = std::get<CheckedMessage>(check(scheme, MessageJob{PeerId(2), encode(message)}));
  BOOST_TEST(answer.message.has_value());
  BOOST_TEST((answer.from == PeerId(2)));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_message_or_badly_signed_come_back_as_errors) {
  const Genesis genesis = test_genesis();
  const consensus::Scheme scheme = test_scheme(genesis);
  const auto nonsense = std::get<CheckedMessage>(check(scheme, MessageJob{PeerId(1), Bytes(40, Byte{3})}));
  BOOST_TEST(!nonsense.message.has_value());
  consensus::Status status;
  status.chain_id = scheme.config.chain_id;
  status.signer = ValidatorIndex(2);
  consensus::Message message = status;
  consensus::sign_message(scheme, testnet::sim_validator_key(1), message);
  const auto forged = std::get<CheckedMessage>(check(scheme, MessageJob{PeerId(2), encode(message)}));
  BOOST_REQUIRE(!forged.message.has_value());
  BOOST_TEST((forged.message.error().code == ErrorCode::bad_signature));
}

BOOST_AUTO_TEST_CASE(good_bodies_are_kept_in_order_and_bad_ones_counted) {
  const Genesis genesis = test_genesis();
  BodiesJob job{PeerId(3), BodyPurpose::client, {10, 11, 12, 13, 14}, {}};
  for (std::uint64_t number = 0; number < 5; ++number) job.bodies.push_back(*a_body(genesis, number));
  job.bodies[1].transaction.signature.array()[0] ^= 1;
  job.bodies[3].transaction.signature.array()[63] ^= 1;
  for (const std::size_t spoiled : {1, 3}) job.bodies[spoiled] = make_body(job.bodies[spoiled].transaction);
  const auto answer = std::get<CheckedBodies>(check(test_scheme(genesis), job));
  BOOST_TEST(answer.bad == 2);
  BOOST_TEST((answer.tokens == std::vector<std::uint64_t>{10, 12, 14}));
  BOOST_TEST((answer.bad_tokens == std::vector<std::uint64_t>{11, 13}));
  BOOST_REQUIRE_EQUAL(answer.good.size(), 3);
  BOOST_TEST((answer.good[0]->id == job.bodies[0].id && answer.good[1]->id == job.bodies[2].id));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::node
