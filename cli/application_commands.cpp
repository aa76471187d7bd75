// kanhe application: a case from filing to the issued certificate, and where it stands.
#include "cli/application_commands.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <thread>

#include "cli/call.h"
#include "cli/case_timeline.h"
#include "cli/output.h"
#include "cli/text_table.h"
#include "cli/values.h"
#include "cli/words.h"
#include "contracts/service_case.h"

namespace kanhe::cli {

namespace service = contracts::service;
namespace treasury = contracts::treasury;

std::optional<service::Service> service_of(const certs::ApplicationAnswer& answer) {
  const certs::StateFact* const fact =
      certs::find_fact(answer.facts, service::services.key_of(answer.application->service));
  if (fact == nullptr || !fact->value) return std::nullopt;
  return or_fail(decode<service::Service>(fact->value->view()));
}

namespace {

constexpr unsigned watch_pause_ms = 2'000;

constexpr std::string_view nothing_sold = "0.00";

// What people file most, each for one service that is shipped.
const MethodCommand filing_commands[] = {
    {.name = "sell", .module = "service", .method = "file", .positionals = {"unit"},
     .shorthands = {{"unit", "acts.1.unit"}, {"sellers", "acts.1.from"}, {"buyers", "acts.1.holders"}},
     .presets = {{"service", "house-sale"}, {"acts.1.type", "transfer"}, {"acts.1.cause", "sale"}},
     .zh = "买卖", .en = "file the sale of a unit",
     .example = "440304003008GB00012F00220045 --sellers SELLER --buyers.1.party BUYER --price 3000000.00 \\\n"
                "      --applicants SELLER --applicants BUYER --arguments materials.json"},
    {.name = "inherit", .module = "service", .method = "file", .positionals = {"unit"},
     .shorthands = {{"unit", "acts.1.unit"}, {"deceased", "acts.1.from"}, {"heirs", "acts.1.holders"}},
     .presets = {{"service", "inheritance"}, {"acts.1.type", "transfer"}, {"acts.1.cause", "inheritance"},
                 {"price", std::string(nothing_sold)}},
     .zh = "继承", .en = "file an inheritance",
     .example = "440304003008GB00012F00220045 --deceased OWNER --heirs.1.party HEIR --applicants HEIR \\\n"
                "      --arguments materials.json"},
    {.name = "mortgage", .module = "service", .method = "file", .positionals = {"unit"},
     .shorthands = {{"unit", "acts.1.unit"}, {"document", "acts.1.document"}, {"mortgagee", "acts.1.burden.mortgagee"},
                    {"amount", "acts.1.burden.amount"}, {"kind", "acts.1.burden.kind"},
                    {"until_ms", "acts.1.burden.until_ms"}, {"bans_transfer", "acts.1.burden.bans_transfer"}},
     .presets = {{"service", "mortgage"}, {"acts.1.type", "enter_limit"}, {"acts.1.burden.type", "mortgage"},
                 {"acts.1.burden.kind", "general"}, {"acts.1.document", ""}, {"price", std::string(nothing_sold)}},
     .zh = "抵押", .en = "file a mortgage",
     .example = "440304003008GB00012F00220045 --mortgagee BANK --amount 1500000.00 --bans_transfer false \\\n"
                "      --applicants OWNER --applicants BANK --arguments materials.json"},
    {.name = "release", .module = "service", .method = "file", .positionals = {"unit", "number"},
     .shorthands = {{"unit", "acts.1.unit"}, {"number", "acts.1.number"}, {"document", "acts.1.document"}},
     .presets = {{"service", "mortgage-release"}, {"acts.1.type", "end_limit"}, {"acts.1.reason", "released"},
                 {"acts.1.document", ""}, {"price", std::string(nothing_sold)}},
     .zh = "注销抵押", .en = "file the release of a mortgage",
     .example = "440304003008GB00012F00220045 1 --applicants BANK --arguments materials.json"},
    {.name = "first-registration", .module = "service", .method = "file", .positionals = {"unit"},
     .shorthands = {{"unit", "acts.1.unit"}, {"usage", "acts.1.usage"}, {"right", "acts.1.right"},
                    {"holders", "acts.1.holders"}, {"until_ms", "acts.1.until_ms"}, {"survey", "acts.1.survey"}},
     .presets = {{"service", "new-building"}, {"acts.1.type", "register_unit"}, {"price", std::string(nothing_sold)}},
     .zh = "首次登记", .en = "file the first registration of a new building",
     .example = "440304003008GB00012F00220045 --usage residential --right state_land_use_and_house \\\n"
                "      --holders.1.party OWNER --applicants OWNER --arguments materials.json"},
};

// Who approves gives no reason and names no rule; and what is assessed has a command of its own, which computes it.
bool ask_for_review(Interview& interview, std::string_view field) {
  if (field == "assessments") return !is_begun(interview.options(), field);
  const auto verdict = std::ranges::find(interview.options(), "verdict", &FieldOption::path);
  const bool approves = verdict != interview.options().end() && verdict->value == "approve";
  if (!approves || (field != "reason" && field != "rules")) return false;
  if (field == "reason") CHECK(interview.take({{"reason", "0"}}, {}));
  return true;
}

const MethodCommand method_commands[] = {
    {.name = "define-service", .module = "service", .method = "define", .positionals = {"code"}},
    {.name = "file", .module = "service", .method = "file"},
    {.name = "accept", .module = "service", .method = "accept", .positionals = {"application"}},
    {.name = "review", .module = "service", .method = "review", .positionals = {"application", "step"},
     .own_questions = ask_for_review},
    {.name = "notify", .module = "service", .method = "notify", .positionals = {"application"}},
    {.name = "stop-clock", .module = "service", .method = "stop_clock", .positionals = {"application", "reason"}},
    {.name = "resume-clock", .module = "service", .method = "resume_clock", .positionals = {"application"}},
    {.name = "supplement", .module = "service", .method = "supplement", .positionals = {"application"}},
    {.name = "withdraw", .module = "service", .method = "withdraw", .positionals = {"application"}},
    {.name = "register", .module = "service", .method = "register", .positionals = {"application"}},
};

bool is_reviewed(const service::Application& application, const service::StepCode& step) {
  return std::ranges::any_of(application.reviews, [&](const service::Review& review) { return review.step == step; });
}

std::string codes_text(const service::MaterialCodes& codes) {
  std::string text;
  for (const service::MaterialCode& code : codes) text += (text.empty() ? "" : ", ") + code.str();
  return text;
}

// What was said to be missing, or that it waits to be accepted; and what comes of waiting.
std::string filed_text(const Globals& globals, const std::string& id, const service::Application& application) {
  const auto& notice = application.notice;
  const std::string until = application.due ? time_text(application.due->due) : "";
  if (notice && !notice->supplemented_ms) {
    return sentence(globals, "已一次性告知补正", "was told once what is missing") + ": " + codes_text(notice->missing) +
           (notice->words.empty() ? "" : " (" + notice->words.str() + ")") + "\n  " +
           sentence(globals, "逾期未补正即终止", "without it the application lapses") + ": " + until +
           "\n  kanhe application supplement " + id + " …\n";
  }
  return sentence(globals, "等待受理；逾期视为受理：" + until,
                  "waits to be accepted by a window clerk; accepted by silence: " + until) +
         "\n  kanhe application accept " + id + "\n";
}

// When the open stage is due, or that its clock stands still.
std::string clock_text(const Globals& globals, const service::Application& application) {
  if (application.clock) {
    return sentence(globals, "计时中止", "the clock is stopped") + " (" +
           value_label(globals, application.clock->reason) + "), " + sentence(globals, "至", "until") + " " +
           time_text(application.clock->over.due) + "; " + sentence(globals, "剩余工作日", "working days left") + ": " +
           std::to_string(application.clock->days_left) + "\n";
  }
  if (!application.due) return {};
  return sentence(globals, "时限", "due") + ": " + time_text(application.due->due) +
         (application.overdue > 0 ? "  " + sentence(globals, "已超时", "overdue") : "") + "\n";
}

// The steps of the open stage that are not done, one a line with the command that does them.
std::string open_steps_text(const Globals& globals, const certs::ApplicationAnswer& answer) {
  const service::Application& application = *answer.application;
  const auto definition = service_of(answer);
  if (!definition || application.stage >= definition->definition.stages.size()) {
    return sentence(globals, "等待审核", "waits for reviews") + "\n";
  }
  const std::string stage = std::to_string(application.stage + 1);
  const std::string stages = std::to_string(definition->definition.stages.size());
  TextTable steps({Align::left, Align::left, Align::left});
  for (const service::Step& step : definition->definition.stages[application.stage].steps) {
    if (is_reviewed(application, step.code)) continue;
    steps.add({step.department.str(), sentence(globals, step.name_zh.view(), step.name_en.view()),
               "(" + value_label(globals, step.role) + ")"});
    steps.add_line("kanhe application " +
                   (step.kind == service::StepKind::assessment
                        ? "assess " + answer.id.hex() + " --contract-day DAY --base AMOUNT --home only|second|other …"
                        : "review " + answer.id.hex() + " " + step.code.str() + " --verdict approve …"));
  }
  return clock_text(globals, application) + sentence(globals, "等待审核", "waits for reviews") + " (" +
         sentence(globals, "第 " + stage + " 阶段，共 " + stages + " 阶段", "stage " + stage + " of " + stages) +
         "):\n" + steps.text();
}

// The certificates that are issued together with the entry, and the command that does both.
std::string registration_text(const Globals& globals, const certs::ApplicationAnswer& answer) {
  std::string text = sentence(globals, "等待登簿发证", "waits for a registrar") + "\n";
  const auto definition = service_of(answer);
  const auto outputs = definition ? service::expected_outputs(definition->definition, answer.application->acts)
                                  : std::vector<service::ExpectedOutput>();
  TextTable table({Align::left, Align::left, Align::left});
  for (const service::ExpectedOutput& one : outputs) {
    const std::string act = std::to_string(one.act);
    table.add({one.act == 0 ? sentence(globals, "证照", "certificate") : sentence(globals, "登记证明", "proof of a limit"),
               one.unit ? one.unit->str() : "", one.act == 0 ? "" : "act = " + act});
  }
  return text + table.text() + "  kanhe " +
         (outputs.empty() ? "application register " + answer.id.hex() : std::string("cert register CONTENT.toml …")) +
         "\n";
}

// A case stays billed until it is registered; at a counter it matters whether it is paid.
std::string phase_text(const Globals& globals, const certs::ApplicationAnswer& answer) {
  const std::string phase = value_label(globals, answer.application->phase);
  const bool is_settled = answer.bill && answer.bill->state == treasury::BillState::settled;
  if (answer.application->phase != service::Phase::billed || !is_settled) return phase;
  return phase + sentence(globals, "，", ", ") + value_label(globals, answer.bill->state);
}

std::string waiting_text(const Globals& globals, const certs::ApplicationAnswer& answer) {
  const std::string id = answer.id.hex();
  switch (answer.application->phase) {
    case service::Phase::filed: return filed_text(globals, id, *answer.application);
    case service::Phase::in_review:
      return open_steps_text(globals, answer);
    case service::Phase::billed:
      if (answer.bill && answer.bill->state == treasury::BillState::open) {
        return sentence(globals, "等待缴费", "waits for the payment") + ": " +
               money_text(globals, treasury::due_of(*answer.bill)) + ", " +
               answer.bill->treasury.str() + "\n  kanhe bill show " + id + "\n";
      }
      if (!answer.application->deferred.empty()) {
        return sentence(globals, "等待补交材料", "waits for what was promised") + ": " +
               codes_text(answer.application->deferred) + "\n  kanhe application supplement " + id + " …\n";
      }
      return registration_text(globals, answer);
    case service::Phase::registered:
    case service::Phase::refused:
    case service::Phase::withdrawn:
    case service::Phase::lapsed:
    case service::Phase::stopped:
      if (answer.bill && treasury::due_back_of(*answer.bill) != Fen(0)) {
        return sentence(globals, "已办结，有应退款项", "closed; something is due back") + ": " +
               money_text(globals, treasury::due_back_of(*answer.bill)) + "\n  kanhe bill show " + id + "\n";
      }
      return sentence(globals, "已办结", "closed, waits for nothing") + "\n";
  }
  CHECK(false);
}

// What was promised for later, and the end of its day.
void add_deferred(const Globals& globals, const service::Application& application, NamedValues& values) {
  if (application.deferred.empty() || !application.deferral || service::is_closed(application.phase)) return;
  values.add(sentence(globals, "待补交", "still to come"),
             codes_text(application.deferred) + ", " + sentence(globals, "至", "until") + " " +
                 time_text(application.deferral->due));
}

// That nobody reviewed it, who files for whom, and the package it belongs to.
void add_circumstances(const Globals& globals, const service::Application& application, NamedValues& values) {
  if (application.instant) {
    values.add(sentence(globals, "自动核验", "checks"),
               sentence(globals, "全部通过，即时批准", "all checks held: approved as it was filed") + " (" +
                   sentence(globals, "规则版本", "rules version") + " " +
                   to_string(application.instant->rules_version) + ", " +
                   std::to_string(application.instant->inputs.size()) + " " + sentence(globals, "项依据", "inputs") +
                   ")");
  }
  if (application.agent) values.add(sentence(globals, "代理人", "agent"), application.agent->hex());
  if (application.package) values.add(sentence(globals, "所属套餐", "package"), application.package->hex());
}

// What is applied for, and for which units.
void add_acts(const Globals& globals, const service::Application& application, NamedValues& values) {
  for (const contracts::property::Act& act : application.acts) {
    const std::string_view kind =
        std::visit([]<class T>(const T&) -> std::string_view { return T::variant_tag.name; }, act);
    values.add(sentence(globals, "登记内容", "act"),
               alternative_label(globals, kind) + "  " + contracts::property::unit_of(act).str());
  }
  if (application.price != Fen(0)) values.add(sentence(globals, "价款", "price"), money_text(globals, application.price));
}

struct Case {
  certs::ApplicationAnswer answer;
  std::string text;
};

Case look(Globals& globals, Client& client, const ApplicationId& id) {
  certs::ApplicationAnswer answer = or_fail(client.application(id));
  if (!answer.application) {
    const std::string height = to_string(answer.head.newest.header.height);
    throw CommandError{ExitCode::could_not_check,
                       "there is no application " + id.hex() + " (proved at height " + height + ")",
                       "没有申请 " + id.hex() + "（已核验，高度 " + height + "）"};
  }
  const service::Application& application = *answer.application;
  const certs::TraceAnswer trace = or_fail(client.whole_trace(ApplicationSubject{id}));
  answer.events = trace.events;
  const std::uint64_t end = application.closed_ms ? application.closed_ms->value() : wall_now().value();
  const std::uint64_t begin = application.filed_ms.value();
  NamedValues values;
  values.add(sentence(globals, "办理阶段", "phase"), phase_text(globals, answer));
  const auto definition = service_of(answer);
  values.add(sentence(globals, "事项", "service"),
             application.service.str() +
                 (definition ? "  " + sentence(globals, definition->definition.name_zh.view(),
                                               definition->definition.name_en.view())
                             : std::string()));
  add_acts(globals, application, values);
  add_deferred(globals, application, values);
  add_circumstances(globals, application, values);
  values.add(sentence(globals, "用时", "elapsed"), duration_text(globals, end > begin ? end - begin : 0));
  std::string text = sentence(globals, "申请", "application") + " " + id.hex() + "\n" + values.text() +
                     case_timeline(globals, trace.events, definition) + waiting_text(globals, answer);
  return {std::move(answer), std::move(text)};
}

ApplicationId read_id(const std::string& text) {
  ApplicationId id;
  const auto set = set_value(schema_of<ApplicationId>(), &id, text);
  if (!set) fail_as(ExitCode::usage, "APPLICATION", set.error());
  return id;
}

void show(Globals& globals, const std::string& text) {
  Client client = departmental_client_of(globals);
  const Case found = look(globals, client, read_id(text));
  show_result(globals, found.answer, found.text);
  warn_if_old(globals, client.genesis(), found.answer.head.newest.header);
}

// Shows the case again whenever something happened, until it is closed.
void watch(Globals& globals, const std::string& text) {
  const ApplicationId id = read_id(text);
  Client client = departmental_client_of(globals);
  std::optional<std::size_t> shown;
  for (;;) {
    const Case found = look(globals, client, id);
    if (shown != found.answer.events.size()) show_result(globals, found.answer, found.text);
    shown = found.answer.events.size();
    if (service::is_closed(found.answer.application->phase)) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(watch_pause_ms));
  }
}

}  // namespace

