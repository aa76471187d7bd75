// Transactions: two names, one signature, and what each covers.
#include "ledger/transaction.h"

#include <boost/test/unit_test.hpp>

#include "ledger/codec.h"
#include "tests/support/builders.h"

namespace {

using namespace kanhe;
using namespace kanhe::support;

template <class Change>
Transaction changed(Change change) {
  Transaction transaction = a_transaction();
  change(transaction);
  return transaction;
}

// One change of each signed field.
std::vector<Transaction> all_changes() {
  std::vector<Transaction> transactions;
  transactions.push_back(changed([](Transaction& t) { t.chain_id.array()[0] ^= 1; }));
  transactions.push_back(changed([](Transaction& t) { t.module = text<ModuleName>("property"); }));
  transactions.push_back(changed([](Transaction& t) { t.method = text<MethodName>("renew"); }));
  transactions.push_back(changed([](Transaction& t) { t.arguments = {}; }));
  transactions.push_back(changed([](Transaction& t) { ++t.valid_until_ms; }));
  transactions.push_back(changed([](Transaction& t) { t.nonce.array()[15] ^= 1; }));
  transactions.push_back(changed([](Transaction& t) { t.sender = public_key(12); }));
  return transactions;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transaction_tests)

BOOST_AUTO_TEST_CASE(a_signed_transaction_verifies) {
  BOOST_TEST(verify_signature(builders_scheme, make_body(a_transaction())));
  BOOST_TEST((a_transaction().sender == public_key(11)));
}

BOOST_AUTO_TEST_CASE(every_field_is_signed_and_named) {
  const TransactionBody original = make_body(a_transaction());
  for (const Transaction& transaction : all_changes()) {
    const TransactionBody body = make_body(transaction);
    BOOST_TEST(!verify_signature(builders_scheme, body));
    BOOST_TEST((body.id != original.id));
    BOOST_TEST((body.body_hash != original.body_hash));
  }
}

BOOST_AUTO_TEST_CASE(the_signature_changes_the_body_hash_and_not_the_id) {
  const Transaction other = changed([](Transaction& t) { t.signature.array()[10] ^= 1; });
  BOOST_TEST((id_of(other) == id_of(a_transaction())));
  BOOST_TEST((body_hash_of(other) != body_hash_of(a_transaction())));
  BOOST_TEST(!verify_signature(builders_scheme, make_body(other)));
}

BOOST_AUTO_TEST_CASE(the_id_is_the_tagged_hash_without_the_signature) {
  const Bytes bytes = encode(a_transaction());
  const ByteView unsigned_part = ByteView(bytes).first(bytes.size() - 64);
  BOOST_TEST((Hash256(id_of(a_transaction())) == tagged_hash(Tag::transaction, unsigned_part)));
  BOOST_TEST((Hash256(body_hash_of(a_transaction())) == tagged_hash(Tag::body, bytes)));
}

BOOST_AUTO_TEST_CASE(a_read_body_is_the_made_one) {
  const TransactionBody made = make_body(a_transaction());
  const auto read = read_body(made.bytes);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST((read->transaction == made.transaction));
  BOOST_TEST(read->bytes == made.bytes);
  BOOST_TEST((read->id == made.id));
  BOOST_TEST((read->body_hash == made.body_hash));
}

BOOST_AUTO_TEST_CASE(the_largest_transaction_fits_and_more_is_refused) {
  Transaction transaction = a_transaction();
  transaction.module = text<ModuleName>(std::string(ModuleName::bytes_max, 'm'));
  transaction.method = text<MethodName>(std::string(MethodName::bytes_max, 'm'));
  transaction.arguments = Blob<arguments_bytes_max>::from(Bytes(arguments_bytes_max)).value();
  const TransactionBody largest = make_body(transaction);
  BOOST_TEST(largest.bytes.size() <= transaction_bytes_max);
  BOOST_TEST(read_body(largest.bytes).has_value());
  BOOST_TEST(!Blob<arguments_bytes_max>::from(Bytes(arguments_bytes_max + 1)));
  BOOST_TEST(error_name(read_body(Bytes(transaction_bytes_max + 1)).error().code) == "out_of_range");
  BOOST_TEST(error_name(read_body(Bytes(transaction_bytes_max)).error().code) != "out_of_range");
}

BOOST_AUTO_TEST_CASE(modules_and_methods_are_identifiers) {
  for (const std::string_view name : {"a", "issue", "file_2", "z_"}) BOOST_TEST(ModuleName::from(name).has_value());
  for (const std::string_view name : {"", "2a", "_a", "A", "a-b", "a.b", "a b", "é"}) {
    BOOST_TEST(!ModuleName::from(name), name);
    BOOST_TEST(!MethodName::from(name), name);
  }
  BOOST_TEST(MethodName::from(std::string(32, 'a')).has_value());
  BOOST_TEST(!MethodName::from(std::string(33, 'a')));
}

BOOST_AUTO_TEST_SUITE_END()
