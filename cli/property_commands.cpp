// kanhe property: the register of real estate: units, registers, and the import of existing records.
#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "cli/call.h"
#include "cli/import_run.h"
#include "cli/local_file.h"
#include "cli/output.h"
#include "cli/pepper.h"
#include "cli/progress.h"
#include "cli/register_commands.h"
#include "cli/text_table.h"
#include "cli/words.h"
#include "contracts/governance.h"
#include "ledger/codec.h"

namespace kanhe::cli {

// What `property import` answers; the rows themselves stand in the report.
struct ImportSummary {
  PlainText<4096> table;
  std::uint64_t rows = 0;
  std::uint64_t units = 0;
  std::uint64_t recorded = 0;
  std::uint64_t there_already = 0;
  std::uint64_t refused = 0;    // faults of rows, of the table or found by the register
  std::uint64_t held_back = 0;  // because of another row of their unit
  std::uint64_t open = 0;       // not sent, or with an unknown outcome
  bool complete = false;
  PlainText<4096> broken_off;  // why; empty when it was not
  PlainText<4096> report;      // path; empty when nothing was to report
  std::uint64_t duration_ms = 0;
  std::uint64_t rows_per_second = 0;  // recorded ones
};
BOOST_DESCRIBE_STRUCT(ImportSummary, (),
                      (table, rows, units, recorded, there_already, refused, held_back, open, complete, broken_off,
                       report, duration_ms, rows_per_second))

namespace {

using contracts::property::ImportEntryArguments;

struct ImportOptions {
  std::string table;
  std::string mapping;
  std::string pepper;
  std::uint16_t pepper_version = 1;
  std::string report;
  std::size_t window = import_window_default;
  bool dry_run = false;
};

// ---------------------------------------------------------------------------------------------------------------------
// Interruption: the first Ctrl-C ends the sending, the second the program

volatile std::sig_atomic_t interruption = 0;

class InterruptGuard {
 public:
  InterruptGuard() {
    interruption = 0;
    struct sigaction action {};
    action.sa_handler = [](int) { interruption = 1; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(SIGINT, &action, &before_);
  }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  ~InterruptGuard() { ::sigaction(SIGINT, &before_, nullptr); }

 private:
  struct sigaction before_ {};
};

// ---------------------------------------------------------------------------------------------------------------------
// The ledger through a node

// Lifetime: client and key outlive it.
class NodeLink : public ImportLink {
 public:
  NodeLink(Client& client, const SecretKey& key, DepartmentId department)
      : client_(client), key_(key), department_(std::move(department)) {}

  Result<std::vector<std::optional<UnitNumber>>> imported(std::span<const PlannedRow* const> rows) override {
    using contracts::property::imported_rows;
    std::vector<Bytes> keys;
    for (const PlannedRow* row : rows) keys.push_back(imported_rows.key_of({department_, row->arguments.row}));
    const certs::FactsAnswer answer = TRY(client_.facts(keys));
    std::vector<std::optional<UnitNumber>> units;
    for (const certs::StateFact& fact : answer.facts) {
      units.emplace_back();
      if (fact.value) units.back() = TRY(decode<contracts::property::ImportedRow>(fact.value->view())).unit;
    }
    return units;
  }
  Result<TransactionBody> sign(const PlannedRow& row) override {
    Call call = TRY(make_call("property", "import_entry"));
    CHECK(&call.method->arguments() == &schema_of<ImportEntryArguments>());
    *static_cast<ImportEntryArguments*>(call.arguments.get()) = row.arguments;
    return sign_call(client_.genesis(), key_, call, wall_now(), valid_for_default);
  }
  Result<certs::TransactionAnswer> submit(const TransactionBody& body) override { return client_.submit(body, 0); }
  Result<certs::TransactionAnswer> wait_for(const TransactionId& id, unsigned wait_ms) override {
    return client_.transaction(id, wait_ms);
  }
  void pause(unsigned ms) override {
    for (unsigned slept = 0; slept < ms && interruption == 0; slept += pause_ms_min) {
      std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms_min));
    }
  }
  bool interrupted() const override { return interruption != 0; }

