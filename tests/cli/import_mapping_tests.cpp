// A mapping makes of a table the entries it describes, whatever the order of the rows; each fault is reported with its
// line, column, field, limit and value, and keeps out its unit and nothing else. The mapping of King County is tried on
// the whole table where KANHE_KING_COUNTY names it.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <set>
#include <sstream>

#include "cli/import_mapping.h"
#include "tests/cli/import_tables.h"

namespace kanhe::cli {
namespace {

using contracts::property::RightKind;
using contracts::property::Usage;

std::string mapping_fault(const std::string& toml) {
  const auto mapping = read_import_mapping(toml, "m.toml");
  BOOST_REQUIRE(!mapping.has_value());
  return mapping.error().text;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(import_mapping_tests)

BOOST_AUTO_TEST_CASE(a_row_becomes_the_entry_that_the_mapping_describes) {
  const ImportPlan plan = plan_of(small_header + "1525079056,2014-05-02,284000\n");
  BOOST_TEST(plan.faults.empty());
  BOOST_TEST(plan.rows_planned == 1u);
  BOOST_REQUIRE(plan.units.size() == 1u);
  BOOST_TEST(plan.units[0].number.str() == "110101152507GB09056F00010001");
  const PlannedRow& row = plan.units[0].rows.at(0);
  BOOST_TEST(row.line == 2u);
  BOOST_TEST(row.arguments.row.str() == "1525079056/2014-05-02");
  BOOST_TEST((row.arguments.unit == plan.units[0].number));
  BOOST_TEST((row.arguments.usage == Usage::residential));
  BOOST_TEST((row.arguments.right == RightKind::state_land_use_and_house));
  BOOST_TEST(row.arguments.effective_ms.value() == 1'399'017'600'000u);  // 2014-05-02 00:00 at -08:00
  BOOST_REQUIRE(row.arguments.holders.size() == 1u);
  BOOST_TEST((row.arguments.holders[0].party == made_up_party("other", "KC-1525079056-1").value()));
}

BOOST_AUTO_TEST_CASE(rows_of_a_unit_are_numbered_in_the_order_of_their_dates_however_the_table_is_shuffled) {
  std::vector<std::string> lines;
  for (int parcel = 0; parcel < 20; ++parcel) {
    for (int sale = 0; sale <= parcel % 4; ++sale) {
      char line[48];
      std::snprintf(line, sizeof line, "%010d,2014-%02d-%02d,1\n", 1'000'000'000 + parcel, 1 + sale, 1 + parcel);
      lines.emplace_back(line);
    }
  }
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    std::ranges::shuffle(lines, random);
    std::string csv = small_header;
    for (const std::string& line : lines) csv += line;
    const ImportPlan plan = plan_of(csv);
    BOOST_TEST(plan.faults.empty());
    BOOST_TEST(plan.rows_planned == lines.size());
    for (const PlannedUnit& unit : plan.units) {
      for (std::size_t n = 0; n < unit.rows.size(); ++n) {
        const auto& arguments = unit.rows[n].arguments;
        const std::string parcel = arguments.row.str().substr(0, 10);
        BOOST_TEST((arguments.holders.at(0).party ==
                    made_up_party("other", "KC-" + parcel + "-" + std::to_string(n + 1)).value()));
        if (n > 0) BOOST_TEST((unit.rows[n - 1].arguments.effective_ms < arguments.effective_ms));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_faulty_row_is_reported_with_its_place_and_keeps_out_its_unit_only) {
  const ImportPlan plan = plan_of(small_header +
                                  "1000000001,2014-01-01,1\n"
                                  "1000000002,2014-02-30,1\n"  // no such day
                                  "1000000002,2014-03-01,1\n"  // of the same unit
                                  "100000003,2014-01-01,1\n"   // nine digits
                                  "1000000004,2014-01-01\n"    // two fields
                                  "A000000005,2014-01-01,1\n"  // no unit number
                                  "1000000006,2014-01-01,1\n");
  BOOST_TEST(plan.rows_planned == 2u);
  BOOST_REQUIRE(plan.faults.size() == 5u);
  const auto& [day, held, digits, width, unit] =
      std::tie(plan.faults[0], plan.faults[1], plan.faults[2], plan.faults[3], plan.faults[4]);
  BOOST_TEST(day.line == 3u);
  BOOST_TEST(day.column == "sold_on");
  BOOST_TEST(day.field == "effective_ms");
  BOOST_TEST(day.code == "out_of_range");
  BOOST_TEST(day.limit == "YYYY-MM-DD");
  BOOST_TEST(day.value == "2014-02-30");
  BOOST_TEST(held.line == 4u);
  BOOST_TEST(held.code == "held_back");
  BOOST_TEST(held.limit == "line 3");
  BOOST_TEST(digits.line == 5u);
  BOOST_TEST(digits.column == "parcel");
  BOOST_TEST(digits.limit == "10");
  BOOST_TEST(digits.value == "100000003");
  BOOST_TEST(width.line == 6u);
  BOOST_TEST(width.limit == "3");
  BOOST_TEST(width.value == "2");
  BOOST_TEST(unit.line == 7u);
  BOOST_TEST(unit.code == "unit_number_area");
  BOOST_TEST(unit.field == "unit");
  BOOST_TEST(unit.value == "A000000005");
}

BOOST_AUTO_TEST_CASE(a_key_that_stands_twice_is_a_fault) {
  const ImportPlan plan = plan_of(small_header + "1000000001,2014-01-01,1\n1000000001,2014-01-01,2\n");
  BOOST_TEST(plan.rows_planned == 0u);
  BOOST_REQUIRE(plan.faults.size() == 2u);
  BOOST_TEST(plan.faults[0].code == "held_back");
  BOOST_TEST(plan.faults[1].code == "duplicate");
  BOOST_TEST(plan.faults[1].limit == "line 2");
}

BOOST_AUTO_TEST_CASE(every_planned_or_faulty_row_is_accounted_for) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    std::string csv = small_header;
    std::set<std::size_t> lines;
    for (std::size_t line = 2; line < 2 + random() % 20; ++line) {
      const std::string parcel = std::to_string(1'000'000'000 + random() % 5);
      const std::string day = std::to_string(10 + random() % 25);
      csv += parcel.substr(0, random() % 8 == 0 ? 9 : 10) + ",2014-01-" + day + (random() % 9 == 0 ? "" : ",1") + "\n";
      lines.insert(line);
    }
    const ImportPlan plan = plan_of(csv);
    std::set<std::size_t> seen;
    for (const PlannedUnit& unit : plan.units) {
      for (const PlannedRow& row : unit.rows) BOOST_TEST(seen.insert(row.line).second);
    }
    BOOST_TEST(seen.size() == plan.rows_planned);
    for (const RowFault& fault : plan.faults) seen.insert(fault.line);
    for (const std::size_t line : lines) {
      if (csv.size() > small_header.size()) BOOST_TEST(seen.contains(line) == true);
    }
  }
}

BOOST_AUTO_TEST_CASE(values_are_translated_and_holders_with_shares_or_left_out) {
  std::string toml = with(small_mapping, "date = \"sold_on\"",
                          "date = \"sold_on\"\nuse = \"use\"\ntwo = \"second\"\nshare = \"share\"");
  toml = with(toml, "usage = \"residential\"", "usage = \"{use}\"");
  toml = with(toml, "number = \"KC-{p}-{nth}\"\n",
              "number = \"KC-{p}-{nth}\"\nshare = \"{share}\"\n[[entry.holders]]\nid_type = \"record\"\n"
              "number = \"{two}\"\nshare = \"{share}\"\nskip_when_empty = \"two\"\n"
              "[values.usage]\n\"住宅\" = \"residential\"\n[values.id_type]\nrecord = \"other\"\n");
  const std::string header = "parcel,sold_on,use,second,share\n";
  const ImportPlan plan = plan_of(header +
                                      "1000000001,2014-01-01,住宅,,\n"
                                      "1000000002,2014-01-01,ancillary,x,1/2\n"
                                      "1000000003,2014-01-01,车库,,\n"
                                      "1000000004,2014-01-01,住宅,,half\n",
                                  toml);
  BOOST_REQUIRE(plan.units.size() == 2u);
  BOOST_TEST(plan.units[0].rows[0].arguments.holders.size() == 1u);
  BOOST_TEST(!plan.units[0].rows[0].arguments.holders[0].share.has_value());
  BOOST_TEST((plan.units[1].rows[0].arguments.usage == Usage::ancillary));
  BOOST_REQUIRE(plan.units[1].rows[0].arguments.holders.size() == 2u);
  BOOST_TEST(plan.units[1].rows[0].arguments.holders[1].share->denominator.value() == 2u);
  BOOST_REQUIRE(plan.faults.size() == 2u);
  BOOST_TEST(plan.faults[0].limit == "residential, ancillary, non_residential");
  BOOST_TEST(plan.faults[0].value == "车库");
  BOOST_TEST(plan.faults[1].field == "holders.1.share");
  BOOST_TEST(plan.faults[1].value == "half");
}

BOOST_AUTO_TEST_CASE(a_sliced_column_says_its_length) {
  const std::string text = mapping_fault(with(small_mapping, ", length = 10", ""));
  BOOST_TEST(text.find("columns.p: is sliced in \"110101{p1..3}") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(faults_of_a_mapping_are_all_named_with_line_and_key) {
  std::string toml = with(small_mapping, "date = \"sold_on\"", "date = 7\nNth = \"a\"");
  toml = with(toml, "row = \"{p}/{date}\"", "row = \"{p}/{day}\"\nprice = \"x\"");
  toml = with(toml, "YYYY-MM-DD", "Y-M-D");
  toml = with(toml, "-08:00", "-8");
  toml = with(toml, "[[entry.holders]]", "[holders]");
  const std::string text = mapping_fault(toml);
  for (const auto* part : {"m.toml:4: columns.date: ", "m.toml:5: columns.Nth: ", "m.toml:8: entry.row: {day}",
                           "m.toml:9: entry.price: is no key", "entry.date_format: ", "entry.utc_offset: ",
                           "entry.holders: must be 1 to 32 tables", "holders: is no key"}) {
    BOOST_TEST(text.find(part) != std::string::npos, part << " is not in\n" << text);
  }
  BOOST_TEST(mapping_fault("[columns\n").starts_with("m.toml:1: "));
  BOOST_TEST(mapping_fault("").find("entry: must be a table") != std::string::npos);
  BOOST_TEST(mapping_fault(with(small_mapping, "unit = \"110101", "unit = \"{nth}")).find("follows from it") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_table_without_a_column_of_the_mapping_is_refused) {
  const auto table = read_csv("parcel,day\n1,2\n");
  const auto plan = plan_import(mapping_of(small_mapping), *table, made_up_party);
  BOOST_REQUIRE(!plan.has_value());
  BOOST_TEST(plan.error().text == "the table has no column \"sold_on\"");
}

BOOST_AUTO_TEST_CASE(the_report_is_a_table_that_reads_back) {
  const std::vector<RowFault> faults{{3, "a+b", "unit", "held_back", "line 2", "x,\"y\"", "为什么, why\nreally"}};
  const auto table = read_csv(report_of(faults));
  BOOST_REQUIRE(table.has_value());
  BOOST_REQUIRE(table->rows.size() == 1u);
  BOOST_TEST(table->rows[0].fields[table->column("line").value()] == "3");
  BOOST_TEST(table->rows[0].fields[table->column("value").value()] == "x,\"y\"");
  BOOST_TEST(table->rows[0].fields[table->column("text").value()] == "为什么, why\nreally");
}

BOOST_AUTO_TEST_CASE(the_mapping_of_king_county_fits_its_table) {
  const std::string toml = text_of(std::string(KANHE_SOURCE_DIR) + "/testnet/king-county.toml");
  const ImportMapping mapping = mapping_of(toml);
  const char* const path = std::getenv("KANHE_KING_COUNTY");
  if (path == nullptr) {
    std::cerr << "skipped: KANHE_KING_COUNTY names no king-county-sales.csv, so only its mapping was read\n";
    return;
  }
  const auto table = read_csv(text_of(path));
  BOOST_REQUIRE(table.has_value());
  const auto plan = plan_import(mapping, *table, made_up_party);
  BOOST_REQUIRE(plan.has_value());
  BOOST_TEST(plan->faults.empty());
  BOOST_TEST(plan->rows_planned == 1'981u);
  BOOST_TEST(plan->units.size() == 1'890u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::cli
