#include "cli/output.h"

#include <iostream>

#include "certs/answers.h"
#include "cli/values.h"
#include "contracts/host.h"
#include "contracts/sentences.h"

namespace kanhe::cli {
namespace {

constexpr std::size_t label_columns = 2;
constexpr std::size_t short_digits = 12;

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

std::string indentation(std::size_t indent) { return std::string(indent * label_columns, ' '); }

bool is_shown_in_one_line(const Schema& schema) { return is_single(schema) || schema.kind == Kind::version; }

void add_field(const Schema& schema, void* object, std::string_view name, std::size_t indent, std::string& text);

void add_record(const Schema& schema, void* object, std::size_t indent, std::string& text) {
  for (const SchemaField& field : schema.fields) {
    if (field.schema->kind == Kind::version) continue;
    add_field(*field.schema, field.member(object), field.name, indent, text);
  }
}

void add_list(const Schema& schema, void* object, std::string_view name, std::size_t indent, std::string& text) {
  const std::size_t count = schema.size(object);
  if (count == 0) return;
  if (is_shown_in_one_line(*schema.element)) {
    text += indentation(indent) + std::string(name) + ": ";
    for (std::size_t i = 0; i < count; ++i) {
      text += (i == 0 ? "" : ", ") + value_text(*schema.element, schema.at(object, i));
    }
    text += "\n";
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    add_field(*schema.element, schema.at(object, i), std::string(name) + " " + std::to_string(i + 1), indent, text);
  }
}

void add_field(const Schema& schema, void* object, std::string_view name, std::size_t indent, std::string& text) {
  switch (schema.kind) {
    case Kind::record:
      text += indentation(indent) + std::string(name) + ":\n";
      return add_record(schema, object, indent + 1, text);
    case Kind::variant: {
      const SchemaField& chosen = schema.fields[schema.alternative(object)];
      text += indentation(indent) + std::string(name) + ": " + std::string(chosen.name) + "\n";
      return add_record(*chosen.schema, schema.chosen(object), indent + 1, text);
    }
    case Kind::optional:
      if (schema.size(object) == 1) add_field(*schema.element, schema.at(object, 0), name, indent, text);
      return;
    case Kind::list:
      return add_list(schema, object, name, indent, text);
    default:
      text += indentation(indent) + std::string(name) + ": " + value_text(schema, object) + "\n";
  }
}

}  // namespace

void show_result(const Globals& globals, const Schema& schema, const void* record, const std::string& text) {
  put_line(*globals.out, globals.json ? to_json(schema, record, JsonLayout::indented) : text);
}

void say(const Globals& globals, std::string_view line) {
  if (!globals.quiet) put_line(*globals.err, line);
}

void warn(const Globals& globals, std::string_view line) { put_line(*globals.err, "warning: " + std::string(line)); }

void show_error(const Globals& globals, std::string_view code, std::string_view text) {
  if (!globals.json) return put_line(*globals.err, "kanhe: " + std::string(text));
  certs::ErrorAnswer answer;
  // What does not fit, or is no plain text, is left out: an error about an error helps nobody.
  if (auto name = decltype(answer.code)::from(code)) answer.code = *name;
  std::string plain(text.substr(0, decltype(answer.message)::bytes_max));
  for (char& c : plain) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  if (auto message = decltype(answer.message)::from(plain)) answer.message = *message;
  put_line(*globals.err, to_json(answer));
}

std::string sentence(const Globals& globals, std::string_view zh, std::string_view en) {
  if (globals.language == Language::en || zh.empty()) return std::string(en);
  if (globals.language == Language::zh) return std::string(zh);
  return std::string(zh) + " · " + std::string(en);
}

std::string money_text(Fen amount) { return grouped(write_money(amount.value())) + " 元"; }
std::string time_text(Timestamp time) { return write_time(time.value()); }

std::string duration_text(std::uint64_t milliseconds) {
  struct Unit {
    std::string_view name;
    std::uint64_t ms;
  };
  constexpr Unit units[] = {{"d", 86'400'000}, {"h", 3'600'000}, {"min", 60'000}, {"s", 1'000}, {"ms", 1}};
  for (std::size_t i = 0; i < std::size(units); ++i) {
    if (milliseconds < units[i].ms) continue;
    std::string text = std::to_string(milliseconds / units[i].ms) + " " + std::string(units[i].name);
    const std::uint64_t rest = milliseconds % units[i].ms;
    // Below a second nobody wants a second unit.
    if (i + 2 < std::size(units) && rest >= units[i + 1].ms) {
      text += " " + std::to_string(rest / units[i + 1].ms) + " " + std::string(units[i + 1].name);
    }
    return text;
  }
  return "0 s";
}

std::string short_hex(ByteView bytes) { return to_hex(bytes).substr(0, short_digits); }

std::string value_text(const Schema& schema, const void* value) {
  if (schema.kind == Kind::version) return std::to_string(schema.max);
  const std::string text = option_text(schema, value);
  return schema.label.unit == "fen" ? grouped(text) + " 元" : text;
}

std::string record_text(const Globals&, const Schema& schema, const void* record, std::size_t indent) {
  std::string text;
  // Reading alone; see options_of().
  void* const object = const_cast<void*>(record);
  if (schema.kind == Kind::record) {
    add_record(schema, object, indent, text);
  } else {
    add_field(schema, object, schema.label.name, indent, text);
  }
  return text;
}

std::string event_text(const Globals& globals, const Event& event) {
  std::string text = event.name.str();
  for (const Subject& subject : event.subjects) text += "\n  " + contracts::describe(subject);
  text += "\n";
  const contracts::EventKind* const kind = contracts::find_event(event.name.view());
  const auto data = kind == nullptr ? Result<std::shared_ptr<void>>(fail(ErrorCode::unknown, "event"))
                                    : kind->record.decode(event.data.view());
  if (!data) return text + "  data: " + to_hex(event.data.view()) + "\n";
  return text + record_text(globals, kind->record.schema(), data->get(), 1);
}

}  // namespace kanhe::cli
