// KeyFile: a secret key of an officer, a party or a machine, encrypted under a passphrase.
//
// The file is one record as JSON: what anyone may see (scheme, public key, cost of guessing) and the sealed key.
// scrypt (RFC 7914) makes 32 bytes of the passphrase and a salt; AES-256-GCM seals the secret key with them, and covers
// everything else in the file, so that nobody can exchange the public key or lower the cost unnoticed. A wrong
// passphrase and a damaged file give the same answer, because nothing can tell them apart.
//
// Access. A key file is a plain file of mode 0600 in a directory that others cannot write to (or a sticky one), and
// never a symbolic link: otherwise it is refused, because it must be taken for copied or exchanged.
//
// A *plain* key, one line of 64 hexadecimal digits as testnet/make_network writes for networks that are thrown away, is
// read where a command offers it (--plain-key, `key import`), and never taken for an encrypted one.
//
// A passphrase comes from the terminal, where it is not shown, from a file, or from an open descriptor; never from a
// flag or the environment, where others could read it. Secrets are wiped from memory.
//
// Thread: one. Limits: below. Errors: the text names the path, and never shows what is in the file.
#pragma once

#include <optional>
#include <string>

#include "ledger/keys.h"
#include "ledger/validators.h"

namespace kanhe::cli {

inline constexpr std::size_t passphrase_bytes_min = 8;
inline constexpr std::size_t passphrase_bytes_max = 1'024;
inline constexpr std::size_t key_file_bytes_max = 4'096;

// The cost of a guess: 2^log2_n · r · 128 bytes of memory. The limits keep a hostile file from exhausting the machine,
// and a careless one from being cheap to guess.
struct ScryptLog2NTag : LimitTag<std::uint8_t, 14, 20> {
  static constexpr Label label{"ScryptLog2N", "", "scrypt: logarithm of N"};
};
struct ScryptRTag : LimitTag<std::uint32_t, 8, 16> {
  static constexpr Label label{"ScryptR", "", "scrypt: block size r"};
};
struct ScryptPTag : LimitTag<std::uint32_t, 1, 4> {
  static constexpr Label label{"ScryptP", "", "scrypt: parallelisation p"};
};
struct ScryptCost {
  Number<ScryptLog2NTag> log2_n{17};  // 128 MiB with r = 8; about 0.4 s
  Number<ScryptRTag> r{8};
  Number<ScryptPTag> p{1};
  friend bool operator==(const ScryptCost&, const ScryptCost&) = default;
};
BOOST_DESCRIBE_STRUCT(ScryptCost, (), (log2_n, r, p))

struct SaltTag {
  static constexpr std::size_t size = 32;
  static constexpr Label label{"ScryptSalt", "", "scrypt: salt"};
};
struct GcmNonceTag {
  static constexpr std::size_t size = 12;
  static constexpr Label label{"GcmNonce", "", "AES-256-GCM: nonce"};
};
struct SealedKeyTag {
  static constexpr std::size_t size = SecretKey::size + 16;
  static constexpr Label label{"SealedKey", "", "AES-256-GCM: ciphertext, then the tag of 16 bytes"};
};

// The file. What the tag of AES-256-GCM covers besides the key is the record in canonical form with zeros for `sealed`.
struct KeyFile {
  FormatVersion<1> version;
  SignatureScheme scheme = SignatureScheme::ecdsa_secp256k1;
  PublicKey public_key;
  ScryptCost cost;
  FixedBytes<SaltTag> salt;
  FixedBytes<GcmNonceTag> nonce;
  FixedBytes<SealedKeyTag> sealed;

  friend bool operator==(const KeyFile&, const KeyFile&) = default;
};
BOOST_DESCRIBE_STRUCT(KeyFile, (), (version, scheme, public_key, cost, salt, nonce, sealed))

// A text that is wiped when it goes. Move-only.
class Passphrase {
 public:
  // Errors: out_of_range (length); malformed (a zero byte). The text never shows it.
  static Result<Passphrase> from(std::string text);

  Passphrase(Passphrase&& other) noexcept;
  Passphrase& operator=(Passphrase&& other) noexcept;
  Passphrase(const Passphrase&) = delete;
  Passphrase& operator=(const Passphrase&) = delete;
  ~Passphrase();

  std::string_view view() const { return text_; }
  friend bool operator==(const Passphrase& a, const Passphrase& b) { return a.text_ == b.text_; }

 private:
  explicit Passphrase(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// Where passphrases come from. Both empty: the terminal.
struct PassphraseSource {
  std::string file;               // --passphrase-file: mode 0600; the first line
  std::optional<int> descriptor;  // --passphrase-fd: its first line
};
enum class Confirmation : std::uint8_t { once, twice };  // twice: for a new key, typed again
// Errors: not_authorised (no terminal to ask, or the file), out_of_range, malformed (the two differ).
Result<Passphrase> read_passphrase(const PassphraseSource& source, std::string_view prompt, Confirmation confirmation);

// Encrypts with fresh salt and nonce. Errors: io (no randomness, no memory for the cost).
Result<KeyFile> seal_key(SignatureScheme scheme, const SecretKey& key, const Passphrase& passphrase,
                         const ScryptCost& cost);
// Errors: not_authorised, with the same text whatever is wrong; io (no memory for the cost).
Result<SecretKey> open_key(const KeyFile& file, const Passphrase& passphrase);

// A new file; one that exists is not touched. Durable on return. Errors: duplicate, not_authorised (the directory), io.
Result<void> write_key_file(const std::string& path, const KeyFile& file);
// Puts a file in the place of one that exists, by renaming. Errors: as read_key_file(), io.
Result<void> replace_key_file(const std::string& path, const KeyFile& file);
// Errors: unknown (there is none), not_authorised (see Access), malformed and those of from_json(), io.
Result<KeyFile> read_key_file(const std::string& path);

// A plain key. Errors: as read_key_file().
Result<SecretKey> read_plain_key(const std::string& path);

// Reads a small file that holds a secret, after the same checks of access. For passphrases.
Result<std::string> read_secret_file(const std::string& path);

}  // namespace kanhe::cli
