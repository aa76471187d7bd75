// kanhe cert, offline: every verdict has its exit code, its fifteen lines and a next step; a changed value is not
// authentic whichever it is; showing verifies nothing, and a disclosed copy still verifies. The certificates are those
// of a whole network in memory.
#include <boost/test/unit_test.hpp>

#include "certs/bundle.h"
#include "cli/cert_view.h"
#include "ledger/json.h"
#include "tests/cli/command_line.h"
#include "tests/support/certificate_chain.h"

namespace kanhe::cli {
namespace {

using namespace certs;
using contracts::certificate::Revocation;
using support::CertificateChain;

struct Desk : CertificateChain, Files {
  explicit Desk(Network network = Network::real) : CertificateChain(network) {
    issue(made);
    write("genesis.json", to_json(genesis()));
    write("title.json", write_bundle(bundle(made)));
  }
  Ran cert(std::vector<std::string> words) const {
    words.insert(words.begin(), "cert");
    words.insert(words.end(), {"--genesis", path("genesis.json")});
    return run_words(words);
  }
  // The chain's time is not that of the clock, so any age will do.
  Ran verify(std::vector<std::string> more = {}, const std::string& file = "title.json") const {
    more.insert(more.begin(), {"verify", path(file), "--max-age", "any"});
    return cert(more);
  }
  void write_title(const Bundle& changed) const { write("title.json", write_bundle(changed)); }
  std::string write_content(const std::string& text) const { return write("content.toml", text); }

  const Document made = document(id("2025000000001"));
};

const std::string content_text = R"(type = "11100000MB03271699022"
issuer = "11100000MB03271699"
serial = "2025000000009"
valid_from = 2025-06-03
[holder]
kind = "resident_id"
number = "11010519491231002x"
[fields]
certificate.name = "不动产权证书"
holder.name = "张三"
area.rooms = 3
sold.on = 2025-05-01
sold.furnished = true
sold.price = { money = "1500000.00" }
)";

}  // namespace

BOOST_AUTO_TEST_SUITE(cert_commands_tests)

// ---------------------------------------------------------------------------------------------------------------------
// Verify

BOOST_AUTO_TEST_CASE(a_good_certificate_shows_fifteen_checks_verdict_and_next_step) {
  const Desk desk;
  const Ran ran = desk.verify();
  BOOST_TEST(ran.code == 0, ran.out << ran.err);
  std::size_t at = 0;
  for (int i = 1; i <= 15; ++i) {
    const std::string name = (i < 10 ? "V0" : "V") + std::to_string(i);
    const std::size_t found = ran.out.find(name, at);
    BOOST_REQUIRE_MESSAGE(found != std::string::npos, name);
    at = found;
  }
  BOOST_TEST(holds(ran.out, "✓ V03"));
  BOOST_TEST(holds(ran.out, "不动产登记中心"));
  BOOST_TEST(holds(ran.out, "[VALID"));
  BOOST_TEST(holds(ran.out, "截至"));
  BOOST_TEST(holds(ran.out, "下一步"));
}

BOOST_AUTO_TEST_CASE(every_changed_value_of_the_document_is_not_authentic) {
  const Desk desk;
  const Bundle good = desk.bundle(desk.made);
  for (std::size_t i = 0; i < good.document.fields.size(); ++i) {
    Bundle changed = good;
    changed.document.fields[i].opening->value = TextValue{PlainText<field_text_bytes_max>::from("other").value()};
    desk.write_title(changed);
    const Ran ran = desk.verify();
    BOOST_TEST(ran.code == 3, ran.out);
    BOOST_TEST(holds(ran.out, "✗ V04"));
  }
  Bundle changed = good;
  changed.document.valid_until_ms = Timestamp(4'000'000'000'000);
  desk.write_title(changed);
  BOOST_TEST(desk.verify().code == 3);
}

