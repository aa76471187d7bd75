// Transport identity: the Ed25519 key by which peers know a node, and the certificate that carries it through TLS.
//
// What peers check is the *transport key*, the SHA-256 of the key's SubjectPublicKeyInfo, which stands in the epoch's
// list of validators. The self-signed X.509 certificate around it is only transport: nobody's signature is asked for,
// but its dates, its key and its purposes count, so that a forgotten key ends some day.
//
// Files: the key as PKCS #8 PEM with mode 0600 (node/private_file.h), the certificate as PEM.
// Thread: any; the values are immutable. Units: validity in days, times in ms. Errors: the text names the file.
#pragma once

#include <optional>
#include <string>

#include "ledger/identifiers.h"
#include "ledger/types.h"

namespace kanhe::node {

inline constexpr std::uint32_t certificate_days_default = 3'650;

struct TransportIdentity {
  std::string key_pem;          // secret
  std::string certificate_pem;
  TransportKey key;
  Timestamp valid_from_ms;
  Timestamp valid_until_ms;
};

// A new key, with a certificate that names the department and is valid from an hour ago. Errors: io.
Result<TransportIdentity> make_transport_identity(const DepartmentId& department, Timestamp now,
                                                  std::uint32_t valid_days = certificate_days_default);
// The same key in a new certificate. Errors: malformed.
Result<TransportIdentity> renew_certificate(const TransportIdentity& identity, const DepartmentId& department,
                                            Timestamp now, std::uint32_t valid_days = certificate_days_default);

// Errors: as write_new_file().
Result<void> save_transport_identity(const TransportIdentity& identity, const std::string& key_path,
                                     const std::string& certificate_path);
// Errors: as read_small_file(); malformed (no PEM of an Ed25519 key, no certificate); conflict (the certificate is for
// another key).
Result<TransportIdentity> load_transport_identity(const std::string& key_path, const std::string& certificate_path);

// The transport key of a DER certificate with an Ed25519 key; of any other, absent.
std::optional<TransportKey> transport_key_of(ByteView certificate_der);

}  // namespace kanhe::node
