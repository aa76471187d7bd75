// Block sync against a peer's answers: right ones are applied whole, wrong ones change nothing.
#include "node/block_sync.h"

#include <boost/test/unit_test.hpp>

#include "ledger/codec.h"
#include "testnet/sim_disk.h"
#include "tests/support/contract_network.h"

namespace kanhe::node {
namespace {

constexpr std::size_t n = 4;
constexpr std::array<std::string_view, n> departments = {"a", "b", "c", "d"};

Genesis four_departments() { return ContractNetwork::genesis_of(departments); }

// A node without sockets: what it sends is kept, and everyone is connected.
struct Node : Transport, Checker {
  Node() : genesis(four_departments()), scheme{genesis.suite.signature, origin_of(genesis), first_epoch_of(genesis)} {
    StoreOptions options;
    options.path = "/node";
    options.segment_bytes = 1 << 20;
    options.write_buffer_bytes = 64 << 10;
    store = std::move(Store::open(disk, options, chain_id_of(genesis))).value();
    executor = std::make_unique<Executor>(*store, genesis);
    pool = std::make_unique<Pool>(chain_id_of(genesis), genesis.parameters, PoolLimits{},
                                  [](const TransactionId&) { return false; });
    const auto commit = [this](const ProposalDigest& digest, std::optional<CommitSeal> seal) {
      const Height height = executor->pending_proposal(digest)->header.height;
      executor->commit(digest, std::move(seal), {}, {});
      sync->on_committed(height);
    };
    const auto keep = [this](const CommitSeal& seal) { kept_seals.push_back(seal); };
    sync = std::make_unique<BlockSync>(
        BlockSync::Parts{scheme, *store, *executor, *pool, *this, *this, PeerId(0), commit, keep}, Duration(100));
  }
  void send(PeerId to, FrameKind kind, Bytes payload) override { sent.push_back({to, kind, std::move(payload)}); }
  void broadcast(FrameKind, Bytes) override {}
  std::vector<PeerId> connected() const override { return {PeerId(1), PeerId(2), PeerId(3)}; }
  void submit(Job) override {}

