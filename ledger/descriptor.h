// Descriptor: an open file of the system, closed with the object.
//
// Owner: whoever holds it. Thread: one. Errors: none; a number below 0 is no file, and errno says why.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "ledger/result.h"

namespace kanhe {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

// What the system's last call said of a path.
inline Error io_error(const std::string& path) {
  return fail(ErrorCode::io, path, ": ", std::system_category().message(errno));
}

}  // namespace kanhe
