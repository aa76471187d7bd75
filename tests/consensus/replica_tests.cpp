#include <boost/test/unit_test.hpp>

#include <limits>

#include "consensus/replica.h"
#include "ledger/codec.h"
#include "tests/support/replicas.h"

using namespace kanhe;
using namespace kanhe::consensus;
using namespace kanhe::consensus::tests;

namespace {

const std::vector<std::size_t> everyone = {0, 1, 2, 3};

struct Bench {
  Replicas network{4};
  Replica& replica = network.replica(1);
  Now now{network.now(), network.wall(network.node(1))};
  std::uint64_t ignored(Ignored reason) const { return replica.counters()[static_cast<std::size_t>(reason)]; }
  Received received(const Message& message) const { return {verify(network.scheme(), message).value()}; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(replica_tests)

BOOST_AUTO_TEST_CASE(one_validator_alone_finalizes) {
  Replicas network(1);
  network.submit("t1", {0});
  network.settle();
  BOOST_TEST(network.has(0, "t1"));
}

BOOST_AUTO_TEST_CASE(networks_of_every_small_size_finalize_with_f_of_them_down) {
  for (std::size_t n = 1; n <= 10; ++n) {
    Replicas network(n);
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < n; ++i) all.push_back(i);
    for (std::size_t i = 0; i < network.scheme().config.f(); ++i) network.crash(n - 1 - i);
    network.submit("t1", all);
    network.run_for(100);
    BOOST_TEST(network.has(0, "t1"), "n = " << n);
  }
}

BOOST_FIXTURE_TEST_CASE(an_output_is_taken_once, Bench) {
  const auto proposal = network.propose(Height(1), network.config().first_floor.digest, {"t"}, now.wall);
  replica.step(now, received(network.pre_prepare(0, View(0), *proposal)));
  const Output output = replica.take_output();
  BOOST_TEST(output.fetch.size() == 1u);
  BOOST_TEST(output.votes.empty(), "the bodies are not here");
  BOOST_TEST(replica.take_output().empty());
}

BOOST_FIXTURE_TEST_CASE(its_own_vote_counts_only_when_it_comes_back, Bench) {
  const auto proposal = network.propose(Height(1), network.config().first_floor.digest, {"t"}, now.wall);
  replica.step(now, received(network.pre_prepare(0, View(0), *proposal)));
  replica.step(now, BodiesReady{digest_of(proposal->header), proposal, Freshness::acceptable});
  replica.step(now, received(network.prepare(2, View(0), *proposal)));
  const Output output = replica.take_output();
  BOOST_REQUIRE(output.votes.size() == 1u);
  BOOST_TEST(output.records.empty(), "two of three prepares");
  replica.step(now, received(network.signed_by(1, output.votes[0].message)));
  BOOST_TEST(replica.take_output().records.size() == 1u);
}

// A time of a block is whatever its primary likes, up to the largest that can be written.
BOOST_FIXTURE_TEST_CASE(no_proposal_makes_the_deadline_pass_at_once, Bench) {
  constexpr std::uint64_t wraps_ms = std::numeric_limits<std::uint64_t>::max() / ns_per_ms;
  for (const std::uint64_t ahead_ms : {wraps_ms - 10, wraps_ms, wraps_ms + 10, Timestamp::max - now.wall.value()}) {
    Bench bench;
    const auto proposal = bench.network.propose(Height(1), bench.network.config().first_floor.digest, {"t"},
                                                bench.now.wall + ahead_ms);
    bench.replica.step(bench.now, bench.received(bench.network.pre_prepare(0, View(0), *proposal)));
    bench.replica.step(bench.now, BodiesReady{digest_of(proposal->header), proposal, Freshness::acceptable});
    bench.replica.step(bench.now, Tick{});
    BOOST_TEST((bench.replica.deadline() > bench.now.monotonic), ahead_ms);
  }
}

BOOST_FIXTURE_TEST_CASE(stale_answers_drop_out_by_comparison, Bench) {
  const auto proposal = network.propose(Height(1), network.config().first_floor.digest, {"t"}, now.wall);
  replica.step(now, Batch{View(0), Height(1), network.config().first_floor.digest, {}});
  replica.step(now, BodiesReady{digest_of(proposal->header), proposal, Freshness::acceptable});
  replica.step(now, Executed{Height(0), {}, digest_of(proposal->header), {}, {}});
  replica.step(now, Durable{Height(3)});
  BOOST_TEST(ignored(Ignored::stale) == 4u);
  BOOST_TEST(replica.take_output().votes.empty());
  replica.check_invariants();
}

BOOST_FIXTURE_TEST_CASE(what_is_not_used_is_counted_by_its_reason, Bench) {
  const auto proposal = network.propose(Height(1), network.config().first_floor.digest, {"t"}, now.wall);
  const auto other = network.propose(Height(1), network.config().first_floor.digest, {"u"}, now.wall);
  const auto far = network.propose(Height(17), network.config().first_floor.digest, {"u"}, now.wall);
  replica.step(now, received(network.prepare(2, View(0), *proposal)));
  replica.step(now, received(network.prepare(2, View(0), *proposal)));
  replica.step(now, received(network.prepare(2, View(0), *other)));
  replica.step(now, received(network.prepare(2, View(7), *proposal)));
  replica.step(now, received(network.prepare(2, View(0), *far)));
  BOOST_TEST(ignored(Ignored::repeated) == 1u);
  BOOST_TEST(ignored(Ignored::conflicting) == 1u);
  BOOST_TEST(ignored(Ignored::other_view) == 1u);
  BOOST_TEST(ignored(Ignored::outside_window) == 1u);
  const Output output = replica.take_output();
  BOOST_REQUIRE(output.alarms.size() == 1u);
  BOOST_TEST((output.alarms[0].kind == AlarmKind::conflicting_votes));
  BOOST_TEST((output.alarms[0].accused == ValidatorIndex(2)));
}

BOOST_FIXTURE_TEST_CASE(every_deadline_is_moved_by_a_tick, Bench) {
  network.crash(0);
  network.submit("t1", {1, 2, 3});
  network.run_for(20'000);  // A deadline that a Tick does not move is a Fault of the harness.
  BOOST_TEST(network.has(1, "t1"));
}

BOOST_AUTO_TEST_CASE(the_same_inputs_give_the_same_outputs) {
  const auto run = [] {
    Replicas network(4);
    network.crash(0);
    for (const std::string t : {"t1", "t2", "t3"}) network.submit(t, {1, 2, 3});
    network.run_for(5'000);
    return network.take_log();
  };
  const auto first = run();
  BOOST_TEST(first.size() > 10u);
  BOOST_TEST((first == run()));
}

BOOST_AUTO_TEST_CASE(an_observer_follows_without_a_vote) {
  Replicas network(4);
  Config config = network.config();
  Replica observer(config,
                   Remembered{{Height(0), config.first_floor.digest, {}, network.wall(network.node(0))}, {}, {}},
                   Now{network.now(), network.wall(network.node(0))});
  network.submit("t1", everyone);
  network.settle();
  const auto seal = network.collected_seal(digest_of(network.find("1:t1")->header), View(0)).value();
  observer.step(Now{network.now(), network.wall(network.node(0))},
                Received{verify(network.scheme(), Sealed{seal}).value()});
  const Output output = observer.take_output();
  BOOST_TEST(output.votes.empty());
  BOOST_TEST(output.catch_up.has_value());
  observer.check_invariants();
}

BOOST_AUTO_TEST_CASE(what_was_remembered_is_kept_across_a_restart_record_by_record) {
  Replicas network(4);
  network.post = [](std::size_t, std::size_t, const Message& message) {
    using Copies = std::vector<std::pair<std::optional<std::uint64_t>, Message>>;
    return std::holds_alternative<Commit>(message) ? Copies{} : Copies{{0, message}};
  };
  network.submit("t1", everyone);
  network.settle();
  const auto before = network.node(2).disk.records;
  BOOST_TEST(before.size() == 3u, "prepare, proof, commit");
  network.crash(2);
  network.restart(2);
  const Slot& slot = network.replica(2).slots().at(Height(1));
  BOOST_TEST(slot.own_prepare.has_value());
  BOOST_TEST(slot.own_commit.has_value());
  BOOST_TEST(slot.proof.has_value());
  BOOST_TEST((network.node(2).disk.records == before));
}

BOOST_AUTO_TEST_SUITE_END()
