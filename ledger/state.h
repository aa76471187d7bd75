// State: typed tables over one sorted map of bytes, and overlays that hold changes until they are final.
//
// A record's *state key* is its table's number (u16, big-endian) followed by the key's big-endian encoding, so that the
// order of keys is the order of bytes. A Table<Key, Record> belongs to one contract module; others go through that
// module's functions.
//
// Overlay on overlay on store: a transaction's changes lie above its block's, a block's above its parent's, those above
// what is durable. Dropping an overlay undoes it; nothing else can.
//
// Thread: readers and overlays are used by one thread at a time. Lifetime: an overlay's base outlives it.
// Errors: none. Records come from our own encoder through a store that checks itself, so one that does not decode is
// damage in memory (CHECK).
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "ledger/codec.h"
#include "ledger/digests.h"
#include "ledger/hash.h"
#include "ledger/result.h"

namespace kanhe {

// One number per table, never used again for another. docs/formats.md lists them.
using TableId = std::uint16_t;

struct StateEntry {
  Bytes key;    // state key
  Bytes value;  // canonical record
};

// Reads the newest value of a sorted map.
class StateReader {
 public:
  virtual ~StateReader() = default;
  virtual std::optional<Bytes> get(ByteView state_key) const = 0;
  // The first entry whose key is not below `from` and begins with `prefix`. Complexity: one seek per layer, and one
  // more for each removed entry that is passed.
  virtual std::optional<StateEntry> next(ByteView from, ByteView prefix) const = 0;
};

// Changes above a reader. An absent value is a removal.
class Overlay : public StateReader {
 public:
  using Changes = std::map<Bytes, std::optional<Bytes>, BytesLess>;

  explicit Overlay(const StateReader& base) : base_(base) {}
  // An overlay on an overlay. The language takes this constructor for a copy; it is none, and copies and moves do not
  // exist: whoever is built on an overlay holds its address.
  // Test: state_tests/three_overlays_read_like_one_map
  explicit Overlay(const Overlay& base) : base_(base) {}
  Overlay(Overlay&&) = delete;
  Overlay& operator=(const Overlay&) = delete;
  Overlay& operator=(Overlay&&) = delete;

  std::optional<Bytes> get(ByteView state_key) const override;
  std::optional<StateEntry> next(ByteView from, ByteView prefix) const override;
  void put(ByteView state_key, Bytes value);
  void erase(ByteView state_key);

  // What differs from the base, in the order of keys.
  const Changes& changes() const { return changes_; }
  // Takes over the changes of an overlay, which has none afterwards. Requires: its base is this one.
  // Complexity: linear in the changes taken over, times the logarithm of those here.
  void absorb(Overlay&& above);

 private:
  const StateReader& base_;
  Changes changes_;
};

// An empty map, the base of the genesis.
class EmptyState : public StateReader {
 public:
  std::optional<Bytes> get(ByteView) const override { return std::nullopt; }
  std::optional<StateEntry> next(ByteView, ByteView) const override { return std::nullopt; }
};

// Where a record stands in the state tree, and what stands for it there.
StatePosition state_position(ByteView state_key);
StateValueHash state_value_hash(ByteView value);

Bytes state_key(TableId table, ByteView encoded_key);
// The smallest key above all that begin with `prefix`; empty when there is none.
Bytes after_prefix(ByteView prefix);

// A table. Key and Record are described records (or strong types); the .cpp of the module instantiates their codec:
//   inline constexpr Table<UnitNumber, Unit> units{0x0301, "units"};
template <class Key, class Record>
struct Table {
  TableId id;
  std::string_view name;

  Bytes key_of(const Key& key) const { return state_key(id, encode_key(key)); }

  std::optional<Record> get(const StateReader& state, const Key& key) const {
    const auto value = state.get(key_of(key));
    if (!value) return std::nullopt;
    return read(*value);
  }
  bool contains(const StateReader& state, const Key& key) const { return state.get(key_of(key)).has_value(); }
  void put(Overlay& state, const Key& key, const Record& record) const { state.put(key_of(key), encode(record)); }
  void erase(Overlay& state, const Key& key) const { state.erase(key_of(key)); }

  static Record read(ByteView value) {
    auto record = decode<Record>(value);
    CHECK(record.has_value());
    return std::move(record).value();
  }
};

}  // namespace kanhe
