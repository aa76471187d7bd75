#include "cli/cert_batch.h"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "certs/batch_writer.h"
#include "cli/call.h"
#include "cli/cert_content.h"
#include "cli/csv.h"
#include "cli/issue_checks.h"
#include "cli/large_file.h"
#include "cli/output.h"
#include "cli/progress.h"

namespace kanhe::cli {

// What `bundle list` shows with --json.
struct BatchFileMember {
  certs::BatchSourceName source;
  CertificateId id;
};
BOOST_DESCRIBE_STRUCT(BatchFileMember, (), (source, id))

struct BatchFileListing {
  List<BatchFileMember, certs::batch_count_max> certificates;
};
BOOST_DESCRIBE_STRUCT(BatchFileListing, (), (certificates))

namespace {

using namespace certs;
namespace certificate = contracts::certificate;

constexpr std::size_t rows_between_looks = 1'024;  // at the clock, for the progress

// ---------------------------------------------------------------------------------------------------------------------
// Issuing

// From the contents to the file, which stays beside its place until keep().
class BatchMaker {
 public:
  BatchMaker(Globals& globals, const BatchFileOptions& options)
      : globals_(globals), options_(options), client_(client_for(globals, options)),
        file_(file_for(options)),
        writer_(client_ ? client_->trust().chain_id() : ChainId(), or_fail(certificate::TypeCode::from(options.type)),
                or_fail(certificate::SerialPrefix::from(options.prefix)), [this](ByteView piece) {
                  if (file_) or_fail(file_->write(piece));
                }) {}

  void read() {
    if (std::filesystem::is_directory(options_.contents)) {
      read_directory();
    } else {
      read_lines();
    }
    for (const std::string& fault : faults_) warn(globals_, fault);
    demand_good(options_.contents, writer_.count(), options_.skip_faulty ? 0 : faults_.size());
  }
  BatchTree finish() { return or_fail(writer_.finish()); }
  void keep() { or_fail(file_->keep()); }
  Client& client() { return *client_; }

 private:
  static std::optional<Client> client_for(const Globals& globals, const BatchFileOptions& options) {
    return options.dry_run ? std::nullopt : std::optional(client_of(globals));
  }
  static std::optional<NewLargeFile> file_for(const BatchFileOptions& options) {
    if (options.dry_run) return std::nullopt;
    return or_fail(NewLargeFile::create(options.file, FileMode::private_to_owner));
  }

  void read_directory() {
    std::vector<std::string> files;
    for (const std::string_view ending : {".toml", ".json"}) {
      const auto found = files_below(options_.contents, ending);
      if (found.has_value()) files.insert(files.end(), found->begin(), found->end());
    }
    std::ranges::sort(files);
    Progress progress(globals_, sentence(globals_, "读取内容", "reading"), files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
      const std::string text = or_fail(read_local_file(files[i], certificate_content_bytes_max));
      note(files[i], add_document(files[i], text, files[i]));
      progress.show(i + 1);
    }
  }

  void read_lines() {
    LineReader lines = or_fail(LineReader::open(options_.contents));
    Progress progress(globals_, sentence(globals_, "签发准备", "making certificates"), 0);
    std::string source;
    std::size_t number = 0;
    for (std::string_view line; or_fail(lines.next(line));) {
      if (++number % rows_between_looks == 0) progress.show(number);
      if (line.empty()) continue;
      source.assign(options_.contents).append(":").append(std::to_string(number));
      note(source, add_line(source, line));
    }
  }

  Result<void> add_line(const std::string& source, std::string_view line) {
    if (read_batch_row(line, row_) && TRY(writer_.add_row(source, row_))) return {};
    return add_document(source, line, "");
  }

  Result<void> add_document(const std::string& source, std::string_view text, const std::string& path) {
    const DocumentContent content = TRY(read_member_content(text, path));
    TRY(writer_.check_id(content.id));
    const Document document =
        TRY(make_document(content, [this](std::span<Byte> target) { writer_.salts().fill(target); }));
    TRY(check_document_form(document));
    if (client_ && !schema_asked_) {
      schema_ = newest_schema(*client_, document.id);
      schema_asked_ = true;
    }
    if (schema_) TRY(check_schema(document, *schema_));
    return writer_.add(source, document);
  }

  // One document more than a batch has is no fault of that document.
  void note(const std::string& source, const Result<void>& added) {
    if (added.has_value()) return;
    if (writer_.count() == batch_count_max && added.error().code == ErrorCode::out_of_range) fail(added.error());
    faults_.push_back(source + ": " + added.error().text);
  }

