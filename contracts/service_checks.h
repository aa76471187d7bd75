// Service checks: what the ledger can decide by itself. A part of the module service.
//
// Where all checks of a service hold when an application is filed, it is approved at once: nobody accepts or reviews
// it, and it waits for its bill and its certificate only (instant approval, 秒批). What was looked at is
// recorded with the version of the rules, so that anybody can decide again. Where one does not hold, or something is
// still to come, people decide as in any other service: a check never refuses.
//
// An answer counts if the owner asked it for this purpose, the source has said nothing else since, the consent it rests
// on was not taken back, and who gave it has no part in the case.
//
// A certificate that is shown, for a check or in place of a material, is on the ledger, alone (of a member of a batch
// only the batch's root knows), and holds: issued, and within its dates. That is asked again when the application is
// registered. Whose it is, the clerk sees.
//
// Thread: one. Errors: service::CaseCode.
#pragma once

#include "contracts/service_case.h"

namespace kanhe::contracts::service {

// Whether the service takes the material, the certificate (in place of a material, or for a check), or the answer,
// about one of these.
bool asks_for(const Definition& definition, const MaterialCode& code);
bool asks_for(const Definition& definition, const CertificateId& certificate);
bool asks_for(const StateReader& state, const Service& service, const property::Applicants& applicants,
              const sharing::QuestionId& answer);
// Each certificate is asked for, and holds; else adds findings.
void check_shown(Context& context, const Case& one, std::uint16_t field);
// When the application is registered: each holds still, or its newest edition does; else adds findings.
void require_shown(Context& context, const Case& one, std::uint16_t field);
// Each answer is to a check of the service, about somebody who files; else adds findings.
void check_answers(Context& context, const Case& one, const Answers& answers, std::uint16_t field);
// Whether one of the type is shown, and holds.
bool is_shown(const Context& context, const Application& application, const certificate::TypeCode& type);
// On whose word an approval rests: they decide nothing else in the case.
std::vector<PartyId> deciders_of(const StateReader& state, const InstantApproval& approval);
// What the checks looked at, if all of them hold.
std::optional<InstantApproval> decide_instantly(const Context& context, const Case& one, const Answers& answers);

}  // namespace kanhe::contracts::service
