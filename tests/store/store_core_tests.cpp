// What the store finds in values that LevelDB itself thinks are good: a record in another's place, one that is
// missing, a store of another version. The tests write into the database behind the store's back.
#include <leveldb/db.h>
#include <leveldb/env.h>

#include <boost/test/unit_test.hpp>
#include <functional>

#include "ledger/codec.h"
#include "ledger/store_keys.h"
#include "tests/store/test_chain.h"

using namespace kanhe;
using namespace kanhe::test;

namespace {

class Database {
 public:
  explicit Database(Files& files) {
    leveldb::Options options;
    options.env = &files.env();
    leveldb::DB* opened = nullptr;
    BOOST_REQUIRE(leveldb::DB::Open(options, "s/db", &opened).ok());
    database_.reset(opened);
  }
  Bytes get(const Key& key) const {
    std::string value;
    BOOST_REQUIRE(database_->Get({}, slice(key.bytes), &value).ok());
    return to_bytes(as_bytes(value));
  }
  void put(const Key& key, ByteView value) { BOOST_REQUIRE(database_->Put({}, slice(key.bytes), slice(value)).ok()); }
  void erase(const Key& key) { BOOST_REQUIRE(database_->Delete({}, slice(key.bytes)).ok()); }

 private:
  static leveldb::Slice slice(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  std::unique_ptr<leveldb::DB> database_;
};

// A store with blocks up to 80, more than the headers that are chained at open.
std::unique_ptr<SimDisk> disk_with_blocks() {
  static const SimDisk* disk = [] {
    auto* made = new SimDisk;
    add_blocks(*must_open(*made, test_options("s")), TestChain(60), 80);
    return made;
  }();
  return disk->copy();
}

// Opens it, expecting a refusal whose text has `part`.
void expect_refused(SimDisk& files, ErrorCode code, std::string_view part) {
  const auto opened = Store::open(files, test_options("s"), test_chain_id());
  BOOST_REQUIRE(!opened);
  BOOST_TEST((opened.error().code == code));
  BOOST_TEST_CONTEXT(opened.error().text) {
    BOOST_TEST(opened.error().text.starts_with("s"));
    BOOST_TEST(opened.error().text.find(part) != std::string::npos);
  }
}

template <class Read>
void expect_stop(const std::string& part, const Read& read) {
  BOOST_CHECK_EXCEPTION(read(), StorageFailed, [part](const StorageFailed& failed) {
    return failed.what.starts_with("s: ") && failed.what.find(part) != std::string::npos;
  });
}

Key leaf_key(const StatePosition& position) { return Key(Keyspace::leaf).add(position); }
Key page_hash_key(PageId id) { return Key(Keyspace::page_hash).add_u64(id); }

PageId some_page(SimDisk& files) { return must_open(files, test_options("s"))->page_hashes().front().first; }

Page leaves_of(SimDisk& files, PageId id) {
  return must_open(files, test_options("s"))->tree().page(id).leaves();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_core_tests)

BOOST_AUTO_TEST_CASE(a_store_of_another_version_is_refused_with_its_path) {
  const auto files = disk_with_blocks();
  Bytes identity = encode(StoreIdentity{{}, test_chain_id()});
  identity[0] = 1;
  Database(*files).put(identity_key(), identity);
  expect_refused(*files, ErrorCode::unsupported, "version");
}

// D-21: the record of height 7 returned for 9.
BOOST_AUTO_TEST_CASE(a_record_in_anothers_place_is_never_handed_out) {
  const auto files = disk_with_blocks();
  {
    Database database(*files);
    for (const Keyspace space : {Keyspace::header, Keyspace::proposal, Keyspace::seal}) {
      database.put(height_key(space, Height(9)), database.get(height_key(space, Height(7))));
    }
    database.put(Key(Keyspace::epoch).add_u64(2), database.get(Key(Keyspace::epoch).add_u64(1)));
  }
  const auto store = must_open(*files, test_options("s"));
  expect_stop("header 9", [&] { store->header(Height(9)); });
  expect_stop("proposal 9", [&] { store->proposal(Height(9)); });
  expect_stop("seal 9", [&] { store->seal(Height(9)); });
  expect_stop("seal 9", [&] { store->covering_seal(Height(8)); });
  expect_stop("epoch 2", [&] { store->epoch_config(Epoch(2)); });
}

BOOST_AUTO_TEST_CASE(a_missing_or_exchanged_header_near_the_tip_is_refused) {
  for (const std::uint64_t height : {20u, 50u, 79u, 80u}) {
    auto files = disk_with_blocks();
    Database(*files).erase(height_key(Keyspace::header, Height(height)));
    expect_refused(*files, ErrorCode::corrupt, "header " + std::to_string(height));
    files = disk_with_blocks();
    {
      Database database(*files);
      const Key key = height_key(Keyspace::header, Height(height));
      Header header = decode<Header>(database.get(key)).value();
      header.timestamp_ms = Timestamp(header.timestamp_ms.value() + 1);
      database.put(key, encode(header));
    }
    expect_refused(*files, ErrorCode::corrupt, "header " + std::to_string(height));
  }
}

// A consistent older tip over the newer state.
BOOST_AUTO_TEST_CASE(a_tip_that_does_not_fit_the_state_is_refused) {
  const auto files = disk_with_blocks();
  {
    Database database(*files);
    const Header header = decode<Header>(database.get(height_key(Keyspace::header, Height(78)))).value();
    auto tip = decode<TipRecord>(database.get(tip_key())).value();
    tip.height = Height(78);
    tip.header_hash = hash_of(header);
    database.put(tip_key(), encode(tip));
  }
  expect_refused(*files, ErrorCode::corrupt, "state tree");
}

BOOST_AUTO_TEST_CASE(a_node_of_the_history_that_is_wrong_or_missing_is_refused) {
  auto files = disk_with_blocks();
  {
    Database database(*files);
    Bytes node = database.get(history_key({6, 0}));
    node[5] ^= 1;
    database.put(history_key({6, 0}), node);
  }
  expect_refused(*files, ErrorCode::corrupt, "history");
  files = disk_with_blocks();
  Database(*files).erase(history_key({6, 0}));
  expect_refused(*files, ErrorCode::corrupt, "6/0");
}

BOOST_AUTO_TEST_CASE(a_page_hash_that_is_wrong_or_missing_is_refused_at_open) {
  auto files = disk_with_blocks();
  const PageId id = some_page(*files);
  {
    Database database(*files);
    Bytes hash = database.get(page_hash_key(id));
    hash.back() ^= 1;
    database.put(page_hash_key(id), hash);
  }
  expect_refused(*files, ErrorCode::corrupt, "state tree");
  files = disk_with_blocks();
  Database(*files).erase(page_hash_key(id));
  expect_refused(*files, ErrorCode::corrupt, "state tree");
}

BOOST_AUTO_TEST_CASE(a_leaf_that_is_older_missing_too_many_or_of_another_form_is_found_on_reading) {
  const auto whole = disk_with_blocks();
  const PageId id = some_page(*whole);
  const Page page = leaves_of(*whole, id);
  BOOST_REQUIRE(page.size() > 2u);
  StatePosition beside = page[1].position;
  beside.array().back() ^= 1;
  const auto expect_found = [&](const std::string& part, const std::function<void(Database&)>& damage) {
    const auto files = whole->copy();
    {
      Database database(*files);
      damage(database);
    }
    const auto store = must_open(*files, test_options("s"));
    expect_stop(part, [&] { store->read_page(id, store->tree().subtree(id)); });
    expect_stop(part, [&] { store->newest()->prove(page[0].position); });
  };
  const std::string name = "state page " + std::to_string(id);
  expect_found(name, [&](Database& database) { database.put(leaf_key(page[1].position), page[2].value); });
  expect_found(name, [&](Database& database) { database.erase(leaf_key(page.front().position)); });
  expect_found(name, [&](Database& database) { database.erase(leaf_key(page.back().position)); });
  expect_found(name, [&](Database& database) { database.put(leaf_key(beside), page[0].value); });
  expect_found("StateValueHash", [&](Database& database) {
    database.put(leaf_key(page[1].position), page[0].value.view().first(31));
  });
  expect_found("StatePosition", [&](Database& database) {
    database.put(Key(Keyspace::leaf).add(page[1].position.view()).add_u8(0), page[0].value);
  });
  // All of them.
  expect_found(name, [&](Database& database) {
    for (const StateLeaf& leaf : page) database.erase(leaf_key(leaf.position));
  });
}

BOOST_AUTO_TEST_CASE(a_body_whose_place_is_anothers_is_found_by_its_key) {
  const auto files = disk_with_blocks();
  Height height(1);
  {
    const auto store = must_open(*files, test_options("s"));
    while (!store->body(height, 1)) ++height;
  }
  {
    Database database(*files);
    const Key key = height_key(Keyspace::bodies, height);
    auto places = decode_bodies(database.get(key)).value();
    places[0].location = places[1].location;
    database.put(key, encode_bodies(places));
  }
  const auto store = must_open(*files, test_options("s"));
  expect_stop("00000", [&] { store->body(height, 0); });
  expect_stop("00000", [&] { store->bodies(height); });
}

BOOST_AUTO_TEST_CASE(what_a_block_must_have_and_has_not_is_named) {
  const auto files = disk_with_blocks();
  const Subject subject = test_subjects().front();
  Height height(4);
  std::size_t count = 0;
  {
    const auto store = must_open(*files, test_options("s"));
    while (store->receipts(height).size() < 3) ++height;
    count = store->receipts(height).size() - 1;
  }
  {
    Database database(*files);
    database.erase(receipt_key(height, 1));
    database.erase(receipt_key(height, static_cast<std::uint32_t>(count)));
    database.erase(receipt_key(Height(0), 0));
    database.erase(height_key(Keyspace::bodies, height));
    database.erase(height_key(Keyspace::header, Height(3)));
    database.erase(height_key(Keyspace::proposal, Height(3)));
    database.erase(Key(Keyspace::event).add(encode(subject)).add_u64(4));
  }
  const auto store = must_open(*files, test_options("s"));
  expect_stop("receipt 1 of block " + to_string(height), [&] { store->receipts(height); });
  expect_stop("receipt 0 of block 0", [&] { store->receipt(Height(0), 0); });
  expect_stop("receipt " + std::to_string(count), [&] { store->receipt(height, static_cast<std::uint32_t>(count)); });
  expect_stop("bodies of block " + to_string(height), [&] { store->body(height, 1); });
  expect_stop("bodies of block " + to_string(height), [&] { store->bodies(height); });
  expect_stop("header 3", [&] { store->header(Height(3)); });
  expect_stop("proposal 3", [&] { store->proposal(Height(3)); });
  expect_stop("event 4", [&] { store->events(subject, 0, 100); });
}

BOOST_AUTO_TEST_SUITE_END()
