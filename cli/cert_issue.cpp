#include "cli/cert_issue.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <set>

#include "certs/bundle.h"
#include "cli/call.h"
#include "cli/cert_batch.h"
#include "cli/cert_content.h"
#include "cli/csv.h"
#include "cli/grave_acts.h"
#include "cli/issue_checks.h"
#include "cli/local_file.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/reading.h"

namespace kanhe::cli {
namespace {

using namespace certs;
namespace certificate = contracts::certificate;

constexpr std::string_view bundle_ending = ".json";
constexpr std::string_view list_name = "documents.csv";
constexpr std::size_t content_lines_bytes_max = 1'024 * 1'024 * 1'024;

struct IssueOptions {
  std::string content;
  std::vector<std::string> contents;
  std::string output;
  std::string type;
  std::string prefix;
  std::vector<std::string> bundles;
  bool skip_faulty = false;
  bool without_evidence = false;
  bool dry_run = false;
  bool resume = false;
  std::string result;
};

// ---------------------------------------------------------------------------------------------------------------------
// Evidence

// The old file holds salts that cannot be made again, so the new one is durable before it takes its place.
Result<void> refresh_file(Client& client, const std::string& path) {
  const std::string json = TRY(read_local_file(path, bundle_bytes_max));
  Bundle bundle = TRY(read_bundle(json));
  if (bundle.chain_id != client.trust().chain_id()) {
    return kanhe::fail(ErrorCode::conflict, path, ": is of network ", bundle.chain_id.hex(), ", the genesis of ",
                       client.trust().chain_id().hex());
  }
  CertificateAnswer answer = TRY(client.certificate(bundle.document.id, bundle.stamp));
  TRY(refresh(bundle, std::move(answer)));
  return replace_local_file(path, write_bundle(bundle), FileMode::private_to_owner);
}

// Answers how many were refreshed; the others are named.
std::size_t refresh_files(const Globals& globals, Client& client, const std::vector<std::string>& files) {
  std::vector<std::string> failed;
  {
    Progress progress(globals, sentence(globals, "取回账本证明", "fetching evidence"), files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
      const auto refreshed = refresh_file(client, files[i]);
      if (!refreshed.has_value()) failed.push_back(files[i] + ": " + refreshed.error().text);
      progress.show(i + 1);
    }
  }
  for (const std::string& line : failed) warn(globals, line);
  return files.size() - failed.size();
}

void refresh_bundles(Globals& globals, const IssueOptions& options) {
  std::vector<std::string> files;
  for (const std::string& path : options.bundles) {
    for (std::string& file : or_fail(files_below(path, bundle_ending))) files.push_back(std::move(file));
  }
  Client client = client_of(globals);
  if (files.size() == 1) {
    or_fail(refresh_file(client, files.front()));
  } else if (refresh_files(globals, client, files) < files.size()) {
    globals.exit_code = ExitCode::could_not_check;
  }
  if (client.newest()) {
    const std::string height = to_string(client.newest()->height);
    say(globals, sentence(globals, "证明已更新，截至高度 " + height, "the evidence is as of block " + height));
  }
  say(globals, sentence(globals, "下一步", "next") + ": kanhe cert verify " + options.bundles.front());
}

// ---------------------------------------------------------------------------------------------------------------------
// One certificate

void keep_or_remove(const Globals& globals, const std::optional<Receipt>& receipt, const std::string& path) {
  if (!receipt) {
    say(globals, sentence(globals, "结果未知，文件已保留", "the outcome is not known; the file is kept") + ": " + path);
    say(globals, sentence(globals, "下一步", "next") + ": kanhe cert bundle refresh " + path);
  } else {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
}

struct Made {
  CertificateContent content;
  Bundle bundle;
  certificate::IssueArguments arguments;
  std::string path;
};

Made make_certificate(const std::string& file, const std::string& output) {
  Made made;
  const std::string text = or_fail(read_local_file(file, certificate_content_bytes_max));
  made.content = or_fail(read_certificate_content(text, file));
  made.bundle.document = or_fail(make_document(made.content.document));
  or_fail(check_document_form(made.bundle.document));
  made.arguments = issue_arguments_of(made.bundle.document);
  made.arguments.supersedes = made.content.supersedes;
  made.arguments.application = made.content.application;
  made.arguments.transferred_from = made.content.transferred_from;
  made.path = output.empty() ? made.bundle.document.id.str() + std::string(bundle_ending) : output;
  return made;
}

// Keeps the salts, then calls, then fetches the evidence. What was refused leaves no file behind.
template <class Arguments>
void carry_out_with(Globals& globals, std::vector<Made>& all, std::string_view module, std::string_view method,
                    const Arguments& arguments) {
  Client client = client_of(globals);
  const SecretKey key = secret_key_of(globals, client.genesis());
  for (const Made& made : all) {
    const auto schema = newest_schema(client, made.bundle.document.id);
    if (schema) or_fail(check_schema(made.bundle.document, *schema));
  }
  // Before anything is written: who does not go on leaves nothing behind.
  confirm_grave_acts(globals, module, method, schema_of<Arguments>(), &arguments);
  for (Made& made : all) {
    made.bundle.chain_id = client.trust().chain_id();
    or_fail(write_new_local_file(made.path, write_bundle(made.bundle), FileMode::private_to_owner));
  }
  std::optional<Receipt> receipt;
  try {
    receipt = carry_out_method(globals, client, key, module, method, arguments);
  } catch (const CommandError&) {
    for (const Made& made : all) keep_or_remove(globals, std::nullopt, made.path);
    throw;
  }
  if (!receipt || !succeeded(*receipt)) {
    for (const Made& made : all) keep_or_remove(globals, receipt, made.path);
    return;
  }
  for (const Made& made : all) {
    or_fail(refresh_file(client, made.path));
    say(globals, sentence(globals, "证明包", "bundle") + ": " + made.path);
    say(globals, sentence(globals, "下一步", "next") + ": kanhe cert verify " + made.path);
  }
}

template <class Arguments>
void show_only(Globals& globals, const Arguments& arguments) {
  show_result(globals, arguments, record_text(globals, arguments));
  say(globals, sentence(globals, "试运行：未签名，未发送", "dry run: nothing was signed or sent"));
}

void issue(Globals& globals, const IssueOptions& options) {
  std::vector<Made> all{make_certificate(options.content, options.output)};
  const certificate::IssueArguments& arguments = all[0].arguments;
  if (options.dry_run) return show_only(globals, arguments);
  carry_out_with(globals, all, "certificate", "issue", arguments);
}

// The unit that a certificate of an application is about: as the file says, or its field unit.number. None where the
// application enters nothing in a register.
std::optional<UnitNumber> unit_of(const CertificateContent& content) {
  if (content.unit) return *content.unit;
  for (const NewField& field : content.document.fields) {
    const auto* const text = std::get_if<TextValue>(&field.value);
    if (field.path.view() == "unit.number" && text != nullptr) return or_fail(UnitNumber::from(text->value.view()));
  }
  return std::nullopt;
}

// Together with the effect of the application that they are issued for.
void register_application(Globals& globals, const IssueOptions& options) {
  if (options.contents.size() > 1 && !options.output.empty()) {
    throw CommandError{ExitCode::usage,
                       "-o: names one bundle, but there are " + std::to_string(options.contents.size()),
                       "-o：只能写一个证明包，现有 " + std::to_string(options.contents.size()) + " 个"};
  }
  contracts::service::RegisterArguments arguments;
  std::vector<Made> all;
  for (const std::string& file : options.contents) {
    Made made = make_certificate(file, options.output);
    const auto& application = made.content.application;
    if (!application) {
      throw CommandError{ExitCode::malformed_input, file + ": application: is missing", file + "：缺少 application（申请编号）"};
    }
    if (!all.empty() && arguments.application != *application) {
      throw CommandError{ExitCode::malformed_input, file + ": application: is not that of " + options.contents[0],
                         file + "：申请编号与 " + options.contents[0] + " 不同"};
    }
    if (arguments.certificates.full()) {
      throw CommandError{ExitCode::malformed_input, file + ": more certificates than one application has",
                         file + "：证照多于一件申请所能签发的"};
    }
    arguments.application = *application;
    arguments.certificates.push_back({unit_of(made.content), made.content.act.value_or(0), made.arguments.id,
                                      made.arguments.holder, made.arguments.content_root, made.arguments.files,
                                      made.arguments.valid_from_ms, made.arguments.valid_until_ms,
                                      made.arguments.supersedes});
    all.push_back(std::move(made));
  }
  if (options.dry_run) return show_only(globals, arguments);
  carry_out_with(globals, all, "service", "register", arguments);
}

// ---------------------------------------------------------------------------------------------------------------------
// A batch

struct BatchDocument {
  std::string source;  // file, or file:line
  Document document;
};

struct BatchSource {
  std::vector<BatchDocument> documents;
  std::vector<std::string> faults;
  std::optional<certificate::BatchKey> key;  // type, issuer and prefix; of the first good identifier
};

// One document, or a fault; `key` is set by the first.
Result<Document> batch_document(const std::string& text, const std::string& path, const IssueOptions& options,
                                std::optional<certificate::BatchKey>& key) {
  const DocumentContent content = TRY(read_member_content(text, path));
  if (!key) {
    const auto parts = certificate::certificate_key_of(content.id);
    if (!parts) return kanhe::fail(ErrorCode::malformed, "id: breaks a rule of certificate identifiers");
    key = {TRY(certificate::TypeCode::from(options.type)), parts->issuer, certificate::padded(options.prefix)};
  }
  TRY(check_member(*key, content.id));
  Document document = TRY(make_document(content));
  TRY(check_document_form(document));
  return document;
}

void add_document(BatchSource& source, std::set<CertificateId>& ids, const std::string& name, const std::string& text,
                  const std::string& path, const IssueOptions& options) {
  auto document = batch_document(text, path, options, source.key);
  if (!document.has_value()) {
    source.faults.push_back(name + ": " + document.error().text);
  } else if (!ids.insert(document->id).second) {
    source.faults.push_back(name + ": id: stands twice in the batch: " + document->id.str());
  } else {
    source.documents.push_back({name, std::move(document).value()});
  }
}

// A directory of content files, or a file with one JSON record a line.
BatchSource read_batch(const Globals& globals, const IssueOptions& options) {
  BatchSource source;
  std::set<CertificateId> ids;
  if (std::filesystem::is_directory(options.content)) {
    std::vector<std::string> files;
    for (const std::string_view ending : {".toml", ".json"}) {
      const auto found = files_below(options.content, ending);
      if (found.has_value()) files.insert(files.end(), found->begin(), found->end());
    }
    std::ranges::sort(files);
    Progress progress(globals, sentence(globals, "读取内容", "reading"), files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
      const std::string text = or_fail(read_local_file(files[i], certificate_content_bytes_max));
      add_document(source, ids, files[i], text, files[i], options);
      progress.show(i + 1);
    }
    return source;
  }
  const std::string text = or_fail(read_local_file(options.content, content_lines_bytes_max));
  Progress progress(globals, sentence(globals, "读取内容", "reading"), 0);
  std::size_t line = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string name = options.content + ":" + std::to_string(++line);
    if (end > at) add_document(source, ids, name, text.substr(at, end - at), "", options);
    at = end + 1;
    progress.show(line);
  }
  return source;
}

std::string path_in(const std::string& directory, std::string_view name) {
  return (std::filesystem::path(directory) / name).string();
}

// Writes the bundles without evidence, and the list of them. Answers their paths.
std::vector<std::string> write_batch(const Globals& globals, const BatchSource& source, const BatchTree& tree,
                                     const ChainId& chain_id, const IssueOptions& options) {
  const auto prefix = or_fail(certificate::SerialPrefix::from(options.prefix));
  std::vector<std::string> paths;
  std::string list = csv_line(std::vector<std::string>{"source", "id", "bundle"});
  Progress progress(globals, sentence(globals, "写入证明包", "writing bundles"), source.documents.size());
  for (std::uint32_t i = 0; i < source.documents.size(); ++i) {
    Bundle bundle{{}, chain_id, source.documents[i].document, BatchPlace{prefix, i, tree.count(), tree.path(i)}, {}};
    paths.push_back(path_in(options.output, bundle.document.id.str() + std::string(bundle_ending)));
    or_fail(write_new_local_file(paths.back(), write_bundle(bundle), FileMode::private_to_owner, Durability::later));
    list += csv_line(std::vector<std::string>{source.documents[i].source, bundle.document.id.str(), paths.back()});
    progress.show(i + 1);
  }
  or_fail(write_new_local_file(path_in(options.output, list_name), list, FileMode::private_to_owner));
  or_fail(sync_files(options.output));
  return paths;
}

// Moves documents that are not as the type's schema asks to the faults.
void apply_schema(Client& client, BatchSource& source) {
  if (source.documents.empty()) return;
  const auto schema = newest_schema(client, source.documents.front().document.id);
  if (!schema) return;
  std::erase_if(source.documents, [&](const BatchDocument& one) {
    const auto checked = check_schema(one.document, *schema);
    if (!checked) source.faults.push_back(one.source + ": " + checked.error().text);
    return !checked;
  });
}

// What an earlier run wrote, with its salts: the paths of its bundles, and what they were to be issued with.
struct WrittenBatch {
  std::vector<std::string> paths;
  certificate::IssueBatchArguments arguments;
  CertificateId first;
};

// Errors: malformed, conflict; the text names the bundle.
Result<void> check_written(const Bundle& bundle, std::size_t index, std::size_t count, const ChainId& chain_id,
                           const certificate::SerialPrefix& prefix) {
  if (bundle.chain_id != chain_id) return kanhe::fail(ErrorCode::conflict, "is of another network");
  const auto& place = bundle.batch;
  if (!place || place->index != index || place->count.value() != count || place->prefix != prefix) {
    return kanhe::fail(ErrorCode::malformed, "is not number ", index + 1, " of ", count, " in the batch ",
                       prefix.view());
  }
  return {};
}

WrittenBatch read_written(const Globals& globals, const ChainId& chain_id, const IssueOptions& options) {
  const std::string list_path = path_in(options.output, list_name);
  const auto list = read_local_file(list_path, content_lines_bytes_max);
  if (!list) {
    throw CommandError{ExitCode::malformed_input,
                       "--resume: no " + list_path + ": that run did not get so far, and sent nothing; remove " +
                           options.output + " and begin again",
                       "--resume：没有 " + list_path + "：上次没有执行到这一步，也没有发送；请删除 " + options.output +
                           " 后重新开始"};
  }
  const CsvTable table = or_fail(read_csv(*list));
  const auto type = or_fail(certificate::TypeCode::from(options.type));
  const auto prefix = or_fail(certificate::SerialPrefix::from(options.prefix));
  WrittenBatch written;
  std::vector<Hash256> leaves;
  Progress progress(globals, sentence(globals, "读取证明包", "reading bundles"), table.rows.size());
  const auto id_column = table.column("id");
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const CsvRow& row = table.rows[i];
    if (!id_column || *id_column >= row.fields.size()) {
      throw CommandError{ExitCode::malformed_input,
                         list_path + ": line " + std::to_string(row.line) + ": names no certificate in a column id",
                         list_path + "：第 " + std::to_string(row.line) + " 行的 id 列没有证照标识"};
    }
    const std::string path = path_in(options.output, row.fields[*id_column] + std::string(bundle_ending));
    const auto json = read_local_file(path, bundle_bytes_max);
    if (!json) {
      throw CommandError{ExitCode::malformed_input,
                         "--resume: " + json.error().text + "; the batch needs each file that " + list_path + " names",
                         "--resume：" + json.error().text + "；" + list_path + " 中的每个文件都不可缺少"};
    }
    const Bundle bundle = or_fail(read_bundle(*json));
    const auto checked = check_written(bundle, i, table.rows.size(), chain_id, prefix);
    if (!checked) throw CommandError{ExitCode::malformed_input, path + ": " + checked.error().text};
    leaves.push_back(batch_leaf_hash(batch_leaf_of(bundle.document)));
    if (i == 0) written.first = bundle.document.id;
    written.paths.push_back(path);
    progress.show(i + 1);
  }
  if (leaves.empty()) {
    throw CommandError{ExitCode::malformed_input, list_path + ": names no bundle", list_path + "：没有列出证明包"};
  }
  written.arguments = issue_batch_arguments_of(type, prefix, or_fail(BatchTree::from(leaves)));
  return written;
}

void tell_batch(Globals& globals, Client& client, const std::vector<std::string>& paths, bool known,
                const IssueOptions& options) {
  if (!known) {
    say(globals, sentence(globals, "结果未知，文件已保留", "the outcome is not known; the files are kept") + ": " +
                     options.output);
  } else if (!options.without_evidence && refresh_files(globals, client, paths) < paths.size()) {
    globals.exit_code = ExitCode::could_not_check;
  }
  say(globals, grouped(paths.size()) + " " + sentence(globals, "份证明包", "bundles") + ": " + options.output);
  const std::string next = !known                     ? "issue-batch --resume … -o "
                           : options.without_evidence ? "bundle refresh "
                                                      : "verify ";
  say(globals, sentence(globals, "下一步", "next") + ": kanhe cert " + next + options.output);
}

// Goes on where a run was broken off: with the same salts, so that nothing is issued twice.
void resume_batch(Globals& globals, const IssueOptions& options) {
  Client client = client_of(globals);
  const WrittenBatch written = read_written(globals, client.trust().chain_id(), options);
  bool known = is_batch_recorded(client, written.first, written.arguments);
  if (!known) {
    const SecretKey key = secret_key_of(globals, client.genesis());
    const auto receipt = carry_out_method(globals, client, key, "certificate", "issue_batch", written.arguments);
    known = receipt.has_value();
    // What the run that was broken off had sent may be recorded before this one, which is refused then.
    if (receipt && !succeeded(*receipt)) {
      if (!is_batch_recorded(client, written.first, written.arguments)) return;
      globals.exit_code = ExitCode::good;
      say(globals, sentence(globals, "中断前发送的交易已上链，无需重发", "the run that was broken off had it recorded meanwhile"));
    }
  }
  tell_batch(globals, client, written.paths, known, options);
}

void issue_batch(Globals& globals, const IssueOptions& options) {
  if (options.output.empty() == options.result.empty()) {
    throw CommandError{ExitCode::usage, "-o, --result: one of them, where the bundles go or the file for all of them",
                       "-o、--result：须写其中之一：证明包的目录，或整批一个文件"};
  }
  const bool one_file = !options.result.empty();
  const BatchFileOptions file_options{options.content, options.type,        options.prefix,
                                      options.result,  options.skip_faulty, options.dry_run};
  if (options.resume && one_file) return resume_batch_file(globals, file_options);
  if (options.resume) return resume_batch(globals, options);
  if (options.content.empty()) throw CommandError{ExitCode::usage, "CONTENTS: is missing", "缺少 CONTENTS（证照内容）"};
  if (one_file) return issue_batch_file(globals, file_options);
  const auto type = or_fail(certificate::TypeCode::from(options.type));
  const auto prefix = or_fail(certificate::SerialPrefix::from(options.prefix));
  BatchSource source = read_batch(globals, options);
  std::optional<Client> client;
  for (const std::string& fault : source.faults) warn(globals, fault);
  const std::size_t told = source.faults.size();
  if (!options.dry_run) apply_schema(client.emplace(client_of(globals)), source);
  for (std::size_t i = told; i < source.faults.size(); ++i) warn(globals, source.faults[i]);
  demand_good(options.content, source.documents.size(), options.skip_faulty ? 0 : source.faults.size());
  std::vector<Hash256> leaves;
  for (const BatchDocument& document : source.documents) {
    leaves.push_back(batch_leaf_hash(batch_leaf_of(document.document)));
  }
  const BatchTree tree = or_fail(BatchTree::from(leaves));
  const certificate::IssueBatchArguments arguments = issue_batch_arguments_of(type, prefix, tree);
  if (options.dry_run) {
    show_result(globals, arguments, record_text(globals, arguments));
    say(globals, sentence(globals, "试运行：未签名，未发送", "dry run: nothing was signed or sent"));
    return;
  }
  const SecretKey key = secret_key_of(globals, client->genesis());
  std::error_code error;
  if (!std::filesystem::create_directories(options.output, error)) {
    throw CommandError{ExitCode::malformed_input,
                       "-o " + options.output + ": must be a directory that does not exist yet",
                       "-o " + options.output + "：必须是尚不存在的目录"};
  }
  const std::vector<std::string> paths = write_batch(globals, source, tree, client->trust().chain_id(), options);
  const std::optional<Receipt> receipt =
      carry_out_method(globals, *client, key, "certificate", "issue_batch", arguments);
  if (receipt && !succeeded(*receipt)) {
    std::filesystem::remove_all(options.output, error);
    return;
  }
  tell_batch(globals, *client, paths, receipt.has_value(), options);
}

}  // namespace

