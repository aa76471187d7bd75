// Findings in words: why a call was refused, by which rule of which law, and what can be done.
//
// The sentence of a code and the rule with its law come from contracts/sentences.h. Here its numbers become what they
// are: a time, a day, an amount, a phase, a place in a list; and a code has help where a rule has none. What stands at
// a place in a service's list, the definition on the ledger says; of a package each service has its own.
//
// Thread: any; constant tables. Errors: none; numbers of a code without a row are shown as they are.
#pragma once

#include <map>
#include <span>
#include <string>

#include "cli/app.h"
#include "cli/service_reader.h"
#include "ledger/receipt.h"

namespace kanhe::cli {

struct Call;

// What the numbers of a code are.
enum class NumberKind : std::uint8_t {
  number,
  position,  // in the list that the field is, from 1
  asked_material,  // in the list of the service
  given_material,  // in the list that the call gives
  limit,     // of a unit, by its number
  time,      // ms since 1970
  day,       // days since 1970
  days,
  money,  // fen
  rate,   // hundredths of a percent
  phase,
  bill_state,
  motion_state,
  unit_state,
  consent_state,
  standing,
  right,
  usage,
  end_reason,
};

struct CodeWords {
  std::uint16_t code;
  NumberKind numbers = NumberKind::number;  // both of them
  std::string_view help_zh{};               // empty: nothing beyond the sentence
  std::string_view help_en{};
};
// Sorted by code.
std::span<const CodeWords> code_words();

// The services that a refused call is about.
struct ServiceNames {
  std::optional<contracts::service::Service> service;  // of an application
  std::map<ApplicationId, NamedService> parts;         // of a package, by the applications that were to be made
};
// Where a finding needs them. What cannot be read is left out: a refusal is shown in any case.
ServiceNames read_service_names(ServiceReader& reader, const Call& call, const TransactionId& id,
                                const Refused& refused);

// One line a finding, below it its law and what helps. `call` names the fields and may be null.
std::string findings_text(const Globals& globals, const Refused& refused, const Call* call,
                          const ServiceNames& names = {});

}  // namespace kanhe::cli
