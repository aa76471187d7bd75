// File routes: the parts of a file, from an officer's program into the vault of this node, and out of the vault of
// whichever department has the file.
//
// Officers of the node's own department put files in: before the digest is on the ledger, or after. Who reads one names
// the matter that entitles them (node/file_rights.h). What this node does not have is asked for at the nodes of the
// matter's departments (node/file_exchange.h), and passed through without being kept. A file is opened by its part 0,
// and the others come only to who opened it: so one entry in the register of reads is one reading.
//
// Owner: the routes. Thread: any, several at once. Limits: opened_max files are remembered as open, each for open_for.
// Errors: those of the vault and of the rights; conflict (a part of a file that was not opened); unsupported (this node
// has no vault).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "node/file_rights.h"
#include "node/routes.h"
#include "node/vault.h"

namespace kanhe::node {

inline constexpr std::size_t opened_max = 20'000;
inline constexpr Duration open_for{600'000};

// Which key has opened which file. Thread: any.
class OpenedFiles {
 public:
  explicit OpenedFiles(std::size_t count_max) : count_max_(count_max) {}
  // At the limit the one that was opened first is forgotten.
  void add(const PublicKey& key, const Hash256& digest, Instant now);
  bool contain(const PublicKey& key, const Hash256& digest, Instant now) const;

 private:
  using File = std::pair<PublicKey, Hash256>;

  const std::size_t count_max_;
  mutable std::mutex mutex_;  // guards everything below
  std::map<File, Instant> ends_;
  std::set<std::pair<Instant, File>> by_end_;
};

// A question for a part, from whom QueryAuth found to be good.
struct FileQuestion {
  HttpRequest request;
  QueryLine asker;
  Hash256 digest;
  certs::FilePart part{0};
};

class FileRoutes {
 public:
  explicit FileRoutes(std::shared_ptr<const RouteSources> sources) : sources_(std::move(sources)) {}

  Result<HttpResponse> put(const FileQuestion& question) const;
  // Notes in `concerned` whom an opened file is about. Lifetime: until it has answered.
  void read(FileQuestion question, const FileMatter& matter, const StateReader& state,
            const std::shared_ptr<Concerned>& concerned, Respond respond);

 private:
  Result<std::vector<DepartmentId>> check(const FileQuestion& question, const FileMatter& matter,
                                          const StateReader& state) const;
  void note(const FileQuestion& question, const FileMatter& matter, const StateReader& state, Concerned& concerned);

  const std::shared_ptr<const RouteSources> sources_;
  OpenedFiles opened_{opened_max};
};

}  // namespace kanhe::node
