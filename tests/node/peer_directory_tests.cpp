// Peer directory: who is let in through the changes of epochs, and that places stay.
#include "node/peer_directory.h"

#include <boost/test/unit_test.hpp>

#include "testnet/sim_genesis.h"

namespace kanhe::node {
namespace {

using testnet::Identity;
using testnet::sim_department;
using testnet::sim_transport_key;

const Timestamp now = testnet::sim_created();

Validator member_of(Identity identity) {
  const auto key = public_key_of(SignatureScheme::keyed_hash, testnet::sim_validator_key(identity));
  return {sim_department(identity), key, sim_transport_key(identity), std::nullopt};
}

EpochConfig epoch_of(std::uint64_t number, std::initializer_list<Identity> validators,
                     std::initializer_list<Identity> observers = {}) {
  EpochConfig epoch;
  epoch.epoch = Epoch(number);
  for (const Identity each : validators) epoch.validators.push_back(member_of(each));
  for (const Identity each : observers) epoch.observers.push_back(member_of(each));
  return epoch;
}

BOOST_AUTO_TEST_SUITE(peer_directory_tests)

BOOST_AUTO_TEST_CASE(places_are_given_in_order_and_stay_when_indexes_move) {
  PeerDirectory directory(epoch_of(0, {1, 2, 3}, {7}), sim_department(2));
  BOOST_TEST((directory.self() == PeerId(1)));
  BOOST_TEST((directory.find(sim_department(7)) == PeerId(3)));
  BOOST_TEST((directory.peer_of(ValidatorIndex(2)) == PeerId(2)));

  directory.enter(epoch_of(1, {0, 2, 3}, {7}));
  BOOST_TEST((directory.self() == PeerId(1)));
  BOOST_TEST((directory.validator_of(PeerId(1)) == ValidatorIndex(1)));
  BOOST_TEST((directory.peer_of(ValidatorIndex(0)) == PeerId(4)));
  BOOST_TEST((directory.find(sim_department(0)) == PeerId(4)));
  // Who left keeps its place, and has no other right.
  BOOST_TEST(!directory.is_member(PeerId(0)));
  BOOST_TEST(!directory.find(sim_department(1)));
  BOOST_TEST(!directory.find(sim_transport_key(1), now));
  BOOST_TEST((directory.department(PeerId(0)) == sim_department(1)));
  directory.enter(epoch_of(2, {1, 2, 3}));
  BOOST_TEST((directory.find(sim_department(1)) == PeerId(0)));
  BOOST_TEST(directory.size() == 5u);
}

BOOST_AUTO_TEST_CASE(an_observer_that_becomes_a_validator_is_the_same_peer) {
  PeerDirectory directory(epoch_of(0, {1, 2}, {3}), sim_department(1));
  BOOST_TEST(!directory.is_validator(PeerId(2)));
  BOOST_TEST(directory.is_member(PeerId(2)));
  directory.enter(epoch_of(1, {1, 2, 3}));
  BOOST_TEST((directory.validator_of(PeerId(2)) == ValidatorIndex(2)));
}

BOOST_AUTO_TEST_CASE(a_node_that_is_no_member_yet_has_a_place_of_its_own) {
  PeerDirectory directory(epoch_of(0, {1, 2}), sim_department(9));
  BOOST_TEST((directory.self() == PeerId(2)));
  BOOST_TEST(!directory.is_member(directory.self()));
  BOOST_TEST(!directory.validator_of(directory.self()));
}

// Who joins knows from a proved chain of epochs whom to trust with its connections, before it has their blocks.
BOOST_AUTO_TEST_CASE(members_of_a_later_epoch_that_is_proved_are_let_in_until_it_is_reached) {
  PeerDirectory directory(epoch_of(0, {1, 2}), sim_department(9));
  BOOST_TEST(!directory.find(sim_transport_key(5), now));
  directory.expect(epoch_of(7, {2, 5}, {9}));
  BOOST_TEST((directory.find(sim_transport_key(5), now) == directory.find(sim_department(5))));
  BOOST_TEST(directory.find(sim_transport_key(1), now).has_value());
  BOOST_TEST(directory.is_member(directory.self()));
  // It votes in no epoch before that.
  BOOST_TEST(!directory.is_validator(*directory.find(sim_department(5))));
  directory.enter(epoch_of(3, {1, 2}));
  BOOST_TEST(directory.find(sim_transport_key(5), now).has_value());
  directory.enter(epoch_of(7, {2, 5}, {9}));
  BOOST_TEST(directory.is_validator(*directory.find(sim_department(5))));
  BOOST_TEST(!directory.find(sim_transport_key(1), now));
  directory.expect(epoch_of(6, {1}));
  BOOST_TEST(!directory.find(sim_transport_key(1), now));
}

BOOST_AUTO_TEST_CASE(a_replaced_transport_key_is_taken_until_its_time) {
  EpochConfig epoch = epoch_of(0, {1, 2});
  epoch.validators[0].previous_transport_key = PreviousTransportKey{sim_transport_key(8), now + std::uint64_t{10}};
  const PeerDirectory directory(epoch, sim_department(2));
  BOOST_TEST((directory.find(sim_transport_key(8), now + std::uint64_t{9}) == PeerId(0)));
  BOOST_TEST(!directory.find(sim_transport_key(8), now + std::uint64_t{10}));
  BOOST_TEST((directory.find(sim_transport_key(1), now) == PeerId(0)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::node
