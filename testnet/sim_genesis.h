// SimGenesis: who there is in a simulated network, and the genesis that it starts from.
//
// An *identity* is a number: the department of that number, its administrator, and its node with as many consensus keys
// as may ever be wanted. The first identities run validators from the genesis on, the next ones observers; the last
// ones are departments without a node, which motions may let in.
//
// Thread: any; pure functions.
#pragma once

#include "ledger/genesis.h"

namespace kanhe::testnet {

using Identity = std::uint16_t;

struct GenesisOptions {
  std::size_t validators = 4;
  std::size_t observers = 0;
  std::size_t candidates = 0;  // departments without a node
  SignatureScheme scheme = SignatureScheme::keyed_hash;
  Parameters parameters = {};
};

inline constexpr std::size_t sim_generations = 4;

Timestamp sim_created();
Genesis make_sim_genesis(const GenesisOptions& options);

DepartmentId sim_department(Identity identity);
// Requires: it is the department of an identity.
Identity sim_identity(const DepartmentId& department);
std::string sim_administrator(Identity identity);
SecretKey sim_key(std::string_view name);
PartyId sim_person(std::string_view name);
// The consensus key of an identity's node: the genesis names generation 0, motions may name others.
SecretKey sim_validator_key(Identity identity, std::size_t generation = 0);
std::vector<SecretKey> sim_validator_keys(Identity identity);
TransportKey sim_transport_key(Identity identity);

}  // namespace kanhe::testnet
