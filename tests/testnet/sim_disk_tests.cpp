// The simulated disk: a power cut takes exactly what was not synced, torn where a real disk may tear; faults come when
// they are ordered, once or for ever; handles of before the cut are dead.
#include <leveldb/env.h>

#include <boost/test/unit_test.hpp>
#include <set>

#include "testnet/sim_disk.h"

namespace kanhe {
namespace {

Bytes bytes_of(std::string_view text) { return to_bytes(as_bytes(text)); }

std::string read_segment(SimDisk& disk, std::size_t size) {
  const auto segment = disk.open_segment("d/1.seg");
  BOOST_REQUIRE(segment.has_value());
  Bytes bytes(size);
  BOOST_REQUIRE((*segment)->read(0, bytes).has_value());
  return std::string(as_text(bytes));
}

std::unique_ptr<SegmentFile> new_segment(SimDisk& disk) {
  auto segment = disk.create_segment("d/1.seg", 64);
  BOOST_REQUIRE(segment.has_value());
  return std::move(*segment);
}

// A file as LevelDB writes one, through the environment that makes names durable.
std::unique_ptr<leveldb::WritableFile> new_file(SimDisk& disk, const std::string& path) {
  leveldb::WritableFile* file = nullptr;
  BOOST_REQUIRE(disk.env().NewWritableFile(path, &file).ok());
  return std::unique_ptr<leveldb::WritableFile>(file);
}

BOOST_AUTO_TEST_SUITE(sim_disk_tests)

BOOST_AUTO_TEST_CASE(what_was_synced_survives_every_power_cut) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SimDisk disk;
    const auto segment = new_segment(disk);
    BOOST_REQUIRE(segment->write(0, bytes_of("kept")).has_value());
    BOOST_REQUIRE(segment->sync().has_value());
    BOOST_REQUIRE(segment->write(8, bytes_of("open")).has_value());
    disk.crash(seed);
    BOOST_TEST(read_segment(disk, 4) == "kept");
  }
}

// Of two unsynced writes each is there, not there, or there in part, whatever became of the other.
BOOST_AUTO_TEST_CASE(unsynced_writes_of_a_segment_survive_torn_or_not_at_all_in_any_order) {
  std::set<std::string> first;
  std::set<std::pair<bool, bool>> whole;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SimDisk disk;
    const auto segment = new_segment(disk);
    BOOST_REQUIRE(segment->write(0, bytes_of("abcd")).has_value());
    BOOST_REQUIRE(segment->write(8, bytes_of("wxyz")).has_value());
    BOOST_TEST(read_segment(disk, 12).substr(8) == "wxyz");
    disk.crash(seed);
    const std::string content = read_segment(disk, 12);
    first.insert(content.substr(0, 4));
    whole.insert({content.starts_with("abcd"), content.ends_with("wxyz")});
    // Nothing but what was written, from its beginning.
    const std::string begun = content.substr(0, content.find('\0'));
    BOOST_TEST(std::string("abcd").starts_with(begun.substr(0, 4)));
  }
  using namespace std::string_literals;
  BOOST_TEST((first == std::set{"\0\0\0\0"s, "a\0\0\0"s, "ab\0\0"s, "abc\0"s, "abcd"s}));
  BOOST_TEST(whole.size() == 4U);
}

BOOST_AUTO_TEST_CASE(of_an_appended_file_a_beginning_survives) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SimDisk disk;
    const auto file = new_file(disk, "d/log");
    BOOST_REQUIRE(file->Append("ab").ok());
    BOOST_REQUIRE(file->Sync().ok());
    BOOST_REQUIRE(file->Append("cd").ok());
    BOOST_REQUIRE(file->Append("ef").ok());
    disk.crash(seed);
    seen.insert(disk.content("d/log"));
  }
  BOOST_TEST((seen == std::set<std::string>{"ab", "abc", "abcd", "abcde", "abcdef"}));
}

