// Vault: the files whose digests stand on the ledger (materials of applications, files of certificates), at the node of
// the department that took them in, encrypted.
//
// A file is known by its digest, as the ledger names it: the SHA-256 or SM3 of its bytes. It comes in parts
// (certs/file_parts.h), in their order. When the last one has come, all are read again, and a file that is not of its
// digest is thrown away: every file that can be read is the one that the ledger names. One that was broken off goes on
// where it was, also after a restart; one that is here already is not taken again.
//
// On disk: DIR/ab/<digest> (ab: its first two digits), and DIR/incoming/<digest> until it is whole: the parts, each a
// nonce, the ciphertext and the tag (ledger/sealing.h), covered by digest and number, so that no part opens in another
// place, nor under another digest. A file is durable before it is said to be whole. DIR/key.check tells the key from
// others. Nothing is deleted here: what law or a mistake takes out is removed as a file, by its name.
//
// Who may read a file is not asked here (node/file_rights.h).
//
// Thread: any; whoever puts waits for whoever puts, readers wait for nobody. Limits: file_parts_max, and
// free_bytes_min, so that files do not fill the disk that the ledger writes to. Errors: io and corrupt name the path;
// busy (the disk is near full).
// Source: GB/T 35273-2020 6.3 (sensitive personal information is stored encrypted).
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "certs/file_parts.h"
#include "ledger/sealing.h"

namespace kanhe::node {

// A key file: 64 hexadecimal digits and a newline (node/private_file.h).
Result<void> write_vault_key(const std::string& path);
Result<SealingKey> read_vault_key(const std::string& path);

struct VaultOptions {
  std::string path;                           // a directory, made where there is none
  std::uint64_t free_bytes_min = 1ULL << 30;  // of its disk: below it nothing is taken
};

class Vault {
 public:
  // Errors: conflict, when what is there was sealed under another key.
  static Result<std::unique_ptr<Vault>> open(VaultOptions options, SealingKey key);

  // Takes a part, unless it is here already. Answers what is here then. Errors: out_of_range (part too long, or the
  // last possible one not shorter), conflict (not the next one; the text names it), malformed (that was the last, and
  // all together are not of the digest: all are gone).
  Result<certs::FileAnswer> put(const Hash256& digest, certs::FilePart part, ByteView bytes);
  // A part of a whole file. Errors: unknown (no such file, or not whole), out_of_range (beyond the last part), corrupt.
  Result<Bytes> get(const Hash256& digest, certs::FilePart part) const;

 private:
  Vault(VaultOptions options, SealingKey key);
  std::string path_of(const Hash256& digest) const;
  std::string incoming_path_of(const Hash256& digest) const;
  Result<void> check_room() const;
  Result<certs::FileAnswer> held_parts(const Hash256& digest) const;
  Result<void> check_key() const;
  Result<Bytes> read_part(const std::string& path, const Hash256& digest, std::uint32_t part) const;
  Result<void> write_part(const Hash256& digest, std::uint32_t part, ByteView bytes) const;
  Result<void> finish(const Hash256& digest, std::uint32_t parts) const;

  const VaultOptions options_;
  const SealingKey key_;
  std::mutex mutex_;  // one put at a time
};

}  // namespace kanhe::node
