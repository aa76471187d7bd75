// App: what all commands of `kanhe` share: options, output, errors, exit codes.
//
// Results go to stdout, messages and progress to stderr. With --json the result is one JSON value on stdout, and an
// error is a JSON object on stderr. Nothing is coloured unless stdout is a terminal and NO_COLOR is unset.
//
// A noun lives in one file, cli/<noun>_commands.cpp, and enters its verbs by add_<noun>_commands(); each verb's
// callback sets App::exit_code or throws CommandError.
//
// Thread: one.
#pragma once

#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ledger/result.h"

namespace CLI {
class App;
}

namespace kanhe {
class SecretKey;
}

namespace kanhe::cli {

// Stable: scripts rely on them.
enum class ExitCode : int {
  good = 0,       // also with warnings; --strict makes them 1
  not_valid = 1,  // a certificate is authentic, but not good now
  usage = 2,
  not_authentic = 3,  // tampered, or unknown to the ledger
  not_authorised = 4,
  could_not_check = 5,  // network, stale, unknown ledger
  malformed_input = 6,
  refused = 7,  // by a rule; the list is printed
  interrupted = 130,
};

// A command that cannot go on. The text names what was wrong and what to do.
struct CommandError {
  ExitCode code;
  std::string text;
  std::string zh{};    // the same in Chinese; without it the kind of error is said in Chinese
  std::string help{};  // the command that helps, where there is one
};
// The exit code for an Error: malformed, out_of_range, not_canonical, duplicate, unsupported: malformed_input;
// not_authorised: not_authorised; refused, conflict: refused; bad_signature, bad_proof, corrupt: not_authentic;
// unknown, busy, unavailable, io: could_not_check.
ExitCode exit_code_of(ErrorCode code);
[[noreturn]] void fail(const Error& error);
// For what is wrong in a file or option: the exit code is the place's, whatever the error's.
[[noreturn]] void fail_as(ExitCode code, std::string_view place, const Error& error);

// The value, or the end of the command.
template <class T>
T or_fail(Result<T> result) {
  if (!result.has_value()) fail(result.error());
  return std::move(result).value();
}
inline void or_fail(Result<void> result) {
  if (!result.has_value()) fail(result.error());
}

// An option that names a field of a method's arguments (cli/fields.h).
struct FieldOption {
  std::string path;  // without the leading hyphens
  std::string value;
};

// In which sentences are shown.
enum class Language : std::uint8_t { both, zh, en };
// Of LC_ALL, LC_MESSAGES or LANG, the first that is set: "zh…" and "en…" are one language; anything else is both.
Language language_of_locale();

// Options that every command takes, before the noun or after the verb. node, genesis, key and node-ca also come from
// the environment (KANHE_NODE, …) or from kanhe.toml in the current directory or ~/.config/kanhe/ (same names; flag
// before environment before file), but secrets from none of them.
struct Globals {
  std::string node;                  // --node, KANHE_NODE: https://host:port of an endpoint
  std::string genesis;               // --genesis, KANHE_GENESIS: path of genesis.json
  std::string key;                   // --key, KANHE_KEY: path of a key file
  std::string plain_key;             // --plain-key: path of a key in the clear, for networks that are thrown away
  std::string passphrase_file;       // --passphrase-file: mode 0600; else the terminal is asked
  std::optional<int> passphrase_fd;  // --passphrase-fd: an open descriptor
  std::string purpose = "handling";  // --purpose: code that departmental reads are logged with
  std::string node_ca;   // --node-ca: PEM file with the endpoint's certificate or its authority; without it the TLS
                         // certificate is not checked, because every answer is checked by its proofs
  bool json = false;     // --json
  bool quiet = false;    // --quiet: no messages, no progress
  bool no_input = false;  // --no-input: nothing is asked, even at a terminal
  bool yes = false;       // --yes: what cannot be taken back needs no confirmation
  bool at_terminal = false;  // stdin and stdout are terminals: a person can be asked
  Language language = Language::both;  // --lang zh, en or both; else as the locale says
  unsigned wait_s = 30;  // --wait: for a receipt
  ExitCode exit_code = ExitCode::good;  // set by the command
  // The key of --key once it was opened, so that its passphrase is asked for once (secret_key_of()).
  mutable std::shared_ptr<const SecretKey> opened_key{};

  std::ostream* out = nullptr;  // results
  std::ostream* err = nullptr;  // messages
  // Commands that take fields of a method as options, and what was given for them: CLI11 cannot know such names.
  std::map<const CLI::App*, std::vector<FieldOption>> method_commands;
};

void add_key_commands(CLI::App& app, Globals& globals);      // new, show, import, change-passphrase, party
void add_network_commands(CLI::App& app, Globals& globals);  // show, epochs, checkpoint, head
void add_node_commands(CLI::App& app, Globals& globals);     // status, check
// call MODULE METHOD: every contract method; transaction sign, submit, show.
void add_call_commands(CLI::App& app, Globals& globals);
void add_officer_commands(CLI::App& app, Globals& globals);  // enrol, dismiss, roles, show …
void add_motion_commands(CLI::App& app, Globals& globals);    // put, cast, withdraw, show, list
void add_application_commands(CLI::App& app,
                              Globals& globals);              // file, accept, review, withdraw, register, show, watch
void add_bill_commands(CLI::App& app, Globals& globals);      // show, pay, refund, relieve
void add_tariff_commands(CLI::App& app, Globals& globals);    // show, set, write
void add_party_commands(CLI::App& app, Globals& globals);     // show
void add_package_commands(CLI::App& app, Globals& globals);   // define, file, show
void add_sharing_commands(CLI::App& app, Globals& globals);   // item, predicate, consent
void add_rating_commands(CLI::App& app, Globals& globals);    // give, call-back, mend, show, department
void add_property_commands(CLI::App& app, Globals& globals);  // show, import, found-register, …
// issue, verify, show, bundle, disclose, revoke, suspend, resume, define-type …
void add_cert_commands(CLI::App& app, Globals& globals);
void add_trace_commands(CLI::App& app, Globals& globals);  // fetch, verify

// Runs a whole command line; returns the exit code. Results go to `out`, messages to `err`.
int run(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace kanhe::cli
