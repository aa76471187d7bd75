// One lane a unit: a queue of rows of which at most one is in flight. Lanes whose next row may be sent wait in
// `ready_`; what is in flight is looked at in the order of sending. A lane whose row is given up leaves both.
#include "cli/import_run.h"

#include <algorithm>

#include "contracts/sentences.h"

namespace kanhe::cli {
namespace {

using contracts::property::ImportEntryArguments;
using PropertyCode = contracts::property::Code;
using HostCode = contracts::Code;

// Whether the ledger says that this very row is there.
bool says_there(const Refused& refused, const UnitNumber& unit) {
  return std::ranges::any_of(refused.findings, [&](const Finding& finding) {
    return finding.code == static_cast<std::uint16_t>(PropertyCode::row_repeated) &&
           finding.subject == std::optional<Subject>(UnitSubject{unit});
  });
}

// A reason that the next rows would meet as well: every one of them would be recorded in vain.
bool concerns_all_rows(const Finding& finding) {
  for (const HostCode code : {HostCode::unknown_sender, HostCode::dismissed_sender, HostCode::role_needed}) {
    if (finding.code == static_cast<std::uint16_t>(code)) return true;
  }
  return finding.code == static_cast<std::uint16_t>(PropertyCode::import_closed);
}

bool is_passing(ErrorCode code) { return code == ErrorCode::unavailable || code == ErrorCode::busy; }

std::string field_name(std::uint16_t field) {
  const auto& fields = schema_of<ImportEntryArguments>().fields;
  return field == 0 || field > fields.size() ? std::string() : std::string(fields[field - 1].name);
}

}  // namespace

std::vector<RowFault> faults_of(const PlannedRow& row, const Refused& refused) {
  std::vector<RowFault> faults;
  for (const Finding& finding : refused.findings) {
    const contracts::Explanation explanation = contracts::explain(finding);
    RowFault fault{
        row.line, "", field_name(finding.field), explanation.name, "", "", explanation.zh + " · " + explanation.en};
    if (finding.limit != 0) fault.limit = std::to_string(finding.limit);
    if (finding.value != 0) fault.value = std::to_string(finding.value);
    faults.push_back(std::move(fault));
  }
  return faults;
}

ImportRun::ImportRun(const ImportPlan& plan, ImportLink& link, std::size_t window, Progressed progressed)
    : plan_(plan), link_(link), window_(window), progressed_(std::move(progressed)) {
  CHECK(window >= 1 && window <= import_window_max);
  for (const PlannedUnit& unit : plan_.units) {
    lanes_.push_back({.unit = &unit, .there = std::vector<bool>(unit.rows.size(), false)});
  }
}

ImportResult ImportRun::run() {
  find_rows_there();
  for (std::size_t lane = 0; lane < lanes_.size() && !result_.broken_off; ++lane) {
    skip_rows_there(lane);
    if (lanes_[lane].next < lanes_[lane].unit->rows.size()) ready_.push_back(lane);
  }
  while (true) {
    const bool goes_on = !result_.broken_off && !link_.interrupted();
    if (goes_on && may_send_) send_more();
    if (!flights_.empty()) {
      if (failures_ >= link_failures_max) break;
      look_at_oldest();
    } else if (!goes_on || result_.broken_off || ready_.empty()) {
      break;
    } else {
      pause_longer();
    }
  }
  result_.interrupted = link_.interrupted();
  list_open_rows();
  return std::move(result_);
}

// ---------------------------------------------------------------------------------------------------------------------
// What is there already

void ImportRun::find_rows_there() {
  std::vector<const PlannedRow*> rows;
  std::vector<std::pair<std::size_t, std::size_t>> places;  // lane, row
  for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
    for (std::size_t row = 0; row < lanes_[lane].unit->rows.size(); ++row) {
      rows.push_back(&lanes_[lane].unit->rows[row]);
      places.emplace_back(lane, row);
    }
  }
  for (std::size_t from = 0; from < rows.size() && !link_.interrupted() && !result_.broken_off;) {
    const std::size_t count = std::min(rows_asked_max, rows.size() - from);
    const auto units = link_.imported(std::span(rows).subspan(from, count));
    if (!units.has_value()) {
      on_link_error(units.error());
      continue;
    }
    CHECK(units->size() == count);
    failures_ = 0;
    pause_ms_ = 0;
    for (std::size_t i = 0; i < count; ++i) {
      Lane& lane = lanes_[places[from + i].first];
      lane.there[places[from + i].second] = (*units)[i] == lane.unit->number;
    }
    from += count;
  }
  may_send_ = true;
}

