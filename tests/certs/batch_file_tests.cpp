// Batch file: every certificate is found and handed out with a place that holds under the root; a file that was cut or
// changed anywhere hands out the same bundles or none, and its whole is checked.
#include "certs/batch_file.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/batch_rows.h"

namespace kanhe::certs {
namespace {

using support::batch_line;
using support::BatchInMemory;
using support::CertificateChain;

Bytes file_of(std::size_t count, const ChainId& chain_id = {}) {
  BatchInMemory batch(chain_id);
  for (std::size_t i = 0; i < count; ++i) {
    BOOST_REQUIRE(batch.add(batch_line("2025A" + std::to_string(i))).has_value());
  }
  BOOST_REQUIRE(batch.writer.finish().has_value());
  return batch.file;
}

CertificateId id_of(std::size_t number) { return CertificateChain::id("2025A" + std::to_string(number)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(batch_file_tests)

BOOST_AUTO_TEST_CASE(every_certificate_is_handed_out_with_its_place) {
  for (const std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{9}, std::size_t{100}}) {
    const Bytes bytes = file_of(count);
    const BatchFile file = BatchFile::from(bytes).value();
    const BatchTree tree = file.tree().value();
    BOOST_TEST((tree.root() == file.tail().root));
    BOOST_TEST(file.check_whole().has_value());
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t index = file.find(id_of(i)).value();
      BOOST_TEST(index == i);
      const Bundle bundle = file.bundle(index, tree).value();
      BOOST_TEST((bundle.document.id == id_of(i)));
      BOOST_TEST(check_place(bundle.document, *bundle.batch, tree.root()).has_value());
      BOOST_TEST(check_holder(bundle.document, CertificateChain::holder()).has_value());
      BOOST_TEST(file.entry(index).value().source.view() == "rows.jsonl:" + std::to_string(i + 1));
    }
    BOOST_TEST((file.find(id_of(count)).error().code == ErrorCode::unknown));
    BOOST_TEST((file.find(CertificateChain::id("2025A0", 2)).error().code == ErrorCode::unknown));
    BOOST_TEST((file.find(CertificateId::from("x").value()).error().code == ErrorCode::unknown));
  }
}

// The ledger knows the root alone, and each bundle of the file verifies against it.
BOOST_AUTO_TEST_CASE(a_bundle_that_was_handed_out_verifies) {
  CertificateChain chain;
  chain.empty_block();
  const Bytes bytes = file_of(5, chain_id_of(chain.genesis()));
  const BatchFile file = BatchFile::from(bytes).value();
  const BatchTree tree = file.tree().value();
  chain.must("ann", "certificate", "issue_batch",
             issue_batch_arguments_of(file.tail().type, file.tail().prefix, tree));
  for (std::uint32_t i = 0; i < file.count(); ++i) {
    const Bundle handed_out = file.bundle(i, tree).value();
    const Report report = chain.verify(chain.bundle(handed_out.document, handed_out.batch));
    BOOST_TEST((report.verdict == Verdict::VALID));
  }
}

BOOST_AUTO_TEST_CASE(an_entry_is_the_document_without_its_commitments) {
  const Document document = CertificateChain::document(CertificateChain::id("2025A1"));
  BOOST_TEST((document_of(batch_entry_of({}, document)) == document));
}

BOOST_AUTO_TEST_CASE(a_file_that_was_cut_is_none) {
  const Bytes bytes = file_of(3);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
    BOOST_TEST(!BatchFile::from(cut).has_value());
  }
  Bytes longer = bytes;
  longer.push_back(0);
  BOOST_TEST(!BatchFile::from(longer).has_value());
}

BOOST_AUTO_TEST_CASE(a_changed_byte_hands_out_the_same_document_or_none) {
  const Bytes bytes = file_of(3);
  const BatchFile good = BatchFile::from(bytes).value();
  const BatchTree good_tree = good.tree().value();
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    Bytes changed = bytes;
    changed[at] ^= 0x41;
    const auto file = BatchFile::from(changed);
    if (!file.has_value()) continue;
    const auto tree = file->tree();
    bool whole = tree.has_value();
    if (tree.has_value() && tree->root() == good_tree.root()) {
      for (std::uint32_t i = 0; i < file->count(); ++i) {
        const auto bundle = file->bundle(i, *tree);
        whole = whole && bundle.has_value();
        if (bundle.has_value()) BOOST_TEST((bundle->document.fields == good.bundle(i, good_tree)->document.fields), at);
        const auto found = file->find(id_of(i));
        BOOST_TEST((!found.has_value() || *found == i), at);
      }
    }
    BOOST_TEST(file->check_whole().has_value() == whole, at);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::certs
