#include "ledger/segments.h"

#include <boost/test/unit_test.hpp>
#include <random>

#include "ledger/hash.h"
#include "ledger/transaction.h"
#include "testnet/sim_disk.h"
#include "tests/support/temporary_directory.h"

using namespace kanhe;

namespace {

constexpr std::uint64_t segment_bytes = 70'000;
const std::string first_segment = "s/00000001.seg";

struct Body {
  Bytes bytes;
  BodyHash hash;
};

Body a_body(std::size_t size, Byte fill) {
  Bytes bytes(size, fill);
  const BodyHash hash(sha256(bytes));
  return {std::move(bytes), hash};
}

std::unique_ptr<Segments> open(Files& files, SegmentEnd end, const std::string& directory = "s") {
  auto opened = Segments::open(files, directory, segment_bytes, end);
  if (!opened) BOOST_FAIL(opened.error().text);
  return std::move(opened).value();
}

std::vector<BodyLocation> append(Segments& segments, const std::vector<Body>& bodies) {
  std::vector<NewBody> added;
  for (const Body& body : bodies) added.push_back({body.hash, body.bytes});
  auto locations = segments.append(added);
  BOOST_REQUIRE(locations.has_value());
  BOOST_REQUIRE(segments.sync().has_value());
  return *locations;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(segments_tests)

// The check value of CRC-32C is the CRC of "123456789" (Koopman; also RFC 3720, B.4 for 32 zero bytes).
BOOST_AUTO_TEST_CASE(crc32c_has_its_published_check_values) {
  BOOST_TEST(crc32c(as_bytes("123456789")) == 0xE3069283u);
  BOOST_TEST(crc32c(as_bytes("1234"), as_bytes("56789")) == 0xE3069283u);
  BOOST_TEST(crc32c(Bytes(32, 0)) == 0x8A9136AAu);
}

BOOST_AUTO_TEST_CASE(bodies_are_read_back_after_reopening_across_many_segments) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/segments";
  std::mt19937_64 random(1);
  std::vector<Body> bodies;
  for (int i = 0; i < 40; ++i) bodies.push_back(a_body(1 + random() % 20'000, static_cast<Byte>(i)));
  bodies.push_back(a_body(transaction_bytes_max, 0));
  std::vector<BodyLocation> locations;
  SegmentEnd end;
  for (std::size_t at = 0; at < bodies.size(); at += 3) {
    const auto segments = open(system_files(), end, path);
    const auto last = std::min(at + 3, bodies.size());
    const auto added = append(*segments, {bodies.begin() + static_cast<std::ptrdiff_t>(at),
                                          bodies.begin() + static_cast<std::ptrdiff_t>(last)});
    locations.insert(locations.end(), added.begin(), added.end());
    end = segments->end();
  }
  BOOST_TEST(end.segment > 3u);
  const auto segments = open(system_files(), end, path);
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const auto body = segments->read(locations[i], bodies[i].hash);
    BOOST_REQUIRE(body.has_value());
    BOOST_TEST((*body == bodies[i].bytes));
  }
}

BOOST_AUTO_TEST_CASE(a_body_that_fills_its_segment_exactly_stays_in_it) {
  SimDisk files;
  const auto segments = open(files, {});
  const std::size_t rest = segment_bytes - transaction_bytes_max - 2 * segment_entry_overhead;
  const auto places = append(*segments, {a_body(transaction_bytes_max, 1), a_body(rest, 2), a_body(1, 3)});
  BOOST_TEST(places[1].segment == 1u);
  BOOST_TEST(places[2].segment == 2u);
  const auto again = open(files, segments->end());
  BOOST_TEST(again->read(places[1], a_body(rest, 2).hash).has_value());
}

// D-05: what no batch names is cut, however much of it reached the disk.
BOOST_AUTO_TEST_CASE(a_tail_behind_the_named_end_is_cut_at_every_length) {
  const std::vector<Body> bodies{a_body(30, 1), a_body(40, 2), a_body(50, 3)};
  SimDisk whole;
  const auto written = open(whole, {});
  const auto places = append(*written, bodies);
  const std::string content = whole.content(first_segment);
  const SegmentEnd named{1, places[1].offset};
  for (std::size_t length = named.offset; length <= content.size(); ++length) {
    SimDisk files;
    BOOST_REQUIRE(files.create_segment(first_segment, segment_bytes).has_value());
    files.corrupt(first_segment, content.substr(0, length));
    const auto segments = open(files, named);
    BOOST_REQUIRE(segments->read(places[0], bodies[0].hash).has_value());
    BOOST_REQUIRE(!segments->read(places[1], bodies[1].hash).has_value());
    // What is appended afterwards is whole, and nothing old shows behind it.
    const auto place = append(*segments, {a_body(20, 9)});
    const auto again = open(files, segments->end());
    BOOST_REQUIRE(again->read(place[0], a_body(20, 9).hash).has_value());
    const std::string now = files.content(first_segment);
    BOOST_REQUIRE(now.find_first_not_of('\0', segments->end().offset) == std::string::npos);
  }
}

// D-05, D-06: what a batch names must be there.
BOOST_AUTO_TEST_CASE(a_named_entry_that_is_cut_at_any_byte_is_refused_with_the_files_name) {
  const std::vector<Body> bodies{a_body(30, 1), a_body(40, 2), a_body(50, 3)};
  SimDisk files;
  const auto written = open(files, {});
  const auto places = append(*written, bodies);
  const std::string content = files.content(first_segment);
  for (std::size_t length = places[1].offset; length < content.size(); ++length) {
    files.corrupt(first_segment, content.substr(0, length));
    const auto opened = Segments::open(files, "s", segment_bytes, written->end());
    BOOST_REQUIRE(!opened);
    BOOST_TEST((opened.error().code == ErrorCode::corrupt));
    BOOST_TEST(opened.error().text.find(first_segment) != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_is_found_at_open_and_on_reading) {
  const std::vector<Body> bodies{a_body(30, 1), a_body(40, 2)};
  SimDisk files;
  const auto written = open(files, {});
  const auto places = append(*written, bodies);
  const std::string content = files.content(first_segment);
  for (std::size_t bit = 0; bit < 8 * content.size(); ++bit) {
    std::string damaged = content;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    files.corrupt(first_segment, damaged);
    BOOST_REQUIRE(!Segments::open(files, "s", segment_bytes, written->end()).has_value());
    const std::size_t hit = bit / 8 < places[1].offset ? 0 : 1;
    BOOST_REQUIRE(!written->read(places[hit], bodies[hit].hash).has_value());
    BOOST_REQUIRE(written->read(places[1 - hit], bodies[1 - hit].hash).has_value());
  }
}

// D-21: a whole and valid entry in the wrong place.
BOOST_AUTO_TEST_CASE(a_misdirected_read_is_found_by_its_key) {
  const std::vector<Body> bodies{a_body(30, 1), a_body(30, 2)};
  SimDisk files;
  const auto segments = open(files, {});
  const auto places = append(*segments, bodies);
  const auto body = segments->read(places[0], bodies[1].hash);
  BOOST_REQUIRE(!body);
  BOOST_TEST((body.error().code == ErrorCode::corrupt));
  BOOST_TEST(body.error().text.find(bodies[1].hash.hex()) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_location_outside_the_file_is_refused) {
  SimDisk files;
  const auto segments = open(files, {});
  const auto place = append(*segments, {a_body(30, 1)}).front();
  const BodyLocation wrong[] = {{1, segment_bytes - 10, 30}, {1, 0xffff'ffff, 30}, {1, 0, 0xffff'ffff}, {9, 0, 30},
                                {1, 0, 29}, {1, 1, 30}, {place.segment, place.offset, 0}};
  for (const BodyLocation& location : wrong) {
    BOOST_TEST(!segments->read(location, a_body(30, 1).hash).has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_missing_segment_is_named) {
  SimDisk files;
  const auto segments = open(files, {});
  append(*segments, {a_body(60'000, 1), a_body(60'000, 2), a_body(60'000, 3)});
  files.remove("s/00000002.seg");
  const auto opened = Segments::open(files, "s", segment_bytes, segments->end());
  BOOST_REQUIRE(!opened);
  BOOST_TEST(opened.error().text.find("s/00000002.seg") != std::string::npos);
}

// The next segment may exist already when the batch that would have named it was lost.
BOOST_AUTO_TEST_CASE(a_segment_begun_in_vain_is_begun_again) {
  SimDisk files;
  const auto segments = open(files, {});
  append(*segments, {a_body(60'000, 1)});
  const SegmentEnd named = segments->end();
  append(*segments, {a_body(60'000, 2)});
  const auto again = open(files, named);
  const auto place = append(*again, {a_body(50'000, 3)});
  BOOST_TEST(place[0].segment == 2u);
  const auto reopened = open(files, again->end());
  BOOST_TEST(reopened->read(place[0], a_body(50'000, 3).hash).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
