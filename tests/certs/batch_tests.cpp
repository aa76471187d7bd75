// Batch: every member proves its place for every size around powers of two, no other place or content does, and a batch
// of a million is a matter of seconds.
#include "certs/batch.h"

#include <boost/test/unit_test.hpp>

#include "ledger/codec.h"
#include "tests/support/certificate_chain.h"

namespace kanhe::certs {
namespace {

using namespace contracts::certificate;
using support::CertificateChain;

const SerialPrefix prefix = SerialPrefix::from("2025A").value();

std::vector<Hash256> leaves_of(std::size_t count) {
  std::vector<Hash256> leaves;
  for (std::size_t i = 0; i < count; ++i) {
    leaves.push_back(log_leaf_hash(as_bytes(std::to_string(i))));
  }
  return leaves;
}

BatchKey batch_key() {
  return {CertificateChain::title(), Uscc::from(CertificateChain::registry_code).value(), padded(prefix.view())};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(batch_tests)

BOOST_AUTO_TEST_CASE(root_and_paths_are_those_of_the_log) {
  for (std::size_t count = 1; count <= 33; ++count) {
    const std::vector<Hash256> leaves = leaves_of(count);
    const BatchTree tree = BatchTree::from(leaves).value();
    BOOST_TEST((tree.root() == log_root(leaves)));
    BOOST_TEST(tree.count().value() == count);
    for (std::uint32_t i = 0; i < count; ++i) {
      BOOST_TEST((tree.path(i) == log_inclusion_path(i, count, read_from(leaves)).value()));
    }
  }
}

// K-04: an index is proved at its own place only.
BOOST_AUTO_TEST_CASE(a_document_is_at_its_place_and_nowhere_else) {
  std::vector<Document> documents;
  std::vector<Hash256> leaves;
  for (int i = 0; i < 9; ++i) {
    documents.push_back(CertificateChain::document(CertificateChain::id("2025A" + std::to_string(i))));
    leaves.push_back(batch_leaf_hash(batch_leaf_of(documents.back())));
  }
  const BatchTree tree = BatchTree::from(leaves).value();
  for (std::uint32_t at = 0; at < 9; ++at) {
    for (std::uint32_t claimed = 0; claimed < 9; ++claimed) {
      const BatchPlace place{prefix, claimed, tree.count(), tree.path(at)};
      BOOST_TEST(check_place(documents[at], place, tree.root()).has_value() == (at == claimed));
      const BatchPlace other{prefix, claimed, tree.count(), tree.path(claimed)};
      BOOST_TEST(check_place(documents[at], other, tree.root()).has_value() == (at == claimed));
    }
    for (const std::uint32_t size : {0u, 8u, 10u, 16u}) {
      const BatchPlace place{prefix, at, Count(size), tree.path(at)};
      // The last leaf of nine hangs at the same place in ten: the count is compared with the ledger's by the verifier.
      const auto checked = check_place(documents[at], place, tree.root());
      if (size == 0 || size == 8) BOOST_TEST(!checked.has_value());
    }
  }
}

BOOST_AUTO_TEST_CASE(each_part_of_a_document_changes_its_leaf) {
  const Document usual = CertificateChain::document(CertificateChain::id("2025A1"));
  const Hash256 leaf = batch_leaf_hash(batch_leaf_of(usual));
  using Alter = std::function<void(Document&)>;
  for (const Alter& alter : std::initializer_list<Alter>{
           [](Document& d) { d.id = CertificateChain::id("2025A2"); }, [](Document& d) { d.holder.array()[0] ^= 1; },
           [](Document& d) { d.fields[0].commitment.array()[0] ^= 1; }, [](Document& d) { d.files.clear(); },
           [](Document& d) { d.valid_from_ms = Timestamp(0); }, [](Document& d) { d.valid_until_ms = Timestamp(1); }}) {
    Document other = usual;
    alter(other);
    BOOST_TEST((batch_leaf_hash(batch_leaf_of(other)) != leaf));
  }
  // What a holder hides does not.
  const Document hidden = disclose(usual, {}, HolderDisclosure::drop).value();
  BOOST_TEST((batch_leaf_hash(batch_leaf_of(hidden)) == leaf));
  BOOST_TEST(decode<BatchLeaf>(encode(batch_leaf_of(usual))).has_value());
}

BOOST_AUTO_TEST_CASE(members_have_the_batchs_type_issuer_and_prefix_and_edition_one) {
  const auto member = [](const CertificateId& id) { return check_member(batch_key(), id).has_value(); };
  BOOST_TEST(member(CertificateChain::id("2025A1")));
  BOOST_TEST(!member(CertificateChain::id("2025A")));
  BOOST_TEST(!member(CertificateChain::id("2025B1")));
  BOOST_TEST(!member(CertificateChain::id("2025A1", 2)));
  BOOST_TEST(!member(CertificateChain::id("2025A1", 1, CertificateChain::tax_code)));
  BOOST_TEST(!member(contracts::make_certificate_id(
      {std::string(CertificateChain::registry_code) + "023", std::string(CertificateChain::registry_code), "2025A1",
       1})));
  BOOST_TEST(!member(CertificateId::from("2025A1").value()));
}

BOOST_AUTO_TEST_CASE(a_batch_has_at_least_one_and_at_most_its_limit_of_documents) {
  BOOST_TEST(!BatchTree::from({}).has_value());
  const std::vector<Hash256> leaves(batch_count_max);
  const auto largest = BatchTree::from(leaves);
  BOOST_REQUIRE(largest.has_value());
  for (const std::uint32_t index : {0u, 524'288u, 1'048'575u}) {
    const LogPath path = largest->path(index);
    BOOST_TEST(path.size() == 20u);
    BOOST_TEST(check_log_inclusion(leaves[index], index, leaves.size(), path, largest->root()).has_value());
  }
  BOOST_TEST(!BatchTree::from(std::vector<Hash256>(batch_count_max + 1)).has_value());
}

BOOST_AUTO_TEST_CASE(the_ledger_is_told_root_count_and_prefix) {
  const BatchTree tree = BatchTree::from(leaves_of(3)).value();
  const auto arguments = issue_batch_arguments_of(CertificateChain::title(), prefix, tree);
  BOOST_TEST((arguments.type == CertificateChain::title() && arguments.prefix == prefix));
  BOOST_TEST((arguments.root == tree.root() && arguments.count == Count(3)));
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace kanhe::certs
