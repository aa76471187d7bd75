// kanhe application upload and files, kanhe cert files: the files behind the digests on the ledger.
#include <CLI/CLI.hpp>
#include <filesystem>

#include "cli/application_commands.h"
#include "cli/file_transfer.h"
#include "cli/local_file.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/reading.h"
#include "cli/text_table.h"

namespace kanhe::cli {

namespace certificate = contracts::certificate;
namespace service = contracts::service;

inline constexpr std::size_t uploaded_max = 1'000;
inline constexpr std::size_t named_files_max = 1'000;

// What `application upload --json` prints.
struct UploadedFiles {
  List<UploadedFile, uploaded_max> files;
};
BOOST_DESCRIBE_STRUCT(UploadedFiles, (), (files))

// A file that an application or a certificate names.
struct NamedFile {
  PlainText<96> name;  // the material's code, or what it is for
  certificate::FileDigest file;
  PlainText<4'096> path;    // where it was written; empty: it was not asked for, or did not come
  PlainText<512> trouble;   // why it did not come
};
BOOST_DESCRIBE_STRUCT(NamedFile, (), (name, file, path, trouble))

// What `application files --json` and `cert files --json` print.
struct NamedFiles {
  List<NamedFile, named_files_max> files;
};
BOOST_DESCRIBE_STRUCT(NamedFiles, (), (files))

namespace {

struct FileOptions {
  std::vector<std::string> paths;
  std::string id;
  std::string consent;
  std::string output;
};

void upload(Globals& globals, const FileOptions& options) {
  // A path that is wrong is said before anything is sent.
  for (const std::string& path : options.paths) or_fail(read_local_file(path, certs::file_bytes_max));
  Client client = signing_client_of(globals);
  UploadedFiles uploaded;
  TextTable table({Align::left, Align::right, Align::left});
  std::optional<Progress> progress;
  progress.emplace(globals, sentence(globals, "上传", "uploading"), options.paths.size());
  for (const std::string& path : options.paths) {
    if (uploaded.files.full()) {
      throw CommandError{ExitCode::usage, "FILES: more than " + std::to_string(uploaded_max),
                         "FILES：一次最多 " + std::to_string(uploaded_max) + " 个文件"};
    }
    uploaded.files.push_back(or_fail(upload_file(client, path)));
    const UploadedFile& one = uploaded.files.back();
    table.add({one.digest.hex(), grouped(one.bytes), one.path.str()});
    progress->show(uploaded.files.size());
  }
  progress.reset();  // its line is gone before the table stands there
  show_result(globals, uploaded, table.text());
  say(globals, sentence(globals, "尚未收件的，收件时写明这些文件：kanhe application file …",
                        "if nothing is filed yet, name them there: kanhe application file …"));
}

NamedFile named(std::string_view name, certificate::FileDigest file) {
  return {or_fail(PlainText<96>::from(name)), std::move(file), {}, {}};
}

// What an opinion or a consent rests on has no type on the ledger.
NamedFile evidence(const std::string& name, const Hash256& digest) {
  return named(name, {or_fail(certificate::MediaType::from("application/octet-stream")),
                      certificate::DigestAlgorithm::sha256, digest});
}

NamedFiles files_of(const service::Application& application) {
  NamedFiles list;
  for (const service::Material& one : application.materials) list.files.push_back(named(one.code.view(), one.file));
  for (std::size_t i = 0; i < application.consents.size(); ++i) {
    list.files.push_back(evidence("consent-" + std::to_string(i + 1), application.consents[i].evidence));
  }
  for (std::size_t i = 0; i < application.statements.size(); ++i) {
    list.files.push_back(evidence("statement-" + std::to_string(i + 1), application.statements[i].evidence));
  }
  for (const service::Review& review : application.reviews) {
    list.files.push_back(evidence("review-" + review.step.str(), review.evidence));
  }
  return list;
}

// Two materials of one code are told apart by their places.
std::string path_of(const FileOptions& options, const NamedFiles& list, std::size_t index) {
  const NamedFile& one = list.files[index];
  std::size_t same = 0;
  for (std::size_t i = 0; i < index; ++i) same += list.files[i].name == one.name ? 1 : 0;
  return options.output + "/" + one.name.str() + (same == 0 ? "" : "-" + std::to_string(same + 1)) +
         std::string(ending_of(one.file.media_type));
}

// What cannot be had is noted, and the others are fetched all the same.
void fetch(Globals& globals, Client& client, const FileOptions& options, const std::string& matter, NamedFiles& list) {
  std::error_code failed;
  std::filesystem::create_directories(options.output, failed);
  if (failed) throw CommandError{ExitCode::usage, "-o " + options.output + ": " + failed.message()};
  Progress progress(globals, sentence(globals, "下载", "fetching"), list.files.size());
  for (std::size_t i = 0; i < list.files.size(); ++i) {
    NamedFile& one = list.files[i];
    const std::string path = path_of(options, list, i);
    const auto content = download_file(client, one.file, matter);
    const Result<void> written =
        content ? write_new_local_file(path, as_text(*content), FileMode::private_to_owner) : Error(content.error());
    if (written) {
      one.path = or_fail(PlainText<4'096>::from(path));
    } else {
      const auto trouble = PlainText<512>::from(written.error().text.substr(0, PlainText<512>::bytes_max));
      if (trouble) one.trouble = *trouble;
      globals.exit_code = ExitCode::could_not_check;
    }
    progress.show(i + 1);
  }
}

void show_files(Globals& globals, const FileOptions& options, const NamedFiles& list) {
  TextTable table({Align::left, Align::left, Align::left});
  for (const NamedFile& one : list.files) {
    table.add({one.name.str(), one.file.digest.hex(), one.file.media_type.str()});
    if (!one.path.empty()) table.add_line("✓ " + one.path.str());
    if (!one.trouble.empty()) table.add_line("✗ " + one.trouble.str());
  }
  show_result(globals, list, table.empty() ? sentence(globals, "没有文件", "no files") + "\n" : table.text());
  if (!options.output.empty() || list.files.empty()) return;
  say(globals, sentence(globals, "取回文件", "to fetch them") + ": -o DIRECTORY");
}

void application_files(Globals& globals, const FileOptions& options) {
  const auto id = read_word<ApplicationId>("APPLICATION", options.id);
  Client client = signing_client_of(globals);
  const certs::ApplicationAnswer answer = or_fail(client.application(id));
  if (!answer.application) {
    throw CommandError{ExitCode::could_not_check, "there is no application " + id.hex(), "账本上没有申请 " + id.hex()};
  }
  NamedFiles list = files_of(*answer.application);
  if (!options.output.empty()) fetch(globals, client, options, "application=" + id.hex(), list);
  show_files(globals, options, list);
}

void certificate_files(Globals& globals, const FileOptions& options) {
  const auto id = read_word<CertificateId>("ID", options.id);
  Client client = signing_client_of(globals);
  const certs::CertificateAnswer answer = or_fail(client.certificate(id));
  const auto key = certificate::certificate_key_of(id);
  const certs::StateFact* const fact =
      key ? certs::find_fact(answer.facts, certificate::certificates.key_of(*key)) : nullptr;
  const auto issued = fact != nullptr ? record_of<certificate::Certificate>(*fact) : std::nullopt;
  if (!issued) {
    throw CommandError{ExitCode::could_not_check, "there is no certificate " + id.str() + ", or it is of a batch",
                       "账本上没有证照 " + id.str() + "，或它是批量签发的"};
  }
  NamedFiles list;
  for (std::size_t i = 0; i < issued->files.size(); ++i) {
    list.files.push_back(named("file-" + std::to_string(i + 1), issued->files[i]));
  }
  std::string matter = "certificate=" + url_encode(id.view());
  if (!options.consent.empty()) {
    matter += "&consent=" + read_word<contracts::sharing::ConsentId>("--consent", options.consent).hex();
  }
  if (!options.output.empty()) fetch(globals, client, options, matter, list);
  show_files(globals, options, list);
}

}  // namespace

void add_file_commands(CLI::App& noun, Globals& globals) {
  const auto options = std::make_shared<FileOptions>();
  CLI::App* const up = noun.add_subcommand(
      "upload", "上传材料 · put files into the vault of the own department's node, and say their digests");
  up->add_option("FILES", options->paths, "files, at most 16 MiB each")->required();
  up->footer("Example:\n  kanhe application upload contract.pdf identity.pdf\n");
  up->callback([&globals, options] { upload(globals, *options); });
  CLI::App* const files = noun.add_subcommand(
      "files", "查看材料 · the files of an application; -o fetches them from whichever department has them");
  files->add_option("APPLICATION", options->id, "the application's id")->required();
  files->add_option("-o,--output", options->output, "directory to write them into");
  files->footer("Example:\n  kanhe application files 5f0c… -o materials --purpose house-sale-review\n");
  files->callback([&globals, options] { application_files(globals, *options); });
}

void add_certificate_files_command(CLI::App& noun, Globals& globals) {
  const auto options = std::make_shared<FileOptions>();
  CLI::App* const files = noun.add_subcommand(
      "files", "证照附件 · the files that a certificate was issued with; -o fetches them, with a consent where needed");
  files->add_option("ID", options->id, "the certificate's id")->required();
  files->add_option("--consent", options->consent, "the holder's consent, of which a use is recorded");
  files->add_option("-o,--output", options->output, "directory to write them into");
  files->footer("Example:\n  kanhe cert files 1.2.156.… --consent 77a1… --purpose loan-review -o annex\n");
  files->callback([&globals, options] { certificate_files(globals, *options); });
}

}  // namespace kanhe::cli
