// Listening: takes a TCP port at an address of the configuration.
//
// Thread: the caller's; it waits for the resolver. Errors: busy when another process has the port, io when it cannot be
// taken otherwise; the text names the address.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "node/config.h"

namespace kanhe::node {

// Opens, binds and listens; port 0 takes any free one. Returns the port.
Result<std::uint16_t> listen_at(boost::asio::ip::tcp::acceptor& acceptor, const Address& address);

}  // namespace kanhe::node
