// Proofs: what a reader needs to believe an answer of a node that it does not trust.
//
// Everything hangs on a header: a CommitSeal finalizes it, either its own or that of a later block whose history tree
// holds it. Under the header stand the proposal (its digest), the transactions and receipts (their roots) and the whole
// state (state_root). Which departments may sign a seal follows from the genesis, epoch by epoch: *Trust*.
//
// A check here answers yes or names the first link that does not hold. It never asks anyone anything.
//
// A seal binds its epoch's validators only up to the epoch's last height: who left the network could otherwise sign,
// years later, a history of their own above it. Trust knows that height as soon as the next epoch is proved.
//
// Thread: any; plain values. Errors: bad_proof, bad_signature, conflict (another network, or two successors of one
// epoch), unknown (an epoch that was not proved); the text names the link and the heights. Source: docs/formats.md
// sections 7 to 10, 15 and 18.
#pragma once

#include <span>

#include "contracts/trace.h"
#include "ledger/checkpoint.h"
#include "ledger/merkle.h"
#include "ledger/receipt.h"
#include "ledger/state_tree.h"
#include "ledger/transaction.h"

namespace kanhe::certs {

inline constexpr std::size_t facts_max = 256;
inline constexpr std::size_t epoch_changes_max = 4'096;
inline constexpr std::size_t trace_events_max = 1'024;  // of one answer
inline constexpr std::size_t state_key_bytes_max = 1'024;
inline constexpr std::size_t record_bytes_max = 1 << 20;

// A header and what finalizes it: the seal of its own height or of a later one, and the way from the header's hash to
// the seal's history tree (index: the header's height, size: the seal's height + 1).
struct SealedHeader {
  Header header;
  CommitSeal seal;
  LogPath history;
  friend bool operator==(const SealedHeader&, const SealedHeader&) = default;
};
BOOST_DESCRIBE_STRUCT(SealedHeader, (), (header, seal, history))

// The last block of an epoch, and the configuration that it hands over to.
struct EpochChange {
  SealedHeader last;
  EpochConfig next;
};
BOOST_DESCRIBE_STRUCT(EpochChange, (), (last, next))
using EpochChanges = List<EpochChange, epoch_changes_max>;

// A block as far as proofs need it: the proposal's header says how many transactions there are.
struct ProvenBlock {
  SealedHeader sealed;
  ProposalHeader proposal;
};
BOOST_DESCRIBE_STRUCT(ProvenBlock, (), (sealed, proposal))

// That a transaction is recorded, and with which receipt. The body itself is not needed: its hash and the receipt
// (which names the transaction's id) are proved.
struct RecordedTransaction {
  ProvenBlock block;
  std::uint32_t index = 0;  // within the block; its receipt is leaf index + 1
  BodyHash body_hash;
  LogPath transaction_path;
  Receipt receipt;
  LogPath receipt_path;
};
BOOST_DESCRIBE_STRUCT(RecordedTransaction, (), (block, index, body_hash, transaction_path, receipt, receipt_path))

// One record of the state, or its absence: what stands under the state key, with the proof under a header's state_root.
struct StateFact {
  Blob<state_key_bytes_max> key;                   // state key: table, then the encoded key
  std::optional<Blob<record_bytes_max>> value;     // canonical record; absent: there is none
  StateProof proof;
};
BOOST_DESCRIBE_STRUCT(StateFact, (), (key, value, proof))
using StateFacts = List<StateFact, facts_max>;

// An event of a subject's history, with its place.
struct TracedEvent {
  EventPosition position;
  Timestamp time_ms;  // of the block. Not covered by the trace's chain; its header proves it.
  Event event;
};
BOOST_DESCRIBE_STRUCT(TracedEvent, (), (position, time_ms, event))
using TracedEvents = List<TracedEvent, trace_events_max>;

// What a verifier holds: a genesis, and the epochs that were proved from it. The genesis itself is the one thing that
// is believed.
class Trust {
 public:
  // Errors: those of check_genesis().
  static Result<Trust> from(Genesis genesis);

  // Proves the next epoch. One that is known already is compared. Errors: as above.
  Result<void> add(const EpochChange& change);
  Result<void> add(std::span<const EpochChange> changes);

  const Genesis& genesis() const { return genesis_; }
  const ChainId& chain_id() const { return chain_id_; }
  const Origin& origin() const { return origin_; }
  SignatureScheme scheme() const { return genesis_.suite.signature; }
  // Null when it was not proved.
  const EpochConfig* epoch(Epoch epoch) const;
  // The last height of an epoch that another is known to follow; absent for the newest known one and for unknown ones.
  std::optional<Height> last_height(Epoch epoch) const;
  Epoch newest_epoch() const;

 private:
  explicit Trust(Genesis genesis);
  Result<void> check_change(const EpochChange& change) const;
  Genesis genesis_;
  ChainId chain_id_;
  Origin origin_;
  std::vector<EpochConfig> epochs_;   // by number
  std::vector<Height> last_heights_;  // of every epoch but the newest
};

// Whether a quorum finalized this header. Height 0 has no seal of its own; a later one covers it. The departments that
// signed are those of `sealed.seal`, by index of the seal's epoch.
// Cost: one signature check per signature of the seal.
Result<void> check_sealed_header(const Trust& trust, const SealedHeader& sealed);
// Also that the proposal is the header's. Height 0 has none and is refused.
Result<void> check_block(const Trust& trust, const ProvenBlock& block);
Result<void> check_recorded(const Trust& trust, const RecordedTransaction& recorded);

// Whether the fact holds under the root. The root is one that the caller believes.
Result<void> check_fact(const StateFact& fact, const StateRoot& root);
// The first fact with this state key, or null.
const StateFact* find_fact(std::span<const StateFact> facts, ByteView state_key);

// Whether `events` are the whole history of the subject, nothing left out, doubled, swapped or altered: their chain
// must end at the trace that the state holds. `fact` is that of the subject's trace, already checked.
Result<void> check_trace(const Subject& subject, std::span<const TracedEvent> events, const StateFact& fact);

}  // namespace kanhe::certs
