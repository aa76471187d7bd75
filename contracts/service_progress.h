// Service progress: stages, their time limits, clock stops, and the bill at the end. A part of the module service.
//
// A stage ends when all of its steps have approved, or as many as it needs; the application is refused as soon as these
// can no longer come together. Its time limit runs in working days. It stands still while the clock is stopped (public
// notice, a look at the place), and what was left runs on afterwards: after a stated day by itself. Where it is over,
// that is noted once for the departments that are waited for, and after as many days again once more, for the owner
// too, who leads the case.
//
// Due handlers: 0x0501 stage overdue, 0x0505 clock stop over.
// Source: Administrative Licensing Law 42–45; Shanghai Provisions 14 (notices and looks at the place do not count).
// Thread: one. Errors: service::Code, CaseCode.
#pragma once

#include "contracts/service_case.h"

namespace kanhe::contracts::service {

bool is_reviewed(const Application& application, const StepCode& step);

// A clock stands still for at most so many days.
inline constexpr std::uint32_t clock_stop_days_max = 120;

// The first stage, or the next one, begins; its time limit counts from a moment that may be past.
void open_stage(Context& context, Case& one, Timestamp from);
// Its time limit ends, if it runs.
void end_stage(Context& context, Case& one);
// All checks of the service held: the bill follows. Stores the application.
void approve_instantly(Context& context, Case& one);
// What follows from a review: nothing yet, the next stage, the bill, or the end. Stores the application.
void advance(Context& context, Case& one);

// By a window clerk or reviewer of the owner, or of a department that has still to review in the open stage.
void stop_clock(Context& context, const StopClockArguments& arguments);
void resume_clock(Context& context, const ResumeClockArguments& arguments);

inline constexpr DueHandlerNumber stage_overdue_number = 0x0501;
// The data of the due entry of a stage's time limit.
struct StageLimit {
  ApplicationId application;
  std::uint8_t stage = 0;  // from 0
  std::uint8_t level = 1;
};
BOOST_DESCRIBE_STRUCT(StageLimit, (), (application, stage, level))
void note_overdue(Context& context, const StageLimit& limit);

inline constexpr DueHandlerNumber clock_over_number = 0x0505;
struct OfApplication {
  ApplicationId application;
};
BOOST_DESCRIBE_STRUCT(OfApplication, (), (application))
void end_clock_stop(Context& context, const OfApplication& of);

}  // namespace kanhe::contracts::service
