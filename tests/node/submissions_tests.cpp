// Submissions: every client gets exactly one answer, waits end in one of three ways, limits hold, and many threads at
// once lose nothing and hear nothing twice.
#include "node/submissions.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

namespace {

using namespace kanhe;
using namespace kanhe::node;

TransactionId id_of(std::uint64_t number) {
  TransactionId id;
  for (std::size_t i = 0; i < 8; ++i) id.array()[i] = static_cast<Byte>(number >> (8 * i));
  return id;
}

// Submissions whose queue the test empties in the driver's place.
struct Setup {
  explicit Setup(SubmissionLimits limits = {})
      : submissions(limits, [this](Bytes bytes, std::uint64_t token) {
          wakes += queue.push(std::move(bytes), token);
        }) {}

  SubmissionQueue queue;
  std::size_t wakes = 0;
  Submissions submissions;
};

// Remembers how often it was called, and with what last.
struct Heard {
  Submissions::Known known() {
    return [this](ReceiptState told) {
      ++times;
      state = told;
    };
  }
  int times = 0;
  ReceiptState state = ReceiptState::wait_over;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(submissions_tests)

BOOST_AUTO_TEST_CASE(each_submission_gets_its_own_answer_once) {
  Setup setup;
  std::vector<std::string> answers(3);
  for (std::size_t i = 0; i < 3; ++i) {
    setup.submissions.submit(Bytes(i + 1), [&answers, i](Result<TransactionId> answer) {
      answers[i] += answer ? answer->hex().substr(0, 2) : std::string(error_name(answer.error().code));
    });
  }
  BOOST_TEST(setup.wakes == 1u);
  const std::vector<Submission> taken = setup.queue.take();
  BOOST_REQUIRE(taken.size() == 3u);
  BOOST_TEST(taken[2].transaction.size() == 3u);
  setup.submissions.on_submitted(taken[1].token, id_of(7), {});
  setup.submissions.on_submitted(taken[0].token, {}, fail(ErrorCode::duplicate, "there already"));
  BOOST_TEST(answers[0] == "duplicate");
  BOOST_TEST(answers[1] == "07");
  BOOST_TEST(answers[2] == "");
  // Again, and one that nobody made.
  setup.submissions.on_submitted(taken[1].token, id_of(8), {});
  setup.submissions.on_submitted(1'000'000, id_of(9), {});
  BOOST_TEST(answers[1] == "07");
  BOOST_TEST(setup.submissions.submitted() == 1u);
}

BOOST_AUTO_TEST_CASE(the_driver_is_woken_once_for_all_that_gathered) {
  Setup setup;
  const auto ignore = [](Result<TransactionId>) {};
  for (int i = 0; i < 1'000; ++i) setup.submissions.submit({}, ignore);
  BOOST_TEST(setup.wakes == 1u);
  BOOST_TEST(setup.queue.take().size() == 1'000u);
  BOOST_TEST(setup.queue.take().empty());
  setup.submissions.submit({}, ignore);
  BOOST_TEST(setup.wakes == 2u);
}

BOOST_AUTO_TEST_CASE(beyond_the_limit_the_answer_is_busy_at_once) {
  Setup setup({2, 2});
  std::size_t busy = 0;
  const auto count = [&busy](Result<TransactionId> answer) {
    busy += !answer && answer.error().code == ErrorCode::busy;
  };
  for (int i = 0; i < 3; ++i) setup.submissions.submit({}, count);
  BOOST_TEST(busy == 1u);
  const std::vector<Submission> taken = setup.queue.take();
  BOOST_TEST(taken.size() == 2u);
  setup.submissions.on_submitted(taken[0].token, id_of(1), {});
  setup.submissions.submit({}, count);
  BOOST_TEST(busy == 1u);

  Heard heard;
  const auto first = setup.submissions.wait_for(id_of(1), Instant(9), heard.known());
  BOOST_REQUIRE(first);
  BOOST_TEST(!!setup.submissions.wait_for(id_of(2), Instant(9), heard.known()));
  const auto third = setup.submissions.wait_for(id_of(3), Instant(9), heard.known());
  BOOST_REQUIRE(!third);
  BOOST_TEST((third.error().code == ErrorCode::busy));
  setup.submissions.stop_waiting(*first);
  BOOST_TEST(!!setup.submissions.wait_for(id_of(3), Instant(9), heard.known()));
  BOOST_TEST(heard.times == 0);
}

BOOST_AUTO_TEST_CASE(a_wait_ends_recorded_expired_or_over_but_only_once) {
  Setup setup;
  Heard recorded;
  Heard also_recorded;
  Heard expired;
  Heard over;
  Heard stopped;
  Heard later;
  setup.submissions.wait_for(id_of(1), Instant(10), recorded.known()).value();
  setup.submissions.wait_for(id_of(1), Instant(10), also_recorded.known()).value();
  setup.submissions.wait_for(id_of(2), Instant(10), expired.known()).value();
  setup.submissions.wait_for(id_of(3), Instant(10), over.known()).value();
  const std::uint64_t number = setup.submissions.wait_for(id_of(1), Instant(10), stopped.known()).value();
  setup.submissions.wait_for(id_of(4), Instant(11), later.known()).value();
  setup.submissions.stop_waiting(number);
  setup.submissions.stop_waiting(number);

  BOOST_TEST(setup.submissions.end_waits(Instant(9)) == 5u);
  setup.submissions.on_recorded({id_of(8), id_of(1), id_of(9)});
  setup.submissions.on_expired(id_of(2));
  setup.submissions.on_recorded({id_of(1), id_of(2)});
  BOOST_TEST(setup.submissions.end_waits(Instant(10)) == 1u);
  BOOST_TEST(setup.submissions.end_waits(Instant(10)) == 1u);

  BOOST_TEST(recorded.times == 1);
  BOOST_TEST((recorded.state == ReceiptState::recorded));
  BOOST_TEST(also_recorded.times == 1);
  BOOST_TEST(expired.times == 1);
  BOOST_TEST((expired.state == ReceiptState::expired));
  BOOST_TEST(over.times == 1);
  BOOST_TEST((over.state == ReceiptState::wait_over));
  BOOST_TEST(stopped.times == 0);
  BOOST_TEST(later.times == 0);
  BOOST_TEST(setup.submissions.waiting() == 1u);
}

BOOST_AUTO_TEST_CASE(a_callback_may_come_back_with_the_next_question) {
  Setup setup;
  Heard heard;
  const auto ask_again = [&](ReceiptState) {
    setup.submissions.wait_for(id_of(1), Instant(20), heard.known()).value();
  };
  setup.submissions.wait_for(id_of(1), Instant(10), ask_again).value();
  setup.submissions.on_recorded({id_of(1)});
  BOOST_TEST(heard.times == 0);
  setup.submissions.on_recorded({id_of(1)});
  BOOST_TEST(heard.times == 1);
  const auto ignore = [](Result<TransactionId>) {};
  setup.submissions.submit({}, [&](Result<TransactionId>) { setup.submissions.submit({}, ignore); });
  setup.submissions.on_submitted(setup.queue.take().front().token, id_of(2), {});
  BOOST_TEST(setup.queue.take().size() == 1u);
}

// Clients in four threads, a driver in a fifth, waits ended in a sixth.
BOOST_AUTO_TEST_CASE(many_threads_lose_no_answer_and_hear_none_twice) {
  constexpr std::uint64_t clients = 4;
  constexpr std::uint64_t each = 2'000;
  std::atomic<std::uint64_t> woken{0};
  SubmissionQueue queue;
  Submissions submissions({clients * each, clients * each}, [&](Bytes bytes, std::uint64_t token) {
    if (queue.push(std::move(bytes), token)) ++woken;
  });
  std::atomic<std::uint64_t> admitted{0};
  std::atomic<std::uint64_t> heard{0};
  std::atomic<bool> done{false};

  std::vector<std::thread> threads;
  for (std::uint64_t client = 0; client < clients; ++client) {
    threads.emplace_back([&, client] {
      for (std::uint64_t i = 0; i < each; ++i) {
        const std::uint64_t number = client * each + i;
        Bytes bytes(8);
        for (std::size_t at = 0; at < 8; ++at) bytes[at] = static_cast<Byte>(number >> (8 * at));
        const Instant until(i % 3 == 0 ? 1 : 1'000'000);
        const auto waits = submissions.wait_for(id_of(number), until, [&heard](ReceiptState) { ++heard; });
        submissions.submit(std::move(bytes), [&admitted](Result<TransactionId> answer) { admitted += !!answer; });
        if (waits && i % 5 == 0) submissions.stop_waiting(*waits);
      }
    });
  }
  std::thread driver([&] {
    for (std::uint64_t answered = 0; answered < clients * each;) {
      std::vector<TransactionId> ids;
      for (const Submission& submission : queue.take()) {
        TransactionId id;
        std::ranges::copy(submission.transaction, id.array().begin());
        submissions.on_submitted(submission.token, id, {});
        ids.push_back(id);
      }
      submissions.on_recorded(ids);
      answered += ids.size();
      std::this_thread::yield();
    }
  });
  std::thread ender([&] {
    while (!done) {
      submissions.end_waits(Instant(2));
      std::this_thread::yield();
    }
  });
  for (std::thread& thread : threads) thread.join();
  driver.join();
  done = true;
  ender.join();
  submissions.end_waits(Instant(2'000'000));

  BOOST_TEST(admitted == clients * each);
  BOOST_TEST(heard <= clients * each);
  BOOST_TEST(heard >= clients * each * 4 / 5);
  BOOST_TEST(woken <= clients * each);
  BOOST_TEST(submissions.submitted() == 0u);
  BOOST_TEST(submissions.waiting() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
