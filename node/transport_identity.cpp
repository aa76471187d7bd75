#include "node/transport_identity.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>

#include "ledger/hash.h"
#include "ledger/keys.h"
#include "node/private_file.h"

namespace kanhe::node {
namespace {

template <auto function>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    function(object);
  }
};
using KeyPointer = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using CertificatePointer = std::unique_ptr<X509, Deleter<X509_free>>;
using BioPointer = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using ExtensionPointer = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;

constexpr std::uint64_t hour_ms = 3'600'000;
constexpr std::uint64_t day_ms = 24 * hour_ms;

// What OpenSSL refuses without an outside cause is lack of memory or a broken library.
Error openssl_error(std::string_view what) {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = ERR_reason_error_string(code);
  ERR_clear_error();
  return fail(ErrorCode::io, what, ": OpenSSL: ", reason == nullptr ? "no reason given" : reason);
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

BioPointer reader_of(std::string_view text) {
  return BioPointer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// A key without a password, whatever the terminal could be asked for.
KeyPointer read_key(std::string_view pem) {
  const BioPointer bio = reader_of(pem);
  const auto no_password = [](char*, int, int, void*) { return -1; };
  KeyPointer key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  if (key != nullptr && EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519) key.reset();
  return key;
}

CertificatePointer read_certificate(std::string_view pem) {
  const BioPointer bio = reader_of(pem);
  CertificatePointer certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  return certificate;
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

bool add_extension(X509* certificate, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const ExtensionPointer extension(X509V3_EXT_conf_nid(nullptr, &context, id, value));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
  std::array<Byte, 16> bytes{};
  if (!fill_random(bytes)) return false;
  bytes[0] = static_cast<Byte>((bytes[0] & 0x7f) | 0x40);  // positive, and of the full length
  const std::unique_ptr<BIGNUM, Deleter<BN_free>> number(BN_bin2bn(bytes.data(), bytes.size(), nullptr));
  return number != nullptr && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_time(ASN1_TIME* target, std::uint64_t ms) {
  return ASN1_TIME_set(target, static_cast<std::time_t>(ms / 1'000)) != nullptr;
}

bool fill_certificate(X509* certificate, EVP_PKEY* key, const DepartmentId& department, Timestamp now,
                      std::uint32_t valid_days) {
  const std::string name = department.str();
  X509_NAME* subject = X509_get_subject_name(certificate);
  const std::uint64_t start = now.value() - std::min(now.value(), hour_ms);
  return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
         set_time(X509_getm_notBefore(certificate), start) &&
         set_time(X509_getm_notAfter(certificate), now.value() + valid_days * day_ms) &&
         X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.data()),
                                    static_cast<int>(name.size()), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1 && X509_set_pubkey(certificate, key) == 1 &&
         add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
         add_extension(certificate, NID_ext_key_usage, "serverAuth,clientAuth");
}

Result<TransportIdentity> identity_of(EVP_PKEY* key, X509* certificate) {
  TransportIdentity identity;
  const BioPointer key_bio(BIO_new(BIO_s_secmem()));
  const BioPointer certificate_bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PKCS8PrivateKey(key_bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_bio_X509(certificate_bio.get(), certificate) != 1) {
    return openssl_error("writing PEM");
  }
  identity.key_pem = text_of(key_bio.get());
  identity.certificate_pem = text_of(certificate_bio.get());
  const auto transport_key = transport_key_of(certificate);
  CHECK(transport_key.has_value());
  identity.key = *transport_key;
  identity.valid_from_ms = timestamp_of(X509_get0_notBefore(certificate));
  identity.valid_until_ms = timestamp_of(X509_get0_notAfter(certificate));
  return identity;
}

Result<TransportIdentity> certify(EVP_PKEY* key, const DepartmentId& department, Timestamp now,
                                  std::uint32_t valid_days) {
  const CertificatePointer certificate(X509_new());
  if (certificate == nullptr || !fill_certificate(certificate.get(), key, department, now, valid_days) ||
      X509_sign(certificate.get(), key, nullptr) == 0) {
    return openssl_error("making a certificate");
  }
  return identity_of(key, certificate.get());
}

}  // namespace

Result<TransportIdentity> make_transport_identity(const DepartmentId& department, Timestamp now,
                                                  std::uint32_t valid_days) {
  const KeyPointer key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (key == nullptr) return openssl_error("making an Ed25519 key");
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
  const CertificatePointer certificate = read_certificate(TRY(read_small_file(certificate_path, FileAccess::open)));
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
