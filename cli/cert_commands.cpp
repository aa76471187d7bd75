// kanhe cert: certificates: their types, issuing, standing, and verification without a node.
#include <CLI/CLI.hpp>
#include <iostream>

#include "certs/check_texts.h"
#include "cli/application_commands.h"
#include "cli/call.h"
#include "cli/cert_copies.h"
#include "cli/cert_issue.h"
#include "cli/cert_view.h"
#include "cli/local_file.h"
#include "cli/output.h"
#include "cli/pepper.h"
#include "cli/progress.h"
#include "cli/reading.h"
#include "cli/text_table.h"
#include "cli/values.h"
#include "ledger/codec.h"

namespace kanhe::cli {

struct FileReport {
  PlainText<4096> file;
  certs::Report report;
};
BOOST_DESCRIBE_STRUCT(FileReport, (), (file, report))

struct FileReports {
  List<FileReport, 1'000'000> files;
};
BOOST_DESCRIBE_STRUCT(FileReports, (), (files))

// What the ledger says of a certificate today; proved.
struct StandingAnswer {
  CertificateId id;
  bool known = false;
  bool in_batch = false;  // its serial begins with a batch's prefix; only the bundle shows that it is a member
  std::optional<contracts::certificate::Standing> standing;
  std::optional<contracts::certificate::StandingChange> change;
  std::optional<CertificateId> replaced_by;
  std::optional<PlainText<96>> transferred_to;
  Height as_of_height;
  Timestamp as_of_ms;
};
BOOST_DESCRIBE_STRUCT(StandingAnswer, (),
                      (id, known, in_batch, standing, change, replaced_by, transferred_to, as_of_height, as_of_ms))

namespace {

using namespace certs;
namespace certificate = contracts::certificate;

constexpr std::string_view bundle_ending = ".json";

const MethodCommand method_commands[] = {
    {.name = "define-type", .module = "certificate", .method = "define_type", .positionals = {"type"}},
    {.name = "grant", .module = "certificate", .method = "grant_type", .positionals = {"type", "department"}},
    {.name = "withdraw-grant",
     .module = "certificate",
     .method = "withdraw_grant",
     .positionals = {"type", "department"}},
    {.name = "suspend", .module = "certificate", .method = "suspend", .positionals = {"id"}},
    {.name = "resume", .module = "certificate", .method = "resume", .positionals = {"id"}},
    {.name = "revoke", .module = "certificate", .method = "revoke", .positionals = {"id"}},
    {.name = "transfer-out", .module = "certificate", .method = "transfer_out", .positionals = {"id", "destination"}},
    {.name = "cancel-transfer", .module = "certificate", .method = "cancel_transfer", .positionals = {"id"}},
    {.name = "set-schema", .module = "certificate", .method = "set_schema", .positionals = {"type"},
     .example = "11100000MB03271699022 --fields.1.path certificate.number --fields.1.kind text \\\n"
                "      --fields.1.required true --fields.1.data_class open"},
    {.name = "suspend-batch", .module = "certificate", .method = "suspend_batch"},
    {.name = "resume-batch", .module = "certificate", .method = "resume_batch"},
    {.name = "revoke-batch", .module = "certificate", .method = "revoke_batch"},
};

// ---------------------------------------------------------------------------------------------------------------------
// Verifying

struct CheckOptions {
  std::vector<std::string> paths;
  std::string age_max;
  std::string holder;
  std::vector<std::string> attached;
  std::string recipient;
  std::string purpose;
  std::string pepper;
  std::uint16_t pepper_version = 1;
  bool strict = false;
};

// The number of KIND:- comes from stdin, so that it stands neither in the shell's memory nor in the list of processes.
Identity identity_of(const Globals& globals, std::string text) {
  if (text.ends_with(":-")) {
    say(globals, sentence(globals, "请输入证件号码", "identity number (from stdin)") + ":");
    std::string number;
    std::getline(std::cin, number);
    text.replace(text.size() - 1, 1, number);
  }
  auto identity = read_identity(text);
  if (!identity.has_value()) throw CommandError{ExitCode::usage, "--holder: " + identity.error().text};
  return std::move(identity).value();
}

VerifyOptions verify_options_of(const Globals& globals, const CheckOptions& options) {
  VerifyOptions made;
  made.now = wall_now();
  if (options.age_max == "any") {
    made.age_max = std::nullopt;
  } else if (!options.age_max.empty()) {
    const auto ms = read_duration(options.age_max);
    if (!ms.has_value()) throw CommandError{ExitCode::usage, "--max-age: " + ms.error().text};
    const auto age = Duration::from(*ms);
    if (!age.has_value()) throw CommandError{ExitCode::usage, "--max-age: " + age.error().text + "; or: any"};
    made.age_max = *age;
  }
  if (!options.holder.empty()) made.holder = identity_of(globals, options.holder);
  if (!options.recipient.empty()) made.recipient = read_word<StampRecipient>("--recipient", options.recipient);
  if (!options.purpose.empty()) made.purpose = read_word<StampPurpose>("--purpose", options.purpose);
  if (!options.pepper.empty()) {
    if (!made.holder) throw CommandError{ExitCode::usage, "--pepper: goes with --holder"};
    made.holder_party = party_id_of(or_fail(read_pepper(options.pepper, options.pepper_version)), *made.holder);
  }
  for (const std::string& path : options.attached) {
    const std::string bytes = or_fail(read_local_file(path, bundle_bytes_max * 32));
    made.files.push_back(to_bytes(as_bytes(bytes)));
  }
  return made;
}

void verify_one(Globals& globals, const std::string& path, const Genesis& genesis, const VerifyOptions& options,
                Strictness strictness) {
  const std::string json = or_fail(read_local_file(path, bundle_bytes_max + 1));
  const Report report = verify(json, genesis, options);
  const auto bundle = read_bundle(json);
  show_result(globals, report, report_text(globals, report, bundle.has_value() ? &*bundle : nullptr, path));
  globals.exit_code = exit_code_of(report, strictness);
}

void verify_many(Globals& globals, const std::vector<std::string>& files, const Genesis& genesis,
                 const VerifyOptions& options, Strictness strictness) {
  FileReports answer;
  std::string text;
  std::map<Verdict, std::size_t> counts;
  {
    Progress progress(globals, sentence(globals, "核验", "verifying"), files.size());
    for (const std::string& path : files) {
      const auto json = read_local_file(path, bundle_bytes_max + 1);
      Report report = verify(json.has_value() ? std::string_view(*json) : std::string_view(), genesis, options);
      globals.exit_code = graver(globals.exit_code, exit_code_of(report, strictness));
      ++counts[report.verdict];
      text += report_line(globals, report, path);
      const auto name = PlainText<4096>::from(path);
      answer.files.push_back({name.has_value() ? *name : PlainText<4096>(), std::move(report)});
      progress.show(answer.files.size());
    }
  }
  for (const auto& [verdict, count] : counts) {
    text += grouped(count) + " " + sentence(globals, name_of(verdict).zh, name_of(verdict).en) + "\n";
  }
  show_result(globals, answer, text);
}

void verify_files(Globals& globals, const CheckOptions& options) {
  const Trust trust = trust_of(globals);
  std::vector<std::string> files;
  for (const std::string& path : options.paths) {
    for (std::string& file : or_fail(files_below(path, bundle_ending))) files.push_back(std::move(file));
  }
  const Strictness strictness = options.strict ? Strictness::strict : Strictness::lenient;
  if (files.size() > 1 && (!options.holder.empty() || !options.attached.empty())) {
    throw CommandError{ExitCode::usage,
                       "--holder and --file go with one bundle, " + grouped(files.size()) + " were given",
                       "--holder 和 --file 只用于一个证明包，现有 " + grouped(files.size()) + " 个"};
  }
  const VerifyOptions made = verify_options_of(globals, options);
  if (files.size() == 1) {
    verify_one(globals, files.front(), trust.genesis(), made, strictness);
  } else {
    verify_many(globals, files, trust.genesis(), made, strictness);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Looking

void show_bundle(const Globals& globals, const std::string& path) {
  const Bundle bundle = bundle_of(path);
  show_result(globals, bundle, bundle_text(globals, bundle));
  say(globals, sentence(globals, "以上是文件自己的内容，未经核验", "this is what the file says; it was not verified") +
                   ": kanhe cert verify " + path + " --genesis genesis.json");
}

// ---------------------------------------------------------------------------------------------------------------------
// Today's standing, from a node

// Records of a later version than this program knows must not reach the tables, which take every record for readable.
template <class Key, class Record>
bool reads_as(const Table<Key, Record>& table, const StateFact& fact) {
  const Bytes prefix = state_key(table.id, {});
  if (fact.key.size() < prefix.size() || !equal(fact.key.view().first(prefix.size()), prefix)) return true;
  return decode<Record>(fact.value->view()).has_value();
}

StandingAnswer standing_of(const CertificateAnswer& answer) {
  for (const StateFact& fact : answer.facts) {
    const bool readable =
        !fact.value || (reads_as(certificate::certificates, fact) && reads_as(certificate::batches, fact) &&
                        reads_as(certificate::batch_prefixes, fact) && reads_as(certificate::members, fact));
    if (!readable)
      fail(kanhe::fail(ErrorCode::unsupported, "the ledger holds a record that this program does not know"));
  }
  const FactReader reader(answer.facts);
  const auto holding = certificate::find_holding(reader, answer.id);
  if (!reader.missing().empty()) {
    fail(kanhe::fail(ErrorCode::bad_proof, "the node left out ", reader.missing().size(),
                     " of the facts that are needed"));
  }
  StandingAnswer made;
  made.id = answer.id;
  made.as_of_height = answer.head.newest.header.height;
  made.as_of_ms = answer.head.newest.header.timestamp_ms;
  if (!holding) return made;
  made.known = true;
  made.in_batch = holding->kind == certificate::HoldingKind::member;
  made.standing = holding->standing();
  const bool of_batch = holding->batch && holding->own.standing != *made.standing;
  const certificate::StandingRecord& record = of_batch ? *holding->batch : holding->own;
  made.change = record.change;
  made.replaced_by = record.replaced_by;
  made.transferred_to = record.transferred_to;
  return made;
}

std::string standing_text(const Globals& globals, const StandingAnswer& answer) {
  std::string text = answer.id.str() + "\n";
  if (!answer.known) {
    text += "  ✗ " + sentence(globals, "账本上没有该证照", "the ledger holds no such certificate") + "\n";
  } else {
    const NameText name = name_of(*answer.standing);
    text += std::string(*answer.standing == certificate::Standing::issued ? "  ✓ " : "  ✗ ") +
            sentence(globals, name.zh, name.en) + "\n";
    if (answer.in_batch) {
      text += "  ! " +
              sentence(globals, "该编号属于一个批次；是否确有其证，须凭证明包核验",
                       "the number lies in a batch; that there is such a certificate only its bundle shows") +
              "\n";
    }
    if (answer.change) text += record_text(globals, *answer.change, 1);
    NamedValues values;
    if (answer.transferred_to) {
      values.add(sentence(globals, "转往", "transferred to"), answer.transferred_to->str());
    }
    if (answer.replaced_by) values.add(sentence(globals, "新版", "replaced by"), answer.replaced_by->str());
    text += values.text();
  }
  const std::string time = kanhe::cli::time_text(answer.as_of_ms);
  const std::string height = to_string(answer.as_of_height);
  return text + "  " +
         sentence(globals, "截至 " + time + "，已核验，高度 " + height, "as of " + time + ", proved, block " + height) + "\n";
}

void show_standing(Globals& globals, const std::string& text) {
  const CertificateId id = or_fail(CertificateId::from(text));
  Client client = client_of(globals);
  const StandingAnswer answer = standing_of(or_fail(client.certificate(id)));
  warn_if_old(globals, client.genesis(), *client.newest());
  show_result(globals, answer, standing_text(globals, answer));
  if (!answer.known) {
    globals.exit_code = ExitCode::not_authentic;
  } else if (*answer.standing != certificate::Standing::issued) {
    globals.exit_code = ExitCode::not_valid;
  }
}

void add_verify(CLI::App& noun, Globals& globals) {
  const auto options = std::make_shared<CheckOptions>();
  CLI::App* const command =
      noun.add_subcommand("verify", "核验 · is this certificate genuine, and is it good today; needs no network");
  command->add_option("BUNDLE", options->paths, "bundle files, or directories of such; - for stdin")->required();
  command->add_option("--max-age", options->age_max, "how old the evidence may be, for example 24h (default); or: any");
  command->add_option("--holder", options->holder, "whether it is this person's: KIND:NUMBER, or KIND:- to type it");
  command->add_option("--file", options->attached, "a file that should belong to the certificate");
  command->add_option("--recipient", options->recipient, "whether the copy was stamped for it, letter for letter");
  command->add_option("--purpose", options->purpose, "whether the copy was stamped for this, letter for letter");
  command->add_option("--pepper", options->pepper,
                      "with --holder: file with the departments' pepper, to know the holder's own stamp");
  command->add_option("--pepper-version", options->pepper_version, "which pepper it is")->capture_default_str();
  command->add_flag("--strict", options->strict, "warnings count as not valid (exit code 1)");
  command->footer(
      "Examples:\n  kanhe cert verify title.json --genesis genesis.json\n"
      "  kanhe cert verify bundles --genesis genesis.json --strict\n"
      "  kanhe cert verify title.json --holder resident_id:-\n"
      "  kanhe cert verify copy.json --recipient XX银行 --purpose 住房贷款\n\n"
      "Exit codes: 0 valid (also with warnings), 1 not valid, 3 not authentic, 5 could not check, 6 no bundle.\n");
  command->callback([&globals, options] { verify_files(globals, *options); });
}

}  // namespace

void add_cert_commands(CLI::App& app, Globals& globals) {
  CLI::App* const noun = app.add_subcommand("cert", "电子证照 · certificates: issue, verify, disclose, standing");
  noun->require_subcommand(1);
  noun->footer(
      "Examples:\n  kanhe cert verify title.json --genesis genesis.json\n"
      "  kanhe cert issue title.toml -o title.json --key officer.key\n"
      "  kanhe cert stamp title.json --recipient XX银行 --purpose 住房贷款 --until 2025-09-01 -o copy.json\n");
  const auto argument = std::make_shared<std::string>();
  add_verify(*noun, globals);
  CLI::App* const show = noun->add_subcommand("show", "查看 · what a bundle says; verifies nothing");
  show->add_option("BUNDLE", *argument, "bundle file")->required();
  show->footer("Example:\n  kanhe cert show title.json\n");
  show->callback([&globals, argument] { show_bundle(globals, *argument); });
  CLI::App* const standing =
      noun->add_subcommand("status", "状态 · what the ledger says of a certificate today; proved");
  standing->add_option("ID", *argument, "certificate identifier")->required();
  standing->footer("Example:\n  kanhe cert status 1.2.156.3005.2.11100000MB03271699022.….001.3\n");
  standing->callback([&globals, argument] { show_standing(globals, *argument); });
  add_cert_copy_commands(*noun, globals);
  add_cert_issue_commands(*noun, globals);
  add_certificate_files_command(*noun, globals);
  for (const MethodCommand& command : method_commands) add_method_command(*noun, globals, command);
}

}  // namespace kanhe::cli
