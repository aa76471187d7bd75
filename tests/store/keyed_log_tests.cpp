// The keyed log: each key's entries in their order, page by page, after a restart too, and damage is an error.
#include "ledger/keyed_log.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "ledger/hash.h"
#include "tests/support/temporary_directory.h"

namespace kanhe {
namespace {

Hash256 key(std::string_view name) { return sha256(as_bytes(name)); }

std::vector<std::string> texts(const KeyedLog& log, std::string_view name, std::uint64_t from = 1,
                               std::size_t count = 100) {
  std::vector<std::string> all;
  const auto entries = log.entries(key(name), from, count).value();
  for (const KeyedEntry& entry : entries) all.push_back(entry.text);
  return all;
}

using Texts = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(keyed_log_tests)

BOOST_AUTO_TEST_CASE(each_key_has_its_own_entries_in_their_order_also_after_a_restart) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/log";
  {
    const auto log = KeyedLog::open(path).value();
    log->append(std::vector{key("a"), key("b")}, "one").value();
    log->append({}, "nobody's").value();
    log->append(std::vector{key("b")}, "two").value();
  }
  const auto log = KeyedLog::open(path).value();
  log->append(std::vector{key("a")}, "three").value();
  BOOST_TEST((texts(*log, "a") == Texts{"one", "three"}));
  BOOST_TEST((texts(*log, "b") == Texts{"one", "two"}));
  const auto newest = [&log](std::string_view name) { return log->newest(key(name)).value(); };
  BOOST_TEST((newest("a")->text == "three" && newest("a")->number == 3));
  BOOST_TEST((newest("b")->text == "two" && newest("b")->number == 2));
  BOOST_TEST(!newest("c"));
  BOOST_TEST(!log->newest(Hash256()).value());
  BOOST_TEST(texts(*log, "c").empty());
  const auto first = log->entries(key("a"), 1, 1).value();
  BOOST_REQUIRE_EQUAL(first.size(), 1u);
  BOOST_TEST((texts(*log, "a", first[0].number + 1) == Texts{"three"}));
}

BOOST_AUTO_TEST_CASE(numbers_ascend_over_all_keys_and_beyond_a_byte) {
  const TemporaryDirectory directory;
  const auto log = KeyedLog::open(directory.path() + "/log").value();
  for (int i = 0; i < 600; ++i) log->append(std::vector{key(i % 2 == 0 ? "a" : "b")}, std::to_string(i)).value();
  std::uint64_t last = 0;
  std::size_t found = 0;
  for (std::uint64_t from = 1;;) {
    const auto page = log->entries(key("a"), from, 128).value();
    if (page.empty()) break;
    for (const KeyedEntry& entry : page) {
      BOOST_TEST(entry.number > last);
      BOOST_TEST(entry.text == std::to_string(2 * found++));
      last = entry.number;
    }
    from = last + 1;
  }
  BOOST_TEST(found == 300u);
}

BOOST_AUTO_TEST_CASE(one_process_has_it_and_a_place_that_cannot_be_opened_is_named) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/log";
  const auto log = KeyedLog::open(path).value();
  BOOST_TEST(!KeyedLog::open(path).has_value());
  const auto nowhere = KeyedLog::open("/nowhere/at/all");
  BOOST_REQUIRE(!nowhere.has_value());
  BOOST_TEST((nowhere.error().code == ErrorCode::io));
  BOOST_TEST(nowhere.error().text.find("/nowhere/at/all") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(damage_is_an_error) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/log";
  { KeyedLog::open(path).value()->append(std::vector{key("a")}, std::string(1'000, 'x')).value(); }
  { KeyedLog::open(path).value(); }  // what was appended stands in a table now
  for (const auto& file : std::filesystem::directory_iterator(path)) {
    if (file.path().extension() != ".ldb") continue;
    std::fstream table(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    table.seekp(60);
    table.write("damage", 6);
  }
  const auto log = KeyedLog::open(path);
  const bool is_told = !log || !(*log)->entries(key("a"), 1, 1).has_value();
  BOOST_TEST(is_told);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe
