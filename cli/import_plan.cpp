// From a table to entries, in two passes. The first finds unit and date of each row, so that the rows of a unit can be
// put in order; the second fills in what depends on the order. A unit with a faulty row is held back as a whole.
#include <algorithm>
#include <charconv>

#include "cli/import_mapping.h"
#include "contracts/identifiers.h"
#include "contracts/sentences.h"

namespace kanhe::cli {
namespace {

using namespace contracts::property;

// The name of one of these as the report has it.
template <class E>
std::string names_of() {
  std::string names;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto described) {
    if (!names.empty()) names += ", ";
    names += described.name;
  });
  return names;
}

template <class E>
std::optional<E> enumerator_of(std::string_view name) {
  std::optional<E> found;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto described) {
    if (name == described.name) found = described.value;
  });
  return found;
}

std::optional<ShareTerm> read_term(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  const auto term = ShareTerm::from(value);
  return term.has_value() ? std::optional(*term) : std::nullopt;
}

std::optional<Share> read_share(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto numerator = read_term(text.substr(0, slash));
  const auto denominator = read_term(text.substr(slash + 1));
  if (!numerator || !denominator) return std::nullopt;
  return Share{*numerator, *denominator};
}

class Planner {
 public:
  Planner(const ImportMapping& mapping, const CsvTable& table, const PartyOf& party_of)
      : mapping_(mapping), table_(table), party_of_(party_of) {}

  Result<ImportPlan> plan() {
    for (const MappedColumn& column : mapping_.columns) {
      const auto at = table_.column(column.name);
      if (!at) return kanhe::fail(ErrorCode::unknown, "the table has no column \"", column.name, "\"");
      positions_.push_back(*at);
    }
    rows_.resize(table_.rows.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) place(i);
    for (Unit& unit : units_) {
      std::ranges::stable_sort(unit.rows, {}, [&](std::size_t i) { return rows_[i].arguments.effective_ms; });
      for (std::size_t n = 0; n < unit.rows.size(); ++n) complete(unit.rows[n], n + 1);
    }
    refuse_repeated_keys();
    ImportPlan plan;
    for (const Unit& unit : units_) add(unit, plan);
    std::ranges::stable_sort(faults_, {}, &RowFault::line);
    plan.faults = std::move(faults_);
    return plan;
  }

 private:
  struct Row {
    std::vector<std::string> values;  // of the mapping's columns
    ImportEntryArguments arguments;
    bool faulty = false;
  };
  struct Unit {
    UnitNumber number;
    std::vector<std::size_t> rows;
  };

  RowFault& fault(std::size_t row, const std::string& field, const Error& error) {
    rows_[row].faulty = true;
    faults_.push_back({table_.rows[row].line, "", field, std::string(error_name(error.code)), "", "", error.text});
    return faults_.back();
  }
  RowFault& fault(std::size_t row, const std::string& field, const RowTemplate& from, const Error& error) {
    RowFault& added = fault(row, field, error);
    for (const std::size_t column : from.columns()) {
      const std::string_view joint = added.column.empty() ? "" : "+";
      added.column.append(joint).append(mapping_.columns[column].name);
      added.value.append(joint).append(rows_[row].values[column]);
    }
    return added;
  }

  // The template's text; a fault, and nothing, where a value is too short.
  std::optional<std::string> fill(std::size_t row, const std::string& field, const RowTemplate& from, std::size_t nth) {
    auto filled = from.fill(rows_[row].values, nth);
    if (filled.has_value()) return std::move(filled).value();
    fault(row, field, from, filled.error());
    return std::nullopt;
  }

