#include "tests/support/builders.h"

#include "ledger/codec.h"

namespace kanhe::support {
namespace {

constexpr std::uint64_t start_ms = 1'767'225'600'000;  // 2026-01-01 UTC

Validator a_validator(std::string_view department, std::uint8_t seed) {
  Validator validator;
  validator.department = text<DepartmentId>(department);
  validator.consensus_key = public_key(seed);
  validator.transport_key = counting_bytes<TransportKey>(static_cast<Byte>(seed * 16));
  return validator;
}

GenesisDepartment a_department(std::string_view id, std::string_view name_zh, std::string_view name_en,
                               std::uint8_t seed) {
  GenesisDepartment department;
  department.id = text<DepartmentId>(id);
  department.name_zh = text<PlainText<96>>(name_zh);
  department.name_en = text<PlainText<96>>(name_en);
  department.administrator = public_key(seed);
  department.administrator_person = counting_bytes<PartyId>(seed);
  return department;
}

Transaction a_signed_transaction(std::uint8_t number) {
  Transaction transaction;
  transaction.chain_id = chain_id_of(a_genesis());
  transaction.module = text<ModuleName>("certificate");
  transaction.method = text<MethodName>("issue");
  transaction.arguments = std::move(Blob<arguments_bytes_max>::from({0x01, 0x00, number})).value();
  transaction.valid_until_ms = Timestamp(start_ms + 600'000);
  transaction.nonce = counting_bytes<Nonce>(number);
  sign_transaction(builders_scheme, secret_key(11), transaction);
  return transaction;
}

Finding a_finding() {
  Finding finding;
  finding.code = 1002;
  finding.rule = 7;
  finding.field = 3;
  finding.limit = 10;
  finding.value = 18'446'744'073'709'551'615u;
  finding.subject.emplace(UnitSubject{text<UnitNumber>("440301001001GB00001F00010001")});
  return finding;
}

StateLeaf a_leaf(Byte first) { return {counting_bytes<StatePosition>(first), counting_bytes<StateValueHash>(0x80)}; }

}  // namespace

SecretKey secret_key(std::uint8_t seed) {
  std::array<Byte, SecretKey::size> bytes{};
  bytes.back() = seed;
  return std::move(SecretKey::from(bytes)).value();
}

PublicKey public_key(std::uint8_t seed) { return public_key_of(builders_scheme, secret_key(seed)); }

Genesis a_genesis() {
  Genesis genesis;
  genesis.name = text<NetworkName>("demo.kanhe.example");
  genesis.created_ms = Timestamp(start_ms);
  genesis.demo = true;
  genesis.validators = {a_validator("archive", 1), a_validator("housing", 2), a_validator("registry", 3),
                        a_validator("tax-office", 4)};
  genesis.validators[1].previous_transport_key = {counting_bytes<TransportKey>(0xa0), Timestamp(start_ms + 1)};
  genesis.observers = {a_validator("audit", 5)};
  genesis.departments = {a_department("archive", "档案馆", "Archive", 21),
                         a_department("audit", "审计局", "Audit Office", 22),
                         a_department("bank", "某银行", "A \"Bank\" \\ Trust", 23),
                         a_department("housing", "住房和建设局", "Housing Bureau", 24),
                         a_department("registry", "不动产登记中心", "Registry", 25),
                         a_department("tax-office", "税务局", "Tax Office", 26)};
  genesis.departments[3].uscc = text<Uscc>("11100000000013338W");
  return genesis;
}

EpochConfig four_validators() { return first_epoch_of(a_genesis()); }

SecretKey validator_key(ValidatorIndex index) { return secret_key(static_cast<std::uint8_t>(index.value() + 1)); }

Transaction a_transaction() { return a_signed_transaction(1); }

SortedList<Subject, subjects_max> all_subjects() {
  SortedList<Subject, subjects_max> subjects;
  subjects.emplace_back(CertificateSubject{text<CertificateId>("1.2.156.3005.2.11100000MB03271699022")});
  subjects.emplace_back(UnitSubject{text<UnitNumber>("440301001001GB00001F00010001")});
  subjects.emplace_back(ApplicationSubject{counting_bytes<ApplicationId>(0x10)});
  subjects.emplace_back(PartySubject{counting_bytes<PartyId>(0x40)});
  subjects.emplace_back(DepartmentSubject{text<DepartmentId>("registry")});
  return subjects;
}

Event an_event() {
  return {text<EventName>("certificate.issued"), all_subjects(),
          std::move(Blob<event_bytes_max>::from({0x01, 0x00, 0xff})).value()};
}

Receipt a_succeeded_receipt() {
  Receipt receipt;
  receipt.transaction_id = id_of(a_transaction());
  receipt.events = {an_event(), Event{text<EventName>("trace.empty"), {}, {}}};
  receipt.return_value = std::move(Blob<return_bytes_max>::from({0x2a})).value();
  return receipt;
}

Receipt a_refused_receipt() {
  Receipt receipt;
  receipt.transaction_id = id_of(a_transaction());
  Finding second;
  second.code = 1001;
  receipt.outcome = Refused{{a_finding(), second}};
  return receipt;
}

Receipt a_system_receipt() { return {}; }

TraceLink a_trace_link() {
  return {{}, counting_bytes<TraceHead>(0x20), {Height(1), 2, 3}, sha256(encode(an_event()))};
}

Proposal a_proposal() {
  Proposal proposal;
  proposal.bodies = {body_hash_of(a_signed_transaction(1)), body_hash_of(a_signed_transaction(2))};
  proposal.header.chain_id = chain_id_of(a_genesis());
  proposal.header.height = Height(1);
  proposal.header.parent = genesis_digest(proposal.header.chain_id);
  proposal.header.timestamp_ms = Timestamp(start_ms + 1'000);
  proposal.header.body_root = body_root_of(proposal.bodies);
  proposal.header.count = Count(2);
  return proposal;
}

Header a_header() {
  const EpochConfig config = four_validators();
  const Proposal proposal = a_proposal();
  Header header;
  header.chain_id = config.chain_id;
  header.height = proposal.header.height;
  header.timestamp_ms = proposal.header.timestamp_ms;
  header.proposal_digest = digest_of(proposal.header);
  header.parent = counting_bytes<HeaderHash>(0x30);
  header.history_root = counting_bytes<LogRoot>(0x50);
  header.transaction_root = proposal.header.body_root;
  header.receipt_root = counting_bytes<LogRoot>(0x70);
  header.state_root = counting_bytes<StateRoot>(0x90);
  header.validators_hash = header.next_validators_hash = epoch_hash_of(config);
  return header;
}

Checkpoint a_checkpoint() {
  const Header header = a_header();
  return {{}, header.epoch, View(2), header.height, header.proposal_digest, hash_of(header),
          counting_bytes<LogRoot>(0xb0)};
}

CommitSeal a_seal() { return sealed_by(a_checkpoint(), {0, 1, 3}); }

CommitSeal sealed_by(const Checkpoint& checkpoint, std::initializer_list<std::uint16_t> signers) {
  CommitSeal seal;
  seal.checkpoint = checkpoint;
  const Hash256 digest = signing_digest(origin_of(a_genesis()), checkpoint);
  for (const std::uint16_t signer : signers) {
    seal.signatures.push_back(
        {ValidatorIndex(signer), sign(builders_scheme, validator_key(ValidatorIndex(signer)), digest)});
  }
  return seal;
}

StateProof a_presence_proof() {
  return {{}, {counting_bytes<Hash256>(0x01), Hash256{}, counting_bytes<Hash256>(0x02)}, std::nullopt};
}

StateProof an_absence_proof() { return {{}, {counting_bytes<Hash256>(0x01)}, a_leaf(0x03)}; }

}  // namespace kanhe::support
