// A driver alone, whose peers the test plays: it sees what is sent, and that what is sent is on disk already.
#pragma once

#include "node/driver.h"
#include "tests/node/one_node.h"

namespace kanhe::node {

using namespace consensus;

// Validator 1 of four, with peers that the test speaks for; the primary of view 0 is validator 0, so it starts as a
// backup, or as the primary where `self` is 0.
struct DriverFixture {
  explicit DriverFixture(std::uint16_t self_index = 1, Parameters parameters = {})
      : self(self_index),
        genesis(test_genesis(parameters)),
        scheme(test_scheme(genesis)),
        directory(scheme.config, testnet::sim_department(self_index)),
        on_disk(genesis) {
    transport.peers.clear();
    for (std::uint16_t i = 0; i < 4; ++i) {
      if (i != self.value()) transport.peers.emplace_back(i);
    }
    // Durable before sent: whatever vote of its own leaves the process, the store holds it.
    transport.on_send = [this](const SentFrame& frame) { check_durable(frame); };
    start();
  }

  void start() {
    DriverEvents events;
    events.on_submitted = [this](std::uint64_t token, const TransactionId&, Result<void> answer) {
      answers.emplace_back(token, std::move(answer));
    };
    events.on_alarm = [this](const Alarm& alarm) { alarms.push_back(alarm); };
    events.on_block = [this](Height height) { blocks.push_back(height); };
    events.on_expired = [this](const TransactionId& id) { expired.push_back(id); };
    DriverConfig config;
    config.genesis = genesis;
    config.keys = testnet::sim_validator_keys(self.value());
    config.session = ++session;
    driver = std::make_unique<Driver>(std::move(config), directory, *on_disk.store, transport, checker,
                                      std::move(events), now);
  }
  void restart() {
    driver.reset();
    on_disk.store.reset();
    on_disk.disk.crash(session);
    on_disk.open(genesis);
    checker.jobs.clear();
    transport.sent.clear();
    start();
  }

  void check_durable(const SentFrame& frame) {
    if (frame.kind != FrameKind::consensus) return;
    const Message message = decode<Message>(frame.payload).value();
    std::visit([this]<class T>(const T& vote) {
      if constexpr (std::same_as<T, PrePrepare>) {
        if (vote.prepare.signer.value() == self.value()) expect_stored(OwnPrepare{vote.prepare, vote.proposal});
      } else if constexpr (std::same_as<T, Prepare>) {
        if (vote.signer.value() == self.value()) expect_prepare_stored(vote);
      } else if constexpr (std::same_as<T, Commit> || std::same_as<T, ViewChange> || std::same_as<T, NewView>) {
        if (vote.signer.value() == self.value()) expect_stored(vote);
      }
    }, message);
  }
  void expect_stored(const Record& record) {
    ++votes_checked;
    const auto votes = on_disk.store->votes();
    const auto stored = votes.find(record_key(record));
    BOOST_REQUIRE(stored != votes.end());
    BOOST_REQUIRE((stored->second == encode(record)));
    if (const auto* own = std::get_if<OwnPrepare>(&record)) {
      for (const BodyHash& hash : own->proposal.bodies) BOOST_REQUIRE(on_disk.store->holds_body(hash));
    }
  }
  void expect_prepare_stored(const Prepare& vote) {
    ++votes_checked;
    for (const auto& [key, value] : on_disk.store->votes()) {
      const Record record = decode<Record>(value).value();
      const auto* own = std::get_if<OwnPrepare>(&record);
      if (own == nullptr || !(own->prepare == vote)) continue;
      for (const BodyHash& hash : own->proposal.bodies) BOOST_REQUIRE(on_disk.store->holds_body(hash));
      return;
    }
    BOOST_FAIL("a Prepare left that is not on disk");
  }

