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
// Of some fields more is known than their form: which materials a service asks for stands on the ledger. A method may
// bring questions of its own for these (cli/material_questions.h); they take the walk's place there.
//
// Thread: one. Errors: CommandError(interrupted) at the end of the input: nothing was sent.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/app.h"
#include "cli/words.h"
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

// The conversation, as questions of one's own see it.
class Interview {
 public:
  virtual ~Interview() = default;
  // What was given and answered so far. Paths have underscores.
  virtual const std::vector<FieldOption>& options() const = 0;
  virtual void say(const Words& line) = 0;
  // A line without spaces around it. Errors: CommandError(interrupted) at the end of the input.
  virtual std::string ask(const std::string& prompt) = 0;
  // Adds the options if they read together with all before; else complains with why not, and adds none of them.
  virtual bool take(std::vector<FieldOption> options, const Words& complaint) = 0;
  virtual void complain(const Words& words) = 0;
};

// Asks for a field of the record itself. Answers false where it has nothing to say of the field: then the walk asks.
// Called for each field that was not given as a whole, also for one that options began.
using OwnQuestions = std::function<bool(Interview& interview, std::string_view field)>;

// What is asked about.
struct PromptedRecord {
  const Schema& schema;
  std::function<std::shared_ptr<void>()> make;  // a default record of it
  // Short names of fields deep inside, as the command has them: name, path.
  std::vector<std::pair<std::string, std::string>> names{};
  OwnQuestions own_questions{};  // may be empty
};

// The options that were given, and after them the answers. Requires: the given ones read (missing_fields()).
std::vector<FieldOption> ask_for_fields(const Globals& globals, Dialogue& dialogue, const PromptedRecord& about,
                                        std::vector<FieldOption> given);
// The same where nothing that the form needs is missing: the own questions alone.
std::vector<FieldOption> ask_own_questions(const Globals& globals, Dialogue& dialogue, const PromptedRecord& about,
                                           std::vector<FieldOption> given);

// Whether an option gives the field as a whole; or something inside it.
bool is_given(const std::vector<FieldOption>& options, std::string_view path);
bool is_begun(const std::vector<FieldOption>& options, std::string_view path);

// y, yes or 是; nothing, n, no or 否.
bool is_yes(const std::string& answer);
bool is_no(const std::string& answer);

// Goes on after y, yes or 是. Errors: CommandError(interrupted) after anything else.
void ask_to_go_on(Dialogue& dialogue, std::string_view question);

// The command ends because the person wants it to.
[[noreturn]] void cancel();

}  // namespace kanhe::cli
