#include "testnet/checkers.h"

#include "contracts/motion.h"
#include "ledger/codec.h"

namespace kanhe::testnet {
namespace {

constexpr std::uint64_t restart_blocks = 300;  // the newest, each looked at whenever a node starts
constexpr std::uint64_t restart_part = 8;      // of the older ones

template <class... Parts>
[[noreturn]] void violated(const Parts&... parts) {
  throw Violation{Verdict::correctness, fail(ErrorCode::conflict, parts...).text};
}

std::string name_of(End end) { return "node " + std::to_string(end); }

std::string_view name_of(consensus::AlarmKind kind) {
  switch (kind) {
    case consensus::AlarmKind::conflicting_votes: return "conflicting_votes";
    case consensus::AlarmKind::odd_result: return "odd_result";
    case consensus::AlarmKind::diverged: return "diverged";
    case consensus::AlarmKind::lost_votes: return "lost_votes";
    case consensus::AlarmKind::invalid_proposal: return "invalid_proposal";
  }
  CHECK(false);
}

}  // namespace

Checkers::Checkers(const Genesis& genesis, std::size_t ends)
    : genesis_(genesis), origin_(origin_of(genesis)), tips_(ends) {
  epochs_.emplace(Epoch(0), first_epoch_of(genesis));
}

// ---------------------------------------------------------------------------------------------------------------------
// O6

// A vote is handed out once its record is on disk: so the moment of signing is compared with the ViewChanges that left,
// and a vote that is sent again later is no new one.
void Checkers::on_signed(Identity signer, const consensus::Message& message) const {
  if (signer == liar_ && silence_expected_ && silent_in_ == consensus::epoch_of(message)) {
    violated("O6: a validator that has found its votes lost signs in epoch ", to_string(*silent_in_));
  }
  const auto known = signed_.find(signer);
  if (signer == liar_ || known == signed_.end() || known->second.view_changes.empty()) return;
  const Epoch epoch = consensus::epoch_of(message);
  const auto above = known->second.view_changes.lower_bound({epoch + 1, View(0)});
  if (above == known->second.view_changes.begin() || std::prev(above)->first.first != epoch) return;
  const View promised = std::prev(above)->first.second;
  std::optional<View> view;
  std::visit([&view]<class T>(const T& inner) {
    if constexpr (std::same_as<T, consensus::PrePrepare>) view = inner.prepare.statement.view;
    if constexpr (std::same_as<T, consensus::Prepare>) view = inner.statement.view;
    if constexpr (std::same_as<T, consensus::Commit>) view = inner.checkpoint.view;
    if constexpr (std::same_as<T, consensus::NewView>) view = inner.view;
  }, message);
  if (!view || *view >= promised) return;
  violated("O6: validator ", std::to_string(signer), " signs in view ", to_string(*view), " after its ViewChange for ",
           to_string(promised));
}

// Only what the sender signed itself: nodes also pass on what others signed.
void Checkers::on_sent(Identity sender, const consensus::Message& message) {
  if (sender == liar_) return;
  const Epoch epoch = consensus::epoch_of(message);
  Signed& known = signed_[sender];
  const auto one = [&](auto& place, const auto& key, const auto& value, std::string_view kind, View view) {
    const auto [entry, added] = place.emplace(key, value);
    if (!added && entry->second != value) {
      violated("O6: validator ", std::to_string(sender), " sent two different ", kind, " in view ", to_string(view));
    }
    view_max_ = std::max(view_max_, view);
  };
  const auto prepare = [&](const consensus::Prepare& vote) {
    if (!is_of(sender, epoch, vote.signer)) return;
    const auto& said = vote.statement;
    one(known.prepares, std::tuple(epoch, said.view, said.height), said.digest, "Prepares", said.view);
  };
  std::visit([&]<class T>(const T& inner) {
    if constexpr (std::same_as<T, consensus::PrePrepare>) {
      prepare(inner.prepare);
    } else if constexpr (std::same_as<T, consensus::Prepare>) {
      prepare(inner);
    } else if constexpr (std::same_as<T, consensus::Commit>) {
      if (!is_of(sender, epoch, inner.signer)) return;
      const Checkpoint& said = inner.checkpoint;
      one(known.commits, std::tuple(epoch, said.view, said.height), said, "Commits", said.view);
    } else if constexpr (std::same_as<T, consensus::ViewChange>) {
      if (!is_of(sender, epoch, inner.signer)) return;
      one(known.view_changes, std::pair(epoch, inner.new_view), sha256(encode(message)), "ViewChanges", inner.new_view);
      View& said = said_targets_[epoch][sender];
      said = std::max(said, inner.new_view);
    } else if constexpr (std::same_as<T, consensus::NewView>) {
      if (!is_of(sender, epoch, inner.signer)) return;
      one(known.new_views, std::pair(epoch, inner.view), sha256(encode(message)), "NewViews", inner.view);
    }
  }, message);
}

// Whether the signer of an epoch's message is this identity. Of an epoch that no node has reached there is no message.
bool Checkers::is_of(Identity identity, Epoch epoch, ValidatorIndex signer) const {
  const auto known = epochs_.find(epoch);
  if (known == epochs_.end()) violated("O6: a message of epoch ", to_string(epoch), ", which has not begun");
  if (signer.value() >= known->second.n()) violated("O6: a signer beyond the validators of its epoch");
  return known->second.validators[signer.value()].department == sim_department(identity);
}

// ---------------------------------------------------------------------------------------------------------------------
// O1, O2, O4

void Checkers::learn_epoch(const Store& store, const Header& header) {
  if (header.validators_hash != epoch_hash_of(epochs_.at(header.epoch))) {
    violated("O2: block ", to_string(header.height), " names other validators than its epoch has");
  }
  const auto last = last_headers_.find(header.epoch);
  if (last != last_headers_.end() && header.height > last->second.height) {
    violated("O2: block ", to_string(header.height), " of epoch ", to_string(header.epoch), " lies above its end");
  }
  if (header.next_validators_hash == header.validators_hash) return;
  const auto next = store.epoch_config(header.epoch + 1);
  if (!next || epoch_hash_of(*next) != header.next_validators_hash) violated("O2: another epoch than announced");
  if (!store.seal(header.height)) violated("O2: the last block of epoch ", to_string(header.epoch), " has no seal");
  if (epochs_.emplace(header.epoch + 1, *next).first->second != *next) violated("O1: an epoch has two successors");
  last_headers_.emplace(header.epoch, header);
}

void Checkers::on_block(End end, const Store& store, Height height) {
  if (height != tips_[end] + 1) violated("O8: ", name_of(end), " wrote block ", to_string(height), " above ",
                                         to_string(tips_[end]));
  tips_[end] = height;
  const auto header = store.header(height);
  if (!header) violated("O3: ", name_of(end), " lacks the header of ", to_string(height));
  if (height == Height(1)) {
    const HeaderHash founded = hash_of(*store.header(Height(0)));
    if (blocks_.emplace(Height(0), BlockFacts{founded, 0}).first->second.header_hash != founded) {
      violated("O1: ", name_of(end), " has another genesis block");
    }
  }
  const HeaderHash hash = hash_of(*header);
  const auto [block, added] = blocks_.emplace(height, BlockFacts{hash, 0});
  if (block->second.header_hash != hash) {
    violated("O1: ", name_of(end), " has another block at height ", to_string(height));
  }
  learn_epoch(store, *header);
  check_seal_of(store, height, *header);
  const LogRoot log_root = store.history().root();
  if (log_roots_.emplace(height, log_root).first->second != log_root) {
    violated("O1: ", name_of(end), " has another history at height ", to_string(height));
  }
  if (!added) return;
  record_transactions(store, height, *header);
  check_due(store, *header);
}

// Reads all motions: whether the queue's order is right must not matter here.
void Checkers::check_due(const Store& store, const Header& header) const {
  using contracts::motion::motions;
  const auto receipts = store.receipts(header.height);
  if (receipts.front().events.size() >= epochs_.at(header.epoch).parameters.due_entries_max.value()) return;
  const Bytes prefix = state_key(motions.id, {});
  for (auto entry = store.next(prefix, prefix); entry;) {
    const auto motion = motions.read(entry->value);
    if (motion.state == contracts::motion::State::open && motion.closes_ms <= header.timestamp_ms) {
      violated("O11: a motion is open after block ", to_string(header.height), ", though it ended at ",
               to_string(motion.closes_ms));
    }
    entry->key.push_back(0);  // the next key above it
    entry = store.next(entry->key, prefix);
  }
}

void Checkers::check_seal_of(const Store& store, Height height, const Header& header) {
  const auto seal = store.seal(height);
  if (!seal) return;
  ++seals_checked_;
  if (auto checked = check_seal(genesis_.suite.signature, origin_, epochs_.at(header.epoch), *seal); !checked) {
    violated("O2: the seal of height ", to_string(height), ": ", checked.error().text);
  }
  constexpr std::array<Byte, 4> half_order{0x7f, 0xff, 0xff, 0xff};
  for (const SealSignature& vote : seal->signatures) {
    const auto s = ByteView(vote.signature.array()).last(32);
    const bool is_low = std::ranges::lexicographical_compare(s.first(4), half_order);
    if (genesis_.suite.signature == SignatureScheme::ecdsa_secp256k1 && !is_low && s[0] > half_order[0]) {
      violated("O2: the seal of height ", to_string(height), " holds a signature with the higher s");
    }
  }
  const Checkpoint& said = seal->checkpoint;
  if (said.height != height || said.header_hash != hash_of(header) || said.proposal_digest != header.proposal_digest ||
      said.log_root != store.history().root()) {
    violated("O2: the seal stored at height ", to_string(height), " is another block's");
  }
}

void Checkers::record_transactions(const Store& store, Height height, const Header& header) {
  const auto proposal = store.proposal(height);
  if (!proposal) violated("O3: no proposal at height ", to_string(height));
  blocks_.at(height).count = proposal->bodies.size();
  if (store.receipts(height).size() != proposal->bodies.size() + 1) violated("O1: receipts of ", to_string(height));
  for (std::uint32_t i = 0; i < proposal->bodies.size(); ++i) {
    const auto bytes = store.body(height, i);
    if (!bytes) violated("O3: no body ", std::to_string(i), " at height ", to_string(height));
    const auto body = read_body(*bytes);
    if (!body || body->body_hash != proposal->bodies[i]) violated("O4: another body at height ", to_string(height));
    if (!verify_signature(genesis_.suite.signature, *body)) violated("O4: a bad signature at ", to_string(height));
    if (body->transaction.valid_until_ms <= header.timestamp_ms) violated("O4: expired at height ", to_string(height));
    if (said_expired_.contains(body->id)) violated("O4: ", body->id.hex(), " stands, but was said to be expired");
    const TransactionPosition position{height, i};
    if (!transactions_.emplace(body->id, position).second) {
      violated("O4: transaction ", body->id.hex(), " stands a second time, at height ", to_string(height));
    }
    if (store.find_transaction(body->id) != position) violated("O3: the index of ", body->id.hex());
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// O3, O8, O10

void Checkers::on_restart(End end, const Store& store) {
  arrivals_.erase(end);
  const auto tip = store.tip();
  if (other_disks_.erase(end) > 0) {
    tips_[end] = tip ? tip->height : Height(0);
  }
  if (!tip && tips_[end] == Height(0)) return;  // a disk on which nothing was ever written
  const Height height = tip ? tip->height : Height(0);
  if (height < tips_[end]) {
    violated("O3: ", name_of(end), " came back with height ", to_string(height), ", had ", to_string(tips_[end]));
  }
  // A block may have become durable in the moment of the crash, before anyone was told.
  if (tips_[end] + 1 == height) on_block(end, store, height);
  if (height != tips_[end]) violated("O8: ", name_of(end), " came back with height ", to_string(height));
  const auto is_looked_at = [&](Height at) {
    return at + restart_blocks >= height || at.value() % restart_part == rounds_ % restart_part;
  };
  ++rounds_;
  for (const auto& [at, block] : blocks_) {
    if (at > height) break;
    if (!is_looked_at(at)) continue;
    const auto header = store.header(at);
    if (!header || hash_of(*header) != block.header_hash) {
      violated("O3: ", name_of(end), " came back with another block at height ", to_string(at));
    }
  }
  for (const auto& [id, position] : transactions_) {
    if (position.height <= height && !is_looked_at(position.height)) continue;
    const bool expected = position.height <= height;
    const auto found = store.find_transaction(id);
    if (found.has_value() != expected || (found && *found != position)) {
      violated("O3: ", name_of(end), " came back with another place of ", id.hex());
    }
  }
}

void Checkers::on_expired(End end, const TransactionId& id) {
  if (lying_ends_.contains(end)) return;
  if (transactions_.contains(id)) violated("O4: ", name_of(end), " says that ", id.hex(), " is expired, but it stands");
  said_expired_.insert(id);
}

std::optional<TransactionPosition> Checkers::position(const TransactionId& id) const {
  const auto found = transactions_.find(id);
  return found == transactions_.end() ? std::nullopt : std::optional(found->second);
}

std::map<Epoch, EpochConfig> Checkers::ended_epochs(Height height) const {
  std::map<Epoch, EpochConfig> ended;
  for (const auto& [epoch, last] : last_headers_) {
    if (last.height <= height) ended.emplace(epoch, epochs_.at(epoch));
  }
  return ended;
}

std::optional<Header> Checkers::newest_epoch_end() const {
  return last_headers_.empty() ? std::nullopt : std::optional(last_headers_.rbegin()->second);
}

std::size_t Checkers::blocks_with(std::size_t transactions) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      blocks_, [transactions](const auto& entry) { return entry.second.count >= transactions; }));
}

