// Peers: the other members of the network, and the two things that the node's single-threaded objects ask of the
// outside: to carry frames, and to check signatures elsewhere. The daemon answers with sockets and worker threads, the
// simulator with queues in virtual time.
//
// Thread: Transport and Checker are called by the driver's thread only. What they answer comes back to the driver as a
// call from its own thread.
#pragma once

#include <variant>

#include "consensus/messages.h"
#include "node/pool.h"
#include "node/wire.h"

namespace kanhe::node {

class Transport {
 public:
  virtual ~Transport() = default;
  // Never blocks and never fails: a frame that cannot be queued is lost, as a network may lose it anyway.
  virtual void send(PeerId to, FrameKind kind, Bytes payload) = 0;
  // To every connected peer.
  virtual void broadcast(FrameKind kind, Bytes payload) = 0;
  // Whom a request may be sent to now.
  virtual std::vector<PeerId> connected() const = 0;
};

// ---------------------------------------------------------------------------------------------------------------------
// Signatures, checked off the driver's thread

struct MessageJob {
  PeerId from;
  Bytes payload;  // canonical consensus::Message
};

// Why bodies are checked, which decides where they go.
enum class BodyPurpose : std::uint8_t { client, gossip, forwarded, fetched };

struct BodiesJob {
  PeerId from;
  BodyPurpose purpose = BodyPurpose::gossip;
  std::vector<std::uint64_t> tokens;  // of clients' requests, one for each body; none of what peers sent
  std::vector<TransactionBody> bodies;
};

using Job = std::variant<MessageJob, BodiesJob>;

struct CheckedMessage {
  PeerId from;
  std::optional<Epoch> epoch;  // that it says to be of; absent where it did not decode
  Result<consensus::Verified> message;
};

struct CheckedBodies {
  PeerId from;
  BodyPurpose purpose;
  std::vector<std::uint64_t> tokens;  // of the good ones, in their order
  std::vector<SharedBody> good;
  std::vector<std::uint64_t> bad_tokens;
  std::size_t bad = 0;
};

using Checked = std::variant<CheckedMessage, CheckedBodies>;

// Does the work of a job. Thread: any.
Checked check(const consensus::Scheme& scheme, Job job);

class Checker {
 public:
  virtual ~Checker() = default;
  // The answer comes back as Driver::on_checked(). Jobs of one peer keep their order.
  virtual void submit(Job job) = 0;
  // Messages are checked under this from now on; those under way may still be checked under the one before.
  virtual void enter(const consensus::Scheme& scheme) = 0;
};

}  // namespace kanhe::node