void ImportRun::skip_rows_there(std::size_t index) {
  Lane& lane = lanes_[index];
  while (lane.next < lane.unit->rows.size() && lane.there[lane.next]) {
    ++lane.next;
    ++result_.there_already;
    progressed_(++done_);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Sending

void ImportRun::send_more() {
  while (flights_.size() < window_ && !ready_.empty() && may_send_ && !result_.broken_off) {
    const std::size_t lane = ready_.front();
    ready_.pop_front();
    if (!send(lane)) ready_.push_front(lane);
  }
}

// Signs the lane's row and sends it. Whether it is in flight now, or done with.
bool ImportRun::send(std::size_t index) {
  const PlannedRow& row = lanes_[index].unit->rows[lanes_[index].next];
  auto body = link_.sign(row);
  if (!body.has_value()) {
    result_.broken_off = body.error();
    return false;
  }
  Flight flight{index, std::move(body).value()};
  const Sent sent = submit(flight);
  if (sent == Sent::refused) result_.broken_off = std::move(refusal_).in("line " + std::to_string(row.line));
  return sent == Sent::arrived;
}

// Sends a transaction as it is once more; one that the node does not take any longer has lapsed.
void ImportRun::send_again(Flight flight) {
  switch (submit(flight)) {
    case Sent::arrived:
      return;
    case Sent::busy:
      flights_.push_back(std::move(flight));
      return;
    case Sent::refused:
      return sign_anew(flight.lane);
  }
}

// A row is given up after some attempts; the lines of the lane are then listed as open.
void ImportRun::sign_anew(std::size_t lane) {
  if (++lanes_[lane].attempts < row_attempts_max) ready_.push_front(lane);
}

// `flight` is taken over if it arrived, or may have: whether a lost answer means a lost transaction is found out by
// asking for it. Who sends again what the node has is told that it is a duplicate.
ImportRun::Sent ImportRun::submit(Flight& flight) {
  const auto answer = link_.submit(flight.body);
  if (answer.has_value() && answer->recorded) {
    on_recorded(flight, answer->recorded->receipt);
    return Sent::arrived;
  }
  const ErrorCode code = answer.has_value() ? ErrorCode::duplicate : answer.error().code;
  if (code == ErrorCode::busy) {
    may_send_ = false;
    return Sent::busy;
  }
  if (code != ErrorCode::duplicate && code != ErrorCode::unavailable) {
    refusal_ = answer.error();
    return Sent::refused;
  }
  flights_.push_back(std::move(flight));
  if (code == ErrorCode::unavailable) on_link_error(answer.error());
  return Sent::arrived;
}

// ---------------------------------------------------------------------------------------------------------------------
// Looking at what is in flight

void ImportRun::look_at_oldest() {
  const auto answer = link_.wait_for(flights_.front().body.id, receipt_wait_ms);
  if (!answer.has_value()) return on_link_error(answer.error());
  failures_ = 0;
  Flight flight = std::move(flights_.front());
  flights_.pop_front();
  if (answer->recorded) {
    on_recorded(flight, answer->recorded->receipt);
    return take_rows_there();
  }

  switch (answer->state) {
    case certs::TransactionState::recorded:
    case certs::TransactionState::received:
      flights_.push_back(std::move(flight));
      return;
    case certs::TransactionState::unknown: {
      // The node was started anew, or another one answers.
      link_.pause(pause_ms_min);
      return send_again(std::move(flight));
    }
    case certs::TransactionState::expired:
      return sign_anew(flight.lane);
  }
}

// Where one is recorded, those sent with it mostly are. One question about many rows finds them in the state, instead
// of a question for each receipt; what is refused or still waits is left to its receipt.
void ImportRun::take_rows_there() {
  std::size_t found = rows_asked_max;
  while (found * 2 > rows_asked_max && flights_.size() >= rows_asked_max) {
    std::vector<const PlannedRow*> rows;
    for (std::size_t i = 0; i < rows_asked_max; ++i) {
      const Lane& lane = lanes_[flights_[i].lane];
      rows.push_back(&lane.unit->rows[lane.next]);
    }
    const auto units = link_.imported(rows);
    if (!units.has_value()) return on_link_error(units.error());
    CHECK(units->size() == rows.size());
    found = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      Flight flight = std::move(flights_.front());
      flights_.pop_front();
      if ((*units)[i] == lanes_[flight.lane].unit->number) {
        ++found;
        ++result_.recorded;
        finish_row(flight.lane);
      } else {
        flights_.push_back(std::move(flight));
      }
    }
  }
}

void ImportRun::on_recorded(const Flight& flight, const Receipt& receipt) {
  may_send_ = true;
  failures_ = 0;
  pause_ms_ = 0;
  Lane& lane = lanes_[flight.lane];
  if (succeeded(receipt)) {
    ++result_.recorded;
    finish_row(flight.lane);
  } else if (const auto& refused = std::get<Refused>(receipt.outcome); says_there(refused, lane.unit->number)) {
    ++result_.there_already;
    finish_row(flight.lane);
  } else {
    on_refused(lane, refused);
  }
}

void ImportRun::on_refused(Lane& lane, const Refused& refused) {
  const PlannedRow& row = lane.unit->rows[lane.next];
  std::vector<RowFault> faults = faults_of(row, refused);
  for (const Finding& finding : refused.findings) {
    if (!concerns_all_rows(finding) || result_.broken_off) continue;
    result_.broken_off = kanhe::fail(ErrorCode::refused, "line ", row.line, ": ", contracts::explain(finding).zh, " · ",
                                     contracts::explain(finding).en);
  }
  if (result_.broken_off) return;  // the row stays open
  result_.faults.insert(result_.faults.end(), faults.begin(), faults.end());
  progressed_(++done_);
  ++lane.next;
  hold_back_rest(lane, "held back, because an earlier row of the unit was refused", row.line);
}

void ImportRun::finish_row(std::size_t index) {
  Lane& lane = lanes_[index];
  ++lane.next;
  lane.attempts = 0;
  progressed_(++done_);
  skip_rows_there(index);
  if (lane.next < lane.unit->rows.size()) ready_.push_back(index);
}

void ImportRun::hold_back_rest(Lane& lane, const std::string& reason, std::size_t line) {
  for (; lane.next < lane.unit->rows.size(); ++lane.next) {
    if (lane.there[lane.next]) {
      ++result_.there_already;
    } else {
      result_.faults.push_back({lane.unit->rows[lane.next].line, "", "unit", "held_back",
                                "line " + std::to_string(line), lane.unit->number.str(), reason});
    }
    progressed_(++done_);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// When the link does not work

void ImportRun::on_link_error(const Error& error) {
  if (is_passing(error.code) && ++failures_ < link_failures_max) return pause_longer();
  failures_ = link_failures_max;
  if (!result_.broken_off) result_.broken_off = error;
}

void ImportRun::pause_longer() {
  pause_ms_ = pause_ms_ == 0 ? pause_ms_min : std::min(2 * pause_ms_, pause_ms_max);
  link_.pause(pause_ms_);
  may_send_ = true;
}

void ImportRun::list_open_rows() {
  for (const Lane& lane : lanes_) {
    for (std::size_t row = lane.next; row < lane.unit->rows.size(); ++row) {
      result_.open.push_back(lane.unit->rows[row].line);
    }
  }
  std::ranges::sort(result_.open);
  std::ranges::stable_sort(result_.faults, {}, &RowFault::line);
}

}  // namespace kanhe::cli
