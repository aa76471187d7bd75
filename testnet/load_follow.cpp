// A succeeded transaction has at least one event, a refused one has none; so the outcomes of a block are known when its
// list is, and the cursor is above it.
#include "testnet/load_follow.h"

#include "ledger/json.h"

namespace kanhe::testnet {

Result<std::optional<RecordedBlock>> read_receipt(std::string_view json) {
  const auto answer = TRY(from_json<certs::TransactionAnswer>(json));
  if (!answer.recorded) return std::optional<RecordedBlock>();
  const certs::RecordedTransaction& recorded = *answer.recorded;
  RecordedBlock block{recorded.block.proposal.height, {recorded.body_hash}, {}, RecordedBlock::Outcomes::complete};
  if (std::holds_alternative<Succeeded>(recorded.receipt.outcome)) block.succeeded.push_back(0);
  return std::optional(std::move(block));
}

LoadFollower::Asking LoadFollower::asking() const {
  if (!cursor_) return Asking::head;
  return listed_ < reached_ ? Asking::list : Asking::events;
}

std::string LoadFollower::target() const {
  switch (asking()) {
    case Asking::head: return "/v1/head";
    case Asking::list: return "/v1/blocks/" + to_string(listed_ + 1);
    case Asking::events: break;
  }
  return "/v1/events?cursor=" + to_string(cursor_->height) + "." + std::to_string(cursor_->receipt) + "." +
         std::to_string(cursor_->event) + "&count=" + std::to_string(certs::trace_events_max) +
         "&wait_ms=" + std::to_string(follow_wait_ms);
}

Result<void> LoadFollower::on_answer(std::string_view json) {
  switch (asking()) {
    case Asking::head: return on_head(json);
    case Asking::list: return on_list(json);
    case Asking::events: break;
  }
  return on_events(json);
}

Result<void> LoadFollower::on_head(std::string_view json) {
  const auto head = TRY(from_json<certs::HeadAnswer>(json));
  listed_ = reached_ = head.newest.header.height;
  cursor_ = EventPosition{listed_ + 1, 0, 0};
  return {};
}

Result<void> LoadFollower::on_list(std::string_view json) {
  auto block = TRY(from_json<certs::BlockAnswer>(json));
  if (!block.proposal || block.proposal->header.height != listed_ + 1) {
    return fail(ErrorCode::conflict, "asked for block ", to_string(listed_ + 1), ", got another");
  }
  ++listed_;
  RecordedBlock& open = open_[listed_];
  open.height = listed_;
  open.transactions = std::move(block.proposal->bodies);
  report_listed();
  return {};
}

Result<void> LoadFollower::on_events(std::string_view json) {
  const auto answer = TRY(from_json<certs::EventsAnswer>(json));
  for (const certs::TracedEvent& event : answer.events) {
    const EventPosition& position = event.position;
    if (position < *cursor_) continue;
    reached_ = std::max(reached_, position.height);
    if (position.receipt == 0) continue;  // of the system receipt
    std::vector<std::uint32_t>& succeeded = open_[position.height].succeeded;
    if (succeeded.empty() || succeeded.back() != position.receipt - 1) succeeded.push_back(position.receipt - 1);
  }
  cursor_ = std::max(*cursor_, answer.next);
  if (cursor_->height > reached_ + 1) reached_ = cursor_->height - 1;
  report_listed();
  return {};
}

void LoadFollower::report_listed() {
  while (!open_.empty()) {
    auto& [height, block] = *open_.begin();
    if (height > listed_) return;
    const bool complete = height < cursor_->height;
    if (!complete && block.succeeded.empty()) return;
    RecordedBlock report = block;
    if (complete) report.outcomes = RecordedBlock::Outcomes::complete;
    blocks_.push_back(std::move(report));
    block.succeeded.clear();
    if (!complete) return;
    open_.erase(open_.begin());
  }
}

}  // namespace kanhe::testnet
