// The follower asks for the head, then for lists and events in turn, and says of each block what was recorded and with
// which outcome, once.
#include "testnet/load_follow.h"

#include <boost/test/unit_test.hpp>

#include "ledger/json.h"

namespace kanhe::testnet {
namespace {

std::string head_json(std::uint64_t height) {
  certs::HeadAnswer head;
  head.newest.header.height = Height(height);
  return to_json(head);
}

BodyHash body(std::uint64_t height, std::uint32_t index) {
  return BodyHash(sha256(as_bytes(std::to_string(height) + "/" + std::to_string(index))));
}

std::string block_json(std::uint64_t height, std::uint32_t transactions) {
  certs::BlockAnswer block;
  block.proposal.emplace();
  block.proposal->header.height = Height(height);
  for (std::uint32_t i = 0; i < transactions; ++i) block.proposal->bodies.push_back(body(height, i));
  return to_json(block);
}

std::string events_json(const std::vector<EventPosition>& positions, const EventPosition& next) {
  certs::EventsAnswer answer;
  for (const EventPosition& position : positions) {
    certs::TracedEvent event;
    event.position = position;
    event.event.name = EventName::from("certificate.issued").value();
    answer.events.push_back(event);
  }
  answer.next = next;
  return to_json(answer);
}

EventPosition place(std::uint64_t height, std::uint32_t receipt, std::uint32_t event = 0) {
  return {Height(height), receipt, event};
}

void answer(LoadFollower& follower, std::string_view asked, const std::string& json) {
  BOOST_REQUIRE(follower.target().starts_with(asked));
  const auto done = follower.on_answer(json);
  BOOST_REQUIRE(done.has_value());
}

LoadFollower at_height(std::uint64_t height) {
  LoadFollower follower;
  answer(follower, "/v1/head", head_json(height));
  return follower;
}

BOOST_AUTO_TEST_SUITE(load_follow_tests)

BOOST_AUTO_TEST_CASE(it_begins_behind_the_newest_block) {
  BOOST_TEST(at_height(9).target().starts_with("/v1/events?cursor=10.0.0&"));
}

BOOST_AUTO_TEST_CASE(successes_are_those_with_events_and_the_rest_is_refused_once_the_cursor_is_above) {
  LoadFollower follower = at_height(9);
  answer(follower, "/v1/events",
         events_json({place(10, 0), place(10, 1), place(10, 1, 1), place(10, 3)}, place(10, 4)));
  answer(follower, "/v1/blocks/10", block_json(10, 3));
  auto blocks = follower.take_blocks();
  BOOST_REQUIRE(blocks.size() == 1u);
  BOOST_TEST((blocks[0].height == Height(10)));
  BOOST_TEST((blocks[0].succeeded == std::vector<std::uint32_t>{0, 2}));
  BOOST_TEST((blocks[0].outcomes == RecordedBlock::Outcomes::partial));
  answer(follower, "/v1/events?cursor=10.4.0", events_json({}, place(11, 0)));
  blocks = follower.take_blocks();
  BOOST_REQUIRE(blocks.size() == 1u);
  BOOST_TEST(blocks[0].succeeded.empty());
  BOOST_TEST(blocks[0].transactions.size() == 3u);
  BOOST_TEST((blocks[0].outcomes == RecordedBlock::Outcomes::complete));
}

BOOST_AUTO_TEST_CASE(blocks_without_events_are_listed_too) {
  LoadFollower follower = at_height(9);
  answer(follower, "/v1/events", events_json({place(12, 1)}, place(13, 0)));
  answer(follower, "/v1/blocks/10", block_json(10, 0));
  answer(follower, "/v1/blocks/11", block_json(11, 2));
  answer(follower, "/v1/blocks/12", block_json(12, 1));
  const auto blocks = follower.take_blocks();
  BOOST_REQUIRE(blocks.size() == 3u);
  BOOST_TEST(blocks[0].transactions.empty());
  BOOST_TEST(blocks[1].transactions.size() == 2u);
  BOOST_TEST(blocks[1].succeeded.empty());
  BOOST_TEST(blocks[2].succeeded.size() == 1u);
  BOOST_TEST(follower.target().starts_with("/v1/events?cursor=13.0.0&"));
}

BOOST_AUTO_TEST_CASE(an_answer_that_does_not_fit_changes_nothing) {
  LoadFollower follower = at_height(9);
  answer(follower, "/v1/events", events_json({place(10, 1)}, place(10, 2)));
  BOOST_TEST(!follower.on_answer("{}").has_value());
  BOOST_TEST(!follower.on_answer(block_json(11, 1)).has_value());
  BOOST_TEST(follower.take_blocks().empty());
  answer(follower, "/v1/blocks/10", block_json(10, 1));
  BOOST_TEST(follower.take_blocks().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_node_that_is_behind_the_cursor_is_not_believed_backwards) {
  LoadFollower follower = at_height(9);
  answer(follower, "/v1/events", events_json({place(10, 1)}, place(11, 0)));
  answer(follower, "/v1/blocks/10", block_json(10, 1));
  BOOST_TEST(follower.take_blocks().size() == 1u);
  answer(follower, "/v1/events?cursor=11.0.0", events_json({place(10, 1)}, place(10, 2)));
  BOOST_TEST(follower.take_blocks().empty());
  BOOST_TEST(follower.target().starts_with("/v1/events?cursor=11.0.0&"));
}

BOOST_AUTO_TEST_CASE(a_receipt_tells_of_its_transaction_alone) {
  certs::TransactionAnswer answer;
  answer.state = certs::TransactionState::received;
  BOOST_TEST(!read_receipt(to_json(answer)).value().has_value());
  answer.state = certs::TransactionState::recorded;
  answer.recorded.emplace();
  answer.recorded->block.proposal.height = Height(7);
  answer.recorded->body_hash = body(7, 2);
  answer.recorded->receipt.outcome = Succeeded();
  auto block = read_receipt(to_json(answer)).value();
  BOOST_REQUIRE(block.has_value());
  BOOST_TEST((block->height == Height(7)));
  BOOST_TEST((block->transactions == std::vector<BodyHash>{body(7, 2)}));
  BOOST_TEST((block->succeeded == std::vector<std::uint32_t>{0}));
  BOOST_TEST((block->outcomes == RecordedBlock::Outcomes::complete));
  answer.recorded->receipt.outcome = Refused();
  block = read_receipt(to_json(answer)).value();
  BOOST_REQUIRE(block.has_value());
  BOOST_TEST(block->succeeded.empty());
  BOOST_TEST(!read_receipt("{}").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::testnet
