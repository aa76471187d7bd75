// Service codes: why the module service refuses, each with what its finding's numbers mean. Numbers stand in receipts
// and are never used again.
//
// Thread: any.
#pragma once

#include "contracts/module.h"

namespace kanhe::contracts::service {

enum class Code : std::uint16_t {
  unknown_service = 600,        // field
  service_exists = 601,         // field; subject: the department that owns it
  name_missing = 602,           // field; value: the material that has none, from 1
  stages_missing = 603,         // field
  steps_missing = 604,          // field; value: the stage, from 1
  step_repeated = 605,          // field; value: the stage, from 1
  step_role_not_allowed = 606,  // field; limit: bits of the roles that may review, value: the role
  assessment_missing = 607,     // R27, field; a transfer needs a step that assesses the deed tax
  material_repeated = 608,      // field; value: position in the list, from 1
  material_missing = 609,       // field; value: position in the service's list, from 1; subject: of a package's service
                                // the application that would be made
  material_unknown = 610,       // field; value: position in the list given, from 1
  price_missing = 611,          // field; what is sold or exchanged has a price
  application_exists = 612,     // the transaction has been recorded before
  unknown_application = 613,    // field
  wrong_phase = 614,            // limit: the phase needed, value: the phase that the application is in
  unknown_step = 615,           // field
  step_not_open = 616,          // field; limit: the stage that is open, value: the step's stage, from 1
  step_done = 617,              // field
  own_case = 618,               // the sender's person is a party of the application
  acted_before = 619,           // the sender's person has acted on it: value 1 filed, 2 accepted, 3 reviewed, 4 else
  reason_missing = 620,         // field; a refusal gives a reason
  evidence_missing = 621,       // field; all zero
  assessment_needed = 622,      // field; value: the transfer that was not assessed, from 1
  assessment_not_asked = 623,   // field; value: the act, from 1: no transfer, assessed before, or not by this step
  not_a_party = 624,            // only a party of the application or a clerk withdraws it
  certificate_of_other_type = 625,  // field; the service issues another type
  title_not_superseded = 626,   // field; subject: the certificate in force, which the new one must supersede
  supplements_full = 627,       // field; limit: consents or statements of one application
  time_limit_too_long = 628,    // field; limit: working days, value: the stage, from 1
  act_not_offered = 629,        // field; the service takes no such act; value: the act, from 1
  cause_not_offered = 630,      // field; the service takes no such cause, or limit; value: the act, from 1
  acts_repeated = 631,          // field; value: the number of the kind of act
  units_too_many = 632,         // field; limit: units of one application, value
  certificate_missing = 633,    // field; subject: the unit, value: the act whose limit has none, 0: the title
  certificate_not_expected = 634,  // field; value: the certificate, from 1
  assessment_without_transfer = 635,  // field; deed tax is of transfers
  material_forbidden = 636,     // R38, field; value: position in the list, from 1
  unknown_rule = 637,           // field; value: the rule
  rules_not_asked = 638,        // field; an approval finds no rule broken
  sold_twice = 639,             // field; subject: the unit; its right passes by the holders' will once
  certificates_too_many = 640,  // field; limit: of one application, value
  assessor_not_tax = 641,       // field; value: the stage, from 1
  assessment_repeated = 642,    // field; value: the stage, from 1; one step assesses
};
BOOST_DESCRIBE_ENUM(Code, unknown_service, service_exists, name_missing, stages_missing, steps_missing, step_repeated,
                    step_role_not_allowed, assessment_missing, material_repeated, material_missing, material_unknown,
                    price_missing, application_exists, unknown_application, wrong_phase, unknown_step, step_not_open,
                    step_done, own_case, acted_before, reason_missing, evidence_missing, assessment_needed,
                    assessment_not_asked, not_a_party, certificate_of_other_type, title_not_superseded,
                    supplements_full, time_limit_too_long, act_not_offered, cause_not_offered, acts_repeated,
                    units_too_many, certificate_missing, certificate_not_expected, assessment_without_transfer,
                    material_forbidden, unknown_rule, rules_not_asked, sold_twice, certificates_too_many,
                    assessor_not_tax, assessment_repeated)

// Of materials and time limits.
enum class CaseCode : std::uint16_t {
  material_outstanding = 643,   // value: position in the service's list, from 1
  deferral_missing = 644,       // field; what is left out is promised for a day; subject: as of material_missing
  deferral_not_needed = 645,    // field; nothing is left out that may be
  deferral_day = 646,           // field; limit: the last day that may be promised, value: the day; days since 1970;
                                // subject: as of material_missing
  material_not_asked = 647,     // field; value: position in the list given, from 1
  noticed_before = 648,         // value: when; what is missing is said once
  nothing_missing = 649,        // field
  clock_stopped = 650,          // value: since when
  clock_runs = 651,             // it has not been stopped
  no_time_limit = 652,          // the open stage has none, or it is over
  needed_too_many = 653,        // field; limit: steps of the stage, value: needed
  assessment_optional = 654,    // field; value: the stage, from 1; deed tax is always assessed
  item_source_unknown = 655,    // field; value: position in the list, from 1
  material_not_missing = 656,   // field; value: position in the list, from 1; it is held, or promised for later
  clock_day = 657,              // field; limit: the last day to which it may stand still, value; days since 1970
  clock_stops_full = 658,       // limit: stops of one stage
  others_full = 659,            // limit: people who dealt with one application
  check_unknown = 660,          // field; there is no such item, predicate or type; value: position in the list, from 1
  check_with_assessment = 661,  // R27, field; where deed tax is assessed, a person decides
  certificate_not_good = 662,   // field; subject: the certificate, which is not on the ledger, or does not hold today
  certificate_not_asked = 663,  // field; no material or check asks for its type; value: position in the list, from 1
  answer_not_asked = 664,       // field; no check asks for it, or it is about others; value: position, from 1
  applicants_missing = 665,     // field
  applicants_too_many = 666,    // field; limit: of an application without acts, value
  window_repeated = 667,        // field; the owner, or the same department again; value: position, from 1
  package_exists = 668,         // field; subject: the department that leads it
  unknown_package = 669,        // field
  services_too_few = 670,       // field; limit: of one package, value
  service_repeated = 671,       // field; value: position, from 1
  service_with_acts = 672,      // field; what enters something in a register is filed alone; value: position, from 1
  window_not_named = 673,       // field; the service names no such window; value: position; subject: its owner
};
BOOST_DESCRIBE_ENUM(CaseCode, material_outstanding, deferral_missing, deferral_not_needed, deferral_day,
                    material_not_asked, noticed_before, nothing_missing, clock_stopped, clock_runs, no_time_limit,
                    needed_too_many, assessment_optional, item_source_unknown, material_not_missing, clock_day,
                    clock_stops_full, others_full, check_unknown, check_with_assessment, certificate_not_good,
                    certificate_not_asked, answer_not_asked, applicants_missing, applicants_too_many, window_repeated,
                    package_exists, unknown_package, services_too_few, service_repeated, service_with_acts,
                    window_not_named)

}  // namespace kanhe::contracts::service
