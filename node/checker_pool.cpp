#include "node/checker_pool.h"

#include <algorithm>

namespace kanhe::node {
namespace {

PeerId sender_of(const Job& job) {
  return std::visit([](const auto& inner) { return inner.from; }, job);
}

constexpr std::size_t quantum = 64;        // signatures: some 3 ms
constexpr std::size_t cost_max = 1'024;    // a change of view must not save up for its turn longer than this
constexpr std::size_t job_overhead = 512;  // bytes that a job takes besides its payload
constexpr std::size_t signature_and_signer = Signature::size + 2;

std::size_t bytes_of(const Job& job) {
  std::size_t bytes = job_overhead;
  if (const auto* message = std::get_if<MessageJob>(&job)) return bytes + message->payload.size();
  for (const TransactionBody& body : std::get<BodiesJob>(job).bodies) bytes += body.bytes.size();
  return bytes;
}

// Signatures that checking may take at most, from the form alone.
std::size_t cost_of(const Job& job) {
  const auto* message = std::get_if<MessageJob>(&job);
  if (message == nullptr) return std::clamp<std::size_t>(std::get<BodiesJob>(job).bodies.size(), 1, cost_max);
  // A PrePrepare is long by its list, and has one signature.
  const bool one = !message->payload.empty() &&
                   message->payload.front() == static_cast<Byte>(consensus::PrePrepare::variant_tag.number);
  return one ? 1 : std::min(cost_max, 1 + message->payload.size() / signature_and_signer);
}

}  // namespace

CheckerPool::CheckerPool(consensus::Scheme scheme, PeerId self, CheckerLimits limits, Deliver deliver)
    : self_(self),
      limits_(limits),
      deliver_(std::move(deliver)),
      scheme_(std::make_shared<const consensus::Scheme>(std::move(scheme))) {
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
  const std::size_t cost = cost_of(job);
  {
    const std::lock_guard lock(mutex_);
    Line& line = lines_[from];
    const std::shared_ptr<Load>& load = line.load;
    const bool full = load->jobs >= limits_.peer_jobs_max || load->bytes + bytes > limits_.peer_bytes_max;
    if (full && load->jobs > 0 && from != self_) {
      ++counters_.dropped;
      return;
    }
    ++load->jobs;
    load->bytes += bytes;
    Held held(load.get(), [load, bytes](const void*) {
      --load->jobs;
      load->bytes -= bytes;
    });
    if (line.started == line.entries.size()) turns_.push_back(from);
    line.entries.push_back(std::make_shared<Entry>(Entry{std::move(job), std::nullopt, cost, std::move(held)}));
    ++counters_.waiting;
  }
  work_there_.notify_one();
}

void CheckerPool::enter(const consensus::Scheme& scheme) {
  auto next = std::make_shared<const consensus::Scheme>(scheme);
  const std::lock_guard lock(mutex_);
  scheme_ = std::move(next);
}

CheckerCounters CheckerPool::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

// The next job of the peer whose turn it is and which has the credit for it. Requires: the mutex is held, turns_ is not
// empty.
std::shared_ptr<CheckerPool::Entry> CheckerPool::take(PeerId& peer) {
  for (;;) {
    peer = turns_.front();
    Line& line = lines_.at(peer);
    std::shared_ptr<Entry> entry = line.entries[line.started];
    if (line.credit < entry->cost) {
      // Its turn comes again; alone it goes on at once.
      line.credit += quantum;
      turns_.pop_front();
      turns_.push_back(peer);
      continue;
    }
    line.credit -= entry->cost;
    if (++line.started == line.entries.size()) {
      line.credit = 0;
      turns_.pop_front();
    }
    return entry;
  }
}

// Under the mutex, or two workers could swap two answers of one peer between taking and delivering them.
void CheckerPool::deliver_finished(Line& line) {
  while (!line.entries.empty() && line.entries.front()->answer) {
    const std::shared_ptr<Entry> entry = std::move(line.entries.front());
    line.entries.pop_front();
    --line.started;
    --counters_.waiting;
    ++counters_.done;
    deliver_(std::move(*entry->answer), std::move(entry->held));
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
    const std::shared_ptr<const consensus::Scheme> scheme = scheme_;
    lock.unlock();
    Checked answer = check(*scheme, std::move(job));
    lock.lock();
    entry->answer = std::move(answer);
    deliver_finished(lines_.at(peer));
  }
}

}  // namespace kanhe::node
