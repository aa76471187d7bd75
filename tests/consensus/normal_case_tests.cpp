#include <boost/test/unit_test.hpp>

#include "tests/support/replicas.h"

using namespace kanhe;
using namespace kanhe::consensus;
using namespace kanhe::consensus::tests;

namespace {

const std::vector<std::size_t> everyone = {0, 1, 2, 3};

// Validator 0, the primary of view 0, is the test.
struct LyingPrimary {
  Replicas network{4};
  LyingPrimary() { network.make_liar(0); }

  std::shared_ptr<const Proposal> first(const std::string& transaction) {
    network.submit(transaction, {1, 2, 3});
    return network.propose(Height(1), network.config().first_floor.digest, {transaction}, wall());
  }
  Timestamp wall() { return network.wall(network.node(1)); }
  // What happened up to now.
  const std::vector<std::string>& log() {
    for (std::string& line : network.take_log()) log_.push_back(std::move(line));
    return log_;
  }
  bool prepared(std::size_t index, const Proposal& proposal) {
    const std::string line =
        std::to_string(index) + " sends prepare " + network.name(digest_of(proposal.header)) + " in view 0";
    return std::ranges::count(log(), line) > 0;
  }
  void show(const Proposal& proposal, const std::vector<std::size_t>& to = {1, 2, 3}) {
    network.say(0, to, network.pre_prepare(0, View(0), proposal));
    network.settle();
  }

