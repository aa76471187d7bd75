// The act index: every transaction of a chain under who signed it, in order and once, however it is asked, and where
// the process ended in between.
#include "node/act_index.h"

#include <boost/test/unit_test.hpp>

#include "tests/contracts/counter.h"
#include "tests/node/sealed_ledger.h"
#include "tests/support/temporary_directory.h"

namespace kanhe::node {
namespace {

using contracts::service::Counter;

struct SoldHouse {
  SoldHouse() : ledger(Counter::make_genesis()) {
    counter.sell_until_billed();
    counter.pay();
    BOOST_REQUIRE(succeeded(counter.register_title()));
    ledger.replay(counter);
    path = directory.path() + "/acts";
    index = ActIndex::open(path).value();
  }
  std::vector<certs::SignedAct> acts_of(std::string_view name, std::size_t page = 100) {
    std::vector<certs::SignedAct> all;
    for (std::uint64_t from = 1;;) {
      const auto held = ledger.store().newest();
      const certs::ActsAnswer answer = index->acts_of(*held, ContractNetwork::person(name), from, page).value();
      BOOST_TEST((answer.newest == held->tip()->height && answer.complete_to <= answer.newest));
      for (const certs::SignedAct& act : answer.acts) all.push_back(act);
      if (!answer.acts.empty()) from = answer.acts.back().number + 1;
      if (answer.acts.empty() && answer.complete_to == answer.newest) return all;
    }
  }
  // What the blocks themselves say.
  std::vector<TransactionId> signed_by(std::string_view name) {
    std::vector<TransactionId> ids;
    for (const auto& block : counter.blocks()) {
      for (const TransactionBody& body : block.bodies) {
        if (body.transaction.sender == ContractNetwork::key(name)) ids.push_back(body.id);
      }
    }
    return ids;
  }

  TemporaryDirectory directory;
  Counter counter;
  SealedLedger ledger;
  std::string path;
  std::unique_ptr<ActIndex> index;
};

std::vector<TransactionId> ids_of(const std::vector<certs::SignedAct>& acts) {
  std::vector<TransactionId> ids;
  for (const certs::SignedAct& act : acts) ids.push_back(act.transaction_id);
  return ids;
}

const std::vector<std::string_view> people{"clara", "carl", "rita", "reg", "hugo", "tess", "theo", "seller"};

BOOST_FIXTURE_TEST_SUITE(act_index_tests, SoldHouse)

BOOST_AUTO_TEST_CASE(each_person_has_what_they_signed_in_its_order_page_by_page) {
  for (const std::string_view name : people) {
    BOOST_TEST((ids_of(acts_of(name)) == signed_by(name)), name);
    BOOST_TEST((ids_of(acts_of(name, 1)) == signed_by(name)), name);
  }
  const auto of_tess = acts_of("tess");
  BOOST_REQUIRE(of_tess.size() == 1u);
  BOOST_TEST((of_tess[0].method.str() == "service.review" && of_tess[0].succeeded));
  BOOST_TEST((of_tess[0].department == ContractNetwork::department("tax-office")));
  const auto at = ledger.store().find_transaction(of_tess[0].transaction_id);
  BOOST_TEST((at->height == of_tess[0].height && at->index == of_tess[0].index));
}

BOOST_AUTO_TEST_CASE(what_was_refused_is_an_act_too) {
  BOOST_REQUIRE(!succeeded(counter.run("stranger", "service", "withdraw",
                                       contracts::service::WithdrawArguments{counter.id})));
  SealedLedger other(Counter::make_genesis());
  other.replay(counter);
  const auto held = other.store().newest();
  const auto fresh = ActIndex::open(directory.path() + "/other").value();
  const auto answer = fresh->acts_of(*held, ContractNetwork::person("stranger"), 1, 10);
  if (!answer) BOOST_FAIL(answer.error().text);
  BOOST_REQUIRE(answer->acts.size() == 1u);
  BOOST_TEST(!answer->acts[0].succeeded);
  BOOST_TEST(!answer->acts[0].department.has_value());
}

BOOST_AUTO_TEST_CASE(after_a_restart_nothing_is_there_twice_and_nothing_is_missing) {
  // The index ends in the middle of the chain: as if the process had ended there.
  SealedLedger half(Counter::make_genesis());
  const auto& blocks = counter.blocks();
  for (std::size_t i = 0; i < blocks.size() / 2; ++i) {
    BodiesOfProposal bodies;
    for (const TransactionBody& body : blocks[i].bodies) {
      bodies.push_back(std::make_shared<const TransactionBody>(body));
    }
    half.add(bodies, blocks[i].time);
  }
  const auto early = index->acts_of(*half.store().newest(), ContractNetwork::person("clara"), 1, 100);
  BOOST_TEST(early->acts.size() < signed_by("clara").size());
  BOOST_TEST((early->complete_to == half.store().tip()->height));
  for (int i = 0; i < 3; ++i) {
    index.reset();
    index = ActIndex::open(path).value();
    for (const std::string_view name : people) BOOST_TEST((ids_of(acts_of(name)) == signed_by(name)), name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::node
