#include "node/pool.h"

#include <random>

#include "tests/node/one_node.h"

namespace kanhe::node {
namespace {

struct PoolFixture {
  explicit PoolFixture(PoolLimits limits = {}, Parameters chosen = {})
      : parameters(chosen),
        genesis(test_genesis(chosen)),
        pool(chain_id_of(genesis), parameters, limits,
             [this](const TransactionId& id) { return recorded.contains(id); },
             [this](const PublicKey& key) { return !strangers.contains(key); }) {}

  Result<void> admit(const SharedBody& body, Source source = Source::client, std::uint16_t from = 0) {
    return pool.admit(body, source, PeerId(from), now);
  }
  ErrorCode refusal(const SharedBody& body, Source source = Source::client, std::uint16_t from = 0) {
    const auto admitted = admit(body, source, from);
    BOOST_REQUIRE(!admitted.has_value());
    return admitted.error().code;
  }
  // Of a sender that the ledger does not know.
  SharedBody strange_body(const std::string& sender) {
    strangers.insert(public_key_of(SignatureScheme::keyed_hash, named_key(sender)));
    return body(sender);
  }
  SharedBody body(std::string_view sender = "a", std::optional<Timestamp> until = {}, std::size_t padding = 0) {
    return a_body(genesis, ++made, sender, until, padding);
  }

