// kanhe application assess: facts from the tax office, rate and amount from the tariff.
#include <CLI/CLI.hpp>

#include "cli/application_commands.h"
#include "cli/call.h"
#include "cli/output.h"
#include "cli/prompts.h"
#include "cli/reading.h"
#include "cli/tariffs.h"
#include "cli/values.h"
#include "cli/words.h"

namespace kanhe::cli {

namespace service = contracts::service;
namespace treasury = contracts::treasury;

// What a tax officer is asked for at a terminal.
struct TaxFacts {
  contracts::CivilDate contract_day;
  std::optional<treasury::ExemptionCode> exemption;
  treasury::TaxBase base;
  treasury::Home home = treasury::Home::other;
  std::optional<treasury::Area> area;
  Hash256 evidence;
};
BOOST_DESCRIBE_STRUCT(TaxFacts, (), (contract_day, exemption, base, home, area, evidence))

namespace {

struct AssessOptions {
  std::string application;
  std::string base;
  std::string home;
  std::string area;
  std::string exempt;
  std::string contract_day;
  std::string evidence;
  bool dry_run = false;
};

// The step that assesses, and the one transfer that it is about.
struct Asked {
  service::StepCode step;
  treasury::TariffCode tariff;
  std::uint8_t act = 0;
};

Asked asked_of(const certs::ApplicationAnswer& answer) {
  Asked asked;
  const service::Application& application = *answer.application;
  for (std::size_t i = 0; i < application.acts.size(); ++i) {
    if (service::kind_of(application.acts[i]) != service::ActKind::transfer) continue;
    if (asked.act != 0) {
      throw CommandError{ExitCode::usage,
                         "the application has several transfers; state each with `kanhe application review` and "
                         "--assessments.1.act, --assessments.2.act, …",
                         "该申请有多项转移，请用 kanhe application review 及 --assessments.1.act、--assessments.2.act … "
                         "分别核定"};
    }
    asked.act = static_cast<std::uint8_t>(i + 1);
  }
  const auto found = service_of(answer);
  if (!found) {
    throw CommandError{ExitCode::could_not_check, "the node did not prove the application's service",
                       "节点没有给出该申请所属事项的证明"};
  }
  if (asked.act == 0 || !found->definition.deed_tax_tariff) {
    throw CommandError{ExitCode::usage, "no deed tax is assessed in this application: it has no transfer",
                       "该申请没有转移登记，不核定契税"};
  }
  asked.tariff = *found->definition.deed_tax_tariff;
  for (const service::Stage& stage : found->definition.stages) {
    for (const service::Step& step : stage.steps) {
      if (step.kind == service::StepKind::assessment) asked.step = step.code;
    }
  }
  return asked;
}

// An exempt transfer has no base; and an area is hundredths of square metres, which nobody writes.
bool ask_for_fact(Interview& interview, std::string_view field) {
  const bool is_of_rate = field == "base" || field == "home" || field == "area";
  if (is_of_rate && is_given(interview.options(), "exemption")) {
    if (field != "area") CHECK(interview.take({{std::string(field), field == "base" ? "0.00" : "other"}}, {}));
    return true;
  }
  if (field != "area") return false;
  interview.say({"面积  (--area)\n  平方米，至多两位小数，例如 89.5；直接回车跳过",
                 "area  (--area)\n  square metres with up to two decimals, for example 89.5; Enter skips it"});
  for (;;) {
    const std::string answer = interview.ask("  > ");
    if (answer.empty()) return true;
    const auto area = read_area(answer);
    if (area && interview.take({{"area", to_string(*area)}}, {})) return true;
    interview.complain({"“" + answer + "” 不是面积，例如 89.5", "\"" + answer + "\" is no area, for example 89.5"});
  }
}

// What the line left out, at a terminal. Answers whether anything was asked.
bool ask_for_rest(const Globals& globals, AssessOptions& options) {
  if (!may_ask(globals)) return false;
  const std::pair<std::string_view, std::string*> all[] = {
      {"contract_day", &options.contract_day}, {"exemption", &options.exempt}, {"base", &options.base},
      {"home", &options.home}, {"area", &options.area}, {"evidence", &options.evidence}};
  std::vector<FieldOption> given;
  for (const auto& [name, value] : all) {
    if (!value->empty() && name != "area") given.push_back({std::string(name), *value});
  }
  const bool has_facts = !options.exempt.empty() || (!options.base.empty() && !options.home.empty());
  if (has_facts && !options.contract_day.empty() && !options.evidence.empty()) return false;
  // Who says a base means no exemption, and an area that was given stands.
  const OwnQuestions own = [&](Interview& interview, std::string_view field) {
    if (field == "exemption" && is_given(interview.options(), "base")) return true;
    return (field == "area" && !options.area.empty()) || ask_for_fact(interview, field);
  };
  TerminalDialogue dialogue(globals);
  const PromptedRecord about{schema_of<TaxFacts>(), [] { return std::make_shared<TaxFacts>(); },
                             {{"contract-day", "contract_day"}, {"exempt", "exemption"}}, own};
  const auto answers = ask_for_fields(globals, dialogue, about, std::move(given));
  for (const auto& [name, value] : all) {
    const auto answer = std::ranges::find(answers, name, &FieldOption::path);
    if (answer == answers.end()) continue;
    *value = name == "area" ? write_money(read_word<treasury::Area>("--area", answer->value).value()) : answer->value;
  }
  return true;
}

// What the options say of the facts.
treasury::Assessment facts_of(const AssessOptions& options) {
  treasury::Assessment one;
  one.contract_day = read_word<contracts::CivilDate>("--contract-day", options.contract_day);
  if (!options.exempt.empty()) one.exemption = read_word<treasury::ExemptionCode>("--exempt", options.exempt);
  if (!options.base.empty()) one.base = read_word<treasury::TaxBase>("--base", options.base);
  if (!options.home.empty()) one.home = read_word<treasury::Home>("--home", options.home);
  if (!options.area.empty()) {
    const auto area = read_area(options.area);
    if (!area) fail_as(ExitCode::usage, "--area", area.error());
    one.area = *area;
  }
  if (!one.exemption && (options.base.empty() || options.home.empty())) {
    throw CommandError{ExitCode::usage, "--base and --home are needed, or --exempt and its ground",
                       "需要 --base 和 --home，或 --exempt 及免征事由"};
  }
  return one;
}

// Rate and amount, by the version of the contract's day.
void compute(treasury::Assessment& one, const TariffAnswer& tariff) {
  if (!tariff.in_force) {
    throw CommandError{ExitCode::could_not_check,
                       "no version of tariff " + tariff.code.str() + " was in force on " + one.contract_day.str(),
                       one.contract_day.str() + " 没有施行的收费标准 " + tariff.code.str()};
  }
  one.tariff = *tariff.in_force;
  if (one.exemption) return;
  const auto* const table =
      std::get_if<treasury::DeedTaxTable>(&tariff.versions[tariff.versions.size() - 1].table);
  const auto rate = table == nullptr ? std::nullopt : treasury::rate_of(*table, one.home, one.area);
  if (!rate) {
    throw CommandError{ExitCode::usage, "the tariff has no rate for this home and area",
                       "收费标准中没有这种住房和面积的税率",
                       "kanhe tariff show " + tariff.code.str() + " --on " + one.contract_day.str()};
  }
  one.rate = *rate;
  one.amount = treasury::tax_of(one.base, *rate);
}

std::string assessment_text(const Globals& globals, const treasury::Assessment& one) {
  const std::string what = sentence(globals, "契税", "deed tax") + ": ";
  if (one.exemption) return what + sentence(globals, "免征", "exempt") + " (" + one.exemption->str() + ")";
  return what + money_text(globals, Fen(one.base.value())) + " × " + rate_text(one.rate) + " = " +
         money_text(globals, Fen(one.amount.value()));
}

void assess(Globals& globals, AssessOptions options) {
  service::ReviewArguments arguments;
  arguments.application = read_word<ApplicationId>("APPLICATION", options.application);
  const bool was_asked = ask_for_rest(globals, options);
  if (options.contract_day.empty() || options.evidence.empty()) {
    throw CommandError{ExitCode::usage, "--contract-day and --evidence are needed", "需要 --contract-day 和 --evidence",
                       "kanhe application assess --help"};
  }
  arguments.evidence = read_word<Hash256>("--evidence", options.evidence);
  treasury::Assessment one = facts_of(options);
  Client client = departmental_client_of(globals);
  const certs::ApplicationAnswer answer = or_fail(client.application(arguments.application));
  if (!answer.application) {
    throw CommandError{ExitCode::could_not_check, "there is no application " + options.application,
                       "没有申请 " + options.application};
  }
  const Asked asked = asked_of(answer);
  one.act = asked.act;
  compute(one, or_fail(tariff_answer(client, asked.tariff, one.contract_day)));
  arguments.step = asked.step;
  arguments.assessments.push_back(one);
  say(globals, assessment_text(globals, one));
  if (options.dry_run) return show_result(globals, one, record_text(globals, one));
  if (was_asked) {
    TerminalDialogue dialogue(globals);
    ask_to_go_on(dialogue, sentence(globals, "签名并发送？", "sign and send it?"));
  }
  const SecretKey key = secret_key_of(globals, client.genesis());
  carry_out_method(globals, client, key, "service", "review", std::move(arguments));
}

}  // namespace

void add_assess_command(CLI::App& noun, Globals& globals) {
  const auto options = std::make_shared<AssessOptions>();
  CLI::App* const app = noun.add_subcommand(
      "assess", "核定契税 · approve the tax office's step: rate and amount are computed by the tariff of the day");
  app->add_option("APPLICATION", options->application, "the application's id")->required();
  app->add_option("--contract-day", options->contract_day, "day on which the contract was signed");
  app->add_option("--base", options->base, "what the tax is computed on, for example 2850000.00");
  app->add_option("--home", options->home, "only, second or other");
  app->add_option("--area", options->area, "floor area in square metres, for example 89.5");
  app->add_option("--exempt", options->exempt, "ground of exemption, for example inheritance");
  app->add_option("--evidence", options->evidence, "sha256:FILE of what the assessment rests on");
  app->add_flag("--dry-run", options->dry_run, "show the assessment and end");
  app->footer(
      "Example:\n  kanhe application assess 5f0c… --contract-day 2025-06-03 --base 2850000.00 --home only \\\n"
      "      --area 89.5 --evidence sha256:assessment.pdf\n");
  app->callback([&globals, options] { assess(globals, *options); });
}

}  // namespace kanhe::cli
