#include "certs/stamp.h"

#include "ledger/codec_impl.h"

namespace kanhe {

template Bytes encode(const certs::Stamp&);
template Result<certs::Stamp> decode(ByteView);
template Bytes encode(const certs::StampStatement&);
template Result<certs::StampStatement> decode(ByteView);

}  // namespace kanhe

namespace kanhe::certs {

namespace {

Hash256 signing_digest(const ChainId& chain_id, const CertificateId& id, const Stamp& stamp) {
  return tagged_hash(Tag::stamp,
                     encode(StampStatement{{}, chain_id, id, stamp.document_digest, stamp.terms, stamp.key}));
}

}  // namespace

Result<void> check_stamp_text(std::string_view text) {
  for (const std::string_view space : {" ", "\u3000"}) {
    if (text.starts_with(space) || text.ends_with(space)) {
      return fail(ErrorCode::malformed, "\"", text, "\": begins or ends with a space");
    }
  }
  return {};
}

Hash256 digest_of(const Document& document) { return sha256(encode(document)); }

Result<void> check_stamp_terms(const StampTerms& terms) {
  if (terms.from_ms < terms.until_ms) return {};
  return fail(ErrorCode::out_of_range, "stamp: until_ms ", to_string(terms.until_ms), ", must be above ",
              to_string(terms.from_ms));
}

Result<Stamp> sign_stamp(SignatureScheme scheme, const SecretKey& key, const ChainId& chain_id,
                         const Document& document, StampTerms terms) {
  TRY(check_stamp_terms(terms));
  Stamp stamp{{}, digest_of(document), std::move(terms), public_key_of(scheme, key), {}};
  stamp.signature = sign(scheme, key, signing_digest(chain_id, document.id, stamp));
  return stamp;
}

Result<void> check_stamp_signature(SignatureScheme scheme, const ChainId& chain_id, const CertificateId& id,
                                   const Stamp& stamp) {
  if (verify(scheme, stamp.key, signing_digest(chain_id, id, stamp), stamp.signature)) return {};
  return fail(ErrorCode::bad_signature, "stamp: its key did not sign this");
}

Result<void> check_stamped_document(const Document& document, const Stamp& stamp) {
  if (digest_of(document) == stamp.document_digest) return {};
  return fail(ErrorCode::bad_proof, "stamp: of another document, or of other fields of it");
}

}  // namespace kanhe::certs
