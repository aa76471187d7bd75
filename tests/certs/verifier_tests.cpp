// Verifier, from the file to the seal (V01–V07): a good bundle is VALID, each check fails when its own link is altered
// and no other one is blamed for it, and what could not be checked is neither forged nor valid.
#include "certs/verifier.h"

#include <boost/test/unit_test.hpp>

#include "ledger/json.h"
#include "tests/certs/verified.h"

namespace kanhe::certs {

using namespace contracts::certificate;

BOOST_AUTO_TEST_SUITE(verifier_tests)

// ---------------------------------------------------------------------------------------------------------------------
// As it should be

BOOST_AUTO_TEST_CASE(a_good_bundle_is_valid_and_every_check_is_told) {
  const Report report = single().verify(good());
  BOOST_TEST(verdict(report) == "VALID");
  BOOST_TEST(report.checks.size() == check_count);
  BOOST_TEST(checks_with(report, CheckResult::pass) == "V01 V02 V03 V04 V06 V07 V08 V09 V10 V13");
  BOOST_TEST(checks_with(report, CheckResult::not_checked) == "V05 V11 V12 V14 V15");
  for (const Check& check : report.checks) {
    BOOST_TEST(!check.zh.empty());
    BOOST_TEST(!check.en.empty());
    BOOST_TEST(check.needed == (check.result == CheckResult::pass));
  }
  BOOST_REQUIRE(report.signers.size() == 3u);
  BOOST_TEST(report.signers[1].name_zh.str() == "不动产登记中心");
  BOOST_TEST(says(report, CheckName::checkpoint, "住建局、不动产登记中心、税务局"));
  BOOST_TEST(says(report, CheckName::checkpoint, "3 of 4 departments signed (at least 3 needed)"));
  BOOST_REQUIRE(report.issuer.has_value());
  BOOST_TEST(report.issuer->name_en.str() == "the registry");
  BOOST_TEST(report.type_zh.str() == "不动产权证书");
  BOOST_TEST((report.as_of->height == single().height()));
  BOOST_TEST(report.shown_fields == 5u);
}

BOOST_AUTO_TEST_CASE(the_text_of_a_file_verifies_like_the_bundle) {
  const Report report = verify(write_bundle(good()), single().genesis(), single().options());
  BOOST_TEST(to_json(report) == to_json(single().verify(good())));
  BOOST_TEST(from_json<Report>(to_json(report)).has_value());
}

BOOST_AUTO_TEST_CASE(later_blocks_and_epochs_do_not_spoil_a_certificate) {
  CertificateChain network;
  const Document document = CertificateChain::document(CertificateChain::id("2025000000001"));
  network.issue(document);
  network.end_epoch();
  network.empty_block();
  network.end_epoch();
  network.empty_block();
  Bundle bundle = network.bundle(document);
  BOOST_TEST(verdict(network.verify(bundle)) == "VALID");
  // Without the last change of epochs nobody knows who may sign.
  bundle.evidence->head.epochs.pop_back();
  const Report report = network.verify(bundle);
  BOOST_TEST(verdict(report) == "CANNOT_CHECK");
  BOOST_TEST(failed(report) == "");
}

BOOST_AUTO_TEST_CASE(hidden_fields_do_not_affect_authenticity_and_are_counted) {
  const std::vector<FieldPath> paths{FieldPath::from(name_path).value()};
  const Bundle hidden = disclose(good(), paths, HolderDisclosure::drop).value();
  const Report report = single().verify(hidden);
  BOOST_TEST(verdict(report) == "VALID");
  BOOST_TEST(report.shown_fields == 1u);
  BOOST_TEST(report.hidden_fields == 4u);
  BOOST_TEST(says(report, CheckName::fields, "4"));
  BOOST_TEST(write_bundle(hidden).find("张三") == std::string::npos);
}

// ---------------------------------------------------------------------------------------------------------------------
// V01–V04

BOOST_AUTO_TEST_CASE(what_does_not_read_could_not_be_checked) {
  const std::string good_text = write_bundle(good());
  for (const std::string& text : {std::string("{}"), std::string(), std::string("null"), good_text + "x",
                                  good_text.substr(0, good_text.size() / 2), std::string(bundle_bytes_max + 1, ' ')}) {
    const Report report = verify(text, single().genesis(), single().options());
    BOOST_TEST(verdict(report) == "CANNOT_CHECK");
    BOOST_TEST(failed(report) == "V01");
    BOOST_TEST(report.checks.size() == check_count);
  }
}

BOOST_AUTO_TEST_CASE(an_altered_field_fails_v04_alone) {
  const Report report = verify_altered([](Bundle& bundle) {
    bundle.document.fields[1].opening->value = TextValue{PlainText<field_text_bytes_max>::from("forged").value()};
  });
  BOOST_TEST(verdict(report) == "NOT_AUTHENTIC");
  BOOST_TEST(failed(report) == "V04");
  BOOST_TEST(says(report, CheckName::fields, "certificate.number"));
}

BOOST_AUTO_TEST_CASE(a_consistently_forged_field_fails_v03) {
  const Report report = verify_altered([](Bundle& bundle) {
    DocumentField& field = bundle.document.fields[1];
    field.opening->value = TextValue{PlainText<field_text_bytes_max>::from("forged").value()};
    field.commitment = commitment_of(*field.opening);
  });
  BOOST_TEST(verdict(report) == "NOT_AUTHENTIC");
  BOOST_TEST(failed(report) == "V03");
}

BOOST_AUTO_TEST_CASE(fields_cannot_be_added_left_out_or_moved) {
  BOOST_TEST(failed(verify_altered([](Bundle& b) { b.document.fields.pop_back(); })) == "V03");
  BOOST_TEST(failed(verify_altered([](Bundle& b) { b.document.fields.push_back({}); })) == "V03");
  BOOST_TEST(failed(verify_altered([](Bundle& b) {
    std::swap(b.document.fields[0], b.document.fields[1]);
  })) == "V01 V03");
  const Report none = verify_altered([](Bundle& b) { b.document.fields.clear(); });
  BOOST_TEST(failed(none) == "V01");
  BOOST_TEST(verdict(none) == "NOT_AUTHENTIC");
}

BOOST_AUTO_TEST_CASE(what_the_ledger_holds_of_the_document_cannot_be_altered_in_it) {
  using Alter = std::function<void(Document&)>;
  for (const Alter& alter : std::initializer_list<Alter>{
           [](Document& d) { d.holder.array()[5] ^= 1; }, [](Document& d) { d.files.clear(); },
           [](Document& d) { d.files[0].digest.array()[0] ^= 1; }, [](Document& d) { d.files.push_back({}); },
           [](Document& d) { d.valid_from_ms = Timestamp(1); },
           [](Document& d) { d.valid_until_ms = Timestamp(counter_max); }}) {
    const Report report = verify_altered([&](Bundle& bundle) { alter(bundle.document); });
    BOOST_TEST(verdict(report) == "NOT_AUTHENTIC");
    BOOST_TEST(failed(report).find("V03") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_comes_along_must_be_the_certificates) {
  VerifyOptions options = single().options();
  options.files = {to_bytes(as_bytes("the printed certificate"))};
  BOOST_TEST(verdict(verify(good(), single().genesis(), options)) == "VALID");
  options.files.push_back(to_bytes(as_bytes("another")));
  const Report report = verify(good(), single().genesis(), options);
  BOOST_TEST(failed(report) == "V03");
  BOOST_TEST(verdict(report) == "NOT_AUTHENTIC");
}

BOOST_AUTO_TEST_CASE(a_wrong_check_character_is_an_error_here_and_a_warning_elsewhere) {
  const auto with_id = [](const std::string& text) {
    return verify_altered([&](Bundle& bundle) { bundle.document.id = CertificateId::from(text).value(); });
  };
  std::string own = single().certificate.str();
  own.back() = own.back() == 'A' ? 'B' : 'A';
  const Report ours = with_id(own);
  BOOST_TEST(failed(ours) == "V02");
  BOOST_TEST(verdict(ours) == "NOT_AUTHENTIC");
  std::string foreign = CertificateChain::id("2025000000001", 1, "113700000045046442").str();
  const Report good_elsewhere = with_id(foreign);
  BOOST_TEST(failed(good_elsewhere) == "");
  BOOST_TEST(verdict(good_elsewhere) == "CANNOT_CHECK");
  foreign.back() = foreign.back() == 'A' ? 'B' : 'A';
  const Report bad_elsewhere = with_id(foreign);
  BOOST_TEST(failed(bad_elsewhere) == "");
  BOOST_TEST(checks_with(bad_elsewhere, CheckResult::warn) == "V02");
  BOOST_TEST(verdict(bad_elsewhere) == "CANNOT_CHECK");
  BOOST_TEST(failed(with_id("1.2.3")) == "V02");
}

BOOST_AUTO_TEST_CASE(a_foreign_certificate_is_proved_absent_but_not_called_forged) {
  const CertificateId foreign = CertificateChain::id("2025000000001", 1, "113700000045046442");
  const Report report = single().verify(single().bundle(CertificateChain::document(foreign)));
  BOOST_TEST(failed(report) == "");
  BOOST_TEST(verdict(report) == "CANNOT_CHECK");
}

// ---------------------------------------------------------------------------------------------------------------------
// V05

BOOST_AUTO_TEST_CASE(a_member_of_a_batch_is_valid) {
  const InBatch network;
  for (std::size_t i = 0; i < 3; ++i) {
    const Report report = network.verify(network.now_bundle(i));
    BOOST_TEST(verdict(report) == "VALID");
    BOOST_TEST(check_of(report, CheckName::batch).needed);
    BOOST_TEST(says(report, CheckName::batch, "number " + std::to_string(i + 1) + " of 3"));
  }
}

BOOST_AUTO_TEST_CASE(a_member_at_another_place_or_with_other_content_fails_v05) {
  const InBatch network;
  using Alter = std::function<void(Bundle&)>;
  for (const Alter& alter : std::initializer_list<Alter>{
           [&](Bundle& b) { b.batch = network.places[0]; }, [](Bundle& b) { b.batch->index = 2; },
           [](Bundle& b) { ++b.batch->count; }, [](Bundle& b) { b.batch->path.pop_back(); },
           [](Bundle& b) { b.batch->path[0].array()[1] ^= 1; }, [](Bundle& b) { b.document.holder.array()[1] ^= 1; },
           [](Bundle& b) { b.document.valid_until_ms = Timestamp(counter_max); },
           [](Bundle& b) { b.document.files.clear(); }, [](Bundle& b) { b.document.fields.pop_back(); }}) {
    Bundle bundle = network.now_bundle();
    alter(bundle);
    const Report report = network.verify(bundle);
    BOOST_TEST(verdict(report) == "NOT_AUTHENTIC");
    BOOST_TEST(failed(report) == "V05");
  }
}

BOOST_AUTO_TEST_CASE(a_batch_that_the_ledger_does_not_have_is_no_basis) {
  const InBatch network;
  Bundle bundle = network.now_bundle();
  bundle.batch->prefix = SerialPrefix::from("2025").value();
  BOOST_TEST(failed(network.verify(bundle)) == "V05 V06");
  // Without its place nothing is known of a member.
  bundle.batch.reset();
  const Report report = network.verify(bundle);
  BOOST_TEST(failed(report) == "");
  BOOST_TEST(verdict(report) == "CANNOT_CHECK");
}

BOOST_AUTO_TEST_CASE(a_certificate_that_was_issued_alone_has_no_place_in_a_batch) {
  const InBatch network;
  const Report report = verify_altered([&](Bundle& bundle) { bundle.batch = network.places[0]; });
  BOOST_TEST(failed(report) == "V05");
}

BOOST_AUTO_TEST_CASE(a_member_falls_with_its_batch_and_alone) {
  InBatch network;
  network.revoke(network.documents[0].id, Revocation::deregistered);
  const Report revoked = network.verify(network.now_bundle(0));
  BOOST_TEST(failed(revoked) == "V09");
  BOOST_TEST((revoked.standing->standing == Standing::deregistered));
  BOOST_TEST(verdict(network.verify(network.now_bundle(1))) == "VALID");
  network.must("ann", "certificate", "suspend_batch",
               SuspendBatchArguments{CertificateChain::title(), Uscc::from(CertificateChain::registry_code).value(),
                                     network.prefix, network.decision()});
  BOOST_TEST((network.verify(network.now_bundle(0)).standing->standing == Standing::deregistered));
  BOOST_TEST((network.verify(network.now_bundle(1)).standing->standing == Standing::suspended));
  BOOST_TEST(verdict(network.verify(network.now_bundle(1))) == "NOT_VALID");
}

// ---------------------------------------------------------------------------------------------------------------------
// V06

BOOST_AUTO_TEST_CASE(an_altered_record_or_proof_fails_v06_and_hides_what_it_says) {
  using Alter = std::function<void(StateFact&)>;
  for (const Alter& alter : std::initializer_list<Alter>{
           [](StateFact& fact) { fact.value.reset(); }, [](StateFact& fact) { fact.proof.siblings.pop_back(); },
           [](StateFact& fact) { fact.proof.siblings.back().array()[31] ^= 1; },
           [](StateFact& fact) {
             Bytes bytes = fact.value->bytes();
             bytes.back() ^= 1;
             fact.value = Blob<record_bytes_max>::from(std::move(bytes)).value();
           }}) {
    const Report report = verify_altered([&](Bundle& b) { alter(b.evidence->facts[0]); });
    BOOST_TEST(failed(report) == "V06");
    BOOST_TEST(verdict(report) == "NOT_AUTHENTIC");
    BOOST_TEST(checks_with(report, CheckResult::pass) == "V01 V02 V04 V07 V13");
    BOOST_TEST(!report.standing.has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_record_that_is_left_out_could_not_be_checked) {
  for (std::size_t i = 0; i < good().evidence->facts.size(); ++i) {
    const Report report = verify_altered([&](Bundle& b) {
      b.evidence->facts.erase(b.evidence->facts.begin() + static_cast<std::ptrdiff_t>(i));
    });
    BOOST_TEST(failed(report) == "");
    BOOST_TEST(verdict(report) == "CANNOT_CHECK");
  }
}

BOOST_AUTO_TEST_CASE(a_certificate_that_was_never_issued_is_not_authentic) {
  const Document never = CertificateChain::document(CertificateChain::id("2025000000099"));
  const Report report = single().verify(single().bundle(never));
  BOOST_TEST(failed(report) == "V06");
  BOOST_TEST(verdict(report) == "NOT_AUTHENTIC");
  BOOST_TEST(says(report, CheckName::inclusion, "no such certificate"));
}

BOOST_AUTO_TEST_CASE(without_the_issuing_transaction_there_is_a_warning) {
  const Report report = verify_altered([](Bundle& b) { b.evidence->issued.reset(); });
  BOOST_TEST(checks_with(report, CheckResult::warn) == "V06");
  BOOST_TEST(verdict(report) == "VALID_WITH_WARNINGS");
}

BOOST_AUTO_TEST_CASE(another_transaction_did_not_issue_it) {
  for (const std::uint64_t height : {3u, 12u, 14u}) {
    const Report report = verify_altered(
        [&](Bundle& b) { b.evidence->issued = single().recorded(Height(height), 0); });
    BOOST_TEST(failed(report) == "V06");
  }
  // The one that issued another certificate at the same time of day.
  CertificateChain network;
  const Document first = CertificateChain::document(CertificateChain::id("1"));
  const Document second = CertificateChain::document(CertificateChain::id("2"));
  network.issue(first);
  const Height of_first = network.height();
  network.issue(second);
  Bundle bundle = network.bundle(second);
  bundle.evidence->issued = network.recorded(of_first, 0);
  BOOST_TEST(failed(network.verify(bundle)) == "V06");
}

// ---------------------------------------------------------------------------------------------------------------------
// V07

BOOST_AUTO_TEST_CASE(too_few_signatures_or_votes_of_two_views_fail_v07) {
  const Height height = single().height();
  const auto with_seal = [](const CommitSeal& seal) {
    return verify_altered([&](Bundle& b) { b.evidence->head.newest.seal = seal; });
  };
  BOOST_TEST(verdict(with_seal(single().seal(height, View(9), {1, 2, 3}))) == "VALID");
  BOOST_TEST(verdict(with_seal(single().seal(height, View(0), {0, 1, 2, 3}))) == "VALID");
  const Report few = with_seal(single().seal(height, View(0), {0, 1}));
  BOOST_TEST(failed(few) == "V07");
  BOOST_TEST(verdict(few) == "NOT_AUTHENTIC");
  BOOST_TEST(few.signers.empty());
  CommitSeal mixed = single().seal(height, View(0), {0, 1});
  mixed.signatures.push_back(single().signature(height, View(1), 2));
  BOOST_TEST(failed(with_seal(mixed)) == "V07");
  CommitSeal twice = single().seal(height, View(0), {0, 1});
  twice.signatures.push_back(twice.signatures.back());
  BOOST_TEST(failed(with_seal(twice)) == "V07");
}

BOOST_AUTO_TEST_CASE(another_networks_genesis_cannot_check_it) {
  const Single demo(CertificateChain::Network::demo);
  const Report report = verify(good(), demo.genesis(), single().options());
  BOOST_TEST(verdict(report) == "CANNOT_CHECK");
  BOOST_TEST(failed(report) == "");
  BOOST_TEST(says(report, CheckName::checkpoint, single().newest().chain_id.hex()));
  // Claiming the other chain id does not help.
  Bundle bundle = good();
  bundle.chain_id = demo.newest().chain_id;
  BOOST_TEST(verdict(verify(bundle, demo.genesis(), single().options())) == "CANNOT_CHECK");
}

BOOST_AUTO_TEST_CASE(a_demo_network_never_verifies_as_a_real_one) {
  const Single demo(CertificateChain::Network::demo);
  const Report report = demo.verify(demo.now_bundle());
  BOOST_TEST(verdict(report) == "VALID_WITH_WARNINGS");
  BOOST_TEST(checks_with(report, CheckResult::warn) == "V07");
  BOOST_TEST(report.demo);
  BOOST_TEST(says(report, CheckName::checkpoint, "演示网络"));
}

BOOST_AUTO_TEST_CASE(a_simulated_networks_signatures_are_not_believed) {
  Genesis genesis = single().genesis();
  genesis.suite.signature = SignatureScheme::keyed_hash;
  Bundle bundle = good();
  bundle.chain_id = chain_id_of(genesis);
  BOOST_TEST(verdict(verify(bundle, genesis, single().options())) == "CANNOT_CHECK");
}

BOOST_AUTO_TEST_CASE(a_bundle_without_evidence_could_not_be_checked) {
  const Report report = verify_altered([](Bundle& b) { b.evidence.reset(); });
  BOOST_TEST(verdict(report) == "CANNOT_CHECK");
  BOOST_TEST(checks_with(report, CheckResult::pass) == "V01 V02 V04");
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace kanhe::certs
