// ReadOnlyFiles: what is written through it is there for it, and the disk is as it was.
#include <boost/test/unit_test.hpp>
#include <leveldb/env.h>

#include "ledger/read_only_files.h"
#include "testnet/sim_disk.h"

namespace kanhe {
namespace {

BOOST_AUTO_TEST_SUITE(read_only_files_tests)

BOOST_AUTO_TEST_CASE(what_is_written_stays_above_the_disk) {
  SimDisk disk;
  const auto write = [](leveldb::Env& env, const std::string& name, const std::string& text) {
    BOOST_REQUIRE(leveldb::WriteStringToFile(&env, text, name).ok());
  };
  const auto read = [](leveldb::Env& env, const std::string& name) {
    std::string text;
    return leveldb::ReadFileToString(&env, name, &text).ok() ? text : "(none)";
  };
  BOOST_REQUIRE(disk.create_directory("d").has_value());
  write(disk.env(), "d/a", "one");
  write(disk.env(), "d/b", "two");
  ReadOnlyFiles view(disk);
  leveldb::Env& env = view.env();
  write(env, "d/a", "changed");
  write(env, "d/c", "new");
  BOOST_REQUIRE(env.RenameFile("d/b", "d/e").ok());
  leveldb::WritableFile* appended = nullptr;
  BOOST_REQUIRE(env.NewAppendableFile("d/e", &appended).ok());
  BOOST_REQUIRE(appended->Append(" more").ok());
  delete appended;
  BOOST_TEST(read(env, "d/a") == "changed");
  BOOST_TEST(read(env, "d/b") == "(none)");
  BOOST_TEST(read(env, "d/e") == "two more");
  std::vector<std::string> names;
  BOOST_REQUIRE(env.GetChildren("d", &names).ok());
  std::erase_if(names, [](const std::string& name) { return name == "." || name == ".."; });
  BOOST_TEST(names == (std::vector<std::string>{"a", "c", "e"}), boost::test_tools::per_element());
  BOOST_REQUIRE(env.RemoveFile("d/a").ok());
  BOOST_TEST(!env.FileExists("d/a"));
  BOOST_TEST(read(disk.env(), "d/a") == "one");
  BOOST_TEST(read(disk.env(), "d/b") == "two");
  BOOST_TEST(read(disk.env(), "d/c") == "(none)");
}

// A segment is taken into memory whole with its first change.
BOOST_AUTO_TEST_CASE(a_segment_changes_for_the_view_alone) {
  SimDisk disk;
  BOOST_REQUIRE(disk.create_directory("d").has_value());
  auto segment = disk.create_segment("d/1.seg", 16).value();
  BOOST_REQUIRE(segment->write(0, Bytes{1, 2, 3, 4}).has_value());
  ReadOnlyFiles view(disk);
  auto seen = view.open_segment("d/1.seg").value();
  BOOST_REQUIRE(seen->write(1, Bytes{9}).has_value());
  BOOST_REQUIRE(seen->zero_from(3).has_value());
  Bytes there(4);
  BOOST_REQUIRE(seen->read(0, there).has_value());
  BOOST_TEST(there == (Bytes{1, 9, 3, 0}), boost::test_tools::per_element());
  BOOST_REQUIRE(segment->read(0, there).has_value());
  BOOST_TEST(there == (Bytes{1, 2, 3, 4}), boost::test_tools::per_element());
  BOOST_TEST(!seen->read(14, there).has_value());
  BOOST_TEST(view.create_segment("d/2.seg", 8).value()->size() == 8u);
  BOOST_TEST(!disk.exists("d/2.seg"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe
