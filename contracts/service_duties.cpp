#include "contracts/service_duties.h"

#include <map>

#include "contracts/service_progress.h"
#include "ledger/codec_impl.h"

namespace kanhe {

using namespace contracts::service;

template Bytes encode(const Duty&);
template Result<Duty> decode(ByteView);
template Bytes encode(const DutyCount&);
template Result<DutyCount> decode(ByteView);
template Bytes encode_key(const DutyKey&);

}  // namespace kanhe

namespace kanhe::contracts::service {

namespace {

using Duties = std::map<DepartmentId, Duty>;

void add(Duties& all, const DepartmentId& department, DutyKind kind) { all[department].kind = kind; }

void add_reviews(Duties& all, const Case& one) {
  const Application& application = one.application;
  for (const Step& step : one.service.definition.stages[application.stage].steps) {
    if (is_reviewed(application, step.code)) continue;
    Duty& duty = all[step.department];
    duty.kind = DutyKind::review;
    duty.steps.push_back(step.code);
    if (application.due) duty.due_ms = application.due->due;
    duty.overdue = application.overdue;
  }
}

// Whom the application waits for now, and for what.
Duties wanted_duties(const StateReader& state, const Case& one) {
  Duties all;
  const Application& application = one.application;
  switch (application.phase) {
    case Phase::filed:
      if (application.notice && !application.notice->supplemented_ms) break;
      add(all, one.service.owner, DutyKind::accept);
      if (application.due) all[one.service.owner].due_ms = application.due->due;
      break;
    case Phase::in_review: add_reviews(all, one); break;
    case Phase::billed: {
      const auto bill = treasury::bills.get(state, one.id);
      if (bill && bill->state == treasury::BillState::open) {
        add(all, one.service.definition.treasury, DutyKind::collect);
      } else if (application.deferred.empty()) {
        add(all, one.service.owner, DutyKind::registration);
      }
      break;
    }
    case Phase::registered:
    case Phase::refused:
    case Phase::withdrawn:
    case Phase::stopped:
    case Phase::lapsed: break;
  }
  for (auto& [department, duty] : all) duty.service = application.service;
  return all;
}

void count(Context& context, const DepartmentId& department, bool more) {
  const DutyCount before = duty_counts.get(context.state(), department).value_or(DutyCount{});
  CHECK(more || before.open > Total(0));
  duty_counts.put(context.state(), department, {{}, more ? before.open + 1 : Total(before.open.value() - 1)});
}

// A review goes on as long as one of its steps is still waited for: another stage is another duty.
bool goes_on(const Duty& before, const Duty& after) {
  if (before.kind != after.kind) return false;
  const auto was_open = [&](const StepCode& step) {
    return std::ranges::find(before.steps, step) != before.steps.end();
  };
  return after.kind != DutyKind::review || std::ranges::any_of(after.steps, was_open);
}

// What was begun goes on: the time since when is kept.
void put(Context& context, const DutyKey& key, Duty duty) {
  const auto before = duties.get(context.state(), key);
  duty.since_ms = before && goes_on(*before, duty) ? before->since_ms : context.now();
  if (!before) count(context, key.department, true);
  duties.put(context.state(), key, duty);
}

}  // namespace

void update_duties(Context& context, Case& one) {
  const Duties wanted = wanted_duties(context.state(), one);
  auto& waits_for = one.application.waits_for;
  for (const DepartmentId& department : waits_for) {
    if (wanted.contains(department)) continue;
    duties.erase(context.state(), {department, one.id});
    count(context, department, false);
  }
  waits_for.clear();
  for (const auto& [department, duty] : wanted) {
    put(context, {department, one.id}, duty);
    waits_for.push_back(department);
  }
}

std::vector<NumberedDuty> duties_of(const StateReader& state, const DepartmentId& department,
                                    const std::optional<ApplicationId>& after, std::size_t count) {
  const Bytes prefix = state_key(duties.id, encode_key(department));
  Bytes from = prefix;
  if (after) {
    from = duties.key_of({department, *after});
    from.push_back(0);  // the least key above it
  }
  std::vector<NumberedDuty> found;
  while (found.size() < count) {
    const auto entry = state.next(from, prefix);
    if (!entry) break;
    const auto id = ApplicationId::from(ByteView(entry->key).subspan(prefix.size()));
    auto duty = decode<Duty>(entry->value);
    CHECK(id.has_value());
    CHECK(duty.has_value());
    found.push_back({*id, std::move(duty).value()});
    from = entry->key;
    from.push_back(0);
  }
  return found;
}

void take_up(Context& context, const treasury::BillSettled& notice) {
  auto application = applications.get(context.state(), notice.application);
  if (!application || application->phase != Phase::billed) return;
  auto service = services.get(context.state(), application->service);
  if (!service) return;
  Case one{notice.application, std::move(*application), std::move(*service)};
  store(context, one);
}

}  // namespace kanhe::contracts::service
