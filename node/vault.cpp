// A part has its place by its number: all before the last are of one length. So how many are there follows from the
// length of the file, and what a crash left of a part is overwritten by that part.
#include "node/vault.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>

#include "ledger/descriptor.h"
#include "ledger/files.h"
#include "ledger/keys.h"
#include "node/private_file.h"

namespace kanhe::node {

using certs::file_part_bytes;
using certs::file_parts_max;
using certs::FileAnswer;
using certs::FilePart;

namespace {

constexpr std::size_t around_bytes = seal_nonce_bytes + seal_tag_bytes;  // of a part, beside what was given
constexpr std::size_t stored_part_bytes = file_part_bytes + around_bytes;
constexpr std::string_view check_covered = "kanhe vault key";

// Absent: there is no such file.
Result<std::optional<std::uint64_t>> length_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return std::optional(static_cast<std::uint64_t>(status.st_size));
  if (errno == ENOENT || errno == ENOTDIR) return std::optional<std::uint64_t>();
  return io_error(path);
}

// Reads at most so many bytes.
Result<Bytes> read_at(const std::string& path, std::uint64_t offset, std::size_t count_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.is_open()) return io_error(path);
  Bytes bytes(count_max);
  std::size_t size = 0;
  while (size < count_max) {
    const ssize_t count = ::pread(file.number(), bytes.data() + size, count_max - size,
                                  static_cast<off_t>(offset + size));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error(path);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  bytes.resize(size);
  return bytes;
}

Result<void> write_at(const std::string& path, std::uint64_t offset, ByteView bytes) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  // What a crash left behind the last whole part is cut off first.
  if (!file.is_open() || ::ftruncate(file.number(), static_cast<off_t>(offset)) != 0) return io_error(path);
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_error(path);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return {};
}

Result<void> sync_path(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open() || ::fsync(file.number()) != 0) return io_error(path);
  return {};
}

// What is sealed with a part: whose it is, and which one.
Bytes covered_of(const Hash256& digest, std::uint32_t part) {
  Bytes covered = to_bytes(digest.view());
  for (std::size_t i = 0; i < 4; ++i) covered.push_back(static_cast<Byte>(part >> (8 * i)));
  return covered;
}

// Nonce, ciphertext, tag.
Result<Bytes> sealed_with_nonce(const SealingKey& key, ByteView covered, ByteView plain) {
  Bytes stored(plain.size() + around_bytes);
  const std::span<Byte> all(stored);
  TRY(fill_random(all.first(seal_nonce_bytes)));
  TRY(seal(key, SealNonce(all.first(seal_nonce_bytes)), covered, plain, all.subspan(seal_nonce_bytes)));
  return stored;
}

Result<Bytes> unsealed_with_nonce(const SealingKey& key, ByteView covered, ByteView stored) {
  if (stored.size() < around_bytes) return fail(ErrorCode::not_authorised, "is too short to be sealed");
  Bytes plain(stored.size() - around_bytes);
  TRY(unseal(key, SealNonce(stored.first(seal_nonce_bytes)), covered, stored.subspan(seal_nonce_bytes), plain));
  return plain;
}

// The digests that a ledger may name a file by, computed as its parts come.
class Digests {
 public:
  Digests() : sha256_(start(EVP_sha256())), sm3_(start(EVP_sm3())) {}
  ~Digests() {
    EVP_MD_CTX_free(sha256_);
    EVP_MD_CTX_free(sm3_);
  }
  Digests(const Digests&) = delete;
  Digests& operator=(const Digests&) = delete;

  void add(ByteView bytes) {
    for (EVP_MD_CTX* one : {sha256_, sm3_}) CHECK(EVP_DigestUpdate(one, bytes.data(), bytes.size()) == 1);
  }
  // Ends the computation.
  bool contain(const Hash256& digest) {
    bool found = false;
    for (EVP_MD_CTX* one : {sha256_, sm3_}) {
      std::array<Byte, Hash256::size> computed{};
      CHECK(EVP_DigestFinal_ex(one, computed.data(), nullptr) == 1);
      found = found || equal(computed, digest.view());
    }
    return found;
  }

