// Self-signed X.509 certificates and the keys in them, for the identities that a node shows to its peers
// (node/transport_identity.h) and to clients (node/endpoint_identity.h).
//
// A certificate is version 3, has a random serial, is valid from an hour before `now` on, is no authority's, and its
// key signs (key usage digitalSignature) and does nothing else.
//
// Thread: any. Units: validity in days. Errors: io is lack of memory, of randomness, or a broken library.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <vector>

#include "ledger/result.h"
#include "ledger/types.h"

namespace kanhe::node {

struct OpensslDeleter {
  void operator()(EVP_PKEY* key) const;
  void operator()(X509* certificate) const;
};
using KeyPointer = std::unique_ptr<EVP_PKEY, OpensslDeleter>;
using CertificatePointer = std::unique_ptr<X509, OpensslDeleter>;

struct SelfSignedTerms {
  std::string common_name;         // of subject and issuer
  std::vector<std::string> hosts;  // names and IP addresses that it is made out for; none: it has no such extension
  std::string purposes;            // extended key usage in OpenSSL's words, for example "serverAuth,clientAuth"
  Timestamp now;
  std::uint32_t valid_days = 0;
};

// Errors: io.
Result<KeyPointer> make_ed25519_key();
Result<KeyPointer> make_p256_key();

// Errors: malformed (an entry of `hosts` is neither a host name nor an address), io.
Result<CertificatePointer> self_sign(EVP_PKEY* key, const SelfSignedTerms& terms);

// As PEM; the key as PKCS #8 without a passphrase, so it is a secret. Errors: io.
Result<std::string> pem_of(EVP_PKEY* key);
Result<std::string> pem_of(X509* certificate);

// The first key or certificate of a text; null when there is none. A key that asks for a passphrase is none.
KeyPointer read_key_pem(std::string_view pem);
CertificatePointer read_certificate_pem(std::string_view pem);

}  // namespace kanhe::node
