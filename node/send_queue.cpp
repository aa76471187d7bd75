#include "node/send_queue.h"

namespace kanhe::node {

void SendQueue::make_room(std::size_t wanted) {
  for (; !blocks_.empty() && bytes_ + wanted > bytes_max_; blocks_.pop_front()) {
    bytes_ -= blocks_.front().frame->size();
    ++dropped_;
  }
  std::deque<Waiting> kept;
  for (Waiting& waiting : frames_) {
    const bool goes = waiting.kind != FrameKind::consensus && bytes_ + wanted > bytes_max_;
    if (!goes) {
      kept.push_back(std::move(waiting));
      continue;
    }
    bytes_ -= waiting.frame->size();
    ++dropped_;
  }
  frames_ = std::move(kept);
}

SendQueue::Pushed SendQueue::push(FrameKind kind, SharedFrame frame) {
  const std::uint64_t dropped_before = dropped_;
  if (!fits(frame->size())) make_room(frame->size());
  if (!fits(frame->size())) {
    if (kind == FrameKind::consensus) return Pushed::overflow;
    ++dropped_;
    return Pushed::dropped;
  }
  bytes_ += frame->size();
  const bool bulky = kind == FrameKind::blocks_answer || kind == FrameKind::file_part_answer;
  (bulky ? blocks_ : frames_).push_back({kind, std::move(frame)});
  return dropped_ == dropped_before ? Pushed::queued : Pushed::dropped;
}

Bytes SendQueue::take(std::size_t bytes_target) {
  CHECK(!empty());
  Bytes joined;
  while (!empty()) {
    auto& next = frames_.empty() ? blocks_ : frames_;
    if (!joined.empty() && joined.size() + next.front().frame->size() > bytes_target) break;
    append(joined, *next.front().frame);
    bytes_ -= next.front().frame->size();
    next.pop_front();
  }
  return joined;
}

}  // namespace kanhe::node
