// Endpoint identity: the key and the certificate that an endpoint shows to clients where no authority has made one.
//
// It is ECDSA on P-256, because browsers take no Ed25519, and is made out for the names and addresses that clients
// dial, because they compare nothing else. Nobody vouches for it: who wants more than a connection that others cannot
// read along gives its file to the client (kanhe --node-ca, curl --cacert), or puts a certificate of the department's
// own authority in its place. Peers know a node by another key (node/transport_identity.h).
//
// Files: the key as PKCS #8 PEM with mode 0600 (node/private_file.h), the certificate as PEM.
// Thread: any; plain values. Units: validity in days.
#pragma once

#include <span>

#include "ledger/identifiers.h"
#include "node/self_signed.h"

namespace kanhe::node {

// Some clients take no certificate that is valid for longer, whoever made it.
inline constexpr std::uint32_t endpoint_certificate_days_default = 825;

struct EndpointIdentity {
  std::string key_pem;  // secret
  std::string certificate_pem;
};

// A new key with a certificate for these hosts (names or IP addresses) and, whatever they are, for localhost, 127.0.0.1
// and ::1. Errors: malformed (a host), io.
Result<EndpointIdentity> make_endpoint_identity(const DepartmentId& department, std::span<const std::string> hosts,
                                                Timestamp now,
                                                std::uint32_t valid_days = endpoint_certificate_days_default);

// Errors: as write_new_file().
Result<void> save_endpoint_identity(const EndpointIdentity& identity, const std::string& key_path,
                                    const std::string& certificate_path);

}  // namespace kanhe::node
