// The query log: every line arrives, none can forge another, and the file may be moved away.
#include "node/query_log.h"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sstream>

#include "tests/support/temporary_directory.h"

namespace {

using namespace kanhe;
using namespace kanhe::node;

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(query_log_tests)

BOOST_AUTO_TEST_CASE(lines_are_appended_with_their_time_and_survive_a_move) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/query.log";
  {
    const auto log = QueryLog::open(path).value();
    log->append(Timestamp(1'767'323'045'678), "key=02ab purpose=P01").value();
    log->append(Timestamp(1'767'323'045'679), "a\nforged line\x01").value();
  }
  const auto log = QueryLog::open(path).value();
  log->append(Timestamp(0), "third").value();
  const std::string whole =
      "2026-01-02T03:04:05.678Z key=02ab purpose=P01\n2026-01-02T03:04:05.679Z a forged line \n"
      "1970-01-01T00:00:00.000Z third\n";
  BOOST_TEST(read(path) == whole);
  struct stat status {};
  BOOST_REQUIRE(::stat(path.c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 0777) == 0600u);
  std::filesystem::rename(path, path + ".1");
  log->append(Timestamp(0), "fourth").value();
  BOOST_TEST(read(path) == "1970-01-01T00:00:00.000Z fourth\n");
  BOOST_TEST(read(path + ".1") == whole);
}

BOOST_AUTO_TEST_CASE(nothing_is_left_out_however_often_it_comes) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/query.log";
  const auto log = QueryLog::open(path).value();
  for (int i = 0; i < 1'000; ++i) log->append(Timestamp(0), "same").value();
  const std::string text = read(path);
  BOOST_TEST(std::ranges::count(text, '\n') == 1'000);
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_is_named) {
  const auto log = QueryLog::open("/nowhere/query.log");
  BOOST_REQUIRE(!log);
  BOOST_TEST(log.error().text == "/nowhere/query.log: No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()
