#include "testnet/sim_disk.h"

#include <leveldb/env.h>

#include <mutex>
#include <random>
#include <set>

namespace kanhe {
namespace {

// The contents of a file: what a reader sees, what would survive, and the writes between the two.
struct Inode {
  struct Write {
    std::uint64_t offset;
    std::string bytes;
  };
  enum class Kind { appended, segment } kind = Kind::appended;
  std::string live;
  std::string durable;
  std::vector<Write> unsynced;
  std::uint64_t length = 0;  // of a segment; the tail that was never written reads as zeros
};
using InodePtr = std::shared_ptr<Inode>;

void apply_write(std::string& content, std::uint64_t offset, std::string_view bytes) {
  if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size(), '\0');
  content.replace(offset, bytes.size(), bytes);
}

// Set in LevelDB's own thread, which works on behalf of all disks of the process.
thread_local bool in_background = false;

struct NameChange {
  std::string from;  // empty: `to` was created
  std::string to;    // empty: `from` was removed
  InodePtr inode;
};

using Names = std::map<std::string, InodePtr>;

void apply_change(Names& names, const NameChange& change) {
  if (!change.from.empty()) names.erase(change.from);
  if (!change.to.empty()) names[change.to] = change.inode;
}

leveldb::Status to_status(const Result<void>& result) {
  return result ? leveldb::Status::OK() : leveldb::Status::IOError(result.error().text);
}

class SimLock : public leveldb::FileLock {};

class SilentLogger : public leveldb::Logger {
 public:
  void Logv(const char*, std::va_list) override {}
};

}  // namespace

// Every member function takes the lock; handles hold the disk and the number of the power cycle they were made in.
struct SimDisk::Disk {
  mutable std::mutex mutex;
  Names live;
  Names durable;
  std::vector<NameChange> unsynced_names;
  std::set<std::string> locked;
  std::uint64_t cycle = 0;
  std::uint64_t operations = 0;
  std::uint64_t fail_at = 0;       // number of an operation; 0: never
  std::uint64_t power_off_at = 0;  // likewise
  bool background_ignored = false;

  enum class Fate { done, failed, powerless };

  // Counts an operation and says what becomes of it. Requires: the lock.
  Fate next_fate() {
    if (in_background && background_ignored) {
      return power_off_at != 0 && operations >= power_off_at ? Fate::powerless : Fate::done;
    }
    ++operations;
    if (power_off_at != 0 && operations >= power_off_at) return Fate::powerless;
    return operations == fail_at ? Fate::failed : Fate::done;
  }
  Error error(const std::string& what) const { return fail(ErrorCode::io, what, ": simulated fault"); }

  Result<void> write(std::uint64_t handle_cycle, Inode& inode, std::uint64_t offset, std::string_view bytes) {
    const std::lock_guard lock(mutex);
    const Fate fate = handle_cycle == cycle ? next_fate() : Fate::powerless;
    if (fate == Fate::powerless) return error("write");
    if (fate == Fate::failed) bytes = bytes.substr(0, bytes.size() / 2);
    apply_write(inode.live, offset, bytes);
    inode.unsynced.push_back({offset, std::string(bytes)});
    if (fate == Fate::failed) return error("write");
    return {};
  }

  // A failed sync: the kernel forgets the dirty pages, so a later successful sync does not cover them either. Readers
  // see them until the crash.
  Result<void> sync(std::uint64_t handle_cycle, Inode& inode) {
    const std::lock_guard lock(mutex);
    const Fate fate = handle_cycle == cycle ? next_fate() : Fate::powerless;
    if (fate == Fate::powerless) return error("sync");
    if (fate == Fate::done) {
      for (const Inode::Write& write : inode.unsynced) apply_write(inode.durable, write.offset, write.bytes);
    }
    inode.unsynced.clear();
    if (fate == Fate::failed) return error("sync");
    return {};
  }

  Result<void> zero_from(std::uint64_t handle_cycle, Inode& inode, std::uint64_t offset) {
    const std::size_t used = [&] {
      const std::lock_guard lock(mutex);
      return inode.live.size();
    }();
    if (used <= offset) return {};
    return write(handle_cycle, inode, offset, std::string(used - offset, '\0'));
  }

