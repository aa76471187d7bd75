// Check texts: what the verifier says, in Chinese and English, as one table.
//
// A reason is an enumerator; its sentences stand in check_texts.cpp with {0}, {1} … where values go. Programs look at
// results and verdicts, people at these; a better wording changes nothing else.
//
// Thread: any; constants.
#pragma once

#include <initializer_list>
#include <span>
#include <string>

#include "certs/verifier.h"

namespace kanhe::certs {

enum class Reason : std::uint8_t {
  unreadable,            // 0: why
  no_evidence,
  other_network,         // 0: the bundle's chain id
  bad_genesis,           // 0: why
  basis_missing,         // V06 or V07 does not hold, so nothing of the ledger can be read
  format_good,           // 0: fields, 1: files
  format_broken,         // 0: why
  identifier_good,       // 0: the check character, 1: edition
  identifier_broken,     // 0: sentences
  identifier_foreign,    // 0: sentences
  content_good,          // 0: content root
  content_differs,       // 0: what
  content_by_batch,
  content_after_batch,
  content_file_other,    // 0: which file
  content_file_unread,
  fields_good,           // 0: shown, 1: hidden
  fields_other_schema,   // 0: edition, 1: paths
  fields_bad,            // 0: why
  batch_none,
  batch_good,            // 0: place, 1: count, 2: prefix
  batch_bad,             // 0: why
  batch_unknown,         // 0: prefix
  batch_not_needed,
  batch_place_missing,
  inclusion_good,        // 0: height of the state, 1: height of issue, 2: transaction
  inclusion_without_issue,  // 0: height of the state
  inclusion_bad,         // 0: why
  inclusion_incomplete,  // 0: records missing
  inclusion_unsupported,  // 0: why
  inclusion_absent,      // 0: height
  inclusion_foreign,
  inclusion_no_key,
  issue_differs,         // 0: what
  checkpoint_good,       // 0: signed, 1: of, 2: needed, 3: departments
  checkpoint_demo,       // the same
  checkpoint_bad,        // 0: why
  checkpoint_unknown,    // 0: why
  checkpoint_simulated,
  issuer_good,           // 0: department, 1: type, 2: time
  issuer_unknown,        // 0: department
  issuer_other_code,     // 0: department
  issuer_type_unknown,
  issuer_not_granted,    // 0: department, 1: time
  issuer_key_compromised,  // 0: department, 1: since when, 2: time of issue
  standing_issued,
  standing_resumed,      // 0: document, 1: time
  standing_other,        // 0: standing, 1: details
  dates_good,            // 0: from, 1: until
  dates_early,           // 0: from
  dates_over,            // 0: until
  holder_not_asked,
  holder_good,
  holder_other,
  holder_closed,
  register_none,
  register_current,      // 0: unit
  register_held,         // 0: unit
  register_limited,      // 0: unit, 1: what stands there
  register_other_title,  // 0: unit, 1: the current title
  register_no_title,     // 0: unit
  register_absent,       // 0: unit
  register_missing,
  stamp_none,
  stamp_terms_broken,    // 0: why
  stamp_altered,
  stamp_other_document,
  stamp_signer_missing,  // 0: records missing
  stamp_key_compromised,  // 0: since when
  stamp_nobodys,
  stamp_officer,         // 0: department
  stamp_other_officer,   // 0: department
  stamp_dismissed,       // 0: department, 1: when
  stamp_holder,          // 0: the department that registered the key
  stamp_party,           // the same
  stamp_other_party,     // the same
  stamp_released,        // 0: when
  use_free,
  use_no_stamp,          // 0: for whom or what was asked
  use_after_stamp,
  use_early,             // 0: from
  use_over,              // 0: until
  use_other_recipient,   // 0: recipient
  use_other_purpose,     // 0: purpose
  use_not_compared,      // 0: recipient, 1: purpose, 2: until
  use_by_party,          // 0: for whom or what was asked
  use_good,              // 0: recipient, 1: purpose, 2: until
  fresh,                 // 0: time, 1: height
  stale,                 // 0: time, 1: height
  clock_behind,          // 0: time
  verdict_valid,         // 0: time, 1: height
  verdict_warnings,      // the same
  verdict_not_valid,     // the same
  verdict_not_authentic,
  verdict_cannot_check,
};

// A value to put into a sentence.
struct Value {
  Value(std::string text) : zh(text), en(std::move(text)) {}
  Value(std::string_view text) : Value(std::string(text)) {}
  Value(const char* text) : Value(std::string(text)) {}
  Value(std::uint64_t number) : Value(std::to_string(number)) {}
  Value(std::string chinese, std::string english) : zh(std::move(chinese)), en(std::move(english)) {}
  std::string zh;
  std::string en;
};

struct Explained {
  CheckText zh;
  CheckText en;
};

// The sentences with the values in their places. Values come from files of strangers: what is no plain text, or too
// long, is made so.
Explained explain(Reason reason, std::initializer_list<Value> values = {});

struct NameText {
  std::string_view zh;
  std::string_view en;
};
NameText name_of(CheckName name);
NameText name_of(contracts::certificate::Standing standing);
NameText name_of(Verdict verdict);

// "2025-06-03 10:21:05 (UTC+8)".
std::string time_text(Timestamp time);

// All reasons, for the tests of the table.
std::span<const Reason> all_reasons();

}  // namespace kanhe::certs
