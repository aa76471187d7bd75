// Node status: what a node is doing, and if nothing happens, what it waits for and since when. For people and for
// tests; it enters no decision.
//
// The record is described once; kanhed writes it as JSON (ledger/json.h) to status.json in its data directory every
// second, and on SIGUSR1 at once.
//
// Owner: the node. Thread: the driver's. Units: times in ms since 1970, UTC. Limits: as in the record.
#pragma once

#include "node/driver.h"
#include "node/network.h"

namespace kanhe::node {

// none: the present epoch does not list it.
enum class MemberRole : std::uint8_t { validator, observer, none };
BOOST_DESCRIBE_ENUM(MemberRole, validator, observer, none)

// The first of these that applies is what the node waits for.
enum class Waiting : std::uint8_t {
  nothing,        // idle: a block is made when a transaction or the heartbeat comes
  membership,     // no epoch that it knows lists it: it joins, or was removed
  consensus_key,  // the epoch lists it with another consensus key than it has
  silenced,       // it votes no more until a later epoch (see `silence`); it follows
  peers,          // too few validators are connected for a quorum
  vote_reports,   // it starts, and signs nothing before the others said which votes they hold of it
  blocks,         // it is behind, and fetches finalized blocks
  new_view,       // it left its view, and waits for the next primary's NewView
  bodies,         // of the lowest open proposal, bodies or the list are missing
  execution,      // the lowest open proposal is here, but its result is not
  prepares,       // of the lowest open proposal
  commits,        // of the lowest open proposal
  proposal,       // transactions wait, and the primary has not proposed
};
BOOST_DESCRIBE_ENUM(Waiting, nothing, membership, consensus_key, silenced, peers, vote_reports, blocks, new_view,
                    bodies, execution, prepares, commits, proposal)

using DepartmentList = List<DepartmentId, validators_max>;

struct SlotStatus {
  Height height;
  std::optional<ProposalDigest> digest;   // of the candidate; absent: votes only
  std::optional<Count> transactions;      // absent: the list is not here
  bool bodies_here = false;
  bool prepared_here = false;             // this node's own Prepare
  bool committed_here = false;
  DepartmentList prepares;                // in the present view, for the candidate
  DepartmentList prepares_missing;
  DepartmentList commits;
  DepartmentList commits_missing;
};
BOOST_DESCRIBE_STRUCT(SlotStatus, (),
                      (height, digest, transactions, bodies_here, prepared_here, committed_here, prepares,
                       prepares_missing, commits, commits_missing))

struct PeerStatus {
  DepartmentId department;
  MemberRole role = MemberRole::validator;
  bool connected = false;
  Timestamp since_ms;
  PlainText<128> address;  // of the connection; empty without one
  PlainText<256> trouble;  // why there is none
};
BOOST_DESCRIBE_STRUCT(PeerStatus, (), (department, role, connected, since_ms, address, trouble))

struct NodeStatus {
  FormatVersion<1> version;
  ChainId chain_id;
  NetworkName network;
  DepartmentId department;
  MemberRole role = MemberRole::validator;
  Timestamp time_ms;         // of this report
  Timestamp started_ms;
  Epoch epoch;
  std::optional<Height> epoch_end;  // the last height of the epoch, once it is decided
  View view;
  View target;               // above view: it wants to leave
  DepartmentId primary;
  Duration timeout_ms;       // T now
  Height height;             // durable
  HeaderHash header_hash;
  StateRoot state_root;
  Timestamp block_time_ms;
  Height finalized;          // maybe in memory only
  Waiting waiting_for = Waiting::nothing;
  Timestamp waiting_since_ms;
  std::optional<consensus::Silence> silence;
  Count reports_missing;     // VoteReports, while it starts
  Count validators_needed;   // q
  Count validators_connected;  // this node included
  Total pool_transactions;
  Total pool_bytes;
  List<SlotStatus, 2 * consensus::window_max> slots;
  List<PeerStatus, 2 * validators_max> peers;
};
BOOST_DESCRIBE_STRUCT(NodeStatus, (),
                      (version, chain_id, network, department, role, time_ms, started_ms, epoch, epoch_end, view,
                       target, primary,
                       timeout_ms, height, header_hash, state_root, block_time_ms, finalized, waiting_for,
                       waiting_since_ms, silence, reports_missing, validators_needed, validators_connected,
                       pool_transactions, pool_bytes, slots, peers))

// Whether clients are served well here. Errors: unavailable, with the reason.
Result<void> health_of(const NodeStatus& status);

// Remembers since when the node waits for what it waits for.
class StatusReporter {
 public:
  StatusReporter(const Genesis& genesis, const PeerDirectory& directory, consensus::Now started);

  // Lifetime: driver and store for the call.
  NodeStatus report(const Driver& driver, const Store& store, const std::vector<PeerState>& peers,
                    consensus::Now now);

 private:
  void add_consensus(const Driver& driver, NodeStatus& status) const;
  void add_slots(const Driver& driver, NodeStatus& status) const;
  void add_peers(const std::vector<PeerState>& peers, consensus::Now now, NodeStatus& status) const;
  Waiting waiting_of(const Driver& driver, const NodeStatus& status) const;
  enum class Side : std::uint8_t { in_the_set, missing };
  static DepartmentList names(const consensus::SignerSet& signers, const EpochConfig& epoch, Side side);
  MemberRole role_of(PeerId peer) const;

  NetworkName network_;
  ChainId chain_id_;
  const PeerDirectory& directory_;
  Timestamp started_;
  Waiting waiting_ = Waiting::nothing;
  Height waiting_height_;
  Timestamp waiting_since_;
};

}  // namespace kanhe::node
