// The network that benchmarks run: four departments with a validator each, and all its keys at hand.
//
// Thread: any; plain values.
#pragma once

#include "testnet/load_work.h"

namespace kanhe::testnet {

// What a network starts from, with all its keys.
struct Founding {
  LoadNetwork network;
  std::vector<SecretKey> validators;  // by index
};
Founding found();

}  // namespace kanhe::testnet
