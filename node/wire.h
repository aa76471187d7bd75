// Wire: what peers say to each other, and the frames around it.
//
// A frame is u32 length of the payload (little-endian), u8 kind, payload. The payload is the canonical encoding of the
// kind's record. Each kind has a limit of its own, checked on the five header bytes, before anything is buffered for
// it: a peer that claims a gigabyte gets no memory for the claim.
//
// Thread: any; a FrameReader is used by one thread at a time. Errors: a FrameReader that answered an error is of no
// more use; the connection is to be closed, for frames cannot be found again in a stream that was misread.
#pragma once

#include <cstdint>
#include <optional>

#include "certs/file_parts.h"
#include "consensus/messages.h"
#include "ledger/merkle.h"
#include "ledger/query.h"
#include "ledger/transaction.h"

namespace kanhe::node {

// A department's place in this process (node/peer_directory.h); it crosses no boundary.
struct PeerIdTag {
  using Rep = std::uint16_t;
  static constexpr Rep min = 0;
  static constexpr Rep max = 1'999;
  static constexpr Label label{"PeerId", "节点", "place of a node in this process"};
};
using PeerId = Number<PeerIdTag>;

inline constexpr std::size_t gossip_count_max = 1'024;
inline constexpr std::size_t sync_blocks_max = 64;
inline constexpr std::size_t frame_header_bytes = 5;

// The canonical encoding of one transaction.
using BodyBytes = Blob<transaction_bytes_max>;

// Transactions that a client handed to the sender.
struct Gossip {
  List<BodyBytes, gossip_count_max> bodies;
};
BOOST_DESCRIBE_STRUCT(Gossip, (), (bodies))

// The sender's oldest waiting transactions: it is about to complain of the primary, who has a reserved share for them.
struct Forwarded {
  List<BodyBytes, gossip_count_max> bodies;
};
BOOST_DESCRIBE_STRUCT(Forwarded, (), (bodies))

// Asks for a proposal's list, and for bodies by hash.
struct FetchProposal {
  Height height;
  ProposalDigest digest;
};
BOOST_DESCRIBE_STRUCT(FetchProposal, (), (height, digest))

struct ProposalAnswer {
  Proposal proposal;
};
BOOST_DESCRIBE_STRUCT(ProposalAnswer, (), (proposal))

struct FetchBodies {
  List<BodyHash, gossip_count_max> hashes;
};
BOOST_DESCRIBE_STRUCT(FetchBodies, (), (hashes))

// Those that the sender has, in any order.
struct BodiesAnswer {
  List<BodyBytes, gossip_count_max> bodies;
};
BOOST_DESCRIBE_STRUCT(BodiesAnswer, (), (bodies))

// Asks for finalized blocks from a height on, as many as fit into one answer; with a proof that they are of the history
// that ends at `proved_under`, where that is given.
struct FetchBlocks {
  Height from;
  Height to;
  std::optional<Height> proved_under = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(FetchBlocks, (), (from, to, proved_under))

struct SyncBlock {
  Proposal proposal;
  List<BodyBytes, block_transactions_limit> bodies;
};
BOOST_DESCRIBE_STRUCT(SyncBlock, (), (proposal, bodies))

// That what a seal names is of the history that another header closes: the sealed header, its way to the seal's
// log_root, and from there to the history_root of the other (or, where both are the same header, the way back).
struct HistoryProof {
  Header header;
  LogPath inclusion;
  LogPath consistency;
};
BOOST_DESCRIBE_STRUCT(HistoryProof, (), (header, inclusion, consistency))

// A run of blocks, lowest first, and a seal that covers the last of them: its own, or that of a block above, to which
// the headers of `above` lead. The proof stands where it was asked for.
struct BlocksAnswer {
  List<SyncBlock, sync_blocks_max> blocks;
  List<ProposalHeader, consensus::window_max> above;
  std::optional<CommitSeal> seal;
  std::optional<HistoryProof> proof = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(BlocksAnswer, (), (blocks, above, seal, proof))

// An officer's question for a part of a file, as it was signed (node/file_exchange.h): who answers checks it as its own
// endpoint does, and knows from the connection whose node passes it on. The number is the asker's.
struct FetchFilePart {
  std::uint64_t number = 0;
  QueryTarget target;
  PlainText<1'024> credential;  // the header Kanhe-Query
};
BOOST_DESCRIBE_STRUCT(FetchFilePart, (), (number, target, credential))

// The endpoint's answer: with status 200 the part, else an ErrorAnswer as JSON.
struct FilePartAnswer {
  std::uint64_t number = 0;
  std::uint16_t status = 0;
  Blob<certs::file_part_bytes> body;
};
BOOST_DESCRIBE_STRUCT(FilePartAnswer, (), (number, status, body))

// The number of a kind is its number on the wire; it is never used for another.
enum class FrameKind : std::uint8_t {
  consensus = 1,
  gossip = 2,
  forwarded = 3,
  fetch_proposal = 4,
  proposal_answer = 5,
  fetch_bodies = 6,
  bodies_answer = 7,
  fetch_blocks = 8,
  blocks_answer = 9,
  fetch_file_part = 10,
  file_part_answer = 11,
};
BOOST_DESCRIBE_ENUM(FrameKind, consensus, gossip, forwarded, fetch_proposal, proposal_answer, fetch_bodies,
                    bodies_answer, fetch_blocks, blocks_answer, fetch_file_part, file_part_answer)

// The most bytes that a payload of this kind may have.
std::size_t frame_bytes_max(FrameKind kind);
// Answers that carry bodies are filled up to here, so that one body more never exceeds the limit above.
inline constexpr std::size_t answer_bytes_target = 4 * 1024 * 1024;

struct Frame {
  FrameKind kind = FrameKind::consensus;
  Bytes payload;
};

Bytes encode_frame(FrameKind kind, ByteView payload);

// Cuts a stream of bytes into frames.
class FrameReader {
 public:
  // Takes in what arrived. Errors: unknown (kind), out_of_range (length, naming kind and limit).
  Result<void> feed(ByteView bytes);
  // The next whole frame, if there is one.
  std::optional<Frame> next();
  // Bytes that wait for the rest of their frame.
  std::size_t buffered() const { return buffer_.size() - start_; }

 private:
  Result<void> check_header();

  Bytes buffer_;
  std::size_t start_ = 0;  // of the first frame that was not taken
};

}  // namespace kanhe::node