 private:
  Client& client_;
  const SecretKey& key_;
  const DepartmentId department_;  // that imports: row keys are its own
};

// Whose officer or machine the key is, as the state says.
DepartmentId department_of_key(Client& client, const PublicKey& key) {
  using contracts::governance::officers;
  const certs::FactsAnswer answer = or_fail(client.facts({officers.key_of(key)}));
  const auto& value = answer.facts.front().value;
  if (!value) {
    throw CommandError{ExitCode::not_authorised,
                       "the key " + key.hex() + " is no officer's; the administrator enrols it",
                       "公钥 " + key.hex() + " 没有登记给工作人员，请管理员登记",
                       "kanhe officer enrol " + key.hex() + " --roles importer …"};
  }
  return or_fail(decode<contracts::governance::Officer>(value->view())).department;
}

// ---------------------------------------------------------------------------------------------------------------------
// Import

PartyOf party_of(const ImportOptions& options) {
  const certs::Pepper pepper = or_fail(read_pepper(options.pepper, options.pepper_version));
  return [pepper](std::string_view kind, std::string_view number) -> Result<PartyId> {
    const certs::IdentityKind read = TRY(read_identity_kind(kind));
    return party_id_of(pepper, TRY(certs::make_identity(read, number)));
  };
}

template <class Text>
Text text_or_empty(std::string_view text) {
  auto made = Text::from(text.substr(0, Text::bytes_max));
  return made.has_value() ? *made : Text();
}

std::string summary_text(const Globals& globals, const ImportSummary& summary) {
  TextTable table({Align::left, Align::right});
  const auto line = [&](std::string_view zh, std::string_view en, std::uint64_t number) {
    table.add({sentence(globals, zh, en) + ":", grouped(number)});
  };
  line("行", "rows", summary.rows);
  line("不动产单元", "units", summary.units);
  line("新登记", "recorded", summary.recorded);
  line("已在账本上", "there already", summary.there_already);
  if (summary.refused > 0) line("有问题的行", "faults", summary.refused);
  if (summary.held_back > 0) line("因同一单元的其他行而暂缓", "held back with their unit", summary.held_back);
  if (summary.open > 0) line("未完成", "not done", summary.open);
  std::string text = sentence(globals, "导入", "import of") + " " + summary.table.str() + "\n" + table.text() + "  " +
                     duration_text(globals, summary.duration_ms) + ", " +
                     sentence(globals, "每秒 " + grouped(summary.rows_per_second) + " 行",
                              grouped(summary.rows_per_second) + " rows/s") +
                     "\n";
  if (!summary.report.empty()) text += "  " + sentence(globals, "报告", "report") + ": " + summary.report.str() + "\n";
  if (!summary.broken_off.empty()) {
    text += sentence(globals, "中断", "broken off") + ": " + summary.broken_off.str() + "\n";
  }
  if (summary.open > 0) {
    text += sentence(globals, "可重复执行同一命令，已登记的行不会重复",
                     "run the same command again: what is recorded is not recorded twice") +
            "\n";
  }
  return text;
}

ImportSummary summary_of(const ImportOptions& options, const CsvTable& table, const ImportPlan& plan,
                         const ImportResult& result, const std::vector<RowFault>& faults, std::uint64_t duration_ms) {
  ImportSummary summary;
  summary.table = text_or_empty<decltype(summary.table)>(options.table);
  summary.rows = table.rows.size();
  summary.units = plan.units.size();
  summary.recorded = result.recorded;
  summary.there_already = result.there_already;
  summary.held_back = static_cast<std::uint64_t>(std::ranges::count(faults, "held_back", &RowFault::code));
  summary.refused = faults.size() - summary.held_back;
  summary.open = result.open.size();
  summary.complete = faults.empty() && result.open.empty();
  if (result.broken_off) summary.broken_off = text_or_empty<decltype(summary.broken_off)>(result.broken_off->text);
  summary.duration_ms = duration_ms;
  if (duration_ms > 0) summary.rows_per_second = result.recorded * 1'000 / duration_ms;
  return summary;
}

ExitCode import_exit_code(const ImportSummary& summary, const ImportResult& result) {
  if (result.interrupted) return ExitCode::interrupted;
  if (result.broken_off) return exit_code_of(result.broken_off->code);
  if (summary.refused > 0) return ExitCode::refused;
  return summary.open > 0 ? ExitCode::could_not_check : ExitCode::good;
}

struct Source {
  CsvTable table;
  ImportPlan plan;
};

Source read_source(const ImportOptions& options) {
  const std::string toml = or_fail(read_local_file(options.mapping, import_mapping_bytes_max));
  const ImportMapping mapping = or_fail(read_import_mapping(toml, options.mapping));
  auto table = read_csv(or_fail(read_local_file(options.table, csv_bytes_max)));
  if (!table.has_value()) fail(std::move(table).error().in(options.table));
  ImportPlan plan = or_fail(plan_import(mapping, *table, party_of(options)));
  return {std::move(table).value(), std::move(plan)};
}

ImportResult send_plan(const Globals& globals, const ImportPlan& plan, std::size_t window) {
  Client client = departmental_client_of(globals);
  const SecretKey key = secret_key_of(globals, client.genesis());
  const DepartmentId department = department_of_key(client, public_key_of(client.genesis().suite.signature, key));
  NodeLink link(client, key, department);
  const InterruptGuard guard;
  Progress progress(globals, sentence(globals, "导入", "importing"), plan.rows_planned);
  return ImportRun(plan, link, window, [&](std::uint64_t done) { progress.show(done); }).run();
}

// A report of an earlier run does not outlive its faults. It quotes the table, so identity numbers may stand in it.
void write_report(const ImportOptions& options, const std::vector<RowFault>& faults, ImportSummary& summary) {
  const std::string path = options.report.empty() ? options.table + ".report.csv" : options.report;
  std::error_code error;
  if (faults.empty() && !std::filesystem::exists(path, error)) return;
  or_fail(replace_local_file(path, report_of(faults), FileMode::private_to_owner));
  if (!faults.empty()) summary.report = text_or_empty<decltype(summary.report)>(path);
}

void import(Globals& globals, const ImportOptions& options) {
  const Source source = read_source(options);
  const auto began = std::chrono::steady_clock::now();
  ImportResult result;
  if (!options.dry_run) result = send_plan(globals, source.plan, options.window);
  const auto duration = std::chrono::steady_clock::now() - began;
  std::vector<RowFault> faults = source.plan.faults;
  faults.insert(faults.end(), result.faults.begin(), result.faults.end());
  std::ranges::stable_sort(faults, {}, &RowFault::line);

  ImportSummary summary =
      summary_of(options, source.table, source.plan, result, faults,
                 static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()));
  if (options.dry_run) {
    summary.open = source.plan.rows_planned;
    summary.complete = false;
  }
  write_report(options, faults, summary);
  show_result(globals, summary, summary_text(globals, summary));
  if (options.dry_run) {
    say(globals, sentence(globals, "试运行：未签名，未发送", "dry run: nothing was signed or sent"));
    globals.exit_code = faults.empty() ? ExitCode::good : ExitCode::malformed_input;
    return;
  }
  globals.exit_code = import_exit_code(summary, result);
}