  Parameters parameters;
  Genesis genesis;
  std::set<TransactionId> recorded;
  std::set<PublicKey> strangers;
  consensus::Now now{test_start, test_time()};
  std::uint64_t made = 0;
  Pool pool;
};

Parameters with_batches_of(std::uint32_t count) {
  Parameters parameters;
  parameters.block_transactions_max = Number<BlockCountTag>(count);
  return parameters;
}

std::size_t count_of(const std::vector<SharedBody>& batch, std::string_view sender) {
  const PublicKey key = public_key_of(SignatureScheme::keyed_hash, named_key(sender));
  return static_cast<std::size_t>(
      std::ranges::count_if(batch, [&](const SharedBody& body) { return body->transaction.sender == key; }));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pool_tests)

BOOST_AUTO_TEST_CASE(a_flood_by_one_sender_costs_the_others_nothing) {
  PoolFixture fixture({}, with_batches_of(9));
  for (int i = 0; i < 100; ++i) BOOST_REQUIRE(fixture.admit(fixture.body("flooder")).has_value());
  for (const std::string_view sender : {"b", "c"}) {
    for (int i = 0; i < 3; ++i) BOOST_REQUIRE(fixture.admit(fixture.body(sender)).has_value());
  }
  const auto batch = fixture.pool.batch({}, test_time());
  BOOST_TEST(batch.size() == 9);
  BOOST_TEST(count_of(batch, "b") == 3);
  BOOST_TEST(count_of(batch, "c") == 3);
}

BOOST_AUTO_TEST_CASE(of_one_sender_the_oldest_goes_first) {
  PoolFixture fixture({}, with_batches_of(3));
  std::vector<SharedBody> bodies;
  for (int i = 0; i < 6; ++i) BOOST_REQUIRE(fixture.admit(bodies.emplace_back(fixture.body())).has_value());
  const auto batch = fixture.pool.batch({}, test_time());
  for (std::size_t i = 0; i < 3; ++i) BOOST_TEST((batch.at(i)->id == bodies[i]->id));
}

BOOST_AUTO_TEST_CASE(what_peers_forwarded_has_a_quarter_of_the_batch_oldest_first) {
  PoolFixture fixture({}, with_batches_of(8));
  std::vector<SharedBody> late;
  for (int sender = 0; sender < 50; ++sender) {
    BOOST_REQUIRE(fixture.admit(fixture.body("sender " + std::to_string(sender))).has_value());
  }
  for (int i = 0; i < 5; ++i) BOOST_REQUIRE(fixture.admit(late.emplace_back(fixture.body("z")), Source::forwarded));
  const auto batch = fixture.pool.batch({}, test_time());
  BOOST_REQUIRE_EQUAL(batch.size(), 8);
  BOOST_TEST((batch[0]->id == late[0]->id && batch[1]->id == late[1]->id));
  BOOST_TEST(std::ranges::count_if(batch, [&](const SharedBody& body) { return body->id == late[2]->id; }) <= 1);
}

BOOST_AUTO_TEST_CASE(forwarding_what_waits_already_moves_it_into_the_reserved_share) {
  PoolFixture fixture({}, with_batches_of(4));
  for (int i = 0; i < 20; ++i) BOOST_REQUIRE(fixture.admit(fixture.body("a")).has_value());
  const SharedBody last = fixture.body("a");
  BOOST_REQUIRE(fixture.admit(last).has_value());
  BOOST_TEST((fixture.refusal(last, Source::forwarded) == ErrorCode::duplicate));
  BOOST_TEST((fixture.pool.batch({}, test_time()).front()->id == last->id));
}

BOOST_AUTO_TEST_CASE(an_id_is_let_in_once_whatever_its_signature) {
  PoolFixture fixture;
  const SharedBody body = fixture.body();
  BOOST_REQUIRE(fixture.admit(body).has_value());
  BOOST_TEST((fixture.refusal(body) == ErrorCode::duplicate));
  Transaction again = body->transaction;
  again.signature.array()[5] ^= 1;
  const auto twin = std::make_shared<const TransactionBody>(make_body(again));
  BOOST_REQUIRE((twin->id == body->id && twin->body_hash != body->body_hash));
  BOOST_TEST((fixture.refusal(twin) == ErrorCode::duplicate));
  BOOST_TEST((fixture.pool.find(twin->body_hash) == nullptr));
  const SharedBody old = fixture.body();
  fixture.recorded.insert(old->id);
  BOOST_TEST((fixture.refusal(old) == ErrorCode::duplicate));
  BOOST_TEST(fixture.pool.count() == 1);
}

BOOST_AUTO_TEST_CASE(validity_is_checked_at_both_ends) {
  PoolFixture fixture;
  const std::uint64_t window = fixture.parameters.validity_window_ms.value();
  const Timestamp now = fixture.now.wall;
  BOOST_TEST((fixture.refusal(fixture.body("a", now)) == ErrorCode::out_of_range));
  BOOST_TEST(fixture.admit(fixture.body("a", now + 1)).has_value());
  BOOST_TEST(fixture.admit(fixture.body("a", now + window)).has_value());
  BOOST_TEST((fixture.refusal(fixture.body("a", now + (window + 1))) == ErrorCode::out_of_range));
}

BOOST_AUTO_TEST_CASE(another_chain_is_refused) {
  PoolFixture fixture;
  Parameters other;
  other.window = Number<WindowTag>(3);
  BOOST_TEST((fixture.refusal(a_body(test_genesis(other), 1)) == ErrorCode::unsupported));
}

// By the own clock it leaves; that it expired is said when a block's time has passed it, unless it is recorded by then.
BOOST_AUTO_TEST_CASE(what_lapses_leaves_and_is_named_when_no_block_can_record_it) {
  PoolFixture fixture;
  const auto body_until = [&](std::uint64_t ms) { return fixture.body("a", test_time() + ms); };
  const SharedBody first = body_until(100);
  const SharedBody second = body_until(101);
  const SharedBody third = body_until(200);
  for (const SharedBody& body : {first, second, third}) BOOST_REQUIRE(fixture.admit(body).has_value());
  BOOST_TEST(fixture.pool.lapse(test_time() + std::uint64_t{99}) == 0U);
  BOOST_TEST((fixture.pool.batch({}, test_time() + std::uint64_t{100}).size() == 2));
  BOOST_TEST(fixture.pool.lapse(test_time() + std::uint64_t{101}) == 2U);
  BOOST_TEST(!fixture.pool.contains(first->id));
  BOOST_TEST(fixture.pool.bytes() == third->bytes.size());
  BOOST_TEST(fixture.pool.expire(test_time() + std::uint64_t{99}).empty());
  fixture.recorded.insert(second->id);
  BOOST_TEST((fixture.pool.expire(test_time() + std::uint64_t{150}) == std::vector{first->id}));
  BOOST_TEST((fixture.pool.expire(test_time() + std::uint64_t{250}) == std::vector{third->id}), "it had not lapsed");
  BOOST_TEST(fixture.pool.count() == 0U);
}

BOOST_AUTO_TEST_CASE(what_lapsed_by_a_clock_that_steps_back_is_named_once) {
  PoolFixture fixture;
  const SharedBody body = fixture.body("a", test_time() + std::uint64_t{100});
  BOOST_REQUIRE(fixture.admit(body).has_value());
  fixture.pool.lapse(test_time() + std::uint64_t{100});
  BOOST_REQUIRE(fixture.admit(body).has_value());
  BOOST_TEST(fixture.pool.expire(test_time() + std::uint64_t{500}).size() == 1U);
}

BOOST_AUTO_TEST_CASE(clients_are_turned_away_before_peers_and_forwarded_has_a_room_of_its_own) {
  PoolFixture fixture({.count_max = 20, .bytes_max = 1 << 20, .sender_count_max = 20});
  const auto fill = [&](Source source) {
    std::size_t admitted = 0;
    for (std::uint16_t from = 0; from < 40; ++from) admitted += fixture.admit(fixture.body(), source, from) ? 1 : 0;
    BOOST_TEST((fixture.refusal(fixture.body(), source, 50) == ErrorCode::busy));
    return admitted;
  };
  BOOST_TEST(fill(Source::client) == 16U);
  BOOST_TEST(fill(Source::gossip) == 2U);
  BOOST_TEST(fill(Source::forwarded) == 2U);
  BOOST_TEST(fixture.pool.count() == 20U);
}

// However many flood it, with however many keys, who comes next finds as much room as each of them holds.
BOOST_AUTO_TEST_CASE(a_flood_from_some_origins_leaves_room_for_the_others) {
  for (const Source source : {Source::gossip, Source::forwarded}) {
    PoolFixture fixture({.count_max = 2'000, .bytes_max = 64 << 20, .sender_count_max = 2'000});
    const auto flood = [&](std::uint16_t from) {
      std::size_t admitted = 0;
      for (int i = 0; i < 2'000; ++i) {
        const auto body = fixture.body("key " + std::to_string(from) + "/" + std::to_string(i));
        admitted += fixture.admit(body, source, from) ? 1 : 0;
      }
      return admitted;
    };
    const std::size_t room = source == Source::gossip ? 1'800 : 200;
    BOOST_TEST(flood(1) == room / 2);
    BOOST_TEST(flood(2) == room / 4);
    BOOST_TEST(flood(3) == room / 8);
    // Nor do the bytes of one crowd the others out.
    BOOST_TEST(fixture.admit(fixture.body("honest"), source, 4).has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_sender_whose_queue_is_full_is_forwarded_all_the_same) {
  PoolFixture fixture({.count_max = 100, .bytes_max = 1 << 20, .sender_count_max = 3});
  for (int i = 0; i < 3; ++i) BOOST_REQUIRE(fixture.admit(fixture.body()).has_value());
  BOOST_TEST((fixture.refusal(fixture.body(), Source::gossip) == ErrorCode::busy));
  BOOST_TEST(fixture.admit(fixture.body(), Source::forwarded, 2).has_value());
}

BOOST_AUTO_TEST_CASE(all_whom_the_ledger_does_not_know_have_one_place) {
  PoolFixture fixture({.count_max = 1'000, .bytes_max = 1 << 20, .sender_count_max = 50}, with_batches_of(12));
  std::size_t admitted = 0;
  for (int i = 0; i < 100; ++i) {
    admitted += fixture.admit(fixture.strange_body("stranger " + std::to_string(i))) ? 1 : 0;
  }
  BOOST_TEST(admitted == 50U);
  for (const std::string_view sender : {"a", "b"}) {
    for (int i = 0; i < 10; ++i) BOOST_REQUIRE(fixture.admit(fixture.body(sender)).has_value());
  }
  const auto batch = fixture.pool.batch({}, test_time());
  BOOST_TEST(count_of(batch, "a") == 4);
  BOOST_TEST(count_of(batch, "b") == 4);
  BOOST_TEST(fixture.pool.waiting(test_time()).oldest->ahead == 3U);
}

// A transaction that a primary whose clock differs by the tolerance could not propose is no reason to complain.
BOOST_AUTO_TEST_CASE(what_stands_at_the_edge_of_its_validity_is_not_the_oldest) {
  PoolFixture fixture;
  const std::uint64_t tolerance = fixture.parameters.clock_tolerance_ms.value();
  const std::uint64_t window = fixture.parameters.validity_window_ms.value();
  const Timestamp now = fixture.now.wall;
  BOOST_REQUIRE(fixture.admit(fixture.body("a", now + tolerance)).has_value());
  BOOST_REQUIRE(fixture.admit(fixture.body("a", now + (window - tolerance + 1))).has_value());
  BOOST_TEST(!fixture.pool.waiting(now).oldest.has_value());
  BOOST_TEST(fixture.pool.waiting(now).count == 2U);
  fixture.now.monotonic = fixture.now.monotonic + Duration(50);
  BOOST_REQUIRE(fixture.admit(fixture.body("a", now + (tolerance + 1))).has_value());
  BOOST_REQUIRE(fixture.pool.waiting(now).oldest.has_value());
  BOOST_TEST((fixture.pool.waiting(now).oldest->arrival == fixture.now.monotonic));
  BOOST_TEST((fixture.pool.waiting(now + 1).oldest->arrival == test_start), "now the far one is in its time");
}

BOOST_AUTO_TEST_CASE(one_sender_and_all_bytes_are_limited) {
  PoolFixture senders({.count_max = 100, .bytes_max = 1 << 20, .sender_count_max = 3});
  for (int i = 0; i < 3; ++i) BOOST_REQUIRE(senders.admit(senders.body()).has_value());
  BOOST_TEST((senders.refusal(senders.body()) == ErrorCode::busy));
  BOOST_TEST(senders.admit(senders.body("b")).has_value());
  PoolFixture large({.count_max = 100, .bytes_max = 100'000, .sender_count_max = 100});
  BOOST_REQUIRE(large.admit(large.body("a", {}, 50'000)).has_value());
  BOOST_TEST((large.refusal(large.body("a", {}, 50'000)) == ErrorCode::busy));
  BOOST_TEST(large.admit(large.body("a", {}, 10'000), Source::client, 1).has_value());
}

BOOST_AUTO_TEST_CASE(a_batch_keeps_to_bytes_and_leaves_out_what_is_below_it) {
  Parameters parameters;
  parameters.block_bytes_max = Number<BlockBytesTag>(65'535);
  PoolFixture fixture({}, parameters);
  const SharedBody first = fixture.body("a", {}, 40'000);
  const SharedBody second = fixture.body("b", {}, 40'000);
  const SharedBody third = fixture.body("c", {}, 1'000);
  for (const SharedBody& body : {first, second, third}) BOOST_REQUIRE(fixture.admit(body).has_value());
  const auto batch = fixture.pool.batch({}, test_time());
  std::size_t bytes = 0;
  for (const SharedBody& body : batch) bytes += body->bytes.size();
  BOOST_TEST(bytes <= 65'535);
  BOOST_TEST(batch.size() == 2);
  IdTables below;
  below.add(std::make_shared<const IdTable>(IdTable{first->id}));
  below.add(std::make_shared<const IdTable>(IdTable{third->id}));
  for (const SharedBody& body : fixture.pool.batch(below, test_time())) {
    BOOST_TEST((body->id == second->id));
  }
}

BOOST_AUTO_TEST_CASE(kept_bodies_stay_until_their_height_is_final) {
  PoolFixture fixture;
  const SharedBody body = fixture.body();
  fixture.pool.keep(Height(4), body);
  BOOST_TEST((fixture.pool.find(body->body_hash) == body));
  BOOST_TEST(fixture.pool.count() == 0);
  fixture.pool.on_recorded(Height(3), {});
  BOOST_TEST((fixture.pool.find(body->body_hash) == body));
  fixture.pool.on_recorded(Height(4), {body->id});
  BOOST_TEST((fixture.pool.find(body->body_hash) == nullptr));
}

BOOST_AUTO_TEST_CASE(the_oldest_decides_how_long_to_wait) {
  PoolFixture fixture;
  BOOST_TEST(!fixture.pool.waiting(fixture.now.wall).oldest.has_value());
  const SharedBody first = fixture.body("a");
  BOOST_REQUIRE(fixture.admit(first).has_value());
  fixture.now.monotonic = fixture.now.monotonic + Duration(50);
  BOOST_REQUIRE(fixture.admit(fixture.body("b")).has_value());
  const auto waiting = fixture.pool.waiting(fixture.now.wall);
  BOOST_TEST(waiting.count == 2);
  BOOST_REQUIRE(waiting.oldest.has_value());
  BOOST_TEST((waiting.oldest->arrival == test_start));
  BOOST_TEST((fixture.pool.oldest(1).front()->id == first->id));
}

// Against a count by hand, whatever comes in which order: ids that stand in two proposals, that come after their
// proposal did, and that leave.
BOOST_AUTO_TEST_CASE(what_stands_in_proposals_under_way_does_not_count) {
  std::mt19937_64 random(5);
  PoolFixture fixture;
  std::vector<SharedBody> bodies;
  for (int i = 0; i < 40; ++i) bodies.push_back(fixture.body());
  std::map<TransactionId, Instant> inside;
  std::set<TransactionId> under_way;
  for (int step = 0; step < 400; ++step) {
    const SharedBody& body = bodies[random() % bodies.size()];
    fixture.now.monotonic = fixture.now.monotonic + Duration(1);
    switch (random() % 3) {
      case 0:
        if (fixture.admit(body)) inside.emplace(body->id, fixture.now.monotonic);
        break;
      case 1:
        fixture.pool.on_recorded(Height(1), {body->id});
        inside.erase(body->id);
        break;
      case 2: {
        under_way.clear();
        IdTables tables;
        for (std::uint64_t table = random() % 3; table > 0; --table) {
          auto ids = std::make_shared<IdTable>();
          for (int i = 0; i < 10; ++i) ids->insert(bodies[random() % bodies.size()]->id);
          under_way.insert(ids->begin(), ids->end());
          tables.add(std::move(ids));
        }
        fixture.pool.set_under_way(std::move(tables));
      }
    }
    std::size_t free = 0;
    std::optional<Instant> first;
    for (const auto& [id, arrival] : inside) {
      if (under_way.contains(id)) continue;
      ++free;
      if (!first || arrival < *first) first = arrival;
    }
    const consensus::PoolChanged waiting = fixture.pool.waiting(fixture.now.wall);
    BOOST_REQUIRE_EQUAL(waiting.count, free);
    BOOST_REQUIRE((waiting.unproposed == first));
  }
}

// A liar shows a transaction to one node alone: it counts against the primary only from when that node passed it on.
BOOST_AUTO_TEST_CASE(what_came_from_peers_is_missed_only_after_it_was_passed_on) {
  PoolFixture fixture;
  const Instant came = fixture.now.monotonic;
  const SharedBody first = fixture.body();
  const SharedBody second = fixture.body();
  BOOST_REQUIRE(fixture.admit(first, Source::gossip, 3).has_value());
  BOOST_REQUIRE(fixture.admit(second, Source::forwarded, 3).has_value());
  const auto unproposed = [&] { return fixture.pool.waiting(fixture.now.wall).unproposed; };
  const auto pass_on = [&](std::uint64_t ms, std::size_t count) {
    return fixture.pool.pass_on(came + ms * ns_per_ms, Duration(100), count, 1'000'000);
  };
  BOOST_TEST(!unproposed());
  BOOST_TEST(pass_on(99, 9).empty());
  BOOST_TEST((pass_on(150, 1) == std::vector{first}));
  BOOST_TEST((unproposed() == came + 150 * ns_per_ms));
  BOOST_TEST((pass_on(160, 9) == std::vector{second}));
  BOOST_TEST(pass_on(170, 9).empty(), "once a view");
  fixture.pool.enter_view();
  BOOST_TEST(!unproposed(), "the new primary has nothing from here yet");
  auto ids = std::make_shared<IdTable>();
  ids->insert(first->id);
  IdTables under_way;
  under_way.add(ids);
  fixture.pool.set_under_way(under_way);
  BOOST_TEST((pass_on(200, 9) == std::vector{second}), "the other stands in a proposal");
  fixture.pool.set_under_way({});
  BOOST_TEST((pass_on(300, 9) == std::vector{first}), "it lost");
  fixture.pool.on_recorded(Height(1), {first->id, second->id});
  BOOST_TEST(!fixture.pool.has_to_pass_on());
}

// Nobody fills a sender's queue so that the primary turns away what another node passes on to it.
BOOST_AUTO_TEST_CASE(a_queue_that_one_origin_has_filled_takes_in_what_another_brings) {
  PoolFixture fixture({.count_max = 100, .bytes_max = 1 << 20, .sender_count_max = 3});
  for (int i = 0; i < 3; ++i) BOOST_REQUIRE(fixture.admit(fixture.body(), Source::gossip, 1).has_value());
  BOOST_TEST((fixture.refusal(fixture.body(), Source::gossip, 1) == ErrorCode::busy));
  BOOST_TEST(fixture.admit(fixture.body(), Source::gossip, 2).has_value());
}

BOOST_AUTO_TEST_CASE(a_body_is_kept_until_the_highest_of_its_heights) {
  PoolFixture fixture;
  const SharedBody body = fixture.body();
  for (const std::uint64_t height : {4, 6, 5}) fixture.pool.keep(Height(height), body);
  fixture.pool.on_recorded(Height(5), {});
  BOOST_TEST((fixture.pool.find(body->body_hash) == body));
  fixture.pool.on_recorded(Height(6), {});
  BOOST_TEST((fixture.pool.find(body->body_hash) == nullptr));
}

BOOST_AUTO_TEST_CASE(limits_and_sums_hold_after_any_sequence) {
  std::mt19937_64 random(3);
  for (int run = 0; run < 20; ++run) {
    const PoolLimits limits{.count_max = 10 + random() % 40, .bytes_max = 20'000, .sender_count_max = 1 + random() % 9};
    PoolFixture fixture(limits, with_batches_of(1 + static_cast<std::uint32_t>(random() % 8)));
    std::map<TransactionId, SharedBody> inside;
    for (int step = 0; step < 300; ++step) {
      const std::string sender(1, static_cast<char>('a' + random() % 5));
      const SharedBody body =
          fixture.body(sender, fixture.now.wall + random() % 400, static_cast<std::size_t>(random() % 900));
      if (fixture.admit(body, static_cast<Source>(random() % 3), random() % 4)) inside.emplace(body->id, body);
      fixture.now.wall = fixture.now.wall + random() % 10;
      if (random() % 4 == 0) {
        for (const TransactionId& id : fixture.pool.expire(fixture.now.wall)) BOOST_REQUIRE(inside.erase(id) == 1);
      }
      const auto batch = fixture.pool.batch({}, fixture.now.wall);
      std::set<TransactionId> ids;
      for (const SharedBody& taken : batch) BOOST_REQUIRE(ids.insert(taken->id).second && inside.contains(taken->id));
      if (random() % 8 == 0) {
        fixture.pool.on_recorded(Height(1), {ids.begin(), ids.end()});
        for (const TransactionId& id : ids) inside.erase(id);
      }
      std::size_t bytes = 0;
      for (const auto& [id, waiting] : inside) bytes += waiting->bytes.size();
      BOOST_REQUIRE_EQUAL(fixture.pool.count(), inside.size());
      BOOST_REQUIRE_EQUAL(fixture.pool.bytes(), bytes);
      BOOST_REQUIRE(inside.size() <= limits.count_max && bytes <= limits.bytes_max);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace kanhe::node
