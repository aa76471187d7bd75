// Material questions: the papers of an application, asked of a clerk by their names.
//
// A service's definition on the ledger says which materials it asks for, which may come later, and which the ledger has
// already. So a clerk is asked for each by its title, and answers with the file; code, media type and digest follow
// from that. What its source holds of all who file is said and not asked for. What may come later is left out by Enter,
// and then the promised day and the paper with the promise are asked for. Where a certificate of some type stands in
// for a paper, its number is an answer. Of a package each material is asked for once, for all services that want it.
//
//     file, file_package     who files, the materials, the promise, certificates and answers that checks look at
//     supplement             of the materials those that were promised or that the notice asks for
//     notify                 which materials are missing, by their numbers
//
// Where the ledger cannot be asked, or knows no such service, nothing is asked here, and the form's own questions stand
// (cli/prompts.h).
//
// Thread: one. Errors: CommandError(interrupted) at the end of the input.
#pragma once

#include "cli/prompts.h"
#include "cli/service_reader.h"

namespace kanhe::cli {

// Whether a method has such questions.
bool has_material_questions(std::string_view module, std::string_view method);

class MaterialQuestions {
 public:
  // Lifetime: both outlive it.
  MaterialQuestions(const Globals& globals, ServiceReader& reader) : globals_(globals), reader_(reader) {}

  // As OwnQuestions.
  bool ask(Interview& interview, std::string_view field);
  // The files of materials, in their order: options have their digests alone.
  const std::vector<std::string>& files() const { return files_; }

 private:
  struct Asked {
    contracts::service::MaterialRule rule;
    bool may_wait = false;  // it may be left out
  };

  bool read(Interview& interview);
  bool read_filing(const std::vector<NamedService>& services);
  bool read_case(Interview& interview, const ApplicationId& id);
  bool ask_materials(Interview& interview);
  void ask_material(Interview& interview, const Asked& one, const std::string& counted);
  bool take_answer(Interview& interview, const Asked& one, const std::string& answer);
  bool take_file(Interview& interview, const std::string& place, const std::string& answer, const Words& name);
  bool ask_deferral(Interview& interview);
  bool ask_shown(Interview& interview);
  bool ask_answers(Interview& interview);
  bool ask_missing(Interview& interview);
  bool is_held(const contracts::service::MaterialRule& rule, const std::vector<FieldOption>& options);
  std::string text_of(const Words& words) const;

  const Globals& globals_;
  ServiceReader& reader_;
  std::optional<bool> is_read_;  // whether there is a service; nothing before it was looked for
  Words title_;
  std::vector<contracts::service::Definition> definitions_;
  std::vector<Asked> asked_;
  std::vector<contracts::service::MaterialRule> may_be_missing_;  // of an application, for a notice
  bool each_may_be_skipped_ = false;  // a supplement brings what is there
  std::size_t given_ = 0;             // materials so far
  bool were_asked_ = false;
  bool waits_for_some_ = false;
  std::vector<std::string> files_;
};

// The same for a command at a terminal: by a node, which is asked when the first question needs it, so that nobody
// types a passphrase before. Where there is no node, or a key is needed and none was named, it has no questions.
class LedgerQuestions {
 public:
  explicit LedgerQuestions(const Globals& globals) : globals_(globals) {}
  bool ask(Interview& interview, std::string_view field);
  std::vector<std::string> files() const;

 private:
  const Globals& globals_;
  bool is_open_ = false;
  std::optional<Client> client_;
  std::optional<NodeServiceReader> reader_;
  std::optional<MaterialQuestions> questions_;
};

// Whether none of the fields is given that such questions are for first of all.
bool lacks_materials(const std::vector<FieldOption>& options);
// Whether each field that a command has a short name for is given: those are what it is about, also where the form lets
// them be empty (heirs, buyers).
bool has_named_fields(const std::vector<FieldOption>& options,
                      const std::vector<std::pair<std::string, std::string>>& names);

}  // namespace kanhe::cli
