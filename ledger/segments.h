// Segments: the bodies of transactions, appended once to files of a fixed size.
//
// A segment is segments/<number>.seg, numbers from 1, preallocated with zeros. Entries stand one after the other:
//   u32 length of the body, u32 CRC-32C over key and body, 32 bytes key (the BodyHash), body       (little-endian)
// An entry never spans two segments; what is left of a full one stays zero.
//
// Who owns the segments says where they end (the store's batches do): what lies behind is the rest of a write that
// nobody was told of, and is zeroed at open. Nothing before the end is ever written again.
//
// Thread: append(), sync() by one writer; read() from any thread, for locations whose sync() has returned.
// Limits: a body is 1 to transaction_bytes_max bytes; a segment holds at least one such entry and less than 4 GiB.
// Errors: corrupt, with the file's name and offset; unknown, a missing file; io.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ledger/digests.h"
#include "ledger/files.h"
#include "ledger/schema.h"

namespace kanhe {

inline constexpr std::size_t segment_entry_overhead = 40;  // bytes before the body

// Where an entry begins, and how long its body is.
struct BodyLocation {
  std::uint32_t segment = 0;
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
  friend bool operator==(const BodyLocation&, const BodyLocation&) = default;
};
BOOST_DESCRIBE_STRUCT(BodyLocation, (), (segment, offset, length))

// Behind the last entry. Segment 0: there is none yet.
struct SegmentEnd {
  std::uint32_t segment = 0;
  std::uint32_t offset = 0;
  friend bool operator==(const SegmentEnd&, const SegmentEnd&) = default;
};
BOOST_DESCRIBE_STRUCT(SegmentEnd, (), (segment, offset))

// CRC-32C (Castagnoli) of two parts joined.
std::uint32_t crc32c(ByteView first, ByteView second = {});

// A body to be appended. Lifetime: `bytes` for the call.
struct NewBody {
  BodyHash hash;
  ByteView bytes;  // the canonical transaction
};

class Segments {
 public:
  // Opens what lies before `end`: every segment up to it exists, the entries of the last one are read and must be whole
  // and lead exactly to `end`; behind it is zero afterwards. Complexity: one read of the last segment.
  static Result<std::unique_ptr<Segments>> open(Files& files, const std::string& directory,
                                                std::uint64_t segment_bytes, SegmentEnd end);

  // Writes the bodies behind the end, in new segments where they do not fit; not durable before sync().
  // After an error the object must not be used for writing.
  Result<std::vector<BodyLocation>> append(const std::vector<NewBody>& bodies);
  // One sync per segment that was written to since the last; a full segment was synced when the next one was begun.
  Result<void> sync();

  SegmentEnd end() const { return end_; }
  // The body there. Its length, checksum and key are checked.
  Result<Bytes> read(const BodyLocation& location, const BodyHash& key) const;

  std::string path_of(std::uint32_t segment) const;

 private:
  Segments(Files& files, std::string directory, std::uint64_t segment_bytes, SegmentEnd end);
  Result<void> check_and_cut_last();
  Result<void> begin_segment();
  Result<std::shared_ptr<SegmentFile>> file(std::uint32_t segment) const;

  Files& files_;
  std::string directory_;
  std::uint64_t segment_bytes_;
  SegmentEnd end_;
  std::shared_ptr<SegmentFile> last_;  // where the end is; null while there is none

  // Read handles, opened on demand.
  mutable std::mutex mutex_;
  mutable std::map<std::uint32_t, std::shared_ptr<SegmentFile>> open_;
};

}  // namespace kanhe
