#include "cli/row_template.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

namespace kanhe::cli {
namespace {

bool is_name_letter(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Where the n-th character (from 1) begins; the end of the text when it has fewer.
std::size_t byte_of_character(std::string_view text, std::size_t n) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80;
    if (begins && --n == 0) return at;
  }
  return at;
}

std::optional<std::size_t> read_number(std::string_view digits) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace

std::size_t characters_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

// ---------------------------------------------------------------------------------------------------------------------
// Templates

Result<RowTemplate::Piece> RowTemplate::read_piece(std::string_view inside, std::span<const std::string> names) {
  const auto name_end = std::ranges::find_if_not(inside, is_name_letter);
  const std::string name(inside.begin(), name_end);
  const std::string_view slice(name_end, inside.end());
  if (name == nth_name && slice.empty()) return Piece{.kind = PieceKind::nth};
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return fail(ErrorCode::unknown, "{", inside, "}: no column is named \"", name, "\"");
  Piece piece{.kind = PieceKind::column, .column = static_cast<std::size_t>(found - names.begin())};
  if (slice.empty()) return piece;

  const std::size_t dots = slice.find("..");
  if (dots == std::string_view::npos)
    return fail(ErrorCode::malformed, "{", inside, "}: a slice is written {name4..6}");
  const auto first = read_number(slice.substr(0, dots));
  const auto last = read_number(slice.substr(dots + 2));
  if (!first || !last || *first == 0 || *last < *first) {
    return fail(ErrorCode::malformed, "{", inside,
                "}: a slice is written {name4..6}, from 1, the smaller number first");
  }
  piece.first = *first;
  piece.last = *last;
  return piece;
}

Result<RowTemplate> RowTemplate::from(std::string_view text, std::span<const std::string> names) {
  if (text.size() > template_bytes_max) {
    return fail(ErrorCode::out_of_range, "a template of ", text.size(), " bytes, must be at most ", template_bytes_max);
  }
  RowTemplate made;
  made.text_ = text;
  std::string literal;
  const auto end_literal = [&] {
    if (!literal.empty()) made.pieces_.push_back({.literal = literal});
    literal.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool doubled = i + 1 < text.size() && text[i + 1] == text[i];
    if (text[i] != '{' && text[i] != '}') {
      literal += text[i];
    } else if (doubled) {
      literal += text[i++];
    } else if (const std::size_t close = text.find('}', i); text[i] == '{' && close != std::string_view::npos) {
      end_literal();
      made.pieces_.push_back(TRY(read_piece(text.substr(i + 1, close - i - 1), names)));
      i = close;
    } else {
      return fail(ErrorCode::malformed, "a brace without its other half; for a brace itself write it twice");
    }
  }
  end_literal();
  return made;
}

Result<std::string> RowTemplate::fill(std::span<const std::string> values, std::size_t nth) const {
  std::string filled;
  for (const Piece& piece : pieces_) {
    if (piece.kind == PieceKind::literal) {
      filled += piece.literal;
    } else if (piece.kind == PieceKind::nth) {
      filled += std::to_string(nth);
    } else if (piece.first == 0) {
      filled += values[piece.column];
    } else {
      const std::string& value = values[piece.column];
      if (characters_of(value) < piece.last) {
        return fail(ErrorCode::out_of_range, "\"", value, "\" has ", characters_of(value), " characters, character ",
                    piece.last, " is asked for");
      }
      const std::size_t begin = byte_of_character(value, piece.first);
      filled.append(value, begin, byte_of_character(value, piece.last + 1) - begin);
    }
  }
  return filled;
}

std::vector<std::size_t> RowTemplate::columns() const {
  std::vector<std::size_t> columns;
  for (const Piece& piece : pieces_) {
    if (piece.kind != PieceKind::column || std::ranges::find(columns, piece.column) != columns.end()) continue;
    columns.push_back(piece.column);
  }
  return columns;
}

std::vector<std::size_t> RowTemplate::sliced_columns() const {
  std::vector<std::size_t> columns;
  for (const Piece& piece : pieces_) {
    if (piece.first == 0 || std::ranges::find(columns, piece.column) != columns.end()) continue;
    columns.push_back(piece.column);
  }
  return columns;
}

bool RowTemplate::uses_nth() const {
  return std::ranges::any_of(pieces_, [](const Piece& piece) { return piece.kind == PieceKind::nth; });
}

// ---------------------------------------------------------------------------------------------------------------------
// Dates

namespace {

constexpr std::string_view date_parts[] = {"YYYY", "MM", "DD", "hh", "mm", "ss"};
constexpr std::size_t required_parts = 3;

}  // namespace

Result<DateFormat> DateFormat::from(std::string_view pattern) {
  const auto wrong = [&] {
    return fail(
        ErrorCode::malformed, "date format \"", pattern,
        "\": YYYY, MM and DD must stand in it once, and may be followed by hh, mm and ss; for example YYYY-MM-DD");
  };
  std::size_t letters = 0;
  for (std::size_t i = 0; i < std::size(date_parts); ++i) {
    const std::size_t at = pattern.find(date_parts[i]);
    if (at == std::string_view::npos && i < required_parts) return wrong();
    if (at != std::string_view::npos) letters += date_parts[i].size();
  }
  const auto is_letter = [](char c) { return std::string_view("YMDhms").find(c) != std::string_view::npos; };
  if (static_cast<std::size_t>(std::ranges::count_if(pattern, is_letter)) != letters) return wrong();
  DateFormat format;
  format.pattern_ = pattern;
  return format;
}

Result<Timestamp> DateFormat::read(std::string_view text, int offset_minutes) const {
  const Error malformed = kanhe::fail(ErrorCode::malformed, "\"", text, "\" is not of the form ", pattern_);
  if (text.size() != pattern_.size()) return malformed;
  int parts[std::size(date_parts)] = {};
  for (std::size_t i = 0; i < pattern_.size();) {
    const auto part =
        std::ranges::find_if(date_parts, [&](std::string_view p) { return pattern_.compare(i, p.size(), p) == 0; });
    if (part == std::end(date_parts)) {
      if (text[i] != pattern_[i]) return malformed;
      ++i;
      continue;
    }
    int& value = parts[part - std::begin(date_parts)];
    for (const std::size_t end = i + part->size(); i < end; ++i) {
      if (!is_digit(text[i])) return malformed;
      value = value * 10 + (text[i] - '0');
    }
  }
  const auto [year, month, day, hour, minute, second] = parts;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) {
    return kanhe::fail(ErrorCode::out_of_range, "\"", text, "\": there is no such day or time of day");
  }
  using std::chrono::milliseconds;
  const milliseconds moment = std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hour) +
                              std::chrono::minutes(minute - offset_minutes) + std::chrono::seconds(second);
  if (moment < milliseconds(0)) {
    return kanhe::fail(ErrorCode::out_of_range, "\"", text,
                       "\" is before 1970-01-01 UTC, the earliest moment there is");
  }
  return Timestamp::from(static_cast<std::uint64_t>(moment.count()));
}

Result<int> read_utc_offset(std::string_view text) {
  const Error malformed = kanhe::fail(ErrorCode::malformed, "\"", text, "\" is no offset from UTC, for example +08:00");
  const bool formed = text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':';
  if (!formed) return malformed;
  const auto hours = read_number(text.substr(1, 2));
  const auto minutes = read_number(text.substr(4, 2));
  if (!hours || !minutes || *minutes > 59) return malformed;
  const int offset = static_cast<int>(*hours * 60 + *minutes);
  if (offset > 18 * 60) return kanhe::fail(ErrorCode::out_of_range, "offset ", text, ", must be at most 18:00");
  return text[0] == '-' ? -offset : offset;
}

}  // namespace kanhe::cli
