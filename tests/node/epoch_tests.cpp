// Epochs: what a network of nodes does when its members and parameters change.
#include "tests/node/cluster.h"

namespace kanhe::node {
namespace {

using testnet::sim_department;

membership::ChangeParameters set_window(std::uint64_t value) {
  return {{{PlainText<40>::from("window").value(), value}}};
}

testnet::GenesisOptions five() {
  return {.validators = 4, .candidates = 1, .parameters = Cluster::quick_parameters()};
}

const std::vector<Identity> founders{0, 1, 2, 3};
const std::vector<Identity> everyone{0, 1, 2, 3, 4};

BOOST_AUTO_TEST_SUITE(epoch_tests)

BOOST_AUTO_TEST_CASE(a_new_epoch_has_the_parameters_that_were_decided) {
  Cluster cluster(five());
  const MotionNumber number = cluster.carry(0, set_window(6));
  BOOST_TEST((cluster.state_of(0, number) == motion::State::done));
  for (const Identity i : founders) {
    BOOST_TEST((cluster.epoch(i) == Epoch(1)));
    BOOST_TEST(cluster.driver(i).scheme().config.parameters.window.value() == 6u);
    BOOST_TEST((cluster.driver(i).replica().view() == View(0)));
    BOOST_TEST(!cluster.driver(i).replica().starting());
  }
  cluster.check_equal(founders);
  const Height before = cluster.height(0);
  cluster.carry(2, set_window(2));
  BOOST_TEST((cluster.height(0) > before));
  BOOST_TEST((cluster.epoch(3) == Epoch(2)));
  cluster.check_equal(founders);
}

// The last block takes every vote of its epoch with it, also those without a height.
BOOST_AUTO_TEST_CASE(no_vote_of_an_epoch_outlives_it) {
  Cluster cluster(five());
  cluster.crash(0);  // the primary of view 0, so that there are ViewChanges and an EnteredView
  cluster.carry(1, set_window(6));
  BOOST_REQUIRE((cluster.epoch(1) == Epoch(1)));
  for (const Identity i : {1, 2, 3}) {
    for (const auto& [key, value] : cluster.store(i).votes()) {
      const auto record = decode<consensus::Record>(value).value();
      const auto* entered = std::get_if<consensus::EnteredView>(&record);
      if (entered != nullptr) BOOST_TEST((entered->epoch == Epoch(1)));
      const auto* view_change = std::get_if<consensus::ViewChange>(&record);
      if (view_change != nullptr) BOOST_TEST((view_change->epoch == Epoch(1)));
    }
  }
  cluster.start(0);
  cluster.settle(3'000);
  cluster.check_equal(founders);
}

BOOST_AUTO_TEST_CASE(an_observer_is_let_in_confirms_and_votes) {
  Cluster cluster(five());
  cluster.carry(0, Cluster::observe(4));
  BOOST_REQUIRE((cluster.epoch(0) == Epoch(1)));
  cluster.start(4);
  cluster.settle(3'000);
  cluster.check_equal(everyone);
  BOOST_TEST(!cluster.driver(4).is_validator());
  BOOST_TEST(cluster.signed_by(4) == 0u);

  // Its node confirms by itself; the ballots alone would not do.
  const MotionNumber number = cluster.carry(0, membership::AddValidator{sim_department(4)});
  cluster.settle(3'000);
  BOOST_TEST((cluster.state_of(0, number) == motion::State::done));
  BOOST_TEST(motion::motions.get(cluster.store(0), number)->confirmed_at.has_value());
  BOOST_TEST(cluster.driver(4).is_validator());
  cluster.check_equal(everyone);
  // Four of five decide: without the fifth, and one more, nothing would go on.
  cluster.crash(1);
  cluster.carry(0, set_window(5));
  BOOST_TEST(cluster.signed_by(4) > 0u);
  cluster.check_equal({0, 2, 3, 4});
  BOOST_TEST((cluster.epoch(4) == Epoch(3)));
}

BOOST_AUTO_TEST_CASE(without_its_node_nobody_becomes_a_validator) {
  Cluster cluster(five());
  cluster.carry(0, Cluster::observe(4));
  const MotionNumber number = cluster.carry(0, membership::AddValidator{sim_department(4)});
  BOOST_TEST((cluster.state_of(0, number) == motion::State::open));
  BOOST_TEST((cluster.epoch(0) == Epoch(1)));
  cluster.start(4);
  cluster.settle(5'000);
  BOOST_TEST((cluster.state_of(0, number) == motion::State::done));
}

// M-06
BOOST_AUTO_TEST_CASE(a_node_that_was_away_for_three_epochs_catches_up) {
  Cluster cluster(five());
  cluster.crash(3);
  for (const std::uint64_t window : {5, 6, 7}) cluster.carry(0, set_window(window));
  BOOST_REQUIRE((cluster.epoch(0) == Epoch(3)));
  cluster.start(3);
  cluster.settle(5'000);
  cluster.check_equal(founders);
  const std::size_t before = cluster.signed_by(3);
  cluster.carry(0, set_window(2));
  BOOST_TEST(cluster.signed_by(3) > before);
  cluster.check_equal(founders);
}

// Its observers' list may even name nobody whom it knew: the newest epoch is proved from a file.
BOOST_AUTO_TEST_CASE(a_new_node_gets_all_epochs_from_the_genesis_on) {
  Cluster cluster(five());
  for (const std::uint64_t window : {5, 6}) cluster.carry(0, set_window(window));
  cluster.carry(0, Cluster::observe(4));
  BOOST_REQUIRE((cluster.epoch(0) == Epoch(3)));
  cluster.start(4);
  cluster.settle(5'000);
  cluster.check_equal(everyone);
}

// M-07. Two networks from one genesis with the same keys: what thieves of all keys can make of it. A new node is told
// how an epoch of the right one ended.
struct TwoHistories {
  explicit TwoHistories(const testnet::GenesisOptions& options) : right(options), wrong(options) {}
  void put(Cluster& cluster) {
    cluster.call(0, testnet::sim_administrator(0), "put",
                 motion::PutArguments{set_window(9), PlainText<256>::from("test").value(),
                                      cluster.now().wall + Duration(600'000)});
    cluster.settle(1'000);
  }
  void start_told(Cluster& cluster, Identity i, std::unique_ptr<SimDisk> disk) {
    cluster.put_disk(i, std::move(disk));
    cluster.trust(i, last);
    cluster.start(i);
    cluster.settle(5'000);
  }
  Cluster right;
  Cluster wrong;
  std::optional<Header> last;
};

BOOST_AUTO_TEST_CASE(a_new_node_that_was_told_refuses_another_history_under_the_same_keys) {
  TwoHistories both(five());
  both.right.carry(0, set_window(5));
  both.wrong.carry(0, set_window(7));
  for (Cluster* cluster : {&both.right, &both.wrong}) cluster->carry(0, Cluster::observe(4));
  both.last = both.right.epoch_end(0);
  BOOST_REQUIRE((both.right.epoch(0) == Epoch(2)));
  BOOST_REQUIRE((both.wrong.height(0) >= both.last->height));
  both.start_told(both.wrong, 4, std::make_unique<SimDisk>());
  BOOST_TEST((both.wrong.height(4) == Height(0)));
  BOOST_TEST(both.wrong.driver(4).sync().bad_answers() > 0U);
  BOOST_TEST(!both.wrong.driver(4).sync().diverged());
  both.start_told(both.right, 4, both.wrong.take_disk(4));
  both.right.check_equal(everyone);
  // Nobody else stands in the way of that history.
  both.last.reset();
  both.start_told(both.wrong, 4, std::make_unique<SimDisk>());
  both.wrong.check_equal(everyone);
}

// Where the epoch goes on that should have ended, they need no blocks: they vote.
BOOST_AUTO_TEST_CASE(a_new_node_that_was_told_hears_no_votes_of_an_epoch_that_has_ended) {
  TwoHistories both({.validators = 4, .observers = 1, .parameters = Cluster::quick_parameters()});
  both.right.carry(0, set_window(5));
  both.last = both.right.epoch_end(0);
  both.wrong.take_disk(4);
  both.start_told(both.wrong, 4, std::make_unique<SimDisk>());
  both.put(both.wrong);
  BOOST_TEST((both.wrong.height(0) > Height(0)));
  BOOST_TEST((both.wrong.height(4) == Height(0)));
  both.right.take_disk(4);
  both.start_told(both.right, 4, both.wrong.take_disk(4));
  both.right.check_equal(everyone);
  // One of the validators themselves: it casts no vote for what is over.
  both.wrong.take_disk(3);
  both.start_told(both.wrong, 3, std::make_unique<SimDisk>());
  const std::size_t before = both.wrong.signed_by(3);
  both.put(both.wrong);
  BOOST_TEST(both.wrong.signed_by(3) == before);
  BOOST_TEST((both.wrong.height(3) == Height(0)));
}

// Whoever followed the wrong one before being told stops, and says so.
BOOST_AUTO_TEST_CASE(blocks_that_are_here_and_of_another_history_than_the_trusted_one_are_an_alarm) {
  TwoHistories both({.validators = 4, .observers = 1, .parameters = Cluster::quick_parameters()});
  both.put(both.wrong);
  both.right.carry(0, set_window(5));
  both.last = both.right.epoch_end(0);
  const Height followed = both.wrong.height(4);
  BOOST_REQUIRE((followed > Height(0) && followed < both.last->height));
  both.right.take_disk(4);
  both.start_told(both.right, 4, both.wrong.take_disk(4));
  BOOST_TEST((both.right.height(4) == followed));
  BOOST_TEST(both.right.driver(4).sync().diverged());
}

// M-03
BOOST_AUTO_TEST_CASE(who_was_removed_is_heard_no_more) {
  Cluster cluster(five());
  cluster.carry(0, Cluster::observe(4));
  cluster.start(4);
  cluster.settle(2'000);
  cluster.carry(0, membership::AddValidator{sim_department(4)});
  cluster.settle(2'000);
  BOOST_REQUIRE((cluster.epoch(0) == Epoch(2)));
  cluster.carry(0, membership::RemoveMember{sim_department(0)});
  BOOST_REQUIRE((cluster.epoch(1) == Epoch(3)));
  BOOST_TEST(!cluster.driver(0).is_validator());
  const Height left_at = cluster.height(0);
  cluster.carry(1, set_window(5));
  cluster.check_equal({1, 2, 3, 4});
  BOOST_TEST((cluster.epoch(1) == Epoch(4)));
  BOOST_TEST((cluster.height(0) == left_at));
  BOOST_TEST(cluster.driver(1).counters().frames_bad == 0u);
}

// M-08: under the new key from the first vote of the epoch on, whichever keys the node has beside it.
BOOST_AUTO_TEST_CASE(a_consensus_key_is_replaced_at_the_end_of_an_epoch) {
  Cluster cluster(five());
  const auto key = public_key_of(SignatureScheme::keyed_hash, testnet::sim_validator_key(2, 1));
  cluster.carry(0, membership::ReplaceConsensusKey{sim_department(2), key});
  BOOST_REQUIRE((cluster.epoch(2) == Epoch(1)));
  BOOST_TEST(cluster.driver(2).is_validator());
  const std::size_t before = cluster.signed_by(2);
  cluster.crash(0);
  cluster.carry(1, set_window(5));
  BOOST_TEST(cluster.signed_by(2) > before);
  cluster.check_equal({1, 2, 3});
}

BOOST_AUTO_TEST_CASE(without_the_key_that_the_epoch_names_a_node_only_follows) {
  Cluster cluster(five());
  cluster.crash(2);
  cluster.give_keys(2, 1);
  cluster.start(2);
  cluster.settle(1'000);
  const auto key = public_key_of(SignatureScheme::keyed_hash, testnet::sim_validator_key(2, 1));
  cluster.carry(0, membership::ReplaceConsensusKey{sim_department(2), key});
  BOOST_TEST(cluster.driver(2).lacks_key());
  const std::size_t before = cluster.signed_by(2);
  cluster.carry(0, set_window(5));
  BOOST_TEST(cluster.signed_by(2) == before);
  BOOST_TEST(cluster.driver(2).lacks_key());
  cluster.check_equal(founders);
}

BOOST_AUTO_TEST_CASE(a_node_with_a_new_disk_and_old_keys_asks_before_it_signs_in_each_epoch) {
  Cluster cluster(five());
  for (const std::uint64_t window : {5, 6}) cluster.carry(0, set_window(window));
  cluster.wipe(3);
  for (const Identity i : {1, 2}) cluster.crash(i);
  cluster.start(3);
  cluster.settle(3'000);
  // It got the blocks from the one that is up, which alone cannot answer for q − 1.
  cluster.check_equal({0, 3});
  BOOST_TEST((cluster.epoch(3) == Epoch(2)));
  BOOST_TEST(cluster.driver(3).replica().starting());
  for (const Identity i : {1, 2}) cluster.start(i);
  cluster.settle(3'000);
  BOOST_TEST(!cluster.driver(3).replica().starting());
  cluster.carry(0, set_window(7));
  cluster.check_equal(founders);
}

// Between the block that decides the end of an epoch and the last one, nothing but the disk tells of it: there is more
// to propose than fits below it.
BOOST_AUTO_TEST_CASE(who_starts_again_before_the_end_of_an_epoch_votes_for_nothing_above_it) {
  testnet::GenesisOptions options = five();
  options.parameters.block_transactions_max = Number<BlockCountTag>(1);
  for (const std::uint64_t left : {2, 1}) {
    Cluster cluster(options);
    const auto call_all = [&cluster] {
      for (Identity i = 0; i < 4; ++i) {
        cluster.call(0, testnet::sim_administrator(i), "cast",
                     motion::CastArguments{MotionNumber(1), motion::Choice::in_favour});
      }
    };
    cluster.call(0, testnet::sim_administrator(0), "put",
                 motion::PutArguments{set_window(6), PlainText<256>::from("test").value(),
                                      cluster.now().wall + Duration(600'000)});
    cluster.settle(300);
    call_all();
    Height end;
    const bool reached = cluster.run_until([&cluster, &end, left] {
      return std::ranges::all_of(founders, [&cluster, &end, left](Identity i) {
        const auto known = cluster.driver(i).executor().epoch_end();
        if (known) end = *known;
        return known && cluster.height(i) + left == *known;
      });
    });
    BOOST_REQUIRE(reached);
    cluster.cut_power();
    call_all();
    cluster.settle(6'000);
    BOOST_TEST((cluster.epoch(0) == Epoch(1)));
    BOOST_TEST((cluster.voted_up_to(Epoch(0)) == end), left << " blocks before it");
    cluster.check_equal(founders);
  }
}

// Whatever moment the power goes at, in the blocks around the end of an epoch, of one node or of all.
BOOST_AUTO_TEST_CASE(a_power_cut_around_the_end_of_an_epoch_loses_nothing) {
  for (std::uint32_t moment = 0; moment < 40; ++moment) {
    Cluster cluster(five());
    const EpochConfig epoch = cluster.driver(0).scheme().config;
    cluster.call(0, testnet::sim_administrator(0), "put",
                 motion::PutArguments{set_window(6), PlainText<256>::from("test").value(),
                                      cluster.now().wall + Duration(600'000)});
    cluster.settle(300);
    for (Identity i = 0; i < 4; ++i) {
      cluster.call(0, testnet::sim_administrator(i), "cast",
                   motion::CastArguments{MotionNumber(1), motion::Choice::in_favour});
    }
    cluster.settle(moment);
    const Height reached = cluster.height(0);
    const bool all = moment % 2 == 0;
    for (Identity i = 0; i < (all ? 4 : 1); ++i) cluster.crash(i);
    for (Identity i = 0; i < (all ? 4 : 1); ++i) cluster.start(i);
    BOOST_TEST((cluster.height(0) >= reached));
    cluster.settle(6'000);
    BOOST_TEST((cluster.epoch(0) == Epoch(1)), "moment " << moment);
    cluster.check_equal(founders);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::node
