#include "ledger/segments.h"

#include <boost/crc.hpp>
#include <cstdio>

#include "ledger/transaction.h"

namespace kanhe {
namespace {

// Handles kept open for reading; one more is opened at the price of the oldest segment's.
constexpr std::size_t open_segments_max = 64;

void put_u32(Bytes& target, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) target.push_back(static_cast<Byte>(value >> shift));
}

std::uint32_t get_u32(ByteView bytes) {
  return bytes[0] | std::uint32_t{bytes[1]} << 8 | std::uint32_t{bytes[2]} << 16 | std::uint32_t{bytes[3]} << 24;
}

void append_entry(Bytes& target, const NewBody& body) {
  put_u32(target, static_cast<std::uint32_t>(body.bytes.size()));
  put_u32(target, crc32c(body.hash, body.bytes));
  append(target, body.hash);
  append(target, body.bytes);
}

// The whole entry at the beginning of `bytes`: its size. Nothing, when it is damaged or cut.
std::optional<std::size_t> entry_size(ByteView bytes) {
  if (bytes.size() < segment_entry_overhead) return std::nullopt;
  const std::size_t length = get_u32(bytes);
  if (length == 0 || length > transaction_bytes_max || length > bytes.size() - segment_entry_overhead) {
    return std::nullopt;
  }
  const ByteView key = bytes.subspan(8, BodyHash::size);
  if (crc32c(key, bytes.subspan(segment_entry_overhead, length)) != get_u32(bytes.subspan(4))) return std::nullopt;
  return segment_entry_overhead + length;
}

}  // namespace

std::uint32_t crc32c(ByteView first, ByteView second) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(first.data(), first.size());
  crc.process_bytes(second.data(), second.size());
  return crc.checksum();
}

Segments::Segments(Files& files, std::string directory, std::uint64_t segment_bytes, SegmentEnd end)
    : files_(files), directory_(std::move(directory)), segment_bytes_(segment_bytes), end_(end) {
  CHECK(segment_bytes_ >= segment_entry_overhead + transaction_bytes_max);
  CHECK(segment_bytes_ <= std::numeric_limits<std::uint32_t>::max());
}

std::string Segments::path_of(std::uint32_t segment) const {
  char name[16];
  std::snprintf(name, sizeof name, "/%08u.seg", segment);
  return directory_ + name;
}

Result<std::unique_ptr<Segments>> Segments::open(Files& files, const std::string& directory,
                                                 std::uint64_t segment_bytes, SegmentEnd end) {
  TRY(files.create_directory(directory));
  std::unique_ptr<Segments> segments(new Segments(files, directory, segment_bytes, end));
  for (std::uint32_t number = 1; number <= end.segment; ++number) {
    if (!files.exists(segments->path_of(number))) {
      return fail(ErrorCode::unknown, segments->path_of(number), ": segment file is missing");
    }
  }
  if (end.segment > 0) TRY(segments->check_and_cut_last());
  return segments;
}

Result<void> Segments::check_and_cut_last() {
  const std::string path = path_of(end_.segment);
  last_ = TRY(files_.open_segment(path));
  if (end_.offset > last_->size()) {
    return fail(ErrorCode::corrupt, path, ": ", last_->size(), " bytes, but ", end_.offset, " are in use");
  }
  Bytes content(last_->size());
  TRY(last_->read(0, content));
  const ByteView used = ByteView(content).first(end_.offset);
  for (std::size_t offset = 0; offset < used.size();) {
    const auto size = entry_size(used.subspan(offset));
    if (!size) return fail(ErrorCode::corrupt, path, ": damaged entry at offset ", offset);
    offset += *size;
  }
  const bool rest_is_zero = std::all_of(content.begin() + end_.offset, content.end(), [](Byte b) { return b == 0; });
  if (!rest_is_zero) {
    TRY(last_->zero_from(end_.offset));
    TRY(last_->sync());
  }
  return {};
}

Result<void> Segments::begin_segment() {
  if (last_) TRY(last_->sync());
  const std::uint32_t number = end_.segment + 1;
  last_ = TRY(files_.create_segment(path_of(number), segment_bytes_));
  end_ = {number, 0};
  return {};
}

Result<std::vector<BodyLocation>> Segments::append(const std::vector<NewBody>& bodies) {
  std::vector<BodyLocation> locations;
  Bytes pending;  // entries that follow each other from end_ on, written as one
  const auto flush = [&]() -> Result<void> {
    if (pending.empty()) return {};
    TRY(last_->write(end_.offset, pending));
    end_.offset += static_cast<std::uint32_t>(pending.size());
    pending.clear();
    return {};
  };
  for (const NewBody& body : bodies) {
    CHECK(!body.bytes.empty() && body.bytes.size() <= transaction_bytes_max);
    const std::size_t size = segment_entry_overhead + body.bytes.size();
    if (!last_ || end_.offset + pending.size() + size > last_->size()) {
      TRY(flush());
      TRY(begin_segment());
    }
    locations.push_back({end_.segment, static_cast<std::uint32_t>(end_.offset + pending.size()),
                         static_cast<std::uint32_t>(body.bytes.size())});
    append_entry(pending, body);
  }
  TRY(flush());
  return locations;
}

Result<void> Segments::sync() {
  if (last_) return last_->sync();
  return {};
}

Result<std::shared_ptr<SegmentFile>> Segments::file(std::uint32_t segment) const {
  const std::lock_guard lock(mutex_);
  if (const auto found = open_.find(segment); found != open_.end()) return found->second;
  std::shared_ptr<SegmentFile> opened = TRY(files_.open_segment(path_of(segment)));
  if (open_.size() >= open_segments_max) open_.erase(open_.begin());
  open_.emplace(segment, opened);
  return opened;
}

Result<Bytes> Segments::read(const BodyLocation& location, const BodyHash& key) const {
  const auto segment = TRY(file(location.segment));
  const std::string place = path_of(location.segment) + " at offset " + std::to_string(location.offset);
  const std::uint64_t end = std::uint64_t{location.offset} + segment_entry_overhead + location.length;
  if (location.length > transaction_bytes_max || end > segment->size()) {
    return fail(ErrorCode::corrupt, place, ": an entry of ", location.length, " bytes does not lie in the file");
  }
  Bytes entry(segment_entry_overhead + location.length);
  TRY(segment->read(location.offset, entry));
  if (get_u32(entry) != location.length) return fail(ErrorCode::corrupt, place, ": entry of another length");
  if (!entry_size(entry)) return fail(ErrorCode::corrupt, place, ": checksum does not fit");
  if (!equal(ByteView(entry).subspan(8, BodyHash::size), key)) {
    return fail(ErrorCode::corrupt, place, ": entry of another body, not of ", key.hex());
  }
  entry.erase(entry.begin(), entry.begin() + segment_entry_overhead);
  return entry;
}

}  // namespace kanhe
