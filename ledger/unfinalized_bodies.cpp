#include "ledger/unfinalized_bodies.h"

#include <algorithm>

namespace kanhe {

void UnfinalizedBodies::load(BodyGroup group, const std::vector<BodyRecord>& bodies) {
  const auto [entry, is_new] = groups_.try_emplace(group);
  CHECK(is_new);
  for (const BodyRecord& body : bodies) {
    CHECK(places_.try_emplace(body.hash, Place{body.location, group}).second);
    entry->second.push_back(body.hash);
  }
}

BodyGroup UnfinalizedBodies::add(const std::vector<BodyRecord>& bodies) {
  CHECK(!bodies.empty());
  const BodyGroup group = groups_.empty() ? 1 : groups_.rbegin()->first + 1;
  load(group, bodies);
  return group;
}

std::set<BodyGroup> UnfinalizedBodies::remove(std::span<const BodyHash> hashes) {
  std::set<BodyGroup> touched;
  for (const BodyHash& hash : hashes) {
    const auto place = places_.find(hash);
    if (place == places_.end()) continue;
    touched.insert(place->second.group);
    places_.erase(place);
  }
  for (const BodyGroup group : touched) {
    std::vector<BodyHash>& left = groups_.at(group);
    std::erase_if(left, [this](const BodyHash& hash) { return !places_.contains(hash); });
    if (left.empty()) groups_.erase(group);
  }
  return touched;
}

std::vector<BodyRecord> UnfinalizedBodies::group(BodyGroup group) const {
  std::vector<BodyRecord> bodies;
  const auto found = groups_.find(group);
  if (found == groups_.end()) return bodies;
  bodies.reserve(found->second.size());
  for (const BodyHash& hash : found->second) bodies.push_back({hash, places_.at(hash).location});
  return bodies;
}

const BodyLocation* UnfinalizedBodies::find(const BodyHash& hash) const {
  const auto place = places_.find(hash);
  return place == places_.end() ? nullptr : &place->second.location;
}

std::vector<BodyHash> UnfinalizedBodies::hashes() const {
  std::vector<BodyHash> all;
  all.reserve(places_.size());
  for (const auto& [group, hashes] : groups_) all.insert(all.end(), hashes.begin(), hashes.end());
  return all;
}

}  // namespace kanhe
