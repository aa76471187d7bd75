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
struct Node : Transport {
  Node() : genesis(four_departments()), scheme{genesis.suite.signature, origin_of(genesis), first_epoch_of(genesis)} {
    StoreOptions options;
    options.path = "/node";
    options.segment_bytes = 1 << 20;
    options.write_buffer_bytes = 64 << 10;
    store = std::move(Store::open(disk, options, chain_id_of(genesis))).value();
    executor = std::make_unique<Executor>(*store, genesis);
    pool = std::make_unique<Pool>(chain_id_of(genesis), genesis.parameters, PoolLimits{},
                                  [](const TransactionId&) { return false; },
                                  [](const PublicKey&) { return true; });
    const auto commit = [this](const ProposalDigest& digest, std::optional<CommitSeal> seal) {
      const Height height = executor->pending_proposal(digest)->header.height;
      executor->commit(digest, std::move(seal), {}, {});
      sync->on_committed(height);
    };
    const auto keep = [this](const CommitSeal& seal) { kept_seals.push_back(seal); };
    sync = std::make_unique<BlockSync>(
        BlockSync::Parts{scheme, directory, *store, *executor, *pool, *this, commit, keep});
  }
  void send(PeerId to, FrameKind kind, Bytes payload) override { sent.push_back({to, kind, std::move(payload)}); }
  void broadcast(FrameKind, Bytes) override {}
  std::vector<PeerId> connected() const override { return {PeerId(1), PeerId(2), PeerId(3)}; }