BOOST_AUTO_TEST_CASE(what_was_revoked_or_suspended_is_authentic_but_not_valid) {
  Desk desk;
  desk.suspend(desk.made.id);
  desk.write_title(desk.bundle(desk.made));
  BOOST_TEST(desk.verify().code == 1);
  desk.revoke(desk.made.id, Revocation::rescinded);
  desk.write_title(desk.bundle(desk.made));
  const Ran ran = desk.verify();
  BOOST_TEST(ran.code == 1);
  BOOST_TEST(holds(ran.out, "✗ V09"));
  BOOST_TEST(holds(ran.out, "撤销"));
}

BOOST_AUTO_TEST_CASE(could_not_check_is_neither_forged_nor_valid) {
  const Desk desk;
  Bundle bare = desk.bundle(desk.made);
  bare.evidence.reset();
  desk.write_title(bare);
  const Ran ran = desk.verify();
  BOOST_TEST(ran.code == 5);
  BOOST_TEST(holds(ran.out, "kanhe cert bundle refresh"));
  desk.write_title(desk.bundle(desk.made));
  BOOST_TEST(desk.cert({"verify", desk.path("title.json"), "--max-age", "1s"}).code == 5);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_bundle_is_malformed_input) {
  const Desk desk;
  for (const auto* text : {"", "{}", "hello", "[1]", "{\"version\":1"}) {
    desk.write("title.json", text);
    const Ran ran = desk.verify();
    BOOST_TEST(ran.code == 6, text << ran.out);
    BOOST_TEST(holds(ran.out, "✗ V01"));
    BOOST_TEST(holds(ran.out, "V15"));
  }
  BOOST_TEST(desk.verify({}, "absent.json").code == 5);
}

BOOST_AUTO_TEST_CASE(warnings_are_good_unless_strict) {
  const Desk desk(CertificateChain::Network::demo);
  BOOST_TEST(desk.verify().code == 0);
  BOOST_TEST(desk.verify({"--strict"}).code == 1);
}

BOOST_AUTO_TEST_CASE(the_holder_is_compared_where_asked_for) {
  const Desk desk;
  BOOST_TEST(desk.verify({"--holder", "resident_id:11010519491231002x"}).code == 0);
  const Ran other = desk.verify({"--holder", "resident_id:440524188001010014"});
  BOOST_TEST(other.code == 1);
  BOOST_TEST(holds(other.out, "✗ V11"));
  const Ran typo = desk.verify({"--holder", "resident_id:110105194912310021"});
  BOOST_TEST(typo.code == 2);
  BOOST_TEST(!holds(typo.err, "110105194912310021"));
  BOOST_TEST(desk.verify({"--holder", "person:1"}).code == 2);
}

BOOST_AUTO_TEST_CASE(an_attached_file_is_compared_with_the_digests) {
  const Desk desk;
  desk.write("other.pdf", "not the certificate's");
  const Ran ran = desk.verify({"--file", desk.path("other.pdf")});
  BOOST_TEST(ran.code == 3, ran.out);
  BOOST_TEST(holds(ran.out, "✗ V03"));
}

BOOST_AUTO_TEST_CASE(json_is_the_report) {
  const Desk desk;
  const Ran ran = desk.verify({"--json"});
  BOOST_TEST(ran.code == 0);
  const auto report = from_json<Report>(ran.out);
  BOOST_REQUIRE(report.has_value());
  BOOST_TEST(report->checks.size() == check_count);
  BOOST_TEST((*report->id == desk.made.id));
}

BOOST_AUTO_TEST_CASE(many_files_have_a_line_each_and_the_gravest_exit_code) {
  const Desk desk;
  std::filesystem::create_directory(desk.path("all"));
  desk.write("all/a.json", write_bundle(desk.bundle(desk.made)));
  BOOST_TEST(desk.verify({}, "all").code == 0);
  desk.write("all/b.json", "no bundle");
  desk.write("all/readme.txt", "is not looked at");
  const Ran malformed = desk.verify({}, "all");
  BOOST_TEST(malformed.code == 6);
  BOOST_TEST(holds(malformed.out, "all/a.json"));
  BOOST_TEST(holds(malformed.out, "all/b.json"));
  BOOST_TEST(!holds(malformed.out, "readme.txt"));
  Bundle changed = desk.bundle(desk.made);
  changed.document.fields[0].opening->value = BooleanValue{true};
  desk.write("all/c.json", write_bundle(changed));
  BOOST_TEST(desk.verify({}, "all").code == 3);
  BOOST_TEST(desk.verify({"--holder", "other:1"}, "all").code == 2);
}

