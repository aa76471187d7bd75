#include "ledger/read_only_files.h"

#include <leveldb/env.h>

#include <algorithm>

namespace kanhe {
namespace {

// A file in memory. LevelDB's background thread may write while another reads.
struct MemoryFile {
  std::mutex mutex;
  std::string bytes;
};
using SharedFile = std::shared_ptr<MemoryFile>;

class MemorySequential : public leveldb::SequentialFile {
 public:
  explicit MemorySequential(SharedFile file) : file_(std::move(file)) {}
  leveldb::Status Read(std::size_t n, leveldb::Slice* result, char* scratch) override {
    const std::lock_guard lock(file_->mutex);
    const std::size_t count = std::min(n, file_->bytes.size() - std::min(at_, file_->bytes.size()));
    std::copy_n(file_->bytes.data() + std::min(at_, file_->bytes.size()), count, scratch);
    at_ += count;
    *result = leveldb::Slice(scratch, count);
    return leveldb::Status::OK();
  }
  leveldb::Status Skip(std::uint64_t n) override {
    at_ += n;
    return leveldb::Status::OK();
  }

 private:
  SharedFile file_;
  std::size_t at_ = 0;
};

class MemoryRandomAccess : public leveldb::RandomAccessFile {
 public:
  explicit MemoryRandomAccess(SharedFile file) : file_(std::move(file)) {}
  leveldb::Status Read(std::uint64_t offset, std::size_t n, leveldb::Slice* result, char* scratch) const override {
    const std::lock_guard lock(file_->mutex);
    const std::size_t from = std::min<std::size_t>(offset, file_->bytes.size());
    const std::size_t count = std::min(n, file_->bytes.size() - from);
    std::copy_n(file_->bytes.data() + from, count, scratch);
    *result = leveldb::Slice(scratch, count);
    return leveldb::Status::OK();
  }

 private:
  SharedFile file_;
};

class MemoryWritable : public leveldb::WritableFile {
 public:
  explicit MemoryWritable(SharedFile file) : file_(std::move(file)) {}
  leveldb::Status Append(const leveldb::Slice& data) override {
    const std::lock_guard lock(file_->mutex);
    file_->bytes.append(data.data(), data.size());
    return leveldb::Status::OK();
  }
  leveldb::Status Close() override { return leveldb::Status::OK(); }
  leveldb::Status Flush() override { return leveldb::Status::OK(); }
  leveldb::Status Sync() override { return leveldb::Status::OK(); }

 private:
  SharedFile file_;
};

class Silent : public leveldb::Logger {
 public:
  void Logv(const char*, std::va_list) override {}
};

struct NoLock : leveldb::FileLock {};
struct NobodyKeptOut : DirectoryLock {};

// A segment of the disk, whose changed part is in memory from the first change on.
class ViewedSegment : public SegmentFile {
 public:
  explicit ViewedSegment(std::unique_ptr<SegmentFile> disk) : disk_(std::move(disk)), size_(disk_->size()) {}
  explicit ViewedSegment(std::uint64_t size) : size_(size), bytes_(Bytes(size)) {}

  Result<void> write(std::uint64_t offset, ByteView bytes) override {
    TRY(take());
    std::ranges::copy(bytes, bytes_->begin() + static_cast<std::ptrdiff_t>(offset));
    return {};
  }
  Result<void> sync() override { return {}; }
  Result<void> read(std::uint64_t offset, std::span<Byte> target) const override {
    const std::lock_guard lock(mutex_);
    if (!bytes_) return disk_->read(offset, target);
    if (offset + target.size() > bytes_->size()) return fail(ErrorCode::io, "read beyond the end");
    std::copy_n(bytes_->begin() + static_cast<std::ptrdiff_t>(offset), target.size(), target.begin());
    return {};
  }
  std::uint64_t size() const override { return size_; }
  Result<void> zero_from(std::uint64_t offset) override {
    TRY(take());
    std::fill(bytes_->begin() + static_cast<std::ptrdiff_t>(offset), bytes_->end(), Byte{0});
    return {};
  }

 private:
  Result<void> take() {
    const std::lock_guard lock(mutex_);
    if (bytes_) return {};
    Bytes whole(size_);
    TRY(disk_->read(0, whole));
    bytes_ = std::move(whole);
    return {};
  }

  std::unique_ptr<SegmentFile> disk_;
  std::uint64_t size_;
  mutable std::mutex mutex_;
  std::optional<Bytes> bytes_;
};

}  // namespace

class ReadOnlyFiles::View : public leveldb::EnvWrapper {
 public:
  using Status = leveldb::Status;
  explicit View(leveldb::Env& disk) : EnvWrapper(&disk) {}

