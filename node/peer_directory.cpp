#include "node/peer_directory.h"

#include <algorithm>

namespace kanhe::node {

PeerDirectory::PeerDirectory(const EpochConfig& epoch, const DepartmentId& own) {
  enter(epoch);
  const std::lock_guard lock(mutex_);
  const auto place = place_of(own);
  CHECK(place.has_value());
  self_ = *place;
}

std::optional<PeerId> PeerDirectory::place_of(const DepartmentId& department) {
  const auto known = places_.find(department);
  if (known != places_.end()) return known->second;
  if (departments_.size() > PeerId::max) return std::nullopt;
  const PeerId place(static_cast<std::uint16_t>(departments_.size()));
  departments_.push_back(department);
  places_.emplace(department, place);
  return place;
}

void PeerDirectory::give_places(const EpochConfig& epoch) {
  for (const auto* members : {&epoch.validators, &epoch.observers}) {
    for (const Validator& member : *members) CHECK(place_of(member.department).has_value());
  }
}

void PeerDirectory::enter(const EpochConfig& epoch) {
  const std::lock_guard lock(mutex_);
  epoch_ = epoch;
  if (later_ && later_->epoch <= epoch.epoch) later_.reset();
  give_places(epoch);
  validators_.clear();
  for (const Validator& member : epoch.validators) validators_.push_back(places_.at(member.department));
}

void PeerDirectory::expect(const EpochConfig& later) {
  const std::lock_guard lock(mutex_);
  if (later.epoch <= epoch_.epoch) return;
  later_ = later;
  give_places(later);
}

std::size_t PeerDirectory::size() const {
  const std::lock_guard lock(mutex_);
  return departments_.size();
}

std::optional<PeerId> PeerDirectory::find(const TransportKey& key, Timestamp now) const {
  const std::lock_guard lock(mutex_);
  for (const EpochConfig* epoch : {&epoch_, later_ ? &*later_ : nullptr}) {
    if (epoch == nullptr) continue;
    for (const auto* members : {&epoch->validators, &epoch->observers}) {
      for (const Validator& member : *members) {
        const auto& previous = member.previous_transport_key;
        const bool is_previous = previous && previous->key == key && now < previous->until_ms;
        if (member.transport_key == key || is_previous) return places_.at(member.department);
      }
    }
  }
  return std::nullopt;
}

bool PeerDirectory::is_in(const EpochConfig& epoch, const DepartmentId& department) const {
  const auto is_of = [&department](const Validator& member) { return member.department == department; };
  return std::ranges::any_of(epoch.validators, is_of) || std::ranges::any_of(epoch.observers, is_of);
}

bool PeerDirectory::is_present(const DepartmentId& department) const {
  return is_in(epoch_, department) || (later_ && is_in(*later_, department));
}

std::optional<PeerId> PeerDirectory::find(const DepartmentId& department) const {
  const std::lock_guard lock(mutex_);
  const auto known = places_.find(department);
  return known != places_.end() && is_present(department) ? std::optional(known->second) : std::nullopt;
}

const DepartmentId& PeerDirectory::department(PeerId peer) const {
  const std::lock_guard lock(mutex_);
  CHECK(peer.value() < departments_.size());
  return departments_[peer.value()];
}

bool PeerDirectory::is_member(PeerId peer) const {
  const std::lock_guard lock(mutex_);
  return peer.value() < departments_.size() && is_present(departments_[peer.value()]);
}

PeerId PeerDirectory::peer_of(ValidatorIndex validator) const {
  const std::lock_guard lock(mutex_);
  return validators_.at(validator.value());
}

std::optional<ValidatorIndex> PeerDirectory::validator_of(PeerId peer) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(validators_, peer);
  if (found == validators_.end()) return std::nullopt;
  return ValidatorIndex(static_cast<std::uint16_t>(found - validators_.begin()));
}

}  // namespace kanhe::node
