// Witness: a small file beside the database that is told the number of every batch, so that a database which comes back
// older than it was is found out.
//
// Three slots, a page apart, each the number of a batch and its CRC-32C (u64, u32, little-endian). The first is written
// and synced once, when the store is created. The other two are written in turn after every batch and never synced, so
// a power cut may tear both; then the first still says that there was a store.
//
// Owner and thread: the store's writer. Errors: io.
#pragma once

#include "ledger/codec.h"
#include "ledger/files.h"

namespace kanhe {

inline constexpr std::uint64_t witness_slot_bytes = 4096;
inline constexpr std::uint64_t witness_file_bytes = 3 * witness_slot_bytes;
inline constexpr std::uint64_t witness_of_creation = 0;
// Where a batch is told of.
constexpr std::uint64_t witness_of(std::uint64_t batch) { return (1 + batch % 2) * witness_slot_bytes; }

Bytes encode_witness(std::uint64_t batch);
// The largest number in a good slot; 0: there is none.
Result<std::uint64_t> read_witness(const SegmentFile& file);

}  // namespace kanhe
