// The implementation of Asio and of its TLS streams, compiled once for the whole program: every other file sees their
// declarations only (BOOST_ASIO_SEPARATE_COMPILATION).
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
