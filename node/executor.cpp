// Overlay on overlay on store. A block's overlay reads through a Base, whose target is the parent's overlay while that
// is pending and the store afterwards: so the chain of overlays never grows longer than the window. While a block runs,
// its Base remembers what it read: most transactions of a block read the same parameters, types and departments.
#include "node/executor.h"

#include <unordered_map>

#include "contracts/governance.h"
#include "contracts/host.h"
#include "contracts/motion.h"
#include "ledger/codec.h"

namespace kanhe::node {

class Executor::Base : public StateReader {
 public:
  explicit Base(const StateReader& target) : target_(&target) {}
  // What lies below is the same state afterwards.
  void set(const StateReader& target) { target_ = &target; }
  std::optional<Bytes> get(ByteView key) const override {
    if (!remembered_) return target_->get(key);
    const auto known = remembered_->find(key);
    if (known != remembered_->end()) return known->second;
    return remembered_->emplace(to_bytes(key), target_->get(key)).first->second;
  }
  std::optional<StateEntry> next(ByteView from, ByteView prefix) const override { return target_->next(from, prefix); }
  void stop_remembering() { remembered_.reset(); }

 private:
  using Remembered = std::unordered_map<Bytes, std::optional<Bytes>, BytesHash, BytesEqual>;
  const StateReader* target_;
  mutable std::optional<Remembered> remembered_{Remembered()};
};

struct Executor::Pending {
  Pending(const StateReader& below) : base(below), overlay(base) {}

