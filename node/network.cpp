#include "node/network.h"

#include <boost/asio/post.hpp>
#include <algorithm>

#include "node/clock.h"
#include "node/listen.h"

namespace kanhe::node {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using ErrorOf = boost::system::error_code;

constexpr std::chrono::milliseconds backoff_min{100};
constexpr std::chrono::milliseconds backoff_max{2'000};
constexpr std::chrono::seconds stable_after{10};
constexpr std::chrono::milliseconds accept_pause{100};
// For how long one waits to be dialed before one dials oneself.
constexpr std::chrono::milliseconds listen_patience{3'000};

// Between half of a time and all of it, so that members who lost each other at once do not come back at once.
std::chrono::milliseconds jittered(std::chrono::milliseconds time) {
  std::array<Byte, 1> random{};
  if (!fill_random(random)) return time;
  return time / 2 + time * random[0] / 512;
}

}  // namespace

struct Network::Link {
  explicit Link(asio::io_context& context) : resolver(context), timer(context) {}
  SharedPeer peer;     // authenticated
  SharedPeer attempt;  // being dialed
  Tcp::resolver resolver;
  asio::steady_timer timer;
  bool waits = false;  // for the timer or the resolver
  std::chrono::milliseconds backoff = backoff_min;
  std::chrono::steady_clock::time_point connected_at;
};

Network::Network(NetworkConfig config, asio::io_context& context, Executor driver, Tls& tls,
                 const PeerDirectory& directory, Log& log, NetworkEvents events)
    : config_(std::move(config)),
      context_(context),
      driver_(std::move(driver)),
      tls_(tls),
      directory_(directory),
      log_(log),
      events_(std::move(events)),
      acceptor_(context),
      accept_again_(context) {
  make_links();
}

void Network::make_links() {
  const PeerState apart{false, instant_of(std::chrono::steady_clock::now()), "", "not connected yet"};
  const std::lock_guard lock(mutex_);
  while (links_.size() < directory_.size()) {
    states_.push_back(links_.size() == config_.self.value() ? PeerState{} : apart);
    links_.push_back(std::make_unique<Link>(context_));
  }
}

Network::~Network() = default;

Result<std::unique_ptr<Network>> Network::open(NetworkConfig config, asio::io_context& context, Executor driver,
                                               Tls& tls, const PeerDirectory& directory, Log& log,
                                               NetworkEvents events) {
  std::unique_ptr<Network> network(
      new Network(std::move(config), context, std::move(driver), tls, directory, log, std::move(events)));
  TRY(network->listen());
  return network;
}

Result<void> Network::listen() {
  port_ = TRY(listen_at(acceptor_, config_.listen));
  return {};
}

void Network::start() {
  asio::post(context_, [this] {
    accept();
    for (std::size_t i = 0; i < links_.size(); ++i) {
      const PeerId peer(static_cast<std::uint16_t>(i));
      dials_first(peer) ? dial(peer) : dial_later(peer);
    }
  });
}

void Network::update_members() {
  asio::post(context_, [this] {
    if (stopping_) return;
    const std::size_t before = links_.size();
    make_links();
    for (std::size_t i = 0; i < links_.size(); ++i) {
      const PeerId peer(static_cast<std::uint16_t>(i));
      const SharedPeer connection = links_[i]->peer;
      if (connection != nullptr && !directory_.is_member(peer)) connection->close("is no member any more");
      const bool is_idle = links_[i]->peer == nullptr && links_[i]->attempt == nullptr && !links_[i]->waits;
      if (i >= before || is_idle) dials_first(peer) ? dial(peer) : dial_later(peer);
    }
  });
}

void Network::stop() {
  asio::post(context_, [this] {
    stopping_ = true;
    ErrorOf ignored;
    acceptor_.close(ignored);
    accept_again_.cancel();
    for (const SharedPeer& peer : std::exchange(unauthenticated_, {})) peer->close("this node stops");
    for (const auto& link : links_) {
      link->timer.cancel();
      link->resolver.cancel();
      if (const SharedPeer attempt = link->attempt) attempt->close("this node stops");
      if (const SharedPeer peer = link->peer) peer->close("this node stops");
    }
  });
}

// ---------------------------------------------------------------------------------------------------------------------
// Making connections

void Network::accept() {
  acceptor_.async_accept([this](ErrorOf error, Tcp::socket socket) {
    if (stopping_) return;
    if (!error) {
      welcome(std::move(socket));
      return accept();
    }
    // No file descriptors left, or the like: it passes, but not at once.
    log_.warning("accept_failed", {{"reason", error.message()}});
    accept_again_.expires_after(accept_pause);
    accept_again_.async_wait([this](ErrorOf cancelled) {
      if (!cancelled) accept();
    });
  });
}

void Network::welcome(Tcp::socket socket) {
  count(&NetworkCounters::accepted);
  const SharedPeer peer = make_peer(std::move(socket));
  unauthenticated_.push_back(peer);
  peer->accept();
  if (unauthenticated_.size() > config_.unauthenticated_max) evict();
}

// Closes the oldest one of the host that has most of them.
void Network::evict() {
  std::map<std::string, std::size_t> hosts;
  for (const SharedPeer& peer : unauthenticated_) ++hosts[peer->host()];
  const auto most = std::ranges::max_element(hosts, {}, [](const auto& entry) { return entry.second; });
  const auto victim = std::ranges::find(unauthenticated_, most->first, [](const auto& peer) { return peer->host(); });
  count(&NetworkCounters::evicted);
  const SharedPeer peer = *victim;
  peer->close("too many connections that have not shown who they are");
}

SharedPeer Network::make_peer(Tcp::socket socket) {
  PeerOwner& owner = *this;
  return std::make_shared<Peer>(std::move(socket), tls_, owner, config_.hello, directory_, config_.peer);
}

const Address* Network::address_of(PeerId to) const {
  const auto known = config_.dial.find(directory_.department(to));
  return known == config_.dial.end() ? nullptr : &known->second;
}

bool Network::dials_first(PeerId to) const {
  const bool votes = directory_.is_validator(config_.self);
  if (votes != directory_.is_validator(to)) return !votes;
  return directory_.department(config_.self) > directory_.department(to);
}

// Whoever is connected by then, has left, or has no known address is not dialed.
void Network::dial(PeerId to) {
  const Address* const known = address_of(to);
  if (stopping_ || to == config_.self || known == nullptr || !directory_.is_member(to)) return;
  if (links_[to.value()]->peer != nullptr || links_[to.value()]->attempt != nullptr) return;
  const Address& address = *known;
  count(&NetworkCounters::dialed);
  links_[to.value()]->waits = true;
  links_[to.value()]->resolver.async_resolve(
      address.host, std::to_string(address.port), Tcp::resolver::numeric_service,
      [this, to](ErrorOf error, const Tcp::resolver::results_type& addresses) {
        links_[to.value()]->waits = false;
        if (stopping_) return;
        if (error) {
          note_trouble(to, "resolving " + address_of(to)->host + ": " + error.message());
          return dial_later(to);
        }
        Link& link = *links_[to.value()];
        link.attempt = make_peer(Tcp::socket(context_));
        const SharedPeer attempt = link.attempt;
        attempt->dial(to, addresses);
      });
}

void Network::dial_later(PeerId to) {
  if (to == config_.self || address_of(to) == nullptr || !directory_.is_member(to)) return;
  Link& link = *links_[to.value()];
  const auto patience = dials_first(to) ? std::chrono::milliseconds(0) : listen_patience;
  link.timer.expires_after(patience + jittered(link.backoff));
  link.backoff = std::min(2 * link.backoff, backoff_max);
  link.waits = true;
  link.timer.async_wait([this, to](ErrorOf cancelled) {
    if (cancelled) return;
    links_[to.value()]->waits = false;
    dial(to);
  });
}

// ---------------------------------------------------------------------------------------------------------------------
// What connections tell

void Network::on_ready(const SharedPeer& peer) {
  const PeerId id = *peer->id();
  // A member of an epoch that has just begun may be here before its link is.
  make_links();
  Link& link = *links_[id.value()];
  std::erase(unauthenticated_, peer);
  if (link.attempt == peer) link.attempt.reset();
  if (id == config_.self) return peer->close("uses this node's own key");
  if (const SharedPeer old = std::exchange(link.peer, peer)) {
    count(&NetworkCounters::replaced);
    log_.warning("peer_replaced", {{"peer", name(id)}, {"old", old->address()}, {"new", peer->address()}});
    old->close("replaced by a newer connection");
  }
  link.connected_at = std::chrono::steady_clock::now();
  count(&NetworkCounters::authenticated);
  set_state(id, {true, instant_of(link.connected_at), peer->address(), ""});
  log_.info("peer_connected", {{"peer", name(id)}, {"address", peer->address()}});
  asio::post(driver_, [this, id] {
    if (events_.on_connected) events_.on_connected(id);
  });
}

void Network::on_frame(const SharedPeer& peer, Frame frame) {
  const std::size_t bytes = frame.payload.size();
  count(&NetworkCounters::frames_received);
  count(&NetworkCounters::bytes_received, bytes);
  asio::post(driver_, [this, peer, bytes, frame = std::move(frame)]() mutable {
    events_.on_frame(*peer->id(), std::move(frame));
    peer->delivered(bytes);
  });
}

void Network::on_closed(const SharedPeer& peer, const std::string& reason) {
  std::erase(unauthenticated_, peer);
  const auto owner = std::ranges::find_if(
      links_, [&peer](const auto& link) { return link->peer == peer || link->attempt == peer; });
  if (owner == links_.end()) {
    // Replaced, or it never showed who it is. Anyone can cause this, so the log's rate limit matters.
    if (!peer->is_ready()) count(&NetworkCounters::refused);
    log_.info("connection_refused", {{"address", peer->address()}, {"reason", reason}});
    return;
  }
  Link& link = **owner;
  const PeerId id(static_cast<std::uint16_t>(owner - links_.begin()));
  if (link.peer == peer) {
    link.peer.reset();
    count(&NetworkCounters::disconnected);
    const auto now = std::chrono::steady_clock::now();
    if (now - link.connected_at >= stable_after) link.backoff = backoff_min;
    set_state(id, {false, instant_of(now), "", reason});
    log_.warning("peer_disconnected", {{"peer", name(id)}, {"reason", reason}});
  } else {
    link.attempt.reset();
    count(&NetworkCounters::refused);
    note_trouble(id, reason);
  }
  if (!stopping_) dial_later(id);
}

// ---------------------------------------------------------------------------------------------------------------------
// Transport

// A frame that no peer would take is not sent. That is a mistake of ours, but made of what others sent: a node that
// ended here would end again as soon as it is asked again.
SharedFrame Network::frame_of(FrameKind kind, const Bytes& payload) {
  if (payload.size() <= frame_bytes_max(kind)) return std::make_shared<const Bytes>(encode_frame(kind, payload));
  log_.error("frame_too_large",
             {{"kind", std::string(enum_name(kind))}, {"bytes", std::to_string(payload.size())}});
  count(&NetworkCounters::frames_dropped);
  return nullptr;
}

void Network::send(PeerId to, FrameKind kind, Bytes payload) {
  SharedFrame frame = frame_of(kind, payload);
  if (frame == nullptr) return;
  asio::post(context_, [this, to, kind, frame = std::move(frame)] { push(to, kind, frame); });
}

void Network::broadcast(FrameKind kind, Bytes payload) {
  SharedFrame frame = frame_of(kind, payload);
  if (frame == nullptr) return;
  asio::post(context_, [this, kind, frame = std::move(frame)] {
    for (std::size_t i = 0; i < links_.size(); ++i) {
      if (links_[i]->peer != nullptr) push(PeerId(static_cast<std::uint16_t>(i)), kind, frame);
    }
  });
}

void Network::push(PeerId to, FrameKind kind, const SharedFrame& frame) {
  const SharedPeer peer = to.value() < links_.size() ? links_[to.value()]->peer : nullptr;
  if (peer == nullptr) return count(&NetworkCounters::frames_dropped);
  const std::uint64_t dropped_before = peer->dropped();
  peer->send(kind, frame);
  const std::lock_guard lock(mutex_);
  ++counters_.frames_sent;
  counters_.bytes_sent += frame->size();
  counters_.frames_dropped += peer->dropped() - dropped_before;
}

std::vector<PeerId> Network::connected() const {
  std::vector<PeerId> peers;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (states_[i].connected) peers.push_back(PeerId(static_cast<std::uint16_t>(i)));
  }
  return peers;
}

std::vector<PeerState> Network::peers() const {
  const std::lock_guard lock(mutex_);
  return states_;
}

NetworkCounters Network::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

void Network::set_state(PeerId peer, PeerState state) {
  const std::lock_guard lock(mutex_);
  states_[peer.value()] = std::move(state);
}

// A member may be down for days: what stays the same is told once.
void Network::note_trouble(PeerId peer, const std::string& trouble) {
  {
    const std::lock_guard lock(mutex_);
    PeerState& state = states_[peer.value()];
    if (state.connected || state.trouble == trouble) return;
    state.trouble = trouble;
  }
  log_.info("dial_failed", {{"peer", name(peer)}, {"address", to_string(*address_of(peer))}, {"reason", trouble}});
}

void Network::count(std::uint64_t NetworkCounters::*counter, std::uint64_t by) {
  const std::lock_guard lock(mutex_);
  counters_.*counter += by;
}

}  // namespace kanhe::node
