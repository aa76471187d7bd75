// Admission: the answer of an observer's node to the motion that would make it a validator.
//
// The node confirms, with the consensus key that it would vote with, that it has executed the motion's block
// (contracts/motion.h). It does so once a minute until the motion is confirmed or closed, and only while its newest
// block is not old.
//
// Owner: the driver. Thread: one. Units: ms.
#pragma once

#include <optional>
#include <span>

#include "consensus/replica.h"
#include "contracts/motion.h"
#include "ledger/transaction.h"

namespace kanhe::node {

class Admission {
 public:
  // The signed confirmation, where one is due. `tip` is the newest durable block, `state` the state after it.
  std::optional<TransactionBody> confirmation(const StateReader& state, const EpochConfig& epoch,
                                              const DepartmentId& department, SignatureScheme scheme,
                                              std::span<const SecretKey> keys, const consensus::Tip& tip,
                                              Timestamp now);

 private:
  Timestamp next_try_;
};

}  // namespace kanhe::node
