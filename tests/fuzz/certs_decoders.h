// The reader of bundles: a file that anyone may hand to a verifier.
//
// The promises are those of decoders.h, for values: what is read again from what was written is the same. And two more:
// whatever a bundle holds, the verifier comes to a verdict, and only what the ledger of the seeds holds is ever good;
// and no stamp is ever whole but those of the seeds.
//
// Thread: one. Errors: a broken promise is a CHECK.
#pragma once

#include <vector>

#include "ledger/bytes.h"

namespace kanhe::fuzz {

bool accepts_bundle(ByteView json);
// Without evidence, with made-up evidence, and four that are good: of a certificate alone and of a member of a batch,
// each without a stamp and with one.
std::vector<Bytes> bundles();

}  // namespace kanhe::fuzz
