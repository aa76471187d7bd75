// HTTP requests: the routes of the endpoint, over a small ledger that is really stored, asked by whoever likes.
//
// An input is a byte (bits 0–1 the method, bit 2 whether the network's reads are open), three lines (target, content
// type, header Kanhe-Query; an empty one: none), and the body. What Beast does before that is not taken part of.
//
// What is promised, else a CHECK ends the process:
//   one answer   each request is answered exactly once, by the time its longest wait is over, and nothing waits then
//   form         the status has words; what is refused is an ErrorAnswer, and never a failure of this program (5xx but
//                `busy`)
//   headers      no line break gets into one
//   the same     a GET asked twice is answered alike; HEAD as GET
//
// Thread: one. The ledger lies in a directory below TMPDIR, which goes with the process.
#pragma once

#include <vector>

#include "ledger/bytes.h"

namespace kanhe::fuzz {

// Whether the answer was a good one (below 400).
bool accepts_request(ByteView input);
std::vector<Bytes> http_requests();

}  // namespace kanhe::fuzz