// ---------------------------------------------------------------------------------------------------------------------
// Show, disclose

BOOST_AUTO_TEST_CASE(showing_says_that_nothing_was_verified) {
  const Desk desk;
  Bundle changed = desk.bundle(desk.made);
  changed.document.fields[0].opening->value = TextValue{PlainText<field_text_bytes_max>::from("forged").value()};
  desk.write_title(changed);
  const Ran ran = desk.cert({"show", desk.path("title.json")});
  BOOST_TEST(ran.code == 0);
  BOOST_TEST(holds(ran.out, "forged"));
  BOOST_TEST(holds(ran.out, desk.made.id.str()));
  BOOST_TEST(holds(ran.err, "未经核验"));
  BOOST_TEST(!holds(ran.out, "✓"));
}

BOOST_AUTO_TEST_CASE(a_disclosed_copy_hides_the_rest_and_still_verifies) {
  const Desk desk;
  const Ran ran = desk.cert({"disclose", desk.path("title.json"), "--show", "certificate.name,certificate.number",
                             "--drop-holder", "-o", desk.path("copy.json")});
  BOOST_TEST(ran.code == 0, ran.err);
  const auto copy = read_bundle(desk.read("copy.json"));
  BOOST_REQUIRE(copy.has_value());
  BOOST_TEST(shown_count(copy->document) == 2u);
  BOOST_TEST(hidden_count(copy->document) == desk.made.fields.size() - 2);
  BOOST_TEST(!copy->document.holder_opening.has_value());
  BOOST_TEST(!holds(desk.read("copy.json"), "Zhang San"));
  const auto mode = std::filesystem::status(desk.path("copy.json")).permissions();
  BOOST_TEST((mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)));
  BOOST_TEST(desk.verify({}, "copy.json").code == 0);
  // A file that is there is never written over.
  BOOST_TEST(
      desk.cert({"disclose", desk.path("title.json"), "--show", "certificate.name", "-o", desk.path("copy.json")})
          .code == 6);
  BOOST_TEST(desk.cert({"disclose", desk.path("title.json"), "--show", "no.such", "-o", desk.path("x.json")}).code ==
             5);
  BOOST_TEST(desk.cert({"disclose", desk.path("title.json"), "--show", "No", "-o", desk.path("x.json")}).code == 2);
}

// ---------------------------------------------------------------------------------------------------------------------
// Stamped copies, as far as they go without a node

namespace {

// A clerk's copy for the bank, in copy.json.
struct StampedDesk : Desk {
  StampedDesk() {
    register_party_key("zhang's key", party_id_of(pepper(), holder()));
    write("copy.json", write_bundle(stamped(bundle(made), "clara")));
  }
  static Pepper pepper() { return {1, Bytes(pepper_bytes_min, 7)}; }
  std::string pepper_file() const { return write("pepper.key", to_hex(pepper().secret) + "\n", 0600); }
};

}  // namespace

