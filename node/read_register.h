// Read register: for each party, who read what about it at this node, and what for. A party reads its own.
//
// It is kept beside the query log, by party and in the order of the reads (ledger/keyed_log.h).
//
// Thread: any. Errors: io.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "certs/answers.h"
#include "ledger/keyed_log.h"
#include "node/query_auth.h"

namespace kanhe::node {

class ReadRegister {
 public:
  static Result<std::unique_ptr<ReadRegister>> open(const std::string& path);

  // One entry for each party that the line concerns.
  Result<void> append(const QueryLine& line);
  // Of a party, from a number on (the first is 1), at most `count`.
  Result<std::vector<certs::PartyRead>> reads_of(const PartyId& party, std::uint64_t from, std::size_t count) const;

 private:
  explicit ReadRegister(std::unique_ptr<KeyedLog> log) : log_(std::move(log)) {}

  std::unique_ptr<KeyedLog> log_;
};

}  // namespace kanhe::node