  Proposal proposal;
  BodiesOfProposal bodies;
  Base base;
  Overlay overlay;
  std::unique_ptr<TreeVersion> tree;
  LogFrontier history;  // with this block's header
  HeaderHash parent_hash;
  LogRoot history_root;  // of the headers below
  Header header;
  HeaderHash header_hash;
  std::vector<EncodedReceipt> receipts;
  std::vector<std::uint64_t> event_numbers;
  std::optional<Height> epoch_end;
  std::optional<EpochConfig> next_epoch;
};

namespace {

// The heights of an epoch follow each other, so the last block of the one before is found by bisection.
consensus::FirstFloor find_first_floor(const Store& store, Epoch epoch, Height tip) {
  Height low(0);
  Height high = tip + 1;
  const auto read = [&store](Height height) {
    const auto header = store.header(height);
    CHECK(header.has_value());
    return *header;
  };
  if (epoch == Epoch(0)) return {low, read(low).proposal_digest};
  while (high - low > 1) {
    const Height middle = low + (high - low) / 2;
    (read(middle).epoch < epoch ? low : high) = middle;
  }
  return {low, read(low).proposal_digest};
}

std::vector<EncodedReceipt> encoded(std::vector<Receipt> receipts) {
  std::vector<EncodedReceipt> pairs;
  pairs.reserve(receipts.size());
  for (Receipt& receipt : receipts) {
    Bytes bytes = encode(receipt);
    pairs.push_back({std::move(receipt), std::move(bytes)});
  }
  return pairs;
}

LogRoot receipt_root_of(const std::vector<EncodedReceipt>& receipts) {
  LogFrontier frontier;
  for (const EncodedReceipt& receipt : receipts) frontier.append(log_leaf_hash(receipt.bytes));
  return frontier.root();
}

std::vector<StateChange> tree_changes(const Overlay& overlay) {
  std::vector<StateChange> changes;
  changes.reserve(overlay.changes().size());
  for (const auto& [key, value] : overlay.changes()) {
    StateChange change{state_position(key), std::nullopt};
    if (value) change.value = state_value_hash(*value);
    changes.push_back(change);
  }
  return changes;
}

// Height 0: the records of the genesis, its events in one system receipt.
void commit_genesis(Store& store, const Genesis& genesis) {
  const EmptyState nothing;
  Overlay overlay(nothing);
  BlockBatch batch;
  contracts::BlockOutput output = contracts::execute_genesis(overlay, genesis);
  batch.receipts = encoded(std::move(output.receipts));
  batch.event_numbers = std::move(output.event_numbers);
  const TreeVersion tree(store.tree(), tree_changes(overlay));
  batch.header = genesis_header(genesis, tree.root(), receipt_root_of(batch.receipts));
  batch.state = &overlay.changes();
  batch.tree = &tree;
  batch.next_epoch = first_epoch_of(genesis);
  store.commit_block(batch);
}

}  // namespace

Executor::Executor(Store& store, const Genesis& genesis) : store_(store), genesis_(genesis) {
  if (!store_.tip()) commit_genesis(store_, genesis_);
  const Height height = store_.tip()->height;
  const auto header = store_.header(height);
  CHECK(header.has_value());
  const bool ended = header->next_validators_hash != header->validators_hash;
  const auto config = store_.epoch_config(ended ? header->epoch + 1 : header->epoch);
  CHECK(config.has_value());
  epoch_ = *config;
  epoch_hash_ = epoch_hash_of(epoch_);
  first_floor_ = find_first_floor(store_, epoch_.epoch, height);
  epoch_end_ = contracts::motion::epoch_end(store_);
  tip_ = {height, header->proposal_digest, hash_of(*header), header->timestamp_ms};
}

Executor::~Executor() = default;

const Executor::Pending* Executor::find(const ProposalDigest& digest) const {
  const auto found = pending_.find(digest);
  return found == pending_.end() ? nullptr : found->second.get();
}

bool Executor::knows(const ProposalDigest& digest) const { return digest == tip_.digest || find(digest) != nullptr; }

bool Executor::ends_epoch(const ProposalDigest& digest) const {
  const Pending* pending = find(digest);
  CHECK(pending != nullptr);
  return pending->next_epoch.has_value();
}

const Proposal* Executor::pending_proposal(const ProposalDigest& digest) const {
  const Pending* pending = find(digest);
  return pending == nullptr ? nullptr : &pending->proposal;
}

Header Executor::header_of(const Pending& pending) const {
  const ProposalHeader& proposal = pending.proposal.header;
  Header header;
  header.chain_id = proposal.chain_id;
  header.epoch = proposal.epoch;
  header.height = proposal.height;
  header.timestamp_ms = proposal.timestamp_ms;
  header.proposal_digest = digest_of(proposal);
  header.parent = pending.parent_hash;
  header.history_root = pending.history_root;
  header.transaction_root = proposal.body_root;
  header.receipt_root = receipt_root_of(pending.receipts);
  header.state_root = pending.tree->root();
  header.validators_hash = epoch_hash_;
  header.next_validators_hash = pending.next_epoch ? epoch_hash_of(*pending.next_epoch) : header.validators_hash;
  return header;
}

consensus::Executed Executor::execute(const Proposal& proposal, const ProposalDigest& digest, BodiesOfProposal bodies) {
  const ProposalDigest& parent_digest = proposal.header.parent;
  const auto answer = [&](const Pending& done) {
    return consensus::Executed{proposal.header.height, parent_digest, digest, done.header_hash, done.history.root()};
  };
  if (const Pending* done = find(digest)) return answer(*done);
  const Pending* parent = find(parent_digest);
  CHECK(parent != nullptr || parent_digest == tip_.digest);
  CHECK(bodies.size() == proposal.bodies.size());
  const StateReader& below = parent ? static_cast<const StateReader&>(parent->overlay) : store_;
  const TreeView& tree_below = parent ? static_cast<const TreeView&>(*parent->tree) : store_.tree();

  auto pending = std::make_unique<Pending>(below);
  pending->proposal = proposal;
  pending->bodies = std::move(bodies);
  pending->history = parent ? parent->history : store_.history();
  pending->parent_hash = parent ? parent->header_hash : tip_.header_hash;
  pending->history_root = pending->history.root();
  std::vector<const TransactionBody*> transactions;
  for (const SharedBody& body : pending->bodies) transactions.push_back(body.get());
  auto output = contracts::execute_block(
      pending->overlay,
      {proposal.header.chain_id, genesis_.suite, proposal.header.height, proposal.header.timestamp_ms, transactions});
  CHECK(output.receipts.size() == transactions.size() + 1);
  pending->base.stop_remembering();
  pending->tree = std::make_unique<TreeVersion>(tree_below, tree_changes(pending->overlay));
  pending->epoch_end = output.epoch_end;
  pending->next_epoch = std::move(output.next_epoch);
  pending->receipts = encoded(std::move(output.receipts));
  pending->event_numbers = std::move(output.event_numbers);
  pending->header = header_of(*pending);
  pending->header_hash = hash_of(pending->header);
  pending->history.append(log_leaf_hash(pending->header_hash));
  return answer(*pending_.emplace(digest, std::move(pending)).first->second);
}

std::vector<TransactionId> Executor::commit(const ProposalDigest& digest, std::optional<CommitSeal> seal,
                                            VoteChanges votes, std::vector<BodyHash> dropped) {
  const auto found = pending_.find(digest);
  CHECK(found != pending_.end());
  Pending& block = *found->second;
  CHECK(block.proposal.header.parent == tip_.digest);
  BlockBatch batch;
  batch.header = block.header;
  batch.seal = std::move(seal);
  batch.proposal = block.proposal;
  std::vector<TransactionId> ids;
  for (const SharedBody& body : block.bodies) {
    ids.push_back(body->id);
    batch.bodies.push_back({body->body_hash, body->bytes});
  }
  batch.receipts = std::move(block.receipts);
  batch.event_numbers = std::move(block.event_numbers);
  batch.state = &block.overlay.changes();
  batch.tree = block.tree.get();
  batch.next_epoch = block.next_epoch;
  batch.votes = std::move(votes);
  batch.dropped_bodies = std::move(dropped);
  store_.commit_block(batch);
  tip_ = {block.header.height, digest, block.header_hash, block.header.timestamp_ms};
  epoch_end_ = block.epoch_end;
  if (block.next_epoch) {
    epoch_ = *block.next_epoch;
    epoch_hash_ = epoch_hash_of(epoch_);
    first_floor_ = {tip_.height, tip_.digest};
  }
  for (auto& [other, child] : pending_) {
    if (child->proposal.header.parent != digest) continue;
    child->base.set(store_);
    StateTree::rebase(*child->tree, store_.tree());
  }
  drop_losers(tip_.height);
  return ids;
}

// Of the heights up to the durable one nothing is pending any more; what was built on a loser goes with it.
void Executor::drop_losers(Height height) {
  std::vector<ProposalDigest> losers;
  for (const auto& [digest, pending] : pending_) {
    if (pending->proposal.header.height <= height && digest != tip_.digest) losers.push_back(digest);
  }
  for (const ProposalDigest& digest : losers) drop(digest);
  pending_.erase(tip_.digest);
}

void Executor::drop(const ProposalDigest& digest) {
  std::vector<ProposalDigest> doomed{digest};
  for (std::size_t i = 0; i < doomed.size(); ++i) {
    for (const auto& [other, pending] : pending_) {
      if (pending->proposal.header.parent == doomed[i]) doomed.push_back(other);
    }
  }
  // From the top, because an overlay reads through the one below it.
  for (auto entry = doomed.rbegin(); entry != doomed.rend(); ++entry) pending_.erase(*entry);
}

void Executor::keep_only(const std::function<bool(const ProposalDigest&)>& is_known) {
  std::vector<ProposalDigest> strays;
  for (const auto& [digest, pending] : pending_) {
    if (!is_known(digest)) strays.push_back(digest);
  }
  for (const ProposalDigest& digest : strays) drop(digest);
}

bool Executor::is_known(const PublicKey& key) const {
  using contracts::SenderKind;
  const SenderKind kind = contracts::governance::resolve_sender(store_, key).kind;
  return kind == SenderKind::officer || kind == SenderKind::machine || kind == SenderKind::party ||
         kind == SenderKind::node;
}

std::set<TransactionId> Executor::pending_ids(const ProposalDigest& digest) const {
  std::set<TransactionId> ids;
  for (ProposalDigest at = digest; at != tip_.digest;) {
    const Pending* pending = find(at);
    CHECK(pending != nullptr);
    for (const SharedBody& body : pending->bodies) ids.insert(body->id);
    at = pending->proposal.header.parent;
  }
  return ids;
}

}  // namespace kanhe::node
