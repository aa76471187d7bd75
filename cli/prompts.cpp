#include "cli/prompts.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iostream>

#include "cli/fields.h"
#include "cli/output.h"
#include "cli/text_table.h"
#include "cli/values.h"
#include "cli/words.h"

namespace kanhe::cli {
namespace {

constexpr std::string_view type_name_of_variant = "type";

std::string join(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

std::string trimmed(std::string text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_space(text.back())) text.pop_back();
  const auto begin = std::ranges::find_if_not(text, is_space);
  text.erase(text.begin(), begin);
  return text;
}

bool is_one_of(std::string text, std::initializer_list<std::string_view> words) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::ranges::find(words, text) != words.end();
}

// One that a person chooses among: what an option says for it, and what it is called.
struct Choice {
  std::string name;
  Words label;
};

enum class Need : std::uint8_t { required, optional };

bool is_digest(const Schema& schema) { return schema.label.name == Hash256::label.name; }

Words numbered(const Words& label, std::size_t number) {
  const std::string text = " " + std::to_string(number);
  return {label.zh.empty() ? label.zh : label.zh + text, label.en + text};
}

class Walk : public Interview {
 public:
  Walk(const Globals& globals, Dialogue& dialogue, const PromptedRecord& about, std::vector<FieldOption> options)
      : globals_(globals), dialogue_(dialogue), about_(about), options_(std::move(options)) {
    constexpr std::string_view whole = "arguments.";
    for (FieldOption& option : options_) {
      std::ranges::replace(option.path, '-', '_');
      if (option.path.starts_with(whole)) option.path.erase(0, whole.size());
    }
  }

  // All fields of the record itself.
  void whole() {
    for (const SchemaField& field : about_.schema.fields) {
      if (asks_itself(field)) continue;
      visit(*field.schema, std::string(field.name), find_field_words(about_.schema.label.name, field.name));
    }
  }
  void own_questions() {
    for (const SchemaField& field : about_.schema.fields) asks_itself(field);
  }

  std::vector<FieldOption> take_options() && { return std::move(options_); }

  // ---- Interview

  const std::vector<FieldOption>& options() const override { return options_; }
  void say(const Words& line) override { dialogue_.say(text_of(line)); }
  std::string ask(const std::string& prompt) override { return line(prompt); }
  void complain(const Words& words) override { dialogue_.say("  ✗ " + text_of(words)); }

  bool take(std::vector<FieldOption> added, const Words& complaint) override {
    const std::size_t before = options_.size();
    options_.insert(options_.end(), added.begin(), added.end());
    const auto record = about_.make();
    const auto read = missing_fields(about_.schema, record.get(), options_);
    if (read) return true;
    options_.resize(before);
    complain({complaint.zh, read.error().text});
    return false;
  }

 private:
  // ---- The walk

  bool asks_itself(const SchemaField& field) {
    return about_.own_questions && !is_given(options_, field.name) && about_.own_questions(*this, field.name);
  }

  void record(const Schema& schema, const std::string& path) {
    for (const SchemaField& field : schema.fields) {
      visit(*field.schema, join(path, field.name), find_field_words(schema.label.name, field.name));
    }
  }

  void visit(const Schema& schema, const std::string& path, const Words& label) {
    if (is_given(options_, path) || is_aside(schema, path)) return;
    switch (schema.kind) {
      case Kind::record:
        dialogue_.say(text_of(label) + ":");
        return record(schema, path);
      case Kind::variant:
        return variant(schema, path, label);
      case Kind::optional:
        return optional(*schema.element, path, label);
      case Kind::list:
        return list(schema, path, label);
      case Kind::version:
        return;
      default:
        single(schema, path, label, Need::required);
    }
  }

  // A command with short names is for one thing of many: of the list that they lead into only what they name is asked
  // for, and what is needed.
  bool is_aside(const Schema& schema, const std::string& path) const {
    const bool is_needed = is_single(schema) ? schema.kind != Kind::boolean : schema.kind == Kind::variant;
    const auto leads_to = [&](const auto& name) {
      return name.second == path || name.second.starts_with(path + ".") || path.starts_with(name.second + ".");
    };
    const auto begins_alike = [&](const auto& name) {
      const std::size_t element = name.second.find(".1.");
      return element != std::string::npos && path.starts_with(name.second.substr(0, element + 3));
    };
    return !is_needed && std::ranges::none_of(about_.names, leads_to) &&
           std::ranges::any_of(about_.names, begins_alike);
  }

  void optional(const Schema& element, const std::string& path, const Words& label) {
    if (is_begun(options_, path)) return visit(element, path, label);
    if (is_single(element)) {
      single(element, path, label, Need::optional);
    } else if (wants(path, {"填写：" + label.zh, "fill in: " + label.en})) {
      with_fields(element, path, label);
    }
  }

  // There is such a record or variant, even where nothing in it was answered.
  void with_fields(const Schema& element, const std::string& path, const Words& label) {
    if (element.kind == Kind::record) {
      record(element, path);
    } else {
      visit(element, path, label);
    }
    if (!is_begun(options_, path) && !is_given(options_, path)) options_.push_back({path, "{}"});
  }

