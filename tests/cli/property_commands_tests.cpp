// kanhe property import, as far as it goes without a node: the table and the mapping are read and checked, faults go
// into a report, and nothing of an identity number is shown. The run against a ledger is import_run_tests.
#include <boost/test/unit_test.hpp>

#include "cli/csv.h"
#include "tests/cli/command_line.h"
#include "tests/cli/import_tables.h"

namespace kanhe::cli {
namespace {

struct Desk : Files {
  Desk() {
    write("m.toml", small_mapping);
    write("pepper.key", std::string(64, 'a') + "\n", 0600);
  }
  Ran import(const std::string& table, std::vector<std::string> more = {}) const {
    write("t.csv", table);
    more.insert(more.begin(),
                {"property", "import", path("t.csv"), "--mapping", path("m.toml"), "--pepper", path("pepper.key")});
    return run_words(more);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(property_commands_tests)

BOOST_AUTO_TEST_CASE(a_dry_run_reads_everything_and_sends_nothing) {
  const Desk desk;
  const Ran ran =
      desk.import(small_header + "1000000001,2014-01-01,1\n1000000001,2014-02-01,1\n1000000002,2014-01-01,1\n",
                  {"--dry-run", "--json"});
  BOOST_TEST(ran.code == 0, ran.err);
  BOOST_TEST(holds(ran.out, "\"rows\": \"3\""));
  BOOST_TEST(holds(ran.out, "\"units\": \"2\""));
  BOOST_TEST(holds(ran.out, "\"open\": \"3\""));
  BOOST_TEST(!desk.exists("t.csv.report.csv"));
}

BOOST_AUTO_TEST_CASE(faults_go_into_a_report_with_line_column_field_limit_and_value) {
  const Desk desk;
  const Ran ran = desk.import(small_header + "1000000001,2014-02-30,1\n1000000002,2014-01-01,1\n",
                              {"-n", "--report", desk.path("r.csv")});
  BOOST_TEST(ran.code == 6);
  BOOST_TEST(holds(ran.out, desk.path("r.csv")));
  const auto report = read_csv(desk.read("r.csv"));
  BOOST_REQUIRE(report.has_value());
  BOOST_REQUIRE(report->rows.size() == 1u);
  const auto& fields = report->rows[0].fields;
  BOOST_TEST(fields[report->column("line").value()] == "2");
  BOOST_TEST(fields[report->column("column").value()] == "sold_on");
  BOOST_TEST(fields[report->column("field").value()] == "effective_ms");
  BOOST_TEST(fields[report->column("limit").value()] == "YYYY-MM-DD");
  BOOST_TEST(fields[report->column("value").value()] == "2014-02-30");
}

BOOST_AUTO_TEST_CASE(a_report_is_private_and_does_not_outlive_its_faults) {
  const Desk desk;
  const std::string report = desk.path("t.csv.report.csv");
  BOOST_TEST(desk.import(small_header + "1000000001,2014-02-30,1\n", {"-n"}).code == 6);
  BOOST_TEST((std::filesystem::status(report).permissions() ==
              (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)));
  BOOST_TEST(read_csv(desk.read("t.csv.report.csv"))->rows.size() == 1u);
  const Ran corrected = desk.import(small_header + "1000000001,2014-02-28,1\n", {"-n", "--json"});
  BOOST_TEST(corrected.code == 0);
  BOOST_TEST(holds(corrected.out, "\"report\": \"\""));
  BOOST_TEST(read_csv(desk.read("t.csv.report.csv"))->rows.empty());
}

BOOST_AUTO_TEST_CASE(a_table_or_mapping_that_does_not_read_is_malformed_input) {
  const Desk desk;
  const Ran table = desk.import(small_header + "1,\"2\n", {"-n"});
  BOOST_TEST(table.code == 6);
  BOOST_TEST(holds(table.err, "t.csv: line 2"));
  desk.write("m.toml", "[columns]\n");
  const Ran mapping = desk.import(small_header, {"-n"});
  BOOST_TEST(mapping.code == 6);
  BOOST_TEST(holds(mapping.err, "m.toml"));
}

BOOST_AUTO_TEST_CASE(a_pepper_that_others_can_read_is_refused) {
  const Desk desk;
  desk.write("pepper.key", std::string(64, 'a') + "\n", 0644);
  BOOST_TEST(desk.import(small_header, {"-n"}).code == 4);
  desk.write("pepper.key", "short\n", 0600);
  const Ran ran = desk.import(small_header, {"-n"});
  BOOST_TEST(ran.code == 6);
  BOOST_TEST(!holds(ran.err, "short\n"));
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_said) {
  const Desk desk;
  BOOST_TEST(run_words({"property", "import", desk.path("t.csv")}).code == 2);
  const Ran node = desk.import(small_header + "1000000001,2014-01-01,1\n");
  BOOST_TEST(node.code == 2);
  BOOST_TEST(holds(node.err, "--genesis"));
  BOOST_TEST(desk.import(small_header, {"--window", "0"}).code == 2);
  BOOST_TEST(desk.import(small_header, {"--window", "4097"}).code == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::cli
