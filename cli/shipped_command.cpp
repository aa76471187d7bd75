// kanhe application services: the definitions that ship, as files to be looked at, changed, and put on the ledger.
#include <CLI/CLI.hpp>
#include <filesystem>

#include "cli/application_commands.h"
#include "cli/local_file.h"
#include "cli/output.h"
#include "cli/reading.h"
#include "contracts/service_shipped.h"

namespace kanhe::cli {

namespace {

namespace service = contracts::service;
using contracts::certificate::TypeCode;

struct ShippedOptions {
  std::string registry = "registry", housing = "housing", tax = "tax", treasury = "treasury";
  std::string title_type, proof_type;
  std::string education = "education", enrolment_type, district;
  std::string market = "market", police = "police", labour = "labour";
  std::string licence_type, seal_type, tax_type, insurance_type;
  std::string directory;
};

DepartmentId department(const std::string& option, const std::string& text) {
  return read_word<DepartmentId>(option, text);
}
TypeCode type(const std::string& option, const std::string& text) { return read_word<TypeCode>(option, text); }

template <class Arguments>
void write_definition(const Globals& globals, const ShippedOptions& options, const Arguments& arguments,
                      const std::string& what) {
  const std::string path = (std::filesystem::path(options.directory) / (arguments.code.str() + ".json")).string();
  or_fail(write_new_local_file(path, to_json(arguments, JsonLayout::indented) + "\n", FileMode::shared));
  say(globals, path + ": " + what);
}

void write_service(const Globals& globals, const ShippedOptions& options, const service::DefineArguments& one,
                   const std::string& owner) {
  write_definition(globals, options, one,
                   sentence(globals, one.definition.name_zh.view(), one.definition.name_en.view()) + " (" + owner +
                       ")");
}

void write_register_services(const Globals& globals, const ShippedOptions& options) {
  const service::ServiceDepartments departments{
      department("--registry", options.registry), department("--housing", options.housing),
      department("--tax", options.tax), department("--treasury", options.treasury)};
  const service::ServiceTypes types{type("--title-type", options.title_type), type("--proof-type", options.proof_type)};
  for (const service::DefineArguments& one : service::shipped_services(departments, types)) {
    write_service(globals, options, one, options.registry);
  }
}

void write_school_service(const Globals& globals, const ShippedOptions& options) {
  const service::SchoolDepartments departments{department("--education", options.education),
                                               department("--treasury", options.treasury)};
  write_service(globals, options,
                service::school_enrolment(departments, type("--enrolment-type", options.enrolment_type),
                                          read_word<PlainText<96>>("--district", options.district)),
                options.education);
}

void write_business_services(const Globals& globals, const ShippedOptions& options) {
  const service::BusinessDepartments departments{
      department("--market", options.market), department("--police", options.police), department("--tax", options.tax),
      department("--labour", options.labour), department("--treasury", options.treasury)};
  service::BusinessTypes types{type("--licence-type", options.licence_type), type("--seal-type", options.seal_type),
                               type("--tax-type", options.tax_type), type("--insurance-type", options.insurance_type),
                               std::nullopt};
  if (!options.title_type.empty()) types.premises = type("--title-type", options.title_type);
  for (const service::OwnedService& one : service::business_services(departments, types)) {
    write_service(globals, options, one.arguments, one.owner.str());
  }
  const service::DefinePackageArguments package = service::business_opening();
  write_definition(globals, options, package,
                   sentence(globals, package.name_zh.view(), package.name_en.view()) + " (" + options.market +
                       ", kanhe package define)");
}

void write_all(const Globals& globals, const ShippedOptions& options) {
  const bool of_register = !options.proof_type.empty();
  const bool of_school = !options.enrolment_type.empty();
  const bool of_business = !options.licence_type.empty();
  if (!of_register && !of_school && !of_business) {
    throw CommandError{ExitCode::usage,
                       "which services? --title-type and --proof-type: of the register; --enrolment-type and "
                       "--district: enrolment at a school; --licence-type, --seal-type, --tax-type and "
                       "--insurance-type: opening of a business",
                       "要写出哪些事项？--title-type 和 --proof-type：不动产登记；--enrolment-type 和 --district：入学；"
                       "--licence-type、--seal-type、--tax-type 和 --insurance-type：开办企业"};
  }
  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  if (of_register) write_register_services(globals, options);
  if (of_school) write_school_service(globals, options);
  if (of_business) write_business_services(globals, options);
  say(globals, sentence(globals, "下一步（由括号中部门的管理员）", "next, by an administrator of the department in parentheses") +
                   ": kanhe application define-service --arguments " + options.directory + "/….json");
}

}  // namespace

void add_shipped_command(CLI::App& noun, Globals& globals) {
  const auto options = std::make_shared<ShippedOptions>();
  CLI::App* const app = noun.add_subcommand(
      "services", "随附事项 · write the service definitions that ship, as files for define-service");
  const auto add_department = [&](const std::string& name, std::string& value, const std::string& what) {
    app->add_option(name, value, what)->capture_default_str();
  };
  const auto add_type = [&](const std::string& name, std::string& value, const std::string& what) {
    app->add_option(name, value, "certificate type of " + what + ", 21 characters");
  };
  add_type("--title-type", options->title_type, "titles");
  add_type("--proof-type", options->proof_type, "proofs of limits");
  add_department("--registry", options->registry, "department that reviews and registers");
  add_department("--housing", options->housing, "department of contracts and buildings");
  add_department("--tax", options->tax, "department that assesses the deed tax");
  add_department("--treasury", options->treasury, "department that records payments");
  add_type("--enrolment-type", options->enrolment_type, "proofs of enrolment");
  app->add_option("--district", options->district, "the school's district, as the residence predicate is asked for it");
  add_department("--education", options->education, "department of the schools");
  add_type("--licence-type", options->licence_type, "business licences");
  add_type("--seal-type", options->seal_type, "filings of seals");
  add_type("--tax-type", options->tax_type, "registrations for taxes");
  add_type("--insurance-type", options->insurance_type, "registrations for social insurance");
  add_department("--market", options->market, "department that licenses businesses");
  add_department("--police", options->police, "department that files seals");
  add_department("--labour", options->labour, "department of social insurance");
  app->add_option("-o,--output", options->directory, "directory for the files")->required();
  app->footer(
      "Examples:\n  kanhe application services --title-type 11440300MB2D00001W022 --proof-type 11440300MB2D00001W023 "
      "-o services\n  kanhe application services --enrolment-type 11440300MB2D00009A031 --district 440304 "
      "-o services\n");
  app->callback([&globals, options] { write_all(globals, *options); });
}

}  // namespace kanhe::cli
