// File exchange: questions for parts of files, passed on to the node of the department that has the file, and answered
// for others.
//
// What travels is the officer's own signed question (Kanhe-Query). The node that has the file answers it as it answers
// its own officers: it checks signature, purpose and right on its own state, and writes its own log. So a node gets
// nothing for itself, and each reading stands at both departments. A file is not kept on the way.
//
// Asked are the departments in their order, as far as they are connected, one after the other: the next one when one
// has no such file, or says nothing in answer_timeout. Another answer than "unknown" is the answer.
//
// Thread: any. Limits: asked_max questions under way, answering_max of others being answered; beyond them a question is
// answered busy, one of others dropped. Errors: as an HttpResponse: 404 where nobody has the file, 503 where one that
// may have it could not be asked.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "node/http.h"
#include "node/wire.h"

namespace kanhe::node {

inline constexpr Duration answer_timeout{3'000};  // of one department
inline constexpr std::size_t asked_max = 256;
inline constexpr std::size_t answering_max = 64;

// What the exchange asks of the node. All may be called from any thread.
struct FileExchangeLinks {
  // Where a department's node is connected; else nothing.
  std::function<std::optional<PeerId>(const DepartmentId&)> connected;
  std::function<DepartmentId(PeerId)> department;
  std::function<void(PeerId, FrameKind, Bytes)> send;
  HttpHandler handle;  // answers a question as the endpoint does
  std::function<Instant()> clock;
};

class FileExchange {
 public:
  explicit FileExchange(FileExchangeLinks links);
  ~FileExchange();

  // Requires: the request is signed.
  void ask(std::vector<DepartmentId> departments, const HttpRequest& request, Respond respond);
  // A frame of one of the two kinds. What does not read is dropped.
  void on_frame(PeerId from, const Frame& frame);
  void end_waits(Instant now);

 private:
  struct Asked;
  struct Answering;

  void ask_next(Asked asked);
  void answer(PeerId from, const FetchFilePart& question);
  void on_answer(PeerId from, FilePartAnswer answer);
  std::optional<Asked> take(std::uint64_t number, PeerId from);

  const FileExchangeLinks links_;
  const std::shared_ptr<Answering> answering_;
  std::mutex mutex_;  // guards what follows
  std::uint64_t next_number_ = 1;
  std::map<std::uint64_t, Asked> asked_;
};

}  // namespace kanhe::node