 private:
  static EVP_MD_CTX* start(const EVP_MD* algorithm) {
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    CHECK(context != nullptr && EVP_DigestInit_ex(context, algorithm, nullptr) == 1);
    return context;
  }

  EVP_MD_CTX* sha256_;
  EVP_MD_CTX* sm3_;
};

}  // namespace

// ---------------------------------------------------------------------------------------------------------------------
// Keys

Result<void> write_vault_key(const std::string& path) {
  SealingKey key;
  TRY(fill_random(key.bytes()));
  std::string text = to_hex(key.view()) + "\n";
  Result<void> written = write_new_file(path, text, FileAccess::secret);
  OPENSSL_cleanse(text.data(), text.size());
  return written;
}

Result<SealingKey> read_vault_key(const std::string& path) {
  std::string text = TRY(read_small_file(path, FileAccess::secret));
  if (text.ends_with('\n')) text.pop_back();
  auto bytes = from_hex(text);
  OPENSSL_cleanse(text.data(), text.size());
  // The text of the error must not show what is in the file.
  if (!bytes || bytes->size() != SealingKey::size) {
    return fail(ErrorCode::malformed, path, ": must be one line of ", 2 * SealingKey::size, " hexadecimal digits");
  }
  auto key = SealingKey::from(*bytes);
  OPENSSL_cleanse(bytes->data(), bytes->size());
  return key;
}

// ---------------------------------------------------------------------------------------------------------------------

Vault::Vault(VaultOptions options, SealingKey key) : options_(std::move(options)), key_(std::move(key)) {}

Result<std::unique_ptr<Vault>> Vault::open(VaultOptions options, SealingKey key) {
  TRY(system_files().create_directory(options.path + "/incoming"));
  std::unique_ptr<Vault> vault(new Vault(std::move(options), std::move(key)));
  TRY(vault->check_key());
  return vault;
}

// A wrong key would show file by file, and new files would be sealed under it meanwhile.
Result<void> Vault::check_key() const {
  const std::string path = options_.path + "/key.check";
  if (!TRY(length_of(path))) {
    const Bytes stored = TRY(sealed_with_nonce(key_, as_bytes(check_covered), {}));
    TRY(write_at(path, 0, stored));
    TRY(sync_path(path));
    return sync_path(options_.path);
  }
  const Bytes stored = TRY(read_at(path, 0, around_bytes));
  if (unsealed_with_nonce(key_, as_bytes(check_covered), stored)) return {};
  return fail(ErrorCode::conflict, options_.path, ": its files are sealed under another key than the one given");
}

std::string Vault::path_of(const Hash256& digest) const {
  const std::string name = digest.hex();
  return options_.path + "/" + name.substr(0, 2) + "/" + name;
}

std::string Vault::incoming_path_of(const Hash256& digest) const {
  return options_.path + "/incoming/" + digest.hex();
}

Result<void> Vault::check_room() const {
  std::error_code failed;
  const auto space = std::filesystem::space(options_.path, failed);
  if (failed) return fail(ErrorCode::io, options_.path, ": ", failed.message());
  if (space.available >= options_.free_bytes_min) return {};
  return fail(ErrorCode::busy, options_.path, ": its disk has ", space.available, " bytes left, and keeps ",
              options_.free_bytes_min, " free of files");
}

Result<FileAnswer> Vault::held_parts(const Hash256& digest) const {
  const auto parts_in = [](std::uint64_t length) { return static_cast<std::uint32_t>(length / stored_part_bytes); };
  // The last part is shorter, but it is there.
  if (const auto whole = TRY(length_of(path_of(digest)))) return FileAnswer{digest, parts_in(*whole) + 1, true};
  const auto length = TRY(length_of(incoming_path_of(digest)));
  return FileAnswer{digest, length ? parts_in(*length) : 0, false};
}

