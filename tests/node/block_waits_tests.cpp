// Waiting for a block without a thread: each wait is resumed once, by the block, by its time, or at once.
#include "node/block_waits.h"

#include <boost/test/unit_test.hpp>

namespace kanhe::node {
namespace {

struct Waits {
  BlockWaits waits{3};
  int resumed = 0;
  Result<void> wait(std::uint64_t above, std::uint64_t until = 100) {
    return waits.wait_above(Height(above), Instant(until), [this] { ++resumed; });
  }
};

BOOST_FIXTURE_TEST_SUITE(block_waits_tests, Waits)

BOOST_AUTO_TEST_CASE(a_wait_is_resumed_once_by_the_first_block_above) {
  BOOST_TEST(wait(5).has_value());
  waits.on_block(Height(5));
  BOOST_TEST(resumed == 0);
  waits.on_block(Height(6));
  waits.on_block(Height(7));
  BOOST_TEST(waits.end_waits(Instant(1'000)) == 0u);
  BOOST_TEST(resumed == 1);
}

BOOST_AUTO_TEST_CASE(a_wait_for_a_block_that_is_there_is_resumed_at_once) {
  waits.on_block(Height(6));
  BOOST_TEST(wait(5).has_value());
  BOOST_TEST(resumed == 1);
  BOOST_TEST(wait(6).has_value());
  BOOST_TEST(resumed == 1);
}

BOOST_AUTO_TEST_CASE(a_wait_ends_at_its_time) {
  BOOST_TEST(wait(5, 100).has_value());
  BOOST_TEST(wait(5, 101).has_value());
  BOOST_TEST(waits.end_waits(Instant(99)) == 2u);
  BOOST_TEST(waits.end_waits(Instant(100)) == 1u);
  BOOST_TEST(resumed == 1);
}

BOOST_AUTO_TEST_CASE(beyond_the_limit_nobody_waits) {
  for (int i = 0; i < 3; ++i) BOOST_TEST(wait(5).has_value());
  BOOST_TEST((wait(5).error().code == ErrorCode::busy));
  waits.on_block(Height(6));
  BOOST_TEST(resumed == 3);
  BOOST_TEST(wait(6).has_value());
}

BOOST_AUTO_TEST_CASE(who_is_resumed_may_wait_again) {
  int times = 0;
  const std::function<void()> again = [&] {
    if (++times == 3) return;
    const Height above(static_cast<std::uint64_t>(times) + 4);
    BOOST_TEST(waits.wait_above(above, Instant(100), again).has_value());
  };
  BOOST_TEST(waits.wait_above(Height(4), Instant(100), again).has_value());
  waits.on_block(Height(5));
  waits.on_block(Height(6));
  waits.on_block(Height(7));
  BOOST_TEST(times == 3);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::node
