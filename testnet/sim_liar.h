// Small lies: a message of a liar, changed a little and signed again with its own key. ByzzFuzz (OOPSLA 2023) found
// that small changes of structure find more than random bytes: a view or height one off, another digest, a part left
// out, a number that is far too large.
//
// Thread: one; the seed decides which lie.
#pragma once

#include "consensus/messages.h"
#include "testnet/sim_schedule.h"

namespace kanhe::testnet {

// Requires: the message is the key owner's own (for one that another signed the answer is the message itself).
consensus::Message lie(Random& random, const consensus::Scheme& scheme, const SecretKey& key,
                       consensus::Message message);

// Who signed it; nobody signs a Sealed.
std::optional<ValidatorIndex> signer_of(const consensus::Message& message);

}  // namespace kanhe::testnet
