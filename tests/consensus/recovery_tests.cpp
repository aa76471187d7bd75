#include <boost/test/unit_test.hpp>

#include "ledger/codec.h"
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

// Everyone is in view 1, whose new-view validator 1 made.
void go_to_view_1(Replicas& network) {
  network.crash(0);
  network.submit("t1", {1, 2, 3});
  network.run_for(1'500);
  network.restart(0);
  network.run_for(500);
  for (const std::size_t i : everyone) BOOST_REQUIRE((network.replica(i).view() == View(1)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recovery_tests)

BOOST_AUTO_TEST_CASE(lost_messages_are_sent_again_others_too) {
  Replicas network(4);
  // Replica 3 hears nobody but replica 2, and that only by what Status brings.
  for (const std::size_t i : {0, 1}) network.cut(i, 3);
  network.submit("t1", everyone);
  network.run_for(1'000);
  BOOST_TEST(network.has(3, "t1"));
}

BOOST_AUTO_TEST_CASE(a_status_is_answered_once_a_period) {
  Replicas network(4);
  network.submit("t1", everyone);
  network.settle();
  network.make_liar(3);
  Status status;
  status.chain_id = network.scheme().config.chain_id;
  status.signer = ValidatorIndex(3);
  status.session = 7;
  std::size_t answers = 0;
  network.post = [&answers](std::size_t from, std::size_t to, const Message& message) {
    if (from != 3 && to == 3) ++answers;
    return Copies{{0, message}};
  };
  for (std::size_t i = 0; i < 50; ++i) network.say(3, {0}, network.signed_by(3, status));
  network.settle();
  BOOST_TEST(answers == 2u, "one vote report and one seal");
}

BOOST_AUTO_TEST_CASE(late_votes_do_not_use_up_the_answer_to_a_status) {
  Replicas network(4);
  network.submit("t1", everyone);
  network.settle();
  network.submit("t2", everyone);
  network.settle();
  network.make_liar(3);
  network.say(3, {0}, network.prepare(3, View(0), *network.find("1:t1")));
  network.settle();
  std::size_t seals = 0;
  network.post = [&seals](std::size_t, std::size_t to, const Message& message) {
    if (to == 3 && std::holds_alternative<Sealed>(message)) ++seals;
    return Copies{{0, message}};
  };
  Status status;
  status.chain_id = network.scheme().config.chain_id;
  status.signer = ValidatorIndex(3);
  network.say(3, {0}, network.signed_by(3, status));
  network.settle();
  BOOST_TEST(seals == 1u);
}

BOOST_AUTO_TEST_CASE(a_starting_replica_signs_nothing_before_q_minus_1_have_answered) {
  Replicas network(4);
  network.crash(3);
  network.cut(0, 3);
  network.cut(1, 3);
  network.restart(3);
  network.submit("t1", everyone);
  network.run_for(800);
  BOOST_TEST(network.replica(3).starting());
  BOOST_TEST(network.replica(3).answers_awaited() == 1u);
  network.heal();
  network.run_for(500);
  BOOST_TEST(!network.replica(3).starting());
}

BOOST_AUTO_TEST_CASE(an_answer_to_an_earlier_start_does_not_count) {
  Replicas network(4);
  network.crash(3);
  network.restart(3);
  VoteReport report;
  report.chain_id = network.scheme().config.chain_id;
  report.about = ValidatorIndex(3);
  for (const std::size_t i : {0u, 1u, 2u}) {
    report.signer = ValidatorIndex(static_cast<std::uint16_t>(i));
    report.session = network.node(3).session + 1;
    network.say(i, {3}, network.signed_by(i, report));
  }
  network.settle();
  BOOST_TEST(network.replica(3).answers_awaited() == 2u);
}

BOOST_AUTO_TEST_CASE(a_lost_prepare_silences) {
  Replicas network(4);
  network.post = without<Commit>();
  network.submit("t1", everyone);
  network.settle();
  network.lose_disk(2);
  network.restart(2);
  network.run_for(400);
  BOOST_TEST((network.replica(2).silence() == Silence::lost_votes));
}

BOOST_AUTO_TEST_CASE(a_lost_prepare_of_a_view_that_was_left_is_still_found_in_the_proofs) {
  Replicas network(4);
  network.post = without<Commit>();
  network.submit("t1", everyone);
  network.settle();
  network.lose_disk(2);
  // The others go to view 1 without it and forget the votes of view 0; nothing is prepared in view 1.
  network.post = [](std::size_t, std::size_t, const Message& message) {
    const bool vote = std::holds_alternative<Prepare>(message) || std::holds_alternative<Commit>(message);
    return vote ? Copies{} : Copies{{0, message}};
  };
  network.run_for(1'500);
  BOOST_REQUIRE((network.replica(0).view() == View(1)));
  network.restart(2);
  network.run_for(400);
  BOOST_TEST((network.replica(2).silence() == Silence::lost_votes));
}

BOOST_AUTO_TEST_CASE(a_lost_view_change_is_found_in_the_new_view) {
  Replicas network(4);
  network.crash(0);
  network.submit("t1", {1, 2, 3});
  network.post = without<PrePrepare>();
  network.run_for(1'200);
  BOOST_REQUIRE((network.replica(1).view() == View(1)));
  network.lose_disk(2);
  network.restart(2);
  network.restart(0);
  network.run_for(400);
  BOOST_TEST((network.replica(2).silence() == Silence::lost_votes));
}

BOOST_AUTO_TEST_CASE(an_old_disk_waits_until_it_reached_what_the_others_finalized) {
  // Nobody reports votes at heights that are final there. So a replica with an old disk must not vote below those.
  Replicas network(4);
  network.lose_disk(3);
  for (const std::string t : {"t1", "t2"}) {
    network.submit(t, {0, 1, 2});
    network.settle();
  }
  network.node(3).hold_blocks = true;  // The blocks do not come.
  network.restart(3);
  network.node(3).hold_blocks = true;
  network.node(3).hold_execution = true;
  network.run_for(1'000);
  BOOST_TEST(network.replica(3).answers_awaited() == 0u);
  BOOST_TEST(network.replica(3).starting());
  network.release_execution(3);
  network.release_blocks(3);
  network.run_for(1'000);
  BOOST_TEST(!network.replica(3).starting());
  BOOST_TEST((network.replica(3).silence() == std::nullopt));
}

BOOST_AUTO_TEST_CASE(an_old_own_new_view_is_no_lost_vote) {
  Replicas network(4);
  go_to_view_1(network);
  std::vector<ViewChange> changes;
  for (const std::size_t i : {1, 2, 3}) changes.push_back(network.collected_view_change(i, View(1)).value());
  const Message old = network.new_view(1, View(1), changes);
  // On to view 2, whose new-view takes the place of the old one on the disk of replica 1.
  network.crash(1);
  network.submit("t2", {0, 2, 3});
  network.run_for(3'000);
  network.restart(1);
  network.run_for(1'000);
  network.crash(1);
  network.restart(1);
  network.run_for(1'000);
  BOOST_REQUIRE((network.replica(1).view() == View(2)));
  network.say(3, {1}, old);
  network.settle();
  BOOST_TEST((network.replica(1).silence() == std::nullopt));
}

BOOST_AUTO_TEST_CASE(a_replayed_own_vote_is_no_lost_vote) {
  Replicas network(4);
  network.post = without<Commit>();
  network.submit("t1", everyone);
  network.settle();
  const Message own = network.prepare(2, View(0), *network.find("1:t1"));
  network.crash(2);
  network.restart(2);
  network.run_for(300);
  network.say(3, {2}, own);
  network.settle();
  BOOST_TEST((network.replica(2).silence() == std::nullopt));
}

BOOST_AUTO_TEST_CASE(a_new_view_that_was_written_but_not_entered_is_entered_at_the_restart) {
  Replicas network(4);
  network.crash(0);
  network.submit("t1", {1, 2, 3});
  network.run_for(900);
  network.node(1).crash_at = CrashPoint::before_own_votes;
  network.run_for(150);
  // The first output with something to sync was the view-change, the next one would have been the new-view.
  if (network.node(1).up) BOOST_FAIL("replica 1 did not lose its power");
  network.restart(1);
  network.node(1).crash_at = CrashPoint::before_send;
  network.submit("t1", {1});
  network.run_for(400);
  BOOST_REQUIRE(!network.node(1).up);
  network.restart(1);
  BOOST_TEST((network.replica(1).view() == View(1)));
}

BOOST_AUTO_TEST_CASE(a_crash_between_two_blocks_of_one_seal_keeps_the_floor) {
  Replicas network(4);
  network.post = [](std::size_t, std::size_t to, const Message& message) {
    const auto* vote = std::get_if<Commit>(&message);
    const bool lost = std::holds_alternative<Sealed>(message) || std::holds_alternative<Status>(message) ||
                      (vote != nullptr && (to != 3 || vote->checkpoint.height == Height(1)));
    return lost ? Copies{} : Copies{{0, message}};
  };
  for (const std::size_t i : {0, 1, 2}) network.node(i).hold_execution = true;
  network.submit("t1", everyone);
  network.settle();
  network.submit("t2", everyone);
  network.settle();
  network.node(3).crash_at = CrashPoint::between_blocks;
  for (const std::size_t i : {0, 1, 2}) network.release_execution(i);
  network.settle();
  BOOST_REQUIRE(!network.node(3).up);
  BOOST_REQUIRE(network.node(3).disk.blocks.size() == 1u);
  // Replica 3 alone knows that both are final. Its next view-change must show it: the proof of height 1 is gone here.
  network.restart(3);
  network.node(3).hold_execution = true;
  const auto& records = network.node(3).disk.records;
  BOOST_TEST(std::ranges::any_of(
      records, [](const auto& entry) { return std::holds_alternative<Sealed>(decode<Record>(entry.second).value()); }));
  network.post = without<Sealed>();
  network.release_execution(3);
  network.run_for(3'000);
  for (const std::size_t i : everyone) BOOST_TEST(network.has(i, "t2"));
}

// A liar leads view 1 and hides that t1 is prepared; there it proposes something else to each of the others. After a
// power cut of all, view 2 implies t1 from the one proof there is, and its list and bodies must still be on some disk.
struct HiddenProof {
  HiddenProof() {
    network.post = [](std::size_t from, std::size_t to, const Message& message) {
      const bool proof_for_others = std::holds_alternative<Prepare>(message) && to != 0 && from != 1;
      const bool lost = proof_for_others || std::holds_alternative<Commit>(message) ||
                        std::holds_alternative<Status>(message);
      return lost ? Copies{} : Copies{{0, message}};
    };
    network.make_liar(1);
    network.submit("t1", honest);
    network.settle();
    network.run_for(1'500);
    const auto second = network.collected_view_change(2, View(1));
    const auto third = network.collected_view_change(3, View(1));
    BOOST_REQUIRE((second && third && second->proofs.empty() && third->proofs.empty()));
    const auto own = std::get<ViewChange>(network.view_change(1, View(1), std::nullopt, {}));
    network.say(1, honest, network.new_view(1, View(1), {own, *second, *third}));
    network.settle();
    for (const std::size_t i : honest) {
      const std::string name = "for " + std::to_string(i);
      network.submit(name, {i});
      const auto proposal = network.propose(Height(1), network.config().first_floor.digest, {name},
                                            network.wall(network.node(i)));
      network.say(1, {i}, network.pre_prepare(1, View(1), *proposal));
    }
    network.settle();
  }
  Replicas network{4};
  const std::vector<std::size_t> honest = {0, 2, 3};
};

BOOST_FIXTURE_TEST_CASE(what_was_prepared_is_executed_after_a_power_cut_of_all, HiddenProof) {
  for (const std::size_t i : honest) network.crash(i);
  for (const std::size_t i : honest) network.restart(i);
  network.post = nullptr;
  network.submit("t5", honest);
  network.run_for(60'000);
  for (const std::size_t i : honest) BOOST_TEST(network.has(i, "t5"));
}

// The only one who has the proof is a liar, who shows it late: those who prepared it have nothing but their Prepares.
BOOST_FIXTURE_TEST_CASE(what_only_a_liar_can_prove_is_executed_after_a_power_cut_of_all, HiddenProof) {
  const auto proof = network.collected_proof(digest_of(network.find("1:t1")->header), View(0));
  BOOST_REQUIRE(proof.has_value());
  for (const std::size_t i : honest) network.crash(i);
  std::erase_if(network.node(0).disk.records, [](const auto& entry) {
    return std::holds_alternative<PreparedProof>(decode<Record>(entry.second).value());
  });
  for (const std::size_t i : honest) network.restart(i);
  // Replica 3 is not heard in this change of view, so the liar is needed in it.
  network.post = [](std::size_t from, std::size_t, const Message& message) {
    const bool lost = std::holds_alternative<ViewChange>(message) && from == 3;
    return lost ? Copies{} : Copies{{0, message}};
  };
  network.submit("t5", honest);
  for (int i = 0; i < 40 && !network.collected_view_change(2, View(2)); ++i) network.run_for(50);
  network.say(1, honest, network.view_change(1, View(2), std::nullopt, {*proof}));
  network.run_for(300);
  for (const std::size_t i : honest) {
    BOOST_TEST((network.replica(i).view() == View(2)));
    BOOST_TEST(network.has(i, "t1"));
    BOOST_TEST(network.has(i, "t5"));
  }
}

BOOST_AUTO_TEST_CASE(before_it_complains_a_replica_sends_its_waiting_transactions_to_all) {
  Replicas network(4);
  Replica& replica = network.replica(1);
  const Timestamp wall = network.wall(network.node(1));
  replica.step(Now{network.now(), wall}, PoolChanged{1, PoolChanged::Waiting{network.now(), 0}});
  replica.take_output();
  const auto at = [&](std::uint64_t ms) { return Now{network.now() + ms * ns_per_ms, wall + ms}; };
  replica.step(at(499), Tick{});
  BOOST_TEST(!replica.take_output().forward_waiting);
  replica.step(at(500), Tick{});
  BOOST_TEST(replica.take_output().forward_waiting);
  replica.step(at(999), Tick{});
  BOOST_TEST(replica.take_output().votes.empty());
  replica.step(at(1'000), Tick{});
  BOOST_TEST(replica.take_output().votes.size() == 1u);
}

BOOST_AUTO_TEST_CASE(who_stands_behind_many_waits_longer) {
  Replicas network(4);
  Replica& replica = network.replica(1);
  const Timestamp wall = network.wall(network.node(1));
  const auto at = [&](std::uint64_t ms) { return Now{network.now() + ms * ns_per_ms, wall + ms}; };
  replica.step(at(0), PoolChanged{501, PoolChanged::Waiting{network.now(), 200}});
  replica.step(at(2'999), Tick{});
  BOOST_TEST((replica.target() == View(0)), "200 before it at 100 a second, and T");
  replica.step(at(3'000), Tick{});
  BOOST_TEST((replica.target() == View(1)));
}

// Of a block that nobody has: whoever hears of it lacks what lies below.
Received seal_far_ahead(const Replicas& network) {
  Checkpoint checkpoint;
  checkpoint.height = Height(100);
  CommitSeal seal;
  seal.checkpoint = checkpoint;
  const Scheme& scheme = network.scheme();
  for (std::uint16_t i = 0; i < scheme.config.q(); ++i) {
    seal.signatures.push_back({ValidatorIndex(i), sign(scheme.signature, network.key(i),
                                                       signing_digest(scheme.origin, checkpoint))});
  }
  return {verify(scheme, Sealed{seal}).value()};
}

// A transaction that nobody proposes, in a network of four whose primary is 0: replica 1, by hand.
struct Waiting {
  Replicas network{4};
  Replica& replica = network.replica(1);
  Timestamp wall = network.wall(network.node(1));

  Waiting() {
    replica.step(at(0), PoolChanged{1, PoolChanged::Waiting{network.now(), 0}, network.now()});
    replica.take_output();
  }
  Now at(std::uint64_t ms) const { return {network.now() + ms * ns_per_ms, wall + ms}; }
  // Block sync wrote a block that came with its seal.
  CaughtUp handed_out(Height height) const {
    CommitSeal seal;
    seal.checkpoint.height = height;
    return {height, seal.checkpoint.proposal_digest, seal.checkpoint.header_hash, wall, seal, {}, 1};
  }
};

// A primary that hands out each block with its seal, instead of letting them be agreed on, is still its primary.
BOOST_FIXTURE_TEST_CASE(blocks_that_are_handed_out_one_by_one_hold_no_complaint, Waiting) {
  Height height(0);
  for (std::uint64_t ms = 100; ms <= 900; ms += 100) {
    replica.step(at(ms), handed_out(++height));
    replica.step(at(ms), BlocksArriving{});
    replica.step(at(ms), Tick{});
    BOOST_TEST((replica.target() == View(0)), ms);
  }
  replica.step(at(1'000), handed_out(++height));
  replica.step(at(1'000), BlocksArriving{});
  replica.step(at(1'000), Tick{});
  BOOST_TEST((replica.target() == View(1)));
}

// The same, where each transaction becomes final in time, but another always waits that nobody proposes.
BOOST_FIXTURE_TEST_CASE(who_hands_out_blocks_one_by_one_is_watched_for_its_pace, Waiting) {
  Height height(0);
  std::uint64_t ms = 0;
  for (; ms < 5'000 && replica.target() == View(0); ms += 100) {
    const Instant arrival = at(ms < 600 ? 0 : ms - 600).monotonic;
    replica.step(at(ms), handed_out(++height));
    replica.step(at(ms), PoolChanged{1, PoolChanged::Waiting{arrival, 0}, arrival});
    replica.step(at(ms), Tick{});
  }
  BOOST_TEST((replica.target() == View(1)));
  BOOST_TEST(ms <= 2'100u + 100u, "two time-outs");
}

// Of one that is far behind, nothing is learned about the primary's pace.
BOOST_FIXTURE_TEST_CASE(who_comes_from_far_behind_does_not_judge_the_pace, Waiting) {
  Height height(0);
  for (std::uint64_t ms = 0; ms < 5'000; ms += 500) {
    const Instant arrival = at(ms < 600 ? 0 : ms - 600).monotonic;
    height = height + (network.scheme().config.parameters.window.value() + 1);
    replica.step(at(ms), handed_out(height));
    replica.step(at(ms), PoolChanged{1, PoolChanged::Waiting{arrival, 0}, arrival});
    replica.step(at(ms), Tick{});
  }
  BOOST_TEST((replica.target() == View(0)));
}

// It complained alone, and nobody follows: what it took in must not stay with it.
BOOST_FIXTURE_TEST_CASE(who_has_no_view_goes_on_sending_what_waits_once_a_time_out, Waiting) {
  std::size_t sent = 0;
  for (std::uint64_t ms = 0; ms < 10'000; ms += 50) {
    replica.step(at(ms), Tick{});
    if (replica.take_output().forward_waiting) ++sent;
  }
  BOOST_TEST((replica.target() == View(1) && replica.view() == View(0)));
  BOOST_TEST(sent == 10u);
}

BOOST_AUTO_TEST_CASE(an_observer_sends_what_waits_once_a_time_out) {
  Replicas network(4);
  Config config = network.config();
  config.self.reset();
  Replica observer(config, {{Height(0), config.first_floor.digest, {}, {}}, std::nullopt, {}},
                   {network.now(), network.wall(network.node(1))});
  std::size_t sent = 0;
  const Timestamp wall = network.wall(network.node(1));
  const auto at = [&](std::uint64_t ms) { return Now{network.now() + ms * ns_per_ms, wall + ms}; };
  observer.step(at(0), PoolChanged{1, PoolChanged::Waiting{network.now(), 0}});
  for (std::uint64_t ms = 0; ms < 5'000; ms += 50) {
    observer.step(at(ms), Tick{});
    if (observer.take_output().forward_waiting) ++sent;
  }
  BOOST_TEST(sent == 5u);
}

BOOST_AUTO_TEST_CASE(arriving_blocks_hold_a_complaint_for_one_time_out_and_again_in_a_later_view) {
  Replicas network(4);
  Replica& replica = network.replica(1);
  const Timestamp wall = network.wall(network.node(1));
  const auto at = [&](std::uint64_t ms) { return Now{network.now() + ms * ns_per_ms, wall + ms}; };
  replica.step(at(0), PoolChanged{1, PoolChanged::Waiting{network.now(), 0}});
  replica.step(at(0), seal_far_ahead(network));
  for (std::uint64_t ms = 900; ms < 1'900; ms += 50) {
    replica.step(at(ms), BlocksArriving{});
    replica.step(at(ms), Tick{});
    BOOST_TEST((replica.target() == View(0)), ms);
  }
  for (std::uint64_t ms = 1'900; ms <= 2'200; ms += 50) {
    replica.step(at(ms), BlocksArriving{});
    replica.step(at(ms), Tick{});
  }
  BOOST_TEST((replica.target() == View(1)));
}

BOOST_AUTO_TEST_CASE(missing_own_execution_is_no_complaint_but_missing_agreement_is) {
  Replicas slow(4);
  slow.node(3).hold_execution = true;
  slow.submit("t1", everyone);
  slow.run_for(5'000);
  BOOST_TEST((slow.replica(3).target() == View(0)));

  Replicas alone(4);
  alone.make_liar(1);
  alone.make_liar(2);
  alone.node(3).hold_execution = true;
  alone.submit("t1", {0, 3});
  alone.run_for(5'000);
  BOOST_TEST((alone.replica(3).target() == View(1)));
}

BOOST_AUTO_TEST_CASE(nothing_pending_no_complaint) {
  Replicas network(4);
  network.crash(0);
  network.run_for(30'000);
  for (const std::size_t i : {1, 2, 3}) BOOST_TEST((network.replica(i).target() == View(0)));
}

BOOST_AUTO_TEST_SUITE_END()
