#include "node/pool.h"

namespace kanhe::node {
namespace {

// Of every batch, one part in four is reserved for what peers forwarded.
constexpr std::size_t forwarded_share = 4;

}  // namespace

Pool::Pool(const ChainId& chain, const Parameters& parameters, PoolLimits limits, IsRecorded is_recorded)
    : chain_(chain), parameters_(parameters), limits_(limits), is_recorded_(std::move(is_recorded)) {}

Result<void> Pool::admit(SharedBody body, Source source, consensus::Now now) {
  const Transaction& transaction = body->transaction;
  if (transaction.chain_id != chain_)
    return fail(ErrorCode::unsupported, "chain_id: the transaction is for another chain");
  const Timestamp latest = now.wall + std::uint64_t{parameters_.validity_window_ms.value()};
  if (transaction.valid_until_ms <= now.wall || transaction.valid_until_ms > latest) {
    return fail(ErrorCode::out_of_range, "valid_until_ms: ", transaction.valid_until_ms.value(), ", must be above ",
                now.wall.value(), " and at most ", latest.value());
  }
  const auto known = waiting_.find(body->id);
  if (known != waiting_.end()) {
    // A peer that forwards what waits here too moves it into the reserved share.
    if (source == Source::forwarded) forwarded_.insert(known->second.sequence);
    return fail(ErrorCode::duplicate, "transaction ", body->id.hex(), " is waiting already");
  }
  if (is_recorded_(body->id)) return fail(ErrorCode::duplicate, "transaction ", body->id.hex(), " is recorded already");
  TRY(check_limits(*body, source));
  const std::uint64_t sequence = ++sequence_;
  Waiting& entry = waiting_.emplace(body->id, Waiting{body, now.monotonic, sequence}).first->second;
  bytes_ += body->bytes.size();
  by_hash_.emplace(body->body_hash, &entry);
  senders_[transaction.sender].emplace(sequence, &entry);
  arrivals_.emplace(sequence, &entry);
  ends_.emplace(transaction.valid_until_ms, sequence);
  if (source == Source::forwarded) forwarded_.insert(sequence);
  if (under_way_.contains(body->id)) count_under_way(entry);
  return {};
}

// Clients are turned away first, so that what other nodes admitted still finds room here.
Result<void> Pool::check_limits(const TransactionBody& body, Source source) const {
  const std::size_t tenths = source == Source::client ? 8 : source == Source::gossip ? 9 : 10;
  if (waiting_.size() >= limits_.count_max / 10 * tenths) {
    return fail(ErrorCode::busy, "the pool holds ", waiting_.size(), " transactions; retry after a second");
  }
  if (bytes_ + body.bytes.size() > limits_.bytes_max / 10 * tenths) {
    return fail(ErrorCode::busy, "the pool holds ", bytes_, " bytes; retry after a second");
  }
  const auto sender = senders_.find(body.transaction.sender);
  if (sender != senders_.end() && sender->second.size() >= limits_.sender_count_max) {
    return fail(ErrorCode::busy, "this sender has ", sender->second.size(), " transactions waiting, at most ",
                limits_.sender_count_max, "; retry after a second");
  }
  return {};
}

SharedBody Pool::find(const BodyHash& hash) const {
  const auto waiting = by_hash_.find(hash);
  if (waiting != by_hash_.end()) return waiting->second->body;
  const auto kept = kept_.find(hash);
  return kept == kept_.end() ? nullptr : kept->second.body;
}

void Pool::keep(Height height, const SharedBody& body) {
  const auto [place, added] = kept_.try_emplace(body->body_hash, Kept{body, height});
  if (!added && place->second.until >= height) return;
  place->second.until = height;
  kept_until_[height].push_back(body->body_hash);
}

bool Pool::fits(const Waiting& entry, const IdTables& excluded, Timestamp time) const {
  const Timestamp until = entry.body->transaction.valid_until_ms;
  const Timestamp latest = time + std::uint64_t{parameters_.validity_window_ms.value()};
  return time < until && until <= latest && !excluded.contains(entry.body->id);
}

std::vector<SharedBody> Pool::batch(const IdTables& excluded, Timestamp time) const {
  const std::size_t count_max = parameters_.block_transactions_max.value();
  const std::size_t bytes_max = parameters_.block_bytes_max.value();
  std::vector<SharedBody> taken;
  std::set<std::uint64_t> from_forwarded;
  std::size_t bytes = 0;
  const auto take = [&](const Waiting& entry) {
    if (taken.size() >= count_max || bytes + entry.body->bytes.size() > bytes_max) return;
    if (from_forwarded.contains(entry.sequence) || !fits(entry, excluded, time)) return;
    bytes += entry.body->bytes.size();
    taken.push_back(entry.body);
  };
  for (const std::uint64_t sequence : forwarded_) {
    if (taken.size() * forwarded_share >= count_max) break;
    const std::size_t before = taken.size();
    take(*arrivals_.at(sequence));
    if (taken.size() > before) from_forwarded.insert(sequence);
  }
  std::vector<std::pair<Queue::const_iterator, Queue::const_iterator>> queues;
  for (const auto& [sender, queue] : senders_) queues.emplace_back(queue.begin(), queue.end());
  for (bool more = true; more && taken.size() < count_max && bytes < bytes_max;) {
    more = false;
    for (auto& [next, end] : queues) {
      if (next == end) continue;
      take(*next->second);
      more = ++next != end || more;
    }
  }
  return taken;
}

void Pool::on_recorded(Height height, const std::vector<TransactionId>& ids) {
  for (const TransactionId& id : ids) remove(id);
  const auto end = kept_until_.upper_bound(height);
  for (auto done = kept_until_.begin(); done != end; ++done) {
    for (const BodyHash& hash : done->second) {
      const auto kept = kept_.find(hash);
      if (kept != kept_.end() && kept->second.until <= height) kept_.erase(kept);
    }
  }
  kept_until_.erase(kept_until_.begin(), end);
}

std::vector<TransactionId> Pool::expire(Timestamp time) {
  std::vector<TransactionId> expired;
  while (!ends_.empty() && ends_.begin()->first <= time) {
    expired.push_back(arrivals_.at(ends_.begin()->second)->body->id);
    remove(expired.back());
  }
  return expired;
}

void Pool::remove(const TransactionId& id) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return;
  const Waiting& entry = found->second;
  bytes_ -= entry.body->bytes.size();
  if (entry.under_way == under_way_round_) --under_way_count_;
  by_hash_.erase(entry.body->body_hash);
  ends_.erase({entry.body->transaction.valid_until_ms, entry.sequence});
  arrivals_.erase(entry.sequence);
  forwarded_.erase(entry.sequence);
  const auto sender = senders_.find(entry.body->transaction.sender);
  sender->second.erase(entry.sequence);
  if (sender->second.empty()) senders_.erase(sender);
  waiting_.erase(found);
}

