// Method commands, `kanhe call MODULE METHOD`, and `kanhe transaction`.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cerrno>
#include <fstream>
#include <iostream>
#include <sstream>
#include <system_error>

#include "cli/call.h"
#include "cli/grave_acts.h"
#include "cli/material_questions.h"
#include "cli/output.h"
#include "cli/text_table.h"
#include "cli/values.h"
#include "cli/words.h"
#include "contracts/governance.h"
#include "contracts/sentences.h"

namespace kanhe::cli {

struct CallDigest {
  ModuleName module;
  MethodName method;
  Hash256 call;
};
BOOST_DESCRIBE_STRUCT(CallDigest, (), (module, method, call))

namespace {

constexpr std::string_view standard_stream = "-";
constexpr std::string_view file_prefix = "sha256:";
constexpr std::size_t examples_fields_max = 8;

struct CallOptions {
  std::string arguments_file;
  bool dry_run = false;
  bool digest_only = false;
  bool sign_only = false;
  bool without_key = false;
  std::string output;
  std::string valid_for = write_duration(valid_for_default.value());
  std::vector<std::string> positionals;  // values, by place
};

// ---------------------------------------------------------------------------------------------------------------------
// Files

[[noreturn]] void fail_reading(const std::string& place) {
  throw CommandError{ExitCode::could_not_check, place + ": cannot be read", place + "：无法读取"};
}

std::string read_text(const std::string& path, std::string_view option) {
  std::ostringstream text;
  if (path == standard_stream) {
    text << std::cin.rdbuf();
  } else {
    std::ifstream file(path, std::ios::binary);
    if (!file) fail_reading(std::string(option) + " " + path);
    text << file.rdbuf();
  }
  return text.str();
}

void write_text(const Globals& globals, const std::string& path, const std::string& text) {
  if (path == standard_stream) {
    *globals.out << text;
    return;
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.flush();
  if (!file) {
    throw CommandError{ExitCode::could_not_check, "-o " + path + ": " + std::system_category().message(errno)};
  }
  say(globals, sentence(globals, "已写入", "written") + ": " + path);
}

// A transaction file: the Transaction as JSON.
Transaction read_transaction(const std::string& path) {
  auto transaction = from_json<Transaction>(read_text(path, "FILE"));
  if (!transaction) fail_as(ExitCode::malformed_input, path, transaction.error());
  return std::move(*transaction);
}

void write_transaction(const Globals& globals, const std::string& path, const Transaction& transaction) {
  write_text(globals, path, to_json(transaction, JsonLayout::indented) + "\n");
}

bool is_signed(const Transaction& transaction) { return !transaction.sender.is_zero(); }

// ---------------------------------------------------------------------------------------------------------------------
// What a transaction says, for who is to sign or to send it

std::string describe_transaction(const Globals& globals, const Transaction& transaction) {
  std::string text =
      sentence(globals, "调用", "calls") + ": " + transaction.module.str() + " " + transaction.method.str();
  const auto call = call_of(transaction);
  if (call) text += "  (" + sentence(globals, call->method->zh, call->method->en) + ")";
  text += "\n";
  if (call) {
    text += record_text(globals, call->method->arguments(), call->arguments.get(), 1);
  } else {
    text += "  " + sentence(globals, "本程序无法识别的参数", "arguments, which this program cannot read") + ": " +
            to_hex(transaction.arguments.view()) + "\n";
  }
  NamedValues values(0);
  values.add(sentence(globals, "有效至", "may be recorded until"), time_text(transaction.valid_until_ms));
  values.add(sentence(globals, "签名人", "signed by"),
             is_signed(transaction) ? transaction.sender.hex() : sentence(globals, "尚未签名", "nobody yet"));
  if (is_signed(transaction)) values.add(sentence(globals, "交易标识", "id"), id_of(transaction).hex());
  return text + values.text();
}

// ---------------------------------------------------------------------------------------------------------------------
// Method commands

Duration valid_for_of(const CallOptions& options) {
  const auto ms = read_duration(options.valid_for);
  if (!ms) fail_as(ExitCode::usage, "--valid-for", ms.error());
  const auto duration = Duration::from(*ms);
  if (!duration) fail_as(ExitCode::usage, "--valid-for", duration.error());
  return *duration;
}

// The field that a short name stands for; any other name stands for itself. Hyphens are underscores.
std::string field_of(const MethodCommand& command, const std::string& name) {
  std::string plain = name;
  std::ranges::replace(plain, '-', '_');
  for (const auto& [shorthand, field] : command.shorthands) {
    if (plain == shorthand) return field;
    if (plain.starts_with(shorthand + ".")) return field + plain.substr(shorthand.size());
  }
  return name;
}

void add_presets(const MethodCommand& command, std::vector<FieldOption>& fields) {
  for (const FieldOption& preset : command.presets) {
    if (std::ranges::find(fields, preset.path, &FieldOption::path) == fields.end()) fields.push_back(preset);
  }
}

std::string option_name(const CLI::App* root, const std::string& path) {
  return root->get_option_no_throw("--" + path) != nullptr ? "--arguments." + path : "--" + path;
}

const CLI::App* root_of(const CLI::App* app) {
  while (app->get_parent() != nullptr) app = app->get_parent();
  return app;
}

std::string words_of(const CLI::App* app) {
  std::string words;
  for (; app->get_parent() != nullptr; app = app->get_parent())
    words = app->get_name() + (words.empty() ? "" : " ") + words;
  return words;
}

// Of a record as JSON its fields as options, so that others may stand beside them on the command line.
std::vector<FieldOption> options_of_json(const Schema& schema, const std::string& text, const std::string& place) {
  namespace json = boost::json;
  boost::system::error_code error;
  const json::value read = json::parse(text, error);
  if (error || !read.is_object()) {
    throw CommandError{ExitCode::malformed_input, place + ": is no JSON object", place + "：不是 JSON 对象"};
  }
  std::vector<FieldOption> options;
  for (const auto& [key, value] : read.get_object()) {
    const auto field = std::ranges::find(schema.fields, std::string_view(key), &SchemaField::name);
    const Schema* of = field == schema.fields.end() ? nullptr : field->schema;
    if (of != nullptr && of->kind == Kind::optional) of = of->element;
    const std::string written = value.is_string() ? std::string(value.get_string()) : json::serialize(value);
    // In JSON money and durations are bare numbers; an option says the unit.
    const std::string_view unit = of != nullptr && is_bare_number(*of) ? of->label.unit : std::string_view();
    options.push_back({std::string(key), written + std::string(unit)});
  }
  return options;
}

// What the command line and its file say; of a command for one thing of many also what makes it this thing.
std::vector<FieldOption> given_fields(const Globals& globals, const CLI::App* app, const MethodCommand& command,
                                      const CallOptions& options) {
  std::vector<FieldOption> fields;
  for (std::size_t i = 0; i < options.positionals.size(); ++i) {
    if (!options.positionals[i].empty()) fields.push_back({command.positionals[i], options.positionals[i]});
  }
  const auto& given = globals.method_commands.at(app);
  fields.insert(fields.end(), given.begin(), given.end());
  for (FieldOption& field : fields) field.path = field_of(command, field.path);
  return fields;
}

// What options call the fields: by their short names, and in full where a global option has the same name.
std::vector<std::pair<std::string, std::string>> prompted_names(const CLI::App* app, const MethodCommand& command,
                                                                const Schema& schema) {
  std::vector<std::pair<std::string, std::string>> names = command.shorthands;
  for (const SchemaField& field : schema.fields) {
    const std::string name(field.name);
    if (const std::string option = option_name(root_of(app), name); option != "--" + name) {
      names.emplace_back(option.substr(2), name);
    }
  }
  return names;
}

// Fields by the names that the command's options have.
std::string with_names(std::string text, const std::vector<std::pair<std::string, std::string>>& names) {
  for (const auto& [name, field] : names) {
    const std::string option = "--" + field;
    for (std::size_t place = 0; (place = text.find(option, place)) != std::string::npos; place += name.size()) {
      const char after = place + option.size() < text.size() ? text[place + option.size()] : ' ';
      const bool goes_on = std::isalnum(static_cast<unsigned char>(after)) != 0 || after == '_';
      if (!goes_on) text.replace(place, option.size(), "--" + name);
    }
  }
  return text;
}

// The options do not make a record: which one does not read, or what is missing.
[[noreturn]] void fail_usage(const CLI::App* app, const MethodCommand& command, const Call& call,
                             const std::vector<FieldOption>& fields, const Error& error) {
  const Schema& schema = call.method->arguments();
  const auto names = prompted_names(app, command, schema);
  throw CommandError{ExitCode::usage, with_names(error.text, names),
                     with_names(complaint_zh(schema, call.method->argument_record.make, fields), names),
                     "kanhe " + words_of(app) + " --help"};
}

struct BuiltCall {
  Call call;
  bool was_asked = false;  // a person answered questions: they look at the whole before it is signed
  std::vector<std::string> files{};  // whose digests it names
};

// At a terminal what is missing is asked for.
BuiltCall build_call(const Globals& globals, const CLI::App* app, const MethodCommand& command,
                     const CallOptions& options) {
  BuiltCall built{or_fail(make_call(command.module, command.method))};
  const Schema& schema = built.call.method->arguments();
  std::vector<FieldOption> fields = given_fields(globals, app, command, options);
  if (!options.arguments_file.empty()) {
    const std::string place = "--arguments " + options.arguments_file;
    const std::string text = read_text(options.arguments_file, "--arguments");
    if (fields.empty()) {
      const auto read = from_json(schema, built.call.arguments.get(), text);
      if (!read) fail_as(ExitCode::malformed_input, place, read.error());
      return built;
    }
    for (FieldOption& field : options_of_json(schema, text, place)) fields.push_back(std::move(field));
  }
  add_presets(command, fields);
  const auto missing = missing_fields(schema, built.call.arguments.get(), fields);
  if (!missing) fail_usage(app, command, built.call, fields, missing.error());
  const bool asks = has_material_questions(command.module, command.method);
  if (may_ask(globals) && (!missing->empty() || (asks && lacks_materials(fields)))) {
    TerminalDialogue dialogue(globals);
    LedgerQuestions questions(globals);
    const auto& make = built.call.method->argument_record.make;
    PromptedRecord about{schema, make, prompted_names(app, command, schema), command.own_questions};
    if (asks) about.own_questions = std::bind_front(&LedgerQuestions::ask, &questions);
    const bool has_all = missing->empty() && has_named_fields(fields, command.shorthands);
    fields = (has_all ? ask_own_questions : ask_for_fields)(globals, dialogue, about, std::move(fields));
    built.files = questions.files();
    built.was_asked = true;
  }
  for (const FieldOption& field : fields) {
    if (field.value.starts_with(file_prefix)) built.files.push_back(field.value.substr(file_prefix.size()));
  }
  built.call.arguments = built.call.method->argument_record.make();
  const auto set = set_fields(schema, built.call.arguments.get(), fields);
  if (!set) fail_usage(app, command, built.call, fields, set.error());
  return built;
}

// Nobody signs what they have not seen, after questions; and what is grave is confirmed.
void confirm(const Globals& globals, const BuiltCall& built) {
  const Schema& schema = built.call.method->arguments();
  const void* const arguments = built.call.arguments.get();
  const auto grave = find_grave_acts(built.call.module->name, built.call.method->name, schema, arguments);
  const bool is_grave = !grave.empty() && !globals.yes;
  if (!may_ask(globals) || !(built.was_asked || is_grave)) return;
  TerminalDialogue dialogue(globals);
  dialogue.say(sentence(globals, built.call.method->zh, built.call.method->en) + "\n" +
               record_text(globals, schema, arguments, 1));
  if (is_grave) return confirm_with(globals, dialogue, grave);
  ask_to_go_on(dialogue, sentence(globals, "签名并发送？", "sign and send it?"));
}

// Of the call, by which a motion approves it: every department computes it from the same arguments.
void show_digest(const Globals& globals, const Transaction& transaction) {
  const CallDigest digest{transaction.module, transaction.method,
                          contracts::governance::call_digest(transaction.module.view(), transaction.method.view(),
                                                             transaction.arguments.view())};
  show_result(globals, digest, digest.call.hex() + "\n");
}

void run_method_command(Globals& globals, const CLI::App* app, const MethodCommand& command,
                        const CallOptions& options) {
  const BuiltCall built = build_call(globals, app, command, options);
  const Call& call = built.call;
  const bool offline = options.sign_only || options.without_key;
  if (offline && options.output.empty()) {
    throw CommandError{ExitCode::usage, "-o is missing: the file to write the transaction to",
                       "缺少 -o：要写入交易的文件"};
  }
  if (!offline && !options.output.empty()) {
    throw CommandError{ExitCode::usage, "-o goes with --sign-only or --unsigned",
                       "-o 只与 --sign-only 或 --unsigned 一起使用"};
  }
  const certs::Trust trust = trust_of(globals);
  Transaction transaction = or_fail(make_transaction(trust.genesis(), call, wall_now(), valid_for_of(options)));
  if (options.digest_only) return show_digest(globals, transaction);
  if (options.dry_run) {
    show_result(globals, schema_of<Transaction>(), &transaction, describe_transaction(globals, transaction));
    say(globals, sentence(globals, "试运行：未签名，未发送", "dry run: nothing was signed or sent"));
    return;
  }
  if (options.without_key) return write_transaction(globals, options.output, transaction);
  confirm(globals, built);
  // The node is opened only when it is needed, and asked for only after the key is at hand.
  const SecretKey key = secret_key_of(globals, trust.genesis());
  sign_transaction(trust.scheme(), key, transaction);
  if (options.sign_only) return write_transaction(globals, options.output, transaction);
  Client client = departmental_client_of(globals);
  const auto receipt = send_and_show(globals, client, make_body(std::move(transaction)));
  // The ledger has the digests; the departments read the files in the vault.
  if (command.module != "service" || !receipt || !succeeded(*receipt) || built.files.empty()) return;
  std::string files;
  for (const std::string& file : built.files) files += " " + (file.find(' ') == file.npos ? file : "'" + file + "'");
  say(globals, sentence(globals, "上传文件，供各部门查阅", "upload the files, so that the departments can read them") + ": " +
                   "kanhe application upload" + files);
}

std::string roles_text(const Globals& globals, const contracts::Method& method) {
  if (method.roles.empty()) return sentence(globals, "已登记公钥的任何人", "whoever has a registered key");
  std::string text;
  for (const SchemaEnumerator& role : schema_of<contracts::Role>().enumerators) {
    if (!method.roles.contains(static_cast<contracts::Role>(role.value))) continue;
    text += (text.empty() ? "" : ", ") + value_label(globals, static_cast<contracts::Role>(role.value));
  }
  return text;
}

bool is_positional(const MethodCommand& command, const std::string& path) {
  return std::ranges::find(command.positionals, path) != command.positionals.end();
}

std::string example_of(const CLI::App* app, const MethodCommand& command, const std::vector<FieldHelp>& fields) {
  std::string text = "  kanhe " + words_of(app);
  if (!command.example.empty()) return text + " " + std::string(command.example);
  if (fields.size() > examples_fields_max) return text + " --arguments FILE.json";
  for (const FieldHelp& field : fields) {
    if (!field.required && field.path.find(".N") == std::string::npos) continue;
    std::string path = field.path;
    if (const std::size_t place = path.find(".N"); place != std::string::npos) path.replace(place, 2, ".1");
    const bool quote = field.example.find(' ') != std::string::npos;
    const std::string value = quote ? "'" + field.example + "'" : field.example;
    text += is_positional(command, field.path) ? " " + value
                                               : " \\\n      " + option_name(root_of(app), path) + " " + value;
  }
  return text;
}

std::string in_capitals(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

// Of a command for one thing: the fields with short names under these, and the record's own, but not the list that the
// short names lead into.
std::vector<FieldHelp> help_of(const MethodCommand& command, const contracts::Method& method) {
  std::vector<FieldHelp> all = field_help(method.arguments());
  if (command.shorthands.empty()) return all;
  std::vector<FieldHelp> shown;
  for (const auto& [name, field] : command.shorthands) {
    std::string path = field;
    if (const std::size_t place = path.find(".1."); place != std::string::npos) path.replace(place, 3, ".N.");
    const auto is_chosen = [&](const std::string& alternative) {
      return std::ranges::find(command.presets, alternative, &FieldOption::value) != command.presets.end();
    };
    // The field itself, or of a list the fields of its members.
    const std::size_t before = shown.size();
    for (const FieldHelp& help : all) {
      const bool is_it = help.path == path || help.path.starts_with(path + ".N");
      if (!is_it || !std::ranges::all_of(help.of, is_chosen)) continue;
      FieldHelp one = help;
      one.path = name + help.path.substr(path.size());
      one.of.clear();  // that it is of the alternatives that this command is for goes without saying
      shown.push_back(std::move(one));
    }
    CHECK(shown.size() > before);
  }
  const std::string list = command.shorthands.front().second.substr(0, command.shorthands.front().second.find('.'));
  for (FieldHelp& help : all) {
    if (help.path.starts_with(list + ".")) continue;
    const auto& presets = command.presets;
    if (std::ranges::find(presets, help.path, &FieldOption::path) != presets.end()) help.required = false;
    shown.push_back(std::move(help));
  }
  return shown;
}

// "不动产单元 · unit: 不动产单元号 · property unit number (登记内容 · of transfer)".
std::string name_text(const Globals& globals, const FieldHelp& field) {
  std::string text = sentence(globals, field.name.zh, field.name.en);
  if (!field.kind.en.empty()) text += ": " + sentence(globals, field.kind.zh, field.kind.en);
  Words of;
  for (const std::string& alternative : field.of) {
    const Words words = find_value_words({}, alternative);
    of.zh += (of.zh.empty() ? "仅用于" : "、") + words.zh;
    of.en += (of.en.empty() ? "of " : ", ") + words.en;
  }
  return of.en.empty() ? text : text + "  (" + sentence(globals, of.zh, of.en) + ")";
}

std::string method_help(const Globals& globals, const CLI::App* app, const MethodCommand& command) {
  const contracts::Method& method = *contracts::find_method(command.module, command.method);
  const std::vector<FieldHelp> fields = help_of(command, method);
  std::string text = sentence(globals, "示例", "Example") + ":\n" + example_of(app, command, fields) + "\n\n" +
                     sentence(globals, "谁可以办理", "Who may") + ": " + roles_text(globals, method) + "\n" +
                     sentence(globals, "方法", "Method") + ": " + std::string(command.module) + " " +
                     std::string(command.method) + "\n\n" + sentence(globals, "字段", "Fields") +
                     (fields.empty() ? ": " + sentence(globals, "无", "none")
                                     : " (" + sentence(globals, "N 从 1 起", "N counts from 1") + "):");
  for (const FieldHelp& field : fields) {
    text += "\n  " +
            (is_positional(command, field.path) ? in_capitals(field.path) + sentence(globals, "，或", ", or") + " "
                                                : std::string()) +
            option_name(root_of(app), field.path) +
            (field.required ? "  (" + sentence(globals, "必填", "needed") + ")" : "") + "\n      " +
            name_text(globals, field) + "\n      " + sentence(globals, field.form_zh, field.form);
  }
  return text + "\n";
}

}  // namespace

CLI::App* add_method_command(CLI::App& parent, Globals& globals, const MethodCommand& command) {
  const contracts::Method* const method = contracts::find_method(command.module, command.method);
  CHECK(method != nullptr);
  const std::string_view zh = command.zh.empty() ? method->zh : command.zh;
  const std::string_view en = command.en.empty() ? method->en : command.en;
  CLI::App* const app = parent.add_subcommand(std::string(command.name), std::string(zh) + " · " + std::string(en));
  const auto options = std::make_shared<CallOptions>();
  options->positionals.resize(command.positionals.size());
  for (std::size_t i = 0; i < command.positionals.size(); ++i) {
    app->add_option(in_capitals(command.positionals[i]), options->positionals[i],
                    "字段 · the field --" + command.positionals[i]);
  }
  app->add_option(
      "--arguments", options->arguments_file,
      "JSON 文件中的全部或部分字段，- 为标准输入 · fields as JSON, all or some, from a file, or - for stdin");
  app->add_flag("--dry-run,-n", options->dry_run, "只显示，不签名不发送 · show the transaction; sign and send nothing");
  app->add_flag("--call-digest", options->digest_only,
                "供动议批准的摘要 · show the digest by which a motion approves this call");
  CLI::Option* const sign_only =
      app->add_flag("--sign-only", options->sign_only, "签名后写入 -o · write the signed transaction to -o");
  app->add_flag("--unsigned", options->without_key, "不签名写入 -o · write the unsigned transaction to -o")
      ->excludes(sign_only);
  app->add_option("-o,--output", options->output, "交易文件，- 为标准输出 · file for the transaction; - for stdout");
  app->add_option("--valid-for", options->valid_for,
                  "有效时长，例如 5m · how long it may wait to be recorded, for example 5m")
      ->capture_default_str();
  app->footer(std::string());  // not the noun's as well
  app->footer([&globals, app, command] { return method_help(globals, app, command); });
  globals.method_commands[app] = {};
  app->callback([&globals, app, command, options] { run_method_command(globals, app, command, *options); });
  return app;
}

// ---------------------------------------------------------------------------------------------------------------------
// transaction

namespace {

[[noreturn]] void fail_of_other_network(const std::string& path, const Transaction& transaction) {
  throw CommandError{ExitCode::not_authentic, path + ": is for another network, " + transaction.chain_id.hex(),
                     path + "：属于另一个网络 " + transaction.chain_id.hex()};
}

bool is_transaction_id(const std::string& text) { return TransactionId::from_hex(text).has_value(); }

void show_file(Globals& globals, const std::string& path) {
  const Transaction transaction = read_transaction(path);
  std::string text = describe_transaction(globals, transaction);
  if (is_signed(transaction)) {
    const TransactionBody body = make_body(transaction);
    // The scheme is the network's; without a genesis the signature stays unjudged, and the text says so.
    if (globals.genesis.empty()) {
      text += sentence(globals, "签名", "signature") + ": " +
              sentence(globals, "未核验（需要 --genesis）", "not checked (needs --genesis)") + "\n";
    } else {
      const certs::Trust trust = trust_of(globals);
      if (transaction.chain_id != trust.chain_id()) {
        fail_of_other_network(path, transaction);
      }
      if (!verify_signature(trust.scheme(), body)) {
        throw CommandError{ExitCode::not_authentic, path + ": the signature is not the sender's",
                           path + "：签名不是签名人的"};
      }
      text += sentence(globals, "签名", "signature") + ": " + sentence(globals, "有效", "good") + "\n";
    }
  }
  show_result(globals, transaction, text);
}

void show_recorded(Globals& globals, const TransactionId& id) {
  Client client = client_of(globals);
  const auto answer = or_fail(client.transaction(id, 0));
  // The call names the fields of findings; it is a departmental read, so it is used only where it comes for nothing.
  std::optional<Call> call;
  if (answer.recorded && client.genesis().open_reads) {
    if (const auto body = client.body(id)) {
      if (auto read = call_of(body->transaction)) call = std::move(*read);
      say(globals, describe_transaction(globals, body->transaction));
    }
  }
  show_transaction(globals, client, answer, call ? &*call : nullptr);
}

void sign_file(Globals& globals, const std::string& path, const std::string& output) {
  const certs::Trust trust = trust_of(globals);
  Transaction transaction = read_transaction(path);
  if (is_signed(transaction)) {
    throw CommandError{ExitCode::malformed_input, path + ": is signed already", path + "：已签名"};
  }
  if (transaction.chain_id != trust.chain_id()) fail_of_other_network(path, transaction);
  // Nobody signs what they cannot read.
  const Call call = or_fail(call_of(transaction));
  say(globals, describe_transaction(globals, transaction));
  confirm_grave_acts(globals, call.module->name, call.method->name, call.method->arguments(), call.arguments.get());
  const SecretKey key = secret_key_of(globals, trust.genesis());
  sign_transaction(trust.scheme(), key, transaction);
  write_transaction(globals, output, transaction);
}

void submit_file(Globals& globals, const std::string& path) {
  const Transaction transaction = read_transaction(path);
  if (!is_signed(transaction)) {
    throw CommandError{ExitCode::malformed_input, path + ": is not signed; sign it", path + "：尚未签名，请先签名",
                       "kanhe transaction sign " + path + " -o SIGNED --key KEY"};
  }
  Client client = client_of(globals);
  if (transaction.chain_id != client.trust().chain_id()) fail_of_other_network(path, transaction);
  send_and_show(globals, client, make_body(transaction));
}

void add_transaction_commands(CLI::App& app, Globals& globals) {
  CLI::App* const noun = app.add_subcommand("transaction", "交易 · transactions: sign, submit, show");
  noun->require_subcommand(1);
  noun->footer(
      "Examples:\n  kanhe transaction show 5f0c…\n  kanhe transaction sign call.json -o signed.json --key k\n"
      "  kanhe transaction submit signed.json\n");
  const auto path = std::make_shared<std::string>();
  const auto output = std::make_shared<std::string>();

  CLI::App* const show = noun->add_subcommand("show", "查看交易及结果 · where a transaction is and what it did");
  show->add_option("ID_OR_FILE", *path, "a transaction's id, or a file written by --sign-only or --unsigned")
      ->required();
  show->footer("Examples:\n  kanhe transaction show ID\n  kanhe transaction show signed.json\n");
  show->callback([&globals, path] {
    if (is_transaction_id(*path)) return show_recorded(globals, *TransactionId::from_hex(*path));
    show_file(globals, *path);
  });

  CLI::App* const sign = noun->add_subcommand("sign", "签署交易文件 · sign what --unsigned wrote; needs no node");
  sign->add_option("FILE", *path, "the unsigned transaction")->required();
  sign->add_option("-o,--output", *output, "file for the signed one")->required();
  sign->footer(
      "Example:\n  kanhe transaction sign call.json -o signed.json --key officer.key --genesis genesis.json\n");
  sign->callback([&globals, path, output] { sign_file(globals, *path, *output); });

  CLI::App* const submit = noun->add_subcommand("submit", "提交交易文件 · send what is signed");
  submit->add_option("FILE", *path, "the signed transaction")->required();
  submit->footer("Example:\n  kanhe transaction submit signed.json\n");
  submit->callback([&globals, path] { submit_file(globals, *path); });
}

}  // namespace

void add_call_commands(CLI::App& app, Globals& globals) {
  CLI::App* const call = app.add_subcommand("call", "调用合约方法 · any method of any contract module");
  call->require_subcommand(1);
  call->footer("Examples:\n  kanhe call --help\n  kanhe call property found_register --help\n");
  for (const contracts::Module* module : contracts::modules()) {
    CLI::App* const noun =
        call->add_subcommand(std::string(module->name), std::string(module->zh) + " · " + std::string(module->en));
    noun->require_subcommand(1);
    for (const contracts::Method& method : module->methods) {
      add_method_command(*noun, globals, {.name = method.name, .module = module->name, .method = method.name});
    }
  }
  add_transaction_commands(app, globals);
}

}  // namespace kanhe::cli
