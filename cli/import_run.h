// ImportRun: carries a plan of entries into the ledger, many at a time, each once.
//
// The rows of one unit go one after the other, because their order matters and transactions in flight have none; rows
// of different units are in flight together, up to a window. What is there already (by row key, in state) is not sent
// again, so an import that was broken off is repeated as a whole and goes on where it stopped. A row whose transaction
// lapsed is signed and sent anew; if the first one was recorded after all, the ledger says `row_repeated` for the same
// unit, which counts as there. A refused row holds back the later rows of its unit.
//
// "Busy" is an answer to be respected: nothing new is sent until the pause is over, and the pause doubles while the
// answer stays the same, for as long as that is. What is in flight is waited for, also after an interruption.
//
// The ledger is reached by an ImportLink, so that tests bring their own.
//
// Thread: one. Limits: below. Errors: those of the link, once it failed link_failures_max times in a row; what was done
// until then stands in the result.
#pragma once

#include <deque>
#include <functional>

#include "certs/answers.h"
#include "cli/import_mapping.h"

namespace kanhe::cli {

inline constexpr std::size_t import_window_default = 256;
inline constexpr std::size_t import_window_max = 4'096;
inline constexpr std::size_t rows_asked_max = 16;  // of one question for rows that are there already
inline constexpr unsigned link_failures_max = 8;
inline constexpr unsigned row_attempts_max = 4;  // transactions that are signed for one row
inline constexpr unsigned pause_ms_min = 250;
inline constexpr unsigned pause_ms_max = 8'000;
inline constexpr unsigned receipt_wait_ms = 2'000;

// How an import reaches the ledger. What it answers as recorded was proved.
class ImportLink {
 public:
  virtual ~ImportLink() = default;
  // For each of these rows (at most rows_asked_max) the unit that it was entered for, or nothing.
  virtual Result<std::vector<std::optional<UnitNumber>>> imported(std::span<const PlannedRow* const> rows) = 0;
  // A new transaction for the row.
  virtual Result<TransactionBody> sign(const PlannedRow& row) = 0;
  virtual Result<certs::TransactionAnswer> submit(const TransactionBody& body) = 0;
  virtual Result<certs::TransactionAnswer> wait_for(const TransactionId& id, unsigned wait_ms) = 0;
  virtual void pause(unsigned ms) = 0;
  virtual bool interrupted() const = 0;
};

struct ImportResult {
  std::uint64_t recorded = 0;
  std::uint64_t there_already = 0;
  std::vector<RowFault> faults;     // refused and held back rows
  std::vector<std::size_t> open;    // lines of rows that were not sent, or whose outcome is not known
  std::optional<Error> broken_off;  // why
  bool interrupted = false;
};

class ImportRun {
 public:
  // Called whenever a row is done with; `done` counts all such rows.
  using Progressed = std::function<void(std::uint64_t done)>;

  // Lifetime: plan and link outlive the run. Requires: 1 ≤ window ≤ import_window_max.
  ImportRun(const ImportPlan& plan, ImportLink& link, std::size_t window, Progressed progressed);
  ImportResult run();

 private:
  enum class Sent : std::uint8_t { arrived, busy, refused };
  struct Lane {  // the rows of a unit
    const PlannedUnit* unit = nullptr;
    std::vector<bool> there;  // which rows are in the ledger
    std::size_t next = 0;     // row that is to be sent, or is in flight
    unsigned attempts = 0;    // for that row
  };
  struct Flight {
    std::size_t lane = 0;
    TransactionBody body;
  };

  void find_rows_there();
  void skip_rows_there(std::size_t lane);
  void send_more();
  bool send(std::size_t lane);
  void send_again(Flight flight);
  void sign_anew(std::size_t lane);
  Sent submit(Flight& flight);
  void look_at_oldest();
  void take_rows_there();
  void on_recorded(const Flight& flight, const Receipt& receipt);
  void on_refused(Lane& lane, const Refused& refused);
  void finish_row(std::size_t lane);
  void hold_back_rest(Lane& lane, const std::string& reason, std::size_t line);
  void on_link_error(const Error& error);
  void pause_longer();
  void list_open_rows();

  const ImportPlan& plan_;
  ImportLink& link_;
  const std::size_t window_;
  const Progressed progressed_;
  std::vector<Lane> lanes_;
  std::deque<std::size_t> ready_;  // lanes whose next row may be sent
  std::deque<Flight> flights_;     // oldest first
  std::uint64_t done_ = 0;
  unsigned failures_ = 0;  // of the link, in a row
  unsigned pause_ms_ = 0;  // the last pause; 0: none since something went well
  bool may_send_ = true;   // false from "busy" on, until something was recorded or a pause is over
  Error refusal_{};        // why the node did not take a transaction
  ImportResult result_;
};

// A refusal as lines of the report.
std::vector<RowFault> faults_of(const PlannedRow& row, const Refused& refused);

}  // namespace kanhe::cli
