// Pool: transactions that wait to be proposed, and the bodies that proposals in flight need.
//
// Fair shares. Each sender that the ledger knows has a queue, and all that it does not know share one, since whoever
// likes can make keys; a batch takes one from each queue in turn, so that a flood by one costs the others nothing. What
// peers forwarded (their oldest, before they complain) has a reserved quarter of every batch, oldest first, and a
// reserved tenth of the pool. Where a transaction comes from, the own endpoint or a peer, counts too: nobody may hold
// more than what is still free, so that however many flood it, who comes next finds as much room as each of them
// holds (Choudhury & Hahne, "Dynamic queue length thresholds", 1998). Admission stops with `busy` while there is still
// room for what is under way: overload must never look like a faulty primary.
//
// Who watches the primary's pace must know that it has what he misses; else a liar who shows a transaction to one node
// alone makes that node complain of honest primaries. So only what this node itself has sent to the primary counts as
// unproposed: what its own clients brought went to all at once; what came from peers is *passed on* when it has waited,
// and counts from then. In a new view all of it is to be passed on anew. The limit of a queue counts for each origin by
// itself, so that nobody can make the primary turn away what another node passes on.
//
// A transaction leaves when it is recorded, or when by the own clock no primary would propose it any more. That is not
// yet the end of it: it may stand in a proposal already, and clocks differ. Only when a durable block's time has
// reached valid_until_ms, nothing can record it, and it is said to be expired. "Admitted" is never called final.
//
// Owner: the driver's thread. Thread: one. Units: Instants in ns, Timestamps in ms, sizes in bytes.
// Limits: count_max, bytes_max, sender_count_max for one sender through one origin; of those that left by the clock
// count_max ids.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "consensus/replica.h"
#include "ledger/transaction.h"
#include "node/wire.h"

namespace kanhe::node {

struct PoolLimits {
  std::size_t count_max = 20'000;
  std::size_t bytes_max = 64 * 1024 * 1024;
  std::size_t sender_count_max = 2'000;
};

using SharedBody = std::shared_ptr<const TransactionBody>;

// The ids of proposals, one table for each, shared with whoever made them: a chain of proposals is looked through,
// never copied together.
using IdTable = std::unordered_set<TransactionId, LastBytesHash>;
class IdTables {
 public:
  void add(std::shared_ptr<const IdTable> table) { tables_.push_back(std::move(table)); }
  bool contains(const TransactionId& id) const {
    return std::ranges::any_of(tables_, [&id](const auto& table) { return table->contains(id); });
  }
  const std::vector<std::shared_ptr<const IdTable>>& tables() const { return tables_; }

 private:
  std::vector<std::shared_ptr<const IdTable>> tables_;
};

enum class Source : std::uint8_t { client, gossip, forwarded };

class Pool {
 public:
  // Answers whether an id is recorded in a durable block.
  using IsRecorded = std::function<bool(const TransactionId&)>;
  // Answers whether a key is registered for somebody.
  using IsKnown = std::function<bool(const PublicKey&)>;

  Pool(const ChainId& chain, const Parameters& parameters, PoolLimits limits, IsRecorded is_recorded,
       IsKnown is_known);

  // From the next epoch on. What waits stays, whatever its limits were.
  void enter(const Parameters& parameters) { parameters_ = parameters; }

  // Takes in a transaction whose signature was verified. `from` is the peer that brought it, or this node. Errors:
  // unsupported (another chain), out_of_range (valid_until_ms past, or beyond the validity window), duplicate (waiting
  // or recorded), busy (limits).
  Result<void> admit(SharedBody body, Source source, PeerId from, consensus::Now now);

  // By body hash: waiting, or kept for a proposal in flight.
  SharedBody find(const BodyHash& hash) const;
  // Keeps bodies that a proposal needs, whatever the limits; until forget_up_to() its height.
  void keep(Height height, const SharedBody& body);

  // What an honest primary would take now: in fair order, not in `excluded` (ids of the proposals below), not expired
  // at `time`, at most as many and as large as the parameters allow.
  std::vector<SharedBody> batch(const IdTables& excluded, Timestamp time) const;

  // Drops what a durable block recorded, and kept bodies up to its height.
  void on_recorded(Height height, const std::vector<TransactionId>& ids);
  // Takes out what ends by the own clock. Returns how many.
  std::size_t lapse(Timestamp now);
  // What nothing can record any more, since a durable block has this time. Returns their ids.
  std::vector<TransactionId> expire(Timestamp block_time);

