// The signature is the last field of the encoding, so id and body hash are taken from one byte string: the id from all
// but its last 64 bytes.
#include "ledger/transaction.h"

#include "ledger/codec_impl.h"

namespace kanhe {

template Bytes encode(const Transaction&);
template Result<Transaction> decode(ByteView);

Result<void> check_identifier(std::string_view text) {
  const auto letter = [](char c) { return 'a' <= c && c <= 'z'; };
  const auto allowed = [&](char c) { return letter(c) || ('0' <= c && c <= '9') || c == '_'; };
  if (text.empty() || !letter(text.front()) || !std::all_of(text.begin(), text.end(), allowed)) {
    return fail(ErrorCode::malformed, "\"", text, "\" is not a name of a-z, 0-9 and _ that begins with a letter");
  }
  return {};
}

TransactionHashes hashes_of_body(ByteView body) {
  CHECK(body.size() > Signature::size);
  const ByteView unsigned_part = body.first(body.size() - Signature::size);
  return {TransactionId(tagged_hash(Tag::transaction, unsigned_part)), BodyHash(tagged_hash(Tag::body, body))};
}

TransactionId id_of(const Transaction& transaction) { return hashes_of_body(encode(transaction)).id; }
BodyHash body_hash_of(const Transaction& transaction) { return hashes_of_body(encode(transaction)).body_hash; }

void sign_transaction(SignatureScheme scheme, const SecretKey& key, Transaction& transaction) {
  transaction.sender = public_key_of(scheme, key);
  transaction.signature = sign(scheme, key, Hash256(id_of(transaction)));
}

Result<TransactionBody> read_body(ByteView bytes) {
  if (bytes.size() > transaction_bytes_max) {
    return fail(ErrorCode::out_of_range, "transaction: ", bytes.size(), " bytes, must be at most ",
                transaction_bytes_max);
  }
  Transaction transaction = TRY(decode<Transaction>(bytes));
  const TransactionHashes hashes = hashes_of_body(bytes);
  return TransactionBody{std::move(transaction), to_bytes(bytes), hashes.id, hashes.body_hash};
}

TransactionBody make_body(Transaction transaction) {
  Bytes bytes = encode(transaction);
  CHECK(bytes.size() <= transaction_bytes_max);
  const TransactionHashes hashes = hashes_of_body(bytes);
  return {std::move(transaction), std::move(bytes), hashes.id, hashes.body_hash};
}

bool verify_signature(SignatureScheme scheme, const TransactionBody& body) {
  return verify(scheme, body.transaction.sender, Hash256(body.id), body.transaction.signature);
}

}  // namespace kanhe