std::vector<SharedBody> Pool::oldest(std::size_t count) const {
  std::vector<SharedBody> bodies;
  for (const auto& [sequence, entry] : arrivals_) {
    if (bodies.size() == count) break;
    bodies.push_back(entry->body);
  }
  return bodies;
}

void Pool::set_under_way(IdTables ids) {
  under_way_ = std::move(ids);
  ++under_way_round_;
  under_way_count_ = 0;
  for (const auto& table : under_way_.tables()) {
    for (const TransactionId& id : *table) {
      const auto found = waiting_.find(id);
      if (found != waiting_.end()) count_under_way(found->second);
    }
  }
}

// Once a round: two proposals for one height may hold the same id.
void Pool::count_under_way(Waiting& entry) {
  if (std::exchange(entry.under_way, under_way_round_) != under_way_round_) ++under_way_count_;
}

// The oldest of a sender with k transactions before it in its own queue has, in turns among s senders, some k × s ahead
// of it. The first to arrive of all has none in its queue, so its patience ends first.
consensus::PoolChanged Pool::waiting() const {
  consensus::PoolChanged changed;
  if (arrivals_.empty()) return changed;
  changed.count = waiting_.size() - under_way_count_;
  const Waiting& first = *arrivals_.begin()->second;
  changed.oldest = consensus::PoolChanged::Waiting{first.arrival, senders_.size()};
  return changed;
}

}  // namespace kanhe::node
