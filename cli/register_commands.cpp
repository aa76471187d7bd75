#include "cli/register_commands.h"

#include "cli/call.h"

namespace kanhe::cli {
namespace {

using Shorthands = std::vector<std::pair<std::string, std::string>>;

struct Entry {
  std::string_view name;
  std::string_view zh;
  std::string_view en;
  std::string_view burden;
  std::vector<std::string> of_burden;  // its fields
  std::vector<std::string> of_act{};   // beside unit and document
  std::vector<FieldOption> presets{};
  std::string_view example;
};

// One of the limits is entered.
void add_entry(CLI::App& noun, Globals& globals, const Entry& entry) {
  Shorthands shorthands{{"unit", "acts.1.unit"}, {"document", "acts.1.document"}};
  for (const std::string& field : entry.of_burden) shorthands.emplace_back(field, "acts.1.burden." + field);
  for (const std::string& field : entry.of_act) shorthands.emplace_back(field, "acts.1." + field);
  std::vector<FieldOption> presets{{"acts.1.type", "enter_limit"}, {"acts.1.burden.type", std::string(entry.burden)}};
  presets.insert(presets.end(), entry.presets.begin(), entry.presets.end());
  add_method_command(noun, globals,
                     {.name = entry.name,
                      .module = "property",
                      .method = "enter",
                      .positionals = {"unit"},
                      .shorthands = std::move(shorthands),
                      .presets = std::move(presets),
                      .zh = entry.zh,
                      .en = entry.en,
                      .example = entry.example});
}

struct Change {
  std::string_view name;
  std::string_view zh;
  std::string_view en;
  std::string_view act;
  std::vector<std::string> positionals;
  std::vector<std::string> others;
  std::vector<FieldOption> presets{};
  std::string_view example;
};

// One that is there is changed, or ends.
void add_change(CLI::App& noun, Globals& globals, const Change& change) {
  Shorthands shorthands;
  for (const auto* fields : {&change.positionals, &change.others}) {
    for (const std::string& field : *fields) shorthands.emplace_back(field, "acts.1." + field);
  }
  std::vector<FieldOption> presets{{"acts.1.type", std::string(change.act)}};
  presets.insert(presets.end(), change.presets.begin(), change.presets.end());
  add_method_command(noun, globals,
                     {.name = change.name,
                      .module = "property",
                      .method = "enter",
                      .positionals = change.positionals,
                      .shorthands = std::move(shorthands),
                      .presets = std::move(presets),
                      .zh = change.zh,
                      .en = change.en,
                      .example = change.example});
}

const FieldOption no_document{"acts.1.document", ""};

void add_limit_commands(CLI::App& noun, Globals& globals) {
  add_entry(noun, globals,
            {.name = "mortgage", .zh = "抵押登记", .en = "enter a mortgage", .burden = "mortgage",
             .of_burden = {"mortgagee", "amount", "kind", "until_ms", "bans_transfer"},
             .of_act = {"effective_ms", "in_place_of"},
             .presets = {no_document, {"acts.1.burden.kind", "general"}},
             .example = "440304003008GB00012F00220045 --mortgagee BANK --amount 1000000.00 --applicants SELLER \\\n"
                        "      --applicants BANK --evidence DIGEST"});
  add_entry(noun, globals,
            {.name = "seize", .zh = "查封登记", .en = "enter a seizure, active or queued", .burden = "seizure",
             .of_burden = {"debtor", "authority", "days", "kind"}, .of_act = {"delivered_ms"},
             .presets = {{"acts.1.burden.kind", "seizure"}},
             .example = "440304003008GB00012F00220045 --debtor PARTY --authority 福田区人民法院 --days 1095 \\\n"
                        "      --document '(2025)粤0304执12号' --delivered_ms 2025-06-03 --evidence DIGEST"});
  add_entry(noun, globals,
            {.name = "announce", .zh = "预告登记", .en = "enter an advance notice", .burden = "advance_notice",
             .of_burden = {"claimant", "kind", "possible_ms"}, .presets = {no_document},
             .example = "440304003008GB00012F00220045 --claimant BUYER --kind other_purchase --applicants SELLER \\\n"
                        "      --applicants BUYER --evidence DIGEST"});
  add_entry(noun, globals,
            {.name = "object", .zh = "异议登记", .en = "enter an objection", .burden = "objection",
             .of_burden = {"objector"}, .presets = {no_document},
             .example = "440304003008GB00012F00220045 --objector PARTY --applicants PARTY --evidence DIGEST"});
  add_entry(noun, globals,
            {.name = "reside", .zh = "居住权登记", .en = "enter a right of residence", .burden = "residence",
             .of_burden = {"resident", "until_ms", "may_let"}, .presets = {no_document},
             .example = "440304003008GB00012F00220045 --resident PARTY --applicants OWNER --applicants PARTY \\\n"
                        "      --evidence DIGEST"});
  add_entry(noun, globals,
            {.name = "serve", .zh = "地役权登记", .en = "enter an easement for another unit", .burden = "easement",
             .of_burden = {"dominant", "until_ms"}, .presets = {no_document},
             .example = "440304003008GB00012F00220045 --dominant 440304003008GB00012F00220046 --applicants OWNER \\\n"
                        "      --evidence DIGEST"});
  add_entry(noun, globals,
            {.name = "note", .zh = "记载", .en = "note an expropriation, a dispute, an illegal annex …", .burden = "note",
             .of_burden = {"kind"},
             .example = "440304003008GB00012F00220045 --kind dispute --document '(2025)12号' --evidence DIGEST"});
  add_entry(noun, globals,
            {.name = "guard", .zh = "监护记载", .en = "enter who acts for a minor or incapacitated holder",
             .burden = "guardianship", .of_burden = {"ward", "guardian", "until_ms"},
             .example = "440304003008GB00012F00220045 --ward CHILD --guardian PARENT --until_ms 2031-05-01 \\\n"
                        "      --document 'J440300123' --applicants PARENT --evidence DIGEST"});
}

void add_unit_commands(CLI::App& noun, Globals& globals) {
  add_change(noun, globals,
             {.name = "register", .zh = "首次登记", .en = "register a unit for the first time", .act = "register_unit",
              .positionals = {"unit"},
              .others = {"usage", "right", "holders", "until_ms", "survey", "effective_ms"},
              .example = "440304003008GB00012F00220045 --usage residential --right state_land_use_and_house \\\n"
                         "      --holders.1.party PARTY --applicants PARTY --evidence DIGEST"});
  add_change(noun, globals,
             {.name = "change", .zh = "变更登记", .en = "change facts of a unit, or the form of co-ownership",
              .act = "change_unit", .positionals = {"unit"}, .others = {"usage", "until_ms", "survey", "holders"},
             
              .example = "440304003008GB00012F00220045 --survey DIGEST --applicants OWNER --evidence DIGEST"});
  add_change(noun, globals,
             {.name = "correct", .zh = "更正登记", .en = "correct what the register has wrong", .act = "correct_unit",
              .positionals = {"unit"},
              .others = {"basis", "usage", "right", "until_ms", "survey", "holders", "delivered_ms", "document"},
              .presets = {no_document, {"acts.1.basis", "consent"}},
              .example = "440304003008GB00012F00220045 --basis evidence --usage ancillary --document '(2025)7号' \\\n"
                         "      --evidence DIGEST"});
  add_change(noun, globals,
             {.name = "cancel", .zh = "注销登记", .en = "cancel a unit's right: destroyed, abandoned, expropriated …",
              .act = "cancel_unit", .positionals = {"unit"}, .others = {"reason", "document"}, .presets = {no_document},
              .example = "440304003008GB00012F00220045 --reason destroyed --document '(2025)9号' --applicants OWNER \\\n"
                         "      --evidence DIGEST"});
  add_change(noun, globals,
             {.name = "split", .zh = "分割登记", .en = "one unit becomes several", .act = "split_unit",
              .positionals = {"unit"}, .others = {"parts"},
              .example = "440304003008GB00012F00220045 --parts.1.unit 440304003008GB00012F00230001 \\\n"
                         "      --parts.2.unit 440304003008GB00012F00230002 --applicants OWNER --evidence DIGEST"});
  add_change(noun, globals,
             {.name = "merge", .zh = "合并登记", .en = "several units become one", .act = "merge_units",
              .positionals = {"unit"}, .others = {"from", "survey"},
              .example = "440304003008GB00012F00230003 --from 440304003008GB00012F00220045 \\\n"
                         "      --from 440304003008GB00012F00220046 --applicants OWNER --evidence DIGEST"});
}

void add_change_commands(CLI::App& noun, Globals& globals) {
  add_change(noun, globals,
             {.name = "end", .zh = "注销限制", .en = "end a limit: released, decided, or died", .act = "end_limit",
              .positionals = {"unit", "number"}, .others = {"reason", "document"}, .presets = {no_document},
              .example = "440304003008GB00012F00220045 3 --reason released --applicants BANK --evidence DIGEST"});
  add_change(noun, globals,
             {.name = "renew-seizure", .zh = "续封", .en = "let a seizure go on from its end", .act = "renew_seizure",
              .positionals = {"unit", "number"}, .others = {"days", "document"},
              .example = "440304003008GB00012F00220045 1 --days 365 --document '(2025)12号' --evidence DIGEST"});
  add_change(noun, globals,
             {.name = "show-lawsuit", .zh = "异议人已起诉", .en = "the objector has sued: the objection stays",
              .act = "show_lawsuit", .positionals = {"unit", "number"}, .others = {"document"},
              .example = "440304003008GB00012F00220045 2 --document '(2025)粤0304民初7号' --evidence DIGEST"});
  add_change(noun, globals,
             {.name = "notice-possible", .zh = "预告的登记可以办理",
              .en = "what an advance notice announces can be applied for", .act = "notice_possible",
              .positionals = {"unit", "number"}, .others = {"document"},
              .example = "440304003008GB00012F00220045 2 --document '(2025)12号' --evidence DIGEST"});
  add_change(noun, globals,
             {.name = "swap-ranks", .zh = "变更抵押顺位", .en = "two mortgages change places", .act = "swap_ranks",
              .positionals = {"unit", "one", "other"}, .others = {},
              .example = "440304003008GB00012F00220045 1 2 --applicants BANK --applicants OTHER --evidence DIGEST"});
}

}  // namespace

void add_register_commands(CLI::App& noun, Globals& globals) {
  add_limit_commands(noun, globals);
  add_unit_commands(noun, globals);
  add_change_commands(noun, globals);
}

}  // namespace kanhe::cli
