#include "cli/text_table.h"

#include <algorithm>

#include "cli/display_width.h"
#include "ledger/check.h"

namespace kanhe::cli {
namespace {

constexpr std::size_t between_columns = 2;

}  // namespace

TextTable::TextTable(std::vector<Align> columns, std::size_t indent) : columns_(std::move(columns)), indent_(indent) {}

void TextTable::name_columns(std::vector<std::string> names) {
  CHECK(names.size() <= columns_.size());
  names.resize(columns_.size());
  names_ = Row{std::move(names), {}};
}

void TextTable::add(std::vector<std::string> cells) {
  CHECK(cells.size() <= columns_.size());
  cells.resize(columns_.size());
  rows_.push_back({std::move(cells), {}});
}

void TextTable::add_line(std::string line) {
  CHECK(!rows_.empty());
  rows_.back().below.push_back(std::move(line));
}

void TextTable::add_lines(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    add_line(std::string(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::vector<std::size_t> TextTable::widths() const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const Row& row : rows_) {
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], display_width(row.cells[i]));
  }
  for (std::size_t i = 0; names_ && i < widths.size(); ++i) {
    if (widths[i] > 0) widths[i] = std::max(widths[i], display_width(names_->cells[i]));
  }
  return widths;
}

std::string TextTable::row_text(const Row& row, const std::vector<std::size_t>& widths) const {
  std::string text(indent_, ' ');
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (widths[i] == 0) continue;
    const std::string spaces(widths[i] - display_width(row.cells[i]), ' ');
    text += columns_[i] == Align::right ? spaces + row.cells[i] : row.cells[i] + spaces;
    text.append(between_columns, ' ');
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n";
}

std::string TextTable::text() const {
  const std::vector<std::size_t> all = widths();
  std::string text = names_ && !rows_.empty() ? row_text(*names_, all) : std::string();
  for (const Row& row : rows_) {
    text += row_text(row, all);
    for (const std::string& line : row.below) text += std::string(indent_ + between_columns, ' ') + line + "\n";
  }
  return text;
}

}  // namespace kanhe::cli
