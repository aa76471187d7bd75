// What the store's reading and writing halves share: the open database, its options, and walking over keys.
//
// Thread: any; LevelDB locks for itself, and everything else is set before open() returns.
// Included by store.cpp and store_reader.cpp alone: LevelDB's headers stay behind it.
#pragma once

#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/filter_policy.h>

#include <atomic>

#include "ledger/codec.h"
#include "ledger/store.h"
#include "ledger/store_keys.h"

namespace kanhe {

inline leveldb::Slice slice(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
inline ByteView view(const leveldb::Slice& bytes) { return as_bytes({bytes.data(), bytes.size()}); }

struct StoreReader::Core {
  std::string path;
  FailureHandler on_failure;
  std::atomic<bool> stopped = false;
  std::unique_ptr<DirectoryLock> lock;
  std::unique_ptr<const leveldb::FilterPolicy> filter;
  std::unique_ptr<leveldb::Cache> cache;
  std::unique_ptr<leveldb::DB> db;
  std::unique_ptr<Segments> segments;

  [[noreturn]] void stop(const std::string& what) {
    stopped = true;
    storage_failed(on_failure, path + ": " + what);
  }
  template <class T>
  T must(Result<T> result) {
    if (!result) stop(result.error().text);
    if constexpr (!std::is_void_v<T>) return std::move(result).value();
  }
  // A value of ours. `what` says whose: "header 7".
  template <class T>
  T decode_own(ByteView value, std::string_view what) {
    auto decoded = decode<T>(value);
    if (!decoded) stop(std::string(what) + " is damaged: " + decoded.error().text);
    return std::move(decoded).value();
  }
  static leveldb::ReadOptions read_options(const void* snapshot) {
    leveldb::ReadOptions options;
    options.verify_checksums = true;
    options.snapshot = static_cast<const leveldb::Snapshot*>(snapshot);
    return options;
  }
  static leveldb::WriteOptions write_options() {
    leveldb::WriteOptions options;
    options.sync = true;
    return options;
  }

  Result<void> open_database(Files& files, const StoreOptions& options, bool create);

  class Cursor;
};

// Walks keys that begin with a prefix; stops the process on damage, also at the end.
class StoreReader::Core::Cursor {
 public:
  Cursor(Core& core, const void* snapshot, Bytes prefix)
      : core_(core), prefix_(std::move(prefix)), at_(core.db->NewIterator(read_options(snapshot))) {}

  void seek(ByteView key) {
    at_->Seek(slice(key));
    check();
  }
  // To the last key with the prefix. Requires: no key with the prefix goes on with as many 0xff bytes.
  void seek_last() {
    Bytes above = prefix_;
    above.insert(above.end(), 16, 0xff);
    at_->Seek(slice(above));
    if (at_->Valid()) {
      at_->Prev();
    } else {
      check();
      at_->SeekToLast();
    }
    check();
  }
  bool valid() const { return at_->Valid() && at_->key().starts_with(slice(prefix_)); }
  void advance() {
    at_->Next();
    check();
  }
  ByteView key() const { return view(at_->key()); }
  ByteView value() const { return view(at_->value()); }
  // What follows the prefix.
  ByteView rest() const { return key().subspan(prefix_.size()); }

 private:
  void check() {
    if (!at_->status().ok()) core_.stop("walk over key " + to_hex(prefix_) + ": " + at_->status().ToString());
  }
  Core& core_;
  Bytes prefix_;
  std::unique_ptr<leveldb::Iterator> at_;
};

// Over the leaves of the state tree, as they are when it is made.
class StoreReader::LeafCursor : public StoreReader::Core::Cursor {
 public:
  LeafCursor(Core& core, const void* snapshot) : Cursor(core, snapshot, Key(Keyspace::leaf).bytes) {}
};

}  // namespace kanhe
