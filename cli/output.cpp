#include "cli/output.h"

#include <algorithm>
#include <iostream>

#include "certs/answers.h"
#include "cli/display_width.h"
#include "cli/error_words.h"
#include "cli/text_table.h"
#include "cli/values.h"
#include "cli/words.h"
#include "contracts/host.h"
#include "contracts/service.h"
#include "contracts/treasury.h"

namespace kanhe::cli {
namespace {

constexpr std::size_t label_columns = 2;
constexpr std::size_t joined_columns_max = 66;  // one digest, and a comma
constexpr std::size_t short_digits = 12;

struct KindOfError {
  ExitCode code;
  std::string_view name;  // as JSON has it
  std::string_view zh;
};
constexpr KindOfError kinds_of_error[] = {
    {ExitCode::good, "good", "正常"},
    {ExitCode::not_valid, "not_valid", "目前无效"},
    {ExitCode::usage, "usage", "命令有误"},
    {ExitCode::not_authentic, "not_authentic", "不真实"},
    {ExitCode::not_authorised, "not_authorised", "未获授权"},
    {ExitCode::could_not_check, "could_not_check", "未能核验"},
    {ExitCode::malformed_input, "malformed_input", "内容格式不正确"},
    {ExitCode::refused, "refused", "被拒绝"},
    {ExitCode::interrupted, "interrupted", "已取消"},
};

void put_line(std::ostream& out, std::string_view text) {
  out << text;
  if (!text.ends_with('\n')) out << '\n';
  out.flush();
}

// 1234567 as 1,234,567.
std::string grouped(std::string digits) {
  const std::size_t point = std::min(digits.find('.'), digits.size());
  for (std::size_t place = point; place > 3; place -= 3) digits.insert(place - 3, 1, ',');
  return digits;
}

// Records that people know as one thing. Nothing for others.
std::optional<std::string> short_text(const Schema& schema, const void* object) {
  using contracts::certificate::FileDigest;
  using contracts::property::Holder;
  using contracts::property::Share;
  using contracts::service::Material;
  const auto of_file = [](const FileDigest& file) {
    return std::string(enum_name(file.algorithm)) + ":" + file.digest.hex() + "  " + file.media_type.str();
  };
  const auto of_share = [](const Share& share) {
    return to_string(share.numerator) + "/" + to_string(share.denominator);
  };
  if (&schema == &schema_of<FileDigest>()) return of_file(object_as<FileDigest>(object));
  if (&schema == &schema_of<Share>()) return of_share(object_as<Share>(object));
  if (&schema == &schema_of<contracts::DueKey>()) return time_text(object_as<contracts::DueKey>(object).due);
  if (&schema == &schema_of<Material>()) {
    const Material& material = object_as<Material>(object);
    return material.code.str() + "  " + of_file(material.file);
  }
  if (&schema == &schema_of<Holder>()) {
    const Holder& holder = object_as<Holder>(object);
    return holder.party.hex() + (holder.share ? "  " + of_share(*holder.share) : std::string());
  }
  return std::nullopt;
}

bool is_shown_in_one_line(const Schema& schema) { return is_single(schema) || schema.kind == Kind::version; }

// The rows of a record, names before values; what is nested begins further to the right.
class RecordRows {
 public:
  RecordRows(const Globals& globals, std::size_t indent)
      : globals_(globals), table_({Align::left, Align::left}, indent * label_columns) {}

  std::string text() const { return table_.text(); }

  void add_record(const Schema& schema, void* object, std::size_t depth) {
    for (const SchemaField& field : schema.fields) {
      if (field.schema->kind == Kind::version) continue;
      add_field(*field.schema, field.member(object), field_label(globals_, schema, field.name), depth);
    }
  }

