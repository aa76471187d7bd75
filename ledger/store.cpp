#include "ledger/store.h"

#include <leveldb/env.h>
#include <leveldb/write_batch.h>
#include <unistd.h>

#include <bit>
#include <cstdio>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "ledger/store_core.h"
#include "ledger/unfinalized_bodies.h"
#include "ledger/witness.h"

namespace kanhe {
namespace {

constexpr int exit_storage_failed = 74;  // EX_IOERR of sysexits.h
constexpr std::uint64_t headers_checked_at_open = 64;
constexpr int bloom_bits_per_key = 10;  // one false positive in a hundred

// Damage found while a store is being opened: open() turns it into its error.
struct DamageAtOpen {
  std::string text;
};

Bytes encode_subtree(const SubtreeHash& subtree) {
  Bytes bytes{static_cast<Byte>(subtree.kind)};
  append(bytes, subtree.hash);
  return bytes;
}

}  // namespace

void storage_failed(const FailureHandler& handler, std::string_view what) {
  if (handler) handler(what);
  std::fprintf(stderr, "storage failed: %.*s\n", static_cast<int>(what.size()), what.data());
  std::fflush(stderr);
  ::_exit(exit_storage_failed);
}

// Fewer, larger tables: LevelDB's default is 2 MiB, and a register has many gigabytes.
constexpr std::size_t table_file_bytes = 16 << 20;

Result<void> StoreReader::Core::open_database(Files& files, const StoreOptions& options, bool create) {
  filter.reset(leveldb::NewBloomFilterPolicy(bloom_bits_per_key));
  cache.reset(leveldb::NewLRUCache(options.block_cache_bytes));
  leveldb::Options database;
  database.env = &files.env();
  database.create_if_missing = create;
  database.paranoid_checks = true;
  database.write_buffer_size = options.write_buffer_bytes;
  // Most of what is stored are hashes and keys, which nothing makes smaller.
  database.compression = leveldb::kNoCompression;
  database.max_file_size = table_file_bytes;
  database.filter_policy = filter.get();
  database.block_cache = cache.get();
  leveldb::DB* opened = nullptr;
  const leveldb::Status status = leveldb::DB::Open(database, path + "/db", &opened);
  if (!status.ok()) {
    const ErrorCode code = status.IsIOError() ? ErrorCode::io : ErrorCode::corrupt;
    return fail(code, path, "/db: ", status.ToString());
  }
  db.reset(opened);
  return {};
}

// ---------------------------------------------------------------------------------------------------------------------
// Writing

struct Store::Writer {
  const StoreReader& reader;
  Core& core;
  std::unique_ptr<SegmentFile> witness;
  std::uint64_t batch_number = 0;
  std::optional<Tip> tip;
  LogFrontier history;
  std::unique_ptr<StateTree> tree;
  std::size_t cached_pages = 0;

  std::atomic<std::uint64_t> batches = 0;
  std::atomic<std::uint64_t> batch_bytes = 0;
  std::atomic<std::uint64_t> segment_syncs = 0;
  std::atomic<std::uint64_t> body_bytes = 0;

  UnfinalizedBodies unfinalized;
  // For reading pages of the durable tree; a new one after each block.
  std::unique_ptr<LeafCursor> leaf_cursor;

  Writer(const StoreReader& store_reader, Core& store_core) : reader(store_reader), core(store_core) {}

  static void put(leveldb::WriteBatch& batch, const Key& key, ByteView value) {
    batch.Put(slice(key.bytes), slice(value));
  }
  static void erase(leveldb::WriteBatch& batch, const Key& key) { batch.Delete(slice(key.bytes)); }

  Result<void> open_witness(Files& files, const StoreOptions& options);
  Result<void> load(Files& files, const StoreOptions& options, const ChainId& chain_id);
  Result<void> load_identity(const ChainId& chain_id);
  void load_chain();
  void load_history(const Header& tip_header);
  void load_unfinalized();