  struct Sent {
    PeerId to;
    FrameKind kind;
    Bytes payload;
  };
  Genesis genesis;
  consensus::Scheme scheme;
  PeerDirectory directory{scheme.config, genesis.validators[0].department};
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
    answer.blocks.push_back({proposal, {}});
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

BOOST_AUTO_TEST_CASE(blocks_of_somebody_who_was_not_asked_are_not_looked_at) {
  const BlocksAnswer good = run_of_blocks(3);
  BlocksAnswer wrong = good;
  wrong.seal.reset();
  Node node;
  node.sync->catch_up(*good.seal, start);
  BOOST_REQUIRE((node.sent.size() == 1U && node.sent.front().to == PeerId(1)));
  for (int i = 0; i < 5; ++i) node.sync->on_blocks(PeerId(3), wrong, start);
  node.sync->on_blocks(PeerId(3), good, start);
  BOOST_TEST(node.sent.size() == 1U, "it makes this node ask nobody");
  BOOST_TEST(node.sync->bad_answers() == 0U);
  BOOST_TEST((node.executor->tip().height == Height(0)));
  for (int i = 0; i < 5; ++i) node.sync->on_blocks(PeerId(1), wrong, start);
  BOOST_TEST(node.sent.size() == 2U, "one answer a question");
  BOOST_TEST(node.sync->bad_answers() == 1U);
}

// The answer of a slow peer counts, although another was asked in the meantime.
BOOST_AUTO_TEST_CASE(a_late_answer_is_still_an_answer) {
  const BlocksAnswer good = run_of_blocks(3);
  Node node;
  node.sync->catch_up(*good.seal, start);
  node.sync->tick(start + Duration(150));
  BOOST_REQUIRE((node.sent.size() == 2U && node.sent[0].to != node.sent[1].to));
  node.sync->on_blocks(node.sent[0].to, good, start + Duration(160));
  BOOST_TEST((node.executor->tip().height == Height(3)));
  node.sync->on_blocks(node.sent[1].to, good, start + Duration(170));
  BOOST_TEST(node.sync->bad_answers() == 0U);
  BOOST_TEST(node.sent.size() == 2U);
}

// Cuts a run after `count` blocks: what follows is shown by headers alone.
BlocksAnswer first_part(const BlocksAnswer& whole, std::size_t begin, std::size_t count) {
  BlocksAnswer part;
  for (std::size_t i = begin; i < whole.blocks.size(); ++i) {
    if (i < begin + count) part.blocks.push_back(whole.blocks[i]);
    else part.above.push_back(whole.blocks[i].proposal.header);
  }
  part.seal = whole.seal;
  return part;
}

// A liar that hands out one block at a time, each just in time, is not the one who is asked for all of them.
BOOST_AUTO_TEST_CASE(who_answers_with_little_is_asked_again_only_in_its_turn) {
  const BlocksAnswer good = run_of_blocks(6);
  Node node;
  node.sync->catch_up(*good.seal, start);
  for (std::size_t i = 0; i < 3; ++i) {
    BOOST_REQUIRE(node.sent.size() == i + 1);
    node.sync->on_blocks(node.sent[i].to, first_part(good, i, 1), start);
  }
  BOOST_REQUIRE(node.sent.size() == 4U);
  BOOST_TEST((node.sent[0].to != node.sent[1].to && node.sent[1].to != node.sent[2].to));
  BOOST_TEST((node.sent[3].to == node.sent[0].to));
  BOOST_TEST(node.sync->bad_answers() == 0U);
}

// Each part under a higher seal: what has reached the seal of the first part is written there.
BOOST_AUTO_TEST_CASE(a_run_under_ever_higher_seals_is_written_at_the_lowest) {
  const BlocksAnswer good = run_of_blocks(6);
  Node node;
  node.sync->catch_up(*good.seal, start);
  for (std::uint64_t height = 1; height <= 5; ++height) {
    const BlocksAnswer part = first_part(run_of_blocks(height + 1), height - 1, 1);
    node.sync->on_blocks(node.sent.back().to, part, start);
    BOOST_TEST((node.executor->tip().height == Height(height % 2 == 0 ? height : height - 1)), height);
  }
  BOOST_TEST(node.sync->bad_answers() == 0U);
}

BOOST_AUTO_TEST_CASE(a_seal_far_above_the_blocks_is_refused) {
  const std::size_t most = 4 * first_epoch_of(four_departments()).parameters.window.value();
  for (const std::size_t count : {most, most + 1}) {
    const BlocksAnswer good = run_of_blocks(count);
    Node node;
    node.sync->catch_up(*good.seal, start);
    node.sync->on_blocks(node.sent.back().to, first_part(good, 0, 1), start);
    BOOST_TEST(node.sync->bad_answers() == (count > most ? 1U : 0U));
  }
}

// Somebody slips in the next block, so that the long answer under way would come too late.
BOOST_AUTO_TEST_CASE(of_an_answer_that_others_were_faster_with_the_rest_is_used) {
  const BlocksAnswer good = run_of_blocks(5);
  Node node;
  node.sync->catch_up(*good.seal, start);
  node.sync->tick(start + Duration(150));
  BOOST_REQUIRE(node.sent.size() == 2U);
  node.sync->on_blocks(node.sent[1].to, first_part(good, 0, 2), start + Duration(160));
  node.sync->on_blocks(node.sent[0].to, good, start + Duration(170));
  BOOST_TEST((node.executor->tip().height == Height(5)));
  BOOST_TEST(node.sync->bad_answers() == 0U);
}

// A link that is cut or slow is not filled with the same question over and over.
BOOST_AUTO_TEST_CASE(questions_without_answer_come_less_and_less_often_and_an_answer_ends_that) {
  const BlocksAnswer good = run_of_blocks(3);
  Node node;
  const std::uint32_t timeout = node.scheme.config.parameters.timeout_ms.value();
  std::vector<std::uint64_t> asked_at;
  const auto run = [&](std::uint64_t from_ms, std::uint64_t to_ms) {
    for (std::uint64_t at = from_ms; at < to_ms; ++at) {
      node.sync->tick(start + at * ns_per_ms);
      if (node.sent.size() > asked_at.size()) asked_at.push_back(at);
    }
  };
  node.sync->catch_up(*good.seal, start);
  asked_at.push_back(0);
  run(0, 12 * timeout);
  const std::uint64_t first = timeout / 8;
  for (std::size_t i = 1; i < asked_at.size(); ++i) {
    const std::uint64_t expected = first << std::min<std::size_t>((i - 1) / 3, 5);
    BOOST_TEST(asked_at[i] - asked_at[i - 1] == expected, "question " << i);
    BOOST_TEST((node.sent[i].to != node.sent[i - 1].to));
  }
  BOOST_TEST(asked_at.size() == 1 + 4 * 3 + 3U);
  node.sync->on_blocks(node.sent.back().to, first_part(good, 0, 1), start + 12 * timeout * ns_per_ms);
  asked_at.push_back(12 * timeout);
  BOOST_TEST(node.sent.size() == asked_at.size(), "the next part is asked for at once");
  run(12 * timeout, 13 * timeout);
  BOOST_TEST(asked_at.back() - asked_at[asked_at.size() - 2] <= 2 * first);
}

BOOST_AUTO_TEST_CASE(a_run_that_comes_in_parts_is_written_when_its_end_is_what_the_seal_says) {
  const BlocksAnswer whole = run_of_blocks(5);
  Node node;
  node.sync->catch_up(*whole.seal, start);
  node.sync->on_blocks(PeerId(1), first_part(whole, 0, 2), start);
  BOOST_TEST((node.executor->tip().height == Height(0)), "nothing is written yet");
  BOOST_REQUIRE(node.sent.size() == 2U);
  const auto next = decode<FetchBlocks>(node.sent.back().payload);
  BOOST_TEST((next.has_value() && next->from == Height(3)));
  node.sync->on_blocks(node.sent.back().to, first_part(whole, 2, 1), start);
  BOOST_TEST(node.sync->is_in_run(digest_of(whole.blocks[2].proposal.header)));
  node.sync->on_blocks(node.sent.back().to, first_part(whole, 3, 2), start);
  BOOST_TEST((node.executor->tip().height == Height(5)));
  BOOST_TEST((node.store->seal(Height(5)) == whole.seal));
  BOOST_TEST(node.sync->bad_answers() == 0U);
  BOOST_TEST(!node.sync->is_in_run(digest_of(whole.blocks[2].proposal.header)));
}

BOOST_AUTO_TEST_CASE(headers_that_do_not_lead_to_the_seal_are_refused) {
  const BlocksAnswer whole = run_of_blocks(4);
  std::vector<BlocksAnswer> wrong(4, first_part(whole, 0, 2));
  wrong[0].above.pop_back();
  ++wrong[1].above[0].timestamp_ms;
  std::swap(wrong[2].above[0], wrong[2].above[1]);
  wrong[3].blocks.clear();
  for (const BlocksAnswer& answer : wrong) {
    Node node;
    node.sync->catch_up(*whole.seal, start);
    node.sync->on_blocks(PeerId(1), answer, start);
    BOOST_TEST(node.sync->bad_answers() == 1U);
    BOOST_TEST(node.sync->take_inputs().empty());
  }
}

// A seal by a quorum over a result that execution here does not lead to: this node must say nothing more.
BOOST_AUTO_TEST_CASE(a_sealed_result_that_is_not_the_own_one_is_told_to_consensus) {
  BlocksAnswer answer = run_of_blocks(3);
  Node node;
  answer.seal->checkpoint.header_hash.array()[0] ^= 1;
  for (SealSignature& entry : answer.seal->signatures) {
    entry.signature = sign(node.scheme.signature, ContractNetwork::secret(departments[entry.signer.value()]),
                           signing_digest(node.scheme.origin, answer.seal->checkpoint));
  }
  node.sync->catch_up(*answer.seal, start);
  node.sync->on_blocks(PeerId(1), answer, start);
  BOOST_TEST((node.executor->tip().height == Height(0)));
  BOOST_TEST(node.sync->diverged());
  const auto inputs = node.sync->take_inputs();
  BOOST_TEST(std::ranges::any_of(inputs, [](const consensus::Input& input) {
    const auto* diverged = std::get_if<consensus::Diverged>(&input);
    return diverged != nullptr && diverged->height == Height(3);
  }));
}

BOOST_AUTO_TEST_CASE(a_proposal_that_was_prepared_in_an_earlier_view_is_found_on_disk) {
  Node node;
  const Proposal earlier = run_of_blocks(1).blocks[0].proposal;
  Proposal later = earlier;
  ++later.header.timestamp_ms;
  VoteBatch batch;
  for (std::uint64_t view = 0; const Proposal& proposal : {earlier, later}) {
    const consensus::PrepareStatement statement{{}, node.scheme.config.chain_id, Epoch(0), View(view++), Height(1),
                                                digest_of(proposal.header)};
    const consensus::Record record = consensus::OwnPrepare{{statement, ValidatorIndex(0), {}}, proposal};
    batch.votes.emplace(consensus::record_key(record), encode(record));
  }
  node.store->persist_votes(batch);
  BOOST_TEST((node.sync->find_proposal(Height(2), digest_of(earlier.header)) == nullptr));
  for (const Proposal& proposal : {earlier, later}) {
    const auto found = node.sync->find_proposal(Height(1), digest_of(proposal.header));
    BOOST_TEST((found != nullptr && *found == proposal));
    node.sync->want({Height(1), digest_of(proposal.header), nullptr, {}, true}, start);
  }
  BOOST_TEST(node.sent.empty(), "nobody has to be asked");
  BOOST_TEST(node.sync->take_inputs().size() == 2U);
  node.sync->keep_only([](Height, const ProposalDigest&) { return false; });
  BOOST_TEST((node.sync->find_proposal(Height(1), digest_of(earlier.header)) != nullptr));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::node
