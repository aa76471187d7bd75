// Block server: answers peers who lack what this node has: lists and bodies of proposals in flight, and runs of
// finalized blocks.
//
// Serving must never hold up agreement, and one peer must not hold up another. So requests only wait here, peers take
// turns, and answers are paced: after one of b bytes the next is made no earlier than b / serve_bytes_per_ms later. The
// driver calls serve() when everything else is done. Of each peer there wait one request for blocks (a newer one
// replaces it), and several for proposals and for bodies (limits below), since who enters a view late asks at once for
// all that it implies: proposals lowest first, since each rests on the one below; what is asked for again waits once.
//
// A run of blocks ends at a block that has a seal of its own, where the answer's limit of bytes allows that. Where it
// does not, the answer holds what fits and the headers of the proposals from there up to the sealed one: by their
// digests these show that the blocks are final, and the rest is asked for next. Who trusts a header of an ended epoch
// gets a proof that the blocks are of its history (node/trusted_history.h), or no answer.
//
// Owner: the driver. Thread: one. Units: Instants in ns. Limits: answers as in node/wire.h.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>

#include "ledger/store.h"
#include "node/peers.h"
#include "node/pool.h"

namespace kanhe::node {

// A block of a thousand transactions takes some 5 ms of the driver's thread, and as often as every 20 ms at most.
inline constexpr std::size_t serve_bytes_per_ms = 100 * 1024;
// Of one peer, for proposals; and for bodies, each of which may be as large as gossip_count_max hashes.
inline constexpr std::size_t proposal_requests_max = 2 * consensus::window_max;
inline constexpr std::size_t bodies_requests_max = 16;

class BlockServer {
 public:
  // A proposal in flight, null where it is not known here.
  using FindProposal = std::function<std::shared_ptr<const Proposal>(Height, const ProposalDigest&)>;

  struct Parts {
    const Store& store;
    const Pool& pool;
    Transport& transport;
    FindProposal find_proposal;
  };
  explicit BlockServer(Parts parts) : parts_(std::move(parts)) {}

  // Takes note of a request; it is answered by serve(), or not at all where there is nothing to answer with.
  void ask(PeerId from, const FetchProposal& request);
  void ask(PeerId from, FetchBodies request);
  void ask(PeerId from, const FetchBlocks& request);

  // Answers the request whose turn it is, if the time for one has come.
  void serve(Instant now);
  // serve() no earlier than this; absent while nobody asks.
  std::optional<Instant> deadline() const;

  std::uint64_t answers() const { return answers_; }
  // Requests that were not answered: the same peer's newer ones replaced them, or too many of its were waiting.
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Requests {
    std::set<std::pair<Height, ProposalDigest>> proposals;
    std::deque<FetchBodies> bodies;
    std::optional<FetchBlocks> blocks;
    bool empty() const { return proposals.empty() && bodies.empty() && !blocks; }
  };

  Requests& requests_of(PeerId from);
  Bytes answer_next(Requests& requests, FrameKind& kind) const;
  Bytes answer(const FetchProposal& request) const;
  Bytes answer(const FetchBodies& request) const;
  Bytes answer(const FetchBlocks& request) const;
  std::optional<SyncBlock> read_block(Height height) const;
  void add_headers_to_next_seal(Height from, BlocksAnswer& answer) const;

  Parts parts_;
  std::map<PeerId, Requests> requests_;  // none of them empty
  std::deque<PeerId> turns_;             // their peers, each once
  Instant next_at_;
  std::uint64_t answers_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace kanhe::node
