#include "certs/batch_index.h"

#include <algorithm>
#include <bit>

namespace kanhe::certs {

using contracts::certificate::PaddedSerial;

std::size_t batch_slots_of(std::size_t count) { return std::max(batch_slots_min, std::bit_ceil(2 * count)); }

std::size_t first_batch_slot(std::string_view serial, std::size_t slots) {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
  for (const char c : serial) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100'0000'01b3;
  return hash & (slots - 1);
}

BatchIndex::BatchIndex() : slots_(batch_slots_min) {}

std::uint32_t& BatchIndex::slot_of(std::string_view serial, const PaddedSerial& padded) {
  std::size_t at = first_batch_slot(serial, slots_.size());
  while (slots_[at] != 0 && serials_[slots_[at] - 1] != padded) at = (at + 1) & (slots_.size() - 1);
  return slots_[at];
}

bool BatchIndex::insert(std::string_view serial) {
  const PaddedSerial padded = contracts::certificate::padded(serial);
  std::uint32_t* slot = &slot_of(serial, padded);
  if (*slot != 0) return false;
  if (batch_slots_of(serials_.size() + 1) > slots_.size()) {
    grow();
    slot = &slot_of(serial, padded);
  }
  serials_.push_back(padded);
  *slot = static_cast<std::uint32_t>(serials_.size());
  return true;
}

void BatchIndex::grow() {
  slots_.assign(2 * slots_.size(), 0);
  for (std::size_t i = 0; i < serials_.size(); ++i) {
    const std::string_view padded = as_text(serials_[i].view());
    slot_of(padded.substr(0, padded.find('\0')), serials_[i]) = static_cast<std::uint32_t>(i + 1);
  }
}

}  // namespace kanhe::certs
