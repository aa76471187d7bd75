// Kanhe-Query: base64 of the canonical QueryCredential
//   u16 version 1 ‖ key 33 ‖ purpose u32 length, bytes ‖ valid_until_ms u64 ‖ nonce 16 ‖ signature 64
#include "ledger/query.h"

#include "ledger/codec_impl.h"

namespace kanhe {

template Bytes encode(const QueryStatement&);
template Result<QueryStatement> decode(ByteView);
template Bytes encode(const QueryCredential&);
template Result<QueryCredential> decode(ByteView);

namespace {

Hash256 digest_of(const QueryStatement& statement) { return tagged_hash(Tag::query, encode(statement)); }

}  // namespace

Result<QueryStatement> statement_of(const QueryCredential& credential, const QueryRequest& request) {
  QueryStatement statement;
  statement.chain_id = request.chain_id;
  statement.method = TRY(PlainText<8>::from(request.method));
  statement.target = TRY(QueryTarget::from(request.target));
  statement.body_digest = sha256(request.body);
  statement.key = credential.key;
  statement.purpose = credential.purpose;
  statement.valid_until_ms = credential.valid_until_ms;
  statement.nonce = credential.nonce;
  return statement;
}

Result<std::string> sign_query(SignatureScheme scheme, const SecretKey& key, const QueryRequest& request,
                               QueryCredential credential) {
  credential.key = public_key_of(scheme, key);
  credential.signature = sign(scheme, key, digest_of(TRY(statement_of(credential, request))));
  return to_base64(encode(credential));
}

Result<QueryCredential> read_query(std::string_view header) {
  return decode<QueryCredential>(TRY(from_base64(header)));
}

Result<void> verify_query(SignatureScheme scheme, const QueryCredential& credential, const QueryRequest& request) {
  const QueryStatement statement = TRY(statement_of(credential, request));
  if (!verify(scheme, credential.key, digest_of(statement), credential.signature)) {
    return fail(ErrorCode::bad_signature,
                "Kanhe-Query: the signature does not fit key, method, target, body and chain");
  }
  return {};
}

}  // namespace kanhe
