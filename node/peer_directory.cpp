#include "node/peer_directory.h"

namespace kanhe::node {

PeerDirectory::PeerDirectory(const EpochConfig& epoch)
    : members_(epoch.validators.begin(), epoch.validators.end()), validators_(epoch.validators.size()) {
  members_.insert(members_.end(), epoch.observers.begin(), epoch.observers.end());
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const PeerId peer(static_cast<std::uint16_t>(i));
    keys_.emplace(members_[i].transport_key, peer);
    if (const auto& previous = members_[i].previous_transport_key) previous_keys_.emplace(previous->key, peer);
  }
}

std::optional<PeerId> PeerDirectory::find(const TransportKey& key, Timestamp now) const {
  if (const auto found = keys_.find(key); found != keys_.end()) return found->second;
  const auto found = previous_keys_.find(key);
  if (found == previous_keys_.end()) return std::nullopt;
  if (now >= members_[found->second.value()].previous_transport_key->until_ms) return std::nullopt;
  return found->second;
}

std::optional<PeerId> PeerDirectory::find(const DepartmentId& department) const {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].department == department) return PeerId(static_cast<std::uint16_t>(i));
  }
  return std::nullopt;
}

const DepartmentId& PeerDirectory::department(PeerId peer) const {
  CHECK(peer.value() < members_.size());
  return members_[peer.value()].department;
}

}  // namespace kanhe::node