  void list(const Schema& schema, const std::string& path, const Words& label) {
    if (is_begun(options_, path)) return begun_list(schema, path, label);
    for (std::size_t number = 1; number <= schema.max; ++number) {
      const Words element = numbered(label, number);
      if (is_single(*schema.element)) {
        if (!single(*schema.element, path, element, Need::optional)) return;
      } else {
        const std::string place = join(path, std::to_string(number));
        if (!wants(place, {"添加：" + element.zh, "add: " + element.en})) return;
        with_fields(*schema.element, place, element);
      }
    }
  }

  // Of the elements that options began, what is still missing.
  void begun_list(const Schema& schema, const std::string& path, const Words& label) {
    for (std::size_t number = 1; number <= schema.max; ++number) {
      const std::string place = join(path, std::to_string(number));
      if (!is_begun(options_, place) && !is_given(options_, place)) return;
      visit(*schema.element, place, numbered(label, number));
    }
  }

  void variant(const Schema& schema, const std::string& path, const Words& label) {
    const std::string type_path = join(path, type_name_of_variant);
    if (!is_given(options_, type_path)) {
      std::vector<Choice> choices;
      for (const SchemaField& field : schema.fields) {
        choices.push_back({std::string(field.name), find_value_words({}, field.name)});
      }
      choose(choices, type_path, label, Need::required);
    }
    std::string name = std::ranges::find(options_, type_path, &FieldOption::path)->value;
    std::ranges::replace(name, '-', '_');
    const auto chosen = std::ranges::find(schema.fields, name, &SchemaField::name);
    CHECK(chosen != schema.fields.end());  // it was read
    record(*chosen->schema, path);
  }

  // ---- One question. Each answers whether there is a value now.

  bool single(const Schema& schema, const std::string& path, const Words& label, Need need) {
    if (schema.kind == Kind::boolean) return yes_or_no(path, label, need);
    if (schema.kind == Kind::enumeration) {
      std::vector<Choice> choices;
      for (const SchemaEnumerator& one : schema.enumerators) {
        choices.push_back({std::string(one.name), find_value_words(schema.label.name, one.name)});
      }
      return choose(choices, path, label, need);
    }
    // What may be empty is needed as well, but Enter is an answer.
    const bool may_be_empty = schema.kind == Kind::blob || (schema.kind == Kind::text && schema.min == 0);
    dialogue_.say(title(path, label));
    dialogue_.say("  " + hint(schema, need == Need::optional || may_be_empty));
    for (;;) {
      std::string answer = line("  > ");
      if (answer.empty() && need == Need::optional) return false;
      // Who is asked for a digest may name the file.
      if (is_digest(schema) && ::access(answer.c_str(), R_OK) == 0) answer.insert(0, "sha256:");
      if (answer.empty() && !may_be_empty) {
        complain({"此项必填", "this is needed"});
      } else if (take({{path, answer}}, {label.zh + "：“" + answer + "” 不符合要求，应为 " + form_text_zh(schema), {}})) {
        return true;
      }
    }
  }

  bool choose(const std::vector<Choice>& choices, const std::string& path, const Words& label, Need need) {
    dialogue_.say(title(path, label));
    TextTable table({Align::right, Align::left, Align::left});
    for (std::size_t i = 0; i < choices.size(); ++i) {
      table.add({std::to_string(i + 1), text_of(choices[i].label), choices[i].name});
    }
    dialogue_.say(table.text());
    const std::string range = "1–" + std::to_string(choices.size());
    for (;;) {
      std::string answer = line("  " + range + (need == Need::optional ? "; " + skip_text() : std::string()) + " > ");
      if (answer.empty() && need == Need::optional) return false;
      if (answer.empty()) {
        complain({"此项必填", "this is needed"});
        continue;
      }
      std::size_t number = 0;
      const auto [end, error] = std::from_chars(answer.data(), answer.data() + answer.size(), number);
      const bool is_number = error == std::errc() && end == answer.data() + answer.size();
      if (is_number && number >= 1 && number <= choices.size()) answer = choices[number - 1].name;
      if (take({{path, answer}}, {label.zh + "：“" + answer + "” 不能选，请选 " + range, {}})) return true;
    }
  }

  // Who says nothing says no, where it cannot be left open.
  bool yes_or_no(const std::string& path, const Words& label, Need need) {
    const std::string question =
        title(path, label) + (need == Need::optional ? " [y/n; " + skip_text() + "] " : " [y/N] ");
    for (;;) {
      const std::string answer = line(question);
      if (answer.empty() && need == Need::optional) return false;
      if (is_yes(answer) || is_no(answer)) {
        options_.push_back({path, is_yes(answer) ? "true" : "false"});
        return true;
      }
      complain({"请输入 y（是）或 n（否）", "answer y (yes) or n (no)"});
    }
  }

