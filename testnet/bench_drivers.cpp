// bench_drivers: how much work a transaction is, without sockets and HTTP. Four production Drivers with Stores on a
// real disk and checker threads, in one process; frames are handed from queue to queue.
//
// It issues certificates in a closed loop (so many under way), checks that every receipt is a success, and prints
// finalized transactions per second, CPU time of one transaction at one node by part, and syncs of the disk. On a
// machine that does other things at the same time, the CPU times and counts are what can be compared.
//
//   bench_drivers DIR [transactions] [under way]       DIR is created, and must not exist
#include <sys/resource.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "node/checker_pool.h"
#include "node/clock.h"
#include "node/driver.h"
#include "testnet/bench_founding.h"

namespace kanhe::testnet {
namespace {

using node::PeerId;

constexpr std::size_t nodes_count = 4;
constexpr std::uint64_t ns_per_us = 1'000;

std::uint64_t thread_cpu_ns() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

std::uint64_t process_cpu_ns() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

class BenchNode;

struct BenchNetwork {
  std::vector<std::unique_ptr<BenchNode>> nodes;
};

struct ArrivedFrame {
  PeerId from;
  node::FrameKind kind;
  std::shared_ptr<const Bytes> payload;
};

// A node in a thread of its own. What arrives while it works waits, and is taken all at once.
class BenchNode : public node::Transport {
 public:
  BenchNode(BenchNetwork& network, PeerId self, const Genesis& genesis, SecretKey key, const std::string& directory)
      : network_(network),
        self_(self),
        genesis_(genesis),
        key_(std::move(key)),
        directory_(first_epoch_of(genesis), genesis.validators[self.value()].department) {
    StoreOptions options;
    options.path = directory;
    auto opened = Store::open(system_files(), options, chain_id_of(genesis));
    CHECK(opened.has_value());
    store_ = std::move(opened).value();
    const consensus::Scheme voting{genesis.suite.signature, origin_of(genesis), first_epoch_of(genesis)};
    const auto deliver = [this](node::Checked checked, node::CheckerPool::Held) {
      put([&] { checked_.push_back(std::move(checked)); });
    };
    checker_ = std::make_unique<node::CheckerPool>(voting, self, node::CheckerLimits{}, deliver);
  }

  void start() { thread_ = std::thread([this] { run(); }); }
  void stop() {
    put([this] { stopping_ = true; });
    thread_.join();
    checker_.reset();
  }

  void submit(Bytes transaction) {
    put([&] { submissions_.push_back(std::move(transaction)); });
  }
  void receive(const ArrivedFrame& frame) {
    put([&] { frames_.push_back(frame); });
  }

  void send(PeerId to, node::FrameKind kind, Bytes payload) override {
    network_.nodes[to.value()]->receive({self_, kind, std::make_shared<const Bytes>(std::move(payload))});
  }
  void broadcast(node::FrameKind kind, Bytes payload) override {
    const ArrivedFrame frame{self_, kind, std::make_shared<const Bytes>(std::move(payload))};
    for (std::size_t i = 0; i < nodes_count; ++i) {
      if (i != self_.value()) network_.nodes[i]->receive(frame);
    }
  }
  std::vector<PeerId> connected() const override {
    std::vector<PeerId> peers;
    for (std::uint16_t i = 0; i < nodes_count; ++i) {
      if (i != self_.value()) peers.emplace_back(i);
    }
    return peers;
  }

  std::uint64_t final_count() const { return final_count_; }
  std::uint64_t turned_away() const { return turned_away_; }
  std::uint64_t driver_cpu_ns() const { return driver_cpu_ns_; }
  std::uint64_t outputs() const { return outputs_; }
  const Store& store() const { return *store_; }

 private:
  template <class Add>
  void put(Add add) {
    {
      const std::lock_guard lock(mutex_);
      add();
    }
    woken_.notify_one();
  }

