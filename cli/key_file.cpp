// Reading follows the path once, without links, and checks what was opened, not the name: between a check by name and
// an open, another could exchange the file.
#include "cli/key_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "ledger/codec_impl.h"
#include "ledger/descriptor.h"
#include "ledger/json.h"
#include "ledger/sealing.h"

namespace kanhe::cli {
namespace {

constexpr std::size_t plain_key_bytes = 2 * SecretKey::size;

// All the room that the text has: what was moved from, or shortened, may still hold its characters.
void wipe(std::string& text) {
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// In a directory that others may write to they can exchange the file. A sticky one lets only its owner remove it.
Result<void> check_directory(const std::string& path) {
  const std::string directory = directory_of(path);
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0) return io_error(directory);
  if ((status.st_mode & S_IWOTH) != 0 && (status.st_mode & S_ISVTX) == 0) {
    return fail(ErrorCode::not_authorised, directory, ": everyone may write to this directory, so that a key in it ",
                "could be exchanged; keep the key elsewhere, or chmod o-w ", directory);
  }
  return {};
}

Result<void> check_file(int file, const std::string& path) {
  struct stat status {};
  if (::fstat(file, &status) != 0) return io_error(path);
  if (!S_ISREG(status.st_mode)) return fail(ErrorCode::not_authorised, path, ": is not a plain file");
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return fail(ErrorCode::not_authorised, path, ": belongs to another account");
  }
  if ((status.st_mode & 077) != 0) {
    return fail(ErrorCode::not_authorised, path, ": holds a secret, but others than its owner can reach it; its mode ",
                "must be 0600. If others could read it, make a new key; else: chmod 600 ", path);
  }
  return {};
}

Result<std::string> read_all(int file, const std::string& path) {
  std::string text(key_file_bytes_max + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(file, text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      wipe(text);
      return io_error(path);
    }
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > key_file_bytes_max) {
    wipe(text);
    return fail(ErrorCode::out_of_range, path, ": must be at most ", key_file_bytes_max, " bytes");
  }
  text.resize(size);
  return text;
}

Result<void> write_synced(const std::string& path, std::string_view text) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open() && errno == EEXIST) {
    return fail(ErrorCode::duplicate, path, ": exists already, and is not overwritten");
  }
  if (!file.is_open()) return io_error(path);
  while (!text.empty()) {
    const ssize_t written = ::write(file.number(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_error(path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.number()) != 0) return io_error(path);
  return {};
}

Result<void> sync_directory_of(const std::string& path) {
  const std::string directory = directory_of(path);
  const Descriptor file(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.is_open() || ::fsync(file.number()) != 0) return io_error(directory);
  return {};
}

// ---------------------------------------------------------------------------------------------------------------------
// Encryption

Result<SealingKey> derive(const Passphrase& passphrase, const KeyFile& file) {
  const std::uint64_t n = std::uint64_t{1} << file.cost.log2_n.value();
  const std::uint64_t r = file.cost.r.value();
  const std::uint64_t p = file.cost.p.value();
  const std::uint64_t memory = 128 * r * (n + p + 2);
  const std::string_view text = passphrase.view();
  SealingKey key;
  if (EVP_PBE_scrypt(text.data(), text.size(), file.salt.array().data(), file.salt.size, n, r, p, memory + 1024,
                     key.bytes().data(), SealingKey::size) != 1) {
    return fail(ErrorCode::io, "the key file's cost needs ", memory >> 20, " MiB of memory, which this machine denies");
  }
  return key;
}

Bytes covered_part(const KeyFile& file) {
  KeyFile open = file;
  open.sealed = {};
  return encode(open);
}

// What everyone says who fails to open a key, whatever the reason.
Error cannot_open() {
  return fail(ErrorCode::not_authorised, "the key does not open: the passphrase is wrong, or the file is damaged");
}

}  // namespace

// ---------------------------------------------------------------------------------------------------------------------
// Passphrase

Result<Passphrase> Passphrase::from(std::string text) {
  Passphrase passphrase(std::move(text));
  wipe(text);
  const std::size_t size = passphrase.text_.size();
  if (size < passphrase_bytes_min || size > passphrase_bytes_max) {
    return fail(ErrorCode::out_of_range, "the passphrase has ", size, " bytes, must be between ", passphrase_bytes_min,
                " and ", passphrase_bytes_max);
  }
  if (passphrase.text_.find('\0') != std::string::npos) {
    return fail(ErrorCode::malformed, "the passphrase holds a zero byte");
  }
  return passphrase;
}

