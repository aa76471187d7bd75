#include "node/block_server.h"

#include <algorithm>

#include "ledger/codec.h"
#include "node/trusted_history.h"

namespace kanhe::node {
namespace {

// What an answer costs besides its bytes: reading where there is nothing to send is not free.
constexpr std::uint64_t answer_base_ns = ns_per_ms / 4;

}  // namespace

BlockServer::Requests& BlockServer::requests_of(PeerId from) {
  const auto [entry, added] = requests_.try_emplace(from);
  if (added) turns_.push_back(from);
  return entry->second;
}

void BlockServer::ask(PeerId from, const FetchProposal& request) {
  auto& waiting = requests_of(from).proposals;
  waiting.emplace(request.height, request.digest);
  if (waiting.size() <= proposal_requests_max) return;
  waiting.erase(std::prev(waiting.end()));
  ++dropped_;
}

void BlockServer::ask(PeerId from, FetchBodies request) {
  auto& waiting = requests_of(from).bodies;
  if (std::ranges::count(waiting, request.hashes, &FetchBodies::hashes) > 0) return;
  waiting.push_back(std::move(request));
  if (waiting.size() <= bodies_requests_max) return;
  waiting.pop_front();
  ++dropped_;
}

void BlockServer::ask(PeerId from, const FetchBlocks& request) {
  auto& waiting = requests_of(from).blocks;
  if (waiting) ++dropped_;
  waiting = request;
}

std::optional<Instant> BlockServer::deadline() const {
  return turns_.empty() ? std::nullopt : std::optional(next_at_);
}

void BlockServer::serve(Instant now) {
  if (turns_.empty() || now < next_at_) return;
  const PeerId to = turns_.front();
  turns_.pop_front();
  const auto entry = requests_.find(to);
  FrameKind kind{};
  Bytes payload = answer_next(entry->second, kind);
  if (entry->second.empty()) {
    requests_.erase(entry);
  } else {
    turns_.push_back(to);
  }
  next_at_ = now + (answer_base_ns + payload.size() * ns_per_ms / serve_bytes_per_ms);
  if (payload.empty()) return;
  ++answers_;
  parts_.transport.send(to, kind, std::move(payload));
}

// What agreement waits for comes before what a late node lacks.
Bytes BlockServer::answer_next(Requests& requests, FrameKind& kind) const {
  if (!requests.proposals.empty()) {
    kind = FrameKind::proposal_answer;
    const auto lowest = requests.proposals.extract(requests.proposals.begin()).value();
    return answer(FetchProposal{lowest.first, lowest.second});
  }
  if (!requests.bodies.empty()) {
    kind = FrameKind::bodies_answer;
    const FetchBodies first = std::move(requests.bodies.front());
    requests.bodies.pop_front();
    return answer(first);
  }
  kind = FrameKind::blocks_answer;
  return answer(*std::exchange(requests.blocks, std::nullopt));
}

Bytes BlockServer::answer(const FetchProposal& request) const {
  if (const auto in_flight = parts_.find_proposal(request.height, request.digest)) {
    return encode(ProposalAnswer{*in_flight});
  }
  const auto final_proposal = parts_.store.proposal(request.height);
  if (final_proposal && digest_of(final_proposal->header) == request.digest) {
    return encode(ProposalAnswer{*final_proposal});
  }
  return {};
}

Bytes BlockServer::answer(const FetchBodies& request) const {
  BodiesAnswer answer;
  std::size_t bytes = 0;
  const auto add = [&](Bytes body) {
    bytes += body.size();
    answer.bodies.push_back(std::move(BodyBytes::from(std::move(body))).value());
  };
  for (const BodyHash& hash : request.hashes) {
    if (const SharedBody body = parts_.pool.find(hash)) {
      add(body->bytes);
    } else if (auto stored = parts_.store.body(hash)) {
      add(std::move(*stored));
    }
    if (bytes >= answer_bytes_target) break;
  }
  return answer.bodies.empty() ? Bytes{} : encode(answer);
}

std::optional<SyncBlock> BlockServer::read_block(Height height) const {
  auto proposal = parts_.store.proposal(height);
  if (!proposal) return std::nullopt;
  SyncBlock block{std::move(*proposal), {}};
  for (Bytes& bytes : parts_.store.bodies(height)) {
    block.bodies.push_back(std::move(BodyBytes::from(std::move(bytes))).value());
  }
  CHECK(block.bodies.size() == block.proposal.bodies.size());
  return block;
}

// At least one block, then as many as fit; beyond what was asked for, where no block up to there has a seal of its own:
// the asker's seal may be another than what this node has.
Bytes BlockServer::answer(const FetchBlocks& request) const {
  BlocksAnswer answer;
  std::size_t sealed_count = 0;
  std::size_t bytes = 0;
  for (Height height = request.from; !answer.blocks.full(); ++height) {
    if (height > request.to && sealed_count > 0) break;
    auto block = read_block(height);
    if (!block) break;
    // Who asks knows the validators of the first block's epoch only. Its last block has a seal of its own.
    if (!answer.blocks.empty() && block->proposal.header.epoch != answer.blocks.front().proposal.header.epoch) break;
    for (const BodyBytes& body : block->bodies) bytes += body.size();
    if (bytes > answer_bytes_target && !answer.blocks.empty()) break;
    answer.blocks.push_back(std::move(*block));
    if (auto seal = parts_.store.seal(height)) {
      answer.seal = std::move(seal);
      sealed_count = answer.blocks.size();
    }
  }
  if (sealed_count > 0) {
    answer.blocks.resize(sealed_count);
  } else {
    add_headers_to_next_seal(request.from + answer.blocks.size(), answer);
  }
  if (!answer.seal) return {};
  if (request.proved_under) {
    auto proof = prove_history(parts_.store, answer.seal->checkpoint.height, *request.proved_under);
    if (!proof) return {};
    answer.proof = std::move(proof).value();
  }
  return encode(answer);
}

void BlockServer::add_headers_to_next_seal(Height from, BlocksAnswer& answer) const {
  for (Height height = from; !answer.above.full() && !answer.seal; ++height) {
    const auto proposal = parts_.store.proposal(height);
    if (!proposal) return;
    answer.above.push_back(proposal->header);
    answer.seal = parts_.store.seal(height);
  }
}

}  // namespace kanhe::node
