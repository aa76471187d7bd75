// Shipped services: the definitions that come with Kanhe, for whoever plays each part in a network. They are put on the
// ledger like any other, by the department that owns them.
//
// Thread: any; plain values.
#pragma once

#include "contracts/service_package.h"

namespace kanhe::contracts::service {

// Who does what in the shipped services; every network has departments of its own.
struct ServiceDepartments {
  DepartmentId registry;
  DepartmentId housing;
  DepartmentId tax;
  DepartmentId treasury;
};

// Sale of a house (转移登记, 存量房买卖): the housing department looks at the filed contract while the tax office
// assesses; then the registry reviews. Fees and tax by the shipped tariffs (tariff.h). Time limits: unconfirmed.
// Source: Regulation on the registration of real estate 14–16; Deed Tax Law 10, 11; Civil Code 223.
DefineArguments house_sale(const ServiceDepartments& departments, const certificate::TypeCode& certificate_type);

struct ServiceTypes {
  certificate::TypeCode title;  // 不动产权证书
  certificate::TypeCode proof;  // 不动产登记证明
};

// All that ship, by their codes:
//   house-sale           as above
//   inheritance          转移登记, 继承: the heirs alone; the tax office says that nothing is due
//   mortgage             抵押登记: owner and mortgagee; a proof
//   mortgage-release     抵押注销登记: the mortgagee
//   new-building         首次登记: planning and completion are looked at by the housing department
//   unit-change          变更登记: facts, split, merger; with new titles
//   sale-with-mortgage   带押过户: the sale, the end of the seller's mortgage, the buyer's: all or nothing
// Time limits in working days: Shanghai Provisions 14 (mortgage 5, its release 1, inheritance 30); others unconfirmed.
// Fees and deed tax by the shipped tariffs, which have to be there; what is cancelled is free, unconfirmed.
// Source: Regulation on the registration of real estate 14–18.
std::vector<DefineArguments> shipped_services(const ServiceDepartments& departments, const ServiceTypes& types);

// Enrolment at a school (入学证明): whoever lives in the district gets a place at once, and the school learns no
// address. The predicate `resides-in-district` is asked for the district by the school's department, with the family's
// consent, and answered by whoever keeps the household register; where nobody answered yes, a reviewer decides.
// Owner: education.
struct SchoolDepartments {
  DepartmentId education;
  DepartmentId treasury;
};
inline constexpr std::string_view resides_predicate = "resides-in-district";
DefineArguments school_enrolment(const SchoolDepartments& departments, const certificate::TypeCode& enrolment,
                                 const PlainText<96>& district);

// Opening of a business (企业开办一件事): licence, seal, tax and social insurance, filed once at the window of the market
// regulator, and gone through side by side. Free. Time limits: unconfirmed.
struct BusinessDepartments {
  DepartmentId market;
  DepartmentId police;
  DepartmentId tax;
  DepartmentId labour;
  DepartmentId treasury;
};
struct BusinessTypes {
  certificate::TypeCode licence;    // 营业执照
  certificate::TypeCode seal;       // 印章备案证明
  certificate::TypeCode tax;        // 税务登记证明
  certificate::TypeCode insurance;  // 社会保险登记证
  std::optional<certificate::TypeCode> premises;  // a title, which shows the premises in place of a paper
};
struct OwnedService {
  DepartmentId owner;  // whose administrator defines it
  DefineArguments arguments;
};
std::vector<OwnedService> business_services(const BusinessDepartments& departments, const BusinessTypes& types);
// Owner: market. The services have to be there.
DefinePackageArguments business_opening();

}  // namespace kanhe::contracts::service
