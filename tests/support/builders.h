// Builders: one good value of each record of ledger/, the same on every machine and in every run.
//
// The values fit together: the validators are the genesis's, the proposal is of their chain, the seal is signed by a
// quorum of them. The golden vectors (tests/vectors) are made from these, so changing a builder changes the vectors.
//
// Thread: any; plain values.
#pragma once

#include <string_view>

#include "ledger/checkpoint.h"
#include "ledger/genesis.h"
#include "ledger/receipt.h"
#include "ledger/state_tree.h"
#include "ledger/transaction.h"

namespace kanhe::support {

inline constexpr SignatureScheme builders_scheme = SignatureScheme::ecdsa_secp256k1;

// The secret key whose number on the curve is the seed. Requires: seed > 0.
SecretKey secret_key(std::uint8_t seed);
PublicKey public_key(std::uint8_t seed);

// Bytes that count upwards from `first`.
template <class Fixed>
Fixed counting_bytes(Byte first) {
  Fixed value;
  for (Byte& byte : value.array()) byte = first++;
  return value;
}

// A text that is known to be of its type's form.
template <class T>
T text(std::string_view value) {
  return std::move(T::from(value)).value();
}

// Four validators (their consensus keys have the seeds 1 to 4), one observer (seed 5) and a department without a node.
Genesis a_genesis();
// The first epoch of that genesis: n = 4, f = 1, q = 3.
EpochConfig four_validators();
SecretKey validator_key(ValidatorIndex index);

// Signed with seed 11, for the chain of a_genesis().
Transaction a_transaction();

// One subject of each kind, ascending.
SortedList<Subject, subjects_max> all_subjects();
Event an_event();
Receipt a_succeeded_receipt();
Receipt a_refused_receipt();
Receipt a_system_receipt();
TraceLink a_trace_link();

// Height 1 above the genesis, with two transactions.
Proposal a_proposal();
Header a_header();
Checkpoint a_checkpoint();
// Signed by the validators 0, 1 and 3.
CommitSeal a_seal();
// The checkpoint sealed by these, in the order given, whether or not that is a good seal.
CommitSeal sealed_by(const Checkpoint& checkpoint, std::initializer_list<std::uint16_t> signers);

StateProof a_presence_proof();
StateProof an_absence_proof();

// Calls visit(name, value) for every record that has a canonical encoding of its own, in every shape worth keeping.
template <class Visitor>
void for_each_record(Visitor visit) {
  visit("genesis", a_genesis());
  visit("epoch_config", four_validators());
  visit("transaction", a_transaction());
  const auto subjects = all_subjects();
  visit("certificate_subject", subjects[0]);
  visit("unit_subject", subjects[1]);
  visit("application_subject", subjects[2]);
  visit("party_subject", subjects[3]);
  visit("department_subject", subjects[4]);
  visit("event", an_event());
  visit("succeeded_receipt", a_succeeded_receipt());
  visit("refused_receipt", a_refused_receipt());
  visit("system_receipt", a_system_receipt());
  visit("trace_link", a_trace_link());
  visit("proposal_header", a_proposal().header);
  visit("proposal", a_proposal());
  visit("header", a_header());
  visit("checkpoint", a_checkpoint());
  visit("commit_seal", a_seal());
  visit("presence_proof", a_presence_proof());
  visit("absence_proof", an_absence_proof());
  visit("state_leaf", an_absence_proof().other.value());
}

}  // namespace kanhe::support