  Status NewSequentialFile(const std::string& name, leveldb::SequentialFile** file) override {
    if (const SharedFile written = find(name)) return give(file, new MemorySequential(written));
    return is_removed(name) ? missing(name) : target()->NewSequentialFile(name, file);
  }
  Status NewRandomAccessFile(const std::string& name, leveldb::RandomAccessFile** file) override {
    if (const SharedFile written = find(name)) return give(file, new MemoryRandomAccess(written));
    return is_removed(name) ? missing(name) : target()->NewRandomAccessFile(name, file);
  }
  Status NewWritableFile(const std::string& name, leveldb::WritableFile** file) override {
    return give(file, new MemoryWritable(put(name, std::string())));
  }
  Status NewAppendableFile(const std::string& name, leveldb::WritableFile** file) override {
    SharedFile written = find(name);
    if (written == nullptr) {
      std::string before;
      if (FileExists(name)) {
        const Status read = leveldb::ReadFileToString(target(), name, &before);
        if (!read.ok()) return read;
      }
      written = put(name, std::move(before));
    }
    return give(file, new MemoryWritable(written));
  }
  bool FileExists(const std::string& name) override {
    return find(name) != nullptr || (!is_removed(name) && target()->FileExists(name));
  }
  Status GetChildren(const std::string& directory, std::vector<std::string>* names) override {
    std::vector<std::string> there;
    target()->GetChildren(directory, &there);
    std::set<std::string> all(there.begin(), there.end());
    const std::lock_guard lock(mutex_);
    const std::string prefix = directory + "/";
    for (const std::string& name : removed_) {
      if (name.starts_with(prefix)) all.erase(name.substr(prefix.size()));
    }
    for (const auto& [name, file] : written_) {
      if (name.starts_with(prefix)) all.insert(name.substr(prefix.size()));
    }
    names->assign(all.begin(), all.end());
    return Status::OK();
  }
  Status RemoveFile(const std::string& name) override {
    const std::lock_guard lock(mutex_);
    written_.erase(name);
    removed_.insert(name);
    return Status::OK();
  }
  Status DeleteFile(const std::string& name) override { return RemoveFile(name); }
  Status CreateDir(const std::string&) override { return Status::OK(); }
  Status RemoveDir(const std::string&) override { return Status::OK(); }
  Status DeleteDir(const std::string&) override { return Status::OK(); }
  Status GetFileSize(const std::string& name, std::uint64_t* size) override {
    if (const SharedFile written = find(name)) {
      const std::lock_guard lock(written->mutex);
      *size = written->bytes.size();
      return Status::OK();
    }
    return is_removed(name) ? missing(name) : target()->GetFileSize(name, size);
  }
  Status RenameFile(const std::string& from, const std::string& to) override {
    SharedFile moved = find(from);
    if (moved == nullptr) {
      if (!FileExists(from)) return missing(from);
      std::string bytes;
      const Status read = leveldb::ReadFileToString(target(), from, &bytes);
      if (!read.ok()) return read;
      moved = std::make_shared<MemoryFile>();
      moved->bytes = std::move(bytes);
    }
    const std::lock_guard lock(mutex_);
    written_.erase(from);
    removed_.insert(from);
    removed_.erase(to);
    written_[to] = moved;
    return Status::OK();
  }
  Status LockFile(const std::string&, leveldb::FileLock** lock) override {
    *lock = new NoLock;
    return Status::OK();
  }
  Status UnlockFile(leveldb::FileLock* lock) override {
    delete lock;
    return Status::OK();
  }
  Status NewLogger(const std::string&, leveldb::Logger** logger) override {
    *logger = new Silent;
    return Status::OK();
  }

 private:
  template <class Base, class File>
  static Status give(Base** place, File* file) {
    *place = file;
    return Status::OK();
  }
  static Status missing(const std::string& name) { return Status::NotFound(name, "there is no such file"); }
  SharedFile find(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = written_.find(name);
    return found == written_.end() ? nullptr : found->second;
  }
  bool is_removed(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    return removed_.contains(name);
  }
  SharedFile put(const std::string& name, std::string bytes) {
    auto file = std::make_shared<MemoryFile>();
    file->bytes = std::move(bytes);
    const std::lock_guard lock(mutex_);
    removed_.erase(name);
    written_[name] = file;
    return file;
  }

  mutable std::mutex mutex_;
  std::map<std::string, SharedFile> written_;
  std::set<std::string> removed_;
};

ReadOnlyFiles::ReadOnlyFiles(Files& disk) : disk_(disk), view_(std::make_unique<View>(disk.env())) {}
ReadOnlyFiles::~ReadOnlyFiles() = default;

leveldb::Env& ReadOnlyFiles::env() { return *view_; }

Result<std::unique_ptr<DirectoryLock>> ReadOnlyFiles::lock_directory(const std::string&) {
  return std::unique_ptr<DirectoryLock>(std::make_unique<NobodyKeptOut>());
}

bool ReadOnlyFiles::exists(const std::string& path) { return disk_.exists(path); }

Result<std::unique_ptr<SegmentFile>> ReadOnlyFiles::create_segment(const std::string&, std::uint64_t bytes) {
  return std::unique_ptr<SegmentFile>(std::make_unique<ViewedSegment>(bytes));
}

Result<std::unique_ptr<SegmentFile>> ReadOnlyFiles::open_segment(const std::string& path) {
  return std::unique_ptr<SegmentFile>(std::make_unique<ViewedSegment>(TRY(disk_.open_segment(path))));
}

}  // namespace kanhe
