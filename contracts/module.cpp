#include "contracts/module.h"

namespace kanhe::contracts {

void Context::add(Finding finding) {
  ++refusals_;
  if (std::ranges::find(findings_, finding) != findings_.end()) return;
  if (findings_.full() && !make_room_for(finding)) return;
  findings_.push_back(std::move(finding));
}

bool Context::make_room_for(const Finding& finding) {
  const auto count_like = [this](const Finding& one) {
    return std::ranges::count_if(findings_, [&one](const Finding& other) {
      return other.rule == one.rule && other.code == one.code;
    });
  };
  if (count_like(finding) > 0) return false;
  for (auto last = findings_.end(); last != findings_.begin();) {
    --last;
    if (count_like(*last) < 2) continue;
    findings_.erase(last);
    return true;
  }
  return false;
}

bool Context::require_role(RoleSet roles) {
  if (roles.empty() || sender_.roles.intersects(roles)) return true;
  if (sender_.kind == SenderKind::dismissed) {
    refuse(Code::dismissed_sender, {.value = sender_.dismissed_ms.value()});
  } else if (sender_.kind == SenderKind::unknown) {
    refuse(Code::unknown_sender);
  } else {
    refuse(Code::role_needed, {.limit = roles.bits(), .value = sender_.roles.bits()});
  }
  return false;
}

bool Context::require_role_in(const DepartmentId& department, RoleSet roles) {
  const bool has_role = require_role(roles);
  if (sender_.department == department) return has_role;
  refuse(Code::wrong_department, {.subject = DepartmentSubject{department}});
  return false;
}

void Context::add(std::string_view name, Bytes data, std::vector<Subject> subjects) {
  std::ranges::sort(subjects);
  // Not std::ranges::unique: clang 14, which builds the fuzzer, does not compile its answer.
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());

  if (data.size() > event_bytes_max) {
    return refuse(Code::event_too_large, {.limit = event_bytes_max, .value = data.size()});
  }
  if (subjects.size() > subjects_max) {
    return refuse(Code::too_many_subjects, {.limit = subjects_max, .value = subjects.size()});
  }
  if (events_.size() >= transaction_events_max) {
    return refuse(Code::too_many_events, {.limit = transaction_events_max});
  }
  if (event_bytes_ + data.size() > transaction_event_bytes_max) {
    return refuse(Code::events_too_large,
                  {.limit = transaction_event_bytes_max, .value = event_bytes_ + data.size()});
  }
  event_bytes_ += data.size();

  Event event;
  event.name = EventName::from(name).value();
  event.subjects.assign(subjects.begin(), subjects.end());
  event.data = Blob<event_bytes_max>::from(std::move(data)).value();
  events_.push_back(std::move(event));
}

void Context::set_return_value(Bytes value) {
  const std::size_t size = value.size();
  auto blob = Blob<return_bytes_max>::from(std::move(value));
  if (!blob) return refuse(Code::return_too_large, {.limit = return_bytes_max, .value = size});
  return_value_ = std::move(blob).value();
}

}  // namespace kanhe::contracts
