// What waits for a slow peer is bounded, and what it could ask for again goes first.
#include "node/send_queue.h"

#include <boost/test/unit_test.hpp>

namespace {

using namespace kanhe;
using namespace kanhe::node;
using Pushed = SendQueue::Pushed;

SharedFrame frame(std::size_t bytes, Byte mark = 0) { return std::make_shared<const Bytes>(bytes, mark); }

}  // namespace

BOOST_AUTO_TEST_SUITE(send_queue_tests)

BOOST_AUTO_TEST_CASE(frames_leave_in_order_and_are_joined_up_to_the_target) {
  SendQueue queue(1'000);
  for (Byte mark = 0; mark < 5; ++mark) BOOST_TEST((queue.push(FrameKind::gossip, frame(10, mark)) == Pushed::queued));
  const Bytes first = queue.take(30);
  BOOST_TEST(first.size() == 30u);
  BOOST_TEST(first.back() == 2);
  BOOST_TEST(queue.take(15).size() == 10u);
  BOOST_TEST(queue.take(1).front() == 4);
  BOOST_TEST(queue.empty());
  BOOST_TEST(queue.bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(the_limit_is_kept_at_its_last_byte) {
  SendQueue queue(100);
  BOOST_TEST((queue.push(FrameKind::consensus, frame(60)) == Pushed::queued));
  BOOST_TEST((queue.push(FrameKind::consensus, frame(40)) == Pushed::queued));
  BOOST_TEST((queue.push(FrameKind::gossip, frame(1)) == Pushed::dropped));
  BOOST_TEST((queue.push(FrameKind::consensus, frame(1)) == Pushed::overflow));
  BOOST_TEST(queue.bytes() == 100u);
  BOOST_TEST(queue.dropped() == 1u);
}

BOOST_AUTO_TEST_CASE(the_oldest_frames_that_are_no_consensus_messages_make_room) {
  SendQueue queue(100);
  static_cast<void>(queue.push(FrameKind::gossip, frame(30, 1)));
  static_cast<void>(queue.push(FrameKind::consensus, frame(30, 2)));
  static_cast<void>(queue.push(FrameKind::gossip, frame(40, 3)));
  BOOST_TEST((queue.push(FrameKind::consensus, frame(20, 4)) == Pushed::dropped));
  BOOST_TEST(queue.dropped() == 1u);
  BOOST_TEST(queue.take(1).front() == 2);
  BOOST_TEST(queue.take(1).front() == 3);
  BOOST_TEST(queue.take(1).front() == 4);
}

BOOST_AUTO_TEST_CASE(blocks_go_last_and_make_room_first) {
  SendQueue queue(100);
  static_cast<void>(queue.push(FrameKind::blocks_answer, frame(30, 1)));
  static_cast<void>(queue.push(FrameKind::blocks_answer, frame(30, 2)));
  static_cast<void>(queue.push(FrameKind::gossip, frame(20, 3)));
  static_cast<void>(queue.push(FrameKind::consensus, frame(20, 4)));
  BOOST_TEST((queue.push(FrameKind::gossip, frame(20, 5)) == Pushed::dropped));
  BOOST_TEST(queue.dropped() == 1u);
  for (const Byte mark : {3, 4, 5, 2}) BOOST_TEST(queue.take(1).front() == mark);
  BOOST_TEST((queue.empty() && queue.bytes() == 0u));
}

BOOST_AUTO_TEST_CASE(one_frame_above_the_limit_goes_alone) {
  SendQueue queue(100);
  BOOST_TEST((queue.push(FrameKind::consensus, frame(500)) == Pushed::queued));
  BOOST_TEST((queue.push(FrameKind::consensus, frame(1)) == Pushed::overflow));
  BOOST_TEST(queue.take(1).size() == 500u);
  BOOST_TEST((queue.push(FrameKind::consensus, frame(1)) == Pushed::queued));
}

BOOST_AUTO_TEST_CASE(whatever_is_pushed_and_taken_the_queue_stays_in_its_limit_and_loses_no_vote_silently) {
  std::uint32_t state = 7;
  const auto random = [&state](std::uint32_t below) {
    return (state = state * 1'664'525 + 1'013'904'223) % 1'000 % below;
  };
  SendQueue queue(300);
  std::size_t votes = 0;
  for (int i = 0; i < 20'000; ++i) {
    if (random(3) == 0 && !queue.empty()) {
      for (const Byte mark : queue.take(random(200) + 1)) votes -= mark;
      continue;
    }
    // One byte of each vote is its mark.
    auto bytes = std::make_shared<Bytes>(random(120) + 1, Byte{0});
    const bool vote = random(2) == 0;
    bytes->front() = vote ? 1 : 0;
    const Pushed pushed = queue.push(vote ? FrameKind::consensus : FrameKind::gossip, bytes);
    if (vote && pushed != Pushed::overflow) ++votes;
    BOOST_REQUIRE(queue.bytes() <= 300);
  }
  while (!queue.empty()) {
    for (const Byte mark : queue.take(100)) votes -= mark;
  }
  BOOST_TEST(votes == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
