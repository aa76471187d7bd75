// Golden vectors of consensus: tests/vectors/consensus.json holds every message and every remembered record as JSON and
// as canonical bytes, with what its signer signs, what a NewView implies, and messages that must be refused.
//
// Signatures are real ones (ECDSA over secp256k1, RFC 6979), made with the keys of the ledger's vectors: another
// implementation can check that it accepts the first part and refuses the second.
#include <boost/test/unit_test.hpp>
#include <set>

#include "consensus/messages.h"
#include "ledger/codec.h"
#include "ledger/json.h"
#include "tests/support/builders.h"
#include "tests/support/golden.h"

namespace {

using namespace kanhe;
using namespace kanhe::consensus;
using namespace kanhe::support;

const std::string vectors_path = std::string(KANHE_SOURCE_DIR) + "/tests/vectors/consensus.json";

const Scheme& scheme() {
  static const Scheme made{builders_scheme, origin_of(a_genesis()), four_validators()};
  return made;
}
const ChainId& chain() { return scheme().config.chain_id; }

template <class T>
T signed_by(std::uint16_t signer, T inner) {
  Message message = std::move(inner);
  sign_message(scheme(), validator_key(ValidatorIndex(signer)), message);
  return std::get<T>(message);
}

// Height 2, above the builders' proposal.
Proposal second_proposal() {
  Proposal proposal = a_proposal();
  proposal.header.height = Height(2);
  proposal.header.parent = kanhe::digest_of(a_proposal().header);
  return proposal;
}

Prepare prepare(std::uint16_t signer, View view, const Proposal& proposal) {
  const ProposalDigest digest = kanhe::digest_of(proposal.header);
  const PrepareStatement statement{{}, chain(), Epoch(0), view, proposal.header.height, digest};
  return signed_by(signer, Prepare{statement, ValidatorIndex(signer), {}});
}

PreparedProof proof_of(const Proposal& proposal, View view) {
  PreparedProof proof{proposal.header, view, {}};
  for (const std::uint16_t signer : {0, 2, 3}) {
    proof.prepares.push_back({ValidatorIndex(signer), prepare(signer, view, proposal).signature});
  }
  return proof;
}

ViewChange view_change(std::uint16_t signer) {
  ViewChange message;
  message.chain_id = chain();
  message.new_view = View(2);
  message.seal = a_seal();
  message.proofs.push_back(proof_of(second_proposal(), View(1)));
  message.signer = ValidatorIndex(signer);
  return signed_by(signer, message);
}

// One that saw nothing yet: no seal, no proof.
ViewChange first_view_change(std::uint16_t signer) {
  ViewChange message;
  message.chain_id = chain();
  message.new_view = View(2);
  message.signer = ValidatorIndex(signer);
  return signed_by(signer, message);
}

NewView new_view() {
  NewView message;
  message.chain_id = chain();
  message.view = View(2);
  message.view_changes.push_back(first_view_change(0));
  message.view_changes.push_back(view_change(1));
  message.view_changes.push_back(view_change(2));
  message.signer = ValidatorIndex(2);
  return signed_by(2, message);
}

Status status() {
  Status message;
  message.chain_id = chain();
  message.view = View(1);
  message.target = View(2);
  message.seal = a_seal();
  message.slots.push_back({Height(2), true, {0b1101, 0}, {0, 0}});
  message.slots.push_back({Height(3), false, {0, 0}, {0, 0}});
  message.signer = ValidatorIndex(3);
  return signed_by(3, message);
}

Commit commit(std::uint16_t signer) { return signed_by(signer, Commit{a_checkpoint(), ValidatorIndex(signer), {}}); }

VoteReport vote_report() {
  VoteReport message;
  message.chain_id = chain();
  message.view = View(1);
  message.about = ValidatorIndex(1);
  message.session = 18'446'744'073'709'551'615u;
  message.prepares.push_back(prepare(1, View(1), second_proposal()));
  message.commits.push_back(commit(1));
  message.view_change = view_change(1);
  message.signer = ValidatorIndex(3);
  return signed_by(3, message);
}

using Named = std::pair<std::string_view, Message>;

std::vector<Named> messages() {
  const View view(1);
  return {{"pre_prepare", PrePrepare{prepare(1, view, second_proposal()), second_proposal()}},
          {"prepare", prepare(2, view, second_proposal())},
          {"commit", commit(0)},
          {"view_change_without_anything", first_view_change(0)},
          {"view_change", view_change(1)},
          {"new_view", new_view()},
          {"sealed", Sealed{a_seal()}},
          {"status", status()},
          {"vote_report", vote_report()}};
}

EnteredView entered() {
  const auto verified = verify(scheme(), new_view());
  return implied_by(scheme(), {Height(0), genesis_digest(chain())}, new_view(), verified.value().entries()).entered;
}

std::vector<Record> records() {
  return {OwnPrepare{prepare(1, View(1), second_proposal()), second_proposal()},
          commit(0),
          proof_of(second_proposal(), View(1)),
          view_change(1),
          new_view(),
          Sealed{a_seal()},
          entered(),
          Silenced{{}, Epoch(0), Silence::diverged},
          Silenced{{}, Epoch(0), Silence::lost_votes}};
}

// A message of which one thing was changed; where it says "signed", by its signer, so that only the rule speaks.
struct BadMessage {
  std::string_view what;
  Message message;
};

std::vector<BadMessage> refused() {
  std::vector<BadMessage> list;
  const auto add = [&list](std::string_view what, Message message) { list.push_back({what, std::move(message)}); };
  {
    Prepare other = prepare(2, View(1), second_proposal());
    other.statement.view = View(3);
    add("prepare: another view than was signed", other);
    other = prepare(2, View(1), second_proposal());
    other.signer = ValidatorIndex(3);
    add("prepare: another signer", other);
    other = prepare(2, View(1), second_proposal());
    other.signer = ValidatorIndex(4);
    add("prepare: a signer that the epoch does not have", other);
    other = prepare(2, View(1), second_proposal());
    other.statement.epoch = Epoch(1);
    add("prepare: another epoch, signed", signed_by(2, other));
    other.statement.epoch = Epoch(0);
    other.statement.chain_id = ChainId{};
    add("prepare: another chain, signed", signed_by(2, other));
  }
  add("pre_prepare: of a validator that is not the primary of its view",
      PrePrepare{prepare(2, View(1), second_proposal()), second_proposal()});
  {
    PrePrepare other{prepare(1, View(1), second_proposal()), second_proposal()};
    other.proposal.bodies.pop_back();
    add("pre_prepare: another list", other);
    add("pre_prepare: another proposal", PrePrepare{prepare(1, View(1), second_proposal()), a_proposal()});
  }
  {
    Commit other = commit(0);
    other.checkpoint.log_root = LogRoot{};
    add("commit: another root than was signed", other);
  }
  {
    Sealed few{a_seal()};
    few.seal.signatures.pop_back();
    add("sealed: too few signatures", few);
    Sealed bad{a_seal()};
    bad.seal.checkpoint.view = View(bad.seal.checkpoint.view.value() + 1);
    add("sealed: signatures of another view", bad);
  }
  {
    ViewChange other = view_change(1);
    other.proofs.clear();
    add("view_change: a proof left out after signing", other);
    NewView few = new_view();
    few.view_changes.pop_back();
    add("new_view: fewer than a quorum, signed", signed_by(2, few));
    NewView disordered = new_view();
    std::swap(disordered.view_changes[0], disordered.view_changes[1]);
    add("new_view: signers not ascending, signed", signed_by(2, disordered));
    NewView usurped = new_view();
    usurped.signer = ValidatorIndex(1);
    add("new_view: by another than the primary, signed", signed_by(1, usurped));
    NewView moved = new_view();
    moved.view = View(6);
    add("new_view: ViewChanges for another view, signed", signed_by(2, moved));
  }
  {
    Status other = status();
    other.seal->signatures.pop_back();
    add("status: a bad seal, signed", signed_by(3, other));
    VoteReport report = vote_report();
    report.about = ValidatorIndex(0);
    add("vote_report: votes of another, signed", signed_by(3, report));
  }
  return list;
}

// ---------------------------------------------------------------------------------------------------------------------

std::vector<std::string> message_entries() {
  std::vector<std::string> entries;
  for (const auto& [name, message] : messages()) {
    Entry entry;
    entry.add_text("name", name).add("value", to_json(message)).add_bytes("encoding", encode(message));
    if (!std::holds_alternative<Sealed>(message)) entry.add_bytes("signing_digest", signing_digest(scheme(), message));
    entries.push_back(entry.take());
  }
  return entries;
}

std::vector<std::string> record_entries() {
  std::vector<std::string> entries;
  for (const Record& record : records()) {
    Entry entry;
    entry.add("value", to_json(record)).add_bytes("encoding", encode(record)).add_bytes("key", record_key(record));
    entries.push_back(entry.take());
  }
  return entries;
}

std::vector<std::string> refused_entries() {
  std::vector<std::string> entries;
  for (const BadMessage& bad : refused()) {
    entries.push_back(Entry().add_text("what", bad.what).add_bytes("encoding", encode(bad.message)).take());
  }
  return entries;
}

std::string all_vectors() {
  Entry place;
  place.add_bytes("chain_id", chain()).add_text("origin", scheme().origin.view());
  place.add("epoch_config", to_json(scheme().config));
  return "{\n" + section("scheme", {place.take()}) + ",\n" + section("messages", message_entries()) + ",\n" +
         section("records", record_entries()) + ",\n" + section("refused", refused_entries()) + "\n}\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vectors_tests)

BOOST_AUTO_TEST_CASE(the_golden_vectors_are_what_this_program_makes) {
  const std::string difference = golden_difference(vectors_path, all_vectors());
  BOOST_CHECK_MESSAGE(difference.empty(), difference);
}

BOOST_AUTO_TEST_CASE(each_message_of_the_vectors_verifies_and_survives_both_forms) {
  std::set<std::size_t> kinds;
  for (const auto& [name, message] : messages()) {
    kinds.insert(message.index());
    const auto read = decode<Message>(encode(message));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((*read == message), name);
    BOOST_TEST((from_json<Message>(to_json(message)).value() == message), name);
    const auto verified = verify(scheme(), message);
    BOOST_CHECK_MESSAGE(verified.has_value(), name << ": " << (verified ? "" : verified.error().text));
  }
  BOOST_TEST(kinds.size() == std::variant_size_v<Message>);
  std::set<std::size_t> record_kinds;
  for (const Record& record : records()) record_kinds.insert(record.index());
  BOOST_TEST(record_kinds.size() == std::variant_size_v<Record>);
}

BOOST_AUTO_TEST_CASE(each_refused_message_decodes_and_does_not_verify) {
  for (const BadMessage& bad : refused()) {
    BOOST_TEST(decode<Message>(encode(bad.message)).has_value(), bad.what);
    BOOST_TEST(!verify(scheme(), bad.message).has_value(), bad.what << " is accepted");
  }
}

// No byte of a message is outside what its signature, or the signatures in it, bind.
BOOST_AUTO_TEST_CASE(no_byte_of_a_message_can_be_changed) {
  for (const auto& [name, message] : messages()) {
    const Bytes encoding = encode(message);
    for (std::size_t at = 0; at < encoding.size(); at += encoding.size() < 600 ? 1 : 7) {
      Bytes changed = encoding;
      changed[at] ^= 1;
      const auto read = decode<Message>(changed);
      if (read) BOOST_TEST(!verify(scheme(), *read).has_value(), name << ": byte " << at << " is not bound");
    }
  }
}

BOOST_AUTO_TEST_CASE(the_new_view_of_the_vectors_implies_the_sealed_floor_and_the_proof_above_it) {
  const EnteredView view = entered();
  BOOST_TEST((view.floor == Height(1)));
  BOOST_TEST((view.floor_digest == a_checkpoint().proposal_digest));
  BOOST_REQUIRE(view.implied.size() == 1U);
  BOOST_TEST((view.implied[0].header == second_proposal().header));
}

BOOST_AUTO_TEST_SUITE_END()
