#include <map>

#include "ledger/store_core.h"

namespace kanhe {
namespace {

std::optional<SubtreeHash> decode_subtree(ByteView bytes) {
  if (bytes.size() != 1 + Hash256::size || bytes[0] > static_cast<Byte>(SubtreeHash::Kind::inner)) return std::nullopt;
  return SubtreeHash{static_cast<SubtreeHash::Kind>(bytes[0]), Hash256::from(bytes.subspan(1)).value()};
}

}  // namespace

StoreReader::StoreReader(std::shared_ptr<Core> core, const void* snapshot)
    : core_(std::move(core)), snapshot_(snapshot) {}

StoreReader::~StoreReader() {
  if (snapshot_) core_->db->ReleaseSnapshot(static_cast<const leveldb::Snapshot*>(snapshot_));
}

std::optional<Bytes> StoreReader::read(ByteView key) const {
  std::string value;
  const leveldb::Status status = core_->db->Get(Core::read_options(snapshot_), slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) core_->stop("read of key " + to_hex(key) + ": " + status.ToString());
  return to_bytes(as_bytes(value));
}

// The second read is for a block that was committed between the first and the look at the tip.
std::optional<Bytes> StoreReader::read_of_block(ByteView key, Height height, const std::string& what) const {
  auto value = read(key);
  if (value) return value;
  const auto newest = tip();
  if (!newest || newest->height < height) return std::nullopt;
  value = read(key);
  if (!value) core_->stop(what + " is missing");
  return value;
}

std::optional<Tip> StoreReader::tip() const {
  const auto value = read(tip_key().bytes);
  if (!value) return std::nullopt;
  const auto record = core_->decode_own<TipRecord>(*value, "tip");
  return Tip{record.height, record.header_hash, record.leaf_count};
}

std::optional<Header> StoreReader::header(Height height) const {
  const std::string what = "header " + to_string(height);
  const auto value = read_of_block(height_key(Keyspace::header, height).bytes, height, what);
  if (!value) return std::nullopt;
  auto header = core_->decode_own<Header>(*value, what);
  if (header.height != height) core_->stop(what + " is of height " + to_string(header.height));
  return header;
}

std::optional<Proposal> StoreReader::proposal(Height height) const {
  if (height == Height(0)) return std::nullopt;
  const std::string what = "proposal " + to_string(height);
  const auto value = read_of_block(height_key(Keyspace::proposal, height).bytes, height, what);
  if (!value) return std::nullopt;
  auto proposal = core_->decode_own<Proposal>(*value, what);
  if (proposal.header.height != height) core_->stop(what + " is of height " + to_string(proposal.header.height));
  return proposal;
}

std::optional<CommitSeal> StoreReader::seal(Height height) const {
  const auto value = read(height_key(Keyspace::seal, height).bytes);
  if (!value) return std::nullopt;
  const std::string what = "seal " + to_string(height);
  auto seal = core_->decode_own<CommitSeal>(*value, what);
  if (seal.checkpoint.height != height) core_->stop(what + " is of height " + to_string(seal.checkpoint.height));
  return seal;
}

std::optional<CommitSeal> StoreReader::covering_seal(Height height) const {
  Core::Cursor cursor(*core_, snapshot_, Key(Keyspace::seal).bytes);
  cursor.seek(height_key(Keyspace::seal, height).bytes);
  if (!cursor.valid()) return std::nullopt;
  return seal(Height(last_u64(cursor.key())));
}

std::optional<EpochConfig> StoreReader::epoch_config(Epoch epoch) const {
  const auto value = read(Key(Keyspace::epoch).add_u64(epoch.value()).bytes);
  if (!value) return std::nullopt;
  const std::string what = "configuration of epoch " + to_string(epoch);
  auto config = core_->decode_own<EpochConfig>(*value, what);
  if (config.epoch != epoch) core_->stop(what + " is of epoch " + to_string(config.epoch));
  return config;
}

std::optional<Bytes> StoreReader::body_places(Height height) const {
  if (height == Height(0)) return std::nullopt;
  const std::string what = "places of the bodies of block " + to_string(height);
  auto value = read_of_block(height_key(Keyspace::bodies, height).bytes, height, what);
  if (value && value->size() % body_record_bytes != 0) core_->stop(what + ": damaged");
  return value;
}

std::optional<Bytes> StoreReader::body(Height height, std::uint32_t index) const {
  const auto places = body_places(height);
  if (!places || index >= places->size() / body_record_bytes) return std::nullopt;
  const auto record = core_->decode_own<BodyRecord>(
      ByteView(*places).subspan(index * body_record_bytes, body_record_bytes), "place of a body");
  return core_->must(core_->segments->read(record.location, record.hash));
}

std::vector<Bytes> StoreReader::bodies(Height height) const {
  std::vector<Bytes> bodies;
  const auto places = body_places(height);
  if (!places) return bodies;
  for (const BodyRecord& record : core_->must(decode_bodies(*places))) {
    bodies.push_back(core_->must(core_->segments->read(record.location, record.hash)));
  }
  return bodies;
}

std::optional<Receipt> StoreReader::receipt(Height height, std::uint32_t leaf) const {
  const std::string what = "receipt " + std::to_string(leaf) + " of block " + to_string(height);
  auto value = read(receipt_key(height, leaf).bytes);
  if (!value) {
    const auto listed = proposal(height);
    if (leaf > (listed ? listed->bodies.size() : 0)) return std::nullopt;
    value = read_of_block(receipt_key(height, leaf).bytes, height, what);
  }
  if (!value) return std::nullopt;
  return core_->decode_own<Receipt>(*value, what);
}

std::vector<Receipt> StoreReader::receipts(Height height) const {
  std::vector<Receipt> receipts;
  while (auto next = receipt(height, static_cast<std::uint32_t>(receipts.size()))) receipts.push_back(*std::move(next));
  return receipts;
}

std::optional<TransactionPosition> StoreReader::find_transaction(const TransactionId& id) const {
  const auto value = read(Key(Keyspace::transaction).add(id).bytes);
  if (!value) return std::nullopt;
  return core_->decode_own<TransactionPosition>(*value, "place of transaction " + id.hex());
}

// Most subjects are new when they are counted, and that their first event is missing is seen at once.
std::uint64_t StoreReader::event_count(const Subject& subject) const {
  if (!read(Key(Keyspace::event).add(encode(subject)).add_u64(0).bytes)) return 0;
  Core::Cursor cursor(*core_, snapshot_, Key(Keyspace::event).add(encode(subject)).bytes);
  cursor.seek_last();
  return cursor.valid() ? last_u64(cursor.key()) + 1 : 0;
}

std::vector<EventPosition> StoreReader::events(const Subject& subject, std::uint64_t from,
                                               std::size_t count_max) const {
  std::vector<EventPosition> positions;
  const Bytes prefix = Key(Keyspace::event).add(encode(subject)).bytes;
  Core::Cursor cursor(*core_, snapshot_, prefix);
  std::uint64_t expected = from;
  for (cursor.seek(Key(Keyspace::event).add(encode(subject)).add_u64(from).bytes);
       cursor.valid() && positions.size() < count_max; cursor.advance()) {
    const std::string what = "event " + std::to_string(expected) + " of subject " + to_hex(encode(subject));
    if (last_u64(cursor.key()) != expected++) core_->stop(what + " is missing");
    positions.push_back(core_->decode_own<EventPosition>(cursor.value(), what));
  }
  return positions;
}

Result<Hash256> StoreReader::history_node(LogNode node) const {
  const auto value = read(history_key(node).bytes);
  const std::string what = "node " + std::to_string(node.level) + "/" + std::to_string(node.index) + " of the history";
  if (!value) return fail(ErrorCode::unknown, what, " is not in this store");
  return core_->must(Hash256::from(*value));
}

std::map<Bytes, Bytes> StoreReader::votes(ByteView prefix) const {
  Bytes begin = Key(Keyspace::vote).bytes;
  append(begin, prefix);
  std::map<Bytes, Bytes> votes;
  Core::Cursor cursor(*core_, snapshot_, begin);
  for (cursor.seek(begin); cursor.valid(); cursor.advance()) {
    Bytes key = to_bytes(prefix);
    append(key, cursor.rest());
    votes.emplace(std::move(key), to_bytes(cursor.value()));
  }
  return votes;
}

std::optional<Bytes> StoreReader::get(ByteView state_key) const {
  return read(Key(Keyspace::state).add(state_key).bytes);
}

std::optional<StateEntry> StoreReader::next(ByteView from, ByteView prefix) const {
  const bool from_is_above = std::lexicographical_compare(prefix.begin(), prefix.end(), from.begin(), from.end());
  Core::Cursor cursor(*core_, snapshot_, Key(Keyspace::state).add(prefix).bytes);
  cursor.seek(Key(Keyspace::state).add(from_is_above ? from : prefix).bytes);
  if (!cursor.valid()) return std::nullopt;
  return StateEntry{to_bytes(cursor.key().subspan(1)), to_bytes(cursor.value())};
}

HashedPage StoreReader::read_page(LeafCursor& leaves, PageId id, const SubtreeHash& expected) const {
  const std::size_t depth = depth_of(id);
  Page page;
  page.reserve(2 * page_leaves_mean);
  for (leaves.seek(Key(Keyspace::leaf).add(first_position_of(id)).bytes); leaves.valid(); leaves.advance()) {
    const auto position = core_->must(StatePosition::from(leaves.rest()));
    if (subtree_of(position, depth) != id) break;
    page.push_back({position, core_->must(StateValueHash::from(leaves.value()))});
  }
  HashedPage hashed(std::move(page), depth);
  if (hashed.hash() != expected) core_->stop("state page " + std::to_string(id) + " does not have its hash");
  return hashed;
}

HashedPage StoreReader::read_page(PageId id, const SubtreeHash& expected) const {
  LeafCursor leaves(*core_, snapshot_);
  return read_page(leaves, id, expected);
}

std::vector<std::pair<PageId, SubtreeHash>> StoreReader::page_hashes() const {
  std::vector<std::pair<PageId, SubtreeHash>> hashes;
  Core::Cursor cursor(*core_, snapshot_, Key(Keyspace::page_hash).bytes);
  for (cursor.seek(Key(Keyspace::page_hash).bytes); cursor.valid(); cursor.advance()) {
    const auto hash = decode_subtree(cursor.value());
    if (!hash || cursor.rest().size() != 8) core_->stop("hash of state page " + to_hex(cursor.rest()) + " is damaged");
    hashes.emplace_back(last_u64(cursor.key()), *hash);
  }
  return hashes;
}

ProvingReader::ProvingReader(std::shared_ptr<Core> core, const void* snapshot, StateTreeSnapshot tree)
    : StoreReader(std::move(core), snapshot), tree_(std::move(tree)) {}
ProvingReader::~ProvingReader() = default;

StateProof ProvingReader::prove(const StatePosition& position) const { return tree_.prove(*this, position); }
StateRoot ProvingReader::state_root() const { return tree_.root(); }

}  // namespace kanhe
