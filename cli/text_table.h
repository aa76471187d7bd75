// TextTable: rows whose columns stand below each other, in Chinese as well as in English (cli/display_width.h).
//
//     TextTable table({Align::left, Align::right, Align::left});
//     table.add({"1", money_text(fee), "registry"});
//
// Two spaces stand between columns. A column that is empty in every row takes no place, nor does its name, and no line
// ends with spaces.
//
// Thread: one. Errors: none. Units: columns of a terminal. Requires: cells are single lines.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kanhe::cli {

enum class Align : std::uint8_t { left, right };

class TextTable {
 public:
  // `indent`: spaces before each row.
  explicit TextTable(std::vector<Align> columns, std::size_t indent = 2);

  // What stands above the columns; not shown when there are no rows. Requires: no more names than columns.
  void name_columns(std::vector<std::string> names);
  // What is missing at the end of a row is empty. Requires: no more cells than columns.
  void add(std::vector<std::string> cells);
  // A line of its own below the last row, for example the command that goes on with it; two more spaces before it.
  void add_line(std::string line);
  // The lines of a text in the same way.
  void add_lines(std::string_view text);

  bool empty() const { return rows_.empty(); }
  // All rows, each ending with a newline; nothing when there are none.
  std::string text() const;

 private:
  struct Row {
    std::vector<std::string> cells;
    std::vector<std::string> below;  // lines of their own
  };

  std::vector<std::size_t> widths() const;
  std::string row_text(const Row& row, const std::vector<std::size_t>& widths) const;

  std::vector<Align> columns_;
  std::size_t indent_;
  std::optional<Row> names_;
  std::vector<Row> rows_;
};

// Names and values, as a table of two columns: "  名称:  value".
class NamedValues {
 public:
  explicit NamedValues(std::size_t indent = 2) : table_({Align::left, Align::left}, indent) {}
  // Without a name the value goes on below the one before it.
  void add(std::string name, std::string value) {
    table_.add({name.empty() ? std::move(name) : std::move(name) + ":", std::move(value)});
  }
  void add_line(std::string line) { table_.add_line(std::move(line)); }
  void add_lines(std::string_view text) { table_.add_lines(text); }
  std::string text() const { return table_.text(); }

 private:
  TextTable table_;
};

}  // namespace kanhe::cli
