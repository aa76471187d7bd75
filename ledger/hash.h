// SHA-256, plain and tagged, and the complete list of tags.
//
// Everything that is signed, or whose hash is used as a key, is hashed under a tag, so that no message can be taken for
// one of another kind: tagged(tag, m) = SHA256(SHA256(tag) ‖ SHA256(tag) ‖ m), as in BIP 340. The state after the two
// tag blocks (the midstate) is computed once per tag. Merkle logs use RFC 6962's own prefixes (ledger/merkle.h).
//
// The hash algorithm of a network stands in its genesis (Suite); this program has SHA-256, and no file but hash.cpp
// names a library for it.
//
// Thread: any; a Hasher is a plain value, used by one thread at a time.
#pragma once

#include <array>
#include <cstddef>

#include "ledger/bytes.h"

namespace kanhe {

// One tag for each use; docs/formats.md lists what follows each. A tag is never reused for another content.
enum class Tag : std::uint8_t {
  genesis,            // canonical Genesis                                   -> ChainId
  transaction,        // canonical Transaction without its signature         -> TransactionId, signed by the sender
  body,               // canonical Transaction with its signature            -> BodyHash
  header,             // canonical Header                                    -> HeaderHash
  proposal,           // canonical ProposalHeader                            -> ProposalDigest
  validators,         // canonical EpochConfig
  checkpoint,         // text of a checkpoint note                           -> signed by a validator (Commit)
  prepare,            // canonical PrepareStatement                          -> signed by a validator
  view_change,        // canonical ViewChange without its signature          -> signed by a validator
  new_view,           // canonical NewView without its signature             -> signed by a validator
  status,             // canonical Status without its signature              -> signed by a validator
  vote_report,        // canonical VoteReport without its signature          -> signed by a validator
  state_key,          // table and key                                       -> position in the state tree
  state_value,        // canonical record
  state_leaf,         // position ‖ value hash
  state_node,         // left ‖ right
  trace,              // canonical TraceLink                                 -> head of a subject's trace
  field,              // salted field of a document
  document_leaf,      // commitment of a document's field
  document_node,
  party,              // a name that stands for a person where there is no identity number: demo and test networks
  query,              // signed read of the departmental endpoint
  package_item,       // id of a package's case ‖ u8 position             -> ApplicationId
  call,               // module ‖ 0 ‖ method ‖ 0 ‖ canonical arguments    -> what a motion approves
  stamp,              // canonical StampStatement                            -> signed by who gives a stamped copy
  simulated_key,      // the keyed-hash scheme of simulated networks
};

// The text that is hashed for a tag, for example "kanhe/transaction/v1".
std::string_view tag_text(Tag tag);
inline constexpr std::size_t tag_count = static_cast<std::size_t>(Tag::simulated_key) + 1;

// Hashes in pieces. Copying a Hasher copies the state of the computation.
class Hasher {
 public:
  // Plain SHA-256.
  Hasher();
  // Starts from the midstate of the tag.
  explicit Hasher(Tag tag);

  Hasher& update(ByteView bytes);
  // Requires: called once, last.
  Hash256 finish();

 private:
  alignas(8) std::array<std::byte, 112> state_;
};

Hash256 sha256(ByteView bytes);
Hash256 tagged_hash(Tag tag, ByteView bytes);
// The hash of two parts joined, without joining them.
Hash256 tagged_hash(Tag tag, ByteView first, ByteView second);

// HMAC (RFC 2104) with SHA-256.
Hash256 hmac_sha256(ByteView key, ByteView bytes);

}  // namespace kanhe
