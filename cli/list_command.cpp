// kanhe application list: which applications wait for a department, since when and until when.
#include <CLI/CLI.hpp>

#include "cli/application_commands.h"
#include "cli/client.h"
#include "cli/output.h"
#include "cli/reading.h"
#include "cli/text_table.h"
#include "cli/words.h"
#include "contracts/governance.h"

namespace kanhe::cli {

namespace service = contracts::service;

// What `application list --json` prints.
struct ListedDuties {
  DepartmentId department;
  Height as_of_height;
  Total open;
  bool complete = false;       // proved: the ledger has no other
  bool only_overdue = false;   // of them, those whose time is over
  List<service::NumberedDuty, 1'000'000> duties;  // the one that waits longest first
};
BOOST_DESCRIBE_STRUCT(ListedDuties, (), (department, as_of_height, open, complete, only_overdue, duties))

namespace {

using service::DutyKind;
using service::NumberedDuty;

struct ListOptions {
  std::string department;
  bool only_overdue = false;
};

bool is_overdue(const service::Duty& duty) {
  return duty.overdue > 0 || (duty.due_ms && *duty.due_ms <= wall_now());
}

constexpr int attempts_max = 5;

// Page by page, each proved. They are all of one block, and as many as that block counts, or nothing is known of the
// whole.
ListedDuties fetch_once(Client& client, const DepartmentId& department) {
  ListedDuties listed;
  listed.department = department;
  bool one_block = true;
  std::optional<ApplicationId> after;
  for (;;) {
    const certs::DutiesAnswer page = or_fail(client.duties_page(department, after));
    const certs::StateFact* const fact = certs::find_fact(page.facts, service::duty_counts.key_of(department));
    const auto count = record_of<service::DutyCount>(*fact);
    const Height height = page.head.newest.header.height;
    one_block = one_block && (!after || height == listed.as_of_height);
    listed.open = count ? count->open : Total(0);
    listed.as_of_height = height;
    for (const NumberedDuty& one : page.duties) {
      if (!listed.duties.full()) listed.duties.push_back(one);
    }
    if (page.duties.empty() || listed.duties.size() >= listed.open.value()) break;
    after = page.duties.back().application;
  }
  listed.complete = one_block && listed.duties.size() == listed.open.value();
  return listed;
}

ListedDuties fetch(Client& client, const DepartmentId& department) {
  ListedDuties listed = fetch_once(client, department);
  for (int attempt = 1; attempt < attempts_max && !listed.complete; ++attempt) listed = fetch_once(client, department);
  std::ranges::sort(listed.duties, {}, [](const NumberedDuty& one) { return one.duty.since_ms; });
  return listed;
}

std::string next_command(const NumberedDuty& one) {
  const std::string id = one.application.hex();
  switch (one.duty.kind) {
    case DutyKind::accept: return "kanhe application accept " + id;
    case DutyKind::review: return "kanhe application show " + id;
    case DutyKind::collect: return "kanhe bill show " + id;
    case DutyKind::registration: return "kanhe application show " + id;
  }
  CHECK(false);
}

std::string kind_text(const Globals& globals, const service::Duty& duty) {
  std::string text = value_label(globals, duty.kind);
  for (const service::StepCode& step : duty.steps) text += " " + step.str();
  return text;
}

std::string duties_text(const Globals& globals, const ListedDuties& listed) {
  TextTable table({Align::left, Align::left, Align::left, Align::right, Align::left, Align::left});
  table.name_columns({sentence(globals, "待办", "to do"), sentence(globals, "事项", "service"),
                      sentence(globals, "自", "since"), sentence(globals, "已等待", "waited"),
                      sentence(globals, "期限", "due"), ""});
  const Timestamp now = wall_now();
  for (const NumberedDuty& one : listed.duties) {
    const service::Duty& duty = one.duty;
    table.add({kind_text(globals, duty), duty.service.str(), time_text(duty.since_ms),
               now > duty.since_ms ? duration_text(globals, now - duty.since_ms) : "",
               duty.due_ms ? time_text(*duty.due_ms) : "",
               is_overdue(duty) ? "✗ " + sentence(globals, "超时", "overdue") : ""});
    table.add_line(next_command(one));
  }
  return table.text();
}

// A name that no department bears has no duties either, which would read as if all were done.
void require_department(Client& client, const DepartmentId& id) {
  const certs::FactsAnswer facts = or_fail(client.facts({contracts::governance::departments.key_of(id)}));
  if (record_of<contracts::governance::Department>(facts.facts[0])) return;
  throw CommandError{ExitCode::could_not_check, "there is no department " + id.str(), "没有部门 " + id.str()};
}

void list(Globals& globals, const ListOptions& options) {
  Client client = departmental_client_of(globals);
  const auto department = read_word<DepartmentId>("DEPARTMENT", options.department);
  require_department(client, department);
  ListedDuties listed = fetch(client, department);
  const auto late = std::ranges::count_if(listed.duties, [](const NumberedDuty& one) { return is_overdue(one.duty); });
  listed.only_overdue = options.only_overdue;
  if (!listed.complete) globals.exit_code = ExitCode::could_not_check;
  if (options.only_overdue) {
    std::erase_if(listed.duties, [](const NumberedDuty& one) { return !is_overdue(one.duty); });
  }
  const std::string open = to_string(listed.open);
  const std::string overdue = std::to_string(late);
  const std::string height = to_string(listed.as_of_height);
  std::string text = listed.department.str() + ": " +
                     sentence(globals, open + " 件待办，" + overdue + " 件超时",
                              open + " waited for, " + overdue + " overdue") +
                     "\n" + duties_text(globals, listed);
  text += (listed.complete ? sentence(globals, "已核验，无遗漏，高度 " + height,
                                      "proved, nothing is missing, block " + height)
                           : sentence(globals, "取回期间有变化，请重试", "it changed meanwhile: ask again")) +
          "\n";
  show_result(globals, listed, text);
}

}  // namespace

void add_list_command(CLI::App& noun, Globals& globals) {
  const auto options = std::make_shared<ListOptions>();
  CLI::App* const app =
      noun.add_subcommand("list", "部门待办 · which applications wait for a department, longest first, proved complete");
  app->add_option("DEPARTMENT", options->department, "the department that is waited for")->required();
  app->add_flag("--overdue", options->only_overdue, "only those whose time is over");
  app->footer("Examples:\n  kanhe application list tax\n  kanhe application list registry --overdue --json\n");
  app->callback([&globals, options] { list(globals, *options); });
}

}  // namespace kanhe::cli
