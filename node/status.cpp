#include "node/status.h"

namespace kanhe::node {
namespace {

// A text from the system or a peer, made plain and cut to fit.
template <std::size_t Max>
PlainText<Max> plain(std::string text) {
  for (char& c : text) {
    if (c < 0x20 || c == 0x7f) c = ' ';
  }
  if (text.size() > Max) text.resize(Max);
  const auto made = PlainText<Max>::from(text);
  return made ? *made : PlainText<Max>();
}

// The wall clock's time of a past point on the monotonic one.
Timestamp wall_of(Instant past, consensus::Now now) {
  const std::uint64_t age = now.monotonic > past ? (now.monotonic - past) / ns_per_ms : 0;
  return now.wall - std::min(age, now.wall.value());
}

// An observer can follow one validator.
// Test: status_tests/an_observer_that_one_validator_tells_of_blocks_lacks_no_peers
bool lacks_peers(const NodeStatus& status) {
  const std::uint32_t needed = status.role == MemberRole::validator ? status.validators_needed.value() : 1;
  return status.validators_connected.value() < needed;
}

// The lowest height that is under way.
const SlotStatus* lowest_open(const NodeStatus& status) {
  for (const SlotStatus& slot : status.slots) {
    if (slot.digest && slot.height > status.finalized) return &slot;
  }
  return nullptr;
}

}  // namespace

// Whether clients are served well here: what they submit gets into blocks, and these reach them.
Result<void> health_of(const NodeStatus& status) {
  if (status.silence) {
    const bool diverged = *status.silence == consensus::Silence::diverged;
    return fail(ErrorCode::unavailable, diverged ? "its results differ from the others', it votes no more"
                                                 : "it lost votes that it had cast, it votes no more");
  }
  if (status.role == MemberRole::none) return fail(ErrorCode::unavailable, "it is no member of the network");
  if (lacks_peers(status)) {
    return fail(ErrorCode::unavailable, "connected to ", status.validators_connected.value(), " validators, ",
                status.validators_needed.value(), " are needed");
  }
  return {};
}

StatusReporter::StatusReporter(const Genesis& genesis, const PeerDirectory& directory, consensus::Now started)
    : network_(genesis.name),
      chain_id_(chain_id_of(genesis)),
      directory_(directory),
      started_(started.wall),
      waiting_since_(started.wall) {}

NodeStatus StatusReporter::report(const Driver& driver, const Store& store, const std::vector<PeerState>& peers,
                                  consensus::Now now) {
  NodeStatus status;
  status.chain_id = chain_id_;
  status.network = network_;
  status.department = directory_.department(directory_.self());
  status.role = role_of(directory_.self());
  status.time_ms = now.wall;
  status.started_ms = started_;
  add_consensus(driver, status);
  if (const auto header = store.header(status.height)) status.state_root = header->state_root;
  add_slots(driver, status);
  add_peers(peers, now, status);
  status.waiting_for = waiting_of(driver, status);
  if (status.waiting_for != waiting_ || status.height != waiting_height_) {
    waiting_ = status.waiting_for;
    waiting_height_ = status.height;
    waiting_since_ = now.wall;
  }
  status.waiting_since_ms = waiting_since_;
  return status;
}

void StatusReporter::add_consensus(const Driver& driver, NodeStatus& status) const {
  const consensus::Replica& replica = driver.replica();
  const consensus::Tip& tip = replica.durable_tip();
  status.epoch = driver.scheme().config.epoch;
  status.view = replica.view();
  status.target = replica.target();
  status.epoch_end = driver.executor().epoch_end();
  status.primary = driver.scheme().config.validators[replica.primary().value()].department;
  status.timeout_ms = replica.timeout();
  status.height = tip.height;
  status.header_hash = tip.header_hash;
  status.block_time_ms = tip.timestamp_ms;
  status.finalized = replica.finalized();
  status.silence = replica.silence();
  status.reports_missing = Count(static_cast<std::uint32_t>(replica.starting() ? replica.answers_awaited() : 0));
  status.validators_needed = Count(static_cast<std::uint32_t>(driver.scheme().config.q()));
  status.pool_transactions = Total(driver.pool().count());
  status.pool_bytes = Total(driver.pool().bytes());
}

MemberRole StatusReporter::role_of(PeerId peer) const {
  if (!directory_.is_member(peer)) return MemberRole::none;
  return directory_.is_validator(peer) ? MemberRole::validator : MemberRole::observer;
}

DepartmentList StatusReporter::names(const consensus::SignerSet& signers, const EpochConfig& epoch, Side side) {
  DepartmentList list;
  for (std::uint16_t i = 0; i < epoch.n(); ++i) {
    const bool inside = signers.contains(ValidatorIndex(i));
    if (inside == (side == Side::in_the_set)) list.push_back(epoch.validators[i].department);
  }
  return list;
}

void StatusReporter::add_slots(const Driver& driver, NodeStatus& status) const {
  const EpochConfig& epoch = driver.scheme().config;
  for (const auto& [height, slot] : driver.replica().slots()) {
    if (status.slots.full()) return;
    SlotStatus& shown = status.slots.emplace_back();
    shown.height = height;
    shown.prepared_here = slot.own_prepare.has_value();
    shown.committed_here = slot.own_commit.has_value();
    consensus::SignerSet prepares = slot.prepare_signers(status.view);
    if (slot.candidate) {
      shown.digest = slot.candidate->digest;
      prepares = slot.prepare_signers(status.view, slot.candidate->digest);
      if (slot.candidate->proposal) shown.transactions = slot.candidate->proposal->header.count;
      shown.bodies_here = slot.candidate->bodies.has_value();
    }
    const consensus::SignerSet commits = slot.commit_signers(status.view);
    shown.prepares = names(prepares, epoch, Side::in_the_set);
    shown.prepares_missing = names(prepares, epoch, Side::missing);
    shown.commits = names(commits, epoch, Side::in_the_set);
    shown.commits_missing = names(commits, epoch, Side::missing);
  }
}

void StatusReporter::add_peers(const std::vector<PeerState>& peers, consensus::Now now, NodeStatus& status) const {
  std::uint32_t validators = status.role == MemberRole::validator ? 1 : 0;
  for (std::size_t i = 0; i < peers.size(); ++i) {
    const PeerId peer(static_cast<std::uint16_t>(i));
    if (peer == directory_.self() || !directory_.is_member(peer) || status.peers.full()) continue;
    const bool validator = directory_.is_validator(peer);
    if (validator && peers[i].connected) ++validators;
    PeerStatus& shown = status.peers.emplace_back();
    shown.department = directory_.department(peer);
    shown.role = validator ? MemberRole::validator : MemberRole::observer;
    shown.connected = peers[i].connected;
    shown.since_ms = wall_of(peers[i].since, now);
    shown.address = plain<128>(peers[i].address);
    shown.trouble = plain<256>(peers[i].trouble);
  }
  status.validators_connected = Count(validators);
}

Waiting StatusReporter::waiting_of(const Driver& driver, const NodeStatus& status) const {
  if (status.role == MemberRole::none) return Waiting::membership;
  if (driver.lacks_key()) return Waiting::consensus_key;
  if (status.silence) return Waiting::silenced;
  if (lacks_peers(status)) return Waiting::peers;
  if (driver.replica().starting()) return Waiting::vote_reports;
  if (driver.sync().catching_up()) return Waiting::blocks;
  if (status.target > status.view) return Waiting::new_view;
  if (const SlotStatus* slot = lowest_open(status)) {
    if (!slot->transactions || !slot->bodies_here) return Waiting::bodies;
    if (slot->prepares.size() < status.validators_needed.value()) return Waiting::prepares;
    // An observer has no Commit of its own.
    return driver.executor().knows(*slot->digest) ? Waiting::commits : Waiting::execution;
  }
  return status.pool_transactions.value() > 0 ? Waiting::proposal : Waiting::nothing;
}

}  // namespace kanhe::node