  std::vector<BodyRecord> append_bodies(const std::vector<NewBody>& bodies);
  void put_unfinalized(leveldb::WriteBatch& batch, BodyGroup group);
  void forget_bodies(leveldb::WriteBatch& batch, std::span<const BodyHash> hashes);
  void put_votes(leveldb::WriteBatch& batch, const VoteChanges& votes);
  void check_fits(const BlockBatch& block) const;
  void put_block(leveldb::WriteBatch& batch, const BlockBatch& block);
  void put_body_places(leveldb::WriteBatch& batch, const BlockBatch& block, const std::vector<BodyRecord>& appended);
  void put_transactions(leveldb::WriteBatch& batch, const BlockBatch& block);
  void put_events(leveldb::WriteBatch& batch, const BlockBatch& block);
  void put_state(leveldb::WriteBatch& batch, const BlockBatch& block);
  void write(leveldb::WriteBatch& batch);
};

// The one place where LevelDB is written to.
void Store::Writer::write(leveldb::WriteBatch& batch) {
  if (core.stopped) core.stop("used again after it failed");
  put(batch, batch_number_key(), encode(batch_number + 1));
  const leveldb::Status status = core.db->Write(Core::write_options(), &batch);
  if (!status.ok()) core.stop("write of batch " + std::to_string(batch_number + 1) + ": " + status.ToString());
  ++batch_number;
  ++batches;
  batch_bytes += batch.ApproximateSize();
  // Not synced: it is only ever compared with a database that must be at least as new.
  core.must(witness->write(witness_of(batch_number), encode_witness(batch_number)));
}

// Those that are not held yet, each once.
std::vector<BodyRecord> Store::Writer::append_bodies(const std::vector<NewBody>& bodies) {
  if (core.stopped) core.stop("used again after it failed");
  std::vector<NewBody> missing;
  std::unordered_set<BodyHash, LastBytesHash> seen;
  for (const NewBody& body : bodies) {
    if (unfinalized.find(body.hash) == nullptr && seen.insert(body.hash).second) missing.push_back(body);
  }
  if (missing.empty()) return {};
  const auto places = core.must(core.segments->append(missing));
  core.must(core.segments->sync());
  ++segment_syncs;
  std::vector<BodyRecord> appended;
  for (std::size_t i = 0; i < missing.size(); ++i) {
    appended.push_back({missing[i].hash, places[i]});
    body_bytes += missing[i].bytes.size();
  }
  return appended;
}

void Store::Writer::put_unfinalized(leveldb::WriteBatch& batch, BodyGroup group) {
  const std::vector<BodyRecord> bodies = unfinalized.group(group);
  const Key key = Key(Keyspace::unfinalized).add_u64(group);
  bodies.empty() ? erase(batch, key) : put(batch, key, encode_bodies(bodies));
}

void Store::Writer::forget_bodies(leveldb::WriteBatch& batch, std::span<const BodyHash> hashes) {
  for (const BodyGroup group : unfinalized.remove(hashes)) put_unfinalized(batch, group);
}

void Store::Writer::put_votes(leveldb::WriteBatch& batch, const VoteChanges& votes) {
  for (const auto& [vote_key, value] : votes) {
    const Key key = Key(Keyspace::vote).add(vote_key);
    value ? put(batch, key, *value) : erase(batch, key);
  }
}

void Store::Writer::check_fits(const BlockBatch& block) const {
  const Header& header = block.header;
  CHECK(header.height == (tip ? tip->height + 1 : Height(0)));
  if (tip) CHECK(header.parent == tip->header_hash);
  CHECK(header.history_root == history.root());
  CHECK(block.state != nullptr && block.tree != nullptr);
  CHECK(block.tree->root() == header.state_root);
  CHECK(block.proposal.has_value() == tip.has_value());
  if (block.proposal) CHECK(digest_of(block.proposal->header) == header.proposal_digest);
  CHECK(block.receipts.size() == (block.proposal ? block.proposal->bodies.size() : 0) + 1);
  if (block.seal) CHECK(block.seal->checkpoint.height == header.height);
  if (block.next_epoch) CHECK(epoch_hash_of(*block.next_epoch) == header.next_validators_hash);
}

void Store::Writer::put_block(leveldb::WriteBatch& batch, const BlockBatch& block) {
  const Height height = block.header.height;
  put(batch, height_key(Keyspace::header, height), encode(block.header));
  if (block.proposal) put(batch, height_key(Keyspace::proposal, height), encode(*block.proposal));
  if (block.seal) put(batch, height_key(Keyspace::seal, height), encode(*block.seal));
  if (block.next_epoch) {
    put(batch, Key(Keyspace::epoch).add_u64(block.next_epoch->epoch.value()), encode(*block.next_epoch));
  }
  std::vector<Hash256> leaves;
  for (std::uint32_t leaf = 0; leaf < block.receipts.size(); ++leaf) {
    const Bytes& receipt = block.receipts[leaf].bytes;
    leaves.push_back(log_leaf_hash(receipt));
    put(batch, receipt_key(height, leaf), receipt);
  }
  CHECK(log_root(leaves) == block.header.receipt_root);
}

void Store::Writer::put_body_places(leveldb::WriteBatch& batch, const BlockBatch& block,
                                    const std::vector<BodyRecord>& appended) {
  if (!block.proposal) return;
  std::unordered_map<BodyHash, BodyLocation, LastBytesHash> added;
  for (const BodyRecord& body : appended) added.emplace(body.hash, body.location);
  std::vector<BodyRecord> bodies;
  bodies.reserve(block.proposal->bodies.size());
  for (const BodyHash& hash : block.proposal->bodies) {
    const BodyLocation* location = unfinalized.find(hash);
    const auto given = added.find(hash);
    CHECK(location != nullptr || given != added.end());
    bodies.push_back({hash, location != nullptr ? *location : given->second});
  }
  put(batch, height_key(Keyspace::bodies, block.header.height), encode_bodies(bodies));
  forget_bodies(batch, block.proposal->bodies);
}

// The first block that recorded an id keeps it, and within a block the first transaction.
void Store::Writer::put_transactions(leveldb::WriteBatch& batch, const BlockBatch& block) {
  std::set<TransactionId> seen;
  for (std::uint32_t index = 0; index + 1 < block.receipts.size(); ++index) {
    const TransactionId& id = block.receipts[index + 1].receipt.transaction_id;
    if (!seen.insert(id).second || reader.find_transaction(id)) continue;
    put(batch, Key(Keyspace::transaction).add(id), encode(TransactionPosition{block.header.height, index}));
  }
}

void Store::Writer::put_events(leveldb::WriteBatch& batch, const BlockBatch& block) {
  auto number = block.event_numbers.begin();
  for (std::uint32_t leaf = 0; leaf < block.receipts.size(); ++leaf) {
    const auto& events = block.receipts[leaf].receipt.events;
    for (std::uint32_t event = 0; event < events.size(); ++event) {
      const Bytes position = encode(EventPosition{block.header.height, leaf, event});
      for (const Subject& subject : events[event].subjects) {
        CHECK(number != block.event_numbers.end());
        put(batch, Key(Keyspace::event).add(encode(subject)).add_u64(*number++), position);
      }
    }
  }
  CHECK(number == block.event_numbers.end());
}

void Store::Writer::put_state(leveldb::WriteBatch& batch, const BlockBatch& block) {
  for (const auto& [state_key, value] : *block.state) {
    const Key key = Key(Keyspace::state).add(state_key);
    value ? put(batch, key, *value) : erase(batch, key);
  }
  for (const StateChange& leaf : block.tree->changed_leaves()) {
    const Key key = Key(Keyspace::leaf).add(leaf.position);
    leaf.value ? put(batch, key, *leaf.value) : erase(batch, key);
  }
  for (const auto& [id, page] : block.tree->changed_pages()) {
    const Key key = Key(Keyspace::page_hash).add_u64(id);
    page ? put(batch, key, encode_subtree(page->hash())) : erase(batch, key);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Opening

// A store whose creation did not end has a witness of 0 or none; then nothing can be lost and LevelDB may create its
// files. In every other case they must be there.
Result<void> Store::Writer::open_witness(Files& files, const StoreOptions& options) {
  const std::string path = core.path + "/witness";
  std::uint64_t told = 0;
  if (files.exists(path)) {
    witness = TRY(files.open_segment(path));
    told = TRY(read_witness(*witness));
  }
  const bool has_database = files.exists(core.path + "/db/CURRENT");
  if (told > 0 && !has_database) return fail(ErrorCode::corrupt, core.path, "/db/CURRENT is missing");
  TRY(core.open_database(files, options, /*create=*/!has_database));
  if (const auto value = reader.read(batch_number_key().bytes)) {
    batch_number = core.decode_own<std::uint64_t>(*value, "number of the newest batch");
  }
  if (batch_number < told) {
    return fail(ErrorCode::corrupt, core.path, "/db has lost its end: it goes up to batch ", batch_number, ", but ",
                told, " were written");
  }
  // The first batch creates the store; the second is written only after the witness of the first is durable.
  if (batch_number > 1 && told == 0) return fail(ErrorCode::corrupt, path, ": missing or damaged");
  if (!witness || witness->size() != witness_file_bytes) {
    if (told > 0) return fail(ErrorCode::corrupt, path, ": wrong length");
    witness = TRY(files.create_segment(path, witness_file_bytes));
  }
  return {};
}

Result<void> Store::Writer::load_identity(const ChainId& chain_id) {
  const auto value = reader.read(identity_key().bytes);
  if (!value) {
    if (batch_number > 0) return fail(ErrorCode::corrupt, core.path, ": the store's identity is missing");
    leveldb::WriteBatch batch;
    put(batch, identity_key(), encode(StoreIdentity{{}, chain_id}));
    write(batch);
  } else {
    auto identity = decode<StoreIdentity>(*value);
    if (!identity) return std::move(identity).error().in(core.path);
    if (identity->chain_id != chain_id) {
      return fail(ErrorCode::conflict, core.path, " belongs to chain ", identity->chain_id.hex(), ", not to ",
                  chain_id.hex());
    }
  }
  if (batch_number == 1) {
    TRY(witness->write(witness_of_creation, encode_witness(batch_number)));
    TRY(witness->sync());
  }
  return {};
}

// The tree of the headers below the tip, from its nodes; it must have the root that the tip's header names.
void Store::Writer::load_history(const Header& tip_header) {
  const std::uint64_t size = tip_header.height.value();
  std::vector<Hash256> edge;
  std::uint64_t covered = 0;
  for (int level = std::bit_width(size) - 1; level >= 0; --level) {
    if ((size >> level & 1) == 0) continue;
    edge.push_back(core.must(reader.history_node({static_cast<std::uint8_t>(level), covered >> level})));
    covered += std::uint64_t{1} << level;
  }
  history = LogFrontier(size, std::move(edge));
  if (history.root() != tip_header.history_root) core.stop("the history tree does not have the tip's root");
  history.append(log_leaf_hash(tip->header_hash));
}

void Store::Writer::load_chain() {
  tip = reader.tip();
  if (!tip) {
    tree = std::make_unique<StateTree>(reader, 0, std::vector<std::pair<PageId, SubtreeHash>>{}, cached_pages);
    return;
  }
  HeaderHash expected = tip->header_hash;
  std::optional<Header> tip_header;
  for (std::uint64_t back = 0; back < headers_checked_at_open && back <= tip->height.value(); ++back) {
    const Height height = tip->height - back;
    const auto header = reader.header(height);
    CHECK(header.has_value());
    if (hash_of(*header) != expected) core.stop("header " + to_string(height) + " does not have the hash named above");
    expected = header->parent;
    if (back == 0) tip_header = header;
  }
  load_history(*tip_header);
  tree = std::make_unique<StateTree>(reader, tip->leaf_count, reader.page_hashes(), cached_pages);
  if (tree->root() != tip_header->state_root) core.stop("the state tree does not have the root of the tip's header");
}

Result<void> Store::Writer::load(Files& files, const StoreOptions& options, const ChainId& chain_id) {
  TRY(open_witness(files, options));
  TRY(load_identity(chain_id));
  SegmentEnd end;
  if (const auto value = reader.read(segment_end_key().bytes)) {
    end = core.decode_own<SegmentEnd>(*value, "end of the segments");
  }
  core.segments = TRY(Segments::open(files, core.path + "/segments", options.segment_bytes, end));
  load_unfinalized();
  cached_pages = options.cached_pages;
  load_chain();
  return {};
}

void Store::Writer::load_unfinalized() {
  Core::Cursor cursor(core, nullptr, Key(Keyspace::unfinalized).bytes);
  for (cursor.seek(Key(Keyspace::unfinalized).bytes); cursor.valid(); cursor.advance()) {
    unfinalized.load(last_u64(cursor.key()), core.must(decode_bodies(cursor.value())));
  }
}

Store::Store(std::shared_ptr<Core> core) : StoreReader(std::move(core), nullptr) {
  writer_ = std::make_unique<Writer>(*this, *core_);
}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(Files& files, const StoreOptions& options, const ChainId& chain_id) {
  auto core = std::make_shared<Core>();
  core->path = options.path;
  core->on_failure = [](std::string_view what) { throw DamageAtOpen{std::string(what)}; };
  try {
    TRY(files.create_directory(options.path));
    core->lock = TRY(files.lock_directory(options.path));
    TRY(files.create_directory(options.path + "/db"));
    std::unique_ptr<Store> store(new Store(core));
    TRY(store->writer_->load(files, options, chain_id));
    if (store->writer_->tip) store->publish();
    core->on_failure = options.on_failure;
    return store;
  } catch (const DamageAtOpen& damage) {
    return fail(ErrorCode::corrupt, damage.text);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// The two ways to write

void Store::persist_votes(const VoteBatch& votes) {
  const auto appended = writer_->append_bodies(votes.bodies);
  leveldb::WriteBatch batch;
  std::set<BodyHash> needed;
  if (!votes.dropped_bodies.empty()) {
    for (const NewBody& body : votes.bodies) needed.insert(body.hash);
  }
  std::vector<BodyHash> dropped;
  for (const BodyHash& hash : votes.dropped_bodies) {
    if (!needed.contains(hash)) dropped.push_back(hash);
  }
  writer_->forget_bodies(batch, dropped);
  if (!appended.empty()) {
    writer_->put_unfinalized(batch, writer_->unfinalized.add(appended));
    Writer::put(batch, segment_end_key(), encode(core_->segments->end()));
  }
  writer_->put_votes(batch, votes.votes);
  writer_->write(batch);
}

void Store::commit_block(const BlockBatch& block) {
  Writer& writer = *writer_;
  writer.check_fits(block);
  const auto appended = writer.append_bodies(block.bodies);
  leveldb::WriteBatch batch;
  writer.put_block(batch, block);
  writer.put_body_places(batch, block, appended);
  writer.forget_bodies(batch, block.dropped_bodies);
  if (!appended.empty()) Writer::put(batch, segment_end_key(), encode(core_->segments->end()));
  writer.put_transactions(batch, block);
  writer.put_events(batch, block);
  writer.put_state(batch, block);
  writer.put_votes(batch, block.votes);
  const Tip tip{block.header.height, hash_of(block.header), block.tree->leaf_count()};
  LogFrontier history = writer.history;
  history.append(log_leaf_hash(tip.header_hash), [&](LogNode node, const Hash256& hash) {
    Writer::put(batch, history_key(node), hash);
  });
  Writer::put(batch, tip_key(), encode(TipRecord{tip.height, tip.header_hash, tip.leaf_count}));
  writer.leaf_cursor = nullptr;
  writer.write(batch);
  writer.tree->commit(*block.tree);
  writer.history = std::move(history);
  writer.tip = tip;
  publish();
}

void Store::publish() {
  std::shared_ptr<const ProvingReader> reader(
      new ProvingReader(core_, core_->db->GetSnapshot(), writer_->tree->snapshot()));
  const std::lock_guard lock(newest_mutex_);
  newest_.swap(reader);
}

std::shared_ptr<const ProvingReader> Store::newest() const {
  const std::lock_guard lock(newest_mutex_);
  return newest_;
}

void Store::put_seal(const CommitSeal& seal) {
  const Height height = seal.checkpoint.height;
  CHECK(writer_->tip && height <= writer_->tip->height);
  if (this->seal(height)) return;
  leveldb::WriteBatch batch;
  Writer::put(batch, height_key(Keyspace::seal, height), encode(seal));
  writer_->write(batch);
}

const StateTree& Store::tree() const { return *writer_->tree; }

HashedPage Store::read_page(PageId id, const SubtreeHash& expected) const {
  if (!writer_->leaf_cursor) writer_->leaf_cursor = std::make_unique<LeafCursor>(*core_, nullptr);
  return StoreReader::read_page(*writer_->leaf_cursor, id, expected);
}

std::optional<Bytes> Store::body(const BodyHash& hash) const {
  const BodyLocation* location = writer_->unfinalized.find(hash);
  if (location == nullptr) return std::nullopt;
  return core_->must(core_->segments->read(*location, hash));
}

bool Store::holds_body(const BodyHash& hash) const { return writer_->unfinalized.find(hash) != nullptr; }

std::vector<BodyHash> Store::unfinalized_bodies() const { return writer_->unfinalized.hashes(); }

const LogFrontier& Store::history() const { return writer_->history; }

std::unique_ptr<StoreReader> Store::pin() const {
  return std::unique_ptr<StoreReader>(new StoreReader(core_, core_->db->GetSnapshot()));
}

StoreCounters Store::counters() const {
  return {writer_->batches, writer_->batch_bytes, writer_->segment_syncs, writer_->body_bytes};
}

}  // namespace kanhe
