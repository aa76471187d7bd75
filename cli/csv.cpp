// The reader walks the text once, field by field, and knows the line and the byte at which it stands.
#include "cli/csv.h"

#include <algorithm>
#include <set>

#include "ledger/types.h"

namespace kanhe::cli {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// What follows a field.
enum class After : std::uint8_t { field, record, end };

class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {
    if (text_.starts_with(byte_order_mark)) at_ = line_start_ = byte_order_mark.size();
  }

  bool at_end() const { return at_ == text_.size(); }

  // One record; no fields at all for an empty line.
  Result<CsvRow> record() {
    CsvRow row{line_, {}};
    if (const auto line_end = TRY(take_line_end()); line_end) return row;
    After after = After::field;
    while (after == After::field) {
      if (row.fields.size() == csv_columns_max) {
        return wrong(ErrorCode::out_of_range, "more than ", csv_columns_max, " fields");
      }
      row.fields.push_back(TRY(field()));
      after = TRY(after_field());
    }
    return row;
  }

 private:
  template <class... Parts>
  Error wrong(ErrorCode code, const Parts&... parts) const {
    return fail(code, "line ", line_, ", column ", at_ - line_start_ + 1, ": ", parts...);
  }
  bool is_at(char c) const { return at_ < text_.size() && text_[at_] == c; }

  Result<std::string> field() { return is_at('"') ? quoted_field() : plain_field(); }

  Result<std::string> plain_field() {
    const std::size_t end = std::min(text_.find_first_of(",\r\n\"", at_), text_.size());
    std::string value(text_.substr(at_, end - at_));
    TRY(check_size(value));
    at_ = end;
    if (is_at('"')) return wrong(ErrorCode::malformed, "a quote inside a field that does not begin with one");
    return value;
  }

  Result<std::string> quoted_field() {
    const std::size_t first_line = line_;
    ++at_;
    std::string value;
    while (true) {
      const std::size_t end = text_.find_first_of("\"\n", at_);
      if (end == std::string_view::npos) {
        return fail(ErrorCode::malformed, "line ", first_line, ": a quoted field that begins here does not end");
      }
      value.append(text_, at_, end - at_);
      at_ = end + 1;
      if (text_[end] == '\n') {
        value += '\n';
        ++line_;
        line_start_ = at_;
      } else if (is_at('"')) {
        value += '"';
        ++at_;
      } else {
        TRY(check_size(value));
        return value;
      }
      TRY(check_size(value));
    }
  }

  Result<void> check_size(const std::string& value) const {
    if (value.size() <= csv_field_bytes_max) return {};
    return wrong(ErrorCode::out_of_range, "a field of ", value.size(), " bytes, must be at most ", csv_field_bytes_max);
  }

  Result<After> after_field() {
    if (is_at(',')) {
      ++at_;
      return After::field;
    }
    if (TRY(take_line_end())) return After::record;
    if (at_end()) return After::end;
    return wrong(ErrorCode::malformed, "after a closing quote must stand a comma or the end of the line");
  }

  // Whether a line ended here.
  Result<bool> take_line_end() {
    if (is_at('\r')) {
      if (at_ + 1 == text_.size() || text_[at_ + 1] != '\n') {
        return wrong(ErrorCode::malformed, "a carriage return without a line feed");
      }
      ++at_;
    }
    if (!is_at('\n')) return false;
    ++at_;
    ++line_;
    line_start_ = at_;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t line_start_ = 0;
};

// The first line that is not UTF-8; 0 when all are. Control characters are left to whoever uses a value.
std::size_t line_without_utf8(std::string_view text) {
  std::size_t line = 1;
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead == '\n') ++line;
    std::size_t length = 1;
    if (lead >= 0x80) length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    // C1 control characters (U+0080 to U+009F) are refused with the rest: they are what misread text looks like.
    if (i + length > text.size() || (length > 1 && !is_plain_text(text.substr(i, length)))) return line;
    i += length;
  }
  return 0;
}

Result<std::vector<std::string>> read_columns(CsvReader& reader) {
  if (reader.at_end()) return fail(ErrorCode::malformed, "line 1: must hold the names of the columns");
  CsvRow header = TRY(reader.record());
  if (header.fields.empty()) return fail(ErrorCode::malformed, "line 1: must hold the names of the columns");
  std::set<std::string_view> names;
  for (const std::string& name : header.fields) {
    if (name.empty()) return fail(ErrorCode::malformed, "line 1: a column has no name");
    if (!names.insert(name).second) return fail(ErrorCode::duplicate, "line 1: two columns are named \"", name, "\"");
  }
  return std::move(header.fields);
}

// A mark at the beginning of a file would be passed over, and an empty line is no record.
bool must_quote(const std::string& field, std::size_t fields) {
  return field.find_first_of(",\"\r\n") != std::string::npos || field.starts_with(byte_order_mark) ||
         (fields == 1 && field.empty());
}

}  // namespace

std::optional<std::size_t> CsvTable::column(std::string_view name) const {
  const auto found = std::ranges::find(columns, name);
  if (found == columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns.begin());
}

Result<CsvTable> read_csv(std::string_view text) {
  if (text.size() > csv_bytes_max) {
    return fail(ErrorCode::out_of_range, "a table of ", text.size(), " bytes, must be at most ", csv_bytes_max);
  }
  if (const std::size_t line = line_without_utf8(text); line != 0) {
    return fail(ErrorCode::malformed, "line ", line,
                ": not UTF-8 (convert it, for example: iconv -f GB18030 -t UTF-8)");
  }
  CsvReader reader(text);
  CsvTable table;
  table.columns = TRY(read_columns(reader));
  while (!reader.at_end()) {
    CsvRow row = TRY(reader.record());
    if (row.fields.empty()) continue;
    if (table.rows.size() == csv_rows_max) {
      return fail(ErrorCode::out_of_range, "line ", row.line, ": more than ", csv_rows_max, " rows");
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string csv_line(std::span<const std::string> fields) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += ',';
    const std::string& field = fields[i];
    if (!must_quote(field, fields.size())) {
      line += field;
      continue;
    }
    line += '"';
    for (const char c : field) {
      if (c == '"') line += '"';
      line += c;
    }
    line += '"';
  }
  return line + '\n';
}

}  // namespace kanhe::cli
