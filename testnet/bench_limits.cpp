// bench_limits: what this machine can do at most, each thing by itself. A ledger cannot be faster than the signatures
// that its nodes check, nor quicker than the syncs that its votes wait for; so its figures are read against these.
//
// Prints one JSON record. Signatures are checked by all processors at once, everything else by one thread. The keys are
// few, so their points are parsed once and stay in the cache of ledger/keys.h: what is left is libsecp256k1's own work.
//
//   bench_limits DIR [milliseconds of each]       DIR is created, must not exist, and lies on the disk to be measured
#include <fcntl.h>
#include <leveldb/db.h>
#include <leveldb/write_batch.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <thread>

#include "ledger/json.h"
#include "ledger/keys.h"
#include "node/clock.h"

namespace kanhe::testnet {
namespace {

constexpr SignatureScheme scheme = SignatureScheme::ecdsa_secp256k1;
constexpr std::size_t keys_count = 16;
constexpr std::size_t node_bytes = 64;  // what a node of a Merkle tree is hashed from
constexpr std::size_t long_bytes = 1 << 20;
constexpr std::size_t page_bytes = 4'096;
constexpr std::size_t pages = 4'096;  // written before the clock runs
constexpr std::size_t batch_records = 10;
constexpr std::size_t record_bytes = 300;

struct Limits {
  std::uint32_t threads = 0;                       // that check signatures
  std::uint32_t verified_per_second = 0;           // by all of them
  std::uint32_t verified_per_second_and_core = 0;  // by one, nobody else working
  std::uint32_t hashed_per_second = 0;             // 64 bytes each
  std::uint32_t hashed_mib_per_second = 0;         // 1 MiB each
  std::uint32_t sync_preallocated_us = 0;          // this and what follows: medians
  std::uint32_t sync_appended_us = 0;
  std::uint32_t leveldb_batch_us = 0;
};
BOOST_DESCRIBE_STRUCT(Limits, (),
                      (threads, verified_per_second, verified_per_second_and_core, hashed_per_second,
                       hashed_mib_per_second, sync_preallocated_us, sync_appended_us, leveldb_batch_us))

Instant now() { return node::read_clocks().monotonic; }

// How often a second it can be done: `some` does it a few times and answers how many.
template <class Some>
std::uint32_t rate_of(Duration duration, Some some) {
  const Instant start = now();
  const Instant end = start + duration;
  std::uint64_t count = 0;
  Instant reached = start;
  for (; reached < end; reached = now()) count += some();
  return static_cast<std::uint32_t>(count * 1'000 * ns_per_ms / (reached - start));
}

// The median time of one, in µs.
template <class One>
std::uint32_t median_us_of(Duration duration, One one) {
  std::vector<std::uint32_t> times;
  const Instant end = now() + duration;
  for (Instant start = now(); start < end && times.size() < pages; start = now()) {
    one(times.size());
    times.push_back(static_cast<std::uint32_t>((now() - start) / 1'000));
  }
  std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
  return times[times.size() / 2];
}

struct Signed {
  PublicKey key;
  Hash256 digest;
  Signature signature;
};

std::vector<Signed> make_signed() {
  std::vector<Signed> made;
  for (std::size_t i = 0; i < keys_count; ++i) {
    const SecretKey key = SecretKey::generate().value();
    const Hash256 digest = sha256(as_bytes(std::to_string(i)));
    made.push_back({public_key_of(scheme, key), digest, sign(scheme, key, digest)});
  }
  return made;
}

std::uint64_t verify_all(const std::vector<Signed>& all) {
  for (const Signed& one : all) CHECK(verify(scheme, one.key, one.digest, one.signature));
  return all.size();
}

std::uint32_t verified_per_second(Duration duration, std::size_t threads) {
  const std::vector<Signed> made = make_signed();
  std::vector<std::uint32_t> rates(threads);
  std::vector<std::thread> workers;
  for (std::uint32_t& rate : rates) {
    workers.emplace_back([&rate, &made, duration] { rate = rate_of(duration, [&made] { return verify_all(made); }); });
  }
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < threads; ++i) {
    workers[i].join();
    sum += rates[i];
  }
  return sum;
}

// Each hash is taken of the one before, so that none can be left out.
std::uint32_t hashed_per_second(Duration duration, std::size_t bytes) {
  Bytes message(bytes, Byte{1});
  return rate_of(duration, [&message, bytes] {
    const std::uint64_t count = bytes < long_bytes ? 1'000 : 1;
    for (std::uint64_t i = 0; i < count; ++i) {
      const Hash256 hash = sha256(message);
      std::ranges::copy(hash.array(), message.begin());
    }
    return count;
  });
}

class PageFile {
 public:
  explicit PageFile(const std::string& path) : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
    CHECK(fd_ >= 0);
  }
  PageFile(const PageFile&) = delete;
  PageFile& operator=(const PageFile&) = delete;
  ~PageFile() { ::close(fd_); }

  void write(std::size_t page) {
    const auto offset = static_cast<off_t>(page * page_bytes);
    CHECK(::pwrite(fd_, page_.data(), page_bytes, offset) == static_cast<ssize_t>(page_bytes));
  }
  void sync() { CHECK(::fdatasync(fd_) == 0); }

 private:
  const int fd_;
  const Bytes page_ = Bytes(page_bytes, Byte{0x5a});
};

// Space that was only reserved would cost a change of the file's map at each first write, so it is written, too.
std::uint32_t sync_preallocated_us(Duration duration, const std::string& path) {
  PageFile file(path);
  for (std::size_t page = 0; page < pages; ++page) file.write(page);
  file.sync();
  return median_us_of(duration, [&file](std::size_t page) {
    file.write(page);
    file.sync();
  });
}

std::uint32_t sync_appended_us(Duration duration, const std::string& path) {
  PageFile file(path);
  return median_us_of(duration, [&file](std::size_t page) {
    file.write(page);
    file.sync();
  });
}

std::uint32_t leveldb_batch_us(Duration duration, const std::string& path) {
  leveldb::Options options;
  options.create_if_missing = true;
  options.compression = leveldb::kNoCompression;
  leveldb::DB* opened = nullptr;
  CHECK(leveldb::DB::Open(options, path, &opened).ok());
  const std::unique_ptr<leveldb::DB> database(opened);
  leveldb::WriteOptions synced;
  synced.sync = true;
  const std::string value(record_bytes, 'v');
  return median_us_of(duration, [&](std::size_t number) {
    leveldb::WriteBatch batch;
    for (std::size_t i = 0; i < batch_records; ++i) {
      batch.Put(sha256(as_bytes(std::to_string(number * batch_records + i))).hex(), value);
    }
    CHECK(database->Write(synced, &batch).ok());
  });
}

Limits measure(const std::string& directory, Duration duration) {
  Limits limits;
  limits.threads = std::max(1u, std::thread::hardware_concurrency());
  limits.verified_per_second = verified_per_second(duration, limits.threads);
  limits.verified_per_second_and_core = verified_per_second(duration, 1);
  limits.hashed_per_second = hashed_per_second(duration, node_bytes);
  limits.hashed_mib_per_second = hashed_per_second(duration, long_bytes);
  limits.sync_preallocated_us = sync_preallocated_us(duration, directory + "/preallocated");
  limits.sync_appended_us = sync_appended_us(duration, directory + "/appended");
  limits.leveldb_batch_us = leveldb_batch_us(duration, directory + "/leveldb");
  return limits;
}

}  // namespace
}  // namespace kanhe::testnet

int main(int argc, char** argv) {
  if (argc < 2 || std::filesystem::exists(argv[1])) {
    std::fprintf(stderr, "usage: bench_limits DIR [milliseconds of each]; DIR must not exist\n");
    return 2;
  }
  const std::uint32_t ms = argc > 2 ? static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10)) : 1'000;
  std::filesystem::create_directories(argv[1]);
  const auto limits = kanhe::testnet::measure(argv[1], kanhe::Duration(ms));
  std::cout << to_json(limits, kanhe::JsonLayout::indented) << "\n";
  return 0;
}
