// The idea: a lookup asks the layers from the top; the uppermost that knows the key answers, a removal included. The
// next entry is the lower of two candidates, the own next and the base's next, where the own one wins a tie and a
// removal sends the search on behind it.
#include "ledger/state.h"

#include <algorithm>

namespace kanhe {
namespace {

bool begins_with(ByteView key, ByteView prefix) {
  return key.size() >= prefix.size() && equal(key.first(prefix.size()), prefix);
}

// The smallest key above this one.
Bytes after(ByteView key) {
  Bytes next = to_bytes(key);
  next.push_back(0);
  return next;
}

}  // namespace

std::optional<Bytes> Overlay::get(ByteView key) const {
  const auto change = changes_.find(key);
  return change == changes_.end() ? base_.get(key) : change->second;
}

std::optional<StateEntry> Overlay::next(ByteView from, ByteView prefix) const {
  // Keys below the prefix cannot begin with it.
  const ByteView start = BytesLess()(from, prefix) ? prefix : from;
  auto own = changes_.lower_bound(start);
  std::optional<StateEntry> below = base_.next(start, prefix);
  while (own != changes_.end() && begins_with(own->first, prefix)) {
    if (below && below->key < own->first) return below;
    const bool hides_below = below && below->key == own->first;
    if (own->second) return StateEntry{own->first, *own->second};
    if (hides_below) below = base_.next(after(own->first), prefix);
    ++own;
  }
  return below;
}

void Overlay::put(ByteView key, Bytes value) { changes_.insert_or_assign(to_bytes(key), std::move(value)); }

void Overlay::erase(ByteView key) { changes_.insert_or_assign(to_bytes(key), std::nullopt); }

void Overlay::absorb(Overlay&& above) {
  CHECK(&above.base_ == this);
  // Node by node, because a block absorbs many small transactions: the cost must not grow with what is here already.
  while (!above.changes_.empty()) {
    auto result = changes_.insert(above.changes_.extract(above.changes_.begin()));
    if (!result.inserted) result.position->second = std::move(result.node.mapped());
  }
}

StatePosition state_position(ByteView key) { return StatePosition(tagged_hash(Tag::state_key, key)); }

StateValueHash state_value_hash(ByteView value) { return StateValueHash(tagged_hash(Tag::state_value, value)); }

Bytes state_key(TableId table, ByteView encoded_key) {
  Bytes key;
  key.reserve(2 + encoded_key.size());
  key.push_back(static_cast<Byte>(table >> 8));
  key.push_back(static_cast<Byte>(table & 0xff));
  append(key, encoded_key);
  return key;
}

Bytes after_prefix(ByteView prefix) {
  Bytes key = to_bytes(prefix);
  while (!key.empty() && key.back() == 0xff) key.pop_back();
  if (!key.empty()) ++key.back();
  return key;
}

}  // namespace kanhe
