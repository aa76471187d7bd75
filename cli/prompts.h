// Prompts: what a command line left out of a record, asked of a person.
//
// The idea is a walk over the description of the record (ledger/schema.h), so that every method can be asked for and no
// command has a list of its own. In the order of its fields each one that no option gives is asked for, by its name in
// words (cli/words.h), with its form, its limits and an example:
//     what is needed              until an answer reads
//     an optional, a list         Enter leaves it out, or ends the list; what has fields is asked for by yes or no
//     an enumerator, a variant    by its number in a list, or by its name
// What was given is not asked for again: a list that options began is not gone on with. Answers become options, each
// tried together with all before it by the code that reads options (cli/fields.h), whose error is said, so that an
// answer is refused for exactly what an option is.
//
// Thread: one. Errors: CommandError(interrupted) at the end of the input: nothing was sent.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/app.h"
#include "ledger/schema.h"

namespace kanhe::cli {

// Who is asked. A line comes without its end; nothing comes at the end of the input.
class Dialogue {
 public:
  virtual ~Dialogue() = default;
  virtual std::optional<std::string> ask(std::string_view prompt) = 0;
  virtual void say(std::string_view line) = 0;
};

// The terminal that this command was started from. Prompts stand on stderr, or where that is redirected on stdout.
class TerminalDialogue : public Dialogue {
 public:
  explicit TerminalDialogue(const Globals& globals);
  std::optional<std::string> ask(std::string_view prompt) override;
  void say(std::string_view line) override;

 private:
  std::ostream& out_;
};

// Whether a person can be asked: stdin and stdout are terminals, and neither --json nor --no-input was given.
bool may_ask(const Globals& globals);

// What is asked about.
struct PromptedRecord {
  const Schema& schema;
  std::function<std::shared_ptr<void>()> make;  // a default record of it
  // Short names of fields deep inside, as the command has them: name, path.
  std::vector<std::pair<std::string, std::string>> names{};
};

// The options that were given, and after them the answers. Requires: the given ones read (missing_fields()).
std::vector<FieldOption> ask_for_fields(const Globals& globals, Dialogue& dialogue, const PromptedRecord& about,
                                        std::vector<FieldOption> given);

// Goes on after y, yes or 是. Errors: CommandError(interrupted) after anything else.
void ask_to_go_on(Dialogue& dialogue, std::string_view question);

// The command ends because the person wants it to.
[[noreturn]] void cancel();

}  // namespace kanhe::cli
