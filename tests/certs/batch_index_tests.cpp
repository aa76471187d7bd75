// Batch index: a serial enters once, however many there are, and its slot is found as the format says.
#include "certs/batch_index.h"

#include <boost/test/unit_test.hpp>
#include <string>

namespace kanhe::certs {
namespace {

// As a reader of the file does it.
std::uint32_t place_of(const BatchIndex& index, std::string_view serial, std::string_view stem) {
  const auto& slots = index.slots();
  for (std::size_t at = first_batch_slot(serial, slots.size());; at = (at + 1) % slots.size()) {
    if (slots[at] == 0) return 0;
    if (std::string(stem) + std::to_string(slots[at] - 1) == serial) return slots[at];
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(batch_index_tests)

BOOST_AUTO_TEST_CASE(a_serial_enters_once_and_is_found) {
  BatchIndex index;
  for (std::size_t i = 0; i < 5'000; ++i) {
    const std::string serial = "A" + std::to_string(i);
    BOOST_REQUIRE(index.insert(serial));
    BOOST_REQUIRE(!index.insert(serial));
    BOOST_REQUIRE(index.count() == i + 1);
    BOOST_REQUIRE(index.slots().size() == batch_slots_of(i + 1));
  }
  for (std::size_t i = 0; i < 5'000; ++i) {
    BOOST_REQUIRE(place_of(index, "A" + std::to_string(i), "A") == i + 1);
    BOOST_REQUIRE(!index.insert("A" + std::to_string(i)));
  }
  BOOST_TEST(place_of(index, "A5000", "A") == 0u);
}

BOOST_AUTO_TEST_CASE(serials_of_every_length_differ) {
  BatchIndex index;
  std::string serial;
  for (std::size_t length = 1; length <= contracts::serial_bytes_max; ++length) {
    serial += '0';
    BOOST_TEST(index.insert(serial));
  }
  BOOST_TEST(!index.insert(serial));
}

// Source: the test vectors of FNV, http://www.isthe.com/chongo/tech/comp/fnv/.
BOOST_AUTO_TEST_CASE(the_first_slot_is_that_of_fnv) {
  BOOST_TEST(first_batch_slot("a", std::size_t{1} << 32) == (0xaf63'dc4c'8601'ec8cu & 0xffff'ffffu));
  BOOST_TEST(first_batch_slot("foobar", std::size_t{1} << 32) == (0x8594'4171'f739'67e8u & 0xffff'ffffu));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::certs
