// kanhe application: a case from filing to the issued certificate, and where it stands.
#include <CLI/CLI.hpp>
#include <chrono>
#include <thread>

#include "cli/call.h"
#include "cli/output.h"
#include "cli/values.h"
#include "contracts/sentences.h"

namespace kanhe::cli {
namespace {

namespace service = contracts::service;
namespace treasury = contracts::treasury;

constexpr unsigned watch_pause_ms = 2'000;

const MethodCommand method_commands[] = {
    {.name = "define-service", .module = "service", .method = "define", .positionals = {"code"}},
    {.name = "file", .module = "service", .method = "file"},
    {.name = "accept", .module = "service", .method = "accept", .positionals = {"application"}},
    {.name = "review", .module = "service", .method = "review", .positionals = {"application", "step"}},
    {.name = "supplement", .module = "service", .method = "supplement", .positionals = {"application"}},
    {.name = "withdraw", .module = "service", .method = "withdraw", .positionals = {"application"}},
    {.name = "register", .module = "service", .method = "register", .positionals = {"application"}},
};

std::string phase_text(const Globals& globals, service::Phase phase) {
  switch (phase) {
    case service::Phase::filed: return sentence(globals, "已收件", "filed");
    case service::Phase::in_review: return sentence(globals, "审核中", "in review");
    case service::Phase::billed: return sentence(globals, "已出缴款单", "billed");
    case service::Phase::registered: return sentence(globals, "已登簿发证", "registered");
    case service::Phase::refused: return sentence(globals, "不予登记", "refused");
    case service::Phase::withdrawn: return sentence(globals, "已撤回", "withdrawn");
    case service::Phase::stopped: return sentence(globals, "已被查封等通知停止", "stopped by an authority's notice");
  }
  CHECK(false);
}

// The definition of the service, if the answer proves it.
std::optional<service::Service> service_of(const certs::ApplicationAnswer& answer) {
  const certs::StateFact* const fact =
      certs::find_fact(answer.facts, service::services.key_of(answer.application->service));
  if (fact == nullptr || !fact->value) return std::nullopt;
  return or_fail(decode<service::Service>(fact->value->view()));
}

bool is_reviewed(const service::Application& application, const service::StepCode& step) {
  return std::ranges::any_of(application.reviews, [&](const service::Review& review) { return review.step == step; });
}

// The steps of the open stage that are not done, one a line with the command that does them.
std::string open_steps_text(const Globals& globals, const certs::ApplicationAnswer& answer) {
  const service::Application& application = *answer.application;
  const auto definition = service_of(answer);
  if (!definition || application.stage >= definition->definition.stages.size()) {
    return sentence(globals, "等待审核", "waits for reviews") + "\n";
  }
  std::string text = sentence(globals, "等待审核", "waits for reviews") + " (stage " +
                     std::to_string(application.stage + 1) + " of " +
                     std::to_string(definition->definition.stages.size()) + "):\n";
  for (const service::Step& step : definition->definition.stages[application.stage].steps) {
    if (is_reviewed(application, step.code)) continue;
    text += "  " + step.department.str() + ": " + sentence(globals, step.name_zh.view(), step.name_en.view()) + "  (" +
            std::string(enum_name(step.role)) + ")\n    kanhe application review " + answer.id.hex() + " " +
            step.code.str() + " --verdict approve …\n";
  }
  return text;
}

std::string waiting_text(const Globals& globals, const certs::ApplicationAnswer& answer) {
  const std::string id = answer.id.hex();
  switch (answer.application->phase) {
    case service::Phase::filed:
      return sentence(globals, "等待受理", "waits to be accepted by a window clerk") + "\n  kanhe application accept " +
             id + "\n";
    case service::Phase::in_review:
      return open_steps_text(globals, answer);
    case service::Phase::billed:
      if (answer.bill && answer.bill->state == treasury::BillState::open) {
        return sentence(globals, "等待缴费", "waits for the payment") + ": " + money_text(answer.bill->total) + ", " +
               answer.bill->treasury.str() + "\n  kanhe bill show " + id + "\n";
      }
      return sentence(globals, "等待登簿发证", "waits for a registrar") + "\n  kanhe application register " + id +
             " …\n";
    case service::Phase::registered:
    case service::Phase::refused:
    case service::Phase::withdrawn:
      return sentence(globals, "已办结", "closed, waits for nothing") + "\n";
    case service::Phase::stopped:
      return sentence(globals, "因送达的查封等通知停止办理，已缴款项可以退还",
                      "stopped by an authority's notice; what was paid can be paid back") +
             "\n";
  }
  CHECK(false);
}

std::string departments_of(const Event& event) {
  std::string text;
  for (const Subject& subject : event.subjects) {
    const auto* const department = std::get_if<DepartmentSubject>(&subject);
    if (department != nullptr) text += (text.empty() ? "" : ", ") + department->id.str();
  }
  return text;
}

std::string timeline_text(const Globals& globals, const certs::TracedEvents& events) {
  std::string text = sentence(globals, "办理过程（已核验完整）", "history, proved complete") + "\n";
  std::uint64_t before = events.empty() ? 0 : events.front().time_ms.value();
  for (const certs::TracedEvent& event : events) {
    const std::uint64_t now = event.time_ms.value();
    text += "  " + time_text(event.time_ms) + "  " + event.event.name.str();
    if (const std::string departments = departments_of(event.event); !departments.empty()) {
      text += "  (" + departments + ")";
    }
    if (now > before) text += "  +" + duration_text(now - before);
    text += "  @" + to_string(event.position.height) + "\n";
    const contracts::EventKind* const kind = contracts::find_event(event.event.name.view());
    if (kind != nullptr) {
      const auto data = kind->record.decode(event.event.data.view());
      if (data) text += record_text(globals, kind->record.schema(), data->get(), 3);
    }
    before = now;
  }
  return text;
}

struct Case {
  certs::ApplicationAnswer answer;
  std::string text;
};

Case look(Globals& globals, Client& client, const ApplicationId& id) {
  certs::ApplicationAnswer answer = or_fail(client.application(id));
  if (!answer.application) {
    throw CommandError{ExitCode::could_not_check, "there is no application " + id.hex() + " (proved at height " +
                                                      to_string(answer.head.newest.header.height) + ")"};
  }
  const service::Application& application = *answer.application;
  const certs::TraceAnswer trace = or_fail(client.whole_trace(ApplicationSubject{id}));
  answer.events = trace.events;
  const std::uint64_t end = application.closed_ms ? application.closed_ms->value() : wall_now().value();
  std::string text =
      sentence(globals, "申请", "application") + " " + id.hex() + "\n  " + phase_text(globals, application.phase) +
      "\n  service: " + application.service.str() + "\n  unit: " + application.unit.str() +
      "\n  price: " + money_text(application.price) +
      "\n  elapsed: " + duration_text(end > application.filed_ms.value() ? end - application.filed_ms.value() : 0) +
      "\n";
  text += timeline_text(globals, trace.events) + waiting_text(globals, answer);
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
      "Examples:\n  kanhe application show APPLICATION\n  kanhe application watch APPLICATION\n"
      "  kanhe application review APPLICATION tax --verdict approve --reason 0 --evidence sha256:opinion.pdf \\\n"
      "      --assessed 30000.00\n");
  for (const MethodCommand& command : method_commands) add_method_command(*noun, globals, command);
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