// Short texts lie inside the object, so that a move copies them: what was moved from is wiped.
Passphrase::Passphrase(Passphrase&& other) noexcept : text_(std::move(other.text_)) { wipe(other.text_); }

Passphrase& Passphrase::operator=(Passphrase&& other) noexcept {
  if (this == &other) return *this;
  wipe(text_);
  text_ = std::move(other.text_);
  wipe(other.text_);
  return *this;
}

Passphrase::~Passphrase() { wipe(text_); }

// ---------------------------------------------------------------------------------------------------------------------
// Sealing

Result<KeyFile> seal_key(SignatureScheme scheme, const SecretKey& key, const Passphrase& passphrase,
                         const ScryptCost& cost) {
  KeyFile file;
  file.scheme = scheme;
  file.public_key = public_key_of(scheme, key);
  file.cost = cost;
  TRY(fill_random(file.salt.array()));
  TRY(fill_random(file.nonce.array()));
  const SealingKey wrapping = TRY(derive(passphrase, file));
  TRY(seal(wrapping, SealNonce(file.nonce.view()), covered_part(file), key.view(), file.sealed.array()));
  return file;
}

Result<SecretKey> open_key(const KeyFile& file, const Passphrase& passphrase) {
  const SealingKey wrapping = TRY(derive(passphrase, file));
  SealingKey plain;
  static_assert(SealingKey::size == SecretKey::size);
  const auto opened = unseal(wrapping, SealNonce(file.nonce.view()), covered_part(file), file.sealed.view(),
                             plain.bytes());
  if (!opened) return cannot_open();
  auto key = SecretKey::from(plain.view());
  if (!key || public_key_of(file.scheme, *key) != file.public_key) return cannot_open();
  return key;
}

// ---------------------------------------------------------------------------------------------------------------------
// Files

Result<std::string> read_secret_file(const std::string& path) {
  TRY(check_directory(path));
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.is_open() && errno == ENOENT) return fail(ErrorCode::unknown, path, ": there is no such file");
  if (!file.is_open() && errno == ELOOP) {
    return fail(ErrorCode::not_authorised, path, ": is a symbolic link; name the file itself");
  }
  if (!file.is_open()) return io_error(path);
  TRY(check_file(file.number(), path));
  return read_all(file.number(), path);
}

namespace {

std::string text_of(const KeyFile& file) { return to_json(file, JsonLayout::indented) + "\n"; }

}  // namespace

Result<void> write_key_file(const std::string& path, const KeyFile& file) {
  TRY(check_directory(path));
  TRY(write_synced(path, text_of(file)));
  return sync_directory_of(path);
}

Result<void> replace_key_file(const std::string& path, const KeyFile& file) {
  TRY(read_secret_file(path));
  const std::string fresh = path + ".new";
  TRY(write_synced(fresh, text_of(file)));
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return io_error(path);
  return sync_directory_of(path);
}

Result<KeyFile> read_key_file(const std::string& path) {
  std::string text = TRY(read_secret_file(path));
  auto file = from_json<KeyFile>(text);
  // A plain key is a secret: nothing of it may enter a message.
  const bool plain = !text.starts_with('{');
  wipe(text);
  if (plain) {
    return fail(ErrorCode::malformed, path, ": is no encrypted key file. A key in the clear: kanhe key import ", path,
                " -o NEW, or --plain-key on a network that is thrown away");
  }
  if (!file) {
    const bool is_unknown = file.error().code == ErrorCode::unknown;  // a field; unknown is a file that is not there
    return Error{is_unknown ? ErrorCode::malformed : file.error().code, path + ": " + file.error().text};
  }
  if (!is_valid(file->scheme, file->public_key)) {
    return fail(ErrorCode::malformed, path, ": public_key is no key of the scheme");
  }
  return file;
}

Result<SecretKey> read_plain_key(const std::string& path) {
  std::string text = TRY(read_secret_file(path));
  if (text.ends_with('\n')) text.pop_back();
  auto bytes = from_hex(text);
  const std::size_t digits = text.size();
  wipe(text);
  if (!bytes || digits != plain_key_bytes) {
    return fail(ErrorCode::malformed, path, ": must be one line of ", plain_key_bytes, " hexadecimal digits");
  }
  auto key = SecretKey::from(*bytes);
  OPENSSL_cleanse(bytes->data(), bytes->size());
  if (!key) return std::move(key).error().in(path);
  return key;
}

}  // namespace kanhe::cli
