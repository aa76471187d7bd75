#include "ledger/files.h"

#include <leveldb/env.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "testnet/sim_disk.h"
#include "tests/support/temporary_directory.h"

using namespace kanhe;

namespace {

Bytes bytes_of(std::string_view text) { return to_bytes(as_bytes(text)); }

std::string text_at(const SegmentFile& file, std::uint64_t offset, std::size_t size) {
  Bytes bytes(size);
  BOOST_REQUIRE(file.read(offset, bytes).has_value());
  return std::string(as_text(bytes));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(files_tests)

BOOST_AUTO_TEST_CASE(directories_are_created_with_those_above_them) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/a/b/c";
  BOOST_TEST(system_files().create_directory(path).has_value());
  BOOST_TEST(std::filesystem::is_directory(path));
  BOOST_TEST(system_files().create_directory(path).has_value());
}

BOOST_AUTO_TEST_CASE(a_file_in_the_place_of_a_directory_is_named) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/a";
  BOOST_REQUIRE(system_files().create_segment(path, 10).has_value());
  const auto created = system_files().create_directory(path);
  BOOST_REQUIRE(!created);
  BOOST_TEST(created.error().text.find(path) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_locked_directory_keeps_others_out_until_it_is_given_up) {
  const TemporaryDirectory directory;
  auto lock = system_files().lock_directory(directory.path());
  BOOST_REQUIRE(lock.has_value());
  const auto second = system_files().lock_directory(directory.path());
  BOOST_REQUIRE(!second);
  BOOST_TEST((second.error().code == ErrorCode::busy));
  BOOST_TEST(second.error().text.find(directory.path()) != std::string::npos);
  lock->reset();
  BOOST_TEST(system_files().lock_directory(directory.path()).has_value());
}

BOOST_AUTO_TEST_CASE(a_segment_reads_as_zeros_where_it_was_not_written) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/segment";
  {
    auto file = system_files().create_segment(path, 1'000).value();
    BOOST_TEST(file->write(10, bytes_of("hello")).has_value());
    BOOST_TEST(file->sync().has_value());
  }
  const auto file = system_files().open_segment(path).value();
  BOOST_TEST(file->size() == 1'000u);
  BOOST_TEST(text_at(*file, 9, 7) == std::string("\0hello\0", 7));
  BOOST_TEST(file->zero_from(12).has_value());
  BOOST_TEST(file->size() == 1'000u);
  BOOST_TEST(text_at(*file, 9, 7) == std::string("\0he\0\0\0\0", 7));
  Bytes beyond(2);
  BOOST_TEST(!file->read(999, beyond).has_value());
}

BOOST_AUTO_TEST_CASE(a_segment_that_does_not_exist_is_unknown) {
  const auto file = system_files().open_segment("/nonexistent/segment");
  BOOST_REQUIRE(!file);
  BOOST_TEST((file.error().code == ErrorCode::unknown));
}

BOOST_AUTO_TEST_CASE(a_segment_that_cannot_be_created_names_its_path) {
  const auto file = system_files().create_segment("/nonexistent/segment", 10);
  BOOST_REQUIRE(!file);
  BOOST_TEST((file.error().code == ErrorCode::io));
  BOOST_TEST(file.error().text.find("/nonexistent/segment") != std::string::npos);
}

// The simulated disk has to be able to lose things, or the tests that run on it prove nothing.
BOOST_AUTO_TEST_CASE(the_simulated_disk_keeps_what_was_synced_and_may_lose_the_rest) {
  bool lost = false, kept = false, torn = false;
  for (std::uint64_t seed = 0; seed < 64; ++seed) {
    SimDisk files;
    auto file = files.create_segment("d/segment", 100).value();
    BOOST_REQUIRE(file->write(0, bytes_of("synced")).has_value());
    BOOST_REQUIRE(file->sync().has_value());
    BOOST_REQUIRE(file->write(6, bytes_of("loose")).has_value());
    files.crash(seed);
    BOOST_TEST(!file->write(20, bytes_of("stale handle")).has_value());
    const auto survivor = files.open_segment("d/segment").value();
    BOOST_REQUIRE(text_at(*survivor, 0, 6) == "synced");
    const std::string rest = text_at(*survivor, 6, 5);
    if (rest == "loose") {
      kept = true;
    } else if (rest[0] == '\0') {
      lost = true;
    } else {
      torn = true;
    }
  }
  BOOST_TEST((lost && kept && torn));
}

BOOST_AUTO_TEST_CASE(a_failed_sync_of_the_simulated_disk_is_not_made_good_by_the_next) {
  SimDisk files;
  auto file = files.create_segment("d/segment", 100).value();
  BOOST_REQUIRE(file->write(0, bytes_of("lost")).has_value());
  files.fail_at(1);
  BOOST_TEST(!file->sync().has_value());
  BOOST_TEST(file->sync().has_value());
  BOOST_TEST(text_at(*file, 0, 4) == "lost");
  files.crash(1);
  BOOST_TEST(text_at(*files.open_segment("d/segment").value(), 0, 4) == std::string(4, '\0'));
}

// Test of the environment that LevelDB gets: a name is durable once the file exists.
BOOST_AUTO_TEST_CASE(new_and_renamed_files_of_the_database_survive_a_power_cut) {
  for (std::uint64_t seed = 0; seed < 32; ++seed) {
    SimDisk files;
    leveldb::WritableFile* file = nullptr;
    BOOST_REQUIRE(files.env().NewWritableFile("db/000003.log", &file).ok());
    BOOST_REQUIRE(file->Append("record").ok());
    BOOST_REQUIRE(file->Sync().ok());
    delete file;
    BOOST_REQUIRE(files.env().RenameFile("db/000003.log", "db/CURRENT").ok());
    files.crash(seed);
    BOOST_REQUIRE(files.exists("db/CURRENT"));
    BOOST_TEST(!files.exists("db/000003.log"));
    BOOST_TEST(files.content("db/CURRENT") == "record");
  }
}

BOOST_AUTO_TEST_SUITE_END()
