#include "node/tls.h"

#include <boost/asio/buffer.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "node/clock.h"

namespace kanhe::node {
namespace {

namespace ssl = boost::asio::ssl;

std::optional<PeerId> member_of(const PeerDirectory& directory, X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size <= 0) return std::nullopt;
  const auto key = transport_key_of(ByteView(der, static_cast<std::size_t>(size)));
  OPENSSL_free(der);
  if (!key) return std::nullopt;
  return directory.find(*key, wall_now());
}

int judge(const PeerDirectory& directory, X509* certificate) {
  if (certificate == nullptr || !member_of(directory, certificate)) return X509_V_ERR_CERT_UNTRUSTED;
  if (X509_cmp_current_time(X509_get0_notBefore(certificate)) >= 0) return X509_V_ERR_CERT_NOT_YET_VALID;
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0) return X509_V_ERR_CERT_HAS_EXPIRED;
  if (X509_check_purpose(certificate, X509_PURPOSE_SSL_CLIENT, 0) != 1 ||
      X509_check_purpose(certificate, X509_PURPOSE_SSL_SERVER, 0) != 1) {
    return X509_V_ERR_INVALID_PURPOSE;
  }
  const bool self_signed = X509_verify(certificate, X509_get0_pubkey(certificate)) == 1;
  ERR_clear_error();
  return self_signed ? X509_V_OK : X509_V_ERR_CERT_SIGNATURE_FAILURE;
}

// Takes the place of OpenSSL's search for a chain to a trusted authority.
int verify_certificate(X509_STORE_CTX* store, void* directory) {
  const int verdict = judge(*static_cast<const PeerDirectory*>(directory), X509_STORE_CTX_get0_cert(store));
  X509_STORE_CTX_set_error(store, verdict);
  return verdict == X509_V_OK ? 1 : 0;
}

}  // namespace

Tls::Tls(const PeerDirectory& directory) : directory_(directory), context_(ssl::context::tlsv13) {}

Result<std::unique_ptr<Tls>> Tls::make(const TransportIdentity& identity, const PeerDirectory& directory) {
  std::unique_ptr<Tls> tls(new Tls(directory));
  SSL_CTX* context = tls->context_.native_handle();
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
  // A resumed session would not show its certificate again.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, verify_certificate, const_cast<PeerDirectory*>(&directory));
  boost::system::error_code error;
  tls->context_.use_certificate(boost::asio::buffer(identity.certificate_pem), ssl::context::pem, error);
  if (!error) tls->context_.use_private_key(boost::asio::buffer(identity.key_pem), ssl::context::pem, error);
  if (error) return fail(ErrorCode::malformed, "transport identity: ", error.message());
  return tls;
}

std::optional<PeerId> Tls::peer_of(TlsStream& stream) const {
  X509* certificate = SSL_get0_peer_certificate(stream.native_handle());
  return certificate == nullptr ? std::nullopt : member_of(directory_, certificate);
}

std::string Tls::refusal(TlsStream& stream) {
  switch (SSL_get_verify_result(stream.native_handle())) {
    case X509_V_OK: return "";
    case X509_V_ERR_CERT_UNTRUSTED: return "its key is not registered for a member of this network";
    case X509_V_ERR_CERT_NOT_YET_VALID: return "its certificate is not valid yet (or this machine's clock is behind)";
    case X509_V_ERR_CERT_HAS_EXPIRED: return "its certificate has expired (or this machine's clock is ahead)";
    case X509_V_ERR_INVALID_PURPOSE: return "its certificate is not made for both sides of a connection";
    default: return "its certificate is damaged";
  }
}

}  // namespace kanhe::node
