// Peer: one TLS connection to another member, from the first byte to the last.
//
// A connection is at first unauthenticated: TCP, TLS handshake and Hello must be done before a deadline, or it is
// closed. Then frames travel both ways. It is closed for good when anything is wrong with it; the network makes a new
// one.
//
// Memory of one connection: the send queue (bytes_max), one read buffer, the frame that is being read, and the frames
// that the driver has not taken yet: above `undelivered_bytes_max` no more is read until it took some, so TCP slows the
// sender down. A write that makes no progress for write_timeout ends the connection; TCP keep-alive finds a peer that
// is gone within 30 s.
//
// Owner: the network, and its own pending operations. Thread: the network's, except delivered().
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <atomic>
#include <memory>

#include "node/hello.h"
#include "node/send_queue.h"
#include "node/tls.h"

namespace kanhe::node {

class Peer;
using SharedPeer = std::shared_ptr<Peer>;

struct PeerLimits {
  std::chrono::milliseconds handshake_timeout{5'000};
  std::chrono::milliseconds write_timeout{30'000};
  std::size_t send_queue_bytes = 64 * 1024 * 1024;
  std::size_t undelivered_bytes_max = 16 * 1024 * 1024;
};

// What a Peer tells its owner, from the network's thread.
class PeerOwner {
 public:
  virtual ~PeerOwner() = default;
  // TLS and Hello are done: peer->id() is set.
  virtual void on_ready(const SharedPeer& peer) = 0;
  // The owner calls delivered() with the frame's size when it is used up.
  virtual void on_frame(const SharedPeer& peer, Frame frame) = 0;
  // Once; nothing more comes from it.
  virtual void on_closed(const SharedPeer& peer, const std::string& reason) = 0;
};

class Peer : public std::enable_shared_from_this<Peer> {
 public:
  using Tcp = boost::asio::ip::tcp;

  // Lifetime: owner and tls outlive the peer's operations.
  Peer(Tcp::socket socket, Tls& tls, PeerOwner& owner, Hello own_hello, const PeerDirectory& directory,
       PeerLimits limits);

  // Takes an accepted connection through the handshake.
  void accept();
  // Connects to a member, trying each address.
  void dial(PeerId expected, const Tcp::resolver::results_type& addresses);

  void send(FrameKind kind, SharedFrame frame);
  void close(const std::string& reason);
  // The owner is done with a frame of so many bytes of payload. Thread: any.
  void delivered(std::size_t payload_bytes);

  std::optional<PeerId> id() const { return id_; }
  bool is_ready() const { return ready_; }
  bool dialed() const { return expected_.has_value(); }
  const std::string& address() const { return address_; }
  // Of the other side, without its port: connections are counted by it.
  const std::string& host() const { return host_; }
  std::uint64_t dropped() const { return queue_.dropped(); }

 private:
  void start_deadline();
  void handshake(boost::asio::ssl::stream_base::handshake_type side);
  void identify();
  void exchange_hellos();
  void check_hello(ByteView payload);
  void become_ready();
  void read();
  void take_frames(std::size_t bytes);
  void write();
  void keep_write_deadline();
  void note_address();

  TlsStream stream_;
  Tls& tls_;
  PeerOwner& owner_;
  Hello own_hello_;
  const PeerDirectory& directory_;
  PeerLimits limits_;
  boost::asio::steady_timer deadline_;        // of the handshake
  boost::asio::steady_timer write_deadline_;
  std::optional<PeerId> expected_;            // whom we dialed
  std::optional<PeerId> id_;
  std::string address_;
  std::string host_;
  bool ready_ = false;
  bool closed_ = false;
  bool reading_ = false;
  bool writing_ = false;
  Bytes read_buffer_;
  Bytes write_buffer_;
  Bytes hello_buffer_;
  FrameReader reader_;
  SendQueue queue_;
  std::atomic<std::size_t> undelivered_ = 0;
};

}  // namespace kanhe::node