// ---------------------------------------------------------------------------------------------------------------------
// Show

void add_holders(const Globals& globals, const contracts::property::Holders& holders, NamedValues& values) {
  std::string name = sentence(globals, "权利人", "holders");
  if (holders.size() > 1) {
    name += " (" + (holders.front().share ? sentence(globals, "按份共有", "by shares")
                                          : sentence(globals, "共同共有", "jointly")) +
            ")";
  }
  for (std::size_t i = 0; i < holders.size(); ++i) {
    const auto& holder = holders[i];
    const std::string share =
        holder.share ? "  " + to_string(holder.share->numerator) + "/" + to_string(holder.share->denominator) : "";
    values.add(i == 0 ? name : "", holder.party.hex() + share);
  }
}

// What a limit says beyond its kind, in the words of the register.
struct LimitText {
  const Globals& globals;

  std::string operator()(const contracts::property::Mortgage& one) const {
    std::string text =
        money_text(globals, one.amount) + ", " + sentence(globals, "顺位", "rank") + " " + to_string(*one.rank);
    if (one.kind == contracts::property::MortgageKind::maximum_amount) {
      text += ", " + sentence(globals, "最高额", "maximum amount");
      if (one.is_fixed) text += " (" + sentence(globals, "已确定", "fixed") + ")";
    }
    if (one.bans_transfer) text += ", ! " + sentence(globals, "约定禁止或限制转让", "bans transfer");
    return text;
  }
  std::string operator()(const contracts::property::Seizure& one) const {
    const std::string text = "! " + one.authority.str() + ", ";
    if (!one.until_ms) return text + sentence(globals, "轮候", "queues");
    return text + sentence(globals, "至", "until") + " " + time_text(*one.until_ms);
  }
  std::string operator()(const contracts::property::AdvanceNotice& one) const {
    return value_label(globals, one.kind) +
           (one.possible_ms ? ", " + sentence(globals, "可办理本登记自", "can be carried out since") + " " +
                                  time_text(*one.possible_ms)
                            : std::string());
  }
  std::string operator()(const contracts::property::Objection& one) const {
    return one.sued_ms ? sentence(globals, "已起诉", "sued") : sentence(globals, "未起诉", "not sued");
  }
  std::string operator()(const contracts::property::Residence& one) const {
    return one.until_ms ? sentence(globals, "至", "until") + " " + time_text(*one.until_ms)
                        : sentence(globals, "终身", "for life");
  }
  std::string operator()(const contracts::property::Easement& one) const {
    return sentence(globals, "需役地", "for the unit") + " " + one.dominant.str();
  }
  std::string operator()(const contracts::property::Note& one) const {
    return "! " + value_label(globals, one.kind);
  }
  std::string operator()(const contracts::property::Guardianship& one) const {
    return "! " + sentence(globals, "监护人", "guardian") + " " + one.guardian.hex() +
           (one.until_ms ? ", " + sentence(globals, "至", "until") + " " + time_text(*one.until_ms) : std::string());
  }
};

