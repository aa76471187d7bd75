// Keyed log: entries under keys, each key's in the order in which they were appended. A database of its own, beside the
// ledger's store: for what a node remembers by itself and may lose without losing the ledger.
//
// Entries are numbered for all keys together, from 1. An entry is handed to the system when append() answers; it is not
// synced. Nothing is deleted.
//
// Thread: any. Limits: none; who owns it archives it. Errors: io, with the path.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ledger/bytes.h"
#include "ledger/result.h"

namespace kanhe {

struct KeyedEntry {
  std::uint64_t number = 0;
  std::string text;
};

class KeyedLog {
 public:
  // Makes the directory if there is none. One process at a time.
  static Result<std::unique_ptr<KeyedLog>> open(const std::string& path);
  ~KeyedLog();

  // One entry, of one number, under each of the keys.
  Result<void> append(std::span<const Hash256> keys, const std::string& text);
  // Of a key, the one appended last.
  Result<std::optional<KeyedEntry>> newest(const Hash256& key) const;
  // Of a key, from a number on, at most `count`.
  Result<std::vector<KeyedEntry>> entries(const Hash256& key, std::uint64_t from, std::size_t count) const;

 private:
  struct Database;
  explicit KeyedLog(std::unique_ptr<Database> database);

  std::unique_ptr<Database> database_;
  std::mutex mutex_;  // one entry at a time: guards the next number
};

}  // namespace kanhe
