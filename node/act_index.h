// Act index: for each person, which transactions they signed, in the order of the ledger. For who supervises officers,
// and for who wants to know what was signed with their own keys.
//
// It is made when it is asked for: each question first looks at some blocks that were not looked at yet, so that a node
// that nobody asks does no work for it. What was found stays on disk (ledger/keyed_log.h); after a crash it goes on
// behind the last act that is there. A key's person is the one that the newest state names; it never changes.
//
// Thread: any; one looks at a time. Limits: look_at_max transactions, or as many as are in a block, for one question.
// Errors: io.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "certs/answers.h"
#include "ledger/keyed_log.h"
#include "ledger/store.h"

namespace kanhe::node {

inline constexpr std::size_t look_at_max = 5'000;

class ActIndex {
 public:
  static Result<std::unique_ptr<ActIndex>> open(const std::string& path);

  // Of a person, from a number on (the first is 1), at most `count`. Requires: `held` is not behind an earlier one.
  Result<certs::ActsAnswer> acts_of(const StoreReader& held, const PartyId& person, std::uint64_t from,
                                    std::size_t count);

 private:
  ActIndex(std::unique_ptr<KeyedLog> log, std::optional<TransactionPosition> last);
  Result<void> look(const StoreReader& held);
  Result<void> look_at(const StoreReader& held, Height height);

  std::unique_ptr<KeyedLog> log_;
  std::mutex mutex_;                         // guards what follows
  std::optional<TransactionPosition> last_;  // that is in the log
  Height looked_to_;                         // every block up to here was looked at
};

}  // namespace kanhe::node
