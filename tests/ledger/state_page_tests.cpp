// Pages of the state tree: their one stored form, and that hashing a page with the help of what it was before says the
// same as the definition, whatever it was before.
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
      BOOST_REQUIRE((*page.leaves() == leaves_of(model)));
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

BOOST_AUTO_TEST_CASE(a_page_reads_back_only_in_its_one_form) {
  Random random(14);
  const Model model = random_model(random, 30, Spread::crowded);
  const Page page = leaves_of(model);
  const Bytes bytes = encode_page(page);
  BOOST_TEST(bytes.size() == 64 * page.size());
  BOOST_TEST((decode_page(bytes).value() == page));
  BOOST_TEST(decode_page({}).value().empty());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto result = decode_page(ByteView(bytes).first(size));
    BOOST_TEST(result.has_value() == (size % 64 == 0));
    if (!result) BOOST_TEST((result.error().code == ErrorCode::malformed));
  }
  Page twice = page;
  twice[7] = twice[6];
  BOOST_TEST((decode_page(encode_page(twice)).error().code == ErrorCode::not_canonical));
  Page same_position = page;
  same_position[7].position = same_position[6].position;
  BOOST_TEST((decode_page(encode_page(same_position)).error().code == ErrorCode::not_canonical));
  Page swapped = page;
  std::swap(swapped[28], swapped[29]);
  BOOST_TEST((decode_page(encode_page(swapped)).error().code == ErrorCode::not_canonical));
}

BOOST_AUTO_TEST_SUITE_END()
