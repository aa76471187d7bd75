// kanhe trace: the complete history of a unit, a certificate, an application, a party or a department.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <map>
#include <set>

#include "cli/client.h"
#include "cli/event_words.h"
#include "cli/import_mapping.h"
#include "cli/local_file.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/text_table.h"
#include "cli/trace_file.h"
#include "ledger/codec.h"

namespace kanhe::cli {

// What `trace verify` answers for one file.
struct TraceVerified {
  PlainText<4096> file;
  bool complete = false;
  PlainText<4096> reason;  // why not; empty when it is
  std::optional<Subject> subject;
  std::uint64_t events = 0;
  Height as_of_height;
  Timestamp as_of_ms;
};
BOOST_DESCRIBE_STRUCT(TraceVerified, (), (file, complete, reason, subject, events, as_of_height, as_of_ms))

struct TracesVerified {
  std::uint64_t complete = 0;
  std::uint64_t failed = 0;
  List<TraceVerified, 1'000'000> files;
};
BOOST_DESCRIBE_STRUCT(TracesVerified, (), (complete, failed, files))

namespace {

constexpr std::string_view file_ending = ".json";

struct TraceOptions {
  std::string subject;
  std::vector<std::string> paths;
  std::string output;
  std::string table;
  std::string mapping;
};

template <class Text>
Text shortened(std::string_view text) {
  auto made = Text::from(text.substr(0, Text::bytes_max));
  return made.has_value() ? *made : Text();
}

// ---------------------------------------------------------------------------------------------------------------------
// Fetching

// Page by page until the count of the newest record is reached. Events that come meanwhile only make it longer, and the
// last page's record counts them.
Result<TraceFile> fetch_events(Client& client, const Subject& subject) {
  TraceFile file;
  file.chain_id = client.trust().chain_id();
  file.subject = subject;
  while (true) {
    certs::TraceAnswer page = TRY(client.trace(subject, file.events.size(), certs::trace_events_max));
    std::uint64_t count = 0;
    if (page.trace.value) count = TRY(decode<contracts::Trace>(page.trace.value->view())).event_count.value();
    if (count > trace_file_events_max) {
      return kanhe::fail(ErrorCode::out_of_range, "the history has ", count, " events, a file holds at most ",
                         trace_file_events_max);
    }
    const bool goes_on = !page.events.empty() && file.events.size() + page.events.size() < count;
    for (certs::TracedEvent& event : page.events) file.events.push_back(std::move(event));
    file.head = std::move(page.head);
    file.trace = std::move(page.trace);
    if (!goes_on) return file;
  }
}

// The headers prove when each event happened. `known` keeps those of earlier traces.
Result<TraceFile> fetch_trace(Client& client, const Subject& subject, std::map<Height, certs::SealedHeader>& known) {
  TraceFile file = TRY(fetch_events(client, subject));
  for (const certs::TracedEvent& event : file.events) {
    const Height height = event.position.height;
    if (!file.blocks.empty() && file.blocks.back().header.height == height) continue;
    auto block = known.find(height);
    if (block == known.end()) {
      certs::BlockAnswer answer = TRY(client.block(height));
      block = known.emplace(height, std::move(answer.sealed)).first;
    }
    file.blocks.push_back(block->second);
  }
  TRY(check_trace_file(file, client.trust()));
  return file;
}

std::string events_text(const Globals& globals, std::uint64_t count) {
  return sentence(globals, grouped(count) + " 条记录", grouped(count) + " events");
}

std::string file_name_of(const Subject& subject) {
  std::string name = subject_text(subject);
  std::ranges::replace(name, ':', '-');
  std::ranges::replace(name, '/', '_');
  return name + std::string(file_ending);
}

void fetch_one(const Globals& globals, const TraceOptions& options) {
  const Subject subject = or_fail(read_subject(options.subject));
  Client client = departmental_client_of(globals);
  std::map<Height, certs::SealedHeader> known;
  const TraceFile file = or_fail(fetch_trace(client, subject, known));
  or_fail(replace_local_file(options.output, write_trace_file(file), FileMode::shared));
  say(globals, sentence(globals, "已取回并核验", "fetched and proved") + ": " +
                   events_text(globals, file.events.size()) + ", " +
                   proved_text(globals, file.head.newest.header.height));
  say(globals, next_text(globals, "kanhe trace show " + options.output));
}

// The units that an import's table and mapping name.
std::vector<Subject> units_of_table(const TraceOptions& options) {
  const CsvTable table = or_fail(read_csv(or_fail(read_local_file(options.table, csv_bytes_max))));
  const std::string toml = or_fail(read_local_file(options.mapping, import_mapping_bytes_max));
  const ImportMapping mapping = or_fail(read_import_mapping(toml, options.mapping));
  // Who holds the units is not asked here, so no pepper is needed.
  const PartyOf nobody = [](std::string_view, std::string_view) { return Result<PartyId>(PartyId()); };
  std::vector<Subject> units;
  for (const PlannedUnit& unit : or_fail(plan_import(mapping, table, nobody)).units) {
    units.push_back(UnitSubject{unit.number});
  }
  return units;
}

void fetch_units(const Globals& globals, const TraceOptions& options) {
  const std::vector<Subject> units = units_of_table(options);
  std::filesystem::create_directories(options.output);
  Client client = departmental_client_of(globals);
  std::map<Height, certs::SealedHeader> known;
  std::uint64_t events = 0;
  Progress progress(globals, sentence(globals, "取回追溯链", "fetching histories"), units.size());
  for (std::size_t i = 0; i < units.size(); ++i) {
    const TraceFile file = or_fail(fetch_trace(client, units[i], known));
    const auto path = std::filesystem::path(options.output) / file_name_of(units[i]);
    or_fail(replace_local_file(path.string(), write_trace_file(file), FileMode::shared, Durability::later));
    events += file.events.size();
    progress.show(i + 1);
  }
  say(globals, sentence(globals, grouped(units.size()) + " 条追溯链", grouped(units.size()) + " histories") + ", " +
                   events_text(globals, events) + ": " + options.output);
  say(globals, next_text(globals, "kanhe trace verify " + options.output));
}

void fetch(const Globals& globals, const TraceOptions& options) {
  const bool of_table = !options.table.empty() || !options.mapping.empty();
  if (of_table == !options.subject.empty() || options.table.empty() != options.mapping.empty()) {
    throw CommandError{ExitCode::usage, "give a SUBJECT, or --units-of TABLE together with --mapping FILE",
                       "请写明对象 SUBJECT，或 --units-of 表格 与 --mapping 文件"};
  }
  if (of_table) {
    fetch_units(globals, options);
  } else {
    fetch_one(globals, options);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Verifying

TraceVerified verify_one(const std::string& path, const certs::Trust& trust) {
  TraceVerified verified;
  verified.file = shortened<decltype(verified.file)>(path);
  const auto checked = [&]() -> Result<void> {
    const std::string json = TRY(read_local_file(path, trace_file_bytes_max));
    const TraceFile file = TRY(read_trace_file(json));
    verified.subject = file.subject;
    verified.events = file.events.size();
    TRY(check_trace_file(file, trust));
    verified.as_of_height = file.head.newest.header.height;
    verified.as_of_ms = file.head.newest.header.timestamp_ms;
    return {};
  }();
  verified.complete = checked.has_value();
  if (!checked.has_value()) {
    verified.reason = shortened<decltype(verified.reason)>(checked.error().text);
  }
  return verified;
}

std::string verified_text(const Globals& globals, const TraceVerified& verified) {
  if (!verified.complete) {
    return "✗ " + verified.file.str() + ": " + sentence(globals, "不完整或被改动", "not the complete history") + ": " +
           verified.reason.str() + "\n";
  }
  return "✓ " + subject_text(*verified.subject) + ": " + sentence(globals, "完整", "complete") + ", " +
         events_text(globals, verified.events) + ", " + sentence(globals, "截至", "as of") + " " +
         time_text(verified.as_of_ms) + ", " + sentence(globals, "高度", "block") + " " +
         to_string(verified.as_of_height) + "\n";
}

void verify_files(Globals& globals, const TraceOptions& options) {
  const certs::Trust trust = trust_of(globals);
  std::vector<std::string> files;
  for (const std::string& path : options.paths) {
    for (std::string& file : or_fail(files_below(path, file_ending))) files.push_back(std::move(file));
  }
  TracesVerified answer;
  std::string text;
  {
    Progress progress(globals, sentence(globals, "核验追溯链", "verifying histories"), files.size());
    for (const std::string& path : files) {
      TraceVerified verified = verify_one(path, trust);
      ++(verified.complete ? answer.complete : answer.failed);
      if (!verified.complete || files.size() == 1) text += verified_text(globals, verified);
      answer.files.push_back(std::move(verified));
      progress.show(answer.files.size());
    }
  }
  if (files.size() > 1) {
    text += grouped(answer.complete) + " " + sentence(globals, "完整", "complete") + ", " + grouped(answer.failed) +
            " " + sentence(globals, "有问题", "not") + "\n";
  }
  show_result(globals, answer, text);
  if (answer.failed > 0) globals.exit_code = ExitCode::not_authentic;
}

// ---------------------------------------------------------------------------------------------------------------------
// Showing

std::string timeline(const Globals& globals, const TraceFile& file) {
  TextTable table({Align::right, Align::left, Align::left, Align::left, Align::left}, 0);
  for (std::size_t i = 0; i < file.events.size(); ++i) {
    const certs::TracedEvent& event = file.events[i];
    table.add({std::to_string(i + 1) + ".", time_text(event.time_ms),
               sentence(globals, "高度", "block") + " " + to_string(event.position.height),
               event_phrase(globals, event.event.name.view()), "[" + event.event.name.str() + "]"});
    table.add_lines(event_text(globals, event.event));
  }
  return subject_text(file.subject) + "\n" +
         (table.empty() ? sentence(globals, "没有任何事件", "nothing has happened to it") + "\n" : table.text());
}

void show(const Globals& globals, const TraceOptions& options) {
  std::error_code error;
  if (std::filesystem::exists(options.subject, error)) {
    const TraceFile file = or_fail(read_trace_file(or_fail(read_local_file(options.subject, trace_file_bytes_max))));
    show_result(globals, file, timeline(globals, file));
    say(globals, sentence(globals, "以上内容未经核验", "this is what the file says; it was not verified") +
                     ": kanhe trace verify " + options.subject + " --genesis genesis.json");
    return;
  }
  const Subject subject = or_fail(read_subject(options.subject));
  Client client = departmental_client_of(globals);
  std::map<Height, certs::SealedHeader> known;
  const TraceFile file = or_fail(fetch_trace(client, subject, known));
  show_result(globals, file, timeline(globals, file));
  const std::string height = to_string(file.head.newest.header.height);
  say(globals, sentence(globals, "完整，已核验，截至高度 " + height, "complete and proved, as of block " + height));
}

}  // namespace

void add_trace_commands(CLI::App& app, Globals& globals) {
  CLI::App* const noun = app.add_subcommand("trace", "追溯 · who did what when: complete histories, provably");
  noun->require_subcommand(1);
  noun->footer(
      "Examples:\n  kanhe trace show unit:440304003008GB00012F00220045\n"
      "  kanhe trace fetch unit:440304003008GB00012F00220045 -o history.json\n"
      "  kanhe trace verify history.json --genesis genesis.json\n");
  const auto options = std::make_shared<TraceOptions>();
  const std::string subject_help = "KIND:ID; KIND is unit, certificate, application, party or department";

  CLI::App* const fetching = noun->add_subcommand("fetch", "取回 · a complete history as one file that proves itself");
  fetching->add_option("SUBJECT", options->subject, subject_help);
  fetching->add_option("-o,--output", options->output, "file to write; with --units-of, a directory")->required();
  fetching->add_option("--units-of", options->table, "all units of an imported CSV table");
  fetching->add_option("--mapping", options->mapping, "mapping that the table was imported with");
  fetching->footer(
      "Examples:\n  kanhe trace fetch unit:440304003008GB00012F00220045 -o history.json\n"
      "  kanhe trace fetch --units-of sales.csv --mapping sales.toml -o histories\n");
  fetching->callback([&globals, options] { fetch(globals, *options); });

  CLI::App* const verifying =
      noun->add_subcommand("verify", "核验 · that nothing is left out, doubled, swapped or altered; needs no network");
  verifying->add_option("FILE", options->paths, "trace files, or directories of such")->required();
  verifying->footer("Example:\n  kanhe trace verify history.json --genesis genesis.json\n");
  verifying->callback([&globals, options] { verify_files(globals, *options); });

  CLI::App* const showing = noun->add_subcommand("show", "查看 · a history as a timeline");
  showing->add_option("SUBJECT", options->subject, "a trace file, which is not verified; or " + subject_help)
      ->required();
  showing->footer("Example:\n  kanhe trace show unit:440304003008GB00012F00220045\n");
  showing->callback([&globals, options] { show(globals, *options); });
}

}  // namespace kanhe::cli
