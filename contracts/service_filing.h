// Service filing: what an application may hold, and whether the register would take it now. A part of the module
// service.
//
// Thread: one. Errors: service::Code; property's where its rules say no.
#pragma once

#include "contracts/service_case.h"

namespace kanhe::contracts::service {

// By a window clerk of the owner or of a window that the service names. Units of the application are held from then on,
// but for those on which a limit ends and nothing else. Where all checks of the service hold, it is approved at once.
void file(Context& context, const FileArguments& arguments);

// The same in two steps, for several at once: looks at everything and adds findings; then, if there were none, enters
// what was looked at. Requires of enter_filing: no finding; `one` is what prepare_filing answered.
Case prepare_filing(Context& context, const ApplicationId& id, const Service& service, const FileArguments& arguments,
                    const FiledFields& fields);
void enter_filing(Context& context, Case& one, const Mandates& mandates);

}  // namespace kanhe::contracts::service
