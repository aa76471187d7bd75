// Display width: how many columns of a terminal a text takes. A Chinese character takes two, a combining mark none.
//
// Wide is what Unicode's EastAsianWidth.txt (UAX #11) has as W or F; without width are combining marks (general
// categories Mn and Me), format characters (Cf, but for the soft hyphen) and the trailing letters of Korean syllables.
// Everything else, ambiguous width too (· … ✓), is one column: so do terminals that are not set up otherwise.
//
// Thread: any; constants. Units: columns. Errors: none; a byte that is part of no UTF-8 sequence is one column.
// Source: the tables are those of Unicode 14.0.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kanhe::cli {

// Complexity: linear in the length, with a search in a table for each character beyond ASCII.
std::size_t display_width(std::string_view text);

// The text with spaces behind it until it is so wide; as it is when it is wider.
std::string padded_to(std::string_view text, std::size_t columns);

}  // namespace kanhe::cli
