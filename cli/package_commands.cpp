// kanhe package: several matters that are filed as one, and where each of them stands.
#include <CLI/CLI.hpp>

#include "cli/application_commands.h"
#include "cli/call.h"
#include "cli/output.h"
#include "cli/reading.h"
#include "cli/text_table.h"
#include "cli/values.h"
#include "cli/words.h"
#include "contracts/service_package.h"

namespace kanhe::cli {

namespace service = contracts::service;

// What `package show --json` prints.
struct PackagePart {
  ApplicationId id;
  service::ServiceCode service;
  PlainText<32> phase;
  DepartmentId owner;
};
BOOST_DESCRIBE_STRUCT(PackagePart, (), (id, service, phase, owner))
struct PackageAnswer {
  ApplicationId id;
  service::PackageCase package_case;
  List<PackagePart, service::package_services_max> parts;
};
BOOST_DESCRIBE_STRUCT(PackageAnswer, (), (id, package_case, parts))

namespace {

const MethodCommand package_commands[] = {
    {.name = "define", .module = "service", .method = "define_package", .positionals = {"code"}},
    {.name = "file", .module = "service", .method = "file_package", .positionals = {"package"},
     .example = "business-opening --applicants PARTY --materials.1.code application-form \\\n"
                "      --materials.1.file.digest sha256:form.pdf --arguments materials.json"},
};

void show(Globals& globals, const std::string& text) {
  PackageAnswer answer;
  answer.id = read_word<ApplicationId>("PACKAGE", text);
  Client client = departmental_client_of(globals);
  const certs::FactsAnswer facts = or_fail(client.facts({service::package_cases.key_of(answer.id)}));
  const auto found = record_of<service::PackageCase>(facts.facts[0]);
  if (!found) throw CommandError{ExitCode::could_not_check, "there is no package " + text, "没有套餐 " + text};
  answer.package_case = *found;
  TextTable parts({Align::left, Align::left, Align::left, Align::left});
  for (const ApplicationId& id : found->applications) {
    const certs::ApplicationAnswer part = or_fail(client.application(id));
    if (!part.application) {
      throw CommandError{ExitCode::could_not_check, "there is no application " + id.hex(), "没有申请 " + id.hex()};
    }
    const auto of = service_of(part);
    const service::Application& application = *part.application;
    PackagePart line;
    line.id = id;
    line.service = application.service;
    line.phase = or_fail(PlainText<32>::from(std::string(enum_name(application.phase))));
    if (of) line.owner = of->owner;
    answer.parts.push_back(line);
    parts.add({application.service.str(),
               of ? sentence(globals, of->definition.name_zh.view(), of->definition.name_en.view()) : std::string(),
               "(" + line.owner.str() + ")", value_label(globals, application.phase)});
    parts.add_line("kanhe application show " + id.hex());
  }
  const std::uint64_t end = found->closed_ms ? found->closed_ms->value() : wall_now().value();
  const std::uint64_t since = found->filed_ms.value();
  const std::size_t all = found->applications.size();
  show_result(globals, answer,
              sentence(globals, "套餐", "package") + " " + found->package.str() + ", " +
                  std::to_string(all - found->open) + "/" + std::to_string(all) + " " +
                  sentence(globals, "已办结", "closed") + "\n" + parts.text() +
                  sentence(globals, "用时", "elapsed") + ": " +
                  duration_text(globals, end > since ? end - since : 0) + "\n");
}

}  // namespace

void add_package_commands(CLI::App& app, Globals& globals) {
  CLI::App* const noun = app.add_subcommand("package", "套餐（一件事一次办）· several matters, filed as one");
  noun->require_subcommand(1);
  noun->footer("Examples:\n  kanhe package define --arguments services/business-opening.json\n"
               "  kanhe package file business-opening --applicants PARTY --arguments materials.json\n"
               "  kanhe package show PACKAGE\n");
  for (const MethodCommand& command : package_commands) add_method_command(*noun, globals, command);
  const auto id = std::make_shared<std::string>();
  CLI::App* const show_app = noun->add_subcommand("show", "查看套餐 · where each of its applications stands");
  show_app->add_option("PACKAGE", *id, "the package's id: the transaction that filed it")->required();
  show_app->footer("Example:\n  kanhe package show 5f0c…\n");
  show_app->callback([&globals, id] { show(globals, *id); });
}

}  // namespace kanhe::cli
