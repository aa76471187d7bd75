#include "cli/local_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <iostream>

#include "cli/file_error.h"

namespace kanhe::cli {
namespace {

constexpr std::string_view standard_stream = "-";

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

Result<void> write_all(const Descriptor& file, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file.number(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error(path, "cannot be written");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> sync_directory_of(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  const Descriptor directory(::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.number() < 0 || ::fsync(directory.number()) != 0)
    return file_error(path, "its directory cannot be synced");
  return {};
}

mode_t mode_bits(FileMode mode) { return mode == FileMode::private_to_owner ? 0600 : 0644; }

Result<void> write_file(const std::string& path, std::string_view text, FileMode mode, Durability durability) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode_bits(mode)));
  if (file.number() < 0) return file_error(path, "cannot be created");
  auto written = write_all(file, path, text);
  if (written.has_value() && durability == Durability::at_once && ::fsync(file.number()) != 0) {
    written = file_error(path, "cannot be synced");
  }
  if (!written.has_value()) ::unlink(path.c_str());
  return written;
}

}  // namespace

Result<std::string> read_local_file(const std::string& path, std::size_t bytes_max) {
  const bool from_stdin = path == standard_stream;
  const Descriptor opened(from_stdin ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (opened.number() < 0) return file_error(path, "cannot be read");
  std::string text;
  char buffer[65'536];
  while (true) {
    const ssize_t count = ::read(opened.number(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return file_error(path, "cannot be read");
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > bytes_max) return fail(ErrorCode::out_of_range, path, ": longer than ", bytes_max, " bytes");
  }
}

Result<void> write_new_local_file(const std::string& path, std::string_view text, FileMode mode,
                                  Durability durability) {
  if (path == standard_stream) {
    std::cout << text << std::flush;
    return {};
  }
  TRY(write_file(path, text, mode, durability));
  return durability == Durability::at_once ? sync_directory_of(path) : Result<void>();
}

Result<void> replace_local_file(const std::string& path, std::string_view text, FileMode mode, Durability durability) {
  if (path == standard_stream) return write_new_local_file(path, text, mode, durability);
  const std::string fresh = path + ".new-" + std::to_string(::getpid());
  ::unlink(fresh.c_str());
  TRY(write_file(fresh, text, mode, durability));
  if (::rename(fresh.c_str(), path.c_str()) != 0) {
    const Error error = file_error(path, "cannot be replaced");
    ::unlink(fresh.c_str());
    return error;
  }
  return durability == Durability::at_once ? sync_directory_of(path) : Result<void>();
}

Result<void> sync_files(const std::string& directory) {
  const Descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.number() < 0 || ::syncfs(opened.number()) != 0) return file_error(directory, "cannot be synced");
  return {};
}

Result<std::vector<std::string>> files_below(const std::string& path, std::string_view ending) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  std::filesystem::recursive_directory_iterator entries(path, error);
  for (; !error && entries != std::filesystem::recursive_directory_iterator(); entries.increment(error)) {
    if (entries->is_regular_file(error) && entries->path().native().ends_with(ending)) {
      files.push_back(entries->path().string());
    }
  }
  if (error) return fail(ErrorCode::io, path, ": ", error.message());
  if (files.empty()) return fail(ErrorCode::unknown, path, ": no file in it ends in ", ending);
  std::ranges::sort(files);
  return files;
}

}  // namespace kanhe::cli
