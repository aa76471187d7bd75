// SimSignatures: signatures that our own keys never make, but somebody else's software may.
//
// ECDSA gives many good signatures of one digest under one key: one for each nonce that is drawn. And each has a second
// form, with n - s in the place of s, which some verifiers take and ours must not (BIP 62, rule 5).
//
// Thread: any; pure functions.
#pragma once

#include "ledger/keys.h"

namespace kanhe::testnet {

// Another good signature of the digest. Requires: ECDSA keys.
Signature sign_with_another_nonce(const SecretKey& key, const Hash256& digest, const Signature& than);
// The same signature with the higher s, or the lower one again.
Signature other_form_of(Signature signature);

}  // namespace kanhe::testnet
