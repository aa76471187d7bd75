// Reading the mapping file. The plan is made in cli/import_plan.cpp.
#include "cli/import_mapping.h"

#include <algorithm>
#include <set>

#include "ledger/toml_impl.h"

namespace kanhe::cli {
namespace {

// Collects every fault of the file, each as "path:line: key: what is wrong".
class MappingFaults {
 public:
  explicit MappingFaults(std::string path) : path_(std::move(path)) {}
  void add(const toml::node* at, const std::string& key, const std::string& what) {
    if (!text_.empty()) text_ += "\n";
    text_ += path_ + ":" + std::to_string(at == nullptr ? 1 : at->source().begin.line) + ": " + key + ": " + what;
  }
  bool empty() const { return text_.empty(); }
  Error error() const { return Error{ErrorCode::malformed, text_}; }

 private:
  std::string path_;
  std::string text_;
};

class MappingReader {
 public:
  MappingReader(const toml::table& root, MappingFaults& faults) : root_(root), faults_(faults) {}

  ImportMapping read() {
    refuse_unknown(root_, "", {"columns", "entry", "values"});
    if (const toml::table* columns = table(root_, "columns", "")) read_columns(*columns);
    if (const toml::table* entry = table(root_, "entry", "")) read_entry(*entry);
    if (root_.contains("values")) read_values();
    refuse_slices_of_any_length();
    return std::move(mapping_);
  }

 private:
  void refuse_unknown(const toml::table& table, const std::string& prefix, const std::set<std::string_view>& known) {
    for (const auto& [key, node] : table) {
      if (!known.contains(key.str())) faults_.add(&node, prefix + std::string(key.str()), "is no key of a mapping");
    }
  }

  // Absent ones are faults, too.
  const toml::table* table(const toml::table& in, const std::string& key, const std::string& prefix) {
    const toml::node* node = in.get(key);
    if (node == nullptr || node->as_table() == nullptr) {
      faults_.add(node == nullptr ? &in : node, prefix + key, "must be a table");
      return nullptr;
    }
    return node->as_table();
  }

  std::optional<std::string> text(const toml::table& in, const std::string& key, const std::string& prefix) {
    const toml::node* node = in.get(key);
    const auto value = node == nullptr ? std::nullopt : node->value<std::string>();
    if (!value) faults_.add(node == nullptr ? &in : node, prefix + key, "must be a text");
    return value;
  }

  template <class T>
  void take(const toml::node* at, const std::string& key, T& target, Result<T> read) {
    if (read.has_value()) {
      target = std::move(read).value();
    } else {
      faults_.add(at, key, read.error().text);
    }
  }

  void template_into(const toml::table& in, const std::string& key, const std::string& prefix, RowTemplate& target) {
    if (const auto value = text(in, key, prefix)) {
      take(in.get(key), prefix + key, target, RowTemplate::from(*value, mapping_.names));
    }
  }

  void read_columns(const toml::table& columns) {
    for (const auto& [key, node] : columns) {
      const std::string short_name(key.str());
      const std::string path = "columns." + short_name;
      const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
      if (!std::ranges::all_of(short_name, is_letter) || short_name == RowTemplate::nth_name) {
        faults_.add(&node, path, "a short name is made of a to z and _, and is not \"nth\"");
        continue;
      }
      MappedColumn column;
      if (const toml::table* inner = node.as_table()) {
        refuse_unknown(*inner, path + ".", {"name", "length"});
        column.name = text(*inner, "name", path + ".").value_or("");
        if (const toml::node* length = inner->get("length")) {
          const auto value = length->value_exact<std::int64_t>();
          if (value && *value > 0) {
            column.length = static_cast<std::size_t>(*value);
          } else {
            faults_.add(length, path + ".length", "must be a number of characters, from 1");
          }
        }
      } else if (const auto name = node.value<std::string>()) {
        column.name = *name;
      } else {
        faults_.add(&node, path, "must be a column's name, or { name = …, length = … }");
      }
      mapping_.names.push_back(short_name);
      mapping_.columns.push_back(column);
    }
  }

  void read_entry(const toml::table& entry) {
    refuse_unknown(entry, "entry.",
                   {"row", "unit", "usage", "right", "effective", "date_format", "utc_offset", "holders"});
    template_into(entry, "row", "entry.", mapping_.row);
    template_into(entry, "unit", "entry.", mapping_.unit);
    template_into(entry, "usage", "entry.", mapping_.usage);
    template_into(entry, "right", "entry.", mapping_.right);
    template_into(entry, "effective", "entry.", mapping_.effective);
    for (const auto& [key, tmpl] : {std::pair{"unit", &mapping_.unit}, std::pair{"effective", &mapping_.effective}}) {
      if (tmpl->uses_nth()) faults_.add(entry.get(key), std::string("entry.") + key, "{nth} follows from it");
    }
    if (const auto pattern = text(entry, "date_format", "entry.")) {
      take(entry.get("date_format"), "entry.date_format", mapping_.date_format, DateFormat::from(*pattern));
    }
    const std::string offset =
        entry.contains("utc_offset") ? text(entry, "utc_offset", "entry.").value_or("") : "+08:00";
    take(entry.get("utc_offset"), "entry.utc_offset", mapping_.utc_offset_minutes, read_utc_offset(offset));
    read_holders(entry);
  }

