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
             [this](const TransactionId& id) { return recorded.contains(id); }) {}

  Result<void> admit(const SharedBody& body, Source source = Source::client) { return pool.admit(body, source, now); }
  ErrorCode refusal(const SharedBody& body, Source source = Source::client) {
    const auto admitted = admit(body, source);
    BOOST_REQUIRE(!admitted.has_value());
    return admitted.error().code;
  }
  SharedBody body(std::string_view sender = "a", std::optional<Timestamp> until = {}, std::size_t padding = 0) {
    return a_body(genesis, ++made, sender, until, padding);
  }

  Parameters parameters;
  Genesis genesis;
  std::set<TransactionId> recorded;
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

BOOST_AUTO_TEST_CASE(what_expires_leaves_and_is_named) {
  PoolFixture fixture;
  const SharedBody first = fixture.body("a", test_time() + std::uint64_t{100});
  const SharedBody second = fixture.body("a", test_time() + std::uint64_t{101});
  BOOST_REQUIRE(fixture.admit(first) && fixture.admit(second));
  BOOST_TEST(fixture.pool.expire(test_time() + std::uint64_t{99}).empty());
  BOOST_TEST((fixture.pool.batch({}, test_time() + std::uint64_t{100}).size() == 1));
  BOOST_TEST((fixture.pool.expire(test_time() + std::uint64_t{100}) == std::vector{first->id}));
  BOOST_TEST(!fixture.pool.contains(first->id));
  BOOST_TEST(fixture.pool.bytes() == second->bytes.size());
}

BOOST_AUTO_TEST_CASE(clients_are_turned_away_before_peers) {
  PoolFixture fixture({.count_max = 20, .bytes_max = 1 << 20, .sender_count_max = 20});
  for (int i = 0; i < 16; ++i) BOOST_REQUIRE(fixture.admit(fixture.body()).has_value());
  BOOST_TEST((fixture.refusal(fixture.body()) == ErrorCode::busy));
  for (int i = 0; i < 2; ++i) BOOST_REQUIRE(fixture.admit(fixture.body(), Source::gossip).has_value());
  BOOST_TEST((fixture.refusal(fixture.body(), Source::gossip) == ErrorCode::busy));
  for (int i = 0; i < 2; ++i) BOOST_REQUIRE(fixture.admit(fixture.body(), Source::forwarded).has_value());
  BOOST_TEST((fixture.refusal(fixture.body(), Source::forwarded) == ErrorCode::busy));
}

BOOST_AUTO_TEST_CASE(one_sender_and_all_bytes_are_limited) {
  PoolFixture senders({.count_max = 100, .bytes_max = 1 << 20, .sender_count_max = 3});
  for (int i = 0; i < 3; ++i) BOOST_REQUIRE(senders.admit(senders.body()).has_value());
  BOOST_TEST((senders.refusal(senders.body()) == ErrorCode::busy));
  BOOST_TEST(senders.admit(senders.body("b")).has_value());
  PoolFixture large({.count_max = 100, .bytes_max = 100'000, .sender_count_max = 100});
  BOOST_REQUIRE(large.admit(large.body("a", {}, 50'000)).has_value());
  BOOST_TEST((large.refusal(large.body("a", {}, 50'000)) == ErrorCode::busy));
  BOOST_TEST(large.admit(large.body("a", {}, 10'000)).has_value());
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
  BOOST_TEST(!fixture.pool.waiting().oldest.has_value());
  const SharedBody first = fixture.body("a");
  BOOST_REQUIRE(fixture.admit(first).has_value());
  fixture.now.monotonic = fixture.now.monotonic + Duration(50);
  BOOST_REQUIRE(fixture.admit(fixture.body("b")).has_value());
  const auto waiting = fixture.pool.waiting();
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
  std::set<TransactionId> inside;
  std::set<TransactionId> under_way;
  for (int step = 0; step < 400; ++step) {
    const SharedBody& body = bodies[random() % bodies.size()];
    switch (random() % 3) {
      case 0:
        if (fixture.admit(body)) inside.insert(body->id);
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
    const auto is_free = [&](const TransactionId& id) { return !under_way.contains(id); };
    if (inside.empty()) continue;
    BOOST_REQUIRE_EQUAL(fixture.pool.waiting().count, std::ranges::count_if(inside, is_free));
  }
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
      if (fixture.admit(body, static_cast<Source>(random() % 3))) inside.emplace(body->id, body);
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
