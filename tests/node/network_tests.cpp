// Connections between members over real sockets, and what strangers, liars and noise get from them. Everything runs in
// the test's thread on one io_context, which is turned until a condition holds.
#include "node/network.h"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include "node/clock.h"
#include "tests/support/builders.h"

namespace {

using namespace kanhe;
using namespace kanhe::node;
namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using Tcp = asio::ip::tcp;
using ErrorOf = boost::system::error_code;
using Side = ssl::stream_base;

constexpr std::chrono::seconds patience{20};
constexpr PeerId a(0), b(1), c(2);
const char* const names[] = {"archive", "housing", "registry", "tax"};

DepartmentId department(std::size_t i) { return DepartmentId::from(names[i]).value(); }

using Received = std::vector<std::pair<PeerId, Frame>>;

struct Fixture {
  Fixture() {
    for (std::size_t i = 0; i < std::size(names); ++i) {
      identities.push_back(make_transport_identity(department(i), wall_now()).value());
      Validator member;
      member.department = department(i);
      member.transport_key = identities[i].key;
      epoch.validators.push_back(member);
    }
  }
  ~Fixture() {
    for (auto& node : nodes) {
      if (node && node->network) node->network->stop();
    }
    context.restart();
    context.poll();
  }

  // One member's end. Its directory is its own, so that members can be made to disagree about who is one.
  struct Node {
    Node(const EpochConfig& epoch, const DepartmentId& own) : directory(epoch, own) {}
    PeerDirectory directory;
    std::unique_ptr<Tls> tls;
    std::unique_ptr<Network> network;
    Received received;
  };

  NetworkConfig config_of(PeerId self) {
    NetworkConfig config;
    config.self = self;
    config.hello = {{}, chain, department(self.value())};
    config.listen = {"127.0.0.1", 0};
    config.peer.handshake_timeout = std::chrono::seconds(10);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i] && i != self.value()) {
        config.dial[department(i)] = {"127.0.0.1", nodes[i]->network->port()};
      }
    }
    return config;
  }

  Node& add(PeerId self, NetworkConfig config, const TransportIdentity& identity) {
    if (nodes.size() <= self.value()) nodes.resize(self.value() + 1);
    nodes[self.value()] = std::make_unique<Node>(epoch, department(self.value()));
    Node& node = *nodes[self.value()];
    node.tls = Tls::make(identity, node.directory).value();
    NetworkEvents events;
    events.on_frame = [&node](PeerId from, Frame frame) { node.received.emplace_back(from, std::move(frame)); };
    auto network = Network::open(std::move(config), context, driver->get_executor(), *node.tls, node.directory, *log,
                                 std::move(events));
    if (!network) BOOST_FAIL(network.error().text);
    node.network = std::move(network).value();
    node.network->start();
    return node;
  }
  Node& add(PeerId self) { return add(self, config_of(self), identities[self.value()]); }

  template <class Condition>
  void turn_until(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
      BOOST_REQUIRE(std::chrono::steady_clock::now() < end);
      context.restart();
      context.run_one_for(std::chrono::milliseconds(100));
    }
  }

  bool joined(const Node& node, PeerId other) {
    const auto connected = node.network->connected();
    return std::ranges::find(connected, other) != connected.end();
  }

  ChainId chain = ChainId(Hash256());
  EpochConfig epoch;
  std::vector<TransportIdentity> identities;
  std::unique_ptr<Log> log = Log::open({.path = "", .level = LogLevel::error}).value();
  asio::io_context context;
  asio::io_context idle;  // of a driver that has no time
  asio::io_context* driver = &context;
  std::vector<std::unique_ptr<Node>> nodes;
};