  // The oldest waiting transactions, for forwarding; at most `count`.
  std::vector<SharedBody> oldest(std::size_t count) const;
  // What stands in proposals under way: it waits, but nobody could propose it again now.
  void set_under_way(IdTables ids);
  // How many could be proposed above what is under way.
  std::size_t proposable() const { return waiting_.size() - under_way_count_; }
  // For consensus: that, whose patience ends first, and since when the first waits that is not under way although the
  // primary has it from here. Nobody is complained of for what an honest primary could not propose because its clock
  // differs by the tolerance.
  consensus::PoolChanged waiting(Timestamp now);

  // What has waited so long, is not under way and was not sent to the primary from here in this view: from now on it
  // was. The last one goes over bytes_max.
  std::vector<SharedBody> pass_on(Instant now, Duration waited, std::size_t count_max, std::size_t bytes_max);
  bool has_to_pass_on() const { return !not_passed_on_.empty(); }
  // There is another primary, who has nothing from here yet.
  void enter_view();

  std::size_t count() const { return waiting_.size(); }
  std::size_t bytes() const { return general_.all.bytes + reserve_.all.bytes; }
  bool contains(const TransactionId& id) const { return waiting_.contains(id); }

 private:
  // What is held in common or of one origin.
  struct Share {
    std::size_t count = 0;
    std::size_t bytes = 0;
  };
  // Of the general room, or of the reserve for what was forwarded.
  struct Room {
    Share all;
    std::map<PeerId, Share> of;
  };
  struct Waiting {
    SharedBody body;
    Instant arrival;
    std::uint64_t sequence = 0;
    PublicKey place;              // its sender; all zero, where the ledger does not know that
    PeerId from;
    bool reserved = false;        // counts in the reserve
    std::uint64_t under_way = 0;  // the under_way_round_ in which it was counted
    std::optional<Instant> passed_on = {};  // in this view
  };
  struct Kept {
    SharedBody body;
    Height until;
  };
  using Queue = std::map<std::uint64_t, const Waiting*>;  // by sequence, that is by arrival

  PublicKey place_of(const PublicKey& sender) const;
  Result<void> check_limits(const TransactionBody& body, const PublicKey& place, Source source, PeerId from) const;
  Room& room_of(const Waiting& entry) { return entry.reserved ? reserve_ : general_; }
  void count(const Waiting& entry, std::ptrdiff_t sign);
  bool could_be_proposed(const Waiting& entry, Timestamp now) const;
  std::optional<Instant> first_unproposed(Timestamp now);
  void remove(const TransactionId& id);
  void count_under_way(Waiting& entry);
  bool fits(const Waiting& entry, const IdTables& excluded, Timestamp time) const;

  ChainId chain_;
  Parameters parameters_;
  PoolLimits limits_;
  IsRecorded is_recorded_;
  IsKnown is_known_;
  // Nothing depends on the order within the two tables by hash; whatever has an order is a map or set.
  std::unordered_map<TransactionId, Waiting, LastBytesHash> waiting_;
  std::unordered_map<BodyHash, const Waiting*, LastBytesHash> by_hash_;
  std::map<PublicKey, Queue> senders_;                               // by place
  Queue arrivals_;
  std::map<std::pair<PublicKey, PeerId>, std::size_t> brought_;      // how many of a place by whom
  std::set<std::uint64_t> forwarded_;                                // sequences
  std::set<std::uint64_t> not_passed_on_;                            // likewise
  std::set<std::pair<Timestamp, std::uint64_t>> ends_;               // valid_until_ms, sequence
  std::set<std::pair<Timestamp, TransactionId>> lapsed_;             // left by the clock, maybe to be recorded yet
  std::unordered_map<BodyHash, Kept, LastBytesHash> kept_;
  std::map<Height, std::vector<BodyHash>> kept_until_;
  IdTables under_way_;
  std::uint64_t under_way_round_ = 1;
  std::size_t under_way_count_ = 0;
  std::uint64_t proposed_up_to_ = 0;  // of the sequences below this one, all that wait are under way
  std::uint64_t sequence_ = 0;
  Room general_;
  Room reserve_;
};

}  // namespace kanhe::node
