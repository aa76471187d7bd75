#include <boost/test/unit_test.hpp>

#include "consensus/messages.h"
#include "ledger/codec.h"
#include "tests/support/replicas.h"

using namespace kanhe;
using namespace kanhe::consensus;
using namespace kanhe::consensus::tests;

namespace {

// A network that made one block, and messages of every kind about it and the proposal above.
struct Fixture {
  Replicas network{4};
  std::shared_ptr<const Proposal> first;
  std::shared_ptr<const Proposal> second;
  CommitSeal seal;
  PreparedProof proof;

  Fixture() {
    network.submit("t1", {0, 1, 2, 3});
    network.settle();
    first = network.find("1:t1");
    seal = network.collected_seal(digest_of(first->header), View(0)).value();
    second = network.propose(Height(2), digest_of(first->header), {"t2"}, first->header.timestamp_ms);
    proof = proof_of(*second, View(0));
  }

  PreparedProof proof_of(const Proposal& proposal, View view) const {
    PreparedProof made{proposal.header, view, {}};
    for (std::size_t i = 0; i < 3; ++i) {
      const auto vote = std::get<Prepare>(network.prepare(i, view, proposal));
      made.prepares.push_back({vote.signer, vote.signature});
    }
    return made;
  }

  ViewChange change(std::size_t signer, View view = View(1)) const {
    return std::get<ViewChange>(network.view_change(signer, view, seal, {proof}));
  }

  Status status() const {
    Status message;
    message.chain_id = network.scheme().config.chain_id;
    message.seal = seal;
    message.slots.push_back({Height(2), true, {1, 0}, {2, 0}});
    return message;
  }

  VoteReport report() const {
    VoteReport message;
    message.chain_id = network.scheme().config.chain_id;
    message.about = ValidatorIndex(2);
    message.seal = seal;
    message.prepares.push_back(std::get<Prepare>(network.prepare(2, View(0), *second)));
    message.commits.push_back(std::get<Commit>(network.commit(2, View(0), *second)));
    message.view_change = change(2);
    return message;
  }

  std::vector<Message> one_of_each() const {
    return {network.pre_prepare(0, View(0), *second),
            network.prepare(1, View(0), *second),
            network.commit(1, View(0), *second),
            change(1),
            network.new_view(1, View(1), {change(0), change(1), change(2)}),
            Sealed{seal},
            network.signed_by(0, status()),
            network.signed_by(0, report())};
  }