  Result<void> change_name(NameChange change) {
    const std::lock_guard lock(mutex);
    if (next_fate() != Fate::done) return error("change of name " + change.from + " " + change.to);
    apply_change(live, change);
    unsynced_names.push_back(std::move(change));
    return {};
  }

  Result<void> sync_directory(const std::string& path) {
    const std::lock_guard lock(mutex);
    if (next_fate() != Fate::done) return error("sync of directory " + path);
    std::vector<NameChange> rest;
    for (NameChange& change : unsynced_names) {
      const std::string& name = change.to.empty() ? change.from : change.to;
      if (parent_directory(name) == path) {
        apply_change(durable, change);
      } else {
        rest.push_back(std::move(change));
      }
    }
    unsynced_names = std::move(rest);
    return {};
  }

  InodePtr find(const std::string& path) const {
    const std::lock_guard lock(mutex);
    const auto found = live.find(path);
    return found == live.end() ? nullptr : found->second;
  }

  Result<InodePtr> create(const std::string& path, Inode::Kind kind, std::uint64_t length) {
    auto inode = std::make_shared<Inode>();
    inode->kind = kind;
    inode->length = length;
    TRY(change_name({"", path, inode}));
    return inode;
  }

  std::uint64_t current_cycle() const {
    const std::lock_guard lock(mutex);
    return cycle;
  }

  void crash(std::uint64_t seed);
};

namespace {

// What survives of a file: of an appended one a beginning of the unsynced bytes; of a segment each unsynced write
// whole, torn or not at all, in whatever order the disk had them.
void lose_unsynced(Inode& inode, std::mt19937_64& random) {
  if (inode.kind == Inode::Kind::appended) {
    std::uint64_t total = 0;
    for (const Inode::Write& write : inode.unsynced) total += write.bytes.size();
    // Nothing and everything are as likely as all that lies between.
    std::uint64_t kept = random() % 3 == 0 ? 0 : (random() % 2 == 0 ? total : random() % (total + 1));
    for (const Inode::Write& write : inode.unsynced) {
      const std::uint64_t part = std::min<std::uint64_t>(kept, write.bytes.size());
      if (part > 0) apply_write(inode.durable, write.offset, std::string_view(write.bytes).substr(0, part));
      kept -= part;
    }
  } else {
    for (const Inode::Write& write : inode.unsynced) {
      const std::uint64_t size = write.bytes.size();
      const std::uint64_t kept = random() % 3 == 0 ? 0 : (random() % 2 == 0 ? size : random() % (size + 1));
      if (kept > 0) apply_write(inode.durable, write.offset, std::string_view(write.bytes).substr(0, kept));
    }
  }
  inode.unsynced.clear();
  inode.live = inode.durable;
}

// What happens to a file depends on the seed and on the kind of file, not on how many others there are: LevelDB's
// thread makes and removes some whenever it gets to it.
std::mt19937_64 random_for(std::uint64_t seed, const std::string& path) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : path) {
    if (c < '0' || c > '9') hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return std::mt19937_64(seed ^ hash);
}

}  // namespace

void SimDisk::Disk::crash(std::uint64_t seed) {
  const std::lock_guard lock(mutex);
  // Names of one directory come in order; how far each directory came is drawn.
  std::map<std::string, std::vector<NameChange>> by_directory;
  for (NameChange& change : unsynced_names) {
    const std::string& name = change.to.empty() ? change.from : change.to;
    by_directory[parent_directory(name)].push_back(std::move(change));
  }
  for (const auto& [directory, changes] : by_directory) {
    std::mt19937_64 random = random_for(seed, directory);
    const std::size_t kept = random() % (changes.size() + 1);
    for (std::size_t i = 0; i < kept; ++i) apply_change(durable, changes[i]);
  }
  unsynced_names.clear();
  for (const auto& [path, inode] : durable) {
    auto survivor = std::make_shared<Inode>(*inode);
    std::mt19937_64 random = random_for(seed, path);
    lose_unsynced(*survivor, random);
    durable[path] = survivor;
  }
  live = durable;
  locked.clear();
  fail_at = power_off_at = 0;
  ++cycle;
}

