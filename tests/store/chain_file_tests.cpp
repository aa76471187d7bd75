#include "ledger/chain_file.h"

#include <boost/test/unit_test.hpp>
#include <set>
#include <sstream>

#include "ledger/codec.h"
#include "tests/store/test_chain.h"

using namespace kanhe;
using namespace kanhe::test;

namespace {

// Where the test chain ends an epoch only once.
constexpr std::uint64_t tip_height = 9;

std::string chain_of(const StoreReader& store) {
  std::ostringstream out;
  BOOST_REQUIRE(write_chain(store, out).has_value());
  return out.str();
}

struct ReadChain {
  std::vector<ChainBlock> blocks;
  std::optional<ErrorCode> error;
};

ReadChain read_chain(const std::string& text) {
  std::istringstream in(text);
  ChainReader reader(in);
  ReadChain chain;
  for (;;) {
    auto block = reader.next();
    if (!block) {
      chain.error = block.error().code;
      return chain;
    }
    if (!block->has_value()) return chain;
    chain.blocks.push_back(**std::move(block));
  }
}

struct StoredChain {
  SimDisk files;
  std::unique_ptr<Store> store = must_open(files, test_options("s"));
  StoredChain() { add_blocks(*store, TestChain(11), tip_height); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(chain_file_tests)

BOOST_FIXTURE_TEST_CASE(what_is_read_is_what_the_store_holds, StoredChain) {
  const ReadChain chain = read_chain(chain_of(*store));
  BOOST_TEST(!chain.error.has_value());
  BOOST_REQUIRE(chain.blocks.size() == tip_height + 1);
  std::size_t bodies = 0, seals = 0, epochs = 0;
  for (Height height; height.value() <= tip_height; ++height) {
    const ChainBlock& block = chain.blocks[height.value()];
    BOOST_TEST((block.header == store->header(height)));
    BOOST_TEST((block.proposal == store->proposal(height)));
    BOOST_TEST((block.seal == store->seal(height)));
    const std::vector<Receipt> receipts = store->receipts(height);
    BOOST_TEST(std::ranges::equal(block.receipts, receipts));
    BOOST_TEST(block.bodies.size() + 1 == block.receipts.size());
    for (std::size_t i = 0; i < block.bodies.size(); ++i) {
      BOOST_TEST((BodyHash(tagged_hash(Tag::body, block.bodies[i])) == block.proposal->bodies[i]));
    }
    if (block.next_epoch) {
      BOOST_TEST((epoch_hash_of(*block.next_epoch) == block.header.next_validators_hash));
    }
    bodies += block.bodies.size();
    seals += block.seal ? 1 : 0;
    epochs += block.next_epoch ? 1 : 0;
  }
  BOOST_TEST(bodies > 5u);
  BOOST_TEST((seals > 3u && seals < tip_height));
  BOOST_TEST(epochs == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_cut_anywhere_is_refused_or_is_a_shorter_chain, StoredChain) {
  const std::string text = chain_of(*store);
  const ReadChain whole = read_chain(text);
  std::vector<std::size_t> ends{chain_file_magic.size()};
  for (const ChainBlock& block : whole.blocks) ends.push_back(ends.back() + 4 + encode(block).size());
  BOOST_REQUIRE(ends.back() == text.size());
  // Every length near a boundary, and some in between.
  std::set<std::size_t> lengths;
  for (const std::size_t end : ends) {
    for (std::size_t before = 0; before <= 9 && before <= end; ++before) lengths.insert(end - before);
  }
  for (std::size_t length = 0; length < text.size(); length += 4'099) lengths.insert(length);
  for (const std::size_t length : lengths) {
    const ReadChain cut = read_chain(text.substr(0, length));
    const auto end = std::ranges::find(ends, length);
    BOOST_TEST(cut.error.has_value() == (end == ends.end()), "cut to " << length);
    const auto whole_blocks = static_cast<std::size_t>(
        std::ranges::count_if(ends, [length](std::size_t at) { return at <= length; }));
    BOOST_TEST(cut.blocks.size() == (whole_blocks == 0 ? 0 : whole_blocks - 1), "cut to " << length);
  }
}

BOOST_FIXTURE_TEST_CASE(a_false_length_is_refused_without_memory_for_the_claim, StoredChain) {
  const std::string magic(chain_file_magic);
  BOOST_TEST((read_chain(magic + "\xff\xff\xff\xff").error == ErrorCode::malformed));
  BOOST_TEST((read_chain("kanhe-c2").error == ErrorCode::malformed));
  BOOST_TEST((read_chain("").error == ErrorCode::malformed));
  std::string text = chain_of(*store);
  ++text[magic.size()];
  BOOST_TEST(read_chain(text).error.has_value());
}

BOOST_FIXTURE_TEST_CASE(an_empty_store_gives_the_magic_alone, StoredChain) {
  const auto empty = must_open(files, test_options("empty"));
  BOOST_TEST(chain_of(*empty) == chain_file_magic);
  BOOST_TEST(read_chain(chain_of(*empty)).blocks.empty());
}

BOOST_FIXTURE_TEST_CASE(a_stream_that_fails_is_reported, StoredChain) {
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  BOOST_TEST((write_chain(*store, out).error().code == ErrorCode::io));
}

BOOST_AUTO_TEST_SUITE_END()
