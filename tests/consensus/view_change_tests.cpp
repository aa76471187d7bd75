#include <boost/test/unit_test.hpp>

#include "tests/support/replicas.h"

using namespace kanhe;
using namespace kanhe::consensus;
using namespace kanhe::consensus::tests;

namespace {

const std::vector<std::size_t> everyone = {0, 1, 2, 3};
using Copies = std::vector<std::pair<std::optional<std::uint64_t>, Message>>;

// What view-changes imply, computed from messages alone; signed with everyone's keys.
struct Bench {
  Replicas network{4};
  ProposalDigest genesis = network.config().first_floor.digest;

  std::shared_ptr<const Proposal> make(std::uint64_t height, const ProposalDigest& parent,
                                       const std::string& transaction) {
    return network.propose(Height(height), parent, {transaction}, network.wall(network.node(0)));
  }
  PreparedProof proof(const Proposal& proposal, std::uint64_t view) const {
    PreparedProof made{proposal.header, View(view), {}};
    for (std::size_t i = 0; i < 3; ++i) {
      const auto vote = std::get<Prepare>(network.prepare(i, View(view), proposal));
      made.prepares.push_back({vote.signer, vote.signature});
    }
    return made;
  }
  CommitSeal seal(const Proposal& proposal, std::uint64_t view) const {
    CommitSeal made{{}, network.checkpoint(View(view), proposal), {}};
    for (std::size_t i = 0; i < 3; ++i) {
      const auto vote = std::get<Commit>(network.commit(i, View(view), proposal));
      made.signatures.push_back({vote.signer, vote.signature});
    }
    return made;
  }
  struct Said {
    std::optional<CommitSeal> seal;
    std::vector<PreparedProof> proofs;
  };
  // The floor and the names of what is implied in view 9, whose primary is validator 1.
  std::pair<std::uint64_t, std::vector<std::string>> implied(const std::vector<Said>& said) const {
    std::vector<ViewChange> changes;
    for (std::size_t i = 0; i < said.size(); ++i) {
      changes.push_back(std::get<ViewChange>(network.view_change(i, View(9), said[i].seal, said[i].proofs)));
    }
    const auto verified = verify(network.scheme(), network.new_view(1, View(9), changes)).value();
    const auto& message = std::get<NewView>(verified.message());
    const auto implication = implied_by(network.scheme(), network.config().first_floor, message, verified.entries());
    std::vector<std::string> names;
    for (const ImpliedProposal& entry : implication.entered.implied)
      names.push_back(network.name(digest_of(entry.header)));
    return {implication.entered.floor.value(), names};
  }
  using Result = std::pair<std::uint64_t, std::vector<std::string>>;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(view_change_tests)

BOOST_FIXTURE_TEST_CASE(without_proofs_nothing_is_implied, Bench) {
  BOOST_TEST((implied({{}, {}, {}}) == Result{0, {}}));
}

BOOST_FIXTURE_TEST_CASE(the_highest_view_wins_in_whatever_order, Bench) {
  const auto a = make(1, genesis, "a");
  const auto b = make(1, genesis, "b");
  const Said low{std::nullopt, {proof(*a, 2)}};
  const Said high{std::nullopt, {proof(*b, 5)}};
  BOOST_TEST((implied({low, high, {}}) == Result{0, {"1:b"}}));
  BOOST_TEST((implied({high, low, low}) == Result{0, {"1:b"}}));
}

BOOST_FIXTURE_TEST_CASE(a_proof_on_another_parent_is_passed_over, Bench) {
  // 1:a prepared in view 0, 2:c on another 1 prepared in view 1. Without the parent filter nobody could prepare
  // it.
  const auto a = make(1, genesis, "a");
  const auto b = make(1, genesis, "b");
  const auto c = make(2, digest_of(b->header), "c");
  const auto d = make(2, digest_of(a->header), "d");
  BOOST_TEST((implied({{{}, {proof(*a, 0)}}, {{}, {proof(*c, 1)}}, {}}) == Result{0, {"1:a"}}));
  BOOST_TEST(
      (implied({{{}, {proof(*a, 0)}}, {{}, {proof(*c, 1)}}, {{}, {proof(*d, 0)}}}) == Result{0, {"1:a", "2:d"}}));
}

BOOST_FIXTURE_TEST_CASE(it_ends_at_the_first_height_without_a_proof, Bench) {
  const auto a = make(1, genesis, "a");
  const auto b = make(2, digest_of(a->header), "b");
  const auto c = make(3, digest_of(b->header), "c");
  BOOST_TEST((implied({{{}, {proof(*a, 0), proof(*c, 0)}}, {}, {}}) == Result{0, {"1:a"}}));
  BOOST_TEST((implied({{{}, {proof(*b, 0), proof(*c, 0)}}, {}, {}}) == Result{0, {}}));
  BOOST_TEST((implied({{{}, {proof(*c, 0)}}, {{}, {proof(*b, 0)}}, {{}, {proof(*a, 0)}}}) ==
              Result{0, {"1:a", "2:b", "3:c"}}));
}

BOOST_FIXTURE_TEST_CASE(the_floor_is_the_highest_sealed_height_and_its_digest_the_parent, Bench) {
  const auto a = make(1, genesis, "a");
  const auto b = make(1, genesis, "b");
  const auto on_a = make(2, digest_of(a->header), "c");
  const auto on_b = make(2, digest_of(b->header), "d");
  const auto result = implied({{seal(*a, 0), {}}, {{}, {proof(*b, 5), proof(*on_b, 5)}}, {{}, {proof(*on_a, 1)}}});
  BOOST_TEST((result == Result{1, {"2:c"}}));
}

BOOST_FIXTURE_TEST_CASE(a_forged_seal_or_proof_changes_nothing, Bench) {
  const auto a = make(1, genesis, "a");
  const auto b = make(1, genesis, "b");
  CommitSeal two = seal(*b, 0);
  two.signatures.pop_back();
  PreparedProof lifted = proof(*b, 3);
  lifted.view = View(7);
  BOOST_TEST((implied({{two, {lifted}}, {{}, {proof(*a, 0)}}, {}}) == Result{0, {"1:a"}}));
}

BOOST_FIXTURE_TEST_CASE(who_prepared_is_who_holds_the_bodies, Bench) {
  const auto a = make(1, genesis, "a");
  const auto change = std::get<ViewChange>(network.view_change(0, View(9), {}, {proof(*a, 0)}));
  const std::vector<Verified::Entries> entries = {{false, {true}}};
  NewView message;
  message.view_changes.push_back(change);
  const auto implication = implied_by(network.scheme(), network.config().first_floor, message, entries);
  BOOST_TEST(joined(implication.entered.implied.at(0).holders) == "0,1,2");
}

BOOST_AUTO_TEST_CASE(implied_proposal_is_prepared_however_old_it_is) {
  Replicas network(4);
  bool silence = false;
  network.post = [&silence](std::size_t, std::size_t, const Message& message) {
    return silence || std::holds_alternative<Commit>(message) ? Copies{} : Copies{{0, message}};
  };
  network.submit("t1", everyone);
  network.settle();
  silence = true;
  network.run_for(120'000);
  network.expired.insert("t1");
  network.post = nullptr;
  network.run_for(3'000);
  for (const std::size_t i : everyone) BOOST_TEST(network.has(i, "t1"));
  BOOST_TEST(network.find("1:t1#2") == nullptr, "it was not proposed anew");
}

BOOST_AUTO_TEST_CASE(votes_that_were_not_handed_over_are_taken_back_by_a_view_change) {
  // One step makes the Prepare, the next one the ViewChange, and only then the Output is taken.
  Replicas network(4);
  Replica& replica = network.replica(2);
  const auto received = [&network](const Message& message) {
    return Received{verify(network.scheme(), message).value()};
  };
  const Now now{network.now(), network.wall(network.node(2))};
  const auto proposal = network.propose(Height(1), network.config().first_floor.digest, {"t"}, now.wall);
  replica.step(now, received(network.pre_prepare(0, View(0), *proposal)));
  replica.step(now, BodiesReady{digest_of(proposal->header), proposal, Freshness::acceptable});
  replica.step(now, received(network.view_change(0, View(1), {}, {})));
  replica.step(now, received(network.view_change(1, View(1), {}, {})));
  const Output output = replica.take_output();
  BOOST_REQUIRE(output.votes.size() == 1u);
  BOOST_TEST(std::holds_alternative<ViewChange>(output.votes[0].message));
}

BOOST_AUTO_TEST_CASE(a_new_view_below_the_own_target_is_not_entered) {
  Replicas network(4);
  for (const std::size_t i : {0u, 1u, 3u}) network.make_liar(i);
  for (const std::size_t i : {0u, 1u, 3u}) network.say(i, {2}, network.view_change(i, View(2), {}, {}));
  std::vector<ViewChange> changes;
  network.settle();
  BOOST_TEST((network.replica(2).target() == View(2)));
  for (const std::size_t i : {0u, 1u, 3u}) {
    changes.push_back(std::get<ViewChange>(network.view_change(i, View(1), {}, {})));
  }
  network.say(1, {2}, network.new_view(1, View(1), changes));
  network.settle();
  BOOST_TEST((network.replica(2).view() != View(1)));
}

BOOST_AUTO_TEST_CASE(many_failed_views_cost_no_memory) {
  Parameters parameters;
  parameters.timeout_ms = parameters.timeout_max_ms = Number<TimeoutTag>(50);
  Replicas network(4, parameters);
  network.post = [](std::size_t, std::size_t, const Message& message) {
    return std::holds_alternative<Prepare>(message) ? Copies{} : Copies{{0, message}};
  };
  network.submit("t1", everyone);
  network.run_for(20'000);
  const Replica& replica = network.replica(0);
  BOOST_TEST(replica.view().value() > 100u);
  for (const auto& [height, slot] : replica.slots()) BOOST_TEST(slot.prepares().size() <= 3u);
  BOOST_TEST(network.node(0).disk.records.size() < own_prepares_kept + 8);
  network.post = nullptr;
  network.run_for(2'000);
  BOOST_TEST(network.has(0, "t1"));
}

BOOST_AUTO_TEST_SUITE_END()
