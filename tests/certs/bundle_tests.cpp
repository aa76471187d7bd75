// Bundle: the file reads back as it was written, what evidence consists of is the same list for a node and for a
// verifier, records that do not read end nothing, and refreshing replaces evidence of the same certificate only. A copy
// without a stamp is written as it was before there were stamps.
#include "certs/bundle.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "contracts/governance.h"
#include "ledger/json.h"
#include "tests/support/certificate_chain.h"

namespace kanhe::certs {
namespace {

using namespace contracts::certificate;
using support::CertificateChain;

struct Issued : CertificateChain {
  Issued() { issue(made); }
  const Document made = document(id("2025000000001"));
};

std::vector<Bytes> keys_of(const StateFacts& facts) {
  std::vector<Bytes> keys;
  for (const StateFact& fact : facts) keys.push_back(fact.key.bytes());
  return keys;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bundle_tests)

BOOST_AUTO_TEST_CASE(a_bundle_reads_back_as_it_was_written) {
  const Issued network;
  for (const bool with_evidence : {true, false}) {
    Bundle bundle = network.bundle(network.made);
    if (!with_evidence) bundle.evidence.reset();
    const std::string text = write_bundle(bundle);
    BOOST_TEST(text.ends_with("}\n"));
    BOOST_TEST(write_bundle(read_bundle(text).value()) == text);
  }
}

BOOST_AUTO_TEST_CASE(a_file_above_the_limit_is_not_read) {
  const Issued network;
  std::string text = write_bundle(network.bundle(network.made));
  text.resize(bundle_bytes_max, ' ');
  BOOST_TEST(read_bundle(text).has_value());
  text += ' ';
  BOOST_TEST((read_bundle(text).error().code == ErrorCode::out_of_range));
}

BOOST_AUTO_TEST_CASE(unknown_and_missing_fields_are_refused) {
  const Issued network;
  const std::string text = to_json(network.bundle(network.made));
  const auto replaced = [&](std::string_view what, std::string_view by) {
    std::string other = text;
    other.replace(other.find(what), what.size(), by);
    return read_bundle(other);
  };
  BOOST_TEST(!replaced("\"version\":1", "\"version\":2").has_value());
  BOOST_TEST(!replaced("\"chain_id\"", "\"chain\"").has_value());
  BOOST_TEST(!replaced("\"document\":{", "\"extra\":1,\"document\":{").has_value());
}

// ---------------------------------------------------------------------------------------------------------------------
// Evidence

BOOST_AUTO_TEST_CASE(node_and_verifier_want_the_same_records) {
  Issued network;
  const CertificateId& id = network.made.id;
  const auto compare = [&](const CertificateId& about) {
    const CertificateAnswer answer = network.answer(about);
    const FactReader reader(answer.facts);
    const std::vector<Bytes> wanted = evidence_keys(reader, about);
    BOOST_TEST(reader.missing().empty());
    std::vector<Bytes> given = keys_of(answer.facts);
    given.resize(wanted.size());  // what follows is the unit of a title
    BOOST_TEST((wanted == given));
    BOOST_TEST(std::set<Bytes>(wanted.begin(), wanted.end()).size() == wanted.size());
    return wanted.size();
  };
  const std::size_t plain = compare(id);
  network.revoke(id, Revocation::rescinded);
  BOOST_TEST(compare(id) == plain + 1);  // the department that decided
  compare(CertificateChain::id("NEVER"));
  for (const auto* prefix : {"B", "CC", "DDD"}) {
    network.must("ann", "certificate", "issue_batch",
                 IssueBatchArguments{CertificateChain::title(), SerialPrefix::from(prefix).value(),
                                     LogRoot(sha256({})), Count(1)});
  }
  compare(CertificateChain::id("B1"));
  compare(CertificateChain::id("DDD1"));
  compare(CertificateChain::id("DD1"));
  compare(CertificateChain::id("B1", 1, CertificateChain::tax_code));
}

BOOST_AUTO_TEST_CASE(an_identifier_that_breaks_a_rule_has_no_evidence) {
  const Issued network;
  std::string text = network.made.id.str();
  text.back() = text.back() == '0' ? '1' : '0';
  BOOST_TEST(evidence_keys(network.state(), CertificateId::from(text).value()).empty());
  BOOST_TEST(evidence_keys(network.state(), CertificateId::from("x").value()).empty());
}

BOOST_AUTO_TEST_CASE(a_title_brings_its_unit_and_hold) {
  Issued network;
  BOOST_TEST(title_keys(network.state(), network.made.id).empty());
  const Document title = CertificateChain::document(CertificateChain::id("T1"));
  network.register_title(CertificateChain::house(), title);
  const std::vector<Bytes> keys = title_keys(network.state(), title.id);
  BOOST_REQUIRE(keys.size() == 3u);
  BOOST_TEST((keys[0] == contracts::property::units.key_of(CertificateChain::house())));
  BOOST_TEST((keys[1] == contracts::property::holds.key_of(CertificateChain::house())));
  BOOST_TEST((keys[2] == contracts::property::limit_lists.key_of(CertificateChain::house())));
}

// Facts come from strangers; every record is replaced by bytes that do not read.
BOOST_AUTO_TEST_CASE(records_that_do_not_read_end_nothing) {
  Issued network;
  network.suspend(network.made.id);
  const StateFacts facts = network.answer(network.made.id).facts;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    for (const Bytes& garbage : {Bytes{}, Bytes{0xff}, Bytes(200, 0xff)}) {
      StateFacts altered = facts;
      altered[i].value = Blob<record_bytes_max>::from(garbage).value();
      const FactReader reader(altered);
      BOOST_TEST(!evidence_keys(reader, network.made.id).empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_missing_fact_is_noted) {
  const Issued network;
  const StateFacts facts = network.answer(network.made.id).facts;
  const FactReader reader{std::span(facts).subspan(1)};
  BOOST_TEST(!reader.get(facts[0].key).has_value());
  BOOST_REQUIRE(reader.missing().size() == 1u);
  BOOST_TEST((reader.missing()[0] == facts[0].key.bytes()));
  BOOST_TEST(reader.get(facts[3].key).has_value());
  BOOST_TEST(reader.missing().size() == 1u);
}

// ---------------------------------------------------------------------------------------------------------------------
// Refreshing and disclosing

BOOST_AUTO_TEST_CASE(refreshing_brings_the_newest_header) {
  Issued network;
  Bundle bundle = network.bundle(network.made);
  const Height before = bundle.evidence->head.newest.header.height;
  network.empty_block();
  BOOST_TEST(refresh(bundle, network.answer(network.made.id)).has_value());
  BOOST_TEST((bundle.evidence->head.newest.header.height == before + 1));
}

BOOST_AUTO_TEST_CASE(an_answer_about_something_else_changes_nothing) {
  const Issued network;
  Bundle bundle = network.bundle(network.made);
  const std::string before = write_bundle(bundle);
  const auto other = refresh(bundle, network.answer(CertificateChain::id("2")));
  BOOST_TEST((other.error().code == ErrorCode::conflict));
  CertificateAnswer foreign = network.answer(network.made.id);
  foreign.head.newest.header.chain_id.array()[0] ^= 1;
  BOOST_TEST((refresh(bundle, foreign).error().code == ErrorCode::conflict));
  BOOST_TEST(write_bundle(bundle) == before);
}

// ---------------------------------------------------------------------------------------------------------------------
// Stamped copies

BOOST_AUTO_TEST_CASE(a_copy_without_a_stamp_is_written_as_before_there_were_stamps) {
  const Issued network;
  const Bundle bundle = network.bundle(network.made);
  const Bundle copy = network.stamped(bundle, "clara");
  BOOST_TEST(to_json(bundle).find("stamp\"") == std::string::npos);
  Bundle taken_off = copy;
  taken_off.stamp.reset();
  taken_off.evidence = bundle.evidence;
  BOOST_TEST(write_bundle(taken_off) == write_bundle(bundle));
  const std::string text = write_bundle(copy);
  BOOST_TEST(write_bundle(read_bundle(text).value()) == text);
}

BOOST_AUTO_TEST_CASE(a_stamped_copy_is_neither_stamped_again_nor_made_smaller) {
  const Issued network;
  const Bundle copy = network.stamped(network.bundle(network.made), "clara");
  const auto again =
      stamped_copy(copy, CertificateChain::scheme, CertificateChain::secret("carl"), network.terms());
  BOOST_TEST((again.error().code == ErrorCode::conflict));
  const std::vector<FieldPath> paths{FieldPath::from("price").value()};
  BOOST_TEST((disclose(copy, paths, HolderDisclosure::keep).error().code == ErrorCode::conflict));
}

BOOST_AUTO_TEST_CASE(refreshing_keeps_the_stamp) {
  Issued network;
  Bundle copy = network.stamped(network.bundle(network.made), "clara");
  const Stamp stamp = *copy.stamp;
  network.empty_block();
  BOOST_TEST(refresh(copy, network.answer(network.made.id, copy.stamp)).has_value());
  BOOST_TEST((*copy.stamp == stamp));
}

BOOST_AUTO_TEST_CASE(node_and_verifier_want_the_same_records_of_a_stamps_key) {
  Issued network;
  network.register_party_key("zhang's key", CertificateChain::person("zhang"));
  for (const auto& [name, records] : {std::pair{"clara", 4u}, {"zhang's key", 4u}, {"nobody", 3u}}) {
    const PublicKey key = CertificateChain::key(name);
    StateFacts facts;
    for (const Bytes& state_key : stamp_signer_keys(network.state(), key)) facts.push_back(network.fact(state_key));
    BOOST_TEST(facts.size() == records);
    const FactReader reader(facts);
    BOOST_TEST((stamp_signer_keys(reader, key) == keys_of(facts)));
    BOOST_TEST(reader.missing().empty());
  }
}

BOOST_AUTO_TEST_CASE(disclosing_keeps_the_evidence) {
  const Issued network;
  const Bundle bundle = network.bundle(network.made);
  const std::vector<FieldPath> paths{FieldPath::from("price").value()};
  const Bundle copy = disclose(bundle, paths, HolderDisclosure::keep).value();
  BOOST_TEST(shown_count(copy.document) == 1u);
  BOOST_TEST(to_json(*copy.evidence) == to_json(*bundle.evidence));
  const std::vector<FieldPath> none{FieldPath::from("nothing").value()};
  BOOST_TEST(!disclose(bundle, none, HolderDisclosure::keep).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace kanhe::certs
