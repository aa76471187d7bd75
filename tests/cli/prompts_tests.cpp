// Prompts for what a command line left out. The property: for every method of the catalogue, whoever answers each
// question with what a record holds ends with exactly this record. Then what people do otherwise: wrong values,
// nothing, the end of the input.
#include <boost/test/unit_test.hpp>
#include <deque>
#include <map>

#include "cli/fields.h"
#include "cli/prompts.h"
#include "cli/values.h"
#include "contracts/host.h"
#include "contracts/service.h"
#include "tests/support/argument_maker.h"

namespace {

using namespace kanhe;
using namespace kanhe::cli;
using Options = std::vector<FieldOption>;

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// "acts.1.unit" in "不动产单元 · unit  (--acts.1.unit)"; empty where nothing is named.
std::string named_in(std::string_view text) {
  const std::size_t begin = text.find("(--");
  if (begin == std::string_view::npos) return {};
  const std::size_t end = text.find(')', begin);
  return std::string(text.substr(begin + 3, end - begin - 3));
}

// Knows a record by its options, and answers from it.
class Witness : public Dialogue {
 public:
  explicit Witness(const Options& options) {
    for (const FieldOption& option : options) values_[option.path].push_back(option.value);
  }

  std::optional<std::string> ask(std::string_view prompt) override {
    const std::string named = named_in(prompt);
    if (named.empty()) return next_value(about_);
    const bool is_whole = holds(std::string(prompt), "add: ") || holds(std::string(prompt), "fill in: ");
    if (is_whole) return knows(named) ? "y" : "";
    const std::string value = next_value(named);
    return value.empty() ? "" : value == "true" ? "yes" : "n";
  }
  void say(std::string_view line) override {
    complained_ = complained_ || holds(std::string(line), "✗");
    if (const std::string named = named_in(line); !named.empty()) about_ = named;
  }

  bool complained() const { return complained_; }

 private:
  bool knows(const std::string& path) const {
    for (const auto& [known, values] : values_) {
      if (known == path || known.starts_with(path + ".")) return true;
    }
    return false;
  }
  std::string next_value(const std::string& path) {
    auto& values = values_[path];
    if (values.empty()) return {};
    std::string value = values.front();
    values.pop_front();
    return value;
  }

  std::map<std::string, std::deque<std::string>> values_;
  std::string about_;
  bool complained_ = false;
};

// Says the lines one after the other, then nothing more.
class Script : public Dialogue {
 public:
  explicit Script(std::deque<std::string> answers) : answers_(std::move(answers)) {}

  std::optional<std::string> ask(std::string_view prompt) override {
    said_ += std::string(prompt) + "\n";
    if (answers_.empty()) return std::nullopt;
    std::string answer = answers_.front();
    answers_.pop_front();
    return answer;
  }
  void say(std::string_view line) override { said_ += std::string(line) + "\n"; }

  const std::string& said() const { return said_; }
  std::size_t left() const { return answers_.size(); }

