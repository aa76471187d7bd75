// The course of an application as people read it: what happened, when, in which department, how long it took, and who
// was waited for meanwhile.
//
// Who was waited for follows from the events alone, together with the definition of the service: the owner's window
// until it is accepted, the departments whose steps of the open stage have no review yet, the treasury until the bill
// is settled, the owner's registrar until the end. While something is missing, or the clock stands still, no department
// is waited for.
//
// Thread: any; plain values. Errors: none; without the definition nobody is named.
#pragma once

#include "certs/answers.h"
#include "cli/app.h"

namespace kanhe::cli {

// Which departments are waited for after each of the events, in their order; sorted; none once it is closed.
std::vector<std::vector<DepartmentId>> waited_for(const certs::TracedEvents& events,
                                                  const std::optional<contracts::service::Service>& service);

// One line an event and below it what it says. Times are those of the blocks.
std::string case_timeline(const Globals& globals, const certs::TracedEvents& events,
                          const std::optional<contracts::service::Service>& service);

}  // namespace kanhe::cli