std::string limits_text(const Globals& globals, const certs::UnitAnswer& answer) {
  namespace property = contracts::property;
  if (answer.limits.empty()) {
    return "  " + sentence(globals, "没有抵押、查封等限制", "no mortgage, seizure or other limit") + "\n";
  }
  TextTable table({Align::right, Align::left, Align::left}, 4);
  for (const certs::UnitLimit& one : answer.limits) {
    const auto kind = property::name_of(property::kind_of(one.limit.burden));
    table.add({to_string(one.number), sentence(globals, kind.zh, kind.en),
               std::visit(LimitText{globals}, one.limit.burden)});
    if (const auto party = property::party_of(one.limit.burden)) table.add({"", "", party->hex()});
    table.add({"", "",
               sentence(globals, "登簿", "recorded") + " " + time_text(one.limit.recorded_ms) +
                   (one.limit.document.view().empty() ? "" : ", " + one.limit.document.str())});
  }
  return "  " + sentence(globals, "限制", "limits") + ":\n" + table.text();
}

// What the register says of the unit itself.
std::string facts_text(const Globals& globals, const contracts::property::Unit& unit) {
  const bool is_open = unit.state == contracts::property::UnitState::open;
  NamedValues values;
  values.add(sentence(globals, "权利", "right"),
             value_label(globals, unit.right) + ", " + value_label(globals, unit.usage));
  if (!is_open) values.add("! " + sentence(globals, "已关闭", "closed"), value_label(globals, unit.state));
  add_holders(globals, unit.holders, values);
  for (const UnitNumber& other : unit.kin) {
    values.add(is_open ? sentence(globals, "来自", "formed from") : sentence(globals, "现为", "now"), other.str());
  }
  if (unit.until_ms) values.add(sentence(globals, "权利期限至", "term until"), time_text(*unit.until_ms));
  if (unit.survey) values.add(sentence(globals, "测绘成果", "survey"), unit.survey->hex());
  values.add(sentence(globals, "登记", "entry"), value_label(globals, unit.entry));
  values.add(sentence(globals, "生效", "effective"), time_text(unit.effective_ms));
  values.add(sentence(globals, "登簿", "recorded"), time_text(unit.recorded_ms));
  if (unit.application) values.add(sentence(globals, "申请", "application"), unit.application->hex());
  if (unit.title) values.add(sentence(globals, "权属证书", "title certificate"), unit.title->str());
  return values.text();
}

