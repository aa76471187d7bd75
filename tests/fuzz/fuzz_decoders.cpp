// The entry of libFuzzer: every input goes to the reader that its first byte selects. Where KANHE_FUZZ_READER names one
// (decoders.h), all that is made up is for that one.
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "tests/fuzz/decoders.h"

namespace {

std::optional<kanhe::Byte> only_reader;

}  // namespace

extern "C" {

std::size_t LLVMFuzzerMutate(kanhe::Byte* data, std::size_t size, std::size_t size_max);

int LLVMFuzzerInitialize(int*, char***) {
  const char* const wanted = std::getenv("KANHE_FUZZ_READER");
  if (wanted == nullptr) return 0;
  const auto readers = kanhe::fuzz::decoders();
  for (std::size_t index = 0; index < readers.size(); ++index) {
    if (readers[index].name == wanted) only_reader = static_cast<kanhe::Byte>(index);
  }
  if (only_reader) return 0;
  std::fprintf(stderr, "KANHE_FUZZ_READER: there is no reader \"%s\"\n", wanted);
  std::exit(2);
}

std::size_t LLVMFuzzerCustomMutator(kanhe::Byte* data, std::size_t size, std::size_t size_max, unsigned) {
  if (!only_reader) return LLVMFuzzerMutate(data, size, size_max);
  data[0] = *only_reader;
  return size_max < 2 ? 1 : 1 + LLVMFuzzerMutate(data + 1, size == 0 ? 0 : size - 1, size_max - 1);
}

int LLVMFuzzerTestOneInput(const kanhe::Byte* data, std::size_t size) {
  kanhe::fuzz::run_input({data, size});
  return 0;
}

}  // extern "C"