void Checkers::on_alarm(Identity at, Epoch epoch, const consensus::Alarm& alarm) {
  using enum consensus::AlarmKind;
  if (at == liar_) {
    if (alarm.kind == lost_votes) silent_in_ = epoch;
    return;
  }
  const bool own_fault = alarm.kind == diverged || alarm.kind == lost_votes;
  const bool accuses = alarm.kind == conflicting_votes || alarm.kind == odd_result;
  const bool liar_accused = alarm.accused && liar_ && is_of(*liar_, epoch, *alarm.accused);
  if (own_fault || (accuses && !liar_accused)) {
    violated("O10: validator ", std::to_string(at), " raises ", name_of(alarm.kind), " at height ",
             to_string(alarm.height));
  }
}

// O7. The highest of all honest ones, this one's own former target among them: a restart forgets none.
void Checkers::check_target(End end, const node::Driver& driver, bool clock, Instant now) {
  if (lying_ends_.contains(end)) return;
  auto& targets = targets_[driver.scheme().config.epoch];
  const View target = driver.replica().target();
  const auto known = targets.find(end);
  if (known != targets.end() && target <= known->second) return;
  View highest(0);
  for (const auto& [other, aimed] : targets) highest = std::max(highest, aimed);
  // What another one said is known before it has told that it aims there, where its power went in between.
  for (const auto& [other, said] : said_targets_[driver.scheme().config.epoch]) {
    if (other != end) highest = std::max(highest, said);
  }
  const View own = known == targets.end() ? View(0) : known->second;
  const View allowed = clock ? std::max(highest, own + 1) : highest;
  if (target > allowed) {
    violated("O7: ", name_of(end), " aims for view ", to_string(target), ", the other honest ones at most for ",
             to_string(highest));
  }
  targets[end] = target;
  if (target > highest) check_patience(end, driver, now);
}

