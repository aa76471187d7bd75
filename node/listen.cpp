#include "node/listen.h"

namespace kanhe::node {

Result<std::uint16_t> listen_at(boost::asio::ip::tcp::acceptor& acceptor, const Address& address) {
  namespace asio = boost::asio;
  using Tcp = asio::ip::tcp;
  const std::string where = "listening at " + to_string(address);
  boost::system::error_code error;
  Tcp::resolver resolver(acceptor.get_executor());
  const auto found = resolver.resolve(address.host, std::to_string(address.port),
                                      Tcp::resolver::passive | Tcp::resolver::numeric_service, error);
  if (error || found.empty()) return fail(ErrorCode::io, where, ": ", error.message());
  const Tcp::endpoint endpoint = *found.begin();
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error == asio::error::address_in_use) return fail(ErrorCode::busy, where, ": another process has the port");
  if (error) return fail(ErrorCode::io, where, ": ", error.message());
  const std::uint16_t port = acceptor.local_endpoint(error).port();
  if (error) return fail(ErrorCode::io, where, ": ", error.message());
  return port;
}

}  // namespace kanhe::node
