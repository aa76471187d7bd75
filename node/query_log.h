// Query log: who read what of the departmental face, and for which purpose. One line an answered query, in UTC:
//
//   2026-01-02T03:04:05.678Z <what the routes say of it>
//
// It is evidence, not diagnosis, so it differs from the log: nothing is left out however often it comes, and nothing is
// ever deleted here. Each line is handed to the system before the answer leaves; it is not synced. The file may be
// moved away by whoever archives it: the next line makes a new one.
//
// Thread: any; one mutex. Limits: none; the department archives it. Errors: open() answers io; a line that cannot be
// written later is told by append().
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "ledger/types.h"

namespace kanhe::node {

class QueryLog {
 public:
  static Result<std::unique_ptr<QueryLog>> open(const std::string& path);

  // Control characters in the line become spaces. Errors: io.
  Result<void> append(Timestamp now, std::string_view line);

 private:
  explicit QueryLog(std::string path) : path_(std::move(path)) {}

  const std::string path_;
  std::mutex mutex_;  // one line at a time
};

}  // namespace kanhe::node
