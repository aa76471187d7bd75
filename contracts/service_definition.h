// Definitions of services: the method that adds one, and those that Kanhe ships. A part of the service module.
//
// Thread: one. Errors: service::Code.
#pragma once

#include "contracts/service.h"

namespace kanhe::contracts::service {

void define(Context& context, const DefineArguments& arguments);

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

}  // namespace kanhe::contracts::service
