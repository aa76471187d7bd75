// LedgerView: proved facts become records, missing ones are counted, ones that do not read are "unsupported" and end
// nothing, and only the transaction that really issued a certificate counts as that.
#include "certs/ledger_view.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/certificate_chain.h"

namespace kanhe::certs {
namespace {

using namespace contracts::certificate;
using support::CertificateChain;

struct Issued : CertificateChain {
  Issued() { issue(made); }
  LedgerView view() const { return read_ledger_view(answer(made.id).facts, made.id, {}).value(); }
  const Document made = document(id("2025000000001"));
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ledger_view_tests)

BOOST_AUTO_TEST_CASE(facts_become_records) {
  Issued network;
  network.suspend(network.made.id);
  const LedgerView view = network.view();
  BOOST_TEST(view.holds());
  BOOST_TEST(!view.batch.has_value());
  BOOST_TEST(view.issuer().str() == "registry");
  BOOST_TEST(view.owner->str() == "registry");
  BOOST_TEST((view.standing() == Standing::suspended));
  BOOST_TEST(view.standing_record().change.has_value());
  BOOST_TEST(view.grant.has_value());
  BOOST_TEST(view.department->name_zh.str() == "不动产登记中心");
}

BOOST_AUTO_TEST_CASE(facts_hold_under_their_own_root_only) {
  Issued network;
  const StateFacts facts = network.answer(network.made.id).facts;
  BOOST_TEST(check_facts(facts, network.newest().state_root).has_value());
  BOOST_TEST((check_facts(facts, network.header(network.height() - 1).state_root).error().code ==
              ErrorCode::bad_proof));
}

// ---------------------------------------------------------------------------------------------------------------------
// Whose key signed a stamp

namespace {

StateFacts facts_of_key(const CertificateChain& network, std::string_view name) {
  StateFacts facts;
  for (const Bytes& key : stamp_signer_keys(network.state(), CertificateChain::key(name))) {
    facts.push_back(network.fact(key));
  }
  return facts;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_stamps_key_is_an_officers_a_partys_or_nobodys) {
  Issued network;
  network.register_party_key("zhang's key", CertificateChain::person("zhang"));
  const auto view_of = [&](std::string_view name) {
    return read_stamp_signer(facts_of_key(network, name), CertificateChain::key(name)).value();
  };
  BOOST_TEST(view_of("clara").officer->department.str() == "registry");
  BOOST_TEST((view_of("zhang's key").party_key->party == CertificateChain::person("zhang")));
  BOOST_TEST(!view_of("zhang's key").officer.has_value());
  const StampSignerView nobody = view_of("nobody");
  BOOST_TEST((!nobody.officer && !nobody.party_key && !nobody.compromised_ms));
}

BOOST_AUTO_TEST_CASE(what_is_missing_or_does_not_read_of_a_stamps_key_is_said) {
  const Issued network;
  const PublicKey key = CertificateChain::key("clara");
  const StateFacts facts = facts_of_key(network, "clara");
  BOOST_REQUIRE(facts.size() == 4u);
  // That there is a department to know of, the officer's record says.
  const std::string_view missing[] = {"3", "3", "2", "1"};
  for (std::size_t kept = 0; kept < facts.size(); ++kept) {
    const auto view = read_stamp_signer(std::span(facts).first(kept), key);
    BOOST_TEST((view.error().code == ErrorCode::unknown));
    BOOST_TEST(view.error().text == missing[kept]);
  }
  for (std::size_t i = 0; i < 3; ++i) {
    StateFacts altered = facts;
    altered[i].value = Blob<record_bytes_max>::from(Bytes{0xff}).value();
    BOOST_TEST((read_stamp_signer(altered, key).error().code == ErrorCode::unsupported));
  }
}

BOOST_AUTO_TEST_CASE(a_departments_names_are_those_of_its_record_or_of_the_genesis) {
  const Issued network;
  const DepartmentId id = CertificateChain::department("registry");
  Genesis other = network.genesis();
  for (GenesisDepartment& one : other.departments) one.name_zh = PlainText<96>::from("别的").value();
  BOOST_TEST(named_department(other, network.answer(network.made.id).facts, id).name_zh.str() == "不动产登记中心");
  BOOST_TEST(named_department(other, {}, id).name_zh.str() == "别的");
  BOOST_TEST(named_department(other, {}, CertificateChain::department("nowhere")).name_zh.empty());
}

BOOST_AUTO_TEST_CASE(missing_facts_are_counted) {
  const Issued network;
  const StateFacts facts = network.answer(network.made.id).facts;
  for (std::size_t kept = 0; kept < facts.size(); ++kept) {
    const auto view = read_ledger_view(std::span(facts).first(kept), network.made.id, {});
    BOOST_TEST((view.error().code == ErrorCode::unknown));
    BOOST_TEST(view.error().text != "0");
  }
}

BOOST_AUTO_TEST_CASE(records_that_do_not_read_are_unsupported) {
  const Issued network;
  const StateFacts facts = network.answer(network.made.id).facts;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    if (!facts[i].value) continue;
    StateFacts altered = facts;
    Bytes bytes = facts[i].value->bytes();
    bytes[0] = 2;  // another version
    altered[i].value = Blob<record_bytes_max>::from(bytes).value();
    const auto view = read_ledger_view(altered, network.made.id, {});
    BOOST_TEST(!view.has_value());
  }
}

BOOST_AUTO_TEST_CASE(only_the_issuing_transaction_issued_it) {
  Issued network;
  const RecordedTransaction issued = network.recorded(network.height(), 0);
  network.issue(CertificateChain::document(CertificateChain::id("2")));
  const RecordedTransaction of_other = network.recorded(network.height(), 0);
  const LedgerView view = network.view();
  const CertificateId& id = network.made.id;
  BOOST_TEST(check_issue(view, id, issued).has_value());
  BOOST_TEST(!check_issue(view, id, of_other).has_value());
  RecordedTransaction altered = of_other;
  altered.block.sealed.header.timestamp_ms = view.issued_ms();
  BOOST_TEST(!check_issue(view, id, altered).has_value());
  altered = issued;
  altered.receipt.outcome = Refused{};
  BOOST_TEST(!check_issue(view, id, altered).has_value());
  altered = issued;
  altered.receipt.events.clear();
  BOOST_TEST(!check_issue(view, id, altered).has_value());
  altered = issued;
  altered.receipt.events[0].subjects = {CertificateSubject{CertificateChain::id("2")}};
  BOOST_TEST(!check_issue(view, id, altered).has_value());
  altered = issued;
  altered.receipt.events[0].data = {};
  BOOST_TEST(!check_issue(view, id, altered).has_value());
}

BOOST_AUTO_TEST_CASE(the_unit_of_a_title_is_found_by_its_title_or_by_the_documents_word) {
  CertificateChain network;
  const Document title = CertificateChain::document(CertificateChain::id("1"));
  network.register_title(CertificateChain::house(), title);
  const StateFacts facts = network.answer(title.id).facts;
  const auto found = read_title_view(facts, title.id, "").value();
  BOOST_TEST((found.unit == CertificateChain::house()));
  BOOST_TEST(found.record.has_value());
  BOOST_TEST(!found.held);
  BOOST_TEST(read_title_view(facts, title.id, CertificateChain::house().view()).has_value());
  BOOST_TEST((read_title_view(facts, title.id, "440304003008GB00012F00220046").error().code == ErrorCode::unknown));
  BOOST_TEST(!read_title_view(facts, title.id, std::string(40, '1')).has_value());
  const CertificateId other = CertificateChain::id("2");
  BOOST_TEST(!read_title_view(facts, other, "").value().unit.has_value());
  BOOST_TEST(!read_title_view({}, title.id, "").value().unit.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace kanhe::certs
