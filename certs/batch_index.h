// Batch index: which certificate of a batch has a serial.
//
// A table with open addressing over the places of the certificates: in memory it tells that a serial stands twice, and
// as it is it becomes a part of the batch file, where an identifier is found by a few reads.
//
// Thread: one. Limits: batch_count_max serials. Memory: 40 to 48 bytes a serial. Errors: none.
// Format: docs/formats.md section 18.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "contracts/certificate.h"

namespace kanhe::certs {

inline constexpr std::size_t batch_slots_min = 16;

// How many slots the table of so many serials has: a power of two, at most half of them taken.
std::size_t batch_slots_of(std::size_t count);
// The slot at which the search for a serial begins: 64-bit FNV-1a of its characters, modulo the number of slots; then
// the next ones, until an empty one.
std::size_t first_batch_slot(std::string_view serial, std::size_t slots);

class BatchIndex {
 public:
  BatchIndex();
  // Enters the next serial; false, and nothing changes, when it is there already.
  // Requires: 1 to serial_bytes_max characters.
  bool insert(std::string_view serial);
  std::size_t count() const { return serials_.size(); }
  // The place of a serial plus one, or 0 where a slot is empty.
  const std::vector<std::uint32_t>& slots() const { return slots_; }

 private:
  void grow();
  // Its slot, or the empty one where it belongs.
  std::uint32_t& slot_of(std::string_view serial, const contracts::certificate::PaddedSerial& padded);

  std::vector<contracts::certificate::PaddedSerial> serials_;  // by place
  std::vector<std::uint32_t> slots_;
};

}  // namespace kanhe::certs