class SimDisk::Segment : public SegmentFile {
 public:
  Segment(std::shared_ptr<Disk> disk, InodePtr inode)
      : disk_(std::move(disk)), inode_(std::move(inode)), cycle_(disk_->current_cycle()) {}

  Result<void> write(std::uint64_t offset, ByteView bytes) override {
    CHECK(offset <= size() && bytes.size() <= size() - offset);
    return disk_->write(cycle_, *inode_, offset, as_text(bytes));
  }
  Result<void> sync() override { return disk_->sync(cycle_, *inode_); }
  Result<void> read(std::uint64_t offset, std::span<Byte> target) const override {
    const std::lock_guard lock(disk_->mutex);
    if (offset + target.size() > inode_->length) return fail(ErrorCode::io, "read behind the end of a segment");
    std::fill(target.begin(), target.end(), Byte{0});
    const std::string& content = inode_->live;
    if (offset < content.size()) {
      const std::size_t count = std::min<std::size_t>(target.size(), content.size() - offset);
      std::memcpy(target.data(), content.data() + offset, count);
    }
    return {};
  }
  std::uint64_t size() const override { return inode_->length; }
  Result<void> zero_from(std::uint64_t offset) override { return disk_->zero_from(cycle_, *inode_, offset); }

 private:
  std::shared_ptr<Disk> disk_;
  InodePtr inode_;
  std::uint64_t cycle_;
};

class SimDisk::Lock : public DirectoryLock {
 public:
  Lock(std::shared_ptr<Disk> disk, std::string path)
      : disk_(std::move(disk)), path_(std::move(path)), cycle_(disk_->current_cycle()) {}
  ~Lock() override {
    const std::lock_guard lock(disk_->mutex);
    if (disk_->cycle == cycle_) disk_->locked.erase(path_);
  }

 private:
  std::shared_ptr<Disk> disk_;
  std::string path_;
  std::uint64_t cycle_;
};

// LevelDB's view. Handles keep their inode, so a removed file stays readable to who has it open, as on a real disk.
class SimDisk::Env : public leveldb::EnvWrapper {
 public:
  explicit Env(std::shared_ptr<Disk> disk) : leveldb::EnvWrapper(leveldb::Env::Default()), disk_(std::move(disk)) {}

