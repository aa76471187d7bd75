// Store: what a node must not forget, on disk.
//
// Two things make it: LevelDB for everything small, segment files (ledger/segments.h) for the bodies of transactions.
// There are two ways to write, and each is durable when it returns:
//   persist_votes()  bodies into segments and synced, then one synced batch with the votes that rest on them
//   commit_block()   the only commit point of a block: one atomic synced batch with all that the block brings or ends
// Whatever the power does, the store is afterwards as it was between two such calls.
//
// A failed write or sync ends the process, and so does damage found on reading: after a failed sync nobody knows what
// the disk holds, and a retry lies (Rebello et al., ATC 2020). The store never hands out bytes whose checksum, key or
// hash does not fit. What it keeps to find damage that LevelDB's own recovery would pass over:
//   - every batch has a number, and a small file (the *witness*) beside the database is told of it afterwards: a
//     database that comes back older than the witness has lost its end;
//   - at start the newest headers are read and chained by hash, the history tree must lead to them, and the state tree
//     must have the tip's state_root;
//   - values carry their own key or position, or are checked against a hash that does.
//
// Owner: the node's executor. Thread: one writer thread calls the Store's non-const functions, tree() and history();
// the const functions of StoreReader may be called from any thread at any time. A reader from pin() sees one tip for
// its whole life. Units: bytes, heights. Format: docs/formats.md, keys in store_keys.h.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ledger/block.h"
#include "ledger/checkpoint.h"
#include "ledger/files.h"
#include "ledger/merkle.h"
#include "ledger/receipt.h"
#include "ledger/segments.h"
#include "ledger/state.h"
#include "ledger/state_tree.h"

namespace kanhe {

// Told what failed, with path, key or height. It must not return: the default prints and calls _exit(74, EX_IOERR); the
// simulator throws. After that the only call a Store accepts is its destructor.
using FailureHandler = std::function<void(std::string_view what)>;
[[noreturn]] void storage_failed(const FailureHandler& handler, std::string_view what);

inline constexpr std::uint64_t segment_bytes_default = 64 << 20;

struct StoreOptions {
  std::string path;  // a directory of its own; created where missing
  std::uint64_t segment_bytes = segment_bytes_default;  // of a new segment file; at least one entry of the largest body
  std::size_t write_buffer_bytes = 32 << 20;  // LevelDB's; a simulator with thousands of stores takes 64 KiB
  std::size_t block_cache_bytes = 64 << 20;   // LevelDB's
  std::size_t cached_pages = 131'072;         // of the state tree, some 1.2 KB each
  FailureHandler on_failure;                  // unset: the default
};

struct Tip {
  Height height;
  HeaderHash header_hash;
  std::uint64_t leaf_count = 0;  // of the state tree
};

struct TransactionPosition {
  Height height;
  std::uint32_t index = 0;  // within the block; its receipt is leaf index + 1
  friend auto operator<=>(const TransactionPosition&, const TransactionPosition&) = default;
};
BOOST_DESCRIBE_STRUCT(TransactionPosition, (), (height, index))

// What consensus remembers, in keys and values of its own. An absent value is an erasure.
using VoteChanges = std::map<Bytes, std::optional<Bytes>>;

struct VoteBatch {
  std::vector<NewBody> bodies = {};  // those already held are not written twice
  VoteChanges votes = {};
  std::vector<BodyHash> dropped_bodies = {};  // of proposals that can no longer be finalized; unknown ones are ignored
};

// A finalized block with all that it brings. Lifetime: everything by pointer for the call.
struct BlockBatch {
  Header header;
  std::optional<CommitSeal> seal;    // absent where a later height's seal covers this one
  std::optional<Proposal> proposal;  // absent at height 0 only
  std::vector<NewBody> bodies = {};  // those that persist_votes() did not bring already
  std::vector<EncodedReceipt> receipts;  // leaf 0 is the system receipt, leaf i + 1 belongs to body i
  // Of each subject of each event of each receipt, in order: how many events of it came before.
  std::vector<std::uint64_t> event_numbers = {};
  const Overlay::Changes* state = nullptr;  // records that changed
  const TreeVersion* tree = nullptr;        // the state tree after the block; its base is Store::tree()
  std::optional<EpochConfig> next_epoch;    // at height 0 the first epoch; else at the end of an epoch
  VoteChanges votes = {};                   // in the same batch: erasures of what the block makes superfluous
  std::vector<BodyHash> dropped_bodies = {};
};

// Since the store was opened.
struct StoreCounters {
  std::uint64_t batches = 0;        // synced LevelDB batches
  std::uint64_t batch_bytes = 0;
  std::uint64_t segment_syncs = 0;
  std::uint64_t body_bytes = 0;     // appended to segments
};

// Everything that can be read. An absent answer means: not in this store (above the tip, or never written). What should
// be there and is not, or is damaged, stops the process.
class StoreReader : public StateReader, public PageSource {
 public:
  ~StoreReader() override;
  StoreReader(const StoreReader&) = delete;
  StoreReader& operator=(const StoreReader&) = delete;

  // Absent before height 0 was committed.
  std::optional<Tip> tip() const;

  std::optional<Header> header(Height height) const;
  std::optional<Proposal> proposal(Height height) const;
  // The block's own seal.
  std::optional<CommitSeal> seal(Height height) const;
  // The seal of the lowest height at or above this one: it finalizes this block too.
  std::optional<CommitSeal> covering_seal(Height height) const;
  std::optional<EpochConfig> epoch_config(Epoch epoch) const;

