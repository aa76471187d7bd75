#include "ledger/store.h"

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "tests/store/test_chain.h"
#include "tests/support/temporary_directory.h"

using namespace kanhe;
using namespace kanhe::test;

namespace {

bool names(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(store_tests)

BOOST_AUTO_TEST_CASE(a_new_store_is_empty_and_stays_so_when_reopened) {
  const TemporaryDirectory directory;
  for (int i = 0; i < 3; ++i) {
    const auto store = must_open(system_files(), test_options(directory.path() + "/node/store"));
    BOOST_TEST(!store->tip().has_value());
    BOOST_TEST(store->history().size() == 0u);
    BOOST_TEST(store->tree().leaf_count() == 0u);
    BOOST_TEST(!store->header(Height(0)).has_value());
    BOOST_TEST(!store->covering_seal(Height(0)).has_value());
    BOOST_TEST(store->votes().empty());
  }
}

BOOST_AUTO_TEST_CASE(what_was_written_is_read_back_and_is_the_same_after_reopening) {
  const TemporaryDirectory directory;
  const StoreOptions options = test_options(directory.path());
  const TestChain chain(1);
  std::string before;
  {
    const auto store = must_open(system_files(), options);
    for (int i = 0; i <= 30; ++i) {
      const auto block = chain.next(*store);
      const Height height = block->height();
      if (block->batch.proposal) store->persist_votes(block->votes);
      for (const NewBody& body : block->votes.bodies) {
        BOOST_TEST(store->holds_body(body.hash));
        BOOST_TEST(equal(store->body(body.hash).value(), body.bytes));
      }
      store->commit_block(block->batch);
      BOOST_TEST((store->header(height) == block->batch.header));
      BOOST_TEST((store->proposal(height) == block->batch.proposal));
      BOOST_TEST((store->seal(height) == block->batch.seal));
      const auto receipts = store->receipts(height);
      BOOST_TEST(std::ranges::equal(receipts, block->batch.receipts, {}, {}, &EncodedReceipt::receipt));
      BOOST_TEST((store->receipt(height, 0) == block->batch.receipts[0].receipt));
      BOOST_TEST(!store->receipt(height, static_cast<std::uint32_t>(block->batch.receipts.size())).has_value());
      for (std::uint32_t index = 0; index < block->bodies.size(); ++index) {
        BOOST_TEST((store->body(height, index) == block->bodies[index]));
        BOOST_TEST(!store->holds_body(block->batch.proposal->bodies[index]));
        const TransactionPosition place{height, index};
        BOOST_TEST((store->find_transaction(block->batch.receipts[index + 1].receipt.transaction_id) == place));
      }
      for (const auto& [key, value] : block->changes) BOOST_TEST((store->get(key) == value));
      BOOST_TEST((store->tree().root() == block->batch.header.state_root));
      BOOST_TEST(store->history().size() == height.value() + 1);
    }
    BOOST_TEST(!store->header(Height(31)).has_value());
    BOOST_TEST(!store->body(Height(31), 0).has_value());
    BOOST_TEST(store->unfinalized_bodies().empty());
    before = describe(*store);
  }
  const auto store = must_open(system_files(), options);
  BOOST_TEST(describe(*store) == before);
  BOOST_TEST(store->votes().size() == 1u);
  BOOST_TEST((store->votes().at(TestChain::vote_key(Height(30))) == TestChain::vote_value(Height(30))));
}

BOOST_AUTO_TEST_CASE(bodies_are_written_once_and_dropped_only_when_nobody_needs_them) {
  SimDisk files;
  const auto store = must_open(files, test_options("s"));
  const Bytes bytes(1'000, 5);
  const BodyHash hash(sha256(bytes));
  const NewBody body{hash, bytes};
  store->persist_votes({.bodies = {body, body}});
  store->persist_votes({.bodies = {body}});
  BOOST_TEST(store->counters().body_bytes == 1'000u);
  BOOST_TEST(store->counters().segment_syncs == 1u);
  store->persist_votes({.bodies = {body}, .dropped_bodies = {hash, BodyHash()}});
  BOOST_TEST(store->holds_body(hash));
  BOOST_TEST((store->unfinalized_bodies() == std::vector{hash}));
  store->persist_votes({.dropped_bodies = {hash}});
  BOOST_TEST(!store->holds_body(hash));
  BOOST_TEST(!store->body(hash).has_value());
}

BOOST_AUTO_TEST_CASE(votes_are_put_overwritten_and_erased) {
  SimDisk files;
  const StoreOptions options = test_options("s");
  const Bytes a{1}, b{1, 2}, empty;
  {
    const auto store = must_open(files, options);
    store->persist_votes({.votes = {{a, Bytes{7}}, {b, Bytes{8}}, {empty, Bytes{}}}});
    store->persist_votes({.votes = {{a, Bytes{9}}, {b, std::nullopt}}});
  }
  const auto store = must_open(files, options);
  BOOST_TEST((store->votes() == std::map<Bytes, Bytes>{{a, {9}}, {empty, {}}}));
}

BOOST_AUTO_TEST_CASE(a_vote_costs_one_sync_and_one_more_when_it_brings_bodies) {
  SimDisk files;
  const auto store = must_open(files, test_options("s"));
  const auto cost = [&](const VoteBatch& batch) {
    const StoreCounters before = store->counters();
    store->persist_votes(batch);
    const StoreCounters after = store->counters();
    return std::pair(after.batches - before.batches, after.segment_syncs - before.segment_syncs);
  };
  const Bytes bytes(10, 1);
  BOOST_TEST((cost({.votes = {{Bytes{1}, Bytes{1}}}}) == std::pair<std::uint64_t, std::uint64_t>(1, 0)));
  BOOST_TEST((cost({.bodies = {{BodyHash(), bytes}}}) == std::pair<std::uint64_t, std::uint64_t>(1, 1)));
}

// ---------------------------------------------------------------------------------------------------------------------
// Refusals at open

BOOST_AUTO_TEST_CASE(a_second_open_is_refused_and_names_the_directory) {
  const TemporaryDirectory directory;
  const StoreOptions options = test_options(directory.path());
  const auto store = must_open(system_files(), options);
  const auto second = Store::open(system_files(), options, test_chain_id());
  BOOST_REQUIRE(!second);
  BOOST_TEST((second.error().code == ErrorCode::busy));
  BOOST_TEST(names(second.error().text, directory.path()));
}

BOOST_AUTO_TEST_CASE(another_chains_store_is_refused_and_stays_as_it_is) {
  const TemporaryDirectory directory;
  const StoreOptions options = test_options(directory.path());
  add_blocks(*must_open(system_files(), options), TestChain(9), 2);
  const auto other = Store::open(system_files(), options, test_chain_id(8));
  BOOST_REQUIRE(!other);
  BOOST_TEST((other.error().code == ErrorCode::conflict));
  BOOST_TEST(names(other.error().text, directory.path()));
  BOOST_TEST(names(other.error().text, test_chain_id(8).hex()));
  BOOST_TEST(must_open(system_files(), options)->tip()->height.value() == 2u);
}

BOOST_AUTO_TEST_CASE(a_store_that_cannot_be_created_is_refused_with_its_path) {
  const TemporaryDirectory directory;
  std::ofstream(directory.path() + "/file") << "x";
  const auto store = Store::open(system_files(), test_options(directory.path() + "/file/store"), test_chain_id());
  BOOST_REQUIRE(!store);
  BOOST_TEST(names(store.error().text, directory.path()));
}

BOOST_AUTO_TEST_CASE(deleted_files_are_refused_never_replaced_by_new_ones) {
  SimDisk files;
  const StoreOptions options = test_options("s");
  {
    const auto store = must_open(files, options);
    add_blocks(*store, TestChain(10), 12);
  }
  must_open(files, options);  // what was in the log is in tables now
  const auto paths = files.files_below("s/");
  BOOST_REQUIRE(paths.size() >= 6u);
  for (const std::string& removed : paths) {
    const auto copy = files.copy();
    copy->remove(removed);
    const auto opened = Store::open(*copy, options, test_chain_id());
    // An empty log is the only file that nothing is lost with.
    const bool may_open = removed.ends_with(".log") && files.content(removed).empty();
    BOOST_TEST_CONTEXT(removed) { BOOST_TEST(opened.has_value() == may_open); }
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Damage at rest (D-06, D-09)

namespace {

struct DamageCount {
  std::size_t refused = 0;
  std::size_t harmless = 0;
};

// Opens a copy of the disk with one file replaced: it must be refused, at open or on reading, or tell the truth.
bool is_refused_or_right(const SimDisk& disk, const std::string& path, const std::string& damaged,
                         const std::string& truth, DamageCount& count) {
  const auto files = disk.copy();
  files->corrupt(path, damaged);
  try {
    const auto opened = Store::open(*files, test_options("s"), test_chain_id());
    if (!opened) {
      ++count.refused;
      return opened.error().text.starts_with("s/") || opened.error().text.starts_with("s:");
    }
    const std::string found = describe(**opened) + describe_votes(**opened);
    ++count.harmless;
    return found == truth;
  } catch (const StorageFailed&) {
    ++count.refused;
    return true;
  }
}

std::string truth_of_disk(const SimDisk& disk) {
  const auto files = disk.copy();
  const auto store = must_open(*files, test_options("s"));
  return describe(*store) + describe_votes(*store);
}

void flip_bits_of_every_file(std::uint64_t seed, bool in_tables) {
  SimDisk files;
  const StoreOptions options = test_options("s");
  add_blocks(*must_open(files, options), TestChain(seed), 6);
  if (in_tables) must_open(files, options);
  const std::string truth = truth_of_disk(files);
  std::mt19937_64 random(seed);
  for (const std::string& path : files.files_below("s/")) {
    const std::string content = files.content(path);
    if (content.empty()) continue;
    DamageCount count;
    BOOST_TEST(is_refused_or_right(files, path, content, truth, count));
    BOOST_TEST(count.harmless == 1u);
    for (int i = 0; i < 60; ++i) {
      std::string damaged = content;
      // Half of the flips near the end, where a recovery is most tempted to look away.
      const std::size_t range = i % 2 == 0 ? content.size() : std::min<std::size_t>(content.size(), 64);
      const std::size_t at = content.size() - 1 - random() % range;
      const int bit = static_cast<int>(random() % 8);
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      BOOST_TEST_CONTEXT(path << " of " << content.size() << " bytes, byte " << at << ", bit " << bit) {
        BOOST_TEST(is_refused_or_right(files, path, damaged, truth, count));
      }
    }
    BOOST_TEST_MESSAGE(path << ": " << count.refused << " refused, " << count.harmless << " harmless");
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_flipped_bit_in_any_file_with_the_data_in_the_log_is_never_served) {
  flip_bits_of_every_file(11, false);
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_in_any_file_with_the_data_in_tables_is_never_served) {
  flip_bits_of_every_file(12, true);
}

// A cut log looks to LevelDB like a power cut; the witness knows better.
BOOST_AUTO_TEST_CASE(a_log_cut_at_any_byte_of_its_last_batches_is_refused) {
  SimDisk files;
  const StoreOptions options = test_options("s");
  std::size_t before = 0;
  std::string log;
  {
    const auto store = must_open(files, options);
    add_blocks(*store, TestChain(13), 2);
    for (const std::string& path : files.files_below("s/db/")) {
      if (path.ends_with(".log")) log = path;
    }
    store->persist_votes({.votes = {{Bytes{1}, Bytes{1}}}});
    before = files.content(log).size();
    store->persist_votes({.votes = {{Bytes{2}, Bytes{2}}}});
    store->persist_votes({.votes = {{Bytes{3}, Bytes{3}}}});
  }
  const std::string whole = files.content(log);
  for (std::size_t length = before; length < whole.size(); ++length) {
    DamageCount count;
    BOOST_TEST(is_refused_or_right(files, log, whole.substr(0, length), "", count));
    BOOST_TEST(count.refused == 1u);
  }
}

// D-08, D-09: without paranoid_checks LevelDB leaves out what it cannot read in the middle of a log and goes on.
BOOST_AUTO_TEST_CASE(a_vote_damaged_in_the_middle_of_the_log_is_refused_not_left_out) {
  SimDisk files;
  StoreOptions options = test_options("s");
  options.write_buffer_bytes = 1 << 20;
  {
    const auto store = must_open(files, options);
    for (Byte i = 0; i < 6; ++i) store->persist_votes({.votes = {{Bytes{i}, Bytes(30'000, i)}}});
  }
  const std::string log = "s/db/000003.log";
  std::string content = files.content(log);
  BOOST_REQUIRE(content.size() > 180'000u);
  content[50'000] = static_cast<char>(content[50'000] ^ 1);
  files.corrupt(log, content);
  const auto opened = Store::open(files, options, test_chain_id());
  BOOST_REQUIRE(!opened);
  BOOST_TEST((opened.error().code == ErrorCode::corrupt));
  BOOST_TEST(names(opened.error().text, "s/db"));
}

// The tables of a lost edit are deleted as nobody's, and their log is long gone.
BOOST_AUTO_TEST_CASE(a_manifest_cut_at_any_byte_is_refused_or_nothing_is_lost_with_it) {
  SimDisk files;
  const StoreOptions options = test_options("s");
  {
    const auto store = must_open(files, options);
    add_blocks(*store, TestChain(14), 60);
  }
  const std::string truth = truth_of_disk(files);
  std::size_t refused = 0;
  for (const std::string& path : files.files_below("s/db/MANIFEST")) {
    const std::string whole = files.content(path);
    BOOST_TEST_MESSAGE(path << " of " << whole.size() << " bytes");
    for (std::size_t length = 0; length < whole.size(); ++length) {
      DamageCount count;
      BOOST_TEST_CONTEXT("cut at byte " << length << " of " << whole.size()) {
        BOOST_TEST(is_refused_or_right(files, path, whole.substr(0, length), truth, count));
      }
      refused += count.refused;
    }
  }
  BOOST_TEST_MESSAGE(refused << " refused");
}

BOOST_AUTO_TEST_CASE(a_body_damaged_under_an_open_store_stops_it_naming_the_file) {
  SimDisk files;
  const auto store = must_open(files, test_options("s"));
  const Bytes bytes(1'000, 5);
  store->persist_votes({.bodies = {{BodyHash(), bytes}}});
  std::string content = files.content("s/segments/00000001.seg");
  content[500] = static_cast<char>(content[500] ^ 4);
  files.corrupt("s/segments/00000001.seg", content);
  BOOST_CHECK_EXCEPTION(store->body(BodyHash()), StorageFailed,
                        [](const StorageFailed& failed) { return names(failed.what, "s/segments/00000001.seg"); });
  BOOST_CHECK_THROW(store->persist_votes({}), StorageFailed);
}

// ---------------------------------------------------------------------------------------------------------------------
// Faults and power cuts at every point (D-01 to D-04, D-10, D-11)

namespace {

constexpr std::uint64_t fault_run_height = 10;

// What a caller was told.
struct Acknowledged {
  std::optional<Height> block;
  std::optional<Height> vote;
};

// Adds blocks until the run is complete or the disk fails. Whether it was completed.
bool run_until_fault(Files& files, const TestChain& chain, Acknowledged& told) {
  try {
    auto opened = Store::open(files, test_options("s"), test_chain_id());
    if (!opened) return false;
    Store& store = **opened;
    while (!store.tip() || store.tip()->height.value() < fault_run_height) {
      const auto block = chain.next(store);
      if (block->batch.proposal) {
        store.persist_votes(block->votes);
        told.vote = block->height();
      }
      store.commit_block(block->batch);
      told.block = block->height();
    }
    return true;
  } catch (const StorageFailed&) {
    return false;
  }
}

// After the crash: everything acknowledged is there, nothing else than what the chain says, and the run can go on.
void check_recovered(SimDisk& files, const TestChain& chain, const Acknowledged& told,
                     const std::vector<std::string>& truth) {
  const auto store = must_open(files, test_options("s"));
  const auto tip = store->tip();
  if (told.block) {
    BOOST_REQUIRE(tip.has_value());
    BOOST_REQUIRE(tip->height >= *told.block);
    BOOST_REQUIRE(tip->height <= *told.block + 1);
  }
  if (tip) BOOST_REQUIRE(describe(*store) == truth[tip->height.value()]);
  if (told.vote) {
    const auto votes = store->votes();
    const auto vote = votes.find(TestChain::vote_key(*told.vote));
    BOOST_REQUIRE(vote != votes.end());
    BOOST_REQUIRE(vote->second == TestChain::vote_value(*told.vote));
    if (!tip || tip->height < *told.vote) {
      const auto block = chain.next(*store);
      for (const NewBody& body : block->votes.bodies) BOOST_REQUIRE(equal(store->body(body.hash).value(), body.bytes));
    }
  }
  add_blocks(*store, chain, fault_run_height);
  BOOST_REQUIRE(describe(*store) == truth[fault_run_height]);
}

std::vector<std::string> truth_of(const TestChain& chain, std::uint64_t& operations) {
  SimDisk files;
  std::vector<std::string> truth;
  {
    const auto store = must_open(files, test_options("s"));
    while (truth.size() <= fault_run_height) {
      add_block(*store, chain);
      truth.push_back(describe(*store));
    }
  }
  operations = files.operations();
  return truth;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_power_cut_at_every_point_loses_nothing_that_was_acknowledged) {
  for (std::uint64_t seed = 20; seed < 23; ++seed) {
    const TestChain chain(seed);
    std::uint64_t operations = 0;
    const auto truth = truth_of(chain, operations);
    BOOST_TEST_MESSAGE("seed " << seed << ": " << operations << " operations");
    BOOST_REQUIRE(operations > 40u);
    std::size_t stopped = 0;
    for (std::uint64_t k = 1; k <= operations; ++k) {
      BOOST_TEST_CONTEXT("seed " << seed << ", power cut at operation " << k) {
        SimDisk files;
        Acknowledged told;
        files.power_off_at(k);
        if (!run_until_fault(files, chain, told)) ++stopped;
        files.crash(seed * 1'000 + k);
        check_recovered(files, chain, told, truth);
      }
    }
    // How often LevelDB's background thread wrote in between differs a little from run to run.
    BOOST_TEST(4 * stopped > 3 * operations);
  }
}

// A second power cut while recovering from the first.
BOOST_AUTO_TEST_CASE(a_power_cut_during_recovery_loses_nothing_either) {
  const TestChain chain(30);
  std::uint64_t operations = 0;
  const auto truth = truth_of(chain, operations);
  for (std::uint64_t k = 5; k <= operations; k += 7) {
    for (std::uint64_t again = 1; again <= 12; ++again) {
      BOOST_TEST_CONTEXT("power cuts at operations " << k << " and then " << again) {
        SimDisk files;
        Acknowledged told;
        files.power_off_at(k);
        run_until_fault(files, chain, told);
        files.crash(k);
        files.power_off_at(again);
        run_until_fault(files, chain, told);
        files.crash(k + again);
        check_recovered(files, chain, told, truth);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_write_or_sync_that_fails_once_stops_the_store_and_loses_nothing) {
  for (std::uint64_t seed = 40; seed < 42; ++seed) {
    const TestChain chain(seed);
    std::uint64_t operations = 0;
    const auto truth = truth_of(chain, operations);
    std::size_t stopped = 0;
    for (std::uint64_t k = 1; k <= operations; ++k) {
      BOOST_TEST_CONTEXT("seed " << seed << ", failure at operation " << k) {
        SimDisk files;
        Acknowledged told;
        files.fail_at(k);
        if (!run_until_fault(files, chain, told)) ++stopped;
        files.crash(seed * 1'000 + k);
        check_recovered(files, chain, told, truth);
      }
    }
    // The removal of old files may fail unnoticed.
    BOOST_TEST(4 * stopped > 3 * operations);
  }
}

BOOST_AUTO_TEST_CASE(the_default_handler_ends_the_process_with_74) {
  const pid_t child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    ::fclose(stderr);
    stderr = ::fopen("/dev/null", "w");
    storage_failed({}, "test");
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  BOOST_TEST(WIFEXITED(status));
  BOOST_TEST(WEXITSTATUS(status) == 74);
}

// D-08: the options are what the durability rests on. Every batch must be synced before the call returns: a power cut
// right after it, that loses all that was not synced, loses nothing of it.
BOOST_AUTO_TEST_CASE(every_batch_is_synced_when_its_call_returns) {
  for (std::uint64_t seed = 0; seed < 16; ++seed) {
    SimDisk files;
    const TestChain chain(50);
    std::string before;
    {
      const auto store = must_open(files, test_options("s"));
      add_blocks(*store, chain, seed % 4);
      store->persist_votes({.votes = {{Bytes{9}, Bytes{9}}}});
      store->put_seal(TestChain::seal_of(store->header(Height(0)).value()));
      before = describe(*store);
      files.power_off_at(1);
    }
    files.crash(seed);
    const auto store = must_open(files, test_options("s"));
    BOOST_TEST(describe(*store) == before);
    BOOST_TEST(store->votes().contains(Bytes{9}));
  }
}

BOOST_AUTO_TEST_SUITE_END()
