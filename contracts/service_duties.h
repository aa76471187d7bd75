// Service duties: who is waited for. A part of the module service.
//
// As long as an application waits for a department (to be accepted, reviewed, paid at its treasury, or registered), the
// department has a *duty* of it, and the ledger says since when and until when. A department's duties lie side by side,
// and their number is a record of its own, so that a list of them is checkably complete: no approval stalls unseen. An
// application that waits for who files it (what a notice asks for, what was promised) is nobody's duty.
//
// A bill is settled in the treasury, which knows no application: that the next one is waited for then, this module
// hears by a due entry, in the next block as a rule.
//
// Tables: 0x0505 duties, 0x0506 duty counts. Due handlers: 0x0507 bill settled.
// Thread: one. Errors: none.
#pragma once

#include "contracts/service_case.h"

namespace kanhe::contracts::service {

enum class DutyKind : std::uint8_t {
  accept = 1,        // 受理
  review = 2,        // 审核
  collect = 3,       // 收款
  registration = 4,  // 登簿发证
};
BOOST_DESCRIBE_ENUM(DutyKind, accept, review, collect, registration)

struct DutyKey {
  DepartmentId department;
  ApplicationId application;
};
BOOST_DESCRIBE_STRUCT(DutyKey, (), (department, application))

struct Duty {
  FormatVersion<1> version;
  DutyKind kind = DutyKind::accept;
  ServiceCode service;
  List<StepCode, stage_steps_max> steps;  // review: those of the department that are open
  Timestamp since_ms;
  std::optional<Timestamp> due_ms;  // absent: there is no time limit, or the clock stands still
  std::uint8_t overdue = 0;         // how often that was noted
};
BOOST_DESCRIBE_STRUCT(Duty, (), (version, kind, service, steps, since_ms, due_ms, overdue))

// How many duties a department has.
struct DutyCount {
  FormatVersion<1> version;
  Total open;
};
BOOST_DESCRIBE_STRUCT(DutyCount, (), (version, open))

inline constexpr Table<DutyKey, Duty> duties{0x0505, "duties"};
inline constexpr Table<DepartmentId, DutyCount> duty_counts{0x0506, "duty_counts"};

struct NumberedDuty {
  ApplicationId application;
  Duty duty;
};
BOOST_DESCRIBE_STRUCT(NumberedDuty, (), (application, duty))
// A department's duties by the ids of their applications, from after one on, at most `count`. One seek each.
std::vector<NumberedDuty> duties_of(const StateReader& state, const DepartmentId& department,
                                    const std::optional<ApplicationId>& after, std::size_t count);

// The duties follow from where the application stands now. Changes one.application.waits_for.
void update_duties(Context& context, Case& one);
// The handler of treasury::bill_settled_number.
void take_up(Context& context, const treasury::BillSettled& notice);

}  // namespace kanhe::contracts::service
