// The certificate that an endpoint shows: taken by clients that know no Ed25519, for the hosts that they dial, when
// they were given its file; and its key is kept from other accounts.
#include "node/endpoint_identity.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "node/clock.h"
#include "node/private_file.h"
#include "node/transport_identity.h"
#include "tests/support/temporary_directory.h"

namespace {

using namespace kanhe;
using namespace kanhe::node;
namespace fs = std::filesystem;

const DepartmentId registry = DepartmentId::from("registry").value();
const std::string dialled[] = {"node.example", "10.0.3.7", "127.0.0.1"};

// What browsers offer; Ed25519 is not among it.
constexpr const char* signatures_of_browsers =
    "ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256:ECDSA+SHA384:RSA-PSS+SHA384:RSA+SHA384:RSA-PSS+SHA512:RSA+SHA512";

template <auto function>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    function(object);
  }
};
using Context = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using Stream = std::unique_ptr<SSL, Freed<SSL_free>>;

// What a client demands; without a host it looks at no certificate.
struct Demands {
  const char* host = nullptr;
  const EndpointIdentity* trusted = nullptr;
  int version = TLS1_3_VERSION;
};

Context server_of(const std::string& key_pem, const std::string& certificate_pem) {
  Context context(SSL_CTX_new(TLS_server_method()));
  BOOST_REQUIRE(SSL_CTX_use_certificate(context.get(), read_certificate_pem(certificate_pem).get()) == 1);
  BOOST_REQUIRE(SSL_CTX_use_PrivateKey(context.get(), read_key_pem(key_pem).get()) == 1);
  return context;
}

Context client_of(const Demands& demands) {
  Context context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context.get(), demands.version);
  SSL_CTX_set_max_proto_version(context.get(), demands.version);
  BOOST_REQUIRE(SSL_CTX_set1_sigalgs_list(context.get(), signatures_of_browsers) == 1);
  if (demands.host != nullptr) SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (demands.trusted != nullptr) {
    const CertificatePointer trusted = read_certificate_pem(demands.trusted->certificate_pem);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), trusted.get());
  }
  return context;
}

void expect_host(SSL* client, const std::string& host) {
  X509_VERIFY_PARAM* const wanted = SSL_get0_param(client);
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1) return;
  BOOST_REQUIRE(X509_VERIFY_PARAM_set1_host(wanted, host.data(), host.size()) == 1);
}

// Whether a handshake comes to its end on both sides.
bool connects(const std::string& key_pem, const std::string& certificate_pem, const Demands& demands) {
  const Context server_context = server_of(key_pem, certificate_pem);
  const Context client_context = client_of(demands);
  const Stream server(SSL_new(server_context.get()));
  const Stream client(SSL_new(client_context.get()));
  BIO* one = nullptr;
  BIO* other = nullptr;
  BOOST_REQUIRE(BIO_new_bio_pair(&one, 0, &other, 0) == 1);
  SSL_set_bio(server.get(), one, one);
  SSL_set_bio(client.get(), other, other);
  SSL_set_accept_state(server.get());
  SSL_set_connect_state(client.get());
  if (demands.host != nullptr) expect_host(client.get(), demands.host);
  for (int i = 0; i < 20; ++i) {
    const int asked = SSL_do_handshake(client.get());
    const int answered = SSL_do_handshake(server.get());
    if (asked == 1 && answered == 1) return true;
    const auto failed = [](SSL* stream, int done) {
      return done != 1 && SSL_get_error(stream, done) != SSL_ERROR_WANT_READ;
    };
    if (failed(client.get(), asked) || failed(server.get(), answered)) return false;
  }
  return false;
}
bool connects(const EndpointIdentity& identity, const Demands& demands) {
  return connects(identity.key_pem, identity.certificate_pem, demands);
}

EndpointIdentity fresh(Timestamp made = wall_now(), std::uint32_t days = 1) {
  return make_endpoint_identity(registry, dialled, made, days).value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(endpoint_identity_tests)

BOOST_AUTO_TEST_CASE(clients_that_know_no_ed25519_can_connect) {
  const EndpointIdentity identity = fresh();
  const TransportIdentity transport = make_transport_identity(registry, wall_now()).value();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    BOOST_TEST(connects(identity, {nullptr, nullptr, version}));
    BOOST_TEST(!connects(transport.key_pem, transport.certificate_pem, {nullptr, nullptr, version}));
  }
}

BOOST_AUTO_TEST_CASE(a_client_with_its_file_takes_it_for_the_hosts_that_are_dialled) {
  const EndpointIdentity identity = fresh();
  for (const char* host : {"localhost", "127.0.0.1", "::1", "node.example", "10.0.3.7"}) {
    BOOST_TEST(connects(identity, {host, &identity}), host);
  }
  for (const char* host : {"registry", "other.example", "127.0.0.2"}) {
    BOOST_TEST(!connects(identity, {host, &identity}), host);
  }
}

BOOST_AUTO_TEST_CASE(without_its_file_or_with_another_s_nobody_takes_it) {
  const EndpointIdentity identity = fresh();
  const EndpointIdentity other = fresh();
  BOOST_TEST(!connects(identity, {"localhost", nullptr}));
  BOOST_TEST(!connects(identity, {"localhost", &other}));
}

BOOST_AUTO_TEST_CASE(one_that_has_expired_is_taken_by_nobody) {
  const EndpointIdentity old = fresh(Timestamp(wall_now().value() - 3 * 86'400'000ull), 2);
  BOOST_TEST(!connects(old, {"localhost", &old}));
}

BOOST_AUTO_TEST_CASE(a_host_stands_in_it_once) {
  const CertificatePointer certificate = read_certificate_pem(fresh().certificate_pem);
  auto* const names = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr));
  BOOST_REQUIRE(names != nullptr);
  BOOST_TEST(sk_GENERAL_NAME_num(names) == 5);
  GENERAL_NAMES_free(names);
}

BOOST_AUTO_TEST_CASE(what_is_no_host_is_refused) {
  const std::string hosts[] = {"a b"};
  const auto refused = make_endpoint_identity(registry, hosts, wall_now());
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ErrorCode::malformed));
}

BOOST_AUTO_TEST_CASE(the_key_is_kept_from_other_accounts_and_nothing_is_overwritten) {
  const TemporaryDirectory directory;
  const std::string key = directory.path() + "/endpoint.key";
  const std::string certificate = directory.path() + "/endpoint.crt";
  const EndpointIdentity identity = fresh();
  BOOST_REQUIRE(save_endpoint_identity(identity, key, certificate).has_value());
  BOOST_TEST((fs::status(key).permissions() == (fs::perms::owner_read | fs::perms::owner_write)));
  BOOST_TEST(read_small_file(key, FileAccess::secret).value() == identity.key_pem);
  BOOST_TEST(read_small_file(certificate, FileAccess::open).value() == identity.certificate_pem);
  const auto again = save_endpoint_identity(fresh(), key, certificate);
  BOOST_REQUIRE(!again);
  BOOST_TEST((again.error().code == ErrorCode::duplicate));
  BOOST_TEST(read_small_file(key, FileAccess::secret).value() == identity.key_pem);
}

BOOST_AUTO_TEST_SUITE_END()
