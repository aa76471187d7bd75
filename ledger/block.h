// Block: a proposal that was agreed on, and the header that says what executing it led to.
//
// Consensus orders *proposals*: a ProposalHeader and its list of body hashes, chained by digest. Executing a proposal
// on the state below gives the *header*, chained by hash. A header holds the digest of its proposal and four roots:
//   history      RFC 6962 tree over the hashes of all headers below this one (leaf i = header of height i)
//   transactions RFC 6962 tree over the body hashes, in order; equal to the proposal's body_root
//   receipts     RFC 6962 tree over the canonical receipts, the system receipt first
//   state        compact sparse Merkle tree over the state after the block (ledger/state_tree.h)
// Height 0 is made from the genesis by everyone alike; it has no proposal and no seal.
//
// Thread: any; plain values.
#pragma once

#include "ledger/digests.h"
#include "ledger/schema.h"
#include "ledger/validators.h"

namespace kanhe {

inline constexpr std::size_t block_transactions_limit = Number<BlockCountTag>::max;

struct ProposalHeader {
  FormatVersion<1> version;
  ChainId chain_id;
  Epoch epoch;
  Height height;
  ProposalDigest parent;  // the proposal of the height below
  Timestamp timestamp_ms;  // never below the parent's
  LogRoot body_root;
  Count count;  // of body hashes

  friend bool operator==(const ProposalHeader&, const ProposalHeader&) = default;
};
BOOST_DESCRIBE_STRUCT(ProposalHeader, (), (version, chain_id, epoch, height, parent, timestamp_ms, body_root, count))

using BodyList = List<BodyHash, block_transactions_limit>;

struct Proposal {
  ProposalHeader header;
  BodyList bodies;

  friend bool operator==(const Proposal&, const Proposal&) = default;
};
BOOST_DESCRIBE_STRUCT(Proposal, (), (header, bodies))

ProposalDigest digest_of(const ProposalHeader& header);
LogRoot body_root_of(const BodyList& bodies);
// Whether the list is the one that the header names. Errors: bad_proof (root or count).
Result<void> check_body_list(const Proposal& proposal);

struct Header {
  FormatVersion<1> version;
  ChainId chain_id;
  Epoch epoch;
  Height height;
  Timestamp timestamp_ms;
  ProposalDigest proposal_digest;  // at height 0 the bytes of the chain id
  HeaderHash parent;               // at height 0 all zero
  LogRoot history_root;
  LogRoot transaction_root;
  LogRoot receipt_root;
  StateRoot state_root;
  EpochHash validators_hash;       // the EpochConfig that agreed on this block
  EpochHash next_validators_hash;  // the one that agrees on the next; another only at the end of an epoch

  friend bool operator==(const Header&, const Header&) = default;
};
BOOST_DESCRIBE_STRUCT(Header, (),
                      (version, chain_id, epoch, height, timestamp_ms, proposal_digest, parent, history_root,
                       transaction_root, receipt_root, state_root, validators_hash, next_validators_hash))

HeaderHash hash_of(const Header& header);

}  // namespace kanhe
