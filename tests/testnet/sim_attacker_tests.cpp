// The attacker: what it says is well formed and its own, or heard before; and each of its habits shows.
#include <boost/test/unit_test.hpp>
#include <set>

#include "testnet/sim_attacker.h"
#include "testnet/sim_liar.h"
#include "tests/node/one_node.h"

namespace kanhe::testnet {
namespace {

using namespace consensus;

struct Stage {
  Genesis genesis = node::test_genesis();
  Scheme scheme = node::test_scheme(genesis);
  SecretKey key = sim_validator_key(0);  // the primary of view 0
  SimAttacker::Voice voice() const { return {scheme, key, ValidatorIndex(0)}; }

  Message sign(Message message, Identity signer) const {
    sign_message(scheme, sim_validator_key(signer), message);
    return message;
  }
  Proposal proposal(std::uint64_t time) const {
    return *node::a_proposal(genesis, Height(1), genesis_digest(scheme.config.chain_id), {},
                             node::test_time() + time);
  }
  Message prepare(Identity signer, View view, const Proposal& of) const {
    return sign(Prepare{{{}, scheme.config.chain_id, Epoch(0), view, Height(1), digest_of(of.header)},
                        ValidatorIndex(signer),
                        {}},
                signer);
  }
  CommitSeal seal() const {
    consensus::Executed result;
    result.height = Height(1);
    return node::a_seal(genesis, result);
  }
  Message offer(View view, const Proposal& of) const {
    return sign(PrePrepare{std::get<Prepare>(prepare(0, view, of)), of}, 0);
  }
  Message view_change(Identity signer, View view, std::uint64_t time) const {
    ViewChange change;
    change.chain_id = scheme.config.chain_id;
    change.new_view = view;
    change.signer = ValidatorIndex(signer);
    PreparedProof proof{proposal(time).header, View(0), {}};
    for (const Identity each : {0, 1, 2}) {
      const Message vote = prepare(each, View(0), proposal(time));
      proof.prepares.push_back({ValidatorIndex(each), std::get<Prepare>(vote).signature});
    }
    change.proofs.push_back(proof);
    return sign(change, signer);
  }
};

constexpr std::size_t refused = 99;  // no kind of message

// What comes of many attackers that see the same course of events, by the kind of message.
std::map<std::size_t, std::set<Hash256>> said_by_many(const Stage& stage, std::size_t seeds) {
  std::map<std::size_t, std::set<Hash256>> said;
  for (std::size_t seed = 1; seed <= seeds; ++seed) {
    Random random(seed);
    SimAttacker attacker(random);
    const auto note = [&](const std::vector<Message>& messages) {
      for (const Message& message : messages) {
        // Only what it says in others' names, and what it shows of others, may be false.
        if (!verify(stage.scheme, message)) {
          BOOST_REQUIRE((signer_of(message) != ValidatorIndex(0) || std::holds_alternative<Status>(message)));
          said[refused].insert(sha256(encode(message)));
          continue;
        }
        said[message.index()].insert(sha256(encode(message)));
      }
    };
    Status status;
    status.chain_id = stage.scheme.config.chain_id;
    status.signer = ValidatorIndex(1);
    note(attacker.say(stage.voice(), 1, stage.offer(View(0), stage.proposal(0))));
    for (const Identity from : {1, 2, 3}) {
      note(attacker.hear(stage.voice(), stage.prepare(from, View(0), stage.proposal(0))));
      note(attacker.hear(stage.voice(), stage.view_change(from, View(4), from)));
      note(attacker.hear(stage.voice(), stage.sign(status, 1)));
    }
    note(attacker.say(stage.voice(), 2, stage.view_change(0, View(4), 0)));
    note(attacker.say(stage.voice(), 3, stage.prepare(0, View(4), stage.proposal(0))));
    Status own = status;
    own.signer = ValidatorIndex(0);
    own.seal = stage.seal();
    note(attacker.say(stage.voice(), 3, stage.sign(own, 0)));
  }
  return said;
}

BOOST_AUTO_TEST_SUITE(sim_attacker_tests)

BOOST_AUTO_TEST_CASE(all_that_it_says_verifies_and_every_habit_shows) {
  const Stage stage;
  const auto said = said_by_many(stage, 200);
  const auto count = [&said](const Message& of) {
    const auto found = said.find(of.index());
    return found == said.end() ? std::size_t{0} : found->second.size();
  };
  BOOST_TEST(count(PrePrepare{}) > 3u);   // other proposals, also beside an implied one
  BOOST_TEST(count(ViewChange{}) > 10u);  // proofs left out or replaced, far targets
  BOOST_TEST(count(Prepare{}) >= 2u);     // votes for what others prepare, and what it heard
  BOOST_TEST(said.at(refused).size() > 10u);  // other names, false seals
}

// With real signatures: the other form of a vote is refused, and nothing else about it has changed.
BOOST_AUTO_TEST_CASE(the_other_form_of_a_signature_is_refused) {
  Stage stage;
  stage.scheme.signature = SignatureScheme::ecdsa_secp256k1;
  stage.scheme.config.validators[0].consensus_key = public_key_of(stage.scheme.signature, stage.key);
  Message vote = stage.prepare(0, View(0), stage.proposal(0));
  sign_message(stage.scheme, stage.key, vote);
  BOOST_REQUIRE(verify(stage.scheme, vote).has_value());
  std::size_t others = 0;
  for (std::size_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    SimAttacker attacker(random);
    for (const Message& said : attacker.say(stage.voice(), 1, vote)) {
      const auto* prepare = std::get_if<Prepare>(&said);
      if (prepare == nullptr || prepare->signer != ValidatorIndex(0)) continue;
      if (prepare->signature == std::get<Prepare>(vote).signature) continue;
      BOOST_TEST(!verify(stage.scheme, said).has_value());
      ++others;
    }
  }
  BOOST_TEST(others > 10u);
}

// It never leaves out what is asked for altogether, and never invents a block.
BOOST_AUTO_TEST_CASE(blocks_that_it_answers_with_are_parts_or_wrong) {
  node::BlocksAnswer answer;
  const Stage stage;
  for (std::uint64_t i = 0; i < 4; ++i) {
    answer.blocks.push_back({stage.proposal(i), {}});
    answer.blocks.back().bodies.push_back(node::BodyBytes::from(Bytes(3)).value());
  }
  answer.seal = stage.seal();
  const Bytes good = encode(answer);
  std::set<Hash256> others;
  for (std::size_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    SimAttacker attacker(random);
    const Bytes said = attacker.answer_with_blocks(stage.scheme, {}, Identity(0), good);
    if (said != good) others.insert(sha256(said));
    BOOST_TEST(decode<node::BlocksAnswer>(said).has_value());
  }
  BOOST_TEST(others.size() == 5u);
}

// Of four validators two have new keys by now, and the attacker is a third; the old ones' seal is good for its epoch.
BOOST_AUTO_TEST_CASE(with_a_quorum_of_old_keys_it_seals_in_the_name_of_an_ended_epoch) {
  const Stage stage;
  node::BlocksAnswer answer;
  answer.blocks.push_back({stage.proposal(0), {}});
  answer.seal = stage.seal();
  const auto old_seals = [&](std::uint16_t replaced) {
    Scheme present = stage.scheme;
    present.config.epoch = Epoch(1);
    for (std::uint16_t i = 1; i <= replaced; ++i) {
      present.config.validators[i].consensus_key = public_key_of(present.signature, sim_validator_key(i, 1));
    }
    std::size_t count = 0;
    for (std::size_t seed = 1; seed <= 100; ++seed) {
      Random random(seed);
      SimAttacker attacker(random);
      const Bytes bytes = attacker.answer_with_blocks(
          present, {{Epoch(0), stage.scheme.config}, {Epoch(1), present.config}}, Identity(0), encode(answer));
      const auto said = decode<node::BlocksAnswer>(bytes).value();
      if (!said.seal || said.seal == answer.seal) continue;
      BOOST_TEST(check_seal(stage.scheme.signature, stage.scheme.origin, stage.scheme.config, *said.seal).has_value());
      BOOST_TEST(!check_seal(present.signature, present.origin, present.config, *said.seal).has_value());
      BOOST_TEST((said.seal->checkpoint.proposal_digest == digest_of(said.blocks.back().proposal.header)));
      ++count;
    }
    return count;
  };
  BOOST_TEST(old_seals(1) == 0u);
  BOOST_TEST(old_seals(2) > 10u);
}

BOOST_AUTO_TEST_CASE(what_others_signed_it_passes_on_as_it_is) {
  const Stage stage;
  Random random(3);
  SimAttacker attacker(random);
  const Message vote = stage.prepare(2, View(0), stage.proposal(0));
  const auto said = attacker.say(stage.voice(), 1, vote);
  BOOST_REQUIRE(said.size() == 1u);
  BOOST_TEST((said[0] == vote));
}

BOOST_AUTO_TEST_CASE(its_memory_is_bounded) {
  const Stage stage;
  Random random(5);
  SimAttacker attacker(random);
  for (std::uint64_t i = 0; i < 2'000; ++i) {
    static_cast<void>(attacker.hear(stage.voice(), stage.view_change(1, View(4 + i), i)));
  }
  BOOST_TEST(attacker.say(stage.voice(), 2, stage.view_change(0, View(3'000), 0)).size() <= 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::testnet
