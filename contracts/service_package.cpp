#include "contracts/service_package.h"

#include "contracts/governance.h"
#include "contracts/method.h"
#include "contracts/service_checks.h"
#include "contracts/service_filing.h"
#include "ledger/codec_impl.h"
#include "ledger/hash.h"

namespace kanhe {

using namespace contracts::service;

template Bytes encode(const Package&);
template Result<Package> decode(ByteView);
template Bytes encode(const PackageCase&);
template Result<PackageCase> decode(ByteView);
template Bytes encode_key(const PackageCode&);
template Bytes encode(const DefinePackageArguments&);
template Bytes encode(const FilePackageArguments&);
template Result<PackageFiled> decode(ByteView);
template Result<PackageClosed> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::service {

ApplicationId application_of(const ApplicationId& package_case, std::size_t position) {
  const Byte number = static_cast<Byte>(position);
  return ApplicationId(tagged_hash(Tag::package_item, package_case.view(), ByteView(&number, 1)));
}

namespace {

void check_services(Context& context, const PackageServices& list) {
  const std::uint16_t field = field_number<DefinePackageArguments>("services");
  if (list.size() < package_services_min) {
    context.refuse(CaseCode::services_too_few,
                   {.field = field, .limit = package_services_min, .value = list.size()});
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto here = list.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(list.begin(), here, list[i]) != here) {
      context.refuse(CaseCode::service_repeated, {.field = field, .value = i + 1});
    }
    const auto service = services.get(context.state(), list[i]);
    if (!service) {
      context.refuse(Code::unknown_service, {.field = field, .value = i + 1});
      continue;
    }
    if (!service->definition.acts.empty()) {
      context.refuse(CaseCode::service_with_acts, {.field = field, .value = i + 1});
    }
    const DepartmentId& lead = context.sender().department;
    const auto& windows = service->definition.windows;
    if (service->owner == lead || std::ranges::find(windows, lead) != windows.end()) continue;
    context.refuse(CaseCode::window_not_named,
                   {.field = field, .value = i + 1, .subject = DepartmentSubject{service->owner}});
  }
}

}  // namespace

void define_package(Context& context, const DefinePackageArguments& arguments) {
  using A = DefinePackageArguments;
  if (const auto known = packages.get(context.state(), arguments.code)) {
    context.refuse(CaseCode::package_exists,
                   {.field = field_number<A>("code"), .subject = DepartmentSubject{known->lead}});
  }
  if (arguments.name_zh.empty() || arguments.name_en.empty()) {
    context.refuse(Code::name_missing, {.field = field_number<A>("name_zh")});
  }
  check_services(context, arguments.services);
  governance::require_approved(context, "service", "define_package", encode(arguments));
  if (context.refused()) return;

  const DepartmentId& lead = context.sender().department;
  packages.put(context.state(), arguments.code,
               {{}, lead, arguments.name_zh, arguments.name_en, arguments.services, context.now()});
  context.emit(PackageDefined{arguments.code}, {DepartmentSubject{lead}});
}

// ---------------------------------------------------------------------------------------------------------------------
// Filing

namespace {

constexpr std::uint16_t materials_field = field_number<FilePackageArguments>("materials");

// Gives each service what it asks for, and notes what nobody does.
class Sorter {
 public:
  Sorter(const Context& context, const FilePackageArguments& arguments)
      : context_(context), arguments_(arguments), material_taken_(arguments.materials.size()),
        shown_taken_(arguments.shown.size()), answer_taken_(arguments.answers.size()) {}

  FileArguments part_of(const ServiceCode& code, const Service& service) {
    FileArguments part;
    part.service = code;
    part.applicants = arguments_.applicants;
    part.deferral = arguments_.deferral;
    part.mandates = arguments_.mandates;
    take(arguments_.materials, material_taken_, part.materials,
         [&](const Material& one) { return asks_for(service.definition, one.code); });
    take(arguments_.shown, shown_taken_, part.shown,
         [&](const CertificateId& one) { return asks_for(service.definition, one); });
    take(arguments_.answers, answer_taken_, part.answers, [&](const sharing::QuestionId& one) {
      return asks_for(context_.state(), service, arguments_.applicants, one);
    });
    return part;
  }

