// Concerned: whom an answer of the departmental face is about, so that they can learn that it was given.
//
// The records in its facts say it (holders of a unit and whom its limits are for, who files an application, whose data
// item, consent, question or mandate it is), and the events of a history (the parties among their subjects). What an
// answer says of nobody, it concerns nobody.
//
// Thread: any; pure functions. Limits: concerned_max; beyond it the first ones.
#pragma once

#include "certs/answers.h"

namespace kanhe::node {

inline constexpr std::size_t concerned_max = 512;
using Concerned = List<PartyId, concerned_max>;

// Adds those whom the facts are about, each once. `state` is that of the answer: what is said of a unit or a case
// concerns its parties, also where the record that is shown does not name them.
void add_concerned(Concerned& concerned, const StateReader& state, std::span<const certs::StateFact> facts);
// Adds whom a subject is, or is about today.
void add_concerned(Concerned& concerned, const StateReader& state, const Subject& subject);
// Adds the parties among the subjects.
void add_concerned(Concerned& concerned, std::span<const certs::TracedEvent> events);

}  // namespace kanhe::node
