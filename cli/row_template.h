// RowTemplate: a text made of a row's columns, as a mapping file writes it; and DateFormat, how a registry writes days.
//
//     110101{p1..3}{p4..6}GB0{p7..10}F00010001      {p}: the column named p; {p4..6}: its fourth to sixth character
//     KC-{p}-{nth}                                  {nth}: which entry of its unit the row is, in the order of dates
//
// Names are a-z and _, so that a slice's numbers cannot be taken for part of one. "{{" and "}}" stand for a brace. A
// slice beyond the end of the value is a fault of the row: a key cut short would name something else.
//
// Thread: any; plain values. Limits: template_bytes_max. Errors: malformed (form), unknown (a name), out_of_range.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/result.h"
#include "ledger/types.h"

namespace kanhe::cli {

inline constexpr std::size_t template_bytes_max = 1'024;

class RowTemplate {
 public:
  // What stands for {nth}. No column may have this name.
  static constexpr std::string_view nth_name = "nth";

  // `names` are those of the columns. Errors: malformed, unknown, out_of_range.
  static Result<RowTemplate> from(std::string_view text, std::span<const std::string> names);

  // `values` are those of the columns, in the order of their names; `nth` counts from 1.
  // Errors: out_of_range, when a value is too short for its slice.
  Result<std::string> fill(std::span<const std::string> values, std::size_t nth) const;

  const std::string& text() const { return text_; }
  // Positions of the columns that it takes, in the order of the text, each once.
  std::vector<std::size_t> columns() const;
  // Those that it takes a slice of.
  std::vector<std::size_t> sliced_columns() const;
  bool uses_nth() const;

 private:
  enum class PieceKind : std::uint8_t { literal, column, nth };
  struct Piece {
    PieceKind kind = PieceKind::literal;
    std::string literal{};
    std::size_t column = 0;
    std::size_t first = 0;  // of a slice, from 1; 0: the whole value
    std::size_t last = 0;
  };
  static Result<Piece> read_piece(std::string_view inside, std::span<const std::string> names);

  std::string text_;
  std::vector<Piece> pieces_;
};

// How many characters (not bytes) a text has. Requires: UTF-8.
std::size_t characters_of(std::string_view text);

// A day, and where it says so a time of day, for example "YYYY-MM-DD", "YYYYMMDD", "YYYY年MM月DD日", "DD.MM.YYYY
// hh:mm:ss". Each letter stands for one digit, everything else for itself.
class DateFormat {
 public:
  // Errors: malformed, unless YYYY, MM and DD stand there once and hh, mm, ss at most once.
  static Result<DateFormat> from(std::string_view pattern);

  // The moment at which the day begins (or the time of day, if the format has one) where clocks are
  // `offset_minutes` ahead of UTC. Errors: malformed (not of the form), out_of_range (no such day or time; a moment
  // before 1970, which the ledger's times cannot hold).
  Result<Timestamp> read(std::string_view text, int offset_minutes) const;

  const std::string& pattern() const { return pattern_; }

 private:
  std::string pattern_;
};

// "+08:00" as minutes. Errors: malformed; out_of_range (beyond 18 hours).
Result<int> read_utc_offset(std::string_view text);

}  // namespace kanhe::cli
