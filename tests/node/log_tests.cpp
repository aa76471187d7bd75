// One line an event, whatever a value holds; bounded in rate and on disk.
#include "node/log.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/temporary_directory.h"

namespace {

using namespace kanhe;
using namespace kanhe::node;

std::string contents(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(log_tests)

BOOST_AUTO_TEST_CASE(a_value_cannot_end_its_line_or_pass_for_another_key) {
  BOOST_TEST(log_value("10.0.0.1:7001") == "10.0.0.1:7001");
  BOOST_TEST(log_value("") == "\"\"");
  BOOST_TEST(log_value("two words") == "\"two words\"");
  BOOST_TEST(log_value("a=b") == "\"a=b\"");
  BOOST_TEST(log_value("a\nb\"c\\") == "\"a\\nb\\\"c\\\\\"");
  BOOST_TEST(log_value(std::string("\x1b[31m\0", 6)) == "\"\\x1b[31m\\x00\"");
  for (int c = 0; c < 256; ++c) {
    const std::string value = log_value(std::string(3, static_cast<char>(c)));
    for (const char shown : value) BOOST_TEST((static_cast<unsigned char>(shown) >= 0x20 && shown != 0x7f));
  }
  BOOST_TEST(log_value(std::string(Log::value_bytes_max, 'x')).size() == Log::value_bytes_max);
  BOOST_TEST(log_value(std::string(Log::value_bytes_max + 1, 'x')).size() <= Log::value_bytes_max + 5);
}

BOOST_AUTO_TEST_CASE(an_event_is_written_so_often_a_second_and_the_rest_is_counted) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/kanhed.log";
  const auto log = Log::open({.path = path, .level = LogLevel::info}).value();
  for (std::uint32_t i = 0; i < 10 * Log::repeats_max; ++i) log->info("noisy", {{"i", std::to_string(i)}});
  log->info("rare");
  log->debug("hidden");
  log->flush();
  const std::string text = contents(path);
  // A slow machine may be in the next second by then; it is never many.
  BOOST_TEST(std::ranges::count(text, '\n') <= static_cast<std::ptrdiff_t>(3 * Log::repeats_max));
  BOOST_TEST(text.find("info noisy i=0\n") != std::string::npos);
  BOOST_TEST(text.find("info rare\n") != std::string::npos);
  BOOST_TEST(text.find("hidden") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_files_on_disk_are_bounded) {
  const TemporaryDirectory directory;
  const auto log = Log::open({.path = directory.path() + "/k.log", .file_bytes = 4'096, .files = 3}).value();
  // Each event is another one, so that no limit of rate applies.
  std::vector<std::string> events;
  for (int i = 0; i < 500; ++i) events.push_back("event_" + std::to_string(i));
  for (const std::string& event : events) log->info(event.c_str(), {{"filler", std::string(100, 'x')}});
  log->flush();
  std::uintmax_t bytes = 0;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    bytes += entry.file_size();
    ++files;
  }
  BOOST_TEST(files == 3u);
  BOOST_TEST(bytes <= 3u * 4'096);
}

BOOST_AUTO_TEST_CASE(levels_are_read_by_name) {
  BOOST_TEST((read_log_level("warning").value() == LogLevel::warning));
  BOOST_TEST(!read_log_level("Warning"));
  BOOST_TEST(!read_log_level(""));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_opened_is_refused) {
  BOOST_TEST(!Log::open({.path = "/proc/no/such/place.log"}));
}

BOOST_AUTO_TEST_SUITE_END()