  // First pass: values, unit and date.
  void place(std::size_t i) {
    if (!take_values(i)) return;
    const auto number = unit_of(i);
    const auto effective = fill(i, "effective_ms", mapping_.effective, 0);
    if (effective) {
      const auto moment = mapping_.date_format.read(*effective, mapping_.utc_offset_minutes);
      if (moment.has_value()) {
        rows_[i].arguments.effective_ms = *moment;
      } else {
        fault(i, "effective_ms", mapping_.effective, moment.error()).limit = mapping_.date_format.pattern();
      }
    }
    if (!number) return;
    rows_[i].arguments.unit = *number;
    const auto [known, is_new] = unit_index_.try_emplace(*number, units_.size());
    if (is_new) units_.push_back({*number, {}});
    units_[known->second].rows.push_back(i);
  }

  bool take_values(std::size_t i) {
    const CsvRow& row = table_.rows[i];
    if (row.fields.size() != table_.columns.size()) {
      RowFault& added = fault(i, "",
                              kanhe::fail(ErrorCode::malformed, "the row has ", row.fields.size(),
                                          " fields, the table has ", table_.columns.size(), " columns"));
      added.limit = std::to_string(table_.columns.size());
      added.value = std::to_string(row.fields.size());
      return false;
    }
    for (const std::size_t at : positions_) rows_[i].values.push_back(row.fields[at]);
    for (std::size_t c = 0; c < mapping_.columns.size(); ++c) {
      const auto& [name, length] = mapping_.columns[c];
      const std::size_t characters = characters_of(rows_[i].values[c]);
      if (!length || characters == *length) continue;
      RowFault& added = fault(
          i, "", kanhe::fail(ErrorCode::out_of_range, name, " has ", characters, " characters, must have ", *length));
      added.column = name;
      added.limit = std::to_string(*length);
      added.value = rows_[i].values[c];
    }
    return !rows_[i].faulty;
  }

  std::optional<UnitNumber> unit_of(std::size_t i) {
    const auto text = fill(i, "unit", mapping_.unit, 0);
    if (!text) return std::nullopt;
    const auto number = UnitNumber::from(*text);
    if (!number.has_value()) {
      fault(i, "unit", mapping_.unit, number.error()).limit = "28";
      return std::nullopt;
    }
    if (const auto breach = contracts::check_unit_number(*text)) {
      const auto* const sentence = contracts::find_sentence(static_cast<std::uint16_t>(breach->code));
      RowFault& added = fault(i, "unit", mapping_.unit, kanhe::fail(ErrorCode::malformed, *text));
      added.limit = "GB/T 37346";
      if (sentence != nullptr) {
        added.code = sentence->name;
        added.text += ": " + std::string(sentence->zh) + " · " + std::string(sentence->en);
      }
      return std::nullopt;
    }
    return *number;
  }

  // Second pass: what depends on the order, too.
  void complete(std::size_t i, std::size_t nth) {
    ImportEntryArguments& arguments = rows_[i].arguments;
    if (const auto key = fill(i, "row", mapping_.row, nth)) {
      auto row = RowKey::from(*key);
      if (row.has_value()) {
        arguments.row = std::move(row).value();
      } else {
        fault(i, "row", mapping_.row, row.error()).limit =
            std::to_string(RowKey::bytes_min) + ".." + std::to_string(RowKey::bytes_max) + " bytes";
      }
    }
    name_into(i, "usage", mapping_.usage, mapping_.usage_values, nth, arguments.usage);
    name_into(i, "right", mapping_.right, mapping_.right_values, nth, arguments.right);
    for (const HolderMapping& holder : mapping_.holders) add_holder(i, holder, nth);
    if (arguments.holders.empty() && !rows_[i].faulty) {
      fault(i, "holders", kanhe::fail(ErrorCode::malformed, "every holder of the row is left out")).limit = "1";
    }
  }

  static std::string meaning_of(const std::string& text, const ValueNames& names) {
    const auto found = names.find(text);
    return found == names.end() ? text : found->second;
  }

  template <class E>
  void name_into(std::size_t i, const std::string& field, const RowTemplate& from, const ValueNames& names,
                 std::size_t nth, E& target) {
    const auto text = fill(i, field, from, nth);
    if (!text) return;
    if (const auto value = enumerator_of<E>(meaning_of(*text, names))) {
      target = *value;
      return;
    }
    RowFault& added = fault(i, field, from, kanhe::fail(ErrorCode::unknown, "\"", *text, "\" is none of them"));
    added.limit = names_of<E>();
    added.value = *text;
  }

