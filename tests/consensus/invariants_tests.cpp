// The invariants of docs/consensus.md hold at rest and in the middle of everything; the harness asks after every step.
// Here is shown that each situation which they speak of does occur.
#include <boost/test/unit_test.hpp>

#include "tests/support/replicas.h"

using namespace kanhe;
using namespace kanhe::consensus;
using namespace kanhe::consensus::tests;

namespace {

const std::vector<std::size_t> everyone = {0, 1, 2, 3};
using Copies = std::vector<std::pair<std::optional<std::uint64_t>, Message>>;

}  // namespace

BOOST_AUTO_TEST_SUITE(invariants_tests)

BOOST_AUTO_TEST_CASE(i1_blocks_that_are_final_and_not_yet_durable) {
  Replicas network(4);
  network.node(2).hold_blocks = true;
  for (const std::string t : {"t1", "t2", "t3"}) {
    network.submit(t, everyone);
    network.settle();
  }
  BOOST_TEST((network.replica(2).finalized() == Height(3)));
  BOOST_TEST((network.replica(2).durable_tip().height == Height(0)));
  network.replica(2).check_invariants();
}

BOOST_AUTO_TEST_CASE(i2_the_window_is_full_and_others_are_ahead) {
  Parameters parameters;
  parameters.window = Number<WindowTag>(1);
  Replicas network(4, parameters);
  network.node(3).hold_blocks = true;
  for (const std::string t : {"t1", "t2", "t3"}) {
    network.submit(t, everyone);
    network.settle();
  }
  const auto& slots = network.replica(3).slots();
  BOOST_TEST(slots.size() <= 2u);
  for (const auto& [height, slot] : slots) BOOST_TEST(height.value() <= 2u);
}

BOOST_AUTO_TEST_CASE(i4_i5_i6_a_view_that_implies_and_goes_on_above) {
  Replicas network(4);
  bool lose = true;
  network.post = [&lose](std::size_t, std::size_t, const Message& message) {
    return lose && std::holds_alternative<Commit>(message) ? Copies{} : Copies{{0, message}};
  };
  for (const std::string t : {"t1", "t2"}) {
    network.submit(t, everyone);
    network.settle();
  }
  network.run_for(1'200);
  lose = false;
  network.submit("t3", everyone);
  network.run_for(1'000);
  for (const std::size_t i : everyone) {
    BOOST_TEST((network.replica(i).view() >= View(1)));
    BOOST_TEST(network.has(i, "t3"));
  }
}

BOOST_AUTO_TEST_CASE(i7_a_silent_replica_has_nothing_to_hand_over) {
  Replicas network(4);
  Replica& replica = network.replica(2);
  const Now now{network.now(), network.wall(network.node(2))};
  const auto proposal = network.propose(Height(1), network.config().first_floor.digest, {"t"}, now.wall);
  const auto received = [&network](const Message& message) {
    return Received{verify(network.scheme(), message).value()};
  };
  replica.step(now, received(network.pre_prepare(0, View(0), *proposal)));
  replica.step(now, BodiesReady{digest_of(proposal->header), proposal, Freshness::acceptable});
  // A prepare of its own at a height where it never voted: its disk is older than its votes.
  const auto forgotten = network.propose(Height(2), digest_of(proposal->header), {"u"}, now.wall);
  replica.step(now, received(network.prepare(2, View(0), *forgotten)));
  const Output output = replica.take_output();
  BOOST_TEST(output.votes.empty(), "also what waited to be handed over");
  BOOST_TEST(output.records.size() == 1u);
  replica.check_invariants();
}

BOOST_AUTO_TEST_SUITE_END()
