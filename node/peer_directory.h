// Peer directory: who may connect, by transport key and by department, and the place that each has in this process.
//
// A department gets its place (PeerId) when it is first seen in an epoch, and keeps it while the process runs: what is
// under way when an epoch ends still knows whom it came from. Which place is which validator changes with the epoch. A
// transport key that was replaced is accepted until the time that stands beside it, so that a member changes its key
// without an outage.
//
// Thread: any. Limits: PeerId::max departments in the life of a process; more are not let in before a restart.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "ledger/validators.h"
#include "node/peers.h"

namespace kanhe::node {

class PeerDirectory {
 public:
  // `own` has a place also where it is no member: a node that joins, or one that was removed.
  PeerDirectory(const EpochConfig& epoch, const DepartmentId& own);
  PeerDirectory(const PeerDirectory&) = delete;
  PeerDirectory& operator=(const PeerDirectory&) = delete;

  // The members are another epoch's from now on.
  void enter(const EpochConfig& epoch);
  // The members of a later epoch, which was proved already, are let in too, until it or one after it is entered: who
  // joins a network, or was away for epochs, gets the blocks from them.
  void expect(const EpochConfig& later);

  // Places given so far, to present and former members.
  std::size_t size() const;
  PeerId self() const { return self_; }
  // Which present member's key this is, at a time.
  std::optional<PeerId> find(const TransportKey& key, Timestamp now) const;
  // Of a present member.
  std::optional<PeerId> find(const DepartmentId& department) const;
  // Requires: peer < size().
  const DepartmentId& department(PeerId peer) const;
  bool is_member(PeerId peer) const;
  bool is_validator(PeerId peer) const { return validator_of(peer).has_value(); }

  // Between places and indexes of the present epoch. Requires: the epoch has such an index.
  PeerId peer_of(ValidatorIndex validator) const;
  std::optional<ValidatorIndex> validator_of(PeerId peer) const;

 private:
  std::optional<PeerId> place_of(const DepartmentId& department);
  void give_places(const EpochConfig& epoch);
  bool is_in(const EpochConfig& epoch, const DepartmentId& department) const;
  bool is_present(const DepartmentId& department) const;

  mutable std::mutex mutex_;  // guards what follows
  std::deque<DepartmentId> departments_;  // by place; an element never moves
  std::map<DepartmentId, PeerId> places_;
  EpochConfig epoch_;
  std::optional<EpochConfig> later_;
  std::vector<PeerId> validators_;        // by index
  PeerId self_;
};

}  // namespace kanhe::node
