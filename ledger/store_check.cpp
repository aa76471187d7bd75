#include "ledger/store_check.h"

#include <leveldb/env.h>
#include <leveldb/filter_policy.h>
#include <leveldb/iterator.h>
#include <leveldb/options.h>
#include <leveldb/table.h>

#include <algorithm>

#include "ledger/codec.h"
#include "ledger/codec_impl.h"
#include "ledger/read_only_files.h"

namespace kanhe {
namespace {

// What the store says when it finds damage; it is opened anew afterwards.
struct Damage {
  std::string what;
};
// There is no room for another finding.
struct Enough {};

constexpr std::uint64_t progress_step = 1'000;

PlainText<512> plain(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  if (text.size() > 512) text.resize(512);
  auto made = PlainText<512>::from(text);
  return made ? *std::move(made) : PlainText<512>::from("(not printable)").value();
}

class StoreCheck {
 public:
  StoreCheck(Files& disk, const Genesis& genesis, const StoreCheckOptions& options)
      : files_(disk), genesis_(genesis), origin_(origin_of(genesis)), options_(options) {}

  StoreCheckReport run() {
    try {
      check_tables();
      if (!open()) return std::move(report_);
      const auto tip = store_->tip();
      if (!tip) return std::move(report_);
      report_.tip = tip->height;
      check_chain(tip->height);
      check_event_counts();
      check_state(*tip);
      check_unfinalized();
      report_.complete = true;
    } catch (const Enough&) {
      // What is not said any more is that there is more.
    }
    return std::move(report_);
  }

 private:
  template <class... Parts>
  void find(std::optional<Height> height, const Parts&... parts) {
    report_.findings.push_back({height, plain(fail(ErrorCode::corrupt, parts...).text)});
    if (report_.findings.full()) throw Enough{};
  }
  // Runs a part of the check; damage that the store meets in it is a finding, and the store is opened anew.
  template <class Part>
  void guarded(std::optional<Height> height, Part part) {
    try {
      part();
    } catch (const Damage& damage) {
      find(height, damage.what);
      if (!open()) throw Enough{};
    }
  }
  void progress(std::string_view what, std::uint64_t done, std::uint64_t of) const {
    if (options_.progress && (done % progress_step == 0 || done == of)) options_.progress(what, done, of);
  }

  bool open() {
    store_.reset();
    files_view_.emplace(files_);
    StoreOptions options;
    options.path = options_.path;
    options.on_failure = [](std::string_view what) { throw Damage{std::string(what)}; };
    try {
      auto opened = Store::open(*files_view_, options, chain_id_of(genesis_));
      if (opened) {
        store_ = std::move(opened).value();
        return true;
      }
      find(std::nullopt, opened.error().text);
    } catch (const Damage& damage) {
      find(std::nullopt, damage.what);
    }
    return false;
  }

  void check_tables();
  void check_table(leveldb::Env& env, const std::string& path);
  void check_chain(Height tip);
  void check_block(Height height);
  void check_header(Height height, const Header& header);
  void check_epoch(const Header& header);
  void check_seals(const Header& header);
  void check_transactions(const Header& header);
  void check_receipts(const Header& header, const std::vector<TransactionId>& ids);
  void check_events(Height height, std::uint32_t leaf, const Receipt& receipt);
  void check_event_counts();
  void check_state(const Tip& tip);
  void check_unfinalized();

  Files& files_;
  const Genesis& genesis_;
  const Origin origin_;
  const StoreCheckOptions& options_;
  StoreCheckReport report_;
  std::optional<ReadOnlyFiles> files_view_;
  std::unique_ptr<Store> store_;

