// Every reader has the same shape: read; if accepted, write again and compare; hand the value on to the next check.
#include "tests/fuzz/decoders.h"

#include "certs/stamp.h"
#include "consensus/messages.h"
#include "ledger/checkpoint.h"
#include "ledger/codec_impl.h"
#include "ledger/genesis.h"
#include "ledger/json.h"
#include "ledger/merkle.h"
#include "ledger/query.h"
#include "ledger/receipt.h"
#include "ledger/state_tree.h"
#include "ledger/transaction.h"
#include "tests/fuzz/certs_decoders.h"
#include "tests/fuzz/http_requests.h"
#include "tests/fuzz/node_decoders.h"
#include "tests/fuzz/replica_program.h"
#include "tests/fuzz/samples.h"

namespace kanhe::fuzz {

namespace {

constexpr SignatureScheme simulated = SignatureScheme::keyed_hash;

// Four departments with keys that everybody knows.
const EpochConfig& known_config() {
  static const EpochConfig config = [] {
    EpochConfig made;
    for (Byte i = 0; i < 4; ++i) {
      Validator validator;
      const std::string name = "department-" + std::to_string(i);
      validator.department = DepartmentId::from(name).value();
      const SecretKey key = SecretKey::from(Bytes(SecretKey::size, static_cast<Byte>(i + 1))).value();
      validator.consensus_key = public_key_of(simulated, key);
      validator.transport_key.array().fill(i);
      made.validators.push_back(validator);
    }
    return made;
  }();
  return config;
}

const Origin& known_origin() {
  static const Origin origin = Origin::from("demo/" + std::string(64, '0')).value();
  return origin;
}

// ---------------------------------------------------------------------------------------------------------------------
// What looks at a value next. A value that nobody looks at falls through.

template <class T>
void look_at(const T&) {}

void look_at(const TransactionBody& body) {
  verify_signature(SignatureScheme::ecdsa_secp256k1, body);
  verify_signature(simulated, body);
}
void look_at(const Genesis& genesis) { static_cast<void>(check_genesis(genesis).has_value()); }
void look_at(const EpochConfig& config) {
  static_cast<void>(check_epoch_config(SignatureScheme::ecdsa_secp256k1, config).has_value());
}
void look_at(const Proposal& proposal) { static_cast<void>(check_body_list(proposal).has_value()); }
void look_at(const CommitSeal& seal) {
  static_cast<void>(check_seal(simulated, known_origin(), known_config(), seal).has_value());
}
void look_at(const StateProof& proof) {
  const StatePosition position;
  static_cast<void>(check_state_proof(position, std::nullopt, proof, StateRoot{}).has_value());
  static_cast<void>(check_state_proof(position, StateValueHash{}, proof, StateRoot{}).has_value());
}
void look_at(const consensus::Message& message) {
  const consensus::Scheme scheme{simulated, known_origin(), known_config()};
  static_cast<void>(consensus::verify(scheme, message).has_value());
}
void look_at(const consensus::Record& record) { consensus::record_key(record); }

// A question that a credential could be signed for.
QueryRequest known_request() {
  static const ChainId chain_id;
  return {chain_id, "GET", "/v1/units/440304003008GB00012F00220045", {}};
}
void look_at(const QueryCredential& credential) {
  static_cast<void>(verify_query(SignatureScheme::ecdsa_secp256k1, credential, known_request()).has_value());
  static_cast<void>(verify_query(simulated, credential, known_request()).has_value());
}

void look_at(const certs::Stamp& stamp) {
  static const ChainId chain_id;
  const CertificateId id = CertificateId::from("1.2.156.3005.2").value();
  for (const SignatureScheme scheme : {SignatureScheme::ecdsa_secp256k1, simulated}) {
    static_cast<void>(certs::check_stamp_signature(scheme, chain_id, id, stamp).has_value());
  }
  static_cast<void>(certs::check_stamp_terms(stamp.terms).has_value());
}

// ---------------------------------------------------------------------------------------------------------------------
// Canonical encodings

template <class T>
bool accepts_encoding(ByteView bytes) {
  const Result<T> value = decode<T>(bytes);
  if (!value) return false;
  CHECK(equal(encode(*value), bytes));
  look_at(*value);
  return true;
}

template <class T>
constexpr std::size_t alternatives() {
  if constexpr (VariantType<T>) {
    return boost::mp11::mp_size<T>::value;
  } else {
    return 2;
  }
}

template <class T>
std::vector<Bytes> encodings() {
  std::vector<Bytes> seeds;
  for (const Shape shape : {Shape::least, Shape::full, Shape::largest}) {
    for (std::size_t choice = 0; choice < alternatives<T>(); ++choice) {
      seeds.push_back(encode(sample<T>(shape, choice)));
    }
  }
  std::ranges::sort(seeds);
  seeds.erase(std::unique(seeds.begin(), seeds.end()), seeds.end());
  return seeds;
}

template <class T>
constexpr Decoder record(std::string_view name) {
  return {name, accepts_encoding<T>, encodings<T>};
}

bool accepts_body(ByteView bytes) {
  const Result<TransactionBody> body = read_body(bytes);
  if (!body) return false;
  CHECK(equal(body->bytes, bytes) && equal(make_body(body->transaction).bytes, bytes));
  look_at(*body);
  return true;
}

// ---------------------------------------------------------------------------------------------------------------------
// JSON: what is accepted is a value that both forms can hold.

template <class T>
bool accepts_json(ByteView bytes) {
  const Result<T> value = from_json<T>(as_text(bytes));
  if (!value) return false;
  const Bytes encoding = encode(*value);
  CHECK(decode<T>(encoding).has_value());
  for (const JsonLayout layout : {JsonLayout::compact, JsonLayout::indented}) {
    const Result<T> again = from_json<T>(to_json(*value, layout));
    CHECK(again.has_value());
    CHECK(encode(*again) == encoding);
  }
  return true;
}

template <class T>
std::vector<Bytes> json_texts() {
  std::vector<Bytes> seeds;
  for (const Shape shape : {Shape::least, Shape::full}) {
    seeds.push_back(to_bytes(as_bytes(to_json(sample<T>(shape, 1)))));
  }
  return seeds;
}

template <class T>
constexpr Decoder json(std::string_view name) {
  return {name, accepts_json<T>, json_texts<T>};
}

// ---------------------------------------------------------------------------------------------------------------------
// Forms of their own

bool accepts_note(ByteView bytes) {
  const Result<CommitSeal> seal = read_signed_note(simulated, known_origin(), known_config(), as_text(bytes));
  if (!seal) return false;
  CHECK(signed_note(simulated, known_origin(), known_config(), *seal) == as_text(bytes));
  look_at(*seal);
  return true;
}

std::vector<Bytes> notes() {
  std::vector<Bytes> seeds;
  CommitSeal seal;
  for (std::uint16_t i = 0; i < 4; ++i) {
    SealSignature signature;
    signature.signer = ValidatorIndex(i);
    seal.signatures.push_back(signature);
    seeds.push_back(to_bytes(as_bytes(signed_note(simulated, known_origin(), known_config(), seal))));
  }
  return seeds;
}

bool accepts_hex(ByteView bytes) {
  const Result<Bytes> value = from_hex(as_text(bytes));
  if (value) CHECK(to_hex(*value) == as_text(bytes));
  return value.has_value();
}
std::vector<Bytes> hex_texts() { return {{}, to_bytes(as_bytes("00ff"))}; }

bool accepts_base64(ByteView bytes) {
  const Result<Bytes> value = from_base64(as_text(bytes));
  if (value) CHECK(to_base64(*value) == as_text(bytes));
  return value.has_value();
}
std::vector<Bytes> base64_texts() { return {{}, to_bytes(as_bytes("AA==")), to_bytes(as_bytes("/+8="))}; }

// The value of the header Kanhe-Query.
bool accepts_query(ByteView bytes) {
  const Result<QueryCredential> credential = read_query(as_text(bytes));
  if (!credential) return false;
  CHECK(to_base64(encode(*credential)) == as_text(bytes));
  look_at(*credential);
  return true;
}

std::vector<Bytes> queries() {
  std::vector<Bytes> seeds;
  for (const Bytes& encoding : encodings<QueryCredential>()) {
    seeds.push_back(to_bytes(as_bytes(to_base64(encoding))));
  }
  const SecretKey key = SecretKey::from(Bytes(SecretKey::size, 1)).value();
  for (const SignatureScheme scheme : {SignatureScheme::ecdsa_secp256k1, simulated}) {
    const auto signed_query = sign_query(scheme, key, known_request(), sample<QueryCredential>(Shape::full, 0));
    seeds.push_back(to_bytes(as_bytes(signed_query.value())));
  }
  return seeds;
}

// A path with the numbers that it is checked against, as a bundle would carry them.
struct PathInput {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  LogPath path;
};
BOOST_DESCRIBE_STRUCT(PathInput, (), (first, second, path))

void look_at(const PathInput& input) {
  const LogRoot root;
  static_cast<void>(check_log_inclusion(Hash256{}, input.first, input.second, input.path, root).has_value());
  static_cast<void>(check_log_consistency(input.first, input.second, input.path, root, root).has_value());
}

bool accepts_path(ByteView bytes) {
  const Result<PathInput> input = decode<PathInput>(bytes);
  if (!input) return false;
  look_at(*input);
  return true;
}

bool accepts_program(ByteView program) { return run_replica_program(program).instructions > 0; }

constexpr Decoder table[] = {
    record<Transaction>("transaction"),
    {"transaction_body", accepts_body, encodings<Transaction>},
    record<Receipt>("receipt"),
    record<Event>("event"),
    record<TraceLink>("trace_link"),
    record<EpochConfig>("epoch_config"),
    record<ProposalHeader>("proposal_header"),
    record<Proposal>("proposal"),
    record<Header>("header"),
    record<Checkpoint>("checkpoint"),
    record<CommitSeal>("commit_seal"),
    record<Genesis>("genesis"),
    record<StateProof>("state_proof"),
    record<QueryCredential>("query_credential"),
    {"signed_note", accepts_note, notes},
    json<Genesis>("genesis_json"),
    json<Transaction>("transaction_json"),
    json<Receipt>("receipt_json"),
    {"hex", accepts_hex, hex_texts},
    {"base64", accepts_base64, base64_texts},
    {"log_path", accepts_path, encodings<PathInput>},
    record<consensus::Message>("message"),
    record<consensus::Record>("record"),
    {"frames", accepts_frames, frame_streams},
    {"hello", accepts_hello, hellos},
    {"config", accepts_config, configs},
    {"chain", accepts_chain, chains},
    {"replica", accepts_program, replica_programs},
    json<consensus::Message>("message_json"),
    json<StateProof>("state_proof_json"),
    json<CommitSeal>("commit_seal_json"),
    {"query", accepts_query, queries},
    {"bundle", accepts_bundle, bundles},
    {"http", accepts_request, http_requests},
    record<certs::Stamp>("stamp"),
};

}  // namespace

std::span<const Decoder> decoders() { return table; }

bool run_input(ByteView input) {
  if (input.empty() || input[0] >= std::size(table)) return false;
  return table[input[0]].accepts(input.subspan(1));
}

}  // namespace kanhe::fuzz
