// Single values as people write them: money that cannot be misread, times with and without offset, enumerators,
// digests of files; and that what is written reads as the same value again.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <random>

#include "cli/values.h"
#include "contracts/service.h"
#include "tests/support/temporary_directory.h"

namespace {

using namespace kanhe;
using namespace kanhe::cli;

struct Written {
  std::string text;
  std::optional<std::uint64_t> value;  // absent: refused
  friend std::ostream& operator<<(std::ostream& out, const Written& written) { return out << written.text; }
};

const std::vector<Written> money{{"1234.50", 123'450},
                                 {"0.00", 0},
                                 {"0.01", 1},
                                 {"123450fen", 123'450},
                                 {"0fen", 0},
                                 {"1234", std::nullopt},
                                 {"1234.5", std::nullopt},
                                 {"1234.505", std::nullopt},
                                 {".50", std::nullopt},
                                 {"1,234.50", std::nullopt},
                                 {"-1.00", std::nullopt},
                                 {"1.00元", std::nullopt},
                                 {"", std::nullopt},
                                 {"fen", std::nullopt},
                                 {"1.-1", std::nullopt},
                                 {"99999999999999999999.00", std::nullopt},
                                 {"+1.00", std::nullopt}};

// 2025-06-03 00:00 in Beijing is 2025-06-02 16:00 UTC.
constexpr std::uint64_t a_day = 1'748'880'000'000;
const std::vector<Written> times{{"2025-06-03", a_day},
                                 {"2025-06-03T00:00", a_day},
                                 {"2025-06-03T00:00:00+08:00", a_day},
                                 {"2025-06-02T16:00:00Z", a_day},
                                 {"2025-06-02T16:00:00.250Z", a_day + 250},
                                 {"2025-06-02T12:30:00-03:30", a_day},
                                 {"1748880000000", a_day},
                                 {"1970-01-01T08:00", 0},
                                 {"2024-02-29T00:00Z", 1'709'164'800'000},
                                 {"1970-01-01", std::nullopt},  // in Beijing that is before 1970 UTC
                                 {"2025-02-29", std::nullopt},
                                 {"2025-13-01", std::nullopt},
                                 {"2025-6-3", std::nullopt},
                                 {"2025-06-03T24:00", std::nullopt},
                                 {"2025-06-03T10:21:60", std::nullopt},
                                 {"2025-06-03T10", std::nullopt},
                                 {"2025-06-03 10:21", std::nullopt},
                                 {"2025-06-03T10:21+8", std::nullopt},
                                 {"2025-06-03T10:21:07.5", std::nullopt},
                                 {"2025-06-03Z", std::nullopt},
                                 {"yesterday", std::nullopt},
                                 {"", std::nullopt}};

const std::vector<Written> durations{
    {"250ms", 250},         {"90s", 90'000},       {"30m", 1'800'000},
    {"12h", 43'200'000},    {"5d", 432'000'000},   {"0s", 0},
    {"5", std::nullopt},    {"5 d", std::nullopt}, {"d", std::nullopt},
    {"1.5h", std::nullopt}, {"-1s", std::nullopt}, {"99999999999999999d", std::nullopt}};

void compare(const Written& written, const Result<std::uint64_t>& read) {
  BOOST_TEST(read.has_value() == written.value.has_value());
  if (read && written.value) BOOST_TEST(*read == *written.value);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(values_tests)

BOOST_DATA_TEST_CASE(money_reads_in_one_way_or_not_at_all, boost::unit_test::data::make(money), written) {
  compare(written, read_money(written.text));
}
BOOST_DATA_TEST_CASE(times_read_with_their_offset, boost::unit_test::data::make(times), written) {
  compare(written, read_time(written.text));
}
BOOST_DATA_TEST_CASE(durations_need_their_unit, boost::unit_test::data::make(durations), written) {
  compare(written, read_duration(written.text));
}

BOOST_AUTO_TEST_CASE(a_bare_amount_is_answered_with_the_amount_in_yuan) {
  BOOST_TEST(read_money("1500").error().text.find("1500.00") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_written_reads_as_the_same) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t value = random() >> (16 + random() % 48);
    BOOST_REQUIRE(read_money(write_money(value)).value() == value);
    BOOST_REQUIRE(read_time(write_time(value)).value() == value);
    BOOST_REQUIRE(read_duration(write_duration(value)).value() == value);
  }
  BOOST_TEST(write_time(a_day) == "2025-06-03T00:00:00+08:00");
  BOOST_TEST(write_time(a_day + 7) == "2025-06-03T00:00:00.007+08:00");
}

BOOST_AUTO_TEST_CASE(numbers_name_their_limits_in_the_form_of_the_value) {
  contracts::treasury::Charge charge;
  const Schema& schema = schema_of<contracts::treasury::Charge>();
  BOOST_TEST(set_value(schema, &charge, "10000000000.00").has_value());
  const auto above = set_value(schema, &charge, "10000000000.01");
  BOOST_REQUIRE(!above);
  BOOST_TEST((above.error().code == ErrorCode::out_of_range));
  BOOST_TEST(above.error().text.find("10000000000.00") != std::string::npos, above.error().text);
}

BOOST_AUTO_TEST_CASE(enumerators_go_by_name_and_a_near_miss_is_answered_with_the_name) {
  contracts::service::Verdict verdict{};
  const Schema& schema = schema_of<contracts::service::Verdict>();
  BOOST_TEST(set_value(schema, &verdict, "refuse").has_value());
  BOOST_TEST((verdict == contracts::service::Verdict::refuse));
  const auto wrong = set_value(schema, &verdict, "aprove");
  BOOST_REQUIRE(!wrong);
  BOOST_TEST(wrong.error().text.find("did you mean \"approve\"") != std::string::npos, wrong.error().text);
  BOOST_TEST(!set_value(schema, &verdict, "2").has_value());
  contracts::Role role{};
  BOOST_TEST(set_value(schema_of<contracts::Role>(), &role, "tax-officer").has_value());
}

BOOST_AUTO_TEST_CASE(a_digest_may_be_that_of_a_file) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/evidence";
  std::ofstream(path) << "abc";
  Hash256 digest;
  BOOST_REQUIRE(set_value(schema_of<Hash256>(), &digest, "sha256:" + path).has_value());
  BOOST_TEST(digest.hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST((set_value(schema_of<Hash256>(), &digest, "sha256:" + path + "x").error().code == ErrorCode::io));
  BOOST_TEST(!set_value(schema_of<Hash256>(), &digest, std::string(64, 'A')).has_value());
  BOOST_TEST(!set_value(schema_of<Hash256>(), &digest, std::string(62, 'a')).has_value());
}

BOOST_AUTO_TEST_CASE(only_what_is_near_is_suggested) {
  const std::vector<std::string> words{"property", "officer", "network"};
  BOOST_TEST(nearest("proprety", words) == "property");
  BOOST_TEST(nearest("oficer", words) == "officer");
  BOOST_TEST(nearest("zebra", words) == "");
  BOOST_TEST(nearest(std::string(100'000, 'x'), words) == "");
}

BOOST_AUTO_TEST_SUITE_END()