// The chain's days are past on this machine's clock, so its stamps are over.
BOOST_AUTO_TEST_CASE(a_stamped_copy_that_is_over_or_for_another_is_not_valid_and_an_altered_one_not_authentic) {
  const StampedDesk desk;
  const Ran over = desk.verify({"--recipient", "XX银行", "--purpose", "住房贷款"}, "copy.json");
  BOOST_TEST(over.code == 1, over.out << over.err);
  BOOST_TEST(holds(over.out, "✓ V14"));
  BOOST_TEST(holds(over.out, "✗ V15"));
  BOOST_TEST(holds(over.out, "请索取"));
  Bundle copy = read_bundle(desk.read("copy.json")).value();
  copy.stamp->terms.until_ms = Timestamp(counter_max);
  desk.write("altered.json", write_bundle(copy));
  const Ran altered = desk.verify({}, "altered.json");
  BOOST_TEST(altered.code == 3);
  BOOST_TEST(holds(altered.out, "✗ V14"));
  BOOST_TEST(holds(altered.out, "不要采信该副本"));
  StampTerms terms = desk.terms();
  terms.until_ms = Timestamp(counter_max);
  desk.write("long.json", write_bundle(desk.stamped(desk.bundle(desk.made), "clara", terms)));
  BOOST_TEST(desk.verify({"--recipient", "XX银行", "--purpose", "住房贷款"}, "long.json").code == 0);
  BOOST_TEST(desk.verify({}, "long.json").code == 0);
  BOOST_TEST(desk.verify({"--strict"}, "long.json").code == 1);
  BOOST_TEST(desk.verify({"--recipient", "XX银行", "--strict"}, "long.json").code == 0);
  BOOST_TEST(desk.verify({"--recipient", "YY银行"}, "long.json").code == 1);
  BOOST_TEST(desk.verify({"--purpose", "开户"}, "long.json").code == 1);
  BOOST_TEST(desk.verify({"--recipient", "XX银行"}, "title.json").code == 1);
  BOOST_TEST(desk.verify({"--recipient", "XX银行 "}, "long.json").code == 2);
  // Before the noun, --purpose is what departmental reads are logged with.
  std::vector<std::string> words{"--purpose", "audit", "cert", "verify", desk.path("long.json"), "--max-age", "any"};
  words.insert(words.end(), {"--recipient", "XX银行", "--purpose", "住房贷款", "--genesis", desk.path("genesis.json")});
  BOOST_TEST(run_words(words).code == 0);
}

BOOST_AUTO_TEST_CASE(a_partys_stamp_is_the_holders_for_who_has_the_pepper) {
  const StampedDesk desk;
  StampTerms terms = desk.terms();
  terms.until_ms = Timestamp(counter_max);
  desk.write("own.json", write_bundle(desk.stamped(desk.bundle(desk.made), "zhang's key", terms)));
  const Ran unknown = desk.verify({"--recipient", "XX银行"}, "own.json");
  BOOST_TEST(unknown.code == 5, unknown.out);
  BOOST_TEST(holds(unknown.out, "--pepper"));
  const std::string holder = "resident_id:11010519491231002x";
  const Ran known =
      desk.verify({"--recipient", "XX银行", "--holder", holder, "--pepper", desk.pepper_file()}, "own.json");
  BOOST_TEST(known.code == 0, known.out << known.err);
  BOOST_TEST(holds(known.out, "✓ V14"));
  BOOST_TEST(desk.verify({"--pepper", desk.pepper_file()}, "own.json").code == 2);
}

BOOST_AUTO_TEST_CASE(showing_a_stamped_copy_says_for_whom_it_is) {
  const StampedDesk desk;
  const Ran both = desk.cert({"show", desk.path("copy.json")});
  for (const auto* part : {"XX银行", "住房贷款", "加注件", "a stamped copy"}) BOOST_TEST(holds(both.out, part));
  BOOST_TEST(!holds(desk.cert({"show", desk.path("title.json")}).out, "加注"));
  BOOST_TEST(!holds(desk.cert({"show", desk.path("copy.json"), "--lang", "en"}).out, "加注件"));
}

BOOST_AUTO_TEST_CASE(a_stamped_copy_is_not_disclosed_further) {
  const StampedDesk desk;
  const Ran ran = desk.cert({"disclose", desk.path("copy.json"), "--show", "price", "-o", desk.path("x.json")});
  BOOST_TEST(ran.code == 7);
  BOOST_TEST(!desk.exists("x.json"));
}

// ---------------------------------------------------------------------------------------------------------------------
// Issue, as far as it goes without a node

