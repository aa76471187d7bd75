// StampCheck (V14, V15): whoever may not stamp does not, whatever is altered, moved or taken off shows, and what could
// not be checked is neither good nor forged.
#include "certs/stamp_check.h"

#include <boost/test/unit_test.hpp>

#include "contracts/governance.h"
#include "ledger/json.h"
#include "tests/certs/verified.h"

namespace kanhe::certs {
namespace {

namespace governance = contracts::governance;
using contracts::Role;
using enum CheckResult;

StampRecipient recipient(std::string_view text) { return StampRecipient::from(text).value(); }
StampPurpose purpose(std::string_view text) { return StampPurpose::from(text).value(); }

struct Desk : Single {
  Report check(const Bundle& copy) const { return verify(copy); }
  // By the bank, which says who it is and what it wants the copy for.
  Report check_at_bank(const Bundle& copy) const { return check_with(copy, recipient("XX银行"), purpose("住房贷款")); }
  Report check_with(const Bundle& copy, std::optional<StampRecipient> for_whom,
                    std::optional<StampPurpose> what_for = {}) const {
    VerifyOptions chosen = options();
    chosen.recipient = std::move(for_whom);
    chosen.purpose = std::move(what_for);
    return certs::verify(copy, genesis(), chosen);
  }
  Report check_at(const Bundle& copy, Timestamp time) const {
    VerifyOptions chosen = options();
    chosen.age_max = std::nullopt;
    chosen.now = time;
    chosen.recipient = recipient("XX银行");
    return certs::verify(copy, genesis(), chosen);
  }
  void dismiss(std::string_view name, std::string_view department) {
    must(administrator(department), "governance", "dismiss_officer", governance::DismissOfficerArguments{key(name)});
  }
  // The same copy, with what the ledger says of it now.
  Bundle refreshed(Bundle copy) const {
    BOOST_REQUIRE(refresh(copy, answer(copy.document.id, copy.stamp)).has_value());
    return copy;
  }
};

CheckResult stamp_of(const Report& report) { return check_of(report, CheckName::stamp).result; }
CheckResult use_of(const Report& report) { return check_of(report, CheckName::use).result; }

}  // namespace

BOOST_AUTO_TEST_SUITE(stamp_check_tests)

// ---------------------------------------------------------------------------------------------------------------------
// Whose stamp

BOOST_AUTO_TEST_CASE(a_clerks_stamp_is_good_where_recipient_and_purpose_are_as_asked) {
  const Desk desk;
  const Report report = desk.check_at_bank(desk.stamped(desk.now_bundle(), "clara"));
  BOOST_TEST(verdict(report) == "VALID", failed(report));
  BOOST_TEST(says(report, CheckName::stamp, "不动产登记中心"));
  BOOST_TEST(says(report, CheckName::use, "住房贷款"));
  BOOST_REQUIRE(report.stamp.has_value());
  BOOST_TEST((report.stamp->terms == desk.terms()));
  BOOST_TEST((report.stamp->signer == StampSigner::officer));
  BOOST_TEST(report.stamp->department.id.str() == "registry");
}

// It is only for somebody: who does not say who they are is told so, and by --strict it is not valid.
BOOST_AUTO_TEST_CASE(a_stamped_copy_never_passes_without_a_remark_unless_the_recipient_is_named) {
  const Desk desk;
  const Bundle copy = desk.stamped(desk.now_bundle(), "clara");
  for (const Report& report : {desk.check(copy), desk.check_with(copy, {}, purpose("住房贷款"))}) {
    BOOST_TEST(verdict(report) == "VALID_WITH_WARNINGS");
    BOOST_TEST(checks_with(report, warn) == "V15");
    BOOST_TEST(says(report, CheckName::use, "XX银行"));
  }
  BOOST_TEST(verdict(desk.check_with(copy, recipient("XX银行"))) == "VALID");
}

struct Signer {
  std::string_view name;
  CheckResult result;
};
constexpr Signer signers[] = {
    {"clara", pass}, {"carl", pass},                  // at a window
    {"ann", pass},   {"rita", pass}, {"reg", pass},   // of the department that issued it
    {"eve", warn},   {"sue", warn},  {"hugo", warn},  // elsewhere, and not at a window
    {"willa", pass}, {"mach", pass},                  // at a window elsewhere; a program of the treasury
    {"nobody", fail},
    {"validator of registry", fail},
};

BOOST_AUTO_TEST_CASE(each_officer_stamps_as_their_place_allows) {
  Desk desk;
  desk.enrol("willa", "tax-office", {Role::window_clerk});
  desk.enrol("mach", "treasury", {Role::machine});
  for (const Signer& signer : signers) {
    const Report report = desk.check_at_bank(desk.stamped(desk.now_bundle(), signer.name));
    BOOST_TEST((stamp_of(report) == signer.result), signer.name);
    BOOST_TEST((report.verdict == (signer.result == pass   ? Verdict::VALID
                                   : signer.result == warn ? Verdict::VALID_WITH_WARNINGS
                                                           : Verdict::NOT_AUTHENTIC)), signer.name);
    BOOST_TEST(report.stamp.has_value() == (signer.result != fail), signer.name);
  }
}

// Nothing proves when a stamp was signed, so who has left could sign today with an older date.
BOOST_AUTO_TEST_CASE(the_stamp_of_a_dismissed_officer_is_neither_good_nor_forged) {
  Desk desk;
  const Bundle before = desk.stamped(desk.now_bundle(), "clara");
  desk.dismiss("clara", "registry");
  const Report report = desk.check_at_bank(desk.refreshed(before));
  BOOST_TEST(verdict(report) == "CANNOT_CHECK");
  BOOST_TEST(checks_with(report, not_checked) == "V05 V11 V12 V14 V15");
  BOOST_TEST(says(report, CheckName::stamp, "不动产登记中心"));
  BOOST_TEST(!report.stamp.has_value());
  // As of the block before, the clerk was in office.
  BOOST_TEST(verdict(desk.check_at_bank(before)) == "VALID");
}

BOOST_AUTO_TEST_CASE(a_key_in_other_hands_voids_every_stamp) {
  Desk desk;
  const Bundle before = desk.stamped(desk.now_bundle(), "clara");
  desk.wait(1'000);
  desk.must(CertificateChain::administrator("registry"), "governance", "report_compromise",
            governance::ReportCompromiseArguments{CertificateChain::key("clara"), desk.now(),
                                                  PlainText<96>::from("stolen").value()});
  const Report report = desk.check_at_bank(desk.refreshed(before));
  BOOST_TEST(verdict(report) == "NOT_AUTHENTIC");
  BOOST_TEST(failed(report) == "V14");
}

// ---------------------------------------------------------------------------------------------------------------------
// A party's own key

BOOST_AUTO_TEST_CASE(a_partys_stamp_is_not_the_holders_for_who_cannot_know_the_holder) {
  Desk desk;
  desk.register_party_key("zhang's key", CertificateChain::person("zhang"));
  const Bundle copy = desk.stamped(desk.now_bundle(), "zhang's key");
  const Report plain = desk.check(copy);
  BOOST_TEST(verdict(plain) == "VALID_WITH_WARNINGS");
  BOOST_TEST(checks_with(plain, warn) == "V14 V15");
  BOOST_TEST((plain.stamp->signer == StampSigner::party));
  // Any party could have taken a stamp off and put theirs on: that answers no question of the bank's.
  const Report asked = desk.check_at_bank(copy);
  BOOST_TEST(verdict(asked) == "CANNOT_CHECK");
  BOOST_TEST((use_of(asked) == not_checked));
  BOOST_TEST(verdict(desk.check_with(copy, {}, purpose("住房贷款"))) == "CANNOT_CHECK");
  // But that it is not for them, it does say.
  BOOST_TEST(failed(desk.check_with(copy, recipient("YY银行"))) == "V15");
}

BOOST_AUTO_TEST_CASE(with_the_pepper_the_holders_stamp_is_known_and_no_other_partys_is_taken_for_it) {
  Desk desk;
  const Pepper pepper{1, Bytes(pepper_bytes_min, 7)};
  const PartyId holder = party_id_of(pepper, CertificateChain::holder());
  desk.register_party_key("zhang's key", holder);
  desk.register_party_key("li's key", CertificateChain::person("li"));
  VerifyOptions options = desk.options();
  options.recipient = recipient("XX银行");
  options.holder = CertificateChain::holder();
  options.holder_party = holder;
  const auto check = [&](std::string_view signer) {
    return certs::verify(desk.stamped(desk.now_bundle(), signer), desk.genesis(), options);
  };
  const Report good = check("zhang's key");
  BOOST_TEST(verdict(good) == "VALID", failed(good));
  BOOST_TEST((good.stamp->signer == StampSigner::holder));
  BOOST_TEST(good.stamp->department.id.str() == "registry");
  BOOST_TEST(failed(check("li's key")) == "V14");
  BOOST_TEST(verdict(check("clara")) == "VALID");
  // A party id counts only with the identity that V11 found to be the holder's.
  options.holder = make_identity(IdentityKind::resident_id, "440524188001010014").value();
  BOOST_TEST((stamp_of(check("zhang's key")) == warn));
  BOOST_TEST(failed(check("zhang's key")) == "V11");
}

BOOST_AUTO_TEST_CASE(a_titles_unit_says_who_its_holder_is) {
  Desk desk;
  const Document title = CertificateChain::document(CertificateChain::id("T1"));
  desk.register_title(CertificateChain::house(), title);
  const auto unit = contracts::property::units.get(desk.state(), CertificateChain::house());
  desk.register_party_key("the buyer's key", unit->holders.at(0).party);
  desk.register_party_key("another's key", CertificateChain::person("another"));
  const Report good = desk.check_at_bank(desk.stamped(desk.bundle(title), "the buyer's key"));
  BOOST_TEST(verdict(good) == "VALID", failed(good));
  BOOST_TEST((good.stamp->signer == StampSigner::holder));
  BOOST_TEST(failed(desk.check_at_bank(desk.stamped(desk.bundle(title), "another's key"))) == "V14");
}

BOOST_AUTO_TEST_CASE(a_released_key_proves_nothing_of_its_stamps) {
  Desk desk;
  desk.register_party_key("zhang's key", CertificateChain::person("zhang"));
  const Bundle before = desk.stamped(desk.now_bundle(), "zhang's key");
  desk.must("clara", "governance", "release_party_key",
            governance::ReleasePartyKeyArguments{CertificateChain::key("zhang's key")});
  const Report report = desk.check(desk.refreshed(before));
  BOOST_TEST(verdict(report) == "CANNOT_CHECK");
  BOOST_TEST((stamp_of(report) == not_checked));
}

// ---------------------------------------------------------------------------------------------------------------------
// Its use

BOOST_AUTO_TEST_CASE(a_stamp_holds_from_its_first_moment_to_before_its_last) {
  const Desk desk;
  const Timestamp begin = desk.now() + Duration(10'000);
  const Timestamp end = begin + Duration(5'000);
  StampTerms terms = desk.terms();
  terms.from_ms = begin;
  terms.until_ms = end;
  const Bundle copy = desk.stamped(desk.now_bundle(), "clara", terms);
  const auto check = [&](Timestamp time) { return desk.check_at(copy, time); };
  BOOST_TEST(failed(check(begin - 1)) == "V15");
  BOOST_TEST(verdict(check(begin - 1)) == "NOT_VALID");
  BOOST_TEST(verdict(check(begin)) == "VALID");
  BOOST_TEST(verdict(check(end - 1)) == "VALID");
  BOOST_TEST(failed(check(end)) == "V15");
  BOOST_TEST(verdict(check(end)) == "NOT_VALID");
}

// A verifier's clock that is behind does not make an ended copy good: block time has passed.
BOOST_AUTO_TEST_CASE(a_late_clock_does_not_lengthen_a_stamp) {
  Desk desk;
  StampTerms terms = desk.terms();
  terms.from_ms = Timestamp(1);
  terms.until_ms = desk.now() + Duration(1);
  const Bundle copy = desk.stamped(desk.now_bundle(), "clara", terms);
  desk.wait(60'000);
  desk.empty_block();
  const Bundle later = desk.refreshed(copy);
  const Report report = desk.check_at(later, desk.header(Height(1)).timestamp_ms);
  BOOST_TEST(failed(report) == "V15");
  BOOST_TEST(says(report, CheckName::use, "may no longer be used"));
}

BOOST_AUTO_TEST_CASE(a_copy_for_somebody_else_or_something_else_is_not_valid) {
  const Desk desk;
  const Bundle copy = desk.stamped(desk.now_bundle(), "clara");
  for (const std::string_view other : {"YY银行", "XX银", "XX银行分行", "xx银行", "X"}) {
    const Report report = desk.check_with(copy, recipient(other), purpose("住房贷款"));
    BOOST_TEST(verdict(report) == "NOT_VALID");
    BOOST_TEST(failed(report) == "V15");
    BOOST_TEST(says(report, CheckName::use, "XX银行"));
  }
  const Report report = desk.check_with(copy, recipient("XX银行"), purpose("开户"));
  BOOST_TEST(verdict(report) == "NOT_VALID");
  BOOST_TEST(says(report, CheckName::use, "住房贷款"));
}

// ---------------------------------------------------------------------------------------------------------------------
// Altered, moved, taken off

// What a stamp cannot do is said, not hidden: the copy is what it shows, one without a stamp; and who asked for one is
// not content with it.
BOOST_AUTO_TEST_CASE(a_stamp_that_was_taken_off_leaves_a_copy_without_one) {
  const Desk desk;
  Bundle copy = desk.stamped(desk.now_bundle(), "clara");
  copy.stamp.reset();
  const Report plain = desk.check(copy);
  BOOST_TEST(verdict(plain) == "VALID");
  BOOST_TEST((stamp_of(plain) == not_checked));
  BOOST_TEST(!check_of(plain, CheckName::stamp).needed);
  BOOST_TEST(says(plain, CheckName::stamp, "no stamp"));
  for (const Report& asked : {desk.check_at_bank(copy), desk.check_with(copy, {}, purpose("住房贷款")),
                              desk.check_with(copy, recipient("XX银行"))}) {
    BOOST_TEST(verdict(asked) == "NOT_VALID");
    BOOST_TEST(failed(asked) == "V15");
  }
}

BOOST_AUTO_TEST_CASE(every_altered_part_of_a_stamp_is_not_authentic) {
  const Desk desk;
  const Bundle good = desk.stamped(desk.now_bundle(), "clara");
  using Alter = std::function<void(Stamp&)>;
  const Alter alterations[] = {
      [](Stamp& stamp) { stamp.terms.recipient = recipient("YY银行"); },
      [](Stamp& stamp) { stamp.terms.purpose = purpose("开户"); },
      [](Stamp& stamp) { stamp.terms.from_ms = Timestamp(1); },
      [](Stamp& stamp) { stamp.terms.until_ms = stamp.terms.until_ms + Duration(1); },
      [](Stamp& stamp) { stamp.terms.matter_number = MatterNumber::from("1").value(); },
      [](Stamp& stamp) { stamp.document_digest = sha256({}); },
      [](Stamp& stamp) { stamp.key = CertificateChain::key("carl"); },
      [](Stamp& stamp) { stamp.key = PublicKey{}; },
      [](Stamp& stamp) { stamp.signature.array()[40] ^= 1; },
      [](Stamp& stamp) { stamp.terms.until_ms = stamp.terms.from_ms; },
  };
  for (const Alter& alter : alterations) {
    Bundle copy = good;
    alter(*copy.stamp);
    for (const Bundle& altered : {copy, desk.refreshed(copy)}) {
      const Report report = desk.check_with(altered, altered.stamp->terms.recipient, altered.stamp->terms.purpose);
      BOOST_TEST(verdict(report) == "NOT_AUTHENTIC");
      BOOST_TEST(failed(report) == "V14");
      BOOST_TEST((use_of(report) == not_checked));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_stamp_beside_another_document_is_not_authentic) {
  Desk desk;
  const Document second = CertificateChain::document(CertificateChain::id("2"));
  desk.issue(second);
  const Bundle copy = desk.stamped(desk.now_bundle(), "clara");
  Bundle moved = desk.bundle(second);
  moved.stamp = copy.stamp;
  BOOST_TEST(failed(desk.check_at_bank(desk.refreshed(moved))) == "V14");
  // Also with the digest of what it is beside.
  moved.stamp->document_digest = digest_of(second);
  BOOST_TEST(failed(desk.check_at_bank(moved)) == "V14");
  // Fewer fields than were stamped, and more.
  Bundle fewer = copy;
  fewer.document.fields[0].opening.reset();
  BOOST_TEST(failed(desk.check_at_bank(fewer)) == "V14");
  fewer.stamp->document_digest = digest_of(fewer.document);
  BOOST_TEST(failed(desk.check_at_bank(fewer)) == "V14");
  const Bundle narrow = desk.stamped(disclose(desk.now_bundle(), {}, HolderDisclosure::drop).value(), "clara");
  Bundle more = narrow;
  BOOST_TEST(verdict(desk.check_at_bank(narrow)) == "VALID");
  more.document = desk.made;
  BOOST_TEST(failed(desk.check_at_bank(more)) == "V14");
}

// A network with another genesis: the same officers, certificate and keys.
BOOST_AUTO_TEST_CASE(a_stamp_of_another_network_is_none_here) {
  const Desk desk;
  const Single demo(CertificateChain::Network::demo);
  Bundle copy = desk.now_bundle();
  copy.stamp = demo.stamped(demo.now_bundle(), "clara").stamp;
  BOOST_TEST(failed(desk.check_at_bank(desk.refreshed(copy))) == "V14");
}

// ---------------------------------------------------------------------------------------------------------------------
// What could not be checked

BOOST_AUTO_TEST_CASE(without_the_signers_records_a_stamp_is_not_checked) {
  const Desk desk;
  const std::size_t certificates_own = evidence_keys(desk.state(), desk.made.id).size();
  // The clerk's department is that of the certificate, whose record is there anyway.
  for (const auto& [signer, records] : {std::pair{"clara", 3u}, {"hugo", 4u}}) {
    const Bundle copy = desk.stamped(desk.now_bundle(), signer);
    BOOST_REQUIRE(copy.evidence->facts.size() == certificates_own + records);
    for (std::size_t left_out = certificates_own; left_out < certificates_own + records; ++left_out) {
      Bundle lacking = copy;
      lacking.evidence->facts.erase(lacking.evidence->facts.begin() + static_cast<std::ptrdiff_t>(left_out));
      const Report report = desk.check_at_bank(lacking);
      BOOST_TEST(verdict(report) == "CANNOT_CHECK");
      BOOST_TEST((stamp_of(report) == not_checked));
      BOOST_TEST(says(report, CheckName::stamp, "refresh the bundle"));
    }
  }
}

BOOST_AUTO_TEST_CASE(facts_of_the_signer_are_believed_under_the_state_root_only) {
  const Desk desk;
  const std::size_t certificates_own = evidence_keys(desk.state(), desk.made.id).size();
  const Bundle of_nobody = desk.stamped(desk.now_bundle(), "nobody");
  const Bundle of_clerk = desk.stamped(desk.now_bundle(), "clara");
  Bundle forged = of_nobody;
  forged.evidence->facts[certificates_own].value = of_clerk.evidence->facts[certificates_own].value;
  const Report report = desk.check_at_bank(forged);
  BOOST_TEST(verdict(report) == "NOT_AUTHENTIC");
  BOOST_TEST((stamp_of(report) == not_checked));
  BOOST_TEST(!report.stamp.has_value());
}

BOOST_AUTO_TEST_CASE(without_evidence_an_altered_stamp_still_shows_and_a_whole_one_is_not_checked) {
  const Desk desk;
  Bundle copy = desk.stamped(desk.now_bundle(), "clara");
  copy.evidence.reset();
  BOOST_TEST(verdict(desk.check_at_bank(copy)) == "CANNOT_CHECK");
  BOOST_TEST((stamp_of(desk.check_at_bank(copy)) == not_checked));
  copy.stamp->terms.recipient = recipient("YY银行");
  BOOST_TEST(failed(desk.check_at_bank(copy)) == "V14");
  copy.chain_id.array()[0] ^= 1;
  BOOST_TEST((stamp_of(desk.check_at_bank(copy)) == not_checked));
}

BOOST_AUTO_TEST_CASE(a_member_of_a_batch_is_stamped_like_others) {
  const InBatch network;
  const Bundle copy = network.stamped(network.now_bundle(), "clara");
  VerifyOptions options = network.options();
  options.recipient = recipient("XX银行");
  BOOST_TEST(verdict(certs::verify(copy, network.genesis(), options)) == "VALID");
}

// What is not a good certificate does not become one by a stamp.
BOOST_AUTO_TEST_CASE(a_stamp_makes_no_certificate_good) {
  Desk desk;
  Bundle altered = desk.now_bundle();
  altered.document.fields[0].opening->value = BooleanValue{true};
  const Report report = desk.check_at_bank(desk.stamped(altered, "clara"));
  BOOST_TEST(verdict(report) == "NOT_AUTHENTIC");
  BOOST_TEST(failed(report) == "V04");
  const Bundle copy = desk.stamped(desk.now_bundle(), "clara");
  desk.suspend(desk.made.id);
  BOOST_TEST(failed(desk.check_at_bank(desk.refreshed(copy))) == "V09");
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace kanhe::certs
