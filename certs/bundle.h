// Bundle: the proof file. One JSON file with the document and everything that proves it from the genesis on, so that a
// verifier needs no network and no node's word.
//
// It holds the document, its place in a batch if it has one, and the *evidence*: the newest header with its seal, the
// epochs that lead to it, the state's records (or their absence) under that header, and the transaction that issued the
// certificate. A bundle without evidence is what an issuer has before the certificate is recorded. Evidence grows old
// and is replaced as a whole by one public call: refresh().
//
// A *stamped copy* also holds a stamp (certs/stamp.h): for whom and what for it is. Its evidence then has the records
// of the key that signed the stamp, too; a node shows them to whoever shows it the stamp.
//
// Which records belong to the evidence is one function, evidence_keys(): a node calls it with its state and proves each
// key; a verifier calls it with the facts that it holds and sees what is missing. Beside those, a node adds the records
// of the unit whose title the certificate is (title_keys()).
//
// Thread: any; plain values. Limits: bundle_bytes_max. Errors: as from_json(); conflict (another certificate, or a
// stamp that would no longer hold).
// Format: docs/formats.md section 18.
#pragma once

#include "certs/answers.h"
#include "certs/batch.h"
#include "certs/stamp.h"

namespace kanhe::certs {

inline constexpr std::size_t bundle_bytes_max = 8 * 1024 * 1024;

// The part of a CertificateAnswer that a bundle keeps.
struct Evidence {
  HeadAnswer head;
  StateFacts facts;
  std::optional<RecordedTransaction> issued;
};
BOOST_DESCRIBE_STRUCT(Evidence, (), (head, facts, issued))

struct Bundle {
  FormatVersion<1> version;
  ChainId chain_id;
  Document document;
  std::optional<BatchPlace> batch;
  std::optional<Evidence> evidence;
  std::optional<Stamp> stamp{};  // absent: nothing in the copy says that it is only for somebody or something
};
BOOST_DESCRIBE_STRUCT(Bundle, (), (version, chain_id, document, batch, evidence, stamp))

// Errors: out_of_range (size), those of from_json(), which name the path.
Result<Bundle> read_bundle(std::string_view json);
// Indented, with a newline at the end.
std::string write_bundle(const Bundle& bundle);

// Replaces the evidence; a stamp stays. Errors: conflict (the answer is about another certificate or from another
// network); the bundle is then unchanged. Nothing is verified here.
Result<void> refresh(Bundle& bundle, CertificateAnswer answer);
// A copy with fewer fields: disclose() of its document. Errors: also conflict: with fewer fields a stamp does not hold.
Result<Bundle> disclose(const Bundle& bundle, std::span<const FieldPath> paths, HolderDisclosure holder);
// A copy with a stamp for what the bundle shows. Its evidence has yet to be refreshed. Errors: conflict (it has a
// stamp); as sign_stamp().
Result<Bundle> stamped_copy(const Bundle& bundle, SignatureScheme scheme, const SecretKey& key, StampTerms terms);

// The state keys of a certificate's evidence, each once: the certificate; the prefix lengths of its issuer and the
// batches that may hold it; the member; the type, the edition of its schema that is asked of the certificate and the
// newest; the issuer's credit code; the issuing department, its grant, whether the key that issued it was in other
// hands; the departments that a decision names. Empty when the identifier breaks a rule: such a one is on no ledger. A
// record that does not decode counts as absent. Complexity: at most serial_bytes_max + 15 reads.
std::vector<Bytes> evidence_keys(const StateReader& state, const CertificateId& id);
// The batches whose prefixes a serial begins with, if they exist, given the lengths that prefixes of its issuer have.
std::vector<contracts::certificate::BatchKey> candidate_batches(
    const contracts::certificate::CertificateKey& key, const contracts::certificate::BatchPrefixes& prefixes);
// The unit whose title the certificate was issued for, through its application; and then what a bundle holds of it: the
// unit and its hold. Empty where there is none. For nodes: a verifier does not see applications.
std::vector<Bytes> title_keys(const StateReader& state, const CertificateId& id);
// The records that say whose a stamp's key is: the officer or the party that has it, whether it was in other hands, and
// the department, the officer's or the one that registered the party's key.
std::vector<Bytes> stamp_signer_keys(const StateReader& state, const PublicKey& key);

// Facts as a state: what they hold is found, and a key without a fact is noted. The facts are not verified.
// Thread: one.
class FactReader : public StateReader {
 public:
  explicit FactReader(std::span<const StateFact> facts) : facts_(facts) {}
  std::optional<Bytes> get(ByteView state_key) const override;
  // Requires: not called; facts have no order.
  std::optional<StateEntry> next(ByteView from, ByteView prefix) const override;
  // The keys that were asked for and of which there is no fact.
  const std::vector<Bytes>& missing() const { return missing_; }

 private:
  std::span<const StateFact> facts_;
  mutable std::vector<Bytes> missing_;
};

}  // namespace kanhe::certs
