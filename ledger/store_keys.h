// Store keys: where in LevelDB what lies, and the records that only the store reads.
//
// A key is one letter for the keyspace, then its parts, integers big-endian, so that the order of keys is the order of
// heights. Values are canonical encodings unless said otherwise. docs/formats.md lists the same.
//
// Thread: any; plain values. Included by the store's own .cpp files alone.
#pragma once

#include "ledger/block.h"
#include "ledger/merkle.h"
#include "ledger/result.h"
#include "ledger/segments.h"
#include "ledger/state_tree.h"

namespace kanhe {

enum class Keyspace : Byte {
  bodies = 'b',            // height -> encode_bodies(), in the proposal's order
  vote = 'c',              // key of consensus -> its value
  epoch = 'e',             // epoch -> EpochConfig
  leaf = 'g',              // StatePosition -> StateValueHash: the leaves of the state tree
  header = 'h',            // height -> Header
  page_hash = 'j',         // page id -> kind u8, hash
  state = 'k',             // state key -> record
  history = 'l',           // level u8, index -> 32 bytes
  meta = 'm',              // see below
  proposal = 'p',          // height -> Proposal
  receipt = 'r',           // height, leaf -> Receipt
  seal = 's',              // height -> CommitSeal
  transaction = 't',       // id -> TransactionPosition
  unfinalized = 'u',       // BodyGroup -> encode_bodies()
  event = 'v',             // canonical Subject, how many came before -> EventPosition
};

struct Key {
  Bytes bytes;

  explicit Key(Keyspace space) : bytes{static_cast<Byte>(space)} {}
  Key& add(ByteView part) {
    append(bytes, part);
    return *this;
  }
  Key& add_u8(std::uint8_t value) {
    bytes.push_back(value);
    return *this;
  }
  Key& add_u32(std::uint32_t value) { return add_integer(value, 4); }
  Key& add_u64(std::uint64_t value) { return add_integer(value, 8); }

 private:
  Key& add_integer(std::uint64_t value, int count) {
    for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) bytes.push_back(static_cast<Byte>(value >> shift));
    return *this;
  }
};

// The integer in the last 8 bytes of a key. Requires: at least 8 bytes.
inline std::uint64_t last_u64(ByteView key) {
  CHECK(key.size() >= 8);
  std::uint64_t value = 0;
  for (const Byte byte : key.last(8)) value = value << 8 | byte;
  return value;
}

inline Key height_key(Keyspace space, Height height) { return Key(space).add_u64(height.value()); }
inline Key receipt_key(Height height, std::uint32_t leaf) {
  return height_key(Keyspace::receipt, height).add_u32(leaf);
}
inline Key history_key(LogNode node) { return Key(Keyspace::history).add_u8(node.level).add_u64(node.index); }

// The keyspace `meta`.
inline Key identity_key() { return Key(Keyspace::meta).add(as_bytes("identity")); }          // StoreIdentity
inline Key batch_number_key() { return Key(Keyspace::meta).add(as_bytes("batch")); }         // u64, counts every batch
inline Key tip_key() { return Key(Keyspace::meta).add(as_bytes("tip")); }                    // TipRecord
inline Key segment_end_key() { return Key(Keyspace::meta).add(as_bytes("segment-end")); }    // SegmentEnd

// Which store this is. The version covers every format in it; it changes with any of them.
struct StoreIdentity {
  FormatVersion<7> version;
  ChainId chain_id;
};
BOOST_DESCRIBE_STRUCT(StoreIdentity, (), (version, chain_id))

struct TipRecord {
  Height height;
  HeaderHash header_hash;
  std::uint64_t leaf_count = 0;
};
BOOST_DESCRIBE_STRUCT(TipRecord, (), (height, header_hash, leaf_count))

struct BodyRecord {
  BodyHash hash;
  BodyLocation location;
};
BOOST_DESCRIBE_STRUCT(BodyRecord, (), (hash, location))

// One after the other, body_record_bytes each, so that one can be taken out by its number.
// Errors: malformed (the length).
inline constexpr std::size_t body_record_bytes = 44;
Bytes encode_bodies(const std::vector<BodyRecord>& bodies);
Result<std::vector<BodyRecord>> decode_bodies(ByteView bytes);

}  // namespace kanhe
