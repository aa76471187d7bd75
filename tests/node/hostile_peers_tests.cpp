// The driver among peers that repeat, hold back, flood and lie: it answers who asks honestly, votes on nothing that it
// cannot keep, and tells clients only what is so.
#include "tests/node/driver_fixture.h"

namespace kanhe::node {

BOOST_AUTO_TEST_SUITE(hostile_peers_tests)

BOOST_AUTO_TEST_CASE(expired_is_said_when_no_block_can_record_it_and_not_before) {
  DriverFixture fixture;
  fixture.answer_start();
  const Timestamp end = fixture.now.wall + std::uint64_t{500};
  const SharedBody proposed = a_body(fixture.genesis, 1, "administrator 0", end);
  const SharedBody left_over = a_body(fixture.genesis, 2, "administrator 0", end);
  fixture.gossip(2, {proposed, left_over});
  const Proposal first =
      fixture.propose_as_primary(Height(1), fixture.driver->executor().tip().digest, {proposed});
  fixture.wait(600);
  BOOST_TEST(fixture.driver->pool().count() == 0U);
  BOOST_TEST(fixture.expired.empty(), "it stands in a proposal");
  agree(fixture, first);
  BOOST_TEST(fixture.on_disk.store->find_transaction(proposed->id).has_value());
  BOOST_TEST(fixture.expired.empty(), "the block's time is before the end of both");
  const SharedBody later = a_body(fixture.genesis, 3);
  fixture.gossip(2, {later});
  agree(fixture,
        fixture.propose_as_primary(Height(2), fixture.driver->executor().tip().digest, {later}));
  BOOST_TEST((fixture.expired == std::vector{left_over->id}));
}

// A peer repeats what another said before its restart; the other must be answered all the same.
BOOST_AUTO_TEST_CASE(a_replayed_status_does_not_use_up_the_answer_to_the_real_one) {
  DriverFixture fixture;
  fixture.answer_start();
  const auto status_of_2 = [&](std::uint64_t session) {
    Status status;
    status.chain_id = fixture.scheme.config.chain_id;
    status.session = session;
    status.signer = ValidatorIndex(2);
    Message message = status;
    sign_message(fixture.scheme, testnet::sim_validator_key(2), message);
    return encode(message);
  };
  for (int period = 0; period < 8; ++period) {
    for (int i = 0; i < 5; ++i) {
      fixture.receive(3, FrameKind::consensus, status_of_2(111));
      if (i == 3) fixture.receive(2, FrameKind::consensus, status_of_2(222));
      fixture.wait(50);
    }
  }
  std::map<std::uint64_t, std::size_t> answers;
  for (const SentFrame& frame : fixture.transport.sent) {
    if (frame.kind != FrameKind::consensus) continue;
    const Message message = decode<Message>(frame.payload).value();
    if (const auto* report = std::get_if<VoteReport>(&message)) ++answers[report->session];
  }
  BOOST_TEST(answers[222] >= 7U);
  BOOST_TEST(answers[111] == 0U);
}

BOOST_AUTO_TEST_CASE(a_vote_report_that_nobody_waits_for_is_not_checked) {
  DriverFixture fixture;
  VoteReport report;
  report.chain_id = fixture.scheme.config.chain_id;
  report.about = ValidatorIndex(1);
  report.session = fixture.session;
  report.signer = ValidatorIndex(2);
  Message message = report;
  sign_message(fixture.scheme, testnet::sim_validator_key(2), message);
  fixture.driver->on_frame(PeerId(2), {FrameKind::consensus, encode(message)}, fixture.now);
  BOOST_TEST(fixture.checker.jobs.size() == 1U);
  fixture.check_all();
  fixture.answer_start();
  fixture.driver->on_frame(PeerId(2), {FrameKind::consensus, encode(message)}, fixture.now);
  BOOST_TEST(fixture.checker.jobs.empty());
}

// A proposal waits here for its time, which comes in the very moment in which block sync wrote its height and the next.
BOOST_AUTO_TEST_CASE(blocks_that_were_synced_are_known_before_anything_is_voted_on) {
  DriverFixture peer(2);
  DriverFixture fixture;
  fixture.answer_start();
  const SharedBody body = a_body(fixture.genesis, 1);
  fixture.gossip(2, {body});
  const Timestamp ahead = fixture.now.wall + std::uint64_t{100};
  const Proposal first =
      *a_proposal(fixture.genesis, Height(1), fixture.driver->executor().tip().digest, {body}, ahead);
  fixture.say(0, PrePrepare{fixture.prepare(0, first), first});
  BOOST_REQUIRE(fixture.sent_count<Prepare>() == 0U);
  Executor elsewhere(*peer.on_disk.store, fixture.genesis);
  const Proposal second = *a_proposal(fixture.genesis, Height(2), digest_of(first.header), {}, ahead);
  elsewhere.execute(first, digest_of(first.header), {body});
  const CommitSeal seal = a_seal(fixture.genesis, elsewhere.execute(second, digest_of(second.header), {}));
  fixture.say(3, Sealed{seal});
  BOOST_REQUIRE(fixture.driver->sync().catching_up());
  BlocksAnswer answer;
  answer.blocks.push_back({first, {BodyBytes::from(body->bytes).value()}});
  answer.blocks.push_back({second, {}});
  answer.seal = seal;
  for (std::uint16_t from = 0; from < 4; ++from) {
    fixture.driver->on_frame(PeerId(from), {FrameKind::blocks_answer, encode(answer)}, fixture.now);
  }
  fixture.now.monotonic = fixture.now.monotonic + Duration(100);
  fixture.now.wall = ahead;
  fixture.driver->tick(fixture.now);
  fixture.driver->run(fixture.now);
  BOOST_TEST((fixture.driver->replica().durable_tip().height == Height(2)));
  BOOST_TEST(fixture.sent_count<Prepare>() == 0U);
}

BOOST_AUTO_TEST_CASE(bodies_whose_vote_was_overwritten_go_with_the_next_block_after_a_restart) {
  DriverFixture fixture;
  fixture.answer_start();
  const SharedBody stray = a_body(fixture.genesis, 7);
  VoteBatch batch;
  batch.bodies.push_back({stray->body_hash, stray->bytes});
  fixture.on_disk.store->persist_votes(batch);
  fixture.restart();
  fixture.answer_start();
  const SharedBody body = a_body(fixture.genesis, 1);
  fixture.gossip(2, {body});
  BOOST_TEST(fixture.on_disk.store->holds_body(stray->body_hash));
  agree(fixture, fixture.propose_as_primary(Height(1), fixture.driver->executor().tip().digest, {body}));
  BOOST_TEST(fixture.on_disk.store->unfinalized_bodies().empty());
}

BOOST_AUTO_TEST_CASE(a_proposal_of_more_bytes_than_a_block_may_have_is_not_fetched_to_its_end) {
  Parameters parameters;
  parameters.block_bytes_max = Number<BlockBytesTag>(100'000);
  DriverFixture fixture(1, parameters);
  fixture.answer_start();
  BodiesOfProposal bodies;
  for (std::uint64_t i = 0; i < 20; ++i) bodies.push_back(a_body(fixture.genesis, i, "administrator 0", {}, 20'000));
  fixture.propose_as_primary(Height(1), fixture.driver->executor().tip().digest, bodies);
  for (const SharedBody& body : bodies) fixture.gossip(0, {body}, FrameKind::bodies_answer);
  std::size_t held = 0;
  for (const SharedBody& body : bodies) held += fixture.driver->pool().find(body->body_hash) != nullptr ? 1 : 0;
  BOOST_TEST(held <= 5U);
  BOOST_TEST(fixture.sent_count<Prepare>() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::node