 private:
  std::vector<std::string> log_;
};

std::size_t count_of(const std::vector<std::string>& log, const std::string& part) {
  return static_cast<std::size_t>(
      std::ranges::count_if(log, [&part](const std::string& line) { return line.find(part) != std::string::npos; }));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(normal_case_tests)

BOOST_AUTO_TEST_CASE(commit_waits_for_every_slot_below) {
  Replicas network(4);
  bool hold = true;
  network.post = [&hold](std::size_t, std::size_t to, const Message& message) {
    const auto* vote = std::get_if<Prepare>(&message);
    const bool held = hold && to == 2 && vote != nullptr && vote->statement.height == Height(1);
    return std::vector<std::pair<std::optional<std::uint64_t>, Message>>{
        {held ? std::nullopt : std::optional<std::uint64_t>(0), message}};
  };
  network.node(0).hold_execution = network.node(1).hold_execution = network.node(3).hold_execution = true;
  network.submit("t1", everyone);
  network.settle();
  network.submit("t2", everyone);
  network.settle();
  const auto& slots = network.replica(2).slots();
  BOOST_TEST(slots.at(Height(2)).proof.has_value());
  BOOST_TEST(!slots.at(Height(2)).own_commit.has_value());
  hold = false;
  network.release_mail();
  network.settle();
  BOOST_TEST(slots.at(Height(1)).own_commit.has_value());
  BOOST_TEST(slots.at(Height(2)).own_commit.has_value());
}

BOOST_AUTO_TEST_CASE(one_odd_commit_is_evidence_and_stops_nobody) {
  Replicas network(4);
  network.node(3).diverges = true;
  network.node(3).honest = false;
  network.submit("t1", everyone);
  network.settle();
  for (const std::size_t i : {0, 1, 2}) BOOST_TEST(network.has(i, "t1"));
  BOOST_TEST(count_of(network.take_log(), "odd result at height 1, accused 3") == 3u, "once each");
}

BOOST_FIXTURE_TEST_CASE(f_plus_1_others_with_one_other_result_silence_this_replica, LyingPrimary) {
  network.node(1).diverges = network.node(2).diverges = true;
  const auto proposal = first("t1");
  show(*proposal);
  BOOST_TEST((network.replica(3).silence() == Silence::diverged));
  BOOST_TEST(network.replica(3).slots().at(Height(1)).own_prepare.has_value());
}

BOOST_AUTO_TEST_CASE(a_seal_over_another_result_silences_this_replica) {
  Replicas network(4);
  network.node(2).diverges = true;
  network.submit("t1", everyone);
  network.settle();
  BOOST_TEST((network.replica(2).silence() == Silence::diverged));
  network.take_log();
  network.submit("t2", everyone);
  network.settle();
  BOOST_TEST(count_of(network.take_log(), "2 sends") == 0u);
  network.crash(2);
  network.restart(2);
  BOOST_TEST((network.replica(2).silence() == Silence::diverged), "also after a restart");
}

BOOST_AUTO_TEST_CASE(follows_the_quorum_when_the_primary_showed_something_else) {
  Replicas seven(7);
  seven.make_liar(0);
  const ProposalDigest& genesis = seven.config().first_floor.digest;
  seven.submit("a", {1, 2, 3, 4, 5, 6});
  seven.submit("b", {1, 2, 3, 4, 5, 6});
  const auto a = seven.propose(Height(1), genesis, {"a"}, seven.wall(seven.node(1)));
  const auto b = seven.propose(Height(1), genesis, {"b"}, seven.wall(seven.node(1)));
  seven.say(0, {1}, seven.pre_prepare(0, View(0), *a));
  seven.say(0, {2, 3, 4, 5, 6}, seven.pre_prepare(0, View(0), *b));
  seven.settle();
  BOOST_TEST(seven.has(1, "b"));
  BOOST_TEST(!seven.has(1, "a"));
}

BOOST_FIXTURE_TEST_CASE(a_fresh_proposal_is_refused_for_its_time_parent_and_freshness, LyingPrimary) {
  network.submit("t", {1, 2, 3});
  const ProposalDigest& genesis = network.config().first_floor.digest;
  network.run_for(100);
  const auto too_early = network.propose(Height(1), genesis, {"t"}, Timestamp(wall().value() - 200));
  show(*too_early);
  BOOST_TEST(!prepared(1, *too_early), "below the parent's time");
}

BOOST_FIXTURE_TEST_CASE(a_proposal_from_too_long_ago_is_refused, LyingPrimary) {
  network.run_for(10'000);
  const auto old =
      network.propose(Height(1), network.config().first_floor.digest, {"t"}, Timestamp(wall().value() - 5'001));
  network.submit("t", {1, 2, 3});
  show(*old);
  BOOST_TEST(!prepared(1, *old));
}

BOOST_FIXTURE_TEST_CASE(a_proposal_from_the_future_waits_until_its_time, LyingPrimary) {
  network.submit("t", {1, 2, 3});
  const auto early = network.propose(Height(1), network.config().first_floor.digest, {"t"}, wall() + 300);
  show(*early);
  network.run_for(299);
  BOOST_TEST(!prepared(1, *early));
  network.run_for(2);
  BOOST_TEST(prepared(1, *early));
}

BOOST_FIXTURE_TEST_CASE(a_proposal_on_a_foreign_parent_is_not_prepared, LyingPrimary) {
  const auto a = first("a");
  const auto stranger = network.propose(Height(1), network.config().first_floor.digest, {"b"}, wall());
  network.submit("b", {1, 2, 3});
  network.submit("c", {1, 2, 3});
  const auto above = network.propose(Height(2), digest_of(stranger->header), {"c"}, wall());
  network.say(0, {1, 2, 3}, network.pre_prepare(0, View(0), *a));
  show(*above);
  BOOST_TEST(!prepared(1, *above));
}

BOOST_FIXTURE_TEST_CASE(a_refused_proposal_carries_nothing_above_it, LyingPrimary) {
  network.expired.insert("a");
  const auto a = first("a");
  network.submit("b", {1, 2, 3});
  const auto above = network.propose(Height(2), digest_of(a->header), {"b"}, wall());
  network.say(0, {1, 2, 3}, network.pre_prepare(0, View(0), *a));
  show(*above);
  BOOST_TEST(!prepared(1, *a));
  BOOST_TEST(!prepared(1, *above));
}

BOOST_FIXTURE_TEST_CASE(an_id_that_stands_in_the_prefix_is_refused, LyingPrimary) {
  const auto a = first("a");
  network.submit("a'", {1, 2, 3});
  const auto again = network.propose(Height(2), digest_of(a->header), {"a'"}, wall());
  network.say(0, {1, 2, 3}, network.pre_prepare(0, View(0), *a));
  show(*again);
  BOOST_TEST(prepared(1, *a));
  BOOST_TEST(!prepared(1, *again));
  BOOST_TEST(count_of(log(), "invalid proposal at height 2, accused 0") == 3u);
}

BOOST_FIXTURE_TEST_CASE(an_empty_proposal_is_accepted_only_when_a_heartbeat_is_due, LyingPrimary) {
  const auto hasty = network.propose(Height(1), network.config().first_floor.digest, {}, wall() + 1'000);
  network.run_for(1'000);
  show(*hasty);
  BOOST_TEST(!prepared(1, *hasty));
}

BOOST_FIXTURE_TEST_CASE(bodies_are_fetched_from_those_who_prepared_when_the_primary_withholds_them, LyingPrimary) {
  network.submit("t", {1, 2});
  const auto proposal = network.propose(Height(1), network.config().first_floor.digest, {"t"}, wall());
  show(*proposal);
  // Replica 3 has no body; the primary gives none. Those who prepared hold it.
  BOOST_TEST(prepared(3, *proposal));
}

BOOST_FIXTURE_TEST_CASE(a_far_view_displaces_nothing, LyingPrimary) {
  const auto a = first("a");
  for (const std::size_t i : {1, 2, 3}) network.node(i).hold_execution = true;
  network.say(0, {1, 2, 3}, network.pre_prepare(0, View(0), *a));
  for (std::uint64_t view = 4; view < 40; view += 4) {
    const auto other =
        network.propose(Height(1), network.config().first_floor.digest, {"x" + std::to_string(view)}, wall());
    network.say(0, {1, 2, 3}, network.pre_prepare(0, View(view), *other));
  }
  network.settle();
  const Slot& slot = network.replica(1).slots().at(Height(1));
  BOOST_TEST(slot.prepares().size() == 1u);
  BOOST_TEST((slot.find(digest_of(a->header)) != nullptr));
  BOOST_TEST((slot.find(digest_of(network.find("1:x4")->header)) == nullptr));
}

BOOST_AUTO_TEST_CASE(votes_beyond_the_window_wait_for_it) {
  Parameters parameters;
  parameters.window = Number<WindowTag>(2);
  Replicas network(4, parameters);
  network.node(3).hold_blocks = true;
  for (const std::string t : {"t1", "t2", "t3", "t4"}) {
    network.submit(t, everyone);
    network.settle();
  }
  BOOST_TEST(network.has(0, "t4"));
  BOOST_TEST((network.replica(3).durable_tip().height == Height(0)));
  network.release_blocks(3);
  network.settle();
  BOOST_TEST(network.has(3, "t4"), "without any Status in between");
}

BOOST_AUTO_TEST_CASE(a_proposal_holds_at_most_the_allowed_number_of_transactions) {
  Parameters parameters;
  parameters.block_transactions_max = Number<BlockCountTag>(2);
  Replicas network(4, parameters);
  network.make_liar(0);
  for (const std::string t : {"a", "b", "c"}) network.submit(t, {1, 2, 3});
  const Timestamp wall = network.wall(network.node(1));
  const auto three = network.propose(Height(1), network.config().first_floor.digest, {"a", "b", "c"}, wall);
  network.say(0, {1, 2, 3}, network.pre_prepare(0, View(0), *three));
  network.settle();
  BOOST_TEST(!network.replica(1).slots().at(Height(1)).own_prepare.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