  leveldb::Status NewSequentialFile(const std::string& path, leveldb::SequentialFile** file) override {
    const InodePtr inode = disk_->find(path);
    if (!inode) return missing(path, file);
    *file = new Sequential(disk_, inode);
    return leveldb::Status::OK();
  }
  leveldb::Status NewRandomAccessFile(const std::string& path, leveldb::RandomAccessFile** file) override {
    const InodePtr inode = disk_->find(path);
    if (!inode) return missing(path, file);
    *file = new RandomAccess(disk_, inode);
    return leveldb::Status::OK();
  }
  leveldb::Status NewWritableFile(const std::string& path, leveldb::WritableFile** file) override {
    auto inode = disk_->create(path, Inode::Kind::appended, 0);
    *file = inode ? new Writable(disk_, *inode) : nullptr;
    return inode ? leveldb::Status::OK() : leveldb::Status::IOError(inode.error().text);
  }
  leveldb::Status NewAppendableFile(const std::string& path, leveldb::WritableFile** file) override {
    const InodePtr inode = disk_->find(path);
    if (!inode) return NewWritableFile(path, file);
    *file = new Writable(disk_, inode);
    return leveldb::Status::OK();
  }
  bool FileExists(const std::string& path) override { return disk_->find(path) != nullptr; }
  leveldb::Status GetChildren(const std::string& directory, std::vector<std::string>* names) override {
    const std::lock_guard lock(disk_->mutex);
    names->clear();
    const std::string prefix = directory + "/";
    for (auto at = disk_->live.lower_bound(prefix); at != disk_->live.end() && at->first.starts_with(prefix); ++at) {
      if (parent_directory(at->first) == directory) names->push_back(at->first.substr(prefix.size()));
    }
    return leveldb::Status::OK();
  }
  leveldb::Status RemoveFile(const std::string& path) override {
    if (!disk_->find(path)) return leveldb::Status::NotFound(path);
    return to_status(disk_->change_name({path, "", nullptr}));
  }
  leveldb::Status CreateDir(const std::string&) override { return leveldb::Status::OK(); }
  leveldb::Status RemoveDir(const std::string&) override { return leveldb::Status::OK(); }
  leveldb::Status GetFileSize(const std::string& path, std::uint64_t* size) override {
    const InodePtr inode = disk_->find(path);
    if (!inode) return leveldb::Status::NotFound(path);
    const std::lock_guard lock(disk_->mutex);
    *size = inode->live.size();
    return leveldb::Status::OK();
  }
  leveldb::Status RenameFile(const std::string& from, const std::string& to) override {
    const InodePtr inode = disk_->find(from);
    if (!inode) return leveldb::Status::NotFound(from);
    return to_status(disk_->change_name({from, to, inode}));
  }
  void Schedule(void (*work)(void*), void* argument) override {
    auto* const planned = new std::pair<void (*)(void*), void*>(work, argument);
    const auto run = [](void* pair) {
      const std::unique_ptr<std::pair<void (*)(void*), void*>> owned(
          static_cast<std::pair<void (*)(void*), void*>*>(pair));
      in_background = true;
      owned->first(owned->second);
    };
    leveldb::EnvWrapper::Schedule(run, planned);
  }
  // The store's own lock keeps others out.
  leveldb::Status LockFile(const std::string&, leveldb::FileLock** lock) override {
    *lock = new SimLock;
    return leveldb::Status::OK();
  }
  leveldb::Status UnlockFile(leveldb::FileLock* lock) override {
    delete lock;
    return leveldb::Status::OK();
  }
  leveldb::Status NewLogger(const std::string&, leveldb::Logger** logger) override {
    *logger = new SilentLogger;
    return leveldb::Status::OK();
  }

 private:
  template <class File>
  static leveldb::Status missing(const std::string& path, File** file) {
    *file = nullptr;
    return leveldb::Status::NotFound(path, "no such file");
  }

  class Sequential : public leveldb::SequentialFile {
   public:
    Sequential(std::shared_ptr<Disk> disk, InodePtr inode) : disk_(std::move(disk)), inode_(std::move(inode)) {}
    leveldb::Status Read(std::size_t n, leveldb::Slice* result, char* scratch) override {
      const std::lock_guard lock(disk_->mutex);
      const std::string_view rest = std::string_view(inode_->live).substr(std::min(at_, inode_->live.size()));
      const std::size_t count = rest.copy(scratch, n);
      at_ += count;
      *result = leveldb::Slice(scratch, count);
      return leveldb::Status::OK();
    }
    leveldb::Status Skip(std::uint64_t n) override {
      at_ += n;
      return leveldb::Status::OK();
    }

   private:
    std::shared_ptr<Disk> disk_;
    InodePtr inode_;
    std::size_t at_ = 0;
  };

  class RandomAccess : public leveldb::RandomAccessFile {
   public:
    RandomAccess(std::shared_ptr<Disk> disk, InodePtr inode) : disk_(std::move(disk)), inode_(std::move(inode)) {}
    leveldb::Status Read(std::uint64_t offset, std::size_t n, leveldb::Slice* result, char* scratch) const override {
      const std::lock_guard lock(disk_->mutex);
      const std::string_view content = inode_->live;
      const std::size_t count = offset < content.size() ? content.substr(offset).copy(scratch, n) : 0;
      *result = leveldb::Slice(scratch, count);
      return leveldb::Status::OK();
    }

   private:
    std::shared_ptr<Disk> disk_;
    InodePtr inode_;
  };

  class Writable : public leveldb::WritableFile {
   public:
    Writable(std::shared_ptr<Disk> disk, InodePtr inode)
        : disk_(std::move(disk)), inode_(std::move(inode)), cycle_(disk_->current_cycle()), end_(inode_->live.size()) {}
    leveldb::Status Append(const leveldb::Slice& data) override {
      const auto written = disk_->write(cycle_, *inode_, end_, {data.data(), data.size()});
      end_ = inode_->live.size();
      return to_status(written);
    }
    leveldb::Status Close() override { return leveldb::Status::OK(); }
    leveldb::Status Flush() override { return leveldb::Status::OK(); }
    leveldb::Status Sync() override { return to_status(disk_->sync(cycle_, *inode_)); }

