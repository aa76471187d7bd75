// Unfinalized bodies: where those bodies lie that came with votes and belong to no block yet.
//
// One call of Store::persist_votes() brings one *group*, and on disk a group is one record: the bodies of a proposal
// are mostly finalized together, so a block costs one record written and one erased, however many transactions it has.
// Of a group that loses only some of its bodies the record is written again with those that stay.
//
// Owner and thread: the store's writer. Limit: the proposals of one window (PBFT §4.3's W).
#pragma once

#include <map>
#include <set>
#include <span>
#include <unordered_map>

#include "ledger/store_keys.h"

namespace kanhe {

using BodyGroup = std::uint64_t;  // counts up from 1 within a store; a number may come again once its group is gone

class UnfinalizedBodies {
 public:
  // A group as it was read. Requires: the number is not known, and no body is in another group.
  void load(BodyGroup group, const std::vector<BodyRecord>& bodies);
  // Makes a group of these. Requires: none of them is known, and there is at least one.
  BodyGroup add(const std::vector<BodyRecord>& bodies);
  // Takes bodies out, unknown ones are ignored; answers which groups they were in.
  std::set<BodyGroup> remove(std::span<const BodyHash> hashes);

  // What the group still has, in its order; empty: its record goes.
  std::vector<BodyRecord> group(BodyGroup group) const;
  // Null: unknown. Lifetime: until the next change.
  const BodyLocation* find(const BodyHash& hash) const;
  std::vector<BodyHash> hashes() const;

 private:
  struct Place {
    BodyLocation location;
    BodyGroup group = 0;
  };
  // Nothing depends on its order.
  std::unordered_map<BodyHash, Place, LastBytesHash> places_;
  std::map<BodyGroup, std::vector<BodyHash>> groups_;
};

}  // namespace kanhe
