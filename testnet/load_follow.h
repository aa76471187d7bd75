// Load follower: learns from one node at a time what is recorded, and with which outcome, without asking for each
// transaction: the list of each block says what it recorded, and every success makes events.
//
// Where a client waits for the receipt of each transaction instead, read_receipt() says what it learnt.
//
// The follower holds the cursor, so that it goes on at another node where it stopped at the last. What it says is the
// node's word; tests check the acknowledged ids against proofs afterwards.
//
// Owner: the load program. Thread: one.
#pragma once

#include <deque>

#include "certs/answers.h"
#include "testnet/load_run.h"

namespace kanhe::testnet {

inline constexpr std::uint32_t follow_wait_ms = 1'000;  // how long a node may wait for events

// The JSON of a TransactionAnswer as a block with this transaction alone; nothing where it is not recorded yet.
// Errors: as from_json().
Result<std::optional<RecordedBlock>> read_receipt(std::string_view json);

class LoadFollower {
 public:
  // Whether it has a place to begin at; what is recorded from now on will be learnt.
  bool has_begun() const { return cursor_.has_value(); }
  // What to ask for next: path and query. The answer to it goes to on_answer(), failures to nobody.
  std::string target() const;
  // The answer's JSON. Errors: as from_json(); the state is then as before.
  Result<void> on_answer(std::string_view json);
  std::vector<RecordedBlock> take_blocks() { return std::exchange(blocks_, {}); }

 private:
  enum class Asking : std::uint8_t { head, list, events };
  Asking asking() const;
  Result<void> on_head(std::string_view json);
  Result<void> on_list(std::string_view json);
  Result<void> on_events(std::string_view json);
  void report_listed();

  std::optional<EventPosition> cursor_;
  Height listed_;   // the newest height whose list is known
  Height reached_;  // the newest height that is known to exist
  std::map<Height, RecordedBlock> open_;  // listed, not every outcome known; or events seen, not listed
  std::vector<RecordedBlock> blocks_;
};

}  // namespace kanhe::testnet
