// Signed queries: what the header Kanhe-Query covers, byte by byte of its inputs, and that nothing else reads as one.
#include "ledger/query.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "ledger/codec.h"

using namespace kanhe;

BOOST_AUTO_TEST_SUITE(query_tests)

namespace {

constexpr SignatureScheme scheme = SignatureScheme::ecdsa_secp256k1;
constexpr std::string_view target = "/v1/units/340121261006GB00014F00220045?known_epoch=1";

SecretKey secret(std::string_view name) { return SecretKey::from(sha256(as_bytes(name))).value(); }

const ChainId& chain() {
  static const ChainId id(sha256(as_bytes("chain")));
  return id;
}

QueryCredential wish() {
  QueryCredential credential;
  credential.purpose = PurposeCode::from("house-sale-review").value();
  credential.valid_until_ms = Timestamp(1'750'000'060'000);
  credential.nonce.array()[3] = 7;
  return credential;
}

std::string signed_header() {
  return sign_query(scheme, secret("officer"), {chain(), "GET", target, {}}, wish()).value();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_signed_query_reads_back_and_verifies) {
  const QueryCredential credential = read_query(signed_header()).value();
  BOOST_TEST((credential.key == public_key_of(scheme, secret("officer"))));
  BOOST_TEST(credential.purpose.str() == "house-sale-review");
  BOOST_TEST(verify_query(scheme, credential, {chain(), "GET", target, {}}).has_value());
}

BOOST_AUTO_TEST_CASE(the_signature_covers_chain_method_target_and_body) {
  const QueryCredential credential = read_query(signed_header()).value();
  const ChainId other(sha256(as_bytes("other chain")));
  const Bytes body{1};
  const QueryRequest requests[] = {{other, "GET", target, {}},
                                   {chain(), "POST", target, {}},
                                   {chain(), "GET", "/v1/units/340121261006GB00014F00220046?known_epoch=1", {}},
                                   {chain(), "GET", target, body}};
  for (const QueryRequest& request : requests) {
    BOOST_TEST((verify_query(scheme, credential, request).error().code == ErrorCode::bad_signature));
  }
}

BOOST_AUTO_TEST_CASE(the_signature_covers_every_field_of_the_credential) {
  const QueryCredential good = read_query(signed_header()).value();
  const auto refused = [](const QueryCredential& credential) {
    const auto verified = verify_query(scheme, credential, {chain(), "GET", target, {}});
    return !verified && verified.error().code == ErrorCode::bad_signature;
  };
  QueryCredential changed = good;
  changed.key = public_key_of(scheme, secret("someone else"));
  BOOST_TEST(refused(changed));
  changed = good;
  changed.purpose = PurposeCode::from("curiosity").value();
  BOOST_TEST(refused(changed));
  changed = good;
  ++changed.valid_until_ms;
  BOOST_TEST(refused(changed));
  changed = good;
  changed.nonce.array()[0] ^= 1;
  BOOST_TEST(refused(changed));
  BOOST_TEST(!refused(good));
}

BOOST_AUTO_TEST_CASE(no_cut_or_longer_header_reads_as_a_query) {
  const Bytes bytes = from_base64(signed_header()).value();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    BOOST_TEST(!read_query(to_base64(ByteView(bytes).first(size))).has_value());
  }
  Bytes longer = bytes;
  longer.push_back(0);
  BOOST_TEST(!read_query(to_base64(longer)).has_value());
  BOOST_TEST(!read_query(signed_header() + "\n").has_value());
}

BOOST_AUTO_TEST_CASE(refuses_a_target_that_no_request_line_holds) {
  const std::string at_limit(query_target_bytes_max, 'a');
  BOOST_TEST(sign_query(scheme, secret("officer"), {chain(), "GET", at_limit, {}}, wish()).has_value());
  for (const std::string& bad : {std::string(), std::string("/v1/ units"), at_limit + "a", std::string("/v1/\n")}) {
    BOOST_TEST(!sign_query(scheme, secret("officer"), {chain(), "GET", bad, {}}, wish()).has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_purpose_is_a_slug_of_at_most_32_bytes) {
  BOOST_TEST(PurposeCode::from(std::string(32, 'a')).has_value());
  for (const std::string& bad : {std::string(), std::string(33, 'a'), std::string("Over"), std::string("a b")}) {
    BOOST_TEST(!PurposeCode::from(bad).has_value());
  }
}

BOOST_AUTO_TEST_SUITE_END()
