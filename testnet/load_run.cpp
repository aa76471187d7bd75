// Each job under way has one timer. It stands for the next thing that is due for the job: another attempt after a busy
// answer, or after patience_ms without news. What a block records is found by body hash; a call leaves the index when
// it is recorded, so a second report of a block changes nothing.
#include "testnet/load_run.h"

namespace kanhe::testnet {
namespace {

// Waiting after busy answers: doubled each time, up to two seconds.
constexpr std::uint32_t back_off_ms = 50;
constexpr std::uint32_t back_off_doublings = 5;
constexpr Duration retry_ms{100};  // after no answer

}  // namespace

LoadRun::LoadRun(const std::vector<Job>& jobs, LoadPlan plan, Instant start)
    : jobs_(jobs), plan_(plan), start_(start), until_(start + plan.warm_up_ms + plan.duration_ms),
      figures_(load_kinds().size()) {
  CHECK(plan_.nodes > 0);
  CHECK(plan_.mode == LoopMode::open ? plan_.rate > 0 : plan_.clients > 0);
}

void LoadRun::tick(Instant now) {
  while (!timers_.empty() && timers_.begin()->first <= now) {
    const std::size_t job = timers_.begin()->second;
    send(job, active_.at(job), now);
  }
  while (next_job_ < jobs_.size() && now < counting_until()) {
    if (plan_.mode == LoopMode::open) {
      const Instant due = start_ + next_job_ * 1'000 * ns_per_ms / plan_.rate;
      if (due > now) return;
      begin(next_job_++, due, now);
    } else {
      if (active_.size() >= plan_.clients) return;
      begin(next_job_++, now, now);
    }
  }
  if (next_job_ == jobs_.size() && now < counting_until() && !ran_out_) ran_out_ = now;
}

void LoadRun::begin(std::size_t job, Instant due, Instant now) {
  Active& active = active_[job];
  active.due = due;
  by_body_.emplace(jobs_[job].calls.front().body_hash, job);
  send(job, active, now);
}

void LoadRun::send(std::size_t job, Active& active, Instant now) {
  if (active.attempts > 0) ++counters_.resent;
  ++counters_.submissions;
  ++active.attempts;
  set_timer(job, active, now + plan_.patience_ms);
  submissions_.push_back({{job, active.call, active.attempts}, next_node_++ % plan_.nodes,
                          &jobs_[job].calls[active.call].bytes});
}

void LoadRun::set_timer(std::size_t job, Active& active, Instant when) {
  timers_.erase({active.timer, job});
  active.timer = when;
  timers_.insert({when, job});
}

void LoadRun::on_answer(const Attempt& attempt, SubmissionAnswer answer, Instant now) {
  const auto found = active_.find(attempt.job);
  if (found == active_.end()) return;
  Active& active = found->second;
  if (active.call != attempt.call || active.attempts != attempt.number) return;
  switch (answer) {
    case SubmissionAnswer::admitted: active.busy_in_a_row = 0; return;
    case SubmissionAnswer::busy: {
      ++counters_.busy;
      const std::uint32_t doublings = std::min(active.busy_in_a_row++, back_off_doublings);
      // The job's number spreads those who were turned away together.
      set_timer(attempt.job, active, now + Duration((back_off_ms << doublings) + attempt.job % back_off_ms));
      return;
    }
    case SubmissionAnswer::no_answer:
      ++counters_.no_answer;
      set_timer(attempt.job, active, now + retry_ms);
      return;
    case SubmissionAnswer::rejected: fail(attempt.job, counters_.rejected); return;
  }
}

void LoadRun::on_block(const RecordedBlock& block, Instant now) {
  for (const std::uint32_t index : block.succeeded) {
    if (index >= block.transactions.size()) continue;
    const auto found = by_body_.find(block.transactions[index]);
    if (found != by_body_.end()) advance(found->second, block.height, now);
  }
  if (block.outcomes == RecordedBlock::Outcomes::partial) return;
  for (const BodyHash& hash : block.transactions) {
    const auto found = by_body_.find(hash);
    if (found != by_body_.end()) fail(found->second, counters_.refused);
  }
}

void LoadRun::advance(std::size_t job, Height height, Instant now) {
  const Job& chain = jobs_[job];
  Active& active = active_.at(job);
  ++counters_.recorded;
  if (last_recorded_) longest_gap_ = std::max(longest_gap_.value_or(0), now - *last_recorded_);
  last_recorded_ = now;
  acknowledged_.push_back({chain.calls[active.call].id, height});
  const bool is_last = active.call + 1 == chain.calls.size();
  if (chain.kind != no_kind && is_counted(now)) {
    KindFigures& figures = figures_[chain.kind];
    ++figures.transactions;
    if (is_last) ++figures.jobs_done;
    figures.latency_us.push_back(static_cast<std::uint32_t>((now - active.due) / 1'000));
  }
  if (is_last) {
    finish(job);
    return;
  }
  by_body_.erase(chain.calls[active.call].body_hash);
  ++active.call;
  active.attempts = 0;
  active.due = now;
  by_body_.emplace(chain.calls[active.call].body_hash, job);
  send(job, active, now);
}

void LoadRun::fail(std::size_t job, std::uint64_t& counter) {
  if (jobs_[job].expectation == Expectation::succeeds) ++counter;
  finish(job);
}

void LoadRun::finish(std::size_t job) {
  const auto found = active_.find(job);
  by_body_.erase(jobs_[job].calls[found->second.call].body_hash);
  timers_.erase({found->second.timer, job});
  active_.erase(found);
}

bool LoadRun::is_over(Instant now) const {
  if (now >= counting_until() + plan_.drain_ms) return true;
  return active_.empty() && (now >= counting_until() || next_job_ == jobs_.size());
}

}  // namespace kanhe::testnet
