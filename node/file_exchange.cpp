#include "node/file_exchange.h"

#include <atomic>

#include "ledger/codec.h"

namespace kanhe::node {
namespace {

constexpr unsigned found_status = 200;
constexpr unsigned unknown_status = 404;

}  // namespace

// A question that is under way, and whom it goes to next.
struct FileExchange::Asked {
  FetchFilePart question;
  std::vector<DepartmentId> rest;  // the next one last
  std::string unreached;           // departments that could not be asked
  PeerId peer{0};
  Instant until;
  Respond respond;
};

struct FileExchange::Answering {
  std::atomic<std::size_t> count{0};
};

FileExchange::FileExchange(FileExchangeLinks links)
    : links_(std::move(links)), answering_(std::make_shared<Answering>()) {}
FileExchange::~FileExchange() = default;

// ---------------------------------------------------------------------------------------------------------------------
// Asking

void FileExchange::ask(std::vector<DepartmentId> departments, const HttpRequest& request, Respond respond) {
  const auto target = QueryTarget::from(request.target);
  const auto credential = decltype(FetchFilePart::credential)::from(request.kanhe_query.value_or(""));
  if (!target || !credential) {
    return respond(error_response(fail(ErrorCode::malformed, "the question cannot be passed on: it is too long")));
  }
  std::ranges::reverse(departments);
  ask_next(Asked{{0, *target, *credential}, std::move(departments), {}, PeerId(0), {}, std::move(respond)});
}

void FileExchange::ask_next(Asked asked) {
  while (!asked.rest.empty()) {
    const DepartmentId department = std::move(asked.rest.back());
    asked.rest.pop_back();
    const auto peer = links_.connected(department);
    if (!peer) {
      asked.unreached += (asked.unreached.empty() ? "" : ", ") + department.str();
      continue;
    }
    asked.peer = *peer;
    asked.until = links_.clock() + answer_timeout;
    Bytes frame;
    {
      const std::lock_guard lock(mutex_);
      if (asked_.size() < asked_max) {
        asked.question.number = next_number_++;
        frame = encode(asked.question);
        asked_.emplace(asked.question.number, std::move(asked));
      }
    }
    if (!frame.empty()) return links_.send(*peer, FrameKind::fetch_file_part, std::move(frame));
    return asked.respond(error_response(fail(ErrorCode::busy, asked_max, " files are being asked for; retry later")));
  }
  if (asked.unreached.empty()) {
    return asked.respond(error_response(
        fail(ErrorCode::unknown, "file: no department of this matter has it; whoever took it in has to upload it")));
  }
  asked.respond(error_response(fail(ErrorCode::unavailable, "file: it may be at ", asked.unreached,
                                    ", which cannot be asked now; ask again later")));
}

std::optional<FileExchange::Asked> FileExchange::take(std::uint64_t number, PeerId from) {
  const std::lock_guard lock(mutex_);
  const auto found = asked_.find(number);
  if (found == asked_.end() || found->second.peer != from) return std::nullopt;
  Asked asked = std::move(found->second);
  asked_.erase(found);
  return asked;
}

void FileExchange::on_answer(PeerId from, FilePartAnswer answer) {
  auto asked = take(answer.number, from);
  if (!asked) return;
  if (answer.status == unknown_status) return ask_next(*std::move(asked));
  // A status that no answer has is not passed on as one.
  const bool is_error = answer.status >= 400 && !status_words(answer.status).empty();
  if (answer.status != found_status && !is_error) {
    const DepartmentId department = links_.department(from);
    asked->unreached += (asked->unreached.empty() ? "" : ", ") + department.str();
    return ask_next(*std::move(asked));
  }
  HttpResponse response;
  response.status = answer.status;
  if (!is_error) response.content_type = "application/octet-stream";
  response.body = std::string(as_text(answer.body.view()));
  asked->respond(std::move(response));
}

void FileExchange::end_waits(Instant now) {
  std::vector<Asked> over;
  {
    const std::lock_guard lock(mutex_);
    for (auto one = asked_.begin(); one != asked_.end();) {
      if (now < one->second.until) {
        ++one;
        continue;
      }
      over.push_back(std::move(one->second));
      one = asked_.erase(one);
    }
  }
  for (Asked& asked : over) {
    const DepartmentId department = links_.department(asked.peer);
    asked.unreached += (asked.unreached.empty() ? "" : ", ") + department.str();
    ask_next(std::move(asked));
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Answering

void FileExchange::on_frame(PeerId from, const Frame& frame) {
  if (frame.kind == FrameKind::fetch_file_part) {
    const auto question = decode<FetchFilePart>(frame.payload);
    if (question) answer(from, *question);
  } else if (frame.kind == FrameKind::file_part_answer) {
    auto answer = decode<FilePartAnswer>(frame.payload);
    if (answer) on_answer(from, *std::move(answer));
  }
}

void FileExchange::answer(PeerId from, const FetchFilePart& question) {
  HttpRequest request;
  if (!read_target(question.target.view(), request)) return;
  const DepartmentId department = links_.department(from);
  request.kanhe_query = question.credential.str();
  request.remote = department.str();
  request.passed_on_by = department;
  const bool too_many = answering_->count.fetch_add(1) >= answering_max;
  const std::shared_ptr<void> counted(nullptr, [all = answering_](void*) { --all->count; });
  if (too_many) return;
  links_.handle(std::move(request), [send = links_.send, counted, from,
                                     number = question.number](const HttpResponse& response) {
    FilePartAnswer answer;
    answer.number = number;
    answer.status = static_cast<std::uint16_t>(response.status);
    auto body = decltype(answer.body)::from(to_bytes(as_bytes(response.body)));
    if (!body) return;
    answer.body = *std::move(body);
    send(from, FrameKind::file_part_answer, encode(answer));
  });
}

}  // namespace kanhe::node
