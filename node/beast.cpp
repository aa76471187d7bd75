// The implementation of Beast, compiled once for the whole program: every other file sees its declarations only
// (BOOST_BEAST_SEPARATE_COMPILATION).
#include <boost/beast/src.hpp>
