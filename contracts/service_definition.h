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
// assesses; then the registry reviews. Fees: 80 yuan for dwellings, 550 otherwise. Time limits: unconfirmed.
// Source: Regulation on the registration of real estate 14–16; Deed Tax Law 10, 11; Civil Code 223.
DefineArguments house_sale(const ServiceDepartments& departments, const certificate::TypeCode& certificate_type);

}  // namespace kanhe::contracts::service