// A member that is written by hand: TLS and Hello are right, what follows is up to the test.
struct Hand {
  Hand(Fixture& network, std::size_t identity, std::uint16_t port)
      : fixture(network),
        directory(network.epoch, department(identity)),
        tls(Tls::make(network.identities[identity], directory).value()),
        stream(network.context, tls->context()) {
    stream.next_layer().connect({asio::ip::make_address("127.0.0.1"), port});
  }
  void greet(const DepartmentId& claimed) {
    bool done = false;
    stream.async_handshake(Side::client, [&](ErrorOf error) {
      BOOST_REQUIRE_MESSAGE(!error, error.message());
      hello = encode_hello({{}, fixture.chain, claimed});
      asio::async_write(stream, asio::buffer(hello), [&](ErrorOf, std::size_t) { done = true; });
    });
    fixture.turn_until([&] { return done; });
  }
  void write(const Bytes& bytes) {
    bool done = false;
    asio::async_write(stream, asio::buffer(bytes), [&](ErrorOf, std::size_t) { done = true; });
    fixture.turn_until([&] { return done; });
  }
  void wait_for_close() {
    bool closed = false;
    Bytes sink(1'000);
    std::function<void()> read = [&] {
      stream.async_read_some(asio::buffer(sink), [&](ErrorOf error, std::size_t) {
        closed = static_cast<bool>(error);
        if (!error) read();
      });
    };
    read();
    fixture.turn_until([&] { return closed; });
  }

  Fixture& fixture;
  PeerDirectory directory;
  std::unique_ptr<Tls> tls;
  TlsStream stream;
  Bytes hello;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(network_tests)

BOOST_FIXTURE_TEST_CASE(members_connect_once_per_pair_and_frames_arrive_in_order, Fixture) {
  for (const PeerId peer : {a, b, c}) add(peer);
  turn_until([&] { return std::ranges::all_of(nodes, [](auto& n) { return n->network->connected().size() == 2; }); });
  constexpr std::size_t frames = 200;
  for (std::size_t i = 0; i < frames; ++i) {
    nodes[0]->network->send(b, FrameKind::consensus, Bytes(i * 37 % 9'000, static_cast<Byte>(i)));
    nodes[2]->network->broadcast(FrameKind::gossip, Bytes(i, 7));
  }
  turn_until([&] { return nodes[1]->received.size() == 2 * frames && nodes[0]->received.size() == frames; });
  std::size_t from_a = 0;
  std::size_t from_c = 0;
  for (const auto& [from, frame] : nodes[1]->received) {
    const std::size_t i = from == a ? from_a++ : from_c++;
    BOOST_TEST((frame.payload == (from == a ? Bytes(i * 37 % 9'000, static_cast<Byte>(i)) : Bytes(i, 7))));
  }
  std::uint64_t authenticated = 0;
  for (const auto& node : nodes) authenticated += node->network->counters().authenticated;
  BOOST_TEST(authenticated == 6u);  // three pairs, both ends
}

BOOST_FIXTURE_TEST_CASE(a_member_that_comes_back_is_connected_again, Fixture) {
  Node& first = add(a);
  const std::uint16_t port = first.network->port();
  Node& second = add(b);
  turn_until([&] { return joined(second, a); });
  first.network->stop();
  turn_until([&] { return !joined(second, a); });
  NetworkConfig config = config_of(a);
  config.listen.port = port;
  context.restart();
  context.poll();
  Node& again = add(a, config, identities[0]);
  turn_until([&] { return joined(second, a) && joined(again, b); });
}

BOOST_FIXTURE_TEST_CASE(a_stranger_is_refused_by_both_sides, Fixture) {
  Node& victim = add(a);
  const TransportIdentity stranger = make_transport_identity(department(1), wall_now()).value();
  Node& liar = add(b, config_of(b), stranger);
  turn_until([&] { return victim.network->counters().refused >= 2 && liar.network->counters().refused >= 2; });
  BOOST_TEST(victim.network->connected().empty());
  BOOST_TEST(liar.network->connected().empty());
  // A member that dials an address where a stranger answers.
  Node& member = add(c);
  turn_until([&] { return member.network->peers()[1].trouble.find("not registered") != std::string::npos; });
  BOOST_TEST(!joined(member, b));
}

BOOST_FIXTURE_TEST_CASE(a_member_under_another_s_name_is_refused, Fixture) {
  Node& victim = add(a);
  Hand hand(*this, 2, victim.network->port());
  hand.greet(department(1));
  hand.wait_for_close();
  BOOST_TEST(victim.network->counters().authenticated == 0u);
  BOOST_TEST(victim.network->counters().refused == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_member_of_another_network_is_refused, Fixture) {
  Node& victim = add(a);
  NetworkConfig config = config_of(b);
  config.hello.chain_id = ChainId(sha256({}));
  Node& other = add(b, config, identities[1]);
  turn_until([&] { return other.network->peers()[0].trouble.find("another network") != std::string::npos; });
  BOOST_TEST(victim.network->connected().empty());
}

BOOST_FIXTURE_TEST_CASE(an_address_where_another_member_answers_is_named, Fixture) {
  add(a);
  NetworkConfig config = config_of(c);
  config.dial[department(1)] = config.dial.at(department(0));
  Node& misled = add(c, config, identities[2]);
  turn_until([&] { return misled.network->peers()[1].trouble.find("is archive, not housing") != std::string::npos; });
  BOOST_TEST(!joined(misled, b));
}

BOOST_FIXTURE_TEST_CASE(the_previous_key_counts_until_its_time_and_no_longer, Fixture) {
  const TransportIdentity old = identities[1];
  identities[1] = make_transport_identity(department(1), wall_now()).value();
  epoch.validators[1].transport_key = identities[1].key;
  epoch.validators[1].previous_transport_key = {old.key, wall_now() + Duration(60'000)};
  const PeerDirectory directory(epoch, department(0));
  const Timestamp until = epoch.validators[1].previous_transport_key->until_ms;
  BOOST_TEST((directory.find(old.key, until - 1) == b));
  BOOST_TEST(!directory.find(old.key, until));
  BOOST_TEST((directory.find(identities[1].key, until) == b));
  Node& victim = add(a);
  Node& member = add(b, config_of(b), old);
  turn_until([&] { return joined(victim, b) && joined(member, a); });
}

BOOST_FIXTURE_TEST_CASE(certificates_outside_their_dates_are_refused, Fixture) {
  const Timestamp now = wall_now();
  const std::uint64_t day = 86'400'000;
  const std::pair<Timestamp, std::string> cases[] = {{now - 2 * day, "expired"}, {now + 2 * day, "not valid yet"}};
  Node& victim = add(a);
  for (const auto& [made, reason] : cases) {
    const std::uint64_t refused = victim.network->counters().refused;
    Node& dated = add(b, config_of(b), renew_certificate(identities[1], department(1), made, 1).value());
    turn_until([&] { return victim.network->counters().refused > refused; });
    // The other direction: the one who dials says why.
    NetworkConfig config = config_of(c);
    config.dial.erase(department(0));
    Node& judge = add(c, config, identities[2]);
    turn_until([&] { return judge.network->peers()[1].trouble.find(reason) != std::string::npos; });
    dated.network->stop();
    judge.network->stop();
    context.restart();
    context.run_for(std::chrono::milliseconds(20));
    BOOST_TEST(dated.network->counters().authenticated == 0u);
    BOOST_TEST(judge.network->counters().authenticated == 0u);
  }
  BOOST_TEST(victim.network->counters().authenticated == 0u);
}

BOOST_FIXTURE_TEST_CASE(older_tls_and_a_client_without_certificate_are_refused, Fixture) {
  Node& victim = add(a);
  for (const ssl::context::method method : {ssl::context::tlsv12_client, ssl::context::tlsv13_client}) {
    ssl::context plain(method);
    TlsStream stream(context, plain);
    stream.next_layer().connect({asio::ip::make_address("127.0.0.1"), victim.network->port()});
    bool failed = false;
    Bytes sink(100);
    stream.async_handshake(Side::client, [&](ErrorOf error) {
      if (error) {
        failed = true;
        return;
      }
      // TLS 1.3 tells a client without certificate only after its own handshake is done.
      stream.async_read_some(asio::buffer(sink), [&](ErrorOf end, std::size_t) { failed = static_cast<bool>(end); });
    });
    turn_until([&] { return failed; });
  }
  BOOST_TEST(victim.network->counters().authenticated == 0u);
  turn_until([&] { return victim.network->counters().refused == 2; });
}

BOOST_FIXTURE_TEST_CASE(silent_connections_end_at_the_deadline, Fixture) {
  NetworkConfig config = config_of(a);
  config.peer.handshake_timeout = std::chrono::milliseconds(200);
  Node& victim = add(a, config, identities[0]);
  Tcp::socket silent(context);
  silent.connect({asio::ip::make_address("127.0.0.1"), victim.network->port()});
  bool closed = false;
  Bytes sink(10);
  silent.async_read_some(asio::buffer(sink), [&](ErrorOf error, std::size_t) { closed = static_cast<bool>(error); });
  turn_until([&] { return closed; });
  BOOST_TEST(victim.network->counters().refused == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_flood_of_silent_connections_costs_a_member_nothing, Fixture) {
  NetworkConfig config = config_of(a);
  config.unauthenticated_max = 8;
  Node& victim = add(a, config, identities[0]);
  Node& before = add(b);
  turn_until([&] { return joined(before, a); });
  std::vector<std::unique_ptr<Tcp::socket>> flood;
  constexpr std::size_t silent = 300;
  for (std::size_t i = 0; i < silent; ++i) {
    flood.push_back(std::make_unique<Tcp::socket>(context));
    flood.back()->connect({asio::ip::make_address("127.0.0.1"), victim.network->port()});
    context.restart();
    context.poll();
  }
  turn_until([&] { return victim.network->counters().evicted == silent - config.unauthenticated_max; });
  Node& after = add(c);
  turn_until([&] { return joined(after, a); });
  BOOST_TEST(joined(before, a));
  BOOST_TEST(victim.network->counters().disconnected == 0u);
}

BOOST_FIXTURE_TEST_CASE(noise_on_the_port_is_closed_quietly, Fixture) {
  Node& victim = add(a);
  const std::string noises[] = {"GET / HTTP/1.1\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", std::string(5'000, '\0'),
                                std::string(5'000, '\x16')};
  for (const std::string& noise : noises) {
    Tcp::socket socket(context);
    socket.connect({asio::ip::make_address("127.0.0.1"), victim.network->port()});
    asio::write(socket, asio::buffer(noise));
    bool closed = false;
    Bytes sink(100);
    std::function<void()> read = [&] {
      socket.async_read_some(asio::buffer(sink), [&](ErrorOf error, std::size_t) {
        closed = static_cast<bool>(error);
        if (!error) read();
      });
    };
    read();
    turn_until([&] { return closed; });
  }
  BOOST_TEST(victim.network->counters().refused == 4u);
}

BOOST_FIXTURE_TEST_CASE(a_frame_torn_into_single_bytes_arrives_whole, Fixture) {
  Node& victim = add(a);
  Hand hand(*this, 1, victim.network->port());
  hand.greet(department(1));
  for (const Byte byte : encode_frame(FrameKind::fetch_blocks, Bytes(20, 9))) hand.write({byte});
  turn_until([&] { return victim.received.size() == 1; });
  BOOST_TEST((victim.received.front().second.payload == Bytes(20, 9)));
  BOOST_TEST((victim.received.front().first == b));
}

// Whatever made it so large: a node that ended here would end again at the next request.
BOOST_FIXTURE_TEST_CASE(a_frame_that_no_peer_would_take_is_not_sent, Fixture) {
  Node& first = add(a);
  Node& second = add(b);
  turn_until([&] { return joined(first, b); });
  const Bytes too_large(frame_bytes_max(FrameKind::fetch_blocks) + 1);
  first.network->send(b, FrameKind::fetch_blocks, too_large);
  first.network->broadcast(FrameKind::fetch_blocks, too_large);
  first.network->send(b, FrameKind::fetch_blocks, Bytes(20, 1));
  turn_until([&] { return !second.received.empty(); });
  BOOST_TEST(first.network->counters().frames_dropped == 2U);
  BOOST_TEST(second.received.size() == 1U);
  BOOST_TEST(joined(first, b));
}

BOOST_FIXTURE_TEST_CASE(a_hostile_frame_header_ends_the_connection, Fixture) {
  Node& victim = add(a);
  const Bytes headers[] = {{0xff, 0xff, 0xff, 0xff, 1}, {1, 0, 0, 0, 77}, {0xff, 0xff, 0, 0, 8}};
  for (const Bytes& header : headers) {
    Hand hand(*this, 1, victim.network->port());
    hand.greet(department(1));
    turn_until([&] { return joined(victim, b); });
    hand.write(header);
    hand.wait_for_close();
    turn_until([&] { return !joined(victim, b); });
  }
  BOOST_TEST(victim.received.empty());
}

// The header is bad as soon as it is there, also when it came together with good frames and nothing more follows.
BOOST_FIXTURE_TEST_CASE(a_hostile_frame_header_behind_a_good_frame_ends_the_connection, Fixture) {
  Node& victim = add(a);
  Hand hand(*this, 1, victim.network->port());
  hand.greet(department(1));
  turn_until([&] { return joined(victim, b); });
  Bytes bytes = encode_frame(FrameKind::fetch_blocks, Bytes(3));
  append(bytes, Bytes{0, 0, 0, 0, 77});
  hand.write(bytes);
  hand.wait_for_close();
  BOOST_TEST(victim.received.size() == 1U);
  BOOST_TEST(!joined(victim, b));
}

BOOST_FIXTURE_TEST_CASE(the_newer_connection_of_a_member_replaces_the_older, Fixture) {
  Node& victim = add(a);
  Hand first(*this, 1, victim.network->port());
  first.greet(department(1));
  turn_until([&] { return joined(victim, b); });
  Hand second(*this, 1, victim.network->port());
  second.greet(department(1));
  first.wait_for_close();
  BOOST_TEST(victim.network->counters().replaced == 1u);
  second.write(encode_frame(FrameKind::fetch_blocks, Bytes(3)));
  turn_until([&] { return victim.received.size() == 1; });
  BOOST_TEST(joined(victim, b));
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_reads_nothing_loses_its_connection_and_no_one_else_s, Fixture) {
  NetworkConfig config = config_of(a);
  config.peer.send_queue_bytes = 1 << 20;
  Node& victim = add(a, config, identities[0]);
  Node& reader = add(b);
  Hand sleeper(*this, 2, victim.network->port());
  sleeper.greet(department(2));
  turn_until([&] { return victim.network->connected().size() == 2; });
  std::size_t sent = 0;
  // What the sockets' own buffers take in is the system's choice; far more is offered.
  while (joined(victim, c) && sent < 2'000) {
    victim.network->broadcast(FrameKind::consensus, Bytes(64 * 1024, 1));
    ++sent;
    turn_until([&] { return reader.received.size() == sent; });
  }
  BOOST_TEST(!joined(victim, c));
  BOOST_TEST(joined(victim, b));
  BOOST_TEST(victim.network->peers()[2].trouble.find("too slowly") != std::string::npos);
}

// A driver that takes nothing for a while: how many frames of a size come in before the sender has to wait.
struct IdleDriver : Fixture {
  std::uint64_t frames_taken_in(std::size_t frames, std::size_t frame_bytes) {
    driver = &idle;
    NetworkConfig config = config_of(a);
    config.peer.undelivered_bytes_max = undelivered_max;
    Node& victim = add(a, config, identities[0]);
    driver = &context;
    config = config_of(b);
    config.peer.send_queue_bytes = 64 << 20;
    Node& sender = add(b, config, identities[1]);
    turn_until([&] { return joined(sender, a); });
    for (std::size_t i = 0; i < frames; ++i) sender.network->send(a, FrameKind::gossip, Bytes(frame_bytes));
    turn_until([&] { return victim.network->counters().frames_received > 0; });
    std::uint64_t before = 0;
    // Until nothing moves any more.
    while (std::exchange(before, victim.network->counters().frames_received) != before) {
      context.restart();
      context.run_for(std::chrono::milliseconds(200));
    }
    const std::uint64_t taken_in = victim.network->counters().frames_received;
    turn_until([&] {
      idle.restart();
      idle.poll();
      return victim.received.size() == frames;
    });
    return taken_in;
  }
  static constexpr std::size_t undelivered_max = 1 << 20;
};

BOOST_FIXTURE_TEST_CASE(a_driver_that_does_not_keep_up_slows_the_sender_down, IdleDriver) {
  constexpr std::size_t frame_bytes = 100'000;
  BOOST_TEST(frames_taken_in(500, frame_bytes) <= undelivered_max / frame_bytes + 2);
}

// Empty frames take memory too. One read may bring some thousands of them.
BOOST_FIXTURE_TEST_CASE(empty_frames_slow_the_sender_down_as_well, IdleDriver) {
  BOOST_TEST(frames_taken_in(100'000, 0) <= 40'000U);
}

BOOST_AUTO_TEST_SUITE_END()