void add_cert_issue_commands(CLI::App& noun, Globals& globals) {
  const auto options = std::make_shared<IssueOptions>();
  CLI::App* const one = noun.add_subcommand("issue", "签发 · issue a certificate and write its bundle");
  one->add_option("CONTENT", options->content, "TOML or JSON file with holder, fields, files and dates")->required();
  one->add_option("-o,--output", options->output, "bundle file to write; ID.json if not given");
  one->add_flag("--dry-run,-n", options->dry_run, "show what would be signed; send nothing");
  one->footer(
      "Example:\n  kanhe cert issue title.toml -o title.json --key officer.key\n"
      "The form of CONTENT stands in docs/cli.md.\n");
  one->callback([&globals, options] { issue(globals, *options); });

  CLI::App* const title = noun.add_subcommand(
      "register", "登簿发证 · register an application's acts and issue its certificates, by one transaction");
  title->add_option("CONTENT", options->contents, "TOML or JSON files as for issue; they name the application")
      ->required();
  title->add_option("-o,--output", options->output, "bundle file to write; ID.json if not given");
  title->add_flag("--dry-run,-n", options->dry_run, "show what would be signed; send nothing");
  title->footer("Example:\n  kanhe cert register title.toml -o title.json --key registrar.key\n");
  title->callback([&globals, options] { register_application(globals, *options); });

  CLI::App* const many =
      noun.add_subcommand("issue-batch", "批量签发 · issue many certificates by one transaction, a bundle for each");
  many->add_option("CONTENTS", options->content, "directory of CONTENT files, or a file with one JSON record a line");
  many->add_option("--type", options->type, "certificate type, 21 characters")->required();
  many->add_option("--prefix", options->prefix, "what all serials begin with; nothing else may use it")->required();
  many->add_option("-o,--output", options->output, "directory to make, or with --resume to go on with");
  many->add_option("--result", options->result, "one file for all of them instead: much faster; see bundle take");
  many->add_flag("--skip-faulty", options->skip_faulty, "leave out documents with faults instead of ending");
  many->add_flag("--resume", options->resume, "go on with the bundles that a run that was broken off has written");
  many->add_flag("--no-evidence", options->without_evidence, "fetch the evidence later, with bundle refresh");
  many->add_flag("--dry-run,-n", options->dry_run, "show what would be signed; send nothing");
  many->footer(
      "Examples:\n  kanhe cert issue-batch contents --type 11100000MB03271699022 --prefix 2025A -o bundles\n"
      "  kanhe cert issue-batch rows.jsonl --type 11100000MB03271699022 --prefix 2025B --result batch.kanhe\n"
      "  kanhe cert issue-batch --resume --type 11100000MB03271699022 --prefix 2025A -o bundles\n");
  many->callback([&globals, options] { issue_batch(globals, *options); });

  CLI::App* const bundle = noun.add_subcommand("bundle", "证明包 · proof files");
  bundle->require_subcommand(1);
  CLI::App* const fresh = bundle->add_subcommand("refresh", "更新证明 · fetch the newest evidence, by one public call");
  fresh->add_option("BUNDLE", options->bundles, "bundle files, or directories of such")->required();
  fresh->footer("Example:\n  kanhe cert bundle refresh title.json\n");
  fresh->callback([&globals, options] { refresh_bundles(globals, *options); });
  add_batch_file_commands(*bundle, globals);
}

}  // namespace kanhe::cli
