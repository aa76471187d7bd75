// The read register: per party, in order, page by page, and still there after a restart.
#include "node/read_register.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/contract_network.h"
#include "tests/support/temporary_directory.h"

namespace kanhe::node {
namespace {

QueryLine line_about(std::vector<std::string_view> names, std::string_view what) {
  QueryLine line;
  line.time_ms = Timestamp(1'000);
  line.department = ContractNetwork::department("registry");
  line.purpose = PurposeCode::from("test").value();
  line.what = PlainText<96>::from(what).value();
  for (const std::string_view name : names) line.concerned.push_back(ContractNetwork::person(name));
  return line;
}

std::vector<std::string> targets_of(const ReadRegister& reads, std::string_view name, std::uint64_t from = 1,
                                    std::size_t count = 100) {
  std::vector<std::string> targets;
  const auto told = reads.reads_of(ContractNetwork::person(name), from, count).value();
  for (const certs::PartyRead& read : told) {
    targets.push_back(read.what.str());
  }
  return targets;
}

using Targets = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(read_register_tests)

BOOST_AUTO_TEST_CASE(each_party_has_its_own_reads_in_their_order_also_after_a_restart) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/reads";
  {
    const auto reads = ReadRegister::open(path).value();
    reads->append(line_about({"ann", "bob"}, "/1")).value();
    reads->append(line_about({}, "/2")).value();
    reads->append(line_about({"bob"}, "/3")).value();
  }
  const auto reads = ReadRegister::open(path).value();
  reads->append(line_about({"ann"}, "/4")).value();
  BOOST_TEST((targets_of(*reads, "ann") == Targets{"/1", "/4"}));
  BOOST_TEST((targets_of(*reads, "bob") == Targets{"/1", "/3"}));
  BOOST_TEST(targets_of(*reads, "eve").empty());
  const auto first = reads->reads_of(ContractNetwork::person("ann"), 1, 1).value();
  BOOST_REQUIRE_EQUAL(first.size(), 1u);
  BOOST_TEST((targets_of(*reads, "ann", first[0].number + 1) == Targets{"/4"}));
}

BOOST_AUTO_TEST_CASE(many_are_read_page_by_page) {
  const TemporaryDirectory directory;
  const auto reads = ReadRegister::open(directory.path() + "/reads").value();
  for (int i = 0; i < 600; ++i) reads->append(line_about({"ann"}, "/" + std::to_string(i))).value();
  std::size_t found = 0;
  for (std::uint64_t from = 1;;) {
    const auto page = reads->reads_of(ContractNetwork::person("ann"), from, 256).value();
    if (page.empty()) break;
    for (const certs::PartyRead& read : page) BOOST_TEST(read.what.str() == "/" + std::to_string(found++));
    from = page.back().number + 1;
  }
  BOOST_TEST(found == 600u);
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_opened_is_named) {
  const auto reads = ReadRegister::open("/nowhere/at/all");
  BOOST_REQUIRE(!reads.has_value());
  BOOST_TEST(reads.error().text.find("/nowhere/at/all") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe::node
