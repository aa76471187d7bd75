// Verifier, what the proved record means (V08–V13): who issued it and by what right, its standing and dates, its
// holder, the land register, and how old the proof may be.
#include "certs/verifier.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "contracts/governance.h"
#include "tests/certs/verified.h"

namespace kanhe::certs {

using namespace contracts::certificate;

BOOST_AUTO_TEST_SUITE(verifier_record_tests)

// ---------------------------------------------------------------------------------------------------------------------
// V08

BOOST_AUTO_TEST_CASE(a_grant_that_was_withdrawn_later_voids_nothing) {
  CertificateChain network;
  const std::string admin = CertificateChain::administrator("registry");
  const auto tax = CertificateChain::department("tax-office");
  network.must(admin, "certificate", "grant_type", GrantTypeArguments{CertificateChain::title(), tax});
  const Document document = CertificateChain::document(CertificateChain::id("1", 1, CertificateChain::tax_code));
  network.issue(document, {}, "eve");
  network.wait(day_ms);
  network.must(admin, "certificate", "withdraw_grant", WithdrawGrantArguments{CertificateChain::title(), tax});
  network.must(CertificateChain::administrator("tax-office"), "governance", "dismiss_officer",
               contracts::governance::DismissOfficerArguments{CertificateChain::key("eve")});
  const Report report = network.verify(network.bundle(document));
  BOOST_TEST(verdict(report) == "VALID");
  BOOST_TEST(says(report, CheckName::issuer, "the tax-office"));
}

// ---------------------------------------------------------------------------------------------------------------------
// V09, V10

// Judged by when it was issued: before the key was in other hands, or after.
BOOST_AUTO_TEST_CASE(a_key_in_other_hands_voids_what_it_issued_from_then_on) {
  CertificateChain network;
  const Document before = CertificateChain::document(CertificateChain::id("1"));
  network.issue(before);
  network.wait(1'000);
  const Timestamp since = network.now();
  const Document after = CertificateChain::document(CertificateChain::id("2"));
  network.issue(after);
  network.wait(1'000);
  network.must(CertificateChain::administrator("registry"), "governance", "report_compromise",
               contracts::governance::ReportCompromiseArguments{CertificateChain::key("ann"), since,
                                                                PlainText<96>::from("stolen").value()});
  BOOST_TEST((network.verify(network.bundle(before)).verdict == Verdict::VALID));
  const Report report = network.verify(network.bundle(after));
  BOOST_TEST((report.verdict == Verdict::NOT_AUTHENTIC));
  BOOST_TEST((check_of(report, CheckName::issuer).result == CheckResult::fail));
}

BOOST_AUTO_TEST_CASE(a_document_is_compared_with_the_schema_of_its_day) {
  using namespace contracts::certificate;
  CertificateChain network;
  const Document early = CertificateChain::document(CertificateChain::id("1"));
  network.issue(early);
  SetSchemaArguments schema;
  schema.type = certificate_key_of(early.id)->type;
  for (const DocumentField& field : early.fields) {
    const auto kind = std::visit([]<class T>(const T&) { return T::variant_tag.number; }, field.opening->value);
    schema.fields.push_back({field.opening->path, static_cast<FieldKind>(kind), true, DataClass::open});
  }
  const auto set = [&] {
    network.must(CertificateChain::administrator("registry"), "certificate", "set_schema", schema);
  };
  set();
  const Document good = CertificateChain::document(CertificateChain::id("2"));
  network.issue(good);
  schema.fields[0].kind = FieldKind::boolean;
  schema.fields.push_back({FieldPath::from("else").value(), FieldKind::text, true, DataClass::secret});
  set();
  const Document late = CertificateChain::document(CertificateChain::id("3"));
  network.issue(late);
  const auto fields = [&](const Document& document) {
    return check_of(network.verify(network.bundle(document)), CheckName::fields);
  };
  BOOST_TEST((fields(early).result == CheckResult::pass));
  BOOST_TEST((fields(good).result == CheckResult::pass));
  const Check differs = fields(late);
  BOOST_TEST((differs.result == CheckResult::warn));
  BOOST_TEST(differs.en.view().find("else (missing)") != std::string_view::npos);
  BOOST_TEST((network.verify(network.bundle(late)).verdict == Verdict::VALID_WITH_WARNINGS));
  // What is hidden may be there.
  const FieldPath shown = good.fields[1].opening->path;
  const Document copy = disclose(late, std::vector{shown}, HolderDisclosure::keep).value();
  BOOST_TEST((fields(copy).result == CheckResult::pass));
}

BOOST_AUTO_TEST_CASE(a_suspended_certificate_is_not_valid_until_it_resumes) {
  Single network;
  network.suspend(network.certificate);
  const Report suspended = network.verify(network.now_bundle());
  BOOST_TEST(failed(suspended) == "V09");
  BOOST_TEST(verdict(suspended) == "NOT_VALID");
  for (const auto* words : {"深规撤〔2025〕12号", "行政许可法第六十九条", "不动产登记中心", "the registry", "暂扣"}) {
    BOOST_TEST(says(suspended, CheckName::standing, words), words);
  }
  network.resume(network.certificate);
  BOOST_TEST(verdict(network.verify(network.now_bundle())) == "VALID");
}

BOOST_AUTO_TEST_CASE(every_way_of_ending_is_told_apart) {
  CertificateChain network;
  std::set<std::string> sentences;
  for (unsigned kind = 4; kind <= 9; ++kind) {
    const Document document = CertificateChain::document(CertificateChain::id(std::to_string(kind)));
    network.issue(document);
    network.revoke(document.id, static_cast<Revocation>(kind));
    const Report report = network.verify(network.bundle(document));
    BOOST_TEST(failed(report) == "V09");
    BOOST_TEST(verdict(report) == "NOT_VALID");
    BOOST_TEST((report.standing->standing == static_cast<Standing>(kind)));
    BOOST_TEST(report.standing->decided_by->name_zh.str() == "税务局");
    BOOST_TEST(report.standing->recorded_by->name_zh.str() == "不动产登记中心");
    sentences.insert(said(report, CheckName::standing).substr(0, said(report, CheckName::standing).find("。")));
  }
  BOOST_TEST(sentences.size() == 6u);
}

BOOST_AUTO_TEST_CASE(a_superseded_certificate_names_its_successor) {
  Single network;
  const CertificateId next = CertificateChain::id("2025000000001", 2);
  const Bundle old_proof = network.now_bundle();
  network.issue(CertificateChain::document(next), network.certificate);
  const Report report = network.verify(network.now_bundle());
  BOOST_TEST(failed(report) == "V09");
  BOOST_TEST((report.standing->replaced_by == next));
  BOOST_TEST(says(report, CheckName::standing, next.str()));
  BOOST_TEST(verdict(network.verify(network.bundle(CertificateChain::document(next)))) == "VALID");
  // An old proof says what was true then; how old it may be is V13's matter.
  VerifyOptions options = network.options();
  BOOST_TEST(verdict(verify(old_proof, network.genesis(), options)) == "VALID");
  options.now = options.now + day_ms + 10'000;
  BOOST_TEST(verdict(verify(old_proof, network.genesis(), options)) == "CANNOT_CHECK");
}

BOOST_AUTO_TEST_CASE(dates_hold_from_their_first_to_before_their_last_moment) {
  CertificateChain network;
  DocumentContent content = CertificateChain::content(CertificateChain::id("1"));
  const Timestamp from = network.now() + day_ms;
  const Timestamp until = network.now() + 2 * day_ms;
  content.valid_from_ms = from;
  content.valid_until_ms = until;
  const Document document = make_document(content).value();
  network.issue(document);
  const Bundle bundle = network.bundle(document);
  const auto at = [&](Timestamp now) {
    return verify(bundle, network.genesis(), {.now = now, .age_max = Duration(3 * day_ms)});
  };
  BOOST_TEST(failed(at(from - 1)) == "V10");
  BOOST_TEST(says(at(from - 1), CheckName::dates, "尚未生效"));
  BOOST_TEST(verdict(at(from)) == "VALID");
  BOOST_TEST(verdict(at(until - 1)) == "VALID");
  BOOST_TEST(failed(at(until)) == "V10");
  BOOST_TEST(says(at(until), CheckName::dates, "expired"));
  BOOST_TEST(verdict(at(until)) == "NOT_VALID");
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_behind_does_not_revive_an_expired_certificate) {
  CertificateChain network;
  DocumentContent content = CertificateChain::content(CertificateChain::id("1"));
  content.valid_until_ms = network.now() + day_ms;
  const Document document = make_document(content).value();
  network.issue(document);
  network.wait(2 * day_ms);
  network.empty_block();
  const Report report = verify(network.bundle(document), network.genesis(), {.now = *content.valid_until_ms - 1});
  BOOST_TEST(failed(report) == "V10");
  BOOST_TEST(checks_with(report, CheckResult::warn) == "V13");
}

// ---------------------------------------------------------------------------------------------------------------------
// V11, V12, V13

BOOST_AUTO_TEST_CASE(the_holder_is_checked_when_asked_for) {
  VerifyOptions options = single().options();
  options.holder = CertificateChain::holder();
  BOOST_TEST(check_of(verify(good(), single().genesis(), options), CheckName::holder).needed);
  BOOST_TEST(verdict(verify(good(), single().genesis(), options)) == "VALID");
  const Bundle closed = disclose(good(), {}, HolderDisclosure::drop).value();
  BOOST_TEST(verdict(verify(closed, single().genesis(), options)) == "CANNOT_CHECK");
  options.holder = make_identity(IdentityKind::resident_id, "440524188001010014").value();
  const Report other = verify(good(), single().genesis(), options);
  BOOST_TEST(failed(other) == "V11");
  BOOST_TEST(verdict(other) == "NOT_VALID");
  // The same number as another kind of document is another identity.
  options.holder = Identity{IdentityKind::passport, CertificateChain::holder().number};
  BOOST_TEST(failed(verify(good(), single().genesis(), options)) == "V11");
  Bundle salted = good();
  salted.document.holder_opening->salt.array()[0] ^= 1;
  options.holder = CertificateChain::holder();
  BOOST_TEST(failed(verify(salted, single().genesis(), options)) == "V11");
}

BOOST_AUTO_TEST_CASE(a_title_is_current_in_the_register_until_the_unit_is_sold_again) {
  CertificateChain network;
  const UnitNumber house = CertificateChain::house();
  const Document title = CertificateChain::document(CertificateChain::id("1"));
  network.register_title(house, title);
  const Report current = network.verify(network.bundle(title));
  BOOST_TEST(verdict(current) == "VALID");
  BOOST_TEST((check_of(current, CheckName::land_register).result == CheckResult::pass));
  BOOST_TEST((current.unit == house));
  // Someone may keep the unit number to himself.
  const Bundle hidden = disclose(network.bundle(title), {}, HolderDisclosure::drop).value();
  BOOST_TEST(verdict(network.verify(hidden)) == "VALID");

  const Document next = CertificateChain::document(CertificateChain::id("2"));
  network.register_title(house, next, title.id);
  const Report old = network.verify(network.bundle(title));
  BOOST_TEST(failed(old) == "V09 V12");
  BOOST_TEST(says(old, CheckName::land_register, next.id.str()));
  BOOST_TEST(verdict(network.verify(network.bundle(next))) == "VALID");
}

BOOST_AUTO_TEST_CASE(an_open_application_on_the_unit_is_a_warning) {
  CertificateChain network;
  const Document title = CertificateChain::document(CertificateChain::id("1"));
  network.register_title(CertificateChain::house(), title);
  network.file_sale(CertificateChain::house());
  const Report report = network.verify(network.bundle(title));
  BOOST_TEST(verdict(report) == "VALID_WITH_WARNINGS");
  BOOST_TEST(checks_with(report, CheckResult::warn) == "V12");
}

BOOST_AUTO_TEST_CASE(limits_on_the_unit_are_a_warning_that_counts_them) {
  namespace property = contracts::property;
  CertificateChain network;
  const UnitNumber house = CertificateChain::house();
  const Document title = CertificateChain::document(CertificateChain::id("1"));
  network.register_title(house, title);
  property::Mortgage mortgage;
  mortgage.mortgagee = CertificateChain::person("bank");
  mortgage.amount = Fen(1'000'000'00);
  for (int i = 0; i < 2; ++i) network.enter_limit(house, mortgage);
  property::Objection objection;
  objection.objector = CertificateChain::person("heir");
  network.enter_limit(house, objection);
  const Report limited = network.verify(network.bundle(title));
  BOOST_TEST(verdict(limited) == "VALID_WITH_WARNINGS");
  BOOST_TEST(checks_with(limited, CheckResult::warn) == "V12");
  BOOST_TEST(says(limited, CheckName::land_register, "mortgage 2, objection 1"));
  network.wait(20 * day_ms);
  network.empty_block();
  BOOST_TEST(says(network.verify(network.bundle(title)), CheckName::land_register, "there stand: mortgage 2"));
}

BOOST_AUTO_TEST_CASE(a_title_whose_register_entry_is_left_out_is_not_valid_without_a_warning) {
  CertificateChain network;
  const Document title = CertificateChain::document(CertificateChain::id("1"));
  network.register_title(CertificateChain::house(), title);
  const Bundle full = network.bundle(title);
  for (int left_out = 1; left_out <= 3; ++left_out) {
    Bundle bundle = full;
    for (int i = 0; i < left_out; ++i) bundle.evidence->facts.pop_back();
    const Report report = network.verify(bundle);
    BOOST_TEST(failed(report) == "");
    BOOST_TEST(checks_with(report, CheckResult::not_checked) == "V05 V11 V12 V14 V15");
    BOOST_TEST(check_of(report, CheckName::land_register).needed);
    BOOST_TEST(verdict(report) == "VALID_WITH_WARNINGS");
  }
  // What else could not be checked still counts.
  Bundle bundle = full;
  bundle.evidence->facts.resize(2);
  BOOST_TEST(verdict(network.verify(bundle)) == "CANNOT_CHECK");
}

BOOST_AUTO_TEST_CASE(an_age_is_good_up_to_its_limit) {
  const Timestamp block = single().newest().timestamp_ms;
  const auto at = [&](std::uint64_t age, std::optional<Duration> age_max) {
    return verify(good(), single().genesis(), {.now = block + age, .age_max = age_max});
  };
  BOOST_TEST(verdict(at(5'000, Duration(5'000))) == "VALID");
  const Report stale = at(5'001, Duration(5'000));
  BOOST_TEST(verdict(stale) == "CANNOT_CHECK");
  BOOST_TEST(failed(stale) == "");
  BOOST_TEST(verdict(at(1'000 * day_ms, {})) == "VALID");
  BOOST_TEST(verdict(at(day_ms, freshness_default)) == "VALID");
  BOOST_TEST(verdict(at(day_ms + 1, freshness_default)) == "CANNOT_CHECK");
}

BOOST_AUTO_TEST_CASE(a_revocation_is_told_even_by_an_old_bundle) {
  Single network;
  network.revoke(network.certificate, Revocation::rescinded);
  const Report report = verify(network.now_bundle(), network.genesis(), {.now = network.now() + 9 * day_ms});
  BOOST_TEST(verdict(report) == "NOT_VALID");
}

BOOST_AUTO_TEST_CASE(failures_do_not_hide_each_other) {
  Single network;
  network.suspend(network.certificate);
  Bundle bundle = network.now_bundle();
  bundle.document.fields[0].opening->salt.array()[0] ^= 1;
  bundle.document.holder.array()[0] ^= 1;
  const Report report = network.verify(bundle);
  BOOST_TEST(failed(report) == "V03 V04 V09");
  BOOST_TEST(verdict(report) == "NOT_AUTHENTIC");
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace kanhe::certs