  // The canonical bytes of transaction `index` of a block. Complexity: one read of a segment file, and the places of
  // the block's bodies (44 bytes each).
  std::optional<Bytes> body(Height height, std::uint32_t index) const;
  // All of a block, in its order; empty above the tip.
  std::vector<Bytes> bodies(Height height) const;

  std::optional<Receipt> receipt(Height height, std::uint32_t leaf) const;
  // All of a block, the system receipt first; empty above the tip.
  std::vector<Receipt> receipts(Height height) const;
  // The first block that recorded the id.
  std::optional<TransactionPosition> find_transaction(const TransactionId& id) const;

  // How many events name the subject, and which, from the from-th on (the first is 0), at most `count_max`.
  std::uint64_t event_count(const Subject& subject) const;
  std::vector<EventPosition> events(const Subject& subject, std::uint64_t from, std::size_t count_max) const;

  // A complete subtree of the history tree. Errors: unknown, when it reaches above the tip.
  Result<Hash256> history_node(LogNode node) const;

  // What consensus remembers under keys that begin so; everything, for an empty prefix.
  std::map<Bytes, Bytes> votes(ByteView prefix = {}) const;

  // StateReader: the records after the tip's block. Keys are state keys.
  std::optional<Bytes> get(ByteView state_key) const override;
  std::optional<StateEntry> next(ByteView from, ByteView prefix) const override;

  // PageSource, and what a StateTree over it is made from. A page that does not have the expected hash is damage.
  HashedPage read_page(PageId id, const SubtreeHash& expected) const override;
  std::vector<std::pair<PageId, SubtreeHash>> page_hashes() const;

 protected:
  struct Core;  // the open database and segments, shared by all readers
  class LeafCursor;
  // `snapshot` is LevelDB's; null reads the newest.
  StoreReader(std::shared_ptr<Core> core, const void* snapshot);
  std::shared_ptr<Core> core_;

  std::optional<Bytes> read(ByteView key) const;
  // Of a value that every block has: absent only above the tip.
  std::optional<Bytes> read_of_block(ByteView key, Height height, const std::string& what) const;
  // Through a cursor over the leaves.
  HashedPage read_page(LeafCursor& leaves, PageId id, const SubtreeHash& expected) const;

 private:
  friend class Store;
  std::optional<Bytes> body_places(Height height) const;
  const void* snapshot_;
};

// The state after one durable block, held still, with its tree: what answers to readers are made from, beside the
// writer's work. Thread: any, several at once. Lifetime: keeps the database open and old data on disk, so let it go
// soon.
class ProvingReader : public StoreReader {
 public:
  ~ProvingReader() override;

  // Of what stands, or does not stand, at the position. Complexity: one page.
  StateProof prove(const StatePosition& position) const;
  StateRoot state_root() const;

 private:
  friend class Store;
  ProvingReader(std::shared_ptr<Core> core, const void* snapshot, StateTreeSnapshot tree);
  StateTreeSnapshot tree_;
};

class Store : public StoreReader {
 public:
  // Opens the store at options.path, or creates one for this chain. Errors: busy (another process has it), conflict
  // (another chain), unsupported (format of another version), corrupt (damage, with the file or height), io. The text
  // names the path. Complexity: reads the hashes of all state pages.
  static Result<std::unique_ptr<Store>> open(Files& files, const StoreOptions& options, const ChainId& chain_id);
  ~Store() override;

  // Durable on return. Cost: one sync, two when bodies are new.
  void persist_votes(const VoteBatch& batch);
  // Makes the next block the tip; durable on return, and tree() and history() have it. Requires (CHECK): the height is
  // the next one (0 in an empty store), the header fits this store's tip and history, the tree has its state_root,
  // every body is held or given.
  void commit_block(const BlockBatch& batch);
  // Adds the seal of a block that was committed without; where there is one already, it stays. Requires: height <= tip.
  void put_seal(const CommitSeal& seal);

  // The durable state tree: the base of versions to come. Thread: the writer's.
  const StateTree& tree() const;
  // For tree(): goes on from the page before, as long as no block comes between. Thread: the writer's.
  HashedPage read_page(PageId id, const SubtreeHash& expected) const override;
  // The history tree of all headers including the tip's. Thread: the writer's.
  const LogFrontier& history() const;

  // The newest tip, held still. Lifetime: keeps the database open and old data on disk, so let it end soon.
  std::unique_ptr<StoreReader> pin() const;

  // Of the bodies that came with votes and are not finalized yet. Thread: the writer's. Cost: none but the read.
  using StoreReader::body;
  std::optional<Bytes> body(const BodyHash& hash) const;
  bool holds_body(const BodyHash& hash) const;
  std::vector<BodyHash> unfinalized_bodies() const;

  // The newest durable block with its state tree; null before height 0. Thread: any. Cost: none for a block that was
  // handed out before.
  std::shared_ptr<const ProvingReader> newest() const;

  StoreCounters counters() const;

 private:
  struct Writer;  // what only the writer thread touches
  explicit Store(std::shared_ptr<Core> core);
  void publish();
  std::unique_ptr<Writer> writer_;
  mutable std::mutex newest_mutex_;
  std::shared_ptr<const ProvingReader> newest_;
};

}  // namespace kanhe
