// Overlays against a plain map, and state keys.
#include "ledger/state.h"

#include <boost/test/unit_test.hpp>
#include <random>

namespace {

using namespace kanhe;

using Model = std::map<Bytes, Bytes>;

// A durable state: what lies under all overlays.
class MapState : public StateReader {
 public:
  Model entries;

  std::optional<Bytes> get(ByteView key) const override {
    const auto entry = entries.find(to_bytes(key));
    if (entry == entries.end()) return std::nullopt;
    return entry->second;
  }
  std::optional<StateEntry> next(ByteView from, ByteView prefix) const override {
    for (auto entry = entries.lower_bound(to_bytes(from)); entry != entries.end(); ++entry) {
      const auto mismatch = std::ranges::mismatch(entry->first, prefix);
      if (mismatch.in2 == prefix.end()) return StateEntry{entry->first, entry->second};
    }
    return std::nullopt;
  }
};

using Random = std::mt19937_64;

std::uint64_t below(Random& random, std::uint64_t limit) { return random() % limit; }

// Few different bytes and lengths, with the extremes among them, so that keys meet, nest and border on each other.
Bytes random_key(Random& random) {
  static constexpr Byte bytes[] = {0x00, 0x01, 0x7f, 0xff};
  Bytes key(below(random, 4));
  for (Byte& byte : key) byte = bytes[below(random, 4)];
  return key;
}

void change(Random& random, Overlay& overlay, Model& model) {
  const Bytes key = random_key(random);
  if (below(random, 2) == 0) {
    const Bytes value(below(random, 3), static_cast<Byte>(random()));
    overlay.put(key, value);
    model[key] = value;
  } else {
    overlay.erase(key);
    model.erase(key);
  }
}

Model everything(const StateReader& state, const Bytes& prefix) {
  Model found;
  Bytes from = prefix;
  while (const auto entry = state.next(from, prefix)) {
    BOOST_REQUIRE(found.emplace(entry->key, entry->value).second);
    from = entry->key;
    from.push_back(0);
  }
  return found;
}

std::optional<StateEntry> next_in(const Model& model, const Bytes& from, const Bytes& prefix) {
  MapState state;
  state.entries = model;
  return state.next(from, prefix);
}

void require_same(Random& random, const StateReader& state, const Model& model) {
  BOOST_REQUIRE((everything(state, {}) == model));
  for (int i = 0; i < 20; ++i) {
    const Bytes key = random_key(random);
    const auto value = state.get(key);
    BOOST_REQUIRE(value.has_value() == model.contains(key));
    if (value) BOOST_REQUIRE((*value == model.at(key)));

    const Bytes from = random_key(random);
    const Bytes prefix = random_key(random);
    const auto entry = state.next(from, prefix);
    const auto wanted = next_in(model, from, prefix);
    BOOST_REQUIRE(entry.has_value() == wanted.has_value());
    if (entry) BOOST_REQUIRE((entry->key == wanted->key));
    if (entry) BOOST_REQUIRE((entry->value == wanted->value));
  }
}

BOOST_AUTO_TEST_SUITE(state_tests)

BOOST_AUTO_TEST_CASE(three_overlays_read_like_one_map) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Random random(seed);
    MapState durable;
    for (int i = 0; i < 12; ++i) durable.entries[random_key(random)] = {static_cast<Byte>(i)};
    Model model = durable.entries;
    Overlay parent(durable);
    for (int i = 0; i < 12; ++i) change(random, parent, model);
    const Model parent_model = model;
    Overlay block(parent);
    for (int i = 0; i < 12; ++i) change(random, block, model);
    const Model block_model = model;
    Overlay transaction(block);
    for (int i = 0; i < 12; ++i) change(random, transaction, model);

    require_same(random, transaction, model);
    require_same(random, block, block_model);
    require_same(random, parent, parent_model);

    block.absorb(std::move(transaction));
    require_same(random, block, model);
    require_same(random, parent, parent_model);
    parent.absorb(std::move(block));
    require_same(random, parent, model);
  }
}

BOOST_AUTO_TEST_CASE(changes_carried_to_the_base_make_the_same_map) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Random random(seed);
    MapState durable;
    for (int i = 0; i < 12; ++i) durable.entries[random_key(random)] = {static_cast<Byte>(i)};
    Model model = durable.entries;
    Overlay overlay(durable);
    for (int i = 0; i < 20; ++i) change(random, overlay, model);
    const Overlay::Changes changes = overlay.changes();
    for (const auto& [key, value] : changes) {
      if (value) {
        durable.entries[key] = *value;
      } else {
        durable.entries.erase(key);
      }
    }
    BOOST_TEST((durable.entries == model));
  }
}

