// In the database: the key, then the entry's number, big-endian, so that a key's entries lie side by side in their
// order. The next number stands beside them and is written with each entry.
#include "ledger/keyed_log.h"

#include <leveldb/db.h>
#include <leveldb/write_batch.h>

namespace kanhe {

namespace {

constexpr std::string_view next_key = "next";  // shorter than any entry's key
constexpr std::size_t number_bytes = 8;

std::string number_text(std::uint64_t number) {
  std::string text(number_bytes, '\0');
  for (std::size_t i = 0; i < number_bytes; ++i) text[i] = static_cast<char>(number >> (8 * (number_bytes - 1 - i)));
  return text;
}

// Requires: number_bytes of them.
std::uint64_t read_number(std::string_view text) {
  std::uint64_t number = 0;
  for (const char byte : text) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

std::string entry_key(const Hash256& key, std::uint64_t number) {
  return std::string(as_text(key.view())) + number_text(number);
}

leveldb::ReadOptions checked() {
  leveldb::ReadOptions options;
  options.verify_checksums = true;
  return options;
}

Error failed(const std::string& path, const leveldb::Status& status) {
  return fail(ErrorCode::io, path, ": ", status.ToString());
}

}  // namespace

struct KeyedLog::Database {
  std::string path;
  std::unique_ptr<leveldb::DB> db;
  std::uint64_t next = 1;
};

KeyedLog::KeyedLog(std::unique_ptr<Database> database) : database_(std::move(database)) {}
KeyedLog::~KeyedLog() = default;

Result<std::unique_ptr<KeyedLog>> KeyedLog::open(const std::string& path) {
  auto database = std::make_unique<Database>();
  database->path = path;
  leveldb::Options options;
  options.create_if_missing = true;
  options.paranoid_checks = true;
  leveldb::DB* opened = nullptr;
  const leveldb::Status status = leveldb::DB::Open(options, path, &opened);
  if (!status.ok()) return failed(path, status);
  database->db.reset(opened);
  std::string next;
  const leveldb::Status read = database->db->Get(checked(), std::string(next_key), &next);
  if (!read.ok() && !read.IsNotFound()) return failed(path, read);
  if (read.ok() && next.size() != number_bytes) return fail(ErrorCode::io, path, ": the number of entries is damaged");
  if (read.ok()) database->next = read_number(next);
  return std::unique_ptr<KeyedLog>(new KeyedLog(std::move(database)));
}

Result<void> KeyedLog::append(std::span<const Hash256> keys, const std::string& text) {
  if (keys.empty()) return {};
  const std::lock_guard lock(mutex_);
  leveldb::WriteBatch batch;
  for (const Hash256& key : keys) batch.Put(entry_key(key, database_->next), text);
  batch.Put(std::string(next_key), number_text(database_->next + 1));
  const leveldb::Status status = database_->db->Write({}, &batch);
  if (!status.ok()) return failed(database_->path, status);
  ++database_->next;
  return {};
}

// Numbers stay below the highest, so whatever stands behind that is another key's, or the end.
Result<std::optional<KeyedEntry>> KeyedLog::newest(const Hash256& key) const {
  const std::string prefix(as_text(key.view()));
  const std::unique_ptr<leveldb::Iterator> at(database_->db->NewIterator(checked()));
  at->Seek(entry_key(key, ~std::uint64_t{0}));
  at->Valid() ? at->Prev() : at->SeekToLast();
  if (!at->status().ok()) return failed(database_->path, at->status());
  if (!at->Valid() || !at->key().starts_with(prefix) || at->key().size() != prefix.size() + number_bytes) {
    return std::optional<KeyedEntry>();
  }
  const std::string_view name(at->key().data(), at->key().size());
  return std::optional(KeyedEntry{read_number(name.substr(prefix.size())), at->value().ToString()});
}

Result<std::vector<KeyedEntry>> KeyedLog::entries(const Hash256& key, std::uint64_t from, std::size_t count) const {
  std::vector<KeyedEntry> found;
  const std::string prefix(as_text(key.view()));
  const std::unique_ptr<leveldb::Iterator> at(database_->db->NewIterator(checked()));
  for (at->Seek(entry_key(key, from)); at->Valid() && at->key().starts_with(prefix); at->Next()) {
    if (found.size() == count) break;
    const std::string_view name(at->key().data(), at->key().size());
    if (name.size() != prefix.size() + number_bytes) continue;
    found.push_back({read_number(name.substr(prefix.size())), at->value().ToString()});
  }
  if (!at->status().ok()) return failed(database_->path, at->status());
  return found;
}

}  // namespace kanhe
