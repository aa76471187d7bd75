// Content tree: the root of any number of commitments is that of the recursive definition, and each of them counts.
#include "certs/content_tree.h"

#include <bit>
#include <boost/test/unit_test.hpp>
#include <vector>

namespace kanhe::certs {
namespace {

std::vector<Hash256> commitments_of(std::size_t count) {
  std::vector<Hash256> commitments;
  for (std::size_t i = 0; i < count; ++i) commitments.push_back(sha256(as_bytes(std::to_string(i))));
  return commitments;
}

// docs/formats.md section 18, to the letter.
Hash256 defined_root(std::span<const Hash256> commitments) {
  if (commitments.size() == 1) return tagged_hash(Tag::document_leaf, commitments.front());
  const std::size_t split = std::bit_floor(commitments.size() - 1);
  return tagged_hash(Tag::document_node, defined_root(commitments.first(split)),
                     defined_root(commitments.subspan(split)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(content_tree_tests)

BOOST_AUTO_TEST_CASE(the_root_is_that_of_the_definition) {
  for (std::size_t count = 1; count <= 256; ++count) {
    std::vector<Hash256> commitments = commitments_of(count);
    const Hash256 wanted = defined_root(commitments);
    BOOST_TEST((content_tree_root(commitments) == wanted), count);
  }
}

BOOST_AUTO_TEST_CASE(each_commitment_changes_the_root) {
  std::vector<Hash256> usual = commitments_of(7);
  std::vector<Hash256> copy = usual;
  const Hash256 root = content_tree_root(copy);
  for (std::size_t i = 0; i < usual.size(); ++i) {
    copy = usual;
    copy[i].array()[31] ^= 1;
    BOOST_TEST((content_tree_root(copy) != root), i);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::certs
