// The queue of what falls due: lapses, silent acceptance, reminders.
//
// It is a table sorted by time and then by a running number, so that the next entry is one seek away and the order is
// the same everywhere. A module adds entries through Context::at() and keeps the key if it may want to cancel one.
//
// Most entries are cancelled before their time, and a database passes over what was removed one by one until it is
// compacted. So the queue remembers where its first entry can be: nothing before it is looked at again, and a block
// before that time does not look at all.
//
// Thread: one. Complexity: one seek per entry. Limits: a block runs at most the parameter due_entries_max.
#pragma once

#include <optional>

#include "ledger/schema.h"
#include "ledger/state.h"

namespace kanhe::contracts {

// Names a handler in state: the first byte is the module's, as with tables.
using DueHandlerNumber = std::uint16_t;
inline constexpr std::size_t due_data_bytes_max = 1'024;

// The key of a table that has one record.
struct Only {
  friend auto operator<=>(const Only&, const Only&) = default;
};
BOOST_DESCRIBE_STRUCT(Only, (), ())

struct DueKey {
  Timestamp due;
  Total sequence;
  friend auto operator<=>(const DueKey&, const DueKey&) = default;
};
BOOST_DESCRIBE_STRUCT(DueKey, (), (due, sequence))

struct DueEntry {
  FormatVersion<1> version;
  DueHandlerNumber handler = 0;
  Blob<due_data_bytes_max> data;  // the handler's own record
};
BOOST_DESCRIBE_STRUCT(DueEntry, (), (version, handler, data))

struct DueQueue {
  FormatVersion<1> version;
  Total next;      // the running number of the next entry
  DueKey earliest{Timestamp(Timestamp::max), Total(Total::max)};  // no entry comes before it
};
BOOST_DESCRIBE_STRUCT(DueQueue, (), (version, next, earliest))

inline constexpr Table<DueKey, DueEntry> due_entries{0x0102, "due_entries"};
inline constexpr Table<Only, DueQueue> due_queue{0x0103, "due_queue"};

// A time beyond the type's range counts as its end. Requires: data is at most due_data_bytes_max bytes (a handler's
// record is of our own making).
DueKey add_due(Overlay& state, Timestamp due, DueHandlerNumber handler, Bytes data);
void remove_due(Overlay& state, const DueKey& key);

// The first entry that is due at `now`, or nothing. Remembers where it looked.
std::optional<std::pair<DueKey, DueEntry>> first_due(Overlay& state, Timestamp now);

}  // namespace kanhe::contracts
