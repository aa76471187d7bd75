// The witness: whatever a power cut leaves of the slot that is being written, an older number is still there to read.
#include "ledger/witness.h"

#include <boost/test/unit_test.hpp>

#include "testnet/sim_disk.h"

using namespace kanhe;

BOOST_AUTO_TEST_SUITE(witness_tests)

BOOST_AUTO_TEST_CASE(slots_have_the_documented_bytes_and_places) {
  BOOST_TEST(to_hex(encode_witness(1)) == "0100000000000000" + to_hex(encode_witness(1)).substr(16));
  BOOST_TEST(encode_witness(1).size() == 12u);
  BOOST_TEST(witness_of(7) == 8'192u);
  BOOST_TEST(witness_of(8) == 4'096u);
  BOOST_TEST(witness_of_creation == 0u);
  BOOST_TEST(witness_file_bytes == 12'288u);
}

BOOST_AUTO_TEST_CASE(the_largest_number_in_a_good_slot_counts_and_a_torn_one_does_not) {
  SimDisk files;
  const auto file = files.create_segment("witness", witness_file_bytes).value();
  BOOST_TEST(read_witness(*file).value() == 0u);
  BOOST_REQUIRE(file->write(witness_of_creation, encode_witness(1)).has_value());
  BOOST_TEST(read_witness(*file).value() == 1u);
  for (std::uint64_t batch = 2; batch < 40; ++batch) {
    const Bytes whole = encode_witness(batch);
    // Only the first bytes of the new slot arrive; behind them stands what was there.
    Bytes torn(12);
    BOOST_REQUIRE(file->read(witness_of(batch), torn).has_value());
    for (std::size_t size = 0; size < whole.size(); ++size) {
      std::copy_n(whole.begin(), size, torn.begin());
      BOOST_REQUIRE(file->write(witness_of(batch), torn).has_value());
      // A beginning that differs from the whole in nothing that counts is the whole.
      BOOST_TEST((read_witness(*file).value() == batch - 1 || equal(torn, whole)));
    }
    BOOST_REQUIRE(file->write(witness_of(batch), whole).has_value());
    BOOST_TEST(read_witness(*file).value() == batch);
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_was_cut_short_is_read_as_far_as_it_goes) {
  SimDisk files;
  const auto file = files.create_segment("witness", witness_slot_bytes).value();
  BOOST_REQUIRE(file->write(witness_of_creation, encode_witness(9)).has_value());
  BOOST_TEST(read_witness(*file).value() == 9u);
}

BOOST_AUTO_TEST_SUITE_END()
