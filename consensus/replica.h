// Replica: PBFT for one epoch, as a pure state machine. No socket, disk, clock, key, randomness or thread.
//
// A driver feeds it Inputs with step() and, after a batch of them, takes one Output and carries it out in this order:
//   1. start `execute` and `fetch`, answer `want_batch` when the pool can       (answers come back as Inputs)
//   2. sign `votes`; write them with `records` and the bodies of own Prepares in one synced batch
//   3. send the votes to all, `messages` to whom they name
//   4. step the own votes back in as Received: a replica counts its own vote like anyone's, once it is durable
//   5. `finalize`: write blocks; each comes back as Durable
// A driver that took an Output carries it out whole; when the disk fails, the process stops.
//
// Inputs never fail: what a peer sends is used, or counted in `counters()` by the reason why not. Answers echo their
// tags (heights, digests), so that stale ones drop out by comparison. The same Inputs give the same Outputs: a file of
// (Now, Input) is a complete replay.
//
// Source: Castro & Liskov, "Practical Byzantine Fault Tolerance", OSDI 1999; docs/consensus.md for every rule beyond
// it. Owner: the driver; one Replica per epoch. Thread: one. Units: Now::monotonic in ns, Now::wall in ms. Limits: own
// votes in W slots, others' in 2 W; per peer one ViewChange, one Status answered a period.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <variant>
#include <vector>

#include "consensus/messages.h"
#include "consensus/pace.h"
#include "consensus/slot.h"
#include "consensus/synchroniser.h"

namespace kanhe::consensus {

struct Now {
  Instant monotonic;  // for time-outs
  Timestamp wall;     // for the time of blocks only
};

// ---------------------------------------------------------------------------------------------------------------------
// Inputs

struct Tick {};

struct Received {
  Verified message;
};

// How the pool stands. `oldest` is the waiting transaction whose patience ends first.
struct PoolChanged {
  struct Waiting {
    Instant arrival;
    std::uint64_t ahead = 0;  // transactions before it in the order that an honest primary would take
  };
  std::size_t count = 0;  // transactions that could be proposed now
  std::optional<Waiting> oldest;
  std::optional<Instant> unproposed{};  // arrival of the first that stands in no proposal which is known here
};

// Answers want_batch; echoes its tags. Bodies are here and verified.
struct Batch {
  View view;
  Height height;
  ProposalDigest parent;
  BodyList bodies;
};

// Answers a Fetch: list and every body are here and verified.
struct BodiesReady {
  ProposalDigest digest;
  std::shared_ptr<const Proposal> proposal;
  Freshness freshness = Freshness::acceptable;
};

// Answers Execute.
struct Executed {
  Height height;
  ProposalDigest parent;
  ProposalDigest digest;
  HeaderHash header_hash;
  LogRoot log_root;
};

// A block is on disk, with its state; `epoch_end` is the last height of the epoch where that is decided in it or below.
struct Durable {
  Height height;
  std::optional<Height> epoch_end = {};
};

// Block sync wrote blocks up to a height that a seal covers: they are final, executed and durable.
struct CaughtUp {
  Height height;
  ProposalDigest digest;
  HeaderHash header_hash;
  Timestamp timestamp_ms;
  CommitSeal seal;
  std::optional<Height> epoch_end = {};  // as of Durable
  std::uint64_t transactions = 0;        // in these blocks
};

// Block sync executed blocks up to a height, and the seal that covers them names another result.
struct Diverged {
  Height height;
};

// Block sync received a block that is missing here. While a seal is known that leads further, this is no reason to
// complain, for at most one T. Not without such a seal: a primary that hands out its blocks in this way, one by one,
// would never be complained of.
struct BlocksArriving {};

using Input =
    std::variant<Tick, Received, PoolChanged, Batch, BodiesReady, Executed, Durable, CaughtUp, Diverged,
                 BlocksArriving>;

// ---------------------------------------------------------------------------------------------------------------------
// Outputs

struct Execute {
  Height height;
  ProposalDigest parent;
  ProposalDigest digest;
  std::shared_ptr<const Proposal> proposal;
};

struct Fetch {
  Height height;
  ProposalDigest digest;
  std::shared_ptr<const Proposal> proposal;  // absent: the list is wanted too
  SignerSet holders;
  bool implied = false;                      // of a NewView: no freshness is asked for
};

struct WantBatch {
  View view;
  Height height;
  ProposalDigest parent;
  friend bool operator==(const WantBatch&, const WantBatch&) = default;
};

// A vote without its signature. An own Prepare goes with its proposal, whose bodies are synced in the same batch.
struct Vote {
  Message message;
  std::shared_ptr<const Proposal> proposal;  // Prepare and PrePrepare only
};

struct Send {
  std::optional<ValidatorIndex> to;  // absent: to all
  Message message;                   // signature absent where the replica itself is the signer and it is no vote
  enum class Sign : std::uint8_t { as_it_is, by_driver } sign = Sign::as_it_is;
};

struct Finalize {
  Height height;
  ProposalDigest digest;
  HeaderHash header_hash;
  std::optional<CommitSeal> seal;  // absent: a later block's covers it
};

// This replica lacks blocks below a seal: fetch and execute them, then answer CaughtUp.
struct CatchUp {
  CommitSeal seal;
};

enum class AlarmKind : std::uint8_t {
  conflicting_votes,     // one signer, one view, one height, two digests or two results
  odd_result,            // up to f others signed another result: evidence against them
  diverged,              // f+1 others or a seal have another result: this node votes no more
  lost_votes,            // an own valid signature that is not remembered: this node follows only
  invalid_proposal,      // the primary's proposal breaks a rule
};

struct Alarm {
  AlarmKind kind;
  Height height;
  std::optional<ValidatorIndex> accused;
};

struct Output {
  std::vector<Execute> execute;
  std::vector<Fetch> fetch;
  std::optional<WantBatch> want_batch;
  std::vector<Record> records;
  std::vector<Vote> votes;
  std::vector<Send> messages;
  std::vector<Finalize> finalize;
  std::optional<CatchUp> catch_up;
  bool forward_waiting = false;  // send the oldest waiting transactions to all
  std::vector<Alarm> alarms;

