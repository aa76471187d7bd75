// Large file: nothing stands in its place before it is complete, nothing that stands there is replaced, and lines are
// the same wherever the reads happen to end.
#include "cli/large_file.h"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "tests/cli/command_line.h"

namespace kanhe::cli {
namespace {

std::size_t files_in(const Files& files) {
  const std::filesystem::directory_iterator entries(files.directory.path());
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

std::vector<std::string> lines_of(const std::string& path) {
  LineReader reader = LineReader::open(path).value();
  std::vector<std::string> lines;
  for (std::string_view line; reader.next(line).value();) lines.emplace_back(line);
  return lines;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(large_file_tests)

BOOST_AUTO_TEST_CASE(a_file_is_in_its_place_only_when_it_is_kept) {
  const Files files;
  {
    NewLargeFile file = NewLargeFile::create(files.path("x"), FileMode::private_to_owner).value();
    BOOST_REQUIRE(file.write(as_bytes("one ")).has_value());
    BOOST_TEST(!files.exists("x"));
    BOOST_REQUIRE(file.write(as_bytes("two")).has_value());
    BOOST_REQUIRE(file.keep().has_value());
    BOOST_TEST(files.read("x") == "one two");
  }
  struct stat about {};
  BOOST_REQUIRE(::stat(files.path("x").c_str(), &about) == 0);
  BOOST_TEST((about.st_mode & 0777) == 0600u);
  BOOST_TEST(files_in(files) == 1u);
}

BOOST_AUTO_TEST_CASE(many_pieces_are_one_file) {
  const Files files;
  NewLargeFile file = NewLargeFile::create(files.path("x"), FileMode::shared).value();
  std::string whole;
  for (char c = 'a'; c <= 't'; ++c) {
    const std::string piece(1'000'003, c);
    BOOST_REQUIRE(file.write(as_bytes(piece)).has_value());
    whole += piece;
  }
  BOOST_REQUIRE(file.keep().has_value());
  BOOST_TEST((files.read("x") == whole));
}

BOOST_AUTO_TEST_CASE(what_was_not_kept_leaves_nothing) {
  const Files files;
  {
    NewLargeFile file = NewLargeFile::create(files.path("x"), FileMode::private_to_owner).value();
    BOOST_REQUIRE(file.write(as_bytes("one")).has_value());
  }
  BOOST_TEST(files_in(files) == 0u);
}

BOOST_AUTO_TEST_CASE(what_stands_there_is_not_replaced) {
  const Files files;
  NewLargeFile file = NewLargeFile::create(files.path("x"), FileMode::shared).value();
  files.write("x", "older");
  BOOST_TEST((file.keep().error().code == ErrorCode::duplicate));
  BOOST_TEST((NewLargeFile::create(files.path("x"), FileMode::shared).error().code == ErrorCode::duplicate));
  BOOST_TEST(files.read("x") == "older");
}

BOOST_AUTO_TEST_CASE(a_file_is_read_in_place) {
  const Files files;
  files.write("x", "bytes");
  files.write("empty", "");
  BOOST_TEST(as_text(LargeFile::open(files.path("x"))->bytes()) == "bytes");
  BOOST_TEST(LargeFile::open(files.path("empty"))->bytes().empty());
  BOOST_TEST((LargeFile::open(files.path("none")).error().code == ErrorCode::unknown));
}

BOOST_AUTO_TEST_CASE(lines_are_those_of_the_text) {
  const Files files;
  using Lines = std::vector<std::string>;
  BOOST_TEST((lines_of(files.write("a", "")) == Lines{}));
  BOOST_TEST((lines_of(files.write("b", "\n\nx")) == Lines{"", "", "x"}));
  BOOST_TEST((lines_of(files.write("c", "x\ny\n")) == Lines{"x", "y"}));
}

BOOST_AUTO_TEST_CASE(lines_go_on_over_the_ends_of_reads) {
  const Files files;
  std::vector<std::string> lines;
  std::string text;
  for (std::size_t i = 0; i < 400; ++i) {
    lines.push_back(std::string(i * 7'919 % 40'000, static_cast<char>('a' + i % 26)));
    if (i == 200) lines.back().assign(3'000'000, 'x');
    text += lines.back() + "\n";
  }
  BOOST_TEST((lines_of(files.write("x", text)) == lines));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::cli
