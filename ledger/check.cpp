#include "ledger/check.h"

#include <cstdio>
#include <cstdlib>

namespace kanhe {

void check_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "%s:%d: CHECK(%s) failed\n", file, line, condition);
  std::fflush(stderr);
  std::abort();
}

}  // namespace kanhe
