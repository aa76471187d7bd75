// Block server: what it answers with, in whose turn, how fast, and that no answer outgrows its frame.
#include "node/block_server.h"

#include "tests/node/one_node.h"

namespace kanhe::node {
namespace {

struct Served {
  Served() : genesis(test_genesis()), on_disk(genesis), executor(*on_disk.store, genesis) {
    pool = std::make_unique<Pool>(chain_id_of(genesis), genesis.parameters, PoolLimits{},
                                  [](const TransactionId&) { return false; },
                                  [](const PublicKey&) { return true; });
    server = std::make_unique<BlockServer>(BlockServer::Parts{
        *on_disk.store, *pool, transport, [this](Height, const ProposalDigest& digest) {
          return in_flight && digest_of(in_flight->header) == digest ? in_flight : nullptr;
        }});
  }
  // Blocks of so many transactions each; only the last has a seal.
  void add_blocks(std::size_t count, std::size_t transactions, std::size_t padding) {
    for (std::size_t i = 0; i < count; ++i) {
      BodiesOfProposal bodies;
      for (std::size_t k = 0; k < transactions; ++k) {
        bodies.push_back(a_body(genesis, ++number, "administrator 0", {}, padding));
      }
      const auto proposal = a_proposal(genesis, executor.tip().height + 1, executor.tip().digest, bodies);
      const ProposalDigest digest = digest_of(proposal->header);
      const auto last = executor.execute(*proposal, digest, bodies);
      if (i + 1 == count) seal = a_seal(genesis, last);
      executor.commit(digest, i + 1 == count ? std::optional(seal) : std::nullopt, {}, {});
    }
  }
  // Serves as long as somebody waits, each time when the time has come.
  std::vector<SentFrame> serve_all() {
    while (const auto due = server->deadline()) {
      now = std::max(now, *due);
      server->serve(now);
    }
    return transport.take();
  }