// O13. It left its view, as the first.
void Checkers::check_patience(End end, const node::Driver& driver, Instant now) const {
  const Arrivals& arrivals = arrivals_.at(end);
  const Duration patience(driver.scheme().config.parameters.timeout_ms.value());
  if (!arrivals.was_changing_view && arrivals.since && now < *arrivals.since + patience) {
    violated("O13: ", name_of(end), " leaves its view while the blocks that it lacks arrive");
  }
}

void Checkers::note_arrivals(End end, const node::Driver& driver, Instant now) {
  Arrivals& arrivals = arrivals_[end];
  const std::uint64_t before = std::exchange(arrivals.blocks, driver.sync().blocks_executed());
  const Height finalized = driver.replica().finalized();
  const bool progress = std::exchange(arrivals.finalized, finalized) < finalized;
  std::optional<Height> ahead;
  if (const auto& seal = driver.replica().seal_ahead()) ahead = seal->checkpoint.height;
  const bool other_seal = std::exchange(arrivals.ahead, ahead) != ahead;
  if (!ahead) {
    arrivals.since.reset();
    arrivals.unclear = false;
  } else if (progress && other_seal) {
    arrivals.since.reset();
    arrivals.unclear = true;
  } else if (arrivals.blocks > before && !arrivals.since && !arrivals.unclear) {
    arrivals.since = now;
  }
}

void Checkers::on_event(End end, const node::Driver& driver, bool clock, Instant now) {
  note_arrivals(end, driver, now);
  check_target(end, driver, clock, now);
  arrivals_.at(end).was_changing_view = driver.replica().target() > driver.replica().view();
  const Height height = driver.executor().tip().height;
  if (height != tips_[end]) {
    violated("O8: ", name_of(end), " is at height ", to_string(height), ", reported ", to_string(tips_[end]));
  }
}

}  // namespace kanhe::testnet