   private:
    std::shared_ptr<Disk> disk_;
    InodePtr inode_;
    std::uint64_t cycle_;
    std::uint64_t end_;
  };

  std::shared_ptr<Disk> disk_;
};

SimDisk::SimDisk() : disk_(std::make_shared<Disk>()), raw_env_(std::make_unique<Env>(disk_)) {
  env_ = with_durable_names(*raw_env_, [disk = disk_](const std::string& path) { return disk->sync_directory(path); });
}
SimDisk::~SimDisk() = default;

leveldb::Env& SimDisk::env() { return *env_; }
Result<void> SimDisk::create_directory(const std::string&) { return {}; }

Result<std::unique_ptr<DirectoryLock>> SimDisk::lock_directory(const std::string& path) {
  {
    const std::lock_guard lock(disk_->mutex);
    if (!disk_->locked.insert(path).second) {
      return fail(ErrorCode::busy, "directory ", path, " is in use by another process");
    }
  }
  return std::unique_ptr<DirectoryLock>(std::make_unique<Lock>(disk_, path));
}

bool SimDisk::exists(const std::string& path) { return disk_->find(path) != nullptr; }

Result<std::unique_ptr<SegmentFile>> SimDisk::create_segment(const std::string& path, std::uint64_t bytes) {
  const InodePtr inode = TRY(disk_->create(path, Inode::Kind::segment, bytes));
  TRY(disk_->sync_directory(parent_directory(path)));
  return std::unique_ptr<SegmentFile>(std::make_unique<Segment>(disk_, inode));
}

Result<std::unique_ptr<SegmentFile>> SimDisk::open_segment(const std::string& path) {
  const InodePtr inode = disk_->find(path);
  if (!inode) return fail(ErrorCode::unknown, path, ": no such file");
  return std::unique_ptr<SegmentFile>(std::make_unique<Segment>(disk_, inode));
}

void SimDisk::crash(std::uint64_t seed) { disk_->crash(seed); }

std::uint64_t SimDisk::operations() const {
  const std::lock_guard lock(disk_->mutex);
  return disk_->operations;
}
void SimDisk::ignore_background() {
  const std::lock_guard lock(disk_->mutex);
  disk_->background_ignored = true;
}
void SimDisk::fail_at(std::uint64_t k) {
  const std::lock_guard lock(disk_->mutex);
  disk_->fail_at = disk_->operations + k;
}
void SimDisk::power_off_at(std::uint64_t k) {
  const std::lock_guard lock(disk_->mutex);
  disk_->power_off_at = disk_->operations + k;
}

std::vector<std::string> SimDisk::files_below(const std::string& path) const {
  const std::lock_guard lock(disk_->mutex);
  std::vector<std::string> names;
  for (const auto& [name, inode] : disk_->live) {
    if (name.starts_with(path)) names.push_back(name);
  }
  return names;
}

std::string SimDisk::content(const std::string& path) const {
  const InodePtr inode = disk_->find(path);
  CHECK(inode != nullptr);
  return inode->live;
}

void SimDisk::corrupt(const std::string& path, const std::string& content) {
  const InodePtr inode = disk_->find(path);
  CHECK(inode != nullptr);
  inode->live = inode->durable = content;
  inode->unsynced.clear();
}

void SimDisk::remove(const std::string& path) {
  const std::lock_guard lock(disk_->mutex);
  disk_->live.erase(path);
  disk_->durable.erase(path);
}

std::unique_ptr<SimDisk> SimDisk::copy() const {
  auto other = std::make_unique<SimDisk>();
  const std::lock_guard lock(disk_->mutex);
  for (const auto& [path, inode] : disk_->live) {
    auto copied = std::make_shared<Inode>(*inode);
    copied->durable = copied->live;
    copied->unsynced.clear();
    other->disk_->live[path] = other->disk_->durable[path] = copied;
  }
  return other;
}

}  // namespace kanhe
