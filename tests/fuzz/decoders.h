// The readers that outsiders can reach with bytes of their choice, one entry each, for fuzzing.
//
// The first byte of an input selects the reader, the rest is what it reads. For every accepted x, writing what was read
// gives x again; nothing that is refused or accepted may stop the process. What is read is then handed to the checks
// that look at it next (signatures, proofs), because those meet a liar's values first.
//
// One entry is no reader but a program that drives consensus (replica_program.h).
//
// The corpus (tests/fuzz/corpus) holds golden inputs that are accepted, and inputs that once broke something. A number
// is a reader's place in the table: new readers are appended, so that old inputs keep their meaning.
//
// Thread: one. Errors: a broken promise is a CHECK.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "ledger/bytes.h"

namespace kanhe::fuzz {

struct Decoder {
  std::string_view name;
  // Whether the bytes were accepted.
  bool (*accepts)(ByteView bytes);
  // Encodings that must be accepted, without the selecting byte: some small, some with everything present.
  std::vector<Bytes> (*seeds)();
};

std::span<const Decoder> decoders();

// One input of the fuzzer. An empty input, or a first byte that selects nothing, is ignored (false).
bool run_input(ByteView input);

}  // namespace kanhe::fuzz
