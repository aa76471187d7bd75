// The command line as a whole: the tree of commands, options from flags, environment and file, errors in words.
//
// CLI11 knows the commands and their own options. It cannot know the fields of a method's arguments (elements of lists
// have numbers in their names), so these are taken out of the line before CLI11 sees it.
#include "cli/app.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "cli/output.h"
#include "cli/values.h"

namespace kanhe::cli {

Language language_of_locale() {
  for (const char* const name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view locale(value);
    return locale.starts_with("zh") ? Language::zh : locale.starts_with("en") ? Language::en : Language::both;
  }
  return Language::both;
}

ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::malformed:
    case ErrorCode::out_of_range:
    case ErrorCode::not_canonical:
    case ErrorCode::duplicate:
    case ErrorCode::unsupported:
      return ExitCode::malformed_input;
    case ErrorCode::not_authorised:
      return ExitCode::not_authorised;
    case ErrorCode::refused:
    case ErrorCode::conflict:
      return ExitCode::refused;
    case ErrorCode::bad_signature:
    case ErrorCode::bad_proof:
    case ErrorCode::corrupt:
      return ExitCode::not_authentic;
    case ErrorCode::unknown:
    case ErrorCode::busy:
    case ErrorCode::unavailable:
    case ErrorCode::io:
      return ExitCode::could_not_check;
  }
  CHECK(false);
}

void fail(const Error& error) { throw CommandError{exit_code_of(error.code), error.text}; }

void fail_as(ExitCode code, std::string_view place, const Error& error) {
  throw CommandError{code, std::string(place) + ": " + error.text};
}

namespace {

constexpr std::string_view tool_help_zh =
    "示例：\n"
    "  kanhe network show                                     网络成员；节点所答均经核验\n"
    "  kanhe key new officer.key                              新建签名密钥\n"
    "  kanhe officer enrol KEY --person … --roles registrar   登记工作人员（管理员）\n"
    "  kanhe application list DEPARTMENT                      哪些申请在等本部门办理\n"
    "  kanhe application show ID                              办到哪一步，在等什么\n"
    "  kanhe cert verify FILE --genesis genesis.json          证照是否真实，今天是否有效\n"
    "  kanhe call MODULE METHOD --help                        任何合约方法\n"
    "\n"
    "在终端上，缺少的字段会逐项询问，不能撤回的事项须确认。\n"
    "--node、--genesis、--key、--node-ca 也可来自 KANHE_NODE 等环境变量，或当前目录、~/.config/kanhe/ 中的 "
    "kanhe.toml。\n"
    "\n"
    "退出码：0 正常，1 证照目前无效，2 命令有误，3 不真实，4 未获授权，5 未能核验，6 内容格式不正确，\n"
    "7 被规则拒绝（逐条列出理由），130 已取消。\n";
constexpr std::string_view tool_help_en =
    "Examples:\n"
    "  kanhe network show                                     who takes part, and that the node tells the truth\n"
    "  kanhe key new officer.key                              a new signing key\n"
    "  kanhe officer enrol KEY --person … --roles registrar   enrol an officer (administrator)\n"
    "  kanhe application list DEPARTMENT                      which applications wait for a department\n"
    "  kanhe application show ID                              where a case stands, and what it waits for\n"
    "  kanhe cert verify FILE --genesis genesis.json          is this certificate genuine, and good today\n"
    "  kanhe call MODULE METHOD --help                        any contract method\n"
    "\n"
    "At a terminal what is missing is asked for, and what cannot be taken back is confirmed.\n"
    "--node, --genesis, --key and --node-ca also come from KANHE_NODE and so on, or from kanhe.toml here or in\n"
    "~/.config/kanhe/.\n"
    "\n"
    "Exit codes: 0 good, 1 certificate not valid, 2 usage, 3 not authentic, 4 not authorised, 5 could not check,\n"
    "6 malformed input, 7 refused by a rule (the reasons are printed), 130 interrupted.\n";

std::string tool_help(Language language) {
  std::string text;
  if (language != Language::en) text += tool_help_zh;
  if (language == Language::both) text += "\n";
  if (language != Language::zh) text += tool_help_en;
  return text;
}

// Help that begins with the examples.
class ExamplesFirst : public CLI::Formatter {
 public:
  std::string make_description(const CLI::App* app) const override {
    const std::string footer = app->get_footer();
    return CLI::Formatter::make_description(app) + (footer.empty() ? "" : "\n" + footer);
  }
  std::string make_footer(const CLI::App* app) const override {
    return app->get_parent() == nullptr
               ? ""
               : "\n各命令通用的选项 · options of every command (--node, --key, …): kanhe --help\n";
  }
};

// ---------------------------------------------------------------------------------------------------------------------
// kanhe.toml

// The settings that a file may give, and where they go. Paths are taken from the file's directory.
void take_setting(Globals& globals, const std::filesystem::path& file, const std::string& name,
                  const std::string& value) {
  const auto path = [&] { return (file.parent_path() / value).string(); };
  if (name == "node") {
    globals.node = value;
  } else if (name == "genesis") {
    globals.genesis = path();
  } else if (name == "key") {
    globals.key = path();
  } else if (name == "node-ca") {
    globals.node_ca = path();
  } else {
    throw CommandError{
        ExitCode::usage,
        file.string() + ": \"" + name + "\" is no setting" + suggestion(name, {"node", "genesis", "key", "node-ca"}),
        file.string() + "：“" + name + "” 不是可用的设置（node、genesis、key、node-ca）"};
  }
}

void read_settings(Globals& globals, const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) return;
  try {
    for (const CLI::ConfigItem& item : CLI::ConfigTOML().from_config(file)) {
      if (item.parents.empty() && item.inputs.size() == 1) {
        take_setting(globals, path, item.name, item.inputs.front());
      } else {
        throw CommandError{ExitCode::usage, path.string() + ": " + item.fullname() + " must be one value",
                           path.string() + "：" + item.fullname() + " 只能有一个值"};
      }
    }
  } catch (const CLI::Error& error) {
    throw CommandError{ExitCode::usage, path.string() + ": " + error.what()};
  }
}

