// A chain of blocks for the store's tests: everything in it follows from the seed and the height, so that what a store
// holds after a fault can be compared with what a store without faults would hold.
#pragma once

#include <boost/test/unit_test.hpp>
#include <random>

#include "ledger/genesis.h"
#include "ledger/store.h"
#include "testnet/sim_disk.h"

namespace kanhe::test {

// What the failure handler of a test's store throws.
struct StorageFailed {
  std::string what;
};

inline ChainId test_chain_id(Byte first = 7) {
  ChainId id;
  id.array()[0] = first;
  return id;
}

inline StoreOptions test_options(const std::string& path) {
  StoreOptions options;
  options.path = path;
  options.segment_bytes = 80'000;  // few bodies a segment, so that new ones are begun
  options.write_buffer_bytes = 64 << 10;
  options.block_cache_bytes = 64 << 10;
  options.on_failure = [](std::string_view what) { throw StorageFailed{std::string(what)}; };
  return options;
}

inline Bytes random_bytes(std::mt19937_64& random, std::size_t size) {
  Bytes bytes(size);
  for (Byte& byte : bytes) byte = static_cast<Byte>(random());
  return bytes;
}

inline std::unique_ptr<Store> must_open(Files& files, const StoreOptions& options) {
  auto store = Store::open(files, options, test_chain_id());
  if (!store) BOOST_FAIL("the store does not open: " + store.error().text);
  return std::move(store).value();
}

inline EpochConfig test_epoch(std::uint64_t epoch) {
  EpochConfig config;
  config.chain_id = test_chain_id();
  config.epoch = Epoch(epoch);
  return config;
}

inline const std::vector<Subject>& test_subjects() {
  static const std::vector<Subject> subjects = [] {
    std::vector<Subject> all;
    for (const std::string_view name : {"a", "ab", "registry", "tax-office"}) {
      all.emplace_back(DepartmentSubject{DepartmentId::from(name).value()});
    }
    all.emplace_back(PartySubject{PartyId{}});
    return all;
  }();
  return subjects;
}

// A block and everything that its batch points to.
struct TestBlock {
  std::vector<Bytes> bodies;
  Overlay::Changes changes;
  std::unique_ptr<TreeVersion> tree;
  BlockBatch batch;
  VoteBatch votes;  // what is persisted before

  Height height() const { return batch.header.height; }
};

class TestChain {
 public:
  explicit TestChain(std::uint64_t seed) : seed_(seed) {}

  // The next block of this store. Every fourth block has no seal of its own; every fifth ends an epoch.
  std::unique_ptr<TestBlock> next(const Store& store) const {
    auto block = std::make_unique<TestBlock>();
    const auto tip = store.tip();
    const Height height = tip ? tip->height + 1 : Height(0);
    std::mt19937_64 random(seed_ * 1'000'003 + height.value());
    BlockBatch& batch = block->batch;
    batch.header.chain_id = test_chain_id();
    batch.header.height = height;
    if (tip) {
      batch.header.parent = tip->header_hash;
      add_proposal(*block, random);
    }
    add_receipts(*block, store, random);
    add_state(*block, store, random);
    if (height.value() % 5 == 0) batch.next_epoch = test_epoch(height.value() / 5);
    if (batch.next_epoch) batch.header.next_validators_hash = epoch_hash_of(*batch.next_epoch);
    batch.header.history_root = store.history().root();
    if (height.value() % 4 != 0) batch.seal = seal_of(batch.header);
    if (height.value() > 1) batch.votes[vote_key(height - 1)] = std::nullopt;
    return block;
  }

  static Bytes vote_key(Height height) { return as_vector("prepare " + to_string(height)); }
  static Bytes vote_value(Height height) { return as_vector("vote for " + to_string(height)); }
  static CommitSeal seal_of(const Header& header) {
    CommitSeal seal;
    seal.checkpoint.height = header.height;
    seal.checkpoint.header_hash = hash_of(header);
    return seal;
  }

 private:
  static Bytes as_vector(const std::string& text) { return to_bytes(as_bytes(text)); }