  void add_field(const Schema& schema, void* object, const std::string& name, std::size_t depth) {
    switch (schema.kind) {
      case Kind::record:
        if (auto text = short_text(schema, object)) return add_row(name, std::move(*text), depth);
        add_row(name, "", depth);
        return add_record(schema, object, depth + 1);
      case Kind::variant: {
        const SchemaField& chosen = schema.fields[schema.alternative(object)];
        add_row(name, alternative_label(globals_, chosen.name), depth);
        return add_record(*chosen.schema, schema.chosen(object), depth + 1);
      }
      case Kind::optional:
        if (schema.size(object) == 1) add_field(*schema.element, schema.at(object, 0), name, depth);
        return;
      case Kind::list:
        return add_list(schema, object, name, depth);
      default:
        add_row(name, value_text(globals_, schema, object), depth);
    }
  }

  void add_subject(const Subject& subject) {
    const Schema& schema = schema_of<Subject>();
    void* const object = const_cast<Subject*>(&subject);  // reading alone
    const SchemaField& chosen = schema.fields[schema.alternative(object)];
    const SchemaField& id = chosen.schema->fields.front();
    add_row(alternative_label(globals_, chosen.name),
            value_text(globals_, *id.schema, id.member(schema.chosen(object))), 0);
  }

  void add_row(const std::string& name, std::string value, std::size_t depth) {
    table_.add({std::string(depth * label_columns, ' ') + name + (name.empty() ? "" : ":"), std::move(value)});
  }

 private:

  void add_list(const Schema& schema, void* object, const std::string& name, std::size_t depth) {
    const std::size_t count = schema.size(object);
    if (count == 0) return;
    if (is_shown_in_one_line(*schema.element)) return add_values(schema, object, name, depth);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string number = count == 1 ? "" : " " + std::to_string(i + 1);
      add_field(*schema.element, schema.at(object, i), name + number, depth);
    }
  }

  // In one line, or below each other where they are long.
  void add_values(const Schema& schema, void* object, const std::string& name, std::size_t depth) {
    std::vector<std::string> values;
    std::string joined;
    for (std::size_t i = 0; i < schema.size(object); ++i) {
      values.push_back(value_text(globals_, *schema.element, schema.at(object, i)));
      joined += (i == 0 ? "" : ", ") + values.back();
    }
    if (display_width(joined) <= joined_columns_max) return add_row(name, joined, depth);
    for (std::size_t i = 0; i < values.size(); ++i) add_row(i == 0 ? name : "", values[i], depth);
  }

  const Globals& globals_;
  TextTable table_;
};

}  // namespace

void show_result(const Globals& globals, const Schema& schema, const void* record, const std::string& text) {
  put_line(*globals.out, globals.json ? to_json(schema, record, JsonLayout::indented) : text);
}

void say(const Globals& globals, std::string_view line) {
  if (!globals.quiet) put_line(*globals.err, line);
}

void warn(const Globals& globals, std::string_view line) {
  put_line(*globals.err, sentence(globals, "注意", "warning") + ": " + std::string(line));
}

void show_error(const Globals& globals, const CommandError& error) {
  const KindOfError& kind = *std::ranges::find(kinds_of_error, error.code, &KindOfError::code);
  if (!globals.json) {
    // Without words in Chinese an error has at least those of its kind.
    const std::string zh = error.zh.empty() ? find_error_zh(error.text) : error.zh;
    const std::string text = !zh.empty() || globals.language == Language::en ? sentence(globals, zh, error.text)
                                                                             : std::string(kind.zh) + "：" + error.text;
    put_line(*globals.err, "kanhe: " + text);
    if (!error.help.empty()) put_line(*globals.err, sentence(globals, "帮助", "help") + ": " + error.help);
    return;
  }
  certs::ErrorAnswer answer;
  // What does not fit, or is no plain text, is left out: an error about an error helps nobody.
  if (auto name = decltype(answer.code)::from(kind.name)) answer.code = *name;
  std::string plain = error.text + (error.help.empty() ? "" : " help: " + error.help);
  plain.resize(std::min(plain.size(), decltype(answer.message)::bytes_max));
  for (char& c : plain) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  if (auto message = decltype(answer.message)::from(plain)) answer.message = *message;
  put_line(*globals.err, to_json(answer));
}

