// Network: who is connected to whom. Keeps one TLS connection to every other member and carries frames.
//
// Of two members one dials at once: an observer the validator, else the one whose department comes later; so there is
// one connection per pair, and an observer needs no open port. The other one dials where it still waits after a while:
// its peer may not know where it is. When a member connects again, the new connection replaces the old one (whose other
// end may be long gone); this is counted, and two machines with one identity show as connections that replace each
// other, no faster than the back-off. When an epoch begins, who is no member any more is disconnected. Back-off: from
// 100 ms, doubled up to 2 s, each time a random part of it less, and only reset by a connection that lived for 10 s.
//
// Connections that have not shown yet who they are, are few: above the limit the oldest one of the host that has most
// of them is closed, so that a flood from elsewhere does not keep members out. Who is connected keeps its place.
//
// Threads: the network's io_context is run by one thread; PeerOwner's functions and everything private run there.
// Transport's functions, peers() and counters() may be called from any thread. Events come on the driver's executor.
// Limits: PeerLimits, and unauthenticated_max. Errors: open() answers busy
// when another process has the port, io when it cannot be taken otherwise.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <mutex>
#include <set>

#include "node/config.h"
#include "node/log.h"
#include "node/peer.h"

namespace kanhe::node {

struct NetworkConfig {
  PeerId self;
  Hello hello;
  Address listen;  // port 0: any free one, see port()
  std::map<DepartmentId, Address> dial;
  PeerLimits peer;
  std::size_t unauthenticated_max = 64;
};

// Since the start.
struct NetworkCounters {
  std::uint64_t accepted = 0;
  std::uint64_t evicted = 0;            // unauthenticated ones, closed to make room
  std::uint64_t dialed = 0;
  std::uint64_t refused = 0;            // closed before they were authenticated
  std::uint64_t authenticated = 0;
  std::uint64_t replaced = 0;           // by a newer connection of the same member
  std::uint64_t disconnected = 0;
  std::uint64_t frames_received = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t frames_sent = 0;        // handed to a connection
  std::uint64_t bytes_sent = 0;
  std::uint64_t frames_dropped = 0;     // a queue was full, the member not connected, or the frame too large
};

struct PeerState {
  bool connected = false;
  Instant since;        // of the present state
  std::string address;  // of the present connection
  std::string trouble;  // why there is none, as far as this side knows
};

struct NetworkEvents {
  // On the driver's executor.
  std::function<void(PeerId, Frame)> on_frame;
  std::function<void(PeerId)> on_connected;
};

class Network : public Transport, private PeerOwner {
 public:
  using Executor = boost::asio::any_io_executor;

  // Takes the port, but accepts nothing before start(). Lifetime: tls, directory, log and both contexts outlive it.
  static Result<std::unique_ptr<Network>> open(NetworkConfig config, boost::asio::io_context& context, Executor driver,
                                               Tls& tls, const PeerDirectory& directory, Log& log,
                                               NetworkEvents events);
  ~Network() override;

  void start();
  // Closes everything; the context then runs out of work.
  void stop();

  // The directory's members have changed. Thread: any.
  void update_members();

  void send(PeerId to, FrameKind kind, Bytes payload) override;
  void broadcast(FrameKind kind, Bytes payload) override;
  std::vector<PeerId> connected() const override;

  std::uint16_t port() const { return port_; }
  std::vector<PeerState> peers() const;  // by PeerId; the own entry is empty, former members keep theirs
  NetworkCounters counters() const;

 private:
  // What keeps the connection to one member.
  struct Link;

  Network(NetworkConfig config, boost::asio::io_context& context, Executor driver, Tls& tls,
          const PeerDirectory& directory, Log& log, NetworkEvents events);
  Result<void> listen();
  void accept();
  void welcome(boost::asio::ip::tcp::socket socket);
  void evict();
  void make_links();
  const Address* address_of(PeerId to) const;
  bool dials_first(PeerId to) const;
  void dial(PeerId to);
  void dial_later(PeerId to);
  SharedPeer make_peer(boost::asio::ip::tcp::socket socket);
  void push(PeerId to, FrameKind kind, const SharedFrame& frame);
  SharedFrame frame_of(FrameKind kind, const Bytes& payload);
  void set_state(PeerId peer, PeerState state);
  void note_trouble(PeerId peer, const std::string& trouble);
  void count(std::uint64_t NetworkCounters::*counter, std::uint64_t by = 1);
  const std::string& name(PeerId peer) const { return directory_.department(peer).str(); }

  void on_ready(const SharedPeer& peer) override;
  void on_frame(const SharedPeer& peer, Frame frame) override;
  void on_closed(const SharedPeer& peer, const std::string& reason) override;

  NetworkConfig config_;
  boost::asio::io_context& context_;
  Executor driver_;
  Tls& tls_;
  const PeerDirectory& directory_;
  Log& log_;
  NetworkEvents events_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer accept_again_;
  std::uint16_t port_ = 0;
  bool stopping_ = false;
  std::vector<std::unique_ptr<Link>> links_;  // by PeerId
  std::vector<SharedPeer> unauthenticated_;   // accepted ones, oldest first

  mutable std::mutex mutex_;  // guards what follows
  std::vector<PeerState> states_;
  NetworkCounters counters_;
};

}  // namespace kanhe::node