BOOST_AUTO_TEST_CASE(removed_and_renamed_names_come_back_only_if_their_directory_was_not_synced) {
  bool came_back = false;
  bool stayed_away = false;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SimDisk disk;
    BOOST_REQUIRE(new_file(disk, "d/old")->Sync().ok());
    BOOST_REQUIRE(disk.env().RemoveFile("d/old").ok());
    BOOST_TEST(!disk.exists("d/old"));
    disk.crash(seed);
    (disk.exists("d/old") ? came_back : stayed_away) = true;
  }
  BOOST_TEST((came_back && stayed_away));
  SimDisk disk;
  BOOST_REQUIRE(new_file(disk, "d/new.tmp")->Sync().ok());
  BOOST_REQUIRE(disk.env().RenameFile("d/new.tmp", "d/new").ok());
  disk.crash(3);
  BOOST_TEST((disk.exists("d/new") && !disk.exists("d/new.tmp")));
}

BOOST_AUTO_TEST_CASE(a_fault_that_was_ordered_happens_once_and_tears_the_write) {
  SimDisk disk;
  const auto segment = new_segment(disk);
  const std::uint64_t before = disk.operations();
  disk.fail_at(2);
  BOOST_TEST(segment->write(0, bytes_of("abcd")).has_value());
  BOOST_TEST(!segment->write(8, bytes_of("wxyz")).has_value());
  BOOST_TEST(segment->write(16, bytes_of("good")).has_value());
  BOOST_TEST(disk.operations() == before + 3);
  using namespace std::string_literals;
  BOOST_TEST((read_segment(disk, 12) == "abcd\0\0\0\0wx\0\0"s));
}

BOOST_AUTO_TEST_CASE(after_the_power_went_nothing_works_until_it_comes_back) {
  SimDisk disk;
  const auto segment = new_segment(disk);
  BOOST_REQUIRE(segment->write(0, bytes_of("abcd")).has_value());
  disk.power_off_at(1);
  BOOST_TEST(!segment->sync().has_value());
  BOOST_TEST(!segment->write(8, bytes_of("wxyz")).has_value());
  BOOST_TEST(!disk.create_segment("d/2.seg", 8).has_value());
  BOOST_TEST(read_segment(disk, 12).ends_with('\0'));
  disk.crash(1);
  // The handle is of before; a new one works.
  BOOST_TEST(!segment->write(0, bytes_of("abcd")).has_value());
  const auto again = disk.open_segment("d/1.seg");
  BOOST_REQUIRE(again.has_value());
  BOOST_TEST((*again)->write(0, bytes_of("abcd")).has_value());
  BOOST_TEST((*again)->sync().has_value());
}

BOOST_AUTO_TEST_CASE(a_power_cut_frees_locks) {
  SimDisk disk;
  const auto lock = disk.lock_directory("d");
  BOOST_REQUIRE(lock.has_value());
  BOOST_TEST(!disk.lock_directory("d").has_value());
  disk.crash(1);
  const auto after = disk.lock_directory("d");
  BOOST_TEST(after.has_value());
}

BOOST_AUTO_TEST_CASE(the_same_seed_loses_the_same) {
  const auto survivors = [](std::uint64_t seed) {
    SimDisk disk;
    const auto segment = new_segment(disk);
    for (std::uint64_t i = 0; i < 8; ++i) BOOST_REQUIRE(segment->write(8 * i, bytes_of("abcdefgh")).has_value());
    disk.crash(seed);
    return read_segment(disk, 64);
  };
  BOOST_TEST(survivors(4) == survivors(4));
  BOOST_TEST(survivors(4) != survivors(5));
}

BOOST_AUTO_TEST_CASE(a_copy_holds_what_was_visible_and_goes_its_own_way) {
  SimDisk disk;
  const auto segment = new_segment(disk);
  BOOST_REQUIRE(segment->write(0, bytes_of("abcd")).has_value());
  const auto copy = disk.copy();
  copy->crash(1);
  BOOST_TEST(read_segment(*copy, 4) == "abcd");
  copy->corrupt("d/1.seg", "ABCD");
  BOOST_TEST(read_segment(*copy, 4) == "ABCD");
  BOOST_TEST(read_segment(disk, 4) == "abcd");
  copy->remove("d/1.seg");
  BOOST_TEST(copy->files_below("d").empty());
  BOOST_TEST(disk.files_below("d").size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe
