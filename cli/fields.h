// Fields: argument records from options, and what help says about them. Nothing here knows a particular record.
//
// An option is the path to a field: names joined by dots, and numbers from 1 for the elements of a list.
//     --unit 340121261006GB00014F00220045
//     --holders.1.party 5f… --holders.1.share.numerator 1 --holders.2.party …
//     --roles reviewer --roles registrar          a list of single values: given several times
//     --holders '{"party":"5f…", …}'              a record, or a list's next element, as JSON
//     --subject.type unit --subject.id …          a variant: its name, then its fields
//     --valid_until_ms 2026-01-01                 an optional is left out, or set by naming it (or a field inside it)
// An option that has the name of a global one is written with "arguments." before it: --arguments.key.
// Hyphens and underscores are the same in names.
//
// The forms of values stand in cli/values.h.
//
// A field given twice is refused. Single values of a SortedList are put in order; records must come in it.
//
// Thread: one. Errors: unknown (no such field; the text suggests one), out_of_range, malformed, duplicate; the text
// names the option, the limit and the value.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/app.h"
#include "cli/words.h"
#include "ledger/schema.h"

namespace kanhe::cli {

// Sets the fields of a default record. Fields that are neither optional, list nor boolean must be given.
// Errors: as above; malformed for missing ones, all of which are named.
Result<void> set_fields(const Schema& schema, void* record, const std::vector<FieldOption>& options);

// The same, but what is missing is no error: the paths of it, in the order of the record.
Result<std::vector<std::string>> missing_fields(const Schema& schema, void* record,
                                                const std::vector<FieldOption>& options);

// The options that make this record out of a default one.
std::vector<FieldOption> options_of(const Schema& schema, const void* record);

// In Chinese which option is wrong, with its value and the form that it should have, or which are missing; empty where
// that cannot be said. `make` makes a default record. Requires: set_fields() refuses the options.
std::string complaint_zh(const Schema& schema, const std::function<std::shared_ptr<void>()>& make,
                         const std::vector<FieldOption>& options);

// Help: what a field is called (cli/words.h), what kind of value it takes, in which form.
struct FieldHelp {
  std::string path;     // "holders.N.party"
  Words name;           // "当事人", "party"
  std::string form;     // "32 bytes, hexadecimal"
  std::string form_zh;  // "32 字节…"
  Words kind;           // "当事人标识", "keyed pseudonym of a person or body"; empty for what its form says all of
  std::string example;  // a value that is of the form
  bool required = false;
  std::vector<std::string> of = {};  // the alternatives of variants that have this field, from inside; empty: every one
};
std::vector<FieldHelp> field_help(const Schema& schema);

}  // namespace kanhe::cli
