// The status report names what the node waits for: each case is brought about on a production driver whose peers the
// test plays, and the report has to say it, and since when.
#include <set>

#include "ledger/json.h"
#include "node/status.h"
#include "tests/node/one_node.h"

namespace kanhe::node {
namespace {

using namespace consensus;

// Validator 1 of four, or the observer beside them, all others connected; the primary of view 0 is validator 0.
struct StatusFixture {
  explicit StatusFixture(testnet::Identity identity = 1, std::vector<SecretKey> keys = testnet::sim_validator_keys(1))
      : self(identity),
        genesis(test_genesis({}, identity < 4 ? 0 : 1)),
        scheme(test_scheme(genesis)),
        on_disk(genesis),
        directory(first_epoch_of(genesis), testnet::sim_department(identity)),
        reporter(genesis, directory, now),
        peers(4) {
    for (PeerState& peer : peers) peer = {true, now.monotonic, "192.0.2.1:7001", ""};
    transport.peers = {PeerId(0), PeerId(2), PeerId(3)};
    DriverConfig config;
    config.genesis = genesis;
    config.keys = std::move(keys);
    config.session = 1;
    driver = std::make_unique<Driver>(std::move(config), directory, *on_disk.store, transport, checker,
                                      DriverEvents{}, now);
  }

  NodeStatus report() { return reporter.report(*driver, *on_disk.store, peers, now); }
  Waiting waiting() { return report().waiting_for; }

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
  // `signer` is whose message it is, `from` who hands it over.
  void say(std::uint16_t signer, Message message, std::optional<std::uint16_t> from = {}) {
    if (!std::holds_alternative<Sealed>(message)) {
      sign_message(scheme, testnet::sim_validator_key(signer), message);
    }
    receive(from.value_or(signer), FrameKind::consensus, encode(message));
  }
  void pass(std::uint64_t ms) {
    now.monotonic = now.monotonic + ms * ns_per_ms;
    now.wall = now.wall + ms;
  }
  void begin() {
    for (const std::uint16_t from : {0, 2, 3}) {
      VoteReport answer;
      answer.chain_id = scheme.config.chain_id;
      answer.about = ValidatorIndex(self.value());
      answer.session = 1;
      answer.signer = ValidatorIndex(from);
      say(from, answer);
    }
  }
  void gossip(const SharedBody& body) {
    Gossip record;
    record.bodies.push_back(BodyBytes::from(body->bytes).value());
    receive(0, FrameKind::gossip, encode(record));
  }
  Prepare prepare(std::uint16_t signer, const Proposal& proposal) const {
    return {{{}, scheme.config.chain_id, Epoch(0), View(0), proposal.header.height, digest_of(proposal.header)},
            ValidatorIndex(signer),
            {}};
  }
  Proposal propose(const SharedBody& body, const ProposalDigest& parent) {
    const Proposal proposal = *a_proposal(genesis, Height(1), parent, {body}, now.wall);
    say(0, PrePrepare{prepare(0, proposal), proposal});
    return proposal;
  }
  ProposalDigest founded() const { return genesis_digest(scheme.config.chain_id); }

