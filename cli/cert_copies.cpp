#include "cli/cert_copies.h"

#include <CLI/CLI.hpp>

#include "certs/verifier.h"
#include "cli/client.h"
#include "cli/local_file.h"
#include "cli/output.h"
#include "cli/reading.h"

namespace kanhe::cli {
namespace {

using namespace certs;
namespace certificate = contracts::certificate;

// ---------------------------------------------------------------------------------------------------------------------
// Fewer fields

struct DisclosureOptions {
  std::string path;
  std::vector<std::string> shown;
  std::string output;
  bool drop_holder = false;
  bool only_open = false;
};

bool is_open(const certificate::TypeSchema& schema, const FieldPath& path) {
  const auto rule = std::ranges::find(schema.fields, path, &certificate::FieldRule::path);
  return rule != schema.fields.end() && rule->data_class == certificate::DataClass::open;
}

// The paths of the shown fields that the type's schema has as open data: that of the day of issue and, as far as the
// file has it, the newest. Whether the file's evidence holds is asked first: it may have been in other hands.
std::vector<FieldPath> open_fields(const Globals& globals, const Bundle& bundle, const std::string& file) {
  const Report report = verify(bundle, trust_of(globals).genesis(), {.now = wall_now(), .age_max = std::nullopt});
  const auto holds = [&](CheckName name) {
    const CheckResult result = check_of(report, name).result;
    return result == CheckResult::pass || result == CheckResult::warn;
  };
  std::optional<LedgerView> view;
  if (holds(CheckName::inclusion) && holds(CheckName::checkpoint)) {
    auto read = read_ledger_view(bundle.evidence->facts, bundle.document.id, bundle.batch);
    if (read) view = std::move(read).value();
  }
  if (!view || !view->schema) {
    throw CommandError{ExitCode::could_not_check,
                       "--open: " + file + " proves no schema of its type; name the fields with --show",
                       "--open：" + file + " 没有证照类型的字段定义，请用 --show 写明字段"};
  }
  const FactReader facts(bundle.evidence->facts);
  const auto key = certificate::certificate_key_of(bundle.document.id);
  const auto newest = view->type && view->type->schema != 0
                          ? certificate::schemas.get(facts, {key->type, view->type->schema})
                          : std::nullopt;
  std::vector<FieldPath> paths;
  for (const certificate::FieldRule& rule : view->schema->fields) {
    const bool is_shown = find_field(bundle.document, rule.path.view()) != nullptr;
    if (is_shown && is_open(*view->schema, rule.path) && (!newest || is_open(*newest, rule.path))) {
      paths.push_back(rule.path);
    }
  }
  if (paths.empty()) {
    throw CommandError{ExitCode::usage, "--open: " + file + " shows no field that is open data",
                       "--open：" + file + " 没有显示任何开放数据字段"};
  }
  return paths;
}

Bundle disclosed(const Globals& globals, const Bundle& bundle, const DisclosureOptions& options) {
  std::vector<FieldPath> paths;
  if (options.only_open) paths = open_fields(globals, bundle, options.path);
  for (const std::string& text : options.shown) {
    const auto path = FieldPath::from(text);
    if (!path.has_value()) throw CommandError{ExitCode::usage, "--show " + text + ": " + path.error().text};
    paths.push_back(*path);
  }
  const HolderDisclosure holder = options.drop_holder ? HolderDisclosure::drop : HolderDisclosure::keep;
  return or_fail(disclose(bundle, paths, holder));
}

void write_copy(const Globals& globals, const Bundle& copy, const std::string& path) {
  or_fail(write_new_local_file(path, write_bundle(copy), FileMode::private_to_owner));
  say(globals, sentence(globals, "显示字段", "fields shown") + " " + std::to_string(shown_count(copy.document)) + ", " +
                   sentence(globals, "隐藏字段", "hidden") + " " + std::to_string(hidden_count(copy.document)) + ": " +
                   path);
}

void disclose_fields(const Globals& globals, const DisclosureOptions& options) {
  write_copy(globals, disclosed(globals, bundle_of(options.path), options), options.output);
  say(globals, next_text(globals, "kanhe cert show " + options.output));
}

// ---------------------------------------------------------------------------------------------------------------------
// For somebody and something

struct StampOptions {
  DisclosureOptions shown;
  std::string recipient;
  std::string purpose;
  std::string from;
  std::string until;
  std::string matter;
};

// From when it may be used is, if not said, the time of the newest block: no verifier's clock counts as earlier.
StampTerms terms_of(Client& client, const StampOptions& options) {
  StampTerms terms;
  terms.recipient = read_word<StampRecipient>("--recipient", options.recipient);
  terms.purpose = read_word<StampPurpose>("--purpose", options.purpose);
  terms.until_ms = read_word<Timestamp>("--until", options.until);
  if (!options.matter.empty()) terms.matter_number = read_word<MatterNumber>("--matter", options.matter);
  if (terms.until_ms <= wall_now()) throw CommandError{ExitCode::usage, "--until " + options.until + ": is over"};
  terms.from_ms = options.from.empty() ? or_fail(client.head()).newest.header.timestamp_ms
                                       : read_word<Timestamp>("--from", options.from);
  if (terms.from_ms >= terms.until_ms) {
    throw CommandError{ExitCode::usage, "--from " + options.from + ": must be before --until"};
  }
  return terms;
}

// What a verifier would say of the copy. One that is not the ledger's, or not by who may stamp, is not handed out.
void check_copy(const Globals& globals, const Genesis& genesis, const Bundle& copy) {
  const Report report = verify(copy, genesis, {.now = wall_now(), .age_max = std::nullopt});
  const auto text_of = [&](const Check& check) { return sentence(globals, check.zh.view(), check.en.view()); };
  const auto holds = [&](CheckName name) {
    const CheckResult result = check_of(report, name).result;
    return result == CheckResult::pass || result == CheckResult::warn;
  };
  for (const Check& check : report.checks) {
    if (check.result != CheckResult::fail || check.name == CheckName::use) continue;
    if (check.name == CheckName::stamp) throw CommandError{ExitCode::not_authorised, text_of(check)};
    const std::string line = check.id.str() + ": " + text_of(check);
    if (check.name <= CheckName::issuer) throw CommandError{ExitCode::not_authentic, line};
    warn(globals, line);
  }
  const Check& stamp = check_of(report, CheckName::stamp);
  if (holds(CheckName::stamp)) {
    if (stamp.result == CheckResult::warn) warn(globals, text_of(stamp));
    return;
  }
  const bool is_known = holds(CheckName::inclusion) && holds(CheckName::checkpoint);
  throw CommandError{is_known ? ExitCode::not_authorised : ExitCode::could_not_check, text_of(stamp)};
}

void stamp_copy(const Globals& globals, const StampOptions& options) {
  const Bundle bundle = bundle_of(options.shown.path);
  Client client = client_of(globals);
  if (bundle.chain_id != client.trust().chain_id()) {
    fail(kanhe::fail(ErrorCode::conflict, options.shown.path, ": is of network ", bundle.chain_id.hex(),
                     ", the genesis of ", client.trust().chain_id().hex()));
  }
  const StampTerms terms = terms_of(client, options);
  const SecretKey key = secret_key_of(globals, client.genesis());
  const bool shows_fewer = options.shown.only_open || !options.shown.shown.empty();
  Bundle copy = shows_fewer ? disclosed(globals, bundle, options.shown) : bundle;
  if (options.shown.drop_holder) copy.document.holder_opening.reset();
  copy = or_fail(stamped_copy(copy, client.trust().scheme(), key, terms));
  or_fail(refresh(copy, or_fail(client.certificate(copy.document.id, copy.stamp))));
  check_copy(globals, client.genesis(), copy);
  write_copy(globals, copy, options.shown.output);
  say(globals, sentence(globals, "加注可以被去掉，去掉后即为没有加注的副本：只显示用途所需的字段",
                        "a stamp can be taken off, which leaves a copy without one: show only what the purpose needs"));
  say(globals, next_text(globals, "kanhe cert verify " + options.shown.output + " --recipient " +
                                      terms.recipient.str()));
}

void add_disclosure_options(CLI::App& command, DisclosureOptions& options) {
  command.add_option("BUNDLE", options.path, "bundle file")->required();
  command.add_option("--show", options.shown, "paths of the fields to show, joined by commas")->delimiter(',');
  command.add_flag("--open", options.only_open,
                   "show the fields that the type's schema has as open data; needs --genesis");
  command.add_flag("--drop-holder", options.drop_holder, "the holder cannot be checked with the copy");
  command.add_option("-o,--output,--out", options.output, "file to write; it must not exist")->required();
}

void add_disclose(CLI::App& noun, Globals& globals) {
  const auto options = std::make_shared<DisclosureOptions>();
  CLI::App* const command =
      noun.add_subcommand("disclose", "选择披露 · a copy that shows some fields and hides the others");
  add_disclosure_options(*command, *options);
  command->footer(
      "Example:\n  kanhe cert disclose title.json --show certificate.name,certificate.number -o copy.json\n");
  command->callback([&globals, options] { disclose_fields(globals, *options); });
}

void add_stamp(CLI::App& noun, Globals& globals) {
  const auto options = std::make_shared<StampOptions>();
  CLI::App* const command =
      noun.add_subcommand("stamp", "加注件 · a copy that says, signed, for whom, what for and until when it is");
  add_disclosure_options(*command, options->shown);
  command->add_option("--recipient", options->recipient, "for whom the copy is")->required();
  command->add_option("--purpose", options->purpose, "what the copy is for")->required();
  command->add_option("--until", options->until, "the first moment at which it may no longer be used")->required();
  command->add_option("--from", options->from, "from when it may be used; now, if not given");
  command->add_option("--matter", options->matter, "number of what it is for, at its recipient");
  command->footer(
      "Example:\n  kanhe cert stamp title.json --recipient XX银行 --purpose 住房贷款 --until 2025-09-01 \\\n"
      "      --show certificate.number,holder.name -o copy.json --key clerk.key\n");
  command->callback([&globals, options] { stamp_copy(globals, *options); });
}

}  // namespace

Bundle bundle_of(const std::string& path) {
  auto bundle = read_bundle(or_fail(read_local_file(path, bundle_bytes_max + 1)));
  if (!bundle.has_value()) fail(std::move(bundle).error().in(path));
  return std::move(bundle).value();
}

void add_cert_copy_commands(CLI::App& noun, Globals& globals) {
  add_disclose(noun, globals);
  add_stamp(noun, globals);
}

}  // namespace kanhe::cli
