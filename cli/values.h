// Values: single values of described types as people write and read them.
//
// Money (unit fen) as 1234.50 (yuan, always two decimals) or 123450fen; a bare integer is refused, because it
// could be either. Times as 2025-06-03T10:21:07+08:00, without an offset or a time of day: Beijing time, or as integer
// ms since 1970. Durations as 90s, 30m, 12h, 5d, 250ms. Bytes as lower-case hexadecimal; where 32 bytes are asked for,
// also sha256:PATH, the digest of that file. Enumerators and variants by name. Booleans true, false.
//
// Thread: one. Errors: malformed, out_of_range, unknown (an enumerator), io (a file); the text names the limit and the
// value, and shows the form.
#pragma once

#include <string>
#include <vector>

#include "ledger/schema.h"

namespace kanhe::cli {

// Whether the kind is a single value: number, boolean, bytes, blob, text or enumeration.
bool is_single(const Schema& schema);

// Whether its option says a unit that its JSON does not: money and durations.
bool is_bare_number(const Schema& schema);

// Requires: is_single(schema).
Result<void> set_value(const Schema& schema, void* value, std::string_view text);
// The form that set_value() reads.
std::string option_text(const Schema& schema, const void* value);
// The form in words, for example "64 hexadecimal digits, or sha256:FILE", and a value that is of it.
std::string form_text(const Schema& schema);
std::string form_text_zh(const Schema& schema);
std::string example_text(const Schema& schema);

// Errors: malformed. Units: ms since 1970; ms; fen.
Result<std::uint64_t> read_time(std::string_view text);
Result<std::uint64_t> read_duration(std::string_view text);
Result<std::uint64_t> read_money(std::string_view text);

// "2025-06-03T10:21:07.250+08:00", "5d" or "90s", "1234.50": as they are read.
std::string write_time(std::uint64_t ms);
std::string write_duration(std::uint64_t ms);
std::string write_money(std::uint64_t fen);

// The candidate that is nearest to a word, or empty when none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);
// ", did you mean x?", or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace kanhe::cli
