#include "node/checker_pool.h"

namespace kanhe::node {
namespace {

PeerId sender_of(const Job& job) {
  return std::visit([](const auto& inner) { return inner.from; }, job);
}

std::size_t bytes_of(const Job& job) {
  if (const auto* message = std::get_if<MessageJob>(&job)) return message->payload.size();
  std::size_t bytes = 0;
  for (const TransactionBody& body : std::get<BodiesJob>(job).bodies) bytes += body.bytes.size();
  return bytes;
}

}  // namespace

CheckerPool::CheckerPool(consensus::Scheme scheme, PeerId self, CheckerLimits limits, Deliver deliver)
    : scheme_(std::move(scheme)), self_(self), limits_(limits), deliver_(std::move(deliver)) {
  CHECK(limits_.threads > 0);
  for (std::size_t i = 0; i < limits_.threads; ++i) threads_.emplace_back([this] { work(); });
}

CheckerPool::~CheckerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_there_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void CheckerPool::submit(Job job) {
  const PeerId from = sender_of(job);
  const std::size_t bytes = bytes_of(job);
  {
    const std::lock_guard lock(mutex_);
    Line& line = lines_[from];
    const bool full = line.entries.size() >= limits_.peer_jobs_max || line.bytes + bytes > limits_.peer_bytes_max;
    if (full && from != self_) {
      ++counters_.dropped;
      return;
    }
    if (line.started == line.entries.size()) turns_.push_back(from);
    line.entries.push_back(std::make_shared<Entry>(Entry{std::move(job), std::nullopt, bytes}));
    line.bytes += bytes;
    ++counters_.waiting;
  }
  work_there_.notify_one();
}

CheckerCounters CheckerPool::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

// The next job of the peer whose turn it is. Requires: the mutex is held, turns_ is not empty.
std::shared_ptr<CheckerPool::Entry> CheckerPool::take(PeerId& peer) {
  peer = turns_.front();
  turns_.pop_front();
  Line& line = lines_.at(peer);
  std::shared_ptr<Entry> entry = line.entries[line.started++];
  if (line.started < line.entries.size()) turns_.push_back(peer);
  return entry;
}

// Under the mutex, or two workers could swap two answers of one peer between taking and delivering them.
void CheckerPool::deliver_finished(Line& line) {
  while (!line.entries.empty() && line.entries.front()->answer) {
    const std::shared_ptr<Entry> entry = std::move(line.entries.front());
    line.entries.pop_front();
    --line.started;
    line.bytes -= entry->bytes;
    --counters_.waiting;
    ++counters_.done;
    deliver_(std::move(*entry->answer));
  }
}

void CheckerPool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_there_.wait(lock, [this] { return stopping_ || !turns_.empty(); });
    if (stopping_) return;
    PeerId peer;
    const std::shared_ptr<Entry> entry = take(peer);
    Job job = std::move(*entry->job);
    entry->job.reset();
    lock.unlock();
    Checked answer = check(scheme_, std::move(job));
    lock.lock();
    entry->answer = std::move(answer);
    deliver_finished(lines_.at(peer));
  }
}

}  // namespace kanhe::node
