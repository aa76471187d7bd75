// The entry of libFuzzer: every input goes to the reader that its first byte selects.
#include "tests/fuzz/decoders.h"

extern "C" int LLVMFuzzerTestOneInput(const kanhe::Byte* data, std::size_t size) {
  kanhe::fuzz::run_input({data, size});
  return 0;
}