  static void add_proposal(TestBlock& block, std::mt19937_64& random) {
    Proposal proposal;
    proposal.header.height = block.height();
    const std::size_t count = random() % 6;
    for (std::size_t i = 0; i < count; ++i) block.bodies.push_back(random_bytes(random, 1 + random() % 20'000));
    for (const Bytes& body : block.bodies) {
      proposal.bodies.push_back(BodyHash(tagged_hash(Tag::body, body)));
      // Most come with the vote; some only with the block, as in block sync.
      const NewBody added{proposal.bodies.back(), body};
      (random() % 4 != 0 ? block.votes.bodies : block.batch.bodies).push_back(added);
    }
    block.votes.votes[vote_key(block.height())] = vote_value(block.height());
    proposal.header.count = Count(static_cast<std::uint32_t>(count));
    block.batch.header.proposal_digest = digest_of(proposal.header);
    block.batch.proposal = std::move(proposal);
  }

  static void add_receipts(TestBlock& block, const Store& store, std::mt19937_64& random) {
    std::vector<Hash256> leaves;
    std::map<Subject, std::uint64_t> counts;
    for (std::size_t leaf = 0; leaf <= block.bodies.size(); ++leaf) {
      Receipt receipt;
      if (leaf > 0) receipt.transaction_id = TransactionId(sha256(block.bodies[leaf - 1]));
      const std::size_t events = random() % 4;
      for (std::size_t i = 0; i < events; ++i) {
        Event event;
        event.name = EventName::from("test.happened").value();
        for (const Subject& subject : test_subjects()) {
          if (random() % 3 == 0) event.subjects.push_back(subject);
        }
        std::ranges::sort(event.subjects);
        for (const Subject& subject : event.subjects) {
          const auto count = counts.try_emplace(subject, store.event_count(subject)).first;
          block.batch.event_numbers.push_back(count->second++);
        }
        receipt.events.push_back(event);
      }
      block.batch.receipts.push_back({receipt, encode(receipt)});
      leaves.push_back(log_leaf_hash(block.batch.receipts.back().bytes));
    }
    block.batch.header.receipt_root = log_root(leaves);
  }

  static void add_state(TestBlock& block, const Store& store, std::mt19937_64& random) {
    Overlay overlay(store);
    for (std::size_t i = 0; i < 40; ++i) {
      const Bytes key = state_key(0x0301, random_bytes(random, 1));
      if (random() % 4 == 0) {
        overlay.erase(key);
      } else {
        overlay.put(key, random_bytes(random, 1 + random() % 60));
      }
    }
    std::vector<StateChange> changes;
    for (const auto& [key, value] : overlay.changes()) {
      StateChange change{state_position(key), std::nullopt};
      if (value) change.value = state_value_hash(*value);
      changes.push_back(change);
    }
    block.changes = overlay.changes();
    block.tree = std::make_unique<TreeVersion>(store.tree(), changes);
    block.batch.state = &block.changes;
    block.batch.tree = block.tree.get();
    block.batch.header.state_root = block.tree->root();
  }

  std::uint64_t seed_;
};

// Persists the votes of a block, then commits it.
inline void add_block(Store& store, const TestChain& chain) {
  const auto block = chain.next(store);
  if (block->batch.proposal) store.persist_votes(block->votes);
  store.commit_block(block->batch);
}

inline void add_blocks(Store& store, const TestChain& chain, std::uint64_t up_to) {
  while (!store.tip() || store.tip()->height.value() < up_to) add_block(store, chain);
}

// The whole content of a store up to its tip, by the public functions: two stores with equal texts hold the same.
inline std::string describe(const StoreReader& store) {
  std::string text;
  const auto add = [&text](std::string_view name, ByteView bytes) {
    text += std::string(name) + " " + (bytes.size() > 64 ? sha256(bytes).hex() : to_hex(bytes)) + "\n";
  };
  const auto tip = store.tip();
  if (!tip) return "empty";
  for (Height height; height <= tip->height; ++height) {
    add("header", encode(store.header(height).value()));
    if (const auto proposal = store.proposal(height)) add("proposal", encode(*proposal));
    if (const auto seal = store.seal(height)) add("seal", encode(*seal));
    const auto bodies = store.bodies(height);
    for (std::uint32_t i = 0; const auto body = store.body(height, i); ++i) {
      add("body", *body);
      CHECK(bodies.at(i) == *body);
    }
    CHECK(!store.body(height, static_cast<std::uint32_t>(bodies.size())));
    for (const Receipt& receipt : store.receipts(height)) {
      add("receipt", encode(receipt));
      const auto place = store.find_transaction(receipt.transaction_id);
      if (place) text += "at " + to_string(place->height) + "/" + std::to_string(place->index) + "\n";
    }
    if (const auto config = store.epoch_config(Epoch(height.value()))) add("epoch", encode(*config));
    add("leaf", store.history_node({0, height.value()}).value());
  }
  for (const Subject& subject : test_subjects()) {
    const auto events = store.events(subject, 0, 1'000'000);
    text += "events " + std::to_string(events.size()) + " of " + std::to_string(store.event_count(subject)) + ":";
    for (const EventPosition& at : events) {
      text += " " + to_string(at.height) + "/" + std::to_string(at.receipt) + "/" + std::to_string(at.event);
    }
    text += "\n";
  }
  Bytes from;
  while (const auto entry = store.next(from, {})) {
    add("key", entry->key);
    add("value", entry->value);
    from = entry->key;
    from.push_back(0);
  }
  for (const auto& [id, hash] : store.page_hashes()) {
    add("page " + std::to_string(id), hash.hash);
    store.read_page(id, hash);
  }
  return text;
}

inline std::string describe_votes(const StoreReader& store) {
  std::string text;
  for (const auto& [key, value] : store.votes()) text += "vote " + to_hex(key) + " = " + to_hex(value) + "\n";
  return text;
}

}  // namespace kanhe::test
