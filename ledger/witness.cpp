#include "ledger/witness.h"

#include <algorithm>

#include "ledger/segments.h"

namespace kanhe {

Bytes encode_witness(std::uint64_t batch) {
  Bytes bytes = encode(batch);
  append(bytes, encode(crc32c(bytes)));
  return bytes;
}

Result<std::uint64_t> read_witness(const SegmentFile& file) {
  std::uint64_t newest = 0;
  for (const std::uint64_t offset : {witness_of_creation, witness_of(0), witness_of(1)}) {
    Bytes slot(12);
    if (offset + slot.size() > file.size()) continue;
    TRY(file.read(offset, slot));
    const auto number = decode<std::uint64_t>(ByteView(slot).first(8));
    if (equal(encode_witness(*number), slot)) newest = std::max(newest, *number);
  }
  return newest;
}

}  // namespace kanhe