BOOST_AUTO_TEST_CASE(a_dropped_overlay_leaves_nothing_behind) {
  MapState durable;
  durable.entries[{1}] = {10};
  Overlay block(durable);
  {
    Overlay transaction(block);
    transaction.put(Bytes{1}, {11});
    transaction.erase(Bytes{1});
    transaction.put(Bytes{2}, {12});
  }
  BOOST_TEST((everything(block, {}) == durable.entries));
  BOOST_TEST(block.changes().empty());
}

BOOST_AUTO_TEST_CASE(an_absorbed_overlay_is_empty_and_reads_through) {
  EmptyState empty;
  Overlay block(empty);
  block.put(Bytes{1}, {10});
  block.put(Bytes{2}, {20});
  Overlay transaction(block);
  transaction.erase(Bytes{1});
  transaction.put(Bytes{2}, {21});
  block.absorb(std::move(transaction));
  BOOST_TEST(block.changes().size() == 2);
  BOOST_TEST(!block.changes().at({1}).has_value());
  BOOST_TEST((block.changes().at({2}) == Bytes{21}));
}

BOOST_AUTO_TEST_CASE(an_erased_run_of_the_base_is_passed_by_iteration) {
  MapState durable;
  for (int i = 0; i < 200; ++i) durable.entries[{7, static_cast<Byte>(i)}] = {1};
  Overlay overlay(durable);
  for (int i = 0; i < 199; ++i) overlay.erase(Bytes{7, static_cast<Byte>(i)});
  const auto entry = overlay.next(Bytes{7}, Bytes{7});
  BOOST_REQUIRE(entry.has_value());
  BOOST_TEST((entry->key == Bytes{7, 199}));
  overlay.erase(Bytes{7, 199});
  BOOST_TEST(!overlay.next(Bytes{7}, Bytes{7}).has_value());
}

BOOST_AUTO_TEST_CASE(a_state_key_begins_with_the_table_in_the_order_of_tables) {
  BOOST_TEST((state_key(0x0301, Bytes{5, 6}) == Bytes{0x03, 0x01, 5, 6}));
  BOOST_TEST((state_key(0x00ff, Bytes{0xff}) < state_key(0x0100, {})));
}

// No two tables share a key, whatever the length of the keys: the table's number has a fixed width.
BOOST_AUTO_TEST_CASE(the_keys_of_a_table_lie_between_its_prefix_and_after_it) {
  Random random(7);
  for (int i = 0; i < 2000; ++i) {
    const auto table = static_cast<TableId>(random());
    const Bytes prefix = state_key(table, {});
    const Bytes key = state_key(table, random_key(random));
    BOOST_TEST(!(key < prefix));
    const Bytes end = after_prefix(prefix);
    BOOST_TEST((end.empty() || key < end));
  }
}

BOOST_AUTO_TEST_CASE(after_a_prefix_is_the_smallest_key_above_all_that_begin_with_it) {
  BOOST_TEST((after_prefix(Bytes{1, 2}) == Bytes{1, 3}));
  BOOST_TEST((after_prefix(Bytes{1, 0xff, 0xff}) == Bytes{2}));
  BOOST_TEST(after_prefix(Bytes{0xff, 0xff}).empty());
  BOOST_TEST(after_prefix({}).empty());
  Random random(3);
  for (int i = 0; i < 3000; ++i) {
    const Bytes prefix = random_key(random);
    const Bytes key = random_key(random);
    const Bytes end = after_prefix(prefix);
    const bool begins = key.size() >= prefix.size() && equal(ByteView(key).first(prefix.size()), prefix);
    const bool between = !(key < prefix) && (end.empty() || key < end);
    BOOST_TEST(begins == between);
  }
}

BOOST_AUTO_TEST_CASE(positions_and_value_hashes_are_tagged) {
  const Bytes bytes = {1, 2, 3};
  BOOST_TEST((Hash256(state_position(bytes)) == tagged_hash(Tag::state_key, bytes)));
  BOOST_TEST((Hash256(state_value_hash(bytes)) == tagged_hash(Tag::state_value, bytes)));
  BOOST_TEST((Hash256(state_position(bytes)) != Hash256(state_value_hash(bytes))));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
