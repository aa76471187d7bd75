// Proposals and headers: what their hashes cover, and that a list of bodies is the one its header names.
#include "ledger/block.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "ledger/codec.h"
#include "ledger/merkle.h"
#include "tests/support/builders.h"

namespace {

using namespace kanhe;
using namespace kanhe::support;

// Changes one bit of each byte of a canonical encoding; the hashes of all that decode must differ.
template <class T, class Hash>
void check_that_every_byte_counts(const T& value, Hash hash) {
  const Bytes original = encode(value);
  std::set<decltype(hash(value))> hashes{hash(value)};
  std::size_t decoded = 0;
  for (std::size_t i = 0; i < original.size(); ++i) {
    Bytes bytes = original;
    bytes[i] ^= 1;
    const auto changed = decode<T>(bytes);
    if (!changed) continue;
    ++decoded;
    BOOST_TEST(hashes.insert(hash(*changed)).second, "byte " << i);
  }
  BOOST_TEST(decoded + 2 + 2 * 8 >= original.size());  // The version, and the upper bytes of numbers, are limited.
}

}  // namespace

BOOST_AUTO_TEST_SUITE(block_tests)

BOOST_AUTO_TEST_CASE(every_byte_of_a_header_counts) {
  check_that_every_byte_counts(a_header(), [](const Header& header) { return hash_of(header); });
}

BOOST_AUTO_TEST_CASE(every_byte_of_a_proposal_header_counts) {
  check_that_every_byte_counts(a_proposal().header, [](const ProposalHeader& header) { return digest_of(header); });
}

BOOST_AUTO_TEST_CASE(hashes_are_as_defined) {
  BOOST_TEST((Hash256(hash_of(a_header())) == tagged_hash(Tag::header, encode(a_header()))));
  BOOST_TEST((Hash256(digest_of(a_proposal().header)) == tagged_hash(Tag::proposal, encode(a_proposal().header))));
}

BOOST_AUTO_TEST_CASE(the_body_root_is_a_log_of_the_hashes) {
  const BodyList bodies = a_proposal().bodies;
  BOOST_TEST((body_root_of({}) == empty_log_root()));
  BOOST_TEST((body_root_of({bodies[0]}) == LogRoot(log_leaf_hash(bodies[0]))));
  BOOST_TEST((body_root_of(bodies) == LogRoot(log_node_hash(log_leaf_hash(bodies[0]), log_leaf_hash(bodies[1])))));
}

BOOST_AUTO_TEST_CASE(a_list_that_its_header_names_is_accepted) {
  BOOST_TEST(check_body_list(a_proposal()).has_value());
  Proposal heartbeat = a_proposal();
  heartbeat.bodies.clear();
  heartbeat.header.count = Count(0);
  heartbeat.header.body_root = empty_log_root();
  BOOST_TEST(check_body_list(heartbeat).has_value());
}

BOOST_AUTO_TEST_CASE(another_list_is_refused) {
  const auto refused = [](auto change) {
    Proposal proposal = a_proposal();
    change(proposal);
    const auto checked = check_body_list(proposal);
    return !checked && checked.error().code == ErrorCode::bad_proof;
  };
  BOOST_TEST(refused([](Proposal& p) { p.bodies.pop_back(); }));
  BOOST_TEST(refused([](Proposal& p) { p.bodies.push_back(p.bodies.back()); }));
  BOOST_TEST(refused([](Proposal& p) { std::swap(p.bodies[0], p.bodies[1]); }));
  BOOST_TEST(refused([](Proposal& p) { p.bodies[0].array()[0] ^= 1; }));
  BOOST_TEST(refused([](Proposal& p) { ++p.header.count; }));
  BOOST_TEST(refused([](Proposal& p) { p.header.body_root.array()[0] ^= 1; }));
}

BOOST_AUTO_TEST_CASE(a_doubled_last_body_has_another_root) {
  BodyList three = a_proposal().bodies;
  three.push_back(counting_bytes<BodyHash>(9));
  BodyList four = three;
  four.push_back(three.back());
  BOOST_TEST((body_root_of(three) != body_root_of(four)));
}

BOOST_AUTO_TEST_SUITE_END()