// The nearer file wins: it is read last.
void read_settings(Globals& globals) {
  if (const char* const home = std::getenv("HOME")) {
    read_settings(globals, std::filesystem::path(home) / ".config/kanhe/kanhe.toml");
  }
  read_settings(globals, "kanhe.toml");
}

// ---------------------------------------------------------------------------------------------------------------------
// The tree of commands

const std::map<std::string, Language> languages{{"both", Language::both}, {"zh", Language::zh}, {"en", Language::en}};

void add_global_options(CLI::App& app, Globals& globals) {
  const std::string group = "各命令通用的选项 · Options of every command";
  app.add_option("--node", globals.node, "部门节点的地址 · endpoint of a department: https://host:port")
      ->envname("KANHE_NODE")
      ->group(group);
  app.add_option("--genesis", globals.genesis,
                 "创世文件，一切据此核验 · genesis.json, which everything is checked against")
      ->envname("KANHE_GENESIS")
      ->group(group);
  app.add_option("--key", globals.key, "签名用的密钥文件 · key file to sign with")->envname("KANHE_KEY")->group(group);
  app.add_option("--plain-key", globals.plain_key,
                 "明文密钥，仅限演示网络 · key in the clear, for networks for practice only")
      ->group(group);
  app.add_option("--passphrase-file", globals.passphrase_file,
                 "口令文件，权限 0600 · file with the passphrase, mode 0600")
      ->group(group);
  app.add_option("--passphrase-fd", globals.passphrase_fd,
                 "读取口令的描述符 · open descriptor to read the passphrase from")
      ->group(group);
  app.add_option("--node-ca", globals.node_ca,
                 "节点 TLS 证书须符合的 PEM 文件 · PEM file that the endpoint's TLS certificate must lead to")
      ->envname("KANHE_NODE_CA")
      ->group(group);
  app.add_option("--purpose", globals.purpose, "查询用途代码，会被记录 · code that departmental reads are logged with")
      ->capture_default_str()
      ->group(group);
  app.add_option("--wait", globals.wait_s, "等待回执的秒数 · seconds to wait for a receipt")
      ->check(CLI::Range(0u, 3'600u))
      ->capture_default_str()
      ->group(group);
  app.add_flag("--json", globals.json, "结果和错误用 JSON · results and errors as JSON")->group(group);
  app.add_flag("--quiet,-q", globals.quiet, "不显示提示和进度 · no messages, no progress")->group(group);
  app.add_flag("--no-input", globals.no_input, "在终端上也不询问 · ask nothing, even at a terminal")->group(group);
  app.add_flag("--yes,-y", globals.yes, "不能撤回的事项不再确认 · do without confirmation what cannot be taken back")
      ->group(group);
  app.add_option("--lang", globals.language, "语言；不写则依系统设置 · language; as the locale says, if not given")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Language>{{"both", Language::both}, {"zh", Language::zh}, {"en", Language::en}}))
      ->group(group);
}

