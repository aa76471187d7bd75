// The worker threads: answers of one peer keep the order of its jobs, whatever each costs, and nobody's flood delays
// the others or fills the memory.
#include "node/checker_pool.h"

#include <boost/test/unit_test.hpp>

#include "ledger/codec.h"
#include "tests/support/builders.h"

namespace {

using namespace kanhe;
using namespace kanhe::node;

constexpr PeerId self(0);
constexpr std::chrono::seconds patience{30};

consensus::Scheme scheme() {
  const Genesis genesis = support::a_genesis();
  return {genesis.suite.signature, origin_of(genesis), first_epoch_of(genesis)};
}

TransactionBody good_body() { return read_body(encode(support::a_transaction())).value(); }
TransactionBody bad_body() {
  Transaction transaction = support::a_transaction();
  transaction.signature.array()[40] ^= 1;
  return read_body(encode(transaction)).value();
}

BodiesJob bodies_job(PeerId from, std::uint64_t token, std::size_t count) {
  return {from, BodyPurpose::gossip, std::vector(count, token), std::vector<TransactionBody>(count, good_body())};
}

// What was delivered, in its order.
class Inbox {
 public:
  CheckerPool::Deliver deliver() {
    return [this](Checked checked, CheckerPool::Held held) {
      const std::lock_guard lock(mutex_);
      answers_.push_back(std::move(checked));
      if (keeps_) held_.push_back(std::move(held));
      changed_.notify_all();
    };
  }
  // From now on nothing that is delivered counts as used up, until use_up().
  void keep() { keeps_ = true; }
  void use_up() { held_.clear(); }
  std::vector<Checked> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    BOOST_REQUIRE(changed_.wait_for(lock, patience, [&] { return answers_.size() >= count; }));
    return answers_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Checked> answers_;
  bool keeps_ = false;
  std::vector<CheckerPool::Held> held_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(checker_pool_tests)

BOOST_AUTO_TEST_CASE(answers_of_one_peer_keep_the_order_of_its_jobs) {
  Inbox inbox;
  CheckerPool pool(scheme(), self, {.threads = 4}, inbox.deliver());
  constexpr std::uint64_t jobs = 60;
  constexpr std::uint16_t peers = 3;
  for (std::uint64_t token = 0; token < jobs; ++token) {
    // Costs that fall: with several threads, later jobs end first.
    for (std::uint16_t peer = 0; peer < peers; ++peer) {
      pool.submit(bodies_job(PeerId(peer), token, token % 10 == 0 ? 20 : 1));
    }
  }
  std::map<PeerId, std::uint64_t> next;
  for (const Checked& checked : inbox.wait_for(jobs * peers)) {
    const auto& bodies = std::get<CheckedBodies>(checked);
    BOOST_TEST(bodies.tokens.front() == next[bodies.from]++);
    BOOST_TEST(bodies.bad == 0u);
    BOOST_TEST(bodies.good.size() == (bodies.tokens.front() % 10 == 0 ? 20u : 1u));
  }
  BOOST_TEST(pool.counters().done == jobs * peers);
  BOOST_TEST(pool.counters().waiting == 0u);
}

BOOST_AUTO_TEST_CASE(what_does_not_verify_is_told_apart) {
  Inbox inbox;
  CheckerPool pool(scheme(), self, {.threads = 1}, inbox.deliver());
  BodiesJob job = bodies_job(PeerId(1), 5, 2);
  job.bodies.push_back(bad_body());
  job.tokens.push_back(6);
  pool.submit(std::move(job));
  pool.submit(MessageJob{PeerId(2), {1, 2, 3}});
  const std::vector<Checked> answers = inbox.wait_for(2);
  for (const Checked& checked : answers) {
    if (const auto* bodies = std::get_if<CheckedBodies>(&checked)) {
      BOOST_TEST(bodies->good.size() == 2u);
      BOOST_TEST(bodies->bad == 1u);
      BOOST_TEST((bodies->tokens == std::vector<std::uint64_t>{5, 5}));
      BOOST_TEST((bodies->bad_tokens == std::vector<std::uint64_t>{6}));
    } else {
      BOOST_TEST(!std::get<CheckedMessage>(checked).message);
      BOOST_TEST((std::get<CheckedMessage>(checked).from == PeerId(2)));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_flood_by_one_peer_does_not_delay_another) {
  Inbox inbox;
  CheckerPool pool(scheme(), self, {.threads = 1}, inbox.deliver());
  constexpr std::uint64_t flood = 100;
  pool.submit(bodies_job(PeerId(1), 0, 5'000));  // keeps the worker busy while the rest comes in
  for (std::uint64_t token = 1; token < flood; ++token) pool.submit(bodies_job(PeerId(1), token, 10));
  pool.submit(bodies_job(PeerId(2), 0, 1));
  const std::vector<Checked> answers = inbox.wait_for(flood + 1);
  const auto other = std::ranges::find_if(
      answers, [](const Checked& checked) { return std::get<CheckedBodies>(checked).from == PeerId(2); });
  // Ten at once are no more than two quanta.
  BOOST_TEST(std::distance(answers.begin(), other) <= 14);
}

// Turns go by signatures: who asks for little gets its answers beside one who asks for much at once.
BOOST_AUTO_TEST_CASE(a_few_large_jobs_do_not_delay_many_small_ones) {
  Inbox inbox;
  CheckerPool pool(scheme(), self, {.threads = 1}, inbox.deliver());
  constexpr std::uint64_t large = 20;
  constexpr std::uint64_t small = 60;
  std::vector<BodiesJob> jobs{bodies_job(PeerId(3), 0, 2'000)};  // keeps the worker busy while the rest comes in
  for (std::uint64_t token = 0; token < large; ++token) jobs.push_back(bodies_job(PeerId(1), token, 64));
  for (std::uint64_t token = 0; token < small; ++token) jobs.push_back(bodies_job(PeerId(2), token, 1));
  for (BodiesJob& job : jobs) pool.submit(std::move(job));
  std::size_t small_done = 0;
  std::size_t large_before = 0;
  for (const Checked& checked : inbox.wait_for(1 + large + small)) {
    const PeerId from = std::get<CheckedBodies>(checked).from;
    if (from == PeerId(2)) ++small_done;
    if (from == PeerId(1) && small_done < small) ++large_before;
  }
  BOOST_TEST(large_before <= 2U);
}

// From the moment it comes in until whoever gets the answer has used it up.
BOOST_AUTO_TEST_CASE(a_peer_s_bytes_are_bounded_and_the_own_are_not) {
  Inbox inbox;
  CheckerPool pool(scheme(), self, {.threads = 1, .peer_jobs_max = 10, .peer_bytes_max = 1'000}, inbox.deliver());
  inbox.keep();
  pool.submit(MessageJob{PeerId(1), Bytes(100)});
  inbox.wait_for(1);
  BOOST_TEST(pool.counters().dropped == 0u);
  pool.submit(MessageJob{PeerId(1), Bytes(100)});
  BOOST_TEST(pool.counters().dropped == 1u, "the answer to the first waits to be used");
  pool.submit(MessageJob{PeerId(2), Bytes(100)});
  for (int i = 0; i < 3; ++i) pool.submit(MessageJob{self, Bytes(5'000)});
  inbox.wait_for(5);
  BOOST_TEST(pool.counters().dropped == 1u);
  inbox.use_up();
  pool.submit(MessageJob{PeerId(1), Bytes(5'000)});
  inbox.wait_for(6);
  BOOST_TEST(pool.counters().dropped == 1u, "the only one is always taken");
}

BOOST_AUTO_TEST_CASE(a_peer_s_waiting_jobs_are_bounded) {
  Inbox inbox;
  constexpr std::size_t limit = 10;
  CheckerPool pool(scheme(), self, {.threads = 1, .peer_jobs_max = limit}, inbox.deliver());
  inbox.keep();
  for (std::uint64_t token = 0; token < 3 * limit; ++token) pool.submit(bodies_job(PeerId(1), token, 1));
  BOOST_TEST(pool.counters().dropped == 2 * limit);
  inbox.wait_for(limit);
}

BOOST_AUTO_TEST_CASE(it_ends_with_jobs_that_wait) {
  Inbox inbox;
  constexpr std::size_t jobs = 50;
  {
    CheckerPool pool(scheme(), self, {.threads = 2}, inbox.deliver());
    for (std::uint64_t token = 0; token < jobs; ++token) pool.submit(bodies_job(PeerId(1), token, 500));
  }
  BOOST_TEST(inbox.wait_for(0).size() < jobs);
}

BOOST_AUTO_TEST_SUITE_END()
