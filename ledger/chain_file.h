// Chain file: all finalized blocks of a network in one file, for whoever checks a chain without a node.
//
// With genesis.json beside it the file needs nothing else: it holds headers, proposals, bodies, receipts, seals and the
// configurations of epochs. docs/formats.md says how to verify it. The file is
//   8 bytes "kanhe-c1", then for each height from 0 to the tip: u32 length (little-endian), canonical ChainBlock.
// It says nothing of how long it is meant to be: one that is cut between two blocks is the file of a shorter chain.
//
// Thread: any; a ChainReader is used by one thread at a time. Errors: io, from the stream; malformed, a file that is
// cut or is no chain file; as decode() for a block. A reader that answered an error is of no more use.
#pragma once

#include <iosfwd>
#include <optional>

#include "ledger/store.h"
#include "ledger/transaction.h"

namespace kanhe {

inline constexpr std::string_view chain_file_magic = "kanhe-c1";

// A block with all that belongs to it.
struct ChainBlock {
  FormatVersion<1> version;
  Header header;
  std::optional<Proposal> proposal;  // absent at height 0 only
  List<Blob<transaction_bytes_max>, block_transactions_limit> bodies;  // canonical, in the proposal's order
  List<Receipt, block_transactions_limit + 1> receipts;                // the system receipt first
  std::optional<CommitSeal> seal;         // absent where the seal of a later height covers this one
  std::optional<EpochConfig> next_epoch;  // at height 0 the first epoch's; else where next_validators_hash is another

  friend bool operator==(const ChainBlock&, const ChainBlock&) = default;
};
BOOST_DESCRIBE_STRUCT(ChainBlock, (), (version, header, proposal, bodies, receipts, seal, next_epoch))

// Writes every block of the store up to its tip. Pass a pinned reader where a writer is at work. Complexity: memory for
// one block. Errors: io.
Result<void> write_chain(const StoreReader& store, std::ostream& out);

// Reads blocks as they stand in the file; nothing about them is verified beyond their form. Memory is proportional to
// what the stream really holds. Lifetime: the stream outlives the reader.
class ChainReader {
 public:
  explicit ChainReader(std::istream& in) : in_(in) {}

  // The next block; nothing at the end of the file.
  Result<std::optional<ChainBlock>> next();

 private:
  Result<Bytes> read_bytes(std::size_t count);

  std::istream& in_;
  bool has_begun_ = false;
};

}  // namespace kanhe
