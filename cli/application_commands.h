// What the files of `kanhe application` share.
//
// Thread: one.
#pragma once

#include "certs/answers.h"
#include "cli/app.h"

namespace kanhe::cli {

// The definition of the application's service, if the answer proves it. Requires: the answer has an application.
std::optional<contracts::service::Service> service_of(const certs::ApplicationAnswer& answer);

// kanhe application services: the definitions that ship, as files.
void add_shipped_command(CLI::App& noun, Globals& globals);
// kanhe application show-service: a service as it is defined.
void add_service_command(CLI::App& noun, Globals& globals);
// kanhe application list: who is waited for.
void add_list_command(CLI::App& noun, Globals& globals);
// kanhe application upload, files: what was filed, in and out of the departments' vaults.
void add_file_commands(CLI::App& noun, Globals& globals);
// kanhe cert files: what a certificate was issued with.
void add_certificate_files_command(CLI::App& noun, Globals& globals);
// kanhe application assess: the deed tax of a transfer, computed by the tariff, stated by the tax office.
void add_assess_command(CLI::App& noun, Globals& globals);

}  // namespace kanhe::cli
