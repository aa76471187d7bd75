// SimDisk: a disk in memory that behaves as badly as a real one may.
//
// It keeps apart what was written and what is durable: file contents become durable with the file's sync, names
// (created, removed, renamed) with their directory's. crash() is a power cut: of every file some unsynced writes
// survive, the last of an append possibly torn; of every directory a beginning of the unsynced changes of names.
// Everything is drawn from the seed, so a failing run is repeated by its number.
//
// Faults: fail_at() makes the k-th write, sync or change of a name from now fail once (as EIO would: the write is torn,
// what a failed sync covered is lost at the next crash). power_off_at() lets the k-th one and everything after it do
// nothing but fail: the moment before a power cut.
//
// What it does not model: reordered names within one directory, damage at rest (use corrupt()), a full disk.
//
// Owner: one per simulated node; destroy the store before crash(). Thread: any (one lock around all of it); LevelDB's
// background thread is the process's own, so the order of its writes against the store's is not part of the seed: where
// that matters, ignore_background().
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ledger/files.h"

namespace kanhe {

class SimDisk : public Files {
 public:
  SimDisk();
  ~SimDisk() override;

  leveldb::Env& env() override;
  Result<void> create_directory(const std::string& path) override;
  Result<std::unique_ptr<DirectoryLock>> lock_directory(const std::string& path) override;
  bool exists(const std::string& path) override;
  Result<std::unique_ptr<SegmentFile>> create_segment(const std::string& path, std::uint64_t bytes) override;
  Result<std::unique_ptr<SegmentFile>> open_segment(const std::string& path) override;

  // The power goes and comes back. Handles from before fail from now on; locks are free; faults are cleared.
  void crash(std::uint64_t seed);

  // Changes of the disk so far: writes, syncs, changes of names.
  std::uint64_t operations() const;
  // From now on the operations of LevelDB's own thread neither count nor fail singly, so that k does not depend on when
  // that thread gets to work.
  void ignore_background();
  // The k-th operation from now (1 = the next) fails, once.
  void fail_at(std::uint64_t k);
  // The k-th operation from now and all later ones fail without effect, until crash().
  void power_off_at(std::uint64_t k);

  // Names of all files below the path, and their contents as a reader would see them.
  std::vector<std::string> files_below(const std::string& path) const;
  std::string content(const std::string& path) const;
  // Replaces a file's content, durably: damage at rest.
  void corrupt(const std::string& path, const std::string& content);
  void remove(const std::string& path);
  // A disk of its own with the same files, all durable.
  std::unique_ptr<SimDisk> copy() const;

 private:
  struct Disk;
  class Env;
  class Segment;
  class Lock;
  std::shared_ptr<Disk> disk_;
  std::unique_ptr<Env> raw_env_;
  std::unique_ptr<leveldb::Env> env_;
};

}  // namespace kanhe
