#include "testnet/sim_signatures.h"

#include <secp256k1.h>

namespace kanhe::testnet {

Signature sign_with_another_nonce(const SecretKey& key, const Hash256& digest, const Signature& than) {
  static secp256k1_context* const context = secp256k1_context_create(SECP256K1_CONTEXT_SIGN);  // of the process
  const Hash256 drawn = sha256(than.view());
  secp256k1_ecdsa_signature made;
  CHECK(secp256k1_ecdsa_sign(context, &made, digest.view().data(), key.view().data(),
                             secp256k1_nonce_function_rfc6979, drawn.view().data()) == 1);
  Signature signature;
  secp256k1_ecdsa_signature_serialize_compact(context, signature.array().data(), &made);
  return signature;
}

Signature other_form_of(Signature signature) {
  constexpr std::array<Byte, 32> order{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                       0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48,
                                       0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41};
  int borrow = 0;
  for (std::size_t i = order.size(); i-- > 0;) {
    const int difference = int{order[i]} - int{signature.array()[order.size() + i]} - borrow;
    borrow = difference < 0 ? 1 : 0;
    signature.array()[order.size() + i] = static_cast<Byte>(difference + 256 * borrow);
  }
  return signature;
}

}  // namespace kanhe::testnet
