// Service materials: what is filed, what the ledger has already, what comes later, and what is missing. A part of the
// module service.
//
// A material need not be brought where the source of its data item holds it of everyone who files (sharing.h), or where
// a certificate of a type that the service takes for it is shown (service_checks.h). One that may be deferred can be
// left out against a promise of the day on which it comes (容缺受理): until then nothing is registered, and after that
// day the application lapses.
//
// What is missing is said once, in one notice, within acceptance_days working days of the filing; where no word is said
// in that time, the application is accepted by silence, as of the day on which all was there. A notice ends the time;
// it begins again when all that it asked for has come. What has not come within supplement_days working days ends the
// application. A clerk may accept although something is missing.
//
// Due handlers: 0x0503 deferral over, 0x0504 silent acceptance, 0x0506 supplement overdue.
// Source: Administrative Licensing Law 32 (one notice, five days, silence accepts).
// Thread: one. Errors: service::Code, CaseCode.
#pragma once

#include "contracts/service_progress.h"

namespace kanhe::contracts::service {

inline constexpr std::uint16_t acceptance_days = 5;
inline constexpr std::uint16_t supplement_days = 30;  // unconfirmed
// Where a service has no time limits of its own.
inline constexpr std::uint16_t deferral_days_default = 30;

// Checks what is given, and notes in the application what is satisfied or deferred; adds findings.
void take_materials(Context& context, Case& one, const FileArguments& arguments, const FiledFields& fields);
// The application has been filed: its times begin.
void begin_times(Context& context, Case& one);
// No material is outstanding; else adds findings.
void require_materials(Context& context, const Case& one, std::uint16_t field);
// Ends what waits for materials.
void end_times(Context& context, Case& one);

// By a window clerk of the owner.
void notify(Context& context, const NotifyArguments& arguments);
void supplement(Context& context, const SupplementArguments& arguments);

// The handlers.
inline constexpr DueHandlerNumber deferral_over_number = 0x0503;
inline constexpr DueHandlerNumber silent_acceptance_number = 0x0504;
inline constexpr DueHandlerNumber supplement_overdue_number = 0x0506;
void lapse(Context& context, const OfApplication& of);
void accept_by_silence(Context& context, const OfApplication& of);
void lapse_unsupplemented(Context& context, const OfApplication& of);

}  // namespace kanhe::contracts::service
