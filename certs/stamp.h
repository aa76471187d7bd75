// Stamp: what makes a copy of a certificate one for somebody and for something (加注件): its recipient, its purpose,
// from when until when it may be used, and, where there is one, the number of the matter that it is for.
//
// Who gives the copy signs the stamp: an officer, or the holder with a key of their own that a window registered. What
// is signed binds the network, the certificate and the digest of the document *as the copy shows it*. So a stamp
//   - cannot be altered, and cannot be moved to another certificate, another network or another selection of fields:
//     the signature or the digest no longer fits;
//   - can be made by no other key. Whose key it is, is a fact of the state (check V14): an officer's, or a party's.
//
// What it cannot do:
//   - It can be *taken off*. Who can check a copy has the openings of its fields, and with these the document verifies
//     without the stamp; no cryptography prevents that. What is left shows as a copy without a stamp (V14, V15).
//   - To who does not know the holder's party, it does not show that a party's stamp is the holder's: a party who was
//     given a copy could take the stamp off and put its own on. Known it is from the facts of a title's unit, or by the
//     departments' pepper. For others an officer stamps.
//   - It does not prove when it was signed: no ledger recorded it. So a key that serves no longer proves nothing about
//     its stamps (not_checked), and one that was in other hands voids them.
//
// What helps: who takes copies for a purpose asks for whom and what for they are (--recipient, --purpose), and then one
// without a stamp is not good. A copy shows only what its purpose needs, and leaves out the holder's salt where nobody
// has to check the holder: without it nobody can take the copy for the presenter's own (V11).
//
// Two copies by one key can be told to be so, and the evidence of a stamped copy names the pseudonym of who signed.
//
// Thread: any; plain values. Units: ms since 1970, UTC. Limits: those of the types. Errors: out_of_range (dates),
// bad_signature, bad_proof (another document). Format: docs/formats.md section 18.
#pragma once

#include "certs/document.h"
#include "ledger/digests.h"

namespace kanhe::certs {

// Canonical; more than any stamp takes.
inline constexpr std::size_t stamp_bytes_max = 1'024;

// Texts are compared byte by byte, so there is no space (U+0020, U+3000) at either end that nobody sees.
// Errors: malformed.
Result<void> check_stamp_text(std::string_view text);

struct StampRecipientTag {
  static constexpr std::size_t bytes_min = 1;
  static constexpr std::size_t bytes_max = 192;
  static constexpr Label label{"StampRecipient", "接收人", "for whom a stamped copy is"};
  static Result<void> check(std::string_view text) { return check_stamp_text(text); }
};
struct StampPurposeTag {
  static constexpr std::size_t bytes_min = 1;
  static constexpr std::size_t bytes_max = 384;
  static constexpr Label label{"StampPurpose", "用途", "what a stamped copy is for"};
  static Result<void> check(std::string_view text) { return check_stamp_text(text); }
};
struct MatterNumberTag {
  static constexpr std::size_t bytes_min = 1;
  static constexpr std::size_t bytes_max = 96;
  static constexpr Label label{"MatterNumber", "办件编号", "number of what a stamped copy is for, at its recipient"};
  static Result<void> check(std::string_view text) { return check_stamp_text(text); }
};
using StampRecipient = Text<StampRecipientTag>;
using StampPurpose = Text<StampPurposeTag>;
using MatterNumber = Text<MatterNumberTag>;

// What a stamp says.
struct StampTerms {
  StampRecipient recipient;
  StampPurpose purpose;
  Timestamp from_ms;
  Timestamp until_ms;  // the first moment at which the copy may no longer be used
  std::optional<MatterNumber> matter_number;
  friend bool operator==(const StampTerms&, const StampTerms&) = default;
};
BOOST_DESCRIBE_STRUCT(StampTerms, (), (recipient, purpose, from_ms, until_ms, matter_number))

// What a stamped copy holds beside the document.
struct Stamp {
  FormatVersion<1> version;
  Hash256 document_digest;  // of the document as the copy shows it
  StampTerms terms;
  PublicKey key;
  Signature signature;
  friend bool operator==(const Stamp&, const Stamp&) = default;
};
BOOST_DESCRIBE_STRUCT(Stamp, (), (version, document_digest, terms, key, signature))

// What is signed.
struct StampStatement {
  FormatVersion<1> version;
  ChainId chain_id;
  CertificateId id;
  Hash256 document_digest;
  StampTerms terms;
  PublicKey key;
};
BOOST_DESCRIBE_STRUCT(StampStatement, (), (version, chain_id, id, document_digest, terms, key))

// SHA-256 of the canonical document, with the openings that are there.
Hash256 digest_of(const Document& document);

// Errors: out_of_range, unless from_ms < until_ms.
Result<void> check_stamp_terms(const StampTerms& terms);
// Errors: as check_stamp_terms().
Result<Stamp> sign_stamp(SignatureScheme scheme, const SecretKey& key, const ChainId& chain_id,
                         const Document& document, StampTerms terms);
// Whether the stamp's key signed it for this certificate; the document itself is not needed. Cost: one signature check.
// Errors: bad_signature.
Result<void> check_stamp_signature(SignatureScheme scheme, const ChainId& chain_id, const CertificateId& id,
                                   const Stamp& stamp);
// Whether this is the document that was stamped. Errors: bad_proof.
Result<void> check_stamped_document(const Document& document, const Stamp& stamp);

}  // namespace kanhe::certs