  Genesis genesis;
  TestStore on_disk;
  Executor executor;
  RecordingTransport transport;
  std::unique_ptr<Pool> pool;
  std::unique_ptr<BlockServer> server;
  std::shared_ptr<const Proposal> in_flight;
  CommitSeal seal;
  std::uint64_t number = 0;
  Instant now = test_start;
};

BlocksAnswer blocks_in(const SentFrame& frame) {
  BOOST_REQUIRE((frame.kind == FrameKind::blocks_answer));
  return decode<BlocksAnswer>(frame.payload).value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(block_server_tests)

BOOST_FIXTURE_TEST_CASE(blocks_go_up_to_the_last_seal, Served) {
  add_blocks(4, 1, 0);
  add_blocks(1, 1, 0);
  for (const std::uint64_t to : {1'000'000, 2}) {
    server->ask(PeerId(3), FetchBlocks{Height(2), Height(to)});
    const auto sent = serve_all();
    BOOST_REQUIRE(sent.size() == 1U);
    const BlocksAnswer answer = blocks_in(sent.front());
    // Beyond what was asked for, where no block up to there has a seal.
    BOOST_TEST(answer.blocks.size() == (to == 2 ? 3U : 4U));
    BOOST_TEST(answer.above.empty());
    BOOST_TEST((answer.seal == on_disk.store->seal(Height(to == 2 ? 4 : 5))));
  }
  server->ask(PeerId(3), FetchBlocks{Height(6), Height(7)});
  server->ask(PeerId(2), FetchBlocks{Height(0), Height(7)});
  server->ask(PeerId(1), FetchBlocks{Height(Height::max), Height(Height::max)});
  BOOST_TEST(serve_all().empty(), "nothing to answer with");
  BOOST_TEST(server->answers() == 2U);
}

BOOST_FIXTURE_TEST_CASE(who_trusts_a_later_header_gets_a_proof_or_nothing, Served) {
  for (int i = 0; i < 5; ++i) add_blocks(1, 1, 0);
  const auto answer_under = [&](std::uint64_t from, std::uint64_t to, std::uint64_t under) {
    server->ask(PeerId(3), FetchBlocks{Height(from), Height(to), Height(under)});
    const auto sent = serve_all();
    return sent.empty() ? std::nullopt : std::optional(blocks_in(sent.front()));
  };
  for (std::uint64_t under = 2; under <= 5; ++under) {
    const TrustedHistory trusted(on_disk.store->header(Height(under)).value());
    const auto answer = answer_under(1, 2, under);
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(trusted.check(Height(1), answer->seal->checkpoint, answer->proof).has_value());
  }
  BOOST_TEST(!answer_under(1, 2, 6).has_value(), "not here");
  BOOST_TEST(!answer_under(1, 2, 1).has_value(), "the seal lies above");
}

// Seven blocks of 4 MiB under one seal. RecordingTransport refuses what does not fit into a frame.
BOOST_FIXTURE_TEST_CASE(a_long_run_under_one_seal_goes_in_parts_that_fit_into_frames, Served) {
  add_blocks(7, 70, 59'000);
  Height next{1};
  std::vector<Height> parts;
  while (next <= Height(7)) {
    server->ask(PeerId(3), FetchBlocks{next, Height(7)});
    const auto sent = serve_all();
    BOOST_REQUIRE(sent.size() == 1U);
    const BlocksAnswer answer = blocks_in(sent.front());
    BOOST_REQUIRE(!answer.blocks.empty());
    BOOST_TEST((answer.blocks.front().proposal.header.height == next));
    BOOST_TEST((answer.seal == seal));
    next = next + answer.blocks.size();
    BOOST_TEST(answer.above.size() == 8U - next.value());
    parts.push_back(next);
  }
  BOOST_TEST(parts.size() > 2U);
}

BOOST_FIXTURE_TEST_CASE(lists_and_bodies_in_flight_and_final_are_found, Served) {
  add_blocks(1, 2, 0);
  const SharedBody waiting = a_body(genesis, 99);
  BOOST_REQUIRE(pool->admit(waiting, Source::client, PeerId(0), {test_start, test_time()}).has_value());
  in_flight = a_proposal(genesis, Height(2), executor.tip().digest, {waiting});
  const Proposal past = on_disk.store->proposal(Height(1)).value();
  for (const Proposal& proposal : {past, *in_flight}) {
    server->ask(PeerId(1), FetchProposal{proposal.header.height, digest_of(proposal.header)});
    const auto answers = frames_of<ProposalAnswer>(serve_all(), FrameKind::proposal_answer);
    BOOST_REQUIRE(answers.size() == 1U);
    BOOST_TEST((answers.front().proposal == proposal));
  }
  FetchBodies request;
  request.hashes.push_back(waiting->body_hash);
  request.hashes.push_back(BodyHash{});
  server->ask(PeerId(1), request);
  const auto answers = frames_of<BodiesAnswer>(serve_all(), FrameKind::bodies_answer);
  BOOST_REQUIRE(answers.size() == 1U);
  BOOST_TEST(answers.front().bodies.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_flood_of_one_peer_costs_another_one_turn, Served) {
  add_blocks(1, 1, 0);
  const FetchProposal small{Height(1), digest_of(on_disk.store->proposal(Height(1))->header)};
  for (int i = 0; i < 1'000; ++i) server->ask(PeerId(1), FetchBlocks{Height(1), Height(1)});
  server->ask(PeerId(2), small);
  for (int i = 0; i < 1'000; ++i) server->ask(PeerId(1), small);
  server->serve(now);
  server->serve(now);
  BOOST_TEST(transport.sent.size() == 1U, "the second has to wait for its time");
  const auto rest = serve_all();
  std::vector<PeerId> order;
  for (const SentFrame& frame : rest) order.push_back(*frame.to);
  BOOST_TEST((order == std::vector{PeerId(1), PeerId(2), PeerId(1)}));
  BOOST_TEST(server->dropped() == 999U, "the same proposal waits once");
  BOOST_TEST(!server->deadline().has_value());
}

// Who enters a view late asks for all that it implies at once, of whom it asks first.
BOOST_FIXTURE_TEST_CASE(proposals_that_are_asked_for_together_are_all_answered_lowest_first, Served) {
  add_blocks(20, 1, 0);
  for (std::uint64_t height = 20; height > 0; --height) {
    const Proposal proposal = on_disk.store->proposal(Height(height)).value();
    server->ask(PeerId(1), FetchProposal{Height(height), digest_of(proposal.header)});
    const SharedBody waiting = a_body(genesis, 100 + height);
    BOOST_REQUIRE(pool->admit(waiting, Source::client, PeerId(0), {test_start, test_time()}).has_value());
    FetchBodies bodies;
    bodies.hashes.push_back(waiting->body_hash);
    server->ask(PeerId(1), bodies);
  }
  const auto sent = serve_all();
  const auto proposals = frames_of<ProposalAnswer>(sent, FrameKind::proposal_answer);
  BOOST_REQUIRE(proposals.size() == 20U);
  for (std::uint64_t i = 0; i < 20; ++i) BOOST_TEST((proposals[i].proposal.header.height == Height(i + 1)));
  BOOST_TEST(frames_of<BodiesAnswer>(sent, FrameKind::bodies_answer).size() == bodies_requests_max);
  BOOST_TEST(server->dropped() == 20 - bodies_requests_max);
}

BOOST_FIXTURE_TEST_CASE(answers_are_paced_by_their_bytes, Served) {
  add_blocks(2, 60, 59'000);
  const Instant begin = now;
  std::size_t bytes = 0;
  for (int i = 0; i < 10; ++i) {
    server->ask(PeerId(1), FetchBlocks{Height(1), Height(1)});
    for (const SentFrame& frame : serve_all()) bytes += frame.payload.size();
  }
  server->ask(PeerId(1), FetchBlocks{Height(1), Height(1)});
  BOOST_TEST((*server->deadline() >= begin + bytes / serve_bytes_per_ms * ns_per_ms));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::node
