#include "ledger/store_keys.h"

#include <boost/test/unit_test.hpp>

#include "ledger/codec.h"
#include "ledger/store.h"

using namespace kanhe;

BOOST_AUTO_TEST_SUITE(store_keys_tests)

BOOST_AUTO_TEST_CASE(the_order_of_keys_is_the_order_of_heights_and_indexes) {
  const std::uint64_t ascending[] = {0, 1, 255, 256, 65'535, 65'536, counter_max - 1, counter_max};
  Bytes last;
  for (const std::uint64_t height : ascending) {
    for (const std::uint32_t index : {0u, 1u, 255u, 256u, 0xffff'ffffu}) {
      const Bytes key = receipt_key(Height(height), index).bytes;
      BOOST_TEST((last < key));
      last = key;
    }
    BOOST_TEST(last_u64(height_key(Keyspace::seal, Height(height)).bytes) == height);
  }
}

// Formats that are stored must not change unnoticed.
BOOST_AUTO_TEST_CASE(keys_and_records_have_the_documented_bytes) {
  BOOST_TEST(to_hex(height_key(Keyspace::header, Height(0x0102)).bytes) == "680000000000000102");
  BOOST_TEST(to_hex(receipt_key(Height(1), 2).bytes) == "72000000000000000100000002");
  BOOST_TEST(to_hex(history_key({3, 4}).bytes) == "6c030000000000000004");
  BOOST_TEST(as_text(tip_key().bytes) == "mtip");
  BOOST_TEST(to_hex(encode(SegmentEnd{1, 2})) == "0100000002000000");
  BOOST_TEST(to_hex(encode(BodyLocation{1, 2, 3})) == "010000000200000003000000");
  BOOST_TEST(to_hex(encode(TransactionPosition{Height(1), 2})) == "010000000000000002000000");
  BOOST_TEST(encode(StoreIdentity{}).size() == 34u);
  BOOST_TEST(encode(TipRecord{}).size() == 48u);
  BOOST_TEST(encode(BodyRecord{}).size() == body_record_bytes);
  BOOST_TEST(encode_bodies({{}, {}}).size() == 2 * body_record_bytes);
  BOOST_TEST(to_hex(height_key(Keyspace::bodies, Height(1)).bytes) == "620000000000000001");
}

BOOST_AUTO_TEST_CASE(an_identity_of_another_version_is_not_read) {
  Bytes bytes = encode(StoreIdentity{});
  bytes[0] = 1;
  const auto identity = decode<StoreIdentity>(bytes);
  BOOST_REQUIRE(!identity);
  BOOST_TEST((identity.error().code == ErrorCode::unsupported));
}

BOOST_AUTO_TEST_SUITE_END()
