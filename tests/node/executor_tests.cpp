#include "node/executor.h"

#include "tests/node/one_node.h"

namespace kanhe::node {
namespace {

struct ExecutorFixture {
  ExecutorFixture() : on_disk(genesis), executor(*on_disk.store, genesis) {}

  std::shared_ptr<const Proposal> propose(Height height, const ProposalDigest& parent, const BodiesOfProposal& bodies) {
    return a_proposal(genesis, height, parent, bodies);
  }
  consensus::Executed execute(const std::shared_ptr<const Proposal>& proposal, const BodiesOfProposal& bodies) {
    return executor.execute(*proposal, digest_of(proposal->header), bodies);
  }
  consensus::Executed add(const ProposalDigest& parent, Height height, const BodiesOfProposal& bodies) {
    return execute(propose(height, parent, bodies), bodies);
  }
  std::vector<TransactionId> commit(const consensus::Executed& block) {
    return executor.commit(block.digest, a_seal(genesis, block), {}, {});
  }

  Genesis genesis = test_genesis();
  TestStore on_disk;
  Executor executor;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(executor_tests)

BOOST_AUTO_TEST_CASE(the_genesis_block_is_the_same_everywhere) {
  ExecutorFixture a;
  ExecutorFixture b;
  BOOST_TEST((a.executor.tip().header_hash == b.executor.tip().header_hash));
  BOOST_TEST((a.executor.tip().height == Height(0)));
  BOOST_TEST((a.executor.tip().digest == genesis_digest(chain_id_of(a.genesis))));
}

BOOST_AUTO_TEST_CASE(pending_and_durable_parents_lead_to_the_same_header) {
  ExecutorFixture ahead;
  ExecutorFixture stepwise;
  ProposalDigest parent = ahead.executor.tip().digest;
  std::vector<consensus::Executed> pending;
  for (std::uint64_t height = 1; height <= 4; ++height) {
    const BodiesOfProposal bodies{a_body(ahead.genesis, 2 * height), a_body(ahead.genesis, 2 * height + 1)};
    pending.push_back(ahead.add(parent, Height(height), bodies));
    const auto durable = stepwise.add(parent, Height(height), bodies);
    BOOST_TEST((durable.header_hash == pending.back().header_hash));
    BOOST_TEST((durable.log_root == pending.back().log_root));
    stepwise.commit(durable);
    parent = durable.digest;
  }
  for (const auto& block : pending) BOOST_TEST(ahead.commit(block).size() == 2);
  BOOST_TEST((ahead.on_disk.store->tree().root() == stepwise.on_disk.store->tree().root()));
  BOOST_TEST((ahead.executor.tip().header_hash == stepwise.executor.tip().header_hash));
}

BOOST_AUTO_TEST_CASE(a_commit_drops_the_losing_branch_and_keeps_what_builds_on_the_winner) {
  ExecutorFixture fixture;
  const ProposalDigest root = fixture.executor.tip().digest;
  const auto winner = fixture.add(root, Height(1), {a_body(fixture.genesis, 1)});
  const auto loser = fixture.add(root, Height(1), {a_body(fixture.genesis, 2)});
  const auto on_winner = fixture.add(winner.digest, Height(2), {a_body(fixture.genesis, 3)});
  const auto on_loser = fixture.add(loser.digest, Height(2), {a_body(fixture.genesis, 3)});
  const auto far_loser = fixture.add(on_loser.digest, Height(3), {});
  BOOST_TEST((on_winner.header_hash != on_loser.header_hash));
  fixture.commit(winner);
  BOOST_TEST(fixture.executor.knows(winner.digest));
  BOOST_TEST(fixture.executor.knows(on_winner.digest));
  for (const auto& gone : {loser, on_loser, far_loser}) BOOST_TEST(!fixture.executor.knows(gone.digest));
  fixture.commit(on_winner);
  const auto tip = fixture.executor.tip();
  BOOST_TEST((tip.height == Height(2) && tip.header_hash == on_winner.header_hash));
  BOOST_TEST((fixture.on_disk.store->header(Height(2)).value().parent == winner.header_hash));
}

BOOST_AUTO_TEST_CASE(executing_again_answers_the_same_and_changes_nothing) {
  ExecutorFixture fixture;
  const BodiesOfProposal bodies{a_body(fixture.genesis, 1)};
  const auto proposal = fixture.propose(Height(1), fixture.executor.tip().digest, bodies);
  const auto first = fixture.execute(proposal, bodies);
  const auto second = fixture.execute(proposal, bodies);
  BOOST_TEST((first.header_hash == second.header_hash && first.log_root == second.log_root));
}

BOOST_AUTO_TEST_CASE(dropping_takes_what_is_above_along) {
  ExecutorFixture fixture;
  const auto first = fixture.add(fixture.executor.tip().digest, Height(1), {a_body(fixture.genesis, 1)});
  const auto second = fixture.add(first.digest, Height(2), {a_body(fixture.genesis, 2)});
  fixture.executor.drop(second.digest);
  BOOST_TEST(fixture.executor.knows(first.digest));
  const auto again = fixture.add(first.digest, Height(2), {a_body(fixture.genesis, 2)});
  BOOST_TEST((again.header_hash == second.header_hash));
  fixture.executor.drop(first.digest);
  BOOST_TEST(!fixture.executor.knows(first.digest));
  BOOST_TEST(!fixture.executor.knows(second.digest));
}

BOOST_AUTO_TEST_CASE(pending_ids_are_those_from_the_tip_up) {
  ExecutorFixture fixture;
  const SharedBody a = a_body(fixture.genesis, 1);
  const SharedBody b = a_body(fixture.genesis, 2);
  const auto first = fixture.add(fixture.executor.tip().digest, Height(1), {a});
  const auto second = fixture.add(first.digest, Height(2), {b});
  BOOST_TEST((fixture.executor.pending_ids(second.digest) == std::set{a->id, b->id}));
  fixture.commit(first);
  BOOST_TEST((fixture.executor.pending_ids(second.digest) == std::set{b->id}));
  BOOST_TEST(fixture.executor.pending_ids(first.digest).empty());
  BOOST_TEST(fixture.executor.is_recorded(a->id));
  BOOST_TEST(!fixture.executor.is_recorded(b->id));
}

BOOST_AUTO_TEST_CASE(whatever_a_proposal_holds_is_executed) {
  ExecutorFixture fixture;
  const SharedBody once = a_body(fixture.genesis, 1);
  const SharedBody late = a_body(fixture.genesis, 2, "administrator 0", test_time() - std::uint64_t{1});
  const SharedBody stranger = a_body(fixture.genesis, 3, "nobody", {}, 50);
  const BodiesOfProposal bodies{once, once, late, stranger};
  const auto block = fixture.add(fixture.executor.tip().digest, Height(1), bodies);
  fixture.commit(block);
  const auto receipts = fixture.on_disk.store->receipts(Height(1));
  BOOST_REQUIRE_EQUAL(receipts.size(), 5);
  BOOST_TEST(!std::holds_alternative<Refused>(receipts[1].outcome));
  for (std::size_t leaf = 2; leaf < 5; ++leaf) BOOST_TEST(std::holds_alternative<Refused>(receipts[leaf].outcome));
}

BOOST_AUTO_TEST_CASE(a_restart_goes_on_from_the_tip) {
  ExecutorFixture fixture;
  const auto first = fixture.add(fixture.executor.tip().digest, Height(1), {a_body(fixture.genesis, 1)});
  fixture.commit(first);
  const auto before = fixture.add(first.digest, Height(2), {a_body(fixture.genesis, 2)});
  fixture.on_disk.store.reset();
  fixture.on_disk.disk.crash(1);
  fixture.on_disk.open(fixture.genesis);
  Executor again(*fixture.on_disk.store, fixture.genesis);
  BOOST_TEST((again.tip().header_hash == first.header_hash));
  const BodiesOfProposal bodies{a_body(fixture.genesis, 2)};
  const auto proposal = fixture.propose(Height(2), first.digest, bodies);
  const auto after = again.execute(*proposal, digest_of(proposal->header), bodies);
  BOOST_TEST((after.header_hash == before.header_hash));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::node