  // Answers every job that waits, and those that come of it.
  void check_all() {
    while (!checker.jobs.empty()) {
      Job job = std::move(checker.jobs.front());
      checker.jobs.pop_front();
      driver->on_checked(check(scheme, std::move(job)), now);
      driver->run(now);
    }
  }
  void receive(std::uint16_t from, FrameKind kind, Bytes payload) {
    driver->on_frame(PeerId(from), {kind, std::move(payload)}, now);
    driver->run(now);
    check_all();
  }
  void say(std::uint16_t from, Message message) {
    if (!std::holds_alternative<Sealed>(message)) {
      sign_message(scheme, testnet::sim_validator_key(from), message);
    }
    receive(from, FrameKind::consensus, encode(message));
  }
  void wait(std::uint32_t ms) {
    now.monotonic = now.monotonic + Duration(ms);
    now.wall = now.wall + std::uint64_t{ms};
    driver->tick(now);
    driver->run(now);
    check_all();
  }
  // The other three hold no votes of this node, so it may begin.
  void answer_start() {
    for (std::uint16_t from = 0; from < 4; ++from) {
      if (from == self.value()) continue;
      VoteReport report;
      report.chain_id = scheme.config.chain_id;
      report.about = ValidatorIndex(self.value());
      report.session = session;
      report.signer = ValidatorIndex(from);
      say(from, report);
    }
    BOOST_REQUIRE(!driver->replica().starting());
  }
  Prepare prepare(std::uint16_t from, const Proposal& proposal) const {
    return {{{}, scheme.config.chain_id, Epoch(0), View(0), proposal.header.height, digest_of(proposal.header)},
            ValidatorIndex(from), {}};
  }
  Proposal propose_as_primary(Height height, const ProposalDigest& parent, const BodiesOfProposal& bodies) {
    const Proposal proposal = *a_proposal(genesis, height, parent, bodies, now.wall);
    say(0, PrePrepare{prepare(0, proposal), proposal});
    return proposal;
  }
  void gossip(std::uint16_t from, const BodiesOfProposal& bodies, FrameKind kind = FrameKind::gossip) {
    Gossip record;
    for (const SharedBody& body : bodies) record.bodies.push_back(BodyBytes::from(body->bytes).value());
    receive(from, kind, encode(record));
  }
  template <class T>
  std::size_t sent_count() {
    std::size_t count = 0;
    for (const SentFrame& frame : transport.sent) {
      if (frame.kind != FrameKind::consensus) continue;
      count += std::holds_alternative<T>(decode<Message>(frame.payload).value()) ? 1 : 0;
    }
    return count;
  }
  template <class T>
  T last_sent() {
    std::optional<T> last;
    for (const SentFrame& frame : transport.sent) {
      if (frame.kind != FrameKind::consensus) continue;
      const Message message = decode<Message>(frame.payload).value();
      if (const auto* one = std::get_if<T>(&message)) last = *one;
    }
    BOOST_REQUIRE(last.has_value());
    return *last;
  }

  PeerId self;
  Genesis genesis;
  Scheme scheme;
  PeerDirectory directory;
  TestStore on_disk;
  RecordingTransport transport;
  QueueChecker checker;
  Now now{test_start, test_time()};
  std::uint64_t session = 0;
  std::size_t votes_checked = 0;
  std::vector<std::pair<std::uint64_t, Result<void>>> answers;
  std::vector<Alarm> alarms;
  std::vector<Height> blocks;
  std::vector<TransactionId> expired;
  std::unique_ptr<Driver> driver;
};

// Votes of the others until the proposal is final here.
inline void agree(DriverFixture& fixture, const Proposal& proposal) {
  for (const std::uint16_t from : {2, 3}) fixture.say(from, fixture.prepare(from, proposal));
  const Checkpoint result = fixture.last_sent<Commit>().checkpoint;
  for (const std::uint16_t from : {0, 2}) fixture.say(from, Commit{result, ValidatorIndex(from), {}});
}

}  // namespace kanhe::node