  void run() {
    node::DriverConfig config;
    config.genesis = genesis_;
    config.keys.push_back(std::move(key_));
    config.session = self_.value() + 1;
    node::DriverEvents events;
    events.on_submitted = [this](std::uint64_t, const TransactionId&, Result<void> answer) {
      if (!answer) ++turned_away_;
    };
    node::Driver driver(std::move(config), directory_, *store_, *this, *checker_, std::move(events),
                        node::read_clocks());
    while (wait(driver.deadline())) turn(driver);
  }

  bool wait(Instant deadline) {
    std::unique_lock lock(mutex_);
    woken_.wait_until(lock, node::time_point_of(deadline), [this] {
      return stopping_ || !frames_.empty() || !checked_.empty() || !submissions_.empty();
    });
    return !stopping_;
  }

  void turn(node::Driver& driver) {
    std::vector<ArrivedFrame> frames;
    std::vector<node::Checked> checked;
    std::vector<Bytes> submissions;
    {
      const std::lock_guard lock(mutex_);
      frames.swap(frames_);
      checked.swap(checked_);
      submissions.swap(submissions_);
    }
    for (const ArrivedFrame& frame : frames) {
      driver.on_frame(frame.from, {frame.kind, *frame.payload}, node::read_clocks());
    }
    for (node::Checked& answer : checked) driver.on_checked(std::move(answer), node::read_clocks());
    for (const Bytes& bytes : submissions) driver.submit(bytes, 1, node::read_clocks());
    if (driver.deadline() <= node::read_clocks().monotonic) driver.tick(node::read_clocks());
    driver.run(node::read_clocks());
    final_count_ = driver.counters().transactions_final;
    outputs_ = driver.counters().outputs;
    driver_cpu_ns_ = thread_cpu_ns();
  }

