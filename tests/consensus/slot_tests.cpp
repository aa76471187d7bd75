#include <boost/test/unit_test.hpp>

#include "consensus/slot.h"
#include "tests/support/replicas.h"

using namespace kanhe;
using namespace kanhe::consensus;
using namespace kanhe::consensus::tests;

namespace {

struct Fixture {
  Replicas network{4};
  Slot slot{Height(1)};
  std::shared_ptr<const Proposal> a = make("a");
  std::shared_ptr<const Proposal> b = make("b");

  std::shared_ptr<const Proposal> make(const std::string& transaction) {
    const Timestamp time = network.wall(network.node(0));
    return network.propose(Height(1), network.config().first_floor.digest, {transaction}, time);
  }
  Counted prepare(std::size_t signer, const Proposal& proposal, View view = View(0)) {
    return slot.add(std::get<Prepare>(network.prepare(signer, view, proposal)));
  }
  Counted commit(std::size_t signer, const Proposal& proposal, View view = View(0), const std::string& result = "") {
    return slot.add(std::get<Commit>(network.commit(signer, view, proposal, result)));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(slot_tests, Fixture)

BOOST_AUTO_TEST_CASE(counts_each_signer_once) {
  prepare(0, *a);
  prepare(1, *a);
  BOOST_TEST((prepare(1, *a) == Counted::repeated));
  BOOST_TEST(!slot.prepared(View(0), 3).has_value());
  prepare(2, *a);
  BOOST_TEST((slot.prepared(View(0), 3) == digest_of(a->header)));
}

BOOST_AUTO_TEST_CASE(the_first_of_two_different_votes_stands) {
  prepare(0, *a);
  BOOST_TEST((prepare(0, *b) == Counted::conflicting));
  prepare(1, *b);
  prepare(2, *b);
  BOOST_TEST(!slot.prepared(View(0), 3).has_value());
}

BOOST_AUTO_TEST_CASE(prepares_of_two_views_prove_nothing_together) {
  prepare(0, *a, View(0));
  prepare(1, *a, View(1));
  prepare(2, *a, View(1));
  BOOST_TEST(!slot.prepared(View(0), 3).has_value());
  BOOST_TEST(!slot.prepared(View(1), 3).has_value());
}

BOOST_AUTO_TEST_CASE(commits_of_two_views_make_no_seal) {
  commit(0, *a, View(0));
  commit(1, *a, View(1));
  commit(2, *a, View(1));
  BOOST_TEST(!slot.seal(3).has_value());
  commit(3, *a, View(1));
  BOOST_REQUIRE(slot.seal(3).has_value());
  BOOST_TEST((slot.seal(3)->checkpoint.view == View(1)));
  BOOST_TEST(slot.seal(3)->signatures.is_sorted());
}

BOOST_AUTO_TEST_CASE(commits_to_two_results_make_no_seal) {
  commit(0, *a);
  commit(1, *a);
  commit(2, *a, View(0), "otherwise");
  BOOST_TEST(!slot.seal(3).has_value());
}

BOOST_AUTO_TEST_CASE(dissent_is_the_largest_group_of_others_with_one_other_result) {
  commit(0, *a);
  commit(1, *a, View(0), "x");
  commit(2, *a, View(0), "y");
  commit(3, *a, View(0), "y");
  const Checkpoint own = network.checkpoint(View(0), *a);
  BOOST_TEST(slot.dissent(View(0), own, ValidatorIndex(0)).size() == 2u);
  BOOST_TEST(slot.odd_results(View(0), own, ValidatorIndex(0)).size() == 3u);
  BOOST_TEST(slot.dissent(View(1), own, ValidatorIndex(0)).empty());
}

BOOST_AUTO_TEST_CASE(a_commit_to_another_proposal_is_no_dissent) {
  commit(1, *b);
  BOOST_TEST(slot.odd_results(View(0), network.checkpoint(View(0), *a), ValidatorIndex(0)).empty());
}

BOOST_AUTO_TEST_CASE(entering_a_view_keeps_the_proof_and_the_votes_that_still_count) {
  for (std::size_t i = 0; i < 3; ++i) prepare(i, *a, View(1));
  commit(0, *a, View(1));
  commit(0, *a, View(0));
  prepare(0, *b, View(2));
  slot.proof = PreparedProof{a->header, View(1), slot.prepares(View(1), digest_of(a->header))};
  slot.adopt(digest_of(a->header), {});
  slot.own_prepare = digest_of(a->header);
  slot.enter_view(View(2));
  BOOST_TEST(slot.proof.has_value());
  BOOST_TEST(!slot.candidate.has_value());
  BOOST_TEST(!slot.own_prepare.has_value());
  BOOST_TEST(!slot.prepares().contains(View(1)));
  BOOST_TEST(slot.prepares().contains(View(2)));
  BOOST_TEST(slot.commits().contains(View(1)));
  BOOST_TEST(!slot.commits().contains(View(0)));
}

BOOST_AUTO_TEST_CASE(votes_of_targets_that_came_to_nothing_go) {
  for (const std::uint64_t view : {0, 1, 2, 3, 4}) prepare(0, *a, View(view));
  slot.keep_near(View(0), View(4));
  BOOST_TEST(slot.prepares().size() == 3u);
  BOOST_TEST(!slot.prepares().contains(View(2)));
}

BOOST_AUTO_TEST_CASE(keeps_few_proposals) {
  slot.remember(a);
  slot.remember(b);
  slot.adopt(digest_of(a->header), {});
  slot.proof = PreparedProof{b->header, View(0), {}};
  for (const std::string name : {"c", "d", "e", "f", "h", "i", "g"}) slot.remember(make(name));
  BOOST_TEST((slot.find(digest_of(a->header)) != nullptr), "the candidate stays");
  BOOST_TEST((slot.find(digest_of(b->header)) != nullptr), "what is proved stays");
  BOOST_TEST((slot.find(digest_of(network.find("1:c")->header)) == nullptr));
  BOOST_TEST((slot.find(digest_of(network.find("1:g")->header)) != nullptr));
}

BOOST_AUTO_TEST_CASE(a_liar_of_the_next_view_does_not_displace_what_the_present_primary_proposed) {
  slot.remember(a);
  prepare(0, *a);
  for (int i = 0; i < 20; ++i) slot.remember(make("lie " + std::to_string(i)));
  BOOST_TEST((slot.find(digest_of(a->header)) != nullptr), "a vote names it");
  // Even if votes name everything, there is room for one more.
  for (int i = 0; i < 20; ++i) {
    const auto lie = make("voted lie " + std::to_string(i));
    prepare(1, *lie, View(static_cast<std::uint64_t>(i) + 1));
    slot.remember(lie);
  }
  BOOST_TEST((slot.find(digest_of(network.find("1:voted lie 19")->header)) != nullptr));
}

BOOST_AUTO_TEST_CASE(bodies_are_asked_for_again_when_more_hold_them) {
  SignerSet holders;
  holders.insert(ValidatorIndex(0));
  slot.adopt(digest_of(a->header), holders).fetch_sent = true;
  BOOST_TEST(slot.adopt(digest_of(a->header), holders).fetch_sent);
  holders.insert(ValidatorIndex(2));
  BOOST_TEST(!slot.adopt(digest_of(a->header), holders).fetch_sent);
}

BOOST_AUTO_TEST_SUITE_END()