void add_application_commands(CLI::App& app, Globals& globals) {
  CLI::App* const noun = app.add_subcommand("application", "申请 · applications, from filing to the certificate");
  noun->require_subcommand(1);
  noun->footer(
      "Examples:\n  kanhe application list registry\n  kanhe application show APPLICATION\n"
      "  kanhe application watch APPLICATION\n"
      "  kanhe application review APPLICATION registry --verdict approve --reason 0 --evidence sha256:opinion.pdf\n");
  for (const MethodCommand& command : filing_commands) add_method_command(*noun, globals, command);
  for (const MethodCommand& command : method_commands) add_method_command(*noun, globals, command);
  add_assess_command(*noun, globals);
  add_list_command(*noun, globals);
  add_file_commands(*noun, globals);
  add_shipped_command(*noun, globals);
  add_service_command(*noun, globals);
  const auto id = std::make_shared<std::string>();
  CLI::App* const show_app =
      noun->add_subcommand("show", "查看申请 · history of a case, proved complete, and what it waits for");
  show_app->add_option("APPLICATION", *id, "the application's id")->required();
  show_app->footer("Example:\n  kanhe application show 5f0c…\n");
  show_app->callback([&globals, id] { show(globals, *id); });
  CLI::App* const watch_app = noun->add_subcommand("watch", "跟踪申请 · the same, again whenever something happens");
  watch_app->add_option("APPLICATION", *id, "the application's id")->required();
  watch_app->footer("Example:\n  kanhe application watch 5f0c…\n");
  watch_app->callback([&globals, id] { watch(globals, *id); });
}

}  // namespace kanhe::cli