void make_tree(CLI::App& app, Globals& globals) {
  app.name("kanhe");
  app.formatter(std::make_shared<ExamplesFirst>());
  app.footer([&globals] { return tool_help(globals.language); });
  app.require_subcommand(1);
  app.fallthrough();
  add_global_options(app, globals);
  add_key_commands(app, globals);
  add_network_commands(app, globals);
  add_cert_commands(app, globals);
  add_property_commands(app, globals);
  add_application_commands(app, globals);
  add_bill_commands(app, globals);
  add_tariff_commands(app, globals);
  add_party_commands(app, globals);
  add_package_commands(app, globals);
  add_sharing_commands(app, globals);
  add_rating_commands(app, globals);
  add_motion_commands(app, globals);
  add_officer_commands(app, globals);
  add_node_commands(app, globals);
  add_trace_commands(app, globals);
  add_call_commands(app, globals);
}

std::vector<CLI::App*> children_of(CLI::App* app) {
  return app->get_subcommands([](CLI::App*) { return true; });
}

CLI::App* find_child(CLI::App* app, const std::string& name) {
  for (CLI::App* child : children_of(app)) {
    if (child->get_name() == name) return child;
  }
  return nullptr;
}

// An option of the command or of one above it, with or without "=value".
const CLI::Option* find_option(const CLI::App* app, const std::string& token) {
  const std::string name = token.substr(0, token.find('='));
  for (; app != nullptr; app = app->get_parent()) {
    if (const CLI::Option* const option = app->get_option_no_throw(name)) return option;
  }
  return nullptr;
}

bool is_option(const std::string& token) { return token.size() > 1 && token.front() == '-'; }
bool takes_next(const CLI::Option& option, const std::string& token) {
  return option.get_items_expected_min() > 0 && token.find('=') == std::string::npos;
}

std::string words_of(const CLI::App* app) {
  std::string words;
  for (; app != nullptr; app = app->get_parent()) words = app->get_name() + (words.empty() ? "" : " ") + words;
  return words;
}

