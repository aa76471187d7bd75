// Each checker fires on the violation that it is there for, planted by hand, and stays silent on the same course
// without it: a checker that never fires would prove anything.
#include <boost/test/unit_test.hpp>

#include "testnet/checkers.h"
#include "tests/node/driver_fixture.h"
#include "tests/node/one_node.h"

namespace kanhe::testnet {
namespace {

using node::a_body;
using node::a_proposal;
using node::a_seal;
using node::BodiesOfProposal;
using node::test_genesis;
using node::TestStore;

constexpr Instant at{1'000'000'000};

// A network of which one node runs here; others are told of.
struct Watched {
  Genesis genesis = test_genesis();
  Checkers checkers{genesis, 2};
};

// One node's store and executor, which write whatever a test tells them.
struct Chain {
  explicit Chain(const Genesis& of) : genesis(of), held(of), executor(*held.store, of) {}

  struct Block {
    BodiesOfProposal bodies;
    Timestamp time = node::test_time();
    bool sealed = true;
    std::optional<CommitSeal> seal = {};  // in place of the right one
  };
  Height add(const Block& block) {
    const consensus::Tip tip = executor.tip();
    const auto proposal = a_proposal(genesis, tip.height + 1, tip.digest, block.bodies, block.time);
    const ProposalDigest digest = digest_of(proposal->header);
    const consensus::Executed executed = executor.execute(*proposal, digest, block.bodies);
    std::optional<CommitSeal> seal = block.seal;
    if (!seal && block.sealed) seal = a_seal(genesis, executed);
    executor.commit(digest, seal, {}, {});
    return executor.tip().height;
  }
  const Store& store() const { return *held.store; }

  const Genesis& genesis;
  TestStore held;
  node::Executor executor;
};

// What the use throws; empty when it does not.
template <class Use>
std::string violation_of(Use use) {
  try {
    use();
  } catch (const Violation& violation) {
    BOOST_TEST((violation.verdict == Verdict::correctness));
    return violation.text;
  }
  return {};
}

template <class Use>
void expect(std::string_view checker, Use use) {
  const std::string text = violation_of(use);
  BOOST_TEST(text.starts_with(std::string(checker) + ":"), "expected " << checker << ", got \"" << text << "\"");
}

consensus::Message prepare(const Genesis& genesis, std::uint16_t signer, View view, Byte proposal) {
  consensus::Prepare vote;
  vote.statement = {{}, chain_id_of(genesis), Epoch(0), view, Height(1), ProposalDigest{}};
  vote.statement.digest.array()[0] = proposal;
  vote.signer = ValidatorIndex(signer);
  return vote;
}

consensus::Message commit(std::uint16_t signer, View view, Byte result) {
  consensus::Commit vote;
  vote.checkpoint.view = view;
  vote.checkpoint.height = Height(1);
  vote.checkpoint.header_hash.array()[0] = result;
  vote.signer = ValidatorIndex(signer);
  return vote;
}

consensus::Message view_change(std::uint16_t signer, View view, bool with_proof = false) {
  consensus::ViewChange vote;
  vote.new_view = view;
  vote.signer = ValidatorIndex(signer);
  if (with_proof) vote.proofs.push_back({});
  return vote;
}

consensus::Message new_view(std::uint16_t signer, View view, bool with_changes = false) {
  consensus::NewView vote;
  vote.view = view;
  vote.signer = ValidatorIndex(signer);
  if (with_changes) vote.view_changes.push_back({});
  return vote;
}

BOOST_AUTO_TEST_SUITE(checkers_tests)

BOOST_AUTO_TEST_CASE(an_honest_course_violates_nothing) {
  Watched watched;
  Chain one(watched.genesis);
  Chain two(watched.genesis);
  for (std::uint64_t i = 0; i < 4; ++i) {
    const Chain::Block block{.bodies = {a_body(watched.genesis, i)}, .sealed = i % 2 == 1};
    for (Chain* chain : {&one, &two}) {
      const Height height = chain->add(block);
      const End end = chain == &one ? 0 : 1;
      BOOST_TEST(violation_of([&] { watched.checkers.on_block(end, chain->store(), height); }) == "");
    }
  }
  BOOST_TEST(violation_of([&] { watched.checkers.on_restart(0, one.store()); }) == "");
  BOOST_TEST((watched.checkers.height() == Height(4)));
  BOOST_TEST(watched.checkers.seals_checked() == 4U);
  BOOST_TEST(watched.checkers.position(a_body(watched.genesis, 2)->id).has_value());
}

BOOST_AUTO_TEST_CASE(o1_two_nodes_with_different_blocks_at_one_height) {
  Watched watched;
  Chain one(watched.genesis);
  Chain two(watched.genesis);
  watched.checkers.on_block(0, one.store(), one.add({.bodies = {a_body(watched.genesis, 1)}}));
  const Height height = two.add({.bodies = {a_body(watched.genesis, 2)}});
  expect("O1", [&] { watched.checkers.on_block(1, two.store(), height); });
}

BOOST_AUTO_TEST_CASE(o2_a_seal_with_too_few_signatures_or_of_another_block) {
  Watched watched;
  Chain reference(watched.genesis);
  reference.add({.bodies = {a_body(watched.genesis, 1)}});
  const CommitSeal good = reference.store().seal(Height(1)).value();
  CommitSeal few = good;
  few.signatures.pop_back();
  CommitSeal forged = good;
  forged.signatures[0].signature.array()[5] ^= 1;
  // A good seal, of another block at this height.
  Chain other(watched.genesis);
  other.add({.bodies = {a_body(watched.genesis, 2)}});
  const CommitSeal foreign = other.store().seal(Height(1)).value();
  for (const CommitSeal& seal : {few, forged, foreign}) {
    Watched fresh;
    Chain chain(fresh.genesis);
    const Height height = chain.add({.bodies = {a_body(fresh.genesis, 1)}, .seal = seal});
    expect("O2", [&] { fresh.checkers.on_block(0, chain.store(), height); });
  }
}

BOOST_AUTO_TEST_CASE(o3_a_node_that_comes_back_without_a_block_or_with_another) {
  Watched watched;
  Chain chain(watched.genesis);
  for (std::uint64_t i = 0; i < 2; ++i) {
    watched.checkers.on_block(0, chain.store(), chain.add({.bodies = {a_body(watched.genesis, i)}}));
  }
  Chain shorter(watched.genesis);
  shorter.add({.bodies = {a_body(watched.genesis, 0)}});
  expect("O3", [&] { watched.checkers.on_restart(0, shorter.store()); });
  Chain other(watched.genesis);
  for (std::uint64_t i = 5; i < 7; ++i) other.add({.bodies = {a_body(watched.genesis, i)}});
  expect("O3", [&] { watched.checkers.on_restart(0, other.store()); });
  Chain same(watched.genesis);
  for (std::uint64_t i = 0; i < 2; ++i) same.add({.bodies = {a_body(watched.genesis, i)}});
  BOOST_TEST(violation_of([&] { watched.checkers.on_restart(0, same.store()); }) == "");
}

BOOST_AUTO_TEST_CASE(o4_a_transaction_that_is_expired_badly_signed_or_there_twice) {
  const Genesis genesis = test_genesis();
  const auto expired = a_body(genesis, 1, "administrator 0", node::test_time());
  Transaction forged_transaction = a_body(genesis, 2)->transaction;
  forged_transaction.signature.array()[3] ^= 1;
  const auto forged = std::make_shared<const TransactionBody>(make_body(forged_transaction));
  for (const auto& body : {expired, forged}) {
    Watched watched;
    Chain chain(watched.genesis);
    const Height height = chain.add({.bodies = {body}});
    expect("O4", [&] { watched.checkers.on_block(0, chain.store(), height); });
  }
  Watched watched;
  Chain chain(watched.genesis);
  watched.checkers.on_block(0, chain.store(), chain.add({.bodies = {a_body(genesis, 1)}}));
  const Height height = chain.add({.bodies = {a_body(genesis, 2), a_body(genesis, 1)}});
  expect("O4", [&] { watched.checkers.on_block(0, chain.store(), height); });
}

BOOST_AUTO_TEST_CASE(o6_two_different_votes_of_one_place) {
  const Genesis genesis = test_genesis();
  const std::vector<std::pair<consensus::Message, consensus::Message>> contradictions{
      {prepare(genesis, 1, View(0), 1), prepare(genesis, 1, View(0), 2)},
      {commit(1, View(0), 1), commit(1, View(0), 2)},
      {view_change(1, View(3)), view_change(1, View(3), true)},
      {new_view(1, View(1)), new_view(1, View(1), true)},
  };
  for (const auto& [first, second] : contradictions) {
    Watched watched;
    watched.checkers.on_sent(Identity(1), first);
    BOOST_TEST(violation_of([&] { watched.checkers.on_sent(Identity(1), first); }) == "");
    // Another passes it on, or says it itself in another view.
    BOOST_TEST(violation_of([&] { watched.checkers.on_sent(Identity(2), second); }) == "");
    expect("O6", [&] { watched.checkers.on_sent(Identity(1), second); });
    Watched of_liars;
    of_liars.checkers.expect_liar(Identity(1), {1});
    of_liars.checkers.on_sent(Identity(1), first);
    BOOST_TEST(violation_of([&] { of_liars.checkers.on_sent(Identity(1), second); }) == "");
  }
}

BOOST_AUTO_TEST_CASE(o6_a_vote_below_the_own_view_change) {
  Watched watched;
  watched.checkers.on_sent(Identity(1), view_change(1, View(3)));
  for (const auto& vote : {prepare(watched.genesis, 1, View(2), 1), commit(1, View(2), 1), new_view(1, View(1))}) {
    expect("O6", [&] { watched.checkers.on_signed(Identity(1), vote); });
    BOOST_TEST(violation_of([&] { watched.checkers.on_signed(Identity(2), vote); }) == "");
  }
  BOOST_TEST(violation_of([&] { watched.checkers.on_signed(Identity(1), prepare(watched.genesis, 1, View(3), 1)); }) ==
             "");
}

BOOST_AUTO_TEST_CASE(o8_a_block_that_does_not_follow_the_last_one) {
  Watched watched;
  Chain chain(watched.genesis);
  chain.add({.bodies = {a_body(watched.genesis, 1)}});
  const Height second = chain.add({.bodies = {a_body(watched.genesis, 2)}});
  expect("O8", [&] { watched.checkers.on_block(0, chain.store(), second); });
}

BOOST_AUTO_TEST_CASE(o10_an_honest_node_that_lost_its_votes_or_is_accused) {
  using enum consensus::AlarmKind;
  Watched watched;
  for (const auto kind : {lost_votes, diverged}) {
    expect("O10", [&] { watched.checkers.on_alarm(Identity(0), Epoch(0), {kind, Height(1), std::nullopt}); });
  }
  for (const auto kind : {conflicting_votes, odd_result}) {
    const consensus::Alarm alarm{kind, Height(1), ValidatorIndex(3)};
    expect("O10", [&] { watched.checkers.on_alarm(Identity(0), Epoch(0), alarm); });
    Watched of_liars;
    of_liars.checkers.expect_liar(Identity(3), {3});
    BOOST_TEST(violation_of([&] { of_liars.checkers.on_alarm(Identity(0), Epoch(0), alarm); }) == "");
    // What a liar claims is nobody's fault.
    const consensus::Alarm lost{lost_votes, Height(1), {}};
    BOOST_TEST(violation_of([&] { of_liars.checkers.on_alarm(Identity(3), Epoch(0), lost); }) == "");
  }
  BOOST_TEST(violation_of([&] {
               watched.checkers.on_alarm(Identity(0), Epoch(0), {invalid_proposal, Height(1), ValidatorIndex(1)});
             }) == "");
}

// O7: three others aim for view 9; only where one of them was seen to do so is it no jump.
BOOST_AUTO_TEST_CASE(a_replica_that_jumps_further_than_any_other_is_found) {
  node::DriverFixture fixture;
  fixture.answer_start();
  for (const std::uint16_t from : {0, 2, 3}) {
    consensus::ViewChange change;
    change.chain_id = fixture.scheme.config.chain_id;
    change.new_view = View(9);
    change.signer = ValidatorIndex(from);
    fixture.say(from, change);
  }
  BOOST_REQUIRE((fixture.driver->replica().target() == View(9)));
  Checkers checkers(fixture.genesis, 4);
  expect("O7", [&] { checkers.on_event(1, *fixture.driver, false, at); });
  expect("O7", [&] { checkers.on_event(1, *fixture.driver, true, at); });
  Checkers of_liars(fixture.genesis, 4);
  of_liars.expect_liar(Identity(1), {1});
  BOOST_TEST(violation_of([&] { of_liars.on_event(1, *fixture.driver, false, at); }) == "");
}

// O13: the replica waits as it should, and the checker is told another time.
BOOST_AUTO_TEST_CASE(a_replica_that_leaves_its_view_while_blocks_arrive_is_found) {
  node::DriverFixture fixture;
  fixture.answer_start();
  Chain chain(fixture.genesis);
  for (std::uint64_t i = 1; i <= 3; ++i) chain.add({.bodies = {a_body(fixture.genesis, i)}});
  node::BlocksAnswer first_of_three;
  for (const Height height : {Height(1), Height(2), Height(3)}) {
    const Proposal proposal = *chain.store().proposal(height);
    if (height > Height(1)) {
      first_of_three.above.push_back(proposal.header);
      continue;
    }
    first_of_three.blocks.push_back({proposal, {}});
    first_of_three.blocks.back().bodies.push_back(node::BodyBytes::from(*chain.store().body(height, 0)).value());
  }
  first_of_three.seal = chain.store().seal(Height(3));
  fixture.say(2, consensus::Sealed{*first_of_three.seal});
  BOOST_REQUIRE((fixture.transport.sent.back().kind == node::FrameKind::fetch_blocks));
  Checkers patient(fixture.genesis, 4);
  Checkers checkers(fixture.genesis, 4);
  for (Checkers* each : {&patient, &checkers}) each->on_event(1, *fixture.driver, false, at);
  fixture.receive(fixture.transport.sent.back().to->value(), node::FrameKind::blocks_answer,
                  encode(first_of_three));
  BOOST_REQUIRE(fixture.driver->sync().blocks_executed() == 1u);
  for (Checkers* each : {&patient, &checkers}) each->on_event(1, *fixture.driver, false, at);
  fixture.gossip(2, {a_body(fixture.genesis, 9)});
  fixture.wait(600'000);
  BOOST_REQUIRE((fixture.driver->replica().target() == View(1)));
  const Duration patience(fixture.scheme.config.parameters.timeout_ms.value());
  BOOST_TEST(violation_of([&] { patient.on_event(1, *fixture.driver, true, at + patience); }) == "");
  expect("O13", [&] { checkers.on_event(1, *fixture.driver, true, at + Duration(1)); });
}

// O4, said before and after it is recorded.
BOOST_AUTO_TEST_CASE(a_transaction_that_is_recorded_though_it_was_said_to_be_expired_is_found) {
  Watched watched;
  Chain chain(watched.genesis);
  const auto body = a_body(watched.genesis, 1);
  const Height height = chain.add({.bodies = {body}});
  watched.checkers.on_expired(0, a_body(watched.genesis, 2)->id);
  BOOST_TEST(violation_of([&] { watched.checkers.on_block(0, chain.store(), height); }) == "");
  expect("O4", [&] { watched.checkers.on_expired(1, body->id); });
  Watched before;
  before.checkers.on_expired(1, body->id);
  expect("O4", [&] { before.checkers.on_block(0, chain.store(), height); });
  Watched of_liars;
  of_liars.checkers.expect_liar(Identity(1), {1});
  of_liars.checkers.on_expired(1, body->id);
  BOOST_TEST(violation_of([&] { of_liars.checkers.on_block(0, chain.store(), height); }) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::testnet
