// kanhe: the command line of a department's officers and of whoever verifies a certificate.
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include "cli/app.h"

namespace {

extern "C" void on_interrupt(int) { ::_exit(static_cast<int>(kanhe::cli::ExitCode::interrupted)); }

}  // namespace

int main(int argc, char** argv) {
  // Keys and passphrases are in memory: no core dump, and no other process of this account looks inside.
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGINT, on_interrupt);
  return kanhe::cli::run(argc, argv, std::cout, std::cerr);
}
