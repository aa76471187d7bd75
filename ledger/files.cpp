#include "ledger/files.h"

#include <fcntl.h>
#include <leveldb/env.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace kanhe {
namespace {

Error system_error(std::string_view action, const std::string& path) {
  return fail(ErrorCode::io, action, " ", path, ": ", std::strerror(errno));
}

// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

Descriptor open_file(const std::string& path, int flags) {
  return Descriptor(::open(path.c_str(), flags | O_CLOEXEC, 0600));
}

Result<void> sync_directory(const std::string& path) {
  const Descriptor directory = open_file(path, O_RDONLY | O_DIRECTORY);
  if (!directory.is_open()) return system_error("open directory", path);
  if (::fsync(directory.get()) != 0) return system_error("sync directory", path);
  return {};
}

// Reserves the space, so that later writes cannot meet a full disk. A file system without that service is filled with
// holes instead; the difference is only when a full disk shows.
Result<void> reserve(int fd, std::uint64_t bytes, const std::string& path) {
  const int status = ::posix_fallocate(fd, 0, static_cast<off_t>(bytes));
  if (status == 0) return {};
  if (status == EOPNOTSUPP || status == EINVAL) {
    if (::ftruncate(fd, static_cast<off_t>(bytes)) == 0) return {};
    return system_error("extend", path);
  }
  errno = status;
  return system_error("reserve space for", path);
}

class SystemSegmentFile : public SegmentFile {
 public:
  SystemSegmentFile(Descriptor fd, std::uint64_t size, std::string path)
      : fd_(std::move(fd)), size_(size), path_(std::move(path)) {}

  Result<void> write(std::uint64_t offset, ByteView bytes) override {
    CHECK(offset <= size_ && bytes.size() <= size_ - offset);
    while (!bytes.empty()) {
      const ssize_t written = ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return system_error("write", path_);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
      offset += static_cast<std::uint64_t>(written);
    }
    return {};
  }

  Result<void> sync() override {
    if (::fdatasync(fd_.get()) != 0) return system_error("sync", path_);
    return {};
  }

  Result<void> read(std::uint64_t offset, std::span<Byte> target) const override {
    while (!target.empty()) {
      const ssize_t count = ::pread(fd_.get(), target.data(), target.size(), static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return system_error("read", path_);
      if (count == 0) return fail(ErrorCode::io, "read ", path_, ": ends before byte ", offset + target.size());
      target = target.subspan(static_cast<std::size_t>(count));
      offset += static_cast<std::uint64_t>(count);
    }
    return {};
  }

  std::uint64_t size() const override { return size_; }

  Result<void> zero_from(std::uint64_t offset) override {
    CHECK(offset <= size_);
    if (::ftruncate(fd_.get(), static_cast<off_t>(offset)) != 0) return system_error("truncate", path_);
    return reserve(fd_.get(), size_, path_);
  }

 private:
  Descriptor fd_;
  std::uint64_t size_;
  std::string path_;
};

// flock() belongs to the open file, so it keeps out a second store in this process too.
class SystemLock : public DirectoryLock {
 public:
  explicit SystemLock(Descriptor fd) : fd_(std::move(fd)) {}

 private:
  Descriptor fd_;
};

class SystemFiles : public Files {
 public:
  SystemFiles() : env_(with_durable_names(*leveldb::Env::Default(), &sync_directory)) {}

  leveldb::Env& env() override { return *env_; }

  Result<void> create_directory(const std::string& path) override {
    struct stat found {};
    if (::stat(path.c_str(), &found) == 0) {
      if (S_ISDIR(found.st_mode)) return {};
      return fail(ErrorCode::io, "create directory ", path, ": a file of that name exists");
    }
    const std::string parent = parent_directory(path);
    if (parent != path) TRY(create_directory(parent));
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return system_error("create directory", path);
    return sync_directory(parent);
  }

  Result<std::unique_ptr<DirectoryLock>> lock_directory(const std::string& path) override {
    Descriptor fd = open_file(path + "/LOCK", O_RDWR | O_CREAT);
    if (!fd.is_open()) return system_error("open", path + "/LOCK");
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) return fail(ErrorCode::busy, "directory ", path, " is in use by another process");
      return system_error("lock", path + "/LOCK");
    }
    return std::unique_ptr<DirectoryLock>(std::make_unique<SystemLock>(std::move(fd)));
  }

  bool exists(const std::string& path) override { return ::access(path.c_str(), F_OK) == 0; }

  Result<std::unique_ptr<SegmentFile>> create_segment(const std::string& path, std::uint64_t bytes) override {
    Descriptor fd = open_file(path, O_RDWR | O_CREAT | O_TRUNC);
    if (!fd.is_open()) return system_error("create", path);
    TRY(reserve(fd.get(), bytes, path));
    if (::fsync(fd.get()) != 0) return system_error("sync", path);
    TRY(sync_directory(parent_directory(path)));
    return std::unique_ptr<SegmentFile>(std::make_unique<SystemSegmentFile>(std::move(fd), bytes, path));
  }

  Result<std::unique_ptr<SegmentFile>> open_segment(const std::string& path) override {
    Descriptor fd = open_file(path, O_RDWR);
    if (!fd.is_open()) {
      if (errno == ENOENT) return fail(ErrorCode::unknown, path, ": no such file");
      return system_error("open", path);
    }
    struct stat found {};
    if (::fstat(fd.get(), &found) != 0) return system_error("stat", path);
    const auto size = static_cast<std::uint64_t>(found.st_size);
    return std::unique_ptr<SegmentFile>(std::make_unique<SystemSegmentFile>(std::move(fd), size, path));
  }

 private:
  std::unique_ptr<leveldb::Env> env_;
};

class DurableNamesEnv : public leveldb::EnvWrapper {
 public:
  DurableNamesEnv(leveldb::Env& disk, std::function<Result<void>(const std::string&)> sync)
      : leveldb::EnvWrapper(&disk), sync_(std::move(sync)) {}

  leveldb::Status NewWritableFile(const std::string& path, leveldb::WritableFile** file) override {
    leveldb::Status status = target()->NewWritableFile(path, file);
    if (!status.ok()) return status;
    status = sync_name(path);
    if (status.ok()) return status;
    delete *file;
    *file = nullptr;
    return status;
  }

  leveldb::Status NewAppendableFile(const std::string& path, leveldb::WritableFile** file) override {
    leveldb::Status status = target()->NewAppendableFile(path, file);
    if (!status.ok()) return status;
    status = sync_name(path);
    if (status.ok()) return status;
    delete *file;
    *file = nullptr;
    return status;
  }

  leveldb::Status RenameFile(const std::string& from, const std::string& to) override {
    const leveldb::Status status = target()->RenameFile(from, to);
    return status.ok() ? sync_name(to) : status;
  }

 private:
  leveldb::Status sync_name(const std::string& path) {
    const auto synced = sync_(parent_directory(path));
    return synced ? leveldb::Status::OK() : leveldb::Status::IOError(synced.error().text);
  }

  std::function<Result<void>(const std::string&)> sync_;
};

}  // namespace

std::string parent_directory(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::unique_ptr<leveldb::Env> with_durable_names(leveldb::Env& disk,
                                                 std::function<Result<void>(const std::string&)> sync) {
  return std::make_unique<DurableNamesEnv>(disk, std::move(sync));
}

Files& system_files() {
  static SystemFiles files;
  return files;
}

}  // namespace kanhe
