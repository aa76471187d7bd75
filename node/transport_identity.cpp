#include "node/transport_identity.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <ctime>

#include "ledger/hash.h"
#include "node/private_file.h"
#include "node/self_signed.h"

namespace kanhe::node {
namespace {

KeyPointer read_key(std::string_view pem) {
  KeyPointer key = read_key_pem(pem);
  if (key != nullptr && EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519) key.reset();
  return key;
}

std::optional<TransportKey> transport_key_of(X509* certificate) {
  EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519) return std::nullopt;
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) return std::nullopt;
  const TransportKey digest(sha256(ByteView(der, static_cast<std::size_t>(size))));
  OPENSSL_free(der);
  return digest;
}

Timestamp timestamp_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return Timestamp(0);
  const std::time_t seconds = ::timegm(&parts);
  return Timestamp(seconds < 0 ? 0 : static_cast<std::uint64_t>(seconds) * 1'000);
}

Result<TransportIdentity> identity_of(EVP_PKEY* key, X509* certificate) {
  TransportIdentity identity;
  identity.key_pem = TRY(pem_of(key));
  identity.certificate_pem = TRY(pem_of(certificate));
  const auto transport_key = transport_key_of(certificate);
  CHECK(transport_key.has_value());
  identity.key = *transport_key;
  identity.valid_from_ms = timestamp_of(X509_get0_notBefore(certificate));
  identity.valid_until_ms = timestamp_of(X509_get0_notAfter(certificate));
  return identity;
}

// A peer is client and server, and is known by its key alone.
Result<TransportIdentity> certify(EVP_PKEY* key, const DepartmentId& department, Timestamp now,
                                  std::uint32_t valid_days) {
  const SelfSignedTerms terms{department.str(), {}, "serverAuth,clientAuth", now, valid_days};
  const CertificatePointer certificate = TRY(self_sign(key, terms));
  return identity_of(key, certificate.get());
}

}  // namespace

Result<TransportIdentity> make_transport_identity(const DepartmentId& department, Timestamp now,
                                                  std::uint32_t valid_days) {
  const KeyPointer key = TRY(make_ed25519_key());
  return certify(key.get(), department, now, valid_days);
}

Result<TransportIdentity> renew_certificate(const TransportIdentity& identity, const DepartmentId& department,
                                            Timestamp now, std::uint32_t valid_days) {
  const KeyPointer key = read_key(identity.key_pem);
  if (key == nullptr) return fail(ErrorCode::malformed, "transport key: is not an Ed25519 key in PEM");
  return certify(key.get(), department, now, valid_days);
}

Result<void> save_transport_identity(const TransportIdentity& identity, const std::string& key_path,
                                     const std::string& certificate_path) {
  TRY(write_new_file(key_path, identity.key_pem, FileAccess::secret));
  return write_new_file(certificate_path, identity.certificate_pem, FileAccess::open);
}

Result<TransportIdentity> load_transport_identity(const std::string& key_path, const std::string& certificate_path) {
  std::string pem = TRY(read_small_file(key_path, FileAccess::secret));
  const KeyPointer key = read_key(pem);
  OPENSSL_cleanse(pem.data(), pem.size());
  if (key == nullptr) return fail(ErrorCode::malformed, key_path, ": is not an Ed25519 key in PEM (PKCS #8)");
  const CertificatePointer certificate = read_certificate_pem(TRY(read_small_file(certificate_path, FileAccess::open)));
  if (certificate == nullptr || !transport_key_of(certificate.get())) {
    return fail(ErrorCode::malformed, certificate_path, ": is not a certificate of an Ed25519 key in PEM");
  }
  if (EVP_PKEY_eq(key.get(), X509_get0_pubkey(certificate.get())) != 1) {
    return fail(ErrorCode::conflict, certificate_path, ": is the certificate of another key than ", key_path);
  }
  return identity_of(key.get(), certificate.get());
}

std::optional<TransportKey> transport_key_of(ByteView certificate_der) {
  const unsigned char* data = certificate_der.data();
  const CertificatePointer certificate(d2i_X509(nullptr, &data, static_cast<long>(certificate_der.size())));
  ERR_clear_error();
  if (certificate == nullptr) return std::nullopt;
  return transport_key_of(certificate.get());
}

}  // namespace kanhe::node
