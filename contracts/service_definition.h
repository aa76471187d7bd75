// Definitions of services: the method that adds one. A part of the service module.
//
// Thread: one. Errors: service::Code.
#pragma once

#include "contracts/service.h"

namespace kanhe::contracts::service {

void define(Context& context, const DefineArguments& arguments);

}  // namespace kanhe::contracts::service
