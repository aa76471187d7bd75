// The implementation of Asio and of its TLS streams, compiled once for the command line, as node/asio.cpp is for the
// daemon: neither may link the other.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