  // Adds findings.
  static void refuse_rest(Context& context, const Sorter& sorter) {
    using A = FilePackageArguments;
    refuse_rest(context, Code::material_unknown, sorter.material_taken_, materials_field);
    refuse_rest(context, CaseCode::certificate_not_asked, sorter.shown_taken_, field_number<A>("shown"));
    refuse_rest(context, CaseCode::answer_not_asked, sorter.answer_taken_, field_number<A>("answers"));
  }

 private:
  // Beyond what a part has room for it is no answer to what the service asks.
  template <class From, class To, class Is>
  static void take(const From& from, std::vector<bool>& taken, To& to, Is is_asked) {
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (to.full() || !is_asked(from[i])) continue;
      to.push_back(from[i]);
      taken[i] = true;
    }
  }
  template <CodeEnum C>
  static void refuse_rest(Context& context, C code, const std::vector<bool>& taken, std::uint16_t field) {
    for (std::size_t i = 0; i < taken.size(); ++i) {
      if (!taken[i]) context.refuse(code, {.field = field, .value = i + 1});
    }
  }

  const Context& context_;
  const FilePackageArguments& arguments_;
  std::vector<bool> material_taken_, shown_taken_, answer_taken_;
};

// Looks at all of its applications; adds findings.
std::vector<Case> prepare(Context& context, const Package& package, const ApplicationId& id,
                          const FilePackageArguments& arguments) {
  using A = FilePackageArguments;
  constexpr FiledFields fields{.applicants = field_number<A>("applicants"),
                               .materials = materials_field,
                               .deferral = field_number<A>("deferral"),
                               .shown = field_number<A>("shown"),
                               .answers = field_number<A>("answers"),
                               .mandates = field_number<A>("mandates"),
                               .of_package = true};
  std::vector<Case> cases;
  Sorter sorter(context, arguments);
  bool is_deferred = false;
  for (std::size_t i = 0; i < package.services.size(); ++i) {
    const ServiceCode& code = package.services[i];
    const auto service = services.get(context.state(), code);
    if (!service) {
      context.refuse(Code::unknown_service, {.value = i + 1});
      continue;
    }
    const FileArguments part = sorter.part_of(code, *service);
    cases.push_back(prepare_filing(context, application_of(id, i), *service, part, fields));
    cases.back().application.package = id;
    is_deferred |= !cases.back().application.deferred.empty();
  }
  Sorter::refuse_rest(context, sorter);
  if (arguments.deferral && !is_deferred) {
    context.refuse(CaseCode::deferral_not_needed, {.field = fields.deferral});
  }
  return cases;
}

}  // namespace

void file_package(Context& context, const FilePackageArguments& arguments) {
  const auto package = packages.get(context.state(), arguments.package);
  if (!package) {
    return context.refuse(CaseCode::unknown_package, {.field = field_number<FilePackageArguments>("package")});
  }
  context.require_role_in(package->lead, {Role::window_clerk});
  const ApplicationId id = application_of(context.transaction_id());
  std::vector<Case> cases = prepare(context, *package, id, arguments);
  if (context.refused()) return;

  PackageCase one;
  one.package = arguments.package;
  one.applicants = arguments.applicants;
  one.filed_by = context.sender().person;
  one.filed_ms = context.now();
  for (Case& part : cases) {
    one.applications.push_back(part.id);
    enter_filing(context, part, {});
  }
  // Once for the whole: a package is one matter.
  sharing::use_mandates(context, arguments.mandates, sharing::MandateScope::from(one.package.view()).value());
  one.open = static_cast<std::uint8_t>(cases.size());
  package_cases.put(context.state(), id, one);
  std::vector<Subject> subjects{ApplicationSubject{id}};
  for (const PartyId& party : arguments.applicants) subjects.push_back(PartySubject{party});
  context.emit(PackageFiled{one.package, one.applications}, std::move(subjects));
}

void note_closed(Context& context, const ApplicationId& package_case, Phase phase) {
  auto one = package_cases.get(context.state(), package_case);
  if (!one || one->open == 0) return;
  --one->open;
  if (phase == Phase::registered) ++one->registered;
  if (one->open == 0) one->closed_ms = context.now();
  package_cases.put(context.state(), package_case, *one);
  if (one->open > 0) return;
  context.emit(PackageClosed{one->package, one->registered},
               {ApplicationSubject{package_case}, PartySubject{one->applicants.at(0)}});
}

}  // namespace kanhe::contracts::service
