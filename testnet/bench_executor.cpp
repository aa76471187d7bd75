// bench_executor: how many transactions a second one core executes and writes, nothing else being done: contracts,
// traces, receipts, roots, the state tree, and one synced batch a block. Signatures are not looked at; consensus,
// network and HTTP are not there.
//
// First a register of existing units is imported; then a mixture runs on it: of a hundred transactions 45 issue a
// certificate, 20 change a standing, 30 are steps of house sales of existing units, and 5 enter the transfer with its
// new title. The blocks have so many transactions. Everything must succeed.
//
//   bench_executor DIR [units] [transactions] [block]       DIR is created, and must not exist
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "contracts/sentences.h"
#include "node/clock.h"
#include "node/executor.h"
#include "testnet/bench_founding.h"

namespace kanhe::testnet {
namespace {

constexpr std::uint64_t valid_for_ms = 599'000;
constexpr std::size_t signed_at_once = 20'000;
constexpr std::uint64_t spread = 7'919;  // a prime: units are sold in no order

double seconds_since(Instant start) {
  return static_cast<double>(node::read_clocks().monotonic - start) / 1e9;
}

// All threads: LevelDB compacts on one of its own.
double processor_seconds() {
  timespec time{};
  CHECK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

std::size_t kind_named(std::string_view name) {
  for (std::size_t kind = 0; kind < load_kinds().size(); ++kind) {
    if (load_kinds()[kind].name == name) return kind;
  }
  CHECK(false);
}

// What is refused is a mistake of the work, and no figure.
void require_success(const Receipt& receipt) {
  const auto* const refused = std::get_if<Refused>(&receipt.outcome);
  if (refused == nullptr) return;
  for (const Finding& finding : refused->findings) {
    std::fprintf(stderr, "refused: %s\n", contracts::explain(finding).en.c_str());
  }
  std::exit(1);
}

class Bench {
 public:
  Bench(const std::string& directory, std::size_t block_size)
      : founding_(found()), staff_(make_staff(200, 8).value()), run_(random_bytes<Hash256>().value()),
        block_size_(block_size) {
    StoreOptions options;
    options.path = directory;
    auto opened = Store::open(system_files(), options, founding_.network.chain_id);
    CHECK(opened.has_value());
    store_ = std::move(opened).value();
    executor_ = std::make_unique<node::Executor>(*store_, founding_.network.genesis);
  }

  LoadWork work() const { return {founding_.network, staff_, run_, node::wall_now(), Duration(valid_for_ms)}; }

  // Executes the calls, block by block; all must succeed.
  void run(const std::vector<SignedCall>& calls) {
    for (std::size_t first = 0; first < calls.size(); first += block_size_) {
      node::BodiesOfProposal bodies;
      for (std::size_t i = first; i < std::min(first + block_size_, calls.size()); ++i) {
        bodies.push_back(std::make_shared<const TransactionBody>(read_body(calls[i].bytes).value()));
      }
      run_block(std::move(bodies));
    }
  }
  double measured_s() const { return measured_s_; }
  double processor_s() const { return processor_s_; }
  std::uint64_t executed() const { return executed_; }
  const Store& store() const { return *store_; }
  void begin() { measured_s_ = processor_s_ = 0, executed_ = 0, before_ = store_->counters(); }
  const StoreCounters& counters_before() const { return before_; }

 private:
  void run_block(node::BodiesOfProposal bodies) {
    Proposal proposal;
    for (const node::SharedBody& body : bodies) proposal.bodies.push_back(body->body_hash);
    proposal.header.chain_id = founding_.network.chain_id;
    proposal.header.height = executor_->tip().height + 1;
    proposal.header.parent = executor_->tip().digest;
    proposal.header.timestamp_ms = node::wall_now();
    proposal.header.body_root = body_root_of(proposal.bodies);
    proposal.header.count = Count(static_cast<std::uint32_t>(bodies.size()));
    const ProposalDigest digest = digest_of(proposal.header);
    const std::size_t count = bodies.size();
    const Instant start = node::read_clocks().monotonic;
    const double processor_before = processor_seconds();
    executor_->execute(proposal, digest, std::move(bodies));
    executor_->commit(digest, std::nullopt, {}, {});
    measured_s_ += seconds_since(start);
    processor_s_ += processor_seconds() - processor_before;
    executed_ += count;
    for (const Receipt& receipt : store_->receipts(executor_->tip().height)) require_success(receipt);
  }

  Founding founding_;
  Staff staff_;
  Hash256 run_;
  std::size_t block_size_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<node::Executor> executor_;
  double measured_s_ = 0;
  double processor_s_ = 0;
  std::uint64_t executed_ = 0;
  StoreCounters before_;
};

std::vector<SignedCall> calls_of(const std::vector<Job>& jobs) {
  std::vector<SignedCall> calls;
  for (const Job& job : jobs) calls.insert(calls.end(), job.calls.begin(), job.calls.end());
  return calls;
}

void import_units(Bench& bench, std::size_t units) {
  const std::size_t kind = kind_named("import");
  for (std::size_t first = 0; first < units; first += signed_at_once) {
    const LoadWork work = bench.work();
    std::vector<SignedCall> calls;
    for (std::size_t number = first; number < std::min(units, first + signed_at_once); ++number) {
      calls.push_back(work.make(kind, number).calls.front());
    }
    bench.run(calls);
    std::fprintf(stderr, "\r%zu of %zu units", calls.size() + first, units);
  }
  std::fprintf(stderr, "\n");
}

// A hundred transactions: the first calls of all their jobs, then the second ones, and so on.
std::vector<SignedCall> hundred(const LoadWork& work, std::size_t number, std::size_t units) {
  std::vector<std::vector<SignedCall>> chains;
  const auto add = [&](std::string_view kind, std::size_t count, std::size_t base) {
    for (std::size_t i = 0; i < count; ++i) {
      chains.push_back(work.make(kind_named(kind), base + number * count + i).calls);
    }
  };
  const std::size_t fresh = units + 1;  // certificates of their own numbers
  add("certificate", 35, fresh);
  add("standing", 10, fresh + jobs_max / 4);
  for (std::size_t i = 0; i < 5; ++i) {
    const std::size_t unit = (number * 5 + i) * spread % units;
    chains.push_back(work.make(kind_named("sale"), unit).calls);
    chains.back().erase(chains.back().begin());  // it is imported
  }
  std::vector<SignedCall> calls;
  for (std::size_t step = 0; calls.size() < 100; ++step) {
    for (const auto& chain : chains) {
      if (step < chain.size()) calls.push_back(chain[step]);
    }
  }
  return calls;
}

int bench_executor(const std::string& directory, std::size_t units, std::size_t transactions, std::size_t block_size) {
  Bench bench(directory, block_size);
  bench.run(calls_of(bench.work().founding_jobs()));
  bench.run(calls_of(bench.work().enrolment_jobs()));
  bench.begin();
  import_units(bench, units);
  std::printf("units imported      %zu, %.0f a second\n", units,
              static_cast<double>(bench.executed()) / bench.measured_s());
  bench.begin();
  for (std::size_t done = 0; done < transactions;) {
    const LoadWork work = bench.work();
    std::vector<SignedCall> calls;
    for (; calls.size() < signed_at_once && done < transactions; done += 100) {
      for (SignedCall& call : hundred(work, done / 100, units)) calls.push_back(std::move(call));
    }
    bench.run(calls);
  }
  const StoreCounters after = bench.store().counters();
  const auto per = [&](std::uint64_t total) {
    return static_cast<double>(total) / static_cast<double>(bench.executed());
  };
  std::printf("transactions        %llu in %.2f s: %.0f a second, blocks of %zu\n",
              static_cast<unsigned long long>(bench.executed()), bench.measured_s(),
              static_cast<double>(bench.executed()) / bench.measured_s(), block_size);
  std::printf("processor           %.2f s, compaction included: %.0f a second of it\n", bench.processor_s(),
              static_cast<double>(bench.executed()) / bench.processor_s());
  std::printf("records             %llu\n", static_cast<unsigned long long>(bench.store().tree().leaf_count()));
  std::printf("bytes a transaction %.0f in batches, %.0f of bodies\n",
              per(after.batch_bytes - bench.counters_before().batch_bytes),
              per(after.body_bytes - bench.counters_before().body_bytes));
  return 0;
}

}  // namespace
}  // namespace kanhe::testnet

int main(int argc, char** argv) {
  if (argc < 2 || std::filesystem::exists(argv[1])) {
    std::fprintf(stderr, "usage: bench_executor DIR [units] [transactions] [block]; DIR must not exist\n");
    return 2;
  }
  const auto number = [&](int i, std::size_t otherwise) {
    return argc > i ? static_cast<std::size_t>(std::strtoull(argv[i], nullptr, 10)) : otherwise;
  };
  std::filesystem::create_directories(argv[1]);
  return kanhe::testnet::bench_executor(argv[1], number(2, 100'000), number(3, 50'000), number(4, 500));
}
