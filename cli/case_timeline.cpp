#include "cli/case_timeline.h"

#include <algorithm>
#include <set>

#include "cli/event_words.h"
#include "cli/output.h"
#include "cli/text_table.h"
#include "contracts/host.h"
#include "ledger/codec.h"

namespace kanhe::cli {

namespace service = contracts::service;
namespace treasury = contracts::treasury;

namespace {

// Follows an application through its events.
class Course {
 public:
  explicit Course(const service::Service& service) : service_(service) {}

  void step(const Event& event) {
    const std::string_view name = event.name.view();
    if (name == service::Filed::event_name) {
      waiting_ = Waiting::window;
    } else if (name == service::Notified::event_name) {
      waiting_ = Waiting::nobody;
      is_noticed_ = true;
    } else if (name == service::Supplemented::event_name) {
      if (is_noticed_) waiting_ = Waiting::window;
    } else if (name == service::ClockStopped::event_name) {
      is_stopped_ = true;
    } else if (name == service::ClockResumed::event_name) {
      is_stopped_ = false;
    } else if (name == service::Accepted::event_name) {
      waiting_ = Waiting::reviews;
      is_noticed_ = false;
    } else if (name == treasury::Billed::event_name) {
      waiting_ = Waiting::payment;
      if (const auto billed = decode<treasury::Billed>(event.data.view()); billed && billed->total == Fen(0)) {
        waiting_ = Waiting::registrar;
      }
    } else if (name == service::Closed::event_name) {
      waiting_ = Waiting::nobody;
    } else if (name == service::Reviewed::event_name) {
      if (const auto review = decode<service::Reviewed>(event.data.view())) take(*review);
    } else {
      follow_bill(event);
    }
  }

  std::vector<DepartmentId> waits_for() const {
    if (is_stopped_) return {};
    switch (waiting_) {
      case Waiting::nobody: return {};
      case Waiting::window:
      case Waiting::registrar: return {service_.owner};
      case Waiting::payment: return {service_.definition.treasury};
      case Waiting::reviews: break;
    }
    std::set<DepartmentId> departments;
    for (const service::Step& step : service_.definition.stages[stage_].steps) {
      if (!reviewed_.contains(step.code)) departments.insert(step.department);
    }
    return {departments.begin(), departments.end()};
  }

 private:
  enum class Waiting : std::uint8_t { nobody, window, reviews, payment, registrar };

  void take(const service::Reviewed& review) {
    reviewed_.insert(review.step);
    if (review.verdict == service::Verdict::approve) approved_.insert(review.step);
    const auto& stages = service_.definition.stages;
    const service::Stage& stage = stages[stage_];
    const auto is_approved = [&](const service::Step& step) { return approved_.contains(step.code); };
    const auto approvals = static_cast<std::size_t>(std::ranges::count_if(stage.steps, is_approved));
    const std::size_t needed = stage.needed == 0 ? stage.steps.size() : stage.needed;
    if (approvals < needed) return;
    is_stopped_ = false;
    if (stage_ + 1 < stages.size()) ++stage_;
  }

  // A payment or relief may settle it, and money may come in afterwards.
  void follow_bill(const Event& event) {
    if (waiting_ != Waiting::payment && waiting_ != Waiting::registrar) return;
    std::optional<treasury::BillState> state;
    if (event.name.view() == treasury::Paid::event_name) {
      if (const auto paid = decode<treasury::Paid>(event.data.view())) state = paid->state;
    } else if (event.name.view() == treasury::Relieved::event_name) {
      if (const auto relieved = decode<treasury::Relieved>(event.data.view())) state = relieved->state;
    }
    if (state) waiting_ = *state == treasury::BillState::settled ? Waiting::registrar : Waiting::payment;
  }

  const service::Service& service_;
  Waiting waiting_ = Waiting::nobody;
  bool is_noticed_ = false;
  bool is_stopped_ = false;
  std::size_t stage_ = 0;
  std::set<service::StepCode> reviewed_;
  std::set<service::StepCode> approved_;
};

std::string joined(const std::vector<DepartmentId>& departments) {
  std::string text;
  for (const DepartmentId& department : departments) text += (text.empty() ? "" : ", ") + department.str();
  return text;
}

std::vector<DepartmentId> departments_of(const Event& event) {
  std::vector<DepartmentId> departments;
  for (const Subject& subject : event.subjects) {
    if (const auto* const department = std::get_if<DepartmentSubject>(&subject)) departments.push_back(department->id);
  }
  return departments;
}

// How long nothing happened, and who was waited for.
std::string pause_text(const Globals& globals, std::uint64_t milliseconds, const std::vector<DepartmentId>& waited) {
  const std::string text = "↓ " + duration_text(globals, milliseconds);
  return waited.empty() ? text : text + "  " + sentence(globals, "等待", "waited for") + ": " + joined(waited);
}

}  // namespace

std::vector<std::vector<DepartmentId>> waited_for(const certs::TracedEvents& events,
                                                  const std::optional<service::Service>& service) {
  std::vector<std::vector<DepartmentId>> all;
  if (!service || service->definition.stages.empty()) {
    all.resize(events.size());
    return all;
  }
  Course course(*service);
  for (const certs::TracedEvent& event : events) {
    course.step(event.event);
    all.push_back(course.waits_for());
  }
  return all;
}

std::string case_timeline(const Globals& globals, const certs::TracedEvents& events,
                          const std::optional<service::Service>& service) {
  const auto waited = waited_for(events, service);
  TextTable table({Align::left, Align::left, Align::left, Align::left});
  for (std::size_t i = 0; i < events.size(); ++i) {
    const certs::TracedEvent& event = events[i];
    const std::uint64_t now = event.time_ms.value();
    const std::uint64_t before = i == 0 ? now : events[i - 1].time_ms.value();
    if (now > before) table.add_line(pause_text(globals, now - before, waited[i - 1]));
    const std::string departments = joined(departments_of(event.event));
    table.add({time_text(event.time_ms), event_phrase(globals, event.event.name.view()),
               departments.empty() ? "" : "(" + departments + ")",
               "[" + event.event.name.str() + " @" + to_string(event.position.height) + "]"});
    const contracts::EventKind* const kind = contracts::find_event(event.event.name.view());
    if (kind == nullptr) continue;
    const auto data = kind->record.decode(event.event.data.view());
    if (data) table.add_lines(record_text(globals, kind->record.schema(), data->get(), 1));
  }
  return sentence(globals, "办理过程（已核验完整）", "history, proved complete") + "\n" + table.text();
}

}  // namespace kanhe::cli
