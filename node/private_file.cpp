#include "node/private_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "ledger/descriptor.h"
#include "ledger/files.h"

namespace kanhe::node {
namespace {

Result<void> write_all(int file, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_error(path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> sync_directory_of(const std::string& path) {
  const std::string directory = parent_directory(path);
  const Descriptor file(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.is_open() || ::fsync(file.number()) != 0) return io_error(directory);
  return {};
}

Result<void> check_access(int file, const std::string& path, FileAccess access) {
  struct stat status {};
  if (::fstat(file, &status) != 0) return io_error(path);
  if (!S_ISREG(status.st_mode)) return fail(ErrorCode::not_authorised, path, ": is not a plain file");
  if (access == FileAccess::secret && (status.st_mode & 077) != 0) {
    return fail(ErrorCode::not_authorised, path, ": holds a secret, but others than its owner can reach it (its mode ",
                "must be 0600); if others could read it, replace the key");
  }
  if (static_cast<std::size_t>(status.st_size) > file_bytes_max(access)) {
    return fail(ErrorCode::out_of_range, path, ": ", status.st_size, " bytes, must be at most ",
                file_bytes_max(access));
  }
  return {};
}

}  // namespace

Result<void> write_new_file(const std::string& path, std::string_view text, FileAccess access) {
  const mode_t mode = access == FileAccess::secret ? 0600 : 0644;
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!file.is_open() && errno == EEXIST) {
    return fail(ErrorCode::duplicate, path, ": exists already; it is not overwritten");
  }
  if (!file.is_open()) return io_error(path);
  TRY(write_all(file.number(), text, path));
  if (::fsync(file.number()) != 0) return io_error(path);
  return sync_directory_of(path);
}

Result<std::string> read_small_file(const std::string& path, FileAccess access) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open() && errno == ENOENT) return fail(ErrorCode::unknown, path, ": there is no such file");
  if (!file.is_open()) return io_error(path);
  TRY(check_access(file.number(), path, access));
  // It may grow while it is read.
  std::string text;
  std::size_t size = 0;
  for (;;) {
    if (size == text.size()) text.resize(std::max<std::size_t>(2 * size, 4'096));
    const ssize_t count = ::read(file.number(), text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error(path);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
    if (size > file_bytes_max(access)) {
      return fail(ErrorCode::out_of_range, path, ": must be at most ", file_bytes_max(access), " bytes");
    }
  }
  text.resize(size);
  return text;
}

Result<void> write_secret_key(const std::string& path, const SecretKey& key) {
  std::string text = to_hex(key.view()) + "\n";
  Result<void> written = write_new_file(path, text, FileAccess::secret);
  OPENSSL_cleanse(text.data(), text.size());
  return written;
}

Result<SecretKey> read_secret_key(const std::string& path) {
  std::string text = TRY(read_small_file(path, FileAccess::secret));
  if (text.ends_with('\n')) text.pop_back();
  auto bytes = from_hex(text);
  OPENSSL_cleanse(text.data(), text.size());
  // The text of the error must not show what is in the file.
  if (!bytes || bytes->size() != SecretKey::size) {
    return fail(ErrorCode::malformed, path, ": must be one line of ", 2 * SecretKey::size, " hexadecimal digits");
  }
  auto key = SecretKey::from(*bytes);
  OPENSSL_cleanse(bytes->data(), bytes->size());
  if (!key) return std::move(key).error().in(path);
  return key;
}

Result<void> replace_file(const std::string& path, std::string_view text) {
  const std::string fresh = path + ".new";
  {
    const Descriptor file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file.is_open()) return io_error(fresh);
    TRY(write_all(file.number(), text, fresh));
  }
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return io_error(path);
  return {};
}

}  // namespace kanhe::node
