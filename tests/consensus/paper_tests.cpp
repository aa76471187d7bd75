// Castro & Liskov, "Practical Byzantine Fault Tolerance" (OSDI 1999), sentence by sentence where it matters: the
// section is in each name. Where Kanhe goes beyond the paper, the other suites and docs/consensus.md say so.
#include <boost/test/unit_test.hpp>

#include "tests/support/replicas.h"

using namespace kanhe;
using namespace kanhe::consensus;
using namespace kanhe::consensus::tests;

namespace {

const std::vector<std::size_t> everyone = {0, 1, 2, 3};
using Copies = std::vector<std::pair<std::optional<std::uint64_t>, Message>>;

template <class Kind>
Replicas::Post without() {
  return [](std::size_t, std::size_t, const Message& message) {
    return std::holds_alternative<Kind>(message) ? Copies{} : Copies{{0, message}};
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(paper_tests)

// "… if it agrees on the view, has not accepted a pre-prepare for view v and sequence number n containing a different
// digest."
BOOST_AUTO_TEST_CASE(s4_2_a_second_pre_prepare_of_one_view_and_number_is_not_accepted) {
  Replicas network(4);
  network.make_liar(0);
  const ProposalDigest& genesis = network.config().first_floor.digest;
  for (const std::string t : {"a", "b"}) {
    network.submit(t, {1, 2, 3});
    const auto proposal = network.propose(Height(1), genesis, {t}, network.wall(network.node(1)));
    network.say(0, {1}, network.pre_prepare(0, View(0), *proposal));
    network.settle();
  }
  BOOST_TEST((network.replica(1).slots().at(Height(1)).own_prepare == digest_of(network.find("1:a")->header)));
}

// "… the sequence number in the pre-prepare message is between a low water mark, h, and a high water mark, H."
BOOST_AUTO_TEST_CASE(s4_2_a_number_above_the_high_water_mark_is_not_accepted) {
  Replicas network(4);
  network.make_liar(0);
  network.submit("a", {1, 2, 3});
  const std::uint64_t window = network.scheme().config.parameters.window.value();
  const auto far = network.propose(Height(2 * window + 1), network.config().first_floor.digest, {"a"},
                                   network.wall(network.node(1)));
  network.say(0, {1}, network.pre_prepare(0, View(0), *far));
  network.settle();
  BOOST_TEST(network.replica(1).slots().empty());
}

// "… 2f prepares from different backups that match the pre-prepare": with the primary's, a quorum.
BOOST_AUTO_TEST_CASE(s4_2_prepared_needs_a_quorum_of_different_replicas) {
  Replicas network(4);
  network.make_liar(2);
  network.make_liar(3);
  network.submit("a", {0, 1});
  network.settle();
  BOOST_TEST(!network.replica(0).slots().at(Height(1)).proof.has_value());
  network.say(2, {0}, network.prepare(2, View(0), *network.find("1:a")));
  network.settle();
  BOOST_TEST(network.replica(0).slots().at(Height(1)).proof.has_value());
}

// "Each replica executes the operation requested by m after committed-local is true and i's state reflects the
// sequential execution of all requests with lower sequence numbers." Here it executes earlier, but makes nothing final
// earlier.
BOOST_AUTO_TEST_CASE(s4_2_nothing_is_final_before_a_quorum_of_commits) {
  Replicas network(4);
  network.make_liar(3);
  network.post = [](std::size_t from, std::size_t, const Message& message) {
    return from == 0 && std::holds_alternative<Commit>(message) ? Copies{} : Copies{{0, message}};
  };
  network.submit("a", {0, 1, 2});
  network.settle();
  BOOST_TEST((network.replica(1).finalized() == Height(0)), "its own and that of 2 are two");
}

// "… a proof of correctness of the state is a checkpoint; … stable when there is a quorum of signatures": the seal.
BOOST_AUTO_TEST_CASE(s4_3_the_log_below_the_stable_checkpoint_is_discarded) {
  Replicas network(4);
  for (const std::string t : {"a", "b", "c"}) {
    network.submit(t, everyone);
    network.settle();
  }
  for (const std::size_t i : everyone) {
    BOOST_TEST(network.replica(i).slots().empty());
    BOOST_TEST(network.node(i).disk.records.empty());
  }
}

// "If the timer of backup i expires in view v, the backup starts a view change … it stops accepting messages."
BOOST_AUTO_TEST_CASE(s4_4_who_wants_the_next_view_accepts_nothing_of_this_one) {
  Replicas network(4);
  network.make_liar(0);
  network.submit("a", {1});
  network.run_for(1'100);
  BOOST_REQUIRE((network.replica(1).target() == View(1)));
  const auto proposal =
      network.propose(Height(1), network.config().first_floor.digest, {"a"}, network.wall(network.node(1)));
  network.say(0, {1}, network.pre_prepare(0, View(0), *proposal));
  network.settle();
  const auto& slots = network.replica(1).slots();
  BOOST_TEST((!slots.contains(Height(1)) || !slots.at(Height(1)).own_prepare.has_value()));
}

// "… P is a set containing a set P_m for each request m that prepared at i with a sequence number higher than n."
BOOST_AUTO_TEST_CASE(s4_4_a_view_change_carries_every_proof_above_the_stable_checkpoint) {
  Replicas network(4);
  network.submit("a", everyone);
  network.settle();
  network.post = without<Commit>();
  for (const std::string t : {"b", "c"}) {
    network.submit(t, everyone);
    network.settle();
  }
  network.run_for(1'200);
  const auto change = network.collected_view_change(2, View(1)).value();
  BOOST_REQUIRE(change.seal.has_value());
  BOOST_TEST((change.seal->checkpoint.height == Height(1)));
  BOOST_TEST(change.proofs.size() == 2u);
}

// "When the primary p of view v + 1 receives 2f valid view-change messages for view v + 1 from other replicas …"
BOOST_AUTO_TEST_CASE(s4_4_the_new_primary_waits_for_a_quorum_its_own_among_them) {
  Replicas network(4);
  network.make_liar(2);
  network.make_liar(3);
  network.say(2, {1}, network.view_change(2, View(1), {}, {}));
  network.settle();
  BOOST_TEST((network.replica(1).target() == View(0)), "one alone moves nobody");
  network.say(3, {1}, network.view_change(3, View(1), {}, {}));
  network.settle();
  BOOST_TEST((network.replica(1).view() == View(1)), "two do; with its own they are three");
}

// "This means that [it] redoes the protocol for messages between min-s and max-s": the digest that was prepared.
BOOST_AUTO_TEST_CASE(s4_4_what_was_prepared_is_prepared_again_in_the_new_view) {
  Replicas network(4);
  network.post = without<Commit>();
  network.submit("a", everyone);
  network.settle();
  network.run_for(1'200);
  network.post = nullptr;
  network.run_for(1'000);
  for (const std::size_t i : everyone) BOOST_TEST(network.has(i, "a"));
  BOOST_TEST(network.find("1:a#2") == nullptr);
}

// "Safety: … all non-faulty replicas agree on the sequence numbers of requests that commit locally": across views too.
BOOST_AUTO_TEST_CASE(s4_5_1_what_one_replica_finalized_is_what_all_finalize) {
  Replicas network(4);
  network.post = [](std::size_t, std::size_t to, const Message& message) {
    const bool lost = to != 0 && (std::holds_alternative<Commit>(message) || std::holds_alternative<Sealed>(message));
    return lost ? Copies{} : Copies{{0, message}};
  };
  network.submit("a", everyone);
  network.settle();
  BOOST_REQUIRE(network.has(0, "a"));
  network.post = nullptr;
  network.crash(0);
  network.submit("b", {1, 2, 3});
  network.run_for(3'000);
  for (const std::size_t i : {1, 2, 3}) BOOST_TEST(network.has(i, "b"));
  BOOST_TEST(
      (network.node(1).disk.blocks.at(Height(1)).header_hash == network.node(0).disk.blocks.at(Height(1)).header_hash));
}

// "… a replica that multicasts a view-change message for view v + 1 waits for 2f + 1 view-change messages for view v +
// 1 and then starts its timer."
BOOST_AUTO_TEST_CASE(s4_5_2_without_a_quorum_in_the_view_change_nobody_goes_further) {
  Replicas network(4);
  network.crash(0);
  network.crash(3);
  network.submit("a", {1, 2});
  network.run_for(30'000);
  for (const std::size_t i : {1, 2}) BOOST_TEST((network.replica(i).target() == View(1)));
}

// "… if a replica receives a set of f + 1 valid view-change messages from other replicas for views greater than its
// current view, it sends a view-change message … even if its timer has not expired."
BOOST_AUTO_TEST_CASE(s4_5_2_f_plus_1_others_take_a_replica_along) {
  Replicas network(4);
  network.make_liar(2);
  network.make_liar(3);
  for (const std::size_t i : {2, 3}) network.say(i, {0}, network.view_change(i, View(5), {}, {}));
  network.settle();
  BOOST_TEST((network.replica(0).target() == View(5)));
}

// "… faulty replicas are unable to impede progress by forcing frequent view changes."
BOOST_AUTO_TEST_CASE(s4_5_2_f_replicas_cannot_force_a_view_change) {
  Replicas network(7);
  network.make_liar(5);
  network.make_liar(6);
  for (std::uint64_t view = 1; view < 50; ++view) {
    for (const std::size_t i : {5, 6}) network.say(i, {0, 1, 2, 3, 4}, network.view_change(i, View(view), {}, {}));
  }
  network.submit("a", {0, 1, 2, 3, 4});
  network.settle();
  for (const std::size_t i : {0, 1, 2, 3, 4}) {
    BOOST_TEST((network.replica(i).target() == View(0)));
    BOOST_TEST(network.has(i, "a"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
