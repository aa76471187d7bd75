// Local files: a new one takes nobody's place, replacing is all or nothing and keeps the mode, and reading has its
// limit.
#include "cli/local_file.h"

#include <boost/test/unit_test.hpp>

#include "tests/cli/command_line.h"

namespace kanhe::cli {
namespace {

using std::filesystem::perms;

perms mode_of(const std::string& path) { return std::filesystem::status(path).permissions(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(local_file_tests)

BOOST_AUTO_TEST_CASE(a_new_file_takes_nobodys_place) {
  const Files files;
  for (const Durability durability : {Durability::at_once, Durability::later}) {
    const std::string name = durability == Durability::later ? "later" : "at_once";
    const std::string path = files.path(name);
    BOOST_TEST(write_new_local_file(path, "one", FileMode::private_to_owner, durability).has_value());
    BOOST_TEST((mode_of(path) == (perms::owner_read | perms::owner_write)));
    const auto again = write_new_local_file(path, "two", FileMode::shared, durability);
    BOOST_TEST((again.error().code == ErrorCode::duplicate));
    BOOST_TEST(files.read(name) == "one");
  }
  BOOST_TEST(sync_files(files.directory.path()).has_value());
}

BOOST_AUTO_TEST_CASE(replacing_gives_the_whole_new_text_and_the_mode_that_was_asked_for) {
  const Files files;
  const std::string path = files.write("a", "a longer text than the new one", 0644);
  BOOST_TEST(replace_local_file(path, "new", FileMode::private_to_owner).has_value());
  BOOST_TEST(files.read("a") == "new");
  BOOST_TEST((mode_of(path) == (perms::owner_read | perms::owner_write)));
  BOOST_TEST(replace_local_file(files.path("b"), "there was none", FileMode::shared).has_value());
  // Nothing is left beside them.
  BOOST_TEST(files_below(files.directory.path(), "").value().size() == 2u);
}

BOOST_AUTO_TEST_CASE(reading_has_a_limit) {
  const Files files;
  const std::string path = files.write("a", std::string(1'000, 'x'));
  BOOST_TEST(read_local_file(path, 1'000).value().size() == 1'000u);
  BOOST_TEST((read_local_file(path, 999).error().code == ErrorCode::out_of_range));
  BOOST_TEST((read_local_file(files.path("none"), 1).error().code == ErrorCode::unknown));
}

BOOST_AUTO_TEST_CASE(a_directory_stands_for_its_files_with_the_ending_in_order) {
  const Files files;
  std::filesystem::create_directories(files.path("d/inner"));
  for (const auto* name : {"d/b.json", "d/a.json", "d/inner/c.json", "d/a.txt"}) files.write(name, "");
  const auto found = files_below(files.path("d"), ".json");
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST((*found == std::vector<std::string>{files.path("d/a.json"), files.path("d/b.json"),
                                                 files.path("d/inner/c.json")}));
  BOOST_TEST((files_below(files.path("d"), ".toml").error().code == ErrorCode::unknown));
  BOOST_TEST((files_below(files.path("x"), ".json").value() == std::vector<std::string>{files.path("x")}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::cli
