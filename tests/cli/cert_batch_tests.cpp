// Batches in one file: faults are named for each row whichever way it is read, what is handed out verifies, and a file
// that was changed hands out nothing.
#include "cli/cert_batch.h"

#include <boost/test/unit_test.hpp>

#include "certs/verifier.h"
#include "ledger/json.h"
#include "tests/cli/command_line.h"
#include "tests/support/batch_rows.h"

namespace kanhe::cli {
namespace {

using namespace certs;
using support::batch_line;
using support::BatchInMemory;
using support::CertificateChain;

struct Desk : CertificateChain, Files {
  Desk() { write("genesis.json", to_json(genesis())); }
  Ran cert(std::vector<std::string> words) const {
    words.insert(words.begin(), "cert");
    words.insert(words.end(), {"--genesis", path("genesis.json")});
    return run_words(words);
  }
  Ran issue(const std::string& lines, const std::vector<std::string>& more) const {
    std::vector<std::string> words{"issue-batch", write("rows.jsonl", lines), "--type", std::string(title().view()),
                                   "--prefix",    "2025A"};
    words.insert(words.end(), more.begin(), more.end());
    return cert(words);
  }
  // A batch of five, which the ledger has.
  Bytes issued() {
    BatchInMemory batch(chain_id_of(genesis()));
    for (int i = 0; i < 5; ++i) CHECK(batch.add(batch_line("2025A" + std::to_string(i))).has_value());
    const BatchTree tree = batch.writer.finish().value();
    must("ann", "certificate", "issue_batch", issue_batch_arguments_of(title(), support::batch_prefix, tree));
    return batch.file;
  }
  std::string write_batch(const Bytes& bytes) const { return write("batch.kanhe", std::string(as_text(bytes))); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(cert_batch_tests)

BOOST_AUTO_TEST_CASE(every_faulty_row_is_named_and_good_ones_are_counted) {
  const Desk desk;
  std::string unusual = batch_line("2025A2");
  unusual.replace(unusual.find("张三"), 6, R"(\u5f20)");
  std::string faulty = batch_line("2025A3");
  faulty.replace(faulty.find("2025-05-01"), 10, "2025-02-30");
  const std::string lines = batch_line("2025A0") + "\n\n" + batch_line("2025A1") + "\n" + unusual + "\n" + faulty +
                            "\n" + batch_line("2025A1") + "\n" + batch_line("2025B1") + "\nno row\n" +
                            batch_line("2025A4");
  const Ran ran = desk.issue(lines, {"--result", desk.path("x"), "--dry-run"});
  BOOST_TEST(ran.code == 6);
  for (const int line : {5, 6, 7, 8}) BOOST_TEST(holds(ran.err, "rows.jsonl:" + std::to_string(line) + ": "), ran.err);
  for (const int line : {1, 2, 3, 4, 9}) BOOST_TEST(!holds(ran.err, "rows.jsonl:" + std::to_string(line) + ": "));
  BOOST_TEST(holds(ran.err, "id: stands twice in the batch: " + CertificateChain::id("2025A1").str()), ran.err);
  const Ran skipped = desk.issue(lines, {"--result", desk.path("x"), "--dry-run", "--json", "--skip-faulty"});
  BOOST_TEST(skipped.code == 0, skipped.err);
  const auto arguments = from_json<contracts::certificate::IssueBatchArguments>(skipped.out);
  BOOST_REQUIRE(arguments.has_value());
  BOOST_TEST(arguments->count.value() == 4u);
  BOOST_TEST(!desk.exists("x"));
}

// The same faults, in the same words, as with a bundle for each.
BOOST_AUTO_TEST_CASE(both_results_name_the_same_faults) {
  const Desk desk;
  std::string lines;
  const std::string good = batch_line("2025A0");
  for (std::size_t at = 0; at < good.size(); at += 3) {
    lines += batch_line("2025A" + std::to_string(at));
    lines[lines.rfind('\n') + 1 + at] = '7';
    lines += "\n";
  }
  const Ran bundles = desk.issue(lines, {"-o", desk.path("x"), "--dry-run"});
  const Ran file = desk.issue(lines, {"--result", desk.path("x"), "--dry-run"});
  BOOST_TEST(bundles.code == 6);
  BOOST_TEST(file.code == 6);
  BOOST_TEST(bundles.err == file.err);
}

BOOST_AUTO_TEST_CASE(one_kind_of_result_is_asked_for) {
  const Desk desk;
  BOOST_TEST(desk.issue(batch_line("2025A0"), {"--dry-run"}).code == 2);
  BOOST_TEST(desk.issue(batch_line("2025A0"), {"--dry-run", "-o", "x", "--result", "y"}).code == 2);
}

BOOST_AUTO_TEST_CASE(what_is_handed_out_verifies) {
  Desk desk;
  const std::string file = desk.write_batch(desk.issued());
  const std::string id = CertificateChain::id("2025A3").str();
  const Ran ran = desk.cert({"bundle", "take", file, id, "--no-evidence", "-o", desk.path("out")});
  BOOST_TEST(ran.code == 0, ran.err);
  const Bundle taken = read_bundle(desk.read("out/" + id + ".json")).value();
  BOOST_TEST((desk.verify(desk.bundle(taken.document, taken.batch)).verdict == Verdict::VALID));
  // It is there now.
  BOOST_TEST(desk.cert({"bundle", "take", file, id, "--no-evidence", "-o", desk.path("out")}).code != 0);
  const Ran all = desk.cert({"bundle", "take", file, "--all", "--no-evidence", "-o", desk.path("all")});
  BOOST_TEST(all.code == 0, all.err);
  for (int i = 0; i < 5; ++i) {
    BOOST_TEST(desk.exists("all/" + CertificateChain::id("2025A" + std::to_string(i)).str() + ".json"));
  }
}

BOOST_AUTO_TEST_CASE(the_list_says_which_row_became_which_certificate) {
  Desk desk;
  const std::string file = desk.write_batch(desk.issued());
  const Ran ran = desk.cert({"bundle", "list", file});
  BOOST_TEST(ran.code == 0, ran.err);
  BOOST_TEST(holds(ran.out, "source,id\nrows.jsonl:1," + CertificateChain::id("2025A0").str() + "\n"), ran.out);
  const Ran json = desk.cert({"bundle", "list", file, "--json"});
  BOOST_TEST(holds(json.out, R"("source": "rows.jsonl:5")"), json.out);
  BOOST_TEST(holds(json.out, CertificateChain::id("2025A4").str()), json.out);
}

BOOST_AUTO_TEST_CASE(what_is_not_in_the_file_or_not_as_it_was_is_not_handed_out) {
  Desk desk;
  Bytes bytes = desk.issued();
  const std::string file = desk.write_batch(bytes);
  const std::string id = CertificateChain::id("2025A3").str();
  const auto code = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"bundle", "take", file});
    words.insert(words.end(), {"--no-evidence", "-o", desk.path("none")});
    return desk.cert(words).code;
  };
  BOOST_TEST(code({}) == 2);
  BOOST_TEST(code({id, "--all"}) == 2);
  BOOST_TEST(code({CertificateChain::id("2025A9").str()}) == 6);
  const std::string text(as_text(bytes));
  bytes[text.find("2025-05-01", text.find(id)) + 9] ^= 1;
  desk.write_batch(bytes);
  BOOST_TEST(code({id}) == 6);
  bytes.pop_back();
  desk.write_batch(bytes);
  BOOST_TEST(code({id}) == 6);
  BOOST_TEST(!desk.exists("none/" + id + ".json"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::cli
