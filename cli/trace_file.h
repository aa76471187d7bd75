// TraceFile: the whole history of one subject with everything that proves it, in one JSON file.
//
// The state's record of the trace stands under the newest header; it counts the events and ends their chain, so that
// nothing can be left out, doubled, swapped or altered. When each event happened is not in that chain: the file holds,
// for each height, the header, and a header's time is what counts. What the file cannot say is what happened after its
// newest header; whoever needs to know fetches again.
//
// Thread: any; plain values. Limits: below. Errors: those of certs/proofs.h; malformed, out_of_range when a file does
// not read; conflict, when a block's time is not the event's.
#pragma once

#include "certs/answers.h"
#include "ledger/json.h"

namespace kanhe::cli {

inline constexpr std::size_t trace_file_events_max = 65'536;
inline constexpr std::size_t trace_file_bytes_max = json_bytes_max;  // some 10,000 events

struct TraceFile {
  FormatVersion<1> version;
  ChainId chain_id;
  Subject subject;
  certs::HeadAnswer head;
  certs::StateFact trace;
  List<certs::TracedEvent, trace_file_events_max> events;
  List<certs::SealedHeader, trace_file_events_max> blocks;  // of the events, ascending, each height once
};
BOOST_DESCRIBE_STRUCT(TraceFile, (), (version, chain_id, subject, head, trace, events, blocks))

Result<TraceFile> read_trace_file(std::string_view json);
// Indented, with a newline at the end.
std::string write_trace_file(const TraceFile& file);

// Whether the file is the complete history as of its newest header. Requires: nothing. Errors: as above; conflict, when
// the file is of another network.
Result<void> check_trace_file(const TraceFile& file, certs::Trust trust);

// "unit:440304…", "certificate:1.2.156…", "application:<hex>", "party:<hex>", "department:registry"; a unit number or a
// certificate identifier may stand without its kind. Errors: malformed; the text shows the forms.
Result<Subject> read_subject(std::string_view text);
// The form that read_subject() reads.
std::string subject_text(const Subject& subject);

}  // namespace kanhe::cli
