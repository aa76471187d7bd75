// Service filing: what an application may hold, and whether the register would take it now. A part of the module
// service.
//
// Thread: one. Errors: service::Code; property's where its rules say no.
#pragma once

#include "contracts/service.h"

namespace kanhe::contracts::service {

// By a window clerk of the owner. Units of the application are held from then on, but for those on which a limit ends
// and nothing else.
void file(Context& context, const FileArguments& arguments);

}  // namespace kanhe::contracts::service
