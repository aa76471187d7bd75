#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "ledger/store.h"
#include "tests/store/test_chain.h"

using namespace kanhe;
using namespace kanhe::test;

BOOST_AUTO_TEST_SUITE(store_reader_tests)

BOOST_AUTO_TEST_CASE(the_covering_seal_is_the_lowest_at_or_above) {
  SimDisk files;
  const auto store = must_open(files, test_options("s"));
  add_blocks(*store, TestChain(2), 8);
  BOOST_TEST(store->covering_seal(Height(3))->checkpoint.height.value() == 3u);
  BOOST_TEST(store->covering_seal(Height(4))->checkpoint.height.value() == 5u);
  BOOST_TEST(!store->covering_seal(Height(8)).has_value());
  store->put_seal(TestChain::seal_of(store->header(Height(4)).value()));
  BOOST_TEST(store->covering_seal(Height(4))->checkpoint.height.value() == 4u);
}

BOOST_AUTO_TEST_CASE(history_proofs_can_be_made_for_every_height) {
  SimDisk files;
  const auto store = must_open(files, test_options("s"));
  add_blocks(*store, TestChain(3), 20);
  const auto read = [&](LogNode node) { return store->history_node(node); };
  const LogRoot root = store->history().root();
  for (std::uint64_t height = 0; height <= 20; ++height) {
    const Hash256 leaf = log_leaf_hash(hash_of(store->header(Height(height)).value()));
    const auto path = log_inclusion_path(height, 21, read);
    BOOST_REQUIRE(path.has_value());
    BOOST_TEST(check_log_inclusion(leaf, height, 21, *path, root).has_value());
  }
  BOOST_TEST(!store->history_node({0, 21}).has_value());
}

BOOST_AUTO_TEST_CASE(state_is_walked_in_the_order_of_keys_and_within_a_prefix) {
  SimDisk files;
  const auto store = must_open(files, test_options("s"));
  add_blocks(*store, TestChain(4), 6);
  std::size_t count = 0;
  Bytes last;
  for (Bytes from; const auto entry = store->next(from, state_key(0x0301, {})); ++count) {
    BOOST_TEST((last < entry->key));
    BOOST_TEST((store->get(entry->key) == entry->value));
    last = from = entry->key;
    from.push_back(0);
  }
  BOOST_TEST(count == store->tree().leaf_count());
  BOOST_TEST(!store->next({}, state_key(0x0300, {})).has_value());
  BOOST_TEST(!store->next({}, state_key(0x0302, {})).has_value());
  BOOST_TEST(!store->next(state_key(0x0302, {}), state_key(0x0301, {})).has_value());
}

