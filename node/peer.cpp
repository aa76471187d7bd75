#include "node/peer.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <netinet/tcp.h>

namespace kanhe::node {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using ErrorOf = boost::system::error_code;

constexpr std::size_t read_buffer_bytes = 64 * 1024;
constexpr std::size_t write_bytes_target = 64 * 1024;
// What a frame on its way to the driver takes besides its payload: millions of empty ones are not nothing.
constexpr std::size_t frame_overhead = 512;

// A peer that lost its power sends no FIN: 10 s of silence, then four probes 5 s apart.
void set_socket_options(Peer::Tcp::socket& socket) {
  ErrorOf ignored;
  socket.set_option(Peer::Tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  using Idle = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPIDLE>;
  using Interval = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPINTVL>;
  using Probes = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPCNT>;
  using UserTimeout = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;
  socket.set_option(Idle(10), ignored);
  socket.set_option(Interval(5), ignored);
  socket.set_option(Probes(4), ignored);
  socket.set_option(UserTimeout(30'000), ignored);
}

}  // namespace

Peer::Peer(Tcp::socket socket, Tls& tls, PeerOwner& owner, Hello own_hello, const PeerDirectory& directory,
           PeerLimits limits)
    : stream_(std::move(socket), tls.context()),
      tls_(tls),
      owner_(owner),
      own_hello_(std::move(own_hello)),
      directory_(directory),
      limits_(limits),
      deadline_(stream_.get_executor()),
      write_deadline_(stream_.get_executor()),
      queue_(limits.send_queue_bytes) {}

void Peer::note_address() {
  ErrorOf error;
  const Tcp::endpoint remote = stream_.next_layer().remote_endpoint(error);
  if (error) return;
  host_ = remote.address().to_string();
  address_ = host_ + ":" + std::to_string(remote.port());
}

void Peer::start_deadline() {
  deadline_.expires_after(limits_.handshake_timeout);
  deadline_.async_wait([self = shared_from_this()](ErrorOf error) {
    if (!error && !self->ready_) self->close("the handshake took too long");
  });
}

void Peer::accept() {
  note_address();
  start_deadline();
  set_socket_options(stream_.next_layer());
  handshake(ssl::stream_base::server);
}

void Peer::dial(PeerId expected, const Tcp::resolver::results_type& addresses) {
  expected_ = expected;
  start_deadline();
  asio::async_connect(stream_.next_layer(), addresses, [self = shared_from_this()](ErrorOf error, const auto&) {
    if (self->closed_) return;
    if (error) return self->close("connecting: " + error.message());
    self->note_address();
    set_socket_options(self->stream_.next_layer());
    self->handshake(ssl::stream_base::client);
  });
}

void Peer::handshake(ssl::stream_base::handshake_type side) {
  stream_.async_handshake(side, [self = shared_from_this()](ErrorOf error) {
    if (self->closed_) return;
    if (!error) return self->identify();
    const std::string refusal = Tls::refusal(self->stream_);
    self->close("TLS: " + (refusal.empty() ? error.message() : refusal));
  });
}

void Peer::identify() {
  id_ = tls_.peer_of(stream_);
  if (!id_) return close("TLS: its key is no longer registered for a member");
  if (expected_ && *id_ != *expected_) {
    return close("is " + directory_.department(*id_).str() + ", not " + directory_.department(*expected_).str() +
                 " whose address this should be");
  }
  exchange_hellos();
}

// Both sides write first and read then; a Hello is smaller than any socket's buffer.
void Peer::exchange_hellos() {
  write_buffer_ = encode_hello(own_hello_);
  asio::async_write(stream_, asio::buffer(write_buffer_), [self = shared_from_this()](ErrorOf error, std::size_t) {
    if (self->closed_) return;
    if (error) return self->close("writing its Hello: " + error.message());
    self->hello_buffer_.resize(frame_header_bytes);
    asio::async_read(self->stream_, asio::buffer(self->hello_buffer_), [self](ErrorOf read_error, std::size_t) {
      if (self->closed_) return;
      if (read_error) {
        const std::string refusal = "the other side closed during the handshake (does it know this node's key?)";
        return self->close(read_error == asio::error::eof ? refusal : "reading its Hello: " + read_error.message());
      }
      const auto length = read_hello_header(self->hello_buffer_);
      if (!length) return self->close(length.error().text);
      self->hello_buffer_.resize(*length);
      asio::async_read(self->stream_, asio::buffer(self->hello_buffer_), [self](ErrorOf end, std::size_t) {
        if (self->closed_) return;
        if (end) return self->close("reading its Hello: " + end.message());
        self->check_hello(self->hello_buffer_);
      });
    });
  });
}

void Peer::check_hello(ByteView payload) {
  const auto hello = read_hello(payload);
  if (!hello) return close(hello.error().text);
  if (hello->chain_id != own_hello_.chain_id) {
    return close("is of another network: its chain id is " + hello->chain_id.hex());
  }
  const std::string& department = directory_.department(*id_).str();
  if (hello->department.str() != department) {
    return close("claims to be " + hello->department.str() + ", but its key is registered for " + department);
  }
  become_ready();
}

void Peer::become_ready() {
  ready_ = true;
  deadline_.cancel();
  read_buffer_.resize(read_buffer_bytes);
  const SharedPeer self = shared_from_this();
  owner_.on_ready(self);
  if (!closed_) read();
}

void Peer::read() {
  if (closed_ || reading_ || undelivered_ > limits_.undelivered_bytes_max) return;
  reading_ = true;
  stream_.async_read_some(asio::buffer(read_buffer_), [self = shared_from_this()](ErrorOf error, std::size_t bytes) {
    self->reading_ = false;
    if (self->closed_) return;
    if (error) return self->close(error == asio::error::eof ? "closed by the other side" : error.message());
    self->take_frames(bytes);
    self->read();
  });
}

void Peer::take_frames(std::size_t bytes) {
  const Result<void> fed = reader_.feed(ByteView(read_buffer_).first(bytes));
  const SharedPeer self = shared_from_this();
  while (!closed_) {
    std::optional<Frame> frame = reader_.next();
    if (!frame) break;
    undelivered_ += frame->payload.size() + frame_overhead;
    owner_.on_frame(self, std::move(*frame));
  }
  if (closed_) return;
  // What stands in front now may be a header that came behind a good frame.
  // Test: network_tests/a_hostile_frame_header_behind_a_good_frame_ends_the_connection
  const Result<void> front = fed ? reader_.feed({}) : fed;
  if (!front) close(front.error().text);
}

void Peer::delivered(std::size_t payload_bytes) {
  const std::size_t bytes = payload_bytes + frame_overhead;
  const std::size_t before = undelivered_.fetch_sub(bytes);
  CHECK(before >= bytes);
  if (before <= limits_.undelivered_bytes_max || before - bytes > limits_.undelivered_bytes_max) return;
  asio::post(stream_.get_executor(), [self = shared_from_this()] { self->read(); });
}

void Peer::send(FrameKind kind, SharedFrame frame) {
  if (closed_ || !ready_) return;
  if (queue_.push(kind, std::move(frame)) == SendQueue::Pushed::overflow) {
    return close("reads too slowly: its send queue is full of consensus messages");
  }
  write();
}

void Peer::write() {
  if (closed_ || writing_ || queue_.empty()) return;
  writing_ = true;
  write_buffer_ = queue_.take(write_bytes_target);
  keep_write_deadline();
  asio::async_write(stream_, asio::buffer(write_buffer_), [self = shared_from_this()](ErrorOf error, std::size_t) {
    self->writing_ = false;
    self->write_deadline_.cancel();
    if (self->closed_) return;
    if (error) return self->close("writing: " + error.message());
    self->write();
  });
}

void Peer::keep_write_deadline() {
  write_deadline_.expires_after(limits_.write_timeout);
  write_deadline_.async_wait([self = shared_from_this()](ErrorOf error) {
    // The wait may have ended just before the next write began and moved the deadline.
    const bool over = self->write_deadline_.expiry() <= std::chrono::steady_clock::now();
    if (!error && over && self->writing_) self->close("reads nothing");
  });
}

// Without TLS's closing alert: it would have to wait for the other side, and frames say themselves where they end.
void Peer::close(const std::string& reason) {
  if (closed_) return;
  closed_ = true;
  deadline_.cancel();
  write_deadline_.cancel();
  ErrorOf ignored;
  stream_.next_layer().shutdown(Tcp::socket::shutdown_both, ignored);
  stream_.next_layer().close(ignored);
  owner_.on_closed(shared_from_this(), reason);
}

}  // namespace kanhe::node
