// The contract host: executes blocks.
//
// Execution is a function of state and block: deterministic, and total, for whatever a block holds. What should have
// been kept out of it (another chain's transaction, an expired one, the same id twice) is refused with a code like any
// other mistake. Signatures are not looked at here: a body is verified before it is voted on. An id that stands in an
// earlier block is known to the index of transactions, not to the state: consensus keeps it out.
//
// A block first runs what is due at its time, then its transactions in order; then what ends an epoch has its turn
// (contracts/motion.h), with its events in the system receipt. Each transaction runs on an overlay of its own,
// which is taken over only if there are no findings. Every event extends the trace of each of its subjects
// (contracts/trace.h).
//
// Thread: one. Cost: proportional to the block; memory: the changes of the block.
#pragma once

#include <optional>
#include <span>

#include "contracts/module.h"
#include "ledger/genesis.h"
#include "ledger/transaction.h"

namespace kanhe::contracts {

// Of the system receipt: after so many bytes of events the remaining due entries wait for the next block, as they do
// when the next one might not find room for its events.
inline constexpr std::size_t system_event_bytes_max = 1'048'576;

// In the system receipt: a due entry could not be carried out and is gone. Its handler and the first code it found.
struct DueDropped {
  static constexpr std::string_view event_name = "host.due_dropped";
  DueHandlerNumber handler = 0;
  std::uint16_t code = 0;
};
BOOST_DESCRIBE_STRUCT(DueDropped, (), (handler, code))

struct BlockInput {
  ChainId chain_id;
  Suite suite;
  Height height;
  Timestamp timestamp_ms;  // not below the parent's
  std::span<const TransactionBody* const> transactions;
};

struct BlockOutput {
  std::vector<Receipt> receipts;            // the system receipt, then one per transaction, in the block's order
  std::vector<std::uint64_t> event_numbers;  // as extend_traces() has them, receipt by receipt
  std::optional<Height> epoch_end;          // the last height of the present epoch, where that is decided
  std::optional<EpochConfig> next_epoch;    // in the last block of an epoch: what decides after it
};

// Requires: `state` lies above the parent block's state. Its changes are the block's.
BlockOutput execute_block(Overlay& state, const BlockInput& block);

// The records that a network starts with; there is one receipt. Requires: check_genesis() accepts it; `state` is empty.
BlockOutput execute_genesis(Overlay& state, const Genesis& genesis);

// The catalogue: every module, in a fixed order. The command line's help and the OpenAPI schema are made from it.
std::span<const Module* const> modules();
// Null when there is none of this name.
const Module* find_module(std::string_view module);
const Method* find_method(std::string_view module, std::string_view method);
const EventKind* find_event(std::string_view event_name);
const DueHandler* find_due_handler(DueHandlerNumber number);
inline bool is_module_known(std::string_view module) { return find_module(module) != nullptr; }

}  // namespace kanhe::contracts
