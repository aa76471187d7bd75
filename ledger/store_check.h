// StoreCheck: recomputes everything in a store, and says what is wrong and where.
//
// The store is opened by the node's own code over ReadOnlyFiles, so nothing on the disk changes. From the genesis to
// the tip: every table file of the database reads whole; each header follows from the one before (parent, history,
// epoch); its seal, or the one that covers it, is a quorum's; the list and every body are those that the header names,
// each body signed by its sender; the receipts are those of receipt_root, and name the block's transactions; the
// indexes lead to each transaction, event and history node; every record of the state stands in the state tree, and
// there is no leaf without one. What consensus remembers of votes is left to the node that restores it.
//
// It goes on after damage, with the next block, up to store_findings_max findings. What a lie would need to pass: q
// keys of an epoch.
//
// Thread: one. Memory: a record for each subject with events. Complexity: reads everything once.
#pragma once

#include <functional>

#include "ledger/genesis.h"
#include "ledger/store.h"

namespace kanhe {

inline constexpr std::size_t store_findings_max = 100;

struct StoreFinding {
  std::optional<Height> height;  // absent: no block's own
  PlainText<512> what;           // names the file, key or index
};
BOOST_DESCRIBE_STRUCT(StoreFinding, (), (height, what))

struct StoreCheckReport {
  std::optional<Height> tip;  // absent: the store cannot be opened, or is empty
  Total blocks;
  Total seals;
  Total transactions;
  Total receipts;
  Total events;
  Total records;              // of the state
  Total table_files;
  bool complete = false;      // everything was looked at; else there were too many findings, or it did not open
  List<StoreFinding, store_findings_max> findings;
};
BOOST_DESCRIBE_STRUCT(StoreCheckReport, (), (tip, blocks, seals, transactions, receipts, events, records, table_files,
                                             complete, findings))

struct StoreCheckOptions {
  std::string path;        // of the store
  bool signatures = true;  // of every transaction: the most of the work
  using Progress = std::function<void(std::string_view what, std::uint64_t done, std::uint64_t of)>;
  Progress progress = nullptr;
};

// `disk` holds the store, and is not written to. Errors: unknown (no store there); what is damaged is a finding.
Result<StoreCheckReport> check_store(Files& disk, const Genesis& genesis, const StoreCheckOptions& options);

}  // namespace kanhe
