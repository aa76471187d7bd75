// Checkers: what must hold in every network, whatever happens to it. They are told of everything that honest nodes do,
// and throw a Violation at the first thing that must not be.
//
//   O1 agreement   of each height every node has the same header (hence the same proposal, receipts and state) and log
//                  root. Does not check the contents of receipts against the state: the header binds both.
//   O2 seals       each stored seal verifies with q signers under the set of its own epoch and names the stored header;
//                  each block is covered by one, the last of an epoch by its own; an epoch has one end and one
//                  successor.
//                  Uses check_seal(): an independent verifier is a program of its own.
//                  In ECDSA each of its signatures has the lower s: a seal has one form.
//   O3 durability  what was final at any node stays where it was, also at a node that comes back from a crash, and a
//                  node comes back with every block that it ever reported: at each start the newest 300 are looked at,
//                  and an eighth of the older ones. Does not check bodies at rest.
//   O4 once        each transaction id has one place on the chain, a good signature, and was not expired; nor is one
//                  recorded that an honest node has said to be expired.
//   O6 votes       of all signed messages that left honest nodes, over all restarts: one Prepare per (epoch, view,
//                  height), one Commit likewise, no vote below an own ViewChange of its epoch, one ViewChange and one
//                  NewView per view, nothing in an epoch without being of its validators.
//                  Does not compare what was signed and did not leave.
//   O7 views       an honest replica aims for a higher view only where another honest one aims for it already, or, by
//                  its own clock, for the next one: no liar makes it jump, and none walks it up.
//   O8 forward     no node's durable height goes back while it runs.
//   O10 blame      an honest node never loses its votes or diverges, and nobody accuses an honest one of contradicting
//                  itself or of another result. Does not check invalid_proposal: clocks may differ.
//   O11 due        no motion is open after a block whose time has reached the motion's end, unless that block has run
//                  as many entries of the queue of what is due as it may.
//   O12 bounds     a node's pool keeps its limit (SimNode looks). Does not check other memory.
//   O13 patience   no honest replica is the first to leave its view within a time-out of the moment when blocks that it
//                  lacks, below a seal that it knows, began to arrive. Does not look further where one became final
//                  and another seal came at the same moment.
//
// Liveness is the simulator's. Owner: the simulator. Thread: one. Memory: all votes and blocks of one run.
#pragma once

#include <map>
#include <set>

#include "node/driver.h"
#include "testnet/sim_genesis.h"
#include "testnet/sim_network.h"

namespace kanhe::testnet {

enum class Verdict : std::uint8_t { good = 0, crash = 10, liveness = 11, correctness = 12 };

// Thrown through everything; the network is of no more use afterwards.
struct Violation {
  Verdict verdict;
  std::string text;
};

class Checkers {
 public:
  Checkers(const Genesis& genesis, std::size_t ends);

  // This identity lies: O6 and O10 do not hold for it.
  void expect_liar(Identity liar, std::set<End> ends) {
    liar_ = liar;
    lying_ends_ = std::move(ends);
  }

  // The liar's only fault is its disk: what it signs may contradict what it has forgotten, but once it has noticed, it
  // signs nothing in that epoch.
  void expect_silence_once_votes_are_lost() { silence_expected_ = true; }

  // Before it leaves; it may never leave.
  void on_signed(Identity signer, const consensus::Message& message) const;
  void on_sent(Identity sender, const consensus::Message& message);
  void on_block(End end, const Store& store, Height height);
  void on_restart(End end, const Store& store);
  void on_expired(End end, const TransactionId& id);
  void on_alarm(Identity at, Epoch epoch, const consensus::Alarm& alarm);
  // O3 and O8 do not hold for this end from before to after that.
  void on_disk_put_back(End end) {
    silent_in_.reset();
    other_disks_.insert(end);
  }
  // `clock`: time was among what the driver has worked on.
  void on_event(End end, const node::Driver& driver, bool clock, Instant now);

  std::optional<TransactionPosition> position(const TransactionId& id) const;
  // The highest block that any node has.
  Height height() const { return Height(blocks_.empty() ? 0 : blocks_.size() - 1); }
  Height height_of(End end) const { return tips_.at(end); }
  std::uint64_t seals_checked() const { return seals_checked_; }
  View view_max() const { return view_max_; }
  // Blocks with at least so many transactions.
  std::size_t blocks_with(std::size_t transactions) const;
  // The newest epoch that any node has reached.
  const EpochConfig& newest_epoch() const { return epochs_.rbegin()->second; }
  // Those whose last block is not above this height.
  std::map<Epoch, EpochConfig> ended_epochs(Height height) const;
  // The header that ended an epoch last; absent in the first one.
  std::optional<Header> newest_epoch_end() const;

 private:
  struct BlockFacts {
    HeaderHash header_hash;
    std::size_t count = 0;
  };
  struct Signed {
    std::map<std::tuple<Epoch, View, Height>, ProposalDigest> prepares;
    std::map<std::tuple<Epoch, View, Height>, Checkpoint> commits;
    std::map<std::pair<Epoch, View>, Hash256> view_changes;
    std::map<std::pair<Epoch, View>, Hash256> new_views;
  };

  // What a replica that is behind has got.
  struct Arrivals {
    std::uint64_t blocks = 0;
    Height finalized;
    std::optional<Instant> since;
    std::optional<Height> ahead;  // where the seal leads that is known
    bool unclear = false;         // maybe another seal since: nothing is said until no seal is ahead
    bool was_changing_view = false;
  };

  bool is_of(Identity identity, Epoch epoch, ValidatorIndex signer) const;
  void learn_epoch(const Store& store, const Header& header);
  void check_target(End end, const node::Driver& driver, bool clock, Instant now);
  void note_arrivals(End end, const node::Driver& driver, Instant now);
  void check_patience(End end, const node::Driver& driver, Instant now) const;
  void check_seal_of(const Store& store, Height height, const Header& header);
  void check_due(const Store& store, const Header& header) const;
  void record_transactions(const Store& store, Height height, const Header& header);
  Genesis genesis_;
  Origin origin_;
  std::map<Epoch, EpochConfig> epochs_;  // each handed over to by a block that all have
  std::map<Epoch, Header> last_headers_;
  std::optional<Identity> liar_;
  bool silence_expected_ = false;        // of the liar, whose only fault is its disk
  std::optional<Epoch> silent_in_;       // it has found its votes lost
  std::set<End> other_disks_;            // whose next start is from another one
  std::vector<Height> tips_;
  std::set<End> lying_ends_;
  std::uint64_t rounds_ = 0;  // of looking at the blocks of one that starts
  std::map<Epoch, std::map<End, View>> said_targets_;  // in ViewChanges, maybe just before the power went
  std::map<Epoch, std::map<End, View>> targets_;  // the highest of each, over all restarts
  std::map<End, Arrivals> arrivals_;
  std::map<Height, BlockFacts> blocks_;
  std::map<Height, LogRoot> log_roots_;
  std::map<TransactionId, TransactionPosition> transactions_;
  std::set<TransactionId> said_expired_;
  std::map<Identity, Signed> signed_;
  std::uint64_t seals_checked_ = 0;
  View view_max_;
};

}  // namespace kanhe::testnet
