// The implementation of Beast, compiled once for the command line (BOOST_BEAST_SEPARATE_COMPILATION).
#include <boost/beast/src.hpp>
