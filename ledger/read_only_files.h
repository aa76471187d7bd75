// ReadOnlyFiles: a disk that is looked at and never changed. Whatever is written, renamed or removed through it stays
// in memory, above the files of another Files object: so the store of a node that is down, or a copy that is evidence,
// is opened by the very code that the node runs, which repairs on opening what a crash left behind, and afterwards
// every byte on the disk is as it was.
//
// Thread: any. Memory: what is written, which is little where a store is only read. Errors: as Files; what was written
// is never durable.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "ledger/files.h"

namespace kanhe {

class ReadOnlyFiles : public Files {
 public:
  // Lifetime: `disk` outlives this object.
  explicit ReadOnlyFiles(Files& disk);
  ~ReadOnlyFiles() override;

  leveldb::Env& env() override;
  // Nothing is made; what is not there reads as an empty directory.
  Result<void> create_directory(const std::string&) override { return {}; }
  // Nobody is kept out: who looks asks whether somebody runs there before.
  Result<std::unique_ptr<DirectoryLock>> lock_directory(const std::string& path) override;
  bool exists(const std::string& path) override;
  Result<std::unique_ptr<SegmentFile>> create_segment(const std::string& path, std::uint64_t bytes) override;
  Result<std::unique_ptr<SegmentFile>> open_segment(const std::string& path) override;

 private:
  class View;
  Files& disk_;
  std::unique_ptr<View> view_;
};

}  // namespace kanhe
