#include "contracts/due.h"

#include "ledger/codec_impl.h"

namespace kanhe {

template Bytes encode(const contracts::DueEntry&);
template Result<contracts::DueEntry> decode(ByteView);
template Bytes encode_key(const contracts::DueKey&);
template Bytes encode(const contracts::DueKey&);
template Result<contracts::DueKey> decode(ByteView);
template Bytes encode_key(const contracts::Only&);

}  // namespace kanhe

namespace kanhe::contracts {

namespace {

// A key of the table is its number (2 bytes), the time and the sequence (8 bytes each, big-endian).
std::uint64_t read_big_endian(ByteView bytes) {
  std::uint64_t value = 0;
  for (const Byte byte : bytes) value = value << 8 | byte;
  return value;
}

DueKey read_key(ByteView key) {
  CHECK(key.size() == 18);
  return {Timestamp(read_big_endian(key.subspan(2, 8))), Total(read_big_endian(key.subspan(10, 8)))};
}

}  // namespace

DueKey add_due(Overlay& state, Timestamp due, DueHandlerNumber handler, Bytes data) {
  DueQueue queue = due_queue.get(state, Only{}).value_or(DueQueue{});
  const DueKey key{std::min(due, Timestamp(Timestamp::max)), queue.next};
  ++queue.next;
  queue.earliest = std::min(queue.earliest, key);
  auto blob = Blob<due_data_bytes_max>::from(std::move(data));
  CHECK(blob.has_value());
  due_entries.put(state, key, DueEntry{{}, handler, std::move(blob).value()});
  due_queue.put(state, Only{}, queue);
  return key;
}

void remove_due(Overlay& state, const DueKey& key) { due_entries.erase(state, key); }

std::optional<std::pair<DueKey, DueEntry>> first_due(Overlay& state, Timestamp now) {
  DueQueue queue = due_queue.get(state, Only{}).value_or(DueQueue{});
  if (queue.earliest.due > now) return std::nullopt;
  const auto entry = state.next(due_entries.key_of(queue.earliest), state_key(due_entries.id, {}));
  const DueKey key = entry ? read_key(entry->key) : DueQueue{}.earliest;
  if (key != queue.earliest) {
    queue.earliest = key;
    due_queue.put(state, Only{}, queue);
  }
  if (!entry || key.due > now) return std::nullopt;
  return std::pair{key, due_entries.read(entry->value)};
}

}  // namespace kanhe::contracts
