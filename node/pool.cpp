#include "node/pool.h"

namespace kanhe::node {
namespace {

// Of every batch, one part in four is reserved for what peers forwarded.
constexpr std::size_t forwarded_share = 4;
// For the oldest that an honest primary could propose no more than so many are looked at: what is in front of it ends
// or comes into its time within twice the tolerance of clocks.
constexpr std::size_t looked_at_max = 1'000;

}  // namespace

Pool::Pool(const ChainId& chain, const Parameters& parameters, PoolLimits limits, IsRecorded is_recorded,
           IsKnown is_known)
    : chain_(chain),
      parameters_(parameters),
      limits_(limits),
      is_recorded_(std::move(is_recorded)),
      is_known_(std::move(is_known)) {}

Result<void> Pool::admit(SharedBody body, Source source, PeerId from, consensus::Now now) {
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
  const PublicKey place = place_of(transaction.sender);
  TRY(check_limits(*body, place, source, from));
  const std::uint64_t sequence = ++sequence_;
  const bool reserved = source == Source::forwarded;
  Waiting& entry =
      waiting_.emplace(body->id, Waiting{body, now.monotonic, sequence, place, from, reserved}).first->second;
  count(entry, 1);
  lapsed_.erase({transaction.valid_until_ms, body->id});
  by_hash_.emplace(body->body_hash, &entry);
  senders_[place].emplace(sequence, &entry);
  arrivals_.emplace(sequence, &entry);
  ends_.emplace(transaction.valid_until_ms, sequence);
  if (source == Source::forwarded) forwarded_.insert(sequence);
  if (source == Source::client) {
    entry.passed_on = now.monotonic;
  } else {
    not_passed_on_.insert(sequence);
  }
  if (under_way_.contains(body->id)) count_under_way(entry);
  return {};
}

// Who waits already was known when it came: only a sender's first costs a look into the ledger.
PublicKey Pool::place_of(const PublicKey& sender) const {
  return senders_.contains(sender) || is_known_(sender) ? sender : PublicKey{};
}

// Clients are turned away first, so that what other nodes admitted still finds room here; the last tenth is for what is
// forwarded, whoever sent it first.
Result<void> Pool::check_limits(const TransactionBody& body, const PublicKey& place, Source source,
                                PeerId from) const {
  const bool reserved = source == Source::forwarded;
  const std::size_t tenths = reserved ? 1 : source == Source::client ? 8 : 9;
  const Room& room = reserved ? reserve_ : general_;
  const auto held = room.of.find(from);
  const Share own = held == room.of.end() ? Share{} : held->second;
  const auto fits = [](std::size_t most, std::size_t all, std::size_t mine, std::size_t more) {
    return all + more <= most && (mine == 0 || mine + more <= most - all);
  };
  if (!fits(limits_.count_max * tenths / 10, room.all.count, own.count, 1)) {
    return fail(ErrorCode::busy, "the pool holds ", waiting_.size(), " transactions; retry after a second");
  }
  if (!fits(limits_.bytes_max / 10 * tenths, room.all.bytes, own.bytes, body.bytes.size())) {
    return fail(ErrorCode::busy, "the pool holds ", bytes(), " bytes; retry after a second");
  }
  const auto brought = brought_.find({place, from});
  if (!reserved && brought != brought_.end() && brought->second >= limits_.sender_count_max) {
    return fail(ErrorCode::busy, place == PublicKey{} ? "unknown senders have " : "this sender has ",
                brought->second, " transactions waiting, at most ", limits_.sender_count_max,
                "; retry after a second");
  }
  return {};
}

void Pool::count(const Waiting& entry, std::ptrdiff_t sign) {
  Room& room = room_of(entry);
  const auto place = room.of.try_emplace(entry.from).first;
  for (Share* share : {&room.all, &place->second}) {
    share->count += static_cast<std::size_t>(sign);
    share->bytes += static_cast<std::size_t>(sign) * entry.body->bytes.size();
  }
  if (place->second.count == 0) room.of.erase(place);
  const auto brought = brought_.try_emplace({entry.place, entry.from}).first;
  brought->second += static_cast<std::size_t>(sign);
  if (brought->second == 0) brought_.erase(brought);
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

std::size_t Pool::lapse(Timestamp now) {
  std::size_t count = 0;
  for (; !ends_.empty() && ends_.begin()->first <= now; ++count) {
    const auto [until, sequence] = *ends_.begin();
    const TransactionId id = arrivals_.at(sequence)->body->id;
    remove(id);
    lapsed_.emplace(until, id);
    if (lapsed_.size() > limits_.count_max) lapsed_.erase(lapsed_.begin());
  }
  return count;
}

std::vector<TransactionId> Pool::expire(Timestamp block_time) {
  lapse(block_time);
  std::vector<TransactionId> expired;
  while (!lapsed_.empty() && lapsed_.begin()->first <= block_time) {
    const TransactionId id = lapsed_.extract(lapsed_.begin()).value().second;
    if (!is_recorded_(id)) expired.push_back(id);
  }
  return expired;
}

void Pool::remove(const TransactionId& id) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return;
  const Waiting& entry = found->second;
  count(entry, -1);
  if (entry.under_way == under_way_round_) --under_way_count_;
  by_hash_.erase(entry.body->body_hash);
  ends_.erase({entry.body->transaction.valid_until_ms, entry.sequence});
  arrivals_.erase(entry.sequence);
  forwarded_.erase(entry.sequence);
  not_passed_on_.erase(entry.sequence);
  const auto sender = senders_.find(entry.place);
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
  proposed_up_to_ = 0;
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

bool Pool::could_be_proposed(const Waiting& entry, Timestamp now) const {
  const std::uint64_t tolerance = parameters_.clock_tolerance_ms.value();
  const Timestamp until = entry.body->transaction.valid_until_ms;
  const Timestamp latest = now + std::uint64_t{parameters_.validity_window_ms.value()};
  return now + tolerance < until && until + tolerance <= latest;
}

// The oldest of a sender with k transactions before it in its own queue has, in turns among s queues, some k × s ahead
// of it. The first to arrive of all that could be proposed has none in its queue, so its patience ends first.
consensus::PoolChanged Pool::waiting(Timestamp now) {
  consensus::PoolChanged changed;
  changed.count = proposable();
  std::size_t looked_at = 0;
  for (const auto& [sequence, entry] : arrivals_) {
    if (++looked_at > looked_at_max) break;
    if (!could_be_proposed(*entry, now)) continue;
    changed.oldest = consensus::PoolChanged::Waiting{entry->arrival, senders_.size()};
    break;
  }
  changed.unproposed = first_unproposed(now);
  return changed;
}

std::optional<Instant> Pool::first_unproposed(Timestamp now) {
  std::size_t looked_at = 0;
  for (auto at = arrivals_.lower_bound(proposed_up_to_); at != arrivals_.end(); ++at) {
    const Waiting& entry = *at->second;
    if (entry.under_way == under_way_round_) {
      if (looked_at == 0) proposed_up_to_ = at->first + 1;
      continue;
    }
    if (entry.passed_on && could_be_proposed(entry, now)) return entry.passed_on;
    if (++looked_at > looked_at_max) break;
  }
  return std::nullopt;
}

std::vector<SharedBody> Pool::pass_on(Instant now, Duration waited, std::size_t count_max,
                                      std::size_t bytes_max) {
  std::vector<SharedBody> bodies;
  std::size_t looked_at = 0;
  std::size_t bytes = 0;
  for (auto at = not_passed_on_.begin(); at != not_passed_on_.end();) {
    if (bodies.size() == count_max || bytes >= bytes_max) break;
    const SharedBody& body = arrivals_.at(*at)->body;
    Waiting& entry = waiting_.at(body->id);
    if (now < entry.arrival + waited || ++looked_at > looked_at_max) break;
    if (entry.under_way == under_way_round_) {
      ++at;
      continue;
    }
    entry.passed_on = now;
    bytes += body->bytes.size();
    bodies.push_back(body);
    at = not_passed_on_.erase(at);
  }
  return bodies;
}

void Pool::enter_view() {
  for (auto& [id, entry] : waiting_) {
    entry.passed_on.reset();
    not_passed_on_.insert(entry.sequence);
  }
}

}  // namespace kanhe::node