  bool accepts(const Message& message) const { return verify(network.scheme(), message).has_value(); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(messages_tests, Fixture)

BOOST_AUTO_TEST_CASE(every_kind_is_accepted_as_it_was_signed) {
  for (const Message& message : one_of_each()) BOOST_TEST(accepts(message), network.describe(message));
}

BOOST_AUTO_TEST_CASE(no_bit_can_be_changed_after_signing) {
  for (const Message& message : one_of_each()) {
    const Bytes bytes = encode(message);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      for (const int bit : {0, 3, 7}) {
        Bytes changed = bytes;
        changed[i] = static_cast<Byte>(changed[i] ^ (1 << bit));
        const auto decoded = decode<Message>(changed);
        if (decoded && accepts(*decoded)) BOOST_ERROR("byte " << i << " of " << network.describe(message));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_signature_cannot_be_used_for_another_kind_of_message) {
  const auto prepare = std::get<Prepare>(network.prepare(1, View(0), *second));
  auto commit = std::get<Commit>(network.commit(1, View(0), *second));
  commit.signature = prepare.signature;
  BOOST_TEST(!accepts(commit));
}

BOOST_AUTO_TEST_CASE(another_epoch_or_chain_is_refused_though_well_signed) {
  auto prepare = std::get<Prepare>(network.prepare(1, View(0), *second));
  prepare.statement.epoch = Epoch(1);
  BOOST_TEST(!accepts(network.signed_by(1, prepare)));
  prepare.statement.epoch = Epoch(0);
  prepare.statement.chain_id = ChainId(sha256({}));
  BOOST_TEST(!accepts(network.signed_by(1, prepare)));
}

BOOST_AUTO_TEST_CASE(only_the_primary_pre_prepares_and_only_its_own_list) {
  BOOST_TEST(!accepts(network.pre_prepare(1, View(0), *second)));
  Proposal other = *second;
  other.bodies.push_back(body_named("t3"));
  BOOST_TEST(!accepts(network.pre_prepare(0, View(0), other)));
}

BOOST_AUTO_TEST_CASE(a_bad_entry_spoils_only_itself) {
  PreparedProof too_few = proof;
  too_few.prepares.pop_back();
  PreparedProof other_view = proof;
  other_view.view = View(1);
  PreparedProof forged = proof;
  forged.prepares[1].signature = forged.prepares[0].signature;
  CommitSeal broken = seal;
  broken.checkpoint.height = Height(9);
  const Message message = network.view_change(3, View(2), broken, {too_few, other_view, forged, proof});
  const auto verified = verify(network.scheme(), message);
  BOOST_REQUIRE(verified.has_value());
  const auto& entries = verified->entries().at(0);
  BOOST_TEST(!entries.seal);
  BOOST_TEST((entries.proofs == std::vector<bool>{false, false, false, true}));
}

BOOST_AUTO_TEST_CASE(a_proof_of_the_new_view_itself_or_above_does_not_count) {
  const PreparedProof later = proof_of(*second, View(1));
  const auto verified = verify(network.scheme(), network.view_change(3, View(1), seal, {later}));
  BOOST_TEST(!verified->entries().at(0).proofs.at(0));
}

BOOST_AUTO_TEST_CASE(a_new_view_needs_exactly_a_quorum_of_different_view_changes_for_it) {
  const auto made = [this](std::size_t signer, View view, std::vector<ViewChange> changes) {
    return accepts(network.new_view(signer, view, changes));
  };
  BOOST_TEST(made(1, View(1), {change(0), change(1), change(2)}));
  BOOST_TEST(!made(1, View(1), {change(0), change(1)}));
  BOOST_TEST(!made(1, View(1), {change(0), change(1), change(2), change(3)}));
  BOOST_TEST(!made(1, View(1), {change(0), change(1), change(1)}));
  BOOST_TEST(!made(1, View(1), {change(1), change(0), change(2)}));
  BOOST_TEST(!made(1, View(1), {change(0), change(1), change(2, View(5))}));
  BOOST_TEST(!made(2, View(1), {change(0), change(1), change(2)}));
}

BOOST_AUTO_TEST_CASE(a_vote_report_holds_votes_of_the_one_it_is_about) {
  VoteReport message = report();
  message.about = ValidatorIndex(1);
  BOOST_TEST(!accepts(network.signed_by(0, message)));
}

BOOST_AUTO_TEST_CASE(records_of_one_height_and_kind_overwrite_each_other_and_no_others) {
  const auto prepare = std::get<Prepare>(network.prepare(1, View(0), *second));
  const auto later = std::get<Prepare>(network.prepare(1, View(own_prepares_kept), *second));
  const auto below = std::get<Prepare>(network.prepare(1, View(0), *first));
  BOOST_TEST((record_key(OwnPrepare{prepare, *second}) == record_key(OwnPrepare{later, *second})));
  const auto other = network.propose(Height(2), digest_of(first->header), {"other"}, Timestamp(1));
  for (std::uint64_t view = 1; view < own_prepares_kept; ++view) {
    const auto otherwise = std::get<Prepare>(network.prepare(1, View(view), *other));
    BOOST_TEST((record_key(OwnPrepare{prepare, *second}) != record_key(OwnPrepare{otherwise, *other})),
               "what was prepared at a height stays beside what is prepared there later");
  }
  const std::vector<Record> different = {OwnPrepare{prepare, *second},
                                         OwnPrepare{below, *first},
                                         std::get<Commit>(network.commit(1, View(0), *second)),
                                         proof,
                                         change(1),
                                         NewView{},
                                         Sealed{seal},
                                         EnteredView{},
                                         Silenced{}};
  std::set<Bytes> keys;
  for (const Record& record : different) keys.insert(record_key(record));
  BOOST_TEST(keys.size() == different.size());
}

BOOST_AUTO_TEST_SUITE_END()