  Globals& globals_;
  const BatchFileOptions& options_;
  std::optional<Client> client_;  // none for a dry run
  std::optional<NewLargeFile> file_;
  BatchWriter writer_;
  BatchRow row_;
  std::optional<certificate::TypeSchema> schema_;
  bool schema_asked_ = false;
  std::vector<std::string> faults_;
};

void tell_file(const Globals& globals, const BatchFileOptions& options, std::size_t count, bool known) {
  if (!known) {
    say(globals, sentence(globals, "结果未知，文件已保留", "the outcome is not known; the file is kept") + ": " + options.file);
  }
  say(globals, grouped(count) + " " + sentence(globals, "份证照", "certificates") + ": " + options.file);
  say(globals, next_text(globals, known ? "kanhe cert bundle take " + options.file + " ID"
                                        : "kanhe cert issue-batch --resume … --result " + options.file));
}

std::optional<Receipt> send_root(Globals& globals, Client& client, const SecretKey& key,
                                 const certificate::IssueBatchArguments& arguments) {
  return carry_out_method(globals, client, key, "certificate", "issue_batch", arguments);
}

struct OpenBatch {
  LargeFile bytes;
  BatchFile batch;
};

OpenBatch open_batch(const std::string& path) {
  LargeFile bytes = or_fail(LargeFile::open(path));
  auto batch = BatchFile::from(bytes.bytes());
  if (!batch.has_value()) fail_as(ExitCode::malformed_input, path, batch.error());
  return {std::move(bytes), std::move(batch).value()};
}

}  // namespace

void issue_batch_file(Globals& globals, const BatchFileOptions& options) {
  BatchMaker maker(globals, options);
  maker.read();
  const auto type = or_fail(certificate::TypeCode::from(options.type));
  const auto prefix = or_fail(certificate::SerialPrefix::from(options.prefix));
  const BatchTree tree = maker.finish();
  const certificate::IssueBatchArguments arguments = issue_batch_arguments_of(type, prefix, tree);
  if (options.dry_run) {
    show_result(globals, arguments, record_text(globals, arguments));
    return say(globals, sentence(globals, "试运行：未签名，未发送", "dry run: nothing was signed or sent"));
  }
  const SecretKey key = secret_key_of(globals, maker.client().genesis());
  // Durable, then said. Test: registry_tests.py check_result_file
  maker.keep();
  const auto receipt = send_root(globals, maker.client(), key, arguments);
  if (receipt && !succeeded(*receipt)) {
    std::error_code ignored;
    std::filesystem::remove(options.file, ignored);
    return;
  }
  tell_file(globals, options, tree.count().value(), receipt.has_value());
}

void resume_batch_file(Globals& globals, const BatchFileOptions& options) {
  if (!std::filesystem::exists(options.file)) {
    throw CommandError{ExitCode::malformed_input,
                       "--resume: no " + options.file + ": that run did not get so far, and sent nothing; begin again",
                       "--resume：没有 " + options.file + "：上次没有执行到这一步，也没有发送；请重新开始"};
  }
  const OpenBatch open = open_batch(options.file);
  const BatchFileTail& tail = open.batch.tail();
  Client client = client_of(globals);
  if (tail.chain_id != client.trust().chain_id() || tail.type.view() != options.type ||
      tail.prefix.view() != options.prefix) {
    throw CommandError{ExitCode::malformed_input,
                       options.file + ": is of another network, type or prefix: " + tail.type.str() + ", " +
                           tail.prefix.str(),
                       options.file + "：属于别的网络、类型或前缀：" + tail.type.str() + "，" + tail.prefix.str()};
  }
  {
    Progress progress(globals, sentence(globals, "核对批次文件", "checking the file"), open.batch.count());
    const auto whole = open.batch.check_whole([&](std::uint32_t seen) { progress.show(seen); });
    if (!whole.has_value()) fail_as(ExitCode::malformed_input, options.file, whole.error());
  }
  const certificate::IssueBatchArguments arguments{tail.type, tail.prefix, tail.root, tail.count};
  const CertificateId first = or_fail(open.batch.entry(0)).id;
  bool known = is_batch_recorded(client, first, arguments);
  if (!known) {
    const auto receipt = send_root(globals, client, secret_key_of(globals, client.genesis()), arguments);
    known = receipt.has_value();
    // What the run that was broken off had sent may be recorded before this one, which is refused then.
    if (receipt && !succeeded(*receipt)) {
      if (!is_batch_recorded(client, first, arguments)) return;
      globals.exit_code = ExitCode::good;
      say(globals, sentence(globals, "中断前发送的交易已上链，无需重发", "the run that was broken off had it recorded meanwhile"));
    }
  }
  tell_file(globals, options, tail.count.value(), known);
}

// ---------------------------------------------------------------------------------------------------------------------
// Handing out

namespace {

struct TakeOptions {
  std::string file;
  std::vector<std::string> ids;
  std::string output = ".";
  bool all = false;
  bool without_evidence = false;
};

std::vector<std::uint32_t> wanted_of(const BatchFile& batch, const TakeOptions& options) {
  if (options.all != options.ids.empty()) {
    throw CommandError{ExitCode::usage, "ID: name certificates, or all of them by --all", "ID：请写明证照标识，或用 --all 取出全部"};
  }
  std::vector<std::uint32_t> wanted;
  if (options.all) {
    for (std::uint32_t i = 0; i < batch.count(); ++i) wanted.push_back(i);
  }
  for (const std::string& text : options.ids) {
    const auto id = CertificateId::from(text);
    if (!id.has_value()) fail_as(ExitCode::usage, "ID", id.error());
    const auto found = batch.find(*id);
    if (!found.has_value()) fail_as(ExitCode::malformed_input, options.file, found.error());
    wanted.push_back(*found);
  }
  return wanted;
}

void take(Globals& globals, const TakeOptions& options) {
  const OpenBatch open = open_batch(options.file);
  const std::vector<std::uint32_t> wanted = wanted_of(open.batch, options);
  const auto tree = open.batch.tree();
  if (!tree.has_value()) fail_as(ExitCode::malformed_input, options.file, tree.error());
  std::optional<Client> client;
  if (!options.without_evidence) client.emplace(client_of(globals));
  std::filesystem::create_directories(options.output);
  std::string path;
  {
    Progress progress(globals, sentence(globals, "写入证明包", "writing bundles"), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      auto bundle = open.batch.bundle(wanted[i], *tree);
      if (!bundle.has_value()) fail_as(ExitCode::malformed_input, options.file, bundle.error());
      if (client) or_fail(refresh(*bundle, or_fail(client->certificate(bundle->document.id))));
      path = (std::filesystem::path(options.output) / (bundle->document.id.str() + ".json")).string();
      or_fail(write_new_local_file(path, write_bundle(*bundle), FileMode::private_to_owner, Durability::later));
      progress.show(i + 1);
    }
  }
  or_fail(sync_files(options.output));
  const std::string place = wanted.size() == 1 ? path : options.output;
  say(globals, grouped(wanted.size()) + " " + sentence(globals, "份证明包", "bundles") + ": " + place);
  say(globals, next_text(globals, (client ? "kanhe cert verify " : "kanhe cert bundle refresh ") + place));
}

void list(Globals& globals, const std::string& path) {
  const OpenBatch open = open_batch(path);
  BatchFileListing listing;
  std::string text = csv_line(std::vector<std::string>{"source", "id"});
  for (std::uint32_t i = 0; i < open.batch.count(); ++i) {
    auto entry = open.batch.entry(i);
    if (!entry.has_value()) fail_as(ExitCode::malformed_input, path, entry.error());
    if (globals.json) {
      listing.certificates.push_back({std::move(entry->source), std::move(entry->id)});
    } else {
      text += csv_line(std::vector<std::string>{entry->source.str(), entry->id.str()});
    }
  }
  show_result(globals, listing, text);
}

}  // namespace

void add_batch_file_commands(CLI::App& bundle, Globals& globals) {
  const auto options = std::make_shared<TakeOptions>();
  CLI::App* const out = bundle.add_subcommand("take", "取出证明包 · hand bundles out of the file of a batch");
  out->add_option("FILE", options->file, "what issue-batch --result wrote")->required();
  out->add_option("ID", options->ids, "certificates");
  out->add_option("-o,--output", options->output, "directory for the bundles, each named by its ID; here if not given");
  out->add_flag("--all", options->all, "all certificates of the batch");
  out->add_flag("--no-evidence", options->without_evidence, "fetch the evidence later, with bundle refresh");
  out->footer("Example:\n  kanhe cert bundle take batch.kanhe 1.2.156.3005.2.… -o bundles\n");
  out->callback([&globals, options] { take(globals, *options); });

  CLI::App* const all = bundle.add_subcommand("list", "列出证照 · which row of a batch became which certificate, as CSV");
  all->add_option("FILE", options->file, "what issue-batch --result wrote")->required();
  all->footer("Example:\n  kanhe cert bundle list batch.kanhe > documents.csv\n");
  all->callback([&globals, options] { list(globals, options->file); });
}

}  // namespace kanhe::cli
