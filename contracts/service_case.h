// Case: an application that a method is about, and what the service module's files share about it.
//
// Thread: one. Errors: service::Code. Implemented in service.cpp.
#pragma once

#include "contracts/service.h"

namespace kanhe::contracts::service {

struct Case {
  ApplicationId id;
  Application application;
  Service service;
};

// The numbers of the fields in which the filing method takes what an application consists of; 0: it takes no such
// thing.
struct FiledFields {
  std::uint16_t applicants = 0, acts = 0, price = 0, materials = 0, consents = 0, statements = 0, deferral = 0,
                shown = 0, answers = 0, mandates = 0;
  bool of_package = false;  // what is given is given to several, and need not be of use to each
};

// Whether the sender is a window clerk of the owner, or of a window that the service names; adds findings.
void require_window(Context& context, const Service& service);
// Whether the sender is a window clerk of the owner, or of the window where the application was filed; adds findings.
void require_own_window(Context& context, const Case& one);
// Adds the finding when there is no such application.
std::optional<Case> require_case(Context& context, const ApplicationId& id, std::uint16_t field);
bool require_phase(Context& context, const Application& application, Phase needed);
// Whoever files, and whoever an act names.
std::vector<PartyId> parties_of(const Application& application);
// The application and all its units: for its beginning and its end.
std::vector<Subject> all_subjects_of(const Case& one);
// The application, and its first unit or, without acts, who files first: for what happens on the way.
std::vector<Subject> subjects_of(const Case& one);
// Writes it, and the duties that follow from it.
void store(Context& context, Case& one);
// The sender has dealt with the case in another way than by filing, accepting or reviewing it. The bill learns it too.
void note_part(Context& context, Case& one);
// Whether the sender's person has no part in what is applied for; adds the finding.
void check_not_party(Context& context, const Application& application);
// Whether the sender's person may decide in this case; adds findings for every part that the person has had in it.
void check_impartial(Context& context, const Application& application);
// Whose certificates an application ends with: a unit's title, or the limit that an act (from 1) enters.
struct ExpectedOutput {
  std::optional<UnitNumber> unit;
  std::uint8_t act = 0;
  friend bool operator==(const ExpectedOutput&, const ExpectedOutput&) = default;
};
std::vector<ExpectedOutput> expected_outputs(const Definition& definition, const property::Acts& acts);
enum class Acceptance : std::uint8_t { by_clerk, by_silence };
// Whoever the application is first about.
Subject lead_subject_of(const Application& application);
// The application is accepted: its first stage begins. Stores it.
void begin_review(Context& context, Case& one, Acceptance acceptance);
// Ends the application; its units are free again.
void close(Context& context, Case& one, Phase phase, const List<CertificateId, outputs_max>& certificates);

}  // namespace kanhe::contracts::service
