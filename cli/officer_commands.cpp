// kanhe officer: who may do what in a department, and the keys of parties.
#include <CLI/CLI.hpp>

#include "cli/call.h"
#include "cli/output.h"
#include "cli/reading.h"
#include "cli/values.h"
#include "contracts/governance.h"

namespace kanhe::cli {

// What the ledger knows of a key; none of it: the key is registered for nobody.
struct KeyOwnerAnswer {
  PublicKey key;
  std::optional<contracts::governance::Officer> officer;
  std::optional<contracts::governance::PartyKey> party;
};
BOOST_DESCRIBE_STRUCT(KeyOwnerAnswer, (), (key, officer, party))

namespace {

namespace governance = contracts::governance;

const MethodCommand method_commands[] = {
    {.name = "enrol", .module = "governance", .method = "enrol_officer", .positionals = {"key"}},
    {.name = "roles", .module = "governance", .method = "change_roles", .positionals = {"key"}},
    {.name = "dismiss", .module = "governance", .method = "dismiss_officer", .positionals = {"key"}},
    {.name = "report-compromise", .module = "governance", .method = "report_compromise", .positionals = {"key"}},
    {.name = "register-party", .module = "governance", .method = "register_party_key", .positionals = {"key"}},
    {.name = "release-party", .module = "governance", .method = "release_party_key", .positionals = {"key"}},
};

void show_officer(Globals& globals, const std::string& text) {
  KeyOwnerAnswer answer;
  const auto set = set_value(schema_of<PublicKey>(), &answer.key, text);
  if (!set) fail_as(ExitCode::usage, "KEY", set.error());
  Client client = departmental_client_of(globals);
  const auto facts =
      or_fail(client.facts({governance::officers.key_of(answer.key), governance::party_keys.key_of(answer.key)}));
  answer.officer = record_of<governance::Officer>(facts.facts[0]);
  answer.party = record_of<governance::PartyKey>(facts.facts[1]);
  std::string words;
  if (answer.officer) {
    words = sentence(globals, "部门工作人员", "an officer's key") + "\n" + record_text(globals, *answer.officer, 1);
  } else if (answer.party) {
    words = sentence(globals, "当事人公钥", "a party's key") + "\n" + record_text(globals, *answer.party, 1);
  } else {
    words = sentence(globals, "该公钥未登记", "the key is registered for nobody") + "\n";
  }
  show_result(globals, answer, words + proved_text(globals, facts.head.newest.header.height) + "\n");
  warn_if_old(globals, client.genesis(), facts.head.newest.header);
}

}  // namespace

void add_officer_commands(CLI::App& app, Globals& globals) {
  CLI::App* const noun = app.add_subcommand("officer", "工作人员 · officers, their roles, and the keys of parties");
  noun->require_subcommand(1);
  noun->footer(
      "Examples:\n  kanhe officer enrol KEY --person PARTY --roles reviewer --roles registrar\n"
      "  kanhe officer show KEY\n");
  for (const MethodCommand& command : method_commands) add_method_command(*noun, globals, command);
  const auto key = std::make_shared<std::string>();
  CLI::App* const show = noun->add_subcommand("show", "查询公钥 · whose a key is, proved");
  show->add_option("KEY", *key, "public key, 66 hexadecimal digits")->required();
  show->footer("Example:\n  kanhe officer show 02f3…\n");
  show->callback([&globals, key] { show_officer(globals, *key); });
}

}  // namespace kanhe::cli
