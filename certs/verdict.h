// The verdict of a report, from the results of its checks alone (certs/verifier.h says which leads to which).
//
// Thread: any; pure functions.
#pragma once

#include "certs/verifier.h"

namespace kanhe::certs {

// Requires: all checks.
Verdict verdict_of(const Report& report);
// Sets the verdict and its sentences.
void conclude(Report& report, Verdict verdict);

}  // namespace kanhe::certs
