// Csv: tables of comma-separated values, read strictly and written so that they read back the same.
//
// The form is RFC 4180: records end with LF or CRLF, fields are parted by commas, a field in double quotes may hold
// commas, line breaks and doubled quotes. What the RFC leaves open is refused rather than guessed: a quote inside an
// unquoted field, characters after a closing quote, a carriage return alone, a quoted field that does not end. A byte
// order mark at the beginning is passed over; the text must be UTF-8.
//
// A record with too few or too many fields is kept as it is: that is a fault of one row, which the reader of the table
// reports with its line, and no reason to refuse the others.
//
// Thread: any; plain values. Limits: below. Errors: malformed, out_of_range; the text names line and column (both from
// 1, the column in bytes).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/result.h"

namespace kanhe::cli {

inline constexpr std::size_t csv_bytes_max = 1'024 * 1'024 * 1'024;
inline constexpr std::size_t csv_rows_max = 10'000'000;
inline constexpr std::size_t csv_columns_max = 1'024;
inline constexpr std::size_t csv_field_bytes_max = 65'536;

struct CsvRow {
  std::size_t line = 0;  // on which the record begins, from 1; quoted line breaks count
  std::vector<std::string> fields;
  friend bool operator==(const CsvRow&, const CsvRow&) = default;
};

struct CsvTable {
  std::vector<std::string> columns;  // the first record; no name is empty or stands twice
  std::vector<CsvRow> rows;          // the others; an empty line is none

  // Position of a column, from 0; nothing when there is none of this name.
  std::optional<std::size_t> column(std::string_view name) const;
};

// Errors: also duplicate (a column's name).
Result<CsvTable> read_csv(std::string_view text);

// One record with its line end (LF). A field is quoted where it must be, and an only field that is empty as well, for a
// record must not look like an empty line.
std::string csv_line(std::span<const std::string> fields);

}  // namespace kanhe::cli