std::vector<std::string> option_names(const CLI::App* app) {
  std::vector<std::string> names;
  for (; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

// Splits a line into what CLI11 is to see and the fields of a method command.
class Line {
 public:
  Line(CLI::App& root, Globals& globals) : app_(&root), globals_(globals) {}

  std::vector<std::string> read(const std::vector<std::string>& tokens) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const std::string& token = tokens[i];
      if (!is_option(token)) {
        descend(token);
        kept_.push_back(token);
        continue;
      }
      const CLI::Option* const option = find_option(app_, token);
      if (option == nullptr) {
        i += take_unknown(token, i + 1 < tokens.size() ? &tokens[i + 1] : nullptr);
        continue;
      }
      kept_.push_back(token);
      if (takes_next(*option, token) && i + 1 < tokens.size()) kept_.push_back(tokens[++i]);
    }
    return kept_;
  }

  CLI::App* app() const { return app_; }

 private:
  [[noreturn]] void usage(const std::string& en, const std::string& zh) const {
    throw CommandError{ExitCode::usage, en, zh, words_of(app_) + " --help"};
  }

  void descend(const std::string& token) {
    const std::vector<CLI::App*> children = children_of(app_);
    if (children.empty()) return;
    if (CLI::App* const child = find_child(app_, token)) {
      app_ = child;
      return;
    }
    std::vector<std::string> names;
    for (const CLI::App* child : children) names.push_back(child->get_name());
    const std::string near = nearest(token, names);
    usage("\"" + token + "\" is no command of " + words_of(app_) + suggestion(token, names),
          "“" + token + "” 不是 " + words_of(app_) + " 的命令" + (near.empty() ? "" : "；是否为 “" + near + "”？"));
  }

  // Answers how many of the following tokens belong to it.
  std::size_t take_unknown(const std::string& token, const std::string* next) {
    const auto fields = globals_.method_commands.find(app_);
    if (fields == globals_.method_commands.end() || !token.starts_with("--") || token.size() < 3) {
      const std::string near = nearest(token, option_names(app_));
      usage(token + " is no option of " + words_of(app_) + suggestion(token, option_names(app_)),
            token + " 不是 " + words_of(app_) + " 的选项" + (near.empty() ? "" : "；是否为 “" + near + "”？"));
    }
    const std::size_t equals = token.find('=');
    if (equals != std::string::npos) {
      fields->second.push_back({token.substr(2, equals - 2), token.substr(equals + 1)});
      return 0;
    }
    if (next == nullptr || next->starts_with("--")) usage(token + ": a value is missing", token + "：缺少值");
    fields->second.push_back({token.substr(2), *next});
    return 1;
  }

  CLI::App* app_;
  Globals& globals_;
  std::vector<std::string> kept_;
};

void parse_and_run(CLI::App& app, Globals& globals, std::vector<std::string> tokens) {
  Line line(app, globals);
  std::vector<std::string> kept = line.read(tokens);
  std::ranges::reverse(kept);  // CLI11 takes them from the back
  try {
    app.parse(kept);
  } catch (const CLI::Success& help) {
    app.exit(help, *globals.out, *globals.err);
  } catch (const CLI::ParseError& error) {
    throw CommandError{ExitCode::usage, error.what(), {}, words_of(line.app()) + " --help"};
  }
}

bool wants_json(const std::vector<std::string>& tokens) { return std::ranges::find(tokens, "--json") != tokens.end(); }

// What --lang says, before anything is wrong with the line.
std::optional<Language> wanted_language(const std::vector<std::string>& tokens) {
  constexpr std::string_view option = "--lang";
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    std::string name;
    if (tokens[i] == option && i + 1 < tokens.size()) name = tokens[i + 1];
    if (tokens[i].starts_with(std::string(option) + "=")) name = tokens[i].substr(option.size() + 1);
    if (const auto found = languages.find(name); found != languages.end()) return found->second;
  }
  return std::nullopt;
}

}  // namespace

int run(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  CHECK(argc >= 1);
  const std::vector<std::string> tokens(argv + 1, argv + argc);
  Globals globals;
  globals.language = wanted_language(tokens).value_or(language_of_locale());
  globals.out = &out;
  globals.err = &err;
  // Who catches the output in a stream of their own is no terminal.
  globals.at_terminal = &out == &std::cout && ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
  try {
    CLI::App app("勘合 · a ledger that government departments run together");
    read_settings(globals);
    make_tree(app, globals);
    parse_and_run(app, globals, tokens);
  } catch (const CommandError& error) {
    globals.json = globals.json || wants_json(tokens);
    show_error(globals, error);
    return static_cast<int>(error.code);
  }
  return static_cast<int>(globals.exit_code);
}

}  // namespace kanhe::cli