std::string unit_text(const Globals& globals, const certs::UnitAnswer& answer,
                      const std::optional<contracts::property::Hold>& hold) {
  std::string text = sentence(globals, "不动产单元", "unit") + " " + answer.number.str() + "\n";
  if (answer.unit) {
    text += facts_text(globals, *answer.unit) + "  " +
            (hold ? "! " + sentence(globals, "正在办理的申请", "held by the application") + ": " + hold->application.hex()
                  : sentence(globals, "没有正在办理的申请", "no application is under way")) +
            "\n" + limits_text(globals, answer);
  } else {
    text += "  " + sentence(globals, "登记簿中没有", "is not in the register") + "\n";
  }
  return text + "  " + proved_text(globals, answer.head.newest.header) + "\n";
}

void show_unit(const Globals& globals, const std::string& number) {
  const UnitNumber unit = or_fail(UnitNumber::from(number));
  if (const auto breach = contracts::check_unit_number(number)) {
    warn(globals, sentence(globals, "不动产单元号不合规则", "this breaks a rule of unit numbers") + ": " +
                      std::string(enum_name(breach->code)));
  }
  Client client = departmental_client_of(globals);
  const certs::UnitAnswer answer = or_fail(client.unit(unit));
  warn_if_old(globals, client.genesis(), answer.head.newest.header);
  using contracts::property::holds;
  const certs::StateFact* const fact = find_fact(answer.facts, holds.key_of(unit));
  if (fact == nullptr) {
    fail(kanhe::fail(ErrorCode::bad_proof, "the node did not prove whether an application holds the unit"));
  }
  std::optional<contracts::property::Hold> hold;
  if (fact->value) hold = or_fail(decode<contracts::property::Hold>(fact->value->view()));
  show_result(globals, answer, unit_text(globals, answer, hold));
  say(globals, next_text(globals, "kanhe trace show unit:" + number));
}

void add_import(CLI::App& noun, Globals& globals) {
  const auto options = std::make_shared<ImportOptions>();
  CLI::App* const command =
      noun.add_subcommand("import", "导入存量登记 · enter a registry's existing records from a CSV table");
  command->add_option("TABLE", options->table, "CSV file (RFC 4180, UTF-8)")->required();
  command->add_option("--mapping", options->mapping, "TOML file that says how rows become entries")->required();
  command->add_option("--pepper", options->pepper, "file with the departments' pepper in hexadecimal, mode 0600")
      ->required();
  command->add_option("--pepper-version", options->pepper_version, "which pepper it is")->capture_default_str();
  command->add_option("--report", options->report, "CSV file for the rows with faults; TABLE.report.csv if not given");
  command->add_option("--window", options->window, "how many rows are in flight at once")
      ->check(CLI::Range(std::size_t{1}, import_window_max))
      ->capture_default_str();
  command->add_flag("--dry-run,-n", options->dry_run, "read and check the table, send nothing");
  command->footer(
      "Examples:\n  kanhe property import sales.csv --mapping sales.toml --pepper pepper.key -n\n"
      "  kanhe property import sales.csv --mapping sales.toml --pepper pepper.key\n");
  command->callback([&globals, options] { import(globals, *options); });
}

}  // namespace

void add_property_commands(CLI::App& app, Globals& globals) {
  CLI::App* const noun = app.add_subcommand("property", "不动产 · units of real estate and their register");
  noun->require_subcommand(1);
  noun->footer(
      "Examples:\n  kanhe property show 440304003008GB00012F00220045\n"
      "  kanhe property found-register 440304\n"
      "  kanhe property import sales.csv --mapping sales.toml --pepper pepper.key\n");

  const auto number = std::make_shared<std::string>();
  CLI::App* const show =
      noun->add_subcommand("show", "查看 · who holds the right in a unit, and what stands in the way; proved");
  show->add_option("UNIT", *number, "unit number, 28 characters")->required();
  show->footer("Example:\n  kanhe property show 440304003008GB00012F00220045\n");
  show->callback([&globals, number] { show_unit(globals, *number); });

  add_import(*noun, globals);
  add_method_command(
      *noun, globals,
      {.name = "found-register", .module = "property", .method = "found_register", .positionals = {"region"}});
  add_register_commands(*noun, globals);
  add_method_command(*noun, globals, {.name = "enter", .module = "property", .method = "enter"});
  add_method_command(*noun, globals, {.name = "import-entry", .module = "property", .method = "import_entry"});
}

}  // namespace kanhe::cli
