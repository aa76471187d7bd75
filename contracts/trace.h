// Traces: per subject, how many events there are and the head of the chain of their hashes.
//
// A history handed out together with the proof of its Trace is checkably complete: nothing left out, added or
// reordered. A subject without a Trace has no events. The key is the hash of the subject, so that keys are short and
// the table does not list who has a history to whoever reads it in order.
//
// Thread: one. Source of the chain: ledger/receipt.h (TraceLink).
#pragma once

#include "ledger/receipt.h"
#include "ledger/state.h"

namespace kanhe::contracts {

struct TraceKeyKind {
  static constexpr Label label{"TraceKey", "追溯键", "SHA-256 of a canonical subject"};
};
using TraceKey = FixedBytes<DigestTag<TraceKeyKind>>;

struct Trace {
  FormatVersion<1> version;
  Total event_count;
  TraceHead head;
  friend bool operator==(const Trace&, const Trace&) = default;
};
BOOST_DESCRIBE_STRUCT(Trace, (), (version, event_count, head))

inline constexpr Table<TraceKey, Trace> traces{0x0101, "traces"};

TraceKey trace_key_of(const Subject& subject);
// A subject without events has the trace of none: count 0, head zero.
Trace trace_of(const StateReader& state, const Subject& subject);

// Extends the traces of all subjects of all events of a receipt, in order. `index` is the receipt's place in the
// block's receipt tree: 0 for the system receipt. Returns the number of each event in the history of each of its
// subjects, in the same order; a subject's first event has the number 0.
std::vector<std::uint64_t> extend_traces(Overlay& state, Height height, std::uint32_t index, const Receipt& receipt);

}  // namespace kanhe::contracts
