// kanhe property mortgage, seize, …: what a registrar enters in the register, each under its own name. All of them are
// the method property.enter with one act; `kanhe property enter` takes several.
#pragma once

#include "cli/app.h"

namespace kanhe::cli {

void add_register_commands(CLI::App& noun, Globals& globals);

}  // namespace kanhe::cli
