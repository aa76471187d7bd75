// Private files: small files that hold secrets, and how they are kept from other accounts of the machine.
//
// A secret is written with mode 0600 into a new file and is durable on return. Reading refuses a file that its group or
// others may read or write: a key that was readable once must be taken for copied, and who sees the refusal learns it.
//
// Thread: any. Limits: file_bytes_max(). Errors: the text names the path.
#pragma once

#include <string>

#include "ledger/bytes.h"
#include "ledger/keys.h"
#include "ledger/result.h"

namespace kanhe::node {

enum class FileAccess : std::uint8_t { secret, open };

// A genesis of a thousand departments, or thousands of epoch changes, are larger than keys.
constexpr std::size_t file_bytes_max(FileAccess access) {
  return access == FileAccess::secret ? std::size_t{64} << 10 : std::size_t{64} << 20;
}

// Writes a new file: mode 0600 if secret, else 0644. Errors: duplicate (it exists; nothing is changed), io.
Result<void> write_new_file(const std::string& path, std::string_view text, FileAccess access);

// Reads a file whole. Errors: unknown (there is none), not_authorised (a secret that group or others can reach, or no
// plain file), out_of_range (size), io.
Result<std::string> read_small_file(const std::string& path, FileAccess access);

// A consensus key as 64 hexadecimal digits and a newline. Errors: as above; malformed.
Result<void> write_secret_key(const std::string& path, const SecretKey& key);
Result<SecretKey> read_secret_key(const std::string& path);

// Replaces a file that readers may open at any moment: they see the old text or the new one. Not durable; for reports.
Result<void> replace_file(const std::string& path, std::string_view text);

}  // namespace kanhe::node
