// StoreCheck: a good store is found good and left as it was; every lie that LevelDB's checksums cannot see is found, at
// its height.
#include <leveldb/db.h>
#include <leveldb/env.h>

#include "contracts/governance.h"
#include "ledger/store_check.h"
#include "ledger/store_keys.h"
#include "tests/node/cluster.h"

namespace kanhe {
namespace {

using node::Cluster;

// The disk of a node that has lived through two epochs, some transactions and heartbeats, and is down now.
class Sleeper {
 public:
  Sleeper() : cluster_({.validators = 4, .candidates = 1, .parameters = Cluster::quick_parameters()}) {
    cluster_.carry(0, Cluster::observe(4));
    cluster_.carry(0, contracts::membership::ChangeParameters{{{PlainText<40>::from("window").value(), 5}}});
    tip_ = cluster_.height(0);
    genesis_ = cluster_.genesis();
    disk_ = cluster_.take_disk(0);
  }

  SimDisk& disk() { return *disk_; }
  Height tip() const { return tip_; }
  StoreCheckReport check() { return check_store(*disk_, genesis_, {.path = "store"}).value(); }

  // Writes past the store, checksums and all.
  template <class Use>
  void with_database(Use use) {
    leveldb::Options options;
    options.env = &disk_->env();
    leveldb::DB* opened = nullptr;
    BOOST_REQUIRE(leveldb::DB::Open(options, "store/db", &opened).ok());
    const std::unique_ptr<leveldb::DB> database(opened);
    use(*database);
  }
  static leveldb::Slice slice(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  static Bytes get(leveldb::DB& database, const Key& key) {
    std::string value;
    BOOST_REQUIRE(database.Get({}, slice(key.bytes), &value).ok());
    return to_bytes(as_bytes(value));
  }
  static void put(leveldb::DB& database, const Key& key, ByteView value) {
    BOOST_REQUIRE(database.Put({}, slice(key.bytes), slice(value)).ok());
  }
  // Changes a record in place.
  template <class Record, class Change>
  void change(const Key& key, Change change_record) {
    with_database([&](leveldb::DB& database) {
      auto record = decode<Record>(get(database, key)).value();
      change_record(record);
      put(database, key, encode(record));
    });
  }
  void remove(const Key& key) {
    with_database([&](leveldb::DB& database) { BOOST_REQUIRE(database.Delete({}, slice(key.bytes)).ok()); });
  }
  // The first key of a keyspace whose rest satisfies the condition.
  Bytes first_key(Keyspace space) {
    Bytes found;
    with_database([&](leveldb::DB& database) {
      const std::unique_ptr<leveldb::Iterator> at(database.NewIterator({}));
      at->Seek(slice(Key(space).bytes));
      BOOST_REQUIRE(at->Valid());
      found = to_bytes(as_bytes(at->key().ToString()));
    });
    return found;
  }

 private:
  Cluster cluster_;
  Height tip_;
  Genesis genesis_;
  std::unique_ptr<SimDisk> disk_;
};

// Whether something was found, and at which height.
void expect_finding(Sleeper& sleeper, std::string_view words, std::optional<Height> height = {}) {
  const StoreCheckReport report = sleeper.check();
  const auto fits = [&](const StoreFinding& finding) {
    return finding.what.str().find(words) != std::string::npos && (!height || finding.height == height);
  };
  std::string all;
  for (const StoreFinding& finding : report.findings) {
    all += (finding.height ? to_string(*finding.height) : "-") + " " + finding.what.str() + "\n";
  }
  BOOST_TEST(std::ranges::any_of(report.findings, fits), "wanted \"" << words << "\", found:\n" << all);
}

BOOST_AUTO_TEST_SUITE(store_check_tests)

BOOST_AUTO_TEST_CASE(a_good_store_is_found_good) {
  Sleeper sleeper;
  const StoreCheckReport report = sleeper.check();
  for (const StoreFinding& finding : report.findings) BOOST_TEST(finding.what.str() == "");
  BOOST_TEST(report.complete);
  BOOST_TEST((report.tip == sleeper.tip()));
  BOOST_TEST(report.blocks.value() == sleeper.tip().value() + 1);
  BOOST_TEST(report.transactions.value() >= 10u);
  BOOST_TEST(report.receipts.value() == report.blocks.value() + report.transactions.value());
  BOOST_TEST(report.records.value() > 10u);
}

BOOST_AUTO_TEST_CASE(another_networks_store_is_none_of_ours) {
  Sleeper sleeper;
  Genesis other = testnet::make_sim_genesis({.validators = 5});
  const StoreCheckReport report = check_store(sleeper.disk(), other, {.path = "store"}).value();
  BOOST_TEST(!report.findings.empty());
  BOOST_TEST(!report.complete);
  SimDisk empty;
  BOOST_TEST((check_store(empty, other, {.path = "store"}).error().code == ErrorCode::unknown));
}

BOOST_AUTO_TEST_CASE(what_was_changed_in_a_block_is_found_at_its_height) {
  const Height at(4);
  {
    Sleeper sleeper;
    sleeper.change<Receipt>(receipt_key(at, 0), [](Receipt& receipt) {
      receipt.return_value = Blob<return_bytes_max>::from({1}).value();
    });
    expect_finding(sleeper, "receipt_root", at);
  }
  {
    Sleeper sleeper;
    sleeper.change<Header>(height_key(Keyspace::header, at), [](Header& header) { ++header.timestamp_ms; });
    expect_finding(sleeper, "");
  }
  {
    Sleeper sleeper;
    sleeper.change<CommitSeal>(height_key(Keyspace::seal, at),
                               [](CommitSeal& seal) { seal.signatures[0].signature.array()[3] ^= 1; });
    expect_finding(sleeper, "its seal", at);
  }
  {
    Sleeper sleeper;
    sleeper.change<CommitSeal>(height_key(Keyspace::seal, at), [](CommitSeal& seal) { seal.signatures.pop_back(); });
    expect_finding(sleeper, "its seal", at);
  }
  {
    Sleeper sleeper;
    sleeper.change<Proposal>(height_key(Keyspace::proposal, at), [](Proposal& proposal) { ++proposal.header.count; });
    expect_finding(sleeper, "", at);
  }
  {
    Sleeper sleeper;
    sleeper.with_database([&](leveldb::DB& database) {
      Sleeper::put(database, history_key({1, 1}), sha256(as_bytes("x")).view());
    });
    expect_finding(sleeper, "of the history is another", Height(3));
  }
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_found) {
  for (const Keyspace space : {Keyspace::header, Keyspace::proposal, Keyspace::receipt, Keyspace::bodies,
                               Keyspace::transaction, Keyspace::event, Keyspace::epoch, Keyspace::state,
                               Keyspace::leaf, Keyspace::history}) {
    Sleeper sleeper;
    Key key(space);
    key.bytes = sleeper.first_key(space);
    sleeper.remove(key);
    const StoreCheckReport report = sleeper.check();
    BOOST_TEST(!report.findings.empty(), "keyspace " << static_cast<char>(space));
  }
}

BOOST_AUTO_TEST_CASE(a_record_of_the_state_that_was_changed_added_or_taken_away_is_found) {
  Sleeper changed;
  changed.with_database([&](leveldb::DB& database) {
    Key key(Keyspace::state);
    key.add(contracts::governance::settings_table.key_of(contracts::Only{}));
    auto settings = decode<contracts::governance::Settings>(Sleeper::get(database, key)).value();
    settings.open_reads = !settings.open_reads;
    Sleeper::put(database, key, encode(settings));
  });
  expect_finding(changed, "is not the one in the state tree", changed.tip());

  Sleeper added;
  added.with_database([&](leveldb::DB& database) {
    Key key(Keyspace::state);
    Sleeper::put(database, key.add(state_key(0x0999, as_bytes("more"))), as_bytes("more"));
  });
  expect_finding(added, "is not the one in the state tree", added.tip());
}

BOOST_AUTO_TEST_CASE(an_index_that_leads_elsewhere_is_found) {
  Sleeper sleeper;
  const Bytes key_bytes = sleeper.first_key(Keyspace::transaction);
  Key key(Keyspace::transaction);
  key.bytes = key_bytes;
  sleeper.change<TransactionPosition>(key, [](TransactionPosition& position) { ++position.index; });
  expect_finding(sleeper, "the index by id does not lead to it");

  Sleeper events;
  Key event(Keyspace::event);
  event.bytes = events.first_key(Keyspace::event);
  events.change<EventPosition>(event, [](EventPosition& position) { ++position.event; });
  expect_finding(events, "the index of its subject does not lead to it");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace kanhe
