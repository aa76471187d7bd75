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

constexpr std::string_view tool_help =
    "Examples:\n"
    "  kanhe network show                                     who takes part, and that the node tells the truth\n"
    "  kanhe key new officer.key                              a new signing key\n"
    "  kanhe officer enrol KEY --person … --roles registrar   enrol an officer (administrator)\n"
    "  kanhe application show ID                              where a case stands, and what it waits for\n"
    "  kanhe cert verify FILE --genesis genesis.json          is this certificate genuine, and good today\n"
    "  kanhe call MODULE METHOD --help                        any contract method\n"
    "\n"
    "--node, --genesis, --key and --node-ca also come from KANHE_NODE and so on, or from kanhe.toml here or in\n"
    "~/.config/kanhe/.\n"
    "\n"
    "Exit codes: 0 good, 1 certificate not valid, 2 usage, 3 not authentic, 4 not authorised, 5 could not check,\n"
    "6 malformed input, 7 refused by a rule (the reasons are printed), 130 interrupted.\n";

std::string_view name_of(ExitCode code) {
  switch (code) {
    case ExitCode::good:
      return "good";
    case ExitCode::not_valid:
      return "not_valid";
    case ExitCode::usage:
      return "usage";
    case ExitCode::not_authentic:
      return "not_authentic";
    case ExitCode::not_authorised:
      return "not_authorised";
    case ExitCode::could_not_check:
      return "could_not_check";
    case ExitCode::malformed_input:
      return "malformed_input";
    case ExitCode::refused:
      return "refused";
    case ExitCode::interrupted:
      return "interrupted";
  }
  CHECK(false);
}

// Help that begins with the examples.
class ExamplesFirst : public CLI::Formatter {
 public:
  std::string make_description(const CLI::App* app) const override {
    const std::string footer = app->get_footer();
    return CLI::Formatter::make_description(app) + (footer.empty() ? "" : "\n" + footer);
  }
  std::string make_footer(const CLI::App* app) const override {
    return app->get_parent() == nullptr ? "" : "\nOptions of every command (--node, --key, …): kanhe --help\n";
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
    throw CommandError{ExitCode::usage, file.string() + ": \"" + name + "\" is no setting" +
                                            suggestion(name, {"node", "genesis", "key", "node-ca"})};
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
        throw CommandError{ExitCode::usage, path.string() + ": " + item.fullname() + " must be one value"};
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

void add_global_options(CLI::App& app, Globals& globals) {
  const std::string group = "Options of every command";
  app.add_option("--node", globals.node, "endpoint of a department: https://host:port")
      ->envname("KANHE_NODE")
      ->group(group);
  app.add_option("--genesis", globals.genesis, "genesis.json of the network, which everything is checked against")
      ->envname("KANHE_GENESIS")
      ->group(group);
  app.add_option("--key", globals.key, "key file to sign with")->envname("KANHE_KEY")->group(group);
  app.add_option("--plain-key", globals.plain_key, "key in the clear, for networks for practice only")->group(group);
  app.add_option("--passphrase-file", globals.passphrase_file, "file with the passphrase, mode 0600")->group(group);
  app.add_option("--passphrase-fd", globals.passphrase_fd, "open descriptor to read the passphrase from")->group(group);
  app.add_option("--node-ca", globals.node_ca, "PEM file that the endpoint's TLS certificate must lead to")
      ->envname("KANHE_NODE_CA")
      ->group(group);
  app.add_option("--purpose", globals.purpose, "code that departmental reads are logged with")
      ->capture_default_str()
      ->group(group);
  app.add_option("--wait", globals.wait_s, "seconds to wait for a receipt")
      ->check(CLI::Range(0u, 3'600u))
      ->capture_default_str()
      ->group(group);
  app.add_flag("--json", globals.json, "results and errors as JSON")->group(group);
  app.add_flag("--quiet,-q", globals.quiet, "no messages, no progress")->group(group);
  app.add_flag("--no-input", globals.no_input, "ask nothing, even at a terminal")->group(group);
  app.add_flag("--yes,-y", globals.yes, "do without confirmation what cannot be taken back")->group(group);
  app.add_option("--lang", globals.language, "language of sentences; as the locale says, if not given")
      ->transform(CLI::CheckedTransformer(std::map<std::string, Language>{
          {"both", Language::both}, {"zh", Language::zh}, {"en", Language::en}}))
      ->group(group);
}

void make_tree(CLI::App& app, Globals& globals) {
  app.name("kanhe");
  app.formatter(std::make_shared<ExamplesFirst>());
  app.footer(std::string(tool_help));
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

[[noreturn]] void usage(const std::string& text) { throw CommandError{ExitCode::usage, text}; }

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
  void descend(const std::string& token) {
    const std::vector<CLI::App*> children = children_of(app_);
    if (children.empty()) return;
    if (CLI::App* const child = find_child(app_, token)) {
      app_ = child;
      return;
    }
    std::vector<std::string> names;
    for (const CLI::App* child : children) names.push_back(child->get_name());
    usage("\"" + token + "\" is no command of " + words_of(app_) + suggestion(token, names) +
          "\nhelp: " + words_of(app_) + " --help");
  }

  // Answers how many of the following tokens belong to it.
  std::size_t take_unknown(const std::string& token, const std::string* next) {
    const auto fields = globals_.method_commands.find(app_);
    if (fields == globals_.method_commands.end() || !token.starts_with("--") || token.size() < 3) {
      usage(token + " is no option of " + words_of(app_) + suggestion(token, option_names(app_)) +
            "\nhelp: " + words_of(app_) + " --help");
    }
    const std::size_t equals = token.find('=');
    if (equals != std::string::npos) {
      fields->second.push_back({token.substr(2, equals - 2), token.substr(equals + 1)});
      return 0;
    }
    if (next == nullptr || next->starts_with("--")) usage(token + ": a value is missing");
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
    usage(std::string(error.what()) + "\nhelp: " + words_of(line.app()) + " --help");
  }
}

bool wants_json(const std::vector<std::string>& tokens) { return std::ranges::find(tokens, "--json") != tokens.end(); }

}  // namespace

int run(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  CHECK(argc >= 1);
  const std::vector<std::string> tokens(argv + 1, argv + argc);
  Globals globals;
  globals.language = language_of_locale();
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
    show_error(globals, name_of(error.code), error.text);
    return static_cast<int>(error.code);
  }
  return static_cast<int>(globals.exit_code);
}

}  // namespace kanhe::cli
