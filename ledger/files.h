// Files: the disk as an argument. Everything that the store does to a disk goes through one Files object.
//
// system_files() is the real disk. The tests and the simulator pass a disk in memory that loses what was not synced and
// fails on demand, and run the very same store on it (testnet/sim_disk.h). LevelDB gets its own view of the
// same disk: a leveldb::Env.
//
// Durable means: after a power cut it is there. File contents are durable after sync(), a new name after its directory
// was synced; both are part of the contracts below, so that no caller has to remember a directory.
//
// Thread: a Files object may be used from any thread; a SegmentFile by one writer and any number of readers of what was
// written before. Errors: io, with the path and the system's own words; a disk that failed once is not asked again.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "ledger/bytes.h"
#include "ledger/result.h"

namespace leveldb {
class Env;
}

namespace kanhe {

// A file of a fixed length whose places are written in any order. A new one reads as zeros.
class SegmentFile {
 public:
  virtual ~SegmentFile() = default;
  // Writes all of `bytes` at `offset`. Durable only after sync(). Requires: it lies within size().
  virtual Result<void> write(std::uint64_t offset, ByteView bytes) = 0;
  // Makes everything written so far durable. After an error nobody knows what is: the process has to stop.
  virtual Result<void> sync() = 0;
  // Fills all of `target`. Errors: io, also where the file ends before.
  virtual Result<void> read(std::uint64_t offset, std::span<Byte> target) const = 0;
  virtual std::uint64_t size() const = 0;
  // Cuts the file there and extends it to its old length with zeros. Durable after sync().
  virtual Result<void> zero_from(std::uint64_t offset) = 0;
};

// Held as long as the object lives; the system gives it up when the process dies.
class DirectoryLock {
 public:
  virtual ~DirectoryLock() = default;
};

class Files {
 public:
  virtual ~Files() = default;

  // LevelDB's view of the same disk. Lifetime: as long as this object.
  virtual leveldb::Env& env() = 0;
  // Creates the directory, and those above it, where missing; their names are durable on return.
  virtual Result<void> create_directory(const std::string& path) = 0;
  // Keeps a second process out. Errors: busy, when one has it; the text names the directory.
  virtual Result<std::unique_ptr<DirectoryLock>> lock_directory(const std::string& path) = 0;
  virtual bool exists(const std::string& path) = 0;
  // A new file of `bytes` zeros whose space is reserved, so that a full disk shows here and not at a write; its name
  // and length are durable on return. One that exists is overwritten: it is left from a creation that did not end.
  virtual Result<std::unique_ptr<SegmentFile>> create_segment(const std::string& path, std::uint64_t bytes) = 0;
  // Errors: unknown, when there is no such file.
  virtual Result<std::unique_ptr<SegmentFile>> open_segment(const std::string& path) = 0;
};

// The real disk. Lives as long as the process.
Files& system_files();

// An environment on top of `disk` that makes new names durable. LevelDB syncs a directory only for its MANIFEST: the
// name of a new log, with acknowledged writes in it, or the renamed CURRENT may be gone after a power cut. Here every
// created or renamed name is followed by sync_directory. Lifetime: `disk` outlives it.
std::unique_ptr<leveldb::Env> with_durable_names(
    leveldb::Env& disk, std::function<Result<void>(const std::string& directory)> sync_directory);

// The directory that a path lies in; "." for a bare name.
std::string parent_directory(const std::string& path);

}  // namespace kanhe