  void read_holders(const toml::table& entry) {
    const toml::node* node = entry.get("holders");
    const toml::array* holders = node == nullptr ? nullptr : node->as_array();
    if (holders == nullptr || holders->empty() || holders->size() > contracts::property::holders_max) {
      faults_.add(node == nullptr ? &entry : node, "entry.holders",
                  "must be 1 to " + std::to_string(contracts::property::holders_max) + " tables [[entry.holders]]");
      return;
    }
    for (std::size_t i = 0; i < holders->size(); ++i) {
      const std::string prefix = "entry.holders." + std::to_string(i + 1) + ".";
      if (const toml::table* holder = holders->get(i)->as_table()) {
        mapping_.holders.push_back(read_holder(*holder, prefix));
      } else {
        faults_.add(holders->get(i), prefix, "must be a table");
      }
    }
  }

  HolderMapping read_holder(const toml::table& table, const std::string& prefix) {
    refuse_unknown(table, prefix, {"id_type", "number", "share", "skip_when_empty"});
    HolderMapping holder;
    template_into(table, "id_type", prefix, holder.id_type);
    template_into(table, "number", prefix, holder.number);
    if (table.contains("share")) template_into(table, "share", prefix, holder.share.emplace());
    if (!table.contains("skip_when_empty")) return holder;
    const std::string name = text(table, "skip_when_empty", prefix).value_or("");
    const auto found = std::ranges::find(mapping_.names, name);
    if (found == mapping_.names.end()) {
      faults_.add(table.get("skip_when_empty"), prefix + "skip_when_empty", "no column is named \"" + name + "\"");
    } else {
      holder.skip_when_empty = static_cast<std::size_t>(found - mapping_.names.begin());
    }
    return holder;
  }

  void read_values() {
    const toml::table* values = table(root_, "values", "");
    if (values == nullptr) return;
    refuse_unknown(*values, "values.", {"usage", "right", "id_type"});
    for (const auto& [key, names] :
         {std::pair{"usage", &mapping_.usage_values}, std::pair{"right", &mapping_.right_values},
          std::pair{"id_type", &mapping_.id_type_values}}) {
      if (!values->contains(key)) continue;
      const toml::table* listed = table(*values, key, "values.");
      if (listed == nullptr) continue;
      for (const auto& [from, to] : *listed) {
        const auto meaning = to.value<std::string>();
        if (meaning) {
          names->emplace(from.str(), *meaning);
        } else {
          faults_.add(&to, "values." + std::string(key), "must be a text");
        }
      }
    }
  }

  // A value that is longer than its slices would lose characters, and two rows would become one.
  // Test: import_mapping_tests/a_sliced_column_says_its_length
  void refuse_slices_of_any_length() {
    std::vector<const RowTemplate*> templates{&mapping_.row, &mapping_.unit, &mapping_.usage, &mapping_.right,
                                              &mapping_.effective};
    for (const HolderMapping& holder : mapping_.holders) {
      templates.push_back(&holder.id_type);
      templates.push_back(&holder.number);
      if (holder.share) templates.push_back(&*holder.share);
    }
    std::set<std::size_t> named;
    for (const RowTemplate* tmpl : templates) {
      for (const std::size_t column : tmpl->sliced_columns()) {
        if (mapping_.columns[column].length || !named.insert(column).second) continue;
        faults_.add(nullptr, "columns." + mapping_.names[column],
                    "is sliced in \"" + tmpl->text() + "\", so it must say its length: { name = \"" +
                        mapping_.columns[column].name + "\", length = … }");
      }
    }
  }

  const toml::table& root_;
  MappingFaults& faults_;
  ImportMapping mapping_;
};

}  // namespace

Result<ImportMapping> read_import_mapping(std::string_view toml, const std::string& path) {
  if (toml.size() > import_mapping_bytes_max) {
    return fail(ErrorCode::out_of_range, path, ": ", toml.size(), " bytes, must be at most ", import_mapping_bytes_max);
  }
  const toml::parse_result parsed = toml::parse(toml);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return fail(ErrorCode::malformed, path, ":", error.source().begin.line, ": ", error.description());
  }
  MappingFaults faults(path);
  ImportMapping mapping = MappingReader(parsed.table(), faults).read();
  if (!faults.empty()) return faults.error();
  return mapping;
}

}  // namespace kanhe::cli
