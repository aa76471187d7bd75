// Peer directory: who may connect, by transport key and by department.
//
// A member's place is its index among the epoch's validators, observers after them (PeerId). A key that was replaced is
// accepted until the time that stands beside it, so that a member changes its key without an outage.
//
// Thread: any; immutable. Limits: as an epoch has.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "ledger/validators.h"
#include "node/peers.h"

namespace kanhe::node {

class PeerDirectory {
 public:
  explicit PeerDirectory(const EpochConfig& epoch);

  std::size_t size() const { return members_.size(); }
  // Whose key this is, at a time.
  std::optional<PeerId> find(const TransportKey& key, Timestamp now) const;
  std::optional<PeerId> find(const DepartmentId& department) const;
  // Requires: peer < size().
  const DepartmentId& department(PeerId peer) const;
  bool is_validator(PeerId peer) const { return peer.value() < validators_; }

 private:
  std::vector<Validator> members_;
  std::size_t validators_;
  std::map<TransportKey, PeerId> keys_;
  std::map<TransportKey, PeerId> previous_keys_;
};

}  // namespace kanhe::node
