// File error: what a call of the system said of a file, as an Error.
//
// Thread: any. Errors: unknown (no such file), duplicate (it exists), io; the text names the path, what was tried and
// the reason.
#pragma once

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

#include "ledger/result.h"

namespace kanhe::cli {

// Requires: the call that failed was the last one; its reason is in errno.
inline Error file_error(const std::string& path, std::string_view what) {
  const int number = errno;
  const ErrorCode code = number == ENOENT   ? ErrorCode::unknown
                         : number == EEXIST ? ErrorCode::duplicate
                                            : ErrorCode::io;
  return fail(code, path, ": ", what, ": ", std::system_category().message(number));
}

}  // namespace kanhe::cli
