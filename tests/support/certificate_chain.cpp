#include "tests/support/certificate_chain.h"

#include "contracts/governance.h"
#include "contracts/motion.h"
#include "contracts/service_shipped.h"
#include "ledger/codec.h"

namespace kanhe::support {

using namespace contracts::certificate;
namespace governance = contracts::governance;
namespace property = contracts::property;
namespace service = contracts::service;
namespace treasury = contracts::treasury;
using contracts::Role;

namespace {

template <class T>
T text(std::string_view value) {
  return T::from(value).value();
}

// Pages are all in the version, so none is ever read.
class NoPages : public PageSource {
 public:
  HashedPage read_page(PageId, const SubtreeHash&) const override {
    CHECK(false);
    return {};
  }
};

// The tree over all records, made anew: small networks have some hundred.
class WholeTree {
 public:
  explicit WholeTree(const Overlay& state) : version_(base_, changes_of(state)) {}
  const TreeVersion& view() const { return version_; }

 private:
  static std::vector<StateChange> changes_of(const Overlay& state) {
    std::vector<StateChange> changes;
    for (const auto& [key, value] : state.changes()) {
      if (value) changes.push_back({state_position(key), state_value_hash(*value)});
    }
    return changes;
  }
  NoPages pages_;
  StateTree base_{pages_, 0, {}};
  TreeVersion version_;
};

std::vector<Hash256> receipt_leaves(const std::vector<Receipt>& receipts) {
  std::vector<Hash256> leaves;
  for (const Receipt& receipt : receipts) leaves.push_back(log_leaf_hash(encode(receipt)));
  return leaves;
}

std::vector<Hash256> body_leaves(const std::vector<BodyHash>& bodies) {
  std::vector<Hash256> leaves;
  for (const BodyHash& body : bodies) leaves.push_back(log_leaf_hash(body));
  return leaves;
}

LogPath path_in(const std::vector<Hash256>& leaves, std::uint64_t index) {
  return log_inclusion_path(index, leaves.size(), read_from(leaves)).value();
}

Validator validator(std::string_view name) {
  Validator result;
  result.department = CertificateChain::department(name);
  result.consensus_key = CertificateChain::key("validator of " + std::string(name));
  result.transport_key = TransportKey(sha256(as_bytes(name)));
  return result;
}

Genesis make_genesis(CertificateChain::Network network) {
  Genesis genesis;
  genesis.name = text<NetworkName>("certs.example");
  genesis.created_ms = Timestamp(1'750'000'000'000);
  genesis.demo = network == CertificateChain::Network::demo;
  genesis.open_reads = genesis.demo;
  genesis.import_open = true;
  const auto add = [&](std::string_view id, std::string_view zh, std::optional<std::string_view> code) {
    GenesisDepartment entry;
    entry.id = text<DepartmentId>(id);
    entry.name_zh = text<PlainText<96>>(zh);
    entry.name_en = text<PlainText<96>>("the " + std::string(id));
    if (code) entry.uscc = text<Uscc>(*code);
    entry.administrator = CertificateChain::key(CertificateChain::administrator(id));
    entry.administrator_person = CertificateChain::person(CertificateChain::administrator(id));
    genesis.departments.push_back(entry);
    genesis.validators.push_back(validator(id));
  };
  add("housing", "住建局", CertificateChain::housing_code);
  add("registry", "不动产登记中心", CertificateChain::registry_code);
  add("tax-office", "税务局", CertificateChain::tax_code);
  add("treasury", "财政局", std::nullopt);
  return genesis;
}

}  // namespace

// ---------------------------------------------------------------------------------------------------------------------
// Names

SecretKey CertificateChain::secret(std::string_view name) {
  return SecretKey::from(sha256(as_bytes("secret of " + std::string(name)))).value();
}
PublicKey CertificateChain::key(std::string_view name) { return public_key_of(scheme, secret(name)); }

TypeCode CertificateChain::title() { return text<TypeCode>(std::string(registry_code) + "022"); }

CertificateId CertificateChain::id(const std::string& serial, std::uint16_t edition, std::string_view issuer) {
  return contracts::make_certificate_id({title().str(), std::string(issuer), serial, edition});
}

UnitNumber CertificateChain::house() { return text<UnitNumber>("440304003008GB00012F00220045"); }

certs::Identity CertificateChain::holder() {
  return certs::make_identity(certs::IdentityKind::resident_id, "11010519491231002x").value();
}

certs::DocumentContent CertificateChain::content(const CertificateId& id) {
  certs::DocumentContent content;
  content.id = id;
  content.holder = holder();
  const auto add = [&](std::string_view path, certs::FieldValue value) {
    content.fields.push_back({text<certs::FieldPath>(path), std::move(value)});
  };
  const auto words = [](std::string_view value) {
    return certs::TextValue{text<PlainText<certs::field_text_bytes_max>>(value)};
  };
  add(certs::unit_number_path, words(house().view()));
  add(certs::name_path, words("不动产权证书"));
  add(certs::number_path, words("粤(2025)深圳市不动产权第0000123号"));
  add(certs::holder_name_path, words("张三"));
  add("price", certs::MoneyValue{Fen(300'000'000)});
  content.files.push_back(
      certs::digest_of_file(text<MediaType>("application/pdf"), as_bytes("the printed certificate")));
  return content;
}

certs::Document CertificateChain::document(const CertificateId& id) {
  Byte next = 1;
  const auto counting = [&next](std::span<Byte> target) {
    for (Byte& byte : target) byte = next++;
  };
  return certs::make_document(content(id), counting).value();
}

// ---------------------------------------------------------------------------------------------------------------------
// Blocks

CertificateChain::CertificateChain(Network network)
    : genesis_(make_genesis(network)), state_(empty_), now_(genesis_.created_ms) {
  Block block;
  block.receipts = contracts::execute_genesis(state_, genesis_).receipts;
  epochs_ = {first_epoch_of(genesis_)};
  block.config = epochs_.back();
  const WholeTree tree(state_);
  block.header = genesis_header(genesis_, tree.view().root(), log_root(receipt_leaves(block.receipts)));
  history_leaves_.push_back(log_leaf_hash(hash_of(block.header)));
  blocks_.push_back(std::move(block));
  set_up();
}

void CertificateChain::add_block(const std::vector<TransactionBody>& bodies, std::optional<EpochConfig> next) {
  Block block;
  block.config = epochs_.back();
  block.transactions = bodies;
  std::vector<const TransactionBody*> pointers;
  for (const TransactionBody& body : bodies) {
    pointers.push_back(&body);
    block.bodies.push_back(body.body_hash);
  }
  const Header& parent = newest();
  block.receipts =
      contracts::execute_block(state_, {block.config.chain_id, genesis_.suite, parent.height + 1, now_, pointers})
          .receipts;
  const LogRoot body_root = log_root(body_leaves(block.bodies));
  block.proposal = {{},   block.config.chain_id, block.config.epoch, parent.height + 1, parent.proposal_digest,
                    now_, body_root,             Count(static_cast<std::uint32_t>(bodies.size()))};
  const WholeTree tree(state_);
  const EpochHash validators = epoch_hash_of(block.config);
  block.header = {{},
                  block.config.chain_id,
                  block.config.epoch,
                  parent.height + 1,
                  now_,
                  digest_of(block.proposal),
                  hash_of(parent),
                  log_root(history_leaves_),
                  body_root,
                  log_root(receipt_leaves(block.receipts)),
                  tree.view().root(),
                  validators,
                  next ? epoch_hash_of(*next) : validators};
  history_leaves_.push_back(log_leaf_hash(hash_of(block.header)));
  blocks_.push_back(std::move(block));
  if (next) epochs_.push_back(*next);
  wait(1'000);
}

Proposal CertificateChain::proposal(Height height) const {
  const Block& block = blocks_.at(height.value());
  Proposal proposal{block.proposal, {}};
  proposal.bodies.assign(block.bodies.begin(), block.bodies.end());
  return proposal;
}

void CertificateChain::end_epoch() {
  EpochConfig next = epochs_.back();
  ++next.epoch;
  next.validators.push_back(validator("housing-" + to_string(next.epoch)));
  std::ranges::sort(next.validators, {}, &Validator::department);
  add_block({}, next);
}

Receipt CertificateChain::run_encoded(std::string_view sender, std::string_view module, std::string_view method,
                                      Bytes arguments) {
  Transaction transaction;
  transaction.chain_id = epochs_.back().chain_id;
  transaction.module = text<ModuleName>(module);
  transaction.method = text<MethodName>(method);
  transaction.arguments = Blob<arguments_bytes_max>::from(std::move(arguments)).value();
  transaction.valid_until_ms = now_ + Duration(60'000);
  const std::uint64_t count = ++nonces_;
  for (std::size_t i = 0; i < sizeof count; ++i) transaction.nonce.array()[i] = static_cast<Byte>(count >> (8 * i));
  sign_transaction(scheme, secret(sender), transaction);
  add_block({make_body(std::move(transaction))});
  return blocks_.back().receipts.at(1);
}

// ---------------------------------------------------------------------------------------------------------------------
// Calls

void CertificateChain::enrol(std::string_view name, std::string_view department_name, contracts::Roles roles) {
  must(administrator(department_name), "governance", "enrol_officer",
       governance::EnrolOfficerArguments{key(name), person(name), std::move(roles)});
}

void CertificateChain::register_party_key(std::string_view name, const PartyId& party) {
  must("clara", "governance", "register_party_key", governance::RegisterPartyKeyArguments{key(name), party});
}

void CertificateChain::approve(std::string_view caller, std::string_view module, std::string_view method,
                               ByteView arguments) {
  const contracts::membership::ApproveCall action{department(caller),
                                                  governance::call_digest(module, method, arguments)};
  const Receipt put = must(administrator("housing"), "motion", "put",
                           contracts::motion::PutArguments{action, text<PlainText<256>>("examined"),
                                                           now_ + contracts::motion::open_max_ms});
  const MotionNumber number = decode<contracts::motion::PutResult>(put.return_value).value().motion;
  for (const std::string_view voter : {"housing", "tax-office", "treasury"}) {
    must(administrator(voter), "motion", "cast",
         contracts::motion::CastArguments{number, contracts::motion::Choice::in_favour});
  }
}

void CertificateChain::set_up() {
  enrol("ann", "registry", {Role::issuer});
  enrol("clara", "registry", {Role::window_clerk});
  enrol("carl", "registry", {Role::window_clerk});
  enrol("rita", "registry", {Role::reviewer});
  enrol("reg", "registry", {Role::registrar});
  enrol("ida", "registry", {Role::importer});
  enrol("eve", "tax-office", {Role::issuer});
  enrol("sue", "tax-office", {Role::supervisor});
  enrol("tess", "tax-office", {Role::tax_officer});
  enrol("hugo", "housing", {Role::housing_officer});
  enrol("theo", "treasury", {Role::treasury_officer});
  const std::string admin = administrator("registry");
  must(admin, "certificate", "define_type",
       DefineTypeArguments{title(), text<PlainText<96>>("不动产权证书"), text<PlainText<96>>("title certificate")});
  must(admin, "property", "found_register", property::FoundRegisterArguments{text<property::Region>("440304")});
  const std::string owners[] = {admin, administrator("tax-office")};
  for (std::size_t i = 0; i < 2; ++i) {
    must(owners[i], "treasury", "set_tariff", treasury::shipped_tariffs().at(i));
  }
  const service::DefineArguments sale = service::house_sale(
      {department("registry"), department("housing"), department("tax-office"), department("treasury")}, title());
  approve("registry", "service", "define", encode(sale));
  must(admin, "service", "define", sale);
  property::ImportEntryArguments entry;
  entry.row = text<property::RowKey>("row 1");
  entry.unit = house();
  entry.holders = {{person("seller"), {}}};
  entry.effective_ms = Timestamp(1'000);
  must("ida", "property", "import_entry", entry);
}

Receipt CertificateChain::issue(const certs::Document& document, std::optional<CertificateId> supersedes,
                                std::string_view sender) {
  IssueArguments arguments = certs::issue_arguments_of(document);
  arguments.supersedes = std::move(supersedes);
  return must(sender, "certificate", "issue", arguments);
}

Decision CertificateChain::decision(std::string_view by) const {
  return {ReasonCode(4), text<PlainText<128>>("行政许可法第六十九条"), department(by),
          text<DocumentNumber>("深规撤〔2025〕12号"), now_};
}

void CertificateChain::suspend(const CertificateId& id) {
  must("ann", "certificate", "suspend", SuspendArguments{id, decision()});
}
void CertificateChain::resume(const CertificateId& id) {
  must("ann", "certificate", "resume", ResumeArguments{id, decision()});
}
void CertificateChain::revoke(const CertificateId& id, Revocation kind) {
  must("ann", "certificate", "revoke", RevokeArguments{id, kind, decision("tax-office")});
}

void CertificateChain::enter_limit(const UnitNumber& unit, const property::Burden& burden) {
  property::EnterLimit act;
  act.unit = unit;
  act.burden = burden;
  act.document = text<PlainText<64>>("(2025)粤0304执12号");
  if (std::holds_alternative<property::Seizure>(burden)) act.delivered_ms = now_;
  property::Filing filing;
  const auto record = property::find_unit(state_, unit);
  CHECK(record.has_value());
  for (const auto& one : record->holders) filing.applicants.push_back(one.party);
  const bool is_notice = std::holds_alternative<property::Seizure>(burden);
  if (const auto party = property::party_of(burden); party && !is_notice) filing.applicants.push_back(*party);
  filing.acts.push_back(std::move(act));
  filing.evidence = sha256(as_bytes("file"));
  must("reg", "property", "enter", filing);
}

ApplicationId CertificateChain::file_sale(const UnitNumber& unit) {
  service::FileArguments arguments;
  arguments.service = text<service::ServiceCode>("house-sale");
  property::TransferRight transfer;
  transfer.unit = unit;
  const auto record = property::find_unit(state_, unit);
  CHECK(record.has_value());
  for (const auto& one : record->holders) transfer.from.push_back(one.party);
  transfer.holders = {{person("buyer " + std::to_string(nonces_)), {}}};
  for (const PartyId& seller : transfer.from) arguments.applicants.push_back(seller);
  arguments.applicants.push_back(transfer.holders[0].party);
  arguments.acts.push_back(std::move(transfer));
  arguments.price = Fen(300'000'000);
  for (const auto* code : {"application-form", "identity", "sale-contract"}) {
    arguments.materials.push_back(
        {text<service::MaterialCode>(code), certs::digest_of_file(text<MediaType>("application/pdf"), as_bytes(code))});
  }
  return service::application_of(must("clara", "service", "file", arguments).transaction_id);
}

ApplicationId CertificateChain::register_title(const UnitNumber& unit, const certs::Document& document,
                                               std::optional<CertificateId> supersedes) {
  const ApplicationId application = file_sale(unit);
  must("carl", "service", "accept", service::AcceptArguments{application});
  const contracts::CivilDate today = contracts::date_of(contracts::day_of(now()));
  const auto review = [&](std::string_view officer, std::string_view step) {
    service::ReviewArguments arguments;
    arguments.application = application;
    arguments.step = text<service::StepCode>(step);
    arguments.evidence = sha256(as_bytes(step));
    if (step == "tax") {
      arguments.assessments.push_back({1, treasury::TariffVersion(2), today, treasury::TaxBase(300'000'000),
                                       treasury::Home::only, treasury::Area(8'900), treasury::TaxRate(100),
                                       treasury::Charge(3'000'000), {}});
    }
    must(officer, "service", "review", arguments);
  };
  review("hugo", "housing");
  review("tess", "tax");
  review("rita", "registry");
  must("theo", "treasury", "pay",
       treasury::PayArguments{application, text<treasury::PaymentReference>("P-" + std::to_string(nonces_)),
                              service::applications.get(state_, application)->applicants[0],
                              treasury::Charge(3'008'000), today});
  const IssueArguments issued = certs::issue_arguments_of(document);
  must("reg", "service", "register",
       service::RegisterArguments{application,
                                  {{unit, 0, issued.id, issued.holder, issued.content_root, issued.files,
                                    issued.valid_from_ms, issued.valid_until_ms, std::move(supersedes)}}});
  return application;
}

// ---------------------------------------------------------------------------------------------------------------------
// Proofs

certs::StateFact CertificateChain::fact(const Bytes& state_key) const {
  certs::StateFact fact;
  fact.key = Blob<certs::state_key_bytes_max>::from(state_key).value();
  if (auto value = state_.get(state_key)) {
    fact.value = Blob<certs::record_bytes_max>::from(std::move(*value)).value();
  }
  fact.proof = WholeTree(state_).view().prove(state_position(state_key));
  return fact;
}

Checkpoint CertificateChain::checkpoint(Height height, View view) const {
  const Header& header = blocks_.at(height.value()).header;
  const auto end = history_leaves_.begin() + static_cast<std::ptrdiff_t>(height.value()) + 1;
  return {{}, header.epoch, view, height, header.proposal_digest, hash_of(header),
          log_root({history_leaves_.begin(), end})};
}

SealSignature CertificateChain::signature(Height height, View view, std::uint16_t signer) const {
  const Validator& validator = blocks_.at(height.value()).config.validators.at(signer);
  const Hash256 digest = signing_digest(origin_of(genesis_), checkpoint(height, view));
  return {ValidatorIndex(signer), sign(scheme, secret("validator of " + validator.department.str()), digest)};
}

CommitSeal CertificateChain::seal(Height height, View view, const std::vector<std::uint16_t>& signers) const {
  CommitSeal seal;
  seal.checkpoint = checkpoint(height, view);
  for (const std::uint16_t signer : signers) seal.signatures.push_back(signature(height, view, signer));
  return seal;
}

certs::SealedHeader CertificateChain::sealed(Height height, Height seal_height) const {
  const Block& sealing = blocks_.at(seal_height.value());
  std::vector<std::uint16_t> signers;
  for (std::uint16_t i = 0; i < sealing.config.q(); ++i) signers.push_back(i);
  const auto end = history_leaves_.begin() + static_cast<std::ptrdiff_t>(seal_height.value()) + 1;
  return {blocks_.at(height.value()).header, seal(seal_height, View(0), signers),
          path_in({history_leaves_.begin(), end}, height.value())};
}

certs::RecordedTransaction CertificateChain::recorded(Height height, std::uint32_t index) const {
  const Block& block = blocks_.at(height.value());
  return {{sealed(height, height), block.proposal},
          index,
          block.bodies.at(index),
          path_in(body_leaves(block.bodies), index),
          block.receipts.at(index + 1),
          path_in(receipt_leaves(block.receipts), index + 1)};
}

certs::EpochChanges CertificateChain::epoch_changes() const {
  certs::EpochChanges changes;
  for (const Block& block : blocks_) {
    if (block.header.next_validators_hash == block.header.validators_hash) continue;
    changes.push_back({sealed(block.header.height, block.header.height), epochs_.at(block.config.epoch.value() + 1)});
  }
  return changes;
}

std::vector<certs::TracedEvent> CertificateChain::history(const Subject& subject) const {
  std::vector<certs::TracedEvent> events;
  for (const Block& block : blocks_) {
    for (std::uint32_t leaf = 0; leaf < block.receipts.size(); ++leaf) {
      const auto& list = block.receipts[leaf].events;
      for (std::uint32_t i = 0; i < list.size(); ++i) {
        if (!std::ranges::binary_search(list[i].subjects, subject)) continue;
        events.push_back({{block.header.height, leaf, i}, block.header.timestamp_ms, list[i]});
      }
    }
  }
  return events;
}

certs::CertificateAnswer CertificateChain::answer(const CertificateId& id,
                                                  const std::optional<certs::Stamp>& stamp) const {
  certs::CertificateAnswer answer{id, head(), {}, {}};
  std::vector<Bytes> keys = certs::evidence_keys(state_, id);
  for (const Bytes& key : certs::title_keys(state_, id)) keys.push_back(key);
  if (stamp) {
    for (const Bytes& key : certs::stamp_signer_keys(state_, stamp->key)) {
      if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
    }
  }
  for (const Bytes& key : keys) answer.facts.push_back(fact(key));
  Subject subject = CertificateSubject{id};
  const auto key = certificate_key_of(id);
  if (key && !certificates.contains(state_, *key)) {
    if (const auto batch = batch_of(state_, *key)) subject = batch_subject(*batch);
  }
  for (const certs::TracedEvent& event : history(subject)) {
    const bool issues = event.event.name.view() == Issued::event_name ||
                        event.event.name.view() == BatchIssued::event_name;
    if (issues) answer.issued = recorded(event.position.height, event.position.receipt - 1);
  }
  return answer;
}

certs::Bundle CertificateChain::bundle(const certs::Document& document, std::optional<certs::BatchPlace> place) const {
  certs::Bundle bundle{{}, epochs_.back().chain_id, document, std::move(place), {}};
  CHECK(certs::refresh(bundle, answer(document.id)));
  return bundle;
}

certs::StampTerms CertificateChain::terms() const {
  return {text<certs::StampRecipient>("XX银行"), text<certs::StampPurpose>("住房贷款"), now_,
          now_ + Duration(24 * 3'600'000), {}};
}

certs::Bundle CertificateChain::stamped(const certs::Bundle& bundle, std::string_view signer,
                                        const certs::StampTerms& terms) const {
  certs::Bundle copy = certs::stamped_copy(bundle, scheme, secret(signer), terms).value();
  CHECK(certs::refresh(copy, answer(copy.document.id, copy.stamp)));
  return copy;
}

}  // namespace kanhe::support