  PeerId self;
  Now now{test_start, test_time()};
  Genesis genesis;
  Scheme scheme;
  TestStore on_disk;
  RecordingTransport transport;
  QueueChecker checker;
  PeerDirectory directory;
  StatusReporter reporter;
  std::vector<PeerState> peers;
  std::unique_ptr<Driver> driver;
};

void expect(const NodeStatus& status, Waiting waiting) {
  BOOST_TEST((status.waiting_for == waiting),
             "waits for " << enum_name(status.waiting_for) << ", expected " << enum_name(waiting));
}

BOOST_AUTO_TEST_SUITE(status_tests)

BOOST_AUTO_TEST_CASE(a_starting_node_waits_for_vote_reports_and_counts_them) {
  StatusFixture node;
  expect(node.report(), Waiting::vote_reports);
  BOOST_TEST(node.report().reports_missing.value() == 2U);
  node.begin();
  expect(node.report(), Waiting::nothing);
  BOOST_TEST(node.report().reports_missing.value() == 0U);
}

BOOST_AUTO_TEST_CASE(without_a_quorum_it_waits_for_peers) {
  StatusFixture node;
  node.begin();
  node.peers[0] = {false, node.now.monotonic, "", "refused"};
  expect(node.report(), Waiting::nothing);
  node.peers[3] = {false, node.now.monotonic, "", "no route to host"};
  const NodeStatus status = node.report();
  expect(status, Waiting::peers);
  BOOST_TEST(status.validators_connected.value() == 2U);
  BOOST_TEST(status.validators_needed.value() == 3U);
  BOOST_REQUIRE(status.peers.size() == 3U);
  BOOST_TEST(status.peers[2].trouble.view() == "no route to host");
}

BOOST_AUTO_TEST_CASE(with_transactions_and_no_proposal_it_waits_for_the_primary) {
  StatusFixture node;
  node.begin();
  node.gossip(a_body(node.genesis, 1));
  const NodeStatus status = node.report();
  expect(status, Waiting::proposal);
  BOOST_TEST(status.pool_transactions.value() == 1U);
  BOOST_TEST(status.primary.str() == node.genesis.validators[0].department.str());
}

// One proposal, from its list to its block.
BOOST_AUTO_TEST_CASE(a_proposal_is_followed_through_bodies_prepares_and_commits) {
  StatusFixture node;
  node.begin();
  const SharedBody body = a_body(node.genesis, 1);
  const Proposal proposal = node.propose(body, node.founded());
  NodeStatus status = node.report();
  expect(status, Waiting::bodies);
  BOOST_REQUIRE(status.slots.size() == 1U);
  BOOST_TEST(!status.slots[0].bodies_here);
  BOOST_TEST((status.slots[0].digest == digest_of(proposal.header)));

  BodiesAnswer answer;
  answer.bodies.push_back(BodyBytes::from(body->bytes).value());
  node.receive(0, FrameKind::bodies_answer, encode(answer));
  status = node.report();
  expect(status, Waiting::prepares);
  BOOST_TEST(status.slots[0].prepared_here);
  BOOST_TEST(status.slots[0].prepares.size() == 2U);
  BOOST_TEST(status.slots[0].prepares_missing.size() == 2U);

  node.say(2, node.prepare(2, proposal));
  status = node.report();
  expect(status, Waiting::commits);
  BOOST_TEST(status.slots[0].committed_here);
  std::set<std::string> named;
  for (const auto* list : {&status.slots[0].commits, &status.slots[0].commits_missing}) {
    for (const DepartmentId& department : *list) named.insert(department.str());
  }
  BOOST_TEST(named.size() == 4U);

  const auto own = node.driver->replica().slots().at(Height(1)).own_commit;
  BOOST_REQUIRE(own.has_value());
  for (const std::uint16_t from : {0, 3}) node.say(from, Commit{*own, ValidatorIndex(from), {}});
  status = node.report();
  expect(status, Waiting::nothing);
  BOOST_TEST((status.height == Height(1)));
  BOOST_TEST((status.header_hash == own->header_hash));
  BOOST_TEST(status.slots.empty());
}

// A quorum prepared it, but it builds on a block that is not here: as long as that is so, its bodies cannot be judged.
// (A result is never waited for here: the driver executes as soon as it may. `execution` is for one that does not.)
BOOST_AUTO_TEST_CASE(a_proposal_above_an_unknown_block_waits_for_what_it_builds_on) {
  StatusFixture node;
  node.begin();
  const SharedBody body = a_body(node.genesis, 1);
  node.gossip(body);
  ProposalDigest nowhere;
  nowhere.array().fill(7);
  const Proposal proposal = node.propose(body, nowhere);
  for (const std::uint16_t from : {2, 3}) node.say(from, node.prepare(from, proposal));
  expect(node.report(), Waiting::bodies);
}

// An observer commits nothing itself: with the result at hand it waits for the others' Commits.
BOOST_AUTO_TEST_CASE(an_observer_with_the_result_waits_for_commits) {
  StatusFixture node{4, testnet::sim_validator_keys(4)};
  const SharedBody body = a_body(node.genesis, 1);
  node.gossip(body);
  const Proposal proposal = node.propose(body, node.founded());
  for (const std::uint16_t from : {2, 3}) node.say(from, node.prepare(from, proposal));
  expect(node.report(), Waiting::commits);
}

BOOST_AUTO_TEST_CASE(an_observer_that_one_validator_tells_of_blocks_lacks_no_peers) {
  StatusFixture node{4, testnet::sim_validator_keys(4)};
  for (std::size_t i = 1; i < node.peers.size(); ++i) node.peers[i].connected = false;
  expect(node.report(), Waiting::nothing);
  BOOST_TEST(health_of(node.report()).has_value());
  node.peers[0].connected = false;
  expect(node.report(), Waiting::peers);
  BOOST_TEST(!health_of(node.report()).has_value());
}

BOOST_AUTO_TEST_CASE(a_validator_without_the_key_that_its_epoch_names_waits_for_it) {
  StatusFixture node{1, testnet::sim_validator_keys(2)};
  expect(node.report(), Waiting::consensus_key);
  BOOST_TEST((node.report().role == MemberRole::validator));
  StatusFixture keyless{1, {}};
  expect(keyless.report(), Waiting::consensus_key);
}

BOOST_AUTO_TEST_CASE(a_node_that_no_epoch_lists_waits_for_membership) {
  StatusFixture node{7, testnet::sim_validator_keys(7)};
  expect(node.report(), Waiting::membership);
  BOOST_TEST((node.report().role == MemberRole::none));
}

BOOST_AUTO_TEST_CASE(a_node_that_is_behind_a_seal_waits_for_blocks) {
  StatusFixture node;
  node.begin();
  Executed far{Height(9), {}, {}, {}, {}};
  far.digest.array().fill(3);
  node.say(0, Sealed{a_seal(node.genesis, far)});
  expect(node.report(), Waiting::blocks);
}

BOOST_AUTO_TEST_CASE(a_node_that_left_its_view_waits_for_the_new_one) {
  StatusFixture node;
  node.begin();
  for (const std::uint16_t from : {2, 3}) {
    ViewChange change;
    change.chain_id = node.scheme.config.chain_id;
    change.new_view = View(2);
    change.signer = ValidatorIndex(from);
    node.say(from, change);
  }
  const NodeStatus status = node.report();
  expect(status, Waiting::new_view);
  BOOST_TEST((status.view == View(0) && status.target == View(2)));
}

BOOST_AUTO_TEST_CASE(a_node_that_lost_its_votes_says_that_it_is_silenced) {
  StatusFixture node;
  node.begin();
  // Its own signature, which it does not remember.
  const auto proposal = a_proposal(node.genesis, Height(1), node.founded(), {a_body(node.genesis, 1)});
  node.say(1, node.prepare(1, *proposal), 2);
  const NodeStatus status = node.report();
  expect(status, Waiting::silenced);
  BOOST_TEST((status.silence == Silence::lost_votes));
}

BOOST_AUTO_TEST_CASE(the_time_of_waiting_begins_when_the_reason_changes) {
  StatusFixture node;
  const Timestamp start = node.now.wall;
  node.pass(500);
  BOOST_TEST((node.report().waiting_since_ms >= start));
  const Timestamp since = node.report().waiting_since_ms;
  node.pass(500);
  BOOST_TEST((node.report().waiting_since_ms == since));
  node.begin();
  BOOST_TEST((node.report().waiting_since_ms == node.now.wall));
  node.pass(700);
  BOOST_TEST((node.report().waiting_since_ms + 700 == node.now.wall));
}

BOOST_AUTO_TEST_CASE(the_report_reads_as_json_and_holds_no_control_characters) {
  StatusFixture node;
  node.peers[2] = {false, node.now.monotonic, std::string(500, 'a'), "\x1b[31mred\nline\xff"};
  const std::string json = to_json(node.report());
  BOOST_TEST(json.starts_with("{\"version\":1,"));
  BOOST_TEST(json.find("\"waiting_for\":\"vote_reports\"") != std::string::npos);
  BOOST_TEST(std::ranges::none_of(json, [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::node
