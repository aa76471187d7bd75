// Pages of the state tree: which positions they hold, and that hashing a page with the help of what it was before says
// the same as the definition, whatever it was before.
#include "ledger/state_page.h"

#include <boost/test/unit_test.hpp>

#include "tests/ledger/state_model.h"

namespace {

using namespace kanhe;
using namespace kanhe::state_model;

}  // namespace

BOOST_AUTO_TEST_SUITE(state_page_tests)

BOOST_AUTO_TEST_CASE(a_page_has_the_hash_of_the_definition) {
  Random random(21);
  for (const Spread spread : {Spread::uniform, Spread::crowded, Spread::deep}) {
    for (const std::size_t size : {0, 1, 2, 3, 24, 70}) {
      const Page leaves = leaves_of(random_model(random, size, spread));
      BOOST_TEST((HashedPage(leaves, 0).hash() == reference(leaves, 0)));
      BOOST_TEST((hash_leaves(leaves, 0) == reference(leaves, 0)));
    }
  }
}

// Values change, leaves come and go, and now and then everything does.
BOOST_AUTO_TEST_CASE(what_is_taken_over_from_the_page_before_changes_no_hash) {
  Random random(22);
  for (const Spread spread : {Spread::uniform, Spread::crowded, Spread::deep}) {
    Model model;
    HashedPage page;
    for (int step = 0; step < 400; ++step) {
      if (random() % 50 == 0) model = random_model(random, random() % 30, spread);
      for (std::uint64_t change = random() % 3; change > 0; --change) {
        if (!model.empty() && random() % 2 == 0) model.erase(some_position(random, model));
        if (!model.empty() && random() % 2 == 0) model.at(some_position(random, model)) = random_value(random);
        if (random() % 2 == 0) model.emplace(random_position(random, spread), random_value(random));
      }
      page = HashedPage(leaves_of(model), 0, page);
      BOOST_REQUIRE((page.hash() == reference(leaves_of(model), 0)));
      BOOST_REQUIRE((page.leaves() == leaves_of(model)));
    }
  }
}

BOOST_AUTO_TEST_CASE(below_the_root_the_first_bits_are_not_looked_at) {
  Random random(23);
  const Model model = random_model(random, 40, Spread::crowded);
  for (const std::size_t depth : {1, 8, 29}) {
    Page leaves;
    for (const auto& [position, value] : model) {
      bool shared = true;
      for (std::size_t bit = 0; bit < depth && !leaves.empty(); ++bit) {
        shared = shared && bit_of(position, bit) == bit_of(leaves.front().position, bit);
      }
      if (shared) leaves.push_back({position, value});
    }
    const HashedPage former(Page(leaves.begin(), leaves.end() - 1), depth);
    BOOST_TEST((HashedPage(leaves, depth, former).hash() == reference(leaves, depth)));
  }
}

BOOST_AUTO_TEST_CASE(a_subtree_begins_with_its_first_position_and_holds_what_shares_its_bits) {
  Random random(14);
  for (int i = 0; i < 1'000; ++i) {
    const StatePosition position = random_position(random, i % 2 == 0 ? Spread::uniform : Spread::crowded);
    const std::size_t depth = random() % 64;
    const PageId id = subtree_of(position, depth);
    BOOST_TEST(depth_of(id) == depth);
    const StatePosition first = first_position_of(id);
    BOOST_TEST((first <= position));
    BOOST_TEST(subtree_of(first, depth) == id);
    for (std::size_t bit = 0; bit < 256; ++bit) {
      BOOST_REQUIRE(bit_of(first, bit) == (bit < depth && bit_of(position, bit)));
    }
    // The position before the first one is another subtree's.
    StatePosition before = first;
    std::size_t byte = StatePosition::size;
    while (byte > 0 && before.array()[byte - 1]-- == 0) --byte;
    if (byte > 0) BOOST_TEST(subtree_of(before, depth) == id - 1);
  }
  BOOST_TEST(first_position_of(1).is_zero());
}

BOOST_AUTO_TEST_SUITE_END()
