#include "node/self_signed.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

#include "ledger/keys.h"

namespace kanhe::node {
namespace {

template <auto function>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    function(object);
  }
};
using BioPointer = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using ExtensionPointer = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using NamePointer = std::unique_ptr<GENERAL_NAME, Deleter<GENERAL_NAME_free>>;
using NamesPointer = std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>>;

constexpr std::uint64_t hour_ms = 3'600'000;
constexpr std::uint64_t day_ms = 24 * hour_ms;
constexpr std::size_t host_bytes_max = 253;

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

bool is_address(const std::string& host) {
  if (host.find('\0') != std::string::npos) return false;
  in6_addr any{};
  return ::inet_pton(AF_INET, host.c_str(), &any) == 1 || ::inet_pton(AF_INET6, host.c_str(), &any) == 1;
}

bool is_host_name(const std::string& host) {
  const auto is_of_name = [](char c) {
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || c == '-' || c == '.';
  };
  return !host.empty() && host.size() <= host_bytes_max && std::ranges::all_of(host, is_of_name);
}

// Browsers look here alone, and an address counts only as one.
NamePointer name_of(const std::string& host) {
  NamePointer name(GENERAL_NAME_new());
  if (name == nullptr) return nullptr;
  if (is_address(host)) {
    ASN1_OCTET_STRING* const address = a2i_IPADDRESS(host.c_str());
    if (address == nullptr) return nullptr;
    GENERAL_NAME_set0_value(name.get(), GEN_IPADD, address);
    return name;
  }
  ASN1_IA5STRING* const text = ASN1_IA5STRING_new();
  if (text == nullptr) return nullptr;
  GENERAL_NAME_set0_value(name.get(), GEN_DNS, text);
  if (ASN1_STRING_set(text, host.data(), static_cast<int>(host.size())) != 1) return nullptr;
  return name;
}

bool add_hosts(X509* certificate, const std::vector<std::string>& hosts) {
  if (hosts.empty()) return true;
  const NamesPointer names(GENERAL_NAMES_new());
  if (names == nullptr) return false;
  for (const std::string& host : hosts) {
    NamePointer name = name_of(host);
    if (name == nullptr || sk_GENERAL_NAME_push(names.get(), name.get()) == 0) return false;
    static_cast<void>(name.release());
  }
  return X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) == 1;
}

bool fill_certificate(X509* certificate, EVP_PKEY* key, const SelfSignedTerms& terms) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  const auto* const name = reinterpret_cast<const unsigned char*>(terms.common_name.data());
  const std::uint64_t now = terms.now.value();
  return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
         set_time(X509_getm_notBefore(certificate), now - std::min(now, hour_ms)) &&
         set_time(X509_getm_notAfter(certificate), now + terms.valid_days * day_ms) &&
         X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, static_cast<int>(terms.common_name.size()), -1,
                                    0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1 && X509_set_pubkey(certificate, key) == 1 &&
         add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
         add_extension(certificate, NID_ext_key_usage, terms.purposes.c_str()) && add_hosts(certificate, terms.hosts);
}

// Ed25519 hashes for itself.
const EVP_MD* digest_for(EVP_PKEY* key) {
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
}

}  // namespace

void OpensslDeleter::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
void OpensslDeleter::operator()(X509* certificate) const { X509_free(certificate); }

Result<KeyPointer> make_ed25519_key() {
  KeyPointer key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (key == nullptr) return openssl_error("making an Ed25519 key");
  return key;
}

Result<KeyPointer> make_p256_key() {
  KeyPointer key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  if (key == nullptr) return openssl_error("making a P-256 key");
  return key;
}

Result<CertificatePointer> self_sign(EVP_PKEY* key, const SelfSignedTerms& terms) {
  for (const std::string& host : terms.hosts) {
    if (is_address(host) || is_host_name(host)) continue;
    return fail(ErrorCode::malformed, "\"", host, "\" is neither a host name nor an IP address");
  }
  CertificatePointer certificate(X509_new());
  if (certificate == nullptr || !fill_certificate(certificate.get(), key, terms) ||
      X509_sign(certificate.get(), key, digest_for(key)) == 0) {
    return openssl_error("making a certificate");
  }
  return certificate;
}

Result<std::string> pem_of(EVP_PKEY* key) {
  const BioPointer bio(BIO_new(BIO_s_secmem()));
  if (bio == nullptr || PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return openssl_error("writing PEM");
  }
  return text_of(bio.get());
}

Result<std::string> pem_of(X509* certificate) {
  const BioPointer bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || PEM_write_bio_X509(bio.get(), certificate) != 1) return openssl_error("writing PEM");
  return text_of(bio.get());
}

KeyPointer read_key_pem(std::string_view pem) {
  const BioPointer bio = reader_of(pem);
  // Whatever the terminal could be asked for.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  KeyPointer key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  return key;
}

CertificatePointer read_certificate_pem(std::string_view pem) {
  const BioPointer bio = reader_of(pem);
  CertificatePointer certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  return certificate;
}

}  // namespace kanhe::node
