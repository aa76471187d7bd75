// ImportMapping: how the rows of a registry's table become entries of the register, as a TOML file says it; and
// ImportPlan, the entries that a table makes under it, unit by unit in the order of dates.
//
//     [columns]                  # short names of the file's columns; one that is sliced says its length in characters
//     p = { name = "parcel", length = 10 }
//     date = "sold_on"
//
//     [entry]
//     row = "{p}/{date}"         # key of the row in the importing registry's records: never two rows with one key
//     unit = "110101{p1..3}{p4..6}GB0{p7..10}F00010001"
//     usage = "residential"
//     right = "state_land_use_and_house"
//     effective = "{date}"
//     date_format = "YYYY-MM-DD" # cli/row_template.h
//     utc_offset = "+08:00"      # where the registry's days begin; this is the default
//
//     [[entry.holders]]          # several: joint holders, or with shares; in this order
//     id_type = "other"          # a kind of identity (certs/party.h)
//     number = "KC-{p}-{nth}"
//     share = "{share}"          # optional, "numerator/denominator"; empty: none
//     skip_when_empty = "owner2" # optional: a short name; without a value there, the holder is left out
//
//     [values.usage]             # optional, also for right and id_type: what the template gives = what it means
//     "住宅" = "residential"
//
// A fault of one row (its width, a date, a slice, a key that stands twice) keeps that row out and, because their order
// and {nth} depend on it, the other rows of its unit; everything else is planned. What the rules of the register say is
// left to the register.
//
// Thread: any; plain values. Limits: import_mapping_bytes_max; those of Csv and of the entry's fields. Errors:
// malformed, unknown, out_of_range; the text names file, line and key.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "cli/csv.h"
#include "cli/row_template.h"
#include "contracts/property.h"

namespace kanhe::cli {

inline constexpr std::size_t import_mapping_bytes_max = 64 * 1'024;

// What is wrong with one row; a line of the report.
struct RowFault {
  std::size_t line = 0;  // of the table
  std::string column;    // of the table; several are joined by "+", empty: the row as a whole
  std::string field;     // of the entry, for example "holders.2.share"; empty: the row as a whole
  std::string code;      // for programs: the name of an ErrorCode or of a contract's code, or "held_back"
  std::string limit;
  std::string value;
  std::string text;  // for people
};

struct HolderMapping {
  RowTemplate id_type;
  RowTemplate number;
  std::optional<RowTemplate> share;
  std::optional<std::size_t> skip_when_empty;  // a column
};

// What the results of a template stand for; a template without such a list stands for itself.
using ValueNames = std::map<std::string, std::string>;

struct MappedColumn {
  std::string name;                   // in the table
  std::optional<std::size_t> length;  // in characters, exactly
};

struct ImportMapping {
  std::vector<std::string> names;  // short names, in the order of `columns`
  std::vector<MappedColumn> columns;
  RowTemplate row;
  RowTemplate unit;
  RowTemplate usage;
  RowTemplate right;
  RowTemplate effective;
  DateFormat date_format;
  int utc_offset_minutes = 0;
  std::vector<HolderMapping> holders;
  ValueNames usage_values;
  ValueNames right_values;
  ValueNames id_type_values;
};

// Reads a mapping; all its faults are in the error's text, one a line. `path` is for the text only.
Result<ImportMapping> read_import_mapping(std::string_view toml, const std::string& path);

// The party that a number of this type names. Errors: unknown (the type), malformed (the number).
using PartyOf = std::function<Result<PartyId>(std::string_view id_type, std::string_view number)>;

struct PlannedRow {
  std::size_t line = 0;
  contracts::property::ImportEntryArguments arguments;
};

struct PlannedUnit {
  UnitNumber number;
  std::vector<PlannedRow> rows;  // in the order of effective_ms; of the same moment, in the order of the table
};

struct ImportPlan {
  std::vector<PlannedUnit> units;  // in the order in which the table names them first
  std::vector<RowFault> faults;    // by line
  std::size_t rows_planned = 0;
};

// Errors: unknown, when the table lacks a column of the mapping.
Result<ImportPlan> plan_import(const ImportMapping& mapping, const CsvTable& table, const PartyOf& party_of);

// The report: a CSV of all faults, with a line of column names.
std::string report_of(std::span<const RowFault> faults);

}  // namespace kanhe::cli
