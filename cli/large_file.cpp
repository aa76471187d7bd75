#include "cli/large_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "cli/file_error.h"

namespace kanhe::cli {
namespace {

constexpr std::size_t read_bytes = 1'024 * 1'024;
constexpr off_t write_behind_bytes = 8 * 1'024 * 1'024;
constexpr int no_file = -1;

void close_if_open(int file) {
  if (file != no_file) ::close(file);
}

}  // namespace

// ---------------------------------------------------------------------------------------------------------------------
// Writing

Result<NewLargeFile> NewLargeFile::create(const std::string& path, FileMode mode) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0) {
    errno = EEXIST;
    return file_error(path, "cannot be created");
  }
  std::string fresh = path + ".new-" + std::to_string(::getpid());
  ::unlink(fresh.c_str());
  const mode_t bits = mode == FileMode::private_to_owner ? 0600 : 0644;
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, bits);
  if (file < 0) return file_error(fresh, "cannot be created");
  return NewLargeFile(path, std::move(fresh), file);
}

NewLargeFile::NewLargeFile(std::string path, std::string fresh, int file)
    : path_(std::move(path)), fresh_(std::move(fresh)), file_(file) {}

NewLargeFile::NewLargeFile(NewLargeFile&& other) noexcept
    : path_(other.path_), fresh_(other.fresh_), file_(std::exchange(other.file_, no_file)),
      written_(other.written_), begun_(other.begun_) {}

NewLargeFile::~NewLargeFile() {
  if (file_ == no_file) return;
  ::close(file_);
  ::unlink(fresh_.c_str());
}

Result<void> NewLargeFile::write(ByteView piece) {
  while (!piece.empty()) {
    const ssize_t written = ::write(file_, piece.data(), piece.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error(fresh_, "cannot be written");
    piece = piece.subspan(static_cast<std::size_t>(written));
    written_ += written;
  }
  // The disk begins while there is more to write, so that the sync at the end waits for little. Only a hint.
  if (written_ - begun_ >= write_behind_bytes) {
    ::sync_file_range(file_, begun_, written_ - begun_, SYNC_FILE_RANGE_WRITE);
    begun_ = written_;
  }
  return {};
}

// A link, unlike a renaming, takes nobody's place.
Result<void> NewLargeFile::keep() {
  if (::fsync(file_) != 0) return file_error(fresh_, "cannot be synced");
  if (::link(fresh_.c_str(), path_.c_str()) != 0) return file_error(path_, "cannot be created");
  ::unlink(fresh_.c_str());
  ::close(std::exchange(file_, no_file));
  const std::string parent = std::filesystem::path(path_).parent_path().string();
  const int directory = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = directory >= 0 && ::fsync(directory) == 0;
  const Error error = synced ? Error() : file_error(path_, "its directory cannot be synced");
  close_if_open(directory);
  if (!synced) return error;
  return {};
}

// ---------------------------------------------------------------------------------------------------------------------
// Reading in place

Result<LargeFile> LargeFile::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return file_error(path, "cannot be read");
  struct stat about {};
  void* begin = nullptr;
  const bool sized = ::fstat(file, &about) == 0;
  const auto size = sized ? static_cast<std::size_t>(about.st_size) : 0;
  if (size > 0) begin = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  const bool good = sized && begin != MAP_FAILED;
  const Error error = good ? Error() : file_error(path, "cannot be read");
  ::close(file);
  if (!good) return error;
  return LargeFile(ByteView(static_cast<const Byte*>(begin), size));
}

LargeFile::LargeFile(LargeFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

LargeFile::~LargeFile() {
  if (!bytes_.empty()) ::munmap(const_cast<Byte*>(bytes_.data()), bytes_.size());
}

// ---------------------------------------------------------------------------------------------------------------------
// Lines

Result<LineReader> LineReader::open(const std::string& path) {
  const int file = path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return file_error(path, "cannot be read");
  return LineReader(path, file);
}

LineReader::LineReader(std::string path, int file) : path_(std::move(path)), file_(file), buffer_(read_bytes, '\0') {}

LineReader::LineReader(LineReader&& other) noexcept
    : path_(other.path_), file_(std::exchange(other.file_, no_file)), buffer_(std::move(other.buffer_)),
      begin_(other.begin_), end_(other.end_), ended_(other.ended_) {}

LineReader::~LineReader() { close_if_open(file_); }

// The beginning of a line moves to the front; a line that fills the buffer doubles it.
Result<void> LineReader::read_more() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= std::exchange(begin_, 0);
  if (end_ == line_bytes_max) return fail(ErrorCode::out_of_range, path_, ": a line is longer than ", line_bytes_max);
  if (end_ == buffer_.size()) buffer_.resize(std::min(2 * buffer_.size(), line_bytes_max));
  while (true) {
    const ssize_t count = ::read(file_, buffer_.data() + end_, buffer_.size() - end_);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return file_error(path_, "cannot be read");
    ended_ = count == 0;
    end_ += static_cast<std::size_t>(count);
    return {};
  }
}

Result<bool> LineReader::next(std::string_view& line) {
  std::size_t looked_at = begin_;
  while (true) {
    const std::string_view rest(buffer_.data() + looked_at, end_ - looked_at);
    const std::size_t found = rest.find('\n');
    if (found != std::string_view::npos || (ended_ && begin_ < end_)) {
      const std::size_t stop = found == std::string_view::npos ? end_ : looked_at + found;
      line = std::string_view(buffer_.data() + begin_, stop - begin_);
      begin_ = std::min(stop + 1, end_);
      return true;
    }
    if (ended_) return false;
    const std::size_t kept = end_ - begin_;
    TRY(read_more());
    looked_at = begin_ + kept;
  }
}

}  // namespace kanhe::cli
