// Call: a contract method called from the command line: arguments, transaction, sending, receipt, and the outcome in
// words. All nouns that change the ledger go through here.
//
// A command is a *method command*: a place in the tree of commands, and a method of the catalogue. Everything that is
// not an option of the command itself is a field of the method's arguments (cli/fields.h), so there is no second list
// of fields. All of them share these options:
//     --arguments FILE.json   the whole record as JSON, or some of its fields where others are given; "-" reads stdin
//     --dry-run               shows what would be signed, and ends
//     --call-digest           shows the digest by which a motion approves the call, and ends
//     --sign-only -o FILE     signs, writes the transaction as JSON, and ends; needs no node
//     --unsigned -o FILE      the same without a key, for `transaction sign` elsewhere
//     --valid-for 5m          until when it may be recorded, from now on; at most the network's window
//
// Nothing is called recorded before its receipt was proved against the genesis.
//
// Thread: one. Errors: CommandError. Exit codes: good, or refused with every finding in words.
#pragma once

#include <string>
#include <vector>

#include "cli/app.h"
#include "cli/client.h"
#include "cli/fields.h"
#include "cli/prompts.h"
#include "contracts/host.h"

namespace kanhe::cli {

struct MethodCommand {
  std::string_view name;  // of the command: "enrol"
  std::string_view module;
  std::string_view method;
  std::vector<std::string> positionals{};  // fields that are also taken by position, in their order
  // A command for one of many things that a method does: short names for fields deep inside, and values of those that
  // make it this thing, unless they are given. Help shows the short names and the record's own fields.
  std::vector<std::pair<std::string, std::string>> shorthands{};  // short name, field
  std::vector<FieldOption> presets{};
  std::string_view zh{};  // what it does; empty: what the method says
  std::string_view en{};
  std::string_view example{};              // options only; empty: made from the fields
  OwnQuestions own_questions{};            // at a terminal, in place of the form's (cli/prompts.h)
};
// Enters a method command below `parent`. Requires: the catalogue has the method.
CLI::App* add_method_command(CLI::App& parent, Globals& globals, const MethodCommand& command);

// A call that is complete.
struct Call {
  const contracts::Module* module = nullptr;
  const contracts::Method* method = nullptr;
  std::shared_ptr<void> arguments;  // of the type that the method describes
};
// Errors: unknown, when there is no such method; the text suggests one.
Result<Call> make_call(std::string_view module, std::string_view method);

// A transaction without sender and signature, its nonce fresh. Errors: io; out_of_range (arguments too long; valid_for
// above the network's window).
Result<Transaction> make_transaction(const Genesis& genesis, const Call& call, Timestamp now, Duration valid_for);
// What a method is called with. Errors: unknown (module or method), as decode().
Result<Call> call_of(const Transaction& transaction);

// Signs, sends and waits for up to Globals::wait_s; shows the outcome. For commands that built the call themselves.
// Returns the receipt if it is recorded, also when it is a refusal (the exit code is set).
std::optional<Receipt> carry_out(Globals& globals, Client& client, const SecretKey& key, const Call& call);
// The same for a record whose type is at hand: carry_out_method<certificate::IssueArguments>(…, "certificate",
// "issue").
template <class Arguments>
std::optional<Receipt> carry_out_method(Globals& globals, Client& client, const SecretKey& key, std::string_view module,
                                        std::string_view method, Arguments arguments) {
  Call call = or_fail(make_call(module, method));
  CHECK(&call.method->arguments() == &schema_of<Arguments>());
  *static_cast<Arguments*>(call.arguments.get()) = std::move(arguments);
  return carry_out(globals, client, key, call);
}
// Sends what is signed and shows the outcome.
std::optional<Receipt> send_and_show(Globals& globals, Client& client, const TransactionBody& body);

// Shows where a transaction is, and its outcome; `call` names the fields and may be null. Of a refusal the client reads
// what its findings are about. Sets the exit code; answers the receipt if there is one.
std::optional<Receipt> show_transaction(Globals& globals, Client& client, const certs::TransactionAnswer& answer,
                                        const Call* call);

// For many transactions: signs one, without sending it.
Result<TransactionBody> sign_call(const Genesis& genesis, const SecretKey& key, const Call& call, Timestamp now,
                                  Duration valid_for);

// What a receipt says: whether it succeeded and its events; or every finding with its rule and what would help.
std::string outcome_text(const Globals& globals, const Receipt& receipt);

inline constexpr Duration valid_for_default{300'000};  // 5 minutes

}  // namespace kanhe::cli
