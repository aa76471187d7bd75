#include "node/file_routes.h"

#include "ledger/json.h"

namespace kanhe::node {
namespace {

constexpr std::string_view part_type = "application/octet-stream";

HttpResponse part_response(const Bytes& part) {
  HttpResponse response;
  response.content_type = part_type;
  response.body = std::string(as_text(part));
  return response;
}

}  // namespace

void OpenedFiles::add(const PublicKey& key, const Hash256& digest, Instant now) {
  const std::lock_guard lock(mutex_);
  const File file{key, digest};
  const Instant end = now + open_for;
  if (const auto known = ends_.find(file); known != ends_.end()) {
    by_end_.erase({known->second, file});
    ends_.erase(known);
  }
  ends_.emplace(file, end);
  by_end_.emplace(end, file);
  while (ends_.size() > count_max_ || (!by_end_.empty() && by_end_.begin()->first <= now)) {
    ends_.erase(by_end_.begin()->second);
    by_end_.erase(by_end_.begin());
  }
}

bool OpenedFiles::contain(const PublicKey& key, const Hash256& digest, Instant now) const {
  const std::lock_guard lock(mutex_);
  const auto found = ends_.find({key, digest});
  return found != ends_.end() && now < found->second;
}

Result<HttpResponse> FileRoutes::put(const FileQuestion& question) const {
  if (sources_->vault == nullptr) return fail(ErrorCode::unsupported, "this node keeps no files: it has no [vault]");
  if (question.asker.department != sources_->department) {
    return fail(ErrorCode::not_authorised, "this node keeps files for officers of ", sources_->department.str(),
                ", not of ", question.asker.department.str());
  }
  if (question.request.content_type != part_type) {
    return fail(ErrorCode::unsupported, "Content-Type: \"", question.request.content_type, "\", must be ", part_type);
  }
  const certs::FileAnswer held = TRY(sources_->vault->put(question.digest, question.part, question.request.body));
  HttpResponse response;
  response.body = to_json(held) + "\n";
  return response;
}

// At whose nodes it may lie.
Result<std::vector<DepartmentId>> FileRoutes::check(const FileQuestion& question, const FileMatter& matter,
                                                    const StateReader& state) const {
  std::vector<DepartmentId> holders = TRY(require_file_right(state, question.asker, question.digest, matter));
  const bool opens = question.part == certs::FilePart(0);
  if (!opens && !opened_.contain(question.asker.key, question.digest, sources_->monotonic_clock())) {
    return fail(ErrorCode::conflict, "part ", question.part.value(), ": the file was not opened; begin with part 0");
  }
  std::erase(holders, sources_->department);
  return holders;
}

void FileRoutes::note(const FileQuestion& question, const FileMatter& matter, const StateReader& state,
                      Concerned& concerned) {
  if (question.part != certs::FilePart(0)) return;
  opened_.add(question.asker.key, question.digest, sources_->monotonic_clock());
  if (const auto* const application = std::get_if<ApplicationId>(&matter)) {
    return add_concerned(concerned, state, ApplicationSubject{*application});
  }
  const auto& consent = std::get<CertificateMatter>(matter).consent;
  if (!consent) return;
  const auto given = contracts::sharing::consents.get(state, *consent);
  if (given) add_concerned(concerned, state, PartySubject{given->party});
}

void FileRoutes::read(FileQuestion question, const FileMatter& matter, const StateReader& state,
                      const std::shared_ptr<Concerned>& concerned, Respond respond) {
  auto holders = check(question, matter, state);
  if (!holders) return respond(error_response(holders.error()));
  Error missing = fail(ErrorCode::unknown, "file ", question.digest.hex(), ": is not at this node");
  if (sources_->vault != nullptr) {
    const auto part = sources_->vault->get(question.digest, question.part);
    if (part) {
      note(question, matter, state, *concerned);
      return respond(part_response(*part));
    }
    const bool elsewhere = part.error().code == ErrorCode::unknown || part.error().code == ErrorCode::corrupt;
    if (!elsewhere) return respond(error_response(part.error()));
    missing = part.error();
    if (missing.code == ErrorCode::corrupt && sources_->on_damaged_file) sources_->on_damaged_file(missing.text);
  }
  if (question.request.passed_on_by || holders->empty() || !sources_->pass_on) {
    return respond(error_response(missing));
  }
  // Whom it is about was learnt from this state; that it was read is known with the answer.
  const auto about = std::make_shared<Concerned>();
  note(question, matter, state, *about);
  sources_->pass_on(*std::move(holders), question.request,
                    [concerned, about, respond = std::move(respond)](HttpResponse response) {
                      if (response.status == 200) *concerned = *about;
                      respond(std::move(response));
                    });
}

}  // namespace kanhe::node
