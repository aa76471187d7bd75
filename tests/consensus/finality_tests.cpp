#include <boost/test/unit_test.hpp>

#include "tests/support/replicas.h"

using namespace kanhe;
using namespace kanhe::consensus;
using namespace kanhe::consensus::tests;

namespace {

const std::vector<std::size_t> everyone = {0, 1, 2, 3};
using Copies = std::vector<std::pair<std::optional<std::uint64_t>, Message>>;

Replicas::Post dropping(std::function<bool(std::size_t, std::size_t, const Message&)> drops) {
  return [drops](std::size_t from, std::size_t to, const Message& message) {
    return drops(from, to, message) ? Copies{} : Copies{{0, message}};
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(finality_tests)

BOOST_AUTO_TEST_CASE(a_seal_makes_everything_below_it_final) {
  Replicas network(4);
  network.post = dropping([](std::size_t, std::size_t to, const Message& message) {
    const auto* vote = std::get_if<Commit>(&message);
    return std::holds_alternative<Sealed>(message) ||
           (to == 3 && vote != nullptr && vote->checkpoint.height == Height(1));
  });
  network.node(0).hold_execution = network.node(1).hold_execution = network.node(2).hold_execution = true;
  network.submit("t1", everyone);
  network.settle();
  network.submit("t2", everyone);
  network.settle();
  for (const std::size_t i : {0, 1, 2}) network.release_execution(i);
  network.settle();
  BOOST_TEST(network.has(3, "t1"));
  BOOST_TEST(network.has(3, "t2"));
  const auto& blocks = network.node(3).disk.blocks;
  BOOST_TEST(!blocks.at(Height(1)).seal.has_value(), "covered by the one above");
  BOOST_TEST(blocks.at(Height(2)).seal.has_value());
}

BOOST_AUTO_TEST_CASE(a_seal_counts_in_a_view_that_was_left) {
  Replicas network(4);
  network.post = dropping([](std::size_t, std::size_t, const Message& message) {
    return std::holds_alternative<Commit>(message) || std::holds_alternative<Status>(message);
  });
  network.submit("t1", everyone);
  network.settle();
  network.run_for(1'500);
  BOOST_TEST((network.replica(0).view() == View(1)));
  network.post = nullptr;
  const auto proposal = network.find("1:t1");
  for (const std::size_t i : {0, 1, 2}) network.say(i, everyone, network.commit(i, View(0), *proposal));
  network.settle();
  BOOST_TEST(network.has(3, "t1"));
}

BOOST_AUTO_TEST_CASE(the_window_counts_from_the_last_durable_block) {
  Parameters parameters;
  parameters.window = Number<WindowTag>(2);
  Replicas network(4, parameters);
  for (const std::size_t i : everyone) network.node(i).hold_blocks = true;
  for (const std::string t : {"t1", "t2", "t3"}) {
    network.submit(t, everyone);
    network.settle();
  }
  BOOST_TEST((network.replica(0).finalized() == Height(2)));
  BOOST_TEST(network.find("3:t3") == nullptr);
  for (const std::size_t i : everyone) network.release_blocks(i);
  network.settle();
  BOOST_TEST(network.has(0, "t3"));
}

BOOST_AUTO_TEST_CASE(a_sealed_block_below_the_floor_is_executed_from_its_bodies) {
  // Seven validators: 0 finalizes height 1 alone and goes down for good, 6 is silent. The others know by the seal in
  // its view-change that 1:t1 is final, and nobody is left who has the block; but they hold its bodies.
  Replicas network(7);
  network.make_liar(6);
  network.post = dropping([](std::size_t, std::size_t to, const Message& message) {
    const bool keeps_up = std::holds_alternative<Status>(message) || std::holds_alternative<Sealed>(message);
    return keeps_up || (to != 0 && std::holds_alternative<Commit>(message));
  });
  network.submit("t1", {0, 1, 2, 3, 4, 5});
  network.settle();
  BOOST_TEST((network.replica(0).finalized() == Height(1)));
  const auto seal = network.collected_seal(digest_of(network.find("1:t1")->header), View(0)).value();
  network.crash(0);
  // Restarts forget what was executed.
  for (const std::size_t i : {1, 2, 3, 4, 5}) network.crash(i);
  network.post = nullptr;
  for (const std::size_t i : {1, 2, 3, 4, 5}) network.restart(i);
  network.node(1).hold_execution = true;
  network.say(6, {1, 2, 3, 4, 5}, Sealed{seal});
  network.settle();
  for (const std::size_t i : {2, 3, 4, 5}) BOOST_TEST(network.has(i, "t1"), "replica " << i);
}

BOOST_AUTO_TEST_CASE(nothing_is_prepared_above_the_epochs_end) {
  Replicas network(4);
  network.config().epoch_end = Height(2);
  for (const std::size_t i : everyone) {
    network.crash(i);
    network.restart(i);
  }
  network.run_for(2'000);
  network.submit("t1", everyone);
  network.run_for(5'000);
  for (const std::size_t i : everyone) BOOST_TEST((network.replica(i).finalized() == Height(2)));
  BOOST_TEST((network.replica(0).view() == View(0)), "and nobody complains about the end");
}

BOOST_AUTO_TEST_CASE(an_epochs_end_that_does_not_come_is_a_complaint) {
  Replicas network(4);
  network.config().epoch_end = Height(2);
  for (const std::size_t i : everyone) network.crash(i);
  for (const std::size_t i : {1, 2, 3}) network.restart(i);
  network.run_for(4'000);
  for (const std::size_t i : {1, 2, 3}) BOOST_TEST((network.replica(i).finalized() == Height(2)));
}

BOOST_AUTO_TEST_SUITE_END()
