// TLS between peers: version 1.3 only, both sides with a certificate, no resumption.
//
// A certificate is accepted for the key in it: Ed25519, and registered in the directory for a member (or its previous
// key, as long as that is valid). It must be self-signed, inside its dates and made for both sides of a connection.
// There is no authority, no name and no chain to check.
//
// Thread: the network's. Errors: malformed, when the own identity cannot be used.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "node/peer_directory.h"
#include "node/transport_identity.h"

namespace kanhe::node {

using TlsStream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;

class Tls {
 public:
  // Lifetime: the directory outlives the connections.
  static Result<std::unique_ptr<Tls>> make(const TransportIdentity& identity, const PeerDirectory& directory);

  boost::asio::ssl::context& context() { return context_; }
  // Who the other side of a finished handshake is.
  std::optional<PeerId> peer_of(TlsStream& stream) const;
  // Why the other side's certificate was refused, in words; empty when it was not.
  static std::string refusal(TlsStream& stream);

 private:
  explicit Tls(const PeerDirectory& directory);

  const PeerDirectory& directory_;
  boost::asio::ssl::context context_;
};

}  // namespace kanhe::node
