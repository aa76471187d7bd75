// CertificateChain: a whole network in memory whose blocks are really executed, proved and sealed, for the tests of
// certificates.
//
// Four departments run validators: "housing", "registry" and "tax-office" with credit codes, "treasury". Keys and
// persons are made from names, with ECDSA. Registry: ann issues, clara and carl at the window, rita reviews, reg
// registers, ida imports. Tax office: eve issues, sue supervises, tess assesses. Housing: hugo. Treasury: theo. The
// type *title* is defined by the registry, which sells houses by the service "house-sale".
//
// Every call is a block of its own, sealed by the signers that are set. Proofs are made from the newest block.
//
// Thread: one. Errors: a call that cannot be made ends the process (CHECK).
#pragma once

#include <map>
#include <string>

#include "certs/bundle.h"
#include "certs/verifier.h"
#include "contracts/host.h"

namespace kanhe::support {

class CertificateChain {
 public:
  static constexpr std::string_view registry_code = "11100000MB03271699";
  static constexpr std::string_view tax_code = "11100000000013338W";
  static constexpr std::string_view housing_code = "11430000006122244L";
  static constexpr SignatureScheme scheme = SignatureScheme::ecdsa_secp256k1;

  enum class Network { real, demo };
  explicit CertificateChain(Network network = Network::real);
  CertificateChain(const CertificateChain&) = delete;
  CertificateChain& operator=(const CertificateChain&) = delete;

  static SecretKey secret(std::string_view name);
  static PublicKey key(std::string_view name);
  static PartyId person(std::string_view name) { return PartyId(sha256(as_bytes(name))); }
  static DepartmentId department(std::string_view name) { return DepartmentId::from(name).value(); }
  static std::string administrator(std::string_view department) { return "admin of " + std::string(department); }
  static contracts::certificate::TypeCode title();
  static CertificateId id(const std::string& serial, std::uint16_t edition = 1,
                          std::string_view issuer = registry_code);

  // A block with one call; answers its receipt.
  template <class Arguments>
  Receipt run(std::string_view sender, std::string_view module, std::string_view method, const Arguments& arguments) {
    return run_encoded(sender, module, method, encode(arguments));
  }
  // The same, and it must succeed.
  template <class Arguments>
  Receipt must(std::string_view sender, std::string_view module, std::string_view method, const Arguments& arguments) {
    Receipt receipt = run(sender, module, method, arguments);
    CHECK(succeeded(receipt));
    return receipt;
  }
  // By a motion that is carried: the department may make this call.
  void approve(std::string_view caller, std::string_view module, std::string_view method, ByteView arguments);
  void empty_block() { add_block({}); }
  // An empty block that ends the epoch; the next one has a fifth validator "housing-2".
  void end_epoch();
  void wait(std::uint64_t ms) { now_ = now_ + ms; }
  void enrol(std::string_view name, std::string_view department_name, contracts::Roles roles);

  // Issues the document, alone.
  Receipt issue(const certs::Document& document, std::optional<CertificateId> supersedes = {},
                std::string_view sender = "ann");
  contracts::certificate::Decision decision(std::string_view by = "registry") const;
  void suspend(const CertificateId& id);
  void resume(const CertificateId& id);
  void revoke(const CertificateId& id, contracts::certificate::Revocation kind);
  // Sells the house until the title is registered; the document's id is the title's. Answers the application.
  ApplicationId register_title(const UnitNumber& unit, const certs::Document& document,
                               std::optional<CertificateId> supersedes = {});
  // Enters a limit on the unit: by a bank, a court or somebody who objects.
  void enter_limit(const UnitNumber& unit, const contracts::property::Burden& burden);
  // Files an application on the unit, which then holds it.
  ApplicationId file_sale(const UnitNumber& unit);
  static UnitNumber house();

  // A document with five fields about "Zhang San" (resident id 11010519491231002X), random salts by counting.
  static certs::DocumentContent content(const CertificateId& id);
  static certs::Document document(const CertificateId& id);
  static certs::Identity holder();

  // What a node answers, to who shows a stamp as well; and what a holder makes of it.
  certs::CertificateAnswer answer(const CertificateId& id, const std::optional<certs::Stamp>& stamp = {}) const;
  certs::Bundle bundle(const certs::Document& document, std::optional<certs::BatchPlace> place = {}) const;
  // For "XX银行" and "住房贷款", from now on, for a day.
  certs::StampTerms terms() const;
  // A copy that the key of this name stamped, with the evidence of now.
  certs::Bundle stamped(const certs::Bundle& bundle, std::string_view signer, const certs::StampTerms& terms) const;
  certs::Bundle stamped(const certs::Bundle& bundle, std::string_view signer) const {
    return stamped(bundle, signer, terms());
  }
  // A window clerk has seen whose key it is.
  void register_party_key(std::string_view name, const PartyId& party);
  certs::VerifyOptions options() const { return {.now = newest().timestamp_ms + Duration(1'000)}; }
  certs::Report verify(const certs::Bundle& bundle) const { return certs::verify(bundle, genesis_, options()); }

  // Proofs under the newest block.
  certs::StateFact fact(const Bytes& state_key) const;
  certs::SealedHeader sealed(Height height, Height seal_height) const;
  certs::RecordedTransaction recorded(Height height, std::uint32_t index) const;
  certs::EpochChanges epoch_changes() const;
  certs::HeadAnswer head() const { return {sealed(height(), height()), epoch_changes()}; }
  // The whole history of a subject.
  std::vector<certs::TracedEvent> history(const Subject& subject) const;

  // Seals made to order.
  CommitSeal seal(Height height, View view, const std::vector<std::uint16_t>& signers) const;
  SealSignature signature(Height height, View view, std::uint16_t signer) const;

  const Genesis& genesis() const { return genesis_; }
  const EpochConfig& epoch() const { return epochs_.back(); }
  Height height() const { return newest().height; }
  const Header& newest() const { return blocks_.back().header; }
  const Header& header(Height height) const { return blocks_.at(height.value()).header; }
  Proposal proposal(Height height) const;
  const std::vector<TransactionBody>& transactions(Height height) const {
    return blocks_.at(height.value()).transactions;
  }
  const StateReader& state() const { return state_; }
  Timestamp now() const { return now_; }

 private:
  struct Block {
    Header header;
    ProposalHeader proposal;
    std::vector<TransactionBody> transactions;
    std::vector<BodyHash> bodies;
    std::vector<Receipt> receipts;
    EpochConfig config;
  };
  Receipt run_encoded(std::string_view sender, std::string_view module, std::string_view method, Bytes arguments);
  void add_block(const std::vector<TransactionBody>& bodies, std::optional<EpochConfig> next = {});
  Checkpoint checkpoint(Height height, View view) const;
  void set_up();

  Genesis genesis_;
  EmptyState empty_;
  Overlay state_;
  Timestamp now_;
  std::uint64_t nonces_ = 0;
  std::vector<Block> blocks_;
  std::vector<Hash256> history_leaves_;
  std::vector<EpochConfig> epochs_;
};

}  // namespace kanhe::support