  struct Sent {
    PeerId to;
    FrameKind kind;
    Bytes payload;
  };
  Genesis genesis;
  consensus::Scheme scheme;
  SimDisk disk;
  std::unique_ptr<Store> store;
  std::unique_ptr<Executor> executor;
  std::unique_ptr<Pool> pool;
  std::unique_ptr<BlockSync> sync;
  std::vector<Sent> sent;
  std::vector<CommitSeal> kept_seals;
};

// Executes empty blocks on a node of its own and seals the last one.
BlocksAnswer run_of_blocks(std::size_t count) {
  Node node;
  BlocksAnswer answer;
  consensus::Executed last;
  for (std::size_t i = 0; i < count; ++i) {
    Proposal proposal;
    proposal.header.chain_id = node.scheme.config.chain_id;
    proposal.header.height = node.executor->tip().height + 1;
    proposal.header.parent = node.executor->tip().digest;
    proposal.header.timestamp_ms = node.executor->tip().timestamp_ms + std::uint64_t{1'000};
    proposal.header.body_root = body_root_of({});
    const ProposalDigest digest = digest_of(proposal.header);
    last = node.executor->execute(proposal, digest, {});
    node.executor->commit(digest, std::nullopt, {}, {});
    answer.blocks.push_back({proposal, {}, last.header_hash});
  }
  CommitSeal seal;
  seal.checkpoint = {{}, Epoch(0), View(0), last.height, last.digest, last.header_hash, last.log_root};
  for (std::uint16_t i = 0; i < 3; ++i) {
    seal.signatures.push_back({ValidatorIndex(i), sign(node.scheme.signature, ContractNetwork::secret(departments[i]),
                                                       signing_digest(node.scheme.origin, seal.checkpoint))});
  }
  answer.seal = seal;
  return answer;
}

constexpr Instant start{1'000'000'000};

}  // namespace

BOOST_AUTO_TEST_SUITE(block_sync_tests)

BOOST_AUTO_TEST_CASE(a_run_under_a_seal_is_applied_whole_and_its_seal_kept_first) {
  const BlocksAnswer answer = run_of_blocks(5);
  Node node;
  node.sync->catch_up(*answer.seal, start);
  BOOST_REQUIRE(node.sent.size() == 1U);
  BOOST_TEST((node.sent.front().kind == FrameKind::fetch_blocks));
  node.sync->on_blocks(PeerId(1), answer, start);
  BOOST_TEST((node.executor->tip().height == Height(5)));
  BOOST_TEST((node.executor->tip().header_hash == answer.seal->checkpoint.header_hash));
  BOOST_TEST((node.store->seal(Height(5)) == answer.seal));
  BOOST_TEST((node.kept_seals == std::vector{*answer.seal}));
  BOOST_TEST(!node.sync->catching_up());
}

BOOST_AUTO_TEST_CASE(consensus_hears_of_synced_blocks_before_anything_else) {
  const BlocksAnswer answer = run_of_blocks(2);
  Node node;
  node.sync->catch_up(*answer.seal, start);
  node.sync->on_blocks(PeerId(1), answer, start);
  const auto inputs = node.sync->take_inputs();
  BOOST_REQUIRE(!inputs.empty());
  const auto* first = std::get_if<consensus::CaughtUp>(&inputs.front());
  BOOST_REQUIRE(first != nullptr);
  BOOST_TEST((first->height == Height(2)));
  BOOST_TEST((first->seal == *answer.seal));
}

BOOST_AUTO_TEST_CASE(a_wrong_answer_changes_nothing_and_the_next_peer_is_asked) {
  const BlocksAnswer good = run_of_blocks(3);
  std::vector<std::pair<std::string, BlocksAnswer>> wrong(7, {"", good});
  wrong[0].first = "no seal";
  wrong[0].second.seal.reset();
  wrong[1].first = "a seal with one signature too few";
  wrong[1].second.seal->signatures.pop_back();
  wrong[2].first = "a signature altered";
  wrong[2].second.seal->signatures[1].signature.array()[5] ^= 1;
  wrong[3].first = "the last block missing";
  wrong[3].second.blocks.pop_back();
  wrong[4].first = "a block in the middle missing";
  wrong[4].second.blocks.erase(wrong[4].second.blocks.begin() + 1);
  wrong[5].first = "another time in a block";
  ++wrong[5].second.blocks[1].proposal.header.timestamp_ms;
  wrong[6].first = "a body too many";
  wrong[6].second.blocks[0].bodies.push_back(std::move(BodyBytes::from(Bytes(10, 1))).value());
  for (const auto& [name, answer] : wrong) {
    BOOST_TEST_CONTEXT(name) {
      Node node;
      node.sync->catch_up(*good.seal, start);
      node.sync->on_blocks(PeerId(1), answer, start);
      BOOST_TEST((node.executor->tip().height == Height(0)));
      BOOST_TEST(node.sync->bad_answers() == 1U);
      BOOST_TEST(node.sync->take_inputs().empty());
      BOOST_REQUIRE(node.sent.size() == 2U);
      BOOST_TEST((node.sent[0].to != node.sent[1].to));
      node.sync->on_blocks(PeerId(2), good, start);
      BOOST_TEST((node.executor->tip().height == Height(3)));
    }
  }
}

BOOST_AUTO_TEST_CASE(blocks_that_nobody_asked_for_are_not_looked_at) {
  Node node;
  node.sync->on_blocks(PeerId(1), run_of_blocks(2), start);
  BOOST_TEST((node.executor->tip().height == Height(0)));
  BOOST_TEST(node.sync->bad_answers() == 0U);
}

BOOST_AUTO_TEST_CASE(a_node_serves_what_it_has_up_to_its_last_seal) {
  const BlocksAnswer answer = run_of_blocks(4);
  Node node;
  node.sync->catch_up(*answer.seal, start);
  node.sync->on_blocks(PeerId(1), answer, start);
  node.sent.clear();
  node.sync->serve(PeerId(3), FetchBlocks{Height(2), Height(1'000'000)});
  BOOST_REQUIRE(node.sent.size() == 1U);
  const auto served = decode<BlocksAnswer>(node.sent.front().payload);
  BOOST_REQUIRE(served.has_value());
  BOOST_TEST(served->blocks.size() == 3U);
  BOOST_TEST((served->seal == answer.seal));
  node.sent.clear();
  node.sync->serve(PeerId(3), FetchBlocks{Height(5), Height(6)});
  BOOST_TEST(node.sent.empty());
}

BOOST_AUTO_TEST_CASE(a_node_goes_on_to_its_next_seal_where_the_blocks_asked_for_have_none) {
  const BlocksAnswer answer = run_of_blocks(4);
  Node node;
  node.sync->catch_up(*answer.seal, start);
  node.sync->on_blocks(PeerId(1), answer, start);
  node.sent.clear();
  node.sync->serve(PeerId(3), FetchBlocks{Height(2), Height(3)});
  BOOST_REQUIRE(node.sent.size() == 1U);
  const auto served = decode<BlocksAnswer>(node.sent.front().payload);
  BOOST_REQUIRE(served.has_value());
  BOOST_TEST(served->blocks.size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::node
