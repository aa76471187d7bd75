// Service packages: several matters that are one for whoever files them (一件事一次办), for example the opening of a
// business. A part of the module service.
//
// A package names services, of one department or several, that enter nothing in a register. It is filed once, at the
// window of the department that leads it, with each material once; each service gets those that it asks for, and goes
// its own way beside the others. All of them are filed, or none. The case is closed when the last of them is.
//
// A service is in no package of another department unless it names that department as a window: nobody gets work from
// elsewhere that they did not agree to.
//
// Tables: 0x0503 packages, 0x0504 package cases.
// Thread: one. Errors: service::Code, CaseCode.
#pragma once

#include "contracts/service_case.h"

namespace kanhe::contracts::service {

struct PackageCodeKind {
  static constexpr Label label{"PackageCode", "套餐编码", "code of a package, for example business-opening"};
};
using PackageCode = Text<SlugTag<PackageCodeKind>>;

inline constexpr std::size_t package_services_min = 2;
inline constexpr std::size_t package_services_max = 8;
inline constexpr std::size_t package_materials_max = 32;
using PackageServices = List<ServiceCode, package_services_max>;
using PackageApplications = List<ApplicationId, package_services_max>;

struct Package {
  FormatVersion<1> version;
  DepartmentId lead;
  PlainText<96> name_zh;
  PlainText<96> name_en;
  PackageServices services;
  Timestamp defined_ms;
};
BOOST_DESCRIBE_STRUCT(Package, (), (version, lead, name_zh, name_en, services, defined_ms))

struct PackageCase {
  FormatVersion<1> version;
  PackageCode package;
  property::Applicants applicants;
  PartyId filed_by;  // the person
  Timestamp filed_ms;
  PackageApplications applications;  // in the order of the services
  std::uint8_t open = 0;             // of them
  std::uint8_t registered = 0;
  std::optional<Timestamp> closed_ms;
};
BOOST_DESCRIBE_STRUCT(PackageCase, (),
                      (version, package, applicants, filed_by, filed_ms, applications, open, registered, closed_ms))

inline constexpr Table<PackageCode, Package> packages{0x0503, "packages"};
// By the id of the transaction that filed it; its history is that of an application of this id.
inline constexpr Table<ApplicationId, PackageCase> package_cases{0x0504, "package_cases"};

// The id of the application for the service at a position (from 0) of a package.
ApplicationId application_of(const ApplicationId& package_case, std::size_t position);

// By an administrator, whose department leads it.
struct DefinePackageArguments {
  PackageCode code;
  PlainText<96> name_zh;
  PlainText<96> name_en;
  PackageServices services;
};
BOOST_DESCRIBE_STRUCT(DefinePackageArguments, (), (code, name_zh, name_en, services))

// By a window clerk of the department that leads it.
struct FilePackageArguments {
  PackageCode package;
  property::Applicants applicants;
  List<Material, package_materials_max> materials;  // each once, for all services that ask for it
  std::optional<Deferral> deferral;                 // of what is left out and may come later
  ShownCertificates shown;
  Answers answers;
  Mandates mandates;
};
BOOST_DESCRIBE_STRUCT(FilePackageArguments, (), (package, applicants, materials, deferral, shown, answers, mandates))

struct PackageDefined {
  static constexpr std::string_view event_name = "service.package_defined";
  PackageCode code;
};
BOOST_DESCRIBE_STRUCT(PackageDefined, (), (code))

struct PackageFiled {
  static constexpr std::string_view event_name = "service.package_filed";
  PackageCode package;
  PackageApplications applications;
};
BOOST_DESCRIBE_STRUCT(PackageFiled, (), (package, applications))

// The last of its applications came to its end.
struct PackageClosed {
  static constexpr std::string_view event_name = "service.package_closed";
  PackageCode package;
  std::uint8_t registered = 0;  // how many ended with their certificate
};
BOOST_DESCRIBE_STRUCT(PackageClosed, (), (package, registered))

void define_package(Context& context, const DefinePackageArguments& arguments);
void file_package(Context& context, const FilePackageArguments& arguments);
// One of its applications came to its end.
void note_closed(Context& context, const ApplicationId& package_case, Phase phase);

}  // namespace kanhe::contracts::service
