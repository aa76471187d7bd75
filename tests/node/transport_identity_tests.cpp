// The key by which peers know a node: kept from other accounts, and the same in every certificate around it.
#include "node/transport_identity.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "ledger/hash.h"
#include "node/private_file.h"
#include "tests/support/temporary_directory.h"

namespace {

using namespace kanhe;
using namespace kanhe::node;
namespace fs = std::filesystem;

constexpr Timestamp now(1'750'000'000'000);
const DepartmentId registry = DepartmentId::from("registry").value();

struct Saved {
  Saved() : identity(make_transport_identity(registry, now).value()) {
    BOOST_REQUIRE(save_transport_identity(identity, key, certificate));
  }
  TemporaryDirectory directory;
  std::string key = directory.path() + "/transport.key";
  std::string certificate = directory.path() + "/transport.crt";
  TransportIdentity identity;
};

void write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::trunc) << text; }

Bytes der_of(const std::string& pem) {
  const std::size_t start = pem.find('\n') + 1;
  std::string base64 = pem.substr(start, pem.find("-----END") - start);
  std::erase(base64, '\n');
  return from_base64(base64).value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transport_identity_tests)

BOOST_FIXTURE_TEST_CASE(what_was_saved_is_loaded, Saved) {
  const auto loaded = load_transport_identity(key, certificate);
  if (!loaded) BOOST_FAIL(loaded.error().text);
  BOOST_TEST((loaded->key == identity.key));
  BOOST_TEST(loaded->key_pem == identity.key_pem);
  BOOST_TEST(loaded->certificate_pem == identity.certificate_pem);
  BOOST_TEST(loaded->valid_from_ms.value() == now.value() - 3'600'000);
  BOOST_TEST(loaded->valid_until_ms.value() == now.value() + certificate_days_default * 86'400'000ull);
}

BOOST_FIXTURE_TEST_CASE(the_transport_key_is_the_hash_of_the_subject_public_key_info, Saved) {
  // The 44 bytes of an Ed25519 SubjectPublicKeyInfo (RFC 8410) stand whole in the certificate.
  const Bytes der = der_of(identity.certificate_pem);
  const Bytes prefix = from_hex("302a300506032b6570032100").value();
  const auto found = std::ranges::search(der, prefix);
  BOOST_REQUIRE(!found.empty());
  BOOST_TEST((TransportKey(sha256(ByteView(&*found.begin(), 44))) == identity.key));
  BOOST_TEST((transport_key_of(der) == identity.key));
}

BOOST_FIXTURE_TEST_CASE(no_prefix_of_a_certificate_has_a_key, Saved) {
  const Bytes der = der_of(identity.certificate_pem);
  for (std::size_t size = 0; size < der.size(); ++size) {
    BOOST_TEST(!transport_key_of(ByteView(der).first(size)));
  }
}

BOOST_FIXTURE_TEST_CASE(a_key_that_others_can_reach_is_refused, Saved) {
  BOOST_TEST((fs::status(key).permissions() == (fs::perms::owner_read | fs::perms::owner_write)));
  for (const fs::perms extra : {fs::perms::group_read, fs::perms::others_read, fs::perms::group_write,
                                fs::perms::others_write, fs::perms::others_exec}) {
    fs::permissions(key, fs::perms::owner_read | fs::perms::owner_write | extra);
    const auto loaded = load_transport_identity(key, certificate);
    BOOST_REQUIRE(!loaded);
    BOOST_TEST((loaded.error().code == ErrorCode::not_authorised));
    BOOST_TEST(loaded.error().text.starts_with(key));
  }
}

BOOST_FIXTURE_TEST_CASE(nothing_is_overwritten, Saved) {
  const auto saved = save_transport_identity(identity, key, certificate);
  BOOST_REQUIRE(!saved);
  BOOST_TEST((saved.error().code == ErrorCode::duplicate));
}

BOOST_FIXTURE_TEST_CASE(a_renewed_certificate_has_the_same_key_and_later_dates, Saved) {
  const auto renewed = renew_certificate(identity, registry, now + Duration(86'400'000), 30);
  if (!renewed) BOOST_FAIL(renewed.error().text);
  BOOST_TEST((renewed->key == identity.key));
  BOOST_TEST(renewed->certificate_pem != identity.certificate_pem);
  BOOST_TEST(renewed->valid_until_ms.value() == now.value() + 31 * 86'400'000ull);
}

BOOST_FIXTURE_TEST_CASE(the_certificate_of_another_key_is_refused, Saved) {
  write(certificate, make_transport_identity(registry, now)->certificate_pem);
  const auto loaded = load_transport_identity(key, certificate);
  BOOST_REQUIRE(!loaded);
  BOOST_TEST((loaded.error().code == ErrorCode::conflict));
}

BOOST_FIXTURE_TEST_CASE(what_is_no_pem_is_refused_with_the_file_s_name, Saved) {
  const std::string texts[] = {"", "-----BEGIN PRIVATE KEY-----\n", std::string(1'000, 'x'), identity.certificate_pem};
  for (const std::string& text : texts) {
    write(key, text);
    const auto loaded = load_transport_identity(key, certificate);
    BOOST_REQUIRE(!loaded);
    BOOST_TEST(loaded.error().text.starts_with(key + ": "));
  }
  write(key, std::string(file_bytes_max(FileAccess::secret) + 1, 'x'));
  BOOST_TEST((load_transport_identity(key, certificate).error().code == ErrorCode::out_of_range));
  fs::remove(key);
  BOOST_TEST((load_transport_identity(key, certificate).error().code == ErrorCode::unknown));
}

BOOST_AUTO_TEST_CASE(a_consensus_key_is_read_back_and_never_shown_in_an_error) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/consensus.key";
  const SecretKey secret = SecretKey::generate().value();
  BOOST_REQUIRE(write_secret_key(path, secret));
  const auto read = read_secret_key(path);
  BOOST_REQUIRE(read);
  BOOST_TEST(equal(read->view(), secret.view()));
  write(path, to_hex(secret.view()).substr(1));
  const auto cut = read_secret_key(path);
  BOOST_REQUIRE(!cut);
  BOOST_TEST(cut.error().text.find(to_hex(secret.view()).substr(1, 8)) == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
