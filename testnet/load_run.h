// Load run: which transaction is sent when, to which node, and what became of it. A plain object that takes time and
// answers as arguments, so that its tests need neither network nor clock.
//
// A transaction counts when a block records it with success and this client has learnt of it; that a node took it in
// counts for nothing. Open loop: jobs begin at their times, whatever the network does, and a latency begins when the
// job was due, so that a network that stalls cannot hide it. Closed loop: so many clients, each begins its next job
// when the last one is done.
//
// A busy node is asked again later; a node that does not answer, or that took a transaction of which nothing is heard
// for patience_ms, makes the client send the same bytes to the next node: the ledger takes an id once.
//
// Owner: the load program. Thread: one. Units: Instants in ns, durations in ms, latencies in µs.
#pragma once

#include <map>
#include <set>
#include <unordered_map>

#include "testnet/load_work.h"

namespace kanhe::testnet {

enum class LoopMode : std::uint8_t { open, closed };

struct LoadPlan {
  LoopMode mode = LoopMode::closed;
  std::uint32_t rate = 0;       // open: jobs begun in a second, at least 1
  std::size_t clients = 0;      // closed: jobs under way, at least 1
  Duration warm_up_ms;          // not counted
  Duration duration_ms;         // counted
  Duration drain_ms;            // for what is under way at the end; not counted
  Duration patience_ms{5'000};  // until a transaction is sent again
  std::size_t nodes = 1;        // at least 1
};

// What a node answered to a submission.
enum class SubmissionAnswer : std::uint8_t {
  admitted,   // or known to it already
  busy,
  rejected,   // it will never be recorded: malformed, expired, …
  no_answer,  // the connection failed, or the node did
};

// Names one attempt, so that a late answer to an earlier one is not taken for it.
struct Attempt {
  std::size_t job = 0;
  std::uint32_t call = 0;
  std::uint32_t number = 0;
};

struct Submission {
  Attempt attempt;
  std::size_t node = 0;
  const Bytes* body = nullptr;  // lifetime: the run's
};

// A block as the client learnt of it. `succeeded` may come in parts; `complete` says that no more will.
struct RecordedBlock {
  Height height;
  std::vector<BodyHash> transactions;
  std::vector<std::uint32_t> succeeded;  // indexes into `transactions`
  enum class Outcomes : std::uint8_t { partial, complete } outcomes = Outcomes::partial;
};

struct Acknowledged {
  TransactionId id;
  Height height;
};

// Of one kind of work, in the counted time.
struct KindFigures {
  std::uint64_t jobs_done = 0;
  std::uint64_t transactions = 0;         // recorded with success
  std::vector<std::uint32_t> latency_us;  // of each of these
};

// Since the beginning of the run.
struct RunCounters {
  std::uint64_t submissions = 0;
  std::uint64_t resent = 0;
  std::uint64_t busy = 0;
  std::uint64_t no_answer = 0;
  std::uint64_t recorded = 0;  // with success
  std::uint64_t refused = 0;   // recorded, but refused by a rule
  std::uint64_t rejected = 0;
};

class LoadRun {
 public:
  // Lifetime: jobs live as long as the run.
  LoadRun(const std::vector<Job>& jobs, LoadPlan plan, Instant start);

  // Begins jobs that are due and repeats what must be repeated.
  void tick(Instant now);
  void on_answer(const Attempt& attempt, SubmissionAnswer answer, Instant now);
  void on_block(const RecordedBlock& block, Instant now);

  // What is to be sent now. take_…() empties the list.
  std::vector<Submission> take_submissions() { return std::exchange(submissions_, {}); }
  std::vector<Acknowledged> take_acknowledged() { return std::exchange(acknowledged_, {}); }

  // Counted time: from counting_from() on, before counting_until().
  Instant counting_from() const { return start_ + plan_.warm_up_ms; }
  Instant counting_until() const { return until_; }
  // Begins no more jobs; what is under way is still waited for, as at the end of the time.
  void end_early(Instant now) { until_ = std::min(until_, std::max(now, counting_from())); }
  // Whether nothing more will be sent: the time is over, or the jobs are; and all is answered or given up.
  bool is_over(Instant now) const;
  // Whether the jobs ran out before the counted time did, and since when.
  std::optional<Instant> ran_out() const { return ran_out_; }

  const RunCounters& counters() const { return counters_; }
  const std::vector<KindFigures>& figures() const { return figures_; }
  std::size_t under_way() const { return active_.size(); }
  // The longest time between two moments at which something of this run became known to be recorded, in ns.
  std::optional<std::uint64_t> longest_gap() const { return longest_gap_; }

 private:
  struct Active {
    std::uint32_t call = 0;
    std::uint32_t attempts = 0;
    std::uint32_t busy_in_a_row = 0;
    Instant due;    // when the present call should have been sent
    Instant timer;  // when something is done about it next
  };

  void begin(std::size_t job, Instant due, Instant now);
  void send(std::size_t job, Active& active, Instant now);
  void set_timer(std::size_t job, Active& active, Instant when);
  void finish(std::size_t job);
  void advance(std::size_t job, Height height, Instant now);
  void fail(std::size_t job, std::uint64_t& counter);
  bool is_counted(Instant now) const { return counting_from() <= now && now < counting_until(); }

  const std::vector<Job>& jobs_;
  const LoadPlan plan_;
  const Instant start_;
  Instant until_;
  std::size_t next_job_ = 0;
  std::size_t next_node_ = 0;
  std::optional<Instant> ran_out_;
  std::unordered_map<std::size_t, Active> active_;
  std::set<std::pair<Instant, std::size_t>> timers_;  // one for each active job
  std::unordered_map<BodyHash, std::size_t, LastBytesHash> by_body_;  // the call under way of each active job
  std::vector<Submission> submissions_;
  std::vector<Acknowledged> acknowledged_;
  RunCounters counters_;
  std::vector<KindFigures> figures_;
  std::optional<Instant> last_recorded_;
  std::optional<std::uint64_t> longest_gap_;
};

}  // namespace kanhe::testnet
