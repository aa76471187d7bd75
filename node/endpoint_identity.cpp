#include "node/endpoint_identity.h"

#include <algorithm>

#include "node/private_file.h"

namespace kanhe::node {

Result<EndpointIdentity> make_endpoint_identity(const DepartmentId& department, std::span<const std::string> hosts,
                                                Timestamp now, std::uint32_t valid_days) {
  SelfSignedTerms terms{department.str(), {"localhost", "127.0.0.1", "::1"}, "serverAuth", now, valid_days};
  for (const std::string& host : hosts) {
    if (std::ranges::find(terms.hosts, host) == terms.hosts.end()) terms.hosts.push_back(host);
  }
  const KeyPointer key = TRY(make_p256_key());
  const CertificatePointer certificate = TRY(self_sign(key.get(), terms));
  return EndpointIdentity{TRY(pem_of(key.get())), TRY(pem_of(certificate.get()))};
}

Result<void> save_endpoint_identity(const EndpointIdentity& identity, const std::string& key_path,
                                    const std::string& certificate_path) {
  TRY(write_new_file(key_path, identity.key_pem, FileAccess::secret));
  return write_new_file(certificate_path, identity.certificate_pem, FileAccess::open);
}

}  // namespace kanhe::node
