// Send queue: the frames that wait for one peer to read them, bounded in bytes.
//
// Blocks and files go last: over a narrow link, what a late node or a reader lacks must not delay the votes that others
// wait for. All other frames keep their order.
//
// When a frame does not fit, blocks and files go first, then the oldest frames that are no consensus messages: the peer
// asks for them again. If only consensus messages are left, the peer is too slow to follow and the connection is to be
// closed; Status brings what it missed when it comes back. A single frame that exceeds the limit alone still goes
// through.
//
// Owner: a Peer. Thread: one at a time.
#pragma once

#include <deque>
#include <memory>

#include "node/wire.h"

namespace kanhe::node {

// One encoded frame, shared by the queues of all peers that it goes to.
using SharedFrame = std::shared_ptr<const Bytes>;

class SendQueue {
 public:
  explicit SendQueue(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // dropped: this one, or older ones; overflow: not queued, close the connection.
  enum class Pushed : std::uint8_t { queued, dropped, overflow };
  Pushed push(FrameKind kind, SharedFrame frame);

  // The frames to write next, joined: one, and others as long as they are `bytes_target` at most together.
  // Requires: !empty().
  Bytes take(std::size_t bytes_target);

  bool empty() const { return frames_.empty() && blocks_.empty(); }
  std::size_t bytes() const { return bytes_; }
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Waiting {
    FrameKind kind;
    SharedFrame frame;
  };
  void make_room(std::size_t wanted);
  bool fits(std::size_t more) const { return empty() || bytes_ + more <= bytes_max_; }

  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::uint64_t dropped_ = 0;
  std::deque<Waiting> frames_;
  std::deque<Waiting> blocks_;  // behind all of them
};

}  // namespace kanhe::node