BOOST_AUTO_TEST_CASE(events_of_a_subject_are_paged_in_order_and_never_mixed_with_anothers) {
  SimDisk files;
  const auto store = must_open(files, test_options("s"));
  add_blocks(*store, TestChain(5), 10);
  for (const Subject& subject : test_subjects()) {
    std::vector<EventPosition> expected;
    for (Height height; height.value() <= 10; ++height) {
      const auto receipts = store->receipts(height);
      for (std::uint32_t leaf = 0; leaf < receipts.size(); ++leaf) {
        for (std::uint32_t i = 0; i < receipts[leaf].events.size(); ++i) {
          const auto& subjects = receipts[leaf].events[i].subjects;
          if (std::ranges::find(subjects, subject) != subjects.end()) expected.push_back({height, leaf, i});
        }
      }
    }
    BOOST_REQUIRE(expected.size() > 5u);
    BOOST_TEST(store->event_count(subject) == expected.size());
    BOOST_TEST((store->events(subject, 0, 1'000) == expected));
    BOOST_TEST((store->events(subject, 3, 2) == std::vector(expected.begin() + 3, expected.begin() + 5)));
    BOOST_TEST(store->events(subject, expected.size(), 10).empty());
  }
  BOOST_TEST(store->event_count(DepartmentSubject{DepartmentId::from("nobody").value()}) == 0u);
}

BOOST_AUTO_TEST_CASE(an_id_that_is_recorded_twice_keeps_its_first_place) {
  SimDisk files;
  const auto store = must_open(files, test_options("s"));
  const TestChain chain(6);
  add_blocks(*store, chain, 2);
  const TransactionId id(sha256(as_bytes("twice")));
  std::vector<Height> heights;
  while (heights.size() < 2) {
    const auto block = chain.next(*store);
    if (block->bodies.size() >= 2) {
      heights.push_back(block->height());
      std::vector<Hash256> leaves;
      auto& receipts = block->batch.receipts;
      receipts[1].receipt.transaction_id = receipts[2].receipt.transaction_id = id;
      for (EncodedReceipt& receipt : receipts) {
        receipt.bytes = encode(receipt.receipt);
        leaves.push_back(log_leaf_hash(receipt.bytes));
      }
      block->batch.header.receipt_root = log_root(leaves);
      if (block->batch.seal) block->batch.seal = TestChain::seal_of(block->batch.header);
    }
    store->persist_votes(block->votes);
    store->commit_block(block->batch);
  }
  BOOST_TEST((store->find_transaction(id) == TransactionPosition{heights[0], 0}));
}

BOOST_AUTO_TEST_CASE(a_pinned_reader_sees_one_tip_while_blocks_are_added) {
  SimDisk files;
  const auto store = must_open(files, test_options("s"));
  const TestChain chain(7);
  add_blocks(*store, chain, 5);
  const auto pinned = store->pin();
  const std::string before = describe(*pinned);
  add_blocks(*store, chain, 12);
  BOOST_TEST(describe(*pinned) == before);
  const StateTree tree(*pinned, pinned->tip()->leaf_count, pinned->page_hashes());
  BOOST_TEST((tree.root() == pinned->header(Height(5))->state_root));
  BOOST_TEST(pinned->tip()->height.value() == 5u);
  BOOST_TEST(store->tip()->height.value() == 12u);
}

BOOST_AUTO_TEST_CASE(readers_in_other_threads_see_whole_blocks_only) {
  SimDisk files;
  const auto store = must_open(files, test_options("s"));
  const TestChain chain(8);
  add_blocks(*store, chain, 0);
  std::atomic<bool> done = false;
  std::atomic<std::size_t> wrong = 0, looks = 0;
  std::thread reader([&] {
    do {
      const auto pinned = store->pin();
      const Height height = pinned->tip()->height;
      const auto header = pinned->header(height);
      const StateTree tree(*pinned, pinned->tip()->leaf_count, pinned->page_hashes());
      if (!header || hash_of(*header) != pinned->tip()->header_hash || tree.root() != header->state_root) ++wrong;
      if (pinned->header(height + 1)) ++wrong;
      ++looks;
    } while (!done);
  });
  add_blocks(*store, chain, 40);
  done = true;
  reader.join();
  BOOST_TEST(wrong == 0u);
  BOOST_TEST(looks > 0u);
}

BOOST_AUTO_TEST_CASE(there_is_nothing_newest_before_height_zero_and_the_tip_after_reopening) {
  SimDisk files;
  {
    const auto store = must_open(files, test_options("s"));
    BOOST_TEST(store->newest() == nullptr);
    add_blocks(*store, TestChain(3), 6);
    BOOST_TEST(store->newest()->tip()->height.value() == 6u);
  }
  const auto store = must_open(files, test_options("s"));
  BOOST_TEST(store->newest()->tip()->height.value() == 6u);
  BOOST_TEST((store->newest()->state_root() == store->header(Height(6))->state_root));
}

BOOST_AUTO_TEST_CASE(the_newest_block_can_be_proved_from_in_other_threads_while_blocks_are_added) {
  SimDisk files;
  const auto store = must_open(files, test_options("s"));
  const TestChain chain(10);
  add_blocks(*store, chain, 1);
  std::atomic<bool> done = false;
  std::atomic<std::size_t> wrong = 0, proved = 0;
  const auto read = [&] {
    do {
      const auto newest = store->newest();
      const auto header = newest->header(newest->tip()->height);
      if (!header || newest->state_root() != header->state_root) ++wrong;
      for (Bytes from; const auto entry = newest->next(from, {});) {
        const StatePosition position = state_position(entry->key);
        const auto proof = newest->prove(position);
        if (!check_state_proof(position, state_value_hash(entry->value), proof, header->state_root)) ++wrong;
        ++proved;
        from = entry->key;
        from.push_back(0);
      }
    } while (!done);
  };
  std::thread first(read), second(read);
  add_blocks(*store, chain, 40);
  done = true;
  first.join();
  second.join();
  BOOST_TEST(wrong == 0u);
  BOOST_TEST(proved > 0u);
}

BOOST_AUTO_TEST_CASE(a_new_store_has_no_pages) {
  SimDisk files;
  const auto store = must_open(files, test_options("s"));
  BOOST_TEST(store->page_hashes().empty());
  BOOST_TEST(store->tree().page(1).leaves().empty());
}

BOOST_AUTO_TEST_CASE(every_record_has_a_proof_that_leads_to_the_headers_state_root) {
  SimDisk files;
  const auto store = must_open(files, test_options("s"));
  add_blocks(*store, TestChain(9), 12);
  const StateRoot root = store->header(Height(12))->state_root;
  for (Bytes from; const auto entry = store->next(from, {});) {
    const StatePosition position = state_position(entry->key);
    const StateProof proof = store->tree().prove(position);
    BOOST_TEST(check_state_proof(position, state_value_hash(entry->value), proof, root).has_value());
    from = entry->key;
    from.push_back(0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