Result<FileAnswer> Vault::put(const Hash256& digest, FilePart part, ByteView bytes) {
  const std::uint32_t number = part.value();
  const bool is_last = bytes.size() < file_part_bytes;
  if (bytes.size() > file_part_bytes) {
    return fail(ErrorCode::out_of_range, "part ", number, ": ", bytes.size(), " bytes, must be at most ",
                file_part_bytes);
  }
  if (number + 1 == file_parts_max && !is_last) {
    return fail(ErrorCode::out_of_range, "file: more than ", file_part_bytes * (file_parts_max - 1),
                " bytes: part ", number, " must be shorter than ", file_part_bytes, " bytes");
  }
  const std::lock_guard lock(mutex_);
  const FileAnswer held = TRY(held_parts(digest));
  if (held.whole || number < held.parts) return held;
  if (number > held.parts) {
    return fail(ErrorCode::conflict, "part ", number, ": comes before its turn, part ", held.parts, " is the next");
  }
  TRY(check_room());
  TRY(write_part(digest, number, bytes));
  if (!is_last) return FileAnswer{digest, number + 1, false};
  TRY(finish(digest, number + 1));
  return FileAnswer{digest, number + 1, true};
}

Result<void> Vault::write_part(const Hash256& digest, std::uint32_t part, ByteView bytes) const {
  const Bytes stored = TRY(sealed_with_nonce(key_, covered_of(digest, part), bytes));
  return write_at(incoming_path_of(digest), std::uint64_t{part} * stored_part_bytes, stored);
}

Result<Bytes> Vault::read_part(const std::string& path, const Hash256& digest, std::uint32_t part) const {
  const Bytes stored = TRY(read_at(path, std::uint64_t{part} * stored_part_bytes, stored_part_bytes));
  auto plain = unsealed_with_nonce(key_, covered_of(digest, part), stored);
  if (plain) return plain;
  if (plain.error().code == ErrorCode::io) return plain;
  return fail(ErrorCode::corrupt, path, ": part ", part, " ", plain.error().text);
}

// Read back, so that what is checked is what lies on the disk.
Result<void> Vault::finish(const Hash256& digest, std::uint32_t parts) const {
  const std::string incoming = incoming_path_of(digest);
  Digests computed;
  for (std::uint32_t i = 0; i < parts; ++i) {
    const auto part = read_part(incoming, digest, i);
    if (!part) {
      // Parts that a power cut took out of the file: it begins again.
      if (part.error().code == ErrorCode::corrupt) std::remove(incoming.c_str());
      return part.error();
    }
    computed.add(*part);
  }
  if (!computed.contain(digest)) {
    if (std::remove(incoming.c_str()) != 0) return io_error(incoming);
    return fail(ErrorCode::malformed, "file: its ", parts, " parts together are not of the digest ", digest.hex(),
                "; they are thrown away");
  }
  const std::string path = path_of(digest);
  TRY(system_files().create_directory(parent_directory(path)));
  TRY(sync_path(incoming));
  if (std::rename(incoming.c_str(), path.c_str()) != 0) return io_error(path);
  return sync_path(parent_directory(path));
}

Result<Bytes> Vault::get(const Hash256& digest, FilePart part) const {
  const std::string path = path_of(digest);
  const auto length = TRY(length_of(path));
  if (!length) return fail(ErrorCode::unknown, "file ", digest.hex(), ": is not at this node");
  const auto last = static_cast<std::uint32_t>(*length / stored_part_bytes);
  if (part.value() > last) {
    return fail(ErrorCode::out_of_range, "part ", part.value(), ": the last one of this file is ", last);
  }
  return read_part(path, digest, part.value());
}

}  // namespace kanhe::node
