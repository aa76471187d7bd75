#include "contracts/supervision.h"

#include "contracts/calendar.h"
#include "contracts/method.h"
#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::supervision;

template Bytes encode(const Rating&);
template Result<Rating> decode(ByteView);
template Bytes encode(const StarCounts&);
template Result<StarCounts> decode(ByteView);
template Bytes encode_key(const ApplicationId&);
template Bytes encode_key(const DepartmentId&);

template Bytes encode(const RateArguments&);
template Bytes encode(const RespondArguments&);
template Result<Rated> decode(ByteView);
template Result<Responded> decode(ByteView);
template Result<TaskOverdue> decode(ByteView);

}  // namespace kanhe

namespace kanhe::contracts::supervision {

StarCounts star_counts_of(const StateReader& state, const DepartmentId& department) {
  if (auto counts = star_counts.get(state, department)) return std::move(*counts);
  StarCounts none;
  while (!none.first.full()) none.first.push_back(Total(0));
  none.again = none.first;
  return none;
}

namespace {

constexpr RoleSet responding_roles{Role::window_clerk, Role::reviewer, Role::supervisor};
constexpr DueHandlerNumber task_overdue_number = 0x0901;

// The data of a task's due entry.
struct TaskLimit {
  ApplicationId application;
  Task task = Task::call;
  std::uint8_t level = 1;
};
BOOST_DESCRIBE_STRUCT(TaskLimit, (), (application, task, level))

std::vector<Subject> subjects_of(const ApplicationId& id, const Rating& rating) {
  return {ApplicationSubject{id}, DepartmentSubject{rating.department}};
}

DueKey wait_for(Context& context, const TaskLimit& limit) {
  const std::uint16_t days = limit.task == Task::call ? call_days : mend_days;
  const Timestamp end = end_of_working_days(context.state(), context.now(), days);
  return context.at(end, task_overdue_number, limit);
}

void count(Context& context, const DepartmentId& department, Stars stars, bool again) {
  StarCounts counts = star_counts_of(context.state(), department);
  Total& one = (again ? counts.again : counts.first)[stars.value() - 1u];
  one = one + 1;
  star_counts.put(context.state(), department, counts);
}

// A second opinion follows the mending of what was bad.
void check_again(Context& context, const Rating& rating) {
  if (rating.again || rating.first.stars > bad_stars_max) {
    const PartyId& party = rating.again ? rating.again->party : rating.first.party;
    context.refuse(Code::rated_before, {.subject = PartySubject{party}});
  } else if (!rating.mending) {
    context.refuse(Code::not_mended);
  }
}

void rate(Context& context, const RateArguments& arguments) {
  const std::uint16_t field = field_number<RateArguments>("application");
  const auto application = service::applications.get(context.state(), arguments.application);
  if (!application) return context.refuse(Code::unknown_application, {.field = field});
  const PartyId& person = context.sender().person;
  if (std::ranges::find(application->applicants, person) == application->applicants.end()) {
    context.refuse(Code::not_an_applicant);
  }
  if (!service::is_closed(application->phase)) {
    context.refuse(Code::matter_open, {.value = static_cast<std::uint64_t>(application->phase)});
  }
  auto rating = ratings.get(context.state(), arguments.application);
  if (rating) check_again(context, *rating);
  const auto service = service::services.get(context.state(), application->service);
  CHECK(service.has_value());  // definitions never go
  if (context.refused()) return;

  const bool again = rating.has_value();
  const Opinion opinion{person, arguments.stars, arguments.words, context.now()};
  if (again) {
    rating->again = opinion;
  } else {
    rating = Rating{};
    rating->department = service->owner;
    rating->first = opinion;
    if (opinion.stars <= bad_stars_max) {
      rating->call_due = wait_for(context, {arguments.application, Task::call, 1});
      rating->mend_due = wait_for(context, {arguments.application, Task::mend, 1});
    }
  }
  ratings.put(context.state(), arguments.application, *rating);
  count(context, rating->department, arguments.stars, again);
  std::vector<Subject> subjects = subjects_of(arguments.application, *rating);
  subjects.push_back(PartySubject{person});
  context.emit(Rated{arguments.stars, arguments.words, again}, std::move(subjects));
}

bool had_a_part(const Context& context, const service::Application& application) {
  const PartyId& person = context.sender().person;
  return application.filed_by == person || application.accepted_by == person || application.agent == person ||
         std::ranges::find(application.reviews, person, &service::Review::reviewer) != application.reviews.end() ||
         std::ranges::find(application.others, person) != application.others.end() ||
         std::ranges::find(application.stoppers, person) != application.stoppers.end() ||
         property::has_part(context.state(), service::filing_of(application), person);
}

// The bad rating that the sender may respond to; adds findings.
std::optional<Rating> require_task(Context& context, const RespondArguments& arguments) {
  using A = RespondArguments;
  auto rating = ratings.get(context.state(), arguments.application);
  if (!rating) {
    context.refuse(Code::unknown_rating, {.field = field_number<A>("application")});
    return std::nullopt;
  }
  context.require_role_in(rating->department, responding_roles);
  const auto application = service::applications.get(context.state(), arguments.application);
  CHECK(application.has_value());  // they never go
  if (had_a_part(context, *application)) context.refuse(Code::own_case);
  if (rating->first.stars > bad_stars_max) context.refuse(Code::no_task, {.value = rating->first.stars.value()});
  if (arguments.words.empty()) context.refuse(Code::words_missing, {.field = field_number<A>("words")});
  if (arguments.evidence.is_zero()) context.refuse(Code::evidence_missing, {.field = field_number<A>("evidence")});
  return rating;
}

void respond(Context& context, const RespondArguments& arguments, Rating& rating, Task task) {
  auto& due = task == Task::call ? rating.call_due : rating.mend_due;
  if (due) context.cancel(*due);
  due.reset();
  (task == Task::call ? rating.call : rating.mending) =
      Response{context.sender().person, arguments.words, arguments.evidence, context.now()};
  ratings.put(context.state(), arguments.application, rating);
  context.emit(Responded{task, arguments.words, arguments.evidence}, subjects_of(arguments.application, rating));
}

void call_back(Context& context, const RespondArguments& arguments) {
  auto rating = require_task(context, arguments);
  if (!rating) return;
  if (rating->call) context.refuse(Code::called_before, {.value = rating->call->at_ms.value()});
  if (context.refused()) return;
  respond(context, arguments, *rating, Task::call);
}

void mend(Context& context, const RespondArguments& arguments) {
  auto rating = require_task(context, arguments);
  if (!rating) return;
  if (!rating->call && rating->first.stars <= bad_stars_max) context.refuse(Code::not_called);
  if (rating->mending) context.refuse(Code::mended_before, {.value = rating->mending->at_ms.value()});
  if (context.refused()) return;
  respond(context, arguments, *rating, Task::mend);
}

void note_overdue(Context& context, const TaskLimit& limit) {
  auto rating = ratings.get(context.state(), limit.application);
  if (!rating || (limit.task == Task::call ? rating->call : rating->mending)) return;
  auto& due = limit.task == Task::call ? rating->call_due : rating->mend_due;
  due.reset();
  if (limit.level == 1) due = wait_for(context, {limit.application, limit.task, 2});
  ratings.put(context.state(), limit.application, *rating);
  context.emit(TaskOverdue{limit.task, limit.level}, subjects_of(limit.application, *rating));
}

std::vector<Sentence> make_sentences() {
  return {
      sentence(Code::unknown_application, "没有这个申请", "there is no such application"),
      sentence(Code::matter_open, "事项办结后才能评价", "a matter is rated when it is closed"),
      sentence(Code::not_an_applicant, "只有申请人可以评价", "only an applicant rates the matter"),
      sentence(Code::rated_before, "该事项已评价", "the matter has been rated"),
      sentence(Code::unknown_rating, "该事项没有评价", "the matter has not been rated"),
      sentence(Code::no_task, "不是差评，无需回访整改", "the rating is not bad: nothing is to be done about it"),
      sentence(Code::called_before, "已回访", "the applicant has been called back"),
      sentence(Code::not_called, "应当先回访", "the applicant is called back first"),
      sentence(Code::mended_before, "已整改", "it has been mended"),
      sentence(Code::not_mended, "整改后才能再次评价", "it is rated again when it has been mended"),
      sentence(Code::own_case, "经办人参与过本案，应当回避", "the officer had a part in this application"),
      sentence(Code::words_missing, "没有填写处理情况", "what was done is not said"),
      sentence(Code::evidence_missing, "没有填写依据材料的摘要", "the digest of the evidence is missing"),
  };
}

}  // namespace

const Module& module() {
  static constexpr Method methods[] = {
      method<&rate>("rate", "评价", "rate a matter that is closed", {Role::applicant}),
      method<&call_back>("call_back", "差评回访", "record the call after a bad rating", responding_roles),
      method<&mend>("mend", "差评整改", "record what was mended after a bad rating", responding_roles),
  };
  static constexpr EventKind events[] = {
      event_kind<Rated>(),
      event_kind<Responded>(),
      event_kind<TaskOverdue>(),
  };
  static constexpr DueHandler due_handlers[] = {
      due_handler<&note_overdue>(task_overdue_number, "rating_task_overdue"),
  };
  static const std::vector<Sentence> sentences = make_sentences();
  static const Module module{.name = "supervision",
                             .zh = "好差评与监督",
                             .en = "ratings, and what has to follow",
                             .methods = methods,
                             .events = events,
                             .due_handlers = due_handlers,
                             .sentences = sentences};
  return module;
}

}  // namespace kanhe::contracts::supervision
