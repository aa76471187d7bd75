// make_chain DIR: writes a small, real network for verifiers to be tried on.
//   DIR/genesis.json  four departments, real keys (made from names, so the files are the same every time)
//   DIR/chain.bin     its chain file: blocks that the node's own executor made, sealed with real Commits
//   DIR/proofs.json   proofs under the tip: records that are there or are not, transactions, receipts, headers, traces
// docs/formats.md describes all three.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "contracts/certificate.h"
#include "contracts/governance.h"
#include "contracts/trace.h"
#include "ledger/chain_file.h"
#include "ledger/json.h"
#include "node/executor.h"
#include "tests/support/temporary_directory.h"

namespace kanhe {
namespace {

using contracts::Role;
namespace certificate = contracts::certificate;
namespace governance = contracts::governance;

constexpr SignatureScheme scheme = SignatureScheme::ecdsa_secp256k1;
constexpr std::uint64_t blocks = 30;
constexpr std::uint64_t block_ms = 20'000;
constexpr std::string_view registry_code = "11100000MB03271699";
constexpr std::string_view type_text = "11100000MB03271699022";

// ---------------------------------------------------------------------------------------------------------------------
// proofs.json

// One record of the state, or the absence of one.
struct StateCase {
  PlainText<64> what;
  Blob<256> key;  // state key: table and key
  StatePosition position;
  std::optional<Blob<65'535>> value;  // canonical record; absent: there is none
  std::optional<StateValueHash> value_hash;
  StateProof proof;
};
BOOST_DESCRIBE_STRUCT(StateCase, (), (what, key, position, value, value_hash, proof))

// That a leaf is in one of a block's two trees.
struct LeafCase {
  PlainText<64> what;
  Height height;
  std::uint32_t index = 0;
  std::uint32_t size = 0;  // leaves of the tree
  Hash256 leaf_hash;
  LogPath path;
  LogRoot root;
};
BOOST_DESCRIBE_STRUCT(LeafCase, (), (what, height, index, size, leaf_hash, path, root))

struct ConsistencyCase {
  std::uint64_t old_size = 0;
  std::uint64_t new_size = 0;
  LogRoot old_root;
  LogRoot new_root;
  LogPath path;
};
BOOST_DESCRIBE_STRUCT(ConsistencyCase, (), (old_size, new_size, old_root, new_root, path))

struct HistoryCase {
  Height height;
  HeaderHash header_hash;
  std::uint64_t size = 0;
  LogPath path;
  LogRoot root;
};
BOOST_DESCRIBE_STRUCT(HistoryCase, (), (height, header_hash, size, path, root))

struct TraceStep {
  EventPosition position;
  Event event;
  TraceHead head;  // after this event
};
BOOST_DESCRIBE_STRUCT(TraceStep, (), (position, event, head))

// The whole history of a subject; `record` is the state's Trace of it.
struct TraceCase {
  Subject subject;
  List<TraceStep, 1'000> steps;
  StateCase record;
};
BOOST_DESCRIBE_STRUCT(TraceCase, (), (subject, steps, record))

struct Proofs {
  Height height;  // the tip, under whose roots everything here stands
  HeaderHash header_hash;
  StateRoot state_root;
  Blob<16'384> signed_note;  // the tip's seal as a note, its bytes
  List<StateCase, 1'000> state;
  List<LeafCase, 1'000> transactions;
  List<LeafCase, 1'000> receipts;
  List<HistoryCase, 1'000> history;
  List<ConsistencyCase, 10'000> consistency;
  List<TraceCase, 100> traces;
};
BOOST_DESCRIBE_STRUCT(Proofs, (),
                      (height, header_hash, state_root, signed_note, state, transactions, receipts, history,
                       consistency, traces))

// ---------------------------------------------------------------------------------------------------------------------
// The network

template <class T>
T must(Result<T> result) {
  if (result) return std::move(result).value();
  std::cerr << "make_chain: " << result.error().text << "\n";
  std::exit(1);
}
void must(const Result<void>& result) {
  if (result) return;
  std::cerr << "make_chain: " << result.error().text << "\n";
  std::exit(1);
}

// A key from a name. A hash is out of the curve's range about once in 2^128.
SecretKey secret(std::string_view name) { return must(SecretKey::from(sha256(as_bytes(name)))); }
PublicKey key(std::string_view name) { return public_key_of(scheme, secret(name)); }
PartyId person(std::string_view name) { return PartyId(sha256(as_bytes("person " + std::string(name)))); }
std::string administrator(std::string_view department) { return "administrator of " + std::string(department); }
std::string validator(std::string_view department) { return "validator of " + std::string(department); }
DepartmentId department_id(std::string_view id) { return must(DepartmentId::from(id)); }

// In the order of the validators.
constexpr std::string_view department_names[] = {"archive", "housing", "registry", "tax-office"};

Genesis make_genesis() {
  Genesis genesis;
  genesis.name = must(NetworkName::from("verifier.example"));
  genesis.created_ms = Timestamp(1'750'000'000'000);
  genesis.demo = true;
  for (const std::string_view name : department_names) {
    Validator member;
    member.department = department_id(name);
    member.consensus_key = key(validator(name));
    member.transport_key = TransportKey(sha256(as_bytes("transport of " + std::string(name))));
    genesis.validators.push_back(member);
    GenesisDepartment entry;
    entry.id = member.department;
    entry.name_zh = must(PlainText<96>::from(name == "registry" ? "不动产登记局" : "部门"));
    entry.name_en = must(PlainText<96>::from(name));
    if (name == "registry") entry.uscc = must(Uscc::from(registry_code));
    entry.administrator = key(administrator(name));
    entry.administrator_person = person(administrator(name));
    genesis.departments.push_back(entry);
  }
  must(check_genesis(genesis));
  return genesis;
}

CertificateId certificate_id(std::uint64_t number) {
  return contracts::make_certificate_id(
      {std::string(type_text), std::string(registry_code), "2025A" + std::to_string(1'000 + number), 1});
}

class Network {
 public:
  explicit Network(Store& store, const Genesis& genesis)
      : store_(store), genesis_(genesis), chain_id_(chain_id_of(genesis)), executor_(store, genesis) {}

  // One more block. Its own seal is left out where the next one covers it.
  void add_block(const std::vector<Transaction>& transactions, std::size_t signers, View view) {
    Proposal proposal;
    node::BodiesOfProposal bodies;
    for (const Transaction& transaction : transactions) {
      bodies.push_back(std::make_shared<const TransactionBody>(make_body(transaction)));
      proposal.bodies.push_back(bodies.back()->body_hash);
    }
    ProposalHeader& header = proposal.header;
    header.chain_id = chain_id_;
    header.epoch = executor_.epoch().epoch;
    header.height = executor_.tip().height + 1;
    header.parent = executor_.tip().digest;
    header.timestamp_ms = now();
    header.body_root = body_root_of(proposal.bodies);
    header.count = Count(static_cast<std::uint32_t>(proposal.bodies.size()));
    const ProposalDigest digest = digest_of(header);
    const consensus::Executed executed = executor_.execute(proposal, digest, bodies);
    std::optional<CommitSeal> seal;
    if (signers > 0) seal = seal_of(executed, view, signers);
    executor_.commit(digest, seal, {}, {});
  }

  template <class Arguments>
  Transaction call(std::string_view sender, std::string_view module, std::string_view method,
                   const Arguments& arguments) {
    return raw_call(sender, module, method, encode(arguments));
  }
  Transaction raw_call(std::string_view sender, std::string_view module, std::string_view method, Bytes arguments) {
    Transaction transaction;
    transaction.chain_id = chain_id_;
    transaction.module = must(ModuleName::from(module));
    transaction.method = must(MethodName::from(method));
    transaction.arguments = must(Blob<arguments_bytes_max>::from(std::move(arguments)));
    transaction.valid_until_ms = now() + Duration(60'000);
    const Hash256 random = sha256(encode(static_cast<std::uint64_t>(++nonces_)));
    std::copy_n(random.array().begin(), transaction.nonce.size, transaction.nonce.array().begin());
    sign_transaction(scheme, secret(sender), transaction);
    return transaction;
  }

  // The time of the block that is made next.
  Timestamp now() const { return executor_.tip().timestamp_ms + block_ms; }
  std::uint64_t next_height() const { return executor_.tip().height.value() + 1; }

 private:
  // Signed by so many validators, beginning with another one at each height.
  CommitSeal seal_of(const consensus::Executed& executed, View view, std::size_t signers) const {
    const EpochConfig& config = executor_.epoch();
    const Origin origin = origin_of(genesis_);
    CommitSeal seal;
    seal.checkpoint = {{}, config.epoch, view, executed.height, executed.digest, executed.header_hash,
                       executed.log_root};
    for (std::size_t i = 0; i < signers; ++i) {
      const std::size_t index = (executed.height.value() + i) % config.n();
      seal.signatures.push_back({ValidatorIndex(static_cast<std::uint16_t>(index)),
                                 sign(scheme, secret(validator(department_names[index])),
                                      signing_digest(origin, seal.checkpoint))});
    }
    std::sort(seal.signatures.begin(), seal.signatures.end());
    must(check_seal(scheme, origin, config, seal));
    return seal;
  }

  Store& store_;
  const Genesis& genesis_;
  ChainId chain_id_;
  node::Executor executor_;
  std::uint64_t nonces_ = 0;
};

// ---------------------------------------------------------------------------------------------------------------------
// What happens in it

Transaction enrol(Network& network, std::string_view name, std::string_view department, contracts::Roles roles) {
  return network.call(administrator(department), "governance", "enrol_officer",
                      governance::EnrolOfficerArguments{key(name), person(name), std::move(roles)});
}

Transaction issue(Network& network, std::string_view sender, std::uint64_t number) {
  certificate::IssueArguments arguments;
  arguments.id = certificate_id(number);
  arguments.holder = certificate::HolderCommitment(sha256(as_bytes("holder " + std::to_string(number))));
  arguments.content_root = certificate::ContentRoot(sha256(as_bytes("content " + std::to_string(number))));
  return network.call(sender, "certificate", "issue", arguments);
}

certificate::Decision decision(const Network& network) {
  certificate::Decision made;
  made.reason = certificate::ReasonCode(4);
  made.legal_basis = must(PlainText<128>::from("行政许可法第六十九条"));
  made.decided_by = department_id("registry");
  made.document_number = must(certificate::DocumentNumber::from("深规撤〔2025〕12号"));
  made.effective_ms = network.now();
  return made;
}

std::vector<Transaction> first_block(Network& network) {
  return {enrol(network, "ann", "registry", {Role::issuer}), enrol(network, "bob", "registry", {Role::registrar}),
          enrol(network, "sue", "tax-office", {Role::supervisor}),
          network.call(administrator("registry"), "certificate", "define_type",
                       certificate::DefineTypeArguments{must(certificate::TypeCode::from(type_text)),
                                                        must(PlainText<96>::from("不动产权证书")),
                                                        must(PlainText<96>::from("title certificate"))})};
}

// Every kind of block: empty, with refusals of several kinds, with changes of one certificate's standing.
std::vector<Transaction> transactions_of(Network& network) {
  const std::uint64_t height = network.next_height();
  if (height == 1) return first_block(network);
  if (height % 9 == 0) return {};
  std::vector<Transaction> calls{issue(network, "ann", height), issue(network, "ann", 100 + height)};
  switch (height % 5) {
    case 0: calls.push_back(issue(network, "bob", 200 + height)); break;     // role_needed
    case 1: calls.push_back(issue(network, "nobody", 300 + height)); break;  // unknown_sender
    case 2:
      calls.push_back(network.call("ann", "certificate", "suspend",
                                   certificate::SuspendArguments{certificate_id(2), decision(network)}));
      break;
    case 3:
      calls.push_back(network.call("ann", "certificate", "resume",
                                   certificate::ResumeArguments{certificate_id(2), decision(network)}));
      calls.push_back(issue(network, "ann", 2));  // id_used
      break;
    default:
      calls.push_back(network.raw_call("ann", "certificate", "issue", Bytes{1, 2, 3}));  // malformed_arguments
      calls.push_back(network.raw_call("ann", "no_module", "no_method", {}));            // unknown_module
  }
  return calls;
}

void run(Network& network) {
  for (std::uint64_t height = 1; height <= blocks; ++height) {
    const bool covered_by_later = height % 7 == 3 || height % 7 == 4;
    const std::size_t signers = covered_by_later ? 0 : height % 4 == 0 ? 4 : 3;
    network.add_block(transactions_of(network), signers, View(height > 20 ? 2 : 0));
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Proofs

StateCase state_case(const Store& store, std::string_view what, const Bytes& key) {
  StateCase made;
  made.what = must(PlainText<64>::from(what));
  made.key = must(Blob<256>::from(key));
  made.position = state_position(key);
  if (auto value = store.get(key)) {
    made.value_hash = state_value_hash(*value);
    made.value = must(Blob<65'535>::from(*std::move(value)));
  }
  made.proof = store.tree().prove(made.position);
  must(check_state_proof(made.position, made.value_hash, made.proof, store.tree().root()));
  return made;
}

void add_state(Proofs& proofs, const Store& store) {
  const auto add = [&](std::string_view what, const Bytes& key) {
    proofs.state.push_back(state_case(store, what, key));
  };
  const auto certificate_key = [](std::uint64_t number) {
    return certificate::certificates.key_of(*certificate::certificate_key_of(certificate_id(number)));
  };
  add("settings", governance::settings_table.key_of({}));
  add("epoch", governance::epoch_table.key_of({}));
  for (const std::string_view name : department_names) {
    add("department", governance::departments.key_of(department_id(name)));
  }
  add("no such department", governance::departments.key_of(department_id("nobody")));
  for (const std::string_view name : {"ann", "bob", "sue"}) add("officer", governance::officers.key_of(key(name)));
  add("no such officer", governance::officers.key_of(key("nobody")));
  for (std::uint64_t number = 2; number <= blocks; ++number) {
    add("certificate", certificate_key(number));
    add("no such certificate", certificate_key(900 + number));
  }
}

template <class LeafOf>
LeafCase leaf_case(std::string_view what, Height height, std::uint32_t index, std::size_t count, const LogRoot& root,
                   LeafOf leaf_of) {
  std::vector<Hash256> leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(leaf_of(i));
  LeafCase made{must(PlainText<64>::from(what)), height, index, static_cast<std::uint32_t>(count), leaves[index],
                must(log_inclusion_path(index, count, read_from(leaves))), root};
  must(check_log_inclusion(made.leaf_hash, index, count, made.path, root));
  return made;
}

void add_leaves(Proofs& proofs, const Store& store) {
  for (Height height(1); height <= proofs.height; height = height + 4) {
    const Header header = *store.header(height);
    const Proposal proposal = *store.proposal(height);
    const std::vector<Receipt> receipts = store.receipts(height);
    for (std::uint32_t i = 0; i < proposal.bodies.size(); ++i) {
      proofs.transactions.push_back(leaf_case("transaction", height, i, proposal.bodies.size(), header.transaction_root,
                                              [&](std::size_t k) { return log_leaf_hash(proposal.bodies[k]); }));
    }
    for (std::uint32_t i = 0; i < receipts.size(); ++i) {
      proofs.receipts.push_back(leaf_case(i == 0 ? "system receipt" : "receipt", height, i, receipts.size(),
                                          header.receipt_root,
                                          [&](std::size_t k) { return log_leaf_hash(encode(receipts[k])); }));
    }
  }
}

void add_history(Proofs& proofs, const Store& store) {
  const LogNodeReader read = [&](LogNode node) { return store.history_node(node); };
  const std::uint64_t size = proofs.height.value() + 1;
  std::vector<LogRoot> roots{empty_log_root()};
  LogFrontier frontier;
  for (Height height; height <= proofs.height; ++height) {
    frontier.append(log_leaf_hash(hash_of(*store.header(height))));
    roots.push_back(frontier.root());
  }
  for (Height height; height <= proofs.height; ++height) {
    HistoryCase made{height, hash_of(*store.header(height)), size, must(log_inclusion_path(height.value(), size, read)),
                     roots[size]};
    must(check_log_inclusion(log_leaf_hash(made.header_hash), height.value(), size, made.path, made.root));
    proofs.history.push_back(made);
  }
  for (std::uint64_t from = 0; from <= size; ++from) {
    for (const std::uint64_t to : {from, (from + size) / 2, size}) {
      ConsistencyCase made{from, to, roots[from], roots[to], must(log_consistency_path(from, to, read))};
      must(check_log_consistency(from, to, made.path, made.old_root, made.new_root));
      proofs.consistency.push_back(made);
    }
  }
}

void add_trace(Proofs& proofs, const Store& store, const Subject& subject) {
  TraceCase made{subject, {}, {}};
  TraceHead head;
  for (const EventPosition& position : store.events(subject, 0, 1'000)) {
    const Event event = store.receipt(position.height, position.receipt)->events.at(position.event);
    head = extend_trace(head, position, event);
    made.steps.push_back({position, event, head});
  }
  made.record = state_case(store, "trace", contracts::traces.key_of(contracts::trace_key_of(subject)));
  const contracts::Trace trace = contracts::trace_of(store, subject);
  CHECK(trace.head == head);
  CHECK(trace.event_count.value() == made.steps.size());
  proofs.traces.push_back(std::move(made));
}

Proofs make_proofs(const Store& store, const Genesis& genesis) {
  Proofs proofs;
  proofs.height = store.tip()->height;
  proofs.header_hash = store.tip()->header_hash;
  proofs.state_root = store.tree().root();
  const std::string note =
      signed_note(scheme, origin_of(genesis), *store.epoch_config(Epoch(0)), *store.seal(proofs.height));
  proofs.signed_note = must(Blob<16'384>::from(to_bytes(as_bytes(note))));
  add_state(proofs, store);
  add_leaves(proofs, store);
  add_history(proofs, store);
  add_trace(proofs, store, CertificateSubject{certificate_id(2)});
  add_trace(proofs, store, CertificateSubject{certificate_id(999)});
  add_trace(proofs, store, DepartmentSubject{department_id("registry")});
  return proofs;
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) must(fail(ErrorCode::io, path.string(), ": cannot be written"));
}

void make_chain(const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  const TemporaryDirectory temporary;
  const Genesis genesis = make_genesis();
  StoreOptions options;
  options.path = std::string(temporary.path()) + "/store";
  options.segment_bytes = 1 << 20;
  const std::unique_ptr<Store> store = must(Store::open(system_files(), options, chain_id_of(genesis)));
  Network network(*store, genesis);
  run(network);
  write_file(directory / "genesis.json", to_json(genesis, JsonLayout::indented) + "\n");
  write_file(directory / "proofs.json", to_json(make_proofs(*store, genesis), JsonLayout::indented) + "\n");
  std::ofstream chain(directory / "chain.bin", std::ios::binary);
  must(write_chain(*store, chain));
}

}  // namespace
}  // namespace kanhe

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: make_chain DIR\n";
    return 2;
  }
  kanhe::make_chain(arguments[1]);
  return 0;
}
