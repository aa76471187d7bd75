// Property entry: how a filing is checked and its acts are entered. A part of the property module.
//
// Thread: one. Errors: property::Code.
#pragma once

#include "contracts/property_rules.h"

namespace kanhe::contracts::property {

// By a registrar of the department that keeps the units' register, who has no part in it: units and limits are entered,
// changed and ended. Each act is checked on the outcome of those before it. A transfer is not entered here, because tax
// and fee are looked at by a service.
void enter(Context& context, const Filing& filing);

// property.cpp's: a transfer is entered.
void record(Context& context, const TransferRight& transfer, const EntryBasis& basis);

}  // namespace kanhe::contracts::property
