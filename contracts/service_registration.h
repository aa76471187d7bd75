// Service registration: an application's acts are entered and its certificates issued, by one transaction. A part of
// the service module.
//
// Thread: one. Errors: service::Code; property's, treasury's and certificate's where their rules say no.
#pragma once

#include "contracts/service.h"

namespace kanhe::contracts::service {

// By a registrar of the owner who has had no part in the case. Each unit whose title is another afterwards gets one
// certificate, and where the service has a type for it, each limit that is entered.
void register_application(Context& context, const RegisterArguments& arguments);

}  // namespace kanhe::contracts::service