  bool empty() const {
    return execute.empty() && fetch.empty() && !want_batch && records.empty() && votes.empty() && messages.empty() &&
           finalize.empty() && !catch_up && !forward_waiting && alarms.empty();
  }
};

// ---------------------------------------------------------------------------------------------------------------------

// The newest block that is final, executed and durable here.
struct Tip {
  Height height;
  ProposalDigest digest;
  HeaderHash header_hash;
  Timestamp timestamp_ms;
};

struct Config {
  Scheme scheme;
  std::optional<ValidatorIndex> self;  // absent: an observer
  FirstFloor first_floor;              // the last block of the epoch before
  std::uint64_t session = 0;  // any number not used by another process; 0 only where nothing can have been forgotten.
                              // The next epoch of a process is no such case: its disk may be a new one under old keys
  std::optional<Height> epoch_end;     // where it is decided at the tip: nothing is proposed above it
};

// What the store kept: the tip, its seal, and every Record.
struct Remembered {
  Tip tip;
  std::optional<CommitSeal> seal;  // of the tip; absent at the first floor, and where a Sealed record covers it
  std::vector<Record> records;
};

// Why a message or an answer was not used.
enum class Ignored : std::uint8_t { other_view, outside_window, repeated, conflicting, stale, not_now };
inline constexpr std::size_t ignored_count = 6;

class Replica {
 public:
  // Requires: the records are of this epoch; the tip is at or above the first floor.
  Replica(const Config& config, Remembered remembered, Now now);

  void step(Now now, Input input);
  // Everything that came of the steps since the last call.
  Output take_output();
  // step(Tick) no later than this.
  Instant deadline() const;
  void check_invariants() const;

  // For the status page, metrics and tests.
  View view() const { return synchroniser_.view(); }
  View target() const { return synchroniser_.target(); }
  ValidatorIndex primary() const { return config_.scheme.config.primary(view()); }
  const Tip& durable_tip() const { return durable_; }
  Height finalized() const { return finalized_.height; }
  Duration timeout() const { return synchroniser_.timeout(); }
  // The highest known above what is final here.
  const std::optional<CommitSeal>& seal_ahead() const { return seal_ahead_; }
  std::optional<Silence> silence() const { return silence_; }
  bool starting() const { return starting_; }
  const std::map<Height, Slot>& slots() const { return slots_; }
  // Whether the result of executing a proposal is remembered here: who executes may forget all others when a view
  // begins.
  bool is_executed(const ProposalDigest& digest) const { return executions_.contains(digest); }
  const std::array<std::uint64_t, ignored_count>& counters() const { return counters_; }
  std::size_t answers_awaited() const;  // VoteReports still missing before this replica may sign

 private:
  // normal_case.cpp
  void on(const PrePrepare& message);
  void on(const Prepare& message);
  void on(const Commit& message);
  void on(const Batch& input);
  void on(const BodiesReady& input);
  void on(const Executed& input);
  void advance();
  void adopt_sealed_chain();
  void advance(Slot& slot);
  void choose_candidate(Slot& slot);
  void request(Slot& slot);
  bool may_prepare(const Slot& slot) const;
  bool is_fresh_enough(const Slot& slot) const;
  bool is_accepted(Height height) const;
  bool is_near(View other) const;
  void prepare(Slot& slot);
  void collect_proof(Slot& slot);
  void execute(Slot& slot);
  bool may_commit(const Slot& slot) const;
  void commit(Slot& slot);
  void judge_results(Slot& slot);
  void propose();
  bool heartbeat_due() const;
  std::optional<ProposalDigest> parent_of(Height height) const;
  std::optional<Timestamp> parent_time(Height height) const;

