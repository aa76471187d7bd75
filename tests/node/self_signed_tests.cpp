// Certificates that a node signs itself: made out for exactly the hosts that were asked for, good for their key alone.
#include "node/self_signed.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ctime>

namespace {

using namespace kanhe;
using namespace kanhe::node;

constexpr Timestamp now(1'750'000'000'000);

SelfSignedTerms terms_for(std::vector<std::string> hosts) {
  return {"registry", std::move(hosts), "serverAuth", now, 10};
}

CertificatePointer signed_for(std::vector<std::string> hosts) {
  const KeyPointer key = make_p256_key().value();
  return self_sign(key.get(), terms_for(std::move(hosts))).value();
}

bool is_for_name(X509* certificate, const std::string& name) {
  return X509_check_host(certificate, name.data(), name.size(), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1;
}
bool is_for_address(X509* certificate, const std::string& address) {
  return X509_check_ip_asc(certificate, address.c_str(), 0) == 1;
}

const std::vector<std::string> not_hosts{"",        "a b", "a,DNS:b", "*.example", "https://a", "a:1", "[::1]", "a/b",
                                         "1.2.3.4/8", "务",  std::string(254, 'a'), std::string("a\0b", 3),
                                         std::string("1.2.3.4\0", 8)};

}  // namespace

BOOST_AUTO_TEST_SUITE(self_signed_tests)

BOOST_AUTO_TEST_CASE(a_certificate_is_for_the_hosts_it_was_asked_for_and_no_other) {
  const CertificatePointer certificate = signed_for({"registry.example", "10.0.3.7", "2001:db8::7", "localhost"});
  for (const char* name : {"registry.example", "REGISTRY.example", "localhost"}) {
    BOOST_TEST(is_for_name(certificate.get(), name), name);
  }
  for (const char* address : {"10.0.3.7", "2001:db8::7", "2001:db8:0::7"}) {
    BOOST_TEST(is_for_address(certificate.get(), address), address);
  }
  for (const char* name : {"registry", "example", "a.registry.example", "10.0.3.7"}) {
    BOOST_TEST(!is_for_name(certificate.get(), name), name);
  }
  BOOST_TEST(!is_for_address(certificate.get(), "10.0.3.8"));
  BOOST_TEST(!is_for_address(certificate.get(), "::1"));
}

BOOST_AUTO_TEST_CASE(without_hosts_there_is_no_such_extension) {
  const CertificatePointer certificate = signed_for({});
  BOOST_TEST(X509_get_ext_by_NID(certificate.get(), NID_subject_alt_name, -1) == -1);
}

BOOST_DATA_TEST_CASE(what_is_no_host_is_refused, boost::unit_test::data::make(not_hosts), host) {
  const KeyPointer key = make_p256_key().value();
  const auto refused = self_sign(key.get(), terms_for({"localhost", host}));
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ErrorCode::malformed));
}

BOOST_AUTO_TEST_CASE(the_longest_host_name_is_taken) {
  const std::string name = std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + "." +
                           std::string(61, 'd');
  BOOST_REQUIRE(name.size() == 253u);
  BOOST_TEST(is_for_name(signed_for({name}).get(), name));
}

BOOST_AUTO_TEST_CASE(a_certificate_is_signed_by_its_own_key_and_is_no_authority_s) {
  const KeyPointer keys[] = {make_ed25519_key().value(), make_p256_key().value()};
  for (const KeyPointer& key : keys) {
    const CertificatePointer certificate = self_sign(key.get(), terms_for({"localhost"})).value();
    BOOST_TEST(X509_verify(certificate.get(), key.get()) == 1);
    for (const KeyPointer& other : keys) {
      BOOST_TEST((EVP_PKEY_eq(X509_get0_pubkey(certificate.get()), other.get()) == 1) == (other == key));
    }
    BOOST_TEST(X509_check_ca(certificate.get()) == 0);
    BOOST_TEST(X509_check_purpose(certificate.get(), X509_PURPOSE_SSL_SERVER, 0) == 1);
    BOOST_TEST(X509_check_purpose(certificate.get(), X509_PURPOSE_SSL_CLIENT, 0) == 0);
  }
}

BOOST_AUTO_TEST_CASE(it_is_valid_from_an_hour_before_to_so_many_days_after) {
  const CertificatePointer certificate = signed_for({});
  const auto at = [](std::uint64_t ms) { return static_cast<std::time_t>(ms / 1'000); };
  std::time_t start = at(now.value() - 3'600'000);
  std::time_t end = at(now.value() + 10ull * 86'400'000);
  // Answers 1 for a time after the given one, -1 for one before or at it.
  BOOST_TEST(X509_cmp_time(X509_get0_notBefore(certificate.get()), &start) == -1);
  BOOST_TEST(X509_cmp_time(X509_get0_notAfter(certificate.get()), &end) == -1);
  --start;
  --end;
  BOOST_TEST(X509_cmp_time(X509_get0_notBefore(certificate.get()), &start) == 1);
  BOOST_TEST(X509_cmp_time(X509_get0_notAfter(certificate.get()), &end) == 1);
}

BOOST_AUTO_TEST_CASE(two_certificates_have_two_serials) {
  const CertificatePointer one = signed_for({});
  const CertificatePointer other = signed_for({});
  BOOST_TEST(ASN1_INTEGER_cmp(X509_get0_serialNumber(one.get()), X509_get0_serialNumber(other.get())) != 0);
}

BOOST_AUTO_TEST_CASE(keys_and_certificates_are_read_back_from_their_pem_and_from_nothing_else) {
  const KeyPointer key = make_p256_key().value();
  const CertificatePointer certificate = self_sign(key.get(), terms_for({"localhost"})).value();
  const std::string key_pem = pem_of(key.get()).value();
  const std::string certificate_pem = pem_of(certificate.get()).value();
  const KeyPointer key_again = read_key_pem(key_pem);
  const CertificatePointer certificate_again = read_certificate_pem(certificate_pem);
  BOOST_REQUIRE(key_again != nullptr);
  BOOST_REQUIRE(certificate_again != nullptr);
  BOOST_TEST(EVP_PKEY_eq(key.get(), key_again.get()) == 1);
  BOOST_TEST(X509_cmp(certificate.get(), certificate_again.get()) == 0);
  BOOST_TEST(read_key_pem(certificate_pem).get() == nullptr);
  BOOST_TEST(read_certificate_pem(key_pem).get() == nullptr);
  // The last character is a line's end.
  for (std::size_t size = 0; size + 1 < key_pem.size(); ++size) {
    BOOST_TEST(read_key_pem(std::string_view(key_pem).substr(0, size)).get() == nullptr);
  }
}

BOOST_AUTO_TEST_SUITE_END()
