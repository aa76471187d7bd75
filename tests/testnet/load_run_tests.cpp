// What a load run sends, when and where, and what it counts: on jobs of a few bytes, with time and answers made by
// hand.
#include "testnet/load_run.h"

#include <boost/test/unit_test.hpp>

namespace kanhe::testnet {
namespace {

constexpr Instant start{1'000 * ns_per_ms};
Instant at(std::uint64_t ms) { return start + ms * ns_per_ms; }

SignedCall a_call(std::uint32_t job, std::uint32_t call) {
  SignedCall made;
  made.id = TransactionId(sha256(as_bytes("id " + std::to_string(job) + "." + std::to_string(call))));
  made.body_hash = BodyHash(sha256(as_bytes("body " + std::to_string(job) + "." + std::to_string(call))));
  made.bytes = to_bytes(as_bytes(std::to_string(job)));
  return made;
}

std::vector<Job> jobs_of(std::uint32_t count, std::uint32_t calls = 1) {
  std::vector<Job> jobs;
  for (std::uint32_t job = 0; job < count; ++job) {
    jobs.push_back({0, Expectation::succeeds, {}});
    for (std::uint32_t call = 0; call < calls; ++call) jobs.back().calls.push_back(a_call(job, call));
  }
  return jobs;
}

LoadPlan closed_plan(std::size_t clients) {
  LoadPlan plan;
  plan.clients = clients;
  plan.duration_ms = Duration(10'000);
  plan.drain_ms = Duration(2'000);
  plan.patience_ms = Duration(1'000);
  plan.nodes = 4;
  return plan;
}

LoadPlan open_plan(std::uint32_t rate) {
  LoadPlan plan = closed_plan(0);
  plan.mode = LoopMode::open;
  plan.rate = rate;
  return plan;
}

enum class Ending : std::uint8_t { success, refusal };

// A block with one transaction.
RecordedBlock block_with(const SignedCall& call, Ending ending = Ending::success) {
  RecordedBlock block{Height(7), {call.body_hash}, {}, RecordedBlock::Outcomes::complete};
  if (ending == Ending::success) block.succeeded.push_back(0);
  return block;
}

BOOST_AUTO_TEST_SUITE(load_run_tests)

BOOST_AUTO_TEST_CASE(in_a_closed_loop_so_many_jobs_are_under_way_as_there_are_clients) {
  const auto jobs = jobs_of(5);
  LoadRun run(jobs, closed_plan(2), start);
  run.tick(at(0));
  BOOST_TEST(run.take_submissions().size() == 2u);
  run.tick(at(1));
  BOOST_TEST(run.take_submissions().empty());
  run.on_block(block_with(jobs[0].calls[0]), at(2));
  run.tick(at(2));
  const auto submissions = run.take_submissions();
  BOOST_REQUIRE(submissions.size() == 1u);
  BOOST_TEST(submissions[0].attempt.job == 2u);
}

BOOST_AUTO_TEST_CASE(in_an_open_loop_jobs_begin_at_their_times_and_latency_counts_from_then) {
  const auto jobs = jobs_of(100);
  LoadRun run(jobs, open_plan(10), start);
  run.tick(at(0));
  BOOST_TEST(run.take_submissions().size() == 1u);
  run.tick(at(99));
  BOOST_TEST(run.take_submissions().empty());
  // The client itself was late: what was due meanwhile begins now, and its latency began when it was due.
  run.tick(at(450));
  BOOST_TEST(run.take_submissions().size() == 4u);
  run.on_block(block_with(jobs[1].calls[0]), at(500));
  BOOST_REQUIRE(run.figures()[0].latency_us.size() == 1u);
  BOOST_TEST(run.figures()[0].latency_us[0] == 400'000u);
}

BOOST_AUTO_TEST_CASE(a_chain_sends_a_call_only_when_the_one_before_is_recorded_with_success) {
  const auto jobs = jobs_of(1, 3);
  LoadRun run(jobs, closed_plan(1), start);
  run.tick(at(0));
  for (std::uint32_t call = 0; call < 3; ++call) {
    const auto submissions = run.take_submissions();
    BOOST_REQUIRE(submissions.size() == 1u);
    BOOST_TEST(submissions[0].attempt.call == call);
    run.on_answer(submissions[0].attempt, SubmissionAnswer::admitted, at(10 * call));
    run.tick(at(10 * call));
    BOOST_TEST(run.take_submissions().empty());
    run.on_block(block_with(jobs[0].calls[call]), at(10 * call + 5));
  }
  BOOST_TEST(run.take_submissions().empty());
  BOOST_TEST(run.counters().recorded == 3u);
  BOOST_TEST(run.figures()[0].jobs_done == 1u);
  BOOST_TEST(run.take_acknowledged().size() == 3u);
  BOOST_TEST(run.is_over(at(20)));
}

BOOST_AUTO_TEST_CASE(a_refusal_ends_the_chain_and_acknowledges_nothing) {
  const auto jobs = jobs_of(1, 3);
  LoadRun run(jobs, closed_plan(1), start);
  run.tick(at(0));
  run.on_block(block_with(jobs[0].calls[0], Ending::refusal), at(5));
  BOOST_TEST(run.counters().refused == 1u);
  BOOST_TEST(run.counters().recorded == 0u);
  BOOST_TEST(run.take_acknowledged().empty());
  BOOST_TEST(run.under_way() == 0u);
}

BOOST_AUTO_TEST_CASE(a_partial_report_of_a_block_refuses_nothing_and_repeated_reports_count_once) {
  const auto jobs = jobs_of(2);
  LoadRun run(jobs, closed_plan(2), start);
  run.tick(at(0));
  RecordedBlock block{Height(7), {jobs[0].calls[0].body_hash, jobs[1].calls[0].body_hash}, {0},
                      RecordedBlock::Outcomes::partial};
  run.on_block(block, at(1));
  run.on_block(block, at(2));
  BOOST_TEST(run.counters().recorded == 1u);
  BOOST_TEST(run.counters().refused == 0u);
  block.outcomes = RecordedBlock::Outcomes::complete;
  run.on_block(block, at(3));
  BOOST_TEST(run.counters().recorded == 1u);
  BOOST_TEST(run.counters().refused == 1u);
}

BOOST_AUTO_TEST_CASE(a_busy_node_is_asked_later_and_later) {
  const auto jobs = jobs_of(1);
  LoadPlan plan = closed_plan(1);
  plan.duration_ms = Duration(60'000);
  plan.patience_ms = Duration(50'000);
  LoadRun run(jobs, plan, start);
  Instant now = start;
  std::uint64_t last_pause = 0;
  for (int i = 0; i < 5; ++i) {
    run.tick(now);
    const auto submissions = run.take_submissions();
    BOOST_REQUIRE(submissions.size() == 1u);
    run.on_answer(submissions[0].attempt, SubmissionAnswer::busy, now);
    const Instant answered = now;
    do {
      now = now + ns_per_ms;
      run.tick(now);
    } while (run.take_submissions().empty());
    BOOST_TEST((now - answered) > last_pause);
    last_pause = now - answered;
    // The attempt that was just taken is answered like the first.
    run.on_answer({0, 0, static_cast<std::uint32_t>(2 * i + 2)}, SubmissionAnswer::no_answer, now);
    now = now + 200 * ns_per_ms;
  }
  BOOST_TEST(run.counters().busy == 5u);
  BOOST_TEST(run.counters().no_answer == 5u);
}

BOOST_AUTO_TEST_CASE(what_nobody_answers_or_nothing_is_heard_of_goes_to_another_node) {
  const auto jobs = jobs_of(1);
  LoadRun run(jobs, closed_plan(1), start);
  run.tick(at(0));
  const auto first = run.take_submissions();
  run.on_answer(first[0].attempt, SubmissionAnswer::no_answer, at(1));
  run.tick(at(500));
  const auto second = run.take_submissions();
  BOOST_REQUIRE(second.size() == 1u);
  BOOST_TEST(second[0].node != first[0].node);
  run.on_answer(second[0].attempt, SubmissionAnswer::admitted, at(501));
  run.tick(at(1'499));
  BOOST_TEST(run.take_submissions().empty());
  run.tick(at(1'500));
  const auto third = run.take_submissions();
  BOOST_REQUIRE(third.size() == 1u);
  BOOST_TEST(third[0].node != second[0].node);
  BOOST_TEST(third[0].body == second[0].body);
  BOOST_TEST(run.counters().resent == 2u);
}

BOOST_AUTO_TEST_CASE(a_late_answer_to_an_earlier_attempt_changes_nothing) {
  const auto jobs = jobs_of(1, 2);
  LoadRun run(jobs, closed_plan(1), start);
  run.tick(at(0));
  const auto first = run.take_submissions();
  run.on_block(block_with(jobs[0].calls[0]), at(1));
  run.on_answer(first[0].attempt, SubmissionAnswer::rejected, at(2));
  BOOST_TEST(run.under_way() == 1u);
  BOOST_TEST(run.counters().rejected == 0u);
}

BOOST_AUTO_TEST_CASE(only_what_becomes_known_in_the_counted_time_counts) {
  const auto jobs = jobs_of(3);
  LoadPlan plan = closed_plan(3);
  plan.warm_up_ms = Duration(100);
  plan.duration_ms = Duration(100);
  LoadRun run(jobs, plan, start);
  run.tick(at(0));
  run.on_block(block_with(jobs[0].calls[0]), at(99));
  run.on_block(block_with(jobs[1].calls[0]), at(100));
  run.on_block(block_with(jobs[2].calls[0]), at(200));
  BOOST_TEST(run.counters().recorded == 3u);
  BOOST_TEST(run.figures()[0].transactions == 1u);
  BOOST_TEST(*run.longest_gap() == 100 * ns_per_ms);
}

BOOST_AUTO_TEST_CASE(after_its_time_a_run_begins_nothing_and_ends_at_the_latest_with_the_drain) {
  const auto jobs = jobs_of(100);
  LoadRun run(jobs, closed_plan(1), start);
  run.tick(at(0));
  BOOST_TEST(!run.is_over(at(10'000)));
  run.on_block(block_with(jobs[0].calls[0]), at(10'001));
  run.tick(at(10'001));
  BOOST_TEST(run.under_way() == 0u);
  BOOST_TEST(run.is_over(at(10'001)));

  LoadRun stuck(jobs, closed_plan(1), start);
  stuck.tick(at(0));
  BOOST_TEST(!stuck.is_over(at(11'999)));
  BOOST_TEST(stuck.is_over(at(12'000)));
}

BOOST_AUTO_TEST_CASE(a_run_that_is_ended_early_waits_for_what_is_under_way) {
  const auto jobs = jobs_of(100);
  LoadRun run(jobs, closed_plan(2), start);
  run.tick(at(0));
  run.take_submissions();
  run.end_early(at(100));
  run.on_block(block_with(jobs[0].calls[0]), at(101));
  run.tick(at(101));
  BOOST_TEST(run.take_submissions().empty());
  BOOST_TEST(!run.is_over(at(101)));
  run.on_block(block_with(jobs[1].calls[0]), at(102));
  BOOST_TEST(run.is_over(at(102)));
  BOOST_TEST((run.counting_until() == at(100)));
}

BOOST_AUTO_TEST_CASE(what_prepares_the_network_may_be_refused) {
  auto jobs = jobs_of(1);
  jobs[0].expectation = Expectation::any_outcome;
  jobs[0].kind = no_kind;
  LoadRun run(jobs, closed_plan(1), start);
  run.tick(at(0));
  run.on_block(block_with(jobs[0].calls[0], Ending::refusal), at(1));
  BOOST_TEST(run.counters().refused == 0u);
  BOOST_TEST(run.is_over(at(1)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::testnet
