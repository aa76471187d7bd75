// What the tests of node/ share: a genesis of four departments, a store on a simulated disk, a transport that
// remembers, a checker that answers when asked, transactions, proposals and seals.
#pragma once

#include <boost/test/unit_test.hpp>
#include <deque>

#include "contracts/governance.h"
#include "ledger/codec.h"
#include "node/driver.h"
#include "testnet/sim_client.h"
#include "testnet/sim_disk.h"

namespace kanhe::node {

inline Genesis test_genesis(Parameters parameters = {}, std::size_t observers = 0) {
  parameters.heartbeat_ms = Number<HeartbeatTag>(3'600'000);
  return testnet::make_sim_genesis({.validators = 4, .observers = observers, .parameters = parameters});
}

inline Timestamp test_time() { return testnet::sim_created() + std::uint64_t{60'000}; }
inline constexpr Instant test_start{1'000'000'000};

inline consensus::Scheme test_scheme(const Genesis& genesis) {
  return {genesis.suite.signature, origin_of(genesis), first_epoch_of(genesis)};
}

struct SentFrame {
  std::optional<PeerId> to;
  FrameKind kind;
  Bytes payload;
};

class RecordingTransport : public Transport {
 public:
  void send(PeerId to, FrameKind kind, Bytes payload) override { note({to, kind, std::move(payload)}); }
  void broadcast(FrameKind kind, Bytes payload) override { note({std::nullopt, kind, std::move(payload)}); }
  std::vector<PeerId> connected() const override { return peers; }

  std::vector<SentFrame> take() { return std::exchange(sent, {}); }
  std::vector<PeerId> peers{PeerId(1), PeerId(2), PeerId(3)};
  std::vector<SentFrame> sent;
  std::function<void(const SentFrame&)> on_send;

 private:
  void note(SentFrame frame) {
    // Every payload that is sent has to fit into a frame.
    BOOST_REQUIRE(frame.payload.size() <= frame_bytes_max(frame.kind));
    if (on_send) on_send(frame);
    sent.push_back(std::move(frame));
  }
};

class QueueChecker : public Checker {
 public:
  void submit(Job job) override { jobs.push_back(std::move(job)); }
  void enter(const consensus::Scheme&) override {}
  std::deque<Job> jobs;
};

struct TestStore {
  explicit TestStore(const Genesis& genesis) { open(genesis); }
  void open(const Genesis& genesis) {
    StoreOptions options;
    options.path = "store";
    options.segment_bytes = 1 << 20;
    options.write_buffer_bytes = 1 << 20;
    options.block_cache_bytes = 64 << 10;
    auto opened = Store::open(disk, options, chain_id_of(genesis));
    BOOST_REQUIRE(opened.has_value());
    store = std::move(opened).value();
  }
  SimDisk disk;
  std::unique_ptr<Store> store;
};

inline SecretKey named_key(std::string_view name) {
  return SecretKey::from(tagged_hash(Tag::simulated_key, as_bytes(name)).view()).value();
}

// A signed transaction; the number makes it another one, `padding` larger.
inline SharedBody a_body(const Genesis& genesis, std::uint64_t number, std::string_view sender = "administrator 0",
                         std::optional<Timestamp> valid_until = {}, std::size_t padding = 0) {
  Transaction transaction;
  transaction.chain_id = chain_id_of(genesis);
  transaction.module = ModuleName::from("governance").value();
  transaction.method = MethodName::from("enrol_officer").value();
  const std::string officer = "officer " + std::to_string(number);
  Bytes arguments = encode(contracts::governance::EnrolOfficerArguments{
      public_key_of(genesis.suite.signature, named_key(officer)),
      PartyId(tagged_hash(Tag::party, as_bytes(officer))),
      {contracts::Role::issuer}});
  arguments.resize(arguments.size() + padding);
  transaction.arguments = Blob<arguments_bytes_max>::from(std::move(arguments)).value();
  transaction.valid_until_ms = valid_until.value_or(test_time() + std::uint64_t{300'000});
  for (std::size_t i = 0; i < 8; ++i) transaction.nonce.array()[i] = static_cast<Byte>(number >> (8 * i));
  sign_transaction(genesis.suite.signature, named_key(sender), transaction);
  return std::make_shared<const TransactionBody>(make_body(std::move(transaction)));
}

inline std::shared_ptr<const Proposal> a_proposal(const Genesis& genesis, Height height, const ProposalDigest& parent,
                                                  const BodiesOfProposal& bodies, Timestamp time = test_time()) {
  auto proposal = std::make_shared<Proposal>();
  for (const SharedBody& body : bodies) proposal->bodies.push_back(body->body_hash);
  proposal->header.chain_id = chain_id_of(genesis);
  proposal->header.height = height;
  proposal->header.parent = parent;
  proposal->header.timestamp_ms = time;
  proposal->header.body_root = body_root_of(proposal->bodies);
  proposal->header.count = Count(static_cast<std::uint32_t>(bodies.size()));
  return proposal;
}

inline CommitSeal a_seal(const Genesis& genesis, const consensus::Executed& executed, View view = View(0)) {
  const consensus::Scheme scheme = test_scheme(genesis);
  CommitSeal seal;
  seal.checkpoint = {{},       Epoch(0), view, executed.height, executed.digest, executed.header_hash,
                     executed.log_root};
  for (std::uint16_t i = 0; i < scheme.config.q(); ++i) {
    consensus::Message vote = consensus::Commit{seal.checkpoint, ValidatorIndex(i), {}};
    consensus::sign_message(scheme, testnet::sim_validator_key(i), vote);
    seal.signatures.push_back({ValidatorIndex(i), std::get<consensus::Commit>(vote).signature});
  }
  return seal;
}

// The frames of a kind, decoded.
template <class Record>
std::vector<Record> frames_of(const std::vector<SentFrame>& sent, FrameKind kind) {
  std::vector<Record> records;
  for (const SentFrame& frame : sent) {
    if (frame.kind == kind) records.push_back(decode<Record>(frame.payload).value());
  }
  return records;
}

}  // namespace kanhe::node