  // finality.cpp
  void on(const Sealed& message);
  void on(const Durable& input);
  void on(const CaughtUp& input);
  void on(const Diverged& input) { silence(Silence::diverged, input.height); }
  void learn(const CommitSeal& seal);
  void follow_seal();
  std::vector<Tip> known_chain_to(const Checkpoint& top) const;
  bool is_executed(const std::vector<Tip>& chain) const;
  void finalize(const std::vector<Tip>& chain);
  void note_progress();
  void ask_for_blocks();
  void forget_up_to(Height height);
  void drop_output_up_to(Height height);
  void silence(Silence reason, Height height);
  void note_epoch_end(std::optional<Height> epoch_end);

  // view_change.cpp
  void on(const Verified& verified, const ViewChange& message);
  void on(const Verified& verified, const NewView& message);
  void consider_target(View before);
  void hand_out_view_change();
  void try_new_view();
  void enter(const EnteredView& entered);
  void drop_votes_below(View view);
  void forget_stray_executions();
  Height implied_top() const { return entered_.floor + entered_.implied.size(); }

  // recovery.cpp
  void on(const Status& message);
  void on(const VoteReport& message);
  void finish_starting();
  void restore(const std::vector<Record>& records);
  void restore_vote(const Record& record);
  void send_status();
  void answer_status(const Status& status);
  void resend_votes(const Status& status, const Slot& slot);
  void report_votes(const Status& status);
  void report_from_proof(const Slot& slot, VoteReport& report) const;
  bool remembers(const Prepare& vote) const;
  bool remembers(const Commit& vote) const;
  void tick();
  void consider_complaint();
  void consider_forwarding();
  Instant patience_ends() const;
  Instant forward_due() const;
  bool is_stuck_on_own_work() const;
  std::optional<Instant> complaint_due() const;
  // What is sent to a peer at most once a period, each kind for itself: one must not use up the turn of another.
  enum class Answer : std::uint8_t { missing_votes, vote_report, seal, new_view };
  bool answer_due(ValidatorIndex peer, Answer kind);
  void dispatch(const Verified& verified);

  bool may_vote() const { return config_.self && !starting_ && !silence_ && !synchroniser_.changing_view(); }
  bool is_primary() const { return config_.self == primary(); }
  // Own votes go up to window_end(). Votes of others are kept W further: whoever is durable a moment earlier proposes a
  // moment earlier.
  Height window_end() const;
  Height vote_end() const;
  bool window_has_room() const;
  Slot* slot_for_vote(Height height, std::optional<ValidatorIndex> signer);
  void count(Ignored reason) { ++counters_[static_cast<std::size_t>(reason)]; }
  void send(std::optional<ValidatorIndex> to, Message message);
  void send_signed(std::optional<ValidatorIndex> to, Message message);
  const EpochConfig& epoch() const { return config_.scheme.config; }
  Duration status_period() const;

  Config config_;
  Synchroniser synchroniser_;
  Now now_;
  Output output_;

  Tip durable_;                     // counted from on disk
  Tip finalized_;                   // maybe in memory only
  std::optional<CommitSeal> seal_;  // of finalized_
  std::optional<CommitSeal> seal_ahead_;  // the highest known above finalized_
  Instant seal_ahead_at_;           // when it came, or was last asked for
  std::map<Height, Tip> undurable_;  // finalized, not yet durable
  std::map<Height, Slot> slots_;    // above durable_, at most 2 W
  std::map<ProposalDigest, std::pair<Height, Execution>> executions_;

  EnteredView entered_;
  std::optional<NewView> new_view_;           // that led here, re-sent byte for byte
  std::optional<ViewChange> own_view_change_;  // the last one, signed
  std::map<ValidatorIndex, ViewChange> view_changes_;  // the highest of each
  std::optional<View> view_change_made_;      // handed out for this view
  std::optional<View> new_view_made_;         // as primary: handed out for this view

  std::optional<WantBatch> batch_wanted_;
  PoolChanged pool_;
  Instant entered_at_;
  Instant progress_at_;             // last finalized block, or entry into the view
  std::uint64_t finalized_in_view_ = 0;
  std::optional<Instant> arriving_at_;
  Instant forward_again_at_;        // what waits was sent to all; not again before
  Pace pace_;

  Instant status_at_;               // when the next Status goes out
  Instant complaint_held_until_;    // a complaint was due, but something else explains the wait
  std::map<std::pair<ValidatorIndex, Answer>, Instant> answered_at_;
  bool starting_ = false;
  Height starting_until_;           // the highest final height that a report named: below it votes may be forgotten
  std::set<ValidatorIndex> answers_;
  std::optional<Silence> silence_;
  // Own votes that were handed out, the newest view of each height: a signature of ours that is not here was forgotten.
  std::map<Height, PrepareStatement> own_prepares_;
  std::map<Height, Checkpoint> own_commits_;
  std::array<std::uint64_t, ignored_count> counters_{};
};

}  // namespace kanhe::consensus
