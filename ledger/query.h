// Query: a signed question to the departmental face of an endpoint (the HTTP header Kanhe-Query).
//
// An officer's program signs, per request, who asks, what for, until when, and what exactly is asked: the
// QueryStatement with the chain, the method, the target and the digest of the body. What travels is the
// QueryCredential, since the node knows the rest; the header's value is its canonical bytes in base64 (RFC 4648
// section 4, with padding).
//
//   signature = sign(key, tagged hash (Tag::query) of the canonical QueryStatement)
//
// A query holds for a minute at most and is answered once: the nonce tells two of them apart. Whether the key belongs
// to an officer, and whether the nonce was used, is for who answers (node/query_auth.h).
//
// Thread: any; plain values. Units: ms since 1970, UTC. Source: docs/formats.md.
#pragma once

#include "ledger/digests.h"
#include "ledger/identifiers.h"
#include "ledger/keys.h"
#include "ledger/transaction.h"

namespace kanhe {

// How far ahead valid_until_ms may lie.
inline constexpr Duration query_validity_max{60'000};
inline constexpr std::size_t query_target_bytes_max = 4'096;

struct PurposeCodeTag {
  static constexpr std::size_t bytes_min = 1;
  static constexpr std::size_t bytes_max = 32;
  static constexpr Label label{"PurposeCode", "查询目的代码", "what a query is for, by the asking department's list"};
  static Result<void> check(std::string_view text) { return check_slug(text); }
};
// For example "house-sale-review". It stands in the log of the node that answers.
using PurposeCode = Text<PurposeCodeTag>;

struct QueryTargetTag {
  static constexpr std::size_t bytes_min = 1;
  static constexpr std::size_t bytes_max = query_target_bytes_max;
  static constexpr Label label{"QueryTarget", "请求目标", "path and query of a request, as they are sent"};
  static Result<void> check(std::string_view text) { return check_visible_ascii(text); }
};
using QueryTarget = Text<QueryTargetTag>;

// What is signed.
struct QueryStatement {
  FormatVersion<1> version;
  ChainId chain_id;
  PlainText<8> method;   // "GET", in capitals
  QueryTarget target;    // "/v1/units/340121261006GB00014F00220045"
  Hash256 body_digest;   // SHA-256; of nothing, for a request without a body
  PublicKey key;
  PurposeCode purpose;
  Timestamp valid_until_ms;  // answered only before this
  Nonce nonce;
};
BOOST_DESCRIBE_STRUCT(QueryStatement, (),
                      (version, chain_id, method, target, body_digest, key, purpose, valid_until_ms, nonce))

// What travels in the header.
struct QueryCredential {
  FormatVersion<1> version;
  PublicKey key;
  PurposeCode purpose;
  Timestamp valid_until_ms;
  Nonce nonce;
  Signature signature;

  friend bool operator==(const QueryCredential&, const QueryCredential&) = default;
};
BOOST_DESCRIBE_STRUCT(QueryCredential, (), (version, key, purpose, valid_until_ms, nonce, signature))

// A request as far as a query covers it. Lifetime: views, for the call.
struct QueryRequest {
  const ChainId& chain_id;
  std::string_view method;
  std::string_view target;
  ByteView body;
};

// The value of the header Kanhe-Query. `credential` says purpose, valid_until_ms and nonce; key and signature are set
// here. Errors: as statement_of().
Result<std::string> sign_query(SignatureScheme scheme, const SecretKey& key, const QueryRequest& request,
                               QueryCredential credential);
// Errors: malformed, not_canonical, out_of_range, unsupported (another version). The signature is not looked at.
Result<QueryCredential> read_query(std::string_view header);
// Whether the credential's key signed this request. Cost: one signature check. Errors: bad_signature; as
// statement_of().
Result<void> verify_query(SignatureScheme scheme, const QueryCredential& credential, const QueryRequest& request);

// Errors: out_of_range, malformed (method or target that no request has).
Result<QueryStatement> statement_of(const QueryCredential& credential, const QueryRequest& request);

}  // namespace kanhe
