// Transaction: a signed call of one method of one contract module.
//
// Two hashes name it. The *id* leaves the signature out: clients know a transaction by it, and the ledger accepts an id
// once. The *body hash* covers every byte: proposals list it and the transaction tree is made of it, so that one
// transaction signed twice cannot give two departments different blocks.
//
// There is no ordered nonce, because an officer signs from several counters at once: 16 random bytes make the id
// unique, and a transaction lapses by block time.
//
// Thread: any; plain values. Limits: a whole transaction is at most `transaction_bytes_max` bytes.
#pragma once

#include "ledger/digests.h"
#include "ledger/keys.h"
#include "ledger/types.h"

namespace kanhe {

// At most what an entry of a C2SP tlog-tiles bundle can hold, so that a static mirror can serve every transaction.
inline constexpr std::size_t transaction_bytes_max = 65'535;
inline constexpr std::size_t arguments_bytes_max = 61'440;

// Errors: malformed, unless the text is 1 to 32 of a-z, 0-9 and _, beginning with a letter.
Result<void> check_identifier(std::string_view text);

template <class Kind>
struct IdentifierTag : Kind {
  static constexpr std::size_t bytes_min = 1;
  static constexpr std::size_t bytes_max = 32;
  static Result<void> check(std::string_view text) { return check_identifier(text); }
};
struct ModuleNameKind {
  static constexpr Label label{"ModuleName", "合约模块", "contract module"};
};
struct MethodNameKind {
  static constexpr Label label{"MethodName", "合约方法", "contract method"};
};
using ModuleName = Text<IdentifierTag<ModuleNameKind>>;
using MethodName = Text<IdentifierTag<MethodNameKind>>;

struct NonceTag {
  static constexpr std::size_t size = 16;
  static constexpr Label label{"Nonce", "随机数", "random bytes that make an id unique"};
};
using Nonce = FixedBytes<NonceTag>;

struct Transaction {
  FormatVersion<1> version;
  ChainId chain_id;
  ModuleName module;
  MethodName method;
  Blob<arguments_bytes_max> arguments;  // canonical encoding of the method's argument record
  Timestamp valid_until_ms;             // recorded only in a block whose time is below this
  Nonce nonce;
  PublicKey sender;
  Signature signature;  // over the id, taken as the digest

  friend bool operator==(const Transaction&, const Transaction&) = default;
};
BOOST_DESCRIBE_STRUCT(Transaction, (),
                      (version, chain_id, module, method, arguments, valid_until_ms, nonce, sender, signature))

// The names of a transaction, computed together from one encoding.
struct TransactionHashes {
  TransactionId id;
  BodyHash body_hash;
};

// Requires: `body` is the canonical encoding of a transaction (at least a signature long).
TransactionHashes hashes_of_body(ByteView body);
TransactionId id_of(const Transaction& transaction);
BodyHash body_hash_of(const Transaction& transaction);

// Sets `sender` and `signature`. Everything else must be final.
void sign_transaction(SignatureScheme scheme, const SecretKey& key, Transaction& transaction);

// A transaction together with its bytes and hashes, each computed once and carried along.
struct TransactionBody {
  Transaction transaction;
  Bytes bytes;  // the canonical encoding
  TransactionId id;
  BodyHash body_hash;
};

// Reads bytes from outside. The signature is not looked at. Errors: as decode(); out_of_range for the whole size.
Result<TransactionBody> read_body(ByteView bytes);
TransactionBody make_body(Transaction transaction);

// Whether the signature belongs to the sender and this transaction. Cost: one signature check.
bool verify_signature(SignatureScheme scheme, const TransactionBody& body);

}  // namespace kanhe