  bool wants(const std::string& path, const Words& question) {
    for (;;) {
      const std::string answer = line(title(path, question) + " [y/N] ");
      if (is_yes(answer)) return true;
      if (is_no(answer)) return false;
      complain({"请输入 y（是）或 n（否）", "answer y (yes) or n (no)"});
    }
  }

  std::string line(const std::string& prompt) {
    const auto answer = dialogue_.ask(prompt);
    if (!answer) cancel();
    return trimmed(*answer);
  }

  // ---- Words

  std::string text_of(const Words& words) const { return sentence(globals_, words.zh, words.en); }

  // The label, and the option that would have given the value.
  std::string title(const std::string& path, const Words& label) const {
    return text_of(label) + "  (--" + name_of(path) + ")";
  }

  std::string name_of(const std::string& path) const {
    for (const auto& [name, field] : about_.names) {
      if (path == field) return name;
      if (path.starts_with(field + ".")) return name + path.substr(field.size());
    }
    return path;
  }

  // What kind of value it is where its type says more than its form; the form; an example; whether it may be left out.
  std::string hint(const Schema& schema, bool may_skip) const {
    const bool is_plain_text = schema.label.name == "PlainText";
    Words text{form_text_zh(schema), form_text(schema)};
    if (is_digest(schema)) text = {"文件名，例如 scan.pdf；或 " + text.zh, "a file, for example scan.pdf; or " + text.en};
    if (!schema.label.zh.empty() && schema.kind != Kind::number && !is_plain_text && !is_digest(schema)) {
      text = {std::string(schema.label.zh) + "：" + text.zh, std::string(schema.label.en) + ": " + text.en};
    }
    if (!is_plain_text && !is_digest(schema)) {
      const std::string example = example_of(schema);
      text.zh += "；例如 " + example;
      text.en += "; for example " + example;
    }
    if (schema.label.name == PartyId::label.name) {
      text.zh += "；由证件号码得出：kanhe key party";
      text.en += "; kanhe key party makes it of an identity number";
    }
    if (may_skip) {
      text.zh += "；直接回车跳过";
      text.en += "; Enter skips it";
    }
    return text_of(text);
  }

  // Nobody reads all digits of an example.
  static std::string example_of(const Schema& schema) {
    constexpr std::size_t digits_shown = 8;
    const std::string example = example_text(schema);
    return schema.kind == Kind::bytes ? example.substr(0, digits_shown) + "…" : example;
  }

  std::string skip_text() const { return text_of({"直接回车跳过", "Enter skips it"}); }

  const Globals& globals_;
  Dialogue& dialogue_;
  const PromptedRecord& about_;
  std::vector<FieldOption> options_;
};

}  // namespace

TerminalDialogue::TerminalDialogue(const Globals& globals)
    : out_(::isatty(STDERR_FILENO) == 1 ? *globals.err : *globals.out) {}

std::optional<std::string> TerminalDialogue::ask(std::string_view prompt) {
  out_ << prompt << std::flush;
  std::string line;
  if (std::getline(std::cin, line)) return line;
  out_ << '\n' << std::flush;  // Ctrl-D leaves the cursor behind the prompt
  return std::nullopt;
}

void TerminalDialogue::say(std::string_view line) {
  out_ << line << (line.ends_with('\n') ? "" : "\n") << std::flush;
}

bool may_ask(const Globals& globals) { return globals.at_terminal && !globals.json && !globals.no_input; }

std::vector<FieldOption> ask_for_fields(const Globals& globals, Dialogue& dialogue, const PromptedRecord& about,
                                        std::vector<FieldOption> given) {
  CHECK(about.schema.kind == Kind::record);
  Walk walk(globals, dialogue, about, std::move(given));
  walk.whole();
  return std::move(walk).take_options();
}

std::vector<FieldOption> ask_own_questions(const Globals& globals, Dialogue& dialogue, const PromptedRecord& about,
                                           std::vector<FieldOption> given) {
  CHECK(about.schema.kind == Kind::record);
  Walk walk(globals, dialogue, about, std::move(given));
  walk.own_questions();
  return std::move(walk).take_options();
}

bool is_given(const std::vector<FieldOption>& options, std::string_view path) {
  return std::ranges::find(options, path, &FieldOption::path) != options.end();
}

bool is_begun(const std::vector<FieldOption>& options, std::string_view path) {
  const std::string inside = std::string(path) + ".";
  return std::ranges::any_of(options, [&](const FieldOption& option) { return option.path.starts_with(inside); });
}

bool is_yes(const std::string& answer) { return is_one_of(answer, {"y", "yes", "true", "是"}); }
bool is_no(const std::string& answer) { return is_one_of(answer, {"", "n", "no", "false", "否"}); }

void ask_to_go_on(Dialogue& dialogue, std::string_view question) {
  const auto answer = dialogue.ask(std::string(question) + " [y/N] ");
  if (!answer || !is_yes(trimmed(*answer))) cancel();
}

void cancel() {
  throw CommandError{ExitCode::interrupted, "cancelled: nothing was signed or sent", "已取消，未签名，未发送"};
}

}  // namespace kanhe::cli
