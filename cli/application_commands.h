// What the files of `kanhe application` share.
//
// Thread: one.
#pragma once

#include "certs/answers.h"
#include "cli/app.h"

namespace kanhe::cli {

// The definition of the application's service, if the answer proves it. Requires: the answer has an application.
std::optional<contracts::service::Service> service_of(const certs::ApplicationAnswer& answer);

// kanhe application assess: the deed tax of a transfer, computed by the tariff, stated by the tax office.
void add_assess_command(CLI::App& noun, Globals& globals);

}  // namespace kanhe::cli