  void add_holder(std::size_t i, const HolderMapping& mapping, std::size_t nth) {
    if (mapping.skip_when_empty && rows_[i].values[*mapping.skip_when_empty].empty()) return;
    const std::string prefix = "holders." + std::to_string(rows_[i].arguments.holders.size() + 1) + ".";
    const auto id_type = fill(i, prefix + "party", mapping.id_type, nth);
    const auto number = fill(i, prefix + "party", mapping.number, nth);
    if (!id_type || !number) return;
    Holder holder;
    const auto party = party_of_(meaning_of(*id_type, mapping_.id_type_values), *number);
    if (!party.has_value()) {
      fault(i, prefix + "party", mapping.number, party.error());
      return;
    }
    holder.party = *party;
    if (mapping.share) {
      const auto text = fill(i, prefix + "share", *mapping.share, nth);
      if (text && !text->empty()) {
        holder.share = read_share(*text);
        if (!holder.share) {
          fault(i, prefix + "share", *mapping.share, kanhe::fail(ErrorCode::malformed, "\"", *text, "\" is no share"))
              .limit = "numerator/denominator, each 1 to " + std::to_string(ShareTerm::max);
        }
      }
    }
    rows_[i].arguments.holders.push_back(holder);
  }

  // The ledger would take the second for the first one, and nobody would notice that a row is missing.
  void refuse_repeated_keys() {
    std::map<RowKey, std::size_t> first;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].arguments.row.empty()) continue;
      const auto [known, is_new] = first.try_emplace(rows_[i].arguments.row, i);
      if (is_new) continue;
      fault(i, "row", mapping_.row,
            kanhe::fail(ErrorCode::duplicate, "the key \"", known->first.str(), "\" is that of line ",
                        table_.rows[known->second].line, " already"))
          .limit = "line " + std::to_string(table_.rows[known->second].line);
    }
  }

  void add(const Unit& unit, ImportPlan& plan) {
    const auto faulty = std::ranges::find_if(unit.rows, [&](std::size_t i) { return rows_[i].faulty; });
    if (faulty != unit.rows.end()) {
      for (const std::size_t i : unit.rows) {
        if (rows_[i].faulty) continue;
        faults_.push_back({table_.rows[i].line, "", "unit", "held_back",
                           "line " + std::to_string(table_.rows[*faulty].line), unit.number.str(),
                           "held back, because another row of the unit has a fault"});
      }
      return;
    }
    PlannedUnit planned{unit.number, {}};
    for (const std::size_t i : unit.rows) {
      planned.rows.push_back({table_.rows[i].line, std::move(rows_[i].arguments)});
    }
    plan.rows_planned += planned.rows.size();
    plan.units.push_back(std::move(planned));
  }

  const ImportMapping& mapping_;
  const CsvTable& table_;
  const PartyOf& party_of_;
  std::vector<std::size_t> positions_;  // of the mapping's columns in the table
  std::vector<Row> rows_;
  std::vector<Unit> units_;
  std::map<UnitNumber, std::size_t> unit_index_;
  std::vector<RowFault> faults_;
};

}  // namespace

Result<ImportPlan> plan_import(const ImportMapping& mapping, const CsvTable& table, const PartyOf& party_of) {
  return Planner(mapping, table, party_of).plan();
}

std::string report_of(std::span<const RowFault> faults) {
  std::string report = csv_line(std::vector<std::string>{"line", "column", "field", "code", "limit", "value", "text"});
  for (const RowFault& fault : faults) {
    report += csv_line(std::vector<std::string>{std::to_string(fault.line), fault.column, fault.field, fault.code,
                                                fault.limit, fault.value, fault.text});
  }
  return report;
}

}  // namespace kanhe::cli