  BenchNetwork& network_;
  const PeerId self_;
  const Genesis genesis_;
  SecretKey key_;
  node::PeerDirectory directory_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<node::CheckerPool> checker_;
  std::mutex mutex_;  // guards the four below
  std::condition_variable woken_;
  std::vector<ArrivedFrame> frames_;
  std::vector<node::Checked> checked_;
  std::vector<Bytes> submissions_;
  bool stopping_ = false;
  std::atomic<std::uint64_t> final_count_ = 0;
  std::atomic<std::uint64_t> turned_away_ = 0;
  std::atomic<std::uint64_t> outputs_ = 0;
  std::atomic<std::uint64_t> driver_cpu_ns_ = 0;
  std::thread thread_;
};

// Sends jobs of one call each so that `under_way` are, until all are final at every node.
void carry_out(BenchNetwork& network, const std::vector<Job>& jobs, std::size_t under_way, std::size_t& next_node) {
  const auto slowest = [&network] {
    std::uint64_t count = std::numeric_limits<std::uint64_t>::max();
    for (const auto& node : network.nodes) count = std::min(count, node->final_count());
    return count;
  };
  const std::uint64_t before = slowest();
  std::size_t sent = 0;
  for (std::uint64_t done = 0; done < jobs.size(); done = slowest() - before) {
    while (sent < jobs.size() && sent - done < under_way) {
      network.nodes[next_node++ % nodes_count]->submit(jobs[sent++].calls.front().bytes);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  for (const auto& node : network.nodes) CHECK(node->turned_away() == 0);
}

struct Sums {
  std::uint64_t driver_cpu_ns = 0;
  std::uint64_t outputs = 0;
  StoreCounters store;
  Height height;
};

Sums sums_of(const BenchNetwork& network) {
  Sums sums;
  for (const auto& node : network.nodes) {
    const StoreCounters store = node->store().counters();
    sums.driver_cpu_ns += node->driver_cpu_ns();
    sums.outputs += node->outputs();
    sums.store.batches += store.batches;
    sums.store.batch_bytes += store.batch_bytes;
    sums.store.segment_syncs += store.segment_syncs;
    sums.store.body_bytes += store.body_bytes;
    sums.height = node->store().tip()->height;
  }
  return sums;
}

std::uint64_t successes(const Store& store, Height from, Height to) {
  std::uint64_t count = 0;
  for (Height height = from; height <= to; ++height) {
    for (const Receipt& receipt : store.receipts(height)) {
      if (std::holds_alternative<Succeeded>(receipt.outcome) && !receipt.transaction_id.is_zero()) ++count;
    }
  }
  return count;
}

int bench(const std::string& directory, std::size_t count, std::size_t under_way) {
  Founding founding = found();
  BenchNetwork network;
  for (std::uint16_t i = 0; i < nodes_count; ++i) {
    network.nodes.push_back(std::make_unique<BenchNode>(network, PeerId(i), founding.network.genesis,
                                                        std::move(founding.validators[i]),
                                                        directory + "/" + std::to_string(i)));
  }
  for (const auto& node : network.nodes) node->start();
  const Staff staff = make_staff(200, 4).value();
  const LoadWork work(founding.network, staff, random_bytes<Hash256>().value(), node::wall_now(), Duration(500'000));
  std::size_t next_node = 0;
  carry_out(network, work.founding_jobs(), 1, next_node);
  carry_out(network, work.enrolment_jobs(), 64, next_node);
  const std::vector<Job> jobs = work.make_all(std::vector<std::size_t>(count, 0));

  const Sums before = sums_of(network);
  const std::uint64_t cpu_before = process_cpu_ns();
  const std::uint64_t client_before = thread_cpu_ns();
  const Instant start = node::read_clocks().monotonic;
  carry_out(network, jobs, under_way, next_node);
  const double seconds = static_cast<double>(node::read_clocks().monotonic - start) / 1e9;
  const std::uint64_t client = thread_cpu_ns() - client_before;
  const std::uint64_t cpu = process_cpu_ns() - cpu_before - client;
  for (const auto& node : network.nodes) node->stop();
  const Sums after = sums_of(network);

  const double executions = static_cast<double>(count * nodes_count);
  const auto us = [executions](std::uint64_t ns) { return static_cast<double>(ns) / ns_per_us / executions; };
  const std::uint64_t drivers = after.driver_cpu_ns - before.driver_cpu_ns;
  const std::uint64_t blocks = after.height - before.height;
  const auto per = [executions](std::uint64_t total) { return static_cast<double>(total) / executions; };
  std::printf("transactions      %zu in %.2f s: %.0f finalized per second, %zu under way\n", count, seconds,
              static_cast<double>(count) / seconds, under_way);
  std::printf("CPU               %.1f us a transaction and node: driver %.1f, checkers and database %.1f\n", us(cpu),
              us(drivers), us(cpu - drivers));
  std::printf("blocks            %llu, %.1f transactions each\n", static_cast<unsigned long long>(blocks),
              static_cast<double>(count) / static_cast<double>(blocks));
  const auto of_block = [blocks](std::uint64_t total) {
    return static_cast<double>(total) / nodes_count / static_cast<double>(blocks);
  };
  std::printf("a block and node  %.2f outputs, %.2f database syncs, %.2f segment syncs\n",
              of_block(after.outputs - before.outputs), of_block(after.store.batches - before.store.batches),
              of_block(after.store.segment_syncs - before.store.segment_syncs));
  std::printf("bytes written     %.0f in batches and %.0f of bodies a transaction and node\n",
              per(after.store.batch_bytes - before.store.batch_bytes),
              per(after.store.body_bytes - before.store.body_bytes));
  const std::uint64_t good = successes(network.nodes.front()->store(), before.height + 1, after.height);
  if (good == count) return 0;
  std::printf("only %llu succeeded\n", static_cast<unsigned long long>(good));
  return 1;
}

}  // namespace
}  // namespace kanhe::testnet

int main(int argc, char** argv) {
  if (argc < 2 || std::filesystem::exists(argv[1])) {
    std::fprintf(stderr, "usage: bench_drivers DIR [transactions] [under way]; DIR must not exist\n");
    return 2;
  }
  const auto number = [&](int i, std::size_t otherwise) {
    return argc > i ? static_cast<std::size_t>(std::strtoull(argv[i], nullptr, 10)) : otherwise;
  };
  std::filesystem::create_directories(argv[1]);
  return kanhe::testnet::bench(argv[1], number(2, 20'000), number(3, 1'000));
}
