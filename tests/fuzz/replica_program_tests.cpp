// That replica programs are worth fuzzing: the seeds lead the replica through blocks, views and restarts; the same
// bytes are the same course; any bytes are a program.
#include <boost/test/unit_test.hpp>
#include <random>

#include "tests/fuzz/replica_program.h"
#include "tests/fuzz/replica_world.h"

namespace {

using namespace kanhe;
using namespace kanhe::fuzz;

}  // namespace

BOOST_AUTO_TEST_SUITE(replica_program_tests)

BOOST_AUTO_TEST_CASE(the_seeds_reach_blocks_views_and_votes) {
  struct Reached {
    std::uint64_t height;
    std::uint64_t view;
    std::size_t votes;
  };
  // Rounds; an own primary; changes of the view and a restart; an observer; an epoch's end; a view that keeps what was
  // prepared, over a restart; two blocks under one seal.
  const std::vector<Reached> least{{3, 0, 6}, {10, 1, 20}, {4, 3, 8}, {3, 1, 0}, {5, 0, 10}, {1, 1, 4}, {3, 0, 2}};
  const std::vector<Bytes> programs = replica_programs();
  BOOST_REQUIRE(programs.size() == least.size());
  for (std::size_t i = 0; i < programs.size(); ++i) {
    const ProgramEnd end = run_replica_program(programs[i]);
    BOOST_TEST(end.durable.value() >= least[i].height, "program " << i << " has height " << to_string(end.durable));
    BOOST_TEST(end.view.value() >= least[i].view, "program " << i << " has view " << to_string(end.view));
    BOOST_TEST(end.votes >= least[i].votes, "program " << i << " has " << end.votes << " votes");
  }
}

BOOST_AUTO_TEST_CASE(the_same_bytes_are_the_same_course) {
  for (const Bytes& program : replica_programs()) {
    const ProgramEnd first = run_replica_program(program);
    const ProgramEnd second = run_replica_program(program);
    BOOST_TEST((first.durable == second.durable && first.view == second.view && first.votes == second.votes));
  }
}

BOOST_AUTO_TEST_CASE(any_bytes_are_a_program) {
  std::mt19937_64 random(11);
  for (int run = 0; run < 2'000; ++run) {
    Bytes program(random() % 200);
    for (Byte& byte : program) byte = static_cast<Byte>(random());
    BOOST_TEST(run_replica_program(program).instructions <= instructions_max);
  }
  BOOST_TEST(run_replica_program({}).instructions == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