  std::optional<EpochConfig> epoch_;     // of the next block
  std::optional<Header> below_;
  std::optional<ProposalDigest> digest_below_;
  LogFrontier history_;
  std::map<Subject, std::uint64_t> events_;
};

// ---------------------------------------------------------------------------------------------------------------------
// Files

// What LevelDB reads only when it is asked for it, and then without the file's name.
void StoreCheck::check_tables() {
  ReadOnlyFiles view(files_);
  leveldb::Env& env = view.env();
  std::vector<std::string> names;
  env.GetChildren(options_.path + "/db", &names);
  std::ranges::sort(names);
  for (const std::string& name : names) {
    if (!name.ends_with(".ldb")) continue;
    check_table(env, options_.path + "/db/" + name);
    report_.table_files = report_.table_files + 1;
  }
}

void StoreCheck::check_table(leveldb::Env& env, const std::string& path) {
  std::uint64_t size = 0;
  leveldb::Status status = env.GetFileSize(path, &size);
  leveldb::RandomAccessFile* file = nullptr;
  if (status.ok()) status = env.NewRandomAccessFile(path, &file);
  const std::unique_ptr<leveldb::RandomAccessFile> owned_file(file);
  leveldb::Options options;
  options.paranoid_checks = true;
  leveldb::Table* table = nullptr;
  if (status.ok()) status = leveldb::Table::Open(options, file, size, &table);
  const std::unique_ptr<leveldb::Table> owned_table(table);
  if (status.ok()) {
    leveldb::ReadOptions reading;
    reading.verify_checksums = true;
    reading.fill_cache = false;
    const std::unique_ptr<leveldb::Iterator> entries(table->NewIterator(reading));
    for (entries->SeekToFirst(); entries->Valid(); entries->Next()) {
    }
    status = entries->status();
  }
  if (!status.ok()) find(std::nullopt, path, ": ", status.ToString());
}

// ---------------------------------------------------------------------------------------------------------------------
// Blocks

void StoreCheck::check_chain(Height tip) {
  for (Height height(0); height <= tip; ++height) {
    guarded(height, [&] { check_block(height); });
    report_.blocks = report_.blocks + 1;
    progress("blocks", height.value(), tip.value());
  }
}

void StoreCheck::check_block(Height height) {
  const auto header = store_->header(height);
  if (!header) {
    below_.reset();
    return find(height, "its header is missing");
  }
  const HeaderHash hash = hash_of(*header);
  check_header(height, *header);
  history_.append(log_leaf_hash(hash), [&](LogNode node, const Hash256& expected) {
    const auto stored = store_->history_node(node);
    if (!stored || *stored != expected) {
      find(height, "node ", std::to_string(node.level), "/", std::to_string(node.index), " of the history is another");
    }
  });
  check_epoch(*header);
  below_ = *header;
  check_seals(*header);
  if (height == Height(0)) {
    digest_below_ = header->proposal_digest;
    return check_receipts(*header, {});
  }
  check_transactions(*header);
}

void StoreCheck::check_header(Height height, const Header& header) {
  if (header.chain_id != chain_id_of(genesis_)) find(height, "the header is of another network");
  if (header.height != height) find(height, "the header says height ", to_string(header.height));
  if (header.history_root != history_.root()) find(height, "history_root is not that of the headers before it");
  if (height == Height(0)) return;
  if (below_ && header.parent != hash_of(*below_)) find(height, "parent is not the hash of the header below");
  if (below_ && header.timestamp_ms < below_->timestamp_ms) find(height, "its time lies before the parent's");
}

void StoreCheck::check_epoch(const Header& header) {
  if (header.height == Height(0)) {
    epoch_ = first_epoch_of(genesis_);
    if (store_->epoch_config(Epoch(0)) != epoch_) find(header.height, "the first epoch is not that of the genesis");
  }
  if (!epoch_) return;
  if (header.epoch != epoch_->epoch || header.validators_hash != epoch_hash_of(*epoch_)) {
    find(header.height, "the header names another epoch than decides here, which is ", to_string(epoch_->epoch));
  }
}

// By the epoch that agreed on it; then the epoch of the next block.
void StoreCheck::check_seals(const Header& header) {
  if (!epoch_) return;
  const auto own = store_->seal(header.height);
  const bool ends = header.next_validators_hash != header.validators_hash;
  if (own) {
    report_.seals = report_.seals + 1;
    const auto good = check_seal(genesis_.suite.signature, origin_, *epoch_, *own);
    if (!good) find(header.height, "its seal: ", good.error().text);
    const Checkpoint& said = own->checkpoint;
    const bool fits = said.height == header.height && said.header_hash == hash_of(header) &&
                      said.proposal_digest == header.proposal_digest && said.log_root == history_.root();
    if (!fits) find(header.height, "its seal is another block's");
  } else if (ends) {
    find(header.height, "the last block of an epoch has no seal of its own");
  } else if (header.height > Height(0) && header.height < *report_.tip && !store_->covering_seal(header.height)) {
    find(header.height, "no seal covers it");
  }
  if (!ends) return;
  auto next = store_->epoch_config(header.epoch + 1);
  if (!next || epoch_hash_of(*next) != header.next_validators_hash) {
    find(header.height, "the configuration of epoch ", to_string(header.epoch + 1), " is not the one handed over to");
    next.reset();
  }
  epoch_ = std::move(next);
}

void StoreCheck::check_transactions(const Header& header) {
  const auto proposal = store_->proposal(header.height);
  if (!proposal) return find(header.height, "its proposal is missing");
  const ProposalHeader& said = proposal->header;
  if (digest_of(said) != header.proposal_digest || said.body_root != header.transaction_root ||
      said.chain_id != header.chain_id || said.epoch != header.epoch || said.height != header.height ||
      said.timestamp_ms != header.timestamp_ms) {
    find(header.height, "the proposal is not the header's");
  }
  if (digest_below_ && said.parent != *digest_below_) find(header.height, "the proposal stands on another one");
  digest_below_ = header.proposal_digest;
  if (const auto list = check_body_list(*proposal); !list) find(header.height, list.error().text);

  std::vector<TransactionId> ids;
  for (std::uint32_t i = 0; i < proposal->bodies.size(); ++i) {
    const std::string name = "transaction " + std::to_string(i);
    const auto bytes = store_->body(header.height, i);
    const auto body = bytes ? read_body(*bytes) : fail(ErrorCode::unknown, "is missing");
    report_.transactions = report_.transactions + 1;
    ids.push_back(body ? body->id : TransactionId());
    if (!body) {
      find(header.height, name, ": ", body.error().text);
      continue;
    }
    if (body->body_hash != proposal->bodies[i]) find(header.height, name, ": is not the one in the list");
    const bool is_signed = !options_.signatures || verify_signature(genesis_.suite.signature, *body);
    if (!is_signed) find(header.height, name, ": its signature does not fit");
    if (store_->find_transaction(body->id) != TransactionPosition{header.height, i}) {
      find(header.height, name, ": the index by id does not lead to it");
    }
  }
  check_receipts(header, ids);
}

void StoreCheck::check_receipts(const Header& header, const std::vector<TransactionId>& ids) {
  const auto receipts = store_->receipts(header.height);
  LogFrontier root;
  for (std::uint32_t leaf = 0; leaf < receipts.size(); ++leaf) {
    const Receipt& receipt = receipts[leaf];
    root.append(log_leaf_hash(encode(receipt)));
    const TransactionId expected = leaf > 0 && leaf <= ids.size() ? ids[leaf - 1] : TransactionId();
    if (receipt.transaction_id != expected) {
      find(header.height, "receipt ", std::to_string(leaf), " names another transaction");
    }
    check_events(header.height, leaf, receipt);
    report_.receipts = report_.receipts + 1;
  }
  if (receipts.size() != ids.size() + 1) {
    find(header.height, "receipts: ", receipts.size(), ", must be ", ids.size() + 1);
  }
  if (root.root() != header.receipt_root) find(header.height, "the receipts are not those of receipt_root");
}

void StoreCheck::check_events(Height height, std::uint32_t leaf, const Receipt& receipt) {
  for (std::uint32_t i = 0; i < receipt.events.size(); ++i) {
    report_.events = report_.events + 1;
    for (const Subject& subject : receipt.events[i].subjects) {
      const std::uint64_t place = events_[subject]++;
      const auto indexed = store_->events(subject, place, 1);
      if (indexed.size() != 1 || indexed[0] != EventPosition{height, leaf, i}) {
        find(height, "event ", std::to_string(i), " of receipt ", std::to_string(leaf),
             ": the index of its subject does not lead to it");
      }
    }
  }
}

void StoreCheck::check_event_counts() {
  for (const auto& [subject, count] : events_) {
    guarded(std::nullopt, [&, &of = subject, &known = count] {
      const std::uint64_t indexed = store_->event_count(of);
      if (indexed == known) return;
      find(std::nullopt, "the index of events has ", indexed, " of a subject (", to_hex(encode(of)), "), there are ",
           known);
    });
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// State

void StoreCheck::check_state(const Tip& tip) {
  Bytes from;
  guarded(tip.height, [&] {
    const auto newest = store_->newest();
    const StateRoot root = newest->state_root();
    if (below_ && below_->height == tip.height && root != below_->state_root) {
      find(tip.height, "the state tree has another root than the header says");
    }
    for (auto record = newest->next(from, {}); record; record = newest->next(from, {})) {
      const StatePosition position = state_position(record->key);
      if (!check_state_proof(position, state_value_hash(record->value), newest->prove(position), root)) {
        find(tip.height, "the record under ", to_hex(record->key), " is not the one in the state tree");
      }
      report_.records = report_.records + 1;
      progress("records of the state", report_.records.value(), tip.leaf_count);
      from = std::move(record->key);
      from.push_back(0);
    }
  });
  if (report_.records != Total(tip.leaf_count)) {
    find(tip.height, "the state has ", report_.records.value(), " records, the state tree ", tip.leaf_count);
  }
}

void StoreCheck::check_unfinalized() {
  guarded(std::nullopt, [&] {
    for (const BodyHash& hash : store_->unfinalized_bodies()) {
      const auto bytes = store_->body(hash);
      const auto body = bytes ? read_body(*bytes) : fail(ErrorCode::unknown, "is missing");
      if (body && body->body_hash == hash) continue;
      find(std::nullopt, "the body ", hash.hex(), " that came with a vote is another");
    }
  });
}

}  // namespace

Result<StoreCheckReport> check_store(Files& disk, const Genesis& genesis, const StoreCheckOptions& options) {
  if (!disk.exists(options.path + "/db/CURRENT")) {
    std::vector<std::string> names;
    disk.env().GetChildren(options.path + "/db", &names);
    if (names.empty()) return fail(ErrorCode::unknown, options.path, ": there is no store");
  }
  return StoreCheck(disk, genesis, options).run();
}

}  // namespace kanhe