BOOST_AUTO_TEST_CASE(content_becomes_what_the_ledger_is_told) {
  const Desk desk;
  const Ran ran = desk.cert({"issue", desk.write_content(content_text), "--dry-run", "--json"});
  BOOST_TEST(ran.code == 0, ran.err);
  const auto arguments = from_json<contracts::certificate::IssueArguments>(ran.out);
  BOOST_REQUIRE(arguments.has_value());
  BOOST_TEST((arguments->id == CertificateChain::id("2025000000009")));
  BOOST_TEST(arguments->valid_from_ms->value() == 1'748'880'000'000u);
  BOOST_TEST(!holds(ran.out, "张三"));
  BOOST_TEST(!holds(ran.out, "11010519491231002"));
}

BOOST_AUTO_TEST_CASE(faults_of_the_content_are_named_with_line_and_key) {
  const Desk desk;
  const auto fault_of = [&](const std::string& what, const std::string& by) {
    std::string text = content_text;
    text.replace(text.find(what), what.size(), by);
    const Ran ran = desk.cert({"issue", desk.write_content(text), "--dry-run"});
    BOOST_TEST(ran.code == 6, by << ran.err);
    return ran.err;
  };
  BOOST_TEST(holds(fault_of("area.rooms = 3", "area.rooms = 3.5"), "content.toml:11: fields.area.rooms"));
  BOOST_TEST(holds(fault_of("area.rooms = 3", "Area = 3"), "fields.Area"));
  BOOST_TEST(holds(fault_of("1500000.00", "1500000"), "fields.sold.price"));
  BOOST_TEST(holds(fault_of("31002x", "31002"), "content.toml:7: holder.number"));
  BOOST_TEST(holds(fault_of("serial", "number"), "number: is not known here"));
  BOOST_TEST(holds(fault_of("2025000000009", "2025-9"), "type, issuer, serial"));
  BOOST_TEST(holds(fault_of("[fields]", "[felder]"), "felder"));
}

BOOST_AUTO_TEST_CASE(a_batch_names_every_faulty_document_and_ends) {
  const Desk desk;
  std::filesystem::create_directory(desk.path("contents"));
  for (int i = 0; i < 5; ++i) {
    std::string text = content_text;
    text.replace(text.find("2025000000009"), 13, "2025A" + std::to_string(i));
    if (i == 3) text.replace(text.find("31002x"), 6, "310021");
    desk.write("contents/" + std::to_string(i) + ".toml", text);
  }
  const std::vector<std::string> words{
      "issue-batch",        desk.path("contents"), "--type", "11100000MB03271699022", "--prefix", "2025A", "-o",
      desk.path("bundles"), "--dry-run",           "--json"};
  const Ran ran = desk.cert(words);
  BOOST_TEST(ran.code == 6);
  BOOST_TEST(holds(ran.err, "3.toml"));
  BOOST_TEST(!holds(ran.err, "2.toml"));
  std::vector<std::string> lenient = words;
  lenient.emplace_back("--skip-faulty");
  const Ran skipped = desk.cert(lenient);
  BOOST_TEST(skipped.code == 0, skipped.err);
  const auto arguments = from_json<contracts::certificate::IssueBatchArguments>(skipped.out);
  BOOST_REQUIRE(arguments.has_value());
  BOOST_TEST(arguments->count.value() == 4u);
  BOOST_TEST(!desk.exists("bundles"));
}

// ---------------------------------------------------------------------------------------------------------------------
// Codes

BOOST_AUTO_TEST_CASE(the_graver_of_two_codes_does_not_depend_on_their_order) {
  using enum ExitCode;
  const ExitCode codes[] = {good, could_not_check, malformed_input, not_valid, not_authentic};
  for (std::size_t i = 0; i < std::size(codes); ++i) {
    for (std::size_t j = 0; j < std::size(codes); ++j) {
      BOOST_TEST((graver(codes[i], codes[j]) == codes[std::max(i, j)]));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::cli