std::string sentence(const Globals& globals, std::string_view zh, std::string_view en) {
  if (globals.language == Language::en || zh.empty() || zh == en) return std::string(en);
  if (globals.language == Language::zh || en.empty()) return std::string(zh);
  return std::string(zh) + " · " + std::string(en);
}

std::string money_text(const Globals& globals, Fen amount) {
  return grouped(write_money(amount.value())) + (globals.language == Language::en ? " yuan" : " 元");
}
std::string time_text(Timestamp time) { return write_time(time.value()); }

std::string duration_text(const Globals& globals, std::uint64_t milliseconds) {
  struct Unit {
    std::string_view zh;
    std::string_view en;
    std::uint64_t ms;
  };
  constexpr Unit units[] = {
      {"天", "d", 86'400'000}, {"小时", "h", 3'600'000}, {"分", "min", 60'000}, {"秒", "s", 1'000}, {"毫秒", "ms", 1}};
  const auto part = [&](const Unit& unit, std::uint64_t count) {
    return std::to_string(count) + " " + std::string(globals.language == Language::zh ? unit.zh : unit.en);
  };
  for (std::size_t i = 0; i < std::size(units); ++i) {
    if (milliseconds < units[i].ms) continue;
    const std::string text = part(units[i], milliseconds / units[i].ms);
    const std::uint64_t rest = milliseconds % units[i].ms;
    // Below a second nobody wants a second unit.
    if (i + 2 >= std::size(units) || rest < units[i + 1].ms) return text;
    return text + " " + part(units[i + 1], rest / units[i + 1].ms);
  }
  return part(units[3], 0);
}

std::string short_hex(ByteView bytes) { return to_hex(bytes).substr(0, short_digits); }

std::string next_text(const Globals& globals, std::string_view command) {
  return sentence(globals, "下一步", "next") + ": " + std::string(command);
}

std::string proved_text(const Globals& globals, Height height) {
  const std::string text = to_string(height);
  return sentence(globals, "已核验，高度 " + text, "proved, block " + text);
}

std::string proved_text(const Globals& globals, const Header& header) {
  const std::string time = time_text(header.timestamp_ms);
  const std::string height = to_string(header.height);
  return sentence(globals, "截至 " + time + "，已核验，高度 " + height, "as of " + time + ", proved, block " + height);
}

std::string value_text(const Globals& globals, const Schema& schema, const void* value) {
  if (schema.kind == Kind::version) return std::to_string(schema.max);
  const std::string text = option_text(schema, value);
  if (schema.kind == Kind::enumeration) return value_label(globals, schema.label.name, text);
  if (schema.kind == Kind::boolean) return schema.number(value) != 0 ? sentence(globals, "是", "yes")
                                                                      : sentence(globals, "否", "no");
  if (text.empty()) return "–";
  if (schema.label.name == contracts::treasury::TaxRate::label.name) return write_money(schema.number(value)) + " %";
  if (schema.label.name == contracts::treasury::Area::label.name) return write_money(schema.number(value)) + " m²";
  return schema.label.unit == "fen" ? money_text(globals, Fen(schema.number(value))) : text;
}

std::string record_text(const Globals& globals, const Schema& schema, const void* record, std::size_t indent) {
  RecordRows rows(globals, indent);
  // Reading alone; see options_of().
  void* const object = const_cast<void*>(record);
  if (schema.kind == Kind::record) {
    rows.add_record(schema, object, 0);
  } else {
    rows.add_field(schema, object, std::string(schema.label.name), 0);
  }
  return rows.text();
}

std::string event_text(const Globals& globals, const Event& event) {
  RecordRows rows(globals, 1);
  for (const Subject& subject : event.subjects) rows.add_subject(subject);
  const contracts::EventKind* const kind = contracts::find_event(event.name.view());
  const auto data = kind == nullptr ? Result<std::shared_ptr<void>>(fail(ErrorCode::unknown, "event"))
                                    : kind->record.decode(event.data.view());
  if (data) {
    rows.add_record(kind->record.schema(), data->get(), 0);
  } else {
    rows.add_row(sentence(globals, "内容", "data"), to_hex(event.data.view()), 0);
  }
  return rows.text();
}

}  // namespace kanhe::cli
