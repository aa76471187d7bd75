// The driver alone, its peers played by the test: what it sends, and what is on disk when it does.
#include "tests/node/driver_fixture.h"

namespace kanhe::node {

BOOST_AUTO_TEST_SUITE(driver_tests)

BOOST_AUTO_TEST_CASE(signs_nothing_before_the_others_have_reported) {
  DriverFixture fixture;
  const SharedBody body = a_body(fixture.genesis, 1);
  fixture.gossip(2, {body});
  fixture.propose_as_primary(Height(1), fixture.driver->executor().tip().digest, {body});
  BOOST_TEST(fixture.driver->replica().starting());
  BOOST_TEST(fixture.sent_count<Prepare>() == 0);
  fixture.answer_start();
  BOOST_TEST(fixture.sent_count<Prepare>() == 1);
}

BOOST_AUTO_TEST_CASE(every_vote_is_on_disk_with_its_bodies_before_it_leaves) {
  DriverFixture fixture;
  fixture.answer_start();
  const SharedBody body = a_body(fixture.genesis, 1);
  fixture.gossip(2, {body});
  const Proposal proposal =
      fixture.propose_as_primary(Height(1), fixture.driver->executor().tip().digest, {body});
  agree(fixture, proposal);
  BOOST_TEST(fixture.votes_checked >= 2);
  BOOST_TEST((fixture.blocks == std::vector{Height(1)}));
  BOOST_TEST((fixture.driver->replica().durable_tip().height == Height(1)));
  BOOST_TEST(fixture.on_disk.store->find_transaction(body->id).has_value());
  BOOST_TEST(fixture.driver->counters().transactions_final == 1);
  BOOST_TEST(fixture.alarms.empty());
}

BOOST_AUTO_TEST_CASE(a_block_takes_its_votes_and_the_bodies_of_losers_from_the_disk) {
  DriverFixture fixture;
  fixture.answer_start();
  const SharedBody body = a_body(fixture.genesis, 1);
  fixture.gossip(2, {body});
  const Proposal proposal =
      fixture.propose_as_primary(Height(1), fixture.driver->executor().tip().digest, {body});
  BOOST_TEST(!fixture.on_disk.store->unfinalized_bodies().empty());
  agree(fixture, proposal);
  BOOST_TEST(fixture.on_disk.store->unfinalized_bodies().empty());
  for (const auto& [key, value] : fixture.on_disk.store->votes()) {
    const Record record = decode<Record>(value).value();
    BOOST_TEST(!std::holds_alternative<OwnPrepare>(record));
    BOOST_TEST(!std::holds_alternative<Commit>(record));
    BOOST_TEST(!std::holds_alternative<PreparedProof>(record));
  }
}

BOOST_AUTO_TEST_CASE(after_a_power_cut_it_says_the_same_and_nothing_else) {
  DriverFixture fixture;
  fixture.answer_start();
  const SharedBody body = a_body(fixture.genesis, 1);
  const SharedBody other = a_body(fixture.genesis, 2);
  fixture.gossip(2, {body, other});
  const ProposalDigest root = fixture.driver->executor().tip().digest;
  const Proposal proposal = fixture.propose_as_primary(Height(1), root, {body});
  const Prepare vote = fixture.last_sent<Prepare>();
  fixture.restart();
  fixture.answer_start();
  fixture.gossip(2, {other});
  // The primary contradicts itself; who voted remembers, although the pool forgot.
  fixture.propose_as_primary(Height(1), root, {other});
  for (const SentFrame& frame : fixture.transport.sent) {
    if (frame.kind != FrameKind::consensus) continue;
    const Message message = decode<Message>(frame.payload).value();
    if (const auto* again = std::get_if<Prepare>(&message)) BOOST_TEST((*again == vote));
  }
  agree(fixture, proposal);
  BOOST_TEST((fixture.blocks == std::vector{Height(1)}));
  BOOST_TEST(fixture.on_disk.store->find_transaction(body->id).has_value());
}

BOOST_AUTO_TEST_CASE(a_vote_that_the_disk_forgot_silences_it) {
  DriverFixture fixture;
  VoteReport report;
  report.chain_id = fixture.scheme.config.chain_id;
  report.about = ValidatorIndex(1);
  report.session = fixture.session;
  report.signer = ValidatorIndex(2);
  Message forgotten = fixture.prepare(1, *a_proposal(fixture.genesis, Height(1), ProposalDigest{}, {}));
  sign_message(fixture.scheme, testnet::sim_validator_key(1), forgotten);
  report.prepares.push_back(std::get<Prepare>(forgotten));
  fixture.say(2, report);
  BOOST_REQUIRE(fixture.driver->replica().silence().has_value());
  BOOST_REQUIRE_EQUAL(fixture.alarms.size(), 1);
  BOOST_TEST((fixture.alarms.front().kind == AlarmKind::lost_votes));
  fixture.restart();
  BOOST_TEST(fixture.driver->replica().silence().has_value());
}

BOOST_AUTO_TEST_CASE(the_primary_proposes_what_a_client_submits) {
  DriverFixture fixture(0);
  fixture.answer_start();
  const SharedBody body = a_body(fixture.genesis, 1);
  fixture.driver->submit(body->bytes, 5, fixture.now);
  fixture.driver->run(fixture.now);
  fixture.check_all();
  BOOST_REQUIRE_EQUAL(fixture.answers.size(), 1);
  BOOST_TEST((fixture.answers.front().first == 5 && fixture.answers.front().second.has_value()));
  const auto proposal = fixture.last_sent<PrePrepare>().proposal;
  BOOST_TEST((proposal.bodies == BodyList{body->body_hash}));
  BOOST_TEST(frames_of<Gossip>(fixture.transport.sent, FrameKind::gossip).size() == 1);
}

BOOST_AUTO_TEST_CASE(what_is_handed_in_together_shares_one_sync) {
  DriverFixture fixture;
  fixture.answer_start();
  const BodiesOfProposal bodies{a_body(fixture.genesis, 1), a_body(fixture.genesis, 2), a_body(fixture.genesis, 3)};
  fixture.gossip(2, bodies);
  const std::uint64_t batches = fixture.on_disk.store->counters().batches;
  ProposalDigest parent = fixture.driver->executor().tip().digest;
  for (std::uint64_t height = 1; height <= bodies.size(); ++height) {
    const Proposal proposal =
        *a_proposal(fixture.genesis, Height(height), parent, {bodies[height - 1]}, fixture.now.wall);
    parent = digest_of(proposal.header);
    Message message = PrePrepare{fixture.prepare(0, proposal), proposal};
    sign_message(fixture.scheme, testnet::sim_validator_key(0), message);
    fixture.driver->on_checked(check(fixture.scheme, MessageJob{PeerId(0), encode(message)}), fixture.now);
  }
  BOOST_TEST(fixture.sent_count<Prepare>() == 0);
  fixture.driver->run(fixture.now);
  BOOST_TEST(fixture.sent_count<Prepare>() == bodies.size());
  BOOST_TEST(fixture.on_disk.store->counters().batches == batches + 1);
}

BOOST_AUTO_TEST_CASE(submissions_that_come_together_are_checked_together_and_answered_one_by_one) {
  DriverFixture fixture;
  for (std::uint64_t token = 1; token <= 5; ++token) {
    Bytes bytes = a_body(fixture.genesis, token)->bytes;
    if (token == 3) bytes.back() ^= 1;
    fixture.driver->submit(bytes, token, fixture.now);
  }
  BOOST_TEST(fixture.checker.jobs.empty());
  fixture.driver->run(fixture.now);
  BOOST_TEST(fixture.checker.jobs.size() == 1);
  fixture.check_all();
  BOOST_REQUIRE_EQUAL(fixture.answers.size(), 5);
  for (const auto& [token, answer] : fixture.answers) BOOST_TEST(answer.has_value() == (token != 3));
}

BOOST_AUTO_TEST_CASE(while_a_block_is_under_way_a_small_batch_waits_for_company) {
  DriverFixture fixture(0);
  fixture.answer_start();
  std::uint64_t number = 0;
  const auto submit = [&](std::size_t count) {
    for (; count > 0; --count) {
      ++number;
      fixture.driver->submit(a_body(fixture.genesis, number)->bytes, number, fixture.now);
    }
    fixture.driver->run(fixture.now);
    fixture.check_all();
  };
  submit(1);
  BOOST_TEST(fixture.sent_count<PrePrepare>() == 1);
  submit(1);
  BOOST_TEST(fixture.sent_count<PrePrepare>() == 1);
  BOOST_TEST((fixture.driver->deadline() <= fixture.now.monotonic + Duration(10)));
  fixture.wait(10);
  BOOST_TEST(fixture.sent_count<PrePrepare>() == 2);
  submit(1);
  BOOST_TEST(fixture.sent_count<PrePrepare>() == 2);
  // An eighth of a whole block, the window being eight, is company enough.
  submit(124);
  BOOST_TEST(fixture.sent_count<PrePrepare>() == 3);
  BOOST_TEST(fixture.last_sent<PrePrepare>().proposal.bodies.size() >= 100);
}

BOOST_AUTO_TEST_CASE(a_client_hears_why_not) {
  DriverFixture fixture;
  const SharedBody body = a_body(fixture.genesis, 1);
  const auto answer_to = [&](const Bytes& bytes) {
    fixture.answers.clear();
    fixture.driver->submit(bytes, 9, fixture.now);
    fixture.driver->run(fixture.now);
    fixture.check_all();
    BOOST_REQUIRE_EQUAL(fixture.answers.size(), 1);
    BOOST_TEST(fixture.answers.front().first == 9);
    return fixture.answers.front().second;
  };
  Bytes cut = body->bytes;
  cut.pop_back();
  BOOST_TEST(!answer_to(cut).has_value());
  Bytes forged = body->bytes;
  forged.back() ^= 1;
  BOOST_TEST((answer_to(forged).error().code == ErrorCode::bad_signature));
  BOOST_TEST(answer_to(body->bytes).has_value());
  BOOST_TEST((answer_to(body->bytes).error().code == ErrorCode::duplicate));
}

BOOST_AUTO_TEST_CASE(bodies_that_are_missing_are_fetched_from_the_one_who_has_them) {
  DriverFixture fixture;
  fixture.answer_start();
  const SharedBody body = a_body(fixture.genesis, 1);
  fixture.propose_as_primary(Height(1), fixture.driver->executor().tip().digest, {body});
  BOOST_TEST(fixture.sent_count<Prepare>() == 0);
  const auto asked = frames_of<FetchBodies>(fixture.transport.sent, FrameKind::fetch_bodies);
  BOOST_REQUIRE_EQUAL(asked.size(), 1);
  BOOST_TEST((asked.front().hashes.front() == body->body_hash));
  for (const SentFrame& frame : fixture.transport.sent) {
    if (frame.kind == FrameKind::fetch_bodies) BOOST_TEST((frame.to == PeerId(0)));
  }
  fixture.gossip(0, {body}, FrameKind::bodies_answer);
  BOOST_TEST(fixture.sent_count<Prepare>() == 1);
  BOOST_TEST(!fixture.driver->pool().contains(body->id));
}

BOOST_AUTO_TEST_CASE(a_peer_that_does_not_answer_is_passed_over) {
  DriverFixture fixture;
  fixture.answer_start();
  const SharedBody body = a_body(fixture.genesis, 1);
  fixture.propose_as_primary(Height(1), fixture.driver->executor().tip().digest, {body});
  std::set<PeerId> asked;
  for (int i = 0; i < 5; ++i) {
    for (const SentFrame& frame : fixture.transport.take()) {
      if (frame.kind == FrameKind::fetch_bodies) asked.insert(*frame.to);
    }
    fixture.wait(130);
  }
  BOOST_TEST(asked.size() == 3);
}

BOOST_AUTO_TEST_CASE(a_proposal_with_a_recorded_transaction_is_not_voted_on) {
  DriverFixture fixture;
  fixture.answer_start();
  const SharedBody body = a_body(fixture.genesis, 1);
  fixture.gossip(2, {body});
  agree(fixture, fixture.propose_as_primary(Height(1), fixture.driver->executor().tip().digest, {body}));
  BOOST_REQUIRE((fixture.blocks == std::vector{Height(1)}));
  fixture.transport.take();
  fixture.propose_as_primary(Height(2), fixture.driver->executor().tip().digest, {body});
  fixture.gossip(0, {body}, FrameKind::bodies_answer);
  BOOST_TEST(fixture.sent_count<Prepare>() == 0);
  BOOST_REQUIRE_EQUAL(fixture.alarms.size(), 1);
  BOOST_TEST((fixture.alarms.front().kind == AlarmKind::invalid_proposal));
}

BOOST_AUTO_TEST_CASE(a_primary_that_does_nothing_is_complained_of_after_the_waiting_was_forwarded) {
  DriverFixture fixture;
  fixture.answer_start();
  const SharedBody body = a_body(fixture.genesis, 1);
  fixture.gossip(2, {body});
  for (int i = 0; i < 8 && fixture.sent_count<ViewChange>() == 0; ++i) fixture.wait(200);
  BOOST_TEST(fixture.sent_count<ViewChange>() >= 1);
  const auto forwarded = frames_of<Forwarded>(fixture.transport.sent, FrameKind::forwarded);
  BOOST_REQUIRE_EQUAL(forwarded.size(), 1);
  BOOST_TEST((forwarded.front().bodies.front().bytes() == body->bytes));
}

// A client at a time, and blocks that take their time: what stands in the proposal is not what the primary neglects.
BOOST_AUTO_TEST_CASE(what_a_proposal_brings_is_missed_no_longer) {
  DriverFixture fixture;
  fixture.answer_start();
  for (std::uint64_t number = 1; number <= 16; ++number) {
    const SharedBody body = a_body(fixture.genesis, number);
    fixture.driver->submit(body->bytes, number, fixture.now);
    fixture.driver->run(fixture.now);
    fixture.check_all();
    const Proposal proposal =
        fixture.propose_as_primary(Height(number), fixture.driver->executor().tip().digest, {body});
    for (int i = 0; i < 6; ++i) fixture.wait(50);
    agree(fixture, proposal);
    BOOST_REQUIRE_EQUAL(fixture.blocks.size(), number);
  }
  BOOST_TEST(fixture.sent_count<ViewChange>() == 0);
}

// Whoever has it alone, the primary gets it; and only then it may be complained of for its pace.
BOOST_AUTO_TEST_CASE(what_a_peer_brought_and_nobody_proposes_is_passed_on_to_the_primary_once) {
  DriverFixture fixture;
  fixture.answer_start();
  const SharedBody body = a_body(fixture.genesis, 1);
  fixture.gossip(2, {body});
  fixture.transport.take();
  fixture.transport.peers = {PeerId(2), PeerId(3)};
  fixture.wait(130);
  const auto passed_on = [&] {
    std::size_t count = 0;
    for (const SentFrame& frame : fixture.transport.take()) {
      if (frame.kind != FrameKind::gossip) continue;
      BOOST_TEST((frame.to == PeerId(0)));
      BOOST_TEST((decode<Gossip>(frame.payload).value().bodies.front().bytes() == body->bytes));
      ++count;
    }
    return count;
  };
  BOOST_TEST(passed_on() == 0U, "the primary is not connected");
  fixture.transport.peers.emplace_back(0);
  fixture.wait(130);
  BOOST_TEST(passed_on() == 1U);
  for (int i = 0; i < 4; ++i) fixture.wait(130);
  BOOST_TEST(passed_on() == 0U);
}

// A liar gives each of its transactions to this node alone, and the next when the primary has proposed the last: an
// honest primary is not complained of for what it cannot have.
BOOST_AUTO_TEST_CASE(what_the_primary_cannot_have_is_no_reason_to_complain) {
  DriverFixture fixture;
  fixture.answer_start();
  fixture.gossip(2, {a_body(fixture.genesis, 1)});
  std::uint64_t height = 0;
  std::map<BodyHash, SharedBody> at_primary;
  for (std::uint64_t ms = 0; ms < 10'000; ms += 25) {
    for (const SentFrame& frame : fixture.transport.take()) {
      if (frame.kind != FrameKind::gossip && frame.kind != FrameKind::forwarded) continue;
      const Gossip came = decode<Gossip>(frame.payload).value();
      for (const BodyBytes& bytes : came.bodies) {
        const auto body = std::make_shared<const TransactionBody>(read_body(bytes).value());
        at_primary.emplace(body->body_hash, body);
      }
    }
    fixture.wait(25);
    if (fixture.sent_count<ViewChange>() > 0) break;
    if (at_primary.empty()) continue;
    BodiesOfProposal bodies;
    for (const auto& [hash, body] : std::exchange(at_primary, {})) bodies.push_back(body);
    agree(fixture, fixture.propose_as_primary(Height(++height), fixture.driver->executor().tip().digest, bodies));
    fixture.gossip(2, {a_body(fixture.genesis, 1 + height)});
  }
  BOOST_TEST(height > 20U);
  BOOST_TEST(fixture.sent_count<ViewChange>() == 0);
}

BOOST_AUTO_TEST_CASE(large_transactions_that_wait_are_forwarded_within_the_limit_of_a_frame) {
  DriverFixture fixture;
  fixture.answer_start();
  for (std::uint64_t number = 0; number < 90; ++number) {
    fixture.gossip(2, {a_body(fixture.genesis, number, "administrator 0", {}, 60'000)});
  }
  BOOST_REQUIRE_EQUAL(fixture.driver->pool().count(), 90);
  for (int i = 0; i < 6; ++i) fixture.wait(200);
  const auto forwarded = frames_of<Forwarded>(fixture.transport.sent, FrameKind::forwarded);
  BOOST_REQUIRE_EQUAL(forwarded.size(), 1);
  BOOST_TEST(forwarded.front().bodies.size() > 50);
}

BOOST_AUTO_TEST_CASE(frames_that_make_no_sense_are_counted) {
  DriverFixture fixture;
  for (std::uint8_t kind = 2; kind <= 9; ++kind) {
    fixture.receive(2, static_cast<FrameKind>(kind), Bytes(7, Byte{0xff}));
  }
  BOOST_TEST(fixture.driver->counters().frames_bad == 8);
  fixture.receive(2, FrameKind::consensus, Bytes(7, Byte{0xff}));
  BOOST_TEST(fixture.driver->counters().messages_refused == 1);
  Gossip nonsense;
  nonsense.bodies.push_back(BodyBytes::from(Bytes(40)).value());
  fixture.receive(2, FrameKind::gossip, encode(nonsense));
  BOOST_TEST(fixture.driver->counters().bodies_refused == 1);
}

BOOST_AUTO_TEST_CASE(time_always_goes_on) {
  DriverFixture fixture;
  fixture.driver->tick(fixture.now);  // The first Status is due at once.
  fixture.driver->run(fixture.now);
  for (int i = 0; i < 50; ++i) {
    const Instant deadline = fixture.driver->deadline();
    BOOST_TEST((deadline > fixture.now.monotonic));
    fixture.now.wall = fixture.now.wall + (deadline - fixture.now.monotonic) / ns_per_ms;
    fixture.now.monotonic = deadline;
    fixture.driver->tick(fixture.now);
    fixture.driver->run(fixture.now);
    fixture.check_all();
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::node