 private:
  std::deque<std::string> answers_;
  std::string said_;
};

void teach(ArgumentMaker& maker, const Schema& schema) {
  if (schema.kind == Kind::text) maker.know(schema.label.name, example_text(schema));
  if (schema.element != nullptr) teach(maker, *schema.element);
  for (const SchemaField& field : schema.fields) teach(maker, *field.schema);
}

// An optional text or element of a list that is empty cannot be told from none.
bool can_be_told(const Options& options) {
  return std::ranges::none_of(options, [](const FieldOption& option) { return option.value.empty(); });
}

struct Desk {
  std::optional<UnitNumber> unit;
  Fen amount;
  contracts::Role role = contracts::Role::reviewer;
  bool urgent = false;
  PlainText<20> note;
  List<DepartmentId, 2> others;
};
BOOST_DESCRIBE_STRUCT(Desk, (), (unit, amount, role, urgent, note, others))

PromptedRecord about_desk() {
  return {schema_of<Desk>(), []() -> std::shared_ptr<void> { return std::make_shared<Desk>(); }};
}

struct Asked {
  Options options;
  std::string said;
  std::size_t left = 0;
};
Asked ask(std::deque<std::string> answers, Options given, Language language = Language::en) {
  Globals globals;
  globals.language = language;
  Script script(std::move(answers));
  Options options = ask_for_fields(globals, script, about_desk(), std::move(given));
  return {std::move(options), script.said(), script.left()};
}

std::string value_of(const Asked& asked, std::string_view path) {
  const auto found = std::ranges::find(asked.options, path, &FieldOption::path);
  return found == asked.options.end() ? "none" : found->value;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(prompts_tests)

BOOST_AUTO_TEST_CASE(whoever_answers_from_a_record_ends_with_it) {
  Globals globals;
  globals.language = Language::en;
  for (const contracts::Module* module : contracts::modules()) {
    for (const contracts::Method& method : module->methods) {
      ArgumentMaker maker(11);
      teach(maker, method.arguments());
      int told = 0;
      for (int i = 0; i < 400 && told < 40; ++i) {
        const Bytes bytes = maker.make(method.arguments());
        const auto record = method.argument_record.decode(bytes);
        if (!record) continue;
        const Options options = options_of(method.arguments(), record->get());
        if (!can_be_told(options)) continue;
        ++told;
        Witness witness(options);
        const Options answered =
            ask_for_fields(globals, witness, {method.arguments(), method.argument_record.make}, {});
        const auto again = method.argument_record.make();
        const auto set = set_fields(method.arguments(), again.get(), answered);
        BOOST_REQUIRE_MESSAGE(set, module->name << " " << method.name << ": " << (set ? "" : set.error().text));
        BOOST_TEST((method.argument_record.encode(again.get()) == bytes), module->name << " " << method.name);
        BOOST_TEST(!witness.complained(), module->name << " " << method.name);
      }
      BOOST_TEST(told >= 5, module->name << " " << method.name << ": only " << told << " records");
    }
  }
}

BOOST_AUTO_TEST_CASE(each_field_is_asked_for_by_its_name_with_form_limits_and_example) {
  const Asked asked = ask({"", "1500.00", "3", "y", "", "tax", ""}, {});
  for (const std::string part :
       {"unit  (--unit)", "property unit number", "340121261006GB00014F00220045", "Enter skips it",
        "amount  (--amount)", "1234.50", "role  (--role)", "reviewer", "at most 20 bytes", "urgent  (--urgent) [y/N]",
        "others 1  (--others)", "others 2"}) {
    BOOST_TEST(holds(asked.said, part), part << " is missing in:\n" << asked.said);
  }
  BOOST_TEST(value_of(asked, "unit") == "none");
  BOOST_TEST(value_of(asked, "amount") == "1500.00");
  BOOST_TEST(value_of(asked, "role") == std::string(schema_of<contracts::Role>().enumerators[2].name));
  BOOST_TEST(value_of(asked, "urgent") == "true");
  BOOST_TEST(value_of(asked, "note") == "");
  BOOST_TEST(value_of(asked, "others") == "tax");
  BOOST_TEST(asked.left == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_said_and_asked_again) {
  const Asked asked = ask(
      {"", "1500", "1500.00", "17", "window-clerk", "perhaps", "n", std::string(21, 'x'), "x", "Tax Office", "tax", ""},
      {});
  for (const std::string part : {"--amount: \"1500\" is no amount", "For yuan: 1500.00", "--role: \"17\" is none of",
                                 "answer y (yes) or n (no)", "--note: ", "21 bytes, must be between 0 and 20",
                                 "--others: "}) {
    BOOST_TEST(holds(asked.said, part), part << " is missing in:\n" << asked.said);
  }
  BOOST_TEST(value_of(asked, "amount") == "1500.00");
  BOOST_TEST(value_of(asked, "role") == "window-clerk");
  BOOST_TEST(value_of(asked, "note") == "x");
  BOOST_TEST(asked.left == 0u);
}

BOOST_AUTO_TEST_CASE(in_chinese_the_field_its_form_and_the_value_are_named) {
  const Asked asked = ask({"", "1500", "1500.00", "99", "1", "", "", ""}, {}, Language::zh);
  for (const std::string part : {"不动产单元  (--unit)", "直接回车跳过", "金额：“1500” 不符合要求，应为 金额：元，两位小数",
                                 "角色：“99” 不能选，请选 1–", "文字，至多 20 字节"}) {
    BOOST_TEST(holds(asked.said, part), part << " is missing in:\n" << asked.said);
  }
  BOOST_TEST(!holds(asked.said, "amount  "), asked.said);
}

BOOST_AUTO_TEST_CASE(what_is_needed_cannot_be_left_out) {
  const Asked asked = ask({"", "", "", "1.00", "", "1", "", "", ""}, {});
  BOOST_TEST(holds(asked.said, "this is needed"), asked.said);
  BOOST_TEST(value_of(asked, "amount") == "1.00");
  BOOST_TEST(asked.left == 0u);
}

BOOST_AUTO_TEST_CASE(what_was_given_is_not_asked_for) {
  const Asked asked =
      ask({"", "2"}, {{"amount", "2.00"}, {"arguments.note", "x"}, {"others", "tax"}, {"urgent", "false"}});
  BOOST_TEST(!holds(asked.said, "(--amount)"), asked.said);
  BOOST_TEST(!holds(asked.said, "(--others)"), asked.said);
  BOOST_TEST(asked.options.size() == 5u);
  BOOST_TEST(asked.left == 0u);
}

BOOST_AUTO_TEST_CASE(short_names_stand_for_fields_deep_inside) {
  namespace service = contracts::service;
  const contracts::Method& method = *contracts::find_method("service", "file");
  Globals globals;
  globals.language = Language::en;
  Script script({"5f5f", std::string(64, '5'), "", std::string(64, '6'), "", "", "", "", "", "", "", "", "", ""});
  const Options given{{"service", "house-sale"}, {"acts.1.type", "transfer"}, {"acts.1.cause", "sale"},
                      {"acts.1.unit", "440304003008GB00012F00220045"}, {"price", "1.00"},
                      {"acts.1.holders.1.party", std::string(64, '7')}};
  const Options options = ask_for_fields(
      globals, script,
      {method.arguments(), method.argument_record.make,
       {{"unit", "acts.1.unit"}, {"sellers", "acts.1.from"}, {"buyers", "acts.1.holders"}}},
      given);
  BOOST_TEST(holds(script.said(), "(--sellers)"), script.said());
  BOOST_TEST(holds(script.said(), "(--buyers.1.share)"), script.said());
  BOOST_TEST(!holds(script.said(), "(--buyers.2"), script.said());
  BOOST_TEST(!holds(script.said(), "(--acts.2"), script.said());
  service::FileArguments arguments;
  BOOST_TEST(set_fields(schema_of<service::FileArguments>(), &arguments, options).has_value());
  BOOST_TEST(arguments.applicants.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_digest_is_answered_by_the_name_of_its_file) {
  const contracts::Method& method = *contracts::find_method("service", "stop_clock");
  Globals globals;
  globals.language = Language::en;
  Script script({"no such file", KANHE_SOURCE_DIR "/CMakeLists.txt"});
  const Options given{{"application", std::string(64, 'a')}, {"reason", "inquiry"}, {"until", "2030-01-01"}};
  const Options options = ask_for_fields(globals, script, {method.arguments(), method.argument_record.make}, given);
  BOOST_TEST(holds(script.said(), "a file, for example scan.pdf; or 64 hexadecimal digits"), script.said());
  BOOST_TEST(holds(script.said(), "\"no such file\" must be 64 hexadecimal digits"), script.said());
  BOOST_TEST(options.back().value == "sha256:" KANHE_SOURCE_DIR "/CMakeLists.txt");
}

BOOST_AUTO_TEST_CASE(own_questions_take_the_place_of_the_forms) {
  Globals globals;
  globals.language = Language::en;
  PromptedRecord about = about_desk();
  std::vector<std::string> fields;
  about.own_questions = [&](Interview& interview, std::string_view field) {
    fields.emplace_back(field);
    if (field == "note") return true;  // nothing to ask
    if (field != "amount") return false;
    interview.say({"多少", "how much"});
    while (!interview.take({{"amount", interview.ask("  yuan > ") + ".00"}}, {"不是数字", {}})) {
    }
    return true;
  };
  Script script({"", "many", "7", "3", "", ""});
  const Options options = ask_for_fields(globals, script, about, {{"urgent", "true"}});
  BOOST_TEST(holds(script.said(), "how much"), script.said());
  BOOST_TEST(holds(script.said(), "✗ --amount: \"many.00\" is no amount"), script.said());
  BOOST_TEST(!holds(script.said(), "(--note)"), script.said());
  BOOST_TEST(std::ranges::find(options, "amount", &FieldOption::path)->value == "7.00");
  BOOST_TEST((fields == std::vector<std::string>{"unit", "amount", "role", "note", "others"}));
  // Alone they ask for nothing else.
  Script alone({"8"});
  const Options some = ask_own_questions(globals, alone, about, {{"urgent", "true"}});
  BOOST_TEST(some.size() == 2u);
  BOOST_TEST(alone.left() == 0u);
}

BOOST_AUTO_TEST_CASE(the_end_of_the_input_cancels) {
  const auto is_interruption = [](const CommandError& error) {
    return error.code == ExitCode::interrupted && holds(error.text, "nothing was signed or sent");
  };
  BOOST_CHECK_EXCEPTION(ask({}, {}), CommandError, is_interruption);
  BOOST_CHECK_EXCEPTION(ask({"", "1.00", "2"}, {}), CommandError, is_interruption);
}

BOOST_AUTO_TEST_CASE(only_yes_goes_on) {
  for (const std::string yes : {"y", "Y", "yes", " 是 "}) {
    Script script({yes});
    ask_to_go_on(script, "go on?");
    BOOST_TEST(holds(script.said(), "go on? [y/N]"));
  }
  for (const std::string no : {"", "n", "no", "ja", "y?"}) {
    Script script({no});
    BOOST_CHECK_THROW(ask_to_go_on(script, "go on?"), CommandError);
  }
  Script silent({});
  BOOST_CHECK_THROW(ask_to_go_on(silent, "go on?"), CommandError);
}

BOOST_AUTO_TEST_CASE(nobody_is_asked_away_from_a_terminal_or_against_their_will) {
  Globals globals;
  BOOST_TEST(!may_ask(globals));
  globals.at_terminal = true;
  BOOST_TEST(may_ask(globals));
  globals.json = true;
  BOOST_TEST(!may_ask(globals));
  globals.json = false;
  globals.no_input = true;
  BOOST_TEST(!may_ask(globals));
}

BOOST_AUTO_TEST_SUITE_END()
